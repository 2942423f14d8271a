"""What we know and how it is found. Nothing in here knows of chat.

`GuidanceRetriever` is for others to use; it is loaded when it is first asked for, so `import knowledge` stays instant.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge.backends.langchain_retriever import GuidanceRetriever

__all__ = ["GuidanceRetriever"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("knowledge.backends.langchain_retriever"), name)
