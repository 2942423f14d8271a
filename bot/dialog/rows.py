"""What an officer does at a table or a repeated block: rows pasted, sent as .xlsx, or given cell by cell. Pure.

Rules of this file
1. Rows are saved the moment they come, also where they do not fit yet: the section stays a draft, and what is wrong is
   named by row and column each time the table is shown (`bot.tables`, rule 4).
2. Pasted rows are added; an .xlsx takes the table's place at once only if it holds all rows there are, else the
   officer decides (`Pending`), as about any second answer.
3. A cell's question shows what the cell holds; what is sent then takes its place, unless MORE was asked for or the
   messenger may have cut the text. Each cell is saved with its row: leaving a row loses nothing.
4. Handlers are called only at a step of such a kind (`respond.AT_A_TABLE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot import tables
from bot.campaigns import Field
from bot.dialog import steps, table_wording
from bot.dialog.conversation import REASON, WHICH, Cell
from bot.dialog.scene import Scene
from bot.dialog.turn import Effect, Save, Say, SendTemplate, Turn
from bot.dialog.views import arrive
from bot.submissions import Entry
from bot.tables import Line, Row
from bot.values import fold

LONGEST = 200_000  # characters that one table may hold
LONGEST_NAME = 200  # characters of a lone text that may begin a row
CUT_BY_APP = 1_800  # a message this long may be the first part of one that the messenger cut in pieces
_NOT_APPLICABLE = re.compile(
    r"(?:không|khong) (?:áp|ap) (?:dụng|dung)\s*(?:[:,.–-]\s*|(?=v[iì]\s)|$)(?P<reason>.*)", re.IGNORECASE | re.DOTALL
)


def put(scene: Scene, text: str) -> Turn:
    """Take a text: as the cell that is asked now, else as rows."""
    cell, line = scene.talk.cell, scene.line
    return _in_row(scene, cell, line, text) if cell and line else _rows(scene, text)


def are_rows(scene: Scene, text: str) -> bool:
    """Whether a text is divided into cells or rows, so that no question is to be seen in it."""
    given = () if scene.line else tables.pasted(text)
    return len(given) > 1 or any(len(row) > 1 for row in given)


def takes_words(scene: Scene) -> bool:
    """Whether words are an answer here: at the table as a whole, and in a cell of text."""
    cell, field = scene.talk.cell, steps.here(scene)[1].field
    return cell is None or cell.column < 0 or field.columns[cell.column].kind == "text"


# --- rows -------------------------------------------------------------------------------------------------------------


def _rows(scene: Scene, text: str) -> Turn:
    field = steps.here(scene)[1].field
    given = tables.pasted(text)
    if given and tables.is_heading(given[0], field.columns):
        read = tables.arranged(given, field.columns)
        if read.refused and len(given) > 1:
            return steps.refused(scene, table_wording.wrong_heading(field, read))
        given = read.rows
    if not given:
        return steps.refused(scene, table_wording.not_a_row(field))
    if len(field.columns) > 1 and given == ((text.strip(),),):
        return _begin_with(scene, text.strip())
    value = with_rows(field, _value(scene), given)
    return _kept(scene, value, Say(table_wording.added(len(given))))


def _begin_with(scene: Scene, text: str) -> Turn:
    """A lone text is the first cell of a row: of the one that has it already, or of a new one."""
    field = steps.here(scene)[1].field
    there = next((line for line in _lines(scene) if fold(line.cells[0]) == fold(text)), None)
    if there:
        return edit(scene, str(there.number))
    if _NOT_APPLICABLE.fullmatch(text):
        return arrive(scene, Say(table_wording.CHOOSE_FIRST), again=True)
    if len(text) > LONGEST_NAME or tables.cell(text, field.columns[0]) is None:
        return steps.refused(scene, table_wording.not_a_row(field))
    begun = _at(scene, None, 0, fresh=True)
    cell, line = begun.talk.cell, begun.line
    assert cell, "it has just begun"
    assert line, "so has the row"
    return _in_cell(begun, cell, line, text)


def with_rows(field: Field, value: str, given: Iterable[Row]) -> str:
    """The value with these rows added, in the order in which they are seen."""
    added = tables.joined(tables.taken(row, field) for row in given)
    both = "\n".join(filter(None, (tables.joined(tables.rows(value)), added)))
    return tables.kept(field, tables.laid_out(field, both))


def _kept(scene: Scene, value: str, *told: Effect, entries: tuple[Entry, ...] = ()) -> Turn:
    """Save the table, say this, show it."""
    if len(value) > LONGEST:
        return arrive(scene, Say(table_wording.TOO_LONG), again=True)
    after, save = steps.saved(scene.to(cell=None, more=False), value, *entries)
    return arrive(after, save, *told, again=True)


def sheet(scene: Scene, given: tuple[Row, ...]) -> Turn:
    """The rows of an .xlsx that was sent here (rule 2)."""
    field = steps.here(scene)[1].field
    read = tables.arranged(given, field.columns)
    if read.row is None or (read.headed and not read.rows):
        return arrive(scene, Say(table_wording.SHEET_UNREADABLE), again=True)
    if read.refused:
        return arrive(scene, Say(table_wording.wrong_heading(field, read)), again=True)
    old, new = _value(scene), with_rows(field, "", read.rows)
    if len(new) > LONGEST:
        return arrive(scene, Say(table_wording.TOO_LONG), again=True)
    if scene.pending:
        return arrive(scene, Say(table_wording.DECIDE_FIRST), again=True)
    there = scene.to(cell=None, more=False)
    if not new or set(tables.rows(old)) - set(tables.rows(new)):
        return arrive(there.keeping(new) if new else there, again=True)
    return _kept(there, new, Say(table_wording.sheet_read(len(tables.rows(new)), read)))


def template(scene: Scene, _: str = "") -> Turn:
    form, step = steps.here(scene)
    sent = SendTemplate(form.campaign.id, step.section.path, step.field.key)
    return arrive(scene.to(cell=None, more=False), sent, again=True)


def delete(scene: Scene, which: str = "") -> Turn:
    """Take a row away; it is said in full, so that it can be sent again."""
    step = steps.here(scene)[1]
    lines, line = _lines(scene), _numbered(scene, which)
    if line is None or not line.kept:
        return arrive(scene, Say(_no_such_row(scene)), again=True)
    value = tables.kept(step.field, (each for each in lines if each.number != line.number))
    noted = (steps.entry(scene, table_wording.entry_deleted(step.section)),)
    return _kept(scene, value, Say(table_wording.deleted(line)), entries=noted)


def nothing(scene: Scene) -> Turn:
    """ "Không có", typed: this table has no rows, or this cell nothing."""
    cell = scene.talk.cell
    if cell and scene.line:
        return put(scene, "Không có")
    if tables.rows(_value(scene)):
        return arrive(scene, Say(table_wording.ROWS_REMAIN), again=True)
    return _kept(scene, tables.NONE, Say(table_wording.NOTHING))


# --- cell by cell -----------------------------------------------------------------------------------------------------


def add(scene: Scene, _: str = "") -> Turn:
    return arrive(_at(scene, None, 0, fresh=True))


def edit(scene: Scene, which: str = "") -> Turn:
    """Go into a row: to its first cell that does not fit, else the officer picks one."""
    line = _numbered(scene, which)
    if line is None:
        return arrive(scene, Say(_no_such_row(scene)), again=True)
    if tables.declared(line.cells) is not None or not line.kept:
        return arrive(_at(scene, line, min(1, len(line.cells) - 1), fresh=True))
    wrong = [problem.column for problem in line.problems]
    columns = steps.here(scene)[1].field.columns
    at = columns.index(wrong[0]) if wrong and wrong[0] else WHICH
    return arrive(_at(scene, line, at, fresh=not any(problem.found.strip() for problem in line.problems)))


def pick(scene: Scene, which: str = "") -> Turn:
    """The cell to change, by its number."""
    cell, line = scene.talk.cell, scene.line
    columns = steps.here(scene)[1].field.columns
    if not (cell and line and which.isdecimal() and 0 < int(which) <= len(columns)):
        return arrive(scene, again=True)
    return arrive(_at(scene, line, int(which) - 1))  # not `fresh`: only this cell, and what does not fit


def more(scene: Scene, _: str = "") -> Turn:
    """What is typed next is added to what this cell holds."""
    return arrive(scene.to(more=_holds_text(scene)), again=True)


def back(scene: Scene) -> Turn:
    """One cell back; from the first, to the table."""
    cell, line = scene.talk.cell, scene.line
    if not (cell and line) or cell.column <= (1 if line.given else 0):
        return arrive(scene.to(cell=None, more=False), again=True)
    return arrive(_at(scene, line, cell.column - 1, fresh=cell.fresh))


def onward(scene: Scene, said: str = "") -> Turn:
    """To the next cell, leaving this one as it is; "xong" ends the row, or the text that was sent in parts."""
    cell, line, field = scene.talk.cell, scene.line, steps.here(scene)[1].field
    if not (cell and line) or cell.column < 0 or (said == table_wording.FINISH and not scene.talk.more):
        return _left(scene, line)
    empty = not line.cells[cell.column] and field.columns[cell.column].required
    return _next(scene, cell, line, *((Say(table_wording.cell_empty(field.columns[cell.column])),) if empty else ()))


def not_applicable(scene: Scene, reason: str = "") -> Turn:
    """Declare that a row which stands there from the start does not apply: with the reason, or asking for it."""
    line = scene.line
    if line is None or not line.given or len(line.cells) < 2:
        told = table_wording.ONLY_FOR_GIVEN if line else table_wording.CHOOSE_FIRST
        return arrive(scene, Say(told), again=True)
    if not reason:
        return arrive(_at(scene, line, REASON))
    said = f"{tables.NOT_APPLICABLE}: {' '.join(reason.split())}"
    after, save, written = _written(scene, line, (line.cells[0], said, *[""] * (len(line.cells) - 2)))
    return _left(after, written, save)


def _in_row(scene: Scene, cell: Cell, line: Line, text: str) -> Turn:
    """What is said of a row: a cell, which cell, the whole row anew, or why it does not apply."""
    field = steps.here(scene)[1].field
    if len(_value(scene)) + len(text) > LONGEST:
        return arrive(scene, Say(table_wording.TOO_LONG), again=True)
    if cell.column == REASON:
        return not_applicable(scene, text)
    if line.given and (found := _NOT_APPLICABLE.fullmatch(text)):
        return not_applicable(scene, found["reason"])
    if cell.column != WHICH:
        return _in_cell(scene, cell, line, text)
    given = tables.pasted(text)
    if len(given) == 1 and len(given[0]) > 1:
        after, save, written = _written(scene, line, tables.taken(given[0], field))
        return _left(after, written, save)
    named = next((n for n, column in enumerate(field.columns, 1) if fold(column.label) == fold(text)), 0)
    return pick(scene, str(named)) if named else steps.refused(scene, table_wording.WHICH_CELL)


def _in_cell(scene: Scene, cell: Cell, line: Line, text: str) -> Turn:
    column, adding = steps.here(scene)[1].field.columns[cell.column], scene.talk.more
    value = tables.cell(f"{line.cells[cell.column]}\n{text}" if adding else text, column)
    if value is None:
        return steps.refused(scene, table_wording.cell_problem(column))
    cells = (value if n == cell.column else old for n, old in enumerate(line.cells))
    after, save, written = _written(scene, line, tuple(cells))
    if column.kind == "text" and (adding or len(text) >= CUT_BY_APP):
        return arrive(_at(after, written, cell.column, fresh=cell.fresh).to(more=True), save, again=True)
    return _next(after, cell, written, save)


def _next(scene: Scene, cell: Cell, line: Line, *told: Effect) -> Turn:
    """On to the next cell that is open, else out of the row."""
    columns = enumerate(steps.here(scene)[1].field.columns)
    wrong = {problem.column for problem in line.problems}
    later = (n for n, c in columns if n > cell.column and (c in wrong or (cell.fresh and not line.cells[n])))
    column = next(later, None)
    if column is None or tables.declared(line.cells):
        return _left(scene, line, *told)
    return arrive(_at(scene, line, column, fresh=cell.fresh), *told)


def _left(scene: Scene, line: Line | None, *told: Effect) -> Turn:
    """Out of the row, to the table."""
    field = steps.here(scene)[1].field
    note = (Say(table_wording.row_saved(field, line)),) if line and line.kept else ()
    return arrive(scene.to(cell=None, more=False), *told, *note, again=True)


def _written(scene: Scene, line: Line, cells: Row) -> tuple[Scene, Save, Line]:
    """The scene after a row was saved with these cells, the effect that saves it, and the row as it stands now."""
    field = steps.here(scene)[1].field
    lines = [each for each in _lines(scene) if each.number != line.number]
    mine = line._replace(cells=tables.taken(cells, field), kept=True)
    value = tables.kept(field, sorted((*lines, mine), key=lambda each: each.number))
    after, save = steps.saved(scene, value)
    same = [each for each in _lines(after) if each.cells == mine.cells]
    return after, save, next((each for each in same if each.number == line.number), same[-1] if same else mine)


def _at(scene: Scene, line: Line | None, column: int, *, fresh: bool = False) -> Scene:
    """The scene at a cell of a row; None: of a new one."""
    row, text = (line.number, tables.joined([line.cells])) if line else (0, "")
    return scene.to(cell=Cell(row, text, column, fresh=fresh), more=False)


def _lines(scene: Scene) -> tuple[Line, ...]:
    return tables.laid_out(steps.here(scene)[1].field, _value(scene))


def _numbered(scene: Scene, which: str) -> Line | None:
    """The row of this number; without one, the row that is being filled in."""
    if not which:
        return scene.line
    return next((line for line in _lines(scene) if str(line.number) == which.lstrip("0")), None)


def _no_such_row(scene: Scene) -> str:
    return table_wording.no_such_row(len(_lines(scene)))


def _value(scene: Scene) -> str:
    form, step = steps.here(scene)
    return form.value(step)


def _holds_text(scene: Scene) -> bool:
    """Whether the cell that is asked now holds words, to which more can be added."""
    cell, line = scene.talk.cell, scene.line
    columns = steps.here(scene)[1].field.columns
    return bool(cell and line and cell.column >= 0 and line.cells[cell.column] and columns[cell.column].kind == "text")
