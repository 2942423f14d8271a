"""A small council for trials: a clock to turn, a channel that shows what arrived, processes that die at a step.

`Killed` is no Exception, so that nothing in the shell can catch it. Where it strikes, the process is dead: each later
step of anything still running strikes too, so that the others get no further than theirs.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import aiosqlite
from sqlalchemy import event

from bot.assistant import Assistant
from bot.calendar_file import load_calendar
from bot.campaigns import Campaign, Deadline, Field, Section
from bot.channels import Limits, Retry, Unreachable
from bot.delivery import Delivery
from bot.messages import Address, Incoming, Outgoing
from bot.officers import Officer, Unit
from bot.reminders import ICT, Policy, version
from bot.store import Store
from bot.worker import DEFAULT, Worker
from knowledge.documents import Answer, Status

CALENDAR = load_calendar()
MOVED = "hạn đã dời"
KEY = "bao-cao"
LIMITS = Limits(text=4096, buttons=20, button_text=60)
CAMPAIGN = Campaign(
    id="tk-2026",
    version=1,
    title="Tổng kết năm 2026",
    guidance="27/HD-UBND",
    report_year=2026,
    sections=tuple(
        Section(f"muc-I/{n}", title, (Field("noi_dung", "Nội dung"),))
        for n, title in enumerate(("Phong trào thi đua", "Khen thưởng"), 1)
    ),
    deadlines=(),
    units=(),
)
OPENING = ("nộp", "1")
CLOSING = ("nộp", "Đồng ý nộp")


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Clock:
    """Each look takes a millisecond, so that what comes later is later."""

    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Post:
    """A channel with all that arrived, in order. `gone`: ids where nobody is reached any more; `trouble` may raise."""

    name: str = "post"
    limits: Limits = LIMITS
    gone: Collection[str] = ()
    arrived: list[tuple[Address, str, Outgoing]] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    breaks: Callable[[], bool] = lambda: False

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> str:
        if address.id in self.gone:
            raise Unreachable("chặn")
        if self.breaks():
            raise Retry("không nối được", after=1)
        self.arrived.append((address, key, message))
        if self.breaks():
            self.broken[key] += 1
            raise Retry("đứt sau khi gửi", after=1)
        return f"id-{len(self.arrived)}"


class Library:
    """Knows one sentence."""

    def answer(self, question, *, on=None, history=(), within=None):
        return Answer(Status.ANSWERED, "Văn bản nêu: hai bộ.", on or datetime(2026, 11, 1, tzinfo=ICT).date())


class Process:
    """All that `bot.app` builds over a database, and how it dies: `step` is called at every step it reaches."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        channels: Collection[Post],
        step: Callable[[str], None] = lambda _: None,
        policy: Policy = DEFAULT,
    ) -> None:
        self.store, self.clock, self.step, self.dead = store, clock, step, False
        limits = {channel.name: channel.limits for channel in channels}
        by_name = {channel.name: channel for channel in channels}
        assistant = Assistant(self.store, Library(), clock=clock, limits=limits, step=self.reached)
        delivery = Delivery(self.store, by_name, clock=clock, limits=limits, step=self.reached)
        common = {"clock": clock, "calendar": CALENDAR, "step": self.reached}
        self.worker = Worker(self.store, assistant, delivery, policy=policy, **common)

    def reached(self, name: str) -> None:
        if not self.dead:
            try:
                self.step(name)
            except Killed:
                self.dead = True
        if self.dead:
            raise Killed(name)

    async def hear(self, incoming: Incoming) -> None:
        await self.store.receive(incoming)
        self.reached("received")

    async def move(self, campaign: Campaign) -> None:
        """A deadline is moved, as when staff open the campaign again."""
        stored = await self.store.put_campaign(campaign)
        self.reached("moving")
        for deadline in stored.deadlines:
            await self.store.void_reminders(stored.id, deadline.key, keep_version=version(deadline), reason=MOVED)
        self.reached("moved")

    async def buried(self) -> None:
        """Nothing of it runs any more."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)


class AtOnce:
    """Stands where aiosqlite hands its work to a thread: does it here. For one store alone, which never waits for
    another's lock; a statement then costs its own time and not ten times as much."""

    def put_nowait(self, work: tuple[asyncio.Future[object] | None, Callable[[], object]]) -> None:
        future, function = work
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 -- it is raised where it is awaited
            if future:
                future.set_exception(error)
        else:
            if future:
                future.set_result(result)

    def get(self) -> tuple[None, Callable[[], object]]:
        """The thread has nothing to do, and ends."""
        return None, lambda: aiosqlite.core._STOP_RUNNING_SENTINEL


def opened(path: Path) -> Store:
    """A store on a file that no power cut will reach: nobody waits for the disk."""
    store = Store(f"sqlite:///{path}")

    @event.listens_for(store._engine.sync_engine, "connect")
    def connect(connection, _) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    return store


def due_on(campaign: Campaign, due: datetime) -> Campaign:
    return replace(campaign, deadlines=(Deadline(KEY, "nộp báo cáo", due, "Báo cáo gửi đúng hạn.", "muc-IV/1"),))


async def furnish(store: Store, campaign: Campaign, officers: Collection[Officer]) -> None:
    await store.put_units([Unit(code, f"Xã {code}", "xã") for code in campaign.units])
    for officer in officers:
        await store.put_officer(officer)
    await store.put_campaign(campaign)


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    """What the database says, past the store."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def moment(stored: object) -> datetime:
    """A moment as SQLite keeps it: UTC, without saying so."""
    return datetime.fromisoformat(f"{stored}+00:00")
