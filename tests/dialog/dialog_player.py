"""Plays a transcript of tests/dialogs/*.txt on the limits of one channel and writes down what was said.

A script is the transcript's own lines that begin with "Cán bộ:" (typed; further lines indented) or stand in brackets:
    (Chưa liên kết)  (Hai đợt)  (Ngày 27/11/2026 08:00)  (Bấm: nhãn)  (Bấm nút cũ: nhãn)  (Gửi tệp: tên)  (Nhắc hạn)
    (Nhắc hạn mọi đợt)  (Dời hạn)
    (Gửi tệp: tên; kèm chữ: …)  (Gửi tệp không tải được: tên)  (Gửi tệp qua đường dẫn: tên)  (Sửa tin: cũ => mới)
    (Trong nhóm)  (Nhắn riêng)  (Chưa nhận được tệp trên kênh này)  (Là cán bộ thường trực)  (Nhắn liền N tin)
    (Đợt có bảng)  (Cả báo cáo)  (Gửi bảng Excel: ô | ô // ô | ô)
    (Cơ quan thường trực trả lại phần N: lý do)  (Cơ quan thường trực chấp nhận)  (Khởi động lại)
    (Có báo cáo năm trước)  (Thư viện biết hiệu lực)
    (Có đồng nghiệp)  (Cần lãnh đạo duyệt)  (Máy của TÊN)  (Sau N phút)  (Ra bản hướng dẫn mới)
A group has a conversation of its own; the private one goes on after it.
Everything else in the file is what came of it, and is written anew by the player.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dialog_past import CITED, CITING, PAST, PAST_TABLES
from dialog_world import (
    CAMPAIGN,
    COLLEAGUE,
    COMMUNE,
    ICT,
    LEADER,
    NEWER,
    OTHER,
    TABLES,
    UNIT,
    WHOLE_REPORT,
    World,
    remind,
)

from bot.channels import Limits
from bot.channels.fit import fit
from bot.dialog import answers, cover_wording, file_wording, table_wording, wording
from bot.dialog.conversation import Conversation
from bot.dialog.turn import (
    Cover,
    Effect,
    Hold,
    LinkOfficer,
    LookUp,
    OfferUpload,
    Save,
    Say,
    SendReport,
    SendTemplate,
    Skip,
    TakeIn,
    Tell,
    Turn,
)
from bot.messages import Choice, Outgoing
from bot.reminders import Kind, Pause, Reminder
from bot.submissions import Entry, accepted, sent_back
from bot.values import fold
from knowledge import guards
from knowledge.comparing import Rarity
from knowledge.coverage import unsaid
from knowledge.documents import Answer, Citation, Status
from knowledge.vocabulary import vocabulary

INDENT = " " * 8
RULE = Citation("01/ST", "muc-VII/1", "Sổ tay 01/ST, mục VII.1", "Nghiêm cấm kê khai gian dối.", in_force=True)
TELEGRAM_LIKE = Limits(text=4096, buttons=100, button_text=100, markup=True, edits=True)
ZALO_LIKE = Limits(text=2000, buttons=0, markup=False)
ROUNDS = {
    "Đợt có bảng": ((TABLES,), UNIT),
    "Hai đợt": ((CAMPAIGN, OTHER), UNIT),
    "Cả báo cáo": ((WHOLE_REPORT,), COMMUNE),
}


class Line(NamedTuple):
    """One thing the script makes happen: typed by the officer, or a stage direction in brackets."""

    typed: bool
    text: str


def script(transcript: str) -> tuple[list[str], list[Line]]:
    """The opening remarks and what happens."""
    remarks: list[str] = []
    lines: list[Line] = []
    officer_speaks = False
    for raw in transcript.splitlines():
        if raw.startswith("#"):
            remarks.append(raw)
        elif raw.startswith("Cán bộ:"):
            lines.append(Line(typed=True, text=raw.removeprefix("Cán bộ:").removeprefix(" ")))
        elif raw.startswith("("):
            lines.append(Line(typed=False, text=raw.strip("()")))
        elif officer_speaks and raw.startswith(INDENT):
            lines[-1] = Line(typed=True, text=f"{lines[-1].text}\n{raw.removeprefix(INDENT)}")
            continue
        officer_speaks = raw.startswith("Cán bộ:")
    return remarks, lines


def look_up(effect: LookUp) -> Answer:
    """A library of three sentences that declines what the real one declines."""
    on = date(2026, 11, 20)
    if effect.within:
        text = f"Hướng dẫn yêu cầu:\n> Nêu rõ việc đã làm, có số liệu.\n({', '.join(effect.within)})"
        return Answer(Status.ANSWERED, text, on)
    if "chien si" in fold(effect.question):
        cited = Citation(
            "15/HD-HĐTĐKT",
            "muc-III",
            "Hướng dẫn 15/HD-HĐTĐKT, mục III",
            "Chiến sĩ thi đua là danh hiệu.",
            in_force=True,
        )
        return Answer(Status.ANSWERED, "Văn bản nêu:\n> Chiến sĩ thi đua là danh hiệu.", on, (cited,))
    if refusal := guards.forbidden(effect.question, vocabulary()):
        return Answer(refusal.status, refusal.text, on, (RULE,) if refusal.why == "fabrication" else ())
    return Answer(Status.NOTHING_FOUND, "", on)


@dataclass
class Player:
    """One playing of one script on one channel's limits."""

    limits: Limits
    world: World = field(default_factory=World)
    written: list[str] = field(default_factory=list)
    offers: list[tuple[Choice, ...]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    group: bool = False
    other: Conversation = field(default_factory=Conversation)
    place: tuple[str, str] = ("", "")
    offers_of: dict[str, list[tuple[Choice, ...]]] = field(default_factory=dict)

    def play(self, line: Line) -> None:
        if line.typed:
            self._officer(line.text)
            self.ids[line.text] = str(self.world.asked)
            self._write(self.world.says(line.text, group=self.group))
            return
        if found := re.fullmatch(r"Bấm: (.+)", line.text):
            self._press(found[1])
        elif found := re.fullmatch(r"Bấm nút cũ: (.+)", line.text):
            self._press_old(found[1])
        else:
            self.written.append(f"({line.text})")
            self._direct(line.text)

    def _direct(self, text: str) -> None:
        """What somebody does other than typing and pressing, else what happens around them."""
        world = self.world
        if found := re.fullmatch(r"Gửi tệp: (.+?)(?:; kèm chữ: (.+))?", text):
            unsent = "?" if world.by_link else ""
            self._write(world.says(found[2] or "", file=unsent + found[1], group=self.group))
        elif found := re.fullmatch(r"Gửi bảng Excel: (.+)", text):
            rows = tuple(tuple(cell.strip() for cell in row.split("|")) for row in found[1].split("//"))
            self._write(world.says("", file="bang.xlsx", sheet=rows))
        elif found := re.fullmatch(r"Gửi tệp qua đường dẫn: (.+)", text):
            self._write(world.says("", file=found[1], place=self.place))
        elif found := re.fullmatch(r"Gửi tệp không tải được: (.+)", text):
            world.fetches = False
            self._write(world.says("", file=found[1]))
            world.fetches = True
        elif found := re.fullmatch(r"Sửa tin: (.+) => (.+)", text):
            self._write(world.says(found[2], edits=self.ids[found[1]], group=self.group))
        elif found := re.fullmatch(r"Nhắn liền (\d+) tin", text):
            for _ in range(int(found[1])):
                world.says("Chiến sĩ thi đua là gì?")
        else:
            self._due(text)

    def _due(self, text: str) -> None:
        """Reminders that fall due, else what is put on the stage."""
        world = self.world
        if text == "Nhắc hạn":
            self._write(world.reminded())
        elif text == "Nhắc hạn mọi đợt":
            self._write(world.due(*(remind(campaign) for campaign in world.campaigns)))
        elif text == "Dời hạn":
            self._write(world.due(remind(CAMPAIGN, kind=Kind.MOVED, was=CAMPAIGN.deadlines[0].due - timedelta(days=3))))
        else:
            self._stage(text)

    def _stage(self, text: str) -> None:
        world, entry = self.world, Entry(self.world.now, "thường trực", "xem xét")
        if text == "Chưa liên kết":
            world.linked = False
        elif text in {"Trong nhóm", "Nhắn riêng"}:
            self.group = text == "Trong nhóm"
            world.conversation, self.other = self.other, world.conversation
        elif text == "Chưa nhận được tệp trên kênh này":
            world.by_link = True
        elif text == "Là cán bộ thường trực":
            world.staff = True
        elif text in ROUNDS:
            world.campaigns, world.unit = ROUNDS[text]
        elif found := re.fullmatch(r"Ngày (.+)", text):
            world.now = datetime.strptime(found[1], "%d/%m/%Y %H:%M").replace(tzinfo=ICT)
        elif found := re.fullmatch(r"Cơ quan thường trực trả lại phần (\d+): (.+)", text):
            path = CAMPAIGN.sections[int(found[1]) - 1].path
            world.submissions[CAMPAIGN.id] = sent_back(world.submissions[CAMPAIGN.id], {path: found[2]}, entry)
        elif text == "Cơ quan thường trực chấp nhận":
            world.submissions[CAMPAIGN.id] = accepted(world.submissions[CAMPAIGN.id], entry)
        else:
            self._with_others(text)

    def _with_others(self, text: str) -> None:
        """What several officers of the unit need."""
        world = self.world
        if text == "Có đồng nghiệp":
            world.colleagues = (*world.colleagues, COLLEAGUE)
        elif text == "Cần lãnh đạo duyệt":
            world.colleagues = (*world.colleagues, LEADER)
            world.campaigns = tuple(replace(each, approval=True) for each in world.campaigns)
        elif found := re.fullmatch(r"Máy của (.+)", text):
            self.offers_of[world.officer.code] = self.offers
            world.turn_to(next(each for each in world.colleagues if each.name == found[1]))
            self.offers = self.offers_of.get(world.officer.code, [])
        elif found := re.fullmatch(r"Sau (\d+) phút", text):
            world.now += timedelta(minutes=int(found[1]))
        elif text == "Ra bản hướng dẫn mới":
            world.newer = {each.id: NEWER for each in world.campaigns if each.id == NEWER.id}
        else:
            self._before(text)

    def _before(self, text: str) -> None:
        """What earlier years and the library bring."""
        world = self.world
        if text == "Có báo cáo năm trước":
            world.past = (PAST, PAST_TABLES)
        elif text == "Thư viện biết hiệu lực":
            world.campaigns, world.cited = (CITING,), CITED
        else:
            assert text == "Khởi động lại", f"unknown stage direction: {text}"

    def _press(self, label: str) -> None:
        labels = [choice.label for choice in self.offers[-1]]
        assert label in labels, f"{label!r} is not among {labels}"
        if self.limits.buttons:
            self.written.append(f"(Bấm: {label})")
            self._write(self.world.says("", token=self.offers[-1][labels.index(label)].token))
        else:
            self._officer(str(labels.index(label) + 1))
            self._write(self.world.says(str(labels.index(label) + 1)))

    def _press_old(self, label: str) -> None:
        old = next(choice for offer in self.offers[:-1] for choice in offer if choice.label == label)
        self.written.append(f"(Bấm nút cũ: {label})")
        self._write(self.world.says("", token=old.token))

    def _officer(self, text: str) -> None:
        first, *more = text.split("\n")
        self.written += [f"Cán bộ: {first}".rstrip(), *(INDENT + line for line in more)]

    def _write(self, turn: Turn) -> None:
        for effect in _hinted(turn.effects):
            match effect:
                case Say(text=text, choices=choices):
                    self._assistant(Outgoing(text, choices))
                    self.said.append(text)
                    if choices:
                        self.offers.append(choices)
                case LookUp(corrects=corrects):
                    self.written += ["    · sửa câu trả lời trước"] if corrects and self.limits.edits else []
                    found = answers.answer(look_up(effect))
                    afresh = corrects and not self.limits.edits
                    self._assistant(Outgoing(wording.correction(found) if afresh else found))
                case Save():
                    self.written.append("    · đã ghi")
                case Skip(reason=reason):
                    self.written.append(f"    · không nhắc: {reason}")
                case Hold(pause=pause, again=again):
                    self.written.append(f"    · {held(pause, again)}")
                case LinkOfficer():
                    self.written.append("    · đã liên kết")
                case _:
                    self._errand(effect)

    def _errand(self, effect: Effect) -> None:
        match effect:
            case OfferUpload(campaign=campaign, section=section):
                self.place = (campaign, section)
                self._assistant(Outgoing(file_wording.upload_link("https://thidua.example/tep/Xy7", 30)))
            case SendReport(campaign=campaign):
                held = self.world.submissions[campaign]
                asked = next(c for c in self.world.campaigns if c.id == campaign)
                self._assistant(Outgoing(file_wording.report(asked, held)))
                self.written.append(f"{INDENT}· tệp {file_wording.report_name(held)}")
            case SendTemplate(campaign=campaign, section=section, field=key):
                asked = next(c for c in self.world.campaigns if c.id == campaign)
                part = next(s for s in asked.sections if s.path == section)
                table = next(f for f in part.fields if f.key == key)
                self._assistant(Outgoing(table_wording.template(table)))
                self.written.append(f"{INDENT}· tệp {table_wording.template_name(table)}")
            case TakeIn(file=file):
                self._assistant(Outgoing(f"(thư viện nhận {file.name})"))
            case Tell(officer=officer, text=text):
                first, *more = text.split("\n")
                to = next(each.name for each in self.world.colleagues if each.code == officer)
                self.written += [f"    · nhắn {to}: {first}", *(f"{INDENT}  {line}" for line in more)]

    def _assistant(self, outgoing: Outgoing) -> None:
        for piece in fit(outgoing, self.limits):
            assert len(piece.text) <= self.limits.text
            first, *more = piece.text.split("\n")
            self.written += [f"Trợ lý: {first}".rstrip(), *((INDENT + line).rstrip() for line in more)]
            if piece.choices:
                self.written.append(INDENT + " ".join(f"[{choice.label}]" for choice in piece.choices))


def _hinted(effects: tuple[Effect, ...]) -> list[Effect]:
    """As the shell does it: a hint, if there is one, is a sentence, and neighbouring sentences are one message."""
    joined: list[Effect] = []
    for each in effects:
        effect = each
        if isinstance(each, Cover):
            found = [(s.title, s.path, unsaid(s.things, s.text, Rarity({}, 1.0))) for s in each.sections]
            told = [one for one in found if one[2]]
            if not told:
                continue
            effect = Say(cover_wording.not_seen(told))
        last = joined[-1] if joined else None
        if isinstance(effect, Say) and isinstance(last, Say) and not last.choices:
            joined[-1] = Say(f"{last.text}\n\n{effect.text}", effect.choices)
        else:
            joined.append(effect)
    return joined


def held(pause: Pause, again: Reminder | None) -> str:
    if again is not None:
        return f"đã hẹn nhắc {again.campaign} lúc {again.not_before:%H:%M %d/%m/%Y}"
    return f"đã {'tắt' if pause.until is None else 'bật'} nhắc {pause.campaign}"


def play(transcript: str, limits: Limits) -> tuple[str, list[str]]:
    """The transcript as this channel shows it, and the bare sentences that respond() chose."""
    remarks, lines = script(transcript)
    player = Player(limits)
    blocks = []
    for line in lines:
        player.written = []
        player.play(line)
        blocks.append("\n".join(player.written))
    return "\n".join(remarks) + "\n\n" + "\n\n".join(blocks) + "\n", player.said
