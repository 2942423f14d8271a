"""The pair of tokens of a Zalo Official Account: kept, renewed by one process at a time, given by staff's consent.

Rules of this file
1. A refresh token serves once. It is spent only under a lock that holds over all processes, by a state read inside it;
   the new pair is stored before it is first used. Being cancelled does not come between the two.
2. Killed between Zalo's answer and our write, or if that answer is lost on the way, the pair is gone: the next refresh
   is refused and staff consent again. Zalo offers no way around this.
3. The refresh token of the settings is spent once, when it is new to us: so a fresh one can be pasted there, and a
   spent one never takes the place of the pair that is kept.
4. No token, code or secret is in a message, a repr or an error's chain.

SendError   from `access` and `exchange`
├── Retry   the network, 5xx, too many calls
└── Halted  whatever else Zalo says: staff must consent again
Forged      from `complete`: not the answer to our latest question, or too late
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot import logs
from bot.channels import Forged, Halted, Rejected, Retry
from bot.channels.calling import call, request
from bot.channels.zalo_oa_codes import CONNECT_ADVICE, CONSENT_ADVICE

STATE: Final = "zalo_oa"
PENDING: Final = "zalo_oa_consent"
EARLY: Final = timedelta(minutes=5)  # before the access token's end
PATIENCE: Final = 20.0  # seconds for a grant; two of them fit into the lock's lease
CONSENT_TIME: Final = timedelta(minutes=10)  # the life of Zalo's code
BAD_SECRET: Final = (
    "Khóa bí mật của ứng dụng Zalo có ký tự lạ. Xin chép lại khóa từ trang Zalo for Developers vào cài đặt."  # noqa: S105
)
TOO_MANY_CALLS: Final = -32
T = TypeVar("T")


class States(Protocol):
    """Small values that outlive the process, each with a lock over all processes; see `bot.store.keeping`."""

    async def state(self, name: str) -> dict[str, Any] | None: ...

    async def put_state(self, name: str, body: dict[str, Any]) -> None: ...

    def locked(self, name: str, clock: Callable[[], datetime]) -> AbstractAsyncContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class Pair:
    """What is kept. `since`: when it was consented to; `seen`: digests of the settings' refresh tokens that were tried.

    `refused`: Zalo no longer takes the refresh token.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    since: datetime
    renewed: datetime
    access_until: datetime
    refresh_until: datetime
    seen: tuple[str, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Pending:
    """A consent that staff were sent to give."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    until: datetime


_PAIR, _PENDING = TypeAdapter(Pair), TypeAdapter(_Pending)


class _Granted(BaseModel):
    """Zalo's answer; the seconds are often strings."""

    access_token: str = Field(min_length=1)
    refresh_token: str = Field(min_length=1)
    expires_in: int
    refresh_token_expires_in: int = 90 * 24 * 3600


class _Denied(BaseModel):
    error: int


class Tokens:
    """`first`: the refresh token of the settings, as minted in Zalo's API Explorer."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        app_id: str,
        app_secret: str,
        oauth_url: str,
        states: States,
        clock: Callable[[], datetime],
        first: str | None = None,
    ) -> None:
        self._client, self._app_id, self._app_secret, self._oauth_url = client, app_id, app_secret, oauth_url
        self._states, self._clock, self._first = states, clock, first or ""
        self._digest = hashlib.sha256(self._first.encode()).hexdigest()

    async def pair(self) -> Pair | None:
        """The pair that is kept, as it is."""
        body = await self._states.state(STATE)
        if not body:
            return None
        pair = _PAIR.validate_python(body)
        _hide(pair)
        return pair

    async def access(self, *, stale: str | None = None) -> str:
        """An access token good for some minutes; `stale` is one that the API has just refused. Raises Retry, Halted."""
        pair = await self.pair()
        if pair is None or not self._serves(pair, stale):
            pair = await self._renewed(stale)
        return pair.access

    async def exchange(self, code: str, verifier: str) -> None:
        """Turn a consent's code into a new pair, which takes the place of any other. Raises Retry, Halted."""
        async with self._states.locked(STATE, self._clock):
            form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
            await _unbroken(self._granted(await self.pair(), form))

    def _serves(self, pair: Pair, stale: str | None) -> bool:
        return pair.access != stale and self._clock() < pair.access_until - EARLY and not self._pasted(pair)

    def _pasted(self, pair: Pair | None) -> bool:
        """Whether the settings have a refresh token that is new to us."""
        return bool(self._first) and (pair is None or self._digest not in pair.seen)

    async def _renewed(self, stale: str | None) -> Pair:
        async with self._states.locked(STATE, self._clock):
            pair = await self.pair()  # another process may just have renewed it
            if pair is not None and self._serves(pair, stale):
                return pair
            if self._pasted(pair):
                try:
                    return await self._refreshed(pair, self._first)
                except Halted:
                    if pair is None:
                        raise
                    pair = await self._keep(replace(pair, seen=(*pair.seen, self._digest)))
                    if self._serves(pair, stale):
                        return pair
            if pair is None:
                raise Halted(f"Zalo OA chưa được kết nối: {CONNECT_ADVICE}")
            try:
                return await self._refreshed(pair, pair.refresh)
            except Halted:
                await self._keep(replace(pair, refused=True))
                raise

    async def _refreshed(self, before: Pair | None, token: str) -> Pair:
        return await _unbroken(self._granted(before, {"grant_type": "refresh_token", "refresh_token": token}))

    async def _granted(self, before: Pair | None, form: dict[str, str]) -> Pair:
        """Ask Zalo for a pair, and keep it."""
        url, data = f"{self._oauth_url}/v4/oa/access_token", {"app_id": self._app_id} | form
        try:
            asked = request(self._client, "POST", url, data=data, headers={"secret_key": self._app_secret})
        except Rejected:
            raise Halted(BAD_SECRET) from None
        try:
            async with asyncio.timeout(PATIENCE):
                _, said = await call(self._client, asked, "lấy mã truy cập Zalo OA")
        except TimeoutError:
            raise Retry("lấy mã truy cập Zalo OA: máy chủ không trả lời kịp") from None
        granted = _granted(said)
        if granted is None:
            raise _denial(said)
        now, renews = self._clock(), before is not None and form.get("refresh_token") == before.refresh
        seen = before.seen if before else ()
        return await self._keep(
            Pair(
                access=granted.access_token,
                refresh=granted.refresh_token,
                since=before.since if before and renews else now,
                renewed=now,
                access_until=now + timedelta(seconds=granted.expires_in),
                refresh_until=now + timedelta(seconds=granted.refresh_token_expires_in),
                seen=(*seen, self._digest) if self._pasted(before) else seen,
            )
        )

    async def _keep(self, pair: Pair) -> Pair:
        _hide(pair)
        await self._states.put_state(STATE, _PAIR.dump_python(pair, mode="json"))
        return pair


def _hide(pair: Pair) -> None:
    """Keep both out of every log from now on."""
    logs.also(pair.access)
    logs.also(pair.refresh)


def _granted(said: object) -> _Granted | None:
    """The pair in an answer. What makes one unreadable holds it: no error is to be raised on top of that."""
    with suppress(ValidationError):
        return _Granted.model_validate(said)
    return None


def _denial(said: object) -> Retry:
    """What an answer without tokens means."""
    try:
        code = _Denied.model_validate(said).error
    except ValidationError:
        return Retry("lấy mã truy cập Zalo OA: câu trả lời không đọc được")
    if code == TOO_MANY_CALLS:
        return Retry("lấy mã truy cập Zalo OA: đang gọi quá nhanh", 60)
    return Halted(f"Zalo không cấp mã truy cập (mã {code}), {CONSENT_ADVICE}")


async def _unbroken(work: Coroutine[Any, Any, T]) -> T:
    """The work's result; if we are cancelled, it is finished all the same."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        task.cancelled() or task.exception()  # looked at, so that nobody misses it
        raise


@dataclass(frozen=True, slots=True)
class Connection:
    """How the account is connected: since a consent, with tokens `renewed` since, good `until`, unless `refused`."""

    since: datetime
    renewed: datetime
    until: datetime
    refused: bool


class Consent:
    """Staff's consent, by a page of Zalo's (OAuth v4 with PKCE S256). What was asked last counts."""

    def __init__(
        self, tokens: Tokens, *, app_id: str, oauth_url: str, states: States, clock: Callable[[], datetime]
    ) -> None:
        self._tokens, self._app_id, self._oauth_url = tokens, app_id, oauth_url
        self._states, self._clock = states, clock

    async def status(self) -> Connection | None:
        """None: never connected."""
        pair = await self._tokens.pair()
        if pair is None:
            return None
        over = self._clock() >= pair.refresh_until
        return Connection(pair.since, pair.renewed, pair.refresh_until, pair.refused or over)

    async def consent_url(self, redirect_uri: str) -> str:
        """Where staff consent; Zalo sends them back to `redirect_uri`, which is registered there, within 10 minutes."""
        asked = _Pending(secrets.token_urlsafe(32), secrets.token_urlsafe(32), self._clock() + CONSENT_TIME)
        await self._states.put_state(PENDING, _PENDING.dump_python(asked, mode="json"))
        query = {
            "app_id": self._app_id,
            "redirect_uri": redirect_uri,
            "code_challenge": challenge(asked.verifier),
            "state": asked.state,
        }
        return str(httpx.URL(f"{self._oauth_url}/v4/oa/permission", params=query))

    async def complete(self, code: str, state: str) -> None:
        """Take what Zalo sent staff back with, once. Raises Forged, Retry, Halted."""
        async with self._states.locked(PENDING, self._clock):
            body = await self._states.state(PENDING)
            asked = _PENDING.validate_python(body) if body else None
            if asked is None or not secrets.compare_digest(asked.state.encode(), state.encode()):
                raise Forged("this consent was not asked for")
            await self._states.put_state(PENDING, {})
        if self._clock() > asked.until:
            raise Forged("this consent came too late")
        await self._tokens.exchange(code, asked.verifier)


def challenge(verifier: str) -> str:
    """PKCE S256: base64url without padding."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
