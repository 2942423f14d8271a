"""How the retriever holds at size: memory while indexing and while asked, and the time of a question, all included.

    python tests/evals/scale.py BEIR_FOLDER [PASSAGES]

The texts are those of the set. Embedding them all would take an hour, so each passage's vector is that of its id by
chance, with the right length and spread; questions are embedded by the bundled embedder as always. Each stage is a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.split import split_article
from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import BundledE5
from knowledge.documents import Document
from knowledge.evaluation import Article, load
from knowledge.library import Library
from knowledge.retriever import Retriever

QUESTIONS = 400


class ByChance(Embeddings):
    """Questions for real; passages by chance."""

    identity = "by-chance"

    def __init__(self):
        self._real = BundledE5()
        self._chance = np.random.default_rng(1)

    def embed_documents(self, texts):
        vectors = self._chance.normal(size=(len(texts), 384)).astype(np.float32)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).tolist()

    def embed_query(self, text):
        return self._real.embed_query(text)


def opened(place: Path) -> Retriever:
    embeddings = ByChance()
    library = Library(f"sqlite:///{place}/library.db")
    library.create()
    return Retriever(library, embeddings, VectorStore.embedded(place / "vectors", embeddings.identity), place)


def fill(folder: Path, place: Path, passages: int) -> dict:
    library = Library(f"sqlite:///{place}/library.db")
    library.create()
    count = 0
    for article in load(folder, "dev").articles:
        count += put(library, article)
        if count >= passages:
            break
    return {"passages": count}


def put(library: Library, article: Article) -> int:
    split = split_article(article.title, article.text, document=article.id, path="dieu-1")
    library.put(Document(article.id, "", article.title, ""), (), split)
    return len(split)


def index(folder: Path, place: Path, passages: int) -> dict:
    begun = time.perf_counter()
    opened(place).sync()
    return {"seconds": round(time.perf_counter() - begun, 1)}


def ask(folder: Path, place: Path, passages: int) -> dict:
    retriever = opened(place)
    questions = list(load(folder, "dev").questions.values())[:QUESTIONS]
    retriever.search("khởi động")
    times = []
    for question in questions:
        begun = time.perf_counter()
        retriever.search(question)
        times.append((time.perf_counter() - begun) * 1000)
    p50, p95 = np.percentile(times, [50, 95])
    return {"questions": len(times), "p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1)}


STAGES = {"fill": fill, "index": index, "ask": ask}


def main(folder: str, passages: str = "60000", stage: str = "", place: str = "") -> None:
    if stage:
        found = STAGES[stage](Path(folder), Path(place), int(passages))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"stage": stage, **found, "peak_mb": peak}))
        return
    with tempfile.TemporaryDirectory() as kept:
        for name in STAGES:
            subprocess.run([sys.executable, __file__, folder, passages, name, kept], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
