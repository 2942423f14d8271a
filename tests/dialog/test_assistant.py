"""The shell on a real store: what it fetches, keeps, renders and queues for what respond() decided."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO

import docx
import openpyxl
import pytest
from dialog_world import CAMPAIGN, CODE, COLLEAGUE, HERE, LEADER, NEWER, NOW, OFFICER, TABLES, UNIT

from bot.assistant import FETCH_TRIES, Assistant
from bot.channels import Limits, Rejected, Retry
from bot.dialog import file_wording, reminder_wording, shared_wording, wording
from bot.enrolling import leave
from bot.messages import Address, FileRef, Incoming
from bot.reminders import ICT, Calendar, Policy, Reminder, ReminderState, version
from bot.reminding import Reminding
from bot.reports import docx as printing
from bot.store import Store
from bot.submissions import State
from knowledge.documents import Answer, Status

LEASE = timedelta(minutes=2)
PLAIN, GROUP = Address("plain", "7"), Address("telegram", "-100")
THERE = Address("plain", "8")
LIMITS = {
    "telegram": Limits(text=400, buttons=20, button_text=200, edits=True, files=10**6),
    "plain": Limits(text=2000, takes_files=False),
}
PDF = FileRef("tg-1", "../Kế hoạch.pdf", "application/pdf", 9)


@dataclass
class Library:
    """Answers each question with so many sentences as it has words, and remembers what was asked."""

    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def answer(self, question, *, on=None, history=(), within=None):
        self.asked.append((question, tuple(history)))
        text = "\n\n".join(f"{word} {'x' * 300}" for word in question.split())
        return Answer(Status.ANSWERED, text, on or NOW.date())


@dataclass
class Files:
    """A channel's files by id: bytes, or the error that fetching them raises."""

    held: dict[str, bytes | Exception] = field(default_factory=lambda: {"tg-1": b"%PDF-1.7 mot"})
    fetched: list[str] = field(default_factory=list)

    async def fetch(self, file):
        self.fetched.append(file.id)
        match self.held[file.id]:
            case bytes() as content:
                return content
            case error:
                raise error


@dataclass
class Shell:
    store: Store
    assistant: Assistant
    library: Library
    files: Files
    busy: list[Address]
    count: int = 0

    async def hears(self, text="", *, at=HERE, tries=0, **more):
        """Receive and handle one message; the messages queued for it."""
        self.count += 1
        await self.store.receive(Incoming(f"m{self.count}", at, text, NOW, **more))
        row = await self.store.claim_incoming(NOW, lease=LEASE)
        await self.assistant.handle(replace(row, tries=tries))
        return await self.queued(row.id)

    async def queued(self, row):
        found = []
        while (out := await self.store.claim_outgoing(NOW, list(LIMITS), lease=LEASE)) is not None:
            found.append(out)
            await self.store.sent(out, NOW)
        assert all(one.key.startswith((f"in-{row}-", f"re-{row}-")) for one in found)
        return found


@pytest.fixture
async def shell(migrated, tmp_path):
    store = Store(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    await store.put_units([UNIT])
    await store.put_officer(replace(OFFICER, addresses=(HERE, PLAIN, GROUP)))
    await store.put_campaign(CAMPAIGN)
    yield made(store)
    await store.close()


def made(store, answerer=None, **ports):
    library, files, busy = answerer or Library(), Files(), []

    @asynccontextmanager
    async def is_busy(address):
        busy.append(address)
        yield

    assistant = Assistant(
        store, library, clock=lambda: NOW, limits=LIMITS, files={"telegram": files}, busy=is_busy, **ports
    )
    return Shell(store, assistant, library, files, busy)


async def at_first_step(shell, at=HERE):
    await shell.hears("nộp", at=at)
    await shell.hears("1", at=at)


async def filled(shell, path="muc-I/1"):
    return (await shell.store.submission(CAMPAIGN.id, UNIT.code)).filled(path)


# --- groups -----------------------------------------------------------------------------------------------------------


async def test_a_group_gets_an_answer_as_a_reply_and_nothing_of_the_unit(shell):
    (out,) = await shell.hears("Một?", at=GROUP, group=True)
    assert (out.message.reply_to, out.message.choices) == ("m1", ())
    (out,) = await shell.hears("tiến độ", at=GROUP, group=True)
    assert out.message.text == wording.GROUP_PRIVATE
    assert shell.library.asked == [("Một?", ())]


async def test_a_code_typed_in_a_group_or_into_an_edited_message_stays_good_and_links_nobody(shell):
    await shell.store.unlink(PLAIN)
    await shell.store.issue_code(OFFICER.code, CODE, NOW + timedelta(minutes=15))
    (out,) = await shell.hears(CODE, at=GROUP, group=True)
    assert out.message.text == wording.GROUP_CODE
    await shell.hears(CODE, at=PLAIN, edits="m0")
    assert await shell.store.officer_at(PLAIN) is None
    await shell.hears(CODE, at=PLAIN)
    assert (await shell.store.officer_at(PLAIN)).code == OFFICER.code


# --- edited messages --------------------------------------------------------------------------------------------------


async def test_a_reworded_question_corrects_the_pieces_of_its_answer_one_by_one(shell):
    asked = [out.key for out in await shell.hears("một hai ba?")]
    assert len(asked) == 3
    shorter = await shell.hears("bốn?", edits="m1")
    assert [out.message.replaces for out in shorter] == asked
    assert [out.message.text for out in shorter[1:]] == [wording.ANSWERED_AGAIN] * 2
    longer = await shell.hears("năm sáu bảy tám?", edits="m1")
    assert [out.message.replaces for out in longer] == [*(out.key for out in shorter), None]
    assert [history for _, history in shell.library.asked] == [(), (), ()]


async def test_inside_a_form_the_correction_leaves_the_step_and_its_message_alone(shell):
    await at_first_step(shell)
    answer, step = await shell.hears("một?")
    assert step.message.choices
    before = await shell.store.conversation(HERE)
    (corrected,) = await shell.hears("hai?", edits="m3")
    assert corrected.message.replaces == answer.key
    after = await shell.store.conversation(HERE)
    assert (after["offer"], after["section"]) == (before["offer"], before["section"])


async def test_where_nothing_sent_can_be_changed_a_correction_is_a_new_message(shell):
    await shell.hears("một?", at=PLAIN)
    (out,) = await shell.hears("hai?", at=PLAIN, edits="m1")
    assert out.message.replaces is None
    assert out.message.text.startswith("Đính chính")


# --- files ------------------------------------------------------------------------------------------------------------


async def test_a_file_is_fetched_kept_under_what_it_is_and_attached(shell):
    await at_first_step(shell)
    (out,) = await shell.hears(files=(PDF,))
    assert out.message.text.startswith("Đã nhận tệp “Kế hoạch.pdf” (1 KB) kèm phần")
    (ref,) = (await filled(shell)).files
    kept, content = await shell.store.file(ref.id)
    assert (ref.name, ref.mime, ref.kept, content) == ("Kế hoạch.pdf", "application/pdf", True, b"%PDF-1.7 mot")
    assert kept.size == ref.size == len(content)


async def test_bytes_that_nobody_can_use_are_not_fetched(shell):
    await shell.hears(files=(PDF,))
    await at_first_step(shell)
    await shell.hears(files=(replace(PDF, name="ghi-am.ogg", mime="audio/ogg"),))
    await shell.hears(files=(replace(PDF, size=10**9),))
    await shell.hears("x", files=(PDF,), edits="m1")
    await shell.store.unlink(HERE)
    await shell.hears(files=(PDF,))
    assert shell.files.fetched == []


async def test_a_file_that_is_gone_or_not_what_it_says_is_told_and_the_words_under_it_are_saved(shell):
    shell.files.held |= {"gone": Rejected("gone"), "fake": b"MZ\x90"}
    await at_first_step(shell)
    for name in ("gone", "fake"):
        (out,) = await shell.hears(files=(replace(PDF, id=name),))
        assert "chưa tải về được" in out.message.text
    await shell.hears("Đã làm 3 việc.", files=(replace(PDF, id="gone"),))
    section = await filled(shell)
    assert (section.files, section.values) == ((), {"noi_dung": "Đã làm 3 việc."})


async def test_a_file_that_cannot_be_had_for_now_is_tried_again_but_not_for_ever(shell):
    shell.files.held["tg-1"] = Retry("mạng")
    await at_first_step(shell)
    with pytest.raises(Retry):
        await shell.hears(files=(PDF,))
    row = await shell.store.claim_incoming(NOW + 2 * LEASE, lease=LEASE)
    await shell.assistant.handle(replace(row, tries=FETCH_TRIES))
    (out,) = await shell.queued(row.id)
    assert "chưa tải về được" in out.message.text


async def test_a_link_to_send_a_file_is_made_for_this_officer_and_section(shell):
    made_for = []

    def link(*place):
        made_for.append(place)
        return "https://thidua.example/tep/1"

    shell = made(shell.store, uploads=link)
    await at_first_step(shell, PLAIN)
    said, step = await shell.hears(files=(FileRef("", "tệp"),), at=PLAIN)
    assert "https://thidua.example/tep/1\n" in said.message.text
    assert "30 phút" in said.message.text
    assert wording.UPLOAD in step.message.text
    assert made_for == [(PLAIN, OFFICER.code, CAMPAIGN.id, "muc-I/1")]
    ref = await shell.store.keep_file(b"%PDF-1", "a.pdf", "application/pdf", NOW)
    await shell.hears(at=PLAIN, files=(ref,), place=(CAMPAIGN.id, "muc-I/3"))
    assert (await filled(shell, "muc-I/3")).files == (ref,)
    page = await shell.store.keep_file(b"<html>", "b.pdf", "application/pdf", NOW)
    (out,) = await shell.hears(at=PLAIN, files=(page,), place=(CAMPAIGN.id, "muc-I/3"))
    assert "không đúng với loại tệp" in out.message.text
    assert (await filled(shell, "muc-I/3")).files == (ref,)


async def test_without_an_address_of_ours_no_link_is_promised(shell):
    await at_first_step(shell, PLAIN)
    (out,) = await shell.hears(files=(FileRef("", "tệp"),), at=PLAIN)
    assert file_wording.NO_UPLOAD in out.message.text
    assert wording.UPLOAD not in out.message.text


# --- the report -------------------------------------------------------------------------------------------------------


async def test_the_report_is_sent_as_a_document_of_what_was_saved_in_this_very_turn(shell):
    await at_first_step(shell)
    for text in ("Đã phổ biến.", "không có", "Trồng cây.", "không có", "nộp"):
        await shell.hears(text)
    shell.busy.clear()
    _, report, _ = await shell.hears("Đồng ý nộp")
    submission = await shell.store.submission(CAMPAIGN.id, UNIT.code)
    assert report.message.file.name == f"bao-cao-{submission.reference}.docx"
    _, content = await shell.store.file(report.message.file.id)
    assert "Trồng cây." in {p.text for p in docx.Document(BytesIO(content)).paragraphs}
    assert docx.Document(BytesIO(content)).core_properties.identifier == submission.reference
    assert shell.busy == [HERE]


async def test_where_no_document_can_be_carried_a_link_or_a_way_is_told(shell):
    await at_first_step(shell, PLAIN)
    await shell.hears("Đã phổ biến.", at=PLAIN)
    out, _ = await shell.hears("/taive", at=PLAIN)
    assert out.message.file is None
    assert file_wording.REPORT_ELSEWHERE in out.message.text
    shell = replace(made(shell.store, downloads=lambda file, name: f"https://x/{len(file)}/{name}"), count=shell.count)
    out, _ = await shell.hears("/taive", at=PLAIN)
    assert out.message.text.endswith("https://x/64/bao-cao-ban-nhap.docx")


async def test_a_report_that_cannot_be_printed_is_handed_in_all_the_same(shell, monkeypatch, caplog):
    monkeypatch.setattr(printing, "render", lambda *_: 1 / 0)
    await at_first_step(shell)
    for text in ("Đã phổ biến.", "không có", "không có", "không có", "nộp"):
        await shell.hears(text)
    said = await shell.hears("Đồng ý nộp")
    assert said[1].message.text == file_wording.REPORT_FAILED
    assert (await shell.store.submission(CAMPAIGN.id, UNIT.code)).reference
    caplog.clear()


# --- the library, reminders -------------------------------------------------------------------------------------------


async def test_staff_give_a_document_to_the_library_and_hear_what_came_of_it(shell):
    taken = []

    async def take_in(file, content):
        taken.append((file.name, content))
        if len(taken) > 1:
            raise ValueError
        return "Đã thêm 12 đoạn."

    shell = made(shell.store, take_in=take_in)
    await shell.store.put_officer(replace(OFFICER, staff=True))
    (out,) = await shell.hears(files=(PDF,))
    assert [choice.label for choice in out.message.choices] == [wording.TAKE_IN, wording.LEAVE_OUT]
    assert taken == []
    told, _ = await shell.hears(token=out.message.choices[0].token)
    assert (told.message.text, taken) == ("Đã thêm 12 đoạn.", [("Kế hoạch.pdf", b"%PDF-1.7 mot")])
    (out,) = await shell.hears(files=(PDF,))
    told, _ = await shell.hears(token=out.message.choices[0].token)
    assert told.message.text == file_wording.NOT_TAKEN_IN


async def test_a_reminder_carries_its_one_line_on_the_first_piece(shell):
    deadline = CAMPAIGN.deadlines[0]
    reminder = Reminder(
        CAMPAIGN.id, deadline.key, version(deadline), UNIT.code, OFFICER.code, 3, NOW - LEASE, deadline.due
    )
    await shell.store.plan_reminders([reminder])
    clock = {"clock": lambda: NOW, "calendar": Calendar(), "policy": Policy(), "zone": ICT}
    await Reminding(shell.store, shell.assistant, **clock, lease=LEASE, step=lambda _: None).fire()
    [row] = await shell.store.reminders()
    said = await shell.queued(row.id)
    assert said[0].message.brief == "Báo cáo còn thiếu 3 phần, hạn 17 giờ 00 ngày 30/11/2026."
    assert not any(out.message.brief for out in said[1:])


async def test_a_unit_that_is_no_more_is_not_addressed_and_not_reminded_but_keeps_what_it_began(shell):
    over = replace(UNIT, valid_to=NOW.date() - timedelta(days=1))
    deadline = CAMPAIGN.deadlines[0]
    planned = Reminder(
        CAMPAIGN.id, deadline.key, version(deadline), UNIT.code, OFFICER.code, 3, NOW - LEASE, deadline.due
    )
    await shell.store.put_units([over])
    (out,) = await shell.hears("nộp")
    assert wording.NO_CAMPAIGN in out.message.text
    await shell.store.put_units([UNIT])
    await at_first_step(shell)
    await shell.hears("Đã phổ biến.")
    await shell.store.put_units([over])
    assert wording.NO_CAMPAIGN not in (await shell.hears("tiến độ"))[0].message.text
    await shell.store.plan_reminders([planned])
    clock = {"clock": lambda: NOW, "calendar": Calendar(), "policy": Policy(), "zone": ICT}
    await Reminding(shell.store, shell.assistant, **clock, lease=LEASE, step=lambda _: None).fire()
    (kept,) = await shell.store.reminders()
    assert await shell.queued(kept.id) == []
    assert (kept.state, kept.reason) == (ReminderState.SKIPPED, reminder_wording.SKIP_CLOSED)


# --- several officers -------------------------------------------------------------------------------------------------


async def test_a_section_is_one_officers_over_all_their_addresses(shell):
    await shell.store.put_officer(replace(COLLEAGUE, addresses=(THERE,)))
    await at_first_step(shell)
    assert [(e.section, e.officer) for e in await shell.store.editing(NOW)] == [("muc-I/1", OFFICER.code)]
    await at_first_step(shell, at=PLAIN)
    await shell.hears("nộp", at=THERE)
    (out,) = await shell.hears("2", at=THERE)
    assert f"{OFFICER.name} đang viết phần này từ 09 giờ 00" in out.message.text
    await shell.hears("Tôi cũng viết.", at=THERE)
    await shell.hears("Đã phổ biến 03 văn bản.", at=PLAIN)
    assert (await filled(shell)).values == {"noi_dung": "Đã phổ biến 03 văn bản."}
    assert [e.section for e in await shell.store.editing(NOW)] == ["muc-I/2"]


async def test_the_leader_is_told_at_once_where_they_were_last_seen_and_hands_in(shell):
    await shell.store.put_campaign(replace(CAMPAIGN, approval=True))
    await shell.store.put_officer(replace(LEADER, addresses=(THERE,)))
    for text in ("nộp", "sửa 1", "Một.", "không có", "Ba.", "không có", "nộp", "Trình lãnh đạo"):
        said = await shell.hears(text)
    (pushed,) = [out for out in said if out.address == THERE]
    assert (pushed.officer, pushed.message.brief) == (LEADER.code, shared_wording.TO_APPROVE_BRIEF)
    await shell.hears("duyệt", at=THERE)
    said = await shell.hears("Đồng ý nộp", at=THERE)
    submission = await shell.store.submission(CAMPAIGN.id, UNIT.code)
    assert (submission.state, submission.proposed) == (State.SUBMITTED, "")
    (pushed,) = [out for out in said if out.officer == OFFICER.code]
    assert submission.reference in pushed.message.text
    assert await shell.store.editing(NOW) == []


async def test_a_draft_goes_along_to_the_newest_version_and_what_was_handed_in_does_not(shell):
    await at_first_step(shell)
    await shell.hears("Đã phổ biến 03 văn bản.")
    await shell.store.put_campaign(NEWER)
    assert (await shell.store.submission(CAMPAIGN.id, UNIT.code)).version == 1
    (out, *_) = await shell.hears("tiến độ")
    assert out.message.text.startswith("Hướng dẫn đã cập nhật")
    moved = await shell.store.submission(CAMPAIGN.id, UNIT.code)
    assert (moved.version, moved.filled("muc-I/1").values) == (2, {"noi_dung": "Đã phổ biến 03 văn bản."})
    for text in ("sửa 2", "không có", "Ba.", "Năm tới.", "nộp", "Đồng ý nộp"):
        await shell.hears(text)
    await shell.store.put_campaign(replace(CAMPAIGN, version=3))
    (out, *_) = await shell.hears("tiến độ")
    handed_in = await shell.store.submission(CAMPAIGN.id, UNIT.code)
    assert (handed_in.state, handed_in.version) == (State.SUBMITTED, 2)
    assert "cập nhật" not in out.message.text


async def test_no_report_waits_for_a_leader_who_left(shell):
    await shell.store.put_campaign(replace(CAMPAIGN, approval=True))
    await shell.store.put_officer(replace(LEADER, addresses=(THERE,)))
    assert "không còn được ghi là lãnh đạo" in await leave(shell.store, LEADER.code)
    assert (await shell.store.officer(LEADER.code)).leader is False
    for text in ("nộp", "sửa 1", "Một.", "15/01/2026", "24", "có", "không có", "Ba.", "không có", "nộp", "Đồng ý nộp"):
        await shell.hears(text)
    assert (await shell.store.submission(CAMPAIGN.id, UNIT.code)).state is State.SUBMITTED


@dataclass
class Composing(Library):
    """Quotes at once; puts into words what it is told to, once it is let go."""

    words: str = "Bằng lời"
    sentences: tuple[str, ...] = ()
    pause: float = 0.4
    put: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def quoted(self, question, *, on=None, history=(), within=None):
        return super().answer(question, on=on, history=history, within=within)

    def answer(self, question, *, on=None, history=(), within=None):
        return self.in_words(question, self.quoted(question, on=on, history=history, within=within))

    def in_words(self, question, quoted, coming=None):
        for each in self.sentences if coming else ():
            coming(replace(quoted, text=f"{each} … {quoted.text}"))
            time.sleep(self.pause)
        assert self.let_go.wait(10)
        self.put.append(question)
        return replace(quoted, text=f"{self.words} {quoted.text}") if self.words else None


async def words_of(shell, library):
    """What is queued after an answer was put into words."""
    library.let_go.set()
    while len(library.put) < 1 or shell.assistant._background:
        await asyncio.sleep(0.01)
    found = []
    while (out := await shell.store.claim_outgoing(NOW, list(LIMITS), lease=LEASE)) is not None:
        found.append(out)
        await shell.store.sent(out, NOW)
    return found


async def test_an_answer_stands_at_once_and_is_changed_when_it_is_in_words(shell):
    library, woken = Composing(), []
    shell = made(shell.store, answerer=library, wake=lambda: woken.append(1))
    (quoted,) = await shell.hears("hỏi: một?")
    assert quoted.message.text.startswith("một?")
    (changed,) = await words_of(shell, library)
    assert changed.message.text.startswith("Bằng lời một?")
    assert changed.message.replaces == quoted.key
    assert woken


async def test_an_answer_that_words_do_not_fit_stays_as_it_is(shell):
    library = Composing(words="")
    shell = made(shell.store, answerer=library)
    await shell.hears("hỏi: một?")
    assert await words_of(shell, library) == []


@pytest.mark.parametrize("words", ["Bằng lời", ""])
async def test_an_answer_grows_by_the_sentences_that_hold_and_ends_as_the_whole_or_as_it_was(shell, words):
    library = Composing(words=words, sentences=("Một.", "Một. Hai."))
    shell = made(shell.store, answerer=library, civil=0.05)
    (quoted,) = await shell.hears("hỏi: một?")
    *growing, last = await words_of(shell, library)
    told = [one.message.text.split(" …")[0] for one in growing]
    assert told == sorted(told, key=len)
    assert set(told) <= {"Một.", "Một. Hai."}
    assert "Một. Hai." in told
    assert last.message.text.startswith(words or "một?")
    assert {one.message.replaces for one in (*growing, last)} == {quoted.key}


async def test_an_answer_is_not_changed_more_often_than_is_civil(shell):
    library = Composing(sentences=tuple("abcdefghij"), pause=0.05)
    shell = made(shell.store, answerer=library, civil=0.2)
    await shell.hears("hỏi: một?")
    *growing, _ = await words_of(shell, library)
    assert len(growing) <= 4


async def test_where_nothing_can_be_changed_the_answer_waits_for_its_words(shell):
    library = Composing()
    library.let_go.set()
    shell = made(shell.store, answerer=library)
    (answer,) = await shell.hears("hỏi: một?", at=PLAIN)
    assert answer.message.text.startswith("Bằng lời một?")
    assert not shell.assistant._background


async def test_what_a_section_leaves_out_is_hinted_at_between_the_save_and_the_next_step(shell):
    asked = []

    def unsaid(things, text):
        asked.append((things, text))
        return things[:1]

    shell.assistant = made(shell.store, unsaid=unsaid).assistant
    for text in ("nộp báo cáo", "sửa 2", "15/01/2026", "24", "có"):
        await shell.hears(text)
    told = "\n\n".join(one.message.text for one in await shell.hears("Đã ký."))
    assert asked[-1][0] == ("ngày ký", "số cá nhân đăng ký")
    saved, hint, step = told.split("\n\n")
    assert saved.startswith("Đã lưu phần")
    assert hint.startswith("Chưa thấy nêu: ngày ký (mục I.2)")
    assert step.startswith("Phần 3/4")


async def test_a_hint_that_fails_keeps_nothing_from_being_saved(shell):
    def unsaid(things, text):
        raise RuntimeError

    shell.assistant = made(shell.store, unsaid=unsaid).assistant
    for text in ("nộp báo cáo", "sửa 2", "15/01/2026", "24", "có", "Đã ký."):
        told = await shell.hears(text)
    saved = await shell.store.submission(CAMPAIGN.id, UNIT.code)
    assert saved.filled("muc-I/2").values["ghi_chu"] == "Đã ký."
    assert told[0].message.text.startswith("Đã lưu phần")


# --- tables -----------------------------------------------------------------------------------------------------------


async def test_a_template_is_sent_and_what_was_filled_in_is_read_at_its_table_and_not_attached(shell):
    await shell.store.put_campaign(TABLES)
    for text in ("nộp", TABLES.title, "sửa 1", "Trồng rừng | 95 | | Tốt"):
        await shell.hears(text)
    sent = next(out.message.file for out in await shell.hears("tải mẫu") if out.message.file)
    _, content = await shell.store.file(sent.id)
    book = openpyxl.load_workbook(BytesIO(content))
    for column, value in enumerate(("Làm đường", 1234.5, NOW.date(), "Khá"), 2):
        cell = book.active.cell(5, column)
        cell.number_format, cell.value = "General", value
    filled = BytesIO()
    book.save(filled)
    shell.files.held["tg-2"] = filled.getvalue()
    (out,) = await shell.hears(files=(FileRef("tg-2", sent.name, sent.mime, 9),))
    assert "Đã đọc 2 dòng" in out.message.text
    given = (await shell.store.submission(TABLES.id, UNIT.code)).filled("muc-I/1")
    assert given.values["bang"] == "Trồng rừng\t95\t\tTốt\nLàm đường\t1.234,5\t20/11/2026\tKhá"
    assert given.files == ()
