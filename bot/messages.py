"""What comes in and what goes out, in no platform's dialect. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where somebody is reached: a channel's name and the id that channel uses."""

    channel: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.id}"


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file on a channel (`id` is the channel's, "" if it cannot be fetched) or, once `kept`, in our store.

    `size` in bytes, 0 if unknown.
    """

    id: str
    name: str
    mime: str = "application/octet-stream"
    size: int = 0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """An offered answer: shown as a button or a number. `token` means something only while it is the last offer."""

    token: str
    label: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message in. `id` is the channel's own, unique per channel; `token` is what a pressed button carried.

    `group`: said among several people, to whom nothing personal may be told. `edits`: the id of the earlier message
    that this is the new wording of. `place`: (campaign, section path) that a file was given for, through a link.
    `sheet`: the rows of cells of the .xlsx it brings, read where a table is being filled in; None: no such file.
    """

    id: str
    address: Address
    text: str
    at: datetime
    token: str | None = None
    files: tuple[FileRef, ...] = ()
    group: bool = False
    edits: str | None = None
    place: tuple[str, str] | None = None
    sheet: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message out, before it is fitted to a channel. `text` is plain, with `**bold**` and lines of `> quote`.

    `replaces`: the key of an earlier message that this one corrects. `reply_to`: the channel's id of the message that
    it answers, shown as a reply where several people talk. `brief`: one line said in place of the text where only an
    approved template may be sent.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    file: FileRef | None = None
    replaces: str | None = None
    reply_to: str | None = None
    brief: str = ""
