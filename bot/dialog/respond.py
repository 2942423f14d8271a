"""What the assistant decides: one event and what is known, in; the next conversation and its effects, out. Pure, total.

Rules of this file
1. `respond` never raises, whatever comes in, and does nothing itself: it only says what the shell must do, in order.
2. A message is understood in the order of `_incoming`, first match wins: who is it, is it an edit or a file that came
   by a link, was it one of the last offered choices, are there files, is it a command, and only then what the present
   place makes of free text.
3. What an action does is the table ACTIONS; what free text means at a place is the table FREE_TEXT; how a place looks
   is `views.VIEWS`. Nothing else decides.
4. A button pressed twice, a number out of range, a payload typed by hand: none does anything but show the present
   place again.
5. Somebody who is not linked, and whoever speaks in a group, is answered by `crowd` and learns nothing of any unit. A
   conversation begun with another officer starts afresh.
6. A reminder never moves an officer who is inside a form, nor changes what was offered there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.campaigns import Deadline
from bot.dialog import (
    approving,
    attaching,
    carrying,
    crowd,
    file_wording,
    files,
    filling,
    reminding,
    rows,
    shared_wording,
    sharing,
    step_wording,
    wording,
)
from bot.dialog.asking import MAX_QUESTION, edited, look_up
from bot.dialog.conversation import Action, Conversation, Mode
from bot.dialog.files import is_photo
from bot.dialog.form import ROWS
from bot.dialog.scene import Scene
from bot.dialog.turn import Book, Effect, Event, LookUp, RemindersDue, Save, Say, Turn
from bot.dialog.understand import GREETINGS, THANKS, Likely, chosen, clean, command, is_number, question
from bot.dialog.views import arrive, deadline_line, settle, stay
from bot.messages import Incoming
from bot.officers import code_in
from bot.values import fold

MAX_WORD = 30  # longer than a mistyped choice
FORM_MODES = frozenset((Mode.LISTING, Mode.FIELD, Mode.REVIEWING, Mode.CONFIRMING))


def respond(conversation: Conversation, event: Event, book: Book, now: datetime) -> Turn:
    """Decide what follows from an event. `now` is aware, in the time zone in which days are counted."""
    scene = Scene(_begun(conversation, book, now), book, now)
    scene, told = sharing.move_along(scene)
    match event:
        case RemindersDue():
            turn = reminding.remind(scene, event, conversation)
        case Incoming():
            turn = _answered(_incoming(scene, event), event)
            leases = sharing.leases(conversation, replace(scene, talk=turn.conversation)) if book.officer else ()
            turn = replace(turn, effects=(*told, *turn.effects, *leases))
    return replace(turn, effects=_joined(turn.effects))


def _begun(conversation: Conversation, book: Book, now: datetime) -> Conversation:
    turn = max(conversation.turn + 1, int(now.timestamp()))
    owner = f"{book.officer.code}@{book.officer.unit}" if book.officer else conversation.owner
    if conversation.owner not in {"", owner}:
        return Conversation(owner=owner, turn=turn)
    return replace(conversation, owner=owner, turn=turn)


def _answered(turn: Turn, event: Incoming) -> Turn:
    """Remember which message was answered from the library, in case it is reworded."""
    if not any(isinstance(effect, LookUp) and not effect.corrects for effect in turn.effects):
        return turn
    return replace(turn, conversation=replace(turn.conversation, answered=event.id, answer=()))


def _joined(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Neighbouring sentences become one message, so that a messenger shows one; a submission's last save is all."""
    joined: list[Effect] = []
    last = {effect.submission.campaign: effect for effect in effects if isinstance(effect, Save)}
    for effect in effects:
        before = joined[-1] if joined else None
        if isinstance(effect, Save) and effect is not last[effect.submission.campaign]:
            continue
        if isinstance(effect, Say) and isinstance(before, Say) and not before.choices:
            joined[-1] = Say(f"{before.text}\n\n{effect.text}", effect.choices, before.brief or effect.brief)
        else:
            joined.append(effect)
    return tuple(joined)


# --- a message --------------------------------------------------------------------------------------------------------


def _incoming(scene: Scene, event: Incoming) -> Turn:
    text = clean(event.text)
    if event.group:
        return crowd.group(scene, event, text)
    if scene.book.officer is None:
        return crowd.stranger(scene, event, text)
    if event.edits is not None:
        return edited(scene, event, text)
    if event.sheet is not None and attaching.fills_table(scene.talk, scene.book, event):
        return rows.sheet(scene, event.sheet)
    if event.place is not None:
        return attaching.by_link(scene, event, event.place)
    return _said(scene, event, text)


def _said(scene: Scene, event: Incoming, text: str) -> Turn:
    """A new message of an officer, in the place where they stand."""
    settled, note = settle(scene)
    if note:
        return _moved(scene, settled, event, text, note)
    if event.token is not None:
        offered = next((o for o in scene.talk.offer if o.token == event.token), None)
        if offered is None:
            return arrive(scene, Say(wording.OLD_BUTTON), again=True)
        return _act(scene, offered.action, offered.argument)
    if event.files:
        return _files(scene, event, text)
    return _text(scene, text) if text else arrive(scene, Say(wording.UNREADABLE), again=True)


def _files(scene: Scene, event: Incoming, text: str) -> Turn:
    """Files, and the words that stand under them, which count as if typed afterwards."""
    if for_library := attaching.for_library(scene, event.files):
        return for_library
    busy = sharing.held_here(scene) and any(map(files.may_take, event.files))
    after, told = (scene, (Say(shared_wording.BUSY_FILE),)) if busy else attaching.receive(scene, event.files)
    if not text:
        step = scene.step
        if step and step.field.kind not in {"file", *ROWS} and after != scene and all(map(is_photo, event.files)):
            told = (*told, Say(step_wording.photo_for_words(step.section, step.field)))
        return arrive(after, *told, again=True)
    turn = _text(after, text)
    return replace(turn, effects=(*told, *turn.effects))


def _text(scene: Scene, text: str) -> Turn:
    if offered := chosen(scene.talk, text):
        return _act(scene, offered.action, offered.argument)
    if said := command(text, in_form=scene.talk.mode in FORM_MODES, at_table=scene.at_table):
        return _act(scene, said.action, said.rest)
    return FREE_TEXT[scene.talk.mode](scene, text)


def _act(scene: Scene, action: Action, argument: str) -> Turn:
    """Do it, if this place allows it; a conversation read back in part may offer what does not fit its place."""
    lost = (action in AT_A_STEP and scene.step is None) or (action in AT_A_TABLE and not scene.at_table)
    if lost or (action in IN_A_FORM and scene.talk.mode not in FORM_MODES):
        return arrive(scene, Say(wording.OLD_BUTTON), again=True)
    if action in FOR_THE_LEADER and scene.talk.mode not in {Mode.APPROVING, Mode.SENDING_BACK}:
        return arrive(scene, Say(wording.OLD_BUTTON), again=True)
    if action in sharing.WRITES and sharing.held_here(scene):
        return arrive(scene, again=True)
    return ACTIONS[action](scene, argument)


def _moved(scene: Scene, settled: Scene, event: Incoming, text: str, note: str) -> Turn:
    """The place is gone (handed in by a colleague, closed): say so; an answer that was on its way is kept."""
    lost = (Say(file_wording.NOT_NOW),) if event.files else ()
    content = text and not chosen(scene.talk, text) and not command(text, in_form=True)
    if scene.talk.mode is Mode.FIELD and content and question(text)[0] is not Likely.CLEAR:
        waiting = scene.pending.text if scene.pending else ""
        joined = f"{waiting}\n{text}".strip()
        if len(joined) <= filling.MAX_ANSWER:
            kept = scene.keeping(joined)
            return arrive(settled.to(pending=kept.talk.pending), Say(note), Say(wording.TEXT_KEPT), *lost)
    return arrive(settled, Say(note), *lost)


# --- free text, by place ----------------------------------------------------------------------------------------------


def _idle_text(scene: Scene, text: str) -> Turn:
    if fold(text) in GREETINGS:
        return arrive(scene, Say(wording.greeting(scene.book.unit)))
    if fold(text) in THANKS:
        return stay(scene, Say(wording.THANKS))
    if code_in(text) and (scene.book.linkable or text.startswith("/")):
        return arrive(scene, Say(wording.already_linked(scene.officer)))
    if is_number(text) and scene.talk.by_number and scene.talk.offer:
        return arrive(scene, Say(wording.NO_SUCH_CHOICE))
    return _ask(scene, text)


def _ask(scene: Scene, text: str) -> Turn:
    """Look a question up; the last offer's buttons still work, but a bare number now belongs to the answer."""
    if len(text) > MAX_QUESTION:
        return stay(scene, Say(wording.question_too_long(MAX_QUESTION)))
    after, effect = look_up(scene, question(text)[1])
    return stay(after.to(by_number=False), effect)


def _text_at_choice(scene: Scene, text: str) -> Turn:
    """A place that only offers choices: a question is answered, anything else gets the choices again."""
    likely, asked = question(text)
    if likely is Likely.NO or len(text) > MAX_QUESTION:
        told = wording.NO_SUCH_CHOICE if len(text) <= MAX_WORD else wording.NOT_IN_A_SECTION
        return arrive(scene, Say(told), again=True)
    after, effect = look_up(scene, asked)
    return arrive(after, effect, again=True)


def _at_a_step(scene: Scene, text: str) -> Turn:
    return sharing.wait(scene, text) if sharing.held_here(scene) else filling.answer(scene, text)


def _sending_back(scene: Scene, text: str) -> Turn:
    return approving.reason(scene, text) if scene.talk.section else _text_at_choice(scene, text)


FREE_TEXT: Mapping[Mode, Callable[[Scene, str], Turn]] = {
    Mode.IDLE: _idle_text,
    Mode.PICKING: _text_at_choice,
    Mode.LISTING: _text_at_choice,
    Mode.FIELD: _at_a_step,
    Mode.REVIEWING: _text_at_choice,
    Mode.CONFIRMING: _text_at_choice,
    Mode.APPROVING: _text_at_choice,
    Mode.SENDING_BACK: _sending_back,
}


# --- what is always available -----------------------------------------------------------------------------------------


def _menu(scene: Scene, _: str) -> Turn:
    return arrive(scene.to(mode=Mode.IDLE), Say(wording.greeting(scene.book.unit)), *_left(scene))


def _leave(scene: Scene, _: str) -> Turn:
    return arrive(scene.to(mode=Mode.IDLE), *_left(scene))


def _left(scene: Scene) -> tuple[Say, ...]:
    told = (Say(wording.LEFT),) if scene.talk.mode in FORM_MODES else ()
    return (*told, Say(wording.WAITING_KEPT)) if told and scene.waiting else told


def _help(scene: Scene, _: str) -> Turn:
    return arrive(scene, Say(wording.HELP_TEXT), again=True)


def _ask_now(scene: Scene, _: str) -> Turn:
    return stay(scene.to(by_number=scene.talk.mode is not Mode.IDLE), Say(wording.ASK_NOW))


def _fill(scene: Scene, _: str) -> Turn:
    match scene.book.campaigns:
        case ():
            return arrive(scene.to(mode=Mode.IDLE), Say(wording.NO_CAMPAIGN))
        case (campaign,):
            return _campaign(scene, campaign.id)
        case _:
            return arrive(scene.to(mode=Mode.PICKING))


def _campaign(scene: Scene, campaign_id: str) -> Turn:
    """Open a campaign's form at its section list, or say politely that it is done."""
    opened = scene.to(mode=Mode.LISTING, campaign=campaign_id, section="", field="")
    form = opened.form
    if form is None:
        return arrive(scene.to(mode=Mode.IDLE), Say(wording.CAMPAIGN_CLOSED))
    if not form.sections:
        return arrive(scene.to(mode=Mode.IDLE), Say(wording.NO_CAMPAIGN))
    if form.campaign in scene.to_approve:
        return approving.approval(scene, campaign_id)
    return arrive(opened)


def _progress(scene: Scene, _: str) -> Turn:
    told = []
    for campaign in scene.book.campaigns:
        form = scene.form_of(campaign)
        required = sum(s in form.required or s in form.missing for s in form.sections)
        line = deadline_line(scene, campaign)
        given = (campaign, form.submission, form.missing, required, line)
        told.append(Say(wording.progress(*given, unconfirmed=form.unconfirmed)))
    return arrive(scene, *(told or [Say(wording.NO_CAMPAIGN)]), again=True)


def _deadlines(scene: Scene, _: str) -> Turn:
    told = [
        Say("\n".join((f"**{campaign.title}**", *_deadline(scene, campaign.guidance, deadline))))
        for campaign in scene.book.campaigns
        for deadline in campaign.upcoming(scene.now)
    ]
    return arrive(scene, *(told or [Say(wording.NO_DEADLINES)]), again=True)


def _deadline(scene: Scene, guidance: str, one: Deadline) -> tuple[str, str]:
    due = one.due.astimezone(scene.now.tzinfo)
    return wording.deadline(one, due, scene.now), wording.deadline_source(one, guidance)


def _option(scene: Scene, option: str) -> Turn:
    return filling.put(scene, option)


ACTIONS: Mapping[Action, Callable[[Scene, str], Turn]] = {
    Action.MENU: _menu,
    Action.ASK: _ask_now,
    Action.FILL: _fill,
    Action.PROGRESS: _progress,
    Action.DEADLINES: _deadlines,
    Action.HELP: _help,
    Action.LEAVE: _leave,
    Action.CAMPAIGN: _campaign,
    Action.LIST: filling.show_list,
    Action.SECTION: filling.section,
    Action.BACK: filling.back,
    Action.ONWARD: filling.onward,
    Action.EDIT: filling.edit,
    Action.NO_CONTENT: filling.no_content,
    Action.EXPLAIN: filling.explain,
    Action.OPTION: _option,
    Action.REVIEW: filling.review,
    Action.SUBMIT: filling.submit,
    Action.CONFIRM: approving.confirm,
    Action.APPEND: filling.append,
    Action.REPLACE: filling.replace_old,
    Action.DISCARD: filling.discard,
    Action.AS_CONTENT: filling.as_content,
    Action.LOOK_UP: filling.look_up_pending,
    Action.UPLOAD: attaching.upload,
    Action.DETACH: attaching.detach,
    Action.DOWNLOAD: attaching.download,
    Action.ADD_ROW: rows.add,
    Action.EDIT_ROW: rows.edit,
    Action.DELETE_ROW: rows.delete,
    Action.CELL: rows.pick,
    Action.MORE: filling.write_on,
    Action.NOT_APPLICABLE: rows.not_applicable,
    Action.TEMPLATE: rows.template,
    Action.ASK_STAFF: filling.ask_staff,
    Action.TAKE_IN: attaching.take_in,
    Action.LEAVE_OUT: attaching.leave_out,
    Action.TAKE_EARLIER: carrying.take,
    Action.KEEP_EARLIER: carrying.keep,
    Action.HISTORY: sharing.history,
    Action.WITHDRAW: approving.withdraw,
    Action.APPROVAL: approving.approval,
    Action.READ: approving.look,
    Action.APPROVE: approving.approve,
    Action.SEND_BACK: approving.send_back,
    Action.SEND: approving.send,
    Action.SNOOZE: reminding.snooze,
    Action.MUTE: reminding.mute,
    Action.UNMUTE: reminding.unmute,
}

AT_A_STEP = frozenset(
    (Action.EXPLAIN, Action.OPTION, Action.APPEND, Action.REPLACE, Action.DISCARD, Action.AS_CONTENT, Action.LOOK_UP)
) | {Action.ASK_STAFF, Action.KEEP_EARLIER}
AT_A_TABLE = frozenset((Action.ADD_ROW, Action.EDIT_ROW, Action.DELETE_ROW, Action.CELL, Action.NOT_APPLICABLE)) | {
    Action.TEMPLATE
}
IN_A_FORM = frozenset(
    (Action.LIST, Action.SECTION, Action.BACK, Action.ONWARD, Action.EDIT, Action.NO_CONTENT, Action.REVIEW)
) | {Action.SUBMIT, Action.CONFIRM, Action.DETACH, Action.TAKE_EARLIER, Action.KEEP_EARLIER, Action.MORE}

FOR_THE_LEADER = frozenset((Action.READ, Action.APPROVE, Action.SEND_BACK, Action.SEND))
