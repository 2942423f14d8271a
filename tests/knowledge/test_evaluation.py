"""The measuring itself: figures worked out by hand, styles that can be repeated, a small set end to end."""

from __future__ import annotations

import gzip
import json

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from knowledge.backends.embeddings import BundledE5
from knowledge.documents import Passage
from knowledge.evaluation import OURS, RIVALS, articles, evaluate, load, measure, sample, styled
from knowledge.retriever import Found
from knowledge.vietnamese import fold, marked, syllables

ROWS = [
    ("A|1", "Luật A, Điều 1. Thi đua", "Danh hiệu chiến sĩ thi đua cơ sở tặng hằng năm."),
    ("A|2", "Luật A, Điều 2. Báo cáo", "Báo cáo tổng kết gửi trước ngày 30 tháng 11."),
    ("B|1", "Luật B, Điều 1. Hồ sơ", "Hồ sơ khen thưởng gồm tờ trình và biên bản."),
]
ASKED = {
    "q1": "Danh hiệu chiến sĩ thi đua cơ sở?",
    "q2": "Báo cáo tổng kết gửi khi nào?",
    "other": "Không thuộc phần này",
}


@pytest.fixture
def folder(tmp_path):
    with gzip.open(tmp_path / "corpus.jsonl.gz", "wt", encoding="utf-8") as file:
        for id_, title, text in ROWS:
            file.write(json.dumps({"_id": id_, "title": title, "text": text}) + "\n")
    queries = "\n".join(json.dumps({"_id": name, "text": text}) for name, text in ASKED.items())
    (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    gold = "query-id\tcorpus-id\tscore\nq1\tA|1\t1\nq2\tA|2\t1\nq2\tB|1\t0\n"
    (tmp_path / "qrels" / "dev.tsv").write_text(gold, encoding="utf-8")
    return tmp_path


def whole(article):
    return [Passage(article.id, "dieu", article.text, (article.title,))]


def test_only_the_questions_of_the_split_with_their_right_articles(folder):
    beir = load(folder, "dev")
    assert list(beir.questions) == ["q1", "q2"]
    assert beir.gold == {"q1": {"A|1"}, "q2": {"A|2"}}
    assert [a.id for a in beir.articles] == ["A|1", "A|2", "B|1"]


def test_figures_worked_out_by_hand():
    found = {"one": ["x", "a"], "two": ["b"], "three": ["x"] * 10 + ["c"]}
    gold = {"one": frozenset("a"), "two": frozenset("bd"), "three": frozenset("c")}
    report = measure(lambda text: found[text], {name: name for name in found}, gold)
    assert report["mrr@10"] == pytest.approx((1 / 2 + 1 + 0) / 3, abs=1e-4)
    assert report["acc@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert report["acc@10"] == pytest.approx(2 / 3, abs=1e-4)
    assert report["recall@5"] == pytest.approx((1 + 1 / 2 + 0) / 3, abs=1e-4)
    assert report["questions"] == 3


def test_styles_can_be_repeated_and_are_what_they_say():
    questions = {str(i): "Hồ sơ đề nghị khen thưởng không được gửi với báo cáo như thế nào?" for i in range(40)}
    assert styled(questions, "accented") == questions
    assert set(styled(questions, "unaccented").values()) == {fold(questions["0"])}
    for style in ("half", "chat"):
        assert styled(questions, style) == styled(questions, style) != styled(questions, style, seed=2)
    typed = [s for text in styled(questions, "half").values() for s in syllables(text)]
    assert 0.35 < sum(map(marked, typed)) / sum(marked(s) for t in questions.values() for s in syllables(t)) < 0.65
    chat = " ".join(styled(questions, "chat").values())
    assert {"ko", "HS", "ntn", "BC", "vs"} <= set(chat.replace("?", "").split())


@pytest.mark.parametrize("style", ["accented", "unaccented"])
def test_a_small_set_through_the_product_and_embedded_only_once(folder, tmp_path, style):
    told = []
    embeddings = BundledE5()
    rows = evaluate(load(folder, "dev"), whole, embeddings, tmp_path / "kept", style=style, progress=told.append)
    assert list(rows) == [OURS, "BM25", "dense", "RRF"]
    first = rows[OURS]
    assert (first["mrr@10"], first["acc@10"], first["questions"], first["passages"]) == (1.0, 1.0, 2, 3)
    assert [p.done for p in told] == [3]
    again = evaluate(load(folder, "dev"), whole, embeddings, tmp_path / "kept", style=style, progress=told.append)
    assert len(told) == 1
    assert again[OURS]["mrr@10"] == first["mrr@10"]


def hit(article, lexical, dense):
    return Found(Passage(article, "dieu", article), lexical + dense, lexical, dense)


def test_the_rivals_rank_what_was_found_each_in_its_own_way():
    found = [hit("A", 3.0, 1.0), hit("B", 1.0, 3.5), hit("C", 2.0, 2.0)]
    ranked = {name: articles(rank(found)) for name, rank in RIVALS.items()}
    assert ranked["BM25"] == ["A", "C", "B"]
    assert ranked["dense"] == ["B", "C", "A"]
    assert ranked["RRF"][2] == "C"  # 1/61 + 1/63 of the others beats 2/62


def test_a_sample_keeps_every_right_article_and_can_be_repeated(folder):
    beir = load(folder, "dev")
    assert {a.id for a in sample(beir, 2).articles} == {"A|1", "A|2"}
    assert sample(beir, 3).articles == beir.articles == sample(beir, 99).articles
    assert sample(beir, 1).articles == sample(beir, 2).articles


def test_the_plain_set_up_is_measured_on_the_same_questions(folder, tmp_path):
    pytest.importorskip("langchain_chroma", reason="the extra `baseline` is not installed")
    from knowledge.backends.baseline import evaluate_baseline

    report = evaluate_baseline(load(folder, "dev"), DeterministicFakeEmbedding(size=16), tmp_path / "kept")
    assert (report["questions"], report["passages"]) == (2, 3)
    assert report["acc@10"] == 1.0
