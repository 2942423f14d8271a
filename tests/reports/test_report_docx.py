"""The report opens, says everything the unit said and nothing else, in the layout of Nghị định 30/2020/NĐ-CP."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns import Campaign, Field, Section
from bot.messages import FileRef
from bot.officers import Unit
from bot.reminders import ICT
from bot.reports import render
from bot.submissions import Entry, Filled, SectionState, Submission, sent_back, submitted

UNIT = Unit("P01", "Phòng Kinh tế xã Suối Ngàn", "phòng")
TEXT = Field("noi_dung", "Nội dung")
PLAN = Section(
    "muc-I/1", "Quán triệt văn bản", (Field("tren", "Văn bản cấp trên"), Field("so", "Số hội nghị", "number"))
)
MOVEMENTS = Section("muc-I/2", "Kết quả các phong trào thi đua", (TEXT,))
SCHOOL = Section("muc-I/3", "Dạy tốt, học tốt", (TEXT,), only_for=("trường",))
MODELS = Section("muc-I/4", "Điển hình tiên tiến", (TEXT,))
LIMITS = Section("muc-I/5", "Tồn tại, hạn chế", (TEXT,))
CAMPAIGN = Campaign(
    id="tong-ket-2026",
    version=1,
    title="Tổng kết công tác thi đua, khen thưởng",
    guidance="27/HD-HĐTĐKT",
    report_year=2026,
    sections=(PLAN, MOVEMENTS, SCHOOL, MODELS, LIMITS),
    deadlines=(),
    units=("P01",),
    issuer="Hội đồng Thi đua - Khen thưởng xã Suối Ngàn",
)
DONE = SectionState.DONE
FULL = Submission(
    CAMPAIGN.id,
    1,
    UNIT.code,
    reference="2026-7K3M9P",
    sections={
        PLAN.path: Filled(DONE, {"tren": "Đã phổ biến Chỉ thị số 41-CT/TW.\nĐăng 05 tin bài.", "so": "3"}),
        MOVEMENTS.path: Filled(DONE, {"noi_dung": "Vận động 120 hộ tham gia."}),
        MODELS.path: Filled(SectionState.NONE, {"noi_dung": "bản nháp cũ không dùng nữa"}),
        LIMITS.path: Filled(DONE, {"noi_dung": "Còn chậm gửi số liệu."}),
    },
)


def opened(submission=FULL, campaign=CAMPAIGN, **options):
    return Document(BytesIO(render(submission, campaign, UNIT, **options)))


def lines(document):
    """Every line of the body in reading order, those of tables included."""
    return [p.text for block in document.iter_inner_content() for p in _paragraphs(block)]


def _paragraphs(block):
    if isinstance(block, Table):
        return [p for row in block.rows for cell in row.cells for p in cell.paragraphs]
    return [block]


def runs(document):
    return [r for block in document.iter_inner_content() for p in _paragraphs(block) for r in p.runs if r.text]


def the_run(document, text):
    return next(r for r in runs(document) if r.text == text)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_unit_year_addressee_and_guidance_are_named():
    said = lines(opened())
    assert "PHÒNG KINH TẾ XÃ SUỐI NGÀN" in said
    assert said.index("BÁO CÁO") + 1 == said.index("Tổng kết công tác thi đua, khen thưởng năm 2026")
    assert "Kính gửi: Hội đồng Thi đua - Khen thưởng xã Suối Ngàn" in said
    assert any("27/HD-HĐTĐKT" in line and UNIT.name in line for line in said)


def test_a_year_that_the_title_names_is_not_said_twice():
    titled = opened(campaign=replace(CAMPAIGN, title="Tổng kết năm 2026, đăng ký năm 2027"))
    assert "Tổng kết năm 2026, đăng ký năm 2027" in lines(titled)


def test_every_section_stands_in_the_guidances_order_with_every_line_of_its_answers():
    said = lines(opened())
    wanted = [
        "1. Quán triệt văn bản",
        "a) Văn bản cấp trên",
        "Đã phổ biến Chỉ thị số 41-CT/TW.",
        "Đăng 05 tin bài.",
        "b) Số hội nghị: 3",
        "2. Kết quả các phong trào thi đua",
        "Vận động 120 hộ tham gia.",
        "3. Điển hình tiên tiến",
        "Không có nội dung.",
        "4. Tồn tại, hạn chế",
        "Còn chậm gửi số liệu./.",
    ]
    assert [line for line in said if line in wanted] == wanted


def test_a_section_for_other_units_is_left_out_and_a_withdrawn_draft_is_not_printed():
    said = "\n".join(lines(opened()))
    assert "Dạy tốt, học tốt" not in said
    assert "bản nháp cũ" not in said


def test_number_place_date_and_signer_stay_open_for_the_clerk():
    said = lines(opened())
    number = next(line for line in said if line.startswith("Số:"))
    assert number.removeprefix("Số:").lstrip().startswith("/BC-")
    assert not any(ch.isdigit() for ch in number)
    assert any(line.startswith("…") and "ngày ……" in line for line in said)
    assert "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ" in said
    assert said[(at := said.index("Nơi nhận:")) : at + 3] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]


def test_a_complete_report_has_no_page_of_missing_content():
    document = opened()
    assert len(document.sections) == 1
    assert "NỘI DUNG CHƯA CÓ" not in lines(document)


def test_what_is_missing_is_listed_on_a_last_page_of_its_own_and_never_filled():
    partly = {PLAN.path: Filled(SectionState.DRAFT, {"tren": "Đã phổ biến."}), LIMITS.path: FULL.sections[LIMITS.path]}
    document = opened(Submission(CAMPAIGN.id, 1, UNIT.code, sections=partly))
    said = lines(document)
    last_page = said[said.index("NỘI DUNG CHƯA CÓ") :]
    assert len(document.sections) == 2
    assert last_page[-3:] == [
        "- Phần 1. Quán triệt văn bản: còn thiếu: Số hội nghị.",
        "- Phần 2. Kết quả các phong trào thi đua: chưa có nội dung.",
        "- Phần 3. Điển hình tiên tiến: chưa có nội dung.",
    ]
    assert said[said.index("3. Điển hình tiên tiến") + 1] == "(Chưa có nội dung)"


def test_a_returned_section_tells_the_reason_on_the_last_page():
    returned = sent_back(submitted(FULL, "unused"), {LIMITS.path: "Nêu rõ nguyên nhân"})
    assert lines(opened(returned))[-1] == "- Phần 4. Tồn tại, hạn chế: được yêu cầu bổ sung: Nêu rõ nguyên nhân."


def test_the_files_own_facts_are_the_reports_not_the_librarys():
    handed_in = Entry(datetime(2026, 12, 9, 16, tzinfo=ICT), "CB01", "Nộp báo cáo")
    facts = opened(replace(FULL, history=(handed_in,))).core_properties
    assert (facts.author, facts.identifier, facts.comments) == (UNIT.name, "2026-7K3M9P", "")
    assert facts.created == facts.modified == datetime(2026, 12, 9, 9, tzinfo=UTC)


# --- how it looks -----------------------------------------------------------------------------------------------------


def test_paper_and_margins_of_every_section():
    for section in opened(Submission(CAMPAIGN.id, 1, UNIT.code)).sections:
        paper = (section.page_width, section.page_height)
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(length.twips) for length in paper] == [11906, 16838]
        assert [round(length.twips) for length in margins] == [1134, 1134, 1701, 850]


def test_times_new_roman_in_every_script_and_no_theme_font_above_it():
    document = opened()
    fonts = list(document.styles["Normal"].element.iter(qn("w:rFonts"))) + list(
        document.styles.element.find(qn("w:docDefaults")).iter(qn("w:rFonts"))
    )
    for each in fonts:
        assert {each.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
        assert not [name for name in each.attrib if "Theme" in name]
    assert all(run.font.name in {None, "Times New Roman"} for run in runs(document))


def test_page_number_is_centred_in_the_top_margin_and_hidden_on_the_first_page():
    section = opened().sections[0]
    header = section.header.paragraphs[0]
    assert section.different_first_page_header_footer
    assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert [e.text for e in header._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert not list(section.first_page_header._element.iter(qn("w:instrText")))
    assert section.header_distance < section.top_margin


@pytest.mark.parametrize(
    ("text", "size", "bold", "italic"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, True, False),
        ("Độc lập - Tự do - Hạnh phúc", 14, True, False),
        ("ỦY BAN NHÂN DÂN XÃ SUỐI NGÀN", 13, False, False),
        ("PHÒNG KINH TẾ XÃ SUỐI NGÀN", 13, True, False),
        ("BÁO CÁO", 14, True, False),
        ("Vận động 120 hộ tham gia.", 14, False, False),
        ("Nơi nhận:", 12, True, True),
        ("- Như trên;", 11, False, False),
    ],
)
def test_letters_of_the_fixed_parts(text, size, bold, italic):
    font = the_run(opened(superior="Ủy ban nhân dân xã Suối Ngàn"), text).font
    assert (font.size, font.bold, font.italic) == (Pt(size), bold, italic)


def test_running_text_is_justified_indented_and_spaced():
    paragraph = next(p for p in opened().paragraphs if p.text == "Vận động 120 hộ tham gia.")
    form = paragraph.paragraph_format
    assert paragraph.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert form.first_line_indent in {Mm(10), Mm(12.7)}
    assert form.space_after >= Pt(6)
    assert 1 <= form.line_spacing <= 1.5


def test_the_lines_under_the_header_are_drawn_shapes_with_ids_of_their_own():
    drawn = [e for e in opened().element.body.iter() if e.tag.endswith("}wsp")]
    ids = [e.get("id") for e in opened().element.body.iter(qn("wp:docPr"))]
    assert len(drawn) == 3
    assert len(set(ids)) == 3


def test_both_tables_are_borderless_and_do_not_break():
    for table in opened().tables:
        assert table._tbl.tblPr.find(qn("w:tblBorders")) is None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


# --- what it survives -------------------------------------------------------------------------------------------------


def test_characters_that_xml_refuses_are_left_out():
    hurt = "Kết\x00 quả\x0b tốt\ud800 <b>&amp; \ufffe\x1b[0m"
    section = Filled(DONE, {"noi_dung": hurt})
    document = opened(Submission(CAMPAIGN.id, 1, UNIT.code, sections={MOVEMENTS.path: section}))
    said = lines(document)
    assert "Kết quả" in said
    assert "tốt <b>&amp; [0m" in said


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters()), st.text(st.characters()))
def test_no_text_breaks_the_file(answer, name):
    filled = {s.path: Filled(DONE, {f.key: answer for f in s.fields}, returned=name) for s in CAMPAIGN.sections}
    campaign = replace(CAMPAIGN, title=name, issuer=answer, guidance=name)
    content = render(Submission("x", 1, "P01", sections=filled), campaign, Unit("P01", name, "phòng"), superior=answer)
    assert ZipFile(BytesIO(content)).testzip() is None
    assert lines(Document(BytesIO(content)))


def test_attached_files_are_named_in_their_section_and_only_where_it_has_content():
    def with_files(path, *names):
        files = tuple(FileRef(name, name, kept=True) for name in names)
        return {path: replace(FULL.filled(path), files=files)}

    sections = {
        **FULL.sections,
        **with_files(MOVEMENTS.path, "danh sách.xlsx", "ảnh\x00 1.jpg"),
        **with_files(MODELS.path, "không dùng.pdf"),
        **with_files(LIMITS.path, "số liệu.csv"),
    }
    text = lines(opened(replace(FULL, sections=sections)))
    at = text.index("Vận động 120 hộ tham gia.")
    assert text[at + 1] == "Tài liệu kèm theo: danh sách.xlsx; ảnh 1.jpg."
    assert "Tài liệu kèm theo: số liệu.csv./." in text
    assert not any("không dùng" in line for line in text)
