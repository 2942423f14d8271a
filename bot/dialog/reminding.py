"""Reminders as the officer meets them: what is due in one message, put off, turned off and on. Pure.

Rules of this file
1. All that is due for an officer is one message: a part a campaign, each with what is missing and until when.
2. Whether a reminder is still needed is asked here, when it goes out; each one that is not gets its reason.
3. Choices come with it only where none are open: never inside a form (rule 6 of `respond`).
4. Nothing is put off beyond a deadline. What is turned off are reminders; that a deadline moved is told all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.campaigns import Campaign, Deadline, Section
from bot.dialog import reminder_wording as words
from bot.dialog import shared_wording, wording
from bot.dialog.conversation import Action, Conversation, Mode
from bot.dialog.form import Form
from bot.dialog.offers import Option
from bot.dialog.scene import Scene
from bot.dialog.turn import Hold, ReminderDue, RemindersDue, Say, Skip, Turn
from bot.dialog.views import arrive, offering, stay
from bot.reminders import Kind, Pause, Reminder, ReminderState, version
from bot.submissions import State, Submission

_ASKED_FOR = frozenset((Kind.REMIND, Kind.SNOOZED))  # what an officer may put off and turn off
_REPORTS = frozenset((Kind.LEADER, Kind.STAFF))


def remind(scene: Scene, event: RemindersDue, before: Conversation) -> Turn:
    """Say all that is still needed in one message; of each of the others, why it is not."""
    event = replace(event, due=tuple(_as_it_moves(scene, due) for due in event.due))
    skips = tuple(skip for due in event.due if (skip := _needless(scene, due)) is not None)
    skipped = {skip.row for skip in skips}
    needed = [due for due in event.due if due.row not in skipped]
    if not needed:
        return Turn(before, skips)
    text, brief = _text(scene, needed), _brief(scene, needed)
    if event.provisional:
        text += f"\n\n{words.provisional(event.provisional)}"
    own = [due for due in needed if due.kind is not Kind.STAFF]
    if scene.talk.mode is not Mode.IDLE or not own:
        return stay(scene, *skips, Say(text, brief=brief))
    offered = offering(scene, text, _options(own, event.later, leads=scene.officer.leader), *skips)
    *others, said = offered.effects
    assert isinstance(said, Say), "the offer is said last"
    return replace(offered, effects=(*others, replace(said, brief=brief)))


def _as_it_moves(scene: Scene, due: ReminderDue) -> ReminderDue:
    """With the officer's own draft on the form it will go along to, as `scene` has it."""
    if due.campaign is None or scene.book.officer is None or due.unit.code != scene.officer.unit:
        return due
    return replace(due, submission=scene.book.submissions.get(due.campaign.id, due.submission))


def _needless(scene: Scene, due: ReminderDue) -> Skip | None:
    pause = due.pause if due.kind in _ASKED_FOR else None
    if pause and pause.until and pause.until > scene.now:
        until = _local(pause.until, scene)
        return Skip(due.row, words.put_off(until), ReminderState.SNOOZED)
    reasons = {
        words.SKIP_NOBODY: scene.book.officer is None,
        words.SKIP_CLOSED: due.campaign is None,
        words.SKIP_SUBMITTED: due.submission is not None and due.submission.handed_in,
        words.SKIP_LATE: due.kind not in _REPORTS and due.deadline.due < scene.now,
        words.SKIP_MUTED: pause is not None and pause.until is None,
    }
    return next((Skip(due.row, reason) for reason, holds in reasons.items() if holds), None)


# --- the message ------------------------------------------------------------------------------------------------------


def _text(scene: Scene, needed: Sequence[ReminderDue]) -> str:
    own = [part for part in _by_campaign(needed) if part[0].kind is not Kind.STAFF]
    reported = [part for part in _by_campaign(needed) if part[0].kind is Kind.STAFF]
    intro = [words.several(len(own))] if len(own) > 1 else []
    parts = [_part(scene, dues, alone=len(own) == 1) for dues in own]
    return "\n\n".join([*intro, *parts, *(_report(scene, dues) for dues in reported)])


def _by_campaign(needed: Sequence[ReminderDue]) -> list[list[ReminderDue]]:
    """The reminders that make one part each: those of one campaign, and apart what staff are told of it."""
    parts: dict[tuple[str, bool], list[ReminderDue]] = {}
    for due in needed:
        parts.setdefault((_campaign(due).id, due.kind is Kind.STAFF), []).append(due)
    return list(parts.values())


def _part(scene: Scene, dues: Sequence[ReminderDue], *, alone: bool) -> str:
    """One campaign: its deadlines, what is missing, who was told."""
    first, kinds = dues[0], {due.kind for due in dues}
    lines = [words.heading(kinds, _campaign(first), alone=alone)]
    for deadline in dict.fromkeys(due.deadline for due in dues):
        was = next((due.was for due in dues if due.deadline == deadline and due.was), None)
        lines.append(_deadline(scene, deadline, was))
        if alone and was is None:
            lines.append(wording.deadline_source(deadline, _campaign(first).guidance))
    lines.append(wording.AWAITS_LEADER if _proposed(first) else _left(first))
    lines += _told(scene, first, officers=Kind.LEADER in kinds)
    return "\n".join(lines)


def _report(scene: Scene, dues: Sequence[ReminderDue]) -> str:
    """What staff are told of one campaign: each unit that has not submitted."""
    lines = [words.staff_heading(_campaign(dues[0]), len({due.unit.code for due in dues}))]
    for deadline in dict.fromkeys(due.deadline for due in dues):
        lines.append(_deadline(scene, deadline, None))
        lines += [
            words.unit_line(due.unit.name, _missing(due), [words.told(one, scene.now) for one in due.told])
            for due in dues
            if due.deadline == deadline
        ]
    return "\n".join(lines)


def _deadline(scene: Scene, deadline: Deadline, was: datetime | None) -> str:
    due = _local(deadline.due, scene)
    if was is not None:
        return words.moved(deadline, _local(was, scene), due, scene.now)
    return wording.deadline(deadline, due, scene.now)


def _told(scene: Scene, due: ReminderDue, *, officers: bool) -> list[str]:
    """A leader is told how many officers were reminded; everybody, whether leaders and staff were told."""
    lines = [words.told(one, scene.now) for one in due.told if officers or one.kind in _REPORTS]
    nobody = officers and all(one.kind in _REPORTS for one in due.told)
    return [words.NOBODY_TOLD, *lines] if nobody else lines


def _brief(scene: Scene, needed: Sequence[ReminderDue]) -> str:
    nearest = min(needed, key=lambda due: due.deadline.due)
    due = _local(nearest.deadline.due, scene)
    reports = len({(_campaign(each).id, each.unit.code) for each in needed})
    if reports > 1:
        return words.brief_of_several(reports, due)
    return words.brief(_missing(nearest), due, was=next((each.was for each in needed if each.was), None))


def _campaign(due: ReminderDue) -> Campaign:
    assert due.campaign is not None, "closed ones were left out"
    return due.campaign


def _proposed(due: ReminderDue) -> bool:
    """Whether the report lies before the unit's leader."""
    return due.submission is not None and due.submission.state is State.PROPOSED


def _missing(due: ReminderDue) -> Sequence[Section]:
    return _form(due).missing


def _left(due: ReminderDue) -> str:
    form = _form(due)
    return wording.still_missing(form.missing, form.unconfirmed)


def _form(due: ReminderDue) -> Form:
    campaign = _campaign(due)
    fresh = Submission(campaign.id, campaign.version, due.unit.code)
    return Form(campaign, due.unit.kind, due.submission or fresh)


def _local(at: datetime, scene: Scene) -> datetime:
    return at.astimezone(scene.now.tzinfo)


# --- put off, turned off and on ---------------------------------------------------------------------------------------


def _options(own: Sequence[ReminderDue], later: Sequence[datetime], *, leads: bool) -> tuple[Option, ...]:
    """To each campaign; then, for those that the officer may put off, when to be reminded again, and not any more."""
    waits = {_campaign(due).id for due in own if _proposed(due)}
    mine = [due for due in own if leads or not _proposed(due)]
    campaigns = list({_campaign(due).id: _campaign(due) for due in mine}.values())
    asked_for = [due for due in mine if due.kind in _ASKED_FOR]
    held = list({_campaign(due).id: _campaign(due) for due in asked_for}.values())
    last = min((due.deadline.due for due in asked_for), default=None)
    ids = " ".join(each.id for each in held)
    one = len(campaigns) == 1
    return (
        *(
            Option(Action.CAMPAIGN, shared_wording.APPROVAL, each.id)
            if each.id in waits
            else Option(Action.CAMPAIGN, wording.FILL if one else words.fill(each), each.id)
            for each in campaigns
        ),
        *(
            Option(Action.SNOOZE, words.snooze(at), f"{at.isoformat()} {ids}")
            for at in later
            if last is not None and at < last
        ),
        *(Option(Action.MUTE, words.MUTE if one else words.mute(each), each.id) for each in held),
    )


def snooze(scene: Scene, argument: str) -> Turn:
    """Remind again at a moment, of the campaigns whose deadline is after it."""
    until, ids = _moment_and_campaigns(argument)
    held = [
        (campaign, deadline)
        for campaign in scene.book.campaigns
        if campaign.id in ids and not scene.form_of(campaign).submission.locked
        for deadline in [each for each in campaign.upcoming(scene.now) if each.for_report][:1]
        if until and scene.now < until < deadline.due
    ]
    if not until or not held:
        return arrive(scene, Say(words.TOO_LATE), again=True)
    until = _local(until, scene)
    holds = [_hold(scene, campaign, deadline, until) for campaign, deadline in held]
    return stay(scene, *holds, Say(words.snoozed(until)))


def _moment_and_campaigns(argument: str) -> tuple[datetime | None, Sequence[str]]:
    """What a choice to put off stands for; no moment where a conversation that was spoilt holds none."""
    moment, *ids = argument.split() or [""]
    try:
        until = datetime.fromisoformat(moment)
    except ValueError:
        return None, ids
    return (until if until.tzinfo else None), ids


def _hold(scene: Scene, campaign: Campaign, deadline: Deadline, until: datetime) -> Hold:
    officer = scene.officer
    again = Reminder(
        campaign.id,
        deadline.key,
        version(deadline),
        officer.unit,
        officer.code,
        (_local(deadline.due, scene).date() - until.date()).days,
        until,
        deadline.due,
        Kind.SNOOZED,
    )
    return Hold(Pause(officer.code, campaign.id, until), again)


def mute(scene: Scene, campaign_id: str) -> Turn:
    """No more reminders of a campaign; "": of all that are open."""
    of = [campaign for campaign in scene.book.campaigns if campaign_id in {"", campaign.id}]
    if not of:
        return arrive(scene, Say(wording.NO_CAMPAIGN), again=True)
    holds = (Hold(Pause(scene.officer.code, campaign.id, None)) for campaign in of)
    told = words.muted(of[0]) if len(of) == 1 else words.MUTED_ALL
    return arrive(scene, *holds, Say(told), again=True)


def unmute(scene: Scene, _: str) -> Turn:
    """Reminders as planned again, of all campaigns: also what was put off."""
    holds = (Hold(Pause(scene.officer.code, campaign.id, scene.now)) for campaign in scene.book.campaigns)
    return arrive(scene, *holds, Say(words.UNMUTED), again=True)
