"""What the messenger emulators share: a server on 127.0.0.1, faults as data, a clock to set, updates under way.

1. A call is in `calls` before anything is done with it; what it led to is in the chats' `received`.
2. `faults[name]` is a queue: each call of that name takes one fault, else one from `faults["*"]`, if there is one.
3. What people do waits in `updates` until it is polled or delivered, and is in `history` from then on.
4. Nothing leaves the machine, and nothing waits longer than it says: leaving the context manager wakes all who wait.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import mimetypes
import re
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import httpx


def as_json(value: Any, *, escaped: bool = False) -> str:
    """Without blanks, letters as they are or `escaped`."""
    return json.dumps(value, ensure_ascii=escaped, separators=(",", ":"))


@dataclass(frozen=True)
class Fault:
    """How a call goes wrong. Unless `processed`, a call with a `status` or a `drop` is not carried out."""

    status: int = 0  # 0: the usual answer
    said: Any = ""  # with a status: what is said instead
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0  # seconds before the call is carried out; after it, if `processed`
    drop: bool = False  # the connection breaks where an answer is due
    processed: bool = False


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    name: str
    verb: str
    path: str
    headers: dict[str, str]
    arguments: dict[str, Any]
    files: dict[str, File]
    raw: bytes


@dataclass(frozen=True)
class Reply:
    """Bytes and text are sent as they are, anything else as JSON."""

    said: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        kinds = {bytes: "application/octet-stream", str: "text/html; charset=utf-8"}
        return kinds.get(type(self.said), "application/json; charset=utf-8")

    @property
    def content(self) -> bytes:
        if isinstance(self.said, bytes):
            return self.said
        return (self.said if isinstance(self.said, str) else as_json(self.said)).encode()


class Refused(Exception):
    """The platform says no, with a code of its own."""

    def __init__(self, code: int, description: str = "") -> None:
        super().__init__(f"{code} {description}")
        self.code, self.description = code, description


@dataclass(frozen=True)
class Delivery:
    """A webhook call made. Status 0: nobody answered, and `error` says how."""

    url: str
    raw: bytes
    headers: dict[str, str]
    status: int = 0
    body: str = ""
    error: str = ""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Clock:
    """Stands still until it is set."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def milliseconds(self) -> int:
        return round(self.now.timestamp() * 1000)

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Message:
    """What reached somebody: `kind` is text, photo, file, …; `body` is the message as it was sent."""

    id: str
    kind: str
    text: str
    body: dict[str, Any]
    at: datetime


@dataclass
class Emulator:
    """Visible state and switches of any emulator; as it is, it takes whatever comes: our side of a webhook."""

    url: str = ""
    clock: Clock = field(default_factory=Clock)
    calls: list[Call] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)  # by path; take one out and it has expired
    updates: list[dict[str, Any]] = field(default_factory=list)  # yet to be handed out; shuffle them as you like
    history: list[dict[str, Any]] = field(default_factory=list)

    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    copies: int = 1  # how often each update is handed out
    newest_first: bool = False
    delay: float = 0.0  # seconds until an update is among `updates`
    held: bool = False  # updates stay where they are until `release`
    quota: int | None = None  # so many messages are left to send; None: no end
    patience: float = 2.0  # seconds a webhook has for its answer
    hosts: dict[str, str] = field(default_factory=dict)  # "https://bot.example" is really "http://127.0.0.1:1234"

    stopping: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def name(self, path: str) -> str:
        """What a call of this path is called in `calls` and `faults`."""
        return path

    def answer(self, call: Call) -> Reply:
        return Reply("seen")

    def new_id(self) -> str:
        """20 hexadecimal digits, the same in each run."""
        return hashlib.sha256(f"{next(self.numbers)}".encode()).hexdigest()[:20]

    def called(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    def wait_until(self, true: Callable[[], Any], within: float = 5.0) -> bool:
        """Sleep until a call has made it true, no longer than `within` seconds; whether it is."""
        with self.changed:
            return bool(self.changed.wait_for(true, within))

    def keep(self, name: str, content: bytes) -> str:
        """The URL where a medium can be had."""
        path = f"/media/{self.new_id()}/{name}"
        self.media[path] = content
        return self.url + quote(path)

    def serve_media(self, path: str) -> Reply:
        content = self.media.get(unquote(path))
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Reply("gone", 404) if content is None else Reply(content, headers={"Content-Type": kind})

    def emit(self, event: dict[str, Any]) -> dict[str, Any]:
        """Put any event among the updates, after `delay`."""
        putting = threading.Timer(self.delay, self._put, [event])
        putting.start() if self.delay else putting.run()
        return event

    def _put(self, event: dict[str, Any]) -> None:
        with self.changed:
            self.updates += [event] * self.copies
            self.changed.notify_all()

    def release(self) -> None:
        with self.changed:
            self.held = False
            self.changed.notify_all()

    def next_update(self) -> dict[str, Any] | None:
        with self.changed:
            if self.held or not self.updates:
                return None
            self.history.append(self.updates.pop(-1 if self.newest_first else 0))
            return self.history[-1]

    def due(self, event: dict[str, Any] | None) -> dict[str, Any]:
        """The event asked for, else the next update."""
        event = event or self.next_update()
        if event is None:
            raise LookupError("no update waits to be delivered")
        return event

    def deliver(self, event: dict[str, Any] | None = None) -> Delivery:
        """Post the next update, or any event once more, to the webhook. Blocks: from a coroutine, use a thread."""
        raise NotImplementedError

    def deliver_all(self) -> list[Delivery]:
        return [self.deliver(event) for event in iter(self.next_update, None)]

    def use_quota(self, code: int) -> None:
        if self.quota == 0:
            raise Refused(code, "Quota exceeded")
        self.quota = self.quota and self.quota - 1

    def reachable(self, url: str) -> str | None:
        """Where a URL leads on this machine."""
        for public, local in self.hosts.items():
            if url == public or url.startswith(public + "/"):
                url = local + url.removeprefix(public)
        return url if urlsplit(url).hostname in {"127.0.0.1", "localhost"} else None

    def post(self, url: str, raw: bytes, headers: dict[str, str]) -> Delivery:
        target = self.reachable(url)
        if target is None:
            delivery = Delivery(url, raw, headers, error="Unreachable")
        else:
            try:
                answer = httpx.post(target, content=raw, headers=headers, timeout=self.patience, trust_env=False)
                delivery = Delivery(url, raw, headers, answer.status_code, answer.text)
            except httpx.TransportError as error:
                delivery = Delivery(url, raw, headers, error=type(error).__name__)
        self.deliveries.append(delivery)
        return delivery

    def next_fault(self, name: str) -> Fault:
        with self.changed:
            queue = self.faults.get(name) or self.faults.get("*")
            return queue.pop(0) if queue else Fault()


@dataclass
class Chat:
    """Somebody, or a group, and what reached them; `read` counts what they had when they last did something."""

    id: str
    name: str
    emulator: Any = field(repr=False)
    received: list[Message] = field(default_factory=list)
    read: int = 0
    blocked: bool = False

    @property
    def unread(self) -> list[Message]:
        return self.received[self.read :]

    def blocks(self) -> None:
        self.blocked = True

    def unblocks(self) -> None:
        self.blocked = False

    def hears(self, count: int = 1, within: float = 5.0) -> list[Message]:
        """Wait until so many messages are unread; give the unread ones."""
        assert self.emulator.wait_until(lambda: len(self.unread) >= count, within), f"{self.name} heard {self.unread}"
        return self.unread

    def numbered(self, number: int) -> str:
        """The label of a numbered choice among the unread, as the person sees it."""
        for message in reversed(self.unread):
            if found := re.search(rf"^\s*{number}[.)] (.+)$", message.text, re.MULTILINE):
                return found[1]
        raise AssertionError(f"{self.name} sees no choice {number} in {[message.text for message in self.unread]}")


Running = TypeVar("Running", bound=Emulator)


@contextmanager
def running(emulator: Running) -> Iterator[Running]:
    """Serve an emulator on a free port of 127.0.0.1."""

    class Handler(_Handler):
        pass

    Handler.emulator = emulator
    server = _Server(("127.0.0.1", 0), Handler)
    emulator.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield emulator
    finally:
        emulator.stopping.set()
        emulator.release()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for calls under way, so that no socket outlives the test

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error here; anything else is shown as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5.0  # a client that says nothing
    emulator: Emulator

    def do_GET(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        arguments, files = _arguments(self.path, self.headers.get("Content-Type") or "", raw)
        path = urlsplit(self.path).path
        name = "media" if path.startswith("/media/") else self.emulator.name(path)
        headers = {key.lower(): value for key, value in self.headers.items()}
        call = Call(name, self.command, path, headers, arguments, files, raw)
        self.emulator.calls.append(call)
        self._carry_out(call, self.emulator.next_fault(name))
        with self.emulator.changed:
            self.emulator.changed.notify_all()

    def do_POST(self) -> None:
        self.do_GET()

    def _carry_out(self, call: Call, fault: Fault) -> None:
        if not fault.processed:
            self.emulator.stopping.wait(fault.wait)
        reply = Reply()
        if fault.processed or not (fault.drop or fault.status):
            reply = self.emulator.serve_media(call.path) if call.name == "media" else self.emulator.answer(call)
        if fault.processed:
            with self.emulator.changed:  # whoever waits for its effect need not wait for its answer
                self.emulator.changed.notify_all()
            self.emulator.stopping.wait(fault.wait)
        with suppress(BrokenPipeError, ConnectionResetError):
            if fault.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self._send(Reply(fault.said, fault.status, fault.headers) if fault.status else reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        own = {"Content-Type": reply.kind, "Content-Length": str(len(reply.content))}
        # No client keeps a socket that a test would have to close.
        for key, value in (own | reply.headers | {"Connection": "close"}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, *_: object) -> None:
        """Silence: what matters is in `calls`."""


def _arguments(path: str, kind: str, raw: bytes) -> tuple[dict[str, Any], dict[str, File]]:
    """What a call was given, by query, form, JSON or multipart. A body nobody can read gives nothing."""
    given: dict[str, Any] = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
    files: dict[str, File] = {}
    if kind.startswith("multipart/form-data"):
        for name, file_name, content in _parts(kind, raw):
            if file_name is None:
                given[name] = content.decode()
            else:
                files[name] = File(file_name, content)
    elif kind.startswith("application/x-www-form-urlencoded"):
        given |= parse_qsl(raw.decode(), keep_blank_values=True)
    else:
        with suppress(ValueError, TypeError):
            given |= json.loads(raw)
    return given, files


def _parts(kind: str, raw: bytes) -> Iterator[tuple[str, str | None, bytes]]:
    boundary = re.search(r'boundary="?([^";]+)', kind)
    assert boundary
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary[1].encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        said = dict(re.findall(r'\b(name|filename)="([^"]*)"', head.decode()))
        yield said["name"], said.get("filename"), content
