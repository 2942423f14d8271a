"""The store as a whole, and the one transaction that ends an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.campaigns import Campaigns
from bot.store.errors import Conflict
from bot.store.inbox import Inbox
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.reminders import Reminders
from bot.store.tables import conversations, inbox, reminders
from bot.store.values import Done, InboxState


class Store(Inbox, Outbox, People, Campaigns, Reminders):
    """All that is remembered, at one database URL (`sqlite:///FILE`, `postgresql://…`); `migrate` it first."""

    async def commit(self, done: Done) -> None:
        """Store all that one event changed, and that it is handled, or nothing.

        Raises Lost if the event is not ours any more; Conflict if the conversation or a submission changed since it was
        read, a reference or key is taken, or the one-time code is spent: the event is still ours, to be decided again.
        """
        async with self.writing() as connection:
            touched = {to for to, _, _ in done.outgoing} | ({done.address} if done.address else set())
            await self.lock(connection, map(str, touched))
            at = await self._finish(connection, done)
            await self._remember(connection, done)
            for submission in {(s.campaign, s.unit): s for s in done.submissions}.values():
                await self.store_submission(connection, submission)
            if done.link and done.address:
                officer, code = done.link
                await self.spend_code(connection, officer, code)
                await self.link(connection, officer, done.address, at)
            await self.queue(connection, done.outgoing, at, done.reminder.id if done.reminder else None)

    async def _finish(self, connection: AsyncConnection, done: Done) -> datetime:
        """Mark the event as handled; the moment it was claimed, which is the moment of all that came of it."""
        row = done.inbox or done.reminder
        if row is None or row.claimed_at is None:
            raise ValueError("only a claimed row can be committed")
        if done.outcome:
            state, reason = done.outcome
            changes = {"state": state, "reason": reason, "done_at": row.claimed_at}
            await self.release(connection, reminders, row.id, row.claim, **changes)
        else:
            await self.release(connection, inbox, row.id, row.claim, state=InboxState.HANDLED, error="")
        return row.claimed_at

    async def _remember(self, connection: AsyncConnection, done: Done) -> None:
        if done.address is None:
            return
        channel, name = done.address.channel, done.address.id
        if done.remembered is not ...:
            here = (conversations.c.channel == channel) & (conversations.c.address == name)
            if await connection.scalar(select(conversations.c.body).where(here)) != done.remembered:
                raise Conflict(f"the conversation at {done.address} went on meanwhile")
        if done.conversation is not None:
            row = {"channel": channel, "address": name, "body": done.conversation}
            await connection.execute(self.upsert(conversations), row)
