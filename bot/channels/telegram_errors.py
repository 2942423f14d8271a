"""What an error of the Telegram library means for us, in our words and by our classes.

Rules of this file
1. Nothing of an error of the library is shown: its words and causes may carry the token. `_POLICY` says in our words
   what to do, by the error's class and a piece of what Telegram said.
2. What Telegram says against a webhook halts the channel only where one is being set (`hooked`): a message that was
   refused in the same words is that message's fault.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import Final, TypeVar

from telegram import error as errors

from bot.channels import FILE_LIMIT, Elsewhere, Halted, Rejected, Relocated, Retry, SendError, Unreachable

log = logging.getLogger(__name__)
T = TypeVar("T")

TOO_BIG: Final = f"tệp lớn hơn {FILE_LIMIT // 1024 // 1024} MB"
GONE: Final = "tệp không còn ở Telegram"
_UNKNOWN_BOT: Final = (
    "Telegram không nhận mã (token) của bot. Xin lấy lại mã ở @BotFather, đặt vào cài đặt, khởi động lại."
)
_TWICE: Final = (
    "Bot Telegram đang được nhận tin ở nơi khác (webhook hoặc máy thứ hai). Xin dừng nơi kia hoặc khởi động lại."
)
_WEBHOOK: Final = (
    "Telegram không nhận webhook. Xin xem lại cài đặt: địa chỉ phải là https, cổng 443, 80, 88 hoặc 8443; mã bí mật "
    "chỉ gồm chữ cái không dấu, chữ số, dấu _ và dấu -, dài không quá 256 ký tự."
)
_SLOWER: Final = "Telegram yêu cầu gửi chậm lại"
_NOBODY: Final = "cuộc trò chuyện không còn ở Telegram"
_NO_RIGHTS: Final = "trợ lý không có quyền viết trong nhóm này"
_BUTTONS: Final = "Telegram không nhận nút bấm của tin này"
# An error's class, a piece of what Telegram says in small letters (the library changes the case), and what it means to
# us. The first that fits counts; the last fits all.
_Policy = tuple[tuple[type[errors.TelegramError], str, type[Retry | Elsewhere | Rejected], str], ...]
_POLICY: Final[_Policy] = (
    (errors.InvalidToken, "", Halted, _UNKNOWN_BOT),
    (errors.EndPointNotFound, "", Halted, _UNKNOWN_BOT),
    (errors.Conflict, "", Halted, _TWICE),
    (errors.Forbidden, "blocked", Unreachable, "người dùng đã chặn trợ lý"),
    (errors.Forbidden, "deactivated", Unreachable, "tài khoản của người dùng không còn"),
    (errors.Forbidden, "kicked", Unreachable, "trợ lý đã bị đưa ra khỏi nhóm"),
    (errors.Forbidden, "initiate", Unreachable, "người dùng chưa mở cuộc trò chuyện với trợ lý"),
    (errors.Forbidden, "", Unreachable, "Telegram không cho trợ lý viết ở đây"),
    (errors.BadRequest, "chat not found", Unreachable, _NOBODY),
    (errors.BadRequest, "peer_id_invalid", Unreachable, _NOBODY),
    (errors.BadRequest, "chat was deactivated", Unreachable, _NOBODY),
    (errors.BadRequest, "not enough rights", Elsewhere, _NO_RIGHTS),
    (errors.BadRequest, "chat_write_forbidden", Elsewhere, _NO_RIGHTS),
    (errors.BadRequest, "file is too big", Rejected, TOO_BIG),
    (errors.BadRequest, "file_id", Rejected, GONE),
    (errors.BadRequest, "is too long", Rejected, "tin dài quá mức Telegram cho phép"),
    (errors.BadRequest, "text is empty", Rejected, "tin không có chữ nào"),
    (errors.BadRequest, "non-empty", Rejected, "tệp không có nội dung"),
    (errors.BadRequest, "button", Rejected, _BUTTONS),
    (errors.BadRequest, "", Rejected, "Telegram không nhận yêu cầu này"),
    (errors.TimedOut, "", Retry, "Telegram không trả lời kịp"),
    (errors.TelegramError, "", Retry, "không kết nối được tới Telegram, hoặc máy chủ Telegram báo lỗi"),
)
_HOOKING: Final[_Policy] = ((errors.BadRequest, "", Halted, _WEBHOOK), *_POLICY)


async def told(asked: Awaitable[T]) -> T:
    """What the library returns; what it raises, as what we are to do, with nothing of its own left on it (rule 1)."""
    return await _told(asked, _POLICY)


async def hooked(asked: Awaitable[T]) -> T:
    """As `told`, of a call that sets the webhook."""
    return await _told(asked, _HOOKING)


async def _told(asked: Awaitable[T], policies: _Policy) -> T:
    try:
        return await asked
    except SendError:
        raise
    except errors.TelegramError as error:
        meant: SendError = _policy(error, policies)
    except Exception as error:  # noqa: BLE001 -- the library trips over an answer that is not as it should be
        log.warning("an answer could not be read (%s)", type(error).__name__)
        meant = Retry("Telegram trả lời điều không đọc được")
    raise meant


def _policy(error: errors.TelegramError, policies: _Policy) -> SendError:
    match error:
        case errors.RetryAfter(retry_after=after):
            return Retry(_SLOWER, after.total_seconds() if isinstance(after, timedelta) else None)
        case errors.ChatMigrated(new_chat_id=to):
            return Relocated("Telegram đã đổi mã của nhóm", str(to))
    said = error.message.casefold()
    return next(policy(reason) for kind, words, policy, reason in policies if isinstance(error, kind) and words in said)
