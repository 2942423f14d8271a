"""Officers on Telegram, against a server that speaks its protocol: `thidua serve` as a process of its own."""

from __future__ import annotations

import shutil

import pytest
from serving import served, until
from telegram_server import telegram_server


@pytest.fixture
def data(demo_data, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(demo_data, folder)
    return folder


def test_a_stranger_asks_and_is_answered_with_a_quote(data):
    with telegram_server() as telegram:
        with served(data, telegram_token=telegram.token, telegram_base_url=telegram.url) as running:
            telegram.say(7, "Hồ sơ đề nghị khen thưởng lập thành mấy bộ?")
            assert until(lambda: telegram.sent(7)), running.log
            print(telegram.sent(7), telegram.chats[7].actions)
            print(running.log)
