"""The empty .xlsx that the lists of units and officers are written into: the headers that `bot.people_tables` reads."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.people_tables import OFFICERS, UNITS, Column

TITLES = {UNITS.name: "DANH SÁCH ĐƠN VỊ", OFFICERS.name: "DANH SÁCH CÁN BỘ"}
READY = 500  # rows whose cells have their format
DATES = {"valid_from", "valid_to"}
WIDTHS = {"name": 38, "predecessors": 30}
_HEADER = 3


def template() -> bytes:
    """The bytes of an .xlsx with the two sheets, a title and what each column is for above the header."""
    book = Workbook()
    book.remove(book.active)
    for kind in (UNITS, OFFICERS):
        sheet = book.create_sheet(kind.name)
        sheet["A1"] = TITLES[kind.name]
        sheet["A1"].font = Font(size=14, bold=True)
        sheet.freeze_panes = f"A{_HEADER + 1}"
        for number, column in enumerate(kind.columns, start=1):
            _write(sheet, number, column)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(sheet: Worksheet, number: int, column: Column) -> None:
    hint, header = sheet.cell(_HEADER - 1, number, column.hint), sheet.cell(_HEADER, number, column.label)
    hint.font = Font(italic=True, color="00666666")
    hint.alignment = Alignment(wrap_text=True, vertical="top")
    header.font = Font(bold=True)
    header.fill = PatternFill("solid", fgColor="00DDE6F0")
    sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column.key, 20)
    for row in range(_HEADER + 1, _HEADER + 1 + READY):  # a code stays as it is typed: 01 is no number
        sheet.cell(row, number).number_format = "dd/mm/yyyy" if column.key in DATES else "@"
