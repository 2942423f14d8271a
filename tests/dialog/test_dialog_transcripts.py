"""Every transcript in tests/dialogs is what the dialog says today, on a Telegram-like and on a Zalo-like channel.

`THIDUA_REWRITE_DIALOGS=1 pytest tests/dialog` writes them anew; the review happens in the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dialog_player import TELEGRAM_LIKE, ZALO_LIKE, play

DIALOGS = Path(__file__).parent.parent / "dialogs"


@pytest.mark.parametrize("name", sorted(path.name for path in DIALOGS.glob("*.txt")))
def test_transcript(name):
    script = (DIALOGS / name).read_text(encoding="utf-8")
    telegram, by_buttons = play(script, TELEGRAM_LIKE)
    zalo, by_numbers = play(script, ZALO_LIKE)
    if os.environ.get("THIDUA_REWRITE_DIALOGS"):
        (DIALOGS / name).write_text(telegram, encoding="utf-8")
        (DIALOGS / "zalo" / name).write_text(zalo, encoding="utf-8")
    assert by_buttons == by_numbers, "a number must do what the button does"
    assert telegram == (DIALOGS / name).read_text(encoding="utf-8")
    assert zalo == (DIALOGS / "zalo" / name).read_text(encoding="utf-8")


def test_there_are_transcripts():
    assert len(list(DIALOGS.glob("*.txt"))) >= 9
