"""The demo as a newcomer meets it: the real command, a real browser, one officer's path from question to staff side.

Screenshots are left in the test's temporary folder; `THIDUA_SCREENSHOTS=DIR` keeps them elsewhere, to be looked at.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import NEEDS_CHROMIUM

ROOT = Path(__file__).parents[2]
READY_WITHIN = 180  # seconds, the sample library's indexing included
ANSWER_WITHIN = 30_000  # milliseconds

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`thidua demo` on a port of its own, over a data folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = tmp_path_factory.mktemp("demo")
    settings = {"THIDUA_DATA_DIR": str(data), "THIDUA_PORT": str(port), "THIDUA_HOST": "127.0.0.1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")}
    with (data / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"], cwd=ROOT, env=kept | settings, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_ready(process, base, data / "log")
        yield base
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], base: str, log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            httpx.get(f"{base}/static/page.css").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"the demo did not start:\n{log.read_text()[-3000:]}")


class Page:
    """The page as an officer uses it; remembers what went wrong and what was asked of other hosts."""

    def __init__(self, context, base: str, pictures: Path) -> None:
        self.base, self.pictures = base, pictures
        self.page = context.new_page()
        self.page.set_default_timeout(ANSWER_WITHIN)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        self.page.on(
            "request", lambda request: None if request.url.startswith(base) else self.wrong.append(request.url)
        )
        self.page.goto(base)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def write(self, text: str) -> str:
        """Type and press Enter; the text of the answer."""
        before = self.answers
        self.page.get_by_label("Tin nhắn của anh/chị").fill(text)
        self.page.keyboard.press("Enter")
        return self.answered(before)

    def press(self, label: str) -> str:
        """Press one of the choices last offered; the text of the answer."""
        before = self.answers
        self.last.get_by_role("button", name=label).first.click()
        return self.answered(before)

    def answered(self, before: int) -> str:
        self.page.locator("#messages .bot").nth(before).wait_for()
        self.page.wait_for_timeout(600)  # what belongs to the same answer has come too
        return " ".join(self.page.locator("#messages .bot").all_inner_texts()[before:])

    @property
    def answers(self) -> int:
        return self.page.locator("#messages .bot").count()

    @property
    def last(self):
        return self.page.locator("#messages .bot").last

    def staff_sees(self, unit: str, text: str) -> None:
        self.page.locator("#board .unit", has_text=unit).get_by_text(text, exact=True).first.wait_for()


def test_an_officer_asks_fills_in_asks_in_the_middle_and_staff_see_it(demo, chromium, pictures):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    page = Page(context, demo, pictures)
    page.picture("1-mo-trang")
    page.staff_sees("Phòng Kinh tế", "chưa bắt đầu")

    answer = page.write("han nop bao cao tong ket la ngay nao")
    assert "chậm nhất là ngày 10/12/2026" in answer
    assert "Hướng dẫn 27/HD-HĐTĐKT, mục IV.1" in answer
    page.picture("2-hoi-dap")

    listing = page.write("Nộp báo cáo")
    assert "Đã xong 0" in listing
    step = page.press("chưa làm")
    assert "Phần 1/" in step
    assert page.last.locator("blockquote").count() == 1, "the hint is quoted"
    page.picture("3-bat-dau-bao-cao")
    page.write("Đơn vị đã phổ biến 05 văn bản tại 03 hội nghị với 120 lượt người dự.")
    page.staff_sees("Phòng Kinh tế", "đang soạn")

    field = page.last.locator("strong").last.inner_text()
    middle = page.write("Hồ sơ đề nghị khen thưởng gồm những gì?")
    assert "Hướng dẫn 27/HD-HĐTĐKT" in middle
    assert field in middle, "back at the same step"
    page.picture("4-hoi-giua-chung")

    shown = page.page.locator("#messages > li").count()
    page.page.reload()
    assert page.page.locator("#messages > li").count() == shown

    before = page.answers
    page.page.locator("#messages .bot", has_text="Đã xong 0").get_by_role("button").first.click()
    assert "cũ" in page.answered(before)

    page.page.goto(f"{demo}/staff")
    page.page.get_by_role("link", name="Phòng Kinh tế").click()
    assert "120 lượt người dự" in page.page.locator("main").inner_text()
    page.picture("5-ban-thuong-truc")
    assert page.wrong == []
    context.close()


def test_it_fits_a_telephone(demo, chromium, pictures):
    telephone = {"width": 390, "height": 844}
    context = chromium.new_context(viewport=telephone, is_mobile=True, has_touch=True, device_scale_factor=2)
    page = Page(context, demo, pictures)
    page.write("Nộp báo cáo")
    page.picture("6-dien-thoai")
    page.page.get_by_role("button", name="Phía thường trực").click()
    page.staff_sees("Phòng Kinh tế", "mục I.1")
    page.picture("7-dien-thoai-thuong-truc")
    for path in ("/", "/staff"):
        page.page.goto(demo + path)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= telephone["width"]
    assert page.wrong == []
    context.close()


def test_what_could_not_be_sent_is_kept_and_taken_once(demo, chromium, pictures):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    page = Page(context, demo, pictures)
    context.set_offline(True)
    page.page.get_by_label("Tin nhắn của anh/chị").fill("Xin chào")
    page.page.keyboard.press("Enter")
    again = page.page.get_by_role("button", name="Gửi lại")
    again.wait_for()
    page.picture("8-mat-ket-noi")
    context.set_offline(False)
    again.click()
    assert page.answered(0)
    page.page.reload()
    assert page.page.locator("#messages .own").all_inner_texts()[0].count("Xin chào") == 1
    assert page.page.locator("#messages .own").count() == 1
    context.close()
