"""How answers and places are worded."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from dialog_world import NOW

from bot.dialog import answers
from bot.dialog.phrases import days_left, moment, place, short
from knowledge.documents import Answer, Caveat, Citation, Status

ON = date(2026, 11, 20)
CITED = Citation("02/HD", "muc-I/1", "Hướng dẫn 02/HD-HĐTĐKT, mục I.1", "ký kết giao ước", in_force=False)


@pytest.mark.parametrize("status", Status)
def test_every_status_has_words_and_says_why(status):
    said = answers.answer(Answer(status, "", ON))
    assert len(said) > 30
    assert said == answers.ANSWER[status]


def test_sources_and_notices_are_added_only_where_the_text_lacks_them():
    bare = Answer(Status.ANSWERED, "> ký kết giao ước", ON, (CITED, CITED), (Caveat.EXPIRED,))
    said = answers.answer(bare)
    assert said.count(CITED.label) == 1
    assert said.endswith(answers.CAVEAT[Caveat.EXPIRED])
    assert answers.answer(Answer(Status.ANSWERED, said, ON, (CITED,), (Caveat.EXPIRED,))) == said


def test_the_notices_that_the_answerer_writes_itself_are_not_repeated():
    text = "Lưu ý: bản Hướng dẫn 02/HD-HĐTĐKT đang lưu bị thiếu phần cuối (đứt giữa câu)."
    assert answers.answer(Answer(Status.NOT_STATED, text, ON, (), (Caveat.INCOMPLETE_DOCUMENT,))) == text


def test_a_notice_is_not_mistaken_for_words_inside_a_quote():
    quoting = Answer(Status.ANSWERED, "> văn bản này hết hiệu lực", ON, (), (Caveat.EXPIRED,))
    assert answers.CAVEAT[Caveat.EXPIRED] in answers.answer(quoting)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("muc-I/1/doan-2", "mục I.1, đoạn 2"),
        ("muc-I/1/1.1", "mục I.1.1"),
        ("muc-II", "mục II"),
        ("muc-IV/1/diem-a", "mục IV.1, điểm a"),
        ("phu-luc-I/bang-1", "phụ lục I, bảng 1"),
        ("dau-van-ban", "phần đầu văn bản"),
    ],
)
def test_places_as_people_say_them(path, said):
    assert place(path) == said


def test_moments_and_days():
    assert moment(datetime(2026, 11, 30, 23, 59, tzinfo=NOW.tzinfo)) == "hết ngày 30/11/2026"
    assert moment(datetime(2026, 11, 30, 16, 30, tzinfo=NOW.tzinfo)) == "16 giờ 30 ngày 30/11/2026"
    assert days_left(NOW + timedelta(hours=2), NOW) == "hôm nay là ngày cuối"
    assert days_left(NOW + timedelta(hours=20), NOW) == "còn 1 ngày"
    assert days_left(NOW - timedelta(minutes=1), NOW) == "đã qua"
    assert short("một hai ba bốn", 9) == "một hai…"


def test_a_quote_is_set_off_line_by_line_whatever_stands_around_it():
    cited = Citation("1/HD", "muc-I/1", "Hướng dẫn 1/HD, mục I.1", "Nêu “các việc”:\na) một;", in_force=True)
    said = answers.answer(Answer(Status.ANSWERED, f"“{cited.quote}”\n— {cited.label}", ON, (cited,)))
    assert said == "> Nêu “các việc”:\n> a) một;\n— Hướng dẫn 1/HD, mục I.1"
