"""What a chat model wrote, held against the quotes it was given: accepted as it is, or refused with a reason. Pure.

Rules of this file
1. A sentence that names its quotes ([1], [2] …) is held against those; one that names none against all that are cited.
2. Every number, date, document number, place in a text and proper name of a sentence stands in its quotes, their labels
   or the question; an amount ("15 ngày", "03 bộ", "20 %") in the quotes alone: a question may suggest a wrong one.
3. What stands between quotation marks is a contiguous piece of a cited quote.
4. Nothing is mended. A draft that fails is dropped, and the quotes are shown as they would be without a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.documents import Citation
from knowledge.facts import (
    PLAIN,
    SPELLED,
    Facts,
    read,
    stands,
    unfounded_amount,
    unfounded_name,
    unfounded_place,
    words,
)
from knowledge.vietnamese import clean, fold, syllables

LONGEST = 1500
_TOKENS = re.compile(r"\[(\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*)\]")
_SEVERAL = re.compile(rf"{_TOKENS.pattern}(?:\s*{_TOKENS.pattern})*")
_BRACKET = re.compile(r"[\[\]【】]")
# A sentence ends at its mark and keeps the tokens that follow it.
_END = re.compile(r"(?<=[.!?;])(?:\s*\[[\d\s,;]+\])*(?=\s|$)|\n+")
_FINISHED = (".", "!", "?", "]", "]”")
_MARKED = re.compile(r"[“„«\"]([^“”„«»\"]*)[”»\"]")
_CLAUSE = re.compile(r"[;\n]+|[.,:](?=\s)")
_MARK = re.compile(r"[“”„«»\"]")
_REFUSES = re.compile(
    r"\b(?:(?:toi|em|minh) (?:khong the|khong co kha nang|khong duoc phep|la (?:mot )?(?:tro ly|mo hinh|ai\b))"
    r"|xin loi|rat tiec|mo hinh ngon ngu|khong du (?:thong tin|du lieu|can cu)|khong tim thay|chua tim thay"
    r"|(?:trich dan|doan trich|nguyen van|tai lieu|van ban)(?: \w+){0,4} khong"
    r" (?:neu|de cap|noi|quy dinh|co thong tin|tra loi)"
    r"|khong du\W*$|i can ?not|i can t|i m sorry|i am sorry|as an ai|unable to)"
)
_FOREIGN = re.compile(r"https?:|www\.|```|<[\w/|]|#{2,}|[{}]|@\w", re.IGNORECASE)
_ECHO = 7  # syllables of the instructions in a row that no answer has by chance
_QUOTED_SHARE, _KNOWN_SHARE = 0.5, 0.7  # of a sentence's telling syllables: in its quotes / there or in the question


class Fault(StrEnum):
    """Why a draft is not shown."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNFINISHED = "unfinished"
    REFUSED = "refused"
    LEAKED = "leaked"
    NO_CITATION = "no_citation"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a reason, not a secret
    NOT_VERBATIM = "not_verbatim"
    CHANGED_NUMBER = "changed_number"
    CHANGED_NAME = "changed_name"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that may be shown: its text with the tokens still in it, and which quotes it cites (from 0, in order)."""

    text: str
    cited: tuple[int, ...]


def check(draft: str, question: str, citations: Sequence[Citation], instructions: str = "") -> Checked | Fault:
    """Hold a draft against the quotes it was given, in the order of their tokens from [1]."""
    text = clean(draft).strip()
    if fault := _form(text, instructions, citations):
        return fault
    cited = _cited(text)
    if not cited:
        return Fault.NO_CITATION
    if cited[0] < 0 or cited[-1] >= len(citations) or _BRACKET.search(_TOKENS.sub("", text)):
        return Fault.UNKNOWN_TOKEN
    chosen = [citations[n] for n in cited]
    if not _verbatim(text, chosen):
        return Fault.NOT_VERBATIM
    asked = read([question])
    for sentence in _sentences(text):
        its = [citations[n] for n in _cited(sentence)] or chosen
        if fault := _claims(_TOKENS.sub(" ", sentence), its, asked):
            return fault
    return Checked(text, cited)


def so_far(draft: str, question: str, citations: Sequence[Citation], instructions: str = "") -> Checked | None:
    """The sentences that are complete in a draft that is still being written, if they hold; None if there are none."""
    text = clean(draft)
    ends = [found.end() for found in _END.finditer(text) if found.end() < len(text)]
    checked = check(text[: ends[-1]], question, citations, instructions) if ends else None
    return checked if isinstance(checked, Checked) else None


def shown(checked: Checked, citations: Sequence[Citation]) -> str:
    """The draft as an officer reads it: labels in the place of tokens."""

    def named(found: re.Match[str]) -> str:
        labels = "; ".join(citations[n].label for n in _cited(found[0]))
        before = checked.text[: found.start()].rstrip()
        inline = fold(before).lower().endswith((" theo", " tai", " cua")) or fold(before).lower() in {"theo", "tai"}
        gap = "" if not before or checked.text[found.start() - 1].isspace() else " "
        return gap + (labels if inline else f"({labels})")

    return _SEVERAL.sub(named, checked.text)


def _form(text: str, instructions: str, citations: Sequence[Citation]) -> Fault | None:
    """What can be seen without asking what it says."""
    if not any(c.isalpha() for c in _TOKENS.sub("", text)):
        return Fault.EMPTY
    if len(text) > LONGEST:
        return Fault.TOO_LONG
    quoted = " ".join(syllables(clean(" ".join(c.quote for c in citations))))
    foreign = [word for word in text.split() if _FOREIGN.search(word) and not any(word in c.quote for c in citations)]
    if foreign or any(run not in quoted for run in _echoes(text, instructions)):
        return Fault.LEAKED
    folded = " ".join(syllables(fold(text)))
    if (refusal := _REFUSES.search(folded)) and refusal[0] not in fold(quoted):
        return Fault.REFUSED
    return None if text.endswith(_FINISHED) else Fault.UNFINISHED


def _echoes(text: str, instructions: str) -> Iterator[str]:
    """The runs of syllables of the draft that stand in the instructions."""
    told = " ".join(syllables(clean(instructions)))
    said = syllables(_TOKENS.sub("", text))
    for start in range(len(said) - _ECHO + 1):
        run = " ".join(said[start : start + _ECHO])
        if f" {run} " in f" {told} ":
            yield run


def _cited(text: str) -> tuple[int, ...]:
    """The quotes a text names, from 0, in order, each once."""
    numbers = {int(n) - 1 for found in _TOKENS.findall(text) for n in re.findall(r"\d+", found)}
    return tuple(sorted(numbers))


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]


def _verbatim(text: str, citations: Sequence[Citation]) -> bool:
    """Whether everything between quotation marks stands in one of the quotes as it is, and every mark has its pair."""
    quotes = [" ".join(clean(c.quote).split()) for c in citations]
    marked = [" ".join(m.split()).strip(" .,;:…") for m in _MARKED.findall(text)]
    if _MARK.search(_MARKED.sub("", text)):
        return False
    return all(m and any(m in quote for quote in quotes) for m in marked)


def _claims(sentence: str, citations: Sequence[Citation], asked: Facts) -> Fault | None:
    """What a sentence says that its quotes do not."""
    quotes = read([c.quote for c in citations])
    sources = (quotes, read([c.label for c in citations]), asked)
    if unfounded_amount(sentence, quotes) or unfounded_place(sentence, sources):
        return Fault.CHANGED_NUMBER
    if _misplaced(sentence, citations):
        return Fault.CHANGED_NUMBER
    if unfounded_name(sentence, sources):
        return Fault.CHANGED_NAME
    telling = [w for w in words(sentence) if w not in PLAIN]
    quoted = [w for w in telling if w in quotes.words]
    known = [w for w in telling if any(w in source.words for source in sources)]
    few = len(quoted) < _QUOTED_SHARE * len(telling) or len(known) < _KNOWN_SHARE * len(telling)
    return Fault.UNSUPPORTED if few else None


def _misplaced(sentence: str, citations: Sequence[Citation]) -> bool:
    """Whether an amount or date is another clause's than the one the sentence is about.

    "Cấp xã 15 ngày, cấp tỉnh 30 ngày" holds both amounts; which of them is the commune's only the clause tells.
    """
    clauses = [_clause(text) for c in citations for text in _CLAUSE.split(c.quote)]
    return any(_elsewhere(_clause(part), clauses) for part in _CLAUSE.split(sentence))


def _clause(text: str) -> tuple[Facts, frozenset[str]]:
    facts = read([text])
    return facts, frozenset(w for w in facts.words - PLAIN - SPELLED if not w[0].isdigit())


def _elsewhere(said: tuple[Facts, frozenset[str]], clauses: Sequence[tuple[Facts, frozenset[str]]]) -> bool:
    for amount in said[0].amounts:
        near = {
            here: max((len(said[1] & its) for facts, its in clauses if _has(facts, amount) is here), default=0)
            for here in (True, False)
        }
        if near[False] > near[True]:
            return True
    return False


def _has(facts: Facts, amount: tuple[str, str]) -> bool | None:
    """Whether a clause has the amount; None if it has none of that unit."""
    if stands(amount, facts):
        return True
    return False if any(unit == amount[1] for _, unit in facts.amounts) else None
