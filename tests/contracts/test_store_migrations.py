"""What the migrations make is what the metadata says, on both databases, from nothing and twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from bot.store.database import driver_url
from bot.store.errors import Unavailable
from bot.store.migrate import migrate
from bot.store.tables import metadata
from knowledge.library import Library
from knowledge.library import metadata as library


def differences(url):
    engine = create_engine(driver_url(url, sync=True), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, [metadata, library])


def test_from_nothing_to_the_metadata(empty_database):
    assert differences(empty_database)
    migrate(empty_database)
    assert differences(empty_database) == []


def test_again_changes_nothing(empty_database):
    migrate(empty_database)
    migrate(empty_database)
    assert differences(empty_database) == []


def test_a_library_that_made_its_own_tables_is_taken_over(empty_database):
    records = Library(str(driver_url(empty_database, sync=True).render_as_string(hide_password=False)))
    records.create()
    records.close()
    migrate(empty_database)
    assert differences(empty_database) == []


async def test_two_processes_starting_together(empty_database):
    script = "import sys; from bot.store.migrate import migrate; migrate(sys.argv[1])"
    command = [sys.executable, "-W", "error", "-c", script, empty_database]
    started = [await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE) for _ in range(2)]
    for process in started:
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    assert differences(empty_database) == []


@pytest.mark.parametrize("url", ["mysql://me:secret@localhost/x", "postgresql+psycopg://me:secret@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_used_is_refused_without_its_password(url):
    with pytest.raises(Unavailable) as refused:
        migrate(url)
    assert "secret" not in str(refused.value)
