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
    """A file on a channel or in our store; bytes are fetched by `Channel.fetch`. `size` in bytes."""

    id: str
    name: str
    mime: str = "application/octet-stream"
    size: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """An offered answer: shown as a button or a number. `token` means something only while it is the last offer."""

    token: str
    label: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message in. `id` is the channel's own, unique per channel; `token` is what a pressed button carried."""

    id: str
    address: Address
    text: str
    at: datetime
    token: str | None = None
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message out, before it is fitted to a channel. `text` is plain, with `**bold**` and lines of `> quote`."""

    text: str
    choices: tuple[Choice, ...] = ()
    file: FileRef | None = None
