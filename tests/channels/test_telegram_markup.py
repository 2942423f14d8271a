"""Marks become entities, and nothing else is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_markup import Entity, formatted, units

PIECES = st.lists(
    st.sampled_from(
        [
            "**đậm**",
            "**hai chữ 👩‍🌾**",
            "\n",
            "\n\n",
            "> ",
            ">",
            "> trích\n",
            "*",
            "**",
            " ",
            "ế",
            "e\u0302\u0301",
            "🏅",
            "𝒙",
        ]
    )
    | st.text(max_size=10),
    max_size=20,
).map("".join)


def part(plain, entity):
    """What a client shows under an entity: it cuts UTF-16."""
    cut = plain.encode("utf-16-le", "surrogatepass")[entity.offset * 2 : (entity.offset + entity.length) * 2]
    return cut.decode("utf-16-le")


def marks_of(text):
    """Where the marks are, found another way: quoted lines first, then pairs of asterisks within each line."""
    plain, bold, quoted = [], [], []
    for line in text.split("\n"):
        is_quoted = line == ">" or line.startswith("> ")
        said = line[2:] if is_quoted else line
        bold += re.findall(r"\*\*([^\s*](?:[^*]*[^\s*])?)\*\*", said)
        plain.append(re.sub(r"\*\*([^\s*](?:[^*]*[^\s*])?)\*\*", r"\1", said))
        quoted.append(is_quoted)
    return plain, bold, quoted


@given(text=PIECES)
def test_no_character_is_lost_and_every_entity_covers_what_was_marked(text):
    plain, entities = formatted(text)
    lines, bold, quoted = marks_of(text)
    assert plain == "\n".join(lines)
    assert [part(plain, entity) for entity in entities if entity.kind == "bold"] == bold
    covered = "\n".join(part(plain, entity) for entity in entities if entity.kind == "blockquote")
    in_quotes = [line for line, is_quoted in zip(lines, quoted, strict=True) if is_quoted]
    assert [line for line in covered.split("\n") if line] == [line for line in in_quotes if line]
    assert all(entity.length > 0 and entity.offset + entity.length <= units(plain) for entity in entities)
    assert list(entities) == sorted(entities, key=lambda entity: (entity.offset, -entity.length))


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("🏅 **Hạn**: mai", "🏅 Hạn: mai", [("bold", 3, 3)]),
        ("Theo:\n> dòng **một**\n>\n> dòng hai\nhết", "Theo:\ndòng một\n\ndòng hai\nhết",
         [("blockquote", 6, 18), ("bold", 11, 3)]),
        ("> 👩‍🌾\n> b", "👩‍🌾\nb", [("blockquote", 0, 7)]),
        (">5 triệu\n-> đúng", ">5 triệu\n-> đúng", []),
        ("2 ** 3 ** 4, ***ba***", "2 ** 3 ** 4, *ba*", [("bold", 14, 2)]),
        ("**một\nhai**", "**một\nhai**", []),
        (">", "", []),
        ("", "", []),
        ("<b>&amp; _x_ [y](z) `c`", "<b>&amp; _x_ [y](z) `c`", []),
    ],
)  # fmt: skip
def test_what_is_marked_and_what_is_not(text, plain, entities):
    assert formatted(text) == (plain, tuple(Entity(*entity) for entity in entities))
