"""Rows of cells: how a table's value is kept, and how rows are read from what officers type, paste or send. Pure.

Rules of this file
1. A table is one text, like every answer: rows are lines, cells are divided by a tab; a line break inside a cell is
   U+2028. So a table is saved, continued, replaced and compared like any other text.
2. Reading is total. What does not fit is a `Problem` with its row (counted from 1, as the officer sees it) and column;
   rows that fit are given back beside the problems.
3. Pasted rows are divided by tabs if there are any, else by "|", else by ";". A first row that repeats the labels is
   the heading and left out; so are rows without any cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.campaigns import Column
from bot.values import day, fold, number, option

Row = tuple[str, ...]
BREAK = "\u2028"
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


def rows(value: str) -> tuple[Row, ...]:
    """The rows of a saved value; none of an empty one."""
    return tuple(tuple(_shown(c) for c in line.split("\t")) for line in value.split("\n") if line.strip())


def joined(given: Iterable[Row]) -> str:
    """The value that these rows are kept as."""
    return "\n".join("\t".join(_kept(cell) for cell in row) for row in given)


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


def _row(n: int, row: Row, columns: Sequence[Column]) -> tuple[Row, list[Problem]]:
    if len(row) > len(columns):
        if any(c.strip() for c in row[len(columns) :]):
            return (), [Problem(n, None, str(len(row)))]
        row = row[: len(columns)]
    padded = (*row, *[""] * (len(columns) - len(row)))
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
