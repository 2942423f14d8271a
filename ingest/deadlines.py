"""Find the phrases of a text that say until when: each with its verbatim words and what they mean. Pure.

Rules of this file
1. A phrase is a *cue* (trước, chậm nhất, hạn cuối, đến hết, không quá …) with a time, or a period (trong thời hạn 05
   ngày làm việc kể từ …), or a stretch (trong tháng 01/2027). A date without a cue is not a deadline.
2. The nearest word that governs the phrase decides: after "gửi", "nộp", "hoàn thành" it binds; after "số liệu tính",
   "có hiệu lực", "dự kiến" it does not. A day before the letter was issued is never a deadline.
3. A phrase has a `value` or a `rule`, never both. Kinds: date, datetime, interval (ISO), recurring, working_days,
   event. A day that no calendar has, or whose year cannot be known, keeps its words and gets neither.
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
    r"(?:chậm|muộn|trễ|lâu)\s+nhất|hạn\s+(?:cuối(?:\s+cùng)?|chót|chậm\s+nhất)(?:\s+\w+){0,4}?|đến\s+hết"
    r"|cho\s+đến\s+hết|hết\s+(?=ngày)"
    r"|không\s+(?:quá|muộn\s+hơn|chậm\s+hơn|trễ\s+hơn)|(?:thời\s+)?hạn\s+(?:nộp|gửi|nhận"
    r"|báo\s+cáo)(?:\s+\w+){0,8}?"
    r"|từ\s+nay\s+đến(?:\s+hết)?"
)
_STRICT = r"(?:xong\s+)?trước"
_LINK = r"(?:\s*:)?(?:\s+(?:là|vào|đến|lúc|trong|hết)){0,3}"
_TIME = r"(?P<hour>\d{1,2})\s*(?:giờ|h|g|:)\s*(?:(?P<minute>\d{2})\s*(?:phút|['’p])?)?(?!\w)"
_WEEKDAY = r"(?:\(?thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])\)?|chủ\s+nhật)\s*,?\s*(?:\(\s*)?"
_DAY = (
    r"(?P<day>\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(?P<month>\d{1,2})"
    r"(?:\s*(?:[/.-]|,?\s*năm)\s*(?P<year>(?:19|20)\d{2})(?!\d))?(?![\d/%]|\s*(?:giờ|%))"
)
_EVERY = r"(?P<every>\s*,?\s*(?:hằng|hàng|mỗi|của\s+mỗi)\s+năm|\s+(?:của\s+)?năm\s+báo\s+cáo)"
_DATED = re.compile(
    rf"(?<!\w)(?:(?P<lax>{_LAX})|(?P<strict>{_STRICT})){_LINK}\s+(?:{_TIME}\s*(?:sáng"
    rf"|chiều)?\s*,?\s*)?(?:{_WEEKDAY})?"
    rf"(?:ngày\s+)?(?:{_WEEKDAY})?{_DAY}{_EVERY}?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:{_TIME}\s*,?\s*)?(?:{_WEEKDAY})?(?:ngày\s+)?{_DAY}{_EVERY}?", re.IGNORECASE)
_AND_EVERY = re.compile(rf"\s*(?:,|và)\s*(?P<quote>(?:ngày\s+)?{_DAY}{_EVERY})", re.IGNORECASE)
# A day after which nothing is taken any more; from one day to another.
_CLOSED = re.compile(
    rf"(?<!\w)(?:sau|quá|đến)\s+(?:{_TIME}\s*,?\s*)?(?:{_WEEKDAY})?(?:ngày\s+)?{_DAY}(?=[^.;]{{0,90}}"
    r"(?:coi\s+như|không\s+(?:tiếp\s+)?(?:nhận|xét|xem\s+xét|tổng\s+hợp)))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"(?<!\w)(?:trong\s+thời\s+gian\s+)?từ\s+(?:ngày\s+)?(?P<day0>\d{1,2})[/.-](?P<month0>\d{1,2})(?:[/.-](?P<year0>20\d{2}))?"
    rf"\s+(?:đến|tới)(?:\s+hết)?\s+(?:ngày\s+)?{_DAY}",
    re.IGNORECASE,
)
_FROM = re.compile(r"\btừ\s+(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?\s*$", re.IGNORECASE)
_MONTHLY = re.compile(
    rf"(?<!\w)(?:(?P<lax>{_LAX})|(?P<strict>{_STRICT})){_LINK}\s+ngày\s+(?:mùng\s+)?(?P<day>\d{{1,2}})\s*"
    r"(?:(?:của\s+)?(?P<quarter>tháng\s+(?:cuối|đầu)\s+(?:của\s+)?(?:mỗi\s+)?quý)|(?:hằng|hàng"
    r"|mỗi)\s+tháng|tháng\s+(?:sau|tiếp\s+theo|kế\s+tiếp))",
    re.IGNORECASE,
)
_NUMBER = r"(?P<n>\d{1,3})(?:\s*\([^)]{1,20}\))?"
_DAYS = rf"{_NUMBER}\s+ngày(?P<working>\s+làm\s+việc)?"
_PERIOD = re.compile(
    rf"(?<!\w)(?:(?:(?:chậm|muộn)\s+nhất(?:\s+là)?|không\s+quá|trong|sau)\s+){{0,3}}(?:(?:thời\s+(?:hạn|gian)"
    rf"|vòng)\s+)?"
    rf"(?:(?:chậm\s+nhất|không\s+quá|là|tối\s+đa)\s+){{0,3}}{_DAYS}\s*,?\s+(?:kể\s+|tính\s+)?(?:từ"
    rf"|sau)\s+(?P<event>(?:ngày|khi|thời\s+điểm)\b[^,;:.()]*)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:ít|chậm|muộn)\s+nhất(?:\s+là)?\s+|tối\s+thiểu\s+)?{_DAYS}\s+trước\s+(?P<event>(?:khi"
    rf"|ngày|cuộc|kỳ|phiên|thời\s+điểm)\b[^,;:.()]*)",
    re.IGNORECASE,
)
_MEETING = re.compile(
    rf"(?<!\w)trước\s+(?P<event>(?:ngày\s+họp|ngày\s+tổ\s+chức|kỳ\s+họp|phiên\s+họp|cuộc\s+họp"
    rf"|hội\s+nghị)[^,;:.()]*?)"
    rf"(?:\s+(?:ít\s+nhất|tối\s+thiểu|chậm\s+nhất)\s+{_DAYS})?(?=[,;:.()]|$)",
    re.IGNORECASE,
)
_YEAR = r"(?:\s*(?:/|năm)\s*(?P<year>20\d{2}))?"
_PART = r"(?:nửa\s+)?(?P<part>đầu|giữa|cuối)\s+"
_WEEK = r"tuần\s+(?:thứ\s+)?(?P<week>\d|nhất|hai|ba|tư|đầu(?:\s+tiên)?|cuối(?:\s+cùng)?|I{1,3}|IV)\s+(?:của\s+)?"
_SPAN = rf"(?:(?:{_WEEK}|{_PART})?tháng\s+(?P<month>\d{{1,2}})|quý\s+(?P<quarter>I{{1,3}}|IV|[1-4])\b){_YEAR}(?![\w/%])"
_STRETCH = re.compile(
    rf"(?<!\w)(?:(?P<strict>trước)|(?P<lax>{_LAX}|trong|vào))(?:\s+(?:là|vào|trong|hết"
    rf"|đến)){{0,3}}\s+(?:khoảng\s+)?{_SPAN}",
    re.IGNORECASE,
)
_BARE_STRETCH = re.compile(rf"(?<!\w){_SPAN}", re.IGNORECASE)
# What follows a first date and is meant by the same cue: "…, ngày 25/11/2026 đối với các trường".
_AND_DATE = re.compile(
    rf"(?:\s*\([^)]*\))?\s*[,;]?\s*(?:và\s+|còn\s+)?(?P<quote>ngày\s+{_DAY})(?=\s*(?:\(\s*)?đối\s+với)", re.IGNORECASE
)

_BINDS = re.compile(
    r"\b(?:gửi|gữi|nộp|hoàn (?:thành|tất|thiện|chỉnh)|xong|trình|đăng (?:ký|kí)|bổ sung|tổng hợp|công khai"
    r"|niêm yết|có mặt"
    r"|họp|tổ chức|hạn|cập nhật|nhập|phản hồi|báo cáo (?:về|kết quả|cho)|chuyển (?:về|cho|hồ sơ|đến)"
    r"|ban hành xong|(?<!ước )thực hiện"
    r"|ký kết|phê duyệt|thẩm định|trả lời|đề nghị|thông báo|khắc phục|tiếp nhận hồ sơ|lập|giao nộp|rà soát)\b",
    re.IGNORECASE,
)
_FREES = re.compile(
    r"\b(?:số liệu (?:được |báo cáo )?(?:lấy|tính|chốt|thống kê|tổng hợp|từ|đến|trong)|(?:tính|chốt"
    r"|cập nhật|thống kê) (?:số liệu )?"
    r"(?:đến|từ|tại)|tính|lấy từ|mốc|thời điểm|hiệu lực|được (?:tiếp nhận|ban hành|ký|thành lập|tuyển dụng"
    r"|bổ nhiệm|thông báo|công nhận|khen)"
    r"|đã|vận hành|tuyển dụng|công tác (?:từ|trước)|nghỉ hưu|sinh|dự kiến|bàn giao|tiếp nhận (?=trước|đến)"
    r"|nhận được (?=trước|đến)"
    r"|ban hành (?=trước|từ|đến)|nghỉ|ước|kết nạp|thành tích (?:từ|đạt)|thời gian (?:từ|xét|tính)"
    r"|kỳ báo cáo|giai đoạn|phát động (?=trước|đến))(?!\w)",
    re.IGNORECASE,
)
_PLANNED = re.compile(r"\bdự kiến\b(?!.*\b(?:gửi|nộp|hoàn thành|trình)\b)", re.IGNORECASE)
_HANDS_IN = re.compile(
    r"\b(?:gửi|gữi|nộp|hoàn thành|trình|họp|nhận hồ sơ|đăng ký|thời (?:hạn|gian) (?:gửi|nộp))\b", re.IGNORECASE
)
_THING = re.compile(
    r"\b(?:báo cáo|hồ sơ|đăng (?:ký|kí)|danh sách|danh mục|tờ trình|biểu|biên bản|sáng kiến)\b", re.IGNORECASE
)
_WEAK = re.compile(r"(?:xong\s+)?trước\b|đến\s+hết\b|hết\b|trong\s+(?!thời hạn|vòng|\d)|vào\b", re.IGNORECASE)
_BULLETS = " -–+•*.)(/0123456789abcdđIVX"
_NEAR = 600  # characters: longer sentences are looked at in part
_SENTENCE_END = re.compile(r"[.;](?=\s|$)")


def find(text: str, issued: date | None = None, *, dates_bind: bool = False) -> list[Phrase]:
    """The deadline phrases of one provision's text, in order, none overlapping another.

    `dates_bind` says that the text stands where a bare date is a deadline: under "Thời hạn", in such a table column.
    """
    found: list[Phrase] = []
    for phrase in _candidates(text, issued, dates_bind=dates_bind):
        if any(phrase.start < other.end and other.start < phrase.end for other in found):
            continue
        if _governed(text, phrase, given=dates_bind) and not _past(phrase, issued):
            found.append(phrase)
    return sorted(found, key=lambda p: p.start)


def _candidates(text: str, issued: date | None, *, dates_bind: bool) -> Iterator[Phrase]:
    """Everything that reads like a deadline, the most telling pattern first."""
    yield from (_period(m, "start") for m in _PERIOD.finditer(text))
    yield from (_period(m, "before") for m in _BEFORE.finditer(text))
    for m in _BETWEEN.finditer(text):
        yield from _between(m, issued)
    for m in _DATED.finditer(text):
        yield from _dated_and_more(m, issued)
    yield from (_monthly(m) for m in _MONTHLY.finditer(text))
    for m in _STRETCH.finditer(text):
        yield from _stretch(m, issued)
    yield from (_meeting(m) for m in _MEETING.finditer(text) if m["n"] or _BINDS.search(_before(text, m.start())))
    for m in _BARE_STRETCH.finditer(text) if dates_bind else ():
        yield from _stretch(m, issued)
    for m in (*_CLOSED.finditer(text), *(_BARE.finditer(text) if dates_bind else ())):
        yield _dated(m, issued, strict=False)


def _dated_and_more(m: re.Match[str], issued: date | None) -> Iterator[Phrase]:
    """A cue with a day, and a second day that goes with the same cue."""
    strict = m["strict"] is not None
    every = _AND_EVERY.match(m.string, m.end()) if m["year"] is None and not m["every"] else None
    more = every or _AND_DATE.match(m.string, m.end())
    if every:
        rule: Rule = {"freq": "yearly", "month": int(m["month"]), "day": int(m["day"])}
        yield Phrase(m[0].rstrip(), m.start(), "recurring", rule=rule, strict=strict)
    else:
        yield _dated(m, issued, strict=strict)
    if more:
        yield _dated(more, issued, strict=strict)


def _dated(m: re.Match[str], issued: date | None, *, strict: bool) -> Phrase:
    """A moment, a day, or the same day every year; a day that no calendar has keeps its words and gets no value."""
    groups = m.groupdict()
    quote, start = (m["quote"], m.start("quote")) if groups.get("quote") else (m[0].rstrip(), m.start())
    month, day = int(m["month"]), int(m["day"])
    if groups.get("every"):
        return Phrase(quote, start, "recurring", rule={"freq": "yearly", "month": month, "day": day}, strict=strict)
    when, inferred = day_meant(m["year"], month, day, issued), m["year"] is None
    hour, minute = int(groups.get("hour") or -1), int(groups.get("minute") or 0)
    if when is None:
        return Phrase(quote, start, "date", strict=strict)
    if not 0 <= hour <= 24 or minute > 59:
        last = when - timedelta(days=int(strict))
        return Phrase(quote, start, "date", when.isoformat(), {}, strict, last, inferred)
    hour += 12 * (hour < 12 and bool(re.search(r"\bchiều\b", m[0], re.IGNORECASE)))
    clock = f"{hour:02d}:{minute:02d}" if hour < 24 else "23:59"
    return Phrase(quote, start, "datetime", f"{when.isoformat()}T{clock}:00+07:00", {}, strict, None, inferred)


def _between(m: re.Match[str], issued: date | None) -> Iterator[Phrase]:
    """From one day to another, where something is handed in."""
    last = day_meant(m["year"], int(m["month"]), int(m["day"]), issued)
    first = day_meant(m["year0"] or (str(last.year) if last else None), int(m["month0"]), int(m["day0"]), issued)
    if first and last and first <= last and _HANDS_IN.search(_before(m.string, m.start())):
        value = f"{first.isoformat()}/{last.isoformat()}"
        yield Phrase(m[0], m.start(), "interval", value, year_inferred=m["year"] is None)


def _monthly(m: re.Match[str]) -> Phrase:
    rule: Rule = {"freq": "quarterly" if m["quarter"] else "monthly", "day": int(m["day"])}
    return Phrase(m[0].rstrip(), m.start(), "recurring", rule=rule, strict=m["strict"] is not None)


def day_meant(year: str | None, month: int, day: int, issued: date | None) -> date | None:
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
    event, n = m["event"].strip(), int(m["n"] or 0)
    if m["working"]:
        rule: Rule = {"n": n, "unit": "working", "before": event}
        return Phrase(m[0].rstrip(), m.start(), "working_days", rule=rule)
    rule = {"event": re.sub(r"^ngày\s+", "", event), "offset": -n, "unit": "calendar"}
    return Phrase(m[0].rstrip(), m.start(), "event", rule=rule, strict=not n)


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
    if m.groupdict().get("strict"):
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
    """The n-th week of a month, Monday to Sunday; week 1 holds the first of the month, the last one its last day."""
    if name.startswith("cuối"):
        monday = last - timedelta(days=last.weekday())
    else:
        number = _WEEKS.get(name) or int(name)
        monday = first - timedelta(days=first.weekday()) + timedelta(weeks=number - 1)
    return max(monday, first), min(monday + timedelta(days=6), max(last, monday + timedelta(days=6)))


def _before(text: str, start: int) -> str:
    """What stands before the phrase in its own sentence, as far as it can matter."""
    near = text[max(0, start - _NEAR) : start]
    ends = [m.end() for m in _SENTENCE_END.finditer(near)]
    return near[ends[-1] if ends else 0 :]


def _governed(text: str, phrase: Phrase, *, given: bool) -> bool:
    """Whether the phrase binds: the nearest governing word before it decides; weak cues need one."""
    before = _before(text, phrase.start)
    after = _SENTENCE_END.split(text[phrase.end : phrase.end + _NEAR], maxsplit=1)[0]
    frees = max((m.end() for m in _FREES.finditer(before + phrase.quote) if m.start() < len(before)), default=-1)
    binds = max((m.end() for m in _BINDS.finditer(before)), default=-1)
    if _PLANNED.search(before) or _FROM.search(before):
        return False
    if _WEAK.match(phrase.quote) and before.strip(_BULLETS):
        told = _THING.search(before) or _BINDS.search(before + after) or before.rstrip().endswith(":")
        return bool(told) and binds >= frees if phrase.kind != "interval" else binds > frees
    if phrase.kind == "interval":
        return binds > frees or bool(_HANDS_IN.search(after)) or (given and frees < 0)
    return binds >= frees


def _past(phrase: Phrase, issued: date | None) -> bool:
    """Whether the day lies before the letter: then it is a fact of the past, not a deadline."""
    if issued is None or not phrase.value:
        return False
    return date.fromisoformat(phrase.value.rpartition("/")[2][:10]) < issued
