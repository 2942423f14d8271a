"""What messengers hear becomes rows, once, however it comes; a messenger that fails holds up no other."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import Back, Gone, Halted, Limits, Messenger, Moved, Retry
from bot.intake import Intake, typing_sign
from bot.messages import Address, Incoming
from bot.officers import Officer, Unit
from bot.store import Store
from bot.store.migrate import migrate

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
HERE = Address("pretended", "1")
LIMITS = Limits(text=100, typing=0.0)


@dataclass
class Pretended:
    """A messenger that hands over `news` one poll after the other, and raises where it is told to."""

    name: str = "pretended"
    limits: Limits = LIMITS
    polling: bool = True
    news: list[object] = field(default_factory=list)
    missed: list[object] = field(default_factory=list)
    starting: list[Exception] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    typed: int = 0
    since: datetime | None = None

    async def start(self, webhook):
        if self.starting:
            raise self.starting.pop(0)
        self.done.append(f"start {webhook}")

    async def close(self):
        self.done.append("close")

    async def poll(self, hear):
        if not self.news:
            await asyncio.sleep(3600)
        if isinstance(self.news[0], Exception):
            raise self.news.pop(0)
        await hear(self.news[0])
        self.done.append(f"fetched {self.news.pop(0).id}")

    async def catch_up(self, hear, since):
        self.since = since
        for each in self.missed:
            await hear(each)

    async def acknowledge(self, incoming):
        self.acknowledged.append(incoming.id)

    async def typing(self, address):
        self.typed += 1

    def receive(self, headers, body): ...

    async def send(self, address, message, *, key, content=None, edit=None): ...

    async def fetch(self, file): ...

    async def check(self):
        return []


def said(number, at=NOW):
    return Incoming(f"m{number}", HERE, "xin chào", at)


class Watched(Store):
    """The real one, which counts its writes of messages and whose disk can be full."""

    writes, full = 0, False

    async def receive_all(self, messages):
        self.writes += 1
        if self.full:
            raise OSError("the disk is full")
        return await super().receive_all(messages)


@pytest.fixture
async def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    store = Watched(url)
    yield store
    await store.close()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("bot.intake.SHORTEST", 0.01)
    monkeypatch.setattr("bot.intake.LONGEST", 0.02)


@contextlib.asynccontextmanager
async def running(store, messenger, woken):
    intake = Intake(store, clock=lambda: NOW, wake=lambda: woken.append(1))
    stop = asyncio.Event()
    task = asyncio.create_task(intake.run(messenger, None, stop))
    try:
        yield intake
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


async def until(true):
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


def test_the_pretended_one_is_a_messenger():
    assert isinstance(Pretended(), Messenger)


async def test_many_at_once_are_kept_together_each_once_and_the_worker_is_woken(store):
    woken, messenger = [], Pretended()
    intake = Intake(store, clock=lambda: NOW, wake=lambda: woken.append(1))
    given = [said(number % 50) for number in range(100)]
    await asyncio.gather(*(intake.hear(messenger, each) for each in given))
    assert len(await store.dialogue(HERE, limit=200)) == 50
    assert len(woken) == 100
    assert store.writes < 10
    await until(lambda: len(messenger.acknowledged) == 100)


async def test_what_cannot_be_kept_is_told_to_whoever_brought_it(store):
    intake = Intake(store, clock=lambda: NOW, wake=lambda: None)
    store.full = True
    given = asyncio.gather(*(intake.hear(Pretended(), said(n)) for n in range(3)), return_exceptions=True)
    assert [type(each) for each in await given] == [OSError] * 3


async def test_a_message_is_fetched_only_once_it_is_kept(store, quick):
    messenger = Pretended(news=[said(1), Retry("mất mạng"), said(2)])
    async with running(store, messenger, woken := []):
        await until(lambda: "fetched m2" in messenger.done)
    assert messenger.done == ["start None", "fetched m1", "fetched m2", "close"]
    assert len(woken) == 2
    assert len(await store.dialogue(HERE)) == 2


async def test_starting_goes_on_until_it_works_and_staff_are_told_what_stops_it(store, quick):
    messenger = Pretended(starting=[Retry("mất mạng"), ValueError("a defect"), *[Halted("Mã truy cập sai.")] * 20])
    async with running(store, messenger, []):
        while not await store.alerts():
            await asyncio.sleep(0.01)
        assert [alert.text for alert in await store.alerts()] == ["Mã truy cập sai."]
        await until(lambda: "start None" in messenger.done)
        while await store.alerts():
            await asyncio.sleep(0.01)


async def test_after_an_outage_what_was_missed_is_heard_once(store, quick):
    await store.receive(said(1, NOW - timedelta(hours=5)))
    messenger = Pretended(missed=[said(1), said(2)], polling=False)
    async with running(store, messenger, []):
        await until(lambda: len(messenger.acknowledged) == 2)
    assert messenger.since == NOW - timedelta(hours=6)
    assert [line.message.id for line in await store.dialogue(HERE)] == ["m1", "m2"]


async def test_addresses_that_go_come_back_and_move(store):
    await store.put_units([Unit("XA", "Xã")])
    await store.put_officer(Officer("CB", "Cán bộ", "XA", addresses=(HERE,)))
    intake, messenger = Intake(store, clock=lambda: NOW, wake=lambda: None), Pretended()
    await intake.hear(messenger, Gone(HERE, "đã chặn"))
    assert (await store.officer("CB")).addresses == ()
    await intake.hear(messenger, Back(HERE))
    assert (await store.officer("CB")).addresses == (HERE,)
    await intake.hear(messenger, Moved(HERE, "2"))
    assert (await store.officer("CB")).addresses == (Address("pretended", "2"),)


async def test_the_typing_sign_is_shown_while_it_takes_time_and_only_where_there_is_one(monkeypatch):
    monkeypatch.setattr("bot.intake.TYPING_LASTS", 0.02)
    messenger = Pretended()
    busy = typing_sign({"pretended": messenger, "late": Pretended(limits=Limits(text=9, typing=60.0))})
    async with busy(HERE):
        await until(lambda: messenger.typed >= 3)
    count = messenger.typed
    async with busy(Address("late", "1")), busy(Address("unknown", "1")):
        await asyncio.sleep(0.05)
    assert messenger.typed == count
