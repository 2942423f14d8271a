"""What answers one part of a question, out of the texts it may come from on a day.

Rules of this file
1. A text that is named is searched alone, with what amends it, as it stood on the day asked about (its last day, if
   that is over).
2. Else what is in force is searched, and letters of a season that is over which nothing is known to have replaced:
   they stand behind what is in force. A law that was replaced answers only by its name.
3. A question that follows another is likelier to be answered beside what answered that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.acceptance import Verdict, accepted
from knowledge.candidates import Around, Candidate, weigh
from knowledge.documents import contains
from knowledge.evidence import Asked
from knowledge.question import Part, Question, understand
from knowledge.retriever import Found, Retriever
from knowledge.shelf import Shelf

_FOUND = 50  # passages weighed

Observer = Callable[[Asked, Sequence[Candidate], Shelf, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Search:
    """Where the parts of one question are looked for. `held`: the texts it names; `within`: one text and place only.

    `observe` is told of every part: what was asked, the candidates, best first, and the texts that were named.
    """

    retriever: Retriever
    shelf: Shelf
    question: Question
    held: tuple[str, ...]
    within: tuple[str, str] | None = None
    observe: Observer | None = None

    def answer(self, part: Part) -> Verdict:
        """The best that may answer a part, if anything may, and how likely it does."""
        asked = self._asked(part)
        candidates = self._weighed(asked, self._before(part))
        named = self.held and self._scope(self._day())
        if self.observe:
            self.observe(asked, candidates, self.shelf, named)
        return accepted(asked, candidates, self.shelf, named)

    def _asked(self, part: Part) -> Asked:
        return Asked.of(part, lambda text: self.retriever.understand(text).text, self.shelf)

    def _before(self, part: Part) -> Candidate | None:
        """What answered the question that this one follows."""
        if not (self.question.follows and part.lent_text):
            return None
        earlier = understand(part.lent_text, (), (), self.question.on, self.shelf.words).parts[0]
        return next(iter(self._weighed(self._asked(earlier), None)), None)

    def _weighed(self, asked: Asked, before: Candidate | None) -> list[Candidate]:
        day, part = self._day(), asked.part
        scope = self._scope(day)
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
        return weigh(asked, found, self.shelf, Around(day or self.question.on, before))

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


def _averaged(first: list[Found], second: list[Found]) -> list[Found]:
    """Two searches as one: with what is lent, and by the question's own words. Missing in one counts as its last."""
    if not first or not second:
        return first or second
    every = {f.passage.id: f for f in (*second, *first)}
    found = [{f.passage.id: f for f in hits} for hits in (first, second)]

    def mean(id_: str, of: Callable[[Found], float]) -> float:
        return sum(of(hits[id_]) if id_ in hits else min(map(of, hits.values())) for hits in found) / 2

    return [
        replace(
            f,
            score=mean(id_, lambda hit: hit.score),
            lexical=mean(id_, lambda hit: hit.lexical),
            dense=mean(id_, lambda hit: hit.dense),
        )
        for id_, f in every.items()
    ]


def _stands(found: Found, on: date) -> bool:
    """Whether a passage had not been rewritten yet that day, or has no day of its own."""
    passage = found.passage
    later = passage.valid_from is not None and passage.valid_from > on
    return not later and (passage.valid_to is None or passage.valid_to >= on)
