"""Both of Zalo's messengers with the verbs of drivers.py: the Bot Platform and the Official Account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import loopback
from drivers import PATIENCE, REPLAYED, SECRET, Said, Trouble
from loopback import Emulator
from serving import until
from zalo_bot_server import Person as ZaloBotUser
from zalo_bot_server import ZaloBotServer, failure
from zalo_oa_server import Follower, ZaloOAServer
from zalo_oa_server import failure as oa_failure

from bot.messages import Address


@dataclass
class ZaloLine:
    """What the Bot Platform and the Official Account have in common."""

    server: Emulator
    polling: bool
    held: bool = False
    sends: str = ""  # the method that sends a message
    busy: dict[str, Any] = field(default_factory=dict)  # how it says that we are too fast

    def arrives(self) -> None:
        if not self.held:
            self.deliver()

    def deliver(self) -> None:
        if not self.polling:
            assert not self.server.delay or until(lambda: self.server.updates, PATIENCE)
            self.server.deliver_all()

    def now(self) -> None:
        """Our clock is the real one, so theirs is."""
        self.server.clock.now = datetime.now(UTC)

    @contextmanager
    def together(self, *, newest_first: bool = False) -> Iterator[None]:
        self.server.newest_first = newest_first
        self.held = self.server.held = True
        yield
        self.held = False
        self.server.release()
        self.deliver()

    def repeats(self, times: int) -> None:
        self.server.copies = times

    def delays(self, seconds: float) -> None:
        self.server.delay = seconds

    def replays(self) -> None:
        """The last of all that people ever did comes once more."""
        for event in self.server.history[-REPLAYED:]:
            if self.polling:
                self.server.emit(event)
            else:
                self.server.deliver(event)

    def trouble(self, what: Trouble, times: int = 1) -> None:
        self.server.faults[self.sends] += [self._fault(what)] * times

    def deaf(self, what: Trouble) -> None:
        if self.polling:
            self.server.faults["getUpdates"].append(self._fault(what))

    def _fault(self, what: Trouble) -> loopback.Fault:
        faults: dict[Trouble, loopback.Fault] = {
            "busy": loopback.Fault(200, self.busy),
            "down": loopback.Fault(502),
            "slow": loopback.Fault(wait=1.5),
            "drop before": loopback.Fault(drop=True),
            "drop after": loopback.Fault(drop=True, processed=True),
        }
        return faults[what]

    def reset(self) -> None:
        self.server.faults.clear()
        self.server.copies, self.server.newest_first, self.server.delay = 1, False, 0.0


# --- Zalo Bot ---------------------------------------------------------------------------------------------------------


@dataclass
class ZaloBotPerson:
    line: ZaloBotLine
    user: ZaloBotUser
    acts: int = 0

    @property
    def address(self) -> Address:
        return Address("zalo_bot", self.user.id)

    @property
    def heard(self) -> list[Said]:
        return [Said(message.text) for message in list(self.user.received)]

    def says(self, text: str) -> None:
        self.line.now()
        self.user.says(text)
        self._did()

    def presses(self, label: str) -> None:
        raise AssertionError(f"there are no buttons here, so {label!r} is not one")

    def sends_file(self, name: str, content: bytes) -> None:
        """The bot cannot have it, and says by which link it can be sent."""
        before = len(self.heard)
        self.line.now()
        self.user.sends_file()
        self._did()
        link = until(lambda: next((said.link for said in self.heard[before:] if said.link), None), PATIENCE)
        assert isinstance(link, str), self.heard[before:]
        page = httpx.get(link)
        assert page.status_code == 200
        assert 'type="file"' in page.text
        origin = str(httpx.URL(link).join("/")).rstrip("/")
        sent = httpx.post(link, files={"tep": (name, content)}, headers={"Origin": origin}, timeout=PATIENCE)
        assert (sent.status_code, name in sent.text) == (200, True)
        self.acts += 1

    def blocks(self) -> None:
        self.user.blocks()

    def unblocks(self) -> None:
        self.user.unblocks()

    def _did(self) -> None:
        self.acts += 1
        self.line.arrives()


@dataclass
class ZaloBotLine(ZaloLine):
    server: ZaloBotServer
    name: str = "zalo_bot"
    sends: str = "sendMessage"
    busy: dict[str, Any] = field(default_factory=lambda: failure(429))

    def settings(self) -> dict[str, object]:
        return {
            "zalo_bot_token": self.server.token,
            "zalo_bot_base_url": self.server.base_url,
            "zalo_bot_mode": "polling" if self.polling else "webhook",
            "zalo_bot_webhook_secret": SECRET,
        }

    def served_at(self, url: str) -> None:
        def ready() -> bool:
            hook = self.server.webhook
            return bool(self.server.called("getUpdates")) if self.polling else hook is not None

        assert until(ready, PATIENCE)
        assert self.polling or self.server.webhook.url == f"{url}/webhooks/zalo-bot"

    def person(self) -> ZaloBotPerson:
        return ZaloBotPerson(self, self.server.person())

    def deaf(self, what: Trouble) -> None:
        if what != "drop after":  # reading takes an update off the platform: this one would be lost, as documented
            super().deaf(what)

    def forge(self) -> list[int]:
        waiting = [*self.server.updates, self.server.history[-1]]
        return [self.server.deliver(event, secret=f"khong-phai-{SECRET}").status for event in waiting]


# --- Zalo OA ----------------------------------------------------------------------------------------------------------


@dataclass
class ZaloOAPerson:
    line: ZaloOALine
    user: Follower
    acts: int = 0

    @property
    def address(self) -> Address:
        return Address("zalo_oa", self.user.id)

    @property
    def heard(self) -> list[Said]:
        said = []
        for message in list(self.user.received):
            payload = message.body.get("attachment", {}).get("payload", {})
            buttons = tuple(button["title"] for button in payload.get("buttons", ()))
            upload = self.line.server.uploads.get(payload.get("token", ""))
            text = message.text or str(message.body.get("template_data", {}).get("noi_dung", ""))
            said.append(Said(text, buttons, upload.content if upload else None))
        return said

    def says(self, text: str) -> None:
        self.line.now()
        self.user.says(text)
        self._did()

    def presses(self, label: str) -> None:
        bodies = [message.body for message in reversed(self.user.received)]
        offered = [b for body in bodies for b in body.get("attachment", {}).get("payload", {}).get("buttons", ())]
        self.says(next(button["payload"] for button in offered if button["title"] == label))

    def sends_file(self, name: str, content: bytes) -> None:
        self.line.now()
        self.user.sends_file(name, content)
        self._did()

    def blocks(self) -> None:
        self.user.blocks()

    def unblocks(self) -> None:
        self.user.unblocks()

    def _did(self) -> None:
        self.acts += 1
        self.line.arrives()


@dataclass
class ZaloOALine(ZaloLine):
    server: ZaloOAServer
    polling: bool = False
    name: str = "zalo_oa"
    sends: str = "v3.0/oa/message/cs"
    busy: dict[str, Any] = field(default_factory=lambda: oa_failure(-32, "Too many calls"))

    def settings(self) -> dict[str, object]:
        self.now()
        return {
            "zalo_oa_app_id": self.server.app_id,
            "zalo_oa_app_secret": self.server.app_secret,
            "zalo_oa_secret_key": self.server.oa_secret,
            "zalo_oa_base_url": self.server.api_url,
            "zalo_oa_oauth_url": self.server.oauth_url,
            "zalo_oa_refresh_token": self.server.issue().refresh,
        }

    def served_at(self, url: str) -> None:
        self.server.webhook_url = f"{url}/webhooks/zalo-oa"
        self.server.patience = 10.0

    def person(self) -> ZaloOAPerson:
        self.now()
        return ZaloOAPerson(self, self.server.person())

    def forge(self) -> list[int]:
        waiting = [*self.server.updates, self.server.history[-1]]
        return [self.server.deliver(event, seal=seal).status for event in waiting for seal in ("wrong", "missing")]
