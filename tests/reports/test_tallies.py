"""The units' tables as one: what is the same is added up, what cannot be is shown, nothing is counted twice."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO

from dossier_samples import SMALL, cols, table
from openpyxl import load_workbook
from report_samples import DONE, lines, whole

from bot.campaigns import Campaign, Section
from bot.officers import Unit
from bot.reminders import ICT
from bot.reports import consolidated_papers
from bot.reports.consolidated import gather
from bot.reports.tallies import tallies
from bot.submissions import Filled, State, Submission
from bot.tables import joined

UNITS = [Unit("A", "Xã A", "xã"), Unit("B", "Xã B", "xã"), Unit("C", "Xã C", "xã")]
MEASURED = table("ct", "Chỉ tiêu", *cols("ten:Chỉ tiêu | dvt:Đơn vị tính | th:Thực hiện:number"))
NAMES = table("guong", "Gương điển hình", ("ten", "Họ tên", "text"), ("viec", "Việc làm", "text"))
FORM = (Section("s", "Kết quả", (SMALL, MEASURED, NAMES)),)
CAMPAIGN = Campaign("tk", 1, "Tổng kết", "", 2026, FORM, (), ("A", "B", "C"), issuer="Hội đồng tỉnh")


def gathered(**by_unit):
    given = [
        Submission("tk", 1, code, State.SUBMITTED, {"s": Filled(DONE, {k: joined(v) for k, v in said.items()})})
        for code, said in by_unit.items()
    ]
    return gather(CAMPAIGN, UNITS, given, datetime(2026, 12, 10, tzinfo=ICT))


def test_rows_of_the_same_name_are_added_up_with_a_total():
    of = gathered(A={"viec": [("Trồng cây", "1.200"), ("Làm đường", "2,5")]}, B={"viec": [("trong cay", "300")]})
    (tally,) = tallies(of)
    assert tally.summed() == (("Trồng cây", "1.500"), ("Làm đường", "2,5"), ("Cộng", "1.502,5"))


def test_a_units_own_total_is_not_counted_again():
    of = gathered(A={"viec": [("a", "1"), ("b", "2"), ("Tổng cộng", "3")]}, B={"viec": [("a", "4")]})
    assert tallies(of)[0].summed()[-1] == ("Cộng", "7")


def test_a_cell_that_is_no_number_leaves_its_sum_open():
    of = gathered(A={"viec": [("a", "khoảng 5")]}, B={"viec": [("a", "4")]})
    assert tallies(of)[0].summed() == (("a", "không cộng"),)


def test_different_measures_are_kept_apart_and_have_no_total():
    first = {"ct": [("Lúa", "tấn", "5"), ("Hộ nghèo", "hộ", "7")]}
    of = gathered(A=first, B={"ct": [("Lúa", "tấn", "1"), ("Lúa", "ha", "9")]})
    assert tallies(of)[0].summed() == (("Lúa", "tấn", "6"), ("Hộ nghèo", "hộ", "7"), ("Lúa", "ha", "9"))


def test_the_report_has_an_appendix_a_table_and_names_it():
    of = gathered(A={"viec": [("a", "1")], "guong": [("Ông X", "hiến đất")]}, B={"viec": [("a", "2"), ("b", "1")]})
    document = whole(consolidated_papers.to_docx(of))
    said = lines(document)
    assert "- Từng nhiệm vụ: tổng hợp của 2 đơn vị tại Phụ lục II." in said
    assert any(line.startswith("- Gương điển hình: chi tiết tại Phụ lục III.") for line in said)
    rows = [[[c.text for c in row.cells] for row in t.rows] for t in document.tables]
    assert [["STT", "Nhiệm vụ", "Kết quả"], ["1", "a", "3"], ["2", "b", "1"], ["", "Cộng", "4"]] in rows
    assert [["STT", "Đơn vị", "Họ tên", "Việc làm"], ["1", "Xã A", "Ông X", "hiến đất"]] in rows
    assert any("Xã C: chưa bắt đầu" in line for line in said)


def test_the_sheets_have_every_unit_beside_the_sum_and_every_row():
    of = gathered(A={"viec": [("a", "1,5")]}, B={"viec": [("a", "2"), ("b", "1")]})
    book = load_workbook(BytesIO(consolidated_papers.to_xlsx(of)))
    assert book.sheetnames[3:] == ["Bảng 1", "Bảng 1 - từng đơn vị"]
    sums = [[c.value for c in row] for row in book["Bảng 1"].iter_rows(min_row=3)]
    assert sums[0] == ["STT", "Nhiệm vụ", "Kết quả", "Kết quả - Xã A", "Kết quả - Xã B"]
    assert [row[2:] for row in sums[1:]] == [[3.5, 1.5, 2], [1, None, 1], [4.5, 1.5, 3]]
    assert sums[-1][1] == "Cộng"
    rows = [[c.value for c in row] for row in book["Bảng 1 - từng đơn vị"].iter_rows(min_row=4)]
    assert rows == [[1, "Xã A", "a", 1.5], [2, "Xã B", "a", 2], [3, "Xã B", "b", 1]]
    assert Decimal(str(sums[1][2])) == Decimal("3.5")
