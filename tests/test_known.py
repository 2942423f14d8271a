"""What the library knows of documents, as checks read it: by one spelling of the number, read again when it changed."""

from __future__ import annotations

from datetime import date

import pytest

from bot.checks import Validity
from bot.known import Validities
from knowledge.documents import Document
from knowledge.library import Library

ENDED = Document(
    "91/2017/NĐ-CP", "Nghị định", "Quy định chi tiết", "Chính phủ", date(2017, 7, 31), date(2017, 10, 1),
    date(2023, 12, 31), replaced_by=("98/2023/NĐ-CP",), held=False,
)  # fmt: skip
NEWER = Document("98/2023/NĐ-CP", "Nghị định", "", "Chính phủ", issued=date(2023, 12, 31))


@pytest.fixture
def library(tmp_path):
    made = Library(f"sqlite:///{tmp_path / 'library.db'}")
    made.create()
    yield made
    made.close()


def test_every_document_is_known_also_one_that_is_not_held(library):
    library.put(ENDED, (), ())
    library.put(NEWER, (), ())
    assert Validities(library)() == {
        "91/2017/ND-CP": Validity(
            "91/2017/NĐ-CP", "Quy định chi tiết", date(2017, 10, 1), date(2023, 12, 31), ("98/2023/NĐ-CP",)
        ),
        "98/2023/ND-CP": Validity("98/2023/NĐ-CP", since=date(2023, 12, 31)),
    }


def test_it_is_read_again_only_when_the_library_changed(library):
    validities = Validities(library)
    assert validities() == {}
    library.put(NEWER, (), ())
    first = validities()
    assert set(first) == {"98/2023/ND-CP"}
    assert validities() is first
    library.put(ENDED, (), ())
    assert len(validities()) == 2
    library.remove(NEWER.number)
    assert set(validities()) == {"91/2017/ND-CP"}
