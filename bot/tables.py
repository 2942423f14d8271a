"""Rows of cells: how a table's value is kept, and how rows are read from what officers type, paste or send. Pure.

Rules of this file
1. A table is one text, like every answer: rows are lines, cells are divided by a tab; a line break inside a cell is
   U+2028. So a table is saved, continued, replaced and compared like any other text.
2. Reading is total. What does not fit is a `Problem` with its row (counted from 1, as the officer sees it) and column;
   rows that fit are given back beside the problems.
3. Pasted rows are divided by tabs if there are any, else by "|", else by ";". A first row that repeats the labels is
   the heading and left out; so are rows without any cell.
4. A row is kept as it was given, also where it does not fit yet: what is wrong is worked out from it (`laid_out`), so
   nothing that was sent is lost and its number stays. A number, a day, an option that fits is kept in its own form.
5. Rows that stand there from the start (`Field.rows`) come first, in the form's order; one that nobody touched is not
   kept. One of them may be declared not to apply, with the reason: NOT_APPLICABLE in its second cell.
6. The columns of a sheet are found by its heading, the row among the first that has most labels. Nothing is taken by
   its place alone: a column that is wanted and not there, or there twice, is told (`Arranged.refused`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.campaigns import Column, Field
from bot.values import day, fold, number, option

Row = tuple[str, ...]
BREAK = "\u2028"
NONE = "Không có nội dung"  # the value of a table that was declared to have no rows
NOT_APPLICABLE = "Không áp dụng"
HEADING_WITHIN = 20  # rows of a sheet
_NUMBERING = frozenset({"stt", "tt", "so tt", "so thu tu"})
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*\*?$|\s*\*$")
_DIVIDERS = ("\t", "|", ";")


class Problem(NamedTuple):
    """A cell that does not fit; `column` None: the row as a whole has `found` cells and that is wrong."""

    row: int
    column: Column | None
    found: str


class Read(NamedTuple):
    """Rows that fit, and what did not."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


class Arranged(NamedTuple):
    """A sheet as it was read by its heading. `row`: the heading's, from 1, or the first one where none was found.

    `missing`: columns that are not there; `unknown`: headings that name none; `repeated`: columns that are there twice.
    """

    rows: tuple[Row, ...]
    row: int | None
    missing: tuple[Column, ...] = ()
    unknown: tuple[str, ...] = ()
    repeated: tuple[Column, ...] = ()
    headed: bool = True

    @property
    def refused(self) -> bool:
        """Whether it cannot be known what a column is: one that is missing may be there under an unknown heading."""
        lacks = any(c.required for c in self.missing) or bool(self.missing and self.unknown)
        return not self.headed or lacks or bool(self.repeated)


class Line(NamedTuple):
    """One row as the officer sees it: its number from 1, as many cells as there are columns (more: that is wrong).

    `given`: its first cell stands there from the start. `kept`: it is saved.
    """

    number: int
    cells: Row
    given: bool
    kept: bool
    problems: tuple[Problem, ...]


def rows(value: str) -> tuple[Row, ...]:
    """The rows of a saved value; none of an empty one, nor of NONE."""
    if value == NONE:
        return ()
    return tuple(tuple(_shown(c) for c in line.split("\t")) for line in value.split("\n") if line.strip())


def joined(given: Iterable[Row]) -> str:
    """The value that these rows are kept as."""
    return "\n".join("\t".join(_kept(cell) for cell in row) for row in given)


def laid_out(field: Field, value: str) -> tuple[Line, ...]:
    """Every row of a table or block in the order it is seen in, with what does not fit (rule 5)."""
    saved = list(rows(value))
    seen: list[tuple[Row, bool, bool]] = []
    for first in field.rows:
        at = next((n for n, row in enumerate(saved) if fold(row[0]) == fold(first)), None)
        seen.append(((first,), True, False) if at is None else (saved.pop(at), True, True))
    seen += [(row, False, True) for row in saved]
    return tuple(_line(n, row, field, given=given, kept=kept) for n, (row, given, kept) in enumerate(seen, 1))


def whole(field: Field, value: str) -> bool:
    """Whether nothing is missing or wrong: every saved row fits, and those from the start are there if required."""
    if value == NONE or not value:
        return value == NONE or not field.required
    return not any(line.problems for line in laid_out(field, value) if line.kept or field.required)


def kept(field: Field, lines: Iterable[Line]) -> str:
    """The value that these lines are saved as; those that nobody touched are not."""
    untouched = {joined([_padded((first,), field)]) for first in field.rows}
    lines_of = (joined([line.cells]) for line in lines)
    return "\n".join(line for line in lines_of if line.strip() and line not in untouched)


def taken(row: Row, field: Field) -> Row:
    """A row as it is kept: as many cells as columns, those that fit in their own form; superfluous cells stay."""
    if declared(row) is not None:
        return _padded(row, field)
    padded = _padded(row, field)
    fitted = (cell(text, column) for text, column in zip(padded, field.columns, strict=False))
    return (*(text if fit is None else fit for text, fit in zip(padded, fitted, strict=False)), *_extra(padded, field))


def declared(row: Row) -> str | None:
    """The reason why a row does not apply, "" if none was given; None if it does."""
    if len(row) < 2 or any(c.strip() for c in row[2:]):
        return None
    said, _, reason = row[1].partition(":")
    return reason.strip() if fold(said) == fold(NOT_APPLICABLE) else None


def arranged(sheet: Sequence[Row], columns: Sequence[Column]) -> Arranged:
    """The rows of a sheet in the order of the columns, found by their labels (rule 6)."""
    labels = _labels(columns)
    found = [[_column(cell, labels) for cell in row] for row in sheet[:HEADING_WITHIN]]
    best = max(range(len(found)), key=lambda n: len({*found[n]} - {None}), default=0)
    if not found or not any(at is not None for at in found[best]):
        first = next((n for n, row in enumerate(sheet) if any(c.strip() for c in row)), None)
        return Arranged((), None if first is None else first + 1, tuple(columns), (), (), headed=False)
    said = found[best]
    there = [at for at in said if at is not None]
    unknown = (c.strip() for c, at in zip(sheet[best], said, strict=True) if at is None)
    places = [said.index(n) if n in there else None for n in range(len(columns))]
    ordered = (tuple("" if p is None else "".join(r[p : p + 1]) for p in places) for r in sheet[best + 1 :])
    return Arranged(
        tuple(r for r in ordered if any(c.strip() for c in r)),
        best + 1,
        tuple(c for n, c in enumerate(columns) if n not in there),
        tuple(c for c in unknown if c and fold(c) not in _NUMBERING),
        tuple(c for n, c in enumerate(columns) if there.count(n) > 1),
    )


def _labels(columns: Sequence[Column]) -> dict[str, int]:
    """What a heading may say for each column: its label, also without what stands in brackets at its end, if that is
    no other's.
    """
    bare = [_bare(column.label) for column in columns]
    short = {label: n for n, label in enumerate(bare) if bare.count(label) == 1}
    return short | {fold(column.label): n for n, column in enumerate(columns)}


def _column(said: str, labels: Mapping[str, int]) -> int | None:
    return labels.get(fold(said), labels.get(_bare(said)))


def _bare(label: str) -> str:
    return _BRACKETED.sub("", fold(label)) or fold(label)


def pasted(text: str) -> tuple[Row, ...]:
    """The rows of cells in a typed or pasted text, as they stand there (rule 3)."""
    divider = next((d for d in _DIVIDERS if d in text), None)
    lines = (line for line in text.split("\n") if line.strip(" \t|;:-"))
    return tuple(_divided(line, divider) for line in lines)


def read(given: Sequence[Row], columns: Sequence[Column], *, first: int = 1) -> Read:
    """Hold rows against their columns; the heading is left out. `first`: the number the officer sees on row one."""
    good: list[Row] = []
    problems: list[Problem] = []
    body = given[1:] if given and is_heading(given[0], columns) else given
    for n, row in enumerate(body, first + len(given) - len(body)):
        fitted, wrong = _row(n, row, columns)
        problems += wrong
        if not wrong:
            good.append(fitted)
    return Read(tuple(good), tuple(problems))


def cell(text: str, column: Column) -> str | None:
    """The value that a cell stands for, "" for an empty one that may be empty; None if it does not fit."""
    text = text.strip()
    if not text:
        return None if column.required else ""
    match column.kind:
        case "text":
            return text
        case "number":
            return text if number(text) is not None else None
        case "date":
            return day(text)
        case "choice":
            return option(text, column.options)


def is_heading(row: Row, columns: Sequence[Column]) -> bool:
    """Whether a row only repeats the labels."""
    labels = [fold(c.label) for c in columns]
    said = [fold(c) for c in row if c.strip()]
    return bool(said) and all(each in labels for each in said)


def _line(n: int, row: Row, field: Field, *, given: bool, kept: bool) -> Line:
    padded = _padded(row, field)
    return Line(n, padded, given, kept, tuple(_row(n, padded, field.columns)[1]))


def _padded(row: Row, field: Field) -> Row:
    return (*row[: len(field.columns)], *[""] * (len(field.columns) - len(row)), *_extra(row, field))


def _extra(row: Row, field: Field) -> Row:
    extra = row[len(field.columns) :]
    return extra if any(c.strip() for c in extra) else ()


def _row(n: int, row: Row, columns: Sequence[Column]) -> tuple[Row, list[Problem]]:
    if len(row) > len(columns):
        if any(c.strip() for c in row[len(columns) :]):
            return (), [Problem(n, None, str(len(row)))]
        row = row[: len(columns)]
    padded = (*row, *[""] * (len(columns) - len(row)))
    if declared(padded):
        return padded, []
    fitted = [cell(text, column) for text, column in zip(padded, columns, strict=True)]
    wrong = [Problem(n, column, text) for text, column, fit in zip(padded, columns, fitted, strict=True) if fit is None]
    return tuple(fit or "" for fit in fitted), wrong


def _divided(line: str, divider: str | None) -> Row:
    if divider is None:
        return (line.strip(),)
    if divider == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    return tuple(each.strip() for each in line.split(divider))


def _kept(text: str) -> str:
    return BREAK.join(line.strip() for line in text.replace("\t", " ").replace(BREAK, "\n").split("\n")).strip()


def _shown(text: str) -> str:
    return text.replace(BREAK, "\n")
