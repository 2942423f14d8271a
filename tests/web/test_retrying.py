"""The desk's buttons that have a message tried again: what they do, once, and what they say."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from web_world import CAMPAIGN, ELSEWHERE, LEASE, NOW, SUBMITTED, linked

from bot.channels import Limits
from bot.messages import Address, Choice, Incoming, Outgoing
from bot.reminders import Reminder, ReminderState
from bot.store import Done, Fate
from bot.trouble_wording import NOT_FAILED, NOT_PARKED, NOWHERE, TRIED

PASSWORD = "mật khẩu của cơ quan"
THERE, NEW = Address("telegram", "11"), Address("browser", "moi")
OFFICER = replace(linked("CB01", "x"), addresses=(THERE,))


@pytest.fixture
async def staff(world, visit):
    await world.store.put_officer(OFFICER)
    limits = {"browser": Limits(text=20), "telegram": Limits(text=4000)}
    web = world.web(staff_password=PASSWORD, limits=limits)
    async with visit(web, auth=("lan", PASSWORD), headers={"accept": "text/html"}) as client:
        yield client


async def parked(world, text="Tin của cán bộ"):
    await world.store.receive(Incoming(f"m-{text}", THERE, text, NOW))
    row = await world.store.claim_incoming(NOW, lease=LEASE)
    await world.store.park_incoming(row, "RuntimeError")
    return row.id


async def sending(world):
    return await world.store.claim_outgoing(NOW, ["telegram", "browser"], lease=LEASE)


async def failed(world, text="Báo cáo được trả lại", reason="Retry: mất mạng"):
    """What was pushed to the officer and failed there."""
    stored = await world.store.submission("mau-2026", "PKT") or SUBMITTED
    message = Outgoing(text, (Choice("t", "Xem"),))
    await world.store.save_submission(stored, [(THERE, message, f"staff-{text}")], at=NOW)
    row = await sending(world)
    await world.store.fail(row, reason)
    return row.id


async def reminded(world):
    """A reminder whose message failed."""
    due = CAMPAIGN.deadlines[0].due
    await world.store.plan_reminders([Reminder("mau-2026", "bao-cao", 1, "PKT", "CB01", 3, NOW, due)])
    rows = await world.store.claim_reminders(NOW, lease=LEASE)
    fates = tuple(Fate(row, ReminderState.SENT) for row in rows)
    await world.store.commit(Done(reminders=fates, outgoing=((THERE, Outgoing("Nhắc hạn"), "re-1"),)))
    row = await sending(world)
    await world.store.fail(row, "Rejected: hỏng")
    return row.id


def buttons(page):
    return re.findall(r'action="(/staff/[^"]*again)"><button class="second">([^<]+)<', page)


async def test_each_message_that_is_over_has_a_button(staff, world, visit):
    kept, lost = await parked(world), await failed(world)
    page = (await staff.get("/staff")).text
    expected = [(f"/staff/outbox/{lost}/again", "Gửi lại"), (f"/staff/inbox/{kept}/again", "Xử lý lại")]
    assert buttons(page) == [*expected, ("/staff/again", "Thử lại tất cả")]
    await world.store.handle_again(kept)
    assert buttons((await staff.get("/staff")).text) == expected[:1]
    async with visit(world.web(demo=True)) as client:
        assert buttons((await client.get("/")).text) == [], "beside the demo's conversation nothing is done"


async def test_what_goes_out_by_itself_has_none(staff, world):
    await world.store.save_submission(SUBMITTED, [(THERE, Outgoing("Báo"), "staff")], at=NOW)
    row = await sending(world)
    await world.store.retry(row, NOW, "Retry: mất mạng")
    page = (await staff.get("/staff")).text
    assert (buttons(page), "đang gửi lại" in page) == ([], True)
    answer = await staff.post(f"/staff/outbox/{row.id}/again")
    assert (answer.status_code, NOT_FAILED in answer.text) == (409, True)


async def test_a_parked_message_is_handled_again_once(staff, world):
    row = await parked(world)
    answer = await staff.post(f"/staff/inbox/{row}/again")
    assert (answer.status_code, answer.headers["location"], world.woken) == (303, "/staff?done=handled", 1)
    assert TRIED["handled"] in (await staff.get(answer.headers["location"])).text
    again = await staff.post(f"/staff/inbox/{row}/again")
    assert (again.status_code, NOT_PARKED in again.text, world.woken) == (409, True, 1)
    assert [incoming.text for incoming in await world.waiting()] == ["Tin của cán bộ"]


async def test_a_message_goes_to_where_the_officer_is_reached_now(staff, world):
    row = await failed(world)
    await world.store.mark_gone(THERE, "đã chặn")
    await world.store.put_officer(replace(OFFICER, addresses=(NEW,)))
    answer = await staff.post(f"/staff/outbox/{row}/again")
    assert answer.headers["location"] == "/staff?done=sent"
    sent = []
    while one := await sending(world):
        sent.append(one)
        await world.store.sent(one, NOW)
    assert {one.address for one in sent} == {NEW}
    assert " ".join(one.message.text for one in sent) == "Báo cáo được trả lại"
    assert all(len(one.message.text) <= 20 for one in sent)
    assert not any(one.message.choices for one in sent)
    assert {(one.tries, one.officer) for one in sent} == {(0, "CB01")}
    assert (await staff.post(f"/staff/outbox/{row}/again")).status_code == 409
    assert await sending(world) is None


async def test_failed_again_it_can_be_tried_again(staff, world):
    row = await failed(world)
    for _ in range(3):
        assert (await staff.post(f"/staff/outbox/{row}/again")).status_code == 303
        one = await sending(world)
        assert (one.address, one.message.choices) == (THERE, (Choice("t", "Xem"),))
        await world.store.fail(one, "Rejected")
        row = one.id
    assert [each.id for each in await world.store.undelivered()] == [row]


async def test_nobody_to_send_it_to_is_told(staff, world):
    row = await failed(world)
    await world.store.mark_gone(THERE, "đã chặn")
    answer = await staff.post(f"/staff/outbox/{row}/again")
    assert (answer.status_code, NOWHERE in answer.text) == (409, True)
    assert [each.id for each in await world.store.undelivered()] == [row]


async def test_an_answer_goes_to_the_address_that_asked(staff, world):
    await world.store.receive(Incoming("m1", THERE, "hỏi", NOW))
    incoming = await world.store.claim_incoming(NOW, lease=LEASE)
    await world.store.commit(Done(inbox=incoming, outgoing=((THERE, Outgoing("trả lời"), "in-1"),)))
    row = await sending(world)
    await world.store.fail(row, "Retry: mất mạng")
    await world.store.put_officer(replace(OFFICER, addresses=(NEW,)))
    assert (await staff.post(f"/staff/outbox/{row.id}/again")).headers["location"] == "/staff?done=answered"
    assert ((await sending(world)).address, await sending(world)) == (THERE, None)


async def test_a_reminder_is_decided_anew(staff, world):
    row = await reminded(world)
    assert (await staff.post(f"/staff/outbox/{row}/again")).headers["location"] == "/staff?done=reminded"
    assert [each.state for each in await world.store.reminders()] == [ReminderState.PLANNED]
    assert await sending(world) is None
    assert (await staff.post(f"/staff/outbox/{row}/again")).status_code == 409


async def test_all_at_once(staff, world):
    for text in ("một", "hai"):
        await parked(world, text)
        await failed(world, text)
    answer = await staff.post("/staff/again")
    assert (answer.status_code, "xử lý lại 2 tin nhận được và gửi lại 2 tin" in answer.text) == (200, True)
    assert world.woken == 1
    assert [incoming.text for incoming in await world.waiting()] == ["một", "hai"]
    assert [(await sending(world)).message.text, await sending(world)] == ["một", None]
    assert "Không có tin nào cần thử lại." in (await staff.post("/staff/again")).text


async def test_all_but_those_whom_nothing_reaches(staff, world):
    await failed(world)
    await reminded(world)
    await world.store.mark_gone(THERE, "đã chặn")
    assert "gửi lại 1 tin. Còn 1 tin chưa có nơi nhận" in (await staff.post("/staff/again")).text


async def test_pressed_twice_at_once_it_is_sent_once(staff, world):
    row = await failed(world)
    answers = await asyncio.gather(*(staff.post(f"/staff/outbox/{row}/again") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    await world.store.sent(await sending(world), NOW)
    assert await sending(world) is None


@pytest.mark.parametrize("row", ["999", "0", "-1", "x", str(2**70)])
async def test_a_row_that_is_not_there_changes_nothing(staff, world, row):
    for kind in ("inbox", "outbox"):
        assert (await staff.post(f"/staff/{kind}/{row}/again")).status_code in {409, 422}
    assert world.woken == 0


async def test_another_site_cannot_press_them(staff, world):
    kept, lost = await parked(world), await failed(world)
    for path in (f"/staff/inbox/{kept}/again", f"/staff/outbox/{lost}/again", "/staff/again"):
        assert (await staff.post(path, headers={"Origin": ELSEWHERE})).status_code == 403
        assert (await staff.post(path, auth=("lan", "sai"))).status_code == 401
    assert (len(await world.store.parked()), len(await world.store.undelivered())) == (1, 1)
