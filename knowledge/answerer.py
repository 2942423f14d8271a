"""A question → Answer(status, text, citations): quoted, or an honest no. No model, no network.

How a question goes through (each step may end it with a reason)
    forbidden?  →  understood (parts, history, texts named, as-of date)  →  another field?  →  unclear?
    →  a text named that is not held?  →  a place named: looked up  →  else each part searched, weighed, and refused
    where nothing carries the kind of thing asked for  →  quoted, with the notices that go with it

Rules of this file
1. A text that is named is the only one an answer may come from.
2. What is in force on the day answers; an expired text only if it is named, asked about as past, or nothing else
   answers and nothing that is held replaced it.
3. Better no answer than a wrong one: whether the best found answers at all is judged apart (`acceptance`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from knowledge import guards, wording
from knowledge.citations import label, locate
from knowledge.coverage import unsaid
from knowledge.documents import Answer, Caveat, Citation, Status, contains
from knowledge.judgement import judgement
from knowledge.library import Library
from knowledge.question import Part, Question, understand
from knowledge.quoting import caveats, citation, cite, compose
from knowledge.retriever import Retriever
from knowledge.searching import Observer, Search
from knowledge.shelf import Shelf, Shelves
from knowledge.standing import as_it_reads, named_places, target_of
from knowledge.vocabulary import plain, vocabulary
from knowledge.wants import Kind, Want, has

_STANDING = re.compile(
    r"\b(?:con|het) (?:hieu luc|ap dung|gia tri|dung|hl)\b|\b(?:bi|da) (?:thay the|bai bo)\b|\bvan (?:dung|ap dung)\b"
)
_ENDED = re.compile(r"\bhet hieu luc\b|\bthay the\b|\bbai bo\b")
_PIECES = 5  # clauses of a partly rewritten article that are quoted together
_SURE = 0.8  # how likely an answer must be for nobody to ask whether the question is proper
_IMPROPER = 0.5
_LONGEST = 2000  # characters of a question that are read


class Answerer:
    """Answers from one library. Safe to call from several threads."""

    def __init__(
        self, library: Library, retriever: Retriever, today: Callable[[], date], observe: Observer | None = None
    ) -> None:
        """`observe` is told what was weighed for every part of every question (see `searching`)."""
        self._retriever, self._today, self._observe = retriever, today, observe
        self._shelves = Shelves(library, vocabulary())

    def answer(
        self,
        question: str,
        *,
        on: date | None = None,
        history: Sequence[str] = (),
        within: tuple[str, str] | None = None,
    ) -> Answer:
        """What the library says. `on`: as of when (today); `history`: earlier questions, oldest first; `within`: only
        this document (number) and place (path).

        Before a deadline many officers ask the same: the last answers are remembered until the library changes.
        """
        begun = time.monotonic()
        shelf = self._shelves.current()
        typed, earlier, day = question[:_LONGEST], tuple(history)[-5:], on or self._today()
        asked = (typed, earlier, day, within)
        result = None if self._observe else shelf.answered(asked)
        if result is None:
            result = _Case(self._retriever, shelf, typed, earlier, day, within, self._observe).answer()
            shelf.remember(asked, result)
        return replace(result, milliseconds=(time.monotonic() - begun) * 1000)

    def unsaid(self, things: Sequence[str], text: str) -> tuple[str, ...]:
        """The things asked for that a written section does not speak of, as far as words tell (see `coverage`)."""
        return unsaid(things, text, self._shelves.current().rarity)


@dataclass(slots=True)
class _Case:
    """One question being answered."""

    retriever: Retriever
    shelf: Shelf
    typed: str
    history: tuple[str, ...]
    day: date
    within: tuple[str, str] | None
    observe: Observer | None

    def answer(self) -> Answer:
        words = self.shelf.words
        if refusal := guards.forbidden(self.typed, words):
            return self._declined(refusal.text, refusal.why)
        question = understand(self.typed, self.history, tuple(self.shelf.documents.values()), self.day, words)
        if self.within:
            question = replace(
                question, reference=replace(question.reference, documents=(self.within[0],), together=True)
            )
        refusal = (
            guards.elsewhere(question, words)
            or guards.unclear(question, self.shelf.documents, words)
            or guards.reorganised(question)
        )
        if refusal:
            return self._refuse(refusal)
        if question.reference.unknown:
            text = wording.UNKNOWN.format(name=question.reference.unknown)
            return Answer(Status.NOTHING_FOUND, text, question.on)
        return self._from_texts(question)

    def _refuse(self, refusal: guards.Refusal) -> Answer:
        return Answer(refusal.status, refusal.text, self.day)

    def _declined(self, text: str, why: str) -> Answer:
        """A request that must not be met, with the provision if a text that is held has one."""
        asked, speaks_of = wording.RULES.get(why, ("", ""))
        rule = replace(self, typed=asked, history=(), within=None, observe=None).answer() if asked else None
        if rule is None or rule.status is not Status.ANSWERED or not any(speaks_of in c.quote for c in rule.citations):
            return Answer(Status.DECLINED, text, self.day)
        return replace(rule, status=Status.DECLINED, text=f"{text}\n\n{rule.text}")

    def _from_texts(self, question: Question) -> Answer:
        reference = question.reference
        held = self.shelf.held(reference.documents)
        if _STANDING.search(question.plain) and (repealed := self._repealed(question)):
            return repealed
        if reference.documents and not held:
            return self._not_held(question)
        if reference.paths and held:
            found = self._looked_up(question, held)
            if found is not None:
                return found
        elif reference.paths:
            current = [
                d.number
                for d in self.shelf.documents.values()
                if d.held and d.kind == "Luật" and not d.amends and d.in_force(question.on)
            ]
            found = self._looked_up(question, tuple(current[:1])) if current else None
            if found is not None:
                return found
        return self._searched(question, held)

    # ------------------------------------------------------------------------------------------------ a text not held

    def _not_held(self, question: Question) -> Answer:
        """About a text known by name only: what a text that is held says of it, and nothing else."""
        number = question.reference.documents[0]
        document = self.shelf.documents[number]
        if all(_about_the_text(p) for p in question.parts):
            mention = self._mention(number)
            if mention is not None:
                return self._answered(question, [mention])
        text = wording.NOT_HELD.format(name=wording.name(document))
        if document.in_force_to and document.in_force_to < self.day and document.confidence == "official":
            by = wording.replaced_by(document, self.shelf.documents)
            over = wording.NO_LONGER.format(name=wording.name(document), day=wording.day(document.in_force_to), by=by)
            text = f"{text}\n\n{over}"
        return Answer(Status.NOTHING_FOUND, text, question.on)

    def _repealed(self, question: Question) -> Answer | None:
        """Whether a text still stands, from the text that ended it, if that is held."""
        for number in question.reference.documents:
            for later in self.shelf.held(self.shelf.documents[number].replaced_by):
                for provision in self.shelf.outline(later):
                    if number in provision.text and _ENDED.search(plain(provision.text)):
                        return self._answered(
                            question, [citation(later, provision.path, provision.text, self.shelf, self.day)]
                        )
        return None

    def _mention(self, number: str) -> Citation | None:
        for document in self.shelf.documents.values():
            if document.held and not document.amends:
                for provision in self.shelf.outline(document.number):
                    if number.lower() in provision.text.lower():
                        return citation(document.number, provision.path, provision.text, self.shelf, self.day)
        return None

    # ------------------------------------------------------------------------------------------------ a place named

    def _looked_up(self, question: Question, held: tuple[str, ...]) -> Answer | None:
        """The places a question names, quoted, unless it asks for something they do not carry. None: let it be
        searched.
        """
        number = held[0]
        paths = named_places(number, question.on, self.shelf)
        located = {named: locate(named, paths) for named in question.reference.paths}
        amended = target_of(number, question.reference.paths[0], self.shelf)
        if amended and not any(located.values()):
            number, located = amended, {named: (named,) for named in located}
        missing = [named for named, found in located.items() if not found]
        if missing:
            return self._no_such_place(question, number, missing[0])
        if any(len(found) > 1 for found in located.values()):
            return Answer(Status.AMBIGUOUS, wording.WHICH_PLACE.format(place="mục này"), question.on)
        places = [found[0] for found in located.values()]
        citations = [c for path in places for c in self._place(number, path, question.on)]
        if not citations:
            return self._no_such_place(question, number, places[0])
        quoted = plain(" ".join(c.quote for c in citations))
        lacking = [w for p in question.parts for w in p.wants if w.hard and not has(w, quoted)]
        if lacking:
            return self._not_stated(question, (number,), lacking)
        return self._answered(question, citations)

    def _place(self, number: str, path: str, on: date) -> list[Citation]:
        """A place as it reads on a day."""
        wordings = as_it_reads(number, path, on, self.shelf)
        return [citation(w.document, w.path, w.text, self.shelf, self.day) for w in wordings]

    def _no_such_place(self, question: Question, number: str, path: str) -> Answer:
        document = self.shelf.documents[number]
        place = label(document, path).replace(wording.name(document), "").strip(" ,")
        text = wording.NO_SUCH_PLACE.format(name=wording.name(document), place=place)
        return self._refusal(question, Status.NOT_STATED, text, (number,))

    # ------------------------------------------------------------------------------------------------ searched

    def _searched(self, question: Question, held: tuple[str, ...]) -> Answer:
        search = Search(self.retriever, self.shelf, question, held, self.within, self.observe)
        verdicts = [(part, search.answer(part)) for part in question.parts]
        if min(v.chance for _, v in verdicts) < _SURE and self._improper(question):
            return self._declined(wording.DECLINED["improper"], "improper")
        chosen: list[Citation] = []
        for part, verdict in verdicts:
            if verdict.candidate is not None:
                for cited in self._whole(question, part, cite(verdict.candidate, part, self.shelf, self.day)):
                    if not any(_covers(c, cited) for c in chosen):
                        chosen.append(cited)
        unanswered = [part for part, verdict in verdicts if verdict.candidate is None]
        hard = [w for p in unanswered for w in p.wants if w.hard]
        if not chosen or hard or any(p.asks(Kind.WHETHER) for p in unanswered):
            wants = hard or [w for p in unanswered for w in p.wants]
            if not held and guards.unrelated(question, self.shelf.words):
                return Answer(Status.OUT_OF_SCOPE, wording.OUT_OF_SCOPE, question.on)
            return self._not_stated(question, held, wants) if held else self._nothing_found(question, wants)
        extra = [wording.PART_MISSING.format(part=p.text.strip(" ,.?")) for p in unanswered]
        return self._answered(question, chosen, extra)

    def _improper(self, question: Question) -> bool:
        if guards.about_the_rule(question.typed):
            return False
        return judgement().improper(*self.retriever.vector(question.text)) >= _IMPROPER

    def _whole(self, question: Question, part: Part, cited: Citation) -> list[Citation]:
        """A rewritten clause with the rest of its article, where a list is asked for of which it is one item."""
        listed = part.asks(Kind.LIST) or part.asks(Kind.CONDITIONS)
        for change in self.shelf.brought(cited.document, cited.path) if listed else ():
            if cited.quote in change.text:
                article = self._place(change.document, change.path.split("/")[0], question.on)
                if 1 < len(article) <= _PIECES and all("\n" not in c.quote for c in article):
                    return [c for c in article if not c.quote.startswith("Điều ")]
        return [cited]

    # ------------------------------------------------------------------------------------------------ endings

    def _answered(self, question: Question, citations: Sequence[Citation], extra: Sequence[str] = ()) -> Answer:
        notices = caveats(citations, question, self.shelf, self.day)
        if question.reference.assumed:
            names = ", ".join(wording.name(self.shelf.documents[n]) for n in question.reference.documents)
            extra = (*extra, wording.ASSUMED.format(name=names))
        text = compose(citations, notices, question.plain, self.shelf, on=self.day, extra=extra)
        return Answer(Status.ANSWERED, text, question.on, tuple(citations), notices)

    def _not_stated(self, question: Question, numbers: Sequence[str], wants: Sequence[Want]) -> Answer:
        names = ", ".join(wording.name(self.shelf.documents[n]) for n in numbers)
        text = wording.NOT_STATED.format(name=names, what=_what(wants))
        return self._refusal(question, Status.NOT_STATED, text, numbers)

    def _nothing_found(self, question: Question, wants: Sequence[Want]) -> Answer:
        return Answer(Status.NOTHING_FOUND, wording.NOTHING_FOUND.format(what=_what(wants)), question.on)

    def _refusal(self, question: Question, status: Status, text: str, numbers: Sequence[str]) -> Answer:
        """A no about texts that are held, with the notice that one of them is cut off."""
        cut = [self.shelf.documents[n] for n in numbers if not self.shelf.documents[n].complete]
        notices = [wording.caveat(Caveat.INCOMPLETE_DOCUMENT, d, self.shelf.documents, dossier=False) for d in cut]
        return Answer(
            status, "\n\n".join((text, *notices)), question.on, (), (Caveat.INCOMPLETE_DOCUMENT,) if cut else ()
        )


def _covers(citation: Citation, other: Citation) -> bool:
    same = citation.document == other.document and contains(citation.path, other.path)
    return same and other.quote in citation.quote


def _about_the_text(part: Part) -> bool:
    """Asks about a text itself (who issued it, when, about what), not for what it says."""
    return part.asks(Kind.ABOUT) or ("ban hanh" in part.plain) or (part.asks(Kind.DATE) and len(part.terms) <= 1)


def _what(wants: Sequence[Want]) -> str:
    named = [wording.WANTED[w.kind.value] for w in wants if w.kind.value in wording.WANTED]
    return f" ({', '.join(dict.fromkeys(named))})" if named else ""


def to_json(answer: Answer) -> dict[str, Any]:
    """An answer as `thidua ask --json` prints it."""
    return {
        "status": answer.status.value,
        "text": answer.text,
        "citations": [
            {"document": c.document, "path": c.path, "label": c.label, "quote": c.quote, "in_force": c.in_force}
            for c in answer.citations
        ],
        "caveats": [c.value for c in answer.caveats],
        "on": answer.on.isoformat(),
        "ms": round(answer.milliseconds, 1),
    }
