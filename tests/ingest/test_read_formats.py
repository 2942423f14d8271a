"""What each format's reader makes of the shapes real letters come in: numbers Word draws, pages, web pages, slips."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from ingest.reading import legacy, page, word
from ingest.reading.kinds import Kind, kind_of
from ingest.reading.layout import Grid, Page, Word, paragraphs
from ingest.reading.scan import repaired
from ingest.reading.text import Refused

LEVELS = ((0, "upperRoman", "%1."), (1, "decimal", "%2."), (2, "lowerLetter", "%3)"), (3, "decimal", "%2.%4"))


def numbered(*paragraphs):
    """A Word file whose paragraphs (level, text) get their numbers from a list; level 9: a bullet."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, shape, text in (*LEVELS, (8, "bullet", "\uf0b7"))
    )
    space = nsdecls("w")
    numbering.insert(0, parse_xml(f'<w:abstractNum {space} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {space} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in paragraphs:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        if level is not None:
            place = f'<w:numPr {space}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            properties.append(parse_xml(place))
    return saved(document)


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_the_numbers_word_draws_are_read_and_start_anew_under_the_next_title():
    data = numbered(
        (0, "ĐÁNH GIÁ"), (1, "Công tác"), (2, "một"), (2, "hai"), (None, "lời"), (1, "Kết quả"), (3, "nhỏ"),
        (8, "gạch"), (0, "BÌNH XÉT"), (1, "Nguyên tắc"), (2, "ba"),
    )  # fmt: skip
    assert word.read(data).split("\n") == [
        "I. ĐÁNH GIÁ", "1. Công tác", "a) một", "b) hai", "lời", "2. Kết quả", "2.1 nhỏ", "- gạch",
        "II. BÌNH XÉT", "1. Nguyên tắc", "a) ba",
    ]  # fmt: skip


def test_inserted_text_is_read_and_deleted_or_hidden_text_is_not():
    document = docx.Document()
    paragraph = document.add_paragraph("Hạn nộp ")
    space = nsdecls("w")
    space += ' w:id="1" w:author="a"'
    paragraph._p.append(parse_xml(f"<w:ins {space}><w:r><w:t>20/11</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {space}><w:r><w:delText>15/11</w:delText></w:r></w:del>"))
    paragraph.add_run(" bí mật").font.hidden = True
    assert word.read(saved(document)) == "Hạn nộp 20/11"


def test_a_table_drawn_by_its_cells_keeps_its_rows_and_a_frame_in_a_frame_is_read():
    document = docx.Document()
    drawn = document.add_table(rows=2, cols=2)
    edges = f'<w:tcBorders {nsdecls("w")}><w:left w:val="single"/></w:tcBorders>'
    for row in drawn.rows:
        for cell in row.cells:
            cell.text = "ô"
            cell._tc.get_or_add_tcPr().append(parse_xml(edges))
    frame = document.add_table(rows=1, cols=2)
    frame.cell(0, 0).text = "trái"
    frame.cell(0, 1).add_table(rows=1, cols=1).cell(0, 0).text = "trong"
    assert [line for line in word.read(saved(document)).split("\n") if line] == ["ô\tô", "ô\tô", "trái", "trong"]


def test_tables_inside_tables_have_an_end():
    document = docx.Document()
    holder = document
    for _ in range(20):
        holder = holder.add_table(1, 1).cell(0, 0) if holder is not document else document.add_table(1, 1).cell(0, 0)
    with pytest.raises(Refused, match=r"lồng nhau|bị hỏng"):
        word.read(saved(document))


def test_only_the_letters_of_an_old_font_are_turned():
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text, font in (
        ("Thi \xaeua, khen th", ".VnTime"),
        ("­", ".VnTime"),
        ("ëng ", ".VnTime"),
        ("Đảng", "Times New Roman"),
    ):
        run = paragraph.add_run(text)
        run.font.name = font
        assert run._r.find(qn("w:rPr")) is not None
    assert word.read(saved(document)) == "Thi đua, khen thưởng Đảng"
    assert legacy.join([("Đã là Unicode", ".VnTime")]) == "Đã là Unicode"
    assert legacy.join([("b¸o c¸o", ".VnTimeH")]) == "BÁO CÁO"
    assert legacy.recognised("El señor García llegó ayer a España con su compañero de año") is None


def laid(*lines, size=12.0):
    """Words of lines (x, top, text), each letter half as wide as it is high."""
    words = []
    for x, top, text in lines:
        at = x
        for piece in text.split():
            words.append(Word(piece, at, at + len(piece) * size / 2, top, top + size))
            at += (len(piece) + 1) * size / 2
    return tuple(words)


FULL = "x" * 6 + " " + " ".join(["xxxxxxx"] * 9)  # from 72 to 540


def test_a_paragraph_goes_on_over_the_page_and_page_numbers_are_gone():
    first = Page(
        600, 800, laid((90, 100, "1. " + FULL[9:] + "xxx"), (72, 116, FULL), (72, 720, FULL), (300, 770, "- 2 -"))
    )
    second = Page(600, 800, laid((72, 60, "tiếp."), (90, 76, "2. Khác")))
    text = paragraphs([first, second])
    assert text[-2:] == [f"{FULL} tiếp.", "2. Khác"]
    assert len(text) == 3


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("Hội đồng Thi đua", "- Khen thưởng", False),  # short above: the word would have fitted
        (FULL, "Điều 5 của Luật này", True),
        (FULL[:-1] + ".", "2. Mục khác", False),
        (FULL[:-1] + ".", "+ Mục khác", False),
        (FULL.upper(), "Điều 5. Tên điều", False),
        (FULL[:-8] + "QĐ/TT-", "BNV", True),
    ],
)
def test_a_line_below_a_full_one_goes_on_unless_it_begins_something(above, below, joined):
    body = [(72, 100 + 16 * n, FULL) for n in range(8)]
    text = paragraphs([Page(600, 800, laid(*body, (72, 228, above), (72, 244, below)))])
    assert text[-1].endswith(below)
    assert (len(text[-1]) > len(below)) is joined


def test_a_table_stands_where_it_is_drawn():
    lines = laid((72, 100, "Trước."), (72, 300, "Sau."))
    assert paragraphs([Page(600, 800, lines, (Grid(150, 250, ("STT\tTên", "1\tBà B")),))]) == [
        "Trước.", "STT\tTên", "1\tBà B", "Sau.",
    ]  # fmt: skip


def html(text):
    return page.read(f"<html><head><title>x</title></head><body>{text}</body></html>".encode()).split("\n")


def test_a_page_loses_what_the_site_puts_around_and_keeps_every_part_of_a_letter():
    around = '<div class="menu-top"><a href="/">Trang chủ</a></div>'
    links = "<ul>" + "<li><a href='/x'>Tin liên quan khác</a></li>" * 5 + "</ul>"
    head = "<div><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p></div>"
    letter = "<div>" + "<p>1. Nội dung của hướng dẫn này.</p>" * 9 + "<p style='display: none'>ẩn</p></div>"
    foot = "<div class='footer-letter footer'><p>Nơi nhận: Như trên</p></div>"
    lines = html(f"{around}<div>{head}{letter}{foot}</div>{links}<footer>Bản quyền</footer>")
    assert lines[0] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert lines[-1] == "Nơi nhận: Như trên"
    assert len(lines) == 11


def test_lists_and_tables_of_a_page_are_as_a_browser_draws_them():
    lists = "<ol><li>Một</li><li>Hai</li></ol><ol type=a start=3><li>Ba</li></ol><ul><li>- Bốn</li><li>Năm</li></ul>"
    assert html(lists) == ["1. Một", "2. Hai", "c) Ba", "- Bốn", "- Năm"]
    assert html("<table border=1><tr><td>STT<td>Tên<br>gọi<tr><td>1<td></table>") == ["STT\tTên gọi", "1\t"]
    assert html("<table><tr><td>UBND<br>XÃ<td>CỘNG HÒA</table>") == ["UBND", "XÃ", "CỘNG HÒA"]


def test_a_page_asks_for_nothing_and_ignores_entities_of_its_own():
    data = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><body><p>A &x; B</p><img src="http://x/">'
    assert "root:" not in page.read(data)


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Ðiều 5. Tên", "Điều 5. Tên"),
        ("Điêu 5. Tên", "Điều 5. Tên"),
        ("theo khoản l Điều 4", "theo khoản 1 Điều 4"),
        ("l. Công tác", "1. Công tác"),
        ("HI. BÌNH XÉT", "III. BÌNH XÉT"),
        ("Il. BÌNH XÉT", "II. BÌNH XÉT"),
        ("lV. TỔ CHỨC", "IV. TỔ CHỨC"),
        ("U Về báo cáo:", "I/ Về báo cáo:"),
        ("ị 2. Kết quả: :", "2. Kết quả:"),
        ("— Vì người nghèo", "– Vì người nghèo"),
        ("Danh hiệu thị đua", "Danh hiệu thi đua"),
        # what could be Vietnamese stays
        ("Bà Nguyễn Thị Đua", "Bà Nguyễn Thị Đua"),
        ("U Minh Thượng", "U Minh Thượng"),
        ("VI. KHEN THƯỞNG", "VI. KHEN THƯỞNG"),
        ("I. ĐÁNH GIÁ", "I. ĐÁNH GIÁ"),
        ("í ới gọi nhau", "í ới gọi nhau"),
    ],
)
def test_slips_of_recognition_are_repaired_where_they_cannot_be_vietnamese(read, right):
    assert repaired([read, "|", " ._"]) == [right]


def test_a_roman_number_that_lost_a_stroke_is_known_by_its_neighbours():
    assert repaired(["I. A", "II. B", "1. b", "II. C", "IV. D"]) == ["I. A", "II. B", "1. b", "III. C", "IV. D"]
    assert repaired(["I. A", "I. B", "I. C"]) == ["I. A", "I. B", "I. C"]
    assert repaired(["I/ A", "III. B", "IV. C"]) == ["I/ A", "III. B", "IV. C"]
    assert repaired(["IX. A", "X. B", "X. C", "I. D"]) == ["IX. A", "X. B", "X. C", "I. D"]


@pytest.mark.parametrize(
    ("data", "suffix", "kind"),
    [
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", ".txt", Kind.PAGE),
        (b"{\\rtf1 x}", ".doc", Kind.OFFICE),
        (b"\n%PDF-1.4", ".docx", Kind.PDF),
        (b"Thi dua", ".txt", Kind.TEXT),
        (b"<5% la dat", ".txt", Kind.TEXT),
        (b"MZ\x90\x00\x03\x00\x00\x00", ".exe", None),
        (b"PK\x03\x04", ".doc", Kind.WORD),
    ],
)
def test_a_file_is_what_it_contains(data, suffix, kind):
    assert kind_of(data, suffix) is kind
