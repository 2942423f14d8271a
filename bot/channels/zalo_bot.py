"""The Zalo Bot Platform: a bot with a token, heard by polling or by webhook; it sends plain text and nothing else.

Rules of this file
1. Whether a call succeeded is said by `ok` in its answer, not by the HTTP status. Where sources disagree (error_code or
   errorCode, photo_url or photo, bare event or {ok, result}, one update or a list), both are read.
2. No log line, exception or repr carries the token, the secret, what people write or how the platform words a refusal.
   httpx itself logs the address of each call, token included, at INFO: the entrance keeps that logger at WARNING.
3. Reading an update takes it off the platform: what `hear` failed to keep stays here for the next poll; one on its way
   when the process dies is lost (not so by webhook). Where updates come again and again, it is once a `FLOOR` at most.
4. A call that broke after it was carried out is a Retry too, and may be read twice: the platform knows no repeats.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import math
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from bot.channels import (
    FILE_LIMIT,
    Elsewhere,
    Finding,
    Forged,
    Halted,
    Hear,
    Heard,
    Limits,
    Malformed,
    Rejected,
    Retry,
    SendError,
    Unreachable,
)
from bot.channels.calling import call, download, request
from bot.messages import Address, FileRef, Incoming, Outgoing

log = logging.getLogger(__name__)

NAME: Final = "zalo_bot"
SECRET_HEADER: Final = "x-bot-api-secret-token"  # noqa: S105 - the name of a header
QUICK: Final = 10.0  # seconds a call may take that does not wait for news; a poll gets so much over its patience
FLOOR: Final = 1.0  # seconds between polls that bring nothing new
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

BAD_TOKEN: Final = "Zalo không nhận token của bot. Anh/chị lấy lại token trong Zalo Bot Manager rồi sửa cấu hình."  # noqa: S105
NO_QUOTA: Final = (
    "Zalo báo bot đã dùng hết hạn mức tin nhắn của tháng, hoặc đang gửi quá nhanh. Tin được giữ lại và thử sau một giờ;"
    " nếu đã hết hạn mức tháng, anh/chị nâng gói của bot hoặc chờ sang tháng."
)
NO_PROOF: Final = "Webhook của bot Zalo cần một mã bí mật dài 8 đến 256 ký tự; anh/chị ghi mã này vào cấu hình."
CONFLICT: Final = (
    "Bot Zalo lại bị gắn webhook: có hệ thống khác dùng cùng token. Anh/chị tắt hệ thống đó, hoặc đổi token."
)
UNVERIFIED: Final = {  # what staff must put right; any other outcome may pass by itself
    "webhook.http.403": "máy chủ hoặc tường lửa của ta từ chối Zalo (403)",
    "webhook.http.404": "không có gì ở địa chỉ đó (404)",
    "webhook.err.tls": "chứng chỉ HTTPS không hợp lệ",
    "webhook.err.dns": "tên miền chưa trỏ về đâu",
    "webhook.err.blocked": "Zalo không gọi tới địa chỉ nội bộ",
}
# How a refusal tells that it is the chat's end, not the message's fault.
GONE: Final = re.compile(
    r"\bblocked\b|\b(chat|user|recipient|receiver)\w*\b.*\b(not found|not exist|invalid|deactivated)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Done:
    result: object


@dataclass(frozen=True, slots=True)
class _Refused:
    code: int
    description: str = ""

    @property
    def conflict(self) -> bool:
        return self.code == 400 and "webhook" in self.description.lower()


class _Read(BaseModel):
    """What we use of something the platform said. Ids are opaque: a number is as good as a text."""

    model_config = ConfigDict(coerce_numbers_to_str=True, frozen=True)


class _Envelope(_Read):
    ok: bool
    result: object = None
    code: int | None = Field(None, validation_alias=AliasChoices("error_code", "errorCode"))
    description: str | None = None


class _Result(_Read):
    """Of any call but getUpdates. It succeeded, whatever of this is missing."""

    id: str | None = None
    account_name: str | None = None
    display_name: str | None = None
    message_id: str | None = None
    url: str | None = None
    verified: bool = Field(default=True, validation_alias=AliasPath("verification", "ok"))
    outcome: str | None = Field(default=None, validation_alias=AliasPath("verification", "outcome"))


class _Event(_Read):
    name: str = Field(validation_alias="event_name")
    id: str | None = Field(None, validation_alias=AliasPath("message", "message_id"))
    date: float | None = Field(None, validation_alias=AliasPath("message", "date"))
    sender: str | None = Field(None, validation_alias=AliasPath("message", "from", "id"))
    is_bot: bool | None = Field(None, validation_alias=AliasPath("message", "from", "is_bot"))
    chat: str | None = Field(None, validation_alias=AliasPath("message", "chat", "id"))
    chat_type: str | None = Field(None, validation_alias=AliasPath("message", "chat", "chat_type"))
    text: str | None = Field(None, validation_alias=AliasPath("message", "text"))
    caption: str | None = Field(None, validation_alias=AliasPath("message", "caption"))
    photo: str | None = Field(
        None, validation_alias=AliasChoices(AliasPath("message", "photo_url"), AliasPath("message", "photo"))
    )
    voice: str | None = Field(None, validation_alias=AliasPath("message", "voice_url"))


class ZaloBotChannel:
    """`clock` dates what came without a date. `secret` proves webhook calls; without one all of them are refused."""

    name: str = NAME
    limits: Limits = Limits(text=2000, takes_files=False, typing=1.5)

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://bot-api.zaloplatforms.com",
        secret: str | None = None,
        polling: bool = True,
        patience: float = 25.0,
        clock: Callable[[], datetime],
        media_hosts: Collection[str] = (".zdn.vn", ".zalo.me"),
    ) -> None:
        self.polling = polling
        self._root = f"{base_url.rstrip('/')}/bot{quote(token.strip(), safe=':')}"
        self._hosts = frozenset({*media_hosts, httpx.URL(base_url).host})
        self._proof = secret if secret and 8 <= len(secret) <= 256 else None  # other lengths the platform refuses
        self._patience, self._clock = patience, clock
        self._client = httpx.AsyncClient(timeout=QUICK)
        self._me = _Result()
        self._unkept: deque[Incoming] = deque()  # read from the platform, not yet kept by `hear`
        self._seen: deque[str] = deque(maxlen=200)  # the last updates

    async def start(self, webhook: str | None) -> None:
        """Learn who we are, and receive at `webhook` or else by polling. Raises Retry or Halted."""
        self._me = await self._do("getMe")
        current = await self._webhook()
        if webhook is not None:
            await self._set_webhook(webhook, current)
        elif current and self.polling:  # else somebody has set it by hand
            await self._do("deleteWebhook")

    async def close(self) -> None:
        await self._client.aclose()

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Heard, ...]:
        """What a webhook call says. An empty probe is taken with or without the secret: Zalo tries an address so."""
        if body.strip() in {b"", b"{}"}:
            return ()
        given = headers.get(SECRET_HEADER, "").encode()
        if self._proof is None or not hmac.compare_digest(given, self._proof.encode()):
            raise Forged("thiếu mã bí mật của webhook, hoặc mã không đúng")
        try:
            said = from_json(body)
            if isinstance(said, dict) and "event_name" not in said:
                said = said.get("result")
            heard = self._incoming(said)
        except ValueError:  # of from_json and of pydantic; its words hold what was sent
            raise Malformed("không đọc được sự kiện của Zalo") from None
        return () if heard is None else (heard,)

    async def poll(self, hear: Hear) -> None:
        """One getUpdates. Raises Halted, Retry, and whatever `hear` raises: what it did not keep it hears again."""
        loop = asyncio.get_running_loop()
        began, fresh = loop.time(), bool(self._unkept)
        for update in [] if self._unkept else await self._updates():
            heard = self._read(update)
            seen = heard.id if heard else _digest(update)
            if seen not in self._seen:
                fresh = True
                self._seen.append(seen)
            if heard:
                self._unkept.append(heard)
        while self._unkept:
            await hear(self._unkept[0])
            self._unkept.popleft()
        if not fresh:
            await asyncio.sleep(began + min(FLOOR, self._patience) - loop.time())

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> str | None:
        """Send the text. Without `limits.buttons`, `files` and `edits` there is nothing else that it can be asked."""
        del key, edit
        if content is not None:
            raise Rejected("Zalo Bot không gửi được tệp; chỉ gửi được đường dẫn")
        text = unicodedata.normalize("NFC", message.text)
        return (await self._do("sendMessage", chat_id=address.id, text=text)).message_id

    async def catch_up(self, hear: Hear, since: datetime) -> None:
        """Nothing: there is no way to ask this platform for what was missed."""

    async def acknowledge(self, incoming: Incoming) -> None:
        """There is nothing that the platform wants to know."""

    async def typing(self, address: Address) -> None:
        with suppress(SendError):
            await self._do("sendChatAction", chat_id=address.id, action="typing")

    async def fetch(self, file: FileRef) -> bytes:
        """`file.id` is the address it came with, which expires. Raises Retry or Rejected."""
        if not file.id:
            raise Rejected("Zalo không đưa tệp này cho bot; xin gửi bằng ảnh hoặc qua đường dẫn nộp tệp")
        return await download(self._client, file.id, hosts=self._hosts, limit=FILE_LIMIT, name="Zalo: tải tệp")

    async def check(self) -> list[Finding]:
        """Token, then webhook. The quota cannot be asked for."""
        try:
            me = await self._do("getMe")
            place = (await self._webhook()).partition("://")[2].partition("/")[0]
        except SendError as error:
            return [Finding(good=False, what="Không hỏi được Zalo Bot Platform", advice=str(error))]
        found = [Finding(good=True, what=f"Token dùng được; tên bot: {me.display_name or me.account_name or me.id}")]
        if not self.polling and self._proof is None:
            found.append(Finding(good=False, what="Webhook chưa có mã bí mật dùng được", advice=NO_PROOF))
        what = f"Bot gắn webhook ở {place}" if place else "Bot không gắn webhook"
        meant = "hỏi Zalo từng lượt" if self.polling else "qua webhook"
        advice = f"Trợ lý được đặt để nhận tin {meant}. Anh/chị khởi động lại trợ lý để đặt lại cho khớp."
        good = bool(place) != self.polling
        return [*found, Finding(good=good, what=what, advice="" if good else advice)]

    async def _ask(self, method: str, arguments: Mapping[str, str], patience: float = 0) -> _Done | _Refused:
        timeout = httpx.Timeout(QUICK, read=patience + QUICK)
        asked = request(self._client, "POST", f"{self._root}/{method}", json=arguments, timeout=timeout)
        status, body = await call(self._client, asked, f"Zalo {method}")
        try:
            said = _Envelope.model_validate(body)
        except ValidationError:  # what refuses a token need not speak JSON
            return _Refused(401 if status == 404 else status)
        return _Done(said.result) if said.ok else _Refused(said.code or status, said.description or "")

    async def _do(self, method: str, **arguments: str) -> _Result:
        """A call that is to succeed. Raises SendError."""
        match await self._ask(method, arguments):
            case _Done(result):
                return _result(result)
            case refused:
                raise _failure(refused, method)

    async def _webhook(self) -> str:
        """The address that is set, "" if there is none, which the platform calls "Not Found"."""
        match await self._ask("getWebhookInfo", {}):
            case _Done(result):
                return _result(result).url or ""
            case _Refused(404):
                return ""
            case refused:
                raise _failure(refused, "getWebhookInfo")

    async def _set_webhook(self, url: str, current: str) -> None:
        if self._proof is None:
            raise Halted(NO_PROOF)
        match await self._ask("setWebhook", {"url": url, "secret_token": self._proof}):
            case _Done(result):
                webhook = _result(result)
            case _Refused(426) if url == current:
                log.warning("%s: the webhook may not be set again today; the one that is set is ours", NAME)
                return
            case _Refused(426):
                raise Halted("Hôm nay Zalo không cho đặt webhook nữa; trợ lý sẽ thử lại sau một ngày.", 86_400)
            case _Refused(400):
                raise Halted("Zalo không nhận địa chỉ webhook: phải là địa chỉ https công khai. Anh/chị sửa cấu hình.")
            case refused:
                raise _failure(refused, "setWebhook")
        if not webhook.verified:
            if why := UNVERIFIED.get(webhook.outcome or ""):
                raise Halted(
                    f"Zalo không gọi được webhook: {why}. Anh/chị kiểm tra tên miền, máy chủ rồi khởi động lại."
                )
            raise Retry(f"Zalo chưa gọi được webhook ({webhook.outcome or 'không rõ vì sao'})")

    async def _updates(self) -> list[object]:
        """What there is: one update as a rule, none when patience ends. A webhook left behind is removed once."""
        ask = {"timeout": str(math.ceil(self._patience))}
        answer = await self._ask("getUpdates", ask, self._patience)
        if isinstance(answer, _Refused) and answer.conflict:
            log.warning("%s: a webhook is in the way of polling; removing it", NAME)
            await self._do("deleteWebhook")
            answer = await self._ask("getUpdates", ask, self._patience)
        match answer:
            case _Done(list(updates)):
                return updates
            case _Done(update):
                return [update] if update else []
            case _Refused(408):
                return []
            case _Refused(429):
                raise Retry("Zalo getUpdates: hỏi quá nhanh, hoặc đã hết hạn mức", 60)
            case refused:
                raise Halted(CONFLICT) if refused.conflict else _failure(refused, "getUpdates")

    def _read(self, update: object) -> Incoming | None:
        try:
            return self._incoming(update)
        except ValidationError:
            log.warning("%s: an update could not be read", NAME)
            return None

    def _incoming(self, said: object) -> Incoming | None:
        """The message in an event; None if there is nobody to answer, or nothing we know. Raises ValidationError."""
        event = _Event.model_validate(said)
        if event.is_bot or (event.sender and event.sender == self._me.id):
            return None
        key = event.id or _digest(said)
        files: tuple[FileRef, ...] = ()
        match event.name:
            case "message.text.received":
                pass
            case "message.image.received":
                files = (FileRef(event.photo or "", f"anh-{key}.jpg", "image/jpeg"),)
            case "message.voice.received":
                files = (FileRef(event.voice or "", f"ghi-am-{key}.aac", "audio/aac"),)
            case "message.sticker.received":
                files = (FileRef("", "nhãn dán"),)
            case "message.unsupported.received":
                files = (FileRef("", "tệp"),)
            case unknown:
                log.info("%s: %.60r is ignored", NAME, unknown)
                return None
        if event.chat is None:
            log.info("%s: %r without a chat is ignored", NAME, event.name)
            return None
        group = (event.chat_type or "").upper() == "GROUP"
        text = unicodedata.normalize("NFC", event.text or event.caption or "")
        text = self._unaddressed(text) if group else text
        return Incoming(key, Address(NAME, event.chat), text, self._at(event.date), files=files, group=group)

    def _unaddressed(self, text: str) -> str:
        """Without the "@Bot …" that a message in a group must carry for us to hear it."""
        names = [unicodedata.normalize("NFC", name) for name in (self._me.display_name, self._me.account_name) if name]
        for name in sorted(names, key=len, reverse=True):
            text = re.sub(rf"@{re.escape(name)}(?!\w)[,:]?\s*", "", text, flags=re.IGNORECASE)
        return text.strip()

    def _at(self, milliseconds: float | None) -> datetime:
        with suppress(OverflowError, ValueError):
            if milliseconds is not None:
                return EPOCH + timedelta(milliseconds=milliseconds)
        return self._clock()


def _digest(said: object) -> str:
    """The same for the same event, however often it comes."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _result(said: object) -> _Result:
    try:
        return _Result.model_validate(said)
    except ValidationError:
        return _Result()


def _failure(refused: _Refused, method: str) -> SendError:
    """What a refusal means, where the call has no meaning of its own for it. Zalo's 403 is an error of theirs."""
    sending = method == "sendMessage"
    match refused.code:
        case 401 | 404 if refused.code == 401 or not sending:  # the method is there: what is not found is the bot
            return Halted(BAD_TOKEN)
        case 429:
            return Halted(NO_QUOTA, 3600)
        case 400 | 403 | 404 if sending and GONE.search(refused.description):
            return Unreachable("Zalo báo không còn gửi được cho người này: đã chặn bot, hoặc không còn tài khoản")
        case (400 | 404) as code if sending:  # nobody has published what is said of somebody who blocked the bot
            return Elsewhere(f"Zalo không nhận tin này (mã lỗi {code}): có thể người nhận đã chặn bot")
        case code:
            return Retry(f"Zalo {method}: chưa được (mã lỗi {code})")
