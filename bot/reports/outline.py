"""How a report is divided: the guidance's headings over its sections, numbered anew without a gap. Pure.

Rules of this file
1. Headings come from `Section.under`; sections under the same heading stand together, where the first of them stands.
   A section whose title is a heading of others is not printed twice: the others stand under it.
2. Levels are those of Nghị định 30/2020/NĐ-CP: phần (only where the guidance has them), mục, khoản, điểm; what goes
   deeper is marked by "-", then "+".
3. What stands under a heading is counted together: a section's own answers (`Head.inside`), then what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import NamedTuple

from bot.campaigns import Section
from bot.reports import wording
from bot.values import fold

LETTERS = "abcdđeghiklmnopqrstuvxy"


class Level(IntEnum):
    PART = 0
    SECTION = 1  # mục
    CLAUSE = 2  # khoản
    POINT = 3  # điểm
    DASH = 4
    PLUS = 5

    @property
    def under(self) -> Level:
        return Level(min(self + 1, Level.PLUS))


class Head(NamedTuple):
    """One heading in the order of print; `section` None: it only stands above others. `label`: "Mục I.1.a".

    `inside`: the numbers of what stands right under it, to be taken before the next head is asked for.
    """

    level: Level
    number: int
    title: str
    section: Section | None
    label: str
    inside: Iterator[int]


@dataclass(slots=True)
class _Node:
    title: str
    section: Section | None = None
    under: list[_Node] = field(default_factory=list)

    def child(self, title: str, *, free: bool = False) -> _Node:
        """The last one of this title (`free`: that has no section yet), else a new one."""
        for node in reversed(self.under):
            if fold(node.title) == fold(title) and not (free and node.section):
                return node
        self.under.append(_Node(title))
        return self.under[-1]


def heads(sections: Sequence[Section], *, top: Level | None = None) -> Iterator[Head]:
    """The headings over these sections and the sections' own; `top`: their first level, by the guidance if None."""
    root = _Node("")
    for section in sections:
        node = root
        for title in section.under:
            node = node.child(title)
        node.child(section.title, free=True).section = section
    parted = any(section.path.startswith("phan-") and section.under for section in sections)
    first = (Level.PART if parted else Level.SECTION) if top is None else top
    return _walk(root.under, first, count(1), ())


def mark(level: Level, number: int) -> str:
    """What stands before a heading: "I.", "1.", "a)", "-", "+"; `number` from 1."""
    match level:
        case Level.PART | Level.SECTION:
            return f"{roman(number)}."
        case Level.CLAUSE:
            return f"{number}."
        case Level.POINT if number <= len(LETTERS):
            return f"{LETTERS[number - 1]})"
        case Level.PLUS:
            return "+"
        case _:
            return "-"


def roman(number: int) -> str:
    """1 → I. `number` is at least 1."""
    figures = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, figure in figures:
        times, number = divmod(number, value)
        text += figure * times
    return text


def _walk(
    nodes: Sequence[_Node], level: Level, numbers: Iterator[int], above: tuple[tuple[Level, int], ...]
) -> Iterator[Head]:
    for node in nodes:
        here = (*above, (level, next(numbers)))
        inside = count(1)
        yield Head(level, here[-1][1], node.title, node.section, _label(here), inside)
        yield from _walk(node.under, level.under, inside, here)


def _label(way: Sequence[tuple[Level, int]]) -> str:
    """Where something stands, as one cites it: "Mục II.1.a", "Mục II.1 Phần I"."""
    part = [wording.PART.format(number=roman(number)) for level, number in way if level is Level.PART]
    steps = [mark(level, number).rstrip(".)") for level, number in way if level is not Level.PART]
    muc = [wording.PLACE.format(number=".".join(step for step in steps if step not in "-+"))] if steps else []
    return " ".join((*muc, *part))
