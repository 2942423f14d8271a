"""How the small pieces of a sentence are put: shortened, quoted, a place, a moment, the days left. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

_PLACES: Mapping[str, str] = {
    "phan": "phần", "chuong": "Chương", "dieu": "Điều", "khoan": "khoản", "muc": "mục", "diem": "điểm", "doan": "đoạn",
    "gach": "gạch đầu dòng", "cong": "dấu cộng", "phu-luc": "phụ lục", "mau": "mẫu", "bang": "bảng", "hang": "hàng",
    "dau-van-ban": "phần đầu văn bản", "mo-dau": "phần mở đầu", "can-cu": "phần căn cứ", "ket": "phần kết",
}  # fmt: skip


def short(text: str, limit: int = 60) -> str:
    """The text in one line, cut at a word to at most `limit` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def preview(text: str, limit: int) -> str:
    """The beginning of a long text, and how much more of it is kept."""
    return text if len(text) <= limit else f"{text[:limit].rstrip()}… (còn {len(text) - limit} ký tự nữa, đã lưu đủ)"


def quote(text: str) -> str:
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))


def size(of: int) -> str:
    """A number of bytes as people read it: "12 KB", "1,5 MB"."""
    return f"{max(1, round(of / 1024))} KB" if of < 1024 * 1000 else f"{of / 1024**2:.1f} MB".replace(".", ",")


def moment(when: datetime) -> str:
    """A due moment as people say it; the last minute of a day is "hết ngày"."""
    day = f"ngày {when:%d/%m/%Y}"
    return f"hết {day}" if (when.hour, when.minute) == (23, 59) else f"{when:%H} giờ {when:%M} {day}"


def days_left(due: datetime, now: datetime) -> str:
    """How far a moment is, in calendar days; both in the same time zone."""
    days = (due.date() - now.date()).days
    if due < now:
        return "đã qua"
    return "hôm nay là ngày cuối" if days == 0 else f"còn {days} ngày"


def place(path: str) -> str:
    """The mục of a guidance as people say it: "muc-I/1/doan-2" → "mục I.1, đoạn 2"."""
    parts: list[str] = []
    for piece in path.split("/"):
        name, dash, number = piece.rpartition("-")
        if piece in _PLACES:
            parts.append(_PLACES[piece])
        elif not dash and parts and parts[-1].startswith("mục"):
            parts[-1] += "." + piece.removeprefix(parts[-1].rpartition(".")[2] + ".")
        else:
            parts.append(f"{_PLACES[name]} {number}" if name in _PLACES else piece.replace("-", " "))
    return ", ".join(parts)
