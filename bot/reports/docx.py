"""One Submission → a báo cáo in .docx, in the layout of Nghị định 30/2020/NĐ-CP.

Rules of this file
1. Nothing is guessed. What neither the office nor the unit gives (number, place, date, signer) stays open for the
   clerk; a section without content says so.
2. Every section of the form the unit must fill in appears, in the guidance's order and under its headings, with every
   word the unit typed and the names of the files it attached; one that may stay empty and does is left out. What it
   answered under "Thông tin chung" stands in the head and at the foot.
3. What is missing, doubtful or open is listed once more on a last page of its own ("Nội dung cần rà soát"), which is
   not part of the report.
4. What XML cannot hold is left out; nothing an officer types can break the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC

from bot.answered import asked_now
from bot.campaigns import Campaign, Section
from bot.officers import Unit
from bot.reports import wording
from bot.reports.filled import annexes, lacks, may_be_left_out, write_annexes, write_section
from bot.reports.formal import Formal, facts_of, is_general
from bot.reports.office import Office
from bot.reports.outline import heads
from bot.reports.paper import REPORT, Paper
from bot.reports.reading import remarks
from bot.submissions import Submission
from knowledge.documents import Document


def render(
    submission: Submission,
    campaign: Campaign,
    unit: Unit,
    *,
    office: Office | None = None,
    known: Sequence[Document] = (),
) -> bytes:
    """The report as the bytes of a .docx.

    `office`: what the unit's office gives of its formal facts. `known`: documents whose validity is known; the last
    page names those that the report cites out of force.
    """
    form, submission = asked_now(campaign.form_for(unit.kind), submission, unit.kind)
    facts = facts_of(form, submission, unit, office or Office())
    report = Paper(REPORT, facts.agency, facts.office, facts.number)
    to = report.office.to or (campaign.issuer,) * bool(campaign.issuer)
    sections = [one for one in form if not is_general(one) and not may_be_left_out(one, submission, unit.kind)]
    ends = annexes(sections, submission, unit.kind)
    describe(report, f"{wording.REPORT} {subject(campaign)}", submission, unit)
    report.head()
    report.title(subject(campaign))
    report.addressees(to)
    report.grounds()
    last = report.body(_opening(campaign, facts.agency))
    places: dict[str, str] = {}
    for head in heads(sections):
        report.top = min(report.top, head.level)
        last = report.heading(head.level, head.number, head.title)
        if head.section:
            places[head.section.path] = head.label
            last = write_section(report, head, submission, unit.kind, ends)
    report.end(last)
    report.signature()
    write_annexes(report, ends)
    doubtful = [
        f"- {remark}" for remark in remarks(form, submission, campaign, unit, day=facts.office.day, known=known)
    ]
    lines = [*_missing(form, submission, unit.kind, places), *([wording.REMARKS_LEAD] * bool(doubtful)), *doubtful]
    checking_page(report, submission, facts, [*lines, *report.open_points(to)])
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


def describe(paper: Paper, title: str, submission: Submission, unit: Unit) -> None:
    """Give the file the facts of the submission that it was made of."""
    facts = paper.describe(title, author=unit.name)
    facts.identifier = submission.reference or ""
    if submission.history:
        facts.created = facts.modified = submission.history[-1].at.astimezone(UTC)


def checking_page(paper: Paper, submission: Submission, facts: Formal, lines: Sequence[str]) -> None:
    """The last page, with the reference and who wrote it, if there is anything to look at."""
    reference = [wording.REFERENCE.format(reference=submission.reference)] if submission.reference else []
    paper.checking_page([*reference, *facts.notes, *lines] if lines else [])


def _opening(campaign: Campaign, agency: str) -> str:
    if named := guidance(campaign):
        return wording.OPENING.format(guidance=named, unit=agency)
    return wording.OPENING_WITHOUT_GUIDANCE.format(unit=agency)


def _missing(form: Sequence[Section], submission: Submission, unit_kind: str, places: Mapping[str, str]) -> list[str]:
    """What the sections lack, with their places in print by path; of the formal facts only what was sent back, the rest
    is told as open.
    """
    lines: list[str] = []
    for section in form:
        why = lacks(section, submission, unit_kind)
        if is_general(section):
            if submission.filled(section.path).returned:
                lines.append(wording.MISSING_GENERAL.format(title=section.title, why=why))
        elif why and section.path in places:
            lines.append(wording.MISSING_LINE.format(place=places[section.path], title=section.title, why=why))
    return [wording.MISSING_LEAD, *lines] if lines else []
