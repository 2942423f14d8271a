"""Bring the library up to date with folders of texts: read only what changed, write only what is different.

Rules
1. A document's digest is that of its file's bytes, its catalogue entry and this code's version: the same digest is never read again.
2. An amending text and what it amends are split together: a changed one has the passages of the other made anew (the library itself
   sees whether they differ).
3. What a folder once brought and no longer lists is removed; what came from elsewhere is left alone. A single file removes nothing.
4. A file that cannot be read is named and counted, its document stays as it was; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from ingest.amendments import read_amendments
from ingest.catalogue import NAME, Catalogue, from_header, read_catalogue
from ingest.parse import parse
from ingest.read import SUFFIXES, Unreadable, read
from ingest.split import split
from knowledge.documents import Amendment, Document, Provision, digest
from knowledge.library import Library

VERSION = "1"  # raise it when parsing or splitting changes what is stored: everything is then read again
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not taken in, and why, in one Vietnamese line."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sync did, by document number; `not_understood` lists amending clauses (number#path) that change nothing here."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    not_understood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """A document as a folder gives it; `path` is None for one known but not held, `document` None where only the text can tell."""

    origin: str
    name: str
    path: Path | None
    document: Document | None


@dataclass(slots=True)
class _Run:
    """What one sync has come to so far."""

    known: dict[str, Document]
    read: dict[str, tuple[Document, Sequence[Provision], tuple[Amendment, ...], str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    present: dict[str, set[str]] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)


def sync(
    paths: Iterable[Path],
    library: Library,
    index: Callable[[], object] | None = None,
    *,
    on_progress: Progress = lambda _name, _done, _total: None,
) -> Changes:
    """Take in folders and files; `index` is called once at the end (also where nothing changed: it may have been interrupted before).

    Raises BadCatalogue before anything is written, where a folder's catalogue cannot be used.
    """
    folders, sources, missing = _sources(paths)
    run = _Run({d.number: d for d in library.documents()}, failed=missing)
    origins = {number: library.origin(number) or "" for number in run.known}
    for done, source in enumerate(sources):
        on_progress(source.name, done, len(sources))
        _take(source, run, origins)
    removed = [
        number for number, origin in origins.items() if origin in folders and number not in run.present.get(origin, ())
    ]
    for number in removed:
        library.remove(number)
    written = _write(run, library, origins, removed)
    on_progress("", len(sources), len(sources))
    if index is not None:
        index()
    return Changes(
        added=tuple(n for n in written if n not in run.known),
        updated=tuple(n for n in written if n in run.known),
        kept=tuple(n for n in run.kept if n not in written),
        removed=tuple(removed),
        failed=tuple(run.failed),
        not_understood=tuple(run.not_understood),
    )


def _sources(paths: Iterable[Path]) -> tuple[set[str], list[_Source], list[Failure]]:
    """What the given folders and files hold, texts before those known but not held; origins of the folders given whole."""
    folders: set[str] = set()
    sources: list[_Source] = []
    missing: list[Failure] = []
    for given in paths:
        path = given.resolve()
        if path.is_dir():
            folders.add(str(path))
            sources.extend(_of_folder(path, read_catalogue(path)))
        elif path.is_file():
            entry = read_catalogue(path.parent).by_file(path.name)
            sources.append(_Source(str(path.parent), path.name, path, entry))
        else:
            missing.append(Failure(str(given), f"Không tìm thấy “{given}”."))
    return folders, sorted(sources, key=lambda s: s.path is None), missing


def _of_folder(folder: Path, catalogue: Catalogue) -> list[_Source]:
    origin = str(folder)
    listed = [_Source(origin, d.file or d.number, folder / d.file if d.held else None, d) for d in catalogue.documents]
    taken = {d.file for d in catalogue.documents} | catalogue.copies | {NAME}
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts))
    others = [
        _Source(origin, name, file, None)
        for file in files
        if (name := file.relative_to(folder).as_posix()) not in taken
        and (file.suffix.lower() in SUFFIXES or not catalogue.documents)
        if file.suffix.lower() not in {".json", ".toml", ".md"}
    ]
    return listed + others


def _take(source: _Source, run: _Run, origins: Mapping[str, str]) -> None:
    """Read one source if it is new or changed; one known but not held never stands in for a text that is."""
    before = _before(source, run, origins)
    mark = _mark(source)
    present = run.present.setdefault(source.origin, set())
    if before:
        present.add(before.number)
        mine = origins[before.number] == source.origin
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
    run.read[document.number] = (replace(document, digest=mark), provisions, reading.amendments, source.origin)


def _mark(source: _Source) -> str:
    """What the stored digest must be for a source to be kept unread."""
    try:
        data = source.path.read_bytes() if source.path else b""
    except OSError:
        data = b""  # reading it will say why
    entry = repr(sorted(asdict(source.document).items())) if source.document else ""
    return digest("\x1f".join((VERSION, entry, blake2b(data).hexdigest())))


def _before(source: _Source, run: _Run, origins: Mapping[str, str]) -> Document | None:
    """The stored document of a source: by its number, or (uncatalogued) by the file it came from."""
    if source.document:
        return run.known.get(source.document.number)
    return next((d for n, d in run.known.items() if d.file == source.name and origins[n] == source.origin), None)


def _read(source: _Source) -> tuple[Document, Sequence[Provision]]:
    """The document and provisions of a source. Raises Unreadable."""
    if source.path is None:
        assert source.document is not None
        return source.document, ()
    text = read(source.path)
    parsed = parse(text, number=source.document.number if source.document else "")
    document = source.document or from_header(parsed.header, source.name)
    if isinstance(document, str):
        raise Unreadable(source.name, "không ghi số ký hiệu ở phần đầu; vui lòng khai báo văn bản này trong " + NAME)
    return document, parsed.provisions


def _write(run: _Run, library: Library, origins: Mapping[str, str], removed: Sequence[str]) -> list[str]:
    """Split what was read, and what amends it or is amended by it, with all amendments known; numbers that differed."""
    gone = set(run.read) | set(removed)
    earlier = library.amendments()
    amendments = [a for a in earlier if a.by_document not in gone] + [
        a for _, _, made, _ in run.read.values() for a in made
    ]
    documents = {n: d for n, d in run.known.items() if n not in removed} | {n: d for n, (d, *_) in run.read.items()}
    linked = {
        number
        for a in (*earlier, *amendments)
        if {a.document, a.by_document} & gone
        for number in (a.document, a.by_document)
    }
    starts = {n: d.in_force_from or d.issued for n, d in documents.items()}
    outlines = {n: provisions for n, (_, provisions, _, _) in run.read.items()}
    outlines |= {n: library.provisions(n) for n in documents if n not in outlines and n in _near(linked, documents)}
    written = []
    for number in sorted(set(run.read) | (linked & set(documents))):
        document = documents[number]
        targets = {t: (documents[t], outlines.get(t, ())) for t in document.amends if t in documents}
        passages = split(document, outlines[number], amendments=amendments, starts=starts, targets=targets)
        made = [a for a in amendments if a.by_document == number]
        origin = run.read[number][3] if number in run.read else origins[number]
        if library.put(document, outlines[number], passages, made, origin):
            written.append(number)
        elif number in run.read:
            run.kept.append(number)
    return written


def _near(linked: set[str], documents: Mapping[str, Document]) -> set[str]:
    """The linked documents and whatever they amend: their outlines are needed to split them."""
    return linked | {t for n in documents for t in documents[n].amends}
