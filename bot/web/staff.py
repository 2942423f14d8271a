"""The staff desk: progress by unit and section, a submission's content, returning and accepting it.

Nothing is decided here that `bot.submissions` does not allow. What staff do, the line of history it leaves and what the
unit is told of it are saved in one transaction; if the unit changed the submission meanwhile, nothing is saved and
staff look again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bot.answered import asked_now
from bot.campaigns import Campaign, Section
from bot.channels.fit import fit
from bot.checks import Validity
from bot.dialog.files import MIMES, UNKNOWN
from bot.dialog.form import Form
from bot.dialog.wording import returned as returned_text
from bot.messages import Address, Outgoing
from bot.officers import Unit
from bot.reports import docx
from bot.store import Conflict
from bot.submissions import Entry, NotAllowedError, Submission, accepted, sent_back
from bot.trouble_wording import TRIED
from bot.web import guard, wording
from bot.web.board import load_board, unit_progress, writing
from bot.web.comparing import compared
from bot.web.files import file_response
from bot.web.rendering import Here, Pages
from bot.web.services import Services

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = 1.0  # seconds
REASON: Final = "reason:"
REASON_LIMIT: Final = 1000  # characters
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Case:
    """One unit's submission with the version of the campaign that it was filled in on."""

    campaign: Campaign
    unit: Unit
    submission: Submission

    @property
    def link(self) -> str:
        return f"/staff/submissions/{quote(self.campaign.id, safe='')}/{quote(self.unit.code, safe='')}"


async def staff(request: Request, here: Here) -> str:
    """Who the staff member says they are; raises 401 or 403."""
    name = guard.staff_name(here.services, request)
    if name is None:
        raise guard.refuse_staff(here.services)
    return name


async def case(campaign: str, unit: str, here: Here) -> Case:
    """What the address names; raises 404."""
    store = here.services.store
    submission, its_unit = await store.submission(campaign, unit), await store.unit(unit)
    if submission is not None and its_unit is not None:
        filled_on = await store.campaign(campaign, submission.version)
        if filled_on is not None:
            return Case(filled_on, its_unit, submission)
    raise HTTPException(status.HTTP_404_NOT_FOUND, wording.NO_SUBMISSION)


Staff = Annotated[str, Depends(staff)]
router = APIRouter(prefix="/staff", dependencies=[Depends(staff)])  # not one route of it opens without


@router.get("")
async def desk(here: Here, done: str = "") -> Response:
    return await desk_page(here, TRIED.get(done, ""))


@router.get("/events", response_class=EventSourceResponse)
async def events(here: Here) -> AsyncIterator[ServerSentEvent]:
    """The desk again, whenever something on it changed."""
    shown = ""
    while True:
        if (html := await desk_html(here)) != shown:
            shown = html
            yield ServerSentEvent(event="board", data={"html": html})
        await asyncio.sleep(LOOK_AGAIN)


@router.get("/submissions/{campaign}/{unit}")
async def submission(found: Annotated[Case, Depends(case)], here: Here, done: str = "") -> Response:
    return await submission_page(here, found, wording.SAID.get(done, ""))


@router.get("/submissions/{campaign}/{unit}/report.docx")
async def report(found: Annotated[Case, Depends(case)]) -> Response:
    content = await asyncio.to_thread(docx.render, found.submission, found.campaign, found.unit)
    name = f"bao-cao-{found.submission.reference or 'ban-nhap'}.docx"
    return Response(content, media_type=DOCX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/submissions/{campaign}/{unit}/files/{file}")
async def attachment(found: Annotated[Case, Depends(case)], file: str, here: Here) -> Response:
    """A file that the unit attached to this very submission, as something to save and never to open here."""
    attached = (one for filled in found.submission.sections.values() for one in filled.files if one.id == file)
    named = next(attached, None)
    kept = await here.services.store.file(file) if named else None
    if named is None or kept is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, wording.NOT_ATTACHED)
    return file_response(kept[1], named.name, named.mime if named.mime in MIMES else UNKNOWN)


@router.post("/submissions/{campaign}/{unit}/return")
async def give_back(request: Request, found: Annotated[Case, Depends(case)], who: Staff, here: Here) -> Response:
    """Reopen the sections for which a reason was written, and only those."""
    form = await form_of(request)
    written = {section: form.get(REASON + section.path, "").strip() for section in form_sections(found)}
    returned = [(section, reason[:REASON_LIMIT]) for section, reason in written.items() if reason]
    if not returned:
        return await submission_page(here, found, wording.NO_REASON, refused=status.HTTP_422_UNPROCESSABLE_CONTENT)
    now = here.services.clock()
    entries = [Entry(now, who, wording.entry_returned(section.title, reason)) for section, reason in returned]
    reasons = {section.path: reason for section, reason in returned}
    told = Outgoing(returned_text(returned), brief=wording.brief_returned(len(returned)))
    change = Change(lambda read: sent_back(read, reasons, *entries), told, "returned")
    return await carry_out(here, found, form.get("revision"), change)


@router.post("/submissions/{campaign}/{unit}/accept")
async def accept(request: Request, found: Annotated[Case, Depends(case)], who: Staff, here: Here) -> Response:
    form = await form_of(request)
    entry = Entry(here.services.clock(), who, wording.ENTRY_ACCEPTED)
    reference = found.submission.reference or ""
    told = Outgoing(wording.notice_accepted(found.campaign.title, reference), brief=wording.brief_accepted(reference))
    return await carry_out(
        here, found, form.get("revision"), Change(lambda read: accepted(read, entry), told, "accepted")
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What staff do to a submission, what the unit is told of it, and the word for it in the next page's address."""

    apply: Callable[[Submission], Submission]
    told: Outgoing
    word: str


async def carry_out(here: Pages, found: Case, revision: str | None, change: Change) -> Response:
    """Change what staff looked at (`revision`), or say why not and show it as it is now."""
    try:
        if revision == str(found.submission.revision):
            await save_and_tell(here.services, change.apply(found.submission), change.told)
            here.services.wake()
            return RedirectResponse(f"{found.link}?done={change.word}", status.HTTP_303_SEE_OTHER)
        why = wording.CHANGED
    except Conflict:
        why = wording.CHANGED
    except NotAllowedError:
        why = wording.NOT_NOW
    current = await case(found.campaign.id, found.unit.code, here)
    return await submission_page(here, current, why, refused=status.HTTP_409_CONFLICT)


async def save_and_tell(services: Services, changed: Submission, told: Outgoing) -> None:
    """Save, and in the same transaction queue the message for every officer of the unit, where they were last seen."""
    store = services.store
    key = f"staff-{changed.campaign}-{changed.unit}-{changed.revision}"
    outgoing = [
        (officer.addresses[0], piece, f"{key}-{officer.code}-{number}")
        for officer in await store.officers(unit=changed.unit)
        if officer.addresses
        for number, piece in enumerate(fitted(services, officer.addresses[0], told))
    ]
    await store.save_submission(changed, outgoing, at=services.clock())


def fitted(services: Services, address: Address, message: Outgoing) -> list[Outgoing]:
    limits = services.limits.get(address.channel)
    return [message] if limits is None else list(fit(message, limits))


def form_sections(found: Case) -> tuple[Section, ...]:
    return asked_now(found.campaign.form_for(found.unit.kind), found.submission, found.unit.kind)[0]


async def form_of(request: Request) -> dict[str, str]:
    form = await request.form(max_files=0, max_fields=200)
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def submission_page(here: Pages, found: Case, said: str = "", *, refused: int | None = None) -> Response:
    store, now = here.services.store, here.services.clock()
    officers = await store.officers()
    names = {officer.code: officer.name for officer in officers}
    busy = writing(await store.editing(now, found.unit.code), names)
    progress = await unit_progress(store, found.campaign, found.unit, found.submission, busy)
    form = Form(found.campaign, found.unit.kind, found.submission, cited=await cited_in(here.services))
    of_report = found.submission.history[-1].at if found.submission.handed_in and found.submission.history else now
    found_there = form.findings(of_report.astimezone(here.services.zone).date())
    html = here.render(
        "submission.html",
        names=names,
        campaign=found.campaign,
        unit=found.unit,
        submission=found.submission,
        sections=progress.sections,
        since_return={section.path: compared(section, filled) for section, filled in progress.sections},
        writing=progress.writing,
        carried={section.path: [each.key for each in form.carried(section)] for section, _ in progress.sections},
        doubts={
            section.path: [one for one in found_there if one.path == section.path] for section, _ in progress.sections
        },
        here=found.link,
        said=said,
        wrong=refused is not None,
    )
    return HTMLResponse(html, refused or status.HTTP_200_OK)


async def cited_in(services: Services) -> Mapping[str, Validity]:
    """What the library knows of documents; nothing if it cannot be read: the page is shown all the same."""
    if services.validity is None:
        return {}
    try:
        return await asyncio.to_thread(services.validity)
    except Exception:  # staff must see the submission whatever becomes of the library
        log.exception("the validity of documents could not be read")
        return {}


async def desk_page(here: Pages, said: str = "", *, refused: int | None = None) -> Response:
    html = here.render(
        "staff.html",
        desk=await desk_html(here),
        zalo_oa=here.services.zalo_oa is not None,
        said=said,
        wrong=refused is not None,
    )
    return HTMLResponse(html, refused or status.HTTP_200_OK)


async def desk_html(here: Pages) -> str:
    return here.render("desk.html", board=await load_board(here.services), acts=True)
