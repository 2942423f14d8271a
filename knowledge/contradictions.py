"""Where the catalogue, the amendments and the texts themselves do not agree: a report for who keeps them. Pure.

Rules of this file
1. Two texts are compared when either names the other: it counts even if only one of them says so.
2. What is not known (a start, an end of a text nobody replaced) contradicts nothing.
3. A text may name what it replaces or amends, and what had amended that: saying "hết hiệu lực" of it is no citation.
4. A citation is a full number ("98/2023/NĐ-CP") or a law of this field by its year; wording that an amendment has
   replaced by the day asked about cites nothing any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge import wording
from knowledge.citations import label, recognise
from knowledge.documents import Amendment, Document, Provision, contains

_CITED = re.compile(
    r"\b\d{1,5}\s?[/-]\s?(?:\d{4}\s?/\s?)?[A-ZĐ][\w-]*(?:/[A-ZĐ][\w-]*)?"
    r"|\b[Ll]uật [Tt]hi đua,? [Kk]hen thưởng năm (?:19|20)\d\d\b"
)
_SHOWN = 3  # places of a citation that are named; the others are counted


class Kind(StrEnum):
    """What does not agree."""

    GAP = "gap"
    OVERLAP = "overlap"
    UNKNOWN = "unknown"
    NOT_HELD = "not_held"
    NOT_MIRRORED = "not_mirrored"
    DATES = "dates"
    NO_SUCH_PLACE = "no_such_place"
    CITES_NOT_IN_FORCE = "cites_not_in_force"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing that does not agree: the numbers of the texts concerned and a sentence in Vietnamese."""

    kind: Kind
    documents: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """An older text and the one that replaced or amended it, both in the catalogue."""

    older: Document
    newer: Document


def contradictions(
    documents: Sequence[Document],
    provisions: Mapping[str, Sequence[Provision]],
    amendments: Sequence[Amendment],
    on: date,
) -> list[Contradiction]:
    """All that does not agree, the catalogue's own facts first.

    `provisions`: outlines by number; `on`: the day on which a text in force should cite none that is not.
    """
    known = {d.number: d for d in documents}
    replaced = _pairs(known, "replaces", "replaced_by")
    amended = _pairs(known, "amends", "amended_by")
    return [
        *_dates(documents),
        *_unknown(known),
        *_not_held(replaced, "replaced"),
        *_not_held(amended, "amended"),
        *_not_mirrored(replaced, "replaces", "replaced_by"),
        *_not_mirrored(amended, "amends", "amended_by"),
        *_handovers(replaced),
        *_misplaced(known, provisions, amendments),
        *_citations(known, provisions, amendments, on),
    ]


def _pairs(known: Mapping[str, Document], forward: str, backward: str) -> list[_Pair]:
    """Every pair that either side names, once, in the catalogue's order."""
    named = [(other, d.number) for d in known.values() for other in getattr(d, forward)]
    named += [(d.number, other) for d in known.values() for other in getattr(d, backward)]
    return [_Pair(known[o], known[n]) for o, n in dict.fromkeys(named) if o in known and n in known and o != n]


def _dates(documents: Sequence[Document]) -> Iterator[Contradiction]:
    for d in documents:
        start = _start(d)
        if start and d.issued and start < d.issued:
            yield _said(Kind.DATES, "before_issued", d, start=wording.day(start), issued=wording.day(d.issued))
        if start and d.in_force_to and d.in_force_to < start:
            yield _said(Kind.DATES, "ends_first", d, start=wording.day(start), end=wording.day(d.in_force_to))


def _unknown(known: Mapping[str, Document]) -> Iterator[Contradiction]:
    for d in known.values():
        for relation in ("replaces", "replaced_by", "amends", "amended_by", "implements"):
            for number in getattr(d, relation):
                if number not in known:
                    sentence = wording.contradiction("unknown", a=d, b=number, relation=wording.RELATIONS[relation])
                    yield Contradiction(Kind.UNKNOWN, (d.number, number), sentence)


def _not_held(pairs: Sequence[_Pair], done: str) -> Iterator[Contradiction]:
    """What replaced or amended a text is missing, or what a text held replaces or amends is."""
    told: set[str] = set()
    for pair in pairs:
        missing, other = (pair.newer, pair.older) if not pair.newer.held else (pair.older, pair.newer)
        if missing.held or missing.number in told:
            continue
        told.add(missing.number)
        side = "newer" if missing is pair.newer else "older"
        yield _said(Kind.NOT_HELD, f"{done}_{side}_not_held", missing, other)


def _not_mirrored(pairs: Sequence[_Pair], forward: str, backward: str) -> Iterator[Contradiction]:
    for pair in pairs:
        older, newer = pair.older, pair.newer
        if newer.number not in getattr(older, backward):
            yield _said(Kind.NOT_MIRRORED, backward, newer, older)
        if older.number not in getattr(newer, forward):
            yield _said(Kind.NOT_MIRRORED, forward, older, newer)


def _handovers(pairs: Sequence[_Pair]) -> Iterator[Contradiction]:
    """A text and what replaced it: from the first replacement on there is no gap, from the last on no overlap."""
    by_older: dict[str, list[_Pair]] = {}
    for pair in pairs:
        by_older.setdefault(pair.older.number, []).append(pair)
    for same in by_older.values():
        started = [(start, p.newer) for p in same if (start := _start(p.newer))]
        if not started:
            continue
        older, end = same[0].older, same[0].older.in_force_to
        first, successor = min(started, key=lambda s: s[0])
        last, latest = max(started, key=lambda s: s[0])
        if end is None:
            yield _said(Kind.OVERLAP, "no_end", older, latest, start=wording.day(last))
        elif end >= last:
            yield _said(Kind.OVERLAP, "overlap", older, latest, start=wording.day(last), end=wording.day(end))
        elif end + timedelta(days=1) < first:
            yield _said(Kind.GAP, "gap", older, successor, start=wording.day(first), end=wording.day(end))


def _misplaced(
    known: Mapping[str, Document], provisions: Mapping[str, Sequence[Provision]], amendments: Sequence[Amendment]
) -> Iterator[Contradiction]:
    """A change of a place that a text, held and complete, has neither by itself nor through another change."""
    for change in amendments:
        target, by = known.get(change.document), known.get(change.by_document)
        if change.action == "insert" or target is None or by is None or not target.held or not target.complete:
            continue
        brought = (a.path for a in amendments if a.document == change.document and a != change and a.text)
        own = (p.path for p in provisions.get(target.number, ()))
        if not any(contains(change.path, path) for path in own) and not any(contains(p, change.path) for p in brought):
            places = {"place": label(target, change.path), "by": label(by, change.by_path)}
            yield _said(Kind.NO_SUCH_PLACE, "no_such_place", by, target, **places)


def _citations(
    known: Mapping[str, Document],
    provisions: Mapping[str, Sequence[Provision]],
    amendments: Sequence[Amendment],
    on: date,
) -> Iterator[Contradiction]:
    resolve = _resolver(known, on)
    for citing in known.values():
        if not citing.held or not citing.in_force(on):
            continue
        gone = _gone(citing.number, known, amendments, on)
        allowed = _may_name(citing, known)
        places: dict[str, list[str]] = {}
        for provision in provisions.get(citing.number, ()):
            if any(contains(path, provision.path) for path in gone):
                continue
            for number in {n for m in _CITED.finditer(provision.text) for n in resolve(m[0])} - allowed:
                if not known[number].in_force(on):
                    places.setdefault(number, []).append(label(citing, provision.path))
        for number in sorted(places):
            yield _cited(citing, known[number], places[number], on)


def _resolver(known: Mapping[str, Document], on: date) -> Callable[[str], tuple[str, ...]]:
    """Numbers in the catalogue that a piece of text names; every piece is looked up once."""
    catalogue = tuple(known.values())
    seen: dict[str, tuple[str, ...]] = {}

    def resolve(piece: str) -> tuple[str, ...]:
        if piece not in seen:
            reference = recognise(piece, catalogue, on)
            seen[piece] = () if reference.ambiguous else reference.documents
        return seen[piece]

    return resolve


def _gone(number: str, known: Mapping[str, Document], amendments: Sequence[Amendment], on: date) -> list[str]:
    """The paths of a text whose own wording an amendment has replaced or repealed by a day."""
    return [
        a.path
        for a in amendments
        if a.document == number and a.action != "insert" and (by := known.get(a.by_document)) and by.in_force(on)
    ]


def _may_name(citing: Document, known: Mapping[str, Document]) -> set[str]:
    """What a text names without relying on it: itself, what it replaces or amends, and what had amended that."""
    own = {citing.number, *citing.replaces, *citing.amends}
    own |= {d.number for d in known.values() if citing.number in (*d.replaced_by, *d.amended_by)}
    return own | {d.number for d in known.values() if own & {*d.amends, *d.replaces} and d.number != citing.number}


def _cited(citing: Document, cited: Document, places: Sequence[str], on: date) -> Contradiction:
    listed = "; ".join(places[:_SHOWN])
    more = wording.MORE_PLACES.format(count=len(places) - _SHOWN) if len(places) > _SHOWN else ""
    end = cited.in_force_to
    key, day = ("cites_ended", end) if end and end < on else ("cites_not_yet", _start(cited))
    values = {"places": listed + more, "day": wording.day(day) if day else ""}
    return _said(Kind.CITES_NOT_IN_FORCE, key, citing, cited, **values)


def _start(document: Document) -> date | None:
    return document.in_force_from or document.issued


def _said(kind: Kind, key: str, a: Document, b: Document | None = None, **values: str) -> Contradiction:
    numbers = (a.number, b.number) if b else (a.number,)
    return Contradiction(kind, numbers, wording.contradiction(key, a=a, b=b or "", **values))
