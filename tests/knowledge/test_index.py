"""The word index on disk: built once per content, whoever comes first, and cleared of what is past."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from knowledge.documents import Document, Passage
from knowledge.index import Index
from knowledge.library import Library

LAW = Document("1/2020/QH14", "Luật", "Luật Thử", "Quốc hội", date(2020, 6, 1), date(2021, 1, 1), date(2024, 12, 31))


def put(library, *texts):
    library.put(LAW, (), [Passage(LAW.number, f"dieu-{i}", text) for i, text in enumerate(texts)])


@pytest.fixture
def library(tmp_path):
    library = Library(f"sqlite:///{tmp_path / 'library.db'}")
    library.create()
    put(library, "thi đua", "khen thưởng")
    yield library
    library.close()


def test_a_cold_start_reads_what_was_built_and_scores_the_same(library, tmp_path):
    first = Index.open(library, tmp_path)
    again = Index.open(library, tmp_path)
    assert list(again.ids) == list(first.ids) == ["1/2020/QH14#dieu-0", "1/2020/QH14#dieu-1"]
    assert again.lexical.scores("khen thưởng").tolist() == first.lexical.scores("khen thưởng").tolist()
    assert again.restorer.restore("khen thuong") == "khen thưởng"


def test_validity_is_the_overlap_of_document_and_passage(library, tmp_path):
    library.put(
        LAW,
        (),
        [
            Passage(LAW.number, "dieu-1", "a", valid_to=date(2022, 6, 30)),
            Passage(LAW.number, "dieu-1", "b", window=1, valid_from=date(2022, 7, 1), valid_to=date(2030, 1, 1)),
        ],
    )
    index = Index.open(library, tmp_path)
    for day, expected in {
        date(2020, 12, 31): [False, False],
        date(2021, 1, 1): [True, False],
        date(2022, 7, 1): [False, True],
        date(2024, 12, 31): [False, True],
        date(2025, 1, 1): [False, False],
    }.items():
        assert index.allowed(day, None).tolist() == expected
    assert index.allowed(None, {"other"}).tolist() == [False, False]


def test_an_old_index_goes_and_who_has_it_open_keeps_it(library, tmp_path):
    old = Index.open(library, tmp_path)
    abandoned = tmp_path / "building-x"
    abandoned.mkdir()
    os.utime(abandoned, (0, 0))
    put(library, "báo cáo")
    new = Index.open(library, tmp_path)
    assert len(list(tmp_path.glob("words-*"))) == 1
    assert not abandoned.exists()
    assert old.lexical.scores("thi đua").argmax() == 0
    assert len(new.ids) == 1


def test_many_open_at_once(library, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Index.open(library, tmp_path), range(8)))
    assert {tuple(index.ids) for index in opened} == {tuple(opened[0].ids)}
    assert list(tmp_path.glob("building-*")) == []
