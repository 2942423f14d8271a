"""Bytes → text: one paragraph a line, one table row a line with tabs between its cells, in the order a reader reads.

Rules
1. What comes out is NFC and free of NUL, control, zero-width, bidirectional and tag characters: hidden text must not
   reach a reader's quote nor an index.
2. A file is judged by what it contains, not by what its name promises; sizes are checked before anything is unpacked.
3. No link is followed, no macro run, no external part loaded.

Errors
    Unreadable(ValueError)   one Vietnamese line that names the file and the reason
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

SUFFIXES = (".txt", ".docx")
_LIMIT = 20_000_000
_UNPACKED = 100_000_000
_PARTS = 5_000
_PEEK = 2_000
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")


class Unreadable(ValueError):
    """A file that cannot be read as text, said in one line for the person who gave it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"Không đọc được tệp “{name}”: {reason}.")
        self.name, self.reason = name, reason


def read(path: Path) -> str:
    """The text of a file. Raises Unreadable."""
    try:
        if path.stat().st_size > _LIMIT:
            raise Unreadable(path.name, f"tệp lớn hơn {_LIMIT // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(path.name, "không mở được tệp, có thể tệp đã bị xóa hoặc không có quyền đọc") from error
    return text_of(data, path.name)


def text_of(data: bytes, name: str) -> str:
    """The text of a file's bytes; `name` serves the error and tells text from other formats. Raises Unreadable."""
    if not data.strip():
        raise Unreadable(name, "tệp rỗng")
    suffix = Path(name).suffix.lower()
    if data.startswith(b"PK\x03\x04"):
        text = _word(data, name)
    elif suffix == ".txt" and not data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        text = _plain(data, name)
    else:
        kind = suffix.lstrip(".") or "không rõ định dạng"
        raise Unreadable(name, f"chưa hỗ trợ định dạng này ({kind}), vui lòng lưu lại dưới dạng .docx hoặc .txt")
    text = clean(text)
    if not text.strip():
        raise Unreadable(name, "tệp không có chữ")
    return text


def clean(text: str) -> str:
    """NFC, line ends as \\n, nothing invisible, no spaces around a line (tabs stay: they part the cells of a table)."""
    text = _HIDDEN.sub("", _LINE_ENDS.sub("\n", text)).replace("\u00a0", " ")
    return "\n".join(line.strip(" ") for line in unicodedata.normalize("NFC", text).split("\n"))


def _plain(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1258")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(name, "bảng mã chữ không phải Unicode")


def _word(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            reason = _refusal(archive)
        text = "" if reason else "\n".join(_blocks(docx.Document(io.BytesIO(data))))
    except Exception as error:
        # python-docx and zipfile raise their own, lxml's and plain KeyErrors on a broken file: to the giver all is one.
        raise Unreadable(name, "tệp Word bị hỏng hoặc được đặt mật khẩu") from error
    if reason:
        raise Unreadable(name, reason)
    return text


def _refusal(archive: zipfile.ZipFile) -> str:
    """Why a Word file is not opened, or nothing: what it claims is looked at before anything is unpacked whole."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "word/document.xml" not in names:
        return "không phải tệp Word (.docx)"
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
        return "tệp giải nén ra quá lớn"
    if any(name.endswith("vbaproject.bin") for name in names):
        return "tệp có chứa macro"
    declared = (archive.open(part).read(_PEEK) for part in parts if part.filename.endswith((".xml", ".rels")))
    return "tệp Word có khai báo lạ bên trong" if any(b"<!DOCTYPE" in start for start in declared) else ""


def _blocks(document: WordDocument) -> Iterator[str]:
    """Paragraphs and table rows in reading order; a table without borders only lays out the page (head, signature)."""
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        elif _is_frame(block):
            yield from (paragraph.text for row in block.rows for cell in _cells(row) for paragraph in cell.paragraphs)
        else:
            for row in block.rows:
                yield "\t".join(" ".join(cell.text.split()) for cell in _cells(row))


def _is_frame(table: Table) -> bool:
    borders = table._element.find(f"{qn('w:tblPr')}/{qn('w:tblBorders')}")  # noqa: SLF001  # no API for borders
    if borders is not None:
        return all(edge.get(qn("w:val")) in {None, "none", "nil"} for edge in borders)
    return "Grid" not in ((table.style.name if table.style is not None else "") or "")


def _cells(row: _Row) -> Iterator[_Cell]:
    """The cells of a row from left to right, a merged one once."""
    seen: list[object] = []
    for cell in row.cells:
        element = cell._tc  # noqa: SLF001  # merged cells are one element under several wrappers
        if element not in seen:
            seen.append(element)
            yield cell
