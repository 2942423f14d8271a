"""The store: people, campaigns, reminders, and what is received and decided."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
# SQLite counts up only in a column that is called exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    people()
    campaigns()
    received()
    reminders()
    decided()


def people() -> None:
    op.create_table(
        "units",
        sa.Column("code", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("predecessors", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_units"),
    )
    op.create_table(
        "officers",
        sa.Column("code", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("leader", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_officers_unit"),
        sa.PrimaryKeyConstraint("code", name="pk_officers"),
    )
    op.create_index("ix_officers_unit", "officers", ["unit"])
    op.create_table(
        "addresses",
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.ForeignKeyConstraint(["officer"], ["officers.code"], name="fk_addresses_officer"),
        sa.PrimaryKeyConstraint("channel", "address", name="pk_addresses"),
    )
    op.create_index("ix_addresses_officer", "addresses", ["officer"])
    op.create_table(
        "codes",
        sa.Column("code", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["officer"], ["officers.code"], name="fk_codes_officer"),
        sa.PrimaryKeyConstraint("code", name="pk_codes"),
    )
    op.create_index("ix_codes_officer", "codes", ["officer"])
    op.create_table(
        "code_tries",
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", "code", name="pk_code_tries"),
    )


def campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name="pk_campaigns"),
    )
    op.create_table(
        "submissions",
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reference", sa.String),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign", "version"], ["campaigns.id", "campaigns.version"], name="fk_submissions_campaign_version"
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_submissions_unit"),
        sa.PrimaryKeyConstraint("campaign", "unit", name="pk_submissions"),
        sa.UniqueConstraint("reference", name="uq_submissions_reference"),
    )


def received() -> None:
    op.create_table(
        "conversations",
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name="pk_conversations"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("claim", sa.String),
        sa.Column("claimed_at", MOMENT),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "message", name="uq_inbox_channel_message"),
    )
    op.create_index("ix_inbox_state", "inbox", ["state", "id"])
    op.create_index("ix_inbox_state_address", "inbox", ["state", "channel", "address", "id"])


def reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("deadline", sa.String, nullable=False),
        sa.Column("deadline_version", sa.Integer, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("offset", sa.Integer, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("claim", sa.String),
        sa.Column("claimed_at", MOMENT),
        sa.Column("lease_until", MOMENT),
        sa.ForeignKeyConstraint(["officer"], ["officers.code"], name="fk_reminders_officer"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_reminders_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint(
            "campaign", "deadline", "deadline_version", "unit", "section", "offset", "officer", name="uq_reminders_plan"
        ),
    )
    op.create_index("ix_reminders_officer", "reminders", ["officer", "campaign", "deadline", "not_before"])
    op.create_index("ix_reminders_state", "reminders", ["state", "not_before"])


def decided() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("reminder", ID),
        sa.Column("claim", sa.String),
        sa.Column("lease_until", MOMENT),
        sa.ForeignKeyConstraint(["reminder"], ["reminders.id"], name="fk_outbox_reminder"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "channel", "address", "id"])
    op.create_table(
        "dialogue",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("inbox", ID),
        sa.Column("outbox", ID),
        sa.ForeignKeyConstraint(["inbox"], ["inbox.id"], name="fk_dialogue_inbox"),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.id"], name="fk_dialogue_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_dialogue"),
    )
    op.create_index("ix_dialogue_address", "dialogue", ["channel", "address", "id"])
