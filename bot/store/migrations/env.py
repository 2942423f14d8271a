"""Alembic runs this: our tables and the library's, on the connection that `bot.store.migrate` hands over."""

from alembic import context

from bot.store.tables import metadata
from knowledge.library import metadata as library

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[metadata, library],
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
