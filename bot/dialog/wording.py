"""Every sentence an officer reads, in one place, for a reader who does not program. Pure.

Manners of this file
1. The officer is "anh/chị", the unit "đơn vị", the assistant "tôi". A refusal says why and what can be done instead.
2. What is quoted from a document stands on lines that begin with "> " and is never rephrased here.
3. A sentence pushed to a locked screen names no person; reminders are in `reminder_wording`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.campaigns import Campaign, Deadline, Field, Section
from bot.dialog import carrying_wording, shared_wording
from bot.dialog.phrases import days_left, moment, place, preview, quote, short
from bot.officers import Officer, Unit
from bot.submissions import Filled, SectionState, State, Submission

# --- words on buttons -------------------------------------------------------------------------------------------------

ASK, FILL, PROGRESS, DEADLINES, HELP = "Hỏi quy định", "Nộp báo cáo", "Tiến độ", "Hạn nộp", "Trợ giúp"
BACK, SKIP, KEEP, LEAVE, EXIT = "Quay lại", "Bỏ qua", "Giữ nguyên, sang phần sau", "Lưu và thoát", "Thoát"
NO_CONTENT, NONE_OF_ALL = "Không có nội dung", "Cả phần không có nội dung"
EXPLAIN, LIST = "Phần này cần viết gì?", "Danh sách phần"
REVIEW, SUBMIT, CONFIRM, NOT_YET = "Xem lại", "Nộp báo cáo", "Đồng ý nộp", "Chưa nộp"
APPEND, REPLACE, DISCARD = "Ghi nối thêm", "Thay thế nội dung cũ", "Giữ nội dung cũ, bỏ đoạn vừa gửi"
AS_CONTENT, LOOK_UP = "Lưu làm nội dung", "Tra cứu quy định"
UPLOAD, DETACH, DOWNLOAD = "Gửi tệp kèm theo", "Xóa tệp kèm cuối cùng", "Tải bản báo cáo"
TAKE_IN, LEAVE_OUT = "Đưa vào thư viện", "Bỏ"

STATE: Mapping[SectionState, str] = {
    SectionState.UNTOUCHED: "chưa làm",
    SectionState.DRAFT: "nháp",
    SectionState.DONE: "đủ",
    SectionState.NONE: "không có nội dung",
}
OPTIONAL, WRONG = "không bắt buộc", "phải sửa"  # in the place of a state: may stay empty; something must be put right

# --- who is there -----------------------------------------------------------------------------------------------------

STRANGER = (
    "Xin chào anh/chị. Tôi là trợ lý thi đua, khen thưởng: trả lời câu hỏi về văn bản hướng dẫn (có trích dẫn), "
    "giúp đơn vị làm báo cáo tổng kết từng phần và nhắc hạn nộp.\n\n"
    "Anh/chị có thể gõ câu hỏi về quy định ngay bây giờ. Để làm báo cáo cho đơn vị, xin gửi mã liên kết "
    "(6 đến 8 ký tự) do cơ quan thường trực cấp."
)
WRONG_CODE = (
    "Mã này không đúng hoặc đã hết hạn; anh/chị kiểm tra lại giúp, hoặc xin cơ quan thường trực cấp mã mới. "
    "Trong lúc chờ, anh/chị vẫn hỏi quy định được."
)
NEEDS_LINK = (
    "Việc này cần biết anh/chị thuộc đơn vị nào. Xin gửi mã liên kết (6 đến 8 ký tự) do cơ quan thường trực cấp. "
    "Câu hỏi về quy định thì anh/chị cứ gõ, tôi trả lời ngay."
)

# In a group anybody reads along: regulations, and nothing else.
GROUP_HELP = (
    "Trong nhóm, tôi trả lời câu hỏi về văn bản thi đua, khen thưởng: anh/chị gõ câu hỏi, ví dụ “/hoi hồ sơ đề nghị "
    "khen thưởng gồm những gì”. Làm báo cáo, xem tiến độ và liên kết đơn vị, xin nhắn riêng cho tôi."
)
GROUP_PRIVATE = "Việc này tôi chỉ làm trong cuộc trò chuyện riêng; xin anh/chị nhắn riêng cho tôi."
GROUP_CODE = (
    "Mã liên kết phải gửi trong cuộc trò chuyện riêng với tôi nên tôi không nhận ở đây. Mã này người khác đã nhìn "
    "thấy, xin anh/chị đề nghị cơ quan thường trực cấp mã mới rồi nhắn riêng cho tôi."
)
GROUP_FILES = "Trong nhóm tôi không nhận tệp; tệp kèm báo cáo xin anh/chị gửi trong cuộc trò chuyện riêng với tôi."


def come_back(most: int, when: datetime) -> str:
    return (
        f"Khi chưa liên kết đơn vị, tôi trả lời được tối đa {most} tin nhắn trong một giờ. "
        f"Xin anh/chị hỏi tiếp từ {when:%H} giờ {when:%M}."
    )


def linked(officer: Officer) -> str:
    return f"Chào anh/chị **{officer.name}**, mã đã được nhận. Từ nay tôi hỗ trợ anh/chị làm báo cáo của đơn vị ở đây."


def already_linked(officer: Officer) -> str:
    return (
        f"Cuộc trò chuyện này đã liên kết với anh/chị **{officer.name}**, không cần gửi mã nữa. "
        "Nếu muốn đổi sang người khác, xin liên hệ cơ quan thường trực."
    )


def greeting(unit: Unit | None) -> str:
    return f"Xin chào anh/chị, {unit.name}." if unit else "Xin chào anh/chị."


# --- the menu ---------------------------------------------------------------------------------------------------------

MENU = "Anh/chị cần việc gì ạ? Chọn một việc dưới đây, hoặc gõ ngay câu hỏi về quy định."
THANKS = "Rất vui được giúp anh/chị."
ASK_NOW = "Mời anh/chị gõ câu hỏi, có dấu hay không dấu đều được."
HELP_TEXT = (
    "Tôi giúp được những việc sau:\n"
    "• **Hỏi quy định**: gõ câu hỏi bất cứ lúc nào; khi đang làm báo cáo thì gõ “hỏi …” hoặc kết thúc bằng dấu “?”.\n"
    "• **Nộp báo cáo** (/nop): làm từng phần; gửi đến đâu lưu đến đó. Trong khi làm có thể gõ: quay lại, bỏ qua, sửa, "
    "không có, danh sách, xem lại, nộp, lưu và thoát; đứng ở phần nào thì gửi được tệp kèm phần đó, muốn bỏ thì gõ "
    "“xóa tệp 1”.\n"
    "• **Tiến độ** (/tiendo): đơn vị còn thiếu phần nào.\n"
    "• **Hạn nộp** (/nhac): các hạn sắp tới.\n"
    "• **Tải bản báo cáo** (/taive): báo cáo của đơn vị ở dạng Word.\n"
    "• **Lịch sử** (/lichsu): ai đã làm gì với báo cáo. Lãnh đạo gõ /duyet để duyệt báo cáo được trình.\n"
    "Chọn bằng nút, bằng số thứ tự, hoặc gõ lại chữ trên nút. Gõ /huy để về đầu; nội dung đã lưu không mất.\n"
    "Việc tôi không trả lời được, xin hỏi cơ quan thường trực."
)
OLD_BUTTON = "Nút này đã cũ, tôi không làm theo để tránh nhầm. Mời anh/chị chọn lại ở đây:"
EDIT_CHANGES_NOTHING = (
    "Tin nhắn sửa lại không làm thay đổi những gì đã lưu. Muốn sửa câu trả lời trong báo cáo, anh/chị gõ “sửa” "
    "rồi gửi nội dung mới; việc khác xin gửi thành tin nhắn mới."
)
ANSWERED_AGAIN = "Phần này đã được thay bằng câu trả lời ở trên."
UNREADABLE = "Tin nhắn vừa rồi không có chữ nào tôi đọc được. Anh/chị gửi lại giúp."
NO_SUCH_CHOICE = "Tôi chưa hiểu. Anh/chị chọn một trong các mục dưới đây giúp."
NOT_IN_A_SECTION = "Đoạn vừa gửi chưa được ghi vào phần nào. Anh/chị chọn phần trước, rồi gửi lại giúp."
NO_CAMPAIGN = "Hiện không có đợt báo cáo nào đang mở cho đơn vị."
WHICH_CAMPAIGN = "Đơn vị có mấy đợt báo cáo đang mở. Anh/chị làm đợt nào?"


def question_too_long(limit: int, *, linked: bool = True) -> str:
    told = f"Câu hỏi dài quá {limit} ký tự nên tôi chưa tra được. Anh/chị hỏi gọn hơn giúp"
    return f"{told}; nếu đây là nội dung báo cáo, xin chọn “Nộp báo cáo” rồi gửi lại." if linked else f"{told}."


def correction(answer: str) -> str:
    """An answer to the new wording of a question, where the old answer cannot be changed."""
    return f"**Đính chính** theo câu hỏi anh/chị vừa sửa:\n{answer}"


# --- filling in -------------------------------------------------------------------------------------------------------


def section_label(
    section: Section, state: SectionState, *, required: bool = True, wrong: bool = False, waiting: bool = False, by: str
) -> str:
    """`wrong`: something in it must be put right; `by`: who else is writing in it now."""
    told = STATE[state] if required or state is not SectionState.UNTOUCHED else OPTIONAL
    told = WRONG if wrong else told
    return f"{short(section.title)} – {f'{by} đang làm' if by else 'có đoạn chờ' if waiting else told}"


def continue_label(section: Section) -> str:
    return f"Làm tiếp: {short(section.title, 45)}"


def listing(campaign: Campaign, settled: int, total: int, deadline: str) -> str:
    lines = [f"**{campaign.title}**", f"Đã xong {settled} trên {total} phần."]
    return "\n".join([*lines, deadline] if deadline else lines) + f"\n{LISTING_AGAIN}"


def returned(reasons: Sequence[tuple[Section, str]]) -> str:
    lines = [f"• {short(section.title)}: {reason}" for section, reason in reasons]
    return "Báo cáo được trả lại để bổ sung. Chỉ những phần sau được mở lại:\n" + "\n".join(lines)


def saved(section: Section, *, words: bool) -> str:
    """`words`: a text was saved, to which more may be added."""
    return f"Đã lưu phần “{short(section.title)}”." + (" Còn nữa thì gõ “viết tiếp”." if words else "")


def no_content(section: Section, *, kept: bool) -> str:
    rest = " Những gì đã ghi ở phần này vẫn được giữ, nhưng không đưa vào báo cáo." if kept else ""
    return f"Đã ghi nhận: phần “{short(section.title)}” không có nội dung.{rest}"


def skipped(section: Section, field: Field) -> str:
    if len(section.fields) == 1:
        return f"Tạm bỏ qua phần “{short(section.title)}”; phần này vẫn ghi là chưa xong."
    label = short(field.label.rstrip(" ?:"))
    return f"Tạm để trống câu “{label}”; phần “{short(section.title)}” vẫn ghi là chưa xong."


ALL_SETTLED = "Các phần đều đã xong. Anh/chị xem lại rồi nộp giúp."
ALL_BUT_WRONG = "Các phần đều đã có nội dung; còn chỗ phải sửa trước khi nộp."
LISTING_AGAIN = "Mời anh/chị chọn phần để làm hoặc sửa:"
WAITING_KEPT = "Đoạn đang chờ anh/chị quyết định cũng được giữ lại."
LEFT = "Nội dung đã lưu đầy đủ. Khi nào làm tiếp, anh/chị chọn “Nộp báo cáo”."
FIRST_STEP = "Đây là phần đầu tiên, không lùi được nữa."
SAVED = "Đã lưu."
LAST_STEP = "Đã hết các phần; còn những phần ghi “chưa làm” hoặc “nháp”."
NOTHING_TO_EDIT = "Anh/chị muốn sửa phần nào?"
SECTION_CLOSED = "Phần này hiện không mở để sửa."
CAMPAIGN_CLOSED = "Đợt báo cáo này không còn mở. Những gì đơn vị đã lưu vẫn được giữ nguyên."
TEXT_KEPT = "Đoạn anh/chị vừa gửi chưa ghi vào báo cáo; tôi giữ lại để hỏi anh/chị khi phần đó mở."
HAS_VALUE = "Phần này đã có nội dung. Đoạn anh/chị vừa gửi:"
WHAT_TO_DO = "Anh/chị muốn làm gì với đoạn này?"
MAYBE_QUESTION = "Tôi chưa rõ đây là nội dung báo cáo hay câu hỏi:"
DISCARDED = "Đã giữ nội dung cũ và bỏ đoạn vừa gửi."


def explain(section: Section) -> str:
    """The question looked up for "phần này cần viết gì?"."""
    return f"Phần “{short(section.title, 120)}” cần viết gì?"


# --- reviewing and submitting -----------------------------------------------------------------------------------------


def review(campaign: Campaign, entries: Sequence[tuple[Section, Filled, Sequence[tuple[Field, str]]]]) -> str:
    blocks = [f"**{campaign.title}**"]
    for number, (section, filled, values) in enumerate(entries, 1):
        lines = [f"**{number}. {section.title}** – {STATE[filled.state]}"]
        none = filled.state is SectionState.NONE
        for field, value in () if none else values:
            label = "" if len(section.fields) == 1 else f"{field.label.rstrip(' ?:')}: "
            lines.append(label + preview(value, 600))
        if filled.files and not none and not any(field.kind == "file" for field, _ in values):
            lines.append("Tệp kèm theo: " + "; ".join(short(file.name) for file in filled.files) + ".")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


AFTER_REVIEW = "Anh/chị đã xem lại. Bước tiếp theo?"


def confirm(campaign: Campaign) -> str:
    return (
        f"Báo cáo “{campaign.title}” đã đủ các phần. Anh/chị nộp chứ? "
        "Sau khi nộp, đơn vị chỉ sửa được phần nào được trả lại."
    )


def not_ready(missing: Sequence[tuple[Section, Sequence[Field]]], waiting: Sequence[Section]) -> str:
    """`missing`: each section that stands in the way, with the fields it lacks."""
    lines = [f"• {short(s.title)}: {_lacking(s, fields)}" for s, fields in missing]
    lines += [f"• {short(s.title)}: còn một đoạn chờ anh/chị quyết định" for s in waiting]
    hint = "Phần nào đơn vị không có gì để nêu, anh/chị vào phần đó và chọn “Không có nội dung”."
    return "\n".join(["Báo cáo chưa nộp được vì còn:", *lines, hint])


def _lacking(section: Section, fields: Sequence[Field]) -> str:
    """What a section lacks, by name where it is not all of it."""
    if len(fields) in {0, len(section.fields)}:
        return "chưa xong"
    named = "; ".join(f"“{short(f.label.rstrip(' ?:'), 50)}”" for f in fields[:3])
    return f"chưa xong, còn {named}" + (f" và {len(fields) - 3} câu nữa" if len(fields) > 3 else "")


def submitted(reference: str) -> str:
    return f"Báo cáo đã nộp. Mã số của báo cáo: **{reference}**. Anh/chị giữ mã này để tiện tra cứu."


def resubmitted(reference: str) -> str:
    return f"Báo cáo đã nộp lại, vẫn giữ mã số **{reference}**."


def already_submitted(submission: Submission, campaign: Campaign) -> str:
    if submission.state is State.PROPOSED:
        return shared_wording.still_proposed(campaign)
    done = "đã được chấp nhận" if submission.state is State.ACCEPTED else "đã nộp"
    number = f", mã số **{submission.reference}**" if submission.reference else ""
    return (
        f"Báo cáo “{campaign.title}” của đơn vị {done}{number}. Mỗi đơn vị nộp một báo cáo cho mỗi đợt, "
        "nên anh/chị không cần nộp nữa; nếu cần sửa, xin đề nghị cơ quan thường trực trả lại phần đó."
    )


# --- lines of a submission's history ----------------------------------------------------------------------------------

STARTED, HANDED_IN, HANDED_IN_AGAIN = "Bắt đầu làm báo cáo", "Nộp báo cáo", "Nộp lại báo cáo"


def entry_done(section: Section) -> str:
    return f"Hoàn thành phần “{short(section.title)}”"


def entry_none(section: Section) -> str:
    return f"Ghi nhận không có nội dung ở phần “{short(section.title)}”"


def entry_replaced(section: Section) -> str:
    return f"Thay nội dung phần “{short(section.title)}”"


# --- progress, deadlines ----------------------------------------------------------------------------------------------


def progress(
    campaign: Campaign,
    submission: Submission,
    missing: Sequence[Section],
    total: int,
    deadline: str,
    *,
    unconfirmed: Sequence[Section] = (),
) -> str:
    """`unconfirmed`: those of the missing ones that hold an earlier year's answers."""
    lines = [f"**{campaign.title}**"]
    number = f", mã số {submission.reference}" if submission.reference else ""
    match submission.state:
        case State.SUBMITTED:
            return "\n".join([*lines, f"Đã nộp{number}, đang chờ xem xét."])
        case State.ACCEPTED:
            return "\n".join([*lines, f"Đã được chấp nhận{number}."])
        case State.PROPOSED:
            lines.append(AWAITS_LEADER)
            return "\n".join([*lines, deadline] if deadline else lines)
        case State.RETURNED:
            lines.append(f"Được trả lại để bổ sung{number}.")
        case State.DRAFT:
            lines.append(f"Đã xong {total - len(missing)} trên {total} phần bắt buộc.")
    lines.append(still_missing(missing, unconfirmed))
    return "\n".join([*lines, deadline] if deadline else lines)


def still_missing(missing: Sequence[Section], unconfirmed: Sequence[Section] = ()) -> str:
    if not missing:
        return "Các phần đã đủ nhưng báo cáo chưa được nộp."
    marks = {s.path: f" ({carrying_wording.LEFT})" for s in unconfirmed}
    return "Còn thiếu:\n" + "\n".join(f"• {short(s.title, 100)}{marks.get(s.path, '')}" for s in missing)


def deadline(one: Deadline, due: datetime, now: datetime) -> str:
    """One deadline in a line; `due` and `now` in the officer's time zone."""
    return f"Hạn {one.what}: {moment(due)} ({days_left(due, now)})."


def deadline_source(one: Deadline, guidance: str) -> str:
    if one.quote:
        where = f"{place(one.path)}, văn bản {guidance}" if one.path else f"văn bản {guidance}"
        return f"Theo {where}:\n{quote(one.quote)}"
    return "Hạn này do cơ quan thường trực ấn định."


AWAITS_LEADER = "Báo cáo đã trình, đang chờ lãnh đạo đơn vị duyệt; chưa nộp."
NO_DEADLINES = "Hiện không có hạn nào sắp tới của đơn vị."
