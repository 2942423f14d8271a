"""What is asked of a section, held against what was written in it. Pure: the comparing itself is an effect.

A section is looked at when it is complete, and all of them before they are handed in; never one without content.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot import tables
from bot.campaigns import Field, Section
from bot.dialog.form import ROWS, Form
from bot.dialog.turn import Cover, Effect, Written
from bot.submissions import SectionState


def covered(form: Form, sections: Iterable[Section]) -> tuple[Effect, ...]:
    """Say what these sections of a form leave out; nothing of those that are not complete or asked for nothing."""
    looked_at = [s for s in sections if s.asks_for and form.state(s) is SectionState.DONE]
    places = (s.path if s.from_guidance else "" for s in looked_at)
    written = tuple(Written(at, s.title, s.asks_for, _text(form, s)) for at, s in zip(places, looked_at, strict=True))
    return (Cover(written),) if written else ()


def _text(form: Form, section: Section) -> str:
    """Every answer behind its question, which often says already what the answer is about."""
    values = form.submission.filled(section.path).values
    said = [(f, values.get(f.key, "")) for f in section.fields]
    alone = len(section.fields) == 1
    return "\n".join(_headed(f, value) if alone else f"{f.label}: {_headed(f, value)}" for f, value in said if value)


def _headed(field: Field, value: str) -> str:
    """A table with the names of the columns in which there is something."""
    given = tables.rows(value) if field.kind in ROWS else ()
    named = [c.label for n, c in enumerate(field.columns) if any("".join(row[n : n + 1]).strip() for row in given)]
    return "\n".join([*(["; ".join(named)] if named else []), value])
