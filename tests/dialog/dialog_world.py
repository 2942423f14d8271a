"""An invented commune with one open campaign, and a shell small enough to be seen through."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.campaigns import Campaign, Deadline, Field, Section
from bot.dialog.attaching import worth_fetching
from bot.dialog.conversation import Conversation
from bot.dialog.files import KINDS, extension
from bot.dialog.respond import respond
from bot.dialog.turn import Book, Event, Hold, LinkOfficer, ReminderDue, RemindersDue, Save, Turn
from bot.messages import Address, FileRef, Incoming
from bot.officers import Officer, Unit, code_in
from bot.reminders import Kind, Pause
from bot.submissions import Submission

ICT = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ICT)
HERE = Address("telegram", "42")
OFFICER = Officer("cb-01", "Trần Thị Mẫu", "van-hoa")
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
OTHER = replace(
    CAMPAIGN, id="so-ket-2026", title="Báo cáo chuyên đề nông thôn mới năm 2026", sections=CAMPAIGN.sections[2:]
)


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
    asked: int = 0
    staff: bool = False
    by_link: bool = False
    fetches: bool = True

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
            officer=replace(OFFICER, staff=self.staff),
            unit=UNIT,
            campaigns=self.campaigns,
            submissions=dict(self.submissions),
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
        return replace(event, files=tuple(files))

    def happens(self, event: Event) -> Turn:
        """Let respond() decide and keep what it decided; the conversation goes through JSON."""
        self.asked += 1
        turn = respond(self.conversation, self.fetched(event), self.book(event), self.now)
        self.conversation = Conversation.from_json(json.loads(json.dumps(turn.conversation.to_json())))
        for effect in turn.effects:
            match effect:
                case Save(submission=saved):
                    held = self.submissions.get(saved.campaign)
                    assert saved.revision == (held.revision if held else 0), "saved from a stale reading"
                    self.submissions[saved.campaign] = replace(saved, revision=saved.revision + 1)
                case Hold(pause=pause):
                    self.pauses[pause.campaign] = pause
                case LinkOfficer():
                    self.linked = True
        return turn

    def says(
        self,
        text: str,
        *,
        token: str | None = None,
        file: str = "",
        group: bool = False,
        edits: str | None = None,
        place: tuple[str, str] | None = None,
    ) -> Turn:
        """`file` is a name; "?NAME" is one that cannot be fetched by its nature (no id)."""
        given = FileRef("" if file.startswith("?") else f"f-{file}", file.lstrip("?"), size=12_345)
        if place:
            given = replace(given, id=f"sha-{file}", mime=KINDS[extension(file)].mime, kept=True)
        files = (given,) if file else ()
        where = replace(HERE, id="-100") if group else HERE
        return self.happens(
            Incoming(str(self.asked), where, text, self.now, token, files, group=group, edits=edits, place=place)
        )

    def reminded(self, campaign: Campaign = CAMPAIGN, offset: int = 3) -> Turn:
        del offset
        return self.due(remind(campaign))

    def due(self, *due: ReminderDue) -> Turn:
        """Reminders fall due together, each with what the shell knows of its campaign."""
        known = tuple(
            replace(
                one,
                campaign=one.campaign if one.campaign in self.campaigns else None,
                submission=self.submissions.get(one.campaign.id),
                pause=self.pauses.get(one.campaign.id),
            )
            for one in due
        )
        morning = self.now.replace(hour=8, minute=0)
        later = (morning + timedelta(days=1), morning + timedelta(days=2))
        return self.happens(RemindersDue("r1", HERE, known, later))
