"""Files: attached to the section an officer is in, or to the one a link was made for; taken into the library. Pure.

Rules of this file
1. A file is attached only if its bytes are kept, to a section that is open now, and that is saved at once. It answers
   a field of kind "file" (by its name) and no other; nothing but DETACH takes it away.
2. What is not attached is said, with the reason, file by file; reasons that are the same for all are said once.
3. A file that came through a link goes to the section the link was made for and moves nobody.
4. Only staff are asked whether a document is for the library, and only outside a form; both are checked again when
   they answer.
5. An .xlsx or .csv that comes where a table is being filled in is the table (`fills_table`), and not attached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot import tables
from bot.campaigns import Field, Section
from bot.dialog import file_wording, files, shared_wording, step_wording, wording
from bot.dialog.conversation import Action, Conversation, Mode
from bot.dialog.form import Form, Step
from bot.dialog.offers import Option
from bot.dialog.scene import Scene, started
from bot.dialog.turn import Book, Effect, OfferUpload, Save, Say, SendReport, TakeIn, Turn
from bot.dialog.views import arrive, offering, stay
from bot.messages import FileRef, Incoming
from bot.submissions import Entry, SectionState, Submission, attached, detached

MOST_DOCUMENTS = 10  # that staff are asked about at once


def worth_fetching(talk: Conversation, book: Book, file: FileRef) -> bool:
    """Whether the shell should get a file's bytes and look at them before we decide: something may be done with it."""
    if book.officer is None or not file.id or file.size > files.LARGEST or not files.may_take(file):
        return False
    return file.kept or talk.mode is Mode.FIELD or (talk.mode is Mode.IDLE and book.officer.staff and book.can_take_in)


def fills_table(talk: Conversation, book: Book, event: Incoming) -> FileRef | None:
    """The workbook that a message brings to a table being filled in (rule 5); the shell reads it before we decide."""
    if book.officer is None or event.group or event.edits is not None:
        return None
    step = Scene(talk, book, event.at).step
    if step is None or step.field.kind != "table" or event.place not in {None, (talk.campaign, step.section.path)}:
        return None
    return next((file for file in event.files if files.is_sheet(file)), None)


# --- to a section -----------------------------------------------------------------------------------------------------


def receive(scene: Scene, given: tuple[FileRef, ...]) -> tuple[Scene, tuple[Effect, ...]]:
    """Take what was sent at this place: the scene after it, and what is saved and said of it."""
    form, step = scene.form, scene.step
    if all(not files.may_take(file) for file in given):
        spoken = step and any(files.is_voice(file) for file in given)
        return scene, (
            Say(
                step_wording.voice_for_words(step.section, step.field)
                if step and spoken
                else file_wording.NOT_THIS_KIND
            ),
        )
    if form is None or step is None:
        return scene, (Say(file_wording.NEEDS_A_SECTION),)
    return attach(scene, form, step.section, given, step.field if step.field.kind == "file" else None)


def attach(
    scene: Scene, form: Form, section: Section, given: Iterable[FileRef], field: Field | None = None
) -> tuple[Scene, tuple[Effect, ...]]:
    """Attach the kept ones to an open section, as the answer to `field` if there is one; the sentences of the others
    stand where they are in the order.
    """
    told: dict[Effect, None] = {}
    submission = form.submission
    for file in given:
        now = replace(form, submission=submission)
        held = any(one.id == file.id for one in now.filled(section).files)
        if refusal := _refusal(scene, now, section, file):
            told[refusal] = None
            if not (field and held):
                continue
        else:
            entries = [*started(scene, submission), _entry(scene, file_wording.entry_attached(file, section))]
            submission = attached(submission, section.path, file, now.worked_out(section), *entries)
            told[Say(file_wording.attached(file, section))] = None
        if field:
            submission = _naming(replace(form, submission=submission), Step(section, field), file)
        if now.state(section) is not SectionState.DONE and submission.filled(section.path).state is SectionState.DONE:
            done = _entry(scene, wording.entry_done(section))
            submission = replace(submission, history=(*submission.history, done))
    if submission == form.submission:
        return scene, tuple(told)
    return scene.with_submission(submission), (Save(submission), *told)


def _naming(form: Form, step: Step, file: FileRef) -> Submission:
    """The submission with this file as (one more part of) the answer to a step."""
    names = [name for name in form.value(step).split("\n") if name and name != tables.NONE]
    return form.submission if file.name in names else form.saved(step, "\n".join((*names, file.name)))


def _not_naming(form: Form, section: Section, file: FileRef) -> Submission:
    """The submission in which no answer names a file that was taken away."""
    for field in form.fields(section):
        names = form.value(Step(section, field)).split("\n")
        if field.kind == "file" and file.name in names:
            rest = "\n".join(name for name in names if name != file.name)
            form = replace(form, submission=form.saved(Step(section, field), rest))
    return form.submission


def _refusal(scene: Scene, form: Form, section: Section, file: FileRef) -> Say | OfferUpload | None:
    held = form.filled(section).files
    if not files.may_take(file):
        return Say(file_wording.NOT_THIS_KIND)
    if file.size > files.LARGEST:
        return Say(file_wording.too_big(file))
    if not file.id and not scene.book.takes_files:
        can = scene.book.can_upload
        return OfferUpload(form.campaign.id, section.path) if can else Say(file_wording.NO_UPLOAD)
    if not file.kept:
        return Say(file_wording.not_fetched(file))
    if any(one.id == file.id for one in held):
        return Say(file_wording.attached_before(file, section))
    return Say(file_wording.too_many(file, section)) if len(held) >= files.MOST else None


def by_link(scene: Scene, event: Incoming, place: tuple[str, str]) -> Turn:
    """A file for the section that a link was made for, wherever the officer stands now."""
    campaign = next((c for c in scene.book.campaigns if c.id == place[0]), None)
    if campaign is None:
        return stay(scene, Say(wording.CAMPAIGN_CLOSED), Say(file_wording.NOT_NOW))
    form = scene.form_of(campaign)
    if form.submission.locked:
        return stay(scene, Say(wording.already_submitted(form.submission, campaign)), Say(file_wording.NOT_NOW))
    section = next((s for s in form.open if s.path == place[1]), None)
    if section is None:
        return stay(scene, Say(wording.SECTION_CLOSED), Say(file_wording.NOT_NOW))
    if scene.held(section.path, campaign.id):
        return stay(scene, Say(shared_wording.BUSY_FILE))
    unanswered = (f for f in form.fields(section) if f.kind == "file" and not form.value(Step(section, f)))
    after, told = attach(scene, form, section, event.files, next(unanswered, None))
    return stay(after, *told)


def detach(scene: Scene, which: str = "") -> Turn:
    """Take a file of this section away: by its id (the choice), by its number (typed), or the only one."""
    form, step = scene.form, scene.step
    if form is None or step is None:
        return arrive(scene, Say(file_wording.WHICH_TO_DETACH), again=True)
    held = form.submission.filled(step.section.path).files
    numbered = {str(n): file for n, file in enumerate(held, 1)}
    wanted = numbered if len(which) < 3 else {file.id: file for file in held}  # an id is longer
    file = wanted.get(which.lstrip("0")) if which else held[0] if len(held) == 1 else None
    if file is None:
        told = file_wording.no_such_file(len(held)) if held else file_wording.NOTHING_TO_DETACH
        return arrive(scene, Say(told), again=True)
    entry = _entry(scene, file_wording.entry_detached(file, step.section))
    bare = replace(form, submission=detached(form.submission, step.section.path, file.id, entry))
    submission = _not_naming(bare, step.section, file)
    after = scene.with_submission(submission)
    return arrive(after, Save(submission), Say(file_wording.detached(file)), again=True)


def upload(scene: Scene, _: str = "") -> Turn:
    """A link to send a file by, for the section the officer is in."""
    form, step = scene.form, scene.step
    if form is None or step is None:
        return arrive(scene, Say(file_wording.GO_WITH_A_SECTION), again=True)
    if not scene.book.can_upload:
        return arrive(scene, Say(file_wording.SEND_HERE), again=True)
    return arrive(scene, OfferUpload(form.campaign.id, step.section.path), again=True)


def _entry(scene: Scene, what: str) -> Entry:
    return Entry(scene.now, scene.officer.code, what)


# --- the report as a file ---------------------------------------------------------------------------------------------


def download(scene: Scene, campaign_id: str = "") -> Turn:
    """The unit's report as a document: of the campaign named, of the form that is open, or of the only one there is."""
    begun = [c for c in scene.book.campaigns if scene.form_of(c).submission.has_content]
    here = campaign_id or (scene.talk.campaign if scene.talk.mode not in {Mode.IDLE, Mode.PICKING} else "")
    wanted = [c for c in begun if c.id == here] or ([] if campaign_id else begun)
    match wanted:
        case []:
            return arrive(scene, Say(file_wording.NO_REPORT), again=True)
        case [campaign]:
            return arrive(scene, SendReport(campaign.id), again=True)
        case _:
            picks = tuple(Option(Action.DOWNLOAD, c.title, c.id) for c in wanted)
            return offering(scene, file_wording.WHICH_REPORT, picks)


# --- the library ------------------------------------------------------------------------------------------------------


def for_library(scene: Scene, given: tuple[FileRef, ...]) -> Turn | None:
    """Ask staff whether the documents they sent are for the library; None where that is no question."""
    documents = tuple(file for file in given if file.kept and files.is_document(file))
    if scene.talk.mode is not Mode.IDLE or not _may_take_in(scene) or not documents:
        return None
    asked = scene.talk.documents if any(one.action is Action.TAKE_IN for one in scene.talk.offer) else ()
    waiting = tuple({file.id: file for file in (*asked, *documents)}.values())[-MOST_DOCUMENTS:]
    choices = (Option(Action.TAKE_IN, wording.TAKE_IN), Option(Action.LEAVE_OUT, wording.LEAVE_OUT))
    return offering(scene.to(documents=waiting), file_wording.ask_take_in(waiting), choices)


def take_in(scene: Scene, _: str = "") -> Turn:
    waiting = scene.talk.documents
    if not _may_take_in(scene) or not waiting:
        return arrive(scene, Say(wording.OLD_BUTTON), again=True)
    return arrive(scene.to(documents=()), *map(TakeIn, waiting))


def leave_out(scene: Scene, _: str = "") -> Turn:
    return arrive(scene.to(documents=()), Say(file_wording.LEFT_OUT))


def _may_take_in(scene: Scene) -> bool:
    return scene.officer.staff and scene.book.can_take_in
