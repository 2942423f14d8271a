"""Our markup as Telegram takes it: plain text, and beside it which part is bold or quoted. Pure.

Rules of this file
1. Only marks go: the `**` around a bold span, and what begins a quoted line, `> ` (or a bare `>`, if it is empty).
   Every other character stays, in order; nothing is ever escaped, because nothing is parsed on the other side.
2. What is bold is what `fit` takes for bold: paired within a line. Quoted lines that follow one another are one quote.
3. Offsets and lengths count UTF-16 units, as Telegram counts: an emoji is two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

_BOLD: Final = re.compile(r"\*\*(?=[^\s*])([^\n*]+)(?<=\S)\*\*")


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a text that is shown in a certain way; `offset` and `length` in UTF-16 units."""

    kind: Literal["bold", "blockquote"]
    offset: int
    length: int


def formatted(text: str) -> tuple[str, tuple[Entity, ...]]:
    """A text with `**bold**` and lines of `> quote` → the text without these marks, and what they marked, in order."""
    lines: list[str] = []
    found: list[Entity] = []
    quote: int | None = None  # where the quote that is open began
    at = 0  # UTF-16 units so far, line ends included
    for line in text.split("\n"):
        quoted = line.startswith("> ") or line == ">"
        if quoted and quote is None:
            quote = at
        elif not quoted and quote is not None:
            found.append(Entity("blockquote", quote, at - 1 - quote))
            quote = None
        plain, bold = _bold(line[2:] if quoted else line, at)
        lines.append(plain)
        found += bold
        at += units(plain) + 1
    if quote is not None:
        found.append(Entity("blockquote", quote, at - 1 - quote))
    kept = [entity for entity in found if entity.length]
    return "\n".join(lines), tuple(sorted(kept, key=lambda entity: (entity.offset, -entity.length)))


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _bold(line: str, start: int) -> tuple[str, list[Entity]]:
    """A line that begins at `start`, without its `**`, and what they marked."""
    plain, found, at = "", [], 0
    for match in _BOLD.finditer(line):
        plain += line[at : match.start()]
        found.append(Entity("bold", start + units(plain), units(match[1])))
        plain += match[1]
        at = match.end()
    return plain + line[at:], found
