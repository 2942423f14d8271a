"""The form in a campaign file: its sections, fields, columns, conditions and checks, as TOML tables and as values.

Rules of this file
1. A section without fields gets one text field, `noi_dung`.
2. `when = "loại đơn vị = xã | phường"` on a section says the same as `only_for`; other conditions are a field's, with
   the path of the section that the answer is in: `when = "muc-I/1:co_phong_trao = Có"`.
3. `reason = "Không"` on a yes/no field asks for a reason after that answer: a text field `<key>_ly_do` of its own.
4. Of abbreviations that need not be spelled out, those of `abbreviations.toml` are added to a check's own.
5. A `[[check]]` outside the sections stands in the section of what it checks; with `of = "*"` in every section.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from bot import places
from bot.campaigns import (
    UNIT_KIND,
    CellKind,
    Check,
    CheckKind,
    Column,
    Condition,
    Field,
    FieldKind,
    Level,
    Section,
)
from bot.places import Place, Special
from bot.values import fold

FIELD = Field("noi_dung", "Nội dung")
REASON = "Lý do"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=rf"^{places.KEY}$")]


@cache
def _needs_none() -> tuple[str, ...]:
    table = tomllib.loads(Path(__file__).with_name("abbreviations.toml").read_text("utf-8"))
    return tuple(table["needs_none"])


def _condition(text: object) -> Condition:
    found = places.condition(text) if isinstance(text, str) else None
    if found is None:
        raise PydanticCustomError("condition", "not a condition")
    return found


When = Annotated[Condition | None, BeforeValidator(_condition)]


class Table(BaseModel):
    """A TOML table: a key that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnTable(Table):
    key: Key
    label: Text
    kind: CellKind = "text"
    required: bool = True
    unit: str = ""
    help: str = ""
    options: tuple[str, ...] = ()


class FieldTable(Table):
    key: Key
    label: Text
    kind: FieldKind = "text"
    required: bool = True
    help: str = ""
    options: tuple[str, ...] = ()
    unit: str = ""
    length: tuple[int, int] = (0, 0)
    column: tuple[ColumnTable, ...] = ()
    rows: tuple[str, ...] = ()
    when: When = None
    reason: str = ""

    def fields(self) -> tuple[Field, ...]:
        """The field, and the one for its reason (rule 3)."""
        columns = tuple(Column(**column.model_dump()) for column in self.column)
        field = Field(**self.model_dump(exclude={"column", "reason", "when"}), columns=columns, when=self.when)
        if not self.reason:
            return (field,)
        because = Field(f"{self.key}_ly_do", REASON, required=self.required, when=Condition(self.key, (self.reason,)))
        return field, because


class CheckTable(Table):
    kind: CheckKind
    of: Text
    message: Text
    against: tuple[str, ...] = ()
    tolerance: float = 0.0
    level: Level = "warning"
    source: str = ""

    def check(self) -> Check:
        return Check(**self.model_dump() | {"against": self.against + _needs_none() * (self.kind == "spelled_out")})

    def stands_in(self, path: str) -> bool:
        """Whether a check outside the sections belongs into this one (rule 5)."""
        of = places.place(self.of)
        return of is Special.EVERY_TEXT or (isinstance(of, Place) and of.path == path)


class SectionTable(Table):
    path: Text
    title: Text
    under: tuple[Text, ...] = ()
    hint: str = ""
    asks_for: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    when: When = None
    from_guidance: bool = True
    field: tuple[FieldTable, ...] = ()
    check: tuple[CheckTable, ...] = ()

    def section(self, everywhere: Sequence[CheckTable]) -> Section:
        """The section; `everywhere`: the checks outside the sections."""
        fields = tuple(field for table in self.field for field in table.fields()) or (FIELD,)
        checks = (*self.check, *(each for each in everywhere if each.stands_in(self.path)))
        plain = self.model_dump(exclude={"field", "check", "when", "only_for"})
        kinds = self.when.values if self.when and self._asks_for_kinds else ()
        return Section(
            **plain,
            fields=fields,
            checks=tuple(c.check() for c in checks),
            only_for=(*self.only_for, *kinds),
            when=None if kinds else self.when,
        )

    @property
    def _asks_for_kinds(self) -> bool:
        """Whether `when` can be told as `only_for` (rule 2)."""
        return self.when is not None and fold(self.when.of) == fold(UNIT_KIND) and not self.when.negated
