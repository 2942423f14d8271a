"""What every test may ask for. PostgreSQL, Chromium and ../shared are optional; nothing reaches beyond loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
def migrated(tmp_path_factory) -> Path:
    """An empty database in SQLite with all tables, to be copied."""
    from bot.store.migrate import migrate

    path = tmp_path_factory.mktemp("migrated") / "thidua.db"
    migrate(f"sqlite:///{path}")
    return path


@contextmanager
def data_dir(folder: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THIDUA_DATA_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory):
    """A data folder as `thidua demo` leaves it: samples indexed, sample campaign open. Copy it before changing it."""
    from bot.demo import prepare_demo

    with data_dir(tmp_path_factory.mktemp("demo") / "data") as folder:
        prepare_demo()
    return folder


@pytest.fixture(scope="session")
def corpus_data(shared, request):
    """A data folder with the real texts ingested. Kept between runs: what has not changed is not embedded again."""
    from bot.library_commands import take_in

    kept = request.config.cache.mkdir("corpus")
    with data_dir(kept / "data") as folder:
        assert not take_in([shared / "corpus"]).failed
    return folder


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def thidua(monkeypatch, capsys) -> Callable[..., Ran]:
    """Run the command in this process, as the shell would: thidua("ask", "…", "--json")."""
    from bot.__main__ import main

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["thidua", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return Ran(int(stopped.value.code or 0), out, err)

    return run
