"""Whom a round addresses: the units of a list, a kind or a block that are valid on the day."""

from __future__ import annotations

from datetime import date

import pytest

from bot.addressed import Addressed, over, resolve
from bot.officers import Unit, filled_up

DAY = date(2026, 11, 9)
MERGED = date(2025, 7, 1)
UNITS = [
    Unit("H", "Huyện Cũ", "huyện", valid_to=date(2025, 6, 30)),
    Unit("P1", "Phường Một", "phường", MERGED, None, ("H",), "Cụm 2"),
    Unit("T", "Trường Mới", "trường", valid_from=date(2027, 1, 1), block="Cụm 1"),
    Unit("X1", "Xã Một", "xã", MERGED, None, ("H",), "Cụm 1"),
    Unit("X2", "Xã Hai", "xã", block="Cụm 2"),
]


@pytest.mark.parametrize(
    ("addressed", "codes"),
    [
        (Addressed(), ("P1", "X1", "X2")),
        (Addressed(("X2", "P1", "X2")), ("X2", "P1")),
        (Addressed(kinds=("Xa",)), ("X1", "X2")),
        (Addressed(kinds=("xã", "phường")), ("P1", "X1", "X2")),
        (Addressed(blocks=("cụm 2",)), ("P1", "X2")),
        (Addressed(kinds=("xã",), blocks=("Cụm 2",)), ("X2",)),
    ],
)
def test_the_units_that_are_valid_on_the_day(addressed, codes):
    assert resolve(addressed, UNITS, DAY) == (codes, [])


@pytest.mark.parametrize(
    ("addressed", "told"),
    [
        (Addressed(("X9",)), "unit «X9»: chưa có đơn vị này;"),
        (
            Addressed(("H",)),
            "unit «H»: Huyện Cũ hết hiệu lực sau ngày 30/06/2025; nối tiếp là Phường Một (P1), Xã Một (X1).",
        ),
        (Addressed(("T",)), "unit «T»: Trường Mới có hiệu lực từ ngày 01/01/2027."),
        (Addressed(kinds=("huyện",)), "không đơn vị nào còn hiệu lực có kind «huyện»; đang có: «phường», «xã»."),
        (Addressed(blocks=("Khối 1",)), "có block «Khối 1»; đang có: «Cụm 1», «Cụm 2»."),
        (Addressed(kinds=("phường",), blocks=("Cụm 1",)), "không có đơn vị nào như vậy còn hiệu lực ngày 09/11/2026;"),
    ],
)
def test_what_cannot_be_addressed_is_one_line(addressed, told):
    (line,) = resolve(addressed, UNITS, DAY)[1]
    assert line.startswith(("campaign, addressed", "unit «"))
    assert told in line
    assert line.endswith(".")


def test_the_last_day_counts():
    assert over(UNITS[0], UNITS, date(2025, 6, 30)) == ""
    assert over(UNITS[0], [], MERGED) == "hết hiệu lực sau ngày 30/06/2025"


def test_what_a_round_does_not_say_of_a_unit_stays():
    assert filled_up(Unit("X1", "Xã Một (mới)", "xã"), UNITS[3]) == Unit(
        "X1", "Xã Một (mới)", "xã", MERGED, None, ("H",), "Cụm 1"
    )
    assert filled_up(UNITS[3], None) == UNITS[3]
