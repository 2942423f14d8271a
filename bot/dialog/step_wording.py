"""Every sentence an officer reads at one step: what is asked, what was saved, why an answer was not taken, help. Pure.

A part of `wording.py`, in the same manners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.campaigns import Campaign, Field, FieldKind, Section
from bot.checks import Finding
from bot.dialog.phrases import place, preview, quote, short
from bot.dialog.wording import UNREADABLE

DONE = "Xong"
SKIP_FOR_NOW, ASK_STAFF = "Bỏ qua, làm sau", "Hỏi cơ quan thường trực"

# --- asked ------------------------------------------------------------------------------------------------------------


def step(section: Section, field: Field, campaign: Campaign, at: tuple[int, int], reason: str) -> str:
    """The whole step: title, where it comes from, the hint quoted, what is asked."""
    lines = [f"**Phần {at[0]}/{at[1]}. {section.title}**"]
    if reason:
        lines.append(f"Lý do trả lại: {reason}")
    if section.hint:
        lines += [f"Theo {place(section.path)}, văn bản {campaign.guidance}:", quote(section.hint)]
    elif campaign.guidance and section.from_guidance:
        lines.append(f"Nguồn: {place(section.path)}, văn bản {campaign.guidance}.")
    elif campaign.guidance:
        lines.append(f"Phần này thường có trong báo cáo; văn bản {campaign.guidance} không nêu riêng.")
    if section.asks_for:
        asks = "Cần nêu" if section.from_guidance else "Thường nêu"
        lines.append(f"{asks}: {'; '.join(section.asks_for)}.")
    lines.append(_asked(section, field))
    return "\n".join(lines)


def step_again(section: Section, field: Field, at: tuple[int, int]) -> str:
    return f"Ta đang ở phần {at[0]}/{at[1]}, **{short(section.title)}**.\n{_asked(section, field)}"


def _asked(section: Section, field: Field) -> str:
    optional = "" if field.required else " (không bắt buộc)"
    if len(section.fields) == 1 and field.label in {section.title, "Nội dung"}:
        label = f"Mời anh/chị gửi nội dung phần này{optional}."
    else:
        label = f"Mời anh/chị trả lời: **{field.label}**{optional}"
    return "\n".join(filter(None, (label, field.help, _expected(field))))


def _expected(field: Field) -> str:
    """What a number counts, how long a text usually is, what a file is sent as."""
    match field.kind:
        case "number" if field.unit:
            return f"Đơn vị tính: {field.unit}."
        case "text" if any(field.length):
            return f"{usual(field.length).capitalize()}; gửi làm mấy tin cũng được."
        case "file":
            return "Anh/chị gửi tệp hoặc ảnh ngay tại đây."
        case _:
            return ""


def usual(length: tuple[int, int]) -> str:
    """How long an answer usually is: "thường 150–300 từ"."""
    least, most = length
    if least and most:
        return f"thường {least}–{most} từ"
    return f"thường từ {least} từ trở lên" if least else f"thường không quá {most} từ"


# --- saved ------------------------------------------------------------------------------------------------------------


def saved_before(kind: FieldKind, value: str) -> str:
    how = "nối thêm hoặc thay thế" if kind == "text" else "thay thế"
    return f"Đã lưu trước đây:\n{quote(preview(value, 1500))}\nGửi nội dung mới để {how}."


def put_right(finding: Finding) -> str:
    return f"Phải sửa: {finding.told}"


def by_words(kind: FieldKind, *, untouched: bool) -> str:
    what, none = "con số" if kind == "number" else "ngày", "không có, " if untouched else ""
    return f"Gửi {what}, hoặc gõ chữ: bỏ qua, quay lại, {none}danh sách, lưu và thoát."


def saved_long(length: int) -> str:
    return f"Đã lưu {length} ký tự. Nếu còn nữa, anh/chị gửi tiếp; nếu đã đủ, xin gõ “xong”."


def saved_part(value: str, length: tuple[int, int]) -> str:
    often = f" ({usual(length)})" if any(length) else ""
    return (
        f"Đã lưu {len(value.split())} từ{often}. Còn nữa thì anh/chị gửi tiếp, tôi ghi nối vào; "
        f"đủ rồi thì chọn hoặc gõ “{DONE}”."
    )


def writing_on(section: Section) -> str:
    return f"Viết tiếp phần “{short(section.title)}”."


NOTHING_TO_WRITE_ON = "Chưa có đoạn nào để viết tiếp. Anh/chị chọn phần rồi gửi nội dung giúp."


# --- not taken --------------------------------------------------------------------------------------------------------


def too_long(length: int, limit: int) -> str:
    return (
        f"Đoạn này dài {length} ký tự, quá {limit} ký tự cho một câu trả lời nên tôi chưa ghi gì; bản nháp vẫn như cũ. "
        "Anh/chị rút gọn hoặc chia bớt giúp."
    )


def join_too_long(length: int, limit: int) -> str:
    return (
        f"Nối vào thì phần này dài {length} ký tự, quá {limit} ký tự cho một câu trả lời nên tôi chưa ghi; "
        "nội dung cũ và đoạn đang chờ vẫn còn nguyên. Đoạn mới gửi thêm, nếu có, xin gửi lại sau."
    )


def problem(field: Field) -> str:
    wanted: Mapping[FieldKind, str] = {
        "number": "Ô này cần một con số, ví dụ 12 hoặc 1.234,5.",
        "date": "Ô này cần một ngày có thật, ví dụ 30/11/2026.",
        "yes_no": "Ô này cần trả lời Có hoặc Không.",
        "file": (
            "Câu này trả lời bằng một tệp hoặc ảnh, ví dụ bản chụp quyết định; chữ anh/chị vừa gửi chưa được ghi vào "
            "báo cáo. Nếu đơn vị không có, xin gõ “không có”."
        ),
        "choice": "Anh/chị chọn một trong các mục: " + "; ".join(field.options) + ".",
    }
    return wanted.get(field.kind, UNREADABLE)


def photo_for_words(section: Section, field: Field) -> str:
    return (
        f"{_named(section, field)} cần trả lời bằng chữ. Ảnh được giữ làm tệp kèm theo, còn nội dung xin anh/chị gõ "
        "thành chữ giúp."
    )


def voice_for_words(section: Section, field: Field) -> str:
    how = "gửi bằng tệp hoặc ảnh" if field.kind == "file" else "gõ thành chữ"
    return f"Tôi chưa nghe được lời thoại nên chưa ghi gì. {_named(section, field)} xin anh/chị {how} giúp."


def _named(section: Section, field: Field) -> str:
    alone = field.label in {section.title, "Nội dung"}
    return f"Phần “{short(section.title)}”" if alone else f"Câu “{short(field.label)}”"


# --- what the checks find ---------------------------------------------------------------------------------------------

FOUND = 12  # findings named


def found(sections: Sequence[Section], findings: Sequence[Finding]) -> str:
    """Findings by section: errors as what must be put right, warnings as what to look at."""
    titles = {section.path: short(section.title) for section in sections}
    named = [
        f"• {titles.get(one.path, '')}: {one.told}{' (phải sửa)' if one.level == 'error' else ''}"
        for one in findings[:FOUND]
    ]
    rest = [f"… và {len(findings) - FOUND} chỗ nữa"] if len(findings) > FOUND else []
    head = "Những chỗ cần xem lại; chỗ ghi “phải sửa” thì sửa xong mới nộp được:"
    return "\n".join([head, *named, *rest])


# --- help after several answers that were not taken -------------------------------------------------------------------

NEED_HELP = "Có lẽ cách tôi hỏi chưa rõ. Anh/chị chọn một trong các cách sau, hoặc cứ gửi lại câu trả lời."
NEED_HELP_BY_WORDS = (
    "Có lẽ cách tôi hỏi chưa rõ. Anh/chị gõ “phần này cần viết gì” để xem hướng dẫn, “bỏ qua” để làm sau, "
    "“hỏi cơ quan thường trực” để biết hỏi ở đâu, hoặc cứ gửi lại câu trả lời."
)


def ask_staff(campaign: Campaign, section: Section) -> str:
    whom = f"cơ quan thường trực ({campaign.issuer})" if campaign.issuer else "cơ quan thường trực"
    return (
        f"Phần “{short(section.title)}” chưa rõ thì xin anh/chị hỏi {whom}. Những gì đã lưu vẫn còn; có câu trả lời "
        "rồi anh/chị quay lại làm tiếp, hoặc bây giờ làm phần khác trước."
    )
