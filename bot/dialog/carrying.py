"""An earlier year's report as the start of this one: taken over, then changed or confirmed by the officer. Pure.

Rules of this file
1. Only words are taken, only into answers that are empty, and never into a section that somebody else writes in.
2. What was taken is marked wherever it is seen and holds its section back until it is changed or KEEP_EARLIER is chosen
   for it, one question at a time: passing it by confirms nothing.
3. What may be seen of earlier years is what the shell reads (`Opened`): the unit's own, and of units that it follows.
"""

from __future__ import annotations

from dataclasses import replace

from bot.campaigns import Campaign
from bot.dialog import carrying_wording, filling, wording
from bot.dialog.conversation import Conversation, Mode
from bot.dialog.covering import covered
from bot.dialog.form import ROWS, whole
from bot.dialog.scene import Scene, started
from bot.dialog.steps import entry, form_of, here
from bot.dialog.turn import Book, Effect, Save, Say, Turn
from bot.dialog.views import arrive
from bot.submissions import SectionState


def form_in(book: Book, talk: Conversation) -> Campaign | None:
    """The campaign whose form is open and may be written in, in its newest version; None if there is none."""
    campaign = next((c for c in book.campaigns if c.id == talk.campaign), None)
    submission = book.submissions.get(talk.campaign)
    if campaign is None or talk.mode in {Mode.IDLE, Mode.PICKING} or (submission and submission.locked):
        return None
    return book.newer.get(campaign.id, campaign)


def take(scene: Scene, path: str = "") -> Turn:
    """Begin the empty answers of a section (else: of the one the officer is in, else of all) with an earlier year's."""
    form, step = form_of(scene), scene.step
    path = path or (step.section.path if step else "")
    wanted = [s for s in form.open if path in {"", s.path} and form.starts(s)]
    free = [s for s in wanted if not scene.held(s.path)]
    if form.earlier is None or not free:
        told = carrying_wording.BUSY if wanted else carrying_wording.NOTHING_TO_TAKE
        return arrive(scene, Say(told), again=True)
    year = form.earlier.year
    noted = (*started(scene, form.submission), entry(scene, carrying_wording.entry_taken(year, free)))
    for section in free:
        form = replace(form, submission=form.begun(section, *noted))
        noted = ()
    after = scene.with_submission(form.submission)
    return arrive(after, Save(form.submission), Say(carrying_wording.taken(year, free)), again=True)


def keep(scene: Scene, _: str = "") -> Turn:
    """The officer confirms: what an earlier year's report says here holds for this year too."""
    form, step = here(scene)
    if step.field not in form.carried(step.section) or scene.pending:
        told = () if scene.pending else (Say(carrying_wording.NOTHING_TO_KEEP),)
        return arrive(scene, *told, again=True)
    noted = [entry(scene, carrying_wording.entry_kept(step.section))]
    done = form.confirmed(step).filled(step.section.path).state is SectionState.DONE
    submission = form.confirmed(step, *noted, *([entry(scene, wording.entry_done(step.section))] if done else []))
    after = scene.with_submission(submission).to(cell=None, more=False, failed=0)
    effects: tuple[Effect, ...] = (Save(submission), Say(carrying_wording.kept(step.section)))
    if not whole(step.field, form.value(step)):
        return arrive(after, *effects, again=True)
    hint = covered(form_of(after), (step.section,)) if step.field.kind not in ROWS else ()
    turn = filling.onward(after)
    return replace(turn, effects=(*effects, *hint, *turn.effects))
