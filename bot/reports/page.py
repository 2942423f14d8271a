"""The page of an administrative document as Nghị định 30/2020/NĐ-CP (Phụ lục I) draws it: paper, fonts, lines, numbers.

Nothing here knows what a report says. Lengths are python-docx lengths; character widths are those of Times New Roman.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import count

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor, Twips
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT = "Times New Roman"
WIDTH, HEIGHT = Twips(11906), Twips(16838)
TOP = BOTTOM = Twips(1134)
LEFT, RIGHT = Twips(1701), Twips(850)
TEXT_WIDTH = WIDTH - LEFT - RIGHT
WIDE_TEXT_WIDTH = HEIGHT - LEFT - RIGHT
BODY, SMALL, NOTE, LIST = Pt(14), Pt(13), Pt(12), Pt(11)

# What XML 1.0 has no way to write: control characters, lone surrogates, the two non-characters.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Advance widths of Times New Roman Bold in thousandths of its size; Vietnamese letters are as wide as their bases.
_WIDTHS = {
    letter: width
    for width, letters in {
        250: " ,.", 278: "il", 333: "fjt-()", 389: "Is", 444: "cerz", 500: "agovxyJ0123456789", 556: "bdhknpquS",
        611: "FP", 667: "BELTZ", 722: "ACDNRUVXYw", 778: "GHKOQ", 833: "m", 944: "M", 1000: "W",
    }.items()
    for letter in letters
}  # fmt: skip

_RULE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:Choice Requires="wps">'
    '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="0"/>'
    '<wp:docPr id="{id}" name="Line {id}"/><wp:cNvGraphicFramePr/><a:graphic>'
    '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvCnPr/>'
    '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="0"/></a:xfrm>'
    '<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
    '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></wps:spPr><wps:bodyPr/></wps:wsp>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice></mc:AlternateContent>"
)


def printable(text: str) -> str:
    """The text without the characters that an XML file cannot hold."""
    return _UNWRITABLE.sub("", text)


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of what somebody typed, each ready to be a paragraph."""
    lines = (printable(line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def width(text: str, size: Length) -> Length:
    """How long a line of bold text is."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return Length(sum(_WIDTHS.get(c, 500) for c in letters if not unicodedata.combining(c)) * size // 1000)


def new_document() -> DocxDocument:
    """An empty A4 document whose every style speaks Times New Roman 14, black, in Vietnamese."""
    document = Document()
    defaults = document.styles.element.find(qn("w:docDefaults"))
    if defaults is not None:  # the theme's fonts would win over ours in East Asian and complex runs
        for fonts in defaults.iter(qn("w:rFonts")):
            fonts.attrib.clear()
            _name_fonts(fonts)
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:val"), "vi-VN")
    normal = document.styles["Normal"]
    normal.font.name = FONT
    normal.font.size = BODY
    normal.font.color.rgb = RGBColor(0, 0, 0)
    _name_fonts(normal.element.get_or_add_rPr().get_or_add_rFonts())
    set_page(document.sections[0])
    return document


def _name_fonts(fonts: object) -> None:
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)  # type: ignore[attr-defined]  # lxml elements are untyped


def set_page(section: Section, *, landscape: bool = False, restart: bool = False) -> None:
    """A4, the decree's margins, page number centred in the top margin from the second page on; `restart` at 1."""
    section.orientation = WD_ORIENTATION.LANDSCAPE if landscape else WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = (HEIGHT, WIDTH) if landscape else (WIDTH, HEIGHT)
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    if restart:
        _number_from_one(section)
    header = section.header
    if not header.is_linked_to_previous:
        return
    header.is_linked_to_previous = False
    paragraph = tight(header.paragraphs[0])
    paragraph.style = "Normal"
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "2"), ("end", "")):
        _field_part(paragraph.add_run(), kind, text)


def _number_from_one(section: Section) -> None:
    properties = section._sectPr  # noqa: SLF001  # python-docx has no call for page numbers
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    properties.find(qn("w:cols")).addprevious(numbers)


def _field_part(run: Run, kind: str, text: str) -> None:
    run.font.size = BODY
    if kind == "text":
        run.text = text
        return
    if kind:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    else:
        part = OxmlElement("w:instrText")
        part.text = text
    run._r.append(part)  # noqa: SLF001  # python-docx has no call for fields


def tight(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER) -> Paragraph:
    """A line of a heading block: no space around it, single spacing."""
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = 1.0
    paragraph.alignment = align
    return paragraph


def rule(paragraph: Paragraph, width: Length, number: count[int]) -> None:
    """Turn an empty paragraph into a drawn line of this width, 0.75 pt; `number` gives the drawing its id."""
    tight(paragraph)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(5)
    paragraph.add_run()._r.append(parse_xml(_RULE.format(cx=int(width), id=next(number))))  # noqa: SLF001  # no call for shapes


def write(paragraph: Paragraph, text: str, *, size: Length = BODY, bold: bool = False, italic: bool = False) -> Run:
    run = paragraph.add_run(printable(text))
    run.font.size, run.font.bold, run.font.italic = size, bold, italic
    return run


def outline_level(paragraph: Paragraph, level: int) -> None:
    """Make a paragraph a heading for the navigation pane (0 = top) without a heading's looks."""
    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), str(level))
    paragraph._p.get_or_add_pPr().append(mark)  # noqa: SLF001  # python-docx has no call for outline levels


def two_columns(document: DocxDocument, left: Length, right: Length, rows: int = 1) -> Table:
    """A borderless table whose rows do not break across pages and whose text touches both margins."""
    table: Table = document.add_table(rows=rows, cols=2)
    table.autofit = False
    margins = parse_xml(
        '<w:tblCellMar xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
    )
    properties = table._tbl.tblPr  # noqa: SLF001  # no call for cell margins
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
    for column, width in zip(table.columns, (left, right), strict=True):
        column.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # no call for cantSplit
        for cell, width in zip(row.cells, (left, right), strict=True):
            cell.width = width
    return table
