"""What is said of things that a section leaves out. Pure; the manners are those of `wording`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialog.phrases import place, short

ONLY_A_HINT = "Đây chỉ là gợi ý; nếu đơn vị đã nêu bằng cách khác hoặc không có, anh/chị cứ nộp như vậy."


def not_seen(sections: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """Title, path ("" where it is not the guidance that asks), and the things a section does not seem to speak of."""
    if len(sections) == 1:
        ((_, path, things),) = sections
        return f"Chưa thấy nêu: {'; '.join(things)} ({_asks(path)}). {ONLY_A_HINT}"
    lines = [f"• {short(title)} ({_asks(path)}): {'; '.join(things)}" for title, path, things in sections]
    return "\n".join(["Có những ý tôi chưa thấy nêu:", *lines, ONLY_A_HINT])


def _asks(path: str) -> str:
    return place(path) if path else "thường có trong báo cáo"
