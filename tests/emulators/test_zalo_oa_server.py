"""The emulated Official Account answers as the notes on Zalo say, in each variant they leave open."""

from __future__ import annotations

import base64
import hashlib
import json

import httpx
import pytest
from loopback import Emulator, Fault, running
from zalo_oa_server import ZaloOAServer, failure, zalo_oa_server

VECTOR = (
    '{"app_id":"1001","event_name":"user_send_text","sender":{"id":"2002"},"recipient":{"id":"3003"},'
    '"user_id_by_app":"4004","message":{"msg_id":"m-1","text":"Xin chào"},"timestamp":"1767225600000"}'
)
VECTOR_MAC = "mac=4585c7f3861a5f4162dc76d19c6d469eeef7c4dfaf1ed8d8058b867d10d7f92c"
CS = "/v3.0/oa/message/cs"


@pytest.fixture
def server():
    with zalo_oa_server() as started:
        yield started


@pytest.fixture
def client():
    with httpx.Client(trust_env=False, timeout=5) as opened:
        yield opened


@pytest.fixture
def ask(server: ZaloOAServer, client):
    """Call the open API with the newest token; the answer's body, which comes with HTTP 200 whatever it says."""

    def call(path: str, body: dict | None = None, data: dict | None = None, **more) -> dict:
        access = {"access_token": (server.tokens or [server.issue()])[-1].access}
        if data is not None:
            answer = client.get(server.api_url + path, params={"data": json.dumps(data)}, headers=access)
        else:
            answer = client.post(server.api_url + path, json=body, headers=access, **more)
        assert answer.status_code == 200
        return answer.json()

    return call


@pytest.fixture
def send(ask):
    def say(person, text: str = "Chào bạn", **message) -> dict:
        return ask(CS, {"recipient": {"user_id": person.id}, "message": {"text": text} | message})

    return say


@pytest.fixture
def grant(server: ZaloOAServer, client):
    """Ask for tokens; the answer's body."""

    def call(secret: str = server.app_secret, **form: str) -> dict:
        url, given = server.oauth_url + "/v4/oa/access_token", {"app_id": server.app_id} | form
        answer = client.post(url, data=given, headers={"secret_key": secret})
        assert answer.status_code == 200
        return answer.json()

    return call


@pytest.fixture
def hook(server):
    """Our side of the webhook."""
    with running(Emulator()) as listening:
        server.webhook_url = listening.url + "/zalo-oa"
        yield listening


def test_a_code_gives_tokens_once_and_within_ten_minutes(server, grant):
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    form = {"grant_type": "authorization_code", "code": server.consent(challenge), "code_verifier": verifier}
    given = grant(**form)
    assert given["expires_in"] == "90000"
    assert given["access_token"] == server.tokens[0].access
    assert grant(**form)["error"] == server.codes["code"]
    assert grant(**form | {"code": server.consent("another")})["error"] == server.codes["code"]
    assert grant(**form | {"code": server.consent()}, secret="wrong")["error"] == server.codes["request"]
    late = server.consent()
    server.clock.advance(minutes=11)
    assert grant(**form | {"code": late})["error"] == server.codes["code"]


def test_a_refresh_token_serves_once_and_for_ninety_days(server, grant):
    first = server.issue()
    second = grant(grant_type="refresh_token", refresh_token=first.refresh)
    again = grant(grant_type="refresh_token", refresh_token=first.refresh)
    assert again["error"] == -14014
    assert again["error_name"]
    server.codes["refresh"], server.expiry_is_text = -118, False
    server.clock.advance(days=89)
    third = grant(grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert third["expires_in"] == 90000
    server.clock.advance(days=90)
    assert grant(grant_type="refresh_token", refresh_token=third["refresh_token"])["error"] == -118
    assert [(one.spent, one.dead) for one in server.tokens] == [(True, True), (True, True), (False, False)]


def test_a_refresh_whose_answer_is_lost_has_used_the_token_up(server, grant):
    first = server.issue()
    server.faults["v4/oa/access_token"] += [Fault(503), Fault(drop=True, processed=True)]
    with pytest.raises(AssertionError):
        grant(grant_type="refresh_token", refresh_token=first.refresh)
    assert not first.spent
    with pytest.raises(httpx.RemoteProtocolError):
        grant(grant_type="refresh_token", refresh_token=first.refresh)
    assert grant(grant_type="refresh_token", refresh_token=first.refresh)["error"] == -14014


def test_an_access_token_is_a_header_and_lasts_25_hours(server, client, ask, grant):
    lan, url = server.person(), server.api_url + "/v2.0/oa/getoa"
    old = server.issue()
    assert client.get(url, headers={"access_token": old.access}).json()["data"]["oa_id"] == server.oa_id
    assert client.get(url, headers={"Authorization": f"Bearer {old.access}"}).json()["error"] == -216
    detail = {"path": "/v3.0/oa/user/detail", "data": {"user_id": lan.id}}
    server.clock.advance(hours=24, minutes=59)
    assert ask(**detail)["error"] == 0
    server.clock.advance(minutes=1)
    assert ask(**detail)["error"] == -220
    grant(grant_type="refresh_token", refresh_token=old.refresh)
    assert ask(**detail)["error"] == 0
    server.codes["expired"] = 401
    server.clock.advance(days=2)
    assert ask(**detail)["error"] == 401
    server.issue()
    server.refuses = -224
    assert ask(**detail)["error"] == -224


def test_the_window_is_free_then_billed_then_shut(server, send):
    lan = server.person()
    sent = send(lan)
    assert sent["data"]["quota"] == {"quota_type": "reply"}
    assert sent["data"]["message_id"] == lan.received[0].id
    server.clock.advance(hours=49)
    server.issue()
    assert send(lan)["data"]["quota"] == {"quota_type": "purchase_quota"}
    assert server.billed == 1
    server.clock.advance(days=6)
    server.issue()
    assert send(lan)["error"] == -230
    server.codes["window"] = -232
    assert send(lan)["error"] == -232
    lan.says("tôi đây")
    assert send(lan)["error"] == 0
    assert len(lan.received) == 3


def test_who_does_not_follow_or_has_blocked_is_out_of_reach(server, send):
    stranger, lan = server.person("Minh", follows=False), server.person("Lan")
    assert send(stranger)["error"] == -213
    stranger.says("xin chào")
    assert send(stranger)["error"] == 0
    lan.unfollows()
    assert send(lan)["error"] == 0
    server.unfollowed_reachable = False
    assert send(lan)["error"] == send(stranger)["error"] == -213
    assert lan.begins_to_follow()["follower"] == {"id": lan.id}
    assert send(lan)["error"] == 0
    lan.blocks()
    assert send(lan)["error"] == server.codes["blocked"]


def test_messages_are_held_to_their_shapes(server, send):
    lan, button = server.person(), {"title": "Có", "type": "oa.query.hide", "payload": "zc:1"}

    def attached(kind: str, **payload: object) -> int:
        return send(lan, "", attachment={"type": kind, "payload": payload})["error"]

    assert send(lan, "đ" * 2000)["error"] == 0
    assert send(lan, "đ" * 2001)["error"] == send(lan, "")["error"] == -201
    assert attached("template", buttons=[button] * 5) == 0
    assert attached("template", buttons=[button] * 6) == -201
    assert attached("template", buttons=[button | {"title": "a" * 101}]) == -201
    assert attached("template", buttons=[button | {"type": "oa.open.url"}]) == -201
    image = {"media_type": "image", "url": "https://bot.example/anh.jpg"}
    assert attached("template", template_type="media", elements=[image]) == 0
    assert attached("image", url="https://bot.example/anh.jpg") == -201
    assert attached("file", token="none") == -201
    assert attached("template", template_type="request_user_info", elements=[{"title": "Liên hệ"}]) == 0
    assert [message.kind for message in lan.received] == ["text", "buttons", "image", "request_user_info"]


def test_uploads_have_kinds_sizes_and_seven_days(server, ask, send):
    lan = server.person()

    def upload(kind: str, name: str, content: bytes = b"%PDF") -> dict:
        return ask(f"/v2.0/oa/upload/{kind}", files={"file": (name, content)})

    token = upload("file", "báo cáo.pdf")["data"]["token"]
    assert (server.uploads[token].name, server.uploads[token].content) == ("báo cáo.pdf", b"%PDF")
    assert upload("file", "bang.xlsx")["error"] == -201
    assert upload("image", "anh.png", b"\0" * (1 << 20))["data"].keys() == {"attachment_id"}
    assert upload("image", "anh.png", b"\0" * (1 << 20) + b"\0")["error"] == -210
    attachment = {"type": "file", "payload": {"token": token}}
    assert send(lan, "", attachment=attachment)["error"] == 0
    server.clock.advance(days=7, seconds=1)
    server.issue()
    lan.says("còn không?")
    assert send(lan, "", attachment=attachment)["error"] == -100
    server.file_id_key = "attachment_id"
    assert upload("file", "a.docx")["data"].keys() == {"attachment_id"}


def test_a_template_goes_out_at_any_time(server, ask):
    lan = server.person()
    server.templates["123"] = {"ten", "han"}
    server.clock.advance(days=30)
    server.issue()
    asked = {"user_id": lan.id, "template_id": "123", "template_data": {"ten": "Lan", "han": "30/09/2026"}}
    sent = ask("/v3.0/oa/message/template", asked)
    assert sent["data"].keys() == {"message_id", "user_id", "sent_time"}
    assert lan.received[0].body["template_data"]["ten"] == "Lan"
    assert server.billed == 1
    assert ask("/v3.0/oa/message/template", asked | {"template_id": "9"})["error"] == -249
    assert ask("/v3.0/oa/message/template", asked | {"template_data": {}})["error"] == -201


def test_faults_quota_and_rate(server, ask, send, client):
    lan = server.person()
    server.quota = 1
    assert [send(lan)["error"] for _ in range(2)] == [0, -211]
    server.quota = None
    server.faults["v3.0/oa/message/cs"] += [Fault(200, failure(-32)), Fault(drop=True, processed=True)]
    assert send(lan) == {"error": -32, "message": ""}
    with pytest.raises(httpx.RemoteProtocolError):
        send(lan)
    assert len(lan.received) == 2
    server.refuses = -32
    assert send(lan)["error"] == -32
    assert [call.name for call in server.calls] == ["v3.0/oa/message/cs"] * 5
    assert client.get(server.api_url + CS).status_code == 404


def test_people_and_what_was_said_can_be_read(server, ask, send):
    lan, minh = server.person("Lan"), server.person("Minh", follows=False)
    lan.says("một")
    server.clock.advance(minutes=1)
    minh.sends_file("don.docx", b"PK")
    send(lan, "hai")
    rows = ask("/v2.0/oa/listrecentchat", data={"offset": 0, "count": 10})["data"]
    assert [(row["src"], row["type"], row["message"]) for row in rows] == [
        (0, "text", "hai"), (1, "file", "don.docx"), (1, "text", "một"),
    ]  # fmt: skip
    assert rows[2]["from_id"] == rows[0]["to_id"] == lan.id
    assert rows[2]["sent_time"] == "07:00:00 01/01/2026"
    assert rows[2]["message_id"] == server.updates[0]["message"]["msg_id"]
    paged = ask("/v2.0/oa/conversation", data={"user_id": lan.id, "offset": 1, "count": 10})["data"]
    assert [row["message"] for row in paged] == ["một"]
    for number in range(12):
        lan.says(str(number))
    assert len(ask("/v2.0/oa/listrecentchat", data={"offset": 0, "count": 50})["data"]) == 10
    listed = ask("/v3.0/oa/user/getlist", data={"offset": 0, "count": 50, "is_follower": True})["data"]
    assert listed["users"] == [{"user_id": lan.id}]
    assert ask("/v3.0/oa/user/getlist", data={"offset": 0, "count": 51})["error"] == -201
    detail = ask("/v3.0/oa/user/detail", data={"user_id": minh.id})["data"]
    assert (detail["display_name"], detail["user_is_follower"]) == ("Minh", False)


def test_the_signature_is_that_of_the_test_vector(server):
    raw, headers = server.sealed(json.loads(VECTOR))
    assert raw.decode() == VECTOR
    assert headers["X-ZEvent-Signature"] == VECTOR_MAC
    assert server.sealed(json.loads(VECTOR), "upper")[1]["X-ZEvent-Signature"] == f"mac={VECTOR_MAC[4:].upper()}"
    assert server.sealed(json.loads(VECTOR), "bare")[1]["X-ZEvent-Signature"] == VECTOR_MAC[4:]
    assert "X-ZEvent-Signature" not in server.sealed(json.loads(VECTOR), "missing")[1]
    server.escaped = True
    other = server.sealed(json.loads(VECTOR))
    assert b"ch\\u00e0o" in other[0]
    assert other[1]["X-ZEvent-Signature"] != VECTOR_MAC


def test_the_webhook_is_called_signed_and_again_until_it_accepts(server, hook):
    lan = server.person()
    lan.says("chào")
    hook.faults["/zalo-oa"] += [Fault(503), Fault(drop=True)]
    made = server.deliver_stubbornly()
    assert [(one.status, one.error) for one in made] == [(503, ""), (0, "RemoteProtocolError"), (200, "")]
    assert [call.headers.get("num_retry") for call in hook.calls] == [None, "1", "2"]
    assert len({(call.raw, call.headers["x-zevent-signature"]) for call in hook.calls}) == 1
    assert server.clock.milliseconds == 1767225600000 + 330_000
    assert server.probe().body == "seen"
    assert (hook.calls[-1].raw, "x-zevent-signature" in hook.calls[-1].headers) == (b"{}", False)
    server.deliver(server.history[0], "wrong")
    assert hook.calls[-1].headers["x-zevent-signature"] != hook.calls[0].headers["x-zevent-signature"]
    hook.faults["/zalo-oa"] += [Fault(500)] * 6
    assert len(server.deliver_stubbornly(lan.says("nữa"))) == 6
    assert server.webhook_url == ""


def test_a_slow_webhook_has_failed_though_it_was_called(server, hook):
    server.patience, server.copies, server.newest_first = 0.5, 2, True
    server.person().says("một")
    server.person().says("hai")
    hook.faults["*"] = [Fault(wait=5)]
    assert [one.error for one in server.deliver_all()] == ["ReadTimeout", "", "", ""]
    assert [call.arguments["message"]["text"] for call in hook.calls] == ["hai", "hai", "một", "một"]


def test_what_people_do_has_the_shapes_seen(server, client):
    lan = server.person()
    sent = lan.sends_file("đơn.docx", b"PK real", size=7, checksum=None)
    file = sent["message"]["attachments"][0]
    assert (sent["event_name"], file["type"]) == ("user_send_file", "file")
    assert file["payload"].keys() == {"url", "name", "size", "type"}
    assert (file["payload"]["size"], client.get(file["payload"]["url"]).content) == (7, b"PK real")
    assert sent["sender"] == {"id": lan.id}
    assert sent["timestamp"] == "1767225600000"
    server.attachment_types, server.attachments_at_top = {"image": "photo"}, True
    photo = lan.sends_photo(text="đây")
    assert photo["attachments"][0]["type"] == "photo"
    assert photo["message"].keys() == {"msg_id", "text"}
    assert lan.sends_audio()["event_name"] == "user_send_audio"
    assert lan.sends_sticker()["attachments"][0]["payload"].keys() == {"id", "url"}
    gone = lan.unfollows()
    assert (gone["oa_id"], "sender" in gone) == (server.oa_id, False)
    assert lan.does("user_seen_message", message={"msg_ids": ["m"]})["event_name"] == "user_seen_message"


def test_a_button_pressed_comes_as_text(server, send):
    lan = server.person()
    buttons = [
        {"title": "Có", "type": "oa.query.hide", "payload": "zc:yes"},
        {"title": "Trang", "type": "oa.open.url", "payload": {"url": "https://bot.example"}},
    ]
    send(lan, "Chọn:", attachment={"type": "template", "payload": {"buttons": buttons}})
    assert lan.picks(2) == {}
    pressed = lan.picks(1)
    assert (pressed["event_name"], pressed["message"]["text"]) == ("user_send_text", "zc:yes")
    send(lan, "Chọn:\n1. Có\n2. Không")
    assert lan.picks(2)["message"]["text"] == "2"
    with pytest.raises(AssertionError, match="sees no choice"):
        lan.picks(1)
