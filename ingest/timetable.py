"""The deadlines of a letter: each phrase of `deadlines` with what is due, for whom, and what it contradicts. Pure.

What is due is named by the letter's own words: the thing before the phrase in its sentence ("Hồ sơ đề nghị khen thưởng
gửi …"), else after it, else the sentence's beginning, else the heading. In a table the column of time limits is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingest.deadlines import Kind, Phrase, Rule, find
from knowledge.documents import Provision, parent


@dataclass(frozen=True, slots=True)
class DraftDeadline:
    """One time limit: `value` (ISO day, moment or interval) or `rule`, as `kind` says; `for_whom` empty: every unit."""

    what: str
    quote: str
    path: str
    kind: Kind
    value: str = ""
    rule: Rule = field(default_factory=dict)
    strict: bool = False
    last_day: date | None = None
    for_whom: tuple[str, ...] = ()
    year_inferred: bool = False
    notes: tuple[str, ...] = ()


_TIMES_HEADING = re.compile(
    r"^(?:về\s+)?(?:thời\s+hạn|hạn\s+(?:nộp|gửi)|thời\s+gian\s+(?:nộp|gửi|hoàn\s+thành))", re.IGNORECASE
)
_TIMES_COLUMN = re.compile(r"\bhạn\b|thời\s+gian\s+(?:nộp|gửi|hoàn\s+thành)", re.IGNORECASE)


def timetable(body: Sequence[Provision], issued: date | None) -> Iterator[DraftDeadline]:
    """Every deadline of a letter's body, in reading order, with a note where two of them differ."""
    yield from _with_conflicts(_found(body, issued))


def _found(body: Sequence[Provision], issued: date | None) -> Iterator[DraftDeadline]:
    headings = {p.path: p.heading or "" for p in body}
    for p in body:
        if "/bang-" in f"/{p.path}":
            yield from _table_deadlines(p, body, issued)
            continue
        above = [headings.get(path, "") for path in _ancestors(p.path)]
        for phrase in find(p.text, issued, dates_bind=any(_TIMES_HEADING.match(h) for h in above)):
            sentence, at = _sentence(p.text, phrase)
            before, after = sentence[:at].strip(), sentence[at + len(phrase.quote) :]
            label = next((h for h in above if h), "")
            yield _draft_deadline(phrase, p.path, _what(before, after, label), _for_whom(before))


def _table_deadlines(row: Provision, body: Sequence[Provision], issued: date | None) -> Iterator[DraftDeadline]:
    """A table with a column of time limits: one deadline a row, named by the first cell of words."""
    table = row.path.partition("/hang-")[0]
    head = next((p.text.split("\n")[0].split("\t") for p in body if p.path == table), [])
    columns = [i for i, cell in enumerate(head) if _TIMES_COLUMN.search(cell)]
    for line in row.text.split("\n")[0 if row.path != table else 1 :]:
        cells = line.split("\t")
        what = next((cell for cell in cells if re.search(r"[^\W\d]{2}", cell)), "")
        for i in columns:
            if i < len(cells):
                for phrase in find(cells[i], issued, dates_bind=True):
                    yield _draft_deadline(phrase, row.path, what, ())


def _draft_deadline(phrase: Phrase, path: str, what: str, for_whom: tuple[str, ...]) -> DraftDeadline:
    notes = (
        ["ngày trong văn bản thiếu năm hoặc không có trong lịch"] if phrase.kind == "date" and not phrase.value else []
    )
    if phrase.last_day and phrase.last_day.weekday() >= 5:
        notes.append(f"ngày cuối là {('thứ Bảy', 'Chủ nhật')[phrase.last_day.weekday() - 5]}")
    return DraftDeadline(
        what=what,
        quote=phrase.quote,
        path=path,
        kind=phrase.kind,
        value=phrase.value,
        rule=phrase.rule,
        strict=phrase.strict,
        last_day=phrase.last_day,
        for_whom=for_whom,
        year_inferred=phrase.year_inferred,
        notes=tuple(notes),
    )


def _with_conflicts(deadlines: Iterable[DraftDeadline]) -> Iterator[DraftDeadline]:
    """Note where two deadlines for the same thing and the same units differ."""
    known = list(deadlines)
    known = [d for d in known if not _repeats(d, known)]
    for one in known:
        others = [
            o
            for o in known
            if o is not one and o.value and one.value and o.value != one.value and _same(o.what, one.what)
        ]
        notes = tuple(f"mâu thuẫn với “{o.quote}” ({o.path})" for o in others if not (o.for_whom and one.for_whom))
        yield replace(one, notes=(*one.notes, *notes))


def _repeats(one: DraftDeadline, known: Sequence[DraftDeadline]) -> bool:
    """Whether it only says what comes after a day that another phrase gave ("Sau ngày 20/11/2026 không nhận")."""
    day = one.value[:10]
    return bool(_CLOSING.match(one.quote)) and any(
        day in (o.value[:10], o.value[-10:], str(o.last_day)) for o in known if o is not one
    )


_CLOSING = re.compile(r"(?:sau|quá|đến(?!\s+hết))\b", re.IGNORECASE)


def _same(a: str, b: str) -> bool:
    """Whether two names mean one thing: equal, or one is the other's beginning ("Báo cáo" – "Báo cáo tổng kết")."""
    short, long = sorted((a.casefold(), b.casefold()), key=len)
    return short == long or (len(short.split()) <= 2 and long.startswith(short + " tổng kết"))


_THING = re.compile(
    r"\b(?:báo cáo|hồ sơ|bản đăng ký|bản giao ước|đăng (?:ký|kí)|danh sách|danh mục|tờ trình|biểu|bảng"
    r"|biên bản|kế hoạch|giao ước"
    r"|sáng kiến|đề tài|minh chứng|văn bản|phiếu|bài|kết quả|số liệu)\b",
    re.IGNORECASE,
)
_THING_ENDS = re.compile(
    r"\s*(?:[:;(.]|,(?! khen thưởng)|\b(?:gửi|gữi|nộp|về (?=sở|phòng|ubnd|ủy ban|hội đồng|văn phòng"
    r"|cơ quan|xã|tỉnh|ban)|phải|được|bị|thì"
    r"|trước|chậm|muộn|hạn|để|theo|đến|hoàn|tại|qua|trong|đúng|bổ sung|không|xong|thực hiện|lập thành"
    r"|ban hành|và hoàn)\b)",
    re.IGNORECASE,
)
MARKER = re.compile(r"^(?:\d+(?:\.\d+)*\s*[.)/-]|[a-zđ]\s*[).\/]|[-–+•*]|[IVX]+\s*[./])\s*")


_ACT = re.compile(r"\b(?:trình|họp|tổ chức) [^,;]*$", re.IGNORECASE)
_ACT_ENDS = re.compile(r"\s+(?:sau khi|trước khi|và|xong|hoàn thành)\b")
_DONE_TO = re.compile(r"(?:công khai|niêm yết|bổ sung|thẩm định|tổng hợp|hoàn (?:thiện|chỉnh)) $", re.IGNORECASE)


def _what(before: str, after: str, label: str) -> str:
    """What is to be done or handed in by the words before the time, or after; else how the sentence begins."""
    before = MARKER.sub("", before).strip()
    last = before.rpartition(",")[2]
    act = _ACT.search(last)
    if act and not _THING.search(last):
        what = _ACT_ENDS.split(act[0])[0].strip()
    else:
        what = thing(before.rpartition(":")[2]) or thing(before) or thing(after)
    if not what:
        words = before.rstrip(" ,:(").split()
        what = " ".join(words[:12]) if words else label
    elif re.search(r"\bbị trả\b|\btrả lại\b", before):
        what = f"bổ sung {what[:1].lower()}{what[1:]}"
    return what[:1].upper() + what[1:]


def thing(words: str) -> str:
    """The first thing named in some words, with what is done to it where that is more than handing in; or ""."""
    words = MARKER.sub("", words)
    m = _THING.search(words)
    if not m:
        return ""
    end = _THING_ENDS.search(words, m.end())
    act = _DONE_TO.search(words[: m.start()])
    return words[act.start() if act else m.start() : end.start() if end else len(words)].strip(" ,")


_UNITS = (
    r"(?:các |những )?(?:phòng|trung tâm|trường (?!hợp)|trạm|thôn|tổ dân phố|khu phố|xã\b|phường|đặc khu|ủy ban|ubnd"
    r"|mttq|đoàn thể|văn phòng|sở )"
)
_DOER = re.compile(
    rf"^(?:(?:riêng|đối với)\s+)*(?P<who>{_UNITS}[^:.;]{{0,140}}?)(?:\s*:|,?\s+(?:gửi|nộp|hoàn thành"
    rf"|tổng hợp|thẩm định|báo cáo|trình|rà soát)\b)",
    re.IGNORECASE,
)


def _for_whom(before: str) -> tuple[str, ...]:
    """Who must meet it, where the sentence begins with kinds of unit."""
    m = _DOER.match(MARKER.sub("", before))
    if not m:
        return ()
    if re.match(r"(?:ủy ban|ubnd)\b", m["who"], re.IGNORECASE):
        return (m["who"].strip(),)
    return tuple(
        re.sub(r"^(?:các|những)\s+", "", who.strip(), flags=re.IGNORECASE) for who in re.split(r",\s*", m["who"])
    )


def _sentence(text: str, phrase: Phrase) -> tuple[str, int]:
    """The sentence around a phrase, and where the phrase begins in it."""
    start = max((m.end() for m in re.finditer(r"[.;]\s+", text) if 3 < m.start() < phrase.start), default=0)
    end = next((m.start() for m in re.finditer(r"[.;](?:\s|$)", text) if m.start() >= phrase.end), len(text))
    return text[start:end], phrase.start - start


def _ancestors(path: str) -> Iterator[str]:
    up: str | None = path
    while up is not None:
        yield up
        up = parent(up)
