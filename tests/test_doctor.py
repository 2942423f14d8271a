"""`thidua doctor`: a line each, good only where it is, and every check comes to an end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import text

from bot.campaigns import Campaign
from bot.channels import Finding, Limits
from bot.config import load
from bot.doctor import Setup, examine, exit_code, lines
from bot.known import open_knowledge
from bot.messages import Address, Incoming, Outgoing
from bot.metrics import beat
from bot.officers import Officer, Unit
from bot.reminders import Reminder
from bot.store import Done, Store
from bot.store.migrate import migrate
from knowledge.documents import Document, Passage

LEASE = timedelta(minutes=2)
DAY = timedelta(days=1)
LAW = Document("20/2009/QH99", "Luật", "Luật mẫu", "Quốc hội", date(2009, 6, 1), date(2010, 1, 1))
TEXTS = ("1. Hồ sơ đề nghị khen thưởng gồm tờ trình.", "2. Quỹ thi đua do Ủy ban nhân dân cấp xã quản lý.")


@dataclass
class Fake:
    """A messenger that says of itself what it is told to."""

    name: str = "zalo_oa"
    limits: Limits = field(default_factory=lambda: Limits(2000, window=7 * DAY))
    polling: bool = False
    said: list[Finding] = field(default_factory=list)
    fails: Exception | None = None
    asked: int = 0

    async def check(self) -> list[Finding]:
        self.asked += 1
        if self.fails:
            raise self.fails
        return self.said


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A data folder with two clauses of a law, indexed."""
    settings = load({"data_dir": tmp_path_factory.mktemp("doctor") / "data"})
    with open_knowledge(settings) as known:
        passages = [Passage(LAW.number, f"dieu-1/khoan-{n}", said, (LAW.title,)) for n, said in enumerate(TEXTS, 1)]
        known.library.put(LAW, [], passages)
        known.retriever.sync()
    return settings


@pytest.fixture
async def setup(filled, tmp_path) -> Setup:
    """All as it should be: an officer who can be reached, a password; rows in a database of its own."""
    url = f"sqlite:///{tmp_path / 'thidua.db'}"
    migrate(url)
    store = Store(url)
    await store.put_units([Unit("XA", "Xã Mẫu", "xã")])
    await store.put_officer(Officer("CB01", "Lê Văn C", "XA", addresses=(Address("zalo_oa", "u1"),)))
    yield Setup(
        data_dir=tmp_path,
        store=store,
        clock=now,
        timezone="Asia/Ho_Chi_Minh",
        knowledge=lambda: open_knowledge(filled),
        staff_password="mat-khau",
    )
    await store.close()


async def bad(setup, *, limit=10.0, **changes):
    """The lines of what is not good."""
    found = await examine(replace(setup, **changes), limit=limit)
    return lines([finding for finding in found if not finding.good])


@contextmanager
def server(ahead: timedelta) -> Iterator[str]:
    """Answers everything with 404, and with a Date that is so far ahead."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response_only(404)
            self.send_header("Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
            self.end_headers()

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        httpd.server_close()


async def test_all_is_good_and_says_so(setup):
    messenger = Fake(
        polling=True, said=[Finding(good=True, what=what) for what in ("Zalo OA: kết nối được", "Webhook")]
    )
    found = await examine(replace(setup, messengers={"zalo_oa": messenger}))
    said = lines(found)
    assert [line for line in said if not line.startswith("✓")] == []
    assert exit_code(found) == 0
    assert messenger.asked == 1
    for what in (
        "✓ Cơ sở dữ liệu trả lời, các bảng đúng phiên bản.",
        "✓ Thư viện có 1 văn bản.",
        "✓ Mô hình nhúng nạp được.",
        "✓ Chỉ mục tra cứu đã lập.",
        "✓ Có dữ liệu múi giờ Asia/Ho_Chi_Minh.",
        "✓ 1 cán bộ, 0 người chưa liên lạc được qua kênh nào.",
        "✓ 0 lời nhắc quá giờ hơn một tiếng mà chưa gửi.",
        "✓ Zalo OA: kết nối được.",
        "✓ Zalo OA: Webhook.",
    ):
        assert what in said


async def test_one_bad_finding_is_a_failure_and_says_what_to_do(setup):
    found = await examine(replace(setup, staff_password=None))
    assert exit_code(found) == 1
    [line] = lines([finding for finding in found if not finding.good])
    assert line == "✗ Bàn làm việc đang đóng vì chưa có mật khẩu. → Đặt THIDUA_STAFF_PASSWORD."


async def test_a_folder_that_cannot_be_written(setup, tmp_path):
    [line] = await bad(setup, data_dir=tmp_path / "không có")
    assert "không ghi được" in line


async def test_a_database_of_another_version_is_told_and_not_touched(setup):
    async with setup.store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    [line] = await bad(setup)
    assert "thidua migrate" in line
    assert not await setup.store.at_head()


async def test_a_database_that_is_away_and_one_that_hangs(setup):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        hanging = silent.getsockname()[1]
        for port, limit, what in ((1, 10, "Không kết nối được"), (hanging, 0.3, "không trả lời trong 0.3 giây")):
            store = Store(f"postgresql+psycopg://me:bimat@127.0.0.1:{port}/x")
            begun = time.monotonic()
            [line] = await bad(setup, store=store, limit=limit)
            assert time.monotonic() - begun < 3
            assert what in line
            assert "bimat" not in line
            await store.close()


async def test_what_hangs_or_fails_is_a_finding_and_the_others_go_on(setup):
    release = threading.Event()

    @contextmanager
    def hanging():
        release.wait(5)
        yield None

    messenger = Fake("telegram", Limits(4096), polling=True, fails=RuntimeError("password=bimat"))
    begun = time.monotonic()
    found = await examine(replace(setup, knowledge=hanging, messengers={"telegram": messenger}), limit=0.5)
    assert time.monotonic() - begun < 2
    release.set()
    said = lines([finding for finding in found if not finding.good])
    assert said == [
        "✗ Telegram: không kiểm tra được. → Password=•••.",
        "✗ Thư viện văn bản: không trả lời trong 0.5 giây. → Xin thử lại sau.",
    ]


@pytest.mark.parametrize(
    ("ahead", "said"), [(0, None), (-50, None), (-125, "nhanh hơn máy chủ Telegram"), (125, "chậm hơn")]
)
async def test_the_clock_is_compared_with_the_first_server_that_tells(setup, ahead, said):
    with server(timedelta(seconds=ahead)) as url:
        found = await bad(setup, servers={"zalo_bot": "http://127.0.0.1:1", "telegram": url})
    assert (found == []) if said is None else (said in found[0] and len(found) == 1)


async def test_without_a_server_the_clock_may_not_be_before_what_was_written(setup):
    await setup.store.receive(Incoming("m", Address("zalo_oa", "u1"), "", now()))
    row = await setup.store.claim_incoming(now() + timedelta(minutes=5), lease=LEASE)
    await setup.store.commit(Done(inbox=row))
    [line] = await bad(setup)
    assert "chậm hơn lần ghi cuối cùng 300 giây" in line or "299 giây" in line


async def test_a_time_zone_without_data(setup):
    found = await bad(setup, timezone="Sao/Hoa")
    assert "Không có dữ liệu múi giờ Sao/Hoa" in found[0]


async def test_an_empty_library_one_without_index_and_an_embedder_that_fails(setup, tmp_path):
    settings = load({"data_dir": tmp_path / "other"})
    [line] = await bad(setup, knowledge=lambda: open_knowledge(settings))
    assert "thidua ingest" in line
    with open_knowledge(settings) as known:
        known.library.put(LAW, [], [Passage(LAW.number, "dieu-1", TEXTS[0], (LAW.title,))])
    [line] = await bad(setup, knowledge=lambda: open_knowledge(settings))
    assert "Chỉ mục tra cứu chưa lập xong" in line
    other = load({"data_dir": tmp_path / "other", "embeddings": "fractions:Fraction"})
    [line] = await bad(setup, knowledge=lambda: open_knowledge(other))
    assert "THIDUA_EMBEDDINGS" in line


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://thidua.example.vn", None),
        ("http://thidua.example.vn", "Cần https"),
        ("https://localhost:8000", "tên miền công khai"),
        ("https://127.0.0.1", "tên miền công khai"),
        ("https://10.1.2.3", "tên miền công khai"),
        ("https://[::1]/x", "tên miền công khai"),
        ("https://may-chu", "tên miền công khai"),
        (None, "THIDUA_PUBLIC_URL"),
    ],
)
async def test_a_webhook_needs_an_https_address_that_the_world_can_call(setup, url, said):
    found = await bad(setup, public_url=url, messengers={"zalo_oa": Fake()})
    assert (found == []) if said is None else (len(found) == 1 and said in found[0])
    polling = await bad(setup, public_url=url, messengers={"zalo_oa": Fake(polling=True)})
    assert polling == [line for line in found if "https" in line and (url or "").startswith("http:")]


async def test_a_webhook_s_secret_is_long_enough_and_never_shown(setup):
    secrets = {"telegram": "a" * 32, "zalo_bot": "b" * 31, "zalo_oa": "c" * 7, "khac": None}
    found = await examine(replace(setup, webhook_secrets=secrets))
    said = [line for line in lines(found) if "mã bí mật" in line]
    assert [line[0] for line in said] == ["✓", "✓", "✗", "✗"]
    assert ["Nên dùng" in line for line in said] == [False, True, False, False]
    assert not any(secret and secret in line for secret in secrets.values() for line in said)


async def test_officers_nobody_can_reach_are_named_and_counted(setup):
    for number in range(2, 9):
        await setup.store.put_officer(Officer(f"CB0{number}", "A", "XA"))
    [line] = await bad(setup)
    assert "8 cán bộ, 7 người chưa liên lạc được" in line
    assert line.endswith("CB02, CB03, CB04, CB05, CB06 và 2 người khác.")


async def test_windows_that_are_closed_and_that_close_soon(setup):
    store = setup.store
    also = (Address("zalo_oa", "u3"), Address("telegram", "t3"))
    await store.put_officer(Officer("CB02", "B", "XA", addresses=(Address("zalo_oa", "u2"),)))
    await store.put_officer(Officer("CB03", "C", "XA", addresses=also))
    for address, days in (("u1", 6.5), ("u2", 8), ("u3", 9), ("u1", 20)):
        await store.receive(Incoming(f"{address}-{days}", Address("zalo_oa", address), "", now() - days * DAY))
        await store.commit(Done(inbox=await store.claim_incoming(now(), lease=LEASE)))
    messengers = {"zalo_oa": Fake(polling=True)}
    [line] = await bad(setup, messengers=messengers)
    assert "đã đóng với 2 cán bộ, sẽ đóng trong 24 giờ với 1 cán bộ" in line
    assert line.endswith(": CB02.")
    assert await bad(setup, messengers=messengers, templates={"zalo_oa"}) == []


async def queued(store, count):
    await store.receive(Incoming("m", Address("zalo_bot", "u1"), "", now()))
    row = await store.claim_incoming(now(), lease=LEASE)
    outgoing = tuple((Address("zalo_bot", "u1"), Outgoing("x"), f"k{n}") for n in range(count))
    await store.commit(Done(inbox=row, outgoing=outgoing))


async def test_the_quota_of_the_month(setup):
    await queued(setup.store, 9)
    for sent_at in (now(),) * 8 + (now() - 32 * DAY,):
        await setup.store.sent(await setup.store.claim_outgoing(now(), ["zalo_bot"], lease=LEASE), sent_at)
    [line] = await bad(setup, quotas={"zalo_bot": 10})
    assert "tháng này đã gửi 8 trong 10 tin" in line
    assert await bad(setup, quotas={"zalo_bot": 11}) == await bad(setup, quotas={"zalo_bot": 0}) == []


async def test_what_did_not_go_out_could_not_be_handled_or_is_overdue(setup):
    store = setup.store
    await queued(store, 1)
    await store.fail(await store.claim_outgoing(now(), ["zalo_bot"], lease=LEASE), "x")
    await store.receive(Incoming("m2", Address("zalo_oa", "u1"), "", now()))
    await store.park_incoming(await store.claim_incoming(now(), lease=LEASE), "x")
    await store.put_campaign(Campaign("c", 1, "Đợt", "1/HD", 2026, (), (), ("XA",)))
    due = Reminder("c", "d", 1, "XA", "CB01", 3, now() - timedelta(hours=2), now() + DAY)
    soon = replace(due, offset=1, not_before=now() - timedelta(minutes=30))
    await store.plan_reminders([due, soon])
    await store.raise_alert("token", "Token Telegram bị từ chối.", now())
    failed, parked, late, alert = await bad(setup)
    assert "có 1 tin không gửi được" in failed
    assert "có 1 tin nhận được mà không xử lý được" in parked
    assert "1 lời nhắc quá giờ" in late
    assert "chưa từng" in late
    assert alert == "✗ Cảnh báo: Token Telegram bị từ chối. → Xin xử lý theo lời cảnh báo."
    await beat(store, lambda: datetime(2026, 11, 26, 3, 0, tzinfo=UTC))
    assert "lần cuối: 10:00 26/11/2026" in (await bad(setup))[2]
    later = await bad(setup, clock=lambda: now() + 8 * DAY)
    assert [line for line in later if "7 ngày qua" in line] == []
