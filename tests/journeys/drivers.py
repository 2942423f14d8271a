"""The three messengers with the same verbs, so that one script runs on all of them; Zalo's are in zalo_drivers.py.

A `Line` is an emulated messenger together with the way its news reach us (polling or webhook); a `Person` is somebody
there. What a person does reaches the assistant at once, unless it is done inside `together()`: then all of it comes in
one go. `Person.acts` counts what must be found in the inbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from serving import until
from telegram_server import Delivery, TelegramServer
from telegram_server import Fault as TelegramFault

from bot.messages import Address

Trouble = Literal["busy", "down", "slow", "drop before", "drop after"]
SECRET = "bi-mat-webhook-2026"
PATIENCE = 30.0  # seconds that an answer may take on a busy machine
REPLAYED = 20  # updates
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
    """A messenger, emulated. `trouble` befalls the next messages we send, `deaf` the next time that we ask for news.

    `reset` takes all troubles away.
    """

    name: str
    polling: bool

    def settings(self) -> dict[str, object]: ...
    def served_at(self, url: str) -> None: ...
    def person(self) -> Person: ...
    def deliver(self) -> None: ...
    def together(self, *, newest_first: bool = False) -> Any: ...
    def repeats(self, times: int) -> None: ...
    def delays(self, seconds: float) -> None: ...
    def replays(self) -> None: ...
    def forge(self) -> list[int]: ...
    def trouble(self, what: Trouble, times: int = 1) -> None: ...
    def deaf(self, what: Trouble) -> None: ...
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

    def edits(self, text: str) -> None:
        """Their last message."""
        server = self.line.server
        last = next(m for m in reversed(server.chats[self.number].messages) if not m.by_bot)
        server.edit(self.number, last, text)
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
        self.server.delivery = replace(self.server.delivery, times=times)

    def delays(self, seconds: float) -> None:
        self.server.delivery = replace(self.server.delivery, delay=seconds)

    def replays(self) -> None:
        """The last of all that people ever did comes once more."""
        for update in self.server.updates[-REPLAYED:]:
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
        self._goes_wrong(what, TelegramFault(method="sendMessage", times=times))

    def deaf(self, what: Trouble) -> None:
        if self.polling:
            self._goes_wrong(what, TelegramFault(method="getUpdates"))

    def _goes_wrong(self, what: Trouble, fault: TelegramFault) -> None:
        match what:
            case "busy":
                fault.status, fault.retry_after = 429, 30
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
