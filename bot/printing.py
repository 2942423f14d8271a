"""What the printing commands do: a report, the consolidated report, the ledger of reminders, by their files' endings.

What cannot be done raises Refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from bot.campaigns import Campaign
from bot.commands import with_store
from bot.known import open_library
from bot.reports import consolidated, consolidated_papers, dossier, ledger, office, pdf
from bot.reports.docx import render
from bot.reports.dossier_parts import NoPartError
from bot.reports.office import Office, OfficeError
from bot.store import Store
from bot.terminal import Refused, why

Make = Callable[[], bytes]


async def report_of(reference: str, output: Path, office_file: Path | None, form: str | None = None) -> bytes:
    """A submission, or one paper of a dossier (`dossier.FORMS`), as .docx or .pdf.

    Raises Refused for an unknown reference or form.
    """
    facts = _office(office_file)
    if form is not None and form not in dossier.FORMS:
        raise Refused(f"Không có mẫu “{form}”. Các mẫu: {', '.join(dossier.FORMS)}.")
    with open_library() as library:
        known = library.documents()

    async def made(store: Store, now: datetime) -> bytes:
        del now
        submission = await store.submission_by_reference(reference.strip().upper())
        if submission is None:
            raise Refused(f"Không có báo cáo nào mang mã “{reference}”.")
        campaign = await store.campaign(submission.campaign, submission.version)
        unit = await store.unit(submission.unit)
        assert campaign is not None
        assert unit is not None

        def make() -> bytes:
            if form is None:
                return render(submission, campaign, unit, office=facts, known=known)
            return dossier.render(form, submission, campaign, unit, office=facts, known=known)

        try:
            return await _as(output, {".docx": make})
        except NoPartError as error:
            raise Refused(str(error)) from None

    return await with_store(made)


async def consolidated_report(campaign_id: str, output: Path, office_file: Path | None) -> bytes:
    """All units' reports as one, as .docx, .pdf or .xlsx. Raises Refused for an unknown campaign."""
    facts = _office(office_file)

    async def made(store: Store, now: datetime) -> bytes:
        campaign = await _campaign(store, campaign_id)
        submissions = await store.submissions(campaign.id)
        versions = {each.version for each in submissions} - {campaign.version}
        older = [found for v in sorted(versions) if (found := await store.campaign(campaign.id, v))]
        of = consolidated.gather(campaign, await store.units(), submissions, now, older=older)
        makers: dict[str, Make] = {
            ".docx": lambda: consolidated_papers.to_docx(of, office=facts),
            ".xlsx": lambda: consolidated_papers.to_xlsx(of),
        }
        return await _as(output, makers)

    return await with_store(made)


async def reminders_ledger(campaign_id: str, output: Path, office_file: Path | None) -> bytes:
    """Every reminder of a campaign, as .docx, .pdf or .xlsx. Raises Refused for an unknown campaign."""
    facts = _office(office_file)

    async def made(store: Store, now: datetime) -> bytes:
        campaign = await _campaign(store, campaign_id)
        rows = await store.reminders(campaign.id)
        waiting = await store.under_way()
        entries = tuple(
            ledger.Entry(row.reminder, row.state, row.reason, row.done_at, under_way=row.sent_with in waiting)
            for row in rows
        )
        units = {unit.code: unit for unit in await store.units()}
        names = {officer.code: officer.name for officer in await store.officers()}
        kept = ledger.Ledger(campaign, now, entries, units, names)
        makers: dict[str, Make] = {
            ".docx": lambda: ledger.to_docx(kept, office=facts),
            ".xlsx": lambda: ledger.to_xlsx(kept),
        }
        return await _as(output, makers)

    return await with_store(made)


async def _as(output: Path, makers: Mapping[str, Make]) -> bytes:
    """The file by the ending of its name; a .pdf is made of the .docx."""
    ending = output.suffix.lower()
    make = makers.get(".docx" if ending == ".pdf" else ending)
    if make is None:
        raise Refused(f"Không xuất được ra tệp “{output}”. Tên tệp phải kết thúc bằng {', '.join((*makers, '.pdf'))}.")
    content = await asyncio.to_thread(make)
    if ending != ".pdf":
        return content
    try:
        return await asyncio.to_thread(pdf.from_docx, content)
    except pdf.NoPdfError as error:
        raise Refused(str(error)) from None


async def _campaign(store: Store, campaign_id: str) -> Campaign:
    found = await store.campaign(campaign_id.strip())
    if found is None:
        known = ", ".join(each.id for each in await store.campaigns()) or "chưa mở đợt nào"
        raise Refused(f"Không có đợt tổng kết mã “{campaign_id}”. Các đợt đang mở: {known}.")
    return found


def _office(file: Path | None) -> Office:
    if file is None:
        return Office()
    try:
        return office.load(file)
    except OSError as error:
        raise Refused(f"Không mở được tệp {file}: {why(error)}.") from None
    except OfficeError as error:
        raise Refused(f"Chưa dùng được tệp {file}:\n" + "\n".join(f"- {p}" for p in error.problems)) from None
