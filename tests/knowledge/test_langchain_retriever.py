"""The retriever as LangChain sees it, and the README's example, run as it is printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from pydantic import ValidationError

from bot.known import open_knowledge
from knowledge import GuidanceRetriever
from knowledge.documents import Document, Passage

ROOT = Path(__file__).parents[2]
OLD = Document(
    "10/2001/QH99", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2001, 1, 1), None, date(2009, 12, 31)
)
NEW = Document("20/2009/QH99", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2009, 6, 1), date(2010, 1, 1))
TEXTS = {
    "dieu-5/khoan-1": "1. Danh hiệu “Lao động tiên tiến” để tặng hằng năm cho cá nhân đạt tiêu chuẩn.",
    "dieu-6/khoan-1": "1. Hồ sơ đề nghị khen thưởng gồm tờ trình, báo cáo thành tích, biên bản bình xét.",
    "dieu-7/khoan-2": "2. Quỹ thi đua, khen thưởng do Ủy ban nhân dân cấp xã quản lý.",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with three clauses of an old and a new law, prepared as `thidua ingest` leaves it."""
    folder = tmp_path_factory.mktemp("others") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THIDUA_DATA_DIR", str(folder))
        with open_knowledge() as known:
            for law in (OLD, NEW):
                passages = [Passage(law.number, path, text, (law.title,)) for path, text in TEXTS.items()]
                known.library.put(law, [], passages)
            known.retriever.sync()
    return folder


@pytest.fixture
def make(data, monkeypatch):
    monkeypatch.setenv("THIDUA_DATA_DIR", str(data))
    with open_knowledge() as known:
        yield lambda **limits: GuidanceRetriever(retriever=known.retriever, library=known.library, **limits)


@pytest.mark.parametrize("typed", ["Hồ sơ đề nghị khen thưởng gồm những gì?", "ho so de nghi khen thuong gom nhung gi"])
def test_a_passage_comes_with_its_source(make, typed):
    retriever = make(k=2, on=date(2026, 11, 22))
    assert isinstance(retriever, BaseRetriever)
    first, second = retriever.invoke(typed)
    assert first.page_content == TEXTS["dieu-6/khoan-1"]
    assert first.id == "20/2009/QH99#dieu-6/khoan-1"
    assert first.metadata["label"] == "khoản 1 Điều 6 Luật 20/2009/QH99"
    assert first.metadata["score"] > second.metadata["score"]
    assert set(json.loads(json.dumps(first.metadata))) == {"document", "path", "label", "score"}


def test_only_what_is_in_force_on_the_day(make):
    def numbers(on):
        return {d.metadata["document"] for d in make(k=6, on=on).invoke("hồ sơ khen thưởng")}

    assert numbers(date(2005, 1, 1)) == {OLD.number}
    assert numbers(date(2026, 1, 1)) == {NEW.number}
    assert numbers(None) == {OLD.number, NEW.number}
    assert numbers(date(1990, 1, 1)) == set()


async def test_it_stands_in_a_chain_and_answers_asynchronously(make):
    chain = make(k=1, on=date(2026, 1, 1)) | RunnableLambda(lambda found: [d.metadata["path"] for d in found])
    assert await chain.ainvoke("ai quản lý quỹ thi đua") == ["dieu-7/khoan-2"]


def test_it_must_be_asked_for_at_least_one(make):
    with pytest.raises(ValidationError):
        make(k=0)


def test_importing_knowledge_loads_nothing_of_langchain():
    code = "import knowledge, sys; print([m for m in sys.modules if m.startswith(('langchain', 'chromadb', 'numpy'))])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"


def test_a_name_that_knowledge_does_not_have():
    with pytest.raises(ImportError):
        exec("from knowledge import Nothing")


def test_the_example_of_the_readme_runs_as_it_is_printed(data):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"## For others\n.*?```python\n(.*?)```", readme, re.DOTALL)
    assert example
    assert len(example[1].splitlines()) <= 12
    ran = subprocess.run(
        [sys.executable, "-c", example[1]],
        cwd=ROOT,
        env=os.environ | {"THIDUA_DATA_DIR": str(data), "PYTHONIOENCODING": "utf-8"},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stderr
    best = ran.stdout.splitlines()[0]
    assert "khoản 1 Điều 6 Luật 20/2009/QH99" in best
    assert TEXTS["dieu-6/khoan-1"] in ran.stdout
    assert OLD.number not in ran.stdout
