"""What an officer does inside a form: move about, answer, decide about a text, submit. Pure.

Rules of this file
1. An answer is saved the moment it is understood. A saved value gives way only to APPEND or REPLACE, chosen by the
   officer, except "không có nội dung", which any answer takes the place of. Where a text is expected to be long
   (`Field.length`), and after "viết tiếp", what follows belongs to it until "xong": it is added.
2. What was typed and cannot be saved yet waits as Pending at its step, also when the officer goes elsewhere; only
   DISCARD, or looking it up as a question, ends that.
3. Submitting is refused, with the list, while a required section is missing, a text still waits or a check finds an
   error; its warnings are shown in the review and block nothing.
4. Handlers are called only where the form is open and the place exists (`views.settle`).
5. Inside a table these words move about in its rows: `rows`.
"""

from __future__ import annotations

from bot import tables
from bot.campaigns import Field, Section
from bot.dialog import carrying_views, carrying_wording, rows, step_wording, table_wording, wording
from bot.dialog.asking import look_up
from bot.dialog.conversation import Mode, Pending
from bot.dialog.covering import covered
from bot.dialog.form import NO, ROWS, Form, Step, read
from bot.dialog.phrases import place
from bot.dialog.rows import CUT_BY_APP
from bot.dialog.scene import Scene, started
from bot.dialog.steps import entry, form_of, here, refused, saved
from bot.dialog.turn import Effect, Save, Say, SendReport, Turn
from bot.dialog.understand import Likely, about_this_step, question
from bot.dialog.views import arrive
from bot.submissions import Entry, Filled, submitted
from bot.values import fold

MAX_ANSWER = 20_000  # characters one field may hold


# --- moving about -----------------------------------------------------------------------------------------------------


def explain(scene: Scene, _: str = "") -> Turn:
    """ "Phần này cần viết gì?": answered from the mục this section comes from; where the guidance does not ask for it,
    the step says so and what is usual.
    """
    form, step = here(scene)
    if not step.section.from_guidance:
        return arrive(scene.to(cell=None, more=False))
    within = (form.campaign.guidance, step.section.path)
    after, effect = look_up(scene, wording.explain(step.section), within)
    return arrive(after, effect, again=True)


def show_list(scene: Scene, _: str = "") -> Turn:
    return arrive(scene.to(mode=Mode.LISTING))


def section(scene: Scene, path: str) -> Turn:
    step = scene.entry(path)
    if step is None:
        return arrive(scene.to(mode=Mode.LISTING), Say(wording.SECTION_CLOSED), again=True)
    return arrive(scene.at_step(step))


def back(scene: Scene, _: str = "") -> Turn:
    """One step back; from the list or the review, to the section worked on last."""
    if scene.talk.cell and scene.line:
        return rows.back(scene)
    form, step = form_of(scene), scene.step
    if step is None:
        last = form.at(scene.talk.section, scene.talk.field)
        return arrive(scene.at_step(last)) if last else arrive(scene.to(mode=Mode.LISTING))
    before = form.back(step)
    return arrive(scene.at_step(before)) if before else arrive(scene, Say(wording.FIRST_STEP), again=True)


def onward(scene: Scene, said: str = "") -> Turn:
    """To the next step without saving anything; from elsewhere, to the first that is not settled."""
    if scene.talk.cell and scene.line:
        return rows.onward(scene, said)
    form, step = form_of(scene), scene.step
    if step is None:
        return arrive(scene.at_step(scene.resume)) if scene.resume else show_list(scene)
    left_out = step.field.required and not form.value(step) and not form.settled(step.section)
    told = (Say(wording.skipped(step.section, step.field)),) if left_out else ()
    if step.field in form.carried(step.section):
        told = (Say(carrying_wording.PASSED_BY),)
    later = form.onward(step)
    stayed = scene.talk.more or step.field.kind in ROWS
    left = stayed and (later is None or later.section != step.section)
    return _go_on(scene, step, *told, *(covered(form, (step.section,)) if left else ()))


def edit(scene: Scene, which: str = "") -> Turn:
    """Back to what was answered last, or to the section named by its number in the form or its mục."""
    form, step = form_of(scene), scene.step
    if which:
        named = next((s for n, s in enumerate(form.sections, 1) if fold(which) in _names(n, s)), None)
        return section(scene, named.path if named else "")
    if step is None:
        return arrive(scene.to(mode=Mode.LISTING), Say(wording.NOTHING_TO_EDIT), again=True)
    if form.value(step):
        return arrive(scene, again=True)
    return back(scene)


def _names(number: int, section: Section) -> set[str]:
    return {str(number), fold(place(section.path)).removeprefix("muc ")}


def _go_on(scene: Scene, step: Step, *told: Effect) -> Turn:
    form = form_of(scene)
    if later := form.onward(step):
        return arrive(scene.at_step(later), *told, again=later.section == step.section)
    if form.missing or scene.waiting:
        note = wording.LAST_STEP
    else:
        note = wording.ALL_BUT_WRONG if scene.errors else wording.ALL_SETTLED
    return arrive(scene.to(mode=Mode.LISTING), *told, Say(note), again=True)


# --- answering --------------------------------------------------------------------------------------------------------


def answer(scene: Scene, text: str) -> Turn:
    """Free text at a step: a question, something to decide about, or the answer itself."""
    step = here(scene)[1]
    if about_this_step(text):
        return explain(scene)
    likely, asked = question(text)
    wordy = step.field.kind == "text"
    if step.field.kind in ROWS:
        likely = Likely.NO if rows.are_rows(scene, text) else likely
        wordy = rows.takes_words(scene)
    if likely is Likely.CLEAR or (likely is Likely.DOUBTFUL and not wordy):
        after, effect = look_up(scene, asked)
        return arrive(after, effect, again=True)
    if len(text) > MAX_ANSWER:
        return arrive(scene, Say(step_wording.too_long(len(text), MAX_ANSWER)), again=True)
    if scene.pending:
        return _add_to_waiting(scene, scene.pending, text)
    return arrive(scene.keeping(text, doubt=True)) if likely is Likely.DOUBTFUL else put(scene, text)


def _add_to_waiting(scene: Scene, waiting: Pending, text: str) -> Turn:
    if here(scene)[1].field.kind != "text":
        return put(scene, text)
    joined = f"{waiting.text}\n{text}"
    if len(joined) > MAX_ANSWER:
        return arrive(scene, Say(step_wording.join_too_long(len(joined), MAX_ANSWER)), again=True)
    return arrive(scene.keeping(joined, doubt=waiting.doubt))


def put(scene: Scene, text: str) -> Turn:
    """Take a text as the answer: saved, or waiting if there already is one, or refused with an example."""
    form, step = here(scene)
    if step.field.kind in ROWS:
        return rows.put(scene, text)
    value = read(step.field, text)
    if value is None:
        return refused(scene, step_wording.problem(step.field))
    old = form.value(step)
    if old not in {"", value, wording.NO_CONTENT} and not scene.talk.more:
        return arrive(scene.keeping(value))
    return _join(scene, value) if scene.talk.more and old != value else _save(scene.keeping(""), value)


def append(scene: Scene, _: str = "") -> Turn:
    return _join(scene, _waiting(scene)) if _waiting(scene) else arrive(scene, again=True)


def _join(scene: Scene, text: str) -> Turn:
    """Add a text to the saved one, if both together are not too long."""
    form, step = here(scene)
    if step.field.kind in ROWS:
        joined, most = rows.with_rows(step.field, form.value(step), tables.pasted(text)), rows.LONGEST
    else:
        joined, most = "\n".join(filter(None, (form.value(step), text))), MAX_ANSWER
    if len(joined) > most:
        return arrive(scene, Say(step_wording.join_too_long(len(joined), most)), again=True)
    return _save(scene.keeping(""), joined)


def replace_old(scene: Scene, _: str = "") -> Turn:
    step, value = here(scene)[1], _waiting(scene)
    if step.field.kind in ROWS:
        value = rows.with_rows(step.field, "", tables.pasted(value))
    replaced = entry(scene, wording.entry_replaced(step.section))
    return _save(scene.keeping(""), value, replaced) if value else arrive(scene, again=True)


def discard(scene: Scene, _: str = "") -> Turn:
    return arrive(scene.keeping(""), Say(wording.DISCARDED), again=True)


def as_content(scene: Scene, _: str = "") -> Turn:
    waiting = _waiting(scene)
    return put(scene.keeping(""), waiting) if waiting else arrive(scene, again=True)


def look_up_pending(scene: Scene, _: str = "") -> Turn:
    waiting = _waiting(scene)
    if not waiting:
        return arrive(scene, again=True)
    after, effect = look_up(scene.keeping(""), waiting)
    return arrive(after, effect, again=True)


def no_content(scene: Scene, whole: str = "") -> Turn:
    """The section has nothing to say: declared by the officer, never assumed.

    `whole` (the button): the section as a whole. Only typed: in a section of several questions it is the answer to the
    one that is asked, where words or yes and no answer it.
    """
    form, step = form_of(scene), scene.step
    if step is None:
        return arrive(scene, Say(wording.NO_SUCH_CHOICE), again=True)
    if scene.pending:
        return arrive(scene, again=True)
    kept, fields = any(form.filled(step.section).values.values()), form.fields(step.section)
    if not whole and step.field.kind in ROWS and (kept or scene.talk.cell or len(fields) > 1):
        return rows.nothing(scene)
    if not whole and kept and step.field.kind in {"number", "date"} and not step.field.required:
        return onward(scene)
    words = kept or step.field.kind == "text"
    if not whole and (step.field.kind == "yes_no" or (words and len(fields) > 1)):
        return put(scene, NO if step.field.kind == "yes_no" else wording.NO_CONTENT)
    entries = (*started(scene, form.submission), entry(scene, wording.entry_none(step.section)))
    submission = form.declared_empty(step.section, *entries)
    told = Say(wording.no_content(step.section, kept=kept or bool(form.filled(step.section).files)))
    return _go_on(scene.with_submission(submission), Step(step.section, fields[-1]), Save(submission), told)


def write_on(scene: Scene, _: str = "") -> Turn:
    """What is typed next is added: to the cell that is asked, else to the text of this step, else to the one that was
    saved last; "xong" ends it.
    """
    form, step = form_of(scene), scene.step
    if step and step.field.kind in ROWS and scene.talk.cell:
        return rows.more(scene)
    campaign, *place = scene.talk.wrote if len(scene.talk.wrote) == 3 else ("", "", "")
    last = form.at(*place) if campaign == scene.talk.campaign else None
    found = next((s for s in (step, last) if s and s.field.kind == "text" and form.value(s)), None)
    if found is None or scene.held(found.section.path):
        return arrive(scene, Say(step_wording.NOTHING_TO_WRITE_ON), again=True)
    return arrive(scene.at_step(found).to(more=True), Say(step_wording.writing_on(found.section)))


def ask_staff(scene: Scene, _: str = "") -> Turn:
    """Whom to ask, where neither the guidance nor the examples helped."""
    form, step = here(scene)
    return arrive(scene.to(failed=0), Say(step_wording.ask_staff(form.campaign, step.section)), again=True)


def _save(scene: Scene, value: str, *entries: Entry) -> Turn:
    """Save the answer, and go on unless more of it may follow."""
    step = here(scene)[1]
    after, save = saved(scene, value, *entries)
    if step.field.kind in {*ROWS, "file"}:
        return arrive(after, save, Say(wording.SAVED), again=True)
    wordy = step.field.kind == "text"
    after = after.to(wrote=(scene.talk.campaign, step.section.path, step.field.key)) if wordy else after
    parts = any(step.field.length) or scene.talk.more
    if wordy and parts and value != wording.NO_CONTENT:
        return arrive(after.to(more=True), save, again=True)
    if wordy and len(value) >= CUT_BY_APP:
        return arrive(after, save, Say(step_wording.saved_long(len(value))), again=True)
    later = form_of(after).onward(step)
    within = later is not None and later.section == step.section
    told = Say(wording.SAVED if within else wording.saved(step.section, words=wordy))
    return _go_on(after, step, save, told, *(() if within else covered(form_of(after), (step.section,))))


# --- submitting -------------------------------------------------------------------------------------------------------


def review(scene: Scene, _: str = "") -> Turn:
    return arrive(scene.to(mode=Mode.REVIEWING), *shown(scene))


def shown(scene: Scene) -> tuple[Say, ...]:
    """All that was given, and what the checks find in it."""
    form = form_of(scene)
    found = form.findings(scene.now.date())
    told = (Say(step_wording.found(form.sections, found)),) if found else ()
    return (Say(wording.review(form.campaign, contents(form))), *told)


def contents(form: Form) -> list[tuple[Section, Filled, list[tuple[Field, str]]]]:
    """Every section with what was given for it, and the values of its fields as they are shown."""
    return [
        (s, form.filled(s), [(f, _reviewed(form, s, f)) for f in form.fields(s) if form.value(Step(s, f))])
        for s in form.sections
    ]


def _reviewed(form: Form, section: Section, field: Field) -> str:
    value = form.value(Step(section, field))
    shown = table_wording.in_review(field, value) if field.kind in ROWS else value
    return carrying_views.marked(form, Step(section, field), shown)


def submit(scene: Scene, _: str = "") -> Turn:
    """Ask for the confirmation, or say what is missing."""
    refusal = not_ready(scene)
    if refusal:
        return arrive(scene.to(mode=Mode.LISTING), Say(refusal), again=True)
    form = form_of(scene)
    return arrive(scene.to(mode=Mode.CONFIRMING), *covered(form, form.sections))


def confirm(scene: Scene, _: str = "") -> Turn:
    """Hand it in, if it is still ready now; the reference number is given by the first time and kept by the others."""
    form = form_of(scene)
    if scene.talk.mode is not Mode.CONFIRMING or not_ready(scene):
        return submit(scene)
    return hand_in(scene, form, wording.HANDED_IN_AGAIN if form.submission.reference else wording.HANDED_IN)


def hand_in(scene: Scene, form: Form, what: str) -> Turn:
    """Submit; `what` is the line of the history."""
    again = form.submission.reference is not None
    submission = submitted(form.submission, scene.book.reference, *started(scene, form.submission), entry(scene, what))
    reference = submission.reference or ""
    told = wording.resubmitted(reference) if again else wording.submitted(reference)
    after = scene.with_submission(submission).to(mode=Mode.IDLE)
    return arrive(after, Save(submission), Say(told), SendReport(submission.campaign))


def not_ready(scene: Scene) -> str:
    """What still stands in the way of submitting, "" if nothing does."""
    form = form_of(scene)
    missing, waiting = form.missing, scene.waiting
    wrong = scene.errors
    named = [(s, form.lacking(s)) for s in missing if form.lacking(s) or s not in form.unconfirmed]
    lacking = wording.not_ready(named, waiting) if named or waiting else ""
    carried = carrying_wording.not_ready(form.unconfirmed) if form.unconfirmed else ""
    return "\n\n".join(filter(None, (lacking, carried, step_wording.found(form.sections, wrong) if wrong else "")))


def _waiting(scene: Scene) -> str:
    return scene.pending.text if scene.pending else ""
