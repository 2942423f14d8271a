"""BM25 over printed and folded syllables: what is found, and that a saved index is the same index."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.lexical import Lexical
from knowledge.vietnamese import fold

TEXTS = ["bản báo cáo tổng kết", "bạn đọc báo", "ban chỉ đạo thi đua", "tỷ lệ khen thưởng", "đua thi", ""]


@pytest.fixture(scope="module")
def lexical():
    return Lexical.build(lambda: TEXTS)


def best(scores):
    return int(np.argmax(scores))


def test_marks_tell_apart_what_looks_alike(lexical):
    assert [best(lexical.scores(word)) for word in ("bản", "bạn", "ban")] == [0, 1, 2]


def test_without_marks_the_text_is_still_found(lexical):
    assert best(lexical.scores(fold("bản báo cáo tổng kết"))) == 0
    assert lexical.scores("bao")[1] > 0


def test_word_order_counts(lexical):
    scores = lexical.scores("thi đua")
    assert scores[2] > 0
    assert best(lexical.scores("đua thi")) == 4


def test_spellings_of_one_syllable_meet(lexical):
    assert best(lexical.scores("tỉ lệ")) == 3


def test_more_to_look_for_adds_to_the_score(lexical):
    assert lexical.scores("tổng kết", "khen thưởng")[3] > lexical.scores("tổng kết")[3]


def test_nothing_known_scores_nothing(lexical):
    assert not lexical.scores("zzz qqq").any()
    assert not lexical.scores("").any()


def test_a_saved_index_scores_the_same(lexical, tmp_path):
    lexical.save(tmp_path)
    again = Lexical.load(tmp_path)
    for question in ("bản báo cáo", "thi dua", "zzz", "khen thưởng tổng kết"):
        np.testing.assert_array_equal(again.scores(question), lexical.scores(question))
