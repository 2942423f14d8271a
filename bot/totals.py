"""How many of something a text says there are in all, held against what a table says. Pure.

Rules of this file
1. A text names parts too ("trong đó 3 tập thể …"). Only what it gives as the whole counts: a figure called a total, or
   the first sentence that counts the thing without saying that it is a part. One over the table's is wrong anyhow.
2. If any figure of the text is the table's, or those of one sentence add up to it, nothing is wrong.
3. Sentences on other years, on plans and on registrations are left out, unless the check itself asks for such words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.values import number
from knowledge import vietnamese

_SENTENCE = re.compile(r"[;\n]|\.(?=\s|$)")
_TOTAL = re.compile(r"\b(?:tong so|tong cong|tong|tat ca|toan bo|tron nam)\b")
_PART = re.compile(
    r"\b(?:trong do|trong so|noi bat|tieu bieu|rieng|bao gom|nhu|bang khen|giay khen|co thi dua|huan chuong"
    r"|ky niem chuong|danh hieu|lao dong|chien si|chu tich|thu tuong|cap tren|cap tinh|dot|quy (?:[ivx]+|\d)|thang \d"
    r"|chuyen de|dot xuat|phong trao|mo hinh|dien hinh|them|con lai|moi)\b"
)
_ABOUT_SO_MANY = re.compile(r"\b(?:hon|gan|khoang|tren|duoi|it nhat|toi thieu|toi da|moi|tung)\s+$")
_ELSEWHERE = ("so voi", "cung ky", "nam truoc", "giai doan", "du kien", "phan dau", "chi tieu", "dang ky", "de nghi")
_YEAR = re.compile(r"\bnam ((?:19|20)\d\d)\b")
_DIGITS = r"(?<![\w.,/%-])(?:\d{1,3}(?:\.\d{3})+|\d+)"
_ONES = ("", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure that a text gives for a whole, and the words as they stand there."""

    figure: Decimal
    words: str


def unlike(text: str, total: Decimal, thing: str, about: Sequence[str] = (), *, year: int = 0) -> Said | None:
    """What a text says of a whole that is not `total`; None if nothing does.

    `about`: sentences with one of these alone. `year`: reported on.
    """
    clean = vietnamese.clean(text)
    wanted, near = _folded(thing), [_folded(each) for each in about]
    pattern = re.compile(
        rf"(?:{_DIGITS}|\b(?:{'|'.join(_SPOKEN)}))(?:\s*\([^()]*\))?\s+(?:luot\s+)?{re.escape(wanted)}\b"
    )
    told: list[Said] = []
    everything: list[Decimal] = []
    for sentence in _SENTENCE.split(clean):
        folded = _folded(sentence)
        found = [each for each in pattern.finditer(folded) if not _ABOUT_SO_MANY.search(folded[: each.start()])]
        figures = [_figure(each[0]) for each in found]
        everything += [*figures, sum(figures, Decimal())]
        if not found or not _is_about(folded, near, year):
            continue
        first = Said(figures[0], _quoted(sentence, found[0]))
        lead = folded[: found[0].start()]
        if _TOTAL.search(lead) or figures[0] > total or not (told or _PART.search(lead)):
            told.append(first)
    wrong = [each for each in told if each.figure != total]
    return None if total in everything or not wrong else wrong[0]


def _is_about(folded: str, near: Sequence[str], year: int) -> bool:
    if near and not any(each in folded for each in near):
        return False
    if any(word in folded and word not in near for word in _ELSEWHERE):
        return False
    return all(int(found) == year for found in _YEAR.findall(folded)) if year else True


def _figure(said: str) -> Decimal:
    digits = re.match(_DIGITS, said)
    if digits:
        return number(digits[0]) or Decimal()
    return Decimal(next(value for spoken, value in _SPOKEN.items() if re.match(rf"{spoken}\b", said)))


def _quoted(sentence: str, found: re.Match[str]) -> str:
    # A cleaned text folds letter by letter, so places in the one are places in the other.
    return " ".join(sentence[found.start() : found.end()].split())


def _folded(text: str) -> str:
    return vietnamese.fold(text).casefold()


def _spoken() -> dict[str, int]:
    """Ten to ninety-nine as they are spoken, longest first; what is smaller is also an article or a year."""
    words = {"muoi": 10}
    for tens in range(1, 10):
        lead = "muoi" if tens == 1 else f"{_ONES[tens]} muoi"
        words[lead] = tens * 10
        for ones in range(1, 10):
            also = {1: ("mot",), 4: ("bon", "tu"), 5: ("lam", "nham")}.get(ones, (_ONES[ones],))
            words |= {f"{lead} {each}": tens * 10 + ones for each in also}
    return dict(sorted(words.items(), key=lambda each: -len(each[0])))


_SPOKEN = _spoken()
