"""Folders into the library: the difference alone, nothing lost, nothing of others touched."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.sync import sync
from knowledge.library import Library

LETTER = (
    "Số: 5/KH-UBND\nĐồng Lúa, ngày 1 tháng 2 năm 2026\nV/v thi đua\nThực hiện chỉ đạo.\n"
    "1. Báo cáo gửi trước ngày 20/11.\n2. Hồ sơ."
)
OLD = "Luật số: 1/2003/QH11\nLUẬT\nLÀNG NGHỀ\nĐiều 1. Thợ giỏi\n1. Có tay nghề vững vàng.\n2. Có sáng kiến."
NEW = (
    "Luật số: 2/2013/QH13\nLUẬT\nSỬA ĐỔI LUẬT LÀNG NGHỀ\nĐiều 1. Sửa đổi, bổ sung một số điều của Luật Làng nghề\n"
    "1. Sửa đổi khoản 2 Điều 1 như sau:\n“2. Có sáng kiến được xã công nhận.”\n"
    "2. Sửa đổi tên Chương I như sau:\n“Chương I MỚI”"
)
LAWS = {
    "1/2003/QH11": ("old.txt", OLD, "2004-07-01", ""),
    "2/2013/QH13": ("new.txt", NEW, "2014-06-01", 'amends = ["1/2003/QH11"]'),
}


class Index:
    """Counts how often it was brought up to date."""

    def __init__(self):
        self.times = 0

    def sync(self, _progress):
        self.times += 1


@pytest.fixture
def library(tmp_path):
    library = Library(f"sqlite:///{tmp_path / 'library.db'}")
    library.create()
    yield library
    library.close()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "texts"
    path.mkdir()
    (path / "letter.txt").write_text(LETTER, encoding="utf-8")
    return path


def catalogue(folder, laws=LAWS, extra=""):
    entries = []
    for number, (file, text, start, more) in laws.items():
        (folder / file).write_text(text, encoding="utf-8")
        entries.append(
            f'[[document]]\nnumber = "{number}"\nkind = "Luật"\ntitle = "Luật Làng nghề"\n'
            f'in_force_from = {start}\nfile = "{file}"\n{more}\n'
        )
    (folder / "catalogue.toml").write_text("".join(entries) + extra, encoding="utf-8")


def test_the_second_time_changes_nothing(folder, library):
    catalogue(folder, extra='[[document]]\nnumber = "9/NĐ-CP"\nkind = "Nghị định"\ntitle = "x"\nheld = false\n')
    first = sync([folder], library)
    revision = library.revision()
    assert sorted(first.added) == ["1/2003/QH11", "2/2013/QH13", "5/KH-UBND", "9/NĐ-CP"]
    assert first.not_understood == ("2/2013/QH13#dieu-1/khoan-2",)
    second = sync([folder], library)
    assert sorted(second.kept) == sorted(first.added)
    assert (second.added, second.updated, second.removed, second.failed) == ((), (), (), ())
    assert library.revision() == revision
    assert library.provisions("9/NĐ-CP") == []


def test_the_index_is_asked_every_time_because_it_may_have_been_interrupted(folder, library):
    index = Index()
    sync([folder], library, index)
    sync([folder], library, index)
    assert index.times == 2


def test_a_changed_file_and_a_changed_entry_are_updated(folder, library):
    catalogue(folder)
    sync([folder], library)
    (folder / "letter.txt").write_text(LETTER.replace("20/11", "25/11"), encoding="utf-8")
    assert sync([folder], library).updated == ("5/KH-UBND",)
    assert "25/11" in library.passages("5/KH-UBND")[-2].text
    catalogue(folder, LAWS | {"1/2003/QH11": ("old.txt", OLD, "2004-08-01", "")})
    assert "1/2003/QH11" in sync([folder], library).updated
    assert library.document("1/2003/QH11").in_force_from == date(2004, 8, 1)


def ends(library):
    return {p.path: p.valid_to for p in library.passages("1/2003/QH11") if p.path.startswith("dieu")}


def test_an_amending_law_that_comes_later_dates_the_old_wording_and_gives_it_back_when_it_goes(folder, library):
    catalogue(folder, {"1/2003/QH11": LAWS["1/2003/QH11"]})
    sync([folder], library)
    assert set(ends(library).values()) == {None}
    catalogue(folder)
    changes = sync([folder], library)
    assert (changes.added, changes.updated) == (("2/2013/QH13",), ("1/2003/QH11",))
    assert ends(library) == {"dieu-1/khoan-1": None, "dieu-1/khoan-2": date(2014, 5, 31)}
    (folder / "new.txt").unlink()
    catalogue(folder, {"1/2003/QH11": LAWS["1/2003/QH11"]})
    assert sync([folder], library).removed == ("2/2013/QH13",)
    assert set(ends(library).values()) == {None}


def test_what_a_folder_no_longer_holds_is_removed_but_not_what_came_from_elsewhere(folder, library, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text(LETTER.replace("5/KH", "6/KH"), encoding="utf-8")
    sync([folder, other], library)
    (folder / "letter.txt").unlink()
    assert sync([folder], library).removed == ("5/KH-UBND",)
    assert [d.number for d in library.documents()] == ["6/KH-UBND"]


def test_a_single_file_removes_nothing(folder, library):
    (folder / "b.txt").write_text(LETTER.replace("5/KH", "6/KH"), encoding="utf-8")
    sync([folder], library)
    (folder / "letter.txt").unlink()
    changes = sync([folder / "b.txt"], library)
    assert (changes.kept, changes.removed) == (("6/KH-UBND",), ())


def test_a_text_only_known_of_never_displaces_one_that_is_held(folder, library, tmp_path):
    catalogue(folder)
    sync([folder], library)
    samples = tmp_path / "samples"
    samples.mkdir()
    entry = '[[document]]\nnumber = "1/2003/QH11"\nkind = "Luật"\ntitle = "Luật Làng nghề"\nheld = false\n'
    (samples / "catalogue.toml").write_text(entry, encoding="utf-8")
    assert sync([samples], library).kept == ("1/2003/QH11",)
    assert library.document("1/2003/QH11").held
    assert library.provisions("1/2003/QH11")


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(folder, library):
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7")
    (folder / "copy.txt").write_text(LETTER, encoding="utf-8")
    (folder / "unnumbered.txt").write_text("Chỉ có một câu.", encoding="utf-8")
    for _ in range(2):
        changes = sync([folder, folder / "nowhere"], library)
        assert {f.file.rpartition("/")[2] for f in changes.failed} == {
            "scan.pdf",
            "letter.txt",
            "unnumbered.txt",
            "nowhere",
        }
        assert all(str(f) == f.reason and "\n" not in f.reason for f in changes.failed)
    assert changes.kept == ("5/KH-UBND",)


def test_a_bad_catalogue_fails_alone_and_removes_nothing(folder, library):
    sync([folder], library)
    (folder / "catalogue.toml").write_text("[[document]]\n", encoding="utf-8")
    changes = sync([folder], library)
    assert len(changes.failed) == 1
    assert changes.removed == ()
    assert library.document("5/KH-UBND")


def test_a_file_that_becomes_unreadable_leaves_its_document_as_it_was(folder, library):
    sync([folder], library)
    (folder / "letter.txt").write_bytes(b"%PDF-1.7")
    changes = sync([folder], library)
    assert (len(changes.failed), changes.removed) == (1, ())
    assert library.provisions("5/KH-UBND")


def test_progress_is_told_in_files(folder, library):
    told = []
    sync([folder], library, on_progress=lambda *step: told.append(step))
    assert told == [(0, 1, "letter.txt"), (1, 1, "")]


class Interrupted(Library):
    """A library that is stopped (Ctrl-C) at its n-th write."""

    def __init__(self, url, writes):
        super().__init__(url)
        self.left = writes

    def _stop(self):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def put(self, *args):
        self._stop()
        return super().put(*args)

    def remove(self, number):
        self._stop()
        return super().remove(number)


@pytest.mark.parametrize("writes", range(3))
@pytest.mark.parametrize("grows", [True, False], ids=["a law comes", "a law goes"])
def test_stopped_at_any_write_the_next_run_ends_the_same(folder, library, tmp_path, writes, grows):
    states = [{"1/2003/QH11": LAWS["1/2003/QH11"]}, LAWS]
    for step, laws in enumerate(states if grows else reversed(states)):
        (folder / "new.txt").unlink(missing_ok=True)
        catalogue(folder, laws)
        if step:
            stopped = Interrupted(f"sqlite:///{tmp_path / 'library.db'}", writes)
            try:
                sync([folder], stopped)
            except KeyboardInterrupt:
                pass
            finally:
                stopped.close()
        sync([folder], library)
    fresh = Library(f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh.create()
    sync([folder], fresh)
    assert library.passages() == fresh.passages()
    assert library.revision() == fresh.revision()
    fresh.close()


@pytest.mark.shared
def test_the_real_folder_twice(shared, library):
    first = sync([shared / "corpus"], library)
    assert (len(first.added), first.failed) == (16, ())
    revision = library.revision()
    assert len(sync([shared / "corpus"], library).kept) == 16
    assert library.revision() == revision
    assert not library.document("02/HD-HĐTĐKT").complete
