"""What is kept besides rows of work: files, small states with a lock of their own, alerts for staff."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Select, Table, Text, cast, delete, or_, select, union_all, update

from bot.messages import FileRef
from bot.store.database import Database
from bot.store.tables import alerts, conversations, files, inbox, outbox, states, submissions
from bot.store.values import InboxState, Json, OutboxState

LOCKED_FOR: Final = timedelta(seconds=60)
LOOK_AGAIN: Final = 0.1  # seconds
AT_ONCE: Final = 200  # files deleted in one transaction
_ID: Final = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True, slots=True)
class Alert:
    """Something staff must act on. `key` names the trouble, and the channel behind a space if it is one's: raised
    again, it is the same one. `told_at`: when it was sent to staff, None if it was not yet.
    """

    key: str
    text: str
    raised_at: datetime
    told_at: datetime | None = None

    @property
    def channel(self) -> str:
        """The channel that has the trouble; "" if none has."""
        return next(iter(self.key.split()[1:]), "")


class Keeping(Database):
    async def keep_file(self, content: bytes, name: str, mime: str, at: datetime) -> FileRef:
        """Keep bytes; the same content again is kept once, under the name it had first, and is as new."""
        ref = FileRef(hashlib.sha256(content).hexdigest(), name, mime, len(content), kept=True)
        row = {"id": ref.id, "name": name, "mime": mime, "size": ref.size, "content": content, "kept_at": at}
        async with self.writing() as connection:
            insert = self.insert(files).values(row)
            again = insert.on_conflict_do_update(index_elements=["id"], set_={"kept_at": at})
            await connection.execute(again)
        return ref

    async def file(self, file_id: str) -> tuple[FileRef, bytes] | None:
        """A kept file and its bytes."""
        async with self.reading() as connection:
            row = (await connection.execute(select(files).where(files.c.id == file_id))).one_or_none()
        if row is None:
            return None
        return FileRef(row.id, row.name, row.mime, row.size, kept=True), bytes(row.content)

    async def forget_files(self, before: datetime) -> int:
        """Delete the files kept last before this moment that nothing needs any more; how many.

        Needed is what a submission, a conversation, a message still to be handled or one still to be sent names. A link
        to fetch a file by names one that was kept just then. A file and its name are one row, so there is no order in
        which they go and nothing to mend after a crash. Whoever comes to need an old file between the two statements
        keeps it again first, and then it is not old.
        """
        async with self.reading() as connection:
            old = set(await connection.scalars(select(files.c.id).where(files.c.kept_at < before)))
            if old:
                async for (text,) in await connection.stream(_NEEDING):
                    old.difference_update(_ID.findall(text))
        gone, ids = 0, sorted(old)
        for some in (ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE)):
            async with self.writing() as connection:
                still = delete(files).where(files.c.id.in_(some), files.c.kept_at < before)
                gone += (await connection.execute(still)).rowcount
        return gone

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
            again = update(alerts).where(gone).values(text=text, raised_at=at, cleared_at=None, told_at=None)
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
            return [Alert(row.key, row.text, row.raised_at, row.told_at) for row in await connection.execute(found)]


def _naming(table: Table, *states: str) -> Select[str]:
    """The rows of a table, in these states if any are given, as text: they name files by their ids."""
    found = select(cast(table.c.body, Text))
    return found.where(table.c.state.in_(states)) if states else found


# One statement, so that it sees one moment: what moves from a conversation into a submission meanwhile is in either.
_NEEDING = union_all(
    _naming(submissions),
    _naming(conversations),
    _naming(inbox, InboxState.WAITING, InboxState.PARKED),
    _naming(outbox, OutboxState.QUEUED, OutboxState.SENDING, OutboxState.FAILED),
)
