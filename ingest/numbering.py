"""Printed markers at the start of a line, in the two grammars of Vietnamese official texts. Pure.

A marker is only a *candidate*: whether it opens a provision is decided by the parser, which knows what came before.
Here stand the shapes alone: `Điều 5.`, `12a.`, `đ)`, `IV/`, `1.1.`, `2-`, `+`. A number with a digit behind its point
or dash (1.000; 20/11; 2-3) is never one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

# The letters of điểm in their order; f, j, w, z are rare but seen in letters typed in a hurry.
LETTERS = "abcdđefghijklmnopqrstuvwxyz"
_CONNECTORS = re.compile(r"(?:,|\b(?:tại|theo|của|và|hoặc|với|khoản \d+[a-zđ]?|điểm [a-zđ]\d?|các|từ|đến|Điều \d+,?))$")
_STARTS_TEXT = r"(?=\s|[A-ZÀ-ỸĐ“\"(])"
_PATTERNS = {
    "phan": re.compile(r"(PHẦN|Phần)\s+(THỨ\s+\w+|thứ\s+\w+|[IVX]+|[A-H]|\d{1,2})\s*[.:]?(?:\s+|$)(?=[A-ZÀ-ỸĐ“\"]|$)"),
    "phan_letter": re.compile(r"([A-H])\s*[./]\s+(?=[A-ZÀ-ỸĐ]{2})"),
    "chuong": re.compile(r"(?:CHƯƠNG|Chương)\s+([IVXLC]+|\d{1,2})\s*[.:]?(?:\s+(?=[A-ZÀ-ỸĐ“\"])|\s*$)"),
    "muc": re.compile(r"(?:MỤC|Mục)\s+(\d{1,2}|[IVX]+)\s*[.:]?(?:\s+(?=[A-ZÀ-ỸĐ“\"])|\s*$)"),
    "tieu_muc": re.compile(r"(?:TIỂU MỤC|Tiểu mục)\s+(\d{1,2}|[IVX]+)\s*[.:]?(?:\s+(?=[A-ZÀ-ỸĐ“\"])|\s*$)"),
    "dieu": re.compile(r"(?:ĐIỀU|Điều|Ðiều|Điêu)\s+(\d{1,3})([a-zđ]?)\s*(?:[.:](?!\d)\s*|\s*$)"),
    "roman": re.compile(r"([IVX]{1,6})\s?[./)\-](?!\d)\s*(?=\S)"),
    "sub": re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})\s?[.)]?\s+(?=\S)"),
    "so": re.compile(r"(\d{1,3})([a-zđ]?)\s?[.)/\-](?!\d)\s*(?=\S)"),
    "diem": re.compile(rf"([a-zđ])(\d?)\s?(?:[)]\s*(?=\S)|[./]{_STARTS_TEXT}\s*(?=\S))"),
    "gach": re.compile(r"([-–—•])\s*(?=\S)"),
    "cong": re.compile(r"(\+)\s*(?=\S)"),
    "sao": re.compile(r"(\*)\s*(?=[^\s*])"),
}
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")


class Level(IntEnum):
    """How deep a marker sits; a marker closes everything that is open at its level or deeper."""

    PHAN = 1
    CHUONG = 2
    MUC = 3
    TIEU_MUC = 4
    DIEU = 5
    SO = 6
    SUB = 7
    SUB_SUB = 8
    DIEM = 10
    GACH = 11
    CONG = 12
    SAO = 13


@dataclass(frozen=True, slots=True)
class Mark:
    """A candidate marker: its level, the step it adds to a path, its order among siblings, and the text behind it."""

    level: Level
    step: str
    marker: str
    order: int
    suffix: str
    rest: str


Grammar = Literal["articles", "sections"]


def mark(line: str, grammar: Grammar) -> Mark | None:
    """The marker a line starts with in a grammar: `articles` (Điều, khoản, điểm) or `sections` (I., 1., 1.1, a), -)."""
    kinds = _ARTICLES if grammar == "articles" else _SECTIONS
    for kind in kinds:
        if found := _PATTERNS[kind].match(line):
            return _build(kind, found, line, grammar)
    return None


_ARTICLES = ("phan", "chuong", "muc", "tieu_muc", "dieu", "so", "diem", "gach", "cong", "sao")
_SECTIONS = ("phan", "phan_letter", "roman", "sub", "so", "diem", "gach", "cong", "sao")


_LEVELS = {
    "phan": Level.PHAN, "phan_letter": Level.PHAN, "chuong": Level.CHUONG, "muc": Level.MUC, "roman": Level.MUC,
    "tieu_muc": Level.TIEU_MUC, "dieu": Level.DIEU, "so": Level.SO, "sub": Level.SUB, "diem": Level.DIEM,
    "gach": Level.GACH, "cong": Level.CONG, "sao": Level.SAO,
}  # fmt: skip


def _build(kind: str, found: re.Match[str], line: str, grammar: Grammar) -> Mark | None:
    level, number = _LEVELS[kind], found.group(1)
    suffix = found.group(2) if kind in {"dieu", "so", "diem"} else ""
    printed = found.group().strip()
    order, step = 0, kind
    match kind:
        case "phan":
            number = found.group(2)
            step = f"phan-{number.lower().replace(' ', '-') if ' ' in number else number}"
        case "phan_letter":
            step = f"phan-{number}"
        case "chuong" | "muc" | "tieu_muc" | "roman":
            order = value(number)
            step = f"{'muc' if kind == 'roman' else kind.replace('_', '-')}-{number}"
            if not order:
                return None
        case "dieu":
            order, step = int(number), f"dieu-{number}{suffix}"
        case "sub":
            order, step = int(number.rpartition(".")[2]), number
            level = Level.SUB if number.count(".") == 1 else Level.SUB_SUB
        case "so":
            order, step = int(number), f"{'khoan-' if grammar == 'articles' else ''}{number}{suffix}"
        case "diem":
            order, step = LETTERS.index(number) + 1, f"diem-{number}{suffix}"
    if kind in {"chuong", "muc", "tieu_muc", "dieu"}:
        printed = printed.rstrip(".: ")
    return Mark(level, step, printed, order, suffix, line[found.end() :].strip())


def value(number: str) -> int:
    """The value of an arabic or roman number, 0 if it is neither."""
    if number.isdigit():
        return int(number)
    if not _ROMAN.fullmatch(number):
        return 0
    worth = {"I": 1, "V": 5, "X": 10}
    values = [worth[letter] for letter in number]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def continues(line: str) -> bool:
    """Whether a line ends within a phrase, so that what follows is no heading (“… quy định tại / Điều 5 …”)."""
    return bool(_CONNECTORS.search(line.rstrip()))
