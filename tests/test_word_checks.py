"""Totals that a text gives against its table, and abbreviations never spelled out: on invented reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.abbreviations import unexplained
from bot.campaigns import Check, Column, Field, Section
from bot.checks import findings
from bot.form_file import CheckTable
from bot.submissions import Filled, SectionState, Submission
from bot.totals import unlike

ABOUT = ("khen thưởng", "được khen", "tặng thưởng", "biểu dương")


# --- totals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Trong năm, đơn vị đã khen thưởng 15 tập thể và 42 cá nhân.", "15 tập thể"),
        ("Tổng số được khen thưởng là 12 tập thể.", "12 tập thể"),
        ("Cả năm có 1.015 tập thể được khen.", "1.015 tập thể"),
        ("Năm 2026 đã biểu dương, khen thưởng mười lăm tập thể.", "mười lăm tập thể"),
        ("Đã tặng thưởng cho 15 (mười lăm) tập thể; 42 cá nhân.", "15 (mười lăm) tập thể"),
        ("Công tác khen thưởng đạt kết quả tốt. Toàn xã có 13 lượt tập thể được khen.", "13 lượt tập thể"),
        ("Da khen thuong 15 tap the.", "15 tap the"),
        ("Đã tặng Giấy khen, biểu dương 20 tập thể.", "20 tập thể"),
    ],
)
def test_a_whole_that_is_not_the_tables_is_quoted(text, words):
    said = unlike(text, Decimal(14), "tập thể", ABOUT, year=2026)
    assert said is not None
    assert said.words == words


@pytest.mark.parametrize(
    "text",
    [
        "Đã khen thưởng 14 tập thể, trong đó 03 tập thể được tặng Bằng khen.",
        "Khen thưởng 6 tập thể đợt I và 8 tập thể đợt II.",
        "Trong đó có 02 tập thể được khen thưởng cấp tỉnh.",
        "Chủ tịch Ủy ban nhân dân tỉnh tặng thưởng Bằng khen cho 2 tập thể.",
        "Năm 2025 đã khen thưởng 20 tập thể.",
        "Số được khen tăng so với 11 tập thể của cùng kỳ.",
        "Đề nghị khen thưởng 3 tập thể.",
        "Phong trào thu hút 20 tập thể tham gia.",
        "Khen thưởng hơn 10 tập thể có thành tích.",
        "Biểu dương mỗi 2 tập thể một lần.",
        "Trong năm tập thể lãnh đạo luôn quan tâm khen thưởng.",
        "Khen thưởng 95% tập thể, 15/20 tập thể.",
        "Quyết định số 12/QĐ-UBND về khen thưởng tập thể.",
        "",
    ],
)
def test_parts_plans_other_years_and_rounded_figures_are_no_totals(text):
    assert unlike(text, Decimal(14), "tập thể", ABOUT, year=2026) is None


@given(st.text())
def test_looking_for_totals_and_abbreviations_is_total(text):
    unlike(text, Decimal(1), "tập thể")
    unexplained([(0, text)], ())


AWARDS = Field("bang", "Kết quả khen thưởng", "table", columns=(Column("ten", "Tên"), Column("so", "Số", "number")))
TEXT = Field("noi_dung", "Nội dung")
TOTAL = Check("total", "*", "Số không khớp với bảng.", ("sum(2:bang.so)", "tập thể", *ABOUT), source="9/QĐ-UBND")
SHORT = CheckTable(kind="spelled_out", of="*", message="Chưa viết đầy đủ.", against=("XYZ",)).check()
FORM = (
    Section("0", "Thông tin chung", (Field("ten_don_vi", "Tên"), Field("nguoi_ky", "Người ký")), checks=(SHORT,)),
    Section("1", "Đánh giá chung", (TEXT,), checks=(TOTAL, SHORT)),
    Section("2", "Khen thưởng", (AWARDS, Field("loi", "Đánh giá")), checks=(TOTAL, SHORT)),
)


def found(**said: str):
    keys = {f.key: section.path for section in FORM for f in section.fields}
    sections: dict[str, Filled] = {}
    for key, value in said.items():
        values = sections.get(keys[key], Filled()).values
        sections[keys[key]] = Filled(SectionState.DONE, {**values, key: value})
    given_answers = Submission("dot", 1, "XA", sections=sections)
    return findings(FORM, given_answers, "xã", year=2026, day=date(2026, 12, 1), cited={})


def test_both_places_and_the_source_are_told():
    wrong = "Đã khen thưởng 15 tập thể."
    far, near = found(noi_dung=wrong, bang="A\t10\nB\t4", loi=wrong)
    assert (far.path, far.level) == ("1", "warning")
    assert far.told == (
        "Số không khớp với bảng. (lời văn ghi “15 tập thể”, bảng “Kết quả khen thưởng” ở phần “Khen thưởng” là 14) "
        "Căn cứ: 9/QĐ-UBND."
    )
    assert near.text == "Số không khớp với bảng. (lời văn ghi “15 tập thể”, bảng “Kết quả khen thưởng” là 14)"
    assert found(noi_dung=wrong, bang="A\t10\nB\t5") == ()
    assert found(noi_dung=wrong) == (), "nothing is held against a table that is not there"


# --- abbreviations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Đẩy mạnh xây dựng NTM gắn với TĐKT.", ("NTM", "TĐKT")),
        ("Xây dựng nông thôn mới (NTM); tiếp tục NTM nâng cao.", ()),
        ("Ủy ban nhân dân (sau đây viết tắt là UBND) xã; UBND đã chỉ đạo.", ()),
        ("Ủy ban nhân dân, sau đây gọi tắt là “UBND”, đã chỉ đạo.", ()),
        ("Hội đồng nhân dân, Ủy ban nhân dân (viết tắt là HĐND, UBND) xã.", ()),
        ("NTM (nông thôn mới) được quan tâm.", ()),
        ("UBND (12 đơn vị) đã nộp.", ("UBND",)),
        ("NTM được quan tâm; nông thôn mới (NTM) là nhiệm vụ chính.", ("NTM",)),
        ("Kế hoạch số 12/KH-UBND, Chỉ thị 34-CT/TW, Nghị định 98/2023/NĐ-CP.", ()),
        ("Nghị quyết Đại hội XIII, quý IV, mục II.", ()),
        ("KẾ HOẠCH CHUNG CỦA XÃ NĂM 2026", ()),
        ("Đồng chí NGUYỄN VĂN AN và LÊ VĂN NAM được khen.", ()),
        ("Tăng trưởng GDP, sản phẩm OCOP, mã QR.", ()),
        ("Đạt tiêu chuẩn COVID-19 và 4G.", ()),
        ("Phối hợp HĐND-UBND xã.", ("HĐND", "UBND")),
        ("Số CBCCVC là 20 người, số NLĐ là 5.", ("CBCCVC", "NLĐ")),
        ("Giao UBND xã (theo KH) thực hiện.", ("UBND", "KH")),
        ("Ban, Tổ, Đội và các ông A, B.", ()),
    ],
)
def test_what_is_not_spelled_out_where_it_is_first_used(text, short):
    assert unexplained([(0, text)], SHORT.against).get(0, ()) == short


def test_the_first_use_in_the_report_counts_and_formal_facts_do_not():
    (first,) = found(ten_don_vi="UBND xã", noi_dung="Xây dựng NTM.", loi="NTM và nông thôn mới (NTM).")
    assert (first.path, first.key) == ("1", "noi_dung")
    assert first.text == "Chưa viết đầy đủ. (“NTM”: nông thôn mới)"
    assert found(noi_dung="Xây dựng nông thôn mới (NTM).", loi="NTM tiến bộ, cả XYZ.") == ()


def test_abbreviations_of_the_round_are_added_to_those_that_never_need_words():
    assert "XYZ" in SHORT.against
    assert "GDP" in SHORT.against


# --- a whole report without a false alarm -----------------------------------------------------------------------------

REPORT = """\
Thực hiện Hướng dẫn số 27/HD-HĐTĐKT của Hội đồng Thi đua - Khen thưởng xã, Ủy ban nhân dân (UBND) xã đã ban hành \
Kế hoạch số 05/KH-UBND. Chương trình xây dựng nông thôn mới (NTM) đạt 17/19 tiêu chí; UBND xã có 03 sản phẩm OCOP.
Trong năm đã khen thưởng 14 tập thể, 30 cá nhân; trong đó Chủ tịch UBND tỉnh tặng Bằng khen cho 2 tập thể, 3 cá nhân.
So với năm 2025 (khen thưởng 11 tập thể) tăng 3 tập thể. Phấn đấu năm 2027 khen thưởng 16 tập thể.
Đăng ký đề nghị khen thưởng 5 tập thể. Vận động hơn 20 tập thể tham gia phong trào được khen."""


def test_an_ordinary_report_raises_no_alarm():
    assert found(noi_dung=REPORT, bang="A\t10\nB\t4") == ()
