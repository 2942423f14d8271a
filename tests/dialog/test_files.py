"""Which files are taken: by what they begin with, within what their name says; and under which name they are kept."""

from __future__ import annotations

import pytest

from bot import channels
from bot.dialog import files
from bot.dialog.files import is_document, kind_of, may_take, tidy
from bot.messages import FileRef

ZIP, OLE = b"PK\x03\x04....", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("bao-cao.pdf", b"%PDF-1.7 ...", "pdf"),
        ("bao-cao.pdf", b"\r\n\r\n%PDF-1.4", "pdf"),
        ("quet.PDF", b"\xff\xd8\xff\xe0", "jpg"),
        ("khong-duoi", b"\x89PNG\r\n\x1a\n...", "png"),
        ("anh.jpeg", b"\xff\xd8\xff\xe1", "jpg"),
        ("bao-cao.docx", ZIP, "docx"),
        ("bao-cao.docx", OLE, "docx"),
        ("bao-cao.doc", b"{\\rtf1\\ansi", "rtf"),
        ("so-lieu.csv", "đơn vị;số".encode(), "csv"),
        ("ghi-chu.txt", "ghi chú".encode("utf-16"), "txt"),
        ("bao-cao.docm", ZIP, None),
        ("tro-choi.apk", ZIP, None),
        ("khong-duoi", ZIP, None),
        ("bao-cao.pdf", b"MZ\x90\x00", None),
        ("bao-cao.txt", b"MZ\x90\x00", None),
        ("trang.pdf", b"<html>%PDX", None),
        ("rong.txt", b"", None),
    ],
)
def test_a_file_is_what_it_begins_with(name, content, kind):
    assert kind_of(name, content) == kind


def test_nothing_over_the_limit_is_taken_and_the_channels_know_the_same_limit():
    assert files.LARGEST == channels.FILE_LIMIT
    assert kind_of("a.txt", b"a" * files.LARGEST) == "txt"
    assert kind_of("a.txt", b"a" * (files.LARGEST + 1)) is None


@pytest.mark.parametrize(
    ("file", "worth"),
    [
        (FileRef("1", "a.pdf"), True),
        (FileRef("1", "", "image/jpeg"), True),
        (FileRef("1", ""), True),
        (FileRef("1", "a.exe"), False),
        (FileRef("1", "sticker.webp", "image/webp"), False),
        (FileRef("1", "", "image/webp"), False),
        (FileRef("1", "a.pdf", "audio/ogg"), False),
        (FileRef("1", "", "video/mp4"), False),
        (FileRef("", "tệp"), True),
        (FileRef("", "bao-cao.pdf"), True),
        (FileRef("", "nhãn dán"), False),
        (FileRef("", "vị trí"), False),
    ],
)
def test_what_is_worth_fetching_as_far_as_the_sender_says(file, worth):
    assert may_take(file) is worth


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("Báo cáo.pdf", "pdf", "Báo cáo.pdf"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("C:\\Users\\lan\\anh.JPEG", "jpg", "anh.jpg"),
        ("a\x00b\nc\u202efdp.docx", "docx", "a b c fdp.docx"),
        ("", "png", "tep.png"),
        ("...", "png", "tep.png"),
        ("bao-cao.doc", "rtf", "bao-cao.doc.rtf"),
        ("x" * 300 + ".pdf", "pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_senders_name_is_only_a_name(given, kind, kept):
    assert tidy(given, kind) == kept


def test_tables_are_attached_but_not_read_into_the_library():
    assert is_document(FileRef("1", "a.docx", files.KINDS["docx"].mime))
    assert not is_document(FileRef("1", "a.xlsx", files.KINDS["xlsx"].mime))
    assert not is_document(FileRef("1", "a.docx"))
