"""What the `thidua` commands do, one function each, on the graphs of `bot.app`; what cannot be done raises Refused."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot import enrolling
from bot.addressed import resolve
from bot.app import open_app
from bot.calendar_file import load_calendar
from bot.campaign_file import CampaignFile, CampaignFileError
from bot.campaign_file import load as load_campaign
from bot.campaign_file import notices as doubts
from bot.campaigns import Campaign
from bot.channels import Finding
from bot.channels.browser import BrowserChannel
from bot.channels.console import ConsoleChannel, lines_of, run_console
from bot.config import Settings, load
from bot.dialog.reminder_wording import provisional
from bot.doctor import examine
from bot.known import prepare, system_clock
from bot.logs import set_up
from bot.messages import Address
from bot.mounting import LIMITS, messengers_of, setup_of
from bot.officers import filled_up
from bot.reminders import Policy, ReminderState
from bot.reminding import plan_campaign
from bot.retrying import Retrying
from bot.store import ReminderRow, Store
from bot.terminal import Refused, why

T = TypeVar("T")

TEMPLATES = {"bao-cao": "bao-cao-tong-ket.toml", "khen-thuong": "ho-so-khen-thuong.toml"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A campaign that is open now."""

    campaign: Campaign
    reminders: int
    notices: tuple[str, ...]

    @property
    def sentence(self) -> str:
        done = (
            f"Đã mở “{self.campaign.title}” (phiên bản {self.campaign.version}): {len(self.campaign.units)} đơn vị, "
            f"{len(self.campaign.sections)} mục, {len(self.campaign.deadlines)} thời hạn, "
            f"{self.reminders} lời nhắc mới."
        )
        return "\n".join((done, *(f"Lưu ý: {notice}" for notice in self.notices)))

    def to_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign.id,
            "version": self.campaign.version,
            "units": list(self.campaign.units),
            "sections": [s.path for s in self.campaign.sections],
            "deadlines": [{"key": d.key, "what": d.what, "due": d.due.isoformat()} for d in self.campaign.deadlines],
            "reminders": self.reminders,
            "notices": list(self.notices),
        }


def check_campaign(file: Path, *, settings: Settings | None = None) -> CampaignFile:
    """A campaign file that could be opened. Raises Refused, a line a problem."""
    settings = settings or load()
    try:
        return load_campaign(file, zone=settings.zone)
    except CampaignFileError as error:
        raise Refused(f"Chưa mở được đợt trong {file}:\n" + "\n".join(f"- {p}" for p in error.problems)) from None


def campaign_template(name: str) -> bytes:
    """A campaign file to begin with: `name` is one of TEMPLATES. Raises Refused."""
    if name not in TEMPLATES:
        raise Refused(f"Không có mẫu “{name}”. Dùng một trong: {', '.join(TEMPLATES)}.")
    return (files("knowledge") / "samples" / TEMPLATES[name]).read_bytes()


async def open_campaign(file: Path, *, settings: Settings | None = None, now: datetime | None = None) -> Opened:
    """Check a campaign file and open it with its units, officers and reminders. Raises Refused, a line a problem."""
    settings = settings or load()
    given = check_campaign(file, settings=settings)
    prepare(settings)
    store = Store(settings.database)
    try:
        at = now or datetime.now(settings.zone)
        return await _open(store, given, at, policy=settings.policy, zone=settings.zone)
    except CampaignFileError as error:
        raise _not_opened(file, error) from None
    finally:
        await store.close()


def _not_opened(file: Path, error: CampaignFileError) -> Refused:
    return Refused(f"Chưa mở được đợt trong {file}:\n" + "\n".join(f"- {p}" for p in error.problems))


async def _open(store: Store, given: CampaignFile, now: datetime, *, policy: Policy, zone: ZoneInfo) -> Opened:
    known = {unit.code: unit for unit in await store.units()}
    units = known | {unit.code: filled_up(unit, known.get(unit.code)) for unit in given.units}
    codes, problems = resolve(given.addressed, list(units.values()), now.astimezone(zone).date())
    problems += [
        f"officer «{officer.code}»: không có đơn vị mã «{officer.unit}»; sửa khóa unit hoặc nhập thêm đơn vị."
        for officer in given.officers
        if officer.unit not in units
    ]
    if problems:
        raise CampaignFileError(problems)
    staff = {officer.code for officer in await store.officers() if officer.staff}  # of which a round says nothing
    officers_given = [replace(officer, staff=officer.code in staff) for officer in given.officers]
    await store.put_people([units[unit.code] for unit in given.units], officers_given)
    campaign = await store.put_campaign(replace(given.campaign, units=codes))
    calendar = load_calendar()
    planned = await plan_campaign(store, campaign, calendar, now, policy=policy, zone=zone)
    told = [*doubts(campaign, [units[code] for code in codes], await store.officers())]
    ahead = [one.due.astimezone(zone).date() for one in campaign.deadlines if one.for_report and one.due > now]
    if ahead and (years := calendar.leans_on(now.astimezone(zone).date(), max(ahead))):
        told.append(provisional(years))
    return Opened(campaign, planned, tuple(told))


async def add_officer(*, unit: str, name: str, leader: bool = False, staff: bool = False) -> enrolling.Code:
    """Add an officer to a unit. Raises Refused."""
    return await with_store(lambda s, now: enrolling.add(s, now, unit=unit, name=name, leader=leader, staff=staff))


def import_people(file: Path) -> enrolling.Imported:
    """Take over a spreadsheet of units and officers, all or nothing. Raises Refused, a line a problem."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused(f"Không mở được tệp {file}: {why(error)}.") from None
    return asyncio.run(with_store(lambda store, _: enrolling.import_people(store, content)))


async def issue_code(officer: str) -> enrolling.Code:
    """A fresh code for another address of an officer. Raises Refused."""
    return await with_store(lambda store, now: enrolling.new_code(store, now, officer))


async def leave(officer: str) -> str:
    """An officer left their unit: nothing of it reaches them any more. Raises Refused."""
    return await with_store(lambda store, _: enrolling.leave(store, officer))


async def try_again() -> str:
    """Everything that could not be handled or delivered is tried once more; what came of it, in a sentence."""
    return await with_store(lambda store, now: Retrying(store, LIMITS).everything(now))


@dataclass(frozen=True, slots=True)
class Fired:
    """What became of one reminder."""

    at: datetime
    unit: str
    officer: str
    state: ReminderState
    text: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat(), "state": self.state.value}

    def row(self) -> list[str]:
        return [f"{self.at:%d/%m/%Y %H:%M}", self.unit, self.officer, STATES[self.state], self.text]


STATES = {
    ReminderState.PLANNED: "chờ",
    ReminderState.SENT: "đã nhắc",
    ReminderState.SKIPPED: "bỏ qua",
    ReminderState.VOIDED: "hủy",
    ReminderState.FAILED: "không gửi được",
    ReminderState.UNREACHABLE: "không liên lạc được",
    ReminderState.SNOOZED: "cán bộ hoãn",
}


async def remind_at(moment: Callable[[ZoneInfo], datetime]) -> list[Fired]:
    """Fire what is due at a moment, once; what the channels of this process cannot deliver waits for `serve`."""
    settings = load()
    now = moment(settings.zone)
    browser = BrowserChannel()
    async with open_app({browser.name: browser}, settings=settings, clock=lambda: now) as app:
        before = {row.id: row.state for row in await app.store.reminders()}
        await app.worker.plan()
        await app.worker.fire()
        await app.worker.deliver()
        changed = [row for row in await app.store.reminders() if row.state != before.get(row.id, ReminderState.PLANNED)]
        return [await _fired(app.store, row, settings.zone) for row in changed]


async def _fired(store: Store, row: ReminderRow, zone: ZoneInfo) -> Fired:
    text = row.reason
    if row.state is ReminderState.SENT:
        text = "\n".join([message.text for message in await store.messages_of(row.id)])
    reminder = row.reminder
    return Fired(reminder.not_before.astimezone(zone), reminder.unit, reminder.officer, row.state, text)


async def with_store(work: Callable[[Store, datetime], Awaitable[T]]) -> T:
    """Do this with the store that the settings name, at the moment it is. Raises Refused."""
    settings = load()
    prepare(settings)
    store = Store(settings.database)
    try:
        return await work(store, datetime.now(settings.zone))
    except enrolling.Refusal as refusal:
        raise Refused(str(refusal)) from None
    finally:
        await store.close()


async def chat_in_terminal(officer: str | None) -> None:
    """Talk on standard input and output, as an officer (trusted: whoever runs this owns the data) or as a stranger."""

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    console, settings = ConsoleChannel(write), load()
    if sys.stderr.isatty() and "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": "WARNING"})  # what goes well would stand between the lines
    async with open_app({console.name: console}, settings=settings) as app:
        address = Address(console.name, officer or "khach")
        if officer is not None:
            known = await app.store.officer(officer)
            if known is None:
                codes = ", ".join(o.code for o in await app.store.officers()) or "chưa có cán bộ nào"
                raise Refused(f"Không có cán bộ mã “{officer}”. Các mã hiện có: {codes}.")
            await app.store.put_officer(replace(known, addresses=(address,)))
        await app.store.recover(address)
        await app.worker.deliver()
        await run_console(
            lines_of(sys.stdin.fileno()),
            address,
            receive=app.store.receive,
            drain=app.worker.tick,
            clock=app.clock,
            write=write,
            interactive=sys.stdin.isatty(),
        )


async def examine_all() -> list[Finding]:
    """What is good and what is not, a line each; changes nothing."""
    settings = load()
    set_up(settings.log_level, settings.secrets, zone=settings.zone)
    clock = system_clock(settings)
    store = Store(settings.database)
    messengers = messengers_of(settings, store, clock)
    try:
        return await examine(setup_of(settings, store, clock, messengers))
    finally:
        for messenger in messengers.values():
            await messenger.close()
        await store.close()


def migrate_database() -> None:
    """Bring the database to its newest tables."""
    prepare(load())
