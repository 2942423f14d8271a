"""Several officers, one report: who writes where, and the way to a newer version of the form. Pure.

Rules of this file
1. Whoever enters a section has it for fifteen minutes from their last message there, on any channel; leaving it or
   handing the report in gives it back. A right that ended needs no taking over: whoever writes next has it.
2. Who comes to a section of somebody else's sees who writes there and what is saved, and changes nothing. What they
   type as an answer waits as Pending; nothing is lost.
3. The submission's revision stays the guard of last resort.
4. A draft moves along at its officer's next message, before anything else is made of it; a reminder only counts with
   the newer form and leaves the move to that message. Whoever's message moves it, all officers of the unit are told
   what changed, once: the move is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import tables
from bot.campaigns import Campaign
from bot.dialog import filling, rows, shared_wording, step_wording, wording
from bot.dialog.asking import look_up
from bot.dialog.conversation import Action, Conversation, Mode
from bot.dialog.form import ROWS, read
from bot.dialog.scene import Scene
from bot.dialog.turn import Effect, Release, Save, Say, Take, Tell, Turn
from bot.dialog.understand import Likely, about_this_step, question
from bot.dialog.views import arrive
from bot.moving import Change, changes, moved
from bot.submissions import Editing, Entry

LEASE = timedelta(minutes=15)
HISTORY = 15  # lines shown

# What changes the section that one stands in.
WRITES = frozenset(
    (Action.OPTION, Action.APPEND, Action.REPLACE, Action.AS_CONTENT, Action.NO_CONTENT, Action.UPLOAD, Action.DETACH)
) | {
    *(Action.ADD_ROW, Action.EDIT_ROW, Action.DELETE_ROW, Action.CELL, Action.NOT_APPLICABLE),
    *(Action.TAKE_EARLIER, Action.KEEP_EARLIER),
}


# --- one writer a section ---------------------------------------------------------------------------------------------


def held_here(scene: Scene) -> bool:
    """Whether the officer stands in a section that somebody else writes in."""
    step = scene.step
    return step is not None and scene.held(step.section.path) is not None


def leases(before: Conversation, scene: Scene) -> tuple[Effect, ...]:
    """What the officer takes or keeps, and gives back, by having gone from where they stood to where the scene is."""
    left, now = _place(before), _place(scene.talk)
    mine = before.owner == scene.talk.owner
    given_back = (Release(_editing(scene, *left)),) if left and mine and left != now else ()
    step = scene.step
    taken = (Take(_editing(scene, *now)),) if now and step and not scene.held(now[1]) else ()
    return (*given_back, *taken)


def _place(talk: Conversation) -> tuple[str, str] | None:
    return (talk.campaign, talk.section) if talk.mode is Mode.FIELD else None


def _editing(scene: Scene, campaign: str, section: str) -> Editing:
    unit, code = scene.officer.unit, scene.officer.code
    return Editing(campaign, unit, section, code, since=scene.now, until=scene.now + LEASE)


def wait(scene: Scene, text: str) -> Turn:
    """Free text in a section that somebody else writes in: questions are answered, an answer is kept for later."""
    step = scene.step
    assert step is not None, "only in a section"
    if about_this_step(text):
        return filling.explain(scene)
    likely, asked = question(text)
    if likely is Likely.CLEAR:
        after, effect = look_up(scene, asked)
        return arrive(after, effect, again=True)
    in_rows = step.field.kind in ROWS
    value = rows.with_rows(step.field, "", tables.pasted(text)) if in_rows else read(step.field, text)
    if not value:
        return arrive(scene, again=True)
    waiting = scene.pending.text if scene.pending and step.field.kind == "text" else ""
    joined = f"{waiting}\n{value}".strip()
    if len(joined) > filling.MAX_ANSWER:
        return arrive(scene, Say(step_wording.join_too_long(len(joined), filling.MAX_ANSWER)), again=True)
    return arrive(scene.keeping(joined), Say(shared_wording.BUSY_KEPT), again=True)


# --- a newer version --------------------------------------------------------------------------------------------------


def move_along(scene: Scene) -> tuple[Scene, tuple[Effect, ...]]:
    """The scene with every open draft on the newest version of its form; what is saved and said of it."""
    effects: list[Effect] = []
    for campaign in scene.book.campaigns:
        newest = scene.book.newer.get(campaign.id)
        submission = scene.book.submissions.get(campaign.id)
        if newest is None or submission is None or submission.locked:
            continue
        unit_kind = scene.book.unit.kind if scene.book.unit else ""
        told = changes(campaign, newest, unit_kind)
        entry = Entry(scene.now, scene.officer.code, shared_wording.entry_updated(newest.version))
        after = moved(submission, campaign, newest, unit_kind, entry, reason=shared_wording.REOPENED)
        campaigns = tuple(newest if c is campaign else c for c in scene.book.campaigns)
        scene = replace(scene, book=replace(scene.book, campaigns=campaigns)).with_submission(after)
        effects.append(Save(after))
        if told:
            effects += _telling_others(scene, newest, told)
            form = scene.form_of(newest)
            lost = [p.text for p in scene.talk.pending if p.campaign == newest.id and not form.at(p.section, p.field)]
            effects.append(Say(shared_wording.updated(newest, told, lost)))
    return scene, tuple(effects)


def _telling_others(scene: Scene, newest: Campaign, told: Sequence[Change]) -> list[Tell]:
    """Those who did not write this very message, wherever they are reached."""
    text, brief = shared_wording.updated(newest, told, ()), shared_wording.UPDATED_BRIEF
    return [Tell(each.code, text, brief) for each in scene.book.colleagues if each.code != scene.officer.code]


# --- the history ------------------------------------------------------------------------------------------------------


def history(scene: Scene, _: str = "") -> Turn:
    """What was done with the unit's reports, by whom and when."""
    told = []
    for campaign in scene.book.campaigns:
        entries = scene.form_of(campaign).submission.history
        lines = [(e, scene.name(e.who), e.at.astimezone(scene.now.tzinfo)) for e in entries[-HISTORY:]]
        told.append(Say(shared_wording.history(campaign, lines, max(0, len(entries) - HISTORY))))
    return arrive(scene, *(told or [Say(wording.NO_CAMPAIGN)]), again=True)
