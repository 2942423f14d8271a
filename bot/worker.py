"""The worker: handle the inbox, fire what is due, deliver the outbox. All its state is rows; kill it anywhere.

A tick does all there is to do now; `run` ticks until told to stop, woken early by `wake`. Any number of workers may
run: a row is claimed with a lease, and one that died gives its rows back when the lease ends. This is the only place
that catches everything: it logs, tries again later with back-off, and parks what will not go where staff see it.

Delivery is at-least-once. A row is `sending` while it is out; if we die between the channel taking the message and the
row being marked `sent`, it is sent once more: the one window in which an officer may read a message twice.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo

from bot.assistant import Assistant
from bot.channels import Channel, Rejected, Retry, Unreachable
from bot.reminders import ICT, Calendar, plan
from bot.store import InboxRow, OutboxRow, Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
REPLAN = timedelta(minutes=1)
MOST_TRIES = 10
# Ten tries over about four and a half hours (the schedule GOV.UK Forms delivers by): 30 s, then doubling up to an hour.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
SIDE_BY_SIDE = 4


class Worker:
    """`channels` are the mounted ones by name: messages for others wait in the outbox for a process that has them."""

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        channels: Mapping[str, Channel],
        *,
        clock: Callable[[], datetime],
        calendar: Calendar,
        zone: tzinfo = ICT,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store, self._assistant, self._channels = store, assistant, channels
        self._clock, self._calendar, self._zone, self._step = clock, calendar, zone, step
        self._woken = asyncio.Event()
        self._planned_at: datetime | None = None

    def wake(self) -> None:
        """Something came in: do not sleep out the pause."""
        self._woken.set()

    async def run(self, stop: asyncio.Event, *, pause: float = 1.0) -> None:
        """Tick until `stop`; a tick that fails as a whole (the database away) is logged and tried again."""
        while not stop.is_set():
            self._woken.clear()
            try:
                await self.tick()
            except Exception:  # the worker outlives whatever happens to it
                log.exception("a tick failed; trying again in %.0f s", pause)
            try:
                await asyncio.wait_for(self._woken.wait(), timeout=pause)
            except TimeoutError:
                continue

    async def tick(self) -> None:
        """Everything there is to do at this moment."""
        await self.handle_inbox()
        await self.plan()
        await self.fire()
        await self.deliver()

    async def handle_inbox(self) -> None:
        await asyncio.gather(*(self._handle_some() for _ in range(SIDE_BY_SIDE)))

    async def _handle_some(self) -> None:
        while (row := await self._store.claim_incoming(self._clock(), lease=LEASE)) is not None:
            self._step("claimed")
            await self._handle(row)

    async def _handle(self, row: InboxRow) -> None:
        try:
            await self._assistant.handle(row)
        except Exception as error:  # logged, retried, parked: never lost
            log.exception("inbox %s: try %d failed", row.id, row.tries + 1)
            if row.tries + 1 >= MOST_TRIES:
                await self._store.park_incoming(row, type(error).__name__)
            else:
                await self._store.defer_incoming(row, type(error).__name__, self._clock() + back_off(row.tries))

    async def plan(self) -> None:
        """Write the reminder rows that open campaigns ask for; planning twice changes nothing."""
        now = self._clock()
        if self._planned_at is not None and abs(now - self._planned_at) < REPLAN:
            return
        for campaign in await self._store.campaigns():
            officers = {unit: [o.code for o in await self._store.officers(unit=unit)] for unit in campaign.units}
            rows = plan(campaign, officers, self._calendar, now, zone=self._zone)
            await self._store.plan_reminders(rows)
        self._planned_at = now
        self._step("planned")

    async def fire(self) -> None:
        """Send each due reminder once; what is too late to help is recorded as skipped."""
        await self._store.expire_reminders(self._clock())
        while (row := await self._store.claim_reminder(self._clock(), lease=LEASE)) is not None:
            self._step("due")
            try:
                await self._assistant.remind(row)
            except Exception:  # its lease runs out and it is tried again
                log.exception("reminder %s could not be fired", row.id)

    async def deliver(self) -> None:
        await asyncio.gather(*(self._deliver_some() for _ in range(SIDE_BY_SIDE)))

    async def _deliver_some(self) -> None:
        while (row := await self._store.claim_outgoing(self._clock(), list(self._channels), lease=LEASE)) is not None:
            self._step("sending")
            await self._deliver(row)

    async def _deliver(self, row: OutboxRow) -> None:
        try:
            await self._channels[row.address.channel].send(row.address, row.message, key=row.key)
            self._step("sent")
        except (Unreachable, Rejected) as error:
            await self._store.fail(row, f"{type(error).__name__}: {error}")
        except Exception as error:  # a channel may only raise SendError, but a defect in one must not lose a message
            if not isinstance(error, Retry):
                log.exception("outbox %s: the channel failed", row.id)
            if row.tries + 1 >= MOST_TRIES:
                await self._store.fail(row, f"{type(error).__name__}: {error}")
            else:
                after = error.after if isinstance(error, Retry) else None
                wait = timedelta(seconds=after) if after is not None else back_off(row.tries)
                await self._store.retry(row, self._clock() + wait, f"{type(error).__name__}: {error}")
        else:
            await self._store.sent(row, self._clock())
            self._step("marked")


def back_off(tries: int) -> timedelta:
    """How long to wait after that many failed tries: doubling, capped, jittered so that a crowd spreads."""
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 10))
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, not a secret
