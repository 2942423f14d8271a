"""The figures in Prometheus's format: what is a counter only grows, and nobody's name or text is among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.messages import Address, Incoming, Outgoing
from bot.metrics import SILENT, beat, last_beat, room, scrape
from bot.store import Done, Store
from bot.store.migrate import migrate

NOW = datetime(2026, 11, 26, 5, 10, tzinfo=UTC)
LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'thidua.db'}"
    migrate(url)
    opened = Store(url)
    yield opened
    await opened.close()


async def figures(store, now=NOW):
    """Every sample by name and labels, and the type of each family."""
    families = list(text_string_to_metric_families((await scrape(store, now)).decode()))
    samples = {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}
    return samples, {family.name: family.type for family in families}


async def answer(store, number, *, channel="telegram", after=SECOND, texts=("chuyện riêng",)):
    address = Address(channel, "người-nhận")
    await store.receive(Incoming(f"m{number}", address, "chuyện riêng", NOW))
    row = await store.claim_incoming(NOW + after, lease=LEASE)
    outgoing = tuple((address, Outgoing(text), f"in-{row.id}-{n}") for n, text in enumerate(texts))
    await store.commit(Done(inbox=row, address=address, outgoing=outgoing))


async def test_with_nothing_done_all_is_nought(store):
    samples, _ = await figures(store)
    assert samples["thidua_inbox_oldest_seconds",] == samples["thidua_outbox_oldest_seconds",] == 0
    assert samples["thidua_alerts",] == 0
    assert samples["thidua_answer_seconds_count",] == samples["thidua_answer_seconds_bucket", "+Inf"] == 0
    [build] = [name for name in samples if name[0] == "thidua_build_info"]
    assert build[1]


async def test_what_was_done_is_counted_and_what_waits_is_measured(store):
    await answer(store, 1, texts=("a", "b", "c"))
    await answer(store, 2, channel="zalo_oa", after=4 * SECOND)
    await store.sent(await store.claim_outgoing(NOW, ["telegram"], lease=LEASE), NOW)
    await store.fail(await store.claim_outgoing(NOW, ["telegram"], lease=LEASE), "chuyện riêng")
    await store.receive(Incoming("m3", Address("telegram", "x"), "chuyện riêng", NOW))
    await store.raise_alert("a", "chuyện riêng", NOW)
    samples, types = await figures(store, NOW + 61 * SECOND)
    assert samples["thidua_deliveries_total", "telegram", "sent"] == 1
    assert samples["thidua_deliveries_total", "telegram", "failed"] == 1
    assert samples["thidua_outbox_open", "telegram", "queued"] == 1
    assert samples["thidua_outbox_open", "zalo_oa", "queued"] == 1
    assert samples["thidua_incoming_total", "telegram", "handled"] == 1
    assert samples["thidua_incoming_total", "zalo_oa", "handled"] == 1
    assert samples["thidua_inbox_waiting", "telegram"] == 1
    assert samples["thidua_inbox_oldest_seconds",] == 61
    assert samples["thidua_outbox_oldest_seconds",] == 60
    assert samples["thidua_alerts",] == 1
    assert samples["thidua_answer_seconds_bucket", "0.5"] == 0
    assert samples["thidua_answer_seconds_bucket", "1.0"] == 1
    assert samples["thidua_answer_seconds_bucket", "5.0"] == 2
    assert samples["thidua_answer_seconds_sum",] == pytest.approx(5)
    assert types["thidua_deliveries"] == types["thidua_incoming"] == "counter"
    assert types["thidua_reminders_total"] == types["thidua_outbox_open"] == "gauge"
    assert types["thidua_answer_seconds"] == "histogram"


async def test_no_text_and_no_address_is_told(store):
    await answer(store, 1)
    await store.raise_alert("a", "chuyện riêng", NOW)
    told = (await scrape(store, NOW)).decode()
    assert "riêng" not in told
    assert "người-nhận" not in told


async def test_a_message_from_a_clock_that_is_ahead_is_not_of_negative_age(store):
    await store.receive(Incoming("m", Address("telegram", "x"), "", NOW + 9 * SECOND))
    samples, _ = await figures(store)
    assert samples["thidua_inbox_oldest_seconds",] == 0


async def test_any_worker_s_beat_is_seen_by_all(store):
    assert await last_beat(store) is None
    await beat(store, lambda: NOW)
    await beat(store, lambda: NOW + SILENT)
    assert await last_beat(store) == NOW + SILENT


def test_room_is_free_bytes_and_leaves_nothing_behind(tmp_path):
    assert room(tmp_path) > 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No such file"):
        room(tmp_path / "không có")
