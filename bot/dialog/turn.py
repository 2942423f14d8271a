"""What goes into `respond()` and what comes out: Event, Book, Turn, Effects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.campaigns import Campaign, Deadline
from bot.dialog.conversation import Conversation
from bot.messages import Address, Choice, Incoming
from bot.officers import Officer, Unit
from bot.submissions import Submission


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """A reminder whose time has come; `at` is the planned time."""

    id: str
    address: Address
    campaign: str
    deadline: Deadline
    offset: int
    at: datetime


Event = Incoming | ReminderDue


@dataclass(frozen=True, slots=True)
class Book:
    """All that `respond()` may know of the world, read by the shell beforehand.

    `campaigns` are the open ones that address the officer's unit, each in the version the unit's submission is pinned
    to; `submissions` by campaign id, the unit's own only.
    `linkable` is the officer that a one-time code typed in this very message belongs to, if it is valid.
    `reference` is a fresh candidate reference number, to be used only if a submission gets its first.
    """

    reference: str
    officer: Officer | None = None
    unit: Unit | None = None
    campaigns: tuple[Campaign, ...] = ()
    submissions: Mapping[str, Submission] = field(default_factory=dict)
    linkable: Officer | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Send this to the address the event came from (or is for)."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class LookUp:
    """Answer this question from the library and say the answer at this place among the other effects.

    `history`: the officer's earlier questions, oldest first. `on` None: today. `within` limits to one provision
    (document number, path): "phần này cần viết gì?".
    """

    question: str
    history: tuple[str, ...] = ()
    on: date | None = None
    within: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """Store this submission; `submission.revision` is the one it was read with (0: new)."""

    submission: Submission


@dataclass(frozen=True, slots=True)
class LinkOfficer:
    """Bind the event's address to the officer and spend the one-time code."""

    officer: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Record this reminder as skipped, with the reason staff will read."""

    reason: str


Effect = Say | LookUp | Save | LinkOfficer | Skip


@dataclass(frozen=True, slots=True)
class Turn:
    conversation: Conversation
    effects: tuple[Effect, ...] = ()
