"""Which files are taken, and how they are told apart: by what they begin with, within what their name says. Pure.

The sender's word (name, mime) decides only whether a file is worth fetching; what it is kept as, its content does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from bot.messages import FileRef

LARGEST = 20 * 1024 * 1024  # bytes of one file
MOST = 20  # files a section takes
LONGEST_NAME = 100  # characters
UNKNOWN = "application/octet-stream"
UNNAMED = ("", "tệp")  # what a channel calls a file that it can neither fetch nor name; other words name no file


class Kind(NamedTuple):
    """A kind of file: its mime, and what its content begins with (none: it is text). `clear`: nothing else does."""

    mime: str
    signs: tuple[bytes, ...] = ()
    clear: bool = False
    document: bool = True


# A file that is protected by a password is in Office's old container whatever its name ends with; and new ones are
# often renamed to the old ending.
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, Kind] = {
    "pdf": Kind("application/pdf", (b"%PDF-",), clear=True),
    "docx": Kind(f"{_OPEN_XML}.wordprocessingml.document", _OFFICE),
    "doc": Kind("application/msword", _OFFICE),
    "xlsx": Kind(f"{_OPEN_XML}.spreadsheetml.sheet", _OFFICE, document=False),
    "xls": Kind("application/vnd.ms-excel", _OFFICE, document=False),
    "pptx": Kind(f"{_OPEN_XML}.presentationml.presentation", _OFFICE, document=False),
    "ppt": Kind("application/vnd.ms-powerpoint", _OFFICE, document=False),
    "odt": Kind("application/vnd.oasis.opendocument.text", _OFFICE[:1]),
    "rtf": Kind("application/rtf", (b"{\\rtf",), clear=True),
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",), clear=True),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",), clear=True),
    "zip": Kind("application/zip", _OFFICE[:1], document=False),
    "csv": Kind("text/csv", document=False),
    "txt": Kind("text/plain"),
}
SPOKEN = frozenset(("ogg", "oga", "opus", "mp3", "m4a", "aac", "amr", "wav"))
_ALSO = {"jpeg": "jpg"}
MIMES = frozenset(kind.mime for kind in KINDS.values())
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")  # UTF-16


def extension(name: str) -> str:
    """What a name ends with, in small letters and as KINDS spells it; "" if it has no ending."""
    end = name.rpartition(".")[2].lower() if "." in name else ""
    return _ALSO.get(end, end)


def may_take(file: FileRef) -> bool:
    """Whether a file may be of a kind that is taken, as far as its sender says."""
    if file.mime.startswith(("audio/", "video/")):
        return False
    end = extension(file.name)
    nameless = not end if file.id else file.name in UNNAMED
    return end in KINDS or file.mime in MIMES or (nameless and file.mime == UNKNOWN)


def is_voice(file: FileRef) -> bool:
    """Whether somebody spoke instead of typing, as far as the sender says."""
    return file.mime.startswith("audio/") or extension(file.name) in SPOKEN


def is_photo(file: FileRef) -> bool:
    return file.mime.startswith("image/") or extension(file.name) in {"jpg", "png"}


def is_sheet(file: FileRef) -> bool:
    """Whether a kept file is one that a table can be read from: a workbook, or a table as text."""
    return file.kept and file.mime in {KINDS["xlsx"].mime, KINDS["csv"].mime}


def is_document(file: FileRef) -> bool:
    """Whether a file may hold a text for the library."""
    return any(kind.mime == file.mime and kind.document for kind in KINDS.values())


def kind_of(name: str, content: bytes) -> str | None:
    """The kind (a key of KINDS) of a file by its content; None if it is not taken, or not what its name says."""
    if not content or len(content) > LARGEST:
        return None
    end = extension(name)
    if end in KINDS and _begins(KINDS[end], content):
        return end
    return next((key for key, kind in KINDS.items() if kind.clear and _begins(kind, content)), None)


def _begins(kind: Kind, content: bytes) -> bool:
    if not kind.signs:
        return b"\0" not in content[:1024] or content.startswith(_WIDE_TEXT)
    return content.startswith(kind.signs) or (kind.mime == "application/pdf" and kind.signs[0] in content[:1024])


def tidy(name: str, kind: str) -> str:
    """A sender's name as it may be shown and given to others: one line, no folders, not too long, its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in last).split())
    end = extension(shown)
    stem = shown.rpartition(".")[0] if end == kind else shown
    return f"{stem.strip(' .')[:LONGEST_NAME] or 'tep'}.{kind}"
