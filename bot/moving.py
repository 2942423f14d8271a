"""A draft goes along to a newer version of its campaign. Pure.

Rules of this file
1. What is asked as before keeps its answer. What is not stays in the submission: a section or field that is gone under
   its old name, an answer that does not fit what is asked there now under "name@version"; no form shows either.
2. A section is complete if nothing that must be answered lacks its answer; one declared to have no content keeps that,
   unless the new version asks more there.
3. In a returned submission a section that is incomplete by the change is opened too, with `reason`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.campaigns import Campaign, Field, Section
from bot.submissions import Entry, Filled, SectionState, State, Submission


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
        after = _carried(filled, before.fields if before else (), section.fields, old.version)
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


def _carried(filled: Filled, was: Sequence[Field], now: Sequence[Field], version: int) -> Filled:
    before = {field.key: field for field in was}
    values = dict(filled.values)
    for field in now:
        value = values.get(field.key, "")
        known = before.get(field.key)
        if value and not (known and same_question(known, field) and _takes(field, value)):
            values[f"{field.key}@{version}"] = values.pop(field.key)
    lacked, lacks = _lacks(was, filled.values), _lacks(now, values)
    match filled.state:
        case SectionState.NONE if any(field.required and field.key not in before for field in now):
            state = SectionState.DRAFT
        case SectionState.DONE if lacks:
            state = SectionState.DRAFT
        case SectionState.DRAFT if lacked and not lacks:
            state = SectionState.DONE
        case as_before:
            state = as_before
    return replace(filled, values=values, state=state)


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
