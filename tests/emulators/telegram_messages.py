"""Chats, messages and files as Telegram keeps them, and what it makes of a text. Offsets count UTF-16 units."""

from __future__ import annotations

import mimetypes
import re
import time
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

JSON = dict[str, Any]
USERNAME: Final = "thidua_emulated_bot"
BOT: Final[JSON] = {"id": 4200000001, "is_bot": True, "first_name": "Trợ lý thi đua", "username": USERNAME}
_TAGS: Final = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAME: Final = re.compile(r"</?([^\s>]*)")
_REST: Final = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE: Final = re.compile(r"""([^\s=>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?""")
_REFERENCE: Final = re.compile(r"&(?:(lt|gt|amp|quot)(?![a-z])|#(\d{1,7})|#x([0-9a-f]{1,6}));?")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_FOUND: Final = re.compile(
    r"(?<!\w)(?P<mention>@[A-Za-z0-9_]{5,32})|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?)"
)


@dataclass
class Message:
    """A message as the API shows it (`json`), as it was `written` with its tags, and as it was `before` each edit."""

    json: JSON
    written: str = ""
    before: list[JSON] = field(default_factory=list)
    too_old: bool = False  # for the bot to be shown it when a button under it is pressed

    @property
    def id(self) -> int:
        return int(self.json["message_id"])

    @property
    def text(self) -> str:
        """What is read: without tags; of a file its caption."""
        return str(self.json.get("text", self.json.get("caption", "")))

    @property
    def by_bot(self) -> bool:
        return bool(self.json["from"]["id"] == BOT["id"])

    @property
    def addressed(self) -> bool:
        """Whether a bot with privacy is told of it in a group: it is named, commanded, replied to, or all are told."""
        if not {"text", "document", "photo"} & self.json.keys():
            return True
        if "reply_to_message" in self.json and self.json["reply_to_message"]["from"]["id"] == BOT["id"]:
            return True
        return any(name.endswith(f"@{USERNAME}") or (name[0] == "/" and "@" not in name) for name in names(self.text))

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    @property
    def buttons(self) -> list[JSON]:
        return list(chain(*self.json.get("reply_markup", {}).get("inline_keyboard", [])))

    def change(self, **content: Any) -> None:
        """An edit: what is None is gone from then on."""
        self.before.append(self.json)
        edited = self.json | content | {"edit_date": int(time.time())}
        self.json = {name: value for name, value in edited.items() if value is not None}


@dataclass
class Chat:
    """A chat: its `messages` in order, the `actions` shown (typing …), and why the bot is refused, if it is."""

    id: int
    messages: list[Message] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    refusal: tuple[int, str, JSON] | None = None  # status, description, parameters

    @property
    def json(self) -> JSON:
        if self.id > 0:
            return {"id": self.id, "type": "private", "first_name": f"Người {self.id}"}
        kind = "supergroup" if self.id < -1_000_000_000_000 else "group"
        return {"id": self.id, "type": kind, "title": f"Nhóm {-self.id}"}

    @property
    def sent(self) -> list[Message]:
        """What the bot sent here."""
        return [message for message in self.messages if message.by_bot]

    def add(self, sender: JSON, content: JSON, written: str = "") -> Message:
        """A new message; what is None in `content` is left out."""
        head = {"message_id": len(self.messages) + 1, "from": sender, "chat": self.json, "date": int(time.time())}
        shown = {name: value for name, value in (head | content).items() if value is not None}
        self.messages.append(Message(shown, written or str(content.get("text", ""))))
        return self.messages[-1]


@dataclass(frozen=True)
class File:
    """A file somebody sent; `size` may claim more than there is."""

    id: str
    name: str
    content: bytes
    size: int
    path: str

    @property
    def json(self) -> JSON:
        return {"file_id": self.id, "file_unique_id": f"u{self.id}", "file_size": self.size}

    @property
    def document(self) -> JSON:
        kind = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return self.json | {"file_name": self.name, "mime_type": kind}


def length(text: str) -> int:
    """Of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def found_entities(text: str) -> list[JSON]:
    """The mentions and commands a person wrote."""
    return [
        {"type": match.lastgroup, "offset": length(text[: match.start()]), "length": length(match[0])}
        for match in _FOUND.finditer(text)
    ]


def names(text: str) -> list[str]:
    """The mentions and commands themselves, in lower case."""
    return [match[0].lower() for match in _FOUND.finditer(text)]


def parse_html(source: str) -> tuple[str, list[JSON]]:
    """The text as it is read and its entities; ValueError with Telegram's words when the tags are not well-formed."""
    reader = _Reader(source)
    at = 0
    while (start := source.find("<", at)) >= 0:
        reader.text += _unescaped(source[at:start])
        at = reader.closed(start) if source.startswith("</", start) else reader.opened(start)
    reader.text += _unescaped(source[at:])
    if reader.stack:
        raise ValueError(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1][0]}"')
    return reader.text, sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.text = ""
        self.entities: list[JSON] = []
        self.stack: list[tuple[str, JSON]] = []

    def opened(self, start: int) -> int:
        """Take in the start tag that begins at `start`; returns where it ends."""
        name, end, where = self._name(start)
        if end == len(self.source):
            raise ValueError(f"Unclosed start tag at byte offset {where}")
        if name not in _TAGS:
            raise ValueError(f'Unsupported start tag "{name}" at byte offset {where}')
        rest = _REST.match(self.source, end)
        if rest is None:
            raise ValueError(f"Unclosed start tag at byte offset {where}")
        given = {match[1]: _unescaped("".join(match.groups("")[1:])) for match in _ATTRIBUTE.finditer(rest[0][:-1])}
        if name == "span" and given.get("class") != "tg-spoiler":
            raise ValueError(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        if name == "tg-emoji" and not given.get("emoji-id", "").isdigit():
            raise ValueError("Invalid custom emoji identifier specified")
        self.stack.append((name, self._entity(name, given)))
        return rest.end()

    def closed(self, start: int) -> int:
        """Take in the end tag that begins at `start`; returns where it ends."""
        name, end, where = self._name(start)
        if not self.stack:
            raise ValueError(f"Unexpected end tag at byte offset {where}")
        rest = re.compile(r"\s*>").match(self.source, end)
        if rest is None:
            raise ValueError(f"Unclosed end tag at byte offset {where}")
        expected, entity = self.stack.pop()
        if name not in {expected, ""}:
            raise ValueError(f'Unmatched end tag at byte offset {where}, expected "</{expected}>", found "</{name}>"')
        long = length(self.text) - entity["offset"]
        if entity["type"] and long:
            self.entities.append(entity | {"length": long})
        return rest.end()

    def _name(self, start: int) -> tuple[str, int, int]:
        match = _NAME.match(self.source, start)
        assert match
        return match[1].lower(), match.end(), len(self.source[:start].encode())

    def _entity(self, name: str, given: dict[str, str]) -> JSON:
        entity: JSON = {"type": _TAGS[name], "offset": length(self.text)}
        if name == "a":
            link = given.get("href", "")
            return entity | ({"url": link} if re.match(r"(?i)(https?|tg|mailto|tel):", link) else {"type": ""})
        if name == "tg-emoji":
            return entity | {"custom_emoji_id": given["emoji-id"]}
        if name == "blockquote" and "expandable" in given:
            return entity | {"type": "expandable_blockquote"}
        if name == "code" and self.stack and self.stack[-1][0] == "pre":
            self.stack[-1][1]["language"] = given.get("class", "").removeprefix("language-")
            return entity | {"type": ""}
        return entity


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1]:
            return _NAMED[match[1]]
        code = int(match[2] or "0") or int(match[3] or "0", 16)
        return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)

    return _REFERENCE.sub(character, text)
