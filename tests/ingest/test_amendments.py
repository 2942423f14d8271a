"""What amending clauses do, read from their own announcing lines."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.amendments import amended_again, last_day, read_amendments, superseded
from ingest.catalogue import read_catalogue
from ingest.parse import parse
from knowledge.documents import Amendment, Document, full_text

LAW = Document(
    "11/2023/QH15", "Luật", "Luật sửa đổi", "Quốc hội", in_force_from=date(2024, 1, 1), amends=("10/2020/QH14",)
)


def read(*clauses, heading="Sửa đổi, bổ sung một số điều của Luật Giao thông làng", document=LAW):
    text = "\n".join((f"Điều 1. {heading}", *clauses, "Điều 2. Hiệu lực", "Luật này có hiệu lực từ ngày 01/01/2024."))
    return read_amendments(document, parse(text, number=document.number).provisions)


def places(reading):
    return [(a.action, a.path) for a in reading.amendments]


@pytest.mark.parametrize(
    ("announced", "quoted", "expected"),
    [
        ("Sửa đổi, bổ sung Điều 4 như sau:", "“Điều 4. Tên\nNội dung mới.”", [("replace", "dieu-4")]),
        ("Điều 4 được sửa đổi, bổ sung như sau:", "“Điều 4\nNội dung mới.”", [("replace", "dieu-4")]),
        ("Bổ sung Điều 4a vào sau Điều 4 như sau:", "“Điều 4a\nNội dung mới.”", [("insert", "dieu-4a")]),
        ("Sửa đổi khoản 2 Điều 4", "“2. Nội dung mới.”", [("replace", "dieu-4/khoan-2")]),
        ("Bổ sung khoản 3 vào sau khoản 2 Điều 4 như sau:", "“3. Mới.”", [("insert", "dieu-4/khoan-3")]),
        ("Sửa đổi khoản 1 và bổ sung khoản 3, khoản 4 vào Điều 4 như sau:", "“1. Một.\n3. Ba.\n4. Bốn.”",
         [("replace", "dieu-4/khoan-1"), ("insert", "dieu-4/khoan-3"), ("insert", "dieu-4/khoan-4")]),
        ("Sửa đổi, bổ sung các khoản 1 và 3 Điều 4 như sau:", "“1. Một.”\n“3. Ba.”",
         [("replace", "dieu-4/khoan-1"), ("replace", "dieu-4/khoan-3")]),
        ("Bổ sung điểm đ vào sau điểm d khoản 1 Điều 4 như sau:", "“đ) Mới;”", [("insert", "dieu-4/khoan-1/diem-đ")]),
        ("Bãi bỏ Điều 7, khoản 2 Điều 8 và điểm a, điểm b khoản 1 Điều 9.", "",
         [("repeal", "dieu-7"), ("repeal", "dieu-8/khoan-2"), ("repeal", "dieu-9/khoan-1/diem-a"),
          ("repeal", "dieu-9/khoan-1/diem-b")]),
    ],
)  # fmt: skip
def test_an_announcing_line_says_what_happens_where(announced, quoted, expected):
    reading = read(f"1. {announced}", *filter(None, [quoted]))
    assert places(reading) == expected
    assert not reading.not_understood
    assert all(a.document == "10/2020/QH14" and a.by_path == "dieu-1/khoan-1" for a in reading.amendments)


def test_the_new_wording_is_without_its_outer_quotation_marks():
    first, second = read(
        "1. Sửa đổi khoản 1 và khoản 2 Điều 4 như sau:", "“1. Gọi là “đường”.\n2. Cầu “khỉ”.”"
    ).amendments
    assert (first.text, second.text) == ("1. Gọi là “đường”.", "2. Cầu “khỉ”.")


def test_points_take_their_article_from_the_clause_above():
    reading = read(
        "1. Sửa đổi, bổ sung một số khoản của Điều 4 như sau:",
        "a) Sửa đổi khoản 2 như sau:",
        "“2. Mới.”",
        "b) Bãi bỏ khoản 3.",
    )
    assert places(reading) == [("replace", "dieu-4/khoan-2"), ("repeal", "dieu-4/khoan-3")]
    assert [a.by_path for a in reading.amendments] == ["dieu-1/khoan-1/diem-a", "dieu-1/khoan-1/diem-b"]


@pytest.mark.parametrize(
    "clause", ["Thay thế cụm từ “huyện” bằng cụm từ “xã” tại khoản 1 Điều 5.", "Sửa đổi tên Chương IV như sau:"]
)
def test_what_is_not_understood_is_listed_and_changes_nothing(clause):
    reading = read(f"1. {clause}", "2. Bãi bỏ Điều 9.")
    assert reading.not_understood == ("dieu-1/khoan-1",)
    assert places(reading) == [("repeal", "dieu-9")]


def test_a_clause_about_another_text_is_not_taken_for_ours():
    reading = read("1. Bãi bỏ Điều 9.", heading="Sửa đổi, bổ sung một số điều của Luật Cầu đường số 1/2001/QH10")
    assert not reading.amendments


def test_a_wording_held_until_the_day_before_and_the_later_text_counts():
    first = Amendment("L", "dieu-4/khoan-1", "A", "dieu-1/khoan-1", "replace", "1. Mới.")
    again = Amendment("L", "dieu-4", "B", "dieu-1/khoan-9", "replace", "Điều 4\n1. Mới nữa.")
    added = Amendment("L", "dieu-5/khoan-2", "B", "dieu-1/khoan-9", "insert", "2. Thêm.")
    unknown = Amendment("L", "dieu-6", "C", "dieu-1", "repeal")
    starts = {"A": date(2005, 7, 1), "B": date(2014, 6, 1), "C": None}
    closed = superseded([first, again, added, unknown], starts)
    assert last_day(closed, "L", "dieu-4/khoan-1/diem-a") == date(2005, 6, 30)
    assert last_day(closed, "L", "dieu-4/khoan-2") == date(2014, 5, 31)
    assert [last_day(closed, "L", path) for path in ("dieu-5", "dieu-5/khoan-2", "dieu-6", "dieu-40")] == [None] * 4
    assert amended_again(first, [first, again], starts) == date(2014, 5, 31)
    assert amended_again(again, [first, again], starts) is None


@pytest.mark.shared
def test_the_real_amending_laws_are_understood_but_for_two_chapter_titles(shared):
    read_back = {}
    for document in read_catalogue(shared / "corpus").documents:
        if document.amends and document.held:
            text = (shared / "corpus" / document.file).read_text(encoding="utf-8")
            provisions = parse(text, number=document.number).provisions
            read_back[document.number] = reading = read_amendments(document, provisions)
            assert all(a.text and a.text in full_text(provisions, a.by_path) for a in reading.amendments)
    assert places(read_back["47/2005/QH11"]) == [("replace", "dieu-58"), ("insert", "dieu-58a")]
    assert read_back["39/2013/QH13"].not_understood == ("dieu-1/khoan-44", "dieu-1/khoan-49")
    assert len({a.by_path for a in read_back["39/2013/QH13"].amendments}) == 48
    assert sum(a.action == "insert" for a in read_back["39/2013/QH13"].amendments) == 7
