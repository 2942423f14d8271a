"""What a unit changed in a section since staff returned it, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from bot.campaigns import Section
from bot.submissions import Filled

MOST: Final = 4000  # words and blanks; longer texts are shown one after the other


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field whose answer is not what it was."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`reason`: why it was returned; files by name."""

    reason: str
    fields: tuple[FieldChange, ...]
    files_gone: tuple[str, ...]
    files_new: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        return not (self.fields or self.files_gone or self.files_new)


def compared(section: Section, filled: Filled) -> Comparison | None:
    """A section against what it was at the last return; None if that was not of this section."""
    before = filled.before
    if before is None:
        return None
    values = [(f.label, before.values.get(f.key, ""), filled.values.get(f.key, "")) for f in section.fields]
    held, had = {file.id for file in filled.files}, {file.id for file in before.files}
    return Comparison(
        before.reason,
        tuple(FieldChange(label, pieces(was, now)) for label, was, now in values if was != now),
        tuple(file.name for file in before.files if file.id not in held),
        tuple(file.name for file in filled.files if file.id not in had),
    )


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one, with what went before what came in its place."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    if len(old) + len(new) > MOST:
        return tuple(piece for piece in (Piece("gone", before), Piece("new", after)) if piece.text)
    found: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        found += [Piece("gone", "".join(old[i:j]))] if i < j else []
        found += [Piece("new", "".join(new[k:m]))] if k < m else []
    return tuple(found)
