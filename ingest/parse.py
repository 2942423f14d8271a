"""Text → header and provisions, in both grammars of Vietnamese official texts. Pure.

Rules
1. Every line of the body is in exactly one provision, in reading order, verbatim: joined by newlines the own texts
   give the body back (after NFC and line ends; blank lines aside). What is not understood is a paragraph, never lost.
2. A marker opens a provision at the start of a line only, and only where it is plausible in sequence. "theo Điều 5 …"
   in a line, or a line that goes on with "Điều 5 …" after "quy định tại", is text.
3. Điều stand at the top of the path whatever their chapter; khoản restart in each điều, điểm in each khoản. A number
   printed twice gets `-lan-2`; a missing one stays missing.
4. What an amending text quotes (“Điều 24 …”) belongs to the own text of the clause that quotes it; it opens nothing.
5. An unnumbered paragraph hangs on the last numbered provision: `doan-1` under a title, `doan-2` under a line of
   running text (that line is the first).
6. The head is `dau-van-ban`; then `can-cu/doan-n`, `mo-dau/doan-n`, the body, `noi-nhan`, `chu-ky`, and appendices.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.head import Header, head_length, is_role, read_header
from ingest.numbering import Grammar, Level, Mark, continues, mark, value
from ingest.outline import Node, Outline, Quoting, announces, plausible
from knowledge.documents import Provision

__all__ = ["Header", "Parsed", "body_lines", "parse"]

_LEGAL_BASE = re.compile(r"^(?:Căn cứ|Theo đề nghị|Xét đề nghị)\b")
_RECIPIENTS = re.compile(r"^Nơi\s+nhận\s*:?\s*(?:$|[-–+])|^Nơi\s+nhận\s*:\s*Như ", re.IGNORECASE)
_PASSED = re.compile(r"^(?:Luật|Bộ luật|Nghị quyết|Pháp lệnh) này (?:đã )?được\b.*\bthông qua ngày\b")
_APPENDIX = re.compile(
    r"^(?:(?P<name>PHỤ LỤC|Phụ lục)(?:\s+(?:SỐ|số))?|(?P<form>MẪU|Mẫu|BIỂU|Biểu)(?:\s+(?:SỐ|số))?)"
    r"\s*(?P<id>[IVX]+|\d{1,3}[a-zA-ZđĐ]?|[A-H])?\s*(?:[.:–-]\s*(?P<title>\S.*)|$)"
)
_ATTACHED = re.compile(r"^(QUY CHẾ|QUY ĐỊNH|ĐIỀU LỆ|NỘI QUY|CHƯƠNG TRÌNH|ĐỀ CƯƠNG)(?:$|\s)")
_ATTACHED_TO = re.compile(r"^\(?\s*(?:Ban hành kèm theo|Kèm theo)", re.IGNORECASE)
_ATTACHABLE = {
    "QUY CHẾ": "quy-che", "QUY ĐỊNH": "quy-dinh", "ĐIỀU LỆ": "dieu-le", "NỘI QUY": "noi-quy",
    "CHƯƠNG TRÌNH": "chuong-trinh", "ĐỀ CƯƠNG": "de-cuong",
}  # fmt: skip
_STEPS = {"PHỤ LỤC": "phu-luc", "MẪU": "mau", "BIỂU": "bieu"} | _ATTACHABLE


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text taken apart: what it says about itself, and its provisions in reading order."""

    header: Header
    provisions: tuple[Provision, ...]


def parse(text: str, *, number: str = "") -> Parsed:
    """The header and provisions of a text; `number` names the document, by default the one the text prints."""
    lines = body_lines(text)
    head = head_length(lines)
    main, *attached = _zones(lines, head)
    outline = Outline()
    for line in main.lines[:head]:
        outline.add_to("dau-van-ban", line)
    tail = _tail_start(main.lines, head)
    _parse_zone(outline, main.lines[head:tail], "")
    signature = _parse_tail(outline, main.lines[tail:], "")
    for zone in attached:
        _parse_attached(outline, zone)
    header = read_header(main.lines[:head], "\n".join(main.lines[head:]), signature)
    return Parsed(header, tuple(node.provision(number or header.number) for node in outline.nodes))


def body_lines(text: str) -> list[str]:
    """The lines of a text that carry something: NFC, any line end, blank lines left out."""
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return [line for line in normal.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class _Zone:
    """The main text, or something attached to it."""

    step: str
    lines: Sequence[str]
    title: str = ""


def _zones(lines: Sequence[str], head: int) -> list[_Zone]:
    starts = [(0, "", "")]
    for i in range(head, len(lines)):
        opens = _attachment(lines, i)
        if opens and not (opens[0] in _ATTACHABLE.values() and starts[-1][1] and i - starts[-1][0] < 3):
            starts.append((i, *opens))
    ends = [start for start, *_ in starts[1:]] + [len(lines)]
    return [_Zone(step, lines[start:end], title) for (start, step, title), end in zip(starts, ends, strict=True)]


def _attachment(lines: Sequence[str], i: int) -> tuple[str, str] | None:
    """Path step and title on the line, if an appendix, a form or an attached regulation starts at this line."""
    line = lines[i].strip()
    if "\t" in line or (i and continues(lines[i - 1])):
        return None
    found = _APPENDIX.match(line)
    if found and (found["name"] or found["id"]):
        printed, title = found["id"] or "", found["title"] or ""
        if title and not printed and not title.isupper():
            return None
        roman = bool(value(printed)) and not printed.isdigit()
        step = _STEPS[(found["name"] or found["form"]).upper()]
        return f"{step}-{printed if roman else printed.lower()}".rstrip("-"), title
    found = _ATTACHED.match(line)
    follows = any(_ATTACHED_TO.match(after.strip()) for after in lines[i + 1 : i + 4])
    return (_STEPS[found.group(1)], line) if found and line.isupper() and follows else None


def _parse_attached(outline: Outline, zone: _Zone) -> None:
    """An appendix: its marker, its title lines, "(Kèm theo …)", then a text of its own."""
    first = zone.lines[0].strip()
    node = outline.new(zone.step, 0, zone.lines[0])
    node.marker = first.removesuffix(zone.title).rstrip(" .:–-") or None
    titles = [zone.title] if zone.title else []
    at = 1
    while at < min(len(zone.lines), 8) and _belongs_to_title(zone.lines, at, titled=bool(titles)):
        if not _ATTACHED_TO.match(zone.lines[at].strip()):
            titles.append(zone.lines[at].strip())
        node.lines.append(zone.lines[at])
        at += 1
    node.heading = " ".join(titles) or None
    rest = zone.lines[at:]
    tail = _tail_start(rest, 0)
    _parse_zone(outline, rest[:tail], node.path)
    _parse_tail(outline, rest[tail:], node.path)


def _belongs_to_title(lines: Sequence[str], i: int, *, titled: bool) -> bool:
    line, after = lines[i].strip(), lines[i + 1].strip() if i + 1 < len(lines) else ""
    if "\t" in line or mark(line, _grammar(lines)):
        return False
    return bool(_ATTACHED_TO.match(line)) or line.isupper() or (not titled and bool(_ATTACHED_TO.match(after)))


def _tail_start(lines: Sequence[str], head: int) -> int:
    """Where recipients and signature begin: "Nơi nhận:", the sentence of adoption, a capacity near the end."""
    for i in range(head, len(lines)):
        line = lines[i].strip()
        if _RECIPIENTS.match(line) or _PASSED.match(line) or (is_role(line) and len(lines) - i <= 8):
            return i
    return len(lines)


def _parse_tail(outline: Outline, lines: Sequence[str], base: str) -> list[str]:
    """Recipients and signature as two blocks; returns the lines of the signature."""
    signature: list[str] = []
    block = "chu-ky"
    for i, raw in enumerate(lines):
        line = raw.strip()
        if _RECIPIENTS.match(line):
            block = "noi-nhan"
        elif is_role(line) or (block == "noi-nhan" and not _of_recipients(line, lines[i - 1].strip())):
            block = "chu-ky"
        outline.add_to(f"{base}/{block}".lstrip("/"), raw)
        if block == "chu-ky":
            signature.append(raw)
    return signature


def _of_recipients(line: str, before: str) -> bool:
    return (
        line.startswith(("-", "–", "+", "*", "•"))
        or before.endswith((";", ","))
        or bool(re.match(r"(?i)(?:như|lưu)\b", line))
    )


def _grammar(lines: Sequence[str]) -> Grammar:
    """`articles` where a Điều 1 (or at least two Điều) stands at a line's start, else `sections`."""
    found = [m.order for line in lines if (m := mark(line.strip(), "articles")) and m.level == Level.DIEU]
    return "articles" if 1 in found or len(found) > 1 else "sections"


def _parse_zone(outline: Outline, lines: Sequence[str], base: str) -> None:
    """The lines between head and recipients: legal bases and opening paragraphs, then numbered provisions."""
    outline.start(base)
    grammar = _grammar(lines)
    bases, opening = Node(f"{base}/can-cu".lstrip("/"), 0, []), Node(f"{base}/mo-dau".lstrip("/"), 0, [])
    quoting = Quoting()
    i = 0
    while i < len(lines):
        line = lines[i].strip()
        before = lines[i - 1] if i else ""
        found = None if "\t" in line else mark(line, grammar)
        if found and plausible(outline, found, before) and not quoting.holds(found, outline):
            i = _begin(outline, found, lines, i, grammar)
            quoting.reset(outline)
            continue
        if quoting.takes(line, outline):
            outline.nodes[-1].lines.append(lines[i])
        elif not outline.open and not base:
            outline.paragraph(lines[i], bases if _is_legal_base(line) and "\t" not in line else opening)
        else:
            outline.paragraph(lines[i])
            quoting.reset(outline)
        i += 1


def _is_legal_base(line: str) -> bool:
    """ "Căn cứ …;" is a legal basis; "Căn cứ … . UBND phường yêu cầu …:" is already the opening sentence."""
    return bool(_LEGAL_BASE.match(line)) and not line.endswith(":") and not re.search(r"(?<!\d)\.\s+[A-ZĐ]", line)


def _begin(outline: Outline, found: Mark, lines: Sequence[str], i: int, grammar: Grammar) -> int:
    """Open a provision at line i; returns the line after it and its title lines."""
    after = lines[i + 1].strip() if i + 1 < len(lines) else ""
    node = outline.begin(found, lines[i], _heading(found, after, grammar))
    if found.level == Level.DIEU:
        node.amends = announces(found.rest)
    i += 1
    if found.level <= Level.TIEU_MUC:
        titles = [found.rest] if found.rest else []
        while (
            i < len(lines)
            and lines[i].strip().isupper()
            and not mark(lines[i].strip(), grammar)
            and "\t" not in lines[i]
        ):
            if found.rest and not found.rest.isupper():
                break
            titles.append(lines[i].strip())
            node.lines.append(lines[i])
            i += 1
        if titles and not (grammar == "sections" and node.heading is None):
            node.heading, node.paragraphs = " ".join(titles).rstrip(" :"), 0
    return i


def _heading(found: Mark, after: str, grammar: Grammar) -> str | None:
    """The title a marker introduces, None where running text follows it."""
    text = found.rest
    if not text or found.level >= Level.GACH:
        return None
    if found.level <= Level.TIEU_MUC:
        return None if text.endswith((".", ";", ",")) or len(text) > 200 else text.rstrip(" :")
    if found.level == Level.DIEU:
        return None if text.endswith((".", ";", "như sau:")) or len(text) > 300 else text.rstrip(" :")
    if (
        grammar == "articles"
        or text.endswith((".", ":", ";", ",", "…"))
        or len(text) > 130
        or re.search(r"[:;]|\.\s", text)
    ):
        return None
    if found.level == Level.DIEM:
        below = mark(after, grammar)
        return (
            text
            if after and "\t" not in after and (below is None or below.level > Level.DIEM) and not is_role(after)
            else None
        )
    return text
