"""Questions that end before anything is searched: what must not be done, what belongs elsewhere, what asks nothing yet.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge import wording
from knowledge.citations import other_law
from knowledge.documents import Document, Status
from knowledge.question import Question
from knowledge.vocabulary import Family, Vocabulary, is_rank, is_title, plain
from knowledge.wants import Kind

_SYSTEM = re.compile(r"#{2,}|<\|?/?(?:system|im_start)", re.IGNORECASE)
_ABOUT_THE_RULE = re.compile(
    r"\b(?:hanh vi (?:bi |nghiem )?cam|co bi cam|co cam|la vi pham|vi pham dung|coi la vi pham)\b"
)
_REORGANISED = re.compile(
    r"\b(?:bo|khong con|giai the|sap nhap|xoa)(?: \S+)? (?:cap huyen|huyen)\b"
    r"|\b(?:chinh quyen|mo hinh) (?:dia phuong )?(?:2|hai) cap\b"
)
_RANKED = ("hc-doc-lap", "hc-quan-cong", "hc-lao-dong", "hc-bao-ve-to-quoc", "hc-chien-cong", "huy-ve-vang")
_PERSON = re.compile(r"\b(?:ong|ba|anh|chi|nguoi) (?:ay|do|kia|nay)\b|\bcai (?:kia|do|nay)\b|\bben (?:kia|ay)\b")
_IT = re.compile(r"^(?:vay |the )?no\b")
_MEASURED = (Kind.COUNT, Kind.AMOUNT, Kind.RATIO, Kind.DURATION, Kind.FREQUENCY, Kind.CONDITIONS)
_FEW = 2  # terms that say nothing where a person nobody named is asked about


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a question ends without an answer, and what is said; `why`: the name of a rule that it would break."""

    status: Status
    text: str
    why: str = ""


def forbidden(typed: str, words: Vocabulary) -> Refusal | None:
    """What must not be done, or tells the assistant what to say."""
    about = about_the_rule(typed)
    for rule in words.forbidden:
        if rule.asked(typed) and not (about and rule.why == "fabrication"):
            return Refusal(Status.DECLINED, wording.DECLINED[rule.why], rule.why)
    return Refusal(Status.DECLINED, wording.DECLINED["injection"]) if _SYSTEM.search(typed) else None


def about_the_rule(typed: str) -> bool:
    """Whether it asks if something is forbidden, which is not asking for it."""
    return _ABOUT_THE_RULE.search(plain(typed)) is not None


def elsewhere(question: Question, words: Vocabulary) -> Refusal | None:
    """What belongs to another field: it says so."""
    if other_law(question.text, words.other_laws) or words.belongs_elsewhere(question.typed):
        return Refusal(Status.OUT_OF_SCOPE, wording.OUT_OF_SCOPE)
    return None


def unrelated(question: Question, words: Vocabulary) -> bool:
    """Whether a question has no word of this field: if nothing that is held answers it either, it belongs elsewhere."""
    if question.reference.documents or question.reference.paths or question.history:
        return False
    titled = any(is_title(t) or is_rank(t) for p in question.parts for t in p.terms)
    return not titled and not words.ours.search(question.plain) and not _vague(question, words)


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
        return _which_of(wording.RANKED, ["@" + t for t in _RANKED], words)
    if not reference.documents and not reference.paths and not reference.unknown and _vague(question, words):
        return Refusal(Status.AMBIGUOUS, wording.WHICH_MATTER)
    if family := _family(question, words):
        return _which_of(family.name.capitalize(), [title for _, title in family.levels], words)
    return None


def _which_of(family: str, titles: Sequence[str], words: Vocabulary) -> Refusal:
    members = ", ".join(words.wording[title] for title in titles)
    return Refusal(Status.AMBIGUOUS, wording.WHICH_OF.format(family=family, members=members))


def _family(question: Question, words: Vocabulary) -> Family | None:
    """The family of titles whose figure or conditions are asked for without a level: "bằng khen cần mấy năm?"."""
    terms = [t for p in question.parts for t in (*p.terms, *p.lent)]
    measured = any(p.asks(kind) for p in question.parts for kind in _MEASURED)
    if question.reference.paths or not measured or any(map(is_title, terms)):
        return None
    only = [t for t in terms if t not in words.general and not t.isdigit()]
    for family in words.families:
        if re.search(rf"\b{family.plain}\b", question.plain) and len(only) <= _FEW:
            return family
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
