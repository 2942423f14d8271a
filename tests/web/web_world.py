"""A small world behind the pages: a real store on a temporary SQLite, two units, a campaign, a pretended worker."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot.campaigns import Campaign, Deadline, Field, Section
from bot.channels.browser import BrowserChannel
from bot.messages import Address, Incoming, Outgoing
from bot.officers import Officer, Unit
from bot.store import Done, Store
from bot.store.migrate import migrate
from bot.submissions import Entry, Filled, SectionState, State, Submission
from bot.web import Services, create_web

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
LEASE = timedelta(minutes=1)
HERE, ELSEWHERE = "http://127.0.0.1:8000", "http://thidua.example"

CAMPAIGN = Campaign(
    id="mau-2026",
    version=1,
    title="Tổng kết năm 2026",
    guidance="27/HD-HĐTĐKT",
    report_year=2026,
    sections=(
        Section("muc-I/1", "Quán triệt văn bản", (Field("noi-dung", "Nội dung"),), hint="Nêu văn bản đã phổ biến."),
        Section("muc-I/2", "Phong trào thi đua", (Field("noi-dung", "Nội dung"),)),
    ),
    deadlines=(Deadline("bao-cao", "nộp báo cáo", datetime(2026, 12, 10, 17, 0, tzinfo=ZONE)),),
    units=("PKT", "THCS"),
)
SUBMITTED = Submission(
    campaign="mau-2026",
    version=1,
    unit="PKT",
    state=State.SUBMITTED,
    sections={
        "muc-I/1": Filled(SectionState.DONE, {"noi-dung": "Đã phổ biến Chỉ thị 41-CT/TW."}),
        "muc-I/2": Filled(SectionState.DONE, {"noi-dung": "Bốn phong trào."}),
    },
    reference="2026-ABCDEF",
    history=(Entry(NOW, "CB01", "Nộp báo cáo"),),
)


@dataclass
class World:
    """`woken` counts the nudges; `say` plays the worker: it handles what waits and answers with the given messages."""

    database: str
    store: Store
    channel: BrowserChannel = field(default_factory=BrowserChannel)
    woken: int = 0

    def wake(self) -> None:
        self.woken += 1

    def web(self, **settings: object) -> FastAPI:
        services = Services(
            store=self.store,
            channel=self.channel,
            wake=self.wake,
            clock=lambda: NOW,
            zone=ZONE,
            title="Trợ lý mẫu",
        )
        return create_web(replace(services, **settings))

    async def waiting(self) -> list[Incoming]:
        """What was received and waits, without handling it for longer than a lease of no time."""
        rows = []
        while (row := await self.store.claim_incoming(NOW, lease=LEASE)) is not None:
            rows.append(row.incoming)
            await self.store.commit(Done(inbox=row))
        return rows

    async def say(self, *messages: Outgoing) -> None:
        row = await self.store.claim_incoming(NOW, lease=LEASE)
        assert row is not None
        to = row.incoming.address
        await self.store.commit(
            Done(inbox=row, outgoing=tuple((to, message, f"in-{row.id}-{n}") for n, message in enumerate(messages)))
        )
        while (out := await self.store.claim_outgoing(NOW, ["browser"], lease=LEASE)) is not None:
            await self.channel.send(out.address, out.message, key=out.key)
            await self.store.sent(out, NOW)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = f"sqlite:///{tmp_path / 'thidua.db'}"
    migrate(url)
    store = Store(url)
    await store.put_units([Unit("PKT", "Phòng Kinh tế", "phòng"), Unit("THCS", "Trường mẫu", "trường")])
    for officer in (Officer("CB01", "Lê Văn C", "PKT"), Officer("CB02", "Hoàng Văn E", "THCS")):
        await store.put_officer(officer)
    await store.put_campaign(CAMPAIGN)
    made = World(url, store)
    yield made
    await made.store.close()


@pytest.fixture
def visit() -> Callable[..., httpx.AsyncClient]:
    """A browser at this machine, or (`base=ELSEWHERE`) elsewhere; it says where it sends from, as browsers do."""

    def client(web: FastAPI, base: str = HERE, **settings: object) -> httpx.AsyncClient:
        host = "127.0.0.1" if base == HERE else "203.0.113.5"
        transport = httpx.ASGITransport(web, client=(host, 50_000))
        headers = {"Origin": base, **settings.pop("headers", {})}
        return httpx.AsyncClient(transport=transport, base_url=base, headers=headers, **settings)

    return client


@asynccontextmanager
async def serving(web: FastAPI) -> AsyncIterator[str]:
    """The application on a port of its own: streams need a real connection."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(web, log_level="warning", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.fixture
def serve() -> Callable[[FastAPI], object]:
    return serving


def linked(officer: str, session: str) -> Officer:
    units = {"CB01": ("Lê Văn C", "PKT"), "CB02": ("Hoàng Văn E", "THCS")}
    name, unit = units[officer]
    return Officer(officer, name, unit, addresses=(Address("browser", session),))
