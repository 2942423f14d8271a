"""The day that a letter's own counting comes to, and nothing where the letter leaves the beginning open."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar_file import load_calendar
from bot.reckoning import reckoned
from bot.reminders import Calendar
from ingest.deadlines import find

ISSUED = date(2026, 10, 28)  # a Wednesday
CALENDAR = load_calendar()


def days(text, issued=ISSUED):
    return [(phrase.quote, reckoned(phrase.rule, issued, CALENDAR)) for phrase in find(text, issued)]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Hồ sơ gửi trong vòng 07 ngày làm việc kể từ ngày ban hành văn bản này.", date(2026, 11, 6)),
        ("Hồ sơ gửi trong thời hạn 05 ngày làm việc kể từ ngày ký ban hành Hướng dẫn này.", date(2026, 11, 4)),
        ("Hồ sơ gửi trong thời hạn 10 ngày làm việc kể từ ngày 16/11/2026.", date(2026, 12, 1)),  # 24/11 is a day off
        ("Hồ sơ gửi trong thời hạn 10 ngày kể từ ngày 12/11/2026.", date(2026, 11, 23)),  # 22/11 is a Sunday
        ("Hồ sơ gửi trong thời hạn 10 ngày kể từ ngày ban hành văn bản này.", date(2026, 11, 9)),  # 7/11: a Saturday
        ("Báo cáo gửi chậm nhất ngày 15/12 hằng năm.", date(2026, 12, 15)),
        ("Đăng ký thi đua gửi trước ngày 31/01 hằng năm.", date(2027, 1, 31)),
    ],
)
def test_what_the_letter_settles_is_reckoned(text, due):
    assert [day for _, day in days(text)] == [due]


@pytest.mark.parametrize(
    "text",
    [
        "Hồ sơ gửi trong thời hạn 10 ngày làm việc kể từ ngày nhận được văn bản này.",
        "Hồ sơ gửi trong thời hạn 10 ngày kể từ ngày lập được thành tích.",
        "Hồ sơ gửi trong thời hạn 10 ngày làm việc kể từ ngày ban hành quyết định công nhận sáng kiến.",
        "Hồ sơ gửi trước hội nghị tổng kết ít nhất 05 ngày làm việc.",
        "Báo cáo gửi trước ngày 20 của tháng cuối quý.",
    ],
)
def test_what_it_leaves_open_comes_to_no_day(text):
    found = days(text)
    assert found
    assert {day for _, day in found} == {None}


def test_without_a_day_of_issue_nothing_is_counted_from_it():
    assert reckoned({"n": 5, "unit": "working", "start": "ngày ban hành văn bản"}, None, CALENDAR) is None


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 30))
def test_plain_days_end_on_a_working_day_and_never_early(start, n):
    end = reckoned({"offset": n, "unit": "calendar", "event": f"{start:%d/%m/%Y}"}, None, Calendar())
    assert end >= start + timedelta(days=n)
    assert end.weekday() < 5
    assert end - start <= timedelta(days=n + 2)


def test_the_drafted_file_has_the_day_and_says_that_it_was_reckoned(thidua, tmp_path):
    letter = tmp_path / "a.txt"
    letter.write_text(
        "ỦY BAN NHÂN DÂN XÃ ĐỒI CHÈ\nSố: 312/UBND-VHXH\nĐồi Chè, ngày 28 tháng 10 năm 2026\n"
        "V/v báo cáo tổng kết công tác thi đua, khen thưởng năm 2026\n\n"
        "1. Nội dung báo cáo\na) Kết quả các phong trào thi đua.\nb) Công tác khen thưởng trong năm.\n\n"
        "2. Thời gian thực hiện\n"
        "Báo cáo tổng kết gửi trong thời hạn 07 ngày làm việc kể từ ngày ban hành văn bản này.\n",
        "utf-8",
    )
    drafted = thidua("campaign", "draft", letter).out
    (deadline,) = tomllib.loads(drafted)["deadline"]
    assert deadline["due"] == date(2026, 11, 6)
    assert deadline["quote"] == "trong thời hạn 07 ngày làm việc kể từ ngày ban hành văn bản này"
    assert "ngày ở đây được tính từ đó" in drafted
