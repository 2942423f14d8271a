"""What is asked: the parts of a question, what earlier questions lend it, the texts and places it names, and as of
when. Pure.

Rules of this file
1. A question is read on its own first. Only what it leaves out is taken from the latest earlier question: the matter,
   the text named.
2. What it says instead of something earlier ("thế hạng Nhì?") replaces that: of titles, of ranks, of kinds, of levels
   only the new stay.
3. A year that names a law ("Luật 2003") is not a date. A past year asked about ("năm 2021 … đã") moves the as-of
   date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.citations import Reference, recognise
from knowledge.documents import Document
from knowledge.shorthand import read_out
from knowledge.vietnamese import clean, fold
from knowledge.vocabulary import Vocabulary, is_rank, is_title, plain
from knowledge.wants import Kind, Want, wants

_FOLLOWS = re.compile(
    r"^(?:(?:da|a|vang|ad oi|ad|em hoi) )*(?:the con|the thi|the neu|the|con|vay con|vay thi|vay|neu|ngoai|roi"
    r"|nhu vay|nhu tren|va)\b"
)
_POINTS_BACK = re.compile(
    r"\b(?:van ban do|van ban nay|cai do|cai nay|cai kia|dieu do|muc do|muc nay|viec do|viec nay|nhom nay|nhom do"
    r"|doi tuong nay|nhu vay|nhu tren|o tren|ong ay|ba ay|anh ay|chi ay|nguoi do|danh hieu do|danh hieu nay"
    r"|hinh thuc do|luat do|luat nay|hd nay|huong dan nay|huong dan do|hinh thuc nay|phong trao do|ho so do"
    r"|tap the do|may cai|nhung cai do)\b(?=$| (?:thi|co|phai|la|can|duoc|gom|noi|nop|con|ghi|ve|nhu|sao|ai"
    r"|huong|quy|yeu|do|bao|may|ap|dung|trong)\b)"
)
_BREAK = re.compile(r"[?;\n]+|,\s*(?:và|va|còn|con)\b|,|\s(?:và|va|với|vs)\s")
_ASKS = re.compile(r"\b(?:ai|gi|nao|may|bao nhieu|bao lau|bao gio|sao|o dau|the nao|dau|khong|ki hieu)\b")
_PAST = re.compile(r"\b(?:truoc day|ngay truoc|hoi nam|hoi do|khi do|luc do|thoi do|luat cu|ngay xua)\b")
_OF_YEAR = re.compile(r"\b(?:hoi |trong |vao )?(?:nam|cuoi nam|dau nam)(?: hoc)? (?P<year>(?:19|20)\d\d)\b")
_COMPARES = re.compile(
    r"\b(?:khac|so voi|so sanh|giong|hon kem|phan biet|moi loai|tung loai|moi ben|tung ben|moi danh hieu"
    r"|ca hai|lan luot)\b"
)
_WHO = r"\b(?:ai|cap nao|co quan nao|nguoi nao)\b"
_GRANTS = r"\b(?:quyet dinh|ki|phong tang|tang|trao)\b"
_GRANTED = re.compile(rf"{_WHO}.*{_GRANTS}|{_GRANTS}.*{_WHO}")
_RISES = re.compile(
    r"\b(?:len|nang len|de duoc|muon duoc|muon dat|de dat|xet len)\b"
)  # to the title or rank that is asked about
_DONE = re.compile(r"\b(?:da|tung|hoi|khi do|luc do|truoc day)\b")
_NOT_ASKED = frozenset(
    {"da", "den", "lan", "ke", "nhu", "tru", "ngoai"}
)  # before a title that is not the one asked about
_ASKED_BY = {
    Kind.DEADLINE: frozenset({"han", "thoi", "nop", "gui", "trinh", "cuoi", "chot", "muon", "nhat", "cham"}),
    Kind.CONTACT: frozenset({"lien", "he", "dau", "moi", "dien", "thoai", "email", "vuong", "mac", "nop", "gui"}),
}
_SHORT = 7  # syllables: a question so short says little of its own
_SLOTS = (
    frozenset({"=tap-the", "=ca-nhan", "=ho-gia-dinh"}),
    frozenset({"xa", "tinh", "huyen"}),
    frozenset({"=danh-hieu", "=hinh-thuc"}),
    frozenset({"cap tinh", "cap xa", "cap huyen", "toan quoc", "co so"}),
    frozenset({"=thu-tuong", "tinh", "chinh phu"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked. `text` as read out; `terms` its own terms, `lent` what the question before lends, folded;
    `wants` hard ones first.
    """

    text: str
    terms: tuple[str, ...]
    lent: tuple[str, ...]
    wants: tuple[Want, ...]
    target: str = ""
    lent_text: str = ""
    plain: str = ""
    lent_plain: str = ""

    def asks(self, kind: Kind) -> bool:
        return any(w.kind is kind for w in self.wants)


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood. `on`: as of when; `past`: it asks about the past; `follows`: it needs what came before to
    mean anything.
    """

    typed: str
    text: str
    plain: str
    parts: tuple[Part, ...]
    reference: Reference
    on: date
    past: bool
    follows: bool
    points_back: bool
    history: tuple[str, ...]


def understand(
    typed: str, history: Sequence[str], catalogue: Sequence[Document], on: date, words: Vocabulary
) -> Question:
    """Read a question in the light of the earlier ones (oldest first)."""
    text = read(typed, words)
    asked = plain(text)
    before = tuple(read(h, words) for h in history)
    follows = bool(before) and _follows(asked, words)
    reference = recognise(text, catalogue, on)
    if follows and not reference.documents and not reference.unknown:
        reference = _inherited(reference, before, catalogue, on, asked)
    when = _as_of(asked, reference, on)
    lent_text = _matter(before, words) if follows else ""
    named = frozenset(words.terms(" ".join(reference.documents))) - {"luat"}
    parts = tuple(_part(piece, lent_text, named, words) for piece in _pieces(_without(text, reference.typed)))
    parts = _compared(parts, asked, words)
    return Question(
        typed, text, asked, _complete(parts), reference, when, _asks_past(asked, on), follows,
        _POINTS_BACK.search(asked) is not None, before,
    )  # fmt: skip


def read(typed: str, words: Vocabulary) -> str:
    """A question with abbreviations and chat spelling in full."""
    return read_out(words.read(clean(typed).strip())).text


def _without(text: str, typed: str) -> str:
    """A question without the words that name a text: they say where to look, not what for."""
    folded = fold(text).lower()
    for piece in typed.split("\n"):
        if piece and len(folded) == len(text) and (at := folded.find(piece)) >= 0:
            text = f"{text[:at]} {text[at + len(piece) :]}"
            folded = fold(text).lower()
    return text


def _follows(asked: str, words: Vocabulary) -> bool:
    """Whether a question leans on what came before: it says so, or it names nothing of the field itself."""
    if _FOLLOWS.match(asked) or _POINTS_BACK.search(asked):
        return True
    terms = words.content(asked)
    bare = not any(t[0] in "@=" for t in terms)
    return (len(terms) <= 3 and (bare or len(asked.split()) <= _SHORT)) or not words.ours.search(asked)


def _matter(before: Sequence[str], words: Vocabulary) -> str:
    """The matter of the conversation: the latest question, with what it leaned on in turn."""
    matter = ""
    for text in before:
        matter = f"{matter} {text}".strip() if matter and _follows(plain(text), words) else text
    return matter


def _inherited(own: Reference, before: Sequence[str], catalogue: Sequence[Document], on: date, asked: str) -> Reference:
    for text in reversed(before):
        earlier = recognise(text, catalogue, on)
        if earlier.documents or earlier.unknown:
            earlier = _basis(earlier, text, catalogue, asked)
            keep = _under(own.paths, earlier.paths) or earlier.paths
            return replace(earlier, paths=keep)
    return own


def _under(own: tuple[str, ...], earlier: tuple[str, ...]) -> tuple[str, ...]:
    """Places named without what they stand in ("khoản 6") are in what was named before ("khoản 7 Điều 93")."""
    if not own or not earlier or own[0].startswith(("dieu-", "muc-", "phan-", "phu-luc")):
        return own
    above = earlier[0].split("/")
    step = own[0].split("-")[0]
    kept = [
        part
        for part in above
        if part.split("-")[0] not in (step, "diem") and not (part[0].isdigit() and own[0][0].isdigit())
    ]
    return tuple("/".join((*kept, path)) for path in own)


def _basis(earlier: Reference, text: str, catalogue: Sequence[Document], asked: str) -> Reference:
    """ "Văn bản đó" after "… căn cứ văn bản nào?" is the text that was asked for, not the one that was named."""
    if not re.search(r"\bvan ban (?:do|nay|ay)\b|^van ban\b", asked) or Kind.BASIS not in {
        w.kind for w in wants(plain(text))
    }:
        return earlier
    carried = [n for d in catalogue if d.number in earlier.documents for n in d.implements]
    return replace(earlier, documents=tuple(carried[:1])) if carried else earlier


def _pieces(text: str) -> list[str]:
    """The parts of a question that ask something of their own; what asks nothing stays with its neighbour."""
    pieces: list[str] = []
    held = ""
    for raw in _BREAK.split(text):
        piece = f"{held} {raw}".strip()
        if not raw.strip():
            continue
        if _ASKS.search(plain(raw)):
            pieces.append(piece)
            held = ""
        else:
            held = piece
    if held:
        if pieces:
            pieces[-1] = f"{pieces[-1]} {held}"
        else:
            pieces.append(held)
    return pieces or [text]


def _part(text: str, lent_text: str, named: frozenset[str], words: Vocabulary) -> Part:
    """`named`: the terms of a named text's number."""
    own = [t for t in words.content(text) if t not in named]
    lent = [t for t in words.content(lent_text) if t not in own and t not in named]
    own = _with_level(text, own, lent, words)
    asked = wants(plain(text)) or (wants(plain(lent_text)) if lent_text else ())
    own = _without_asking(own, asked)
    kept, target = tuple(_not_replaced(lent, own)), _target(text, own, lent, words)
    part = Part(text, tuple(own), kept, asked, target, lent_text, plain(text), plain(lent_text))
    return _of_the_class(part, words) if target in words.classes and _GRANTED.search(part.plain) else part


def _of_the_class(part: Part, words: Vocabulary) -> Part:
    """Who grants a title is said of all of its class: "ai ký quyết định tặng Nghệ sĩ nhân dân?"."""
    name = words.classes[part.target]
    text = f"{part.text} {name}"
    terms = tuple(dict.fromkeys((*(t for t in part.terms if t != part.target), *words.content(name))))
    kept = tuple(t for t in part.lent if t != part.target and t not in terms)
    return replace(part, text=text, terms=terms, lent=kept, target="", plain=plain(text))


def _without_asking(own: Sequence[str], asked: Sequence[Want]) -> list[str]:
    """The terms without those that only say what kind of thing is wanted: it may stand in other words in the answer
    ("hạn nộp …": "gửi chậm nhất ngày …"), and that it is there is looked at by itself.
    """
    said = frozenset[str]().union(*(_ASKED_BY.get(w.kind, frozenset()) for w in asked if w.hard))
    return [t for t in own if t not in said] or list(own)


def _with_level(text: str, own: list[str], lent: Sequence[str], words: Vocabulary) -> list[str]:
    """A level alone after a question about its family is the title of that level: "thế cấp tỉnh?" → chiến sĩ thi đua
    cấp tỉnh.
    """
    if any(is_title(t) or is_rank(t) for t in own):
        return own
    asked = plain(text)
    for family in words.families:
        if family.titles & set(lent) or (family.plain in asked):
            hits = [(m.start(), title) for pattern, title in family.levels if (m := pattern.search(asked))]
            if hits:
                return [min(hits)[1], *own]
    return own


def _target(text: str, own: Sequence[str], lent: Sequence[str], words: Vocabulary) -> str:
    """The title a question is about: the one wanted ("để được …"), not one already held ("đã có …"); else the first."""
    terms = words.terms(text)
    titles = [(i, t) for i, t in enumerate(terms) if is_title(t)]
    if len(titles) > 1 and (risen := _risen(text, titles, words)):
        return risen
    for i, title in titles:
        if {"de", "muon", "xet"} & set(terms[max(0, i - 3) : i]) and "lan" not in terms[max(0, i - 3) : i]:
            return title
    for i, title in titles:
        if not _NOT_ASKED & set(terms[max(0, i - 3) : i]):
            return title
    counted = {t for _, t in titles}
    return next((t for t in (*own, *lent) if is_title(t) and t not in counted), "")


def _risen(text: str, among: Sequence[tuple[int, str]], words: Vocabulary) -> str:
    """The title or rank after "lên" in "từ … hạng Nhì lên hạng Nhất", "" if nothing rises."""
    kinds = {t for _, t in among}
    for match in _RISES.finditer(plain(text)):
        after = [t for t in words.terms(plain(text)[match.end() :]) if t in kinds]
        if after:
            return after[0]
    return ""


def rank_asked(part: Part, words: Vocabulary) -> str:
    """The rank a part is about: the one to rise to, else the first."""
    ranks = [(i, t) for i, t in enumerate(words.terms(part.text)) if is_rank(t)]
    risen = _risen(part.text, ranks, words) if len(ranks) > 1 else ""
    return risen or next(filter(is_rank, (*part.terms, *part.lent)), "")


def _not_replaced(lent: Sequence[str], own: Sequence[str]) -> list[str]:
    """What is lent, without what the question says otherwise."""
    kept = list(lent)
    if any(map(is_title, own)):
        kept = [t for t in kept if not is_title(t) and not is_rank(t)]
    if any(map(is_rank, own)):
        kept = [t for t in kept if not is_rank(t)]
    for slot in _SLOTS:
        if slot & set(own):
            kept = [t for t in kept if t not in slot]
    return kept


def _compared(parts: tuple[Part, ...], asked: str, words: Vocabulary) -> tuple[Part, ...]:
    """A comparison of titles asks the same of each: "X khác Y ở tỷ lệ?" is X's and Y's."""
    titles = [t for t in dict.fromkeys(t for p in parts for t in p.terms) if is_title(t)]
    if len(titles) < 2 or not _COMPARES.search(asked):
        return parts
    own = tuple(dict.fromkeys(t for p in parts for t in p.terms if t not in titles))
    asks = tuple(dict.fromkeys(w for p in parts for w in p.wants))
    text = " ".join(p.text for p in parts)
    return tuple(Part(f"{words.wording[t]}: {text}", (t, *own), (), asks, t, plain=plain(text)) for t in titles[:3])


def _complete(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """A later part that leaves out the matter takes it from the first: "… cần đạt gì, và ai quyết định tặng?"."""
    first, *rest = parts
    done = [first]
    for part in rest:
        lent = [t for t in (*first.terms, *first.lent) if t not in part.terms]
        lent_text = f"{first.lent_text} {first.text}".strip()
        kept, target = tuple(_not_replaced(lent, part.terms)), part.target or first.target
        done.append(replace(part, lent=kept, target=target, lent_text=lent_text, lent_plain=plain(lent_text)))
    return tuple(done)


def _asks_past(asked: str, on: date) -> bool:
    if _PAST.search(asked):
        return True
    years = [int(m["year"]) for m in _OF_YEAR.finditer(asked)]
    return any(y < on.year for y in years) and _DONE.search(asked) is not None


def _as_of(asked: str, reference: Reference, on: date) -> date:
    """The end of a past year asked about, unless the year belongs to the name of a text."""
    if not _asks_past(asked, on) or reference.documents:
        return on
    years = [int(m["year"]) for m in _OF_YEAR.finditer(asked) if int(m["year"]) < on.year]
    return date(years[0], 12, 31) if years else on
