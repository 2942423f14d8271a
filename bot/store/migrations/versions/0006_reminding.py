"""Reminders of several kinds, several in one message; pauses that officers asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Nothing was ever planned for a part of a submission: the column was empty, and is part of what makes a row unique.
    op.execute("ALTER TABLE reminders RENAME COLUMN section TO kind")
    op.execute("UPDATE reminders SET kind = 'remind'")
    op.add_column("reminders", sa.Column("was", MOMENT))
    op.add_column("reminders", sa.Column("sent_with", sa.BigInteger().with_variant(sa.Integer, "sqlite")))
    op.execute(
        "UPDATE reminders SET sent_with = id WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.reminder = reminders.id)"
    )
    op.create_index("ix_reminders_sent_with", "reminders", ["sent_with"])
    op.create_table(
        "pauses",
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("until", MOMENT),
        sa.ForeignKeyConstraint(["officer"], ["officers.code"], name="fk_pauses_officer"),
        sa.PrimaryKeyConstraint("officer", "campaign", name="pk_pauses"),
    )
