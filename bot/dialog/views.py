"""How each place looks, text and choices, and how one gets there. Pure.

Rules of this file
1. `offering` is the only maker of offers: it remembers exactly what it offered, under fresh tokens. `arrive` shows the
   place.
2. `stay` says something and leaves the last offer as it is.
3. A place that no longer exists (campaign closed, section not open) is shown as the nearest one that does: `settle`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot import tables
from bot.campaigns import Campaign, Section
from bot.dialog import carrying_views, file_wording, row_views, shared_wording, step_wording, table_wording, wording
from bot.dialog.conversation import Action, Mode, Offered, Pending
from bot.dialog.form import ROWS, Form, Step, options
from bot.dialog.offers import Option, View
from bot.dialog.phrases import preview, quote, short
from bot.dialog.scene import Scene
from bot.dialog.turn import Effect, Say, Turn
from bot.messages import Choice
from bot.submissions import Filled, SectionState, State


def stay(scene: Scene, *effects: Effect) -> Turn:
    """Say this; the last offer stands."""
    return Turn(scene.talk, effects)


def arrive(scene: Scene, *before: Effect, again: bool = False) -> Turn:
    """Show the place the scene is at, after `before`; `again`: in short, because it was shown already."""
    scene, note = settle(scene)
    view = VIEWS[scene.talk.mode](scene, again)
    told = (Say(note),) if note else ()
    return offering(scene, view.text, view.options, *before, *told)


def offering(scene: Scene, text: str, options: tuple[Option, ...], *before: Effect) -> Turn:
    """Say a text that offers these choices and no others, after `before`."""
    offer = tuple(
        Offered(f"{scene.talk.turn}.{n}", option.action, option.label, option.argument)
        for n, option in enumerate(options, 1)
    )
    choices = tuple(Choice(one.token, one.label) for one in offer)
    return Turn(replace(scene.talk, offer=offer, by_number=True), (*before, Say(text, choices)))


def settle(scene: Scene) -> tuple[Scene, str]:
    """The nearest place that still exists, and the sentence that says why it is another one ("" if it is not)."""
    if scene.talk.mode in {Mode.IDLE, Mode.PICKING}:
        return scene, ""
    form = scene.form
    if form is None:
        return scene.to(mode=Mode.IDLE), wording.CAMPAIGN_CLOSED
    if scene.talk.mode in {Mode.APPROVING, Mode.SENDING_BACK}:
        waits = form.campaign in scene.to_approve
        return (scene, "") if waits else (scene.to(mode=Mode.IDLE, reasons=()), shared_wording.NOTHING_TO_APPROVE)
    if form.submission.locked:
        return scene.to(mode=Mode.IDLE), wording.already_submitted(form.submission, form.campaign)
    return _settle_step(scene)


def _settle_step(scene: Scene) -> tuple[Scene, str]:
    if scene.talk.mode is Mode.FIELD and scene.step is None:
        return scene.to(mode=Mode.LISTING), wording.SECTION_CLOSED
    if scene.talk.cell and scene.line is None:
        return scene.to(cell=None, more=False), table_wording.ROW_CHANGED
    return scene, ""


def deadline_line(scene: Scene, campaign: Campaign) -> str:
    """The nearest deadline of a campaign in a line, "" if none is ahead."""
    nearest = next(iter(campaign.upcoming(scene.now)), None)
    return wording.deadline(nearest, nearest.due.astimezone(scene.now.tzinfo), scene.now) if nearest else ""


MENU = (
    Option(Action.ASK, wording.ASK),
    Option(Action.FILL, wording.FILL),
    Option(Action.PROGRESS, wording.PROGRESS),
    Option(Action.DEADLINES, wording.DEADLINES),
    Option(Action.HELP, wording.HELP),
)
DOWNLOAD = Option(Action.DOWNLOAD, wording.DOWNLOAD)
LEAVE = Option(Action.LEAVE, wording.LEAVE)
LIST = Option(Action.LIST, wording.LIST)
SUBMIT = Option(Action.SUBMIT, wording.SUBMIT)
REVIEW = Option(Action.REVIEW, wording.REVIEW)


def _idle(scene: Scene, again: bool) -> View:  # noqa: FBT001 - the table VIEWS calls them all alike
    del again
    begun = any(scene.form_of(c).submission.has_content for c in scene.book.campaigns)
    menu = (*MENU[:-1], DOWNLOAD, MENU[-1]) if begun else MENU
    approval = tuple(Option(Action.APPROVAL, shared_wording.APPROVAL) for _ in scene.to_approve[:1])
    return View(f"{shared_wording.WAITS_FOR_YOU} {wording.MENU}" if approval else wording.MENU, (*approval, *menu))


def _picking(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    del again
    picks = tuple(Option(Action.CAMPAIGN, short(c.title), c.id) for c in scene.book.campaigns)
    return View(wording.WHICH_CAMPAIGN, (*picks, Option(Action.LEAVE, wording.EXIT)))


def _listing(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    form = _form(scene)
    sections = tuple(Option(Action.SECTION, _label(scene, form, s), s.path) for s in form.open)
    step = scene.resume
    first = (Option(Action.ONWARD, wording.continue_label(step.section)),) if step else (REVIEW, SUBMIT)
    offer, take = carrying_views.in_list(form, [s.path for s in form.open if scene.held(s.path)])
    last = (*take, REVIEW, SUBMIT, LEAVE) if step else (*take, LEAVE)
    if again:
        return View(wording.LISTING_AGAIN, (*first, *sections, *last))
    settled = sum(form.settled(s) for s in form.sections)
    lines = "\n".join(filter(None, (deadline_line(scene, form.campaign), offer)))
    text = wording.listing(form.campaign, settled, len(form.sections), lines)
    if form.submission.state is State.RETURNED:
        reasons = [(s, form.submission.filled(s.path).returned) for s in form.open]
        text = f"{wording.returned(reasons)}\n\n{text}"
    return View(text, (*first, *sections, *last))


def _label(scene: Scene, form: Form, section: Section) -> str:
    held = scene.held(section.path)
    by = scene.name(held.officer) if held else ""
    wrong = form.settled(section) and any(one.path == section.path for one in scene.errors)
    waiting, required = section in scene.waiting, section in form.required
    state = form.state(section)
    label = wording.section_label(section, state, required=required, wrong=wrong, waiting=waiting, by=by)
    return carrying_views.label(form, section, label)


def _field(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    form, step, pending = _form(scene), scene.step, scene.pending
    assert step is not None, "settle saw to it"
    if held := scene.held(step.section.path):
        since = held.since.astimezone(scene.now.tzinfo)
        content = shared_wording.content_so_far(carrying_views.marked(form, step, preview(form.value(step), 1500)))
        text = f"{shared_wording.busy(scene.name(held.officer), since)}\n{content}"
        return View(text, (Option(Action.ONWARD, wording.SKIP), Option(Action.BACK, wording.BACK), LIST, LEAVE))
    if pending:
        return _undecided(form, step, pending)
    cell, line = scene.talk.cell, scene.line
    if cell and line:
        view = row_views.cell(step.field, line, cell, more=scene.talk.more)
        return carrying_views.at_cell(view, form, step, line, cell)
    if scene.talk.more and form.value(step) and step.field.kind == "text":
        text = step_wording.saved_part(form.value(step), step.field.length)
        rest = (Option(Action.BACK, wording.BACK), Option(Action.EXPLAIN, wording.EXPLAIN), LIST, LEAVE)
        return View(text, (Option(Action.ONWARD, step_wording.DONE), *rest))
    at = (form.sections.index(step.section) + 1, len(form.sections))
    filled = form.filled(step.section)
    text = (
        step_wording.step_again(step.section, step.field, at)
        if again
        else step_wording.step(step.section, step.field, form.campaign, at, filled.returned)
    )
    own = row_views.table(step.field, form.value(step), again=again) if step.field.kind in ROWS else View("")
    return _asked(scene, form, step, text, own)


def _asked(scene: Scene, form: Form, step: Step, text: str, own: View) -> View:
    """The text of a step with what is there already, and the choices; `own`: those of a table."""
    filled, value, kind = form.filled(step.section), form.value(step), step.field.kind
    before = step_wording.saved_before(kind, value) if value and kind not in ROWS and kind != "file" else own.text
    here = (step.section.path, step.field.key)
    errors = scene.errors if value else ()
    wrong = "\n".join(step_wording.put_right(one) for one in errors if (one.path, one.key) == here)
    attached = file_wording.listed(filled.files) if filled.files else ""
    text = "\n".join(filter(None, (text, before, carrying_views.at_step(form, step), wrong, attached)))
    if kind in {"number", "date"}:
        untouched = not any(filled.values.values())
        words = step_wording.by_words(kind, untouched=untouched)
        return View("\n".join([text, words, *([file_wording.OR_SEND_A_FILE] if scene.book.can_upload else [])]))
    closed = (*own.options, *(Option(Action.OPTION, option, option) for option in options(step.field)))
    done = step_wording.DONE if kind in ROWS or kind == "file" else wording.KEEP
    carried = step.field in form.carried(step.section)
    onward = Option(Action.ONWARD, done if value and not carried else wording.SKIP)
    label = wording.NO_CONTENT if len(form.fields(step.section)) == 1 else wording.NONE_OF_ALL
    none = () if filled.state is SectionState.NONE else (Option(Action.NO_CONTENT, label, step.section.path),)
    explain = Option(Action.EXPLAIN, wording.EXPLAIN)
    back = Option(Action.BACK, wording.BACK)
    start = carrying_views.choices(form, step)
    return View(text, (*closed, *start, onward, back, *none, explain, *_about_files(scene, filled), LIST, LEAVE))


def _about_files(scene: Scene, filled: Filled) -> tuple[Option, ...]:
    send = (Option(Action.UPLOAD, wording.UPLOAD),) if scene.book.can_upload else ()
    last = filled.files[-1:]
    return (*send, *(Option(Action.DETACH, wording.DETACH, file.id) for file in last))


def _undecided(form: Form, step: Step, pending: Pending) -> View:
    table = step.field.kind in ROWS and not pending.doubt
    shown = quote(table_wording.pending(tables.pasted(pending.text)) if table else short(pending.text, 300))
    if pending.doubt:
        keep = Option(Action.AS_CONTENT, wording.AS_CONTENT)
        return View(f"{wording.MAYBE_QUESTION}\n{shown}", (keep, Option(Action.LOOK_UP, wording.LOOK_UP)))
    append = (Option(Action.APPEND, wording.APPEND),) if step.field.kind in {"text", *ROWS} and form.value(step) else ()
    rest = (Option(Action.REPLACE, wording.REPLACE), Option(Action.DISCARD, wording.DISCARD))
    return View(f"{wording.HAS_VALUE}\n{shown}\n{wording.WHAT_TO_DO}", (*append, *rest))


def _reviewing(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    del again
    file = (DOWNLOAD,) if _form(scene).submission.has_content else ()
    return View(wording.AFTER_REVIEW, (SUBMIT, Option(Action.LIST, wording.LIST), *file, LEAVE))


def _confirming(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    del again
    form = _form(scene)
    busy = [(scene.name(held.officer), s) for s in form.open if (held := scene.held(s.path))]
    ask = shared_wording.ask_propose(form.campaign) if scene.proposes else wording.confirm(form.campaign)
    text = f"{ask}\n{shared_wording.writing_now(busy)}" if busy else ask
    yes = Option(Action.CONFIRM, shared_wording.PROPOSE if scene.proposes else wording.CONFIRM)
    return View(text, (yes, REVIEW, Option(Action.LIST, wording.NOT_YET)))


def _approving(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    del again
    form = _form(scene)
    at = next((e.at for e in reversed(form.submission.history) if e.what == shared_wording.ENTRY_PROPOSED), None)
    by, when = scene.name(form.submission.proposed), at.astimezone(scene.now.tzinfo) if at else None
    decisions = (
        Option(Action.READ, shared_wording.READ),
        Option(Action.APPROVE, shared_wording.APPROVE),
        Option(Action.SEND_BACK, shared_wording.SEND_BACK),
    )
    return View(shared_wording.approving(form.campaign, by, when), (*decisions, Option(Action.LEAVE, wording.EXIT)))


def _sending_back(scene: Scene, again: bool) -> View:  # noqa: FBT001 - see above
    del again
    form, given = _form(scene), dict(scene.talk.reasons)
    never_mind = Option(Action.APPROVAL, shared_wording.NEVER_MIND, form.campaign.id)
    if here := next((s for s in form.sections if s.path == scene.talk.section), None):
        return View(shared_wording.reason_for(here), (never_mind,))
    rest = tuple(Option(Action.SEND_BACK, short(s.title), s.path) for s in form.sections if s.path not in given)
    if not given:
        return View(shared_wording.WHICH_SECTION, (*rest, never_mind))
    text = shared_wording.reasons([(s, given[s.path]) for s in form.sections if s.path in given])
    return View(f"{text}\n{shared_wording.SEND_OR_MORE}", (Option(Action.SEND, shared_wording.SEND), *rest, never_mind))


def _form(scene: Scene) -> Form:
    form = scene.form
    assert form is not None, "settle saw to it"
    return form


VIEWS: Mapping[Mode, Callable[[Scene, bool], View]] = {
    Mode.IDLE: _idle,
    Mode.PICKING: _picking,
    Mode.LISTING: _listing,
    Mode.FIELD: _field,
    Mode.REVIEWING: _reviewing,
    Mode.CONFIRMING: _confirming,
    Mode.APPROVING: _approving,
    Mode.SENDING_BACK: _sending_back,
}
