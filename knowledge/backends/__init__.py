"""The one place where chromadb, LangChain and sentence-transformers are imported."""
