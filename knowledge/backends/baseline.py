"""What one gets from LangChain as its tutorials set it up, for scale: recursive splitter, Chroma, the same embedder.

Needs the extra `baseline`. Nothing of the product is used but the embedder and the questions.
"""

from __future__ import annotations

import time
from pathlib import Path

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from knowledge.backends.embeddings import identity
from knowledge.evaluation import DEPTH, BeirSet, Report, Style, measure, styled

_BATCH = 128


def evaluate_baseline(
    beir: BeirSet, embeddings: Embeddings, directory: Path, *, style: Style = "accented", seed: int = 1
) -> Report:
    """The same figures as `evaluation.evaluate`, of the plain set-up; its vectors stay in `directory` as well."""
    client = chromadb.PersistentClient(
        str(directory / f"baseline-{identity(embeddings)}"), settings=Settings(anonymized_telemetry=False)
    )
    store = Chroma(client=client, collection_name="articles", embedding_function=embeddings)
    begun = time.perf_counter()
    chunks = _chunks(beir)
    held = set(store.get(include=[])["ids"])
    missing = [chunk for chunk in chunks if chunk.id not in held]
    for start in range(0, len(missing), _BATCH):
        store.add_documents(missing[start : start + _BATCH])
    spent = time.perf_counter() - begun
    store.similarity_search("khởi động", k=1)

    def search(question: str) -> list[str]:
        found = store.similarity_search(question, k=DEPTH)
        return list(dict.fromkeys(str(document.metadata["article"]) for document in found))

    report = measure(search, styled(beir.questions, style, seed), beir.gold)
    return report | {"index_s": round(spent, 1), "passages": len(chunks)}


def _chunks(beir: BeirSet) -> list[Document]:
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return [
        Document(piece, metadata={"article": article.id}, id=f"{article.id}~{i}")
        for article in beir.articles
        for i, piece in enumerate(splitter.split_text(f"{article.title}\n{article.text}"))
    ]
