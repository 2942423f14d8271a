"""Sections that are asked only after an answer elsewhere: shown, hidden, kept, and never counted while hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dialog_world import CAMPAIGN, UNIT, World

from bot.answered import counted, shown
from bot.campaigns import Check, Condition, Field, Section
from bot.checks import findings
from bot.dialog.form import Form
from bot.dialog.turn import Say
from bot.reports import consolidated
from bot.reports.docx import render
from bot.submissions import SectionState, Submission, submitted
from ingest.reading import word

FIRST = Section("muc-1", "Phong trào", (Field("co", "Có tổ chức phong trào X không?", "yes_no"),))
THEN = Section(
    "muc-2",
    "Kết quả phong trào X",
    (Field("noi_dung", "Nội dung"), Field("co_mo_hinh", "Có mô hình mới không?", "yes_no")),
    when=Condition("muc-1:co", ("Có",)),
    checks=(Check("figures", "noi_dung", "Nên có số liệu."),),
)
LAST = Section("muc-3", "Mô hình mới", (Field("ten", "Tên mô hình"),), when=Condition("muc-2:co_mo_hinh", ("Có",)))
ROUND = replace(CAMPAIGN, sections=(FIRST, THEN, LAST))
NOW = World().now


def filled(**said):
    """A submission in which these keys were answered, each in the section that has it."""
    submission = Submission(ROUND.id, 1, UNIT.code)
    for key, value in said.items():
        form = Form(ROUND, UNIT.kind, submission)
        section = next(s for s in ROUND.sections if any(f.key == key for f in s.fields))
        submission = form.saved(next(s for s in form.steps if s.section is section and s.field.key == key), value)
    return submission


def paths(submission):
    return [s.path for s in Form(ROUND, UNIT.kind, submission).sections]


ALL = filled(co="Có", noi_dung="Đã trồng cây.", co_mo_hinh="Có", ten="Vườn mẫu")
TAKEN_BACK = Form(ROUND, UNIT.kind, ALL).saved(Form(ROUND, UNIT.kind, ALL).steps[0], "Không")


def test_a_section_is_asked_only_after_the_answer_it_hangs_on():
    assert paths(Submission(ROUND.id, 1, UNIT.code)) == ["muc-1"]
    assert paths(filled(co="Không")) == ["muc-1"]
    assert paths(filled(co="Có")) == ["muc-1", "muc-2"]
    assert paths(ALL) == ["muc-1", "muc-2", "muc-3"]


def test_what_hangs_on_a_hidden_section_is_hidden_too_though_its_answer_is_still_there():
    assert paths(TAKEN_BACK) == ["muc-1"]
    assert TAKEN_BACK.filled("muc-2").values == {"noi_dung": "Đã trồng cây.", "co_mo_hinh": "Có"}
    assert TAKEN_BACK.filled("muc-3").values == {"ten": "Vườn mẫu"}


def test_a_hidden_section_is_neither_missing_nor_checked():
    form = Form(ROUND, UNIT.kind, TAKEN_BACK)
    assert form.missing == ()
    assert [s.path for s in Form(ROUND, UNIT.kind, filled(co="Có")).missing] == ["muc-2"]
    found = [
        findings(ROUND.sections, s, UNIT.kind, year=2026, day=date(2026, 12, 1), cited={}) for s in (ALL, TAKEN_BACK)
    ]
    assert [len(each) for each in found] == [1, 0]


def test_yes_again_brings_back_what_was_written():
    form = Form(ROUND, UNIT.kind, TAKEN_BACK)
    again = form.saved(form.steps[0], "Có")
    assert again.sections == ALL.sections
    assert Form(ROUND, UNIT.kind, again).missing == ()
    assert again.filled("muc-3").state is SectionState.DONE


def test_the_print_has_what_is_asked_and_nothing_else():
    printed, without = (word.read(render(s, ROUND, UNIT)) for s in (ALL, TAKEN_BACK))
    assert "Vườn mẫu" in printed
    assert "MÔ HÌNH MỚI" in printed
    assert "Vườn mẫu" not in without
    assert "PHONG TRÀO X" not in without
    assert "trồng cây" not in without


def test_the_consolidated_report_leaves_out_what_a_unit_took_back():
    handed_in = submitted(TAKEN_BACK, "2026-AAAAAA")
    of = consolidated.gather(ROUND, [UNIT], [handed_in], NOW)
    assert [s.path for s in of.units[0].form] == ["muc-1"]
    assert [each.unit.code for section in of.sections[1:] for each, _, _ in of.answers_to(section)] == []


def test_answers_that_hold_each_other_up_are_looked_at_until_nothing_falls_away():
    counting = counted(ROUND.sections, TAKEN_BACK, UNIT.kind)
    assert set(counting.sections) == {"muc-1"}
    assert shown(ROUND.sections, counting, UNIT.kind) == (FIRST,)
    assert counted((FIRST,), ALL, UNIT.kind) is ALL


def test_in_the_chat_the_section_comes_with_the_yes_and_goes_with_the_no():
    world = World(campaigns=(ROUND,))
    for text in ("nộp", "sửa 1"):
        world.says(text)
    assert "Kết quả phong trào X" in told(world.says("có"))
    world.says("Đã trồng 100 cây.")
    world.says("không")
    world.says("sửa 1")
    world.says("không")
    world.says("thay thế nội dung cũ")
    assert "Kết quả phong trào X" not in told(world.says("xem lại"))
    assert world.submissions[ROUND.id].filled("muc-2").values["noi_dung"] == "Đã trồng 100 cây."


def told(turn):
    return "\n".join(effect.text for effect in turn.effects if isinstance(effect, Say))
