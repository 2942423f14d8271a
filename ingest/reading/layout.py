"""Words with their places on pages → paragraphs, for PDF and scans alike.

Rules
1. Lines are words of one height; two columns side by side (head, signature) are read left one first.
2. A line goes on with the paragraph before it unless the page says otherwise: the first word would still have fitted
   above, it is indented, the gap is wide, or a marker ("1.", "a)", "-") follows the end of a sentence.
3. Page numbers and lines that stand at the edge of page after page are not text. Tables come as rows, in their place.

All lengths are in units of the page; thresholds are in heights of a line of text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.reading import legacy

_NUMBER = re.compile(r"^(?:(?:Trang|Page)\s*)?[-–—.\s]*\d{1,4}(?:\s*/\s*\d{1,4})?[-–—.\s]*$", re.IGNORECASE)
_MARK = re.compile(
    r"^(?:(?:Điều|Ðiều|Chương|Mục|Phần|Phụ lục|Mẫu|PHỤ LỤC|CHƯƠNG|MỤC|PHẦN|MẪU)\s+[\dIVXLA-H]|[IVX]+\s*[./)]"
    r"|\d{1,2}(?:\.\d{1,2})*\s?[.)/-](?!\d)|[a-zđ]\d?\s?[.)/](?!\w)|[-–+*•](?!\d))"
)
_DASH = re.compile(r"^[-–+*•]")
_ROW_OF_A_HEAD = re.compile(r"^Số\s*:|\bnăm \d{4}$")
_TO = re.compile(r"^Kính\s+gửi")
_ITEM = re.compile(r"^(?:[-–+]|V/v)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;:!?/][”\"')]*$")
_BROKEN = re.compile(r"(?:\w[-/]|://\S*|@\S*)$")
_SIDE_BY_SIDE = 1.5  # the least gap between two columns
_ALONE = 3.0  # … where one line only has it
_INDENT = 0.7
_WIDE = 1.5  # times the usual distance of lines
_EDGE = 0.12  # of a page's height


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    font: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Words beside each other, from left to right."""

    words: tuple[Word, ...]

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return self.words[-1].x1

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def middle(self) -> float:
        return median((word.top + word.bottom) / 2 for word in self.words)

    @property
    def height(self) -> float:
        return median(word.bottom - word.top for word in self.words)

    @property
    def text(self) -> str:
        runs: list[legacy.Run] = []
        for before, word in zip((None, *self.words), self.words, strict=False):
            if before is not None and word.x0 - before.x1 > 0.12 * self.height:
                runs.append((" ", before.font if before.font == word.font else ""))
            runs.append((word.text, word.font))
        return legacy.join(runs)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with lines: its place, and its rows with tabs between their cells."""

    top: float
    bottom: float
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    words: tuple[Word, ...]
    grids: tuple[Grid, ...] = ()


@dataclass(slots=True)
class _Flow:
    """Lines under each other, read as one column between two margins; `runs_on`: from page to page."""

    lines: list[Line]
    left: float
    right: float
    runs_on: bool = True


@dataclass(slots=True)
class _Text:
    """What has been written so far."""

    paragraphs: list[str] = field(default_factory=list)
    last: tuple[Line, _Flow] | None = None


def paragraphs(pages: Sequence[Page]) -> list[str]:
    """The text of pages, one paragraph or table row each."""
    lined = [_lines(page.words) for page in pages]
    _drop_edges(pages, lined)
    every = [line for lines in lined for line in lines]
    if not every:
        return [row for page in pages for grid in page.grids for row in grid.rows]
    unit = median(line.height for line in every)
    pitch = _pitch(lined, unit)
    usual = _margins(every)
    text = _Text()
    for page, lines in zip(pages, lined, strict=True):
        margins = _margins(lines) if len(lines) >= 8 else usual
        margins = (margins[0], max(margins[1], usual[1] - 2 * unit))
        for part in _parts(lines, page.grids, unit, margins):
            if isinstance(part, Grid):
                text.paragraphs.extend(part.rows)
                text.last = None
            else:
                _write(part, text, unit, pitch)
    return text.paragraphs


def lines_of(words: Iterable[Word]) -> list[str]:
    """The lines of a place so narrow that they do not say where a paragraph ends (a cell)."""
    return [line.text for line in _lines(words)]


def _lines(words: Iterable[Word]) -> list[Line]:
    """Words of one height together, from top to bottom."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        row = rows[-1] if rows else None
        if row and abs(middle - median((w.top + w.bottom) / 2 for w in row[-8:])) < 0.5 * (word.bottom - word.top):
            row.append(word)
        else:
            rows.append([word])
    return [Line(tuple(sorted(row, key=lambda w: w.x0))) for row in rows]


def _drop_edges(pages: Sequence[Page], lined: list[list[Line]]) -> None:
    """Take page numbers and repeated lines off the tops and bottoms of pages."""
    ends = [(page, lines, at) for page, lines in zip(pages, lined, strict=True) for at in (0, -1) if lines]
    seen = Counter(_masked(lines[at]) for _, lines, at in ends)
    for page, lines, at in ends:
        while lines:
            line = lines[at]
            at_edge = line.bottom < _EDGE * page.height if at == 0 else line.top > (1 - _EDGE) * page.height
            repeated = len(pages) > 2 and seen[_masked(line)] > max(2, len(pages) / 2)
            if not (at_edge and (_NUMBER.match(line.text) or repeated)):
                break
            del lines[at]


def _masked(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _margins(lines: Sequence[Line]) -> tuple[float, float]:
    """Where lines of running text begin and end."""
    long = sorted(lines, key=lambda line: line.x0 - line.x1)[: max(1, len(lines) * 2 // 3)]
    lefts, rights = sorted(line.x0 for line in long), sorted(line.x1 for line in long)
    return lefts[len(lefts) // 10], rights[(len(rights) * 9) // 10 - (len(rights) == 10)]


def _pitch(lined: Sequence[Sequence[Line]], unit: float) -> float:
    """The usual distance from a line to the next."""
    steps = [b.middle - a.middle for lines in lined for a, b in pairwise(lines)]
    near = sorted(step for step in steps if step < 2.5 * unit)
    return near[len(near) // 3] if near else 1.2 * unit


def _parts(
    lines: Sequence[Line], grids: Sequence[Grid], unit: float, margins: tuple[float, float]
) -> Iterator[_Flow | Grid]:
    """A page's flows and tables in reading order."""
    waiting = sorted(grids, key=lambda grid: grid.top)
    start = 0
    while start < len(lines):
        while waiting and waiting[0].top < lines[start].middle:
            yield waiting.pop(0)
        end = next((i for i, line in enumerate(lines) if waiting and line.middle > waiting[0].top), len(lines))
        yield from _columns(lines[start:end], unit, margins)
        start = end
    yield from waiting


def _columns(lines: Sequence[Line], unit: float, margins: tuple[float, float]) -> Iterator[_Flow]:
    """Lines as flows: where two columns stand side by side, the left one, then the right one."""
    plain: list[Line] = []
    at = 0
    while at < len(lines):
        length, gutter = _beside(lines[at:], unit)
        if length == 1 and _fills(lines[at], unit, margins):
            length = 0
        if not length:
            plain.append(lines[at])
            at += 1
            continue
        if plain:
            yield _Flow(plain, *margins)
            plain = []
        left, right = _halves(lines[at : at + length], gutter)
        yield _Flow(left, min(line.x0 for line in left), gutter[0], runs_on=False)
        yield _Flow(right, gutter[1], max(margins[1], *(line.x1 for line in right)), runs_on=False)
        at += length
    if plain:
        yield _Flow(plain, *margins)


def _beside(lines: Sequence[Line], unit: float) -> tuple[int, tuple[float, float]]:
    """How many lines from here stand in two columns, and the gap between these; 0: none."""
    gap = _widest(lines[0])
    if gap is None or gap[1] - gap[0] < _SIDE_BY_SIDE * unit:
        return 0, (0, 0)
    both, length = 1, 1
    for before, line in pairwise(lines):
        if line.middle - before.middle > 2.2 * unit or _TO.match(line.text):
            break
        narrowed = _without(gap, line)
        if narrowed[1] - narrowed[0] < _SIDE_BY_SIDE * unit * 0.8:
            break
        gap, length = narrowed, length + 1
        both += line.x0 < gap[0] and line.x1 > gap[1]
    if both == 1:
        return (1, gap) if gap[1] - gap[0] >= _ALONE * unit else (0, gap)
    return length, gap


def _fills(line: Line, unit: float, margins: tuple[float, float]) -> bool:
    """Whether a line reaches from margin to margin: a gap in it is a word nobody could read, not two columns."""
    return line.x0 < margins[0] + 3 * unit and line.x1 > margins[1] - unit and not _ROW_OF_A_HEAD.search(line.text)


def _widest(line: Line) -> tuple[float, float] | None:
    """The widest gap in a line, if it is far wider than the next: a line drawn apart to fill its width is no column."""
    gaps = sorted(((a.x1, b.x0) for a, b in pairwise(line.words)), key=lambda g: g[0] - g[1])
    if not gaps:
        return None
    second = gaps[1][1] - gaps[1][0] if len(gaps) > 1 else 0
    return gaps[0] if gaps[0][1] - gaps[0][0] > 2 * second else None


def _without(gap: tuple[float, float], line: Line) -> tuple[float, float]:
    """What a line leaves free of a gap: its widest part no word stands in."""
    edges = [(gap[0], gap[0]), *((w.x0, w.x1) for w in line.words if w.x1 > gap[0] and w.x0 < gap[1]), (gap[1], gap[1])]
    free = ((max(a[1], gap[0]), min(b[0], gap[1])) for a, b in pairwise(edges))
    return max(free, key=lambda f: f[1] - f[0])


def _halves(lines: Sequence[Line], gutter: tuple[float, float]) -> tuple[list[Line], list[Line]]:
    middle = sum(gutter) / 2
    left = [tuple(w for w in line.words if w.x0 < middle) for line in lines]
    right = [tuple(w for w in line.words if w.x0 >= middle) for line in lines]
    return [Line(words) for words in left if words], [Line(words) for words in right if words]


def _write(flow: _Flow, text: _Text, unit: float, pitch: float) -> None:
    """Add a flow's lines to the paragraphs so far."""
    if not (flow.runs_on and text.last and text.last[1].runs_on):
        text.last = None
    for line in flow.lines:
        before = text.paragraphs[-1] if text.last else ""
        if text.last and not _next_item(before, line.text) and _goes_on(text.last, (line, flow), unit, pitch):
            text.paragraphs[-1] = before + ("" if _BROKEN.search(before) else " ") + line.text
        else:
            text.paragraphs.append(line.text)
        text.last = line, flow


def _next_item(before: str, line: str) -> bool:
    """Whether a line has the dash of the item before it; "Thi đua - Khen thưởng" is one name, wherever it breaks."""
    return bool(_DASH.match(line)) and line[0] == before[:1] and not before.casefold().endswith("thi đua")


def _goes_on(last: tuple[Line, _Flow], this: tuple[Line, _Flow], unit: float, pitch: float) -> bool:
    """Whether a line goes on with the paragraph of the line before it."""
    (before, above), (line, flow) = last, this
    if above is flow and line.middle - before.middle > _WIDE * pitch:
        return False
    if not flow.runs_on:
        return _goes_on_in_column(before.text, line.text)
    first = line.words[0]
    would_fit = above.right - before.x1 > first.x1 - first.x0 + 0.8 * unit
    return not would_fit and _continues(last, this, unit)


def _continues(last: tuple[Line, _Flow], this: tuple[Line, _Flow], unit: float) -> bool:
    """Whether a line below a full one goes on with it, by where both begin."""
    (before, above), (line, flow) = last, this
    start, indent = before.x0 - above.left, line.x0 - flow.left
    centred = _centred(before, above, unit) and _centred(line, flow, unit)
    if centred and _DASH.match(line.text) and indent > 3 * unit:
        return True  # the end of a title that is broken before "- Khen thưởng"
    deeper = indent > _INDENT * unit and indent >= start - unit
    other = line.words[0].font != before.words[-1].font or before.text.isupper()  # what stands above is a title
    if _MARK.match(line.text) and (deeper or other or _SENTENCE_END.search(before.text)):
        return False
    hanging = (
        len(before.words) > 1 and _MARK.match(before.text) and abs(before.words[1].x0 - above.left - indent) < unit
    )
    return indent - start <= _INDENT * unit or bool(hanging) or centred


def _goes_on_in_column(before: str, line: str) -> bool:
    """In a narrow column every line may be its own: only what cannot begin one goes on."""
    if _MARK.match(line):
        return False
    unfinished = _ITEM.match(before) and not _SENTENCE_END.search(before) and not line.isupper()
    return line[:1].islower() or bool(unfinished)


def _centred(line: Line, flow: _Flow, unit: float) -> bool:
    left, right = line.x0 - flow.left, flow.right - line.x1
    return abs(left - right) < 2 * unit and min(left, right) > -unit
