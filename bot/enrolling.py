"""Officers come and go: added to a unit with a one-time code, given another code, unlinked when they leave.

Refusal    what was asked for cannot be done; the message is the sentence to show
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.officers import CODE_ALPHABET, NAME_LENGTH, Officer, fresh_code
from bot.store import Store

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


async def add(store: Store, now: datetime, *, unit: str, name: str, leader: bool = False, staff: bool = False) -> Code:
    """Add an officer to a unit, with a code. Raises Refusal."""
    if await store.unit(unit) is None:
        known = ", ".join(u.code for u in await store.units()) or "chưa có đơn vị nào"
        raise Refusal(f"Không có đơn vị mã “{unit}”. Các đơn vị: {known}.")
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
    """An officer left: nothing of the unit reaches them any more. Returns what to say; raises Refusal."""
    known = await _known(store, officer)
    await store.revoke(known.code)
    return f"Đã gỡ mọi liên kết của {known.name} (mã {known.code}); lời nhắc và tin đang chờ gửi đã hủy."


async def _known(store: Store, officer: str) -> Officer:
    known = await store.officer(officer)
    if known is None:
        raise Refusal(f"Không có cán bộ mã “{officer}”.")
    return known
