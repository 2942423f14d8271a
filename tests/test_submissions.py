"""The life of a submission: what may follow what, what a return remembers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.messages import FileRef
from bot.submissions import (
    LIFE,
    Entry,
    Filled,
    NotAllowedError,
    Reviewed,
    SectionState,
    State,
    Step,
    Submission,
    accepted,
    answered,
    proposed,
    sent_back,
    submitted,
    withdrawn,
)

ENTRY = Entry(datetime(2026, 11, 20, tzinfo=UTC), "cb-01", "việc")
A, B = "muc-I/1", "muc-I/2"
FILE = FileRef("sha", "a.pdf", kept=True)
DRAFT = Submission(
    "tk-2026", 1, "xa-1", sections={A: Filled(SectionState.DONE, {"k": "Một"}, files=(FILE,)), B: Filled()}
)


def test_what_waits_for_the_leader_is_locked_and_not_handed_in():
    waiting = proposed(DRAFT, "cb-01", ENTRY)
    assert (waiting.state, waiting.proposed, waiting.locked, waiting.handed_in) == (
        State.PROPOSED,
        "cb-01",
        True,
        False,
    )
    with pytest.raises(NotAllowedError):
        answered(waiting, A, "k", "Hai", SectionState.DONE)
    with pytest.raises(NotAllowedError):
        proposed(waiting, "cb-02")
    with pytest.raises(NotAllowedError):
        accepted(waiting)
    handed_in = submitted(waiting, "2026-AAA", ENTRY)
    assert (handed_in.reference, handed_in.proposed, handed_in.handed_in) == ("2026-AAA", "", True)


def test_taken_back_it_is_what_it_was():
    assert withdrawn(proposed(DRAFT, "cb-01")) == DRAFT
    returned = sent_back(submitted(DRAFT, "2026-AAA"), {A: "thiếu số"})
    assert withdrawn(proposed(returned, "cb-01")) == returned


def test_the_reference_is_given_once_over_returns_and_approvals():
    first = submitted(DRAFT, "2026-AAA")
    again = submitted(proposed(sent_back(first, {A: "thiếu số"}), "cb-01"), "2026-BBB")
    assert again.reference == "2026-AAA"


def test_a_return_by_staff_remembers_what_they_saw_and_the_next_one_only_its_own_sections():
    returned = sent_back(submitted(DRAFT, "2026-AAA"), {A: "thiếu số"})
    assert returned.filled(A).before == Reviewed("thiếu số", SectionState.DONE, {"k": "Một"}, (FILE,))
    again = submitted(answered(returned, A, "k", "Hai", SectionState.DONE), "x")
    assert (again.filled(A).returned, again.filled(A).before) == ("", returned.filled(A).before)
    assert again.filled(B).before is None
    other = sent_back(again, {B: "nêu rõ"})
    assert (other.filled(A).before, other.filled(B).before.reason) == (None, "nêu rõ")


def test_the_leaders_return_leaves_what_staff_saw():
    returned = sent_back(submitted(DRAFT, "2026-AAA"), {A: "thiếu số"})
    changed = answered(returned, A, "k", "Hai", SectionState.DONE)
    back = sent_back(proposed(changed, "cb-01"), {A: "lãnh đạo: viết gọn"})
    assert back.filled(A).before == returned.filled(A).before
    assert back.filled(A).returned == "lãnh đạo: viết gọn"
    assert sent_back(proposed(DRAFT, "cb-01"), {A: "viết gọn"}).filled(A).before is None


@pytest.mark.parametrize("reasons", [{}, {A: ""}, {A: "rõ", B: "  "}])
def test_a_return_names_sections_each_with_a_reason(reasons):
    for held in (submitted(DRAFT, "2026-AAA"), proposed(DRAFT, "cb-01")):
        with pytest.raises(NotAllowedError):
            sent_back(held, reasons)


def test_every_state_is_left_but_acceptance():
    assert {state for state, _ in LIFE} == set(State) - {State.ACCEPTED}
    assert {step for _, step in LIFE} == set(Step)
