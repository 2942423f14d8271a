"""From what answers to what is shown: citations with verbatim quotes, the text around them, and the notices that go
with it. Pure.

Rules of this file
1. A quote is cut from the cited provision as it is stored; nothing is put into it and nothing left out of its middle.
2. Every citation says whether its text is in force on the day asked about; what is not in force is never shown
   without its notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from knowledge import wording
from knowledge.candidates import LONGEST, Candidate
from knowledge.citations import label
from knowledge.documents import Caveat, Citation, Document, contains
from knowledge.question import Part, Question
from knowledge.shelf import Shelf
from knowledge.vocabulary import plain
from knowledge.wants import has

_LONG = 1100  # characters above which one điểm is quoted instead of the whole clause, if one stands out
_DOSSIER = re.compile(r"\b(?:ho so|to trinh|nop|trinh|tham dinh)\b")


def cite(candidate: Candidate, part: Part | None, shelf: Shelf, on: date) -> Citation:
    """The citation of a candidate; of a long clause only the điểm that answers, if one does."""
    document, path, quote = candidate.document, candidate.path, candidate.quote
    if part is not None and len(quote) > _LONG:
        path, quote = _point(candidate, part, shelf)
    return citation(document, path, quote, shelf, on)


def citation(number: str, path: str, quote: str, shelf: Shelf, on: date) -> Citation:
    """A checked citation: a quote that is not there is replaced by the beginning of the provision."""
    document, whole = shelf.documents[number], shelf.full(number, path)
    if quote not in whole:
        quote = whole
    if len(quote) > LONGEST:
        quote = quote[:LONGEST].rsplit("\n", 1)[0]
    return Citation(number, path, _label(document, path, quote, shelf), quote, document.in_force(on))


def _label(document: Document, path: str, quote: str, shelf: Shelf) -> str:
    below = [p for p in shelf.outline(document.number) if contains(path, p.path) and p.path != path]
    first = any(p.path == f"{path}/doan-2" for p in below) and not any(p.text in quote for p in below)
    text = label(document, path, first_paragraph=first)
    changed = {
        a.document: a
        for a in shelf.amendments
        if a.by_document == document.number and a.by_path == path and a.text and plain(quote) in plain(a.text)
    }
    for target, amendment in changed.items():
        if target in shelf.documents:
            text += f" (sửa đổi, bổ sung {label(shelf.documents[target], amendment.path)})"
    return text


def _point(candidate: Candidate, part: Part, shelf: Shelf) -> tuple[str, str]:
    """The điểm of a long clause that carries what is asked for, or the clause itself."""
    under = [
        p
        for p in shelf.outline(candidate.document)
        if p.path.startswith(candidate.path + "/diem-") and p.text in candidate.quote
    ]
    if len(under) < 2:
        return candidate.path, candidate.quote
    hard = [w for w in part.wants if w.hard]
    terms = [*part.terms, *part.lent]
    scored = []
    for provision in under:
        found = set(shelf.words.terms(provision.text))
        carried = all(has(w, plain(provision.text)) for w in hard)
        scored.append((sum(shelf.rarity(t) for t in terms if t in found) * (1.0 if carried else 0.3), provision))
    scored.sort(key=lambda s: -s[0])
    (best, provision), (second, _) = scored[0], scored[1]
    return (provision.path, provision.text) if best > 1.25 * second + 0.5 else (candidate.path, candidate.quote)


def caveats(citations: Sequence[Citation], question: Question, shelf: Shelf, on: date) -> tuple[Caveat, ...]:
    """The notices an answer needs."""
    found: list[Caveat] = []
    for cited in citations:
        document = shelf.documents[cited.document]
        if not cited.in_force and not _not_yet(document, on):
            replaced = bool(document.replaced_by) or document.kind == "Luật"
            found.append(Caveat.HISTORICAL if question.past or replaced else Caveat.EXPIRED)
        if _amended_unseen(document, shelf.documents, on):
            found.append(Caveat.AMENDED_NOT_HELD)
        if shelf.breaks_off(cited.document, cited.path):
            found.append(Caveat.INCOMPLETE_DOCUMENT)
    return tuple(dict.fromkeys(found))


def _amended_unseen(document: Document, others: Mapping[str, Document], on: date) -> bool:
    """Whether a text that is not held changed this one, in force by that day."""
    amending = [others[n] for n in document.amended_by if n in others]
    return document.in_force(on) and any(
        not d.held and d.in_force_from is not None and d.in_force_from <= on for d in amending
    )


def compose(
    citations: Sequence[Citation],
    notices: Sequence[Caveat],
    asked: str,
    shelf: Shelf,
    *,
    on: date,
    extra: Sequence[str],
) -> str:
    """The answer as an officer reads it: quotes with their sources, then the notices. `asked`: the question, plain."""
    paragraphs = [wording.quote(c, shelf.documents[c.document]) for c in citations]
    dossier = _DOSSIER.search(asked) is not None
    for number in dict.fromkeys(c.document for c in citations):
        document = shelf.documents[number]
        concerned = [n for n in notices if _concerns(n, document, shelf, on)]
        paragraphs += [wording.caveat(n, document, shelf.documents, dossier=dossier) for n in concerned]
        if _not_yet(document, on):
            paragraphs.append(wording.NOT_YET.format(name=wording.name(document)))
    return "\n\n".join((*paragraphs, *extra))


def _not_yet(document: Document, on: date) -> bool:
    return document.in_force_from is not None and document.in_force_from > on


def _concerns(notice: Caveat, document: Document, shelf: Shelf, on: date) -> bool:
    match notice:
        case Caveat.EXPIRED | Caveat.HISTORICAL:
            return not document.in_force(on) and not _not_yet(document, on)
        case Caveat.AMENDED_NOT_HELD:
            return _amended_unseen(document, shelf.documents, on)
        case Caveat.INCOMPLETE_DOCUMENT:
            return not document.complete
