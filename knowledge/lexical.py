"""BM25 over syllables and pairs of syllables, once as printed and once without dấu.

Rules of this file
1. Two fields, one index each: what was typed with dấu is told apart, what was typed without still finds its text.
2. Frugal: a text is held as 32-bit numbers while the index is built (never as lists of strings), and the finished index
   is memory-mapped. Pairs are numbers made of two syllables' numbers, so no dictionary of pairs exists at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.vietnamese import fold, printed, syllables

Scores = NDArray[np.float32]
K1 = 1.2
B = 0.75
METHOD = "lucene"
FOLDED_WEIGHT = 0.5


def folded(text: str) -> list[str]:
    return syllables(fold(text))


FIELDS: dict[str, Callable[[str], list[str]]] = {"printed": printed, "folded": folded}


@dataclass(frozen=True, slots=True)
class _Field:
    """One BM25 index. A syllable's token is its number; a pair's is the number of syllables + its place in `pairs`."""

    syllable: dict[str, int]
    pairs: NDArray[np.int64]
    bm25: Any

    @classmethod
    def build(cls, texts: Iterable[str], split: Callable[[str], list[str]]) -> _Field:
        numbers: dict[str, int] = {}
        rows = [np.array([numbers.setdefault(s, len(numbers)) for s in split(text)], dtype=np.int32) for text in texts]
        size = max(1, len(numbers))
        pairs = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(_pairs(row, size) for row in rows)]))
        bm25 = bm25s.BM25(k1=K1, b=B, method=METHOD)
        bm25.vocab_dict = {}  # our numbers are the tokens
        total = size + len(pairs)
        bm25.scores = bm25.build_index_from_ids(range(total), _Rows(rows, pairs, size), show_progress=False)
        return cls(numbers, pairs, bm25)

    def save(self, directory: Path) -> None:
        self.bm25.save(directory, show_progress=False)
        np.save(directory / "pairs.npy", self.pairs)
        text = json.dumps(list(self.syllable), ensure_ascii=False)
        (directory / "syllables.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> _Field:
        known = json.loads((directory / "syllables.json").read_text(encoding="utf-8"))
        pairs = np.load(directory / "pairs.npy", mmap_mode="r")
        bm25 = bm25s.BM25.load(directory, mmap=True, load_vocab=True)
        return cls({syllable: number for number, syllable in enumerate(known)}, pairs, bm25)

    def frequency(self, token: str) -> int:
        """In how many texts a syllable stands."""
        number = self.syllable.get(token)
        starts = self.bm25.scores["indptr"]
        return 0 if number is None else int(starts[number + 1] - starts[number])

    def scores(self, tokens: Sequence[str]) -> Scores:
        """BM25 of every text; zeros if nothing of the question occurs anywhere."""
        size = max(1, len(self.syllable))
        numbers = np.array([self.syllable.get(t, -1) for t in tokens], dtype=np.int64)
        single = numbers[numbers >= 0]
        both = (numbers[:-1] >= 0) & (numbers[1:] >= 0)
        wanted = (numbers[:-1] * size + numbers[1:])[both]
        at = np.searchsorted(self.pairs, wanted)
        known = (at < len(self.pairs)) & (self.pairs[np.minimum(at, len(self.pairs) - 1)] == wanted) if len(at) else []
        ids = np.concatenate([single, size + at[known]])
        scores: Scores = self.bm25.get_scores_from_ids(ids)
        return scores


@dataclass(frozen=True, slots=True)
class _Rows:
    """What bm25s counts: one list of tokens a text, made when it is asked for."""

    rows: Sequence[NDArray[np.int32]]
    pairs: NDArray[np.int64]
    size: int

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[list[int]]:
        for row in self.rows:
            yield [*row.tolist(), *(self.size + np.searchsorted(self.pairs, _pairs(row, self.size))).tolist()]


def _pairs(row: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    wide = row.astype(np.int64)
    return wide[:-1] * size + wide[1:]


@dataclass(frozen=True, slots=True)
class Lexical:
    """BM25 of a question over all texts, in the order they were given."""

    fields: dict[str, _Field]

    @classmethod
    def build(cls, texts: Callable[[], Iterable[str]]) -> Lexical:
        """From cleaned texts, at least one; `texts` is called once per field."""
        return cls({name: _Field.build(texts(), split) for name, split in FIELDS.items()})

    def save(self, directory: Path) -> None:
        for name, field in self.fields.items():
            field.save(directory / name)

    @classmethod
    def load(cls, directory: Path) -> Lexical:
        return cls({name: _Field.load(directory / name) for name in FIELDS})

    def rarity(self, syllable: str) -> float:
        """How rare a printed syllable is among the texts: inverse document frequency."""
        field = self.fields["printed"]
        return math.log(1 + (int(field.bm25.scores["num_docs"]) + 1) / (field.frequency(syllable) + 1))

    def scores(self, question: str, also: str = "") -> Scores:
        """Both fields together; `also` is looked for as well, as words of their own (no pair runs across)."""
        total = self._field("printed", question, also) + FOLDED_WEIGHT * self._field("folded", question, also)
        summed: Scores = total.astype(np.float32)
        return summed

    def _field(self, name: str, *questions: str) -> Scores:
        split, field = FIELDS[name], self.fields[name]
        total = field.scores(split(questions[0]))
        for more in questions[1:]:
            if more:
                total = total + field.scores(split(more))
        return total
