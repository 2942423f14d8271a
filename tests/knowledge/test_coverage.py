"""Whether a section speaks of what it is asked for: single rules here, the figures on whole sections below."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.comparing import Rarity
from knowledge.coverage import unsaid
from knowledge.vietnamese import fold

EVEN = Rarity({}, 1.0)
SECTIONS = Path(__file__).parents[1] / "evals" / "coverage" / "sections.toml"


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        ("ký kết giao ước thi đua", "Đơn vị ký giao ước thi đua ngày 15/01/2026."),
        ("kiến nghị", "Đề nghị Sở Nội vụ mở lớp tập huấn."),
        ("kết quả bằng số liệu", "Đã xóa 14 nhà tạm."),
        ("kết quả thực hiện Chỉ thị số 41-CT/TW", "Chỉ thị 41-CT/TW được thực hiện nghiêm túc."),
    ],
)
def test_said_in_its_own_or_other_words(thing: str, text: str) -> None:
    assert unsaid([thing], text, EVEN) == ()
    assert unsaid([thing], fold(text), EVEN) == ()


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        ("kết quả thực hiện Chỉ thị số 41-CT/TW", "Các chỉ thị của Trung ương được thực hiện nghiêm túc."),
        ("số cuộc kiểm tra", "Công tác kiểm tra được quan tâm thường xuyên."),
        ("ngày ký giao ước", "Đơn vị đã ký giao ước thi đua."),
        ("bài học", ""),
    ],
)
def test_a_number_a_figure_a_day_are_needed_where_they_are_asked_for(thing: str, text: str) -> None:
    assert unsaid([thing], text, EVEN) == (thing,)


@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=200))
def test_it_never_fails_and_names_only_what_was_asked(things: list[str], text: str) -> None:
    assert set(unsaid(things, text, EVEN)) <= set(things)


@pytest.mark.parametrize("which", ["dev", "held"])
def test_warnings_on_whole_sections_are_mostly_right(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    right = wrong = missed = 0
    for section in tomllib.loads(SECTIONS.read_text("utf-8"))["section"]:
        for text in section["text"] if section["set"] == which else ():
            found, wanted = set(unsaid(section["asks"], text["text"], EVEN)), set(text["unsaid"])
            right, wrong = right + len(found & wanted), wrong + len(found - wanted)
            missed += len(wanted - found)
    with capsys.disabled():
        print(f"\ncoverage, {which}: {right} right, {wrong} wrong, {missed} missed")
    assert right / (right + wrong) >= 0.85
    assert right / (right + missed) >= 0.8
