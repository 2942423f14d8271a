"""The store's contract for events: received once, handled in order, committed whole or not at all."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from store_samples import DAY, HERE, LEASE, MINUTE, NOW, THERE, campaign, furnish, message, reminder, take

from bot.messages import Address, FileRef, Incoming, Outgoing
from bot.reminders import ReminderState
from bot.store import Conflict, Done, Fate, InboxState, Lost, ReminderRow
from bot.store.tables import inbox
from bot.submissions import Filled, SectionState, State, Submission


async def claimed(store, number=1, address=HERE):
    await store.receive(message(number, address))
    return await store.claim_incoming(NOW, lease=LEASE)


async def test_a_message_is_received_once(store, other):
    assert await store.receive(message(1))
    assert not await store.receive(message(1))
    assert not await other.receive(replace(message(1), text="the same id again"))
    assert await store.receive(replace(message(1), address=Address("console", "a1")))
    assert len(await store.dialogue(HERE)) == 1


async def test_what_was_received_comes_back_equal(store):
    files = (FileRef("f1", "báo cáo.docx", size=12),)
    given = Incoming("m1", HERE, "Nộp báo cáo\nngày 20/11 ✓", NOW, token="t1", files=files)
    await store.receive(given)
    row = await store.claim_incoming(NOW, lease=LEASE)
    assert (row.incoming, row.tries, row.state) == (given, 0, InboxState.WAITING)
    assert row.claimed_at == NOW


async def test_text_that_no_database_likes(store):
    """A NUL and half of an emoji are stored and come out again; they must not stop the queue."""
    await store.receive(message(1, text="a\x00b \ud83d c"))
    row = await store.claim_incoming(NOW, lease=LEASE)
    assert row.incoming.text == "a\x00b ? c"


async def test_in_order_per_address_side_by_side_between_them(store):
    for number, address in ((1, HERE), (2, HERE), (3, THERE)):
        await store.receive(message(number, address))
    first = await store.claim_incoming(NOW, lease=LEASE)
    second = await store.claim_incoming(NOW, lease=LEASE)
    assert (first.incoming.id, second.incoming.id) == ("m1", "m3")
    assert await store.claim_incoming(NOW, lease=LEASE) is None
    await store.commit(Done(inbox=first))
    assert (await store.claim_incoming(NOW, lease=LEASE)).incoming.id == "m2"


async def test_two_claimers_never_get_the_same_row(store, other):
    addresses = [Address("browser", f"a{number}") for number in range(12)]
    for number, address in enumerate(addresses):
        await store.receive(message(number, address))

    async def drain(claimer):
        rows = []
        while (row := await claimer.claim_incoming(NOW, lease=LEASE)) is not None:
            rows.append(row.incoming.id)
        return rows

    got = await asyncio.gather(*(drain(claimer) for claimer in (store, other, store, other)))
    assert sorted(itertools.chain(*got)) == sorted(message(number).id for number in range(12))


async def test_a_lease_that_ran_out_is_claimed_again_and_the_first_claimer_has_lost(store, other):
    first = await claimed(store)
    assert await other.claim_incoming(NOW + LEASE - MINUTE, lease=LEASE) is None
    second = await other.claim_incoming(NOW + LEASE, lease=LEASE)
    assert second.id == first.id
    outgoing = ((HERE, Outgoing("twice?"), "k1"),)
    with pytest.raises(Lost):
        await store.commit(Done(inbox=first, address=HERE, outgoing=outgoing))
    with pytest.raises(Lost):
        await store.defer_incoming(first, "late", NOW)
    with pytest.raises(Lost):
        await store.park_incoming(first, "late")
    await other.commit(Done(inbox=second, address=HERE, outgoing=outgoing))
    with pytest.raises(Lost):
        await other.commit(Done(inbox=second, address=HERE))
    assert [line.direction for line in await store.dialogue(HERE)] == ["in", "out"]


@pytest.mark.parametrize("address", [HERE, None], ids=["one address", "all"])
async def test_a_new_start_need_not_wait_for_the_leases_of_the_dead(store, other, address):
    held = await claimed(store)
    elsewhere = await claimed(store, 2, THERE)
    assert elsewhere.incoming.address == THERE
    await other.recover(address)
    again = await other.claim_incoming(NOW, lease=LEASE)
    assert again.id == held.id
    with pytest.raises(Lost):
        await store.commit(Done(inbox=held))
    assert (await other.claim_incoming(NOW, lease=LEASE) is None) == (address is HERE)


async def test_deferred_waits_with_its_address(store):
    row = await claimed(store)
    await store.receive(message(2))
    await store.receive(message(3, THERE))
    await store.defer_incoming(row, "no\x00 luck", NOW + MINUTE)
    assert (await store.claim_incoming(NOW, lease=LEASE)).incoming.id == "m3"
    assert await store.claim_incoming(NOW, lease=LEASE) is None
    again = await store.claim_incoming(NOW + MINUTE, lease=LEASE)
    assert (again.incoming.id, again.tries, again.error) == ("m1", 1, "no luck")


async def test_parked_is_seen_and_lets_the_next_go_on(store):
    row = await claimed(store)
    await store.receive(message(2))
    await store.park_incoming(row, "cannot")
    assert (await store.claim_incoming(NOW, lease=LEASE)).incoming.id == "m2"
    [parked] = await store.parked()
    assert (parked.id, parked.error, parked.tries, parked.state) == (row.id, "cannot", 1, InboxState.PARKED)


async def test_a_commit_stores_everything(store):
    await furnish(store)
    row = await claimed(store)
    submission = Submission("tk-2026", 1, "XA-1", reference="2026-ABC")
    messages = ((HERE, Outgoing("một"), "k1"), (THERE, Outgoing("hai"), "k2"))
    await store.commit(
        Done(inbox=row, address=HERE, conversation={"step": 1}, submissions=(submission,), outgoing=messages)
    )
    assert await store.conversation(HERE) == {"step": 1}
    assert await store.conversation(THERE) is None
    assert await store.submission("tk-2026", "XA-1") == replace(submission, revision=1)
    assert await store.claim_incoming(NOW + DAY, lease=LEASE) is None
    [line] = await store.dialogue(THERE)
    assert (line.message, line.at) == (Outgoing("hai"), NOW)


@pytest.mark.parametrize("broken", ["revision", "reference", "key", "code", "conversation", "unit"])
async def test_a_commit_with_a_failing_part_leaves_nothing(store, broken):
    await furnish(store)
    await store.issue_code("CB-1", "GOOD", NOW + MINUTE)
    await store.save_submission(Submission("tk-2026", 1, "XA-2", reference="2026-TAKEN"))
    before = await claimed(store, 1)
    await store.commit(
        Done(inbox=before, address=HERE, conversation={"step": 1}, outgoing=((HERE, Outgoing("-"), "old"),))
    )
    row = await claimed(store, 2)
    done = Done(
        inbox=row,
        address=HERE,
        conversation={"step": 2},
        remembered={"step": 0} if broken == "conversation" else {"step": 1},
        submissions=(
            Submission(
                "tk-2026",
                1,
                "XA-?" if broken == "unit" else "XA-1",
                reference="2026-TAKEN" if broken == "reference" else "2026-NEW",
                revision=7 if broken == "revision" else 0,
            ),
        ),
        outgoing=((HERE, Outgoing("+"), "new"), (HERE, Outgoing("+"), "old" if broken == "key" else "newer")),
        link=("CB-1", "BAD" if broken == "code" else "GOOD"),
    )
    with pytest.raises(Conflict):
        await store.commit(done)
    assert await store.conversation(HERE) == {"step": 1}
    assert await store.submission("tk-2026", "XA-1") is None
    assert await store.officer_at(HERE) is None
    assert [line.message.text for line in await store.dialogue(HERE)] == ["xin chào", "-", "xin chào"]

    right = replace(
        done,
        remembered={"step": 1},
        submissions=(Submission("tk-2026", 1, "XA-1", reference="2026-NEW"),),
        outgoing=done.outgoing[:1],
        link=("CB-1", "GOOD"),
    )
    await store.commit(right)  # the event was still ours
    assert (await store.officer_at(HERE)).code == "CB-1"


async def test_two_events_of_one_address_do_not_overwrite_each_other(store, other):
    """A reminder and a message decided on the same conversation: the second to commit must decide again."""
    await furnish(store)
    await store.plan_reminders([reminder(not_before=NOW)])
    row = await claimed(store)
    due = await take(other, NOW, lease=LEASE)
    said = Done(inbox=row, address=HERE, conversation={"by": "message"}, remembered=None)
    reminded = Done(
        reminders=(Fate(due, ReminderState.SENT),), address=HERE, conversation={"by": "reminder"}, remembered=None
    )
    results = await asyncio.gather(store.commit(said), other.commit(reminded), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]


@pytest.mark.parametrize("missing", ["event", "fates", "address"])
async def test_a_commit_that_makes_no_sense(store, missing):
    row = await claimed(store)
    done = {
        "event": Done(address=HERE),
        "fates": Done(inbox=row, reminders=(Fate(ReminderRow(1, reminder()), ReminderState.SENT),)),
        "address": Done(inbox=row, conversation={}),
    }[missing]
    with pytest.raises(ValueError, match=r"commit|address"):
        await store.commit(done)
    await store.commit(Done(inbox=row))


async def test_the_last_save_of_a_submission_counts(store):
    await furnish(store)
    row = await claimed(store)
    drafts = tuple(Submission("tk-2026", 1, "XA-1", reference=reference) for reference in ("2026-A", "2026-B"))
    await store.commit(Done(inbox=row, submissions=drafts))
    stored = await store.submission("tk-2026", "XA-1")
    assert (stored.reference, stored.revision) == ("2026-B", 1)


async def test_many_writers_at_once(store, other):
    """Webhooks and workers of two processes, all writing: nothing is refused for being busy, ids grow."""
    senders = [Address("browser", f"a{number % 5}") for number in range(40)]
    await asyncio.gather(
        *((store, other)[number % 2].receive(message(number, address)) for number, address in enumerate(senders))
    )

    async def work(worker):
        while (row := await worker.claim_incoming(NOW, lease=LEASE)) is not None:
            out = ((row.incoming.address, Outgoing(row.incoming.id), f"k{row.id}"),)
            await worker.commit(Done(inbox=row, address=row.incoming.address, conversation={"n": row.id}, outgoing=out))

    for _ in range(8):  # a worker stops when the rest is in the other's hands
        await asyncio.gather(work(store), work(other))
    for address in set(senders):
        lines = await store.dialogue(address)
        received = [line.message.id for line in lines if line.direction == "in"]
        assert [line.message.text for line in lines if line.direction == "out"] == received
        assert len(received) == 8


async def test_campaign_versions(store):
    first = campaign()
    assert await store.put_campaign(first) == first
    assert await store.put_campaign(replace(first, version=9)) == first
    second = await store.put_campaign(replace(first, title="Mới"))
    assert second == replace(first, version=2, title="Mới")
    third = await store.put_campaign(replace(first, title="Mới hơn", version=7))
    assert third.version == 7
    assert await store.campaign("tk-2026") == third
    assert await store.campaign("tk-2026", 1) == first
    assert await store.campaign("tk-2026", 3) is None
    assert await store.campaigns() == [third]


async def test_campaigns_of_a_unit(store):
    await store.put_campaign(campaign())
    await store.put_campaign(campaign(id="tk-2025", units=("XA-2",)))
    assert [c.id for c in await store.campaigns()] == ["tk-2025", "tk-2026"]
    assert [c.id for c in await store.campaigns(unit="XA-1")] == ["tk-2026"]
    await store.close_campaign("tk-2026")
    assert await store.campaigns(unit="XA-1") == []
    assert (await store.campaign("tk-2026")).id == "tk-2026"
    await store.put_campaign(campaign())
    assert [c.id for c in await store.campaigns(unit="XA-1")] == ["tk-2026"]


async def test_what_units_handed_in_is_found_with_its_version_in_closed_rounds_too(store):
    await furnish(store)
    old, unit = campaign(id="tk-2025", report_year=2025), "XA-1"
    await store.put_campaign(old)
    given = Submission("tk-2025", 1, unit, State.SUBMITTED, {"muc-I/1": MARKED}, reference="2025-A")
    saved = await store.save_submission(given)
    await store.put_campaign(replace(old, title="Bản sau"))
    await store.close_campaign("tk-2025")
    await store.save_submission(Submission("tk-2026", 1, unit))
    await store.save_submission(replace(given, unit="XA-2", state=State.RETURNED, reference="2025-B"))
    assert await store.handed_in({unit, "XA-2"}) == [(old, saved)]
    assert saved.filled("muc-I/1") == MARKED
    assert await store.handed_in(["XA-2"]) == await store.handed_in([]) == []


MARKED = Filled(SectionState.DRAFT, {"ket-qua": "Một"}, carried={"ket-qua": "Một"}, begun={"ket-qua": 2024})


async def test_a_process_that_is_at_work_keeps_what_it_claimed(store, other):
    """What a process claimed that is gone is free; of our own id is a process that died before us (in a container)."""
    for number in range(3):
        await store.receive(message(number, Address("browser", f"x{number}")))
    alive = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=subprocess.PIPE)
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    try:
        claimed = await store.claim_some_incoming(NOW, lease=LEASE, most=3)
        async with store.writing() as connection:
            for row, process in zip(claimed, (alive.pid, dead.pid, os.getpid()), strict=True):
                mine = inbox.c.id == row.id
                await connection.execute(inbox.update().where(mine).values(claim=f"{process}.token"))
        await other.recover()
        again = await other.claim_some_incoming(NOW, lease=LEASE, most=3)
        assert [row.incoming.id for row in again] == ["m1", "m2"]
    finally:
        await alive.communicate(b"\n")
