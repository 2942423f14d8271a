"""What messengers bring besides words and presses: edits, groups, files; and a reminder's one line."""

from __future__ import annotations

from dialog_beginnings import attached, in_group, meanwhile, world
from dialog_world import CAMPAIGN, CODE, World

from bot.dialog.files import MOST
from bot.dialog.turn import LookUp, Say, TakeIn
from bot.submissions import SectionState


def test_an_edit_answers_the_question_anew_and_the_question_before_it_is_what_it_follows():
    w = world("officer")
    w.says("Hồ sơ gồm gì?")
    asked = w.asked
    w.says("Nộp ở đâu?")
    (again,) = w.says("Nộp cho ai?", edits=str(asked)).effects
    assert again == LookUp("Nộp cho ai?", history=("Hồ sơ gồm gì?",), corrects=True)
    assert w.conversation.questions == ("Hồ sơ gồm gì?", "Nộp cho ai?")
    assert isinstance(w.says("Nộp khi nào?", edits=str(asked - 1)).effects[0], Say), "that was not the last question"


def test_a_code_in_an_edit_or_in_a_group_links_nobody():
    w = World(linked=False)
    w.says("Chiến sĩ thi đua là gì?")
    w.says(CODE, edits="0")
    in_group(w, CODE)
    assert not w.linked
    w.says(CODE)
    assert w.linked


def test_a_file_alone_answers_nothing_but_settles_what_was_returned():
    w = world("form")
    w.says("4")
    w.says("", file="a.pdf")
    assert w.submissions[CAMPAIGN.id].filled("muc-I/3").state is SectionState.DRAFT
    w = world("full")
    w.says("nộp")
    w.says("Đồng ý nộp")
    meanwhile(w, "return")
    w.says("nộp")
    w.says("sửa 1")
    w.says("", file="a.pdf")
    assert w.submissions[CAMPAIGN.id].filled("muc-I/1").state is SectionState.DONE


def test_a_section_takes_twenty_files_and_no_more():
    w = world("form")
    w.says("1")
    for n in range(MOST + 1):
        turn = w.says("", file=f"{n}.pdf")
    assert len(attached(w)) == MOST
    assert "đã có 20 tệp" in turn.effects[0].text


def test_nobody_but_staff_takes_a_document_in_even_with_the_button_in_hand():
    w = world("officer")
    w.staff = True
    w.says("", file="a.pdf")
    w.staff = False
    assert not any(isinstance(effect, TakeIn) for effect in w.says("Đưa vào thư viện").effects)


def test_a_reminder_says_in_one_line_how_much_is_missing_and_names_nobody():
    w = world("officer")
    (said,) = w.reminded().effects
    assert said.brief == "Báo cáo còn thiếu 3 phần, hạn 17 giờ 00 ngày 30/11/2026."
    w = world("full")
    (said,) = w.reminded().effects
    assert said.brief == "Báo cáo đã đủ các phần nhưng chưa nộp, hạn 17 giờ 00 ngày 30/11/2026."
    assert len(said.brief) <= 100
