"""A passage as it is compared with a question, and how rare its words are. Pure.

Two views of the same words: in terms (`vocabulary.terms`, without dấu), where titles are whole; and as printed, in
syllables with their dấu, where "cốt" is not "cột". A question typed without dấu is compared as it is restored.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.vietnamese import clean, printed
from knowledge.vocabulary import Vocabulary, is_rank, is_title, plain

# Whom a clause may be for, as its first line says; told apart because one article often has a clause for each.
OBJECTS = (
    "ca nhan", "tap the", "ho gia dinh", "cong nhan", "nong dan", "doanh nhan", "doanh nghiep", "nuoc ngoai",
    "luc luong vu trang", "quan doi nhan dan", "can bo cong chuc vien chuc",
)  # fmt: skip
_FOR = re.compile(
    r"(?:de tang|xet tang|tang hoac truy tang|truy tang|doi voi|ap dung)(?: hang nam| mot lan)?(?: thuong)? (?:cho )?"
    r"(?P<whom>(?:\S+ ){0,12}\S+)"
)
_NAMES = re.compile(r"((?:[^\W\d_]+\s+){1,5})[“\"]")  # what stands before a name in quotes: "phong trào thi đua “…”"
_MARKER = re.compile(r"^(?:Điều )?(?:\d+[a-zđ]?(?:\.\d+)*[.):]|[a-zđ]\)|[-+*–])\s*")  # numbers of a list are no figures
_NAME = re.compile(r"(?:\S{1,3}[.)])?\s*[“\"]")
_PIECE = re.compile(r"\n|(?<=[.;:])\s")
_OPENING, _SUBJECT, _TITLES = 12, 25, 2  # terms: of the opening, among which a subject is named; lines of a list


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare a thing is among the library's passages: inverse document frequency."""

    values: Mapping[Hashable, float]
    unknown: float

    @classmethod
    def of(cls, passages: Iterable[Iterable[Hashable]]) -> Rarity:
        """`passages`: what each has, terms or syllables or pairs of them."""
        counts: Counter[Hashable] = Counter()
        total = 0
        for things in passages:
            counts.update(set(things))
            total += 1
        values = {thing: math.log(1 + (total + 1) / (count + 1)) for thing, count in counts.items()}
        return cls(values, math.log(total + 2))

    def __call__(self, thing: Hashable) -> float:
        return self.values.get(thing, self.unknown)

    def sum(self, things: Iterable[Hashable]) -> float:
        return sum(map(self, things))

    def knows(self, thing: Hashable) -> bool:
        return thing in self.values


@dataclass(frozen=True, slots=True)
class Text:
    """A passage's own terms, those that lead to it (headings, the first line of a list), and what it is about.

    `subject`: the titles it is about; `ranks`: the ranks of them; `objects`: whom it is for; `named`: terms of what it
    gives names of; `syllables`, `beside`: as printed, single and in pairs, headings included; `pieces`: the syllables
    of every line and sentence of its own; `lines`, `items`: how many lines, and how many things they list; `open`: it
    ends by introducing what follows.
    """

    plain: str
    own: str
    body: frozenset[str]
    head: frozenset[str]
    head_weight: float
    pairs: frozenset[Pair]
    opening: frozenset[str]
    titles: frozenset[str]
    subject: frozenset[str]
    ranks: frozenset[str]
    objects: frozenset[str]
    named: frozenset[str]
    syllables: frozenset[str]
    beside: frozenset[Pair]
    pieces: tuple[frozenset[str], ...]
    lines: int
    items: int
    length: int
    open: bool

    def has(self, term: str) -> bool:
        return term in self.body or term in self.head


def read_text(text: str, headings: Sequence[str], rarity: Rarity, words: Vocabulary) -> Text:
    """`headings` without the document's own name."""
    lines = [line for line in text.split("\n") if line.strip()]
    said = "\n".join(_MARKER.sub("", line) for line in lines)
    lead = lines[0] if lines else ""
    head = " . ".join((*headings, *((lead,) if len(lines) > _TITLES else ())))
    body_terms, head_terms, lead_terms = words.terms(text), words.terms(head), words.terms(lead)
    everything = [*head_terms, *body_terms]
    whom = _FOR.search(plain(lead))
    head_set = frozenset(head_terms)
    said_as_printed = printed(clean(" ".join((*headings, text))))
    return Text(
        plain=plain(f"{head} {said}"),
        own=plain(said),
        body=frozenset(body_terms),
        head=head_set,
        head_weight=rarity.sum(head_set),
        pairs=frozenset(pairwise(everything)),
        opening=frozenset(lead_terms[:_OPENING]),
        titles=frozenset(filter(is_title, everything)),
        subject=frozenset(filter(is_title, lead_terms[:_SUBJECT])) or frozenset(filter(is_title, head_terms)),
        ranks=frozenset(filter(is_rank, (*head_terms, *lead_terms))) or frozenset(filter(is_rank, body_terms)),
        objects=frozenset(o for o in OBJECTS if whom and o in whom["whom"]),
        named=frozenset(t for m in _NAMES.finditer(text) for t in words.terms(m[1])) | _listed(lines, lead_terms),
        syllables=frozenset(said_as_printed),
        beside=frozenset(pairwise(said_as_printed)),
        pieces=tuple(frozenset(printed(clean(piece))) for piece in _PIECE.split(text) if piece.strip()),
        lines=len(lines),
        items=max(len(lines), text.count(";"), text.count(",")),
        length=len(text),
        open=text.rstrip().endswith(":"),
    )


def _listed(lines: Sequence[str], terms: Sequence[str]) -> frozenset[str]:
    """What a line that introduces a list lists: "Huân chương gồm:", or a heading over names in quotes."""
    introduces = bool(lines) and lines[0].rstrip().endswith(":") and " gồm" in lines[0]
    names = sum(_NAME.match(line) is not None for line in lines[1:])
    return frozenset(terms) if introduces or names > 1 else frozenset()
