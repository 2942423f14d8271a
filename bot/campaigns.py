"""Đợt tổng kết: the guidance turned into a form, its deadlines, the units it addresses. Pure.

A campaign is versioned: a submission stays with the version it was filled in on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FieldKind = Literal["text", "number", "date", "choice", "yes_no"]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `key` is unique inside its section; `options` belong to kind "choice"."""

    key: str
    label: str
    kind: FieldKind = "text"
    required: bool = True
    help: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: the mục it comes from (`path` in the guidance), the hint quoted from there, its fields.

    `only_for` names kinds of unit (empty: every unit).
    """

    path: str
    title: str
    fields: tuple[Field, ...]
    hint: str = ""
    asks_for: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether a submission cannot go in without it: with content, or declared to have none."""
        return any(f.required for f in self.fields)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date that binds, with the words it comes from. `due`: the last moment allowed, aware; `path` "": set by staff.

    `for_report`: what is submitted here meets it. Others (a dossier, a registration) are told when asked for; nobody is
    reminded of them, since whether they are met is not known here.
    """

    key: str
    what: str
    due: datetime
    quote: str = ""
    path: str = ""
    strict: bool = False
    set_by: str = ""
    for_report: bool = True


@dataclass(frozen=True, slots=True)
class Campaign:
    """One round: id is stable over versions. `units` are unit codes; `guidance` is a document number in the library."""

    id: str
    version: int
    title: str
    guidance: str
    report_year: int
    sections: tuple[Section, ...]
    deadlines: tuple[Deadline, ...]
    units: tuple[str, ...]
    issuer: str = ""
    not_stated: tuple[str, ...] = ()

    def form_for(self, unit_kind: str) -> tuple[Section, ...]:
        """The sections a unit of this kind must fill in, in the guidance's order."""
        return tuple(s for s in self.sections if not s.only_for or unit_kind in s.only_for)

    def upcoming(self, now: datetime) -> tuple[Deadline, ...]:
        """The deadlines still ahead, the nearest first."""
        return tuple(sorted((d for d in self.deadlines if d.due >= now), key=lambda d: d.due))
