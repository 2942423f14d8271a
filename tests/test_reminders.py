"""Planning reminders: working days, holidays, the same rows whenever it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar_file import load_calendar
from bot.campaigns import Campaign, Deadline
from bot.officers import Unit
from bot.reminders import ICT, MORNING, OFFSETS, Calendar, plan

CALENDAR = load_calendar()
OFFICERS = {"PVH": ["CB01", "CB02"], "TH1": ["CB03"], "OTHER": ["CB99"]}


def at(day: date, hour: int = 17, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ICT)


def campaign(*deadlines: Deadline) -> Campaign:
    return Campaign("tk-2026", 1, "Tổng kết", "01/HD", 2026, (), deadlines, ("PVH", "TH1"))


def planned(due: datetime, now: datetime, **options):
    deadline = Deadline("bao-cao", "Báo cáo tổng kết", due)
    return plan(campaign(deadline), OFFICERS, CALENDAR, now, **options)


def days_of(rows, officer="CB01"):
    return [(r.offset, r.not_before.date()) for r in rows if r.officer == officer]


def test_a_unit_is_not_reminded_on_a_day_on_which_it_is_not_valid():
    over = Unit("TH1", "Trường cũ", valid_to=date(2026, 12, 7))
    rows = planned(at(date(2026, 12, 10)), at(date(2026, 11, 1)), units={"TH1": over, "PVH": Unit("PVH", "Phòng")})
    assert days_of(rows, "CB03") == [(7, date(2026, 12, 1)), (3, date(2026, 12, 7))]
    assert len(days_of(rows, "CB01")) == 4


def test_five_working_days_skip_the_new_holiday_of_24_november():
    assert CALENDAR.add_working_days(date(2026, 11, 23), 5) == date(2026, 12, 1)
    assert CALENDAR.add_working_days(date(2025, 11, 23), 5) == date(2025, 11, 28)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2025, 11, 4), 5, date(2025, 11, 11)),
        (date(2026, 11, 20), 3, date(2026, 11, 26)),
    ],
)
def test_working_days_of_the_sample_letters(start, n, due):
    assert CALENDAR.add_working_days(start, n) == due


def test_seven_three_one_working_days_and_the_morning_around_the_holiday():
    rows = planned(at(date(2026, 11, 30)), now=at(date(2026, 11, 1)))
    assert days_of(rows) == [
        (7, date(2026, 11, 18)),
        (3, date(2026, 11, 25)),
        (1, date(2026, 11, 27)),
        (0, date(2026, 11, 30)),
    ]
    assert {r.not_before.timetz() for r in rows} == {time(8, tzinfo=ICT)}
    assert {r.officer for r in rows} == {"CB01", "CB02", "CB03"}, "only officers of the campaign's units"


def test_a_deadline_on_a_day_off_is_reminded_on_the_working_day_before_without_doubling_a_day():
    rows = planned(at(date(2026, 6, 20)), now=at(date(2026, 6, 1)))  # a Saturday
    assert days_of(rows)[-2:] == [(1, date(2026, 6, 18)), (0, date(2026, 6, 19))]


def test_a_deadline_before_office_hours_is_reminded_the_day_before():
    rows = planned(at(date(2026, 12, 4), 7, 30), now=at(date(2026, 11, 1)))
    assert days_of(rows)[-1] == (0, date(2026, 12, 3))


def test_a_deadline_stored_in_another_zone_keeps_its_local_day():
    due = at(date(2026, 12, 4), 0, 30)  # 17:30 UTC of the third
    rows = planned(due.astimezone(tz=None), now=at(date(2026, 11, 1)))
    assert days_of(rows)[-1] == (0, date(2026, 12, 3))


def test_a_passed_deadline_plans_nothing():
    assert planned(at(date(2026, 11, 20)), now=at(date(2026, 11, 20))) == []


def test_an_officer_named_twice_is_reminded_once():
    deadline = Deadline("bao-cao", "Báo cáo", at(date(2026, 12, 4)))
    rows = plan(campaign(deadline), {"PVH": ["CB01", "CB01"]}, CALENDAR, at(date(2026, 11, 1)))
    assert len(rows) == len(OFFSETS)


def test_a_republished_campaign_plans_the_same_rows_and_a_moved_deadline_others():
    now = at(date(2026, 11, 1))
    here, moved = (Deadline("bao-cao", "Báo cáo", at(day)) for day in (date(2026, 12, 4), date(2026, 12, 11)))
    first = plan(campaign(here), OFFICERS, CALENDAR, now)
    assert plan(replace(campaign(here), version=2), OFFICERS, CALENDAR, now) == first
    others = plan(campaign(moved), OFFICERS, CALENDAR, now)
    assert not {r.key for r in first} & {r.key for r in others}


def test_rows_whose_time_is_past_are_planned_too():
    late = planned(at(date(2026, 11, 30)), now=at(date(2026, 11, 26)))
    assert late == planned(at(date(2026, 11, 30)), now=at(date(2026, 11, 1))), "the store coalesces what was missed"


def test_holidays_are_loaded_with_the_uncertain_years_marked():
    assert CALENDAR.provisional == {2025, 2027}
    assert CALENDAR.unsure >= {date(2026, 9, 1), date(2027, 2, 8)}
    assert not CALENDAR.is_working(date(2027, 5, 3)), "1/5/2027 is a Saturday: Monday off in lieu"
    assert not CALENDAR.is_working(date(2026, 4, 27))
    assert CALENDAR.is_working(date(2025, 11, 24)), "24/11 is a holiday from 2026 on"


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2026, 11, 18), date(2026, 11, 30), ()),
        (date(2026, 8, 28), date(2026, 9, 3), (2026,)),
        (date(2026, 9, 2), date(2026, 12, 31), ()),
        (date(2026, 12, 28), date(2027, 1, 5), (2027,)),
        (date(2026, 8, 28), date(2027, 1, 5), (2026, 2027)),
    ],
)
def test_what_is_counted_over_days_that_are_not_announced_names_the_year(first, last, years):
    assert CALENDAR.leans_on(first, last) == years


def test_a_saturday_swapped_in_is_a_working_day():
    saturday = date(2026, 8, 22)
    calendar = Calendar(working_saturdays=frozenset({saturday}))
    assert calendar.is_working(saturday)
    assert calendar.working_days_before(date(2026, 8, 24), 1) == saturday


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda d: d.replace(tzinfo=ICT))  # noqa: DTZ001 (hypothesis wants naive bounds)
offset_lists = st.lists(st.integers(0, 15), max_size=6)


@given(due=moments, ahead=st.integers(1, 60), later=st.integers(0, 59), offsets=offset_lists)
def test_planning_at_any_time_gives_the_same_rows(due, ahead, later, offsets):
    first = planned(due, now=due - timedelta(days=ahead), offsets=offsets)
    again = planned(due, now=due - timedelta(days=ahead) + timedelta(days=min(later, ahead - 1)), offsets=offsets)
    assert first == again
    assert len({r.key for r in first}) == len(first)


@given(due=moments, offsets=offset_lists)
def test_every_row_is_on_its_own_working_morning_before_the_deadline(due, offsets):
    rows = [r for r in planned(due, now=due - timedelta(days=90), offsets=offsets) if r.officer == "CB01"]
    assert len(rows) == len(set(offsets))
    assert len({r.not_before.date() for r in rows}) == len(rows)
    for row in rows:
        assert CALENDAR.is_working(row.not_before.date())
        assert row.not_before < row.expires_at == due
        assert row.not_before.timetz() == MORNING.replace(tzinfo=ICT)
    assert [r.offset for r in rows] == sorted(set(offsets), reverse=True)


@given(day=st.dates(date(2025, 1, 1), date(2027, 12, 1)), n=st.integers(1, 30))
def test_counting_forward_and_back_are_inverse_on_working_days(day, n):
    start = CALENDAR.last_working_day(day)
    assert CALENDAR.working_days_before(CALENDAR.add_working_days(start, n), n) == start
