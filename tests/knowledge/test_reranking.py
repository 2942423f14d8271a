"""The second order: what names the matter comes first, nothing is lost, and what was not weighed stays behind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Passage
from knowledge.reranking import FIRST, Hit, reordered


def passage(path, heading, text):
    return Passage("09/2030/QH99", path, text, ("Luật 09/2030/QH99", heading))


PASSAGES = {
    p.id: p
    for p in (
        passage("dieu-1", "Điều 1. Cờ thi đua", "Cờ thi đua tặng tập thể dẫn đầu, kèm hồ sơ khen thưởng."),
        passage("dieu-2", "Điều 2. Hồ sơ khen thưởng", "Gồm tờ trình, báo cáo thành tích và biên bản bình xét."),
        passage("dieu-3", "Điều 3. Quỹ", "Quỹ được hình thành từ ngân sách nhà nước."),
    )
}


def rarity(syllable):
    return 1.0 + len(syllable) / 10


def ordered(question, hits):
    return [(hit.id.partition("#")[2], score) for hit, score in reordered(question, hits, PASSAGES, rarity)]


def test_what_the_headings_name_comes_before_what_is_mentioned_in_passing():
    hits = [Hit(id_, 2.0, 1.0) for id_ in PASSAGES]
    assert ordered("hồ sơ khen thưởng gồm những gì", hits)[0][0] == "dieu-2"
    assert ordered("quỹ hình thành từ đâu", hits)[0][0] == "dieu-3"


def test_equal_words_leave_the_first_order():
    first, second, third = PASSAGES
    hits = [Hit(second, 3.0, 2.0), Hit(first, 2.0, 1.0), Hit(third, 1.0, 0.5)]
    same = dict.fromkeys(PASSAGES, passage("dieu-9", "Điều 9", "Như nhau"))
    assert [hit for hit, _ in reordered("hỏi gì đó", hits, same, rarity)] == hits


@given(st.text(max_size=60), st.lists(st.floats(-5, 9), min_size=1, max_size=FIRST + 20))
def test_nothing_is_lost_and_the_rest_stays_behind(question, scores):
    found = [Hit(f"09/2030/QH99#dieu-{i}", score, 0.0) for i, score in enumerate(sorted(scores, reverse=True))]
    passages = {h.id: passage(h.id.partition("#")[2], "Điều", "Nội dung") for h in found[:FIRST]}
    again = reordered(question, found, passages, rarity)
    assert sorted(h.id for h, _ in again) == sorted(h.id for h in found)
    assert [h for h, _ in again[FIRST:]] == found[FIRST:]
    values = [score for _, score in again]
    assert values == sorted(values, reverse=True)


def test_nothing_found_is_nothing():
    assert reordered("hỏi", [], {}, rarity) == []
