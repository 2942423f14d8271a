"""What may be quoted, compared: passages found, the provisions they belong to, and whole articles where several
clauses speak.

Rules of this file
1. A candidate's text is a contiguous piece of the provision its path names.
2. Windows of one provision are one candidate again; of an amending clause the piece that was found stays.
3. A short article is offered whole beside its clauses: lists are then complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.comparing import Text
from knowledge.documents import Document, parent
from knowledge.evidence import Asked, Features, Standing, features
from knowledge.judgement import judgement
from knowledge.retriever import Found
from knowledge.shelf import Shelf

LONGEST = 3200  # characters quoted at most
_ARTICLES = 12  # of the best found that are offered whole
_DEFINITIONS = "giai thich tu ngu"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something quotable and how well it answers."""

    document: str
    path: str
    quote: str
    headings: tuple[str, ...]
    text: Text
    features: Features
    score: float

    @property
    def article(self) -> str:
        """The điều it belongs to, or the first step of its path."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Around:
    """What candidates are seen in the light of: the day asked about, and what answered the question before."""

    on: date
    before: Candidate | None = None

    def standing(self, document: Document, path: str, text: Text, *, whole: bool) -> Standing:
        near = self.before is not None and (document.number, path.partition("/")[0]) == (
            self.before.document,
            self.before.article,
        )
        clause = self.before.path.split("/")[1] if self.before and "/" in self.before.path else ""
        pointing = near and bool(clause) and f" {clause.replace('-', ' ')} dieu nay" in text.own
        return Standing(document.kind != "Luật", whole, document.in_force(self.on), near, pointing)


def weigh(asked: Asked, found: Sequence[Found], shelf: Shelf, around: Around) -> list[Candidate]:
    """Everything quotable among what was found, best first."""
    pieces = list(_clauses(found, shelf))
    pieces += _articles(found, shelf)
    best: dict[tuple[str, str, str], Candidate] = {}
    for document, path, quote, headings, hit, whole in pieces:
        text = shelf.text(document, path, quote, headings[1:])
        standing = around.standing(shelf.documents[document], path, text, whole=whole)
        seen = features(asked, text, path, hit, standing)
        candidate = Candidate(document, path, quote, headings, text, seen, judgement().score(seen))
        kept = best.get((document, path, quote))
        if kept is None or candidate.score > kept.score:
            best[document, path, quote] = candidate
    return sorted(best.values(), key=lambda c: (-c.score, c.document, c.path))


_Piece = tuple[str, str, str, tuple[str, ...], Found, bool]


def _clauses(found: Sequence[Found], shelf: Shelf) -> Iterable[_Piece]:
    for hit in found:
        passage = hit.passage
        quote = passage.text
        if not shelf.documents[passage.document].amends and passage.path.startswith("dieu-"):
            whole = shelf.full(passage.document, passage.path)
            quote = whole if len(whole) <= LONGEST else quote
        if passage.path.startswith("dieu-") and quote.rstrip().endswith(":") and len(quote) < 300:
            continue  # an introduction alone says nothing
        yield passage.document, passage.path, quote, passage.headings, hit, False


def _articles(found: Sequence[Found], shelf: Shelf) -> Iterable[_Piece]:
    yield from _rewritten(found, shelf)
    best: dict[tuple[str, str], Found] = {}
    for hit in found:
        top = hit.passage.path.split("/")[0]
        if top.startswith("dieu-") and top != hit.passage.path and not shelf.documents[hit.passage.document].amends:
            best.setdefault((hit.passage.document, top), hit)
    for (document, path), hit in list(best.items())[:_ARTICLES]:
        whole = shelf.full(document, path)
        if len(whole) <= LONGEST and _DEFINITIONS not in shelf.text(document, path, whole, ()).plain[:60]:
            yield document, path, whole, hit.passage.headings[:2], hit, True


def _rewritten(found: Sequence[Found], shelf: Shelf) -> Iterable[_Piece]:
    """New wordings whole, where pieces of them were found."""
    seen: set[str] = set()
    for hit in found:
        passage = hit.passage
        for change in shelf.brought(passage.document, passage.path):
            longer = len(passage.text) < len(change.text) <= LONGEST and passage.text in change.text
            if longer and change.text not in seen:
                seen.add(change.text)
                yield passage.document, passage.path, change.text, passage.headings[:2], hit, True


def siblings(candidate: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Other candidates under the same parent."""
    over = parent(candidate.path)
    return [c for c in candidates if c is not candidate and c.document == candidate.document and parent(c.path) == over]
