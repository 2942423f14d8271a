"""The composition root: settings → the whole object graph. With `bot.known`, the only files that know every class.

`Known` is what answers questions, `App` the assistant on top of it; each is opened by a `with` and closed by it.
Everything below takes plain values, so tests build the same graphs with other arguments.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.calendar_file import load_calendar
from bot.channels import Channel, Limits
from bot.channels.browser import BrowserChannel
from bot.channels.console import ConsoleChannel
from bot.config import Settings, load
from bot.known import Clock, open_knowledge, system_clock
from bot.store import Store
from bot.web import create_web
from bot.web.services import Services
from bot.worker import Worker

# Limits of every channel there is, mounted here or not: a message may be decided by a process that does not deliver it.
LIMITS: Mapping[str, Limits] = {BrowserChannel.name: BrowserChannel.limits, ConsoleChannel.name: ConsoleChannel.limits}


@dataclass(frozen=True, slots=True)
class App:
    """The assistant, ready to work."""

    settings: Settings
    clock: Clock
    store: Store
    assistant: Assistant
    worker: Worker


@asynccontextmanager
async def open_app(
    channels: Mapping[str, Channel],
    *,
    settings: Settings | None = None,
    clock: Clock | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[App]:
    """The assistant over the given mounted channels."""
    settings = settings or load()
    now = clock or system_clock(settings)
    with open_knowledge(settings, now) as known:
        store = Store(settings.database)
        assistant = Assistant(store, known.answerer, clock=now, limits=LIMITS, step=step)
        worker = Worker(store, assistant, channels, clock=now, calendar=load_calendar(), zone=settings.zone, step=step)
        try:
            yield App(settings, now, store, assistant, worker)
        finally:
            await store.close()


async def serve_forever(
    *,
    worker: bool = True,
    demo: bool = False,
    tries: tuple[str, ...] = (),
    announce: Callable[[Settings], None] = lambda _: None,
) -> None:
    """Web page, channels and (unless told otherwise) the worker in one process, until interrupted."""
    browser = BrowserChannel()
    async with open_app({browser.name: browser}) as app:
        settings = app.settings
        web = web_of(app, browser, demo=demo, tries=tries)
        config = uvicorn.Config(
            web,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,  # an open page listens for ever
        )
        server = uvicorn.Server(config)
        stop = asyncio.Event()
        if worker:
            await recover(app)
        working = asyncio.create_task(app.worker.run(stop)) if worker else None
        announce(settings)
        try:
            await server.serve()
        finally:
            stop.set()
            app.worker.wake()
            if working is not None:
                await working


async def recover(app: App) -> None:
    """On one machine (SQLite) nobody else works on these rows: what a killed process held is free at once."""
    if app.settings.database.startswith("sqlite"):
        await app.store.recover()


def web_of(app: App, browser: BrowserChannel, *, demo: bool = False, tries: tuple[str, ...] = ()) -> FastAPI:
    """The pages over an app."""
    password = app.settings.staff_password
    return create_web(
        Services(
            store=app.store,
            channel=browser,
            wake=app.worker.wake,
            clock=app.clock,
            zone=app.settings.zone,
            title="Trợ lý thi đua, khen thưởng",
            demo=demo,
            staff_password=password.get_secret_value() if password else None,
            tries=tries,
            limits=LIMITS,
        )
    )


async def work_forever() -> None:
    """The worker alone, until interrupted."""
    browser = BrowserChannel()
    async with open_app({browser.name: browser}) as app:
        await recover(app)
        with suppress(asyncio.CancelledError):
            await app.worker.run(asyncio.Event())
