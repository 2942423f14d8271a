"""One table as an .xlsx: the template that is filled in, and what an officer sent back, also as .csv.

Rules of this file
1. A text stays a text, whatever it begins with: nothing that somebody typed becomes a formula.
2. A workbook from outside is read in a child process with limits (`ingest.reading.sandbox`).
3. A row has the place it has in the file, so that what is said of it names its number.
"""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot import people_sheets, tables
from bot.campaigns import Column, Field
from bot.reports.page import printable
from ingest.reading import sandbox
from ingest.reading.kinds import Kind
from ingest.reading.text import Refused

HEADING = 3  # the row of labels
ROOM = 30  # empty rows to write in
ROWS = 2_000  # of a .csv, as of a workbook
SECONDS = 30.0  # that reading one sheet may take
_NUMBER = "STT"
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def template(field: Field, value: str) -> bytes:
    """An .xlsx with the table's heading, the rows there are, numbered as the chat numbers them, and room for more."""
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = "Bảng"
    _put(sheet, 1, 1, field.label, Font(size=14, bold=True), boxed=False)
    lines = tables.laid_out(field, value)
    for at, column in enumerate(field.columns, 2):
        _put(sheet, HEADING, at, column.label, Font(bold=True))
        _put(sheet, HEADING - 1, at, _hint(column), Font(italic=True, color="606060"), boxed=False)
        sheet.column_dimensions[get_column_letter(at)].width = 18 if column.kind in {"number", "date"} else 36
        if column.kind == "choice":
            _offer(sheet, at, column, len(lines))
    _put(sheet, HEADING, 1, _NUMBER, Font(bold=True))
    for cell in sheet[HEADING]:
        cell.fill = PatternFill("solid", fgColor="DDE8F3")
    for n in range(1, len(lines) + ROOM + 1):
        cells = lines[n - 1].cells if n <= len(lines) else ("",) * len(field.columns)
        for at, text in enumerate((str(n), *cells), 1):
            _put(sheet, HEADING + n, at, text, Font())
    sheet.freeze_panes = f"A{HEADING + 1}"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes) -> tuple[tables.Row, ...]:
    """The rows of cells of the first sheet that has any, or of a .csv; none of a file that cannot be read."""
    try:
        return _workbook(content) if people_sheets.is_workbook(content) else _delimited(content)
    except people_sheets.Unreadable:
        return ()


def _delimited(content: bytes) -> tuple[tables.Row, ...]:
    """The rows of a table as text, by the separator that gives it most columns."""
    ways = [sheet.rows for sheet in people_sheets.delimited(content)]
    found = max(ways, key=lambda rows: max((len(row.cells) for row in rows), default=0), default=())
    there = {row.number: tuple(map(str, row.cells)) for row in found if row.number <= ROWS}
    return tuple(there.get(n, ()) for n in range(1, max(there, default=0) + 1))


def _workbook(content: bytes) -> tuple[tables.Row, ...]:
    with tempfile.TemporaryDirectory(prefix="thidua-sheet-") as folder:
        path = Path(folder, "bang.xlsx")
        path.write_bytes(content)
        try:
            text = sandbox.read(path, Kind.SHEET, SECONDS)
        except Refused:
            return ()
    return tuple(tuple(c.replace(tables.BREAK, "\n") for c in line.split("\t")) for line in text.split("\n"))


def _hint(column: Column) -> str:
    kind = {"text": "", "number": "số", "date": "ngày/tháng/năm", "choice": "chọn trong danh sách"}[column.kind]
    return ", ".join(filter(None, (kind, column.unit, "" if column.required else "không bắt buộc")))


def _put(sheet: Worksheet, row: int, at: int, text: str, font: Font, *, boxed: bool = True) -> None:
    cell = sheet.cell(row, at)
    cell.value, cell.font = printable(text) or None, font
    if text:
        cell.data_type = "s"
    cell.number_format = "@"  # what is typed stays as it is typed
    if boxed:
        cell.border, cell.alignment = _BOX, _WRAPPED


def _offer(sheet: Worksheet, at: int, column: Column, lines: int) -> None:
    """A list to choose from, where Excel can hold it."""
    listed = ",".join(column.options)
    if len(listed) > 250 or any("," in option or '"' in option for option in column.options):
        return
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
    letter = get_column_letter(at)
    rule.add(f"{letter}{HEADING + 1}:{letter}{HEADING + lines + ROOM}")
    sheet.add_data_validation(rule)
