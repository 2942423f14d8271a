"""The real texts: what officers ask must come back right, and every quote of the corpus is there word by word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ingest.sync import sync
from knowledge.answerer import Answerer
from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import BundledE5
from knowledge.documents import Caveat, Citation, Status, full_text
from knowledge.library import Library
from knowledge.question_evaluation import figures, read_cases, right, run, table
from knowledge.quoting import citation
from knowledge.retriever import Retriever
from knowledge.shelf import Shelf
from knowledge.vocabulary import vocabulary

pytestmark = pytest.mark.shared
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Known:
    library: Library
    answerer: Answerer


@pytest.fixture(scope="module")
def known(shared, pytestconfig):
    """The real texts, ingested; kept between runs, so that only what changed is embedded again."""
    folder = Path(pytestconfig.cache.mkdir("real-texts"))
    library = Library(f"sqlite:///{folder}/library.db")
    library.create()
    embeddings = BundledE5()
    vectors = VectorStore.embedded(folder / "chroma", embeddings.identity)
    retriever = Retriever(library, embeddings, vectors, folder / "index")
    sync([shared / "corpus"], library, retriever)
    yield Known(library, Answerer(library, retriever, today=lambda: date(2026, 11, 22)))
    library.close()


@pytest.mark.parametrize(
    "typed", ["Cần báo cáo những phong trào thi đua nào?", "can bao cao nhung phong trao thi dua nao"]
)
def test_the_letter_answers_as_history_today_and_as_itself_in_its_season(known, typed):
    today = known.answerer.answer(typed)
    assert [c.label for c in today.citations] == ["Hướng dẫn 02/HD-HĐTĐKT, mục I.1, đoạn 2"]
    assert today.caveats == (Caveat.EXPIRED,)
    then = known.answerer.answer(typed, on=date(2021, 11, 1))
    assert [c.label for c in then.citations] == [c.label for c in today.citations]
    assert then.caveats == ()


def test_the_law_of_the_day_answers(known):
    asked = "Tiêu chuẩn chiến sĩ thi đua cơ sở?"
    assert [c.label for c in known.answerer.answer(asked).citations] == ["Điều 23 Luật 06/2022/QH15"]
    before = known.answerer.answer(asked, on=date(2021, 10, 12))
    assert {c.document for c in before.citations} <= {"15/2003/QH11", "39/2013/QH13"}
    assert all(c.in_force for c in before.citations)


def test_what_the_letter_does_not_state_and_what_is_no_matter_of_ours(known):
    deadline = known.answerer.answer("Hạn nộp báo cáo theo hướng dẫn 02 là ngày nào?")
    assert deadline.status is Status.NOT_STATED
    assert known.answerer.answer("Giá vàng hôm nay?").status is Status.OUT_OF_SCOPE


def test_the_questions_of_officers(known, shared, record_property):
    outcomes = run(read_cases(shared / "eval" / "questions.toml"), known.answerer)
    found = figures(outcomes)
    print(table(outcomes))
    for name, value in found.items():
        record_property(name, value)
    assert found["status right"] >= 0.92
    assert found["cited right, of the answered"] >= 0.92
    assert found["must-abstain answered"] == 0
    assert found["answer rate"] >= 0.85
    assert found["same citation without dấu"] >= 0.95
    assert found["must not contain"] == 1
    for outcome in outcomes:
        assert all(_is_there(known.library, c) for c in outcome.answer.citations), outcome.case.id


def test_questions_that_taught_nothing(known, record_property):
    """Set g was asked once after the weights were fixed (README); here only that it does not get worse."""
    found = figures(run(read_cases(HERE / "questions" / "set-g.toml"), known.answerer))
    for name, value in found.items():
        record_property(name, value)
    assert found["status right"] >= 0.85
    assert found["cited right, of the answered"] >= 0.92
    assert found["must-abstain answered"] <= 3
    assert found["answer rate"] >= 0.82


def test_every_passage_can_be_quoted_as_it_is(known):
    shelf = Shelf.of(known.library, vocabulary())
    for passage in known.library.passages():
        cited = citation(passage.document, passage.path, passage.text, shelf, date(2026, 11, 22))
        assert _is_there(known.library, cited), passage.id
        assert passage.text in cited.quote or cited.quote in passage.text, passage.id


def _is_there(library: Library, cited: Citation) -> bool:
    return bool(cited.quote) and cited.quote in full_text(library.provisions(cited.document), cited.path)


@pytest.mark.parametrize(
    ("gold", "given", "is_right"),
    [
        ("06/2022/QH15#dieu-24/khoan-1", "06/2022/QH15#dieu-24", True),
        ("06/2022/QH15#dieu-24", "06/2022/QH15#dieu-24/khoan-1", True),
        ("06/2022/QH15#dieu-24/khoan-1", "06/2022/QH15#dieu-24/khoan-2", False),
        ("06/2022/QH15#dieu-2", "06/2022/QH15#dieu-24", False),
        ("02/HD-HĐTĐKT#muc-I/1/doan-2", "02/HD-HĐTĐKT#muc-I", True),
        ("02/HD-HĐTĐKT#muc-I", "15/2003/QH11#muc-I", False),
    ],
)
def test_what_counts_as_the_right_provision(gold, given, is_right):
    assert right(gold, given) is is_right
