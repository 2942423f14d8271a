"""A chat model's words on Telegram: the quotes at once, then sentence by sentence above them, at a civil rate."""

from __future__ import annotations

import re
import time

import pytest
from chat_server import Fault, chat_server
from drivers import PATIENCE
from messenger_world import Talk, world
from serving import until

from bot.errands import CIVIL

pytest.importorskip("langchain", reason="the extra `chat` is not installed")

QUESTION = "Hạn nộp báo cáo tổng kết là ngày nào?"


@pytest.fixture(scope="module")
def worded(demo_data, tmp_path_factory):
    """Telegram, and a model whose server is ours."""
    with chat_server() as model, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", f"{model.url}/v1")
        patch.setenv("OPENAI_API_KEY", "khoa-thu")
        model.script = [""]
        folder = tmp_path_factory.mktemp("worded")
        with world(
            demo_data, folder, polling=True, names=("telegram",), chat_model="openai:m", chat_timeout=30
        ) as made:
            yield made, model


def versions(talk) -> list[str]:
    """What the last message was, from the first to now."""
    last = talk.line.server.chats[talk.person.number].sent[-1]
    return [*(str(each.get("text", "")) for each in last.before), last.text]


@pytest.mark.parametrize("end", ["holds", "does not hold"])
def test_the_words_grow_over_the_quotes_and_end_as_the_whole_or_as_it_was(worded, end):
    here, model = worded
    talk = Talk(here, here.lines["telegram"].person())
    assert "mã đã được nhận" in talk.says(here.opens(sections=1).code())
    model.script = [""]  # nothing holds: the quote stays
    quoted = talk.says(QUESTION)
    quote = re.search(r"([^\n]*10/12/2026[^\n]*)", quoted)[1].strip(" “”>").rstrip(".;")
    sentence = f"{quote} [1]."
    model.script = [Fault(text=f"{sentence} {sentence} {sentence if end == 'holds' else 'Gửi 99 bộ [1].'}", pause=0.35)]
    begun = time.monotonic()
    talk.says(QUESTION)
    assert until(lambda: len(versions(talk)) > 1 and "…" not in versions(talk)[-1], PATIENCE), versions(talk)
    took = time.monotonic() - begun
    first, *growing, last = versions(talk)
    assert quote in first
    assert growing
    assert len(growing) <= took / CIVIL
    assert all(f"{quote} (" in each and " …" in each for each in growing)
    assert [len(each) for each in growing] == sorted({len(each) for each in growing})
    assert last == first if end == "does not hold" else last.count(f"{quote} (") == 3
