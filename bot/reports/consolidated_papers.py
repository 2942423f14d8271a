"""The consolidated report as a báo cáo (.docx) and as tables (.xlsx)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, repeat

from docx.text.paragraph import Paragraph

from bot.campaigns import Field, Section
from bot.reports import page, wording
from bot.reports.consolidated import Consolidated, Figure, UnitReport, written
from bot.reports.consolidated_tables import sheets, value
from bot.reports.docx import guidance, subject
from bot.reports.filled import answers, attached, cells, heading, lacks, with_unit, write_cells
from bot.reports.grids import grid, with_positions
from bot.reports.office import Office
from bot.reports.outline import Head, Level, heads
from bot.reports.paper import REPORT, Paper, appendix_name
from bot.reports.sheets import Sheet, numbered, workbook
from bot.reports.tallies import Tally, tallies
from bot.submissions import SectionState

COLUMNS = 7  # figures beside each other on a landscape page


@dataclass(frozen=True, slots=True)
class Ends:
    """The appendices that the text refers to: the figures by unit, each table with its number."""

    figures: str
    tables: Mapping[tuple[str, str], tuple[int | None, Tally]]

    def of(self, section: Section) -> Iterator[tuple[str, Tally]]:
        """The tables of a section, each with its appendix."""
        return ((appendix_name(n), tally) for (path, _), (n, tally) in self.tables.items() if path == section.path)


def to_docx(of: Consolidated, *, office: Office | None = None) -> bytes:
    """The report of the standing office on all units, with its appendices, as the bytes of a .docx."""
    paper = Paper(REPORT, of.campaign.issuer, office or Office(), top=Level.PART)
    title = wording.ALL_SUBJECT.format(subject=subject(of.campaign))
    figures, tables = of.figures(), tallies(of)
    numbers = count(1) if figures or tables else repeat(None)
    state, by_unit = next(numbers), next(numbers) if figures else None
    ends = Ends(appendix_name(by_unit), {(t.section.path, t.field.key): (next(numbers), t) for t in tables})
    paper.describe(f"{wording.REPORT} {title}", author=of.campaign.issuer)
    paper.head()
    paper.title(title)
    paper.addressees(paper.office.to)
    paper.grounds()
    paper.body(_opening(of))
    paper.part(1, wording.ALL_PART_STATE)
    _state(paper, of, appendix_name(state))
    paper.part(2, wording.ALL_PART_CONTENT)
    last: Paragraph | None = None
    for head in heads(of.sections, top=Level.SECTION):
        paper.heading(head.level, head.number, head.title)
        if head.section:
            last = _section(paper, of, head, head.section, ends)
    paper.end(last or paper.body(wording.ALL_EMPTY))
    paper.signature()
    paper.appendix(wording.TABLE_STATE, number=state)
    grid(paper.document, wording.STATE_HEADER, _state_rows(of), (6, 17, 12, 14, 13, 18))
    if figures:
        paper.appendix(wording.TABLE_FIGURES, number=by_unit, landscape=True)
        for start in range(0, len(figures), COLUMNS):
            _figures_table(paper, of, figures[start : start + COLUMNS])
    for number_of, tally in ends.tables.values():
        paper.appendix(tally.field.label, number=number_of, landscape=True)
        _tally(paper, tally)
    paper.checking_page([*_unread(of, figures), *paper.open_points(paper.office.to)])
    return paper.content()


def to_xlsx(of: Consolidated) -> bytes:
    """The same as tables: who handed in, the numbers with their sums, every answer."""
    figures = of.figures()
    title = subject(of.campaign)
    header = ("STT", "Đơn vị", *(f"{f.section.title}: {f.field.label}" for f in figures))
    numbers = [
        (index, each.unit.name, *(value(f.typed.get(each.unit.code, "")) for f in figures))
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
            *sheets(tallies(of)),
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
        open_sections = [s.title for s in each.form if submission is None or lacks(s, submission, each.unit.kind)]
        reference = (submission and submission.reference) or ""
        rows.append((str(index), each.unit.name, _state_of(each), reference, touched, "; ".join(open_sections)))
    return rows


def _section(paper: Paper, of: Consolidated, head: Head, section: Section, ends: Ends) -> Paragraph:
    """One section: its numbers and tables added up, then unit after unit; the paragraph that ends it."""
    level, numbers = head.level.under, head.inside
    last: Paragraph | None = None
    figures, tables = of.figures(section), tuple(ends.of(section))
    if figures or tables:
        paper.heading(level, next(numbers), wording.ALL_FIGURES)
        for figure in figures:
            paper.item(max(level.under, Level.DASH), 1, _total(of, figure))
        for appendix, tally in tables:
            last = paper.item(max(level.under, Level.DASH), 1, _told(tally, appendix))
        if figures:
            last = paper.body(wording.ALL_FIGURES_BY_UNIT.format(appendix=ends.figures))
    without: list[str] = []
    for each, own, filled in of.answers_to(section):
        if filled.state is SectionState.NONE:
            without.append(each.unit.name)
        elif any(field.kind != "table" for _, field, _ in _given(each, own)) or filled.files:
            paper.heading(level, next(numbers), each.unit.name)
            last = _answers(paper, level.under, each, own) or last
    if without:
        last = paper.body(wording.ALL_NONE.format(units="; ".join(without)))
    return last or paper.body(wording.ALL_EMPTY, italic=True)


def _total(of: Consolidated, figure: Figure) -> str:
    label, total = figure.field.label, figure.total
    if total is None:
        return wording.ALL_NO_TOTAL.format(label=label)
    units = len(figure.typed)
    return wording.ALL_TOTAL.format(label=label, total=written(total), units=units, all=len(of.handed_in))


def _given(each: UnitReport, section: Section) -> list[tuple[int, Field, str]]:
    """What a unit that handed in answered to its own version of a section."""
    return list(answers(section, each.submission, each.unit.kind)) if each.submission else []


def _answers(paper: Paper, level: Level, each: UnitReport, section: Section) -> Paragraph | None:
    """At this level a unit's words and numbers; its tables stand in the appendices, with those of the others."""
    last: Paragraph | None = None
    alone = len(section.fields) == 1
    for index, field, text in _given(each, section):
        match field.kind:
            case "table":
                continue
            case "text" if alone:
                last = paper.typed(text)
            case "text":
                paper.heading(level, index + 1, field.label)
                last = paper.typed(text)
            case "block":
                last = paper.heading(level, index + 1, field.label)
                for name, *row in cells(field, text):
                    rows = max(level.under, Level.DASH)
                    last = paper.item(rows, 1, f"{' '.join(page.paragraphs(name))}:")
                    last = write_cells(paper, rows, field.columns[1:], row) or last
            case _:
                last = paper.item(
                    level, index + 1, f"{field.label}: {with_unit(' '.join(page.paragraphs(text)), field)}"
                )
    submission = each.submission
    if submission and (names := attached(submission.filled(section.path))):
        last = paper.body(wording.ATTACHED.format(files=names), italic=True)
    return last


def _told(tally: Tally, appendix: str) -> str:
    units = len({line.unit.code for line in tally.lines})
    told = wording.ALL_TABLE_SUMMED if tally.amounts else wording.ALL_TABLE
    return told.format(label=tally.field.label, units=units, appendix=appendix)


def _tally(paper: Paper, tally: Tally) -> None:
    """The rows added up; as they stand, each with its unit, where there is nothing to add."""
    labels = [heading(column) for column in tally.columns]
    if not tally.amounts:
        rows = [(line.unit.name, *line.cells) for line in tally.lines]
        grid(paper.document, *with_positions((wording.UNIT, *labels), rows))
        return
    header, rows_of = with_positions(labels, tally.summed())
    if tally.has_total:
        rows_of[-1][0] = ""
    grid(paper.document, header, rows_of, bold_last=tally.has_total)


def _figures_table(paper: Paper, of: Consolidated, figures: Sequence[Figure]) -> None:
    header = ("STT", "Đơn vị", *(figure.field.label for figure in figures))
    rows = [
        (str(index), each.unit.name, *(figure.typed.get(each.unit.code, "") for figure in figures))
        for index, each in enumerate(of.handed_in, start=1)
    ]
    sums = ("", wording.SUM, *(wording.NO_SUM if f.total is None else written(f.total) for f in figures))
    grid(paper.document, header, [*rows, sums], (3, 11, *(6 for _ in figures)), bold_last=True)
    page.tight(paper.document.add_paragraph())


def _unread(of: Consolidated, figures: Sequence[Figure]) -> list[str]:
    names = {each.unit.code: each.unit.name for each in of.units}
    lines = [
        wording.ALL_UNREAD.format(unit=names[code], label=figure.field.label, value=figure.typed[code])
        for figure in figures
        for code in figure.unread
    ]
    return [wording.ALL_UNREAD_LEAD, *lines] if lines else []


def _content_rows(of: Consolidated) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for section in of.sections:
        for each, own, filled in of.answers_to(section):
            if filled.state is SectionState.NONE:
                rows.append((own.title, each.unit.name, "", wording.NO_CONTENT, ""))
                continue
            files = attached(filled)
            given = [(field.label, _shown(field, text)) for _, field, text in _given(each, own)]
            given = given or [("", "")] * bool(files)
            rows += [(own.title, each.unit.name, label, text, files) for label, text in given]
    return tuple(rows)


def _shown(field: Field, text: str) -> str:
    """An answer as the text of one cell: rows are lines."""
    if not field.columns:
        return text
    return "\n".join("; ".join(filter(None, row)) for row in cells(field, text)) or wording.NO_CONTENT
