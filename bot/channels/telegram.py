"""Telegram, over the Bot API: by webhook or by long polling. Only this file and its
telegram_errors.py import python-telegram-bot.

Rules of this file
1. The library is the client and no more. What comes in is not parsed by it: it reads a batch of updates whole or not at
   all, and logs the texts of one that it cannot read.
2. Every call of the library goes through `telegram_errors`: nothing of an error of its is shown.
3. A webhook's secret is compared before its body is looked at; without a secret of ours nothing is genuine.
4. The offset moves past an update once it was kept. One that cannot be read is logged by its number and left behind.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram import error as errors
from telegram.request import HTTPXRequest

from bot.channels import (
    FILE_LIMIT,
    Finding,
    Forged,
    Halted,
    Hear,
    Heard,
    Limits,
    Malformed,
    Rejected,
    SendError,
)
from bot.channels.telegram_errors import GONE, TOO_BIG, hooked, told
from bot.channels.telegram_markup import formatted, units
from bot.channels.telegram_updates import ALLOWED, COMMANDS, NAME, PRESSED, Me, Update, translate
from bot.messages import Address, FileRef, Incoming, Outgoing
from bot.reminders import ICT

log = logging.getLogger(__name__)
T = TypeVar("T")

# Without it the library warns of its own `retry_after`, each time that it raises a RetryAfter.
os.environ["PTB_TIMEDELTA"] = "1"
# What it logs carries texts and, in detail, the token: no handler gets it, whatever level somebody sets.
logging.getLogger("telegram").propagate = False
logging.getLogger("telegram").addHandler(logging.NullHandler())

CAPTION: Final = 1024
MOST_CONNECTIONS: Final = 40  # webhook requests at the same time
MANY_PENDING: Final = 100
RECENT: Final = timedelta(days=1)
_PROOF: Final = "x-telegram-bot-api-secret-token"
_MESSAGE_ID: Final = re.compile(r"(?P<chat>-?\d+):(?P<message>\d+)(?::\d+)?")
_NO_PREVIEW: Final = telegram.LinkPreviewOptions(is_disabled=True)
_NOT_EDITABLE: Final = ("can't be edited", "to edit not found", "no text in the message to edit", "message_id_invalid")


class TelegramChannel:
    """One bot. `base_url` is without a token; `patience` and `timeout` are seconds of a long poll and of a call."""

    name: str = NAME
    limits: Limits = Limits(
        text=4096, buttons=30, button_text=100, markup=True, files=50_000_000, edits=True, typing=0.5
    )

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://api.telegram.org",
        secret: str | None = None,
        polling: bool = True,
        patience: float = 25.0,
        timeout: float = 15.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.polling = polling
        self._secret, self._patience, self._timeout, self._clock = secret, patience, timeout, clock
        self._request = HTTPXRequest(
            read_timeout=timeout,
            write_timeout=timeout,
            connect_timeout=timeout,
            pool_timeout=timeout,
            media_write_timeout=4 * timeout,
        )
        self._bot = _Bot(
            token, f"{base_url}/bot", f"{base_url}/file/bot", request=self._request, get_updates_request=self._request
        )
        whose = token.partition(":")[0]
        self._me = Me(int(whose) if whose.isdecimal() else 0)  # the rest of it is told when we start
        self._webhook: str | None = None
        self._offset = 0
        self._background: set[asyncio.Task[None]] = set()

    async def start(self, webhook: str | None) -> None:
        if webhook is not None and not self._secret:
            raise Halted("Nhận tin Telegram qua webhook cần mã bí mật. Xin đặt mã này trong cài đặt rồi khởi động lại.")
        await told(self._bot.initialize())
        self._me = Me(self._bot.id, self._bot.username)
        if webhook is not None:
            setting = self._bot.set_webhook(
                webhook, secret_token=self._secret, allowed_updates=ALLOWED, max_connections=MOST_CONNECTIONS
            )
            await hooked(setting)
        elif self.polling:
            await told(self._bot.delete_webhook(drop_pending_updates=False))
        self._webhook = webhook
        try:
            await told(self._bot.set_my_commands(list(COMMANDS.items())))
        except SendError:  # a menu that is missing keeps nobody from writing
            log.warning("the menu of commands could not be set")

    async def close(self) -> None:
        for task in self._background:
            task.cancel()
        await self._bot.shutdown()
        await self._request.shutdown()  # also of a bot that was never started, and has sent

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Heard, ...]:
        given = headers.get(_PROOF, "")
        if not self._secret or not secrets.compare_digest(given.encode(), self._secret.encode()):
            raise Forged("yêu cầu không mang mã bí mật của webhook")
        try:
            update = Update.model_validate_json(body)
        except ValueError:
            raise Malformed("không đọc được nội dung Telegram gửi tới") from None
        return self._heard(update)

    async def poll(self, hear: Hear) -> None:
        asked = {"offset": self._offset, "timeout": round(self._patience), "allowed_updates": ALLOWED}
        news = await told(self._bot.news(asked, self._patience + self._timeout))
        for raw in news:
            for each in self._readable(raw):
                await hear(each)
            # Not the highest so far: after a quiet week Telegram may begin anew at a lower number.
            self._offset = int(raw["update_id"]) + 1

    def _readable(self, raw: Mapping[str, Any]) -> tuple[Heard, ...]:
        try:
            return self._heard(Update.model_validate(raw))
        except ValueError:
            log.warning("update %s cannot be read: left out", raw["update_id"])
            return ()

    def _heard(self, update: Update) -> tuple[Heard, ...]:
        heard = translate(update, self._me, self._clock())
        if update.callback_query and not heard:
            self._later(self._answer(update.callback_query.id))  # a button that is not for us stops waiting as well
        return heard

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            task = asyncio.get_running_loop().create_task(work)
        except RuntimeError:  # no event loop: there is nobody to do it
            work.close()
        else:
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def catch_up(self, hear: Hear, since: datetime) -> None:
        """Nothing: the platform keeps what nobody fetched."""

    async def acknowledge(self, incoming: Incoming) -> None:
        if incoming.id.startswith(PRESSED):
            await self._answer(incoming.id.removeprefix(PRESSED))

    async def _answer(self, query: str) -> None:
        with suppress(SendError):
            await told(self._bot.answer_callback_query(query))

    async def typing(self, address: Address) -> None:
        with suppress(SendError):
            await told(self._bot.send_chat_action(address.id, "typing"))

    async def fetch(self, file: FileRef) -> bytes:
        if not file.id:
            raise Rejected("tin này không có tệp để tải")
        if file.size > FILE_LIMIT:
            raise Rejected(TOO_BIG)
        content = await told(self._downloaded(file.id))
        if len(content) > FILE_LIMIT:
            raise Rejected(TOO_BIG)
        return content

    async def _downloaded(self, file_id: str) -> bytes:
        found = await self._bot.get_file(file_id)
        if not (found.file_path or "").startswith(self._bot.base_file_url):  # else it would be read from our disk
            raise Rejected(GONE)
        try:
            return bytes(await found.download_as_bytearray())
        except errors.InvalidToken:  # what the library makes of "not found"
            raise Rejected(GONE) from None

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> str | None:
        del key  # Telegram does not recognise a repeat
        shown = _shown(address, message)
        if content is not None and message.file is not None:
            return await told(self._send_file(shown, message.file.name, content))
        if edit is not None and await told(self._edited(shown, edit)):
            return edit
        return await told(self._send_text(shown))

    async def _send_text(self, shown: _Shown) -> str:
        sent = await self._bot.send_message(
            shown.chat,
            shown.text,
            entities=shown.entities,
            reply_markup=shown.keyboard,
            reply_parameters=shown.reply,
            link_preview_options=_NO_PREVIEW,
        )
        return str(sent.message_id)

    async def _send_file(self, shown: _Shown, name: str, content: bytes) -> str:
        """The file with the text under it; a text that is too long for that goes before it, as a message of its own."""
        if len(content) > self.limits.files:
            raise Rejected("tệp lớn hơn mức Telegram cho gửi (50 MB)")
        if units(shown.text) > CAPTION:
            await self._send_text(_Shown(shown.chat, shown.text, shown.entities, None, shown.reply))
            shown = _Shown(shown.chat, "", [], shown.keyboard, None)
        sent = await self._bot.send_document(
            shown.chat,
            content,
            filename=name,
            caption=shown.text or None,
            caption_entities=shown.entities,
            reply_markup=shown.keyboard,
            reply_parameters=shown.reply,
        )
        return str(sent.message_id)

    async def _edited(self, shown: _Shown, sent: str) -> bool:
        """Whether the sent message reads as it should now; False if it cannot be changed, or no longer."""
        if not sent.isdecimal():
            return False
        try:
            await self._bot.edit_message_text(
                shown.text,
                shown.chat,
                int(sent),
                entities=shown.entities,
                reply_markup=shown.keyboard,
                link_preview_options=_NO_PREVIEW,
            )
        except errors.BadRequest as error:
            said = error.message.casefold()
            if any(words in said for words in _NOT_EDITABLE):
                return False
            if "message is not modified" not in said:
                raise
        return True

    async def check(self) -> list[Finding]:
        try:
            me, hook = await told(self._bot.get_me()), await told(self._bot.get_webhook_info())
        except SendError as error:
            return [Finding(good=False, what="Telegram: chưa dùng được bot", advice=str(error))]
        as_set = not hook.url if self.polling else hook.url != "" and self._webhook in {None, hook.url}
        receiving = "bằng cách hỏi định kỳ" if self.polling else "qua webhook"
        advice = "Webhook ở Telegram không như cài đặt: xem bot có đang dùng ở nơi khác không, rồi khởi động lại."
        return [
            Finding(good=True, what=f"Telegram: kết nối được với bot @{me.username}"),
            Finding(good=as_set, what=f"Telegram: nhận tin {receiving}", advice="" if as_set else advice),
            *_troubles(hook, self._clock()),
        ]


class _Bot(telegram.Bot):
    """The library's bot, which also hands on what came without reading it (rule 1), and does not show its token."""

    __repr__ = object.__repr__

    async def news(self, asked: dict[str, object], patience: float) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._post("getUpdates", asked, read_timeout=patience)
        return sorted(found, key=lambda update: int(update["update_id"]))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A message as Telegram takes it."""

    chat: str
    text: str
    entities: list[MessageEntity]
    keyboard: InlineKeyboardMarkup | None
    reply: ReplyParameters | None


def _shown(address: Address, message: Outgoing) -> _Shown:
    text, entities = formatted(message.text)
    rows = [[InlineKeyboardButton(choice.label, callback_data=choice.token)] for choice in message.choices]
    answered = _MESSAGE_ID.fullmatch(message.reply_to or "")
    # No reply to a pressed button, nor to what was said before the chat got another id.
    here = answered if answered and answered["chat"] == address.id else None
    return _Shown(
        address.id,
        text,
        [MessageEntity(entity.kind, entity.offset, entity.length) for entity in entities],
        InlineKeyboardMarkup(rows) if rows else None,
        ReplyParameters(int(here["message"]), allow_sending_without_reply=True) if here else None,
    )


def _troubles(hook: telegram.WebhookInfo, now: datetime) -> Iterator[Finding]:
    many = hook.pending_update_count >= MANY_PENDING
    yield Finding(
        good=not many,
        what=f"Telegram: {hook.pending_update_count} tin đang chờ được nhận",
        advice="Xem máy chủ có đang chạy và nhận kịp tin không." if many else "",
    )
    failed = hook.last_error_date
    if failed is not None and now - failed < RECENT:
        yield Finding(
            good=False,
            what=f"Telegram: {failed.astimezone(ICT):%H:%M %d/%m/%Y} webhook có lỗi ({hook.last_error_message})",
            advice="Xem tên miền, chứng chỉ https và máy chủ web.",
        )
