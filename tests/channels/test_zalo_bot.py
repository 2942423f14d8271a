"""The Zalo Bot channel against the emulated platform, in each variant that sources on it leave open."""

from __future__ import annotations

import logging
import time
import traceback
import unicodedata
from datetime import UTC, datetime

import pytest
from loopback import Call, Emulator, Fault, Reply, running
from zalo_bot_server import STORED, ZaloBotServer, done, failure, zalo_bot_server

from bot.channels import (
    Elsewhere,
    Forged,
    Halted,
    Malformed,
    Messenger,
    Rejected,
    Retry,
    SendError,
    Unreachable,
    zalo_bot,
)
from bot.channels.zalo_bot import ZaloBotChannel
from bot.messages import Address, FileRef, Incoming, Outgoing

SECRET = "webhook-secret"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)  # what our own clock says
PUBLIC = "https://bot.example/zalo"


class Ears(list):
    """Keeps what it hears, after having failed as often as told."""

    failures = 0

    async def __call__(self, heard):
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.append(heard)


class Hook(Emulator):
    """Our address: hands each request to the channel, as the web application does."""

    channel: ZaloBotChannel
    heard: list

    def answer(self, call: Call) -> Reply:
        try:
            self.heard += self.channel.receive(call.headers, call.raw)
        except Forged:
            return Reply("forged", 403)
        except Malformed:
            return Reply("malformed", 400)
        return Reply({"ok": True})


@pytest.fixture
def server():
    with zalo_bot_server(longest_poll=0.05) as started:
        yield started


@pytest.fixture
async def connect(server: ZaloBotServer):
    """Make channels to the server, closed at the end."""
    made: list[ZaloBotChannel] = []

    def make(token: str = server.token, **given: object) -> ZaloBotChannel:
        given = {"base_url": server.base_url, "secret": SECRET, "patience": 0.1, "clock": lambda: LATER} | given
        made.append(ZaloBotChannel(token, **given))
        return made[-1]

    yield make
    for channel in made:
        await channel.close()
        await channel.close()  # harmless twice


@pytest.fixture
def channel(connect):
    return connect()


@pytest.fixture
def hook(server, channel):
    with running(Hook()) as listening:
        listening.channel, listening.heard = channel, []
        server.hosts["https://bot.example"] = listening.url
        yield listening


@pytest.fixture
def ears():
    return Ears()


def address(chat) -> Address:
    return Address("zalo_bot", chat.id)


async def send(channel, to, text="Xin chào", **given) -> str | None:
    return await channel.send(to if isinstance(to, Address) else address(to), Outgoing(text), key="1", **given)


def refusal(code: int, description: str) -> Fault:
    return Fault(200, failure(code, description))


# --- starting


async def test_start_by_polling_removes_a_webhook(server, channel):
    assert isinstance(channel, Messenger)
    await channel.start(None)
    assert server.called("deleteWebhook") == []
    server._set_webhook({"url": PUBLIC, "secret_token": SECRET})
    server.statuses[404] = 404
    await channel.start(None)
    assert server.webhook is None
    await channel.start(None)


async def test_start_leaves_a_webhook_that_somebody_set_by_hand(server, connect):
    server._set_webhook({"url": PUBLIC, "secret_token": SECRET})
    await connect(polling=False).start(None)
    assert server.webhook.url == PUBLIC


@pytest.mark.parametrize("verifies", [True, False])
async def test_start_by_webhook_is_verified_by_an_empty_probe(server, channel, hook, verifies):
    server.verifies = verifies
    await channel.start(PUBLIC)
    assert (server.webhook.url, server.webhook.secret) == (PUBLIC, SECRET)
    assert [call.raw for call in hook.calls] == [b""] * verifies
    assert hook.heard == []


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault(503), Retry, "webhook.http.5xx"),
        (Fault(drop=True), Retry, "webhook.err"),
        (Fault(403), Halted, "tường lửa"),
        (Fault(404), Halted, "không có gì ở địa chỉ đó"),
    ],
)
async def test_a_webhook_that_cannot_be_verified(channel, hook, fault, kind, words):
    hook.faults["/zalo"] = [fault]
    with pytest.raises(SendError, match=words) as raised:
        await channel.start(PUBLIC)
    assert type(raised.value) is kind
    await channel.start(PUBLIC)


async def test_a_webhook_address_that_zalo_cannot_call(server, channel, hook):
    server.refuses_loopback = True
    for url, words in (
        (hook.url, "địa chỉ nội bộ"),
        ("https://elsewhere.example/zalo", "tên miền"),
        ("http://bot.example/zalo", "phải là địa chỉ https công khai"),
    ):
        with pytest.raises(Halted, match=words):
            await channel.start(url)


async def test_an_odd_verification_is_no_success(server, channel):
    odd = {"url": PUBLIC, "verification": {"ok": False, "outcome": None}}
    server.faults["setWebhook"] = [Fault(200, done(odd))]
    with pytest.raises(Retry, match="không rõ vì sao"):
        await channel.start(PUBLIC)


@pytest.mark.parametrize("secret", [None, "", "short", "x" * 257])
async def test_a_webhook_needs_a_secret_that_zalo_takes(server, connect, secret):
    channel = connect(secret=secret)
    with pytest.raises(Halted, match="8 đến 256 ký tự"):
        await channel.start(PUBLIC)
    assert server.called("setWebhook") == []
    with pytest.raises(Forged):
        channel.receive({"x-bot-api-secret-token": secret or ""}, b'{"event_name":"a"}')
    assert channel.receive({}, b"") == ()


async def test_the_daily_limit_of_webhooks(server, channel, hook):
    server.webhook_changes = 1
    await channel.start(PUBLIC)
    await channel.start(PUBLIC)
    with pytest.raises(Halted, match="một ngày") as raised:
        await channel.start(PUBLIC + "/2")
    assert raised.value.after == 24 * 3600


# --- the webhook


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_webhook_brings_events_bare_or_wrapped(server, channel, hook, wrapped):
    server.wrapped = wrapped
    await channel.start(PUBLIC)
    lan = server.person("Lan")
    event = lan.says("báo cáo")
    assert server.deliver().accepted
    assert server.deliver(event).accepted
    assert hook.heard == [Incoming(event["message"]["message_id"], address(lan), "báo cáo", NEW_YEAR)] * 2


async def test_a_webhook_call_without_proof_is_refused(server, channel, hook):
    await channel.start(PUBLIC)
    event = server.person().says("báo cáo")
    for secret in (None, "", "webhook-secre", SECRET + "2", "sai-mật"):
        body, headers = server.sealed(event, None)
        given = {} if secret is None else {"X-Bot-Api-Secret-Token": secret.encode()}
        assert server.post(PUBLIC, body, headers | given).status == 403
    for secret in (None, "wrong", STORED):
        assert server.probe(secret).accepted
    assert server.post(PUBLIC, b" {} \n", {}).accepted
    assert hook.heard == []


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"null",
        b'"event_name"',
        b'{"ok":true}',
        b'{"ok":true,"result":null}',
        b'{"ok":true,"result":[]}',
        b'{"event_name":null}',
        b'{"event_name":"message.text.received","message":{"text":{"a":"bi mat"},"chat":{"id":"1"}}}',
        b'{"event_name":"message.text.received","message":{"text":"\\ud800","chat":{"id":"1"}}}',
        b'{"event_name":"\xff"}',
        b"[" * 10_000,
    ],
)
def test_a_webhook_call_that_cannot_be_read(channel, body):
    with pytest.raises(Malformed) as raised:
        channel.receive({"x-bot-api-secret-token": SECRET}, body)
    assert "bi mat" not in "".join(traceback.format_exception(raised.value))


# --- polling


@pytest.mark.parametrize("listed", [False, True])
async def test_a_poll_brings_what_people_say(server, channel, ears, listed):
    server.listed = listed
    lan = server.person("Lan")
    first, second = lan.says(unicodedata.normalize("NFD", "Tổng kết")), lan.says("hai")
    await channel.poll(ears)
    await channel.poll(ears)
    assert ears == [
        Incoming(first["message"]["message_id"], address(lan), "Tổng kết", NEW_YEAR),
        Incoming(second["message"]["message_id"], address(lan), "hai", NEW_YEAR),
    ]
    assert server.called("getUpdates")[0].arguments == {"timeout": "1"}


@pytest.mark.parametrize("status", [200, 408])
async def test_a_poll_that_brings_nothing_is_no_failure(server, channel, ears, caplog, status):
    server.statuses[408] = status
    for idle in (server.idle, done(None), done({}), done([]), {"ok": True}):
        server.idle = dict(idle)
        await channel.poll(ears)
    assert ears == []
    assert len(server.called("getUpdates")) == 5
    assert caplog.messages == []


async def test_a_poll_may_take_longer_than_another_call(server, connect, ears, monkeypatch):
    monkeypatch.setattr(zalo_bot, "QUICK", 0.15)
    monkeypatch.setattr(zalo_bot, "FLOOR", 0.0)
    server.longest_poll = 0.25
    await connect(patience=1.0).poll(ears)
    server.faults["getUpdates"] = [Fault(wait=5)]
    with pytest.raises(Retry, match="không trả lời kịp"):
        await connect(patience=0.0).poll(ears)


async def test_repeats_come_no_faster_than_the_floor(server, connect, ears):
    channel = connect(patience=0.2)
    server.replays = 2
    server.person().says("một lần")
    began = time.monotonic()
    await channel.poll(ears)
    assert time.monotonic() - began < 0.2
    for _ in range(2):
        began = time.monotonic()
        await channel.poll(ears)
        assert time.monotonic() - began >= 0.19
    assert [heard.id for heard in ears] == [server.history[0]["message"]["message_id"]] * 3


@pytest.mark.parametrize("odd", ["ignored", "unreadable"])
async def test_repeats_of_what_is_not_heard_are_held_back_too(server, connect, ears, odd):
    channel = connect(patience=0.2)
    server.replays = 1
    server.person().does("message.link.received" if odd == "ignored" else "message.text.received", text=[])
    await channel.poll(ears)
    began = time.monotonic()
    await channel.poll(ears)
    assert time.monotonic() - began >= 0.19
    assert ears == []


async def test_what_could_not_be_kept_is_heard_again(server, channel, ears):
    lan = server.person()
    server.faults["getUpdates"] = [Fault(200, done([lan.says("một"), lan.says("hai")]))]
    server.updates.clear()
    ears.failures = 2
    for _ in range(2):
        with pytest.raises(OSError, match="disk"):
            await channel.poll(ears)
    lan.says("ba")
    await channel.poll(ears)
    assert [heard.text for heard in ears] == ["một", "hai"]
    assert len(server.called("getUpdates")) == 1
    await channel.poll(ears)
    assert [heard.text for heard in ears] == ["một", "hai", "ba"]


@pytest.mark.parametrize("status", [200, 400])
async def test_a_webhook_in_the_way_is_removed_once(server, channel, ears, status):
    server.statuses[400] = status
    server._set_webhook({"url": PUBLIC, "secret_token": SECRET})
    server.person().says("vẫn nghe")
    await channel.poll(ears)
    assert [heard.text for heard in ears] == ["vẫn nghe"]
    server._set_webhook({"url": PUBLIC, "secret_token": SECRET})
    server.faults["deleteWebhook"] = [Fault(200, done({"url": ""}))]  # and somebody sets it again
    with pytest.raises(Halted, match="tắt hệ thống đó"):
        await channel.poll(ears)
    assert len(server.called("deleteWebhook")) == 2


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (refusal(429, "Quota exceeded"), 60),
        (Fault(429, failure(429)), 60),
        (refusal(403, "Internal Server Error"), None),
        (refusal(400, "timeout is invalid"), None),
        (refusal(400, "user is invalid"), None),
        (Fault(502), None),
        (Fault(200, "<html>captive portal</html>"), None),
        (Fault(302, "", {"Location": "https://elsewhere.example"}), None),
        (Fault(drop=True), None),
        (Fault(drop=True, processed=True), None),
    ],
)
async def test_a_poll_that_fails(server, channel, ears, fault, after):
    server.faults["getUpdates"] = [fault]
    with pytest.raises(Retry) as raised:
        await channel.poll(ears)
    assert (type(raised.value), raised.value.after) == (Retry, after)
    await channel.poll(ears)


@pytest.mark.parametrize(
    ("status", "said"),
    [(200, failure(401)), (401, failure(401)), (401, "<html>no</html>"), (404, "no such page"), (404, failure(404))],
)
async def test_a_token_that_is_refused_halts_everything(server, connect, ears, status, said):
    server.statuses[401], server.unauthorized = status, said
    channel = connect("1:wrong")
    for work in (channel.start(None), channel.start(PUBLIC), channel.poll(ears)):
        with pytest.raises(Halted, match="Zalo Bot Manager"):
            await work
    if said != failure(404):  # which a message might mean of its chat
        with pytest.raises(Halted, match="Zalo Bot Manager"):
            await send(channel, server.person())
    await channel.typing(Address("zalo_bot", "1"))
    (finding,) = await channel.check()
    assert not finding.good
    assert "Zalo Bot Manager" in finding.advice


# --- what is heard


@pytest.fixture
def hear(channel, ears):
    """What the next poll brings, if anything."""

    async def poll() -> Incoming | None:
        del ears[:]
        await channel.poll(ears)
        return ears[0] if ears else None

    return poll


@pytest.mark.parametrize("key", ["photo_url", "photo"])
async def test_a_photo_with_its_caption(server, channel, hear, key):
    server.image_key = key
    lan = server.person()
    said = lan.sends_photo(b"\xff\xd8\xff real", caption=unicodedata.normalize("NFD", "đơn đề nghị"))["message"]
    heard = await hear()
    assert (heard.id, heard.text, heard.at) == (said["message_id"], "đơn đề nghị", NEW_YEAR)
    (file,) = heard.files
    assert file == FileRef(said[key], f"anh-{heard.id}.jpg", "image/jpeg")
    assert await channel.fetch(file) == b"\xff\xd8\xff real"


async def test_a_voice_and_a_sticker(server, channel, hear):
    lan = server.person()
    lan.sends_audio(b"\xff\xf1 real")
    heard = await hear()
    assert heard.files == (FileRef(heard.files[0].id, f"ghi-am-{heard.id}.aac", "audio/aac"),)
    assert await channel.fetch(heard.files[0]) == b"\xff\xf1 real"
    lan.sends_sticker()
    assert (await hear()).files == (FileRef("", "nhãn dán"),)


async def test_what_zalo_does_not_hand_over_is_answered_where_there_is_a_chat(server, channel, hear):
    lan = server.person()
    server.replays, ids = 1, []
    lan.sends_file()
    for _ in range(2):
        heard = await hear()
        assert (heard.address, heard.text, heard.at) == (address(lan), "", NEW_YEAR)
        assert heard.files == (FileRef("", "tệp"),)
        ids.append(heard.id)
    server.clock.advance(seconds=1)
    lan.sends_file()
    ids.append((await hear()).id)
    assert ids[0] == ids[1] != ids[2]
    server.unsupported = "full"
    said = lan.sends_file()
    assert (await hear()).id == said["message"]["message_id"]
    server.unsupported = "none"
    lan.sends_file()
    assert await hear() is None


async def test_a_photo_without_its_address_is_told_but_cannot_be_fetched(server, channel, hear):
    server.person().does("message.image.received", date=None)
    heard = await hear()
    assert (heard.files[0].id, heard.at) == ("", LATER)


@pytest.mark.parametrize("date", [10**30, "never", float("inf")])
async def test_a_date_that_cannot_be(server, hear, date):
    server.person().does("message.text.received", text="a", date=date)
    heard = await hear()
    assert heard is None if date == "never" else heard.at == LATER


async def test_what_bots_say_is_not_heard(server, channel, hear):
    await channel.start(None)
    lan = server.person()
    server.echoes = True
    await send(channel, lan)
    assert await hear() is None
    own = {"id": server.bot_id, "display_name": server.bot_name}
    lan.does("message.text.received", text="a", **{"from": own})
    assert await hear() is None
    lan.does("message.text.received", text="a", **{"from": {"id": lan.id, "is_bot": True}})
    assert await hear() is None
    assert server.updates == []


async def test_in_a_group_the_name_of_the_bot_is_not_part_of_what_is_said(server, channel, hear):
    await channel.start(None)
    lan, room = server.person(), server.group()
    for said, meant in (
        (f"@{server.bot_name} hạn nộp?", "hạn nộp?"),
        (f"@{server.bot_name}, hạn nộp?", "hạn nộp?"),
        (unicodedata.normalize("NFD", f"Nhờ @{server.bot_name.upper()} xem"), "Nhờ xem"),
        ("@bot.thidua hạn nộp?", "hạn nộp?"),
        (f"@{server.bot_name}x là ai?", f"@{server.bot_name}x là ai?"),
        (f"@{server.bot_name}", ""),
    ):
        lan.does("message.image.received", room, caption=said)
        heard = await hear()
        assert (heard.text, heard.group, heard.address) == (meant, True, address(room)), said
    lan.mentions("hạn nộp?", room)
    assert (await hear()).text == "hạn nộp?"
    lan.says(f"@{server.bot_name} hạn nộp?")
    heard = await hear()
    assert (heard.text, heard.group) == (f"@{server.bot_name} hạn nộp?", False)


async def test_of_two_names_the_longer_one_is_taken_out(server, channel, hear):
    server.faults["getMe"] = [Fault(200, done({"id": 7, "display_name": "Bot", "account_name": server.bot_name}))]
    await channel.start(None)
    server.person().mentions("hạn nộp?", server.group())
    assert (await hear()).text == "hạn nộp?"


async def test_what_nobody_knows_is_passed_over_by_name(server, channel, hear, caplog):
    caplog.set_level(logging.DEBUG, "bot")
    lan = server.person()
    for event in ("message.link.received", "user.reacted"):
        lan.does(event, text="bí mật")
        assert await hear() is None
        assert event in caplog.text
    lan.does("message.text.received", text=["bí mật"])
    assert await hear() is None
    server.emit({"odd": "bí mật"})
    assert await hear() is None
    assert "bí mật" not in caplog.text
    lan.says("nghe đây")
    assert (await hear()).text == "nghe đây"


# --- sending


async def test_a_message_goes_out_as_plain_text(server, channel):
    lan = server.person()
    number = await send(channel, lan, unicodedata.normalize("NFD", "Kính gửi anh/chị, **đã nhận** báo cáo."))
    (message,) = lan.received
    assert message.id == number
    assert message.text == "Kính gửi anh/chị, **đã nhận** báo cáo."
    assert set(message.body) == {"chat_id", "text"}
    await send(channel, lan, "đ" * channel.limits.text)
    with pytest.raises(Elsewhere, match="400"):
        await send(channel, lan, "đ" * (channel.limits.text + 1))
    with pytest.raises(Rejected, match="tệp"):
        await send(channel, lan, content=b"%PDF")
    assert len(lan.received) == 2


@pytest.mark.parametrize("said", [{"ok": True}, done([]), done({"message_id": 7})])
async def test_what_went_out_is_not_sent_again_for_want_of_an_id(server, channel, said):
    server.faults["sendMessage"] = [Fault(200, said)]
    assert await send(channel, server.person()) == ("7" if said == done({"message_id": 7}) else None)


@pytest.mark.parametrize("key", ["error_code", "errorCode"])
@pytest.mark.parametrize("status", [200, 429])
async def test_a_quota_that_is_used_up_halts_the_channel_for_an_hour(server, channel, key, status):
    server.quota, server.code_key, server.statuses[429] = 1, key, status
    lan = server.person()
    await send(channel, lan)
    with pytest.raises(Halted, match="hết hạn mức tin nhắn của tháng, hoặc đang gửi quá nhanh") as raised:
        await send(channel, lan)
    assert raised.value.after == 3600
    assert len(lan.received) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusal(400, "chat_id is invalid"), Unreachable),
        (refusal(400, "Bad Request: chat not found"), Unreachable),
        (refusal(404, "User does not exist"), Unreachable),
        (refusal(403, "The bot was blocked by the user"), Unreachable),
        (refusal(400, "The text must have 1 to 2000 characters"), Elsewhere),
        (refusal(400, "chat_id must not be empty"), Elsewhere),
        (refusal(400, "Bad Request"), Elsewhere),
        (Fault(400, "<html>"), Elsewhere),
        (refusal(404, "Not Found"), Elsewhere),
        (refusal(403, "Internal Server Error"), Retry),
        (refusal(408, "Request timeout"), Retry),
        (refusal(500, ""), Retry),
        (refusal(-7, ""), Retry),
        (Fault(200, {"ok": False}), Retry),
        (Fault(200, "<html>captive portal</html>"), Retry),
        (Fault(403, "<html>"), Retry),
        (Fault(401, ""), Halted),
        (Fault(401, {"ok": False}), Halted),
        (Fault(429, ""), Halted),
    ],
)
async def test_each_refusal_says_what_to_do(server, channel, fault, kind):
    server.faults["sendMessage"] = [fault]
    with pytest.raises(SendError) as raised:
        await send(channel, server.person())
    assert type(raised.value) is kind


async def test_a_chat_that_zalo_does_not_know(server, channel):
    server.statuses[400] = 400
    with pytest.raises(Unreachable):
        await send(channel, Address("zalo_bot", "nobody"))


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (Fault(503), 0),
        (Fault(drop=True), 0),
        (Fault(502, processed=True), 1),
        (Fault(drop=True, processed=True), 1),
        (Fault(wait=5, processed=True), 1),
    ],
)
async def test_a_message_whose_fate_is_unknown_is_to_be_sent_again(server, channel, monkeypatch, fault, arrived):
    monkeypatch.setattr(zalo_bot, "QUICK", 0.2)
    lan = server.person()
    server.faults["sendMessage"] = [fault]
    with pytest.raises(Retry) as raised:
        await send(channel, lan)
    assert type(raised.value) is Retry
    assert len(lan.received) == arrived
    monkeypatch.undo()
    await send(channel, lan)
    assert len(lan.received) == arrived + 1


async def test_the_typing_sign_never_fails(server, channel):
    lan = server.person()
    await channel.typing(address(lan))
    assert lan.typing == 1
    server.faults["sendChatAction"] = [Fault(503), Fault(drop=True), refusal(429, ""), refusal(401, "")]
    for _ in range(4):
        await channel.typing(address(lan))
    await channel.typing(Address("zalo_bot", "nobody"))
    await channel.acknowledge(Incoming("1", address(lan), "", NEW_YEAR))
    assert lan.typing == 1


# --- files


async def test_only_what_is_allowed_is_fetched(server, channel, monkeypatch):
    url = server.keep("anh.jpg", b"\xff\xd8\xff")
    assert await channel.fetch(FileRef(url, "a")) == b"\xff\xd8\xff"
    monkeypatch.setattr(zalo_bot, "FILE_LIMIT", 2)
    with pytest.raises(Rejected, match="lớn hơn"):
        await channel.fetch(FileRef(url, "a"))
    calls = len(server.calls)
    for bad in ("", url.replace("127.0.0.1", "localhost"), "https://evil.example/a.jpg", "file:///etc/passwd"):
        with pytest.raises(Rejected):
            await channel.fetch(FileRef(bad, "a"))
    assert len(server.calls) == calls
    server.media.clear()
    with pytest.raises(Rejected, match="không còn"):
        await channel.fetch(FileRef(url, "a"))
    server.faults["media"] = [Fault(503)]
    with pytest.raises(Retry):
        await channel.fetch(FileRef(url, "a"))


# --- staff


async def test_a_check_tells_what_is_as_it_should_be(server, connect):
    polling, pushed, unproven = connect(), connect(polling=False), connect(polling=False, secret="short")
    goods = [[finding.good for finding in await channel.check()] for channel in (polling, pushed, unproven)]
    assert goods == [[True, True], [True, False], [True, False, False]]
    server._set_webhook({"url": PUBLIC + "/path-of-ours", "secret_token": SECRET})
    goods = [[finding.good for finding in await channel.check()] for channel in (polling, pushed, unproven)]
    assert goods == [[True, False], [True, True], [True, False, True]]
    first, second = await polling.check()
    assert server.bot_name in first.what
    assert (second.what, bool(second.advice)) == ("Bot gắn webhook ở bot.example", True)
    assert server.webhook
    assert {call.name for call in server.calls} == {"getMe", "getWebhookInfo"}
    server.faults["getWebhookInfo"] = [Fault(503)]
    assert [finding.good for finding in await polling.check()] == [False]


async def test_no_secret_is_told_to_anybody(server, connect, ears, monkeypatch, caplog):
    """Whatever goes wrong, neither errors with their tracebacks nor our log know token, secret or what was said."""
    monkeypatch.setattr(zalo_bot, "QUICK", 0.2)
    caplog.set_level(logging.DEBUG, "bot")
    channel, told = connect(), []
    lan = server.person()
    text = "Số căn cước 079"
    faults = [Fault(503, server.token), Fault(drop=True), Fault(wait=5), Fault(200, text), refusal(401, text)]
    faults += [refusal(code, f"{text} {server.token}") for code in (400, 403, 404, 429, 500)]
    for fault in faults:
        for work in (channel.poll, channel.start, lambda _: send(channel, lan, text)):
            server.faults["*"] = [fault]
            try:
                await work(ears if work == channel.poll else PUBLIC)
            except SendError as error:
                told += traceback.format_exception(error)
                told += [repr(error), repr(error.args)]
    with running(Emulator()) as gone:
        away = connect(base_url=gone.url)
    with pytest.raises(Retry) as raised:
        await send(away, lan, text)
    told += traceback.format_exception(raised.value)
    told += [repr(channel), caplog.text, *map(repr, await channel.check())]
    for secret in (server.token, server.token.partition(":")[2], SECRET, text):
        assert secret not in "\n".join(told)
    assert len(told) > 2 * len(faults)
