"""The methods of the Bot API. Each takes the server and the call, and returns the result or raises `Refused`.

What is checked is checked in Telegram's words: a channel that looks at them meets the real ones.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from telegram_messages import BOT, JSON, Chat, length, parse_html
from telegram_world import LOOPBACK, Call, TelegramServer, Update, Webhook

TEXT: Final = 4096
CAPTION: Final = 1024
CALLBACK_DATA: Final = 64  # bytes
BUTTONS: Final = 100
KEYBOARD: Final = 10_000  # bytes of JSON
LARGEST_UPLOAD: Final = 50_000_000
LARGEST_DOWNLOAD: Final = 20_000_000
LONGEST_POLL: Final = 50.0  # seconds
ACTIONS: Final = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


class Refused(Exception):
    """The API says no."""

    def __init__(self, status: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters or {}


def _get_me(server: TelegramServer, _: Call) -> JSON:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": not server.privacy}
    return BOT | abilities | {"supports_inline_queries": False}


def _get_updates(server: TelegramServer, call: Call) -> list[JSON]:
    offset, limit = _integer(call, "offset"), min(max(_integer(call, "limit", 100), 1), 100)
    until = time.monotonic() + min(_integer(call, "timeout"), LONGEST_POLL)
    with server.changed:
        if server.webhook.url:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
                " first",
            )
        _allow(server, call)
        # Only what was handed out can be confirmed: an update that is late is not lost to a later one's offset.
        keep = server.pending[offset:] if offset < 0 else server.pending
        server.pending = [u for u in keep if offset <= 0 or u.json["update_id"] >= offset or not u.handed]
        ready = _wait_for_updates(server, until)[:limit]
        for update in ready:
            update.handed = True
        batch = [*server.again, *(update.json for update in ready for _ in range(server.delivery.times))]
        server.again.clear()
        return batch[::-1] if server.delivery.newest_first else batch


def _wait_for_updates(server: TelegramServer, until: float) -> list[Update]:
    server.polls += 1
    mine = server.polls
    server.changed.notify_all()  # the one that waits is ended
    while True:
        now = time.monotonic()
        ready = [update for update in server.pending if update.ready <= now]
        if ready or server.again or now >= until or server.stopping.is_set():
            return ready
        server.changed.wait(min([until, *(update.ready for update in server.pending)]) - now)
        if server.webhook.url:
            raise Refused(409, "Conflict: terminated by setWebhook request")
        if server.polls != mine:
            raise Refused(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )


def _allow(server: TelegramServer, call: Call) -> None:
    """As documented: what is not said stays as it was, and an empty list means all."""
    if "allowed_updates" in call.arguments:
        server.allowed = list(_json(call, "allowed_updates"))


def _set_webhook(server: TelegramServer, call: Call) -> bool:
    url, secret = call.arguments.get("url", ""), call.arguments.get("secret_token", "")
    if not url:
        return _delete_webhook(server, call)
    address = urlsplit(url)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if address.hostname not in LOOPBACK and (address.port or 443) not in {80, 88, 443, 8443}:
        raise Refused(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if len(secret) > 256:
        raise Refused(400, "Bad Request: secret token is too long")
    if re.search(r"[^A-Za-z0-9_-]", secret):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")
    with server.changed:
        _allow(server, call)
        _change_webhook(server, call, Webhook(url, secret, _integer(call, "max_connections", 40)))
    return True


def _delete_webhook(server: TelegramServer, call: Call) -> bool:
    with server.changed:
        _change_webhook(server, call, Webhook())
    return True


def _change_webhook(server: TelegramServer, call: Call, webhook: Webhook) -> None:
    server.webhook = webhook
    if call.arguments.get("drop_pending_updates", "").lower() in {"true", "1", "yes"}:
        server.pending.clear()
        server.again.clear()
    server.changed.notify_all()


def _get_webhook_info(server: TelegramServer, _: Call) -> JSON:
    hook = server.webhook
    told = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(server.pending)} | hook.error
    allowed = {"allowed_updates": server.allowed} if server.allowed else {}
    return told | allowed | ({"max_connections": hook.connections, "ip_address": "127.0.0.1"} if hook.url else {})


def _send_message(server: TelegramServer, call: Call) -> JSON:
    content = _formatted(call, "text", "entities")
    if not content.get("text"):
        raise Refused(400, "Bad Request: message text is empty")
    return _send(server, call, content, TEXT)


def _send_document(server: TelegramServer, call: Call) -> JSON:
    caption = _formatted(call, "caption", "caption_entities")
    return _send(server, call, caption, CAPTION, lambda: {"document": _document(server, call)})


def _document(server: TelegramServer, call: Call) -> JSON:
    known = server.files.get(call.arguments.get("document", ""))
    return (known or server.keep("documents", *_upload(call, "document"))).document


def _send_photo(server: TelegramServer, call: Call) -> JSON:
    caption = _formatted(call, "caption", "caption_entities")
    known = server.files.get(call.arguments.get("photo", ""))
    content = known.content if known else _upload(call, "photo")[1]
    if not content.startswith(PICTURES):
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
    return _send(server, call, caption, CAPTION, lambda: {"photo": server.photo(content)})


def _send(server: TelegramServer, call: Call, content: JSON, limit: int, media: Callable[[], JSON] = dict) -> JSON:
    keyboard = _keyboard(call)
    with server.changed:
        chat = _chat(server, call)
        answered = _answered(chat, call)
        _short_enough(content, limit)
        written = call.arguments.get("text", call.arguments.get("caption", ""))
        return chat.add(BOT, content | answered | keyboard | media(), written).json


def _edit_message_text(server: TelegramServer, call: Call) -> JSON:
    content = _formatted(call, "text", "entities")
    if not content.get("text"):
        raise Refused(400, "Bad Request: message text is empty")
    _short_enough(content, TEXT)
    return _edit(server, call, {"entities": None} | content, call.arguments["text"])


def _edit_message_reply_markup(server: TelegramServer, call: Call) -> JSON:
    return _edit(server, call, {}, "")


def _edit(server: TelegramServer, call: Call, content: JSON, written: str) -> JSON:
    changes = {"reply_markup": None} | content | _keyboard(call)
    with server.changed:
        chat = _chat(server, call)
        try:
            message = server.message(chat.id, _integer(call, "message_id"))
        except LookupError:
            raise Refused(400, "Bad Request: message to edit not found") from None
        if not message.by_bot:
            raise Refused(400, "Bad Request: message can't be edited")
        if "text" in content and "text" not in message.json:
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        if all(message.json.get(name) == value for name, value in changes.items()):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
                " same as a current content and reply markup of the message",
            )
        message.change(**changes)
        message.written = written or message.written
        return message.json


def _answer_callback_query(server: TelegramServer, call: Call) -> bool:
    press = server.presses.get(call.arguments.get("callback_query_id", ""))
    if press is None or press.expired:
        raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    text = call.arguments.get("text", "")
    if len(text) > 200:
        raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
    press.answers.append(text)
    return True


def _send_chat_action(server: TelegramServer, call: Call) -> bool:
    action = call.arguments.get("action", "")
    if action not in ACTIONS:
        raise Refused(400, "Bad Request: wrong parameter action in request")
    with server.changed:
        _chat(server, call).actions.append(action)
    return True


def _get_file(server: TelegramServer, call: Call) -> JSON:
    file = server.files.get(call.arguments.get("file_id", ""))
    if file is None:
        raise Refused(400, "Bad Request: invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise Refused(400, "Bad Request: file is too big")
    return file.json | {"file_path": file.path}


def _download(server: TelegramServer, call: Call) -> bytes:
    for file in list(server.files.values()):
        if file.path == call.arguments["path"]:
            return file.content
    raise Refused(404, "Not Found")


def _set_my_commands(server: TelegramServer, call: Call) -> bool:
    commands = _json(call, "commands")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    server.commands[_scope(call)] = commands
    return True


def _get_my_commands(server: TelegramServer, call: Call) -> list[JSON]:
    return server.commands.get(_scope(call), [])


def _scope(call: Call) -> tuple[str, str]:
    scope = _json(call, "scope") if "scope" in call.arguments else {"type": "default"}
    return ":".join(str(part) for part in scope.values()), call.arguments.get("language_code", "")


# What the methods share.


def _integer(call: Call, name: str, default: int = 0) -> int:
    try:
        return int(call.arguments.get(name) or default)
    except ValueError:
        raise Refused(400, f"Bad Request: parameter {name} must be an integer") from None


def _json(call: Call, name: str) -> Any:
    try:
        return json.loads(call.arguments[name])
    except ValueError:
        raise Refused(400, f"Bad Request: can't parse {name} JSON object") from None


def _chat(server: TelegramServer, call: Call) -> Chat:
    """The chat the call is about, when the bot may write in it."""
    if not call.arguments.get("chat_id"):
        raise Refused(400, "Bad Request: chat_id is empty")
    chat = server.chats.get(_integer(call, "chat_id"))
    if chat is None:
        raise Refused(400, "Bad Request: chat not found")
    if chat.refusal is not None:
        raise Refused(*chat.refusal)
    return chat


def _formatted(call: Call, name: str, entities: str) -> JSON:
    """The text or caption of a call and its entities, as they are read; nothing when there is none."""
    text, mode = call.arguments.get(name, ""), call.arguments.get("parse_mode", "")
    found: list[JSON] = _json(call, entities) if entities in call.arguments else []
    if mode.upper() == "HTML":
        try:
            text, found = parse_html(text)
        except ValueError as wrong:
            raise Refused(400, f"Bad Request: can't parse entities: {wrong}") from None
    elif mode:
        raise Refused(400, "Bad Request: unsupported parse_mode")
    text = text.rstrip()
    end = length(text)
    cut = [entity | {"length": min(entity["length"], end - entity["offset"])} for entity in found]
    cut = [entity for entity in cut if entity["length"] > 0]
    return ({name: text} if text else {}) | ({entities: cut} if cut else {})


def _short_enough(content: JSON, limit: int) -> None:
    if len(content.get("text", "")) > limit:
        raise Refused(400, "Bad Request: message is too long")
    if len(content.get("caption", "")) > limit:
        raise Refused(400, "Bad Request: message caption is too long")


def _keyboard(call: Call) -> JSON:
    """The inline keyboard of a call; other keyboards are accepted, and the API does not show them either."""
    markup = _json(call, "reply_markup") if call.arguments.get("reply_markup") else {}
    rows = [[button for button in row if button.get("text")] for row in markup.get("inline_keyboard", [])]
    rows = [row for row in rows if row]
    for button in (button for row in rows for button in row):
        if len(button) < 2:
            raise Refused(
                400,
                "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            )
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    if sum(map(len, rows)) > BUTTONS or len(json.dumps(rows, ensure_ascii=False).encode()) > KEYBOARD:
        raise Refused(400, "Bad Request: reply markup is too long")
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _answered(chat: Chat, call: Call) -> JSON:
    if "reply_parameters" not in call.arguments:
        return {}
    wanted = _json(call, "reply_parameters")
    for message in chat.messages:
        if message.id == wanted["message_id"]:
            return {"reply_to_message": message.json}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise Refused(400, "Bad Request: message to be replied not found")


def _upload(call: Call, name: str) -> tuple[str, bytes]:
    """The name and content of an uploaded file."""
    given = call.arguments.get(name, "")
    if given and not given.startswith("attach://"):  # an id nobody has, or an address: nothing is fetched
        raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
    upload = call.uploads.get(given.removeprefix("attach://") or name)
    if upload is None:
        raise Refused(400, f"Bad Request: there is no {name} in the request")
    if not upload[1]:
        raise Refused(400, "Bad Request: file must be non-empty")
    return upload


METHODS: Final[dict[str, Callable[[TelegramServer, Call], object]]] = {
    "getme": _get_me,
    "getupdates": _get_updates,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": _get_webhook_info,
    "sendmessage": _send_message,
    "editmessagetext": _edit_message_text,
    "editmessagereplymarkup": _edit_message_reply_markup,
    "answercallbackquery": _answer_callback_query,
    "sendchataction": _send_chat_action,
    "senddocument": _send_document,
    "sendphoto": _send_photo,
    "getfile": _get_file,
    "setmycommands": _set_my_commands,
    "getmycommands": _get_my_commands,
    "file": _download,
}
