"""Text → header and provisions, in both grammars of Vietnamese official texts. Pure.

Rules
1. Every line of the body is in exactly one provision, in reading order, verbatim: joined by newlines the own texts give the body
   back (after NFC and line ends; blank lines aside). What is not understood is a paragraph, never lost.
2. A marker opens a provision at the start of a line only, and only where it is plausible in sequence. "theo Điều 5 …" in a line, or a
   line that goes on with "Điều 5 …" after "quy định tại", is text.
3. Điều stand at the top of the path whatever their chapter; khoản restart in each điều, điểm in each khoản. A number printed twice
   gets `-lan-2`; a missing one stays missing.
4. What an amending text quotes (“Điều 24 …”) belongs to the own text of the clause that quotes it; it opens nothing.
5. An unnumbered paragraph hangs on the last numbered provision: `doan-1` under a title, `doan-2` under a line of running text.
6. The head is `dau-van-ban`; then `can-cu/doan-n`, `mo-dau/doan-n`, the body, `noi-nhan`, `chu-ky`, and appendices after them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.head import Header, head_length, is_role, read_header
from ingest.numbering import Grammar, Level, Mark, continues, mark, value
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
_STEPS = {"PHỤ LỤC": "phu-luc", "MẪU": "mau", "BIỂU": "bieu", "QUY CHẾ": "quy-che", "QUY ĐỊNH": "quy-dinh", "ĐIỀU LỆ": "dieu-le",
          "NỘI QUY": "noi-quy", "CHƯƠNG TRÌNH": "chuong-trinh", "ĐỀ CƯƠNG": "de-cuong"}  # fmt: skip
_ATTACHABLE = ("quy-che", "quy-dinh", "dieu-le", "noi-quy", "chuong-trinh", "de-cuong")
_AMENDS = re.compile(r"^(?:Sửa đổi|Bổ sung|Bãi bỏ|Hủy bỏ|Huỷ bỏ|Thay thế|Thay cụm từ|Bỏ cụm từ|Bỏ |Đổi tên)")
_AMENDING_CLAUSE = re.compile(
    r"\b(?:sửa đổi|bổ sung|bãi bỏ|h[uủ][yỷ] bỏ|thay thế|thay cụm từ|bỏ cụm từ|đổi tên|bỏ)\b", re.IGNORECASE
)
_QUOTE = ("“", '"', "”")


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
    outline = _Outline()
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


@dataclass(slots=True)
class _Node:
    path: str
    level: int
    lines: list[str]
    marker: str | None = None
    heading: str | None = None
    paragraphs: int = 0
    tables: int = 0
    order: dict[int, tuple[int, str]] = field(default_factory=dict)
    amends: bool = False

    def provision(self, document: str) -> Provision:
        return Provision(document, self.path, "\n".join(self.lines), self.marker, self.heading)


class _Outline:
    """The provisions found so far and what is open: the one mutable thing here."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self.base = _Node("", 0, [])
        self.open: list[_Node] = []
        self._times: dict[str, int] = {}
        self._in_table = False

    def start(self, base: str) -> None:
        """A new zone whose paths begin with `base`: numbering starts afresh."""
        self.base = next((node for node in self.nodes if base and node.path == base), _Node(base, 0, []))
        self.open = []
        self._in_table = False

    def last_open(self) -> _Node:
        return self.open[-1] if self.open else self.base

    def above(self, level: int) -> _Node:
        """The open provision that a marker of this level would stand under."""
        if level == Level.DIEU:
            return self.base
        return next((node for node in reversed(self.open) if node.level < level), self.base)

    def begin(self, found: Mark, line: str, heading: str | None) -> _Node:
        above = self.above(found.level)
        step = found.step
        if found.level >= Level.GACH:
            step += f"-{above.order.get(found.level, (0, ''))[0] + 1}"
            above.order[found.level] = (above.order.get(found.level, (0, ""))[0] + 1, "")
        else:
            above.order[found.level] = (found.order, found.suffix)
        self.open = [node for node in self.open if node.level < found.level]
        node = self._new(f"{above.path}/{step}".lstrip("/"), found.level, line)
        node.marker, node.heading = found.marker, heading
        node.paragraphs = 0 if heading is not None or not found.rest else 1
        self.open.append(node)
        return node

    def paragraph(self, line: str, home: _Node | None = None) -> None:
        home = home or self.last_open()
        if "\t" in line:
            if not self._in_table:
                home.tables += 1
                self._new(f"{home.path}/bang-{home.tables}".lstrip("/"), home.level, line)
            else:
                self.nodes[-1].lines.append(line)
            self._in_table = True
            return
        home.paragraphs += 1
        self._new(f"{home.path}/doan-{home.paragraphs}".lstrip("/"), home.level, line)

    def add_to(self, path: str, line: str) -> None:
        """One more line for a block that takes lines as they come (head, recipients, signature)."""
        if self.nodes and self.nodes[-1].path == path:
            self.nodes[-1].lines.append(line)
        else:
            self._new(path, 0, line)

    def _new(self, path: str, level: int, line: str) -> _Node:
        self._in_table = False
        times = self._times[path] = self._times.get(path, 0) + 1
        node = _Node(f"{path}-lan-{times}" if times > 1 else path, level, [line])
        self.nodes.append(node)
        return node


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
        if opens and not (opens[0] in _ATTACHABLE and starts[-1][1] and i - starts[-1][0] < 3):
            starts.append((i, *opens))
    ends = [start for start, *_ in starts[1:]] + [len(lines)]
    return [_Zone(step, lines[start:end], title) for (start, step, title), end in zip(starts, ends, strict=True)]


def _attachment(lines: Sequence[str], i: int) -> tuple[str, str] | None:
    """Path step and title on the line, if an appendix, a form or an attached regulation starts at this line."""
    line = lines[i].strip()
    if "\t" in line or (i and continues(lines[i - 1])):
        return None
    if (found := _APPENDIX.match(line)) and (found["name"] or found["id"]):
        title = found["title"] or ""
        if title and not (found["id"] or title.isupper()):
            return None
        name = (found["name"] or found["form"]).upper()
        identity = (
            f"-{found['id'] if value(found['id']) and not found['id'].isdigit() else found['id'].lower()}"
            if found["id"]
            else ""
        )
        return _STEPS[name] + identity, title
    if (
        (found := _ATTACHED.match(line))
        and line.isupper()
        and any(_ATTACHED_TO.match(after.strip()) for after in lines[i + 1 : i + 4])
    ):
        return _STEPS[found.group(1)], line
    return None


def _parse_attached(outline: _Outline, zone: _Zone) -> None:
    """An appendix: its marker, its title lines, "(Kèm theo …)", then a text of its own."""
    node = outline._new(zone.step, 0, zone.lines[0])  # noqa: SLF001 - the outline is this module's own
    node.marker = (
        zone.lines[0].strip() if not zone.title else zone.lines[0].strip()[: -len(zone.title)].rstrip(" .:–-") or None
    )
    titles = [zone.title] if zone.title else []
    at = 1
    grammar = _grammar(zone.lines)
    while at < min(len(zone.lines), 8):
        line = zone.lines[at].strip()
        after = zone.lines[at + 1].strip() if at + 1 < len(zone.lines) else ""
        if not (_ATTACHED_TO.match(line) or line.isupper() or (not titles and _ATTACHED_TO.match(after))):
            break
        if "\t" in line or mark(line, grammar):
            break
        if not _ATTACHED_TO.match(line):
            titles.append(line)
        node.lines.append(zone.lines[at])
        at += 1
    node.heading = " ".join(titles) or None
    rest = zone.lines[at:]
    tail = _tail_start(rest, 0)
    _parse_zone(outline, rest[:tail], node.path)
    _parse_tail(outline, rest[tail:], node.path)


def _tail_start(lines: Sequence[str], head: int) -> int:
    """Where recipients and signature begin: at "Nơi nhận:", the sentence of adoption, or a signatory's capacity near the end."""
    for i in range(head, len(lines)):
        line = lines[i].strip()
        if _RECIPIENTS.match(line) or _PASSED.match(line) or (is_role(line) and len(lines) - i <= 8):
            return i
    return len(lines)


def _parse_tail(outline: _Outline, lines: Sequence[str], base: str) -> list[str]:
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


def _parse_zone(outline: _Outline, lines: Sequence[str], base: str) -> None:
    """The lines between head and recipients: legal bases and opening paragraphs, then numbered provisions."""
    outline.start(base)
    grammar = _grammar(lines)
    bases, opening = _Node(f"{base}/can-cu".lstrip("/"), 0, []), _Node(f"{base}/mo-dau".lstrip("/"), 0, [])
    quoting = _Quoting()
    i = 0
    while i < len(lines):
        line = lines[i].strip()
        before = lines[i - 1] if i else ""
        found = None if "\t" in line else mark(line, grammar)
        if found and _plausible(outline, found, before, quoting) and not quoting.holds(line, found, outline):
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


def _begin(outline: _Outline, found: Mark, lines: Sequence[str], i: int, grammar: Grammar) -> int:
    """Open a provision at line i; returns the line after it and its title lines."""
    after = lines[i + 1].strip() if i + 1 < len(lines) else ""
    node = outline.begin(found, lines[i], _heading(found, after, grammar))
    if found.level == Level.DIEU:
        node.amends = bool(_AMENDS.match(found.rest))
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


def _plausible(outline: _Outline, found: Mark, before: str, quoting: _Quoting) -> bool:
    """Whether a marker fits what came before it."""
    last, suffix = outline.above(found.level).order.get(found.level, (0, ""))
    if continues(before) and not outline.nodes[-1].heading and found.level <= Level.DIEU:
        return before.rstrip().endswith(",") and found.order == last + 1  # "…, đã sửa đổi theo Luật số …," / Điều 1
    if found.level >= Level.GACH:
        return not quoting.depth
    if found.suffix and found.order == last:
        return found.suffix > suffix
    step = found.order - last
    match found.level:
        case Level.PHAN | Level.CHUONG | Level.TIEU_MUC:
            return True
        case Level.DIEU:
            return step > 0
        case Level.MUC:
            return -last < step <= (4 if last else 3)
        case Level.SO if found.step.startswith("khoan-"):
            return step == 1 if not last else 1 <= step <= 2
        case Level.SO:
            return 0 < found.order and step <= (5 if last else 3) and (step > 0 or found.order > 0) and not found.suffix
        case Level.SUB | Level.SUB_SUB:
            above = outline.above(found.level)
            return above.path.rpartition("/")[2] == found.step.rpartition(".")[0] or found.order == 1 or step == 1
        case _:
            return step <= 3 and not (last == 0 and found.order > 4) and (step > 0 or found.order == 1)


class _Quoting:
    """Follows what an amending clause quotes: from “ at a line's start to its ”, over as many lines as it takes."""

    def __init__(self) -> None:
        self.depth = 0
        self.quoted = False

    def reset(self, outline: _Outline) -> None:
        self.depth, self.quoted = 0, False
        article = self._article(outline)
        if article and not article.amends and outline.nodes[-1].path == f"{article.path}/doan-1":
            article.amends = bool(_AMENDS.match(outline.nodes[-1].lines[0].strip()))

    def holds(self, line: str, found: Mark, outline: _Outline) -> bool:
        """Whether a plausible marker is nevertheless part of what an amending clause says or quotes."""
        article = self._article(outline)
        if not article or not article.amends or found.level <= Level.MUC:
            return False
        if found.level == Level.DIEU:
            return self.depth > 0 and found.order != article.order.get(Level.DIEU, (0, ""))[0] + 1
        amending = bool(_AMENDING_CLAUSE.search(found.rest[:120]))
        if (
            found.level == Level.SO
            and amending
            and re.search(r"\b[Đđ]iều \d|khoản|điểm|[Cc]hương|cụm từ|tên", found.rest)
        ):
            return False
        return self.depth > 0 or self.quoted or (found.level >= Level.SO and not amending)

    def takes(self, line: str, outline: _Outline) -> bool:
        """Whether a line goes into the own text of the clause before it, because that clause quotes it."""
        article = self._article(outline)
        if not article or not article.amends or not outline.nodes:
            return False
        clause = outline.nodes[-1].lines[0]
        starts = line.startswith(_QUOTE) and (self.quoted or bool(_AMENDING_CLAUSE.search(clause[:200])))
        if not (starts or self.quoted):
            return False
        self.depth = max(0, self.depth + line.count("“") - line.count("”"))
        if line.count('"') % 2:
            self.depth += -1 if self.depth else 1
        self.quoted = True
        return True

    @staticmethod
    def _article(outline: _Outline) -> _Node | None:
        return next((node for node in outline.open if node.level == Level.DIEU), None)
