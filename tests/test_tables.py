"""Rows as officers type and paste them, and as they are kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import tables, values
from bot.campaigns import Column
from bot.tables import Problem

COLUMNS = (
    Column("ten", "Chỉ tiêu"),
    Column("ke_hoach", "Kế hoạch", "number"),
    Column("ngay", "Ngày", "date", required=False),
    Column("ket", "Kết quả", "choice", required=False, options=("Xong", "Đang làm")),
)

cells = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(st.lists(st.lists(st.one_of(cells, st.just("hai\ndòng")), min_size=1, max_size=4).map(tuple), max_size=5))
def test_rows_come_back_as_they_were_kept(given_rows: list[tuple[str, ...]]) -> None:
    assert tables.rows(tables.joined(given_rows)) == tuple(given_rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc\td", (("a", "b"), ("c", "d"))),
        ("| a | b |\n|---|---|\n| c | d |", (("a", "b"), ("c", "d"))),
        ("a; b ;c", (("a", "b", "c"),)),
        ("a;b\tc;d", (("a;b", "c;d"),)),
        ("chỉ một ô", (("chỉ một ô",),)),
        ("a |  | c", (("a", "", "c"),)),
        ("\n \n;;\n", ()),
    ],
)
def test_pasted_rows_are_divided_where_they_say(text: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert tables.pasted(text) == expected


def test_rows_that_fit_are_taken_and_the_others_named_by_row_and_column() -> None:
    given_rows = (
        ("chi tieu", "KE HOACH", "ngày", "Kết quả"),
        ("Thu ngân sách", "1.234,5", "3/2/2026", "dang lam"),
        ("", "12"),
        ("Hộ nghèo", "mười"),
        ("Chè", "1", "31/02/2026", "Hỏng"),
        ("a", "1", "", "", "thừa"),
    )
    read = tables.read(given_rows, COLUMNS)
    assert read.rows == (("Thu ngân sách", "1.234,5", "03/02/2026", "Đang làm"),)
    ten, ke_hoach, ngay, ket = COLUMNS
    assert read.problems == (
        Problem(3, ten, ""),
        Problem(4, ke_hoach, "mười"),
        Problem(5, ngay, "31/02/2026"),
        Problem(5, ket, "Hỏng"),
        Problem(6, None, "5"),
    )


@given(st.lists(st.lists(st.text(max_size=6), max_size=6).map(tuple), max_size=6))
def test_reading_never_fails_and_loses_no_row_silently(given_rows: list[tuple[str, ...]]) -> None:
    read = tables.read(given_rows, COLUMNS)
    named = {problem.row for problem in read.problems}
    heading = bool(given_rows) and tables.is_heading(given_rows[0], COLUMNS)
    assert len(read.rows) + len(named) == len(given_rows) - heading
    assert all(len(row) == len(COLUMNS) for row in read.rows)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,5", "1234.5"), ("12 %", "12"), ("0.5", "0.5"), ("1.234", "1234"), ("-3,25", "-3.25"), ("12.50", "12.50")],
)
def test_numbers_are_read_the_vietnamese_way(text: str, value: str) -> None:
    assert values.number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "mười", "1,2,3", "1.23.4", "12 người", "--1"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert values.number(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_a_number_written_is_read_back(value: Decimal) -> None:
    assert values.number(values.written(value)) == value
