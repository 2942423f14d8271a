"""What a Zalo Official Account is told: signed webhooks and rows of its conversations → what was heard. Pure.

Rules of this file
1. The signature is over the raw bytes, with the timestamp exactly as it is written there: a plain SHA-256, no HMAC.
   Numbers are therefore read as text. The probe of Zalo's console is unsigned and says nothing: it is let pass.
2. What is signed is read as far as it can be read: Zalo turns off a webhook that keeps refusing. Unknown events and
   what others said to the person (`oa_send_*`) are nothing to us; an unknown thing that a person sent is a file that
   cannot be fetched, so that they get an answer.
3. A pressed button comes as text that anybody could type. It is only ever a token of the last offer.
4. A row of a conversation gives the same id as its webhook did.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, TypeAdapter

from bot.channels import Forged, Heard, Malformed
from bot.messages import Address, FileRef, Incoming

NAME: Final = "zalo_oa"
PRESSED: Final = "#chon:"  # then the choice's token
SENT: Final = "user_send_"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MIMES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "aac": "audio/aac",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
}
# What people send besides text and files: stem and ending of a name for what can be fetched.
MEDIA: Final[Mapping[str, tuple[str, str]]] = {
    "image": ("anh", "jpg"),
    "photo": ("anh", "jpg"),
    "gif": ("anh", "gif"),
    "audio": ("ghi-am", "aac"),
    "voice": ("ghi-am", "aac"),
    "video": ("video", "mp4"),
}
# … and a word for what cannot.
THINGS: Final[Mapping[str, str]] = {
    "sticker": "nhãn dán",
    "location": "vị trí",
    "business_card": "danh thiếp",
}
FILE: Final = "tệp"
BYTES: Final = "application/octet-stream"

Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, (str, int)) else "")]
_Object = BeforeValidator(lambda value: value if isinstance(value, dict) else {})
_List = BeforeValidator(lambda value: value if isinstance(value, list) else [])


class _Payload(BaseModel):
    url: Text = ""
    name: Text = ""
    size: Text = ""
    type: Text = ""


class _Attachment(BaseModel):
    payload: Annotated[_Payload, _Object] = _Payload()


class _Message(BaseModel):
    msg_id: Text = ""
    text: Text = ""
    attachments: Annotated[list[Annotated[_Attachment, _Object]], _List] = []


class _Person(BaseModel):
    id: Text = ""


class _Event(BaseModel):
    event_name: Text = ""
    timestamp: Text = ""
    sender: Annotated[_Person, _Object] = _Person()
    follower: Annotated[_Person, _Object] = _Person()
    message: Annotated[_Message, _Object] = _Message()
    attachments: Annotated[list[Annotated[_Attachment, _Object]], _List] = []


class Row(BaseModel):
    """A message of a conversation, as `listrecentchat` and `conversation` tell it; `time` in milliseconds."""

    src: Text = ""
    time: Text = ""
    message_id: Text = ""
    type: Text = ""
    message: Text = ""
    url: Text = ""
    from_id: Text = ""
    to_id: Text = ""

    @property
    def by_user(self) -> bool:
        return self.src == "1"

    @property
    def user(self) -> str:
        return self.from_id if self.by_user else self.to_id

    @property
    def at(self) -> datetime | None:
        return _moment(self.time)


_ROWS: Final = TypeAdapter(Annotated[list[Annotated[Row, _Object]], _List])


def heard(headers: Mapping[str, str], body: bytes, *, app_id: str, secret_key: str) -> tuple[Heard, ...]:
    """What a webhook's request says. Raises Forged, Malformed."""
    if body.strip() in {b"", b"{}"}:
        return ()
    event = _parsed(body)
    said = headers.get("x-zevent-signature", "").strip().lower().removeprefix("mac=")
    if not hmac.compare_digest(said.encode(), signature(body, event.timestamp if event else "", app_id, secret_key)):
        raise Forged("the signature is missing or wrong")
    if event is None:
        raise Malformed("not a JSON object")
    return tuple(incoming for incoming in [_incoming(event)] if incoming)


def signature(body: bytes, timestamp: str, app_id: str, secret_key: str) -> bytes:
    """The hexadecimal digits that a webhook's header carries."""
    told = (app_id.encode(), body, timestamp.encode(errors="replace"), secret_key.encode())
    return hashlib.sha256(b"".join(told)).hexdigest().encode()


def rows_of(data: object) -> list[Row]:
    """Rows of `listrecentchat` or `conversation`, newest first as they come."""
    return _ROWS.validate_python(data)


def from_row(row: Row) -> Incoming | None:
    """What a person wrote, as their webhook told it or would have; None if it is not theirs or has no id."""
    at = row.at
    if not row.by_user or not row.message_id or not row.from_id or at is None:
        return None
    named = row.type == "file"  # its name stands where others have their text
    said = Incoming(row.message_id, Address(NAME, row.from_id), "" if named else row.message, at)
    return _read(said, row.type, [_Payload(url=row.url, name=row.message if named else "")])


def _parsed(body: bytes) -> _Event | None:
    try:
        return _Event.model_validate(json.loads(body, parse_int=str, parse_float=str))
    except (ValueError, RecursionError):  # a ValidationError is a ValueError
        return None


def _incoming(event: _Event) -> Incoming | None:
    name = event.event_name
    if name != "follow" and (not name.startswith(SENT) or name.startswith(f"{SENT}group_")):
        return None
    at, user = _moment(event.timestamp), event.sender.id or event.follower.id
    if at is None or not user:
        raise Malformed(f"{name}: nobody sent it, or at no time")
    stamp = f"{name}-{user}-{event.timestamp}"
    if name == "follow":
        return Incoming(stamp, Address(NAME, user), "/start", at)
    message = event.message
    payloads = [attachment.payload for attachment in message.attachments or event.attachments]
    said = Incoming(message.msg_id or stamp, Address(NAME, user), message.text, at)
    return _read(said, name.removeprefix(SENT), payloads)


def _read(said: Incoming, kind: str, payloads: list[_Payload]) -> Incoming:
    """What was said, with what came along with it."""
    text = unicodedata.normalize("NFC", said.text)
    match kind:
        case "text" if text.startswith(PRESSED) and (token := text.removeprefix(PRESSED).strip()):
            return replace(said, text="", token=token)
        case "text":
            return replace(said, text=text)
        case "link" | "links":
            links = [payload.url for payload in payloads if payload.url and payload.url not in text]
            return replace(said, text="\n".join([text, *links]).strip())
        case _ if kind in THINGS:
            return replace(said, text=text, files=(FileRef("", THINGS[kind]),))
        case _:
            files = tuple(_file(kind, payload, said.id) for payload in payloads or [_Payload()])
            return replace(said, text=text, files=files)


def _file(kind: str, payload: _Payload, msg_id: str) -> FileRef:
    """`kind` and ending tell what it is; it is fetched by its URL, if it has one."""
    if not payload.url:
        return FileRef("", payload.name or FILE)
    stem, ending = MEDIA.get(kind, ("tep", payload.type))
    name = payload.name or f"{stem}-{msg_id[-6:]}" + (f".{ending}" if ending else "")
    mime = MIMES.get(name.rpartition(".")[2].lower(), BYTES)
    size = int(payload.size) if payload.size.isdecimal() and len(payload.size) < 16 else 0
    return FileRef(payload.url, unicodedata.normalize("NFC", name), mime, size)


def _moment(milliseconds: str) -> datetime | None:
    try:
        return EPOCH + timedelta(milliseconds=int(milliseconds))
    except (ValueError, OverflowError):
        return None
