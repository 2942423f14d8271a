"""Planned reminders: rows with a due time. None is sent twice, none disappears without a reason staff can read.

All that is due for one officer is claimed together and settled in one commit, so that it is one message or none. An
officer who was sent something today gets nothing more before tomorrow but that a deadline moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, Update, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminders import Kind, Pause, Reminder, ReminderState, Told
from bot.store.database import Database, first, free
from bot.store.people import LEFT
from bot.store.tables import PLAN, Moment, addresses, pauses, reminders
from bot.store.values import Fate, ReminderRow

# Reasons, as staff read them.
OVERDUE = "quá hạn"
COALESCED = "gộp vào lần nhắc mới hơn"

MOST_TOGETHER = 10_000


def carried(fates: Iterable[Fate]) -> int | None:
    """The id under which the outbox names all reminders that go in one message: the first that is sent."""
    return next((fate.row.id for fate in fates if fate.state is ReminderState.SENT), None)


class Reminders(Database):
    async def plan_reminders(self, planned: Iterable[Reminder]) -> int:
        """Keep those not planned yet; how many were new. What is there stays as it is, but a voided one counts again.

        (A deadline that is moved and moved back has its old version.) Who left the unit gets none until they are linked
        anew.
        """
        async with self.writing() as connection:
            return await self.keep_planned(connection, planned)

    async def keep_planned(self, connection: AsyncConnection, planned: Iterable[Reminder]) -> int:
        """Part of a commit, see `plan_reminders`."""
        wanted = {r.key: r for r in planned}
        if not wanted:
            return 0
        await self._lock(connection)
        left = {(row.unit, row.officer) for row in await connection.execute(_GONE)}
        wanted = {key: r for key, r in wanted.items() if (r.unit, r.officer) not in left}
        for deadline in {(r.campaign, r.deadline) for r in wanted.values()}:
            known = await connection.execute(_KNOWN, dict(zip(("of", "dated"), deadline, strict=True)))
            for key in known:
                wanted.pop(tuple(key), None)
        rows = [{name: getattr(r, name) for name in _NAMES} | _NEW for r in wanted.values()]
        if not rows:
            return 0
        insert = self.insert(reminders).on_conflict_do_update(
            index_elements=[reminders.c[name] for name in PLAN],
            set_={"state": ReminderState.PLANNED, "reason": "", "done_at": None},
            where=reminders.c.state == ReminderState.VOIDED,
        )
        return len((await connection.execute(insert.returning(reminders.c.id), rows)).all())

    async def void_reminders(self, campaign: str, deadline: str, keep_version: int, reason: str) -> int:
        """The deadline moved: what is planned for versions other than this will not be sent; how many that were."""
        values = {"of": campaign, "dated": deadline, "keep": keep_version, "why": reason}
        async with self.writing() as connection:
            await self._lock(connection)
            return (await connection.execute(_VOID, values)).rowcount

    async def claim_reminders(
        self, now: datetime, *, lease: timedelta, today: datetime | None = None, together: bool = True
    ) -> tuple[ReminderRow, ...]:
        """What is due for the officer who comes next, see `claim_some_reminders`. `together` False: one of it."""
        most = MOST_TOGETHER if together else 1
        return next(iter(await self._claim_due(now, lease, today, officers=1, most=most)), ())

    async def claim_some_reminders(
        self, now: datetime, *, lease: timedelta, officers: int, today: datetime | None = None
    ) -> list[tuple[ReminderRow, ...]]:
        """What is due for those who have waited longest, so many `officers` at most, apart for each; empty if nothing
        is. First the expired and the outdated ones are recorded as skipped.

        Officers come before those to whom somebody else's reminders are reported, never with them. Who was sent
        something since `today` is left out (None: nobody).
        """
        return await self._claim_due(now, lease, today, officers=officers, most=MOST_TOGETHER)

    async def _claim_due(
        self, now: datetime, lease: timedelta, today: datetime | None, *, officers: int, most: int
    ) -> list[tuple[ReminderRow, ...]]:
        at = {"now": now} if today is None else {"now": now, "today": today}
        following, due = _next(sparing=today is not None)
        async with self.writing() as connection:
            await self._skip(connection, now)
            ranked = (await connection.execute(following, {**at, "officers": officers})).all()
            whose = [row.officer for row in ranked if row.rank == ranked[0].rank]
            if not whose:
                return []
            values = {**at, "whose": whose, "most": most}
            claimed = await self.claim(connection, due, reminders, now + lease, values, claimed_at=now)
        rows: dict[str, list[ReminderRow]] = {officer: [] for officer in whose}
        for row, token in claimed:
            rows[row.officer].append(_row(row, token, now))
        return [tuple(of) for of in rows.values() if of]

    async def settle(self, connection: AsyncConnection, fates: Collection[Fate], at: datetime) -> None:
        """Part of a commit: what became of reminders that were claimed together. Raises Lost if one is not ours."""
        lead = carried(fates)
        for fate in fates:
            sent_with = lead if fate.state is ReminderState.SENT else None
            changes = {"state": fate.state, "reason": fate.reason, "done_at": at, "sent_with": sent_with}
            await self.release(connection, reminders, fate.row.id, fate.row.claim, **changes)

    async def expire_reminders(self, now: datetime) -> int:
        """Record as skipped what is too late, and of several due for one officer and deadline all but the newest."""
        async with self.writing() as connection:
            return await self._skip(connection, now)

    async def reminders(
        self,
        campaign: str | None = None,
        *,
        state: ReminderState | None = None,
        officer: str | None = None,
        limit: int | None = None,
    ) -> list[ReminderRow]:
        """The ledger in the order of the planned times, narrowed down by what is given."""
        found = select(reminders).order_by(reminders.c.not_before, reminders.c.id).limit(limit)
        for column, wanted in (("campaign", campaign), ("state", state), ("officer", officer)):
            if wanted is not None:
                found = found.where(reminders.c[column] == wanted)
        async with self.reading() as connection:
            return [_row(row) for row in await connection.execute(found)]

    async def planned_for(self, campaign: str, deadline: str, due: datetime) -> list[tuple[str, str]]:
        """Who, (unit, officer) each, has a reminder of this date of a deadline, sent or not."""
        values = {"of": campaign, "dated": deadline, "due": due}
        async with self.reading() as connection:
            return [(row.unit, row.officer) for row in await connection.execute(_TOLD_OF, values)]

    async def told(self, campaign: str, unit: str, deadline: str, deadline_version: int) -> tuple[Told, ...]:
        """Who was sent something about a unit's deadline, by kind; a reminder asked for later counts as one."""
        values = {"of": campaign, "about": unit, "dated": deadline, "as_of": deadline_version}
        when: dict[Kind, dict[str, datetime]] = {}
        async with self.reading() as connection:
            for kind, officer, at in await connection.execute(_SENT, values):
                of = when.setdefault(Kind.REMIND if kind == Kind.SNOOZED else Kind(kind), {})
                of[officer] = max(at, of.get(officer, at))
        return tuple(Told(kind, len(of), max(of.values())) for kind, of in when.items())

    async def pause(self, connection: AsyncConnection, wanted: Iterable[Pause]) -> None:
        """Part of a commit: the officer's last word on a campaign's reminders."""
        if rows := [asdict(each) for each in wanted]:
            await connection.execute(self.upsert(pauses), rows)

    async def pauses(self, officer: str) -> dict[str, Pause]:
        """What an officer asked for, by campaign."""
        async with self.reading() as connection:
            found = await connection.execute(_PAUSES, {"of": officer})
            return {row.campaign: Pause(row.officer, row.campaign, row.until) for row in found}

    async def _skip(self, connection: AsyncConnection, now: datetime) -> int:
        await self._lock(connection)
        return sum([(await connection.execute(each, {"now": now})).rowcount for each in _SKIPS])

    async def _lock(self, connection: AsyncConnection) -> None:
        """Statements over many reminders go one after the other, so that they never wait for each other's rows."""
        await self.lock(connection, ["reminders"])


_NOW = bindparam("now", type_=Moment)
_NAMES = [field.name for field in fields(Reminder)]
_NEW = {"state": ReminderState.PLANNED, "reason": ""}
_DEADLINE = (reminders.c.campaign == bindparam("of")) & (reminders.c.deadline == bindparam("dated"))
_KNOWN = select(*(reminders.c[name] for name in PLAN)).where(_DEADLINE, reminders.c.state != ReminderState.VOIDED)
_GONE = (
    select(reminders.c.unit, reminders.c.officer)
    .where(reminders.c.state == ReminderState.VOIDED, reminders.c.reason == LEFT)
    .where(reminders.c.officer.not_in(select(addresses.c.officer)))
    .distinct()
)
_VOID = (
    update(reminders)
    .where(_DEADLINE, reminders.c.state == ReminderState.PLANNED)
    .where(reminders.c.deadline_version != bindparam("keep"))
    .values(state=ReminderState.VOIDED, reason=bindparam("why"), claim=None, lease_until=None)
)
_TOLD_OF = (
    select(reminders.c.unit, reminders.c.officer)
    .where(_DEADLINE, reminders.c.kind == Kind.REMIND, reminders.c.expires_at == bindparam("due"))
    .distinct()
    .order_by(reminders.c.unit, reminders.c.officer)
)
_SENT = select(reminders.c.kind, reminders.c.officer, reminders.c.done_at).where(
    _DEADLINE,
    reminders.c.unit == bindparam("about"),
    reminders.c.deadline_version == bindparam("as_of"),
    reminders.c.state == ReminderState.SENT,
)
_PAUSES = select(pauses).where(pauses.c.officer == bindparam("of"))


def _skips() -> tuple[Update, Update]:
    """What is too late is skipped, and of several due for one officer and deadline all but the newest."""
    idle = update(reminders).where(reminders.c.state == ReminderState.PLANNED, free(reminders, _NOW))
    skipped = {"state": ReminderState.SKIPPED, "done_at": _NOW, "claim": None, "lease_until": None}
    newer = reminders.alias()  # sent counts: an older one whose sender died must not follow it
    kinds = (Kind.REMIND, Kind.SNOOZED)
    has_newer = (
        select(newer.c.id)
        .where(newer.c.state.in_([ReminderState.PLANNED, ReminderState.SENT]), newer.c.kind.in_(kinds))
        .where(newer.c.not_before <= _NOW, newer.c.expires_at > _NOW)
        .where(*(newer.c[name] == reminders.c[name] for name in ("officer", "unit", "campaign", "deadline")))
        .where(
            (newer.c.not_before > reminders.c.not_before)
            | ((newer.c.not_before == reminders.c.not_before) & (newer.c.id > reminders.c.id))
        )
        .exists()
    )
    missed = idle.where(reminders.c.not_before <= _NOW, reminders.c.kind.in_(kinds), has_newer)
    late = idle.where(reminders.c.expires_at <= _NOW)
    return late.values(reason=OVERDUE, **skipped), missed.values(reason=COALESCED, **skipped)


_SKIPS = _skips()


@cache
def _next(*, sparing: bool) -> tuple[Select[Any], Select[Any]]:
    """The `officers` who come next with the `rank` of what they are told; all that is due for the ones called "whose".

    Those to whom is reported who was reminded come last: by then it is so. `sparing`: nobody to whom something was sent
    since "today" or is just being sent. Everybody is looked at once, never everybody for everybody: a round has a
    hundred units.
    """
    due = [
        reminders.c.state == ReminderState.PLANNED,
        free(reminders, _NOW),
        reminders.c.not_before <= _NOW,
        reminders.c.expires_at > _NOW,
    ]
    if sparing:
        earlier = reminders.alias()
        had = select(earlier.c.officer).where(
            earlier.c.state == ReminderState.SENT, earlier.c.done_at >= bindparam("today", type_=Moment)
        )
        busy = select(earlier.c.officer).where(
            earlier.c.state == ReminderState.PLANNED, earlier.c.not_before <= _NOW, earlier.c.lease_until > _NOW
        )
        due.append(or_(reminders.c.kind == Kind.MOVED, reminders.c.officer.not_in(had)))
        due.append(reminders.c.officer.not_in(busy))
    rank = func.max(case((reminders.c.kind == Kind.STAFF, 2), (reminders.c.kind == Kind.LEADER, 1), else_=0))
    following = (
        select(reminders.c.officer, rank.label("rank"))
        .where(*due)
        .group_by(reminders.c.officer)
        .order_by(rank, func.min(reminders.c.not_before), func.min(reminders.c.id))
        .limit(bindparam("officers", type_=Integer))
    )
    theirs = select(reminders).where(*due, reminders.c.officer.in_(bindparam("whose", expanding=True)))
    return following, first(theirs.order_by(reminders.c.not_before, reminders.c.id))


def _row(row: Row[Any], token: str = "", claimed_at: datetime | None = None) -> ReminderRow:
    values = {field.name: getattr(row, field.name) for field in fields(Reminder)}
    reminder = Reminder(**values | {"kind": Kind(row.kind)})
    state = ReminderState(row.state)
    return ReminderRow(row.id, reminder, state, row.reason, row.done_at, token, claimed_at, row.sent_with)
