"""Abbreviations and chat spelling are read out; what has several meanings is left, with all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.shorthand import read_out
from knowledge.vietnamese import clean


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Tiêu chuẩn CSTĐCS?", "Tiêu chuẩn chiến sĩ thi đua cơ sở?"),
        ("tieu chuan cstd cs", "tieu chuan chiến sĩ thi đua cơ sở"),
        ("tập thể TTLĐXS", "tập thể tập thể lao động xuất sắc"),
        ("k2 đ22 luật tđkt", "khoản 2 điều 22 luật thi đua, khen thưởng"),
        ("nop bc dc k?", "nop báo cáo được không?"),
        ("e hỏi hs gồm j ạ", "em hỏi hs gồm gì ạ"),
        ("điểm k khoản 1", "điểm k khoản 1"),
        ("văn bản 02/HD-HĐTĐKT", "văn bản 02/HD-HĐTĐKT"),
        ("gửi HU, TU; tu dưỡng, hu hỏng", "gửi Huyện ủy, Tỉnh ủy; tu dưỡng, hu hỏng"),
        ("TU DUONG DAO DUC", "TU DUONG DAO DUC"),
    ],
)
def test_read_out(typed, read):
    assert read_out(clean(typed)).text == read


def test_several_meanings_are_all_looked_for_and_none_is_chosen():
    reading = read_out("Hồ sơ KT nộp ở đâu")
    assert reading.text == "Hồ sơ KT nộp ở đâu"
    assert {"KT", "khen thưởng", "kinh tế", "kiểm tra"} <= {*reading.also.split(), "khen thưởng", "kinh tế", "kiểm tra"}
    for meaning in ("khen thưởng", "kinh tế", "kiểm tra"):
        assert meaning in reading.also


def test_the_abbreviation_as_typed_is_looked_for_too():
    assert "UBND" in read_out("gửi UBND xã").also
    assert read_out("gửi báo cáo").also == ""


@given(st.text())
def test_never_raises(text):
    read_out(clean(text))
