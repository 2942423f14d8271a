"""What is kept besides rows of work: files, small states with a lock of their own, alerts for staff."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import or_, select, update

from bot.messages import FileRef
from bot.store.database import Database
from bot.store.tables import alerts, files, states
from bot.store.values import Json

LOCKED_FOR: Final = timedelta(seconds=60)
LOOK_AGAIN: Final = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Alert:
    """Something staff must act on. `key` names the trouble: raised again, it is the same one."""

    key: str
    text: str
    raised_at: datetime


class Keeping(Database):
    async def keep_file(self, content: bytes, name: str, mime: str, at: datetime) -> FileRef:
        """Keep bytes; the same content again is kept once, under the name it had first."""
        ref = FileRef(hashlib.sha256(content).hexdigest(), name, mime, len(content), kept=True)
        row = {"id": ref.id, "name": name, "mime": mime, "size": ref.size, "content": content, "kept_at": at}
        async with self.writing() as connection:
            await connection.execute(self.insert(files).values(row).on_conflict_do_nothing())
        return ref

    async def file(self, file_id: str) -> tuple[FileRef, bytes] | None:
        """A kept file and its bytes."""
        async with self.reading() as connection:
            row = (await connection.execute(select(files).where(files.c.id == file_id))).one_or_none()
        if row is None:
            return None
        return FileRef(row.id, row.name, row.mime, row.size, kept=True), bytes(row.content)

    async def state(self, name: str) -> Json | None:
        """A small value that was put under this name."""
        async with self.reading() as connection:
            body: Json | None = await connection.scalar(select(states.c.body).where(states.c.name == name))
            return body

    async def put_state(self, name: str, body: Json) -> None:
        """Put a value, in one write."""
        async with self.writing() as connection:
            insert = self.insert(states).values(name=name, body=body)
            await connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"body": body}))

    async def first_state(self, name: str, body: Json) -> Json:
        """The value under this name; `body`, put there now, if there was none. Whoever comes first decides for all."""
        async with self.writing() as connection:
            await connection.execute(self.insert(states).values(name=name).on_conflict_do_nothing())
            empty = (states.c.name == name) & states.c.body.is_(None)
            await connection.execute(update(states).where(empty).values(body=body))
            found = await connection.execute(select(states.c.body).where(states.c.name == name))
            stored: Json = found.scalar_one()
            return stored

    @asynccontextmanager
    async def locked(self, name: str, clock: Callable[[], datetime]) -> AsyncIterator[None]:
        """Hold a name over all processes, waiting for it; one that died loses it after a minute.

        No transaction is open meanwhile: whatever is done under the lock may take its time on the network.
        """
        token = uuid4().hex
        while not await self._take(name, token, clock()):  # noqa: ASYNC110 -- any process may give it back
            await asyncio.sleep(LOOK_AGAIN)
        try:
            yield
        finally:
            async with self.writing() as connection:
                mine = (states.c.name == name) & (states.c.claim == token)
                await connection.execute(update(states).where(mine).values(claim=None, lease_until=None))

    async def _take(self, name: str, token: str, now: datetime) -> bool:
        async with self.writing() as connection:
            await connection.execute(self.insert(states).values(name=name).on_conflict_do_nothing())
            free = or_(states.c.claim.is_(None), states.c.lease_until <= now)
            take = update(states).where(states.c.name == name, free).values(claim=token, lease_until=now + LOCKED_FOR)
            return (await connection.execute(take)).rowcount == 1

    async def raise_alert(self, key: str, text: str, at: datetime) -> bool:
        """Tell staff; True if it is news, False while the same trouble stands (its words are brought up to date)."""
        async with self.writing() as connection:
            insert = self.insert(alerts).values(key=key, text=text, raised_at=at).on_conflict_do_nothing()
            if (await connection.execute(insert.returning(alerts.c.key))).first():
                return True
            gone = (alerts.c.key == key) & alerts.c.cleared_at.is_not(None)
            again = update(alerts).where(gone).values(text=text, raised_at=at, cleared_at=None)
            if (await connection.execute(again)).rowcount == 1:
                return True
            await connection.execute(update(alerts).where(alerts.c.key == key).values(text=text))
            return False

    async def clear_alert(self, key: str, at: datetime) -> None:
        """The trouble is over; harmless if there was none."""
        async with self.writing() as connection:
            standing = (alerts.c.key == key) & alerts.c.cleared_at.is_(None)
            await connection.execute(update(alerts).where(standing).values(cleared_at=at))

    async def alerts(self) -> list[Alert]:
        """What staff must act on now, oldest first."""
        async with self.reading() as connection:
            found = select(alerts).where(alerts.c.cleared_at.is_(None)).order_by(alerts.c.raised_at, alerts.c.key)
            return [Alert(row.key, row.text, row.raised_at) for row in await connection.execute(found)]
