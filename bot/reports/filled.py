"""What a unit filled in, written into a paper: texts, numbers, tables, repeated blocks, attached files.

Rules of this file
1. Every word that is asked for now and was typed is printed, in the form's order; what is not asked (any more) is not.
2. A table of at most `NARROW` columns stands where it was asked for. A wider one is an appendix, and the text says so.
3. A block is written as paragraphs: a khoản or điểm a row, the cells as text under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from docx.text.paragraph import Paragraph

from bot.campaigns import Column, Field, Section
from bot.checks import asked
from bot.reports import page, wording
from bot.reports.grids import grid, with_positions
from bot.reports.outline import Head, Level, mark
from bot.reports.paper import Paper, appendix_name
from bot.submissions import Filled, SectionState, Submission
from bot.tables import NONE, NOT_APPLICABLE, Row, rows
from bot.values import fold

NARROW = 5
Place = tuple[str, str]  # a section's path, a field's key


@dataclass(frozen=True, slots=True)
class Annex:
    """A wide table that stands at the end; `number` None if it is the only one."""

    number: int | None
    title: str
    field: Field
    value: str

    @property
    def name(self) -> str:
        return appendix_name(self.number)


def answers(section: Section, submission: Submission, unit_kind: str) -> Iterator[tuple[int, Field, str]]:
    """The answered fields in the form's order, each with its place (from 0), which stays when another is missing."""
    values = submission.filled(section.path).values
    written = (field for field in asked(section, submission, unit_kind) if field.kind != "file")
    for index, field in enumerate(written):
        value = values.get(field.key, "")
        if page.paragraphs(value):
            yield index, field, value


def attached(filled: Filled) -> str:
    """The names of a section's files in one line."""
    return "; ".join(" ".join(page.paragraphs(file.name)) for file in filled.files)


def may_be_left_out(section: Section, submission: Submission, unit_kind: str) -> bool:
    """Whether a section asks for nothing that must be there, and the unit gave nothing and was asked for nothing."""
    filled = submission.filled(section.path)
    if filled.returned or filled.files or filled.state is SectionState.NONE:
        return False
    fields = asked(section, submission, unit_kind)
    return not any(field.required or _is_given(field, filled) for field in fields)


def lacks(section: Section, submission: Submission, unit_kind: str) -> str:
    """What a section still lacks, in words; "" if it is complete."""
    filled = submission.filled(section.path)
    if filled.returned:
        return wording.MISSING_RETURNED.format(reason=" ".join(page.paragraphs(filled.returned)))
    if filled.state is SectionState.NONE:
        return ""
    fields = asked(section, submission, unit_kind)
    given = {field.key for field in fields if _is_given(field, filled)}
    if not given:
        return wording.MISSING_EMPTY
    open_fields = [field.label for field in fields if field.required and field.key not in given]
    if open_fields:
        return wording.MISSING_FIELDS.format(fields="; ".join(open_fields))
    return "" if filled.state is SectionState.DONE else wording.MISSING_DRAFT


def cells(field: Field, value: str) -> tuple[Row, ...]:
    """A table's rows with as many cells as it has columns; one too many stands in the last."""
    last = max(len(field.columns), 1) - 1
    given = () if says_none(value) else rows(value)
    return tuple((*row[:last], *[""] * (last - len(row)), "; ".join(filter(None, row[last:]))) for row in given)


def header(field: Field) -> tuple[str, ...]:
    """The labels of a table's columns, each with what it counts."""
    return tuple(heading(column) for column in field.columns) or (field.label,)


def heading(column: Column) -> str:
    """A column's label with what it counts."""
    unit = "" if fold(column.unit) in fold(column.label) else f" ({column.unit})"
    return column.label + unit


def says_none(value: str) -> bool:
    """Whether a table was declared to have no rows."""
    return fold(value) == fold(NONE)


def annexes(form: Sequence[Section], submission: Submission, unit_kind: str) -> Mapping[Place, Annex]:
    """The tables that do not fit into the text, in their order."""
    wide = [
        (section.path, field, value)
        for section in form
        if submission.filled(section.path).state is not SectionState.NONE
        for _, field, value in answers(section, submission, unit_kind)
        if field.kind == "table" and len(field.columns) > NARROW and not says_none(value)
    ]
    return {
        (path, field.key): Annex(n if len(wide) > 1 else None, field.label, field, value)
        for n, (path, field, value) in enumerate(wide, start=1)
    }


def write_section(
    paper: Paper, head: Head, submission: Submission, unit_kind: str, ends: Mapping[Place, Annex]
) -> Paragraph:
    """Write what a section holds under its heading, a level deeper; the paragraph that ends it."""
    section = head.section
    assert section  # a heading that only stands above others holds nothing
    filled = submission.filled(section.path)
    if filled.state is SectionState.NONE:
        return paper.body(wording.NO_CONTENT)
    last: Paragraph | None = None
    written = sum(field.kind != "file" for field in asked(section, submission, unit_kind))
    numbers = () if written == 1 else tuple(islice(head.inside, written))
    for index, field, value in answers(section, submission, unit_kind):
        spot = _Spot(head.level.under, numbers[index] if numbers else None)
        last = _answer(paper, spot, field, value, ends.get((section.path, field.key)))
    names = attached(filled)
    if names:
        return paper.body(wording.ATTACHED.format(files=names), italic=True)
    return last or paper.body(wording.NOT_FILLED, italic=True)


def write_annexes(paper: Paper, ends: Mapping[Place, Annex]) -> None:
    """The appendices, each on a landscape page of its own."""
    for annex in ends.values():
        paper.appendix(annex.title, number=annex.number, landscape=True)
        grid(paper.document, *with_positions(header(annex.field), cells(annex.field, annex.value)))


def write_table(paper: Paper, field: Field, value: str) -> Paragraph:
    """A table in the running text, and the line under it."""
    grid(paper.document, *with_positions(header(field), cells(field, value)))
    return paper.after_table()


def write_cells(paper: Paper, above: Level, columns: Sequence[Column], row: Sequence[str]) -> Paragraph | None:
    """Cells as text under a heading of this level, a paragraph each; the last one, None if all are empty. A reason why
    a row does not apply stands alone.
    """
    before = mark(max(above.under, Level.DASH), 1)
    last: Paragraph | None = None
    applies = any(row[1:]) or not fold("".join(row[:1])).startswith(fold(NOT_APPLICABLE))
    for column, text in zip(columns, row, strict=False):
        first, *others = page.paragraphs(text) or [""]
        if first:
            first = with_unit(first, column) if column.kind == "number" else first
            last = paper.body(f"{before} {column.label}: {first}" if applies else first)
            last = [last, *map(paper.body, others)][-1]
    return last


def with_unit(text: str, of: Field | Column) -> str:
    """A number with what it counts, unless the text or the question says so already."""
    said = fold(of.unit) in f"{fold(text)} {fold(of.label)}"
    return text if said or not of.unit else f"{text} {of.unit}"


class _Spot(NamedTuple):
    """Where an answer stands; `number` None: it is the section's only one and needs no heading."""

    level: Level
    number: int | None

    def before(self, text: str) -> str:
        return text if self.number is None else f"{mark(self.level, self.number)} {text}"


def _answer(paper: Paper, spot: _Spot, field: Field, value: str, annex: Annex | None) -> Paragraph:
    """One answer, under its label if it is not alone."""
    if field.kind in {"table", "block"} and not says_none(value):
        return _rows(paper, spot, field, value, annex)
    if field.kind == "text":
        if spot.number is not None:
            paper.heading(spot.level, spot.number, field.label)
        return paper.typed(value)
    text = with_unit(" ".join(page.paragraphs(value)), field)
    return paper.body(spot.before(f"{field.label}: {text}"))


def _rows(paper: Paper, spot: _Spot, field: Field, value: str, annex: Annex | None) -> Paragraph:
    if annex:
        return paper.body(spot.before(wording.IN_ANNEX.format(label=field.label, appendix=annex.name)))
    if spot.number is not None:
        paper.heading(spot.level, spot.number, field.label)
    if field.kind == "table":
        return write_table(paper, field, value)
    last: Paragraph | None = None
    level = spot.level if spot.number is None else spot.level.under
    for number, (name, *row) in enumerate(cells(field, value), start=1):
        last = paper.heading(level, number, " ".join(page.paragraphs(name)) or wording.OPEN)
        last.paragraph_format.keep_with_next = bool(any(row))
        last = write_cells(paper, level, field.columns[1:], row) or last
    assert last is not None  # a value that is not blank has a row
    return last


def _is_given(field: Field, filled: Filled) -> bool:
    return bool(page.paragraphs(filled.values.get(field.key, ""))) or (field.kind == "file" and bool(filled.files))
