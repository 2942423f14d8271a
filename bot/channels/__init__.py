"""The rim where messengers stand, one file each: what they can do is data, what went wrong carries its policy.

SendError                  told what to do by its class alone
├── Retry                  try again, not before `after` seconds (429, 5xx, network)
├── Unreachable            this address is gone or blocked: try the officer's next one
└── Rejected               the platform will never take this message: park it where staff see it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.messages import Address, Outgoing


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can show: `text` characters a message, so many `buttons` (0: choices are numbers in the text).

    `markup`: whether `**bold**` may be kept; `button_text` the longest label in characters.
    """

    text: int
    buttons: int = 0
    button_text: int = 64
    markup: bool = False


class SendError(Exception):
    """A message did not go out."""


class Retry(SendError):
    """Sending failed for now."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Unreachable(SendError):
    """This address cannot be reached any more."""


class Rejected(SendError):
    """The platform will not take this message."""


class Channel(Protocol):
    """One messenger. `send` delivers one fitted message or raises SendError; nothing else escapes it."""

    name: str
    limits: Limits

    async def send(self, address: Address, message: Outgoing, *, key: str) -> None:
        """Deliver. `key` is the same over retries of one message, for channels that can recognise a repeat by it."""
