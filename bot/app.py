"""The composition root: settings → the whole object graph. With `bot.known` and `bot.mounting`, it knows every class.

`Known` is what answers questions, `App` the assistant on top of it; each is opened by a `with` and closed by it.
Everything below takes plain values, so tests build the same graphs with other arguments.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.calendar_file import load_calendar
from bot.channels import Channel, Messenger
from bot.channels.browser import BrowserChannel
from bot.channels.zalo_oa import ZaloOAChannel
from bot.checks import Validity
from bot.config import Settings, load
from bot.delivery import Delivery
from bot.intake import Intake, typing_sign
from bot.known import Clock, open_knowledge, system_clock, take_in_file
from bot.links import Links
from bot.messages import FileRef
from bot.mounting import LIMITS, links_of, messengers_of, paces_of, webhook_of
from bot.store import Store
from bot.web import create_web
from bot.web.services import Services
from bot.worker import Worker


@dataclass(frozen=True, slots=True)
class App:
    """The assistant, ready to work."""

    settings: Settings
    clock: Clock
    store: Store
    assistant: Assistant
    worker: Worker
    intake: Intake
    messengers: Mapping[str, Messenger] = field(default_factory=dict)
    links: Links | None = None
    validity: Callable[[], Mapping[str, Validity]] | None = None


@asynccontextmanager
async def open_app(
    channels: Mapping[str, Channel],
    *,
    messengers: bool = False,
    settings: Settings | None = None,
    clock: Clock | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[App]:
    """The assistant over the given channels and, if it is to have them, the `messengers` that the settings mount."""
    settings = settings or load()
    now = clock or system_clock(settings)
    with open_knowledge(settings, now) as known:
        store = Store(settings.database)
        mounted = messengers_of(settings, store, now) if messengers else {}
        links = await links_of(settings, store, now)
        everywhere = {**channels, **mounted}

        async def take_in(file: FileRef, content: bytes) -> str:
            return await asyncio.to_thread(take_in_file, known, settings.data_dir / "sent", file, content)

        assistant = Assistant(
            store,
            known.answerer,
            clock=now,
            limits=LIMITS,
            step=step,
            files=mounted,
            uploads=links.upload if links else None,
            downloads=links.download if links else None,
            take_in=take_in,
            unsaid=known.unsaid,
            validity=known.validity,
            busy=typing_sign(everywhere),
            wake=lambda: worker.wake(),  # noqa: PLW0108 -- the worker comes after it
        )
        paces = paces_of(settings, mounted)
        quotas = {"zalo_bot": settings.zalo_bot_quota}
        calendar, policy = load_calendar(), settings.policy
        delivery = Delivery(
            store,
            everywhere,
            clock=now,
            limits=LIMITS,
            paces=paces,
            quotas=quotas,
            opens=lambda at: policy.opens(at.astimezone(settings.zone), calendar),
            step=step,
        )
        worker = Worker(
            store,
            assistant,
            delivery,
            clock=now,
            calendar=calendar,
            policy=policy,
            zone=settings.zone,
            keep_files=settings.files_kept,
            desk=f"{settings.public_url}/staff" if settings.public_url else None,
            step=step,
        )
        intake = Intake(store, clock=now, wake=worker.wake)
        try:
            yield App(settings, now, store, assistant, worker, intake, mounted, links, known.validity)
        finally:
            for messenger in mounted.values():
                await messenger.close()
            await store.close()


async def serve_forever(
    *,
    worker: bool = True,
    demo: bool = False,
    tries: tuple[str, ...] = (),
    announce: Callable[[Settings], None] = lambda _: None,
) -> None:
    """Web page, messengers and (unless told otherwise) the worker in one process, until interrupted."""
    browser = BrowserChannel()
    async with open_app({browser.name: browser}, messengers=True) as app:
        settings = app.settings
        web = web_of(app, browser, worker=worker, demo=demo, tries=tries)
        config = uvicorn.Config(
            web,
            host=settings.host,
            port=settings.port,
            log_config=None,  # set up at the entrance, with the secrets kept out
            access_log=False,
            timeout_graceful_shutdown=1,  # an open page listens for ever
        )
        server = uvicorn.Server(config)
        stop = asyncio.Event()
        if worker:
            await recover(app)
        beside = [
            asyncio.create_task(app.intake.run(messenger, webhook_of(messenger, settings), stop))
            for messenger in app.messengers.values()
        ]
        if worker:
            beside.append(asyncio.create_task(app.worker.run(stop)))
        announce(settings)
        try:
            await server.serve()
        finally:
            stop.set()
            app.worker.wake()
            await asyncio.gather(*beside)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run what serves many at once until it ends, on the fast event loop where there is one."""
    factory = import_module("uvloop").new_event_loop if find_spec("uvloop") else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)


async def recover(app: App) -> None:
    """With SQLite all processes are on this machine: what a killed one held is free at once."""
    if app.settings.database.startswith("sqlite"):
        await app.store.recover()


def web_of(
    app: App, browser: BrowserChannel, *, worker: bool = False, demo: bool = False, tries: tuple[str, ...] = ()
) -> FastAPI:
    """The pages and webhooks over an app."""
    password, account = app.settings.staff_password, app.messengers.get(ZaloOAChannel.name)
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
            data_dir=app.settings.data_dir,
            works=worker,
            limits=LIMITS,
            messengers=app.messengers,
            hear=app.intake.hear,
            links=app.links,
            zalo_oa=account.consent if isinstance(account, ZaloOAChannel) else None,
            public_url=app.settings.public_url,
            validity=app.validity,
        )
    )


async def work_forever() -> None:
    """The worker alone, until interrupted; messengers are written to here, and heard by `serve`."""
    browser = BrowserChannel()
    async with open_app({browser.name: browser}, messengers=True) as app:
        await recover(app)
        with suppress(asyncio.CancelledError):
            await app.worker.run(asyncio.Event())
