"""The store's contract for messengers: unreachable and moved addresses, the next address, files, states, alerts."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from store_samples import HERE, LEASE, MINUTE, NOW, OFFICERS, THERE, furnish, message, reminder, take

from bot.messages import Address, Outgoing
from bot.reminders import ReminderState
from bot.store import Done, Fate, InboxState, OutboxState
from bot.submissions import Submission

CHANNELS = ["browser", "console", "telegram"]
OFFICER = replace(OFFICERS[0], addresses=(HERE, THERE))


async def pushed(store, text="Nhắc hạn"):
    """A reminder to the first officer, queued at HERE."""
    await furnish(store)
    await store.put_officer(OFFICER)
    await store.plan_reminders([reminder()])
    row = await take(store, reminder().not_before, lease=LEASE)
    outgoing = ((HERE, Outgoing(text), f"re-{row.id}-0"),)
    await store.commit(Done(reminders=(Fate(row, ReminderState.SENT),), address=HERE, outgoing=outgoing))
    return await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)


def line_of(lines, text):
    return next(line for line in lines if line.message.text == text)


async def test_messages_of_one_moment_are_kept_together_each_once(store):
    given = [message(1), message(2, THERE), message(1), message(3)]
    assert await store.receive_all(given) == [True, True, False, True]
    assert await store.receive_all([message(3), message(4)]) == [False, True]
    assert [line.message.id for line in await store.dialogue(HERE)] == ["m1", "m3", "m4"]


async def test_an_address_that_is_gone_is_not_offered_until_somebody_writes_from_it(store):
    await furnish(store)
    await store.put_officer(OFFICER)
    await store.mark_gone(HERE, "đã chặn trợ lý")
    assert (await store.officer("CB-1")).addresses == (THERE,)
    assert (await store.officer_at(HERE)).code == "CB-1"
    await store.receive(message(1))
    assert (await store.officer("CB-1")).addresses == (HERE, THERE)
    await store.mark_gone(HERE, "đã chặn trợ lý")
    await store.mark_back(HERE)
    assert HERE in (await store.officer("CB-1")).addresses


async def test_a_moved_address_takes_everything_along(store):
    row = await pushed(store)
    to = Address("browser", "a2")
    await store.receive(message(1))
    incoming = await store.claim_incoming(NOW, lease=LEASE)
    await store.commit(Done(inbox=incoming, address=HERE, conversation={"mode": "field"}))
    await store.move_address(HERE, "a2")
    await store.retry(row, NOW, "moved")
    assert (await store.officer_at(to)).code == "CB-1"
    assert await store.officer_at(HERE) is None
    assert await store.conversation(to) == {"mode": "field"}
    again = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    assert (again.address, again.message.text, again.tries) == (to, "Nhắc hạn", 1)


async def test_what_was_meant_for_an_officer_goes_on_to_their_next_address(store):
    row = await pushed(store)
    assert row.officer == "CB-1"
    await store.pass_on(row, THERE, [Outgoing("Nhắc"), Outgoing("hạn")], NOW, "đã chặn")
    assert await store.undelivered() == []
    first = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    assert (first.address, first.message.text, first.officer, first.reminder) == (THERE, "Nhắc", "CB-1", row.reminder)
    assert await store.tried(first) == {HERE, THERE}
    await store.fail(first, "hết cách", ReminderState.UNREACHABLE)
    assert (await store.reminders())[0].state is ReminderState.UNREACHABLE
    assert (await store.undelivered())[0].id == first.id


async def test_an_answer_belongs_to_its_address_alone(store):
    await furnish(store)
    await store.put_officer(OFFICER)
    await store.receive(message(1))
    row = await store.claim_incoming(NOW, lease=LEASE)
    await store.commit(Done(inbox=row, outgoing=((HERE, Outgoing("trả lời"), "in-1-0"),)))
    assert (await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)).officer is None


async def test_what_staff_tell_a_unit_is_for_its_officers(store):
    await furnish(store)
    await store.put_officer(OFFICER)
    told = ((HERE, Outgoing("Đã tiếp nhận"), "staff-1"),)
    await store.save_submission(Submission("tk-2026", 1, "XA-1"), told, at=NOW)
    assert (await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)).officer == "CB-1"


@pytest.mark.parametrize("how", ["left", "another unit"])
async def test_who_leaves_a_unit_is_unlinked_and_is_not_pushed_to_any_more(store, how):
    row = await pushed(store)
    await store.retry(row, NOW, "mất mạng")
    await store.plan_reminders([reminder(1)])
    await store.issue_code("CB-1", "ABCDEFGH", NOW + MINUTE)
    if how == "left":
        await store.revoke("CB-1")
    else:
        await store.put_officer(replace(OFFICERS[0], unit="XA-2"))
    assert await store.officer_at(HERE) is None
    assert (await store.officer("CB-1")).addresses == ()
    assert await store.officer_for_code("ABCDEFGH", THERE, NOW) is None
    assert await store.claim_outgoing(NOW + MINUTE, CHANNELS, lease=LEASE) is None
    assert (await store.reminders())[-1].state is ReminderState.VOIDED
    assert line_of(await store.dialogue(HERE), "Nhắc hạn").state is OutboxState.VOIDED


async def test_the_next_message_to_a_chat_keeps_its_distance(store):
    await store.receive(message(1))
    row = await store.claim_incoming(NOW, lease=LEASE)
    outgoing = tuple((to, Outgoing(text), f"k{text}") for to, text in ((HERE, "1"), (HERE, "2"), (THERE, "3")))
    await store.commit(Done(inbox=row, outgoing=outgoing))
    first = await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)
    await store.sent(first, NOW, sent_as="77", next_from=NOW + MINUTE)
    assert (await store.claim_outgoing(NOW, CHANNELS, lease=LEASE)).message.text == "3"
    assert await store.claim_outgoing(NOW, CHANNELS, lease=LEASE) is None
    assert (await store.claim_outgoing(NOW + MINUTE, CHANNELS, lease=LEASE)).message.text == "2"
    assert (await store.sent_as("k1"), await store.sent_as("k2"), await store.sent_as("k9")) == ("77", None, None)


async def test_a_halted_channel_costs_no_try(store):
    row = await pushed(store)
    await store.retry(row, NOW + MINUTE, "hết hạn mức", counts=False)
    again = await store.claim_outgoing(NOW + MINUTE, CHANNELS, lease=LEASE)
    assert (again.tries, again.error) == (0, "hết hạn mức")


async def test_when_a_message_was_handled(store):
    await store.receive(message(1))
    row = await store.claim_incoming(NOW, lease=LEASE)
    await store.commit(Done(inbox=row, at=NOW + MINUTE))
    assert (await store.dialogue(HERE))[0].state is InboxState.HANDLED


async def test_a_file_is_kept_once_by_its_content(store):
    first = await store.keep_file(b"%PDF-1.7 \x00\xff", "quyết định.pdf", "application/pdf", NOW)
    second = await store.keep_file(b"%PDF-1.7 \x00\xff", "ban-sao.pdf", "application/pdf", NOW)
    assert (first.id, first.size, first.kept) == (second.id, 11, True)
    ref, content = await store.file(first.id)
    assert (ref, content) == (first, b"%PDF-1.7 \x00\xff")
    assert await store.file("không có") is None


async def test_whoever_comes_first_decides_a_state(store, other):
    first, second = await asyncio.gather(store.first_state("s", {"a": 1}), other.first_state("s", {"a": 2}))
    assert first == second == await store.state("s")
    await store.put_state("s", {"a": 3})
    assert await other.first_state("s", {"a": 4}) == {"a": 3}
    assert await store.state("khác") is None


async def test_a_lock_is_held_by_one_process_and_lost_by_one_that_died(store, other):
    now = [NOW]
    held, order = asyncio.Event(), []

    async def hold(one, name, work):
        async with one.locked(name, lambda: now[0]):
            order.append(f"+{work}")
            held.set()
            await asyncio.sleep(0.15)
            order.append(f"-{work}")

    first = asyncio.create_task(hold(store, "oa", 1))
    await held.wait()
    await hold(other, "oa", 2)
    await first
    assert order == ["+1", "-1", "+2", "-2"]
    async with store.locked("oa", lambda: now[0]):
        now[0] = NOW + 2 * MINUTE
        await asyncio.wait_for(hold(other, "oa", 3), 5)


async def test_a_trouble_is_told_once_until_it_is_over(store):
    assert await store.raise_alert("channel telegram", "mã truy cập sai", NOW)
    assert not await store.raise_alert("channel telegram", "mã truy cập vẫn sai", NOW + MINUTE)
    assert [(a.key, a.text, a.raised_at) for a in await store.alerts()] == [
        ("channel telegram", "mã truy cập vẫn sai", NOW)
    ]
    await store.clear_alert("channel telegram", NOW + MINUTE)
    await store.clear_alert("channel khác", NOW)
    assert await store.alerts() == []
    assert await store.raise_alert("channel telegram", "lại sai", NOW + 2 * MINUTE)
