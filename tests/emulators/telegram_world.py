"""What the emulated Telegram remembers, and what a person does in it: write, press, edit, send a file, block the bot.

Rules of this file
1. A chat exists once somebody acted in it. Its kind is in its id: 1 a person, -1 a group, -100… a supergroup.
2. Message ids count within each chat, as documented: two chats have the same ones.
3. An act becomes an update at once, if `allowed` lets it, and waits in `pending` until it is confirmed (getUpdates) or
   accepted (webhook).
"""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, Literal
from urllib.parse import urlsplit

import httpx
from telegram_messages import BOT, JSON, Chat, File, Message, found_entities

TOKEN: Final = "4200000001:EMULATED_emulated_EMULATED_emulated"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
PATIENCE: Final = 10.0  # seconds a delivery waits for the webhook


@dataclass
class Fault:
    """How the next `times` calls go wrong: those of `method` ("": all, "file": downloads) in `chat` (None: any)."""

    method: str = ""
    chat: int | None = None
    times: float = 1  # math.inf: as long as it stands in `faults`
    status: int = 0  # 429, 500, 502 …; 0: the call is carried out
    retry_after: int = 0  # seconds, goes with 429
    silent: float = 0.0  # seconds before the answer; what is sent is taken at once
    drop: Literal["", "before", "after"] = ""  # the connection breaks before or after the call is carried out


@dataclass(frozen=True)
class Delivery:
    """How updates reach the bot: each so many `times`, `newest_first`, `delay` seconds late, with which `secret`."""

    times: int = 1
    newest_first: bool = False
    delay: float = 0.0
    secret: Literal["right", "wrong", "none"] = "right"


@dataclass(frozen=True)
class Delivered:
    """What the webhook answered to an update; status 0: it could not be reached, and `body` says why."""

    update_id: int
    status: int
    body: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Call:
    """A request of the bot, as it came. `status` 0: it is under way, or its connection was broken."""

    token: str
    method: str
    arguments: dict[str, str]
    uploads: dict[str, tuple[str, bytes]]
    at: float = field(default_factory=time.monotonic)
    status: int = 0


@dataclass
class Press:
    """A pressed button. `answers`: what the bot answered, in order; `expired`: it is too late to answer."""

    id: str
    chat: int
    data: str
    answers: list[str] = field(default_factory=list)
    expired: bool = False


@dataclass
class Update:
    json: JSON
    ready: float  # monotonic moment from which it is handed out
    handed: bool = False


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    connections: int = 40
    error: JSON = field(default_factory=dict)  # last_error_date, last_error_message


@dataclass
class TelegramServer:
    """The emulator's visible state. Set `faults`, `delivery`, `privacy` and `token` to change how it behaves."""

    url: str
    token: str = TOKEN
    privacy: bool = True  # in groups the bot is told only what is addressed to it
    chats: dict[int, Chat] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    delivery: Delivery = field(default_factory=Delivery)
    presses: dict[str, Press] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[JSON]] = field(default_factory=dict)  # by scope and language
    webhook: Webhook = field(default_factory=Webhook)
    allowed: list[str] = field(default_factory=list)  # kinds of updates; empty: all
    updates: list[JSON] = field(default_factory=list)  # all there ever were
    pending: list[Update] = field(default_factory=list)
    again: list[JSON] = field(default_factory=list)  # handed out once more, whatever was confirmed
    polls: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    def called(self, method: str) -> list[Call]:
        return [call for call in list(self.calls) if call.method == method]

    def sent(self, chat: int) -> list[str]:
        """The texts the bot sent to a chat, as they read now."""
        return [message.text for message in self.chats[chat].sent] if chat in self.chats else []

    # What a person does. `chat` is the person's id, or a group's, and then `sender` is who it is.

    def say(self, chat: int, text: str, *, sender: int | None = None, reply_to: Message | None = None) -> Message:
        """Write a text. Mentions and commands in it become entities."""
        return self._arrive(chat, {"text": text, "entities": found_entities(text) or None}, sender, reply_to)

    def send_file(
        self, chat: int, name: str, content: bytes, *, caption: str = "", size: int = 0, sender: int | None = None
    ) -> Message:
        """Send a document; `size` is what Telegram says of it when that differs from the truth."""
        document = self.keep("documents", name, content, size).document
        return self._arrive(chat, {"document": document} | _captioned(caption), sender)

    def send_photo(self, chat: int, content: bytes, *, caption: str = "", sender: int | None = None) -> Message:
        return self._arrive(chat, {"photo": self.photo(content)} | _captioned(caption), sender)

    def edit(self, chat: int, message: Message | int, text: str) -> None:
        """Edit an own text message."""
        with self.changed:
            edited = self.message(chat, message)
            edited.change(text=text, entities=found_entities(text) or None)
            self._tell_of("edited_message", edited)

    def press(
        self, chat: int, message: Message | int, label: str = "", *, data: str | None = None, sender: int | None = None
    ) -> Press:
        """Press the button with this label, or forge `data`."""
        with self.changed:
            under = self.message(chat, message)
            offered = {button["text"]: button.get("callback_data") for button in under.buttons}
            carried = offered.get(label) if data is None else data
            if carried is None:
                raise LookupError(f"no button {label!r} to press, only {list(offered)}")
            press = Press(str(9_000_000_000 + len(self.presses)), chat, carried)
            self.presses[press.id] = press
            shown = {"chat": under.json["chat"], "message_id": under.id, "date": 0} if under.too_old else under.json
            query = {"id": press.id, "from": _person(sender or abs(chat)), "chat_instance": str(chat)}
            self._tell("callback_query", query | {"message": shown, "data": carried})
            return press

    def block(self, chat: int) -> None:
        """The person blocks the bot."""
        self._refuse(chat, 403, "Forbidden: bot was blocked by the user")
        self._tell_membership(chat, "member", "kicked")

    def unblock(self, chat: int) -> None:
        self._open(chat).refusal = None
        self._tell_membership(chat, "kicked", "member")

    def invite(self, group: int) -> None:
        """Somebody adds the bot to a group."""
        self._open(group).refusal = None
        self._tell_membership(group, "left", "member")

    def kick(self, group: int) -> None:
        """Somebody removes the bot from a group."""
        self._refuse(group, 403, f"Forbidden: bot was kicked from the {self._open(group).json['type']} chat")
        self._tell_membership(group, "member", "kicked")

    def deactivate(self, chat: int) -> None:
        """The person deletes the account."""
        self._refuse(chat, 403, "Forbidden: user is deactivated")

    def delete_chat(self, chat: int) -> None:
        self._refuse(chat, 400, "Bad Request: chat not found")

    def migrate(self, group: int, new: int) -> None:
        """The group becomes the supergroup `new`: the bot is told of it in both, and the old one takes nothing more."""
        upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
        self._refuse(group, 400, upgraded, migrate_to_chat_id=new)
        self._arrive(group, {"migrate_to_chat_id": new})
        self._arrive(new, {"migrate_from_chat_id": group})

    # How updates go out.

    def send_again(self, update: JSON) -> None:
        """An update that was confirmed long ago comes once more."""
        with self.changed:
            self.again.append(update)
            self.changed.notify_all()

    def deliver(self, to: str = "") -> list[Delivered]:
        """Post what is pending to the webhook, as `delivery` says; what is accepted (2xx) is done. Blocks.

        `to` stands for the scheme and host of a webhook that was set to a public address: nothing leaves this machine.
        """
        with self.changed:
            waiting = [Update(update, 0.0) for update in self.again] + sorted(self.pending, key=lambda u: u.ready)
            self.again.clear()
        answers = []
        for update in reversed(waiting) if self.delivery.newest_first else waiting:
            self.stopping.wait(max(0.0, update.ready - time.monotonic()))
            answered = [self.post(update.json, to) for _ in range(self.delivery.times)]
            if any(answer.accepted for answer in answered):
                with self.changed:
                    self.pending = [other for other in self.pending if other is not update]
            answers += answered
        return answers

    def post(self, update: JSON, to: str = "") -> Delivered:
        """Post one update to the webhook, with the header `delivery.secret` says."""
        host = urlsplit(to or self.webhook.url)
        if host.hostname not in LOOPBACK:
            raise ValueError(f"only loopback: {host.geturl()!r}")
        target = urlsplit(self.webhook.url)._replace(scheme=host.scheme, netloc=host.netloc).geturl()
        secret = {"right": self.webhook.secret, "wrong": f"not-{self.webhook.secret}", "none": ""}[self.delivery.secret]
        headers = {SECRET_HEADER: secret} if secret else {}
        try:
            answer = httpx.post(target, json=update, headers=headers, timeout=PATIENCE, trust_env=False)
            answered = Delivered(update["update_id"], answer.status_code, answer.text)
            trouble = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        except httpx.HTTPError as broken:
            answered, trouble = Delivered(update["update_id"], 0, repr(broken)), "Connection failed"
        if not answered.accepted:
            self.webhook.error = {"last_error_date": int(time.time()), "last_error_message": trouble}
        return answered

    # What both the person and the bot need.

    def message(self, chat: int, message: Message | int) -> Message:
        number = message if isinstance(message, int) else message.id
        found = self.chats[chat].messages[number - 1 : number] if number > 0 else []
        if not found:
            raise LookupError(f"no message {number} in chat {chat}")
        return found[0]

    def keep(self, folder: str, name: str, content: bytes, size: int = 0) -> File:
        with self.changed:
            number = len(self.files) + 1
            path = f"{folder}/file_{number}{PurePosixPath(name).suffix}"
            file = File(f"BQACAgUAAxkBAAM{number}", name, content, size or len(content), path)
            self.files[file.id] = file
            return file

    def photo(self, content: bytes) -> list[JSON]:
        """The sizes Telegram makes of a picture, the largest last, as there."""
        small = self.keep("photos", "photo.jpg", content[: len(content) // 2 or 1]).json
        large = self.keep("photos", "photo.jpg", content).json
        return [small | {"width": 90, "height": 67}, large | {"width": 1280, "height": 960}]

    def _open(self, chat: int) -> Chat:
        return self.chats.setdefault(chat, Chat(chat))

    def _arrive(self, chat: int, content: JSON, sender: int | None = None, reply_to: Message | None = None) -> Message:
        answered = {"reply_to_message": reply_to.json} if reply_to else {}
        with self.changed:
            message = self._open(chat).add(_person(sender or abs(chat)), content | answered)
            self._tell_of("message", message)
            return message

    def _tell_of(self, kind: str, message: Message) -> None:
        if message.json["chat"]["id"] > 0 or not self.privacy or message.addressed:
            self._tell(kind, message.json)

    def _tell_membership(self, chat: int, was: str, now: str) -> None:
        told = {"chat": self.chats[chat].json, "from": _person(abs(chat)), "date": int(time.time())}
        for when, status in (("old", was), ("new", now)):
            until = {"until_date": 0} if status == "kicked" else {}
            told[f"{when}_chat_member"] = {"user": BOT, "status": status} | until
        self._tell("my_chat_member", told)

    def _tell(self, kind: str, content: JSON) -> None:
        with self.changed:
            if not self.allowed or kind in self.allowed:
                update = {"update_id": 810_000_001 + len(self.updates), kind: copy.deepcopy(content)}
                self.updates.append(update)
                self.pending.append(Update(update, time.monotonic() + self.delivery.delay))
                self.changed.notify_all()

    def _refuse(self, chat: int, status: int, description: str, **parameters: int) -> None:
        self._open(chat).refusal = (status, description, parameters)


def _person(person: int) -> JSON:
    return {"id": person, "is_bot": False, "first_name": f"Người {person}", "language_code": "vi"}


def _captioned(caption: str) -> JSON:
    return {"caption": caption, "caption_entities": found_entities(caption) or None} if caption else {}
