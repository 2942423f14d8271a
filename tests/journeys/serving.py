"""`thidua serve` as a process of its own, with settings, on a free port; ended when the test is done."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

START, STOP = 60.0, 20.0  # seconds


@dataclass
class Served:
    """A running process; `log` is all it printed so far."""

    process: subprocess.Popen[bytes]
    port: int
    log_file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(STOP)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def served(data: Path, *arguments: str, port: int | None = None, **settings: object) -> Iterator[Served]:
    """Settings by their names in small letters, without THIDUA_. Waits until the page answers."""
    port = port or free_port()
    given = {"data_dir": data, "port": port, "pace_chat": 0, "pace_overall": 0, **settings}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("THIDUA_")}
    environment |= {f"THIDUA_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    log_file = data.parent / f"serve-{port}-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "bot", "serve", *arguments]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    running = Served(process, port, log_file)
    try:
        _wait(running)
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                running.kill()


def _wait(running: Served) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        if running.process.poll() is not None:
            raise AssertionError(f"it ended by itself:\n{running.log}")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{running.url}/static/icon.svg", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"it did not start in {START} s:\n{running.log}")


def until(true: Callable[[], object], within: float = 20.0) -> object:
    """Wait for something to be the case; what it finally was."""
    end = time.monotonic() + within
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found
