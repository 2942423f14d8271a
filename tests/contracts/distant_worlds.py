"""The worlds of messengers: the channel, its platform emulated over real HTTP, one person there.

What fails, fails for every call until `recovers`. "busy": too many calls, "broken": 5xx, "dropped": the connection
breaks before an answer, "blocked": the person no longer wants us, "token": the platform no longer knows our token.
"""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

import loopback
import telegram_server as telegram_api
import zalo_bot_server as zalo_bot_api
import zalo_oa_server as zalo_oa_api
from channel_worlds import NOW, Seen, World, on_browser, on_console

from bot.channels import Messenger
from bot.channels.telegram import TelegramChannel
from bot.channels.zalo_bot import ZaloBotChannel
from bot.channels.zalo_oa import ZaloOAChannel
from bot.channels.zalo_oa_tokens import STATE
from bot.messages import Address, Choice, FileRef, Incoming, Outgoing
from bot.store import Store

SECRET = "bi-mat_cua-webhook_0123456789"
LAN = 101
AT_LAN = Address("telegram", str(LAN))
Trouble = Literal["busy", "broken", "dropped", "blocked", "token"]
FAILURES: tuple[Trouble, ...] = ("busy", "broken", "dropped", "token")  # of any call, whoever it is about
CHOICES = (Choice("3.1", "Mục 1"), Choice("3.2", "Mục 2"))
MANY = 100  # calls: more than any test makes


class Distant(World, Protocol):
    """A world with somebody else's servers in it. `secrets` must not be shown anywhere."""

    channel: Messenger
    secrets: tuple[str, ...]

    def at_server(self, url: str) -> Messenger:
        """The same channel, with whatever answers at this address in the platform's place."""

    def sends_file(self, content: bytes) -> object: ...

    def loses_files(self) -> None: ...

    def sealed(self, event: Any, *, proven: bool = True) -> tuple[dict[str, str], bytes]:
        """Headers and body of the webhook's request that tells it."""

    def fails(self, how: Trouble) -> None: ...

    def recovers(self) -> None: ...


async def polled(channel: Messenger) -> list[Any]:
    """What one round of asking brings."""
    heard: list[Any] = []

    async def hear(each: object) -> None:
        heard.append(each)

    await channel.poll(hear)
    return heard


def calls_of_all(channel: Messenger, at: Address, file: FileRef, text: str) -> Iterator[Coroutine[Any, Any, object]]:
    """A call of each kind that talks to the platform."""

    async def hear(_: object) -> None:
        """Heard."""

    yield channel.start(None)
    yield channel.send(at, Outgoing(text, CHOICES[: channel.limits.buttons]), key="k")
    yield channel.send(at, Outgoing(text), key="k", edit="1")
    yield channel.poll(hear)
    yield channel.catch_up(hear, NOW - timedelta(days=900))
    yield channel.fetch(file)


def quiet_of_all(channel: Messenger, at: Address) -> Iterator[Coroutine[Any, Any, None]]:
    """Those that never raise."""

    yield channel.typing(at)
    yield channel.acknowledge(Incoming("cb:1", at, "", NOW, token="1.1"))


@dataclass
class OnTelegram:
    server: telegram_api.TelegramServer
    made: list[Messenger]
    at: Address = AT_LAN
    secrets: tuple[str, ...] = (telegram_api.TOKEN, SECRET)
    read: int = 0

    def __post_init__(self) -> None:
        self.channel = self.at_server(self.server.url)
        self.server.say(LAN, "/start")  # before, nobody can be written to
        self.server.pending.clear()

    def at_server(self, url: str) -> TelegramChannel:
        channel = TelegramChannel(
            telegram_api.TOKEN, base_url=url, secret=SECRET, patience=0, timeout=5, clock=lambda: NOW
        )
        self.made.append(channel)
        return channel

    async def tell(self, piece: Outgoing) -> str | None:
        return await self.channel.send(self.at, piece, key="k")

    async def seen(self) -> list[Seen]:
        return [
            Seen(message.text, tuple((button["text"], button["callback_data"]) for button in message.buttons))
            for message in self.server.chats[LAN].sent[self.read :]
        ]

    def _acted(self) -> Any:
        self.read = len(self.server.chats[LAN].sent)
        return self.server.updates[-1]

    async def says(self, text: str) -> object:
        self.server.say(LAN, text)
        return self._acted()

    async def presses(self, number: int) -> object:
        last = self.server.chats[LAN].sent[-1]
        self.server.press(LAN, last, last.labels[number - 1])
        return self._acted()

    def sends_file(self, content: bytes) -> object:
        self.server.send_file(LAN, "báo cáo.pdf", content, size=1)
        return self._acted()

    def loses_files(self) -> None:
        self.server.files.clear()

    async def hears(self) -> list[Incoming]:
        return await polled(self.channel)

    def sealed(self, event: Any, *, proven: bool = True) -> tuple[dict[str, str], bytes]:
        secret = SECRET if proven else SECRET[::-1]
        return {"x-telegram-bot-api-secret-token": secret}, json.dumps(event).encode()

    def fails(self, how: Trouble) -> None:
        match how:
            case "busy":
                self.server.faults.append(telegram_api.Fault(status=429, retry_after=7, times=math.inf))
            case "broken":
                self.server.faults.append(telegram_api.Fault(status=502, times=math.inf))
            case "dropped":
                self.server.faults.append(telegram_api.Fault(drop="before", times=math.inf))
            case "blocked":
                self.server.block(LAN)
            case "token":
                self.server.token = telegram_api.TOKEN[::-1]

    def recovers(self) -> None:
        self.server.faults.clear()
        self.server.chats[LAN].refusal = None
        self.server.token = telegram_api.TOKEN


@asynccontextmanager
async def on_telegram(_: Store) -> AsyncIterator[OnTelegram]:
    made: list[Messenger] = []
    with telegram_api.telegram_server() as server:
        yield OnTelegram(server, made)
        for channel in made:
            await channel.close()


def of_every_call(server: loopback.Emulator, fault: loopback.Fault) -> None:
    server.faults["*"] = [fault] * MANY


@dataclass
class OnZaloBot:
    server: zalo_bot_api.ZaloBotServer
    made: list[Messenger]

    def __post_init__(self) -> None:
        self.token = self.server.token
        self.secrets = (self.token, self.token.partition(":")[2], SECRET)
        self.person = self.server.person()
        self.at = Address("zalo_bot", self.person.id)
        self.channel = self.at_server(self.server.base_url)

    def at_server(self, url: str) -> ZaloBotChannel:
        channel = ZaloBotChannel(self.token, base_url=url, secret=SECRET, patience=0, clock=lambda: NOW)
        self.made.append(channel)
        return channel

    async def tell(self, piece: Outgoing) -> str | None:
        return await self.channel.send(self.at, piece, key="k")

    async def seen(self) -> list[Seen]:
        return [Seen(message.text) for message in self.person.unread]

    async def says(self, text: str) -> object:
        return self.person.says(text)

    async def presses(self, number: int) -> object:
        raise LookupError(f"no button {number} here")

    def sends_file(self, content: bytes) -> object:
        return self.person.sends_photo(content)

    def loses_files(self) -> None:
        self.server.media.clear()

    async def hears(self) -> list[Incoming]:
        heard: list[Incoming] = []
        while news := await polled(self.channel):
            heard += news
        return heard

    def sealed(self, event: Any, *, proven: bool = True) -> tuple[dict[str, str], bytes]:
        raw, headers = self.server.sealed(event, SECRET if proven else SECRET[::-1])
        return _small(headers), raw

    def fails(self, how: Trouble) -> None:
        match how:
            case "busy":
                of_every_call(self.server, loopback.Fault(200, zalo_bot_api.failure(429)))
            case "broken":
                of_every_call(self.server, loopback.Fault(503, "<html>"))
            case "dropped":
                of_every_call(self.server, loopback.Fault(drop=True))
            case "blocked":
                of_every_call(self.server, loopback.Fault(200, zalo_bot_api.failure(403, "User has blocked the bot")))
            case "token":
                self.server.token = "1001:another"

    def recovers(self) -> None:
        self.server.faults.clear()
        self.server.token = self.token


@asynccontextmanager
async def on_zalo_bot(_: Store) -> AsyncIterator[OnZaloBot]:
    made: list[Messenger] = []
    with zalo_bot_api.zalo_bot_server(longest_poll=0.02) as server:
        yield OnZaloBot(server, made)
        for channel in made:
            await channel.close()


@dataclass
class OnZaloOA:
    """`pair`: what the settings have the refresh token of."""

    server: zalo_oa_api.ZaloOAServer
    store: Store
    made: list[Messenger]

    def __post_init__(self) -> None:
        self.pair = self.server.issue()
        self.person = self.server.person()
        self.at = Address("zalo_oa", self.person.id)
        self.channel = self.at_server(self.server.api_url, self.server.oauth_url)

    @property
    def secrets(self) -> tuple[str, ...]:
        pairs = [token for pair in self.server.tokens for token in (pair.access, pair.refresh)]
        return (self.server.app_secret, self.server.oa_secret, *pairs)

    def at_server(self, url: str, oauth_url: str = "") -> ZaloOAChannel:
        async def unknown(_: Address) -> None:
            """When they last wrote is left to the platform to know."""

        channel = ZaloOAChannel(
            app_id=self.server.app_id,
            app_secret=self.server.app_secret,
            secret_key=self.server.oa_secret,
            states=self.store,
            clock=lambda: self.server.clock.now,
            last_heard=unknown,
            base_url=url,
            oauth_url=oauth_url or url,
            refresh_token=self.pair.refresh,
            media_hosts=("127.0.0.1",),
        )
        self.made.append(channel)
        return channel

    async def tell(self, piece: Outgoing) -> str | None:
        return await self.channel.send(self.at, piece, key="k")

    async def seen(self) -> list[Seen]:
        return [Seen(message.text, _buttons(message.body)) for message in self.person.unread]

    async def says(self, text: str) -> object:
        return self.person.says(text)

    async def presses(self, number: int) -> object:
        return self.person.picks(number)

    def sends_file(self, content: bytes) -> object:
        return self.person.sends_file("báo cáo.pdf", content, size=None)

    def loses_files(self) -> None:
        self.server.media.clear()

    async def hears(self) -> list[Incoming]:
        events = list(iter(self.server.next_update, None))
        return [heard for event in events for heard in self.channel.receive(*self.sealed(event))]

    def sealed(self, event: Any, *, proven: bool = True) -> tuple[dict[str, str], bytes]:
        raw, headers = self.server.sealed(event, "right" if proven else "wrong")
        return _small(headers), raw

    def fails(self, how: Trouble) -> None:
        match how:
            case "busy":
                of_every_call(self.server, loopback.Fault(200, zalo_oa_api.failure(-32)))
            case "broken":
                of_every_call(self.server, loopback.Fault(503, "<html>"))
            case "dropped":
                of_every_call(self.server, loopback.Fault(drop=True))
            case "blocked":
                self.person.blocks()
            case "token":
                for pair in self.server.tokens:
                    pair.dead = pair.spent = True

    def recovers(self) -> None:
        self.server.faults.clear()
        self.person.unblocks()


@asynccontextmanager
async def on_zalo_oa(store: Store) -> AsyncIterator[OnZaloOA]:
    made: list[Messenger] = []
    await store.put_state(STATE, {})  # another account's, whose tokens look the same
    with zalo_oa_api.zalo_oa_server() as server:
        yield OnZaloOA(server, store, made)
        for channel in made:
            await channel.close()


def _small(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _buttons(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    offered = body.get("attachment", {}).get("payload", {}).get("buttons", ())
    return tuple((button["title"], button["payload"]) for button in offered)


WORLDS: Mapping[str, Callable[[Store], AbstractAsyncContextManager[World]]] = {
    "browser": on_browser,
    "console": on_console,
    "telegram": on_telegram,
    "zalo_bot": on_zalo_bot,
    "zalo_oa": on_zalo_oa,
}
DISTANT: Mapping[str, Callable[[Store], AbstractAsyncContextManager[Distant]]] = {
    "telegram": on_telegram,
    "zalo_bot": on_zalo_bot,
    "zalo_oa": on_zalo_oa,
}
