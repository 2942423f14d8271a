"""What goes into the store and comes out of it, beyond the domain's own values; no connection is behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import EllipsisType
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

from bot.messages import Address, Incoming, Outgoing
from bot.reminders import Pause, Reminder, ReminderState
from bot.submissions import Editing, Submission

Json = dict[str, Any]
T = TypeVar("T")


class InboxState(StrEnum):
    WAITING = "waiting"
    HANDLED = "handled"
    PARKED = "parked"


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    PASSED = "passed"  # on to the officer's next address, as a row of its own
    VOIDED = "voided"  # the officer left


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A received message. `claim` ("": only looked at) is our right to it until the lease ends, since `claimed_at`."""

    id: int
    incoming: Incoming
    state: InboxState = InboxState.WAITING
    tries: int = 0
    error: str = ""
    claim: str = ""
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A planned reminder and what became of it: `reason` is for staff, `done_at` when it was sent or skipped.

    `sent_with`: the id of the reminder under which its message stands in the outbox.
    """

    id: int
    reminder: Reminder
    state: ReminderState = ReminderState.PLANNED
    reason: str = ""
    done_at: datetime | None = None
    claim: str = ""
    claimed_at: datetime | None = None
    sent_with: int | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a claimed reminder, and why."""

    row: ReminderRow
    state: ReminderState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message to deliver. `key` is stable over tries; `reminder` is the id of the first reminder it carries, if any.

    `officer`: whom it is for, wherever they are reached; None for an answer, which belongs to its address.
    """

    id: int
    address: Address
    message: Outgoing
    key: str
    state: OutboxState
    queued_at: datetime
    tries: int = 0
    error: str = ""
    not_before: datetime | None = None
    sent_at: datetime | None = None
    reminder: int | None = None
    officer: str | None = None
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a dialogue. `id` grows over both directions of an address; `at`: when they wrote, we decided."""

    id: int
    direction: Literal["in", "out"]
    message: Incoming | Outgoing
    at: datetime
    state: InboxState | OutboxState


@dataclass(frozen=True, slots=True)
class Done:
    """All that one handled event changes: a claimed row of `inbox`, or `reminders` that were claimed together.

    `conversation` (None: unchanged) is stored for `address`; `remembered` is what was read for it before deciding and
    must still be there (`...`: not checked). Of several saves of one submission the last counts. `outgoing`: where to,
    what, and a key unique for ever; with `reminders`, it carries all those that are SENT. `link` = (officer code,
    one-time code): binds `address`, spends the code. `pauses` take the place of earlier ones; `planned` are reminders
    to be kept if they are new. `at`: when it was decided (None: when it was claimed). `pushed`: as
    `outgoing`, for the officer who is reached there, wherever that will be. `taken`, `given_back`: the right to write
    in a section.
    """

    inbox: InboxRow | None = None
    reminders: tuple[Fate, ...] = ()
    address: Address | None = None
    conversation: Json | None = None
    remembered: Json | EllipsisType | None = ...
    submissions: tuple[Submission, ...] = ()
    outgoing: tuple[tuple[Address, Outgoing, str], ...] = ()
    link: tuple[str, str] | None = None
    pauses: tuple[Pause, ...] = ()
    planned: tuple[Reminder, ...] = ()
    at: datetime | None = None
    pushed: tuple[tuple[Address, Outgoing, str], ...] = ()
    taken: tuple[Editing, ...] = ()
    given_back: tuple[Editing, ...] = ()


_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def to_json(value: object) -> Json:
    """A frozen dataclass as JSON values: tuples as lists, enums by value, moments and days in ISO 8601."""
    dumped: Json = _adapter(type(value)).dump_python(value, mode="json")
    return dumped


def from_json(cls: type[T], stored: Json) -> T:
    """The dataclass again, equal to what `to_json` was given; keys that the class no longer has are left out."""
    value: T = _adapter(cls).validate_python(stored)
    return value
