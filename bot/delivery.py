"""Delivering one message of the outbox: what its channel's error says is done, whatever it is.

Rules of this file
1. What an error means is decided by its class alone (`bot.channels`): again later, at the officer's next address, halt
   the channel and tell staff, or give up where staff see it. What is not paid for goes on as what has no window does.
2. Ten tries over about four and a half hours, doubling and jittered; then the officer's next address, in the end the
   undelivered list. A halted channel costs a message no try: it waits until somebody has acted.
3. What goes on to another address is what was meant for the officer, not an answer that belongs to its address. It
   takes no choices along: their tokens mean nothing there.
4. A row is `sending` while it is out. If we die, or the connection breaks after the message left, nobody knows whether
   it arrived: it is sent again. This is the one window in which an officer may read a message twice.
5. Pacing: messages to one chat keep a distance (`Pace.chat`, kept in the rows), all messages of a channel another
   (`Pace.overall`, kept by each process).
6. A reminder that did not get out before the quiet hours or a day off is taken back: what is still needed is decided
   anew when they are over. Answers, and what staff or colleagues tell, go at any hour.
7. What a platform carries in a month is counted here, from the rows: `quotas`, by channel (0: not counted).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot import trouble_wording as words
from bot.channels import Channel, Elsewhere, Halted, Limits, Rejected, Relocated, Retry, Unpaid, Unreachable
from bot.channels.fit import elsewhere
from bot.logs import event
from bot.messages import Address, Outgoing
from bot.reminders import ReminderState
from bot.store import OutboxRow, Store

log = logging.getLogger(__name__)

MOST_TRIES = 10
# Ten tries over about four and a half hours (the schedule GOV.UK Forms delivers by): 32 s, then doubling.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=32), timedelta(seconds=32 * 2**8)
UNPAID = timedelta(days=1)  # how long staff are told at least that something was not paid for
HALT = 60.0  # seconds until a halted channel is tried again, unless the error says how long
NEARLY = 0.8  # of a month's quota
COUNTED_PARTS = 100  # a quota is counted anew after each such part of it
LATE = timedelta(minutes=10)  # what was decided longer ago is not what is just leaving


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two messages to one `chat`; messages a second `overall` (0: as fast as it goes)."""

    chat: float = 0.0
    overall: float = 0.0


@dataclass(slots=True)
class _Mounted:
    """A channel with what this process remembers of it: when the next message may leave, until when it is halted."""

    channel: Channel
    pace: Pace
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # on the event loop's clock
    halted_until: datetime | None = None
    fine: bool = False
    unpaid_until: datetime | None = None
    paid: bool = False
    uncounted: int = 0  # sent since the quota was last counted
    counted: bool = False


class Delivery:
    """`channels` are the mounted ones by name, `limits` those of all there are.

    `opens`: the first moment from one on at which a reminder may go out.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        *,
        clock: Callable[[], datetime],
        limits: Mapping[str, Limits] | None = None,
        paces: Mapping[str, Pace] | None = None,
        quotas: Mapping[str, int] | None = None,
        opens: Callable[[datetime], datetime] = lambda now: now,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store, self._clock, self._step = store, clock, step
        self._quotas, self._opens = quotas or {}, opens
        self._paced_until: datetime | None = None
        self._limits = limits or {name: channel.limits for name, channel in channels.items()}
        self._mounted = {name: _Mounted(c, (paces or {}).get(name, Pace())) for name, c in channels.items()}

    @property
    def open_channels(self) -> list[str]:
        """The channels that messages may go out on now."""
        now = self._clock()
        return [name for name, m in self._mounted.items() if m.halted_until is None or m.halted_until <= now]

    def rest(self, longest: float) -> float:
        """Seconds until it is worth looking again: a message that its chat's pace holds back may leave then."""
        wait = (self._paced_until - self._clock()).total_seconds() if self._paced_until else 0.0
        return min(longest, wait + 0.01) if wait > 0 else longest

    async def deliver(self, row: OutboxRow) -> None:
        """Send a claimed row, and record what became of it. Raises what the store raises."""
        if self._comes_late(row, self._clock()):
            await self._take_back(row)
        else:
            await self._try(row)

    async def _try(self, row: OutboxRow) -> None:
        mounted = self._mounted[row.address.channel]
        try:
            sent_as = await self._send(mounted, row)
            self._step("sent")
        except Relocated as error:
            await self._store.move_address(row.address, error.to)
            await self._store.retry(row, self._clock(), _said(error))
        except Unreachable as error:
            await self._store.mark_gone(row.address, str(error))
            await self._elsewhere(row, error)
        except Elsewhere as error:
            if isinstance(error, Unpaid):
                await self._unpaid(mounted, row, error)
            await self._elsewhere(row, error)
        except Rejected as error:
            self._tell(row, "rejected", logging.WARNING)
            await self._store.fail(row, _said(error))
        except Halted as error:
            await self._halt(mounted, row, error)
        except Exception as error:  # a channel may only raise SendError, but a defect in one must not lose a message
            if not isinstance(error, Retry):
                log.exception("outbox %s: the channel failed", row.id)
            await self._again(row, error)
        else:
            await self._went(mounted, row, sent_as)

    def _comes_late(self, row: OutboxRow, at: datetime) -> bool:
        """Whether it would remind at an hour at which nobody is to be reminded. What is just leaving may do so."""
        return row.reminder is not None and at - row.queued_at > LATE and self._opens(at) > at

    async def _take_back(self, row: OutboxRow) -> None:
        self._tell(row, "taken back")
        await self._store.take_back(row, words.QUIET)

    async def _put_off(self, row: OutboxRow, until: datetime, error: Exception, *, counts: bool = True) -> None:
        """Until then, unless it would come late: then what follows it at its address need not wait."""
        if self._comes_late(row, until):
            await self._take_back(row)
        else:
            await self._store.retry(row, until, _said(error), counts=counts)

    async def _send(self, mounted: _Mounted, row: OutboxRow) -> str | None:
        """Once its turn has come, with the bytes of its file and the message it corrects."""
        message, content = row.message, None
        if message.file is not None and mounted.channel.limits.files:
            kept = await self._store.file(message.file.id)
            content = kept[1] if kept else None
        edit = await self._store.sent_as(message.replaces) if message.replaces else None
        await _turn(mounted)
        return await mounted.channel.send(row.address, message, key=row.key, content=content, edit=edit)

    async def _went(self, mounted: _Mounted, row: OutboxRow, sent_as: str | None) -> None:
        now = self._clock()
        after = now + timedelta(seconds=mounted.pace.chat) if mounted.pace.chat else None
        await self._store.sent(row, now, sent_as=sent_as, next_from=after)
        self._paced_until = after
        self._step("marked")
        self._tell(row, "sent")
        await self._meter(mounted, row.address.channel, now)
        if not mounted.fine:
            mounted.fine = True
            await self._store.clear_alert(_key(row.address.channel), now)
        if not mounted.paid and (mounted.unpaid_until is None or mounted.unpaid_until <= now):
            mounted.paid = True
            await self._store.clear_alert(_bill(row.address.channel), now)

    async def _again(self, row: OutboxRow, error: Exception) -> None:
        if row.tries + 1 >= MOST_TRIES:
            await self._elsewhere(row, error, ReminderState.FAILED)
            return
        after = error.after if isinstance(error, Retry) else None
        wait = timedelta(seconds=after) if after is not None else back_off(row.tries)
        self._tell(row, "retry")
        await self._put_off(row, self._clock() + wait, error)

    async def _halt(self, mounted: _Mounted, row: OutboxRow, error: Halted) -> None:
        until = self._clock() + timedelta(seconds=HALT if error.after is None else error.after)
        mounted.halted_until, mounted.fine = until, False
        self._tell(row, "halted", logging.WARNING)
        await self._put_off(row, until, error, counts=False)
        await self._store.raise_alert(_key(row.address.channel), str(error), self._clock())

    async def _unpaid(self, mounted: _Mounted, row: OutboxRow, error: Unpaid) -> None:
        """Staff are told for a day at least: what costs nothing goes out meanwhile and proves nothing."""
        now = self._clock()
        mounted.unpaid_until, mounted.paid = now + UNPAID, False
        await self._store.raise_alert(_bill(row.address.channel), str(error), now)

    async def _elsewhere(
        self, row: OutboxRow, error: Exception, fate: ReminderState = ReminderState.UNREACHABLE
    ) -> None:
        """To the officer's next address that was not tried; none left: staff see it."""
        officer = await self._store.officer(row.officer) if row.officer else None
        tried = await self._store.tried(row) if officer else set()
        following = next((each for each in officer.addresses if each not in tried), None) if officer else None
        if following is None:
            self._tell(row, fate, logging.WARNING)
            await self._store.fail(row, _said(error), fate)
            return
        self._tell(row, "passed")
        await self._store.pass_on(row, following, self.fitted(row.message, following), self._clock(), _said(error))

    def _tell(self, row: OutboxRow, outcome: str, level: int = logging.INFO) -> None:
        event(log, level, "delivery", outbox=row.id, channel=row.address.channel, outcome=outcome, tries=row.tries + 1)

    async def _meter(self, mounted: _Mounted, name: str, now: datetime) -> None:
        """Count against the month's quota now and then, and tell staff before it is used up."""
        quota = self._quotas.get(name, 0)
        mounted.uncounted += 1
        if not quota or (mounted.uncounted < quota // COUNTED_PARTS and mounted.counted):
            return
        mounted.uncounted, mounted.counted = 0, True
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        sent = await self._store.sent_since(name, month)
        if sent >= quota * NEARLY:
            await self._store.raise_alert(
                f"quota {name} {month:%Y-%m}", words.QUOTA.format(sent=sent, quota=quota), now
            )

    def fitted(self, message: Outgoing, to: Address) -> list[Outgoing]:
        """A message cut to what another address can show."""
        return elsewhere(message, self._limits.get(to.channel))


async def _turn(mounted: _Mounted) -> None:
    """Wait until the channel's pace lets the next message leave."""
    if not mounted.pace.overall:
        return
    clock = asyncio.get_running_loop().time
    async with mounted.turn:
        if (wait := mounted.free_at - clock()) > 0:
            await asyncio.sleep(wait)
        mounted.free_at = clock() + 1 / mounted.pace.overall


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _key(channel: str) -> str:
    return f"channel {channel}"


def _bill(channel: str) -> str:
    return f"billing {channel}"


def back_off(tries: int) -> timedelta:
    """How long to wait after that many failed tries: doubling, capped, jittered so that a crowd spreads."""
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 10))
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, not a secret
