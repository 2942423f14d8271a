"""The Zalo Bot Platform on 127.0.0.1, over real HTTP: `/bot<TOKEN>/<method>`, polling and webhook.

People act by methods of `Person`, and what they are told is in `received`. Where sources disagree about Zalo, the
switch of `ZaloBotServer` answers either way; its default is what most of them saw. A webhook is called by `deliver`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from loopback import Call, Chat, Delivery, Emulator, Message, Refused, Reply, running

STORED = "the secret that came with the URL"
DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Internal Server Error",
    404: "Not Found",
    408: "Request timeout",
    426: "Daily limit exceeded",
    429: "Quota exceeded",
}
CONFLICT = "You cannot use this API while a webhook is set. Please remove the webhook first"
UNVERIFIED = {"Unreachable": "dns", "ConnectError": "conn", "ReadTimeout": "timeout"}


def failure(code: int, description: str = "") -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description or DESCRIPTIONS.get(code, "")}


def done(result: Any) -> dict[str, Any]:
    return {"ok": True, "result": result}


@dataclass(frozen=True)
class Webhook:
    url: str
    secret: str
    updated_at: int


@dataclass
class Conversation(Chat):
    """A chat the bot can write to."""

    chat_type: Literal["PRIVATE", "GROUP"] = "PRIVATE"
    typing: int = 0  # how often the bot has shown that it is writing


@dataclass
class Person(Conversation):
    """Somebody with Zalo. What they do becomes an update; in a group the bot hears only what mentions or answers it."""

    def says(self, text: str, chat: Conversation | None = None) -> dict[str, Any]:
        return self.does("message.text.received", chat, message_type="CHAT_MESSAGE", text=text)

    def mentions(self, text: str, group: Conversation) -> dict[str, Any]:
        return self.says(f"@{self.emulator.bot_name} {text}", group)

    def picks(self, number: int) -> dict[str, Any]:
        """Answer with the number of a choice, which must be there to see."""
        self.numbered(number)
        return self.says(str(number))

    def sends_photo(
        self, content: bytes = b"\xff\xd8\xff a photo", caption: str = "", chat: Conversation | None = None
    ) -> dict[str, Any]:
        fields = {self.emulator.image_key: self.emulator.keep("anh.jpg", content)}
        if caption:
            fields["caption"] = caption
        return self.does("message.image.received", chat, message_type="CHAT_PHOTO", **fields)

    def sends_sticker(self, sticker: str = "50ce11b7b8f251ac08e3", chat: Conversation | None = None) -> dict[str, Any]:
        url = self.emulator.keep("sticker.png", b"\x89PNG a sticker")
        return self.does("message.sticker.received", chat, message_type="CHAT_STICKER", sticker=sticker, url=url)

    def sends_audio(self, content: bytes = b"\xff\xf1 a voice", chat: Conversation | None = None) -> dict[str, Any]:
        url = self.emulator.keep("voice.aac", content)
        return self.does("message.voice.received", chat, message_type="CHAT_VOICE", voice_url=url)

    def sends_file(self, chat: Conversation | None = None) -> dict[str, Any]:
        """A PDF, an Office file, a contact card: the bot learns that something came, and hardly that."""
        return self.does("message.unsupported.received", chat)

    def does(self, event_name: str, chat: Conversation | None = None, **fields: Any) -> dict[str, Any]:
        """Any event; `fields` go into, or replace, those of the message."""
        self.read = len(self.received)
        server, chat = self.emulator, chat or self
        message: dict[str, Any] = {
            "message_id": server.new_id(),
            "date": server.clock.milliseconds,
            "from": {"id": self.id, "display_name": self.name, "is_bot": False},
            "chat": {"id": chat.id, "chat_type": chat.chat_type},
        } | fields
        event = {"event_name": event_name, "message": message}
        if event_name == "message.unsupported.received" and server.unsupported == "none":
            del event["message"]
        elif event_name == "message.unsupported.received" and server.unsupported == "partial":
            event["message"] = {key: message[key] for key in ("date", "from", "chat")}
        heard = chat.chat_type == "PRIVATE" or "text" not in message or f"@{server.bot_name}" in message["text"]
        return server.emit(event) if heard and not self.blocked else event


@dataclass
class ZaloBotServer(Emulator):
    """The platform's visible state, and the switches of its moods."""

    token: str = "1001:emulated-bot-secret"
    bot_id: str = "1234567890"
    bot_name: str = "Bot Thi đua"
    chats: dict[str, Conversation] = field(default_factory=dict)
    webhook: Webhook | None = None

    statuses: dict[int, int] = field(default_factory=dict)  # HTTP status by error code; the others come with 200
    code_key: Literal["error_code", "errorCode"] = "error_code"
    idle: Any = field(default_factory=lambda: failure(408))  # the body of a poll that brought nothing
    unauthorized: Any = field(default_factory=lambda: failure(401))  # the body for a wrong token, JSON or not
    longest_poll: float = 1.0  # seconds, however long was asked for
    replays: int = 0  # how often the last update comes again by polling, when there is no new one
    listed: bool = False  # getUpdates gives a list of one
    image_key: Literal["photo_url", "photo"] = "photo_url"
    unsupported: Literal["none", "partial", "full"] = "partial"  # what of `message` an unsupported one has
    wrapped: bool = False  # a webhook body is {"ok", "result"}, not the bare event
    verifies: bool = True  # setWebhook calls the URL and tells how that went
    refuses_loopback: bool = False  # as Zalo does; then `hosts` says where a public name leads
    webhook_changes: int | None = None  # so many are left today; None: no end
    typing_counts: bool = False  # sendChatAction uses up the quota too
    blocked_code: int = 400  # nobody has published what a bot hears whom its user blocked
    blocked_words: str = ""  # nor in which words; "": those of the code
    echoes: bool = False  # what the bot says comes back as an update
    refused_hosts: set[str] = field(default_factory=lambda: {"127.0.0.1", "localhost"})  # no photo comes from these

    @property
    def base_url(self) -> str:
        """What stands before `/bot<TOKEN>/<method>`."""
        return self.url

    def person(self, name: str = "Lan") -> Person:
        return self._known(Person(self.new_id(), name, self))

    def group(self, name: str = "Phòng Tổng hợp") -> Conversation:
        return self._known(Conversation(self.new_id(), name, self, chat_type="GROUP"))

    def _known(self, chat: Any) -> Any:
        self.chats[chat.id] = chat
        return chat

    # --- the webhook's caller

    def sealed(self, event: dict[str, Any], secret: str | None = STORED) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a webhook call; a secret of None is not sent."""
        body = done(event) if self.wrapped else event
        return Reply(body).content, {"Content-Type": "application/json"} | self._secret(secret)

    def deliver(self, event: dict[str, Any] | None = None, secret: str | None = STORED) -> Delivery:
        raw, headers = self.sealed(self.due(event), secret)
        return self.post(self._set().url, raw, headers)

    def probe(self, secret: str | None = None) -> Delivery:
        """Post nothing at all, as Zalo was once seen to do."""
        return self.post(self._set().url, b"", self._secret(secret))

    def _secret(self, secret: str | None) -> dict[str, str]:
        secret = self._set().secret if secret == STORED else secret
        return {} if secret is None else {"X-Bot-Api-Secret-Token": secret}

    def _set(self) -> Webhook:
        assert self.webhook, "no webhook is set"
        return self.webhook

    # --- the API

    def name(self, path: str) -> str:
        return path.rpartition("/")[2]

    def answer(self, call: Call) -> Reply:
        method = METHODS.get(call.name)
        if unquote(call.path) != f"/bot{self.token}/{call.name}":
            return Reply(self.unauthorized, self.statuses.get(401, 200))
        try:
            if not method:
                raise Refused(404)  # noqa: TRY301 - one place words every refusal
            body = method(self, call.arguments)
        except Refused as refused:
            body = failure(refused.code, refused.description)
        if not body["ok"]:
            code = body.pop("error_code")
            return Reply(body | {self.code_key: code}, self.statuses.get(code, 200))
        return Reply(body)

    def _get_me(self, _: dict[str, Any]) -> dict[str, Any]:
        name = {"account_name": "bot.thidua", "display_name": self.bot_name}
        return done({"id": self.bot_id, **name, "account_type": "BASIC", "can_join_groups": False})

    def _get_updates(self, given: dict[str, Any]) -> dict[str, Any]:
        if not str(given.get("timeout", 30)).isdigit():
            raise Refused(400, "timeout is invalid")
        until = time.monotonic() + min(int(given.get("timeout", 30)), self.longest_poll)
        with self.changed:
            while not self.stopping.is_set():
                if self.webhook:
                    raise Refused(400, CONFLICT)
                event = self.next_update()
                if not event and self.history and self.replays > 0:
                    self.replays -= 1
                    event = self.history[-1]
                if event:
                    return done([event] if self.listed else event)
                left = until - time.monotonic()
                if left <= 0 or self.stopping.is_set():
                    break
                self.changed.wait(left)
        return dict(self.idle)

    def _send_message(self, given: dict[str, Any]) -> dict[str, Any]:
        text = given.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= 2000:
            raise Refused(400, "The text must have 1 to 2000 characters")
        if given.get("parse_mode") not in {None, "markdown", "html"}:
            raise Refused(400, "parse_mode is invalid")
        return self._send(given, "text", text)

    def _send_photo(self, given: dict[str, Any]) -> dict[str, Any]:
        photo = given.get("photo")
        if not photo:
            raise Refused(400, "The photo must not be empty")
        if not str(photo).startswith(("http://", "https://")):
            raise Refused(400, "The photo must start with http:// or https://")
        if urlsplit(photo).hostname in self.refused_hosts:
            raise Refused(400, "The photo URL is invalid")
        if len(given.get("caption", "")) > 2000:
            raise Refused(400, "The caption must have at most 2000 characters")
        return self._send(given, "photo", given.get("caption", ""))

    def _send_sticker(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("sticker"):
            raise Refused(400, "The sticker must not be empty")
        return self._send(given, "sticker")

    def _send_voice(self, given: dict[str, Any]) -> dict[str, Any]:
        if not str(given.get("voice_url")).startswith(("http://", "https://")):
            raise Refused(400, "The voice_url is invalid")
        if self._chat(given).chat_type == "GROUP":
            raise Refused(400, "A voice can be sent to private chats only")
        return self._send(given, "voice")

    def _send_chat_action(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("action") != "typing":
            raise Refused(400, "action is invalid")
        chat = self._chat(given)
        with self.changed:
            if self.typing_counts:
                self.use_quota(429)
            chat.typing += 1
        return {"ok": True}

    def _send(self, given: dict[str, Any], kind: str, text: str = "") -> dict[str, Any]:
        chat = self._chat(given)
        with self.changed:
            self.use_quota(429)
            message = Message(self.new_id(), kind, text, dict(given), self.clock.now)
            chat.received.append(message)
        sent = {"message_id": message.id, "date": self.clock.milliseconds}
        if self.echoes:
            own = {"id": self.bot_id, "display_name": self.bot_name, "is_bot": True}
            place = {"id": chat.id, "chat_type": chat.chat_type}
            self.emit(
                {"event_name": "message.text.received", "message": sent | {"from": own, "chat": place, "text": text}}
            )
        return done(sent)

    def _chat(self, given: dict[str, Any]) -> Conversation:
        chat = self.chats.get(str(given.get("chat_id")))
        if not chat:
            raise Refused(400, "chat_id is invalid")
        if chat.blocked:
            raise Refused(self.blocked_code, self.blocked_words)
        return chat

    def _set_webhook(self, given: dict[str, Any]) -> dict[str, Any]:
        url, secret = str(given.get("url") or ""), str(given.get("secret_token") or "")
        local = urlsplit(url).hostname in {"127.0.0.1", "localhost"}
        if not url.startswith("https://") and not (local and url.startswith("http://")):
            raise Refused(400, "url is invalid")
        if not 8 <= len(secret) <= 256:
            raise Refused(400, "secret_token must have 8 to 256 characters")
        with self.changed:
            if self.webhook_changes == 0:
                raise Refused(426)
            self.webhook_changes = self.webhook_changes and self.webhook_changes - 1
            self.webhook = Webhook(url, secret, self.clock.milliseconds)
            self.changed.notify_all()
        result: dict[str, Any] = {"url": url, "updated_at": self.clock.milliseconds}
        if self.verifies:
            result["verification"] = self._verification(url, blocked=local and self.refuses_loopback)
        return done(result)

    def _verification(self, url: str, *, blocked: bool) -> dict[str, Any]:
        """The URL is kept whatever comes of this."""
        if blocked:
            return {"ok": False, "url": url, "outcome": "webhook.err.blocked", "status_code": 0, "latency_ms": 0}
        began = time.monotonic()
        made = self.post(url, b"", {})
        if made.accepted:
            outcome = "webhook.ok"
        elif made.error:
            outcome = f"webhook.err.{UNVERIFIED.get(made.error, 'other')}"
        elif made.status in {403, 404}:
            outcome = f"webhook.http.{made.status}"
        else:
            outcome = "webhook.http.5xx" if made.status >= 500 else "webhook.http.other"
        took = round((time.monotonic() - began) * 1000)
        return {
            "ok": made.accepted, "url": url, "outcome": outcome, "status_code": made.status, "latency_ms": took,
        }  # fmt: skip

    def _delete_webhook(self, _: dict[str, Any]) -> dict[str, Any]:
        self.webhook = None
        return done({"url": "", "updated_at": self.clock.milliseconds})

    def _get_webhook_info(self, _: dict[str, Any]) -> dict[str, Any]:
        if not self.webhook:
            raise Refused(404)
        return done({"url": self.webhook.url, "updated_at": self.webhook.updated_at})


# All there is: the platform has no sendDocument, no buttons, no editing, no file method. Names are case-sensitive.
METHODS: dict[str, Callable[[ZaloBotServer, dict[str, Any]], dict[str, Any]]] = {
    "getMe": ZaloBotServer._get_me,
    "getUpdates": ZaloBotServer._get_updates,
    "sendMessage": ZaloBotServer._send_message,
    "sendPhoto": ZaloBotServer._send_photo,
    "sendSticker": ZaloBotServer._send_sticker,
    "sendVoice": ZaloBotServer._send_voice,
    "sendChatAction": ZaloBotServer._send_chat_action,
    "setWebhook": ZaloBotServer._set_webhook,
    "deleteWebhook": ZaloBotServer._delete_webhook,
    "getWebhookInfo": ZaloBotServer._get_webhook_info,
}


@contextmanager
def zalo_bot_server(**switches: Any) -> Iterator[ZaloBotServer]:
    """A bot platform with one bot, whose `token` it knows; nobody has written to it yet."""
    with running(ZaloBotServer(**switches)) as server:
        yield server
