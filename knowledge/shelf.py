"""The library as the answerer reads it: one snapshot a revision, what is read kept."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from knowledge.comparing import Rarity, Text, read_text
from knowledge.documents import Amendment, Answer, Document, Provision, contains, full_text
from knowledge.library import Library
from knowledge.vietnamese import clean, printed
from knowledge.vocabulary import Vocabulary, plain

_REMEMBERED = 1000  # answers
_SAMPLE = 4000  # passages from which the rarity of terms is estimated


@dataclass(slots=True)
class Shelf:
    """What is known at one revision. Filled lazily; safe to share between threads (the worst is work done twice).

    `rarity` is of terms, `syllables` and `pairs` of the text as printed.
    """

    library: Library
    words: Vocabulary
    documents: dict[str, Document]
    amendments: tuple[Amendment, ...]
    rarity: Rarity
    syllables: Rarity
    pairs: Rarity
    _brought: Mapping[tuple[str, str], Sequence[Amendment]]
    _answers: dict[Hashable, Answer] = field(default_factory=dict)
    _outlines: dict[str, tuple[Provision, ...]] = field(default_factory=dict)
    _full: dict[tuple[str, str], str] = field(default_factory=dict)
    _plain: dict[str, str] = field(default_factory=dict)
    _terms: dict[str, frozenset[str]] = field(default_factory=dict)
    _texts: dict[tuple[str, str, str], Text] = field(default_factory=dict)

    @classmethod
    def of(cls, library: Library, words: Vocabulary) -> Shelf:
        passages = library.passages()
        step = max(1, len(passages) // _SAMPLE)
        texts = [" ".join((*p.headings[1:], p.text)) for p in passages[::step]]
        as_printed = [printed(clean(text)) for text in texts]
        amendments = tuple(library.amendments())
        brought: dict[tuple[str, str], list[Amendment]] = {}
        for change in amendments:
            brought.setdefault((change.by_document, change.by_path), []).append(change)
        return cls(
            library=library,
            words=words,
            documents={d.number: d for d in library.documents()},
            amendments=amendments,
            rarity=Rarity.of(words.terms(text) for text in texts),
            syllables=Rarity.of(as_printed),
            pairs=Rarity.of(map(pairwise, as_printed)),
            _brought=brought,
        )

    def answered(self, asked: Hashable) -> Answer | None:
        """What was answered when exactly this was asked before."""
        return self._answers.get(asked)

    def remember(self, asked: Hashable, answer: Answer) -> None:
        """Keep an answer; the oldest goes when there are too many."""
        while len(self._answers) >= _REMEMBERED:
            self._answers.pop(next(iter(self._answers), None), None)
        self._answers[asked] = answer

    def outline(self, number: str) -> tuple[Provision, ...]:
        if number not in self._outlines:
            self._outlines[number] = tuple(self.library.provisions(number))
        return self._outlines[number]

    def full(self, number: str, path: str) -> str:
        if (number, path) not in self._full:
            self._full[number, path] = full_text(self.outline(number), path)
        return self._full[number, path]

    def text(self, number: str, path: str, text: str, headings: Sequence[str]) -> Text:
        key = (number, path, text)
        if key not in self._texts:
            self._texts[key] = read_text(text, headings, self.rarity, self.words)
        return self._texts[key]

    def speaks_of(self, numbers: Sequence[str], term: str) -> bool:
        """Whether a term occurs anywhere in one of these texts."""
        for number in numbers:
            if number not in self._terms:
                self._terms[number] = frozenset(t for p in self.outline(number) for t in self.words.terms(p.text))
            if term in self._terms[number]:
                return True
        return False

    def says(self, numbers: Iterable[str], phrase: str) -> bool:
        """Whether a phrase (plain) stands anywhere in one of these texts."""
        for number in numbers:
            if number not in self._plain:
                self._plain[number] = f" {' '.join(plain(p.text) for p in self.outline(number))} "
            if not phrase or f" {phrase} " in self._plain[number]:
                return True
        return False

    def answers(self, document: Document, on: date) -> bool:
        """Whether a text may answer that day unnamed: in force, or over without anything known to have replaced it."""
        begun = (document.in_force_from or document.issued or on) <= on
        return document.held and begun and (document.in_force(on) or not document.replaced_by)

    def held(self, numbers: Sequence[str]) -> tuple[str, ...]:
        return tuple(n for n in numbers if n in self.documents and self.documents[n].held)

    def with_amendments(self, numbers: Sequence[str]) -> tuple[str, ...]:
        """Texts with the held texts that amend them."""
        more = [d.number for d in self.documents.values() if d.held and set(d.amends) & set(numbers)]
        return tuple(dict.fromkeys((*self.held(numbers), *more)))

    def brought(self, number: str, path: str) -> Sequence[Amendment]:
        """What stands at this place of an amending text: the new wordings it brings to others."""
        return self._brought.get((number, path), ())

    def changed(self, number: str, on: date) -> list[Amendment]:
        """Amendments of a text that are in force on a day, the latest last."""
        begun = {n: d.in_force_from for n, d in self.documents.items() if d.in_force_from and d.in_force_from <= on}
        mine = [a for a in self.amendments if a.document == number and a.by_document in begun]
        return sorted(mine, key=lambda a: begun[a.by_document])

    def changes(self, number: str, path: str, on: date) -> list[Amendment]:
        """Those that rewrote a place or a part of it."""
        return [a for a in self.changed(number, on) if contains(a.path, path) or contains(path, a.path)]

    def breaks_off(self, number: str, path: str) -> bool:
        """Whether a place of an incomplete text reaches to where the text ends."""
        outline = self.outline(number)
        return not self.documents[number].complete and bool(outline) and contains(path, outline[-1].path)


class Shelves:
    """Keeps the shelf of the library's present revision."""

    def __init__(self, library: Library, words: Vocabulary) -> None:
        self._library, self._words = library, words
        self._lock = threading.Lock()
        self._kept: tuple[str, Shelf] | None = None

    def current(self) -> Shelf:
        revision = self._library.revision()
        with self._lock:
            if self._kept is None or self._kept[0] != revision:
                self._kept = (revision, Shelf.of(self._library, self._words))
            return self._kept[1]
