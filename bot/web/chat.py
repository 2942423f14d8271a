"""The chat page: an officer's conversation in the browser, and in the demo what staff see beside it.

What the visitor sends becomes an inbox row and nothing more; what the page shows are the dialogue's rows, so a reload,
a second page or a restart show the same. Updates are server-sent events whose ids are the rows' ids: a page that lost
its connection goes on from the last one it saw.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, status
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field, ValidationError

from bot.channels.browser import NAME
from bot.messages import Address, Incoming
from bot.store import InboxState, Line
from bot.web import guard, wording
from bot.web.board import load_board
from bot.web.rendering import Here, Pages

TEXT_LIMIT: Final = 10_000  # characters of one message
TOKEN_LIMIT: Final = 200
SHOWN: Final = 200  # messages of history on a fresh page
# Seconds between two looks at the rows, which another process may have written: short while something happens.
PATIENCE: Final = 0.4
LONGEST: Final = 3.0

Session = Annotated[str, Depends(guard.require_session)]
router = APIRouter()


class Sent(BaseModel):
    """What the page posts. `id` is the page's own, the same when it tries again."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str = Field("", max_length=TEXT_LIMIT)
    token: str | None = Field(None, max_length=TOKEN_LIMIT)


@router.get("/")
async def page(request: Request, here: Here) -> Response:
    """The whole page; a visitor without a session gets a fresh one."""
    session = guard.session_of(request) or await first_visit(here)
    address = Address(NAME, session)
    services = here.services
    lines = await services.store.recent(address, limit=SHOWN)
    html = here.render(
        "chat.html",
        lines=[line_view(line) for line in lines],
        after=lines[-1].id if lines else 0,
        waiting=bool(lines) and lines[-1].state is InboxState.WAITING,
        officer=await services.store.officer_at(address),
        officers=await services.store.officers() if services.demo else [],
        unit_names={unit.code: unit.name for unit in await services.store.units()},
        board=await board_html(here) if shows_board(here, request) else None,
        tries=services.tries,
        text_limit=TEXT_LIMIT,
    )
    response = HTMLResponse(html)
    guard.set_session(response, request, session)
    return response


@router.post("/chat")
async def send(request: Request, session: Session, here: Here) -> Response:
    """Take a message once; 202 for the script, back to the page for a plain form."""
    sent = await read_sent(request)
    if sent.text.strip() or sent.token:
        key, address, at = message_id(session, sent.id), Address(NAME, session), here.services.clock()
        await here.services.store.receive(Incoming(key, address, clean(sent.text), at, sent.token))
        here.services.wake()
        await here.services.channel.stir()
    if is_json(request):
        return JSONResponse({"id": sent.id}, status.HTTP_202_ACCEPTED)
    return RedirectResponse("/", status.HTTP_303_SEE_OTHER)


@router.get("/chat/events", response_class=EventSourceResponse)
async def events(
    request: Request,
    session: Session,
    here: Here,
    last_event_id: Annotated[str, Header()] = "",
    after: Annotated[int, Query(ge=0)] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """The dialogue after the last row that the page saw (`Last-Event-ID`, else `after`), as it grows."""
    seen = int(last_event_id) if re.fullmatch(r"[0-9]{1,18}", last_event_id) else min(after, 10**18)
    async for event in updates(here, Address(NAME, session), seen, board=shows_board(here, request)):
        yield event


@router.post("/demo/as")
@router.post("/demo/as/{officer}")
async def take_part(request: Request, here: Here, officer: str = "") -> Response:
    """In the demo: a fresh conversation as one of the sample officers, or as somebody not linked yet."""
    if not here.services.demo:
        raise HTTPException(status.HTTP_404_NOT_FOUND, wording.NO_SUCH_PAGE)
    session = guard.new_session()
    if officer and not await link_sample(here, session, officer):
        raise HTTPException(status.HTTP_404_NOT_FOUND, wording.NO_SUCH_OFFICER)
    response = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
    guard.set_session(response, request, session)
    return response


async def first_visit(here: Pages) -> str:
    """A fresh session; in the demo it is the first sample officer's, so that everything can be tried at once."""
    session = guard.new_session()
    if here.services.demo and (samples := await here.services.store.officers()):
        await link_sample(here, session, samples[0].code)
    return session


async def link_sample(here: Pages, session: str, officer: str) -> bool:
    sample = await here.services.store.officer(officer)
    if sample is None:
        return False
    await here.services.store.put_officer(replace(sample, addresses=(Address(NAME, session),)))
    return True


async def updates(here: Pages, address: Address, seen: int, *, board: bool) -> AsyncIterator[ServerSentEvent]:
    """Rows after `seen` as they come, and the staff side whenever it changed. Never ends by itself."""
    shown, pause = "", PATIENCE
    while True:
        lines = await here.services.store.dialogue(address, after_id=seen, limit=SHOWN)
        for line in lines:
            seen = line.id
            view = line_view(line)
            data = {name: view[name] for name in ("id", "key", "answer")}
            html = here.render("one_message.html", line=view)
            yield ServerSentEvent(event="message", id=str(line.id), data=data | {"html": html})
        if board and (fresh := await board_html(here)) != shown:
            shown = fresh
            yield ServerSentEvent(event="board", data={"html": fresh})
        stirred = await here.services.channel.news(pause)
        pause = PATIENCE if lines or stirred else min(pause * 1.2, LONGEST)


async def board_html(here: Pages) -> str:
    return here.render("board.html", board=await load_board(here.services))


def shows_board(here: Pages, request: Request) -> bool:
    """Only in the demo, and only to who may see the staff desk."""
    return here.services.demo and guard.staff_name(here.services, request) is not None


def line_view(line: Line) -> dict[str, object]:
    """A dialogue row as the template shows it. `key` is what the page itself called its message."""
    message = line.message
    return {
        "id": line.id,
        "key": message.id.partition(":")[2] if isinstance(message, Incoming) else "",
        "answer": line.direction == "out",
        "text": message.text,
        "choices": () if isinstance(message, Incoming) else message.choices,
        "at": line.at,
        "parked": line.state is InboxState.PARKED,
    }


def message_id(session: str, key: str) -> str:
    """The incoming message's id: the page's key, made the session's own, so that nobody can take another's."""
    return f"{hashlib.sha256(session.encode()).hexdigest()[:24]}:{key}"


def clean(text: str) -> str:
    """Text that can be stored and shown anywhere: without NUL, with whole characters only."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


async def read_sent(request: Request) -> Sent:
    """JSON from the script, a form without it. Raises 422 with a sentence the page shows."""
    try:
        if is_json(request):
            return Sent.model_validate_json(await request.body())
        form = await request.form(max_files=0, max_fields=5)
        return Sent.model_validate({name: value for name, value in form.items() if isinstance(value, str)})
    except ValidationError as error:
        long = any(each["type"] == "string_too_long" for each in error.errors())
        reason = wording.too_long(TEXT_LIMIT) if long else wording.BAD_MESSAGE
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, reason) from None
