"""What each error code of Zalo's Official Account API means for a message. Pure.

Rules of this file
1. Codes decide, never the words beside them. Zalo writes some codes with and without the minus sign (216, -216): here
   all are negative, `code_of` makes them so.
2. A code that is not in the table is about this one message: Rejected, with its number.
3. What only staff can mend is Halted, in one sentence that says what to do. Money is not: within 48 hours a reply
   costs nothing, so the account goes on, and only what was to be billed is Unpaid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from bot.channels import Elsewhere, Halted, Rejected, Retry, SendError, Unpaid, Unreachable

OK: Final = 0
EXPIRED_UPLOAD: Final = -100
TOKEN_FAULTS: Final = frozenset({-216, -220, -401})
WINDOW_CLOSED: Final = frozenset({-230, -232})

CONSENT_PAGE: Final = "/staff/zalo-oa"
CONNECT_ADVICE: Final = f"xin mở trang {CONSENT_PAGE} và bấm “Kết nối Zalo OA”"
CONSENT_ADVICE: Final = f"cần đồng ý lại: {CONNECT_ADVICE}"
OUT_OF_WINDOW: Final = "ngoài cửa sổ 7 ngày của Zalo OA, chờ cán bộ nhắn tin lại"


class Policy(NamedTuple):
    """`after`: seconds to wait, of a Retry."""

    kind: type[SendError]
    words: str
    after: float | None = None


POLICIES: Final[Mapping[int, Policy]] = {
    -32: Policy(Retry, "đang gửi quá nhanh", 60),
    EXPIRED_UPLOAD: Policy(Rejected, "tệp đã tải lên không còn dùng được"),
    -200: Policy(Retry, "Zalo chưa gửi được"),
    -201: Policy(Rejected, "có tham số không hợp lệ"),
    -204: Policy(Halted, "OA đang bị tắt: xin quản trị viên bật lại OA"),
    -205: Policy(Halted, "không tìm thấy OA: xin kiểm tra OA đã kết nối với ứng dụng"),
    -209: Policy(Halted, "ứng dụng chưa hoạt động: xin kích hoạt ứng dụng trên trang Zalo for Developers"),
    -210: Policy(Rejected, "tệp hoặc tin nhắn vượt giới hạn"),
    -211: Policy(Unpaid, "đã dùng hết hạn mức gửi tin của OA: xin mua thêm hoặc chờ kỳ sau"),
    -212: Policy(Halted, "ứng dụng chưa đăng ký API này: xin đăng ký quyền gửi tin trên trang Zalo for Developers"),
    -213: Policy(Unreachable, "người nhận không quan tâm OA"),
    -216: Policy(Halted, f"Zalo không nhận mã truy cập, {CONSENT_ADVICE}"),
    -217: Policy(Unreachable, "người nhận đã chặn lời mời quan tâm OA"),
    # Of one receiver: the others are served all the same.
    -218: Policy(Elsewhere, "đã hết hạn mức gửi tin cho người nhận này"),
    -220: Policy(Halted, f"mã truy cập hết hạn hoặc quyền đã bị thu hồi, {CONSENT_ADVICE}"),
    -221: Policy(Halted, "OA chưa được xác thực: xin hoàn tất xác thực OA với Zalo"),
    -224: Policy(Halted, "gói dịch vụ của OA không có API gửi tin: xin nâng gói OA"),
    -227: Policy(Halted, "OA bị khóa hoặc không hoạt động quá 45 ngày: xin liên hệ Zalo để mở lại"),
    -230: Policy(Elsewhere, OUT_OF_WINDOW),
    -232: Policy(Elsewhere, OUT_OF_WINDOW),
    -233: Policy(Rejected, "loại tin này không được phép gửi"),
    -234: Policy(Retry, "giờ này Zalo không cho gửi", 3600),
    # Groups are never written to by us; if one were, it is that message alone.
    -237: Policy(Rejected, "nhóm đã bị tắt"),
    -238: Policy(Unpaid, "tài sản của OA đã hết hoặc hết hạn: xin kiểm tra gói tin trong trang quản trị OA"),
    -240: Policy(Rejected, "API này Zalo đã ngừng"),
    -241: Policy(Unpaid, "OA chưa có gói tin để dùng: xin kiểm tra gói tin trong trang quản trị OA"),
    -242: Policy(Halted, "Zalo đòi appsecret_proof: xin tắt yêu cầu này trong phần cài đặt ứng dụng"),
    -244: Policy(Unreachable, "người nhận không muốn nhận tin của OA"),
    -248: Policy(Rejected, "nội dung vi phạm quy định của Zalo"),
    -249: Policy(Rejected, "mẫu tin không gửi được theo mã người dùng, cần đăng ký mẫu khác"),
    -320: Policy(Unpaid, "OA chưa liên kết tài khoản thanh toán ZCA: xin liên kết trong trang quản trị OA"),
    -321: Policy(Unpaid, "tài khoản thanh toán ZCA hết tiền hoặc bị khóa: xin kiểm tra tài khoản ZCA"),
    -401: Policy(Halted, f"Zalo không nhận mã truy cập, {CONSENT_ADVICE}"),
    -403: Policy(Rejected, "OA không ở trong nhóm này"),
}  # fmt: skip


def code_of(error: int) -> int:
    """The code as the table has it."""
    return -abs(error)


def error_of(code: int) -> SendError:
    """What a code other than OK is for the message it was said of."""
    kind, words, after = POLICIES.get(code, Policy(Rejected, "Zalo không nhận tin này"))
    said = f"Zalo OA: {words} (mã {code})"
    return kind(said, after) if issubclass(kind, Retry) else kind(said)
