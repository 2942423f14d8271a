"""What officers type for a kind of value, and what it stands for: numbers, days, choices. Pure.

A value is kept as the officer would write it: numbers with "," before the decimals and "." between thousands, days as
dd/mm/yyyy, an option in its own words. None: the text stands for no such value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from knowledge import vietnamese

_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)? ?%?|-?[0-9]+\.[0-9]+ ?%?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+")
_DATE = re.compile(r"(?:ngay )?([0-9]{1,2}) ?(?:[/.-]|thang) ?([0-9]{1,2}) ?(?:[/.-]|nam) ?([0-9]{4})")


def fold(text: str) -> str:
    """Lower case, without dấu, single blanks, no punctuation at the end: for comparing, never for showing."""
    return " ".join(vietnamese.fold(text).casefold().split()).rstrip(" .,!;:?…")


def number(text: str) -> Decimal | None:
    """The number that a text is: "1.234,5", "12 %", "0.5"; three digits after each "." are thousands."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    bare = text.strip().rstrip("% ")
    whole, _, decimals = bare.partition(",")
    if decimals or _GROUPED.fullmatch(whole):
        bare = whole.replace(".", "") + (f".{decimals}" if decimals else "")
    return Decimal(bare)


def written(value: Decimal) -> str:
    """A number as it is written in a report: 1.234,5."""
    text = f"{value.normalize():,f}" if value else "0"
    return text.translate(str.maketrans(",.", ".,"))


def day(text: str) -> str | None:
    """The day that a text is, as dd/mm/yyyy: "30/11/2026", "ngày 3 tháng 2 năm 2026"."""
    found = _DATE.fullmatch(fold(text))
    if not found:
        return None
    of_month, month, year = map(int, found.groups())
    try:
        return f"{date(year, month, of_month):%d/%m/%Y}"
    except ValueError:
        return None


def option(text: str, options: Sequence[str]) -> str | None:
    """The option that a text names, with or without dấu."""
    typed = fold(text)
    return next((each for each in options if fold(each) == typed), None)
