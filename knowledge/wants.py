"""The kind of thing a question asks for, and whether a text has it: a number of a unit, a date, a deadline, an actor …

Rules of this file
1. Read from `plain` text (folded, no punctuation): both ways of typing ask for the same. The patterns are in
   `wants.toml`.
2. A *hard* want is checked word by word: "mấy bộ" is answered by a number of bộ and by nothing else. A text that
   speaks of the matter without it does not state it.
3. A soft want (who, which, how) only helps to choose between texts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

NUMBER = r"(?:\d{1,3}(?: \d{3})*|mot|hai|ba|bon|nam(?= (?:nam|lan|thang|nguoi|ngay))|sau|bay|tam|chin|muoi(?: \w+)?)"
DATE = (
    r"(?:\d{1,2} \d{1,2} \d{4}|ngay \d{1,2}(?: thang)? \d{1,2}|thang \d{1,2} nam \d{4}|quy [iv]+"
    r"|\d{1,2} \d{1,2} hang nam)"
)


class Kind(StrEnum):
    """Kinds of things asked for; all but the counted and the named ones have their patterns in `wants.toml`."""

    CONTINUATION = "continuation"  # what a broken-off text says further on
    SIGNER = "signer"
    RECIPIENTS = "recipients"  # the list "Nơi nhận" at the end of a text
    CONTACT = "contact"
    FORM = "form"
    MONEY = "money"
    RATIO = "ratio"
    DEADLINE = "deadline"
    FREQUENCY = "frequency"
    DURATION = "duration"
    COUNT = "count"  # so many of a unit
    AMOUNT = "amount"  # so much, the unit left open
    DATE = "date"
    BASIS = "basis"  # what a text is issued by virtue of
    PURPOSE = "purpose"
    ADDRESSEE = "addressee"  # whom a text is sent to
    ABOUT = "about"  # the text itself: number, date, place, subject
    DEFINITION = "definition"
    CONDITIONS = "conditions"
    WHOM = "whom"  # for whom something is
    WHO = "who"
    LIST = "list"
    WHICH = "which"  # of a kind that is named: "chỉ thị nào"
    WHETHER = "whether"


HARD = frozenset(
    {
        Kind.COUNT,
        Kind.AMOUNT,
        Kind.MONEY,
        Kind.RATIO,
        Kind.DATE,
        Kind.DEADLINE,
        Kind.DURATION,
        Kind.FREQUENCY,
        Kind.SIGNER,
    }
    | {Kind.CONTACT, Kind.FORM, Kind.CONTINUATION, Kind.RECIPIENTS}
)


@dataclass(frozen=True, slots=True)
class Want:
    """One kind of thing asked for; `unit` is what is counted or named ("bo", "thanh vien", "phong trao"), folded."""

    kind: Kind
    unit: str = ""

    @property
    def hard(self) -> bool:
        return self.kind in HARD


@dataclass(frozen=True, slots=True)
class _Patterns:
    asked: Mapping[Kind, re.Pattern[str]]
    carried: Mapping[Kind, re.Pattern[str]]
    counted: re.Pattern[str]
    units: Mapping[str, re.Pattern[str]]


@cache
def _patterns() -> _Patterns:
    data = tomllib.loads((files("knowledge") / "wants.toml").read_text(encoding="utf-8"))
    units = sorted(data["units"], key=len, reverse=True)
    kinds = [k for k in Kind if k.value in data]
    return _Patterns(
        asked={k: _whole(data[k.value]["asked"]) for k in kinds},
        carried={k: _whole(data[k.value]["carried"]) for k in kinds if "carried" in data[k.value]},
        counted=_whole([rf"(?:(?:bao nhieu|bn) (?:lan )?|may |so luong )(?P<unit>{'|'.join(units)})(?! xet)"]),
        units={u: _whole([rf"NUMBER {pattern}"]) for u, pattern in data["units"].items()},
    )


def _whole(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern of whole words out of several."""
    filled = (p.replace("NUMBER", NUMBER).replace("DATE", DATE) for p in patterns)
    return re.compile(rf"(?<!\S)(?:{'|'.join(filled)})(?!\S)")


_LISTED = re.compile(
    r"\b(?:may|bao nhieu|bn) (?:loai|hinh thuc|nhiem vu|noi dung|nguyen tac|cap|muc|truong hop|buoc|nhom|hang|y"
    r"|dieu|khoan|danh hieu|can cu|kieu|dang|thu|cach|viec|nguon|phuong thuc|bien phap|doi tuong|tieu chuan|dieu kien"
    r"|hanh vi|quyen|nghia vu|giai doan)\b"
)
_WHERE = re.compile(
    r"\b(?:muc|dieu|khoan|diem|phan|chuong|doan)(?: so)? (?:may|nao|bao nhieu)\b|\bcho nao\b"
)  # a place: cited anyway
_PLURAL = re.compile(
    r"\bmay (?=(?:\S+ ){1,3}(?:do|nay|kia|ay|tren|vua)\b)|\bmay (?=cai\b)"
)  # "mấy phong trào đó": the ones
_COUNTED = re.compile(r"\b(?:bao nhieu|may|bn) (?P<unit>[a-z]+(?: [a-z]+)?)\b")
_NO_UNIT = re.compile(r"^(?:vay|the|a|ad|nhi|cai|la|thi|duoc|o|cho|ve|do|theo|khi|nua|hang|muoi|chuc)\b")
_OPEN = re.compile(r"\b(?:bao nhieu|bn)(?: (?:vay|the|a|ad|nhi|z|v))*$|\b(?:bao nhieu|bn) (?:thi|la|cho|o|theo|khi)\b")
_NOUN = re.compile(
    r"\b(?:nhung|cac|may) (?P<noun>[a-z]+ [a-z]+)\b(?: \S+){0,6}? (?:nao|gi)\b"
    r"|\b(?P<which>[a-z]+ [a-z]+) (?:nao|gi)\b"
)
_NAMED = re.compile(
    r"\b(?:ke ten|liet ke|ten)(?: ra)?(?: giup \S+)? (?:cac|nhung)? ?(?:loai |hang )?(?P<noun>[a-z]+ [a-z]+)\b"
)
_SHORT_NOUNS = frozenset(
    {
        "luat",
        "so",
        "tinh",
        "cap",
        "xa",
        "bo",
        "nganh",
        "huyen",
        "phong",
        "nuoc",
        "truong",
        "cot",
        "quy",
        "dip",
        "hang",
        "co",
    }
)  # a noun of one syllable: what stands before it belongs to something else ("sở nội vụ tỉnh nào")
_KEPT_WHOLE = ("ki luat", "phap luat", "chi tinh", "cong so", "tong so", "cap bo", "can bo", "toan bo", "nhap quy")
_NO_NOUN = re.compile(
    r"^(?:co quan|don vi|doi tuong|nguoi nao|truong hop|thoi gian|viec gi|noi dung|vao ngay|thu tuc|muc dich"
    r"|nhom nay|trich yeu)$"
    r"|^(?:ra|cua|tu|o|vao|la|den|cho|ve|do|truoc|nam|tai|bang)\b"
    r"|\b(?:ngay|thang|nam|nhung|gom|noi|can|dat|la|cai|viec|dieu|yeu|cau|lam|co|duoc|phai|the|quy|dinh|ghi|viet|danh|gia)$"
)
_AMOUNT = re.compile(
    rf"(?<!\S){NUMBER} (?:%|phan tram|nam|thang|ngay|tuan|gio|lan|nguoi|dong|nghin|trieu|ti|diem|bo|ban|cm|m|met|trang"
    r"|phieu)(?!\S)"
)
_RATHER = {Kind.WHOM: Kind.WHO, Kind.DEADLINE: Kind.DATE}  # asked for the one, not asked for the other
_INSTEAD_OF_A_COUNT = {Kind.MONEY, Kind.RATIO, Kind.FREQUENCY}


def wants(asked: str) -> tuple[Want, ...]:
    """What a question (`plain`) asks for."""
    patterns = _patterns()
    kinds = [kind for kind, pattern in patterns.asked.items() if pattern.search(asked)]
    kinds = [k for k in kinds if not any(k is less and more in kinds for more, less in _RATHER.items())]
    asked = _PLURAL.sub("nhung ", _WHERE.sub(" ", asked))
    found: list[Want] = []
    if (counted := patterns.counted.search(asked)) and not _told(counted[0], kinds):
        found.append(Want(Kind.COUNT, counted["unit"]))
    found += map(Want, kinds)
    if _LISTED.search(asked):
        found.append(Want(Kind.LIST))
    elif not any(w.hard or w.kind in (Kind.ABOUT, Kind.WHETHER) for w in found):
        found += _figure(asked)
    if named := _NAMED.search(asked):
        found += [Want(Kind.LIST), Want(Kind.WHICH, named["noun"])]
    elif (noun := _NOUN.search(asked)) and not _NO_NOUN.search(name := _noun(noun)):
        found.append(Want(Kind.WHICH, name))
    return tuple(dict.fromkeys(found))


def _noun(match: re.Match[str]) -> str:
    name = match["noun"] or match["which"]
    last = name.split()[-1]
    return last if match["which"] and last in _SHORT_NOUNS and name not in _KEPT_WHOLE else name


def _told(counted: str, kinds: Sequence[Kind]) -> bool:
    """Whether a number is no figure wanted: another kind says it better, or "có phải nêu … mấy đơn vị không" is a yes
    or no.
    """
    return bool(_INSTEAD_OF_A_COUNT & set(kinds)) or (counted.startswith("may ") and Kind.WHETHER in kinds)


def _figure(asked: str) -> list[Want]:
    """A figure of something that is no known unit ("mấy bậc lương"), or left open ("là bao nhiêu")."""
    counted = _COUNTED.search(asked)
    if counted and not _NO_UNIT.search(counted["unit"]):
        return [Want(Kind.COUNT, counted["unit"])]
    return [Want(Kind.AMOUNT)] if _OPEN.search(asked) else []


def has(want: Want, text: str) -> bool:
    """Whether a `plain` text carries the thing wanted; True for wants that no pattern can check."""
    patterns = _patterns()
    match want.kind:
        case Kind.COUNT:
            unit = patterns.units.get(want.unit) or _whole([f"NUMBER {want.unit.split()[0]}"])
            return unit.search(text) is not None or (want.unit == "nam" and "hang nam" in text)
        case Kind.AMOUNT:
            return _AMOUNT.search(text) is not None
        case Kind.SIGNER | Kind.CONTINUATION:
            return False
        case Kind.WHICH:
            return f" {want.unit} " in f" {text} "
        case _:
            return want.kind not in patterns.carried or patterns.carried[want.kind].search(text) is not None
