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
    rows = tables.arranged(table_sheets.read(filled(content, cells)), FIELD.columns)
    assert [row for row in rows if any(row)] == [
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


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 hong", b"khong phai"])
def test_what_is_no_workbook_has_no_rows(content):
    assert table_sheets.read(content) == ()
    with pytest.raises(Refused):
        sheet.read(content)
