"""The three messengers with the same verbs, so that one script runs on all of them.

A `Line` is an emulated messenger together with the way its news reach us (polling or webhook); a `Person` is somebody
there. What a person does reaches the assistant at once, unless it is done inside `together()`: then all of it comes in
one go. `Person.acts` counts what must be found in the inbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import httpx
import loopback
from loopback import Emulator
from serving import until
from telegram_server import Delivery, TelegramServer
from telegram_server import Fault as TelegramFault
from zalo_bot_server import Person as ZaloBotUser
from zalo_bot_server import ZaloBotServer
from zalo_oa_server import Follower, ZaloOAServer, failure

from bot.messages import Address

Trouble = Literal["busy", "down", "slow", "drop before", "drop after"]
SECRET = "bi-mat-webhook-2026"
PATIENCE = 30.0  # seconds that an answer may take on a busy machine
LINK = re.compile(r"http://127\.0\.0\.1:\d+/(?:gui-tep|tai-ve)/\S+")


@dataclass(frozen=True)
class Said:
    """A message that reached somebody: as it reads, with its buttons and the bytes of its file."""

    text: str
    buttons: tuple[str, ...] = ()
    file: bytes | None = None

    @property
    def link(self) -> str | None:
        found = LINK.search(self.text)
        return found[0] if found else None

    def number_of(self, label: str) -> str | None:
        """The number of a choice that begins like this."""
        found = re.search(rf"^(\d+)\. {re.escape(label)}", self.text, re.MULTILINE)
        return found[1] if found else None


class Person(Protocol):
    """Somebody at a messenger. `sends_file` goes the way there is: as a message, or by the link that is offered."""

    address: Address
    acts: int

    @property
    def heard(self) -> list[Said]: ...
    def says(self, text: str) -> None: ...
    def presses(self, label: str) -> None: ...
    def sends_file(self, name: str, content: bytes) -> None: ...
    def blocks(self) -> None: ...
    def unblocks(self) -> None: ...


class Line(Protocol):
    """A messenger, emulated. `trouble` befalls the next messages we send; `reset` takes all troubles away."""

    name: str
    polling: bool

    def settings(self) -> dict[str, object]: ...
    def served_at(self, url: str) -> None: ...
    def person(self) -> Person: ...
    def deliver(self) -> None: ...
    def together(self, *, newest_first: bool = False) -> Any: ...
    def repeats(self, times: int) -> None: ...
    def replays(self) -> None: ...
    def forge(self) -> list[int]: ...
    def trouble(self, what: Trouble, times: int = 1) -> None: ...
    def reset(self) -> None: ...


def chooses(person: Person, label: str) -> None:
    """Answer with the choice that begins like this and was offered last: by its button, or by its number."""
    for said in reversed(person.heard):
        if button := next((each for each in said.buttons if each.startswith(label)), None):
            person.presses(button)
            return
        if number := said.number_of(label):
            person.says(number)
            return
    raise AssertionError(f"nothing offers {label!r}: {[said.text for said in person.heard[-3:]]}")


# --- Telegram ---------------------------------------------------------------------------------------------------------


@dataclass
class TelegramPerson:
    line: TelegramLine
    number: int
    acts: int = 0

    @property
    def address(self) -> Address:
        return Address("telegram", str(self.number))

    @property
    def heard(self) -> list[Said]:
        server = self.line.server
        chat = server.chats.get(self.number)
        said = []
        for message in list(chat.sent) if chat else []:
            document = message.json.get("document")
            file = server.files[document["file_id"]].content if document else None
            said.append(Said(message.text, tuple(message.labels), file))
        return said

    def says(self, text: str) -> None:
        self.line.server.say(self.number, text)
        self._did()

    def presses(self, label: str) -> None:
        server = self.line.server
        under = next(m for m in reversed(server.chats[self.number].sent) if label in m.labels)
        server.press(self.number, under, label)
        self._did()

    def sends_file(self, name: str, content: bytes) -> None:
        self.line.server.send_file(self.number, name, content)
        self._did()

    def blocks(self) -> None:
        self.line.server.block(self.number)
        self.line.arrives()

    def unblocks(self) -> None:
        self.line.server.unblock(self.number)
        self.line.arrives()

    def _did(self) -> None:
        self.acts += 1
        self.line.arrives()


@dataclass
class TelegramLine:
    server: TelegramServer
    polling: bool
    people: int = 0
    held: bool = False
    name: str = "telegram"

    def settings(self) -> dict[str, object]:
        return {
            "telegram_token": self.server.token,
            "telegram_base_url": self.server.url,
            "telegram_mode": "polling" if self.polling else "webhook",
            "telegram_webhook_secret": SECRET,
        }

    def served_at(self, url: str) -> None:
        assert until(lambda: self.server.called("setMyCommands"), PATIENCE)
        assert self.server.webhook.url == ("" if self.polling else f"{url}/webhooks/telegram")

    def person(self) -> TelegramPerson:
        self.people += 1
        return TelegramPerson(self, 7000 + self.people)

    def arrives(self) -> None:
        if not self.held:
            self.deliver()

    def deliver(self) -> None:
        if not self.polling:
            self.server.deliver()

    @contextmanager
    def together(self, *, newest_first: bool = False) -> Iterator[None]:
        self.server.delivery = replace(self.server.delivery, newest_first=newest_first)
        self.held = True
        with self.server.changed:  # nobody is handed anything meanwhile
            yield
        self.held = False
        self.deliver()

    def repeats(self, times: int) -> None:
        self.server.delivery = Delivery(times=times)

    def replays(self) -> None:
        """All that people ever did comes once more."""
        for update in list(self.server.updates):
            self.server.send_again(update)
        self.deliver()

    def forge(self) -> list[int]:
        """Everything pending, and the last update, without our secret; the statuses."""
        before, self.server.delivery = self.server.delivery, Delivery(secret="wrong")
        statuses = [answer.status for answer in self.server.deliver()]
        statuses.append(self.server.post(self.server.updates[-1]).status)
        self.server.delivery = before
        return statuses

    def trouble(self, what: Trouble, times: int = 1) -> None:
        fault = TelegramFault(method="sendMessage", times=times)
        match what:
            case "busy":
                fault.status, fault.retry_after = 429, 1
            case "down":
                fault.status = 502
            case "slow":
                fault.silent = 1.5
            case "drop before":
                fault.drop = "before"
            case "drop after":
                fault.drop = "after"
        self.server.faults.append(fault)

    def reset(self) -> None:
        self.server.faults.clear()
        self.server.delivery = Delivery()


# --- both of Zalo's ---------------------------------------------------------------------------------------------------


@dataclass
class ZaloLine:
    """What the Bot Platform and the Official Account have in common."""

    server: Emulator
    polling: bool
    held: bool = False
    sends: str = ""  # the method that sends a message
    busy: dict[str, Any] = field(default_factory=dict)  # how it says that we are too fast

    def arrives(self) -> None:
        if not self.held:
            self.deliver()

    def deliver(self) -> None:
        if not self.polling:
            self.server.deliver_all()

    def now(self) -> None:
        """Our clock is the real one, so theirs is."""
        self.server.clock.now = datetime.now(UTC)

    @contextmanager
    def together(self, *, newest_first: bool = False) -> Iterator[None]:
        self.server.newest_first = newest_first
        self.held = self.server.held = True
        yield
        self.held = False
        self.server.release()
        self.deliver()

    def repeats(self, times: int) -> None:
        self.server.copies = times

    def replays(self) -> None:
        """All that people ever did comes once more."""
        for event in list(self.server.history):
            if self.polling:
                self.server.emit(event)
            else:
                self.server.deliver(event)

    def trouble(self, what: Trouble, times: int = 1) -> None:
        faults: dict[Trouble, loopback.Fault] = {
            "busy": loopback.Fault(200, self.busy),
            "down": loopback.Fault(502),
            "slow": loopback.Fault(wait=1.5),
            "drop before": loopback.Fault(drop=True),
            "drop after": loopback.Fault(drop=True, processed=True),
        }
        self.server.faults[self.sends] += [faults[what]] * times

    def reset(self) -> None:
        self.server.faults.clear()
        self.server.copies, self.server.newest_first = 1, False


# --- Zalo Bot ---------------------------------------------------------------------------------------------------------


@dataclass
class ZaloBotPerson:
    line: ZaloBotLine
    user: ZaloBotUser
    acts: int = 0

    @property
    def address(self) -> Address:
        return Address("zalo_bot", self.user.id)

    @property
    def heard(self) -> list[Said]:
        return [Said(message.text) for message in list(self.user.received)]

    def says(self, text: str) -> None:
        self.line.now()
        self.user.says(text)
        self._did()

    def presses(self, label: str) -> None:
        raise AssertionError(f"there are no buttons here, so {label!r} is not one")

    def sends_file(self, name: str, content: bytes) -> None:
        """The bot cannot have it, and says by which link it can be sent."""
        before = len(self.heard)
        self.line.now()
        self.user.sends_file()
        self._did()
        link = until(lambda: next((said.link for said in self.heard[before:] if said.link), None), PATIENCE)
        assert isinstance(link, str), self.heard[before:]
        page = httpx.get(link)
        assert page.status_code == 200
        assert 'type="file"' in page.text
        origin = str(httpx.URL(link).join("/")).rstrip("/")
        sent = httpx.post(link, files={"tep": (name, content)}, headers={"Origin": origin}, timeout=PATIENCE)
        assert (sent.status_code, name in sent.text) == (200, True)
        self.acts += 1

    def blocks(self) -> None:
        self.user.blocks()

    def unblocks(self) -> None:
        self.user.unblocks()

    def _did(self) -> None:
        self.acts += 1
        self.line.arrives()


@dataclass
class ZaloBotLine(ZaloLine):
    server: ZaloBotServer
    name: str = "zalo_bot"
    sends: str = "sendMessage"

    def settings(self) -> dict[str, object]:
        return {
            "zalo_bot_token": self.server.token,
            "zalo_bot_base_url": self.server.base_url,
            "zalo_bot_mode": "polling" if self.polling else "webhook",
            "zalo_bot_webhook_secret": SECRET,
        }

    def served_at(self, url: str) -> None:
        def ready() -> bool:
            hook = self.server.webhook
            return bool(self.server.called("getUpdates")) if self.polling else hook is not None

        assert until(ready, PATIENCE)
        assert self.polling or self.server.webhook.url == f"{url}/webhooks/zalo-bot"

    def person(self) -> ZaloBotPerson:
        return ZaloBotPerson(self, self.server.person())

    def forge(self) -> list[int]:
        waiting = [*self.server.updates, self.server.history[-1]]
        return [self.server.deliver(event, secret=f"khong-phai-{SECRET}").status for event in waiting]


# --- Zalo OA ----------------------------------------------------------------------------------------------------------


@dataclass
class ZaloOAPerson:
    line: ZaloOALine
    user: Follower
    acts: int = 0

    @property
    def address(self) -> Address:
        return Address("zalo_oa", self.user.id)

    @property
    def heard(self) -> list[Said]:
        said = []
        for message in list(self.user.received):
            payload = message.body.get("attachment", {}).get("payload", {})
            buttons = tuple(button["title"] for button in payload.get("buttons", ()))
            upload = self.line.server.uploads.get(payload.get("token", ""))
            text = message.text or str(message.body.get("template_data", {}).get("noi_dung", ""))
            said.append(Said(text, buttons, upload.content if upload else None))
        return said

    def says(self, text: str) -> None:
        self.line.now()
        self.user.says(text)
        self._did()

    def presses(self, label: str) -> None:
        bodies = [message.body for message in reversed(self.user.received)]
        offered = [b for body in bodies for b in body.get("attachment", {}).get("payload", {}).get("buttons", ())]
        self.says(next(button["payload"] for button in offered if button["title"] == label))

    def sends_file(self, name: str, content: bytes) -> None:
        self.line.now()
        self.user.sends_file(name, content)
        self._did()

    def blocks(self) -> None:
        self.user.blocks()

    def unblocks(self) -> None:
        self.user.unblocks()

    def _did(self) -> None:
        self.acts += 1
        self.line.arrives()


@dataclass
class ZaloOALine(ZaloLine):
    server: ZaloOAServer
    polling: bool = False
    name: str = "zalo_oa"
    sends: str = "v3.0/oa/message/cs"
    busy: dict[str, Any] = field(default_factory=lambda: failure(-32, "Too many calls"))

    def settings(self) -> dict[str, object]:
        self.now()
        return {
            "zalo_oa_app_id": self.server.app_id,
            "zalo_oa_app_secret": self.server.app_secret,
            "zalo_oa_secret_key": self.server.oa_secret,
            "zalo_oa_base_url": self.server.api_url,
            "zalo_oa_oauth_url": self.server.oauth_url,
            "zalo_oa_refresh_token": self.server.issue().refresh,
        }

    def served_at(self, url: str) -> None:
        self.server.webhook_url = f"{url}/webhooks/zalo-oa"
        self.server.patience = 10.0

    def person(self) -> ZaloOAPerson:
        self.now()
        return ZaloOAPerson(self, self.server.person())

    def forge(self) -> list[int]:
        waiting = [*self.server.updates, self.server.history[-1]]
        return [self.server.deliver(event, seal=seal).status for event in waiting for seal in ("wrong", "missing")]
