"""Texts that do not agree with each other are told, one sentence each; texts that do agree are left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingest.amendments import read_amendments
from ingest.catalogue import document_for, read_catalogue
from knowledge.contradictions import Kind, contradictions
from knowledge.documents import Amendment, Document, Provision

OLD = Document(
    "1/2001/QH99", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2001, 1, 1), date(2001, 7, 1),
    date(2010, 12, 31), replaced_by=("2/2010/QH99",),
)  # fmt: skip
NEW = Document(
    "2/2010/QH99", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2010, 6, 1), date(2011, 1, 1),
    replaces=("1/2001/QH99",),
)  # fmt: skip
DECREE = Document("3/2011/NĐ-CP", "Nghị định", "Quy định chi tiết", "Chính phủ", date(2011, 3, 1), date(2011, 5, 1))
ON = date(2012, 1, 1)


def check(*documents, provisions=(), amendments=(), on=ON):
    outlines = {}
    for provision in provisions:
        outlines.setdefault(provision.document, []).append(provision)
    return contradictions(documents, outlines, amendments, on)


def one(kind, found):
    assert [c.kind for c in found] == [kind]
    return found[0]


def test_texts_that_agree_are_left_in_peace():
    assert check(OLD, NEW, DECREE) == []


@pytest.mark.parametrize(
    ("end", "kind", "said"),
    [
        (date(2010, 12, 30), Kind.GAP, "đến 01/01/2011 mới có hiệu lực"),
        (date(2010, 12, 31), None, ""),
        (date(2011, 1, 1), Kind.OVERLAP, "đã có hiệu lực từ 01/01/2011"),
        (None, Kind.OVERLAP, "không ghi ngày hết hiệu lực"),
    ],
)
def test_a_text_ends_the_day_before_its_replacement_begins(end, kind, said):
    found = check(replace(OLD, in_force_to=end), NEW)
    if kind is None:
        assert found == []
    else:
        told = one(kind, found)
        assert told.documents == (OLD.number, NEW.number)
        assert said in told.sentence


def test_a_text_replaced_in_two_steps_may_end_with_either():
    second = replace(NEW, number="4/2012/QH99", in_force_from=date(2012, 1, 1))
    old = replace(OLD, replaced_by=(NEW.number, second.number))
    assert check(replace(old, in_force_to=date(2011, 6, 1)), NEW, second) == []
    assert one(Kind.OVERLAP, check(replace(old, in_force_to=date(2013, 1, 1)), NEW, second))
    assert one(Kind.GAP, check(replace(old, in_force_to=date(2010, 1, 1)), NEW, second)).documents[1] == NEW.number


def test_a_replacement_that_starts_on_no_known_day_is_no_contradiction():
    assert check(OLD, replace(NEW, issued=None, in_force_from=None)) == []


@pytest.mark.parametrize("relation", ["replaces", "replaced_by", "amends", "amended_by", "implements"])
def test_a_number_the_catalogue_does_not_know(relation):
    told = one(Kind.UNKNOWN, check(replace(DECREE, **{relation: ("9/2099/QH99",)})))
    assert told.documents == (DECREE.number, "9/2099/QH99")
    assert "danh mục không có" in told.sentence


def test_a_replacement_not_held_is_told_once():
    unheld = replace(NEW, held=False, replaces=(OLD.number, DECREE.number))
    found = check(OLD, unheld, replace(DECREE, in_force_to=date(2010, 12, 31), replaced_by=(NEW.number,), issued=None))
    told = [c for c in found if c.kind is Kind.NOT_HELD]
    assert [c.documents for c in told] == [(NEW.number, OLD.number)]
    assert "chưa có toàn văn của Luật 2/2010/QH99" in told[0].sentence


def test_a_text_amended_by_one_held_is_missing_itself():
    amending = replace(DECREE, amends=(OLD.number,))
    found = check(replace(OLD, held=False, replaced_by=(), amended_by=(DECREE.number,)), amending)
    assert one(Kind.NOT_HELD, found).documents == (OLD.number, DECREE.number)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (replace(OLD, replaced_by=()), NEW, "mục Luật 1/2001/QH99 không ghi bị thay thế bởi Luật 2/2010/QH99"),
        (OLD, replace(NEW, replaces=()), "mục Luật 2/2010/QH99 không ghi thay thế Luật 1/2001/QH99"),
        (
            replace(OLD, replaced_by=()),
            replace(NEW, replaces=(), amends=(OLD.number,)),
            "mục Luật 1/2001/QH99 không ghi được sửa đổi bởi Luật 2/2010/QH99",
        ),
    ],
)
def test_what_only_one_of_two_texts_says(old, new, said):
    assert said in one(Kind.NOT_MIRRORED, check(old, new)).sentence


def test_days_in_the_wrong_order():
    assert one(Kind.DATES, check(replace(DECREE, in_force_from=date(2011, 2, 28))))
    assert "trước cả ngày có hiệu lực" in one(Kind.DATES, check(replace(DECREE, in_force_to=date(2011, 4, 1)))).sentence


def cites(text, path="dieu-1/khoan-2", document=DECREE):
    return Provision(document.number, path, text)


@pytest.mark.parametrize(
    "text",
    [
        "2. Theo quy định của Luật số 1/2001/QH99.",
        "2. Theo Luật Thi đua, khen thưởng năm 2001 và các văn bản khác.",
    ],
)
def test_a_text_in_force_that_relies_on_one_that_is_not(text):
    told = one(Kind.CITES_NOT_IN_FORCE, check(OLD, NEW, DECREE, provisions=[cites(text)]))
    assert told.documents == (DECREE.number, OLD.number)
    assert "khoản 2 Điều 1 Nghị định 3/2011/NĐ-CP" in told.sentence
    assert "31/12/2010" in told.sentence


def test_a_text_not_yet_in_force_is_told_as_such():
    later = replace(DECREE, in_force_from=ON.replace(month=2))
    told = one(Kind.CITES_NOT_IN_FORCE, check(OLD, NEW, later, provisions=[cites("3/2011/NĐ-CP", document=NEW)]))
    assert "đến 01/02/2012 mới có hiệu lực" in told.sentence


@pytest.mark.parametrize(
    "text", ["Theo Luật số 2/2010/QH99.", "Theo Luật số 11/2001/QH99.", "Theo Luật Đất đai năm 2001.", "Năm 1/2001."]
)
def test_other_texts_may_be_cited(text):
    assert check(OLD, NEW, DECREE, provisions=[cites(text)]) == []


def test_a_text_names_what_it_replaces_and_what_had_amended_that():
    change = replace(DECREE, in_force_to=date(2011, 6, 1), amends=(OLD.number,))
    old = replace(OLD, amended_by=(change.number,))
    ends = cites("Luật số 1/2001/QH99 đã được sửa đổi theo 3/2011/NĐ-CP hết hiệu lực.", document=NEW)
    assert check(old, NEW, change, provisions=[ends]) == []


def test_a_text_no_longer_in_force_may_cite_what_it_likes():
    assert check(OLD, NEW, replace(DECREE, in_force_to=date(2011, 12, 31)), provisions=[cites("1/2001/QH99")]) == []


def test_wording_that_was_replaced_cites_nothing():
    change = Document(
        "5/2011/NĐ-CP", "Nghị định", "Sửa đổi", "Chính phủ", date(2011, 8, 1), date(2011, 9, 1), amends=(DECREE.number,)
    )
    decree = replace(DECREE, amended_by=(change.number,))
    made = Amendment(DECREE.number, "dieu-1", change.number, "dieu-1", "replace", "Điều 1. Mới")
    texts = [cites("Theo 1/2001/QH99.")]
    assert check(OLD, NEW, decree, change, provisions=texts, amendments=[made]) == []
    before = check(OLD, NEW, decree, change, provisions=texts, amendments=[made], on=date(2011, 8, 31))
    assert one(Kind.CITES_NOT_IN_FORCE, before)


def test_many_places_are_counted():
    texts = [cites("1/2001/QH99", f"dieu-{n}") for n in range(1, 8)]
    assert "và 4 chỗ khác" in one(Kind.CITES_NOT_IN_FORCE, check(OLD, NEW, DECREE, provisions=texts)).sentence


def test_a_change_of_a_place_that_is_not_there():
    change = replace(NEW, replaces=(), amends=(DECREE.number,))
    decree = replace(DECREE, amended_by=(NEW.number,))
    outline = [cites("1. Một.", "dieu-1/khoan-1")]

    def changes(*made):
        return [Amendment(DECREE.number, path, NEW.number, "dieu-9", action, text) for path, action, text in made]

    def told(*made):
        return check(decree, change, provisions=outline, amendments=changes(*made))

    assert told(("dieu-1", "repeal", ""), ("dieu-1/khoan-1", "replace", "1. Hai."), ("dieu-2", "insert", "Mới")) == []
    assert told(("dieu-2", "insert", "Điều 2. Mới"), ("dieu-2/khoan-1", "repeal", "")) == []
    assert "bản đang lưu không có" in one(Kind.NO_SUCH_PLACE, told(("dieu-7", "repeal", ""))).sentence


@pytest.mark.shared
def test_the_real_catalogue(shared):
    folder = shared / "corpus"
    documents = read_catalogue(folder).documents
    outlines, amendments = {}, []
    for document in documents:
        if document.held:
            text = (folder / document.file).read_text(encoding="utf-8")
            outlines[document.number] = document_for(folder / document.file, text)[1].provisions
            amendments += read_amendments(document, outlines[document.number]).amendments
    found = contradictions(documents, outlines, amendments, date(2026, 11, 22))
    assert {(c.kind, *c.documents) for c in found} == {
        (Kind.NOT_HELD, "98/2023/NĐ-CP", "91/2017/NĐ-CP"),
        (Kind.NOT_HELD, "152/2025/NĐ-CP", "98/2023/NĐ-CP"),
        (Kind.NOT_HELD, "01/2024/TT-BNV", "12/2019/TT-BNV"),
        (Kind.NOT_HELD, "15/2025/TT-BNV", "01/2024/TT-BNV"),
        (Kind.NOT_HELD, "32/2009/QH12", "15/2003/QH11"),
        (Kind.NOT_HELD, "06/2026/QH16", "06/2022/QH15"),
        (Kind.NOT_MIRRORED, "12/2019/TT-BNV", "01/2024/TT-BNV"),
        (Kind.NOT_MIRRORED, "01/2024/TT-BNV", "15/2025/TT-BNV"),
        (Kind.NOT_MIRRORED, "47/2005/QH11", "15/2003/QH11"),
        (Kind.NOT_MIRRORED, "32/2009/QH12", "15/2003/QH11"),
        (Kind.NOT_MIRRORED, "39/2013/QH13", "15/2003/QH11"),
    }
