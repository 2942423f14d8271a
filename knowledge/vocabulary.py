"""Words of the field, read once from `vocabulary.toml`: texts and questions are compared in them.

`terms` turns a text into what counts: titles and awards whole (`@ldtt`), ranks (`@hang-2`), phrases that mean the
same (`=gian-doi`),
and the remaining syllables, folded. Both ways of typing give the same terms.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from knowledge.vietnamese import clean, fold, key

_WORD = re.compile(r"[^\W_]+|%")
_FILLER = "·"  # stands for a phrase that carries nothing
_Phrases = dict[str, list[tuple[tuple[str, ...], str]]]


def plain(text: str) -> str:
    """Folded, lower case, one blank between syllables, no punctuation but %."""
    return " ".join(key(s) for s in _WORD.findall(fold(clean(text)).lower()))


def is_title(term: str) -> bool:
    """Whether a term is a title or an award kept whole."""
    return term.startswith("@") and not term.startswith("@hang-")


def is_rank(term: str) -> bool:
    return term.startswith("@hang-")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Something that must not be done: every group has a phrase in the question, without dấu or as printed."""

    why: str
    groups: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]

    def asked(self, typed: str) -> bool:
        bare, printed = plain(typed), clean(typed).lower()
        return all(folded.search(bare) or exact.search(printed) for folded, exact in self.groups)


@dataclass(frozen=True, slots=True)
class Family:
    """One name at several levels: "chiến sĩ thi đua" toàn quốc, cấp tỉnh, cơ sở. `levels`: pattern of the level → the
    title's term.
    """

    name: str
    levels: tuple[tuple[re.Pattern[str], str], ...]

    @property
    def plain(self) -> str:
        return plain(self.name)

    @property
    def titles(self) -> frozenset[str]:
        return frozenset(title for _, title in self.levels)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`phrases` by first syllable, longest first; `short`: abbreviations read by their neighbours, over folded text;
    the other
    patterns are over `plain` text; `classes`: what a title belongs to, as printed."""

    phrases: _Phrases
    families: tuple[Family, ...]
    short: tuple[tuple[re.Pattern[str], str], ...]
    fillers: frozenset[str]
    wording: Mapping[str, str]
    classes: Mapping[str, str]
    elsewhere: tuple[re.Pattern[str], re.Pattern[str]]  # folded, as printed
    other_laws: tuple[str, ...]
    ours: re.Pattern[str]
    general: frozenset[str]
    forbidden: tuple[Forbidden, ...]

    def terms(self, text: str) -> list[str]:
        """The terms of a text in order, fillers included."""
        return list(_terms(self, plain(text)))

    def content(self, text: str) -> list[str]:
        """The terms that carry something to look for, each once."""
        return list(dict.fromkeys(t for t in self.terms(text) if t not in self.fillers))

    def read(self, text: str) -> str:
        """A question with the abbreviations of the field in full, those of several meanings read by what stands beside
        them.
        """
        for pattern, reading in self.short:
            folded = fold(text).lower()
            if len(folded) != len(text):
                return text
            for match in reversed(list(pattern.finditer(folded))):
                text = text[: match.start()] + reading + text[match.end() :]
        return text

    def belongs_elsewhere(self, question: str) -> bool:
        """Whether a question names a matter of another field; with dấu, if it is typed with dấu.

        Not if the words are half of a phrase of this field: "hồ sơ đó" without dấu has "sổ đỏ" in it.
        """
        folded, printed = self.elsewhere
        text = clean(question).lower()
        named = printed.search(text) if fold(text) != text else folded.search(plain(text))
        if named is None:
            return False
        asked, phrase = plain(text), plain(named[0])
        first = len(f" {asked} ".partition(f" {phrase} ")[0].split())
        return {first, first + len(phrase.split())} <= self._edges(asked.split())

    def _edges(self, syllables: Sequence[str]) -> set[int]:
        """Where terms begin and end, counted in syllables."""
        return {0, *(end for _, _, end in self.spans(syllables))}

    def spans(self, syllables: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """The terms of folded syllables, each with where it begins and ends; the longest phrase first."""
        return _spans(syllables, self.phrases)

    def in_words_of_the_text(self, question: str) -> str:
        """The wording the texts use for the phrases of a question that say the same otherwise; "" if there is none."""
        return ", ".join(self.wording[t] for t in self.content(question) if t in self.wording)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that is shipped."""
    data = tomllib.loads((files("knowledge") / "vocabulary.toml").read_text(encoding="utf-8"))
    phrases: _Phrases = {}
    for mark, section in (("@", "titles"), ("@", "ranks"), ("=", "same")):
        for name, wordings in data[section].items():
            for wording in wordings:
                syllables = tuple(plain(wording).split())
                phrases.setdefault(syllables[0], []).append((syllables, mark + name))
    for wording in data["words"]["whole"]:
        syllables = tuple(plain(wording).split())
        phrases.setdefault(syllables[0], []).append((syllables, f"={'-'.join(syllables)}"))
    for wording in data["fillers"]["words"]:
        if len(syllables := tuple(plain(wording).split())) > 1:
            phrases.setdefault(syllables[0], []).append((syllables, _FILLER))
    for found in phrases.values():
        found.sort(key=lambda entry: -len(entry[0]))
    return Vocabulary(
        phrases=phrases,
        families=tuple(
            Family(f["name"], tuple((_any_of(w), "@" + title) for title, w in f["levels"].items()))
            for f in data["families"].values()
        ),
        short=tuple((re.compile(pattern), reading) for pattern, reading in data["short"].items()),
        fillers=frozenset({_FILLER, *(s for w in data["fillers"]["words"] if " " not in (s := plain(w)))}),
        wording={mark + n: w[0] for mark, s in (("@", "titles"), ("=", "same")) for n, w in data[s].items()},
        classes={"@" + title: name for name, titles in data["classes"].items() for title in titles},
        elsewhere=_either([*data["elsewhere"]["topics"], *(f"={t}" for t in data["elsewhere"]["topics"])]),
        other_laws=tuple(plain(name) for name in data["elsewhere"]["laws"]),
        ours=_any_of(data["ours"]["words"]),
        general=frozenset(t for w in data["general"]["words"] for t in _match(tuple(plain(w).split()), phrases)),
        forbidden=tuple(Forbidden(f["why"], tuple(map(_either, f["groups"]))) for f in data["forbidden"]),
    )


def _either(phrases: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Phrases compared without dấu, and those marked "=" compared with them."""
    exact = [re.escape(p[1:]) for p in phrases if p.startswith("=")]
    return _any_of(p for p in phrases if not p.startswith("=")), re.compile(
        rf"(?<!\w)(?:{'|'.join(exact) or '(?!)'})(?!\w)"
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    words = sorted({plain(p) for p in phrases}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


def _terms(words: Vocabulary, text: str) -> Sequence[str]:
    return _matched(text, id(words))


@lru_cache(maxsize=8192)
def _matched(text: str, _words: int) -> tuple[str, ...]:
    return _match(tuple(text.split()), vocabulary().phrases)


def _match(syllables: Sequence[str], phrases: _Phrases) -> tuple[str, ...]:
    """A phrase may stand for two terms: "chu-tich+xa"."""
    return tuple(term for name, _, _ in _spans(syllables, phrases) for term in name.split("+"))


def _spans(syllables: Sequence[str], phrases: _Phrases) -> Iterator[tuple[str, int, int]]:
    at = 0
    while at < len(syllables):
        for phrase, name in phrases.get(syllables[at], ()):
            if tuple(syllables[at : at + len(phrase)]) == phrase:
                yield name, at, at + len(phrase)
                at += len(phrase)
                break
        else:
            yield syllables[at], at, at + 1
            at += 1
