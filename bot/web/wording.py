"""The words of the page and the desk that are not in a template: states, refusals, lines of a submission's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.reminders import ReminderState
from bot.submissions import SectionState, State

STATES: Final[Mapping[State | None, str]] = {
    None: "chưa bắt đầu",
    State.DRAFT: "đang soạn",
    State.PROPOSED: "chờ lãnh đạo đơn vị duyệt",
    State.SUBMITTED: "đã nộp",
    State.RETURNED: "trả lại để bổ sung",
    State.ACCEPTED: "đã tiếp nhận",
}
SECTION_STATES: Final[Mapping[SectionState, str]] = {
    SectionState.UNTOUCHED: "chưa làm",
    SectionState.DRAFT: "nháp",
    SectionState.DONE: "đủ",
    SectionState.NONE: "không có",
}
REMINDER_STATES: Final[Mapping[ReminderState, str]] = {
    ReminderState.PLANNED: "sẽ nhắc",
    ReminderState.SENT: "đã nhắc",
    ReminderState.SKIPPED: "không cần nhắc",
    ReminderState.VOIDED: "đã bỏ",
    ReminderState.FAILED: "không gửi được",
    ReminderState.UNREACHABLE: "không liên lạc được",
    ReminderState.SNOOZED: "cán bộ hoãn",
}
CHANNELS: Final[Mapping[str, str]] = {
    "browser": "trình duyệt",
    "console": "dòng lệnh",
    "telegram": "Telegram",
    "zalo_bot": "Zalo Bot",
    "zalo_oa": "Zalo OA",
}
WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

STAFF: Final = "Cán bộ thường trực"

NOT_FROM_HERE: Final = "Yêu cầu không đến từ trang này nên không được nhận."
NO_SESSION: Final = "Phiên trò chuyện chưa được mở; xin anh/chị tải lại trang rồi gửi lại."
BAD_MESSAGE: Final = "Tin nhắn này không gửi được; xin anh/chị tải lại trang rồi thử lại."
NO_SUCH_OFFICER: Final = "Không có cán bộ mẫu này."
NO_SUCH_PAGE: Final = "Không có trang này."
STAFF_ONLY: Final = "Bàn làm việc này dành cho cán bộ thường trực; cần mật khẩu."
DESK_CLOSED: Final = "Bàn làm việc đang đóng vì chưa đặt mật khẩu (THIDUA_STAFF_PASSWORD)."
NO_SUBMISSION: Final = "Đơn vị này chưa có báo cáo trong đợt này."
NOT_ATTACHED: Final = "Báo cáo này không có tệp đó."
NO_REASON: Final = "Chưa trả lại: xin ghi lý do ở ít nhất một mục."
NOT_NOW: Final = "Việc này không làm được với báo cáo ở tình trạng hiện nay."
CHANGED: Final = "Báo cáo vừa có thay đổi. Xin xem lại nội dung bên dưới rồi thực hiện lại."
RETURNED: Final = "Đã trả lại để bổ sung; đơn vị được báo ngay."
ACCEPTED: Final = "Đã tiếp nhận báo cáo; đơn vị được báo ngay."
SAID: Final[Mapping[str, str]] = {"returned": RETURNED, "accepted": ACCEPTED}

ENTRY_ACCEPTED: Final = "Tiếp nhận báo cáo"

NOT_PROVEN: Final = "Yêu cầu không mang bằng chứng của nền tảng gửi nên không được nhận."
NOT_READABLE: Final = "Không đọc được yêu cầu này."
NOT_KEPT: Final = "Chưa lưu được tin này; xin gửi lại sau."
LINK_OVER: Final = "Đường dẫn này không còn dùng được. Xin quay lại cuộc trò chuyện với trợ lý để lấy đường dẫn mới."
NO_FILE: Final = "Chưa có tệp nào được chọn."
FILE_TOO_BIG: Final = "Có tệp lớn quá 20 MB nên chưa tệp nào được nhận. Xin chọn tệp nhỏ hơn."


def too_long(limit: int) -> str:
    return f"Tin nhắn dài quá {limit:,} ký tự; xin anh/chị chia thành nhiều tin.".replace(",", ".")


def entry_returned(title: str, reason: str) -> str:
    return f"Trả lại phần “{title}”: {reason}"


def notice_accepted(title: str, reference: str) -> str:
    return f"Cơ quan thường trực đã tiếp nhận báo cáo “{title}” của đơn vị, mã số **{reference}**. Cảm ơn anh/chị."


def brief_returned(sections: int) -> str:
    """In one line of at most 100 characters, where only an approved template may be sent."""
    return f"Báo cáo được trả lại để bổ sung {sections} phần. Anh/chị nhắn “nộp báo cáo” để xem lý do."


def brief_accepted(reference: str) -> str:
    """The same of a report that was accepted."""
    return f"Cơ quan thường trực đã tiếp nhận báo cáo mã số {reference} của đơn vị."


def files_sent(names: Sequence[str]) -> str:
    return f"Đã gửi {len(names)} tệp: {', '.join(names)}. Anh/chị xem xác nhận trong cuộc trò chuyện với trợ lý."
