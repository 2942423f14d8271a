"""Files by link, for messengers that carry none: an officer sends one for a section, or fetches a document of theirs.

The link is the permission (`bot.links`). What is sent becomes a kept file and an inbox row at the officer's address,
like a file sent in a chat: what is made of it is decided there.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request, status
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from bot.channels import FILE_LIMIT
from bot.links import DOWNLOAD, UPLOAD, Upload
from bot.messages import FileRef, Incoming
from bot.web import wording
from bot.web.rendering import Here, Pages

MOST_FILES: Final = 10  # at a time
router = APIRouter(include_in_schema=False)


async def allowed(token: str, here: Here) -> Upload:
    """What the link allows, if its officer still is at that address; raises 404."""
    services = here.services
    upload = services.links.read_upload(token) if services.links else None
    officer = await services.store.officer_at(upload.address) if upload else None
    if upload is None or officer is None or officer.code != upload.officer:
        raise HTTPException(status.HTTP_404_NOT_FOUND, wording.LINK_OVER)
    return upload


Allowed = Annotated[Upload, Depends(allowed)]


@router.get(f"/{UPLOAD}/{{token}}")
async def form(upload: Allowed, here: Here) -> Response:
    return await upload_page(here, upload)


@router.post(f"/{UPLOAD}/{{token}}", max_body_size=MOST_FILES * FILE_LIMIT)
async def send(request: Request, upload: Allowed, here: Here) -> Response:
    """Keep each file and tell the officer's conversation of it."""
    given = await request.form(max_files=MOST_FILES, max_fields=5)
    files = [each for each in given.getlist("tep") if not isinstance(each, str) and each.filename]
    if not files:
        return await upload_page(here, upload, wording.NO_FILE, refused=True)
    if any((each.size or 0) > FILE_LIMIT for each in files):
        return await upload_page(here, upload, wording.FILE_TOO_BIG, refused=True)
    kept = [await keep(here, each) for each in files]
    for ref in kept:
        await tell(here, upload, ref)
    here.services.wake()
    return await upload_page(here, upload, wording.files_sent([ref.name for ref in kept]))


@router.get(f"/{DOWNLOAD}/{{token}}")
async def fetch(token: str, here: Here) -> Response:
    services = here.services
    download = services.links.read_download(token) if services.links else None
    found = await services.store.file(download.file) if download else None
    if download is None or found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, wording.LINK_OVER)
    ref, content = found
    return file_response(content, download.name, ref.mime)


def file_response(content: bytes, name: str, mime: str) -> Response:
    """A file to be saved, never shown as a page of ours, whatever it says it is."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=mime, headers={"Content-Disposition": disposition})


async def keep(here: Pages, file: UploadFile) -> FileRef:
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    mime = file.content_type or "application/octet-stream"
    services = here.services
    ref = await services.store.keep_file(await file.read(), name, mime, services.clock())
    return FileRef(ref.id, name, mime, ref.size, kept=True)


async def tell(here: Pages, upload: Upload, ref: FileRef) -> None:
    """The file as a message of the officer's; sent again by the same link, it is the same message."""
    about = f"{ref.id}\n{ref.name}\n{upload.campaign}\n{upload.section}\n{upload.until.isoformat()}"
    key = f"link-{hashlib.sha256(about.encode()).hexdigest()[:32]}"
    place = (upload.campaign, upload.section)
    incoming = Incoming(key, upload.address, "", here.services.clock(), files=(ref,), place=place)
    await here.services.store.receive(incoming)


async def upload_page(here: Pages, upload: Upload, said: str = "", *, refused: bool = False) -> Response:
    store = here.services.store
    campaign = await store.campaign(upload.campaign)
    section = next((each for each in campaign.sections if each.path == upload.section), None) if campaign else None
    html = here.render(
        "upload.html",
        campaign=campaign.title if campaign else "",
        section=section.title if section else "",
        until=upload.until,
        said=said,
        wrong=refused,
        most=MOST_FILES,
        megabytes=FILE_LIMIT // (1024 * 1024),
    )
    return HTMLResponse(html, status.HTTP_422_UNPROCESSABLE_CONTENT if refused else status.HTTP_200_OK)
