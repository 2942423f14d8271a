"""A chat server on 127.0.0.1 that streams in three protocols over real HTTP: OpenAI's, Ollama's and Gemini's.

What it says is scripted (`script`), what it was asked is kept (`requests`). A script item is a text (streamed in
pieces) or a `Fault`. With nothing scripted left it says the last thing again.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Fault:
    """How a reply goes wrong."""

    status: int = 200
    silent: float = 0.0  # seconds before the first byte
    text: str = ""
    pause: float = 0.0  # seconds between pieces
    drop: bool = False  # the connection breaks after the text
    ended: str = ""  # what the reply says it ended with


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def said(self) -> str:
        """All the text the model was given, whatever the protocol."""
        return json.dumps(self.body, ensure_ascii=False)


@dataclass
class ChatServer:
    """The emulator's visible state."""

    url: str
    script: list[str | Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    left_open: int = 0  # replies a client went away from
    stopping: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Fault:
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return said if isinstance(said, Fault) else Fault(text=said)


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    class Handler(_Handler):
        pass

    server = _Server(("127.0.0.1", 0), Handler)
    Handler.state = ChatServer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Handler.state
    finally:
        Handler.state.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error here; anything else is shown as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.state.requests.append(Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        said = self.state.next()
        self.state.stopping.wait(said.silent)
        with suppress(BrokenPipeError, ConnectionResetError):
            if said.status != 200:
                self._error(said.status)
            elif self.path == "/v1/chat/completions":
                self._stream(said, "text/event-stream", _openai(body["model"], said))
            elif self.path == "/api/chat":
                self._stream(said, "application/x-ndjson", _ollama(body["model"], said))
            elif ":streamGenerateContent" in self.path:
                self._stream(said, "text/event-stream", _gemini(said))
            else:
                self._error(404)

    def _error(self, status: int) -> None:
        content = json.dumps({"error": {"message": "scripted", "code": status, "status": "SCRIPTED"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")  # no client keeps a socket that a test would have to close
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, said: Fault, kind: str, lines: Iterator[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for line in lines:
                content = line.encode()
                self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
                self.wfile.flush()
                self.state.stopping.wait(said.pause)
            if said.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.state.left_open += 1
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Silence: what matters is in `requests`."""


def _pieces(said: Fault) -> list[str]:
    return [said.text[at : at + 7] for at in range(0, len(said.text), 7)]


def _openai(model: str, said: Fault) -> Iterator[str]:
    def event(delta: dict[str, Any], ended: str | None = None) -> str:
        chunk = {
            "id": "c-1", "object": "chat.completion.chunk", "created": int(time.time()), "model": model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": ended}],
        }  # fmt: skip
        return f"data: {json.dumps(chunk)}\n\n"

    yield event({"role": "assistant", "content": ""})
    for piece in _pieces(said):
        yield event({"content": piece})
    if not said.drop:
        yield event({}, said.ended or "stop")
        yield "data: [DONE]\n\n"


def _ollama(model: str, said: Fault) -> Iterator[str]:
    def line(text: str, **more: object) -> str:
        message = {"role": "assistant", "content": text}
        at = "2026-01-01T00:00:00Z"
        return json.dumps({"model": model, "created_at": at, "message": message, "done": False} | more) + "\n"

    for piece in _pieces(said):
        yield line(piece)
    if not said.drop:
        yield line("", done=True, done_reason=said.ended or "stop", eval_count=1, prompt_eval_count=1)


def _gemini(said: Fault) -> Iterator[str]:
    def event(text: str, ended: str | None = None) -> str:
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}}
        if ended:
            candidate["finishReason"] = ended
        used = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        return f"data: {json.dumps({'candidates': [candidate], 'usageMetadata': used})}\r\n\r\n"

    for piece in _pieces(said):
        yield event(piece)
    if not said.drop:
        yield event("", (said.ended or "stop").upper())
