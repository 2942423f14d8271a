"""Báo cáo thành tích: one for each person and collective of a dossier, one after the other in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.reports import dossier_wording as words
from bot.reports import page, wording
from bot.reports.dossier_parts import Entry, NoPartError, Part, listed
from bot.reports.filled import write_cells
from bot.reports.grids import grid, with_positions
from bot.reports.outline import Level
from bot.reports.paper import Paper, open_lines
from bot.values import fold

# What is told under II; everything else about a person or collective stands under I.
_DONE = frozenset({"nhiem_vu", "thanh_tich", "bien_phap", "chap_hanh", "doan_the"})
_PARTS = ("bao-cao-ca-nhan", "bao-cao-tap-the")

Parts = Mapping[str, Part | None]


def write_achievements(paper: Paper, parts: Parts) -> list[str]:
    """Write all of them; what stays open, as lines of the last page. Raises NoPartError if there is none."""
    points: list[str] = []
    begun = False
    for key in _PARTS:
        part = parts[key]
        for entry in part.entries("bao_cao") if part else ():
            if begun:
                paper.another()
            begun = True
            points += _one(paper, parts, key, entry)
    if not begun:
        raise NoPartError(words.NO_ACHIEVEMENTS)
    return open_lines(points)


def _one(paper: Paper, parts: Parts, key: str, entry: Entry) -> Iterator[str]:
    """One report; what stays open in it."""
    who, person = entry.name or words.DOTS, key == _PARTS[0]
    title = _title(parts, entry.name)
    paper.head(numbered=not person)
    paper.title(words.PROPOSED.format(title=title or words.DOTS))
    paper.centred(words.OF_WHOM.format(who=who), italic=True).paragraph_format.space_after = page.NOTE
    paper.section(1, words.LIFE if person else words.SITUATION)
    _first(paper, entry, person=person)
    paper.section(2, words.DONE)
    _second(paper, parts, key, entry)
    paper.section(3, words.AWARDS)
    part = parts[key]
    awards = part.about("da_khen", entry.name) if part else ()
    _awards(paper, awards)
    if person:
        paper.signatures((words.REPORTER, entry.name), (words.HEAD, ""))
        paper.signatures((words.ABOVE, ""))
    else:
        paper.signatures((words.ABOVE, ""), (words.LEADER, ""))
    empty = [column.label for column in entry.columns if column.required and not entry.one(column.key)]
    empty += [words.OPEN_TITLE] * (not title) + [words.AWARDS] * (not awards)
    return (words.OPEN_OF.format(who=who, what=_lower(what)) for what in empty)


def _first(paper: Paper, entry: Entry, *, person: bool) -> None:
    number = 0
    for column in entry.columns:
        if column.key in _DONE:
            continue
        text = entry.said.get(column.key, "")
        if person or column.key == "ten":
            paper.body(f"- {column.label}: {entry.one(column.key) or words.DOTS}")
            continue
        number += 1
        paper.clause(number, column.label)
        paper.typed(text if entry.one(column.key) else words.DOTS)


def _second(paper: Paper, parts: Parts, key: str, entry: Entry) -> None:
    number = 0
    for column in entry.columns:
        if column.key in _DONE:
            number += 1
            paper.clause(number, column.label)
            paper.typed(entry.said[column.key] if entry.one(column.key) else words.DOTS)
            compared = parts[key]
            if column.key == "thanh_tich" and compared and (rows := compared.about("so_sanh", entry.name)):
                paper.body(f"{words.COMPARED}:").paragraph_format.keep_with_next = True
                grid(paper.document, *with_positions(*_by_year(rows)))
                paper.after_table()
    initiatives = parts["sang-kien"]
    mine = [
        each
        for each in (initiatives.entries("sang_kien") if initiatives else ())
        if entry.name and fold(entry.name) in fold(each.one("tac_gia"))
    ]
    if mine:
        paper.clause(number + 1, words.INITIATIVES)
    for n, each in enumerate(mine):
        paper.point(n, each.name)
        write_cells(paper, Level.POINT, each.columns[1:], [*each.said.values()][1:])


def _by_year(rows: Sequence[Entry]) -> tuple[list[str], list[list[str]]]:
    """Figures to compare: a row each, a column a year."""
    years = sorted({each.one("nam") for each in rows})
    figures: dict[str, dict[str, str]] = {}
    for each in rows:
        figures.setdefault(each.one("chi_tieu"), {})[each.one("nam")] = each.one("ket_qua")
    return [words.FIGURE, *years], [[name, *(said.get(year, "") for year in years)] for name, said in figures.items()]


def _awards(paper: Paper, awards: Sequence[Entry]) -> None:
    rows = [(each.one("nam"), each.one("danh_hieu"), _decision(each)) for each in awards] or [("", "", "")]
    grid(paper.document, words.AWARD_HEADER, rows, (2, 7, 8))
    paper.end(paper.after_table())


def _decision(each: Entry) -> str:
    number, day, by = (each.one(key) or wording.OPEN for key in ("so_qd", "ngay", "co_quan"))
    return words.DECISION.format(number=number, day=day, by=by)


def _title(parts: Parts, name: str) -> str:
    """What somebody is proposed for, by the list."""
    titles = (each.entry.one("danh_hieu") for each in listed(parts["danh-sach"]) if fold(each.entry.name) == fold(name))
    return "; ".join(filter(None, titles))


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
