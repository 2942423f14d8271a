"""Cut an Outgoing to what a channel can show. Pure.

Rules of this file
1. No character of content is lost or changed: only blanks at a cut go, and `**` where the channel knows no markup.
   Only paired `**bold**` within a line is markup; any other asterisk is content.
2. No piece is longer than `limits.text`, the `**` counted where they are kept. A bold span that is cut is closed and
   reopened.
3. Cuts fall at a paragraph's end, else a line's, a sentence's, a word's; in the middle of a word only when there is no
   blank; and never before a `>` that began no line.
4. What the message answers, and its brief form, go with the first piece.
5. Choices become buttons of the last piece if all of them fit, else numbered lines of the text; never a mixture.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import NamedTuple

from bot.channels import Limits
from bot.messages import Outgoing

_BOLD = re.compile(r"\*\*(?=[^\s*])([^\n*]+)(?<=\S)\*\*")
# Where a text may be cut, best first; the cut falls at the end of the match.
_ENDS = tuple(map(re.compile, (r"\n[ \t]*\n", r"\n", r"[.!?;:…][\"”’)]*\s", r"\s")))
# A `>` within a line: cut before it, and it would be taken for the mark of a quoted line.
_MARK = re.compile(r"\s*(?<!\n)>(?!\S)")


class _Marked(NamedTuple):
    """Plain text with the spans that are bold."""

    plain: str
    bold: tuple[tuple[int, int], ...]


def elsewhere(message: Outgoing, limits: Limits | None) -> list[Outgoing]:
    """A message cut to another address than it was decided for, without what means something only there; `limits` None:
    nothing is known of that address.
    """
    whole = replace(message, choices=(), replaces=None, reply_to=None)
    return [whole] if limits is None else fit(whole, limits)


def fit(outgoing: Outgoing, limits: Limits) -> list[Outgoing]:
    """The messages to send instead of one, in order; at least one. `limits.text` must be 8 or more."""
    buttons = len(outgoing.choices) <= limits.buttons and all(
        len(choice.label) <= limits.button_text for choice in outgoing.choices
    )
    text = outgoing.text
    if outgoing.choices and not buttons:
        numbered = "\n".join(f"{n}. {choice.label}" for n, choice in enumerate(outgoing.choices, 1))
        text = f"{text}\n\n{numbered}" if text.strip() else numbered
    pieces = _split(_parse(text), limits) or [""]
    fitted = [*map(Outgoing, pieces[:-1]), Outgoing(pieces[-1], outgoing.choices if buttons else (), outgoing.file)]
    return [replace(fitted[0], reply_to=outgoing.reply_to, brief=outgoing.brief), *fitted[1:]]


def _parse(text: str) -> _Marked:
    plain, bold, at = "", [], 0
    for found in _BOLD.finditer(text):
        plain += text[at : found.start()]
        bold.append((len(plain), len(plain) + len(found[1])))
        plain += found[1]
        at = found.end()
    return _Marked(plain + text[at:], tuple(bold))


def _split(text: _Marked, limits: Limits) -> list[str]:
    pieces: list[str] = []
    start = 0
    while True:
        start += len(text.plain[start:]) - len(text.plain[start:].lstrip())
        if start == len(text.plain):
            return pieces
        end = _cut(text.plain, start, start + limits.text)
        while len(piece := _render(text, start, end, markup=limits.markup)) > limits.text:
            end = _cut(text.plain, start, max(start + 1, end - (len(piece) - limits.text)))
        pieces.append(piece)
        start = end


def _cut(plain: str, start: int, end: int) -> int:
    """The best place to cut at or before `end`; a place in the first quarter is too early to be good."""
    if end >= len(plain):
        return len(plain)
    for ends in _ENDS:
        # One character further: a blank that just does not fit is dropped at the cut.
        found = [m.end() for m in ends.finditer(plain, start, end + 1) if not _MARK.match(plain, m.end())]
        if found and min(found[-1], end) > start + (end - start) // 4:
            return min(found[-1], end)
    while end > start + 1 and (unicodedata.combining(plain[end]) or _MARK.match(plain, end)):
        end -= 1
    return end


def _render(text: _Marked, start: int, end: int, *, markup: bool) -> str:
    end = start + len(text.plain[start:end].rstrip())
    if not markup:
        return text.plain[start:end]
    rendered, at = "", start
    for left, right in text.bold:
        opened, closed = max(left, at), min(right, end)
        inside = text.plain[opened:closed]
        if opened < closed and inside.strip():
            rendered += text.plain[at:opened] + f"**{inside}**"
            at = closed
    return rendered + text.plain[at:end]
