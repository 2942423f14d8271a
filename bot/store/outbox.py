"""The outbox: decided but not delivered; and the dialogue of an address in both directions.

Rows go queued → sending → sent | failed | passed on to the officer's next address, back to queued for another try, one
at a time per address and in order. A row is marked `sending` before it leaves; if the process dies then, nobody knows
whether it arrived, and when the lease ends it is sent again. This is the one window in which an officer may get a
message twice; nothing is ever lost in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address, Incoming, Outgoing
from bot.reminders import ReminderState
from bot.store.database import Database, first, free
from bot.store.inbox import clean
from bot.store.tables import Moment, addresses, dialogue, inbox, outbox, reminders
from bot.store.values import InboxState, Line, OutboxRow, OutboxState, from_json, to_json

OPEN = (OutboxState.QUEUED, OutboxState.SENDING)
ONWARD = " → "  # in a key: what follows is the address it was passed on to


class Outbox(Database):
    async def queue(
        self,
        connection: AsyncConnection,
        outgoing: Iterable[tuple[Address, Outgoing, str]],
        at: datetime,
        reminder: int | None,
        *,
        push: bool = False,
    ) -> None:
        """Part of a commit, with the addresses locked: queue messages in their order.

        A reminder and any other `push` is for the officer who is reached there, the rest for the address alone.
        """
        for to, message, key in outgoing:
            officer = await self._whose(connection, to) if push or reminder is not None else None
            await self.add(connection, to, message, key=key, at=at, reminder=reminder, officer=officer)

    async def queue_more(self, outgoing: Iterable[tuple[Address, Outgoing, str]], at: datetime) -> None:
        """Queue messages that belong to no event of their own. Raises Conflict for a key that was used."""
        given = list(outgoing)
        async with self.writing() as connection:
            await self.lock(connection, [str(to) for to, _, _ in given])
            await self.queue(connection, given, at, None)

    async def _whose(self, connection: AsyncConnection, to: Address) -> str | None:
        here = (addresses.c.channel == to.channel) & (addresses.c.address == to.id)
        officer: str | None = await connection.scalar(select(addresses.c.officer).where(here))
        return officer

    async def add(
        self,
        connection: AsyncConnection,
        to: Address,
        message: Outgoing,
        *,
        key: str,
        at: datetime,
        reminder: int | None,
        officer: str | None,
    ) -> None:
        """Part of a commit, with the address locked."""
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
            "officer": officer,
        }
        new = await connection.scalar(_ADD, row)
        await connection.execute(dialogue.insert(), {"channel": to.channel, "address": to.id, "outbox": new})

    async def claim_outgoing(self, now: datetime, channels: Collection[str], *, lease: timedelta) -> OutboxRow | None:
        """The oldest message to send now on one of these channels, marked `sending`; None if there is none."""
        return next(iter(await self.claim_some_outgoing(now, channels, lease=lease, most=1)), None)

    async def claim_some_outgoing(
        self, now: datetime, channels: Collection[str], *, lease: timedelta, most: int
    ) -> list[OutboxRow]:
        """The oldest messages to send now on these channels, one an address, marked `sending`, `most` of them at most.

        Only the first undelivered message of an address; while it waits for another try, so do the later ones.
        """
        async with self.writing() as connection:
            values = {"now": now, "channels": list(channels), "most": most}
            claimed = await self.claim(connection, _CLAIMABLE, outbox, now + lease, values, state=OutboxState.SENDING)
        return [outbox_row(row, token) for row, token in claimed]

    async def sent(
        self, row: OutboxRow, at: datetime, *, sent_as: str | None = None, next_from: datetime | None = None
    ) -> None:
        """It is delivered, as the channel's message `sent_as`; the address's next one waits until `next_from`.

        Raises Lost.
        """
        async with self.writing() as connection:
            changes = {"state": OutboxState.SENT, "sent_at": at, "sent_as": sent_as, "error": ""}
            await self.release(connection, outbox, row.id, row.claim, **changes)
            if next_from is not None:
                waiting = _at(row.address) & (outbox.c.state == OutboxState.QUEUED) & outbox.c.not_before.is_(None)
                await connection.execute(update(outbox).where(waiting).values(not_before=next_from))

    async def retry(self, row: OutboxRow, not_before: datetime, error: str, *, counts: bool = True) -> None:
        """It did not go out: one try more (if it `counts`), not before this moment. Raises Lost."""
        tries = row.tries + 1 if counts else row.tries
        async with self.writing() as connection:
            changes = {"state": OutboxState.QUEUED, "tries": tries, "not_before": not_before}
            await self.release(connection, outbox, row.id, row.claim, **changes, error=clean(error))

    async def fail(self, row: OutboxRow, error: str, fate: ReminderState = ReminderState.FAILED) -> None:
        """It will never go out: staff see it, and `fate` is that of every reminder it carried. Raises Lost."""
        async with self.writing() as connection:
            changes = {"state": OutboxState.FAILED, "tries": row.tries + 1, "error": clean(error)}
            await self.release(connection, outbox, row.id, row.claim, **changes)
            if row.reminder is not None:
                carried = update(reminders).where(reminders.c.sent_with == row.reminder)
                await connection.execute(carried.values(state=fate, reason=clean(error)))

    async def pass_on(self, row: OutboxRow, to: Address, pieces: Iterable[Outgoing], at: datetime, error: str) -> None:
        """It could not be delivered here: the officer gets it at another address, fitted anew. Raises Lost."""
        async with self.writing() as connection:
            await self.lock(connection, [str(to)])
            changes = {"state": OutboxState.PASSED, "tries": row.tries + 1, "error": clean(error)}
            await self.release(connection, outbox, row.id, row.claim, **changes)
            for n, piece in enumerate(pieces):
                key = f"{row.key}{ONWARD}{to}-{n}"
                await self.add(connection, to, piece, key=key, at=at, reminder=row.reminder, officer=row.officer)

    async def tried(self, row: OutboxRow) -> set[Address]:
        """The addresses at which this message was tried before it came here, and this one."""
        keys = [row.key]
        while ONWARD in keys[-1]:
            keys.append(keys[-1].rpartition(ONWARD)[0])
        async with self.reading() as connection:
            found = select(outbox.c.channel, outbox.c.address).where(outbox.c.key.in_(keys))
            return {Address(each.channel, each.address) for each in await connection.execute(found)}

    async def sent_as(self, key: str) -> str | None:
        """What the channel calls the message that was sent under this key; None if it was not, or has no name there."""
        async with self.reading() as connection:
            named: str | None = await connection.scalar(select(outbox.c.sent_as).where(outbox.c.key == key))
            return named

    async def undelivered(self) -> list[OutboxRow]:
        """What failed for good, and what is still open after a failed try; oldest first."""
        found = select(outbox).where(outbox.c.state.in_((*OPEN, OutboxState.FAILED)), outbox.c.tries > 0)
        async with self.reading() as connection:
            return [outbox_row(row) for row in await connection.execute(found.order_by(outbox.c.id))]

    async def messages_of(self, reminder: int) -> list[Outgoing]:
        """What a reminder said, in order, with others that went in the same message; empty unless it was sent."""
        carrier = select(reminders.c.sent_with).where(reminders.c.id == reminder).scalar_subquery()
        found = select(outbox.c.body).where(outbox.c.reminder == carrier).order_by(outbox.c.id)
        async with self.reading() as connection:
            return [from_json(Outgoing, body) for body in await connection.scalars(found)]

    async def under_way(self) -> set[int]:
        """The reminders (`ReminderRow.sent_with`) whose message is still to be delivered."""
        found = select(outbox.c.reminder).where(outbox.c.state.in_(OPEN), outbox.c.reminder.is_not(None)).distinct()
        async with self.reading() as connection:
            return set(await connection.scalars(found))

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


def _claimable() -> Select[Any]:
    now, earlier = bindparam("now", type_=Moment), outbox.alias()
    held_up = (
        select(earlier.c.id)
        .where(earlier.c.state.in_(OPEN))
        .where(earlier.c.channel == outbox.c.channel, earlier.c.address == outbox.c.address)
        .where(earlier.c.id < outbox.c.id)
        .exists()
    )
    return first(
        select(outbox)
        .where(outbox.c.state.in_(OPEN))
        .where(outbox.c.channel.in_(bindparam("channels", expanding=True)), free(outbox, now), ~held_up)
        .where(outbox.c.not_before.is_(None) | (outbox.c.not_before <= now))
        .order_by(outbox.c.id)
    )


_CLAIMABLE = _claimable()
_ADD = outbox.insert().returning(outbox.c.id)


def _at(address: Address) -> ColumnElement[bool]:
    return (outbox.c.channel == address.channel) & (outbox.c.address == address.id)


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


def outbox_row(row: Row[Any], token: str = "") -> OutboxRow:
    """A row as it is looked at, or claimed by this token."""
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
        officer=row.officer,
        claim=token,
    )
