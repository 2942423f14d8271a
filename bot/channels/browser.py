"""The browser: a page of our own, so the outbox row itself is what is shown.

Delivering means no more than telling the open pages that there is something new; a page opened later reads the same
row. An address is `Address("browser", session)`: a random secret in the visitor's cookie, never shown to staff.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from bot.channels import Limits
from bot.messages import Address, Outgoing

NAME: Final = "browser"


class BrowserChannel:
    """Channel of the chat page. Pages served by another process are not told; they look by themselves."""

    name: str = NAME
    limits: Limits = Limits(text=4096, buttons=30, button_text=200, markup=True)

    def __init__(self) -> None:
        self._news = asyncio.Condition()

    async def send(self, address: Address, message: Outgoing, *, key: str) -> None:
        """Wake the open pages. Cannot fail: the row is already where the page reads it."""
        del address, message, key
        async with self._news:
            self._news.notify_all()

    async def news(self, patience: float) -> None:
        """Return when something was sent, after `patience` seconds at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._news:
                await self._news.wait()
