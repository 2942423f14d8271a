"""Reminding on a real store: one message a morning, quiet hours, moved deadlines, pauses, reports to others."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.calendar_file import load_calendar
from bot.campaigns import Campaign, Deadline, Field, Section
from bot.channels import Limits, Rejected, Retry
from bot.delivery import Delivery
from bot.messages import Address, Incoming
from bot.officers import Officer, Unit
from bot.reminders import ICT, Kind, Move, Policy, ReminderState, moves
from bot.store import Store
from bot.submissions import State, Submission
from bot.worker import Worker

CALENDAR = load_calendar()
LIMITS = {"fake": Limits(text=4000, buttons=20, button_text=100)}
UNITS = (Unit("XA-1", "Xã Một", "xã"), Unit("XA-2", "Xã Hai", "xã"))
OFFICERS = (
    Officer("CB-1", "Nguyễn Văn Kín", "XA-1", addresses=(Address("fake", "1"),)),
    Officer("LD-1", "Trần Thị Kín", "XA-1", leader=True, addresses=(Address("fake", "2"),)),
    Officer("TT-1", "Lê Văn Kín", "XA-2", staff=True, addresses=(Address("fake", "3"),)),
)


def at(day: int, hour: int = 8, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ICT)


DUE, SATURDAY = at(30, 17), at(28, 17)


def campaign(name: str = "tong-ket", due: datetime = DUE, units: tuple[str, ...] = ("XA-1",)) -> Campaign:
    section = Section("I", "Phong trào", (Field("noi_dung", "Nội dung"),))
    return Campaign(name, 1, f"Đợt {name}", "1/HD", 2026, (section,), (Deadline("bc", "nộp báo cáo", due),), units)


@dataclass
class Fake:
    """A channel that holds what it was sent, and refuses while it is told to."""

    name: str = "fake"
    limits: Limits = LIMITS["fake"]
    sent: list[tuple[str, str]] = field(default_factory=list)
    offers: dict[str, dict[str, str]] = field(default_factory=dict)
    refuses: bool = False
    away: bool = False

    async def send(self, address, message, *, key, content=None, edit=None):
        if self.refuses:
            raise Rejected("tin quá dài")
        if self.away:
            raise Retry("mất mạng")
        self.sent.append((address.id, message.text))
        self.offers[address.id] = {choice.label: choice.token for choice in message.choices}


class Died(BaseException):
    pass


class World:
    """One council, one channel, a clock that is set."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store, self.channel, self.policy, self.now, self.die_at = store, Fake(), policy, at(2), ""
        self.written = 0
        self.start()

    def start(self) -> None:
        """A new process on the same rows."""
        common = {"clock": lambda: self.now, "step": self.step}
        assistant = Assistant(self.store, answerer=None, limits=LIMITS, **common)
        opens = lambda now: self.policy.opens(now, CALENDAR)  # noqa: E731 -- as the composition root hands it in
        delivery = Delivery(self.store, {"fake": self.channel}, opens=opens, **common)
        self.worker = Worker(self.store, assistant, delivery, calendar=CALENDAR, policy=self.policy, **common)

    def step(self, name: str) -> None:
        if name == self.die_at:
            self.die_at = ""
            raise Died

    async def comes(self, moment: datetime) -> list[tuple[str, str]]:
        """It is this moment: what is sent then, as (address, text)."""
        self.now = moment
        before = len(self.channel.sent)
        await self.worker.tick()
        return self.channel.sent[before:]

    async def says(self, address: str, text: str) -> list[tuple[str, str]]:
        self.written += 1
        token = self.channel.offers.get(address, {}).get(text)
        message = Incoming(f"m{self.written}", Address("fake", address), "" if token else text, self.now, token)
        await self.store.receive(message)
        return await self.comes(self.now)

    async def ledger(self, officer="CB-1"):
        rows = await self.store.reminders(officer=officer)
        return [(row.reminder.kind, row.reminder.offset, row.state, row.reason) for row in rows]


@pytest.fixture
async def begin(migrated, tmp_path):
    """Open these campaigns; the world with them."""
    store = Store(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    await store.put_units(UNITS)
    for officer in OFFICERS:
        await store.put_officer(officer)

    async def opened(*campaigns, **policy):
        for each in campaigns or (campaign(),):
            await store.put_campaign(each)
        return World(store, Policy(**policy))

    yield opened
    await store.close()


async def test_two_rounds_on_one_morning_are_one_message_that_names_nobody(begin):
    w = await begin(campaign(), campaign("chuyen-de"))
    assert await w.comes(at(18, 7, 59)) == []
    said = await w.comes(at(18))
    assert [address for address, _ in said] == ["1", "2"]
    text = said[0][1]
    assert "Đợt tong-ket" in text
    assert "Đợt chuyen-de" in text
    assert text.count("• Phong trào") == 2
    assert "Kín" not in "".join(text for _, text in said)
    assert await w.comes(at(18, 15)) == []
    assert [row[2] for row in await w.ledger() if row[1] == 7] == [ReminderState.SENT] * 2


async def test_a_reminder_over_a_year_whose_holidays_are_not_announced_says_so(begin):
    w = await begin(campaign(due=at(5, 17, month=1).replace(year=2027)))
    said = await w.comes(at(24, month=12))
    assert said
    assert all("Lịch nghỉ lễ năm 2027 mới là tạm tính" in text for _, text in said)
    w = await begin(campaign())
    assert not any("tạm tính" in text for _, text in await w.comes(at(18)))


async def test_without_the_digest_each_round_has_its_message(begin):
    w = await begin(campaign(), campaign("chuyen-de"), digest=False)
    assert [address for address, _ in await w.comes(at(18))] == ["1", "2", "1", "2"]


async def test_a_round_opened_after_the_morning_waits_for_the_next(begin):
    w = await begin()
    assert len(await w.comes(at(25))) == 2
    await w.store.put_campaign(campaign("chuyen-de", due=at(27, 17)))
    assert await w.comes(at(25, 10)) == []
    assert ["Đợt chuyen-de" in text for _, text in await w.comes(at(26))] == [True, True]


async def test_neither_in_the_quiet_hours_nor_on_a_day_off(begin):
    w = await begin()
    assert await w.comes(at(18, 21)) == []
    assert await w.comes(at(19, 6, 59)) == []
    assert len(await w.comes(at(19, 7))) == 2


async def evening(w):
    """The network is away from the afternoon on; what was to be sent that day was not by eight in the evening."""
    w.channel.away = True
    for minutes in range(0, 200, 10):
        assert await w.comes(at(18, 16, 40) + timedelta(minutes=minutes)) == []
    w.channel.away = False


async def test_a_reminder_that_was_delayed_does_not_go_out_in_the_quiet_hours(begin):
    w = await begin()
    await evening(w)
    assert await w.comes(at(18, 22)) == []
    assert await w.comes(at(19, 6, 59)) == []
    assert await w.store.undelivered() == []
    assert [row[2] for row in await w.ledger() if row[1] == 7] == [ReminderState.PLANNED]
    morning = await w.comes(at(19, 7))
    assert [address for address, _ in morning] == ["1", "2"]
    assert "Còn thiếu" in morning[0][1]
    assert await w.comes(at(19, 12)) == []
    assert [row[2] for row in await w.ledger() if row[1] == 7] == [ReminderState.SENT]


async def test_who_submits_in_the_evening_is_not_reminded_in_the_morning(begin):
    w = await begin()
    await evening(w)
    await w.store.save_submission(Submission("tong-ket", 1, "XA-1", State.SUBMITTED, reference="2026-ABCDEF"))
    assert await w.comes(at(18, 22)) == []
    assert await w.comes(at(19)) == []
    assert ("remind", 7, ReminderState.SKIPPED, "đơn vị đã nộp") in await w.ledger()


async def test_a_question_is_answered_at_night_before_the_reminder_that_was_delayed(begin):
    w = await begin()
    await evening(w)
    w.now = at(18, 22)
    said = await w.says("1", "nộp báo cáo")
    assert [(address, "Nhắc hạn" in text) for address, text in said] == [("1", False)]
    assert ("1", True) in [(address, "Nhắc hạn" in text) for address, text in await w.comes(at(19, 7))]


async def test_what_waited_while_nobody_ran_does_not_go_out_at_night(begin):
    w = await begin()
    w.die_at = "sending"
    with pytest.raises(Died):
        await w.comes(at(18, 16))
    w.start()
    assert await w.comes(at(18, 22)) == []
    assert [address for address, _ in await w.comes(at(19, 7))] == ["1"], "the other was sent before we died"


async def test_what_is_delayed_over_a_day_off_waits_for_the_next_working_day(begin):
    w = await begin(campaign(due=at(2, 17, month=12)))
    w.channel.away = True
    assert await w.comes(at(27, 16)) == []  # a Friday
    w.channel.away = False
    assert await w.comes(at(28, 9)) == []
    assert [address for address, _ in await w.comes(at(30, 8))] == ["1", "2"]


async def test_what_is_just_leaving_when_the_quiet_hours_begin_leaves(begin):
    w = await begin()
    w.channel.away = True
    assert await w.comes(at(18, 19, 55)) == []
    w.channel.away = False
    assert len(await w.comes(at(18, 20, 2))) == 2


@pytest.mark.parametrize("dies_at", ["due", "decided", "reminded", "sending"])
async def test_taken_back_it_is_told_once_whatever_dies(begin, dies_at):
    w = await begin()
    await evening(w)
    w.die_at = dies_at
    said = []
    for moment in (at(18, 22), at(19, 7), at(19, 7, 5), at(19, 7, 10), at(19, 7, 15)):
        before = len(w.channel.sent)
        try:
            await w.comes(moment)
        except Died:
            w.start()
        said += w.channel.sent[before:]
    assert sorted(address for address, _ in said) == ["1", "2"]


async def test_what_was_missed_before_a_day_off_is_not_made_up_on_it(begin):
    w = await begin(campaign(due=SATURDAY))  # the last morning is Friday's
    assert await w.comes(SATURDAY.replace(hour=9)) == []
    assert {row[1]: row[2] for row in await w.ledger()}[0] is ReminderState.PLANNED
    assert await w.comes(SATURDAY.replace(hour=18)) == []
    assert {row[1]: row[2:] for row in await w.ledger()}[0] == (ReminderState.SKIPPED, "quá hạn")


@pytest.mark.parametrize("dies_at", ["", "due", "decided", "reminded", "sending"])
async def test_a_moved_deadline_is_told_once_whatever_dies(begin, dies_at):
    w = await begin()
    assert len(await w.comes(at(18))) == 2
    await w.store.put_campaign(campaign(due=at(4, 17, month=12)))
    w.die_at = dies_at
    said = []
    for minutes in (60, 63, 66, 69):
        before = len(w.channel.sent)
        try:
            await w.comes(at(18) + timedelta(minutes=minutes))
        except Died:
            w.start()
        said += w.channel.sent[before:]
    assert sorted(address for address, _ in said) == ["1", "2"]
    assert all("từ 17 giờ 00 ngày 30/11/2026 sang 17 giờ 00 ngày 04/12/2026" in text for _, text in said)
    old = [row for row in await w.ledger() if row[2] is ReminderState.VOIDED]
    assert old
    assert {row[3] for row in old} == {"thời hạn đã dời sang 17:00 04/12/2026"}
    assert len(await w.comes(at(25))) == 2
    assert await w.comes(at(27)) == [], "the morning of the old date"
    assert len(await w.comes(at(1, month=12))) == 2


async def test_who_comes_after_the_move_is_not_told_of_it(begin):
    w = await begin()
    await w.comes(at(16))
    await w.store.put_campaign(campaign(due=at(4, 17, month=12)))
    await w.comes(at(16, 10))
    await w.store.put_officer(Officer("CB-9", "Người mới", "XA-1", addresses=(Address("fake", "9"),)))
    assert await w.comes(at(16, 11)) == []
    assert {row[0] for row in await w.ledger("CB-9")} == {Kind.REMIND}


async def test_put_off_it_comes_again_at_that_hour_and_not_before(begin):
    w = await begin()
    await w.comes(at(26))  # seven and three days before were missed
    ((_, told),) = await w.says("1", "Nhắc lại lúc 08:00 thứ Hai, 30/11")
    assert "08:00 thứ Hai, ngày 30/11/2026" in told
    assert [address for address, _ in await w.comes(at(27))] == ["2"]
    assert (Kind.REMIND, 1, ReminderState.SNOOZED, "hoãn đến 08:00 30/11/2026") in await w.ledger()
    assert sorted(address for address, _ in await w.comes(at(30))) == ["1", "2"]


async def test_turned_off_and_on_again(begin):
    w = await begin()
    await w.comes(at(18))
    await w.says("1", "Tắt nhắc đợt này")
    assert [address for address, _ in await w.comes(at(25))] == ["2"]
    assert (Kind.REMIND, 3, ReminderState.SKIPPED, "cán bộ tắt nhắc") in await w.ledger()
    await w.says("1", "bật nhắc")
    assert [address for address, _ in await w.comes(at(27))] == ["1", "2"]


async def test_leader_then_staff_are_told_who_was_told(begin):
    w = await begin(leader=1, staff=-1)
    await w.comes(at(25))
    told = dict(await w.comes(at(27)))
    assert "Đã nhắc 2 cán bộ của đơn vị, lần gần nhất ngày 27/11/2026." in told["2"]
    assert "lãnh đạo" not in told["1"]
    told = dict(await w.comes(at(30)))
    assert "Đã báo lãnh đạo đơn vị ngày 27/11/2026." in told["1"]
    told = dict(await w.comes(at(1, month=12)))
    assert set(told) == {"3"}
    assert "Xã Một: còn thiếu 1 phần. Đã" in told["3"]
    assert "Đã báo lãnh đạo đơn vị ngày 27/11/2026." in told["3"]
    assert "Kín" not in told["3"]


async def test_nobody_is_told_of_others_unless_it_is_set(begin):
    w = await begin()
    await w.comes(at(18))
    assert {row.reminder.kind for row in await w.store.reminders()} == {Kind.REMIND}


async def test_what_delivery_gave_up_is_failed_at_each_reminder_of_the_message(begin):
    w = await begin(campaign(), campaign("chuyen-de"))
    w.channel.refuses = True
    assert await w.comes(at(18)) == []
    failed = [row for row in await w.ledger() if row[2] is ReminderState.FAILED]
    assert [(row[1], row[3]) for row in failed] == [(7, "Rejected: tin quá dài")] * 2


def test_moves_are_read_off_the_versions():
    first, second = campaign(), replace(campaign(due=at(4, 17, month=12)), version=2)
    assert moves([first, replace(first, version=2)]) == {}
    assert moves([first, second, replace(second, version=3)]) == {"bc": Move(2, at(30, 17))}
    assert moves([first, second, replace(first, version=3)]) == {"bc": Move(3, at(4, 17, month=12))}


clock_times = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
moments = st.builds(
    lambda day, clock: datetime.combine(day, clock, ICT), st.dates(date(2026, 1, 1), date(2027, 12, 31)), clock_times
)


@given(now=moments, begin=clock_times, end=clock_times)
def test_pushes_wait_for_the_first_moment_that_is_neither_quiet_nor_off(now, begin, end):
    policy = Policy(quiet=(begin, end))
    opens = policy.opens(now, CALENDAR)
    assert opens >= now
    assert CALENDAR.is_working(opens.date())
    assert policy.opens(opens, CALENDAR) == opens
    quiet = begin <= opens.time() < end if begin <= end else opens.time() >= begin or opens.time() < end
    assert not quiet
    if opens > now:
        assert opens.time() in {end, time()}
    first, second = policy.later(now, CALENDAR)
    assert now < first <= second
