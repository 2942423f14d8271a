"""Files as text: the same text whatever the format, nothing invisible, and a clear word on what cannot be read."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import pytest
from PIL import Image, ImageDraw

from ingest.parse import body_lines, parse
from ingest.read import Unreadable, clean, read
from ingest.reading import sandbox
from ingest.reading.kinds import Kind
from ingest.reading.text import Refused

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract")
    or b"vie" not in subprocess.run(["tesseract", "--list-langs"], capture_output=True, check=False).stdout.split(),
    reason="Tesseract or its Vietnamese data is not installed",
)


def word(*paragraphs, frame=(), rows=()):
    document = docx.Document()
    if frame:
        table = document.add_table(rows=1, cols=len(frame))
        for cell, lines in zip(table.rows[0].cells, frame, strict=True):
            cell.text = "\n".join(lines)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return file.getvalue()


def with_part(data, name, change):
    """A Word file with one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for part in before.infolist():
            text = before.read(part)
            after.writestr(part, change(text) if part.filename == name else text)
    return made.getvalue()


def pdf(*pieces, extra=b""):
    """A PDF of one page; each piece is (x, y, text) in a font every reader knows."""
    drawn = b"".join(
        b"BT /F 12 Tf %d %d Td (%s) Tj ET\n" % (x, y, text.replace(")", "\\)").encode()) for x, y, text in pieces
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F 5 0 R >> >>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R " + extra + b" >>\n%%EOF"


@pytest.fixture
def given(tmp_path):
    """Read bytes under a name."""

    def reading(data, name):
        path = tmp_path / name
        path.write_bytes(data)
        return read(path)

    return reading


def test_a_word_file_is_read_left_to_right_and_row_by_row(given):
    data = word("I. MỤC", frame=(["XÃ A"], ["CỘNG HÒA"]), rows=(("STT", "Tên"), ("1", "Bà\nB")))
    assert body_lines(given(data, "a.docx")) == ["XÃ A", "CỘNG HÒA", "I. MỤC", "STT\tTên", "1\tBà B"]


def test_what_cannot_be_seen_is_gone():
    hidden = "Tho\u031bi\u200b ha\u0323n\x00\u202e\u2066 \U000e0041là\ufeff\u00a0ngày\u00ad 5"
    assert clean(hidden) == "Thơi hạn là ngày 5"
    assert clean("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert clean("  ô 1\t \t") == "ô 1\t \t"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_text_of_any_unicode(given, encoding):
    assert given("Thi đua".encode(encoding), "a.txt") == "Thi đua"


def test_plain_text_of_windows_is_vietnamese(given):
    # What a Vietnamese Windows wrote: base letters with marks after them.
    assert (
        given("Câ\u0300n ba\u0301o ca\u0301o tô\u0309ng kê\u0301t".encode("cp1258"), "a.txt") == "Cần báo cáo tổng kết"
    )


def test_plain_text_of_old_fonts_becomes_unicode(given):
    old = "B¸o c¸o tæng kÕt phong trµo thi ®ua, c«ng t¸c khen th\xadëng n¨m 2003 cña x·"
    new = "Báo cáo tổng kết phong trào thi đua, công tác khen thưởng năm 2003 của xã"
    assert given(old.encode("latin-1"), "cu.txt") == new
    assert given(old.encode(), "cu-luu-lai.txt") == new


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "rong.txt", "tệp rỗng"),
        (b"  \n\t\n", "trang.txt", "tệp rỗng"),
        (b"anything", "a.doc", "chưa hỗ trợ định dạng này (doc)"),
        (b"anything", "khong-duoi", "không rõ định dạng"),
        (b"PK\x03\x04 broken", "a.docx", "bị hỏng"),
        (b"%PDF-1.7", "ten-sai.txt", "PDF bị hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "a.doc", "bị hỏng"),
        (b"\x89PNG\r\n\x1a\n broken", "a.png", "ảnh bị hỏng"),
        (zipped(a_xml="x"), "a.docx", "không phải tệp Word"),
        (zipped(word__document_xml="<x/>", word__vbaProject_bin="x"), "a.docx", "macro"),
        (zipped(word__document_xml="<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), "a.docx", "khai báo lạ"),
        (zipped(word__document_xml="<!DOCTYPE x [<!ENTITY a 'b'>]><x/>".encode("utf-16")), "a.docx", "khai báo lạ"),
        (word(), "a.docx", "không có chữ"),
        (pdf(), "a.pdf", "không có chữ"),
        (
            pdf((72, 700, "x"), extra=b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (a) /U (b) /P 1 >>"),
            "a.pdf",
            "mật khẩu",
        ),
        (b"<html><body><script>x</script></body></html>", "a.html", "không có chữ"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_reason(given, data, name, reason):
    with pytest.raises(Unreadable) as error:
        given(data, name)
    assert reason in str(error.value)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_unpacks_to_a_flood_is_not_unpacked(given):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 100_000_001)
    with pytest.raises(Unreadable, match="quá lớn"):
        given(file.getvalue(), "a.docx")


def test_a_picture_too_large_to_unpack_is_not_unpacked(given):
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    with pytest.raises(Unreadable, match="ảnh quá lớn"):
        given(file.getvalue(), "a.png")


def test_a_file_that_lies_about_what_it_unpacks_to_is_broken(given):
    data = word("chữ" * 50)
    at = data.index(b"word/document.xml", data.index(b"PK\x01\x02"))  # 46 bytes before the name
    lying = data[: at - 22] + (10).to_bytes(4, "little") + data[at - 18 :]
    with pytest.raises(Unreadable, match="bị hỏng"):
        given(lying, "a.docx")


def test_what_another_machine_would_be_asked_for_is_refused_and_a_link_is_not(given):
    part = "word/_rels/document.xml.rels"
    relation = b'<Relationship Id="x" Type="http://r/%s" Target="http://h/x" TargetMode="External"/></Relationships>'
    for kind, refused in ((b"image", True), (b"oleObject", True), (b"hyperlink", False)):
        data = with_part(word("Chữ"), part, lambda t, kind=kind: t.replace(b"</Relationships>", relation % kind))
        if refused:
            with pytest.raises(Unreadable, match="địa chỉ bên ngoài"):
                given(data, "a.docx")
        else:
            assert given(data, "a.docx") == "Chữ"


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(Unreadable, match=r"mất\.txt"):
        read(tmp_path / "mất.txt")


def test_a_child_that_takes_too_long_is_ended_with_all_it_started(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(word("Chữ"))
    with pytest.raises(Refused, match="đọc quá lâu"):
        sandbox.read(path, Kind.WORD, seconds=0.01)
    time.sleep(0.1)
    commands = [_command(process) for process in Path("/proc").glob("[0-9]*")]
    assert not [command for command in commands if str(path).encode() in command]


def _command(process):
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # gone by now
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_child_has_little_memory_and_no_network():
    code = (
        "import socket\nfrom ingest.reading import limits\nlimits.tighten()\n"
        "try:\n    bytearray(3_000_000_000)\nexcept MemoryError:\n    print('memory')\n"
        "import os, resource\nprint(resource.getrlimit(resource.RLIMIT_CPU)[0] <= 300)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["memory", "True"]


def test_a_missing_program_is_named_with_what_to_install(given, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unreadable, match=r"cu\.rtf.*libreoffice-writer-nogui"):
        given(b"{\\rtf1 ch}", "cu.rtf")
    picture = io.BytesIO()
    Image.new("L", (60, 60), 255).save(picture, "PNG")
    with pytest.raises(Unreadable, match=r"anh\.png.*tesseract-ocr-vie"):
        given(picture.getvalue(), "anh.png")


def test_a_pdf_is_read_in_columns_and_paragraphs(given):
    page = pdf(
        (72, 780, "UY BAN XA"),
        (330, 780, "CONG HOA"),
        (72, 762, "So: 01"),
        (330, 762, "Doc lap"),
        (90, 720, "1. A line that fills the page from its left edge to its right edge, and it does"),
        (72, 702, "not end there, but goes on."),
        (90, 684, "a) Another."),
        (300, 40, "1"),
    )
    assert given(page, "a.pdf").splitlines() == [
        "UY BAN XA",
        "So: 01",
        "CONG HOA",
        "Doc lap",
        "1. A line that fills the page from its left edge to its right edge, and it does not end there, but goes on.",
        "a) Another.",
    ]


@needs_office
def test_rich_text_of_an_old_font_becomes_unicode(given):
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 .VnTime;}{\f1 .VnTimeH;}{\f2 VNI-Times;}}"
        rb"\f1 b\'b8o c\'b8o\par\f0 Phong tr\'b5o thi \'aeua\par\f2 Thi \'f1ua y\'eau n\'f6\'f4\'f9c\par}"
    )
    assert body_lines(given(rtf, "cu.rtf")) == ["BÁO CÁO", "Phong trào thi đua", "Thi đua yêu nước"]


@needs_tesseract
@pytest.mark.skipif(not shutil.which("fc-match"), reason="no font to draw a page with")
def test_a_photo_of_a_page_is_read(given):
    found = subprocess.run(["fc-match", "-f", "%{file}", "DejaVu Sans"], capture_output=True, text=True, check=True)
    page = Image.new("L", (1240, 500), 235)
    from PIL import ImageFont

    ImageDraw.Draw(page).text((100, 100), "1. Báo cáo tổng kết", fill=20, font=ImageFont.truetype(found.stdout, 40))
    file = io.BytesIO()
    page.rotate(1.5, fillcolor=235).save(file, "JPEG")
    assert "Báo cáo tổng kết" in given(file.getvalue(), "anh.jpg")


@pytest.mark.shared
@pytest.mark.parametrize("letter", ["01", "02", "03", "04"])
def test_the_word_copy_of_a_letter_reads_as_its_text(shared, letter):
    texts = [read(shared / "letters" / f"{letter}.{suffix}") for suffix in ("docx", "txt")]
    assert body_lines(texts[0]) == body_lines(texts[1])
    assert parse(texts[0]) == parse(texts[1])


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "01.pdf",
        pytest.param("02.doc", marks=needs_office),
        "03.html",
        pytest.param("04.scan.pdf", marks=needs_tesseract),
    ],
)
def test_every_copy_of_a_letter_has_its_outline(shared, name):
    text = read(shared / "letters" / f"{name[:2]}.txt")
    outlines = [[p.path for p in parse(t).provisions] for t in (read(shared / "letters" / name), text)]
    assert outlines[0] == outlines[1]


@pytest.mark.shared
@needs_office
def test_the_original_of_a_law_says_what_its_text_says(shared):
    original = read(shared / "corpus" / "originals" / "luat-06-2022-qh15.doc")
    text = read(shared / "corpus" / "luat-06-2022-qh15.txt")
    first, second = ({p.path: p.text.split() for p in parse(t).provisions} for t in (original, text))
    assert first == second
