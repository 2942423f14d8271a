"""What does not fit together in a form: fields and their keys, what conditions and checks refer to. Pure.

Every problem is one Vietnamese line that names the section, the field or check, and how to put it right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.campaigns import UNIT_KIND, Check, CheckKind, Column, Condition, Field, Section
from bot.places import Place, Special, place
from bot.values import fold

_ANSWERS = ("Có", "Không")  # what a yes/no question takes
_FIGURES: frozenset[CheckKind] = frozenset({"sum", "ratio", "share"})
_NUMBERS: frozenset[CheckKind] = _FIGURES | {"whole"}
_LIMITS: frozenset[CheckKind] = frozenset({"at_most", "at_least"})
_WORDS: frozenset[CheckKind] = frozenset({"figures", "not_only", "avoid", "spelled_out"})
_HOW_MANY = {"at_most": 1, "at_least": 1, "share": 1, "ratio": 2, "whole": 0}


def problems(sections: Sequence[Section]) -> Iterator[str]:
    """Everything that does not fit together in the sections of a form."""
    for section in sections:
        where = f"section «{section.path}»"
        if section.when:
            yield from (f"{where}, when: {told}" for told in _of_condition(section.when, None, sections))
        for field in section.fields:
            name = f"{where}, field «{field.key}»"
            yield from (f"{name}: {told}" for told in _of_field(field))
            if field.when:
                yield from (f"{name}, when: {told}" for told in _of_condition(field.when, section, sections))
        for n, check in enumerate(section.checks, 1):
            yield from (f"{where}, check thứ {n}: {told}" for told in _of_check(check, section, sections))
    yield from _circles(sections)


# --- fields -----------------------------------------------------------------------------------------------------------


def _of_field(field: Field) -> Iterator[str]:
    if (field.kind == "choice") != bool(field.options):
        yield 'khóa options đi cùng kind = "choice"; ghi cả hai hoặc bỏ cả hai.'
    if (field.kind in {"table", "block"}) != bool(field.columns):
        yield 'các mục [[section.field.column]] đi cùng kind = "table" hoặc "block"; ghi cả hai hoặc bỏ cả hai.'
    if field.rows and field.kind not in {"table", "block"}:
        yield 'khóa rows chỉ dùng với kind = "table" hoặc "block".'
    if field.unit and field.kind != "number":
        yield 'khóa unit chỉ dùng với kind = "number".'
    least, most = field.length
    if not 0 <= least <= most:
        yield "khóa length là số từ ít nhất và nhiều nhất, ví dụ length = [150, 300]."
    if most and field.kind not in {"text", "block"}:
        yield 'khóa length chỉ dùng với kind = "text" hoặc "block".'
    for key in sorted({c.key for c in field.columns if [d.key for d in field.columns].count(c.key) > 1}):
        yield f"cột «{key}» lặp lại; mỗi key chỉ dùng một lần trong một bảng."
    for column in field.columns:
        yield from (f"cột «{column.key}»: {told}" for told in _of_column(column))
    if field.rows and field.columns and field.columns[0].kind != "text":
        yield 'rows điền sẵn ô thứ nhất của từng hàng, nên cột đầu phải có kind = "text".'


def _of_column(column: Column) -> Iterator[str]:
    if (column.kind == "choice") != bool(column.options):
        yield 'khóa options đi cùng kind = "choice"; ghi cả hai hoặc bỏ cả hai.'
    if column.unit and column.kind != "number":
        yield 'khóa unit chỉ dùng với kind = "number".'


# --- conditions -------------------------------------------------------------------------------------------------------


def _of_condition(condition: Condition, here: Section | None, sections: Sequence[Section]) -> Iterator[str]:
    """`here`: the section that keys without a path belong to; None: there is none."""
    if fold(condition.of) == fold(UNIT_KIND):
        return
    named = place(condition.of)
    if here is None and isinstance(named, Place) and not named.path:
        yield f'«{condition.of}» thiếu path; ghi "path:key" của một ô ở mục khác, ví dụ "muc-I/1:co_phong_trao = Có".'
        return
    if not isinstance(named, Place) or named.how or named.column:
        yield f'«{condition.of}» không phải khóa của một ô; ghi key, "path:key" hoặc {UNIT_KIND}.'
        return
    field, missing = _find(named, here, sections)
    if field is None:
        yield missing
    elif field.kind in {"table", "block", "file"}:
        yield f'ô «{condition.of}» có kind = "{field.kind}", không đặt điều kiện được; dùng ô có một giá trị.'
    elif options := field.options or (_ANSWERS if field.kind == "yes_no" else ()):
        known = {fold(each) for each in options}
        for value in condition.values:
            if fold(value) not in known:
                yield f"ô «{condition.of}» không có giá trị «{value}»; dùng một trong: {', '.join(options)}."


def _circles(sections: Sequence[Section]) -> Iterator[str]:
    """Fields and sections that wait for one another: a field waits for its section too."""
    waits = _waits(sections)
    told: set[tuple[str, str]] = set()
    for start in waits:
        way = _way_back(start, waits)
        if way and not told & {*way}:
            told |= {*way}
            names = ", ".join(f"«{path}:{key}»" if key else f"section «{path}»" for path, key in way)
            yield f"điều kiện của {names} chờ lẫn nhau; bỏ bớt một khóa when."


def _waits(sections: Sequence[Section]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """What every field (path, key) and section (path, "") waits for."""
    waits: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for section in sections:
        waits[section.path, ""] = _named(section.when, section.path)
        for field in section.fields:
            waits[section.path, field.key] = [(section.path, ""), *_named(field.when, section.path)]
    return waits


def _named(condition: Condition | None, here: str) -> list[tuple[str, str]]:
    named = place(condition.of) if condition else None
    return [(named.path or here, named.key)] if isinstance(named, Place) else []


def _way_back(
    start: tuple[str, str], waits: Mapping[tuple[str, str], Sequence[tuple[str, str]]]
) -> tuple[tuple[str, str], ...]:
    """The shortest way from there to itself; empty if there is none."""
    ways: list[tuple[tuple[str, str], ...]] = [(start,)]
    seen = {start}
    for way in ways:  # grows while it is walked: the nearest first
        for after in waits.get(way[-1], ()):
            if after == start:
                return way
            if after not in seen:
                seen.add(after)
                ways.append((*way, after))
    return ()


# --- checks -----------------------------------------------------------------------------------------------------------


def _of_check(check: Check, here: Section, sections: Sequence[Section]) -> Iterator[str]:
    of = place(check.of)
    if check.kind == "total" and (of is Special.EVERY_TEXT or isinstance(of, Place)):
        yield from _of_total(check, here, sections)
        return
    if of is Special.EVERY_TEXT and check.kind not in _NUMBERS | _LIMITS | {"unique"}:
        yield from _of_words(check)
        return
    if not isinstance(of, Place):
        yield f'of = «{check.of}» không phải một ô; ghi key, "path:key" hoặc "bảng.cột".'
        return
    wrong = list(_of_place(check.of, here, sections))
    if check.kind not in _WORDS:
        wrong += [told for each in check.against for told in _of_place(each, here, sections)]
    yield from wrong
    if wrong:
        return
    if check.kind in _NUMBERS | _LIMITS:
        yield from _of_figures(check, of, here, sections)
    elif check.kind == "unique":
        yield from _of_rows(check, of)
    else:
        yield from _of_words(check)


def _of_total(check: Check, here: Section, sections: Sequence[Section]) -> Iterator[str]:
    if len(check.against) < 2:
        yield 'kind = "total" cần against có số của bảng rồi đến từ chỉ thứ được đếm, ví dụ "sum(bang.cot)", "tập thể".'
        return
    figure = check.against[0]
    if place(check.of) is not Special.EVERY_TEXT:
        yield from _of_place(check.of, here, sections)
    wrong = [*_of_place(figure, here, sections)]
    named = place(figure)
    if not wrong and not (
        isinstance(named, Place) and not named.by_row and _measure(figure, here, sections) == "number"
    ):
        wrong = [f'«{figure}» không phải một số của bảng; ghi key của ô số, "sum(bảng.cột)" hoặc "count(bảng)".']
    yield from wrong


def _of_figures(check: Check, of: Place, here: Section, sections: Sequence[Section]) -> Iterator[str]:
    wanted = _HOW_MANY.get(check.kind)
    if not check.against if wanted is None else len(check.against) != wanted:
        yield f'kind = "{check.kind}" cần against có {"ít nhất một" if wanted is None else wanted} mục.'
    if check.kind == "share" and (not check.source or check.tolerance <= 0):
        yield "tỷ lệ tối đa (tolerance, tính bằng %) phải lớn hơn 0 và phải có source ghi văn bản quy định."
    if check.tolerance < 0:
        yield "tolerance không được âm."
    measures = {text: _measure(text, here, sections) for text in (check.of, *check.against)}
    allowed = {"number"} if check.kind in _NUMBERS else {"number", "date"}
    for text, measure in measures.items():
        if measure not in allowed:
            yield f"«{text}» không phải {'số' if check.kind in _NUMBERS else 'số hay ngày'}, không tính được."
    if set(measures.values()) == {"number", "date"} and check.kind in _LIMITS:
        yield f"«{check.of}» và «{check.against[0]}» phải cùng là số hoặc cùng là ngày."
    for text in check.against:
        against = place(text)
        if isinstance(against, Place) and against.by_row and (not of.by_row or _table(against) != _table(of)):
            yield f"«{text}» là cột của bảng khác với «{check.of}»; so theo hàng thì cùng bảng, không thì dùng sum(…)."


def _of_rows(check: Check, of: Place) -> Iterator[str]:
    columns = [place(each) for each in (check.of, *check.against)]
    if not all(isinstance(each, Place) and each.by_row and _table(each) == _table(of) for each in columns):
        yield 'kind = "unique" cần of và against là các cột của cùng một bảng, ví dụ "danh_sach.ten".'


def _of_words(check: Check) -> Iterator[str]:
    if check.kind in {"not_only", "avoid"} and not check.against:
        yield f'kind = "{check.kind}" cần against có ít nhất một từ.'
    if check.kind in {"years", "in_force", "cites"} and check.against:
        yield f'kind = "{check.kind}" không dùng against.'
    if check.kind == "years" and check.tolerance != int(check.tolerance):
        yield 'kind = "years": tolerance là số năm chênh so với năm báo cáo, ví dụ 1 cho năm sau.'


def _of_place(text: str, here: Section, sections: Sequence[Section]) -> Iterator[str]:
    """What is wrong with a place as such."""
    named = place(text)
    if named is None or named is Special.EVERY_TEXT:
        yield f'«{text}» không đọc được; ghi key, "path:key", "bảng.cột", sum(bảng.cột), count(bảng) hoặc một số.'
    if not isinstance(named, Place):
        return
    field, missing = _find(named, here, sections)
    if field is None:
        yield missing
    elif named.column and named.column not in {column.key for column in field.columns}:
        yield f"bảng «{field.key}» không có cột «{named.column}»; xem lại key của các cột."
    elif named.how == "count" and not field.columns:
        yield f"ô «{field.key}» không phải bảng, không đếm hàng được."


def _find(named: Place, here: Section | None, sections: Sequence[Section]) -> tuple[Field | None, str]:
    """The field that a place names, or else why there is none."""
    section = next((s for s in sections if s.path == named.path), None) if named.path else here
    if section is None:
        return None, f"không có section nào có path «{named.path}»."
    field = next((f for f in section.fields if f.key == named.key), None)
    return field, f"section «{section.path}» không có ô «{named.key}»; xem lại key của các field."


def _measure(text: str, here: Section, sections: Sequence[Section]) -> str:
    """What a place holds: "number", "date" or another kind."""
    match place(text):
        case Decimal() | Place(how="count"):
            return "number"
        case date() | Special.TODAY:
            return "date"
        case Place() as named:
            field, _ = _find(named, here, sections)
            kind = _cell(field, named.column) if field else ""
            return kind if kind == "number" or not named.how else ""  # only numbers are added up
        case _:
            return ""


def _cell(field: Field, column: str) -> str:
    """The kind of a field, or of one of its columns."""
    return next((c.kind for c in field.columns if c.key == column), "") if column else field.kind


def _table(named: Place) -> tuple[str, str]:
    return named.path, named.key
