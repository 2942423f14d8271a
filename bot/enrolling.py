"""Officers come and go: added to a unit with a one-time code, given another code, unlinked when they leave; by lists.

Refusal    what was asked for cannot be done; the message is the sentence to show
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot import people_file
from bot.addressed import over
from bot.officers import CODE_ALPHABET, NAME_LENGTH, Officer, Unit, fresh_code
from bot.store import Store

Person = TypeVar("Person", Unit, Officer)

CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=15)


class Refusal(Exception):
    """It cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Code:
    """A fresh one-time code for an officer."""

    officer: str
    name: str
    code: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.name} (mã cán bộ {self.officer}): mã liên kết {self.code}, dùng một lần, trong 15 phút. "
            "Cán bộ gõ mã này trong cuộc trò chuyện riêng với trợ lý."
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list changed. `moved` officers with the code of the unit they left; they are among the changed as well."""

    units_added: tuple[Unit, ...]
    units_changed: tuple[Unit, ...]
    units_kept: int
    officers_added: tuple[Officer, ...]
    officers_changed: tuple[Officer, ...]
    officers_kept: int
    moved: tuple[tuple[Officer, str], ...]
    notices: tuple[str, ...]

    @property
    def sentence(self) -> str:
        counts = "{}: thêm {}, sửa {}, giữ nguyên {}."
        lines = [
            counts.format("Đơn vị", len(self.units_added), len(self.units_changed), self.units_kept),
            counts.format("Cán bộ", len(self.officers_added), len(self.officers_changed), self.officers_kept),
        ]
        if self.officers_added:
            lines.append("Cán bộ mới, cấp mã liên kết bằng `thidua officer code MÃ`:")
            lines += [f"- {o.code}: {o.name} ({o.unit})" for o in self.officers_added]
        if self.moved:
            lines.append("Chuyển đơn vị; mọi liên kết cũ đã gỡ, cần mã liên kết mới:")
            lines += [f"- {o.code}: {o.name}, từ {before} sang {o.unit}" for o, before in self.moved]
        return "\n".join([*lines, *(f"Lưu ý: {notice}" for notice in self.notices)])

    def to_json(self) -> dict[str, object]:
        return {
            "units": _json(self.units_added, self.units_changed, self.units_kept),
            "officers": _json(self.officers_added, self.officers_changed, self.officers_kept),
            "moved": [{"code": o.code, "from": before, "to": o.unit} for o, before in self.moved],
            "notices": list(self.notices),
        }


def _json(added: tuple[Person, ...], changed: tuple[Person, ...], kept: int) -> dict[str, object]:
    return {"added": [each.code for each in added], "changed": [each.code for each in changed], "kept": kept}


async def import_people(store: Store, content: bytes) -> Imported:
    """Take over a list of units and officers, all or nothing; who is not in it stays. Raises Refusal."""
    units = {unit.code: unit for unit in await store.units()}
    officers = {officer.code: replace(officer, addresses=()) for officer in await store.officers()}
    try:
        given = people_file.load(content, list(units.values()), list(officers.values()))
    except people_file.PeopleFileError as error:
        raise Refusal("Chưa nhập gì:\n" + "\n".join(f"- {problem}" for problem in error.problems)) from None
    units_added, units_changed = _differences(units, given.units)
    officers_added, officers_changed = _differences(officers, given.officers)
    await store.put_people((*units_added, *units_changed), (*officers_added, *officers_changed))
    return Imported(
        units_added=units_added,
        units_changed=units_changed,
        units_kept=len(given.units) - len(units_added) - len(units_changed),
        officers_added=officers_added,
        officers_changed=officers_changed,
        officers_kept=len(given.officers) - len(officers_added) - len(officers_changed),
        moved=tuple((o, officers[o.code].unit) for o in officers_changed if o.unit != officers[o.code].unit),
        notices=given.notices,
    )


def _differences(known: dict[str, Person], given: tuple[Person, ...]) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Those not known yet, and those known otherwise."""
    added = tuple(each for each in given if each.code not in known)
    return added, tuple(each for each in given if each.code in known and known[each.code] != each)


async def add(store: Store, now: datetime, *, unit: str, name: str, leader: bool = False, staff: bool = False) -> Code:
    """Add an officer to a unit, with a code. Raises Refusal, also for a unit that has ended."""
    units = await store.units()
    into = next((each for each in units if each.code == unit), None)
    if into is None:
        known = ", ".join(u.code for u in units) or "chưa có đơn vị nào"
        raise Refusal(f"Không có đơn vị mã “{unit}”. Các đơn vị: {known}.")
    if into.valid_to and into.valid_to < now.date():
        raise Refusal(f"Đơn vị {into.name} ({unit}) {over(into, units, now.date())}; chưa thêm cán bộ nào.")
    if not name.strip():
        raise Refusal("Họ và tên cán bộ đang để trống.")
    if len(name) > NAME_LENGTH:
        raise Refusal(f"Họ và tên dài quá {NAME_LENGTH} ký tự.")
    taken = {officer.code for officer in await store.officers()}
    code = fresh_code(taken)
    await store.put_officer(Officer(code, " ".join(name.split()), unit, leader=leader, staff=staff))
    return await new_code(store, now, code)


async def new_code(store: Store, now: datetime, officer: str) -> Code:
    """A fresh code for another address of an officer; an earlier one is void. Raises Refusal."""
    known = await _known(store, officer)
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    await store.issue_code(known.code, code, now + CODE_LIFE)
    return Code(known.code, known.name, code)


async def leave(store: Store, officer: str) -> str:
    """An officer left: nothing of the unit reaches them any more, and no report waits for their approval. Returns what
    to say; raises Refusal.
    """
    known = await _known(store, officer)
    await store.revoke(known.code)
    told = f"Đã gỡ mọi liên kết của {known.name} (mã {known.code}); lời nhắc và tin đang chờ gửi đã hủy."
    if known.leader or known.staff:
        await store.put_officer(replace(known, leader=False, staff=False, addresses=()))
        told += " Người này không còn được ghi là lãnh đạo đơn vị hay cán bộ thường trực."
    return told


async def _known(store: Store, officer: str) -> Officer:
    known = await store.officer(officer)
    if known is None:
        raise Refusal(f"Không có cán bộ mã “{officer}”.")
    return known
