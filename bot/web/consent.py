"""Where staff connect the Zalo Official Account: how it stands, the way to Zalo's page of consent, and back.

No token is shown or passes through the browser. What Zalo sends staff back with counts once, within ten minutes, and
only for the consent that this page asked for last (`bot.channels.zalo_oa_tokens`).
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.channels import Forged, SendError
from bot.channels.zalo_oa_codes import CONSENT_PAGE
from bot.channels.zalo_oa_tokens import Consent
from bot.web.rendering import Here, Pages
from bot.web.staff import staff

NOT_MOUNTED: Final = "Kênh Zalo OA chưa được cài đặt trên máy chủ này."
NO_PUBLIC_URL: Final = "Chưa đặt địa chỉ công khai của trợ lý (THIDUA_PUBLIC_URL) nên chưa kết nối được."
NOT_OURS: Final = "Lần đồng ý này đã quá 10 phút hoặc không do trang này mở. Xin bấm “Kết nối Zalo OA” để làm lại."
CONNECTED: Final = "Đã kết nối Zalo OA."
# As everywhere else, but without `form-action`: browsers apply it to where a form's answer leads, here to Zalo's pages.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


async def mounted(here: Here) -> Consent:
    """The account's consent; raises 404 where there is no account."""
    if here.services.zalo_oa is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, NOT_MOUNTED)
    return here.services.zalo_oa


Account = Annotated[Consent, Depends(mounted)]
router = APIRouter(prefix=CONSENT_PAGE, dependencies=[Depends(staff)], include_in_schema=False)


@router.get("")
async def page(account: Account, here: Here, done: str = "") -> Response:
    return await consent_page(here, account, CONNECTED if done else "")


@router.post("/connect")
async def connect(account: Account, here: Here) -> Response:
    """To Zalo's page."""
    back = callback_url(here)
    if back is None:
        return await consent_page(here, account, NO_PUBLIC_URL, refused=status.HTTP_409_CONFLICT)
    return RedirectResponse(await account.consent_url(back), status.HTTP_303_SEE_OTHER)


@router.get("/callback")
async def callback(account: Account, here: Here, code: str = "", state: str = "") -> Response:
    """Back from it; then to a page whose address has no code in it."""
    try:
        await account.complete(code, state)
    except Forged:
        return await consent_page(here, account, NOT_OURS, refused=status.HTTP_400_BAD_REQUEST)
    except SendError as error:
        return await consent_page(here, account, str(error), refused=status.HTTP_502_BAD_GATEWAY)
    return RedirectResponse(f"{CONSENT_PAGE}?done=1", status.HTTP_303_SEE_OTHER)


def callback_url(here: Pages) -> str | None:
    """The address that is registered with Zalo."""
    public = here.services.public_url
    return f"{public.rstrip('/')}{CONSENT_PAGE}/callback" if public else None


async def consent_page(here: Pages, account: Consent, said: str, *, refused: int | None = None) -> Response:
    html = here.render(
        "consent.html",
        connection=await account.status(),
        page=CONSENT_PAGE,
        callback=callback_url(here),
        no_public_url=NO_PUBLIC_URL,
        said=said,
        wrong=refused is not None,
    )
    return HTMLResponse(html, refused or status.HTTP_200_OK, headers={"Content-Security-Policy": POLICY})
