"""The numbers Word draws before paragraphs ("Điều 5.", "a)"): the file holds only their rule, the text not at all."""

from __future__ import annotations

import re
from collections import defaultdict

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_DASHES = {"-", "–", "+", "*"}
_Levels = dict[int, BaseOxmlElement]


class Numbers:
    """Counts through a document's numbered paragraphs; ask once for each paragraph, in reading order."""

    def __init__(self, document: WordDocument) -> None:
        self._abstract: dict[str, _Levels] = {}
        self._list: dict[str, tuple[str, dict[int, int]]] = {}  # numId → abstract list, starts of its own
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        self._styles = {style.get(qn("w:styleId"), ""): style for style in document.styles.element.iter(qn("w:style"))}
        part = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        if part is not None:
            self._read(part.element)

    def _read(self, numbering: BaseOxmlElement) -> None:
        for abstract in numbering.iter(qn("w:abstractNum")):
            levels = {_int(level, "w:ilvl"): level for level in abstract.iter(qn("w:lvl"))}
            self._abstract[abstract.get(qn("w:abstractNumId"), "")] = levels
        for num in numbering.iter(qn("w:num")):
            starts = {
                _int(own, "w:ilvl"): _int(start)
                for own in num.iter(qn("w:lvlOverride"))
                for start in own.iter(qn("w:startOverride"))
            }
            self._list[num.get(qn("w:numId"), "")] = (_value(num, "w:abstractNumId"), starts)

    def label(self, paragraph: BaseOxmlElement) -> str:
        """What is drawn before a paragraph, counting it; "-" for a bullet of whatever shape, "" where nothing is."""
        number, depth = self._place(paragraph)
        abstract, starts = self._list.get(number, ("", {}))
        levels = self._abstract.get(abstract, {})
        if depth not in levels:
            return ""
        counts = self._counts[abstract]
        if depth in starts and (number, depth) not in self._begun:
            counts[depth] = starts[depth] - 1
        self._begun.add((number, depth))
        counts[depth] = counts.get(depth, _start(levels[depth]) - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        text = _value(levels[depth], "w:lvlText")
        if _value(levels[depth], "w:numFmt") == "bullet":
            return text if text in _DASHES else "-"
        plain = levels[depth].find(qn("w:isLgl")) is not None

        def drawn(place: re.Match[str]) -> str:
            level = int(place[1]) - 1
            if level not in levels:
                return ""
            shape = "decimal" if plain else _value(levels[level], "w:numFmt")
            return _drawn(counts.get(level, _start(levels[level])), shape)

        return _PLACE.sub(drawn, text).strip()

    def _place(self, paragraph: BaseOxmlElement) -> tuple[str, int]:
        """Which list and which depth a paragraph is in, by itself or by its style (and what that rests on)."""
        holder: BaseOxmlElement | None = paragraph
        number, depth, seen = "", None, set()
        while holder is not None and id(holder) not in seen:
            seen.add(id(holder))
            found = holder.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if found is not None:
                number = number or _value(found, "w:numId")
                depth = (
                    depth if depth is not None or found.find(qn("w:ilvl")) is None else _int(found.find(qn("w:ilvl")))
                )
            if number:
                break
            base = (
                holder.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") if holder is paragraph else holder.find(qn("w:basedOn"))
            )
            holder = self._styles.get(base.get(qn("w:val"), "")) if base is not None else None
        return number, depth or 0


def _drawn(count: int, shape: str) -> str:
    match shape:
        case "lowerLetter" | "upperLetter":
            letters = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9) if count > 0 else ""
            return letters.upper() if shape == "upperLetter" else letters
        case "lowerRoman" | "upperRoman":
            text, rest = "", min(max(count, 0), 9_999)
            for worth, letters in _ROMAN:
                text, rest = text + letters * (rest // worth), rest % worth
            return text.upper() if shape == "upperRoman" else text
        case "decimalZero":
            return f"{count:02d}"
        case "none":
            return ""
        case _:
            return str(count)


def _value(element: BaseOxmlElement, tag: str) -> str:
    child = element.find(qn(tag))
    return child.get(qn("w:val"), "") if child is not None else ""


def _int(element: BaseOxmlElement, attribute: str = "w:val") -> int:
    text = element.get(qn(attribute), "0")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _start(level: BaseOxmlElement) -> int:
    start = level.find(qn("w:start"))
    return _int(start) if start is not None else 1
