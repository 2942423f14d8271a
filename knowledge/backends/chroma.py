"""The vectors, in Chroma: embedded in a folder, or a server. Everything here can be rebuilt from the library.

Rules of this file
1. One collection per embedder: vectors of two embedders are never compared.
2. One process writes at a time (an embedded Chroma is damaged by two); any number may read, and see what it wrote as
   soon as it has set the mark.
3. No `where`: range conditions made a query a hundred times slower. Who asks over-fetches and filters.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.config import Settings
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_SPACE: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 24}
}


class VectorStore:
    """Vectors of one embedder by passage id, each with the digest of its text. Safe from several threads."""

    def __init__(self, connect: Callable[[], ClientAPI], embedder: str) -> None:
        """`embedder`: its identity (see `embeddings.identity`); it names the collection."""
        self._connect = connect
        self._name = re.sub(r"[^a-zA-Z0-9._-]", "-", f"passages-{embedder}")[:120].strip("-._")
        self._lock = threading.Lock()
        self._open()

    @classmethod
    def embedded(cls, directory: Path, embedder: str) -> VectorStore:
        directory.mkdir(parents=True, exist_ok=True)
        return cls(lambda: chromadb.PersistentClient(str(directory), settings=_quiet()), embedder)

    @classmethod
    def server(cls, url: str, embedder: str) -> VectorStore:
        """A Chroma server, "http://host:8000"."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        host, port = parts.hostname or "localhost", parts.port or (443 if secure else 8000)
        return cls(lambda: chromadb.HttpClient(host=host, port=port, ssl=secure, settings=_quiet()), embedder)

    def __len__(self) -> int:
        return self._collection.count()

    def upsert(self, ids: Sequence[str], vectors: Vectors, digests: Sequence[str]) -> None:
        """Add or replace; one batch after the other, each whole once it returns."""
        for part in self._batches(len(ids)):
            self._collection.upsert(
                ids=list(ids[part]),
                embeddings=np.asarray(vectors[part], dtype=np.float32),
                metadatas=[{"digest": d} for d in digests[part]],
            )

    def delete(self, ids: Sequence[str]) -> None:
        for part in self._batches(len(ids)):
            self._collection.delete(ids=list(ids[part]))

    def digests(self) -> dict[str, str]:
        """What is held: the digest of the text each vector was made from, by id."""
        held = self._collection.get(include=["metadatas"])
        return {id_: str(meta["digest"]) for id_, meta in zip(held["ids"], held["metadatas"] or [], strict=True)}

    def query(self, vector: Sequence[float], k: int) -> dict[str, float]:
        """The k nearest ids with their cosine similarity, nearest first."""
        with self._lock:
            if self._written_elsewhere():
                assert isinstance(self._client, Client)
                self._client.close()
                self._open()
            nearest = np.asarray([vector], dtype=np.float32)
            found = self._collection.query(query_embeddings=nearest, n_results=k, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return {id_: 1.0 - float(distance) for id_, distance in zip(found["ids"][0], distances, strict=True)}

    @property
    def mark(self) -> str:
        """What the last complete synchronisation left here; "" if there was none."""
        return self._mark

    @mark.setter
    def mark(self, value: str) -> None:
        self._collection.modify(metadata={"mark": value})
        self._mark = value

    def _open(self) -> None:
        self._client = self._connect()
        self._collection = self._client.get_or_create_collection(
            self._name,
            configuration=_SPACE,
            embedding_function=None,  # texts are embedded by us: nothing is fetched
        )
        self._mark = _mark(self._collection)

    def _written_elsewhere(self) -> bool:
        """An embedded Chroma keeps its graph in memory and does not see what another process wrote: the mark tells."""
        return _mark(self._client.get_collection(self._name, embedding_function=None)) != self._mark

    def _batches(self, count: int) -> Iterable[slice]:
        size = self._client.get_max_batch_size()
        return [slice(start, start + size) for start in range(0, count, size)]


def _mark(collection: chromadb.Collection) -> str:
    return str((collection.metadata or {}).get("mark", ""))


def _quiet() -> Settings:
    return Settings(anonymized_telemetry=False)
