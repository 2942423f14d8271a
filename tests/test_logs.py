"""Logs: one line a record, and no secret or message text in it, whatever form it takes and wherever it comes from."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import create_engine
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.logs import MASK, event, redact, set_up

ICT = timezone(timedelta(hours=7))
SECRET = "mật khẩu/của+tôi:Ω&\"x'"
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123456"
LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00 [A-Z]+ \S+ "


@pytest.fixture(autouse=True)
def as_it_was():
    """Logging belongs to the whole process."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = (root.handlers[:], root.level, {name: logging.getLogger(name).level for name in logs.OURS})
    yield
    root.handlers[:], levels = before[0], before[2]
    root.setLevel(before[1])
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook = hooks
    logs._secrets = logs._Secrets()


@pytest.fixture
def stream():
    """What is logged, with the secret and the token known."""
    written = io.StringIO()
    set_up("INFO", [SECRET, "hunter2hunter2", "ngắn"], written, zone=ICT)
    return written


def raise_with(words):
    raise RuntimeError(words)


def test_a_record_is_one_line_with_its_fields(stream, monkeypatch):
    log = logging.getLogger("bot.worker")
    fields = {"outbox": 12, "channel": "telegram", "ms": 35.25, "at": datetime(2026, 11, 26, tzinfo=UTC), "to": None}
    event(log, logging.INFO, "delivered", **fields)
    [line] = stream.getvalue().splitlines()
    assert line.endswith(
        " INFO bot.worker delivered outbox=12 channel=telegram ms=35.25 at=2026-11-26T00:00:00+00:00 to=-"
    )
    assert datetime.fromisoformat(line.split()[0]).utcoffset() == timedelta(hours=7)


def test_what_a_field_or_a_message_holds_cannot_pass_for_a_record_or_a_field(stream):
    event(logging.getLogger("bot"), logging.INFO, 'said\n2026 FORGED "x"', why='a b="c"\n\x1b[31m', log=1, level="x")
    logging.getLogger("bot").info("100%")
    forged, plain = stream.getvalue().splitlines()
    assert forged.endswith(r'said\n2026 FORGED "x" why="a b=\"c\"\n\u001b[31m" log=1 level=x')
    assert plain.endswith("bot 100%")


def test_a_traceback_is_indented_under_its_record(stream):
    try:
        raise_with("first\nsecond")
    except RuntimeError:
        logging.getLogger("bot").exception("a tick failed")
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("ERROR bot a tick failed")
    assert rest[0] == "  Traceback (most recent call last):"
    assert rest[-2:] == ["  RuntimeError: first", "  second"]
    assert all(line.startswith("  ") for line in rest)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        urlencode({"q": SECRET})[2:],
        repr(SECRET),
        repr([SECRET]),
        repr(SECRET.encode()),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
    ],
)
def test_a_secret_is_kept_out_in_every_way_it_may_be_written(stream, form):
    logging.getLogger("bot").warning("sent %s to them", form)
    event(logging.getLogger("bot"), logging.INFO, "sent", what=form)
    said = stream.getvalue()
    assert said.count(MASK) == 2
    assert not any(part in said for part in ("khẩu", "kh%E1", "kh%e1", r"kh\u1ea9", r"kh\xe1", "Ω"))


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(before=st.binary(max_size=7), after=st.binary(max_size=4))
def test_a_secret_inside_base64_is_kept_out(encode, before, after):
    set_up("INFO", [SECRET], io.StringIO())
    coded = encode(before + SECRET.encode() + after).decode()
    left = redact(f"header {coded} end")
    assert MASK in left
    # What is left of it is what it shares a character with, at either end.
    assert len(left) - len("header  end") - len(MASK) <= len(coded) - (len(SECRET.encode()) * 4 // 3) + 4


def test_a_secret_in_a_traceback_and_one_of_several_lines(stream):
    several = "-----BEGIN-----\nMIIabc\n-----END-----"
    logs.also(several)
    try:
        raise_with(f"no access with {SECRET} and {several}")
    except RuntimeError:
        logging.getLogger("bot").exception("it failed")
    said = stream.getvalue()
    assert "MIIabc" not in said
    assert "khẩu" not in said
    assert f"RuntimeError: no access with {MASK} and {MASK}" in said


def test_short_secrets_are_part_of_ordinary_words_and_stay():
    set_up("INFO", ["abc", ""], io.StringIO())
    assert redact("abcdef") == "abcdef"


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it():
    set_up("INFO", ["secret-one", "secret-one-and-more"], io.StringIO())
    assert redact("x secret-one-and-more x secret-one x") == f"x {MASK} x {MASK} x"


def test_secrets_learnt_later_are_kept_out_and_do_not_pile_up(stream):
    for number in range(logs.LEARNT + 1):
        logs.also(f"refreshed-{number:04d}")
        logs.also(f"refreshed-{number:04d}")
    assert redact(f"refreshed-{logs.LEARNT:04d} refreshed-0001") == f"{MASK} {MASK}"
    assert redact("refreshed-0000") == "refreshed-0000"
    assert redact("hunter2hunter2") == MASK


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
            f"POST https://api.telegram.org/bot{MASK}/sendMessage",
        ),
        (f"/file/bot{TOKEN}/photo.jpg", f"/file/bot{MASK}/photo.jpg"),
        ("https://x/bot42%3Aabc_D-e/getMe", f"https://x/bot{MASK}/getMe"),
        (f"token {TOKEN[:45]}.", f"token {MASK}."),
        ('{"access_token":"a,b c","expires_in":"90000"}', f'{{"access_token":"{MASK}","expires_in":"90000"}}'),
        (r"{\"refresh_token\": \"abc\", \"x\": 1}", rf"{{\"refresh_token\": \"{MASK}\", \"x\": 1}}"),
        ('{"refresh_token":"broken off', f'{{"refresh_token":"{MASK}'),
        ("app_id=1&secret_key=a%2Fb&x=2", f"app_id=1&secret_key={MASK}&x=2"),
        ("Headers({'access_token': 'abc', 'a': 'b'})", f"Headers({{'access_token': '{MASK}', 'a': 'b'}})"),
        ("[(b'secret_key', b'abc'), (b'a', b'b')]", f"[(b'secret_key', b'{MASK}'), (b'a', b'b')]"),
        ("password=banana", f"password={MASK}"),
        ("X-Bot-Api-Secret-Token: abc", f"X-Bot-Api-Secret-Token: {MASK}"),
        ("Authorization: Basic dGhhbmg6YmltYXQ=", f"Authorization: {MASK} {MASK}"),
        ("postgresql+psycopg://me:p@ss/w@db:5432/x", f"postgresql+psycopg://me:{MASK}@db:5432/x"),
        ("redis://:pass@h", f"redis://:{MASK}@h"),
        ("http://127.0.0.1:8000/a me@b.vn", "http://127.0.0.1:8000/a me@b.vn"),
        ("08:30, 12345678:9 http://host:8000/x", "08:30, 12345678:9 http://host:8000/x"),
        ("Mã thông báo truy cập (access_token) đã hết hạn", "Mã thông báo truy cập (access_token) đã hết hạn"),
    ],
)
def test_tokens_of_a_known_shape_are_kept_out_though_nobody_named_them(said, left):
    assert redact(said) == left
    assert redact(left) == left or "Authorization" in said


def test_what_a_driver_repeats_of_the_values_is_left_out(stream):
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(sql("CREATE TABLE t (id INTEGER PRIMARY KEY, said TEXT)"))
    private = {"said": "chuyện\nriêng"}
    try:
        with engine.begin() as connection:
            for _ in range(2):
                connection.execute(sql("INSERT INTO t VALUES (1, :said)"), private)
    except SQLAlchemyError:
        logging.getLogger("bot").exception("not stored")
    engine.dispose()
    assert "UNIQUE constraint failed" in stream.getvalue()
    assert "riêng" not in stream.getvalue()


def test_what_a_validator_repeats_of_the_values_is_left_out(stream):
    private = {"text": "chuyện riêng", "more": ["riêng"]}
    try:
        TypeAdapter(dict[str, int]).validate_python(private)
    except ValidationError:
        logging.getLogger("bot").exception("not read")
    assert "unable to parse string as an integer" in stream.getvalue()
    assert "riêng" not in stream.getvalue()


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_others_are_heard_from_warning_on_whatever_our_level_is(level):
    written = io.StringIO()
    set_up(level, [], written)
    logging.getLogger("httpx").setLevel(logging.DEBUG)  # as a library may do by itself
    try:
        for name in ("bot.worker", "ingest.sync", "httpx", "hpack", "aiosqlite", "asyncio"):
            for said in (logging.DEBUG, logging.INFO, logging.WARNING):
                logging.getLogger(name).log(said, "%s", f"<{name} {said}>")
    finally:
        logging.getLogger("httpx").setLevel(logging.NOTSET)
    for name in ("bot.worker", "ingest.sync"):
        for said in (logging.DEBUG, logging.INFO, logging.WARNING):
            assert (f"<{name} {said}>" in written.getvalue()) == (said >= logging.getLevelNamesMapping()[level])
    others = [f"<{name} {said}>" for name in ("httpx", "hpack", "aiosqlite", "asyncio") for said in (10, 20)]
    assert not any(other in written.getvalue() for other in others)
    assert ("<hpack 30>" in written.getvalue()) == (level != "ERROR")


def test_setting_up_twice_or_over_a_library_s_handler_writes_once(stream):
    elsewhere = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(elsewhere))
    set_up("INFO", [SECRET], stream, zone=ICT)
    logging.getLogger("bot").info("once %s", SECRET)
    assert stream.getvalue().count("once") == 1
    assert elsewhere.getvalue() == ""


def test_without_a_stream_it_is_standard_error_as_it_is_then(capsys, monkeypatch):
    set_up("INFO", [])
    redirected = io.StringIO()
    monkeypatch.setattr(sys, "stderr", redirected)
    logging.getLogger("bot").info("here")
    assert "here" in redirected.getvalue()


def test_a_record_whose_arguments_do_not_fit_is_told_without_them(stream, capsys):
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if isinstance(handler, logs._Handler)]  # pytest's would raise
    logging.getLogger("bot").info("%d of them", SECRET)
    assert "%d of them (its arguments do not fit)" in stream.getvalue()
    assert capsys.readouterr().err == ""


def test_a_stream_that_is_gone_stops_nobody(capsys):
    written = io.StringIO()
    set_up("INFO", [], written)
    written.close()
    logging.getLogger("bot").info("x")
    assert capsys.readouterr().err == ""


def test_what_nobody_caught_is_redacted_too(stream):
    try:
        raise_with(f"with {SECRET}")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    thread = threading.Thread(target=raise_with, args=("in a thread with hunter2hunter2",))
    thread.start()
    thread.join()
    said = stream.getvalue()
    assert said.count("CRITICAL bot.logs uncaught") == 2
    assert f"  RuntimeError: with {MASK}" in said
    assert f"in a thread with {MASK}" in said


async def test_what_a_task_left_behind_is_redacted_too(stream):
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": f"lost {SECRET}", "exception": RuntimeError("hunter2hunter2")})
    assert f"ERROR asyncio lost {MASK}" in stream.getvalue()
    assert f"  RuntimeError: {MASK}" in stream.getvalue()


def test_warnings_are_records(stream):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)  # inside: leaving `catch_warnings` puts back what was there
        warnings.warn(f"do not use {SECRET}", stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "WARNING py.warnings" in stream.getvalue()
    assert "khẩu" not in stream.getvalue()
