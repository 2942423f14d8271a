"""A migrated SQLite database at once: migrated a single time, then copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.migrate import migrate


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "thidua.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()


def fresh_database(folder: Path) -> str:
    """The URL of a new one in this folder."""
    file = folder / "thidua.db"
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"
