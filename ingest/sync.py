"""Bring the library up to date with folders of texts: read only what changed, write only what is different.

Rules
1. A document's digest is that of its file's bytes, its catalogue entry and this code's version: the same digest is
   never read again.
2. An amending text and what it amends are split together: when one changes, the passages of the other are made anew
   (the library itself sees whether they differ).
3. What a folder once brought and no longer lists is removed; what came from elsewhere is left alone. A single file
   removes nothing. A text known but not held never takes the place of one that came from elsewhere.
4. What cannot be read is named and counted, its document stays as it was; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.amendments import read_amendments
from ingest.catalogue import NAME, Catalogue, CatalogueError, from_text, read_catalogue
from ingest.parse import parse
from ingest.read import SUFFIXES, Unreadable, read
from ingest.split import split
from knowledge.documents import Amendment, Document, Provision, digest
from knowledge.library import Library

if TYPE_CHECKING:  # the retriever brings the embedder along: not for whoever only reads `Changes`
    from knowledge.retriever import Retriever

VERSION = "2"  # raise it when parsing or splitting changes what is stored: everything is then read again
_NO_TEXTS = {".json", ".md", ".toml"}
Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not taken in, and why, in one Vietnamese line."""

    file: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sync did, by number; `not_understood`: amending clauses (number#path) that change nothing here."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    not_understood: tuple[str, ...] = ()

    def named(self) -> dict[str, tuple[str, ...]]:
        """The four outcomes as staff read them, each with its documents."""
        return {"thêm mới": self.added, "cập nhật": self.updated, "giữ nguyên": self.kept, "gỡ bỏ": self.removed}

    @property
    def sentence(self) -> str:
        """What was done, in a few lines for staff."""
        done = [f"{said.capitalize()}: {', '.join(numbers)}." for said, numbers in self.named().items() if numbers]
        return "\n".join([*done, *map(str, self.failed)]) or "Không có văn bản nào được nạp."

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Source:
    """A document as a folder gives it; no `path`: known but not held; no `document`: only the text can tell."""

    origin: str
    name: str
    path: Path | None
    document: Document | None


@dataclass(frozen=True, slots=True)
class _Read:
    document: Document
    provisions: Sequence[Provision]
    amendments: tuple[Amendment, ...]
    origin: str


@dataclass(slots=True)
class _Run:
    """What one sync has come to so far."""

    known: Mapping[str, Document]
    origins: Mapping[str, str]
    read: dict[str, _Read] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    present: dict[str, set[str]] = field(default_factory=dict)  # origin → numbers it still gives
    claims: dict[str, str] = field(default_factory=dict)  # number → the file that gave it in this run


def sync(
    paths: Iterable[Path],
    library: Library,
    index: Retriever | None = None,
    *,
    on_progress: Advance = lambda _done, _total, _note: None,
) -> Changes:
    """Take in folders and files, then bring the index up to date (always: an earlier run may have been stopped).

    `on_progress` is told (done, total, what): first files, then passages embedded.
    """
    known = {d.number: d for d in library.documents()}
    run = _Run(known, {number: library.origin(number) or "" for number in known})
    folders, sources = _sources(paths, run)
    for done, source in enumerate(sources):
        on_progress(done, len(sources), source.name)
        _take(source, run)
    removed = [n for n, origin in run.origins.items() if origin in folders and n not in run.present.get(origin, ())]
    written = _write(run, library, removed)
    on_progress(len(sources), len(sources), "")
    if index is not None:
        index.sync(lambda p: on_progress(p.done, p.total, f"{p.rate:.0f} đoạn/giây"))
    return Changes(
        added=tuple(n for n in written if n not in known),
        updated=tuple(n for n in written if n in known),
        kept=tuple(n for n in run.kept if n not in written),
        removed=tuple(removed),
        failed=tuple(run.failed),
        not_understood=tuple(run.not_understood),
    )


def _sources(paths: Iterable[Path], run: _Run) -> tuple[set[str], list[_Source]]:
    """What is given, texts before those known but not held; and the origins of the folders given whole."""
    folders: set[str] = set()
    sources: list[_Source] = []
    for given in paths:
        path = given.resolve()
        try:
            if path.is_dir():
                sources.extend(_of_folder(path, read_catalogue(path)))
                folders.add(str(path))
            elif path.is_file():
                entry = read_catalogue(path.parent).by_file(path.name)
                sources.append(_Source(str(path.parent), path.name, path, entry))
            else:
                run.failed.append(Failure(str(given), f"Không tìm thấy “{given}”."))
        except CatalogueError as error:
            run.failed.append(Failure(str(path / NAME), str(error)))
    return folders, sorted(sources, key=lambda source: source.path is None)


def _of_folder(folder: Path, catalogue: Catalogue) -> list[_Source]:
    """The catalogued texts, then whatever else can be read; without a catalogue every file is tried."""
    origin = str(folder)
    listed = [_Source(origin, d.file or d.number, folder / d.file if d.held else None, d) for d in catalogue.documents]
    taken = {d.file for d in catalogue.documents} | catalogue.copies
    others = []
    for file in sorted(folder.rglob("*")):
        name, suffix = file.relative_to(folder), file.suffix.lower()
        tried = suffix in SUFFIXES or (not catalogue.documents and suffix not in _NO_TEXTS)
        if file.is_file() and tried and name.as_posix() not in taken and not any(p.startswith(".") for p in name.parts):
            others.append(_Source(origin, name.as_posix(), file, None))
    return listed + others


def _take(source: _Source, run: _Run) -> None:
    """Read one source if it is new or changed."""
    before, mark = _before(source, run), _mark(source)
    present = run.present.setdefault(source.origin, set())
    if before:
        present.add(before.number)
        mine = run.origins[before.number] == source.origin
        if (mine and before.digest == mark) or (source.path is None and not mine):
            if run.claims.setdefault(before.number, source.name) == source.name:
                run.kept.append(before.number)
            return
    try:
        document, provisions = _read(source)
    except Unreadable as error:
        run.failed.append(Failure(source.name, str(error)))
        return
    present.add(document.number)
    taken = run.claims.setdefault(document.number, source.name)
    if taken != source.name or document.number in run.read:
        if source.path:
            reason = f"Tệp “{source.name}” trùng số ký hiệu {document.number} với tệp “{taken}” nên không nạp lần nữa."
            run.failed.append(Failure(source.name, reason))
        return
    reading = read_amendments(document, provisions)
    run.not_understood.extend(f"{document.number}#{path}" for path in reading.not_understood)
    run.read[document.number] = _Read(replace(document, digest=mark), provisions, reading.amendments, source.origin)


def _mark(source: _Source) -> str:
    """What the stored digest must be for a source to be kept unread."""
    try:
        data = source.path.read_bytes() if source.path else b""
    except OSError:
        data = b""  # reading it will say why
    entry = repr(sorted(asdict(source.document).items())) if source.document else ""
    return digest("\x1f".join((VERSION, entry, blake2b(data).hexdigest())))


def _before(source: _Source, run: _Run) -> Document | None:
    """The stored document of a source: by its number, or (uncatalogued) by the file it came from."""
    if source.document:
        return run.known.get(source.document.number)
    return next(
        (d for d in run.known.values() if (d.file, run.origins[d.number]) == (source.name, source.origin)), None
    )


def _read(source: _Source) -> tuple[Document, Sequence[Provision]]:
    """The document and provisions of a source. Raises Unreadable."""
    if source.path is None:
        assert source.document is not None
        return source.document, ()
    text = read(source.path)
    parsed = parse(text, number=source.document.number if source.document else "")
    document = source.document or from_text(parsed, text, source.name)
    if not document.number:
        raise Unreadable(source.name, f"phần đầu không ghi số ký hiệu; vui lòng khai báo văn bản này trong {NAME}")
    return document, parsed.provisions


def _write(run: _Run, library: Library, removed: Sequence[str]) -> list[str]:
    """Put what was read, and what amends it or is amended by it, split anew; then remove. The numbers that differed."""
    gone = {*run.read, *removed}
    earlier = library.amendments()
    amendments = [a for a in earlier if a.by_document not in gone]
    amendments += [a for taken in run.read.values() for a in taken.amendments]
    documents = {n: d for n, d in run.known.items() if n not in removed} | {n: r.document for n, r in run.read.items()}
    starts = {n: d.in_force_from or d.issued for n, d in documents.items()}
    linked = {
        n for a in (*earlier, *amendments) if {a.document, a.by_document} & gone for n in (a.document, a.by_document)
    }
    outlines = {n: taken.provisions for n, taken in run.read.items()}
    written = []

    def outline(number: str) -> Sequence[Provision]:
        if number not in outlines:
            outlines[number] = library.provisions(number)
        return outlines[number]

    # What is only linked goes first: if we are stopped here, what was read is read again and finds its way back.
    for number in [*sorted((linked & set(documents)) - set(run.read)), *sorted(run.read)]:
        document = documents[number]
        targets = {t: (documents[t], outline(t)) for t in document.amends if t in documents}
        passages = split(document, outline(number), amendments=amendments, starts=starts, targets=targets)
        made = [a for a in amendments if a.by_document == number]
        origin = run.read[number].origin if number in run.read else run.origins[number]
        if library.put(document, list(outline(number)), passages, made, origin):
            written.append(number)
        elif number in run.read:
            run.kept.append(number)
    for number in removed:
        library.remove(number)
    return sorted(written)
