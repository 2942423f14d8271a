"""What the store refuses.

StoreError            nothing was changed
├── Conflict          what is stored differs from what was read, or clashes with what is to be stored
└── Lost              the row is not claimed by us any more: somebody else has it or had it
"""


class StoreError(Exception):
    """The store refused; nothing was changed."""


class Conflict(StoreError):
    """Somebody else changed it meanwhile, or a unique name is taken."""


class Lost(StoreError):
    """The claim on this row is gone."""


class Unavailable(StoreError):
    """There is no database at this URL that we know how to use."""
