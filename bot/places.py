"""How a condition and a check name what they speak of: a field, a column, a sum, a count, a number, a day. Pure.

Reading is total: a text that names nothing is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from bot.campaigns import Condition
from bot.values import day, number

KEY = r"[A-Za-z_][A-Za-z0-9_-]*"
_PLACE = re.compile(rf"(?:(?P<path>[^:()]+):)?(?P<key>{KEY})(?:\.(?P<column>{KEY}))?")
_HOW = re.compile(r"(?P<how>sum|count)\((?P<inner>[^()]*)\)")
_CONDITION = re.compile(r"\s*(?P<of>[^=!]+?)\s*(?P<sign>!?=)\s*(?P<values>[^=]*\S)\s*")


class Special(StrEnum):
    """Places that are no field."""

    TODAY = "hôm nay"
    EVERY_TEXT = "*"


@dataclass(frozen=True, slots=True)
class Place:
    """A field (`path` "": of the same section), one `column` of it, or a figure made of them (`how`)."""

    key: str
    path: str = ""
    column: str = ""
    how: Literal["", "sum", "count"] = ""

    @property
    def by_row(self) -> bool:
        """Whether it stands for a cell of every row."""
        return bool(self.column) and not self.how


Named = Place | Special | Decimal | date


def place(text: str) -> Named | None:
    """What a text names: "so_cuoc", "muc-I/1:so_cuoc", "bang.cot", "sum(bang.cot)", "count(bang)", "100", "hôm nay"."""
    text = text.strip()
    if text in {*Special}:
        return Special(text)
    figure = number(text)
    return (calendar_day(text) or _place(text)) if figure is None else figure


def _place(text: str) -> Place | None:
    made = _HOW.fullmatch(text)
    found = _PLACE.fullmatch(made["inner"].strip() if made else text)
    if not found:
        return None
    path, key, column = found["path"] or "", found["key"], found["column"] or ""
    match made and made["how"]:
        case "sum":
            return Place(key, path, column, "sum") if column else None
        case "count":
            return None if column else Place(key, path, how="count")
        case _:
            return Place(key, path, column)


def calendar_day(text: str) -> date | None:
    """The day that a text is."""
    fixed = day(text)
    return date(*map(int, reversed(fixed.split("/")))) if fixed else None


def condition(text: str) -> Condition | None:
    """The condition that "loại đơn vị = xã | phường" or "so_cuoc != 0" is."""
    found = _CONDITION.fullmatch(text)
    if not found:
        return None
    values = tuple(each.strip() for each in found["values"].split("|"))
    return Condition(found["of"], values, negated=found["sign"] == "!=") if all(values) else None
