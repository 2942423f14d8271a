"""How well passages are found: a BEIR set (corpus, questions, gold) through the product's own index and retriever.

Rules of this file
1. Nothing is measured that officers do not get: the same library, the same retriever, one question at a time.
2. Styles are made from the printed questions by a seeded generator; the same seed gives the same typing.
3. An article is found where its best passage is found. What is measured counts articles.
4. The rivals (BM25 alone, meaning alone, reciprocal rank fusion) rank what the same index found for the same question.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import identity
from knowledge.documents import Document, Passage
from knowledge.library import Library
from knowledge.retriever import POOL, Found, Progress, Retriever
from knowledge.shorthand import AMBIGUOUS, CHAT, MEANINGS
from knowledge.vietnamese import fold

Style = Literal["accented", "unaccented", "half", "chat"]
Search = Callable[[str], Sequence[str]]  # a question → the articles found, best first
Report = dict[str, float]

OURS = "thidua"
DEPTH = 2 * POOL  # passages asked for: whatever either list found; ten different articles are among them
_RRF = 60  # the constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009)


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of the corpus: what is to be found."""

    id: str
    title: str
    text: str


Split = Callable[[Article], Sequence[Passage]]  # passages of the document named by the article's id


@dataclass(frozen=True, slots=True)
class BeirSet:
    """Articles, questions by id, and the ids of the right articles by question."""

    articles: tuple[Article, ...]
    questions: Mapping[str, str]
    gold: Mapping[str, frozenset[str]]


def load(directory: Path, split: str, corpus: Path | None = None) -> BeirSet:
    """`directory` holds queries.jsonl, qrels/SPLIT.tsv and corpus.jsonl.gz, unless `corpus` names another file."""
    articles = tuple(
        Article(row["_id"], row.get("title", ""), row["text"]) for row in _rows(corpus or directory / "corpus.jsonl.gz")
    )
    gold: dict[str, set[str]] = {}
    with (directory / "qrels" / f"{split}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if float(row["score"]) > 0:
                gold.setdefault(row["query-id"], set()).add(row["corpus-id"])
    questions = {row["_id"]: row["text"] for row in _rows(directory / "queries.jsonl") if row["_id"] in gold}
    return BeirSet(articles, questions, {name: frozenset(gold[name]) for name in questions})


def sample(beir: BeirSet, size: int, seed: int = 1) -> BeirSet:
    """So many of the articles, drawn by chance, with every right one among them; all if there are no more."""
    right = frozenset[str]().union(*beir.gold.values())
    others = sorted(a.id for a in beir.articles if a.id not in right)
    drawn = random.Random(seed).sample(others, min(len(others), max(0, size - len(right))))  # noqa: S311  # not for secrets
    kept = right.union(drawn)
    return replace(beir, articles=tuple(a for a in beir.articles if a.id in kept))


def fill(library: Library, articles: Iterable[Article], split: Split) -> int:
    """Put every article into the library as a document of its own; how many passages they make."""
    count = 0
    for article in articles:
        passages = split(article)
        library.put(Document(article.id, "", article.title, ""), (), passages)
        count += len(passages)
    return count


def measure(search: Search, questions: Mapping[str, str], gold: Mapping[str, frozenset[str]]) -> Report:
    """MRR@10, Acc@1, Acc@10, Recall@5 over articles; the median and the slow end of a question in milliseconds."""
    found, times = {}, []
    for name, text in questions.items():
        begun = time.perf_counter()
        found[name] = search(text)
        times.append((time.perf_counter() - begun) * 1000)
    p50, p95 = np.percentile(times or [0.0], [50, 95])
    return score(found, gold) | {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


def score(found: Mapping[str, Sequence[str]], gold: Mapping[str, frozenset[str]]) -> Report:
    """MRR@10, Acc@1, Acc@10, Recall@5 of the articles found for each question, best first."""
    reciprocal, first, tenth, recall = 0.0, 0, 0, 0.0
    for name, articles in found.items():
        right = [i for i, article in enumerate(articles[:10]) if article in gold[name]]
        reciprocal += 1 / (right[0] + 1) if right else 0.0
        first += bool(right) and right[0] == 0
        tenth += bool(right)
        recall += sum(1 for i in right if i < 5) / len(gold[name])
    n = max(1, len(found))
    return {
        "mrr@10": round(reciprocal / n, 4),
        "acc@1": round(first / n, 4),
        "acc@10": round(tenth / n, 4),
        "recall@5": round(recall / n, 4),
        "questions": len(found),
    }


def evaluate(
    beir: BeirSet,
    split: Split,
    embeddings: Embeddings,
    directory: Path,
    *,
    style: Style = "accented",
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, Report]:
    """The product's figures on a set (`OURS`) and its rivals' over the same index, best known ways to fuse it.

    Vectors stay in `directory`, so that a second run embeds nothing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    library = Library(f"sqlite:///{directory / 'library.db'}")
    library.create()
    begun = time.perf_counter()
    passages = fill(library, beir.articles, split)
    retriever = Retriever(
        library, embeddings, VectorStore.embedded(directory / "vectors", identity(embeddings)), directory
    )
    retriever.sync(progress)
    spent = time.perf_counter() - begun
    retriever.search("khởi động")

    lists: dict[str, list[Found]] = {}

    def search(question: str) -> list[str]:
        lists[question] = retriever.search(question, k=DEPTH)
        return articles(lists[question])

    questions = styled(beir.questions, style, seed)
    ours = measure(search, questions, beir.gold) | {"index_s": round(spent, 1), "passages": passages}
    library.close()
    others = {name: {id_: articles(rank(lists[q])) for id_, q in questions.items()} for name, rank in RIVALS.items()}
    return {OURS: ours} | {name: score(found, beir.gold) for name, found in others.items()}


def articles(found: Iterable[Found]) -> list[str]:
    """The articles of passages, each where its best passage stands."""
    return list(dict.fromkeys(f.passage.document for f in found))


def _by_words(found: Sequence[Found]) -> list[Found]:
    return sorted(found, key=lambda f: -f.lexical)


def _by_meaning(found: Sequence[Found]) -> list[Found]:
    return sorted(found, key=lambda f: -f.dense)


def _by_ranks(found: Sequence[Found]) -> list[Found]:
    fused: defaultdict[str, float] = defaultdict(float)
    for ranked in (_by_words(found)[:POOL], _by_meaning(found)[:POOL]):
        for at, hit in enumerate(ranked, 1):
            fused[hit.passage.id] += 1 / (_RRF + at)
    return sorted(found, key=lambda f: -fused[f.passage.id])


RIVALS: Mapping[str, Callable[[Sequence[Found]], list[Found]]] = {
    "BM25": _by_words,
    "dense": _by_meaning,
    "RRF": _by_ranks,
}


def styled(questions: Mapping[str, str], style: Style, seed: int = 1) -> dict[str, str]:
    """The questions as they would be typed; each question has its own stream of chance, so order does not matter."""
    return {name: type_as(text, style, random.Random(f"{seed} {name}")) for name, text in questions.items()}  # noqa: S311  # not for secrets


def type_as(text: str, style: Style, chance: random.Random) -> str:
    """One question as typed: accented as printed, unaccented, half (every other syllable bare), chat."""
    match style:
        case "accented":
            return text
        case "unaccented":
            return fold(text)
        case "half":
            return _SYLLABLE.sub(lambda found: fold(found[0]) if chance.random() < 0.5 else found[0], text)
        case "chat":
            return _chatted(text, chance)


_SYLLABLE = re.compile(r"[^\W_]+")
_SHORTER = {full.lower(): (short,) for short, full in MEANINGS.items()} | {
    meanings[0]: (short,) for short, meanings in AMBIGUOUS.items()
}
_SPOKEN = {"không": ("ko", "k", "hok"), "được": ("dc", "đc"), "gì": ("j",), "với": ("vs",), "bao nhiêu": ("bn",)} | {
    full: (short,) for short, full in CHAT.items() if full in {"như thế nào", "phải", "vậy", "rồi", "biết", "em"}
}
_GREETINGS = ("", "", "dạ ", "cho em hỏi ", "dạ e chào ad, ", "xem giúp e: ")
_THANKS = ("", "", " ạ", " nhé", " vậy ạ")


def _chatted(text: str, chance: random.Random) -> str:
    """Half of what can be shortened is; a third of the questions has no dấu at all, a third lost some."""
    text = text.rstrip("?.! ")
    for full, shorts in sorted((_SHORTER | _SPOKEN).items(), key=lambda pair: -len(pair[0])):
        pieces = re.split(rf"\b({re.escape(full)})\b", text, flags=re.IGNORECASE)
        text = "".join(chance.choice(shorts) if i % 2 and chance.random() < 0.5 else p for i, p in enumerate(pieces))
    text = f"{chance.choice(_GREETINGS)}{text}{chance.choice(_THANKS)}"
    match chance.randrange(3):
        case 0:
            return fold(text).lower()
        case 1:
            return type_as(text, "half", chance)
        case _:
            return text


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
