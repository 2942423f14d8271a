"""The worker: handle the inbox, fire what is due, deliver the outbox, look after the rest. Kill it anywhere.

All its state is rows. A tick does all there is to do now; `run` does the same in loops side by side, so that answers
leave while more questions come in, until told to stop; `wake` tells them that something came in. Any number of workers
may run: a row is claimed with a lease, and one that died gives its rows back when the lease ends. This is the only
place that catches everything: it logs, tries again later with back-off, and parks what will not go where staff see it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

from bot.alerting import Alerting
from bot.assistant import Assistant
from bot.delivery import MOST_TRIES, Delivery, back_off
from bot.logs import event
from bot.metrics import BEAT, beat
from bot.reminders import ICT, Calendar, Policy
from bot.reminding import Reminding
from bot.store import InboxRow, Lost, OutboxRow, Store

log = logging.getLogger(__name__)
T = TypeVar("T")

LEASE = timedelta(minutes=2)
DEFAULT = Policy()
TIDIED = "tidied"  # the state that says on which day
THINKING, SENDING = 4, 8  # side by side: the first keep the processor busy, the others wait for the network


class Worker:
    """`delivery` has the mounted channels: messages for others wait in the outbox for a process that has them.

    `keep_files`: how long a file is kept that nothing needs (None: for ever). `desk`: see `Alerting`.
    """

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        delivery: Delivery,
        *,
        clock: Callable[[], datetime],
        calendar: Calendar,
        policy: Policy = DEFAULT,
        zone: tzinfo = ICT,
        keep_files: timedelta | None = None,
        desk: str | None = None,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store, self._assistant, self._delivery = store, assistant, delivery
        self._clock, self._step, self._zone, self._keep_files = clock, step, zone, keep_files
        self._alerting = Alerting(
            store,
            fitted=delivery.fitted,
            clock=clock,
            opens=lambda now: policy.opens(now.astimezone(zone), calendar),
            zone=zone,
            desk=desk,
        )
        self._tidied_on: date | None = None
        self._reminding = Reminding(
            store, assistant, clock=clock, calendar=calendar, policy=policy, zone=zone, lease=LEASE, step=step
        )
        self._came_in, self._went_out = asyncio.Event(), asyncio.Event()

    def wake(self) -> None:
        """Something came in, or was decided elsewhere: do not sleep out the pause."""
        self._came_in.set()
        self._went_out.set()

    async def run(self, stop: asyncio.Event, *, pause: float = 1.0) -> None:
        """Work until `stop`, looking again at least every `pause` seconds."""
        await asyncio.gather(
            self._over_and_over(self.handle_inbox, self._came_in, stop, lambda: pause),
            self._over_and_over(self.remind, asyncio.Event(), stop, lambda: pause),
            self._over_and_over(self.look_after, asyncio.Event(), stop, lambda: pause),
            self._over_and_over(self.deliver, self._went_out, stop, lambda: self._delivery.rest(pause)),
            self._beat(stop),
        )

    async def _beat(self, stop: asyncio.Event) -> None:
        """Say now and then that a worker is alive, however long the work in hand takes."""
        while not stop.is_set():
            try:
                await beat(self._store, self._clock)
            except Exception:  # noqa: BLE001 -- the database away: the others log it
                log.debug("no sign of life could be left")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT.total_seconds())

    async def _over_and_over(
        self, work: Callable[[], Awaitable[None]], woken: asyncio.Event, stop: asyncio.Event, rest: Callable[[], float]
    ) -> None:
        """What fails as a whole (the database away) is logged and tried again."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                woken.clear()
                try:
                    await work()
                except Exception:  # the worker outlives whatever happens to it
                    log.exception("%s failed; trying again", getattr(work, "__name__", "work"))
                waking = asyncio.create_task(woken.wait())
                await asyncio.wait((stopping, waking), timeout=rest(), return_when=asyncio.FIRST_COMPLETED)
                waking.cancel()
        finally:
            stopping.cancel()

    async def tick(self) -> None:
        """Everything there is to do at this moment."""
        await self.handle_inbox()
        await self.remind()
        await self.deliver()
        await self.look_after()

    async def remind(self) -> None:
        """Plan, and fire what is due."""
        await self.plan()
        await self.fire()

    async def handle_inbox(self) -> None:
        async def more() -> list[InboxRow]:
            return await self._store.claim_some_incoming(self._clock(), lease=LEASE, most=2 * THINKING)

        await _side_by_side(THINKING, more, self._handle)

    async def _handle(self, row: InboxRow) -> None:
        self._step("claimed")
        holding = asyncio.create_task(self._hold(row))
        try:
            await self._assistant.handle(row)
            event(log, logging.INFO, "handled", inbox=row.id, channel=row.incoming.address.channel, tries=row.tries + 1)
        except Lost:
            log.warning("inbox %s: somebody else has it by now", row.id)
        except Exception as error:  # logged, retried, parked: never lost
            log.exception("inbox %s: try %d failed", row.id, row.tries + 1)
            await self._put_off(row, type(error).__name__)
        finally:
            holding.cancel()
            self._went_out.set()

    async def _put_off(self, row: InboxRow, error: str) -> None:
        try:
            if row.tries + 1 >= MOST_TRIES:
                await self._store.park_incoming(row, error)
            else:
                await self._store.defer_incoming(row, error, self._clock() + back_off(row.tries))
        except Lost:
            log.warning("inbox %s: somebody else has it by now", row.id)

    async def _hold(self, row: InboxRow) -> None:
        """Keep the claim of a message that takes long (a document to be taken in)."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 2)
            await self._store.hold_incoming(row, self._clock() + LEASE)

    async def plan(self) -> None:
        """Write the reminder rows that open campaigns ask for; planning twice changes nothing."""
        await self._reminding.plan()

    async def fire(self) -> None:
        """Send each due reminder once; what is too late to help is recorded as skipped."""
        if await self._reminding.fire():
            self._went_out.set()

    async def look_after(self) -> None:
        """Tell staff of trouble that is new; once a day, forget files that nothing needs."""
        if await self._alerting.tell():
            self._went_out.set()
        await self._tidy()

    async def _tidy(self) -> None:
        """Two processes that both do it, or one that dies before it noted that it did, do no harm."""
        now = self._clock()
        today = now.astimezone(self._zone).date()
        if self._keep_files is None or self._tidied_on == today:
            return
        if await self._store.state(TIDIED) != {"on": today.isoformat()}:
            gone = await self._store.forget_files(now - self._keep_files)
            await self._store.put_state(TIDIED, {"on": today.isoformat()})
            event(log, logging.INFO, "tidied", files=gone)
        self._tidied_on = today

    async def deliver(self) -> None:
        async def more() -> list[OutboxRow]:
            channels = self._delivery.open_channels
            return await self._store.claim_some_outgoing(self._clock(), channels, lease=LEASE, most=SENDING)

        await _side_by_side(SENDING, more, self._deliver)

    async def _deliver(self, row: OutboxRow) -> None:
        self._step("sending")
        try:
            await self._delivery.deliver(row)
        except Lost:
            log.warning("outbox %s: it took longer than its lease, or the officer left", row.id)


async def _side_by_side(
    lanes: int, more: Callable[[], Awaitable[list[T]]], work: Callable[[T], Awaitable[None]]
) -> None:
    """Work on what `more` claims, a few at a time in one transaction, until there is none; a slow one holds up no lane
    but its own. Lanes that waited while a claim found nothing do not ask again: whoever comes from work does."""
    ready: deque[T] = deque()
    claiming = asyncio.Lock()
    empty_handed = 0

    async def lane() -> None:
        nonlocal empty_handed
        while True:
            before = empty_handed
            async with claiming:
                if not ready and before == empty_handed:
                    ready.extend(await more())
                    empty_handed += not ready
                if not ready:
                    return
                row = ready.popleft()
            await work(row)

    await asyncio.gather(*(lane() for _ in range(lanes)))
