"""A web page → the text of the letter on it, without what the site puts around it.

Rules
1. No address in the page is asked for anything; scripts, styles and what is hidden are not text.
2. Menus, footers and lists of links go; nothing goes that looks like a part of an official letter (head, "Nơi nhận").
3. A table with lines, headings or three columns is read row by row; another only lays out the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import lxml.html
from lxml.etree import LxmlError

from ingest.reading import legacy
from ingest.reading.text import Refused, decoded

_Element: TypeAlias = lxml.html.HtmlElement
_NOT_TEXT = (
    "script|style|noscript|template|nav|footer|aside|iframe|svg|canvas|object|embed|audio|video|dialog|button|select"
    "|input|textarea|head|title|map|figure[not(.//table)]"
)
_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog"}
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|footer|sidebar|banner|related|tin-?lien-?quan|share|social"
    r"|comments?|advert|cookie|popup|pagination|tags?|binh-?luan|rating|toolbar|search)(?:$|[\s_-])",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|%)?\s*(?:;|$)", re.IGNORECASE
)
_OF_A_LETTER = re.compile(
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|Độc lập\s*-\s*Tự do|^\s*Số\s*:|Kính gửi|Nơi nhận\s*:|^\s*(?:Điều|Chương|Phụ lục) [\dIVX]",
    re.MULTILINE | re.IGNORECASE,
)
_BLOCKS = {
    "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_LINES = re.compile(
    r"border(?:-(?:left|right|style|width))?\s*:\s*(?!\s*(?:none|0|medium none))[^;]*(?:solid|\d)", re.IGNORECASE
)
_RULED = re.compile(r"border|grid|table-striped", re.IGNORECASE)
_FACE = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]+)", re.IGNORECASE)
_MARK = re.compile(r"^(?:\d+(?:\.\d+)*|[a-zđ]|[IVX]+)[.)/]|^[-+*•–]")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_BULK = 0.8
_Run = legacy.Run
_END: _Run = ("\n", "")


def read(data: bytes) -> str:
    """The text of an HTML page's bytes. Raises Refused."""
    # lxml reads entities of a DTD in no HTML page, fetches nothing, and limits how deep a page may nest.
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(_unicode(data).encode("utf-8", "ignore"), parser=parser)
    except (LxmlError, ValueError) as error:
        raise Refused("trang web trống hoặc bị hỏng") from error
    _strip(root)
    text = "\n".join(_lines(_main(root)))
    return legacy.recognised(text) or text


def _unicode(data: bytes) -> str:
    named = _CHARSET.search(data[:4_096])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(named[1].decode("ascii")) if named else decoded(data)
    except (UnicodeDecodeError, LookupError):
        return decoded(data)


def _strip(root: _Element) -> None:
    """Take away what is no text, is not seen, or is the site's own."""
    for element in root.xpath("|".join(f"//{tag}" for tag in _NOT_TEXT.split("|"))):
        element.drop_tree()
    whole = len(root.text_content())
    for element in list(root.iter()):
        if element.getparent() is None or element.tag == "body":
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        unseen = "hidden" in element.attrib or bool(_UNSEEN.search(element.get("style", "")))
        site = element.get("role") in _ROLES or bool(_AROUND.search(names)) or _is_links(element)
        if unseen or (site and len(element.text_content()) < whole / 2 and not _of_a_letter(element)):
            element.drop_tree()


def _is_links(element: _Element) -> bool:
    """A list of links: three or more, and hardly a word beside them."""
    if element.tag not in {"ul", "ol", "div", "section", "table"}:
        return False
    links = element.findall(".//a")
    return len(links) >= 3 and sum(len(a.text_content()) for a in links) > 0.7 * len(element.text_content().strip())


def _of_a_letter(element: _Element) -> bool:
    return bool(_OF_A_LETTER.search(element.text_content()))


def _main(root: _Element) -> _Element:
    """The innermost element that holds nearly all of the page's words and leaves no part of a letter outside."""
    node = root.find("body") if root.find("body") is not None else root
    while True:
        children = [child for child in node if child.tag in _BLOCKS]
        whole = _weight(node)
        best = max(children, key=_weight, default=None)
        if best is None or best.tag in {"p", "tr", "table", "li"} or _weight(best) < _BULK * whole:
            return node
        if any(_of_a_letter(child) for child in children if child is not best):
            return node
        node = best


def _weight(element: _Element) -> int:
    return len(element.text_content()) - sum(len(a.text_content()) for a in element.iter("a"))


def _lines(element: _Element) -> Iterator[str]:
    line: list[_Run] = []
    for run in (*_runs(element, ""), _END):
        if run is not _END:
            line.append(run)
            continue
        text = "\t".join(" ".join(cell.split()) for cell in legacy.join(line).split("\t"))
        if text.strip():
            yield text
        line = []


def _runs(element: _Element, font: str) -> Iterator[_Run]:
    """Pieces of text with their fonts, and the ends of lines between them."""
    if element.tag == "br":
        yield _END
        return
    if element.tag == "table" and _is_ruled(element):
        yield from _rows(element, font)
        return
    face = _FACE.search(element.get("style", ""))
    font = element.get("face") or (face[1].strip() if face else font)
    block = element.tag in _BLOCKS
    if block:
        yield _END
    if element.tag == "li":
        yield _mark(element), ""
    yield _flat(element.text, keep=element.tag == "pre"), font
    for child in element:
        yield from _runs(child, font)
        yield _flat(child.tail), font
    if block:
        yield _END


def _flat(text: str | None, *, keep: bool = False) -> str:
    return re.sub(r"[ \t\r\f\v]+" if keep else r"[ \t\r\n\f\v]+", " ", text or "")


def _mark(item: _Element) -> str:
    """What a browser draws before an item of a list, where its text does not bring its own."""
    parent = item.getparent()
    if parent is None or _MARK.match(item.text_content().strip()) or "list-style" in parent.get("style", ""):
        return ""
    if parent.tag != "ol":
        return "- "
    place = 1 + sum(1 for other in item.itersiblings("li", preceding=True))
    start = parent.get("start", "1")
    place += int(start) - 1 if start.isdecimal() and len(start) < 5 else 0
    letters = parent.get("type") == "a" and place <= 26
    return f"{chr(ord('a') + place - 1)}) " if letters else f"{place}. "


def _is_ruled(table: _Element) -> bool:
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    widths = {len(row.findall("td")) + len(row.findall("th")) for row in rows}
    if max(widths, default=0) < 2:
        return False
    styles = (cell.get("style", "") for cell in (table, *table.iter("td")))
    ruled = table.get("border", "0").strip() not in {"", "0"} or bool(_RULED.search(table.get("class", "")))
    same = len(rows) > 1 and max(widths) >= 3 and any(a == b for a, b in pairwise(map(len, rows)))
    return ruled or same or table.find(".//th") is not None or any(map(_LINES.search, styles))


def _rows(table: _Element, font: str) -> Iterator[_Run]:
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        yield _END
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        for place, cell in enumerate(cells):
            if place:
                yield "\t", ""
            yield from (run if run is not _END else (" ", run[1]) for run in _runs(cell, font))
        yield _END
