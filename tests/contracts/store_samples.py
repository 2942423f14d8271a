"""What the store's contract tests put in: invented units, officers, a campaign; and how they go through an event."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.campaigns import Campaign, Condition, Deadline, Field, Section
from bot.messages import Address, Incoming
from bot.officers import Officer, Unit
from bot.reminders import Reminder

ICT = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=ICT)
DUE = datetime(2026, 11, 20, 17, 0, tzinfo=ICT)
LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

HERE = Address("browser", "a1")
THERE = Address("console", "b2")

UNITS = [Unit("XA-1", "Xã Một", "xã"), Unit("XA-2", "Xã Hai", "xã", predecessors=("XA-0",))]
WHEN = Condition("muc-I/1:so", ("0",), negated=True)
OFFICERS = [Officer("CB-1", "Cán bộ Một", "XA-1"), Officer("CB-2", "Cán bộ Hai", "XA-2", leader=True)]


def campaign(**changes: object) -> Campaign:
    values: dict = {
        "id": "tk-2026",
        "version": 1,
        "title": "Tổng kết năm 2026",
        "guidance": "27/HD-UBND",
        "report_year": 2026,
        "sections": (
            Section(
                "muc-I/1", "Phong trào", (Field("ket-qua", "Kết quả", options=("a", "b")), Field("so", "Số", "number"))
            ),
            Section("muc-I/2", "Khen thưởng", (), only_for=("xã",), under=("Tổng kết",), when=WHEN),
        ),
        "deadlines": (Deadline("nop", "Nộp báo cáo", DUE, quote="trước ngày 20/11", strict=True),),
        "units": ("XA-1", "XA-2"),
        "not_stated": ("số bản",),
    }
    return Campaign(**values | changes)


def message(number: int, address: Address = HERE, text: str = "xin chào") -> Incoming:
    return Incoming(f"m{number}", address, text, NOW + number * timedelta(seconds=1))


def reminder(offset: int = 3, **changes: object) -> Reminder:
    values: dict = {
        "campaign": "tk-2026",
        "deadline": "nop",
        "deadline_version": 1,
        "unit": "XA-1",
        "officer": "CB-1",
        "offset": offset,
        "not_before": DUE - offset * DAY,
        "expires_at": DUE,
    }
    return Reminder(**values | changes)


async def take(store, now, lease=LEASE):
    """One due reminder by itself, or None."""
    return next(iter(await store.claim_reminders(now, lease=lease, together=False)), None)


async def furnish(store) -> None:
    await store.put_units(UNITS)
    for officer in OFFICERS:
        await store.put_officer(officer)
    await store.put_campaign(campaign())
