"""How a table and the cell that is asked look: text and choices. Pure.

A cell is asked without choices, except those of its own, so that a bare number typed there is content.
"""

from __future__ import annotations

from bot.campaigns import Field
from bot.dialog import table_wording as told
from bot.dialog.conversation import REASON, WHICH, Action, Cell
from bot.dialog.offers import Option, View
from bot.tables import NONE, Line, laid_out

OFFERED = 12  # rows


def table(field: Field, value: str, *, again: bool) -> View:
    """The rows there are, what is wrong with them, and how more are given; `again`: that was said already."""
    lines = laid_out(field, value)
    there = any(line.kept for line in lines)
    text = [] if field.kind == "block" or (again and there) else [told.shape(field)]
    if there:
        listed = [told.rows(lines)] if field.kind == "table" or len(lines) > OFFERED else []  # else the choices say it
        text += [
            *listed,
            *filter(None, [told.problems(lines)]),
            told.correcting(max(line.number for line in lines if line.kept)),
        ]
    elif value == NONE:
        text.append(f"Đã ghi: {NONE.lower()}.")
    text.append(told.ONWARD if again and there and field.kind == "table" else told.how(field))
    offered = lines if field.kind == "block" else tuple(n for n in lines if n.problems)
    rows = (Option(Action.EDIT_ROW, told.row_label(line, field), str(line.number)) for line in offered[:OFFERED])
    sheet = () if field.kind == "block" else (Option(Action.TEMPLATE, told.TEMPLATE),)
    return View("\n".join(text), (*rows, Option(Action.ADD_ROW, told.add_label(field)), *sheet))


def cell(field: Field, line: Line, at: Cell, *, more: bool) -> View:
    """What is asked of a row now."""
    if at.column == REASON:
        return View(told.reason(field, line))
    if at.column == WHICH:
        columns = tuple(enumerate(field.columns))[1 if line.given and len(field.columns) > 1 else 0 :]
        cells = (Option(Action.CELL, told.cell_label(c, line.cells[n]), str(n + 1)) for n, c in columns)
        rest = (Option(Action.DELETE_ROW, f"Xóa dòng {line.number}", str(line.number)), Option(Action.BACK, "Quay lại"))
        return View(told.which_cell(field, line), (*cells, *rest))
    if more:
        return View(told.more(line.cells[at.column]))
    options = field.columns[at.column].options if field.columns[at.column].kind == "choice" else ()
    return View(told.cell(field, line, at.column), tuple(Option(Action.OPTION, each, each) for each in options))
