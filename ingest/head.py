"""The head of an official text and its end: who wrote to whom, when, about what, and who signed. Pure.

Read from the text itself, never from what it cites: the own number is the first "Số:" before any "Căn cứ". Whatever is
not there stays empty; nothing is guessed from a file's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_UPPER = "A-ZĐƯƠĂÂÊÔÁÀẢÃẠẮẰẲẴẶẤẦẨẪẬÉÈẺẼẸẾỀỂỄỆÍÌỈĨỊÓÒỎÕỌỐỒỔỖỘỚỜỞỠỢÚÙỦŨỤỨỪỬỮỰÝỲỶỸỴ"
_NUMBER = re.compile(
    rf"^(?:Luật|Nghị quyết|Pháp lệnh)?\s*[Ss][ốỐ]\s*:?\s*"
    rf"(\d{{1,5}}[a-z]?\s*(?:/\s*(?:19|20)\d{{2}})?\s*[/-]\s*[{_UPPER}][{_UPPER}a-zđ0-9&/-]*(?:\s*[-/]\s*[{_UPPER}][{_UPPER}a-zđ0-9]*)*)"
)
_NUMBER_LINE = re.compile(r"^(?:Luật|Nghị quyết|Pháp lệnh)?\s*[Ss][ốỐ]\s*:")
_DATE = re.compile(
    r"^(?:(?P<place>[^,:]{2,60}),\s*)?[Nn]gày\s+(?P<day>\d{1,2})\s*(?:/|-|tháng)\s*(?P<month>\d{1,2})\s*(?:/|-|năm)\s*(?P<year>\d{4})\.?$"
)
_DATE_LINE = re.compile(r"^(?:[^,:]{2,60},\s*)?[Nn]gày\s.{0,12}tháng\s.{0,12}năm\b.{0,12}$")
_SUBJECT = re.compile(r"^(?:V/v|Về việc|Trích yếu)\s*:?\s+", re.IGNORECASE)
_TO = re.compile(r"^Kính\s+gửi\s*:?\s*", re.IGNORECASE)
_NATION = re.compile(r"^CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA|^Độc lập\s*[-–]\s*Tự do|^[\W_]+$", re.IGNORECASE)
_ROLE = re.compile(
    rf"^(?:(?:TM|KT|TL|TUQ|Q|TMBCH)\.\s*[{_UPPER}]|(?:PHÓ |QUYỀN )?(?:CHỦ TỊCH|(?:TỔNG )?GIÁM ĐỐC|BỘ TRƯỞNG|THỨ TRƯỞNG"
    r"|TRƯỞNG |HIỆU TRƯỞNG|CHÁNH |CHỦ NHIỆM|THỦ TƯỚNG|(?:TỔNG )?BÍ THƯ|VIỆN TRƯỞNG)(?![a-zà-ỹđ]))"
)
_BODY = re.compile(
    r"^(?:Căn cứ|Thực hiện|Để |Thi hành|Theo |Xét |Tiếp theo|Nhằm |Năm |Ngày (?!\d)|Vừa qua|Hiện nay|Trên cơ sở"
    r"|Quốc hội ban hành)"
)

KINDS = {
    "HD": "Hướng dẫn", "KH": "Kế hoạch", "QĐ": "Quyết định", "TB": "Thông báo", "BC": "Báo cáo", "TTr": "Tờ trình",
    "CT": "Chỉ thị", "CTr": "Chương trình", "NQ": "Nghị quyết", "QC": "Quy chế", "QyĐ": "Quy định", "NĐ": "Nghị định",
    "TT": "Thông tư", "TTLT": "Thông tư liên tịch", "CĐ": "Công điện", "CV": "Công văn", "VBHN": "Văn bản hợp nhất",
    "QH": "Luật", "PL": "Pháp lệnh", "L": "Lệnh", "ST": "Sổ tay",
}  # fmt: skip
_TITLES = {kind.upper(): kind for kind in KINDS.values() if kind != "Công văn"} | {
    "BỘ LUẬT": "Bộ luật",
    "ĐỀ ÁN": "Đề án",
}
_AREA = re.compile(
    r"\b(TỈNH|THÀNH PHỐ|TP\.?|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|THỊ TRẤN|ĐẶC KHU)\s+(?!HỘI\b)"
    rf"([{_UPPER}]+(?:[ -][{_UPPER}0-9]+)*)$"
)
_ORGANS = (
    "Ủy ban nhân dân",
    "Hội đồng nhân dân",
    "Hội đồng Thi đua - Khen thưởng",
    "Sở Nội vụ",
    "Quốc hội",
    "Chính phủ",
    "Bộ Nội vụ",
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a text says about itself, empty where it says nothing; `subject` without "V/v", `number` without spaces."""

    number: str = ""
    kind: str = ""
    subject: str = ""
    issuer: str = ""
    place: str = ""
    issued: date | None = None
    addressees: tuple[str, ...] = ()
    signer: str = ""
    signer_roles: tuple[str, ...] = ()


def head_length(lines: Sequence[str]) -> int:
    """How many lines from the top are the head: issuer, motto, number, place and date, title, subject, addressees."""
    limit = next((i for i, line in enumerate(lines[:40]) if _BODY.match(line)), min(len(lines), 40))
    anchors = (_NUMBER_LINE, _DATE_LINE, _SUBJECT, _TO, _NATION)
    end = max(
        (i + 1 for i, line in enumerate(lines[:limit]) if any(a.search(line.strip()) for a in anchors)), default=0
    )
    title = next((i for i, line in enumerate(lines[: limit + 1]) if title_kind(line)), None)
    if title is not None and title + 1 >= end:
        end = title + 1 + len(_subject_lines(lines[title + 1 :]))
    while end < len(lines) and _belongs_to_head(lines, end):
        end += 1
    return end


def _belongs_to_head(lines: Sequence[str], i: int) -> bool:
    """Whether line i is still of the head before it: a further addressee, a subject's second line, capitals."""
    line, before = lines[i].strip(), lines[i - 1].strip() if i else ""
    if _TO.match(line) or _SUBJECT.match(line) or _NATION.search(line):
        return True
    to = next((k for k in range(i - 1, -1, -1) if _TO.match(lines[k].strip())), None)
    if to is not None:
        return line.startswith(("-", "–", "+", "•")) or (not _BODY.match(line) and before.endswith((";", "gửi:")))
    if _BODY.match(line) or i == 0:
        return False
    return (_is_capitals(line) and not re.match(r"[IVX\d]+[./)]|[A-H]\.|(?:CHƯƠNG|PHẦN|MỤC|ĐIỀU|PHỤ LỤC)\b", line)) or (
        bool(_SUBJECT.match(before)) and line[:1].islower()
    )


def _subject_lines(lines: Sequence[str]) -> list[str]:
    """The lines under a title line (HƯỚNG DẪN …) that say what it is about."""
    taken: list[str] = []
    for i, raw in enumerate(lines[:6]):
        line = raw.strip()
        if (
            _BODY.match(line)
            or _TO.match(line)
            or re.match(r"[IVX\d]+[./)]\s|(?:Chương|Điều|Phần|CHƯƠNG|PHẦN)\s+[IVX\d]", line)
        ):
            break
        ahead = lines[i + 1].strip() if i + 1 < len(lines) else ""
        ends = bool(taken) and not (line[:1].islower() or _is_capitals(line) or line.startswith("("))
        if ends and not (
            len(line) < 100 and not line.endswith((".", ":", ";")) and (_BODY.match(ahead) or _TO.match(ahead))
        ):
            break
        taken.append(line)
    return taken


def read_header(head: Sequence[str], body: str, signature: Sequence[str]) -> Header:
    """The header of a text: its head lines, the body (to find names in their usual spelling), the signature lines."""
    lines = [line.strip() for line in head]
    number = next((re.sub(r"\s+", "", found.group(1)) for line in lines if (found := _NUMBER.match(line))), "")
    dated = next((found for line in lines if (found := _DATE.match(line))), None)
    roles, signer = _signature(signature)
    kind, subject = _kind_and_subject(lines, number)
    return Header(
        number=number,
        kind=kind,
        subject=subject,
        issuer=_issuer(lines, body),
        place=(dated["place"] or "").strip() if dated else "",
        issued=_date(dated) if dated else None,
        addressees=_addressees(lines),
        signer=signer,
        signer_roles=roles,
    )


def title_kind(line: str) -> str:
    """The kind of document a title line announces ("HƯỚNG DẪN" → "Hướng dẫn"), or nothing."""
    line = line.strip()
    names = sorted(_TITLES, key=len, reverse=True)
    return next((_TITLES[n] for n in names if line == n or (line.startswith(n + " ") and _is_capitals(line))), "")


def is_role(line: str) -> bool:
    """Whether a line is a signatory's capacity (TM. HỘI ĐỒNG, CHỦ TỊCH)."""
    return bool(_ROLE.match(line.strip()))


def _is_capitals(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return len(letters) > 2 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _kind_and_subject(lines: Sequence[str], number: str) -> tuple[str, str]:
    code = re.match(r"[\d]+[a-z]?(?:/\d{4})?[/-]([A-ZĐ][A-Za-zĐđ]*)", number)
    kind = KINDS.get(code.group(1), "") if code else ""
    title = next((i for i, line in enumerate(lines) if title_kind(line)), None)
    about = next((i for i, line in enumerate(lines) if _SUBJECT.match(line)), None)
    if about is not None:
        more = [line for line in lines[about + 1 : about + 3] if line[:1].islower()]
        return kind or "Công văn", " ".join([_SUBJECT.sub("", lines[about]), *more])
    if title is None:
        return kind or ("Công văn" if number else ""), ""
    kind = title_kind(lines[title]) or kind
    same_line = lines[title][len(kind) :].strip(" :")
    subject = " ".join([same_line, *_subject_lines(lines[title + 1 :])]).strip()
    return kind, subject


def _issuer(lines: Sequence[str], body: str) -> str:
    """The issuing body as usually written: "SỞ NỘI VỤ" under "UBND TỈNH SƠN HẢI" → "Sở Nội vụ tỉnh Sơn Hải"."""
    block: list[str] = []
    for line in lines:
        if (
            _NATION.search(line)
            or _NUMBER_LINE.match(line)
            or _DATE_LINE.match(line)
            or title_kind(line)
            or _TO.match(line)
        ):
            break
        block.append(re.sub(r"[\W_]+$", "", line))
    organs, area = [], ""
    for line in block:
        found = _AREA.search(line)
        if found:
            area = f"{found.group(1).lower()} {_title_case(found.group(2))}"
            line = line[: found.start()].strip()  # noqa: PLW2901 - what is left of the line once its area is taken off
        if line:
            organs.append((line, bool(found)))
    if not organs:
        return area
    names = _join_split_organ([name for name, _ in organs])
    return f"{_spelling(names[-1], body)} {area}".strip()


def _join_split_organ(names: list[str]) -> list[str]:
    """Bodies whose name runs over two lines (HỘI ĐỒNG / THI ĐUA - KHEN THƯỞNG) as one."""
    joined: list[str] = []
    for name in names:
        if joined and joined[-1] in {"HỘI ĐỒNG", "BAN CHỈ ĐẠO", "BAN", "TRƯỜNG", "SỞ"}:
            joined[-1] += " " + name
        else:
            joined.append(name)
    return joined


def _spelling(name: str, body: str) -> str:
    """A name in capitals as the body (or custom) writes it."""
    name = re.sub(r"\bUBND\b", "ỦY BAN NHÂN DÂN", re.sub(r"\s+", " ", name))
    for known in _ORGANS:
        if known.upper() == name.upper():
            return known
    seen = Counter(
        m.group()
        for m in re.finditer(re.escape(name), body, re.IGNORECASE)
        if m.group()[0].isupper() and not m.group().isupper()
    )
    return seen.most_common(1)[0][0] if seen else name.capitalize()


def _title_case(name: str) -> str:
    return " ".join(word.capitalize() for word in name.split())


def _addressees(lines: Sequence[str]) -> tuple[str, ...]:
    at = next((i for i, line in enumerate(lines) if _TO.match(line)), None)
    if at is None:
        return ()
    first = _TO.sub("", lines[at])
    parts = [part for line in (first, *lines[at + 1 :]) for part in line.split(";")]
    names = (re.sub(r"\s+([,;.])", r"\1", part.strip(" -–+•").rstrip(" .;,:")) for part in parts)
    return tuple(name for name in names if name)


def _signature(lines: Sequence[str]) -> tuple[tuple[str, ...], str]:
    roles: list[str] = []
    signer = ""
    for raw in lines:
        line = raw.strip()
        if re.match(r"^\(.*\)$|^Luật này|^[\W_]+$", line):
            continue
        capital = re.match(rf"^((?:[{_UPPER}.]+[ ,-]*)+)(?:$|(?=[{_UPPER}][a-zà-ỹđ]))", line)
        role = capital.group(1).strip() if capital else ""
        if role and (is_role(role) or not signer):
            roles.append(role)
        signer = line[len(role) :].strip() or signer if role else line
    return tuple(roles), signer


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None  # "ngày 31 tháng 11": printed, but no such day
