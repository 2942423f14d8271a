"""Messengers: unreachable addresses, what a message was sent as, kept files, states with a lock, alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("officers", sa.Column("staff", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("addresses", sa.Column("gone", sa.String))
    op.add_column("inbox", sa.Column("said_at", MOMENT))
    op.add_column("inbox", sa.Column("handled_at", MOMENT))
    op.add_column("outbox", sa.Column("sent_as", sa.String))
    op.add_column("outbox", sa.Column("officer", sa.String))
    op.create_table(
        "files",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("mime", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
    )
    op.create_table(
        "states",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("body", sa.JSON),
        sa.Column("claim", sa.String),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_states"),
    )
    op.create_table(
        "alerts",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("cleared_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_alerts"),
    )
