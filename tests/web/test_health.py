"""Health, readiness and figures over HTTP: right also while the database is away, and quick when it hangs."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from web_world import ELSEWHERE, LEASE, NOW

from bot.messages import Address, Incoming
from bot.metrics import SILENT, beat
from bot.store import Store
from bot.web import health


class Clock:
    """A clock to set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now


def served(store, clock=lambda: NOW, **settings):
    web = FastAPI()
    web.include_router(health.routes(store, clock, **settings))
    return web


@pytest.fixture
async def hanging():
    """A store whose database takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        store = Store(f"postgresql+psycopg://me:secret@127.0.0.1:{server.getsockname()[1]}/x")
        yield store
        await store.close()


@pytest.fixture
async def away():
    store = Store("postgresql+psycopg://me:secret@127.0.0.1:1/x")
    yield store
    await store.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_they_are_on_the_site_for_anybody_and_set_no_cookie(world, visit, path):
    async with visit(world.web(), ELSEWHERE, headers={"Origin": "http://evil.example"}) as browser:
        answer = await browser.get(path)
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
        assert (await browser.post(path)).status_code == 405


async def test_alive_asks_nobody(visit, away):
    async with visit(served(away)) as browser:
        answer = await browser.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_ready_names_each_thing_that_it_takes(world, visit, tmp_path):
    await beat(world.store, lambda: NOW)
    async with visit(served(world.store, data_dir=tmp_path, worker=True)) as browser:
        answer = await browser.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "tables": "ok", "worker": "ok", "disk": "ok"}


async def test_a_worker_is_missed_once_it_was_silent_for_a_while(world, visit):
    clock = Clock()
    async with visit(served(world.store, clock, worker=True)) as browser:
        assert (await browser.get("/readyz")).json()["worker"] == "silent"
        await beat(world.store, clock)
        clock.now += SILENT - timedelta(seconds=1)
        assert (await browser.get("/readyz")).status_code == 200
        clock.now += timedelta(seconds=1)
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "silent")


async def test_tables_of_another_version(world, visit):
    async with world.store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    async with visit(served(world.store, worker=True)) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "tables": "outdated"})


async def test_a_disk_that_cannot_be_written_or_is_full(world, visit, tmp_path):
    async with visit(served(world.store, data_dir=tmp_path / "không có")) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (503, "unwritable")
    async with visit(served(world.store, data_dir=tmp_path, need=2**70)) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (503, "full")


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_a_database_that_is_away_is_told_in_time_and_without_its_secret(away, hanging, visit, caplog, path):
    for store in (away, hanging):
        begun = time.monotonic()
        async with visit(served(store, patience=0.2)) as browser:
            answer = await browser.get(path)
        assert time.monotonic() - begun < 2
        assert answer.status_code == 503
        assert answer.text == ('{"database":"unreachable"}' if path == "/readyz" else "")
    assert "secret" not in caplog.text


async def test_figures_are_read_once_for_all_who_ask_and_again_after_a_while(world, visit):
    clock = Clock()

    async def waiting(browser):
        answers = await asyncio.gather(*(browser.get("/metrics") for _ in range(5)))
        [told] = {answer.text for answer in answers}
        return 'thidua_inbox_waiting{channel="telegram"} 1.0' in told

    async with visit(served(world.store, clock)) as browser:
        assert not await waiting(browser)
        await world.store.receive(Incoming("m", Address("telegram", "x"), "", NOW))
        assert not await waiting(browser)
        clock.now += health.FRESH
        assert await waiting(browser)
        await world.store.claim_incoming(clock.now, lease=LEASE)
        clock.now -= timedelta(hours=1)  # set back: what was told is not held for an hour
        assert await waiting(browser)


async def test_figures_come_as_prometheus_wants_them(world, visit):
    async with visit(served(world.store)) as browser:
        answer = await browser.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=1.0.0")
    assert "# TYPE thidua_answer_seconds histogram" in answer.text
