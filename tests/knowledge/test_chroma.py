"""The vectors in Chroma: embedded in a folder, several embedders side by side, batches, what was last synchronised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.backends.chroma import VectorStore


def unit(*angles):
    return np.array([[np.cos(a), np.sin(a)] for a in angles], dtype=np.float32)


@pytest.fixture
def store(tmp_path):
    return VectorStore.embedded(tmp_path, "two-dimensions")


def test_nearest_first_with_cosine(store):
    store.upsert(["x", "y", "z"], unit(0, 1, 2), ["1", "2", "3"])
    found = store.query([1.0, 0.0], 2)
    assert list(found) == ["x", "y"]
    assert found["x"] == pytest.approx(1, abs=1e-4)
    assert found["y"] == pytest.approx(np.cos(1), abs=1e-4)
    assert len(store.query([1.0, 0.0], 99)) == 3


def test_replaced_deleted_and_kept(store, tmp_path):
    store.upsert(["x", "y"], unit(0, 1), ["1", "2"])
    store.upsert(["x"], unit(3), ["1b"])
    store.delete(["y"])
    store.delete([])
    assert store.digests() == {"x": "1b"}
    again = VectorStore.embedded(tmp_path, "two-dimensions")
    assert again.digests() == {"x": "1b"}
    assert again.query([-1.0, 0.0], 1)["x"] == pytest.approx(-np.cos(3), abs=1e-3)


def test_empty_finds_nothing(store):
    assert store.query([1.0, 0.0], 5) == {}
    assert store.digests() == {}
    assert len(store) == 0


def test_another_embedder_has_its_own_vectors(store, tmp_path):
    store.upsert(["x"], unit(0), ["1"])
    other = VectorStore.embedded(tmp_path, "nhúng khác/ba chiều")
    other.upsert(["x"], np.ones((1, 3), dtype=np.float32), ["1"])
    assert list(other.query([1.0, 1.0, 1.0], 1)) == ["x"]
    assert len(store) == 1


def test_the_mark_is_kept_with_the_vectors(store, tmp_path):
    assert store.mark == ""
    store.mark = "7"
    store.upsert(["x"], unit(0), ["1"])
    assert VectorStore.embedded(tmp_path, "two-dimensions").mark == "7"


def test_more_than_one_batch(store, monkeypatch):
    monkeypatch.setattr(store._client, "get_max_batch_size", lambda: 3)
    ids = [str(i) for i in range(8)]
    store.upsert(ids, unit(*range(8)), ids)
    assert store.digests() == dict(zip(ids, ids, strict=True))
    store.delete(ids[:7])
    assert list(store.digests()) == ["7"]


def test_what_another_process_wrote_is_seen_once_it_is_marked(store, tmp_path):
    store.upsert(["x", "y"], unit(0, 1), ["1", "2"])
    store.mark = "before"
    assert list(store.query([1.0, 0.0], 9)) == ["x", "y"]
    script = f"""
import sys
from pathlib import Path
import numpy as np
from knowledge.backends.chroma import VectorStore
store = VectorStore.embedded(Path({str(tmp_path)!r}), "two-dimensions")
store.upsert(["z"], np.array([[1.0, 0.1]], dtype=np.float32), ["3"])
store.delete(["y"])
store.mark = "after"
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
    assert list(store.query([1.0, 0.0], 9)) == ["x", "z"]
    assert store.mark == "after"
