"""The emulated Bot API behaves as documented towards the real client and towards bare HTTP."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest
from telegram_server import TOKEN, USERNAME, Delivery, Fault, telegram_server

LAN, MINH, GROUP = 101, 102, -77
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def server():
    with telegram_server() as state:
        yield state


def client(server, token=TOKEN, read_timeout=5.0):
    request = HTTPXRequest(read_timeout=read_timeout, httpx_kwargs={"trust_env": False})
    return Bot(token, base_url=server.base_url, base_file_url=server.base_file_url, request=request)


@pytest.fixture
async def bot(server):
    async with client(server) as bot:
        yield bot


def keyboard(*labels):
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"c:{label}")] for label in labels])


async def test_what_the_bot_sends_is_seen_as_the_person_reads_it(server, bot):
    server.say(LAN, "/start")
    sent = await bot.send_message(
        LAN, "<b>Điều 22</b> &amp; 𝒙 <i>khoản 2</i>\n", "HTML", reply_markup=keyboard("Có", "Không")
    )
    seen = server.chats[LAN].messages[-1]
    assert (seen.text, seen.labels, seen.by_bot, seen.id) == (
        "Điều 22 & 𝒙 khoản 2",
        ["Có", "Không"],
        True,
        sent.message_id,
    )
    assert sent.parse_entities() == {sent.entities[0]: "Điều 22", sent.entities[1]: "khoản 2"}
    assert seen.written.startswith("<b>")
    assert [call.method for call in server.calls] == ["getMe", "sendMessage"]


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<b>a", 'end tag corresponding to start tag "b"'),
        ("đ<p>a</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b> </b>", "text is empty"),
    ],
)
async def test_html_that_is_not_well_formed_is_refused(server, bot, html, said):
    server.say(LAN, "a")
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(LAN, html, "HTML")
    assert said.lower() in str(refused.value).lower()  # the client changes the case
    assert server.sent(LAN) == []


async def test_limits_are_counted_after_entities_and_in_bytes(server, bot):
    server.say(LAN, "a")
    await bot.send_message(LAN, "<b>" + "ế" * 4096 + "</b>", "HTML")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(LAN, "ế" * 4097)
    button = InlineKeyboardButton("Đồng ý", callback_data="ế" * 21 + "a")  # 64 bytes
    await bot.send_message(LAN, "a", reply_markup=InlineKeyboardMarkup([[button]]))
    too_much = InlineKeyboardMarkup([[InlineKeyboardButton("Đồng ý", callback_data="ế" * 22)]])
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(LAN, "a", reply_markup=too_much)
    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(LAN, "a", reply_markup=keyboard(*map(str, range(101))))


async def test_an_edit_is_kept_with_what_was_before(server, bot):
    asked = server.say(LAN, "a")
    sent = await bot.send_message(LAN, "Một", reply_markup=keyboard("Có"))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("Một", LAN, sent.message_id, reply_markup=keyboard("Có"))
    await bot.edit_message_text("<u>Hai</u>", LAN, sent.message_id, parse_mode="HTML")
    seen = server.chats[LAN].messages[-1]
    assert (seen.text, seen.labels, [old["text"] for old in seen.before]) == ("Hai", [], ["Một"])
    await bot.edit_message_reply_markup(LAN, sent.message_id, reply_markup=keyboard("Sửa"))
    assert (seen.text, seen.labels, len(seen.before)) == ("Hai", ["Sửa"], 2)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("Ba", LAN, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Ba", LAN, asked.id)


async def test_a_long_poll_waits_and_an_offset_confirms(server, bot):
    waiting = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.5)
    server.say(LAN, "Một")
    (first,) = await waiting
    assert first.message.text == "Một"
    assert [update.update_id for update in await bot.get_updates()] == [first.update_id]  # not confirmed: again
    server.say(LAN, "Hai")
    assert [update.message.text for update in await bot.get_updates(offset=first.update_id + 1)] == ["Hai"]
    assert len(server.pending) == 1
    began = time.monotonic()
    assert await bot.get_updates(offset=first.update_id + 2, timeout=1) == ()
    assert time.monotonic() - began > 0.9


async def test_only_allowed_updates_are_made_and_one_poll_ends_another(server, bot):
    first = asyncio.create_task(bot.get_updates(timeout=5, allowed_updates=["callback_query"]))
    await asyncio.sleep(0.5)
    other = client(server)  # one client makes one such call at a time
    second = asyncio.create_task(other.get_updates(timeout=5))
    with pytest.raises(Conflict, match="other getUpdates"):
        await first
    server.say(LAN, "a")
    sent = await bot.send_message(LAN, "b", reply_markup=keyboard("Có"))
    server.press(LAN, sent.message_id, "Có")
    (update,) = await second
    assert update.callback_query.data == "c:Có"
    await other.shutdown()
    await bot.set_webhook("https://thidua.example.vn/telegram")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()


async def test_a_pressed_button_is_answered(server, bot):
    server.say(LAN, "a")
    sent = await bot.send_message(LAN, "Gửi?", reply_markup=keyboard("Có"))
    press = server.press(LAN, sent.message_id, "Có")
    query = (await bot.get_updates())[-1].callback_query
    assert (query.id, query.from_user.id, query.message.text) == (press.id, LAN, "Gửi?")
    await query.answer("Đã nhận")
    assert press.answers == ["Đã nhận"]
    with pytest.raises(LookupError, match=r"only \['Có'\]"):
        server.press(LAN, sent.message_id, "Không")
    server.chats[LAN].messages[-1].too_old = True
    server.press(LAN, sent.message_id, data="giả").expired = True
    query = (await bot.get_updates())[-1].callback_query
    assert (query.data, query.message.is_accessible) == ("giả", False)
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()


async def test_files_go_both_ways(server, bot):
    server.send_file(LAN, "Báo cáo.docx", b"PK\r\n--\0", caption="của xã")
    server.send_photo(LAN, PNG)
    document, photo = [update.message for update in await bot.get_updates()]
    assert (document.document.file_name, document.caption) == ("Báo cáo.docx", "của xã")
    assert await (await bot.get_file(document.document)).download_as_bytearray() == b"PK\r\n--\0"
    assert await (await bot.get_file(photo.photo[-1])).download_as_bytearray() == PNG
    sent = await bot.send_document(LAN, b"\r\n\0\r\n--", "<b>Biên bản</b>", filename="Biên bản.docx", parse_mode="HTML")
    assert server.files[sent.document.file_id].content == b"\r\n\0\r\n--"
    assert (sent.document.file_name, server.sent(LAN)) == ("Biên bản.docx", ["Biên bản"])
    await bot.send_document(LAN, sent.document.file_id)
    await bot.send_photo(LAN, PNG, reply_markup=keyboard("Xem"))
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(LAN, b"no picture")
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(LAN, b"a", "a" * 1025)
    huge = server.send_file(LAN, "to.pdf", b"a", size=20_000_001)
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(huge.json["document"]["file_id"])


async def test_every_kind_of_body_is_understood(server):
    server.say(LAN, "a")
    fields = {
        "chat_id": str(LAN),
        "text": "Ế &",
        "reply_markup": '{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}',
    }
    typed = {
        "chat_id": LAN,
        "text": "Ế &",
        "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]},
    }
    parts = {name: (None, value) for name, value in fields.items()}
    async with httpx.AsyncClient(base_url=f"{server.base_url}{TOKEN}/", trust_env=False) as http:
        for body in ({"data": fields}, {"json": typed}, {"files": parts}, {"params": fields}):
            answer = await http.post("sendMessage", **body)
            assert answer.json()["ok"], answer.text
        assert (await http.get("getme")).json()["result"]["username"] == USERNAME
        assert (await http.get("getNothing")).json()["error_code"] == 404
        assert (await http.post("sendMessage", json={"text": "a"})).json()[
            "description"
        ] == "Bad Request: chat_id is empty"
    assert [message.labels for message in server.chats[LAN].sent] == [["A"]] * 4


async def test_chats_that_cannot_be_reached(server, bot):
    for chat in (LAN, MINH, 103, GROUP, -78):
        server.say(chat, "a")
    server.block(LAN)
    server.deactivate(MINH)
    server.delete_chat(103)
    server.kick(GROUP)
    server.migrate(-78, -1_000_000_000_078)
    for chat, kind, said in (
        (LAN, Forbidden, "blocked by the user"),
        (MINH, Forbidden, "user is deactivated"),
        (103, BadRequest, "Chat not found"),
        (999, BadRequest, "Chat not found"),
        (GROUP, Forbidden, "kicked from the group chat"),
    ):
        with pytest.raises(kind, match=said):
            await bot.send_message(chat, "a")
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-78, "a")
    await bot.send_message(moved.value.new_chat_id, "a")
    server.unblock(LAN)
    await bot.send_message(LAN, "a")
    assert all(Update.de_json(update, bot) for update in server.updates)
    assert sum("my_chat_member" in update for update in server.updates) == 3


async def test_in_a_group_the_bot_hears_what_is_addressed_to_it(server, bot):
    server.invite(GROUP)
    server.say(GROUP, "chuyện riêng", sender=LAN)
    server.say(GROUP, f"𝒙 @{USERNAME} hạn nộp?", sender=LAN)
    server.say(GROUP, "/start@other_bot", sender=LAN)
    told = await bot.send_message(GROUP, "Ngày 20/6", reply_parameters={"message_id": 2})
    server.say(GROUP, "cảm ơn", sender=MINH, reply_to=server.chats[GROUP].sent[0])
    _, mention, reply = await bot.get_updates()
    assert list(mention.message.parse_entities(["mention"]).values()) == [f"@{USERNAME}"]
    assert (mention.message.chat.type, mention.message.from_user.id) == ("group", LAN)
    assert (reply.message.text, told.reply_to_message.message_id) == ("cảm ơn", 2)


async def test_a_persons_edit_and_the_bots_commands(server, bot):
    message = server.say(LAN, "xã An Bình")
    server.edit(LAN, message, "xã An Hòa")
    assert (await bot.get_updates())[-1].edited_message.text == "xã An Hòa"
    await bot.set_my_commands([BotCommand("nop", "Nộp báo cáo")], language_code="vi")
    assert [one.command for one in await bot.get_my_commands(language_code="vi")] == ["nop"]
    assert await bot.get_my_commands() == ()
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Nộp", "Nộp báo cáo")])
    await bot.send_chat_action(LAN, "typing")
    assert server.chats[LAN].actions == ["typing"]


async def test_calls_go_wrong_as_told(server, bot, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the client warns of its own attribute
    server.say(LAN, "a")
    server.say(MINH, "a")
    server.faults.append(Fault(chat=LAN, status=429, retry_after=7))
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(LAN, "a")
    assert limited.value.retry_after.total_seconds() == 7
    await bot.send_message(MINH, "a")
    await bot.send_message(LAN, "a")  # the fault is used up
    everywhere = Fault(status=429, retry_after=1, times=math.inf)
    server.faults.append(everywhere)
    for chat in (LAN, MINH):
        with pytest.raises(RetryAfter):
            await bot.send_message(chat, "b")
    server.faults.remove(everywhere)
    for status in (500, 502, 503):
        server.faults.append(Fault("sendMessage", status=status))
        with pytest.raises(NetworkError):
            await bot.send_message(LAN, "b")
    assert (server.sent(LAN), server.sent(MINH), server.faults) == (["a"], ["a"], [])


async def test_a_broken_connection_may_or_may_not_have_taken_the_message(server):
    server.say(LAN, "a")
    async with client(server, read_timeout=0.3) as bot:
        server.faults += [Fault("sendMessage", drop="before"), Fault("sendMessage", drop="after")]
        for text in ("mất", "đến"):
            with pytest.raises(NetworkError):
                await bot.send_message(LAN, text)
        server.faults.append(Fault("sendMessage", silent=5))
        with pytest.raises(TimedOut):
            await bot.send_message(LAN, "chậm")
    assert server.sent(LAN) == ["đến", "chậm"]
    assert [call.status for call in server.called("sendMessage")] == [0, 0, 0]


async def test_a_wrong_token_is_refused(server):
    for token in ("4200000001:" + "x" * 35, "nonsense"):
        with pytest.raises(InvalidToken):
            await client(server, token).initialize()
    assert [call.status for call in server.calls] == [401, 404]


async def test_updates_come_twice_disordered_and_late(server, bot):
    def texts(updates):
        return [update.message.text for update in updates]

    server.delivery = Delivery(times=2, newest_first=True)
    server.say(LAN, "1")
    server.say(LAN, "2")
    twice = await bot.get_updates()
    assert texts(twice) == ["2", "2", "1", "1"]
    server.delivery = Delivery(delay=0.3)
    server.say(LAN, "late")
    server.delivery = Delivery()
    server.say(LAN, "early")
    got = await bot.get_updates(offset=twice[0].update_id + 1)
    assert texts(got) == ["early"]
    assert texts(await bot.get_updates(offset=got[0].update_id + 1, timeout=2)) == ["late"]
    server.send_again(server.updates[0])
    assert texts(await bot.get_updates(offset=got[0].update_id + 1)) == ["1"]


@contextmanager
def receiver(status: int = 200) -> Iterator[tuple[str, list[tuple[str, str | None, bytes]]]]:
    """A webhook: its address, and the path, secret and body of what came."""
    came: list[tuple[str, str | None, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
            self.send_response(status if came[-1][1] == "s3cret" else 403)
            self.end_headers()
            self.wfile.write(b"done")

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}", came
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


async def test_updates_are_posted_to_the_webhook_until_accepted(server, bot):
    with receiver() as (url, came):
        await bot.set_webhook(f"{url}/telegram?a=1", secret_token="s3cret", allowed_updates=["message"])
        server.say(LAN, "1")
        for secret in ("wrong", "none"):
            server.delivery = Delivery(secret=secret)
            (answer,) = await asyncio.to_thread(server.deliver)
            assert (answer.status, answer.body) == (403, "done")
        info = await bot.get_webhook_info()
        assert (info.pending_update_count, info.allowed_updates) == (1, ("message",))
        assert info.last_error_message == "Wrong response from the webhook: 403 Forbidden"
        server.say(LAN, "2")
        server.delivery = Delivery(times=2, newest_first=True)
        assert [answer.status for answer in await asyncio.to_thread(server.deliver)] == [200] * 4
        assert [secret for _, secret, _ in came] == ["not-s3cret", None, *["s3cret"] * 4]
        assert ({path for path, _, _ in came}, server.pending) == ({"/telegram?a=1"}, [])
        await bot.set_webhook("https://thidua.example.vn/telegram", secret_token="s3cret")
        server.say(LAN, "3")
        with pytest.raises(ValueError, match="only loopback"):
            server.deliver()
        server.delivery = Delivery()
        assert [answer.status for answer in await asyncio.to_thread(server.deliver, url)] == [200]
    server.say(LAN, "4")
    assert [answer.status for answer in await asyncio.to_thread(server.deliver, url)] == [0]  # nobody listens
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
    for bad, secret in (("http://thidua.example.vn", None), ("https://thidua.example.vn:8080", None), (url, "a b")):
        with pytest.raises(BadRequest):
            await bot.set_webhook(bad, secret_token=secret)
