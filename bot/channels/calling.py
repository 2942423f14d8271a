"""Calls to a messenger's servers, and downloads of what people sent there, over httpx.

Rules of this file
1. What went wrong is told by its kind and by the name of what was called. Never by an address: Zalo's carry the token.
   httpx logs addresses at INFO by itself: whoever configures logging must keep it at WARNING.
2. A call that broke may have been carried out all the same; it is a Retry like any other (at-least-once).
3. A download goes only where the caller allows, at each redirect anew, and carries none of the client's headers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import httpx

from bot.channels import Rejected, Retry

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_REDIRECTS = 3
LONGEST_DOWNLOAD = 60.0  # seconds, however steadily the bytes trickle


def request(client: httpx.AsyncClient, verb: str, url: str, **what: Any) -> httpx.Request:
    """A request for `call`, made as by `client.build_request`. Raises Rejected if its content cannot be written."""
    with suppress(TypeError, ValueError):  # half a character, for one
        return client.build_request(verb, url, **what)
    raise Rejected("tin có ký tự không gửi đi được")


async def call(client: httpx.AsyncClient, request: httpx.Request, name: str) -> tuple[int, object]:
    """Send a request made by `request`; `name` stands for it in words to staff.

    Returns the HTTP status, below 500, and the parsed JSON, None if the body is something else. Raises Retry.
    """
    if client.is_closed:
        raise Retry(f"{name}: trợ lý đang dừng")
    try:
        response = await client.send(request, follow_redirects=False)
    except httpx.HTTPError as error:
        raise _broken(error, name) from None
    if response.status_code >= 500:
        raise Retry(f"{name}: máy chủ báo lỗi {response.status_code}")
    try:
        return response.status_code, response.json()
    except (ValueError, RecursionError):
        return response.status_code, None


async def download(
    client: httpx.AsyncClient, url: str, *, hosts: Collection[str], limit: int, name: str = "tải tệp"
) -> bytes:
    """The bytes at `url`, no more than `limit`.

    `hosts`: names in small letters, or ".zdn.vn" for all below it. Plain http only to a loopback host that is named.
    Raises Rejected if the file is not allowed, too big or gone, and Retry.
    """
    if client.is_closed:
        raise Retry(f"{name}: trợ lý đang dừng")
    try:
        async with asyncio.timeout(LONGEST_DOWNLOAD):
            return await _follow(client, httpx.URL(url), hosts, limit, name)
    except httpx.InvalidURL:
        raise Rejected(f"{name}: địa chỉ của tệp không đọc được") from None
    except (httpx.HTTPError, TimeoutError) as error:
        raise _broken(error, name) from None


async def _follow(client: httpx.AsyncClient, url: httpx.URL, hosts: Collection[str], limit: int, name: str) -> bytes:
    for _ in range(1 + MOST_REDIRECTS):
        if not _allowed(url, hosts):
            raise Rejected(f"{name}: tệp nằm ở máy chủ không được phép tải về")
        # Not by the client's `build_request`: that would hand its headers and cookies to whoever keeps the file.
        request = httpx.Request("GET", url, headers={"Accept-Encoding": "identity"})
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is None:
                return await _read(response, limit, name)
        finally:
            await response.aclose()
        url = response.next_request.url
    raise Rejected(f"{name}: bị chuyển hướng quá nhiều lần")


async def _read(response: httpx.Response, limit: int, name: str) -> bytes:
    status = response.status_code
    if status >= 500 or status in {408, 429}:
        raise Retry(f"{name}: máy chủ báo lỗi {status}")
    if status != 200:
        raise Rejected(f"{name}: tệp không còn ở đó (mã {status})")
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > limit:
            raise Rejected(f"{name}: tệp lớn hơn {limit / 1024 / 1024:.0f} MB")
    return bytes(content)


def _allowed(url: httpx.URL, hosts: Collection[str]) -> bool:
    if not 0 < (url.port or 443) < 65_536:
        return False
    named = url.host in hosts
    below = any(host.startswith(".") and url.host.endswith(host) for host in hosts)
    return (url.scheme == "https" and (named or below)) or (url.scheme == "http" and named and url.host in LOOPBACK)


def _broken(error: Exception, name: str) -> Retry:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            what = "không kết nối được tới máy chủ"
        case httpx.TimeoutException() | TimeoutError():
            what = "máy chủ không trả lời kịp"
        case _:
            what = "kết nối bị đứt giữa chừng"
    return Retry(f"{name}: {what} ({type(error).__name__})")
