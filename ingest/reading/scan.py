"""Pictures of pages → text: straightened, read by Tesseract with its Vietnamese data, its usual slips repaired.

Rules
1. A picture's declared size is checked before it is unpacked; a page is drawn at the resolution Tesseract likes.
2. Repairs are of shapes that cannot be Vietnamese ("Ðiều", "khoản l Điều"), never of words that could be.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter, ImageOps

from ingest.reading import limits, programs
from ingest.reading.layout import Page, Word, paragraphs
from ingest.reading.text import Refused

_DPI = 300
_A4_WIDTH = 8.27  # inches, of a photo whose own resolution means nothing
_PAGE_SECONDS = 120
_INSTALL = "Tesseract và dữ liệu tiếng Việt (gói tesseract-ocr, tesseract-ocr-vie)"
_SURE = 25  # of 100: below, a speck was read as a letter
_SPECK = re.compile(r"[\s|~`'‘’_¦·.,:;\"^°]*")
_SURE_SPECK = 60
_MARKER = re.compile(r"[IVXHl1|]{1,4}[./)]|\d{1,2}[.)]|[a-zđ]\)")  # the outline hangs on these
_ROMANS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
_ROMAN_TITLE = re.compile(rf"^({'|'.join(_ROMANS)})\s?[./)]")
_LONG = 4  # letters no speck or stroke is read as
_EDGE = 0.02
_FORMATS = ("PNG", "JPEG", "TIFF", "MPO")
_REPAIRS = tuple(
    (re.compile(shape), right)
    for shape, right in (
        ("\u00d0", "Đ"),  # the Icelandic letter of the same shape
        ("[—―]", "–"),
        (r"^[_.,:;'`~|¦·‘’\"]+\s+(?=\S)", ""),  # specks before a line
        (r"^[ịíìi¡j!ï]\s+(?=(?:\d{1,2}(?:\.\d{1,2})*|[a-zđ]|[IVX]+)\s?[./)-])", ""),
        (r"(?<=[.:;])\s+[:._,'`|~-]$", ""),  # … and after it
        (r"\bĐ[iI][ểêếệéeè]u(?=\s+[\dlI])", "Điều"),
        (r"\b([Tt])hị đua\b", r"\1hi đua"),
        (r"\b(PHONG TRÀO|DANH HIỆU|CÔNG TÁC|HỘI ĐỒNG|TỔNG KẾT|ĐĂNG KÝ) THỊ ĐUA\b", r"\1 THI ĐUA"),
        (r"\b([Kk]hoản|[Đđ]iều|[Mm]ục)\s+[l|](?=[\s.,;:]|$)", r"\1 1"),
        (r"^[l|]\s?([.)])(?=\s)", r"1\1"),
        (r"^(?!U Minh\b)(?:U|\|/)\s+(?=[A-ZĐÁÀẢÂĂÊÉÔƠÚƯÝ])", "I/ "),  # "I/" drawn tight; U Minh is a place
        (r"^(?:HI|IH|IIl|IlI|lII|Ill|lIl|llI|lll)(?=\s?[./)])", "III"),
        (r"^(?:Il|lI|ll|I1|1I)(?=\s?[./)])", "II"),
        (r"^(?:l|\|)V(?=\s?[./)])", "IV"),
        (r"^V[l|](?=\s?[./)])", "VI"),
    )
)


def read(data: bytes, folder: Path) -> str:
    """The text of a picture file (of all its pages, where it has several). Raises Refused."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is ours
    try:
        found = list(_frames(data, folder))
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise Refused("ảnh quá lớn") from error
    except Exception as error:
        # A broken picture trips each format's decoder in its own way: to the giver all is one.
        raise Refused("tệp ảnh bị hỏng") from error
    return "\n".join(repaired(paragraphs(found)))


def _frames(data: bytes, folder: Path) -> Iterator[Page]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        if count > limits.SCANNED:
            raise Refused(f"tệp có hơn {limits.SCANNED} trang ảnh chụp")
        for frame in range(count):
            image.seek(frame)
            if image.width * image.height > limits.PIXELS:
                raise Refused("ảnh quá lớn")
            yield _recognise(_sized(ImageOps.exif_transpose(image).convert("L")), folder)


def pages(data: bytes, numbers: Sequence[int], folder: Path) -> Iterator[Page]:
    """The words on the numbered pages (from 0) of a PDF, drawn and recognised one by one. Raises Refused."""
    if not numbers:
        return
    with pypdfium2.PdfDocument(data) as file:
        for number in numbers:
            page = file[number]
            width, height = page.get_size()
            scale = min(_DPI / 72, (limits.PIXELS / max(1.0, width * height)) ** 0.5)
            image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
            yield _recognise(image, folder)


def _sized(image: Image.Image) -> Image.Image:
    """A photo of a page as wide as a page is at the resolution we read at, within reason."""
    factor = _DPI * _A4_WIDTH / max(1, min(image.size))
    if 0.9 < factor < 1.1 or image.width * image.height * factor**2 > limits.PIXELS:
        return image
    factor = min(max(factor, 0.4), 3.0)
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)


def _recognise(image: Image.Image, folder: Path) -> Page:
    program = programs.find("tesseract", needed_for="bản quét, ảnh chụp", install=_INSTALL)
    image = _straight(_white(image))
    picture = folder / "page.png"
    image.save(picture)
    command = [program, str(picture), "-", "-l", "vie", "--dpi", str(_DPI), "--psm", "4", "tsv"]
    result = programs.run(command, folder, _PAGE_SECONDS)
    if result.returncode:
        missing = b"vie.traineddata" in result.stderr or b"Failed loading language" in result.stderr
        raise Refused(
            f"máy chưa có dữ liệu tiếng Việt để đọc bản quét, vui lòng cài đặt {_INSTALL}"
            if missing
            else "không nhận dạng được ảnh"
        )
    edge = _EDGE * image.width  # the shadow beside the paper is read as strokes
    words = _words(result.stdout.decode("utf-8", "replace"))
    inside = (word for word in words if word.x1 > edge and word.x0 < image.width - edge)
    return Page(image.width, image.height, tuple(inside))


def _words(table: str) -> Iterator[Word]:
    """Tesseract's words, each as high as its line: a comma alone is no line of its own."""
    top = bottom = 0.0
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        left, upper, width, height = (float(row[key]) for key in ("left", "top", "width", "height"))
        text = (row["text"] or "").strip()
        if row["level"] == "4":
            top, bottom = upper, upper + height
        elif row["level"] == "5" and float(row["conf"]) >= _least_sure(text):
            yield Word(text, left, left + width, top, bottom)


def _least_sure(text: str) -> int:
    """How sure of a word Tesseract must be: a long one is kept in any case, a number left out is worse than misread."""
    if _SPECK.fullmatch(text):
        return _SURE_SPECK
    return 0 if sum(map(str.isalnum, text)) >= _LONG or _MARKER.fullmatch(text) else _SURE


def _white(image: Image.Image) -> Image.Image:
    """A page whose paper is white everywhere, in whatever light it was taken. (Cutting grey off costs thin strokes.)"""
    small = image.resize((max(1, image.width // 16), max(1, image.height // 16)), Image.Resampling.BOX)
    small = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(4))
    paper = np.asarray(small.resize(image.size, Image.Resampling.BILINEAR), dtype=np.float32)
    light = np.asarray(image, dtype=np.float32) / np.maximum(paper, 1) * 255
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def _straight(image: Image.Image) -> Image.Image:
    """A page turned so that its lines are level: the turn at which rows of dark and rows of light differ most."""
    small = image.copy()
    small.thumbnail((1_000, 1_000))
    small = small.point(lambda grey: 255 if grey < 140 else 0)

    def contrast(angle: float) -> float:
        rows = np.asarray(small.rotate(angle, Image.Resampling.NEAREST), dtype=np.float32).sum(axis=1)
        return float(np.square(np.diff(rows)).sum())

    angle = max((step / 4 for step in range(-16, 17)), key=contrast)
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=False, fillcolor=255) if angle else image


def repaired(recognised: Iterable[str]) -> list[str]:
    """Recognised paragraphs without specks and without the slips that cannot be Vietnamese."""
    lines = [text for text in map(_repaired, recognised) if any(map(str.isalnum, text))]
    titles = [(at, found[1]) for at, line in enumerate(lines) if (found := _ROMAN_TITLE.match(line))]
    for (_, before), (at, this), (_, after) in zip(titles, titles[1:], titles[2:], strict=False):
        place = _ROMANS.index(this)
        if before == this and _ROMANS[place + 1 : place + 3][-1:] == [after]:  # II, II, IV: a stroke was lost
            lines[at] = _ROMANS[place + 1] + lines[at][len(this) :]
    return lines


def _repaired(text: str) -> str:
    for shape, right in _REPAIRS:
        text = shape.sub(right, text)
    return text
