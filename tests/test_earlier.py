"""An earlier year's report under this year's questions: what answers what, what may be taken, whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import tables
from bot.campaigns import Campaign, Column, Condition, Field, Section
from bot.moving import Earlier, Past, earlier, moved, start, still_carried
from bot.officers import Unit
from bot.submissions import Filled, SectionState, State, Submission, answered, carried_over, confirmed

DONE, DRAFT, NONE = SectionState.DONE, SectionState.DRAFT, SectionState.NONE
UNIT = Unit("xa-1", "Xã Một", "xã", predecessors=("xa-0",))
BEFORE = Unit("xa-0", "Xã Không", "xã", valid_to=date(2025, 12, 31))
TEXT = Field("a", "Nội dung")
TABLE = Field(
    "b",
    "Bảng",
    "table",
    columns=(Column("ten", "Tên"), Column("so", "Số", "number"), Column("ghi_chu", "Ghi chú", required=False)),
)


def form(year: int, *sections: Section, id: str = "") -> Campaign:  # noqa: A002 -- a campaign's id
    return Campaign(id or f"tk-{year}", 1, f"Tổng kết {year}", "15/HD", year, sections, (), ("xa-1",))


def part(path: str, title: str, *fields: Field, **more) -> Section:
    return Section(path, title, fields or (TEXT,), **more)


def past(campaign: Campaign, unit: Unit = UNIT, state: State = State.ACCEPTED, **said: Filled | str) -> Past:
    sections = {path: f if isinstance(f, Filled) else Filled(DONE, {"a": f}) for path, f in said.items()}
    return Past(campaign, Submission(campaign.id, 1, unit.code, state=state, sections=sections), unit)


def found(campaign: Campaign, *reports: Past) -> Earlier | None:
    return earlier(campaign, UNIT, reports)


NOW = form(2026, part("x", "Phong trào"), part("y", "Phương hướng năm 2027"))


def test_the_latest_report_handed_in_before_this_year_counts():
    reports = [
        past(form(2023, part("x", "Phong trào")), x="Cũ"),
        past(form(2025, part("x", "Phong trào")), state=State.RETURNED, x="Bị trả lại"),
        past(form(2024, part("x", "Phong trào")), state=State.SUBMITTED, x="Năm kia"),
        past(form(2026, part("x", "Phong trào"), id="khac"), x="Năm nay"),
    ]
    assert found(NOW, *reports) == Earlier(2024, {"x": {"a": "Năm kia"}})
    assert found(NOW, *reports[1:2], *reports[3:]) is None


def test_a_title_is_surer_than_a_path_and_the_year_in_it_is_no_matter():
    was = form(2025, part("x", "Phương hướng năm 2026"), part("y", "Phong trào"))
    assert found(NOW, past(was, x="Sẽ làm", y="Đã làm")) == Earlier(2025, {"x": {"a": "Đã làm"}, "y": {"a": "Sẽ làm"}})


def test_what_was_hidden_when_it_was_handed_in_is_not_offered():
    asks = part("z", "Có phong trào riêng không?", Field("co", "Có không?", "yes_no"))
    was = form(2025, asks, part("x", "Phong trào", when=Condition("z:co", ("Có",))), part("y", "Phương hướng năm 2026"))
    report = past(was, z=Filled(DONE, {"co": "Không"}), x="Viết rồi bỏ", y="Sẽ làm")
    assert found(NOW, report) == Earlier(2025, {"y": {"a": "Sẽ làm"}})


def test_without_the_title_the_path_counts_and_no_section_answers_two():
    was = form(2025, part("x", "Các phong trào thi đua"), part("z", "Phương hướng năm 2026"))
    assert found(NOW, past(was, x="Đã làm", z="Sẽ làm")) == Earlier(2025, {"x": {"a": "Đã làm"}, "y": {"a": "Sẽ làm"}})
    same_title = form(2025, part("y", "Phong trào"))
    assert found(NOW, past(same_title, y="Đã làm")) == Earlier(2025, {"x": {"a": "Đã làm"}})


def test_only_the_same_question_is_answered():
    number = replace(TEXT, kind="number")
    other_columns = replace(TABLE, columns=TABLE.columns[:2])
    asked_if = replace(TEXT, key="c", when=Condition("a", ("Có",)))
    now = form(2026, part("x", "P", TEXT, TABLE, replace(TEXT, key="c")))
    values = {"a": "12", "b": "Một\t1", "c": "Vì sao"}
    for fields in ((number,), (other_columns,), (TEXT.__class__("d", "D"),)):
        assert found(now, past(form(2025, part("x", "P", *fields)), x=Filled(DONE, values))) is None
    kept = found(now, past(form(2025, part("x", "P", TEXT, asked_if)), x=Filled(DONE, values)))
    assert kept == Earlier(2025, {"x": {"a": "12"}}), "what was not asked was not answered"
    assert found(now, past(form(2025, part("x", "P")), x=Filled(NONE, {"a": "Bỏ đi"}))) is None


def test_of_two_reports_of_a_year_the_own_one_and_the_likest():
    was = form(2025, part("x", "Phong trào"))
    theme = form(2025, part("x", "Nông thôn mới"), part("y", "Kiến nghị"), id="chuyen-de")
    theirs = past(was, BEFORE, x="Của xã cũ")
    assert found(NOW, theirs) == Earlier(2025, {"x": {"a": "Của xã cũ"}}, "Xã Không")
    own = past(theme, x="Đường bê tông", y="Thêm kinh phí")
    assert found(NOW, theirs, own).unit == ""
    assert found(NOW, own, past(was, x="Đúng phần")).answers == {"x": {"a": "Đúng phần"}}


def test_words_may_be_a_start_and_nothing_else():
    assert start(TEXT, "Đã làm") == "Đã làm"
    assert start(TEXT, tables.NONE) == ""
    for kind in ("number", "date", "choice", "yes_no", "file"):
        assert start(replace(TEXT, kind=kind), "12") == ""
    rows = "Một\t1\tghi\nHai\tKhông áp dụng: vì thế\t\n\t3\t"
    assert start(TABLE, rows) == "Một\t\tghi"
    assert start(TABLE, tables.NONE) == ""
    assert start(replace(TABLE, rows=("Một",)), "Một\t1\t") == "", "a row that stands there anyway brings nothing"


CELL = st.text(st.characters(categories=("L", "N", "Zs")), max_size=6)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=5), st.lists(st.integers(0, 4), max_size=5))
def test_no_figure_is_taken_and_a_row_is_marked_until_it_changes(given_rows, changed):
    taken = start(TABLE, tables.joined(given_rows))
    assert all(row[1] == "" for row in tables.rows(taken))
    assert still_carried(TABLE, taken, taken) == taken
    rows = [(*row[:1], "7", *row[2:]) if n in changed else row for n, row in enumerate(tables.rows(taken))]
    left = tables.rows(still_carried(TABLE, taken, tables.joined(rows)))
    assert left == tuple(row for row in rows if row[1] != "7") or len(set(tables.rows(taken))) < len(rows)


def test_a_mark_is_taken_away_by_an_answer_or_a_confirmation_and_the_year_stays():
    new = carried_over(Submission("tk-2026", 1, "xa-1"), "x", {"a": "Một", "b": "Hai\t\t"}, 2025)
    assert new.filled("x") == Filled(DRAFT, {"a": "Một", "b": "Hai\t\t"}, carried=new.filled("x").carried, begun=BEGUN)
    assert new.filled("x").carried == {"a": "Một", "b": "Hai\t\t"}
    said = answered(new, "x", "a", "Một", DRAFT)
    assert (said.filled("x").carried, said.filled("x").begun) == ({"b": "Hai\t\t"}, BEGUN)
    assert confirmed(said, "x", "b").filled("x").carried == {}


BEGUN = {"a": 2025, "b": 2025}


@pytest.mark.parametrize(("now", "carried"), [(TEXT, {"a": "Một"}), (replace(TEXT, kind="number"), {})])
def test_a_mark_goes_along_to_a_newer_version_with_its_answer(now, carried):
    old = form(2026, part("x", "P"))
    new = replace(form(2026, part("x", "P", now)), version=2)
    draft = carried_over(Submission("tk-2026", 1, "xa-1"), "x", {"a": "Một"}, 2025)
    after = moved(draft, old, new, "xã").filled("x")
    assert (after.state, after.carried, set(after.begun)) == (DRAFT, carried, set(carried))


def test_what_lacked_no_answer_but_is_marked_is_not_complete_in_a_newer_version():
    optional = Field("k", "Khác")
    old = form(2026, part("x", "P", TEXT, optional))
    new = replace(form(2026, part("x", "P")), version=2)
    draft = carried_over(Submission("tk-2026", 1, "xa-1"), "x", {"a": "Một"}, 2025)
    assert moved(draft, old, new, "xã").filled("x").state is DRAFT
    assert moved(confirmed(draft, "x", "a"), old, new, "xã").filled("x").state is DONE
