"""A PDF → text: pages with letters by pdfplumber, pages that are pictures by optical recognition.

A page of few letters that carries pictures is a scan. Letters of a scanner's own recognition (invisible, over a picture
of the whole page) are set aside: they seldom know Vietnamese.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.page import Page as PdfPage
from pdfplumber.table import Table

from ingest.reading import legacy, limits, scan
from ingest.reading.layout import Grid, Page, Word, lines_of, paragraphs
from ingest.reading.text import Refused

_FEW = 40  # letters of a page that is a picture with a stamp or a page number on it
_STROKE = 3  # points a filled box is thick at most to be a line
_LETTERS = 100_000  # of one page


def read(data: bytes, folder: Path) -> str:
    """The text of a PDF; `folder` is scratch space. Raises Refused."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as file:
            many = len(file.pages) > limits.PAGES
            pages = [] if many else [_page(page) for page in file.pages]
    except (Refused, MemoryError, RecursionError):
        raise
    except Exception as error:
        # pdfminer raises whatever its parsing trips over: to the giver all is one.
        locked = any(isinstance(why, PDFPasswordIncorrect | PDFEncryptionError) for why in (error, *error.args))
        raise Refused("tệp được đặt mật khẩu" if locked else "tệp PDF bị hỏng") from error
    if many:
        raise Refused(f"tệp có hơn {limits.PAGES} trang")
    scanned = [at for at, page in enumerate(pages) if page is None]
    if len(scanned) > limits.SCANNED:
        raise Refused(f"tệp có hơn {limits.SCANNED} trang ảnh chụp")
    pictures = scan.pages(data, scanned, folder)
    lines = paragraphs([page or next(pictures) for page in pages])
    text = "\n".join(scan.repaired(lines) if scanned else lines)
    return legacy.recognised(text) or text


def _page(page: PdfPage) -> Page | None:
    """A page's words and tables; nothing where it is a picture."""
    chars = page.chars
    if len(chars) > _LETTERS:
        raise Refused("một trang có quá nhiều chữ")
    covered = any(_area(image) > 0.7 * page.width * page.height for image in page.images)
    if page.images and (covered or len(chars) < _FEW) and (len(chars) < _FEW or not _seen(chars)):
        return None
    words = _words(page)
    grids = []
    for table in page.filter(_may_be_a_line).find_tables():
        if len(table.rows) > 1 and any(len(row.cells) > 1 for row in table.rows):
            inside = [word for word in words if _within(word, table.bbox)]
            words = [word for word in words if not _within(word, table.bbox)]
            grids.append(Grid(table.bbox[1], table.bbox[3], tuple(_rows(inside, table))))
    return Page(float(page.width), float(page.height), tuple(words), tuple(grids))


def _seen(chars: Iterable[dict[str, Any]]) -> bool:
    """Whether letters over a picture of the page are drawn at all (render mode 3 draws nothing; pdfminer keeps no mode,
    but a scanner's letters come in a font without shapes).
    """
    return not all(
        "glyphless" in str(char["fontname"]).lower() or "hidden" in str(char["fontname"]).lower() for char in chars
    )


def _area(image: dict[str, Any]) -> float:
    return float((image["x1"] - image["x0"]) * (image["bottom"] - image["top"]))


def _may_be_a_line(thing: dict[str, Any]) -> bool:
    """Whether a thing on the page may part cells: the colour behind a word is a box as well, and parts nothing."""
    if thing["object_type"] != "rect" or thing.get("stroke"):
        return True
    return bool(min(thing["width"], thing["height"]) < _STROKE)


def _within(word: Word, box: tuple[float, float, float, float]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _words(page: PdfPage) -> list[Word]:
    found = page.extract_words(x_tolerance_ratio=0.15, y_tolerance=2, extra_attrs=["fontname"])
    return [Word(w["text"], w["x0"], w["x1"], w["top"], w["bottom"], w["fontname"]) for w in found]


def _rows(words: Sequence[Word], table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = [" ".join(lines_of(word for word in words if _within(word, box))) for box in row.cells if box]
        if any(cells):
            yield "\t".join(cells)
