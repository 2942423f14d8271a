"""A draft goes along to a newer version of its campaign; an earlier year's report answers this year's form. Pure.

Rules of this file
1. What is asked as before keeps its answer. What is not stays in the submission: a section or field that is gone under
   its old name, an answer that does not fit what is asked there now under "name@version"; no form shows either.
2. A section is complete if nothing that must be answered lacks its answer; one declared to have no content keeps that,
   unless the new version asks more there.
3. In a returned submission a section that is incomplete by the change is opened too, with `reason`.
4. Of an earlier year's report only what is asked again counts: the same key and kind, in the section of the same title
   (years aside) or, failing that, of the same path. Each section answers one.
5. Words may be the start of an answer; figures, days and choices are that year's: they may be looked at only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot import tables
from bot.answered import asked, counted
from bot.campaigns import Campaign, Field, Section
from bot.officers import Unit
from bot.submissions import Entry, Filled, SectionState, State, Submission
from bot.values import fold

_A_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Kind(StrEnum):
    NEW = "new"
    GONE = "gone"
    ASKED_ANEW = "asked_anew"  # the answer given does not fit any more
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in a section (its title), or in one field of it (its label)."""

    kind: Kind
    section: str
    field: str = ""


def changes(old: Campaign, new: Campaign, unit_kind: str) -> tuple[Change, ...]:
    """What a unit of this kind must know, in the order of the new form, then what is gone."""
    was = {section.path: section for section in old.form_for(unit_kind)}
    now = {section.path: section for section in new.form_for(unit_kind)}
    found: list[Change] = []
    for path, section in now.items():
        found += _in_section(was[path], section) if path in was else [Change(Kind.NEW, section.title)]
    found += [Change(Kind.GONE, section.title) for path, section in was.items() if path not in now]
    return tuple(found)


def moved(s: Submission, old: Campaign, new: Campaign, unit_kind: str, *entries: Entry, reason: str = "") -> Submission:
    """The submission on the newer version; one that is locked stays as it is."""
    if s.locked:
        return s
    was = {section.path: section for section in old.form_for(unit_kind)}
    sections = dict(s.sections)
    for section in new.form_for(unit_kind):
        before = was.get(section.path)
        filled = s.filled(section.path)
        after = _kept(filled, before.fields if before else (), section.fields, old.version)
        worse = (
            section.required and section.when is None and after.state in {SectionState.UNTOUCHED, SectionState.DRAFT}
        )
        if s.state is State.RETURNED and worse and not after.returned and before != section:
            after = replace(after, returned=reason)
        if after != filled:
            sections[section.path] = after
    return replace(s, version=new.version, sections=sections, history=(*s.history, *entries))


def same_question(one: Field, other: Field) -> bool:
    """Whether an answer to the one answers the other."""
    columns = [[(column.key, column.kind) for column in field.columns] for field in (one, other)]
    return (one.key, one.kind) == (other.key, other.kind) and columns[0] == columns[1]


def _kept(filled: Filled, was: Sequence[Field], now: Sequence[Field], version: int) -> Filled:
    before = {field.key: field for field in was}
    values = dict(filled.values)
    for field in now:
        value = values.get(field.key, "")
        known = before.get(field.key)
        if value and not (known and same_question(known, field) and _takes(field, value)):
            values[f"{field.key}@{version}"] = values.pop(field.key)
    carried = {key: marked for key, marked in filled.carried.items() if key in values}
    begun = {key: year for key, year in filled.begun.items() if key in values}
    lacked, lacks = _lacks(was, filled.values), _lacks(now, values) or any(f.key in carried for f in now)
    match filled.state:
        case SectionState.NONE if any(field.required and field.key not in before for field in now):
            state = SectionState.DRAFT
        case SectionState.DONE if lacks:
            state = SectionState.DRAFT
        case SectionState.DRAFT if lacked and not lacks:
            state = SectionState.DONE
        case as_before:
            state = as_before
    return replace(filled, values=values, state=state, carried=carried, begun=begun)


def _lacks(fields: Sequence[Field], values: Mapping[str, str]) -> bool:
    return any(field.required and field.when is None and not values.get(field.key) for field in fields)


def _takes(field: Field, value: str) -> bool:
    return field.kind != "choice" or value in field.options


def _in_section(was: Section, now: Section) -> Iterator[Change]:
    before = {field.key: field for field in was.fields}
    after = {field.key: field for field in now.fields}
    told = False
    for key, field in after.items():
        known = before.get(key)
        if known is None:
            told = True
            yield Change(Kind.NEW, now.title, field.label)
        elif not same_question(known, field) or (field.kind == "choice" and set(known.options) - set(field.options)):
            told = True
            yield Change(Kind.ASKED_ANEW, now.title, field.label)
    for key, field in before.items():
        if key not in after:
            told = True
            yield Change(Kind.GONE, now.title, field.label)
    if not told and was != now:
        yield Change(Kind.REWORDED, now.title)


# --- an earlier year's report -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """What a unit handed in to an earlier campaign, in the version that it was filled in on."""

    campaign: Campaign
    submission: Submission
    unit: Unit


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier year's answers to what this year's form asks again: section path → field's key → value.

    `unit`: the name of the unit that handed them in, if it is one that this unit follows.
    """

    year: int
    answers: Mapping[str, Mapping[str, str]]
    unit: str = ""


def earlier(campaign: Campaign, unit: Unit, past: Iterable[Past]) -> Earlier | None:
    """The latest report that answers anything of this form; None if there is none.

    Of several of a year the unit's own, then the one that has most titles in common, then that answers most sections.
    `past` may hold only what this unit may see.
    """
    form = campaign.form_for(unit.kind)
    found: list[tuple[tuple[int, bool, int, int], Earlier]] = []
    for each in past:
        year = each.campaign.report_year
        if year >= campaign.report_year or not each.submission.handed_in:
            continue
        asked_then = each.campaign.form_for(each.unit.kind)
        handed_in = replace(each, submission=counted(asked_then, each.submission, each.unit.kind))
        pairs = [*_counterparts(form, _reported(handed_in))]
        own, alike = each.unit.code == unit.code, sum(_same_title(*pair) for pair in pairs)
        if answers := _answers(pairs, handed_in):
            found.append(((year, own, alike, len(answers)), Earlier(year, answers, "" if own else each.unit.name)))
    return max(found, key=lambda one: one[0])[1] if found else None


def start(of: Field, value: str) -> str:
    """What of an earlier year's answer may be the start of this year's (rule 5), "" if nothing."""
    match of.kind:
        case "text":
            return value if value != tables.NONE else ""
        case "table" | "block":
            given = (tables.taken(_words(row, of), of) for row in tables.rows(value) if tables.declared(row) is None)
            with_words = tables.joined(row for row in given if any(row))
            return tables.kept(of, tables.laid_out(of, with_words))
        case _:
            return ""


def still_carried(of: Field, carried: str, value: str) -> str:
    """What of an answer is still an earlier year's once it is this value: of a table, the rows that stand as before."""
    if of.kind not in {"table", "block"}:
        return ""
    standing = set(tables.rows(value))
    return tables.joined(row for row in tables.rows(carried) if row in standing)


def _reported(past: Past) -> list[Section]:
    """The sections that have content."""
    return [s for s in past.campaign.form_for(past.unit.kind) if past.submission.filled(s.path).state in _ANSWERED]


def _answers(pairs: Iterable[tuple[Section, Section]], past: Past) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for section, before in pairs:
        given = {f.key: (f, past.submission.filled(before.path).values.get(f.key, "")) for f in _asked(before, past)}
        same = ((f, given[f.key]) for f in section.fields if f.key in given)
        answers = {f.key: value for f, (known, value) in same if value and same_question(known, f)}
        if answers:
            found[section.path] = answers
    return found


_ANSWERED = frozenset((SectionState.DONE, SectionState.DRAFT))


def _asked(section: Section, past: Past) -> tuple[Field, ...]:
    return asked(section, past.submission, past.unit.kind)


def _counterparts(form: Sequence[Section], was: Sequence[Section]) -> Iterator[tuple[Section, Section]]:
    """Each section with the one it was in the earlier form: a title is surer than a path, which counts through."""
    left = {section.path: section for section in was}
    found: dict[str, Section] = {}
    for alike in (_same_place, _same_title, _same_path):
        for section in form:
            if section.path in found:
                continue
            if before := next((each for each in left.values() if alike(section, each)), None):
                found[section.path] = left.pop(before.path)
    yield from ((section, found[section.path]) for section in form if section.path in found)


def _same_title(one: Section, other: Section) -> bool:
    titles = [fold(_A_YEAR.sub("", section.title)) for section in (one, other)]
    return titles[0] == titles[1]


def _same_path(one: Section, other: Section) -> bool:
    return one.path == other.path


def _same_place(one: Section, other: Section) -> bool:
    return _same_path(one, other) and _same_title(one, other)


def _words(row: tables.Row, of: Field) -> tables.Row:
    """A row without its figures, days and choices; the cells behind the last column are left out."""
    return tuple(cell if column.kind == "text" else "" for cell, column in zip(row, of.columns, strict=False))
