"""Text typed in the fonts of before Unicode (TCVN3, VNI) → Unicode, by viparse's tables.

A font's name says which code its letters are in (".VnTime" → TCVN3, "VNI-Times" → VNI); without a name the letters
themselves must say it clearly, for a whole text. Text that already has letters only Unicode has is left alone whatever
its font is called: many a file was converted and kept the name of its font.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

Run = tuple[str, str]  # text, name of its font ("" where it has none)

_UNICODE = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_CAPITALS = re.compile(r"^(?:[A-Z]{6}\+)?\.Vn\w*H(?:$|[,-])")  # .VnTimeH draws small letters as capitals
_ENOUGH = 20  # letters from which a text can be judged without a font


def join(runs: Iterable[Run]) -> str:
    """The text of consecutive runs; letters of one code are converted together (VNI writes one letter as two)."""
    return "".join(
        _unicode("".join(text for text, _ in group), code, capitals=capitals)
        for (code, capitals), group in groupby(runs, key=lambda run: _code(run[1]))
    )


def recognised(text: str) -> str | None:
    """A text in an old code as Unicode, or nothing where the letters do not say so clearly."""
    if len(text.strip()) < _ENOUGH or _UNICODE.search(text):
        return None
    import viparse  # noqa: PLC0415  # most texts need none of it

    code = viparse.detect_text_encoding(text)
    return str(viparse.fix(text, encoding=code)) if code else None


def _code(font: str) -> tuple[str, bool]:
    if "VN" not in font.upper():
        return "", False
    from viparse.normalize.detector import detect_encoding  # noqa: PLC0415  # most texts need none of it

    return detect_encoding([font]).encoding or "", bool(_CAPITALS.match(font))


def _unicode(text: str, code: str, *, capitals: bool) -> str:
    core = text.strip()
    if not code or not core or _UNICODE.search(core):
        return text
    import viparse  # noqa: PLC0415  # most texts need none of it

    start = text.index(core)
    fixed = str(viparse.fix(core, encoding=code))
    return text[:start] + (fixed.upper() if capitals else fixed) + text[start + len(core) :]
