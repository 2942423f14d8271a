"""Where messengers call us: verify, translate, keep, answer; all else is the worker's.

A request that does not carry its platform's proof is refused with 403, one that cannot be read with 400, one that is
too long with 413; nothing of any of them is kept. 200 is answered only when every message in it is a row of the inbox;
if it cannot be kept, or not judged yet, the answer is 503, and the platform tries again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, status
from fastapi.responses import JSONResponse, Response

from bot.channels import Forged, Malformed, TooEarly
from bot.web import wording
from bot.web.rendering import Here

log = logging.getLogger(__name__)

BODY_LIMIT: Final = 256 * 1024  # bytes; the longest message with everything around it is a tenth of that
CHANNELS: Final[Mapping[str, str]] = {"telegram": "telegram", "zalo-bot": "zalo_bot", "zalo-oa": "zalo_oa"}
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "kept, or nothing to keep"},
    400: {"description": "it cannot be read"},
    403: {"description": "it does not carry the platform's proof"},
    404: {"description": "this messenger is not mounted"},
    413: {"description": "too long"},
    503: {"description": "it could not be kept; send it again"},
}
BODY: Final = {"requestBody": {"required": False, "content": {"application/json": {"schema": {}}}}}

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


async def take_in(request: Request, here: Here, path: str) -> Response:
    """Keep what a messenger's request says."""
    services = here.services
    messenger = services.messengers.get(CHANNELS[path])
    if messenger is None or services.hear is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, wording.NO_SUCH_PAGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        heard = messenger.receive(headers, await request.body())
    except Forged:
        log.warning("a request to %s without proof was refused", path)
        raise HTTPException(status.HTTP_403_FORBIDDEN, wording.NOT_PROVEN) from None
    except Malformed:
        log.warning("a request to %s could not be read", path)
        raise HTTPException(status.HTTP_400_BAD_REQUEST, wording.NOT_READABLE) from None
    except TooEarly:
        log.warning("a request to %s came before we could judge it", path)
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, wording.NOT_KEPT) from None
    try:
        for each in heard:
            await services.hear(messenger, each)
    except Exception:  # whatever it is, the platform must keep the message for us
        log.exception("a message on %s could not be kept", path)
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, wording.NOT_KEPT) from None
    return JSONResponse({"ok": True})


@router.post("/telegram", responses=ANSWERS, openapi_extra=BODY, max_body_size=BODY_LIMIT)
async def telegram(request: Request, here: Here) -> Response:
    """An update of the Telegram Bot API, proven by `X-Telegram-Bot-Api-Secret-Token`."""
    return await take_in(request, here, "telegram")


@router.post("/zalo-bot", responses=ANSWERS, openapi_extra=BODY, max_body_size=BODY_LIMIT)
async def zalo_bot(request: Request, here: Here) -> Response:
    """An event of the Zalo Bot Platform, proven by `X-Bot-Api-Secret-Token`."""
    return await take_in(request, here, "zalo-bot")


@router.post("/zalo-oa", responses=ANSWERS, openapi_extra=BODY, max_body_size=BODY_LIMIT)
async def zalo_oa(request: Request, here: Here) -> Response:
    """An event of a Zalo Official Account, proven by `X-ZEvent-Signature` over the raw body."""
    return await take_in(request, here, "zalo-oa")
