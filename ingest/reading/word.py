"""A Word file (.docx) → text: paragraphs with the numbers Word draws before them, tables row by row.

Rules
1. What the file claims is looked at before anything is unpacked whole; no macro, DTD or part fetched from elsewhere.
2. What a reader of the page sees is read: inserted text and text boxes are, deleted and hidden text is not.
3. A table without lines only lays out the page (head, signature): its cells are read as paragraphs, left to right.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ingest.reading import legacy
from ingest.reading.text import Refused
from ingest.reading.word_numbers import Numbers

_UNPACKED = 100_000_000
_PARTS = 5_000
_PEEK = 2_000
_RELATIONS = 2_000_000
_DEEP = 8  # tables inside tables
_NONE = {None, "none", "nil"}
_SIDES = [qn(f"w:{side}") for side in ("left", "right", "start", "end", "insideV")]
_REMOVED = {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_BOX = qn("w:txbxContent")
_DRAWN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\xad"}
_WRAPPERS = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")}
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ELSEWHERE = re.compile(rb"""Target\s*=\s*["'](?:https?:|ftp:|file://[^/]|\\\\)""", re.IGNORECASE)
_ONLY_A_LINK = re.compile(rb"""/(?:hyperlink|attachedTemplate)["']""")


def read(data: bytes) -> str:
    """The text of a .docx file. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            reason = _refusal(archive)
        text = "" if reason else _Reading(docx.Document(io.BytesIO(data))).text()
    except MemoryError:
        raise
    except Exception as error:
        # python-docx and zipfile raise their own, lxml's and plain KeyErrors on a broken file: to the giver all is one.
        raise Refused("tệp Word bị hỏng hoặc được đặt mật khẩu") from error
    if reason:
        raise Refused(reason)
    return text


def _refusal(archive: zipfile.ZipFile) -> str:
    """Why a Word file is not opened, or nothing: what it claims is looked at before anything is unpacked whole."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    reasons = {
        "không phải tệp Word (.docx)": "word/document.xml" not in names,
        "tệp giải nén ra quá lớn": len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED,
        "tệp được đặt mật khẩu": any(part.flag_bits & 1 for part in parts),
        "tệp có chứa macro": any(name.endswith("vbaproject.bin") for name in names),
    }
    reason = next((reason for reason, holds in reasons.items() if holds), "")
    return reason or next(filter(None, (_suspicion(archive, part) for part in parts)), "")


def _suspicion(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """What a part's first bytes (of a list of relations: all) have that no honest file has, or nothing."""
    name = part.filename.lower()
    if not name.endswith((".xml", ".rels")):
        return ""
    with archive.open(part) as file:
        start = file.read(_RELATIONS if name.endswith(".rels") else _PEEK)
    if b"<!DOCTYPE" in start.replace(b"\x00", b"").upper():
        return "tệp Word có khai báo lạ bên trong"
    if name.endswith(".rels") and any(map(_fetches, _RELATION.findall(start))):
        return "tệp Word lấy nội dung từ địa chỉ bên ngoài"
    return ""


def _fetches(relation: bytes) -> bool:
    """Whether a relation would bring something in from another machine; a link to click does not."""
    return bool(_ELSEWHERE.search(relation)) and not _ONLY_A_LINK.search(relation)


class _Reading:
    """One walk through a document, in reading order: the numbers before paragraphs depend on those before."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._numbers = Numbers(document)
        parts = (document.element, document.styles.element)
        names = {font.get(qn("w:ascii"), "") for part in parts for font in part.iter(qn("w:rFonts"))}
        self._old_fonts = any(name.upper().startswith((".VN", "VNI")) for name in names)

    def text(self) -> str:
        lines = "\n".join(self._blocks(self._document.element.body, 0))
        # A file may use an old code under a font of another name: the letters of the whole text decide.
        return lines if self._old_fonts else legacy.recognised(lines) or lines

    def _blocks(self, parent: BaseOxmlElement, depth: int) -> Iterator[str]:
        if depth > _DEEP:
            raise Refused("bảng lồng nhau quá nhiều tầng")
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                yield from self._paragraph(child, depth)
            elif child.tag == qn("w:tbl"):
                yield from self._table(Table(child, self._document), depth)
            elif child.tag in _WRAPPERS:
                yield from self._blocks(child, depth)

    def _paragraph(self, element: BaseOxmlElement, depth: int) -> Iterator[str]:
        paragraph = Paragraph(element, self._document)
        label = self._numbers.label(element)
        text = legacy.join(self._runs(paragraph))
        yield f"{label} {text.lstrip()}" if label and text.strip() else text
        for box in element.iter(_BOX):
            if not _inside(box, _REMOVED | {_BOX}, element):
                yield from self._blocks(box, depth + 1)

    def _runs(self, paragraph: Paragraph) -> Iterator[legacy.Run]:
        style = self._font(paragraph.style) if self._old_fonts else ""
        for element in paragraph._p.iter(qn("w:r")):  # noqa: SLF001  # `runs` leaves out inserted and linked ones
            if _inside(element, _REMOVED | {_BOX}, paragraph._p):  # noqa: SLF001  # as above
                continue
            run = Run(element, paragraph)
            if run.font.hidden:
                continue
            text = "".join(map(_characters, element.iterchildren()))
            yield text, (run.font.name or self._font(run.style) or style) if self._old_fonts else ""

    @staticmethod
    def _font(style: object) -> str:
        while style is not None:
            name: str | None = style.font.name  # type: ignore[attr-defined]  # paragraph and character styles alike
            if name:
                return name
            style = style.base_style  # type: ignore[attr-defined]  # as above
        return ""

    def _table(self, table: Table, depth: int) -> Iterator[str]:
        for row in table.rows:
            cells = [list(self._blocks(cell._tc, depth + 1)) for cell in _cells(row)]  # noqa: SLF001  # no public walk
            if _is_frame(table):
                yield from (line for lines in cells for line in lines)
            else:
                yield "\t".join(" ".join(" ".join(lines).split()) for lines in cells)


def _characters(node: BaseOxmlElement) -> str:
    """What one child of a run puts on the page; a soft hyphen is a letter in TCVN3 and nothing elsewhere."""
    match node.tag.rpartition("}")[2]:
        case "t":
            return node.text or ""
        case "br" if node.get(qn("w:type")) not in {None, "textWrapping"}:
            return ""
        case name:
            return _DRAWN.get(name, "")


def _inside(node: BaseOxmlElement, tags: set[str], root: BaseOxmlElement) -> bool:
    parent = node.getparent()
    while parent is not None and parent is not root:
        if parent.tag in tags:
            return True
        parent = parent.getparent()
    return False


def _is_frame(table: Table) -> bool:
    """Whether a table has no lines of its own: neither its own, nor its cells', nor its style's."""
    element = table._tbl  # noqa: SLF001  # no API for borders
    if len(table.columns) == 1:
        return True
    if any(_drawn(edge) for borders in element.iter(qn("w:tcBorders")) for edge in borders if edge.tag in _SIDES):
        return False
    borders = element.find(f"{qn('w:tblPr')}/{qn('w:tblBorders')}")
    if borders is not None:
        return not any(map(_drawn, borders))
    style = table.style
    while style is not None:
        if "Grid" in (style.name or "") or any(map(_drawn, style.element.iterfind(f".//{qn('w:insideV')}"))):
            return False
        style = style.base_style
    return True


def _drawn(edge: BaseOxmlElement) -> bool:
    return edge.get(qn("w:val")) not in _NONE


def _cells(row: _Row) -> Iterator[_Cell]:
    """The cells of a row from left to right, a merged one once."""
    seen: list[object] = []
    for cell in row.cells:
        element = cell._tc  # noqa: SLF001  # merged cells are one element under several wrappers
        if element not in seen:
            seen.append(element)
            yield cell
