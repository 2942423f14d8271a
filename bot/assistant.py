"""The shell: read one event, let `respond()` decide, carry out what it decided, in one transaction.

Rules of this file
1. Nothing is decided here. What is said, saved or skipped comes from `bot.dialog`; this file only reads and writes.
2. No transaction is open while a question is looked up; all that an event changes is committed by one `store.commit`.
3. Killed anywhere before that commit, the event is simply handled again; nothing has been said yet.
4. Whoever else changed the submission meanwhile wins; the event is decided afresh on what they left (`Conflict`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from bot.campaigns import Campaign, Deadline
from bot.channels import Limits
from bot.channels.fit import fit
from bot.dialog import answers, wording
from bot.dialog.conversation import Conversation
from bot.dialog.respond import respond
from bot.dialog.turn import Book, Event, LinkOfficer, LookUp, ReminderDue, Save, Say, Skip, Turn
from bot.messages import Address, Incoming, Outgoing
from bot.officers import CODE_ALPHABET, code_in
from bot.reminders import ReminderState, version
from bot.store import Conflict, Done, InboxRow, Json, ReminderRow, Store
from bot.submissions import Submission
from knowledge.documents import Answer, Status

log = logging.getLogger(__name__)

TRIES = 4


class Answers(Protocol):
    """What looks questions up; `knowledge.answerer.Answerer` is one."""

    def answer(
        self,
        question: str,
        *,
        on: date | None = None,
        history: Sequence[str] = (),
        within: tuple[str, str] | None = None,
    ) -> Answer:
        """Answer from the library as of a day (None: today); never raises on any question."""


def draw_reference(now: datetime) -> str:
    """A fresh candidate reference number, `{year}-XXXXXX`; the store refuses one that is taken."""
    return f"{now.year}-" + "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))


class Assistant:
    """Handles one event at a time; any number may run side by side on different addresses."""

    def __init__(
        self,
        store: Store,
        answerer: Answers,
        *,
        clock: Callable[[], datetime],
        limits: Mapping[str, Limits],
        reference: Callable[[datetime], str] = draw_reference,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store, self._answerer, self._clock, self._limits = store, answerer, clock, limits
        self._reference, self._step = reference, step

    async def handle(self, row: InboxRow) -> None:
        """Answer one received message; raises what the store raises when it cannot be committed."""
        for attempt in range(TRIES):
            try:
                await self._incoming(row)
            except Conflict:
                if attempt == TRIES - 1:
                    raise
                log.info("inbox %s: the submission changed meanwhile, deciding again", row.id)
            else:
                return

    async def _incoming(self, row: InboxRow) -> None:
        event = row.incoming
        remembered, turn = await self._decide(event.address, event)
        done = await self._carry_out(event.address, turn, remembered, key=f"in-{row.id}")
        code = code_in(event.text)
        linked = next((effect.officer for effect in turn.effects if isinstance(effect, LinkOfficer)), None)
        await self._store.commit(replace(done, inbox=row, link=(linked, code) if linked and code else None))
        self._step("committed")

    async def remind(self, row: ReminderRow) -> None:
        """Fire one due reminder: said, or recorded as skipped or unreachable, with the reason."""
        officer = await self._store.officer(row.reminder.officer)
        campaign = await self._store.campaign(row.reminder.campaign)
        deadline = _planned_for(row, campaign)
        if officer is None or campaign is None or deadline is None:
            await self._store.commit(Done(reminder=row, outcome=(ReminderState.VOIDED, wording.REMINDER_VOID)))
        elif not officer.addresses:
            await self._store.commit(Done(reminder=row, outcome=(ReminderState.UNREACHABLE, wording.NO_ADDRESS)))
        else:
            address = officer.addresses[0]
            event = ReminderDue(
                id=str(row.id),
                address=address,
                campaign=campaign.id,
                deadline=deadline,
                offset=row.reminder.offset,
                at=row.reminder.not_before,
            )
            remembered, turn = await self._decide(address, event)
            skipped = next((effect.reason for effect in turn.effects if isinstance(effect, Skip)), None)
            outcome = (ReminderState.SENT, "") if skipped is None else (ReminderState.SKIPPED, skipped)
            done = await self._carry_out(address, turn, remembered, key=f"re-{row.id}")
            await self._store.commit(replace(done, reminder=row, outcome=outcome))
        self._step("reminded")

    async def _decide(self, address: Address, event: Event) -> tuple[Json | None, Turn]:
        """What was remembered, and what follows from it and the event."""
        now = self._clock()
        remembered = await self._store.conversation(address)
        conversation = Conversation.from_json(remembered) if remembered else Conversation()
        return remembered, respond(conversation, event, await self._book(address, event, now), now)

    async def _book(self, address: Address, event: Event, now: datetime) -> Book:
        code = code_in(event.text) if isinstance(event, Incoming) else None
        linkable = await self._store.officer_for_code(code, address, now) if code else None
        officer = await self._store.officer_at(address)
        reference = self._reference(now)
        if officer is None:
            return Book(reference=reference, linkable=linkable)
        unit = await self._store.unit(officer.unit)
        campaigns: list[Campaign] = []
        submissions: dict[str, Submission] = {}
        for campaign in await self._store.campaigns(unit=officer.unit):
            if (submission := await self._store.submission(campaign.id, officer.unit)) is not None:
                submissions[campaign.id] = submission
            campaigns.append(await self._as_filled_in(campaign, submission))
        return Book(
            reference=reference,
            officer=officer,
            unit=unit,
            campaigns=tuple(campaigns),
            submissions=submissions,
            linkable=linkable,
        )

    async def _as_filled_in(self, newest: Campaign, submission: Submission | None) -> Campaign:
        """The version the unit's submission is pinned to, with the deadlines that bind now."""
        if submission is None or submission.version == newest.version:
            return newest
        pinned = await self._store.campaign(newest.id, submission.version)
        return replace(pinned, deadlines=newest.deadlines) if pinned else newest

    async def _carry_out(self, address: Address, turn: Turn, remembered: Json | None, *, key: str) -> Done:
        said: list[Outgoing] = []
        saved: list[Submission] = []
        for effect in turn.effects:
            match effect:
                case Say(text=text, choices=choices):
                    said.append(Outgoing(text, choices))
                case LookUp():
                    said.append(Outgoing(answers.answer(await self._look_up(effect))))
                case Save(submission=submission):
                    saved.append(submission)
                case LinkOfficer() | Skip():
                    pass  # part of the commit, see the callers
        self._step("decided")
        pieces = [piece for message in said for piece in fit(message, self._limits[address.channel])]
        return Done(
            address=address,
            conversation=turn.conversation.to_json(),
            remembered=remembered,
            submissions=tuple(saved),
            outgoing=tuple((address, piece, f"{key}-{n}") for n, piece in enumerate(pieces)),
        )

    async def _look_up(self, effect: LookUp) -> Answer:
        """Ask the library in a thread; whatever goes wrong there is an answer with a status, never a stack trace."""
        try:
            answer = await asyncio.to_thread(
                self._answerer.answer, effect.question, on=effect.on, history=effect.history, within=effect.within
            )
        except Exception:  # the officer must get a sentence whatever a model or index does
            log.exception("a question could not be looked up")
            answer = Answer(Status.UNAVAILABLE, "", effect.on or self._clock().date())
        self._step("answered")
        return answer


def _planned_for(row: ReminderRow, campaign: Campaign | None) -> Deadline | None:
    """The deadline that a reminder was planned for, unless it is gone or was moved since."""
    deadlines = campaign.deadlines if campaign else ()
    wanted = (row.reminder.deadline, row.reminder.deadline_version)
    return next((deadline for deadline in deadlines if (deadline.key, version(deadline)) == wanted), None)
