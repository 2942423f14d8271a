"""How well a passage answers a part of a question: a few features, added up with weights. Pure.

The features are shares between 0 and 1 except `found`, the retriever's own score. Weights were chosen on the development questions
(`thidua eval questions`), few and round on purpose.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.question import Part
from knowledge.vocabulary import Vocabulary, plain
from knowledge.wants import Kind, Want, has

_LENT = 0.5  # what an earlier question lends counts half


@dataclass(frozen=True, slots=True)
class Text:
    """A passage as it is compared: its terms, those that lead to it (headings, first line of a list), neighbouring pairs.

    `subject`: the titles it is about; `rank`: the rank of it; `objects`: whom it is for; `items`: how many things it lists.
    """

    opening: frozenset[str]
    body: frozenset[str]
    head: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    plain: str
    own: str
    titles: frozenset[str]
    subject: frozenset[str]
    rank: str
    objects: frozenset[str]
    named: frozenset[str]
    own_ends_open: bool
    items: int
    lines: int
    length: int


_OBJECTS = ("ca nhan", "tap the", "ho gia dinh", "cong nhan", "nong dan", "doanh nhan", "doanh nghiep", "nuoc ngoai", "luc luong vu trang",
            "quan doi nhan dan", "can bo cong chuc vien chuc")  # fmt: skip
_FOR = re.compile(
    r"(?:de tang|xet tang|tang hoac truy tang|truy tang|doi voi|ap dung)(?: hang nam| mot lan)?(?: thuong)? (?:cho )?(?P<whom>(?:\S+ ){0,12}\S+)"
)


_NAMES = re.compile(r"((?:[^\W\d_]+\s+){1,5})[“\"]")  # what stands before a name in quotes: "phong trào thi đua “…”"


def _listed(lead: str, words: Vocabulary) -> frozenset[str]:
    """What a line that introduces a list lists: "Huân chương gồm:"."""
    return frozenset(words.terms(lead)) if lead.rstrip().endswith(":") and " gồm" in lead else frozenset()


def read_text(text: str, headings: Sequence[str], words: Vocabulary) -> Text:
    """`headings` without the document's own name."""
    lines = [line for line in text.split("\n") if line.strip()]
    lead = lines[0] if lines else ""
    head = " . ".join((*headings, *((lead,) if len(lines) > 2 else ())))
    body_terms, head_terms = words.terms(text), words.terms(head)
    all_terms = [*head_terms, *body_terms]
    titles = [t for t in all_terms if t.startswith("@") and not t.startswith("@hang-")]
    opening = words.terms(lead)[:25]
    subject = [t for t in opening if t in titles] or [t for t in head_terms if t in titles]
    whom = _FOR.search(plain(lead))
    return Text(
        opening=frozenset(opening[:12]),
        body=frozenset(body_terms),
        head=frozenset(head_terms),
        pairs=frozenset(zip(all_terms, all_terms[1:], strict=False)),
        plain=plain(f"{head} {text}"),
        own=plain(text),
        titles=frozenset(titles),
        subject=frozenset(subject),
        rank=next((t for t in (*head_terms, *body_terms[:25]) if t.startswith("@hang-")), ""),
        objects=frozenset(o for o in _OBJECTS if whom and o in whom["whom"]),
        named=frozenset(t for m in _NAMES.finditer(text) for t in words.terms(m[1])) | _listed(lead, words),
        items=max(len(lines), text.count(";"), text.count(",")),
        own_ends_open=text.rstrip().endswith(":"),
        lines=len(lines),
        length=len(text),
    )


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare a term is among the library's passages (inverse document frequency)."""

    counts: Mapping[str, int]
    total: int
    pairs: frozenset[int]  # hashes of neighbouring terms

    @classmethod
    def of(cls, texts: Iterable[str], words: Vocabulary) -> Rarity:
        counts: Counter[str] = Counter()
        pairs: set[int] = set()
        total = 0
        for text in texts:
            terms = words.terms(text)
            counts.update(set(terms))
            pairs.update(map(hash, pairwise(terms)))
            total += 1
        return cls(counts, total, frozenset(pairs))

    def unheard_of(self, first: str, second: str) -> bool:
        """Whether two neighbouring terms stand beside each other nowhere in the library."""
        return hash((first, second)) not in self.pairs

    def __call__(self, term: str) -> float:
        return math.log(1 + (self.total + 1) / (self.counts.get(term, 0) + 1))


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a passage, and against it."""

    found: float
    cover: float
    pairs: float
    own: float
    head: float
    subject: float
    whom: float
    wanted: float
    long: float
    delegates: float
    place: float
    start: float
    which: float
    season: float


WEIGHTS = Features(
    found=0.22, cover=1.6, pairs=0.8, own=0.6, head=0.5, subject=0.9, whom=0.35, wanted=0.9, long=-0.2, delegates=-0.5,
    place=1.1, start=0.6, which=0.5, season=0.5,
)  # fmt: skip
_DELEGATES = re.compile(r"^(?:\d+ )?(?:\S+ ){1,14}?quy dinh (?:chi tiet|cu the)\b|\bdo (?:\S+ ){1,16}quy dinh$")
_GRANTS = "quyet dinh tang"
_VERBS = re.compile(
    r"\b(?:quyet dinh|phong tang|tang|quy dinh|cong nhan|ban hanh|phat dong|to chuc|de nghi|trao tang|huy)\b"
)


def features(
    part: Part, text: Text, path: str, found: float, rarity: Rarity, words: Vocabulary, *, letter: bool
) -> Features:
    weights = {t: _LENT * rarity(t) for t in part.lent} | {t: rarity(t) for t in part.terms}
    total = sum(weights.values()) or 1.0
    everything = text.body | text.head
    asked = words.terms(part.text)
    pairs = {p for p in zip(asked, asked[1:], strict=False) if not (p[0] in words.fillers and p[1] in words.fillers)}
    pair_weights = {p: rarity(p[0]) + rarity(p[1]) for p in pairs}
    own = sum(rarity(t) for t in part.terms) or 1.0
    return Features(
        found=found,
        cover=sum(w for t, w in weights.items() if t in everything) / total,
        pairs=sum(w for p, w in pair_weights.items() if p in text.pairs) / (sum(pair_weights.values()) or 1.0),
        own=sum(rarity(t) for t in part.terms if t in everything) / own,
        head=_head(weights, text, rarity),
        subject=_subject(part, text),
        whom=_whom(part, text),
        wanted=_wanted(part, text, words),
        long=max(0.0, math.log(max(1, text.length) / 500)),
        delegates=_delegates(part, text),
        place=_place(part, path, text),
        start=sum(rarity(t) for t in part.terms if t in text.opening) / own,
        season=float(letter and _REPORTS in (*part.terms, *part.lent)),
        which=_which(part, text, rarity, words),
    )


_REPORTS = "=tong-ket"  # reports are asked for by letters, not by laws


def _head(weights: Mapping[str, float], text: Text, rarity: Rarity) -> float:
    """How much of the heading the question speaks of."""
    total = sum(rarity(t) for t in text.head)
    return sum(rarity(t) for t in text.head if t in weights) / total if total else 0.0


def _subject(part: Part, text: Text) -> float:
    """1 if the passage is about the title asked about, -1 if it is about another; half of that for the rank."""
    rank = next((t for t in (*part.terms, *part.lent) if t.startswith("@hang-")), "")
    ranked = (0.5 if text.rank == rank else -1.0) if rank and text.rank else 0.0
    if not part.target:
        return ranked
    if part.target in text.subject:
        return 1.0 + ranked
    if part.target in text.titles:
        return -0.3 + ranked
    return (-1.0 if text.subject else -0.2) + ranked


def _whom(part: Part, text: Text) -> float:
    """1 if the passage is for those asked about, -1 if it is for others."""
    asked = {o for o in _OBJECTS if o in part.plain} or {o for o in _OBJECTS if o in part.lent_plain}
    if not asked or not text.objects:
        return 0.0
    return 1.0 if asked & text.objects else -1.0


def _place(part: Part, path: str, text: Text) -> float:
    """The head of a text answers what is asked about the text itself, and nothing else."""
    if path == "dau-van-ban":
        return 1.5 if part.asks(Kind.ABOUT) or (part.asks(Kind.ADDRESSEE) and "kinh gui" in text.own) else -1.0
    if path.startswith(("chu-ky", "noi-nhan")):
        return -0.5
    if path.startswith(("mo-dau", "can-cu")):
        return 1.2 * any(w.kind in (Kind.BASIS, Kind.PURPOSE) and has(w, text.own) for w in part.wants)
    return 0.0


_OF_ITSELF = (Kind.WHICH, Kind.BASIS, Kind.PURPOSE, Kind.ABOUT, Kind.ADDRESSEE)


def _wanted(part: Part, text: Text, words: Vocabulary) -> float:
    """Share of what is wanted that the passage has, less one if something hard is missing."""
    if not part.wants:
        return 0.0
    soft = [w for w in part.wants if w.kind is not Kind.WHICH]
    share = sum(_carries(part, w, text, words) for w in soft) / len(soft) if soft else 0.0
    return share - (1.0 if any(w.hard and not has(w, text.plain) for w in part.wants) else 0.0)


def _which(part: Part, text: Text, rarity: Rarity, words: Vocabulary) -> float:
    """1 if the passage itself speaks of the kind of thing asked for by name ("chỉ thị nào"), -1 if not, 0 if none is named."""
    named = [words.terms(w.unit) for w in part.wants if w.kind is Kind.WHICH]
    known = [terms for terms in named if all(t in rarity.counts for t in terms)]
    many = part.asks(Kind.LIST)

    def spoken(terms: list[str]) -> float:
        if not text.body.issuperset(terms):
            return -1.0
        return 1.0 if not many or text.named.issuperset(terms) else 0.0

    return sum(map(spoken, known)) / len(known) if known else 0.0


def _carries(part: Part, want: Want, text: Text, words: Vocabulary) -> float:
    match want.kind:
        case Kind.LIST | Kind.CONDITIONS:
            if text.own_ends_open:
                return -0.5
            named = any(text.named.issuperset(words.terms(w.unit)) for w in part.wants if w.kind is Kind.WHICH)
            return 1.0 if text.lines > 2 or " gom " in text.own or named else 0.5 if text.items > 2 else 0.0
        case Kind.WHO:
            verbs = {_GRANTS if v in ("tang", "phong tang", "trao") else v for v in _VERBS.findall(part.plain)}
            return 1.0 if has(want, text.own) and all(v in text.own for v in verbs) else -1.0
        case _:
            return float(has(want, text.own if want.kind in _OF_ITSELF else text.plain))


def _delegates(part: Part, text: Text) -> float:
    """1 for a clause that only says who regulates the details, where that is not asked."""
    if part.asks(Kind.WHO) or "quy dinh chi tiet" in part.plain:
        return 0.0
    return float(_DELEGATES.search(text.own) is not None)


def unspoken(part: Part, text: Text, rarity: Rarity, words: Vocabulary) -> bool:
    """Whether a question turns on a matter that the passage does not speak of ("nghỉ thai sản"): a word that no text has, or two
    words side by side that the passage has neither of."""
    everything = text.body | text.head
    missing = [t for t in part.terms if t not in everything]
    if any(t[0] == "=" and t not in rarity.counts for t in missing):
        return True
    gone = {t for t in missing if not t.isdigit()}
    return any(a in gone and b in gone for a, b in pairwise(words.terms(part.text)))


def score(found: Features) -> float:
    return float(sum(getattr(WEIGHTS, name) * getattr(found, name) for name in Features.__slots__))
