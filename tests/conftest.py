"""What every test may ask for. No test reaches beyond loopback; PostgreSQL, Chromium and ../shared are optional by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real texts, letters and evaluation data."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory):
    """A data folder as `thidua demo` leaves it: samples indexed, sample campaign open. Copy it before changing it."""
    from bot.demo import prepare_demo

    folder = tmp_path_factory.mktemp("demo") / "data"
    before = os.environ.get("THIDUA_DATA_DIR")
    os.environ["THIDUA_DATA_DIR"] = str(folder)
    try:
        prepare_demo()
    finally:
        if before is None:
            del os.environ["THIDUA_DATA_DIR"]
        else:
            os.environ["THIDUA_DATA_DIR"] = before
    return folder
