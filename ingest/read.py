"""A file → text: one paragraph a line, one table row a line with tabs between its cells, in the order a reader reads.

Rules
1. A file is judged by what it contains, not by what its name promises; its size is checked before it is opened.
2. Plain text is read here; every other format in a child process with limits on memory, time and pages.
3. No link is followed, no macro run, no external part loaded. What comes out has nothing invisible in it.

Errors
    Unreadable(ValueError)   one Vietnamese line that names the file and the reason
"""

from __future__ import annotations

from pathlib import Path

from ingest.reading import limits, sandbox
from ingest.reading.kinds import SUFFIXES, Kind, kind_of
from ingest.reading.text import Refused, Unreadable, clean, decoded

__all__ = ["SUFFIXES", "Unreadable", "clean", "read"]


def read(path: Path) -> str:
    """The text of a file. Raises Unreadable."""
    try:
        text = clean(_text(path))
    except Refused as refusal:
        raise Unreadable(path.name, str(refusal)) from refusal
    except OSError as error:
        raise Unreadable(path.name, "không mở được tệp, có thể tệp đã bị xóa hoặc không có quyền đọc") from error
    if not text.strip():
        raise Unreadable(path.name, "tệp không có chữ")
    return text


def _text(path: Path) -> str:
    if path.stat().st_size > limits.SIZE:
        raise Refused(f"tệp lớn hơn {limits.SIZE // 1_000_000} MB")
    data = path.read_bytes()
    if not data.strip():
        raise Refused("tệp rỗng")
    suffix = path.suffix.lower()
    kind = kind_of(data, suffix)
    if kind is None:
        named = suffix.lstrip(".") or "không rõ định dạng"
        raise Refused(f"chưa hỗ trợ định dạng này ({named}), vui lòng lưu lại dưới dạng .docx, .pdf hoặc .txt")
    return decoded(data) if kind is Kind.TEXT else sandbox.read(path, kind)
