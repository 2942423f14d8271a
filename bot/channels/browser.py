"""The browser: a page of our own, so the outbox row itself is what is shown.

Delivering means no more than telling the open pages that there is something new; a page opened later reads the same
row. An address is `Address("browser", session)`: a random secret in the visitor's cookie, never shown to staff.
"""

from __future__ import annotations

import asyncio
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

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> None:
        """Wake the open pages. Cannot fail: the row is already where the page reads it."""
        del address, message, key, content, edit
        await self.stir()

    async def stir(self) -> None:
        """There is something new: every page that waits in `news` looks."""
        async with self._news:
            self._news.notify_all()

    async def news(self, patience: float) -> bool:
        """Wait for something new: True at once when there is, False after `patience` seconds."""
        try:
            async with asyncio.timeout(patience), self._news:
                await self._news.wait()
        except TimeoutError:
            return False
        return True
