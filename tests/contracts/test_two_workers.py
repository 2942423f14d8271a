"""Two processes on one database do all there is to do at the same time: each thing once, each address in its order."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from trial_world import CALENDAR, CAMPAIGN, CLOSING, Clock, Post, Process, due_on

from bot.messages import Address, Incoming
from bot.officers import Officer, Unit
from bot.reminders import ICT, Kind, Policy, ReminderState, plan
from bot.reminding import plan_campaign
from bot.store.tables import inbox, outbox
from bot.submissions import State

DUE = datetime(2026, 11, 20, 17, tzinfo=ICT)
UNITS = tuple(f"XA-{n}" for n in range(6))
OFFICERS = [
    Officer(f"{unit}-CB{n}", f"Cán bộ {n}", unit, leader=n == 1, addresses=(Address("post", f"{unit}-{n}"),))
    for unit in UNITS
    for n in range(3)
]
POLICY = Policy(leader=1)
ROUNDS = [
    due_on(replace(CAMPAIGN, units=UNITS), DUE),
    due_on(replace(CAMPAIGN, id="ht-2026", title="Hồ sơ năm 2026", units=UNITS), DUE + timedelta(days=3)),
]
DAYS = [DUE.date() - timedelta(days=n) for n in range(10, -5, -1)]


async def furnish(store) -> None:
    await store.put_people([Unit(code, f"Xã {code}", "xã") for code in UNITS], OFFICERS)
    for each in ROUNDS:
        await store.put_campaign(each)


class Both:
    """The two processes, one clock, one post; and what was said to them."""

    def __init__(self, store, other, seed: int) -> None:
        self.chance, self.post, self.clock = random.Random(seed), Post(), Clock(DUE)
        self.two = [Process(each, self.clock, [self.post], policy=POLICY) for each in (store, other)]
        self.said: dict[Address, list[Incoming]] = defaultdict(list)
        self.answers: dict[str, list[str]] = {}
        self.days: dict[str, datetime] = {}

    async def says(self, officer: Officer, *lines: str) -> None:
        """Heard by both, as when a platform calls twice."""
        for line in lines:
            to = officer.addresses[0]
            incoming = Incoming(f"{to.id}-{len(self.said[to])}", to, line, self.clock())
            self.said[to].append(incoming)
            kept = await asyncio.gather(*(process.store.receive(incoming) for process in self.two))
            assert sorted(kept) == [False, True]

    async def hand_in(self, unit: str) -> None:
        writer = next(officer for officer in OFFICERS if officer.unit == unit)
        self.answers[unit] = [f"Đã làm {self.chance.randint(2, 99)} việc, đợt {n}." for n in range(2)]
        await self.says(writer, "nộp", ROUNDS[0].title, "1", *self.answers[unit], *CLOSING)

    async def live(self) -> None:
        leaving = {unit: self.chance.choice([*DAYS, None]) for unit in UNITS}
        for day in DAYS:
            for clock in (time(8), time(8, 3), time(14)):  # what was in somebody's hands when they lost it comes again
                self.clock.now = datetime.combine(day, clock, ICT)
                for unit in UNITS:
                    if leaving[unit] == day and clock == time(8):
                        await self.hand_in(unit)
                for officer in self.chance.sample(OFFICERS, 2):
                    await self.says(officer, "tiến độ", "hạn nộp")
                await asyncio.gather(*(process.worker.tick() for process in self.two))
        self.clock.now += timedelta(minutes=3)
        await self.two[0].worker.tick()  # what waited behind a message that the other was just sending


@pytest.mark.parametrize("seed", range(3))
async def test_two_workers_do_everything_once(store, other, seed):
    await furnish(store)
    both = Both(store, other, seed)
    await both.live()

    # Messages: each handled once, in the order of its address, and answered once.
    async with store.reading() as connection:
        handled = (await connection.execute(select(inbox).order_by(inbox.c.handled_at, inbox.c.id))).all()
        decided = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
    assert {row.state for row in handled} == {"handled"}
    assert len(handled) == sum(map(len, both.said.values()))
    by_address = defaultdict(list)
    for row in handled:
        by_address[row.address].append(row.message)
    assert by_address == {to.id: [each.id for each in said] for to, said in both.said.items()}
    for unit, answers in both.answers.items():
        submission = await store.submission(ROUNDS[0].id, unit)
        given = [filled.values["noi_dung"] for _, filled in sorted(submission.sections.items())]
        assert (given, submission.state, submission.revision) == (answers, State.SUBMITTED, len(answers) + 1)

    # Deliveries: each once, each address in the order in which things were decided.
    assert {row.state for row in decided} == {"sent"}
    assert Counter(key for _, key, _ in both.post.arrived) == {row.key: 1 for row in decided}
    for to in {address for address, _, _ in both.post.arrived}:
        came = [key for address, key, _ in both.post.arrived if address == to]
        assert came == [row.key for row in decided if row.address == to.id]

    # Reminders: all settled, each sent in one message, one message an officer and day.
    ledger = await store.reminders()
    assert {row.state for row in ledger} == {ReminderState.SENT, ReminderState.SKIPPED}
    messages = {row.reminder for row in decided if row.reminder is not None}
    sent = [row for row in ledger if row.state is ReminderState.SENT]
    assert {row.sent_with for row in sent} == messages
    days = Counter((row.reminder.officer, row.done_at.astimezone(ICT).date(), row.sent_with) for row in sent)
    assert len(days) == len({(officer, day) for officer, day, _ in days}) == len(messages) > 50


@pytest.mark.parametrize("seed", range(3))
async def test_two_that_plan_while_the_deadline_moves_leave_no_old_one(store, other, seed):
    await furnish(store)
    chance = random.Random(seed)
    now = datetime.combine(DAYS[0], time(9), ICT)
    moved = due_on(ROUNDS[0], DUE + timedelta(days=chance.choice([4, 5])))

    async def planning(each) -> None:
        for _ in range(3):
            for campaign in await each.campaigns():
                await plan_campaign(each, campaign, CALENDAR, now, policy=POLICY)

    await asyncio.gather(planning(store), planning(other), store.put_campaign(moved))
    await asyncio.gather(planning(store), planning(other))
    before = await store.reminders()
    await planning(other)
    assert await store.reminders() == before, "planning again changes nothing"

    planned = {row.reminder.key for row in before if row.state is ReminderState.PLANNED}
    of_unit = {unit: [officer.code for officer in OFFICERS if officer.unit == unit] for unit in UNITS}
    rounds = await store.campaigns()
    wanted = {row.key for each in rounds for row in plan(each, of_unit, CALENDAR, now, offsets=POLICY.offsets)}
    assert {key for key in planned if key[4] is Kind.REMIND} == wanted
    assert {row.reminder.expires_at for row in before if row.reminder.campaign == moved.id} >= {moved.deadlines[0].due}
    old = [row for row in before if row.reminder.expires_at == DUE and row.reminder.kind is Kind.REMIND]
    assert all(row.state is ReminderState.VOIDED for row in old)
