"""Bring a database to the newest tables, from wherever it is: one transaction, one process at a time.

A new step is written by hand as `migrations/versions/NNNN_what.py`; the contract suite compares what all steps make
with the metadata, on both databases.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, func, select

from bot.store.database import WRITING, driver_url, own_transactions


def migrate(url: str) -> None:
    """Create or upgrade all tables of the store and the library. Synchronous; harmless where nothing is to be done."""
    engine = create_engine(driver_url(url, sync=True), poolclass=NullPool)
    own_transactions(engine)
    with engine.execution_options(**WRITING).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("migrate", 0))))
        command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> Config:
    """Alembic's, without a file: its scripts are found in this package, and it works on this connection."""
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    return config
