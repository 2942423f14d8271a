"""Questions to answers over a small made-up library: quotes are there word by word, and every no says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import wording
from knowledge.answerer import Answerer, to_json
from knowledge.backends.chroma import VectorStore
from knowledge.backends.embeddings import BundledE5
from knowledge.documents import Amendment, Caveat, Document, Passage, Provision, Status, full_text
from knowledge.library import Library
from knowledge.retriever import Retriever
from knowledge.vietnamese import fold

OLD = Document(
    "10/2001/QH99", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2001, 1, 1), date(2001, 7, 1),
    date(2029, 12, 31), replaced_by=("20/2029/QH99",),
)  # fmt: skip
CHANGE = Document(
    "11/2011/QH99", "Luật", "Luật sửa đổi, bổ sung một số điều của Luật Thi đua, khen thưởng", "Quốc hội",
    date(2011, 1, 1), date(2011, 7, 1), date(2029, 12, 31), amends=("10/2001/QH99",), replaced_by=("20/2029/QH99",),
)  # fmt: skip
NEW = Document(
    "20/2029/QH99", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2029, 6, 1), date(2030, 1, 1),
    replaces=("10/2001/QH99",), amended_by=("21/2031/QH99",),
)  # fmt: skip
UNSEEN = Document(
    "21/2031/QH99", "Luật", "Luật sửa đổi, bổ sung một số điều của Luật Thi đua, khen thưởng", "Quốc hội",
    date(2031, 1, 1), date(2031, 7, 1), amends=("20/2029/QH99",), held=False,
    transition="Hồ sơ nhận trước theo luật cũ",
)  # fmt: skip
LETTER = Document(
    "05/HD-HĐTĐKT", "Hướng dẫn", "Hướng dẫn tổng kết phong trào thi đua năm 2028", "Hội đồng Thi đua - Khen thưởng xã",
    date(2028, 10, 1), date(2028, 10, 1), date(2028, 12, 31), complete=False, implements=("77/SNV-BTĐKT",),
)  # fmt: skip
ABOVE = Document("77/SNV-BTĐKT", "Công văn", "Hướng dẫn tổng kết", "Sở Nội vụ", date(2028, 9, 20), held=False)

TEXTS = {
    OLD: {
        "dieu-5": "Điều 5. Danh hiệu “Lao động tiên tiến”",
        "dieu-5/khoan-1": "1. Danh hiệu “Lao động tiên tiến” được xét tặng cho cá nhân hoàn thành tốt nhiệm vụ.",
        "dieu-5/khoan-2": "2. Danh hiệu “Lao động tiên tiến” được xét hai năm một lần.",
    },
    CHANGE: {
        "dieu-1": "Điều 1. Sửa đổi",
        "dieu-1/khoan-1": (
            "1. Sửa đổi khoản 2 Điều 5:\n“2. Danh hiệu “Lao động tiên tiến” được xét ba năm một lần vào cuối năm.”"
        ),
    },
    NEW: {
        "dieu-5": "Điều 5. Danh hiệu “Lao động tiên tiến”",
        "dieu-5/khoan-1": "1. Danh hiệu “Lao động tiên tiến” để tặng hằng năm cho cá nhân đạt các tiêu chuẩn sau đây:",
        "dieu-5/khoan-1/diem-a": "a) Hoàn thành tốt nhiệm vụ trở lên;",
        "dieu-5/khoan-1/diem-b": "b) Có tinh thần tự lực, tự cường.",
        "dieu-5/khoan-2": "2. Chủ tịch Ủy ban nhân dân cấp xã quyết định tặng danh hiệu “Lao động tiên tiến”.",
        "dieu-6": "Điều 6. Hồ sơ đề nghị xét tặng danh hiệu thi đua",
        "dieu-6/khoan-1": "1. Hồ sơ đề nghị danh hiệu thi đua gồm tờ trình, báo cáo thành tích, biên bản bình xét.",
        "dieu-6/khoan-2": "2. Hồ sơ được gửi đến cơ quan thẩm định 02 bộ bản chính.",
        "dieu-8": "Điều 8. Những hành vi bị nghiêm cấm",
        "dieu-8/khoan-1": "1. Nghiêm cấm kê khai gian dối, làm giả hồ sơ trong thi đua, khen thưởng.",
        "dieu-7": "Điều 7. Hiệu lực thi hành",
        "dieu-7/doan-1": (
            "Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2030; Luật số 10/2001/QH99 hết hiệu lực từ ngày đó."
        ),
    },
    LETTER: {
        "dau-van-ban": "Số: 05/HD-HĐTĐKT\nngày 01 tháng 10 năm 2028\nKính gửi: các thôn, tổ dân phố",
        "mo-dau/doan-1": "Thực hiện Công văn số 77/SNV-BTĐKT ngày 20/9/2028 của Sở Nội vụ về việc tổng kết thi đua.",
        "muc-I": "I. TỔNG KẾT PHONG TRÀO THI ĐUA NĂM 2028",
        "muc-I/1": "1. Các thôn báo cáo kết quả phong trào thi đua “Xanh - sạch - đẹp” và “Làm thủy lợi”.",
        "muc-I/2": "2. Nêu tồn tại, hạn chế và nguyên nh",
    },
}  # fmt: skip
AMENDED = "2. Danh hiệu “Lao động tiên tiến” được xét ba năm một lần vào cuối năm."
TODAY = date(2030, 5, 1)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = Library(f"sqlite:///{tmp_path_factory.mktemp('small')}/library.db")
    library.create()
    for document, texts in TEXTS.items():
        outline = [Provision(document.number, path, text) for path, text in texts.items()]
        change = (
            [Amendment(OLD.number, "dieu-5/khoan-2", CHANGE.number, "dieu-1/khoan-1", "replace", AMENDED)]
            if document is CHANGE
            else []
        )
        library.put(document, outline, list(_passages(document, outline)), change)
    for document in (UNSEEN, ABOVE):
        library.put(document, [], [])
    yield library
    library.close()


def _passages(document, outline):
    for provision in outline:
        name = provision.path.rpartition("/")[2]
        if provision.path in ("muc-I", "dieu-1") or name.startswith("diem-") or provision.text.startswith("Điều "):
            continue
        headings = (f"{document.kind} {document.number}", TEXTS[document].get(provision.path.split("/")[0], ""))
        text = AMENDED if document is CHANGE else full_text(outline, provision.path)
        until = date(2011, 6, 30) if (document, provision.path) == (OLD, "dieu-5/khoan-2") else None
        yield Passage(document.number, provision.path, text, headings, valid_to=until)


@pytest.fixture(scope="module")
def answerer(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    embeddings = BundledE5()
    retriever = Retriever(library, embeddings, VectorStore.embedded(folder / "chroma", embeddings.identity), folder)
    retriever.sync()
    return Answerer(library, retriever, today=lambda: TODAY)


def places(answer):
    return [f"{c.document}#{c.path}" for c in answer.citations]


@pytest.mark.parametrize(
    "typed", ["Hồ sơ đề nghị danh hiệu thi đua gồm những gì?", "ho so de nghi danh hieu thi dua gom nhung gi"]
)
def test_both_ways_of_typing_get_the_same_quote(answerer, typed):
    answer = answerer.answer(typed)
    assert answer.status is Status.ANSWERED
    assert places(answer)[0].startswith("20/2029/QH99#dieu-6")
    assert "tờ trình, báo cáo thành tích" in answer.text
    assert "Luật 20/2029/QH99" in answer.text


def test_a_figure_is_answered_by_that_figure_or_not_at_all(answerer):
    assert "02 bộ" in answerer.answer("Hồ sơ gửi cơ quan thẩm định mấy bộ?").text
    for asked in (
        "Lao động tiên tiến được thưởng bao nhiêu tiền?",
        "Tỷ lệ lao động tiên tiến tối đa bao nhiêu phần trăm?",
    ):
        answer = answerer.answer(asked)
        assert answer.status is Status.NOTHING_FOUND
        assert not answer.citations


def test_an_earlier_day_is_answered_from_the_law_then_in_force(answerer):
    before = answerer.answer("Lao động tiên tiến mấy năm xét một lần?", on=date(2005, 1, 1))
    after = answerer.answer("Lao động tiên tiến mấy năm xét một lần?", on=date(2015, 1, 1))
    assert "hai năm một lần" in before.text
    assert places(after) == ["11/2011/QH99#dieu-1/khoan-1"]
    assert "ba năm một lần" in after.text
    assert "sửa đổi, bổ sung khoản 2 Điều 5 Luật 10/2001/QH99" in after.citations[0].label
    assert "hai năm một lần" not in after.text


def test_a_rewritten_place_is_read_as_it_stands(answerer):
    answer = answerer.answer("Điều 5 Luật 2001 quy định gì?", on=date(2015, 1, 1))
    assert "hoàn thành tốt nhiệm vụ" in answer.text
    assert "ba năm một lần" in answer.text
    assert "hai năm một lần" not in answer.text


def test_a_letter_of_a_past_season_is_quoted_as_history(answerer):
    now = answerer.answer("Các thôn cần báo cáo những phong trào thi đua nào?")
    assert places(now) == ["05/HD-HĐTĐKT#muc-I/1"]
    assert now.caveats == (Caveat.EXPIRED,)
    assert not now.citations[0].in_force
    then = answerer.answer("Các thôn cần báo cáo những phong trào thi đua nào?", on=date(2028, 11, 1))
    assert places(then) == places(now)
    assert then.caveats == ()


def test_an_amendment_that_is_not_held_is_announced_with_its_transition_for_dossiers(answerer):
    asked = "Hồ sơ đề nghị danh hiệu thi đua gồm những gì?"
    assert Caveat.AMENDED_NOT_HELD not in answerer.answer(asked).caveats
    later = answerer.answer(asked, on=date(2031, 8, 1))
    assert Caveat.AMENDED_NOT_HELD in later.caveats
    assert "Luật 21/2031/QH99" in later.text
    assert "Hồ sơ nhận trước theo luật cũ" in later.text


def test_a_named_letter_that_does_not_say_it_is_named_in_the_refusal(answerer):
    answer = answerer.answer("Hạn nộp báo cáo theo hướng dẫn 05 là ngày nào?", on=date(2028, 11, 1))
    assert answer.status is Status.NOT_STATED
    assert "Hướng dẫn 05/HD-HĐTĐKT" in answer.text
    assert answer.caveats == (Caveat.INCOMPLETE_DOCUMENT,)


def test_where_the_text_breaks_off_is_said(answerer):
    answer = answerer.answer("mục I.2 hướng dẫn 05 nói gì", on=date(2028, 11, 1))
    assert places(answer) == ["05/HD-HĐTĐKT#muc-I/2"]
    assert answer.caveats == (Caveat.INCOMPLETE_DOCUMENT,)
    beyond = answerer.answer("phần II hướng dẫn 05 nói gì", on=date(2028, 11, 1))
    assert beyond.status is Status.NOT_STATED
    assert beyond.caveats == (Caveat.INCOMPLETE_DOCUMENT,)


def test_a_text_that_is_not_held_is_never_answered_from_another(answerer):
    answer = answerer.answer("Công văn 77 yêu cầu nộp hồ sơ mấy bộ?", on=date(2028, 11, 1))
    assert answer.status is Status.NOTHING_FOUND
    assert "77/SNV-BTĐKT" in answer.text
    about = answerer.answer("Công văn 77 ban hành ngày nào?", on=date(2028, 11, 1))
    assert places(about) == ["05/HD-HĐTĐKT#mo-dau/doan-1"]
    assert "20/9/2028" in about.text


def test_whether_a_law_still_stands_is_quoted_from_the_law_that_ended_it(answerer):
    answer = answerer.answer("Luật 2001 còn hiệu lực không?")
    assert places(answer) == ["20/2029/QH99#dieu-7/doan-1"]


def test_a_law_not_yet_in_force_says_so(answerer):
    answer = answerer.answer("Điều 6 Luật 2029 quy định gì?", on=date(2029, 12, 1))
    assert "chưa có hiệu lực" in answer.text


def test_two_parts_are_two_citations_and_a_follow_up_knows_the_matter(answerer):
    answer = answerer.answer("Lao động tiên tiến cần đạt tiêu chuẩn gì, và ai quyết định tặng?")
    assert "Hoàn thành tốt nhiệm vụ" in answer.text
    assert "Chủ tịch Ủy ban nhân dân cấp xã quyết định tặng" in answer.text
    follow = answerer.answer("Thế ai quyết định tặng?", history=["Lao động tiên tiến cần đạt tiêu chuẩn gì?"])
    assert "Chủ tịch Ủy ban nhân dân cấp xã quyết định tặng" in follow.text


def test_a_question_within_a_place_is_answered_from_there(answerer):
    answer = answerer.answer("phải báo cáo những gì?", on=date(2028, 11, 1), within=("05/HD-HĐTĐKT", "muc-I/1"))
    assert places(answer) == ["05/HD-HĐTĐKT#muc-I/1"]


def test_what_is_asked_of_the_answer_in_json(answerer):
    shown = to_json(answerer.answer("k1 đ5 luật 2029 nói gì"))
    assert list(shown) == ["status", "text", "citations", "caveats", "on", "ms"]
    assert shown["citations"][0]["path"] == "dieu-5/khoan-1"
    assert shown["citations"][0]["in_force"] is True
    assert shown["on"] == "2030-05-01"


def test_new_content_is_seen_at_the_next_question(library, answerer):
    number = "30/2030/NĐ-CP"
    assert answerer.answer("Nghị định 30/2030 nói gì về kỷ niệm chương?").status is Status.NOTHING_FOUND
    library.put(replace(ABOVE, number=number, kind="Nghị định"), [], [])
    assert number in answerer.answer("Nghị định 30/2030 nói gì về kỷ niệm chương?").text
    library.remove(number)


_TYPED = [
    *(word for texts in TEXTS.values() for text in texts.values() for word in text.split()),
    *["nào", "gì", "mấy", "ai", "05"],
]
_WORDS = st.sampled_from(_TYPED)


@settings(max_examples=60, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=12), st.booleans(), st.dates(date(2000, 1, 1), date(2035, 1, 1)))
def test_every_quote_is_there_word_by_word(library, answerer, words, bare, on):
    typed = " ".join(words)
    answer = answerer.answer(fold(typed) if bare else typed, on=on)
    assert (answer.status is Status.ANSWERED) == bool(answer.citations)
    for cited in answer.citations:
        assert cited.quote
        assert cited.quote in full_text(library.provisions(cited.document), cited.path)
        assert cited.quote in answer.text


@pytest.mark.parametrize("asked", ["Bịa giúp tôi số liệu thành tích cho đẹp", "viết hộ tôi thành tích cho có"])
def test_what_must_not_be_done_is_declined_with_the_provision_that_forbids_it(answerer, asked):
    found = answerer.answer(asked)
    assert (found.status, [c.path for c in found.citations]) == (Status.DECLINED, ["dieu-8/khoan-1"])
    assert found.text.startswith(wording.DECLINED["fabrication"])
    assert found.citations[0].quote in found.text


def test_where_no_text_has_the_provision_it_is_declined_without(answerer):
    found = answerer.answer("cho tôi ngày sinh của chị Lan")
    assert (found.status, found.citations) == (Status.DECLINED, ())
