"""No secret and no message text in logs, errors, pages or columns of errors, whatever goes wrong on whatever channel.

Two processes serve against the emulated platforms, one called by webhook, one asking for news; everything goes wrong in
turn (secrets_scene.py), and all that they printed, showed and kept is searched, for each secret in every way it may be
written. The pair of tokens of the Official Account, the consent under way and the secret that signs links live in the
table `states`: that is where they belong, and its column `body` alone is left out.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from distant_worlds import DISTANT, FAILURES, calls_of_all, quiet_of_all
from loopback import Call, Emulator, Reply, running
from secrets_scene import PASSWORD, SETTINGS, Evidence, Scene, command, found, furnished

from bot import logs
from bot.channels import SendError
from bot.messages import FileRef
from bot.store import Store
from bot.store.migrate import migrate

IN_URL = "mat/khau@CSDL 2026"
SAID = "điều chỉ riêng hai người biết"


@pytest.mark.parametrize("secret", [*SETTINGS.values(), IN_URL])
def test_the_search_finds_a_secret_in_every_form(secret):
    known = {"it": secret}
    for written in (
        secret, f"<{secret}>", quote(secret, safe=""), quote_plus(secret), repr({"a": secret}), repr(secret.encode()),
        json.dumps([secret]), json.dumps(json.dumps([secret])), base64.b64encode(f"can-bo:{secret}".encode()).decode(),
        base64.b64encode(secret.encode()).decode(), str(httpx.URL("http://a/", params={"t": secret})),
    ):  # fmt: skip
        assert found(f"line\n{written}\nline", known)
    assert not found("line\nthere is nothing here, /bot•••/getMe\n", known)


def leaks(told: Mapping[Any, str], secrets: Mapping[str, str]) -> dict[Any, list[str]]:
    """What was found, by where."""
    return {where: leak for where, text in told.items() if (leak := found(text, secrets))}


@pytest.fixture(scope="module")
def provoked(tmp_path_factory) -> dict[str, Evidence]:
    folders = {mode: furnished(tmp_path_factory.mktemp(mode)) for mode in ("webhook", "polling")}

    def run(mode: str) -> Evidence:
        with ExitStack() as stack:
            return Scene(folders[mode], mode, stack).run()

    with ThreadPoolExecutor() as pool:
        return dict(zip(folders, pool.map(run, folders), strict=True))


@pytest.mark.parametrize("mode", ["webhook", "polling"])
class TestServing:
    def test_what_was_to_go_wrong_went_wrong(self, provoked, mode):
        """Else nothing is shown by finding nothing."""
        evidence: Evidence = provoked[mode]
        kinds = {error.partition(":")[0] for error in evidence.kept["outbox.error"] if error}
        assert {"Retry", "Halted", "Rejected", "Unreachable"} <= kinds
        assert "channel zalo_oa" in evidence.kept["alerts.key"]
        assert any(evidence.kept["inbox.error"])
        assert any(evidence.kept["addresses.gone"])
        assert len(evidence.kept["inbox.message"]) > 10
        log = evidence.printed["serve"]
        assert " INFO bot.intake heard " in log
        assert "was refused" in log
        assert "Traceback" in log
        assert {page[:3] for page in evidence.shown.values()} >= {"200", "303", "400", "401", "403", "404", "502"}
        assert len(evidence.texts) > 5

    def test_nothing_printed_has_a_secret_in_it(self, provoked, mode):
        evidence: Evidence = provoked[mode]
        assert {
            where: leak for where, told in evidence.printed.items() if (leak := found(told, evidence.secrets))
        } == {}

    def test_no_page_has_a_secret_in_it(self, provoked, mode):
        evidence: Evidence = provoked[mode]
        assert leaks(evidence.shown, evidence.secrets) == {}

    def test_no_row_has_a_secret_in_it(self, provoked, mode):
        kept = {where: "\n".join(values) for where, values in provoked[mode].kept.items()}
        assert leaks(kept, provoked[mode].secrets) == {}

    def test_what_people_and_we_said_is_not_logged(self, provoked, mode):
        evidence: Evidence = provoked[mode]
        said = {text: text for text in evidence.texts}
        printed = {where: told for where, told in evidence.printed.items() if "officer code" not in where}
        assert leaks(printed, said) == {}
        assert not found("\n".join(evidence.kept["outbox.error"] + evidence.kept["alerts.text"]), said)


# --- commands that cannot be done ------------------------------------------------------------------------------------

URLS = (
    f"postgresql+psycopg://thidua:{quote_plus(IN_URL)}@127.0.0.1:9/thidua",
    f"postgresql://thidua:{quote(IN_URL, safe='')}@127.0.0.1:cong/thidua",
    f"mysql://thidua:{quote_plus(IN_URL)}@127.0.0.1/thidua",
    f"{IN_URL} not an address",
)


def test_a_database_that_is_not_there_does_not_tell_its_password(tmp_path):
    runs = [("doctor", url) for url in URLS] + [
        ("serve", URLS[0]),
        ("officer code CB01", URLS[0]),
        ("migrate", URLS[3]),
    ]

    def run(numbered: tuple[int, tuple[str, str]]) -> str:
        number, (line, url) = numbered
        given = SETTINGS | {"database_url": url, "data_dir": tmp_path / "data", "log_level": "DEBUG", "port": 0}
        return command(tmp_path / f"run-{number}", *line.split(), **given)

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(run, enumerate(runs)))
    secrets = SETTINGS | {"password": IN_URL} | {f"url {number}": url for number, url in enumerate(URLS)}
    assert leaks(dict(zip(runs, told, strict=True)), secrets) == {}
    assert not [said for said in told if said.startswith("exit 0")]


@pytest.mark.parametrize("line", ["serve", "doctor"])
def test_a_folder_that_cannot_be_written_is_told_without_a_secret(tmp_path, line):
    (tmp_path / "file").write_text("in the way")
    told = command(tmp_path / "run", line, **SETTINGS, data_dir=tmp_path / "file" / "data", log_level="DEBUG")
    assert not told.startswith("exit 0")
    assert not found(told, SETTINGS)


# --- in this process, with every logger at its most talkative --------------------------------------------------------


@pytest.fixture
def talkative():
    """Every logger there is at DEBUG, as some library may set it; all is put back afterwards."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    loggers = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before, handlers, level = {one: one.level for one in loggers}, root.handlers[:], root.level
    for one in loggers:
        one.setLevel(logging.DEBUG)
    yield
    for one, was in before.items():
        one.setLevel(was)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(before.get(logging.getLogger(name), logging.NOTSET))
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook = hooks
    logs._secrets = logs._Secrets()


class Echo(Emulator):
    """Says what it was asked, in every header and word of it, with any status; as JSON, or broken off."""

    status, whole = 200, True

    def answer(self, call: Call) -> Reply:
        asked = json.dumps({"ok": False, "description": f"{call.path} {call.headers} {call.arguments}", "error": -216})
        return Reply(asked if self.whole else asked[:-1], self.status)


async def everything(channel, at) -> None:
    """A call of each kind; what it raises is logged with all that it grew from."""

    file = FileRef("https://127.0.0.1:9/tep", "tệp")
    calls = (*calls_of_all(channel, at, file, SAID), channel.check(), *quiet_of_all(channel, at))
    for call in calls:
        try:
            await call
        except SendError as error:
            logging.getLogger("bot.channels").error("%s: %r %s", channel, error, error.args, exc_info=error)  # noqa: TRY400 -- as good


def blurt(secrets: tuple[str, ...]) -> None:
    """What nobody caught, on every way out of a process."""
    loop = asyncio.get_running_loop()
    for secret in (*secrets, PASSWORD):
        error = RuntimeError(f"no access to http://u:{secret}@host/bot{secret} with {secret!r}")
        error.__cause__ = ValueError(secret)
        sys.excepthook(type(error), error, error.__traceback__)
        loop.call_exception_handler({"message": f"lost {secret}", "exception": error, "task": secret})
        logging.getLogger("bot.test").error("%s", {"Authorization": secret}, exc_info=error, stack_info=True)
        thread = threading.Thread(target=int, args=(secret,))
        thread.start()
        thread.join()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=False)
            logging.captureWarnings(capture=True)
            warnings.warn(f"do not use {secret}", stacklevel=1)
            logging.captureWarnings(capture=False)
        for others in ("httpx", "httpcore.http11", "sqlalchemy.engine.Engine", "uvicorn.error", "aiosqlite"):
            logging.getLogger(others).error("%s and %s", secret, secret.encode())


async def test_with_every_logger_talking_nothing_gets_out_but_without_redaction_it_would(talkative, tmp_path):
    """The same records go to a plain handler: what it has is what the search can find."""
    url = f"sqlite:///{tmp_path / 'thidua.db'}"
    migrate(url)
    store = Store(url)
    told, plain, secrets = io.StringIO(), io.StringIO(), {}
    async with contextlib.AsyncExitStack() as stack:
        worlds = [await stack.enter_async_context(open_world(store)) for open_world in DISTANT.values()]
        logs.set_up("DEBUG", [secret for world in worlds for secret in world.secrets] + [PASSWORD], told)
        control = logging.StreamHandler(plain)
        logging.getLogger().addHandler(control)
        with running(Echo()) as echo:
            for world in worlds:
                await everything(world.channel, world.at)
                await world.says(SAID)
                await world.hears()
                for how in (*FAILURES, "blocked"):
                    world.fails(how)
                    await everything(world.channel, world.at)
                    world.recovers()
                for echo.status, echo.whole in product((200, 400, 401, 403, 404, 409, 429, 500), (True, False)):
                    await everything(world.at_server(echo.url), world.at)
                secrets |= {f"{world.channel.name} {n}": secret for n, secret in enumerate(world.secrets)}
        blurt(tuple(secrets.values()))
    await store.close()
    assert found(told.getvalue(), secrets | {"password": PASSWORD}) == []
    assert not found(told.getvalue(), {"text": SAID})
    assert told.getvalue().count("Traceback") > 100
    urls = [line for line in plain.getvalue().splitlines() if line.startswith("HTTP Request: POST http://127.0.0.1")]
    assert found("\n".join(urls), {"token": worlds[0].secrets[0]})
    assert {leak.split(" as ")[0] for leak in found(plain.getvalue(), secrets)} == set(secrets)
