"""The composition root: settings → the whole object graph. The only file that knows every class.

Two graphs: `Known` (what answers questions; no chat) and `App` (the assistant on top of it), each opened by a `with`
and closed by it. Everything below takes plain values, so tests build the same graphs with other arguments.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import uvicorn
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.calendar_file import load_calendar
from bot.channels import Channel, Limits
from bot.channels.browser import BrowserChannel
from bot.channels.console import ConsoleChannel
from bot.config import Settings, SettingsError, load
from bot.store import Store, Unavailable
from bot.store.migrate import migrate
from bot.web import create_web
from bot.web.services import Services
from bot.worker import Worker
from knowledge.answerer import Answerer
from knowledge.backends.chat import ChatError
from knowledge.backends.chat import from_setting as chat_from_setting
from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import EmbeddingsError, from_setting, identity
from knowledge.composer import ComposingAnswerer
from knowledge.library import Library
from knowledge.retriever import Retriever

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
NOISY = ("httpx", "httpx2", "httpcore", "openai", "ollama", "google_genai", "chromadb", "alembic", "uvicorn.access")
# Limits of every channel there is, mounted here or not: a message may be decided by a process that does not deliver it.
LIMITS: Mapping[str, Limits] = {BrowserChannel.name: BrowserChannel.limits, ConsoleChannel.name: ConsoleChannel.limits}


@dataclass(frozen=True, slots=True)
class Known:
    """What answers questions."""

    library: Library
    retriever: Retriever
    answerer: Answerer | ComposingAnswerer


@dataclass(frozen=True, slots=True)
class App:
    """The assistant, ready to work."""

    settings: Settings
    clock: Clock
    store: Store
    assistant: Assistant
    worker: Worker


def prepare(settings: Settings) -> None:
    """Make the data folder and bring the database to its newest tables. Raises SettingsError."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise SettingsError(f"Không dùng được thư mục dữ liệu {settings.data_dir} (THIDUA_DATA_DIR).") from None
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Their INFO lines carry addresses with tokens in them, or a line for every query.
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        migrate(settings.database)
    except Unavailable as error:
        raise SettingsError(f"Không mở được cơ sở dữ liệu, hãy xem lại THIDUA_DATABASE_URL ({error}).") from None


@contextmanager
def open_library(settings: Settings | None = None) -> Iterator[Library]:
    """The library alone: enough to list documents."""
    settings = settings or load()
    prepare(settings)
    library = Library(settings.database)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def open_knowledge(settings: Settings | None = None, clock: Clock | None = None) -> Iterator[Known]:
    """Library, retriever and answerer; nothing is loaded before the first question."""
    settings = settings or load()
    now = clock or system_clock(settings)
    with open_library(settings) as library:
        try:
            embeddings = from_setting(settings.embeddings)
        except EmbeddingsError as error:
            raise SettingsError(str(error)) from None
        vectors = _vectors(settings, identity(embeddings))
        retriever = Retriever(library, embeddings, vectors, settings.data_dir / "index")
        quoting = Answerer(library, retriever, today=lambda: now().date())
        yield Known(library, retriever, _composing(settings, quoting))


def _composing(settings: Settings, quoting: Answerer) -> Answerer | ComposingAnswerer:
    """The quoting answerer, behind a chat model if the settings name one."""
    if settings.chat_model is None:
        return quoting
    try:
        chat = chat_from_setting(settings.chat_model, seconds=settings.chat_timeout)
    except ChatError as error:
        raise SettingsError(str(error)) from None
    return ComposingAnswerer(quoting, chat)


def _vectors(settings: Settings, embedder: str) -> VectorStore:
    if settings.chroma_url is None:
        return VectorStore.embedded(settings.data_dir / "chroma", embedder)
    try:
        return VectorStore.server(settings.chroma_url, embedder)
    except ValueError as error:  # what Chroma's client makes of a server it cannot reach
        raise SettingsError(f"Không kết nối được máy chủ Chroma ở THIDUA_CHROMA_URL: {error}") from None


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


def system_clock(settings: Settings) -> Clock:
    return lambda: datetime.now(settings.zone)


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
