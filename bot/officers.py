"""Who is served: officers, the units they belong to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.messages import Address


@dataclass(frozen=True, slots=True)
class Unit:
    """đơn vị: a commune, an office. Valid from/to are inclusive days; `kind` is e.g. xã, phường, phòng, trường, thôn."""

    code: str
    name: str
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Officer:
    """The person served; may have several addresses, the most recently used first; belongs to one unit."""

    code: str
    name: str
    unit: str
    leader: bool = False
    addresses: tuple[Address, ...] = ()
