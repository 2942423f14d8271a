"""Reminding: plan the rows that open campaigns ask for, and fire what is due, one message an officer.

Rules of this file
1. All state is rows: planning twice changes nothing, and what a process that died left undone, the next planning does.
   That a deadline moved is read off the campaign's stored versions, so whoever opens a new version need not plan.
2. Whether a reminder is still needed is asked of `respond()` when it goes out.
3. What is due for one officer is claimed together and committed together with its message: both, or neither.
4. Nothing fires in the quiet hours or on a day off; what expires meanwhile is recorded as skipped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo

from bot.assistant import Assistant, Decided
from bot.campaigns import Campaign, Deadline
from bot.dialog import reminder_wording as words
from bot.dialog.turn import ReminderDue, RemindersDue, Skip, Turn
from bot.officers import Officer, Unit
from bot.reminders import ICT, Calendar, Policy, ReminderState, ahead, escalations, moves, notices, plan, version
from bot.store import Done, Fate, ReminderRow, Store

log = logging.getLogger(__name__)

REPLAN = timedelta(minutes=1)
HANDFUL = 8  # officers whose reminders are claimed together


async def plan_campaign(
    store: Store, campaign: Campaign, calendar: Calendar, now: datetime, *, policy: Policy, zone: tzinfo = ICT
) -> int:
    """Write the rows that a campaign asks for, void those of dates that are no more; how many were new."""
    async with store.snapshot():
        everybody = await store.officers()
        units = {unit.code: unit for unit in await store.units()}
        moved = moves(await store.versions(campaign.id)) if campaign.version > 1 else {}
        moving = [(deadline, moved[deadline.key]) for deadline in ahead(campaign, now) if deadline.key in moved]
        knew = {deadline.key: await store.planned_for(campaign.id, deadline.key, move.was) for deadline, move in moving}
    for deadline in campaign.deadlines:
        reason = words.moved_to(deadline.due.astimezone(zone))
        await store.void_reminders(campaign.id, deadline.key, keep_version=version(deadline), reason=reason)
    of_unit: dict[str, list[str]] = {}
    leaders: dict[str, list[str]] = {}
    for officer in everybody:
        of_unit.setdefault(officer.unit, []).append(officer.code)
        if officer.leader:
            leaders.setdefault(officer.unit, []).append(officer.code)
    staff = [officer.code for officer in everybody if officer.staff]
    offsets, morning = policy.offsets, policy.morning
    rows = plan(campaign, of_unit, calendar, now, offsets=offsets, morning=morning, zone=zone, units=units)
    rows += escalations(campaign, leaders, staff, calendar, now, policy=policy, zone=zone)
    at = policy.opens(now.astimezone(zone), calendar)
    for deadline, move in moving:
        rows += notices(campaign, deadline, move, knew[deadline.key], at)
    return await store.plan_reminders(rows)


class Reminding:
    """`assistant` says what is due in the officer's conversation."""

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        *,
        clock: Callable[[], datetime],
        calendar: Calendar,
        policy: Policy,
        zone: tzinfo,
        lease: timedelta,
        step: Callable[[str], None],
    ) -> None:
        self._store, self._assistant, self._clock, self._step = store, assistant, clock, step
        self._calendar, self._policy, self._zone, self._lease = calendar, policy, zone, lease
        self._planned_at: datetime | None = None

    async def plan(self) -> None:
        """Write the reminder rows that open campaigns ask for; at most once a minute."""
        now = self._clock()
        if self._planned_at is not None and abs(now - self._planned_at) < REPLAN:
            return
        for campaign in await self._store.campaigns():
            await plan_campaign(self._store, campaign, self._calendar, now, policy=self._policy, zone=self._zone)
        self._planned_at = now
        self._step("planned")

    async def fire(self) -> int:
        """Send each due reminder once; what is too late to help is recorded as skipped. How often something fired."""
        fired = 0
        while due := await self._claim():
            self._step("due")
            for rows in due:
                try:
                    await self._remind(rows)
                except Exception:  # its lease runs out and it is tried again
                    log.exception("reminder %s could not be fired", rows[0].id)
                fired += 1
        return fired

    async def _claim(self) -> list[tuple[ReminderRow, ...]]:
        """What is due, apart for each message, of a handful of officers in one transaction."""
        now = self._clock().astimezone(self._zone)
        if self._policy.opens(now, self._calendar) > now:
            await self._store.expire_reminders(now)
            return []
        if not self._policy.digest:
            one = await self._store.claim_reminders(now, lease=self._lease, together=False)
            return [one] if one else []
        today = datetime.combine(now.date(), time(), self._zone)
        return await self._store.claim_some_reminders(now, lease=self._lease, officers=HANDFUL, today=today)

    async def _remind(self, rows: Sequence[ReminderRow]) -> None:
        async with self._store.snapshot():
            officer = await self._store.officer(rows[0].reminder.officer)
            due, gone = await self._due(rows)
            reached = officer is not None and officer.addresses
            decided = await self._decided(officer, rows, due) if officer and reached and due else None
        fates = [Fate(row, ReminderState.VOIDED, words.VOID) for row in gone]
        done = Done()
        if decided is not None:
            if any(not isinstance(effect, Skip) for effect in decided.turn.effects):
                # Each time anew: what was taken back before it was delivered has its key.
                key = f"re-{rows[0].id}-{rows[0].claimed_at:%Y%m%dT%H%M%S}"
                done = await self._assistant.carry_out(decided, key=key)
            fates += _fates([row for row in rows if row not in gone], decided.turn)
        elif not reached:
            fates += [Fate(row, ReminderState.UNREACHABLE, words.NO_ADDRESS) for row in rows if row not in gone]
        await self._store.commit(replace(done, reminders=tuple(fates)))
        self._step("reminded")

    async def _decided(self, officer: Officer, rows: Sequence[ReminderRow], due: Sequence[ReminderDue]) -> Decided:
        now = self._clock().astimezone(self._zone)
        later = self._policy.later(now, self._calendar)
        ends = (each.deadline.due.astimezone(self._zone) for each in due)
        days = [moment.date() for moment in (now, *later, *ends)]
        unsure = self._calendar.leans_on(min(days), max(days))
        event = RemindersDue(str(rows[0].id), officer.addresses[0], tuple(due), later, unsure)
        return await self._assistant.decide(officer.addresses[0], event)

    async def _due(self, rows: Sequence[ReminderRow]) -> tuple[list[ReminderDue], list[ReminderRow]]:
        """What is known of each; and the rows whose date is no more."""
        newest = {campaign.id: campaign for campaign in await self._store.campaigns()}
        is_open = frozenset(newest)
        pauses = await self._store.pauses(rows[0].reminder.officer)
        units: dict[str, Unit | None] = {}
        due: list[ReminderDue] = []
        gone: list[ReminderRow] = []
        today = self._clock().astimezone(self._zone).date()
        for row in rows:
            one = row.reminder
            if one.unit not in units:
                units[one.unit] = await self._store.unit(one.unit)
            unit, campaign = units[one.unit], newest.get(one.campaign) or await self._store.campaign(one.campaign)
            deadline = _planned_for(row, campaign)
            if campaign is None or unit is None or deadline is None:
                gone.append(row)
                continue
            submission = await self._store.submission(campaign.id, unit.code)
            told = await self._store.told(campaign.id, unit.code, deadline.key, version(deadline))
            asks = campaign.id in is_open and unit.code in campaign.units and unit.valid_on(today)
            due.append(
                ReminderDue(
                    row=row.id,
                    kind=one.kind,
                    deadline=deadline,
                    unit=unit,
                    campaign=campaign if asks else None,
                    submission=submission,
                    told=told,
                    pause=pauses.get(campaign.id),
                    was=one.was,
                )
            )
        return due, gone


def _fates(rows: Sequence[ReminderRow], turn: Turn) -> list[Fate]:
    skips = {effect.row: effect for effect in turn.effects if isinstance(effect, Skip)}
    return [
        Fate(row, skips[row.id].state, skips[row.id].reason) if row.id in skips else Fate(row, ReminderState.SENT)
        for row in rows
    ]


def _planned_for(row: ReminderRow, campaign: Campaign | None) -> Deadline | None:
    """The deadline that a reminder was planned for, unless it is gone or was moved since."""
    deadlines = campaign.deadlines if campaign else ()
    wanted = (row.reminder.deadline, row.reminder.deadline_version)
    return next((deadline for deadline in deadlines if (deadline.key, version(deadline)) == wanted), None)
