"""The web application over its services: the routes, and the rules that hold for every one of them."""

from __future__ import annotations

from typing import Final

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException as RoutingException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web import chat, consent, files, guard, health, people, retrying, staff, webhooks, wording
from bot.web.rendering import HERE, Pages
from bot.web.services import Services

BODY_LIMIT: Final = 64 * 1024  # bytes of one request
# Nothing but our own files, no framing, no script or style in the page: what slips through escaping still cannot run.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Hardened:
    """ASGI middleware: every answer carries HEADERS, and only files that never change may be kept by a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, hardened if scope["type"] == "http" else send)


def create_web(services: Services) -> FastAPI:
    """Every page and route, over these services."""
    pages = Pages(services)
    web = FastAPI(
        title=services.title,
        openapi_url=None,  # no API is promised, and none is shown
        max_body_size=BODY_LIMIT,
    )

    web.add_middleware(Hardened)

    @web.exception_handler(RoutingException)
    async def refuse(request: Request, error: RoutingException) -> Response:
        """JSON for the script, a page for people; either way one sentence."""
        reason = error.detail if isinstance(error, HTTPException) else wording.NO_SUCH_PAGE
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"detail": reason}, error.status_code, headers=error.headers)
        page = pages.render("refused.html", reason=reason)
        return HTMLResponse(page, error.status_code, headers=error.headers)

    web.state.pages = pages
    web.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    own = [Depends(guard.same_origin)]
    for router in (chat.router, staff.router, retrying.router, people.router, consent.router, files.router):
        web.include_router(router, dependencies=own)
    web.include_router(webhooks.router)
    web.include_router(health.routes(services.store, services.clock, data_dir=services.data_dir, worker=services.works))
    return web
