"""The guidance's headings in what is printed: levels, numbers, bold, and where the sections stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from report_samples import CAMPAIGN, FULL, TEXT, UNIT, opened, the_paragraph, whole
from report_samples import lines as lines_of

from bot.campaigns import Field, Section
from bot.officers import Unit
from bot.reports import consolidated
from bot.reports.consolidated_papers import to_docx
from bot.reports.outline import Level, heads
from bot.submissions import Filled, SectionState, Submission

WORK, LEAD = "Tổng kết phong trào thi đua", "Công tác chỉ đạo"
COUNTED = (Field("loi", "Đánh giá"), Field("so", "Số cuộc", "number"))


def section(path, title, *under, fields=(TEXT,), **more):
    return Section(path, title, fields, under=under, **more)


SITUATION = section("muc-0", "Đặc điểm, tình hình")
A = section("muc-I/1/diem-a", "Quán triệt văn bản", WORK, LEAD)
B = section("muc-I/1/diem-b", "Kiểm tra, đôn đốc", WORK, LEAD, fields=COUNTED)
MODELS = section("muc-I/2", "Điển hình tiên tiến", WORK, fields=COUNTED)
REWARDS = section("muc-II/1", "Bình xét khen thưởng", "Công tác khen thưởng")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
FORM = (SITUATION, A, B, MODELS, REWARDS)


def places(*sections, **options):
    return [(head.label, head.title) for head in heads(sections, **options)]


def printed(*sections, **filled):
    campaign = replace(CAMPAIGN, sections=sections)
    given = {s.path: Filled(SectionState.DONE, {f.key: filled.get(f.key, "5") for f in s.fields}) for s in sections}
    return opened(replace(FULL, sections=given), campaign)


def test_sections_stand_under_their_headings_numbered_without_a_gap():
    assert places(*FORM) == [
        ("Mục I", "Đặc điểm, tình hình"),
        ("Mục II", WORK),
        ("Mục II.1", LEAD),
        ("Mục II.1.a", "Quán triệt văn bản"),
        ("Mục II.1.b", "Kiểm tra, đôn đốc"),
        ("Mục II.2", "Điển hình tiên tiến"),
        ("Mục III", "Công tác khen thưởng"),
        ("Mục III.1", "Bình xét khen thưởng"),
    ]
    assert places(SITUATION, B, REWARDS)[1:4] == [("Mục II", WORK), ("Mục II.1", LEAD), ("Mục II.1.a", B.title)]


def test_a_section_of_an_older_form_joins_the_others_of_its_heading():
    assert [title for _, title in places(A, REWARDS, B)][:4] == [WORK, LEAD, A.title, B.title]


def test_a_section_that_is_a_heading_of_others_is_printed_once():
    first = section("muc-I/1", LEAD, WORK)
    second = section("muc-I/1/doan-2", "Ký giao ước", WORK, LEAD)
    assert [label for label, _ in places(first, second)] == ["Mục I", "Mục I.1", "Mục I.1.a"]
    twins = places(section("muc-1", "Nội dung khác"), section("muc-2", "Nội dung khác"))
    assert [label for label, _ in twins] == ["Mục I", "Mục II"]


def test_the_guidances_parts_are_parts():
    one = section("phan-I/muc-I/1", "Văn bản", "Kết quả", "Chỉ đạo")
    two = section("phan-II", "Phương hướng")
    assert places(one, two) == [
        ("Phần I", "Kết quả"),
        ("Mục I Phần I", "Chỉ đạo"),
        ("Mục I.1 Phần I", "Văn bản"),
        ("Phần II", "Phương hướng"),
    ]
    assert [head.level for head in heads((one, two), top=Level.SECTION)][:3] == [
        Level.SECTION,
        Level.CLAUSE,
        Level.POINT,
    ]
    document = printed(one, two)
    at = lines_of(document).index("Phần I")
    assert lines_of(document)[at + 1 : at + 4] == ["KẾT QUẢ", "I. CHỈ ĐẠO", "1. Văn bản"]


def test_marks_and_bold_follow_the_decree():
    document = printed(*FORM)
    bold = {text: the_paragraph(document, text).runs[0].bold for text in (
        "II. TỔNG KẾT PHONG TRÀO THI ĐUA", "1. Công tác chỉ đạo", "a) Quán triệt văn bản", "2. Điển hình tiên tiến",
        "- Đánh giá", "a) Đánh giá", "- Số cuộc: 5", "b) Số cuộc: 5",
    )}  # fmt: skip
    assert [text for text, is_bold in bold.items() if is_bold] == [
        "II. TỔNG KẾT PHONG TRÀO THI ĐUA", "1. Công tác chỉ đạo", "2. Điển hình tiên tiến",
    ]  # fmt: skip


def test_what_follows_a_sections_own_answers_is_counted_on():
    above = section("muc-I/1", LEAD, WORK, fields=COUNTED)
    below = section("muc-I/1/doan-2", "Ký giao ước", WORK, LEAD)
    texts = lines_of(printed(above, below))
    assert [t for t in texts if t[:2] in {"a)", "b)", "c)"}] == ["a) Đánh giá", "b) Số cuộc: 5", "c) Ký giao ước"]


def test_what_is_missing_is_named_by_its_place_in_print():
    campaign = replace(CAMPAIGN, sections=FORM)
    lines = lines_of(opened(Submission(campaign.id, 1, UNIT.code), campaign))
    assert "- Mục II.1.b. Kiểm tra, đôn đốc: chưa có nội dung." in lines


def test_the_consolidated_report_has_the_same_headings():
    campaign = replace(CAMPAIGN, sections=FORM, units=("P01",))
    given = {B.path: Filled(SectionState.DONE, {"loi": "Tốt.", "so": "3"})}
    unit = Unit("P01", "Phòng Kinh tế", "phòng")
    of = consolidated.gather(campaign, [unit], [replace(FULL, sections=given)], NOW)
    texts = lines_of(whole(to_docx(of)))
    at = texts.index("II. TỔNG KẾT PHONG TRÀO THI ĐUA")
    assert texts[at + 1] == "1. Công tác chỉ đạo"
    after = texts[texts.index("b) Kiểm tra, đôn đốc") :]
    assert after[1] == "- Số liệu tổng hợp"
    assert "- Phòng Kinh tế" in after
    assert "+ Đánh giá" in after
