"""What staff read of trouble: alerts, and what came of messages that they have tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

# --- alerts -----------------------------------------------------------------------------------------------------------

QUOTA: Final = (
    "Đã gửi {sent} trên {quota} tin của tháng này; hết hạn mức thì Zalo Bot không gửi được nữa đến đầu tháng sau. "
    "Xin chuyển bớt cán bộ sang Telegram hoặc Zalo OA."
)
BRIEF_LENGTH: Final = 100  # characters


def undelivered(count: int) -> str:
    return (
        f"Trong một ngày qua có {count} tin không gửi được tới cán bộ. "
        "Xin mở bàn làm việc, mục “Chưa gửi được”: gọi điện cho cán bộ, hoặc bấm “Gửi lại” khi họ đã liên lạc được."
    )


def parked(count: int) -> str:
    return (
        f"Trong một ngày qua có {count} tin của cán bộ chưa xử lý được. "
        "Xin mở bàn làm việc, mục “Tin nhắn chưa xử lý được”, rồi bấm “Xử lý lại”; nếu vẫn không được, xin báo người "
        "cài đặt."
    )


def alerts(raised: Sequence[tuple[datetime, str]], desk: str | None) -> str:
    """The message to staff; the moments in their time zone. `desk`: the address of the staff desk, if there is one."""
    lines = dict.fromkeys(text for _, text in raised)
    since = {text: at for at, text in reversed(raised)}
    many = "Trợ lý có việc cần anh/chị xử lý" if len(lines) == 1 else f"Trợ lý có {len(lines)} việc cần anh/chị xử lý"
    told = [f"• {text} (từ {since[text]:%H:%M} ngày {since[text]:%d/%m/%Y})" for text in lines]
    where = f"bàn làm việc: {desk}" if desk else "bàn làm việc"
    return "\n".join([f"**{many}**", *told, f"Xem lại ở đầu {where}. Mỗi việc chỉ được báo một lần khi phát sinh."])


def alerts_brief(texts: Sequence[str]) -> str:
    """The same in one line of at most 100 characters."""
    if len(texts) > 1:
        return f"Trợ lý có {len(texts)} việc cần anh/chị xử lý; xin xem ở đầu bàn làm việc."
    line = f"Trợ lý báo: {' '.join(texts)}"
    return line if len(line) <= BRIEF_LENGTH else f"{line[: BRIEF_LENGTH - 1].rstrip()}…"


# --- why a reminder was taken back ------------------------------------------------------------------------------------

QUIET: Final = "đến giờ yên tĩnh mà chưa gửi được; sẽ nhắc lại nếu còn cần"

# --- tried again ------------------------------------------------------------------------------------------------------

# What was done, by the word for it in an address.
TRIED: Final[Mapping[str, str]] = {
    "handled": "Tin nhắn đã được đưa vào hàng chờ xử lý lại, theo thứ tự cũ.",
    "sent": "Tin đang được gửi lại tới nơi cán bộ dùng gần đây nhất.",
    "answered": "Câu trả lời đang được gửi lại tới đúng nơi đã hỏi.",
    "reminded": "Lời nhắc sẽ được gửi lại trong giờ nhắc, nếu đơn vị vẫn chưa nộp và chưa quá hạn.",
}
NOT_PARKED: Final = "Tin nhắn này không còn ở tình trạng chưa xử lý được: có thể đã có người cho xử lý lại."
NOT_FAILED: Final = (
    "Tin này không còn ở tình trạng chưa gửi được: có thể đã có người cho gửi lại, hoặc tin đã được hủy."
)
NOWHERE: Final = "Chưa gửi lại được: cán bộ này hiện chưa liên kết nơi nhận tin nào. Xin cấp mã liên kết rồi gửi lại."


def all_again(handled: int, sent: int, nowhere: int) -> str:
    """What came of trying everything again."""
    if not handled + sent + nowhere:
        return "Không có tin nào cần thử lại."
    done = f"Đã cho xử lý lại {handled} tin nhận được và gửi lại {sent} tin."
    return f"{done} Còn {nowhere} tin chưa có nơi nhận: xin cấp mã liên kết cho cán bộ." if nowhere else done
