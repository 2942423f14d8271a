"""The tables. Every promise to somebody is a row; nothing is deleted but spent codes, who wrote where and
files that nothing needs.

Moments are stored in UTC and are aware on both sides. Values whose fields nobody queries are one JSON column, `body`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without its time zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- the signature is SQLAlchemy's
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite counts up only in a column that is called exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

units = Table(
    "units",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("predecessors", JSON, nullable=False),
    Column("block", String, nullable=False, server_default=""),
)

officers = Table(
    "officers",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("unit", ForeignKey(units.c.code), nullable=False, index=True),
    Column("leader", Boolean, nullable=False),
    Column("staff", Boolean, nullable=False, server_default=false()),
)

addresses = Table(
    "addresses",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("officer", ForeignKey(officers.c.code), nullable=False, index=True),
    Column("used_at", Moment),
    Column("gone", String),  # why it cannot be reached any more
)

codes = Table(
    "codes",
    metadata,
    Column("code", String, primary_key=True),
    Column("officer", ForeignKey(officers.c.code), nullable=False, index=True),
    Column("expires_at", Moment, nullable=False),
)

# Wrong codes only; the same wrong code again is the same try, so that an event handled twice counts once.
code_tries = Table(
    "code_tries",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("at", Moment, nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("open", Boolean, nullable=False),
    Column("body", JSON, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("unit", ForeignKey(units.c.code), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reference", String, unique=True),
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    ForeignKeyConstraint(["campaign", "version"], [campaigns.c.id, campaigns.c.version]),
)

# Who writes in which section, until when nobody else may.
editors = Table(
    "editors",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("unit", String, primary_key=True),
    Column("section", String, primary_key=True),
    Column("officer", String, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("body", JSON, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("message", String, nullable=False),
    Column("address", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", String, nullable=False),
    Column("not_before", Moment),
    Column("said_at", Moment),
    Column("handled_at", Moment),
    Column("claim", String),
    Column("claimed_at", Moment),
    Column("lease_until", Moment),
    UniqueConstraint("channel", "message"),
    Index("ix_inbox_state", "state", "id"),
    Index("ix_inbox_state_address", "state", "channel", "address", "id"),
)

PLAN = ("campaign", "deadline", "deadline_version", "unit", "kind", "offset", "officer")  # what makes one unique
reminders = Table(
    "reminders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign", String, nullable=False),
    Column("deadline", String, nullable=False),
    Column("deadline_version", Integer, nullable=False),
    Column("unit", ForeignKey(units.c.code), nullable=False),
    Column("kind", String, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("officer", ForeignKey(officers.c.code), nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("was", Moment),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("done_at", Moment),
    Column("sent_with", Id, index=True),  # the reminder that the outbox names for all that went in one message
    Column("claim", String),
    Column("claimed_at", Moment),
    Column("lease_until", Moment),
    UniqueConstraint(*PLAN, name="uq_reminders_plan"),
    Index("ix_reminders_state", "state", "not_before"),
    Index("ix_reminders_officer", "officer", "campaign", "deadline", "not_before"),
)

# Until when an officer wants no reminders of a campaign; no moment: until they say otherwise.
pauses = Table(
    "pauses",
    metadata,
    Column("officer", ForeignKey(officers.c.code), primary_key=True),
    Column("campaign", String, primary_key=True),
    Column("until", Moment),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("body", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", String, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("not_before", Moment),
    Column("sent_at", Moment),
    Column("sent_as", String),  # the channel's own id of it
    Column("reminder", ForeignKey(reminders.c.id)),
    Column("officer", String),  # whom it is for, wherever they are reached; None: an answer, for its address alone
    Column("claim", String),
    Column("lease_until", Moment),
    Index("ix_outbox_state", "state", "channel", "address", "id"),
)

# One order over both directions of an address: a row for every message, received or decided.
dialogue = Table(
    "dialogue",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("inbox", ForeignKey(inbox.c.id)),
    Column("outbox", ForeignKey(outbox.c.id)),
    Index("ix_dialogue_address", "channel", "address", "id"),
)

# Bytes that officers sent and documents made for them; `id` is the SHA-256 of the content.
files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("mime", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

# Small values that must survive (a channel's token pair, a secret of our own), each with a lock of its own.
states = Table(
    "states",
    metadata,
    Column("name", String, primary_key=True),
    Column("body", JSON),
    Column("claim", String),
    Column("lease_until", Moment),
)

# What staff must know and act on; once a key until it is cleared.
alerts = Table(
    "alerts",
    metadata,
    Column("key", String, primary_key=True),
    Column("text", String, nullable=False),
    Column("raised_at", Moment, nullable=False),
    Column("cleared_at", Moment),
    Column("told_at", Moment),  # when it was sent to them, this time
)
