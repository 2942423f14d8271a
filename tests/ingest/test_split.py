"""Passages: one clause each, quotable, headed by what leads to them, dated by what amends them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.amendments import read_amendments
from ingest.catalogue import read_catalogue
from ingest.parse import parse
from ingest.split import LIMIT, split, split_article, windows
from knowledge.documents import Document, full_text

OLD = Document("1/2003/QH11", "Luật", "Luật Làng nghề", "Quốc hội", in_force_from=date(2004, 7, 1))
NEW = Document(
    "2/2013/QH13", "Luật", "Luật sửa đổi", "Quốc hội", in_force_from=date(2014, 6, 1), amends=("1/2003/QH11",)
)
LONG = "Thợ giỏi là người làm nghề lâu năm và truyền nghề cho lớp trẻ trong làng; " * 6
OLD_TEXT = f"""Chương I
DANH HIỆU
Điều 1
Danh hiệu thợ giỏi được tặng cho người đạt các tiêu chuẩn sau:
1. Có tay nghề vững.
2. Có sáng kiến.
Điều 2. Hồ sơ
1. Đơn đề nghị gồm:
a) {LONG}
b) {LONG}
c) {LONG}
2. Nộp tại xã.
Điều 3. Loại
1. Vàng.
2. Bạc."""
NEW_TEXT = """Điều 1. Sửa đổi, bổ sung một số điều của Luật Làng nghề
1. Sửa đổi khoản 2 Điều 1 như sau:
“2. Có sáng kiến được công nhận.”
2. Sửa đổi Điều 3 như sau:
“Điều 3. Loại
1. Vàng.”
Điều 2. Hiệu lực
Luật này có hiệu lực từ ngày 01/6/2014."""


@pytest.fixture(scope="module")
def amended():
    old, new = parse(OLD_TEXT, number=OLD.number).provisions, parse(NEW_TEXT, number=NEW.number).provisions
    known = {
        "amendments": read_amendments(NEW, new).amendments,
        "starts": {d.number: d.in_force_from for d in (OLD, NEW)},
        "targets": {OLD.number: (OLD, old)},
    }
    return split(OLD, old, **known), split(NEW, new, **known)


def named(passages):
    return {p.id.partition("#")[2]: p for p in passages}


def test_a_clause_is_one_passage_and_a_short_article_too():
    passages = named(split(OLD, parse(OLD_TEXT, number=OLD.number).provisions))
    assert list(passages) == ["dieu-1", "dieu-2/khoan-1", "dieu-2/khoan-1~1", "dieu-2/khoan-2", "dieu-3"]
    assert passages["dieu-3"].text == "Điều 3. Loại\n1. Vàng.\n2. Bạc."


def test_headings_lead_from_the_text_to_the_line_that_introduces():
    passages = named(split(OLD, parse(OLD_TEXT, number=OLD.number).provisions))
    assert passages["dieu-2/khoan-2"].headings == ("Luật Làng nghề 1/2003/QH11", "Điều 2. Hồ sơ")
    assert passages["dieu-2/khoan-1~1"].headings[-1] == "1. Đơn đề nghị gồm:"


def test_a_line_that_only_introduces_is_no_passage_but_a_heading():
    text = OLD_TEXT.replace("1. Có tay nghề vững.", "1. " + LONG)
    passages = named(split(OLD, parse(text, number=OLD.number).provisions))
    assert "dieu-1/doan-1" not in passages
    assert passages["dieu-1/khoan-2"].headings == (
        "Luật Làng nghề 1/2003/QH11",
        "DANH HIỆU",
        "Điều 1",
        "Danh hiệu thợ giỏi được tặng cho người đạt các tiêu chuẩn sau:",
    )


def test_the_superseded_clause_ends_the_day_before_the_new_one_begins(amended):
    old, new = map(named, amended)
    assert old["dieu-1/khoan-2"].valid_to == date(2014, 5, 31)
    assert old["dieu-1/khoan-1"].valid_to is None
    assert old["dieu-3"].valid_to == date(2014, 5, 31)
    assert new["dieu-1/khoan-1"].text == "2. Có sáng kiến được công nhận."


def test_the_new_wording_is_headed_by_the_place_it_changes(amended):
    headings = named(amended[1])["dieu-1/khoan-1"].headings
    assert "khoản 2 Điều 1 Luật 1/2003/QH11 (sửa đổi, bổ sung bởi khoản 1 Điều 1 Luật 2/2013/QH13)" in headings
    assert "Danh hiệu thợ giỏi được tặng cho người đạt các tiêu chuẩn sau:" in headings
    assert headings[0] == "Luật Làng nghề 1/2003/QH11"


def test_a_clause_amended_again_ends_too(amended):
    third = Document(
        "3/2020/QH14", "Luật", "Luật sửa đổi", "Quốc hội", in_force_from=date(2021, 1, 1), amends=(OLD.number,)
    )
    text = NEW_TEXT.replace("công nhận", "xã công nhận")
    provisions = {d.number: parse(t, number=d.number).provisions for d, t in ((NEW, NEW_TEXT), (third, text))}
    amendments = [a for d in (NEW, third) for a in read_amendments(d, provisions[d.number]).amendments]
    starts = {d.number: d.in_force_from for d in (OLD, NEW, third)}
    passages = named(split(NEW, provisions[NEW.number], amendments=amendments, starts=starts))
    assert passages["dieu-1/khoan-1"].valid_to == date(2020, 12, 31)


def test_an_article_given_alone_is_split_the_same_way():
    text = "Người đạt các tiêu chuẩn sau:\n\n1. " + LONG + "\n\n2. Có sáng kiến."
    passages = split_article("Luật Làng nghề, Điều 1", text, document="x", path="toan-van")
    assert [p.text for p in passages][1:] == ["1. " + LONG, "2. Có sáng kiến."]
    assert passages[1].headings == ("Luật Làng nghề, Điều 1", "Người đạt các tiêu chuẩn sau:")
    assert [p.id for p in passages] == ["x#toan-van", "x#toan-van~1", "x#toan-van~2"]


@given(st.text(alphabet="abc .;\nABĐ1", max_size=400), st.integers(1, 60))
def test_windows_are_contiguous_pieces_that_fit_and_lose_nothing(text, limit):
    pieces = windows(text, limit)
    assert all(len(piece) <= limit and piece in text for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.shared
def test_every_real_passage_can_be_quoted_and_is_named_once(shared):
    folder = shared / "corpus"
    held = [d for d in read_catalogue(folder).documents if d.held]
    outlines = {
        d.number: parse((folder / d.file).read_text(encoding="utf-8"), number=d.number).provisions for d in held
    }
    amendments = [a for d in held for a in read_amendments(d, outlines[d.number]).amendments]
    starts = {d.number: d.in_force_from for d in held}
    targets = {d.number: (d, outlines[d.number]) for d in held}
    for document in held:
        outline = outlines[document.number]
        passages = split(document, outline, amendments=amendments, starts=starts, targets=targets)
        assert len({p.id for p in passages}) == len(passages)
        assert all(p.text in full_text(outline, p.path) and 0 < len(p.text) <= LIMIT for p in passages)


@pytest.mark.shared
def test_article_23_as_it_was_and_as_it_became(shared):
    folder = shared / "corpus"
    documents = {d.number: d for d in read_catalogue(folder).documents}
    old, new = documents["15/2003/QH11"], documents["39/2013/QH13"]
    outlines = {
        d.number: parse((folder / d.file).read_text(encoding="utf-8"), number=d.number).provisions for d in (old, new)
    }
    amendments = read_amendments(new, outlines[new.number]).amendments
    known = {
        "amendments": amendments,
        "starts": {new.number: new.in_force_from},
        "targets": {old.number: (old, outlines[old.number])},
    }
    before, after = named(split(old, outlines[old.number], **known)), named(split(new, outlines[new.number], **known))
    assert before["dieu-23/khoan-1"].valid_to is None
    assert before["dieu-23/khoan-2"].valid_to == date(2014, 5, 31)
    assert after["dieu-1/khoan-5"].text.startswith("2. Có sáng kiến là giải pháp")
    assert any("Chiến sĩ thi đua cơ sở" in line for line in after["dieu-1/khoan-5"].headings)
