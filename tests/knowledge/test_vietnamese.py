"""One spelling, folding, syllables; dấu restored from texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.vietnamese import Restorer, clean, fold, key, marked, syllables

TEXTS = (
    "Danh hiệu Chiến sĩ thi đua cơ sở được tặng cho cá nhân đạt các tiêu chuẩn sau đây.",
    "Thời hạn nộp báo cáo tổng kết phong trào thi đua trước ngày 30 tháng 11 hằng năm.",
    "Hội đồng Thi đua - Khen thưởng họp bàn; bản báo cáo gửi về Phòng Nội vụ. Bản báo cáo gồm hai phần.",
    "Ban chỉ đạo lập kế hoạch. Bạn đọc gửi ý kiến. Mã số 12a, nam giới, năm học.",
)
RESTORER = Restorer.learn(map(clean, TEXTS))


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("hoà thuỷ khoẻ Hoà UỶ", "hòa thủy khỏe Hòa ỦY"),
        ("qúy quý tòan hoàn", "quý quý toàn hoàn"),
        ("của mùa Nguyễn", "của mùa Nguyễn"),
        ("thi\u200b đua\u202e\ufeff", "thi đua"),
        ("a\u00a0b\tc\nd\x00", "a b c\nd"),
        ("tie\u0302u chua\u0302\u0309n", "tiêu chuẩn"),
        ("đ\U000e0041ặt", "đặt"),
    ],
)
def test_one_spelling(typed, cleaned):
    assert clean(typed) == cleaned


def test_folding_keeps_length_case_and_everything_that_is_not_a_mark():
    assert fold("Đặng Thị Hường, 02/HD-HĐTĐKT – ưỡn") == "Dang Thi Huong, 02/HD-HDTDKT – uon"
    assert syllables("Số 02/HD-HĐTĐKT, k1_đ2") == ["số", "02", "hd", "hđtđkt", "k1", "đ2"]
    assert key("kỹ") == key("kĩ") == "kĩ"
    assert key("quý") == "quý"
    assert marked("đi")
    assert not marked("di")


@given(st.text())
def test_cleaning_settles_and_never_raises(text):
    once = clean(text)
    assert clean(once) == once
    assert syllables(fold(once)) is not None


@given(st.text(alphabet="aăâđeêoôơuưyáàảãạhtncg qQHO,.12", max_size=80))
def test_restoring_changes_nothing_but_marks(text):
    text = clean(text)
    restored = RESTORER.restore(text)
    assert fold(restored) == fold(text)
    for typed, put in zip(syllables(text), syllables(restored), strict=True):
        assert put == typed or not marked(typed)


@pytest.mark.parametrize(
    "printed",
    [
        "tiêu chuẩn chiến sĩ thi đua cơ sở",
        "Thời hạn nộp báo cáo tổng kết",
        "bản báo cáo gửi Phòng Nội vụ như thế nào?",
        "HỘI ĐỒNG THI ĐUA, đúng hay sai",
    ],
)
def test_lost_marks_come_back_with_the_case_that_was_typed(printed):
    assert RESTORER.restore(fold(printed)) == printed


def test_what_was_typed_with_marks_stays_and_guides_the_rest():
    assert RESTORER.restore("ban chỉ đạo") == "ban chỉ đạo"
    assert RESTORER.restore("bán bao cao") == "bán báo cáo"
    printed = "Ban chỉ đạo lập kế hoạch thi đua năm học"
    assert RESTORER.restore(printed) == printed


def test_unknown_syllables_and_an_empty_library_are_harmless():
    assert RESTORER.restore("xyzzy 99") == "xyzzy 99"
    assert Restorer.learn([]).restore("bao cao la gi") == "bao cao là gì"
