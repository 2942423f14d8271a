from __future__ import annotations

import os
from pathlib import Path

import pytest
from browsing import CHROMIUM, QUIET
from messenger_world import MESSENGERS, Talk, world

TEMPLATE = "7001"


@pytest.fixture(scope="session")
def polled(demo_data, tmp_path_factory):
    """We ask Telegram and Zalo Bot for news; the Official Account has a template."""
    folder = tmp_path_factory.mktemp("polled")
    with world(demo_data, folder, polling=True, names=MESSENGERS, zalo_oa_template=TEMPLATE) as made:
        made.lines["zalo_oa"].server.templates[TEMPLATE] = {"noi_dung"}
        yield made


@pytest.fixture(scope="session")
def called(demo_data, tmp_path_factory):
    """Every messenger calls us; the Official Account has no template."""
    with world(demo_data, tmp_path_factory.mktemp("called"), polling=False, names=MESSENGERS) as made:
        yield made


@pytest.fixture(
    params=["telegram polling", "telegram webhook", "zalo_bot polling", "zalo_bot webhook", "zalo_oa webhook"]
)
def talk(request):
    """A stranger at each messenger, heard in each way; whatever troubles it had are over afterwards."""
    name, how = request.param.split()
    here = request.getfixturevalue("polled" if how == "polling" else "called")
    yield Talk(here, here.lines[name].person())
    here.lines[name].reset()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("THIDUA_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
