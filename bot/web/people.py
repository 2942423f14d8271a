"""The staff desk's page of officers: who there is and where they are reached; adding one, a code, unlinking.

A code is shown once, in the answer to the form that asked for it, and nowhere else.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.responses import HTMLResponse, Response

from bot.enrolling import Code, Refusal, add, leave, new_code
from bot.web.rendering import Here, Pages
from bot.web.staff import form_of, staff

router = APIRouter(prefix="/staff/officers", dependencies=[Depends(staff)], include_in_schema=False)
Form = Annotated[dict[str, str], Depends(form_of)]


@router.get("")
async def officers(here: Here) -> Response:
    return await people_page(here)


@router.post("")
async def add_officer(form: Form, here: Here) -> Response:
    """Add one, and show the code."""
    services = here.services
    try:
        code = await add(
            services.store,
            services.clock(),
            unit=form.get("unit", ""),
            name=form.get("name", ""),
            leader="leader" in form,
            staff="staff" in form,
        )
    except Refusal as refusal:
        return await people_page(here, str(refusal), refused=True)
    return await people_page(here, code=code)


@router.post("/{officer}/code")
async def give_code(officer: str, here: Here) -> Response:
    """A code for another address."""
    try:
        code = await new_code(here.services.store, here.services.clock(), officer)
    except Refusal as refusal:
        return await people_page(here, str(refusal), refused=True)
    return await people_page(here, code=code)


@router.post("/{officer}/leave")
async def unlink(officer: str, here: Here) -> Response:
    """They left: no address of theirs gets anything of the unit any more."""
    try:
        said = await leave(here.services.store, officer)
    except Refusal as refusal:
        return await people_page(here, str(refusal), refused=True)
    return await people_page(here, said)


async def people_page(here: Pages, said: str = "", *, refused: bool = False, code: Code | None = None) -> Response:
    store = here.services.store
    units = await store.units()
    names = {unit.code: unit.name for unit in units}
    html = here.render(
        "people.html",
        officers=await store.officers(),
        units=units,
        unit_names=names,
        said=code.sentence if code else said,
        wrong=refused,
    )
    return HTMLResponse(html, status.HTTP_422_UNPROCESSABLE_CONTENT if refused else status.HTTP_200_OK)
