"""The terminal: the same conversation on standard input and output, by hand or through a pipe.

One line in is one message; what it led to is printed before the next line is read. Choices are numbers: `fit` writes
them into the text, because `buttons` is 0. At a terminal there is a prompt; of a pipe each line is echoed, so that what
comes out reads as the whole conversation.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import secrets
import shutil
import textwrap
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Final

from bot.channels import Limits
from bot.messages import Address, Incoming, Outgoing

NAME: Final = "console"
PROMPT: Final = "› "
QUOTE: Final = "  │ "
LEAVE: Final = {"/thoat", "/quit", "/exit"}
WIDEST: Final = 100  # columns; longer lines are hard to read


class ConsoleChannel:
    """Prints through `write` (one piece of text at a time, line ends included), wrapped to `width` columns."""

    name: str = NAME
    limits: Limits = Limits(text=20_000, buttons=0, markup=False, trusted=True)

    def __init__(self, write: Callable[[str], object], width: int | None = None) -> None:
        self._write = write
        self._width = max(20, min(width or shutil.get_terminal_size().columns, WIDEST))

    async def send(
        self, address: Address, message: Outgoing, *, key: str, content: bytes | None = None, edit: str | None = None
    ) -> None:
        """Print it; `address` and `key` make no difference on the one terminal there is."""
        del address, key, content, edit
        numbered = [f"  {number}. {choice.label}" for number, choice in enumerate(message.choices, start=1)]
        lines = [line for paragraph in message.text.split("\n") for line in self._wrapped(paragraph)]
        self._write("\n".join(["", *lines, *numbered, "", ""]))

    def _wrapped(self, line: str) -> list[str]:
        quoted = line.startswith("> ") or line == ">"
        said = line[1:].strip() if quoted else line
        lead = QUOTE if quoted else ""
        hang = lead + " " * (len(said) - len(said.lstrip()))
        return textwrap.wrap(said, self._width, initial_indent=lead, subsequent_indent=hang) or [lead.rstrip()]


async def run_console(
    lines: AsyncIterator[str],
    address: Address,
    *,
    receive: Callable[[Incoming], Awaitable[object]],
    drain: Callable[[], Awaitable[object]],
    clock: Callable[[], datetime],
    write: Callable[[str], object],
    interactive: bool,
) -> None:
    """Take each line as a message from `address`: `receive` keeps it, `drain` says all there is to say."""
    run = secrets.token_hex(8)  # message ids stay unique over runs
    number = 0
    write(PROMPT if interactive else "")
    async for line in lines:
        text = line.strip()
        if text.lower() in LEAVE:
            return
        if text:
            number += 1
            write("" if interactive else f"{PROMPT}{text}\n")
            await receive(Incoming(f"{run}-{number}", address, text, clock()))
            await drain()
        write(PROMPT if interactive else "")


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Lines of an open file, pipe or terminal as they come; the event loop is never held up.

    Read by a thread of its own, straight from the descriptor: it may stay blocked there when the process wants to end.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str | None] = asyncio.Queue()

    def tell(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(arrived.put_nowait, line)

    def read() -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        rest = ""
        while chunk := os.read(descriptor, 65_536):
            *whole, rest = (rest + decode(chunk)).split("\n")
            for line in whole:
                tell(line)
        if rest := rest + decode(b"", final=True):
            tell(rest)
        tell(None)

    threading.Thread(target=read, name="console", daemon=True).start()
    while (line := await arrived.get()) is not None:
        yield line
