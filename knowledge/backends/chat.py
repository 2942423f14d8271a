"""A chat model behind LangChain's `BaseChatModel`: instructions and material in, one text out, within a budget.

The setting is `PROVIDER:MODEL` as `init_chat_model` reads it (`openai:…`, `ollama:…`, `google_genai:…`, or another
whose LangChain package is installed). Addresses and keys are the provider's own variables: OPENAI_BASE_URL and
OPENAI_API_KEY, OLLAMA_HOST, GOOGLE_GEMINI_BASE_URL and GOOGLE_API_KEY.

Rules of this file
1. The budget is for the whole reply: it holds while a server is silent, and in the middle of a stream.
2. No tools, no retries, no tracing: nothing of a question goes anywhere but to the model that the setting names.
3. What went wrong is told by a reason and never by the text of an error, which may carry a key or a question.

Errors
    ChatError(ValueError)      the setting cannot be followed; its text is for whoever runs the assistant
    ChatFailed(Exception)      this reply did not come; `reason` says why
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:  # a third of a second that no question needs while no model is set
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

LONGEST = 8000  # characters after which no more of a reply is read
STEP = 0.25  # seconds between two looks at what has come
_AT_ONCE = 8  # replies under way, those given up on included: a server that hangs cannot pile up threads
_CUT = {"length", "max_tokens", "model_length"}
_WITHHELD = {"content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii", "refusal"}
_HTTP = ("httpx", "httpcore", "requests.", "urllib3.", "aiohttp.")
_LATE = ("timeout", "deadlineexceeded")
_EXTRA = "pip install '.[chat]'"


class ChatError(ValueError):
    """The setting THIDUA_CHAT_MODEL cannot be followed."""


class Failure(StrEnum):
    """Why no reply came."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    NETWORK = "network"
    REJECTED = "rejected"
    WITHHELD = "withheld"
    CUT_OFF = "cut_off"
    BUSY = "busy"
    BROKEN = "broken"


class ChatFailed(Exception):
    """No usable reply came; `reason` says why."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(slots=True)
class _Reply:
    """What a model has said so far; filled in by its own thread."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    ended: str = ""
    failure: Failure | None = None
    done: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)


class Chat:
    """One chat model. Safe to call from several threads; `seconds` is the budget of one reply."""

    def __init__(self, model: BaseChatModel, *, seconds: float, name: str = "") -> None:
        self.name = name or type(model).__name__
        self._model, self._seconds = model, seconds
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    def write(self, instructions: str, material: str, heard: Callable[[str], None] | None = None) -> str:
        """The whole reply; `heard` is told now and then what has come of it, in the caller's thread. Raises ChatFailed
        when it does not come, in time and to its end.
        """
        if not self._free.acquire(blocking=False):
            raise ChatFailed(Failure.BUSY)
        reply = _Reply()
        threading.Thread(target=self._read, args=(reply, instructions, material), name="chat", daemon=True).start()
        if not _wait(reply, time.monotonic() + self._seconds, heard):
            reply.given_up.set()
            raise ChatFailed(Failure.TIMEOUT)
        if reply.failure is not None:
            raise ChatFailed(reply.failure)
        if reply.ended in _CUT or reply.size > LONGEST:
            raise ChatFailed(Failure.CUT_OFF)
        if reply.ended in _WITHHELD:
            raise ChatFailed(Failure.WITHHELD)
        return "".join(reply.parts)

    def _read(self, reply: _Reply, instructions: str, material: str) -> None:
        """Read the stream to its end, or until nobody waits for it any more."""
        try:
            with importlib.import_module("langsmith").tracing_context(enabled=False):
                stream = self._model.stream([("system", instructions), ("human", material)])
                # A generator, closed at once, so that the connection is too.
                with closing(cast("Any", stream)) as chunks:
                    for chunk in cast("Iterator[AIMessageChunk]", chunks):
                        _take(reply, chunk)
                        if reply.given_up.is_set() or reply.size > LONGEST:
                            break
        except Exception as error:  # noqa: BLE001 - every provider has its own tree; all of them mean: no reply
            reply.failure = _why(error)
        finally:
            self._free.release()
            reply.done.set()


def from_setting(value: str, *, seconds: float) -> Chat:
    """The chat model a setting names; see the top of this file. Raises ChatError with a sentence in Vietnamese."""
    provider, colon, model = value.partition(":")
    if not colon or not provider.strip() or not model.strip() or value != "".join(value.split()):
        raise ChatError(
            f"THIDUA_CHAT_MODEL={value!r} không hợp lệ. Dùng dạng nhà_cung_cấp:mô_hình, ví dụ openai:…, ollama:…, "
            "google_genai:…"
        )
    try:
        init = importlib.import_module("langchain.chat_models").init_chat_model
    except ImportError as error:
        raise ChatError(f"THIDUA_CHAT_MODEL cần gói langchain chưa được cài. Hãy chạy: {_EXTRA}") from error
    try:
        made = init(model, model_provider=provider, **_options(provider, seconds))
    except ImportError as error:
        raise ChatError(
            f"THIDUA_CHAT_MODEL={value!r}: chưa cài gói LangChain cho {provider!r}. Hãy chạy: {_EXTRA} (có sẵn openai, "
            "ollama, google_genai), hoặc cài gói langchain của nhà cung cấp đó."
        ) from error
    except Exception as error:  # noqa: BLE001 - a missing key is another error with every provider
        raise ChatError(_unusable(value, provider, error)) from None
    return Chat(made, seconds=seconds, name=value)


def _options(provider: str, seconds: float) -> Mapping[str, Any]:
    """No retries (they would eat the budget) and a connection that ends with it, in each client's own words."""
    match provider:
        case "openai":
            return {"timeout": seconds, "max_retries": 0}
        case "google_genai":
            return {"timeout": seconds, "max_retries": 1}  # it counts the first try
        case "ollama":
            return {"client_kwargs": {"timeout": seconds}}
        case _:
            return {}


def _unusable(value: str, provider: str, error: Exception) -> str:
    if "unsupported provider" in str(error).lower():
        return f"THIDUA_CHAT_MODEL={value!r}: không có nhà cung cấp {provider!r} (ví dụ: openai, ollama, google_genai)."
    return (
        f"THIDUA_CHAT_MODEL={value!r}: không khởi tạo được mô hình ({type(error).__name__}). Hãy xem lại khóa và "
        "địa chỉ trong biến môi trường của nhà cung cấp (OPENAI_API_KEY, OLLAMA_HOST, GOOGLE_API_KEY …)."
    )


def _wait(reply: _Reply, until: float, heard: Callable[[str], None] | None) -> bool:
    """Whether a reply ended before a moment of the monotonic clock."""
    told = 0
    while not reply.done.wait(max(0.0, min(STEP, until - time.monotonic()))):
        if time.monotonic() >= until:
            return False
        if heard and reply.size > told:
            told = reply.size
            heard("".join(reply.parts))
    return True


def _take(reply: _Reply, chunk: AIMessageChunk) -> None:
    text = str(chunk.text)
    reply.parts.append(text)
    reply.size += len(text)
    for name in ("finish_reason", "done_reason", "stop_reason"):
        if ended := chunk.response_metadata.get(name):
            reply.ended = str(ended).lower()


def _why(error: BaseException | None) -> Failure:
    """The reason of an error, from the status it carries or the kind it is, whichever library raised it."""
    while error is not None:
        status = next((s for s in map(error.__dict__.get, ("status_code", "code")) if isinstance(s, int)), None)
        name = type(error).__name__.lower()
        if status is not None and status >= 400:
            return _of_status(status)
        if isinstance(error, TimeoutError) or any(word in name for word in _LATE):
            return Failure.TIMEOUT
        if isinstance(error, OSError) or type(error).__module__.startswith(_HTTP):
            return Failure.NETWORK
        error = error.__cause__ or error.__context__
    return Failure.BROKEN


def _of_status(status: int) -> Failure:
    match status:
        case 429:
            return Failure.RATE_LIMITED
        case 408 | 504:
            return Failure.TIMEOUT
        case _:
            return Failure.SERVER_ERROR if status >= 500 else Failure.REJECTED
