"""What officers read where several share a report: who is writing, the leader's approval, a changed form. Pure.

The manners are those of `wording`; what is pushed to another officer names no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.campaigns import Campaign, Section
from bot.dialog.phrases import moment, quote, short
from bot.moving import Change, Kind
from bot.submissions import Entry

APPROVAL = "Duyệt báo cáo"
READ, APPROVE, SEND_BACK = "Xem báo cáo", "Đồng ý nộp", "Trả lại để sửa"
SEND, NEVER_MIND = "Gửi trả lại", "Không trả lại nữa"
PROPOSE = "Trình lãnh đạo"

# --- one writer a section ---------------------------------------------------------------------------------------------


def busy(by: str, since: datetime) -> str:
    return (
        f"**{by}** đang viết phần này từ {since:%H} giờ {since:%M}. Anh/chị xem được nội dung nhưng chưa ghi thêm "
        "được; khi người ấy sang phần khác hoặc ngừng viết 15 phút thì phần này mở cho anh/chị."
    )


BUSY_KEPT = "Tôi giữ lại đoạn anh/chị vừa gửi, chưa ghi vào báo cáo; khi phần này rảnh tôi sẽ hỏi lại."
BUSY_FILE = "Phần này đang có người viết nên tệp chưa được đính kèm; khi phần này rảnh, anh/chị gửi lại giúp."


def content_so_far(value: str) -> str:
    return f"Nội dung đã lưu:\n{quote(value)}" if value else "Phần này chưa có nội dung nào được lưu."


def writing_now(by: Sequence[tuple[str, Section]]) -> str:
    """A warning before handing in; it stops nobody."""
    lines = [f"• {name} đang viết phần “{short(section.title)}”" for name, section in by]
    return "Lưu ý, hiện còn người đang viết:\n" + "\n".join(lines)


# --- the leader -------------------------------------------------------------------------------------------------------


def ask_propose(campaign: Campaign) -> str:
    return (
        f"Báo cáo “{campaign.title}” đã đủ các phần. Anh/chị trình lãnh đạo đơn vị duyệt chứ? "
        "Trong khi chờ duyệt, các phần tạm khóa; anh/chị rút lại được bất cứ lúc nào."
    )


def proposed(*, reached: bool) -> str:
    told = (
        "Tôi đã nhắn để lãnh đạo vào duyệt."
        if reached
        else "Lãnh đạo chưa liên kết với tôi ở đâu nên tôi chưa nhắn được; xin anh/chị báo trực tiếp giúp."
    )
    return f"Báo cáo đã trình lãnh đạo đơn vị, chưa nộp. {told} Muốn sửa thêm, anh/chị gõ “rút lại”."


def still_proposed(campaign: Campaign) -> str:
    return (
        f"Báo cáo “{campaign.title}” đã trình và đang chờ lãnh đạo duyệt nên các phần tạm khóa. "
        "Người đã trình muốn sửa thêm thì gõ “rút lại”."
    )


def to_approve(campaign: Campaign) -> str:
    """Pushed to the leader."""
    return (
        f"Báo cáo “{campaign.title}” của đơn vị đã đủ các phần và đang chờ anh/chị duyệt. "
        "Anh/chị gõ “duyệt” để xem rồi đồng ý nộp hoặc trả lại để sửa."
    )


TO_APPROVE_BRIEF = "Có báo cáo của đơn vị đang chờ anh/chị duyệt; xin gõ “duyệt”."
WAITS_FOR_YOU = "Có báo cáo đang chờ anh/chị duyệt."
NOTHING_TO_APPROVE = "Hiện không có báo cáo nào chờ anh/chị duyệt."
ONLY_LEADER = "Việc duyệt báo cáo dành cho lãnh đạo đơn vị."
WHICH_TO_APPROVE = "Có mấy báo cáo đang chờ duyệt. Anh/chị xem báo cáo nào?"


def approving(campaign: Campaign, by: str, at: datetime | None) -> str:
    when = f" lúc {moment(at)}" if at else ""
    return f"Báo cáo “{campaign.title}” do **{by}** trình{when}, đang chờ anh/chị quyết định."


WHICH_SECTION = "Anh/chị trả lại phần nào?"
SEND_OR_MORE = "Anh/chị gửi trả lại, hoặc chọn thêm phần khác."
WHAT_REASON = "Xin anh/chị gõ lý do; người soạn sẽ đọc nguyên văn."
REASON_NEEDED = "Xin anh/chị ghi lý do bằng chữ cho phần này."
REASON_TOO_LONG = "Lý do dài quá 1.000 ký tự. Anh/chị ghi gọn hơn giúp."
NOT_SENT_BACK = "Chưa trả lại phần nào; báo cáo vẫn chờ anh/chị duyệt."


def reason_for(section: Section) -> str:
    return f"Trả lại phần “{short(section.title)}”. {WHAT_REASON}"


def reasons(given: Sequence[tuple[Section, str]]) -> str:
    lines = [f"• {short(section.title)}: {why}" for section, why in given]
    return "Sẽ trả lại các phần sau:\n" + "\n".join(lines)


def sent_back(sections: int) -> str:
    return f"Đã trả lại {sections} phần để sửa. Khi được trình lại, tôi sẽ báo anh/chị."


def was_sent_back(campaign: Campaign, given: Sequence[tuple[Section, str]]) -> str:
    """Pushed to whoever put it before the leader."""
    lines = [f"• {short(section.title)}: {why}" for section, why in given]
    return (
        f"Lãnh đạo đơn vị trả lại báo cáo “{campaign.title}” để sửa. Những phần sau được mở lại:\n"
        + "\n".join(lines)
        + "\nAnh/chị gõ “nộp” để sửa rồi trình lại."
    )


WAS_SENT_BACK_BRIEF = "Lãnh đạo đơn vị trả lại báo cáo để sửa; xin gõ “nộp” để xem."


def was_approved(campaign: Campaign, reference: str) -> str:
    return f"Lãnh đạo đơn vị đã duyệt; báo cáo “{campaign.title}” đã nộp, mã số **{reference}**."


WAS_APPROVED_BRIEF = "Lãnh đạo đơn vị đã duyệt, báo cáo đã nộp."


def was_withdrawn(campaign: Campaign) -> str:
    return f"Báo cáo “{campaign.title}” đã được rút lại để sửa; hiện anh/chị chưa cần duyệt."


WAS_WITHDRAWN_BRIEF = "Báo cáo trình anh/chị đã được rút lại để sửa."
WITHDRAWN = "Đã rút lại báo cáo; anh/chị sửa rồi trình lại."
NOTHING_TO_WITHDRAW = "Hiện không có báo cáo nào anh/chị đã trình để rút lại."
ENTRY_PROPOSED, ENTRY_WITHDRAWN = "Trình lãnh đạo duyệt", "Rút lại báo cáo đã trình"
ENTRY_APPROVED = "Lãnh đạo duyệt và nộp báo cáo"


def entry_sent_back(section: Section, reason: str) -> str:
    return f"Lãnh đạo trả lại phần “{short(section.title)}”: {reason}"


# --- the history ------------------------------------------------------------------------------------------------------


def history(campaign: Campaign, lines: Sequence[tuple[Entry, str, datetime]], earlier: int) -> str:
    """The last lines, oldest first, each with who it was and when (in the officer's time zone)."""
    told = [f"• {at:%H:%M %d/%m/%Y}, {who}: {entry.what}" for entry, who, at in lines]
    more = [f"(còn {earlier} việc trước đó)"] if earlier else []
    return "\n".join([f"**{campaign.title}** – lịch sử", *more, *(told or ["Chưa có gì."])])


# --- a newer version of the guidance ----------------------------------------------------------------------------------


def updated(campaign: Campaign, changes: Sequence[Change], unused: Sequence[str]) -> str:
    lines = [f"• {_change(change)}" for change in changes]
    kept = "Những gì đơn vị đã ghi đều được giữ; ô nào còn như cũ thì vẫn nguyên trong báo cáo."
    waiting = [f"Đoạn đang chờ ở ô không còn nữa, để anh/chị dùng lại:\n{quote(text)}" for text in unused]
    return "\n".join([f"Hướng dẫn đã cập nhật: “{campaign.title}”.", *lines, kept, *waiting])


def _change(change: Change) -> str:
    section, field = short(change.section), short(change.field)
    match change.kind:
        case Kind.NEW:
            return f"Thêm ô “{field}” ở phần “{section}”" if field else f"Thêm phần “{section}”"
        case Kind.GONE:
            return f"Bỏ ô “{field}” ở phần “{section}”" if field else f"Bỏ phần “{section}”"
        case Kind.ASKED_ANEW:
            return f"Ô “{field}” ở phần “{section}” hỏi khác trước, xin trả lời lại"
        case Kind.REWORDED:
            return f"Sửa lời hướng dẫn ở phần “{section}”"


UPDATED_BRIEF = "Hướng dẫn của đợt báo cáo đã cập nhật; xin gõ “nộp” để xem báo cáo của đơn vị."
REOPENED = "Hướng dẫn đã cập nhật, phần này cần bổ sung."


def entry_updated(version: int) -> str:
    return f"Chuyển sang bản {version} của hướng dẫn"
