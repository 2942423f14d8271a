"""The store's contract for reminders: planned once, sent once, skipped with a reason, voided with their deadline."""

from __future__ import annotations

import asyncio
from datetime import UTC

import pytest
from store_samples import DAY, DUE, LEASE, MINUTE, NOW, furnish, reminder

from bot.reminders import ReminderState
from bot.store import Conflict, Done, Lost
from bot.store.reminders import COALESCED, OVERDUE

PLANNED, SENT, SKIPPED, VOIDED = (ReminderState[name] for name in ("PLANNED", "SENT", "SKIPPED", "VOIDED"))


@pytest.fixture
async def planned(store):
    await furnish(store)
    assert await store.plan_reminders([reminder(offset) for offset in (7, 3, 1, 0)]) == 4
    return store


async def ledger(store):
    return [(row.reminder.offset, row.state, row.reason) for row in await store.reminders()]


async def test_planning_twice_changes_nothing(planned):
    due = await planned.claim_reminder(DUE - 7 * DAY, lease=LEASE)
    await planned.commit(Done(reminder=due, outcome=(SENT, "")))
    before = await planned.reminders()
    assert await planned.plan_reminders([reminder(offset) for offset in (7, 3, 1, 0)]) == 0
    assert await planned.plan_reminders([reminder(7, not_before=NOW)]) == 0
    assert await planned.reminders() == before
    assert await planned.plan_reminders([]) == 0
    assert await planned.plan_reminders([reminder(3), reminder(3, section="muc-I/1"), reminder(3, officer="CB-2")]) == 2


async def test_planning_at_the_same_time_plans_once(planned, other):
    rows = [reminder(offset, deadline_version=2) for offset in range(20)]
    new = await asyncio.gather(*(store.plan_reminders(rows) for store in (planned, other)))
    assert sum(new) == 20


async def test_moments_come_back_aware_in_utc(planned):
    [row] = [row for row in await planned.reminders() if row.reminder.offset == 7]
    assert row.reminder == reminder(7)
    assert row.reminder.not_before.tzinfo is UTC
    with pytest.raises(Exception, match="time zone"):
        await planned.plan_reminders([reminder(9, not_before=NOW.replace(tzinfo=None))])


async def test_an_unknown_officer_is_refused(planned):
    with pytest.raises(Conflict):
        await planned.plan_reminders([reminder(9), reminder(9, officer="?")])
    assert len(await planned.reminders()) == 4


async def test_only_what_is_due_and_each_once(planned, other):
    assert await planned.claim_reminder(DUE - 7 * DAY - MINUTE, lease=LEASE) is None
    got = await asyncio.gather(*(store.claim_reminder(DUE - 7 * DAY, lease=LEASE) for store in (planned, other) * 2))
    [due] = [row for row in got if row is not None]
    assert due.reminder.offset == 7
    await planned.commit(Done(reminder=due, outcome=(SKIPPED, "đã nộp")))
    assert (await ledger(planned))[0] == (7, SKIPPED, "đã nộp")
    assert (await planned.reminders())[0].done_at == DUE - 7 * DAY
    assert await planned.claim_reminder(DUE - 4 * DAY, lease=LEASE) is None


async def test_missed_ones_become_the_newest(planned):
    await planned.plan_reminders([reminder(7, officer="CB-2", unit="XA-2")])
    now = DUE - DAY
    got = [await planned.claim_reminder(now, lease=LEASE) for _ in range(3)]
    assert [(row.reminder.officer, row.reminder.offset) for row in got if row] == [("CB-2", 7), ("CB-1", 1)]
    assert [row for row in await ledger(planned) if row[1] is SKIPPED] == [
        (7, SKIPPED, COALESCED),
        (3, SKIPPED, COALESCED),
    ]


async def test_too_late_to_help_is_skipped(planned):
    assert await planned.expire_reminders(NOW) == 0
    assert await planned.expire_reminders(DUE) == 4
    assert {row[1:] for row in await ledger(planned)} == {(SKIPPED, OVERDUE)}
    assert await planned.claim_reminder(DUE, lease=LEASE) is None
    assert await planned.expire_reminders(DUE) == 0


async def test_killed_before_the_commit_it_is_claimed_again(planned, other):
    now = DUE - 7 * DAY
    first = await planned.claim_reminder(now, lease=LEASE)
    second = await other.claim_reminder(now + LEASE, lease=LEASE)
    assert second.id == first.id
    with pytest.raises(Lost):
        await planned.commit(Done(reminder=first, outcome=(SENT, "")))
    await other.commit(Done(reminder=second, outcome=(SENT, "")))


async def test_one_whose_sender_died_does_not_follow_a_newer_one(planned):
    await planned.claim_reminder(DUE - 3 * DAY - MINUTE, lease=2 * DAY)  # offset 7, in the hands of a dead process
    newer = await planned.claim_reminder(DUE - 3 * DAY, lease=LEASE)
    assert newer.reminder.offset == 3
    await planned.commit(Done(reminder=newer, outcome=(SENT, "")))
    assert await planned.claim_reminder(DUE - DAY - MINUTE, lease=LEASE) is None
    assert (await ledger(planned))[0] == (7, SKIPPED, COALESCED)


@pytest.mark.parametrize("moved_to", [2, 0])
async def test_a_moved_deadline_leaves_no_old_reminder(planned, moved_to):
    """Versions need not grow: a deadline may be moved to an earlier day."""
    held = await planned.claim_reminder(DUE - 7 * DAY, lease=LEASE)
    assert await planned.plan_reminders([reminder(3, deadline_version=moved_to)]) == 1
    assert await planned.void_reminders("tk-2026", "nop", moved_to, "hạn đã dời") == 4
    with pytest.raises(Lost):
        await planned.commit(Done(reminder=held, outcome=(SENT, "")))
    assert len(await planned.reminders(state=VOIDED)) == 4
    due = await planned.claim_reminder(DUE - DAY, lease=LEASE)
    assert due.reminder.deadline_version == moved_to
    await planned.commit(Done(reminder=due, outcome=(SENT, "")))
    assert await planned.claim_reminder(DUE - MINUTE, lease=LEASE) is None


async def test_a_deadline_moved_and_moved_back(planned):
    await planned.void_reminders("tk-2026", "nop", 2, "hạn đã dời")
    assert await planned.plan_reminders([reminder(offset) for offset in (7, 3)]) == 2
    assert [row[:2] for row in await ledger(planned)] == [(7, PLANNED), (3, PLANNED), (1, VOIDED), (0, VOIDED)]


async def test_the_ledger_narrowed_down(planned):
    await planned.plan_reminders([reminder(2, officer="CB-2", unit="XA-2")])
    assert [row.reminder.offset for row in await planned.reminders()] == [7, 3, 2, 1, 0]
    assert [row.reminder.offset for row in await planned.reminders(limit=2)] == [7, 3]
    assert len(await planned.reminders(officer="CB-2")) == 1
    assert len(await planned.reminders("tk-2026", state=PLANNED)) == 5
    assert await planned.reminders("tk-2025") == []
