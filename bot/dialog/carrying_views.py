"""How an earlier year's report shows where the officer stands: beside the question, as a mark, as choices. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot import tables
from bot.campaigns import Section
from bot.dialog import carrying_wording as words
from bot.dialog import table_wording
from bot.dialog.conversation import Action, Cell
from bot.dialog.form import ROWS, Form, Step
from bot.dialog.offers import Option, View
from bot.values import fold


def at_step(form: Form, step: Step) -> str:
    """What is said at a step: that the answer is an earlier year's, or else what was answered then; "" if nothing."""
    if step.field in form.carried(step.section):
        return _mark(form, step)
    before, kind = form.before(step), step.field.kind
    if form.earlier is None or not before or kind == "file":
        return ""
    if kind != "text" and kind not in ROWS:
        return words.figure_before(before, step.field.unit)
    if form.value(step) or before == tables.NONE:
        return ""
    return words.words_before(form.earlier, table_wording.in_review(step.field, before) if kind in ROWS else before)


def _mark(form: Form, step: Step) -> str:
    filled, key = form.filled(step.section), step.field.key
    if step.field.kind not in ROWS:
        return words.marked(filled.begun[key])
    marked = set(tables.rows(filled.carried[key]))
    lines = tables.laid_out(step.field, form.value(step))
    return words.marked_rows(filled.begun[key], [line.number for line in lines if line.cells in marked])


def at_cell(view: View, form: Form, step: Step, line: tables.Line, cell: Cell) -> View:
    """A cell of a kind that is never taken, with what an earlier year's row of the same name held there."""
    column = step.field.columns[cell.column]
    if cell.column < 0 or column.kind == "text":
        return view
    rows = tables.rows(form.before(step))
    same = (row for row in rows if fold(row[0]) == fold(line.cells[0]) and tables.declared(row) is None)
    was = "".join(next(same, ())[cell.column : cell.column + 1])
    return view._replace(text=f"{view.text}\n{words.figure_before(was, column.unit)}") if was else view


def label(form: Form, section: Section, text: str) -> str:
    """A section in the list, with the mark if it is to have one."""
    return f"{text}, {words.LEFT}" if form.carried(section) else text


def marked(form: Form, step: Step, text: str) -> str:
    """An answer as others see it, with the mark if it is to have one."""
    return f"{words.MARK}\n{text}" if step.field in form.carried(step.section) else text


def choices(form: Form, step: Step) -> tuple[Option, ...]:
    """What may be done at a step with an earlier year's answer."""
    if step.field in form.carried(step.section):
        return (Option(Action.KEEP_EARLIER, words.KEEP),)
    if step.field.key in form.starts(step.section):
        return (Option(Action.TAKE_EARLIER, words.TAKE, step.section.path),)
    return ()


def in_list(form: Form, busy: Collection[str]) -> tuple[str, tuple[Option, ...]]:
    """The offer to begin every empty section with an earlier year's words, but those (paths) that others write in."""
    free = [s for s in form.open if s.path not in busy and form.starts(s)]
    if form.earlier is None or not free:
        return "", ()
    return words.offer(form.earlier, len(free)), (Option(Action.TAKE_EARLIER, words.TAKE),)
