"""How the work stands: ages, counts, times. Read only; no name and no text comes out of here.

All state is rows, so any process can tell the figures of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ColumnElement, Connection, Select, case, extract, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bot.messages import Address
from bot.reminders import ReminderState
from bot.store.database import Database
from bot.store.errors import Unavailable
from bot.store.migrate import configuration
from bot.store.outbox import OPEN
from bot.store.tables import inbox, outbox, reminders
from bot.store.values import InboxState, OutboxState

T = TypeVar("T")

BUCKETS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)  # seconds


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """From a message to the decision what to answer: `within[i]` of `count` took at most BUCKETS[i] seconds.

    `total` is the seconds of all together. A message said in our future (the platform's clock is ahead) took none.
    """

    within: tuple[int, ...]
    count: int
    total: float


class Figures(Database):
    async def at_head(self) -> bool:
        """Whether the tables are those of this program. Raises Unavailable if the database does not answer."""
        try:
            async with self.reading() as connection:
                return await connection.run_sync(_at_head)
        except SQLAlchemyError as error:
            raise Unavailable(type(error).__name__) from None

    async def database_clock(self) -> datetime | None:
        """What time it is at the database server; None for SQLite, which has no clock but this machine's."""
        if self._sqlite:
            return None
        return await self._one(select(func.clock_timestamp(type_=outbox.c.queued_at.type)))

    async def newest(self) -> datetime | None:
        """When the last thing happened, by the clock of whoever wrote it down."""
        handled = select(inbox.c.handled_at).order_by(inbox.c.id.desc()).limit(1)
        queued = select(outbox.c.queued_at).order_by(outbox.c.id.desc()).limit(1)
        return max((at for at in (await self._one(handled), await self._one(queued)) if at), default=None)

    async def oldest_waiting(self) -> datetime | None:
        """When the oldest message that waits to be handled was said (or, if unknown, first claimed)."""
        said = func.min(func.coalesce(inbox.c.said_at, inbox.c.claimed_at))
        return await self._one(select(said).where(inbox.c.state == InboxState.WAITING))

    async def oldest_open(self) -> datetime | None:
        """When the oldest message that is still to be delivered was decided."""
        return await self._one(select(func.min(outbox.c.queued_at)).where(outbox.c.state.in_(OPEN)))

    async def inbox_counts(self) -> dict[tuple[str, InboxState], int]:
        """Messages in, by channel and state; what there is none of is left out."""
        found = select(inbox.c.channel, inbox.c.state, func.count()).group_by(inbox.c.channel, inbox.c.state)
        async with self.reading() as connection:
            return {(channel, InboxState(state)): n for channel, state, n in await connection.execute(found)}

    async def outbox_counts(self) -> dict[tuple[str, OutboxState], int]:
        """Messages out, by channel and state; what there is none of is left out."""
        found = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
        async with self.reading() as connection:
            return {(channel, OutboxState(state)): n for channel, state, n in await connection.execute(found)}

    async def reminder_counts(self) -> dict[ReminderState, int]:
        async with self.reading() as connection:
            found = select(reminders.c.state, func.count()).group_by(reminders.c.state)
            return {ReminderState(state): n for state, n in await connection.execute(found)}

    async def overdue(self, before: datetime) -> int:
        """Reminders that were to go out before this moment and are neither sent nor skipped."""
        planned = (reminders.c.state == ReminderState.PLANNED) & (reminders.c.not_before < before)
        return await self._count(planned)

    async def sent_since(self, channel: str, since: datetime) -> int:
        """Messages that went out on a channel from this moment on."""
        sent = (outbox.c.state == OutboxState.SENT) & (outbox.c.channel == channel) & (outbox.c.sent_at >= since)
        return await self._count(sent)

    async def failed_since(self, since: datetime) -> int:
        """Messages decided from this moment on that will never go out."""
        failed = (outbox.c.state == OutboxState.FAILED) & (outbox.c.queued_at >= since)
        return await self._count(failed)

    async def retried(self) -> int:
        """Messages still to be delivered after a failed try."""
        return await self._count(outbox.c.state.in_(OPEN) & (outbox.c.tries > 0))

    async def parked_since(self, since: datetime) -> int:
        """Messages said from this moment on (or nobody knows when) that could not be handled."""
        lately = or_(inbox.c.said_at.is_(None), inbox.c.said_at >= since)
        return await self._count((inbox.c.state == InboxState.PARKED) & lately)

    async def last_heard(self, address: Address) -> datetime | None:
        """When somebody last wrote from this address."""
        here = (inbox.c.channel == address.channel) & (inbox.c.address == address.id)
        # All states by name: the index begins with them.
        return await self._one(select(func.max(inbox.c.said_at)).where(inbox.c.state.in_(list(InboxState)), here))

    async def answer_times(self) -> AnswerTimes:
        """Of all messages that were handled."""
        took = self._seconds(inbox.c.said_at, inbox.c.handled_at)
        handled = inbox.c.said_at.is_not(None) & inbox.c.handled_at.is_not(None)
        # OFFSET 0 keeps both databases from working a time out anew for each bucket.
        times = select(case((took > 0, took), else_=0).label("took")).where(handled).offset(0).subquery()
        within = [func.sum(case((times.c.took <= bucket, 1), else_=0)) for bucket in BUCKETS]
        found = select(func.count(), func.sum(times.c.took), *within)
        async with self.reading() as connection:
            count, total, *counts = (await connection.execute(found)).one()
        return AnswerTimes(tuple(int(n or 0) for n in counts), int(count or 0), float(total or 0))

    def _seconds(self, start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
        """From one moment to another, in seconds, to the millisecond."""
        if self._sqlite:
            return func.round((func.julianday(end) - func.julianday(start)) * 86400, 3)
        return func.round(extract("epoch", end - start), 3)

    async def _count(self, which: ColumnElement[bool]) -> int:
        return await self._one(select(func.count()).where(which)) or 0

    async def _one(self, found: Select[T]) -> T | None:
        async with self.reading() as connection:
            return await connection.scalar(found)


def _at_head(connection: Connection) -> bool:
    script = ScriptDirectory.from_config(configuration(connection))
    return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())
