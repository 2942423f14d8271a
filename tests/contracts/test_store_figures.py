"""The store's contract for figures: what they count, what they leave out, the same on both databases."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import text, update
from store_samples import DAY, HERE, LEASE, MINUTE, NOW, THERE, furnish, message, reminder, take

from bot.messages import Address, Incoming, Outgoing
from bot.reminders import ReminderState
from bot.store import Done, Fate, InboxState, OutboxState, Store, Unavailable
from bot.store.figures import BUCKETS, AnswerTimes
from bot.store.tables import inbox

CHANNELS = ["browser", "console"]


async def handle(store, number, *, after=timedelta(), address=HERE, said=()):
    """A message of that number, handled so long after it was said, answered by these texts."""
    incoming = message(number, address)
    await store.receive(incoming)
    at = incoming.at + after
    row = await store.claim_incoming(at, lease=LEASE)
    outgoing = tuple((address, Outgoing(each), f"in-{row.id}-{n}") for n, each in enumerate(said))
    await store.commit(Done(inbox=row, address=address, outgoing=outgoing))


async def test_an_empty_store_has_nothing_to_tell(store):
    assert await store.oldest_waiting() is await store.oldest_open() is await store.newest() is None
    assert await store.inbox_counts() == await store.outbox_counts() == await store.reminder_counts() == {}
    assert await store.answer_times() == AnswerTimes((0,) * len(BUCKETS), 0, 0.0)
    assert await store.last_heard(HERE) is None
    assert (await store.overdue(NOW), await store.retried(), await store.sent_since("browser", NOW)) == (0, 0, 0)


async def test_the_oldest_that_waits_is_by_when_it_was_said(store):
    late, early = message(9), message(1, THERE)
    await store.receive(late)
    await store.receive(early)
    assert await store.oldest_waiting() == early.at
    assert (await store.oldest_waiting()).tzinfo is UTC
    await store.commit(Done(inbox=await store.claim_incoming(NOW, lease=LEASE)))
    await store.park_incoming(await store.claim_incoming(NOW, lease=LEASE), "x")
    assert await store.oldest_waiting() is None


async def test_a_row_from_before_moments_were_kept_counts_from_its_first_claim(store):
    await store.receive(message(1))
    async with store.writing() as connection:
        await connection.execute(update(inbox).values(said_at=None))
    assert await store.oldest_waiting() is None
    await store.claim_incoming(NOW, lease=LEASE)
    assert await store.oldest_waiting() == NOW


async def test_messages_are_counted_by_channel_and_state(store):
    await handle(store, 1, said=["a", "b"])
    await handle(store, 2, said=["c"], address=THERE)
    await store.receive(message(3))
    first = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    await store.sent(first, NOW)
    second = await store.claim_outgoing(NOW, ["browser"], lease=LEASE)
    await store.retry(second, NOW, "for now")
    third = await store.claim_outgoing(NOW, ["console"], lease=LEASE)
    await store.fail(third, "never")
    assert await store.inbox_counts() == {
        ("browser", InboxState.HANDLED): 1,
        ("browser", InboxState.WAITING): 1,
        ("console", InboxState.HANDLED): 1,
    }
    assert await store.outbox_counts() == {
        ("browser", OutboxState.SENT): 1,
        ("browser", OutboxState.QUEUED): 1,
        ("console", OutboxState.FAILED): 1,
    }
    assert await store.oldest_open() == second.queued_at
    assert await store.retried() == 1
    assert [await store.failed_since(third.queued_at + more) for more in (timedelta(), MINUTE)] == [1, 0]


async def test_what_was_sent_counts_from_a_moment_on_and_on_one_channel(store):
    await handle(store, 1, said=["a", "b", "c"])
    for days in range(3):
        await store.sent(await store.claim_outgoing(NOW, CHANNELS, lease=LEASE), NOW + days * DAY)
    assert [await store.sent_since("browser", NOW + days * DAY) for days in range(4)] == [3, 2, 1, 0]
    assert await store.sent_since("console", NOW) == 0


async def test_parked_messages_count_from_a_moment_on(store):
    await store.receive(message(1))
    row = await store.claim_incoming(NOW, lease=LEASE)
    await store.park_incoming(row, "x")
    said = row.incoming.at
    assert [await store.parked_since(at) for at in (said, said + MINUTE)] == [1, 0]


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(-7, 0), (0, 0), (0.1, 0), (0.101, 1), (2.5, 4), (2.501, 5), (300, 9), (301, None)]
)
async def test_an_answer_is_in_every_bucket_it_was_quick_enough_for(store, seconds, bucket):
    await handle(store, 1, after=timedelta(seconds=seconds))
    times = await store.answer_times()
    within = tuple(int(bucket is not None and n >= bucket) for n in range(len(BUCKETS)))
    assert times == AnswerTimes(within, 1, pytest.approx(max(seconds, 0), abs=0.0011))


async def test_answer_times_are_added_up(store):
    for number, seconds in enumerate((0.2, 0.2, 4, 4000)):
        await handle(store, number, after=timedelta(seconds=seconds))
    await store.receive(message(9))
    times = await store.answer_times()
    assert (times.count, times.total) == (4, pytest.approx(4004.4, abs=0.01))
    assert times.within == (0, 2, 2, 2, 2, 3, 3, 3, 3, 3)


async def test_reminders_by_state_and_the_overdue(store):
    await furnish(store)
    await store.plan_reminders([reminder(offset) for offset in (7, 3, 1)])
    first = reminder(7).not_before
    assert [await store.overdue(at) for at in (first, first + MINUTE, first + 30 * DAY)] == [0, 1, 3]
    due = await take(store, first, lease=LEASE)
    await store.commit(Done(reminders=(Fate(due, ReminderState.SENT),)))
    assert await store.reminder_counts() == {ReminderState.SENT: 1, ReminderState.PLANNED: 2}
    assert await store.overdue(first + MINUTE) == 0


async def test_last_heard_is_of_one_address_in_whatever_state(store):
    await handle(store, 1)
    await store.receive(message(5))
    await store.receive(message(8, THERE))
    await store.receive(Incoming("other", Address("console", HERE.id), "x", NOW + DAY))
    assert await store.last_heard(HERE) == message(5).at
    assert await store.last_heard(THERE) == message(8).at


async def test_the_newest_moment_is_the_last_thing_that_was_written_down(store):
    await handle(store, 1, after=MINUTE, said=["a"])
    assert await store.newest() == message(1).at + MINUTE


async def test_tables_of_another_version_are_told(store):
    assert await store.at_head()
    async with store.writing() as connection:
        head = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert not await store.at_head()
    finally:  # the PostgreSQL of the next test is this one
        async with store.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


async def test_a_database_without_tables_is_not_at_head(empty_database):
    store = Store(empty_database)
    assert not await store.at_head()
    await store.close()


async def test_a_database_that_does_not_answer_is_told_without_its_password():
    store = Store("postgresql+psycopg://me:secret@127.0.0.1:1/x")
    with pytest.raises(Unavailable) as refused:
        await store.at_head()
    assert "secret" not in str(refused.value)
    await store.close()


async def test_only_a_server_has_a_clock_of_its_own(store, database):
    clock = await store.database_clock()
    assert (clock is None) == database.startswith("sqlite")
    assert clock is None or clock.tzinfo is UTC
