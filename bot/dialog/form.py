"""A campaign's form as one unit sees it: its steps, which are open, what is missing, what an answer looks like. Pure.

Rules of this file
1. A step is one field of one section, in the guidance's order. A field or a section under a condition that does not
   hold now is neither shown nor required; what was said there is kept, unused. A section asking nothing is not shown.
2. A draft is open everywhere; a returned submission where the reviewer named a reason, and where something is missing
   since; a submitted one nowhere.
3. A section is missing if it is required and neither complete nor declared to have no content, or if a table in it
   holds rows that do not fit, or if rule 5 holds it back.
4. An answer may change what is asked elsewhere: the states of all sections follow from it at once (`saved`).
5. What an earlier year's report gave and nobody changed or confirmed yet keeps its section a draft, and missing.
6. What follows from the three values is worked out once: a turn asks for it some twenty times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from bot import tables
from bot.answered import asked, counted, shown
from bot.campaigns import Campaign, Field, Section
from bot.checks import Finding, Validity, findings, outdated
from bot.moving import Earlier, start, still_carried
from bot.submissions import (
    Entry,
    Filled,
    SectionState,
    State,
    Submission,
    answered,
    carried_over,
    confirmed,
    restated,
    without_content,
)
from bot.values import day, fold, number, option

ROWS = frozenset(("table", "block"))  # kinds of field whose value is rows of cells
YES, NO = "Có", "Không"
_YES_NO: Mapping[str, str] = {"co": YES, "c": YES, "dung": YES, "khong": NO, "ko": NO, "k": NO}


class Step(NamedTuple):
    section: Section
    field: Field


@dataclass(frozen=True)  # no slots: what follows is worked out once
class Form:
    """One campaign, the kind of unit that fills it in, and what it has given so far.

    `earlier`: what the unit answered in an earlier year; `cited`: what the library knows of documents, by `number_key`.
    """

    campaign: Campaign
    unit_kind: str
    submission: Submission
    earlier: Earlier | None = None
    cited: Mapping[str, Validity] = field(default_factory=dict)

    @cached_property
    def _counting(self) -> Submission:
        return counted(self.campaign.form_for(self.unit_kind), self.submission, self.unit_kind)

    @cached_property
    def _asked(self) -> Mapping[str, tuple[Field, ...]]:
        """What is asked now in each section for this kind of unit, by path."""
        return {s.path: asked(s, self._counting, self.unit_kind) for s in self.campaign.form_for(self.unit_kind)}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        form = shown(self.campaign.form_for(self.unit_kind), self._counting, self.unit_kind)
        return tuple(s for s in form if self.fields(s))

    @cached_property
    def open(self) -> tuple[Section, ...]:
        """The sections that may be changed now."""
        if self.submission.locked:
            return ()
        returned = self.submission.state is State.RETURNED
        missing = self.missing
        return tuple(s for s in self.sections if not returned or self.filled(s).returned or s in missing)

    @cached_property
    def missing(self) -> tuple[Section, ...]:
        """What still stands in the way of submitting."""
        return tuple(s for s in self.sections if self._lacks(s))

    @cached_property
    def required(self) -> tuple[Section, ...]:
        """The sections without which a submission cannot go in."""
        return tuple(s for s in self.sections if any(f.required for f in self.fields(s)))

    def findings(self, day: date) -> tuple[Finding, ...]:
        """What the form's checks find on a day, then what an earlier year's answers left in this one's."""
        given, year = (self.sections, self.submission, self.unit_kind), self.campaign.report_year
        return (*findings(*given, year=year, day=day, cited=self.cited), *outdated(*given))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(s, f) for s in self.open for f in self.fields(s))

    def fields(self, section: Section) -> tuple[Field, ...]:
        """What is asked in a section now."""
        known = self._asked.get(section.path)
        return asked(section, self._counting, self.unit_kind) if known is None else known

    def filled(self, section: Section) -> Filled:
        return self.submission.filled(section.path)

    def settled(self, section: Section) -> bool:
        return self.state(section) in {SectionState.DONE, SectionState.NONE}

    def state(self, section: Section) -> SectionState:
        return self.filled(section).state

    def value(self, step: Step) -> str:
        """What was saved for a step, "" if nothing."""
        return self.filled(step.section).values.get(step.field.key, "")

    def at(self, section: str, field: str) -> Step | None:
        """The open step of this name, if there is one."""
        return next((s for s in self.steps if (s.section.path, s.field.key) == (section, field)), None)

    def entry(self, section: str) -> Step | None:
        """Where to begin in a section: at its first field if nothing was answered, else at the first that is missing or
        an earlier year's, the first that is empty, or the first; None if it is not open.
        """
        steps = [s for s in self.steps if s.section.path == section]
        if not any(map(self.value, steps)):
            return steps[0] if steps else None
        carried = self.carried(steps[0].section)
        missing = (s for s in steps if not whole(s.field, self.value(s)) or s.field in carried)
        empty = (s for s in steps if not self.value(s))
        return next(missing, None) or next(empty, steps[0])

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

    def saved(self, step: Step, value: str, *entries: Entry) -> Submission:
        """The submission with an answer, and with every section's state as it follows from that."""
        path, key = step.section.path, step.field.key
        left = still_carried(step.field, self.filled(step.section).carried.get(key, ""), value)
        after = answered(self.submission, path, key, value, SectionState.DRAFT, *entries, carried=left)
        return self._followed(after, path)

    def declared_empty(self, section: Section, *entries: Entry) -> Submission:
        """The submission with a section declared to have no content, and what follows for the others."""
        return self._followed(without_content(self.submission, section.path, *entries), "")

    def state_with(self, step: Step, value: str) -> SectionState:
        """The section's state once this value is saved."""
        return self.saved(step, value).filled(step.section.path).state

    def worked_out(self, section: Section) -> SectionState:
        """The state that follows from a section's values: a file alone answers nothing."""
        values = self.filled(section).values
        complete = any(values.values()) and all(whole(f, values.get(f.key, "")) for f in self.fields(section))
        return SectionState.DONE if complete and not self.carried(section) else SectionState.DRAFT

    # --- an earlier year's answers

    def carried(self, section: Section) -> tuple[Field, ...]:
        """The fields whose answer is an earlier year's, or some rows of it, neither changed nor confirmed yet."""
        marks = {} if self.state(section) is SectionState.NONE else self.filled(section).carried
        return tuple(f for f in self.fields(section) if f.key in marks)

    @property
    def unconfirmed(self) -> tuple[Section, ...]:
        """The missing sections that hold an earlier year's answers."""
        return tuple(s for s in self.missing if self.carried(s))

    def before(self, step: Step) -> str:
        """What an earlier year's report says at a step, "" if nothing."""
        return self.earlier.answers.get(step.section.path, {}).get(step.field.key, "") if self.earlier else ""

    def starts(self, section: Section) -> Mapping[str, str]:
        """By key, what of an earlier year's answers may be the start of those that are still empty in a section."""
        if self.state(section) is SectionState.NONE:
            return {}
        steps = (Step(section, f) for f in self.fields(section))
        empty = (step for step in steps if not self.value(step))
        return {step.field.key: text for step in empty if (text := start(step.field, self.before(step)))}

    def begun(self, section: Section, *entries: Entry) -> Submission:
        """The submission with a section's empty answers begun with an earlier year's (`starts`)."""
        assert self.earlier is not None, "`starts` is empty without one"
        path, year = section.path, self.earlier.year
        return self._followed(carried_over(self.submission, path, self.starts(section), year, *entries), path)

    def confirmed(self, step: Step, *entries: Entry) -> Submission:
        """The submission with an earlier year's answer confirmed by the officer as this year's."""
        path = step.section.path
        return self._followed(confirmed(self.submission, path, step.field.key, *entries), path)

    def lacking(self, section: Section) -> tuple[Field, ...]:
        """What a section that is missing still lacks: required answers, and tables with rows that do not fit."""
        return tuple(f for f in self.fields(section) if not whole(f, self.value(Step(section, f))))

    def _answered(self, step: Step) -> bool:
        value = self.value(step)
        return bool(value) and whole(step.field, value)

    def _lacks(self, section: Section) -> bool:
        if self.settled(section):
            return False
        return (
            section in self.required
            or bool(self.carried(section))
            or any(not self._answered(Step(section, f)) for f in self.fields(section) if self.value(Step(section, f)))
        )

    def _followed(self, submission: Submission, path: str) -> Submission:
        """What was just changed (`path`) is judged anew, and what changed with it; a returned section waits for its own
        answer.
        """
        after = replace(self, submission=submission)
        judged = {SectionState.DONE, SectionState.DRAFT}
        sections = (
            s for s in after.sections if s.path == path or (after.state(s) in judged and not after.filled(s).returned)
        )
        states = {s.path: state for s in sections if (state := after.worked_out(s)) is not after.state(s)}
        return restated(submission, states) if states else submission


def whole(field: Field, value: str) -> bool:
    """Whether nothing is missing in an answer."""
    return tables.whole(field, value) if field.kind in ROWS else bool(value) or not field.required


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
        case "file":
            return text if text == tables.NONE else None
        case "text" | "table" | "block":
            return text
