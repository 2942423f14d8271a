"""All reports of a campaign as one: who handed in, every section with every unit's words, the numbers added up. Pure.

Rules of this file
1. What counts is what was handed in. A unit that is still at it, or whose report was sent back, is named as missing and
   gives neither words nor numbers.
2. A unit's answers are read by the form they were given on; a section that the newest form dropped is not dropped here.
3. Only numbers are added up. A percentage, or what cannot be read as a number, is shown as typed and the figure has no
   total: a sum that leaves somebody out would be wrong without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.answered import asked, asked_now
from bot.campaigns import Campaign, Field, Section
from bot.officers import Unit
from bot.reports.formal import is_general
from bot.submissions import Filled, SectionState, State, Submission

HANDED_IN = frozenset({State.SUBMITTED, State.ACCEPTED})
_GROUPED = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
_PLAIN = re.compile(r"-?\d+([.,]\d+)?")


@dataclass(frozen=True, slots=True)
class UnitReport:
    """One unit and what it gave, with the form it was given on."""

    unit: Unit
    form: tuple[Section, ...]
    submission: Submission | None = None

    @property
    def handed_in(self) -> bool:
        return self.submission is not None and self.submission.state in HANDED_IN

    def given(self, path: str) -> tuple[Section, Filled] | None:
        """A section as this unit filled it in; None if its form has none of this name."""
        if self.submission is None:
            return None
        section = next((s for s in self.form if s.path == path), None)
        return None if section is None else (section, self.submission.filled(path))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that units were asked for; `typed` is what each of them gave, by unit code."""

    section: Section
    field: Field
    typed: dict[str, str]

    @property
    def unread(self) -> tuple[str, ...]:
        """The units whose value is neither a number nor a percentage."""
        return tuple(code for code, text in self.typed.items() if number(text.rstrip(" %")) is None)

    @property
    def total(self) -> Decimal | None:
        """The sum; None where something cannot be added up."""
        numbers = [number(text) for text in self.typed.values()]
        return sum((n for n in numbers if n is not None), Decimal(0)) if None not in numbers else None


@dataclass(frozen=True, slots=True)
class Consolidated:
    """A campaign's reports at a moment, in the campaign's order of units."""

    campaign: Campaign
    at: datetime
    units: tuple[UnitReport, ...]

    @property
    def handed_in(self) -> tuple[UnitReport, ...]:
        return tuple(each for each in self.units if each.handed_in)

    @property
    def missing(self) -> tuple[UnitReport, ...]:
        return tuple(each for each in self.units if not each.handed_in)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The newest form, then the sections of older forms that somebody handed in; no formal facts."""
        found = {section.path: section for section in self.campaign.sections}
        for each in self.handed_in:
            for section in each.form:
                found.setdefault(section.path, section)
        return tuple(section for section in found.values() if not is_general(section))

    def answers_to(self, section: Section) -> Iterator[tuple[UnitReport, Section, Filled]]:
        """What was handed in for a section, with each unit's own version of it."""
        for each in self.handed_in:
            if given := each.given(section.path):
                yield each, *given

    def figures(self, *only: Section) -> tuple[Figure, ...]:
        """The numbers that units were asked for, in the form's order; of these sections alone, if any is named."""
        found: dict[tuple[str, str], Figure] = {}
        for section in only or self.sections:
            for each, own, filled in self.answers_to(section):
                for question in asked(own, each.submission, each.unit.kind) if each.submission else ():
                    text = filled.values.get(question.key, "").strip()
                    if question.kind == "number" and text and filled.state is not SectionState.NONE:
                        figure = found.setdefault((section.path, question.key), Figure(section, question, {}))
                        figure.typed[each.unit.code] = text
        return tuple(found.values())


def gather(
    campaign: Campaign,
    units: Sequence[Unit],
    submissions: Sequence[Submission],
    at: datetime,
    *,
    older: Sequence[Campaign] = (),
) -> Consolidated:
    """What the units of a campaign gave until `at`; `older` are the versions that submissions were filled in on.

    A unit that is not valid on that day and gave nothing is not waited for.
    """
    versions = {each.version: each for each in (*older, campaign)}
    by_code, given = {unit.code: unit for unit in units}, {s.unit: s for s in submissions}
    rows: list[UnitReport] = []
    for code in dict.fromkeys((*campaign.units, *given)):
        unit, submission = by_code.get(code, Unit(code, code)), given.get(code)
        if submission is None and not unit.valid_on(at.date()):
            continue
        form = (versions.get(submission.version, campaign) if submission else campaign).form_for(unit.kind)
        if submission:
            form, submission = asked_now(form, submission, unit.kind)
        rows.append(UnitReport(unit, form, submission))
    return Consolidated(campaign, at, tuple(rows))


def number(text: str) -> Decimal | None:
    """The number that a text is in Vietnamese writing (1.234,5), a lone 3.5 included; None if it is not one."""
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def written(value: Decimal) -> str:
    """A number as Vietnamese offices write it: 1.234,5."""
    return f"{value:,f}".translate(str.maketrans(",.", ".,"))
