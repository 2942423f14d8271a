"""What must not be forgotten: inbox, outbox, conversations, people, campaigns, submissions, reminders.

Everything is a row.

Rules of this package
1. One event is one transaction (`Store.commit`): all of what it changed, or nothing.
2. Work is claimed with a lease; killed in the middle, it is claimed again when that ends. A claim that is gone: Lost.
3. What somebody else changed since it was read is never overwritten: Conflict. Read again, decide again.
4. Values in, values out; moments are aware and come back in UTC; nothing of SQLAlchemy leaves this package.
5. SQLite and PostgreSQL keep the same contract, written once in `tests/contracts`.

Errors
    StoreError            nothing was changed
    ├── Conflict          what is stored differs from what was read, or clashes with what is to be stored
    ├── Lost              the row is not claimed by us any more
    └── Unavailable       there is no database at this URL that we know how to use
"""

from bot.store.errors import Conflict, Lost, StoreError, Unavailable
from bot.store.keeping import Alert
from bot.store.store import Store
from bot.store.values import (
    Done,
    Fate,
    InboxRow,
    InboxState,
    Json,
    Line,
    OutboxRow,
    OutboxState,
    ReminderRow,
    from_json,
    to_json,
)

__all__ = [
    "Alert",
    "Conflict",
    "Done",
    "Fate",
    "InboxRow",
    "InboxState",
    "Json",
    "Line",
    "Lost",
    "OutboxRow",
    "OutboxState",
    "ReminderRow",
    "Store",
    "StoreError",
    "Unavailable",
    "from_json",
    "to_json",
]
