"""One Submission → a báo cáo in .docx, in the layout of Nghị định 30/2020/NĐ-CP.

Rules of this file
1. Nothing is guessed. What the office does not give (number, place, date, signer) stays open for the clerk; a section
   without content says so.
2. Every section of the form the unit must fill in appears, in the guidance's order, with every word the unit typed and
   the names of the files it attached.
3. What is missing or open is listed once more on a last page of its own ("Nội dung chưa có"), which is not part of the
   report.
4. What XML cannot hold is left out; nothing an officer types can break the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from docx.text.paragraph import Paragraph

from bot.campaigns import Campaign, Field, Section
from bot.officers import Unit
from bot.reports import page, wording
from bot.reports.office import Office
from bot.reports.paper import REPORT, Paper, roman
from bot.submissions import Filled, SectionState, Submission


def render(submission: Submission, campaign: Campaign, unit: Unit, *, office: Office | None = None) -> bytes:
    """The report as the bytes of a .docx; `office` is what the unit's office gives of its formal facts."""
    report = Paper(REPORT, unit.name, office or Office())
    to = report.office.to or (campaign.issuer,) * bool(campaign.issuer)
    _properties(report, submission, campaign, unit)
    report.head()
    report.title(subject(campaign))
    report.addressees(to)
    report.grounds()
    last = report.body(_opening(campaign, unit))
    form = campaign.form_for(unit.kind)
    for number, section in enumerate(form, start=1):
        report.section(number, section.title)
        last = _section(report, section, submission.filled(section.path))
    report.end(last)
    report.signature()
    _checking_page(report, submission, form, to)
    return report.content()


def subject(campaign: Campaign) -> str:
    """The campaign's title, with the report year if the title does not name it."""
    title = " ".join(campaign.title.split())
    return title if str(campaign.report_year) in title else f"{title} {wording.YEAR.format(year=campaign.report_year)}"


def guidance(campaign: Campaign) -> str:
    """The guidance that a report follows, by number and issuer; "" if it is not known."""
    if not campaign.guidance:
        return ""
    pattern = wording.GUIDANCE_OF if campaign.issuer else wording.GUIDANCE
    return pattern.format(number=campaign.guidance, issuer=campaign.issuer)


def answers(section: Section, filled: Filled) -> Iterator[tuple[int, Field, str]]:
    """The answered fields in the form's order, each with its place (from 0), which stays when another is missing."""
    for index, question in enumerate(section.fields):
        value = filled.values.get(question.key, "")
        if page.paragraphs(value):
            yield index, question, value


def attached(filled: Filled) -> str:
    """The names of a section's files in one line."""
    return "; ".join(" ".join(page.paragraphs(file.name)) for file in filled.files)


def lacks(section: Section, submission: Submission) -> str:
    """What a section still lacks, in words; "" if it is complete."""
    filled = submission.filled(section.path)
    if filled.returned:
        return wording.MISSING_RETURNED.format(reason=" ".join(page.paragraphs(filled.returned)))
    if filled.state is SectionState.NONE:
        return ""
    answered = {question.key for _, question, _ in answers(section, filled)}
    if not answered:
        return wording.MISSING_EMPTY
    open_fields = [q.label for q in section.fields if q.required and q.key not in answered]
    if open_fields:
        return wording.MISSING_FIELDS.format(fields="; ".join(open_fields))
    return "" if filled.state is SectionState.DONE else wording.MISSING_DRAFT


def _properties(report: Paper, submission: Submission, campaign: Campaign, unit: Unit) -> None:
    facts = report.describe(f"{wording.REPORT} {subject(campaign)}", author=unit.name)
    facts.identifier = submission.reference or ""
    if submission.history:
        facts.created = facts.modified = submission.history[-1].at.astimezone(UTC)


def _opening(campaign: Campaign, unit: Unit) -> str:
    if named := guidance(campaign):
        return wording.OPENING.format(guidance=named, unit=unit.name)
    return wording.OPENING_WITHOUT_GUIDANCE.format(unit=unit.name)


def _section(report: Paper, section: Section, filled: Filled) -> Paragraph:
    """Write what a section holds; the paragraph that ends it."""
    if filled.state is SectionState.NONE:
        return report.body(wording.NO_CONTENT)
    last: Paragraph | None = None
    for index, question, value in answers(section, filled):
        if len(section.fields) == 1:
            last = report.typed(value)
        elif question.kind == "text":
            report.clause(index + 1, question.label)
            last = report.typed(value)
        else:
            last = report.body(f"{index + 1}. {question.label}: {' '.join(page.paragraphs(value))}")
    last = last or report.body(wording.NOT_FILLED, italic=True)
    names = attached(filled)
    return report.body(wording.ATTACHED.format(files=names), italic=True) if names else last


def _checking_page(report: Paper, submission: Submission, form: Sequence[Section], to: Sequence[str]) -> None:
    missing = [
        wording.MISSING_LINE.format(number=roman(number), title=section.title, why=why)
        for number, section in enumerate(form, start=1)
        if (why := lacks(section, submission))
    ]
    lines = [wording.MISSING_LEAD, *missing] if missing else []
    lines += report.open_points(to)
    if lines and submission.reference:
        lines.insert(0, wording.REFERENCE.format(reference=submission.reference))
    report.checking_page(lines)
