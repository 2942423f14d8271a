"""The formal facts of a report: what the office's file gives, what the unit answered under "Thông tin chung".

Rules of this file
1. The office's file goes before the unit's answers, fact by fact; what neither gives stays open.
2. A number is printed only if somebody typed it there: the văn thư gives it after signing. Nothing here makes one up.
3. Whom somebody signs for is read off the post only where it cannot be anything else ("KT." and "Phó Chủ tịch").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.campaigns import Section
from bot.officers import Unit
from bot.reports import page, wording
from bot.reports.office import Office
from bot.submissions import Submission
from bot.tables import rows
from bot.values import fold

PRINTED = frozenset(
    {
        "ten_don_vi", "cq_chu_quan", "nam", "dia_danh", "so_ky_hieu", "nguoi_ky", "chuc_vu", "quyen_han", "kinh_gui",
    }
)  # fmt: skip
_NUMBER = re.compile(
    r"(?:số\s*:?)?\s*(?P<number>\d+[a-z]?)?[\s.…_]*/?\s*(?:(?:BC|TTr|BB)\s*-\s*)?(?P<symbol>.*)", re.IGNORECASE
)
_AUTHORITY = re.compile(r"(?:TM|KT|TL|TUQ)\.?", re.IGNORECASE)
_COLLECTIVES = ("Ủy ban nhân dân", "Hội đồng nhân dân", "Hội đồng")


@dataclass(frozen=True, slots=True)
class Formal:
    """What stands in the head and at the foot; `number` as typed, `notes` for whoever prepares the signing."""

    office: Office
    agency: str
    number: str = ""
    notes: tuple[str, ...] = ()


def is_general(section: Section) -> bool:
    """Whether a section asks for formal facts and is not a part of the report."""
    return section.formal


def facts_of(form: Sequence[Section], submission: Submission, unit: Unit, office: Office) -> Formal:
    """The formal facts of a unit's report."""
    section = next((each for each in form if is_general(each)), None)
    if section is None:
        return Formal(office, unit.name)
    said = submission.filled(section.path).values
    notes = (
        f"{field.label}: {'; '.join(page.paragraphs(said[field.key]))}."
        for field in section.fields
        if field.key not in PRINTED and said.get(field.key, "").strip()
    )
    return replace(answered(said, unit.name, office), notes=tuple(notes))


def answered(said: Mapping[str, str], unit: str, office: Office) -> Formal:
    """The facts as a section's answers give them, by the keys of `PRINTED`."""
    one = {key: " ".join(page.paragraphs(said.get(key, ""))) for key in PRINTED}
    agency = one["ten_don_vi"] or unit
    number, symbol = numbered(one["so_ky_hieu"])
    signed_as = tuple(_signed_as(page.paragraphs(said.get("quyen_han", "")), one["chuc_vu"], agency))
    merged = replace(
        office,
        superior=office.superior or one["cq_chu_quan"],
        symbol=office.symbol or symbol,
        place=office.place or one["dia_danh"],
        to=office.to or listed(said.get("kinh_gui", "")),
        signed_as=office.signed_as or signed_as,
        signer=office.signer or one["nguoi_ky"],
    )
    return Formal(merged, agency, number)


def numbered(typed: str) -> tuple[str, str]:
    """A number and the letters after the type's code: "5/BC-UBND" → ("05", "UBND"); ("", "") of nothing."""
    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        return "", typed.strip()
    number = found["number"] or ""
    return number.zfill(2) if number.isdigit() else number, found["symbol"].strip()


def listed(value: str) -> tuple[str, ...]:
    """The names in a list, be it a table's first column or lines, without what ends a line of a list."""
    names = (" ".join(page.paragraphs(row[0])) for row in rows(value))
    return tuple(name for each in names if (name := each.lstrip("-+ ").rstrip(" ;.,")))


def _signed_as(authority: Sequence[str], post: str, agency: str) -> Iterator[str]:
    bare = authority[0] if len(authority) == 1 else ""
    if bare.rstrip(".").casefold() == "q":
        yield f"Q. {post or wording.OPEN}"
        return
    if _AUTHORITY.fullmatch(bare):
        yield f"{bare.rstrip('.')}. {_whom(bare, post, agency) or wording.OPEN}"
    else:
        yield from authority
    if post:
        yield post


def _whom(authority: str, post: str, agency: str) -> str:
    match authority.rstrip(".").upper():
        case "TM":
            return next((each for each in _COLLECTIVES if fold(agency).startswith(fold(each))), "")
        case "KT" if fold(post).startswith("pho "):
            _, _, own = post.partition(" ")
            return own[:1].upper() + own[1:]
        case _:
            return ""
