"""Abbreviations in what a unit wrote: which stand there without having been spelled out when first used. Pure.

Rules of this file
1. An abbreviation is two capitals or more without a tone mark. Capitals inside the number of a document, Roman numerals
   and a line or a run of words in capitals are none.
2. It is spelled out where it stands in brackets behind words ("nông thôn mới (NTM)", also "sau đây viết tắt là"), or
   where the words stand in brackets behind it ("NTM (nông thôn mới)").
3. Only the first use counts, in the order of reading: once spelled out it may be used anywhere later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from knowledge import vietnamese

_CAPITALS = "A-ZĐĂÂÊÔƠƯ"
_TOKEN = re.compile(rf"(?<!\w)[{_CAPITALS}]{{2,10}}(?!\w)")
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"[IVX]+")
_SAID = re.compile(r"(?:(?:từ đây|sau đây)\s+)?(?:được\s+)?(?:gọi|viết)\s+(?:tắt\s+)?(?:là|:)|viết tắt", re.IGNORECASE)
_INTRODUCED = re.compile(rf"[\s“”\"'‘’,;:{_CAPITALS}-]*(?:và[\s“”\"'{_CAPITALS}]*)?")
_BEHIND = re.compile(r"[”\"’']?\s*\((?P<words>[^()\d]{3,120})\)")
_MANY = 3  # words in capitals one after the other are a text in capitals


def unexplained(texts: Iterable[tuple[int, str]], needs_none: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    """By the key of a text: the abbreviations first used there without being spelled out, in their order."""
    known = {short.upper() for short in needs_none}
    found: dict[int, tuple[str, ...]] = {}
    for key, text in texts:
        new: list[str] = []
        for short, explained in _uses(vietnamese.clean(text)):
            if short in known:
                continue
            known.add(short)
            new += [] if explained else [short]
        if new:
            found[key] = (*found.get(key, ()), *new)
    return found


def _uses(text: str) -> Iterator[tuple[str, bool]]:
    """Every abbreviation in a text, and whether it is spelled out there."""
    for line in text.splitlines():
        if _in_capitals(line):
            continue
        for chunk in _CHUNK.finditer(line):
            if "/" in chunk[0] or any(c.isdecimal() for c in chunk[0]):
                continue  # a document's number, a code
            for token in _TOKEN.finditer(chunk[0]):
                start, end = chunk.start() + token.start(), chunk.start() + token.end()
                if not _ROMAN.fullmatch(token[0]) and not _among_capitals(line, start, end):
                    yield token[0], _is_explained(line, start, end)


def _in_capitals(line: str) -> bool:
    words = _WORD.findall(line)
    return len(words) >= _MANY and sum(word.isupper() for word in words) * 2 > len(words)


def _among_capitals(line: str, start: int, end: int) -> bool:
    """Whether a word is one of several in capitals, or beside one that is no abbreviation (it has a tone mark)."""
    before = _capitals(reversed(re.split(r"(\s+)", line[:start])))
    after = _capitals(re.split(r"(\s+)", line[end:]))
    beside = [*before, *after]
    return len(beside) + 1 >= _MANY or any(not _TOKEN.fullmatch(word) for word in beside)


def _capitals(pieces: Iterable[str]) -> list[str]:
    """The words in capitals that follow one another, divided by nothing but blanks."""
    found: list[str] = []
    for piece in pieces:
        if piece and not piece.isspace():
            if not (piece.isalpha() and piece.isupper() and len(piece) > 1):
                break
            found.append(piece)
    return found


def _is_explained(line: str, start: int, end: int) -> bool:
    before = line[:start]
    opened = before.rfind("(")
    if opened > before.rfind(")"):
        inside = before[opened + 1 :]
        return bool(before[:opened].strip()) and bool(_SAID.search(inside) or _INTRODUCED.fullmatch(inside))
    if (said := [*_SAID.finditer(before)]) and _INTRODUCED.fullmatch(before[said[-1].end() :]):
        return True
    behind = _BEHIND.match(line, end)
    return bool(behind and _stands_for(line[start:end], behind["words"]))


def _stands_for(short: str, words: str) -> bool:
    """Whether these may be the words of an abbreviation: several, the first of which it begins with."""
    spoken = _WORD.findall(words)
    return len(spoken) > 1 and vietnamese.fold(spoken[0][0]).upper() == vietnamese.fold(short[0])
