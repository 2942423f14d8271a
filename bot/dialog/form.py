"""A campaign's form as one unit sees it: its steps, which are open, what is missing, what an answer looks like. Pure.

Rules of this file
1. A step is one field of one section, in the guidance's order. A section without fields asks nothing and is not shown.
2. A draft is open everywhere; a returned submission only where the reviewer named a reason; a submitted one nowhere.
3. A section is missing if it is required and neither complete nor declared to have no content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.campaigns import Campaign, Field, Section
from bot.submissions import SectionState, State, Submission
from bot.values import day, fold, number, option

YES, NO = "Có", "Không"
_YES_NO: Mapping[str, str] = {"co": YES, "c": YES, "dung": YES, "khong": NO, "ko": NO, "k": NO}


class Step(NamedTuple):
    section: Section
    field: Field


@dataclass(frozen=True, slots=True)
class Form:
    """One campaign, the kind of unit that fills it in, and what it has given so far."""

    campaign: Campaign
    unit_kind: str
    submission: Submission

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(s for s in self.campaign.form_for(self.unit_kind) if s.fields)

    @property
    def open(self) -> tuple[Section, ...]:
        """The sections that may be changed now."""
        if self.submission.locked:
            return ()
        returned = self.submission.state is State.RETURNED
        return tuple(s for s in self.sections if not returned or self.submission.filled(s.path).returned)

    @property
    def missing(self) -> tuple[Section, ...]:
        """What still stands in the way of submitting."""
        return tuple(s for s in self.sections if s.required and not self.settled(s))

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(s, f) for s in self.open for f in s.fields)

    def settled(self, section: Section) -> bool:
        return self.state(section) in {SectionState.DONE, SectionState.NONE}

    def state(self, section: Section) -> SectionState:
        return self.submission.filled(section.path).state

    def value(self, step: Step) -> str:
        """What was saved for a step, "" if nothing."""
        return self.submission.filled(step.section.path).values.get(step.field.key, "")

    def at(self, section: str, field: str) -> Step | None:
        """The open step of this name, if there is one."""
        return next((s for s in self.steps if (s.section.path, s.field.key) == (section, field)), None)

    def entry(self, section: str) -> Step | None:
        """Where to begin in a section: its first field without a value, else its first; None if it is not open."""
        steps = [s for s in self.steps if s.section.path == section]
        return next((s for s in steps if not self.value(s)), steps[0] if steps else None)

    def onward(self, here: Step) -> Step | None:
        """The next field of the same section, else the next section after it that is not settled, else None."""
        steps = self.steps
        later = steps[steps.index(here) + 1 :] if here in steps else ()
        if later and later[0].section == here.section:
            return later[0]
        return next((s for s in later if s.section != here.section and not self.settled(s.section)), None)

    def back(self, here: Step) -> Step | None:
        """The step before, whatever its state; None at the first."""
        steps = self.steps
        at = steps.index(here) if here in steps else 0
        return steps[at - 1] if at else None

    def state_with(self, step: Step, value: str) -> SectionState:
        """The section's state once this value is saved."""
        values = {**self.submission.filled(step.section.path).values, step.field.key: value}
        complete = all(values.get(f.key) for f in step.section.fields if f.required)
        return SectionState.DONE if complete else SectionState.DRAFT

    def state_with_file(self, section: Section) -> SectionState:
        """The section's state once a file is attached: a file alone answers nothing."""
        values = self.submission.filled(section.path).values
        complete = any(values.values()) and all(values.get(f.key) for f in section.fields if f.required)
        return SectionState.DONE if complete else SectionState.DRAFT


def options(field: Field) -> tuple[str, ...]:
    """The answers a closed question takes."""
    return {"choice": field.options, "yes_no": (YES, NO)}.get(field.kind, ())


def read(field: Field, text: str) -> str | None:
    """The value that a typed answer stands for, None if its field does not take it. A date becomes dd/mm/yyyy."""
    match field.kind:
        case "number":
            return text if number(text) is not None else None
        case "date":
            return day(text)
        case "yes_no":
            return _YES_NO.get(fold(text))
        case "choice":
            return option(text, field.options)
        case _:
            return text
