"""The day that a rule of a guidance letter comes to: "10 ngày làm việc kể từ ngày ban hành văn bản này". Pure.

Rules of this file
1. Only what the letter itself settles is reckoned: from its own day of issue, or from a day it names; of a day of every
   year ("15/12 hằng năm") the next one. Counted from what is not known yet ("kể từ ngày nhận được", "sau hội nghị"), a
   rule comes to no day.
2. The first day is not counted; working days leave out days off; plain days that end on a day off end on the next
   working day (Bộ luật Dân sự 2015, Điều 147 and 148).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from bot.reminders import Calendar
from bot.values import day
from ingest.deadlines import day_meant
from knowledge.vietnamese import fold

_NAMED = re.compile(r"(?:ngay )?([0-9]{1,2} ?(?:/|-|\.|thang) ?[0-9]{1,2} ?(?:/|-|\.|nam) ?[0-9]{4})")
_OWN = re.compile(
    r"(?:ngay )?(?:ky(?: ban hanh)?|ban hanh|ra)"
    r"(?: (?:cong van|van ban|huong dan|ke hoach|thong bao)(?: huong dan)?)?(?: nay)?"
)


def reckoned(rule: Mapping[str, str | int], issued: date | None, calendar: Calendar) -> date | None:
    """The last day by a rule (`ingest.deadlines.Phrase.rule`) of a letter issued on a day; None: not settled by it."""
    match rule:
        case {"unit": "working", "n": int(n), "start": str(anchor)}:
            start = _start(anchor, issued)
            return calendar.add_working_days(start, n) if start else None
        case {"unit": "calendar", "offset": int(n), "event": str(anchor)} if n > 0 and "not_before" not in rule:
            start = _start(anchor, issued)
            return calendar.on_or_after(start + timedelta(days=n)) if start else None
        case {"freq": "yearly", "month": int(month), "day": int(of_month)}:
            return day_meant(None, month, of_month, issued)
        case _:
            return None


def _start(anchor: str, issued: date | None) -> date | None:
    said = " ".join(fold(anchor).casefold().split())
    if named := _NAMED.fullmatch(said):
        written = day(named[1])
        return date(*map(int, reversed(written.split("/")))) if written else None
    return issued if _OWN.fullmatch(said) else None
