"""Tables → an .xlsx that prints as it stands: A4 landscape, a page wide, the header on every page.

Rules of this file
1. A text stays a text, whatever it begins with: nothing that somebody typed becomes a formula.
2. Cells have named styles: looking a style up is ten times as fast as putting one together again for each cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports import page

Row = tuple[str | int | Decimal, ...]
LINE, TALLEST = 16.5, 409.0  # points: a line of 12 pt, the tallest row there can be
CELL_LIMIT = 32_000  # characters; a cell holds 32,767, and openpyxl cuts off what is beyond without a word
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOP = Alignment(vertical="top", wrap_text=True)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_WHOLE, _PARTS = "#,##0", "#,##0.##########"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: `name` on its tab (at most 31 characters), `title` above it; `widths` in characters."""

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    bold_last: bool = False


def numbered(rows: Iterable[tuple[str, ...]]) -> tuple[Row, ...]:
    """Rows that begin with their number, which is a number in a sheet."""
    return tuple((int(row[0]), *row[1:]) for row in rows)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of an .xlsx with these sheets, in this order."""
    book = Workbook()
    book.remove(book.active)
    for style in _styles():
        book.add_named_style(style)
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _styles() -> Iterator[NamedStyle]:
    """How the title, the header and the cells look; cells plain and bold, each as a text and as two kinds of number."""
    yield NamedStyle("thidua", Font(name=page.FONT, size=14, bold=True), alignment=Alignment(vertical="center"))
    yield NamedStyle("thidua header", Font(name=page.FONT, size=12, bold=True), border=_BOX, alignment=_MIDDLE)
    for weight in ("plain", "bold"):
        font = Font(name=page.FONT, size=12, bold=weight == "bold")
        for number_format in ("General", _WHOLE, _PARTS):
            name = f"thidua {weight} {number_format}"
            yield NamedStyle(name, font, border=_BOX, alignment=_TOP, number_format=number_format)


def _write(target: Worksheet, sheet: Sheet) -> None:
    _put(target.cell(1, 1), sheet.title, "thidua")
    rows = [part for row in sheet.rows for part in _parts(row)]
    bold = len(rows) - 1 if sheet.bold_last else None
    for column, (label, width) in enumerate(zip(sheet.header, sheet.widths, strict=True), start=1):
        target.column_dimensions[get_column_letter(column)].width = width
        _put(target.cell(3, column), label, "thidua header")
    for index, row in enumerate(rows):
        weight = "bold" if index == bold else "plain"
        for column, value in enumerate(row, start=1):
            _put(target.cell(index + 4, column), value, f"thidua {weight} {_format(value)}")
    for index, row in enumerate((sheet.header, *rows), start=3):
        target.row_dimensions[index].height = _height(row, sheet.widths)
    target.freeze_panes = "A4"
    target.print_title_rows = "3:3"
    target.page_setup.orientation, target.page_setup.paperSize = "landscape", target.PAPERSIZE_A4
    target.page_setup.fitToWidth, target.page_setup.fitToHeight = 1, 0
    target.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Cell, value: str | int | Decimal, style: str) -> None:
    if isinstance(value, str):
        cell.value = page.printable(value)
        cell.data_type = "s"
    else:
        cell.value = value
    cell.style = style


def _format(value: str | int | Decimal) -> str:
    if isinstance(value, str):
        return "General"
    return _WHOLE if value == int(value) else _PARTS


def _height(row: Row, widths: Sequence[int]) -> float:
    """Room for the row's longest text: not every program finds it by itself."""
    lines = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str):
            lines = max(lines, sum(1 + int(len(line) * 1.15) // width for line in value.splitlines()))
    return min(lines * LINE, TALLEST)


def _parts(row: Row) -> list[Row]:
    """A row, or several where a text is longer than a cell: nothing is cut off."""
    longest = max((len(value) for value in row if isinstance(value, str)), default=0)
    pieces = [row]
    for start in range(CELL_LIMIT, longest, CELL_LIMIT):
        pieces.append(tuple(v[start : start + CELL_LIMIT] if isinstance(v, str) else "" for v in row))
    return [tuple(v[:CELL_LIMIT] if isinstance(v, str) else v for v in row), *pieces[1:]]
