"""The provisions of a text as they are found: what is open, what a marker would stand under, whether it fits. Pure.

The outline is the one mutable thing of parsing. `ingest.parse` feeds it line by line; `Quoting` keeps what an amending
clause quotes from opening anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.numbering import Level, Mark, continues
from knowledge.documents import Provision

_AMENDS = re.compile(r"^(?:Sửa đổi|Bổ sung|Bãi bỏ|Hủy bỏ|Huỷ bỏ|Thay thế|Thay cụm từ|Bỏ cụm từ|Bỏ |Đổi tên)")
_AMENDING_CLAUSE = re.compile(
    r"\b(?:sửa đổi|bổ sung|bãi bỏ|h[uủ][yỷ] bỏ|thay thế|thay cụm từ|bỏ cụm từ|đổi tên|bỏ)\b", re.IGNORECASE
)
_PLACE = re.compile(r"\b[Đđ]iều \d|khoản|điểm|[Cc]hương|cụm từ|tên")
_CLOSING_ARTICLE = re.compile(r"^(?:Hiệu lực|Điều khoản|Trách nhiệm|Tổ chức thực hiện|Quy định chuyển tiếp)\b")
_QUOTE = ("“", '"', "”")


@dataclass(slots=True)
class Node:
    """A provision being built; `order`: the last number and suffix seen among its children, by level."""

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


class Outline:
    """The provisions found so far and what is open: the one mutable thing here."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.base = Node("", 0, [])
        self.open: list[Node] = []
        self._times: dict[str, int] = {}
        self._in_table = False

    def start(self, base: str) -> None:
        """A new zone whose paths begin with `base`: numbering starts afresh."""
        self.base = next((node for node in self.nodes if base and node.path == base), Node(base, 0, []))
        self.open = []
        self._in_table = False

    def above(self, level: int) -> Node:
        """The open provision that a marker of this level would stand under."""
        if level == Level.DIEU:
            return self.base
        return next((node for node in reversed(self.open) if node.level < level), self.base)

    def begin(self, found: Mark, line: str, heading: str | None) -> Node:
        """Open what a marker starts; bullets are counted, everything else keeps its printed number."""
        above = self.above(found.level)
        bullet = found.level >= Level.GACH
        order = above.order.get(found.level, (0, ""))[0] + 1 if bullet else found.order
        above.order[found.level] = (order, found.suffix)
        step = f"{found.step}-{order}" if bullet else found.step
        self.open = [node for node in self.open if node.level < found.level]
        node = self.new(f"{above.path}/{step}".lstrip("/"), found.level, line)
        node.marker, node.heading = found.marker, heading
        node.paragraphs = 0 if heading is not None or not found.rest else 1
        self.open.append(node)
        return node

    def paragraph(self, line: str, home: Node | None = None) -> None:
        """A line without a marker: a paragraph, or a row of a table, of what is open (or of `home`)."""
        home = home or (self.open[-1] if self.open else self.base)
        if "\t" in line:
            if not self._in_table:
                home.tables += 1
                self.new(f"{home.path}/bang-{home.tables}".lstrip("/"), home.level, line)
            else:
                self.nodes[-1].lines.append(line)
            self._in_table = True
            return
        home.paragraphs += 1
        self.new(f"{home.path}/doan-{home.paragraphs}".lstrip("/"), home.level, line)

    def add_to(self, path: str, line: str) -> None:
        """One more line for a block that takes lines as they come (head, recipients, signature)."""
        if self.nodes and self.nodes[-1].path.partition("-lan-")[0] == path:
            self.nodes[-1].lines.append(line)
        else:
            self.new(path, 0, line)

    def new(self, path: str, level: int, line: str) -> Node:
        """A provision at a path; the second time a path is printed it gets `-lan-2`."""
        self._in_table = False
        times = self._times[path] = self._times.get(path, 0) + 1
        node = Node(f"{path}-lan-{times}" if times > 1 else path, level, [line])
        self.nodes.append(node)
        return node


def plausible(outline: Outline, found: Mark, before: str) -> bool:
    """Whether a marker fits what came before it: its order among its siblings, and the line it follows."""
    last, suffix = outline.above(found.level).order.get(found.level, (0, ""))
    if continues(before) and not outline.nodes[-1].heading and found.level <= Level.DIEU:
        return before.rstrip().endswith(",") and found.order == last + 1  # "…, đã sửa đổi theo Luật số …," / Điều 1
    if found.suffix and found.order == last:
        return found.suffix > suffix
    return _follows(found, last, outline.above(found.level))


def _follows(found: Mark, last: int, above: Node) -> bool:
    """Whether a number may come after the last one: strict in laws, lenient where people number by hand."""
    step = found.order - last
    match found.level:
        case Level.DIEU:
            fits = step > 0
        case Level.MUC:
            fits = step <= (4 if last else 3)
        case Level.SO if found.step.startswith("khoan-"):
            fits = 1 <= step <= (2 if last else 1)
        case Level.SO:
            fits = found.order > 0 and not found.suffix and step <= (5 if last else 3)
        case Level.SUB | Level.SUB_SUB:
            fits = above.path.rpartition("/")[2] == found.step.rpartition(".")[0] or found.order == 1 or step == 1
        case Level.DIEM:
            fits = (1 <= step <= 3 or found.order == 1) if last else found.order <= 4
        case _:
            fits = True
    return fits


def announces(line: str) -> bool:
    """Whether the first words of an article say that it amends another text."""
    return bool(_AMENDS.match(line.strip()))


class Quoting:
    """Follows what an amending clause quotes: from “ at a line's start to its ”, over as many lines as it takes."""

    def __init__(self) -> None:
        self.depth = 0
        self.quoted = False

    def reset(self, outline: Outline) -> None:
        self.depth, self.quoted = 0, False
        article = self._article(outline)
        if article and not article.amends and outline.nodes[-1].path == f"{article.path}/doan-1":
            article.amends = announces(outline.nodes[-1].lines[0])

    def holds(self, found: Mark, outline: Outline) -> bool:
        """Whether a plausible marker is nevertheless part of what an amending clause says or quotes."""
        article = self._article(outline)
        if not article or not article.amends or found.level <= Level.MUC:
            return self.depth > 0
        if found.level == Level.DIEU:  # an article of the amending text itself, even if a quotation was never closed
            return self.depth > 0 and not (_AMENDS.match(found.rest) or _CLOSING_ARTICLE.match(found.rest))
        amending = bool(_AMENDING_CLAUSE.search(found.rest[:120]))
        if amending and _PLACE.search(found.rest) and (found.level == Level.SO or not self.depth):
            return False
        return self.depth > 0 or self.quoted or not amending

    def takes(self, line: str, outline: Outline) -> bool:
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
    def _article(outline: Outline) -> Node | None:
        return next((node for node in outline.open if node.level == Level.DIEU), None)
