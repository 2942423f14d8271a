"""What Telegram tells us, read and put in our words. Pure.

Rules of this file
1. An update is validated before anything is done with it, and only the fields named here are looked at.
2. What is not for us is no error: it is heard as nothing. In a group that is all but a mention, a command, and a reply
   to one of our messages; anywhere, what other bots, channels and Telegram itself say. While our name is not known a
   name in a group's text may be ours: TooEarly, and Telegram brings it again.
3. A message's id is "chat:message", because Telegram counts messages within each chat; an edit's has the update's
   number behind it, a pressed button's is "cb:" and the query's own.
4. Something without a file (a place, a poll) is a FileRef without an id, so that it is answered and not passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bot.channels import Back, Gone, Heard, Moved, TooEarly
from bot.messages import Address, FileRef, Incoming

NAME: Final = "telegram"
ALLOWED: Final = ("message", "edited_message", "callback_query", "my_chat_member")
COMMANDS: Final[Mapping[str, str]] = {
    "hoi": "Hỏi quy định về thi đua, khen thưởng",
    "nop": "Làm và nộp báo cáo",
    "tiendo": "Xem đơn vị còn thiếu phần nào",
    "nhac": "Xem các hạn sắp tới",
    "taive": "Tải bản báo cáo của đơn vị",
    "huy": "Về đầu; nội dung đã lưu không mất",
    "trogiup": "Cách dùng trợ lý",
    "start": "Bắt đầu",
}
PRESSED: Final = "cb:"
_GROUPS: Final = {"group", "supergroup"}
_OUT: Final = {"left", "kicked"}
_COMMAND: Final = re.compile(r"\s*/(?P<name>\w+)(?:@(?P<whose>\w+))?(?!\w)")
# Kinds of files with the name and type of one that has none of its own, in the order they are looked for: an animation
# is told as a document as well.
_FILES: Final[Mapping[str, tuple[str, str]]] = {
    "document": ("tep-{}", "application/octet-stream"),
    "photo": ("anh-{}.jpg", "image/jpeg"),
    "video": ("video-{}.mp4", "video/mp4"),
    "animation": ("anh-dong-{}.mp4", "video/mp4"),
    "video_note": ("video-{}.mp4", "video/mp4"),
    "audio": ("am-thanh-{}.mp3", "audio/mpeg"),
    "voice": ("ghi-am-{}.ogg", "audio/ogg"),
}
_THINGS: Final[Mapping[str, str]] = {
    "sticker": "nhãn dán",
    "venue": "địa điểm",
    "location": "vị trí",
    "contact": "danh thiếp",
    "poll": "bình chọn",
    "checklist": "danh sách việc",
    "dice": "xúc xắc",
    "game": "trò chơi",
    "story": "tin (story)",
    "paid_media": "nội dung trả phí",
}


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as the platform knows it; `username` is "" until it has told."""

    id: int
    username: str = ""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _User(_Part):
    id: int
    is_bot: bool = False


class _Chat(_Part):
    id: int
    type: str = ""


class _File(_Part):
    file_id: str
    file_size: int = 0
    file_name: str = ""
    mime_type: str = ""


class _Replied(_Part):
    sender: _User | None = Field(None, alias="from")


class _Message(_Replied):
    """`model_extra` holds the rest, of which only the names are looked at."""

    model_config = ConfigDict(frozen=True, extra="allow")

    message_id: int
    date: datetime
    edit_date: datetime | None = None
    chat: _Chat
    sender_chat: _Chat | None = None
    reply_to_message: _Replied | None = None
    text: str = ""
    caption: str = ""
    document: _File | None = None
    photo: tuple[_File, ...] = ()
    video: _File | None = None
    animation: _File | None = None
    video_note: _File | None = None
    audio: _File | None = None
    voice: _File | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class _Under(_Part):
    """The message under which a button was pressed; of an old one no more is told."""

    chat: _Chat


class _Press(_Part):
    id: str
    data: str = ""
    message: _Under | None = None


class _Member(_Part):
    status: str


class _Membership(_Part):
    chat: _Chat
    old: _Member = Field(alias="old_chat_member")
    new: _Member = Field(alias="new_chat_member")


class Update(_Part):
    """One update, as far as we look at it. `model_validate` and `model_validate_json` raise ValueError."""

    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _Membership | None = None


def translate(update: Update, me: Me, now: datetime) -> tuple[Heard, ...]:
    """What an update says to `me`, if anything; a pressed button is not dated, so it is heard `now`.

    Raises TooEarly.
    """
    match update:
        case Update(message=_Message() as message):
            return _moved(message) or _said(message, me)
        case Update(edited_message=_Message() as message):
            return _said(message, me, edit=update.update_id)
        case Update(callback_query=_Press() as press):
            return _pressed(press, now)
        case Update(my_chat_member=_Membership() as membership):
            return _membership(membership)
    return ()


def _moved(message: _Message) -> tuple[Moved, ...]:
    """A group that became a supergroup says so in both chats."""
    here = _address(message.chat)
    if message.migrate_to_chat_id is not None:
        return (Moved(here, str(message.migrate_to_chat_id)),)
    if message.migrate_from_chat_id is not None:
        return (Moved(Address(NAME, str(message.migrate_from_chat_id)), here.id),)
    return ()


def _said(message: _Message, me: Me, *, edit: int | None = None) -> tuple[Incoming, ...]:
    group = message.chat.type in _GROUPS
    if not (group or message.chat.type == "private") or _by_bot(message):
        return ()
    text: str | None = message.text or message.caption
    files = _files(message)
    if not (text or any(file.id for file in files) or (files and edit is None)):
        return ()  # Telegram itself says something; or, in an edit, a shared place moved on
    if group and (text := _addressed(message, text or "", me)) is None:
        return ()
    own = f"{message.chat.id}:{message.message_id}"
    return (
        Incoming(
            own if edit is None else f"{own}:{edit}",
            _address(message.chat),
            text or "",
            message.edit_date or message.date,
            files=files,
            group=group,
            edits=None if edit is None else own,
        ),
    )


def _address(chat: _Chat) -> Address:
    return Address(NAME, str(chat.id))


def _by_bot(message: _Message) -> bool:
    """Whether it is from a bot; somebody who administers a group without showing their name only looks like one."""
    nameless = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    return message.sender is not None and message.sender.is_bot and not nameless


def _addressed(message: _Message, text: str, me: Me) -> str | None:
    """What a text in a group says to us, without our name in it; None if it is not for us. Raises TooEarly."""
    replied = message.reply_to_message.sender if message.reply_to_message else None
    ours = replied is not None and replied.id == me.id
    if not me.username and "@" in text:
        raise TooEarly("tên của bot chưa biết, chưa rõ tin trong nhóm có gửi cho trợ lý không")
    if command := _COMMAND.match(text):
        whose = (command["whose"] or "").casefold()
        if whose and whose != me.username.casefold():
            return None
        ours = ours or bool(whose) or command["name"].casefold() in COMMANDS
        text = f"/{command['name']}{text[command.end() :]}"
    named = rf"[ \t]*(?<!\w)@{re.escape(me.username)}(?!\w)[ \t]*[,:]?[ \t]*"
    text, times = re.subn(named, " ", text, flags=re.IGNORECASE)
    ours = ours or (times > 0)
    return text.strip() if ours else None


def _files(message: _Message) -> tuple[FileRef, ...]:
    """What came along: at most one file, as Telegram sends an album one by one; or the name of something else."""
    for kind, (name, mime) in _FILES.items():
        match getattr(message, kind):
            case (_File() as file) | (*_, _File() as file):  # a photo has its sizes, the largest last
                named = file.file_name or name.format(message.message_id)
                return (FileRef(file.file_id, named, file.mime_type or mime, file.file_size),)
    told = message.model_extra or {}
    return tuple(FileRef("", name) for kind, name in _THINGS.items() if kind in told)[:1]


def _pressed(press: _Press, now: datetime) -> tuple[Incoming, ...]:
    if press.message is None or press.message.chat.type != "private" or not press.data:
        return ()
    return (Incoming(PRESSED + press.id, _address(press.message.chat), "", now, token=press.data),)


def _membership(membership: _Membership) -> tuple[Heard, ...]:
    here, was_out, is_out = membership.chat, membership.old.status in _OUT, membership.new.status in _OUT
    if here.type not in _GROUPS | {"private"} or was_out == is_out:
        return ()
    if not is_out:
        return (Back(_address(here)),)
    reason = "người dùng đã chặn trợ lý" if here.type == "private" else "trợ lý đã bị đưa ra khỏi nhóm"
    return (Gone(_address(here), reason),)
