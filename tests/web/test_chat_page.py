"""The chat page: what is taken, what is shown, who is let in."""

import asyncio
import json
from contextlib import aclosing
from html.parser import HTMLParser

import httpx
import pytest
from web_world import ELSEWHERE, LEASE, NOW, linked

from bot.messages import Address, Choice, Outgoing
from bot.store import Store
from bot.web.chat import TEXT_LIMIT

NASTY = "<script>alert(1)</script> **<img src=x onerror=alert(1)>**\n> </blockquote><svg onload=alert(1)>"


async def opened(client):
    page = await client.get("/")
    assert page.status_code == 200
    return page


def message(key="tin-0001", text="Xin chào", token=None):
    return {"id": key, "text": text, "token": token}


async def test_a_visitor_gets_a_secret_only_the_browser_can_read(world, visit):
    async with visit(world.web(), ELSEWHERE) as client:
        page = await opened(client)
        cookie = page.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert client.cookies["thidua_session"] not in page.text


async def test_a_cookie_not_of_our_making_is_replaced(world, visit):
    async with visit(world.web(), cookies={"thidua_session": "chosen-by-somebody-else"}) as client:
        await opened(client)
        assert "chosen-by-somebody-else" not in {cookie.value for cookie in client.cookies.jar if cookie.domain}


async def test_a_message_is_kept_and_the_worker_woken(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        answer = await client.post("/chat", json=message(text="Hạn nộp?", token="t1"))
        assert (answer.status_code, answer.json()) == (202, {"id": "tin-0001"})
        [kept] = await world.waiting()
        assert (kept.text, kept.token) == ("Hạn nộp?", "t1")
        assert kept.address == Address("browser", client.cookies["thidua_session"])
        assert world.woken == 1


async def test_the_same_post_again_is_one_message(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        answers = [await client.post("/chat", json=message()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [202, 202, 202]
        assert len(await world.waiting()) == 1


async def test_nobody_can_take_another_visitors_message_id(world, visit):
    web = world.web()
    async with visit(web) as first, visit(web) as second:
        for client in (first, second):
            await opened(client)
            await client.post("/chat", json=message())
    assert len(await world.waiting()) == 2


async def test_a_plain_form_works_without_the_script(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        answer = await client.post("/chat", data={"id": "tin-0001", "text": "Xin chào"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "Xin chào" in (await client.get("/")).text


@pytest.mark.parametrize(
    ("headers", "how"),
    [
        ({"Origin": "http://evil.example"}, "json"),
        ({"Origin": "http://evil.example"}, "data"),
        ({"Origin": "null"}, "data"),
        ({"Origin": "", "Referer": "http://evil.example/page"}, "data"),
    ],
)
async def test_another_site_cannot_send_for_a_visitor(world, visit, headers, how):
    async with visit(world.web()) as client:
        await opened(client)
        answer = await client.post("/chat", **{how: {"id": "tin-0001", "text": "Nộp"}}, headers=headers)
        assert answer.status_code == 403
    assert await world.waiting() == []


async def test_a_request_that_tells_nothing_must_be_json(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        del client.headers["Origin"]
        assert (await client.post("/chat", data=message())).status_code == 403
        assert (await client.post("/chat", json=message())).status_code == 202


async def test_without_a_session_nothing_is_taken(world, visit):
    async with visit(world.web()) as client:
        assert (await client.post("/chat", json=message())).status_code == 401
        assert (await client.get("/chat/events")).status_code == 401


@pytest.mark.parametrize("body", ["{", "[]", '{"id": "x"}', '{"id": "tin-0001", "text": 5}', '{"text": "không mã"}'])
async def test_what_is_not_a_message_is_refused_with_a_sentence(world, visit, body):
    async with visit(world.web(), headers={"Content-Type": "application/json"}) as client:
        await opened(client)
        answer = await client.post("/chat", content=body)
        assert answer.status_code == 422
        assert "xin anh/chị" in answer.json()["detail"]


async def test_too_much_is_refused(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        long = await client.post("/chat", json=message(text="đ" * (TEXT_LIMIT + 1)))
        assert (long.status_code, "10.000 ký tự" in long.json()["detail"]) == (422, True)
        huge = await client.post("/chat", json=message(text="x" * 100_000))
        assert huge.status_code == 413
    assert await world.waiting() == []


async def test_half_characters_and_nul_do_no_harm(world, visit):
    async with visit(world.web(), headers={"Content-Type": "application/json"}) as client:
        await opened(client)
        taken = await client.post("/chat", content=r'{"id": "tin-0001", "text": "a\u0000b"}')
        assert taken.status_code == 202
        half = await client.post("/chat", content=r'{"id": "tin-0002", "text": "\ud800"}')
        assert half.status_code in {202, 422}
        assert (await client.get("/")).status_code == 200


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


async def test_nothing_anybody_writes_becomes_markup(world, visit):
    async with visit(world.web(demo=True, tries=(NASTY,))) as client:
        await opened(client)
        await client.post("/chat", json=message(text=NASTY))
        await world.say(Outgoing(NASTY, (Choice('"><script>', '"><script>alert(2)</script>'),)))
        tags = Tags()
        tags.feed((await client.get("/")).text)
        assert [attributes["src"] for tag, attributes in tags.seen if tag == "script"] == ["/static/page.js"]
        assert not [tag for tag, _ in tags.seen if tag == "svg"]
        assert not [name for _, attributes in tags.seen for name in attributes if name.startswith("on")]
        assert {attributes["src"] for tag, attributes in tags.seen if tag == "img"} == {"/static/icon.svg"}


async def test_quotes_bold_and_choices_are_drawn(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        await client.post("/chat", json=message())
        await world.say(Outgoing("**Nguồn**\n> lời văn bản", (Choice("t7", "Nộp báo cáo"),)))
        page = (await client.get("/")).text
        assert "<strong>Nguồn</strong>" in page
        assert "<blockquote><p>lời văn bản</p></blockquote>" in page
        assert '<button name="token" value="t7" data-label="Nộp báo cáo">' in page


async def test_a_conversation_is_there_again_after_a_restart(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        await client.post("/chat", json=message(text="Câu hỏi cũ"))
        await world.say(Outgoing("Câu trả lời cũ"))
        cookies = dict(client.cookies)
    await world.store.close()
    world.store = Store(world.database)
    async with visit(world.web(), cookies=cookies) as client:
        page = (await opened(client)).text
        assert page.index("Câu hỏi cũ") < page.index("Câu trả lời cũ")


async def test_a_message_that_could_not_be_handled_says_so(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        await client.post("/chat", json=message())
        await world.store.park_incoming(await world.store.claim_incoming(NOW, lease=LEASE), "RuntimeError: bí mật")
        page = (await client.get("/")).text
        assert "chưa xử lý được" in page
        assert "bí mật" not in page


async def test_one_visitor_never_sees_another(world, visit):
    web = world.web()
    async with visit(web) as first, visit(web) as second:
        await opened(first)
        await first.post("/chat", json=message(text="Điều riêng"))
        assert "Điều riêng" not in (await opened(second)).text


# --- live updates -----------------------------------------------------------------------------------------------------


async def read_events(client, address, headers=None):
    """(event, id, data) as they arrive; comments are left out."""
    async with client.stream("GET", address, headers=headers or {}, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields = {}
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                yield fields.get("event"), fields.get("id"), json.loads(fields["data"])
                fields = {}


async def take(client, count, address="/chat/events", headers=None):
    found = []
    async with asyncio.timeout(10), aclosing(read_events(client, address, headers)) as events:
        async for event in events:
            found.append(event)
            if len(found) == count:
                return found
    raise AssertionError("the stream ended")


async def test_what_happens_is_told_to_the_open_page_in_order(world, serve):
    async with serve(world.web()) as base, httpx.AsyncClient(base_url=base) as client:
        await client.get("/")
        reading = asyncio.create_task(take(client, 3))
        await client.post("/chat", json=message("tin-0001", "một"))
        await world.say(Outgoing("hai"))
        await client.post("/chat", json=message("tin-0002", "ba"))
        events = await reading
        assert [name for name, _, _ in events] == ["message"] * 3
        assert [data["answer"] for _, _, data in events] == [False, True, False]
        assert [data["key"] for _, _, data in events] == ["tin-0001", "", "tin-0002"]
        assert "<p>hai</p>" in events[1][2]["html"]


async def test_a_lost_connection_goes_on_from_the_last_message_seen(world, serve):
    async with serve(world.web()) as base, httpx.AsyncClient(base_url=base) as client:
        await client.get("/")
        for number in range(4):
            await client.post("/chat", json=message(f"tin-000{number}", f"số {number}"))
        first = await take(client, 2)
        rest = await take(client, 2, headers={"Last-Event-ID": first[-1][1]})
        assert [data["key"] for _, _, data in rest] == ["tin-0002", "tin-0003"]
        again = await take(client, 1, address=f"/chat/events?after={rest[0][1]}")
        assert again[0][2]["key"] == "tin-0003"
        bad = await take(client, 1, headers={"Last-Event-ID": "9" * 40})
        assert bad[0][2]["key"] == "tin-0000"


async def test_the_staff_side_is_told_in_the_demo_only(world, serve):
    async with serve(world.web(demo=True)) as base, httpx.AsyncClient(base_url=base) as client:
        await client.get("/")
        [(name, number, data)] = await take(client, 1)
        assert (name, number) == ("board", None)
        assert "Phòng Kinh tế" in data["html"]
    async with serve(world.web(staff_password="mật khẩu")) as base, httpx.AsyncClient(base_url=base) as client:
        assert "Phòng Kinh tế" not in (await client.get("/")).text
        await client.post("/chat", json=message())
        [(name, _, _)] = await take(client, 1)
        assert name == "message"


# --- the demo ---------------------------------------------------------------------------------------------------------


async def test_a_demo_visitor_starts_as_the_first_sample_officer_and_may_change(world, visit):
    async with visit(world.web(demo=True)) as client:
        assert "Lê Văn C, Phòng Kinh tế" in (await opened(client)).text
        before = client.cookies["thidua_session"]
        answer = await client.post("/demo/as/CB02", headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 303
        after = client.cookies["thidua_session"]
        assert after != before
        assert (await world.store.officer_at(Address("browser", after))).code == "CB02"
        assert (await client.post("/demo/as/KHONG-CO")).status_code == 404
        await client.post("/demo/as")
        assert "chưa liên kết" in (await opened(client)).text


async def test_outside_the_demo_nobody_takes_a_part(world, visit):
    async with visit(world.web()) as client:
        assert "Lê Văn C" not in (await opened(client)).text
        assert (await client.post("/demo/as/CB01")).status_code == 404
        assert await world.store.officer_at(Address("browser", client.cookies["thidua_session"])) is None


async def test_a_linked_officer_is_named_on_the_page(world, visit):
    async with visit(world.web()) as client:
        await opened(client)
        await world.store.put_officer(linked("CB01", client.cookies["thidua_session"]))
        assert "Lê Văn C" in (await opened(client)).text


async def test_an_unknown_page_is_one_sentence(world, visit):
    async with visit(world.web()) as client:
        page = await client.get("/khong-co", headers={"Accept": "text/html"})
        assert (page.status_code, "Không có trang này." in page.text) == (404, True)
