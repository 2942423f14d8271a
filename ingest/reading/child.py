"""The child process: `python -m ingest.reading.child FILE KIND ANSWER`, in a scratch folder of its own.

It limits itself, reads one file and writes one JSON object to ANSWER: {"text": …} or {"refused": reason}. Whatever
else happens (killed, out of memory, a parser's crash) leaves no answer, and the parent says so.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ingest.reading import limits
from ingest.reading.kinds import Kind
from ingest.reading.text import Refused

_LONGEST = 20_000_000  # characters


def main(file: str, kind: str, answer: str) -> None:
    limits.tighten()
    try:
        text = _text(Path(file).read_bytes(), Kind(kind), Path.cwd())
        result = {"text": text} if len(text) <= _LONGEST else {"refused": "tệp có quá nhiều chữ"}
    except Refused as refusal:
        result = {"refused": str(refusal)}
    except MemoryError:
        result = {"refused": "đọc tệp này cần quá nhiều bộ nhớ"}
    except RecursionError:
        result = {"refused": "nội dung lồng nhau quá nhiều tầng"}
    Path(answer).write_text(json.dumps(result), "utf-8")


def _text(data: bytes, kind: Kind, folder: Path) -> str:  # noqa: PLR0911  # one a kind
    """The text of bytes of a known kind; each kind's parser is imported only where it is needed."""
    match kind:
        case Kind.WORD:
            from ingest.reading import word  # noqa: PLC0415  # start-up is most of a child's life

            return word.read(data)
        case Kind.OFFICE:
            from ingest.reading import office, word  # noqa: PLC0415  # as above

            return word.read(office.to_docx(data, folder))
        case Kind.PDF:
            from ingest.reading import pdf  # noqa: PLC0415  # as above

            return pdf.read(data, folder)
        case Kind.IMAGE:
            from ingest.reading import scan  # noqa: PLC0415  # as above

            return scan.read(data, folder)
        case Kind.PAGE:
            from ingest.reading import page  # noqa: PLC0415  # as above

            return page.read(data)
        case Kind.SHEET:
            from ingest.reading import sheet  # noqa: PLC0415  # as above

            return sheet.read(data)
        case Kind.TEXT:
            from ingest.reading.text import decoded  # noqa: PLC0415  # as above

            return decoded(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
