"""What only the issuing office knows of its document: who is above it, where it sits, who signs and by which authority.

Rules of this file
1. Nothing here has a default that says something: what an office does not give stays open in the document.
2. The document's number is not here: the văn thư gives it after signing (Điều 15 Nghị định 30/2020/NĐ-CP).
3. An office file is TOML with the keys of `Office`; all its problems are told at once, a Vietnamese line each.

    OfficeError     the file cannot be used; .problems says why
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

# thay mặt, ký thay, thừa lệnh, thừa ủy quyền: each stands before the one in whose place the signer signs.
AUTHORITY = re.compile(r"(?:TM|KT|TL|TUQ)\. ?\S", re.IGNORECASE)
_DEGREES = re.compile(r"^(?:(?:GS|PGS|TSKH|TS|ThS|BS|KS|CN)(?:\. ?| +))+", re.IGNORECASE)


class OfficeError(Exception):
    """The office file cannot be used; `problems` says why, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Office:
    """The formal facts of a document; whatever is empty is left open.

    `superior`: the agency above. `symbol`: the letters after the type code, e.g. "UBND". `day`: when it is issued.
    `to`: whom it goes to (Kính gửi). `grounds`: căn cứ, in full. `signed_as`: the lines above the signature, such as
    ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"). `seat`: the office that the head of a council holds in the
    agency whose seal it uses. `signer`: a name, printed without degrees.
    """

    superior: str = ""
    symbol: str = ""
    place: str = ""
    day: date | None = None
    to: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    signed_as: tuple[str, ...] = ()
    seat: str = ""
    signer: str = ""

    @property
    def name(self) -> str:
        """The signer's name as it is printed."""
        return _DEGREES.sub("", self.signer.strip())


def load(path: Path) -> Office:
    """Read an office file. Raises OfficeError; OSError if it cannot be opened."""
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        office = TypeAdapter(Office).validate_python(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OfficeError([f"không đúng cú pháp TOML: {error}."]) from None
    except ValidationError as error:
        raise OfficeError([_problem(details["loc"], details["type"]) for details in error.errors()]) from None
    if problems := list(_problems(office)):
        raise OfficeError(problems)
    return office


def _problem(where: tuple[int | str, ...], kind: str) -> str:
    key = str(where[0])
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return f"{key}: không có khóa này; các khóa dùng được: {', '.join(Office.__dataclass_fields__)}."
    if key == "day":
        return "day: viết ngày không có dấu nháy, ví dụ day = 2027-01-05."
    if key in {"to", "grounds", "signed_as"}:
        return f"{key}: viết danh sách chữ trong ngoặc vuông, mỗi dòng một phần tử trong dấu nháy."
    return f"{key}: viết chữ trong dấu nháy."


def _problems(office: Office) -> Iterator[str]:
    *above, own = office.signed_as or ("",)
    for line in above:
        if not AUTHORITY.match(line):
            yield f"signed_as: dòng “{line}” phải bắt đầu bằng quyền hạn ký (TM., KT., TL. hoặc TUQ.)."
    if AUTHORITY.match(own):
        yield "signed_as: dòng cuối là chức vụ của người ký, ví dụ “Chủ tịch”, “Phó Chủ tịch”, “Q. Giám đốc”."
