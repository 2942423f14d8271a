"""The emulated Bot Platform answers as the notes on Zalo say, in each variant they leave open."""

from __future__ import annotations

import threading
import time

import httpx
import pytest
from loopback import Emulator, Fault, running
from zalo_bot_server import ZaloBotServer, failure, zalo_bot_server


@pytest.fixture
def server():
    with zalo_bot_server(longest_poll=0.05) as started:
        yield started


@pytest.fixture
def client():
    with httpx.Client(trust_env=False, timeout=5) as opened:
        yield opened


@pytest.fixture
def ask(server: ZaloBotServer, client):
    """Call a method, with JSON; the answer's status and body."""

    def call(method: str, token: str | None = None, **arguments: object) -> tuple[int, dict]:
        answer = client.post(f"{server.base_url}/bot{token or server.token}/{method}", json=arguments)
        return answer.status_code, answer.json()

    return call


@pytest.fixture
def hook(server):
    """Our side of the webhook."""
    with running(Emulator()) as listening:
        server.hosts["https://bot.example"] = listening.url
        yield listening


def test_arguments_come_by_query_form_json_and_multipart(server, client):
    lan = server.person("Lan")
    url = f"{server.base_url}/bot{server.token}/sendMessage"
    said = {"chat_id": lan.id, "text": "Xin chào"}
    for answer in (
        client.get(url, params=said),
        client.post(url, data=said),
        client.post(url, json=said),
        client.post(url, files={key: (None, value) for key, value in said.items()}),
    ):
        assert answer.json()["ok"]
        assert set(answer.json()["result"]) == {"message_id", "date"}
    assert [message.text for message in lan.received] == ["Xin chào"] * 4
    assert client.post(f"{server.base_url}/bot{server.token}/getMe").json()["result"]["id"] == server.bot_id
    assert not client.post(url.replace("sendMessage", "sendmessage"), json=said).json()["ok"]
    assert not client.post(url.replace("sendMessage", "sendDocument"), json=said).json()["ok"]


def test_a_poll_brings_one_object_and_reading_takes_it_away(server, ask):
    lan = server.person("Lan")
    lan.says("một")
    lan.says("hai")
    first, second = (ask("getUpdates", timeout="1")[1]["result"] for _ in range(2))
    assert [update["message"]["text"] for update in (first, second)] == ["một", "hai"]
    assert first["event_name"] == "message.text.received"
    assert first["message"]["from"] == {"id": lan.id, "display_name": "Lan", "is_bot": False}
    assert first["message"]["chat"] == {"id": lan.id, "chat_type": "PRIVATE"}
    assert first["message"]["date"] == 1767225600000
    assert not ask("getUpdates", timeout=1)[1]["ok"]
    assert server.history == [first, second]


def test_updates_are_replayed_doubled_reordered_held_back_or_listed(server, ask):
    lan = server.person()
    server.replays, server.listed = 2, True
    lan.says("lặp")
    assert [ask("getUpdates", timeout=1)[1].get("result") for _ in range(4)] == [[server.history[0]]] * 3 + [None]
    server.copies, server.newest_first, server.held, server.listed = 2, True, True, False
    lan.says("trước")
    lan.says("sau")
    assert not ask("getUpdates", timeout=1)[1]["ok"]
    server.release()
    texts = [ask("getUpdates", timeout=1)[1]["result"]["message"]["text"] for _ in range(4)]
    assert texts == ["sau", "sau", "trước", "trước"]


def test_a_poll_ends_as_soon_as_something_comes(server, ask):
    server.longest_poll = 5
    lan = server.person()
    later = threading.Timer(0.1, lan.says, ["đây"])
    began = time.monotonic()
    later.start()
    assert ask("getUpdates", timeout=5)[1]["result"]["message"]["text"] == "đây"
    assert time.monotonic() - began < 4.5
    later.join()


@pytest.mark.parametrize("status", [200, 408])
def test_an_empty_poll_is_408_in_the_body_or_an_empty_success(server, ask, status):
    server.statuses[408] = status
    assert ask("getUpdates", timeout=1) == (status, failure(408, "Request timeout"))
    for nothing in (None, {}, []):
        server.idle = {"ok": True, "result": nothing}
        assert ask("getUpdates", timeout=1) == (200, {"ok": True, "result": nothing})


@pytest.mark.parametrize("status", [200, 400])
def test_polling_and_a_webhook_exclude_each_other(server, ask, status):
    server.statuses = {400: status, 404: 404 if status == 400 else 200}
    assert ask("getWebhookInfo") == (server.statuses[404], failure(404, "Not Found"))
    server.verifies = False
    assert ask("setWebhook", url="https://bot.example/zalo", secret_token="x" * 8)[1]["ok"]
    refused = ask("getUpdates", timeout=1)
    assert refused[0] == status
    assert refused[1]["error_code"] == 400
    assert "while a webhook is set" in refused[1]["description"]
    assert ask("getWebhookInfo")[1]["result"]["url"] == "https://bot.example/zalo"
    assert ask("deleteWebhook")[1]["result"]["url"] == ""
    assert ask("getUpdates", timeout=1)[1]["error_code"] == 408


def test_a_wrong_token_is_refused_in_three_ways(server, ask, client):
    assert ask("getMe", token="1:wrong") == (200, failure(401, "Unauthorized"))
    server.statuses[401] = 401
    assert ask("getMe", token="1:wrong")[0] == 401
    server.unauthorized = "<html>no</html>"
    answer = client.post(f"{server.base_url}/bot1:wrong/getMe")
    assert (answer.status_code, answer.text) == (401, "<html>no</html>")


def test_what_is_sent_is_held_to_the_limits(server, ask, client):
    lan, room = server.person(), server.group()
    assert ask("sendMessage", chat_id=lan.id, text="đ" * 2000)[1]["ok"]
    photo = {"chat_id": lan.id, "photo": "https://bot.example/anh.jpg"}
    for method, given in (
        ("sendMessage", {"chat_id": lan.id, "text": "đ" * 2001}),
        ("sendMessage", {"chat_id": lan.id, "text": ""}),
        ("sendMessage", {"chat_id": "nobody", "text": "a"}),
        ("sendPhoto", photo | {"photo": "data:image/png;base64,AA"}),
        ("sendPhoto", photo | {"photo": server.url + "/anh.jpg"}),
        ("sendPhoto", photo | {"caption": "a" * 2001}),
        ("sendVoice", {"chat_id": room.id, "voice_url": "https://bot.example/a.aac"}),
        ("sendChatAction", {"chat_id": lan.id, "action": "dancing"}),
    ):
        assert ask(method, **given)[1]["error_code"] == 400, given
    by_upload = {"files": {"photo": ("a.jpg", b"\xff\xd8")}, "data": {"chat_id": lan.id}}
    url = f"{server.base_url}/bot{server.token}/sendPhoto"
    assert client.post(url, **by_upload).json()["description"] == "The photo must not be empty"
    assert ask("sendPhoto", **photo)[1]["ok"]
    assert ask("sendSticker", chat_id=lan.id, sticker="50ce")[1]["ok"]
    assert ask("sendChatAction", chat_id=lan.id, action="typing") == (200, {"ok": True})
    assert [message.kind for message in lan.received] == ["text", "photo", "sticker"]
    assert lan.typing == 1
    lan.blocks()
    assert ask("sendMessage", chat_id=lan.id, text="a")[1]["error_code"] == server.blocked_code


def test_the_quota_runs_out(server, ask):
    lan = server.person()
    server.quota = 2
    answers = [ask("sendMessage", chat_id=lan.id, text=str(number)) for number in range(3)]
    assert [body["ok"] for _, body in answers] == [True, True, False]
    assert answers[2] == (200, failure(429, "Quota exceeded"))
    server.statuses[429], server.code_key = 429, "errorCode"
    assert ask("sendMessage", chat_id=lan.id, text="a")[0] == 429
    assert ask("sendMessage", chat_id=lan.id, text="a")[1]["errorCode"] == 429
    assert ask("sendChatAction", chat_id=lan.id, action="typing")[1]["ok"]


def test_faults_strike_before_or_after_the_call_is_carried_out(server, ask, client):
    lan = server.person()
    url, said = f"{server.base_url}/bot{server.token}/sendMessage", {"chat_id": lan.id, "text": "a"}
    server.faults["sendMessage"] += [Fault(drop=True), Fault(drop=True, processed=True), Fault(503), Fault(wait=0.1)]
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(url, json=said)
    assert len(lan.received) == 0
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(url, json=said)
    assert len(lan.received) == 1
    answer = client.post(url, json=said)
    assert (answer.status_code, len(lan.received)) == (503, 1)
    began = time.monotonic()
    assert ask("sendMessage", **said)[1]["ok"]
    assert time.monotonic() - began >= 0.1
    server.faults["*"] += [Fault(wait=30, processed=True), Fault(502, processed=True)]
    with pytest.raises(httpx.ReadTimeout):
        client.post(url, json=said, timeout=0.5)
    assert client.post(url, json=said).status_code == 502
    assert len(lan.received) == 4
    assert len(server.called("sendMessage")) == 6


def test_what_people_send_has_the_shapes_seen(server, client):
    lan, room = server.person(), server.group()
    photo = lan.sends_photo(b"\xff\xd8 real", caption="đơn")["message"]
    assert photo["message_type"] == "CHAT_PHOTO"
    assert client.get(photo["photo_url"]).content == b"\xff\xd8 real"
    server.media.clear()
    assert client.get(photo["photo_url"]).status_code == 404
    server.image_key = "photo"
    assert "photo" in lan.sends_photo()["message"]
    assert set(lan.sends_sticker()["message"]) >= {"sticker", "url"}
    assert lan.sends_audio()["message"]["voice_url"].endswith(".aac")
    assert "message_id" not in lan.sends_file()["message"]
    server.unsupported = "none"
    assert lan.sends_file() == {"event_name": "message.unsupported.received"}
    before = len(server.updates)
    lan.says("không ai nghe", room)
    assert len(server.updates) == before
    assert lan.mentions("nghe đây", room)["message"]["chat"] == {"id": room.id, "chat_type": "GROUP"}
    assert len(server.updates) == before + 1


def test_a_person_picks_a_number_that_is_to_be_seen(server, ask):
    lan = server.person()
    later = threading.Timer(0.05, ask, ["sendMessage"], {"chat_id": lan.id, "text": "Chọn:\n1. Có\n2. Không"})
    later.start()
    assert len(lan.hears()) == 1
    later.join()
    assert lan.numbered(2) == "Không"
    with pytest.raises(AssertionError, match="sees no choice 3"):
        lan.picks(3)
    assert lan.picks(2)["message"]["text"] == "2"
    assert lan.unread == []


def test_the_webhook_is_called_with_its_secret(server, ask, hook):
    for wrong in ({"url": "http://bot.example"}, {"url": "https://bot.example/zalo", "secret_token": "short"}):
        assert ask("setWebhook", **({"secret_token": "x" * 8} | wrong))[1]["error_code"] == 400
    result = ask("setWebhook", url="https://bot.example/zalo", secret_token="secret-demo")[1]["result"]
    assert result["verification"]["outcome"] == "webhook.ok"
    assert hook.calls.pop().raw == b""
    event = server.person().says("chào")
    delivery = server.deliver()
    assert (delivery.status, delivery.body) == (200, "seen")
    server.wrapped = True
    for secret in ("wrong", None):
        server.deliver(event, secret)
    server.probe()
    secrets = [call.headers.get("x-bot-api-secret-token") for call in hook.calls]
    assert secrets == ["secret-demo", "wrong", None, None]
    assert [call.arguments for call in hook.calls] == [event, *[{"ok": True, "result": event}] * 2, {}]
    assert len(server.deliveries) == 5


def test_a_webhook_that_cannot_be_verified_is_kept_all_the_same(server, ask, hook):
    hook.faults["/zalo"] = [Fault(503)]
    server.webhook_changes, server.refuses_loopback = 3, True
    outcomes = []
    for url in (hook.url, "https://bot.example/zalo", "https://elsewhere.example/zalo"):
        outcomes.append(ask("setWebhook", url=url, secret_token="x" * 8)[1]["result"]["verification"]["outcome"])
        assert ask("getWebhookInfo")[1]["result"]["url"] == url
    assert outcomes == ["webhook.err.blocked", "webhook.http.5xx", "webhook.err.dns"]
    assert ask("setWebhook", url=hook.url, secret_token="x" * 8)[1]["error_code"] == 426
    server.person().says("chào")
    assert (server.deliver().status, server.deliveries[-1].error) == (0, "Unreachable")
