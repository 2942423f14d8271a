"""Đợt tổng kết: the guidance turned into a form, its deadlines, the units it addresses. Pure.

A campaign is versioned: a submission stays with the version it was filled in on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CellKind = Literal["text", "number", "date", "choice"]
FieldKind = Literal["text", "number", "date", "choice", "yes_no", "table", "block", "file"]
Level = Literal["error", "warning"]
CheckKind = Literal[
    "at_most", "at_least", "sum", "ratio", "share", "whole",
    "years", "in_force", "cites", "figures", "not_only", "avoid", "unique", "total", "spelled_out",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of every row of a table or a repeated block; `unit` is what a number counts, e.g. "%"."""

    key: str
    label: str
    kind: CellKind = "text"
    required: bool = True
    unit: str = ""
    help: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only where `of` is one of `values` (`negated`: is none of them, and is answered).

    `of`: a field's key in the same section, "path:key" for a field elsewhere, or UNIT_KIND.
    """

    of: str
    values: tuple[str, ...]
    negated: bool = False


_FORMAL = frozenset({"ten_don_vi", "nguoi_ky"})
UNIT_KIND = "loại đơn vị"  # what a condition names to ask for the kind of unit


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `key` is unique inside its section; `options` belong to kind "choice", `unit` to "number".

    `columns` belong to "table" (all cells of a row at once) and "block" (a row is asked cell by cell, e.g. one a
    movement); their value is rows of cells, see `bot.tables`. `rows`: first cells that stand there from the start.
    `length`: how many words are usual, (0, 0) for no hint. `when`: asked only then.
    """

    key: str
    label: str
    kind: FieldKind = "text"
    required: bool = True
    help: str = ""
    options: tuple[str, ...] = ()
    unit: str = ""
    length: tuple[int, int] = (0, 0)
    columns: tuple[Column, ...] = ()
    rows: tuple[str, ...] = ()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold between answers of a section; `message` and `source` are for the officer.

    at_most, at_least: `of` against the only one of `against` (a field or a plain number). sum: `of` is the sum of
    `against`. ratio: `of` is 100 × against[0] / against[1] within `tolerance`. share: `of` is at most `tolerance` % of
    the only one of `against`. whole: `of` counts something: no part of one, none below 0. years: every year named in
    `of` is the report's year, plus `tolerance`. in_force: every document cited in `of` is in force on the day of the
    report. cites: `of` names a document by its number. unique: no two rows have the same column `of` (and the same
    columns `against`). Where `against` are words: figures: `of` holds a figure unless it begins with one of them;
    not_only: `of` says more than one of them; avoid: none of them is in `of`; spelled_out: an abbreviation in `of` is
    spelled out where the report first uses it, but for those. total: what the text `of` gives as the whole of
    against[1] is the figure against[0], in sentences with one of the further words if there are any.
    Places are as `bot.places` reads them: keys of the section, "path:key" elsewhere, "key.column" for every row of a
    table (checked row by row where both sides are columns of one table), "sum(key.column)" for a column added up,
    "count(key)" for its rows, a plain number or day, "hôm nay" for the day of the report; "*": every text of the
    section.
    """

    kind: CheckKind
    of: str
    message: str
    against: tuple[str, ...] = ()
    tolerance: float = 0.0
    level: Level = "warning"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: the mục it comes from (`path` in the guidance), the hint quoted from there, its fields.

    `under`: the headings it stands under in the guidance, the outermost first. `only_for` names kinds of unit (empty:
    every unit); `when`: asked only then, like a field. `from_guidance`: asked for in the guidance itself; False: it is
    usual practice, and staff may leave it out.
    """

    path: str
    title: str
    fields: tuple[Field, ...]
    hint: str = ""
    asks_for: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    from_guidance: bool = True
    under: tuple[str, ...] = ()
    when: Condition | None = None

    @property
    def formal(self) -> bool:
        """Whether it asks for the report's formal facts and is not a part of it."""
        return {f.key for f in self.fields} >= _FORMAL

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
    """One round: id is stable over versions. `units` are unit codes; `guidance` is a document number in the library.

    `approval`: where a unit has a leader, its report is handed in by them.
    """

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
    approval: bool = False

    def form_for(self, unit_kind: str) -> tuple[Section, ...]:
        """The sections that may be asked of a unit of this kind, in the guidance's order; which are: `bot.answered`."""
        return tuple(s for s in self.sections if not s.only_for or unit_kind in s.only_for)

    def upcoming(self, now: datetime) -> tuple[Deadline, ...]:
        """The deadlines still ahead, the nearest first."""
        return tuple(sorted((d for d in self.deadlines if d.due >= now), key=lambda d: d.due))
