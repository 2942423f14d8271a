"""The store as a whole, and the one transaction that ends an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address, Outgoing
from bot.store.campaigns import Campaigns
from bot.store.database import abandoned
from bot.store.errors import Conflict
from bot.store.figures import Figures
from bot.store.inbox import Inbox
from bot.store.keeping import Alert, Keeping
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.reminders import Reminders, carried
from bot.store.retrying import Retrying
from bot.store.tables import alerts, conversations, inbox, outbox, reminders
from bot.store.values import Done, Fate, InboxRow, InboxState, ReminderRow
from bot.submissions import Submission


class Store(Retrying, Inbox, Outbox, People, Campaigns, Reminders, Keeping, Figures):
    """All that is remembered, at one database URL (`sqlite:///FILE`, `postgresql://…`); `migrate` it first."""

    async def commit(self, done: Done) -> None:
        """Store all that one event changed, and that it is handled, or nothing.

        Raises Lost if the event is not ours any more; Conflict if the conversation or a submission changed since it was
        read, a section was taken by somebody else, a reference or key is taken, or the one-time code is spent: the
        event is still ours, to be decided again.
        """
        async with self.writing() as connection:
            touched = {to for to, _, _ in (*done.outgoing, *done.pushed)} | ({done.address} if done.address else set())
            await self.lock(connection, map(str, touched))
            at = await self._finish(connection, done)
            if done.address is not None:
                await self._remember(connection, done, done.address, at)
            elif done.conversation is not None or done.link is not None:
                raise ValueError("a conversation and a link belong to an address")
            for submission in {(s.campaign, s.unit): s for s in done.submissions}.values():
                await self.store_submission(connection, submission)
            await self.pause(connection, done.pauses)
            await self.keep_planned(connection, done.planned)
            for editing in done.given_back:
                await self.give_back(connection, editing)
            for editing in done.taken:
                await self.take(connection, editing)
            await self.queue(connection, done.outgoing, at, carried(done.reminders))
            await self.queue(connection, done.pushed, at, None, push=True)

    async def save_submission(
        self,
        submission: Submission,
        outgoing: Sequence[tuple[Address, Outgoing, str]] = (),
        *,
        at: datetime | None = None,
    ) -> Submission:
        """Store what staff changed and queue what officers are told of it, or neither; returned with its new revision.

        `at` is the moment of the messages. Raises Conflict, see `store_submission`.
        """
        if outgoing and at is None:
            raise ValueError("messages are queued at a moment")
        async with self.writing() as connection:
            await self.lock(connection, [str(to) for to, _, _ in outgoing])
            stored = await self.store_submission(connection, submission)
            if at is not None:
                await self.queue(connection, outgoing, at, None, push=True)
            return stored

    async def tell_alerts(
        self, told: Sequence[Alert], outgoing: Sequence[tuple[Address, Outgoing, str]], at: datetime
    ) -> None:
        """Queue what staff are told of alerts, and that they were. Raises Conflict if one was told or is over."""
        async with self.writing() as connection:
            await self.lock(connection, [str(to) for to, _, _ in outgoing])
            for alert in told:
                raised = (alerts.c.key == alert.key) & (alerts.c.raised_at == alert.raised_at)
                untold = raised & alerts.c.told_at.is_(None) & alerts.c.cleared_at.is_(None)
                if (await connection.execute(update(alerts).where(untold).values(told_at=at))).rowcount != 1:
                    raise Conflict(f"the alert {alert.key} was told or is over")
            await self.queue(connection, outgoing, at, None, push=True)

    async def recover(self, address: Address | None = None) -> None:
        """Give back what processes that died had claimed, of one address or of all, without waiting for their leases.

        For the start of a process on a machine where all those that share the database run. Another one that is at work
        keeps its claims.
        """
        async with self.writing() as connection:
            for table in (inbox, outbox) if address else (inbox, outbox, reminders):
                claimed = select(table.c.claim).where(table.c.claim.is_not(None)).distinct()
                dead = [token for token in await connection.scalars(claimed) if abandoned(token)]
                free_again = update(table).where(table.c.claim.in_(dead)).values(claim=None, lease_until=None)
                if address:
                    free_again = free_again.where(table.c.channel == address.channel, table.c.address == address.id)
                await connection.execute(free_again)

    async def _finish(self, connection: AsyncConnection, done: Done) -> datetime:
        """Mark the event as handled; the moment it was claimed, which is the moment of all that came of it."""
        match done:
            case Done(inbox=InboxRow(claimed_at=datetime() as at) as row, reminders=()):
                changes = {"state": InboxState.HANDLED, "error": "", "handled_at": done.at or at}
                await self.release(connection, inbox, row.id, row.claim, **changes)
            case Done(inbox=None, reminders=(Fate(row=ReminderRow(claimed_at=datetime() as at)), *_)):
                await self.settle(connection, done.reminders, at)
            case _:
                raise ValueError("one event a commit: a claimed inbox row, or reminders that were claimed together")
        return at

    async def _remember(self, connection: AsyncConnection, done: Done, address: Address, at: datetime) -> None:
        if done.remembered is not ... and await self.remembered(connection, address) != done.remembered:
            raise Conflict(f"the conversation at {address} went on meanwhile")
        if done.conversation is not None:
            row = {"channel": address.channel, "address": address.id, "body": done.conversation}
            await connection.execute(self.upsert(conversations), row)
        if done.link is not None:
            officer, code = done.link
            await self.spend_code(connection, officer, code)
            await self.link(connection, officer, address, at)
