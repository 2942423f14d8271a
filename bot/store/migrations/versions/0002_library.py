"""The library: documents, provisions, passages, amendments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


# An `ingest` by itself may have made these already, see `Library.create`.
def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("issued", sa.Date),
        sa.Column("in_force_from", sa.Date),
        sa.Column("in_force_to", sa.Date),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("transition", sa.Text, nullable=False),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("short_names", sa.JSON, nullable=False),
        sa.Column("replaces", sa.JSON, nullable=False),
        sa.Column("replaced_by", sa.JSON, nullable=False),
        sa.Column("amends", sa.JSON, nullable=False),
        sa.Column("amended_by", sa.JSON, nullable=False),
        sa.Column("implements", sa.JSON, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("content", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_table(
        "amendments",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("by_path", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["documents.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", "position"),
        if_not_exists=True,
    )
    op.create_index("ix_amendments_document", "amendments", ["document"], if_not_exists=True)
    op.create_table(
        "passages",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("headings", sa.JSON, nullable=False),
        sa.Column("window", sa.Integer, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.ForeignKeyConstraint(["owner"], ["documents.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", "position"),
        sa.UniqueConstraint("id"),
        if_not_exists=True,
    )
    op.create_table(
        "provisions",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("marker", sa.Text),
        sa.Column("heading", sa.Text),
        sa.ForeignKeyConstraint(["owner"], ["documents.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner", "position"),
        if_not_exists=True,
    )
