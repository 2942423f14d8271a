"""The outbox: decided but not delivered; and the dialogue of an address in both directions.

Rows go queued → sending → sent | failed, back to queued for another try, one at a time per address and in order. A row
is marked `sending` before it leaves; if the process dies then, nobody knows whether it arrived, and when the lease ends
it is sent again. This is the one window in which an officer may get a message twice; nothing is ever lost in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address, Incoming, Outgoing
from bot.reminders import ReminderState
from bot.store.database import Database, free
from bot.store.inbox import clean
from bot.store.tables import dialogue, inbox, outbox, reminders
from bot.store.values import InboxState, Line, OutboxRow, OutboxState, from_json, to_json

OPEN = (OutboxState.QUEUED, OutboxState.SENDING)


class Outbox(Database):
    async def queue(
        self,
        connection: AsyncConnection,
        outgoing: Iterable[tuple[Address, Outgoing, str]],
        at: datetime,
        reminder: int | None,
    ) -> None:
        """Part of a commit, with the addresses locked: queue messages in their order."""
        for to, message, key in outgoing:
            row = {
                "channel": to.channel,
                "address": to.id,
                "key": key,
                "body": to_json(message),
                "state": OutboxState.QUEUED,
                "tries": 0,
                "error": "",
                "queued_at": at,
                "reminder": reminder,
            }
            new = await connection.scalar(outbox.insert().values(row).returning(outbox.c.id))
            await connection.execute(dialogue.insert().values(channel=to.channel, address=to.id, outbox=new))

    async def claim_outgoing(self, now: datetime, channels: Collection[str], *, lease: timedelta) -> OutboxRow | None:
        """The oldest message to send now on one of these channels, marked `sending`; None if there is none.

        Only the first undelivered message of an address; while it waits for another try, so do the later ones.
        """
        earlier = outbox.alias()
        held_up = (
            select(earlier.c.id)
            .where(earlier.c.state.in_(OPEN))
            .where(earlier.c.channel == outbox.c.channel, earlier.c.address == outbox.c.address)
            .where(earlier.c.id < outbox.c.id)
            .exists()
        )
        found = (
            select(outbox)
            .where(outbox.c.state.in_(OPEN))
            .where(outbox.c.channel.in_(channels), free(outbox, now), ~held_up)
            .where(outbox.c.not_before.is_(None) | (outbox.c.not_before <= now))
            .order_by(outbox.c.id)
        )
        async with self.writing() as connection:
            claimed = await self.claim(connection, found, outbox, now + lease, state=OutboxState.SENDING)
        if claimed is None:
            return None
        row, token = claimed
        return _row(row, token)

    async def sent(self, row: OutboxRow, at: datetime) -> None:
        """It is delivered. Raises Lost."""
        async with self.writing() as connection:
            changes = {"state": OutboxState.SENT, "sent_at": at, "error": ""}
            await self.release(connection, outbox, row.id, row.claim, **changes)

    async def retry(self, row: OutboxRow, not_before: datetime, error: str) -> None:
        """It did not go out: one try more, not before this moment. Raises Lost."""
        async with self.writing() as connection:
            changes = {"state": OutboxState.QUEUED, "tries": row.tries + 1, "not_before": not_before}
            await self.release(connection, outbox, row.id, row.claim, **changes, error=clean(error))

    async def fail(self, row: OutboxRow, error: str) -> None:
        """It will never go out: staff see it, and a reminder it carried counts as not reached. Raises Lost."""
        async with self.writing() as connection:
            changes = {"state": OutboxState.FAILED, "tries": row.tries + 1, "error": clean(error)}
            await self.release(connection, outbox, row.id, row.claim, **changes)
            unreached = {"state": ReminderState.UNREACHABLE, "reason": clean(error)}
            await connection.execute(update(reminders).where(reminders.c.id == row.reminder).values(unreached))

    async def undelivered(self) -> list[OutboxRow]:
        """What failed for good, and what is still open after a failed try; oldest first."""
        found = select(outbox).where(outbox.c.state.in_((*OPEN, OutboxState.FAILED)), outbox.c.tries > 0)
        async with self.reading() as connection:
            return [_row(row) for row in await connection.execute(found.order_by(outbox.c.id))]

    async def messages_of(self, reminder: int) -> list[Outgoing]:
        """What a reminder said, in order; empty unless it was sent."""
        found = select(outbox.c.body).where(outbox.c.reminder == reminder).order_by(outbox.c.id)
        async with self.reading() as connection:
            return [from_json(Outgoing, body) for body in await connection.scalars(found)]

    async def dialogue(self, address: Address, after_id: int = 0, limit: int = 100) -> list[Line]:
        """The messages of an address in both directions, in order, from after this line on."""
        return await self._lines(
            _lines_of(address).where(dialogue.c.id > after_id).order_by(dialogue.c.id).limit(limit)
        )

    async def recent(self, address: Address, limit: int = 50) -> list[Line]:
        """The last messages of an address in both directions, in order."""
        return (await self._lines(_lines_of(address).order_by(dialogue.c.id.desc()).limit(limit)))[::-1]

    async def _lines(self, found: Select[Any]) -> list[Line]:
        async with self.reading() as connection:
            return [_line(row) for row in await connection.execute(found)]


def _lines_of(address: Address) -> Select[Any]:
    return (
        select(
            dialogue.c.id,
            inbox.c.body.label("received"),
            inbox.c.state.label("inbox_state"),
            outbox.c.body.label("decided"),
            outbox.c.state.label("outbox_state"),
            outbox.c.queued_at,
        )
        .outerjoin_from(dialogue, inbox)
        .outerjoin(outbox)
        .where(dialogue.c.channel == address.channel, dialogue.c.address == address.id)
    )


def _line(row: Row[Any]) -> Line:
    if row.received is not None:
        incoming = from_json(Incoming, row.received)
        return Line(row.id, "in", incoming, incoming.at, InboxState(row.inbox_state))
    return Line(row.id, "out", from_json(Outgoing, row.decided), row.queued_at, OutboxState(row.outbox_state))


def _row(row: Row[Any], token: str = "") -> OutboxRow:
    return OutboxRow(
        id=row.id,
        address=Address(row.channel, row.address),
        message=from_json(Outgoing, row.body),
        key=row.key,
        state=OutboxState.SENDING if token else OutboxState(row.state),
        queued_at=row.queued_at,
        tries=row.tries,
        error=row.error,
        not_before=row.not_before,
        sent_at=row.sent_at,
        reminder=row.reminder,
        claim=token,
    )
