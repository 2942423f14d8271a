"""What speaks for a passage as the answer to a part of a question, and against it, in numbers.

Rules of this file
1. Shares lie between 0 and 1, marks around 0; `lexical` and `dense` are the retriever's own z-scores.
2. Nothing is weighed here: how much each counts is learned from questions with known answers (`judgement`).
3. Words are compared twice: in terms, and in syllables as printed (see `comparing`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.comparing import OBJECTS, Pair, Rarity, Text
from knowledge.question import Part, rank_asked
from knowledge.retriever import Found
from knowledge.shelf import Shelf
from knowledge.vietnamese import clean, fold, printed
from knowledge.vocabulary import Vocabulary, is_title
from knowledge.wants import Kind, Want, has

_LENT = 0.5  # what an earlier question lends counts half
_SHORT = 500  # characters up to which a quote is not long
_FAR = 0.78  # the similarity of a passage that was not among the nearest
_RARE = 8.0  # about the rarity of a word that stands once in ten thousand passages
_REPORTS = "=tong-ket"  # reports are asked for by letters, not by laws
_GRANTS = "quyet dinh tang"
_VERBS = re.compile(
    r"\b(?:quyet dinh|phong tang|tang|quy dinh|cong nhan|ban hanh|phat dong|to chuc|de nghi|trao tang|huy)\b"
)
_DELEGATES = re.compile(r"^(?:\d+ )?(?:\S+ ){1,14}?quy dinh (?:chi tiet|cu the)\b|\bdo (?:\S+ ){1,16}quy dinh$")
_OF_ITSELF = (Kind.WHICH, Kind.BASIS, Kind.PURPOSE, Kind.ABOUT, Kind.ADDRESSEE)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a passage, and against it. "Said" is in the passage or its headings."""

    lexical: float  # how far it stands out by its words, z
    dense: float  # and by its meaning, z
    similar: float  # cosine to the question
    cover: float  # of the terms asked about, by rarity, those lent by earlier questions at half
    own: float  # of the question's own terms
    pairs: float  # of the neighbouring terms in the question
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
    syllables: float  # of the question's syllables as printed, by rarity, said
    beside: float  # of its neighbouring syllables
    piece: float  # of its syllables, in the one line or sentence that has most of them
    focus: float  # of its syllables outside titles
    lent: float  # of the syllables that earlier questions lend
    silent: float  # of its neighbours, those of which neither is said
    gap: float  # most syllables in a row that are not said
    gap_rare: float  # the same by rarity
    missing: float  # the rarest syllable that is not said
    missing_focus: float  # the same outside titles
    carried: float  # 1 if all that must be word by word in the quote is there
    lacking: float  # 1 if some of it is not
    whole: float  # an article whole, beside its clauses
    off: float  # such a one whose heading the question does not speak of
    current: float  # its text is in force on the day asked about
    near: float  # beside what answered the question before
    pointing: float  # a clause of it that points to the one that did


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a question with what is compared with every passage worked out once.

    `nouns`: the kinds of thing named ("phong trào nào"), `named`: those of them that the library knows at all;
    `said`: its telling syllables as printed, in order, `once`: each once; `focus`: those outside titles.
    """

    part: Part
    rarities: Mapping[str, float]
    weights: Mapping[str, float]
    total: float
    own_total: float
    pairs: Mapping[Pair, float]
    pairs_total: float
    rank: str
    objects: frozenset[str]
    nouns: tuple[str, ...]
    named: tuple[tuple[str, ...], ...]
    verbs: tuple[str, ...]
    terms: tuple[str, ...]
    said: tuple[str, ...]
    once: tuple[str, ...]
    focus: tuple[str, ...]
    lent: tuple[str, ...]
    neighbours: tuple[Pair, ...]
    syllable: Rarity
    pair: Rarity

    @classmethod
    def of(cls, part: Part, restored: Callable[[str], str], shelf: Shelf) -> Asked:
        """`restored`: a text typed without dấu as the library would print it."""
        words, rarity = shelf.words, shelf.rarity
        terms = tuple(words.terms(part.text))
        rarities = {t: rarity(t) for t in (*part.lent, *part.terms)}
        weights = {t: w if t in part.terms else _LENT * w for t, w in rarities.items()}
        beside = {p for p in pairwise(terms) if p[0] not in words.fillers or p[1] not in words.fillers}
        pairs = {p: rarity.sum(p) for p in beside}
        nouns = tuple(w.unit for w in part.wants if w.kind is Kind.WHICH)
        spoken = (tuple(words.terms(n)) for n in nouns)
        own_objects = frozenset(o for o in OBJECTS if o in part.plain)
        typed = printed(clean(restored(part.text)))
        said = tuple(s for s in typed if fold(s) not in words.fillers)
        return cls(
            part=part,
            rarities=rarities,
            weights=weights,
            total=sum(weights.values()) or 1.0,
            own_total=rarity.sum(part.terms) or 1.0,
            pairs=pairs,
            pairs_total=sum(pairs.values()) or 1.0,
            rank=rank_asked(part, words),
            objects=own_objects or frozenset(o for o in OBJECTS if o in part.lent_plain),
            nouns=nouns,
            named=tuple(n for n in spoken if all(map(rarity.knows, n))),
            verbs=tuple({_GRANTS if v in ("tang", "phong tang") else v for v in _VERBS.findall(part.plain)}),
            terms=terms,
            said=said,
            once=tuple(dict.fromkeys(said)),
            focus=_outside_titles(typed, words),
            lent=tuple(
                dict.fromkeys(s for s in printed(clean(restored(part.lent_text))) if fold(s) not in words.fillers)
            )
            if part.lent_text
            else (),
            neighbours=tuple(
                dict.fromkeys(
                    p for p in pairwise(typed) if fold(p[0]) not in words.fillers or fold(p[1]) not in words.fillers
                )
            ),
            syllable=shelf.syllables,
            pair=shelf.pairs,
        )


def _outside_titles(typed: Sequence[str], words: Vocabulary) -> tuple[str, ...]:
    kept = [
        s
        for name, start, end in words.spans([fold(s) for s in typed])
        if not is_title(name)
        for s in typed[start:end]
        if fold(s) not in words.fillers
    ]
    return tuple(dict.fromkeys(kept))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a passage is, apart from its words. `letter`: in a letter and not in a law; the rest as in Features."""

    letter: bool
    whole: bool
    current: bool
    near: bool = False
    pointing: bool = False


def features(asked: Asked, text: Text, path: str, found: Found, standing: Standing) -> Features:
    """What speaks for a passage that stands at `path` and was `found`."""
    part, weights = asked.part, asked.weights
    hard = [w for w in part.wants if w.hard]
    carried = all(has(w, text.own) for w in hard)
    head = _head(asked, text)
    gaps = _gaps(asked, text)
    return Features(
        lexical=found.lexical,
        dense=found.dense,
        similar=_FAR if found.similarity is None else found.similarity,
        cover=sum(w for t, w in weights.items() if text.has(t)) / asked.total,
        own=sum(weights[t] for t in part.terms if text.has(t)) / asked.own_total,
        pairs=sum(w for p, w in asked.pairs.items() if p in text.pairs) / asked.pairs_total,
        head=head,
        start=sum(weights[t] for t in part.terms if t in text.opening) / asked.own_total,
        subject=_subject(asked, text),
        whom=_whom(asked, text),
        wanted=_wanted(asked, text),
        which=_which(asked, text),
        place=_place(part, path, text),
        season=float(standing.letter and _REPORTS in weights),
        long=max(0.0, math.log(max(1, text.length) / _SHORT)),
        delegates=_delegates(part, text),
        syllables=_share(asked.once, text.syllables, asked.syllable),
        beside=_share(asked.neighbours, text.beside, asked.pair),
        piece=max((_share(asked.once, piece, asked.syllable) for piece in text.pieces), default=0.0),
        focus=_share(asked.focus, text.syllables, asked.syllable) if asked.focus else 1.0,
        lent=_share(asked.lent, text.syllables, asked.syllable),
        silent=_silent(asked, text),
        gap=float(max(map(len, gaps), default=0)),
        gap_rare=max(map(asked.syllable.sum, gaps), default=0.0) / 10,
        missing=_rarest(asked, asked.once, text),
        missing_focus=_rarest(asked, asked.focus, text),
        carried=float(bool(hard) and carried),
        lacking=float(not carried),
        whole=float(standing.whole),
        off=float(standing.whole and head == 0),
        current=float(standing.current),
        near=float(standing.near),
        pointing=float(standing.pointing),
    )


def unspoken(asked: Asked, text: Text, rarity: Rarity) -> bool:
    """Whether a question turns on a matter that the passage does not speak of ("nghỉ thai sản").

    That is: a word kept whole that no text has, or two words side by side that the passage has neither of.
    """
    gone = {t for t in asked.part.terms if not text.has(t) and not t.isdigit()}
    if any(t.startswith("=") and not rarity.knows(t) for t in gone):
        return True
    return any(a in gone and b in gone for a, b in pairwise(asked.terms))


def _share(asked: Sequence[Hashable], there: Collection[Hashable], rarity: Rarity) -> float:
    total = rarity.sum(asked)
    return rarity.sum(a for a in asked if a in there) / total if total else 0.0


def _silent(asked: Asked, text: Text) -> float:
    both = [(a, b) for a, b in pairwise(asked.said) if a not in text.syllables and b not in text.syllables]
    total = sum(map(asked.syllable.sum, pairwise(asked.said)))
    return sum(map(asked.syllable.sum, both)) / total if total else 0.0


def _gaps(asked: Asked, text: Text) -> list[list[str]]:
    """Runs of the question's syllables that are not said."""
    runs: list[list[str]] = [[]]
    for syllable in asked.said:
        if syllable in text.syllables:
            runs.append([])
        else:
            runs[-1].append(syllable)
    return runs


def _rarest(asked: Asked, syllables: Sequence[str], text: Text) -> float:
    return max((asked.syllable(s) for s in syllables if s not in text.syllables), default=0.0) / _RARE


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
