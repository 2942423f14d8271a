"""What officers ask most of a letter in force, on the sample library: until when, how many, to whom, what goes in."""

from __future__ import annotations

import pytest

from bot.known import open_knowledge
from knowledge.documents import Status, contains
from knowledge.vietnamese import fold

LETTER = "27/HD-HĐTĐKT"
QUESTIONS = [
    ("Hạn nộp báo cáo tổng kết là ngày nào?", "muc-IV/1", "10/12/2026"),
    ("Báo cáo tổng kết cần nộp trước ngày nào?", "muc-IV/1", "10/12/2026"),
    ("Thời hạn nộp hồ sơ?", "muc-IV/1", "18/12/2026"),
    ("Hồ sơ đề nghị khen thưởng gửi chậm nhất khi nào?", "muc-IV/1", "18/12/2026"),
    ("Đăng ký thi đua năm 2027 gửi khi nào?", "muc-IV/1", "22/01/2027"),
    ("Hồ sơ đề nghị khen thưởng gồm những gì?", "muc-III/1", "Tờ trình"),
    ("Nộp mấy bộ hồ sơ?", "muc-III/2", "02 bộ"),
    ("Báo cáo dài bao nhiêu trang?", "muc-I/doan-1", "04 đến 08 trang"),
    ("Cần báo cáo những phong trào thi đua nào?", "muc-I/3", "Bình dân học vụ số"),
    ("Vướng mắc thì liên hệ ai?", "muc-IV/3", ""),
]


@pytest.fixture(scope="module")
def answerer(demo_data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THIDUA_DATA_DIR", str(demo_data))
        with open_knowledge() as known:
            yield known.answerer


@pytest.mark.parametrize("typed", [str, fold], ids=["with dấu", "without"])
@pytest.mark.parametrize(("question", "path", "words"), QUESTIONS, ids=[q for q, _, _ in QUESTIONS])
def test_the_letter_answers(answerer, question, path, words, typed):
    answer = answerer.answer(typed(question))
    assert answer.status is Status.ANSWERED, answer.text
    first = answer.citations[0]
    assert (first.document, contains(path, first.path)) == (LETTER, True), first
    assert words in "\n".join(c.quote for c in answer.citations)


@pytest.mark.parametrize(
    "question", ["Tập thể được thưởng bao nhiêu tiền theo hướng dẫn 27?", "Ngày mai trời có mưa không?"]
)
def test_what_the_letter_does_not_say_is_not_answered(answerer, question):
    assert answerer.answer(question).status is not Status.ANSWERED
