"""Vietnamese with our markup, quotes and emoji, as long as it takes, and what must be read of it."""

from __future__ import annotations

import unicodedata
from itertools import cycle

from channel_worlds import letters
from hypothesis import strategies as st

from bot.mounting import LIMITS

WORDS = st.text(
    st.sampled_from(
        "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵĐƯỜ0123456789"
    )
    | st.sampled_from(".,;:!?()[]{}/\\%&<'\"“”‘’…–-_`~|#@=+^$😀👍🏽👩\u200d🏫🇻🇳é\u0323\u0301\u200b"),
    min_size=1,
    max_size=12,
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
# Each with what is left of it when it is read.
PARTS = st.one_of(
    SENTENCES.map(lambda said: (said, said)),
    SENTENCES.map(lambda said: (f"**{said}**", said)),
    st.sampled_from(["5 > 3", "a > b > c > d", "2 * 3 * 4", "2 ** 3", "x* y*"]).map(lambda said: (said, said)),
)
AS_IT_IS = {"zalo_bot", "zalo_oa"}  # where a quote cannot be drawn, its `> ` stays
LINES = st.tuples(st.booleans(), st.lists(PARTS, min_size=1, max_size=4))


@st.composite
def texts(draw, name: str) -> tuple[str, str]:
    """Our markup, up to three times as long as a message may be, and what must be read of it on this channel."""
    limit = LIMITS[name].text
    lines = draw(st.lists(LINES, min_size=1, max_size=6))
    between, least = draw(st.sampled_from(["\n", "\n\n", " "])), draw(st.integers(0, 3 * limit))
    written, read, length = [], [], 0
    for quoted, parts in cycle(lines) if least else lines:
        quote = "> " if quoted and between != " " else ""
        written.append(quote + " ".join(part for part, _ in parts))
        read += [quote if name in AS_IT_IS else "", *(said for _, said in parts)]
        length += len(written[-1]) + len(between)
        if length > least and len(written) >= len(lines):
            break
    return between.join(written), letters("".join(read))


def same(one: str, other: str) -> bool:
    """Whether two texts have the same letters, blanks aside; the same letter may be written in two ways."""
    return unicodedata.normalize("NFC", letters(one)) == unicodedata.normalize("NFC", letters(other))
