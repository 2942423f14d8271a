"""Units belong to a cụm or khối thi đua."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("units", sa.Column("block", sa.String, nullable=False, server_default=""))
