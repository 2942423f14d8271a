"""A section is held against what it is asked for when it is complete, and all of them before they are handed in."""

from __future__ import annotations

from dataclasses import replace

from dialog_world import CAMPAIGN, World

from bot.dialog import cover_wording
from bot.dialog.turn import Cover, Save, Say

ASKED = ("kết quả bằng số liệu", "mô hình mới")
CAMPAIGNS = (
    replace(
        CAMPAIGN,
        sections=tuple(
            replace(section, asks_for=ASKED) if section.path == "muc-I/3" else section for section in CAMPAIGN.sections
        ),
    ),
)


def said(turn):
    return [effect for effect in turn.effects if isinstance(effect, Cover)]


def test_a_written_section_is_looked_at_after_it_is_saved_and_not_before():
    world = World(campaigns=CAMPAIGNS)
    world.says("nộp báo cáo")
    assert not said(world.says("sửa 3"))
    turn = world.says("Xóa 14 nhà tạm.")
    assert [type(effect) for effect in turn.effects[:3]] == [Save, Say, Cover]
    (cover,) = said(turn)
    (written,) = cover.sections
    assert (written.path, written.things, written.text) == ("muc-I/3", ASKED, "Xóa 14 nhà tạm.")


def test_a_section_of_several_fields_is_looked_at_as_a_whole_with_its_questions():
    world = World(campaigns=CAMPAIGNS)
    world.says("nộp báo cáo")
    world.says("sửa 2")
    assert not said(world.says("15/01/2026"))
    assert not said(world.says("24"))
    world.says("có")
    (cover,) = said(world.says("Đã ký với Khối các trường."))
    assert cover.sections[0].text.splitlines()[:2] == [
        "Ngày ký giao ước thi đua: 15/01/2026",
        "Số cá nhân đăng ký danh hiệu: 24",
    ]


def test_a_section_without_content_is_not_looked_at():
    world = World(campaigns=CAMPAIGNS)
    world.says("nộp báo cáo")
    world.says("sửa 3")
    assert not said(world.says("không có"))


def test_the_hint_names_the_place_and_says_that_it_is_one():
    told = cover_wording.not_seen([("Kết quả", "muc-I/1/doan-2", ("ký kết giao ước thi đua",))])
    assert told.startswith("Chưa thấy nêu: ký kết giao ước thi đua (mục I.1, đoạn 2).")
    assert "gợi ý" in told
