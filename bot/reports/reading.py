"""A report read as a whole before it is signed: what is doubtful in it, a line each. Pure.

Rules of this file
1. A remark is a question to a person. Nothing is changed, and nothing is held back because of one.
2. First what the form's own checks find, then what no single answer shows: years, names, totals, length, documents
   out of force. Without a day of the report its checks are not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from bot.campaigns import Campaign, Field, Section
from bot.checks import findings
from bot.officers import Unit
from bot.reports import page, wording
from bot.reports.filled import NARROW, answers, cells, says_none
from bot.reports.formal import is_general
from bot.submissions import SectionState, Submission
from bot.values import fold, number, written
from knowledge.documents import Document

FEWEST, MOST = 4, 10  # pages
WORDS = 1200  # asked for by the form: less than that need not be four pages
_YEAR = re.compile(r"\bnam ((?:19|20)\d\d)\b(?! ?[-/])")
_OTHER_YEAR = re.compile(
    r"(?:so voi|so sanh voi|cung ky|cung ky cua|\btu|\bden|thang \d{1,2}|\bluat(?: [^.;]{0,60})?) $"
)
_TITLES = (("Chiến sỹ", "Chiến sĩ"), ("Lao động tiến tiến", "Lao động tiên tiến"))
_SUMS = frozenset({"cong", "tong", "tong cong", "tong so"})

# Points of a page of 14 pt text with spacing 1.15: the room, a line, what is after a paragraph, the head with the foot.
_PAGE, _LINE, _AFTER, _ENDS = 728.0, 18.5, 6.0, 460.0
_LETTERS, _CELL_LETTERS, _CELL_LINE = 74, 88, 14.0


class _Answer(NamedTuple):
    section: Section
    field: Field
    value: str


def remarks(
    form: Sequence[Section],
    submission: Submission,
    campaign: Campaign,
    unit: Unit,
    *,
    day: date | None = None,
    known: Sequence[Document] = (),
) -> Iterator[str]:
    """What is doubtful, in the order of a reader: names and years, words, sums, documents, length.

    `day`: of the report; without it the last entry of its history.
    """
    given = _given(form, submission, unit.kind)
    day = day or _last_day(submission)
    yield from _names(given, campaign, unit)
    yield from checked(form, submission, unit.kind, year=campaign.report_year, day=day)
    report = [each for each in given if not is_general(each.section)]
    yield from _years(report, campaign.report_year)
    yield from _spelling(report)
    yield from _sums(report)
    yield from _out_of_force(report, day, known)
    yield from _length(form, report)


def checked(
    form: Sequence[Section],
    submission: Submission,
    unit_kind: str,
    *,
    year: int,
    day: date | None,
    only: Sequence[Section] | None = None,
) -> list[str]:
    """What the form's own checks find, of some sections alone if any are named; documents are read in the whole."""
    titles = {section.path: section.title for section in (form if only is None else only)}
    day = day or _last_day(submission)
    found = findings(form, submission, unit_kind, year=year, day=day, cited={}) if day else ()
    return [wording.CHECKED.format(section=titles[each.path], text=each.told) for each in found if each.path in titles]


def remarks_on_words(
    sections: Sequence[Section],
    submission: Submission,
    unit_kind: str,
    *,
    day: date | None = None,
    known: Sequence[Document] = (),
) -> list[str]:
    """The same of some sections alone, as far as it is no matter which: words, sums, documents."""
    given = _given(sections, submission, unit_kind)
    return [*_spelling(given), *_sums(given), *_out_of_force(given, day or _last_day(submission), known)]


def _given(sections: Sequence[Section], submission: Submission, unit_kind: str) -> list[_Answer]:
    return [
        _Answer(section, field, value)
        for section in sections
        if submission.filled(section.path).state is not SectionState.NONE
        for _, field, value in answers(section, submission, unit_kind)
    ]


def _last_day(submission: Submission) -> date | None:
    return submission.history[-1].at.date() if submission.history else None


def _names(given: Sequence[_Answer], campaign: Campaign, unit: Unit) -> Iterator[str]:
    said = {each.field.key: " ".join(each.value.split()) for each in given if is_general(each.section)}
    name, year = said.get("ten_don_vi", ""), said.get("nam", "")
    if name and name.casefold() != " ".join(unit.name.split()).casefold():
        yield wording.OTHER_NAME.format(said=name, known=unit.name)
    if year and number(year) != campaign.report_year:
        yield wording.OTHER_YEAR_GIVEN.format(said=year, year=campaign.report_year)


def _years(given: Sequence[_Answer], year: int) -> Iterator[str]:
    for section, text in _by_section(given):
        folded = fold(text)
        named = {
            int(found[1]) for found in _YEAR.finditer(folded) if not _OTHER_YEAR.search(folded[: found.start()][-80:])
        }
        if wrong := sorted(named - {year, year + 1}):
            years = ", ".join(map(str, wrong))
            yield wording.OTHER_YEARS.format(section=section.title, years=years, year=year)


def _spelling(given: Sequence[_Answer]) -> Iterator[str]:
    for section, text in _by_section(given):
        plain = " ".join(text.split()).casefold()
        for wrong, right in _TITLES:
            if wrong.casefold() in plain:
                yield wording.SPELLING.format(section=section.title, wrong=wrong, right=right)


def _sums(given: Sequence[_Answer]) -> Iterator[str]:
    return (remark for each in given if each.field.kind == "table" for remark in _wrong_sums(each))


def _wrong_sums(given: _Answer) -> Iterator[str]:
    """A last row that calls itself the total must be the sum of those above it."""
    *parts, total = cells(given.field, given.value) or ((),)
    if not parts or not total or fold(total[0]) not in _SUMS:
        return
    for index, column in enumerate(given.field.columns):
        figures = [number(row[index]) for row in parts if row[index].strip()]
        said = number(total[index])
        right = sum((figure for figure in figures if figure is not None), Decimal())
        if (
            column.kind == "number"
            and column.unit != "%"
            and said is not None
            and None not in figures
            and said != right
        ):
            yield wording.OTHER_SUM.format(
                table=given.field.label, column=column.label, said=written(said), sum=written(right)
            )


def _out_of_force(given: Sequence[_Answer], day: date | None, known: Sequence[Document]) -> Iterator[str]:
    text = fold("\n".join(each.value for each in given))
    for document in known:
        named = rf"(?<![\w/]){re.escape(fold(document.number))}(?![\w/])"
        if day and not document.in_force(day) and re.search(named, text):
            yield wording.OUT_OF_FORCE.format(number=document.number, day=f"{day:%d/%m/%Y}")


def _length(form: Sequence[Section], given: Sequence[_Answer]) -> Iterator[str]:
    asked_for = sum(field.length[0] for section in form for field in section.fields)
    count = pages(form, given)
    if count > MOST or (count < FEWEST and asked_for >= WORDS):
        yield wording.LENGTH.format(pages=count, fewest=FEWEST, most=MOST)


def pages(form: Sequence[Section], given: Sequence[_Answer]) -> int:
    """About how many pages the report has without its appendices."""
    height = _ENDS + sum(_height(section.title, _LETTERS) for section in form)
    for each in given:
        if each.field.kind != "table" or says_none(each.value):
            height += _height(each.field.label, _LETTERS) + _height(each.value.replace("\t", "\n"), _LETTERS)
        elif len(each.field.columns) <= NARROW:
            letters = _CELL_LETTERS // max(len(each.field.columns), 1)
            for row in cells(each.field, each.value):
                height += _CELL_LINE * max(ceil(len(cell) / letters) or 1 for cell in row)
    return max(1, ceil(height / _PAGE))


def _height(text: str, letters: int) -> float:
    return sum(_LINE * ceil(len(line) / letters) + _AFTER for line in page.paragraphs(text))


def _by_section(given: Sequence[_Answer]) -> Iterator[tuple[Section, str]]:
    texts: dict[str, tuple[Section, list[str]]] = {}
    for each in given:
        texts.setdefault(each.section.path, (each.section, []))[1].append(each.value)
    return ((section, "\n".join(values)) for section, values in texts.values())
