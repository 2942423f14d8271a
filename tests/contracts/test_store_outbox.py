"""The store's contract for the outbox: in order per address, at least once, nothing given up without being seen."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import pytest
from store_samples import HERE, LEASE, MINUTE, NOW, THERE, furnish, message, reminder, take

from bot.messages import Address, Choice, FileRef, Outgoing
from bot.reminders import ReminderState
from bot.store import Done, Fate, Lost, OutboxState
from bot.submissions import State, Submission

CHANNELS = ["browser", "console"]


async def queue(store, *messages, at=NOW):
    """Let one received message be answered by these (address, text) pairs."""
    number = len(await store.dialogue(HERE, limit=1000))
    await store.receive(message(number))
    row = await store.claim_incoming(at, lease=LEASE)
    outgoing = tuple((to, Outgoing(text), f"in-{row.id}-{n}") for n, (to, text) in enumerate(messages))
    await store.commit(Done(inbox=row, address=HERE, outgoing=outgoing))


async def test_one_at_a_time_and_in_order_per_address(store):
    await queue(store, (HERE, "1"), (HERE, "2"), (THERE, "3"))
    await queue(store, (HERE, "4"))
    sent = []
    held = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    assert (held.message.text, held.state, held.queued_at) == ("1", OutboxState.SENDING, NOW)
    while (row := await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)) is not None:
        sent.append(row.message.text)
        await store.sent(row, NOW)
    assert sent == ["3"]
    await store.sent(held, NOW)
    while (row := await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)) is not None:
        sent.append(row.message.text)
        await store.sent(row, NOW)
    assert sent == ["3", "2", "4"]
    assert await store.undelivered() == []


async def test_a_message_comes_back_equal(store):
    given = Outgoing("**Hạn** nộp\n> trước ngày 20/11", (Choice("t", "Đồng ý"),), FileRef("f", "báo cáo.docx"))
    await store.receive(message(1))
    row = await store.claim_incoming(NOW, lease=LEASE)
    await store.commit(Done(inbox=row, outgoing=((HERE, given, "k"),)))
    taken = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    assert (taken.message, taken.key, taken.address) == (given, "k", HERE)
    assert taken.queued_at.tzinfo is UTC


async def test_only_the_channels_asked_for(store):
    await queue(store, (HERE, "1"), (THERE, "2"))
    assert (await store.claim_outgoing(NOW, ["console"], lease=LEASE)).message.text == "2"
    assert await store.claim_outgoing(NOW, ["console"], lease=LEASE) is None
    assert await store.claim_outgoing(NOW, [], lease=LEASE) is None


async def test_another_try_waits_and_holds_up_the_rest(store):
    await queue(store, (HERE, "1"), (HERE, "2"))
    row = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    await store.retry(row, NOW + 2 * MINUTE, "429")
    assert await store.claim_outgoing(NOW + MINUTE, CHANNELS, lease=LEASE) is None
    [waiting] = await store.undelivered()
    assert (waiting.state, waiting.tries, waiting.error) == (OutboxState.QUEUED, 1, "429")
    again = await store.claim_outgoing(NOW + 2 * MINUTE, CHANNELS, lease=LEASE)
    assert (again.message.text, again.tries, again.key) == ("1", 1, row.key)
    await store.sent(again, NOW)
    assert await store.undelivered() == []


async def test_failed_is_seen_and_lets_the_next_go(store):
    await queue(store, (HERE, "1"), (HERE, "2"))
    row = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    await store.fail(row, "blocked\x00")
    [failed] = await store.undelivered()
    assert (failed.state, failed.error, failed.message.text) == (OutboxState.FAILED, "blocked", "1")
    assert (await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)).message.text == "2"


async def test_killed_while_sending(store, other):
    """The documented window: what was being sent is sent again when its lease ends."""
    await queue(store, (HERE, "1"))
    first = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    assert await other.claim_outgoing(NOW + MINUTE, CHANNELS, lease=LEASE) is None
    second = await other.claim_outgoing(NOW + LEASE, CHANNELS, lease=LEASE)
    assert (second.id, second.key) == (first.id, first.key)
    for late in (store.sent(first, NOW), store.retry(first, NOW, "late"), store.fail(first, "late")):
        with pytest.raises(Lost):
            await late
    await other.sent(second, NOW)
    assert await store.claim_outgoing(NOW + 9 * LEASE, CHANNELS, lease=LEASE) is None


async def test_two_senders_never_get_the_same_row(store, other):
    for number in range(8):
        await queue(store, *((Address("browser", f"b{number}"), str(part)) for part in range(2)))

    got = []

    async def drain(sender):
        while (row := await sender.claim_outgoing(NOW, CHANNELS, lease=LEASE)) is not None:
            got.append((row.address.id, row.message.text))
            await sender.sent(row, NOW)

    await asyncio.gather(*map(drain, (store, other, store)))
    assert sorted(got) == [(f"b{number}", str(part)) for number in range(8) for part in range(2)]
    for number in range(8):
        assert [text for address, text in got if address == f"b{number}"] == ["0", "1"]


async def test_the_dialogue_of_an_address(store):
    await queue(store, (HERE, "1"), (THERE, "elsewhere"))
    await queue(store, (HERE, "2"), (HERE, "3"), at=NOW + MINUTE)
    lines = await store.dialogue(HERE)
    assert [line.direction for line in lines] == ["in", "out", "in", "out", "out"]
    assert [line.message.text for line in lines] == ["xin chào", "1", "xin chào", "2", "3"]
    assert [line.id for line in lines] == sorted(line.id for line in lines)
    assert lines[-1].at == NOW + MINUTE
    assert await store.dialogue(HERE, after_id=lines[2].id) == lines[3:]
    assert await store.dialogue(HERE, limit=2) == lines[:2]
    assert await store.recent(HERE, limit=2) == lines[3:]
    assert await store.recent(Address("browser", "nobody")) == []


async def test_a_reminder_that_cannot_be_delivered_is_not_reached(store):
    await furnish(store)
    await store.plan_reminders([reminder(not_before=NOW)])
    due = await take(store, NOW, lease=LEASE)
    outgoing = ((HERE, Outgoing("sắp đến hạn"), "r1"),)
    await store.commit(Done(reminders=(Fate(due, ReminderState.SENT),), address=HERE, outgoing=outgoing))
    row = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    assert row.reminder == due.id
    assert await store.messages_of(due.id) == [Outgoing("sắp đến hạn")]
    await store.fail(row, "blocked")
    [ledger] = await store.reminders()
    assert (ledger.state, ledger.reason) == (ReminderState.FAILED, "blocked")


async def test_staff_save_and_tell_in_one_transaction(store):
    await furnish(store)
    draft = await store.save_submission(Submission("tk-2026", 1, "XA-1"))
    assert draft.revision == 1
    told = ((HERE, Outgoing("được trả lại"), "s1"),)
    with pytest.raises(ValueError, match="moment"):
        await store.save_submission(draft, told)
    returned = await store.save_submission(draft, told, at=NOW + timedelta(hours=1))
    assert returned.revision == 2
    [line] = await store.dialogue(HERE)
    assert line.at == NOW + timedelta(hours=1)
    assert returned.state is State.DRAFT
