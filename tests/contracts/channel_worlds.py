"""A channel in a world of its own, with one person there and the same verbs for all; here those of our own channels.

Rules of this file
1. A world says how a person acts and what they see; what must hold then is in the tests.
2. `seen` is what came since the person last acted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import httpx
from lxml import html

from bot.channels import Channel
from bot.channels.browser import BrowserChannel
from bot.channels.console import QUOTE, ConsoleChannel, run_console
from bot.messages import Address, Incoming, Outgoing
from bot.store import Done, Store
from bot.web import Services, create_web

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
NOBODY, TERMINAL = Address("browser", ""), Address("console", "CB01")


class Seen(NamedTuple):
    """A message as the person reads it, without marks of ours; `buttons`: what each one says and carries."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


class World(Protocol):
    """A channel and one person on it. `letters` of what is seen are those that were sent."""

    channel: Channel
    at: Address

    async def tell(self, piece: Outgoing) -> str | None:
        """Send one fitted message."""

    async def seen(self) -> list[Seen]: ...

    async def says(self, text: str) -> object:
        """Write a text; what the platform tells of it, if there is one."""

    async def presses(self, number: int) -> object:
        """Press a button of the last message, counted from 1."""

    async def hears(self) -> list[Incoming]:
        """What the channel makes of all that the person did."""


def letters(text: str) -> str:
    """All that is not blank."""
    return "".join(text.split())


@dataclass
class OnBrowser:
    """The page itself, over a real store."""

    store: Store
    page: httpx.AsyncClient
    channel: BrowserChannel
    at: Address = NOBODY
    read: int = 0
    acts: int = 0

    async def tell(self, piece: Outgoing) -> str | None:
        """As the worker does: a row first, then the page is told."""
        if self.acts == 0:
            await self.says("Chào")
        self.acts += 1
        key = f"{self.at.id}-{self.acts}"
        await self.store.receive(Incoming(f"turn-{key}", self.at, "", NOW))
        while (row := await self.store.claim_incoming(NOW, lease=timedelta(minutes=1))) is not None:
            mine = row.incoming.id == f"turn-{key}"
            await self.store.commit(Done(inbox=row, outgoing=((self.at, piece, key),) if mine else ()))
        return await self.channel.send(self.at, piece, key=key)

    async def _messages(self) -> list[Any]:
        page = html.fromstring((await self.page.get("/")).text)
        return list(page.xpath('//li[contains(@class, "bot")]'))

    async def seen(self) -> list[Seen]:
        return [
            Seen(
                message.xpath('.//div[@class="body"]')[0].text_content(),
                tuple((button.text_content(), button.get("value")) for button in message.xpath(".//button")),
            )
            for message in (await self._messages())[self.read :]
        ]

    async def _acts(self, **form: str) -> None:
        self.read = len(await self._messages())
        self.at = Address("browser", self.page.cookies["thidua_session"])
        self.acts += 1
        answer = await self.page.post("/chat", data={"id": f"pressed-{self.acts:04}"} | form)
        assert answer.status_code == 303

    async def says(self, text: str) -> None:
        await self._acts(text=text)

    async def presses(self, number: int) -> None:
        await self._acts(token=(await self.seen())[-1].buttons[number - 1][1])

    async def hears(self) -> list[Incoming]:
        rows = []
        while (row := await self.store.claim_incoming(NOW, lease=timedelta(minutes=1))) is not None:
            rows.append(row.incoming)
            await self.store.commit(Done(inbox=row))
        return rows


@asynccontextmanager
async def on_browser(store: Store) -> AsyncIterator[OnBrowser]:
    channel = BrowserChannel()
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    web = create_web(Services(store, channel, wake=lambda: None, clock=lambda: NOW, zone=zone, title="Trợ lý"))
    base = "http://127.0.0.1:8000"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(web), base_url=base, headers={"Origin": base}, timeout=30
    ) as page:
        yield OnBrowser(store, page, channel)


@dataclass
class OnConsole:
    """A terminal of 60 columns."""

    at: Address = TERMINAL
    printed: list[str] = field(default_factory=list)
    heard: list[Incoming] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.channel = ConsoleChannel(self.printed.append, 60)

    async def tell(self, piece: Outgoing) -> str | None:
        return await self.channel.send(self.at, piece, key="k")

    async def seen(self) -> list[Seen]:
        return [Seen("\n".join(line.removeprefix(QUOTE) for line in said.split("\n"))) for said in self.printed]

    async def says(self, text: str) -> None:
        async def line() -> AsyncIterator[str]:
            yield text

        async def receive(incoming: Incoming) -> None:
            self.heard.append(incoming)

        async def drain() -> None:
            """There is nothing to say."""

        def write(_: str) -> None:
            """A prompt."""

        self.printed.clear()
        await run_console(
            line(), self.at, receive=receive, drain=drain, clock=lambda: NOW, write=write, interactive=True
        )

    async def presses(self, number: int) -> None:
        raise LookupError(f"no button {number} on a terminal")

    async def hears(self) -> list[Incoming]:
        heard, self.heard = self.heard, []
        return heard


@asynccontextmanager
async def on_console(_: Store) -> AsyncIterator[OnConsole]:
    yield OnConsole()
