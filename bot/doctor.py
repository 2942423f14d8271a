"""`thidua doctor`: what is good and what to do where it is not, a line each, in Vietnamese, for whoever runs it.

Rules of this file
1. Nothing is changed: no tables are made, no webhook is set, nothing is sent.
2. Whatever may hang has LIMIT seconds; a check that fails is a finding, never the end of the others.
3. Only a database that answers and has our tables is asked for more.
"""

from __future__ import annotations

import asyncio
import ipaddress
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from bot.channels import Finding, Messenger
from bot.logs import redact
from bot.metrics import ROOM, last_beat, room
from bot.officers import Officer
from bot.store import Store, Unavailable
from bot.web.wording import CHANNELS
from knowledge.library import Library
from knowledge.retriever import Retriever

T = TypeVar("T")

LIMIT: Final = 10.0  # seconds that a check may take
ASTRAY: Final = timedelta(seconds=60)  # a clock that is wrong by more
SECRET: Final = 8  # characters that a webhook's secret must have
GOOD_SECRET: Final = 32  # and that it should have
NEARLY: Final = 0.8  # of a quota
LATELY: Final = timedelta(days=7)  # what failed before has been seen
OVERDUE: Final = timedelta(hours=1)
SOON: Final = timedelta(days=1)
NAMED: Final = 5  # officers named in one line; the others are counted
DESK: Final = (
    "Mở bàn làm việc (/staff) để xem từng tin, thử lại (hoặc chạy: thidua retry), liên hệ cán bộ bằng cách khác."
)


class Known(Protocol):
    """What answers questions, opened."""

    @property
    def library(self) -> Library: ...
    @property
    def retriever(self) -> Retriever: ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What is examined, in plain values.

    `knowledge` opens what answers questions (its errors are sentences for staff). By name of a channel: `messengers`,
    the mounted ones; `servers`, their addresses without a token; `webhook_secrets`, those that were chosen here;
    `quotas`, messages a month (0: not metered). `templates`: channels that can write outside their window.
    """

    data_dir: Path
    store: Store
    clock: Callable[[], datetime]
    timezone: str
    knowledge: Callable[[], AbstractContextManager[Known]]
    messengers: Mapping[str, Messenger] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)
    webhook_secrets: Mapping[str, str | None] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)
    templates: Collection[str] = ()
    public_url: str | None = None
    staff_password: str | None = None


async def examine(setup: Setup, *, limit: float = LIMIT) -> list[Finding]:
    """Everything there is to check; never raises. `limit`: seconds for each check."""

    async def tried(what: str, check: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(limit):
                return await check
        except TimeoutError:
            return [Finding(good=False, what=f"{what}: không trả lời trong {limit:g} giây", advice="Xin thử lại sau.")]
        except Exception as error:  # noqa: BLE001 -- whatever stops a check is what it found
            said = redact(str(error)) or type(error).__name__
            return [Finding(good=False, what=f"{what}: không kiểm tra được", advice=said)]

    database = await tried("Cơ sở dữ liệu", _database(setup))
    usable = all(found.good for found in database)
    checks = [
        tried("Đồng hồ", _clock(setup, usable=usable)),
        *(tried(_name(name), _messenger(name, each)) for name, each in setup.messengers.items()),
    ]
    if usable:
        checks += [
            tried("Thư viện văn bản", _in_thread(lambda: _knowledge(setup))),
            tried("Cán bộ", _officers(setup)),
            tried("Hạn mức", _quotas(setup)),
            tried("Việc đang chạy", _work(setup)),
        ]
    found = [await tried("Thư mục dữ liệu", _in_thread(lambda: _disk(setup.data_dir))), database, _rim(setup)]
    return [finding for some in (*found, *await asyncio.gather(*checks)) for finding in some]


def lines(findings: Sequence[Finding]) -> list[str]:
    """What is printed, a line a finding."""
    return [
        f"{'✓' if found.good else '✗'} {found.what.rstrip('.')}."
        + (f" → {found.advice[0].upper()}{found.advice[1:].rstrip('.')}." if found.advice else "")
        for found in findings
    ]


def exit_code(findings: Sequence[Finding]) -> int:
    """0 if all is good, else 1."""
    return 0 if all(found.good for found in findings) else 1


def _disk(folder: Path) -> list[Finding]:
    try:
        free = room(folder)
    except OSError:
        what = f"Thư mục dữ liệu {folder} không ghi được"
        return [_found(what, bad="Tạo thư mục và cho tài khoản chạy trợ lý quyền ghi, hoặc đổi THIDUA_DATA_DIR.")]
    bad = "" if free >= ROOM else f"Dọn bớt đĩa: cần ít nhất {ROOM // 2**20} MB trống."
    megabytes = f"{free // 2**20:,}".replace(",", ".")
    return [_found(f"Thư mục dữ liệu ghi được, còn trống {megabytes} MB", bad=bad)]


async def _database(setup: Setup) -> list[Finding]:
    try:
        at_head = await setup.store.at_head()
    except Unavailable:
        bad = "Kiểm tra máy chủ cơ sở dữ liệu có đang chạy không và địa chỉ trong THIDUA_DATABASE_URL."
        return [_found("Không kết nối được cơ sở dữ liệu", bad=bad)]
    if not at_head:
        return [_found("Các bảng của cơ sở dữ liệu khác phiên bản với chương trình", bad="Chạy: thidua migrate")]
    return [_found("Cơ sở dữ liệu trả lời, các bảng đúng phiên bản")]


async def _clock(setup: Setup, *, usable: bool) -> list[Finding]:
    try:
        ZoneInfo(setup.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = _found(f"Không có dữ liệu múi giờ {setup.timezone}", bad="Cài lại gói tzdata hoặc sửa THIDUA_TIMEZONE.")
    else:
        zone = _found(f"Có dữ liệu múi giờ {setup.timezone}")
    async with httpx.AsyncClient(timeout=LIMIT / 2) as client:
        asked = await asyncio.gather(*(_ahead(client, url, setup.clock) for url in setup.servers.values()))
    for name, ahead in zip(setup.servers, asked, strict=True):
        if ahead is not None:
            return [zone, _apart(ahead, f"máy chủ {_name(name)}")]
    if usable and (theirs := await setup.store.database_clock()) is not None:
        return [zone, _apart(setup.clock() - theirs, "máy chủ cơ sở dữ liệu")]
    newest = await setup.store.newest() if usable else None
    if newest is not None and newest - setup.clock() > ASTRAY:
        return [zone, _apart(setup.clock() - newest, "lần ghi cuối cùng")]
    return [zone, _found("Chưa có nơi nào để so giờ của máy")]


async def _ahead(client: httpx.AsyncClient, url: str, clock: Callable[[], datetime]) -> timedelta | None:
    """How far our clock is ahead of a server's; None if that does not tell."""
    try:
        answer = await client.head(url)
        return clock() - parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError):
        return None


def _apart(ahead: timedelta, whose: str) -> Finding:
    seconds = abs(round(ahead.total_seconds()))
    if abs(ahead) <= ASTRAY:
        return _found(f"Giờ của máy khớp với {whose} (lệch {seconds} giây)")
    bad = "Chỉnh giờ máy và bật đồng bộ giờ (NTP): giờ sai thì lời nhắc đi sai lúc và mã liên kết hết hạn sai."
    return _found(f"Giờ của máy {'nhanh' if ahead > timedelta() else 'chậm'} hơn {whose} {seconds} giây", bad=bad)


def _knowledge(setup: Setup) -> list[Finding]:
    """In a thread of its own: everything here reads files and computes."""
    with setup.knowledge() as known:
        held = [document for document in known.library.documents() if document.held]
        if not held:
            return [_found("Thư viện chưa có văn bản nào", bad="Nạp văn bản: thidua ingest THƯ_MỤC")]
        found = [_found(f"Thư viện có {len(held)} văn bản")]
        try:
            known.retriever.vector("Hồ sơ đề nghị khen thưởng")
        except Exception as error:  # noqa: BLE001 -- any embedder may be behind it
            bad = "Kiểm tra THIDUA_EMBEDDINGS và gói mô hình đã cài; tra cứu cần mô hình này."
            return [*found, _found(f"Mô hình nhúng không nạp được ({type(error).__name__})", bad=bad)]
        found.append(_found("Mô hình nhúng nạp được"))
        sample = next((passage for each in held for passage in known.library.passages(each.number)), None)
        nearest = known.retriever.search(sample.text[:200], k=5) if sample else []
        if any(each.similarity is not None for each in nearest):
            return [*found, _found("Chỉ mục tra cứu đã lập")]
        return [*found, _found("Chỉ mục tra cứu chưa lập xong", bad="Chạy lại: thidua ingest THƯ_MỤC")]


def _rim(setup: Setup) -> list[Finding]:
    """What can be seen in the settings alone."""
    called = [name for name, messenger in setup.messengers.items() if not messenger.polling]
    found = [*_public(setup.public_url, called), *_secrets(setup.webhook_secrets)]
    if setup.staff_password:
        return [*found, _found("Bàn làm việc của cơ quan thường trực có mật khẩu")]
    return [*found, _found("Bàn làm việc đang đóng vì chưa có mật khẩu", bad="Đặt THIDUA_STAFF_PASSWORD.")]


def _public(url: str | None, called: Sequence[str]) -> Iterator[Finding]:
    who = ", ".join(map(_name, called))
    if url is None:
        if called:
            bad = "Đặt THIDUA_PUBLIC_URL là địa chỉ https mà Internet gọi tới được."
            yield _found(f"{who} nhận tin qua webhook nhưng chưa có địa chỉ công khai", bad=bad)
        return
    parts = urlsplit(url)
    if called and _is_inside(parts.hostname or ""):
        bad = f"{who} không gọi được vào đó: cần một tên miền công khai."
    elif parts.scheme != "https":
        bad = "Cần https (chứng chỉ hợp lệ) để webhook và đường dẫn tải tệp được bảo vệ."
    else:
        bad = ""
    yield _found(f"Địa chỉ công khai: {url}", bad=bad)


def _is_inside(host: str) -> bool:
    """Whether a host is this machine or its network, as far as the name tells."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))


def _secrets(secrets: Mapping[str, str | None]) -> Iterator[Finding]:
    for name, secret in secrets.items():
        what = f"{_name(name)}: mã bí mật của webhook dài {len(secret or '')} ký tự"
        if len(secret or "") < SECRET:
            yield _found(
                what, bad=f"Đặt một chuỗi ngẫu nhiên từ {GOOD_SECRET} ký tự; ngắn hơn {SECRET} thì bị từ chối."
            )
        elif len(secret or "") < GOOD_SECRET:
            yield Finding(good=True, what=what, advice=f"Nên dùng chuỗi ngẫu nhiên từ {GOOD_SECRET} ký tự.")
        else:
            yield _found(what)


async def _messenger(name: str, messenger: Messenger) -> list[Finding]:
    """What it says of itself, each line with its name in front."""
    said = _name(name)
    return [
        found if found.what.startswith(said) else Finding(found.good, f"{said}: {found.what}", found.advice)
        for found in await messenger.check()
    ]


async def _officers(setup: Setup) -> list[Finding]:
    officers = await setup.store.officers()
    if not officers:
        bad = "Thêm cán bộ: thidua officer add, hoặc ghi trong tệp đợt rồi thidua campaign open."
        return [_found("Chưa có cán bộ nào", bad=bad)]
    nowhere = [officer.code for officer in officers if not officer.addresses]
    bad = f"Cấp mã liên kết (thidua officer code MÃ) và gọi điện cho: {_some(nowhere)}." if nowhere else ""
    found = [_found(f"{len(officers)} cán bộ, {len(nowhere)} người chưa liên lạc được qua kênh nào", bad=bad)]
    windows = {name: window for name, each in setup.messengers.items() if (window := each.limits.window)}
    return [*found, *[await _window(setup, officers, name, window) for name, window in windows.items()]]


async def _window(setup: Setup, officers: Sequence[Officer], name: str, window: timedelta) -> Finding:
    """Whom a channel can still write to, by when they last wrote. An address never heard of counts as open."""
    now, closed, closing, stuck = setup.clock(), 0, 0, []
    for officer in officers:
        here = [address for address in officer.addresses if address.channel == name]
        heard = [at for address in here if (at := await setup.store.last_heard(address)) is not None]
        if heard and now - max(heard) > window:
            closed += 1
            if len(here) == len(officer.addresses):
                stuck.append(officer.code)
        elif heard and now - max(heard) > window - SOON:
            closing += 1
    what = f"{_name(name)}: cửa sổ trả lời đã đóng với {closed} cán bộ, sẽ đóng trong 24 giờ với {closing} cán bộ"
    bad = ""
    if stuck and name not in setup.templates:
        bad = f"Nhờ những người này nhắn một tin cho trợ lý, hoặc liên kết thêm kênh khác: {_some(stuck)}."
    return _found(what, bad=bad)


async def _quotas(setup: Setup) -> list[Finding]:
    now = setup.clock().astimezone(ZoneInfo(setup.timezone))
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    for name, quota in setup.quotas.items():
        if quota > 0:
            sent = await setup.store.sent_since(name, month)
            bad = "Sắp hết hạn mức: mời cán bộ liên kết thêm kênh khác, hoặc mua thêm hạn mức."
            what = f"{_name(name)}: tháng này đã gửi {sent} trong {quota} tin"
            found.append(_found(what, bad=bad if sent >= NEARLY * quota else ""))
    return found


async def _work(setup: Setup) -> list[Finding]:
    store, now = setup.store, setup.clock()
    failed, parked = await store.failed_since(now - LATELY), await store.parked_since(now - LATELY)
    late = await store.overdue(now - OVERDUE)
    seen = await last_beat(store)
    beat = f"{seen.astimezone(ZoneInfo(setup.timezone)):%H:%M %d/%m/%Y}" if seen else "chưa từng"
    run = f"Bộ xử lý có đang chạy không (lần cuối: {beat})? Chạy: thidua serve, hoặc thidua worker."
    return [
        _found(f"7 ngày qua có {failed} tin không gửi được", bad=DESK if failed else ""),
        _found(f"{await store.retried()} tin đang được gửi lại"),
        _found(f"7 ngày qua có {parked} tin nhận được mà không xử lý được", bad=DESK if parked else ""),
        _found(f"{late} lời nhắc quá giờ hơn một tiếng mà chưa gửi", bad=run if late else ""),
        *(_found(f"Cảnh báo: {alert.text}", bad="Xin xử lý theo lời cảnh báo.") for alert in await store.alerts()),
    ]


async def _in_thread(work: Callable[[], T]) -> T:
    """Like asyncio.to_thread, but nobody waits at the end for a thread that hangs."""
    done: Future[T] = Future()

    def run() -> None:
        done.set_running_or_notify_cancel()
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 -- raised where it is waited for
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(done)


def _found(what: str, *, bad: str = "") -> Finding:
    """Good, unless there is something to do."""
    return Finding(good=not bad, what=what, advice=bad)


def _name(channel: str) -> str:
    return CHANNELS.get(channel, channel)


def _some(codes: Sequence[str]) -> str:
    more = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f" và {more} người khác" if more > 0 else "")
