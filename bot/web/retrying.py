"""The desk's buttons by which staff have a message tried again: one, or all that wait for it.

What is not in that state any more is told and left alone; pressing twice does it once.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from fastapi.responses import RedirectResponse, Response

from bot.retrying import NotNow, Retrying
from bot.web.rendering import Here, Pages
from bot.web.staff import desk_page, staff

router = APIRouter(prefix="/staff", dependencies=[Depends(staff)], include_in_schema=False)


async def retrying(here: Here) -> Retrying:
    return Retrying(here.services.store, here.services.limits)


Row = Annotated[int, Path(ge=1, le=2**62)]
Again = Annotated[Retrying, Depends(retrying)]


@router.post("/inbox/{row}/again")
async def handle_again(row: Row, again: Again, here: Here) -> Response:
    try:
        word = await again.handle(row)
    except NotNow as why:
        return await desk_page(here, str(why), refused=status.HTTP_409_CONFLICT)
    return done(here, word)


@router.post("/outbox/{row}/again")
async def send_again(row: Row, again: Again, here: Here) -> Response:
    try:
        word = await again.send(row, here.services.clock())
    except NotNow as why:
        return await desk_page(here, str(why), refused=status.HTTP_409_CONFLICT)
    return done(here, word)


@router.post("/again")
async def everything_again(again: Again, here: Here) -> Response:
    """What came of it is counted, so it is told at once and not by the next page's address."""
    said = await again.everything(here.services.clock())
    here.services.wake()
    return await desk_page(here, said)


def done(here: Pages, word: str) -> Response:
    here.services.wake()
    return RedirectResponse(f"/staff?done={word}", status.HTTP_303_SEE_OTHER)
