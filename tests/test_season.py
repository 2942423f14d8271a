"""A whole season of 130 units, held against what an onlooker knows: nobody is forgotten, bothered or told wrongly."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from season_world import (
    CHANGES,
    DOSSIER,
    DOSSIER_DUE,
    DUE,
    LAST,
    MOVED,
    POLICY,
    RENEWED,
    REPORT,
    TITLES,
    UNITS,
    WAS,
    Case,
    Reminded,
    Season,
)
from trial_world import CALENDAR, AtOnce, opened, rows

from bot.dialog import reminder_wording, wording
from bot.reminders import ICT, Kind, ReminderState
from bot.reports.ledger import Entry, Ledger, to_xlsx
from bot.store import ReminderRow
from bot.store.migrate import migrate
from bot.store.people import LEFT
from bot.submissions import State, Submission

AT_ONCE = timedelta(minutes=1)
OF_UNITS = (Kind.REMIND, Kind.SNOOZED)
DEADLINES = ((REPORT.id, "bc", DUE), (REPORT.id, "hoan-thien", LAST), (DOSSIER.id, "hs", DOSSIER_DUE))


@dataclass(frozen=True)
class Seen:
    """What there is at the end: the onlooker's notes, and the rows."""

    season: Season
    ledger: list[ReminderRow]
    submissions: dict[Case, Submission]
    inbox: list[tuple[object, ...]]
    outbox: list[tuple[object, ...]]
    printed: dict[str, bytes]
    carrier: dict[str, int]  # of a message's key, the reminder by which its row names all that it carries
    together: dict[int, list[ReminderRow]]

    def carried(self, message: Reminded) -> list[ReminderRow]:
        """The reminders that went in a message."""
        return self.together[self.carrier[message.key]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    path = tmp_path_factory.mktemp("season") / "thidua.db"
    migrate(f"sqlite:///{path}")

    async def lived() -> Seen:
        season = Season(opened(path))
        await season.run()
        store = season.store
        submissions = {(one.campaign, one.unit): one for one in await store.submissions()}
        names = {officer.code: officer.name for officer in await store.officers()}
        printed = {}
        for campaign in season.rounds.values():
            entries = tuple(Entry(r.reminder, r.state, r.reason, r.done_at) for r in await store.reminders(campaign.id))
            printed[campaign.id] = to_xlsx(Ledger(campaign, season.clock.now, entries, UNITS, names))
        inbox = rows(path, "SELECT state, count(*) FROM inbox GROUP BY state")
        outbox = rows(path, "SELECT key, state, officer FROM outbox")
        ledger = await store.reminders()
        carrier = dict(rows(path, "SELECT key, reminder FROM outbox WHERE reminder IS NOT NULL"))
        together = {first: [row for row in ledger if row.sent_with == first] for first in set(carrier.values())}
        await store.close()
        return Seen(season, ledger, submissions, inbox, outbox, printed, carrier, together)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aiosqlite.core.SimpleQueue", AtOnce)
        return asyncio.run(lived())


def case_of(row: ReminderRow) -> Case:
    return row.reminder.campaign, row.reminder.unit


def local(moment: datetime) -> datetime:
    return moment.astimezone(ICT)


# --- what units handed in ---------------------------------------------------------------------------------------------


def test_who_should_have_handed_in_has_and_nobody_else(seen):
    ends = {"never": None, "unapproved": State.PROPOSED}
    for case, way in seen.season.ways.items():
        found = seen.submissions.get(case)
        assert (found and found.state) == ends.get(way, State.SUBMITTED), (case, way)
    references = [one.reference for one in seen.submissions.values() if one.state is State.SUBMITTED]
    assert None not in references
    assert len(set(references)) == len(references) > 150
    assert set(seen.season.ways.values()) == {
        "early",
        "reminded",
        "last day",
        "never",
        "returned",
        "by halves",
        "unapproved",
    }


def test_the_answers_are_what_was_said(seen):
    for case in seen.season.ways:
        sections = seen.submissions[case].sections if case in seen.submissions else {}
        found = {path: one.values["noi_dung"] for path, one in sections.items() if one.values}
        assert found == seen.season.given[case], case


def test_who_was_not_done_went_along_to_the_newest_form(seen):
    for case, one in seen.submissions.items():
        done = seen.season.was_handed_in(case, RENEWED - AT_ONCE)
        again = any(moment > RENEWED for moment in seen.season.reopened[case])
        newest = case[0] == REPORT.id and (again or not done)
        assert one.version >= 2 if newest else one.version == 1, case


def test_every_message_is_handled_and_arrives_once(seen):
    assert seen.inbox == [("handled", seen.season.heard)]
    blocked = {officer for officer, quirk in seen.season.quirks.items() if quirk == "blocks"}
    assert {state for _, state, officer in seen.outbox if officer not in blocked} == {"sent"}
    assert {state for _, state, officer in seen.outbox if officer in blocked} <= {"sent", "failed"}
    sent = {key for key, state, _ in seen.outbox if state == "sent"}
    assert Counter(key for _, key, _ in seen.season.post.arrived) == dict.fromkeys(sent, 1)


# --- what officers were told ------------------------------------------------------------------------------------------


def test_nobody_got_more_than_one_digest_a_day(seen):
    messages = {seen.carrier[one.key]: one for one in seen.season.reminded}
    digests = Counter(
        (one.officer, one.at.date())
        for row, one in messages.items()
        if {each.reminder.kind for each in seen.together[row]} != {Kind.MOVED}
    )
    assert max(digests.values()) == 1
    assert len(digests) > 1000


def test_nobody_was_reminded_of_what_was_handed_in(seen):
    for one in seen.season.reminded:
        assert not [row for row in seen.carried(one) if seen.season.was_handed_in(case_of(row), one.at)], one


def test_each_names_what_is_missing_then(seen):
    for one in seen.season.reminded:
        rounds = {row.reminder.campaign for row in seen.carried(one) if row.reminder.kind is not Kind.STAFF}
        if not rounds:
            continue
        lines = one.message.text.splitlines()
        waiting = [of for of in rounds if one.state[of] == "proposed"]
        missing = [title for of in rounds if of not in waiting for title in one.missing[of]]
        assert sorted(line for line in lines if line.startswith("• ")) == sorted(f"• {title}" for title in missing), one
        assert lines.count(wording.AWAITS_LEADER) == len(waiting), one
        assert {of for of, title in TITLES.items() if title in one.message.text} == rounds, one


def test_nothing_on_a_day_off_nor_in_the_quiet_hours(seen):
    for one in seen.season.reminded:
        assert POLICY.opens(one.at, CALENDAR) == one.at
    days = {one.at.date() for one in seen.season.reminded}
    assert DOSSIER_DUE.date() not in days
    assert len(days) >= 12


def test_nothing_personal_is_pushed(seen):
    names = [officer.name for unit in seen.season.people.values() for officer in unit]
    for one in seen.season.reminded:
        said = " ".join((one.message.text, one.message.brief, *(choice.label for choice in one.message.choices)))
        assert "Kín" not in said
        assert "0912" not in said
        assert "Nguyễn" not in said
    assert all("Kín" in name for name in names)


def test_each_is_told_where_they_are_now(seen):
    for one in seen.season.reminded:
        if one.at >= CHANGES:
            assert one.address == seen.season.where[one.officer].id
            assert seen.season.quirks.get(one.officer) not in {"leaves", "blocks"}


def test_who_paused_was_left_in_peace_that_long(seen):
    kept = 0
    for row in seen.ledger:
        begun, until, rounds = seen.season.pauses.get(row.reminder.officer, (None, None, ()))
        if begun and row.state is ReminderState.SENT and row.reminder.kind in OF_UNITS:
            held = row.reminder.campaign in rounds and begun < row.done_at and (until is None or row.done_at < until)
            assert not held, row
            kept += row.reminder.kind is Kind.SNOOZED
    assert kept > 10, "and what was put off came later"


def test_who_knew_the_old_date_is_told_of_the_new_one_once(seen):
    moved = [row for row in seen.ledger if row.reminder.kind is Kind.MOVED]
    assert len(moved) == len({row.reminder.officer for row in moved}) > 250
    for row in moved:
        sent = row.state is ReminderState.SENT
        gone = seen.season.quirks.get(row.reminder.officer) in {"leaves", "blocks"}
        assert sent is not (gone or seen.season.was_handed_in(case_of(row), MOVED)), row
        assert local(row.done_at).replace(microsecond=0) - MOVED < AT_ONCE


# --- those above them -------------------------------------------------------------------------------------------------


def test_leaders_are_told_how_many_were_reminded(seen):
    messages = {seen.carrier[one.key]: one for one in seen.season.reminded}
    told = [row for row in seen.ledger if row.reminder.kind is Kind.LEADER and row.state is ReminderState.SENT]
    assert len(told) > 100
    for row in told:
        text = messages[row.sent_with].message.text
        assert before(seen, row, *OF_UNITS) in text or reminder_wording.NOBODY_TOLD in text, (row, text)


def test_staff_are_told_of_every_unit_that_has_not_handed_in_and_who_was_told(seen):
    texts: dict[int, str] = defaultdict(str)
    for one in seen.season.reminded:
        texts[seen.carrier[one.key]] += one.message.text + "\n"
    told = {row: of for row, of in seen.together.items() if of[0].reminder.kind is Kind.STAFF}
    assert len(told) == 2 * len(DEADLINES)
    for row, of in told.items():
        lines = {line.split(":")[0]: line for line in texts[row].splitlines() if line.startswith("• ")}
        (campaign,) = {each.reminder.campaign for each in of}
        late = {unit for unit in UNITS if not seen.season.was_handed_in((campaign, unit), local(of[0].done_at))}
        assert set(lines) == {f"• {UNITS[unit].name}" for unit in late}
        for each in of:
            line = lines[f"• {UNITS[each.reminder.unit].name}"]
            assert before(seen, each, *OF_UNITS) in line
            assert before(seen, each, Kind.LEADER) in line


def before(seen: Seen, row: ReminderRow, *kinds: Kind) -> str:
    """What is said of those who were sent something of these kinds about the same deadline before a reminder."""
    same = [
        each
        for each in seen.ledger
        if each.state is ReminderState.SENT and each.reminder.kind in kinds and each.done_at < row.done_at
        if case_of(each) == case_of(row) and each.reminder.deadline_version == row.reminder.deadline_version
    ]
    if not same:
        return "" if kinds == (Kind.LEADER,) else reminder_wording.NOBODY_TOLD
    day = f"{local(max(each.done_at for each in same)):%d/%m/%Y}"
    if kinds == (Kind.LEADER,):
        return f"Đã báo lãnh đạo đơn vị ngày {day}."
    officers = len({each.reminder.officer for each in same})
    return f"Đã nhắc {officers} cán bộ của đơn vị, lần gần nhất ngày {day}."


# --- the ledger -------------------------------------------------------------------------------------------------------


def test_every_row_is_settled_and_says_why(seen):
    for row in seen.ledger:
        quirk = seen.season.quirks.get(row.reminder.officer, "")
        match row.state:
            case ReminderState.SENT:
                assert row.reminder.not_before <= row.done_at < row.reminder.expires_at
                assert not row.reason
            case ReminderState.SKIPPED if row.reason == reminder_wording.SKIP_SUBMITTED:
                assert seen.season.was_handed_in(case_of(row), row.done_at)
            case ReminderState.SKIPPED:
                assert (row.reason, quirk) == (reminder_wording.SKIP_MUTED, "mutes")
            case ReminderState.SNOOZED:
                assert row.reason.startswith("hoãn đến ")
                assert quirk == "snoozes"
            case ReminderState.UNREACHABLE:
                assert row.reason
                assert quirk == "blocks"
            case ReminderState.VOIDED if quirk != "leaves":
                assert row.reason == reminder_wording.moved_to(DUE)
                assert row.reminder.expires_at == WAS or row.reminder.kind in {Kind.LEADER, Kind.STAFF}
            case ReminderState.VOIDED:
                assert row.reason in {reminder_wording.moved_to(DUE), LEFT}
            case _:
                pytest.fail(f"not settled: {row}")


def test_who_was_not_done_was_reminded_on_every_planned_morning(seen):
    planned = {row.reminder.key: row for row in seen.ledger}
    known = {
        (row.reminder.campaign, row.reminder.deadline, row.reminder.officer, row.reminder.offset): row
        for row in planned.values()
        if row.reminder.kind is Kind.REMIND and row.state is not ReminderState.VOIDED
    }
    reminded = 0
    for campaign, deadline, due in DEADLINES:
        for unit, officers in seen.season.people.items():
            for officer in officers:
                for offset in POLICY.offsets:
                    quirk = seen.season.quirks.get(officer.code, "")
                    last = CALENDAR.last_working_day(due.date())
                    morning = datetime.combine(CALENDAR.working_days_before(last, offset), POLICY.morning, ICT)
                    row = known.get((campaign, deadline, officer.code, offset))
                    if quirk == "leaves" and morning > CHANGES:
                        continue
                    assert row is not None, (campaign, deadline, officer.code, offset)
                    assert row.reminder.not_before == morning
                    done = seen.season.was_handed_in((campaign, unit), morning)
                    if not done and quirk in {"", "switches"}:
                        assert row.state is ReminderState.SENT, row
                        assert local(row.done_at).date() == morning.date()
                        reminded += 1
                    assert not done or row.state is not ReminderState.SENT
    assert reminded > 1000


def test_the_printed_ledger_has_every_row(seen):
    for campaign, content in seen.printed.items():
        sheet = load_workbook(BytesIO(content)).active
        numbered = [row[0] for row in sheet.iter_rows(values_only=True) if str(row[0]).isdigit()]
        count = sum(row.reminder.campaign == campaign for row in seen.ledger)
        assert [int(n) for n in numbered] == list(range(1, count + 1))
