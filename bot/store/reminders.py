"""Planned reminders: rows with a due time. None is sent twice, none disappears without a reason staff can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminders import Reminder, ReminderState
from bot.store.database import Database, first, free
from bot.store.tables import PLAN, reminders
from bot.store.values import ReminderRow

# Reasons, as staff read them.
OVERDUE = "quá hạn"
COALESCED = "gộp vào lần nhắc mới hơn"


class Reminders(Database):
    async def plan_reminders(self, planned: Iterable[Reminder]) -> int:
        """Keep those not planned yet; how many were new. What is there stays as it is, but a voided one counts again.

        (A deadline that is moved and moved back has its old version.)
        """
        rows = [asdict(r) | {"state": ReminderState.PLANNED, "reason": ""} for r in planned]
        if not rows:
            return 0
        async with self.writing() as connection:
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

    async def claim_reminder(self, now: datetime, *, lease: timedelta) -> ReminderRow | None:
        """The reminder that has been due longest; first the expired and the outdated ones are recorded as skipped."""
        found = (
            select(reminders)
            .where(reminders.c.state == ReminderState.PLANNED, free(reminders, now))
            .where(reminders.c.not_before <= now, reminders.c.expires_at > now)
            .order_by(reminders.c.not_before, reminders.c.id)
        )
        async with self.writing() as connection:
            await self._skip(connection, now)
            claimed = await self.claim(connection, first(found), reminders, now + lease, {"most": 1}, claimed_at=now)
        return next((_row(row, token, now) for row, token in claimed), None)

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

    async def _skip(self, connection: AsyncConnection, now: datetime) -> int:
        await self._lock(connection)
        idle = update(reminders).where(reminders.c.state == ReminderState.PLANNED, free(reminders, now))
        skipped = {"state": ReminderState.SKIPPED, "done_at": now, "claim": None, "lease_until": None}
        late = idle.where(reminders.c.expires_at <= now).values(reason=OVERDUE, **skipped)
        newer = reminders.alias()  # sent counts: an older one whose sender died must not follow it
        has_newer = (
            select(newer.c.id)
            .where(newer.c.state.in_([ReminderState.PLANNED, ReminderState.SENT]))
            .where(newer.c.not_before <= now, newer.c.expires_at > now)
            .where(*(newer.c[name] == reminders.c[name] for name in ("officer", "campaign", "deadline")))
            .where(
                (newer.c.not_before > reminders.c.not_before)
                | ((newer.c.not_before == reminders.c.not_before) & (newer.c.id > reminders.c.id))
            )
            .exists()
        )
        missed = idle.where(reminders.c.not_before <= now, has_newer).values(reason=COALESCED, **skipped)
        return (await connection.execute(late)).rowcount + (await connection.execute(missed)).rowcount

    async def _lock(self, connection: AsyncConnection) -> None:
        """Statements over many reminders go one after the other, so that they never wait for each other's rows."""
        await self.lock(connection, ["reminders"])


def _row(row: Row[Any], token: str = "", claimed_at: datetime | None = None) -> ReminderRow:
    reminder = Reminder(**{field.name: getattr(row, field.name) for field in fields(Reminder)})
    return ReminderRow(row.id, reminder, ReminderState(row.state), row.reason, row.done_at, token, claimed_at)
