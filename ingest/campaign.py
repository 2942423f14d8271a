"""Draft a campaign from a guidance letter: what to report, until when, and what the letter does not say. Pure.

Rules of this file
1. Nothing is invented: every section, deadline, number of copies and contact carries a verbatim quote, a contiguous
   piece of the provision it names. What is not in the letter is listed in `not_stated`, for staff to fill in.
2. What a letter announces in its subject and does not contain (the stored text being cut off) counts as not stated.
3. Two deadlines for the same thing that differ are both kept, each with a note that names the other.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.deadlines import Rule
from ingest.gaps import Contact, Copies, contacts, copies, missing_parts, not_stated
from ingest.head import Header
from ingest.sections import DraftSection, report_sections
from ingest.timetable import DraftDeadline, timetable
from knowledge.documents import Document, Provision


@dataclass(frozen=True, slots=True)
class Draft:
    """What a careful reader finds in a letter; `not_stated` maps a key ("deadline", "ratio" …) to words for staff."""

    guidance: str
    title: str
    issuer: str
    issued: date | None
    report_year: int | None
    sections: tuple[DraftSection, ...]
    deadlines: tuple[DraftDeadline, ...]
    copies: tuple[Copies, ...]
    contacts: tuple[Contact, ...]
    not_stated: Mapping[str, str]


_NO_BODY = ("dau-van-ban", "noi-nhan", "chu-ky", "can-cu")


def draft(document: Document, header: Header, provisions: Sequence[Provision]) -> Draft:
    """Read a parsed letter as a campaign; what the catalogue knows (`document`) goes before the letter's own head."""
    body = [p for p in provisions if p.path.partition("/")[0] not in _NO_BODY]
    subject = header.subject or document.title
    issued = document.issued or header.issued
    deadlines = tuple(timetable(body, issued))
    found_copies, found_contacts = tuple(copies(body)), tuple(contacts(body))
    said = {
        "deadline": bool(deadlines),
        "copies": bool(found_copies),
        "contact": bool(found_contacts),
        "signer": bool(header.signer),
    }
    return Draft(
        guidance=document.number or header.number,
        title=_title(document.title or subject),
        issuer=document.issuer or header.issuer,
        issued=issued,
        report_year=_report_year(subject, issued),
        sections=report_sections(provisions),
        deadlines=deadlines,
        copies=found_copies,
        contacts=found_contacts,
        not_stated=not_stated(body, said) | missing_parts(document, subject, body),
    )


def to_json(draft: Draft) -> dict[str, object]:
    """The draft as plain values; keys that say nothing are left out of a deadline."""
    return {
        "guidance": draft.guidance,
        "title": draft.title,
        "issuer": draft.issuer,
        "issued": draft.issued.isoformat() if draft.issued else None,
        "report_year": draft.report_year,
        "sections": [
            {
                "path": s.path,
                "title": s.title,
                "under": list(s.under),
                "hint": s.hint,
                "asks_for": list(s.asks_for),
                "only_for": list(s.only_for),
            }
            for s in draft.sections
        ],
        "deadlines": [_deadline_json(d) for d in draft.deadlines],
        "copies": [{"what": c.what, "paper": c.paper, "quote": c.quote, "path": c.path} for c in draft.copies],
        "contacts": [{"quote": c.quote, "path": c.path} for c in draft.contacts],
        "not_stated": list(draft.not_stated.values()),
        "not_stated_keys": list(draft.not_stated),
    }


def _deadline_json(d: DraftDeadline) -> dict[str, object]:
    always = {
        "what": d.what,
        "quote": d.quote,
        "path": d.path,
        "kind": d.kind,
        "value": d.value or None,
        "strict": d.strict,
    }
    more = {
        "rule": dict(d.rule),
        "last_day": d.last_day.isoformat() if d.last_day else None,
        "for": list(d.for_whom),
        "year_inferred": d.year_inferred,
        "notes": list(d.notes),
    }
    return always | {key: value for key, value in more.items() if value}


def _title(subject: str) -> str:
    words = re.sub(r"^(?:hướng dẫn|v/v|về việc)\s+(?:hướng dẫn\s+)?", "", subject.strip(), flags=re.IGNORECASE)
    return words[:1].upper() + words[1:]


def _report_year(subject: str, issued: date | None) -> int | None:
    """The year reported on: "năm 2026", the second of "năm học 2025 - 2026"; else the year of issue."""
    if m := re.search(r"năm\s+(?:học\s+(?:20\d{2})\s*[-–]\s*)?(20\d{2})", subject):
        return int(m[1])
    return issued.year if issued else None


# --- the campaign file ------------------------------------------------------------------------------------------------

_UNITS_EXAMPLE = """\
# Đơn vị nộp báo cáo và cán bộ được giao: cơ quan thường trực điền. kind là loại đơn vị, dùng cho only_for của từng mục.
# [[unit]]
# code = "PVH"
# name = "Phòng Văn hóa - Xã hội"
# kind = "phòng"
# Đơn vị đã nhập từ bảng tính thì thay các mục [[unit]] bằng một dòng trong [campaign], ví dụ: addressed = "all"
#
# [[officer]]
# code = "CB01"
# name = "Họ và tên"
# unit = "PVH"
"""
_NO_DEADLINE = """\
# Thời hạn: văn bản không nêu – cơ quan thường trực điền rồi bỏ dấu # ở đầu dòng.
# [[deadline]]
# key = "bao-cao"
# what = "Báo cáo tổng kết"
# due = 2026-12-01T17:00:00+07:00    # ví dụ, không lấy từ văn bản
# set_by = "người ấn định"
# set_on = 2026-11-12    # ngày ấn định
"""


Reckon = Callable[[Rule, date | None], date | None]


def to_toml(draft: Draft, reckon: Reckon = lambda _, __: None) -> str:
    """The draft as a campaign file for staff to complete: filled in where the letter speaks, else commented.

    `reckon`: the day that a deadline's rule comes to in a letter issued on a day, None if the letter leaves it open.
    """
    keys: set[str] = set()
    days = [d.value.rpartition("/")[2] or str(reckon(d.rule, draft.issued) or "") for d in draft.deadlines]
    deadlines = [
        _deadline_toml(d, _unique(_slug(d.what), keys), due) for d, due in zip(draft.deadlines, days, strict=True)
    ]
    if not any(re.search(r"^\[\[deadline", block, re.MULTILINE) for block in deadlines):
        deadlines.append(_NO_DEADLINE)
    return "\n".join((_head_toml(draft), _UNITS_EXAMPLE, *deadlines, *map(_section_toml, draft.sections)))


def _head_toml(draft: Draft) -> str:
    lines = [
        f"# Dự thảo đợt tổng kết, lập từ {draft.guidance}. Xin kiểm tra từng mục, điền phần còn thiếu, rồi chạy:",
        "#   thidua campaign open TÊN_TỆP",
        "",
        "[campaign]",
        f"id = {_text(_slug(f'tong-ket-{draft.guidance}-{draft.report_year}'))}",
        f"title = {_text(draft.title)}",
        f"guidance = {_text(draft.guidance)}",
        f"issuer = {_text(draft.issuer)}",
        f"issued = {draft.issued}" if draft.issued else "# issued = 2026-10-01    # văn bản không nêu ngày ban hành",
        f"report_year = {draft.report_year or '2026    # xin kiểm tra: văn bản không nêu năm báo cáo'}",
        "# Những điều văn bản không nêu: cơ quan thường trực quyết định và thông báo cho đơn vị.",
        f"not_stated = {_list(draft.not_stated.values())}",
        "",
        *(f"# Số bản giấy – {c.what}: {c.paper} (“{c.quote}”, {c.path})" for c in draft.copies),
        *(f"# Liên hệ ({c.path}): {c.quote}" for c in draft.contacts),
        "",
    ]
    return "\n".join(lines)


def _deadline_toml(d: DraftDeadline, key: str, due: str) -> str:
    """A deadline; commented out where it gives no day or does not bind every unit, until staff decide."""
    lines = [
        "[[deadline]]",
        f"key = {_text(key)}",
        f"what = {_text(d.what)}",
        f"due = {due}",
        f"strict = {str(d.strict).lower()}",
        f"quote = {_text(d.quote)}",
        f"path = {_text(d.path)}",
    ]
    if not _for_report(d):
        lines.append("for_report = false    # không phải hạn của báo cáo này: được nêu khi hỏi, không nhắc")
    off = "# " if d.for_whom or not due else ""
    return "\n".join((*(f"# Lưu ý: {note}." for note in _notes(d, due)), *(off + line for line in lines), ""))


def _for_report(d: DraftDeadline) -> bool:
    """Whether it is the report that is due: "Báo cáo tổng kết", not "Hồ sơ …", "Bản đăng ký …", "Báo cáo thống kê"."""
    what = d.what.casefold()
    return what.startswith(("báo cáo", "nộp báo cáo", "gửi báo cáo")) and not re.search("thống kê|thành tích", what)


_RECKONED = "văn bản nêu số ngày; ngày ở đây được tính từ đó, không kể ngày đầu và ngày nghỉ, xin xác nhận"
_RECKONED_YEARLY = "văn bản nêu ngày hằng năm; ngày ở đây là lần tới kể từ ngày ban hành, xin xác nhận"


def _notes(d: DraftDeadline, due: str) -> list[str]:
    """What staff should look at before they rely on a deadline."""
    notes = list(d.notes)
    if d.kind == "interval":
        notes.append(f"văn bản nêu một khoảng ({d.value}); ở đây lấy ngày cuối, xin xác nhận")
    if d.year_inferred:
        notes.append("văn bản không ghi năm; năm được suy từ ngày ban hành, xin xác nhận")
    if d.for_whom:
        notes.append(f"chỉ dành cho {', '.join(d.for_whom)}; bỏ dấu # nếu muốn nhắc mọi đơn vị trong tệp này")
    if due and not d.value:
        notes.append(_RECKONED_YEARLY if d.kind == "recurring" else _RECKONED)
    elif not d.value:
        notes.append("văn bản không nêu ngày cụ thể; xin điền due rồi bỏ dấu # nếu cần nhắc")
    return notes


def _section_toml(s: DraftSection) -> str:
    lines = [
        "[[section]]",
        f"path = {_text(s.path)}",
        f"title = {_text(s.title)}",
        f"under = {_list(s.under)}",
        f"hint = {_text(s.hint)}",
        f"asks_for = {_list(s.asks_for)}",
    ]
    if s.only_for:
        lines += ["# Loại đơn vị (kind) phải nộp mục này:", f"only_for = {_list(s.only_for)}"]
    fields = (
        "# Chưa khai [[section.field]]: mục có một ô nhập là Nội dung. Ô, bảng thường dùng: thidua campaign template."
    )
    return "\n".join((*lines, fields, ""))


def _text(words: str) -> str:
    """A TOML basic string: JSON's escapes are a part of TOML's."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(items: Iterable[str]) -> str:
    lines = [f"  {_text(item)}," for item in items]
    return "\n".join(("[", *lines, "]")) if lines else "[]"


def _slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, 60 characters at most; never empty."""
    plain = unicodedata.normalize("NFD", words.casefold().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "muc"


def _unique(key: str, taken: set[str]) -> str:
    """The key, numbered if it was given away before."""
    free, n = key, 1
    while free in taken:
        n += 1
        free = f"{key}-{n}"
    taken.add(free)
    return free
