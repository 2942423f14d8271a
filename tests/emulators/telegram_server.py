"""The Telegram Bot API on 127.0.0.1 over real HTTP, for `telegram.Bot(TOKEN, base_url=…, base_file_url=…)`.

`telegram_server()` yields a `TelegramServer` (telegram_world.py): its state is open to look at, its methods are what a
person does, its `faults` and `delivery` say what goes wrong. Words and statuses of refusals are the real ones where
they are known.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from python_multipart import parse_form
from telegram_messages import USERNAME, Message
from telegram_methods import LARGEST_UPLOAD, METHODS, Refused
from telegram_world import TOKEN, Call, Delivered, Delivery, Fault, Press, TelegramServer

__all__ = [
    "TOKEN",
    "USERNAME",
    "Delivered",
    "Delivery",
    "Fault",
    "Message",
    "Press",
    "TelegramServer",
    "telegram_server",
]

LONGEST_SILENCE: Final = 60.0  # seconds


@contextmanager
def telegram_server() -> Iterator[TelegramServer]:
    class Handler(_Handler):
        pass

    server = _Server(("127.0.0.1", 0), Handler)
    Handler.state = TelegramServer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Handler.state
    finally:
        Handler.state.stopping.set()
        with Handler.state.changed:
            Handler.state.changed.notify_all()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here; anything else is shown as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    state: TelegramServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        address = urlsplit(self.path)
        where = re.fullmatch(r"/(file/)?bot([^/]+)/(.+)", unquote(address.path))
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, 2 * LARGEST_UPLOAD))
        if where is None:
            self._answer(Refused(404, "Not Found"))
        elif size > LARGEST_UPLOAD:
            self._answer(Refused(413, "Request Entity Too Large"))
        elif where[1]:
            self._go_through(Call(where[2], "file", {"path": where[3]}, {}))
        else:
            try:
                arguments, uploads = _read(self.headers.get("Content-Type", ""), address.query, body)
            except ValueError:
                self._answer(Refused(400, "Bad Request: can't parse the request"))
            else:
                self._go_through(Call(where[2], where[3], arguments, uploads))

    def _go_through(self, call: Call) -> None:
        """Carry the call out, unless a fault is in the way."""
        with self.state.changed:
            self.state.calls.append(call)
            fault = _fault(self.state, call) or Fault()
        if fault.drop == "before":
            self._break()
            return
        answer = _failure(fault) if fault.status else _carried_out(self.state, call)
        self.state.stopping.wait(min(fault.silent, LONGEST_SILENCE))
        if fault.drop == "after":
            self._break()
            return
        call.status = answer.status if isinstance(answer, Refused) else 200
        self._answer(answer)

    def _break(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, answer: object) -> None:
        kind, status, content = "application/json", 200, b""
        if isinstance(answer, bytes):
            kind, content = "application/octet-stream", answer
        elif isinstance(answer, Refused) and answer.status in {502, 504}:  # its front server speaks HTML
            kind, status, content = "text/html", answer.status, f"<html><h1>{answer.status}</h1></html>".encode()
        elif isinstance(answer, Refused):
            status = answer.status
            parameters = {"parameters": answer.parameters} if answer.parameters else {}
            content = json.dumps({"ok": False, "error_code": status, "description": str(answer)} | parameters).encode()
        else:
            content = json.dumps({"ok": True, "result": answer}).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")  # no client keeps a socket that a test would have to close
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silence: what matters is in `calls`."""


def _read(kind: str, query: str, body: bytes) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """The arguments and files of a request: from its query, and from a form, multipart or JSON body."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    uploads: dict[str, tuple[str, bytes]] = {}

    def take_file(file: Any) -> None:
        file.file_object.seek(0)
        uploads[file.field_name.decode()] = ((file.file_name or b"").decode(), file.file_object.read())

    if kind.startswith("application/json"):
        fields = json.loads(body or "{}").items()
        said = {name: value for name, value in fields if value is not None}
        given |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in said.items()}
    elif kind.startswith("multipart/form-data"):
        fields = []
        parse_form({"Content-Type": kind.encode()}, BytesIO(body), fields.append, take_file)
        given |= {field.field_name.decode(): (field.value or b"").decode() for field in fields}
    else:
        given |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return given, uploads


def _fault(server: TelegramServer, call: Call) -> Fault | None:
    for fault in server.faults:
        in_chat = fault.chat is None or call.arguments.get("chat_id") == str(fault.chat)
        if in_chat and fault.method.lower() in {"", call.method.lower()}:
            fault.times -= 1
            if fault.times < 1:
                server.faults.remove(fault)
            return fault
    return None


def _failure(fault: Fault) -> Refused:
    if fault.status == 429:
        wait = fault.retry_after
        return Refused(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
    return Refused(fault.status, HTTPStatus(fault.status).phrase)


def _carried_out(server: TelegramServer, call: Call) -> object:
    if not re.fullmatch(r"[1-9]\d*:[\w-]{24,}", call.token):
        return Refused(404, "Not Found")
    if call.token != server.token:
        return Refused(401, "Unauthorized")
    method = METHODS.get(call.method.lower())
    if method is None:
        return Refused(404, "Not Found: method not found")
    try:
        return method(server, call)
    except Refused as refused:
        return refused
