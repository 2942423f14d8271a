"""The words of the library, ready to be searched, kept in a folder so that a cold start rebuilds nothing.

Rules of this file
1. An index belongs to one revision of the library and to one recipe; it is built aside and renamed into place, so
   any number of processes may open, build and read at the same time.
2. It holds no text: passages are fetched from the library by id once they are found.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Document, Passage
from knowledge.lexical import Lexical
from knowledge.library import Library
from knowledge.vietnamese import Restorer, clean

RECIPE = "1"  # change it when what is written below changes
_EMPTY = "trống"  # stands for the text of a library without any
_ABANDONED = 3600  # seconds without a change: nobody is building there any more
_NEVER, _ALWAYS = date.min.toordinal(), date.max.toordinal()

Mask = NDArray[np.bool_]


def words(passage: Passage) -> str:
    """What BM25 counts of a passage: the headings that lead to it and its text."""
    return clean("\n".join((*passage.headings, passage.text)))


@dataclass(frozen=True, slots=True)
class Index:
    """All passages of one revision by position: ids, validity, words, and how to restore dấu.

    `starts`, `ends`: first and last day in force as ordinals, document and passage taken together; `owner`: number of
    the document in `documents`; `ids` in the library's order.
    """

    revision: str
    ids: Sequence[str]
    documents: Sequence[str]
    owner: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    lexical: Lexical
    restorer: Restorer
    position: dict[str, int]

    @classmethod
    def open(cls, library: Library, directory: Path) -> Index:
        """The index of the library as it is now: read from the folder if it is there, else built and kept."""
        while True:
            revision = library.revision()
            place = directory / f"words-{RECIPE}-{revision}"
            try:
                if not place.exists():
                    built = cls._build(library, revision)
                    if library.revision() != revision:
                        continue  # written to while it was read
                    _keep(built, place)
                    _forget_others(directory, place)
                return cls._load(place, revision)
            except FileNotFoundError:
                if place.exists():
                    raise
                # Another process is at a newer revision and has cleared this one away.

    @classmethod
    def _build(cls, library: Library, revision: str) -> Index:
        held = {d.number: d for d in library.documents()}
        passages = [p for p in library.passages() if p.document in held]
        documents = list(dict.fromkeys(p.document for p in passages))
        number = {name: i for i, name in enumerate(documents)}
        spans = [_validity(p, held[p.document]) for p in passages]
        return cls(
            revision=revision,
            ids=[p.id for p in passages],
            documents=documents,
            owner=np.array([number[p.document] for p in passages], dtype=np.int32),
            starts=np.array([start for start, _ in spans], dtype=np.int32),
            ends=np.array([end for _, end in spans], dtype=np.int32),
            lexical=Lexical.build(lambda: [words(p) for p in passages] or [_EMPTY]),
            restorer=Restorer.learn(words(p) for p in passages),
            position={},
        )

    @classmethod
    def _load(cls, place: Path, revision: str) -> Index:
        names = json.loads((place / "names.json").read_text(encoding="utf-8"))
        arrays = np.load(place / "arrays.npz")
        restorer = Restorer.from_counts(
            names["syllables"],
            (arrays["pairs"], arrays["triples"]),
            (arrays["singles"], arrays["pair_counts"], arrays["triple_counts"]),
        )
        return cls(
            revision=revision,
            ids=names["ids"],
            documents=names["documents"],
            owner=arrays["owner"],
            starts=arrays["starts"],
            ends=arrays["ends"],
            lexical=Lexical.load(place),
            restorer=restorer,
            position={id_: i for i, id_ in enumerate(names["ids"])},
        )

    def allowed(self, on: date | None, documents: Collection[str] | None) -> Mask:
        """Which passages may be found: in force on the day (None: any day), of these documents (None: all)."""
        mask = np.ones(len(self.ids), dtype=np.bool_)
        if on is not None:
            day = on.toordinal()
            mask &= (self.starts <= day) & (day <= self.ends)
        if documents is not None:
            wanted = [i for i, name in enumerate(self.documents) if name in documents]
            mask &= np.isin(self.owner, wanted)
        return mask


def _validity(passage: Passage, document: Document) -> tuple[int, int]:
    first = document.in_force_from or document.issued
    starts = [day.toordinal() for day in (first, passage.valid_from) if day]
    ends = [day.toordinal() for day in (document.in_force_to, passage.valid_to) if day]
    return max(starts, default=_NEVER), min(ends, default=_ALWAYS)


def _keep(index: Index, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="building-", dir=place.parent))
    index.lexical.save(aside)
    restorer = index.restorer
    names = {"ids": list(index.ids), "documents": list(index.documents), "syllables": list(restorer.vocabulary)}
    (aside / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    np.savez(
        aside / "arrays.npz",
        owner=index.owner,
        starts=index.starts,
        ends=index.ends,
        pairs=restorer.grams[0],
        triples=restorer.grams[1],
        singles=restorer.counts[0],
        pair_counts=restorer.counts[1],
        triple_counts=restorer.counts[2],
    )
    try:
        os.rename(aside, place)  # noqa: PTH104  # Path.rename says the same; os.rename is what is documented as atomic
    except OSError:  # another process was first with the same content
        shutil.rmtree(aside, ignore_errors=True)
        if not place.exists():
            raise


def _forget_others(directory: Path, place: Path) -> None:
    """Older revisions go, and what a killed process left half built. Who has one open keeps it: it is mapped."""
    abandoned = place.stat().st_mtime - _ABANDONED
    for other in directory.glob("words-*"):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
    for other in directory.glob("building-*"):
        with suppress(FileNotFoundError):  # who is building it has just put it in its place
            if other.stat().st_mtime < abandoned:
                shutil.rmtree(other, ignore_errors=True)
