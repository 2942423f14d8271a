"""The shell: read one event, let `respond()` decide, carry out what it decided, in one transaction.

Rules of this file
1. Nothing is decided here. What is said, saved or skipped comes from `bot.dialog`; this file only reads and writes.
2. No transaction is open while the errands run; all that an event changes is committed by one `store.commit`.
3. Killed anywhere before that commit, the event is simply handled again; nothing has been said yet.
4. Whoever speaks in a group is not looked up: what is not read there cannot be told there.
5. Whoever else changed the submission meanwhile wins; the event is decided afresh on what they left (`Conflict`).
6. What only an open form needs (an earlier year's report, the validity of documents) is read once one is open; if this
   very event opens it, it is decided again with that.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count, zip_longest
from typing import Any

from bot.campaigns import Campaign
from bot.channels import Limits
from bot.channels.fit import fit
from bot.checks import Validity
from bot.dialog import wording
from bot.dialog.attaching import fills_table, worth_fetching
from bot.dialog.carrying import form_in
from bot.dialog.conversation import Conversation
from bot.dialog.respond import respond
from bot.dialog.turn import (
    Book,
    Cover,
    Effect,
    Event,
    Hold,
    LinkOfficer,
    LookUp,
    Opened,
    Release,
    RemindersDue,
    Save,
    Say,
    Take,
    Tell,
    Turn,
)
from bot.errands import CIVIL, Answers, DownloadLink, Errands, Fetch, Ports, Unsaid, UploadLink
from bot.messages import Address, FileRef, Incoming, Outgoing
from bot.moving import Past, earlier
from bot.officers import CODE_ALPHABET, Unit, code_in
from bot.store import Conflict, Done, InboxRow, Json, Store
from bot.submissions import Submission

log = logging.getLogger(__name__)

TRIES = 4
FETCH_TRIES = 3  # then we go on without a file: later messages of the address wait behind it


def draw_reference(now: datetime) -> str:
    """A fresh candidate reference number, `{year}-XXXXXX`; the store refuses one that is taken."""
    return f"{now.year}-" + "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))


@dataclass(frozen=True, slots=True)
class Decided:
    """An event, what was read of the world for it, and what follows."""

    address: Address
    event: Event
    book: Book
    remembered: Json | None
    turn: Turn


class Assistant:
    """Handles one event at a time; any number may run side by side on different addresses.

    `files`, `uploads`, `downloads`, `take_in`, `unsaid`, `busy`, `validity`, `civil`: see `bot.errands.Ports`.
    `wake`: there is something to deliver.
    """

    def __init__(
        self,
        store: Store,
        answerer: Answers,
        *,
        clock: Callable[[], datetime],
        limits: Mapping[str, Limits],
        reference: Callable[[datetime], str] = draw_reference,
        step: Callable[[str], None] = lambda _: None,
        files: Mapping[str, Fetch] | None = None,
        uploads: UploadLink | None = None,
        downloads: DownloadLink | None = None,
        take_in: Callable[[FileRef, bytes], Awaitable[str]] | None = None,
        unsaid: Unsaid | None = None,
        busy: Callable[[Address], AbstractAsyncContextManager[object]] = lambda _: nullcontext(),
        validity: Callable[[], Mapping[str, Validity]] | None = None,
        wake: Callable[[], None] = lambda: None,
        civil: float = CIVIL,
    ) -> None:
        self._store, self._clock, self._limits, self._reference, self._step = store, clock, limits, reference, step
        ports = Ports(files or {}, uploads, downloads, take_in, unsaid, busy, validity, civil)
        self._background: set[asyncio.Task[None]] = set()
        self._wake = wake
        self._errands = Errands(store, answerer, ports, clock=clock, limits=limits, step=step)

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
        decided = await self.decide(row.incoming.address, row.incoming, tries=row.tries)
        done = await self.carry_out(decided, key=f"in-{row.id}")
        code = code_in(row.incoming.text)
        linked = next((effect.officer for effect in decided.turn.effects if isinstance(effect, LinkOfficer)), None)
        link = (linked, code) if linked and code else None
        await self._store.commit(replace(done, inbox=row, link=link, at=self._clock()))
        self._step("committed")
        for effect in decided.turn.effects:
            if isinstance(effect, LookUp):
                self._later(self._put_in_words(decided, effect, Conversation.from_json(done.conversation).answer))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _put_in_words(self, decided: Decided, effect: LookUp, keys: Sequence[str]) -> None:
        """Change an answer that was said as it comes in words. If we die meanwhile, it stays as it is: what is shown
        was held against the quotes.
        """
        address = decided.address
        try:
            times = count()
            async for said in self._errands.in_words(effect, address):
                changed = replace(said, reply_to=_in_reply_to(decided.event))
                pieces = _corrected(changed, keys, self._limits[address.channel])
                time = next(times)
                outgoing = [(address, piece, f"{keys[0]}-words-{time}-{n}") for n, piece in enumerate(pieces)]
                await self._store.queue_more(outgoing, self._clock())
                self._wake()
        except Exception:  # the quoted answer is there already
            log.exception("an answer could not be put into words")

    async def decide(self, address: Address, event: Event, *, tries: int = 0) -> Decided:
        """What follows from the event. Raises Retry while a file that it brings cannot be fetched."""
        now = self._clock()
        async with self._store.snapshot():
            remembered = await self._store.conversation(address)
            book = await self._book(address, event, now)
        conversation = Conversation.from_json(remembered) if remembered else Conversation()
        if not isinstance(event, Incoming):
            return Decided(address, event, book, remembered, respond(conversation, event, book, now))
        book = await self._opened(book, conversation, now)
        event = await self._with_files(event, conversation, book, patient=tries < FETCH_TRIES)
        turn = respond(conversation, event, book, now)
        if (opened := await self._opened(book, turn.conversation, now)) is not book:
            book, turn = opened, respond(conversation, event, opened, now)
        return Decided(address, event, book, remembered, turn)

    async def _opened(self, book: Book, conversation: Conversation, now: datetime) -> Book:
        """The book with what only an open form needs (rule 6); the same book where none is open, or it is there."""
        form = form_in(book, conversation)
        if form is None or book.unit is None or (book.opened and book.opened.campaign == form.id):
            return book
        found = earlier(form, book.unit, await self._past(book.unit, now.date()))
        return replace(book, opened=Opened(form.id, found, await self._errands.validity(form)))

    async def _past(self, unit: Unit, today: date) -> list[Past]:
        """What the unit handed in before, and what those did that it follows and that are no more; nobody else's."""
        seen = {unit.code: unit}
        for code in unit.predecessors:
            before = await self._store.unit(code)
            if before and before.valid_to and before.valid_to < today:
                seen[code] = before
        return [Past(campaign, given, seen[given.unit]) for campaign, given in await self._store.handed_in(seen)]

    async def _with_files(self, event: Incoming, conversation: Conversation, book: Book, *, patient: bool) -> Incoming:
        """The message with the files that matter now kept in the store, and the rows of the one that is a table."""
        if event.edits is not None:
            return event
        files = list(event.files)
        for n, file in enumerate(files):
            if worth_fetching(conversation, book, file):
                files[n] = await self._errands.fetched(event.address, file, patient=patient)
        event = replace(event, files=tuple(files))
        table = fills_table(conversation, book, event)
        return replace(event, sheet=await self._errands.sheet(table)) if table else event

    async def _book(self, address: Address, event: Event, now: datetime) -> Book:
        reference = self._reference(now)
        if isinstance(event, Incoming) and event.group:
            return Book(reference=reference)
        code = code_in(event.text) if isinstance(event, Incoming) and event.edits is None else None
        linkable = await self._store.officer_for_code(code, address, now) if code else None
        officer = await self._store.officer_at(address)
        if officer is None:
            return self._errands.able(address, Book(reference=reference, linkable=linkable))
        unit = await self._store.unit(officer.unit)
        over = unit is not None and not unit.valid_on(now.date())
        campaigns: list[Campaign] = []
        newer: dict[str, Campaign] = {}
        submissions: dict[str, Submission] = {}
        for campaign in await self._store.campaigns(unit=officer.unit):
            submission = await self._store.submission(campaign.id, officer.unit)
            if over and (submission is None or isinstance(event, RemindersDue)):
                continue  # a unit that is no more is not addressed; what it began is still shown
            if submission is not None:
                submissions[campaign.id] = submission
            campaigns.append(await self.as_filled_in(campaign, submission))
            if campaigns[-1].version < campaign.version:
                newer[campaign.id] = campaign
        shared = bool(campaigns) and isinstance(event, Incoming)  # a reminder enters no section and tells nobody else
        book = Book(
            reference=reference,
            officer=officer,
            unit=unit,
            campaigns=tuple(campaigns),
            submissions=submissions,
            newer=newer,
            colleagues=tuple(await self._store.officers(officer.unit)) if shared else (),
            editing=tuple(await self._store.editing(now, officer.unit)) if shared else (),
            linkable=linkable,
        )
        return self._errands.able(address, book)

    async def as_filled_in(self, newest: Campaign, submission: Submission | None) -> Campaign:
        """The version the unit's submission is pinned to, with the deadlines that bind now."""
        if submission is None or submission.version == newest.version:
            return newest
        pinned = await self._store.campaign(newest.id, submission.version)
        return replace(pinned, deadlines=newest.deadlines) if pinned else newest

    async def carry_out(self, decided: Decided, *, key: str) -> Done:
        """All that the event changes but its own row; `key` is where the keys of what is said begin."""
        address, turn = decided.address, decided.turn
        limits = self._limits[address.channel]
        pieces: list[Outgoing] = []
        answer: list[int] = []
        told = [(e, await self._errands.run(e, address, turn, decided.book)) for e in turn.effects]
        for effect, said in _joined((effect, said) for effect, said in told if said is not None):
            corrects = isinstance(effect, LookUp) and effect.corrects
            out = replace(said, reply_to=_in_reply_to(decided.event))
            fitted = _corrected(out, turn.conversation.answer, limits) if corrects else fit(out, limits)
            if isinstance(effect, LookUp):
                answer += range(len(pieces), len(pieces) + len(fitted))
            pieces += fitted
        self._step("decided")
        keys = [f"{key}-{n}" for n in range(len(pieces))]
        conversation = turn.conversation
        if answer:
            conversation = replace(conversation, answer=tuple(keys[n] for n in answer))
        return Done(
            address=address,
            conversation=conversation.to_json(),
            remembered=decided.remembered,
            submissions=tuple(effect.submission for effect in turn.effects if isinstance(effect, Save)),
            pauses=tuple(effect.pause for effect in turn.effects if isinstance(effect, Hold)),
            planned=tuple(effect.again for effect in turn.effects if isinstance(effect, Hold) and effect.again),
            outgoing=tuple((address, piece, each) for piece, each in zip(pieces, keys, strict=True)),
            pushed=tuple(self._pushed(decided, key)),
            taken=tuple(effect.editing for effect in turn.effects if isinstance(effect, Take)),
            given_back=tuple(effect.editing for effect in turn.effects if isinstance(effect, Release)),
        )

    def _pushed(self, decided: Decided, key: str) -> Iterator[tuple[Address, Outgoing, str]]:
        """What other officers of the unit are told, where they were last seen."""
        reached = {
            o.code: a for o in decided.book.colleagues for a in reversed(o.addresses) if a.channel in self._limits
        }
        numbers: Counter[str] = Counter()  # several things may be told to one officer at once
        for effect in decided.turn.effects:
            if isinstance(effect, Tell) and (to := reached.get(effect.officer)) is not None:
                for piece in fit(Outgoing(effect.text, brief=effect.brief), self._limits[to.channel]):
                    yield to, piece, f"{key}-{effect.officer}-{numbers[effect.officer]}"
                    numbers[effect.officer] += 1


def _joined(told: Iterable[tuple[Effect, Outgoing]]) -> list[tuple[Effect, Outgoing]]:
    """A hint between two sentences is one message with them, so that a messenger shows one."""
    joined: list[tuple[Effect, Outgoing]] = []
    for effect, said in told:
        if joined and isinstance(effect, Say | Cover) and isinstance(joined[-1][0], Say | Cover):
            last = joined[-1][1]
            if not last.choices:
                whole = replace(said, text=f"{last.text}\n\n{said.text}", brief=last.brief or said.brief)
                joined[-1] = (effect, whole)
                continue
        joined.append((effect, said))
    return joined


def _corrected(said: Outgoing, earlier: Sequence[str], limits: Limits) -> list[Outgoing]:
    """An answer in place of the one that was queued under these keys; where nothing can be changed, a new message."""
    if not limits.edits or not earlier:
        return fit(replace(said, text=wording.correction(said.text)), limits)
    pieces = fit(said, limits)
    pieces += [Outgoing(wording.ANSWERED_AGAIN)] * (len(earlier) - len(pieces))
    return [replace(piece, replaces=key) for piece, key in zip_longest(pieces, earlier)]


def _in_reply_to(event: Event) -> str | None:
    """Where several people talk, an answer names the message that it answers."""
    return (event.edits or event.id) if isinstance(event, Incoming) and event.group else None
