"""The store's contract for people and submissions: who is who, one-time codes, one submission a unit."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from store_samples import DAY, DUE, HERE, LEASE, MINUTE, NOW, OFFICERS, THERE, UNITS, campaign, furnish, message

from bot.campaigns import Campaign
from bot.messages import Address
from bot.officers import Officer, Unit
from bot.store import Conflict, Done, from_json, to_json
from bot.submissions import Entry, Filled, SectionState, State, Submission


async def test_units_and_officers(store):
    await furnish(store)
    assert await store.units() == UNITS
    changed = Unit("XA-1", "Xã Một (mới)", "xã", valid_from=date(2025, 7, 1), valid_to=date(2030, 1, 1))
    await store.put_units([changed, Unit("XA-3", "Xã Ba")])
    assert await store.unit("XA-1") == changed
    assert await store.unit("XA-9") is None
    assert await store.officers() == OFFICERS
    assert await store.officers(unit="XA-2") == OFFICERS[1:]
    await store.put_officer(replace(OFFICERS[0], name="Tên Khác", leader=True))
    assert (await store.officer("CB-1")).name == "Tên Khác"
    assert await store.officer("CB-9") is None
    with pytest.raises(Conflict):
        await store.put_officer(Officer("CB-9", "Ai đó", "XA-9"))


async def test_people_are_put_all_together_or_not_at_all(store):
    await furnish(store)
    await store.put_officer(replace(OFFICERS[0], addresses=(HERE,)))
    await store.put_officer(replace(OFFICERS[1], addresses=(THERE,)))
    new = Unit("XA-3", "Xã Ba", "xã", date(2025, 7, 1), None, ("XA-1", "XA-2"), "Cụm 1")
    with pytest.raises(Conflict):
        await store.put_people([new], [Officer("CB-1", "Cán bộ Một", "XA-3"), Officer("CB-9", "Ai đó", "XA-9")])
    assert await store.units() == UNITS
    assert (await store.officer("CB-1")).unit == "XA-1"
    await store.put_people([new], [replace(OFFICERS[0], unit="XA-3"), replace(OFFICERS[1], name="Tên Mới")])
    assert await store.unit("XA-3") == new
    assert await store.officer("CB-1") == Officer("CB-1", "Cán bộ Một", "XA-3")  # moved: took no address along
    assert (await store.officer("CB-2")).addresses == (THERE,)
    await store.put_people([], [])


async def test_addresses_the_last_used_first(store):
    await furnish(store)
    await store.put_officer(replace(OFFICERS[0], addresses=(HERE, THERE)))
    await store.receive(message(1, THERE))
    assert (await store.officer("CB-1")).addresses == (THERE, HERE)
    await store.receive(message(2, HERE))
    assert (await store.officer_at(THERE)).addresses == (HERE, THERE)
    await store.put_officer(OFFICERS[0])  # says nothing of addresses: they stay
    assert len((await store.officer("CB-1")).addresses) == 2
    await store.put_officer(replace(OFFICERS[1], addresses=(THERE,)))  # the telephone changed hands
    assert (await store.officer_at(THERE)).code == "CB-2"
    assert (await store.officer("CB-1")).addresses == (HERE,)
    await store.unlink(HERE)
    assert await store.officer_at(HERE) is None


async def test_a_code_links_once(store):
    await furnish(store)
    await store.issue_code("CB-1", "K1", NOW + 15 * MINUTE)
    assert (await store.officer_for_code("K1", HERE, NOW)).code == "CB-1"
    for number, address in ((1, HERE), (2, THERE)):
        await store.receive(message(number, address))
    first = Done(inbox=await store.claim_incoming(NOW, lease=LEASE), address=HERE, link=("CB-1", "K1"))
    second = Done(inbox=await store.claim_incoming(NOW, lease=LEASE), address=THERE, link=("CB-1", "K1"))
    results = await asyncio.gather(store.commit(first), store.commit(second), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert len((await store.officer("CB-1")).addresses) == 1
    assert await store.officer_for_code("K1", THERE, NOW) is None


async def test_codes_run_out_and_are_replaced(store):
    await furnish(store)
    await store.issue_code("CB-1", "K1", NOW + 15 * MINUTE)
    assert await store.officer_for_code("K1", HERE, NOW + 15 * MINUTE) is None
    await store.issue_code("CB-1", "K2", NOW + DAY)
    assert await store.officer_for_code("K1", HERE, NOW) is None
    with pytest.raises(Conflict):
        await store.issue_code("CB-2", "K2", NOW + DAY)
    assert (await store.officer_for_code("K2", HERE, NOW)).code == "CB-1"


async def test_five_wrong_codes_and_no_more(store):
    await furnish(store)
    await store.issue_code("CB-1", "K1", NOW + DAY)
    for _ in range(9):  # the same event handled again is the same try
        assert await store.officer_for_code("WRONG", HERE, NOW) is None
    for number in range(3):
        assert await store.officer_for_code(f"WRONG-{number}", HERE, NOW + number * MINUTE) is None
    assert (await store.officer_for_code("K1", HERE, NOW + 3 * MINUTE)).code == "CB-1"
    assert await store.officer_for_code("WRONG-5", HERE, NOW + 3 * MINUTE) is None
    assert await store.officer_for_code("K1", HERE, NOW + 4 * MINUTE) is None
    assert (await store.officer_for_code("K1", THERE, NOW + 4 * MINUTE)).code == "CB-1"
    assert (await store.officer_for_code("K1", HERE, NOW + 15 * MINUTE)).code == "CB-1"


FULL = Submission(
    "tk-2026",
    1,
    "XA-1",
    State.RETURNED,
    {
        "muc-I/2": Filled(SectionState.DONE, {"ket-qua": "Đạt 95 %\n«tốt» \x00", "so": "1.234,5"}),
        "muc-I/1": Filled(SectionState.DRAFT, returned="Chưa nêu số liệu"),
    },
    "2026-ABCDEF",
    (Entry(NOW, "CB-1", "nộp"), Entry(DUE, "staff", "trả lại")),
)


async def test_a_submission_comes_back_equal(store):
    await furnish(store)
    saved = await store.save_submission(FULL)
    assert saved == replace(FULL, revision=1)
    found = await store.submission_by_reference("2026-ABCDEF")
    assert found == saved
    assert list(found.sections) == ["muc-I/2", "muc-I/1"]
    assert await store.submissions() == await store.submissions("tk-2026") == [saved]
    assert await store.submissions("tk-2025") == []
    assert await store.submission_by_reference("2026-NONE") is None
    assert await store.submission("tk-2026", "XA-2") is None


async def test_what_somebody_else_saved_is_not_overwritten(store, other):
    await furnish(store)
    read = await store.save_submission(FULL)
    saves = (store.save_submission(read), other.save_submission(replace(read, state=State.ACCEPTED)))
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Submission"]
    assert (await store.submission("tk-2026", "XA-1")).revision == 2


@pytest.mark.parametrize(
    "second",
    [replace(FULL, reference="2026-OTHER"), replace(FULL, unit="XA-2"), replace(FULL, unit="XA-2", version=5)],
    ids=["one a unit", "one a reference", "a version that is not there"],
)
async def test_one_submission_a_unit_one_reference_each(store, second):
    await furnish(store)
    await store.save_submission(FULL)
    with pytest.raises(Conflict):
        await store.save_submission(second)
    assert len(await store.submissions()) == 1


async def test_a_campaign_comes_back_equal(store):
    given = campaign()
    assert from_json(Campaign, to_json(given)) == given
    await store.put_campaign(given)
    found = await store.campaign("tk-2026")
    assert found == given
    assert found.deadlines[0].due.utcoffset() == DUE.utcoffset()
    assert isinstance(found.sections, tuple)


def test_json_of_older_and_newer_versions_of_a_class():
    stored = to_json(Address("browser", "a1"))
    assert stored == {"channel": "browser", "id": "a1"}
    assert from_json(Address, stored | {"what a later version had": 1}) == Address("browser", "a1")
    assert from_json(Submission, {"campaign": "c", "version": 1, "unit": "u"}) == Submission("c", 1, "u")
