"""Whether a written section speaks of the things that it is asked for: a hint for who wrote it, never a verdict.

Rules of this file
1. A thing is said if the text has half of its telling words, by rarity, or says them in the other words of
   `coverage.toml`. Both ways of typing are compared alike.
2. A document that a thing names must be named; a thing that is a figure or a day needs one.
3. Meaning is not compared: to the bundled embedder a sentence about anything is as near to "hình thức phổ biến" as one
   that says it (.81 to .83 where it is said, .81 to .86 where it is not, `tests/evals/coverage`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.comparing import Rarity
from knowledge.vocabulary import plain

SHARE = 0.5  # of the rarity of its telling words
_DAY = re.compile(r"\b[0-9]{1,2} ?(?:[/.-]|thang|tháng) ?[0-9]{1,2}\b", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:/[0-9]{4})?[/-][0-9A-ZĐ][0-9A-ZĐa-z./-]*")


@dataclass(frozen=True, slots=True)
class _Wordings:
    empty: tuple[str, ...]
    figure: re.Pattern[str]
    day: re.Pattern[str]
    also: tuple[tuple[str, tuple[str, ...]], ...]  # the longest first


def unsaid(things: Sequence[str], text: str, rarity: Rarity) -> tuple[str, ...]:
    """The things that a text does not speak of, in their order."""
    said = f" {plain(text)} "
    return tuple(thing for thing in things if not (_has(thing, text) and _told(plain(thing), said, rarity)))


def _has(thing: str, text: str) -> bool:
    """Whether what a thing cannot be said without is there: the number of a document, a figure, a day."""
    known, asked = _wordings(), plain(thing)
    if any(number.casefold() not in text.casefold() for number in _NUMBER.findall(thing)):
        return False
    if known.day.search(asked) and not _DAY.search(text):
        return False
    return not known.figure.search(asked) or any(c.isdigit() for c in text)


def _told(asked: str, said: str, rarity: Rarity) -> bool:
    """Whether enough of the telling words are said, as they are or in other words."""
    known, total, there = _wordings(), 0.0, 0.0
    rest = f" {asked} "
    for words, others in known.also:
        if f" {words} " in rest:
            weight = rarity.sum(words.split())
            rest = rest.replace(f" {words} ", " · ")
            total += weight
            there += weight * any(f" {one} " in said for one in (words, *others))
    for words in known.empty:
        rest = rest.replace(f" {words} ", " ")
    for word in dict.fromkeys(rest.replace("·", " ").split()):
        weight = rarity(word)
        total += weight
        there += weight * (f" {word} " in said)
    return not total or there / total >= SHARE


@cache
def _wordings() -> _Wordings:
    data = tomllib.loads(files("knowledge").joinpath("coverage.toml").read_text("utf-8"))
    by_length = sorted(data["also"], key=lambda one: -len(one["words"]))
    return _Wordings(
        empty=tuple(sorted(data["empty"], key=len, reverse=True)),
        figure=re.compile(data["figure"]),
        day=re.compile(data["day"]),
        also=tuple((one["words"], tuple(one["said"])) for one in by_length),
    )
