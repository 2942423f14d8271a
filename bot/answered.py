"""What a unit answered, as conditions and checks see it: only what is asked of it now, by field, row and cell. Pure.

Rules of this file
1. What is not asked (any more) is not answered: a field or a section whose condition does not hold, a section declared
   to have no content, a section of other units. What was typed there is kept, unused (`counted`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot import tables
from bot.campaigns import UNIT_KIND, Condition, Field, Section
from bot.places import Place, Special
from bot.submissions import Filled, SectionState, Submission
from bot.values import fold, number


def applies(
    condition: Condition | None,
    section: Section,
    submission: Submission,
    unit_kind: str,
    _within: frozenset[str] = frozenset(),
) -> bool:
    """Whether what stands under this condition is asked now."""
    if condition is None:
        return True
    if fold(condition.of) == fold(UNIT_KIND):
        said = unit_kind
    else:
        said = answer(condition.of, section, submission)
        field = next((f for f in section.fields if f.key == condition.of), None)
        if field and (
            field.key in _within or not applies(field.when, section, submission, unit_kind, _within | {field.key})
        ):
            said = ""
    among = any(_same(said, value) for value in condition.values)
    return (bool(said) and not among) if condition.negated else among


def _same(said: str, value: str) -> bool:
    """The same words, or the same number: "00" is 0."""
    return fold(said) == fold(value) or (number(said) is not None and number(said) == number(value))


def asked(section: Section, submission: Submission, unit_kind: str) -> tuple[Field, ...]:
    """The fields of a section that are asked now."""
    return tuple(f for f in section.fields if applies(f.when, section, submission, unit_kind))


def shown(sections: Sequence[Section], counting: Submission, unit_kind: str) -> tuple[Section, ...]:
    """The sections that are asked now; `counting`: see `counted`."""
    return tuple(s for s in sections if applies(s.when, s, counting, unit_kind))


def counted(sections: Sequence[Section], submission: Submission, unit_kind: str) -> Submission:
    """The submission with the answers that count: those that a form of these sections asks for now. Never to be saved.

    What falls away may have been the reason why something else is asked, so it is looked at until nothing falls away.
    """
    if not any(s.when or any(f.when for f in s.fields) for s in sections):
        return submission
    left = {s.path: submission.filled(s.path) for s in sections if s.path in submission.sections}
    while True:
        counting = replace(submission, sections=left)
        less = {
            s.path: replace(left[s.path], values=_values(asked(s, counting, unit_kind), left[s.path]))
            for s in shown(sections, counting, unit_kind)
            if s.path in left
        }
        if less == left:
            return counting
        left = less


def asked_now(
    sections: Sequence[Section], submission: Submission, unit_kind: str
) -> tuple[tuple[Section, ...], Submission]:
    """The sections that are asked now, and the answers that count."""
    counting = counted(sections, submission, unit_kind)
    return shown(sections, counting, unit_kind), counting


def _values(fields: Sequence[Field], filled: Filled) -> dict[str, str]:
    return {field.key: filled.values[field.key] for field in fields if field.key in filled.values}


def answer(place: str, section: Section, submission: Submission) -> str:
    """What was answered at a place, "" if nothing: a key of this section, or "path:key"."""
    path, colon, key = place.rpartition(":")
    filled = submission.filled(path if colon else section.path)
    return "" if filled.state is SectionState.NONE else filled.values.get(key, "")


class Said(NamedTuple):
    """One text a unit wrote: the field (and the row from 1, in a table) it stands in."""

    path: str
    key: str
    row: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The asked fields of all sections of a form, and what stands in them, by path and key.

    `formal`: the paths of sections that are no part of the report.
    """

    fields: Mapping[tuple[str, str], Field]
    values: Mapping[tuple[str, str], str]
    formal: frozenset[str] = frozenset()

    def field(self, place: Place, here: Section) -> Field | None:
        """The asked field that a place names; None if it is not asked."""
        return self.fields.get((place.path or here.path, place.key))

    def value(self, place: Place, here: Section) -> str:
        """What is saved for an asked field, "" if nothing."""
        return self.values.get((place.path or here.path, place.key), "")

    def cells(self, place: Place, here: Section) -> tuple[str, ...]:
        """A column of a table, one cell a row."""
        field = self.field(place, here)
        at = next((n for n, c in enumerate(field.columns) if c.key == place.column), None) if field else None
        return () if at is None else tuple("".join(row[at : at + 1]) for row in tables.rows(self.value(place, here)))

    def said(self, place: Place | Special, here: Section) -> Iterator[Said]:
        """Every text at a place that is not empty; of a table without a column each row as one text."""
        if isinstance(place, Special):
            for (path, key), each in self.fields.items():
                if path == here.path and each.kind in {"text", "table", "block"}:
                    yield from self.said(Place(key), here)
            return
        value, path = self.value(place, here), place.path or here.path
        if place.column:
            lines = [*self.cells(place, here)]
        elif (field := self.field(place, here)) and field.columns:
            lines = ["; ".join(filter(None, row)) for row in tables.rows(value)]
        else:
            if value.strip():
                yield Said(path, place.key, None, value)
            return
        yield from (Said(path, place.key, n, line) for n, line in enumerate(lines, 1) if line.strip())

    def prose(self) -> Iterator[Said]:
        """What the report says in running text, in the order of reading: texts and blocks, without tables."""
        for (path, key), field in self.fields.items():
            if path in self.formal or field.kind not in {"text", "block"}:
                continue
            value = self.values[path, key]
            if field.columns:
                yield from (Said(path, key, n, "\n".join(row)) for n, row in enumerate(tables.rows(value), 1))
            elif value.strip():
                yield Said(path, key, None, value)


def answers(sections: Sequence[Section], submission: Submission, unit_kind: str) -> Answers:
    """What a unit of this kind answered to these sections (rule 1)."""
    counting = counted(sections, submission, unit_kind)
    formal = frozenset(section.path for section in sections if section.formal)
    fields = {
        (section.path, field.key): field
        for section in shown(sections, counting, unit_kind)
        if counting.filled(section.path).state is not SectionState.NONE
        for field in asked(section, counting, unit_kind)
    }
    return Answers(fields, {(path, key): counting.filled(path).values.get(key, "") for path, key in fields}, formal)
