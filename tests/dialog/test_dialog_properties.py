"""Whatever an officer, a colleague, staff and the clock do: respond() holds its promises after every turn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from dialog_beginnings import attached, in_group, marked, meanwhile, values, world
from dialog_world import CAMPAIGN, CODE, OTHER, TABLES
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.dialog import wording
from bot.dialog.conversation import Action, Conversation, Mode
from bot.dialog.files import KINDS, extension
from bot.dialog.filling import MAX_ANSWER
from bot.dialog.turn import LookUp, Save, Say
from bot.dialog.understand import chosen, clean, command
from bot.dialog.views import MENU
from bot.submissions import SectionState

WORDS = (
    "/start", "/start ABCD2345", CODE, "ZZZZ2222", "/hoi", "/nop", "/tiendo", "/nhac", "/huy", "/trogiup", "menu",
    "thoát", "chào", "cảm ơn", "hỏi", "nộp", "nop bao cao", "tiến độ", "quay lại", "bỏ qua", "xong", "sửa", "sửa I.2",
    "sửa 9", "không có", "khong co", "danh sách", "xem lại", "lưu và thoát", "phần này cần viết gì?", "có", "không",
    "duyệt", "rút lại", "lịch sử", "xóa tệp", "xóa tệp 1", "xoa tep 2", "gửi tệp", "/taive", "tải báo cáo",
)  # fmt: skip
AT_TABLES = (
    "a | 1 | | Tốt", "a\t1,5\t1/2/2026\tkha\nb\tmười", "x; 2; ; Hỏng; thừa", "Nhiệm vụ | Kế hoạch", "|", "Cấp nước",
    "xây dựng nông thôn mới", "sửa dòng 1", "sửa dòng 2", "sửa dòng 9", "xóa dòng 1", "xóa dòng", "từng ô", "thêm mục",
    "viết tiếp", "không áp dụng", "không áp dụng: không có", "tải mẫu", "hỏi cơ quan thường trực", "xong", "Khá",
)  # fmt: skip
SHEETS = (
    (), (("",),), (("Kế hoạch", "Nhiệm vụ", "Xếp loại"), ("1", "a", "Tốt"), ("x", "", "")), (("a", "1", "", "Tốt"),),
)  # fmt: skip
QUESTIONS = ("Chiến sĩ thi đua là gì?", "hỏi hạn nộp", "hoi tieu chuan", "bao nhieu ban", "có phải nộp bản giấy không")
ANSWERS = (
    "Đã tổ chức 03 hội nghị.",
    "Trồng 500 cây xanh\nvà 2 vườn hoa",
    "12",
    "1.234,5",
    "15/01/2026",
    "31/2/2026",
    "x" * 1900,
)
ODD = ("", "   ", "\x00\u200b", "\ud800", "?", "1" * 400, "0", "-1", "٣", "a" * (MAX_ANSWER + 1), "**", "1.1", "🙂")
TYPED = st.sampled_from(WORDS + QUESTIONS + ANSWERS + ODD) | st.integers(0, 12).map(str) | st.text(max_size=40)
FILES = st.sampled_from(["a.pdf", "b.docx", "c.jpg", "d.xlsx", "ghi-am.ogg", "?", "?e.pdf", "?noi.mp3"])
CAPTIONS = st.sampled_from(["", "chú thích", "Đã làm 3 việc.", "1", "nộp", "12"])
MEANWHILE = st.sampled_from(
    ["return", "colleague", "close", "open", "unlink", "link", "submit", "staff", "by link", "fetch"]
)
EVENTS = st.one_of(
    st.tuples(st.just("type"), TYPED),
    st.tuples(st.just("choose"), st.integers(0, 9)),
    st.tuples(st.just("choose"), st.integers(0, 2)),
    st.tuples(st.just("type"), st.integers(1, 4).map("sửa {}".format)),
    st.tuples(st.just("type"), st.integers(5, 21).map("sửa {}".format)),
    st.tuples(st.just("type"), st.sampled_from(ANSWERS)),
    st.tuples(st.just("type"), st.sampled_from(AT_TABLES)),
    st.tuples(st.just("sheet"), st.sampled_from(SHEETS)),
    st.tuples(st.just("label"), st.integers(0, 9)),
    st.tuples(st.just("old"), st.integers(0, 40)),
    st.tuples(st.just("token"), st.text(max_size=8)),
    st.tuples(st.just("file"), st.tuples(FILES, CAPTIONS)),
    st.tuples(st.just("link"), st.tuples(FILES, st.sampled_from([s.path for s in CAMPAIGN.sections] + ["muc-IX"]))),
    st.tuples(st.just("edit"), st.tuples(TYPED, st.integers(0, 40))),
    st.tuples(st.just("group"), TYPED),
    st.tuples(st.just("remind"), st.integers(0, 7)),
    st.tuples(st.just("days"), st.integers(0, 5)),
    st.tuples(
        st.just("world"),
        st.sampled_from(
            ["return", "colleague", "close", "open", "unlink", "link", "submit", "staff", "by link", "fetch", "takes"]
        ),
    ),
)


def event(w, kind, argument, tokens):
    """Let one thing happen; what was said, or None if it was outside the conversation."""
    offer = w.conversation.offer
    turn = None
    match kind:
        case "type":
            turn = w.says(argument)
        case "choose" if offer:
            turn = w.says("", token=offer[argument % len(offer)].token)
        case "label" if offer:
            turn = w.says(offer[argument % len(offer)].label)
        case "old" if tokens:
            turn = w.says("", token=tokens[argument % len(tokens)])
        case "token":
            turn = w.says("", token=argument)
        case "file" | "link" | "edit" | "group" | "sheet":
            turn = sent(w, kind, argument)
        case "remind":
            turn = w.reminded(offset=argument)
        case "days":
            w.now += timedelta(days=argument)
        case "world":
            meanwhile(w, argument)
    return turn


def sent(w, kind, argument):
    """What messengers bring besides words and presses."""
    match kind, argument:
        case "file", (name, caption):
            return w.says(caption, file=name)
        case "link", (name, section) if extension(name) in KINDS and not name.startswith("?"):
            return w.says("", file=name, place=(CAMPAIGN.id, section))
        case "sheet", rows:
            return w.says("", file="bang.xlsx", sheet=rows)
        case "edit", (text, message):
            return w.says(text, edits=str(message))
        case "group", text:
            return in_group(w, text)
    return None


def picked(before, kind, argument, tokens):
    """The action that a choice stood for, if the event was one."""
    offer = before.offer
    if kind == "choose" and offer:
        return offer[argument % len(offer)].action
    if kind == "old" and tokens:
        pressed = tokens[argument % len(tokens)]
        return next((one.action for one in offer if one.token == pressed), None)
    text = offer[argument % len(offer)].label if kind == "label" and offer else argument if kind == "type" else ""
    text = argument[1] if kind == "file" else text
    found = chosen(before, clean(text)) or command(clean(text), in_form=True)
    return found.action if found else None


def elsewhere(w):
    """The sections in which somebody else writes."""
    return {place for place, each in w.editing.items() if each.officer != w.officer.code and each.until > w.now}


def check_turn(w, before, turn):
    assert json.loads(json.dumps(turn.conversation.to_json())) == json.loads(json.dumps(w.conversation.to_json()))
    assert Conversation.from_json(turn.conversation.to_json()) == turn.conversation
    says = [effect for effect in turn.effects if isinstance(effect, Say)]
    assert all(say.text.strip() for say in says)
    offered = [say for say in says if say.choices]
    assert len(offered) <= 1
    if offered:
        tokens = [choice.token for choice in offered[0].choices]
        assert tokens == [one.token for one in turn.conversation.offer]
        assert not set(tokens) & {one.token for one in before.offer}, "a token is used once"
    assert sum(isinstance(effect, Save) for effect in turn.effects) <= 1
    assert len(turn.conversation.questions) <= 5


def grown(old, now, action, *, in_row):
    """Whether an answer is what it was or more, unless the officer chose otherwise: for a table, row by row."""
    if now == old or now.startswith(f"{old}\n") or action in {Action.REPLACE, Action.DETACH, Action.DELETE_ROW}:
        return True
    lost = set(old.split("\n")) - set(now.split("\n"))
    return old == wording.NO_CONTENT or len(lost) <= in_row


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(
        ["full", "form", "tables", "whole", "officer", "two", "stranger", "led", "leader", "past", "past tables"]
    ),
    events=st.lists(EVENTS, max_size=40),
)
def test_promises(kind, events):
    w, tokens, references = world(kind), [], {}
    for what, argument in events:
        before, saved, files, busy = w.conversation, values(w), attached(w), elsewhere(w)
        tokens += [one.token for one in before.offer]
        turn = event(w, what, argument, tokens)
        if turn is None or what == "group":
            continue
        check_turn(w, before, turn)
        assert {place: text for place, text in values(w).items() if place[:2] in busy} == {
            place: text for place, text in saved.items() if place[:2] in busy
        }, "somebody else's section was written in"
        action = picked(before, what, argument, tokens)
        assert files <= attached(w) or action is Action.DETACH, "an attached file is gone"
        assert len(files - attached(w)) <= 1
        if what == "edit":
            assert (values(w), w.conversation.mode) == (saved, before.mode), "an edited message moved something"
        for place, value in saved.items():
            now = values(w)[place]
            assert grown(value, now, action, in_row=before.cell is not None), "a saved answer is gone"
        ends = {Action.APPEND, Action.REPLACE, Action.DISCARD, Action.AS_CONTENT, Action.LOOK_UP}
        if w.linked and action not in ends and before.owner == w.conversation.owner:
            kept = {(p.campaign, p.section, p.field) for p in w.conversation.pending}
            assert {(p.campaign, p.section, p.field) for p in before.pending} <= kept, "a waiting text is gone"
        assert not marked(w), "an earlier year's answer counts as this year's"
        for campaign, submission in w.submissions.items():
            assert references.setdefault(campaign, submission.reference) in {None, submission.reference}
            references[campaign] = submission.reference
    if w.linked:
        w.says("menu")
        assert w.conversation.mode is Mode.IDLE
        offered = [one.label for one in w.conversation.offer if one.action not in {Action.DOWNLOAD, Action.APPROVAL}]
        assert offered == [option.label for option in MENU]


EARLIER = st.sampled_from(["bỏ qua", "quay lại", "Đã làm 3 việc.", "15/01/2026", "7", "Có", "sửa 2"])
CONTENT = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=12, max_size=60)


@settings(max_examples=150, deadline=None)
@given(earlier=st.lists(EARLIER, max_size=8), text=CONTENT)
def test_content_is_saved_or_waits_or_is_refused_aloud(earlier, text):
    w = world("form")
    for one in ("1", *earlier):
        w.says(one)
    typed = clean(text)
    assume(w.conversation.mode is Mode.FIELD and len(typed) > 1)
    assume(not chosen(w.conversation, typed) and not command(typed, in_form=True))
    turn = w.says(text)
    kept = [*values(w).values(), *(p.text for p in w.conversation.pending)]
    said = " ".join(effect.text for effect in turn.effects if isinstance(effect, Say))
    asked = any(isinstance(effect, LookUp) for effect in turn.effects)
    assert any(typed in one for one in kept) or asked or "Ô này cần" in said


SPOILT = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from([*Mode, "cũ", None]),
        "campaign": st.sampled_from([CAMPAIGN.id, OTHER.id, TABLES.id, TABLES.id, "", 3]),
        "section": st.sampled_from([*(s.path for s in CAMPAIGN.sections), "", None]),
        "field": st.sampled_from(["noi_dung", "quy_che", "so_nguoi", "bang", "phong_trao", "khác", []]),
        "offer": st.lists(
            st.fixed_dictionaries(
                {
                    "token": st.just("1.1"),
                    "action": st.sampled_from(list(Action)),
                    "label": st.just("Nhãn"),
                    "argument": st.sampled_from(["", "muc-I/1", CAMPAIGN.id, "Có"]),
                }
            ),
            max_size=2,
        ),
        "cell": st.builds(
            lambda row, line, column: {"row": row, "line": line, "column": column, "fresh": True},
            st.sampled_from([0, 1, 10**30, "x"]),
            st.sampled_from(["", "a\t1\t\tTốt", None]),
            st.sampled_from([-3, -2, -1, 0, 3, 4]),
        ),
        "more": st.sampled_from([True, None]),
        "failed": st.sampled_from([2, 99, "x", None]),
        "answered": st.sampled_from(["1", 3]),
        "answer": st.sampled_from([["in-1-0"], "x", [None]]),
        "asked": st.sampled_from([[1, 2], ["x"], [10**30], None]),
        "over": st.sampled_from([True, None]),
        "documents": st.sampled_from(
            [[{"id": "a", "name": "a.pdf", "mime": "application/pdf", "size": 1, "kept": True}], [{"id": "a"}], [1]]
        ),
        "turn": st.sampled_from([0, -5, 10**30, "x", None]),
        "pending": st.just(
            [{"campaign": CAMPAIGN.id, "section": "muc-I/1", "field": "noi_dung", "text": "", "doubt": 1}]
        ),
    },
)


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(["full", "form", "tables", "tables", "officer", "stranger"]), spoilt=SPOILT, typed=TYPED)
def test_a_conversation_that_was_spoilt_is_answered_and_finds_its_way_back(kind, spoilt, typed):
    w = world(kind)
    saved = values(w)
    w.conversation = Conversation.from_json({**w.conversation.to_json(), **spoilt})
    w.says("", token="1.1")
    w.says(typed)
    w.reminded()
    assert all(values(w)[place].startswith(value) or place[1] == "muc-I/1" for place, value in saved.items())
    w.says("menu")
    assert w.conversation.mode is Mode.IDLE or not w.linked


def test_a_very_long_answer_changes_nothing_and_says_why():
    w = world("form")
    w.says("1")
    turn = w.says("Đã làm. " * 4000)
    assert not w.submissions
    assert not w.conversation.pending
    assert "quá 20000 ký tự" in turn.effects[0].text


def test_a_text_that_the_messenger_cut_stays_at_its_section():
    w = world("form")
    w.says("1")
    first, second = "Phần đầu. " * 400, "Phần cuối."
    w.says(first)
    assert w.conversation.section == "muc-I/1"
    w.says(second)
    w.says("Ghi nối thêm")
    assert values(w)[CAMPAIGN.id, "muc-I/1", "noi_dung"] == f"{first.strip()}\n{second}"


def test_what_was_typed_while_a_colleague_submitted_is_kept():
    w = world("full")
    w.says("sửa 1")
    meanwhile(w, "submit")
    turn = w.says("Bổ sung một ý cuối cùng.")
    assert w.conversation.mode is Mode.IDLE
    assert [p.text for p in w.conversation.pending] == ["Bổ sung một ý cuối cùng."]
    assert wording.TEXT_KEPT in "".join(e.text for e in turn.effects if isinstance(e, Say))


def test_texts_wait_at_several_sections_at_once_and_hold_back_submitting():
    w = world("full")
    for text in ("sửa 1", "Thêm một.", "sửa 3", "Thêm hai.", "nộp"):
        turn = w.says(text)
    assert [p.text for p in w.conversation.pending] == ["Thêm một.", "Thêm hai."]
    assert turn.effects[0].text.count("còn một đoạn chờ") == 2
    for text in ("sửa 1", "1", "sửa 3", "1", "nộp", "1"):
        w.says(text)
    assert w.submissions[CAMPAIGN.id].reference
    assert values(w)[CAMPAIGN.id, "muc-I/3", "noi_dung"] == "Trồng 500 cây xanh.\nThêm hai."


def test_typed_nothing_answers_one_question_but_the_button_means_the_whole_section():
    w = world("form")
    for text in ("sửa 2", "15/01/2026", "7", "không có"):
        w.says(text)
    assert values(w)[CAMPAIGN.id, "muc-I/2", "quy_che"] == "Không"
    w.says("không có")
    assert values(w)[CAMPAIGN.id, "muc-I/2", "ghi_chu"] == wording.NO_CONTENT
    w.says("quay lại")
    w.says("Cả phần không có nội dung")
    assert w.submissions[CAMPAIGN.id].filled("muc-I/2").state is SectionState.NONE
    assert values(w)[CAMPAIGN.id, "muc-I/2", "so_nguoi"] == "7"


def test_another_officer_never_sees_what_waited():
    w = world("form")
    w.conversation = replace(w.conversation, owner="nguoi-khac@don-vi-khac", questions=("bí mật",))
    w.says("chào")
    assert w.conversation.questions == ()
    assert w.conversation.mode is Mode.IDLE


def test_a_reminder_in_an_open_form_leaves_the_offer_alone():
    w = world("form")
    before = w.conversation
    (said,) = w.reminded().effects
    assert said.choices == ()
    assert (w.conversation.offer, w.conversation.mode) == (before.offer, before.mode)


def test_after_an_answer_a_button_still_works_but_a_number_is_a_question():
    w = world("officer")
    w.says("/start")
    fill = next(one for one in w.conversation.offer if one.action is Action.FILL)
    w.says("Chiến sĩ thi đua là gì?")
    assert isinstance(w.says("2").effects[0], LookUp)
    w.says("", token=fill.token)
    assert w.conversation.mode is Mode.LISTING
