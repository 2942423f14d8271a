"""What a letter says about copies and contact, and what letters of its kind say and this one does not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.timetable import MARKER, thing
from knowledge.documents import Document, Provision

NOT_STATED = {
    "deadline": "thời hạn nộp báo cáo",
    "copies": "số bộ hồ sơ",
    "ratio": "tỷ lệ, số lượng được đề nghị khen thưởng",
    "contact": "đầu mối liên hệ (người, điện thoại, thư điện tử)",
    "format": "dạng tệp, cách gửi bản điện tử",
    "forms": "biểu mẫu kèm theo",
    "recipient": "nơi nhận báo cáo, hồ sơ",
    "signer": "người ký văn bản",
}


@dataclass(frozen=True, slots=True)
class Copies:
    """How many paper copies of what; 0: no paper."""

    what: str
    paper: int
    quote: str
    path: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask: the letter's own words."""

    quote: str
    path: str


_COPIES = re.compile(
    r"(?P<n>\d{1,2})\s*(?:\([^)]{1,12}\)\s*)?(?:bộ|bản(?!\s+(?:đăng|sao|án)))\b(?:\s+(?:hồ sơ"
    r"|bản)?\s*(?:giấy|chính|gốc))?",
    re.IGNORECASE,
)
_NO_PAPER = re.compile(r"không\s+(?:gửi|nộp|nhận|cần)\s+(?:bản|hồ sơ)\s+giấy", re.IGNORECASE)
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_PHONE = r"(?:điện thoại|số ĐT|ĐT|SĐT|đt)\s*:?\s*[\d. ]{8,}\d"
_REACHED = re.compile(rf"{_EMAIL}|{_PHONE}")
_SAID = {
    "ratio": (
        r"(?:không (?:quá|vượt quá)|tối đa|tối thiểu|ít nhất|bằng|từ) "
        r"(?:\d+ ?(?:[.,]\d+)? ?%|một phần \w+ (?:số|tổng)|\d+ (?:tập thể|cá nhân|người|hộ))"
        r"|\d ?% (?:tổng )?số|khống chế tỷ lệ|tỷ lệ .{0,60}\d ?%"
    ),
    "format": (
        r"\.(?:docx?|pdf|xlsx?)\b|\btệp\b|\bfile\b|bản (?:điện tử|mềm|word|scan)|ký số|trục liên thông|trên phần mềm"
        r"|phần mềm .{0,30}(?:thi đua|quản lý)|hệ thống quản lý văn bản|nộp trực tuyến (?:qua|trên|tại)"
        r"|(?:gửi|nộp) .{0,40}(?:thư điện tử|e-?mail|hộp thư)|qua (?:e-?mail|thư điện tử|hộp thư|trục)"
    ),
    "forms": (r"(?:theo|kèm|có|tại) (?:các )?(?:biểu )?mẫu|biểu mẫu|phụ lục|mẫu số|đề cương (?:kèm|chi tiết|báo cáo)"),
    "recipient": (
        r"(?:gửi|nộp|có mặt|trình) (?:\w+ ){0,6}?(?:về|cho|tại|qua|đến|vào)\b|nơi nhận:"
        r"|gửi (?:sở|phòng|ủy ban|văn phòng|hội đồng)"
    ),
}


def copies(body: Sequence[Provision]) -> Iterator[Copies]:
    for p in body:
        for m in _COPIES.finditer(p.text):
            before = re.split(r"[.;]\s", p.text[max(0, m.start() - 300) : m.start()])[-1]
            if re.search(
                r"hồ sơ|báo cáo|nộp|gửi|số lượng|lập|tờ trình", before + p.text[m.start() : m.end() + 40], re.IGNORECASE
            ):
                yield Copies(thing(before) or "Hồ sơ", int(m["n"]), m[0].strip(), p.path)
        for m in _NO_PAPER.finditer(p.text):
            yield Copies(thing(p.text[: m.start()]) or "Báo cáo", 0, m[0], p.path)


def contacts(body: Sequence[Provision]) -> Iterator[Contact]:
    for p in body:
        if found := list(_REACHED.finditer(p.text)):
            start = p.text.rfind(". ", 0, found[0].start()) + 1
            yield Contact(MARKER.sub("", p.text[start : found[-1].end()].strip()), p.path)


def not_stated(body: Sequence[Provision], found: Mapping[str, bool]) -> dict[str, str]:
    """What a letter of this kind usually says and this one does not, in the order of NOT_STATED."""
    text = "\n".join(p.text for p in body)
    said = {key: bool(re.search(pattern, text, re.IGNORECASE)) for key, pattern in _SAID.items()} | dict(found)
    return {key: words for key, words in NOT_STATED.items() if not said[key]}


_ATTACHED = re.compile(r"(?:phu-luc|de-cuong|mau|bieu|bang)\b|.*/bang-")
_TOPICS = re.compile(
    r"tổng kết phong trào(?: thi đua)?|công tác khen thưởng|phương hướng|đăng ký thi đua", re.IGNORECASE
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def missing_parts(document: Document, subject: str, body: Sequence[Provision]) -> dict[str, str]:
    """The parts announced in the subject of a text that breaks off, and the place where it does."""
    main = [p for p in body if not _ATTACHED.match(p.path)]
    last = next((p for p in reversed(main) if p.text.strip()), None)
    if last is None or (document.complete and last.text.rstrip().endswith((".", ";", "/.", "”", ")", ":"))):
        return {}
    tops = [p for p in main if "/" not in p.path and p.heading]
    told = " ".join(p.heading or "" for p in tops).casefold()
    topics = [words for m in _TOPICS.finditer(subject) if m[0].casefold() not in told and (words := _topic(subject, m))]
    number = tops[-1].path.removeprefix("muc-") if tops else ""
    parts: dict[str, str] = {"rest": f"phần còn lại của {_label(last.path)} (văn bản lưu dừng giữa câu)"}
    if topics and number in _ROMAN:
        after = _ROMAN.index(number) + 1
        names = ", ".join(_ROMAN[after : after + len(topics)])
        parts["sections"] = f"mục {names} (văn bản lưu không trọn vẹn): {'; '.join(topics)}"
    return parts


def _topic(subject: str, m: re.Match[str]) -> str:
    return re.split(r";|\s+và\s+(?=công tác khen|đăng ký)", subject[m.start() :])[0].strip()


def _label(path: str) -> str:
    """ "muc-I/2" as "mục I.2", as far as a draft needs it."""
    steps = [re.sub(r"^(?:muc|diem)-", "", step) for step in path.split("/") if not step.startswith("doan-")]
    return "mục " + ".".join(steps)
