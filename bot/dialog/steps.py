"""What every kind of step has in common: an answer is saved, or it is not taken, and then help is offered. Pure."""

from __future__ import annotations

from bot.dialog import step_wording, table_wording, wording
from bot.dialog.conversation import Action
from bot.dialog.form import ROWS, Form, Step, options
from bot.dialog.offers import Option
from bot.dialog.scene import Scene, started
from bot.dialog.turn import Save, Say, Turn
from bot.dialog.views import arrive, offering
from bot.submissions import Entry, SectionState

PATIENCE = 3  # answers in a row that were not taken, before help is offered


def form_of(scene: Scene) -> Form:
    """The form that is open; called only where there is one (`views.settle`)."""
    form = scene.form
    assert form is not None, "settle saw to it"
    return form


def here(scene: Scene) -> tuple[Form, Step]:
    """The form and the step; called only where there is one (`views.settle`)."""
    step = scene.step
    assert step is not None, "settle saw to it"
    return form_of(scene), step


def entry(scene: Scene, what: str) -> Entry:
    """A line of the submission's history, by this officer, now."""
    return Entry(scene.now, scene.officer.code, what)


def saved(scene: Scene, value: str, *entries: Entry) -> tuple[Scene, Save]:
    """The scene after this value was saved at its step, and the effect that saves it."""
    form, step = here(scene)
    done = form.state_with(step, value) is SectionState.DONE and form.state(step.section) is not SectionState.DONE
    noted = (entry(scene, wording.entry_done(step.section)),) if done else ()
    submission = form.saved(step, value, *started(scene, form.submission), *entries, *noted)
    return scene.with_submission(submission).to(failed=0), Save(submission)


def refused(scene: Scene, why: str) -> Turn:
    """Say why an answer was not taken, and ask again; from the third time on offer help instead."""
    after = scene.to(failed=min(scene.talk.failed + 1, PATIENCE))
    if after.talk.failed < PATIENCE:
        return arrive(after, Say(why), again=True)
    field = here(scene)[1].field
    cell = scene.talk.cell
    column = field.columns[cell.column] if scene.line and cell and cell.column >= 0 else None
    kind = column.kind if column else field.kind
    if kind in {"number", "date"} or (column and kind == "text"):
        return offering(after, f"{why}\n\n{step_wording.NEED_HELP_BY_WORDS}", ())
    own = column.options if column else options(field)
    choices = (
        *(Option(Action.OPTION, option, option) for option in own),
        *((Option(Action.ADD_ROW, table_wording.add_label(field)),) if field.kind in ROWS and not column else ()),
        Option(Action.EXPLAIN, wording.EXPLAIN),
        Option(Action.ONWARD, step_wording.SKIP_FOR_NOW),
        Option(Action.ASK_STAFF, step_wording.ASK_STAFF),
    )
    return offering(after, f"{why}\n\n{step_wording.NEED_HELP}", choices)
