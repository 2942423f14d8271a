"""How fast the assistant takes in and answers: a burst of webhook calls, then a worker that drains what they left.

    python tests/evals/load.py DATA_DIR QUESTIONS.toml [--rate 200] [--seconds 10] [--together] [--workers 1]

DATA_DIR holds an ingested library and is copied first. Everything runs on this machine: `thidua serve` in webhook mode,
a server that takes Telegram's calls and answers `ok`, and the caller. First figure: how long `/webhooks/telegram` takes
to answer, from the first byte sent to the last received, at a fixed rate whatever the answers take (an open loop).
Second: questions answered and delivered a second by so many `thidua worker`. `--together`: the worker runs meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

SECRET = "a-secret-of-the-load-test"
TOKEN = "1:load"
OK = {
    "getMe": {"id": 1, "is_bot": True, "first_name": "Tải", "username": "tai_bot"},
    "sendMessage": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "x"},
}


async def messenger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counts: dict[str, int]) -> None:
    """Telegram's side of one connection: every call succeeds at once."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            length = next((int(each[15:]) for each in lines if each.lower().startswith("content-length:")), 0)
            await reader.readexactly(length)
            method = lines[0].split(" ")[1].rpartition("/")[2]
            counts[method] = counts.get(method, 0) + 1
            body = json.dumps({"ok": True, "result": OK.get(method, True)}).encode()
            head_out = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head_out.encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


class Caller:
    """Posts updates over kept connections and remembers how long each answer took, in seconds."""

    def __init__(self, port: int) -> None:
        self.port, self.times, self.statuses = port, [], {}
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, update: dict) -> None:
        body = json.dumps(update).encode()
        head = (
            f"POST /webhooks/telegram HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(x[15:]) for x in answer.decode().split("\r\n") if x.lower().startswith("content-length:"))
        await reader.readexactly(length)
        self.times.append(time.perf_counter() - began)
        status = answer.split(b" ")[1].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.idle.append((reader, writer))


def update_of(number: int, question: str) -> dict:
    chat = {"id": 1000 + number, "type": "private", "first_name": "Lan"}
    sender = {"id": 1000 + number, "is_bot": False, "first_name": "Lan"}
    message = {"message_id": 1, "date": int(time.time()), "chat": chat, "from": sender, "text": question}
    return {"update_id": number + 1, "message": message}


async def burst(port: int, questions: list[str], rate: float, seconds: float) -> Caller:
    caller, calls = Caller(port), []
    began = time.perf_counter()
    for number, question in zip(range(int(rate * seconds)), itertools.cycle(questions), strict=False):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        calls.append(asyncio.create_task(caller.post(update_of(number, question))))
    await asyncio.gather(*calls)
    return caller


def command(data: Path, port: int, telegram: int, *words: str) -> subprocess.Popen[bytes]:
    settings = {
        "DATA_DIR": data, "PORT": port, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": f"http://127.0.0.1:{telegram}",
        "TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET, "PACE_CHAT": 0, "PACE_OVERALL": 0,
        "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    environment = os.environ | {f"THIDUA_{name}": str(value) for name, value in settings.items()}
    return subprocess.Popen([sys.executable, "-m", "bot", *words], env=environment)


def count(data: Path, what: str) -> int:
    with sqlite3.connect(f"file:{data / 'thidua.db'}?mode=ro", uri=True) as database:
        return int(database.execute(what).fetchone()[0])


def end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(30)


async def listening(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise SystemExit("thidua serve did not start")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    questions = [each["text"] for each in tomllib.loads(given.questions.read_text())["question"]]
    counts: dict[str, int] = {}
    telegram = await asyncio.start_server(lambda r, w: messenger(r, w, counts), "127.0.0.1", 0)
    telegram_port = telegram.sockets[0].getsockname()[1]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(given.data, data)
        serving = command(data, port, telegram_port, "serve", *([] if given.together else ["--no-worker"]))
        await listening(port)
        await burst(port, questions, 20, 1)  # what is loaded at the first call is no call's fault
        before, sent_before = count(data, "SELECT count(*) FROM inbox"), counts.get("sendMessage", 0)
        began = time.perf_counter()
        caller = await burst(port, [f"{q} " for q in questions], given.rate, given.seconds)
        times = sorted(caller.times)
        cut = statistics.quantiles(times, n=1000)
        print(
            f"webhook: {len(times)} calls at {given.rate:.0f}/s, answers {caller.statuses}: "
            f"p50 {cut[499] * 1e3:.1f} ms, p95 {cut[949] * 1e3:.1f}, p99 {cut[989] * 1e3:.1f}, "
            f"longest {times[-1] * 1e3:.1f}"
        )
        kept = count(data, "SELECT count(*) FROM inbox")
        running = [serving]
        if not given.together:
            end(serving)
            running = [command(data, port, telegram_port, "worker") for _ in range(given.workers)]
            while counts.get("sendMessage", 0) == sent_before:
                await asyncio.sleep(0.01)
            began = time.perf_counter()
            sent_before = counts.get("sendMessage", 0)
        while count(data, "SELECT count(*) FROM inbox WHERE state != 'handled'") or count(
            data, "SELECT count(*) FROM outbox WHERE state != 'sent'"
        ):
            await asyncio.sleep(0.2)
        took = time.perf_counter() - began
        sent = counts["sendMessage"] - sent_before
        print(
            f"worker: {kept} rows in the inbox ({before} before), {sent} messages out in {took:.1f} s: "
            f"{sent / took:.1f} a second"
        )
        answered = count(data, "SELECT count(*) FROM inbox WHERE state = 'handled'")
        print(f"of {answered} questions handled: {answered / took:.1f} a second")
        for process in running:
            end(process)
    telegram.close()


if __name__ == "__main__":
    asyncio.run(main())
