"""All reports as one: nobody is left out or counted before they handed in, and what is added up can be added up."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from report_samples import CAMPAIGN, DONE, FULL, MOVEMENTS, PLAN, UNIT, lines, whole

from bot.campaigns import Field, Section
from bot.messages import FileRef
from bot.officers import Unit
from bot.reminders import ICT
from bot.reports import consolidated_papers
from bot.reports.consolidated import gather, number, written
from bot.reports.sheets import Sheet, workbook
from bot.submissions import Entry, Filled, State

AT = datetime(2026, 12, 10, 17, 5, tzinfo=ICT)
SECOND = Unit("P02", "Trường Tiểu học Suối Ngàn", "trường")
THIRD = Unit("P03", "Trạm Y tế", "trạm")
FOURTH = Unit("P04", "Phòng Văn hóa - Xã hội", "phòng")
UNITS = [UNIT, SECOND, THIRD, FOURTH]
WIDE = replace(CAMPAIGN, units=("P01", "P02", "P03", "P04"))


def gave(unit, so, state=State.ACCEPTED, **more):
    sections = {**FULL.sections, PLAN.path: Filled(DONE, {"tren": f"Văn bản của {unit.name}", "so": so})}
    return replace(FULL, unit=unit.code, state=state, sections=sections, reference=f"2026-{unit.code}", **more)


def gathered(*submissions, campaign=WIDE, **options):
    return gather(campaign, UNITS, submissions, AT, **options)


def printed(of):
    return whole(consolidated_papers.to_docx(of))


def table(document, index):
    return [[cell.text for cell in row.cells] for row in document.tables[index].rows]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", "3"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("12,75", "12.75"),
        ("3.5", "3.5"),
        ("-2", "-2"),
        ("95 %", None),
        ("khoảng 30", None),
        ("", None),
        ("1.23.456", None),
    ],
)
def test_numbers_are_read_as_vietnamese_offices_write_them(text, value):
    assert number(text) == (None if value is None else Decimal(value))


def test_numbers_are_written_as_they_are_read():
    assert [written(Decimal(n)) for n in ("1234567.5", "1200", "0", "100")] == ["1.234.567,5", "1.200", "0", "100"]


def test_numbers_of_those_who_handed_in_are_added_up_and_no_others():
    of = gathered(gave(UNIT, "1.200"), gave(SECOND, "3,5"), gave(THIRD, "900", State.RETURNED))
    (figure,) = of.figures()
    assert (figure.total, set(figure.typed)) == (Decimal("1203.5"), {"P01", "P02"})
    said = lines(printed(of))
    assert "- Số hội nghị: 1.203,5 (2/2 đơn vị đã nộp)." in said
    assert table(printed(of), 3)[1:] == [
        ["1", UNIT.name, "1.200"],
        ["2", SECOND.name, "3,5"],
        ["", "Cộng", "1.203,5"],
    ]


@pytest.mark.parametrize("typed", ["80 %", "khoảng 30"])
def test_what_cannot_be_added_up_is_shown_and_not_added(typed):
    of = gathered(gave(UNIT, "5"), gave(SECOND, typed))
    said = lines(printed(of))
    assert "- Số hội nghị: không cộng vì có tỷ lệ phần trăm hoặc giá trị không phải là số." in said
    assert table(printed(of), 3)[2:] == [["2", SECOND.name, typed], ["", "Cộng", "không cộng"]]
    asked = [line for line in said if "không đọc được thành số" in line]
    assert len(asked) == (0 if "%" in typed else 1)


def test_who_is_missing_is_said_with_why():
    draft = gave(THIRD, "1", State.DRAFT, history=(Entry(datetime(2026, 12, 1, 2, tzinfo=ICT), "CB", "x"),))
    document = printed(gathered(gave(UNIT, "1"), draft, gave(FOURTH, "2", State.RETURNED)))
    said = lines(document)
    assert any("17 giờ 05 phút, ngày 10 tháng 12 năm 2026, có 1/4 đơn vị đã nộp" in line for line in said)
    at = said.index("Các đơn vị chưa nộp:")
    assert said[at + 1 : at + 4] == [
        f"- {SECOND.name}: chưa bắt đầu;",
        f"- {THIRD.name}: đang soạn, chưa nộp;",
        f"- {FOURTH.name}: được trả lại để bổ sung, chưa nộp lại.",
    ]
    rows = table(document, 2)
    assert [row[1] for row in rows[1:]] == [unit.name for unit in UNITS]
    assert rows[3][2:5] == ["đang soạn, chưa nộp", "2026-P03", "02:00 01/12/2026"]
    assert rows[2][5].startswith("Quán triệt văn bản; ")
    assert f"Văn bản của {THIRD.name}" not in said


def test_every_section_has_every_units_words_in_the_campaigns_order():
    said = lines(printed(gathered(gave(SECOND, "2"), gave(UNIT, "1"))))
    at = said.index("I. QUÁN TRIỆT VĂN BẢN")
    assert said[at + 1 : at + 12] == [
        "1. Số liệu tổng hợp",
        "- Số hội nghị: 3 (2/2 đơn vị đã nộp).",
        "Số liệu của từng đơn vị nêu tại Phụ lục II.",
        f"2. {UNIT.name}",
        "a) Văn bản cấp trên",
        f"Văn bản của {UNIT.name}",
        "b) Số hội nghị: 1",
        f"3. {SECOND.name}",
        "a) Văn bản cấp trên",
        f"Văn bản của {SECOND.name}",
        "b) Số hội nghị: 2",
    ]
    assert f"Không có nội dung: {UNIT.name}; {SECOND.name}." in said
    assert said[said.index("III. DẠY TỐT, HỌC TỐT") + 1] == "Chưa đơn vị nào có nội dung ở mục này."


def test_a_section_of_an_older_form_is_kept_and_read_by_that_form():
    old = Section("muc-I/9", "Mục đã bỏ", (Field("x", "Số gương", "number"),))
    older = replace(WIDE, sections=(old,))
    newer = replace(WIDE, version=2)
    submission = replace(FULL, sections={old.path: Filled(DONE, {"x": "7"})})
    of = gathered(submission, campaign=newer, older=[older])
    assert of.sections[-1] == old
    assert [f.total for f in of.figures()] == [Decimal(7)]
    assert [s.path for s in of.units[0].form] == [old.path]


def test_the_sheets_hold_numbers_as_numbers_and_typed_text_never_as_a_formula():
    typed = {**FULL.sections, MOVEMENTS.path: Filled(DONE, {"noi_dung": '=HYPERLINK("http://x")\x07'})}
    kept = {PLAN.path: Filled(DONE, {"tren": "a", "so": "1.200"}, files=(FileRef("1", "ảnh.jpg", kept=True),))}
    of = gathered(replace(FULL, sections={**typed, **kept}), gave(SECOND, "3"))
    book = load_workbook(BytesIO(consolidated_papers.to_xlsx(of)))
    assert book.sheetnames == ["Tình hình nộp", "Số liệu", "Nội dung"]
    numbers = [[cell.value for cell in row] for row in book["Số liệu"].iter_rows(min_row=4)]
    assert numbers[:2] == [[1, UNIT.name, 1200], [2, SECOND.name, 3]]
    assert numbers[2][1:] == ["Cộng", 1203]
    cells = [cell for row in book["Nội dung"].iter_rows(min_row=4) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}  # "n": nothing in it
    assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]
    assert "ảnh.jpg" in [cell.value for cell in cells]
    states = [[cell.value for cell in row][:3] for row in book["Tình hình nộp"].iter_rows(min_row=4)]
    assert states[2] == [3, THIRD.name, "chưa bắt đầu"]


def test_every_sheet_prints_a_page_wide_in_landscape_with_its_header():
    for sheet in load_workbook(BytesIO(consolidated_papers.to_xlsx(gathered(gave(UNIT, "1"))))):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$3:$3"


def test_a_text_longer_than_a_cell_goes_on_in_the_next_row():
    long = "".join(chr(ord("a") + n % 26) for n in range(70_000))
    sheet = Sheet("A", "A", ("STT", "x"), ((1, long),), (5, 5))
    rows = [[c.value for c in r] for r in load_workbook(BytesIO(workbook([sheet])))["A"].iter_rows(min_row=4)]
    assert "".join(row[1] for row in rows) == long
    assert rows[0][0] == 1


def test_a_row_is_as_high_as_its_text_needs():
    sheet = Sheet("A", "A", ("STT", "x"), ((1, "từ " * 50), (2, "từ")), (5, 20))
    heights = load_workbook(BytesIO(workbook([sheet])))["A"].row_dimensions
    assert heights[4].height >= 8 * 16 > heights[5].height > 14


def test_a_campaign_without_any_report_is_told_as_such():
    said = lines(printed(gathered()))
    assert any("0/4 đơn vị đã nộp" in line for line in said)
    assert said.count("Chưa đơn vị nào có nội dung ở mục này.") + said.count(
        "Chưa đơn vị nào có nội dung ở mục này./."
    ) == len(WIDE.sections)


def test_a_unit_that_is_no_more_and_gave_nothing_is_not_waited_for():
    over = [replace(unit, valid_to=date(2026, 12, 9)) for unit in (SECOND, THIRD)]
    of = gather(WIDE, [UNIT, *over, FOURTH], [gave(SECOND, "3")], AT)
    assert [each.unit.code for each in of.units] == ["P01", "P02", "P04"]
    assert [each.unit.code for each in of.missing] == ["P01", "P04"]
