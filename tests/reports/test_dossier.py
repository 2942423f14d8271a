"""The papers of a dossier say what the unit gave, leave open what it did not, and name that on the last page."""

from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.enum.section import WD_ORIENTATION
from docx.oxml.ns import qn
from dossier_samples import CAMPAIGN, DOSSIER, GIVEN, HANDED_IN, REPORT
from report_samples import DONE, UNIT, lines

from bot.reports import dossier
from bot.reports.dossier_parts import NoPartError
from bot.submissions import Filled, Submission

CHECK = "NỘI DUNG CẦN RÀ SOÁT"


def printed(form, submission=HANDED_IN, campaign=DOSSIER, **options):
    return Document(BytesIO(dossier.render(form, submission, campaign, UNIT, **options)))


def without(path, *keys):
    values = {key: value for key, value in GIVEN[path].items() if key not in keys}
    return replace(HANDED_IN, sections={**HANDED_IN.sections, path: Filled(DONE, values)})


def test_a_proposal_names_whom_on_which_grounds_and_how_many():
    said = lines(printed("to-trinh"))
    assert said[said.index("TỜ TRÌNH") + 1] == "Về việc đề nghị khen thưởng năm 2026"
    assert {"Số:        /TTr-……", "Suối Ngàn, ngày 05 tháng 01 năm 2027", "Kính gửi: Sở Nội vụ"} <= set(said)
    at = said.index("Căn cứ Luật Thi đua, khen thưởng;")
    assert said[at + 1] == "Căn cứ Biên bản họp."
    assert "đối với 1 tập thể, 3 cá nhân (danh sách tại Phụ lục kèm theo), cụ thể:" in said[at + 2]
    assert said[at + 3 : at + 6] == [
        "1. Chiến sĩ thi đua cơ sở: 1 cá nhân.",
        "2. Lao động tiên tiến: 1 cá nhân.",
        "3. Tập thể lao động xuất sắc: 1 tập thể.",
    ]
    assert said.index("TRƯỞNG PHÒNG") + 1 == said.index("Lê Văn C")


def test_grounds_are_italic_and_totals_that_differ_are_told():
    document = printed("to-trinh")
    ground = next(p for p in document.paragraphs if p.text == "Căn cứ Biên bản họp.")
    assert all(run.italic for run in ground.runs)
    assert "- “Tổng số cá nhân” ghi 3, danh sách có 2." in lines(document)


def test_the_list_is_an_appendix_in_landscape_with_its_columns():
    for form, place in (("to-trinh", 1), ("danh-sach", 0)):
        document = printed(form)
        assert document.sections[place].orientation == WD_ORIENTATION.LANDSCAPE
        table = next(t for t in document.tables if t.rows[0].cells[0].text == "STT")
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert rows[0] == [
            "STT", "Tên gọi", "Tên tập thể, cá nhân, hộ", "Chức vụ", "Đơn vị công tác", "Phân loại",
            "Danh hiệu, hình thức", "Đối tượng", "Lĩnh vực", "Ngày sinh",
        ]  # fmt: skip
        assert rows[1][1:3] == ["Ông", "Nguyễn Văn A"]
        assert rows[3][:6] == ["3", "", "Phòng Kinh tế", "", "", "Tập thể"]
        assert rows[3][6:] == ["Tập thể lao động xuất sắc", "Cơ quan hành chính", "", ""]
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert any(line.startswith("(Kèm theo Tờ trình số ……/TTr-") for line in lines(document))


def test_minutes_have_time_people_votes_and_two_signatures():
    document = printed("bien-ban")
    said = lines(document)
    assert said[said.index("BIÊN BẢN") + 1] == "Họp Hội đồng"
    assert "Thời gian: Từ 08 giờ 00 phút đến 10 giờ 30 phút, ngày 28 tháng 12 năm 2026." in said
    assert "Thành phần: có mặt 7/9 thành viên." in said
    votes = next(t for t in document.tables if t.rows[0].cells[0].text == "STT")
    assert [c.text for c in votes.rows[1].cells] == ["1", "Nguyễn Văn A", "Chiến sĩ thi đua cơ sở", "7", "7", "100"]
    signing = next(t for t in document.tables if t.rows[0].cells[0].text.startswith("THƯ KÝ"))
    signed = [[p.text for p in cell.paragraphs] for cell in signing.rows[0].cells]
    assert signed == [["THƯ KÝ", "Trần Thị D"], ["CHỦ TỌA", "Lê Văn C"]]
    assert "- Biên bản họp Hội đồng: còn thiếu: Kết luận." in said[said.index(CHECK) :]
    assert next(line for line in said if line.startswith("Số:")) == "Số:        /BB-……"


def test_everybody_has_a_report_of_achievements_of_their_own():
    document = printed("bao-cao-thanh-tich")
    said = lines(document)
    assert said.count("BÁO CÁO THÀNH TÍCH") == 2
    assert "Đề nghị tặng Chiến sĩ thi đua cơ sở" in said
    assert "- Quê quán: …………………………" in said
    assert said[said.index("2. Thành tích theo tiêu chuẩn") + 1] == "Xử lý 312 hồ sơ."
    starts = [s._sectPr.find(qn("w:pgNumType")) is not None for s in document.sections]
    assert starts == [False, True, True]
    assert len([line for line in said if line.startswith("Số: ") and "/BC-" in line]) == 1  # the collective's alone
    assert {"NGƯỜI BÁO CÁO", "THỦ TRƯỞNG ĐƠN VỊ XÁC NHẬN", "CẤP TRÊN TRỰC TIẾP XÁC NHẬN"} <= set(said)


def test_awards_are_those_of_the_person_with_number_day_and_issuer():
    tables = [t for t in printed("bao-cao-thanh-tich").tables if t.rows[0].cells[0].text == "Năm"]
    rows = [[c.text for c in row.cells] for row in tables[0].rows]
    assert rows[0] == ["Năm", "Danh hiệu, hình thức khen thưởng", "Số, ngày quyết định, cơ quan ban hành"]
    assert rows[1:] == [["2025", "Lao động tiên tiến", "Số 12/QĐ-UBND ngày 05/01/2026 của Ủy ban nhân dân xã"]]


def test_figures_of_a_collective_are_compared_by_year():
    table = next(t for t in printed("bao-cao-thanh-tich").tables if "Chỉ tiêu" in [c.text for c in t.rows[0].cells])
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["STT", "Chỉ tiêu", "2025", "2026"],
        ["1", "Số hồ sơ", "290", "312"],
    ]


def test_what_stays_open_in_an_achievement_is_told_by_name():
    said = lines(printed("bao-cao-thanh-tich"))
    last = said[said.index(CHECK) :]
    assert "- Nguyễn Văn A: quê quán;" in last
    assert "- Phòng Kinh tế: các hình thức đã được khen thưởng;" in last


@pytest.mark.parametrize("form", ["to-trinh", "bien-ban", "danh-sach"])
def test_an_empty_dossier_prints_dots_and_no_facts(form):
    document = printed(form, Submission("kt", 1, UNIT.code))
    said = "\n".join(lines(document))
    assert "…" in said
    assert CHECK in said
    assert "Mẫu số" not in said


def test_what_the_proposal_lacks_is_dotted_and_listed():
    said = lines(printed("to-trinh", without("to-trinh", "ve_viec", "can_cu", "nguoi_ky")))
    assert said[said.index("TỜ TRÌNH") + 1] == "Về việc …………………………"
    assert {"- việc đề nghị;", "- các căn cứ;", "- họ và tên người ký;"} <= set(said[said.index(CHECK) :])


@pytest.mark.parametrize("form", dossier.FORMS)
def test_a_campaign_that_asks_for_no_dossier_is_told_so(form):
    with pytest.raises(NoPartError):
        printed(form, REPORT, CAMPAIGN)


def test_no_form_is_numbered():
    for form in dossier.FORMS:
        assert "Mẫu số" not in "\n".join(lines(printed(form)))
