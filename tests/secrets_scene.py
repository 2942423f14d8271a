"""A serving process with the three platforms around it, all that can go wrong with them, and what comes to light of it.

What the platforms say repeats our secrets on purpose.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import httpx
from loopback import Fault
from serving import free_port, served, until
from telegram_server import Fault as TelegramFault
from telegram_server import telegram_server
from zalo_bot_server import failure as zalo_bot_failure
from zalo_bot_server import zalo_bot_server
from zalo_oa_server import Tokens, zalo_oa_server
from zalo_oa_server import failure as zalo_oa_failure

from bot.config import load
from bot.messages import Address
from bot.officers import Officer, Unit
from bot.store import Store
from bot.store.migrate import migrate

TELEGRAM = "4200000001:BiMat_TELEGRAM-abcdefghijklmnop"
PASSWORD = 'mật khẩu/"bàn" + thường&trực=1'
SETTINGS = {
    "telegram_token": TELEGRAM,
    "telegram_webhook_secret": "bi-mat_webhook_TELEGRAM_0123456789",
    "zalo_bot_token": "1001:bi+mat/ZALO=bot&token",
    "zalo_bot_webhook_secret": "bi/mat+webhook=ZALO&bot 0123456789",
    "zalo_oa_app_secret": "bi/mat+UNGDUNG=oa&0123",
    "zalo_oa_secret_key": "bí mật/khóa+OA=chữ&ký",
    "zalo_oa_refresh_token": "R/mã+làm=mới&đầu_tiên-0123",
    "staff_password": PASSWORD,
}
WRONG_CODE = "ma/dong+y=SAI&0123"
BLOCKED = 1007  # the person who blocks us
PUBLIC = "https://thidua.example.vn"
WORDS = "chuyện chỉ hai người biết với nhau"
ECHO = " ".join(SETTINGS.values())  # what a platform that knows no shame says


def forms(secret: str) -> Iterator[str]:
    """Every way somebody may have written it; written anew here, so as not to trust what is tested."""
    raw = secret.encode()
    for quoted in (quote(secret), quote(secret, safe=""), quote(secret, safe=":"), quote_plus(secret)):
        yield from (quoted, re.sub("%..", lambda found: found[0].lower(), quoted))
    for before in (b"", b"x", b"xy", b"can-bo:"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(before + raw).decode().rstrip("=")
            yield coded[-(-len(before) * 8 // 6) + 1 : -1]
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)
        yield from (once[1:-1], json.dumps(once, ensure_ascii=ascii_only)[3:-3])
    yield from (secret, repr(secret)[1:-1], repr(raw)[2:-1], ascii(secret)[1:-1])


def found(told: str, secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that are in a text, with the form and what stands before it."""
    return [
        f"{name} as {form!r} after {told[max(0, told.index(form) - 80) : told.index(form)]!r}"
        for name, secret in secrets.items()
        for form in {*forms(secret)}
        if form in told
    ]


@dataclass
class Evidence:
    """All that came to light: by where, what was printed, shown, kept; `texts` were said by people and by us."""

    secrets: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)


def environment(folder: Path, **settings: object) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("THIDUA_")}
    given = {f"THIDUA_{name.upper()}": str(value) for name, value in settings.items()}
    return own | given | {"TMPDIR": str(folder)}


def command(folder: Path, *arguments: str, **settings: object) -> str:
    """All that a command prints, and the traces that it leaves in files."""
    folder.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=environment(folder, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=90,
        check=False,
    )
    traces = [trace.read_text(encoding="utf-8") for trace in folder.glob("thidua-*.log")]
    return f"exit {ran.returncode}\n" + "\n".join([ran.stdout.decode(errors="replace"), *traces])


async def furnish(data: Path) -> None:
    settings = load({"data_dir": data})
    migrate(settings.database)
    store = Store(settings.database)
    await store.put_units([Unit("PKT", "Phòng Kinh tế", "phòng")])
    await store.put_officer(Officer("CB01", "Lê Văn C", "PKT", addresses=(Address("telegram", str(BLOCKED)),)))
    await store.close()


def furnished(folder: Path) -> Path:
    """A data folder with one officer."""
    data = folder / "data"
    data.mkdir()
    asyncio.run(furnish(data))
    return data


class Scene:
    """One serving process with the three platforms around it, and what is done to them."""

    def __init__(self, data: Path, mode: str, stack: ExitStack) -> None:
        self.mode, self.evidence, self.folder, self.data = mode, Evidence(), data.parent, data
        self.telegram = stack.enter_context(telegram_server())
        self.zalo_bot = stack.enter_context(zalo_bot_server(token=SETTINGS["zalo_bot_token"], longest_poll=0.1))
        self.zalo_oa = stack.enter_context(
            zalo_oa_server(app_secret=SETTINGS["zalo_oa_app_secret"], oa_secret=SETTINGS["zalo_oa_secret_key"])
        )
        self.zalo_bot.clock.now = self.zalo_oa.clock.now = datetime.now(UTC)  # or its window would be closed
        self.telegram.token = TELEGRAM
        refresh = SETTINGS["zalo_oa_refresh_token"]
        self.zalo_oa.tokens.append(Tokens("A/ma+truy=cap&dau-tien-0123", refresh, self.zalo_oa.clock.now))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.zalo_bot.hosts[PUBLIC] = self.url
        self.zalo_oa.webhook_url = f"{self.url}/webhooks/zalo-oa"
        self.settings = SETTINGS | {
            "telegram_base_url": self.telegram.url,
            "telegram_mode": mode,
            "zalo_bot_base_url": self.zalo_bot.base_url,
            "zalo_bot_mode": mode,
            "zalo_oa_app_id": self.zalo_oa.app_id,
            "zalo_oa_base_url": self.zalo_oa.api_url,
            "zalo_oa_oauth_url": self.zalo_oa.oauth_url,
            "public_url": PUBLIC,
            "log_level": "DEBUG",
        }

    def run(self) -> Evidence:
        self.telegram.faults += [TelegramFault("getMe", status=502), TelegramFault("getMe", drop="before")]
        self.zalo_bot.faults["getMe"] += [Fault(500, f"<html>{ECHO}"), Fault(200, f"{{broken {ECHO}")]
        odd = {"access_token": ECHO, "refresh_token": 7, "expires_in": ECHO}
        self.zalo_oa.faults["v4/oa/access_token"] += [Fault(200, odd), Fault(503, ECHO)]
        with served(self.data, port=self.port, **self.settings) as running:
            self._until(self._started)
            self._talks()
            self._stumbles()
            self._asked()
            self._forges()
            self._consents()
            self._look()
            self._commands("doctor")
            self._talks_to_the_deaf()
            self._look("later ")
            self._commands("doctor", "officer code CB01")
        self.evidence.printed["serve"] = running.log
        self._read_rows()
        return self.evidence

    def _until(self, true: Callable[[], object], within: float = 20.0) -> None:
        assert until(true, within), f"{self.mode}: {true.__qualname__}"

    def _started(self) -> bool:
        called = self.mode == "webhook"
        telegram = bool(self.telegram.webhook.url) if called else len(self.telegram.called("getUpdates")) > 0
        zalo_bot = bool(self.zalo_bot.webhook) if called else len(self.zalo_bot.called("getUpdates")) > 0
        return telegram and zalo_bot and self._has_tokens()

    def _has_tokens(self) -> bool:
        return len(self.zalo_oa.tokens) > 1

    def _said(self, answers: Callable[[], int], say: Callable[[], object]) -> None:
        before = answers()
        say()
        self._until(lambda: answers() > before)

    def _talks(self) -> None:
        """Everybody says something, and each answer goes wrong in a way of its own."""
        wrongs: list[dict[str, Any]] = [
            {"status": 500}, {"status": 502}, {"status": 429, "retry_after": 1}, {"drop": "before"}, {"drop": "after"},
            {"times": 0}, {"status": 403},
        ]  # fmt: skip
        for person, wrong in enumerate(wrongs, 1001):
            self.telegram.faults.append(TelegramFault("sendMessage", person, **wrong))
            self._said(lambda: len(self.telegram.called("sendMessage")), lambda p=person: self._telegram_says(p))
            self.telegram.chats[person].refusal = None
        ways = [
            Fault(500, f"<html>{ECHO}"),
            Fault(200, f"{{broken {ECHO}"),
            Fault(drop=True),
            Fault(200, zalo_bot_failure(400, f"chat_id is invalid: {ECHO}")),
            Fault(200, zalo_bot_failure(403, f"User has blocked the bot {ECHO}")),
        ]
        for way in ways:
            self.zalo_bot.faults["sendMessage"].append(way)
            self._said(lambda: len(self.zalo_bot.called("sendMessage")), self._zalo_bot_says)
        cs = "v3.0/oa/message/cs"
        for code in (-216, -32, -201, -244, -230, -9999):
            self.zalo_oa.faults[cs].append(Fault(200, zalo_oa_failure(code, ECHO)))
        self.zalo_oa.faults[cs] += [Fault(502, ECHO), Fault(200, f"{{broken {ECHO}"), Fault(drop=True)]
        while self.zalo_oa.faults[cs]:
            self._said(lambda: len(self.zalo_oa.called(cs)), self._zalo_oa_says)

    def _telegram_says(self, person: int) -> None:
        text = f"{WORDS} {person}"
        self.evidence.texts.add(text)
        self.telegram.say(person, text)
        if person % 2 == 0:
            self.telegram.chats[person].refusal = (400, f"Bad Request: {TELEGRAM} {PASSWORD}", {})
        if self.mode == "webhook":
            self.telegram.deliver(self.url)

    def _zalo_bot_says(self) -> None:
        self.evidence.texts.add(WORDS)
        self.zalo_bot.person().says(WORDS)
        if self.mode == "webhook":
            self.zalo_bot.deliver()

    def _zalo_oa_says(self) -> None:
        self.zalo_oa.person().says(WORDS)
        self.zalo_oa.deliver()

    def _asked(self) -> None:
        """Asking for news goes wrong: a server that fails, and somebody else who uses the bot."""
        if self.mode == "webhook":
            return
        self.telegram.faults.append(TelegramFault("getUpdates", status=502))
        self.zalo_bot.faults["getUpdates"] += [Fault(500, ECHO), Fault(200, zalo_bot_failure(400, f"webhook {ECHO}"))]
        self.zalo_bot.faults["deleteWebhook"].append(Fault(200, zalo_bot_failure(400, ECHO)))
        self._telegram_says(1001)  # the poll under way ends
        self._until(lambda: not self.telegram.faults and not self.zalo_bot.faults["deleteWebhook"])
        self._telegram_says(1001)
        self.telegram.webhook.url = f"https://elsewhere.example/{SETTINGS['telegram_webhook_secret']}"
        with self.telegram.changed:
            self.telegram.changed.notify_all()
        self._until(lambda: self._rows("SELECT text FROM alerts WHERE key = 'receiving telegram'"))
        self.telegram.webhook.url = ""

    def _forges(self) -> None:
        proofs = ("X-Telegram-Bot-Api-Secret-Token", "X-Bot-Api-Secret-Token", "X-ZEvent-Signature")
        proven = ((proofs[0], "telegram_webhook_secret"), (proofs[1], "zalo_bot_webhook_secret"))
        with httpx.Client(base_url=self.url, timeout=20) as client:
            for name, secret in SETTINGS.items():
                body = json.dumps({"update_id": secret, "message": {"text": secret, "chat": {"id": secret}}}).encode()
                for path in ("telegram", "zalo-bot", "zalo-oa"):
                    headers = dict.fromkeys((*proofs, "User-Agent", "Cookie", "Referer"), quote(secret))
                    where = f"/webhooks/{path}?token={quote_plus(secret)}"
                    self._show(f"forged {name} {path}", client.post(where, content=body, headers=headers))
                self._show(f"lost {name}", client.post(f"/webhooks/{quote(secret, safe='')}", content=body))
                lost = client.get(f"/khong-co/{quote(secret)}", headers={"Accept": "text/html"})
                self._show(f"no page {name}", lost)
                for header, which in proven:
                    for unreadable in (body, body[:-1], b"\xff" + ECHO.encode()):
                        path = "telegram" if header == proofs[0] else "zalo-bot"
                        sent = client.post(f"/webhooks/{path}", content=unreadable, headers={header: SETTINGS[which]})
                        self._show(f"unreadable {name} {path}", sent)
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as raw:
            raw.sendall(f"GET /{TELEGRAM}\x01 HTTP/9\r\nX: {TELEGRAM}\r\n\r\n".encode())
            self.evidence.shown["no HTTP"] = raw.recv(10_000).decode(errors="replace")

    def _show(self, name: str, answer: httpx.Response) -> None:
        self.evidence.shown[name] = f"{answer.status_code} {list(answer.headers.items())}\n{answer.text}"

    def _consents(self) -> None:
        """Sent to Zalo, and back with a wrong state, with a wrong code, with the right one, with it once more."""
        with httpx.Client(
            base_url=self.url, auth=("can-bo", PASSWORD), timeout=30, headers={"Origin": self.url}
        ) as client:
            self._callback(client, "a wrong state", lambda _: (WRONG_CODE, "khong-phai"))
            self._callback(client, "a wrong code", lambda asked: (WRONG_CODE, asked["state"]))
            self.zalo_oa.faults["v4/oa/access_token"].append(Fault(200, zalo_oa_failure(-14006, ECHO)))
            self._callback(client, "words", lambda asked: (WRONG_CODE, asked["state"]))
            right = lambda asked: (self.zalo_oa.consent(asked["code_challenge"]), asked["state"])  # noqa: E731
            assert self._callback(client, "the right code", right) == 303

    def _callback(self, client: httpx.Client, name: str, answer: Callable[[dict[str, str]], tuple[str, str]]) -> int:
        sent = client.post("/staff/zalo-oa/connect")
        asked = {key: value for key, (value,) in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
        code, state = answer(asked)
        self.evidence.secrets |= {f"code of {name}": code} if len(code) > 5 else {}
        back = client.get("/staff/zalo-oa/callback", params={"code": code, "state": state})
        self._show(f"consent with {name}", back)
        return back.status_code

    def _look(self, when: str = "") -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            for path in ("/", "/readyz", "/healthz", "/metrics", "/staff", "/staff/people", "/staff/zalo-oa"):
                for who, auth in (("nobody", None), ("a stranger", ("can-bo", ECHO)), ("staff", ("can-bo", PASSWORD))):
                    self._show(f"{when}{path} for {who}", client.get(path, auth=auth, headers={"Accept": "text/html"}))

    def _talks_to_the_deaf(self) -> None:
        """No platform knows us any more, and all of them say so with our secrets."""
        self.telegram.token = TELEGRAM[::-1]
        self.zalo_bot.token, self.zalo_bot.unauthorized = "1:other", zalo_bot_failure(401, ECHO)
        for pair in self.zalo_oa.tokens:
            pair.dead = pair.spent = True
        self.zalo_oa.faults["v4/oa/access_token"] += [Fault(200, zalo_oa_failure(-14014, ECHO))] * 3
        before = len(self.zalo_oa.called("v4/oa/access_token"))
        if self.mode == "webhook":  # else we are not told any more what people say
            for say in (lambda: self._telegram_says(1001), self._zalo_bot_says):
                say()
        self._zalo_oa_says()
        self._until(lambda: len(self.zalo_oa.called("v4/oa/access_token")) > before)
        self._until(lambda: self._rows("SELECT id FROM outbox WHERE channel = 'zalo_oa' AND error LIKE 'Halted%'"))

    def _stumbles(self) -> None:
        """A defect of ours, with a secret in what it stumbles over."""
        with contextlib.closing(sqlite3.connect(self.data / "thidua.db")) as database, database:
            broken = [f"{{broken {TELEGRAM} {PASSWORD}"]
            database.execute("UPDATE conversations SET body = ? WHERE address = '1001'", broken)
        self._telegram_says(1001)
        self._until(lambda: self._rows("SELECT id FROM inbox WHERE error <> ''"))
        with contextlib.closing(sqlite3.connect(self.data / "thidua.db")) as database, database:
            database.execute("UPDATE conversations SET body = '{}' WHERE address = '1001'")

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        with contextlib.closing(sqlite3.connect(self.data / "thidua.db")) as database:
            return database.execute(query).fetchall()

    def _commands(self, *lines: str) -> None:
        for line in lines:
            folder = self.folder / f"traces-{len(self.evidence.printed)}"
            printed = command(folder, *line.split(), data_dir=self.data, **self.settings)
            self.evidence.printed[f"{len(self.evidence.printed)} {line}"] = printed

    def _read_rows(self) -> None:
        self.evidence.secrets |= SETTINGS
        for number, pair in enumerate(self.zalo_oa.tokens):
            self.evidence.secrets |= {f"access {number}": pair.access, f"refresh {number}": pair.refresh}
        with contextlib.closing(sqlite3.connect(self.data / "thidua.db")) as database:
            (links,) = database.execute("SELECT body FROM states WHERE name = 'links'").fetchone()
            self.evidence.secrets["links"] = json.loads(links)["secret"]
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                cursor = database.execute(f'SELECT * FROM "{table}"')
                columns = [column for column, *_ in cursor.description]
                for row in cursor:
                    for column, value in zip(columns, row, strict=True):
                        if isinstance(value, str) and (table, column) != ("states", "body"):
                            self.evidence.kept.setdefault(f"{table}.{column}", []).append(value)
            said = database.execute("SELECT json_extract(body, '$.text') FROM outbox").fetchall()
            self.evidence.texts |= {line for (text,) in said for line in text.split("\n") if len(line) > 20}
