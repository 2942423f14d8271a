from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.web.markup import to_html

ALLOWED = {"p", "br", "strong", "blockquote"}


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def parsed(text: str) -> Seen:
    seen = Seen()
    seen.feed(to_html(text))
    seen.close()
    return seen


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("xin chào", "<p>xin chào</p>"),
        ("một\nhai", "<p>một<br>hai</p>"),
        ("một\n\nhai", "<p>một</p><p>hai</p>"),
        ("**đậm** nhạt", "<p><strong>đậm</strong> nhạt</p>"),
        ("2 ** 3 ** 4", "<p>2 ** 3 ** 4</p>"),
        ("> lời trích\n> dòng hai\nNguồn", "<blockquote><p>lời trích<br>dòng hai</p></blockquote><p>Nguồn</p>"),
        ("> một\n>\n> hai", "<blockquote><p>một</p><p>hai</p></blockquote>"),
        ("", ""),
    ],
)
def test_what_is_drawn(text, html):
    assert to_html(text) == html


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'*> \n")), max_size=200))
@example("**<script>alert(1)</script>**")
@example("> <img src=x onerror=alert(1)>")
@example('**"><svg onload=alert(1)>**')
def test_nothing_but_our_own_tags_and_never_an_attribute(text):
    seen = parsed(text)
    assert set(seen.tags) <= ALLOWED
    assert seen.attributes == []


@given(st.text(alphabet="aăđ<&'\" ", max_size=60))
def test_no_character_of_a_line_is_lost(text):
    assert parsed(f"x{text}x").text == f"x{text}x"
