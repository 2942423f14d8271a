"""Logs: one line a record, with fields; no secret in it and no message text, wherever the record comes from.

    2026-11-26T05:10:33+07:00 INFO bot.worker delivered outbox=12 channel=telegram outcome=sent tries=1 ms=35

Rules of this file
1. Secrets are replaced in the final text, tracebacks included, in every form they are written in: as they are,
   URL-encoded, in base64 wherever in it they begin, as Python and JSON quote them. So are tokens of a known shape.
2. Our own code logs no message text, at no level. Others' records count from WARNING on, whatever our level is, and
   what drivers and validators repeat of a value in their errors is left out.
3. A record's line begins with its moment, and no other line does: line breaks and control characters within it are
   written as escapes, the lines of a traceback are indented.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from types import TracebackType
from typing import Final, TextIO
from urllib.parse import quote, quote_plus

MASK: Final = "•••"
SHORTEST: Final = 6  # characters: anything shorter is part of ordinary words
LEARNT: Final = 50  # secrets learnt later that are remembered; older ones have long expired
OURS: Final = frozenset({"bot", "ingest", "knowledge", "__main__"})

log = logging.getLogger(__name__)

_NAME = (
    r"(?:access_token|refresh_token|secret_key|app_secret|secret[_-]token|api[_-]?key|authorization|password)\\*[\"']?"
    r"\s*(?:[:=]|,(?=\s*b?\\*[\"']))\s*(?:b(?=\\*[\"']))?"
)
_PLAIN = r"[^\s&,;)}\"'\\]+"  # a value without quotes
_SHAPES: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(/bot)\d+(?::|%3[Aa])[\w-]+", rf"\1{MASK}"),  # a call of Telegram or Zalo
        (r"\b\d{8,10}:[\w-]{35}\b", MASK),  # a Telegram token by itself
        (r"\b(Basic|Bearer) [\w.~+/=-]{6,}", rf"\1 {MASK}"),
        # name=value, "name": "value" (also quoted once more), ('name', 'value'); a broken-off value goes to its end
        (rf"(?i)({_NAME})(?:(\\*[\"'])[^\n]*?(?=\2|\n|\Z)|(?!{MASK}){_PLAIN})", rf"\1\2{MASK}"),
        (r"(\b[a-zA-Z][\w+.-]{0,30}://[^\s:/@]*:)[^\s\"'<>]{1,500}(?=@)", rf"\1{MASK}"),  # scheme://user:password@
        # What SQLAlchemy, PostgreSQL and pydantic repeat of the values they refuse: texts of messages.
        (r"(\[parameters: )[^\n]*", rf"\1{MASK}]"),
        (r"(Failing row contains \()[^\n]*", rf"\1{MASK})"),
        (r"(input_value=).*?(?=, input_type=|\n|\Z)", rf"\1{MASK}"),
    )
)
_CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
_CONTROL.update({ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"})
_BARE: Final = re.compile(r"[^\s\"'=]+")


class _Secrets:
    """What must not be shown, in all its forms; the longest first, so that no part of one is left over."""

    def __init__(self) -> None:
        self._given: tuple[str, ...] = ()
        self._learnt: deque[str] = deque(maxlen=LEARNT)
        self._lock = threading.Lock()
        self.forms: tuple[str, ...] = ()

    def give(self, secrets: Iterable[str]) -> None:
        with self._lock:
            self._given = tuple(secrets)
            self._spell()

    def learn(self, secret: str) -> None:
        with self._lock:
            if secret not in self._learnt:
                self._learnt.append(secret)
                self._spell()

    def _spell(self) -> None:
        known = [secret for secret in (*self._given, *self._learnt) if len(secret) >= SHORTEST]
        self.forms = tuple(sorted({form for secret in known for form in _forms(secret)}, key=len, reverse=True))


_secrets = _Secrets()


def set_up(level: str, secrets: Iterable[str], stream: TextIO | None = None, *, zone: tzinfo | None = None) -> None:
    """Send all records, warnings and uncaught errors to `stream` (None: standard error); harmless twice.

    `level`: of our own records (DEBUG, INFO, WARNING, ERROR). `zone`: of the moments shown (None: the machine's).
    """
    _secrets.give(secrets)
    ours = logging.getLevelNamesMapping()[level]
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if type(handler) in {_Handler, logging.StreamHandler}:  # what a library's basicConfig made would not redact
            root.removeHandler(handler)
    root.addHandler(_Handler(stream, _Line(zone)))
    root.setLevel(max(ours, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(ours)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def also(secret: str) -> None:
    """Keep a secret that was learnt later (a refreshed token) out of the logs as well."""
    _secrets.learn(secret)


def redact(text: str) -> str:
    """The text without what must not be shown: for logs, the column of errors, pages."""
    for form in _secrets.forms:
        text = text.replace(form, MASK)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def event(log: logging.Logger, level: int, what: str, /, **fields: object) -> None:
    """Log what happened with its figures: ids, channels, states, counts; never a text or a name."""
    log.log(level, "%s", what, extra={"fields": fields}, stacklevel=2)


class _Handler(logging.Handler):
    """Standard error is looked up anew for each record: who redirects it later gets what is written later."""

    def __init__(self, stream: TextIO | None, formatter: logging.Formatter) -> None:
        super().__init__()
        self._stream = stream
        self.setFormatter(formatter)
        self.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS)

    def emit(self, record: logging.LogRecord) -> None:
        stream = self._stream or sys.stderr
        try:
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001 -- whoever logs goes on; logging's own report would print the record unredacted
            return


class _Line(logging.Formatter):
    def __init__(self, zone: tzinfo | None) -> None:
        super().__init__()
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone(self._zone).isoformat(timespec="seconds")
        fields: dict[str, object] = getattr(record, "fields", {})
        said = " ".join((_message(record).translate(_CONTROL), *(f"{k}={_value(v)}" for k, v in fields.items())))
        lines = [f"{moment} {record.levelname} {record.name} {said}"]
        if record.exc_info:
            lines += _lines(self.formatException(record.exc_info))
        if record.stack_info:
            lines += _lines(record.stack_info)
        return redact("\n  ".join(lines))


def _lines(trace: str) -> list[str]:
    return [line.translate(_CONTROL) for line in redact(trace).split("\n")]


def _message(record: logging.LogRecord) -> str:
    """Redacted before anything in it is escaped."""
    try:
        return redact(record.getMessage())
    except Exception:  # noqa: BLE001 -- arguments that do not fit, or one whose __str__ fails: the rest is still told
        return redact(f"{record.msg} (its arguments do not fit)")


def _value(value: object) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return value.isoformat(timespec="seconds")
        case float():
            return f"{value:.6g}"
        case _:
            text = redact(str(value))
            return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False).translate(_CONTROL)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("uncaught", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _forms(secret: str) -> Iterator[str]:
    """Every way a secret may be written."""
    raw = secret.encode("utf-8", "replace")
    yield secret
    for encoded in (quote(raw), quote(raw, safe=""), quote_plus(raw)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    yield repr(secret)[1:-1]
    yield repr(raw)[2:-1]
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    for shift in range(3):
        # Inside a longer text (user:password) it begins at any of three places; the characters it shares are left out.
        coded = b64encode(bytes(shift) + raw).decode()
        own = coded[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
        yield own
        yield own.translate(str.maketrans("+/", "-_"))
