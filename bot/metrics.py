"""The figures of the assistant for Prometheus; the signs that it works: a worker's heartbeat, room on the disk.

Rules of this file
1. All state is rows: what is told is read from them when it is asked for, the same by every process. Nothing is counted
   in memory, so nothing is lost or counted twice by a restart.
2. What only grows is a counter; what may shrink again (waiting, planned) is a gauge, whatever it is called.
3. Channels, states and numbers only: no name, no address, no text.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from bot.store import InboxState, OutboxState, Store
from bot.store.figures import BUCKETS, AnswerTimes

WORKER: Final = "worker"  # the state that a heartbeat is kept in
BEAT: Final = timedelta(seconds=10)  # how often a worker gives one
SILENT: Final = timedelta(seconds=60)  # after that long without one, no worker is running
ROOM: Final = 100 * 1024 * 1024  # bytes that must be free on the disk

_OPEN: Final = {OutboxState.QUEUED, OutboxState.SENDING}
_BY_STATE: Final = ("channel", "state")
_BY_OUTCOME: Final = ("channel", "outcome")


async def beat(store: Store, clock: Callable[[], datetime]) -> None:
    """A worker is alive; of several, one is enough. To be called about every BEAT."""
    await store.put_state(WORKER, {"at": clock().isoformat()})


async def last_beat(store: Store) -> datetime | None:
    """When a worker was last known to be alive; None: never."""
    body = await store.state(WORKER)
    return None if body is None else datetime.fromisoformat(body["at"])


def room(folder: Path) -> int:
    """Free bytes where a folder is. Raises OSError if nothing can be written there."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"thidua")
        file.flush()
    return shutil.disk_usage(folder).free


async def scrape(store: Store, now: datetime) -> bytes:
    """All figures in Prometheus's text format."""
    return generate_latest(_Told(tuple(await _families(store, now))))


@dataclass(frozen=True, slots=True)
class _Told(Collector):
    """What was read, as Prometheus's client collects it."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.families


async def _families(store: Store, now: datetime) -> list[Metric]:
    waiting = GaugeMetricFamily("thidua_inbox_waiting", "Messages received and not handled", labels=["channel"])
    incoming = CounterMetricFamily("thidua_incoming", "Messages received, by what became of them", labels=_BY_STATE)
    for (channel, received), count in sorted((await store.inbox_counts()).items()):
        if received is InboxState.WAITING:
            waiting.add_metric([channel], count)
        else:
            incoming.add_metric([channel, received], count)
    still = GaugeMetricFamily("thidua_outbox_open", "Messages still to be delivered", labels=_BY_STATE)
    deliveries = CounterMetricFamily("thidua_deliveries", "Messages by what became of them", labels=_BY_OUTCOME)
    for (channel, decided), count in sorted((await store.outbox_counts()).items()):
        (still if decided in _OPEN else deliveries).add_metric([channel, decided], count)
    reminders = GaugeMetricFamily("thidua_reminders_total", "Reminders by state", labels=["state"])
    for state, count in sorted((await store.reminder_counts()).items()):
        reminders.add_metric([state], count)
    return [
        _age("thidua_inbox_oldest_seconds", "Age of the oldest message not handled", await store.oldest_waiting(), now),
        _age("thidua_outbox_oldest_seconds", "Age of the oldest message not delivered", await store.oldest_open(), now),
        waiting,
        incoming,
        still,
        deliveries,
        _histogram(await store.answer_times()),
        reminders,
        GaugeMetricFamily("thidua_alerts", "What staff must act on now", value=len(await store.alerts())),
        InfoMetricFamily("thidua_build", "What is running", value={"version": version("thidua")}),
    ]


def _age(name: str, what: str, since: datetime | None, now: datetime) -> Metric:
    """0 where nothing waits."""
    return GaugeMetricFamily(name, what, value=0.0 if since is None else max(0.0, (now - since).total_seconds()))


def _histogram(times: AnswerTimes) -> Metric:
    buckets: list[tuple[str, float]] = [
        (str(bucket), count) for bucket, count in zip(BUCKETS, times.within, strict=True)
    ]
    what = "From a message to the decision what to answer"
    return HistogramMetricFamily("thidua_answer_seconds", what, [*buckets, ("+Inf", times.count)], times.total)
