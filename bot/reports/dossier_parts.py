"""What a unit gave for the parts of a dossier, found by the keys of its form. Pure.

NoPartError     the campaign's form does not ask for what should be printed; the message says so to staff
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.campaigns import Column, Field, Section
from bot.checks import asked
from bot.reports import dossier_wording as wording
from bot.reports import page
from bot.reports.filled import cells, heading
from bot.submissions import SectionState, Submission
from bot.values import day, fold


class NoPartError(LookupError):
    """The form has no such part; the message is for staff."""


class Entry(NamedTuple):
    """One row of a table or block: its cells by the keys of the columns."""

    columns: tuple[Column, ...]
    said: Mapping[str, str]

    def one(self, key: str) -> str:
        """A cell in one line, "" if it is empty or there is none."""
        return " ".join(page.paragraphs(self.said.get(key, "")))

    @property
    def name(self) -> str:
        """Whom or what the row is about: "ten", or its first cell."""
        return self.one("ten") if "ten" in self.said else self.one(next(iter(self.said), ""))


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form and what was answered in it."""

    section: Section
    fields: tuple[Field, ...]
    values: Mapping[str, str]

    def one(self, key: str) -> str:
        """An answer in one line, "" if there is none."""
        return " ".join(page.paragraphs(self.values.get(key, "")))

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def entries(self, key: str) -> tuple[Entry, ...]:
        """The rows of a table or block."""
        field = self.field(key)
        return () if field is None else tuple(_entry(field, row) for row in cells(field, self.values.get(key, "")))

    def about(self, key: str, name: str) -> tuple[Entry, ...]:
        """The rows about one person or collective; all rows of a table that does not name any."""
        given = self.entries(key)
        return tuple(each for each in given if "ten" not in each.said or fold(each.name) == fold(name))


class Listed(NamedTuple):
    """Somebody proposed: the row, and whether it is one person, a collective or a household."""

    entry: Entry
    kind: str


def find(form: Sequence[Section], submission: Submission, unit_kind: str, part: str) -> Part | None:
    """A part by its path ("to-trinh"), or by what its title begins with ("Tờ trình"); None if the form has none."""
    title = fold(wording.PARTS[part])
    section = next((each for each in form if each.path == part), None)
    section = section or next((each for each in form if fold(each.title).startswith(title)), None)
    if section is None:
        return None
    filled = submission.filled(section.path)
    fields = asked(section, submission, unit_kind)
    given = {} if filled.state is SectionState.NONE else {f.key: filled.values.get(f.key, "") for f in fields}
    return Part(section, fields, given)


def needed(form: Sequence[Section], submission: Submission, unit_kind: str, part: str) -> Part:
    """The same. Raises NoPartError if the form has none."""
    found = find(form, submission, unit_kind, part)
    if found is None:
        raise NoPartError(wording.NO_PART.format(part=wording.PARTS[part]))
    return found


def listed(part: Part | None) -> tuple[Listed, ...]:
    """Everybody who is proposed, in the order of the form's lists."""
    return tuple(
        Listed(entry, entry.one("phan_loai") or (wording.COLLECTIVE if "tap_the" in field.key else wording.PERSON))
        for field in (part.fields if part else ())
        if part and field.kind == "table"
        for entry in part.entries(field.key)
    )


def list_table(given: Sequence[Listed]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The list as a table: its usual columns, then what else was given of anybody."""
    usual = {key for key, _ in wording.LIST_COLUMNS}
    others = {
        column.key: heading(column)
        for entry, _ in given
        for column in entry.columns
        if column.key not in usual and entry.one(column.key)
    }
    header = (*(label for _, label in wording.LIST_COLUMNS), *others.values())
    keys = (*(key for key, _ in wording.LIST_COLUMNS), *others)
    return header, [tuple(_list_cell(each, key) for key in keys) for each in given]


def counted(given: Sequence[Listed]) -> Iterator[tuple[str, str]]:
    """Every title that is proposed, and for how many: "2 tập thể, 1 cá nhân"."""
    titles: dict[str, list[Listed]] = {}
    for each in given:
        titles.setdefault(fold(each.entry.one("danh_hieu")), []).append(each)
    for group in titles.values():
        yield group[0].entry.one("danh_hieu") or wording.DOTS, numbers(group)


def numbers(given: Sequence[Listed]) -> str:
    """How many of each kind, those there are."""
    persons = sum(fold(each.kind) == fold(wording.PERSON) for each in given)
    households = sum(fold(each.kind).startswith("ho") for each in given)
    rest = len(given) - persons - households
    each_kind = ((wording.COLLECTIVES, rest), (wording.PERSONS, persons), (wording.HOUSEHOLDS, households))
    return ", ".join(words.format(n=n) for words, n in each_kind if n)


def calendar_day(text: str) -> date | None:
    """The day that an answer is."""
    fixed = day(text)
    return date(*map(int, reversed(fixed.split("/")))) if fixed else None


def _entry(field: Field, row: Sequence[str]) -> Entry:
    keys = [column.key for column in field.columns] or [field.key]
    return Entry(field.columns, dict(zip(keys, row, strict=True)))


def _list_cell(each: Listed, key: str) -> str:
    match key:
        case "phan_loai":
            return each.kind
        case "ten":
            return each.entry.name
        case _:
            return each.entry.said.get(key, "")
