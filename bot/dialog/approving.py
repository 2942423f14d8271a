"""The unit's leader: a report is put before them, handed in by them, or sent back. Pure.

Rules of this file
1. What a leader decides is checked when they decide: that they are one, and that the report still waits.
2. A report is sent back by sections, each with a reason in words; only these reopen.
3. Nobody but who put it there takes it back; anybody of the unit, once that officer is gone.
4. Whoever must know is told at once, wherever they were last seen; the menu shows it as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.campaigns import Campaign
from bot.dialog import filling, shared_wording, wording
from bot.dialog.conversation import Action, Mode
from bot.dialog.form import Form
from bot.dialog.offers import Option
from bot.dialog.scene import Scene, started
from bot.dialog.turn import Save, Say, Tell, Turn
from bot.dialog.views import arrive, offering
from bot.officers import Officer
from bot.submissions import Entry, State, proposed, sent_back, withdrawn

MAX_REASON = 1_000  # characters


# --- the officer ------------------------------------------------------------------------------------------------------


def confirm(scene: Scene, _: str = "") -> Turn:
    """Hand it in, or put it before the leader where that comes first."""
    form = scene.form
    if form is None or not scene.proposes or scene.talk.mode is not Mode.CONFIRMING or filling.not_ready(scene):
        return filling.confirm(scene)
    entries = (*started(scene, form.submission), _entry(scene, shared_wording.ENTRY_PROPOSED))
    submission = proposed(form.submission, scene.officer.code, *entries)
    leaders = _leaders(scene)
    told = Say(shared_wording.proposed(reached=any(leader.addresses for leader in leaders)))
    text, brief = shared_wording.to_approve(form.campaign), shared_wording.TO_APPROVE_BRIEF
    after = scene.with_submission(submission).to(mode=Mode.IDLE)
    return _telling(arrive(after, Save(submission), told), (leader.code for leader in leaders), text, brief)


def withdraw(scene: Scene, campaign_id: str = "") -> Turn:
    """Take back what waits for the leader, and go on with it."""
    found = [c for c in scene.book.campaigns if _may_withdraw(scene, c) and campaign_id in {"", c.id}]
    match found:
        case []:
            return arrive(scene, Say(shared_wording.NOTHING_TO_WITHDRAW), again=True)
        case [campaign]:
            entry = _entry(scene, shared_wording.ENTRY_WITHDRAWN)
            submission = withdrawn(scene.form_of(campaign).submission, entry)
            text, brief = shared_wording.was_withdrawn(campaign), shared_wording.WAS_WITHDRAWN_BRIEF
            after = scene.with_submission(submission).to(mode=Mode.LISTING, campaign=campaign.id, section="", field="")
            turn = arrive(after, Save(submission), Say(shared_wording.WITHDRAWN))
            return _telling(turn, (leader.code for leader in _leaders(scene)), text, brief)
        case _:
            picks = tuple(Option(Action.WITHDRAW, c.title, c.id) for c in found)
            return offering(scene, wording.WHICH_CAMPAIGN, picks)


def _may_withdraw(scene: Scene, campaign: Campaign) -> bool:
    submission = scene.form_of(campaign).submission
    here = {officer.code for officer in scene.book.colleagues}
    mine = submission.proposed == scene.officer.code or submission.proposed not in here
    return submission.state is State.PROPOSED and mine


# --- the leader -------------------------------------------------------------------------------------------------------


def approval(scene: Scene, campaign_id: str = "") -> Turn:
    """Show what waits; what was about to be sent back is let go."""
    scene = scene.to(reasons=())
    if not scene.officer.leader:
        return arrive(scene, Say(shared_wording.ONLY_LEADER), again=True)
    match [c for c in scene.to_approve if campaign_id in {"", c.id}]:
        case []:
            return arrive(scene, Say(shared_wording.NOTHING_TO_APPROVE), again=True)
        case [campaign]:
            sending_back = scene.talk.mode is Mode.SENDING_BACK
            told = (Say(shared_wording.NOT_SENT_BACK),) if sending_back else ()
            return arrive(scene.to(mode=Mode.APPROVING, campaign=campaign.id, section="", field=""), *told)
        case several:
            picks = tuple(Option(Action.APPROVAL, c.title, c.id) for c in several)
            return offering(scene, shared_wording.WHICH_TO_APPROVE, picks)


def look(scene: Scene, _: str = "") -> Turn:
    return arrive(scene, *filling.shown(scene))


def approve(scene: Scene, _: str = "") -> Turn:
    """Hand it in, and tell who put it here."""
    form = _form(scene)
    turn = filling.hand_in(scene, form, shared_wording.ENTRY_APPROVED)
    reference = next(e.submission.reference for e in turn.effects if isinstance(e, Save)) or ""
    told = shared_wording.was_approved(form.campaign, reference)
    return _telling(turn, _proposer(scene, form), told, shared_wording.WAS_APPROVED_BRIEF)


def send_back(scene: Scene, path: str = "") -> Turn:
    """Ask which section, or why this one."""
    return arrive(scene.to(mode=Mode.SENDING_BACK, section=path, field=""))


def reason(scene: Scene, text: str) -> Turn:
    """Why a section is sent back, in the leader's own words."""
    if len(text) > MAX_REASON:
        return arrive(scene, Say(shared_wording.REASON_TOO_LONG), again=True)
    if not any(c.isalpha() for c in text):
        return arrive(scene, Say(shared_wording.REASON_NEEDED), again=True)
    given = (*scene.talk.reasons, (scene.talk.section, text))
    return arrive(scene.to(section="", reasons=given))


def send(scene: Scene, _: str = "") -> Turn:
    """Send back the sections that a reason was given for."""
    form, given = _form(scene), dict(scene.talk.reasons)
    named = [(section, given[section.path]) for section in form.sections if section.path in given]
    if not named:
        return send_back(scene)
    entries = [_entry(scene, shared_wording.entry_sent_back(section, why)) for section, why in named]
    submission = sent_back(form.submission, {section.path: why for section, why in named}, *entries)
    after = scene.with_submission(submission).to(mode=Mode.IDLE, section="", reasons=())
    turn = arrive(after, Save(submission), Say(shared_wording.sent_back(len(named))))
    told = shared_wording.was_sent_back(form.campaign, named)
    return _telling(turn, _proposer(scene, form), told, shared_wording.WAS_SENT_BACK_BRIEF)


def _telling(turn: Turn, officers: Iterable[str], text: str, brief: str) -> Turn:
    """The same, and these officers are told."""
    return replace(turn, effects=(*turn.effects, *(Tell(code, text, brief) for code in officers)))


def _proposer(scene: Scene, form: Form) -> tuple[str, ...]:
    by = form.submission.proposed
    return (by,) if by != scene.officer.code else ()


def _leaders(scene: Scene) -> tuple[Officer, ...]:
    return tuple(o for o in scene.book.colleagues if o.leader and o.code != scene.officer.code)


def _form(scene: Scene) -> Form:
    form = scene.form
    assert form is not None, "only where a report waits (views.settle)"
    return form


def _entry(scene: Scene, what: str) -> Entry:
    return Entry(scene.now, scene.officer.code, what)
