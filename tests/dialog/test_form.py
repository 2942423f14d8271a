"""A form as a unit sees it, and the life of its submission."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from dialog_world import CAMPAIGN
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns import Field
from bot.dialog.conversation import Action, Conversation, Mode, Offered, Pending
from bot.dialog.form import Form, Step, read
from bot.submissions import (
    Entry,
    NotAllowedError,
    SectionState,
    State,
    Submission,
    accepted,
    answered,
    sent_back,
    submitted,
    without_content,
)

DRAFT = Submission(CAMPAIGN.id, 1, "van-hoa")
ENTRY = Entry(datetime(2026, 11, 20, tzinfo=UTC), "cb-01", "việc")
FIRST, SECOND, THIRD, FOURTH = CAMPAIGN.sections


def filled():
    """Everything that is required, somehow."""
    s = answered(DRAFT, FIRST.path, "noi_dung", "Đã làm.", SectionState.DONE)
    return without_content(without_content(s, SECOND.path), THIRD.path)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "12", "12"),
        ("number", "1.234,5", "1.234,5"),
        ("number", "95%", "95%"),
        ("number", "1.23.4", None),
        ("number", "hai mươi", None),
        ("number", "١٢", None),
        ("date", "5/1/2026", "05/01/2026"),
        ("date", "29/2/2026", None),
        ("date", "Ngày 5 tháng 1 năm 2026", "05/01/2026"),
        ("date", "5-1-2026", "05/01/2026"),
        ("date", "0/0/0000", None),
        ("yes_no", "CÓ", "Có"),
        ("yes_no", "khong", "Không"),
        ("yes_no", "chắc là có", None),
        ("choice", "xuat sac", "Xuất sắc"),
        ("choice", "giỏi", None),
        ("text", "3", "3"),
    ],
)
def test_what_an_answer_must_look_like(kind, text, value):
    assert read(Field("k", "Nhãn", kind, options=("Xuất sắc", "Tốt")), text) == value


def test_required_sections_are_missing_until_complete_or_declared_empty():
    assert [s.path for s in Form(CAMPAIGN, "phòng", DRAFT).missing] == [FIRST.path, SECOND.path, THIRD.path]
    half = answered(DRAFT, SECOND.path, "so_nguoi", "3", SectionState.DRAFT)
    assert SECOND in Form(CAMPAIGN, "phòng", half).missing
    assert Form(CAMPAIGN, "phòng", filled()).missing == ()


def test_a_section_is_done_with_its_last_required_field():
    s = DRAFT
    for key, value, expected in (
        ("ngay_ky", "05/01/2026", "draft"),
        ("so_nguoi", "3", "draft"),
        ("quy_che", "Có", "done"),
    ):
        form = Form(CAMPAIGN, "phòng", s)
        field = next(f for f in SECOND.fields if f.key == key)
        state = form.state_with(Step(SECOND, field), value)
        assert state == expected
        s = answered(s, SECOND.path, key, value, state)


def test_only_returned_sections_reopen_and_the_reference_stays():
    first = submitted(filled(), "2026-AAAAAA", ENTRY)
    assert Form(CAMPAIGN, "phòng", first).open == ()
    back = sent_back(first, {THIRD.path: "thiếu số liệu"}, ENTRY)
    assert Form(CAMPAIGN, "phòng", back).open == (THIRD,)
    assert Form(CAMPAIGN, "phòng", back).missing == (THIRD,)
    again = submitted(answered(back, THIRD.path, "noi_dung", "500 cây", SectionState.DONE), "2026-BBBBBB")
    assert (again.reference, again.state) == ("2026-AAAAAA", State.SUBMITTED)
    assert again.filled(THIRD.path).returned == ""
    assert again.filled(FIRST.path).values == {"noi_dung": "Đã làm."}


def test_a_section_without_content_keeps_what_was_written():
    s = without_content(answered(DRAFT, FIRST.path, "noi_dung", "Đã làm.", SectionState.DONE), FIRST.path)
    assert s.filled(FIRST.path).values == {"noi_dung": "Đã làm."}


@pytest.mark.parametrize(
    "step",
    [
        lambda s: answered(submitted(s, "R"), FIRST.path, "noi_dung", "x", SectionState.DONE),
        lambda s: submitted(submitted(s, "R"), "R"),
        lambda s: sent_back(s, {FIRST.path: "lý do"}),
        lambda s: sent_back(submitted(s, "R"), {FIRST.path: " "}),
        lambda s: sent_back(submitted(s, "R"), {}),
        lambda s: sent_back(accepted(submitted(s, "R")), {FIRST.path: "lý do"}),
        accepted,
    ],
)
def test_steps_out_of_order_are_refused(step):
    with pytest.raises(NotAllowedError):
        step(filled())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["owner", "mode", "campaign", "offer", "turn", "by_number", "questions", "pending", "khác"])


@given(JSON | st.dictionaries(KEYS, JSON))
def test_a_conversation_reads_whatever_was_stored(data):
    talk = Conversation.from_json(data)
    assert Conversation.from_json(json.loads(json.dumps(talk.to_json()))) == talk


def test_one_spoilt_part_does_not_cost_the_others():
    pending = (Pending("c", "s", "f", "chữ"),)
    data = Conversation(mode=Mode.FIELD, offer=(Offered("1.1", Action.BACK, "Lùi"),), pending=pending).to_json()
    read_back = Conversation.from_json({**data, "offer": [{"token": "1.1", "action": "bỏ"}], "mode": "cũ"})
    assert (read_back.mode, read_back.offer, read_back.pending) == (Mode.IDLE, (), pending)
