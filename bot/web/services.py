"""What the web needs from the rest, handed over as values by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from bot.channels import Limits
from bot.channels.browser import BrowserChannel
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """`wake` nudges the worker after something was received; `tries` are the three things to try (demo only).

    `demo`: visitors of this machine may take the part of a sample officer and see the staff side without a password.
    `limits` by channel name: what staff tell officers is fitted to them.
    `staff_password` None or empty: outside the demo the staff desk stays closed.
    """

    store: Store
    channel: BrowserChannel
    wake: Callable[[], None]
    clock: Callable[[], datetime]
    zone: tzinfo
    title: str
    demo: bool = False
    staff_password: str | None = None
    tries: tuple[str, ...] = ()
    limits: Mapping[str, Limits] = field(default_factory=dict)
