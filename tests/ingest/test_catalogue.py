"""A folder's catalogue, its mistakes in one line, and documents that only their own head describes."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.catalogue import CatalogueError, document_for, read_catalogue

ENTRY = 'number = "1/KH-UBND"\nkind = "Kế hoạch"\ntitle = "Thi đua"\n'


def folder(tmp_path, *entries):
    (tmp_path / "catalogue.toml").write_text("\n".join(f"[[document]]\n{e}" for e in entries), encoding="utf-8")
    return tmp_path


def test_every_fact_of_an_entry_is_kept(tmp_path):
    entry = (
        ENTRY + 'issued = 2026-01-02\nfile = "a.txt"\nalso = ["b/a.docx"]\ncomplete = false\namends = ["0/KH-UBND"]\n'
    )
    catalogue = read_catalogue(folder(tmp_path, entry, ENTRY.replace("1/", "2/") + "held = false"))
    first, second = catalogue.documents
    assert (first.issued, first.file, first.complete, first.amends) == (
        date(2026, 1, 2),
        "a.txt",
        False,
        ("0/KH-UBND",),
    )
    assert not second.held
    assert catalogue.copies == {"b/a.docx"}
    assert catalogue.by_file("a.txt") == first


def test_no_catalogue_is_an_empty_one(tmp_path):
    assert read_catalogue(tmp_path).documents == ()


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (["number = "], "sai cú pháp"),
        ([ENTRY], "held và file chưa khớp"),
        ([ENTRY + 'file = "a.txt"\nheld = false'], "held và file chưa khớp"),
        ([ENTRY.replace("Thi đua", " ") + "held = false"], "“title” không được để trống"),
        (['kind = "Luật"\ntitle = "x"\nheld = false'], "văn bản thứ 1, khóa “number” còn thiếu"),
        ([ENTRY + 'held = false\nissued = "hôm qua"'], "“issued” phải là ngày"),
        ([ENTRY + "held = false\nnumbr = 1"], "“numbr” là khóa không có"),
        ([ENTRY + 'file = "../a.txt"'], "nằm trong thư mục"),
        ([ENTRY + "held = false\nissued = 2026-02-01\nin_force_to = 2026-01-01"], "hết hiệu lực"),
        ([ENTRY + "held = false", ENTRY + "held = false"], "1/KH-UBND được ghi hai lần"),
    ],
)
def test_a_mistake_is_one_vietnamese_line_that_names_its_place(tmp_path, entries, says):
    with pytest.raises(CatalogueError) as error:
        read_catalogue(folder(tmp_path, *entries))
    assert says in str(error.value)
    assert "catalogue.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_catalogue_that_is_no_unicode_is_one_line_too(tmp_path):
    (tmp_path / "catalogue.toml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(CatalogueError, match="UTF-8"):
        read_catalogue(tmp_path)


def test_a_text_without_an_entry_is_described_by_its_own_head(tmp_path):
    text = "Số: 12/HD-HĐTĐKT\nĐồng Lúa, ngày 3 tháng 4 năm 2026\nV/v tổng kết năm học\nThực hiện kế hoạch.\n1. Việc."
    document, parsed = document_for(tmp_path / "a.txt", text)
    assert (document.number, document.kind, document.title) == ("12/HD-HĐTĐKT", "Hướng dẫn", "Tổng kết năm học")
    assert document.in_force_from == document.issued == date(2026, 4, 3)
    assert document.confidence == "assumed"
    assert parsed.provisions[0].document == "12/HD-HĐTĐKT"


def test_a_law_is_in_force_from_the_day_it_says(tmp_path):
    text = (
        "Luật số: 9/2020/QH14\nHà Nội, ngày 1 tháng 6 năm 2020\nLUẬT\nGIAO THÔNG LÀNG\nĐiều 1. Phạm vi\nLuật này.\n"
        "Điều 2. Hiệu lực\nLuật này có hiệu lực thi hành kể từ ngày 01 tháng 01 năm 2021."
    )
    document, _ = document_for(tmp_path / "a.txt", text)
    assert (document.title, document.in_force_from) == ("Luật Giao thông làng", date(2021, 1, 1))


def test_the_entry_beside_a_file_goes_before_its_head(tmp_path):
    document, parsed = document_for(folder(tmp_path, ENTRY + 'file = "a.txt"') / "a.txt", "Số: 99/BC\n1. Việc")
    assert document.number == parsed.provisions[0].document == "1/KH-UBND"
