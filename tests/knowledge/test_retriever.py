"""The retriever over a small library: both ways of typing, validity, changes noticed, only what is new embedded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from knowledge.backends.chroma import VectorStore
from knowledge.documents import Document, Passage
from knowledge.library import Library
from knowledge.retriever import Retriever
from knowledge.vietnamese import fold, syllables

OLD = Document(
    "15/2003/QH11", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2003, 11, 26), None, date(2023, 12, 31)
)
NEW = Document("06/2022/QH15", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2022, 6, 15), date(2024, 1, 1))
TEXTS = (
    "Danh hiệu Chiến sĩ thi đua cơ sở được tặng hằng năm cho cá nhân đạt tiêu chuẩn.",
    "Thời hạn nộp báo cáo tổng kết phong trào thi đua trước ngày 30 tháng 11.",
    "Hồ sơ đề nghị khen thưởng gồm tờ trình, biên bản họp và báo cáo thành tích.",
    "Ủy ban nhân dân cấp xã quản lý quỹ thi đua, khen thưởng.",
)


class Syllables(Embeddings):
    """Meaning as bare syllables; remembers what it was given."""

    identity = "syllables"

    def __init__(self):
        self.embedded: list[str] = []
        self.fail_after: int | None = None

    def embed_documents(self, texts):
        if self.fail_after is not None and len(self.embedded) >= self.fail_after:
            raise KeyboardInterrupt
        self.embedded += texts
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text):
        vector = np.full(64, 1e-3)
        for syllable in syllables(fold(text)):
            vector[sum(map(ord, syllable)) % 64] += 1
        return (vector / np.linalg.norm(vector)).tolist()


def passages(document, texts=TEXTS):
    return [Passage(document.number, f"dieu-{i}", text, (document.title,)) for i, text in enumerate(texts, 1)]


class Desk:
    """A library with its retriever, as one process has them."""

    def __init__(self, folder):
        self.library = Library(f"sqlite:///{folder / 'library.db'}")
        self.library.create()
        self.embeddings = Syllables()
        self.vectors = VectorStore.embedded(folder / "vectors", "syllables")
        self.retriever = Retriever(self.library, self.embeddings, self.vectors, folder / "words")

    def ids(self, question, **limits):
        return [f.passage.id for f in self.retriever.search(question, **limits)]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    for document in (OLD, NEW):
        desk.library.put(document, (), passages(document))
    desk.retriever.sync()
    yield desk
    desk.library.close()


@pytest.mark.parametrize(
    ("typed", "article"),
    [
        ("Tiêu chuẩn chiến sĩ thi đua cơ sở?", 1),
        ("tieu chuan cstđcs", 1),
        ("han nop bc tong ket phong trao la ngay nao", 2),
        ("Hồ sơ đề nghị KT gồm j", 3),
        ("ubnd xa quan ly quy gi", 4),
    ],
)
def test_however_it_is_typed_the_same_passage_is_found(desk, typed, article):
    first, *_ = desk.retriever.search(typed, on=date(2025, 1, 1))
    assert first.passage == passages(NEW)[article - 1]
    assert first.lexical > 0
    assert first.similarity == pytest.approx(first.similarity, abs=1)


def test_both_ways_of_typing_are_one_question(desk):
    for text in TEXTS:
        accented, bare = (desk.retriever.search(typed, on=date(2025, 1, 1)) for typed in (text, fold(text)))
        assert [(f.passage.id, round(f.score, 6)) for f in accented] == [
            (f.passage.id, round(f.score, 6)) for f in bare
        ]


def test_only_what_is_in_force_that_day(desk):
    question = "tiêu chuẩn chiến sĩ thi đua cơ sở"
    assert {i.partition("#")[0] for i in desk.ids(question, on=date(2021, 10, 12))} == {OLD.number}
    assert {i.partition("#")[0] for i in desk.ids(question, on=date(2024, 1, 1))} == {NEW.number}
    assert desk.ids(question, on=date(1999, 1, 1)) == []
    assert len({i.partition("#")[0] for i in desk.ids(question)}) == 2


def test_a_passage_may_be_in_force_for_less_than_its_document(desk):
    changed = replace(passages(NEW)[0], valid_to=date(2025, 6, 30))
    desk.library.put(NEW, (), [changed, *passages(NEW)[1:]])
    assert changed.id in desk.ids("chiến sĩ thi đua cơ sở", on=date(2025, 6, 30))
    assert changed.id not in desk.ids("chiến sĩ thi đua cơ sở", on=date(2025, 7, 1))


def test_only_these_documents_and_only_so_many(desk):
    found = desk.ids("báo cáo", documents={OLD.number}, k=2)
    assert len(found) == 2
    assert all(i.startswith(OLD.number) for i in found)
    assert desk.ids("báo cáo", documents=()) == []
    assert desk.ids("báo cáo", documents={"none"}) == []


def test_what_was_put_or_removed_a_moment_ago_is_noticed(desk):
    letter = Document("7/HD", "Hướng dẫn", "Hướng dẫn", "Xã")
    desk.library.put(letter, (), [Passage("7/HD", "muc-I", "Biểu mẫu thống kê sáng kiến", ("Hướng dẫn",))])
    assert "7/HD#muc-I" in desk.ids("biểu mẫu thống kê sáng kiến")  # by its words: it has no vector yet
    desk.retriever.sync()
    assert desk.ids("biểu mẫu thống kê sáng kiến")[0] == "7/HD#muc-I"
    desk.library.remove(NEW.number)
    assert not any(i.startswith(NEW.number) for i in desk.ids("chiến sĩ thi đua"))


def test_only_what_changed_is_embedded(desk):
    assert len(desk.embeddings.embedded) == 8
    assert desk.retriever.sync().embedded == 0
    desk.library.put(NEW, (), [replace(passages(NEW)[0], text="Khác hẳn."), *passages(NEW)[1:3]])
    done = desk.retriever.sync()
    assert (done.kept, done.embedded, done.removed) == (6, 1, 1)
    assert desk.embeddings.embedded[8:] == ["Luật Thi đua, khen thưởng\nKhác hẳn."]
    assert len(desk.vectors) == 7


def test_an_interrupted_run_goes_on_where_it_stopped(desk, monkeypatch):
    monkeypatch.setattr("knowledge.retriever._BATCH", 2)
    more = Document("8/HD", "Hướng dẫn", "Hướng dẫn", "Xã")
    desk.library.put(more, (), passages(more, [f"Nội dung thứ {i} của phụ lục." for i in range(6)]))
    desk.embeddings.fail_after = 8 + 4
    with pytest.raises(KeyboardInterrupt):
        desk.retriever.sync()
    desk.embeddings.fail_after = None
    told = []
    assert desk.retriever.sync(told.append).embedded == 2
    assert [(p.done, p.total) for p in told] == [(2, 2)]
    assert len(desk.embeddings.embedded) == 8 + 6


def test_a_second_process_reads_the_index_that_the_first_one_built(desk, tmp_path):
    desk.retriever.understand("x")
    built = {p: p.stat().st_mtime_ns for p in (tmp_path / "words").rglob("*")}
    other = Desk(tmp_path)
    assert other.ids("thời hạn nộp báo cáo", on=date(2025, 1, 1)) == desk.ids(
        "thời hạn nộp báo cáo", on=date(2025, 1, 1)
    )
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "words").rglob("*")} == built
    other.library.close()


@pytest.mark.parametrize("question", ["", "   ", "\u200b", "?", "zzzz", "a" * 50_000, "\ud800\0"])
def test_odd_questions_are_harmless(desk, question):
    desk.retriever.search(question)


def test_an_empty_library_finds_nothing(tmp_path):
    desk = Desk(tmp_path)
    assert desk.ids("báo cáo") == []
    assert desk.retriever.sync().embedded == 0
    desk.library.close()


def test_threads_find_the_same(desk):
    alone = [desk.ids(text) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(desk.ids, TEXTS * 8)) == alone * 8
