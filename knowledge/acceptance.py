"""Whether something found may answer, and how much of it: the refusal rules. Pure.

Rules of this file
1. Better no answer than a wrong one. The thresholds were set on the development questions, must-abstain cases first.
2. What must be in the quote (a figure, a date) may not promote a text that is not on the matter: a candidate that
   carries it has to be among the best without it.
3. A question with a yes or no, or with a figure, is about one matter: a passage, or a named text, that does not speak
   of that matter does not answer it, however near it is otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.candidates import Candidate, siblings
from knowledge.documents import parent
from knowledge.evidence import WEIGHTS, Asked, unspoken
from knowledge.shelf import Shelf
from knowledge.wants import Kind, has

_ENOUGH, _COVERED = 1.6, 0.34  # score, and share of the terms asked about
_ENOUGH_NAMED, _COVERED_NAMED = 1.0, 0.25  # the same where the text is named
_ASTRAY = 0.8  # how far behind the best on the matter something that carries the figure may be
_ASTRAY_BESIDE = 1.6  # the same within one article
_UNKNOWN = 0.2  # share of the question's terms that a named text need not know
_STRANGE = 0.4  # share of the question's terms that no text of the library has
_EQUAL = 0.6  # clauses that differ by less answer together


def accepted(asked: Asked, candidates: Sequence[Candidate], shelf: Shelf, named: Sequence[str]) -> Candidate | None:
    """The best candidate that may answer; `candidates` best first, `named`: the texts the question names."""
    if not candidates or _unheard_of(asked, candidates, shelf, named):
        return None
    best = max(candidates, key=_matter)
    able = [c for c in candidates if _able(asked, c, best, shelf, named)]
    return _complete(asked, able[0], able) if able else None


def _able(asked: Asked, candidate: Candidate, best: Candidate, shelf: Shelf, named: Sequence[str]) -> bool:
    part, text = asked.part, candidate.text
    hard = [w for w in part.wants if w.hard]
    carried = all(has(w, text.own) for w in hard)
    if candidate.path == "dau-van-ban" and candidate.features.place > 0:
        return carried
    enough, covered = (_ENOUGH_NAMED, _COVERED_NAMED) if named else (_ENOUGH, _COVERED)
    if not carried or candidate.score < enough or candidate.features.cover < covered:
        return False
    firm = bool(hard) or part.asks(Kind.WHETHER)
    if firm and not _on_the_matter(asked, candidate, shelf, named):
        return False
    return not firm or _near(candidate, best)


def _on_the_matter(asked: Asked, candidate: Candidate, shelf: Shelf, named: Sequence[str]) -> bool:
    part, text = asked.part, candidate.text
    if part.target and text.subject and part.target not in text.subject:
        return False  # about another title
    if not part.target and text.subject and not part.asks(Kind.WHETHER):
        return False  # a figure of one title is no answer about none
    if part.asks(Kind.WHETHER) and unspoken(asked, text, shelf.rarity):
        return False
    unknown = [t for t in part.terms if named and not t.isdigit() and not shelf.speaks_of(named, t)]
    return shelf.rarity.sum(unknown) <= _UNKNOWN * asked.own_total


def _unheard_of(asked: Asked, candidates: Sequence[Candidate], shelf: Shelf, named: Sequence[str]) -> bool:
    """Whether the text that is named, or those found, have nothing of the kind asked for ("phần mềm nào"), or hardly a
    word of the question.
    """
    texts = named or tuple(dict.fromkeys(c.document for c in candidates))

    def known(term: str) -> bool:
        return shelf.rarity.knows(term) or (term[0] not in "@=" and shelf.says(texts, term))

    if asked.part.asks(Kind.ABOUT) or asked.part.asks(Kind.ADDRESSEE):
        return False
    for noun in asked.nouns:
        terms = [t for t in shelf.words.terms(noun) if t not in shelf.words.fillers]
        whole = any(t[0] in "@=" for t in terms)
        if not (all(shelf.speaks_of(texts, t) for t in terms) if whole else shelf.says(texts, " ".join(terms))):
            return True
    strange = [t for t in asked.part.terms if not t.isdigit() and not known(t)]
    return shelf.rarity.sum(strange) > _STRANGE * asked.own_total


def _near(candidate: Candidate, best: Candidate) -> bool:
    beside = (best.document, best.article) == (candidate.document, candidate.article)
    return _matter(candidate) > _matter(best) - (_ASTRAY_BESIDE if beside else _ASTRAY)


def _matter(candidate: Candidate) -> float:
    """The score without what is wanted."""
    return candidate.score - WEIGHTS.wanted * candidate.features.wanted


def _complete(asked: Asked, best: Candidate, able: Sequence[Candidate]) -> Candidate:
    """The whole article, or the whole new wording, where a list is asked for and several of its clauses are as good."""
    if not (asked.part.asks(Kind.LIST) or asked.part.asks(Kind.CONDITIONS)) or best.text.lines > 1:
        return best
    pieces = [c for c in able if (c.document, c.path) == (best.document, best.path)]
    whole = [c for c in pieces if best.quote in c.quote and len(c.quote) > len(best.quote)]
    if whole and len(pieces) > 2:
        return whole[0]
    near = [c for c in siblings(best, able) if c.score > best.score - _EQUAL]
    over = [c for c in able if (c.document, c.path) == (best.document, parent(best.path))]
    return over[0] if over and near else best
