"""Tables, blocks, conditions and formal facts in a printed report."""

from dataclasses import replace
from datetime import date
from itertools import takewhile

import pytest
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from dossier_samples import BLOCK, CAMPAIGN, CHECKS, FORM, GENERAL, REPORT, ROWS, SAID, TABLES, WIDE_TOO
from report_samples import DONE, OFFICE, UNIT, lines, whole

from bot.campaigns import Check
from bot.reports import formal, grids, page, render, wording
from bot.reports.office import Office
from bot.submissions import Filled
from bot.tables import joined
from knowledge.documents import Document


def printed(submission=REPORT, campaign=CAMPAIGN, **options):
    return whole(render(submission, campaign, UNIT, **options))


def said_in(path, **values):
    return replace(REPORT, sections={**SAID, path: Filled(DONE, {**SAID[path].values, **values})})


def table_with(document, *header):
    return next(t for t in document.tables if [c.text for c in t.rows[0].cells] == list(header))


def test_a_small_table_stands_under_its_field_with_its_rows_counted():
    document = printed()
    table = table_with(document, "STT", "Nhiệm vụ", "Kết quả")
    assert [[c.text for c in row.cells] for row in table.rows[1:]] == [
        ["1", "Trồng cây", "1.200"],
        ["2", "Làm đường", "3,5"],
    ]
    said = lines(document)
    assert said.index("2. Từng nhiệm vụ") < said.index("Trồng cây") < said.index("II. CÁC PHONG TRÀO")
    aligned = [row.cells[2].paragraphs[0].alignment for row in table.rows]
    assert aligned == [WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.RIGHT]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_wide_table_is_an_appendix_in_landscape_that_the_text_names():
    document = printed()
    said = lines(document)
    assert "3. Danh mục văn bản (chi tiết tại Phụ lục kèm theo)." in said
    assert said[said.index("Phụ lục") + 1] == "DANH MỤC VĂN BẢN"
    body, annex, last = document.sections
    assert (annex.orientation, last.orientation) == (WD_ORIENTATION.LANDSCAPE, WD_ORIENTATION.PORTRAIT)
    assert annex._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    assert body.orientation == WD_ORIENTATION.PORTRAIT
    assert said.index("Phụ lục") > said.index("Nơi nhận:")


def test_two_wide_tables_have_roman_numerals_and_each_is_named_by_its_own():
    section = replace(TABLES, fields=(*TABLES.fields, WIDE_TOO))
    campaign = replace(CAMPAIGN, sections=(GENERAL, section, *CAMPAIGN.sections[2:]))
    said = lines(printed(said_in("muc-1", van_ban_2=joined(ROWS)), campaign))
    assert "3. Danh mục văn bản (chi tiết tại Phụ lục I kèm theo)." in said
    assert "4. Danh mục văn bản khác (chi tiết tại Phụ lục II kèm theo)." in said
    assert said[said.index("Phụ lục II") + 1] == "DANH MỤC VĂN BẢN KHÁC"


def test_a_table_declared_empty_says_so_and_makes_no_appendix():
    document = printed(said_in("muc-1", van_ban="Không có nội dung"))
    assert "3. Danh mục văn bản: Không có nội dung" in lines(document)
    assert "Phụ lục" not in lines(document)


def test_a_row_with_too_many_or_too_few_cells_loses_nothing():
    document = printed(said_in("muc-1", viec=joined([("a", "b", "c"), ("d",)])))
    table = table_with(document, "STT", "Nhiệm vụ", "Kết quả")
    assert [[c.text for c in row.cells] for row in table.rows[1:]] == [["1", "a", "b; c"], ["2", "d", ""]]


def test_a_block_is_written_as_a_clause_a_row_with_its_cells_as_text():
    said = lines(printed())
    at = said.index("1. Nông thôn mới")
    assert said[at + 1 : at + 6] == [
        "- Cấp phát động: Tỉnh",
        "- Kết quả: Hiến 120 m2 đất.",
        "Xong 2 tuyến.",
        "2. Bình dân học vụ số",
        "Không áp dụng: đã xong",
    ]


def test_a_block_among_other_fields_is_written_as_points():
    section = replace(TABLES, fields=(*TABLES.fields, BLOCK))
    campaign = replace(CAMPAIGN, sections=(GENERAL, section))
    said = lines(printed(said_in("muc-1", phong_trao=SAID["muc-2"].values["phong_trao"]), campaign))
    assert said[said.index("4. Từng phong trào") + 1] == "a) Nông thôn mới"
    assert "b) Bình dân học vụ số" in said


def test_what_is_not_asked_is_not_printed_and_files_are_attachments():
    said = lines(printed())
    assert "câu trả lời cũ" not in "\n".join(said)
    assert said[said.index("III. KIỂM TRA") + 1 :][:2] == ["Số cuộc: 4", "Tài liệu kèm theo: biên bản.pdf./."]
    asked = lines(printed(said_in("muc-3", so="0")))
    assert "2. Lý do chưa kiểm tra" in asked
    assert any("Kiểm tra: còn thiếu: Biên bản kiểm tra" in line for line in asked)


def test_a_report_that_ends_in_a_table_has_its_end_mark_under_it():
    said = lines(printed(campaign=replace(CAMPAIGN, sections=(replace(TABLES, fields=TABLES.fields[:2]),))))
    assert said[said.index("3,5") + 1] == "./."


def test_general_facts_fill_head_and_foot_and_are_no_section():
    document = printed()
    said = lines(document)
    assert {"ỦY BAN NHÂN DÂN XÃ SUỐI NGÀN", "Số:        /BC-PKT", "- Sở Nội vụ;", "- Ủy ban nhân dân xã."} <= set(said)
    at = said.index("KT. TRƯỞNG PHÒNG")
    assert said[at : at + 3] == ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "Lê Văn C"]
    assert "I. TRIỂN KHAI VĂN BẢN" in said
    assert "THÔNG TIN CHUNG" not in "\n".join(said)
    assert said[said.index("NỘI DUNG CẦN RÀ SOÁT") + 2 :] == [
        "Mã báo cáo: 2026-7K3M9P",
        "Người soạn: Trần Thị D.",
        wording.OPEN_LEAD,
        "- số của văn bản (văn thư cấp sau khi ký);",
        "- ngày, tháng, năm ban hành;",
    ]


def test_the_offices_file_goes_before_the_units_answers():
    said = lines(printed(office=replace(OFFICE, signer="Vũ Văn E", superior="")))
    assert "Vũ Văn E" in said
    assert "Lê Văn C" not in said
    assert "ỦY BAN NHÂN DÂN XÃ SUỐI NGÀN" in said


@pytest.mark.parametrize(
    ("typed", "number", "symbol"),
    [
        ("5/BC-UBND", "05", "UBND"),
        ("Số: 15/BC-PKT", "15", "PKT"),
        ("     /BC-UBND", "", "UBND"),
        ("…/TTr-UBND", "", "UBND"),
        ("UBND", "", "UBND"),
        ("15", "15", ""),
        ("", "", ""),
    ],
)
def test_a_number_is_printed_only_as_it_was_typed(typed, number, symbol):
    assert formal.numbered(typed) == (number, symbol)


@pytest.mark.parametrize(
    ("authority", "post", "agency", "lines_above"),
    [
        ("KT.", "Phó Chủ tịch", "Ủy ban nhân dân xã A", ("KT. Chủ tịch", "Phó Chủ tịch")),
        ("TM.", "Chủ tịch", "Ủy ban nhân dân xã A", ("TM. Ủy ban nhân dân", "Chủ tịch")),
        ("TM.", "Chủ tịch", "Hội đồng Thi đua - Khen thưởng xã A", ("TM. Hội đồng", "Chủ tịch")),
        ("TL.", "Chánh Văn phòng", "Ủy ban nhân dân xã A", ("TL. ……", "Chánh Văn phòng")),
        ("Q.", "Trưởng phòng", "Phòng B", ("Q. Trưởng phòng",)),
        ("", "Trưởng phòng", "Phòng B", ("Trưởng phòng",)),
        ("TUQ. Giám đốc", "Trưởng phòng", "Sở C", ("TUQ. Giám đốc", "Trưởng phòng")),
        ("", "", "Phòng B", ()),
    ],
)
def test_authority_is_read_off_the_post_only_where_it_is_sure(authority, post, agency, lines_above):
    given = {"quyen_han": authority, "chuc_vu": post, "ten_don_vi": agency}
    assert formal.answered(given, "x", Office()).office.signed_as == lines_above


def test_a_typed_number_is_printed_and_no_longer_open():
    submission = said_in("muc-0", so_ky_hieu="7/BC-PKT")
    said = lines(printed(submission))
    assert "Số: 07/BC-PKT" in said
    assert not any("văn thư cấp" in line for line in said)


# --- columns ----------------------------------------------------------------------------------------------------------


def test_columns_fill_the_room_and_hold_their_longest_word():
    header = ["STT", "Trích yếu", "Số"]
    rows = [["1", "một đoạn văn rất dài " * 20, "1.234.567.890"], ["2", "ngắn", "3"]]
    widths = grids.shares(header, rows, Mm(165))
    assert abs(sum(widths) - Mm(165)) < 10
    assert widths[2] >= page.width("1.234.567.890", page.NOTE)
    assert widths[1] > widths[2] > widths[0]


def test_more_words_than_room_still_share_it():
    widths = grids.shares(["a" * 200, "b" * 100], [], Mm(165))
    assert all(width > 0 for width in widths)
    assert sum(widths) <= Mm(165)


@pytest.mark.parametrize(
    ("text", "label", "stands"),
    [("1.200", "Số", "RIGHT"), ("95 %", "Tỷ lệ", "RIGHT"), ("1", "STT", "CENTER"), ("2026", "Năm", "CENTER"),
     ("26/12/2024", "Ngày", "CENTER"), ("chữ 5", "Tên", "LEFT"), ("", "Tên", "CENTER")],
)  # fmt: skip
def test_numbers_stand_to_the_right(text, label, stands):
    assert grids.alignment(text, label) == WD_ALIGN_PARAGRAPH[stands]


# --- what is doubtful -------------------------------------------------------------------------------------------------


def doubtful(submission=REPORT, **options):
    said = lines(printed(submission, **options))
    if wording.REMARKS_LEAD not in said:
        return []
    return list(takewhile(lambda line: line.startswith("- "), said[said.index(wording.REMARKS_LEAD) + 1 :]))


def test_a_good_report_is_not_doubted():
    assert doubtful() == []


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("Năm 2025 đơn vị trồng 5 cây.", True),
        ("Năm 2026 tăng so với năm 2025, đề ra cho năm 2027.", False),
        ("Ngày 26 tháng 12 năm 2024 ban hành, theo Luật năm 2022.", False),
    ],
)
def test_another_year_is_doubted_unless_it_is_compared_with(text, doubted):
    found = doubtful(said_in("muc-1", loi=text))
    assert found == (["- “Triển khai văn bản” nói đến năm 2025; báo cáo này của năm 2026."] if doubted else [])


@pytest.mark.parametrize(
    ("path", "values", "remark"),
    [
        ("muc-0", {"ten_don_vi": "Phòng Kinh tế"}, "Tên đơn vị ghi là “Phòng Kinh tế”"),
        ("muc-0", {"nam": "2025"}, "Năm báo cáo ghi là 2025, đợt này báo cáo năm 2026"),
        ("muc-1", {"loi": "Có 2 CHIẾN SỸ thi đua."}, "viết “Chiến sỹ”; tên danh hiệu viết là “Chiến sĩ”"),
        (
            "muc-1",
            {"viec": joined([("a", "2"), ("b", "3"), ("Tổng cộng", "6")])},
            "ghi 6, cộng các hàng là 5",
        ),
        ("muc-1", {"loi": "Một câu dài. " * 3000}, "Báo cáo dài khoảng"),
    ],
)
def test_what_is_doubtful_is_named_on_the_last_page(path, values, remark):
    assert any(remark in line for line in doubtful(said_in(path, **values)))


def test_what_the_forms_checks_find_is_told_if_the_report_has_a_day():
    check = Check("at_most", "so", "Nhiều cuộc quá.", ("3",))
    campaign = replace(CAMPAIGN, sections=(*FORM[:3], replace(CHECKS, checks=(check,))))
    told = doubtful(campaign=campaign, office=Office(day=date(2026, 12, 1)))
    assert told == ["- “Kiểm tra”: Nhiều cuộc quá. (ghi 4, nhiều nhất là 3)"]
    assert doubtful(campaign=campaign) == []


def test_a_document_out_of_force_is_named_only_if_it_is_cited():
    old = Document("98/2023/NĐ-CP", "Nghị định", "x", "Chính phủ", in_force_to=date(2025, 6, 30))
    other = replace(old, number="8/2023/NĐ-CP")
    cited = said_in("muc-1", loi="Thực hiện Nghị định số 98/2023/NĐ-CP.")
    office = Office(day=date(2026, 12, 1))
    (line,) = [each for each in doubtful(cited, known=[old, other], office=office) if "hiệu lực" in each]
    assert "98/2023/NĐ-CP" in line
    assert doubtful(cited, known=[old], office=Office(day=date(2025, 1, 1))) == []
