"""The reminders' ledger: every reminder of a campaign, what became of it and why, as a biên bản or as a table.

None is left out: planned, sent, failed, skipped and voided ones stand in the order of their times. One that is in the
outbox is not called sent before it is delivered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from docx.shared import Pt

from bot.campaigns import Campaign
from bot.officers import Unit
from bot.reminders import Reminder, ReminderState
from bot.reports import wording
from bot.reports.docx import subject
from bot.reports.grids import grid
from bot.reports.office import Office
from bot.reports.paper import MINUTES, Paper
from bot.reports.sheets import Sheet, numbered, workbook


@dataclass(frozen=True, slots=True)
class Entry:
    """A reminder and its fate; `reason` is why it was not simply sent, `done_at` when that was settled.

    `under_way`: its message is still to be delivered.
    """

    reminder: Reminder
    state: ReminderState
    reason: str = ""
    done_at: datetime | None = None
    under_way: bool = False

    @property
    def outcome(self) -> str:
        """What became of it, in words."""
        if self.under_way and self.state is ReminderState.SENT:
            return wording.UNDER_WAY
        return wording.OUTCOMES[self.state]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of a campaign as of `at`; `units` by code, `officers` names by code."""

    campaign: Campaign
    at: datetime
    entries: tuple[Entry, ...]
    units: Mapping[str, Unit]
    officers: Mapping[str, str]

    @property
    def counts(self) -> str:
        """How many there are of each outcome, in words; "" without entries."""
        found = Counter(entry.outcome for entry in self.entries)
        return ", ".join(
            f"{found[words]} {words}" for words in (*wording.OUTCOMES.values(), wording.UNDER_WAY) if found[words]
        )

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """A row an entry, under `wording.LEDGER_HEADER`."""
        what = {deadline.key: deadline.what for deadline in self.campaign.deadlines}
        return tuple(self._row(n, entry, what) for n, entry in enumerate(self.entries, start=1))

    def _row(self, position: int, entry: Entry, what: Mapping[str, str]) -> tuple[str, ...]:
        reminder = entry.reminder
        unit = self.units.get(reminder.unit)
        return (
            str(position),
            self._local(reminder.not_before),
            unit.name if unit else reminder.unit,
            self.officers.get(reminder.officer, reminder.officer),
            f"{what.get(reminder.deadline, reminder.deadline)}, {self._local(reminder.expires_at)}",
            wording.when_planned(reminder),
            entry.outcome,
            self._local(entry.done_at) if entry.done_at else "",
            entry.reason,
        )

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self.at.tzinfo):%H:%M %d/%m/%Y}"


def to_docx(ledger: Ledger, *, office: Office | None = None) -> bytes:
    """The biên bản with the list as its appendix, as the bytes of a .docx; place and people stay open."""
    paper = Paper(MINUTES, ledger.campaign.issuer, office or Office())
    title = wording.LEDGER_SUBJECT.format(subject=subject(ledger.campaign))
    paper.describe(f"{wording.MINUTES} {title}", author=ledger.campaign.issuer)
    paper.head(dated=False)
    paper.title(title)
    first = paper.body(wording.LEDGER_MADE.format(at=wording.written_moment(ledger.at)))
    first.paragraph_format.space_before = Pt(12)
    paper.body(wording.LEDGER_PLACE)
    paper.body(wording.LEDGER_PEOPLE)
    if not ledger.entries:
        paper.end(paper.body(wording.LEDGER_EMPTY))
        paper.minutes_signatures()
        return paper.content()
    paper.end(paper.body(wording.LEDGER_COUNT.format(all=len(ledger.entries), counts=ledger.counts)))
    paper.minutes_signatures()
    paper.appendix(wording.LEDGER_TABLE, landscape=True)
    grid(paper.document, wording.LEDGER_HEADER, ledger.rows(), (5, 10, 15, 12, 15, 9, 10, 10, 14))
    return paper.content()


def to_xlsx(ledger: Ledger) -> bytes:
    """The list as the bytes of an .xlsx."""
    title = wording.LEDGER_SUBJECT.format(subject=subject(ledger.campaign))
    return workbook(
        (
            Sheet(
                "Sổ nhắc hạn",
                title,
                wording.LEDGER_HEADER,
                numbered(ledger.rows()),
                (6, 17, 34, 24, 36, 17, 18, 17, 34),
            ),
        )
    )
