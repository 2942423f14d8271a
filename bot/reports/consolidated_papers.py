"""The consolidated report as a báo cáo (.docx) and as tables (.xlsx)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from docx.text.paragraph import Paragraph

from bot.campaigns import Section
from bot.reports import page, wording
from bot.reports.consolidated import Consolidated, Figure, UnitReport, number, written
from bot.reports.docx import answers, attached, guidance, lacks, subject
from bot.reports.office import Office
from bot.reports.paper import REPORT, Paper, appendix_name
from bot.reports.sheets import Sheet, numbered, workbook
from bot.submissions import Filled, SectionState

COLUMNS = 7  # figures beside each other on a landscape page


def to_docx(of: Consolidated, *, office: Office | None = None) -> bytes:
    """The report of the standing office on all units, with its appendices, as the bytes of a .docx."""
    paper = Paper(REPORT, of.campaign.issuer, office or Office())
    title = wording.ALL_SUBJECT.format(subject=subject(of.campaign))
    figures = of.figures()
    numbers = (1, 2) if figures else (None, None)
    paper.describe(f"{wording.REPORT} {title}", author=of.campaign.issuer)
    paper.head()
    paper.title(title)
    paper.addressees(paper.office.to)
    paper.grounds()
    paper.body(_opening(of))
    paper.part(1, wording.ALL_PART_STATE)
    _state(paper, of, appendix_name(numbers[0]))
    paper.part(2, wording.ALL_PART_CONTENT)
    last: Paragraph | None = None
    for position, section in enumerate(of.sections, start=1):
        paper.section(position, section.title, level=1)
        last = _section(paper, of, section, appendix_name(numbers[1]))
    paper.end(last or paper.body(wording.ALL_EMPTY))
    paper.signature()
    paper.appendix(wording.TABLE_STATE, number=numbers[0])
    page.grid(paper.document, wording.STATE_HEADER, _state_rows(of), (6, 17, 12, 14, 13, 18))
    if figures:
        paper.appendix(wording.TABLE_FIGURES, number=numbers[1], landscape=True)
        for start in range(0, len(figures), COLUMNS):
            _figures_table(paper, of, figures[start : start + COLUMNS])
    paper.checking_page([*_unread(of, figures), *paper.open_points(paper.office.to)])
    return paper.content()


def to_xlsx(of: Consolidated) -> bytes:
    """The same as tables: who handed in, the numbers with their sums, every answer."""
    figures = of.figures()
    title = subject(of.campaign)
    header = ("STT", "Đơn vị", *(f"{f.section.title}: {f.field.label}" for f in figures))
    numbers = [
        (index, each.unit.name, *(_value(f.typed.get(each.unit.code, "")) for f in figures))
        for index, each in enumerate(of.handed_in, start=1)
    ]
    sums = ("", wording.SUM, *(wording.NO_SUM if f.total is None else f.total for f in figures))
    state = numbered(_state_rows(of))
    return workbook(
        (
            Sheet(
                "Tình hình nộp",
                f"{wording.TABLE_STATE} - {title}",
                wording.STATE_HEADER,
                state,
                (6, 36, 24, 16, 18, 50),
            ),
            Sheet(
                "Số liệu",
                f"{wording.TABLE_FIGURES} - {title}",
                header,
                (*numbers, sums),
                (6, 36, *(18 for _ in figures)),
                bold_last=True,
            ),
            Sheet(
                "Nội dung",
                f"{wording.TABLE_CONTENT} - {title}",
                wording.CONTENT_HEADER,
                _content_rows(of),
                (30, 30, 30, 80, 30),
            ),
        )
    )


def _opening(of: Consolidated) -> str:
    agency = of.campaign.issuer or wording.UNKNOWN_AGENCY
    if named := guidance(of.campaign):
        return wording.ALL_OPENING.format(guidance=named, agency=agency)
    return wording.ALL_OPENING_WITHOUT_GUIDANCE.format(agency=agency)


def _state(paper: Paper, of: Consolidated, appendix: str) -> None:
    at = wording.written_moment(of.at)
    paper.body(wording.ALL_COUNT.format(at=at, handed_in=len(of.handed_in), all=len(of.units), appendix=appendix))
    if not of.missing:
        return
    paper.body(wording.ALL_MISSING)
    last = None
    for each in of.missing:
        last = paper.body(wording.ALL_MISSING_LINE.format(unit=each.unit.name, state=_state_of(each)))
    if last is not None:
        last.runs[-1].text = last.runs[-1].text.rstrip(";") + "."


def _state_of(each: UnitReport) -> str:
    return wording.STATES[each.submission.state if each.submission else None]


def _state_rows(of: Consolidated) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for index, each in enumerate(of.units, start=1):
        submission = each.submission
        touched = (
            f"{submission.history[-1].at.astimezone(of.at.tzinfo):%H:%M %d/%m/%Y}"
            if submission and submission.history
            else ""
        )
        open_sections = [s.title for s in each.form if submission is None or lacks(s, submission)]
        reference = (submission and submission.reference) or ""
        rows.append((str(index), each.unit.name, _state_of(each), reference, touched, "; ".join(open_sections)))
    return rows


def _section(paper: Paper, of: Consolidated, section: Section, appendix: str) -> Paragraph:
    """One section: its numbers added up, then unit after unit; the paragraph that ends it."""
    numbers = count(1)
    last: Paragraph | None = None
    if figures := of.figures(section):
        paper.clause(next(numbers), wording.ALL_FIGURES, level=2)
        for figure in figures:
            paper.body(f"- {_total(of, figure)}")
        last = paper.body(wording.ALL_FIGURES_BY_UNIT.format(appendix=appendix))
    without: list[str] = []
    for each, own, filled in of.answers_to(section):
        if filled.state is SectionState.NONE:
            without.append(each.unit.name)
        elif any(True for _ in answers(own, filled)) or filled.files:
            paper.clause(next(numbers), each.unit.name, level=2)
            last = _answers(paper, own, filled) or last
    if without:
        last = paper.body(wording.ALL_NONE.format(units="; ".join(without)))
    return last or paper.body(wording.ALL_EMPTY, italic=True)


def _total(of: Consolidated, figure: Figure) -> str:
    label, total = figure.field.label, figure.total
    if total is None:
        return wording.ALL_NO_TOTAL.format(label=label)
    units = len(figure.typed)
    return wording.ALL_TOTAL.format(label=label, total=written(total), units=units, all=len(of.handed_in))


def _answers(paper: Paper, section: Section, filled: Filled) -> Paragraph | None:
    last: Paragraph | None = None
    for index, question, value in answers(section, filled):
        if len(section.fields) == 1 and question.kind == "text":
            last = paper.typed(value)
        elif question.kind == "text":
            paper.point(index, question.label).paragraph_format.keep_with_next = True
            last = paper.typed(value)
        else:
            last = paper.point(index, f"{question.label}: {' '.join(page.paragraphs(value))}")
    if names := attached(filled):
        last = paper.body(wording.ATTACHED.format(files=names), italic=True)
    return last


def _figures_table(paper: Paper, of: Consolidated, figures: Sequence[Figure]) -> None:
    header = ("STT", "Đơn vị", *(figure.field.label for figure in figures))
    rows = [
        (str(index), each.unit.name, *(figure.typed.get(each.unit.code, "") for figure in figures))
        for index, each in enumerate(of.handed_in, start=1)
    ]
    sums = ("", wording.SUM, *(wording.NO_SUM if f.total is None else written(f.total) for f in figures))
    table = page.grid(paper.document, header, [*rows, sums], (3, 11, *(6 for _ in figures)))
    for cell in table.rows[-1].cells:
        for run in cell.paragraphs[0].runs:
            run.font.bold = True
    page.tight(paper.document.add_paragraph())


def _unread(of: Consolidated, figures: Sequence[Figure]) -> list[str]:
    names = {each.unit.code: each.unit.name for each in of.units}
    lines = [
        wording.ALL_UNREAD.format(unit=names[code], label=figure.field.label, value=figure.typed[code])
        for figure in figures
        for code in figure.unread
    ]
    return [wording.ALL_UNREAD_LEAD, *lines] if lines else []


def _value(typed: str) -> str | Decimal:
    found = number(typed)
    return typed if found is None else found


def _content_rows(of: Consolidated) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for section in of.sections:
        for each, own, filled in of.answers_to(section):
            if filled.state is SectionState.NONE:
                rows.append((own.title, each.unit.name, "", wording.NO_CONTENT, ""))
                continue
            files = attached(filled)
            given = [(question.label, value) for _, question, value in answers(own, filled)] or [("", "")] * bool(files)
            rows += [(own.title, each.unit.name, label, value, files) for label, value in given]
    return tuple(rows)
