"""Delivery: every error's policy on a real store, with a channel that fails as it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from bot.campaigns import Campaign
from bot.channels import Elsewhere, Halted, Limits, Rejected, Relocated, Retry, Unpaid, Unreachable
from bot.delivery import MOST_TRIES, Delivery, Pace, back_off
from bot.messages import Address, Choice, FileRef, Incoming, Outgoing
from bot.officers import Officer, Unit
from bot.store import Done, Store
from bot.store.migrate import migrate
from bot.submissions import Submission

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=timezone(timedelta(hours=7)))
LEASE = timedelta(minutes=2)
LIMITS = Limits(text=40, files=1000, edits=True)
TELEGRAM, ZALO = Address("telegram", "11"), Address("zalo_bot", "z1")


@dataclass
class Scripted:
    """A channel that raises what it is told to, once each, and remembers what it delivered."""

    name: str
    limits: Limits = LIMITS
    failures: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    contents: list[bytes | None] = field(default_factory=list)
    edits: list[str | None] = field(default_factory=list)

    async def send(self, address, message, *, key, content=None, edit=None):
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((address.id, message.text))
        self.contents.append(content)
        self.edits.append(edit)
        return f"id-{len(self.sent)}"


class World:
    def __init__(self, store):
        self.store, self.now = store, NOW
        self.telegram, self.zalo = Scripted("telegram"), Scripted("zalo_bot", Limits(text=20))
        self.channels = {"telegram": self.telegram, "zalo_bot": self.zalo}
        self.delivery = Delivery(store, self.channels, clock=lambda: self.now)

    async def answer(self, *messages, to=TELEGRAM):
        await self.store.receive(Incoming(f"m{datetime.now().timestamp()}", to, "hỏi", self.now))  # noqa: DTZ005 -- an id
        row = await self.store.claim_incoming(self.now, lease=LEASE)
        outgoing = tuple((to, message, f"in-{row.id}-{n}") for n, message in enumerate(messages))
        await self.store.commit(Done(inbox=row, outgoing=outgoing))

    async def push(self, message, key="staff-1"):
        told = ((TELEGRAM, message, key),)
        submission = await self.store.submission("tk", "XA-1") or Submission("tk", 1, "XA-1")
        await self.store.save_submission(submission, told, at=self.now)

    async def deliver(self):
        count = 0
        while row := await self.store.claim_outgoing(self.now, self.delivery.open_channels, lease=LEASE):
            await self.delivery.deliver(row)
            count += 1
        return count


@pytest.fixture
async def world(tmp_path):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    store = Store(url)
    await store.put_units([Unit("XA-1", "Xã Một", "xã")])
    await store.put_officer(Officer("CB-1", "Cán bộ Một", "XA-1", addresses=(TELEGRAM, ZALO)))
    await store.put_campaign(Campaign("tk", 1, "Tổng kết", "27/HD", 2026, (), (), ("XA-1",)))
    yield World(store)
    await store.close()


async def test_delivered_once_and_remembered_by_the_channels_own_id(world):
    await world.answer(Outgoing("chào"))
    assert await world.deliver() == 1
    assert await world.deliver() == 0
    assert world.telegram.sent == [("11", "chào")]


async def test_a_correction_takes_the_place_of_what_was_sent(world):
    await world.answer(Outgoing("câu trả lời cũ"))
    await world.deliver()
    await world.answer(Outgoing("câu trả lời mới", replaces="in-1-0"), Outgoing("thêm", replaces="in-77-0"))
    await world.deliver()
    assert world.telegram.edits == [None, "id-1", None]


async def test_a_file_goes_with_its_bytes(world):
    ref = await world.store.keep_file(b"PK\x03\x04", "báo cáo.docx", "application/docx", NOW)
    await world.answer(Outgoing("Báo cáo đây", file=ref), Outgoing("mất", file=FileRef("không có", "x")))
    await world.deliver()
    assert world.telegram.contents == [b"PK\x03\x04", None]


async def test_one_chats_429_delays_that_chat_alone(world):
    world.telegram.failures = [Retry("quá nhanh", after=7)]
    await world.answer(Outgoing("1"), Outgoing("2"))
    await world.answer(Outgoing("3"), to=Address("telegram", "22"))
    await world.deliver()
    assert world.telegram.sent == [("22", "3")]
    world.now += timedelta(seconds=6)
    assert await world.deliver() == 0
    world.now += timedelta(seconds=1)
    await world.deliver()
    assert world.telegram.sent == [("22", "3"), ("11", "1"), ("11", "2")]


@pytest.mark.parametrize("error", [Retry("mất mạng"), ValueError("a defect in the channel")])
async def test_ten_tries_over_four_and_a_half_hours_then_the_undelivered_list(world, error):
    world.telegram.failures = [error] * 20
    await world.answer(Outgoing("chào"))
    began = world.now
    while not (stuck := await world.store.undelivered()) or stuck[0].state != "failed":
        await world.deliver()
        world.now += timedelta(minutes=1)
    assert 20 - len(world.telegram.failures) == MOST_TRIES == stuck[0].tries
    assert timedelta(hours=4) < world.now - began < timedelta(hours=5)


async def test_what_ten_tries_did_not_deliver_goes_on_to_the_next_address(world):
    world.telegram.failures = [Retry("mã lỗi 403")] * MOST_TRIES
    await world.push(Outgoing("Nhắc"))
    while not world.zalo.sent and world.now < NOW + timedelta(hours=5):
        await world.deliver()
        world.now += timedelta(minutes=1)
    assert (world.telegram.failures, world.zalo.sent) == ([], [("z1", "Nhắc")])
    assert await world.store.undelivered() == []
    assert TELEGRAM in (await world.store.officer("CB-1")).addresses


async def test_a_blocked_officer_is_reached_at_the_next_address(world):
    world.telegram.failures = [Unreachable("đã chặn trợ lý")]
    await world.push(Outgoing("Đơn vị còn thiếu hai phần, hạn nộp 17 giờ.", (Choice("t", "Nộp báo cáo"),)))
    await world.deliver()
    assert world.telegram.sent == []
    assert [text for _, text in world.zalo.sent] == ["Đơn vị còn thiếu hai", "phần, hạn nộp 17", "giờ."]
    assert (await world.store.officer("CB-1")).addresses == (ZALO,)
    assert await world.store.undelivered() == []


async def test_a_closed_window_does_not_mark_the_address(world):
    world.telegram.failures = [Elsewhere("ngoài cửa sổ 7 ngày")]
    await world.push(Outgoing("Nhắc"))
    await world.deliver()
    assert world.zalo.sent == [("z1", "Nhắc")]
    assert TELEGRAM in (await world.store.officer("CB-1")).addresses


async def test_what_is_not_paid_for_goes_elsewhere_and_the_channel_goes_on(world):
    world.telegram.failures = [Unpaid("Xin nạp tiền.")]
    await world.push(Outgoing("Nhắc"))
    await world.answer(Outgoing("trả lời"))
    await world.deliver()
    assert world.zalo.sent == [("z1", "Nhắc")]
    assert world.telegram.sent == [("11", "trả lời")]
    assert TELEGRAM in (await world.store.officer("CB-1")).addresses
    assert [alert.text for alert in await world.store.alerts()] == ["Xin nạp tiền."]
    world.now += timedelta(hours=25)
    await world.answer(Outgoing("nữa"))
    await world.deliver()
    assert await world.store.alerts() == []


async def test_nowhere_left_is_seen_by_staff_and_tried_nowhere_twice(world):
    world.telegram.failures = [Elsewhere("cửa sổ")] * 3
    world.zalo.failures = [Elsewhere("cửa sổ")] * 3
    await world.push(Outgoing("Nhắc"))
    assert await world.deliver() == 2
    (row,) = await world.store.undelivered()
    assert (row.address, row.state, row.error) == (ZALO, "failed", "Elsewhere: cửa sổ")


async def test_an_answer_does_not_follow_to_another_address(world):
    world.telegram.failures = [Unreachable("đã chặn trợ lý")]
    await world.answer(Outgoing("trả lời"))
    await world.deliver()
    assert world.zalo.sent == []
    assert (await world.store.undelivered())[0].address == TELEGRAM


async def test_a_chat_with_a_new_id_gets_its_message_there(world):
    world.telegram.failures = [Relocated("nhóm đã nâng cấp", "-100")]
    await world.answer(Outgoing("chào"))
    await world.deliver()
    assert world.telegram.sent == [("-100", "chào")]


async def test_what_is_refused_for_good_lets_the_next_one_pass(world):
    world.telegram.failures = [Rejected("nội dung không hợp lệ")]
    await world.answer(Outgoing("1"), Outgoing("2"))
    await world.deliver()
    assert world.telegram.sent == [("11", "2")]
    assert [row.message.text for row in await world.store.undelivered()] == ["1"]


async def test_a_halted_channel_waits_costs_no_tries_and_staff_are_told_until_it_works(world):
    world.telegram.failures = [Halted("Mã truy cập của Telegram không đúng.", after=600)] * 12
    await world.answer(Outgoing("1"))
    await world.answer(Outgoing("2"), to=Address("telegram", "22"))
    await world.answer(Outgoing("3"), to=ZALO)
    await world.deliver()
    assert len(world.telegram.failures) == 11
    assert world.zalo.sent == [("z1", "3")]
    assert [alert.text for alert in await world.store.alerts()] == ["Mã truy cập của Telegram không đúng."]
    for _ in range(11):
        world.now += timedelta(minutes=10)
        await world.deliver()
    assert world.telegram.failures == []
    world.now += timedelta(minutes=10)
    await world.deliver()
    assert sorted(text for _, text in world.telegram.sent) == ["1", "2"]
    assert await world.store.alerts() == []


async def test_messages_to_one_chat_keep_their_distance_others_do_not_wait(world):
    world.delivery = Delivery(world.store, world.channels, clock=lambda: world.now, paces={"telegram": Pace(chat=1.0)})
    await world.answer(Outgoing("1"), Outgoing("2"))
    await world.answer(Outgoing("3"), to=Address("telegram", "22"))
    await world.deliver()
    assert [text for _, text in world.telegram.sent] == ["1", "3"]
    world.now += timedelta(seconds=1)
    await world.deliver()
    assert [text for _, text in world.telegram.sent] == ["1", "3", "2"]


def test_backing_off_doubles_with_a_little_spread():
    waits = [back_off(n).total_seconds() for n in range(9)]
    assert all(0.9 * 32 * 2**n <= wait <= 1.1 * 32 * 2**n for n, wait in enumerate(waits))
    assert len({round(back_off(3).total_seconds(), 3) for _ in range(20)}) > 1
