"""A sheet's rows → the lines of one of two lists, units or officers, told by the header; each value read by its column.

Rules of this file
1. The header may stand anywhere near the top, its columns in any order, with or without dấu; columns that are not known
   are ignored with a notice.
2. A value that cannot be read is a problem of its own line; the rest of the line is read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.officers import NAME_LENGTH
from bot.people_sheets import Broken, Cell, Sheet
from bot.values import day, fold
from knowledge import vietnamese

HEADER_WITHIN = 30  # rows from the top
CODE_LENGTH = 40  # characters
_CODE = re.compile(r"[\w.-]+(?: [\w.-]+)*")
_YES = {"x", "v", "co", "true", "1", "yes", "dung"}
_NO = {"-", "khong", "false", "0", "no", "sai"}


# --- cells ------------------------------------------------------------------------------------------------------------


def _text(cell: Cell) -> str | Broken:
    match cell:
        case Broken():
            return cell
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            text = " ".join(cell.split())
            return text if len(text) <= NAME_LENGTH else Broken(f"dài quá {NAME_LENGTH} ký tự")


def _code(cell: Cell) -> str | Broken:
    text = _text(cell)
    if isinstance(text, Broken) or not text or (len(text) <= CODE_LENGTH and _CODE.fullmatch(text)):
        return text
    return Broken(f"mã “{text}” không dùng được; mã gồm chữ, số, dấu chấm, gạch nối, tối đa {CODE_LENGTH} ký tự")


def _codes(cell: Cell) -> tuple[str, ...] | Broken:
    if not isinstance(cell, str):
        return cell if isinstance(cell, Broken) else Broken("phải là mã đơn vị, không phải ngày")
    parts = (" ".join(part.split()) for part in re.split(r"[,;\n]", cell))
    return tuple(dict.fromkeys(part for part in parts if part))


def _day(cell: Cell) -> date | Broken | None:
    if not isinstance(cell, str) or not cell:
        return cell or None
    if (read := day(cell)) is not None:
        return datetime.strptime(read, "%d/%m/%Y").date()  # noqa: DTZ007 -- a day, not a moment
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return Broken(f"“{cell}” không phải ngày; xin viết ngày/tháng/năm, ví dụ 01/07/2025")


def _flag(cell: Cell) -> bool | Broken:
    text = _text(cell)
    if isinstance(text, Broken) or not text:
        return text or False
    if (folded := fold(text)) in _YES | _NO:
        return folded in _YES
    return Broken(f"“{text}” không hiểu được; xin ghi x hoặc để trống")


# --- columns and rows -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the name in Unit or Officer; `also` are other headers it goes by, folded; `hint` is for the template."""

    key: str
    label: str
    read: Callable[[Cell], object]
    also: tuple[str, ...] = ()
    required: bool = False  # the column must be there and no cell of it empty
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two lists."""

    name: str
    columns: tuple[Column, ...]


UNITS = Kind(
    "Đơn vị",
    (
        Column(
            "code", "Mã", _code, ("ma don vi", "ma dv", "ma so"), required=True, hint="mỗi đơn vị một mã, không đổi"
        ),
        Column("name", "Tên", _text, ("ten don vi",), required=True, hint="tên đầy đủ"),
        Column("kind", "Loại", _text, ("loai don vi", "loai hinh"), hint="ví dụ: xã, phường, phòng, trường học"),
        Column("valid_from", "Hiệu lực từ", _day, ("tu ngay", "co hieu luc tu"), hint="ngày/tháng/năm, hoặc trống"),
        Column("valid_to", "Hiệu lực đến", _day, ("den ngay", "het hieu luc"), hint="ngày cuối cùng, hoặc trống"),
        Column("predecessors", "Đơn vị trước", _codes, ("don vi tien than",), hint="các mã, cách nhau bằng dấu phẩy"),
        Column("block", "Cụm/khối", _text, ("cum", "khoi", "cum thi dua", "khoi thi dua", "cum khoi thi dua")),
    ),
)
OFFICERS = Kind(
    "Cán bộ",
    (
        Column("code", "Mã", _code, ("ma can bo", "ma cb", "ma so"), hint="để trống thì được cấp"),
        Column("name", "Họ và tên", _text, ("ho ten", "ten can bo"), required=True),
        Column("unit", "Mã đơn vị", _code, ("ma dv",), required=True, hint="mã ở trang Đơn vị"),
        Column("leader", "Lãnh đạo", _flag, ("la lanh dao", "lanh dao don vi"), hint="x nếu là lãnh đạo đơn vị"),
        Column("staff", "Thường trực", _flag, ("can bo thuong truc",), hint="x nếu thuộc cơ quan thường trực"),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit or officer of a list; `values` by key holds what could be read, of the columns that there are."""

    where: str
    labels: Mapping[str, str]
    values: Mapping[str, Any]  # each is what its column's `read` gives

    def says(self, key: str, what: str) -> str:
        return f"{self.where}, cột “{self.labels[key]}”: {what}."


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header found: `places` are the indices of the cells under each key."""

    kind: Kind
    sheet: Sheet
    header: int  # among sheet.rows
    places: Mapping[str, tuple[int, ...]]

    @property
    def missing(self) -> list[str]:
        return [column.label for column in self.kind.columns if column.required and column.key not in self.places]

    @property
    def fit(self) -> tuple[bool, int]:
        """The greater, the likelier this is what the sheet was meant for."""
        return not self.missing, len(self.places)

    @property
    def labels(self) -> dict[str, str]:
        cells = self.sheet.rows[self.header].cells
        return {key: _shown(cells[at[0]]) for key, at in self.places.items()}

    def problems(self) -> Iterator[str]:
        if self.missing:
            yield f"{place(self.sheet)}: thiếu cột {quoted(self.missing)}."
        for key, at in self.places.items():
            if len(at) > 1:
                yield f"{place(self.sheet, self.header)}: cột “{self.labels[key]}” có {len(at)} lần; xin giữ một cột."

    def notices(self) -> Iterator[str]:
        known = {place for at in self.places.values() for place in at}
        others = [_shown(cell) for n, cell in enumerate(self.sheet.rows[self.header].cells) if n not in known and cell]
        if others:
            yield f"{place(self.sheet)}: bỏ qua cột {quoted(others)}."
        if hidden := [str(row.number) for row in self.sheet.rows[self.header + 1 :] if row.hidden]:
            yield f"{place(self.sheet)}: các dòng đang ẩn cũng được đọc: {', '.join(hidden)}."

    def lines(self, problems: list[str]) -> Iterator[Line]:
        """Each row under the header, but for the header printed again; what is wrong in itself goes to `problems`."""
        columns = [(column, self.places[column.key][0]) for column in self.kind.columns if column.key in self.places]
        header = self.sheet.rows[self.header].cells
        for n, row in enumerate(self.sheet.rows[self.header + 1 :], start=self.header + 1):
            cells = {column.key: row.cells[at] if at < len(row.cells) else "" for column, at in columns}
            if not any(cells.values()) or all(cells[column.key] in {header[at], ""} for column, at in columns):
                continue
            read = {column.key: column.read(cells[column.key]) for column, _ in columns}
            line = Line(place(self.sheet, n), self.labels, {k: v for k, v in read.items() if not isinstance(v, Broken)})
            for column, _ in columns:
                value = read[column.key]
                if isinstance(value, Broken):
                    problems.append(line.says(column.key, value.why))
                elif column.required and not value:
                    problems.append(line.says(column.key, "đang để trống"))
            yield line


def place(sheet: Sheet, row: int | None = None) -> str:
    """Where in the file, as a line about it begins."""
    number = "" if row is None else f"dòng {sheet.rows[row].number}"
    if not sheet.name:
        return number.capitalize() or "Tệp"
    return f"Trang “{sheet.name}”" + f", {number}" * bool(number)


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _shown(cell: Cell) -> str:
    text = _text(cell)
    return text if isinstance(text, str) else ""


def _header_key(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(re.sub(r"\(.*?\)", " ", vietnamese.clean(text)))))


def table(sheets: Iterable[Sheet]) -> Table | None:
    """Of several readings of one sheet the one whose header is known best, as the list it tells; None: no header."""
    found = [
        Table(kind, sheet, n, _places(kind, row.cells))
        for sheet in sheets
        for n, row in enumerate(sheet.rows[:HEADER_WITHIN])
        for kind in (OFFICERS, UNITS)
    ]
    best = max(found, key=lambda each: each.fit, default=None)
    return best if best is not None and len(best.places) > 1 else None


def _places(kind: Kind, cells: Sequence[Cell]) -> dict[str, tuple[int, ...]]:
    names = [_header_key(_shown(cell)) for cell in cells]
    places = {
        column.key: tuple(n for n, name in enumerate(names) if name in {_header_key(column.label), *column.also})
        for column in kind.columns
    }
    return {key: at for key, at in places.items() if at}
