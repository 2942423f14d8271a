"""Bring a database to the newest tables, from wherever it is: one transaction, one process at a time.

A new step is written by hand as `migrations/versions/NNNN_what.py`; the contract suite compares what all steps make
with the metadata, on both databases.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import WRITING, driver_url, own_transactions
from bot.store.errors import Unavailable


def migrate(url: str) -> None:
    """Create or upgrade all tables of the store and the library; harmless where there is nothing to do.

    Synchronous. Raises Unavailable.
    """
    try:
        engine = create_engine(driver_url(url, sync=True), poolclass=NullPool)
        own_transactions(engine)
        with engine.execution_options(**WRITING).begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("migrate", 0))))
            command.upgrade(configuration(connection), "head")
    except (SQLAlchemyError, ValueError) as error:
        # The URL may carry a password and the driver's words may repeat it: only the kind of failure is told.
        raise Unavailable(type(error).__name__) from None


def configuration(connection: Connection) -> Config:
    """Alembic's, without a file: its scripts are found in this package, and it works on this connection."""
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    return config
