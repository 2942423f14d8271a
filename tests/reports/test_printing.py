"""`thidua export`, `campaign report`, `campaign ledger`: the file that its ending says, of what the database holds."""

import asyncio
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from dossier_samples import DOSSIER, HANDED_IN
from openpyxl import load_workbook
from PIL import ImageOps
from report_samples import FULL, UNIT, lines, opened, whole

from bot.commands import with_store
from bot.reports import office, pdf
from bot.submissions import Filled, SectionState, State, Submission

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")


def rendered_in(font):
    """The font that stands in for one, "" if nothing says so."""
    if not shutil.which("fc-match"):
        return ""
    return subprocess.run(["fc-match", font], capture_output=True, text=True, check=True).stdout


needs_times = pytest.mark.skipif(
    "Tinos" not in rendered_in("Times New Roman"), reason="no Tinos, which is as wide as Times New Roman"
)
FACTS = """
superior = "Ủy ban nhân dân xã Suối Ngàn"
symbol = "PKT"
place = "Suối Ngàn"
day = 2027-01-05
to = ["Sở Nội vụ"]
signed_as = ["KT. Trưởng phòng", "Phó Trưởng phòng"]
signer = "ThS. Lê Văn C"
"""


@pytest.fixture
def data(demo_data, tmp_path, monkeypatch):
    """The demo's data with one report handed in, in a folder of this test's own."""
    folder = shutil.copytree(demo_data, tmp_path / "data")
    monkeypatch.setenv("THIDUA_DATA_DIR", str(folder))

    async def hand_in(store, now):
        del now
        (campaign,) = await store.campaigns()
        section = campaign.sections[1]
        filled = {section.path: Filled(SectionState.DONE, {"ngay_ky": "15/01/2026", "so_dang_ky": "12"})}
        given = Submission(campaign.id, campaign.version, "PKT", State.SUBMITTED, filled, "2026-7K3M9P")
        await store.save_submission(given)
        return campaign.id

    return asyncio.run(with_store(hand_in))


@pytest.fixture
def facts(tmp_path):
    file = tmp_path / "co-quan.toml"
    file.write_text(FACTS, "utf-8")
    return file


def test_a_report_is_exported_with_what_the_office_file_says(thidua, data, facts, tmp_path):
    out = tmp_path / "a.docx"
    assert thidua("export", "2026-7k3m9p", "-o", out, "--office", facts).code == 0
    said = lines(whole(out.read_bytes()))
    assert {"Kính gửi: Sở Nội vụ", "Lê Văn C", "Suối Ngàn, ngày 05 tháng 01 năm 2027"} <= set(said)
    assert "2. Số cá nhân đăng ký danh hiệu thi đua: 12" in said


def test_the_consolidated_report_names_who_is_missing(thidua, data, tmp_path):
    out = tmp_path / "tong-hop.docx"
    assert thidua("campaign", "report", data, "-o", out).code == 0
    said = lines(whole(out.read_bytes()))
    assert "- Trường Tiểu học và Trung học cơ sở Suối Ngàn: chưa bắt đầu." in said
    assert "- Số cá nhân đăng ký danh hiệu thi đua: 12 (1/1 đơn vị đã nộp)." in said
    sheets = tmp_path / "tong-hop.XLSX"
    assert thidua("campaign", "report", data, "-o", sheets).code == 0
    assert load_workbook(BytesIO(sheets.read_bytes())).sheetnames[0] == "Tình hình nộp"


def test_the_ledger_holds_every_reminder_of_the_campaign(thidua, data, tmp_path):
    out = tmp_path / "so.xlsx"
    assert thidua("campaign", "ledger", data, "-o", out).code == 0

    async def planned(store, now):
        del now
        return len(await store.reminders(data))

    rows = load_workbook(BytesIO(out.read_bytes())).active.max_row - 3
    assert rows == asyncio.run(with_store(planned)) > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "2026-7K3M9P", "-o", "a.txt"), ".docx, .pdf"),
        (("export", "2026-7K3M9P", "-o", "a.docx", "--form", "mau-01"), "Các mẫu: to-trinh, bien-ban"),
        (("export", "2026-7K3M9P", "-o", "a.docx", "--form", "to-trinh"), "không có phần “Tờ trình”"),
        (("campaign", "report", "khong-co", "-o", "a.docx"), "Không có đợt tổng kết mã “khong-co”"),
        (("campaign", "ledger", "suoi-ngan-2026", "-o", "a.doc"), ".docx, .xlsx, .pdf"),
        (("export", "2026-7K3M9P", "-o", "a.docx", "--office", "khong-co.toml"), "Không mở được tệp khong-co.toml"),
    ],
)
def test_what_cannot_be_printed_is_one_line(thidua, data, arguments, said):
    ran = thidua(*arguments)
    assert (ran.code, said in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("so = '12'", "so: không có khóa này"),
        ("day = '5/1/2027'", "day: viết ngày"),
        ("to = 'Sở Nội vụ'", "to: viết danh sách"),
        ("place = 5", "place: viết chữ"),
        ("signed_as = ['Chủ tịch', 'Phó Chủ tịch']", "dòng “Chủ tịch” phải bắt đầu bằng quyền hạn ký"),
        ("signed_as = ['TM. Ủy ban nhân dân']", "dòng cuối là chức vụ của người ký"),
        ("= 1", "không đúng cú pháp TOML"),
    ],
)
def test_every_problem_of_an_office_file_is_a_line(tmp_path, text, said):
    file = tmp_path / "a.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(office.OfficeError) as wrong:
        office.load(file)
    assert any(said in problem for problem in wrong.value.problems)


def test_the_office_file_of_the_staff_guide_can_be_used(tmp_path):
    guide = (Path(__file__).parents[2] / "docs" / "huong-dan-co-quan-thuong-truc.md").read_text("utf-8")
    file = tmp_path / "a.toml"
    file.write_text(re.search(r"```toml\n(.*?)```", guide, re.DOTALL)[1], "utf-8")
    assert office.load(file).signed_as == ("KT. Trưởng phòng", "Phó Trưởng phòng")


@pytest.mark.parametrize(
    ("given", "printed"),
    [("PGS. TS. Lê Văn C", "Lê Văn C"), ("ThS Lê Văn C", "Lê Văn C"), ("Tsering C", "Tsering C"), ("", "")],
)
def test_a_name_is_printed_without_degrees(given, printed):
    assert office.Office(signer=given).name == printed


@needs_office
@needs_times
def test_a_pdf_has_the_reports_pages_in_a_version_that_archives_take(thidua, data, tmp_path):
    out = tmp_path / "a.pdf"
    assert thidua("export", "2026-7K3M9P", "-o", out).code == 0
    assert out.read_bytes()[:8] in {b"%PDF-1.4", b"%PDF-1.5", b"%PDF-1.6", b"%PDF-1.7"}
    document = pypdfium2.PdfDocument(out.read_bytes())
    words = document[0].get_textpage().get_text_range()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words
    assert [round(length / 72 * 25.4) for length in document[0].get_size()] == [210, 297]


@pytest.fixture
def dossier(data):
    """A dossier handed in beside the report; its reference."""

    async def hand_in(store, now):
        del now
        await store.put_units([UNIT])
        await store.put_campaign(DOSSIER)
        await store.save_submission(HANDED_IN)

    asyncio.run(with_store(hand_in))
    return HANDED_IN.reference


@needs_office
def test_a_paper_of_a_dossier_is_exported_as_pdf(thidua, dossier, facts, tmp_path):
    out = tmp_path / "x.pdf"
    assert thidua("export", dossier, "--form", "bien-ban", "-o", out, "--office", facts).code == 0
    document = pypdfium2.PdfDocument(out.read_bytes())
    words = " ".join("".join(page.get_textpage().get_text_range() for page in document).split())
    assert document.get_version() >= 14
    for said in ("BIÊN BẢN", "THƯ KÝ", "CHỦ TỌA", "Nguyễn Văn A"):
        assert said in words
    assert "TỜ TRÌNH" not in words


def test_a_paper_that_a_round_has_not_or_that_nobody_knows_is_one_line(thidua, dossier, tmp_path):
    out = tmp_path / "x.pdf"
    ran = thidua("export", dossier, "--form", "giay-moi", "-o", out)
    assert (ran.code, "Không có mẫu “giay-moi”. Các mẫu: to-trinh, bien-ban" in ran.err) == (1, True)
    ran = thidua("export", "2026-7K3M9P", "--form", "bien-ban", "-o", out)
    assert (ran.code, len(ran.err.strip().splitlines()), out.exists()) == (1, 1, False)


@needs_office
def test_the_first_page_shows_no_number_and_the_second_does():
    long = {
        path: Filled(SectionState.DONE, dict.fromkeys(f.values, "Lời. " * 900)) for path, f in FULL.sections.items()
    }
    made = pdf.from_docx(_bytes(opened(Submission("x", 1, "P01", sections=long))))
    document = pypdfium2.PdfDocument(made)
    tops = [_top(document[n]) for n in range(3)]
    assert tops == ["", "2", "3"]


@needs_office
@needs_times
def test_the_rendered_page_keeps_its_margins():
    picture = pypdfium2.PdfDocument(pdf.from_docx(_bytes(opened())))[0].render(scale=2).to_pil().convert("L")
    ink = ImageOps.invert(picture).point(lambda grey: 255 * (grey > 96)).getbbox()
    left, top, right, bottom = (pixel / 2 / 72 * 25.4 for pixel in ink)
    assert left >= 29.5
    assert top >= 19.5
    assert right <= 210 - 14.5
    assert bottom <= 297 - 19.5


def test_without_libreoffice_the_person_is_told_what_to_do(thidua, data, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = thidua("export", "2026-7K3M9P", "-o", tmp_path / "a.pdf")
    assert (ran.code, "máy chưa có LibreOffice" in ran.err) == (1, True)
    assert not (tmp_path / "a.pdf").exists()


def _bytes(document):
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _top(page):
    """The words in the top margin."""
    width, height = page.get_size()
    return page.get_textpage().get_text_bounded(0, height - 50, width, height).strip()
