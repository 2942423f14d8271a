"""What must hold between a unit's answers: conditions under which something is asked, checks over what was said. Pure.

Rules of this file
1. Nothing is checked against an answer that is not there: an open question is "missing", never wrong.
2. A check that cannot be worked out (no number where one is wanted) finds nothing.
"""

from __future__ import annotations

from bot.campaigns import UNIT_KIND, Condition, Field, Section
from bot.submissions import Submission
from bot.values import fold


def applies(condition: Condition | None, section: Section, submission: Submission, unit_kind: str) -> bool:
    """Whether what stands under this condition is asked now."""
    if condition is None:
        return True
    said = unit_kind if fold(condition.of) == fold(UNIT_KIND) else answer(condition.of, section, submission)
    among = fold(said) in {fold(value) for value in condition.values}
    return (bool(said) and not among) if condition.negated else among


def asked(section: Section, submission: Submission, unit_kind: str) -> tuple[Field, ...]:
    """The fields of a section that are asked now."""
    return tuple(f for f in section.fields if applies(f.when, section, submission, unit_kind))


def answer(place: str, section: Section, submission: Submission) -> str:
    """What was answered at a place, "" if nothing: a key of this section, or "path:key"."""
    path, colon, key = place.rpartition(":")
    return submission.filled(path if colon else section.path).values.get(key, "")
