"""A whole season for 130 units, day by day: who answers when, what moves meanwhile, and what is known of it outside.

Every unit has its way with each round and some officers theirs with reminders, drawn from one seed. What was said, what
was missing and who had handed in is kept here, apart from the store, so that the rows can be held against it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from trial_world import CALENDAR, Clock, Post, Process

from bot.campaigns import Campaign, Deadline, Field, Section
from bot.enrolling import leave
from bot.messages import Address, Incoming, Outgoing
from bot.officers import Officer, Unit
from bot.reminders import ICT, Policy
from bot.store import Store
from bot.submissions import Entry, sent_back

Way = Literal["early", "reminded", "last day", "never", "returned", "by halves", "unapproved"]
Quirk = Literal["", "snoozes", "mutes", "switches", "leaves", "blocks"]
Case = tuple[str, str]  # a round's id, a unit's code

POLICY = Policy(leader=1, staff=-1)
MOMENTS = ((time(6, 30), time(8), time(14)), (time(8), time(14), time(21)))  # of every other day
NIGHT = (time(6, 30), time(21))


def at(month: int, day: int, hour: int = 17) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ICT)


START, END = date(2026, 11, 9), date(2026, 12, 10)
RENEWED, MOVED, CHANGES = at(11, 16, 14), at(11, 18, 14), at(11, 16, 14)
WAS, DUE, LAST = at(11, 27), at(12, 2), at(12, 8)
DOSSIER_DUE = at(11, 24)  # a holiday


def section(path: str, title: str, *only_for: str) -> Section:
    return Section(path, title, (Field("noi_dung", "Nội dung"),), only_for=only_for)


def units() -> list[Unit]:
    communes = [Unit(f"XA-{n:03}", f"Xã Số {n:03}", "xã") for n in range(1, 101)]
    return communes + [Unit(f"PB-{n:03}", f"Phòng Số {n:03}", "phòng") for n in range(1, 31)]


UNITS = {unit.code: unit for unit in units()}
OFFICE = Unit("TT", "Cơ quan thường trực", "cơ quan")
REPORT = Campaign(
    id="bao-cao",
    version=1,
    title="Báo cáo tổng kết năm 2026",
    guidance="27/HD-UBND",
    report_year=2026,
    sections=(
        section("muc-I/1", "Phong trào trong năm"),
        section("muc-I/2", "Việc khen thưởng"),
        section("muc-I/3", "Xây dựng nông thôn mới", "xã"),
    ),
    deadlines=(
        Deadline("bc", "nộp báo cáo", WAS, "Báo cáo gửi đúng hạn.", "muc-IV/1"),
        Deadline("hoan-thien", "hoàn thiện báo cáo", LAST, "Báo cáo được hoàn thiện.", "muc-IV/2"),
        Deadline("dang-ky", "đăng ký thi đua", at(11, 20), "Đăng ký riêng.", "muc-IV/3", for_report=False),
    ),
    units=tuple(UNITS),
)
RENEWED_REPORT = replace(REPORT, sections=(*REPORT.sections, section("muc-II", "Phương hướng năm sau")))
MOVED_REPORT = replace(RENEWED_REPORT, deadlines=(replace(REPORT.deadlines[0], due=DUE), *RENEWED_REPORT.deadlines[1:]))
DOSSIER = Campaign(
    id="khen-thuong",
    version=1,
    title="Hồ sơ khen thưởng năm 2026",
    guidance="31/HD-UBND",
    report_year=2026,
    sections=(section("muc-I", "Tờ trình của đơn vị"), section("muc-II", "Danh sách đề nghị")),
    deadlines=(Deadline("hs", "nộp hồ sơ", DOSSIER_DUE, "Hồ sơ gửi đúng hạn.", "muc-III/1"),),
    units=tuple(UNITS),
    approval=True,
)
LAST_DAY = {REPORT.id: LAST.date(), DOSSIER.id: CALENDAR.last_working_day(DOSSIER_DUE.date())}
TITLES = {campaign.id: campaign.title for campaign in (REPORT, DOSSIER)}


@dataclass(frozen=True)
class Reminded:
    """A message that came of reminders, and how things stood then: what each round of the unit lacked."""

    at: datetime
    officer: str
    key: str
    address: str
    message: Outgoing
    missing: dict[str, tuple[str, ...]]
    state: dict[str, str]


@dataclass
class Season:
    """All that happens, and what an onlooker knows of it."""

    store: Store
    seed: int = 1
    post: Post = field(default_factory=Post)
    rounds: dict[str, Campaign] = field(default_factory=lambda: {REPORT.id: REPORT, DOSSIER.id: DOSSIER})
    people: dict[str, list[Officer]] = field(default_factory=dict)
    staff: list[Officer] = field(default_factory=list)
    ways: dict[Case, Way] = field(default_factory=dict)
    quirks: dict[str, Quirk] = field(default_factory=dict)
    where: dict[str, Address] = field(default_factory=dict)  # the officer's address now
    whose: dict[str, str] = field(default_factory=dict)  # officers by the id of any address they ever had
    given: dict[Case, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    state: dict[Case, str] = field(default_factory=lambda: defaultdict(lambda: "open"))
    handed_in: dict[Case, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    reopened: dict[Case, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    reminded: list[Reminded] = field(default_factory=list)
    pauses: dict[str, tuple[datetime, datetime | None, frozenset[str]]] = field(default_factory=dict)
    heard: int = 0
    seen: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clock = Clock(datetime.combine(START, time(6), ICT))
        self.process = Process(self.store, self.clock, [self.post], policy=POLICY)
        for code in UNITS:
            self.people[code] = [self.officer(code, n) for n in range(self.chance.choice([2, 2, 3]))]
            self.ways[REPORT.id, code] = self.drawn("early", "reminded", "last day", "never", "returned", "by halves")
            self.ways[DOSSIER.id, code] = self.drawn("early", "reminded", "last day", "never", "unapproved")
            self.quirks |= dict(zip((o.code for o in self.people[code]), self.odd(), strict=False))
        self.staff = [replace(self.officer("TT", n), leader=False, staff=True) for n in range(2)]

    def drawn(self, *ways: Way) -> Way:
        return self.chance.choice(ways)

    def odd(self) -> tuple[Quirk, Quirk, Quirk]:
        """Of the one who writes, the leader and the third."""
        return (
            self.chance.choice(["", "", "snoozes", "mutes", "switches"]),
            self.chance.choice(["", "", "", "snoozes"]),
            self.chance.choice(["", "leaves", "blocks", "mutes"]),
        )

    def officer(self, unit: str, n: int) -> Officer:
        address = Address("post", f"0912{len(self.whose):06}")
        who = Officer(f"{unit}-CB{n}", f"Nguyễn Văn Kín {unit} {n}", unit, leader=n == 1, addresses=(address,))
        self.where[who.code], self.whose[address.id] = address, who.code
        return who

    async def furnish(self) -> None:
        everybody = [*self.staff, *(officer for unit in self.people.values() for officer in unit)]
        await self.store.put_people([OFFICE, *UNITS.values()], everybody)
        for campaign in self.rounds.values():
            await self.store.put_campaign(campaign)

    # --- the days -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        await self.furnish()
        for n in range((END - START).days + 1):
            for clock in MOMENTS[n % 2]:
                self.clock.now = now = datetime.combine(START + timedelta(days=n), clock, ICT)
                await self.from_above(now)
                if clock not in NIGHT and CALENDAR.is_working(now.date()):
                    await self.officers_act(now)
                await self.process.worker.tick()
                self.look(now)

    async def from_above(self, now: datetime) -> None:
        """What staff do, and what befalls officers."""
        if now == RENEWED:
            self.rounds[REPORT.id] = await self.store.put_campaign(RENEWED_REPORT)
        if now == MOVED:
            self.rounds[REPORT.id] = await self.store.put_campaign(MOVED_REPORT)
        for case, way in self.ways.items():
            waits = way == "returned" and not self.reopened[case] and self.state[case] == "handed in"
            if waits and now - self.handed_in[case][0] > timedelta(days=4):
                await self.give_back(case, now)
        for officer, quirk in self.quirks.items():
            if now == CHANGES:
                await self.befalls(officer, quirk, now)

    async def give_back(self, case: Case, now: datetime) -> None:
        submission = await self.store.submission(*case)
        path, unit = REPORT.sections[0].path, case[1]
        told = [(self.where[o.code], Outgoing("Được trả lại."), f"tra-{o.code}") for o in self.people[unit][:2]]
        entry = Entry(now, "Cơ quan thường trực", "Trả lại")
        await self.store.save_submission(sent_back(submission, {path: "Cần số liệu."}, entry), told, at=now)
        self.state[case] = "open"
        self.reopened[case].append(now)
        del self.given[case][path]

    async def befalls(self, officer: str, quirk: Quirk, now: datetime) -> None:
        match quirk:
            case "leaves":
                await leave(self.store, officer)
            case "blocks":
                self.post.gone = {*self.post.gone, self.where[officer].id}
            case "switches":
                code = f"M{len(self.whose):05}".replace("0", "A").replace("1", "B")
                self.where[officer] = Address("post", f"0912{len(self.whose):06}")
                self.whose[self.where[officer].id] = officer
                await self.store.issue_code(officer, code, now + timedelta(minutes=15))
                await self.say(officer, code)

    # --- the officers -------------------------------------------------------------------------------------------------

    async def officers_act(self, now: datetime) -> None:
        for last in self.last_reminded(now):
            await self.react(last, now)
        for case in self.ways:
            if self.state[case] == "open" and self.wants(case, now):
                await self.work(case, now)
            elif self.state[case] == "proposed" and self.ways[case] != "unapproved":
                await self.say(self.people[case[1]][1].code, "duyệt", "Đồng ý nộp")
                self.hand_in(case, now)

    def wants(self, case: Case, now: datetime) -> bool:
        """Whether the unit sits down to it now."""
        reminded = any(case[0] in one.missing and TITLES[case[0]] in one.message.text for one in self.of_unit(case[1]))
        match self.ways[case]:
            case "never":
                return False
            case "reminded" | "unapproved":
                return reminded
            case "by halves":
                return reminded or not self.given[case]
            case "last day":
                return now.date() == LAST_DAY[case[0]]
            case _:
                days = (now.date() - START).days
                return days >= int(case[1][-1]) % 3 and (not self.reopened[case] or now > self.reopened[case][0])

    async def work(self, case: Case, now: datetime) -> None:
        """Fill in what is missing, or a part of it, and hand it in or put it before the leader."""
        lines = ["nộp", TITLES[case[0]], "1"]
        by_halves = self.ways[case] == "by halves" and not self.given[case]
        again = bool(self.reopened[case])
        for n, one in enumerate(self.lacks(case)):
            if by_halves and n:
                break
            text = f"Đã làm {self.chance.randint(2, 999)} việc."
            self.given[case][one.path] = text
            lines += [text, *(["Thay thế nội dung cũ"] if again and not n else [])]
        approval = self.rounds[case[0]].approval
        lines += ["lưu và thoát"] if by_halves else ["nộp", "Trình lãnh đạo" if approval else "Đồng ý nộp"]
        await self.say(self.people[case[1]][0].code, *lines)
        if not by_halves and approval:
            self.state[case] = "proposed"
        elif not by_halves:
            self.hand_in(case, now)

    def hand_in(self, case: Case, now: datetime) -> None:
        self.state[case] = "handed in"
        self.handed_in[case].append(now)

    async def react(self, last: Reminded, now: datetime) -> None:
        """Put off or turn off what came this morning, once."""
        labels = [choice.label for choice in last.message.choices]
        off = next((label for label in labels if label.startswith("Tắt nhắc")), None)
        later = [label for label in labels if label.startswith("Nhắc lại lúc")]
        shown = frozenset(of for of, title in TITLES.items() if title in last.message.text)
        if self.quirks.get(last.officer) == "mutes" and off:
            await self.say(last.officer, off)
            named = {of for of in shown if TITLES[of] in off} or shown
            self.pauses[last.officer] = (now, None, frozenset(named))
        if self.quirks.get(last.officer) == "snoozes" and later:
            days = self.chance.choice([1, 2][: len(later)])
            until = datetime.combine(CALENDAR.add_working_days(now.date(), days), POLICY.morning, ICT)
            await self.say(last.officer, later[days - 1])
            self.pauses[last.officer] = (now, until, shown)

    def last_reminded(self, now: datetime) -> Iterator[Reminded]:
        """What came this morning, of those who have not paused yet."""
        for one in reversed(self.reminded):
            if one.at.date() != now.date():
                return
            if one.at.time() < now.time() and one.officer not in self.pauses:
                yield one

    async def say(self, officer: str, *lines: str) -> None:
        for line in lines:
            self.heard += 1
            await self.store.receive(Incoming(f"m{self.heard}", self.where[officer], line, self.clock()))

    # --- the onlooker -------------------------------------------------------------------------------------------------

    def sections(self, case: Case) -> tuple[Section, ...]:
        return self.rounds[case[0]].form_for(UNITS[case[1]].kind)

    def lacks(self, case: Case) -> list[Section]:
        return [one for one in self.sections(case) if one.path not in self.given[case]]

    def of_unit(self, unit: str) -> Iterator[Reminded]:
        return (one for one in self.reminded if one.officer.rpartition("-")[0] == unit)

    def look(self, now: datetime) -> None:
        """Take down what just came of reminders."""
        for address, key, message in self.post.arrived[self.seen :]:
            if key.startswith("re-"):
                officer = self.whose[address.id]
                unit = officer.rpartition("-")[0]
                of = [(campaign, unit) for campaign in self.rounds] if unit in UNITS else []
                missing = {case[0]: tuple(one.title for one in self.lacks(case)) for case in of}
                state = {case[0]: self.state[case] for case in of}
                self.reminded.append(Reminded(now, officer, key, address.id, message, missing, state))
        self.seen = len(self.post.arrived)

    def was_handed_in(self, case: Case, when: datetime) -> bool:
        begun, ended = self.handed_in[case], self.reopened[case]
        return sum(one <= when for one in begun) > sum(one <= when for one in ended)
