"""What is remembered about one Address between turns: a value, to and from JSON. Pure.

Rules of this file
1. It holds where the officer stands, what was last offered, the last questions, and texts that wait for a decision;
   never the answers themselves, which live in the Submission, so that another address of the same officer goes on with
   the same draft.
2. Reading is total: what is missing, of another shape or from another version becomes the default, part by part. A
   conversation that is lost costs the officer one press of a button, never a draft.
3. A token is used once. Tokens derive from `turn`, which never falls behind the clock, so a lost conversation repeats
   none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from bot.messages import FileRef

T = TypeVar("T")


class Mode(StrEnum):
    """Where the officer stands."""

    IDLE = "idle"  # the menu; whatever is typed is a question
    PICKING = "picking"  # which campaign?
    LISTING = "listing"  # which section?
    FIELD = "field"  # whatever is typed is the answer
    REVIEWING = "reviewing"  # everything was shown
    CONFIRMING = "confirming"  # really submit?
    APPROVING = "approving"  # the leader: hand it in, or send it back?
    SENDING_BACK = "sending_back"  # the leader: which section, and (once `section` is set) why?


class Action(StrEnum):
    """What an offered choice or a command word does."""

    MENU = "menu"
    ASK = "ask"
    FILL = "fill"
    PROGRESS = "progress"
    DEADLINES = "deadlines"
    HELP = "help"
    LEAVE = "leave"
    CAMPAIGN = "campaign"  # argument: campaign id
    LIST = "list"
    SECTION = "section"  # argument: section path
    BACK = "back"
    ONWARD = "onward"
    EDIT = "edit"
    NO_CONTENT = "no_content"
    EXPLAIN = "explain"
    OPTION = "option"  # argument: the option's own words
    REVIEW = "review"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    APPEND = "append"
    REPLACE = "replace"
    DISCARD = "discard"
    AS_CONTENT = "as_content"
    LOOK_UP = "look_up"
    UPLOAD = "upload"
    DETACH = "detach"  # argument: a file's id, or its number in the section
    DOWNLOAD = "download"  # argument: campaign id, or ""
    ADD_ROW = "add_row"
    EDIT_ROW = "edit_row"  # argument: the row's number
    DELETE_ROW = "delete_row"  # argument: the row's number
    CELL = "cell"  # argument: the column's number, from 1
    MORE = "more"
    NOT_APPLICABLE = "not_applicable"  # argument: the reason, or ""
    TEMPLATE = "template"
    ASK_STAFF = "ask_staff"
    TAKE_IN = "take_in"
    LEAVE_OUT = "leave_out"
    TAKE_EARLIER = "take_earlier"  # argument: section path, or "" for all sections
    KEEP_EARLIER = "keep_earlier"
    HISTORY = "history"
    WITHDRAW = "withdraw"  # argument: campaign id, or ""
    APPROVAL = "approval"  # argument: campaign id, or ""
    READ = "read"
    APPROVE = "approve"
    SEND_BACK = "send_back"  # argument: the path of a section, or "": which one?
    SEND = "send"
    SNOOZE = "snooze"  # argument: a moment and campaign ids, with blanks between
    MUTE = "mute"  # argument: campaign id, or "" for all
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True)
class Offered:
    """One choice that was offered: the token it carried, what it does, the words it was shown with."""

    token: str
    action: Action
    label: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A text that waits for the officer's decision at one step; `doubt`: it may have been a question."""

    campaign: str
    section: str
    field: str
    text: str
    doubt: bool = False


WHICH, REASON = -2, -1


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of a table's row that is asked now. `row` from 1, `line`: the row as it is saved, so that it is found
    again when others changed the table; blank: not saved yet.

    `column` from 0; REASON: why the row does not apply; WHICH: the officer picks one. `fresh`: every cell is asked.
    """

    row: int
    line: str
    column: int
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """`owner`: whom it was held with; for others it starts afresh. `by_number`: a bare number picks from `offer`.

    `answered`: the id of the last message that was answered from the library; `answer`: the keys that the shell queued
    the answer under. `documents`: what staff sent and are asked whether to take in. `asked`: when somebody unknown
    wrote, in the last hour (seconds since 1970); `over`: they were told that it was too often. `reasons`: what a
    leader is about to send back, (section path, why).
    `wrote`: campaign, section and field of the text that was saved last. Inside a step: `cell` of a table; `more`: what
    is typed next is added to what was just saved; `failed`: how many answers in a row were not taken.
    """

    owner: str = ""
    mode: Mode = Mode.IDLE
    campaign: str = ""
    section: str = ""
    field: str = ""
    offer: tuple[Offered, ...] = ()
    by_number: bool = True
    turn: int = 0
    questions: tuple[str, ...] = ()
    pending: tuple[Pending, ...] = ()
    answered: str = ""
    answer: tuple[str, ...] = ()
    documents: tuple[FileRef, ...] = ()
    asked: tuple[int, ...] = ()
    over: bool = False
    cell: Cell | None = None
    more: bool = False
    failed: int = 0
    reasons: tuple[tuple[str, str], ...] = ()
    wrote: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: object) -> Conversation:
        """The conversation that was stored; never raises, see rule 2."""
        if not isinstance(data, Mapping):
            return Conversation()
        new = Conversation()
        return Conversation(
            owner=_part(data, "owner", _text, new.owner),
            mode=_part(data, "mode", Mode, new.mode),
            campaign=_part(data, "campaign", _text, new.campaign),
            section=_part(data, "section", _text, new.section),
            field=_part(data, "field", _text, new.field),
            offer=_part(data, "offer", lambda raw: tuple(map(_offered, raw)), new.offer),
            by_number=_part(data, "by_number", bool, new.by_number),
            turn=_part(data, "turn", int, new.turn),
            questions=_part(data, "questions", _texts, new.questions),
            pending=_part(data, "pending", lambda raw: tuple(map(_pending, raw)), new.pending),
            answered=_part(data, "answered", _text, new.answered),
            answer=_part(data, "answer", _texts, new.answer),
            documents=_part(data, "documents", lambda raw: tuple(map(_file, raw)), new.documents),
            asked=_part(data, "asked", lambda raw: tuple(map(int, raw)), new.asked),
            over=_part(data, "over", bool, new.over),
            cell=_part(data, "cell", _cell, new.cell),
            more=_part(data, "more", bool, new.more),
            failed=_part(data, "failed", int, new.failed),
            reasons=_part(data, "reasons", lambda raw: tuple((_text(p), _text(why)) for p, why in raw), new.reasons),
            wrote=_part(data, "wrote", _texts, new.wrote),
        )


def _part(data: Mapping[Any, Any], key: str, read: Callable[[Any], T], default: T) -> T:
    try:
        return read(data[key])
    except (KeyError, TypeError, ValueError, OverflowError):
        return default


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return raw


def _texts(raw: Any) -> tuple[str, ...]:
    return tuple(map(_text, raw))


def _offered(raw: Any) -> Offered:
    return Offered(_text(raw["token"]), Action(raw["action"]), _text(raw["label"]), _text(raw["argument"]))


def _pending(raw: Any) -> Pending:
    campaign, section, field, text = (_text(raw[key]) for key in ("campaign", "section", "field", "text"))
    return Pending(campaign, section, field, text, doubt=bool(raw["doubt"]))


def _cell(raw: Any) -> Cell | None:
    if raw is None:
        return None
    return Cell(int(raw["row"]), _text(raw["line"]), int(raw["column"]), fresh=bool(raw["fresh"]))


def _file(raw: Any) -> FileRef:
    return FileRef(_text(raw["id"]), _text(raw["name"]), _text(raw["mime"]), int(raw["size"]), kept=bool(raw["kept"]))
