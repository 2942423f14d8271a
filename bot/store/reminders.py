"""Planned reminders: rows with a due time. None is sent twice, none disappears without a reason staff can read.

All that is due for one officer is claimed together and settled in one commit, so that it is one message or none. An
officer who was sent something today gets nothing more before tomorrow but that a deadline moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminders import Kind, Pause, Reminder, ReminderState, Told
from bot.store.database import Database, first, free
from bot.store.tables import PLAN, pauses, reminders
from bot.store.values import Fate, ReminderRow

# Reasons, as staff read them.
OVERDUE = "quá hạn"
COALESCED = "gộp vào lần nhắc mới hơn"

MOST_TOGETHER = 1000


def carried(fates: Iterable[Fate]) -> int | None:
    """The id under which the outbox names all reminders that go in one message: the first that is sent."""
    return next((fate.row.id for fate in fates if fate.state is ReminderState.SENT), None)


class Reminders(Database):
    async def plan_reminders(self, planned: Iterable[Reminder]) -> int:
        """Keep those not planned yet; how many were new. What is there stays as it is, but a voided one counts again.

        (A deadline that is moved and moved back has its old version.)
        """
        async with self.writing() as connection:
            return await self.keep_planned(connection, planned)

    async def keep_planned(self, connection: AsyncConnection, planned: Iterable[Reminder]) -> int:
        """Part of a commit, see `plan_reminders`."""
        rows = [asdict(r) | {"state": ReminderState.PLANNED, "reason": ""} for r in planned]
        if not rows:
            return 0
        await self._lock(connection)
        insert = self.insert(reminders).on_conflict_do_update(
            index_elements=[reminders.c[name] for name in PLAN],
            set_={"state": ReminderState.PLANNED, "reason": "", "done_at": None},
            where=reminders.c.state == ReminderState.VOIDED,
        )
        return len((await connection.execute(insert.returning(reminders.c.id), rows)).all())

    async def void_reminders(self, campaign: str, deadline: str, keep_version: int, reason: str) -> int:
        """The deadline moved: what is planned for versions other than this will not be sent; how many that were."""
        async with self.writing() as connection:
            await self._lock(connection)
            other = (
                update(reminders)
                .where(reminders.c.state == ReminderState.PLANNED)
                .where(reminders.c.campaign == campaign, reminders.c.deadline == deadline)
                .where(reminders.c.deadline_version != keep_version)
                .values(state=ReminderState.VOIDED, reason=reason, claim=None, lease_until=None)
            )
            return (await connection.execute(other)).rowcount

    async def claim_reminders(
        self, now: datetime, *, lease: timedelta, today: datetime | None = None, together: bool = True
    ) -> tuple[ReminderRow, ...]:
        """What is due for the officer who has waited longest; empty if nothing is. First the expired and the outdated
        ones are recorded as skipped.

        Officers come before those to whom somebody else's reminders are reported. Who was sent something since `today`
        is left out (None: nobody). `together` False: one reminder at a time.
        """
        async with self.writing() as connection:
            await self._skip(connection, now)
            due = _due(now, today)
            head = (await connection.execute(due.order_by(*_order(now)).limit(1))).one_or_none()
            if head is None:
                return ()
            which = reminders.c.officer == head.officer if together else reminders.c.id == head.id
            found = first(due.where(which).order_by(reminders.c.not_before, reminders.c.id))
            most = {"most": MOST_TOGETHER}
            claimed = await self.claim(connection, found, reminders, now + lease, most, claimed_at=now)
        return tuple(_row(row, token, now) for row, token in claimed)

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
        known = (
            select(reminders.c.unit, reminders.c.officer)
            .where(reminders.c.campaign == campaign, reminders.c.deadline == deadline)
            .where(reminders.c.kind == Kind.REMIND, reminders.c.expires_at == due)
            .distinct()
            .order_by(reminders.c.unit, reminders.c.officer)
        )
        async with self.reading() as connection:
            return [(row.unit, row.officer) for row in await connection.execute(known)]

    async def told(self, campaign: str, unit: str, deadline: str, deadline_version: int) -> tuple[Told, ...]:
        """Who was sent something about a unit's deadline, by kind; a reminder asked for later counts as one."""
        sent = (
            select(reminders.c.kind, reminders.c.officer, reminders.c.done_at)
            .where(reminders.c.campaign == campaign, reminders.c.unit == unit, reminders.c.deadline == deadline)
            .where(reminders.c.deadline_version == deadline_version, reminders.c.state == ReminderState.SENT)
        )
        when: dict[Kind, dict[str, datetime]] = {}
        async with self.reading() as connection:
            for kind, officer, at in await connection.execute(sent):
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
            found = await connection.execute(select(pauses).where(pauses.c.officer == officer))
            return {row.campaign: Pause(row.officer, row.campaign, row.until) for row in found}

    async def _skip(self, connection: AsyncConnection, now: datetime) -> int:
        await self._lock(connection)
        idle = update(reminders).where(reminders.c.state == ReminderState.PLANNED, free(reminders, now))
        skipped = {"state": ReminderState.SKIPPED, "done_at": now, "claim": None, "lease_until": None}
        late = idle.where(reminders.c.expires_at <= now).values(reason=OVERDUE, **skipped)
        newer = reminders.alias()  # sent counts: an older one whose sender died must not follow it
        kinds = (Kind.REMIND, Kind.SNOOZED)
        has_newer = (
            select(newer.c.id)
            .where(newer.c.state.in_([ReminderState.PLANNED, ReminderState.SENT]), newer.c.kind.in_(kinds))
            .where(newer.c.not_before <= now, newer.c.expires_at > now)
            .where(*(newer.c[name] == reminders.c[name] for name in ("officer", "unit", "campaign", "deadline")))
            .where(
                (newer.c.not_before > reminders.c.not_before)
                | ((newer.c.not_before == reminders.c.not_before) & (newer.c.id > reminders.c.id))
            )
            .exists()
        )
        missed = idle.where(reminders.c.not_before <= now, reminders.c.kind.in_(kinds), has_newer)
        missed = missed.values(reason=COALESCED, **skipped)
        return (await connection.execute(late)).rowcount + (await connection.execute(missed)).rowcount

    async def _lock(self, connection: AsyncConnection) -> None:
        """Statements over many reminders go one after the other, so that they never wait for each other's rows."""
        await self.lock(connection, ["reminders"])


def _due(now: datetime, today: datetime | None) -> Select[Any]:
    found = (
        select(reminders)
        .where(reminders.c.state == ReminderState.PLANNED, free(reminders, now))
        .where(reminders.c.not_before <= now, reminders.c.expires_at > now)
    )
    if today is None:
        return found
    earlier = reminders.alias()
    had = (
        select(earlier.c.id)
        .where(earlier.c.officer == reminders.c.officer)
        .where(earlier.c.state == ReminderState.SENT, earlier.c.done_at >= today)
        .exists()
    )
    return found.where(or_(reminders.c.kind == Kind.MOVED, ~had))


def _order(now: datetime) -> tuple[ColumnElement[Any], ...]:
    """Those to whom is reported who was reminded come last: by then it is so."""
    theirs = reminders.alias()
    rank = case((theirs.c.kind == Kind.STAFF, 2), (theirs.c.kind == Kind.LEADER, 1), else_=0)
    reported = (
        select(func.max(rank))
        .where(theirs.c.officer == reminders.c.officer, theirs.c.state == ReminderState.PLANNED)
        .where(theirs.c.not_before <= now)
        .scalar_subquery()
    )
    return (reported, reminders.c.not_before, reminders.c.id)


def _row(row: Row[Any], token: str = "", claimed_at: datetime | None = None) -> ReminderRow:
    values = {field.name: getattr(row, field.name) for field in fields(Reminder)}
    reminder = Reminder(**values | {"kind": Kind(row.kind)})
    state = ReminderState(row.state)
    return ReminderRow(row.id, reminder, state, row.reason, row.done_at, token, claimed_at, row.sent_with)
