"""A unit's answers to a campaign and their life: draft → submitted → returned → accepted. Pure.

One submission per unit and campaign. A section's answers are kept whatever its state; nothing an officer typed is ever dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class SectionState(StrEnum):
    """chưa làm / nháp / đủ / không có nội dung."""

    UNTOUCHED = "untouched"
    DRAFT = "draft"
    DONE = "done"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a unit gave for one section; `returned` is the reviewer's reason while it is open again."""

    state: SectionState = SectionState.UNTOUCHED
    values: Mapping[str, str] = field(default_factory=dict)
    returned: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history: who did what, when."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Submission:
    """`sections` by section path; `reference` is given once, at the first submit; `revision` counts saves (optimistic lock)."""

    campaign: str
    version: int
    unit: str
    state: State = State.DRAFT
    sections: Mapping[str, Filled] = field(default_factory=dict)
    reference: str | None = None
    history: tuple[Entry, ...] = ()
    revision: int = 0
