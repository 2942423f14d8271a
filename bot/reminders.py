"""Reminders as rows with a due time: what is planned, when, for whom. Pure.

Rules of this file
1. The *last day* of a deadline is the last working day whose morning lies before `due`. A fixed date does not roll
   over: where it falls on a day off, the last day is the working day before it. Offsets count working days back from
   there, so every reminder of a deadline has its own day, on a working day, before `due`.
2. `plan` returns every row, also those whose time is past, and the same rows whenever it is asked; `Reminder.key` is
   unique. What was missed is coalesced by the store when it sends: the newest fires, the older ones are recorded as
   skipped. Nothing is dropped without a word.
3. A moved deadline has a new `version`, a republished campaign with the same date has not: the first is planned anew
   and the rows of the old date are voided by the store, the second plans nothing.
4. Periods are counted as in the Civil Code: the first day is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from types import MappingProxyType

from bot.campaigns import Campaign, Deadline
from bot.officers import Unit

ICT = timezone(timedelta(hours=7), "ICT")  # Asia/Ho_Chi_Minh: no summer time, so no zone data is needed here
OFFSETS = (7, 3, 1, 0)
MORNING = time(8)

_DAY = timedelta(days=1)
_SATURDAY = 5


class ReminderState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"
    VOIDED = "voided"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message planned before a deadline, unique by its `key`.

    `offset` is in working days before the deadline (0: the morning of the day); `section` "" means the whole
    submission; `not_before` and `expires_at` are aware moments; outside them nothing is sent.
    """

    campaign: str
    deadline: str
    deadline_version: int
    unit: str
    officer: str
    offset: int
    not_before: datetime
    expires_at: datetime
    section: str = ""

    @property
    def key(self) -> tuple[str, str, int, str, str, int, str]:
        """What makes the row unique, in the store as well."""
        who = (self.unit, self.section, self.offset, self.officer)
        return (self.campaign, self.deadline, self.deadline_version, *who)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: Monday to Friday, without holidays, with the Saturdays that were swapped in.

    `provisional` names the years whose days off are not announced yet: show dates counted in them with that notice.
    """

    holidays: frozenset[date] = frozenset()
    working_saturdays: frozenset[date] = frozenset()
    provisional: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.working_saturdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    def last_working_day(self, day: date) -> date:
        """The day itself if it is worked, else the working day before it."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def working_days_before(self, day: date, n: int) -> date:
        """The n-th working day before a day; n = 0 gives the day itself or the working day before it."""
        day = self.last_working_day(day) if n == 0 else day
        for _ in range(n):
            day = self.last_working_day(day - _DAY)
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """The day on which "n ngày làm việc kể từ ngày start" ends; `start` is not counted."""
        day = start
        for _ in range(n):
            day = self._next_working_day(day + _DAY)
        return day

    def _next_working_day(self, day: date) -> date:
        while not self.is_working(day):
            day += _DAY
        return day


def plan(
    campaign: Campaign,
    officers: Mapping[str, Sequence[str]],
    calendar: Calendar,
    now: datetime,
    *,
    offsets: Sequence[int] = OFFSETS,
    morning: time = MORNING,
    zone: tzinfo = ICT,
    units: Mapping[str, Unit] = MappingProxyType({}),
) -> list[Reminder]:
    """Every reminder of a campaign's deadlines for the report that are still ahead, in order of time.

    `officers` maps a unit's code to the codes of its officers; only the campaign's units count. `offsets` are working
    days, `morning` is local time. Of the `units` given none is reminded on a day on which it is not valid.
    """
    rows = [
        row
        for deadline in campaign.deadlines
        if deadline.for_report and deadline.due > now
        for offset, at in _times(deadline.due, calendar, offsets, morning, zone)
        for row in _rows(campaign, deadline, offset, at, officers)
        if row.unit not in units or units[row.unit].valid_on(at.date())
    ]
    return sorted(rows, key=lambda row: (row.not_before, row.key))


def version(deadline: Deadline) -> int:
    """The deadline's version is its moment, in minutes since 1970: it changes exactly when the deadline moves."""
    return int(deadline.due.timestamp()) // 60


def _rows(
    campaign: Campaign, deadline: Deadline, offset: int, at: datetime, officers: Mapping[str, Sequence[str]]
) -> list[Reminder]:
    return [
        Reminder(campaign.id, deadline.key, version(deadline), unit, officer, offset, at, deadline.due)
        for unit in dict.fromkeys(campaign.units)
        for officer in dict.fromkeys(officers.get(unit, ()))
    ]


def _times(
    due: datetime, calendar: Calendar, offsets: Sequence[int], morning: time, zone: tzinfo
) -> list[tuple[int, datetime]]:
    """Each offset with its morning."""
    last = _last_day(due, calendar, morning, zone)
    return [(n, datetime.combine(calendar.working_days_before(last, n), morning, zone)) for n in dict.fromkeys(offsets)]


def _last_day(due: datetime, calendar: Calendar, morning: time, zone: tzinfo) -> date:
    """The last working day whose morning comes before the deadline."""
    local = due.astimezone(zone)
    day = local.date()
    if datetime.combine(day, morning, zone) >= local:
        day -= _DAY
    return calendar.last_working_day(day)
