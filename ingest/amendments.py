"""What an amending text does to another: replace, insert, repeal; and from which day what it touched no longer holds. Pure.

Rules
1. An amendment is read from the line that announces it ("Sửa đổi, bổ sung khoản 2 và bổ sung khoản 3 vào Điều 6 như sau:") and the
   wording quoted under it. The new wording is a contiguous piece of the clause, without its outer quotation marks.
2. What is not understood (a phrase exchanged, a chapter renamed, a table) is listed, never guessed: the old wording then stays as it is.
3. What is replaced or repealed held until the day before the amending text came into force; a text amended twice follows the later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge.documents import Amendment, Document, Provision, contains, parent

Action = Literal["replace", "insert", "repeal"]

_NUMBERS = r"(\d{1,3}[a-zđ]?(?:\s*(?:,|,? và\b)\s*\d{1,3}[a-zđ]?(?![\w/]))*)"
_LETTERS = r"([a-zđ]\d?(?:\s*(?:,|,? và\b)\s*(?!khoản|điểm)[a-zđ]\d?)*)\b"
_TOKEN = re.compile(
    rf"(?P<phrase>cụm từ|\btên\b|\btừ “)|(?P<replace>sửa đổi(?:,? bổ sung)?|thay thế)|(?P<insert>bổ sung)|(?P<repeal>bãi bỏ|h[uủ][yỷ] bỏ)"
    rf"|(?P<after>(?:vào )?(?:sau|trước)(?= (?:điều|khoản|điểm)))|điều {_NUMBERS}|(?:các )?khoản {_NUMBERS}|(?:các )?điểm {_LETTERS}",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^\s*(?:[Đđ]iều \d+[a-zđ]?\s*[.:]?|\d{1,3}[a-zđ]?[.)]|[a-zđ]\d?[.)])?\s*")
_VERB = re.compile(r"\b(?:sửa đổi|bổ sung|bãi bỏ|h[uủ][yỷ] bỏ|thay thế|cụm từ)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b\d{1,5}/\d{4}/[A-ZĐ]+\d*(?:-[A-ZĐ]+)*\b")
_OTHER_TEXT = re.compile(r"\b(?:Bộ luật|Luật|Nghị định|Thông tư|Nghị quyết|Pháp lệnh|Quyết định)\s+(?:số\s+)?\S+")
_OPEN, _CLOSE = '“"', re.compile(r"[”\"][.;,]?$")


@dataclass(frozen=True, slots=True)
class Reading:
    """The amendments of a text, and the paths of its clauses that amend in a way not understood."""

    amendments: tuple[Amendment, ...] = ()
    not_understood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    action: Action
    path: str


def read_amendments(document: Document, provisions: Sequence[Provision]) -> Reading:
    """What a text that amends others (by its catalogue) does to them, clause by clause."""
    found: list[Amendment] = []
    missed: list[str] = []
    if not document.amends:
        return Reading()
    above: dict[str, str] = {}
    for provision in provisions:
        first, *quoted = provision.text.split("\n")
        context = _context(provision.path, above)
        above[provision.path] = first
        announced = bool(_VERB.search(first)) and provision.path.startswith("dieu-") and not _only_frames(first, quoted)
        if not announced and not quoted:
            continue
        if not announced:
            continue
        made = list(_read_clause(document, provision, first, quoted, context))
        found.extend(made)
        if not made and not _has_parts(provision.path, provisions):
            missed.append(provision.path)
    return Reading(tuple(found), tuple(missed))


def _context(path: str, above: Mapping[str, str]) -> list[str]:
    """The announcing lines over a clause, nearest first: they name the text, and for a điểm the điều, that it changes."""
    lines: list[str] = []
    up = parent(path)
    while up:
        lines.extend(filter(None, (above.get(up), above.get(f"{up}/doan-1"))))
        up = parent(up)
    return lines


def _only_frames(first: str, quoted: Sequence[str]) -> bool:
    """ "Sửa đổi, bổ sung một số điều của Luật …" only says what the clauses under it will do."""
    return not quoted and bool(re.search(r"một số (?:điều|khoản|điểm|nội dung)", first, re.IGNORECASE))


def _has_parts(path: str, provisions: Sequence[Provision]) -> bool:
    return any(p.path != path and contains(path, p.path) and _VERB.search(p.text) for p in provisions)


def _read_clause(
    document: Document, clause: Provision, first: str, quoted: Sequence[str], context: Sequence[str]
) -> Iterator[Amendment]:
    number = _target_number(document, first, context)
    targets = list(_targets(first, context))
    if not number or not targets:
        return
    wordings = _wordings([t for t in targets if t.action != "repeal"], quoted)
    for target in targets:
        text = wordings.get(target.path, "")
        if text or target.action == "repeal":
            yield Amendment(number, target.path, document.number, clause.path, target.action, text)


def _target_number(document: Document, first: str, context: Sequence[str]) -> str:
    """Which text is changed: the one named nearest, else the only one the catalogue says is amended."""
    for line in (first, *context):
        named = [n for n in _NUMBER.findall(line) if n in document.amends]
        if named:
            return named[0]
        if set(_NUMBER.findall(line)) and _OTHER_TEXT.search(line):
            return ""
    return document.amends[0] if len(document.amends) == 1 else ""


def _targets(first: str, context: Sequence[str]) -> Iterator[_Target]:
    """The places an announcing line names, each with what happens to it; none if a phrase or a name is exchanged."""
    line = _OPENING.sub("", first, count=1) if not re.match(r"\s*(?:\d+\.\s*)?Điều \d+\w* được", first) else first
    line = re.sub(r"(?i)\bnhư sau:?.*$", "", line)
    article = next(
        (m.group(1) for c in context if (m := re.search(r"Điều (\d+[a-zđ]?)(?= (?:như sau|của|được)|$|:)", c))), ""
    )
    action: Action = "replace"
    waiting: list[tuple[Action, str, str]] = []  # action, khoản, điểm: until their điều is named
    skip = False
    for token in _TOKEN.finditer(line):
        dieu, khoan, diem = token.group(6), token.group(7), token.group(8)
        if token["phrase"]:
            return
        if token["after"]:
            skip = True
        elif token["replace"] or token["insert"] or token["repeal"]:
            action = "replace" if token["replace"] else "insert" if token["insert"] else "repeal"
        elif diem:
            waiting += [] if skip else [(action, "", x) for x in _each(diem)]
            skip = False
        elif khoan:
            waiting = list(_with_clause(waiting, _each(khoan), action, skipped=skip))
            skip = False
        elif dieu:
            if waiting:
                yield from (_Target(a, _path(_each(dieu)[0], k, x)) for a, k, x in waiting)
            elif not skip:
                yield from (_Target(action, f"dieu-{n}") for n in _each(dieu))
            waiting, skip = [], False
    if article:
        yield from (_Target(a, _path(article, k, x)) for a, k, x in waiting)


def _with_clause(
    waiting: Sequence[tuple[Action, str, str]], numbers: Sequence[str], action: Action, *, skipped: bool
) -> Iterator[tuple[Action, str, str]]:
    """A khoản named: it is where the điểm before it stand, or a place of its own."""
    loose = [w for w in waiting if w[2] and not w[1]]
    yield from (w if w[1] or not w[2] else (w[0], numbers[0], w[2]) for w in waiting)
    if not loose and not skipped:
        yield from ((action, n, "") for n in numbers)


def _each(listed: str) -> list[str]:
    return re.findall(r"\d{1,3}[a-zđ]?|[a-zđ]\d?(?=\W|$)", re.sub(r"\bvà\b", ",", listed))


def _path(article: str, clause: str, point: str) -> str:
    return "/".join(
        (f"dieu-{article}", *([f"khoan-{clause}"] if clause else []), *([f"diem-{point}"] if point else []))
    )


def _wordings(targets: Sequence[_Target], quoted: Sequence[str]) -> dict[str, str]:
    """The new wording of each place, cut from the quoted lines at the numbers they are printed with."""
    starts: list[tuple[int, str]] = []
    at = 0
    for target in targets:
        begins = _beginning(target.path)
        found = next((i for i in range(at, len(quoted)) if begins.match(quoted[i])), None)
        if found is not None:
            starts.append((found, target.path))
            at = found + 1
    if len(targets) == 1 and not starts and quoted:
        starts = [(0, targets[0].path)]  # quoted without its number
    ends = [i for i, _ in starts[1:]] + [len(quoted)]
    return {path: _unquoted(quoted[start:end]) for (start, path), end in zip(starts, ends, strict=True)}


def _beginning(path: str) -> re.Pattern[str]:
    kind, _, value = path.rpartition("/")[2].partition("-")
    mark = {"dieu": rf"Điều {value}\b", "khoan": rf"{value}[.)]", "diem": rf"{value}[.)]"}[kind]
    return re.compile(rf"^\s*[{_OPEN}]?\s*{mark}", re.IGNORECASE if kind == "dieu" else 0)


def _unquoted(lines: Sequence[str]) -> str:
    """Lines without the quotation marks around them: an opening one before the number, a closing one that closes nothing inside."""
    text = "\n".join(lines).strip()
    if text[:1] in _OPEN and re.match(r".\s*(?:Điều\s|\d+[a-zđ]?[.)]|[a-zđ]\d?[.)])", text):
        text = text[1:].lstrip()
    closes = _CLOSE.search(text)
    if closes and (text.count("”") > text.count("“") or text.count('"') % 2):
        text = text[: closes.start()]
    return text.rstrip()


def superseded(amendments: Collection[Amendment], starts: Mapping[str, date | None]) -> dict[tuple[str, str], date]:
    """(document, path) → the last day its original wording held, for all that is replaced or repealed.

    `starts`: number → day in force; an amending text whose day is not known closes nothing.
    """
    closed: dict[tuple[str, str], date] = {}
    for amendment in amendments:
        start = starts.get(amendment.by_document)
        if start is not None and amendment.action != "insert":
            key = (amendment.document, amendment.path)
            closed[key] = min(start - timedelta(days=1), closed.get(key, date.max))
    return closed


def last_day(closed: Mapping[tuple[str, str], date], document: str, path: str) -> date | None:
    """The last day a provision held, None while nothing has replaced it or what it stands in."""
    days = [day for (number, gone), day in closed.items() if number == document and contains(gone, path)]
    return min(days, default=None)


def amended_again(
    amendment: Amendment, amendments: Collection[Amendment], starts: Mapping[str, date | None]
) -> date | None:
    """The last day the wording an amendment brought held, None while no later text has replaced it."""
    since = starts.get(amendment.by_document) or date.min
    later = (
        start - timedelta(days=1)
        for other in amendments
        if other.document == amendment.document and other.action != "insert" and contains(other.path, amendment.path)
        if (start := starts.get(other.by_document)) is not None and start > since
    )
    return min(later, default=None)
