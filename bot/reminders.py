"""Reminders as rows with a due time: what is planned, when, for whom, when it may go out. Pure.

Rules of this file
1. The *last day* of a deadline is the last working day whose morning lies before `due`. A fixed date does not roll
   over: where it falls on a day off, the last day is the working day before it. Offsets count working days back from
   there, so every reminder of a deadline has its own day, on a working day, before `due`.
2. `plan` returns every row, also those whose time is past, and the same rows whenever it is asked; `Reminder.key` is
   unique. What was missed is coalesced by the store when it sends: the newest fires, the older ones are recorded as
   skipped. Nothing is dropped without a word.
3. A moved deadline has a new `version`, a republished campaign with the same date has not: the first is planned anew
   and the rows of the old date are voided by the store, the second plans nothing. Whoever was reminded of the old date
   is told of the new one, by a row too.
4. Periods are counted as in the Civil Code: the first day is not counted.
5. Nothing goes out on a day off or in the quiet hours (`Policy.opens`); what is due then waits.
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
    SENT = "sent"  # in the outbox, or delivered
    FAILED = "failed"  # the channel would not take it
    UNREACHABLE = "unreachable"  # the officer is reached nowhere
    SKIPPED = "skipped"
    SNOOZED = "snoozed"  # the officer asked for a later one
    VOIDED = "voided"


class Kind(StrEnum):
    REMIND = "remind"  # to an officer of the unit, a planned morning before the deadline
    SNOOZED = "snoozed"  # the same, at the morning that the officer asked for
    MOVED = "moved"  # to an officer of the unit: the deadline is another
    LEADER = "leader"  # to a leader of the unit: it has not submitted
    STAFF = "staff"  # to the standing office: a unit has not submitted


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be told about a unit and a deadline, unique by its `key`; several may go in one message.

    `offset` is in working days before the deadline (0: the morning of the day, negative: after it); of a SNOOZED one
    in calendar days; of a MOVED one the campaign's version that moved it, `was` the deadline before. `not_before` and
    `expires_at` are aware moments; outside them nothing is sent.
    """

    campaign: str
    deadline: str
    deadline_version: int
    unit: str
    officer: str
    offset: int
    not_before: datetime
    expires_at: datetime
    kind: Kind = Kind.REMIND
    was: datetime | None = None

    @property
    def key(self) -> tuple[str, str, int, str, str, int, str]:
        """What makes the row unique, in the store as well."""
        who = (self.unit, self.kind, self.offset, self.officer)
        return (self.campaign, self.deadline, self.deadline_version, *who)


@dataclass(frozen=True, slots=True)
class Pause:
    """An officer wants no reminders of a campaign until a moment (None: until they say otherwise).

    MOVED notices and what a leader or staff are told come all the same.
    """

    officer: str
    campaign: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """How many were sent something of one kind about a unit's deadline, and when last."""

    kind: Kind
    officers: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A deadline that was moved: by which version of the campaign, and when it was before."""

    version: int
    was: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: Monday to Friday, without holidays, with the Saturdays that were swapped in.

    `provisional` names the years whose days off are not announced yet, `unsure` single days of other years: what is
    counted over them, or over a year that is not `known` at all, is shown with that notice (`leans_on`).
    """

    holidays: frozenset[date] = frozenset()
    working_saturdays: frozenset[date] = frozenset()
    provisional: frozenset[int] = frozenset()
    unsure: frozenset[date] = frozenset()
    known: frozenset[int] = frozenset()

    def leans_on(self, first: date, last: date) -> tuple[int, ...]:
        """The years whose days off are not sure in what is counted from one day to another."""
        unsure = {day.year for day in self.unsure if first <= day <= last}
        years = range(first.year, last.year + 1)
        return tuple(y for y in years if y in self.provisional | unsure or (self.known and y not in self.known))

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
            day = self.on_or_after(day + _DAY)
        return day

    def away(self, day: date, n: int) -> date:
        """The n-th working day before a day; negative: after it."""
        return self.working_days_before(day, n) if n >= 0 else self.add_working_days(day, -n)

    def on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day


@dataclass(frozen=True, slots=True)
class Policy:
    """When officers are reminded. `offsets` in working days before the deadline, `morning` and `quiet` local times.

    `quiet`: from–to, over midnight or not; equal: never quiet. `digest`: one message an officer and day. `leader`,
    `staff`: working days before the deadline (negative: after it) at which they are told; None: never.
    """

    offsets: tuple[int, ...] = OFFSETS
    morning: time = MORNING
    quiet: tuple[time, time] = (time(20), time(7))
    digest: bool = True
    leader: int | None = None
    staff: int | None = None

    def opens(self, now: datetime, calendar: Calendar) -> datetime:
        """The first moment from `now` on (in the local zone) at which something may be pushed."""
        at = now
        while True:
            if not calendar.is_working(at.date()):
                at = datetime.combine(at.date() + _DAY, time(), at.tzinfo)
            elif (end := self._quiet_until(at)) is not None:
                at = end
            else:
                return at

    def later(self, now: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
        """The mornings of the next two working days; `now` in the local zone."""
        first, second = (calendar.add_working_days(now.date(), n) for n in (1, 2))
        return (
            self.opens(datetime.combine(first, self.morning, now.tzinfo), calendar),
            self.opens(datetime.combine(second, self.morning, now.tzinfo), calendar),
        )

    def _quiet_until(self, at: datetime) -> datetime | None:
        begin, end = self.quiet
        clock = at.time()
        if begin <= end:
            return datetime.combine(at.date(), end, at.tzinfo) if begin <= clock < end else None
        if clock >= begin:
            return datetime.combine(at.date() + _DAY, end, at.tzinfo)
        return datetime.combine(at.date(), end, at.tzinfo) if clock < end else None


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
    pairs = _pairs(campaign, officers)
    rows = [
        Reminder(campaign.id, deadline.key, its_version, unit, officer, offset, at, deadline.due)
        for deadline in ahead(campaign, now)
        for its_version in (version(deadline),)
        for offset, at in _times(deadline.due, calendar, offsets, morning, zone)
        for gone in ({code for code, unit in units.items() if not unit.valid_on(at.date())},)
        for unit, officer in pairs
        if unit not in gone
    ]
    return sorted(rows, key=lambda row: (row.not_before, row.key))


def escalations(
    campaign: Campaign,
    leaders: Mapping[str, Sequence[str]],
    staff: Sequence[str],
    calendar: Calendar,
    now: datetime,
    *,
    policy: Policy,
    zone: tzinfo = ICT,
) -> list[Reminder]:
    """What leaders (by unit) and then staff are told of units that have not submitted, as the policy has it.

    A row that did not go out by the second working morning after its own is too late.
    """
    everywhere = dict.fromkeys(campaign.units, staff)
    whom = ((Kind.LEADER, policy.leader, leaders), (Kind.STAFF, policy.staff, everywhere))
    return [
        Reminder(campaign.id, deadline.key, its_version, unit, officer, offset, at, ends, kind)
        for deadline in ahead(campaign, now)
        for its_version in (version(deadline),)
        for kind, offset, told in whom
        if offset is not None
        for _, at in _times(deadline.due, calendar, (offset,), policy.morning, zone)
        for ends in (datetime.combine(calendar.add_working_days(at.date(), 2), policy.morning, zone),)
        for unit, officer in _pairs(campaign, told)
    ]


def notices(
    campaign: Campaign, deadline: Deadline, move: Move, told: Sequence[tuple[str, str]], at: datetime
) -> list[Reminder]:
    """What those who knew the old date, (unit, officer) each, are told of the new one from `at` on."""
    return [
        Reminder(
            campaign.id,
            deadline.key,
            version(deadline),
            unit,
            officer,
            move.version,
            at,
            deadline.due,
            Kind.MOVED,
            move.was,
        )
        for unit, officer in dict.fromkeys(told)
        if unit in campaign.units
    ]


def ahead(campaign: Campaign, now: datetime) -> tuple[Deadline, ...]:
    """The deadlines that are reminded of."""
    return tuple(deadline for deadline in campaign.deadlines if deadline.for_report and deadline.due > now)


def moves(versions: Sequence[Campaign]) -> dict[str, Move]:
    """The deadlines of a campaign (all its versions, in order) that once were others: their last move, by key."""
    moved: dict[str, Move] = {}
    dues: dict[str, datetime] = {}
    for campaign in versions:
        for deadline in campaign.deadlines:
            was = dues.get(deadline.key, deadline.due)
            if was != deadline.due:
                moved[deadline.key] = Move(campaign.version, was)
            dues[deadline.key] = deadline.due
    return moved


def version(deadline: Deadline) -> int:
    """The deadline's version is its moment, in minutes since 1970: it changes exactly when the deadline moves."""
    return int(deadline.due.timestamp()) // 60


def _pairs(campaign: Campaign, officers: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(unit, each) for unit in dict.fromkeys(campaign.units) for each in dict.fromkeys(officers.get(unit, ()))]


def _times(
    due: datetime, calendar: Calendar, offsets: Sequence[int], morning: time, zone: tzinfo
) -> list[tuple[int, datetime]]:
    """Each offset with its morning."""
    last = _last_day(due, calendar, morning, zone)
    return [(n, datetime.combine(calendar.away(last, n), morning, zone)) for n in dict.fromkeys(offsets)]


def _last_day(due: datetime, calendar: Calendar, morning: time, zone: tzinfo) -> date:
    """The last working day whose morning comes before the deadline."""
    local = due.astimezone(zone)
    day = local.date()
    if datetime.combine(day, morning, zone) >= local:
        day -= _DAY
    return calendar.last_working_day(day)
