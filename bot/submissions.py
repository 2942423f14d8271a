"""A unit's answers to a campaign and their life: draft → (proposed →) submitted → returned → accepted. Pure.

One submission per unit and campaign. A section's answers are kept whatever its state; nothing an officer typed is ever
dropped. The reference number is given by the first `submitted` and stays. Several officers share it, one writing in a
section at a time (`Editing`). What an earlier year's report said may be the start of an answer; it is marked until it
is changed or confirmed. What may follow what is the table `LIFE`; anything else is a mistake of the caller:

    NotAllowedError (ValueError)    this step does not follow from the submission's state
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.messages import FileRef


class State(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"  # it waits for the unit's leader
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Step(StrEnum):
    """What can happen to a submission as a whole."""

    FILL = "fill"
    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"


LIFE: Mapping[tuple[State, Step], State] = {
    (State.DRAFT, Step.FILL): State.DRAFT,
    (State.DRAFT, Step.PROPOSE): State.PROPOSED,
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.PROPOSED, Step.WITHDRAW): State.DRAFT,
    (State.PROPOSED, Step.RETURN): State.RETURNED,
    (State.PROPOSED, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.RETURN): State.RETURNED,
    (State.SUBMITTED, Step.ACCEPT): State.ACCEPTED,
    (State.RETURNED, Step.FILL): State.RETURNED,
    (State.RETURNED, Step.PROPOSE): State.PROPOSED,
    (State.RETURNED, Step.SUBMIT): State.SUBMITTED,
}


class NotAllowedError(ValueError):
    """This step does not follow from the submission's state."""


class SectionState(StrEnum):
    """chưa làm / nháp / đủ / không có nội dung."""

    UNTOUCHED = "untouched"
    DRAFT = "draft"
    DONE = "done"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A section as staff saw it when they returned it, and why: what the next review is held against."""

    reason: str
    state: SectionState
    values: Mapping[str, str] = field(default_factory=dict)
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """What a unit gave for one section; `returned` is the reviewer's reason while it is open again.

    `files` are kept ones, attached in this order; each id once. `before`: set by the last return, if it was of this
    section. By a field's key: `carried` is what of its answer is an earlier year's, neither changed nor confirmed yet;
    `begun` the year reported on then, for good.
    """

    state: SectionState = SectionState.UNTOUCHED
    values: Mapping[str, str] = field(default_factory=dict)
    returned: str = ""
    files: tuple[FileRef, ...] = ()
    before: Reviewed | None = None
    carried: Mapping[str, str] = field(default_factory=dict)
    begun: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Editing:
    """An officer (code) writes in a section since then; until `until` nobody else of the unit may."""

    campaign: str
    unit: str
    section: str
    officer: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history: who did what, when."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Submission:
    """`sections` by path; `reference` is given once, at the first submit; `revision` counts saves (optimistic lock).

    `proposed`: the officer (code) who put it before the leader, while it waits there.
    """

    campaign: str
    version: int
    unit: str
    state: State = State.DRAFT
    sections: Mapping[str, Filled] = field(default_factory=dict)
    reference: str | None = None
    history: tuple[Entry, ...] = ()
    revision: int = 0
    proposed: str = ""

    def filled(self, path: str) -> Filled:
        """What was given for a section; an untouched one if nothing was."""
        return self.sections.get(path, Filled())

    @property
    def has_content(self) -> bool:
        """Whether anything was given at all."""
        given = self.sections.values()
        return any(any(f.values.values()) or f.files or f.state is SectionState.NONE for f in given)

    @property
    def locked(self) -> bool:
        """Whether nothing may be written in it now: it lies with the leader or with staff, or is accepted."""
        return (self.state, Step.FILL) not in LIFE

    @property
    def handed_in(self) -> bool:
        """Whether the unit has done its part: what waits for the leader is not handed in."""
        return self.state in {State.SUBMITTED, State.ACCEPTED}


def answered(
    s: Submission, path: str, key: str, value: str, state: SectionState, *entries: Entry, carried: str = ""
) -> Submission:
    """The submission with one field's value set and its section's new state; `carried`: what of it is still marked."""
    old = s.filled(path)
    marks = {k: v for k, v in {**old.carried, key: carried}.items() if v}
    new = replace(old, state=state, values={**old.values, key: value}, carried=marks)
    return _with(s, Step.FILL, {path: new}, entries)


def carried_over(s: Submission, path: str, values: Mapping[str, str], year: int, *entries: Entry) -> Submission:
    """The submission with these answers (by key) begun with what the report on that year said: a draft, marked."""
    old = s.filled(path)
    begun = {**old.begun, **dict.fromkeys(values, year)}
    marked = replace(old, values={**old.values, **values}, carried={**old.carried, **values}, begun=begun)
    return _with(s, Step.FILL, {path: replace(marked, state=SectionState.DRAFT)}, entries)


def confirmed(s: Submission, path: str, key: str, *entries: Entry) -> Submission:
    """The submission with an earlier year's answer made this year's by the officer; the section's state stays."""
    old = s.filled(path)
    marks = {k: v for k, v in old.carried.items() if k != key}
    return _with(s, Step.FILL, {path: replace(old, carried=marks)}, entries)


def without_content(s: Submission, path: str, *entries: Entry) -> Submission:
    """The submission with a section declared to have no content; what was written in it is kept, unused."""
    return _with(s, Step.FILL, {path: replace(s.filled(path), state=SectionState.NONE)}, entries)


def restated(s: Submission, states: Mapping[str, SectionState]) -> Submission:
    """The submission with these sections' states (by path), where an answer elsewhere changed what they must hold."""
    return _with(s, Step.FILL, {path: replace(s.filled(path), state=state) for path, state in states.items()}, ())


def attached(s: Submission, path: str, file: FileRef, state: SectionState, *entries: Entry) -> Submission:
    """The submission with a kept file added to a section, and the section's new state."""
    old = s.filled(path)
    return _with(s, Step.FILL, {path: replace(old, state=state, files=(*old.files, file))}, entries)


def detached(s: Submission, path: str, file_id: str, *entries: Entry) -> Submission:
    """The submission without this file in this section; the section's state stays."""
    old = s.filled(path)
    return _with(s, Step.FILL, {path: replace(old, files=tuple(f for f in old.files if f.id != file_id))}, entries)


def proposed(s: Submission, officer: str, *entries: Entry) -> Submission:
    """The submission put before the unit's leader by this officer."""
    return replace(_with(s, Step.PROPOSE, {}, entries), proposed=officer)


def withdrawn(s: Submission, *entries: Entry) -> Submission:
    """The submission taken back from the leader: a draft again, or returned if reasons of a return are unsettled."""
    back = replace(_with(s, Step.WITHDRAW, {}, entries), proposed="")
    return replace(back, state=State.RETURNED) if any(f.returned for f in s.sections.values()) else back


def submitted(s: Submission, reference: str, *entries: Entry) -> Submission:
    """The submission handed in; `reference` is used only if it has none yet. Reasons of a return are settled by it."""
    settled = {path: replace(f, returned="") for path, f in s.sections.items() if f.returned}
    return replace(_with(s, Step.SUBMIT, settled, entries), reference=s.reference or reference, proposed="")


def sent_back(s: Submission, reasons: Mapping[str, str], *entries: Entry) -> Submission:
    """The submission returned: the named sections (path → reason) reopen as drafts, the others stay as they are.

    By staff, each named section remembers what it was, and only these are to be reviewed again. The leader's return
    changes nothing of that: staff have not seen what it is about.
    """
    if not reasons or not all(reason.strip() for reason in reasons.values()):
        raise NotAllowedError("a return names at least one section, each with a reason")
    changed = {p: replace(s.filled(p), state=SectionState.DRAFT, returned=reason) for p, reason in reasons.items()}
    if s.state is State.SUBMITTED:
        settled = {p: replace(f, before=None) for p, f in s.sections.items() if f.before}
        seen = {p: replace(new, before=_seen(s.filled(p), reasons[p])) for p, new in changed.items()}
        changed = settled | seen
    return replace(_with(s, Step.RETURN, changed, entries), proposed="")


def _seen(was: Filled, reason: str) -> Reviewed:
    return Reviewed(reason, was.state, dict(was.values), was.files)


def accepted(s: Submission, *entries: Entry) -> Submission:
    """The submission accepted for good."""
    return _with(s, Step.ACCEPT, {}, entries)


def _with(s: Submission, step: Step, changed: Mapping[str, Filled], entries: tuple[Entry, ...]) -> Submission:
    if (s.state, step) not in LIFE:
        raise NotAllowedError(f"{step} does not follow from {s.state}")
    return replace(s, state=LIFE[s.state, step], sections={**s.sections, **changed}, history=(*s.history, *entries))
