"""The staff desk in a real browser: connecting the Official Account by Zalo's page, and sending again what failed.

Screenshots: see test_demo_page.py.
"""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from browsing import NEEDS_CHROMIUM
from serving import free_port, served, until
from zalo_oa_server import zalo_oa_server

from bot.channels.zalo_oa_tokens import STATE
from bot.config import load
from bot.messages import Address, Outgoing
from bot.officers import Officer
from bot.store import Store
from bot.submissions import Submission
from bot.trouble_wording import NOT_FAILED, TRIED

PASSWORD = "mat-khau-cua-co-quan"
HERE = Address("telegram", "11")
pytestmark = NEEDS_CHROMIUM


@dataclass
class Office:
    """A served office whose Official Account was never connected."""

    url: str
    database: str
    zalo: object

    def ask(self, question):
        async def asked():
            store = Store(self.database)
            try:
                return await question(store)
            finally:
                await store.close()

        with ThreadPoolExecutor(1) as pool:  # the browser's own loop runs in this thread
            return pool.submit(lambda: asyncio.run(asked())).result()


@pytest.fixture(scope="module")
def office(demo_data, tmp_path_factory):
    data = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(demo_data, data)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with zalo_oa_server() as zalo:
        zalo.clock.now = datetime.now(UTC)
        settings = {
            "zalo_oa_app_id": zalo.app_id,
            "zalo_oa_app_secret": zalo.app_secret,
            "zalo_oa_secret_key": zalo.oa_secret,
            "zalo_oa_base_url": zalo.api_url,
            "zalo_oa_oauth_url": zalo.oauth_url,
            "public_url": url,
            "staff_password": PASSWORD,
        }
        with served(data, port=port, **settings):
            yield Office(url, load({"data_dir": data}).database, zalo)


def complains(line, url):
    """Of a page of ours: Zalo's page has no icon here."""
    return line.type == "error" and line.location["url"].startswith(url)


@pytest.fixture
def desk(office, chromium):
    """The desk, opened with the password; `wrong` is what a browser complained of."""
    known = {"username": "Trần Thị D", "password": PASSWORD}
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN", http_credentials=known)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.wrong, page.asked = [], []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda line: page.wrong.append(line.text) if complains(line, office.url) else None)
    page.on("request", lambda request: page.asked.append(f"{request.url} {request.post_data or ''}"))
    page.goto(f"{office.url}/staff")
    yield page
    context.close()


def test_staff_connect_the_account_by_zalos_page(office, desk, pictures):
    desk.locator(".alerts", has_text="chưa được kết nối").wait_for()
    desk.get_by_role("link", name="Zalo OA").click()
    assert "Chưa kết nối" in desk.locator("main").inner_text()
    desk.screenshot(path=pictures / "10-zalo-oa-truoc.png")

    desk.get_by_role("button", name="Kết nối Zalo OA").click()
    desk.get_by_role("heading", name=office.zalo.oa_name).wait_for()
    assert desk.url.startswith(f"{office.zalo.oauth_url}/v4/oa/permission?")
    desk.get_by_role("link", name="Cho phép").click()

    desk.get_by_text("Đã kết nối Zalo OA.").wait_for()
    assert desk.url == f"{office.url}/staff/zalo-oa?done=1", "the code does not stay in the address"
    desk.screenshot(path=pictures / "11-zalo-oa-sau.png")
    [pair] = office.zalo.tokens
    kept = office.ask(lambda store: store.state(STATE))
    assert (kept["access"], kept["refresh"]) == (pair.access, pair.refresh)
    for secret in (pair.access, pair.refresh, office.zalo.app_secret):
        assert secret not in desk.content()
        assert not [asked for asked in desk.asked if secret in asked]

    desk.go_back()
    desk.goto(f"{office.url}/staff/zalo-oa")
    assert desk.get_by_role("button", name="Kết nối lại Zalo OA").is_visible()
    assert until(lambda: office.ask(lambda store: store.alerts()) == [], 30), "the account receives by now"
    desk.goto(f"{office.url}/staff")
    assert desk.locator(".alerts").count() == 0
    assert desk.wrong == []


def fails(office, *texts):
    """Messages to an officer that nobody could deliver."""

    async def failed(store):
        now = datetime.now(UTC)
        await store.put_officer(Officer("CB09", "Phạm Văn Gửi", "PKT", addresses=(HERE,)))
        [campaign] = await store.campaigns()
        submission = await store.submission(campaign.id, "PKT") or Submission(campaign.id, campaign.version, "PKT")
        told = [(HERE, Outgoing(text), f"staff-{text}") for text in texts]
        await store.save_submission(submission, told, at=now)
        while row := await store.claim_outgoing(now, ["telegram"], lease=timedelta(minutes=2)):
            if row.message.text in texts:
                await store.fail(row, "Retry: không kết nối được tới Telegram")
            else:
                await store.sent(row, now)

    office.ask(failed)


def waiting(office):
    return office.ask(lambda store: store.dialogue(HERE))


def test_what_failed_is_sent_again_by_a_button(office, desk, pictures):
    fails(office, "Báo cáo được trả lại để bổ sung.", "Cơ quan thường trực đã tiếp nhận báo cáo.")
    lost = desk.locator(".rows li", has_text="Phạm Văn Gửi")
    lost.nth(1).wait_for()
    desk.locator(".ledger").scroll_into_view_if_needed()
    desk.screenshot(path=pictures / "12-gui-lai.png", full_page=True)
    lost.nth(0).get_by_role("button", name="Gửi lại").click()
    desk.get_by_text(TRIED["sent"]).wait_for()
    assert [line.state for line in waiting(office)] == ["passed", "failed", "queued"]
    assert lost.count() == 1
    desk.screenshot(path=pictures / "13-da-gui-lai.png")

    [left] = office.ask(lambda store: store.undelivered())
    office.ask(lambda store: store.send_again(left, HERE, [left.message], datetime.now(UTC)))  # a colleague was faster
    answer = desk.request.post(f"{office.url}/staff/outbox/{left.id}/again", headers={"Origin": office.url})
    assert (answer.status, NOT_FAILED in answer.text()) == (409, True)
    desk.get_by_text("Mọi tin nhắn đều đã đến nơi.").wait_for()
    assert desk.wrong == []


def test_all_of_it_by_one_button_on_a_telephone(office, chromium, pictures):
    fails(office, "Tin một.", "Tin hai.")
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        device_scale_factor=2,
        http_credentials={"username": "lan", "password": PASSWORD},
    )
    page = context.new_page()
    page.goto(f"{office.url}/staff")
    page.get_by_role("button", name="Thử lại tất cả").wait_for()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.screenshot(path=pictures / "14-dien-thoai-gui-lai.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Thử lại tất cả").click()
    page.get_by_text("gửi lại 2 tin").wait_for()
    assert page.get_by_role("button", name="Gửi lại").count() == 0
    context.close()
