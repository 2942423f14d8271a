"""What goes into `respond()` and what comes out: Event, Book, Turn, Effects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.campaigns import Campaign, Deadline
from bot.checks import Validity
from bot.dialog.conversation import Conversation
from bot.messages import Address, Choice, FileRef, Incoming
from bot.moving import Earlier
from bot.officers import Officer, Unit
from bot.reminders import Kind, Pause, Reminder, ReminderState, Told
from bot.submissions import Editing, Submission


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """One reminder whose time has come, with what is known of the unit it is about; `row` is its id.

    `campaign` is as the unit fills it in; None: it is not open for the unit. `told`: who was told of this deadline
    so far. `pause`: what the officer asked for. `was`: the date before a moved deadline's.
    """

    row: int
    kind: Kind
    deadline: Deadline
    unit: Unit
    campaign: Campaign | None = None
    submission: Submission | None = None
    told: tuple[Told, ...] = ()
    pause: Pause | None = None
    was: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemindersDue:
    """All reminders that are due for the officer at this address: one message at most comes of them.

    `later`: the moments that a later reminder may be asked for. `provisional`: years whose days off are not announced
    yet, in what the working days were counted over.
    """

    id: str
    address: Address
    due: tuple[ReminderDue, ...]
    later: tuple[datetime, ...] = ()
    provisional: tuple[int, ...] = ()


Event = Incoming | RemindersDue


@dataclass(frozen=True, slots=True)
class Opened:
    """What is read besides for the campaign (id) whose form is open, in its newest version.

    `earlier`: what the unit answered in an earlier year; `cited`: what the library knows of documents, by `number_key`.
    """

    campaign: str
    earlier: Earlier | None = None
    cited: Mapping[str, Validity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """All that `respond()` may know of the world, read by the shell beforehand.

    `campaigns` are the open ones that address the officer's unit, each in the version the unit's submission is pinned
    to; `submissions` by campaign id, the unit's own only. `newer`: by campaign id, a version that came out since.
    `opened`: None while no form is open.
    `colleagues`: all officers of the unit, this one included; `editing`: who writes in which of its sections.
    `linkable` is the officer that a one-time code typed in this very message belongs to, if it is valid.
    `reference` is a fresh candidate reference number, to be used only if a submission gets its first.
    `metered`: strangers here are answered so many times an hour.
    `takes_files`: files can be sent on this channel. `can_upload`: they cannot, but a link to send them by can be made.
    `can_take_in`: documents that staff send can be taken into the library.
    For a message said in a group it holds nobody and nothing of any unit.
    """

    reference: str
    officer: Officer | None = None
    unit: Unit | None = None
    campaigns: tuple[Campaign, ...] = ()
    submissions: Mapping[str, Submission] = field(default_factory=dict)
    newer: Mapping[str, Campaign] = field(default_factory=dict)
    opened: Opened | None = None
    colleagues: tuple[Officer, ...] = ()
    editing: tuple[Editing, ...] = ()
    linkable: Officer | None = None
    metered: bool = True
    takes_files: bool = True
    can_upload: bool = False
    can_take_in: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Send this to the address the event came from (or is for). `brief`: see Outgoing."""

    text: str
    choices: tuple[Choice, ...] = ()
    brief: str = ""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Answer this question from the library and say the answer at this place among the other effects.

    `history`: the officer's earlier questions, oldest first. `on` None: today. `within` limits to one provision
    (document number, path): "phần này cần viết gì?". `corrects`: the answer takes the place of the last one.
    """

    question: str
    history: tuple[str, ...] = ()
    on: date | None = None
    within: tuple[str, str] | None = None
    corrects: bool = False


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
    """Record this reminder (`row`) as not sent, with the reason staff will read."""

    row: int
    reason: str
    state: ReminderState = ReminderState.SKIPPED


@dataclass(frozen=True, slots=True)
class Hold:
    """Store what the officer wants of a campaign's reminders, and the one they asked for instead, if they did."""

    pause: Pause
    again: Reminder | None = None


@dataclass(frozen=True, slots=True)
class OfferUpload:
    """Say a link by which a file for this section can be sent."""

    campaign: str
    section: str


@dataclass(frozen=True, slots=True)
class SendReport:
    """Send the unit's report to this campaign, as it is after this turn, as a document."""

    campaign: str


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """Send the .xlsx in which a table (section, field) is filled in, with the rows it has after this turn."""

    campaign: str
    section: str
    field: str


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Take a kept document into the library, and say what came of it."""

    file: FileRef


@dataclass(frozen=True, slots=True)
class Written:
    """A section with the things it is asked to speak of, and all that was answered in it."""

    path: str
    title: str
    things: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Cover:
    """Say which of the things asked for these sections do not speak of, if there are any: a hint, never a block."""

    sections: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """Push this to another officer of the unit (code), where they were last seen; nothing if that is nowhere."""

    officer: str
    text: str
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    """Give the officer this section to write in, or keep it for them; refused if somebody else was faster."""

    editing: Editing


@dataclass(frozen=True, slots=True)
class Release:
    """The officer does not write in this section any more."""

    editing: Editing


Effect = (
    Say
    | Cover
    | LookUp
    | Save
    | LinkOfficer
    | Skip
    | Hold
    | OfferUpload
    | SendReport
    | SendTemplate
    | TakeIn
    | Tell
    | Take
    | Release
)


@dataclass(frozen=True, slots=True)
class Turn:
    conversation: Conversation
    effects: tuple[Effect, ...] = ()
