"""A workbook (.xlsx) → text: the rows of its first sheet that has any, a line each, cells divided by tabs.

Rules
1. What the file claims is looked at before anything is unpacked whole, as with Word files. Formulas are not worked out:
   what the program that saved them last showed is read.
2. Numbers and days are written as people here write them: 1.234,5 and 30/11/2026. A line break in a cell is U+2028.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from ingest.reading.text import Refused

_UNPACKED, _PARTS = 100_000_000, 2_000
_ROWS, _COLUMNS = 2_000, 60
_BREAK = "\u2028"


def read(data: bytes) -> str:
    """The rows of an .xlsx file. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            reason = _refusal(archive)
        rows = "" if reason else _rows(data)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises what its parts raise; to the giver all is one
        raise Refused("tệp Excel bị hỏng hoặc được đặt mật khẩu") from error
    if reason:
        raise Refused(reason)
    return rows


def _refusal(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    reasons = {
        "không phải tệp Excel (.xlsx)": "xl/workbook.xml" not in names,
        "tệp giải nén ra quá lớn": len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED,
        "tệp có chứa macro": any(name.endswith("vbaproject.bin") for name in names),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _rows(data: bytes) -> str:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file claims its size to be is no use
        rows = ["\t".join(map(_shown, row)).rstrip("\t") for row in sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS)]
        if any(row.strip() for row in rows):
            return "\n".join(rows)
    return ""


def _shown(cell: Cell) -> str:
    """A cell as it is written by hand."""
    match cell.value:
        case None:
            return ""
        case bool(value):
            return "Có" if value else "Không"
        case int() | float() as value:
            percent = "%" in (cell.number_format or "")
            return _number(Decimal(repr(value)) * (100 if percent else 1)) + ("%" if percent else "")
        case date() as value:
            return f"{value:%d/%m/%Y}"
        case value:
            return str(value).strip().replace("\r", "").replace("\t", " ").replace("\n", _BREAK)


def _number(value: Decimal) -> str:
    text = f"{value.normalize():,f}" if value else "0"
    return text.translate(str.maketrans(",.", ".,"))
