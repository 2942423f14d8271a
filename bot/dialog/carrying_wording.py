"""What officers read of an earlier year's report: offered as a start, marked until it is changed or confirmed. Pure.

A part of `wording.py`, in the same manners. "Năm trước" is the latest year there is; where it matters it is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.campaigns import Section
from bot.dialog.phrases import preview, quote, short
from bot.moving import Earlier

TAKE, KEEP = "Lấy nội dung năm trước làm nháp", "Giữ nguyên nội dung năm trước"
MARK = "(lấy từ báo cáo năm trước, chưa xác nhận)"
LEFT = "còn nội dung năm trước"  # behind the state of a section

# --- offered ----------------------------------------------------------------------------------------------------------


def offer(earlier: Earlier, sections: int) -> str:
    return (
        f"Có {_report(earlier)}: chọn “{TAKE}” để ghi phần lời vào chỗ còn trống của {sections} phần, rồi anh/chị sửa "
        "lại cho đúng năm nay."
    )


def words_before(earlier: Earlier, value: str) -> str:
    """What was written then, at a step that is still empty."""
    return f"Trong {_report(earlier)}:\n{quote(preview(value, 300))}"


def figure_before(value: str, unit: str) -> str:
    """A figure, a day or a choice of then, shown and never taken."""
    return f"Năm trước: {short(value, 200)} {unit if unit not in value else ''}".rstrip() + "."


def _report(earlier: Earlier) -> str:
    return f"báo cáo năm {earlier.year}" + (f" của {earlier.unit}" if earlier.unit else "")


# --- taken ------------------------------------------------------------------------------------------------------------


def taken(year: int, sections: Sequence[Section]) -> str:
    named = f"phần “{short(sections[0].title)}”" if len(sections) == 1 else f"{len(sections)} phần"
    return (
        f"Đã lấy nội dung báo cáo năm {year} làm nháp cho {named}; con số, ngày và lựa chọn của năm trước không lấy. "
        f"Mỗi chỗ được ghi là chưa xong cho đến khi anh/chị sửa lại hoặc chọn “{KEEP}”."
    )


NOTHING_TO_TAKE = "Ở đây không có nội dung năm trước nào để lấy vào chỗ còn trống."
BUSY = "Phần có nội dung năm trước đang có người viết; khi phần đó rảnh, anh/chị lấy lại giúp."


def marked(year: int) -> str:
    """At a step whose whole answer is an earlier year's."""
    return f"Nội dung này lấy từ báo cáo năm {year}, chưa xác nhận. Năm nay vẫn đúng thì anh/chị chọn “{KEEP}”."


def marked_rows(year: int, rows: Sequence[int]) -> str:
    """At a table of which these rows are an earlier year's."""
    numbers = ", ".join(map(str, rows))
    return (
        f"Dòng {numbers} lấy từ báo cáo năm {year}, chưa xác nhận. Anh/chị sửa từng dòng cho đúng năm nay; các dòng "
        f"còn lại vẫn đúng thì chọn “{KEEP}”."
    )


def kept(section: Section) -> str:
    return f"Đã xác nhận nội dung năm trước ở phần “{short(section.title)}” là nội dung năm nay."


NOTHING_TO_KEEP = "Câu này không có nội dung năm trước nào chờ xác nhận."
PASSED_BY = f"Câu vừa rồi còn nội dung năm trước; khi đã xem lại, anh/chị sửa hoặc chọn “{KEEP}”."


def not_ready(sections: Sequence[Section]) -> str:
    lines = [f"• {short(section.title)}" for section in sections]
    head = "Những phần sau còn nội dung năm trước chưa sửa hoặc chưa xác nhận:"
    return "\n".join([head, *lines, f"Anh/chị vào từng phần, sửa lại hoặc chọn “{KEEP}”."])


# --- lines of a submission's history ----------------------------------------------------------------------------------


def entry_taken(year: int, sections: Sequence[Section]) -> str:
    named = f"phần “{short(sections[0].title)}”" if len(sections) == 1 else f"{len(sections)} phần"
    return f"Lấy nội dung báo cáo năm {year} làm nháp cho {named}"


def entry_kept(section: Section) -> str:
    return f"Giữ nguyên nội dung năm trước ở phần “{short(section.title)}”"
