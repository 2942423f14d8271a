"""The tables of all units as one: rows of the same name added up, a total under them. Pure.

Rules of this file
1. Rows are the same if their first cells are, dấu and capitals aside, and they count in the same unit of measure.
2. Only amounts are added up: percentages and years are not. A cell that is no number leaves its sum open, in words.
3. Rows that a unit wrote as its own total are not added once more; different measures have no total together.
4. A table without amounts is not added up: its rows stand one after the other, each with its unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bot.campaigns import Column, Field, Section
from bot.checks import asked
from bot.officers import Unit
from bot.reports import wording
from bot.reports.consolidated import Consolidated
from bot.reports.filled import cells
from bot.submissions import SectionState
from bot.tables import Row
from bot.values import fold, number, written

_SUMS = frozenset({"cong", "tong", "tong cong", "tong so"})
_MEASURES = frozenset({"don vi tinh", "dvt"})


class Line(NamedTuple):
    """One row of a unit, its cells in the order of the tally's columns."""

    unit: Unit
    cells: Row


@dataclass(frozen=True, slots=True)
class Tally:
    """One table that units were asked for, with every row that was handed in."""

    section: Section
    field: Field
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def amounts(self) -> tuple[int, ...]:
        """The places of the columns that are added up."""
        return tuple(n for n, column in enumerate(self.columns) if n and _is_amount(column))

    def groups(self) -> tuple[tuple[Line, ...], ...]:
        """The rows that are the same, in the order in which they first came."""
        found: dict[tuple[str, str], list[Line]] = {}
        for line in self.lines:
            if fold(line.cells[0]) not in _SUMS:
                found.setdefault((fold(line.cells[0]), self._measure(line)), []).append(line)
        return tuple(map(tuple, found.values()))

    def summed(self) -> tuple[Row, ...]:
        """The rows added up, then the total if there is one (rules 2, 3)."""
        groups = self.groups()
        rows = [tuple(self._cell(group, n) for n in range(len(self.columns))) for group in groups]
        every = [line for group in groups for line in group]
        if len(rows) > 1 and len({self._measure(line) for line in every}) == 1:
            rows.append((wording.SUM, *(self._total(every, n) for n in range(1, len(self.columns)))))
        return tuple(rows)

    @property
    def has_total(self) -> bool:
        """Whether the last row of `summed` is a total."""
        return len(self.summed()) > len(self.groups())

    def _cell(self, group: Sequence[Line], index: int) -> str:
        said = [line.cells[index] for line in group]
        if index in self.amounts:
            return added(said)
        alike = len({fold(each) for each in said}) == 1
        return said[0] if not index or alike else ""

    def _total(self, lines: Sequence[Line], index: int) -> str:
        return added([line.cells[index] for line in lines]) if index in self.amounts else ""

    def _measure(self, line: Line) -> str:
        at = next((n for n, column in enumerate(self.columns) if fold(column.label) in _MEASURES), None)
        return "" if at is None else fold(line.cells[at])


def tallies(of: Consolidated, *only: Section) -> tuple[Tally, ...]:
    """The tables that were handed in, in the form's order; of these sections alone, if any is named."""
    found: dict[tuple[str, str], list[tuple[Unit, Field, str]]] = {}
    sections = {section.path: section for section in only or of.sections}
    for section in sections.values():
        for each, own, filled in of.answers_to(section):
            if each.submission is None or filled.state is SectionState.NONE:
                continue
            for field in asked(own, each.submission, each.unit.kind):
                value = filled.values.get(field.key, "")
                if field.kind == "table" and cells(field, value):
                    found.setdefault((section.path, field.key), []).append((each.unit, field, value))
    return tuple(_tally(sections[path], key, given) for (path, key), given in found.items())


def added(texts: Sequence[str]) -> str:
    """The sum of the cells that are not empty, as it is written; "" of none, words where one is no number."""
    figures = [number(text) for text in texts if text.strip()]
    if None in figures:
        return wording.NO_SUM
    return written(sum((each for each in figures if each is not None), Decimal())) if figures else ""


def _tally(section: Section, key: str, given: Sequence[tuple[Unit, Field, str]]) -> Tally:
    """Units may have answered on several versions of a form: the columns are those of all of them."""
    newest = next((field for field in section.fields if field.key == key), given[0][1])
    columns = {column.key: column for _, field, _ in ((None, newest, None), *given) for column in _columns(field)}
    lines = (line for unit, field, value in given for line in _lines(unit, field, value, tuple(columns)))
    return Tally(section, newest, tuple(columns.values()), tuple(lines))


def _lines(unit: Unit, field: Field, value: str, keys: Sequence[str]) -> Iterator[Line]:
    own = [column.key for column in _columns(field)]
    for row in cells(field, value):
        said = dict(zip(own, row, strict=True))
        yield Line(unit, tuple(said.get(key, "").strip() for key in keys))


def _columns(field: Field) -> tuple[Column, ...]:
    return field.columns or (Column(field.key, field.label),)


def _is_amount(column: Column) -> bool:
    return column.kind == "number" and column.unit != "%" and fold(column.label).split(" ")[0] != "nam"
