"""Webhooks as an attacker or a broken network would call them: nothing forged or unreadable is kept, nothing twice."""

from __future__ import annotations

import hashlib
import http.client
import json
import sqlite3

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance
from serving import free_port, served

from bot.store import Store
from bot.web import Services, create_web

SECRET, KEY, APP = "bi-mat-cua-webhook", "khoa-oa-bi-mat", "1001"
TELEGRAM, ZALO_BOT, ZALO_OA = "/webhooks/telegram", "/webhooks/zalo-bot", "/webhooks/zalo-oa"
PROOF = {TELEGRAM: "X-Telegram-Bot-Api-Secret-Token", ZALO_BOT: "X-Bot-Api-Secret-Token"}
UPDATE = {
    "update_id": 5,
    "message": {
        "message_id": 9,
        "date": 1767225600,
        "chat": {"id": 77, "type": "private"},
        "from": {"id": 77, "is_bot": False, "first_name": "Lan"},
        "text": "xin chào",
    },
}
EVENT = {
    "event_name": "message.text.received",
    "message": {
        "message_id": "2d758cb5e222177a4e35",
        "date": 1767225600000,
        "message_type": "CHAT_MESSAGE",
        "from": {"id": "6ede9afa66b88fe6d6a9", "display_name": "Lan", "is_bot": False},
        "chat": {"id": "6ede9afa66b88fe6d6a9", "chat_type": "PRIVATE"},
        "text": "xin chào",
    },
}
OA_EVENT = {
    "app_id": APP,
    "event_name": "user_send_text",
    "sender": {"id": "2002"},
    "recipient": {"id": "3003"},
    "message": {"msg_id": "m-1", "text": "Xin chào"},
    "timestamp": "1767225600000",
}
GENUINE = {TELEGRAM: UPDATE, ZALO_BOT: EVENT, ZALO_OA: OA_EVENT}


def sealed(raw: bytes, timestamp: str = "1767225600000", key: str = KEY) -> dict[str, str]:
    mac = hashlib.sha256(APP.encode() + raw + timestamp.encode() + key.encode()).hexdigest()
    return {"X-ZEvent-Signature": f"mac={mac}"}


def proven(path: str, raw: bytes) -> dict[str, str]:
    return sealed(raw) if path == ZALO_OA else {PROOF[path]: SECRET}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """All three messengers in webhook mode, with servers that are not there; no worker, so rows stay as they are."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    with served(
        tmp_path_factory.mktemp("webhooks") / "data",
        "--no-worker",
        telegram_token="1:abcdefghij",
        telegram_base_url=nowhere,
        telegram_mode="webhook",
        telegram_webhook_secret=SECRET,
        zalo_bot_token="2:abcdefghij",
        zalo_bot_base_url=nowhere,
        zalo_bot_mode="webhook",
        zalo_bot_webhook_secret=SECRET,
        zalo_oa_app_id=APP,
        zalo_oa_app_secret="bi-mat-ung-dung",
        zalo_oa_secret_key=KEY,
        zalo_oa_base_url=nowhere,
        zalo_oa_oauth_url=nowhere,
    ) as running:
        yield running


def kept(web) -> int:
    with sqlite3.connect(web.log_file.parent / "data" / "thidua.db") as database:
        return database.execute("SELECT count(*) FROM inbox").fetchone()[0]


def post(web, path, raw, headers):
    return httpx.post(web.url + path, content=raw, headers={"Content-Type": "application/json"} | headers, timeout=30)


@pytest.fixture(scope="module")
def web_schema(tmp_path_factory):
    """Our OpenAPI, which is not published."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('schema') / 'none.db'}")
    services = Services(store=store, channel=None, wake=None, clock=None, zone=None, title="Trợ lý")
    described = create_web(services).openapi()
    described["paths"] = {path: what for path, what in described["paths"].items() if path.startswith("/webhooks/")}
    return schemathesis.openapi.from_dict(described)


@pytest.mark.parametrize("path", GENUINE)
def test_whatever_is_sent_without_proof_is_refused_and_not_kept(web, web_schema, path):
    before, statuses = kept(web), set()

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=web_schema[path]["POST"].as_strategy())
    def call(case):
        response = case.call(base_url=web.url)
        case.validate_response(response, checks=[not_a_server_error, status_code_conformance])
        statuses.add(response.status_code)
        if response.status_code == 200:  # Zalo tries an address with an empty call, which carries no proof
            assert path != TELEGRAM
            assert (response.request.body or b"").strip() in {b"", b"{}"}

    call()
    assert 403 in statuses
    assert kept(web) == before


FORGED = {
    "no proof": {},
    "a wrong secret": dict.fromkeys(PROOF.values(), "khong-phai") | sealed(b"khac"),
    "an empty secret": dict.fromkeys(PROOF.values(), "") | {"X-ZEvent-Signature": "mac="},
    "half of it": dict.fromkeys(PROOF.values(), SECRET[:-1]) | {"X-ZEvent-Signature": "mac=" + "0" * 63},
    "more than it": dict.fromkeys(PROOF.values(), SECRET + "x") | {"X-ZEvent-Signature": "mac=" + "0" * 65},
    "letters no header has": dict.fromkeys(PROOF.values(), b"b\xc3\xad-m\xe1\xba\xadt")
    | {"X-ZEvent-Signature": b"mac=\xc3\xad"},
    "in another place": {"Authorization": f"Bearer {SECRET}", "X-Secret": SECRET},
}


@pytest.mark.parametrize("path", GENUINE)
@pytest.mark.parametrize("how", FORGED)
def test_a_forged_call_is_refused(web, path, how):
    before = kept(web)
    assert post(web, path, json.dumps(GENUINE[path]).encode(), FORGED[how]).status_code == 403
    assert kept(web) == before


def test_a_signature_holds_for_this_body_and_this_moment_alone(web):
    before = kept(web)
    raw = json.dumps(OA_EVENT).encode()
    for changed in (
        raw.replace(b"2002", b"2003"),
        raw.replace(b'"1767225600000"', b'"1767225600001"'),
        raw + b" ",
        raw.replace(b": ", b":"),
    ):
        assert post(web, ZALO_OA, changed, sealed(raw)).status_code == 403
    assert post(web, ZALO_OA, raw, sealed(raw, key=SECRET)).status_code == 403
    assert kept(web) == before


UNREADABLE = {
    "no JSON": b"xin chao",
    "JSON that breaks off": b'{"update_id": 5, "message": {',
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "bytes that are no UTF-8": b'{"update_id": "\xff\xfe"}',
    "a well of brackets": b"[" * 50_000,
    "a number without end": b'{"update_id": ' + b"9" * 5_000 + b"}",
    "wrong kinds everywhere": json.dumps(
        {"update_id": "x", "message": [], "event_name": [], "sender": "y", "timestamp": {}}
    ).encode(),
}


@pytest.mark.parametrize("path", GENUINE)
@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_refused_though_it_is_proven(web, path, what):
    """An OA's signature covers a moment that is read from the body: without one it cannot be right."""
    before = kept(web)
    assert post(web, path, UNREADABLE[what], proven(path, UNREADABLE[what])).status_code in {400, 403}
    assert kept(web) == before


@pytest.mark.parametrize("path", GENUINE)
def test_what_is_too_long_is_not_read_to_its_end(web, path):
    before = kept(web)
    raw = json.dumps(GENUINE[path] | {"more": "x" * 400_000}).encode()
    assert post(web, path, raw, proven(path, raw)).status_code == 413
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    pieces = (b"x" * 10_000 for _ in range(40))  # without saying how long it is
    connection.request("POST", path, pieces, proven(path, raw), encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert kept(web) == before


@pytest.mark.parametrize("path", GENUINE)
def test_a_genuine_message_is_kept_once_however_often_it_comes(web, path):
    before = kept(web)
    raw = json.dumps(GENUINE[path], ensure_ascii=False).encode()
    statuses = [post(web, path, raw, proven(path, raw)).status_code for _ in range(3)]
    assert statuses == [200] * 3
    assert kept(web) == before + 1


@pytest.mark.parametrize("path", GENUINE)
def test_characters_no_database_likes_are_kept_as_they_can_be(web, path):
    text = '"a\\u0000b \\ud83d c \\udfff d"'
    raw = json.dumps(GENUINE[path]).replace('"xin ch\\u00e0o"', text).replace('"Xin ch\\u00e0o"', text)
    raw = (
        raw.replace("2d758cb5e222177a4e35", "khac").replace("m-1", "m-2").replace('"message_id": 9', '"message_id": 8')
    )
    before = kept(web)
    status = post(web, path, raw.encode(), proven(path, raw.encode())).status_code
    assert (status, kept(web) - before) in {(200, 1), (400, 0)}, web.log[-2000:]


def test_a_name_in_a_group_is_to_come_again_while_ours_is_not_known(web):
    before = kept(web)
    group = {"chat": {"id": -5, "type": "group"}, "message_id": 3, "text": "@thidua_bot hạn nộp?"}
    raw = json.dumps(UPDATE | {"message": UPDATE["message"] | group}).encode()
    assert post(web, TELEGRAM, raw, proven(TELEGRAM, raw)).status_code == 503
    assert kept(web) == before


def test_other_methods_and_neighbours_are_not_there(web):
    for path in GENUINE:
        assert httpx.get(web.url + path).status_code == 405
    assert httpx.post(f"{web.url}/webhooks/khac", json={}).status_code == 404
    assert httpx.get(f"{web.url}/openapi.json").status_code == 404


def test_nothing_of_all_this_put_a_secret_into_the_log(web):
    assert not [secret for secret in (SECRET, KEY, "abcdefghij", "bi-mat-ung-dung") if secret in web.log]
