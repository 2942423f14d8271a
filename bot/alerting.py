"""Telling the standing office of trouble: each alert once for each time it is raised, in one message an officer.

Rules of this file
1. The officers are those of the standing office (`Officer.staff`), where they were last seen on a channel that has no
   trouble itself; if they have no other, there. Nobody is reached: it stays untold until somebody is.
2. Like everything that is pushed it waits out quiet hours and days off; what is over by then is not told at all.
3. That messages failed for good is itself an alert, read off the rows here. It is over when they were tried again, or
   are a day old: else one that nobody can deliver would keep staff from being told of the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from bot import trouble_wording as words
from bot.logs import event, redact
from bot.messages import Address, Outgoing
from bot.officers import Officer
from bot.store import Alert, Conflict, Store

log = logging.getLogger(__name__)

LOOK = timedelta(seconds=30)  # between two looks at the rows
LATELY = timedelta(days=1)
UNDELIVERED, PARKED = "undelivered", "parked"
QUOTA = "quota "  # then the channel and the month


class Alerting:
    """`fitted` cuts a message to what an address can show; `opens`: the first moment from one on at which something may
    be pushed; `desk`: the address of the staff desk, None if staff have to know it.
    """

    def __init__(
        self,
        store: Store,
        *,
        fitted: Callable[[Outgoing, Address], Sequence[Outgoing]],
        clock: Callable[[], datetime],
        opens: Callable[[datetime], datetime],
        zone: tzinfo,
        desk: str | None = None,
    ) -> None:
        self._store, self._fitted, self._clock = store, fitted, clock
        self._opens, self._zone, self._desk = opens, zone, desk
        self._looked_at: datetime | None = None

    async def tell(self) -> bool:
        """Tell what is new; whether something was queued. Looks at most every half a minute."""
        now = self._clock()
        if self._looked_at is not None and abs(now - self._looked_at) < LOOK:
            return False
        self._looked_at = now
        await self._watch(now)
        standing = await self._store.alerts()
        new = [alert for alert in standing if alert.told_at is None]
        if not new or self._opens(now) > now:
            return False
        outgoing = self._messages(new, [o for o in await self._store.officers() if o.staff], standing)
        if not outgoing:
            return False
        try:
            await self._store.tell_alerts(new, outgoing, now)
        except Conflict:
            return False  # another process told it, or it is over
        event(log, logging.INFO, "alerts told", alerts=len(new), messages=len(outgoing))
        return True

    async def _watch(self, now: datetime) -> None:
        """Raise, or clear, what is told by the rows; a month's quota is over with the month."""
        since = now - LATELY
        counts = {
            UNDELIVERED: (await self._store.failed_since(since), words.undelivered),
            PARKED: (await self._store.parked_since(since), words.parked),
        }
        standing = {alert.key: alert.text for alert in await self._store.alerts()}
        for key, (count, said) in counts.items():
            if count and standing.get(key) != said(count):
                await self._store.raise_alert(key, said(count), now)
            elif not count and key in standing:
                await self._store.clear_alert(key, now)
        for key in standing:
            if key.startswith(QUOTA) and not key.endswith(f"{now.astimezone(self._zone):%Y-%m}"):
                await self._store.clear_alert(key, now)

    def _messages(
        self, new: Sequence[Alert], staff: Sequence[Officer], standing: Sequence[Alert]
    ) -> list[tuple[Address, Outgoing, str]]:
        raised = [(alert.raised_at.astimezone(self._zone), redact(alert.text)) for alert in new]
        texts = list(dict.fromkeys(text for _, text in raised))
        whole = Outgoing(words.alerts(raised, self._desk), brief=words.alerts_brief(texts))
        troubled = {alert.channel for alert in standing}
        key = f"alert-{new[0].raised_at:%Y%m%dT%H%M%S%f}-{new[0].key}"
        return [
            (to, piece, f"{key}-{officer.code}-{n}")
            for officer in staff
            for to in sorted(officer.addresses, key=lambda address: address.channel in troubled)[:1]
            for n, piece in enumerate(self._fitted(whole, to))
        ]
