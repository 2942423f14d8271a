"""Vietnamese as it is typed and as it is printed: one spelling, syllables, n-grams, and lost dấu restored. Pure.

Rules of this file
1. Nothing here is ever shown: a quote is cut from the stored text, not from a cleaned or folded one.
2. A syllable typed with any dấu is what its writer meant; only bare syllables are restored.
3. What restores dấu is the library itself: its syllables are the vocabulary, its trigrams the grammar; of our own comes
   only how questions are asked.

How dấu are restored: a beam search over the printed forms of each bare syllable, scored by interpolated trigrams. How
likely a bare syllable is to have lost its dấu is read off the question: in running Vietnamese about seven syllables in
ten carry dấu, so a question in which seven in ten do has lost none, and one without any has lost them all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SYLLABLE = re.compile(r"[^\W_]+")
_SPACES = dict.fromkeys((0x09, 0x0B, 0x0C, 0xA0, 0x202F, 0x3000, *range(0x2000, 0x200B)), " ")
# Format characters (zero width, bidi, tags), other controls and lone surrogates; line ends stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _placements() -> dict[str, str]:
    """Tone on the second vowel → on the first: "hoà" as "hòa", which most laws print."""
    pairs: dict[str, str] = {}
    for first, second in ("oa", "oe", "uy"):
        for tone in _TONES:
            new = unicodedata.normalize("NFC", first + second + tone)
            old = unicodedata.normalize("NFC", first + tone + second)
            pairs |= {new: old, new.upper(): old.upper(), first.upper() + new[1:]: old[0].upper() + second}
    return pairs


_TO_OLD = _placements()
_TO_NEW = {old: new for new, old in _TO_OLD.items()}
_LETTER = r"[^\W\d_]"
_OPEN = re.compile(rf"(?<![qQ])({'|'.join(_TO_OLD)})(?!{_LETTER})")
_CLOSED = re.compile(rf"(?:(?<=[qQ])({'|'.join(_TO_NEW)})|({'|'.join(_TO_NEW)})(?={_LETTER}))")
_FOLD = {code: unicodedata.normalize("NFD", chr(code))[0] for code in (*range(0xC0, 0x250), *range(0x1EA0, 0x1EFA))} | {
    ord("đ"): "d",
    ord("Đ"): "D",
}
_I_FOR_Y = re.compile("^([bcdđghklmnprstvx]{1,2})([yýỳỷỹỵ])$")


def clean(text: str) -> str:
    """NFC, without invisible characters, every kind of blank a plain one, tone marks where most laws put them."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text).translate(_SPACES))
    text = _OPEN.sub(lambda found: _TO_OLD[found[0]], text)
    return _CLOSED.sub(lambda found: _TO_NEW[found[0]], text)


def fold(text: str) -> str:
    """Without dấu, đ as d; case is kept."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLD)
    return folded if folded.isascii() else "".join(c for c in folded if c not in _TONES)


def syllables(text: str) -> list[str]:
    """The syllables, numbers and signs of a cleaned text in lower case: "02/HD-HĐTĐKT" is "02", "hd", "hđtđkt"."""
    return _SYLLABLE.findall(text.lower())


@lru_cache(maxsize=65536)
def key(syllable: str) -> str:
    """How a syllable is looked up: "kỹ" and "kĩ", "tỷ" and "tỉ" are one."""
    return _I_FOR_Y.sub(lambda found: found[1] + "iíìỉĩị"["yýỳỷỹỵ".index(found[2])], syllable)


def printed(text: str) -> list[str]:
    """The syllables of a cleaned text as printed, each as it is looked up."""
    return [key(s) for s in syllables(text)]


def marked(syllable: str) -> bool:
    """Whether it carries any dấu, the stroke of đ included."""
    return fold(syllable) != syllable


# Restoring dấu

_BITS = 17  # of a syllable's number: three of them fit a signed 64-bit key
_LIMIT = 1 << _BITS
_OTHER = 0  # numbers, signs, ends of texts
_FORMS = 12  # printed forms tried for one bare syllable
_BEAM = 24
_MARKED_SHARE = 0.72  # of the syllables of running legal Vietnamese
_WEIGHTS = (0.62, 0.3, 0.08)  # trigram, bigram, syllable

# How questions are asked: laws never ask, so their n-grams cannot tell "đúng hay sai" from "dụng hay sai".
_ASKING = (
    "đúng hay sai", "bao nhiêu", "là bao nhiêu", "bao lâu", "trong bao lâu", "là gì", "gồm những gì", "ở đâu",
    "nộp ở đâu", "như thế nào", "thế nào", "ra sao", "khi nào", "lúc nào", "ngày nào", "bao giờ", "vì sao",
    "tại sao", "là ai", "do ai", "ai là", "ai có", "cái nào", "nào sau đây", "có được không", "được không",
    "phải không", "hay không", "có đúng không", "có phải", "có cần", "cần những gì", "cần phải làm gì",
    "phải làm gì", "làm sao", "mấy năm", "mấy ngày", "mấy bản", "cho em hỏi", "cho hỏi", "xin hỏi", "hỏi về",
    "anh chị ơi", "dạ em chào", "cảm ơn", "với ạ", "ạ", "nhé", "vậy", "bên em", "bên mình", "xã em",
    "xã mình", "đơn vị em", "đơn vị mình", "em muốn", "mình muốn", "muốn biết", "thế còn", "còn thiếu",
    "bây giờ", "hôm nay", "năm nay", "năm ngoái", "giúp em", "xem giúp", "gửi cho", "theo luật thì",
)  # fmt: skip
_ASKING_WEIGHT = 20

Keys = NDArray[np.int64]
Counts = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Restorer:
    """Puts back the dấu a question has lost, by the n-grams of the library's own texts. Immutable, for all threads.

    `vocabulary`: printed syllables by number; `grams`: sorted keys of pairs and triples; `counts`: of one, two, three.
    """

    vocabulary: tuple[str, ...]
    grams: tuple[Keys, Keys]
    counts: tuple[Counts, Counts, Counts]
    _numbers: dict[str, int]
    _forms: dict[str, NDArray[np.int64]]

    @classmethod
    def from_counts(
        cls, vocabulary: Sequence[str], grams: tuple[Keys, Keys], counts: tuple[Counts, Counts, Counts]
    ) -> Restorer:
        numbers = {syllable: number for number, syllable in enumerate(vocabulary)}
        forms: defaultdict[str, list[int]] = defaultdict(list)
        for number, syllable in enumerate(vocabulary):
            forms[fold(syllable)].append(number)
        most = {
            bare: np.array(sorted(found, key=lambda n: -int(counts[0][n]))[:_FORMS], dtype=np.int64)
            for bare, found in forms.items()
        }
        return cls(tuple(vocabulary), grams, counts, numbers, most)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Restorer:
        """Count the syllables, pairs and triples of cleaned texts. Memory: some 30 bytes a syllable while it counts."""
        numbers: dict[str, int] = {"": _OTHER}
        pieces: list[Any] = []
        for text in chain(texts, _ASKING * _ASKING_WEIGHT):
            found = [numbers.setdefault(s, len(numbers)) if s.isalpha() else _OTHER for s in syllables(text)]
            pieces.append(np.array([*found, _OTHER, _OTHER], dtype=np.int32))
        stream = np.concatenate([np.zeros(2, dtype=np.int32), *pieces]).astype(np.int64)
        stream[stream >= _LIMIT] = _OTHER
        pairs, pair_counts = np.unique((stream[:-1] << _BITS) | stream[1:], return_counts=True)
        triple = (stream[:-2] << 2 * _BITS) | (stream[1:-1] << _BITS) | stream[2:]
        triples, triple_counts = np.unique(triple[stream[2:] != _OTHER], return_counts=True)
        single = np.bincount(stream, minlength=1)
        vocabulary = list(numbers)[: len(single)]
        counts = (single.astype(np.int32), pair_counts.astype(np.int32), triple_counts.astype(np.int32))
        return cls.from_counts(vocabulary, (pairs, triples), counts)

    def restore(self, text: str) -> str:
        """A cleaned text with its bare syllables as the library would print them; everything else stays as it is."""
        spans = [(m.start(), m.end()) for m in _SYLLABLE.finditer(text)]
        typed = [text[start:end] for start, end in spans]
        chosen = self._best([t.lower() for t in typed])
        pieces, last = [], 0
        for (start, end), old, new in zip(spans, typed, chosen, strict=True):
            pieces += [text[last:start], _in_case_of(old, new)]
            last = end
        return "".join([*pieces, text[last:]])

    def knows(self, syllable: str) -> bool:
        return syllable in self._numbers

    def _best(self, typed: Sequence[str]) -> list[str]:
        lost = _log_loss(typed)
        scores = np.zeros(1)
        before, last = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
        trail: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        for syllable in typed:
            options = self._options(syllable)
            prior = np.array([lost if self.vocabulary[o] != syllable else 0.0 for o in options])
            total = (scores[:, None] + self._log_likelihood(before, last, options) + prior).ravel()
            source, option = np.divmod(np.arange(len(total)), len(options))
            pair = (last[source] << _BITS) | options[option]
            best = np.argsort(-total, kind="stable")
            best = best[np.sort(np.unique(pair[best], return_index=True)[1])][:_BEAM]
            trail.append((source[best], options[option[best]]))
            scores, before, last = total[best], last[source[best]], options[option[best]]
        return self._walk_back(typed, trail)

    def _options(self, syllable: str) -> NDArray[np.int64]:
        number = self._numbers.get(syllable, _OTHER)
        if marked(syllable) or not syllable.isalpha() or syllable not in self._forms:
            return np.array([number], dtype=np.int64)
        forms = self._forms[syllable]
        return forms if number == _OTHER or number in forms else np.append(forms, number)

    def _walk_back(
        self, typed: Sequence[str], trail: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
    ) -> list[str]:
        chosen, at = [], 0
        for syllable, (source, option) in zip(reversed(typed), reversed(trail), strict=True):
            number = int(option[at])
            chosen.append(syllable if number == _OTHER else self.vocabulary[number])
            at = int(source[at])
        return chosen[::-1]

    def _log_likelihood(
        self, before: NDArray[np.int64], last: NDArray[np.int64], options: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """log P(option | before, last), one row per beam state, one column per option."""
        single, pair, triple = self.counts
        context = (before << _BITS) | last
        of_one = (single[options] + 0.1) / max(1, len(self.vocabulary) + int(single.sum()))
        of_two = _frequency(self.grams[0], pair, (last[:, None] << _BITS) | options) / (single[last][:, None] + 1.0)
        seen = _frequency(self.grams[0], pair, context)[:, None] + 1.0
        of_three = _frequency(self.grams[1], triple, (context[:, None] << _BITS) | options) / seen
        three, two, one = _WEIGHTS
        likelihood: NDArray[np.float64] = np.log(three * of_three + two * of_two + one * of_one)
        return likelihood


def _frequency(keys: Keys, counts: Counts, wanted: NDArray[np.int64]) -> NDArray[np.int32]:
    """How often each wanted key was counted."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: NDArray[np.int32] = np.where(keys[at] == wanted, counts[at], 0)
    return found


def _log_loss(typed: Sequence[str]) -> float:
    """log of the chance that a bare syllable of this question had dấu that were not typed."""
    words = [t for t in typed if t.isalpha()]
    share = sum(map(marked, words)) / max(1, len(words))
    return log(min(1.0, max(0.002, 1 - share / _MARKED_SHARE)))


def _in_case_of(old: str, new: str) -> str:
    if old.lower() == new:
        return old
    if old.isupper() and len(old) > 1:
        return new.upper()
    return new.capitalize() if old[0].isupper() else new
