"""Questions to the library: asked, and asked again in other words by editing the message. Pure."""

from __future__ import annotations

from bot.dialog import wording
from bot.dialog.scene import Scene
from bot.dialog.turn import LookUp, Say, Turn
from bot.dialog.understand import command, looks_like_code, question
from bot.dialog.views import stay
from bot.messages import Incoming

MAX_QUESTION = 1_000  # characters
HISTORY = 5  # earlier questions remembered


def look_up(scene: Scene, asked: str, within: tuple[str, str] | None = None) -> tuple[Scene, LookUp]:
    """The effect that answers a question, and the scene that remembers it was asked."""
    earlier = scene.talk.questions
    return scene.to(questions=(*earlier, asked)[-HISTORY:]), LookUp(asked, history=earlier, within=within)


def edited(scene: Scene, event: Incoming, text: str) -> Turn:
    """An earlier message was reworded: the question just answered is answered anew, anything else stays as it is."""
    effect = asked_anew(scene, event, text)
    if effect is None:
        return stay(scene, Say(wording.EDIT_CHANGES_NOTHING))
    return stay(scene.to(questions=(*scene.talk.questions[:-1], effect.question)), effect)


def asked_anew(scene: Scene, event: Incoming, text: str) -> LookUp | None:
    """The correction of the last answer, if it is that question which was reworded, and into a question."""
    if not scene.talk.answered or event.edits != scene.talk.answered:
        return None
    if not text or len(text) > MAX_QUESTION or command(text, in_form=False) or looks_like_code(text):
        return None
    return LookUp(question(text)[1], history=scene.talk.questions[:-1], corrects=True)
