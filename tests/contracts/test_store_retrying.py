"""The store's contract for what is tried again, what is taken back, what staff were told, and files nothing needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_samples import DAY, HERE, LEASE, MINUTE, NOW, OFFICERS, THERE, furnish, message, reminder, take

from bot.messages import Incoming, Outgoing
from bot.reminders import ReminderState
from bot.store import Conflict, Done, Fate, OutboxState
from bot.submissions import Filled, SectionState, Submission

CHANNELS = ["browser", "console"]
OFFICER = replace(OFFICERS[0], addresses=(HERE, THERE))


async def pushed(store, *texts, key="staff"):
    """Messages for the first officer, queued at HERE."""
    await furnish(store)
    await store.put_officer(OFFICER)
    told = [(HERE, Outgoing(text), f"{key}-{text}") for text in texts]
    await store.save_submission(
        await store.submission("tk-2026", "XA-1") or Submission("tk-2026", 1, "XA-1"), told, at=NOW
    )


async def sending(store, now=NOW):
    return await store.claim_outgoing(now, CHANNELS, lease=LEASE)


async def failed(store, error="Retry: mất mạng"):
    row = await sending(store)
    await store.fail(row, error)
    return await store.failed(row.id)


async def reminded(store, *pieces):
    """A reminder of the first officer whose message is queued at HERE."""
    await furnish(store)
    await store.put_officer(OFFICER)
    await store.plan_reminders([reminder()])
    row = await take(store, reminder().not_before)
    outgoing = tuple((HERE, Outgoing(text), f"re-{text}") for text in pieces)
    await store.commit(Done(reminders=(Fate(row, ReminderState.SENT),), address=HERE, outgoing=outgoing))
    return row


async def test_parked_messages_are_handled_again_in_their_old_order_once(store):
    for n in (1, 2, 3):
        await store.receive(message(n))
    parked = []
    for _ in range(2):
        row = await store.claim_incoming(NOW, lease=LEASE)
        await store.park_incoming(row, "RuntimeError")
        parked.append(row.id)
    assert [await store.handle_again(row) for row in reversed(parked)] == [True, True]
    assert not await store.handle_again(parked[0])
    assert await store.parked() == []
    order = []
    while row := await store.claim_incoming(NOW, lease=LEASE):
        assert (row.tries, row.error) == (0, "")
        order.append(row.incoming.id)
        await store.commit(Done(inbox=row))
    assert order == ["m1", "m2", "m3"]


async def test_a_parked_message_waits_while_a_later_one_is_handled(store):
    await store.receive(message(1))
    await store.receive(message(2))
    parked = await store.claim_incoming(NOW, lease=LEASE)
    await store.park_incoming(parked, "RuntimeError")
    later = await store.claim_incoming(NOW, lease=LEASE)
    await store.handle_again(parked.id)
    assert await store.claim_incoming(NOW, lease=LEASE) is None
    await store.commit(Done(inbox=later))
    assert (await store.claim_incoming(NOW, lease=LEASE)).incoming.id == "m1"


async def test_a_failed_message_goes_out_afresh_elsewhere_once(store):
    await pushed(store, "Nhắc")
    row = await failed(store)
    assert await store.send_again(row, THERE, [Outgoing("Nh"), Outgoing("ắc")], NOW)
    assert not await store.send_again(row, THERE, [Outgoing("Nhắc")], NOW)
    assert await store.failed(row.id) is None
    assert await store.undelivered() == []
    again = await sending(store)
    assert (again.address, again.message.text, again.tries, again.officer) == (THERE, "Nh", 0, "CB-1")
    assert await store.tried(again) == {THERE}, "where it failed before may be tried again"


async def test_what_still_may_go_out_by_itself_is_not_sent_again(store):
    await pushed(store, "Nhắc")
    row = await sending(store)
    await store.retry(row, NOW + MINUTE, "Retry: mất mạng")
    assert await store.failed(row.id) is None
    assert not await store.send_again(row, HERE, [row.message], NOW)
    assert not await store.remind_again(row)


async def test_a_failed_reminder_is_planned_again_with_all_its_pieces(store):
    planned = await reminded(store, "một", "hai")
    row = await failed(store)
    assert (await store.reminders())[0].state is ReminderState.FAILED
    assert await store.remind_again(row)
    assert not await store.remind_again(row)
    assert await sending(store) is None, "its second piece does not go out alone"
    [now] = await store.reminders()
    assert (now.state, now.reason, now.done_at, now.sent_with) == (ReminderState.PLANNED, "", None, None)
    assert now.reminder == planned.reminder
    assert await take(store, planned.reminder.not_before) is not None
    assert await store.undelivered() == []


async def test_a_reminder_on_its_way_is_taken_back(store):
    planned = await reminded(store, "Nhắc")
    row = await sending(store)
    await store.take_back(row, "giờ yên tĩnh")
    [line] = await store.dialogue(HERE)
    assert line.state is OutboxState.VOIDED
    assert await sending(store) is None
    [now] = await store.reminders()
    assert (now.state, now.id) == (ReminderState.PLANNED, planned.id)


async def test_who_left_a_unit_is_sent_nothing_again(store):
    await pushed(store, "Nhắc")
    row = await failed(store)
    await store.receive(message(1))
    incoming = await store.claim_incoming(NOW, lease=LEASE)
    await store.commit(Done(inbox=incoming, outgoing=((HERE, Outgoing("trả lời"), "in-1-0"),)))
    answer = await failed(store)
    await store.revoke("CB-1")
    for gone in (row, answer):
        assert await store.failed(gone.id) is None
        assert not await store.send_again(gone, THERE, [gone.message], NOW)
    assert await store.undelivered() == []


# --- alerts -----------------------------------------------------------------------------------------------------------


async def test_staff_are_told_of_an_alert_once_for_each_time_it_is_raised(store, other):
    await pushed(store)
    for n, at in enumerate((NOW, NOW + MINUTE)):
        await store.raise_alert("channel telegram", "mã sai", at)
        [alert] = await store.alerts()
        assert (alert.told_at, alert.channel) == (None, "telegram")
        await store.tell_alerts([alert], [(HERE, Outgoing("mã sai"), f"alert-{n}")], at)
        with pytest.raises(Conflict):
            await other.tell_alerts([alert], [(THERE, Outgoing("mã sai"), f"twice-{n}")], at)
        assert [each.told_at for each in await store.alerts()] == [at]
        await store.raise_alert("channel telegram", "mã vẫn sai", at)
        assert [each.told_at for each in await store.alerts()] == [at], "it stands"
        await store.clear_alert("channel telegram", at)
        with pytest.raises(Conflict):
            await store.tell_alerts([replace(alert, told_at=None)], [], at)
    assert [line.message.text for line in await store.dialogue(HERE)] == ["mã sai", "mã sai"]
    assert await store.dialogue(THERE) == []
    assert (await sending(store)).officer == "CB-1"


# --- files ------------------------------------------------------------------------------------------------------------


async def kept(store, name, at=NOW):
    return await store.keep_file(name.encode(), f"{name}.pdf", "application/pdf", at)


async def test_only_files_that_nothing_needs_are_forgotten(store):
    await furnish(store)
    needed = {name: await kept(store, name) for name in ("attached", "asked", "waiting", "parked", "queued", "failed")}
    lost = [await kept(store, name) for name in ("handled", "sent", "nowhere")]
    fresh = await kept(store, "fresh", NOW + 2 * DAY)
    again = await kept(store, "again")
    await kept(store, "again", NOW + 2 * DAY)
    filled = {"muc-I/1": Filled(SectionState.DONE, {}, files=(needed["attached"],))}
    await store.save_submission(Submission("tk-2026", 1, "XA-1", sections=filled))

    async def receive(n, ref, at=HERE):
        await store.receive(Incoming(f"m{n}", at, "", NOW, files=(ref,)))
        return await store.claim_incoming(NOW, lease=LEASE)

    row = await receive(1, lost[0])
    said = [(lost[1], "sent"), (needed["failed"], "failed"), (needed["queued"], "queued")]
    outgoing = tuple((HERE, Outgoing(text, file=ref), f"k-{text}") for ref, text in said)
    conversation = {"files": [{"id": needed["asked"].id}]}
    await store.commit(Done(inbox=row, address=HERE, conversation=conversation, outgoing=outgoing))
    await store.sent(await sending(store), NOW)
    await store.fail(await sending(store), "hỏng")
    await store.park_incoming(await receive(2, needed["parked"]), "hỏng")
    await receive(3, needed["waiting"], THERE)

    assert await store.forget_files(NOW) == 0
    assert await store.forget_files(NOW + DAY) == len(lost)
    assert await store.forget_files(NOW + DAY) == 0
    for ref in (*needed.values(), fresh, again):
        assert await store.file(ref.id) is not None
    for ref in lost:
        assert await store.file(ref.id) is None
