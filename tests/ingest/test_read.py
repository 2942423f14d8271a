"""Files as text: the same text whatever the format, nothing invisible, and a clear word on what cannot be read."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from ingest.parse import body_lines, parse
from ingest.read import Unreadable, clean, read, text_of


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


def test_a_word_file_is_read_left_to_right_and_row_by_row():
    data = word("I. MỤC", frame=(["XÃ A"], ["CỘNG HÒA"]), rows=(("STT", "Tên"), ("1", "Bà\nB")))
    assert body_lines(text_of(data, "a.docx")) == ["XÃ A", "CỘNG HÒA", "I. MỤC", "STT\tTên", "1\tBà B"]


def test_what_cannot_be_seen_is_gone():
    hidden = "Tho\u031bi\u200b ha\u0323n\x00\u202e\u2066 \U000e0041là\ufeff\u00a0ngày\u00ad 5"
    assert clean(hidden) == "Thơi hạn là ngày 5"
    assert clean("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert clean("  ô 1\t \t") == "ô 1\t \t"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_text_of_any_unicode(encoding):
    assert text_of("Thi đua".encode(encoding), "a.txt") == "Thi đua"


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "rong.txt", "tệp rỗng"),
        (b"  \n\t\n", "trang.txt", "tệp rỗng"),
        (b"%PDF-1.7", "a.txt", "chưa hỗ trợ"),
        (b"anything", "a.doc", "chưa hỗ trợ định dạng này (doc)"),
        (b"anything", "khong-duoi", "không rõ định dạng"),
        (b"PK\x03\x04 broken", "a.docx", "bị hỏng"),
        (zipped(a_xml="x"), "a.docx", "không phải tệp Word"),
        (zipped(word__document_xml="<x/>", word__vbaProject_bin="x"), "a.docx", "macro"),
        (zipped(word__document_xml="<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), "a.docx", "khai báo lạ"),
        (word(), "a.docx", "không có chữ"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_reason(data, name, reason):
    with pytest.raises(Unreadable) as error:
        text_of(data, name)
    assert reason in str(error.value)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_unpacks_to_a_flood_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 100_000_001)
    with pytest.raises(Unreadable, match="quá lớn"):
        text_of(file.getvalue(), "a.docx")


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(Unreadable, match=r"mất\.txt"):
        read(tmp_path / "mất.txt")


@pytest.mark.shared
@pytest.mark.parametrize("letter", ["01", "02", "03", "04"])
def test_the_word_copy_of_a_letter_reads_as_its_text(shared, letter):
    texts = [read(shared / "letters" / f"{letter}.{suffix}") for suffix in ("docx", "txt")]
    assert body_lines(texts[0]) == body_lines(texts[1])
    assert parse(texts[0]) == parse(texts[1])
