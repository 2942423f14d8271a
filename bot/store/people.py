"""Units, officers, their addresses, and the one-time codes that link an address to an officer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address
from bot.officers import Officer, Unit
from bot.reminders import ReminderState
from bot.store.database import Database
from bot.store.errors import Conflict
from bot.store.tables import addresses, code_tries, codes, conversations, officers, outbox, reminders, units
from bot.store.values import OutboxState

WRONG_CODES = 5
WRONG_CODES_WITHIN = timedelta(minutes=15)
LEFT = "cán bộ không còn ở đơn vị"


def at(address: Address) -> ColumnElement[bool]:
    return (addresses.c.channel == address.channel) & (addresses.c.address == address.id)


class People(Database):
    async def put_units(self, given: Iterable[Unit]) -> None:
        """Add these units; those whose code is known are changed."""
        await self.put_people(given, ())

    async def units(self) -> list[Unit]:
        """All units, by code."""
        async with self.reading() as connection:
            return await _units(connection, select(units).order_by(units.c.code))

    async def unit(self, code: str) -> Unit | None:
        found = await self.once(("unit", code), lambda connection: _units(connection, _UNIT, {"of": code}))
        return next(iter(found), None)

    async def put_officer(self, officer: Officer) -> None:
        """Add or change an officer. The addresses given are linked to them, wherever they were; others stay linked.

        One who goes to another unit takes nothing along: see `revoke`.
        """
        async with self.writing() as connection:
            await self._put_officer(connection, officer)

    async def put_people(self, given: Iterable[Unit], people: Iterable[Officer]) -> None:
        """`put_units` and `put_officer` for each, all in one transaction or nothing."""
        async with self.writing() as connection:
            if rows := [asdict(unit) for unit in given]:
                await connection.execute(self.upsert(units), rows)
            for officer in people:
                await self._put_officer(connection, officer)

    async def _put_officer(self, connection: AsyncConnection, officer: Officer) -> None:
        row = {name: getattr(officer, name) for name in ("code", "name", "unit", "leader", "staff")}
        before = await connection.scalar(select(officers.c.unit).where(officers.c.code == officer.code))
        if before not in {None, officer.unit}:
            await self._revoke(connection, officer.code)
        await connection.execute(self.upsert(officers), row)
        for address in officer.addresses:
            await self.link(connection, officer.code, address, None)

    async def revoke(self, officer: str) -> None:
        """An officer left: their addresses and code are unlinked, what was to be pushed to them is void."""
        async with self.writing() as connection:
            await self._revoke(connection, officer)

    async def _revoke(self, connection: AsyncConnection, officer: str) -> None:
        theirs = select(addresses.c.channel, addresses.c.address).where(addresses.c.officer == officer)
        there = tuple_(outbox.c.channel, outbox.c.address).in_(theirs) | (outbox.c.officer == officer)
        failed = update(outbox).where(outbox.c.state == OutboxState.FAILED, there)  # nobody may have it sent again
        await connection.execute(failed.values(state=OutboxState.VOIDED, error=LEFT))
        await connection.execute(delete(addresses).where(addresses.c.officer == officer))
        await connection.execute(delete(codes).where(codes.c.officer == officer))
        pushed = (outbox.c.officer == officer) & (outbox.c.state == OutboxState.QUEUED)
        await connection.execute(update(outbox).where(pushed).values(state=OutboxState.VOIDED, error=LEFT))
        planned = (reminders.c.officer == officer) & (reminders.c.state == ReminderState.PLANNED)
        changes = {"state": ReminderState.VOIDED, "reason": LEFT, "claim": None, "lease_until": None}
        await connection.execute(update(reminders).where(planned).values(changes))

    async def officers(self, unit: str | None = None) -> list[Officer]:
        """All officers, or those of one unit, by code; their addresses with the most recently used first."""
        async with self.reading() as connection:
            return await (_officers(connection, _ALL) if unit is None else _officers(connection, _OF_UNIT, of=unit))

    async def officer(self, code: str) -> Officer | None:
        async with self.reading() as connection:
            return next(iter(await _officers(connection, _ONE, of=code)), None)

    async def officer_at(self, address: Address) -> Officer | None:
        """Whom this address is linked to."""
        async with self.reading() as connection:
            there = {"at_channel": address.channel, "at_address": address.id}
            return next(iter(await _officers(connection, _THERE, **there)), None)

    async def unlink(self, address: Address) -> None:
        """Nobody is reached at this address any more."""
        async with self.writing() as connection:
            await connection.execute(delete(addresses).where(at(address)))

    async def mark_gone(self, address: Address, reason: str) -> None:
        """This address cannot be reached until somebody writes from it; harmless for one that is not linked."""
        async with self.writing() as connection:
            await connection.execute(update(addresses).where(at(address)).values(gone=reason))

    async def mark_back(self, address: Address) -> None:
        """This address can be reached again."""
        async with self.writing() as connection:
            await connection.execute(update(addresses).where(at(address)).values(gone=None))

    async def move_address(self, address: Address, to: str) -> None:
        """The platform gave this address another id: link, conversation and what waits to be sent go there."""
        new = Address(address.channel, to)
        async with self.writing() as connection:
            await self.lock(connection, [str(address), str(new)])
            for table in (addresses, conversations):
                old = (table.c.channel == address.channel) & (table.c.address == address.id)
                there = (table.c.channel == address.channel) & (table.c.address == to)
                if (await connection.execute(select(table.c.address).where(there))).first():
                    await connection.execute(delete(table).where(old))
                else:
                    await connection.execute(update(table).where(old).values(address=to))
            waiting = (outbox.c.channel == address.channel) & (outbox.c.address == address.id)
            unsent = outbox.c.state.in_((OutboxState.QUEUED, OutboxState.SENDING))
            await connection.execute(update(outbox).where(waiting, unsent).values(address=to))

    async def issue_code(self, officer: str, code: str, expires_at: datetime) -> None:
        """Give an officer a one-time code; their earlier one is void. Raises Conflict if another holds this code."""
        async with self.writing() as connection:
            await connection.execute(delete(codes).where(codes.c.officer == officer))
            await connection.execute(codes.insert().values(officer=officer, code=code, expires_at=expires_at))

    async def officer_for_code(self, code: str, address: Address, now: datetime) -> Officer | None:
        """Whom a code typed at this address would link it to; the code is spent by the commit, not here.

        A wrong code is remembered. After five of them within 15 minutes the address gets None for right ones too.
        """
        here = (code_tries.c.channel == address.channel) & (code_tries.c.address == address.id)
        async with self.writing() as connection:
            await connection.execute(delete(code_tries).where(code_tries.c.at <= now - WRONG_CODES_WITHIN))
            if (await connection.scalar(select(func.count()).where(here)) or 0) >= WRONG_CODES:
                return None
            valid = select(codes.c.officer).where(codes.c.code == code, codes.c.expires_at > now)
            holder = await connection.scalar(valid)
            found = await _officers(connection, _ONE, of=holder) if holder else []
            if not found:
                wrong = {"channel": address.channel, "address": address.id, "code": code, "at": now}
                await connection.execute(self.insert(code_tries).values(wrong).on_conflict_do_nothing())
            return next(iter(found), None)

    async def spend_code(self, connection: AsyncConnection, officer: str, code: str) -> None:
        """Part of a commit. Raises Conflict if the code is spent or void already."""
        spent = await connection.execute(delete(codes).where(codes.c.code == code, codes.c.officer == officer))
        if spent.rowcount != 1:
            raise Conflict(f"the code of {officer} is spent")

    async def link(self, connection: AsyncConnection, officer: str, address: Address, used_at: datetime | None) -> None:
        """Part of a commit: whoever had this address, it is this officer's now."""
        row = {"channel": address.channel, "address": address.id, "officer": officer, "used_at": used_at, "gone": None}
        await connection.execute(self.upsert(addresses), row)


async def _units(
    connection: AsyncConnection, found: Select[tuple[object, ...]], values: Mapping[str, object] = MappingProxyType({})
) -> list[Unit]:
    rows = (row._asdict() for row in await connection.execute(found, values))
    return [Unit(**row | {"predecessors": tuple(row["predecessors"])}) for row in rows]


_UNIT = select(units).where(units.c.code == bindparam("of"))


def _found(which: ColumnElement[bool]) -> Select[Any]:
    """These officers by code, a row for each address that can be reached, or one without."""
    reached = (addresses.c.officer == officers.c.code) & addresses.c.gone.is_(None)
    return (
        select(officers, addresses.c.channel, addresses.c.address)
        .outerjoin(addresses, reached)
        .where(which)
        .order_by(
            officers.c.code,
            addresses.c.used_at.is_(None),
            addresses.c.used_at.desc(),
            addresses.c.channel,
            addresses.c.address,
        )
    )


_linked = addresses.alias()
_holder = select(_linked.c.officer).where(
    _linked.c.channel == bindparam("at_channel"), _linked.c.address == bindparam("at_address")
)
_ALL = _found(true())
_OF_UNIT = _found(officers.c.unit == bindparam("of"))
_ONE = _found(officers.c.code == bindparam("of"))
_THERE = _found(officers.c.code == _holder.scalar_subquery())


async def _officers(connection: AsyncConnection, found: Select[Any], **values: str) -> list[Officer]:
    people: dict[str, Officer] = {}
    reached: dict[str, list[Address]] = {}
    for code, name, unit, leader, staff, channel, address in await connection.execute(found, values):
        people.setdefault(code, Officer(code, name, unit, leader, staff=staff))
        if channel is not None:
            reached.setdefault(code, []).append(Address(channel, address))
    return [replace(officer, addresses=tuple(reached.get(officer.code, ()))) for officer in people.values()]
