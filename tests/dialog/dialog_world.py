"""An invented commune with one open campaign, and a shell small enough to be seen through."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

from bot.campaign_file import load
from bot.campaigns import Campaign, Column, Condition, Deadline, Field, Section
from bot.checks import Validity
from bot.dialog.attaching import fills_table, worth_fetching
from bot.dialog.carrying import form_in
from bot.dialog.conversation import Conversation
from bot.dialog.files import KINDS, extension
from bot.dialog.respond import respond
from bot.dialog.turn import (
    Book,
    Event,
    Hold,
    LinkOfficer,
    Opened,
    Release,
    ReminderDue,
    RemindersDue,
    Save,
    Take,
    Tell,
    Turn,
)
from bot.messages import Address, FileRef, Incoming
from bot.moving import Past, earlier
from bot.officers import Officer, Unit, code_in
from bot.reminders import Kind, Pause
from bot.submissions import Editing, Submission

ICT = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ICT)
HERE = Address("telegram", "42")
OFFICER = Officer("cb-01", "Trần Thị Mẫu", "van-hoa")
COLLEAGUE = Officer("cb-02", "Lê Thị Lan", "van-hoa")
LEADER = Officer("cb-09", "Phạm Văn Trưởng", "van-hoa", leader=True, addresses=(Address("telegram", "9"),))
UNIT = Unit("van-hoa", "Phòng Văn hóa - Xã hội xã Suối Mẫu", "phòng")
CODE = "ABCD2345"
CAMPAIGN = Campaign(
    id="tong-ket-2026",
    version=1,
    title="Tổng kết phong trào thi đua năm 2026",
    guidance="15/HD-HĐTĐKT",
    report_year=2026,
    sections=(
        Section(
            path="muc-I/1",
            title="Quán triệt, triển khai văn bản",
            fields=(Field("noi_dung", "Nội dung"),),
            hint="Nêu việc phổ biến các văn bản về thi đua, khen thưởng đến cán bộ, công chức của đơn vị.",
        ),
        Section(
            path="muc-I/2",
            title="Giao ước và đăng ký thi đua",
            fields=(
                Field("ngay_ky", "Ngày ký giao ước thi đua", "date"),
                Field("so_nguoi", "Số cá nhân đăng ký danh hiệu", "number"),
                Field("quy_che", "Đơn vị có Quy chế thi đua, khen thưởng chưa?", "yes_no"),
                Field("ghi_chu", "Ghi chú thêm", required=False),
            ),
            asks_for=("ngày ký", "số cá nhân đăng ký"),
        ),
        Section(
            path="muc-I/3",
            title="Kết quả các phong trào thi đua",
            fields=(Field("noi_dung", "Nội dung", help="Mỗi phong trào nên có ít nhất một con số."),),
            hint="Nêu cách làm và kết quả bằng số liệu của từng phong trào.",
        ),
        Section(path="muc-II", title="Kiến nghị", fields=(Field("noi_dung", "Nội dung", required=False),)),
    ),
    deadlines=(
        Deadline(
            "bao-cao",
            "nộp báo cáo tổng kết",
            datetime(2026, 11, 30, 17, 0, tzinfo=ICT),
            "Báo cáo gửi chậm nhất là ngày 30/11/2026.",
            "muc-IV/1",
        ),
    ),
    units=(UNIT.code,),
)
NEWER = replace(
    CAMPAIGN,
    version=2,
    sections=(
        replace(CAMPAIGN.sections[0], hint="Nêu việc phổ biến văn bản, kèm số hội nghị."),
        replace(
            CAMPAIGN.sections[1],
            fields=(
                CAMPAIGN.sections[1].fields[0],
                Field("so_nguoi", "Số cá nhân đăng ký, theo danh hiệu"),
                CAMPAIGN.sections[1].fields[3],
            ),
        ),
        CAMPAIGN.sections[2],
        Section(path="muc-III", title="Phương hướng năm 2027", fields=(Field("noi_dung", "Nội dung"),)),
    ),
)
OTHER = replace(
    CAMPAIGN, id="so-ket-2026", title="Báo cáo chuyên đề nông thôn mới năm 2026", sections=CAMPAIGN.sections[2:]
)
TABLES = replace(
    CAMPAIGN,
    id="bang-bieu-2026",
    title="Báo cáo có bảng biểu năm 2026",
    sections=(
        Section(
            path="muc-I/1",
            title="Kết quả nhiệm vụ",
            fields=(
                Field(
                    "bang",
                    "Kết quả các nhiệm vụ",
                    "table",
                    columns=(
                        Column("nhiem_vu", "Nhiệm vụ"),
                        Column("ke_hoach", "Kế hoạch", "number", unit="%"),
                        Column("ngay", "Ngày xong", "date", required=False),
                        Column("xep_loai", "Xếp loại", "choice", options=("Tốt", "Khá")),
                    ),
                ),
            ),
        ),
        Section(
            path="muc-I/2",
            title="Các phong trào",
            fields=(
                Field(
                    "phong_trao",
                    "Từng phong trào",
                    "block",
                    columns=(
                        Column("ten", "Tên phong trào"),
                        Column("cach_lam", "Cách làm", help="Nêu việc cụ thể."),
                        Column("so_lieu", "Kết quả bằng số", "number", required=False),
                    ),
                    rows=("Xây dựng nông thôn mới", "Doanh nghiệp hội nhập và phát triển"),
                ),
            ),
        ),
        Section(
            path="muc-I/3",
            title="Quy chế",
            fields=(
                Field("quy_che", "Đơn vị có Quy chế chưa?", "yes_no"),
                Field("so", "Số, ký hiệu của Quy chế", when=Condition("quy_che", ("Có",))),
                Field("ban_chup", "Bản chụp Quy chế", "file", when=Condition("quy_che", ("Có",))),
            ),
        ),
        Section(
            path="muc-II",
            title="Đánh giá chung",
            fields=(
                Field("danh_gia", "Nội dung", length=(150, 300)),
                Field("ty_le", "Tỷ lệ hoàn thành", "number", unit="%"),
            ),
        ),
    ),
)
COMMUNE = Unit("suoi-mau", "Ủy ban nhân dân xã Suối Mẫu", "xã")
BY_STAFF = """
[[unit]]
code = "suoi-mau"
name = "Ủy ban nhân dân xã Suối Mẫu"
kind = "xã"

[[deadline]]
key = "bao-cao"
what = "nộp báo cáo tổng kết"
due = 2026-12-10T17:00:00
quote = "Báo cáo gửi trước 17 giờ 00 ngày 10/12/2026."
path = "muc-IV/1"
"""
TEMPLATE = (files("knowledge") / "samples" / "bao-cao-tong-ket.toml").read_text(encoding="utf-8")
WHOLE_REPORT = load((TEMPLATE.replace('guidance = ""', 'guidance = "15/HD-HĐTĐKT"') + BY_STAFF).encode()).campaign


def remind(campaign: Campaign = CAMPAIGN, row: int = 1, **known: Any) -> ReminderDue:
    """One due reminder of a campaign."""
    values = {"kind": Kind.REMIND, "deadline": campaign.deadlines[0], "unit": UNIT, "campaign": campaign}
    return ReminderDue(row, **values | known)


@dataclass
class World:
    """What the shell would keep in the store, in plain sight."""

    now: datetime = NOW
    linked: bool = True
    campaigns: tuple[Campaign, ...] = (CAMPAIGN,)
    conversation: Conversation = field(default_factory=Conversation)
    submissions: dict[str, Submission] = field(default_factory=dict)
    pauses: dict[str, Pause] = field(default_factory=dict)
    shut: tuple[Campaign, ...] = ()
    asked: int = 0
    staff: bool = False
    by_link: bool = False
    fetches: bool = True
    officer: Officer = OFFICER
    unit: Unit = UNIT
    colleagues: tuple[Officer, ...] = (OFFICER,)
    others: dict[str, Conversation] = field(default_factory=dict)
    editing: dict[tuple[str, str], Editing] = field(default_factory=dict)
    newer: dict[str, Campaign] = field(default_factory=dict)
    told: list[Tell] = field(default_factory=list)
    past: tuple[Past, ...] = ()
    cited: dict[str, Validity] = field(default_factory=dict)

    def turn_to(self, officer: Officer) -> None:
        """From now on this officer speaks, in a conversation of their own."""
        self.others[self.officer.code] = self.conversation
        self.officer, self.conversation = officer, self.others.get(officer.code, Conversation())

    def book(self, event: Event) -> Book:
        reference = f"2026-REF{self.asked:03}"
        if isinstance(event, Incoming) and event.group:
            return Book(reference=reference)
        code = code_in(event.text) if isinstance(event, Incoming) and event.edits is None else None
        linkable = OFFICER if code == CODE else None
        if not self.linked:
            return Book(reference=reference, linkable=linkable)
        return Book(
            reference=reference,
            officer=replace(self.officer, staff=self.staff),
            unit=self.unit,
            campaigns=self.campaigns,
            submissions=dict(self.submissions),
            newer=dict(self.newer),
            colleagues=self.colleagues,
            editing=tuple(each for each in self.editing.values() if each.until > self.now),
            linkable=linkable,
            takes_files=not self.by_link,
            can_upload=self.by_link,
            can_take_in=True,
        )

    def fetched(self, event: Event) -> Event:
        """As the shell does it: the files that matter here are kept, unless the channel fails."""
        if not isinstance(event, Incoming) or not self.fetches or event.edits is not None:
            return event
        book = self.book(event)
        files = [
            replace(file, id=f"sha-{file.name}", mime=KINDS[extension(file.name)].mime, kept=True)
            if not file.kept and worth_fetching(self.conversation, book, file) and extension(file.name) in KINDS
            else file
            for file in event.files
        ]
        event = replace(event, files=tuple(files))
        return event if fills_table(self.conversation, book, event) else replace(event, sheet=None)

    def happens(self, event: Event) -> Turn:
        """Let respond() decide and keep what it decided; the conversation goes through JSON."""
        self.asked += 1
        event, book = self.fetched(event), self.opened(self.book(event), self.conversation)
        turn = respond(self.conversation, event, book, self.now)
        if (opened := self.opened(book, turn.conversation)) is not book:
            turn = respond(self.conversation, event, opened, self.now)
        self.conversation = Conversation.from_json(json.loads(json.dumps(turn.conversation.to_json())))
        for effect in turn.effects:
            match effect:
                case Save(submission=saved):
                    held = self.submissions.get(saved.campaign)
                    assert saved.revision == (held.revision if held else 0), "saved from a stale reading"
                    self.submissions[saved.campaign] = replace(saved, revision=saved.revision + 1)
                    self._version(saved)
                case Take(editing=editing):
                    place = (editing.campaign, editing.section)
                    there = self.editing.get(place)
                    assert there is None or there.officer == editing.officer or there.until <= self.now
                    self.editing[place] = replace(editing, since=there.since) if there else editing
                case Release(editing=editing):
                    if self.editing.get((editing.campaign, editing.section), editing).officer == editing.officer:
                        self.editing.pop((editing.campaign, editing.section), None)
                case Tell():
                    self.told.append(effect)
                case Hold(pause=pause):
                    self.pauses[pause.campaign] = pause
                case LinkOfficer():
                    self.linked = True
        return turn

    def opened(self, book: Book, talk: Conversation) -> Book:
        """As the shell does it: what only an open form needs is read once one is open."""
        form = form_in(book, talk)
        if form is None or (book.opened and book.opened.campaign == form.id):
            return book
        return replace(book, opened=Opened(form.id, earlier(form, UNIT, self.past), self.cited))

    def _version(self, saved: Submission) -> None:
        if (newest := self.newer.get(saved.campaign)) and newest.version == saved.version:
            self.campaigns = tuple(newest if c.id == newest.id else c for c in self.campaigns)
            del self.newer[saved.campaign]

    def says(
        self,
        text: str,
        *,
        token: str | None = None,
        file: str = "",
        group: bool = False,
        edits: str | None = None,
        place: tuple[str, str] | None = None,
        sheet: tuple[tuple[str, ...], ...] | None = None,
    ) -> Turn:
        """`file` is a name; "?NAME" is one that cannot be fetched by its nature (no id). `sheet`: what an .xlsx has."""
        given = FileRef("" if file.startswith("?") else f"f-{file}", file.lstrip("?"), size=12_345)
        if place:
            given = replace(given, id=f"sha-{file}", mime=KINDS[extension(file)].mime, kept=True)
        files = (given,) if file else ()
        where = replace(HERE, id="-100") if group else HERE
        said = Incoming(str(self.asked), where, text, self.now, token, files, group=group, edits=edits, place=place)
        return self.happens(replace(said, sheet=sheet))

    def reminded(self, campaign: Campaign = CAMPAIGN, offset: int = 3) -> Turn:
        del offset
        return self.due(remind(campaign))

    def _open(self, campaign: str) -> Campaign | None:
        return next((each for each in self.campaigns if each.id == campaign), None)

    def due(self, *due: ReminderDue) -> Turn:
        """Reminders fall due together, each with what the shell knows of its campaign."""
        known = tuple(
            replace(
                one,
                campaign=self.newer.get(one.campaign.id) or self._open(one.campaign.id),
                submission=self.submissions.get(one.campaign.id),
                pause=self.pauses.get(one.campaign.id),
            )
            for one in due
        )
        morning = self.now.replace(hour=8, minute=0)
        later = (morning + timedelta(days=1), morning + timedelta(days=2))
        return self.happens(RemindersDue("r1", HERE, known, later))
