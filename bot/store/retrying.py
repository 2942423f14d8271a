"""What failed for good, once more because somebody asks for it; and reminders taken back to be decided anew.

A message that is tried again is a new row with fresh tries, so that what became of the old one stays to be read. What
carried reminders is not sent as it was: its reminders are planned again, and whether they are still needed is asked
when they go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address, Outgoing
from bot.reminders import ReminderState
from bot.store.outbox import Outbox, outbox_row
from bot.store.tables import inbox, outbox, reminders
from bot.store.values import InboxState, OutboxRow, OutboxState

# States of a reminder whose message is in the outbox, or was.
SAID = (ReminderState.SENT, ReminderState.FAILED, ReminderState.UNREACHABLE)


class Retrying(Outbox):
    async def handle_again(self, row_id: int) -> bool:
        """A parked message waits in its old place once more, with fresh tries; False if it is not parked."""
        parked = (inbox.c.id == row_id) & (inbox.c.state == InboxState.PARKED)
        fresh = {"state": InboxState.WAITING, "tries": 0, "error": "", "not_before": None}
        async with self.writing() as connection:
            return (await connection.execute(update(inbox).where(parked).values(fresh))).rowcount == 1

    async def failed(self, row_id: int) -> OutboxRow | None:
        """A message that will never go out by itself."""
        async with self.reading() as connection:
            found = select(outbox).where(outbox.c.id == row_id, outbox.c.state == OutboxState.FAILED)
            row = (await connection.execute(found)).one_or_none()
            return outbox_row(row) if row else None

    async def send_again(self, row: OutboxRow, to: Address, pieces: Iterable[Outgoing], at: datetime) -> bool:
        """A failed message goes out at this address, fitted to it; False if it is not failed any more."""
        async with self.writing() as connection:
            await self.lock(connection, [str(to)])
            if not await self._leaves(connection, row, OutboxState.PASSED):
                return False
            for n, piece in enumerate(pieces):
                key = f"again-{row.id}-{n}"
                await self.add(connection, to, piece, key=key, at=at, reminder=None, officer=row.officer)
            return True

    async def remind_again(self, row: OutboxRow) -> bool:
        """What a failed message reminded of is planned once more, as it was; False if it is not failed any more."""
        async with self.writing() as connection:
            await self.lock(connection, ["reminders"])
            if not await self._leaves(connection, row, OutboxState.VOIDED):
                return False
            await self._plan_again(connection, row, row.error)
            return True

    async def take_back(self, row: OutboxRow, why: str) -> None:
        """What a claimed message reminds of is planned once more, as it was; the message is void. Raises Lost."""
        async with self.writing() as connection:
            await self.lock(connection, ["reminders"])
            await self.release(connection, outbox, row.id, row.claim, state=OutboxState.VOIDED, error=why)
            await self._plan_again(connection, row, why)

    async def _leaves(self, connection: AsyncConnection, row: OutboxRow, state: OutboxState) -> bool:
        failed = (outbox.c.id == row.id) & (outbox.c.state == OutboxState.FAILED)
        return (await connection.execute(update(outbox).where(failed).values(state=state))).rowcount == 1

    async def _plan_again(self, connection: AsyncConnection, row: OutboxRow, why: str) -> None:
        """With all other pieces of the same message, as far as they are not just leaving."""
        rest = (outbox.c.reminder == row.reminder) & outbox.c.state.in_((OutboxState.QUEUED, OutboxState.FAILED))
        await connection.execute(update(outbox).where(rest).values(state=OutboxState.VOIDED, error=why))
        carried = (reminders.c.sent_with == row.reminder) & reminders.c.state.in_(SAID)
        fresh = {"state": ReminderState.PLANNED, "reason": "", "done_at": None, "sent_with": None}
        await connection.execute(update(reminders).where(carried).values(fresh))
