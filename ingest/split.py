"""Provisions → passages: what is indexed. Pure.

Rules
1. A passage is one clause (a khoản with its điểm, a numbered item with its parts, a paragraph) if it fits, about a
   thousand characters; a longer one is windowed at the ends of its paragraphs, then of its sentences, its path kept.
2. A passage's text is a contiguous piece of the full text of the provision it names: it can be quoted as it is.
3. In front stand the headings that lead to it: the text's name, the title over it, the line that introduces it ("… đạt
   các tiêu chuẩn sau:"). A title or an introducing line alone is no passage: it answers nothing.
4. The new wording an amending clause brings is a passage of that clause, headed by the place it changes, so that it is
   found and dated like the text it replaces.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ingest.amendments import amended_again, last_day, superseded
from knowledge import citations
from knowledge.documents import Amendment, Document, Passage, Provision, by_path, contains, full_text, parent

LIMIT = 1_000
SMALL = 300  # an article of a few short clauses ("1. Huân chương. 2. Huy chương. …") is one passage
_UNNUMBERED = re.compile(r"(?:doan|bang)-\d+(?:-lan-\d+)?$")
_CLAUSES = re.compile(r"(?:khoan-)?\d+[a-zđ]?(?:\.\d+)*(?:-lan-\d+)?$|dieu-|muc-|chuong-|tieu-muc-|phan-")
_LINE, _WORD = re.compile(r"\n"), re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-ZÀ-ỸĐ“\"(])")
_ITEM = re.compile(r"^\d{1,2}[a-zđ]?\.\s", re.MULTILINE)


def split(
    document: Document,
    provisions: Sequence[Provision],
    *,
    amendments: Collection[Amendment] = (),
    starts: Mapping[str, date | None] | None = None,
    targets: Mapping[str, tuple[Document, Sequence[Provision]]] | None = None,
) -> list[Passage]:
    """The passages of a document in reading order.

    `amendments`: all that are known, by and to this document; `starts`: the day each amending text came into force;
    `targets`: what this document amends, as far as it is held (for the titles over the places it changes).
    """
    starts = starts or {}
    mine = [a for a in amendments if a.by_document == document.number and a.text]
    gone = superseded([a for a in amendments if a.document == document.number], starts)
    tree = _Tree(document, provisions, apart={path for _, path in gone} | {a.by_path for a in mine})
    passages: list[Passage] = []
    for provision in tree.heads():
        changes = [a for a in mine if a.by_path == provision.path]
        if changes:
            passages.extend(_amending(document, changes, amendments, starts=starts, targets=targets or {}))
        else:
            closed = last_day(gone, document.number, provision.path)
            passages.extend(replace(p, valid_to=closed) for p in tree.passages(provision))
    return _numbered(passages)


def split_article(title: str, text: str, *, document: str, path: str) -> list[Passage]:
    """The passages of one article given as its title and its text, clause by clause, as the product would split it."""
    lines = [line for line in text.split("\n") if line.strip()]
    clauses: list[list[str]] = [[]]
    for line in lines:
        if _ITEM.match(line):
            clauses.append([])
        clauses[-1].append(line)
    lead = "\n".join(clauses[0])
    whole = "\n".join(lines)
    pieces = [whole] if len(whole) <= SMALL else ["\n".join(clause) for clause in clauses if clause]
    introduced = (title, lead) if lead.endswith((":", ";")) and len(lead) <= SMALL and len(pieces) > 1 else (title,)
    return _numbered(
        Passage(document, path, window, introduced if piece != lead else (title,))
        for piece in pieces
        for window in windows(piece)
    )


def windows(text: str, limit: int = LIMIT) -> list[str]:
    """A text in contiguous pieces that fit, cut at the ends of lines, then of sentences, then of words."""
    if len(text) <= limit:
        return [text] if text.strip() else []
    for boundary in (_LINE, _SENTENCE, _WORD):
        edges = [0, *(edge for found in boundary.finditer(text) for edge in found.span()), len(text)]
        pieces = [(i, j) for i, j in zip(edges[::2], edges[1::2], strict=True) if text[i:j].strip()]
        if len(pieces) > 1 or (pieces and pieces[0] != (0, len(text))):
            return [window for i, j in _packed(pieces, limit) for window in windows(text[i:j], limit)]
    return [text[i : i + limit] for i in range(0, len(text), limit)]


def _packed(pieces: Sequence[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    """As many neighbouring pieces together as fit; one that does not fit alone stays alone."""
    packed = [pieces[0]]
    for begin, end in pieces[1:]:
        if end - packed[-1][0] <= limit:
            packed[-1] = (packed[-1][0], end)
        else:
            packed.append((begin, end))
    return packed


def _numbered(passages: Iterable[Passage]) -> list[Passage]:
    """Windows counted within each path: the ids are then unique."""
    counts: dict[str, int] = {}
    numbered: list[Passage] = []
    for passage in passages:
        window = counts.get(passage.path, 0)
        counts[passage.path] = window + 1
        numbered.append(replace(passage, window=window))
    return numbered


class _Tree:
    """A document's outline with what a passage needs to know of its surroundings."""

    def __init__(self, document: Document, provisions: Sequence[Provision], apart: Collection[str]) -> None:
        self.document, self.provisions, self.apart = document, provisions, apart
        self.nodes = by_path(provisions)
        self.children: dict[str, list[Provision]] = {}
        for provision in provisions:
            up = parent(provision.path)
            self.children.setdefault(up if up in self.nodes and up else "", []).append(provision)
        self.over: dict[str, Provision] = {}
        chapter: Provision | None = None
        for provision in provisions:
            if re.match(r"chuong-|phan-", provision.path):
                chapter = provision
            elif chapter and provision.path.startswith("dieu-") and "/" not in provision.path:
                self.over[provision.path] = chapter

    def heads(self, under: str = "") -> Iterator[Provision]:
        """The provisions that make passages, each with what is under it unless that makes its own."""
        for provision in self.children.get(under, ()):
            yield provision
            if not self._whole(provision):
                yield from self.heads(provision.path)

    def passages(self, provision: Provision) -> list[Passage]:
        whole = self._whole(provision)
        text = full_text(self.provisions, provision.path) if whole else provision.text
        if self._is_title(provision) and (not whole or provision.path.startswith(("chuong-", "phan-"))):
            return []
        if self._introduces(provision):
            return []
        headings = self.headings(provision)
        pieces = windows(text)
        introduction = _introduction(text) if len(pieces) > 1 else ""
        return [
            Passage(
                self.document.number,
                provision.path,
                piece,
                (*headings, introduction) if i and introduction else headings,
            )
            for i, piece in enumerate(pieces)
        ]

    def headings(self, provision: Provision) -> tuple[str, ...]:
        """From the text's name down to the title, or the introducing line, over a provision."""
        lines = [display_name(self.document)]
        chain: list[str] = []
        up: str | None = parent(provision.path)
        while up:
            chain.insert(0, up)
            up = parent(up)
        top = self.nodes.get(chain[0] if chain else provision.path)
        if top and top.path in self.over and not top.heading:
            lines.append(self.over[top.path].heading or "")
        for path in chain:
            lines.extend(self._titles(path, before=provision))
        return tuple(line for line in lines if line)

    def _titles(self, path: str, before: Provision) -> Iterator[str]:
        node = self.nodes.get(path)
        if node is None:
            return
        first = node.text.split("\n")[0]
        if node.heading or self._is_title(node):
            yield f"{node.marker} {node.heading}" if node.marker and node.heading and "\n" in node.text else first
            lead = self.nodes.get(f"{path}/doan-1")
            if lead and lead is not before and self._introduces(lead):
                yield lead.text
        elif len(first) <= SMALL:
            yield first

    def _introduces(self, provision: Provision) -> bool:
        """Whether a paragraph only leads to the clauses after it; it then stands among their headings."""
        siblings = self.children.get(parent(provision.path) or "", [])
        follow = any(not _UNNUMBERED.match(s.path.rpartition("/")[2]) for s in siblings)
        short = provision.text.endswith(":") and len(provision.text) <= SMALL
        return short and provision.path.endswith("/doan-1") and follow

    def _is_title(self, provision: Provision) -> bool:
        bare = provision.marker is not None and provision.text.strip(" .:") == provision.marker.strip(" .:")
        return (provision.heading is not None and not _UNNUMBERED.search(provision.path)) or bare

    def _whole(self, provision: Provision) -> bool:
        """Whether a provision makes one passage (or windows of one) with all that is under it."""
        below = [p for p in self.provisions if p is not provision and contains(provision.path, p.path)]
        if not below:
            return True
        if any(p.path in self.apart for p in below) or "bang" in {p.path.rpartition("/")[2][:4] for p in below}:
            return False
        size = len(full_text(self.provisions, provision.path))
        parts = {p.path.rpartition("/")[2] for p in below}
        if all(_UNNUMBERED.match(part) for part in parts):
            return size <= LIMIT
        if any(_CLAUSES.match(part) for part in parts):
            return size <= SMALL
        return size <= LIMIT or provision.path.rpartition("/")[2].startswith("khoan-")


def _introduction(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if first.endswith(":") and len(first) <= SMALL else ""


def display_name(document: Document) -> str:
    """A text's name as it heads its passages: "Luật Thi đua, khen thưởng 06/2022/QH15"."""
    title = document.title.split(";")[0].strip()
    if len(title) > 120:
        title = title[:120].rsplit(" ", 1)[0]
    kind = "" if title.lower().startswith(document.kind.lower()) else f"{document.kind} "
    return f"{kind}{title} {document.number}".strip()


def _amending(
    document: Document,
    changes: Sequence[Amendment],
    amendments: Collection[Amendment],
    *,
    starts: Mapping[str, date | None],
    targets: Mapping[str, tuple[Document, Sequence[Provision]]],
) -> Iterator[Passage]:
    """The new wordings of an amending clause, each headed by the place it changes."""
    for change in changes:
        target, outline = targets.get(change.document, (None, ()))
        place = f"{citations.place(change.path)} {_short_name(target, change.document)}"
        by = f"{citations.place(change.by_path)} {_short_name(document, document.number)}"
        verb = "bổ sung" if change.action == "insert" else "sửa đổi, bổ sung"
        over = _titles_over(target, outline, change.path)
        closed = amended_again(change, amendments, starts)
        headings = (display_name(target or document), *over, f"{place} ({verb} bởi {by})")
        title, _, wording = change.text.partition("\n") if change.path.startswith("dieu-") else ("", "", change.text)
        if not wording or "/" in change.path:
            title, wording = "", change.text
        for piece in split_article(title, wording, document=document.number, path=change.by_path):
            yield replace(piece, headings=(*headings, *(h for h in piece.headings if h)), valid_to=closed)


def _titles_over(target: Document | None, outline: Sequence[Provision], path: str) -> tuple[str, ...]:
    """The titles and introducing lines that stand over a changed place in the text it belongs to."""
    if target is None:
        return ()
    tree = _Tree(target, outline, ())
    return tree.headings(Provision(target.number, path, ""))[1:]


def _short_name(document: Document | None, number: str) -> str:
    return f"{document.kind} {number}" if document else number
