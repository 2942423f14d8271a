"""Deadline phrases: what binds and until when, what only looks like a deadline."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.deadlines import find

ISSUED = date(2026, 10, 21)

DAYS = [
    ("Báo cáo gửi trước ngày 15 tháng 12 năm 2026.", "trước ngày 15 tháng 12 năm 2026", "2026-12-15", True),
    ("Hồ sơ gửi muộn nhất vào ngày 25-11-2026.", "muộn nhất vào ngày 25-11-2026", "2026-11-25", False),
    ("Hạn nộp báo cáo là ngày 30/11/2026.", "Hạn nộp báo cáo là ngày 30/11/2026", "2026-11-30", False),
    (
        "Thời hạn gửi đăng ký thi đua năm 2027: 31/01/2027.",
        "Thời hạn gửi đăng ký thi đua năm 2027: 31/01/2027",
        "2027-01-31",
        False,
    ),
    ("Hồ sơ nhận đến hết ngày 30 tháng 11 năm 2026.", "đến hết ngày 30 tháng 11 năm 2026", "2026-11-30", False),
    ("Gửi không quá ngày 10/12/2026.", "không quá ngày 10/12/2026", "2026-12-10", False),
    ("Hoàn thành xong trước 30/11/2026", "xong trước 30/11/2026", "2026-11-30", True),
    ("Số liệu tính đến ngày 15/11/2026, gửi trước ngày 20/11/2026.", "trước ngày 20/11/2026", "2026-11-20", True),
    ("Sau ngày 30/11/2026, Hội đồng không nhận hồ sơ.", "Sau ngày 30/11/2026", "2026-11-30", False),
    ("Hoàn thành trước tháng 12/2026.", "trước tháng 12/2026", "2026-12-01", True),
]
MOMENTS = [
    ("Gửi trước 16 giờ 30 phút ngày 27/11/2026.", "2026-11-27T16:30:00+07:00", True, False),
    ("Gửi trước 11h30 ngày 20/11, không chờ nhắc.", "2026-11-20T11:30:00+07:00", True, True),
    ("Nộp chậm nhất 17h00 ngày 20/11/2026 về Phòng.", "2026-11-20T17:00:00+07:00", False, False),
    ("Gửi trước 9h30' thứ Sáu, ngày 20/11/2026.", "2026-11-20T09:30:00+07:00", True, False),
    ("Gửi trước 5 giờ chiều ngày 20/11/2026.", "2026-11-20T17:00:00+07:00", True, False),
    ("Hạn cuối nhận hồ sơ là 17 giờ ngày 20/11/2026.", "2026-11-20T17:00:00+07:00", False, False),
]
STRETCHES = [
    ("Gửi trong tháng 01/2027.", "trong tháng 01/2027", "2027-01-01/2027-01-31"),
    ("Hội đồng họp xét trong tuần 2 tháng 12/2026.", "trong tuần 2 tháng 12/2026", "2026-12-07/2026-12-13"),
    ("Gửi vào cuối tháng 11/2026.", "vào cuối tháng 11/2026", "2026-11-21/2026-11-30"),
    ("Hoàn thành trong quý I năm 2027.", "trong quý I năm 2027", "2027-01-01/2027-03-31"),
    ("Trong tháng 12, các đơn vị gửi bản đăng ký.", "Trong tháng 12", "2026-12-01/2026-12-31"),
    ("Nộp từ ngày 15/11 đến ngày 25/11/2026.", "từ ngày 15/11 đến ngày 25/11/2026", "2026-11-15/2026-11-25"),
]
RULES = [
    ("Gửi trước ngày 30/9 hằng năm.", "recurring", {"freq": "yearly", "month": 9, "day": 30}),
    ("Gửi trước ngày 25 hằng tháng.", "recurring", {"freq": "monthly", "day": 25}),
    (
        "Gửi trong thời hạn 05 ngày làm việc kể từ ngày nhận được Công văn này, kèm danh sách.",
        "working_days",
        {"n": 5, "unit": "working", "start": "ngày nhận được Công văn"},
    ),
    (
        "Niêm yết ít nhất 05 ngày làm việc trước khi trình.",
        "working_days",
        {"n": 5, "unit": "working", "before": "ngày trình"},
    ),
    (
        "Hoàn thành trong thời hạn 15 ngày kể từ ngày tổ chức lễ tổng kết.",
        "event",
        {"event": "lễ tổng kết", "offset": 15, "unit": "calendar"},
    ),
    ("Gửi hồ sơ trước kỳ họp Hội đồng.", "event", {"event": "kỳ họp Hội đồng", "offset": 0, "unit": "calendar"}),
]
TRAPS = [
    "Số liệu tính từ 01/12/2025 đến hết ngày 30/11/2026.",
    "Số liệu ước thực hiện đến hết ngày 31/12/2026.",
    "Luật số 06/2026/QH16 có hiệu lực từ ngày 01/10/2026.",
    "Theo Quyết định số 47/2026/QĐ-UBND ngày 25/9/2026.",
    "Phát động, ký giao ước sau ngày 01/7/2025.",
    "Hồ sơ nhận trước ngày 01/10/2026 thực hiện theo quy định cũ.",
    "Tỷ lệ không quá 20% tổng số; báo cáo không quá 06 trang.",
    "Hội nghị tổng kết dự kiến tổ chức trong tháng 01/2027.",
    "Thành tích đạt được từ ngày 01/01 đến hết ngày 31/12/2026.",
    "Người được tuyển dụng trước ngày 30/11/2026.",
    "Gửi ngay sau khi nhận được; báo cáo kịp thời khi có yêu cầu.",
    "Tháng 11 có ba phong trào.",
]


@pytest.mark.parametrize(("text", "quote", "value", "strict"), DAYS)
def test_a_cue_with_a_day(text, quote, value, strict):
    (phrase,) = find(text, ISSUED)
    assert (phrase.quote, phrase.kind, phrase.value, phrase.strict) == (quote, "date", value, strict)


def test_strictly_before_a_day_ends_the_day_before():
    (strict,) = find("Gửi trước ngày 01/12/2026.", ISSUED)
    (lax,) = find("Gửi chậm nhất ngày 01/12/2026.", ISSUED)
    assert (strict.last_day, lax.last_day) == (date(2026, 11, 30), date(2026, 12, 1))


@pytest.mark.parametrize(("text", "value", "strict", "inferred"), MOMENTS)
def test_a_cue_with_an_hour(text, value, strict, inferred):
    (phrase,) = find(text, ISSUED)
    assert (phrase.kind, phrase.value, phrase.strict, phrase.year_inferred) == ("datetime", value, strict, inferred)


@pytest.mark.parametrize(("text", "quote", "value"), STRETCHES)
def test_a_stretch_of_time(text, quote, value):
    (phrase,) = find(text, ISSUED)
    assert (phrase.quote, phrase.kind, phrase.value) == (quote, "interval", value)


@pytest.mark.parametrize(("text", "kind", "rule"), RULES)
def test_a_rule_instead_of_a_day(text, kind, rule):
    (phrase,) = find(text, ISSUED)
    assert (phrase.kind, dict(phrase.rule), phrase.value) == (kind, rule, "")


@pytest.mark.parametrize("text", TRAPS)
def test_what_only_looks_like_a_deadline(text):
    assert find(text, ISSUED) == []


def test_a_missing_year_is_the_next_such_day():
    (phrase,) = find("Bản đăng ký gửi trước ngày 10/01.", ISSUED)
    assert (phrase.value, phrase.year_inferred) == ("2027-01-10", True)


def test_two_days_after_one_cue():
    text = "Báo cáo gửi trước ngày 20/11/2026 (đối với phòng), ngày 25/11/2026 đối với các trường."
    assert [(p.value, p.strict) for p in find(text, ISSUED)] == [("2026-11-20", True), ("2026-11-25", True)]


@pytest.mark.parametrize("text", ["Gửi trước ngày 31/11/2026.", "Gửi trước ngày 45/13/2026."])
def test_a_day_no_calendar_has_keeps_its_words_and_gets_no_value(text):
    (phrase,) = find(text, ISSUED)
    assert (phrase.value, dict(phrase.rule), phrase.last_day) == ("", {}, None)


def test_a_bare_day_binds_only_where_the_place_says_so():
    assert find("30/11/2026", ISSUED) == []
    assert [p.value for p in find("30/11/2026", ISSUED, dates_bind=True)] == ["2026-11-30"]


SOUP = (
    "trước chậm nhất đến hết ngày 31/2 20/11/2026 00/00 tháng 13 12/2026 quý IV tuần 9 năm 2026 , ; . 25h61 16 giờ hằng"
    " trong thời hạn 05 làm việc kể từ nhận gửi số liệu ( ) thứ Sáu 0"
)
WORDS = st.sampled_from(SOUP.split())


@given(st.lists(WORDS, max_size=14).map(" ".join), st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_words_give_verbatim_phrases_that_do_not_overlap(text, issued):
    end = 0
    for phrase in find(text, issued, dates_bind=True):
        assert text[phrase.start : phrase.end] == phrase.quote
        assert phrase.start >= end
        assert not (phrase.value and phrase.rule)
        end = phrase.end


@given(st.text(max_size=200))
def test_any_text_is_survived(text):
    find(text, ISSUED, dates_bind=True)


@pytest.mark.parametrize("words", ["chậm nhất ", "trong thời hạn ", "từ ngày 1/1 đến ", "05 ngày làm việc ", "trước "])
def test_a_long_run_of_cues_takes_no_longer_than_its_length(words):
    start = time.perf_counter()
    find(words * 1000, ISSUED, dates_bind=True)
    assert time.perf_counter() - start < 5
