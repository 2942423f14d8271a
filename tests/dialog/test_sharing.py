"""Several officers, a leader, a newer version: what the transcripts do not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from dialog_beginnings import values, world
from dialog_world import CAMPAIGN, COLLEAGUE, LEADER, NEWER, OFFICER, OTHER, World

from bot.campaigns import Check
from bot.dialog import shared_wording, wording
from bot.dialog.conversation import Mode
from bot.dialog.sharing import LEASE
from bot.dialog.turn import Release, Save, Say, Take
from bot.submissions import Filled, SectionState, State

A, B = (CAMPAIGN.id, "muc-I/1"), (CAMPAIGN.id, "muc-I/2")


def said(turn):
    return "\n".join(effect.text for effect in turn.effects if isinstance(effect, Say))


def submission(w):
    return w.submissions[CAMPAIGN.id]


@pytest.fixture
def two():
    """Two officers; the first stands in the first section."""
    w = World(colleagues=(OFFICER, COLLEAGUE))
    w.says("nộp")
    w.says("sửa 1")
    return w


def test_a_section_is_taken_renewed_and_given_back(two):
    assert two.editing[A].officer == OFFICER.code
    two.now += LEASE - timedelta(minutes=1)
    two.says("Chiến sĩ thi đua là gì?")
    assert two.editing[A].until == two.now + LEASE
    two.says("sửa 2")
    assert set(two.editing) == {B}
    two.says("lưu và thoát")
    assert not two.editing


def test_a_right_that_ended_is_anybodys_and_the_first_one_back_only_looks(two):
    two.turn_to(COLLEAGUE)
    two.says("nộp")
    two.says("sửa 1")
    two.now += LEASE
    two.says("Đồng nghiệp ghi phần này.")
    two.says("sửa 1")
    assert two.editing[A].officer == COLLEAGUE.code
    two.turn_to(OFFICER)
    assert COLLEAGUE.name in said(two.says("Ý của tôi đang gõ dở."))
    assert values(two) == {(*A, "noi_dung"): "Đồng nghiệp ghi phần này."}
    two.now += LEASE
    assert wording.HAS_VALUE in said(two.says("danh sách")) or wording.HAS_VALUE in said(two.says("sửa 1"))
    two.says("Ghi nối thêm")
    assert values(two)[(*A, "noi_dung")].endswith("\nÝ của tôi đang gõ dở.")


def test_the_same_officer_goes_on_at_another_address(two):
    two.conversation, first = type(two.conversation)(), two.conversation
    two.says("nộp")
    two.says("sửa 1")
    two.says("Ghi từ máy thứ hai.")
    assert values(two) == {(*A, "noi_dung"): "Ghi từ máy thứ hai."}
    assert set(two.editing) == {B}
    two.conversation = first
    assert "Đã lưu trước đây" in said(two.says("sửa 1"))


def test_handing_in_warns_of_who_still_writes_and_is_not_stopped_by_it():
    w = world("full")
    w.colleagues = (OFFICER, COLLEAGUE)
    w.turn_to(COLLEAGUE)
    w.says("nộp")
    w.says("sửa 3")
    w.turn_to(OFFICER)
    assert f"{COLLEAGUE.name} đang viết" in said(w.says("nộp"))
    w.says("Đồng ý nộp")
    assert submission(w).state is State.SUBMITTED
    w.turn_to(COLLEAGUE)
    turn = w.says("Một ý nữa về phong trào.")
    assert "đã nộp" in said(turn)
    assert any(isinstance(effect, Release) for effect in turn.effects)
    assert [p.text for p in w.conversation.pending] == ["Một ý nữa về phong trào."]


def test_a_file_by_a_link_waits_for_the_section_as_well(two):
    two.turn_to(COLLEAGUE)
    turn = two.says("", file="a.pdf", place=A)
    assert said(turn) == shared_wording.BUSY_FILE
    assert not any(isinstance(effect, Save | Take) for effect in turn.effects)


# --- the leader -------------------------------------------------------------------------------------------------------


def test_only_a_unit_with_a_leader_proposes():
    w = world("led")
    w.colleagues = (OFFICER, COLLEAGUE)
    w.says("nộp")
    w.says("Đồng ý nộp")
    assert submission(w).state is State.SUBMITTED


def test_a_leader_hands_in_directly():
    w = world("led")
    w.turn_to(LEADER)
    w.says("nộp")
    w.says("Nộp báo cáo")
    w.says("Đồng ý nộp")
    assert submission(w).state is State.SUBMITTED
    assert not w.told


def test_what_is_pushed_names_no_person_and_has_one_line_for_templates():
    w = world("leader")
    w.says("duyệt")
    w.says("Trả lại để sửa")
    w.says("Kiến nghị")
    w.says("Cần nêu kinh phí")
    w.says("Gửi trả lại")
    assert [each.officer for each in w.told] == [LEADER.code, OFFICER.code]
    for each in w.told:
        assert not any(o.name in each.text + each.brief for o in w.colleagues)
        assert 0 < len(each.brief) <= 100


def test_nobody_else_takes_it_back_unless_who_put_it_there_is_gone():
    w = world("leader")
    w.turn_to(COLLEAGUE)
    assert shared_wording.NOTHING_TO_WITHDRAW in said(w.says("rút lại"))
    w.colleagues = (COLLEAGUE, LEADER)
    w.says("rút lại")
    assert submission(w).state is State.DRAFT


def test_an_old_decision_does_nothing_once_it_was_taken_back():
    w = world("leader")
    w.says("duyệt")
    approve = next(one.token for one in w.conversation.offer if one.label == shared_wording.APPROVE)
    w.turn_to(OFFICER)
    w.says("rút lại")
    w.turn_to(LEADER)
    turn = w.says("", token=approve)
    assert shared_wording.NOTHING_TO_APPROVE in said(turn)
    assert (submission(w).state, w.conversation.mode) == (State.DRAFT, Mode.IDLE)


def test_who_is_no_leader_any_more_decides_nothing():
    w = world("leader")
    w.says("duyệt")
    w.officer = replace(LEADER, leader=False)
    w.says("Đồng ý nộp")
    assert submission(w).state is State.PROPOSED


def test_a_leader_without_an_address_is_named_to_be_told_in_person():
    w = world("led")
    w.colleagues = (OFFICER, replace(LEADER, addresses=()))
    w.says("nộp")
    assert "báo trực tiếp" in said(w.says("Trình lãnh đạo"))


def test_a_leader_sees_what_the_checks_find():
    w = world("leader")
    (campaign,) = w.campaigns
    doubtful = Check("figures", "noi_dung", "Nên có ít nhất một con số.", level="warning")
    last = replace(campaign.sections[3], checks=(doubtful,), fields=(campaign.sections[0].fields[0],))
    w.campaigns = (replace(campaign, sections=(*campaign.sections[:3], last)),)
    given = Filled(SectionState.DONE, {"noi_dung": "Xin thêm kinh phí."})
    w.submissions[CAMPAIGN.id] = replace(submission(w), sections={**submission(w).sections, last.path: given})
    w.says("duyệt")
    assert "Kiến nghị: Nên có ít nhất một con số." in said(w.says(shared_wording.READ))


def test_a_reminder_says_that_it_waits_and_lets_the_leader_decide():
    w = world("leader")
    turn = w.reminded()
    assert wording.AWAITS_LEADER in said(turn)
    w.says("1")
    assert w.conversation.mode is Mode.APPROVING
    w.turn_to(OFFICER)
    turn = w.reminded()
    assert (said(turn).endswith(wording.AWAITS_LEADER), turn.effects[0].choices) == (True, ())


# --- a newer version --------------------------------------------------------------------------------------------------


def test_an_answer_on_its_way_to_a_field_that_is_gone_is_shown_and_kept():
    w = world("full")
    w.says("sửa 4")
    w.newer = {CAMPAIGN.id: NEWER}
    turn = w.says("Đề nghị tăng kinh phí.")
    assert "Bỏ phần “Kiến nghị”" in said(turn)
    assert [p.text for p in w.conversation.pending] == ["Đề nghị tăng kinh phí."]
    for text in ("sửa 2", "15/01/2026", "Hai người đăng ký.", "không có", "sửa 4", "Giữ vững danh hiệu.", "nộp"):
        w.says(text)
    assert w.conversation.mode is Mode.CONFIRMING, "a text for a field that is gone stands in nobody's way"


def test_it_is_told_once_and_of_two_rounds_each_is_saved():
    w = World(campaigns=(CAMPAIGN, OTHER))
    for label in (CAMPAIGN.title, OTHER.title):
        w.says("nộp báo cáo")
        w.says(label)
        w.says("sửa 1")
        w.says("Đã làm ba việc.")
        w.says("thoát")
    w.newer = {CAMPAIGN.id: NEWER, OTHER.id: replace(OTHER, version=2, sections=OTHER.sections[:1])}
    turn = w.says("tiến độ")
    assert [e.submission.version for e in turn.effects if isinstance(e, Save)] == [2, 2]
    assert said(turn).count("Hướng dẫn đã cập nhật") == 2
    assert "Hướng dẫn đã cập nhật" not in said(w.says("tiến độ"))


def test_what_was_handed_in_stays_and_moves_once_it_is_returned():
    w = world("leader")
    w.newer = {CAMPAIGN.id: NEWER}
    w.says("duyệt")
    assert submission(w).version == 1
    w.says("Trả lại để sửa")
    w.says("Kết quả các phong trào thi đua")
    w.says("Nêu số hộ")
    w.says("Gửi trả lại")
    w.turn_to(OFFICER)
    turn = w.says("nộp")
    assert submission(w).version == 2
    open_now = [one.argument for one in w.conversation.offer if one.action == "section"]
    assert open_now == ["muc-I/3", "muc-III"], said(turn)
