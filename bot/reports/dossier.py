"""One Submission of a dossier → tờ trình, biên bản, danh sách or báo cáo thành tích, in the decree's layout.

Rules of this file
1. What the unit did not give is a dotted line and is named on the last page; nothing is made up, no form is numbered.
2. Whoever is counted in the tờ trình stands in the list; where the unit's totals differ, the last page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from docx.shared import Pt

from bot.answered import asked_now
from bot.campaigns import Campaign, Section
from bot.officers import Unit
from bot.reports import dossier_wording as words
from bot.reports import wording
from bot.reports.achievements import write_achievements
from bot.reports.docx import checking_page, describe
from bot.reports.dossier_parts import Part, calendar_day, counted, find, list_table, listed, needed
from bot.reports.filled import lacks, write_table
from bot.reports.formal import Formal, answered, facts_of, is_general
from bot.reports.formal import listed as names_in
from bot.reports.grids import grid, with_positions
from bot.reports.office import Office
from bot.reports.paper import MINUTES, PROPOSAL, Kind, Paper, open_lines
from bot.reports.reading import checked, remarks_on_words
from bot.submissions import Submission
from knowledge.documents import Document

FORMS = ("to-trinh", "bien-ban", "danh-sach", "bao-cao-thanh-tich")
ACHIEVEMENTS = Kind(words.ACHIEVEMENTS, wording.REPORT_CODE)


def render(
    form: str,
    submission: Submission,
    campaign: Campaign,
    unit: Unit,
    *,
    office: Office | None = None,
    known: Sequence[Document] = (),
) -> bytes:
    """One of FORMS as the bytes of a .docx. Raises NoPartError if the campaign does not ask for what it needs."""
    sections, submission = asked_now(campaign.form_for(unit.kind), submission, unit.kind)
    facts = _facts(sections, submission, unit, office or Office())
    match form:
        case "to-trinh":
            part = needed(sections, submission, unit.kind, "to-trinh")
            paper, points = _proposal(part, find(sections, submission, unit.kind, "danh-sach"), facts)
            used = ["to-trinh", "danh-sach"]
        case "bien-ban":
            paper, points = _minutes(needed(sections, submission, unit.kind, "bien-ban"), facts)
            used = ["bien-ban"]
        case "danh-sach":
            paper, points = _list(needed(sections, submission, unit.kind, "danh-sach"), facts)
            used = ["danh-sach"]
        case _:
            parts = [find(sections, submission, unit.kind, part) for part in words.PARTS]
            paper = Paper(ACHIEVEMENTS, facts.agency, replace(facts.office, day=None))
            points = write_achievements(paper, dict(zip(words.PARTS, parts, strict=True)))
            used = ["bao-cao-ca-nhan", "bao-cao-tap-the"]
    describe(paper, f"{paper.kind.name} {campaign.title}", submission, unit)
    chosen = [p.section for each in used if (p := find(sections, submission, unit.kind, each))]
    lines = [*_lacking(chosen, submission, unit.kind)]
    doubtful = checked(sections, submission, unit.kind, year=campaign.report_year, day=facts.office.day, only=chosen)
    doubtful += remarks_on_words(chosen, submission, unit.kind, day=facts.office.day, known=known)
    doubtful += _totals(sections, submission, unit.kind) if form == "to-trinh" else []
    lines += [wording.REMARKS_LEAD, *(f"- {each}" for each in doubtful)] if doubtful else []
    checking_page(paper, submission, facts, [*lines, *points])
    return paper.content()


def _facts(sections: Sequence[Section], submission: Submission, unit: Unit, office: Office) -> Formal:
    """The formal facts: the office's file, then the tờ trình, then what is said of the unit in general."""
    general = facts_of(sections, submission, unit, Office())
    part = find(sections, submission, unit.kind, "to-trinh")
    own = answered(part.values if part else {}, unit.name, office)
    given, more = own.office, general.office
    merged = replace(
        given,
        superior=given.superior or more.superior,
        symbol=given.symbol or more.symbol,
        place=given.place or more.place,
        day=given.day or (calendar_day(part.one("ngay")) if part else None),
        grounds=given.grounds or (names_in(part.values.get("can_cu", "")) if part else ()),
        signed_as=given.signed_as or more.signed_as,
        signer=given.signer or more.signer,
    )
    return Formal(merged, general.agency, own.number, general.notes)


def _proposal(part: Part, names: Part | None, facts: Formal) -> tuple[Paper, list[str]]:
    paper = Paper(PROPOSAL, facts.agency, facts.office, facts.number)
    given = listed(names)
    about = _about(part)
    paper.head()
    paper.title(words.ABOUT.format(what=about or words.DOTS))
    paper.addressees(facts.office.to)
    if facts.office.grounds:
        paper.grounds()
    else:
        paper.body(words.GROUND, italic=True)
    to = facts.office.to[0] if len(facts.office.to) == 1 else words.TO_ALL if facts.office.to else words.DOTS
    people = sum(each.kind == words.PERSON for each in given)
    totals = (part.one("so_tap_the") or str(len(given) - people), part.one("so_ca_nhan") or str(people))
    more = words.IN_DETAIL if given else "."
    paper.body(words.PROPOSAL.format(agency=facts.agency, to=to, collectives=totals[0], persons=totals[1], more=more))
    for n, (title, how_many) in enumerate(counted(given), start=1):
        paper.body(words.OF_TITLE.format(n=n, title=title, counted=how_many))
    paper.body(words.ANSWERS_FOR.format(agency=facts.agency))
    paper.end(paper.body(words.CLOSING.format(to=to)))
    paper.signature()
    paper.appendix(words.LIST_TITLE, landscape=True)
    _table(paper, names)
    open_facts = ((about, words.OPEN_ABOUT), (facts.office.grounds, words.OPEN_GROUNDS), (given, words.OPEN_LIST))
    points = [what for value, what in open_facts if not value]
    rest = paper.open_points(facts.office.to) or (open_lines([wording.OPEN_NUMBER]) if points else [])
    return paper, [*rest, *(f"- {what};" for what in points)]


def _minutes(part: Part, facts: Formal) -> tuple[Paper, list[str]]:
    paper = Paper(MINUTES, facts.agency, facts.office)
    paper.head(dated=False)
    paper.title(_meeting(part.section.title))
    first, *others = _circumstances(part)
    paper.body(first).paragraph_format.space_before = Pt(12)
    for line in others:
        paper.body(line)
    paper.clause(1, words.CONTENT)
    paper.typed(part.values.get("noi_dung", "") if part.one("noi_dung") else words.DOTS)
    paper.clause(2, words.VOTE.format(how=part.one("cach").lower() or words.DOTS))
    votes = part.field("bo_phieu")
    if votes and part.entries("bo_phieu"):
        write_table(paper, votes, part.values.get("bo_phieu", ""))
    else:
        paper.body(words.DOTS)
    paper.clause(3, words.CONCLUSION)
    paper.end(paper.typed(part.values.get("ket_luan", "") if part.one("ket_luan") else words.DOTS))
    paper.minutes_signatures(_person(part.one("thu_ky")), _person(part.one("chu_tri")))
    symbol = () if facts.office.symbol else (wording.OPEN_SYMBOL,)
    return paper, open_lines((wording.OPEN_NUMBER, *symbol))


def _list(part: Part, facts: Formal) -> tuple[Paper, list[str]]:
    paper = Paper(PROPOSAL, facts.agency, facts.office, facts.number)
    paper.appendix(words.LIST_TITLE, landscape=True, opens=True)
    _table(paper, part)
    return paper, [] if listed(part) else open_lines([words.OPEN_LIST])


def _table(paper: Paper, part: Part | None) -> None:
    header, rows = list_table(listed(part))
    grid(paper.document, *with_positions(header, rows or [("",) * len(header)]))


def _about(part: Part) -> str:
    """What is proposed, without the words that the title has."""
    text = part.one("ve_viec")
    for lead in ("về việc", "v/v"):
        if text.casefold().startswith(lead):
            text = text[len(lead) :].lstrip(" :")
    return text


def _meeting(title: str) -> str:
    """The subject of the minutes: their section's title without the type's name."""
    text = " ".join(title.split())
    if text.casefold().startswith(words.MEETING):
        text = text[len(words.MEETING) :].lstrip()
    return text[:1].upper() + text[1:] or words.DOTS


def _circumstances(part: Part) -> Iterator[str]:
    """When, where and with whom."""
    on = calendar_day(part.one("ngay"))
    day = wording.written_day(on) if on else wording.OPEN_DAY_WRITTEN
    share = f" ({part.one('ty_le').rstrip(' %')} %)" if part.one("ty_le") else ""
    yield words.TIME.format(time=part.one("thoi_gian") or words.DOTS, day=day)
    yield words.PLACE.format(place=part.one("dia_diem") or words.DOTS)
    yield words.PRESENT.format(
        present=part.one("co_mat") or wording.OPEN, all=part.one("tong_so") or wording.OPEN, share=share
    )
    if part.field("vang"):
        yield words.ABSENT.format(absent=part.one("vang").rstrip(".") or words.DOTS)
    elif part.one("du_mat"):
        yield words.ALL_PRESENT
    yield words.CHAIR.format(name=part.one("chu_tri") or words.DOTS)
    yield words.SECRETARY.format(name=part.one("thu_ky") or words.DOTS)


def _person(text: str) -> str:
    """A name without title and office: "Ông Lê Văn C, Chủ tịch" → "Lê Văn C"."""
    name = text.split(",", maxsplit=1)[0].split("(", maxsplit=1)[0].split(" - ", maxsplit=1)[0].strip()
    for address in ("Ông ", "Bà ", "Đồng chí ", "đ/c "):
        name = name.removeprefix(address)
    return Office(signer=name).name


def _lacking(sections: Sequence[Section], submission: Submission, unit_kind: str) -> list[str]:
    lines = [
        wording.MISSING_GENERAL.format(title=section.title, why=why)
        for section in sections
        if not is_general(section) and (why := lacks(section, submission, unit_kind))
    ]
    return [wording.MISSING_LEAD, *lines] if lines else []


def _totals(sections: Sequence[Section], submission: Submission, unit_kind: str) -> list[str]:
    """Totals of the tờ trình that are not those of the list."""
    part = needed(sections, submission, unit_kind, "to-trinh")
    given = listed(find(sections, submission, unit_kind, "danh-sach"))
    people = sum(each.kind == words.PERSON for each in given)
    found: list[str] = []
    for key, right in (("so_tap_the", len(given) - people), ("so_ca_nhan", people)):
        field, said = part.field(key), part.one(key)
        if field and said and said != str(right):
            found.append(words.OTHER_TOTAL.format(label=field.label, said=said, listed=right))
    return found
