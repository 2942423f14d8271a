"""A spreadsheet (.xlsx) or a table as text (.csv) → rows of plain cells, each row with the number its program shows.

Rules of this file
1. What the reader of the sheet sees counts: a formula is its last result, a number shown as 01 keeps its zero, a cell
   merged downwards stands in each of its rows. Rows that are hidden count too, sheets that are hidden do not.
2. A text is NFC and has no invisible characters; its line ends stay.
3. A cell that shows no value is Broken, with the reason; whether that matters is for whoever wants its column.

    Unreadable      it is neither; the message is one line for staff
"""

from __future__ import annotations

import csv
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.worksheet.worksheet import Worksheet

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
SEPARATORS = ",;\t"
NO_RESULT = "công thức chưa có kết quả; xin mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi nhập"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ZEROS = re.compile("0{2,}")


class Unreadable(Exception):
    """The file is no table that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a value: `why` is for staff."""

    why: str


Cell = str | date | Broken


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank; `number` counts from 1, as the program of the sheet does."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; `name` is on its tab, "" in a text file."""

    name: str
    rows: tuple[Row, ...]


def is_workbook(content: bytes) -> bool:
    """Whether these bytes are an .xlsx rather than text. Raises Unreadable for what can be neither."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"Tệp lớn quá {MOST_BYTES // 1_000_000} MB.")
    if content.startswith(_OLE):
        raise Unreadable("Tệp ở dạng .xls cũ hoặc có mật khẩu; xin lưu lại thành .xlsx không có mật khẩu.")
    return content.startswith(_ZIP)


# --- .xlsx ------------------------------------------------------------------------------------------------------------


def workbook(content: bytes) -> tuple[list[Sheet], list[str]]:
    """The sheets that are shown, and the names of those that are hidden. Raises Unreadable."""
    shown, written = _open(content, data_only=True), _open(content, data_only=False)
    # A chart has a tab of its own and no cells.
    visible = [sheet.title for sheet in written.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in written.worksheets if sheet.sheet_state != "visible"]
    return [_sheet(shown[title], written[title]) for title in visible], hidden


def _open(content: bytes, *, data_only: bool) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is left out: pictures, drop-down lists
        try:
            return load_workbook(BytesIO(content), data_only=data_only)
        except Exception as error:  # whatever it raises for one of the parts of a damaged file
            raise Unreadable("Tệp không phải là bảng tính .xlsx hoặc đã bị hỏng.") from error


def _sheet(shown: Worksheet, written: Worksheet) -> Sheet:
    if written.max_row > MOST_ROWS:
        raise Unreadable(f"Trang “{written.title}” có quá {MOST_ROWS:,} dòng; xin xóa các dòng thừa.".replace(",", "."))
    above: dict[tuple[int, int], int] = {}  # a merged cell → the row that its value stands in
    for merged in written.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            rows = range(merged.min_row + 1, merged.max_row + 1)
            above |= dict.fromkeys(((row, merged.min_col) for row in rows), merged.min_row)
    found: list[Row] = []
    for number in range(1, written.max_row + 1):
        places = [(above.get((number, column), number), column) for column in range(1, written.max_column + 1)]
        cells = tuple(_cell(shown.cell(*place), written.cell(*place)) for place in places)
        hidden = number in written.row_dimensions and bool(written.row_dimensions[number].hidden)
        found.append(Row(number, cells, hidden))
    return Sheet(written.title, _not_blank(found))


def _cell(shown: SheetCell, written: SheetCell) -> Cell:
    if shown.data_type == "e":
        return Broken(f"ô báo lỗi {shown.value}")
    # A formula whose result is an empty text has the type of a text.
    if shown.value is None and written.data_type == "f" and shown.data_type != "str":
        return Broken(NO_RESULT)
    match shown.value:
        case None:
            return ""
        case datetime() as moment:
            return moment.date()
        case date() as day:
            return day
        case value:
            return _readable(_number(value, written.number_format) if isinstance(value, int | float) else str(value))


def _number(value: float, shown_as: str) -> str:
    if isinstance(value, bool) or value % 1 != 0:
        return str(value)
    return f"{int(value):0{len(shown_as) if _ZEROS.fullmatch(shown_as) else 1}d}"


# --- .csv -------------------------------------------------------------------------------------------------------------


def delimited(content: bytes) -> list[Sheet]:
    """The text as a table by each separator there may be; the right one is that whose header is known.

    Raises Unreadable.
    """
    text = _decoded(content)
    return [sheet for separator in SEPARATORS if (sheet := _separated(text, separator)) is not None]


def _separated(text: str, separator: str) -> Sheet | None:
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return None
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"Tệp có quá {MOST_ROWS:,} dòng.".replace(",", "."))
    return Sheet("", _not_blank([Row(n, tuple(map(_readable, row))) for n, row in enumerate(rows, start=1)]))


def _decoded(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("Không đọc được chữ trong tệp; xin lưu lại thành .xlsx hoặc “CSV UTF-8”.")


def _encodings(content: bytes) -> Iterator[str]:
    """Those that these bytes may be in. A text in UTF-8 has no zero bytes, one in UTF-16 has many."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    elif b"\0" in content[:200]:
        yield "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        yield "utf-8-sig"


# --- both -------------------------------------------------------------------------------------------------------------


def _readable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C").strip()


def _not_blank(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if any(row.cells))
