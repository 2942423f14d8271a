"""Documents, provisions, passages, amendments: the record of truth. Every index is rebuilt from it.

Rules of this file
1. One `put` is one transaction: a document is there with its whole outline or as it was before.
2. Values in and out are the dataclasses of `knowledge.documents`; rows never leave this file.
3. The revision is derived from what is stored (the sum of every document's content digest), so it cannot drift: the
   same content is the same revision, whichever way it came about, and an index built for it is valid again.
4. Synchronous on purpose: it is called from command lines and from worker threads, never from an event loop.

Errors
    LibraryError(ValueError)   what was put contradicts itself: two passages with one id, a passage of another document
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from knowledge.documents import Amendment, Document, Passage, Provision, digest

metadata = sa.MetaData()


def _owned(name: str, *columns: sa.Column[Any]) -> sa.Table:
    """A table whose rows belong to one document, kept in reading order."""
    return sa.Table(
        name,
        metadata,
        sa.Column("owner", sa.ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *columns,
    )


_documents = sa.Table(
    "documents",
    metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("issued", sa.Date),
    sa.Column("in_force_from", sa.Date),
    sa.Column("in_force_to", sa.Date),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("transition", sa.Text, nullable=False),
    sa.Column("confidence", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    *(
        sa.Column(name, sa.JSON, nullable=False)
        for name in ("short_names", "replaces", "replaced_by", "amends", "amended_by", "implements")
    ),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("content", sa.BigInteger, nullable=False),
)
_provisions = _owned(
    "provisions",
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("marker", sa.Text),
    sa.Column("heading", sa.Text),
)
_passages = _owned(
    "passages",
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("headings", sa.JSON, nullable=False),
    sa.Column("window", sa.Integer, nullable=False),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
)
_amendments = _owned(
    "amendments",
    sa.Column("document", sa.Text, nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("by_path", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
_DOCUMENT_FIELDS = tuple(f.name for f in fields(Document))
_TUPLES = ("short_names", "replaces", "replaced_by", "amends", "amended_by", "implements")
_FETCH = 500  # ids in one IN (…): every database takes that many


class LibraryError(ValueError):
    """What was put contradicts itself."""


class Library:
    """The library behind one database URL (`sqlite:///file`, `postgresql+psycopg://…`). Shared between threads."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    def create(self) -> None:
        """Make the tables that are missing; harmless where migrations have made them."""
        metadata.create_all(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def revision(self) -> str:
        """Names the present content of the whole library; changes whenever an answer could."""
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_documents.c.content), 0))
        with self._engine.connect() as connection:
            count, total = connection.execute(query).one()
        return f"{int(count):x}-{int(total):x}"

    def documents(self) -> list[Document]:
        """Every text known of, held or not, by number."""
        query = sa.select(_documents).order_by(_documents.c.number)
        return [_document(row) for row in self._rows(query)]

    def document(self, number: str) -> Document | None:
        rows = self._rows(sa.select(_documents).where(_documents.c.number == number))
        return next(map(_document, rows), None)

    def origin(self, number: str) -> str | None:
        """Where a document was put from, as given to `put`; None if it is not known."""
        rows = self._rows(sa.select(_documents.c.origin).where(_documents.c.number == number))
        return next((str(row["origin"]) for row in rows), None)

    def provisions(self, number: str) -> list[Provision]:
        """The outline of a document in reading order."""
        query = sa.select(_provisions).where(_provisions.c.owner == number).order_by(_provisions.c.position)
        return [Provision(r["owner"], r["path"], r["text"], r["marker"], r["heading"]) for r in self._rows(query)]

    def passages(self, number: str | None = None) -> list[Passage]:
        """What is indexed, of one document or of all, in a stable order."""
        query = sa.select(_passages).order_by(_passages.c.owner, _passages.c.position)
        return [_passage(r) for r in self._rows(query if number is None else query.where(_passages.c.owner == number))]

    def fetch(self, ids: Sequence[str]) -> dict[str, Passage]:
        """The passages with these ids; an id that is gone is left out."""
        found: dict[str, Passage] = {}
        for start in range(0, len(ids), _FETCH):
            query = sa.select(_passages).where(_passages.c.id.in_(ids[start : start + _FETCH]))
            found.update((row["id"], _passage(row)) for row in self._rows(query))
        return found

    def amendments(self, target: str | None = None) -> list[Amendment]:
        """Changes made to one text, or all of them, in the order of the amending texts."""
        query = sa.select(_amendments).order_by(_amendments.c.owner, _amendments.c.position)
        rows = self._rows(query if target is None else query.where(_amendments.c.document == target))
        return [Amendment(r["document"], r["path"], r["owner"], r["by_path"], r["action"], r["text"]) for r in rows]

    def put(
        self,
        document: Document,
        provisions: Sequence[Provision],
        passages: Sequence[Passage],
        amendments: Sequence[Amendment] = (),
        origin: str = "",
    ) -> bool:
        """Store a document with everything of it, in place of what was there; False if it was there just so.

        `amendments` are those this document makes to others. Raises LibraryError before anything is written.
        """
        number = document.number
        _check(number, provisions, passages, amendments)
        content = _content(document, provisions, passages, amendments, origin)
        with self._engine.begin() as connection:
            held = sa.select(_documents.c.content).where(_documents.c.number == number)
            if connection.execute(held).scalar() == content:
                return False
            _delete(connection, number)
            row = {name: getattr(document, name) for name in _DOCUMENT_FIELDS}
            row |= {name: list(row[name]) for name in _TUPLES}
            connection.execute(_documents.insert(), [row | {"origin": origin, "content": content}])
            _insert(connection, _provisions, number, provisions)
            _insert(connection, _passages, number, passages)
            _insert(connection, _amendments, number, amendments)
        return True

    def remove(self, number: str) -> bool:
        """Forget a document with everything of it; False if it was not there."""
        with self._engine.begin() as connection:
            return _delete(connection, number)

    def _rows(self, query: sa.Select[Any]) -> Iterator[RowMapping]:
        with self._engine.connect() as connection:
            yield from connection.execute(query).mappings().all()


def _engine(url: str) -> Engine:
    engine = sa.create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _prepare(connection: Any, _: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
                connection.execute(f"PRAGMA {pragma}").close()

    return engine


def _check(
    number: str, provisions: Iterable[Provision], passages: Sequence[Passage], amendments: Iterable[Amendment]
) -> None:
    owners = {p.document for p in provisions} | {p.document for p in passages} | {a.by_document for a in amendments}
    if owners - {number}:
        raise LibraryError(f"{number}: parts of another document: {', '.join(sorted(owners - {number}))}")
    seen: set[str] = set()
    twice = [p.id for p in passages if p.id in seen or seen.add(p.id)]  # type: ignore[func-returns-value]  # add is None
    if twice:
        raise LibraryError(f"{number}: two passages with the id {twice[0]}")


def _content(document: Document, *parts: object) -> int:
    """A fingerprint of 40 bits: the sum over eight million documents still fits a signed 64-bit column."""
    return int(digest(repr((astuple(document), *parts))), 16) >> 24


def _delete(connection: Connection, number: str) -> bool:
    """Rows that belong to the document go with it (ON DELETE CASCADE)."""
    return connection.execute(_documents.delete().where(_documents.c.number == number)).rowcount > 0


def _insert(connection: Connection, table: sa.Table, owner: str, values: Sequence[Any]) -> None:
    names = [c.name for c in table.columns if c.name not in {"owner", "position"}]
    rows = [{name: getattr(v, name) for name in names} | {"owner": owner, "position": i} for i, v in enumerate(values)]
    if rows:
        connection.execute(table.insert(), rows)


def _document(row: RowMapping) -> Document:
    values = {name: row[name] for name in _DOCUMENT_FIELDS}
    return Document(**(values | {name: tuple(values[name]) for name in _TUPLES}))


def _passage(row: RowMapping) -> Passage:
    return Passage(
        document=row["owner"],
        path=row["path"],
        text=row["text"],
        headings=tuple(row["headings"]),
        window=row["window"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
