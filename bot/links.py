"""Links that carry their own permission, for channels that cannot carry files: signed, short-lived, for one purpose.

A link is `{public URL}/{purpose}/{payload}.{signature}`: JSON in base64url, and HMAC-SHA256 (RFC 2104) over purpose and
payload. Nothing is stored for it; who holds it may do the one thing it names until it expires.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.messages import Address

UPLOAD, DOWNLOAD = "gui-tep", "tai-ve"
UPLOAD_LIFE: Final = timedelta(minutes=30)
DOWNLOAD_LIFE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Upload:
    """The right to send files for one section of a unit's submission, given to an officer at an address."""

    address: Address
    officer: str
    campaign: str
    section: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Download:
    """The right to fetch one kept file under a name."""

    file: str
    name: str


class Links:
    """`secret` is ours alone and the same in every process; `public_url` is where officers reach our web part."""

    def __init__(self, secret: bytes, public_url: str, clock: Callable[[], datetime]) -> None:
        self._secret, self._base, self._clock = secret, public_url.rstrip("/"), clock

    def upload(self, address: Address, officer: str, campaign: str, section: str) -> str:
        """A link to send files for a section by."""
        claims = {"c": address.channel, "a": address.id, "o": officer, "k": campaign, "s": section}
        return self._link(UPLOAD, claims, UPLOAD_LIFE)

    def download(self, file_id: str, name: str) -> str:
        """A link to fetch a kept file by."""
        return self._link(DOWNLOAD, {"f": file_id, "n": name}, DOWNLOAD_LIFE)

    def read_upload(self, token: str) -> Upload | None:
        """What an upload link allows; None if it is not ours, altered or expired."""
        match self._read(UPLOAD, token):
            case {"c": str(c), "a": str(a), "o": str(o), "k": str(k), "s": str(s), "e": int(e)}:
                return Upload(Address(c, a), o, k, s, datetime.fromtimestamp(e, self._clock().tzinfo))
            case _:
                return None

    def read_download(self, token: str) -> Download | None:
        """What a download link allows; None if it is not ours, altered or expired."""
        match self._read(DOWNLOAD, token):
            case {"f": str(file), "n": str(name)}:
                return Download(file, name)
            case _:
                return None

    def _link(self, purpose: str, claims: dict[str, Any], life: timedelta) -> str:
        body = json.dumps(claims | {"e": int((self._clock() + life).timestamp())}, separators=(",", ":"))
        payload = _encoded(body.encode())
        return f"{self._base}/{purpose}/{payload}.{self._signature(purpose, payload)}"

    def _signature(self, purpose: str, payload: str) -> str:
        return _encoded(hmac.digest(self._secret, f"{purpose}/{payload}".encode(), hashlib.sha256))

    def _read(self, purpose: str, token: str) -> dict[str, Any] | None:
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(purpose, payload).encode()):
            return None
        try:
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, binascii.Error):
            return None
        match claims:
            case {"e": int(until)} if until > self._clock().timestamp():
                return dict(claims)
            case _:
                return None


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
