"""A served office with its messengers: rounds are opened for one new unit each, so that journeys share one process.

`settled` is what every journey waits by: all that a person did is in the inbox once and handled, all that was decided
has left. `told_once` is what every journey ends with: they read what was decided, in its order, each once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import httpx
import tomli_w
from drivers import PATIENCE, Line, Person, Said, TelegramLine, chooses
from serving import Served, free_port, served, until
from telegram_server import telegram_server
from zalo_bot_server import zalo_bot_server
from zalo_drivers import ZaloBotLine, ZaloOALine
from zalo_oa_server import zalo_oa_server

from bot import enrolling
from bot.commands import open_campaign
from bot.config import load
from bot.known import system_clock
from bot.store import Store
from bot.submissions import Submission

T = TypeVar("T")
PASSWORD = "mat-khau-cua-co-quan"
SAMPLE = files("knowledge") / "samples" / "campaign.toml"
FAR, SOON = 60, 30  # days until a round's deadline; reminders are fired for the sooner ones alone
MESSENGERS = ("telegram", "zalo_bot", "zalo_oa")
numbers = itertools.count(1)


@dataclass
class Round:
    """A campaign for a unit of its own, and the unit's one officer."""

    world: World
    id: str
    unit: str
    officer: str
    titles: tuple[str, ...]

    def code(self) -> str:
        """A fresh code that links another address of the officer."""
        return self.world.code(self.officer)

    @property
    def submission(self) -> Submission | None:
        return self.world.ask(lambda store: store.submission(self.id, self.unit))

    @property
    def given(self) -> dict[str, dict[str, str]]:
        """The answers by section and field."""
        submission = self.submission
        return {path: dict(f.values) for path, f in submission.sections.items() if f.values} if submission else {}

    def staff(self, act: str, **form: str) -> None:
        """Return or accept it at the staff desk, by the password."""
        assert self.submission
        answer = httpx.post(
            f"{self.world.running.url}/staff/submissions/{self.id}/{self.unit}/{act}",
            data={"revision": str(self.submission.revision)} | form,
            headers={"Origin": self.world.running.url},
            auth=("Thường trực", PASSWORD),
            timeout=PATIENCE,
        )
        assert answer.status_code == 303, answer.text


@dataclass
class World:
    data: Path
    lines: dict[str, Line]
    settings: dict[str, object] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    stack: ExitStack = field(default_factory=ExitStack)
    running: Served = None  # type: ignore[assignment]

    # --- the process

    def start(self) -> None:
        public = f"http://127.0.0.1:{self.port}"
        given: dict[str, object] = {"public_url": public, "staff_password": PASSWORD} | self.settings
        for line in self.lines.values():
            given |= line.settings()
        self.running = self.stack.enter_context(served(self.data, port=self.port, **given))
        for line in self.lines.values():
            line.served_at(public)

    def restart(self) -> None:
        """Killed as by a power cut, and started on the same data."""
        self.running.kill()
        self.start()

    # --- what staff do

    def opens(self, sections: int = 2, *, days: int = FAR) -> Round:
        """A round with the first sections of the sample's form."""
        n = next(numbers)
        round_ = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))
        given = [each for each in round_["section"] if not each.get("only_for")][:sections]
        names = Round(self, f"dot-{n}", f"DV{n}", f"CD{n}", tuple(each["title"] for each in given))
        round_["campaign"] |= {"id": names.id, "title": f"Tổng kết đợt {n}"}
        round_["unit"] = [{"code": names.unit, "name": f"Đơn vị số {n}", "kind": "phòng"}]
        round_["officer"] = [{"code": names.officer, "name": f"Cán bộ {n}", "unit": names.unit}]
        round_["deadline"][0]["due"] = date.today() + timedelta(days)  # noqa: DTZ011 -- a day, as staff write it
        round_["section"] = given
        path = self.data.parent / f"{names.id}.toml"
        path.write_text(tomli_w.dumps(round_), encoding="utf-8")
        asyncio.run(open_campaign(path, settings=load({"data_dir": self.data})))
        return names

    def code(self, officer: str) -> str:
        return self.ask(lambda store: enrolling.new_code(store, self.now(), officer)).code

    def adds(self, name: str, *, staff: bool = False, unit: str) -> enrolling.Code:
        return self.ask(lambda store: enrolling.add(store, self.now(), unit=unit, name=name, staff=staff))

    def thidua(self, *arguments: str) -> str:
        """The command, as a process of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")}
        command = [sys.executable, "-m", "bot", *arguments]
        given = kept | {"THIDUA_DATA_DIR": str(self.data)}
        ran = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def reminds(self, round_: Round) -> list[dict[str, Any]]:
        """Fire the first reminder of a round at its moment; what became of the reminders of its officer."""
        [(first,)] = self.sql("SELECT min(not_before) FROM reminders WHERE campaign = ?", round_.id)
        moment = datetime.fromisoformat(first).replace(tzinfo=UTC).astimezone(load().zone)
        fired = json.loads(self.thidua("remind", "--now", f"{moment:%Y-%m-%dT%H:%M}", "--json"))
        return [each for each in fired if each["officer"] == round_.officer]

    # --- what there is to see

    def now(self) -> datetime:
        return system_clock(load({"data_dir": self.data}))()

    def ask(self, question: Callable[[Store], Awaitable[T]]) -> T:
        async def asked() -> T:
            store = Store(load({"data_dir": self.data}).database)
            try:
                return await question(store)
            finally:
                await store.close()

        return asyncio.run(asked())

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.data / "thidua.db", timeout=10)) as database, database:
            return database.execute(statement, values).fetchall()

    def kept(self, person: Person) -> list[str]:
        """The states of what they sent, in order."""
        found = self.sql("SELECT state FROM inbox WHERE channel = ? AND address = ? ORDER BY id", *at(person))
        return [state for (state,) in found]

    def decided(self, person: Person, *states: str) -> list[str]:
        """What was decided for them, as far as it is in one of these states, in order."""
        found = self.sql("SELECT body, state FROM outbox WHERE channel = ? AND address = ? ORDER BY id", *at(person))
        return [json.loads(body)["text"] for body, state in found if state in states]

    def time_passes(self) -> None:
        """What waits for another try is due now."""
        for table in ("inbox", "outbox"):
            self.sql(f"UPDATE {table} SET not_before = NULL WHERE not_before IS NOT NULL AND claim IS NULL")

    def settled(self, *people: Person, hurry: bool = False, within: float = PATIENCE) -> None:
        """Wait until all that they did is handled and answered; in a `hurry`, no try is waited for."""

        def still() -> bool:
            if hurry:
                self.time_passes()
            return all(self._settled(person) for person in people)

        open_ = {p.address: (p.acts, self.kept(p), self.decided(p, "queued", "sending")) for p in people}
        assert until(still, within), f"{open_}\n{self.running.log[-3000:]}"

    def _settled(self, person: Person) -> bool:
        return self.kept(person) == ["handled"] * person.acts and not self.decided(person, "queued", "sending")


def at(person: Person) -> tuple[str, str]:
    return person.address.channel, person.address.id


@dataclass
class Talk:
    """A person's side of a conversation: each act returns what was said to it, when all of it has come.

    `before` is called before each act, with its number.
    """

    world: World
    person: Person
    hurry: bool = False
    read: int = 0
    before: Callable[[int], None] = lambda _: None

    def says(self, text: str) -> str:
        return self._does(lambda: self.person.says(text))

    def chooses(self, label: str) -> str:
        return self._does(lambda: chooses(self.person, label))

    def presses(self, label: str) -> str:
        return self._does(lambda: self.person.presses(label))

    def sends_file(self, name: str, content: bytes) -> str:
        return self._does(lambda: self.person.sends_file(name, content))

    def hears(self, words: str = "") -> str:
        """What has come since, once these words are in it and everything is delivered."""
        assert until(lambda: words in self.text, PATIENCE), (words, self.person.heard[-2:], self.world.running.log)
        return self._settled()

    @property
    def line(self) -> Line:
        return self.world.lines[self.person.address.channel]

    @property
    def new(self) -> list[Said]:
        return self.person.heard[self.read :]

    @property
    def text(self) -> str:
        return "\n".join(said.text for said in self.new)

    def _does(self, act: Callable[[], None]) -> str:
        self.before(self.person.acts)
        self.read = len(self.person.heard)
        act()
        return self._settled()

    def _settled(self) -> str:
        self.world.settled(self.person, hurry=self.hurry)
        return self.text


def plain(text: str) -> str:
    """As it reads, however a messenger shows bold and quotes."""
    return re.sub(r"^> ?", "", text.replace("**", ""), flags=re.MULTILINE).strip()


def told_once(talk: Talk, *, doubled: int = 0) -> None:
    """They read what was decided for them, in order, each once but for so many repeats of a message right behind it."""
    decided = [plain(text) for text in talk.world.decided(talk.person, "sent")]
    heard = [plain(said.text) for said in talk.person.heard if said.text]
    repeats = [n for n in range(1, len(heard)) if heard[n] == heard[n - 1]]
    told = list(heard)
    while len(told) > len(decided) and repeats:
        told.pop(repeats.pop())
    assert told == decided
    assert len(heard) - len(told) <= doubled


@contextmanager
def world(data: Path, folder: Path, *, polling: bool, names: Sequence[str], **settings: object) -> Iterator[World]:
    """Served with these messengers, on a copy of the data; `polling` where that can be chosen."""
    shutil.copytree(data, folder / "data")
    with ExitStack() as stack:
        makers: dict[str, Callable[[], Line]] = {
            "telegram": lambda: TelegramLine(stack.enter_context(telegram_server()), polling),
            "zalo_bot": lambda: ZaloBotLine(stack.enter_context(zalo_bot_server()), polling),
            "zalo_oa": lambda: ZaloOALine(stack.enter_context(zalo_oa_server()), polling=False),
        }
        lines = {name: makers[name]() for name in names}
        made = World(folder / "data", lines, settings)
        with made.stack:
            made.start()
            yield made
