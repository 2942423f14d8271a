"""Questions that end before anything is searched: what must not be done, what belongs elsewhere, what asks nothing yet.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge import wording
from knowledge.citations import other_law
from knowledge.documents import Document, Status
from knowledge.question import Question
from knowledge.vocabulary import Vocabulary, is_rank, is_title
from knowledge.wants import Kind

_SYSTEM = re.compile(r"#{2,}|<\|?/?(?:system|im_start)", re.IGNORECASE)
_REORGANISED = re.compile(
    r"\b(?:bo|khong con|giai the|sap nhap|xoa)(?: \S+)? (?:cap huyen|huyen)\b"
    r"|\b(?:chinh quyen|mo hinh) (?:dia phuong )?(?:2|hai) cap\b"
)
_RANKED = ("hc-doc-lap", "hc-quan-cong", "hc-lao-dong", "hc-bao-ve-to-quoc", "hc-chien-cong", "huy-ve-vang")
_PERSON = re.compile(r"\b(?:ong|ba|anh|chi|nguoi) (?:ay|do|kia|nay)\b|\bcai (?:kia|do|nay)\b")
_IT = re.compile(r"^(?:vay |the )?no\b")
_FEW = 2  # terms that say nothing where a person nobody named is asked about


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a question ends without an answer, and what is said."""

    status: Status
    text: str


def forbidden(typed: str, words: Vocabulary) -> Refusal | None:
    """What must not be done, or tells the assistant what to say."""
    for rule in words.forbidden:
        if rule.asked(typed):
            return Refusal(Status.DECLINED, wording.DECLINED[rule.why])
    return Refusal(Status.DECLINED, wording.DECLINED["injection"]) if _SYSTEM.search(typed) else None


def elsewhere(question: Question, words: Vocabulary) -> Refusal | None:
    """What belongs to another field."""
    asked = question.plain
    if other_law(question.text, words.other_laws) or words.belongs_elsewhere(question.typed):
        return Refusal(Status.OUT_OF_SCOPE, wording.OUT_OF_SCOPE)
    if not question.reference.documents and not question.reference.paths and not question.history:
        titled = any(is_title(t) or is_rank(t) for p in question.parts for t in p.terms)
        if not titled and not words.ours.search(asked) and not _vague(question, words):
            return Refusal(Status.OUT_OF_SCOPE, wording.OUT_OF_SCOPE)
    return None


def unclear(question: Question, documents: Mapping[str, Document], words: Vocabulary) -> Refusal | None:
    """What asks nothing yet: several texts meant, a place of no text, a rank of nothing, "that" without a before."""
    reference = question.reference
    if reference.ambiguous:
        names = ", ".join(wording.name(documents[n]) for n in reference.documents if n in documents)
        return Refusal(Status.AMBIGUOUS, wording.WHICH_TEXT.format(names=names))
    if (
        reference.paths
        and not reference.documents
        and not reference.unknown
        and not reference.paths[0].startswith("dieu-")
    ):
        return Refusal(Status.AMBIGUOUS, wording.WHICH_PLACE.format(place=wording.THIS_PLACE))
    terms = [t for p in question.parts for t in (*p.terms, *p.lent)]
    if any(map(is_rank, terms)) and not any(map(is_title, terms)):
        members = [words.wording["@" + t] for t in _RANKED]
        return Refusal(Status.AMBIGUOUS, wording.WHICH_OF.format(family=wording.RANKED, members=", ".join(members)))
    if not reference.documents and not reference.paths and not reference.unknown and _vague(question, words):
        return Refusal(Status.AMBIGUOUS, wording.WHICH_MATTER)
    return None


def reorganised(question: Question) -> Refusal | None:
    """Who decides since the district level is gone is in no text that is held."""
    if _REORGANISED.search(question.plain) and any(p.asks(Kind.WHO) or p.asks(Kind.SIGNER) for p in question.parts):
        return Refusal(Status.NOTHING_FOUND, wording.REORGANISED)
    return None


def _vague(question: Question, words: Vocabulary) -> bool:
    """Nothing of its own to look for: only fillers and general words, or a person and a thing nobody named."""
    own = [t for p in question.parts for t in p.terms if not t.isdigit()]
    if question.history and question.follows:
        return _PERSON.search(question.plain) is not None and len(own) <= _FEW
    if _IT.search(question.plain) or question.points_back:
        return True
    telling = [t for t in own if t not in words.general]
    defined = any(p.asks(kind) for p in question.parts for kind in (Kind.DEFINITION, Kind.DEADLINE)) and bool(own)
    return not defined and len(own) <= 1 and not any(t[0] in "@=" for t in telling)
