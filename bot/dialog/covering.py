"""What is asked of a section, held against what was written in it. Pure: the comparing itself is an effect.

A section is looked at when it is complete, and all of them before they are handed in; never one without content.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.campaigns import Section
from bot.dialog.form import Form
from bot.dialog.turn import Cover, Effect, Written
from bot.submissions import SectionState


def covered(form: Form, sections: Iterable[Section]) -> tuple[Effect, ...]:
    """Say what these sections of a form leave out; nothing of those that are not complete or asked for nothing."""
    looked_at = [s for s in sections if s.asks_for and form.state(s) is SectionState.DONE]
    written = tuple(Written(s.path, s.title, s.asks_for, _text(form, s)) for s in looked_at)
    return (Cover(written),) if written else ()


def _text(form: Form, section: Section) -> str:
    """Every answer behind its question, which often says already what the answer is about."""
    values = form.submission.filled(section.path).values
    said = [(f.label, values.get(f.key, "")) for f in section.fields]
    alone = len(section.fields) == 1
    return "\n".join(value if alone else f"{label}: {value}" for label, value in said if value)
