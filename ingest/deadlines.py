"""Find the phrases of a text that say until when: each with its verbatim words and what they mean. Pure.

Rules of this file
1. A phrase is a *cue* (trước, chậm nhất, hạn cuối, đến hết, không quá …) with a time, or a period (trong thời hạn 05 ngày
   làm việc kể từ …), or a stretch (trong tháng 01/2027). A date without a cue is not a deadline.
2. The nearest word that governs the phrase decides: after "gửi", "nộp", "hoàn thành" it binds; after "số liệu tính", "có
   hiệu lực", "dự kiến" it does not. A day before the letter was issued is never a deadline.
3. A phrase has a `value` or a `rule`, never both. Kinds: date, datetime, interval (ISO), recurring, working_days, event.
4. A missing year is inferred from the day of issue (the next such day) and marked; nothing else is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Kind = Literal["date", "datetime", "interval", "recurring", "working_days", "event"]
Rule = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One deadline phrase: `text[start:end] == quote`. `last_day` is the last day allowed when read strictly."""

    quote: str
    start: int
    kind: Kind
    value: str = ""
    rule: Rule = field(default_factory=dict)
    strict: bool = False
    last_day: date | None = None
    year_inferred: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.quote)


_LAX = (
    r"(?:chậm|muộn|trễ|lâu)\s+nhất|hạn\s+(?:cuối(?:\s+cùng)?|chót|chậm\s+nhất)|đến\s+hết|cho\s+đến\s+hết|hết\s+(?=ngày)"
    r"|không\s+(?:quá|muộn\s+hơn|chậm\s+hơn|trễ\s+hơn)|(?:thời\s+)?hạn\s+(?:nộp|gửi|nhận|báo\s+cáo)(?:\s+\w+){0,4}?"
    r"|từ\s+nay\s+đến(?:\s+hết)?"
)
_STRICT = r"(?:xong\s+)?trước"
_LINK = r"(?:\s*:)?(?:\s+(?:là|vào|đến|lúc|trong|hết))*"
_TIME = r"(?P<hour>\d{1,2})\s*(?:giờ|h|g|:)\s*(?:(?P<minute>\d{2})\s*(?:phút|['’p])?)?(?!\w)"
_WEEKDAY = r"(?:\(?thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])\)?|chủ\s+nhật)\s*,?\s*(?:\(\s*)?"
_DAY = (
    r"(?P<day>\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(?P<month>\d{1,2})"
    r"(?:\s*(?:[/.-]|,?\s*năm)\s*(?P<year>(?:19|20)\d{2})(?!\d))?(?![\d/%]|\s*(?:giờ|%))"
)
_EVERY = r"(?P<every>\s*,?\s*(?:hằng|hàng|mỗi|của\s+mỗi)\s+năm|\s+(?:của\s+)?năm\s+báo\s+cáo)"
_DATED = re.compile(
    rf"(?<!\w)(?:(?P<lax>{_LAX})|(?P<strict>{_STRICT})){_LINK}\s+(?:{_TIME}\s*(?:sáng|chiều)?\s*,?\s*)?(?:{_WEEKDAY})?"
    rf"(?:ngày\s+)?(?:{_WEEKDAY})?{_DAY}{_EVERY}?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:{_TIME}\s*,?\s*)?(?:{_WEEKDAY})?(?:ngày\s+)?{_DAY}{_EVERY}?", re.IGNORECASE)
_MONTHLY = re.compile(
    rf"(?<!\w)(?:(?P<lax>{_LAX})|(?P<strict>{_STRICT})){_LINK}\s+ngày\s+(?:mùng\s+)?(?P<day>\d{{1,2}})\s*"
    r"(?:(?:hằng|hàng|mỗi|của)\s+tháng|tháng\s+(?:cuối|đầu|sau)\b[\w\s]{0,20})",
    re.IGNORECASE,
)
_NUMBER = r"(?P<n>\d{1,3})(?:\s*\([^)]{1,20}\))?"
_DAYS = rf"{_NUMBER}\s+ngày(?P<working>\s+làm\s+việc)?"
_PERIOD = re.compile(
    rf"(?<!\w)(?:(?:(?:chậm|muộn)\s+nhất(?:\s+là)?|không\s+quá|trong|sau)\s+)*(?:(?:thời\s+(?:hạn|gian)|vòng)\s+)?"
    rf"(?:(?:chậm\s+nhất|không\s+quá|là|tối\s+đa)\s+)*{_DAYS}\s*,?\s+(?:kể\s+|tính\s+)?(?:từ|sau)\s+(?P<event>(?:ngày|khi|thời\s+điểm)\b[^,;:.()]*)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:ít|chậm|muộn)\s+nhất(?:\s+là)?\s+|tối\s+thiểu\s+)?{_DAYS}\s+trước\s+(?P<event>(?:khi|ngày|cuộc|kỳ|phiên|thời\s+điểm)\b[^,;:.()]*)",
    re.IGNORECASE,
)
_MEETING = re.compile(
    rf"(?<!\w)trước\s+(?P<event>(?:ngày\s+họp|ngày\s+tổ\s+chức|kỳ\s+họp|phiên\s+họp|cuộc\s+họp|hội\s+nghị)[^,;:.()]*?)"
    rf"(?:\s+(?:ít\s+nhất|tối\s+thiểu|chậm\s+nhất)\s+{_DAYS})?(?=[,;:.()]|$)",
    re.IGNORECASE,
)
_YEAR = r"(?:\s*(?:/|năm)\s*(?P<year>20\d{2}))?"
_PART = r"(?:nửa\s+)?(?P<part>đầu|giữa|cuối)\s+"
_WEEK = r"tuần\s+(?:thứ\s+)?(?P<week>\d|nhất|hai|ba|tư|đầu(?:\s+tiên)?|cuối(?:\s+cùng)?|I{1,3}|IV)\s+(?:của\s+)?"
_STRETCH = re.compile(
    rf"(?<!\w)(?:(?P<strict>trước)|(?P<lax>{_LAX}|trong|vào))(?:\s+(?:là|vào|trong|hết|đến))*\s+(?:khoảng\s+)?"
    rf"(?:(?:{_WEEK}|{_PART})?tháng\s+(?P<month>\d{{1,2}})|quý\s+(?P<quarter>I{{1,3}}|IV|[1-4])\b){_YEAR}(?![\w/%])",
    re.IGNORECASE,
)
# What follows a first date and is meant by the same cue: "…, ngày 25/11/2026 đối với các trường".
_AND_DATE = re.compile(
    rf"(?:\s*\([^)]*\))?\s*[,;]?\s*(?:và\s+|còn\s+)?(?P<quote>ngày\s+{_DAY})(?=\s*(?:\(\s*)?đối\s+với)", re.IGNORECASE
)

_BINDS = re.compile(
    r"\b(?:gửi|gữi|nộp|hoàn (?:thành|tất|thiện|chỉnh)|xong|trình|đăng (?:ký|kí)|bổ sung|tổng hợp|công khai|niêm yết|có mặt"
    r"|họp|tổ chức|hạn|cập nhật|nhập|phản hồi|báo cáo (?:về|kết quả|cho)|chuyển (?:về|cho|hồ sơ|đến)|ban hành xong|thực hiện"
    r"|ký kết|phê duyệt|thẩm định|trả lời|đề nghị|thông báo|khắc phục|tiếp nhận hồ sơ|lập|giao nộp|rà soát)\b",
    re.IGNORECASE,
)
_FREES = re.compile(
    r"\b(?:số liệu (?:được |báo cáo )?(?:lấy|tính|chốt|thống kê|tổng hợp|từ|đến|trong)|(?:tính|chốt|cập nhật|thống kê) (?:số liệu )?"
    r"(?:đến|từ|tại)|tính|lấy từ|mốc|thời điểm|hiệu lực|được (?:ban hành|ký|thành lập|tuyển dụng|bổ nhiệm|thông báo|công nhận|khen)"
    r"|đã|vận hành|tuyển dụng|công tác (?:từ|trước)|nghỉ hưu|sinh|dự kiến|bàn giao|tiếp nhận (?=trước|đến)|nhận được (?=trước|đến)"
    r"|thành tích (?:từ|đạt)|thời gian (?:từ|xét|tính)|kỳ báo cáo|giai đoạn|phát động (?=trước|đến))(?!\w)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.;](?=\s|$)")


def find(text: str, issued: date | None = None, *, dates_bind: bool = False) -> list[Phrase]:
    """The deadline phrases of one provision's text, in order, none overlapping another.

    `dates_bind` says that the text stands where a bare date is a deadline: under "Thời hạn", in a table's column of them.
    """
    found: list[Phrase] = []
    for phrase in _candidates(text, issued, dates_bind=dates_bind):
        if any(phrase.start < other.end and other.start < phrase.end for other in found):
            continue
        if _governed(text, phrase) and not _past(phrase, issued):
            found.append(phrase)
    return sorted(found, key=lambda p: p.start)


def _candidates(text: str, issued: date | None, *, dates_bind: bool) -> Iterator[Phrase]:
    """Everything that reads like a deadline, the most telling pattern first."""
    for m in _PERIOD.finditer(text):
        yield _period(m, "start")
    for m in _BEFORE.finditer(text):
        yield _period(m, "before")
    for m in _DATED.finditer(text):
        yield from _dated(m, issued)
        if more := _AND_DATE.match(text, m.end()):
            yield from _dated(more, issued, strict=m["strict"] is not None)
    for m in _MONTHLY.finditer(text):
        rule: Rule = {"freq": "monthly", "day": int(m["day"])}
        yield Phrase(m[0].rstrip(), m.start(), "recurring", rule=rule, strict=m["strict"] is not None)
    for m in _STRETCH.finditer(text):
        yield from _stretch(m, issued)
    for m in _MEETING.finditer(text):
        if m["n"] or _BINDS.search(_before(text, m.start())):
            yield _meeting(m)
    if dates_bind:
        for m in _BARE.finditer(text):
            yield from _dated(m, issued, strict=False)


def _dated(m: re.Match[str], issued: date | None, *, strict: bool | None = None) -> Iterator[Phrase]:
    """A cue with a day: a moment, a day, or the same day every year."""
    groups = m.groupdict()
    quote, start = (m["quote"], m.start("quote")) if groups.get("quote") else (m[0].rstrip(), m.start())
    is_strict = groups.get("strict") is not None if strict is None else strict
    month, day = int(m["month"]), int(m["day"])
    if groups.get("every"):
        yield Phrase(quote, start, "recurring", rule={"freq": "yearly", "month": month, "day": day}, strict=is_strict)
        return
    when = _date(m["year"], month, day, issued)
    if when is None:
        return
    hour = int(groups["hour"]) if groups.get("hour") else None
    inferred = m["year"] is None
    if hour is None:
        last = when - timedelta(days=int(is_strict))
        yield Phrase(quote, start, "date", when.isoformat(), {}, is_strict, last, inferred)
    elif hour <= 24 and (minute := int(groups.get("minute") or 0)) < 60:
        hour, minute = (23, 59) if hour == 24 else (hour, minute)
        hour += 12 * (hour < 12 and bool(re.search(r"\d\s*(?:giờ|h|phút)?\s*chiều", m[0], re.IGNORECASE)))
        moment = f"{when.isoformat()}T{hour:02d}:{minute:02d}:00+07:00"
        yield Phrase(quote, start, "datetime", moment, {}, is_strict, None, inferred)


def _date(year: str | None, month: int, day: int, issued: date | None) -> date | None:
    """The day meant; without a year the first such day not before the issue; None if there is no such day."""
    if year is None and issued is None:
        return None
    years = [int(year)] if year else [issued.year, issued.year + 1] if issued else []
    for candidate in years:
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(candidate, month)[1]:
            continue
        when = date(candidate, month, day)
        if year or issued is None or when >= issued:
            return when
    return None


_AFTER = re.compile(r"\bsau\s+khi\s+(?P<event>[^,;.]+?)\s*(?:\bvà\b|,)", re.IGNORECASE)
_EVENT_END = re.compile(
    r"\s+(?:phải|thì|đề nghị|để|và (?:gửi|nộp|báo cáo)|(?:các |từng |mỗi )?đơn vị (?:gửi|nộp|phải))\b.*$"
)


def _period(m: re.Match[str], role: Literal["start", "before"]) -> Phrase:
    """N days from or before something: "working_days" where it says "làm việc", else an event with plain days."""
    event = _EVENT_END.sub("", m["event"]).strip()
    quote = m[0][: m.start("event") - m.start() + len(event)]
    n = int(m["n"])
    if m["working"]:
        anchor = re.sub(r"^khi\s+", "ngày ", event).removesuffix(" này")
        return Phrase(quote, m.start(), "working_days", rule={"n": n, "unit": "working", role: anchor})
    name = re.sub(r"^(?:ngày(?:\s+tổ\s+chức)?|khi|thời\s+điểm)\s+", "", event)
    rule: dict[str, str | int] = {"event": name, "offset": n if role == "start" else -n, "unit": "calendar"}
    if after := _AFTER.search(_before(m.string, m.start())):
        rule["not_before"] = after["event"]
    return Phrase(quote, m.start(), "event", rule=rule)


def _meeting(m: re.Match[str]) -> Phrase:
    """Before a meeting whose day the letter does not give."""
    name = re.sub(r"^ngày\s+", "", m["event"].strip())
    rule: Rule = {"event": name, "offset": -int(m["n"] or 0), "unit": "working" if m["working"] else "calendar"}
    return Phrase(m[0].rstrip(), m.start(), "event", rule=rule, strict=not m["n"])


_WEEKS = {"nhất": 1, "hai": 2, "ba": 3, "tư": 4, "đầu": 1, "đầu tiên": 1, "i": 1, "ii": 2, "iii": 3, "iv": 4}


def _stretch(m: re.Match[str], issued: date | None) -> Iterator[Phrase]:
    """A week, part of a month, month or quarter; due at its end, or before its start after "trước"."""
    quarter = m["quarter"]
    number = (_WEEKS.get(quarter.lower()) or int(quarter)) if quarter else 0
    month = 3 * number if quarter else int(m["month"])
    if not 1 <= month <= 12 or (m["year"] is None and issued is None):
        return
    year = int(m["year"]) if m["year"] else _year_of(month, issued)
    first = date(year, month - 2 if quarter else month, 1)
    last = date(year, month, monthrange(year, month)[1])
    if m["week"]:
        first, last = _week(first, last, m["week"].lower())
    elif m["part"]:
        begin, end = {"đầu": (1, 10), "giữa": (11, 20), "cuối": (21, last.day)}[m["part"].lower()]
        first, last = first.replace(day=begin), first.replace(day=end)
    inferred = m["year"] is None
    quote = m[0].rstrip()
    if m["strict"]:
        before = first - timedelta(days=1)
        yield Phrase(
            quote, m.start(), "date", first.isoformat(), {}, strict=True, last_day=before, year_inferred=inferred
        )
    else:
        value = f"{first.isoformat()}/{last.isoformat()}"
        yield Phrase(quote, m.start(), "interval", value, {}, strict=False, last_day=None, year_inferred=inferred)


def _year_of(month: int, issued: date | None) -> int:
    assert issued is not None
    return issued.year + (month < issued.month)


def _week(first: date, last: date, name: str) -> tuple[date, date]:
    """The n-th week of a month, Monday to Sunday; week 1 holds the first of the month. The last one holds its last day."""
    if name.startswith("cuối"):
        monday = last - timedelta(days=last.weekday())
    else:
        number = _WEEKS.get(name) or int(name)
        monday = first - timedelta(days=first.weekday()) + timedelta(weeks=number - 1)
    return max(monday, first), min(monday + timedelta(days=6), max(last, monday + timedelta(days=6)))


def _before(text: str, start: int) -> str:
    """What stands before the phrase in its own sentence."""
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, start)]
    return text[ends[-1] if ends else 0 : start]


def _governed(text: str, phrase: Phrase) -> bool:
    """Whether the phrase binds: the nearest governing word before it decides; a bare stretch of time needs one."""
    before = _before(text, phrase.start)
    frees = max((m.end() for m in _FREES.finditer(before + phrase.quote) if m.start() < len(before)), default=-1)
    binds = max((m.end() for m in _BINDS.finditer(before)), default=-1)
    if phrase.kind == "interval" and re.match(r"(?:trong|vào)\b", phrase.quote, re.IGNORECASE):
        return binds > frees
    return frees < 0 or binds > frees


def _past(phrase: Phrase, issued: date | None) -> bool:
    """Whether the day lies before the letter: then it is a fact of the past, not a deadline."""
    if issued is None or not phrase.value:
        return False
    return date.fromisoformat(phrase.value.rpartition("/")[2][:10]) < issued
