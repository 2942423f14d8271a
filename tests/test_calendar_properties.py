"""What holds of every calendar and every plan, and the days of 2026 and 2027 by hand.

Calendars are drawn: any days off, any Saturdays swapped in. What is claimed of `plan` is claimed of its keys and times
alone, whatever else a reminder carries.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.calendar_file import load_calendar
from bot.campaigns import Campaign, Deadline
from bot.reminders import ICT, Calendar, plan

CALENDAR = load_calendar()
DAY = timedelta(days=1)
OFFICERS = {"XA-1": ["CB-1", "CB-2"], "XA-2": ["CB-3"], "XA-9": ["CB-9"]}

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
counts = st.integers(0, 25)
saturdays = st.integers(0, 100).map(lambda n: date(2026, 1, 3) + 7 * n * DAY)
calendars = st.one_of(
    st.just(CALENDAR),
    st.builds(
        Calendar,
        holidays=st.frozensets(days, max_size=30),
        working_saturdays=st.frozensets(saturdays, max_size=20),
    ),
)
moments = st.builds(lambda day, minute: datetime.combine(day, time(), ICT) + minute, days, st.timedeltas(0 * DAY, DAY))
mornings = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
offset_lists = st.lists(st.integers(0, 12), max_size=6)
zones = st.sampled_from([ICT, UTC, timezone(timedelta(hours=-5))])


def worked(calendar: Calendar, first: date, last: date) -> list[date]:
    """The working days from the first to the last, both counted, one by one."""
    return [day for n in range((last - first).days + 1) if calendar.is_working(day := first + n * DAY)]


def campaign(*dues: datetime, **changes: object) -> Campaign:
    deadlines = tuple(Deadline(f"han-{n}", "nộp báo cáo", due) for n, due in enumerate(dues))
    return replace(Campaign("tk-2026", 1, "Tổng kết", "01/HD", 2026, (), deadlines, ("XA-1", "XA-2")), **changes)


# --- counting ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(calendar=calendars, start=days, n=counts)
def test_forward_and_back_are_the_inverse_of_each_other(calendar, start, n):
    assert calendar.working_days_before(calendar.add_working_days(start, n), n) == calendar.last_working_day(start)
    here = calendar.last_working_day(start)
    assert calendar.add_working_days(calendar.working_days_before(here, n), n) == here


@settings(deadline=None)
@given(calendar=calendars, start=days, n=st.integers(1, 25))
def test_a_period_of_working_days_leaves_its_first_day_out_and_ends_on_a_working_day(calendar, start, n):
    end = calendar.add_working_days(start, n)
    counted = worked(calendar, start + DAY, end)
    assert len(counted) == n
    assert counted[-1] == end


@settings(deadline=None)
@given(calendar=calendars, start=days, n=st.integers(1, 25))
def test_so_many_days_before_are_so_many_and_no_day_off(calendar, start, n):
    before = calendar.working_days_before(start, n)
    counted = worked(calendar, before, start - DAY)
    assert len(counted) == n
    assert counted[0] == before


@settings(deadline=None)
@given(calendar=calendars, start=days, n=st.integers(1, 12), more=counts)
def test_a_period_is_the_sum_of_its_parts(calendar, start, n, more):
    assert calendar.add_working_days(calendar.add_working_days(start, n), more) == calendar.add_working_days(
        start, n + more
    )


@settings(deadline=None)
@given(calendar=calendars, one=days, other=days, n=counts, more=counts)
def test_later_starts_and_longer_periods_never_end_earlier(calendar, one, other, n, more):
    early, late = sorted((one, other))
    assert calendar.add_working_days(early, n) <= calendar.add_working_days(late, n)
    assert calendar.working_days_before(early, n) <= calendar.working_days_before(late, n)
    assert calendar.add_working_days(early, n) <= calendar.add_working_days(early, n + more)
    assert calendar.working_days_before(early, n) >= calendar.working_days_before(early, n + more)


@settings(deadline=None)
@given(calendar=calendars, day=days)
def test_a_day_that_would_be_off_gives_way_to_the_working_day_before(calendar, day):
    last = calendar.last_working_day(day)
    assert worked(calendar, last, day) == [last]
    assert calendar.working_days_before(day, 0) == last


# --- planning ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(calendar=calendars, due=moments, offsets=offset_lists, morning=mornings, zone=zones)
def test_every_reminder_is_on_a_working_morning_before_a_deadline_that_does_not_roll_over(
    calendar, due, offsets, morning, zone
):
    rows = plan(campaign(due), OFFICERS, calendar, due - 100 * DAY, offsets=offsets, morning=morning, zone=zone)
    for row in rows:
        here = row.not_before.astimezone(zone)
        assert here.timetz() == morning.replace(tzinfo=zone)
        assert calendar.is_working(here.date())
        assert row.not_before < row.expires_at == due
    for officer in ("CB-1", "CB-2", "CB-3"):
        mine = [row.not_before for row in rows if row.officer == officer]
        assert len(set(mine)) == len(mine) == len(set(offsets)), "each on a morning of its own"
    assert "CB-9" not in {row.officer for row in rows}


@settings(deadline=None)
@given(calendar=calendars, due=moments, morning=mornings)
def test_the_last_reminder_is_as_late_as_can_be(calendar, due, morning):
    (row, *_) = plan(campaign(due), OFFICERS, calendar, due - 100 * DAY, offsets=[0], morning=morning)
    last = row.not_before.date()
    later = [datetime.combine(day, morning, ICT) for day in worked(calendar, last + DAY, due.date())]
    assert all(each >= due for each in later)


@settings(deadline=None)
@given(
    calendar=calendars, dues=st.lists(moments, min_size=1, max_size=3), now=moments, wait=st.timedeltas(0 * DAY, DAY)
)
def test_planning_again_asks_for_the_same_rows_each_with_a_key_of_its_own(calendar, dues, now, wait):
    asked = campaign(*dues)
    first = plan(asked, OFFICERS, calendar, now)
    assert plan(asked, OFFICERS, calendar, now) == first
    assert plan(replace(asked, version=7, title="Tổng kết, sửa"), OFFICERS, calendar, now) == first
    assert len({row.key for row in first}) == len(first)
    later = plan(asked, OFFICERS, calendar, now + wait)
    assert later == [row for row in first if row.expires_at > now + wait], "time takes rows away and changes none"


@settings(deadline=None)
@given(calendar=calendars, due=moments, moved=moments)
def test_a_moved_deadline_shares_no_row_with_the_old_one_and_moved_back_all(calendar, due, moved):
    assume(due.replace(second=0, microsecond=0) != moved.replace(second=0, microsecond=0))
    now = min(due, moved) - 100 * DAY
    old, new, back = (plan(campaign(d), OFFICERS, calendar, now) for d in (due, moved, due.astimezone(UTC)))
    assert old
    assert new
    assert not {row.key for row in old} & {row.key for row in new}
    assert [row.key for row in back] == [row.key for row in old]


# --- 2026 and 2027 by hand --------------------------------------------------------------------------------------------

OFF = [
    (date(2026, 1, 1), "Tết Dương lịch"),
    *((date(2026, 2, day), "Tết Bính Ngọ") for day in range(14, 23)),
    (date(2026, 4, 26), "Giỗ Tổ, a Sunday"),
    (date(2026, 4, 27), "the Monday in lieu of it"),
    (date(2026, 4, 30), "30/4"),
    (date(2026, 5, 1), "1/5"),
    (date(2026, 9, 1), "next to Quốc khánh"),
    (date(2026, 9, 2), "Quốc khánh"),
    (date(2026, 11, 24), "Ngày Văn hóa Việt Nam"),
    (date(2027, 1, 1), "Tết Dương lịch"),
    (date(2027, 2, 8), "Tết, whatever its window"),
    (date(2027, 4, 16), "Giỗ Tổ"),
    (date(2027, 4, 30), "30/4"),
    (date(2027, 5, 3), "the Monday in lieu of Saturday 1/5"),
    (date(2027, 9, 2), "Quốc khánh"),
    (date(2027, 11, 24), "Ngày Văn hóa Việt Nam"),
]
WORKED = [
    date(2026, 1, 2),
    date(2026, 2, 13),
    date(2026, 2, 23),
    date(2026, 4, 28),
    date(2026, 4, 29),
    date(2026, 8, 31),
    date(2026, 9, 3),
    date(2026, 11, 23),
    date(2026, 11, 25),
    date(2027, 4, 15),
    date(2027, 5, 4),
    date(2027, 11, 23),
    date(2027, 11, 25),
]


@pytest.mark.parametrize(("day", "why"), OFF, ids=str)
def test_days_off(day, why):
    assert not CALENDAR.is_working(day), why


@pytest.mark.parametrize("day", WORKED, ids=str)
def test_days_around_them_are_worked(day):
    assert CALENDAR.is_working(day)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 11, 23), 5, date(2026, 12, 1)),  # over 24/11: 25, 26, 27, 30/11, 1/12
        (date(2026, 11, 23), 10, date(2026, 12, 8)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # received on a Friday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # on a Saturday
        (date(2026, 11, 24), 1, date(2026, 11, 25)),  # on the holiday itself
        (date(2026, 2, 13), 1, date(2026, 2, 23)),  # over Tết
        (date(2026, 4, 24), 3, date(2026, 5, 4)),  # 28, 29/4, then over 30/4, 1/5 and a weekend
        (date(2027, 4, 29), 1, date(2027, 5, 4)),
        (date(2027, 11, 22), 2, date(2027, 11, 25)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_periods_by_hand(start, n, end):
    assert CALENDAR.add_working_days(start, n) == end


@pytest.mark.parametrize(
    ("due", "mornings"),
    [
        (date(2026, 12, 1), [(11, 19), (11, 26), (11, 30), (12, 1)]),
        (date(2026, 11, 24), [(11, 12), (11, 18), (11, 20), (11, 23)]),  # a fixed date on the holiday
        (date(2026, 11, 29), [(11, 17), (11, 23), (11, 26), (11, 27)]),  # on a Sunday
        (date(2026, 2, 17), [(2, 4), (2, 10), (2, 12), (2, 13)]),  # on the first day of Tết
        (date(2027, 5, 3), [(4, 20), (4, 26), (4, 28), (4, 29)]),  # on a day in lieu
    ],
)
def test_mornings_by_hand(due, mornings):
    moment = datetime.combine(due, time(17), ICT)
    rows = plan(campaign(moment), {"XA-1": ["CB-1"]}, CALENDAR, moment - 100 * DAY)
    assert [(row.not_before.month, row.not_before.day) for row in rows] == mornings
    assert {row.expires_at for row in rows} == {moment}, "a fixed date does not roll over"


def test_years_whose_notice_is_not_there_are_provisional_and_only_named_days_are_off():
    assert 2027 in CALENDAR.provisional
    assert date(2025, 11, 24) not in CALENDAR.holidays, "a holiday from 2026 on"
    assert all(day.year in {2025, 2026, 2027} for day in CALENDAR.holidays)
