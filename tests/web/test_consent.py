"""Staff connect the Official Account: the page, the way to Zalo's and back; against the emulated OAuth."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from web_world import ELSEWHERE, NOW
from zalo_oa_server import zalo_oa_server

from bot.channels.zalo_oa_tokens import STATE, Consent, Tokens

PAGE = "/staff/zalo-oa"
PUBLIC = "https://tro-ly.example"
HTML = {"accept": "text/html"}


@pytest.fixture
def server():
    with zalo_oa_server() as started:
        started.clock.now = NOW
        yield started


@pytest.fixture
async def account(server, world):
    given = {"app_id": server.app_id, "oauth_url": server.oauth_url}
    given |= {"states": world.store, "clock": lambda: server.clock.now}
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Consent(Tokens(client, app_secret=server.app_secret, **given), **given)


@pytest.fixture
async def staff(world, visit, account):
    web = world.web(staff_password="mật khẩu", zalo_oa=account, public_url=PUBLIC)
    async with visit(web, auth=("lan", "mật khẩu"), headers=HTML) as client:
        yield client


async def asked(staff) -> dict[str, str]:
    """What Zalo's page is asked by the button."""
    answer = await staff.post(f"{PAGE}/connect")
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def test_from_the_button_to_zalo_and_back(staff, server, world):
    assert "Chưa kết nối" in (await staff.get(PAGE)).text
    query = await asked(staff)
    assert (query["app_id"], query["redirect_uri"]) == (server.app_id, f"{PUBLIC}{PAGE}/callback")
    back = {"code": server.consent(query["code_challenge"]), "oa_id": server.oa_id, "state": query["state"]}
    answer = await staff.get(f"{PAGE}/callback", params=back)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?done=1")
    shown = (await staff.get(answer.headers["location"])).text
    assert "Đã kết nối Zalo OA." in shown
    assert "thứ Hai 23/11/2026, 09:00" in shown
    kept = await world.store.state(STATE)
    assert kept["access"] == server.tokens[0].access
    assert not any(token in shown for token in (server.tokens[0].access, server.tokens[0].refresh))


async def test_what_came_back_counts_once_and_in_time(staff, server):
    query = await asked(staff)
    forged = {"code": server.consent(query["code_challenge"]), "state": "x" * 43}
    for back in (forged, {}, {"code": "c"}, {"error": "access_denied"}):
        answer = await staff.get(f"{PAGE}/callback", params=back)
        assert (answer.status_code, "để làm lại" in answer.text) == (400, True)
    assert server.tokens == []
    right = {"code": server.consent(query["code_challenge"]), "state": query["state"]}
    assert (await staff.get(f"{PAGE}/callback", params=right)).status_code == 303
    assert (await staff.get(f"{PAGE}/callback", params=right)).status_code == 400
    late = await asked(staff)
    server.clock.advance(minutes=11)
    back = {"code": server.consent(late["code_challenge"]), "state": late["state"]}
    assert (await staff.get(f"{PAGE}/callback", params=back)).status_code == 400
    assert len(server.tokens) == 1


async def test_zalos_refusal_is_one_sentence(staff, server):
    query = await asked(staff)
    answer = await staff.get(f"{PAGE}/callback", params={"code": "spent", "state": query["state"]})
    assert (answer.status_code, "-14006" in answer.text) == (502, True)
    assert "Chưa kết nối" in answer.text


async def test_a_connection_that_is_over_says_so(staff, server, account):
    query = await asked(staff)
    await account.complete(server.consent(query["code_challenge"]), query["state"])
    assert "Kết nối lại" in (await staff.get(PAGE)).text
    server.clock.advance(days=91)
    assert "đồng ý lại" in (await staff.get(PAGE)).text


async def test_a_browser_may_follow_the_button_to_zalo(staff):
    policy = (await staff.get(PAGE)).headers["content-security-policy"]
    assert "form-action" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_only_staff_and_only_from_this_page(world, visit, account):
    web = world.web(staff_password="mật khẩu", zalo_oa=account, public_url=PUBLIC)
    async with visit(web) as stranger:
        for method, path in [("GET", PAGE), ("POST", f"{PAGE}/connect"), ("GET", f"{PAGE}/callback")]:
            assert (await stranger.request(method, path)).status_code == 401
    async with visit(web, auth=("lan", "mật khẩu"), headers={"Origin": ELSEWHERE}) as lured:
        assert (await lured.post(f"{PAGE}/connect")).status_code == 403
    assert await world.store.state("zalo_oa_consent") is None


async def test_without_an_account_or_an_address_there_is_no_button(world, visit, account):
    async with visit(world.web(staff_password="x"), auth=("lan", "x")) as staff:
        assert (await staff.get(PAGE)).json() == {"detail": "Kênh Zalo OA chưa được cài đặt trên máy chủ này."}
    async with visit(world.web(staff_password="x", zalo_oa=account), auth=("lan", "x")) as staff:
        page = (await staff.get(PAGE)).text
        assert ("THIDUA_PUBLIC_URL" in page, "/connect" in page) == (True, False)
        assert (await staff.post(f"{PAGE}/connect")).status_code == 409
