"""Webhooks of an Official Account: whose signature counts, and what each event says."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime

import pytest
from zalo_oa_server import ZaloOAServer, zalo_oa_server

from bot.channels import Forged, Malformed
from bot.channels.zalo_oa_events import from_row, heard, rows_of, signature
from bot.messages import Address, FileRef, Incoming

VECTOR = (
    '{"app_id":"1001","event_name":"user_send_text","sender":{"id":"2002"},"recipient":{"id":"3003"},'
    '"user_id_by_app":"4004","message":{"msg_id":"m-1","text":"Xin chào"},"timestamp":"1767225600000"}'
).encode()
MAC = "4585c7f3861a5f4162dc76d19c6d469eeef7c4dfaf1ed8d8058b867d10d7f92c"
APP, KEY = "1001", "oa-secret-demo"
LAN, AT = Address("zalo_oa", "2002"), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def server():
    with zalo_oa_server() as started:
        yield started


@pytest.fixture
def told(server: ZaloOAServer):
    """What is heard of an event, as it comes over the wire."""

    def receive(event: dict, seal="right"):
        raw, headers = server.sealed(event, seal)
        return heard({name.lower(): value for name, value in headers.items()}, raw, app_id=APP, secret_key=KEY)

    return receive


def signed(body: bytes, timestamp: str):
    mac = signature(body, timestamp, APP, KEY).decode()
    return heard({"x-zevent-signature": f"mac={mac}"}, body, app_id=APP, secret_key=KEY)


@pytest.mark.parametrize("header", [f"mac={MAC}", MAC, f"mac={MAC.upper()}", f"MAC={MAC}"])
def test_the_test_vector_is_heard(header):
    got = heard({"x-zevent-signature": header}, VECTOR, app_id=APP, secret_key=KEY)
    assert got == (Incoming("m-1", LAN, "Xin chào", AT),)


@pytest.mark.parametrize("header", [None, "", "mac=", MAC[::-1], f"mac={MAC[:-1]}", f"mac=mac={MAC}", "mac=ủ"])
def test_without_the_right_signature_nothing_is_heard(header):
    headers = {} if header is None else {"x-zevent-signature": header}
    with pytest.raises(Forged):
        heard(headers, VECTOR, app_id=APP, secret_key=KEY)


@pytest.mark.parametrize("seal", ["wrong", "hmac", "missing"])
def test_forged_events_are_refused(server, told, seal):
    with pytest.raises(Forged):
        told(server.person().says("xin chào"), seal)


@pytest.mark.parametrize(
    "body",
    [
        VECTOR.replace(b"m-1", b"m-2"),
        VECTOR.replace(b"2002", b"2003"),
        VECTOR + b" ",
        VECTOR.replace(b'"1767225600000"', b"1767225600000"),
        VECTOR.replace(b'"1767225600000"', b'"1767225600001"'),
    ],
)
def test_an_altered_body_is_refused(body):
    with pytest.raises(Forged):
        heard({"x-zevent-signature": f"mac={MAC}"}, body, app_id=APP, secret_key=KEY)


def test_another_app_or_key_is_refused():
    for app, key in [("1002", KEY), (APP, "another"), (APP, "")]:
        with pytest.raises(Forged):
            heard({"x-zevent-signature": MAC}, VECTOR, app_id=app, secret_key=key)


@pytest.mark.parametrize("body", [b"", b"{}", b" {}\n"])
def test_the_unsigned_probe_says_nothing(body):
    assert heard({}, body, app_id=APP, secret_key=KEY) == ()


@pytest.mark.parametrize(
    ("body", "timestamp"),
    [
        (b"no json", ""),
        (b"[1]", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_000, ""),
        (b'{"event_name":"user_send_text","message":{"msg_id":"m"},"timestamp":"1"}', "1"),
        (b'{"event_name":"user_send_text","sender":{"id":"2002"},"timestamp":"soon"}', "soon"),
        (b'{"event_name":"user_send_text","sender":{"id":"2002"},"timestamp":"' + b"9" * 5000 + b'"}', "9" * 5000),
    ],
)
def test_signed_but_unreadable_is_malformed_unsigned_forged(body, timestamp):
    with pytest.raises(Malformed):
        signed(body, timestamp)
    with pytest.raises(Forged):
        heard({}, body, app_id=APP, secret_key=KEY)


def test_half_a_character_in_the_timestamp_breaks_nothing():
    with pytest.raises(Forged):
        heard({}, b'{"timestamp":"\\ud800"}', app_id=APP, secret_key=KEY)


@pytest.mark.parametrize("number", ["1767225600000", "1767225600000.0"])
def test_a_timestamp_that_is_a_number_signs_as_it_is_written(number):
    body = VECTOR.replace(b'"1767225600000"', number.encode())
    if "." in number:
        with pytest.raises(Malformed):  # the signature holds, the moment cannot be read
            signed(body, number)
    else:
        assert signed(body, number)[0].at == AT


def test_text_is_composed_and_escapes_change_nothing(server, told):
    lan = server.person()
    server.escaped = True
    (got,) = told(lan.says(unicodedata.normalize("NFD", "Nộp báo cáo")))
    assert got.text == "Nộp báo cáo"


@pytest.mark.parametrize(
    ("text", "token"),
    [("#chon:7.2", "7.2"), (" #chon:7.2", None), ("#chon:", None), ("#chon: ", None), ("chon:7.2", None), ("2", None)],
)
def test_only_our_own_payload_is_a_pressed_button(server, told, text, token):
    (got,) = told(server.person().says(text))
    assert (got.token, got.text) == (token, "" if token else text)


@pytest.mark.parametrize("top", [False, True])
def test_a_file_with_its_name_and_size(server, told, top):
    server.attachments_at_top = top
    lan = server.person()
    event = lan.sends_file("đơn.docx", b"PK real")
    (got,) = told(event)
    url = (event if top else event["message"])["attachments"][0]["payload"]["url"]
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert got == Incoming(event["message"]["msg_id"], LAN, "", AT, files=(FileRef(url, "đơn.docx", mime, 7),))
    (numbered,) = told(lan.sends_file("a.pdf", b"%PDF", size=9, checksum=None))
    assert (numbered.files[0].size, numbered.files[0].mime) == (9, "application/pdf")
    (vague,) = told(lan.sends_file("bản vẽ", b"DWG", size="nhiều", type=None))
    assert (vague.files[0].size, vague.files[0].mime) == (0, "application/octet-stream")
    (empty,) = told(lan.sends_file("a.pdf", b"%PDF", url=""))
    assert empty.files == (FileRef("", "a.pdf"),)


@pytest.mark.parametrize("kind", ["image", "photo"])
def test_a_photo_with_its_caption(server, told, kind):
    server.attachment_types = {"image": kind}
    (got,) = told(server.person().sends_photo(text="sân trường"))
    assert got.text == "sân trường"
    assert (got.files[0].mime, got.files[0].name[:4]) == ("image/jpeg", "anh-")


def test_sounds_films_and_moving_pictures(server, told):
    lan = server.person()
    (sound,) = told(lan.sends_audio())
    assert (sound.files[0].mime, sound.files[0].id[:7]) == ("audio/aac", "http://")
    for kind, mime in [("video", "video/mp4"), ("gif", "image/gif")]:
        attachments = [{"type": kind, "payload": {"url": "https://x.zdn.vn/1", "thumbnail": "https://x.zdn.vn/2"}}]
        (got,) = told(lan.does(f"user_send_{kind}", message={"msg_id": "m-7", "attachments": attachments}))
        assert (got.files[0].id, got.files[0].mime) == ("https://x.zdn.vn/1", mime)


def test_a_file_without_a_name_gets_one(told, server):
    files = [{"type": "file", "payload": {"url": "https://x.zdn.vn/1", "type": "pdf"}}]
    (got,) = told(server.person().does("user_send_file", message={"msg_id": "m-00012345", "attachments": files}))
    assert got.files == (FileRef("https://x.zdn.vn/1", "tep-012345.pdf", "application/pdf"),)


def test_several_attachments_are_several_files(server, told):
    files = [{"type": "file", "payload": {"url": f"https://x.zdn.vn/{n}", "name": f"{n}.pdf"}} for n in (1, 2)]
    (got,) = told(server.person().does("user_send_file", message={"msg_id": "m", "attachments": files}))
    assert [file.name for file in got.files] == ["1.pdf", "2.pdf"]


@pytest.mark.parametrize(
    ("event", "payload", "name"),
    [
        ("sticker", {"id": "s", "url": "https://x.zdn.vn/s.png"}, "nhãn dán"),
        ("location", {"coordinates": {"latitude": "21.0", "longitude": "105.8"}}, "vị trí"),
        ("business_card", {"url": "https://x.zdn.vn/card", "description": "{}"}, "danh thiếp"),
        ("hologram", ["?"], "tệp"),
    ],
)
def test_what_cannot_be_fetched_has_a_name(server, told, event, payload, name):
    attachments = [{"type": event, "payload": payload}]
    (got,) = told(server.person().does(f"user_send_{event}", message={"msg_id": "m", "attachments": attachments}))
    assert got.files == (FileRef("", name),)


def test_a_link_is_text(server, told):
    lan = server.person()
    link = [{"type": "link", "payload": {"url": "https://example.vn/a", "title": "Trang", "thumbnail": "https://t"}}]
    for text, want in [("", "https://example.vn/a"), ("xem https://example.vn/a", "xem https://example.vn/a")]:
        message = {"msg_id": "m", "text": text, "attachments": link}
        (got,) = told(lan.does("user_send_link", message=message))
        assert (got.text, got.files) == (want, ())


def test_whoever_follows_is_greeted_once(server, told):
    lan = server.person(follows=False)
    event = lan.begins_to_follow()
    (got,) = told(event)
    assert (got.text, got.address, got.at) == ("/start", LAN, AT)
    assert told(event) == (got,)
    server.clock.advance(seconds=1)
    assert told(lan.begins_to_follow())[0].id != got.id


@pytest.mark.parametrize(
    "event",
    [
        "oa_send_text",
        "oa_send_file",
        "user_seen_message",
        "user_received_message",
        "user_reacted_message",
        "user_submit_info",
        "user_send_group_text",
        "change_template_status",
        "",
    ],
)
def test_what_is_no_message_to_us_is_let_pass(server, told, event):
    assert told(server.person().does(event, message={"msg_id": "m", "msg_ids": ["m"], "text": "x"})) == ()


def test_unfollowing_is_let_pass(server, told):
    assert told(server.person().unfollows()) == ()


def test_odd_shapes_are_read_as_far_as_they_go(server, told):
    lan = server.person()
    for message in ({"msg_id": 5, "text": None, "attachments": "?"}, {"msg_id": "5", "attachments": [None, 3]}):
        (got,) = told(lan.does("user_send_image", message=message))
        assert (got.id, got.text) == ("5", "")
        assert all(file.id == "" for file in got.files)
    (bare,) = told(lan.does("user_send_text", message=None))
    assert (bare.text, bare.id) == ("", "user_send_text-2002-1767225600000")
    huge = [{"payload": {"url": "https://x.zdn.vn/1", "name": "a.pdf", "size": "9" * 5000}}]
    (got,) = told(lan.does("user_send_file", message={"msg_id": "m", "attachments": huge}))
    assert got.files[0].size == 0


def test_a_row_says_what_its_webhook_said(server, told):
    lan = server.person()
    events = [lan.says("một"), lan.says("#chon:1.2"), lan.sends_file("đơn.pdf", b"%PDF"), lan.sends_photo(text="đây")]
    events += [lan.sends_audio(), lan.sends_sticker()]
    told_by_hooks = [told(event)[0] for event in events]
    told_by_rows = [from_row(row) for row in rows_of(json.loads(json.dumps(server.rows)))]
    assert [each.id for each in told_by_rows] == [each.id for each in told_by_hooks]
    for row, hook in zip(told_by_rows, told_by_hooks, strict=True):
        assert (row.address, row.text, row.token, row.at) == (hook.address, hook.text, hook.token, hook.at)
        assert [(file.id, file.name) for file in row.files] == [(file.id, file.name) for file in hook.files]


def test_rows_that_are_not_theirs_or_cannot_be_read_are_left_out():
    assert rows_of(None) == rows_of({"src": 1}) == []
    theirs = {"src": 1, "time": 1, "message_id": "m", "type": "text", "message": "x", "from_id": "2002"}
    odd = [theirs | {"src": 0}, theirs | {"message_id": ""}, theirs | {"time": None}, theirs | {"from_id": ""}, None]
    assert [from_row(row) for row in rows_of(odd)] == [None] * 5
    assert from_row(rows_of([theirs])[0]).text == "x"
