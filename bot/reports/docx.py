"""One Submission → a báo cáo in .docx, in the layout of Nghị định 30/2020/NĐ-CP.

Rules of this file
1. Nothing is guessed. Number, place, date and signer stay open for the clerk; a section without content says so.
2. Every section of the form the unit must fill in appears, in the guidance's order, with every word the unit typed and
   the names of the files it attached.
3. What is missing is listed once more on a last page of its own ("Nội dung chưa có"), which is not part of the report.
4. What XML cannot hold is left out; nothing an officer types can break the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from io import BytesIO
from itertools import count

from docx.document import Document as DocxDocument
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from bot.campaigns import Campaign, Field, Section
from bot.officers import Unit
from bot.reports import page, wording
from bot.submissions import Filled, SectionState, Submission

HEADER_LEFT, HEADER_RIGHT = Mm(65), Mm(100)
SIGN_LEFT, SIGN_RIGHT = Mm(68), Mm(97)
MOTTO_RULE = Mm(60.4)  # as long as the motto in 14 pt bold
SEAL_ROOM = Mm(28)
INDENT = Mm(12.7)
TITLE_INDENT = Mm(15)
TITLE_ROOM = Mm(135)
CAPITAL, LETTER = Mm(2.75), Mm(2.2)  # mean widths: capitals at 13 pt bold, small letters at 14 pt bold
POINTS = "abcdđeghiklmnopqrstuvxy"


@dataclass(slots=True)
class _Report:
    """The document being written and the running number of its drawn lines."""

    document: DocxDocument
    drawings: count[int] = field(default_factory=lambda: count(1))

    def body(self, text: str, *, bold: bool = False, italic: bool = False) -> Paragraph:
        """A paragraph of running text: justified, first line indented, 6 pt after, spacing 1.15."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        form = paragraph.paragraph_format
        form.first_line_indent, form.space_after, form.line_spacing = INDENT, Pt(6), 1.15
        page.write(paragraph, text, bold=bold, italic=italic)
        return paragraph

    def heading(self, text: str, level: int) -> None:
        paragraph = self.body(text, bold=level == 0, italic=level > 0)
        paragraph.paragraph_format.keep_with_next = True
        page.outline_level(paragraph, level)

    def centred(self, text: str, *, bold: bool = False, italic: bool = False, size: Length = page.BODY) -> Paragraph:
        paragraph = page.tight(self.document.add_paragraph())
        page.write(paragraph, text, size=size, bold=bold, italic=italic)
        return paragraph


def render(submission: Submission, campaign: Campaign, unit: Unit, *, superior: str = "") -> bytes:
    """The report as the bytes of a .docx. `superior` is the agency above the unit, printed only if it is given."""
    report = _Report(page.new_document())
    _properties(report.document, submission, campaign, unit)
    _header(report, unit, superior)
    _title(report, campaign)
    last = _opening(report, campaign, unit)
    form = campaign.form_for(unit.kind)
    for number, section in enumerate(form, start=1):
        last = _section(report, number, section, submission.sections.get(section.path, Filled()))
    _end(last)
    _signature(report)
    missing = [(n, s.title, why) for n, s in enumerate(form, start=1) if (why := _lacks(s, submission))]
    if missing:
        _missing_page(report, submission, missing)
    buffer = BytesIO()
    report.document.save(buffer)
    return buffer.getvalue()


def _properties(document: DocxDocument, submission: Submission, campaign: Campaign, unit: Unit) -> None:
    facts = document.core_properties
    facts.title = page.printable(f"{wording.KIND} {_subject(campaign)}")[:255]
    facts.author = page.printable(unit.name)[:255]
    facts.identifier = submission.reference or ""
    facts.comments = ""
    facts.language = "vi-VN"
    if submission.history:
        facts.created = facts.modified = submission.history[-1].at.astimezone(UTC)


def _subject(campaign: Campaign) -> str:
    """The campaign's title, with the report year if the title does not name it."""
    title = " ".join(campaign.title.split())
    return title if str(campaign.report_year) in title else f"{title} {wording.YEAR.format(year=campaign.report_year)}"


def _header(report: _Report, unit: Unit, superior: str) -> None:
    table = page.two_columns(report.document, HEADER_LEFT, HEADER_RIGHT, rows=2)
    left, right = table.rows[0].cells
    lines = _Lines(left)
    if superior:
        lines.add(superior.upper(), size=page.SMALL)
    lines.add(unit.name.upper(), size=page.SMALL, bold=True)
    page.rule(lines.empty(), _part_of(unit.name, CAPITAL, HEADER_LEFT), report.drawings)
    lines = _Lines(right)
    lines.add(wording.COUNTRY, size=page.SMALL, bold=True)
    lines.add(wording.MOTTO, bold=True)
    page.rule(lines.empty(), MOTTO_RULE, report.drawings)
    left, right = table.rows[1].cells
    _Lines(left).add(wording.NUMBER, size=page.SMALL)
    _Lines(right).add(wording.PLACE_AND_DATE, italic=True)


def _part_of(text: str, letter: Length, room: Length) -> Length:
    """Two fifths of a centred line: the decree asks for a third to a half of the text above."""
    return Length(min(len(text) * letter, room) * 2 // 5)


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


def _title(report: _Report, campaign: Campaign) -> None:
    report.centred(wording.KIND, bold=True).paragraph_format.space_before = Pt(18)
    subject = report.centred(_subject(campaign), bold=True)
    subject.paragraph_format.left_indent = subject.paragraph_format.right_indent = TITLE_INDENT
    page.rule(report.document.add_paragraph(), _part_of(_subject(campaign), LETTER, TITLE_ROOM), report.drawings)
    addressee = report.centred(wording.TO)
    page.write(addressee, campaign.issuer or wording.UNKNOWN_ADDRESSEE)
    addressee.paragraph_format.space_before = addressee.paragraph_format.space_after = Pt(12)


def _opening(report: _Report, campaign: Campaign, unit: Unit) -> Paragraph:
    if not campaign.guidance:
        return report.body(wording.OPENING_WITHOUT_GUIDANCE.format(unit=unit.name))
    pattern = wording.GUIDANCE_OF if campaign.issuer else wording.GUIDANCE
    guidance = pattern.format(number=campaign.guidance, issuer=campaign.issuer)
    return report.body(wording.OPENING.format(guidance=guidance, unit=unit.name))


def _section(report: _Report, number: int, section: Section, filled: Filled) -> Paragraph:
    """Write a section; the paragraph that ends it."""
    report.heading(f"{number}. {section.title}", 0)
    if filled.state is SectionState.NONE:
        return report.body(wording.NO_CONTENT)
    last: Paragraph | None = None
    for position, question, value in _answers(section, filled):
        if len(section.fields) == 1:
            last = _paragraphs(report, value)
        elif question.kind == "text":
            report.heading(f"{position} {question.label}", 1)
            last = _paragraphs(report, value)
        else:
            last = report.body(f"{position} {question.label}: {' '.join(page.paragraphs(value))}")
    last = last or report.body(wording.NOT_FILLED, italic=True)
    names = "; ".join(" ".join(page.paragraphs(file.name)) for file in filled.files)
    return report.body(wording.ATTACHED.format(files=names), italic=True) if names else last


def _answers(section: Section, filled: Filled) -> Iterator[tuple[str, Field, str]]:
    """The answered fields in the form's order, each with its letter, which does not move when another is missing."""
    for index, question in enumerate(section.fields):
        value = filled.values.get(question.key, "")
        if page.paragraphs(value):
            marker = f"{POINTS[index]})" if index < len(POINTS) else "-"
            yield marker, question, value


def _paragraphs(report: _Report, text: str) -> Paragraph:
    *_, last = [report.body(line) for line in page.paragraphs(text)]
    return last


def _end(paragraph: Paragraph) -> None:
    """Close the report: the end mark takes the last full stop's place, and the signature stays with this paragraph."""
    final = paragraph.runs[-1]
    final.text = final.text.rstrip(" .;,")
    page.write(paragraph, wording.END_MARK)
    paragraph.paragraph_format.keep_with_next = True


def _signature(report: _Report) -> None:
    gap = report.document.add_paragraph()
    page.tight(gap).paragraph_format.keep_with_next = True
    table = page.two_columns(report.document, SIGN_LEFT, SIGN_RIGHT)
    left, right = table.rows[0].cells
    lines = _Lines(left, WD_ALIGN_PARAGRAPH.LEFT)
    lines.add(wording.RECIPIENTS, size=page.NOTE, bold=True, italic=True)
    for line in wording.RECIPIENT_LINES:
        lines.add(line, size=page.LIST)
    lines = _Lines(right)
    lines.add(wording.SIGNER_ROLE, bold=True)
    lines.add(wording.SIGNER_NAME, bold=True).paragraph_format.space_before = SEAL_ROOM


def _lacks(section: Section, submission: Submission) -> str:
    """What a section still lacks, in words; "" if it is complete."""
    filled = submission.sections.get(section.path, Filled())
    if filled.returned:
        return wording.MISSING_RETURNED.format(reason=" ".join(page.paragraphs(filled.returned)))
    if filled.state is SectionState.NONE:
        return ""
    answered = {question.key for _, question, _ in _answers(section, filled)}
    if not answered:
        return wording.MISSING_EMPTY
    open_fields = [q.label for q in section.fields if q.required and q.key not in answered]
    if open_fields:
        return wording.MISSING_FIELDS.format(fields="; ".join(open_fields))
    return "" if filled.state is SectionState.DONE else wording.MISSING_DRAFT


def _missing_page(report: _Report, submission: Submission, missing: list[tuple[int, str, str]]) -> None:
    """A section of its own at the end, without a page number: a note to whoever prepares the signing."""
    added = report.document.add_section(WD_SECTION.NEW_PAGE)
    page.set_page(added)
    report.centred(wording.MISSING_TITLE.upper(), bold=True)
    report.centred(wording.MISSING_NOTE, italic=True, size=page.SMALL).paragraph_format.space_after = Pt(12)
    if submission.reference:
        report.body(wording.REFERENCE.format(reference=submission.reference))
    report.body(wording.MISSING_LEAD)
    for number, title, why in missing:
        report.body(f"- Phần {number}. {title}: {why}.")
