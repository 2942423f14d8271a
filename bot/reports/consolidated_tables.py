"""The units' tables of a round as sheets: added up with every unit beside the sum, and row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from bot.officers import Unit
from bot.reports import wording
from bot.reports.filled import heading
from bot.reports.sheets import Row, Sheet
from bot.reports.tallies import Line, Tally, added
from bot.values import number

BESIDE = 60  # columns of single units beside the sums; beyond that the rows of every unit tell it


def sheets(tallies: Sequence[Tally]) -> Iterator[Sheet]:
    """Two sheets a table: the sums (if it has amounts) and every row with its unit."""
    for n, tally in enumerate(tallies, start=1):
        title = f"{tally.section.title}: {tally.field.label}"
        if tally.amounts:
            yield _sums(wording.SHEET_SUMS.format(n=n), title, tally)
        labels = [heading(column) for column in tally.columns]
        rows = tuple((i, line.unit.name, *map(value, line.cells)) for i, line in enumerate(tally.lines, start=1))
        yield Sheet(
            wording.SHEET_ROWS.format(n=n),
            title,
            (wording.POSITION, wording.UNIT, *labels),
            rows,
            (6, 30, *_widths(labels, (line.cells for line in tally.lines))),
        )


def value(text: str) -> str | Decimal:
    """A cell as a number if it is one and nothing is lost by it; a percentage stays as it was typed."""
    found = None if "%" in text else number(text)
    return text if found is None else found


def _sums(name: str, title: str, tally: Tally) -> Sheet:
    units = tuple({line.unit.code: line.unit for line in tally.lines}.values())
    shown = units if 1 < len(units) * len(tally.amounts) <= BESIDE else ()
    labels = [heading(column) for column in tally.columns]
    beside = [(n, unit) for n in tally.amounts for unit in shown]
    rows: list[Row] = [
        (i, *map(value, row), *(value(_of(group, n, unit)) for n, unit in beside))
        for i, (row, group) in enumerate(zip(tally.summed(), tally.groups(), strict=False), start=1)
    ]
    if tally.has_total:
        every = [line for group in tally.groups() for line in group]
        rows.append(("", *map(value, tally.summed()[-1]), *(value(_of(every, n, unit)) for n, unit in beside)))
    names = [f"{labels[n]} - {unit.name}" for n, unit in beside]
    return Sheet(
        name,
        title,
        (wording.POSITION, *labels, *names),
        tuple(rows),
        (6, *_widths(labels, tally.summed()), *(18 for _ in beside)),
        bold_last=tally.has_total,
    )


def _of(lines: Iterable[Line], index: int, unit: Unit) -> str:
    return added([line.cells[index] for line in lines if line.unit == unit])


def _widths(labels: Sequence[str], rows: Iterable[Sequence[str]]) -> list[int]:
    """Between 12 and 50 characters, by the longest cell."""
    columns = zip(labels, *rows, strict=True)
    return [min(max(12, *(len(text) + 2 for text in column), 0), 50) for column in columns]
