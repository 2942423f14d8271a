"""From messengers to the inbox: what is heard becomes a row, and only then the platform is told that we have it.

Rules of this file
1. `hear` is the one way in, whether the platform calls us or we ask it. Heard twice, a message is kept once.
2. Several messages heard at the same time are kept in one transaction: a busy moment costs one write, not a hundred.
3. A messenger that cannot be started or asked is tried again with a growing pause, for ever; one that is halted is told
   to staff. None of them can stop another.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from bot.channels import Back, Channel, Gone, Halted, Heard, Messenger, Moved, Retry, SendError
from bot.logs import event
from bot.messages import Address, Incoming
from bot.store import Store

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 1.0, 60.0  # seconds of pause after a failure
TYPING_LASTS: Final = 4.0  # seconds
OVERLAP: Final = timedelta(hours=1)  # webhooks come late and out of order; what is heard twice is kept once


class Intake:
    """`wake` tells the worker that something came in."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._store, self._clock, self._wake = store, clock, wake
        self._waiting: list[tuple[Incoming, asyncio.Future[bool]]] = []
        self._background: set[asyncio.Task[None]] = set()
        self._writing: asyncio.Task[None] | None = None

    async def hear(self, channel: Messenger, heard: Heard) -> None:
        """Keep it; returns when it is safe. Raises what the store raises: then the platform must not be told."""
        match heard:
            case Incoming():
                new = await self._keep(heard)
                event(log, logging.INFO, "heard", channel=channel.name, outcome="kept" if new else "known")
                self._later(channel.acknowledge(heard))
                self._wake()
            case Gone(address, reason):
                await self._store.mark_gone(address, reason)
            case Back(address):
                await self._store.mark_back(address)
            case Moved(address, to):
                await self._store.move_address(address, to)

    async def _keep(self, incoming: Incoming) -> bool:
        """Whether it is new."""
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await kept

    async def _write(self) -> None:
        """Whatever waits, in one transaction; who comes meanwhile is written with the next."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                news: Sequence[bool | Exception] = await self._store.receive_all([incoming for incoming, _ in batch])
            except Exception as error:  # noqa: BLE001 -- it is raised to everybody who waits for this write
                news = [error] * len(batch)
            for (_, kept), new in zip(batch, news, strict=True):
                if kept.done():
                    continue  # whoever waited for it went away
                if isinstance(new, Exception):
                    kept.set_exception(new)
                else:
                    kept.set_result(new)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def run(self, channel: Messenger, webhook: str | None, stop: asyncio.Event) -> None:
        """Start a messenger, hear what was missed; if it is to be asked, ask it until `stop`; close it at the end."""

        async def hear(heard: Heard) -> None:
            await self.hear(channel, heard)

        try:
            last = await self._store.last_said(channel.name)
            going = await self._until_it_works(channel, lambda: channel.start(webhook), stop)
            if going:
                await self._store.clear_alert(_key(channel), self._clock())
            if going and last is not None:
                since = last - OVERLAP
                going = await self._until_it_works(channel, lambda: channel.catch_up(hear, since), stop)
            while going and channel.polling:
                going = await self._until_it_works(channel, lambda: channel.poll(hear), stop)
            await stop.wait()  # one that calls us is written to until then
        finally:
            await channel.close()

    async def _until_it_works(
        self, channel: Messenger, work: Callable[[], Coroutine[Any, Any, None]], stop: asyncio.Event
    ) -> bool:
        """True once it was done; False if we are to stop."""
        pause, halted = SHORTEST, False
        while not stop.is_set():
            wait = pause
            try:
                if not await _unless(stop, work()):
                    return False
            except Halted as error:
                halted = True
                wait = max(pause, error.after or 0.0)
                log.warning("%s does not receive, trying again in %.0f s", channel.name, wait)
                await self._alert(channel, str(error))
            except SendError as error:
                wait = max(pause, (error.after if isinstance(error, Retry) else None) or 0.0)
                log.warning("%s cannot be reached, trying again in %.0f s", channel.name, wait)
            except Exception:  # a defect in one messenger, or the database away: the others go on
                log.exception("%s failed, trying again in %.0f s", channel.name, wait)
            else:
                if halted:
                    await self._store.clear_alert(_key(channel), self._clock())
                return True
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait * random.uniform(0.9, 1.1))  # noqa: S311 -- jitter
            pause = min(LONGEST, pause * 2)
        return False

    async def _alert(self, channel: Messenger, text: str) -> None:
        try:
            await self._store.raise_alert(_key(channel), text, self._clock())
        except Exception:  # the database away: it is logged, and raised with the next failure
            log.exception("an alert could not be kept")


def _key(channel: Messenger) -> str:
    return f"receiving {channel.name}"


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do this work, but give it up when `stop` is set; whether it was done. Raises what the work raises."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
            return True
        return False
    finally:
        stopping.cancel()
        working.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await working


def typing_sign(
    channels: Mapping[str, Channel],
) -> Callable[[Address], AbstractAsyncContextManager[None]]:
    """What shows, while the block is being worked on, that an answer is being written; where the channel can."""

    @asynccontextmanager
    async def busy(address: Address) -> AsyncIterator[None]:
        channel = channels.get(address.channel)
        after = channel.limits.typing if channel else None
        if not isinstance(channel, Messenger) or after is None:
            yield
            return
        showing = asyncio.create_task(_show(channel, address, after))
        try:
            yield
        finally:
            showing.cancel()

    return busy


async def _show(channel: Messenger, address: Address, after: float) -> None:
    await asyncio.sleep(after)
    while True:
        await channel.typing(address)
        await asyncio.sleep(TYPING_LASTS)
