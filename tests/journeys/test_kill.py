"""Killed after any step of the message flow, the officer's view afterwards is the same as without the kill."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.messages import Address
from bot.store import Store

MORTAL = Path(__file__).with_name("mortal.py")
MESSAGES = [
    ["m1", "Hồ sơ đề nghị khen thưởng lập thành mấy bộ?"],
    ["m2", "nộp báo cáo"],
    ["m3", "1"],
    ["m4", "Đơn vị đã tổ chức 03 hội nghị, 120 lượt người dự, phổ biến đầy đủ các văn bản của cấp trên."],
    ["m5", "hạn nộp báo cáo tổng kết là ngày nào?"],
]
STEPS = ["received", "claimed", "answered", "decided", "committed", "sending", "sent", "marked"]
REFERENCE = re.compile(r"\b\d{4}-[2-9A-HJ-NP-Z]{6}\b")


@pytest.fixture(scope="module")
def prepared(demo_data, tmp_path_factory):
    """The demo's data, with the first sample officer at the mortal's address."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    shutil.copytree(demo_data, folder)

    async def link():
        store = Store(f"sqlite:///{folder / 'thidua.db'}")
        officer = (await store.officers())[0]
        await store.put_officer(replace(officer, addresses=(Address("browser", "mortal"),)))
        await store.close()

    asyncio.run(link())
    return folder


def run(data: Path, *kill: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MORTAL), str(data), json.dumps(MESSAGES), *kill]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def view(result: subprocess.CompletedProcess[str]) -> list[list[object]]:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def unharmed(prepared, tmp_path_factory):
    data = tmp_path_factory.mktemp("unharmed") / "data"
    shutil.copytree(prepared, data)
    return view(run(data))


def test_the_journey_is_one(unharmed):
    said = "\n".join(text for direction, text, _ in unharmed if direction == "out")
    assert len([line for line in unharmed if line[0] == "in"]) == len(MESSAGES)
    assert "120 lượt người dự" not in said.split("phổ biến đầy đủ")[0][:200]
    assert len(unharmed) > 2 * len(MESSAGES)


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_a_step_the_view_is_the_same(step, prepared, unharmed, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    first = run(data, step, "1")
    last = run(data, step, "2")
    assert -signal.SIGKILL in {first.returncode, last.returncode}, f"no {step} was reached"
    assert view(run(data)) == unharmed
