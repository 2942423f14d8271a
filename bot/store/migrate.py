"""Bring a database to the newest tables, from wherever it is."""

from __future__ import annotations

from sqlalchemy import create_engine

from bot.store.database import WRITING, driver_url, own_transactions
from bot.store.tables import metadata


def migrate(url: str) -> None:
    engine = create_engine(driver_url(url, sync=True))
    own_transactions(engine)
    with engine.execution_options(**WRITING).begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
