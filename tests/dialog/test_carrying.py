"""An earlier year's report as a start, in the dialog: what the transcripts do not show."""

from __future__ import annotations

from dataclasses import replace

from dialog_beginnings import values
from dialog_past import CITED, CITING, LAST_YEAR, PAST
from dialog_world import CAMPAIGN, COLLEAGUE, LEADER, NEWER, OFFICER, UNIT, World

from bot.dialog import carrying_wording as words
from bot.dialog import shared_wording, wording
from bot.dialog.conversation import Action, Mode
from bot.dialog.form import Form
from bot.dialog.turn import Save, Say, Tell
from bot.submissions import SectionState, proposed, sent_back

FIRST, NOTE = ("muc-I/1", "noi_dung"), ("muc-I/2", "ghi_chu")


def said(turn):
    return "\n".join(effect.text for effect in turn.effects if isinstance(effect, Say))


def offered(w):
    return [one.action for one in w.conversation.offer]


def submission(w):
    return w.submissions[CAMPAIGN.id]


def begun(**more):
    """An officer at the list of sections, with a report of last year."""
    w = World(past=(PAST,), **more)
    w.says("nộp")
    return w


def taken(*texts, **more):
    """Everything was taken over from last year; then this is said."""
    w = begun(**more)
    for text in (words.TAKE, *texts):
        w.says(text)
    return w


def test_nothing_is_offered_without_a_report_or_to_a_report_of_the_same_year():
    for past in ((), (replace(PAST, campaign=replace(LAST_YEAR, report_year=2026)),)):
        w = World(past=past)
        assert "năm trước" not in said(w.says("nộp"))
        assert Action.TAKE_EARLIER not in offered(w)
        assert said(w.says("lấy nội dung năm trước")).startswith(words.NOTHING_TO_TAKE)
        assert not w.submissions


def test_figures_days_and_choices_are_shown_and_never_taken():
    w = taken()
    assert {place[1:] for place in values(w)} == {FIRST, NOTE, ("muc-I/3", "noi_dung")}
    assert "Năm trước: 15/01/2025." in said(w.says("sửa 2"))
    assert "Năm trước: 11." in said(w.says("bỏ qua"))
    assert "Năm trước: Có." in said(w.says("bỏ qua"))


def test_what_is_there_is_not_taken_over_nor_a_section_of_somebody_else():
    w = begun(colleagues=(OFFICER, COLLEAGUE))
    w.says("sửa 1")
    w.says("Đã phổ biến 05 văn bản.")
    w.turn_to(COLLEAGUE)
    w.says("nộp")
    w.says("sửa 3")
    w.turn_to(OFFICER)
    w.says("danh sách")
    w.says(words.TAKE)
    assert values(w) == {
        (CAMPAIGN.id, *FIRST): "Đã phổ biến 05 văn bản.",
        (CAMPAIGN.id, *NOTE): "Ký tại hội nghị đầu năm.",
    }
    assert Action.TAKE_EARLIER not in offered(w), "the rest is being written by a colleague"
    assert said(w.says("lấy nội dung năm trước")).startswith(words.BUSY)


def test_a_section_that_need_not_be_filled_in_is_missing_while_it_is_marked():
    optional = replace(CAMPAIGN.sections[0], fields=(replace(CAMPAIGN.sections[0].fields[0], required=False),))
    w = begun(campaigns=(replace(CAMPAIGN, sections=(optional,)),))
    assert w.says("nộp")
    assert w.conversation.mode is Mode.CONFIRMING
    w.says(wording.NOT_YET)
    w.says(words.TAKE)
    assert "còn nội dung năm trước" in said(w.says("nộp"))
    assert w.conversation.mode is Mode.LISTING
    w.says("sửa 1")
    w.says(words.KEEP)
    w.says("nộp")
    assert w.conversation.mode is Mode.CONFIRMING


def test_passing_by_confirms_nothing_and_typing_the_same_does():
    w = taken("sửa 1", "giữ nguyên")
    assert submission(w).filled("muc-I/1").state is SectionState.DRAFT
    w.says("sửa 1")
    w.says(values(w)[(CAMPAIGN.id, *FIRST)])
    assert submission(w).filled("muc-I/1").state is SectionState.DONE


def test_a_text_that_waits_is_decided_first_and_letting_it_go_leaves_the_mark():
    w = taken("sửa 1", "Năm nay khác.")
    assert not any(isinstance(effect, Save) for effect in w.says("giữ nguyên năm trước").effects)
    w.says(wording.DISCARD)
    assert submission(w).filled("muc-I/1").carried
    assert Action.KEEP_EARLIER in offered(w)


def test_no_content_settles_a_section_that_was_taken():
    w = taken("sửa 1", "Không có nội dung")
    form = Form(CAMPAIGN, UNIT.kind, submission(w))
    assert form.settled(CAMPAIGN.sections[0])
    assert CAMPAIGN.sections[0] not in form.unconfirmed


def test_a_mark_is_seen_by_whoever_waits_for_the_section_and_the_typed_word_only_helps_at_a_marked_step():
    w = taken("sửa 1", colleagues=(OFFICER, COLLEAGUE))
    w.turn_to(COLLEAGUE)
    w.says("nộp")
    assert words.MARK in said(w.says("sửa 1"))
    before = submission(w)
    w.says("giữ nguyên nội dung năm trước")
    assert submission(w) == before
    w.says("sửa 2")
    w.says("quay lại")
    w.says("danh sách")
    w.says("giữ nguyên nội dung năm trước")
    assert submission(w).sections == before.sections


def test_the_review_and_the_leaders_look_show_the_mark():
    w = taken("sửa 1", words.KEEP, colleagues=(OFFICER, LEADER), campaigns=(replace(CAMPAIGN, approval=True),))
    assert said(w.says("xem lại")).count(words.MARK) == 2
    w.submissions[CAMPAIGN.id] = proposed(submission(w), OFFICER.code)
    w.turn_to(LEADER)
    w.says("duyệt")
    assert said(w.says(shared_wording.READ)).count(words.MARK) == 2


def test_a_confirmed_section_that_is_returned_is_not_marked_again():
    w = taken("sửa 1", words.KEEP, "sửa 2", "15/01/2026", "12", "có")
    for text in (words.KEEP, "sửa 3", words.KEEP, "nộp", "Đồng ý nộp"):
        w.says(text)
    handed_in = submission(w)
    assert handed_in.reference
    w.submissions[CAMPAIGN.id] = sent_back(handed_in, {"muc-I/1": "Nêu số người dự"})
    assert not Form(CAMPAIGN, UNIT.kind, submission(w)).carried(CAMPAIGN.sections[0])
    w.says("nộp")
    assert Action.TAKE_EARLIER not in offered(w)


def test_what_was_taken_goes_along_to_a_newer_version_with_its_marks():
    w = taken()
    w.newer = {CAMPAIGN.id: NEWER}
    turn = w.says("danh sách")
    form = Form(NEWER, UNIT.kind, submission(w))
    assert [s.path for s in form.unconfirmed] == ["muc-I/1", "muc-I/2", "muc-I/3"]
    assert said(turn).count("Hướng dẫn đã cập nhật") == 1


def test_a_newer_version_is_told_to_every_other_officer_once_and_names_nobody():
    w = taken(colleagues=(OFFICER, COLLEAGUE, LEADER))
    w.newer = {CAMPAIGN.id: NEWER}
    w.reminded()
    assert not w.told, "a reminder moves nothing"
    for officer in (OFFICER, COLLEAGUE, LEADER, OFFICER):
        w.turn_to(officer)
        w.says("tiến độ")
    assert [tell.officer for tell in w.told] == [COLLEAGUE.code, LEADER.code]
    assert all(isinstance(tell, Tell) and tell.brief == shared_wording.UPDATED_BRIEF for tell in w.told)
    assert len(shared_wording.UPDATED_BRIEF) <= 100
    assert not any(each.name in w.told[0].text for each in w.colleagues)


def test_a_version_that_changes_nothing_for_the_unit_is_told_to_nobody():
    w = taken(colleagues=(OFFICER, COLLEAGUE))
    w.newer = {CAMPAIGN.id: replace(CAMPAIGN, version=2)}
    w.says("tiến độ")
    assert submission(w).version == 2
    assert not w.told


def test_an_error_about_a_text_out_of_force_stops_the_report_with_its_source():
    (first, *rest) = CITING.sections
    strict = replace(first, checks=(replace(first.checks[0], level="error", source="Điều 3"),))
    w = World(campaigns=(replace(CITING, sections=(strict, *rest)),), cited=CITED)
    for text in ("nộp", "sửa 1", "Thực hiện Nghị định 91/2017/NĐ-CP.", "không có", "Trồng cây.", "không có"):
        w.says(text)
    told = said(w.says("nộp"))
    assert "98/2023/NĐ-CP" in told
    assert "Căn cứ: Điều 3. (phải sửa)" in told
    assert w.conversation.mode is Mode.LISTING
    w.cited = {}
    w.says("nộp")
    assert w.conversation.mode is Mode.CONFIRMING
