"""The Official Account as officers meet it: windows, templates, buttons, files, refusals; against the emulated one."""

from __future__ import annotations

import asyncio
import traceback
import unicodedata
from datetime import timedelta

import pytest
from fresh_database import fresh_database
from loopback import Emulator, Fault, running
from zalo_oa_server import ZaloOAServer, failure, zalo_oa_server

from bot.channels import Elsewhere, Halted, Messenger, Rejected, Retry, SendError, Unpaid, Unreachable
from bot.channels.fit import fit
from bot.channels.zalo_oa import ZaloOAChannel
from bot.channels.zalo_oa_codes import POLICIES
from bot.messages import Address, Choice, FileRef, Outgoing
from bot.store import Store

CS, TEMPLATE, UPLOAD = "v3.0/oa/message/cs", "v3.0/oa/message/template", "v2.0/oa/upload/file"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
POLICY = {
    -32: Retry, -100: Rejected, -200: Retry, -201: Rejected, -204: Halted, -205: Halted, -209: Halted, -210: Rejected,
    -211: Unpaid, -212: Halted, -213: Unreachable, -216: Halted, -217: Unreachable, -218: Elsewhere, -220: Halted,
    -221: Halted, -224: Halted, -227: Halted, -230: Elsewhere, -232: Elsewhere, -233: Rejected, -234: Retry,
    -237: Rejected, -238: Unpaid, -240: Rejected, -241: Unpaid, -242: Halted, -244: Unreachable, -248: Rejected,
    -249: Rejected, -320: Unpaid, -321: Unpaid, -401: Halted, -403: Rejected,
}  # fmt: skip
REPORT = FileRef("abc", "báo cáo.docx", DOCX, 4, kept=True)


@pytest.fixture
def server():
    with zalo_oa_server() as started:
        yield started


@pytest.fixture
async def store(tmp_path):
    opened = Store(fresh_database(tmp_path))
    yield opened
    await opened.close()


@pytest.fixture
async def mount(server: ZaloOAServer, store):
    """A channel with the first tokens in its settings; `heard` is what `last_heard` tells, by user id."""
    mounted, heard = [], {}

    async def last_heard(address: Address):
        return heard.get(address.id)

    def make(**settings) -> ZaloOAChannel:
        given = {
            "app_id": server.app_id,
            "app_secret": server.app_secret,
            "secret_key": server.oa_secret,
            "states": store,
            "clock": lambda: server.clock.now,
            "last_heard": last_heard,
            "base_url": server.api_url,
            "oauth_url": server.oauth_url,
            "refresh_token": server.issue().refresh,
            "media_hosts": ("127.0.0.1",),
        }
        mounted.append(ZaloOAChannel(**given | settings))
        return mounted[-1]

    make.heard = heard
    yield make
    for channel in mounted:
        await channel.close()
        await channel.close()


@pytest.fixture
def channel(mount):
    return mount()


def at(person) -> Address:
    return Address("zalo_oa", person.id)


async def say(channel: ZaloOAChannel, person, text: str = "Chào anh/chị", content: bytes | None = None, **more):
    return await channel.send(at(person), Outgoing(text, **more), key="out-1", content=content)


def receive(channel: ZaloOAChannel, server: ZaloOAServer, event: dict):
    raw, headers = server.sealed(event)
    return channel.receive({name.lower(): value for name, value in headers.items()}, raw)


async def test_it_is_a_messenger_that_is_called(channel, server):
    assert isinstance(channel, Messenger)
    assert not channel.polling
    await channel.start("https://tro-ly.example/webhooks/zalo-oa")
    assert [call.name for call in server.calls] == ["v4/oa/access_token"]


async def test_text_goes_out_composed_and_its_id_comes_back(channel, server):
    lan = server.person()
    sent = await say(channel, lan, unicodedata.normalize("NFD", "Đề nghị nộp báo cáo"))
    assert (lan.received[0].text, lan.received[0].id) == ("Đề nghị nộp báo cáo", sent)
    assert await say(channel, lan, "đ" * 2000)
    with pytest.raises(Rejected, match="-201"):
        await say(channel, lan, "đ" * 2001)


async def test_a_pressed_button_comes_back_as_its_token(channel, server):
    lan = server.person()
    offered = tuple(Choice(f"3.{n}", f"Mục {n}") for n in range(1, 6))
    (fitted,) = fit(Outgoing("Chọn mục:", offered), channel.limits)
    await channel.send(at(lan), fitted, key="out-1")
    buttons = lan.received[0].body["attachment"]["payload"]["buttons"]
    assert [button["title"] for button in buttons] == [choice.label for choice in offered]
    (pressed,) = receive(channel, server, await asyncio.to_thread(lan.picks, 4))
    assert (pressed.token, pressed.text) == ("3.4", "")
    six = fit(Outgoing("Chọn mục:", (*offered, Choice("3.6", "Mục 6"))), channel.limits)
    assert [(message.choices, message.text.splitlines()[-1]) for message in six] == [((), "6. Mục 6")]


async def test_the_window_closes_by_our_clock(mount, server):
    channel, lan = mount(), server.person()
    mount.heard[lan.id] = server.clock.now
    server.clock.advance(days=7)
    await say(channel, lan)
    server.clock.advance(seconds=1)
    calls = len(server.calls)
    with pytest.raises(Elsewhere, match="7 ngày") as refused:
        await say(channel, lan, brief="Mai là hạn nộp.")
    assert not isinstance(refused.value, Unreachable)
    assert len(server.calls) == calls


@pytest.mark.parametrize("code", [-230, -232, 230])
async def test_the_window_closes_by_zalos_code(channel, server, code):
    lan, server.codes["window"] = server.person(), code
    server.clock.advance(days=8)
    with pytest.raises(Elsewhere, match="7 ngày"):
        await say(channel, lan, brief="Mai là hạn nộp.")
    assert lan.received == []


@pytest.mark.parametrize("known", [True, False])
async def test_a_template_carries_the_brief_when_the_window_is_closed(mount, server, known):
    channel, lan = mount(template="123"), server.person()
    server.templates["123"] = {"noi_dung"}
    if known:
        mount.heard[lan.id] = server.clock.now
    server.clock.advance(days=8)
    sent = await say(channel, lan, "Một tin dài", brief=unicodedata.normalize("NFD", "Mai là hạn nộp."))
    assert lan.received[0].body["template_data"] == {"noi_dung": "Mai là hạn nộp."}
    assert (lan.received[0].id, len(server.called(CS))) == (sent, 0 if known else 1)
    with pytest.raises(Elsewhere):
        await say(channel, lan, "Không có lời ngắn")
    lan.says("tôi đây")
    mount.heard[lan.id] = server.clock.now
    await say(channel, lan, "Một tin dài", brief="Mai là hạn nộp.")
    assert lan.received[-1].text == "Một tin dài"


async def test_a_template_that_zalo_does_not_know_is_told(mount, server):
    channel, lan = mount(template="9"), server.person()
    server.clock.advance(days=8)
    with pytest.raises(Rejected, match="mẫu"):
        await say(channel, lan, brief="Mai là hạn nộp.")


async def test_a_file_goes_out_after_its_text(channel, server):
    lan = server.person()
    sent = await say(channel, lan, "Báo cáo đã nộp", b"PK\x03\x04", file=REPORT)
    assert [message.kind for message in lan.received] == ["text", "file"]
    assert lan.received[1].id == sent
    upload = server.uploads[lan.received[1].body["attachment"]["payload"]["token"]]
    assert (upload.name, upload.content) == ("báo cáo.docx", b"PK\x03\x04")
    server.file_id_key = "attachment_id"
    await say(channel, lan, "", b"%PDF", file=FileRef("d", "a.pdf", "application/pdf", kept=True))
    assert [message.kind for message in lan.received] == ["text", "file", "file"]


async def test_a_file_that_died_at_zalos_is_uploaded_once_more(channel, server):
    lan = server.person()
    server.faults[CS] += [Fault(200, failure(-100))]
    await say(channel, lan, "", b"PK", file=REPORT)
    assert (len(server.called(UPLOAD)), lan.received[0].kind) == (2, "file")
    server.faults[CS] += [Fault(200, failure(-100))] * 2
    with pytest.raises(Rejected, match="-100"):
        await say(channel, lan, "", b"PK", file=REPORT)
    assert len(server.called(UPLOAD)) == 4


@pytest.mark.parametrize(
    ("name", "content"),
    [("bang.xlsx", b"PK"), ("bao-cao", b"PK"), ("a.pdf", None), ("a.pdf", b"\0" * (5 * 1024 * 1024 + 1))],
)
async def test_a_file_that_cannot_go_is_refused_before_anything_is_said(channel, server, name, content):
    lan = server.person()
    with pytest.raises(Rejected):
        await say(channel, lan, "Kèm tệp", content, file=FileRef("x", name, kept=True))
    assert server.calls == []
    server.faults[UPLOAD].append(Fault(503))
    with pytest.raises(Retry):
        await say(channel, lan, "Kèm tệp", b"PK", file=REPORT)
    assert lan.received == []


@pytest.mark.parametrize("code", [-216, 216, -220, 220, 401, -401])
async def test_a_refused_access_token_is_renewed_once(channel, server, code):
    lan = server.person()
    await say(channel, lan)
    server.codes["invalid"] = server.codes["expired"] = code
    server.tokens[-1].dead = True
    await say(channel, lan, "Nữa")
    assert [message.text for message in lan.received] == ["Chào anh/chị", "Nữa"]
    assert len(server.called("v4/oa/access_token")) == 2
    server.faults[CS] += [Fault(200, failure(code))] * 2
    with pytest.raises(Halted, match="/staff/zalo-oa"):
        await say(channel, lan, "Lần nữa")
    assert len(server.called("v4/oa/access_token")) == 3
    assert server.faults[CS] == []


async def test_many_sends_with_an_expired_token_renew_it_once(channel, server):
    people = [server.person() for _ in range(5)]
    await channel.start(None)
    server.tokens[-1].dead = True
    await asyncio.gather(*(say(channel, person) for person in people))
    assert [len(person.received) for person in people] == [1] * 5
    assert len(server.called("v4/oa/access_token")) == 2


async def test_every_code_has_its_policy_whatever_its_sign(channel, server):
    lan = server.person()
    for code, kind in POLICY.items():
        for said in (code, -code):
            server.faults[CS] += [Fault(200, failure(said, "Success 5xx retry"))] * 2
            with pytest.raises(SendError) as refused:
                await say(channel, lan)
            server.faults[CS].clear()
            assert (code, type(refused.value)) == (code, kind)
            assert str(code) in str(refused.value) or code in {-230, -232}
    assert lan.received == []
    assert set(POLICY) == set(POLICIES)


async def test_waits_are_told(channel, server):
    lan = server.person()
    for code, after in [(-32, 60), (-234, 3600), (-200, None)]:
        server.faults[CS].append(Fault(200, failure(code)))
        with pytest.raises(Retry) as refused:
            await say(channel, lan)
        assert refused.value.after == after


async def test_an_unknown_code_is_about_this_message(channel, server):
    server.faults[CS].append(Fault(400, failure(-7777)))
    with pytest.raises(Rejected, match="-7777"):
        await say(channel, server.person())


@pytest.mark.parametrize(
    "fault", [Fault(503), Fault(drop=True), Fault(200, "<html>"), Fault(403, "blocked"), Fault(200, [])]
)
async def test_what_zalo_did_not_say_is_tried_again(channel, server, fault):
    lan = server.person()
    server.faults[CS].append(fault)
    with pytest.raises(Retry) as failed:
        await say(channel, lan)
    assert type(failed.value) is Retry
    assert await say(channel, lan)
    assert len(lan.received) == 1


async def test_a_connection_lost_after_the_message_may_send_it_twice(channel, server):
    lan = server.person()
    server.faults[CS].append(Fault(drop=True, processed=True))
    with pytest.raises(Retry):
        await say(channel, lan)
    await say(channel, lan)
    assert len(lan.received) == 2


async def test_who_is_out_of_reach(channel, server):
    lan, stranger = server.person(), server.person(follows=False)
    lan.blocks()
    for person in (lan, stranger):
        with pytest.raises(Unreachable):
            await say(channel, person)
    lan.unblocks()
    assert await say(channel, lan)


async def test_no_secret_and_no_text_is_in_an_error(channel, server):
    lan = server.person()
    await channel.start(None)
    server.faults["*"] += [Fault(200, failure(-201, "Bí mật")), Fault(503), Fault(drop=True)]
    for _ in range(3):
        with pytest.raises((Rejected, Retry)) as failed:
            await say(channel, lan, "Bí mật của đơn vị")
        said = str(failed.value) + "".join(traceback.format_exception_only(failed.value))
        assert failed.value.__suppress_context__ or failed.value.__context__ is None
        secrets = [server.app_secret, server.oa_secret, "Bí mật", server.url, lan.id]
        secrets += [token for one in server.tokens for token in (one.access, one.refresh)]
        assert not [secret for secret in secrets if secret in said]


async def test_what_people_send_is_fetched_from_allowed_hosts_alone(mount, channel, server):
    lan = server.person()
    (heard,) = receive(channel, server, lan.sends_file("đơn.docx", b"PK real"))
    assert await channel.fetch(heard.files[0]) == b"PK real"
    with pytest.raises(Rejected):
        await mount(media_hosts=(".zdn.vn",)).fetch(heard.files[0])
    (sticker,) = receive(channel, server, lan.sends_sticker())
    with pytest.raises(Rejected):
        await channel.fetch(sticker.files[0])
    server.faults["media"].append(Fault(503))
    with pytest.raises(Retry):
        await channel.fetch(heard.files[0])
    server.media.clear()
    with pytest.raises(Rejected):
        await channel.fetch(heard.files[0])


async def test_an_outage_is_caught_up_with_the_ids_of_the_webhooks(channel, server):
    server.page = 3
    lan, minh = server.person("Lan"), server.person("Minh")
    lan.says("từ trước")
    server.clock.advance(minutes=1)
    since, heard, missed = server.clock.now, [], []
    for number in range(5):
        for act in (lambda n=number: lan.says(f"lan {n}"), lambda n=number: minh.sends_file(f"{n}.pdf", b"%PDF")):
            missed.append(act())
            server.clock.advance(seconds=1)
        await say(channel, lan)

    async def hear(incoming):
        heard.append(incoming)

    await channel.catch_up(hear, since)
    hooks = [receive(channel, server, event)[0] for event in missed]
    assert [(each.id, each.address, each.text) for each in heard] == [(w.id, w.address, w.text) for w in hooks]
    assert [each.at for each in heard] == sorted(each.at for each in heard)


async def test_catching_up_keeps_each_message_once_and_has_an_end(channel, server, store):
    lan = server.person()
    events = [lan.says(str(number)) for number in range(130)]
    for event in events[-3:]:
        await store.receive(receive(channel, server, event)[0])
    news = []

    async def hear(incoming):
        news.append(await store.receive(incoming))

    await channel.catch_up(hear, server.clock.now - timedelta(days=1))
    assert (len(news), news.count(False)) == (100, 3)
    assert len([call for call in server.calls if call.name.startswith("v2.0")]) == 20


async def test_catching_up_fails_as_sending_does(channel, server):
    server.refuses = -224

    async def hear(_):
        raise AssertionError

    with pytest.raises(Halted, match="-224"):
        await channel.catch_up(hear, server.clock.now)


async def test_a_check_changes_nothing_and_says_what_to_do(mount, server):
    unset = mount(refresh_token=None)
    findings = await unset.check()
    assert [finding.good for finding in findings] == [False, False]
    assert findings[0].advice == "xin mở trang /staff/zalo-oa và bấm “Kết nối Zalo OA”"
    assert server.calls == []
    channel = mount(template="123")
    await channel.start(None)
    tokens, api, template = await channel.check()
    assert all(finding.good for finding in (tokens, api, template))
    assert server.oa_name in api.what
    server.refuses = -221
    assert [finding.good for finding in await channel.check()] == [True, False, True]
    server.clock.advance(days=80)
    tokens, api, _ = await channel.check()
    assert (tokens.good, "10 ngày" in tokens.what, api.good) == (False, True, True)
    server.clock.advance(days=11)
    assert "/staff/zalo-oa" in (await channel.check())[0].advice
    assert len(server.called("v4/oa/access_token")) == 1


async def test_a_check_outlives_an_unreadable_state(mount, store):
    await store.put_state("zalo_oa", {"access": "?"})
    assert [finding.good for finding in await mount().check()] == [False]


async def test_nothing_is_done_where_there_is_nothing_to_do(channel, server):
    lan = server.person()
    (heard,) = receive(channel, server, lan.says("chào"))
    await channel.acknowledge(heard)
    await channel.typing(at(lan))
    await channel.poll(lambda _: channel.start(None))
    assert server.calls == []


async def test_webhooks_over_the_wire(channel, server):
    """As the emulator posts them: signed, tried again, probed."""
    lan = server.person()
    with running(Emulator()) as hook:
        server.webhook_url = hook.url + "/webhooks/zalo-oa"
        lan.says("chào")
        await asyncio.to_thread(server.deliver)
        await asyncio.to_thread(server.deliver, server.history[0])
        await asyncio.to_thread(server.probe)
        heard = [channel.receive(call.headers, call.raw) for call in hook.calls]
    assert heard[0] == heard[1]
    assert (heard[0][0].text, heard[2]) == ("chào", ())
