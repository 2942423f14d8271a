"""Who is served: officers, the units they belong to. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date
from itertools import count

from bot.messages import Address


@dataclass(frozen=True, slots=True)
class Unit:
    """đơn vị: a commune, an office. Valid from/to are inclusive days; `kind` is e.g. xã, phường, phòng, trường.

    `predecessors` are the codes of the units that this one follows (a district that became communes is the predecessor
    of each); `block` is the cụm or khối thi đua that it belongs to.
    """

    code: str
    name: str
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()
    block: str = ""

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Officer:
    """The person served; may have several addresses, the most recently used first; belongs to one unit.

    Addresses that cannot be reached any more are left out. `staff`: works for the standing office.
    """

    code: str
    name: str
    unit: str
    leader: bool = False
    addresses: tuple[Address, ...] = ()
    staff: bool = False


NAME_LENGTH = 200  # characters


def filled_up(unit: Unit, before: Unit | None) -> Unit:
    """A unit with what it does not say of itself taken from what was known of it."""
    if before is None:
        return unit
    return Unit(**{field.name: getattr(unit, field.name) or getattr(before, field.name) for field in fields(Unit)})


def followed_by(code: str, units: Iterable[Unit]) -> list[Unit]:
    """The units that follow this one, by code."""
    return sorted((unit for unit in units if code in unit.predecessors), key=lambda unit: unit.code)


def fresh_code(taken: Collection[str]) -> str:
    """The first officer's code that nobody has: CB01, CB02 …"""
    return next(code for n in count(1) if (code := f"CB{n:02d}") not in taken)


# Letters and digits that cannot be taken for one another over the telephone or in print.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = re.compile(rf"(?:/start(?:@\w+)?\s+)?(?P<code>[{CODE_ALPHABET}]{{6,8}})", re.IGNORECASE)


def code_in(text: str) -> str | None:
    """The one-time code that a message may consist of, bare or after "/start", in capitals; None if it is not one."""
    found = _CODE.fullmatch(text.strip())
    return found["code"].upper() if found else None
