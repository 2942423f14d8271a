"""What the web needs from the rest, handed over as values by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from bot.channels import Heard, Limits, Messenger
from bot.channels.browser import BrowserChannel
from bot.channels.zalo_oa_tokens import Consent
from bot.checks import Validity
from bot.links import Links
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """`wake` nudges the worker after something was received; `tries` are the three things to try (demo only).

    `data_dir`: where files are written, if anywhere; `works`: a worker should be running in this process.
    `demo`: visitors of this machine may take the part of a sample officer and see the staff side without a password.
    `limits` by channel name: what staff tell officers is fitted to them.
    `staff_password` None or empty: outside the demo the staff desk stays closed. `messengers`: the mounted ones by
    name; `hear` keeps what they heard. `links` None: there is no public address, so none can be made.
    `zalo_oa`: how the Zalo Official Account is connected, None where there is none. `public_url`: where we are reached.
    `validity`: what the library knows of documents, by `number_key`.
    """

    store: Store
    channel: BrowserChannel
    wake: Callable[[], None]
    clock: Callable[[], datetime]
    zone: tzinfo
    title: str
    data_dir: Path | None = None
    works: bool = False
    demo: bool = False
    staff_password: str | None = None
    tries: tuple[str, ...] = ()
    limits: Mapping[str, Limits] = field(default_factory=dict)
    messengers: Mapping[str, Messenger] = field(default_factory=dict)
    hear: Callable[[Messenger, Heard], Awaitable[object]] | None = None
    links: Links | None = None
    zalo_oa: Consent | None = None
    public_url: str | None = None
    validity: Callable[[], Mapping[str, Validity]] | None = None
