"""Our retriever as a LangChain `BaseRetriever`: whatever takes one (a chain, an agent's tool) finds in our library.

Rules of this file
1. A LangChain document is a passage: `page_content` is its text, verbatim; `id` is the passage's id.
2. `metadata` is plain JSON: `document` (number), `path`, `label` (as an officer cites it) and `score` (higher is
   better; comparable within one search only).
3. Safe to call from several threads, as the retriever is; asynchronous calls run in a thread.
"""

from __future__ import annotations

from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from knowledge.citations import label
from knowledge.documents import Document
from knowledge.library import Library
from knowledge.retriever import Found, Retriever


class GuidanceRetriever(BaseRetriever):
    """The `k` best passages for a question typed with or without dấu, best first.

    `on`: only what is in force that day; None: also what no longer is. `library` must be the one `retriever` searches.
    """

    retriever: Retriever
    library: Library
    k: int = Field(default=5, ge=1)
    on: date | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        del run_manager  # nothing happens in between that its listeners could be told
        found = self.retriever.search(query, k=self.k, on=self.on)
        known = {number: self.library.document(number) for number in {f.passage.document for f in found}}
        return [_document(f, known[f.passage.document]) for f in found]


def _document(found: Found, document: Document | None) -> LangChainDocument:
    passage = found.passage
    return LangChainDocument(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "document": passage.document,
            "path": passage.path,
            "label": label(document, passage.path) if document else passage.id,
            "score": found.score,
        },
    )
