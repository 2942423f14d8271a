"""Who writes in which section of a unit's report."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "editors",
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "unit", "section", name="pk_editors"),
    )
