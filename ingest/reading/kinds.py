"""Which format a file is in: judged by what it contains, never by what its name promises."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from io import BytesIO

SUFFIXES = (
    ".txt", ".docx", ".doc", ".odt", ".rtf", ".pdf", ".html", ".htm", ".png", ".jpg", ".jpeg", ".tif", ".tiff",
)  # fmt: skip
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p|table|article)[\s>]", re.IGNORECASE)
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_HEAD = 4_096


class Kind(StrEnum):
    TEXT = "text"
    WORD = "word"  # .docx
    OFFICE = "office"  # what LibreOffice opens: .doc, .rtf, .odt
    PDF = "pdf"
    PAGE = "page"  # a web page
    IMAGE = "image"
    SHEET = "sheet"  # .xlsx: only for tables that are filled in, never a text of the library


def kind_of(data: bytes, suffix: str) -> Kind | None:
    """The format of a file's bytes; its suffix only tells plain text from something unknown."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        return Kind.OFFICE if _is_open_document(data) else Kind.WORD
    if data.startswith(b"\xd0\xcf\x11\xe0") or head.startswith(b"{\\rtf"):
        return Kind.OFFICE
    if b"%PDF-" in data[:1_024]:
        return Kind.PDF
    if data.startswith(_IMAGES):
        return Kind.IMAGE
    if suffix in {".html", ".htm"} or (head.startswith(b"<") and _HTML.search(head)):
        return Kind.PAGE
    return Kind.TEXT if suffix == ".txt" and b"\x00\x00\x00" not in head else None


def _is_open_document(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open("mimetype") as file:
            return file.read(60).startswith(b"application/vnd.oasis.opendocument.text")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
        return False
