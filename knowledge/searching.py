"""What answers one part of a question, out of the texts it may come from on a day.

Rules of this file
1. A text that is named is searched alone, with what amends it, as it stood on the day asked about (its last day, if
   that is over).
2. Else what is in force is searched, and letters of a season that is over which nothing is known to have replaced:
   they stand behind what is in force. A law that was replaced answers only by its name.
3. A question that follows another is likelier to be answered beside what answered that one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from knowledge.acceptance import accepted
from knowledge.candidates import Candidate, weigh
from knowledge.documents import contains
from knowledge.evidence import Asked
from knowledge.question import Part, Question, understand
from knowledge.retriever import Found, Retriever
from knowledge.shelf import Shelf

_FOUND = 50  # passages weighed
_EXPIRED_AHEAD = 0.35  # how much better an expired text must be than one in force
_BESIDE = 0.3  # for an article that answered the question before
_POINTED = 0.5  # for a clause of it that points to the one that did


@dataclass(frozen=True, slots=True)
class Search:
    """Where the parts of one question are looked for. `held`: the texts it names; `within`: one text and place only."""

    retriever: Retriever
    shelf: Shelf
    question: Question
    held: tuple[str, ...]
    within: tuple[str, str] | None = None

    def answer(self, part: Part) -> Candidate | None:
        """The best that may answer a part, if anything may."""
        day = self._day()
        scope = self._scope(day)
        asked = Asked.of(part, self.shelf.rarity, self.shelf.words)
        candidates = self._weighed(asked, part, scope, day)
        if self.question.follows and part.lent_text:
            candidates = self._nearby(part, candidates, scope, day)
        return accepted(asked, candidates, self.shelf, scope if self.held else ())

    def _weighed(self, asked: Asked, part: Part, scope: tuple[str, ...], day: date | None) -> list[Candidate]:
        if not scope:
            return []
        words = self.shelf.words.in_words_of_the_text(part.text)
        sought = " ".join(text for text in (part.lent_text, part.text, words) if text)
        found = self.retriever.search(sought, k=_FOUND, on=day, documents=scope)
        if part.lent_text:
            alone = self.retriever.search(part.text, k=_FOUND, on=day, documents=scope)
            found = _averaged(found, alone)
        if self.within:
            found = [f for f in found if contains(self.within[1], f.passage.path)]
        if not self.held:
            found = [f for f in found if _stands(f, self.question.on)]
        return self._aged(weigh(asked, found, self.shelf)) if day is None else weigh(asked, found, self.shelf)

    def _scope(self, day: date | None) -> tuple[str, ...]:
        """The texts to search: those named with what amends them, or what is in force and what nothing replaced."""
        if self.held:
            return self.held if day is None else self.shelf.with_amendments(self.held)
        return tuple(d.number for d in self.shelf.documents.values() if self.shelf.answers(d, self.question.on))

    def _day(self) -> date | None:
        """The day as of which named texts are read; None where the passages' own days decide."""
        if not self.held:
            return None
        document, on = self.shelf.documents[self.held[0]], self.question.on
        return on if document.in_force(on) else document.in_force_to

    def _aged(self, candidates: list[Candidate]) -> list[Candidate]:
        def behind(candidate: Candidate) -> float:
            current = self.shelf.documents[candidate.document].in_force(self.question.on)
            return 0.0 if current else -_EXPIRED_AHEAD

        return _sorted([replace(c, score=c.score + behind(c)) for c in candidates])

    def _nearby(
        self, part: Part, candidates: list[Candidate], scope: tuple[str, ...], day: date | None
    ) -> list[Candidate]:
        before = understand(part.lent_text, (), (), self.question.on, self.shelf.words).parts[0]
        earlier = self._weighed(Asked.of(before, self.shelf.rarity, self.shelf.words), before, scope, day)
        if not earlier:
            return candidates
        answered = earlier[0]
        clause = answered.path.split("/")[1] if answered.path.count("/") else ""
        pointing = f" {clause.replace('-', ' ')} dieu nay"

        def nearer(candidate: Candidate) -> float:
            if (candidate.document, candidate.article) != (answered.document, answered.article):
                return 0.0
            return _BESIDE + (_POINTED if clause and pointing in candidate.text.own else 0.0)

        return _sorted([replace(c, score=c.score + nearer(c)) for c in candidates])


def _averaged(first: list[Found], second: list[Found]) -> list[Found]:
    """Two searches as one: with what is lent, and by the question's own words. Missing in one counts as its last."""
    if not first or not second:
        return first or second
    scores = [{f.passage.id: f.score for f in found} for found in (first, second)]
    last = [min(s.values()) for s in scores]
    every = {f.passage.id: f for f in (*second, *first)}
    return [
        replace(f, score=sum(s.get(id_, least) for s, least in zip(scores, last, strict=True)) / 2)
        for id_, f in every.items()
    ]


def _stands(found: Found, on: date) -> bool:
    """Whether a passage had not been rewritten yet that day, or has no day of its own."""
    passage = found.passage
    later = passage.valid_from is not None and passage.valid_from > on
    return not later and (passage.valid_to is None or passage.valid_to >= on)


def _sorted(candidates: list[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda c: (-c.score, c.document, c.path))
