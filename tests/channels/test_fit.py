"""Cutting to a channel's limits: nothing lost, nothing too long, cuts where a reader would make them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels import Limits
from bot.channels.fit import fit
from bot.messages import Choice, FileRef, Outgoing

PLAIN = Limits(text=40)
TEXT = st.lists(
    st.sampled_from(
        ["**đậm**", "**hai chữ đậm**", "Câu một. ", "câu hai? ", "\n", "\n\n", "> trích\n", "*", "**", " ", "á̂"]
    )
    | st.text(max_size=30),
    max_size=20,
).map("".join)
CHOICES = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=50), max_size=6).map(
    lambda labels: tuple(Choice(f"1.{n}", label) for n, label in enumerate(labels))
)
LIMITS = st.builds(
    Limits,
    text=st.integers(8, 120),
    buttons=st.integers(0, 6),
    button_text=st.integers(5, 60),
    markup=st.booleans(),
)


def bare(text):
    """The content alone: no blanks, no asterisks."""
    return re.sub(r"[\s*]", "", text)


@given(text=TEXT, choices=CHOICES, limits=LIMITS)
@example(text="**" + "đậm " * 30 + "**", choices=(), limits=Limits(text=8, markup=True))
@example(text="", choices=(Choice("1.1", "Có"),), limits=Limits(text=8, buttons=1))
def test_nothing_is_lost_and_nothing_is_too_long(text, choices, limits):
    pieces = fit(Outgoing(text, choices), limits)
    assert pieces
    assert all(len(piece.text) <= limits.text for piece in pieces)
    buttons = pieces[-1].choices
    numbered = "" if buttons else "".join(f"{n}. {one.label}" for n, one in enumerate(choices, 1))
    assert bare("".join(piece.text for piece in pieces)) == bare(text + numbered)
    assert buttons in {(), choices}
    assert not any(piece.choices for piece in pieces[:-1])
    if buttons:
        assert len(buttons) <= limits.buttons
        assert all(len(one.label) <= limits.button_text for one in buttons)


@given(text=TEXT.filter(lambda text: "*" not in text), limits=LIMITS)
def test_plain_text_keeps_every_character_but_blanks_at_cuts(text, limits):
    pieces = [piece.text for piece in fit(Outgoing(text), limits)]
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        assert found >= 0
        assert not text[at:found].strip()
        at = found + len(piece)
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "Đoạn một ngắn thôi.\n\nĐoạn hai cũng ngắn thôi nhé.",
            ["Đoạn một ngắn thôi.", "Đoạn hai cũng ngắn thôi nhé."],
        ),
        ("Câu thứ nhất ở đây. Câu thứ hai thì dài hơn.", ["Câu thứ nhất ở đây.", "Câu thứ hai thì dài hơn."]),
        ("một hai ba bốn năm sáu bảy tám chín mười", ["một hai ba bốn năm sáu bảy tám chín mười"]),
        ("một hai ba bốn năm sáu bảy tám chín mười một", ["một hai ba bốn năm sáu bảy tám chín mười", "một"]),
        ("x" * 45, ["x" * 40, "x" * 5]),
    ],
)
def test_cuts_fall_where_a_reader_would_make_them(text, pieces):
    assert [piece.text for piece in fit(Outgoing(text), PLAIN)] == pieces


def test_bold_is_closed_and_opened_again_at_a_cut():
    pieces = fit(Outgoing("**một hai ba bốn**"), Limits(text=12, markup=True))
    assert [piece.text for piece in pieces] == ["**một hai**", "**ba bốn**"]


def test_bold_goes_where_there_is_no_markup_but_lone_asterisks_stay():
    assert fit(Outgoing("**Phần 1** và 2 ** 3 * 4"), PLAIN)[0].text == "Phần 1 và 2 ** 3 * 4"


def test_choices_become_buttons_or_numbers_never_both():
    choices = (Choice("a", "Đồng ý"), Choice("b", "Để sau"))
    (with_buttons,) = fit(Outgoing("Nộp chứ?", choices), Limits(text=100, buttons=2))
    (with_numbers,) = fit(Outgoing("Nộp chứ?", choices), Limits(text=100, buttons=1))
    (too_narrow,) = fit(Outgoing("Nộp chứ?", choices), Limits(text=100, buttons=2, button_text=5))
    assert (with_buttons.text, with_buttons.choices) == ("Nộp chứ?", choices)
    assert (with_numbers.text, with_numbers.choices) == ("Nộp chứ?\n\n1. Đồng ý\n2. Để sau", ())
    assert too_narrow == with_numbers


def test_a_file_goes_with_the_last_piece():
    file = FileRef("f", "bao-cao.docx")
    first, last = fit(Outgoing("Câu thứ nhất ở đây. Câu thứ hai thì dài hơn.", file=file), PLAIN)
    assert (first.file, last.file) == (None, file)
