"""What staff have tried again: messages that could not be handled or delivered, one of them or all.

What was meant for an officer goes to where they are reached now, an answer to the address that asked (as in
`bot.delivery`), a reminder is decided anew. What is not in that state any more is left alone.

NotNow    it was not tried again; the message is the sentence to show
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import trouble_wording as words
from bot.channels import Limits
from bot.channels.fit import elsewhere
from bot.messages import Address, Outgoing
from bot.store import OutboxRow, OutboxState, Store


class NotNow(Exception):
    """It was not tried again; the message says why."""


class Nowhere(NotNow):
    """Its officer is reached nowhere."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """`limits` by channel: what goes to another address is fitted to it.

    Each says what was done by its word in `trouble_wording.TRIED`.
    """

    store: Store
    limits: Mapping[str, Limits]

    async def handle(self, inbox: int) -> str:
        """Handle a parked message again. Raises NotNow."""
        if not await self.store.handle_again(inbox):
            raise NotNow(words.NOT_PARKED)
        return "handled"

    async def send(self, outbox: int, now: datetime) -> str:
        """Send a failed message again. Raises NotNow, Nowhere."""
        row = await self.store.failed(outbox)
        if row is None:
            raise NotNow(words.NOT_FAILED)
        if row.reminder is not None:
            done, told = await self.store.remind_again(row), "reminded"
        else:
            to = await self._to(row)
            done = await self.store.send_again(row, to, self._pieces(row, to), now)
            told = "sent" if row.officer else "answered"
        if not done:
            raise NotNow(words.NOT_FAILED)
        return told

    async def everything(self, now: datetime) -> str:
        """All of them, in their order; what staff are told."""
        handled = sum([await self.store.handle_again(row.id) for row in await self.store.parked()])
        sent = nowhere = 0
        for row in await self.store.undelivered():
            if row.state is OutboxState.FAILED:
                try:
                    await self.send(row.id, now)
                except Nowhere:
                    nowhere += 1
                except NotNow:
                    pass  # with the piece before it, or by somebody else meanwhile
                else:
                    sent += 1
        return words.all_again(handled, sent, nowhere)

    async def _to(self, row: OutboxRow) -> Address:
        if row.officer is None:
            return row.address
        officer = await self.store.officer(row.officer)
        if officer is None or not officer.addresses:
            raise Nowhere(words.NOWHERE)
        return officer.addresses[0]

    def _pieces(self, row: OutboxRow, to: Address) -> list[Outgoing]:
        return [row.message] if to == row.address else elsewhere(row.message, self.limits.get(to.channel))
