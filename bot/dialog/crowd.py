"""Those we know nothing of: somebody not linked to a unit, and groups, where anybody reads along. Pure.

Rules of this file
1. They get regulation questions answered and nothing of any unit; in a group nothing is offered or remembered of what
   was said, and nobody is linked there, whatever is typed.
2. An address that is linked to nobody is answered `MOST` times within an hour, then told once when to come back, then
   not at all: no messenger's quota is spent on it. A valid code always links.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.dialog import file_wording, wording
from bot.dialog.asking import MAX_QUESTION, asked_anew, edited, look_up
from bot.dialog.conversation import Action, Conversation, Mode
from bot.dialog.scene import Scene
from bot.dialog.turn import LinkOfficer, LookUp, Say, Turn
from bot.dialog.understand import GREETINGS, THANKS, command, looks_like_code, question
from bot.dialog.views import arrive, stay
from bot.messages import Incoming
from bot.officers import Officer
from bot.values import fold

MOST: Final = 20  # messages answered within
HOUR: Final = 3600  # seconds
_STRANGER: Mapping[Action, str] = {
    Action.MENU: wording.STRANGER,
    Action.HELP: wording.STRANGER,
    Action.ASK: wording.ASK_NOW,
}
_GROUP: Mapping[Action, str] = {Action.ASK: wording.ASK_NOW, Action.HELP: wording.GROUP_HELP}
_GROUP_COURTESY = dict.fromkeys(GREETINGS, wording.GROUP_HELP) | dict.fromkeys(THANKS, wording.THANKS)


def stranger(scene: Scene, event: Incoming, text: str) -> Turn:
    """Somebody who is not linked: a code, a greeting or a question."""
    if scene.book.linkable is not None and event.edits is None:
        return _link(scene, scene.book.linkable)
    scene, refused = _counted(scene)
    if refused is not None:
        return refused
    if event.edits is not None:
        return edited(scene, event, text)
    told = _told_stranger(event, text)
    return stay(*look_up(scene, question(text)[1])) if told is None else stay(scene, Say(told))


def _told_stranger(event: Incoming, text: str) -> str | None:
    """What is said to a message that is no question, None if it is one."""
    if event.files and not text:
        return file_wording.NEEDS_LINK
    if not text or fold(text) in GREETINGS:
        return wording.STRANGER
    if looks_like_code(text) or fold(text).startswith("/start "):
        return wording.WRONG_CODE
    if said := command(text, in_form=False):
        return _STRANGER.get(said.action, wording.NEEDS_LINK)
    return wording.question_too_long(MAX_QUESTION, linked=False) if len(text) > MAX_QUESTION else None


def group(scene: Scene, event: Incoming, text: str) -> Turn:
    """Something said in a group: a question about regulations, or one sentence that points to the private chat."""
    talk = scene.talk
    bare = Conversation(turn=talk.turn, answered=talk.answered, answer=talk.answer, asked=talk.asked, over=talk.over)
    scene = replace(scene, talk=bare)
    anew = asked_anew(scene, event, text)
    if event.edits is not None and anew is None:
        return stay(scene)  # nothing was saved from a group that this could change
    scene, refused = _counted(scene)
    if refused is not None:
        return refused
    if anew or (told := _told_in_group(event, text)) is None:
        return stay(scene, anew or LookUp(question(text)[1]))
    return stay(scene, Say(told))


def _told_in_group(event: Incoming, text: str) -> str | None:
    """What is said to a message that is no question, None if it is one."""
    if event.token is not None:
        return wording.GROUP_PRIVATE
    if not text:
        return wording.GROUP_FILES if event.files else wording.GROUP_HELP
    if looks_like_code(text):
        return wording.GROUP_CODE
    if said := command(text, in_form=False):
        return _GROUP.get(said.action, wording.GROUP_PRIVATE)
    if len(text) > MAX_QUESTION:
        return wording.question_too_long(MAX_QUESTION, linked=False)
    return _GROUP_COURTESY.get(fold(text))


def _link(scene: Scene, officer: Officer) -> Turn:
    fresh = Conversation(owner=f"{officer.code}@{officer.unit}", turn=scene.talk.turn)
    known = fresh if scene.talk.owner not in {"", fresh.owner} else replace(scene.talk, owner=fresh.owner)
    after = replace(scene, talk=replace(known, mode=Mode.IDLE))
    return arrive(after, LinkOfficer(officer.code), Say(wording.linked(officer)))


def _counted(scene: Scene) -> tuple[Scene, Turn | None]:
    """The scene with one message more in this hour; over the limit, the turn instead of an answer."""
    if not scene.book.metered:
        return scene, None
    now = int(scene.now.timestamp())
    recent = tuple(at for at in scene.talk.asked if now - HOUR < at <= now)[-MOST:]
    if len(recent) < MOST:
        return scene.to(asked=(*recent, now), over=False), None
    if scene.talk.over:
        return scene, stay(scene)
    free_again = datetime.fromtimestamp(min(recent) + HOUR + 59, scene.now.tzinfo)  # up to the full minute
    return scene, stay(scene.to(over=True), Say(wording.come_back(MOST, free_again)))
