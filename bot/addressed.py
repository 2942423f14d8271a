"""Whom a round addresses, among the units that are valid on a day. Pure; the lines it gives are for staff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.officers import Unit, followed_by
from bot.values import fold

KEY = "campaign, addressed"


@dataclass(frozen=True, slots=True)
class Addressed:
    """These units by code; without codes every unit of one of the kinds and in one of the blocks (none named: any)."""

    codes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()


def resolve(addressed: Addressed, units: Sequence[Unit], day: date) -> tuple[tuple[str, ...], list[str]]:
    """The codes of the units addressed on this day, and what is wrong, a line each."""
    if addressed.codes:
        codes = tuple(dict.fromkeys(addressed.codes))
        return codes, list(_code_problems(codes, units, day))
    valid = [unit for unit in units if unit.valid_on(day)]
    problems = [*_unknown("kind", addressed.kinds, (u.kind for u in valid))]
    problems += _unknown("block", addressed.blocks, (u.block for u in valid))
    kinds, blocks = {fold(kind) for kind in addressed.kinds}, {fold(block) for block in addressed.blocks}
    chosen = tuple(
        unit.code
        for unit in valid
        if (not kinds or fold(unit.kind) in kinds) and (not blocks or fold(unit.block) in blocks)
    )
    if not chosen and not problems:
        problems.append(
            f"{KEY}: không có đơn vị nào như vậy còn hiệu lực ngày {day:%d/%m/%Y}; "
            "nhập đơn vị bằng thidua officer import."
        )
    return chosen, problems


def over(unit: Unit, units: Iterable[Unit], day: date) -> str:
    """Why a unit is not addressed on a day and which units follow it, as part of a sentence; "" if it is valid."""
    if unit.valid_on(day):
        return ""
    if unit.valid_from and day < unit.valid_from:
        return f"có hiệu lực từ ngày {unit.valid_from:%d/%m/%Y}"
    ended = f"hết hiệu lực sau ngày {unit.valid_to:%d/%m/%Y}"
    following = ", ".join(f"{after.name} ({after.code})" for after in followed_by(unit.code, units))
    return f"{ended}; nối tiếp là {following}" if following else ended


def _code_problems(codes: Iterable[str], units: Sequence[Unit], day: date) -> Iterator[str]:
    known = {unit.code: unit for unit in units}
    for code in codes:
        if (unit := known.get(code)) is None:
            yield f"unit «{code}»: chưa có đơn vị này; nhập bằng thidua officer import hoặc thêm mục [[unit]]."
        elif why := over(unit, units, day):
            yield f"unit «{code}»: {unit.name} {why}."


def _unknown(key: str, wanted: Iterable[str], there: Iterable[str]) -> Iterator[str]:
    known = sorted({each for each in there if each})
    folded = {fold(each) for each in known}
    for each in wanted:
        if fold(each) not in folded:
            listed = ", ".join(f"«{one}»" for one in known) or "chưa có"
            yield f"{KEY}, {key}: không đơn vị nào còn hiệu lực có {key} «{each}»; đang có: {listed}."
