"""A table goes out as .xlsx and comes back as it was filled in."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from bot import table_sheets, tables
from bot.campaigns import Column, Field
from ingest.reading import sheet
from ingest.reading.text import Refused

FIELD = Field(
    "bang",
    "Kết quả",
    "table",
    columns=(
        Column("ten", "Nhiệm vụ"),
        Column("so", "Kế hoạch", "number"),
        Column("ngay", "Ngày", "date", required=False),
        Column("loai", "Xếp loại", "choice", required=False, options=("Tốt", "Khá")),
    ),
    rows=("Trồng rừng",),
)


def filled(content, cells):
    """The template with these cells written into it, by somebody's spreadsheet program."""
    book = openpyxl.load_workbook(BytesIO(content))
    for (row, column), value in cells.items():
        cell = book.active.cell(table_sheets.HEADING + row, column)
        cell.number_format = "General"
        cell.value = value
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_what_is_typed_into_the_template_comes_back_as_rows():
    content = table_sheets.template(FIELD, "Chè sạch\t=1+1\t\tKhá")
    cells = {(1, 3): 1234.5, (1, 4): date(2026, 11, 30), (1, 5): "Tốt", (3, 2): "hai\ndòng", (3, 3): 12}
    sheet = tables.arranged(table_sheets.read(filled(content, cells)), FIELD.columns)
    assert (sheet.row, sheet.missing, sheet.unknown) == (table_sheets.HEADING, (), ())
    assert [row for row in sheet.rows if any(row)] == [
        ("Trồng rừng", "1.234,5", "30/11/2026", "Tốt"),
        ("Chè sạch", "=1+1", "", "Khá"),
        ("hai\ndòng", "12", "", ""),
    ]


def test_percentages_are_written_with_their_sign():
    book = openpyxl.Workbook()
    book.active["A1"] = 0.955
    book.active["A1"].number_format = "0.0%"
    buffer = BytesIO()
    book.save(buffer)
    assert table_sheets.read(buffer.getvalue()) == (("95,5%",),)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 hong", b"\xd0\xcf\x11\xe0 cu", b"\x81\xff"])
def test_what_is_no_workbook_has_no_rows(content):
    assert table_sheets.read(content) == ()
    with pytest.raises(Refused):
        sheet.read(content)


def arranged(*rows):
    return tables.arranged(rows, FIELD.columns)


def test_columns_are_found_by_their_heading_in_any_order_and_spelling():
    sheet = arranged((), ("xep loai", "KẾ HOẠCH (ha)", "Nhiệm vụ *", "ngay"), ("Tốt", "5", "Trồng rừng", ""), ())
    assert sheet.rows == (("Trồng rừng", "5", "", "Tốt"),)
    assert (sheet.row, sheet.refused) == (2, False)


def test_a_column_that_is_wanted_and_not_there_is_named_with_the_row_of_the_heading():
    sheet = arranged(("Bảng 1",), ("STT", "Nhiệm vụ", "Chỉ tiêu"), ("1", "Trồng rừng", "5"))
    assert sheet.refused
    assert sheet.row == 2
    assert [c.label for c in sheet.missing] == ["Kế hoạch", "Ngày", "Xếp loại"]
    assert sheet.unknown == ("Chỉ tiêu",)


@pytest.mark.parametrize(
    ("heading", "refused"),
    [
        (("Nhiệm vụ", "Kế hoạch"), False),
        (("Nhiệm vụ", "Kế hoạch", "Ngày", "Xếp loại", "Ghi chú"), False),
        (("Nhiệm vụ", "Kế hoạch", "Ngày", "Hạng"), True),
        (("Nhiệm vụ", "Kế hoạch", "Kế hoạch", "Ngày", "Xếp loại"), True),
        (("Nhiệm vụ", "Ngày", "Xếp loại"), True),
        (("Trồng rừng", "5", "", "Tốt"), True),
    ],
)
def test_a_column_that_may_stand_under_another_heading_is_not_guessed(heading, refused):
    sheet = arranged(heading, ("Trồng rừng", "5", "", "Tốt"))
    assert sheet.refused is refused


def test_a_sheet_without_a_heading_is_not_taken_by_the_places_of_its_cells():
    sheet = arranged((), ("Trồng rừng", "5", "", "Tốt"))
    assert (sheet.rows, sheet.row, sheet.headed) == ((), 2, False)
    assert arranged().row is None


def test_a_label_that_ends_in_brackets_is_no_other_ones():
    columns = (Column("a", "Tỷ lệ (so kế hoạch)"), Column("b", "Tỷ lệ (so cùng kỳ)"), Column("c", "Đơn vị (tính)"))
    sheet = tables.arranged((("Đơn vị", "Tỷ lệ (so cùng kỳ)", "Tỷ lệ"), ("x", "1", "2")), columns)
    assert sheet.rows == (("", "1", "x"),)
    assert [c.key for c in sheet.missing] == ["a"]
    assert sheet.unknown == ("Tỷ lệ",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_table_as_text_is_read_with_its_row_numbers(encoding, separator):
    lines = ("", separator.join(("Kế hoạch", "Nhiệm vụ")), "", separator.join(("5", '"Trồng rừng"')))
    sheet = tables.arranged(table_sheets.read("\r\n".join(lines).encode(encoding)), FIELD.columns)
    assert sheet.row == 2
    assert sheet.rows == (("Trồng rừng", "5", "", ""),)
