"""A Zalo Official Account: signed webhooks in; replies, files and, where no reply is allowed, approved templates out.

Rules of this file
1. Within seven days of the person's last message a reply may go out. Later, by our clock or by Zalo's code, only the
   approved template can, which carries the message's `brief`; without either the message belongs Elsewhere.
2. Zalo says no with HTTP 200 and a code: `zalo_oa_codes` has what each means. A refused access token is renewed once
   and the call made once more, which is safe: what was refused was not carried out.
3. A file is uploaded before its text goes out, so that what fails often fails before anything was said.
4. The webhook's address is set in Zalo's console, by hand: there is nothing to register here.

SendError: see `zalo_oa_codes` and `zalo_oa_tokens`; the network and 5xx are Retry, a call that broke may have been
carried out (at-least-once).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from pydantic import BaseModel, ValidationError

from bot.channels import FILE_LIMIT, Elsewhere, Finding, Hear, Heard, Limits, Rejected, Retry, SendError
from bot.channels.calling import call, download, request
from bot.channels.zalo_oa_codes import (
    CONNECT_ADVICE,
    CONSENT_ADVICE,
    EXPIRED_UPLOAD,
    OK,
    OUT_OF_WINDOW,
    TOKEN_FAULTS,
    WINDOW_CLOSED,
    code_of,
    error_of,
)
from bot.channels.zalo_oa_events import NAME, PRESSED, Row, from_row, heard, rows_of
from bot.channels.zalo_oa_tokens import Consent, Pair, States, Tokens
from bot.messages import Address, FileRef, Incoming, Outgoing

WINDOW: Final = timedelta(days=7)
UPLOAD_LIMIT: Final = 5 * 1024 * 1024  # bytes
UPLOADS: Final = (".pdf", ".doc", ".docx", ".csv")
MEDIA_HOSTS: Final = (".zdn.vn", ".zalo.me")
TEMPLATE_FIELD: Final = "noi_dung"
TIMEOUT: Final = 20.0  # seconds
MOST_PAGES, PAGE = 10, 10  # of each list that is read after an outage
SOON: Final = timedelta(days=14)  # before the consent's end

CS: Final = "/v3.0/oa/message/cs"
TEMPLATE: Final = "/v3.0/oa/message/template"
UPLOAD: Final = "/v2.0/oa/upload/file"
ACCOUNT: Final = "/v2.0/oa/getoa"
RECENT: Final = "/v2.0/oa/listrecentchat"
CONVERSATION: Final = "/v2.0/oa/conversation"


class _Answer(BaseModel):
    """Zalo's envelope. `error` comes with either sign."""

    error: int
    data: object = None

    @property
    def code(self) -> int:
        return code_of(self.error)

    def told(self, *keys: str) -> str | None:
        """The first of these that `data` has."""
        told = self.data if isinstance(self.data, dict) else {}
        return next((str(told[key]) for key in keys if told.get(key)), None)

    def accepted(self) -> _Answer:
        """Itself; raises SendError if it says no."""
        if self.code != OK:
            raise error_of(self.code)
        return self


class ZaloOAChannel:
    """`secret_key` is the OA's, which signs webhooks; `app_secret` the app's, for tokens.

    `last_heard`: when somebody last wrote to us, as far as we know. `template`: the id of the approved template, which
    has one field, `noi_dung`. `media_hosts`: where people's files may lie, see `calling.download`.
    """

    name: str = NAME
    limits: Limits = Limits(text=2000, buttons=5, button_text=100, files=UPLOAD_LIMIT, window=WINDOW)
    polling: bool = False

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        secret_key: str,
        states: States,
        clock: Callable[[], datetime],
        last_heard: Callable[[Address], Awaitable[datetime | None]],
        base_url: str = "https://openapi.zalo.me",
        oauth_url: str = "https://oauth.zaloapp.com",
        refresh_token: str | None = None,
        template: str | None = None,
        media_hosts: Collection[str] = MEDIA_HOSTS,
    ) -> None:
        self._app_id, self._secret_key, self._base_url = app_id, secret_key, base_url
        self._clock, self._last_heard, self._template, self._hosts = clock, last_heard, template, media_hosts
        self._client = httpx.AsyncClient(timeout=TIMEOUT)
        self._tokens = Tokens(
            self._client,
            app_id=app_id,
            app_secret=app_secret,
            oauth_url=oauth_url,
            states=states,
            clock=clock,
            first=refresh_token,
        )
        self.consent = Consent(self._tokens, app_id=app_id, oauth_url=oauth_url, states=states, clock=clock)

    async def start(self, webhook: str | None) -> None:
        """Get an access token; `webhook` is for staff to enter in Zalo's console."""
        del webhook
        await self._tokens.access()

    async def close(self) -> None:
        await self._client.aclose()

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Heard, ...]:
        return heard(headers, body, app_id=self._app_id, secret_key=self._secret_key)

    async def poll(self, hear: Hear) -> None:
        """Nothing: this platform calls us. After an outage there is `catch_up`."""

    async def acknowledge(self, incoming: Incoming) -> None:
        """Nothing: the webhook's answer is all that Zalo wants."""

    async def typing(self, address: Address) -> None:
        """Nothing: there is no such sign here."""

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> str | None:
        """One text with its buttons, then its file; the id of the last of them."""
        del key, edit
        last = await self._last_heard(address)
        if last is not None and self._clock() - last > WINDOW:
            return await self._send_template(address, message)
        token = await self._upload(message.file, content) if message.file else None
        answer = None
        if message.text or message.choices or not message.file:
            answer = await self._reply(address, _body(message))
        if message.file and (answer is None or answer.code == OK):
            answer = await self._reply(address, _file_body(token))
            if answer.code == EXPIRED_UPLOAD:
                answer = await self._reply(address, _file_body(await self._upload(message.file, content)))
        assert answer is not None
        if answer.code in WINDOW_CLOSED:
            return await self._send_template(address, message)
        return answer.accepted().told("message_id")

    async def fetch(self, file: FileRef) -> bytes:
        if not file.id:
            raise Rejected("Zalo OA không cho tải nội dung này")
        return await download(self._client, file.id, hosts=self._hosts, limit=FILE_LIMIT)

    async def catch_up(self, hear: Hear, since: datetime) -> None:
        """Hear what people wrote since then, oldest first, with the ids that the webhooks had. Raises SendError.

        What was heard already is for the store to know. Bounded to the newest hundred rows, of all and of each person;
        who began to follow in the meantime is not told.
        """
        users = {row.user async for row in self._rows(RECENT, since)}
        rows = [row for user in sorted(users) async for row in self._rows(CONVERSATION, since, user_id=user)]
        missed = {incoming.id: incoming for row in rows if (incoming := from_row(row))}
        for incoming in sorted(missed.values(), key=lambda incoming: incoming.at):
            await hear(incoming)

    async def check(self) -> list[Finding]:
        try:
            pair = await self._tokens.pair()
            account = await self._check_account(pair)
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with our own state is a finding too
            return [Finding(good=False, what=f"Zalo OA: không đọc được tình trạng kết nối ({type(error).__name__})")]
        return [*self._check_tokens(pair), *account, self._check_template()]

    def _check_tokens(self, pair: Pair | None) -> list[Finding]:
        if pair is None:
            return [Finding(good=False, what="Zalo OA: chưa được kết nối", advice=CONNECT_ADVICE)]
        now = self._clock()
        if pair.refused or now >= pair.refresh_until:
            return [Finding(good=False, what="Zalo OA: quyền đã hết hạn hoặc bị thu hồi", advice=CONSENT_ADVICE)]
        what = (
            f"Zalo OA: quyền còn {(pair.refresh_until - now).days} ngày, gia hạn lần cuối {_days(now - pair.renewed)}"
        )
        advice = "Kiểm tra xem trợ lý có đang chạy không: khi chạy, quyền tự được gia hạn."
        soon = pair.refresh_until - now < SOON
        return [Finding(good=not soon, what=what, advice=advice if soon else "")]

    async def _check_account(self, pair: Pair | None) -> list[Finding]:
        """With the token that is there: renewing it would change something."""
        if pair is None:
            return []
        if self._clock() >= pair.access_until:
            return [Finding(good=True, what="Zalo OA: mã truy cập đã hết hạn, sẽ được lấy lại khi gửi tin")]
        try:
            answer = (await self._once(pair.access, "GET", ACCOUNT)).accepted()
        except SendError as error:
            return [Finding(good=False, what=f"Zalo OA: không gọi được API: {error}", advice="Xin xử lý như trên.")]
        return [Finding(good=True, what=f"Zalo OA: API trả lời, OA “{answer.told('name', 'oa_name') or ''}”")]

    def _check_template(self) -> Finding:
        if self._template:
            return Finding(good=True, what="Zalo OA: sau 7 ngày gửi bằng mẫu tin đã duyệt")
        what = "Zalo OA: chưa có mẫu tin, nên không nhắc được cán bộ đã im lặng quá 7 ngày"
        return Finding(good=False, what=what, advice="Xin đăng ký mẫu tin với Zalo và đặt mã mẫu trong cài đặt.")

    async def _send_template(self, address: Address, message: Outgoing) -> str | None:
        if not self._template or not message.brief:
            raise Elsewhere(OUT_OF_WINDOW)
        data = {TEMPLATE_FIELD: unicodedata.normalize("NFC", message.brief)}
        body = {"user_id": address.id, "template_id": self._template, "template_data": data}
        return (await self._ask("POST", TEMPLATE, json=body)).accepted().told("message_id")

    async def _reply(self, address: Address, message: Mapping[str, object]) -> _Answer:
        return await self._ask("POST", CS, json={"recipient": {"user_id": address.id}, "message": message})

    async def _upload(self, file: FileRef, content: bytes | None) -> str:
        """The id of the file at Zalo's, good for seven days."""
        if content is None:
            raise Rejected("tệp không còn trong kho nên không gửi được")
        if len(content) > UPLOAD_LIMIT or not file.name.lower().endswith(UPLOADS):
            raise Rejected("Zalo OA chỉ gửi được tệp PDF, DOC, DOCX, CSV không quá 5 MB")
        answer = await self._ask("POST", UPLOAD, files={"file": (file.name, content, file.mime)})
        token = answer.accepted().told("token", "attachment_id")
        if token is None:
            raise Retry("Zalo OA không cho biết mã của tệp đã tải lên")
        return token

    async def _rows(self, path: str, since: datetime, **asked: str) -> AsyncIterator[Row]:
        offset = 0
        for _ in range(MOST_PAGES):
            data = json.dumps({**asked, "offset": offset, "count": PAGE})
            rows = rows_of((await self._ask("GET", path, params={"data": data})).accepted().data)
            for row in rows:
                if row.at is None or row.at >= since:
                    yield row
            if not rows or (rows[-1].at is not None and rows[-1].at < since):
                return
            offset += len(rows)

    async def _ask(self, verb: str, path: str, **what: Any) -> _Answer:
        """Zalo's answer, whatever it is, unless a token is at fault. Raises Retry, Halted."""
        access = await self._tokens.access()
        answer = await self._once(access, verb, path, **what)
        if answer.code in TOKEN_FAULTS:
            access = await self._tokens.access(stale=access)
            answer = await self._once(access, verb, path, **what)
        return answer if answer.code not in TOKEN_FAULTS else answer.accepted()

    async def _once(self, access: str, verb: str, path: str, **what: Any) -> _Answer:
        url, headers = self._base_url + path, {"access_token": access}
        asked = request(self._client, verb, url, headers=headers, **what)
        status, said = await call(self._client, asked, f"Zalo OA {path.rpartition('/oa/')[2]}")
        with suppress(ValidationError):
            return _Answer.model_validate(said)
        # Not Zalo's API that speaks, but something in front of it.
        raise Retry(f"Zalo OA: câu trả lời không đọc được (HTTP {status})")


def _body(message: Outgoing) -> dict[str, object]:
    body: dict[str, object] = {"text": unicodedata.normalize("NFC", message.text)}
    if message.choices:
        buttons = [
            {"title": choice.label, "type": "oa.query.hide", "payload": PRESSED + choice.token}
            for choice in message.choices
        ]
        body["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
    return body


def _file_body(token: str | None) -> dict[str, object]:
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def _days(past: timedelta) -> str:
    return f"{past.days} ngày trước" if past.days else "trong ngày"
