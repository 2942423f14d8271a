"""The terminal: what is read, what is printed."""

import os
from datetime import UTC, datetime

import pytest

from bot.channels.console import ConsoleChannel, lines_of, run_console
from bot.channels.fit import fit
from bot.messages import Address, Choice, Outgoing

ADDRESS = Address("console", "CB01")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Terminal:
    """Answers every message with its own words; `out` is what the screen shows."""

    def __init__(self, width: int = 40) -> None:
        self.out = ""
        self.received = []
        self.waiting = []
        self.channel = ConsoleChannel(self.write, width)

    def write(self, text: str) -> None:
        self.out += text

    async def receive(self, incoming) -> None:
        self.received.append(incoming)
        self.waiting.append(incoming)

    async def drain(self) -> None:
        while self.waiting:
            message = Outgoing(f"Đã nhận: {self.waiting.pop(0).text}")
            await self.channel.send(ADDRESS, message, key="k")

    async def run(self, lines, *, interactive=False) -> None:
        await run_console(
            lines,
            ADDRESS,
            receive=self.receive,
            drain=self.drain,
            clock=lambda: NOW,
            write=self.write,
            interactive=interactive,
        )


async def given(*lines):
    for line in lines:
        yield line


async def test_each_line_is_answered_before_the_next_is_read():
    terminal = Terminal()
    await terminal.run(given("một", "", "  ", "hai"))
    assert [line for line in terminal.out.splitlines() if line] == ["› một", "Đã nhận: một", "› hai", "Đã nhận: hai"]
    assert len({incoming.id for incoming in terminal.received}) == 2


async def test_message_ids_differ_between_runs():
    terminal = Terminal()
    await terminal.run(given("một"))
    await terminal.run(given("một"))
    assert len({incoming.id for incoming in terminal.received}) == 2


async def test_at_a_terminal_there_is_a_prompt_and_no_echo():
    terminal = Terminal()
    await terminal.run(given("một"), interactive=True)
    assert terminal.out.startswith("› \nĐã nhận: một")
    assert terminal.out.endswith("› ")


@pytest.mark.parametrize("word", ["/thoat", "/QUIT "])
async def test_one_can_leave(word):
    terminal = Terminal()
    await terminal.run(given("một", word, "hai"))
    assert [incoming.text for incoming in terminal.received] == ["một"]


async def test_quotes_are_marked_lines_are_wrapped_and_choices_numbered():
    terminal = Terminal(width=30)
    offered = Outgoing("**Nguồn**\n> " + "chữ " * 12, (Choice("a", "Có"), Choice("b", "Không")))
    for piece in fit(offered, terminal.channel.limits):
        await terminal.channel.send(ADDRESS, piece, key="k")
    lines = terminal.out.splitlines()
    assert max(map(len, lines)) <= 30
    assert "Nguồn" in lines
    assert sum(line.startswith("  │ chữ") for line in lines) >= 2
    assert "1. Có" in lines
    assert "2. Không" in lines


async def test_lines_of_a_pipe_arrive_whole_even_cut_inside_a_letter():
    source, sink = os.pipe()
    said = "khoản 2 Điều 22\nkhông xuống dòng ở cuối".encode()
    cut = said.index("Đ".encode()) + 1
    os.write(sink, said[:cut])
    os.write(sink, said[cut:])
    os.close(sink)
    assert [line async for line in lines_of(source)] == ["khoản 2 Điều 22", "không xuống dòng ở cuối"]
    os.close(source)
