"""Bordered tables of a printed document: columns as wide as what they hold, numbers to the right, the heading repeated.

Rules of this file
1. A row is never divided between two pages; the heading row stands on every page.
2. No column is narrower than its longest word while there is room; what is left goes where the long texts are.
3. Numbers stand to the right, what counts rows or names a year in the middle, words to the left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt

from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENTATION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Length, Mm
from docx.table import Table, _Cell, _Row

from bot.reports import page, wording
from bot.values import number

PADDING = Mm(5)  # the cell margins of "Table Grid", and a little air
_YEAR = re.compile(r"(?:19|20)\d\d")


def grid(
    document: DocxDocument,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int] | None = None,
    *,
    bold_last: bool = False,
) -> Table:
    """A table over the text's width, split in proportion to `widths`, or by what the columns hold."""
    room = page.WIDE_TEXT_WIDTH if document.sections[-1].orientation == WD_ORIENTATION.LANDSCAPE else page.TEXT_WIDTH
    columns = shares(header, rows, Length(room)) if widths is None else _split(Length(room), widths)
    table: Table = document.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, columns, strict=True):
        column.width = width
    for index, (texts, row) in enumerate(zip((header, *rows), table.rows, strict=True)):
        _keep_whole(row, repeated=not index)
        bold = not index or (bold_last and index == len(rows))
        for cell, label, text, width in zip(row.cells, header, texts, columns, strict=True):
            cell.width = width
            _fill(cell, text, WD_ALIGN_PARAGRAPH.CENTER if not index else alignment(text, label), bold=bold)
    return table


def with_positions(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """The same table with a first column that counts its rows."""
    return [wording.POSITION, *header], [[str(n), *row] for n, row in enumerate(rows, start=1)]


def shares(header: Sequence[str], rows: Sequence[Sequence[str]], room: Length) -> list[Length]:
    """The widths of columns that together fill `room` (rule 2)."""
    columns = list(zip(header, *rows, strict=True))
    least = [max(_word(text) for text in column) + PADDING for column in columns]
    wanted = [max(_line(text) for text in column) + PADDING for column in columns]
    left = room - sum(least)
    if left < 0:
        return _split(room, least)
    if sum(wanted) <= room:
        counting = wanted[0] if header[0] == wording.POSITION and len(wanted) > 1 else 0
        rest = _split(Length(room - counting), wanted[1:] if counting else wanted)
        return [Length(counting), *rest] if counting else rest
    pull = [sqrt(want - need) for want, need in zip(wanted, least, strict=True)]
    return [Length(round(need + left * each / sum(pull))) for need, each in zip(least, pull, strict=True)]


def alignment(text: str, label: str) -> WD_ALIGN_PARAGRAPH:
    """How a cell stands under the heading `label` (rule 3)."""
    if label == wording.POSITION or _YEAR.fullmatch(text):
        return WD_ALIGN_PARAGRAPH.CENTER
    if number(text) is not None:
        return WD_ALIGN_PARAGRAPH.RIGHT
    return WD_ALIGN_PARAGRAPH.LEFT if any(c.isalpha() for c in text) else WD_ALIGN_PARAGRAPH.CENTER


def _split(room: Length, parts: Sequence[int]) -> list[Length]:
    return [Length(room * part // sum(parts)) for part in parts]


def _word(text: str) -> int:
    return max((page.width(word, page.NOTE) for word in text.split()), default=0)


def _line(text: str) -> int:
    return max((page.width(line, page.NOTE) for line in text.splitlines()), default=0)


def _keep_whole(row: _Row, *, repeated: bool) -> None:
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001  # no call for these
    properties.append(OxmlElement("w:cantSplit"))
    if repeated:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(cell: _Cell, text: str, align: WD_ALIGN_PARAGRAPH, *, bold: bool) -> None:
    first, *others = page.paragraphs(text) or [""]
    page.write(page.tight(cell.paragraphs[0], align), first, size=page.NOTE, bold=bold)
    for line in others:
        page.write(page.tight(cell.add_paragraph(), align), line, size=page.NOTE, bold=bold)
