"""A place of a text as it reads on a day: what was rewritten from what rewrote it, the rest from itself. Pure.

Rules of this file
1. The last change in force wins; wording that was replaced by then is not given.
2. Where only some clauses of a place were rewritten, each clause is given from where it stands, in reading order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.documents import Amendment, contains, parent
from knowledge.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Wording:
    """A piece of text and the provision it stands in."""

    document: str
    path: str
    text: str


def as_it_reads(number: str, path: str, on: date, shelf: Shelf) -> list[Wording]:
    """The wordings that make up a place on a day, in reading order; empty if it was repealed or is not there."""
    changes = shelf.changes(number, path, on)
    whole = [a for a in changes if contains(a.path, path)]
    if whole:
        return _rewritten(whole[-1])
    if not changes:
        text = shelf.full(number, path)
        return [Wording(number, path, text)] if text else []
    return list(_by_clause(number, path, on, shelf, changes))


def _by_clause(number: str, path: str, on: date, shelf: Shelf, changes: list[Amendment]) -> Iterator[Wording]:
    below = [p.path for p in shelf.outline(number) if parent(p.path) == path]
    for child in below:
        yield from as_it_reads(number, child, on, shelf)
    for change in changes:
        if change.action == "insert" and change.path not in below and parent(change.path) == path:
            yield from _rewritten(change)


def _rewritten(change: Amendment) -> list[Wording]:
    return [Wording(change.by_document, change.by_path, change.text)] if change.text else []


def named_places(number: str, on: date, shelf: Shelf) -> list[str]:
    """Every path that can be named in a text on a day: its own, and those inserted into it by then."""
    return [
        *(p.path for p in shelf.outline(number)),
        *(a.path for a in shelf.changed(number, on) if a.action == "insert"),
    ]


def target_of(number: str, path: str, shelf: Shelf) -> str | None:
    """The text whose place this one rewrote: "Điều 21 Luật sửa đổi 2013" is Điều 21 of the law it amends."""
    return next((a.document for a in shelf.amendments if a.by_document == number and contains(path, a.path)), None)
