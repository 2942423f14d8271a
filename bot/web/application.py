"""The web application over its services: the routes, and the rules that hold for every one of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as RoutingException

from bot.web import chat, consent, files, guard, health, people, staff, webhooks, wording
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


def create_web(services: Services) -> FastAPI:
    """Every page and route, over these services."""
    pages = Pages(services)
    web = FastAPI(
        title=services.title,
        openapi_url=None,  # no API is promised, and none is shown
        max_body_size=BODY_LIMIT,
    )

    @web.middleware("http")
    async def harden(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.url.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

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
    for router in (chat.router, staff.router, people.router, consent.router, files.router):
        web.include_router(router, dependencies=own)
    web.include_router(webhooks.router)
    web.include_router(health.routes(services.store, services.clock, data_dir=services.data_dir, worker=services.works))
    return web
