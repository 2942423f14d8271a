"""The rim where messengers stand, one file each: what they can do is data, what went wrong carries its policy.

SendError                  told what to do by its class alone
├── Retry                  for now: try again, not before `after` seconds (429, 5xx, network)
│   └── Halted             the whole channel, until somebody acts (token, quota, package): staff are told
├── Elsewhere              not here now (a closed reply window): try the officer's next address
│   ├── Unpaid             nor what is billed, for anybody: as Elsewhere, and staff are told; the channel goes on
│   └── Unreachable        nor later (blocked, gone): as Elsewhere, and this address is marked
│       └── Relocated      it has another id now: everything moves there
└── Rejected               the platform will never take this message: park it where staff see it

ReceiveError               a webhook's request is not taken in; nothing is stored
├── Forged                 it does not carry the platform's proof
├── Malformed              it does, and cannot be read
└── TooEarly               it does, and we cannot tell yet whether it is for us: the platform must bring it again
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.messages import Address, FileRef, Incoming, Outgoing

FILE_LIMIT = 20 * 1024 * 1024  # bytes of a file that is taken in


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can show: `text` characters a message, so many `buttons` (0: choices are numbers in the text).

    `markup`: whether `**bold**` may be kept; `button_text` the longest label in characters. `files`: the largest file
    it can carry to an officer, in bytes (0: none, a link is sent); `takes_files`: whether officers can send files.
    `edits`: whether a message that was sent can be changed. `typing`: seconds of work after which the typing sign is
    shown (None: there is none). `window`: how long after the officer's last message they can be written to. `trusted`:
    whoever writes here runs this program.
    """

    text: int
    buttons: int = 0
    button_text: int = 64
    markup: bool = False
    files: int = 0
    takes_files: bool = True
    edits: bool = False
    typing: float | None = None
    window: timedelta | None = None
    trusted: bool = False


class SendError(Exception):
    """A message did not go out. The words are for staff: no token, no address of a call, no message text."""


class Retry(SendError):
    """Sending failed for now."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Halted(Retry):
    """Nothing goes out on this channel until somebody acts; `reason` says to staff what to do."""


class Elsewhere(SendError):
    """Not at this address now."""


class Unpaid(Elsewhere):
    """What costs money does not go out until staff have paid; `reason` says to them what to do."""


class Unreachable(Elsewhere):
    """This address cannot be reached any more."""


class Relocated(Unreachable):
    """The platform gave this chat another id."""

    def __init__(self, reason: str, to: str) -> None:
        super().__init__(reason)
        self.to = to


class Rejected(SendError):
    """The platform will not take this message."""


class ReceiveError(Exception):
    """A request that says it comes from the platform is not taken in."""


class Forged(ReceiveError):
    """It does not carry the platform's proof."""


class Malformed(ReceiveError):
    """It cannot be read."""


class TooEarly(ReceiveError):
    """Whether it is for us cannot be told yet."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An address that cannot be reached any more, as the platform tells by itself; `reason` is for staff."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class Back:
    """An address that can be reached again."""

    address: Address


@dataclass(frozen=True, slots=True)
class Moved:
    """The platform gave a chat another id."""

    address: Address
    to: str


Heard = Incoming | Gone | Back | Moved
Hear = Callable[[Heard], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of a channel found, in one line for staff; `advice` says what to do where it is not `good`."""

    good: bool
    what: str
    advice: str = ""


class Channel(Protocol):
    """One messenger. `send` delivers one fitted message or raises SendError; nothing else escapes it."""

    name: str
    limits: Limits

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> str | None:
        """Deliver; returns the channel's own id of what was sent, if it has one.

        `key` is the same over retries of one message, for channels that can recognise a repeat by it. `content`: the
        bytes of `message.file`. `edit`: the id of a sent message that this one takes the place of.
        """


@runtime_checkable
class Messenger(Channel, Protocol):
    """A channel on somebody else's servers, reached over the network."""

    polling: bool

    async def start(self, webhook: str | None) -> None:
        """Get ready to receive: at this address of ours, or by `poll`. Raises SendError."""

    async def close(self) -> None:
        """Give connections back. Harmless twice."""

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Heard, ...]:
        """What a webhook's request says, in order; pure. Names of headers are in small letters. Raises ReceiveError."""

    async def poll(self, hear: Hear) -> None:
        """One round of asking for news; each is acknowledged to the platform only after `hear` kept it.

        Returns at once after news, else when the platform's patience ends. Raises SendError.
        """

    async def acknowledge(self, incoming: Incoming) -> None:
        """Tell the platform that a message was kept, where it wants to know (a pressed button). Never raises."""

    async def typing(self, address: Address) -> None:
        """Show for some seconds that an answer is being written. Never raises."""

    async def fetch(self, file: FileRef) -> bytes:
        """The bytes of a file somebody sent. Raises Retry, or Rejected if it is too big, gone or not to be trusted."""

    async def catch_up(self, hear: Hear, since: datetime) -> None:
        """Hear what was said since then while nobody listened, where the platform can tell and would not by itself.

        Ids are those that the messages would have had. Raises SendError.
        """

    async def check(self) -> list[Finding]:
        """Whether tokens, webhook, quota and so on are as they should be; never raises. Changes nothing."""
