"""What an effect asks of the world beyond the store's rows: files fetched, questions looked up, documents made.

Rules of this file
1. Nothing is decided here and nothing is committed; bytes that were kept twice are one file.
2. Whatever goes wrong in the library or in making a document is a sentence to the officer, never a stack trace, and
   never keeps an event from being committed. Only a file that cannot be fetched *for now* stops it: `Retry`.
3. Slow work runs in a thread, under the sign that we are busy.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot import table_sheets
from bot.campaigns import Campaign
from bot.channels import Limits, Rejected, Retry
from bot.checks import Validity
from bot.dialog import answers, cover_wording, file_wording, table_wording
from bot.dialog.files import KINDS, extension, kind_of, tidy
from bot.dialog.turn import (
    Book,
    Cover,
    Effect,
    LookUp,
    OfferUpload,
    Save,
    Say,
    SendReport,
    SendTemplate,
    TakeIn,
    Turn,
    Written,
)
from bot.links import UPLOAD_LIFE
from bot.messages import Address, FileRef, Outgoing
from bot.officers import Unit
from bot.reports import docx
from bot.store import Store
from bot.submissions import Submission
from knowledge.documents import Answer, Status

log = logging.getLogger(__name__)

UploadLink = Callable[[Address, str, str, str], str]
DownloadLink = Callable[[str, str], str | None]
CIVIL = 3.0  # seconds between two changes of an answer that is being put into words
Unsaid = Callable[[Sequence[str], str], Sequence[str]]


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


@runtime_checkable
class Composes(Protocol):
    """What also puts answers into words, which takes long; `knowledge.composer.ComposingAnswerer` is one."""

    def quoted(
        self,
        question: str,
        *,
        on: date | None = None,
        history: Sequence[str] = (),
        within: tuple[str, str] | None = None,
    ) -> Answer:
        """The answer as it stands without words, at once."""

    def in_words(self, question: str, quoted: Answer, coming: Callable[[Answer], None] | None = None) -> Answer | None:
        """The same in words; None where they add nothing or do not hold. `coming` is told of what holds so far."""


class Fetch(Protocol):
    """A channel whose officers send files; `bot.channels.Messenger` is one."""

    async def fetch(self, file: FileRef) -> bytes:
        """The bytes of a file somebody sent. Raises Retry, or Rejected if it is too big, gone or not to be trusted."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a composition root may add, each left out by itself.

    `files` by channel; `uploads`: the link by which an officer (code) at an address sends a file for a campaign's
    section, None without a public address of ours; `downloads`: the link to a kept file under a name; `take_in` puts a
    document into the library and returns what staff are told; `busy` shows at an address that work is going on;
    `validity`: what the library knows of documents, by `number_key`.
    """

    files: Mapping[str, Fetch] = field(default_factory=dict)
    uploads: UploadLink | None = None
    downloads: DownloadLink | None = None
    take_in: Callable[[FileRef, bytes], Awaitable[str]] | None = None
    unsaid: Unsaid | None = None
    busy: Callable[[Address], AbstractAsyncContextManager[object]] = lambda _: nullcontext()
    validity: Callable[[], Mapping[str, Validity]] | None = None
    civil: float = CIVIL


class Coming:
    """The latest of what comes from another thread, until it is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: Answer | None = None
        self.shown = False

    def put(self, answer: Answer) -> None:
        with self._lock:
            self._latest = answer

    def take(self) -> Answer | None:
        with self._lock:
            taken, self._latest = self._latest, None
        self.shown = self.shown or taken is not None
        return taken


class Errands:
    """Does one effect at a time and says what came of it."""

    def __init__(
        self,
        store: Store,
        answerer: Answers,
        ports: Ports,
        *,
        clock: Callable[[], datetime],
        limits: Mapping[str, Limits],
        step: Callable[[str], None],
    ) -> None:
        self._store, self._answerer, self._ports = store, answerer, ports
        self._clock, self._limits, self._step = clock, limits, step

    def able(self, address: Address, book: Book) -> Book:
        """The book with what can be done with files at this address."""
        takes_files = self._limits[address.channel].takes_files
        return replace(
            book,
            takes_files=takes_files,
            metered=not self._limits[address.channel].trusted,
            can_upload=not takes_files and self._ports.uploads is not None,
            can_take_in=self._ports.take_in is not None,
        )

    async def fetched(self, address: Address, file: FileRef, *, patient: bool) -> FileRef:
        """The file kept in our store as what its content says it is; not `kept` if it cannot be had or is not taken.

        Raises Retry if we are `patient`.
        """
        content = await self._content(address, file, patient=patient)
        kind = kind_of(file.name, content) if content is not None else None
        if content is None or kind is None:
            return replace(file, kept=False, size=len(content) if content is not None else file.size)
        return await self._store.keep_file(content, tidy(file.name, kind), KINDS[kind].mime, self._clock())

    async def _content(self, address: Address, file: FileRef, *, patient: bool) -> bytes | None:
        if file.kept:
            found = await self._store.file(file.id)
            return found[1] if found else None
        channel = self._ports.files.get(address.channel)
        try:
            async with self._ports.busy(address):
                return await channel.fetch(file) if channel else None
        except (Rejected, Retry) as error:
            if isinstance(error, Retry) and patient:
                raise
            log.info("a file of %s could not be fetched: %s", address.channel, error)
            return None

    async def run(self, effect: Effect, to: Address, turn: Turn, book: Book) -> Outgoing | None:  # noqa: PLR0911  # one a kind
        """What is said at this effect's place; None if nothing is."""
        match effect:
            case Say(text=text, choices=choices, brief=brief):
                return Outgoing(text, choices, brief=brief)
            case LookUp():
                async with self._ports.busy(to):
                    return Outgoing(answers.answer(await self._look_up(effect, later=self._words_later(to))))
            case SendReport(campaign=campaign):
                async with self._ports.busy(to):
                    return await self._report(campaign, to, turn, book)
            case SendTemplate():
                return await self._template(effect, to, turn, book)
            case TakeIn(file=file):
                async with self._ports.busy(to):
                    return Outgoing(await self._take_in(file))
            case OfferUpload(campaign=campaign, section=section):
                return Outgoing(self._upload(to, book, campaign, section))
            case _:
                return await self._not_seen(effect.sections) if isinstance(effect, Cover) else None

    async def validity(self, campaign: Campaign) -> Mapping[str, Validity]:
        """What the library knows of documents, by `number_key`; nothing where no check of the form asks for it."""
        asks = any(check.kind == "in_force" for section in campaign.sections for check in section.checks)
        if self._ports.validity is None or not asks:
            return {}
        try:
            return await asyncio.to_thread(self._ports.validity)
        except Exception:  # the form goes on without, as for a text that the library does not know
            log.exception("the validity of documents could not be read")
            return {}

    def _words_later(self, to: Address) -> bool:
        """Whether an answer is shown as it stands and changed once it is in words, as the channel can."""
        return isinstance(self._answerer, Composes) and self._limits[to.channel].edits

    async def in_words(self, effect: LookUp, to: Address) -> AsyncIterator[Outgoing]:
        """What takes the place of an answer that was said without words: the sentences that have come and hold, not
        more often than every `CIVIL` seconds, and at last the whole, or the answer as it was.
        """
        composer = self._answerer
        if not isinstance(composer, Composes) or not self._words_later(to):
            return
        came = Coming()
        async with self._ports.busy(to):
            quoted = await asyncio.to_thread(
                composer.quoted, effect.question, on=effect.on, history=effect.history, within=effect.within
            )
            work = asyncio.create_task(asyncio.to_thread(composer.in_words, effect.question, quoted, came.put))
            while not (await asyncio.wait([work], timeout=self._ports.civil))[0]:
                if so_far := came.take():
                    yield Outgoing(answers.answer(so_far))
            composed = await work
        if composed or came.shown:
            yield Outgoing(answers.answer(composed or quoted))

    async def _look_up(self, effect: LookUp, *, later: bool) -> Answer:
        composer = self._answerer
        look_up = composer.quoted if later and isinstance(composer, Composes) else composer.answer
        try:
            answer = await asyncio.to_thread(
                look_up, effect.question, on=effect.on, history=effect.history, within=effect.within
            )
        except Exception:  # the officer must get a sentence whatever a model or index does
            log.exception("a question could not be looked up")
            answer = Answer(Status.UNAVAILABLE, "", effect.on or self._clock().date())
        self._step("answered")
        return answer

    async def _not_seen(self, sections: Sequence[Written]) -> Outgoing | None:
        """What sections do not speak of though they are asked to; None where there is nothing to say."""
        if self._ports.unsaid is None:
            return None
        try:
            found = [(s, await asyncio.to_thread(self._ports.unsaid, s.things, s.text)) for s in sections]
        except Exception:  # a hint must not keep an answer from being saved
            log.exception("a section could not be held against what it is asked for")
            return None
        told = [(s.title, s.path, tuple(things)) for s, things in found if things]
        return Outgoing(cover_wording.not_seen(told)) if told else None

    def _upload(self, to: Address, book: Book, campaign: str, section: str) -> str:
        if self._ports.uploads is None or book.officer is None:
            return file_wording.NO_UPLOAD
        link = self._ports.uploads(to, book.officer.code, campaign, section)
        return file_wording.upload_link(link, int(UPLOAD_LIFE.total_seconds() // 60))

    async def _report(self, campaign_id: str, to: Address, turn: Turn, book: Book) -> Outgoing:
        """The report as it will be once this turn is committed: as a file, else a link, else where it is to be had."""
        campaign = next((c for c in book.campaigns if c.id == campaign_id), None)
        submission = _after(turn, book, campaign_id)
        if campaign is None or submission is None:
            return Outgoing(file_wording.NO_REPORT)
        unit = book.unit or Unit(submission.unit, submission.unit)
        try:
            content = await asyncio.to_thread(docx.render, submission, campaign, unit)
        except Exception:  # a report that is handed in must be saved, whatever becomes of its print
            log.exception("a report could not be written as a document")
            return Outgoing(file_wording.REPORT_FAILED)
        told = file_wording.report(campaign, submission)
        return await self._as_file(content, file_wording.report_name(submission), told, to)

    async def _template(self, effect: SendTemplate, to: Address, turn: Turn, book: Book) -> Outgoing:
        """The template of a table with the rows it has after this turn."""
        campaign = next((c for c in book.campaigns if c.id == effect.campaign), None)
        section = next((s for s in campaign.sections if s.path == effect.section), None) if campaign else None
        field = next((f for f in section.fields if f.key == effect.field), None) if section else None
        if field is None:
            return Outgoing(table_wording.TEMPLATE_FAILED)
        submission = _after(turn, book, effect.campaign)
        value = submission.filled(effect.section).values.get(effect.field, "") if submission else ""
        try:
            content = await asyncio.to_thread(table_sheets.template, field, value)
        except Exception:  # the officer goes on by typing, whatever a table holds
            log.exception("a table could not be written as a sheet")
            return Outgoing(table_wording.TEMPLATE_FAILED)
        return await self._as_file(content, table_wording.template_name(field), table_wording.template(field), to)

    async def sheet(self, file: FileRef) -> tuple[tuple[str, ...], ...]:
        """The rows of cells of a kept workbook; none if it cannot be read."""
        kept = await self._store.file(file.id)
        return await asyncio.to_thread(table_sheets.read, kept[1]) if kept else ()

    async def _as_file(self, content: bytes, name: str, told: str, to: Address) -> Outgoing:
        """What we made, as a file, else by a link, else where it is to be had."""
        kind = KINDS[extension(name)]
        file = await self._store.keep_file(content, name, kind.mime, self._clock())
        if self._limits[to.channel].files >= file.size:
            return Outgoing(told, file=replace(file, name=name))
        link = self._ports.downloads(file.id, name) if self._ports.downloads else None
        return Outgoing(f"{told}\n{file_wording.report_link(link) if link else file_wording.REPORT_ELSEWHERE}")

    async def _take_in(self, file: FileRef) -> str:
        kept = await self._store.file(file.id)
        if self._ports.take_in is None or kept is None:
            return file_wording.NOT_TAKEN_IN
        try:
            return await self._ports.take_in(file, kept[1])
        except Exception:  # staff must get a sentence whatever a document holds
            log.exception("a document could not be taken in")
            return file_wording.NOT_TAKEN_IN


def _after(turn: Turn, book: Book, campaign: str) -> Submission | None:
    saved = [e.submission for e in turn.effects if isinstance(e, Save) and e.submission.campaign == campaign]
    return saved[-1] if saved else book.submissions.get(campaign)
