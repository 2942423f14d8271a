"""How officers name a provision, both ways of typing, and how a citation is printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.citations import label, locate, other_law, recognise
from knowledge.documents import Document
from knowledge.vietnamese import fold

LAW_2003 = Document(
    "15/2003/QH11", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2003, 11, 26), date(2004, 7, 1),
    date(2023, 12, 31), replaced_by=("06/2022/QH15",),
)  # fmt: skip
LAW_2013 = Document(
    "39/2013/QH13", "Luật", "Luật sửa đổi, bổ sung một số điều của Luật Thi đua, khen thưởng", "Quốc hội",
    date(2013, 11, 16), date(2014, 6, 1), date(2023, 12, 31), amends=("15/2003/QH11",),
)  # fmt: skip
LAW_2022 = Document(
    "06/2022/QH15", "Luật", "Luật Thi đua, khen thưởng", "Quốc hội", date(2022, 6, 15), date(2024, 1, 1)
)
LAW_2026 = Document(
    "06/2026/QH16", "Luật", "Luật sửa đổi, bổ sung một số điều của Luật Thi đua, khen thưởng", "Quốc hội",
    date(2026, 4, 23), date(2026, 10, 1), amends=("06/2022/QH15",), held=False,
)  # fmt: skip
DECREE = Document(
    "98/2023/NĐ-CP", "Nghị định", "Quy định chi tiết", "Chính phủ", date(2023, 12, 31), date(2024, 1, 1), held=False
)
LETTER = Document(
    "02/HD-HĐTĐKT", "Hướng dẫn", "Hướng dẫn tổng kết", "Hội đồng Thi đua - Khen thưởng huyện Bình Lục",
    date(2021, 10, 12), implements=("812/SNV-BTĐKT",),
)  # fmt: skip
ABOVE = Document("812/SNV-BTĐKT", "Công văn", "Hướng dẫn", "Sở Nội vụ", date(2021, 10, 5), held=False)
DIRECTIVE = Document("34-CT/TW", "Chỉ thị", "Về tiếp tục đổi mới", "Bộ Chính trị", date(2014, 4, 7), held=False)
CATALOGUE = (LAW_2003, LAW_2013, LAW_2022, LAW_2026, DECREE, LETTER, ABOVE, DIRECTIVE)
NOW = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("typed", "documents", "paths"),
    [
        ("khoản 2 Điều 22 Luật TĐKT nói gì", ("06/2022/QH15",), ("dieu-22/khoan-2",)),
        ("k2 đ22 luật tđkt 2022", ("06/2022/QH15",), ("dieu-22/khoan-2",)),
        ("điểm c khoản 1 điều 74 luật 06/2022/QH15", ("06/2022/QH15",), ("dieu-74/khoan-1/diem-c",)),
        ("Điều 23 khoản 1 và khoản 2 Luật 2022", ("06/2022/QH15",), ("dieu-23/khoan-1", "dieu-23/khoan-2")),
        ("Luật 2013", ("39/2013/QH13",), ()),
        ("luật năm 2003 cấm gì", ("15/2003/QH11",), ()),
        ("luật 2003 sửa đổi 2013", ("15/2003/QH11", "39/2013/QH13"), ()),
        ("NĐ98 còn hiệu lực không", ("98/2023/NĐ-CP",), ()),
        ("nghị định số 98/2023", ("98/2023/NĐ-CP",), ()),
        ("98/2023 nđcp", ("98/2023/NĐ-CP",), ()),
        ("HD 02 của huyện", ("02/HD-HĐTĐKT",), ()),
        ("02 hd hđtđkt", ("02/HD-HĐTĐKT",), ()),
        ("hướng dẫn tổng kết của huyện", ("02/HD-HĐTĐKT",), ()),
        ("văn bản 812 của ai", ("812/SNV-BTĐKT",), ()),
        ("mục I.2 hướng dẫn 02", ("02/HD-HĐTĐKT",), ("muc-I/2",)),
        ("mục 2 phần I hướng dẫn 02", ("02/HD-HĐTĐKT",), ("muc-I/2",)),
        ("đoạn hai của mục I.1 hướng dẫn 02", ("02/HD-HĐTĐKT",), ("muc-I/1/doan-2",)),
        ("phần II hướng dẫn 02", ("02/HD-HĐTĐKT",), ("muc-II",)),
        ("Chỉ thị 34 được nhắc trong hướng dẫn 02", ("02/HD-HĐTĐKT",), ()),
        ("chỉ thị 34 đề ra gì", ("34-CT/TW",), ()),
    ],
)
def test_both_ways_of_typing_name_the_same_place(typed, documents, paths):
    for text in (typed, fold(typed)):
        found = recognise(text, CATALOGUE, NOW)
        assert (found.documents, found.paths) == (documents, paths), text
        assert not found.ambiguous
        assert not found.unknown


def test_the_point_with_a_stroke_needs_its_stroke():
    assert recognise("điểm đ khoản 1 Điều 27 Luật 2022", CATALOGUE, NOW).paths == ("dieu-27/khoan-1/diem-đ",)
    assert recognise("điểm d khoản 1 Điều 27 Luật 2022", CATALOGUE, NOW).paths == ("dieu-27/khoan-1/diem-d",)


def test_law_06_means_the_one_in_force_until_there_are_two():
    early = recognise("luật 06", CATALOGUE, NOW)
    assert early.documents == ("06/2022/QH15",)
    assert "06/2022/QH15" in early.assumed
    late = recognise("luat 06", CATALOGUE, date(2026, 11, 22))
    assert late.ambiguous
    assert set(late.documents) == {"06/2022/QH15", "06/2026/QH16"}


def test_the_law_of_the_day_is_assumed_and_said():
    then = recognise("luật thi đua khen thưởng quy định gì", CATALOGUE, date(2019, 1, 1))
    assert then.documents == ("15/2003/QH11",)
    assert then.assumed


def test_a_text_nobody_knows_is_kept_as_unknown():
    found = recognise("quyết định 150/2025 của tỉnh", CATALOGUE, NOW)
    assert found.documents == ()
    assert found.unknown


@pytest.mark.parametrize("typed", ["tỷ lệ 70%", "năm 2021", "ngày 12/10/2021", "02 sáng kiến", "10 triệu đồng"])
def test_figures_and_dates_name_nothing(typed):
    found = recognise(typed, CATALOGUE, NOW)
    assert (found.documents, found.paths, found.unknown) == ((), (), "")


def test_laws_of_other_fields_are_told_apart():
    assert other_law("Điều 24 Luật Đất đai", ("dat dai",))
    assert not other_law("Luật Thi đua, khen thưởng", ("dat dai",))


def test_a_named_place_is_found_among_the_paths_of_its_text():
    paths = ["dau-van-ban", "muc-I", "muc-I/1", "muc-I/1/doan-2", "muc-I/2"]
    assert locate("muc-I/1/doan-1", paths) == ("muc-I/1",)
    assert locate("1", paths) == ("muc-I/1",)
    assert locate("muc-II", paths) == ()
    assert locate("khoan-2", ["dieu-1/khoan-2", "dieu-3/khoan-2"]) == ("dieu-1/khoan-2", "dieu-3/khoan-2")


@pytest.mark.parametrize(
    ("document", "path", "printed"),
    [
        (LAW_2022, "dieu-23/khoan-2", "khoản 2 Điều 23 Luật 06/2022/QH15"),
        (LAW_2022, "dieu-27/khoan-1/diem-đ", "điểm đ khoản 1 Điều 27 Luật 06/2022/QH15"),
        (LETTER, "muc-I/1/doan-2", "Hướng dẫn 02/HD-HĐTĐKT, mục I.1, đoạn 2"),
        (LETTER, "muc-I/2", "Hướng dẫn 02/HD-HĐTĐKT, mục I.2"),
        (LETTER, "dau-van-ban", "Hướng dẫn 02/HD-HĐTĐKT, phần đầu văn bản"),
        (LETTER, "mo-dau/doan-1", "Hướng dẫn 02/HD-HĐTĐKT, mở đầu, đoạn 1"),
        (LETTER, "phu-luc-I", "Hướng dẫn 02/HD-HĐTĐKT, Phụ lục I"),
        (LETTER, "1/1.1/gach-2", "Hướng dẫn 02/HD-HĐTĐKT, mục 1.1, gạch đầu dòng 2"),
    ],
)
def test_labels_read_as_officers_write_them(document, path, printed):
    assert label(document, path) == printed


def test_the_first_paragraph_of_a_numbered_item_says_so():
    assert label(LETTER, "muc-I/1", first_paragraph=True) == "Hướng dẫn 02/HD-HĐTĐKT, mục I.1, đoạn 1"


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text):
    recognise(text, CATALOGUE, NOW)
