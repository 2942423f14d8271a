"""Who is served: officers, the units they belong to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.messages import Address


@dataclass(frozen=True, slots=True)
class Unit:
    """đơn vị: a commune, an office. Valid from/to are inclusive days; `kind` is e.g. xã, phường, phòng, trường."""

    code: str
    name: str
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()


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


# Letters and digits that cannot be taken for one another over the telephone or in print.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = re.compile(rf"(?:/start(?:@\w+)?\s+)?(?P<code>[{CODE_ALPHABET}]{{6,8}})", re.IGNORECASE)


def code_in(text: str) -> str | None:
    """The one-time code that a message may consist of, bare or after "/start", in capitals; None if it is not one."""
    found = _CODE.fullmatch(text.strip())
    return found["code"].upper() if found else None
