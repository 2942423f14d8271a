"""Whether something found may answer, and how much of it.

Rules of this file
1. Better no answer than a wrong one. How likely the best candidate answers is learned (`judgement`); below `_LIKELY`
   the answer is a no. The bound was set on questions held apart from those it was learned on.
2. What must be in the quote word by word (a figure, a date) may not promote a text that is not on the matter: a
   candidate that carries it has to be near the best without it, and about the title asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from knowledge.candidates import Candidate, siblings
from knowledge.documents import parent
from knowledge.evidence import Asked, unspoken
from knowledge.judgement import judgement
from knowledge.shelf import Shelf
from knowledge.wants import Kind, Want, has

_LIKELY = 0.55
_EQUAL = 0.6  # clauses that differ by less answer together
_ALONE = 3.0  # the lead of a candidate without a second
_COUNTED = 25  # candidates among which the most similar is looked for


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may answer a part, if anything may, and how likely it does."""

    candidate: Candidate | None
    chance: float


def accepted(asked: Asked, candidates: Sequence[Candidate], shelf: Shelf, named: Sequence[str]) -> Verdict:
    """The best candidate, if it may answer; `candidates` best first, `named`: the texts the question names."""
    fit = able(asked, candidates, shelf)
    if not fit:
        return Verdict(None, 0.0)
    chance = judgement().chance(signals(asked, fit, shelf, named))
    return Verdict(_complete(asked, fit[0], fit) if chance >= _LIKELY else None, chance)


def able(asked: Asked, candidates: Sequence[Candidate], shelf: Shelf) -> list[Candidate]:
    """Those that could answer at all, in the order they came."""
    return [c for c in candidates if _able(asked, c, shelf)]


def _able(asked: Asked, candidate: Candidate, shelf: Shelf) -> bool:
    """Whether a candidate carries what must be there word by word, about the title that is asked about."""
    part, text = asked.part, candidate.text
    hard = [w for w in part.wants if w.hard and not _elsewhere(w, candidate, shelf)]
    if not all(has(w, text.own) for w in hard):
        return False
    return not (hard and part.target and text.subject and part.target not in text.subject)


def _elsewhere(want: Want, candidate: Candidate, shelf: Shelf) -> bool:
    """What stands further on is wanting only where a text breaks off."""
    return want.kind is Kind.CONTINUATION and shelf.documents[candidate.document].complete


def signals(asked: Asked, candidates: Sequence[Candidate], shelf: Shelf, named: Sequence[str]) -> dict[str, float]:
    """What the judgement reads of the best of some candidates, by name: its features, and these of the question.

    `lead`: how far it is ahead of the second; `most_*`: the best any of them has; `unknown`: share of the terms that
    the texts named do not know; `strange*`: share of the syllables, of their pairs, that no text has; `asks_*`: kinds
    of thing asked for.
    """
    part, best = asked.part, candidates[0]
    second = candidates[1].score if len(candidates) > 1 else best.score - _ALONE
    others = [c.features for c in candidates[:_COUNTED]]
    known = [p for p in asked.neighbours if asked.pair.knows(p)]
    foreign = [t for t in part.terms if named and not t.isdigit() and not shelf.speaks_of(named, t)]
    return {
        **asdict(best.features),
        "score": best.score,
        "lead": best.score - second,
        "most_similar": max(f.similar for f in others),
        "most_syllables": max(f.syllables for f in others),
        "most_beside": max(f.beside for f in others),
        "beside_known": _part(asked.pair.sum(p for p in known if p in best.text.beside), asked.pair.sum(known)),
        "strange": _part(
            asked.syllable.sum(s for s in asked.once if not asked.syllable.knows(s)), asked.syllable.sum(asked.once)
        ),
        "strange_pairs": _part(
            asked.pair.sum(p for p in asked.neighbours if not asked.pair.knows(p)), asked.pair.sum(asked.neighbours)
        ),
        "unknown": _part(shelf.rarity.sum(foreign), asked.own_total),
        "unheard": float(_unheard_of(asked, candidates, shelf, named)),
        "unspoken": float(unspoken(asked, best.text, shelf.rarity)),
        "other_title": float(bool(part.target and best.text.subject and part.target not in best.text.subject)),
        "untitled": float(bool(not part.target and best.text.subject)),
        "titled": float(bool(part.target)),
        "named": float(bool(named)),
        "letter": float(shelf.documents[best.document].kind != "Luật"),
        "complete": float(shelf.documents[best.document].complete),
        "follows": float(bool(part.lent_text)),
        "hard": float(any(w.hard for w in part.wants)),
        "words": float(len(asked.once)),
        "focus_words": float(len(asked.focus)),
        "several_lines": float(best.text.lines > 1),
        **{f"asks_{kind}": float(part.asks(kind)) for kind in Kind},
    }


def _part(some: float, total: float) -> float:
    return some / total if total else 0.0


def _unheard_of(asked: Asked, candidates: Sequence[Candidate], shelf: Shelf, named: Sequence[str]) -> bool:
    """Whether the text that is named, or those found, have nothing of the kind asked for ("phần mềm nào")."""
    texts = named or tuple(dict.fromkeys(c.document for c in candidates))
    if asked.part.asks(Kind.ABOUT) or asked.part.asks(Kind.ADDRESSEE):
        return False
    for noun in asked.nouns:
        terms = [t for t in shelf.words.terms(noun) if t not in shelf.words.fillers]
        whole = any(t[0] in "@=" for t in terms)
        if not (all(shelf.speaks_of(texts, t) for t in terms) if whole else shelf.says(texts, " ".join(terms))):
            return True
    return False


def _complete(asked: Asked, best: Candidate, fit: Sequence[Candidate]) -> Candidate:
    """The whole article, or the whole new wording, where a list is asked for and several of its clauses are as good."""
    if not (asked.part.asks(Kind.LIST) or asked.part.asks(Kind.CONDITIONS)) or best.text.lines > 1:
        return best
    pieces = [c for c in fit if (c.document, c.path) == (best.document, best.path)]
    whole = [c for c in pieces if best.quote in c.quote and len(c.quote) > len(best.quote)]
    if whole and len(pieces) > 2:
        return whole[0]
    near = [c for c in siblings(best, fit) if c.score > best.score - _EQUAL]
    over = [c for c in fit if (c.document, c.path) == (best.document, parent(best.path))]
    return over[0] if over and near else best
