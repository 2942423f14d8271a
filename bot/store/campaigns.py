"""Campaigns with their versions, the units' submissions to them, and who writes in which section."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import Campaign
from bot.store.database import Database
from bot.store.errors import Conflict
from bot.store.tables import campaigns, editors, submissions
from bot.store.values import from_json, to_json
from bot.submissions import Editing, State, Submission


class Campaigns(Database):
    async def put_campaign(self, campaign: Campaign) -> Campaign:
        """Open a campaign, or a new version of one; returned as it is stored.

        The same content again (whatever its version says) is no new version. Else it keeps its version if that is newer
        than the newest stored, and is given the next one if not. Older versions stay for the submissions made on them.
        """
        async with self.writing() as connection:
            await self.lock(connection, [f"campaign {campaign.id}"])
            found = select(campaigns).where(campaigns.c.id == campaign.id).order_by(campaigns.c.version.desc())
            newest = (await connection.execute(found.limit(1))).one_or_none()
            if newest is not None:
                stored = from_json(Campaign, newest.body)
                if replace(campaign, version=stored.version) == stored:
                    await self._set_open(connection, campaign.id, is_open=True)
                    return stored
                campaign = replace(campaign, version=max(campaign.version, stored.version + 1))
            row = {"id": campaign.id, "version": campaign.version, "open": True, "body": to_json(campaign)}
            await connection.execute(campaigns.insert().values(row))
            await self._set_open(connection, campaign.id, is_open=True)
            return campaign

    async def close_campaign(self, campaign: str) -> None:
        """No officer is offered it any more; everything of it stays. `put_campaign` opens it again."""
        async with self.writing() as connection:
            await self._set_open(connection, campaign, is_open=False)

    async def campaign(self, id: str, version: int | None = None) -> Campaign | None:  # noqa: A002 -- a campaign's id
        """One version of a campaign, open or closed; the newest unless told."""
        found, values = (_NEWEST, {"of": id}) if version is None else (_VERSION, {"of": id, "number": version})
        async with self.reading() as connection:
            body = await connection.scalar(found, values)
            return None if body is None else from_json(Campaign, body)

    async def versions(self, id: str) -> list[Campaign]:  # noqa: A002 -- a campaign's id
        """All versions of a campaign, in order."""
        found = select(campaigns.c.body).where(campaigns.c.id == id).order_by(campaigns.c.version)
        async with self.reading() as connection:
            return [from_json(Campaign, body) for body in await connection.scalars(found)]

    async def campaigns(self, unit: str | None = None) -> list[Campaign]:
        """The newest version of every open campaign, by id; only those that address the unit, if one is given."""
        newest = await self.once("campaigns", _open)
        return [campaign for campaign in newest if unit is None or unit in campaign.units]

    async def submission(self, campaign: str, unit: str) -> Submission | None:

        async def read(connection: AsyncConnection) -> Submission | None:
            body = await connection.scalar(_SUBMISSION, {"of": campaign, "by": unit})
            return None if body is None else from_json(Submission, body)

        return await self.once(("submission", campaign, unit), read)

    async def submissions(self, campaign: str | None = None) -> list[Submission]:
        """All submissions, or those to one campaign, by campaign and unit."""
        found = select(submissions.c.body).order_by(submissions.c.campaign, submissions.c.unit)
        if campaign is not None:
            found = found.where(submissions.c.campaign == campaign)
        async with self.reading() as connection:
            return [from_json(Submission, body) for body in await connection.scalars(found)]

    async def handed_in(self, units: Collection[str]) -> list[tuple[Campaign, Submission]]:
        """What these units handed in to any campaign, open or closed, each with the version it was filled in on."""
        found = (
            select(campaigns.c.body.label("campaign"), submissions.c.body.label("submission"))
            .join_from(
                submissions,
                campaigns,
                (campaigns.c.id == submissions.c.campaign) & (campaigns.c.version == submissions.c.version),
            )
            .where(submissions.c.unit.in_(units), submissions.c.state.in_((State.SUBMITTED, State.ACCEPTED)))
            .order_by(submissions.c.campaign, submissions.c.unit)
        )
        async with self.reading() as connection:
            rows = await connection.execute(found)
            return [(from_json(Campaign, row.campaign), from_json(Submission, row.submission)) for row in rows]

    async def submission_by_reference(self, reference: str) -> Submission | None:
        async with self.reading() as connection:
            body = await connection.scalar(select(submissions.c.body).where(submissions.c.reference == reference))
            return None if body is None else from_json(Submission, body)

    async def store_submission(self, connection: AsyncConnection, submission: Submission) -> Submission:
        """Part of a commit. `revision` is the one it was read with (0: new) and counts up by one.

        Raises Conflict if somebody saved it since, if the unit has one already, or if its reference is taken.
        """
        stored = replace(submission, revision=submission.revision + 1)
        row = {
            "campaign": stored.campaign,
            "unit": stored.unit,
            "version": stored.version,
            "state": stored.state,
            "reference": stored.reference,
            "revision": stored.revision,
            "body": to_json(stored),
        }
        if submission.revision == 0:
            await connection.execute(submissions.insert().values(row))
            return stored
        as_read = (
            (submissions.c.campaign == stored.campaign)
            & (submissions.c.unit == stored.unit)
            & (submissions.c.revision == submission.revision)
        )
        if (await connection.execute(update(submissions).where(as_read).values(row))).rowcount != 1:
            raise Conflict(f"{stored.unit}'s submission to {stored.campaign} is past revision {submission.revision}")
        return stored

    async def editing(self, now: datetime, unit: str | None = None) -> list[Editing]:
        """Who writes where now, in all units or in one, by campaign, unit and section."""
        found = select(editors).where(editors.c.until > now)
        found = found.order_by(editors.c.campaign, editors.c.unit, editors.c.section)
        if unit is not None:
            found = found.where(editors.c.unit == unit)
        async with self.reading() as connection:
            return [Editing(**row._asdict()) for row in await connection.execute(found)]

    async def take(self, connection: AsyncConnection, editing: Editing) -> None:
        """Part of a commit: the section is this officer's until then; if it was already, since when it was.

        Raises Conflict while it is somebody else's.
        """
        insert = self.insert(editors).values(asdict(editing))
        new, ours = insert.excluded, editors.c.officer == insert.excluded.officer
        over = editors.c.until <= new.since
        since = case((ours & ~over, editors.c.since), else_=new.since)
        changes = {"officer": new.officer, "since": since, "until": new.until}
        key = [column.name for column in editors.primary_key]
        take = insert.on_conflict_do_update(index_elements=key, set_=changes, where=ours | over)
        if await connection.scalar(take.returning(editors.c.officer)) is None:
            raise Conflict(f"{editing.section} of {editing.unit} in {editing.campaign} is somebody else's now")

    async def give_back(self, connection: AsyncConnection, editing: Editing) -> None:
        """Part of a commit: the officer does not write there any more; harmless if they did not."""
        here = (editors.c.campaign == editing.campaign) & (editors.c.unit == editing.unit)
        mine = (editors.c.section == editing.section) & (editors.c.officer == editing.officer)
        await connection.execute(delete(editors).where(here & mine))

    async def _set_open(self, connection: AsyncConnection, campaign: str, *, is_open: bool) -> None:
        await connection.execute(update(campaigns).where(campaigns.c.id == campaign).values(open=is_open))


_newer = campaigns.alias()
_has_newer = select(_newer.c.id).where(_newer.c.id == campaigns.c.id, _newer.c.version > campaigns.c.version).exists()
_OPEN = select(campaigns.c.body).where(campaigns.c.open, ~_has_newer).order_by(campaigns.c.id)
_OF = select(campaigns.c.body).where(campaigns.c.id == bindparam("of"))
_NEWEST = _OF.order_by(campaigns.c.version.desc()).limit(1)
_VERSION = _OF.where(campaigns.c.version == bindparam("number"))
_SUBMISSION = select(submissions.c.body).where(
    submissions.c.campaign == bindparam("of"), submissions.c.unit == bindparam("by")
)


async def _open(connection: AsyncConnection) -> list[Campaign]:
    return [from_json(Campaign, body) for body in await connection.scalars(_OPEN)]
