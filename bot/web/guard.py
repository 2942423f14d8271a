"""Who may come in: the rules every route of the page and the desk stands behind.

1. A request that changes something must come from our own page: Origin (or Referer) names the host it is sent to. One
   that tells nothing passes only with a JSON body, which no other site can send unasked. Cookies are SameSite besides.
2. A visitor is a random secret in an HttpOnly cookie; what does not look like one of ours is replaced, never taken.
3. The staff desk asks for the staff password (HTTP basic; the user name is who staff say they are). No password set:
   closed. Only the demo opens it without, and only to this very machine under its loopback name, so that no other site
   can have a name of its own point here.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import secrets
from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response, status

from bot.web import wording
from bot.web.services import Services

COOKIE: Final = "thidua_session"
COOKIE_SECONDS: Final = 180 * 24 * 3600
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def same_origin(request: Request) -> None:
    """Refuse (403) what another site's page makes a browser send."""
    if request.method in _SAFE:
        return
    source = request.headers.get("origin") or request.headers.get("referer")
    if source is None:
        trusted = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    else:
        trusted = urlsplit(source).netloc == request.headers.get("host")
    if not trusted:
        raise HTTPException(status.HTTP_403_FORBIDDEN, wording.NOT_FROM_HERE)


def session_of(request: Request) -> str | None:
    """The visitor's secret, if the request carries one of our making."""
    value = request.cookies.get(COOKIE, "")
    return value if _SESSION.fullmatch(value) else None


async def require_session(request: Request) -> str:
    """The visitor's secret; 401 without one."""
    session = session_of(request)
    if session is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, wording.NO_SESSION)
    return session


def new_session() -> str:
    return secrets.token_urlsafe(32)


def set_session(response: Response, request: Request, session: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, session, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)


def is_open_demo(services: Services, request: Request) -> bool:
    """The demo, visited from this machine under its loopback name."""
    client = request.client.host if request.client else ""
    return services.demo and _is_loopback(client) and _is_loopback(request.url.hostname or "")


def staff_name(services: Services, request: Request) -> str | None:
    """Who the staff member says they are, None if they may not come in. The password is compared in constant time."""
    if is_open_demo(services, request):
        return wording.STAFF
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not services.staff_password or scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not colon or not secrets.compare_digest(password.encode(), services.staff_password.encode()):
        return None
    return name.strip() or wording.STAFF


def refuse_staff(services: Services) -> HTTPException:
    """401 where a password would help, 403 where none is set."""
    if not services.staff_password:
        return HTTPException(status.HTTP_403_FORBIDDEN, wording.DESK_CLOSED)
    ask = {"WWW-Authenticate": 'Basic realm="thidua", charset="UTF-8"'}
    return HTTPException(status.HTTP_401_UNAUTHORIZED, wording.STAFF_ONLY, headers=ask)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
