"""From a question as typed to the passages that may answer it: understood, searched by words and meaning, in force.

Rules of this file
1. Both ways of typing are one question: abbreviations are read out and dấu restored before anything is looked up.
2. Validity is a hard filter, taken from the library; the vectors know nothing of it, so more are fetched than needed.
3. Scores of words and meaning are made comparable within each list's best 100 (z), then added (ranks, RRF, are worse);
   the best of the sum are put in order once more by how they say what is asked (`reranking`).
4. The library's revision is looked at before every question: what was ingested a moment ago is found.
5. A passage whose vector is not there yet is found by its words.
6. Of a long question the beginning and the end are embedded: the time goes with the length, and the middle changed
   nothing (428 questions, the same MRR@10).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import identity
from knowledge.documents import Passage, digest
from knowledge.index import Index, Mask
from knowledge.library import Library
from knowledge.reranking import FIRST, Hit, reordered
from knowledge.shorthand import read_out
from knowledge.vietnamese import clean

LONGEST_QUESTION = 2000  # characters; the rest of a longer one is not searched for
POOL = 100  # best of each list that are compared
_DENSE_WEIGHT = 1.0  # between 0.7 and 1.2 nothing changes that two questions could not
_FETCHED = (150, 1000, 10_000)  # vectors asked for until enough of them are allowed
_BATCH = 128  # passages embedded between two writes: what an interruption can lose
_EMBEDDED = 75  # characters of a question's beginning, and of its end, that are embedded
_MARK = "1"  # of the text that is embedded; change it when `meaning` changes

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood: abbreviations in full, dấu restored; `also` is more to look for by its words."""

    text: str
    also: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its score (comparable within one search alone).

    `lexical`, `dense`: how far it stands out by words and by meaning (z in the best 100); `similarity`: cosine to the
    question, None if its vector was not among the nearest.
    """

    passage: Passage
    score: float
    lexical: float
    dense: float
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far embedding has come; `rate` in passages a second."""

    done: int
    total: int
    rate: float


@dataclass(frozen=True, slots=True)
class Synced:
    """What bringing the indexes up to date took."""

    kept: int
    embedded: int
    removed: int
    seconds: float


def meaning(passage: Passage) -> str:
    """What is embedded of a passage: the headings that lead to it and its text."""
    return clean("\n".join((", ".join(passage.headings), passage.text)))


class Retriever:
    """Finds passages of one library. Safe to call from several threads; `sync` from one process at a time."""

    def __init__(self, library: Library, embeddings: Embeddings, vectors: VectorStore, directory: Path) -> None:
        """`directory` keeps the word index; `vectors` must be those of `embeddings`."""
        self._library = library
        self._embeddings = embeddings
        self._vectors = vectors
        self._directory = directory
        self._lock = threading.Lock()
        self._opened: Index | None = None

    def understand(self, question: str) -> Question:
        """Read out and restored, as it will be searched for."""
        return _understand(self._index(), question)

    def vector(self, question: str) -> tuple[Sequence[float], str]:
        """The vector of a question as it is understood, and the name of the embedder whose it is."""
        understood = _understand(self._index(), question)
        return self._embeddings.embed_query(_ends(understood.text)), identity(self._embeddings)

    def search(
        self, question: str, *, k: int = 10, on: date | None = None, documents: Collection[str] | None = None
    ) -> list[Found]:
        """The k best passages, best first. `on`: only what is in force that day; `documents`: only of these numbers."""
        index = self._index()
        understood = _understand(index, question)
        mask = index.allowed(on, documents)
        if not understood.text or not mask.any():
            return []
        lexical = np.where(mask, index.lexical.scores(understood.text, understood.also), 0.0)
        near = self._near(index, self._embeddings.embed_query(_ends(understood.text)), mask)
        ranked = {index.ids[r.position]: r for r in _fuse(lexical, near)}
        passages = self._library.fetch(list(ranked)[: max(k, FIRST)])
        hits = [Hit(id_, r.score, r.dense) for id_, r in ranked.items()]
        ordered = reordered(understood.text, hits, passages, index.lexical.rarity)
        return [
            Found(passages[hit.id], score, ranked[hit.id].lexical, hit.dense, near.get(ranked[hit.id].position))
            for hit, score in ordered[:k]
            if hit.id in passages
        ]

    def sync(self, progress: Callable[[Progress], None] | None = None) -> Synced:
        """Bring words and vectors up to date with the library; only texts that changed are embedded.

        May be interrupted at any point: what was embedded is kept, the next run goes on from there.
        """
        begun = time.monotonic()
        revision = self._index().revision
        if self._vectors.mark == f"{_MARK}:{revision}":
            return Synced(len(self._vectors), 0, 0, time.monotonic() - begun)
        texts = {p.id: meaning(p) for p in self._library.passages()}
        digests = {id_: digest(text) for id_, text in texts.items()}
        held = self._vectors.digests()
        missing = sorted((id_ for id_ in texts if held.get(id_) != digests[id_]), key=lambda id_: len(texts[id_]))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            vectors = np.asarray(self._embeddings.embed_documents([texts[id_] for id_ in batch]), dtype=np.float32)
            self._vectors.upsert(batch, vectors, [digests[id_] for id_ in batch])
            if progress:
                done = start + len(batch)
                progress(Progress(done, len(missing), done / (time.monotonic() - begun)))
        gone = [id_ for id_ in held if id_ not in texts]
        self._vectors.delete(gone)
        self._vectors.mark = f"{_MARK}:{revision}"
        return Synced(len(texts) - len(missing), len(missing), len(gone), time.monotonic() - begun)

    def _index(self) -> Index:
        with self._lock:
            if self._opened is None or self._opened.revision != self._library.revision():
                self._opened = Index.open(self._library, self._directory)
            return self._opened

    def _near(self, index: Index, vector: Sequence[float], mask: Mask) -> dict[int, float]:
        """Similarity of the nearest allowed passages, by position; at least the pool, if there are so many."""
        enough = min(POOL, int(mask.sum()))
        near: dict[int, float] = {}
        for k in _FETCHED:
            found = self._vectors.query(vector, k)
            at = ((index.position.get(id_), similarity) for id_, similarity in found.items())
            near = {position: similarity for position, similarity in at if position is not None and mask[position]}
            if len(near) >= enough or len(found) < k:
                break
        return dict(list(near.items())[:POOL])


def _understand(index: Index, question: str) -> Question:
    reading = read_out(clean(question)[:LONGEST_QUESTION].strip())
    return Question(index.restorer.restore(reading.text), reading.also)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _EMBEDDED else f"{text[:_EMBEDDED]} … {text[-_EMBEDDED:]}"


@dataclass(frozen=True, slots=True)
class _Ranked:
    position: int
    score: float
    lexical: float
    dense: float


def _fuse(lexical: NDArray[np.float32], near: dict[int, float]) -> list[_Ranked]:
    """Words and meaning together, best first. Who is not among a list's best counts as its last."""
    best = _highest(lexical)
    by_words = _standing(best, lexical[best].astype(np.float64))
    by_meaning = _standing(np.array(list(near), dtype=np.int64), np.array(list(near.values())))
    last_words, last_meaning = min(by_words.values(), default=0.0), min(by_meaning.values(), default=0.0)
    ranked = []
    for position in dict.fromkeys((*by_words, *by_meaning)):
        words, sense = by_words.get(position, last_words), by_meaning.get(position, last_meaning)
        ranked.append(_Ranked(position, words + _DENSE_WEIGHT * sense, words, sense))
    return sorted(ranked, key=lambda r: (-r.score, r.position))


def _highest(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Where the best of a list are, best first, equal ones in order; nothing that scores nothing."""
    if len(scores) > POOL:
        least = np.partition(scores, -POOL)[-POOL]
        among = np.flatnonzero(scores >= max(least, np.finfo(np.float32).tiny))
    else:
        among = np.flatnonzero(scores > 0)
    return among[np.argsort(-scores[among], kind="stable")][:POOL]


def _standing(positions: NDArray[np.int64], scores: Values) -> dict[int, float]:
    """z of each score among its list."""
    if len(scores) == 0:
        return {}
    spread = float(scores.std()) or 1.0
    return {int(p): float(z) for p, z in zip(positions, (scores - scores.mean()) / spread, strict=True)}
