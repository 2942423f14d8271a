"""Reminders as rows with a due time: what is planned, when, for whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReminderState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"
    VOIDED = "voided"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message planned before a deadline. Unique on (campaign, deadline, deadline_version, unit, section, offset, officer).

    `offset` is in working days before the deadline (0: the morning of the day); `section` "" means the whole submission;
    `not_before` and `expires_at` are aware moments; outside them nothing is sent.
    """

    campaign: str
    deadline: str
    deadline_version: int
    unit: str
    officer: str
    offset: int
    not_before: datetime
    expires_at: datetime
    section: str = ""
