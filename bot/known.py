"""The half of the composition root that answers questions: settings → library, retriever, answerer. No chat in it.

Apart from `bot.app`, so that `thidua ask` loads no more than it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.checks import Validity
from bot.config import Settings, SettingsError, load
from bot.logs import set_up
from bot.messages import FileRef
from bot.store.errors import Unavailable
from bot.store.migrate import migrate
from ingest.sync import sync
from knowledge.answerer import Answerer
from knowledge.backends.chat import ChatError
from knowledge.backends.chat import from_setting as chat_from_setting
from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import EmbeddingsError, from_setting, identity
from knowledge.citations import number_key
from knowledge.composer import ComposingAnswerer
from knowledge.documents import Document
from knowledge.library import Library
from knowledge.retriever import Retriever

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """What answers questions."""

    library: Library
    retriever: Retriever
    answerer: Answerer | ComposingAnswerer
    unsaid: Callable[[Sequence[str], str], tuple[str, ...]]
    validity: Validities


class Validities:
    """What the library knows of every document's validity, by `number_key`; read again only when the library changed.

    Synchronous, for worker threads.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: tuple[str, Mapping[str, Validity]] = ("", {})

    def __call__(self) -> Mapping[str, Validity]:
        revision = self._library.revision()
        if self._read[0] != revision:
            self._read = (revision, {number_key(each.number): _validity(each) for each in self._library.documents()})
        return self._read[1]


def _validity(of: Document) -> Validity:
    return Validity(of.number, of.title, of.in_force_from or of.issued, of.in_force_to, of.replaced_by)


def prepare(settings: Settings) -> None:
    """Make the data folder and bring the database to its newest tables. Raises SettingsError."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise SettingsError(f"Không dùng được thư mục dữ liệu {settings.data_dir} (THIDUA_DATA_DIR).") from None
    set_up(settings.log_level, settings.secrets, zone=settings.zone)
    try:
        migrate(settings.database)
    except Unavailable as error:
        raise SettingsError(f"Không mở được cơ sở dữ liệu, hãy xem lại THIDUA_DATABASE_URL ({error}).") from None


@contextmanager
def open_library(settings: Settings | None = None) -> Iterator[Library]:
    """The library alone: enough to list documents."""
    settings = settings or load()
    prepare(settings)
    library = Library(settings.database)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def open_knowledge(settings: Settings | None = None, clock: Clock | None = None) -> Iterator[Known]:
    """Library, retriever and answerer; nothing is loaded before the first question."""
    settings = settings or load()
    now = clock or system_clock(settings)
    with open_library(settings) as library:
        try:
            embeddings = from_setting(settings.embeddings)
        except EmbeddingsError as error:
            raise SettingsError(str(error)) from None
        vectors = _vectors(settings, identity(embeddings))
        retriever = Retriever(library, embeddings, vectors, settings.data_dir / "index")
        quoting = Answerer(library, retriever, today=lambda: now().date())
        yield Known(library, retriever, _composing(settings, quoting), quoting.unsaid, Validities(library))


def take_in_file(known: Known, folder: Path, file: FileRef, content: bytes) -> str:
    """Take a document that staff sent into the library, kept under `folder`; what staff are told of it.

    Synchronous; a long text takes minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{file.id[:12]}-{Path(file.name).name}"
    path.write_bytes(content)
    return sync([path], known.library, known.retriever).sentence


def _composing(settings: Settings, quoting: Answerer) -> Answerer | ComposingAnswerer:
    """The quoting answerer, behind a chat model if the settings name one."""
    if settings.chat_model is None:
        return quoting
    try:
        chat = chat_from_setting(settings.chat_model, seconds=settings.chat_timeout)
    except ChatError as error:
        raise SettingsError(str(error)) from None
    return ComposingAnswerer(quoting, chat)


def _vectors(settings: Settings, embedder: str) -> VectorStore:
    if settings.chroma_url is None:
        return VectorStore.embedded(settings.data_dir / "chroma", embedder)
    try:
        return VectorStore.server(settings.chroma_url, embedder)
    except ValueError as error:  # what Chroma's client makes of a server it cannot reach
        raise SettingsError(f"Không kết nối được máy chủ Chroma ở THIDUA_CHROMA_URL: {error}") from None


def system_clock(settings: Settings) -> Clock:
    return lambda: datetime.now(settings.zone)
