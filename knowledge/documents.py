"""The values everything else is made of: Document › Provision › Passage, Citation, Answer. Pure.

Rules of this file
1. A *path* names a provision inside its document: `dieu-24/khoan-1/diem-a`, `muc-I/1/doan-2`, `can-cu/doan-1`,
   `phu-luc-I/bang-1`, `dau-van-ban`. The printed number counts.
2. A provision's `text` is its own: the text of its children is not in it. In reading order, joined by newlines, the
   own texts of a document are its body, every character once.
3. A quote is a contiguous piece of the text of the cited provision *with its children* (see `full_text`).
4. Validity is a pair of days, both inclusive; an open end is None. A text not held is known to exist but never quoted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Confidence = Literal["official", "assumed", "secondary"]


@dataclass(frozen=True, slots=True)
class Document:
    """One text the library knows of, held or not; the catalogue's facts about it."""

    number: str
    kind: str
    title: str
    issuer: str
    issued: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    short_names: tuple[str, ...] = ()
    place: str = ""
    complete: bool = True
    held: bool = True
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    implements: tuple[str, ...] = ()
    transition: str = ""
    confidence: Confidence = "official"
    file: str = ""
    digest: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the text as a whole is in force on a day; unknown start counts as the day of issue."""
        start = self.in_force_from or self.issued
        return (start is None or start <= on) and (self.in_force_to is None or on <= self.in_force_to)


@dataclass(frozen=True, slots=True)
class Provision:
    """A node of an outline: its path, printed marker, heading (None for running text) and own text, verbatim."""

    document: str
    path: str
    text: str
    marker: str | None = None
    heading: str | None = None

    @property
    def key(self) -> str:
        return f"{self.document}#{self.path}"


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change that a provision of an amending text makes to another text, in force with the amending text.

    `text` is the new wording without its outer quotation marks ("" for a repeal); `path` is what is replaced, inserted
    or repealed.
    """

    document: str
    path: str
    by_document: str
    by_path: str
    action: Literal["replace", "insert", "repeal"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed: one clause if it fits, else a window of it, with the headings that lead to it.

    `headings` runs from the document's name down to the clause's own heading. `valid_from`/`valid_to` narrow the
    document's own validity where an amendment rewrote the provision; `path` is always a provision's path, `window`
    counts the pieces of a long one.
    """

    document: str
    path: str
    text: str
    headings: tuple[str, ...] = ()
    window: int = 0
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def id(self) -> str:
        return f"{self.document}#{self.path}" + (f"~{self.window}" if self.window else "")

    @property
    def digest(self) -> str:
        return digest("\x1f".join((*self.headings, self.text)))


class Status(StrEnum):
    """How a question ended; every one has its own courteous wording."""

    ANSWERED = "answered"
    NOT_STATED = "not_stated"
    NOTHING_FOUND = "nothing_found"
    AMBIGUOUS = "ambiguous"
    OUT_OF_SCOPE = "out_of_scope"
    DECLINED = "declined"
    UNAVAILABLE = "unavailable"


class Caveat(StrEnum):
    """A notice that goes with an answer."""

    EXPIRED = "expired"
    HISTORICAL = "historical"
    AMENDED_NOT_HELD = "amended_not_held"
    INCOMPLETE_DOCUMENT = "incomplete_document"


@dataclass(frozen=True, slots=True)
class Citation:
    """Document, path, readable label and verbatim quote; `in_force` on the day asked about."""

    document: str
    path: str
    label: str
    quote: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: `text` is ready to be read by an officer, quotes included; `on` is the as-of date used."""

    status: Status
    text: str
    on: date
    citations: tuple[Citation, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    milliseconds: float = field(default=0.0, compare=False)


def digest(text: str) -> str:
    """A short stable fingerprint of a text (BLAKE2b, 16 hex digits)."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def contains(ancestor: str, path: str) -> bool:
    """Whether `path` is `ancestor` or lies under it."""
    return path == ancestor or path.startswith(ancestor + "/")


def full_text(provisions: Iterable[Provision], path: str) -> str:
    """The text of a provision with its children, in reading order, one paragraph a line."""
    return "\n".join(p.text for p in provisions if contains(path, p.path))


def parent(path: str) -> str | None:
    """The path one step up, None at the top."""
    head, slash, _ = path.rpartition("/")
    return head if slash else None


def by_path(provisions: Sequence[Provision]) -> dict[str, Provision]:
    return {p.path: p for p in provisions}
