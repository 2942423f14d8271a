"""A thousand small trials: officers write, reminders fall due, a deadline moves, the process dies anywhere.

Each trial is drawn from its seed and runs to its end without further deaths; then nothing is lost and nothing doubled.
A message may arrive twice only where nobody can know better: it had left when the process died before marking it, or
when the connection broke. Each such moment is counted, and the message has come exactly that often more.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from trial_world import (
    CAMPAIGN,
    CLOSING,
    OPENING,
    AtOnce,
    Clock,
    Killed,
    Post,
    Process,
    due_on,
    furnish,
    moment,
    opened,
    rows,
)

from bot.messages import Address, Incoming
from bot.officers import Officer
from bot.reminders import ICT, ReminderState, version
from bot.store import Store
from bot.store.migrate import migrate
from bot.submissions import State

PARTS, TRIALS = 20, 50
UNIT = "XA-1"
WRITER, READER = (Officer(f"CB-{n}", f"Cán bộ {n}", UNIT, addresses=(Address("post", str(n)),)) for n in (1, 2))
DUE = datetime(2026, 11, 20, 17, tzinfo=ICT)
DUES = [DUE + timedelta(days=days) for days in (-2, 3, 7)]
ROUND = due_on(replace(CAMPAIGN, units=(UNIT,)), DUE)
START = datetime(2026, 11, 10, 7, 59, tzinfo=ICT)
END = max(DUES) + timedelta(days=1)
REFERENCE = re.compile(r"\b\d{4}-[2-9A-HJ-NP-Z]{6}\b")
QUESTION = "Hồ sơ lập thành mấy bộ?"


@dataclass
class Trial:
    """One seed's schedule, the deaths it brings, and what is known of it outside of the process."""

    path: Path
    store: Store
    seed: int
    script: list[tuple[Officer, str]] = field(default_factory=list)
    post: Post = field(default_factory=Post)
    doubts: Counter[str] = field(default_factory=Counter)
    answers: list[str] = field(default_factory=list)
    received: int = 0
    due: datetime = DUE
    moved_at: datetime = START
    deaths: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clock = Clock(START)
        self.steps_left = self.chance.randint(1, 40)
        self.lives_left = self.chance.randint(1, 4)
        self.post.breaks = lambda: self.lives_left > 0 and self.chance.random() < 0.03
        self.script = self.drawn()
        self.life = self.born()

    def born(self) -> Process:
        return Process(self.store, self.clock, [self.post], self.step)

    def step(self, _: str) -> None:
        self.steps_left -= 1
        if self.steps_left == 0 and self.lives_left:
            self.lives_left -= 1
            self.steps_left = self.chance.randint(1, 40)
            raise Killed

    async def survive(self, work: Callable[[Process], object]) -> None:
        """Do it, if need be again in another process, as a platform or staff would."""
        while True:
            before = len(self.post.arrived)
            try:
                await work(self.life)
            except Killed:
                await self.bury(before)
            else:
                return

    async def bury(self, before: int) -> None:
        self.deaths += 1
        await self.life.buried()
        unmarked = {key for (key,) in rows(self.path, "SELECT key FROM outbox WHERE state = 'sending'")}
        for _, key, _ in self.post.arrived[before:]:
            self.doubts[key] += key in unmarked
        self.life = self.born()
        await self.store.recover()

    # --- what happens -------------------------------------------------------------------------------------------------

    async def says(self, officer: Officer, text: str) -> None:
        self.received += 1
        incoming = Incoming(f"m{self.received}", officer.addresses[0], text, self.clock())

        async def hear(process: Process) -> None:
            await process.hear(incoming)
            if self.chance.random() < 0.2:  # a platform that heard no answer in time
                assert await process.store.receive(incoming) is False

        await self.survive(hear)

    async def moves(self) -> None:
        self.due = self.chance.choice(DUES)
        await self.survive(lambda process: process.move(due_on(ROUND, self.due)))
        self.moved_at = self.clock()

    async def work(self) -> None:
        await self.survive(lambda process: process.worker.tick())

    # --- the schedule -------------------------------------------------------------------------------------------------

    def drawn(self) -> list[tuple[Officer, str]]:
        """The writer fills in, perhaps hands in; the reader asks. What is said is drawn, not when."""
        self.answers = [f"Đã làm {self.chance.randint(2, 99)} việc, đợt {n}." for n in range(len(ROUND.sections))]
        lines = [*OPENING, *self.answers, *CLOSING][: self.chance.choice([0, 3, 4, 6, 6])]
        self.answers = [text for text in self.answers if text in lines]
        said = [(WRITER, text) for text in lines]
        for _ in range(self.chance.randint(0, 2)):
            officer = self.chance.choice([READER, WRITER])
            said.insert(self.chance.randint(0, len(said)), (officer, QUESTION))
        return said

    async def run(self) -> None:
        waiting = list(self.script)
        moving = self.chance.choice([None, *range(8)])
        mornings = [START + timedelta(days=n, minutes=2) for n in range((END - START).days + 1)]
        for n, morning in enumerate(mornings):
            if self.chance.random() < 0.4 and n + 1 < len(mornings):
                continue  # nobody switched it on
            self.clock.now = max(self.clock.now, morning)
            if moving is not None and n >= moving:
                moving = None
                await self.moves()
            for officer, text in [waiting.pop(0) for _ in range(min(len(waiting), self.chance.randint(0, 4)))]:
                await self.says(officer, text)
                if self.chance.random() < 0.3:
                    await self.work()
            await self.work()
        self.lives_left = 0
        for officer, text in waiting:
            await self.says(officer, text)
        for _ in range(3):  # what waits for another try may go
            self.clock.now += timedelta(minutes=10)
            await self.work()


# --- what must hold ---------------------------------------------------------------------------------------------------


async def everything_is_handled_once(trial: Trial) -> None:
    states = rows(trial.path, "SELECT state, count(*) FROM inbox GROUP BY state")
    assert states == ([("handled", trial.received)] if trial.received else [])
    assert await trial.store.parked() == []
    answered = {key.rpartition("-")[0] for (key,) in rows(trial.path, "SELECT key FROM outbox WHERE key LIKE 'in-%'")}
    assert answered == {f"in-{n}" for (n,) in rows(trial.path, "SELECT id FROM inbox")}


async def the_submission_is_what_was_said(trial: Trial) -> None:
    submission = await trial.store.submission(ROUND.id, UNIT)
    if not trial.answers:
        assert submission is None
        return
    given = [f.values["noi_dung"] for _, f in sorted(submission.sections.items()) if f.values]
    assert given == trial.answers
    handed_in = (WRITER, CLOSING[-1]) in trial.script
    assert submission.state is (State.SUBMITTED if handed_in else State.DRAFT)
    went_along = sum(entry.what.startswith("Chuyển sang bản") for entry in submission.history)
    saves = len(trial.answers) + handed_in  # a draft goes along to a new version in a save of its own or with another
    assert saves <= submission.revision <= saves + went_along, "each save once"
    told = {found for _, _, message in trial.post.arrived for found in REFERENCE.findall(message.text)}
    assert told == ({submission.reference} if handed_in else set())
    assert bool(submission.reference) is handed_in


def everything_arrives_in_order_and_as_often_as_it_must(trial: Trial) -> None:
    decided = defaultdict(list)
    for address, key, state in rows(trial.path, "SELECT address, key, state FROM outbox ORDER BY id"):
        assert state == "sent"
        decided[address].append(key)
    came = defaultdict(list)
    for address, key, _ in trial.post.arrived:
        came[address.id].append(key)
    assert {address: [key for key, _ in groupby(keys)] for address, keys in came.items()} == decided
    often = Counter(key for _, key, _ in trial.post.arrived)
    assert often == {key: 1 + trial.doubts[key] + trial.post.broken[key] for key in often}


async def reminders_know_what_they_say(trial: Trial) -> None:
    ledger = await trial.store.reminders()
    assert ledger
    assert not [row for row in ledger if row.state is ReminderState.PLANNED]
    assert all(row.reason for row in ledger if row.state is not ReminderState.SENT)
    sent = [row for row in ledger if row.state is ReminderState.SENT]
    for row in sent:
        assert await trial.store.messages_of(row.id)
        assert row.done_at < row.reminder.expires_at
        if row.done_at > trial.moved_at:
            assert row.reminder.deadline_version == version(due_on(ROUND, trial.due).deadlines[0])
    handed_in = rows(trial.path, f"SELECT handled_at FROM inbox WHERE body LIKE '%{CLOSING[-1]}%'")
    for (at,) in handed_in:
        assert all(row.done_at <= moment(at) for row in sent)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A database with the round open, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "thidua.db"
    migrate(f"sqlite:///{path}")

    async def fill():
        store = opened(path)
        await furnish(store, ROUND, [WRITER, READER])
        await store.close()

    asyncio.run(fill())
    return path


def afresh(path):
    """As it was furnished: one version of the round, its unit and officers, and nothing that happened."""
    happened = ("dialogue", "outbox", "inbox", "reminders", "conversations", "submissions", "files", "alerts", "states")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        for table in happened:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM campaigns WHERE version > 1")
        connection.execute("UPDATE campaigns SET open = 1")
        connection.execute("UPDATE addresses SET used_at = NULL, gone = NULL")
    connection.close()


@pytest.mark.parametrize("part", range(PARTS))
async def test_nothing_is_lost_and_nothing_doubled(part, furnished, tmp_path, monkeypatch):
    monkeypatch.setattr("aiosqlite.core.SimpleQueue", AtOnce)
    deaths = 0
    path = tmp_path / "thidua.db"
    shutil.copy(furnished, path)
    store = opened(path)  # it remembers nothing, but what its statements are
    for seed in range(part * TRIALS, (part + 1) * TRIALS):
        afresh(path)
        trial = Trial(path, store, seed)
        try:
            await trial.run()
            await everything_is_handled_once(trial)
            await the_submission_is_what_was_said(trial)
            everything_arrives_in_order_and_as_often_as_it_must(trial)
            await reminders_know_what_they_say(trial)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        deaths += trial.deaths
    await store.close()
    assert deaths > TRIALS, "a trial without deaths proves little"
