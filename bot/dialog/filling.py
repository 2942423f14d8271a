"""What an officer does inside a form: move about, answer, decide about a text, submit. Pure.

Rules of this file
1. An answer is saved the moment it is understood. A saved value gives way only to APPEND or REPLACE, chosen by the
   officer.
2. What was typed and cannot be saved yet waits as Pending at its step, also when the officer goes elsewhere; only
   DISCARD, or looking it up as a question, ends that.
3. Submitting is refused, with the list, while a required section is missing or a text still waits.
4. Handlers are called only where the form is open and the place exists (`scene.settle`).
"""

from __future__ import annotations

from bot.campaigns import Field, Section
from bot.dialog import wording
from bot.dialog.asking import look_up
from bot.dialog.conversation import Mode, Pending
from bot.dialog.form import NO, Form, Step, read
from bot.dialog.phrases import place
from bot.dialog.scene import Scene, arrive, started
from bot.dialog.turn import Effect, Save, Say, SendReport, Turn
from bot.dialog.understand import Likely, about_this_step, question
from bot.submissions import Entry, Filled, SectionState, answered, submitted, without_content
from bot.values import fold

MAX_ANSWER = 20_000  # characters one field may hold
CUT_BY_APP = 1_800  # a message this long may be the first part of one that the messenger cut in pieces


# --- moving about -----------------------------------------------------------------------------------------------------


def explain(scene: Scene, _: str = "") -> Turn:
    """ "Phần này cần viết gì?": answered from the mục this section comes from."""
    form, step = _here(scene)
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
    form, step = _form(scene), scene.step
    if step is None:
        last = form.at(scene.talk.section, scene.talk.field)
        return arrive(scene.at_step(last)) if last else arrive(scene.to(mode=Mode.LISTING))
    before = form.back(step)
    return arrive(scene.at_step(before)) if before else arrive(scene, Say(wording.FIRST_STEP), again=True)


def onward(scene: Scene, _: str = "") -> Turn:
    """To the next step without saving anything; from elsewhere, to the first that is not settled."""
    form, step = _form(scene), scene.step
    if step is None:
        return arrive(scene.at_step(scene.resume)) if scene.resume else show_list(scene)
    told = () if form.value(step) or form.settled(step.section) else (Say(wording.skipped(step.section)),)
    return _go_on(scene, step, *told)


def edit(scene: Scene, which: str = "") -> Turn:
    """Back to what was answered last, or to the section named by its number in the form or its mục."""
    form, step = _form(scene), scene.step
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
    form = _form(scene)
    if later := form.onward(step):
        return arrive(scene.at_step(later), *told, again=later.section == step.section)
    note = wording.LAST_STEP if form.missing or scene.waiting else wording.ALL_SETTLED
    return arrive(scene.to(mode=Mode.LISTING), *told, Say(note), again=True)


# --- answering --------------------------------------------------------------------------------------------------------


def answer(scene: Scene, text: str) -> Turn:
    """Free text at a step: a question, something to decide about, or the answer itself."""
    step = _here(scene)[1]
    if about_this_step(text):
        return explain(scene)
    likely, asked = question(text)
    if likely is Likely.CLEAR or (likely is Likely.DOUBTFUL and step.field.kind != "text"):
        after, effect = look_up(scene, asked)
        return arrive(after, effect, again=True)
    if len(text) > MAX_ANSWER:
        return arrive(scene, Say(wording.too_long(len(text), MAX_ANSWER)), again=True)
    if scene.pending:
        return _add_to_waiting(scene, scene.pending, text)
    return arrive(scene.keeping(text, doubt=True)) if likely is Likely.DOUBTFUL else put(scene, text)


def _add_to_waiting(scene: Scene, waiting: Pending, text: str) -> Turn:
    if _here(scene)[1].field.kind != "text":
        return put(scene, text)
    joined = f"{waiting.text}\n{text}"
    if len(joined) > MAX_ANSWER:
        return arrive(scene, Say(wording.join_too_long(len(joined), MAX_ANSWER)), again=True)
    return arrive(scene.keeping(joined, doubt=waiting.doubt))


def put(scene: Scene, text: str) -> Turn:
    """Take a text as the answer: saved, or waiting if there already is one, or refused with an example."""
    form, step = _here(scene)
    value = read(step.field, text)
    if value is None:
        return arrive(scene, Say(wording.problem(step.field)), again=True)
    old = form.value(step)
    if old and old != value:
        return arrive(scene.keeping(value))
    return _save(scene.keeping(""), value)


def append(scene: Scene, _: str = "") -> Turn:
    form, step = _here(scene)
    joined = "\n".join(filter(None, (form.value(step), _waiting(scene))))
    if len(joined) > MAX_ANSWER:
        return arrive(scene, Say(wording.join_too_long(len(joined), MAX_ANSWER)), again=True)
    return _save(scene.keeping(""), joined) if _waiting(scene) else arrive(scene, again=True)


def replace_old(scene: Scene, _: str = "") -> Turn:
    step = _here(scene)[1]
    value = _waiting(scene)
    entry = _entry(scene, wording.entry_replaced(step.section))
    return _save(scene.keeping(""), value, entry) if value else arrive(scene, again=True)


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

    `whole` (the button): the section as a whole. Only typed: where the section has answers already, or to a yes/no
    question, it is the answer to this one field.
    """
    form, step = _form(scene), scene.step
    if step is None:
        return arrive(scene, Say(wording.NO_SUCH_CHOICE), again=True)
    if scene.pending:
        return arrive(scene, again=True)
    filled = form.submission.filled(step.section.path)
    kept = any(filled.values.values())
    if not whole and (step.field.kind == "yes_no" or (kept and len(step.section.fields) > 1)):
        return put(scene, NO if step.field.kind == "yes_no" else wording.NO_CONTENT)
    entries = (*started(scene, form.submission), _entry(scene, wording.entry_none(step.section)))
    submission = without_content(form.submission, step.section.path, *entries)
    last = Step(step.section, step.section.fields[-1])
    told = Say(wording.no_content(step.section, kept=kept or bool(filled.files)))
    return _go_on(scene.with_submission(submission), last, Save(submission), told)


def _save(scene: Scene, value: str, *entries: Entry) -> Turn:
    form, step = _here(scene)
    state = form.state_with(step, value)
    done = state is SectionState.DONE and form.state(step.section) is not SectionState.DONE
    noted = (_entry(scene, wording.entry_done(step.section)),) if done else ()
    history = (*started(scene, form.submission), *entries, *noted)
    submission = answered(form.submission, step.section.path, step.field.key, value, state, *history)
    after = scene.with_submission(submission)
    if step.field.kind == "text" and len(value) >= CUT_BY_APP:
        return arrive(after, Save(submission), Say(wording.saved_long(len(value))), again=True)
    later = form.onward(step)
    within = later is not None and later.section == step.section
    return _go_on(after, step, Save(submission), Say(wording.SAVED if within else wording.saved(step.section)))


# --- submitting -------------------------------------------------------------------------------------------------------


def review(scene: Scene, _: str = "") -> Turn:
    form = _form(scene)
    return arrive(scene.to(mode=Mode.REVIEWING), Say(wording.review(form.campaign, contents(form))))


def contents(form: Form) -> list[tuple[Section, Filled, list[tuple[Field, str]]]]:
    """Every section with what was given for it, and the values of its fields."""
    return [
        (s, form.submission.filled(s.path), [(f, value) for f in s.fields if (value := form.value(Step(s, f)))])
        for s in form.sections
    ]


def submit(scene: Scene, _: str = "") -> Turn:
    """Ask for the confirmation, or say what is missing."""
    refusal = not_ready(scene)
    if refusal:
        return arrive(scene.to(mode=Mode.LISTING), Say(refusal), again=True)
    return arrive(scene.to(mode=Mode.CONFIRMING))


def confirm(scene: Scene, _: str = "") -> Turn:
    """Hand it in, if it is still ready now; the reference number is given by the first time and kept by the others."""
    form = _form(scene)
    if scene.talk.mode is not Mode.CONFIRMING or not_ready(scene):
        return submit(scene)
    return hand_in(scene, form, wording.HANDED_IN_AGAIN if form.submission.reference else wording.HANDED_IN)


def hand_in(scene: Scene, form: Form, what: str) -> Turn:
    """Submit; `what` is the line of the history."""
    again = form.submission.reference is not None
    entry = _entry(scene, what)
    submission = submitted(form.submission, scene.book.reference, *started(scene, form.submission), entry)
    reference = submission.reference or ""
    told = wording.resubmitted(reference) if again else wording.submitted(reference)
    after = scene.with_submission(submission).to(mode=Mode.IDLE)
    return arrive(after, Save(submission), Say(told), SendReport(submission.campaign))


def not_ready(scene: Scene) -> str:
    """What still stands in the way of submitting, "" if nothing does."""
    form = _form(scene)
    missing, waiting = form.missing, scene.waiting
    return wording.not_ready(missing, waiting) if missing or waiting else ""


# --- small things -----------------------------------------------------------------------------------------------------


def _form(scene: Scene) -> Form:
    form = scene.form
    assert form is not None, "see rule 4"
    return form


def _here(scene: Scene) -> tuple[Form, Step]:
    step = scene.step
    assert step is not None, "see rule 4"
    return _form(scene), step


def _waiting(scene: Scene) -> str:
    return scene.pending.text if scene.pending else ""


def _entry(scene: Scene, what: str) -> Entry:
    return Entry(scene.now, scene.officer.code, what)
