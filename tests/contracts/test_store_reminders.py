"""The store's contract for reminders: planned once, sent once, skipped with a reason, voided with their deadline."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from store_samples import DAY, DUE, HERE, LEASE, MINUTE, NOW, furnish, message, reminder, take

from bot.messages import Outgoing
from bot.officers import Officer
from bot.reminders import Kind, Pause, ReminderState, Told
from bot.store import Conflict, Done, Fate, Lost
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
    due = await take(planned, DUE - 7 * DAY, lease=LEASE)
    await planned.commit(Done(reminders=(Fate(due, SENT),)))
    before = await planned.reminders()
    assert await planned.plan_reminders([reminder(offset) for offset in (7, 3, 1, 0)]) == 0
    assert await planned.plan_reminders([reminder(7, not_before=NOW)]) == 0
    assert await planned.reminders() == before
    assert await planned.plan_reminders([]) == 0
    assert await planned.plan_reminders([reminder(3), reminder(3, kind=Kind.SNOOZED), reminder(3, officer="CB-2")]) == 2


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
    assert await take(planned, DUE - 7 * DAY - MINUTE, lease=LEASE) is None
    got = await asyncio.gather(*(take(store, DUE - 7 * DAY, lease=LEASE) for store in (planned, other) * 2))
    [due] = [row for row in got if row is not None]
    assert due.reminder.offset == 7
    await planned.commit(Done(reminders=(Fate(due, SKIPPED, "đã nộp"),)))
    assert (await ledger(planned))[0] == (7, SKIPPED, "đã nộp")
    assert (await planned.reminders())[0].done_at == DUE - 7 * DAY
    assert await take(planned, DUE - 4 * DAY, lease=LEASE) is None


async def test_missed_ones_become_the_newest(planned):
    await planned.plan_reminders([reminder(7, officer="CB-2", unit="XA-2")])
    now = DUE - DAY
    got = [await take(planned, now, lease=LEASE) for _ in range(3)]
    assert [(row.reminder.officer, row.reminder.offset) for row in got if row] == [("CB-2", 7), ("CB-1", 1)]
    assert [row for row in await ledger(planned) if row[1] is SKIPPED] == [
        (7, SKIPPED, COALESCED),
        (3, SKIPPED, COALESCED),
    ]


async def test_too_late_to_help_is_skipped(planned):
    assert await planned.expire_reminders(NOW) == 0
    assert await planned.expire_reminders(DUE) == 4
    assert {row[1:] for row in await ledger(planned)} == {(SKIPPED, OVERDUE)}
    assert await take(planned, DUE, lease=LEASE) is None
    assert await planned.expire_reminders(DUE) == 0


async def test_killed_before_the_commit_it_is_claimed_again(planned, other):
    now = DUE - 7 * DAY
    first = await take(planned, now, lease=LEASE)
    second = await take(other, now + LEASE, lease=LEASE)
    assert second.id == first.id
    with pytest.raises(Lost):
        await planned.commit(Done(reminders=(Fate(first, SENT),)))
    await other.commit(Done(reminders=(Fate(second, SENT),)))


async def test_one_whose_sender_died_does_not_follow_a_newer_one(planned):
    await take(planned, DUE - 3 * DAY - MINUTE, lease=2 * DAY)  # offset 7, in the hands of a dead process
    newer = await take(planned, DUE - 3 * DAY, lease=LEASE)
    assert newer.reminder.offset == 3
    await planned.commit(Done(reminders=(Fate(newer, SENT),)))
    assert await take(planned, DUE - DAY - MINUTE, lease=LEASE) is None
    assert (await ledger(planned))[0] == (7, SKIPPED, COALESCED)


@pytest.mark.parametrize("moved_to", [2, 0])
async def test_a_moved_deadline_leaves_no_old_reminder(planned, moved_to):
    """Versions need not grow: a deadline may be moved to an earlier day."""
    held = await take(planned, DUE - 7 * DAY, lease=LEASE)
    assert await planned.plan_reminders([reminder(3, deadline_version=moved_to)]) == 1
    assert await planned.void_reminders("tk-2026", "nop", moved_to, "hạn đã dời") == 4
    with pytest.raises(Lost):
        await planned.commit(Done(reminders=(Fate(held, SENT),)))
    assert len(await planned.reminders(state=VOIDED)) == 4
    due = await take(planned, DUE - DAY, lease=LEASE)
    assert due.reminder.deadline_version == moved_to
    await planned.commit(Done(reminders=(Fate(due, SENT),)))
    assert await take(planned, DUE - MINUTE, lease=LEASE) is None


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


# --- several in one message -------------------------------------------------------------------------------------------

MORNING = DUE - 3 * DAY
OTHER = {"campaign": "so-ket", "deadline": "khac"}


async def test_all_that_is_due_for_an_officer_is_claimed_together(planned, other):
    await planned.plan_reminders([reminder(3, **OTHER), reminder(3, officer="CB-2", unit="XA-2")])
    mine, theirs = [await planned.claim_reminders(MORNING, lease=LEASE) for _ in range(2)]
    assert [(row.reminder.campaign, row.reminder.officer) for row in mine] == [("tk-2026", "CB-1"), ("so-ket", "CB-1")]
    assert [row.reminder.officer for row in theirs] == ["CB-2"]
    assert await other.claim_reminders(MORNING, lease=LEASE) == ()


async def test_a_message_of_several_is_committed_whole_or_not_at_all(planned, other):
    await planned.plan_reminders([reminder(3, **OTHER), reminder(3, campaign="thu-ba")])
    first = await planned.claim_reminders(MORNING, lease=LEASE)
    second = await other.claim_reminders(MORNING + LEASE, lease=LEASE)
    assert [row.id for row in first] == [row.id for row in second]
    said = Done(
        reminders=(Fate(first[0], SKIPPED, "đã nộp"), *(Fate(row, SENT) for row in first[1:])),
        address=HERE,
        outgoing=((HERE, Outgoing("Nhắc"), f"re-{first[0].id}-0"),),
    )
    with pytest.raises(Lost):
        await planned.commit(said)
    assert await planned.claim_outgoing(MORNING, [HERE.channel], lease=LEASE) is None
    again = zip(said.reminders, second, strict=True)
    await other.commit(replace(said, reminders=tuple(replace(fate, row=row) for fate, row in again)))
    message = await planned.claim_outgoing(MORNING, [HERE.channel], lease=LEASE)
    assert message.reminder == second[1].id
    assert await planned.under_way() == {second[1].id}
    assert [m.text for m in await planned.messages_of(second[2].id)] == ["Nhắc"]
    assert await planned.messages_of(second[0].id) == []
    await planned.fail(message, "quá dài")
    after = [(row.reminder.campaign, row.state, row.reason) for row in await planned.reminders() if row.sent_with]
    assert after == [(name, ReminderState.FAILED, "quá dài") for name in ("so-ket", "thu-ba")]
    assert await planned.under_way() == set()


async def test_who_was_sent_something_today_waits_for_tomorrow_but_hears_of_a_moved_deadline(planned):
    midnight = MORNING - timedelta(hours=17)
    due = await planned.claim_reminders(MORNING, lease=LEASE, today=midnight)
    await planned.commit(Done(reminders=tuple(Fate(row, SENT) for row in due)))
    await planned.plan_reminders([reminder(3, **OTHER), reminder(3, kind=Kind.MOVED, was=DUE - DAY)])
    [row] = await planned.claim_reminders(MORNING, lease=LEASE, today=midnight)
    assert (row.reminder.kind, row.reminder.was) == (Kind.MOVED, DUE - DAY)
    await planned.commit(Done(reminders=(Fate(row, SENT),)))
    assert await planned.claim_reminders(MORNING, lease=LEASE, today=midnight) == ()
    later = await planned.claim_reminders(MORNING + DAY, lease=LEASE, today=midnight + DAY)
    assert [row.reminder.campaign for row in later] == ["so-ket"]


async def test_those_who_are_told_of_others_come_last(planned):
    await planned.plan_reminders(
        [
            reminder(9, kind=Kind.STAFF, officer="CB-1", unit="XA-2"),
            reminder(3, officer="CB-2", unit="XA-2"),
            reminder(9, kind=Kind.STAFF, officer="CB-1"),
        ]
    )
    got = [await planned.claim_reminders(MORNING, lease=LEASE) for _ in range(3)]
    assert [[row.reminder.officer for row in rows] for rows in got] == [["CB-2"], ["CB-1"] * 3, []]


async def test_who_was_told_of_a_deadline_and_who_knew_its_date(planned):
    await planned.plan_reminders([reminder(3, officer="CB-2", kind=Kind.LEADER)])
    assert await planned.told("tk-2026", "XA-1", "nop", 1) == ()
    for moment in (DUE - 7 * DAY, MORNING):
        while due := await planned.claim_reminders(moment, lease=LEASE):
            await planned.commit(Done(reminders=tuple(Fate(row, SENT) for row in due)))
    told = await planned.told("tk-2026", "XA-1", "nop", 1)
    assert set(told) == {Told(Kind.REMIND, 1, MORNING), Told(Kind.LEADER, 1, MORNING)}
    assert await planned.told("tk-2026", "XA-1", "nop", 2) == await planned.told("tk-2026", "XA-2", "nop", 1) == ()
    assert await planned.planned_for("tk-2026", "nop", DUE) == [("XA-1", "CB-1")]
    assert await planned.planned_for("tk-2026", "nop", DUE + DAY) == []


async def test_what_an_officer_asked_for_is_kept_with_the_answer(planned):
    await planned.receive(message(1))
    row = await planned.claim_incoming(NOW, lease=LEASE)
    later = reminder(2, kind=Kind.SNOOZED)
    await planned.commit(Done(inbox=row, pauses=(Pause("CB-1", "tk-2026", later.not_before),), planned=(later,)))
    assert await planned.pauses("CB-1") == {"tk-2026": Pause("CB-1", "tk-2026", later.not_before)}
    assert [each.reminder for each in await planned.reminders() if each.reminder.kind is Kind.SNOOZED] == [later]
    await planned.receive(message(2))
    row = await planned.claim_incoming(NOW, lease=LEASE)
    await planned.commit(Done(inbox=row, pauses=(Pause("CB-1", "tk-2026", None),)))
    assert await planned.pauses("CB-1") == {"tk-2026": Pause("CB-1", "tk-2026", None)}
    assert await planned.pauses("CB-2") == {}


async def test_a_handful_of_officers_is_claimed_apart_and_reports_wait_for_them(planned, other):
    await planned.plan_reminders([reminder(3, unit="XA-2"), reminder(3, officer="CB-2", unit="XA-2")])
    await planned.put_officer(Officer("CB-3", "Cán bộ Ba", "XA-1", leader=True))
    await planned.plan_reminders([reminder(2, officer="CB-3", kind=Kind.LEADER)])
    now = DUE - 2 * DAY
    claim = {"lease": LEASE, "officers": 8, "today": now - MINUTE}
    handful = await planned.claim_some_reminders(now, **claim)
    assert [[row.reminder.officer for row in rows] for rows in handful] == [["CB-1", "CB-1"], ["CB-2"]]
    await planned.plan_reminders([reminder(4, unit="XA-2", deadline="moi")])
    [leaders] = await other.claim_some_reminders(now, **claim)
    assert [row.reminder.officer for row in leaders] == ["CB-3"], "the new one of whom is just being told waits"
    assert await other.claim_some_reminders(now, **claim) == []


async def test_who_left_is_not_planned_for_again_until_linked(planned):
    await planned.revoke("CB-1")
    again = [reminder(offset) for offset in (7, 3, 1, 0)]
    assert await planned.plan_reminders([*again, reminder(9)]) == 0
    assert {row.state for row in await planned.reminders()} == {VOIDED}
    await planned.put_officer(Officer("CB-1", "Cán bộ Một", "XA-1", addresses=(HERE,)))
    assert await planned.plan_reminders(again) == 4
