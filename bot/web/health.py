"""For whoever watches over the process: is it alive, can it work, how does the work stand.

Rules of this file
1. GET alone, no cookie, no password; so no name, no text and no address of anybody is told, and no reason in words.
2. `/healthz` touches nothing: a database that is away is no reason to kill a process that waits for it.
3. Whatever may hang is given up after some seconds; figures are read again only after a while, however often they are
   asked for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from fastapi import APIRouter, status
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.logs import event
from bot.metrics import ROOM, SILENT, last_beat, room, scrape
from bot.store import Store

log = logging.getLogger(__name__)

PATIENCE: Final = 5.0  # seconds
FRESH: Final = timedelta(seconds=5)  # figures are told again for so long

Check = Literal["ok", "unreachable", "outdated", "unwritable", "full", "silent"]


def routes(
    store: Store,
    clock: Callable[[], datetime],
    *,
    data_dir: Path | None = None,
    worker: bool = False,
    need: int = ROOM,
    patience: float = PATIENCE,
) -> APIRouter:
    """GET /healthz, /readyz, /metrics.

    `data_dir` (None: no disk is needed) must be writable, with `need` bytes free; `worker`: one must be running
    somewhere. `patience` in seconds.
    """
    router = APIRouter(tags=["operations"])
    turn = asyncio.Lock()
    told: tuple[datetime, bytes] | None = None

    @router.get("/healthz", response_class=PlainTextResponse)
    async def alive() -> str:
        """This process answers."""
        return "ok"

    @router.get("/readyz", responses={503: {"description": "something that is needed is missing"}})
    async def ready() -> JSONResponse:
        """What it takes to serve somebody, a word each: "ok", or what is wrong."""
        checks = await _database(store, clock(), worker=worker, patience=patience)
        if data_dir is not None:
            checks["disk"] = await _disk(data_dir, need, patience)
        good = all(found == "ok" for found in checks.values())
        return JSONResponse(checks, status.HTTP_200_OK if good else status.HTTP_503_SERVICE_UNAVAILABLE)

    @router.get("/metrics", responses={503: {"description": "the figures cannot be read"}})
    async def metrics() -> Response:
        """The figures in Prometheus's text format."""
        nonlocal told
        async with turn:  # many who ask at once are one question to the database
            now = clock()
            if told is None or not timedelta() <= now - told[0] < FRESH:
                try:
                    async with asyncio.timeout(patience):
                        told = now, await scrape(store, now)
                except Exception as error:  # noqa: BLE001 -- whatever its driver raises: the database is away
                    event(log, logging.WARNING, "no figures", error=type(error).__name__)
                    return Response(status_code=status.HTTP_503_SERVICE_UNAVAILABLE)
            return Response(told[1], media_type=CONTENT_TYPE_LATEST)

    return router


async def _database(store: Store, now: datetime, *, worker: bool, patience: float) -> dict[str, Check]:
    try:
        async with asyncio.timeout(patience):
            if not await store.at_head():
                return {"database": "ok", "tables": "outdated"}
            seen = await last_beat(store) if worker else now
    except Exception as error:  # noqa: BLE001 -- whatever its driver raises
        event(log, logging.WARNING, "not ready", error=type(error).__name__)
        return {"database": "unreachable"}
    checks: dict[str, Check] = {"database": "ok", "tables": "ok"}
    if worker:
        checks["worker"] = "ok" if seen is not None and now - seen < SILENT else "silent"
    return checks


async def _disk(folder: Path, need: int, patience: float) -> Check:
    try:
        async with asyncio.timeout(patience):
            return "ok" if await asyncio.to_thread(room, folder) >= need else "full"
    except OSError:  # a disk that does not answer in time is one as well
        return "unwritable"
