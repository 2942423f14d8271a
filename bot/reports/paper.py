"""An administrative document as Nghị định 30/2020/NĐ-CP lays it out, a call for each part, in the order they stand.

Nothing here knows what a document says; what is not given stays open in it (`bot.reports.office`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count

from docx.document import Document as DocxDocument
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.coreprops import CoreProperties
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from bot.reports import page, wording
from bot.reports.office import Office
from bot.reports.outline import Level, mark, roman

HEADER_LEFT, HEADER_RIGHT = Mm(65), Mm(100)
SIGN_LEFT, SIGN_RIGHT = Mm(68), Mm(97)
SEAL_ROOM = Mm(28)
LINE = Pt(16.1)  # a line of 14 pt
INDENT = Mm(12.7)
TITLE_INDENT = Mm(15)
TO_INDENT, TO_COLON = Mm(30), Mm(17.6)  # where several addressees begin, and how far from there the colon stands


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of document: its name in capitals and the code in its number."""

    name: str
    code: str


REPORT = Kind(wording.REPORT, wording.REPORT_CODE)
MINUTES = Kind(wording.MINUTES, wording.MINUTES_CODE)
PROPOSAL = Kind(wording.PROPOSAL, wording.PROPOSAL_CODE)


@dataclass(slots=True)
class Paper:
    """A document being written by `agency`, from top to bottom; `number` only if somebody typed it; `top`: its highest
    level of headings.
    """

    kind: Kind
    agency: str
    office: Office
    number: str = ""
    top: Level = Level.SECTION
    document: DocxDocument = field(default_factory=page.new_document)
    _drawings: count[int] = field(default_factory=lambda: count(1))

    def describe(self, title: str, *, author: str) -> CoreProperties:
        """Give the file its own facts; returned for more of them."""
        facts: CoreProperties = self.document.core_properties
        facts.title, facts.author = page.printable(title)[:255], page.printable(author)[:255]
        facts.comments, facts.language = "", "vi-VN"
        return facts

    # --- running text -------------------------------------------------------------------------------------------------

    def body(self, text: str, *, bold: bool = False, italic: bool = False) -> Paragraph:
        """A paragraph of running text: justified, first line indented, 6 pt after, spacing 1.15."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        form = paragraph.paragraph_format
        form.first_line_indent, form.space_after, form.line_spacing = INDENT, Pt(6), 1.15
        page.write(paragraph, text, bold=bold, italic=italic)
        return paragraph

    def typed(self, text: str) -> Paragraph:
        """What somebody typed, a paragraph a line; the last one. `text` is not blank."""
        *_, last = [self.body(line) for line in page.paragraphs(text)]
        return last

    def heading(self, level: Level, number: int, title: str) -> Paragraph:
        """A heading by its level: "I. TITLE", "1. Title" on lines of their own in bold, "a) Title" upright."""
        match level:
            case Level.PART:
                return self.part(number, title)
            case Level.SECTION | Level.CLAUSE:
                text = title.upper() if level is Level.SECTION else title
                return self._heading(f"{mark(level, number)} {text}", level)
            case _:
                paragraph = self.item(level, number, title)
                paragraph.paragraph_format.keep_with_next = True
                page.outline_level(paragraph, level - self.top)
                return paragraph

    def item(self, level: Level, number: int, text: str) -> Paragraph:
        """Running text that is numbered: "1. Text", "a) Text", "- Text"."""
        return self.body(f"{mark(level, number)} {text}")

    def part(self, number: int, title: str) -> Paragraph:
        """Phần: number and title on lines of their own, centred."""
        lines = (
            self.centred(wording.PART.format(number=roman(number)), bold=True),
            self.centred(title.upper(), bold=True),
        )
        lines[0].paragraph_format.space_before = lines[1].paragraph_format.space_after = Pt(6)
        for level, line in enumerate(lines):
            line.paragraph_format.keep_with_next = True
            page.outline_level(line, 9 if level else 0)
        return lines[1]

    def after_table(self) -> Paragraph:
        """The empty line under a table in the text."""
        line = page.tight(self.document.add_paragraph(), WD_ALIGN_PARAGRAPH.RIGHT)
        page.write(line, "", size=page.LIST)
        return line

    def section(self, number: int, title: str) -> Paragraph:
        """I. TITLE, on a line of its own."""
        return self.heading(Level.SECTION, number, title)

    def clause(self, number: int, title: str) -> Paragraph:
        """1. Title, on a line of its own."""
        return self.heading(Level.CLAUSE, number, title)

    def point(self, index: int, text: str) -> Paragraph:
        """a) Text; `index` from 0."""
        return self.item(Level.POINT, index + 1, text)

    def _heading(self, text: str, level: Level) -> Paragraph:
        paragraph = self.body(text, bold=True)
        paragraph.paragraph_format.keep_with_next = True
        page.outline_level(paragraph, level - self.top)
        return paragraph

    def centred(self, text: str, *, bold: bool = False, italic: bool = False, size: Length = page.BODY) -> Paragraph:
        paragraph = page.tight(self.document.add_paragraph())
        page.write(paragraph, text, size=size, bold=bold, italic=italic)
        return paragraph

    # --- the head -----------------------------------------------------------------------------------------------------

    def head(self, *, dated: bool = True, numbered: bool = True) -> None:
        """Agency and Quốc hiệu side by side, under them the number and place and day, if it has them."""
        table = page.two_columns(self.document, HEADER_LEFT, HEADER_RIGHT, rows=2)
        left, right = table.rows[0].cells
        lines = _Lines(left)
        if self.office.superior:
            lines.add(self.office.superior.upper(), size=page.SMALL)
        agency = (self.agency or wording.UNKNOWN_AGENCY).upper()
        lines.add(agency, size=page.SMALL, bold=True)
        page.rule(lines.empty(), _part_of(agency, page.SMALL, HEADER_LEFT), self._drawings)
        lines = _Lines(right)
        lines.add(wording.COUNTRY, size=page.SMALL, bold=True)
        lines.add(wording.MOTTO, bold=True)
        page.rule(lines.empty(), page.width(wording.MOTTO, page.BODY), self._drawings)
        left, right = table.rows[1].cells
        if numbered:
            number = self.number or wording.NUMBER_ROOM
            given = wording.NUMBER.format(number=number, code=self.kind.code, symbol=self.office.symbol or wording.OPEN)
            _Lines(left).add(given, size=page.SMALL)
        if dated:
            _Lines(right).add(wording.place_and_date(self.office.place, self.office.day), italic=True)

    def title(self, subject: str) -> None:
        """Tên loại, trích yếu and the line under it."""
        self.centred(self.kind.name, bold=True).paragraph_format.space_before = Pt(18)
        line = self.centred(subject, bold=True)
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = TITLE_INDENT
        room = Length(page.TEXT_WIDTH - 2 * TITLE_INDENT)
        page.rule(self.document.add_paragraph(), _part_of(subject, page.BODY, room), self._drawings)

    def addressees(self, to: Sequence[str]) -> None:
        """Kính gửi: one on the same line; several each on its own, their hyphens under the colon."""
        if len(to) < 2:
            line = self.centred(wording.TO + (to[0] if to else wording.UNKNOWN_ADDRESSEE))
            line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(12)
            return
        first = self.centred(wording.TO_MANY)
        lines = [self.centred(f"- {each}{'.' if each is to[-1] else ';'}") for each in to]
        for line in (first, *lines):
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT
            line.paragraph_format.left_indent = Length(TO_INDENT + (0 if line is first else TO_COLON))
        first.paragraph_format.space_before = lines[-1].paragraph_format.space_after = Pt(12)

    def grounds(self) -> None:
        """Căn cứ, italic, each on its own line, the last ending in a full stop."""
        for number, ground in enumerate(self.office.grounds, start=1):
            end = "." if number == len(self.office.grounds) else ";"
            self.body(ground.strip().rstrip(".;,") + end, italic=True)

    # --- the foot -----------------------------------------------------------------------------------------------------

    def end(self, paragraph: Paragraph) -> None:
        """Close the text: the end mark takes the last full stop's place; the signature stays with this paragraph."""
        final = paragraph.runs[-1]
        final.text = final.text.rstrip(" .;,")
        page.write(paragraph, wording.END_MARK)
        paragraph.paragraph_format.keep_with_next = True

    def signature(self) -> None:
        """Nơi nhận on the left, on the right who signs by which authority, with room for signature and seal."""
        left, right = self._foot()
        self._recipients(left, wording.AS_ABOVE, wording.FILED)
        lines = _Lines(right)
        for role in self.office.signed_as or (wording.SIGNER_ROLE,):
            lines.add(role.upper(), bold=True)
        above = Length(0)
        if self.office.seat:
            lines.add(self.office.seat.upper(), bold=True).paragraph_format.space_before = SEAL_ROOM
        else:
            above = SEAL_ROOM
        lines.add(self.office.name or wording.SIGNER_NAME, bold=True).paragraph_format.space_before = above

    def minutes_signatures(self, secretary: str = "", chair: str = "") -> None:
        """Thư ký on the left, chủ tọa on the right, then Nơi nhận."""
        self.signatures((wording.SECRETARY, secretary), (wording.CHAIR, chair))
        self._recipients(self._foot()[0], wording.FILED)

    def signatures(self, *signing: tuple[str, str]) -> None:
        """One or two who sign side by side, a role and a name each; the name stays open without one."""
        first = 2 - len(signing)
        heights = [
            -(-page.width(role, page.BODY) // room)
            for (role, _), room in zip(signing, (SIGN_LEFT, SIGN_RIGHT)[first:], strict=True)
        ]
        for cell, (role, name), height in zip(self._foot()[first:], signing, heights, strict=True):
            lines = _Lines(cell)
            lines.add(role, bold=True)
            room = Length(SEAL_ROOM + (max(heights) - height) * LINE)  # the names stand level
            lines.add(name or wording.SIGNER_NAME, bold=True).paragraph_format.space_before = room

    def _foot(self) -> tuple[_Cell, _Cell]:
        page.tight(self.document.add_paragraph()).paragraph_format.keep_with_next = True
        left, right = page.two_columns(self.document, SIGN_LEFT, SIGN_RIGHT).rows[0].cells
        return left, right

    def _recipients(self, cell: _Cell, *given: str) -> None:
        lines = _Lines(cell, WD_ALIGN_PARAGRAPH.LEFT)
        lines.add(wording.RECIPIENTS, size=page.NOTE, bold=True, italic=True)
        for line in given:
            lines.add(line, size=page.LIST)

    # --- what follows the document ------------------------------------------------------------------------------------

    def another(self) -> None:
        """Begin another document of the same kind in the same file, with page numbers of its own."""
        page.set_page(self.document.add_section(WD_SECTION.NEW_PAGE), restart=True)

    def appendix(self, title: str, *, number: int | None = None, landscape: bool = False, opens: bool = False) -> None:
        """Begin a Phụ lục on a page of its own, with page numbers of its own; `number` only if there are several.

        `opens`: the file has nothing before it.
        """
        begun = self.document.sections[-1] if opens else self.document.add_section(WD_SECTION.NEW_PAGE)
        page.set_page(begun, landscape=landscape, restart=True)
        self.centred(appendix_name(number), bold=True)
        self.centred(title.upper(), bold=True)
        symbol = self.office.symbol or wording.OPEN
        agency = self.agency or wording.UNKNOWN_AGENCY
        of = wording.APPENDIX_OF.format(
            kind=self.kind.name.capitalize(),
            number=self.number or wording.OPEN,
            code=self.kind.code,
            symbol=symbol,
            agency=agency,
        )
        self.centred(of, italic=True).paragraph_format.space_after = Pt(12)

    def checking_page(self, lines: Sequence[str]) -> None:
        """A page of its own after everything, for whoever prepares the signing; none without lines."""
        if not lines:
            return
        page.set_page(self.document.add_section(WD_SECTION.NEW_PAGE), restart=True)
        note = wording.MISSING_NOTE.format(kind=self.kind.name.lower())
        self.centred(wording.MISSING_TITLE.upper(), bold=True)
        self.centred(note, italic=True, size=page.SMALL).paragraph_format.space_after = Pt(12)
        for line in lines:
            self.body(line)

    def open_points(self, to: Sequence[str]) -> list[str]:
        """What the head and the foot leave open, as lines of the checking page; none if it is the number alone."""
        office = self.office
        given = (
            (self.agency, wording.OPEN_AGENCY),
            (office.symbol, wording.OPEN_SYMBOL),
            (office.place, wording.OPEN_PLACE),
            (office.day, wording.OPEN_DAY),
            (to, wording.OPEN_TO),
            (office.signed_as, wording.OPEN_ROLE),
            (office.signer, wording.OPEN_SIGNER),
            (not any(wording.OPEN in line for line in office.signed_as), wording.OPEN_WHOM),
        )
        points = [what for value, what in given if not value]
        number = () if self.number else (wording.OPEN_NUMBER,)
        return open_lines((*number, *points)) if points else []

    def content(self) -> bytes:
        """The document as the bytes of a .docx."""
        buffer = BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()


def open_lines(points: Sequence[str]) -> list[str]:
    """What stays open, as lines of the checking page; none without points."""
    return [wording.OPEN_LEAD, *(f"- {point};" for point in points)] if points else []


def appendix_name(number: int | None) -> str:
    """Phụ lục, or Phụ lục II where there are several."""
    return wording.APPENDIX if number is None else f"{wording.APPENDIX} {roman(number)}"


def _part_of(text: str, size: Length, room: Length) -> Length:
    """Two fifths of a centred line: the decree asks for a third to a half of the text above."""
    return Length(min(page.width(text, size), room) * 2 // 5)


class _Lines:
    """The paragraphs of a table cell, the first of which is already there."""

    def __init__(self, cell: _Cell, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER) -> None:
        self._cell, self._align, self._fresh = cell, align, True

    def empty(self) -> Paragraph:
        paragraph = self._cell.paragraphs[0] if self._fresh else self._cell.add_paragraph()
        self._fresh = False
        return page.tight(paragraph, self._align)

    def add(self, text: str, *, size: Length = page.BODY, bold: bool = False, italic: bool = False) -> Paragraph:
        paragraph = self.empty()
        page.write(paragraph, text, size=size, bold=bold, italic=italic)
        return paragraph
