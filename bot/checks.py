"""What must hold between a unit's answers: every kind of check, worked out on what was said. Pure.

Rules of this file
1. Nothing is checked against an answer that is not there: an open question is "missing", never wrong. Of several parts
   that are added up, an optional one left empty counts as nothing, if another is there.
2. A check that cannot be worked out (no number where one is wanted) finds nothing.
3. A finding is for the officer: the check's own message, before it the row it was found in, after it what was compared.
4. Besides the form's own checks, an answer begun with an earlier year's is searched for that year (`outdated`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException
from itertools import count

from bot import check_wording
from bot.abbreviations import unexplained
from bot.answered import Answers, Said, answer, answers, applies, asked
from bot.campaigns import Check, Level, Section
from bot.places import Named, Place, Special, calendar_day, place
from bot.submissions import Submission
from bot.totals import unlike
from bot.values import fold, number, written
from knowledge import citations, vietnamese
from knowledge.shorthand import MEANINGS

__all__ = ["Finding", "Validity", "answer", "applies", "asked", "findings", "outdated"]

_LONGEST = 30  # digits of a figure; what is longer is none
_YEAR = re.compile(
    r"(?<!so voi )(?<!cung ky )\bnam (?P<said>(?:19|20)\d\d)\b(?! ?[-/] ?\d)"
    r"|(?<![\d/])\d{1,2}/\d{1,2}/(?P<dated>(?:19|20)\d\d)\b"
)
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")

Value = Decimal | date


@dataclass(frozen=True, slots=True)
class Validity:
    """What the library knows of a cited document; `until` is the last day in force, both ends None if open."""

    number: str
    title: str = ""
    since: date | None = None
    until: date | None = None
    replaced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: the section and the field where, `row` from 1 in a table, and the text for the officer."""

    path: str
    key: str
    row: int | None
    level: Level
    text: str
    source: str = ""

    @property
    def told(self) -> str:
        """The text with what it is held against."""
        return self.text + (check_wording.source(self.source) if self.source else "")


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything a check may look at; `here` is the section that it belongs to, `titles` those of all by path.

    `short`: abbreviations that are not spelled out, by those that need not be.
    """

    answers: Answers
    here: Section
    titles: Mapping[str, str]
    short: Mapping[tuple[str, ...], Sequence[tuple[Said, str]]]
    year: int
    day: date
    cited: Mapping[str, Validity]


def findings(
    sections: Sequence[Section],
    submission: Submission,
    unit_kind: str,
    *,
    year: int,
    day: date,
    cited: Mapping[str, Validity],
) -> tuple[Finding, ...]:
    """What does not hold in a submission, in the form's order: errors and warnings.

    `sections`: the unit's form. `year`: reported on. `day`: of the report. `cited`: what the library knows, by
    `knowledge.citations.number_key`.
    """
    given = answers(sections, submission, unit_kind)
    titles = {section.path: section.title for section in sections}
    prose = [*given.prose()]
    excused = {check.against for section in sections for check in section.checks if check.kind == "spelled_out"}
    short = {each: [*_not_spelled_out(prose, each)] for each in excused}
    return tuple(
        Finding(said.path, said.key, said.row, check.level, _text(check, said.row, compared), _source(check))
        for section in sections
        for check in section.checks
        for said, compared in _found(check, _Scene(given, section, titles, short, year, day, cited))
    )


def outdated(sections: Sequence[Section], submission: Submission, unit_kind: str) -> tuple[Finding, ...]:
    """Where an answer that was begun with an earlier year's still speaks of that year: warnings.

    Not of spans of years, numbers of documents, nor of what the year is compared with.
    """
    given = answers(sections, submission, unit_kind)
    return tuple(
        Finding(section.path, said.key, said.row, "warning", _where(said.row) + _OUTDATED.format(year=year))
        for section in sections
        for key, year in submission.filled(section.path).begun.items()
        if (section.path, key) in given.fields
        for said in given.said(Place(key), section)
        if _speaks_of(year, said.text)
    )


_OUTDATED = "Nội dung lấy từ báo cáo năm trước còn nhắc năm {year}; xin sửa lại cho đúng năm nay."


def _speaks_of(year: int, text: str) -> bool:
    """Whether a year is named alone or in a date ("tháng 11/2025"), and not as `outdated` leaves out."""
    alone = rf"(?<!\d)(?<!\d-)(?<!\d - ){year}(?!\d| ?- ?\d|/[a-z])"
    folded = re.sub(r"[–—]", "-", fold(text))
    return any(not _COMPARED.search(folded[: found.start()]) for found in re.finditer(alone, folded))


_COMPARED = re.compile(r"\b(?:so voi|cung ky)(?: cung ky)?(?: nam)? $")


def _source(check: Check) -> str:
    return check.source or (_LIBRARY if check.kind == "in_force" else "")


_LIBRARY = "thư viện văn bản của trợ lý"


def _where(row: int | None) -> str:
    return f"Hàng {row}: " if row else ""


def _text(check: Check, row: int | None, compared: str) -> str:
    return f"{_where(row)}{check.message}" + (f" ({compared})" if compared else "")


def _found(check: Check, scene: _Scene) -> Iterator[tuple[Said, str]]:
    """Where a check does not hold, and what was compared there."""
    of = place(check.of)
    if not isinstance(of, Place | Special) or of is Special.TODAY:
        return
    match check.kind:
        case "at_most" | "at_least" | "sum" | "ratio" | "share":
            if isinstance(of, Place):
                yield from _figures(check, of, scene)
        case "unique":
            if isinstance(of, Place):
                yield from _twice(check, of, scene)
        case "total":
            yield from _told_otherwise(check, of, scene)
        case "spelled_out":
            places = {(said.path, said.key) for said in scene.answers.said(of, scene.here)}
            yield from (each for each in scene.short[check.against] if (each[0].path, each[0].key) in places)
        case _:
            for said in scene.answers.said(of, scene.here):
                yield from ((said, compared) for compared in _wrong_words(check, said.text, scene))


# --- figures and days -------------------------------------------------------------------------------------------------


def _figures(check: Check, of: Place, scene: _Scene) -> Iterator[tuple[Said, str]]:
    against = [place(each) for each in check.against]
    path = of.path or scene.here.path
    rows = range(len(scene.answers.cells(of, scene.here))) if of.by_row else (None,)
    for row in rows:
        left = _value(of, row, scene)
        counted = [each for each in against if check.kind != "sum" or not _left_out(each, row, scene)]
        parts = [part for each in counted if (part := _value(each, row, scene)) is not None]
        if left is None or not parts or len(parts) < len(counted):
            continue
        if compared := _unlike(check, left, parts):
            yield Said(path, of.key, None if row is None else row + 1, ""), compared


def _unlike(check: Check, left: Value, parts: Sequence[Value]) -> str:
    """What was compared if a check over figures does not hold, "" if it does or cannot be worked out."""
    if check.kind in {"at_most", "at_least"}:
        return _beyond(check, left, parts[0])
    figures = [part for part in parts if isinstance(part, Decimal)]
    if not isinstance(left, Decimal) or len(figures) < len(parts):
        return ""
    compared = ""
    try:
        match check.kind, figures:
            case "share", [whole]:
                compared = _over_share(check, left, whole)
            case "ratio", [part, whole] if whole:
                compared = _apart(check, left, 100 * part / whole, "tính ra")
            case "sum", _:
                compared = _apart(check, left, sum(figures, Decimal()), "cộng lại là")
    except DecimalException:
        return ""
    return compared


def _beyond(check: Check, left: Value, limit: Value) -> str:
    """Numbers are held against numbers, days against days; a number and a day cannot be compared."""
    match left, limit:
        case Decimal(), Decimal():
            over, words = left - limit, {"at_most": "nhiều nhất là", "at_least": "ít nhất là"}
        case date(), date():
            over, words = Decimal((left - limit).days), {"at_most": "muộn nhất là ngày", "at_least": "sớm nhất là ngày"}
        case _:
            return ""
    wrong = over > 0 if check.kind == "at_most" else over < 0
    return f"ghi {_shown(left)}, {words[check.kind]} {_shown(limit)}" if wrong else ""


def _apart(check: Check, left: Decimal, right: Decimal, worked_out: str) -> str:
    near = abs(left - right) <= Decimal(str(check.tolerance))
    return "" if near else f"ghi {_shown(left)}, {worked_out} {_shown(right)}"


def _over_share(check: Check, left: Decimal, whole: Decimal) -> str:
    most = Decimal(str(check.tolerance))
    over = left * 100 > whole * most
    return f"{_shown(left)} trên {_shown(whole)}, không được quá {_shown(most)} %" if over else ""


def _value(named: Named | None, row: int | None, scene: _Scene) -> Value | None:
    """The figure or the day at a place; None if there is none, or it is not one."""
    match named:
        case Special():
            return scene.day if named is Special.TODAY else None
        case Place(how="count"):
            return _count(named, scene)
        case Place(how="sum"):
            return _added(scene.answers.cells(named, scene.here))
        case Place(column=""):
            return _read(scene.answers.value(named, scene.here))
        case Place():
            cells = scene.answers.cells(named, scene.here)
            return _read(cells[row]) if row is not None and row < len(cells) else None
        case _:
            return named


def _read(text: str) -> Value | None:
    if len(text) > _LONGEST:
        return None
    figure = number(text)
    return calendar_day(text) if figure is None else figure


def _count(named: Place, scene: _Scene) -> Decimal | None:
    """How many rows a table has; an optional one left empty has none, a required one is missing."""
    rows = len(list(scene.answers.said(Place(named.key, named.path), scene.here)))
    field = scene.answers.field(named, scene.here)
    return Decimal(rows) if field and (rows or not field.required) else None


def _added(cells: Sequence[str]) -> Decimal | None:
    figures = [_read(cell) for cell in cells if cell.strip()]
    numbers = [figure for figure in figures if isinstance(figure, Decimal)]
    return sum(numbers, Decimal()) if numbers and len(numbers) == len(figures) else None


def _left_out(named: Named | None, row: int | None, scene: _Scene) -> bool:
    """Whether a part of a sum is optional and empty, or not asked at all (rule 1)."""
    if not isinstance(named, Place) or named.how == "count":
        return False
    field = scene.answers.field(named, scene.here)
    if field is None:
        return True
    required = next((c.required for c in field.columns if c.key == named.column), field.required)
    if not named.column:
        return not required and not scene.answers.value(named, scene.here).strip()
    cells = scene.answers.cells(named, scene.here)
    mine = cells if row is None or not named.by_row else cells[row : row + 1]
    return not required and not any(cell.strip() for cell in mine)


def _shown(value: Value) -> str:
    return written(Decimal(f"{value:.2f}")) if isinstance(value, Decimal) else f"{value:%d/%m/%Y}"


# --- words ------------------------------------------------------------------------------------------------------------


def _twice(check: Check, of: Place, scene: _Scene) -> Iterator[tuple[Said, str]]:
    """Rows that say the same as an earlier one."""
    columns = [each for each in (of, *map(place, check.against)) if isinstance(each, Place)]
    told = [[fold(cell) for cell in scene.answers.cells(each, scene.here)] for each in columns]
    first: dict[tuple[str, ...], int] = {}
    for row, cells in zip(count(1), zip(*told, strict=False)):
        if not cells[0]:
            continue
        if (earlier := first.setdefault(cells, row)) != row:
            yield Said(of.path or scene.here.path, of.key, row, ""), f"trùng với hàng {earlier}"


def _wrong_words(check: Check, text: str, scene: _Scene) -> Iterator[str]:
    """What of a text does not hold; "" where the message says it all."""
    words = [fold(each) for each in check.against]
    match check.kind:
        case "whole":
            figure = _read(text)
            wrong_one = isinstance(figure, Decimal) and (figure < 0 or figure != figure.to_integral_value())
            yield from (f"ghi {text.strip()}",) if wrong_one else ()
        case "years":
            right = scene.year + int(check.tolerance)
            wrong = [found for found in _years(text) if found != right]
            yield from [f"ghi năm {', '.join(map(str, wrong))}; năm đúng là {right}"] if wrong else []
        case "in_force":
            known = [scene.cited[key] for key in citations.numbers_in(text) if key in scene.cited]
            yield from (told for validity in known if (told := _not_in_force(validity, scene.day)))
        case "cites":
            yield from () if citations.numbers_in(text) else ("",)
        case "figures":
            excused = any(fold(text).startswith(each) for each in words)
            yield from () if excused or any(c.isdecimal() for c in text) else ("",)
        case "not_only":
            yield from ("",) if fold(text) in words else ()
        case "avoid":
            plain = vietnamese.clean(text).casefold()
            found = [each for each in check.against if vietnamese.clean(each).casefold() in plain]
            yield from (f"“{each}”" for each in found)


def _told_otherwise(check: Check, of: Place | Special, scene: _Scene) -> Iterator[tuple[Said, str]]:
    """Texts that give another number for the whole of something than its table."""
    named, thing, *about = place(check.against[0]), *check.against[1:]
    total = _value(named, None, scene)
    if not isinstance(total, Decimal) or not isinstance(named, Place):
        return
    table = scene.answers.field(named, scene.here)
    path = named.path or scene.here.path
    for said in scene.answers.said(of, scene.here):
        wrong = unlike(said.text, total, thing, about, year=scene.year)
        if wrong and table and (said.path, said.key) != (path, named.key):
            elsewhere = scene.titles.get(path, "") if path != said.path else ""
            yield said, check_wording.total(wrong.words, table.label, elsewhere, _shown(total))


def _not_spelled_out(prose: Sequence[Said], excused: Sequence[str]) -> Iterator[tuple[Said, str]]:
    """Texts in which an abbreviation is used first, in the whole report, and not spelled out."""
    missing = unexplained(((n, said.text) for n, said in enumerate(prose)), excused)
    for n, found in missing.items():
        yield prose[n], check_wording.abbreviations(found, MEANINGS)


def _years(text: str) -> list[int]:
    """The years a text speaks of, each once: "năm 2026", dates; not spans of years, nor what it compares with."""
    if _BARE_YEAR.fullmatch(text.strip()):
        return [int(text)]
    named = _YEAR.finditer(fold(text))
    return list(dict.fromkeys(int(m["said"] or m["dated"]) for m in named))


def _not_in_force(validity: Validity, day: date) -> str:
    name = f"{validity.number}, {validity.title}" if validity.title else validity.number
    if validity.until and validity.until < day:
        instead = f"; văn bản thay thế: {', '.join(validity.replaced_by)}" if validity.replaced_by else ""
        return f"{name}: hết hiệu lực sau ngày {validity.until:%d/%m/%Y}{instead}"
    if validity.since and validity.since > day:
        return f"{name}: có hiệu lực từ ngày {validity.since:%d/%m/%Y}"
    return ""
