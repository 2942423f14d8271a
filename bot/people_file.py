"""A list of units and officers (.xlsx, or .csv with one of them) → Unit and Officer values; each problem by its place.

Rules of this file
1. All problems are found before anything is said, each in one line with sheet, row and column.
2. A column that is not there changes nothing of who is known already; an empty cell of one that is empties the value.
3. Codes are the same whatever their capitals and, where they are digits alone, their leading zeros ("01" that a sheet
   made a number); what is kept is the spelling known first.
4. An officer without a code is whoever has this name in this unit, or new.

    PeopleFileError     the list cannot be taken over: .problems says why, a line each
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot import people_sheets
from bot.officers import Officer, Unit, fresh_code
from bot.people_sheets import Unreadable
from bot.people_tables import OFFICERS, UNITS, Line, Table, place, quoted, table
from knowledge import vietnamese


class PeopleFileError(Exception):
    """The list cannot be taken over; `problems` says why, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """Everybody in the list as they are to be kept; officers without addresses. `notices` do not stand in the way."""

    units: tuple[Unit, ...]
    officers: tuple[Officer, ...]
    notices: tuple[str, ...] = ()


def load(content: bytes, units: Sequence[Unit] = (), officers: Sequence[Officer] = ()) -> PeopleFile:
    """Read a file's bytes, for a store that knows these units and officers. Raises PeopleFileError."""
    try:
        tables, notices = _tables(content)
    except Unreadable as error:
        raise PeopleFileError([str(error)]) from error
    problems = [problem for each in tables for problem in each.problems()]
    if not tables:
        wanted = (quoted(c.label for c in kind.columns if c.required) for kind in (UNITS, OFFICERS))
        problems.append("Không thấy hàng tiêu đề nào: cần các cột {} (đơn vị) hoặc {} (cán bộ).".format(*wanted))
    if problems:
        raise PeopleFileError(problems)
    lines = [(each.kind, line) for each in tables for line in each.lines(problems)]
    given = _units([line for kind, line in lines if kind is UNITS], units, problems)
    every = {unit.code: unit for unit in (*units, *given)}
    people = _officers([line for kind, line in lines if kind is OFFICERS], officers, every, problems, notices)
    if problems:
        raise PeopleFileError(problems)
    return PeopleFile(tuple(given), tuple(people), tuple(notices))


def _tables(content: bytes) -> tuple[list[Table], list[str]]:
    """The lists in a file, and what is told of the rest."""
    if not people_sheets.is_workbook(content):
        found = table(people_sheets.delimited(content))
        return ([found], list(found.notices())) if found else ([], [])
    sheets, hidden = people_sheets.workbook(content)
    pairs = [(sheet, table([sheet])) for sheet in sheets if sheet.rows]
    notices = [f"Trang “{name}” đang ẩn nên được bỏ qua." for name in hidden]
    notices += [f"{place(sheet)} không có hàng tiêu đề nên được bỏ qua." for sheet, found in pairs if found is None]
    tables = [found for _, found in pairs if found is not None]
    return tables, notices + [notice for each in tables for notice in each.notices()]


# --- codes ------------------------------------------------------------------------------------------------------------


def _same(code: str) -> str:
    """What codes that are the same have in common (rule 3)."""
    return (code.lstrip("0") or "0") if code.isdecimal() else code.casefold()


def _spellings(codes: Collection[str]) -> dict[str, str]:
    """From a code however written to the one that is known; one written exactly so comes first."""
    return {_same(code): code for code in codes} | {code: code for code in codes}


def _spelt(code: str, known: Mapping[str, str]) -> str | None:
    return known.get(code, known.get(_same(code)))


def _learn(code: str, known: dict[str, str]) -> None:
    known.setdefault(code, code)
    known.setdefault(_same(code), code)


def _there(line: Line) -> str:
    return line.where[0].lower() + line.where[1:]


# --- units ------------------------------------------------------------------------------------------------------------


def _units(lines: Iterable[Line], known: Sequence[Unit], problems: list[str]) -> list[Unit]:
    before, spellings = {unit.code: unit for unit in known}, _spellings([unit.code for unit in known])
    found: dict[str, tuple[Unit, Line]] = {}
    for line in lines:
        if not (typed := line.values.get("code")):
            continue
        code = _spelt(typed, spellings) or typed
        _learn(code, spellings)
        if code in found:
            problems.append(line.says("code", f"mã “{typed}” đã có ở {_there(found[code][1])}"))
            continue
        unit = replace(before.get(code, Unit(code, "")), **dict(line.values) | {"code": code})
        found[code] = (unit, line)
        problems += _validity_problems(unit, line)
    units: dict[str, Unit] = {}
    for code, (unit, line) in found.items():
        named = line.values.get("predecessors", ())
        unknown = [typed for typed in named if _spelt(typed, spellings) is None]
        problems += [line.says("predecessors", f"không có đơn vị mã “{typed}”") for typed in unknown]
        first = tuple(dict.fromkeys(_spelt(typed, spellings) or typed for typed in unit.predecessors))
        units[code] = replace(unit, predecessors=first)
    for code, circle in _circles(before | units, units):
        problems.append(found[code][1].says("predecessors", f"đơn vị trước đi thành vòng: {' ← '.join(circle)}"))
    return list(units.values())


def _validity_problems(unit: Unit, line: Line) -> Iterator[str]:
    if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
        column = "valid_to" if "valid_to" in line.labels else "valid_from"
        yield line.says(column, f"hiệu lực đến {unit.valid_to:%d/%m/%Y} trước hiệu lực từ {unit.valid_from:%d/%m/%Y}")


def _circles(units: Mapping[str, Unit], given: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Each of the given units that comes, over others, before itself, with the way round."""
    for start in given:
        ways = [[start]]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            for code in units[way[-1]].predecessors if way[-1] in units else ():
                if code == start:
                    yield start, [*way, start]
                    ways = []
                    break
                if code not in seen:
                    seen.add(code)
                    ways.append([*way, code])


# --- officers ---------------------------------------------------------------------------------------------------------


def _officers(
    lines: Iterable[Line],
    known: Sequence[Officer],
    units: Collection[str],
    problems: list[str],
    notices: list[str],
) -> list[Officer]:
    before, spellings = {o.code: replace(o, addresses=()) for o in known}, _spellings([o.code for o in known])
    unit_spellings = _spellings(units)
    found: dict[tuple[str, str], tuple[Officer, Line]] = {}  # by code, or by name and unit where one is to be given
    for line in lines:
        typed, name, code = (line.values.get(key, "") for key in ("unit", "name", "code"))
        unit = _spelt(typed, unit_spellings)
        if typed and unit is None:
            problems.append(line.says("unit", f"không có đơn vị mã “{typed}”"))
        if unit is None or not name:
            continue
        if code:
            code = _spelt(code, spellings) or code
            _learn(code, spellings)
        elif len(namesakes := _namesakes(name, unit, known)) > 1:
            codes = ", ".join(o.code for o in namesakes)
            problems.append(line.says("name", f"đơn vị “{unit}” có nhiều cán bộ tên “{name}” ({codes}); xin ghi mã"))
            continue
        elif namesakes:
            code = namesakes[0].code
        elif elsewhere := ", ".join(f"{o.code} ({o.unit})" for o in known if _person(o.name) == _person(name)):
            told = f"“{name}” được thêm là người mới; nếu là người đã có chuyển đến, xin ghi mã: {elsewhere}."
            notices.append(f"{line.where}: {told}")
        key = (code, "") if code else (_person(name), unit)
        if key in found:
            told = f"“{name}” trùng với {_there(found[key][1])}; nếu là hai người, xin ghi mã riêng cho từng người"
            problems.append(line.says("name", told))
            continue
        officer = replace(before.get(code, Officer(code, "", "")), **dict(line.values) | {"code": code, "unit": unit})
        found[key] = (officer, line)
    return _with_codes([officer for officer, _ in found.values()], before)


def _namesakes(name: str, unit: str, known: Iterable[Officer]) -> list[Officer]:
    return [officer for officer in known if officer.unit == unit and _person(officer.name) == _person(name)]


def _person(name: str) -> str:
    """A name for comparing: one spelling, whatever its capitals."""
    return vietnamese.clean(name).casefold()


def _with_codes(officers: Sequence[Officer], known: Collection[str]) -> list[Officer]:
    taken = {*known, *(officer.code for officer in officers)}
    coded: list[Officer] = []
    for officer in officers:
        code = officer.code or fresh_code(taken)
        taken.add(code)
        coded.append(replace(officer, code=code))
    return coded
