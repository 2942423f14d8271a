"""What staff see at a glance: every unit's progress by section, the reminders ahead, and what did not get through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from bot.addressed import over
from bot.answered import asked_now
from bot.campaigns import Campaign, Deadline, Section
from bot.messages import Address
from bot.officers import Unit
from bot.reminders import Reminder, ReminderState
from bot.reports.wording import when_planned
from bot.store import Alert, InboxRow, OutboxRow, OutboxState, ReminderRow, Store
from bot.submissions import Editing, Filled, SectionState, Submission
from bot.web.services import Services

AHEAD: Final = 12  # reminders shown of each kind
TOLD: Final = frozenset(ReminderState) - {ReminderState.PLANNED, ReminderState.VOIDED}
FINISHED: Final = {SectionState.DONE, SectionState.NONE}


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """One unit in one campaign; `sections` is the form of the version that the unit fills in.

    `over`: that the unit is not valid today and which units follow it; "" if it is.
    `writing`: by path, the name of the officer who writes there now.
    """

    unit: Unit
    submission: Submission | None
    sections: tuple[tuple[Section, Filled], ...]
    over: str = ""
    writing: Mapping[str, str] = field(default_factory=dict)

    @property
    def carried(self) -> frozenset[str]:
        """The sections (paths) that hold an earlier year's answers, neither changed nor confirmed."""
        return frozenset(s.path for s, filled in self.sections if filled.carried and filled.state is SectionState.DRAFT)

    @property
    def done(self) -> int:
        return sum(filled.state in FINISHED for _, filled in self.sections)

    def cell(self, path: str) -> SectionState | None:
        """The state of a section; None where this unit's form does not have it."""
        return next((filled.state for section, filled in self.sections if section.path == path), None)


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    campaign: Campaign
    units: tuple[UnitProgress, ...]


@dataclass(frozen=True, slots=True)
class Reminding:
    """One moment at which officers are reminded of one deadline: reminders of the same time and state are one line."""

    at: datetime
    deadline: Deadline | None
    deadline_key: str
    officers: tuple[str, ...]
    state: ReminderState
    reason: str
    planned: str  # its kind, and how long before the deadline


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that did not get through: one we could not deliver, or one of theirs we could not handle.

    `id`: of its row; `over`: it is not tried again unless staff ask for it.
    """

    id: int
    over: bool
    who: str
    address: Address
    text: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    campaigns: tuple[CampaignProgress, ...]
    upcoming: tuple[Reminding, ...]
    past: tuple[Reminding, ...]
    undelivered: tuple[Trouble, ...]
    parked: tuple[Trouble, ...]
    alerts: tuple[Alert, ...] = ()

    @property
    def over(self) -> int:
        """How many messages wait for staff to have them tried again."""
        return sum(each.over for each in (*self.undelivered, *self.parked))


async def load_board(services: Services) -> Board:
    store = services.store
    units = {unit.code: unit for unit in await store.units()}
    officers = await store.officers()
    campaigns = await store.campaigns()
    reminders = await store.reminders()
    ahead = [row for row in reminders if row.state is ReminderState.PLANNED]
    past = [row for row in reminders if row.state in TOLD]
    names = {officer.code: officer.name for officer in officers}
    busy = writing(await store.editing(services.clock()), names)
    who = {address: officer.name for officer in officers for address in officer.addresses}
    today = services.clock().astimezone(services.zone).date()
    return Board(
        campaigns=tuple([await campaign_progress(store, campaign, units, today, busy) for campaign in campaigns]),
        upcoming=reminding(ahead, campaigns, names)[:AHEAD],
        past=tuple(reversed(reminding(past, campaigns, names)))[:AHEAD],
        undelivered=tuple(undelivered(row, who) for row in await store.undelivered()),
        parked=tuple(parked(row, who) for row in await store.parked()),
        alerts=tuple(await store.alerts()),
    )


Writing = Mapping[tuple[str, str], Mapping[str, str]]


def writing(editing: Iterable[Editing], names: Mapping[str, str]) -> Writing:
    """Who writes now (name), by campaign and unit, then by the section's path."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for each in editing:
        found.setdefault((each.campaign, each.unit), {})[each.section] = names.get(each.officer, each.officer)
    return found


async def campaign_progress(
    store: Store, campaign: Campaign, units: Mapping[str, Unit], today: date, busy: Writing
) -> CampaignProgress:
    """Every unit the campaign addresses, those that gave nothing yet included, in the campaign's order."""
    submissions = {submission.unit: submission for submission in await store.submissions(campaign.id)}
    progress: list[UnitProgress] = []
    for code in campaign.units:
        unit, submission = units.get(code, Unit(code, code)), submissions.get(code)
        each = await unit_progress(store, campaign, unit, submission, busy)
        progress.append(replace(each, over=over(unit, units.values(), today)))
    return CampaignProgress(campaign, tuple(progress))


async def unit_progress(
    store: Store, campaign: Campaign, unit: Unit, submission: Submission | None, busy: Writing
) -> UnitProgress:
    """A submission is shown on the version of the form it was filled in on; nobody writes in one that is locked."""
    if submission is not None and submission.version != campaign.version:
        campaign = await store.campaign(campaign.id, submission.version) or campaign
    filled = submission.sections if submission else {}
    given = submission or Submission(campaign.id, campaign.version, unit.code)
    form, _ = asked_now(campaign.form_for(unit.kind), given, unit.kind)
    sections = tuple((section, filled.get(section.path, Filled())) for section in form)
    locked = submission is not None and submission.locked
    return UnitProgress(unit, submission, sections, writing={} if locked else busy.get((campaign.id, unit.code), {}))


def reminding(rows: list[ReminderRow], campaigns: list[Campaign], names: Mapping[str, str]) -> tuple[Reminding, ...]:
    """Reminders as lines, the earliest first."""
    deadlines = {(campaign.id, each.key): each for campaign in campaigns for each in campaign.deadlines}
    lines: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], ReminderRow] = {}
    for row in sorted(rows, key=lambda row: (row.reminder.not_before, row.id)):
        reminder: Reminder = row.reminder
        key = (reminder.not_before, reminder.campaign, reminder.deadline, reminder.kind, row.state, row.reason)
        lines.setdefault(key, []).append(names.get(reminder.officer, reminder.officer))
        first.setdefault(key, row)
    return tuple(
        Reminding(
            at=row.reminder.not_before,
            deadline=deadlines.get((row.reminder.campaign, row.reminder.deadline)),
            deadline_key=row.reminder.deadline,
            officers=tuple(dict.fromkeys(lines[key])),
            state=row.state,
            reason=row.reason,
            planned=_planned(row.reminder),
        )
        for key, row in first.items()
    )


def _planned(reminder: Reminder) -> str:
    """As the ledger has it under "trước hạn", in a sentence of its own."""
    when = when_planned(reminder)
    return f"trước {when}" if when[:1].isdigit() else when


def undelivered(row: OutboxRow, who: Mapping[Address, str]) -> Trouble:
    return Trouble(
        id=row.id,
        over=row.state is OutboxState.FAILED,
        who=who.get(row.address, ""),
        address=row.address,
        text=row.message.text,
        error=row.error,
        at=row.queued_at,
    )


def parked(row: InboxRow, who: Mapping[Address, str]) -> Trouble:
    incoming = row.incoming
    return Trouble(
        id=row.id,
        over=True,
        who=who.get(incoming.address, ""),
        address=incoming.address,
        text=incoming.text,
        error=row.error,
        at=incoming.at,
    )
