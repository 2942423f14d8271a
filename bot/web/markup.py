"""A message's text as safe HTML: the one place where text becomes markup, for the page and for its live updates alike.

Three things are drawn, everything else is escaped: `**bold**`, runs of `> quoted` lines, and line breaks. Pure.
"""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(?=[^\s*])([^*]+)(?<=\S)\*\*")  # what `bot.channels.fit` takes for bold


def to_html(text: str) -> Markup:
    """Paragraphs and block quotes of `text`. Total: any string gives well-formed HTML without attributes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks: list[Markup] = []
    for quoted, run in groupby(lines, key=lambda line: line.startswith("> ") or line == ">"):
        if quoted:
            said = [line.removeprefix(">").removeprefix(" ") for line in run]
            blocks.append(Markup("<blockquote>{}</blockquote>").format(_paragraphs(said)))
        else:
            blocks.append(_paragraphs(list(run)))
    return Markup("").join(blocks)


def _paragraphs(lines: list[str]) -> Markup:
    """Blank lines part paragraphs; single line breaks stay line breaks."""
    runs = (list(run) for blank, run in groupby(lines, key=lambda line: not line.strip()) if not blank)
    return Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(map(_inline, run))) for run in runs)


def _inline(line: str) -> Markup:
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(line))))  # noqa: S704 - escaped before, tags are ours
