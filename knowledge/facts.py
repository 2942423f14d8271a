"""What of a text can be held against another: amounts, dates, document numbers, places, proper names. Pure.

Rules of this file
1. A source is read generously (every pair of neighbouring words counts), a claim strictly: whatever stands in a source
   as it is written there is founded.
2. "03 bộ", "3 bộ" and "ba bộ" are one amount; "ngày 05 tháng 7 năm 2026" and "5/7/2026" are one date, and
   "tháng 7/2026" agrees with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.vietnamese import clean

Pair = tuple[str, str]
Day = tuple[int | None, int | None, int | None]


def _set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# Words that any sentence may use: they tell nothing of what it says.
PLAIN = _set(
    "theo quy định tại là và của thì mà này đó các những một được có cần phải để cho khi nếu về với trong từ đến ở do",
    "bởi bị gồm bao như sau nêu trên dưới đây anh chị vui lòng xin vâng dạ thưa ạ hiện nay tức nghĩa cụ thể ngoài ra",
    "đồng thời đối hoặc hay cũng đã sẽ đang vẫn còn thêm nữa bằng vào lên việc điều khoản điểm mục đoạn",
)
_WORD = re.compile(r"\d+(?:[.,/]\d+)*[^\W\d_]*|\b[IVXLC]+(?:\.\d+)+\b|%|[^\W\d_][^\W_]*")
_DOCUMENT = re.compile(r"\b\d+[a-zđ]?(?:/\d{4})?/[A-ZĐ][^\W_]*(?:-[^\W_]+)*")
_DATE = re.compile(
    r"\bngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm\s+(\d{4}))?\b"
    r"|(?<![\d/.,-])(\d{1,2})([/.-])(\d{1,2})\5(\d{4})(?![\d/])"
    r"|(?<![\d/.,-])(\d{1,2})/(\d{4})(?![\d/])|(?<![\d/.,-])(\d{1,2})/(\d{1,2})(?![\d/])",
    re.IGNORECASE,
)
_PLACES = _set("điều khoản điểm mục chương phần lục mẫu số năm ngày tháng quý đoạn hạng thứ kỳ khóa")
_RANKING = frozenset({"hạng", "thứ"})  # what follows them ranks, whatever the word
_ORDINAL = re.compile(r"\d.*|[IVXLC]+(?:\.\d+)*|[a-zđA-ZĐ]")
_UNITS = _set(
    "ngày tháng năm tuần giờ phút lần bộ bản người cá tập đồng triệu nghìn ngàn tỷ tỉ trang chữ phần danh thành",
    "phiếu gia hộ đơn phong sáng điểm kỳ đợt nhiệm suất bậc cấp mức %",
)
_DIGITS = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
}
SPELLED = frozenset({*_DIGITS, "mười", "mươi", "mốt", "trăm", "rưỡi"})
_GAP = "\0"  # stands where a document number or a date was: no clean text has one
_BREAK = re.compile(r"[,;:\n\0]|\.(?=\s)")
_DATED = "@"  # the unit of a date
_OPENS = frozenset('.:;!?-–•*“"«(/+\n')


@dataclass(frozen=True, slots=True)
class Facts:
    """What a source says, as far as a claim can be held against it."""

    words: frozenset[str]
    line: str
    cased: frozenset[str]
    pairs: frozenset[Pair]
    amounts: frozenset[Pair]
    dates: tuple[Day, ...]
    documents: frozenset[str]


def read(texts: Sequence[str]) -> Facts:
    """The facts of a source."""
    said = [words(text) for text in texts]
    cleaned = [clean(text) for text in texts]
    days = tuple(day for text in cleaned for day in _dates(text))
    derived = {
        (name, str(n)) for day in days for name, n in zip(("ngày", "tháng", "năm"), day, strict=True) if n is not None
    }
    return Facts(
        words=frozenset(w for line in said for w in line) | {n for _, n in derived},
        line=" \n ".join(("", *(" ".join(line) for line in said), "")),
        cased=frozenset(w for text in cleaned for w in _WORD.findall(text)),
        pairs=frozenset(p for line in said for p in (*pairwise(line), *_counted(line), *_years(line))) | derived,
        amounts=frozenset(a for text in texts for a in amounts(text)),
        dates=days,
        documents=frozenset(d.lower() for text in cleaned for d in _DOCUMENT.findall(text)),
    )


def words(text: str) -> list[str]:
    """The words of a text in lower case; numbers whole ("1.000.000", "12a", "I.2") and without leading zeros."""
    return [_plain(w) for w in _WORD.findall(clean(text))]


def amounts(text: str) -> Iterator[Pair]:
    """The amounts of a text, ("15", "ngày"), and its dates, ("10/12/2026", "@")."""
    text = clean(text)
    for day in _dates(text):
        yield "/".join(str(n or "") for n in day), _DATED
    for clause in _BREAK.split(_without_names(text)):
        yield from _counted(words(clause))


def _years(said: Sequence[str]) -> Iterator[Pair]:
    """What a text counts before and after a "năm", which may be "years" or "five": "mỗi năm hai lần"."""
    for at, word in enumerate(said):
        if word == "năm":
            yield from _counted(said[max(0, at - 4) : at + 1])
            yield from _counted(said[at + 1 : at + 6])


def _counted(said: Sequence[str]) -> Iterator[Pair]:
    for at, word in enumerate(said):
        before, after = (said[at - 1] if at else ""), (said[at + 1] if at + 1 < len(said) else "")
        if word[0].isdigit() and after in _UNITS and before not in _PLACES:
            yield word, after
        elif word in SPELLED and before not in SPELLED | _RANKING:
            run = _spelled(said[at:])
            if run and said[at + len(run)] in _UNITS:
                yield _value(run), said[at + len(run)]


def stands(amount: Pair, facts: Facts) -> bool:
    """Whether a source has this amount or date."""
    if amount[1] == _DATED:
        day = tuple(int(n) if n else None for n in amount[0].split("/"))
        return any(all(n is None or n == m for n, m in zip(day, known, strict=True)) for known in facts.dates)
    return amount in facts.pairs or amount in facts.amounts


def unfounded_amount(text: str, quotes: Facts) -> bool:
    """Whether a text has an amount, or a number that is no place and no year, which the quotes have not."""
    if any(unit != _DATED and not stands((value, unit), quotes) for value, unit in amounts(text)):
        return True
    known = quotes.words | {value for value, _ in quotes.amounts}
    return any(
        word[0].isdigit() and before not in _PLACES and not _is_year(word) and word not in known
        for piece in _without_names(clean(text)).split(_GAP)
        for before, word in _neighbours(words(piece))
    )


def unfounded_place(text: str, sources: Sequence[Facts]) -> bool:
    """Whether a text names a date, a document, a year or a place in a document that no source names."""
    text = clean(text)
    if any(unit == _DATED and not any(stands((v, unit), s) for s in sources) for v, unit in amounts(text)):
        return True
    if any(not any(d.lower() in s.documents for s in sources) for d in _DOCUMENT.findall(text)):
        return True
    said = [pair for piece in _without_names(text).split(_GAP) for pair in _neighbours(_WORD.findall(piece))]
    for before, word in said:
        place = before.lower() in _RANKING or (before.lower() in _PLACES and _ORDINAL.fullmatch(word) is not None)
        if place and not any((before.lower(), _plain(word)) in s.pairs for s in sources):
            return True
        if not place and _is_year(word) and not any(word in s.words for s in sources):
            return True
    return False


def unfounded_name(text: str, sources: Sequence[Facts]) -> bool:
    """Whether a text has a proper name, a title or an abbreviation that no source has."""
    return any(not _known(run, after, opens, sources) for run, after, opens in _names(_without_names(clean(text))))


def _known(run: list[str], after: str, opens: bool, sources: Sequence[Facts]) -> bool:  # noqa: FBT001 - one of three facts
    line = " ".join(run).lower()
    if len(run) == 1:
        if opens and not (len(line) > 1 and run[0].isupper()):
            return True  # a sentence begins with a capital
        return any(run[0] in s.cased or (line, after.lower()) in s.pairs for s in sources)
    if any(f" {line} " in s.line for s in sources):
        return True
    return opens and run[0].lower() in PLAIN and _known(run[1:], after, False, sources)  # noqa: FBT003 - see above


def _names(text: str) -> Iterator[tuple[list[str], str, bool]]:
    """Runs of capitalised words, each with the word that follows and whether it opens a sentence or a clause."""
    found = list(re.finditer(r"[^\W\d_]+", text))
    at = 0
    while at < len(found):
        end = at
        while (
            end < len(found) and found[end][0][0].isupper() and (end == at or _joined(text, found[end - 1], found[end]))
        ):
            end += 1
        if end > at:
            before = text[: found[at].start()].rstrip(" ")
            after = found[end][0] if end < len(found) and _joined(text, found[end - 1], found[end]) else ""
            yield [f[0] for f in found[at:end]], after, not before or before[-1] in _OPENS
        at = max(end, at + 1)


def _joined(text: str, one: re.Match[str], two: re.Match[str]) -> bool:
    return text[one.end() : two.start()].strip(" ") == "" and one.end() < two.start()


def _dates(text: str) -> Iterator[Day]:
    for found in _DATE.finditer(text):
        d1, m1, y1, d2, _, m2, y2, m3, y3, d4, m4 = found.groups()
        yield tuple(int(n) if n else None for n in (d1 or d2 or d4, m1 or m2 or m3 or m4, y1 or y2 or y3))  # type: ignore[misc]  # three of them


def _without_names(text: str) -> str:
    """With a gap for every document number and date, which are checked as wholes."""
    return _DATE.sub(_GAP, _DOCUMENT.sub(_GAP, text))


def _neighbours(said: Sequence[str]) -> Iterator[Pair]:
    """Every word with the one before it."""
    yield from zip(["", *said], said, strict=False)


def _plain(word: str) -> str:
    word = word.lower()
    return str(int(word)) if word.isdecimal() else word


def _is_year(word: str) -> bool:
    return word.isdecimal() and 1900 <= int(word) <= 2100


def _spelled(said: Sequence[str]) -> list[str]:
    """The number that a text begins with in words, leaving a word for the unit: "năm năm" is five years."""
    run: list[str] = []
    for at, word in enumerate(said[:-1]):
        unit = word in _UNITS and (said[at + 1] not in _UNITS | SPELLED)
        if word not in SPELLED or (run and unit):
            break
        run.append(word)
    return run


def _value(run: Sequence[str]) -> str:
    match run:
        case [one] if one in _DIGITS:
            return str(_DIGITS[one])
        case ["mười"]:
            return "10"
        case ["mười", one] if one in _DIGITS:
            return str(10 + _DIGITS[one])
        case [ten, "mươi"] if ten in _DIGITS:
            return str(10 * _DIGITS[ten])
        case [ten, "mươi", one] if ten in _DIGITS and (one in _DIGITS or one == "mốt"):
            return str(10 * _DIGITS[ten] + _DIGITS.get(one, 1))
        case _:
            return " ".join(run)
