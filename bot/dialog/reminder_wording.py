"""Every sentence of reminders, and the reasons staff read beside one that was not sent. Pure.

Manners of this file
1. What is pushed names no person and nothing personal: it may be read on a locked screen. People are counted.
2. A reminder says what is missing and until when; a report to a leader or to staff also says who was told before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.campaigns import Campaign, Deadline, Section
from bot.dialog.phrases import days_left, moment, short
from bot.reminders import Kind, Told

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

# --- what is pushed ---------------------------------------------------------------------------------------------------


def several(campaigns: int) -> str:
    return f"**Nhắc hạn: {campaigns} đợt báo cáo**"


def heading(kinds: set[Kind], campaign: Campaign, *, alone: bool) -> str:
    """`alone`: no line above it says that these are reminders."""
    if Kind.MOVED in kinds:
        return f"**Dời hạn: {campaign.title}**"
    if kinds == {Kind.LEADER}:
        return f"**Đơn vị chưa nộp báo cáo: {campaign.title}**"
    return f"**Nhắc hạn: {campaign.title}**" if alone else f"**{campaign.title}**"


def staff_heading(campaign: Campaign, units: int) -> str:
    return f"**{units} đơn vị chưa nộp báo cáo: {campaign.title}**"


def moved(one: Deadline, was: datetime, due: datetime, now: datetime) -> str:
    """All in the officer's time zone."""
    return f"Hạn {one.what} đã dời từ {moment(was)} sang {moment(due)} ({days_left(due, now)})."


def provisional(years: Sequence[int]) -> str:
    """That the working days of these years may still change."""
    named = f"{years[0]}–{years[-1]}" if len(years) > 2 else ", ".join(map(str, years))
    return f"Lịch nghỉ lễ năm {named} mới là tạm tính, ngày nhắc có thể đổi."


def told(of: Told, zone: datetime) -> str:
    """Who was told before, counted; `zone`: a moment in the officer's time zone."""
    day = f"{of.last.astimezone(zone.tzinfo):%d/%m/%Y}"
    match of.kind:
        case Kind.LEADER:
            return f"Đã báo lãnh đạo đơn vị ngày {day}."
        case Kind.STAFF:
            return f"Đã báo cơ quan thường trực ngày {day}."
        case _:
            return f"Đã nhắc {of.officers} cán bộ của đơn vị, lần gần nhất ngày {day}."


NOBODY_TOLD = "Chưa nhắc được cán bộ nào của đơn vị."


def unit_line(name: str, missing: Sequence[Section], told_before: Sequence[str]) -> str:
    """One unit in what staff are told."""
    said = " ".join(told_before) or NOBODY_TOLD
    return f"• {name}: {_how_much(missing)}. {said}"


def brief(missing: Sequence[Section], due: datetime, *, was: datetime | None) -> str:
    """A reminder in one line of at most 100 characters; the moments in the officer's time zone."""
    if was is not None:
        return f"Hạn nộp báo cáo đã dời sang {moment(due)}."
    what = f"Báo cáo còn thiếu {len(missing)} phần" if missing else "Báo cáo đã đủ các phần nhưng chưa nộp"
    return f"{what}, hạn {moment(due)}."


def brief_of_several(reports: int, due: datetime) -> str:
    """Several reports in one line of at most 100 characters; `due`: the nearest deadline."""
    return f"Còn {reports} báo cáo chưa nộp, hạn gần nhất {moment(due)}."


def _how_much(missing: Sequence[Section]) -> str:
    return f"còn thiếu {len(missing)} phần" if missing else "đã đủ các phần nhưng chưa nộp"


# --- what is offered and what came of it ------------------------------------------------------------------------------

MUTE = "Tắt nhắc đợt này"


def fill(campaign: Campaign) -> str:
    return f"Nộp: {short(campaign.title, 50)}"


def mute(campaign: Campaign) -> str:
    return f"Tắt nhắc: {short(campaign.title, 50)}"


def snooze(until: datetime) -> str:
    return f"Nhắc lại lúc {until:%H:%M} {WEEKDAYS[until.weekday()]}, {until:%d/%m}"


def snoozed(until: datetime) -> str:
    when = f"{until:%H:%M} {WEEKDAYS[until.weekday()]}, ngày {until:%d/%m/%Y}"
    return f"Tôi sẽ nhắc lại lúc {when}; trước lúc đó tôi không nhắc."


TOO_LATE = "Lúc đó không còn trước hạn nên tôi không hẹn nhắc lại; anh/chị nộp sớm giúp."
UNMUTED = "Từ nay tôi lại nhắc hạn mọi đợt báo cáo của đơn vị."
MUTED_ALL = (
    "Tôi sẽ không nhắc hạn các đợt báo cáo này nữa; khi hạn thay đổi tôi vẫn báo. Muốn nhắc lại, anh/chị gõ “bật nhắc”."
)


def muted(campaign: Campaign) -> str:
    return (
        f"Tôi sẽ không nhắc hạn “{campaign.title}” nữa; khi hạn thay đổi tôi vẫn báo. "
        "Muốn nhắc lại, anh/chị gõ “bật nhắc”."
    )


# --- reasons, for staff -----------------------------------------------------------------------------------------------

SKIP_NOBODY = "địa chỉ này không còn gắn với cán bộ nào"
SKIP_CLOSED = "đợt báo cáo không còn mở cho đơn vị"
SKIP_SUBMITTED = "đơn vị đã nộp"
SKIP_LATE = "đã quá hạn khi đến lượt gửi"
SKIP_MUTED = "cán bộ tắt nhắc"
VOID = "cán bộ, đợt báo cáo hoặc hạn này không còn"
NO_ADDRESS = "cán bộ chưa liên kết địa chỉ nào để nhắn"


def put_off(until: datetime) -> str:
    return f"hoãn đến {until:%H:%M %d/%m/%Y}"


def moved_to(due: datetime) -> str:
    return f"thời hạn đã dời sang {due:%H:%M %d/%m/%Y}"
