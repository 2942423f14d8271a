"""Lists of units and officers: what is understood, where every problem is, and that nothing is half imported."""

from __future__ import annotations

import unicodedata
import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.enrolling import Refusal, import_people
from bot.messages import Address
from bot.officers import Officer, Unit, followed_by
from bot.people_file import PeopleFile, PeopleFileError, load
from bot.people_sheets import NO_RESULT
from bot.people_template import template
from bot.store import Store
from bot.store.migrate import migrate

UNIT_HEADER = ["Mã", "Tên", "Loại", "Hiệu lực từ", "Hiệu lực đến", "Đơn vị trước", "Cụm/khối"]
OFFICER_HEADER = ["Mã", "Họ và tên", "Mã đơn vị", "Lãnh đạo", "Thường trực"]
DISTRICT = ["H-BL", "Huyện Bình Lục", "huyện", "", "30/06/2025"]
COMMUNES = [
    ["13504", "Xã Bình Lục", "xã", date(2025, 7, 1), "", "H-BL", "Cụm 1"],
    ["13501", "Xã Bình Mỹ", "xã", "1/7/2025", "", "H-BL, H-TL", "Cụm 1"],
]
KNOWN = [Unit("PKT", "Phòng Kinh tế", "phòng", block="Khối 2"), Unit("01", "Xã Một", "xã")]
OFFICERS = [Officer("CB01", "Lê Văn C", "PKT", addresses=(Address("browser", "a"),)), Officer("CB02", "Hòa", "01")]


def book(units=None, officers=None, change=lambda _: None) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in (("Đơn vị", units), ("Cán bộ", officers)):
        if rows is not None:
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
    change(made)
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def units(*rows, **options) -> bytes:
    return book([UNIT_HEADER, *rows], **options)


def officers(*rows, **options) -> bytes:
    return book(None, [OFFICER_HEADER, *rows], **options)


def read(content: bytes) -> PeopleFile:
    return load(content, KNOWN, OFFICERS)


def problems(content: bytes) -> list[str]:
    with pytest.raises(PeopleFileError) as caught:
        read(content)
    assert all("\n" not in line and line.endswith(".") for line in caught.value.problems)
    return list(caught.value.problems)


# --- what is understood -----------------------------------------------------------------------------------------------


def test_a_district_that_became_communes():
    other = ["H-TL", "Huyện Thanh Liêm", "huyện", "", date(2025, 6, 30)]
    found = load(book([UNIT_HEADER, *COMMUNES, DISTRICT, other], [OFFICER_HEADER, ["", "Lê  Văn A", "13504", "x"]]))
    luc, my, district, _ = found.units
    assert luc == Unit("13504", "Xã Bình Lục", "xã", date(2025, 7, 1), None, ("H-BL",), "Cụm 1")
    assert my.predecessors == ("H-BL", "H-TL")
    assert not district.valid_on(date(2025, 7, 1))
    assert luc.valid_on(date(2025, 7, 1))
    assert not luc.valid_on(date(2025, 6, 30))
    assert followed_by("H-BL", found.units) == [my, luc]
    assert found.officers == (Officer("CB01", "Lê Văn A", "13504", leader=True),)
    assert found.notices == ()


def test_titles_above_any_order_no_dau_and_other_columns():
    def titled(made):
        sheet = made["Cán bộ"]
        sheet.insert_rows(1, 3)
        sheet["A1"] = "DANH SÁCH CÁN BỘ, năm 2026"
        sheet.merge_cells("A1:F2")

    header = ["STT", "ma don vi", "HO VA TEN (in hoa)", "Ghi chú", "Lanh dao*", "Mã cán bộ"]
    found = read(book(None, [header, [1, "PKT", "Vũ G", "mới", "Có", "CB09"], [], header], change=titled))
    assert found.officers == (Officer("CB09", "Vũ G", "PKT", leader=True),)
    assert found.notices == ("Trang “Cán bộ”: bỏ qua cột “STT”, “Ghi chú”.",)


def test_a_sheet_without_a_header_and_a_hidden_sheet_are_told_and_left_out():
    def more(made):
        made.create_sheet("Ghi chú").append(["điền xong gửi lại"])
        made.create_sheet("Trống")
        hidden = made.create_sheet("Cũ")
        hidden.append(OFFICER_HEADER)
        hidden.append(["", "Người Cũ", "XA-9"])
        hidden.sheet_state = "hidden"

    found = read(officers(["", "Vũ G", "PKT"], change=more))
    assert [o.name for o in found.officers] == ["Vũ G"]
    assert found.notices == (
        "Trang “Cũ” đang ẩn nên được bỏ qua.",
        "Trang “Ghi chú” không có hàng tiêu đề nên được bỏ qua.",
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_in_every_dress(separator, encoding):
    rows = [OFFICER_HEADER, ["", "Phạm Thị D", "PKT", "X", ""], [], ["CB01", "Lê Văn C", "01", "", "x"]]
    text = "Danh sách, gửi trước; ngày 20/11\r\n" + "\r\n".join(separator.join(row) for row in rows)
    found = read(text.encode(encoding))
    assert found.officers == (
        Officer("CB03", "Phạm Thị D", "PKT", leader=True),
        Officer("CB01", "Lê Văn C", "01", staff=True),
    )


def test_a_csv_of_units_by_its_header():
    found = read('Mã;Tên;Hiệu lực từ\nX1;"Xã ""Một""";2025-07-01\n'.encode())
    assert found.units == (Unit("X1", 'Xã "Một"', "", date(2025, 7, 1)),)


def test_decomposed_text_stray_blanks_and_invisible_characters():
    name = unicodedata.normalize("NFD", "Nguyễn Thị Hoà")
    found = read(officers(["", f"  {name}\u200b\n Bình ", "\ufeffpkt\u00a0"]))
    assert found.officers == (Officer("CB03", "Nguyễn Thị Hoà Bình", "PKT"),)
    as_header = [unicodedata.normalize("NFD", label) for label in OFFICER_HEADER]
    assert read(book(None, [as_header, ["", "Vũ G", "PKT"]])).officers[0].unit == "PKT"


def test_codes_that_became_numbers():
    def zeros(made):
        made["Đơn vị"]["A2"].number_format = "00"

    found = read(book([UNIT_HEADER, [2, "Xã Hai"], [13504.0, "Xã Ba"]], [OFFICER_HEADER, ["", "A", 2]], change=zeros))
    assert [unit.code for unit in found.units] == ["02", "13504"]
    assert found.officers[0].unit == "02"
    found = read(book([UNIT_HEADER, [1, "Xã Một mới"]], [OFFICER_HEADER, ["", "B", 1], ["cb2", "C", "001"]]))
    assert [unit.code for unit in found.units] == ["01"]  # as it is known
    assert [(o.code, o.unit) for o in found.officers] == [("CB03", "01"), ("cb2", "01")]


def cached(content: bytes, formula: bytes, cell: bytes) -> bytes:
    """The workbook with what Excel would have kept as the formula's result."""
    source, target = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for item in source.infolist():
            out.writestr(item, source.read(item).replace(formula, cell))
    return target.getvalue()


def test_a_formula_is_its_last_result_and_without_one_a_problem():
    content = officers(["", '="Vũ "&"G"', "PKT", '=IF(1>2,"x","")'])
    places = ("Họ và tên", "Lãnh đạo")
    assert problems(content) == [f"Trang “Cán bộ”, dòng 2, cột “{place}”: {NO_RESULT}." for place in places]
    for at, result in ((b"B2", "Vũ G".encode()), (b"D2", b"")):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml")
        start = sheet.index(b'<c r="' + at + b'"')
        end = sheet.index(b"</c>", start)
        formula = sheet[start:end]
        body = formula[formula.index(b"<f>") : formula.index(b"</f>") + 4]
        content = cached(content, formula, b'<c r="' + at + b'" t="str">' + body + b"<v>" + result + b"</v>")
    assert read(content).officers == (Officer("CB03", "Vũ G", "PKT"),)


def test_hidden_rows_count_and_are_told_and_merged_cells_stand_in_each_row():
    def change(made):
        sheet = made["Cán bộ"]
        sheet.merge_cells("C2:C4")
        sheet.row_dimensions[3].hidden = True

    found = read(officers(["", "A", "PKT"], ["", "B"], ["", "C"], change=change))
    assert [(o.name, o.unit) for o in found.officers] == [("A", "PKT"), ("B", "PKT"), ("C", "PKT")]
    assert found.notices == ("Trang “Cán bộ”: các dòng đang ẩn cũng được đọc: 3.",)


def test_a_missing_column_changes_nothing_and_an_empty_cell_empties():
    assert read("Mã,Tên\nPKT,Phòng Kinh tế số\n".encode()).units == (replace(KNOWN[0], name="Phòng Kinh tế số"),)
    assert read("Mã,Tên,Cụm\npkt,Phòng Kinh tế,\n".encode()).units == (replace(KNOWN[0], block=""),)


def test_an_officer_without_a_code_is_whoever_has_the_name_in_the_unit():
    found = read(officers(["", "LÊ VĂN C", "PKT", "x"], ["", "Hoà", "1"], ["", "Lê Văn C", "01"]))
    assert [(o.code, o.name, o.leader) for o in found.officers] == [
        ("CB01", "LÊ VĂN C", True),
        ("CB02", "Hoà", False),
        ("CB03", "Lê Văn C", False),
    ]
    (notice,) = found.notices
    assert notice.startswith("Trang “Cán bộ”, dòng 4: “Lê Văn C” được thêm là người mới;")
    assert notice.endswith("xin ghi mã: CB01 (PKT).")


def test_a_code_that_is_given_later_in_the_list_is_not_given_twice():
    found = read(officers(["", "A", "PKT"], ["CB03", "B", "PKT"]))
    assert [(o.code, o.name) for o in found.officers] == [("CB04", "A"), ("CB03", "B")]


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (officers(["", "A", "XA-09"]), "Trang “Cán bộ”, dòng 2, cột “Mã đơn vị”: không có đơn vị mã “XA-09”."),
        (officers([], ["", "", "PKT", "x"]), "Trang “Cán bộ”, dòng 3, cột “Họ và tên”: đang để trống."),
        (officers(["", "A", ""]), "cột “Mã đơn vị”: đang để trống."),
        (officers(["", "A", "PKT", "có thể"]), "cột “Lãnh đạo”: “có thể” không hiểu được; xin ghi x hoặc để trống."),
        (officers(["", "A", "#N/A"]), "cột “Mã đơn vị”: ô báo lỗi #N/A."),
        (officers(["CB/1", "A", "PKT"]), "cột “Mã”: mã “CB/1” không dùng được"),
        (officers(["", "A" * 201, "PKT"]), "cột “Họ và tên”: dài quá 200 ký tự."),
        (officers(["", "A", "PKT"], ["", "a", "pkt"]), "“a” trùng với trang “Cán bộ”, dòng 2; nếu là hai người"),
        (officers(["CB7", "A", "PKT"], ["cb7", "B", "PKT"]), "“B” trùng với trang “Cán bộ”, dòng 2"),
        (officers(["CB01", "A", "PKT"], ["", "Lê Văn C", "PKT"]), "“Lê Văn C” trùng với trang “Cán bộ”, dòng 2"),
        (units(["X", "Xã"], ["x", "Xã"]), "Trang “Đơn vị”, dòng 3, cột “Mã”: mã “x” đã có ở trang “Đơn vị”, dòng 2."),
        (units([1, "Xã"], ["01", "Xã"]), "mã “01” đã có ở trang “Đơn vị”, dòng 2."),
        (units(["X", "Xã", "", "31/02/2025"]), "cột “Hiệu lực từ”: “31/02/2025” không phải ngày;"),
        (units(["X", "Xã", "", 45839]), "cột “Hiệu lực từ”: “45839” không phải ngày;"),
        (units(["X", "Xã", "", "1/7/25"]), "cột “Hiệu lực từ”: “1/7/25” không phải ngày;"),
        (
            units(["X", "Xã", "", datetime(2025, 7, 1), "30/6/2025"]),  # noqa: DTZ001 -- as a sheet has it
            "cột “Hiệu lực đến”: hiệu lực đến 30/06/2025 trước hiệu lực từ 01/07/2025.",
        ),
        (units(["X", "Xã", "", "", "", "PKT; H-9"]), "cột “Đơn vị trước”: không có đơn vị mã “H-9”."),
        (units(["X", "Xã", "", "", "", "x"]), "cột “Đơn vị trước”: đơn vị trước đi thành vòng: X ← X."),
        (units(["X", "", ""]), "cột “Tên”: đang để trống."),
        ("Mã,Tên,Mã\nX,Xã,Y\n".encode(), "Dòng 1: cột “Mã” có 2 lần; xin giữ một cột."),
        ("\n\nHọ tên;Lãnh đạo\nA;x\n".encode(), "Tệp: thiếu cột “Mã đơn vị”."),
        ("Mã;Tên\n;Xã\n".encode(), "Dòng 2, cột “Mã”: đang để trống."),
        (b"gi do;khac\n1;2\n", "Không thấy hàng tiêu đề nào: cần các cột “Mã”, “Tên” (đơn vị) hoặc “Họ và tên”"),
        (b"", "Không thấy hàng tiêu đề nào"),
        (b"PK\x03\x04 not a book", "Tệp không phải là bảng tính .xlsx hoặc đã bị hỏng."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Tệp ở dạng .xls cũ hoặc có mật khẩu;"),
        ("Mã,Tên\n".encode("cp1258", "ignore") + b"\xfd\xff,\xd5", "Không đọc được chữ trong tệp;"),
    ],
)
def test_each_problem_is_one_line_with_its_place(content, told):
    (line,) = problems(content)
    assert told in line


def test_circles_over_several_units_are_told_at_each_of_them():
    content = units(
        ["A", "A", "", "", "", "B"], ["B", "B", "", "", "", "C"], ["C", "C", "", "", "", "A, D"], ["D", "D"]
    )
    assert [line.split(": ")[-1] for line in problems(content)] == [
        "A ← B ← C ← A.",
        "B ← C ← A ← B.",
        "C ← A ← B ← C.",
    ]


def test_two_known_officers_of_one_name_need_their_codes():
    twins = [Officer("CB01", "A", "PKT"), Officer("CB02", "a", "PKT")]
    with pytest.raises(PeopleFileError, match=r"nhiều cán bộ tên “A” \(CB01, CB02\); xin ghi mã"):
        load(officers(["", "A", "PKT"]), KNOWN, twins)
    assert len(load(officers(["CB01", "A", "PKT"], ["CB02", "A", "PKT"]), KNOWN, twins).officers) == 2


def test_all_problems_are_told_at_once():
    content = book([UNIT_HEADER, ["X Y/", ""], ["Z", "Xã", "", "hôm nay"]], [OFFICER_HEADER, ["", "", "W", "?"]])
    assert [line.split(":")[0] for line in problems(content)] == [
        "Trang “Đơn vị”, dòng 2, cột “Mã”",
        "Trang “Đơn vị”, dòng 2, cột “Tên”",
        "Trang “Đơn vị”, dòng 3, cột “Hiệu lực từ”",
        "Trang “Cán bộ”, dòng 2, cột “Họ và tên”",
        "Trang “Cán bộ”, dòng 2, cột “Lãnh đạo”",
        "Trang “Cán bộ”, dòng 2, cột “Mã đơn vị”",
    ]


CELLS = st.one_of(
    st.none(),
    st.sampled_from(["x", "PKT", "01", "1", "CB01", "Lê Văn C", "1/7/2025", "a\nb", "\u200b", "=1"]),
    st.integers(-5, 99999),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=8), max_size=6), st.lists(st.lists(CELLS, max_size=6), max_size=6))
def test_any_cells_are_values_or_problems_and_values_read_again_are_the_same(unit_rows, officer_rows):
    content = book([UNIT_HEADER, *unit_rows], [OFFICER_HEADER, *officer_rows])
    try:
        found = read(content)
    except PeopleFileError:
        return
    every = {unit.code: unit for unit in (*KNOWN, *found.units)}
    assert all(officer.unit in every and officer.name and officer.code for officer in found.officers)
    known = {officer.code: officer for officer in (*OFFICERS, *found.officers)}
    again = load(content, list(every.values()), list(known.values()))
    assert (again.units, again.officers) == (found.units, found.officers)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_told(content):
    with pytest.raises(PeopleFileError):
        load(content)


# --- the template and the store ---------------------------------------------------------------------------------------


def test_the_template_is_read_as_it_was_meant():
    assert load(template()) == PeopleFile((), ())
    made = load_workbook(BytesIO(template()))
    assert made.sheetnames == ["Đơn vị", "Cán bộ"]
    for column, value in enumerate(["01", "Xã Một", "xã", date(2025, 7, 1)], start=1):
        made["Đơn vị"].cell(4, column, value)
    for column, value in enumerate(["", "Vũ G", "01", "x", "x"], start=1):
        made["Cán bộ"].cell(4, column, value)
    buffer = BytesIO()
    made.save(buffer)
    found = load(buffer.getvalue())
    assert found.units == (Unit("01", "Xã Một", "xã", date(2025, 7, 1)),)
    assert found.officers == (Officer("CB01", "Vũ G", "01", leader=True, staff=True),)
    assert found.notices == ()


@pytest.fixture
async def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    opened = Store(url)
    await opened.put_people(KNOWN, OFFICERS)
    yield opened
    await opened.close()


async def test_importing_twice_changes_nothing(store):
    content = book([UNIT_HEADER, ["X", "Xã"]], [OFFICER_HEADER, ["", "Vũ G", "X"], ["CB01", "Lê Văn C", "PKT", "x"]])
    first = await import_people(store, content)
    assert [u.code for u in first.units_added] == ["X"]
    assert [o.code for o in first.officers_added] == ["CB03"]
    assert [o.code for o in first.officers_changed] == ["CB01"]
    assert "- CB03: Vũ G (X)" in first.sentence
    people = await store.units(), await store.officers()
    assert people[1][0] == replace(OFFICERS[0], leader=True)  # still reached where they were
    assert len(people[0]) == 3  # who is not in the list stays
    second = await import_people(store, content)
    assert second.to_json() == {
        "units": {"added": [], "changed": [], "kept": 1},
        "officers": {"added": [], "changed": [], "kept": 2},
        "moved": [],
        "notices": [],
    }
    assert (await store.units(), await store.officers()) == people


async def test_an_officer_who_moved_is_named_and_takes_nothing_along(store):
    imported = await import_people(store, officers(["CB01", "Lê Văn C", "01"]))
    assert imported.moved == ((Officer("CB01", "Lê Văn C", "01"), "PKT"),)
    assert "- CB01: Lê Văn C, từ PKT sang 01" in imported.sentence
    assert (await store.officer("CB01")).addresses == ()


async def test_with_one_problem_nothing_is_imported(store):
    before = await store.units(), await store.officers()
    with pytest.raises(Refusal, match=r"Chưa nhập gì:\n- Trang “Cán bộ”, dòng 2") as refused:
        await import_people(store, book([UNIT_HEADER, ["X", "Xã"]], [OFFICER_HEADER, ["", "Vũ G", "Y"]]))
    assert str(refused.value).count("\n") == 1
    assert (await store.units(), await store.officers()) == before
