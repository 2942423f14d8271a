"""How well a passage answers a part of a question: a few features, added up with weights. Pure.

The features are shares between 0 and 1 or marks around 0, except `found`, the retriever's own score. Weights and
thresholds were set on the development questions (`thidua eval questions`), few and round on purpose: learning them
there did not carry over to other questions in cross-validation (111 of 120 first places right against 112).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from knowledge.comparing import OBJECTS, Rarity, Text
from knowledge.question import Part
from knowledge.vocabulary import Vocabulary, is_rank
from knowledge.wants import Kind, Want, has

_LENT = 0.5  # what an earlier question lends counts half
_SHORT = 500  # characters up to which a quote is not long
_REPORTS = "=tong-ket"  # reports are asked for by letters, not by laws
_GRANTS = "quyet dinh tang"
_VERBS = re.compile(
    r"\b(?:quyet dinh|phong tang|tang|quy dinh|cong nhan|ban hanh|phat dong|to chuc|de nghi|trao tang|huy)\b"
)
_DELEGATES = re.compile(r"^(?:\d+ )?(?:\S+ ){1,14}?quy dinh (?:chi tiet|cu the)\b|\bdo (?:\S+ ){1,16}quy dinh$")
_OF_ITSELF = (Kind.WHICH, Kind.BASIS, Kind.PURPOSE, Kind.ABOUT, Kind.ADDRESSEE)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a passage, and against it."""

    found: float  # by the retriever
    cover: float  # of the terms asked about, by weight, those lent by earlier questions at half
    own: float  # of the question's own terms
    pairs: float  # of the neighbours in the question
    head: float  # of the passage's headings, what the question speaks of
    start: float  # of the question's own terms, what the passage begins with
    subject: float  # about the title asked about, or about another
    whom: float  # for those asked about, or for others
    wanted: float  # carries the kind of thing asked for
    which: float  # speaks of the kind of thing that is named ("chỉ thị nào")
    place: float  # the head of a text, for what is asked about the text itself
    season: float  # a letter, for what letters ask for
    long: float
    delegates: float  # only says who regulates the details


WEIGHTS = Features(
    found=0.22, cover=1.6, own=0.6, pairs=0.8, head=0.5, start=0.6, subject=0.9, whom=0.35, wanted=0.9, which=0.5,
    place=1.1, season=0.5, long=-0.2, delegates=-0.5,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a question with what is compared with every passage worked out once.

    `nouns`: the kinds of thing named ("phong trào nào"), `named`: those of them that the library knows at all.
    """

    part: Part
    rarities: Mapping[str, float]
    weights: Mapping[str, float]
    total: float
    own_total: float
    pairs: Mapping[tuple[str, str], float]
    pairs_total: float
    rank: str
    objects: frozenset[str]
    nouns: tuple[str, ...]
    named: tuple[tuple[str, ...], ...]
    verbs: tuple[str, ...]
    terms: tuple[str, ...]

    @classmethod
    def of(cls, part: Part, rarity: Rarity, words: Vocabulary) -> Asked:
        terms = tuple(words.terms(part.text))
        rarities = {t: rarity(t) for t in (*part.lent, *part.terms)}
        weights = {t: w if t in part.terms else _LENT * w for t, w in rarities.items()}
        beside = {p for p in pairwise(terms) if p[0] not in words.fillers or p[1] not in words.fillers}
        pairs = {p: rarity.sum(p) for p in beside}
        nouns = tuple(w.unit for w in part.wants if w.kind is Kind.WHICH)
        spoken = (tuple(words.terms(n)) for n in nouns)
        own_objects = frozenset(o for o in OBJECTS if o in part.plain)
        return cls(
            part=part,
            rarities=rarities,
            weights=weights,
            total=sum(weights.values()) or 1.0,
            own_total=rarity.sum(part.terms) or 1.0,
            pairs=pairs,
            pairs_total=sum(pairs.values()) or 1.0,
            rank=next(filter(is_rank, (*part.terms, *part.lent)), ""),
            objects=own_objects or frozenset(o for o in OBJECTS if o in part.lent_plain),
            nouns=nouns,
            named=tuple(n for n in spoken if all(map(rarity.knows, n))),
            verbs=tuple({_GRANTS if v in ("tang", "phong tang") else v for v in _VERBS.findall(part.plain)}),
            terms=terms,
        )


def features(asked: Asked, text: Text, path: str, found: float, *, letter: bool) -> Features:
    """What speaks for a passage; `path`: where it stands, `letter`: whether in a letter and not in a law."""
    part, weights = asked.part, asked.weights
    return Features(
        found=found,
        cover=sum(w for t, w in weights.items() if text.has(t)) / asked.total,
        own=sum(weights[t] for t in part.terms if text.has(t)) / asked.own_total,
        pairs=sum(w for p, w in asked.pairs.items() if p in text.pairs) / asked.pairs_total,
        head=_head(asked, text),
        start=sum(weights[t] for t in part.terms if t in text.opening) / asked.own_total,
        subject=_subject(asked, text),
        whom=_whom(asked, text),
        wanted=_wanted(asked, text),
        which=_which(asked, text),
        place=_place(part, path, text),
        season=float(letter and _REPORTS in weights),
        long=max(0.0, math.log(max(1, text.length) / _SHORT)),
        delegates=_delegates(part, text),
    )


def score(found: Features) -> float:
    return float(sum(getattr(WEIGHTS, name) * getattr(found, name) for name in Features.__slots__))


def unspoken(asked: Asked, text: Text, rarity: Rarity) -> bool:
    """Whether a question turns on a matter that the passage does not speak of ("nghỉ thai sản").

    That is: a word kept whole that no text has, or two words side by side that the passage has neither of.
    """
    gone = {t for t in asked.part.terms if not text.has(t) and not t.isdigit()}
    if any(t.startswith("=") and not rarity.knows(t) for t in gone):
        return True
    return any(a in gone and b in gone for a, b in pairwise(asked.terms))


def _head(asked: Asked, text: Text) -> float:
    if not text.head_weight:
        return 0.0
    return sum(w for t, w in asked.rarities.items() if t in text.head) / text.head_weight


def _subject(asked: Asked, text: Text) -> float:
    """1 if about the title asked about, -1 if about another; so much more or less for its rank."""
    ranked = (0.5 if asked.rank in text.ranks else -1.0) if asked.rank and text.ranks else 0.0
    target = asked.part.target
    if not target:
        return ranked
    if target in text.subject:
        return 1.0 + ranked
    if target in text.titles:
        return -0.3 + ranked
    return (-1.0 if text.subject else -0.2) + ranked


def _whom(asked: Asked, text: Text) -> float:
    if not asked.objects or not text.objects:
        return 0.0
    return 1.0 if asked.objects & text.objects else -1.0


def _wanted(asked: Asked, text: Text) -> float:
    """Share of what is wanted that the passage has, less one if something hard is missing."""
    soft = [w for w in asked.part.wants if w.kind is not Kind.WHICH]
    share = sum(_carries(asked, w, text) for w in soft) / len(soft) if soft else 0.0
    return share - (1.0 if any(w.hard and not has(w, text.plain) for w in soft) else 0.0)


def _carries(asked: Asked, want: Want, text: Text) -> float:
    match want.kind:
        case Kind.LIST | Kind.CONDITIONS:
            if text.open:
                return -0.5
            if text.lines > 2 or " gom " in text.own or any(text.named.issuperset(n) for n in asked.named):
                return 1.0
            return 0.5 if text.items > 2 else 0.0
        case Kind.WHO:
            return 1.0 if has(want, text.own) and all(v in text.own for v in asked.verbs) else -1.0
        case _:
            return float(has(want, text.own if want.kind in _OF_ITSELF else text.plain))


def _which(asked: Asked, text: Text) -> float:
    many = asked.part.asks(Kind.LIST)

    def spoken(noun: tuple[str, ...]) -> float:
        if not text.body.issuperset(noun):
            return -1.0
        return 1.0 if not many or text.named.issuperset(noun) else 0.0

    return sum(map(spoken, asked.named)) / len(asked.named) if asked.named else 0.0


def _place(part: Part, path: str, text: Text) -> float:
    if path == "dau-van-ban":
        return 1.5 if part.asks(Kind.ABOUT) or (part.asks(Kind.ADDRESSEE) and "kinh gui" in text.own) else -1.0
    if path.startswith(("chu-ky", "noi-nhan")):
        return -0.5
    if path.startswith(("mo-dau", "can-cu")):
        return 1.2 * any(w.kind in (Kind.BASIS, Kind.PURPOSE) and has(w, text.own) for w in part.wants)
    return 0.0


def _delegates(part: Part, text: Text) -> float:
    if part.asks(Kind.WHO) or "quy dinh chi tiet" in part.plain:
        return 0.0
    return float(_DELEGATES.search(text.own) is not None)
