"""What must hold between a unit's answers: found where it does not, by kind, row and reference; total on any."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import tables, values
from bot.campaigns import UNIT_KIND, Check, Column, Condition, Field, Section
from bot.checks import Finding, Validity, applies, asked, findings, outdated
from bot.places import Place, Special, condition, place
from bot.submissions import Filled, SectionState, Submission
from knowledge.citations import number_key, numbers_in

GOALS = Field(
    "chi_tieu",
    "Chỉ tiêu",
    "table",
    columns=(
        Column("ten", "Chỉ tiêu"),
        Column("ke_hoach", "Kế hoạch", "number"),
        Column("thuc_hien", "Thực hiện", "number"),
        Column("ty_le", "Tỷ lệ", "number", unit="%"),
        Column("ghi_chu", "Ghi chú", required=False),
        Column("so_a", "A", "number", required=False),
        Column("so_b", "B", "number", required=False),
        Column("ngay", "Ngày", "date", required=False),
    ),
)
FIELDS = (
    Field("tong", "Tổng số", "number"),
    Field("nu", "Nữ", "number", required=False),
    Field("nam", "Nam", "number", required=False),
    Field("ngay", "Ngày", "date"),
    Field("tu_ngay", "Từ ngày", "date", required=False),
    Field("noi_dung", "Nội dung"),
    GOALS,
    replace(GOALS, key="them", required=False),
    Field("co", "Có không?", "yes_no"),
    Field("vi_sao", "Vì sao?", when=Condition("co", ("Không",))),
    Field("ai", "Ai?", when=Condition("vi_sao", ("khác",))),
)
OTHER = Section("II", "Phần khác", (Field("nguoi", "Số người", "number"),))
DAY = date(2026, 12, 1)
CITED = {
    "98/2023/ND-CP": Validity("98/2023/NĐ-CP", "", date(2024, 1, 1), date(2025, 6, 30), ("152/2025/NĐ-CP",)),
    "152/2025/ND-CP": Validity("152/2025/NĐ-CP", "", date(2025, 7, 1)),
    "9/QD-UBND": Validity("09/QĐ-UBND", "Quy chế", date(2027, 1, 1)),
}


def table(*rows: tuple[str, ...]) -> str:
    return tables.joined(rows)


def found(*checks: Check, state: SectionState = SectionState.DONE, other: str = "", **said: str) -> tuple[Finding, ...]:
    here = Section("I", "Phần", FIELDS, checks=checks)
    given_sections = {"I": Filled(state, said), "II": Filled(SectionState.DONE, {"nguoi": other})}
    submission = Submission("dot", 1, "XA", sections=given_sections)
    return findings((here, OTHER), submission, "xã", year=2026, day=DAY, cited=CITED)


def told(*checks: Check, other: str = "", **said: str) -> list[str]:
    return [each.text for each in found(*checks, other=other, **said)]


def check(kind: str, of: str, *against: str, tolerance: float = 0.0) -> Check:
    return Check(kind, of, "Xin xem lại.", against, tolerance)  # type: ignore[arg-type]


# --- places and conditions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("so_cuoc", Place("so_cuoc")),
        ("muc-I/1/diem-a:so_cuoc", Place("so_cuoc", "muc-I/1/diem-a")),
        ("muc-I/1/1.1:bang.cot", Place("bang", "muc-I/1/1.1", "cot")),
        ("sum(bang.cot)", Place("bang", "", "cot", "sum")),
        ("count( muc-II:bang )", Place("bang", "muc-II", "", "count")),
        ("1.234,5", Decimal("1234.5")),
        ("30/11/2026", date(2026, 11, 30)),
        ("hôm nay", Special.TODAY),
        ("*", Special.EVERY_TEXT),
        ("sum(bang)", None),
        ("count(bang.cot)", None),
        ("max(a)", None),
        ("số cuộc", None),
        ("", None),
    ],
)
def test_a_place_is_read_or_is_none(text, named):
    assert place(text) == named


@given(st.text())
def test_reading_places_and_conditions_is_total(text):
    place(text)
    condition(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("loại đơn vị = xã | phường", Condition(UNIT_KIND, ("xã", "phường"))),
        ("so_cuoc != 0", Condition("so_cuoc", ("0",), negated=True)),
        ("I:co=Không", Condition("I:co", ("Không",))),
        ("so_cuoc > 0", None),
        ("so_cuoc =", None),
        ("a = b |", None),
    ],
)
def test_a_condition_is_read_or_is_none(text, read):
    assert condition(text) == read


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ({}, ()),
        ({"co": "Có", "vi_sao": "khác"}, ()),
        ({"co": "Không"}, ("vi_sao",)),
        ({"co": "Không", "vi_sao": "Khác"}, ("vi_sao", "ai")),
    ],
)
def test_what_is_asked_no_more_asks_for_nothing_further(said, keys):
    here = Section("I", "Phần", FIELDS)
    submission = Submission("dot", 1, "XA", sections={"I": Filled(values=said)})
    assert tuple(f.key for f in asked(here, submission, "xã") if f.when) == keys


def test_fields_that_wait_for_one_another_are_not_asked_and_do_not_hang():
    here = Section(
        "I", "Phần", (Field("a", "A", when=Condition("b", ("x",))), Field("b", "B", when=Condition("a", ("x",))))
    )
    submission = Submission("dot", 1, "XA", sections={"I": Filled(values={"a": "x", "b": "x"})})
    assert asked(here, submission, "xã") == ()


def test_a_condition_on_the_kind_of_unit_and_on_another_section():
    submission = Submission("dot", 1, "XA", sections={"II": Filled(SectionState.DONE, {"nguoi": "0"})})
    here = Section("I", "Phần", FIELDS)
    assert applies(Condition(UNIT_KIND, ("xã", "phường")), here, submission, "Xã")
    assert not applies(Condition("II:nguoi", ("0",), negated=True), here, submission, "xã")
    assert applies(Condition("II:nguoi", ("0,0",)), here, submission, "xã")
    declared = replace(submission, sections={"II": Filled(SectionState.NONE, {"nguoi": "0"})})
    assert not applies(Condition("II:nguoi", ("0",)), here, declared, "xã")


# --- every kind of check ----------------------------------------------------------------------------------------------

ROW = ("Chè", "80", "100", "125")


@pytest.mark.parametrize(
    ("checked", "said", "text"),
    [
        (check("at_most", "nu", "tong"), {"nu": "31", "tong": "30"}, "ghi 31, nhiều nhất là 30"),
        (check("at_most", "nu", "100"), {"nu": "100,5"}, "ghi 100,5, nhiều nhất là 100"),
        (check("at_most", "nu", "II:nguoi"), {"nu": "5", "other": "4"}, "nhiều nhất là 4"),
        (check("at_most", "ngay", "hôm nay"), {"ngay": "02/12/2026"}, "ghi 02/12/2026, muộn nhất là ngày 01/12/2026"),
        (check("at_least", "ngay", "tu_ngay"), {"ngay": "01/01/2026", "tu_ngay": "2/1/2026"}, "sớm nhất là ngày 02/01"),
        (check("at_least", "count(chi_tieu)", "2"), {"chi_tieu": table(ROW)}, "ghi 1, ít nhất là 2"),
        (check("sum", "tong", "nu", "nam"), {"tong": "30", "nu": "12", "nam": "17"}, "ghi 30, cộng lại là 29"),
        (check("sum", "tong", "nu", "nam"), {"tong": "30", "nu": "12"}, "cộng lại là 12"),
        (check("sum", "tong", "count(them)"), {"tong": "1"}, "cộng lại là 0"),
        (check("sum", "tong", "sum(chi_tieu.ke_hoach)"), {"tong": "1.000", "chi_tieu": table(ROW, ROW)}, "là 160"),
        (check("ratio", "nu", "nam", "tong", tolerance=0.1), {"nu": "33", "nam": "1", "tong": "3"}, "tính ra 33,33"),
        (check("share", "nu", "tong", tolerance=15), {"nu": "2", "tong": "10"}, "2 trên 10, không được quá 15 %"),
        (check("years", "ngay"), {"ngay": "05/01/2025"}, "ghi năm 2025; năm đúng là 2026"),
        (check("years", "noi_dung"), {"noi_dung": "Trong năm 2025, đến 3/2/2024"}, "ghi năm 2025, 2024"),
        (check("years", "tong"), {"tong": "2025"}, "ghi năm 2025"),
        (check("years", "noi_dung", tolerance=1), {"noi_dung": "phương hướng năm 2026"}, "năm đúng là 2027"),
        (check("in_force", "noi_dung"), {"noi_dung": "theo NĐ 98 / 2023/nđ–cp"},
         "98/2023/NĐ-CP: hết hiệu lực sau ngày 30/06/2025; văn bản thay thế: 152/2025/NĐ-CP"),
        (check("in_force", "*"), {"noi_dung": "Quyết định 9/QĐ-UBND"},
         "09/QĐ-UBND, Quy chế: có hiệu lực từ ngày 01/01/2027"),
        (check("cites", "noi_dung"), {"noi_dung": "Chỉ thị của Bộ Chính trị"}, "Xin xem lại."),
        (check("figures", "noi_dung", "không áp dụng"), {"noi_dung": "đạt kết quả tốt"}, "Xin xem lại."),
        (check("not_only", "noi_dung", "không có", "không"), {"noi_dung": "Khong co."}, "Xin xem lại."),
        (check("avoid", "noi_dung", "Chiến sỹ"), {"noi_dung": "02 chiến sỹ thi đua"}, "“Chiến sỹ”"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_found_and_says_what_was_compared(checked, said, text):
    (line,) = told(checked, **said)
    assert line.startswith("Xin xem lại.")
    assert text in line


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        (check("at_most", "nu", "tong"), {"nu": "30", "tong": "30"}),
        (check("at_most", "nu", "tong"), {"nu": "31"}),
        (check("at_most", "nu", "tong"), {"nu": "ba mươi", "tong": "3"}),
        (check("at_most", "nu", "hôm nay"), {"nu": "31"}),
        (check("sum", "tong", "nu", "nam"), {"tong": "30"}),
        (check("sum", "tong", "nu", "nam"), {"tong": "30", "nu": "12", "nam": "nhiều"}),
        (check("sum", "tong", "count(chi_tieu)"), {"tong": "30"}),
        (check("ratio", "nu", "nam", "tong"), {"nu": "33", "nam": "1", "tong": "0"}),
        (check("ratio", "nu", "nam", "tong", tolerance=0.1), {"nu": "33,3", "nam": "1", "tong": "3"}),
        (check("share", "nu", "tong", tolerance=20), {"nu": "2", "tong": "10"}),
        (check("years", "noi_dung"), {"noi_dung": "năm 2026 so với năm 2025; cùng kỳ năm 2025; giai đoạn 2021 - 2025"}),
        (check("years", "noi_dung"), {"noi_dung": "Nghị định 152/2025/NĐ-CP, năm học 2025 - 2026, 2025 hộ"}),
        (check("years", "noi_dung", tolerance=1), {"noi_dung": "phương hướng năm 2027"}),
        (check("in_force", "noi_dung"), {"noi_dung": "Nghị định 152/2025/NĐ-CP và 1/2019/TT-XYZ"}),
        (check("cites", "noi_dung"), {"noi_dung": "Chỉ thị 41-CT/TW"}),
        (check("figures", "noi_dung", "không áp dụng"), {"noi_dung": "Không áp dụng: không quản lý doanh nghiệp"}),
        (check("figures", "noi_dung"), {"noi_dung": "12 mô hình"}),
        (check("not_only", "noi_dung", "không"), {"noi_dung": "Không có kinh phí riêng"}),
        (check("avoid", "noi_dung", "Chiến sỹ"), {"noi_dung": "02 Chiến sĩ thi đua"}),
    ],
)  # fmt: skip
def test_what_holds_or_is_open_finds_nothing(checked, said):
    assert told(checked, **said) == []


def test_rows_are_checked_one_by_one_and_named():
    rows = table(ROW, ("Lúa", "100", "98", "89", "so với năm 2025"), ("Ngô", "10", "20", "200", "năm 2024"))
    ratio = check("ratio", "chi_tieu.ty_le", "chi_tieu.thuc_hien", "chi_tieu.ke_hoach", tolerance=0.1)
    (wrong,) = found(ratio, chi_tieu=rows)
    assert (wrong.path, wrong.key, wrong.row) == ("I", "chi_tieu", 2)
    assert wrong.text == "Hàng 2: Xin xem lại. (ghi 89, tính ra 98)"
    assert [f.row for f in found(check("years", "chi_tieu.ghi_chu"), chi_tieu=rows)] == [3]
    assert [f.row for f in found(check("at_most", "chi_tieu.ty_le", "nu"), chi_tieu=rows, nu="100")] == [1, 3]


def test_optional_cells_left_empty_count_as_nothing_unless_all_are():
    parts = check("sum", "chi_tieu.thuc_hien", "chi_tieu.so_a", "chi_tieu.so_b")
    rows = table(("a", "1", "5", "1", "", "5"), ("b", "1", "5", "1", "", "", "4"), ("c", "1", "5", "1"))
    assert [f.row for f in found(parts, chi_tieu=rows)] == [2]


def test_the_same_row_twice_is_found_once_each_with_the_first():
    twice = check("unique", "chi_tieu.ten", "chi_tieu.ghi_chu")
    rows = table(
        ("Lê A", "", "", "", "LĐTT"), ("Lê A", "", "", "", "CSTĐ"), ("lê a", "", "", "", "ldtt"), ("", "", "", "", "x")
    )
    assert told(twice, chi_tieu=rows) == ["Hàng 3: Xin xem lại. (trùng với hàng 1)"]


def test_what_is_not_asked_or_declared_without_content_is_not_checked():
    word = check("avoid", "vi_sao", "xấu")
    assert len(found(word, co="Không", vi_sao="xấu")) == 1
    assert found(word, co="Có", vi_sao="xấu") == ()
    assert (
        found(word, check("avoid", "*", "xấu"), state=SectionState.NONE, co="Không", vi_sao="xấu", noi_dung="xấu") == ()
    )


def test_a_finding_keeps_level_and_source_and_stands_at_what_is_checked():
    strict = Check("at_most", "II:nguoi", "Quá số.", ("10",), level="error", source="Quy chế, mục 2")
    assert found(strict, other="11") == (
        Finding("II", "nguoi", None, "error", "Quá số. (ghi 11, nhiều nhất là 10)", "Quy chế, mục 2"),
    )


# --- any answers ------------------------------------------------------------------------------------------------------

ALL = tuple(
    check(kind, of, *against, tolerance=0.1)
    for kind in ("at_most", "at_least", "sum", "ratio", "share", "years", "in_force", "cites", "figures", "not_only",
                 "avoid", "unique", "khac")
    for of in ("tong", "ngay", "*", "noi_dung", "chi_tieu", "chi_tieu.ty_le", "sum(chi_tieu.ty_le)", "vi_sao", "ai",
               "khong_co", "?")
    for against in ((), ("nu",), ("chi_tieu.ke_hoach", "chi_tieu.thuc_hien"), ("0", "hôm nay"), ("*", "?", "them.ten"))
)  # fmt: skip
anything = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["0", "9" * 29, "-1,5", "0," + "0" * 27 + "1", "01/01/0001", "2026", "Không"]),
    st.lists(st.lists(st.sampled_from(["1", "", "9" * 29, "0", "a", "01/02/2026"]), max_size=9).map("\t".join)).map(
        "\n".join
    ),
)


@given(st.dictionaries(st.sampled_from([f.key for f in FIELDS]), anything), anything)
def test_no_answer_makes_checking_fail(said, other):
    assert all(f.text for f in found(*ALL, other=other, **said))


figures = st.decimals(min_value=1, max_value=10**9, places=2)


@given(st.lists(st.tuples(figures, figures), min_size=1, max_size=6))
def test_a_table_with_computed_ratios_and_sums_finds_nothing(pairs):
    rows = [
        ("x", values.written(plan), values.written(done), values.written(Decimal(f"{100 * done / plan:.1f}")))
        for plan, done in pairs
    ]
    total = values.written(sum((plan for plan, _ in pairs), Decimal()))
    ratio = check("ratio", "chi_tieu.ty_le", "chi_tieu.thuc_hien", "chi_tieu.ke_hoach", tolerance=0.1)
    added = check("sum", "tong", "sum(chi_tieu.ke_hoach)")
    assert found(ratio, added, chi_tieu=table(*rows), tong=total) == ()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Hướng dẫn số 02/HD-HĐTĐKT và 2/hd-hdtdkt", ("2/HD-HDTDKT",)),
        (
            "Luật 06/2022/QH15, Chỉ thị 34-CT/TW, 41/2014/TTLT-BYT-BTC",
            ("6/2022/QH15", "34-CT/TW", "41/2014/TTLT-BYT-BTC"),
        ),
        ("ngày 12/10/2026, 15 %, 3/4 số hộ, 2021-2025", ()),
    ],
)
def test_numbers_of_documents_are_read_in_one_spelling(text, keys):
    assert numbers_in(text) == keys
    assert all(number_key(key) == key for key in keys)


# --- what an earlier year left ----------------------------------------------------------------------------------------

ROWS = Field("b", "Bảng", "table", columns=(Column("ten", "Tên"),))
YEARLY = Section("I", "Phần", (Field("noi_dung", "Nội dung"), ROWS))


def left(text: str, *, begun: int = 2025, key: str = "noi_dung", state: SectionState = SectionState.DONE) -> list[str]:
    filled = Filled(state, {key: text}, begun={key: begun})
    return [one.text for one in outdated((YEARLY,), Submission("dot", 1, "XA", sections={"I": filled}), "xã")]


@pytest.mark.parametrize(
    "text",
    [
        "Trong năm 2025, đơn vị",
        "ngày 15/3/2025.",
        "tháng 11/2025",
        "NĂM 2025",
        "quý 4 2025",
        "năm 2024 và 2025",
        "- 2025: hai",
    ],
)
def test_a_year_or_a_day_of_the_report_it_was_begun_with_is_found(text):
    (found_there,) = left(text)
    assert "còn nhắc năm 2025" in found_there


@pytest.mark.parametrize(
    "text",
    [
        "Trong năm 2026",
        "Nghị định 152/2025/NĐ-CP",
        "giai đoạn 2021-2025",
        "giai đoạn 2021 – 2025",
        "nhiệm kỳ 2025 - 2030",
        "tăng 5% so với năm 2025",
        "so với cùng kỳ năm 2025",
        "12025 cây",
    ],
)
def test_what_only_looks_like_it_is_not(text):
    assert left(text) == []


def test_only_asked_answers_that_were_begun_so_are_searched_row_by_row():
    assert left("năm 2025", begun=2024) == left("năm 2025", state=SectionState.NONE) == left("năm 2025", key="c") == []
    assert left("Một\nNăm 2025\nBa", key="b")[0].startswith("Hàng 2: ")
