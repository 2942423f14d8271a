"""Every rule of Nghị định 30/2020/NĐ-CP that a báo cáo must keep, each with the check in the file that proves it.

RULES is the table: what the rule is about → what must be so in the XML. The papers below it are made by the product.
"""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pytest
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from report_samples import (
    CAMPAIGN,
    DONE,
    FULL,
    MOVEMENTS,
    OFFICE,
    UNIT,
    lines,
    opened,
    paragraphs,
    runs,
    the_paragraph,
    the_run,
    whole,
)

from bot.reminders import ICT
from bot.reports import Office, consolidated_papers, page, wording
from bot.reports.consolidated import gather
from bot.reports.outline import LETTERS, Level, mark, roman
from bot.submissions import Filled, Submission

CENTER, JUSTIFY, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT
BARE = Submission(CAMPAIGN.id, 1, UNIT.code)
COUNTRY, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
SUPERIOR, AGENCY = "ỦY BAN NHÂN DÂN XÃ SUỐI NGÀN", "PHÒNG KINH TẾ XÃ SUỐI NGÀN"
SUBJECT = "Tổng kết công tác thi đua, khen thưởng năm 2026"
DATED = "Suối Ngàn, ngày 05 tháng 01 năm 2027"


def report(**changes):
    return opened(office=replace(OFFICE, **changes))


def consolidated():
    of = gather(CAMPAIGN, [UNIT], [FULL], datetime(2026, 12, 10, 17, tzinfo=ICT))
    return whole(consolidated_papers.to_docx(of, office=OFFICE))


def looks(document, text, *, size, bold=False, italic=False, align=None):
    """The text stands in one run of this size and weight, in a paragraph aligned like this, upright unless said."""
    font = the_run(document, text).font
    assert font.size in {Pt(s) for s in size}, (text, font.size)
    assert (bool(font.bold), bool(font.italic)) == (bold, italic)
    assert align is None or the_paragraph(document, text).alignment == align


def cell_of(document, text):
    """(table, row, column) of the cell that holds this line."""
    return next(
        (t, r, c)
        for t, table in enumerate(document.tables)
        for r, row in enumerate(table.rows)
        for c, cell in enumerate(row.cells)
        if text in [p.text for p in cell.paragraphs]
    )


def line_under(document, text):
    """The width of the line drawn in the paragraph after this one, and its weight in EMU."""
    all_lines = paragraphs(document)
    after = all_lines[[p.text for p in all_lines].index(text) + 1]
    (shape,) = [e for e in after._p.iter() if e.tag.endswith("}wsp")]
    (ln,) = [e for e in shape.iter() if e.tag.endswith("}ln")]
    (extent,) = after._p.iter(qn("wp:extent"))
    assert [e.get("prst") for e in shape.iter() if e.tag.endswith("}prstGeom")] == ["line"]
    return int(extent.get("cx")), int(ln.get("w"))


# --- the rules --------------------------------------------------------------------------------------------------------


def paper():
    for document in (opened(BARE), consolidated()):
        for section in document.sections:
            sides = sorted(round(length.twips) for length in (section.page_width, section.page_height))
            assert sides == [11906, 16838]
            lies = section.orientation == WD_ORIENTATION.LANDSCAPE
            assert lies == (section.page_width > section.page_height)
    assert opened().sections[0].orientation == WD_ORIENTATION.PORTRAIT


def margins():
    for section in (*opened(BARE).sections, *consolidated().sections):
        assert Mm(20) <= section.top_margin <= Mm(25)
        assert Mm(20) <= section.bottom_margin <= Mm(25)
        assert Mm(30) <= section.left_margin <= Mm(35)
        assert round(section.right_margin.mm, 1) >= 15
        assert section.right_margin <= Mm(20)
    given = opened().sections[0]
    sides = (given.top_margin, given.bottom_margin, given.left_margin, given.right_margin)
    assert [round(side.twips) for side in sides] == [1134, 1134, 1701, 850]


def font():
    document = consolidated()
    named = list(document.styles["Normal"].element.iter(qn("w:rFonts")))
    named += document.styles.element.find(qn("w:docDefaults")).iter(qn("w:rFonts"))
    for fonts in named:
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
        assert not [name for name in fonts.attrib if "Theme" in name]
    assert {run.font.name for run in runs(document)} == {None}
    assert str(document.styles["Normal"].font.color.rgb) == "000000"
    assert not [run for run in runs(document) if run.font.color.rgb is not None]
    assert {p.style.name for p in paragraphs(document)} == {"Normal"}


def page_number():
    section = opened().sections[0]
    (line,) = section.header.paragraphs
    assert line.alignment == CENTER
    assert [e.text for e in line._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert {run.font.size for run in line.runs} <= {Pt(13), Pt(14)}
    assert not [run for run in line.runs if run.font.bold or run.font.italic]
    assert section.header_distance < section.top_margin
    assert section.different_first_page_header_footer
    assert not list(section.first_page_header._element.iter(qn("w:instrText")))
    assert not list(section.footer._element.iter(qn("w:instrText")))
    numbers = section._sectPr.find(qn("w:pgNumType"))  # absent: Arabic, from 1
    assert numbers is None


def quoc_hieu():
    looks(report(), COUNTRY, size=(12, 13), bold=True, align=CENTER)
    assert cell_of(report(), COUNTRY) == (0, 0, 1)
    assert page.width(COUNTRY, Pt(13)) < Mm(100)  # on one line


def tieu_ngu():
    looks(report(), MOTTO, size=(13, 14), bold=True, align=CENTER)
    said = lines(report())
    assert said.index(MOTTO) == said.index(COUNTRY) + 1
    width, weight = line_under(report(), MOTTO)
    assert abs(width - Mm(60.4)) < Mm(0.5)  # as long as the text in Times New Roman Bold 14
    assert 6350 <= weight <= 9525


def superior_agency():
    looks(report(), SUPERIOR, size=(12, 13), bold=False, align=CENTER)
    assert SUPERIOR not in lines(opened())


def issuing_agency():
    looks(report(), AGENCY, size=(12, 13), bold=True, align=CENTER)
    said = lines(report())
    assert said.index(AGENCY) == said.index(SUPERIOR) + 1
    width, weight = line_under(report(), AGENCY)
    assert 1 / 3 <= width / min(page.width(AGENCY, Pt(13)), Mm(65)) <= 1 / 2
    assert 6350 <= weight <= 9525


def number_and_symbol():
    text = next(line for line in lines(report()) if line.startswith("Số:"))
    assert text == "Số:        /BC-PKT"
    looks(report(), text, size=(13,), align=CENTER)
    assert cell_of(report(), text) == (0, 1, 0)
    assert next(line for line in lines(opened()) if line.startswith("Số:")) == "Số:        /BC-……"


def place_and_date():
    looks(report(), DATED, size=(13, 14), italic=True, align=CENTER)
    assert cell_of(report(), DATED) == (0, 1, 1)
    written = [wording.place_and_date("Bình Lục", date(2026, month, 9)) for month in range(1, 13)]
    months = ["01", "02", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]
    assert written == [f"Bình Lục, ngày 09 tháng {month} năm 2026" for month in months]
    assert wording.place_and_date("Bình Lục", date(2026, 3, 10)) == "Bình Lục, ngày 10 tháng 3 năm 2026"
    assert not any(c.isdigit() for c in wording.place_and_date("", None))


def type_name():
    looks(report(), "BÁO CÁO", size=(13, 14), bold=True, align=CENTER)


def subject():
    looks(report(), SUBJECT, size=(13, 14), bold=True, align=CENTER)
    said = lines(report())
    assert said.index(SUBJECT) == said.index("BÁO CÁO") + 1
    width, _ = line_under(report(), SUBJECT)
    assert 1 / 3 <= width / page.width(SUBJECT, Pt(14)) <= 1 / 2
    assert not any(line.startswith("V/v") for line in said)


def one_addressee():
    line = f"Kính gửi: {CAMPAIGN.issuer}"
    looks(report(), line, size=(13, 14), align=CENTER)
    assert lines(report()).index(line) > lines(report()).index(SUBJECT)


def several_addressees():
    document = report(to=("Hội đồng A", "Ủy ban B"))
    said = lines(document)
    at = said.index("Kính gửi:")
    assert said[at + 1 : at + 3] == ["- Hội đồng A;", "- Ủy ban B."]
    first, *others = (the_paragraph(document, text).paragraph_format.left_indent for text in said[at : at + 3])
    assert [abs(other - first - Mm(17.63)) < Mm(0.3) for other in others] == [True, True]  # as long as "Kính gửi"
    assert {the_paragraph(document, text).alignment for text in said[at : at + 3]} == {LEFT}


def grounds():
    document = report(grounds=("Căn cứ Luật A;", "Căn cứ Nghị định B", "Căn cứ Hướng dẫn C;"))
    said = lines(document)
    at = said.index("Căn cứ Luật A;")
    assert said[at : at + 3] == ["Căn cứ Luật A;", "Căn cứ Nghị định B;", "Căn cứ Hướng dẫn C."]
    for line in said[at : at + 3]:
        looks(document, line, size=(13, 14), italic=True, align=JUSTIFY)
    assert not any(line.startswith("Căn cứ") for line in lines(opened()))


def body():
    form = the_paragraph(report(), "Vận động 120 hộ tham gia.").paragraph_format
    looks(report(), "Vận động 120 hộ tham gia.", size=(13, 14), align=JUSTIFY)
    assert form.first_line_indent in {Mm(10), Mm(12.7)}
    assert form.space_after >= Pt(6)
    assert 1 <= form.line_spacing <= 1.5


def part():
    document = consolidated()
    said = lines(document)
    for number, title in (("Phần I", wording.ALL_PART_STATE), ("Phần II", wording.ALL_PART_CONTENT)):
        assert said[said.index(number) + 1] == title == title.upper()
        looks(document, number, size=(13, 14), bold=True, align=CENTER)
        looks(document, title, size=(13, 14), bold=True, align=CENTER)


def headings_of_sections():
    for document in (report(), consolidated()):
        looks(document, "I. QUÁN TRIỆT VĂN BẢN", size=(13, 14), bold=True)
    assert [roman(n) for n in (1, 4, 9, 14, 20)] == ["I", "IV", "IX", "XIV", "XX"]


def clauses():
    looks(report(), "1. Văn bản cấp trên", size=(13, 14), bold=True)
    looks(report(), "2. Số hội nghị: 3", size=(13, 14))
    looks(consolidated(), "2. Phòng Kinh tế xã Suối Ngàn", size=(13, 14), bold=True)


def points():
    assert LETTERS == "abcdđeghiklmnopqrstuvxy"
    assert [mark(Level.POINT, n) for n in range(1, 7)] == ["a)", "b)", "c)", "d)", "đ)", "e)"]
    looks(consolidated(), "a) Văn bản cấp trên", size=(13, 14))


def end_mark():
    said = lines(report())
    assert [line for line in said if "./." in line] == ["Còn chậm gửi số liệu./."]
    assert the_paragraph(report(), "Còn chậm gửi số liệu./.").paragraph_format.keep_with_next


def signature():
    ways = {
        ("TM. Ủy ban nhân dân", "Chủ tịch"): ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
        ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"): [
            "TM. ỦY BAN NHÂN DÂN",
            "KT. CHỦ TỊCH",
            "PHÓ CHỦ TỊCH",
        ],
        ("TL. Chủ tịch", "Chánh Văn phòng"): ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"],
        ("TUQ. Giám đốc", "Trưởng phòng"): ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"],
        ("Q. Trưởng phòng",): ["Q. TRƯỞNG PHÒNG"],
    }
    for given, printed in ways.items():
        document = report(signed_as=given, signer="TS. Lê Văn C")
        said = lines(document)
        at = said.index(printed[0])
        assert said[at : at + len(printed) + 1] == [*printed, "Lê Văn C"]
        for line in (*printed, "Lê Văn C"):
            looks(document, line, size=(13, 14), bold=True, align=CENTER)
        assert cell_of(document, "Lê Văn C") == (1, 0, 1)


def signature_of_a_council():
    document = report(signed_as=("TM. Hội đồng", "Chủ tịch"), seat="Chủ tịch Ủy ban nhân dân xã", signer="Lê Văn C")
    said = lines(document)
    at = said.index("TM. HỘI ĐỒNG")
    assert said[at : at + 4] == ["TM. HỘI ĐỒNG", "CHỦ TỊCH", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ", "Lê Văn C"]
    assert the_paragraph(document, said[at + 2]).paragraph_format.space_before >= Mm(25)


def room_for_the_seal():
    assert Mm(25) <= the_paragraph(report(), "Lê Văn C").paragraph_format.space_before <= Mm(30)


def recipients():
    said = lines(report())
    at = said.index("Nơi nhận:")
    assert said[at : at + 3] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT, TĐKT."]
    looks(report(), "Nơi nhận:", size=(12,), bold=True, italic=True, align=LEFT)
    looks(report(), "- Như trên;", size=(11,), align=LEFT)
    looks(report(), "- Lưu: VT, TĐKT.", size=(11,), align=LEFT)
    assert cell_of(report(), "Nơi nhận:") == (1, 0, 0)  # level with the signature


def appendices():
    document = consolidated()
    said = lines(document)
    for number, title in (("Phụ lục I", wording.TABLE_STATE), ("Phụ lục II", wording.TABLE_FIGURES)):
        at = said.index(number)
        assert said[at + 1] == title.upper()
        assert said[at + 2] == (
            "(Kèm theo Báo cáo số ……/BC-PKT ngày …… tháng …… năm ……… của Hội đồng Thi đua - Khen thưởng xã Suối Ngàn)"
        )
        looks(document, number, size=(14,), bold=True, align=CENTER)
        looks(document, said[at + 1], size=(13, 14), bold=True, align=CENTER)
        assert any(number in line for line in said[: said.index("Nơi nhận:")])  # the body mentions it
    starts = [s._sectPr.find(qn("w:pgNumType")) for s in document.sections]
    assert [None if s is None else s.get(qn("w:start")) for s in starts[:3]] == [None, "1", "1"]
    assert [s.orientation for s in document.sections[:3]] == [
        WD_ORIENTATION.PORTRAIT,
        WD_ORIENTATION.PORTRAIT,
        WD_ORIENTATION.LANDSCAPE,
    ]


def a_single_appendix_has_no_numeral():
    only_text = replace(FULL, sections={MOVEMENTS.path: Filled(DONE, {"noi_dung": "Tốt."})})
    of = gather(CAMPAIGN, [UNIT], [only_text], datetime(2026, 12, 10, 17, tzinfo=ICT))
    said = lines(whole(consolidated_papers.to_docx(of)))
    assert "Phụ lục" in said
    assert not [line for line in said if line.startswith("Phụ lục I")]


def layout_tables():
    head, foot = report().tables
    for table, widths in ((head, (65, 100)), (foot, (68, 97))):
        assert [round(cell.width.mm) for cell in table.rows[0].cells] == list(widths)
        assert table._tbl.tblPr.find(qn("w:tblBorders")) is None
        assert table.style.name == "Normal Table"
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def wide_tables_repeat_their_header():
    for table in consolidated().tables[2:]:
        assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows[:2]] == [True, False]
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def drawn_lines():
    drawn = [e for e in report().element.body.iter() if e.tag.endswith("}wsp")]
    ids = [e.get("id") for e in report().element.body.iter(qn("wp:docPr"))]
    assert len(drawn) == len(set(ids)) == 3


def hyphens():
    words = "".join(v for v in vars(wording).values() if isinstance(v, str) and not v.startswith('"""'))
    assert not set(words.replace(wording.__doc__, "")) & set("–—‐")


def the_number_is_never_filled_in():
    for document in (report(), opened(), consolidated()):
        numbers = [line for line in lines(document) if line.startswith("Số:")]
        assert [any(c.isdigit() for c in line) for line in numbers] == [False]


RULES = {
    "khổ giấy: A4, portrait, landscape where a table is wide": paper,
    "lề: top and bottom 20-25, left 30-35, right 15-20 mm": margins,
    "phông chữ: Times New Roman in every script, black": font,
    "số trang: Arabic, 13-14, centred in the top margin, hidden on page 1": page_number,
    "Quốc hiệu: capitals, 12-13, bold, top right": quoc_hieu,
    "Tiêu ngữ: 13-14, bold, under it a line as long as the text": tieu_ngu,
    "cơ quan chủ quản: capitals, 12-13, not bold": superior_agency,
    "cơ quan ban hành: capitals, 12-13, bold, a line of 1/3-1/2 under it": issuing_agency,
    "số, ký hiệu: 13, upright, centred under the agency, left open": number_and_symbol,
    "địa danh, ngày: same row, italic, 0 before days below 10 and months 1, 2": place_and_date,
    "tên loại: 13-14, bold, centred": type_name,
    "trích yếu: 13-14, bold, lower case, a line of 1/3-1/2 under it, no V/v": subject,
    "Kính gửi: one addressee on the same line": one_addressee,
    "Kính gửi: several on lines of their own, hyphens under the colon": several_addressees,
    "căn cứ: italic, ; at the ends, . at the last": grounds,
    "nội dung: 13-14, justified, indented 1 or 1.27 cm, >= 6 pt, spacing 1-1.5": body,
    "phần: number and title centred, bold, title in capitals": part,
    "mục: Roman numeral, capitals, bold": headings_of_sections,
    "khoản: Arabic numeral, bold with a title, upright without": clauses,
    "điểm: Vietnamese alphabet": points,
    "dấu kết thúc: ./. once": end_mark,
    "quyền hạn: TM., KT., TL., TUQ., Q.; capitals bold; name bold without degrees": signature,
    "hội đồng dùng con dấu cơ quan: both offices": signature_of_a_council,
    "chữ ký số: 25-30 mm of room": room_for_the_seal,
    "nơi nhận: 12 bold italic, list 11, level with the signature": recipients,
    "phụ lục: 14 bold, title capitals, kèm theo left open, Roman if two, own page numbers, mentioned": appendices,
    "phụ lục: one alone has no numeral": a_single_appendix_has_no_numeral,
    "bảng bố cục: 65 + 100 mm, borderless, rows whole": layout_tables,
    "bảng số liệu: header on every page": wide_tables_repeat_their_header,
    "đường kẻ: drawn shapes with ids of their own": drawn_lines,
    "gạch nối: U+002D, never a dash": hyphens,
    "số văn bản: given by the văn thư (Điều 15)": the_number_is_never_filled_in,
}


@pytest.mark.parametrize("check", RULES.values(), ids=RULES.keys())
def test_rule(check):
    check()


def test_the_parts_stand_in_the_decrees_order():
    said = lines(report(grounds=("Căn cứ Luật A",)))
    order = [AGENCY, "BÁO CÁO", f"Kính gửi: {CAMPAIGN.issuer}", "Căn cứ Luật A.", "I. QUÁN TRIỆT VĂN BẢN", "Nơi nhận:"]
    assert all(said.index(a) < said.index(b) for a, b in pairwise(order))


def test_an_office_that_gives_nothing_gets_nothing_filled_in():
    said = lines(opened(office=Office()))
    assert {"QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", "Họ và tên", "……………, ngày …… tháng …… năm ………"} <= set(said)
