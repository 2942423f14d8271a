"""Calls and downloads over real HTTP: what comes back, what each failure is, and what it never says."""

from __future__ import annotations

import traceback

import httpx
import pytest
from loopback import Call, Emulator, Fault, Reply, running

from bot.channels import Rejected, Retry, SendError, calling
from bot.channels.calling import call, download

HERE = {"127.0.0.1"}


class Server(Emulator):
    """Answers what it was asked with."""

    def answer(self, call: Call) -> Reply:
        return Reply({"asked": call.arguments})


@pytest.fixture
def server():
    with running(Server()) as started:
        yield started


@pytest.fixture
async def client():
    async with httpx.AsyncClient(timeout=5) as opened:
        yield opened


def asked(client: httpx.AsyncClient, server: Emulator) -> httpx.Request:
    return client.build_request("POST", f"{server.url}/bot1:secret/ask", json={"a": "b"})


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault(), 200, {"asked": {"a": "b"}}),
        (Fault(404, {"ok": False}), 404, {"ok": False}),
        (Fault(401, "<html>no</html>"), 401, None),
        (Fault(200, b"\xff\xfe\x00"), 200, None),
        (Fault(200, b"[" * 100_000), 200, None),
        (Fault(200, b""), 200, None),
        (Fault(302, "", {"Location": "/elsewhere"}), 302, None),
    ],
)
async def test_a_call_gives_status_and_json(server, client, fault, status, body):
    server.faults["*"] = [fault]
    assert await call(client, asked(client, server), "ask") == (status, body)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(500), "500"),
        (Fault(503, {"ok": True}), "503"),
        (Fault(drop=True), "bị đứt"),
        (Fault(drop=True, processed=True), "bị đứt"),
        (Fault(wait=5), "không trả lời kịp"),
    ],
)
async def test_a_call_that_breaks_is_to_be_tried_again(server, fault, words):
    server.faults["*"] = [fault]
    async with httpx.AsyncClient(timeout=0.2) as client:
        with pytest.raises(Retry, match=rf"^ask: .*{words}") as raised:
            await call(client, asked(client, server), "ask")
    assert type(raised.value) is Retry
    assert raised.value.__cause__ is None
    assert "secret" not in told(raised.value)
    assert "127.0.0.1" not in told(raised.value)


async def test_nobody_there(client):
    with running(Emulator()) as gone:
        request = asked(client, gone)
    with pytest.raises(Retry, match=r"không kết nối được .*ConnectError") as raised:
        await call(client, request, "ask")
    assert "127.0.0.1" not in told(raised.value)


async def test_a_file_comes_whole_up_to_the_limit(server, client):
    content = bytes(range(256)) * 1000
    url = server.keep("ảnh 1.jpg", content)
    assert await download(client, url, hosts=HERE, limit=len(content)) == content
    with pytest.raises(Rejected, match="lớn hơn"):
        await download(client, url, hosts=HERE, limit=len(content) - 1)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(404), Rejected),
        (Fault(410), Rejected),
        (Fault(403), Rejected),
        (Fault(304), Rejected),
        (Fault(500), Retry),
        (Fault(429), Retry),
        (Fault(408), Retry),
        (Fault(drop=True), Retry),
    ],
)
async def test_a_file_that_does_not_come(server, client, fault, kind):
    url = server.keep("secret.jpg", b"a")
    server.faults["media"] = [fault]
    with pytest.raises(SendError) as raised:
        await download(client, url, hosts=HERE, limit=10)
    assert type(raised.value) is kind
    assert "secret" not in told(raised.value)


async def test_a_download_does_not_last_for_ever(server, client, monkeypatch):
    monkeypatch.setattr(calling, "LONGEST_DOWNLOAD", 0.1)
    server.faults["media"] = [Fault(wait=5)]
    with pytest.raises(Retry, match="không trả lời kịp"):
        await download(client, server.keep("a.jpg", b"a"), hosts=HERE, limit=10)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/media/a",  # not named: see hosts
        "https://localhost:{port}/media/a.zdn.vn",
        "http://f1.zdn.vn/a",
        "http://media.example/a",
        "https://zdn.vn/a",
        "https://evilzdn.vn/a",
        "https://evilmedia.example/a",
        "https://f1.zdn.vn.evil.example/a",
        "https://f1.zdn.vn@evil.example/a",
        "https://evil.example/?.zdn.vn",
        "ftp://f1.zdn.vn/a",
        "file:///etc/passwd",
        "f1.zdn.vn/a",
        "",
        "https://[::1",
        "https://f1.zdn.vn:port/a",
    ],
)
async def test_what_is_not_allowed_is_not_asked_for(server, url):
    reached: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        reached.append(request)
        return httpx.Response(200, content=b"a")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(Rejected):
            await download(client, url.format(port=80), hosts={".zdn.vn", "media.example"}, limit=10)
        assert reached == []
        for good in ("https://f1.zdn.vn/a", "https://A.B.ZDN.VN/a", "https://media.example/a"):
            assert await download(client, good, hosts={".zdn.vn", "media.example"}, limit=10) == b"a"


async def test_redirects_are_followed_within_the_list_only(server, client):
    url = server.keep("a.jpg", b"a")
    there = server.keep("b.jpg", b"b")
    server.faults["media"] = [Fault(302, "", {"Location": there})]
    assert await download(client, url, hosts=HERE, limit=10) == b"b"
    before = len(server.calls)
    server.faults["media"] = [Fault(302, "", {"Location": there.replace("127.0.0.1", "localhost")})]
    with pytest.raises(Rejected, match="không được phép"):
        await download(client, url, hosts=HERE, limit=10)
    assert len(server.calls) == before + 1
    server.faults["media"] = [Fault(302, "", {"Location": url})] * 20
    with pytest.raises(Rejected, match="chuyển hướng"):
        await download(client, url, hosts=HERE, limit=10)
    assert len(server.calls) == before + 1 + 1 + calling.MOST_REDIRECTS


async def test_whoever_keeps_the_file_learns_nothing_of_ours(server):
    async with httpx.AsyncClient(headers={"access_token": "secret"}, cookies={"session": "secret"}) as client:
        await download(client, server.keep("a.jpg", b"a"), hosts=HERE, limit=10)
    assert "secret" not in str(server.calls[0].headers)
