"""A draft goes along to a newer version: no answer is lost, none stands under another question."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns import Campaign, Column, Field, Section
from bot.moving import Change, Kind, changes, moved
from bot.submissions import Filled, SectionState, State, Submission

DONE, DRAFT, NONE = SectionState.DONE, SectionState.DRAFT, SectionState.NONE


def form(version: int, *sections: Section) -> Campaign:
    return Campaign("tk", version, "Tổng kết", "15/HD", 2026, sections, (), ("xa-1",))


def section(path: str, *fields: Field, **more) -> Section:
    return Section(path, f"Phần {path}", fields, **more)


def held(state: State = State.DRAFT, **sections: Filled) -> Submission:
    return Submission("tk", 1, "xa-1", state=state, sections=sections)


TEXT, NUMBER = Field("a", "Ô a"), Field("a", "Ô a", "number")


def test_what_is_asked_as_before_keeps_its_answer():
    old, new = form(1, section("x", TEXT)), form(2, section("x", replace(TEXT, label="Ô a, lời mới"), Field("b", "B")))
    after = moved(held(x=Filled(DONE, {"a": "Một"})), old, new, "")
    assert (after.version, after.filled("x")) == (2, Filled(DRAFT, {"a": "Một"}))
    assert changes(old, new, "") == (Change(Kind.NEW, "Phần x", "B"),)


def test_an_answer_that_does_not_fit_is_kept_aside_and_asked_anew():
    old, new = form(1, section("x", TEXT)), form(2, section("x", NUMBER))
    after = moved(held(x=Filled(DONE, {"a": "nhiều"})), old, new, "")
    assert after.filled("x") == Filled(DRAFT, {"a@1": "nhiều"})
    assert changes(old, new, "") == (Change(Kind.ASKED_ANEW, "Phần x", "Ô a"),)


def test_columns_and_options_are_part_of_the_question():
    table = Field("a", "Bảng", "table", columns=(Column("m", "Mã"),))
    wider = replace(table, columns=(*table.columns, Column("n", "Số", "number")))
    choice = Field("a", "Loại", "choice", options=("Tốt", "Khá"))
    for was, now in ((table, wider), (choice, replace(choice, options=("Tốt",)))):
        after = moved(held(x=Filled(DONE, {"a": "Khá"})), form(1, section("x", was)), form(2, section("x", now)), "")
        assert "a" not in after.filled("x").values
    kept = moved(
        held(x=Filled(DONE, {"a": "Tốt"})),
        form(1, section("x", choice)),
        form(2, section("x", replace(choice, options=("Tốt", "Kém")))),
        "",
    )
    assert kept.filled("x").values == {"a": "Tốt"}


def test_what_is_gone_stays_and_does_not_come_back_as_an_answer_to_something_else():
    first, second, third = form(1, section("x", TEXT)), form(2, section("y", TEXT)), form(3, section("x", NUMBER))
    given_answer = held(x=Filled(DONE, {"a": "Một"}))
    away = moved(given_answer, first, second, "")
    assert away.filled("x") == given_answer.filled("x")
    assert changes(first, second, "") == (Change(Kind.NEW, "Phần y"), Change(Kind.GONE, "Phần x"))
    back = moved(away, second, third, "")
    assert back.filled("x").values == {"a@2": "Một"}
    assert back.filled("x").state is DRAFT


def test_no_content_holds_unless_more_is_asked():
    old = form(1, section("x", TEXT))
    same, more = form(2, section("x", TEXT, hint="mới")), form(2, section("x", TEXT, Field("b", "B")))
    none = held(x=Filled(NONE))
    assert moved(none, old, same, "").filled("x").state is NONE
    assert moved(none, old, more, "").filled("x").state is DRAFT
    assert changes(old, same, "") == (Change(Kind.REWORDED, "Phần x"),)


def test_a_section_is_complete_once_what_it_lacked_is_not_asked_any_more():
    old, new = form(1, section("x", TEXT, Field("b", "B"))), form(2, section("x", TEXT))
    assert moved(held(x=Filled(DRAFT, {"a": "Một"})), old, new, "").filled("x").state is DONE


def test_in_a_returned_one_what_became_incomplete_is_opened_and_the_rest_stays_shut():
    old = form(1, section("x", TEXT), section("y", TEXT))
    new = form(2, section("x", TEXT), section("y", TEXT, Field("b", "B")), section("z", TEXT))
    before = held(State.RETURNED, x=Filled(DONE, {"a": "1"}), y=Filled(DONE, {"a": "2"}))
    after = moved(before, old, new, "", reason="cập nhật")
    assert [after.filled(path).returned for path in "xyz"] == ["", "cập nhật", "cập nhật"]


def test_what_is_handed_in_or_waits_stays_on_its_version():
    for state in (State.PROPOSED, State.SUBMITTED, State.ACCEPTED):
        before = held(state, x=Filled(DONE, {"a": "1"}))
        assert moved(before, form(1, section("x", TEXT)), form(2, section("x", NUMBER)), "") == before


FIELDS = st.lists(
    st.builds(
        Field,
        key=st.sampled_from("abc"),
        label=st.sampled_from(["Một", "Hai"]),
        kind=st.sampled_from(["text", "number", "yes_no"]),
        required=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda field: field.key,
)
SECTIONS = st.lists(
    st.tuples(st.sampled_from("xyz"), FIELDS).map(lambda one: section(one[0], *one[1])),
    max_size=3,
    unique_by=lambda one: one.path,
)
FILLED = st.builds(
    Filled,
    state=st.sampled_from(SectionState),
    values=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"]), max_size=3),
)


@given(
    old=SECTIONS,
    new=SECTIONS,
    filled=st.dictionaries(st.sampled_from("xyz"), FILLED),
    state=st.sampled_from([State.DRAFT, State.RETURNED]),
)
def test_nothing_is_lost_and_nothing_stands_under_another_question(old, new, filled, state):
    was, now = form(1, *old), form(2, *new)
    before = Submission("tk", 1, "xa-1", state=state, sections=filled)
    after = moved(before, was, now, "", reason="cập nhật")
    for path, given_there in filled.items():
        assert sorted(after.filled(path).values.values()) == sorted(given_there.values.values())
    kinds = {(one.path, field.key): field.kind for one in old for field in one.fields}
    for one in new:
        for field in one.fields:
            if after.filled(one.path).values.get(field.key):
                assert kinds.get((one.path, field.key)) == field.kind
    assert moved(after, now, replace(now, version=3), "").sections == after.sections
