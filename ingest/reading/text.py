"""What every format shares: how text comes out, and how a refusal is said.

Rules
1. What comes out is NFC and free of NUL, control, zero-width, bidirectional and tag characters: hidden text must not
   reach a reader's quote nor an index.
2. One paragraph a line, one table row a line with tabs between its cells, in the order a reader reads.

Errors
    Refused(Exception)       why a format's reader gave up, in Vietnamese, without a file's name
    Unreadable(ValueError)   one Vietnamese line that names the file and the reason
"""

from __future__ import annotations

import contextlib
import re
import unicodedata

from ingest.reading import legacy

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")


class Refused(Exception):
    """Why a file is not read, in Vietnamese; whoever knows the file's name makes an Unreadable of it."""


class Unreadable(ValueError):
    """A file (or web address) that cannot be read as text, said in one line for the person who gave it."""

    def __init__(self, name: str, reason: str) -> None:
        what = "địa chỉ" if name.lower().startswith(("http://", "https://")) else "tệp"
        super().__init__(f"Không đọc được {what} “{name}”: {reason}.")
        self.name, self.reason = name, reason


def clean(text: str) -> str:
    """NFC, line ends as \\n, nothing invisible, no spaces around a line (tabs stay: they part the cells of a table)."""
    text = _HIDDEN.sub("", _LINE_ENDS.sub("\n", text)).replace("\u00a0", " ")
    return "\n".join(line.strip(" ") for line in unicodedata.normalize("NFC", text).split("\n"))


def decoded(data: bytes) -> str:
    """The text of plain bytes: Unicode, an old Vietnamese code (TCVN3, VNI), or Windows-1258. Raises Refused."""
    unicode = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode(unicode)
        return legacy.recognised(text) or text
    # What an old code writes looks like Western letters; Windows-1258 looks like none of the old codes.
    repaired = legacy.recognised(data.decode("latin-1"))
    if repaired is not None:
        return repaired
    try:
        return data.decode("cp1258")
    except UnicodeDecodeError as error:
        raise Refused("bảng mã chữ không phải Unicode") from error
