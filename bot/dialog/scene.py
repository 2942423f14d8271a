"""Where the officer stands: one event's world, and what follows from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from bot import tables
from bot.campaigns import Campaign, Section
from bot.checks import Finding
from bot.dialog import wording
from bot.dialog.conversation import WHICH, Conversation, Mode, Pending
from bot.dialog.form import ROWS, Form, Step
from bot.dialog.turn import Book
from bot.officers import Officer
from bot.submissions import Editing, Entry, SectionState, State, Submission


@dataclass(frozen=True)
class Scene:
    """One event's world: the conversation so far, the book, the time."""

    talk: Conversation
    book: Book
    now: datetime

    @property
    def officer(self) -> Officer:
        assert self.book.officer is not None, "only linked officers get here"
        return self.book.officer

    @cached_property
    def form(self) -> Form | None:
        """The form that is open, if its campaign still is."""
        campaign = next((c for c in self.book.campaigns if c.id == self.talk.campaign), None)
        return self.form_of(campaign) if campaign else None

    def form_of(self, campaign: Campaign) -> Form:
        fresh = Submission(campaign.id, campaign.version, self.officer.unit)
        unit_kind = self.book.unit.kind if self.book.unit else ""
        form = Form(campaign, unit_kind, self.book.submissions.get(campaign.id, fresh))
        opened = self.book.opened
        known = opened and opened.campaign == campaign.id
        return replace(form, earlier=opened.earlier, cited=opened.cited) if opened and known else form

    @cached_property
    def step(self) -> Step | None:
        form = self.form
        return form.at(self.talk.section, self.talk.field) if form and self.talk.mode is Mode.FIELD else None

    @property
    def at_table(self) -> bool:
        """Whether the officer stands at a table or a repeated block."""
        step = self.step
        return step is not None and step.field.kind in ROWS

    @property
    def line(self) -> tables.Line | None:
        """The row of the table in which a cell is asked now, wherever it stands by now; None if it is gone."""
        step, form, cell = self.step, self.form, self.talk.cell
        if step is None or form is None or cell is None or step.field.kind not in ROWS:
            return None
        if not WHICH <= cell.column < len(step.field.columns):
            return None
        lines = tables.laid_out(step.field, form.value(step))
        if not cell.line.strip():
            empty = ("",) * len(step.field.columns)
            return tables.Line(len(lines) + 1, empty, given=False, kept=False, problems=())
        same = [line for line in lines if tables.joined([line.cells]) == cell.line]
        return next((line for line in same if line.number == cell.row), same[0] if same else None)

    @property
    def pending(self) -> Pending | None:
        """The text that waits for a decision at this very step."""
        place = (self.talk.campaign, self.talk.section, self.talk.field)
        return next((p for p in self.talk.pending if (p.campaign, p.section, p.field) == place), None)

    @property
    def waiting(self) -> tuple[Section, ...]:
        """The open sections of this form in which a text waits for a decision."""
        form = self.form
        mine = (p for p in self.talk.pending if p.campaign == self.talk.campaign)
        paths = {p.section for p in mine if form and form.at(p.section, p.field)}
        return tuple(s for s in form.open if s.path in paths) if form else ()

    def entry(self, path: str) -> Step | None:
        """Where to begin in a section: at the text that waits there, at what must be put right in a section that is
        complete, else where the form says; None: not open.
        """
        form = self.form
        if form is None:
            return None
        mine = [p.field for p in self.talk.pending if (p.campaign, p.section) == (self.talk.campaign, path)]
        complete = form.submission.filled(path).state is SectionState.DONE
        wrong = [one.key for one in self.errors if one.path == path] if complete else []
        return next((step for key in (*mine, *wrong) if (step := form.at(path, key))), None) or form.entry(path)

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """What must be put right before the open form can go in."""
        found = self.form.findings(self.now.date()) if self.form else ()
        return tuple(one for one in found if one.level == "error")

    @property
    def resume(self) -> Step | None:
        """Where to go on: the first section that is not settled nor somebody else's, else where a text waits, else
        where something must be put right; what may stay empty comes last.
        """
        form = self.form
        if form is None:
            return None
        mine = [s for s in form.open if not self.held(s.path)]
        unsettled = [s for s in mine if not form.settled(s)]
        order = chain(
            (s for s in unsettled if s in form.missing),
            self.waiting,
            (s for s in mine if any(one.path == s.path for one in self.errors)),
            unsettled,
        )
        return next((step for s in order if (step := self.entry(s.path))), None)

    def held(self, path: str, campaign: str = "") -> Editing | None:
        """Who else writes in a section now, of this form unless told."""
        place = (campaign or self.talk.campaign, path)
        others = (e for e in self.book.editing if e.until > self.now and e.officer != self.officer.code)
        return next((e for e in others if (e.campaign, e.section) == place), None)

    def name(self, code: str) -> str:
        """A colleague's name; who is no officer of the unit is called what the history calls them."""
        return next((o.name for o in self.book.colleagues if o.code == code), code)

    @property
    def to_approve(self) -> tuple[Campaign, ...]:
        """The campaigns whose report waits for this officer's approval."""
        if self.book.officer is None or not self.officer.leader:
            return ()
        return tuple(c for c in self.book.campaigns if self.form_of(c).submission.state is State.PROPOSED)

    @property
    def proposes(self) -> bool:
        """Whether what is handed in here goes to the unit's leader first."""
        form, led = self.form, any(o.leader for o in self.book.colleagues)
        return form is not None and form.campaign.approval and led and not self.officer.leader

    def to(self, **changes: Any) -> Scene:
        """The same with the conversation changed; whoever goes somewhere leaves what went on inside the step."""
        left = {"cell": None, "more": False, "failed": 0} if "mode" in changes else {}
        return replace(self, talk=replace(self.talk, **{**left, **changes}))

    def at_step(self, step: Step) -> Scene:
        return self.to(mode=Mode.FIELD, section=step.section.path, field=step.field.key)

    def keeping(self, text: str, *, doubt: bool = False) -> Scene:
        """The same with this text (instead of any other) waiting at this step; "" clears it."""
        talk = self.talk
        others = tuple(p for p in talk.pending if p != self.pending)
        mine = (Pending(talk.campaign, talk.section, talk.field, text, doubt=doubt),) if text else ()
        return self.to(pending=(*others, *mine))

    def with_submission(self, submission: Submission) -> Scene:
        """The same after a save, so that what is shown next is already true."""
        submissions = {**self.book.submissions, submission.campaign: submission}
        return replace(self, book=replace(self.book, submissions=submissions))


def started(scene: Scene, submission: Submission) -> tuple[Entry, ...]:
    """The first line of a submission's history, if it has none yet."""
    return () if submission.history else (Entry(scene.now, scene.officer.code, wording.STARTED),)
