"""SQLite and PostgreSQL made to behave alike: how to connect, how to write, who waits for whom.

Rules of this file
1. A writing transaction changes the last committed state. SQLite: BEGIN IMMEDIATE, one writer at a time, the rest wait
   (`busy_timeout`). PostgreSQL: READ COMMITTED, rows claimed with FOR UPDATE SKIP LOCKED.
2. Whoever adds a message to an address holds that address's lock until the commit: ids become visible in their order.
3. What a constraint refuses is a `Conflict`; the transaction is rolled back and nothing of it stays.
4. What every message needs is a statement built once, with its values given when it runs: building one costs more than
   running it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.errors import Conflict, Lost

BUSY_SECONDS = 30
T = TypeVar("T")
_shared: ContextVar[tuple[AsyncConnection, dict[Hashable, Any]] | None] = ContextVar("shared", default=None)
WRITING = {"writing": True}


def driver_url(url: str, *, sync: bool = False) -> URL:
    """The URL with the driver we use: `sqlite:///FILE`, `postgresql://…` and the full forms are all understood."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite" if sync else "sqlite+aiosqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"not a database we know: {other}")


def to_text(value: object) -> str:
    """JSON text that both databases take: half a character, as some clients send, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def own_transactions(engine: Engine) -> None:
    """Begin SQLite's transactions where ours begin (SQLAlchemy's page on SQLite, "Using SQLAlchemy to emit BEGIN")."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def abandoned(token: str) -> bool:
    """Whether the process on this machine that made a claim is gone. One with our own id is: we have just begun."""
    process = int(token.partition(".")[0])
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it is somebody else's, and alive
        return False
    return False


def free(table: Table, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Never claimed, given back, or claimed by somebody whose lease has run out."""
    return table.c.lease_until.is_(None) | (table.c.lease_until <= now)


class Database:
    """A pool of connections; `reading()` and `writing()` are the only ways to one."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(driver_url(url), json_serializer=to_text, hide_parameters=True)
        self._writer = self._engine.execution_options(**WRITING)
        own_transactions(self._engine.sync_engine)
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._upserts: dict[Table, sqlite.Insert | postgresql.Insert] = {}
        # Coroutines of one process queue here, in order; SQLite's own waiting is only for other processes.
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if self._sqlite else nullcontext()

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        if (shared := _shared.get()) is not None:
            yield shared[0]
            return
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """What is read inside is read over one connection, in one transaction; writing goes its own way.

        Inside another one it is the same.
        """
        if _shared.get() is not None:
            yield
            return
        async with self._engine.connect() as connection:
            token = _shared.set((connection, {}))
            try:
                yield
            finally:
                _shared.reset(token)

    async def once(self, what: Hashable, read: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Read over a connection; inside a snapshot, where it stays the same, once. For values that nobody changes."""
        async with self.reading() as connection:
            shared = _shared.get()
            if shared is None:
                return await read(connection)
            if what not in shared[1]:
                shared[1][what] = await read(connection)
            found: T = shared[1][what]
            return found

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, or nothing of it."""
        async with self._turn:
            try:
                async with self._writer.begin() as connection:
                    yield connection
            except IntegrityError as error:
                raise Conflict(str(error.orig)) from error

    async def lock(self, connection: AsyncConnection, names: Iterable[str]) -> None:
        """Hold these names until the transaction ends; taken in one order, so that no two wait for each other."""
        if not self._sqlite:
            for name in sorted(set(names)):
                await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    async def claim(
        self,
        connection: AsyncConnection,
        found: Select[Any],
        table: Table,
        until: datetime,
        values: Mapping[str, object],
        **changes: object,
    ) -> list[tuple[Row[Any], str]]:
        """Claim the `first` rows of a selection that nobody is just claiming: each as it was, and the token."""
        rows = (await connection.execute(found, values)).all()
        if not rows:
            return []
        token = f"{os.getpid()}.{uuid4().hex}"
        changes |= {"claim": token, "lease_until": until}
        await connection.execute(_change_all(table, *changes), {"ids": [row.id for row in rows], **_new(changes)})
        return [(row, token) for row in rows]

    async def release(
        self, connection: AsyncConnection, table: Table, row_id: int, token: str, **changes: object
    ) -> None:
        """Record what became of a claimed row and give it back; raises Lost if the claim is gone."""
        changes |= {"claim": None, "lease_until": None}
        mine = {"mine_id": row_id, "mine_claim": token, **_new(changes)}
        if (await connection.execute(_change_mine(table, *changes), mine)).rowcount != 1:
            raise Lost(f"{table.name} {row_id}")

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT of this dialect, for ON CONFLICT."""
        return sqlite.insert(table) if self._sqlite else postgresql.insert(table)

    def upsert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """INSERT, or update the row whose primary key is there."""
        if table not in self._upserts:
            key = [column.name for column in table.primary_key]
            insert = self.insert(table)
            rest = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in key}
            self._upserts[table] = insert.on_conflict_do_update(index_elements=key, set_=rest)
        return self._upserts[table]


def first(found: Select[Any]) -> Select[Any]:
    """The first `most` (a value given when it runs) of a selection of rows to claim."""
    return found.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)


@cache
def _change_all(table: Table, *names: str) -> Update:
    among = table.c.id.in_(bindparam("ids", expanding=True))
    return table.update().where(among).values({name: bindparam(f"new_{name}") for name in names})


@cache
def _change_mine(table: Table, *names: str) -> Update:
    mine = (table.c.id == bindparam("mine_id")) & (table.c.claim == bindparam("mine_claim"))
    return table.update().where(mine).values({name: bindparam(f"new_{name}") for name in names})


def _new(changes: Mapping[str, object]) -> dict[str, object]:
    return {f"new_{name}": value for name, value in changes.items()}
