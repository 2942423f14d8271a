"""The store's contract for several officers on one report: one writer a section, and what another officer is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import DAY, HERE, LEASE, MINUTE, NOW, THERE, furnish, message

from bot.messages import Outgoing
from bot.store import Conflict, Done
from bot.submissions import Editing

MINE = Editing("tk-2026", "XA-1", "muc-I/1", "CB-1", NOW, NOW + 15 * MINUTE)
THEIRS = replace(MINE, officer="CB-7")


def later(editing, minutes):
    by = timedelta(minutes=minutes)
    return replace(editing, since=editing.since + by, until=editing.until + by)


async def handle(store, number=1, address=HERE, **changes):
    """One message is handled, and this comes of it."""
    await store.receive(message(number, address))
    row = await store.claim_incoming(NOW, lease=LEASE)
    await store.commit(Done(inbox=row, address=address, **changes))


async def test_a_section_is_one_officers_until_the_right_ends(store, other):
    await handle(store, taken=(MINE,))
    assert await other.editing(NOW, "XA-1") == [MINE]
    with pytest.raises(Conflict):
        await handle(other, 2, THERE, taken=(later(THEIRS, 14),))
    assert await store.editing(NOW) == [MINE]
    await handle(other, 3, HERE, taken=(later(THEIRS, 15),))
    assert await store.editing(NOW + 15 * MINUTE) == [later(THEIRS, 15)]


async def test_what_was_refused_changes_nothing_else(store):
    await handle(store, taken=(MINE,))
    with pytest.raises(Conflict):
        await handle(store, 2, THERE, taken=(THEIRS,), outgoing=((THERE, Outgoing("Mời ghi"), "in-2-0"),))
    assert await store.claim_outgoing(NOW, ["console"], lease=LEASE) is None


async def test_every_message_there_renews_it_and_since_when_stays(store):
    await handle(store, taken=(MINE,))
    await handle(store, 2, taken=(later(MINE, 10),))
    assert await store.editing(NOW + 20 * MINUTE) == [replace(later(MINE, 10), since=NOW)]
    await handle(store, 3, taken=(later(MINE, 60),))
    assert await store.editing(NOW + 60 * MINUTE) == [later(MINE, 60)], "a new right begins anew"


async def test_given_back_it_is_free_at_once_but_only_by_its_owner(store):
    await handle(store, taken=(MINE,))
    await handle(store, 2, given_back=(THEIRS,))
    assert await store.editing(NOW) == [MINE]
    second = replace(MINE, section="muc-I/2")
    await handle(store, 3, given_back=(MINE,), taken=(second,))
    assert await store.editing(NOW) == [second]
    await handle(store, 4, THERE, taken=(THEIRS,))


async def test_units_and_campaigns_do_not_know_each_other(store):
    others = (replace(MINE, unit="XA-2", officer="CB-2"), replace(MINE, campaign="sk-2026", officer="CB-7"))
    await handle(store, taken=(MINE, *others))
    assert await store.editing(NOW, "XA-2") == [others[0]]
    assert len(await store.editing(NOW)) == 3
    assert await store.editing(NOW + DAY) == []


async def test_two_at_once_one_gets_it(store, other):
    await store.receive(message(1))
    await store.receive(message(2, THERE))
    rows = [await store.claim_incoming(NOW, lease=LEASE) for _ in range(2)]
    done = [Done(inbox=rows[0], address=HERE, taken=(MINE,)), Done(inbox=rows[1], address=THERE, taken=(THEIRS,))]
    results = await asyncio.gather(store.commit(done[0]), other.commit(done[1]), return_exceptions=True)
    assert sorted(map(type, results), key=str) == sorted([type(None), Conflict], key=str)
    assert len(await store.editing(NOW)) == 1


async def test_what_another_officer_is_told_is_for_them_wherever_they_are_reached(store):
    await furnish(store)
    leader = (await store.officer("CB-2")).code
    await store.put_officer(replace(await store.officer(leader), addresses=(THERE,)))
    await handle(store, pushed=((THERE, Outgoing("Có báo cáo chờ duyệt"), "in-1-CB-2-0"),))
    row = await store.claim_outgoing(NOW, ["console"], lease=LEASE)
    assert (row.officer, row.address, row.message.text) == ("CB-2", THERE, "Có báo cáo chờ duyệt")
