"""What the worker looks after besides: staff are told of trouble, once; files that nothing needs are forgotten."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from bot.app import open_app
from bot.calendar_file import load_calendar
from bot.channels import Halted, Limits, Rejected
from bot.channels.browser import BrowserChannel
from bot.config import load
from bot.delivery import Delivery
from bot.messages import Address, Incoming, Outgoing
from bot.officers import Officer, Unit
from bot.reminders import Policy
from bot.store import Done, Store
from bot.store.migrate import migrate
from bot.worker import Worker

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=timezone(timedelta(hours=7)))  # a Thursday
LEASE, MINUTE = timedelta(minutes=2), timedelta(minutes=1)
WRONG = "Telegram không nhận mã (token) của bot. Xin lấy lại mã ở @BotFather."
TELEGRAM, COLLEAGUE, THEIRS = (Address("telegram", each) for each in "123")
ZALO, STRANGER = Address("zalo_bot", "z1"), Address("zalo_bot", "z2")
PEOPLE = (
    Officer("TT-1", "Trần Thị D", "TT", staff=True, addresses=(TELEGRAM, ZALO)),
    Officer("TT-2", "Lê Văn E", "TT", staff=True, addresses=(COLLEAGUE,)),
    Officer("CB-1", "Lê Văn C", "XA", addresses=(THEIRS,)),
)


@dataclass
class Fake:
    """A channel that remembers what it delivered, and fails while it has a failure."""

    name: str
    limits: Limits = field(default_factory=lambda: Limits(text=1000))
    failure: Exception | None = None
    sent: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, address, message, *, key, content=None, edit=None):
        if self.failure is not None:
            raise self.failure
        self.sent.append((address.id, message.text))


class World:
    def __init__(self, store):
        self.store, self.now = store, NOW
        self.telegram, self.zalo = Fake("telegram"), Fake("zalo_bot")
        self.start()

    def start(self, **settings):
        """A new process on the same rows."""
        clock = {"clock": lambda: self.now}
        channels = {each.name: each for each in (self.telegram, self.zalo)}
        delivery = Delivery(self.store, channels, **clock)
        given = {"calendar": load_calendar(), "policy": Policy()} | clock | settings
        self.worker = Worker(self.store, None, delivery, **given)

    async def passes(self, time=MINUTE):
        """What staff read after this while."""
        self.now += time
        for channel in (self.telegram, self.zalo):
            channel.sent.clear()
        await self.worker.tick()
        await self.worker.tick()
        return [*self.telegram.sent, *self.zalo.sent]

    async def answer(self, to=THEIRS):
        await self.store.receive(Incoming(f"m{self.now.timestamp()}", to, "hỏi", self.now))
        row = await self.store.claim_incoming(self.now, lease=LEASE)
        await self.store.commit(Done(inbox=row, outgoing=((to, Outgoing("trả lời"), f"in-{row.id}-0"),)))


@pytest.fixture
async def world(tmp_path):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    store = Store(url)
    await store.put_units([Unit("TT", "Phòng Nội vụ", "phòng"), Unit("XA", "Xã Một", "xã")])
    for officer in PEOPLE:
        await store.put_officer(officer)
    yield World(store)
    await store.close()


async def test_the_standing_office_is_told_once_where_there_is_no_trouble(world):
    world.telegram.failure = Halted(WRONG, after=60)
    await world.answer()
    told = await world.passes()
    assert [address for address, _ in told] == ["z1"]
    assert told[0][1].splitlines() == [
        "Trợ lý có việc cần anh/chị xử lý",
        f"• {WRONG} (từ 09:01 ngày 26/11/2026)",
        "Xem lại ở đầu bàn làm việc. Mỗi việc chỉ được báo một lần khi phát sinh.",
    ]
    world.start()
    for _ in range(5):
        assert await world.passes() == []
    world.telegram.failure = None
    later = sorted(await world.passes())
    assert [address for address, _ in later] == ["2", "3"], "who has no other channel is told as soon as it works"
    assert WRONG in later[0][1]
    assert await world.store.alerts() == []


async def test_raised_again_it_is_told_again_together_with_what_else_is_new(world):
    for key in ("channel zalo_bot", "receiving zalo_bot", "quota zalo_bot 2026-11"):
        await world.store.raise_alert(key, "Hết hạn mức." if "quota" in key else "Mã sai.", world.now)
    told = dict(await world.passes())
    assert set(told) == {"1", "2"}
    assert told["1"].count("Mã sai.") == 1
    assert "có 2 việc" in told["1"]
    await world.store.clear_alert("channel zalo_bot", world.now)
    assert await world.passes() == []
    await world.store.raise_alert("channel zalo_bot", "Mã sai.", world.now)
    assert [address for address, _ in await world.passes()] == ["1", "2"]


async def test_nobody_is_woken_and_what_is_over_by_the_morning_is_not_told(world):
    world.now = NOW.replace(hour=22)
    await world.store.raise_alert("channel zalo_bot", "Mã sai.", world.now)
    await world.store.raise_alert("billing zalo_oa", "Xin nạp tiền.", world.now)
    assert await world.passes() == []
    await world.store.clear_alert("channel zalo_bot", world.now)
    told = await world.passes(timedelta(hours=9))
    assert "Xin nạp tiền. (từ 22:00 ngày 26/11/2026)" in told[0][1]
    assert "Mã sai." not in told[0][1]


async def test_it_stays_untold_until_somebody_of_the_office_is_reached(world):
    for officer in PEOPLE[:2]:
        await world.store.revoke(officer.code)
    await world.store.raise_alert("channel zalo_bot", "Mã sai.", world.now)
    assert await world.passes() == []
    await world.store.put_officer(PEOPLE[1])
    assert [address for address, _ in await world.passes()] == ["2"]


async def test_the_address_of_the_desk_is_told_and_no_secret(world):
    world.start(desk="https://tro-ly.example/staff")
    await world.store.raise_alert("channel zalo_bot", "không vào được /bot1001:bi-mat-cua-bot-nay/getMe", world.now)
    told = await world.passes()
    assert "bàn làm việc: https://tro-ly.example/staff." in told[0][1]
    assert "bi-mat-cua-bot-nay" not in told[0][1]


async def test_what_failed_for_good_is_an_alert_for_a_day_or_until_it_was_tried_again(world):
    world.zalo.failure = Rejected("nội dung")
    await world.answer(STRANGER)
    told = await world.passes()
    assert sorted(address for address, _ in told) == ["1", "2"]
    assert all("có 1 tin không gửi được" in text and "“Gửi lại”" in text for _, text in told)
    await world.answer(STRANGER)
    assert await world.passes() == [], "it stands, with another count"
    [alert] = await world.store.alerts()
    assert "có 2 tin" in alert.text
    await world.passes(timedelta(days=1))
    assert await world.store.alerts() == []


async def test_a_months_quota_is_no_trouble_of_the_next_month(world):
    await world.store.raise_alert("quota zalo_bot 2026-11", "Sắp hết hạn mức.", world.now)
    await world.passes()
    assert len(await world.store.alerts()) == 1
    await world.passes(timedelta(days=5))
    assert await world.store.alerts() == []


async def test_an_alert_that_cannot_be_delivered_ends_by_itself(world):
    await world.store.raise_alert("billing zalo_oa", "Xin nạp tiền.", world.now)
    world.telegram.failure = world.zalo.failure = Rejected("nội dung")
    for _ in range(10):
        assert await world.passes() == []
    assert len(await world.store.undelivered()) == 4, "that it stands, and that this was not delivered"
    assert await world.passes(timedelta(days=2)) == []
    assert len(await world.store.undelivered()) == 4


# --- files ------------------------------------------------------------------------------------------------------------


async def test_files_are_forgotten_after_their_days_once_a_day(world):
    kept = [await world.store.keep_file(b"%d" % n, "a.pdf", "application/pdf", NOW + n * MINUTE) for n in range(2)]
    world.start(keep_files=timedelta(days=30))
    await world.passes(timedelta(days=30, seconds=30))
    assert [await world.store.file(ref.id) is None for ref in kept] == [True, False]
    await world.passes(timedelta(hours=2))
    assert await world.store.file(kept[1].id), "not before tomorrow"
    world.start(keep_files=timedelta(days=30))
    await world.passes(timedelta(hours=2))
    assert await world.store.file(kept[1].id), "nor by another process"
    await world.passes(timedelta(hours=20))
    assert await world.store.file(kept[1].id) is None


async def test_without_a_limit_they_are_kept(world):
    ref = await world.store.keep_file(b"x", "a.pdf", "application/pdf", NOW)
    await world.passes(timedelta(days=400))
    assert await world.store.file(ref.id)


async def test_died_between_forgetting_and_noting_it_is_done_again(world, monkeypatch):
    ref = await world.store.keep_file(b"x", "a.pdf", "application/pdf", NOW)
    world.start(keep_files=timedelta(days=30))
    noted = []

    async def dies(*note):
        noted.append(note)
        raise KeyboardInterrupt

    with monkeypatch.context() as power_cut:
        power_cut.setattr(world.store, "put_state", dies)
        with pytest.raises(KeyboardInterrupt):
            await world.passes(timedelta(days=31))
    assert noted
    assert await world.store.file(ref.id) is None
    world.start(keep_files=timedelta(days=30))
    await world.passes()
    assert await world.store.state("tidied") == {"on": world.now.date().isoformat()}


# --- put together -----------------------------------------------------------------------------------------------------


async def test_the_settings_reach_all_of_it(demo_data, tmp_path):
    shutil.copytree(demo_data, tmp_path / "data")
    given = {"public_url": "https://tro-ly.example", "keep_files": 7, "remind_quiet": "10:00-11:00"}
    settings, now = load({"data_dir": tmp_path / "data"} | given), [NOW.replace(hour=10)]
    here = Address("browser", "thuong-truc")
    channels = {"browser": BrowserChannel()}
    async with open_app(channels, settings=settings, clock=lambda: now[0]) as app:
        await app.store.put_officer(Officer("TT-1", "Trần Thị D", "PKT", staff=True, addresses=(here,)))
        ref = await app.store.keep_file(b"x", "a.pdf", "application/pdf", NOW - timedelta(days=8))
        await app.store.raise_alert("channel zalo_oa", "Mã sai.", NOW)
        await app.worker.tick()
        assert await app.store.dialogue(here) == []
        assert await app.store.file(ref.id) is None
        now[0] += timedelta(hours=1)
        await app.worker.tick()
        [told] = await app.store.dialogue(here)
        assert "bàn làm việc: https://tro-ly.example/staff." in told.message.text
