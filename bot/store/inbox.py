"""The inbox: received but not handled. Per address in the order of arrival, one at a time; others side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.logs import redact
from bot.messages import Address, Incoming
from bot.store.database import Database, first, free
from bot.store.tables import Moment, addresses, conversations, dialogue, inbox
from bot.store.values import InboxRow, InboxState, Json, from_json, to_json


class Inbox(Database):
    async def receive(self, incoming: Incoming) -> bool:
        """Keep a message until it is handled; False if this (channel, id) was received before."""
        return (await self.receive_all([incoming]))[0]

    async def receive_all(self, messages: Sequence[Incoming]) -> list[bool]:
        """Keep messages in one transaction, in this order; of each, whether it is new."""
        rows = [
            {
                "channel": incoming.address.channel,
                "message": incoming.id,
                "address": incoming.address.id,
                "body": to_json(incoming),
                "state": InboxState.WAITING,
                "tries": 0,
                "error": "",
                "said_at": incoming.at,
            }
            for incoming in messages
        ]
        insert = self.insert(inbox).on_conflict_do_nothing().returning(inbox.c.id, inbox.c.channel, inbox.c.message)
        async with self.writing() as connection:
            await self.lock(connection, [str(incoming.address) for incoming in messages])
            kept = (await connection.execute(insert, rows)).all()
            new = {(row.channel, row.message): row.id for row in kept}
            ids = [new.pop((incoming.address.channel, incoming.id), None) for incoming in messages]
            if kept:
                await self._follow(connection, {n: m for n, m in zip(ids, messages, strict=True) if n is not None})
        return [row is not None for row in ids]

    async def _follow(self, connection: AsyncConnection, new: Mapping[int, Incoming]) -> None:
        """What new rows bring along: lines of their dialogues, and signs that their addresses are in use."""
        lines = [
            {"channel": incoming.address.channel, "address": incoming.address.id, "inbox": row}
            for row, incoming in sorted(new.items())
        ]
        await connection.execute(dialogue.insert(), lines)
        here = (addresses.c.channel == bindparam("at_channel")) & (addresses.c.address == bindparam("at_address"))
        used = update(addresses).where(here).values(used_at=bindparam("now"), gone=None)
        signs = [
            {"at_channel": incoming.address.channel, "at_address": incoming.address.id, "now": incoming.at}
            for _, incoming in sorted(new.items())
        ]
        await connection.execute(used, signs)

    async def claim_incoming(self, now: datetime, *, lease: timedelta) -> InboxRow | None:
        """The oldest waiting message that is the first of its address; None if there is none to handle now."""
        return next(iter(await self.claim_some_incoming(now, lease=lease, most=1)), None)

    async def claim_some_incoming(self, now: datetime, *, lease: timedelta, most: int) -> list[InboxRow]:
        """The oldest waiting messages that are the first of their addresses, one of each, `most` of them at most.

        A message put off, or in somebody's hands, holds up the later ones of its address alone. When the lease runs out
        before the row is committed, deferred or parked, it may be claimed again.
        """
        async with self.writing() as connection:
            values = {"now": now, "most": most}
            claimed = await self.claim(connection, _CLAIMABLE, inbox, now + lease, values, claimed_at=now)
        return [_row(row, token, now) for row, token in claimed]

    async def defer_incoming(self, row: InboxRow, error: str, not_before: datetime) -> None:
        """Handling failed for now: one try more, not again before this moment. Raises Lost."""
        async with self.writing() as connection:
            changes = {"tries": row.tries + 1, "error": clean(error), "not_before": not_before}
            await self.release(connection, inbox, row.id, row.claim, **changes)

    async def hold_incoming(self, row: InboxRow, until: datetime) -> None:
        """Still at it: the claim is ours until then. Harmless if it is gone."""
        async with self.writing() as connection:
            mine = (inbox.c.id == row.id) & (inbox.c.claim == row.claim)
            await connection.execute(update(inbox).where(mine).values(lease_until=until))

    async def park_incoming(self, row: InboxRow, error: str) -> None:
        """Handling failed for good: staff see it, the next messages of the address go on. Raises Lost."""
        async with self.writing() as connection:
            changes = {"state": InboxState.PARKED, "tries": row.tries + 1, "error": clean(error)}
            await self.release(connection, inbox, row.id, row.claim, **changes)

    async def last_said(self, channel: str) -> datetime | None:
        """When the newest message that we have of a channel was written."""
        newest = select(inbox.c.said_at).where(inbox.c.channel == channel).order_by(inbox.c.id.desc()).limit(1)
        async with self.reading() as connection:
            moment: datetime | None = await connection.scalar(newest)
            return moment

    async def parked(self) -> list[InboxRow]:
        """What could not be handled, oldest first."""
        async with self.reading() as connection:
            found = select(inbox).where(inbox.c.state == InboxState.PARKED).order_by(inbox.c.id)
            return [_row(row) for row in await connection.execute(found)]

    async def conversation(self, address: Address) -> Json | None:
        """What is remembered about this address."""
        async with self.reading() as connection:
            return await self.remembered(connection, address)

    async def remembered(self, connection: AsyncConnection, address: Address) -> Json | None:
        """The same, as a part of a commit."""
        body: Json | None = await connection.scalar(_REMEMBERED, {"channel": address.channel, "address": address.id})
        return body


def _claimable() -> Select[Any]:
    now, other = bindparam("now", type_=Moment), inbox.alias()
    held_up = (
        select(other.c.id)
        .where(other.c.state == InboxState.WAITING)
        .where(other.c.channel == inbox.c.channel, other.c.address == inbox.c.address, other.c.id != inbox.c.id)
        .where((other.c.id < inbox.c.id) | (other.c.lease_until > now))
        .exists()
    )
    return first(
        select(inbox)
        .where(inbox.c.state == InboxState.WAITING, free(inbox, now), ~held_up)
        .where(inbox.c.not_before.is_(None) | (inbox.c.not_before <= now))
        .order_by(inbox.c.id)
    )


_CLAIMABLE = _claimable()
_REMEMBERED = select(conversations.c.body).where(
    conversations.c.channel == bindparam("channel"), conversations.c.address == bindparam("address")
)


def clean(error: str) -> str:
    """An error's words as both databases take them, without secrets, not longer than staff will read."""
    return redact(error).replace("\0", "").encode("utf-8", "replace").decode()[:2000]


def _row(row: Row[Any], token: str = "", claimed_at: datetime | None = None) -> InboxRow:
    incoming = from_json(Incoming, row.body)
    return InboxRow(row.id, incoming, InboxState(row.state), row.tries, row.error, token, claimed_at)
