"""What an amending text does to another (replace, insert, repeal), and until when what it touched held. Pure.

Rules
1. An amendment is read from the line that announces it ("Sửa đổi, bổ sung khoản 2 và bổ sung khoản 3 vào Điều 6 như
   sau:") and the wording quoted under it: a contiguous piece of the clause, without its outer quotation marks.
2. What is not understood (a phrase exchanged, a chapter renamed, a table) is listed, never guessed: the old wording
   then stands as it is.
3. What is replaced or repealed held until the day before the amending text came into force; a wording amended again
   follows the later text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge.documents import Amendment, Document, Provision, contains, parent

Action = Literal["replace", "insert", "repeal"]

_NUMBERS = r"\d{1,3}[a-zđ]?(?:\s*(?:,|,? và\b)\s*\d{1,3}[a-zđ]?(?![\w/]))*"
_LETTERS = r"[a-zđ]\d?(?:\s*(?:,|,? và\b)\s*(?!khoản|điểm)[a-zđ]\d?)*\b"
_TOKEN = re.compile(
    r"(?P<phrase>cụm từ|\btên\b|\btừ “)|(?P<replace>sửa đổi(?:,? bổ sung)?|thay thế)|(?P<insert>bổ sung)"
    r"|(?P<repeal>bãi bỏ|h[uủ][yỷ] bỏ)|(?P<after>(?:vào )?(?:sau|trước)(?= (?:điều|khoản|điểm)))"
    rf"|(?:các )?điều (?P<dieu>{_NUMBERS})|(?:các )?khoản (?P<khoan>{_NUMBERS})|(?:các )?điểm (?P<diem>{_LETTERS})",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^\s*(?:[Đđ]iều \d+[a-zđ]?\s*[.:]?|\d{1,3}[a-zđ]?[.)]|[a-zđ]\d?[.)])?\s*")
_VERB = re.compile(r"\b(?:sửa đổi|bổ sung|bãi bỏ|h[uủ][yỷ] bỏ|thay thế|cụm từ)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b\d{1,5}/\d{4}/[A-ZĐ]+\d*(?:-[A-ZĐ]+)*\b")
_OPEN, _CLOSE = '“"', re.compile(r"[”\"][.;,]?$")


_OF_ARTICLE = re.compile(r"Điều (\d+[a-zđ]?)(?= (?:như sau|của|được)|$|:)")
_PASSIVE = re.compile(r"\s*(?:\d{1,3}[.)]\s*)?Điều \d+\w* được")
_Place = tuple["Action", str, str]  # what happens, khoản, điểm


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
        if not provision.path.startswith("dieu-") or not _VERB.search(first) or _only_frames(first, quoted):
            continue
        made = list(_read_clause(document, provision, first, quoted, context))
        found.extend(made)
        if not made and not _has_parts(provision.path, provisions):
            missed.append(provision.path)
    return Reading(tuple(found), tuple(missed))


def _context(path: str, above: Mapping[str, str]) -> list[str]:
    """The announcing lines over a clause, nearest first: they name the text, and for a điểm the điều, it changes."""
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
        named = [m.group() for m in _NUMBER.finditer(line)]
        if named:
            return next((number for number in named if number in document.amends), "")
    return document.amends[0] if len(document.amends) == 1 else ""


def _targets(first: str, context: Sequence[str]) -> list[_Target]:
    """The places an announcing line names, each with what happens to it; none if a phrase or a name is exchanged."""
    targets: list[_Target] = []
    waiting: list[_Place] = []  # until their điều is named
    action: Action = "replace"
    skip = False
    for token in _TOKEN.finditer(_announcement(first)):
        if token["phrase"]:
            return []
        if token["replace"] or token["insert"] or token["repeal"]:
            action = "replace" if token["replace"] else "insert" if token["insert"] else "repeal"
            continue
        beside = skip and not (token["dieu"] and waiting)  # "vào sau Điều 58" only says where
        skip = bool(token["after"])
        if not skip and not beside:
            targets += _placed(token, action, waiting)
    article = next((m.group(1) for line in context if (m := _OF_ARTICLE.search(line))), "")
    return targets + ([_Target(a, _path(article, k, x)) for a, k, x in waiting] if article else [])


def _announcement(first: str) -> str:
    """The announcing line without its own number and without "như sau"; "1. Điều 58 được sửa đổi" keeps its điều."""
    line = re.sub(r"\s*như sau\b.*$", "", first, flags=re.IGNORECASE)
    return re.sub(r"^\s*\d{1,3}[.)]\s*", "", line) if _PASSIVE.match(line) else _OPENING.sub("", line, count=1)


def _placed(token: re.Match[str], action: Action, waiting: list[_Place]) -> list[_Target]:
    """What a named place settles: a điều gives the waiting khoản and điểm their place, or is changed itself."""
    if token["diem"]:
        waiting += [(action, "", x) for x in _each(token["diem"])]
    elif token["khoan"]:
        if not _settle(waiting, _each(token["khoan"])[0]):
            waiting += [(action, n, "") for n in _each(token["khoan"])]
    else:
        numbers = _each(token["dieu"])
        targets = [_Target(a, _path(numbers[0], k, x)) for a, k, x in waiting]
        waiting.clear()
        return targets or [_Target(action, f"dieu-{n}") for n in numbers]
    return []


def _settle(waiting: list[_Place], clause: str) -> bool:
    """Give the điểm that still lack one their khoản; whether there were any."""
    loose = [i for i, (_, khoan, diem) in enumerate(waiting) if diem and not khoan]
    for i in loose:
        waiting[i] = (waiting[i][0], clause, waiting[i][2])
    return bool(loose)


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
    ends = [*(i for i, _ in starts[1:]), len(quoted)][: len(starts)]
    return {path: _unquoted(quoted[start:end]) for (start, path), end in zip(starts, ends, strict=True)}


def _beginning(path: str) -> re.Pattern[str]:
    kind, _, value = path.rpartition("/")[2].partition("-")
    mark = {"dieu": rf"Điều {value}\b", "khoan": rf"{value}[.)]", "diem": rf"{value}[.)]"}[kind]
    return re.compile(rf"^\s*[{_OPEN}]?\s*{mark}", re.IGNORECASE if kind == "dieu" else 0)


def _unquoted(lines: Sequence[str]) -> str:
    """Lines without the quotation marks around them: one before the number, one that closes nothing inside."""
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
