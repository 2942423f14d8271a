"""What a folder says about its texts (`catalogue.toml`), or else what a text says about itself.

A catalogue is a list of `[[document]]` tables; every key of `Document` may stand there, dates as TOML dates, and `also`
for other copies of the same text, which are not indexed a second time. Numbers are unique; a text held names its file.

Errors
    CatalogueError(ValueError)   one Vietnamese line: which file, which entry, what is wrong
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ingest.head import Header
from ingest.parse import Parsed, parse
from ingest.read import clean
from knowledge.documents import Confidence, Document

NAME = "catalogue.toml"
_IN_FORCE = re.compile(
    r"\b(?:Luật|Nghị định|Thông tư|Quyết định|Nghị quyết|Quy chế|Quy định) này có hiệu lực(?: thi hành)?(?: kể)? từ"
    r" ngày (?P<day>\d{1,2})(?: tháng |/)(?P<month>\d{1,2})(?: năm |/)(?P<year>\d{4})"
)
_REASONS = {
    "missing": "còn thiếu",
    "extra_forbidden": "là khóa không có trong quy ước",
    "string_type": "phải là chuỗi chữ",
    "string_too_short": "không được để trống",
    "too_short": "không được để trống",
    "tuple_type": "phải là danh sách",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "date_type": "phải là ngày dạng 2026-11-22",
    "date_from_datetime_parsing": "phải là ngày dạng 2026-11-22",
    "date_from_datetime_inexact": "phải là ngày, không kèm giờ",
    "literal_error": "phải là một trong: official, assumed, secondary",
}


class CatalogueError(ValueError):
    """A catalogue that cannot be used."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A folder's documents, and the files that are other copies of them (names relative to the folder)."""

    documents: tuple[Document, ...] = ()
    copies: frozenset[str] = frozenset()

    def by_file(self, name: str) -> Document | None:
        return next((d for d in self.documents if d.file == name), None)


def _visible(value: object) -> object:
    return clean(value).strip() if isinstance(value, str) else value


_Text = Annotated[str, BeforeValidator(_visible)]
_Name = Annotated[str, BeforeValidator(_visible), Field(min_length=1)]
_Names = tuple[_Name, ...]


class _Entry(BaseModel):
    """One `[[document]]` as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=False)

    number: _Name
    kind: _Name
    title: _Name
    issuer: _Text = ""
    issued: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    short_names: _Names = ()
    place: _Text = ""
    complete: bool = True
    held: bool = True
    replaces: _Names = ()
    replaced_by: _Names = ()
    amends: _Names = ()
    amended_by: _Names = ()
    implements: _Names = ()
    transition: _Text = ""
    confidence: Confidence = "official"
    file: _Text = ""
    also: _Names = ()

    @model_validator(mode="after")
    def _consistent(self) -> _Entry:
        if self.held != bool(self.file):
            raise ValueError("ghi held và file chưa khớp: có giữ văn bản thì phải ghi tệp, không giữ thì không ghi tệp")
        start = self.in_force_from or self.issued
        if start and self.in_force_to and self.in_force_to < start:
            raise ValueError("ngày hết hiệu lực (in_force_to) trước ngày có hiệu lực")
        if any(Path(name).is_absolute() or ".." in Path(name).parts for name in (self.file, *self.also) if name):
            raise ValueError("tệp (file, also) phải nằm trong thư mục của danh mục")
        return self

    def document(self) -> Document:
        return Document(**self.model_dump(exclude={"also"}))


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document: tuple[_Entry, ...]


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue of a folder; an empty one where there is none. Raises CatalogueError."""
    path = folder / NAME
    if not path.exists():
        return Catalogue()
    try:
        raw = tomllib.loads(unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig")))
        entries = _File.model_validate(raw).document
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"Danh mục “{path.name}” không đọc được: tệp phải là chữ Unicode (UTF-8).") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"Danh mục “{path.name}” viết sai cú pháp TOML: {error}.") from error
    except ValidationError as error:
        raise CatalogueError(f"Danh mục “{path.name}”: {_explain(error, raw)}.") from error
    twice = [number for number, times in Counter(e.number for e in entries).items() if times > 1]
    if twice:
        raise CatalogueError(f"Danh mục “{path.name}”: số ký hiệu {twice[0]} được ghi hai lần.")
    return Catalogue(tuple(e.document() for e in entries), frozenset(name for e in entries for name in e.also))


def _explain(error: ValidationError, raw: dict[str, object]) -> str:
    """The first thing wrong, with the entry it is in: by its number if it has one, else by its place."""
    first = error.errors(include_url=False)[0]
    match first["loc"]:
        case ("document", int(at), *rest):
            entries = raw["document"]
            entry = entries[at] if isinstance(entries, list) else {}
            number = entry.get("number") if isinstance(entry, dict) else None
            where = f"văn bản {number}" if number else f"văn bản thứ {at + 1}"
            key = f", khóa “{'.'.join(map(str, rest))}”" if rest else ""
        case loc:
            where, key = "cấp ngoài cùng", f", khóa “{'.'.join(map(str, loc))}”" if loc else ""
    reason = _REASONS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return f"{where}{key} {reason}"


def document_for(file: Path, text: str) -> tuple[Document, Parsed]:
    """A file's document and its outline: by the catalogue beside it, else by its own head (its number may be empty).

    Raises CatalogueError.
    """
    entry = read_catalogue(file.parent).by_file(file.name)
    parsed = parse(text, number=entry.number if entry else "")
    return entry or from_text(parsed, text, file.name), parsed


def from_text(parsed: Parsed, text: str, file: str) -> Document:
    """The document a text is by its own words; `number` stays empty where it prints none."""
    header = parsed.header
    effective = _IN_FORCE.search(text)
    return Document(
        number=header.number,
        kind=header.kind or "Văn bản",
        title=_title(header) or f"{header.kind or 'Văn bản'} {header.number}".strip(),
        issuer=header.issuer,
        issued=header.issued,
        in_force_from=_day(effective) or header.issued,
        place=header.place,
        confidence="assumed",
        file=file,
    )


def _day(found: re.Match[str] | None) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None  # a day no calendar has: as good as none


def _title(header: Header) -> str:
    """The subject as a title: first letter up, capitals set in sentence case, a law's name behind its kind."""
    subject = header.subject.strip()
    if subject.isupper():
        subject = subject.capitalize()
    if subject and header.kind in {"Luật", "Bộ luật", "Pháp lệnh"}:
        return f"{header.kind} {subject}"
    return subject[:1].upper() + subject[1:]
