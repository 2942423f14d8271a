"""The Telegram channel against the emulated Bot API: what it hears, what it sends, and what it makes of trouble."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from telegram_server import TOKEN, USERNAME, Delivery, Fault, telegram_server

from bot.channels import (
    FILE_LIMIT,
    Back,
    Elsewhere,
    Forged,
    Gone,
    Halted,
    Malformed,
    Messenger,
    Moved,
    Rejected,
    Relocated,
    Retry,
    TooEarly,
    Unreachable,
)
from bot.channels.fit import fit
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_updates import COMMANDS, Me, Update, translate
from bot.messages import Address, Choice, FileRef, Incoming, Outgoing

LAN, MINH, GROUP, SUPERGROUP = 101, 102, -77, -1_000_000_000_077
AT_LAN = Address("telegram", str(LAN))
AT_GROUP = Address("telegram", str(GROUP))
SECRET = "s3cret-s3cret"
SAID = "điều chỉ hai người biết"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
BOT_ID = int(TOKEN.split(":", maxsplit=1)[0])


@pytest.fixture
def server():
    with telegram_server() as state:
        yield state


def channel_to(server, token=TOKEN, **how):
    return TelegramChannel(token, base_url=server.url, **{"patience": 0, "timeout": 3, "clock": lambda: NOW} | how)


@pytest.fixture
async def channel(server):
    """Started, by polling."""
    channel = channel_to(server)
    await channel.start(None)
    yield channel
    await channel.close()


@pytest.fixture
async def hooked(server):
    """Started, by webhook."""
    channel = channel_to(server, secret=SECRET, polling=False)
    await channel.start("https://thidua.example.vn/telegram")
    yield channel
    await channel.close()


async def heard_by(channel):
    heard = []

    async def hear(each):
        heard.append(each)

    await channel.poll(hear)
    return heard


async def send(channel, text="Chào", to=AT_LAN, *, content=None, edit=None, **message):
    return await channel.send(to, Outgoing(text, **message), key="k", content=content, edit=edit)


# --- starting ---------------------------------------------------------------------------------------------------------


async def test_started_by_polling_it_takes_the_webhook_away_and_keeps_what_waits(server):
    server.webhook.url = "https://old.example.vn"
    server.say(LAN, "Chào")
    channel = channel_to(server)
    assert isinstance(channel, Messenger)
    await channel.start(None)
    assert server.webhook.url == ""
    assert [one.text for one in await heard_by(channel)] == ["Chào"]
    (commands,) = server.commands.values()
    assert {one["command"]: one["description"] for one in commands} == dict(COMMANDS)
    await channel.close()
    await channel.close()


async def test_started_by_webhook_it_says_what_it_wants_to_hear(server, hooked):
    assert (server.webhook.url, server.webhook.secret) == ("https://thidua.example.vn/telegram", SECRET)
    assert server.allowed == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_starting_can_be_tried_again(server):
    channel = channel_to(server)
    server.faults += [Fault("getMe", status=502), Fault("deleteWebhook", drop="before")]
    for _ in range(2):
        with pytest.raises(Retry) as failed:
            await channel.start(None)
        assert not isinstance(failed.value, Halted)
    await channel.start(None)
    await channel.close()
    await channel.start(None)  # and after it was closed
    server.say(LAN, "Chào")
    assert len(await heard_by(channel)) == 1
    await channel.close()


@pytest.mark.parametrize("token", ["4200000001:" + "x" * 35, "nonsense-nonsense"])
async def test_a_wrong_token_halts_the_channel_and_is_not_told(server, token):
    channel = channel_to(server, token)
    for work in (lambda: channel.start(None), lambda: heard_by(channel), lambda: send(channel)):
        with pytest.raises(Halted, match="@BotFather") as halted:
            await work()
        assert token not in "".join(traceback.format_exception(halted.value))
    (finding,) = await channel.check()
    assert not finding.good
    assert "@BotFather" in finding.advice
    await channel.close()


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [
        ("https://thidua.example.vn/telegram", None, "mã bí mật"),
        ("https://thidua.example.vn/telegram", "có dấu", "mã bí mật"),
        ("http://thidua.example.vn/telegram", SECRET, "https"),
    ],
)
async def test_a_webhook_that_cannot_work_halts_the_channel(server, url, secret, said):
    channel = channel_to(server, secret=secret, polling=False)
    with pytest.raises(Halted, match=said):
        await channel.start(url)
    assert server.webhook.url == ""
    await channel.close()


# --- by webhook -------------------------------------------------------------------------------------------------------


@contextmanager
def our_webhook(channel):
    """Our side of a webhook: its address, and what was heard there."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                heard.extend(channel.receive(headers, body))
            except Forged:
                self.send_response(403)
            else:
                self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}", heard
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


async def test_a_webhook_hears_what_carries_its_secret_and_nothing_else(server, hooked):
    server.say(LAN, "Chào")
    server.press(LAN, server.chats[LAN].add({"id": BOT_ID}, {"text": "Gửi?"}), data="1.1")
    with our_webhook(hooked) as (url, heard):
        for secret in ("wrong", "none"):
            server.delivery = Delivery(secret=secret)
            assert [answer.status for answer in await asyncio.to_thread(server.deliver, url)] == [403, 403]
        assert heard == []
        server.delivery = Delivery(times=2)
        assert {answer.status for answer in await asyncio.to_thread(server.deliver, url)} == {200}
    assert [one.id for one in heard] == ["101:1", "101:1", "cb:9000000000", "cb:9000000000"]


BODY = json.dumps({"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}})
PROOF = {"x-telegram-bot-api-secret-token": SECRET}


def test_without_a_secret_of_ours_nothing_is_genuine():
    for secret in (None, ""):
        channel = TelegramChannel(TOKEN, secret=secret, polling=False)
        for headers in ({}, {"x-telegram-bot-api-secret-token": ""}, PROOF):
            with pytest.raises(Forged):
                channel.receive(headers, BODY.encode())


def test_a_forgery_is_not_read_and_what_cannot_be_read_is_told_apart():
    channel = TelegramChannel(TOKEN, secret=SECRET, polling=False)
    for body in (b"", b"{", b"[]", b"1", b"\xff", b'{"message": {}}', b'{"update_id": 1, "message": 5}', b"[" * 10_000):
        for given in ({}, {"x-telegram-bot-api-secret-token": "ế"}, {"x-telegram-bot-api-secret-token": SECRET + "x"}):
            with pytest.raises(Forged):
                channel.receive(given, body)
        with pytest.raises(Malformed) as malformed:
            channel.receive(PROOF, body)
        assert malformed.value.__suppress_context__
    assert channel.receive(PROOF, BODY.encode()) == ()  # Telegram itself says something


# --- by polling -------------------------------------------------------------------------------------------------------


async def test_an_update_is_confirmed_once_it_was_kept(server, channel):
    for text in ("1", "2", "3"):
        server.say(LAN, text)
    server.delivery = Delivery(newest_first=True)
    kept = []

    async def hear(each):
        if each.text == "2" and "failed" not in kept:
            kept.append("failed")
            raise OSError("the disk is full")
        kept.append(each.text)

    with pytest.raises(OSError, match="full"):
        await channel.poll(hear)
    await channel.poll(hear)
    assert kept == ["1", "failed", "2", "3"]
    assert await heard_by(channel) == []
    assert server.pending == []


async def test_what_cannot_be_read_is_left_behind(server, channel, caplog):
    server.say(LAN, "trước")
    server.say(LAN, "bí mật")
    server.say(LAN, "sau")
    server.pending[1].json["message"]["date"] = "hôm qua"
    assert [one.text for one in await heard_by(channel)] == ["trước", "sau"]
    assert await heard_by(channel) == []
    assert "810000002" in caplog.text
    assert "bí mật" not in caplog.text


async def test_updates_come_again_and_begin_anew(server, channel):
    server.say(LAN, "1")
    server.say(LAN, "2")
    await heard_by(channel)
    server.send_again(server.updates[0])
    assert [one.id for one in await heard_by(channel)] == ["101:1"]
    server.updates.clear()
    server.say(LAN, "3")  # numbered lower than what was confirmed
    server.pending[0].json["update_id"] = 5
    server.pending[0].handed = True
    channel._offset = 0
    assert [one.text for one in await heard_by(channel)] == ["3"]
    assert channel._offset == 6


async def test_a_long_poll_waits_for_news(server):
    channel = channel_to(server, patience=5)
    await channel.start(None)
    waiting = asyncio.create_task(heard_by(channel))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    server.say(LAN, "Chào")
    assert [one.text for one in await waiting] == ["Chào"]
    await channel.close()


async def test_trouble_with_polling_loses_nothing(server):
    channel = channel_to(server, timeout=0.2)
    await channel.start(None)
    server.say(LAN, "Chào")
    server.faults += [
        Fault("getUpdates", drop="before"),
        Fault("getUpdates", drop="after"),
        Fault("getUpdates", status=500),
        Fault("getUpdates", status=502),
        Fault("getUpdates", silent=1),
        Fault("getUpdates", status=429, retry_after=3),
    ]
    waits = []
    for _ in range(6):
        with pytest.raises(Retry) as failed:
            await heard_by(channel)
        assert type(failed.value) is Retry
        waits.append(failed.value.after)
    assert waits == [None] * 5 + [3]
    assert [one.text for one in await heard_by(channel)] == ["Chào"]
    await channel.close()


async def test_somebody_else_who_hears_halts_polling(server):
    channel, other = channel_to(server, patience=5), channel_to(server)
    await channel.start(None)
    waiting = asyncio.create_task(heard_by(channel))
    await asyncio.sleep(0.1)
    await heard_by(other)
    with pytest.raises(Halted, match="nơi khác"):
        await waiting
    server.webhook.url = "https://thidua.example.vn/telegram"
    with pytest.raises(Halted, match="webhook"):
        await heard_by(channel)
    await channel.close()
    await other.close()


# --- what is said -----------------------------------------------------------------------------------------------------


async def test_a_private_text_and_its_edit(server, channel):
    written = server.say(LAN, "/start ABC234")
    server.edit(LAN, written, "xã An Hòa")
    said, edited = await heard_by(channel)
    assert said == Incoming("101:1", AT_LAN, "/start ABC234", said.at)
    assert abs(datetime.now(UTC) - said.at) < timedelta(minutes=1)
    assert (edited.id, edited.edits, edited.text) == ("101:1:810000002", "101:1", "xã An Hòa")


async def test_a_pressed_button_is_heard_and_acknowledged(server, channel):
    server.say(LAN, "a")
    sent = await send(channel, "Gửi?", choices=(Choice("1.1", "Có"), Choice("1.2", "Không")))
    press = server.press(LAN, int(sent), "Không")
    *_, heard = await heard_by(channel)
    assert heard == Incoming(f"cb:{press.id}", AT_LAN, "", NOW, token="1.2")
    await channel.acknowledge(heard)
    assert press.answers == [""]
    server.chats[LAN].messages[-1].too_old = True
    old = server.press(LAN, int(sent), data="1.1")
    old.expired = True
    (heard,) = await heard_by(channel)
    assert (heard.token, heard.address) == ("1.1", AT_LAN)
    await channel.acknowledge(heard)  # too late, and no matter
    await channel.acknowledge(Incoming("101:1", AT_LAN, "a", NOW))


async def test_files_are_heard_and_fetched(server, channel):
    server.send_file(LAN, "Báo cáo.docx", b"PK\r\n--\0", caption="của xã")
    server.send_photo(LAN, PNG)
    document, photo = await heard_by(channel)
    assert (document.text, document.files[0].name, document.files[0].size) == ("của xã", "Báo cáo.docx", 7)
    assert photo.files == (FileRef(photo.files[0].id, "anh-2.jpg", "image/jpeg", len(PNG)),)
    assert await channel.fetch(document.files[0]) == b"PK\r\n--\0"
    assert await channel.fetch(photo.files[0]) == PNG


def told(kind="message", **content):
    """What a message of a person says to us."""
    message = {"message_id": 9, "date": 1_790_000_000, "chat": {"id": LAN, "type": "private"}, "from": {"id": LAN}}
    return translate(Update.model_validate({"update_id": 7, kind: message | content}), Me(BOT_ID, USERNAME), NOW)


@pytest.mark.parametrize(
    ("content", "file"),
    [
        ({"voice": {"file_id": "v", "duration": 1}}, FileRef("v", "ghi-am-9.ogg", "audio/ogg")),
        ({"video": {"file_id": "v", "file_size": 5, "mime_type": "video/webm"}},
         FileRef("v", "video-9.mp4", "video/webm", 5)),
        ({"audio": {"file_id": "v", "file_name": "họp.mp3"}}, FileRef("v", "họp.mp3", "audio/mpeg")),
        ({"video_note": {"file_id": "v"}}, FileRef("v", "video-9.mp4", "video/mp4")),
        ({"animation": {"file_id": "v"}, "document": {"file_id": "v", "file_name": "a.gif"}},
         FileRef("v", "a.gif", "application/octet-stream")),
        ({"location": {"latitude": 1, "longitude": 2}}, FileRef("", "vị trí")),
        ({"venue": {"title": "UBND"}, "location": {"latitude": 1}}, FileRef("", "địa điểm")),
        ({"contact": {"phone_number": "1"}}, FileRef("", "danh thiếp")),
        ({"poll": {"id": "1"}}, FileRef("", "bình chọn")),
        ({"sticker": {"file_id": "s"}}, FileRef("", "nhãn dán")),
    ],
)  # fmt: skip
def test_every_kind_of_file_has_a_name(content, file):
    (heard,) = told(**content)
    assert (heard.files, heard.text, heard.at) == ((file,), "", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"message_id": 1}},
        {"text": "a", "from": {"id": 5, "is_bot": True}},
        {"text": "a", "chat": {"id": -100, "type": "channel"}},
        {"text": "a", "kind": "channel_post"},
        {"text": "a", "kind": "message_from_the_future"},
        {"location": {"latitude": 1}, "kind": "edited_message"},  # a shared place that moves on
        {"id": "1", "data": "1.1", "kind": "callback_query", "message": None},
    ],
)
def test_what_is_not_for_us_is_heard_as_nothing(content):
    assert told(**content) == ()


async def test_in_a_group_only_what_is_meant_for_the_bot_is_heard(server, channel):
    server.privacy = False
    server.invite(GROUP)
    server.say(GROUP, "@someone_else chiều họp nhé", sender=LAN)
    server.say(GROUP, "/start@other_bot", sender=LAN)
    server.say(GROUP, "/ban Minh", sender=LAN)
    server.say(GROUP, f"thu@{USERNAME} nhé", sender=LAN)
    server.say(GROUP, f"𝒙 @{USERNAME.upper()}, hạn nộp?", sender=LAN)
    asked = server.say(GROUP, f"/hoi@{USERNAME} hồ sơ gồm gì", sender=LAN)
    server.say(GROUP, "/hoi hạn nộp", sender=LAN)
    answer = await send(channel, "Ngày 20/6", AT_GROUP, reply_to=f"{GROUP}:{asked.id}")
    server.say(GROUP, "cảm ơn", sender=MINH, reply_to=server.message(GROUP, int(answer)))
    server.say(GROUP, "ừ", sender=MINH, reply_to=asked)
    server.edit(GROUP, asked, f"/hoi@{USERNAME} hồ sơ")
    heard = await heard_by(channel)
    assert heard[0] == Back(AT_GROUP)
    said = heard[1:]
    assert [one.text for one in said] == ["𝒙 hạn nộp?", "/hoi hồ sơ gồm gì", "/hoi hạn nộp", "cảm ơn", "/hoi hồ sơ"]
    assert all(one.group and one.address == AT_GROUP for one in said)
    assert said[-1].edits == f"{GROUP}:{asked.id}"


async def test_a_name_in_a_group_waits_until_ours_is_known(server):
    server.privacy = False
    server.say(GROUP, f"@{USERNAME} hạn nộp?", sender=LAN)
    server.say(GROUP, "chiều họp nhé", sender=LAN)
    server.say(LAN, "thư gửi lan@xa.vn")
    channel = channel_to(server, secret=SECRET, polling=False)

    def receive(update):
        return [each.text for each in channel.receive(PROOF, json.dumps(update).encode())]

    with pytest.raises(TooEarly):
        receive(server.updates[0])
    assert [receive(update) for update in server.updates[1:]] == [[], ["thư gửi lan@xa.vn"]]
    await channel.start("https://thidua.example.vn/telegram")
    assert receive(server.updates[0]) == ["hạn nộp?"]
    await channel.close()


def test_a_nameless_administrator_is_a_person():
    group = {"id": GROUP, "type": "group"}
    said = {"chat": group, "from": {"id": 1_087_968_824, "is_bot": True}, "text": "/hoi hạn nộp"}
    assert told(**said) == told(**said, sender_chat={"id": -1001, "type": "channel"}) == ()
    (heard,) = told(**said, sender_chat=group)
    assert heard.text == "/hoi hạn nộp"


async def test_a_button_pressed_in_a_group_is_not_heard_but_stops_waiting(server, channel, hooked):
    server.invite(GROUP)
    sent = await send(channel, "Gửi?", AT_GROUP, choices=(Choice("1.1", "Có"),))
    press = server.press(GROUP, int(sent), "Có", sender=LAN)
    assert hooked.receive(PROOF, json.dumps(server.updates[-1]).encode()) == ()
    await asyncio.gather(*hooked._background)
    assert press.answers == [""]


async def test_who_comes_and_goes_and_moves(server, channel):
    server.say(LAN, "a")
    server.block(LAN)
    server.unblock(LAN)
    server.invite(GROUP)
    server.kick(GROUP)
    server.migrate(-78, -1_000_000_000_078)
    moved = Moved(Address("telegram", "-78"), "-1000000000078")
    assert (await heard_by(channel))[1:] == [
        Gone(AT_LAN, "người dùng đã chặn trợ lý"),
        Back(AT_LAN),
        Back(AT_GROUP),
        Gone(AT_GROUP, "trợ lý đã bị đưa ra khỏi nhóm"),
        moved,
        moved,
    ]


# --- sending ----------------------------------------------------------------------------------------------------------


async def test_a_message_is_read_as_it_was_meant(server, channel):
    asked = server.say(LAN, "hạn?")
    text = "🏅 **Hạn nộp** <b>&amp;\n> Trước ngày 20/6\n> hằng năm\nhttps://thidua.example.vn"
    sent = await send(channel, text, choices=(Choice("1.1", "Có"), Choice("1.2", "Không")), reply_to=f"{LAN}:1")
    seen = server.message(LAN, int(sent))
    assert seen.text == "🏅 Hạn nộp <b>&amp;\nTrước ngày 20/6\nhằng năm\nhttps://thidua.example.vn"
    assert [(e["type"], e["offset"], e["length"]) for e in seen.json["entities"]] == [
        ("bold", 3, 7),
        ("blockquote", 20, 24),
    ]
    assert [[button["text"] for button in row] for row in seen.json["reply_markup"]["inline_keyboard"]] == [
        ["Có"],
        ["Không"],
    ]
    assert seen.json["reply_to_message"]["message_id"] == asked.id
    (call,) = server.called("sendMessage")
    assert "parse_mode" not in call.arguments
    assert json.loads(call.arguments["link_preview_options"]) == {"is_disabled": True}


@pytest.mark.parametrize("reply_to", ["101:99", "101:1:810000001", "102:1", "cb:9000000000", "", None])
async def test_a_message_goes_out_whatever_became_of_what_it_answers(server, channel, reply_to):
    server.say(LAN, "a")
    sent = await send(channel, reply_to=reply_to)
    answered = server.message(LAN, int(sent)).json.get("reply_to_message", {})
    assert answered.get("message_id") == (1 if reply_to == "101:1:810000001" else None)


async def test_a_long_text_is_fitted_and_taken(server, channel):
    server.say(LAN, "a")
    text = "\n".join(f"> **Điều {n}.** Danh hiệu 𝒙 thi đua được xét hằng năm." for n in range(300))
    pieces = fit(Outgoing(text, (Choice("1.1", "Có"),)), channel.limits)
    assert len(pieces) > 2
    for piece in pieces:
        await channel.send(AT_LAN, piece, key="k")
    assert "\n".join(server.sent(LAN)) == text.replace("*", "").replace("> ", "")
    assert [message.labels for message in server.chats[LAN].sent] == [[]] * (len(pieces) - 1) + [["Có"]]
    await send(channel, "ế" * channel.limits.text)
    with pytest.raises(Rejected, match="dài quá"):
        await send(channel, "ế" * (channel.limits.text + 1))


async def test_a_file_is_sent_with_its_text_under_it_or_before_it(server, channel):
    server.say(LAN, "a")
    file, choices = FileRef("f1", "Báo cáo “2026”.docx", kept=True), (Choice("1.1", "Có"),)
    sent = await send(channel, "**Báo cáo**", file=file, choices=choices, content=b"PK\r\n\0", reply_to="101:1")
    seen = server.message(LAN, int(sent))
    assert (seen.text, seen.labels, seen.json["caption_entities"][0]["type"]) == ("Báo cáo", ["Có"], "bold")
    assert seen.json["document"]["file_name"] == "Báo cáo “2026”.docx"
    assert server.files[seen.json["document"]["file_id"]].content == b"PK\r\n\0"
    assert seen.json["reply_to_message"]["message_id"] == 1
    sent = await send(channel, "🏅" * 513, file=file, choices=choices, content=b"PK", reply_to="101:1")
    text, document = server.chats[LAN].sent[-2:]
    assert (text.text, text.labels, document.text, document.labels) == ("🏅" * 513, [], "", ["Có"])
    assert (str(document.id), "document" in document.json) == (sent, True)
    assert ("reply_to_message" in text.json, "reply_to_message" in document.json) == (True, False)
    await send(channel, "chỉ có liên kết", file=file)
    assert "document" not in server.chats[LAN].sent[-1].json
    for content, said in ((b"", "không có nội dung"), (bytes(50_000_001), "50 MB")):
        with pytest.raises(Rejected, match=said):
            await send(channel, file=file, content=content)


async def test_a_correction_takes_the_place_of_what_it_corrects(server, channel):
    server.say(LAN, "a")
    first = await send(channel, "Hạn **20/6**", choices=(Choice("1.1", "Có"),))
    assert await send(channel, "Hạn **25/6**", edit=first) == first
    seen = server.message(LAN, int(first))
    assert (seen.text, seen.labels, len(seen.before)) == ("Hạn 25/6", [], 1)
    assert await send(channel, "Hạn **25/6**", edit=first) == first  # it reads so already
    assert len(server.sent(LAN)) == 1
    document = await send(channel, file=FileRef("f1", "a.docx"), content=b"PK")
    for gone in ("1", "99", "không số", document):
        assert await send(channel, f"mới {gone}", edit=gone) != gone
        assert server.sent(LAN)[-1] == f"mới {gone}"
    server.faults.append(Fault("editMessageText", status=429, retry_after=2))
    with pytest.raises(Retry):
        await send(channel, "Hạn 30/6", edit=first)


async def test_typing_is_shown_and_never_fails(server, channel):
    server.say(LAN, "a")
    await channel.typing(AT_LAN)
    assert server.chats[LAN].actions == ["typing"]
    server.faults.append(Fault(times=math.inf, status=500))
    await channel.typing(AT_LAN)
    await channel.acknowledge(Incoming("cb:1", AT_LAN, "", NOW))


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault(status=429, retry_after=7), 7),
        (Fault(status=429), None),
        (Fault(status=500), None),
        (Fault(status=502), None),
        (Fault(status=504), None),
        (Fault(drop="before"), None),
        (Fault(drop="after"), None),
        (Fault(silent=1), None),
    ],
)
async def test_what_passes_is_tried_again(server, fault, after):
    server.say(LAN, "a")
    server.faults.append(fault)
    channel = channel_to(server, timeout=0.2)
    with pytest.raises(Retry) as failed:
        await send(channel, SAID)
    assert (type(failed.value), failed.value.after) == (Retry, after)
    shown = "".join(traceback.format_exception(failed.value))
    assert not any(secret in shown for secret in (TOKEN, SAID, server.url))
    assert channel._request._client.is_closed is False
    await send(channel)  # a channel that was never started sends as well
    await channel.close()
    assert channel._request._client.is_closed


async def test_one_chat_that_is_limited_does_not_hold_up_another(server, channel):
    server.say(LAN, "a")
    server.say(MINH, "a")
    server.faults.append(Fault(chat=LAN, status=429, retry_after=60, times=math.inf))
    with pytest.raises(Retry):
        await send(channel)
    assert await send(channel, to=Address("telegram", str(MINH)))


async def test_who_cannot_be_reached(server, channel):
    for chat in (LAN, MINH, 103, GROUP, -78):
        server.say(chat, "a")
    server.block(LAN)
    server.deactivate(MINH)
    server.delete_chat(103)
    server.kick(GROUP)
    server.migrate(-78, -1_000_000_000_078)
    for chat, said in ((LAN, "chặn"), (MINH, "không còn"), (103, "không còn"), (999, "không còn"), (GROUP, "ra khỏi")):
        with pytest.raises(Unreachable, match=said):
            await send(channel, to=Address("telegram", str(chat)))
    with pytest.raises(Relocated) as moved:
        await send(channel, to=Address("telegram", "-78"))
    assert await send(channel, to=Address("telegram", moved.value.to))
    server.chats[GROUP].refusal = (400, "Bad Request: not enough rights to send text messages to the chat", {})
    with pytest.raises(Elsewhere) as refused:
        await send(channel, to=AT_GROUP)
    assert type(refused.value) is Elsewhere


async def test_what_telegram_will_never_take_is_rejected(server, channel):
    server.say(LAN, "a")
    for text, choices, said in (
        ("  ", (), "không có chữ"),
        ("a", (Choice("ế" * 22, "Có"),), "nút bấm"),
    ):
        with pytest.raises(Rejected, match=said):
            await send(channel, text, choices=choices)
    server.faults.append(Fault(status=400))
    with pytest.raises(Rejected, match="không nhận"):
        await send(channel)


async def test_words_about_a_webhook_halt_nothing_but_setting_one(server, channel):
    server.say(LAN, "a")
    server.chats[LAN].refusal = (400, "Bad Request: bad webhook: secret token in the text", {})
    with pytest.raises(Rejected):
        await send(channel)


async def test_files_that_cannot_be_fetched(server, channel):
    huge = server.send_file(LAN, "to.pdf", b"a", size=FILE_LIMIT + 1).json["document"]["file_id"]
    kept = server.send_file(LAN, "a.pdf", b"abc").json["document"]["file_id"]
    calls = len(server.calls)
    for file in (FileRef("", "vị trí"), FileRef(huge, "to.pdf", size=FILE_LIMIT + 1)):
        with pytest.raises(Rejected):
            await channel.fetch(file)
    assert len(server.calls) == calls
    with pytest.raises(Rejected, match="20 MB"):
        await channel.fetch(FileRef(huge, "to.pdf"))
    with pytest.raises(Rejected, match="không còn"):
        await channel.fetch(FileRef("nobody", "a.pdf"))
    server.faults.append(Fault("file", status=404))
    with pytest.raises(Rejected, match="không còn"):
        await channel.fetch(FileRef(kept, "a.pdf"))
    for fault in (Fault("file", status=502), Fault("getFile", status=500), Fault("file", drop="before")):
        server.faults.append(fault)
        with pytest.raises(Retry):
            await channel.fetch(FileRef(kept, "a.pdf"))
    assert await channel.fetch(FileRef(kept, "a.pdf")) == b"abc"


async def test_a_file_is_never_read_from_our_disk(server, channel, tmp_path, monkeypatch):
    kept = server.send_file(LAN, "a.pdf", b"abc").json["document"]["file_id"]
    monkeypatch.chdir(tmp_path)
    ours = tmp_path / server.files[kept].path
    ours.parent.mkdir()
    ours.write_bytes(b"of ours")
    with pytest.raises(Rejected):
        await channel.fetch(FileRef(kept, "a.pdf"))


# --- checking ---------------------------------------------------------------------------------------------------------


async def test_a_check_finds_what_is_wrong_and_changes_nothing(server, channel, hooked):
    hook = server.webhook
    assert all(finding.good for finding in await hooked.check())
    polled, *_ = [finding for finding in await channel.check() if not finding.good]
    assert "Webhook" in polled.advice
    hook.url = "https://other.example.vn"
    assert [finding.good for finding in await hooked.check()] == [True, False, True]
    hook.url = ""
    assert [finding.good for finding in await hooked.check()] == [True, False, True]
    assert all(finding.good for finding in await channel.check())
    for _ in range(100):
        server.say(LAN, "a")
    hook.error = {"last_error_date": int(NOW.timestamp()) - 60, "last_error_message": "Connection timed out"}
    wrong = [finding for finding in await channel.check() if not finding.good]
    assert ["100 tin" in wrong[0].what, "07:59 02/11/2026" in wrong[1].what] == [True, True]
    assert all(finding.advice for finding in wrong)
    assert (len(server.pending), server.webhook) == (100, hook)
    server.faults.append(Fault(status=500))
    (finding,) = await channel.check()
    assert (finding.good, bool(finding.advice)) == (False, True)
