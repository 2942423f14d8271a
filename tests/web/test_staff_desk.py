"""The staff desk: who may come in, what it shows, what returning and accepting do."""

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from fastapi.routing import APIRoute
from web_world import CAMPAIGN, ELSEWHERE, LEASE, NOW, SUBMITTED, linked

from bot.campaigns import Check
from bot.channels.browser import BrowserChannel
from bot.checks import Validity
from bot.messages import Address, Incoming, Outgoing
from bot.officers import Unit
from bot.reminders import Reminder
from bot.store import Done
from bot.submissions import Editing, Entry, Filled, SectionState, State, Submission, answered
from bot.submissions import submitted as submit_again
from bot.web.comparing import pieces

PASSWORD = "mật khẩu của cơ quan"
CASE = "/staff/submissions/mau-2026/PKT"
PUBLIC = {
    *("/", "/chat", "/chat/events", "/demo/as", "/demo/as/{officer}", "/static"),
    *("/gui-tep/{token}", "/tai-ve/{token}"),  # the link is the permission
    *("/webhooks/telegram", "/webhooks/zalo-bot", "/webhooks/zalo-oa"),  # proven by each platform's secret
    *("/healthz", "/readyz", "/metrics"),
}
OFFICER_AT = Address("browser", "officer-session")


def routes(web):
    """Every (method, path) the application answers, wherever it was put together."""
    found = []
    pending = list(web.routes)
    while pending:
        route = pending.pop()
        original = getattr(route, "original_router", None) or getattr(route, "router", None)
        if isinstance(route, APIRoute):
            found += [(method, route.path) for method in route.methods or ()]
        elif original is not None:
            pending += original.routes
        else:
            found.append(("GET", route.path))
    return found


def filled_in(path):
    return path.replace("{campaign}", "mau-2026").replace("{unit}", "PKT").replace("{officer}", "CB01")


@pytest.fixture
async def submitted(world):
    stored = await world.store.save_submission(SUBMITTED)
    await world.store.put_officer(linked("CB01", OFFICER_AT.id))
    return stored


async def test_every_route_is_known_to_this_test(world):
    paths = {path for _, path in routes(world.web(demo=True))}
    assert {path for path in paths if not path.startswith("/staff")} == PUBLIC
    assert len([path for path in paths if path.startswith("/staff")]) >= 5


@pytest.mark.parametrize(
    ("settings", "browser", "status"),
    [
        ({}, {}, 403),
        ({}, {"auth": ("lan", "")}, 403),
        ({"staff_password": ""}, {"auth": ("lan", "")}, 403),
        ({"staff_password": PASSWORD}, {}, 401),
        ({"staff_password": PASSWORD}, {"auth": ("lan", "sai")}, 401),
        ({"staff_password": PASSWORD}, {"auth": ("lan", ""), "base": ELSEWHERE}, 401),
        ({"demo": True}, {"base": ELSEWHERE}, 403),
        ({"demo": True, "staff_password": PASSWORD}, {"base": ELSEWHERE}, 401),
    ],
)
async def test_no_staff_route_opens_without_the_password(world, visit, submitted, settings, browser, status):  # noqa: PLR0917 -- fixtures and cases
    web = world.web(**settings)
    guarded = [(method, filled_in(path)) for method, path in routes(web) if path.startswith("/staff")]
    assert len(guarded) >= 6
    async with visit(web, **browser) as client:
        for method, path in guarded:
            answer = await client.request(method, path)
            assert (method, path, answer.status_code) == (method, path, status)
            assert "Phòng Kinh tế" not in answer.text
    assert await world.store.submission("mau-2026", "PKT") == submitted


async def test_in_the_demo_a_foreign_name_for_this_machine_is_refused(world, visit):
    async with visit(world.web(demo=True)) as client:
        assert (await client.get("/staff")).status_code == 200
        foreign = {"Host": "rebound.example", "Origin": "http://rebound.example"}
        assert (await client.get("/staff", headers=foreign)).status_code == 403
        assert "Phòng Kinh tế</strong>" not in (await client.get("/", headers=foreign)).text


async def test_another_site_cannot_act_with_the_browsers_password(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        form = {"revision": str(submitted.revision)}
        for origin in ("http://evil.example", ""):
            answer = await client.post(f"{CASE}/accept", data=form, headers={"Origin": origin})
            assert answer.status_code == 403
    assert await world.store.submission("mau-2026", "PKT") == submitted


async def test_the_desk_shows_every_unit_and_section(world, visit, submitted):
    await world.store.save_submission(
        replace(SUBMITTED, unit="THCS", state=State.DRAFT, reference=None, sections={}, history=())
    )
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        page = (await client.get("/staff")).text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Phòng Kinh tế đã nộp 2026-ABCDEF đủ đủ" in text
    assert "Trường mẫu đang soạn chưa làm chưa làm" in text
    assert "thứ Năm 10/12/2026, 17:00" in text


async def test_what_is_last_years_is_marked_on_the_desk_and_in_the_report_beside_what_the_checks_find(world, visit):
    (first, second) = CAMPAIGN.sections
    checks = (Check("in_force", "*", "Văn bản nêu ở đây không còn hiệu lực.", source="Điều 3"),)
    await world.store.put_campaign(replace(CAMPAIGN, sections=(replace(first, checks=checks), second)))
    text = "Đã phổ biến Nghị định 91/2017/NĐ-CP từ năm 2025."
    held = Filled(SectionState.DRAFT, {"noi-dung": text}, carried={"noi-dung": text}, begun={"noi-dung": 2025})
    await world.store.save_submission(Submission("mau-2026", 2, "PKT", sections={"muc-I/1": held}))
    known = {"91/2017/ND-CP": Validity("91/2017/NĐ-CP", until=date(2023, 12, 31), replaced_by=("98/2023/NĐ-CP",))}
    web = world.web(staff_password=PASSWORD, validity=lambda: known)
    async with visit(web, auth=("lan", PASSWORD)) as client:
        desk, page = (await client.get("/staff")).text, (await client.get(CASE)).text
    assert desk.count("còn nội dung năm trước") == 1
    assert page.count("lấy từ báo cáo năm trước, chưa xác nhận") == 1
    assert "văn bản thay thế: 98/2023/NĐ-CP) <small>(nguồn: Điều 3)</small>" in page
    assert "còn nhắc năm 2025" in page


async def test_a_report_is_shown_also_while_the_library_cannot_be_read(world, visit, submitted):
    def fails():
        raise OSError("no library")

    async with visit(world.web(staff_password=PASSWORD, validity=fails), auth=("lan", PASSWORD)) as client:
        assert "Bốn phong trào." in (await client.get(CASE)).text


async def test_a_section_that_the_guidance_does_not_ask_for_names_no_place_in_it(world, visit, submitted):
    (first, *rest) = CAMPAIGN.sections
    usual = replace(first, path="muc-0", title="Thông tin chung của đơn vị", from_guidance=False)
    await world.store.put_campaign(replace(CAMPAIGN, sections=(usual, *rest)))
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        desk, case = (await client.get("/staff")).text, (await client.get(CASE)).text
    assert "mục 0" not in desk + case
    assert "Thông tin…</abbr>" in desk
    assert "mục I.2" in desk


async def test_the_desk_says_which_unit_follows_one_that_is_no_more(world, visit, submitted):
    over = Unit("PKT", "Phòng Kinh tế", "phòng", valid_to=date(2026, 11, 22))
    await world.store.put_units([over, Unit("PKH", "Phòng Kinh tế - Hạ tầng", "phòng", predecessors=("PKT",))])
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        page = (await client.get("/staff")).text
    assert "<small>hết hiệu lực sau ngày 22/11/2026; nối tiếp là Phòng Kinh tế - Hạ tầng (PKH)</small>" in page
    assert page.count("hết hiệu lực") == 1


async def test_reminders_and_what_did_not_get_through_are_seen_without_addresses(world, visit, submitted):
    due = CAMPAIGN.deadlines[0]
    await world.store.plan_reminders(
        Reminder("mau-2026", "bao-cao", 1, "PKT", officer, 3, due.due - timedelta(days=3), due.due)
        for officer in ("CB01", "CB02")
    )
    await world.store.receive(Incoming("m1", OFFICER_AT, "Tin không xử lý được", NOW))
    row = await world.store.claim_incoming(NOW, lease=LEASE)
    await world.store.park_incoming(row, "RuntimeError")
    await world.store.receive(Incoming("m2", OFFICER_AT, "Tin thứ hai", NOW))
    row = await world.store.claim_incoming(NOW, lease=LEASE)
    await world.store.commit(Done(inbox=row, outgoing=((OFFICER_AT, Outgoing("Lời chưa gửi được"), "k1"),)))
    await world.store.fail(await world.store.claim_outgoing(NOW, ["browser"], lease=LEASE), "Unreachable: đã chặn")
    async with visit(world.web(demo=True)) as client:
        for page in ("/", "/staff"):
            text = (await client.get(page)).text
            assert "Lê Văn C, Hoàng Văn E" in text
            assert "(trước 3 ngày làm việc)" in text
            assert "Lời chưa gửi được" in text
            assert "Unreachable: đã chặn" in text
            assert "Tin không xử lý được" in text
            assert OFFICER_AT.id not in text


async def test_a_return_reopens_only_the_named_section_and_tells_the_unit(world, visit, submitted):
    form = {"revision": str(submitted.revision), "reason:muc-I/2": " Thiếu số liệu phong trào. ", "reason:muc-I/1": " "}
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        answer = await client.post(f"{CASE}/return", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{CASE}?done=returned")
        assert "đơn vị được báo ngay" in (await client.get(answer.headers["location"])).text
    now = await world.store.submission("mau-2026", "PKT")
    assert now.state is State.RETURNED
    assert now.reference == submitted.reference
    assert now.sections["muc-I/1"] == submitted.sections["muc-I/1"]
    assert now.sections["muc-I/2"].state is SectionState.DRAFT
    assert now.sections["muc-I/2"].returned == "Thiếu số liệu phong trào."
    assert now.sections["muc-I/2"].values == submitted.sections["muc-I/2"].values
    assert (now.history[-1].who, now.history[-1].at) == ("lan", NOW)
    [told] = await world.store.dialogue(OFFICER_AT)
    assert "Phong trào thi đua: Thiếu số liệu phong trào." in told.message.text
    assert told.message.brief == "Báo cáo được trả lại để bổ sung 1 phần. Anh/chị nhắn “nộp báo cáo” để xem lý do."
    assert world.woken == 1


async def test_after_a_return_only_its_section_is_to_be_reviewed_with_what_changed(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        form = {"revision": submitted.revision, "reason:muc-I/2": "Thiếu số liệu."}
        await client.post(f"{CASE}/return", data=form)
        returned = await world.store.submission("mau-2026", "PKT")
        assert "Từ khi trả lại chưa có gì thay đổi." in (await client.get(CASE)).text
        entry = Entry(NOW, "CB01", "Nộp lại báo cáo")
        changed = answered(returned, "muc-I/2", "noi-dung", "Năm <b> phong trào.", SectionState.DONE)
        await world.store.save_submission(submit_again(changed, "x", entry))
        page = (await client.get(CASE)).text
    assert 'Lần trước đã trả lại 1 mục; chỉ cần xem lại các mục đó: <a href="#smuc-I/2">Phong trào thi đua</a>.' in page
    assert page.count('class="diff"') == 1
    assert "<del>Bốn</del><ins>Năm &lt;b&gt;</ins> phong trào." in page
    assert "Đã trả lại lần trước: Thiếu số liệu." in page
    assert f"Lê Văn C: {entry.what}" in page


async def test_who_is_writing_is_seen_on_the_desk_until_it_is_handed_in(world, visit):
    await world.store.save_submission(replace(SUBMITTED, state=State.DRAFT, reference=None))
    await world.store.receive(Incoming("m1", OFFICER_AT, "sửa 1", NOW))
    row = await world.store.claim_incoming(NOW, lease=LEASE)
    editing = Editing("mau-2026", "PKT", "muc-I/1", "CB01", NOW, NOW + timedelta(minutes=15))
    await world.store.commit(Done(inbox=row, taken=(editing,)))
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        for address in ("/staff", CASE):
            assert (await client.get(address)).text.count("Lê Văn C đang làm") == 1
        await world.store.save_submission(replace(SUBMITTED, revision=1))
        assert "đang làm" not in (await client.get("/staff")).text


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "Mới", [("new", "Mới")]),
        ("Cũ", "", [("gone", "Cũ")]),
        ("Trồng 500 cây", "Trồng 700 cây", [("same", "Trồng "), ("gone", "500"), ("new", "700"), ("same", " cây")]),
        ("a " * 3000, "b", [("gone", "a " * 3000), ("new", "b")]),
    ],
)
def test_two_texts_are_shown_as_one(before, after, shown):
    assert [(piece.kind, piece.text) for piece in pieces(before, after)] == shown


async def test_a_return_needs_a_reason(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        form = {"revision": str(submitted.revision), "reason:muc-I/1": "  ", "reason:khong-co": "mục lạ"}
        answer = await client.post(f"{CASE}/return", data=form)
    assert (answer.status_code, "xin ghi lý do" in answer.text) == (422, True)
    assert await world.store.submission("mau-2026", "PKT") == submitted


async def test_accepting_is_for_good_and_tells_the_unit(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("", PASSWORD)) as client:
        answer = await client.post(f"{CASE}/accept", data={"revision": str(submitted.revision)})
        assert answer.status_code == 303
        again = await client.post(f"{CASE}/accept", data={"revision": str(submitted.revision + 1)})
        assert (again.status_code, "không làm được" in again.text) == (409, True)
    now = await world.store.submission("mau-2026", "PKT")
    assert (now.state, now.history[-1].who) == (State.ACCEPTED, "Cán bộ thường trực")
    [told] = await world.store.dialogue(OFFICER_AT)
    assert "**2026-ABCDEF**" in told.message.text
    assert "2026-ABCDEF" in told.message.brief
    assert len(told.message.brief) <= 100, "as the template takes it"


async def test_what_staff_did_not_see_is_not_decided(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        for revision in ("0", "", "abc", str(submitted.revision + 1)):
            answer = await client.post(f"{CASE}/accept", data={"revision": revision})
            assert (answer.status_code, "vừa có thay đổi" in answer.text) == (409, True)
    assert await world.store.submission("mau-2026", "PKT") == submitted
    assert await world.store.dialogue(OFFICER_AT) == []


async def test_of_two_at_once_one_wins(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        form = {"revision": str(submitted.revision), "reason:muc-I/1": "Viết lại."}
        answers = await asyncio.gather(*(client.post(f"{CASE}/{what}", data=form) for what in ("return", "accept")))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(await world.store.dialogue(OFFICER_AT)) == 1


async def test_what_is_told_fits_where_it_goes(world, visit, submitted):
    limits = {"browser": replace(BrowserChannel.limits, text=60)}
    form = {"revision": str(submitted.revision), "reason:muc-I/1": "từ " * 60}
    async with visit(world.web(staff_password=PASSWORD, limits=limits), auth=("lan", PASSWORD)) as client:
        assert (await client.post(f"{CASE}/return", data=form)).status_code == 303
    told = await world.store.dialogue(OFFICER_AT)
    assert len(told) > 1
    assert max(len(line.message.text) for line in told) <= 60


async def test_the_report_downloads_and_opens(world, visit, submitted):
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        answer = await client.get(f"{CASE}/report.docx")
    assert 'filename="bao-cao-2026-ABCDEF.docx"' in answer.headers["content-disposition"]
    text = "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(answer.content)).paragraphs)
    assert "Đã phổ biến Chỉ thị 41-CT/TW." in text


async def test_an_answer_is_shown_as_text(world, visit):
    filled = replace(SUBMITTED.sections["muc-I/1"], values={"noi-dung": "</dd><script>alert(1)</script>"})
    await world.store.save_submission(replace(SUBMITTED, sections={"muc-I/1": filled}))
    async with visit(world.web(demo=True)) as client:
        page = (await client.get(CASE)).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


async def test_a_unit_without_a_submission_has_no_page(world, visit):
    async with visit(world.web(demo=True)) as client:
        for case in ("/staff/submissions/mau-2026/THCS", "/staff/submissions/khong-co/PKT", f"{CASE}/report.docx"):
            assert (await client.get(case)).status_code == 404


async def test_an_attached_file_is_listed_and_saved_never_opened(world, visit, submitted):
    kept = await world.store.keep_file(b"a;b", "số liệu.csv", "text/csv", NOW)
    page_like = await world.store.keep_file(b"<script>", "trang.html", "text/html", NOW)
    elsewhere = await world.store.keep_file(b"%PDF-1", "khác.pdf", "application/pdf", NOW)
    section = replace(submitted.filled("muc-I/1"), files=(kept, replace(page_like, name="<b>.html")))
    await world.store.save_submission(replace(submitted, sections={**submitted.sections, "muc-I/1": section}))
    async with visit(world.web(staff_password=PASSWORD), auth=("lan", PASSWORD)) as client:
        page = (await client.get(CASE)).text
        assert f'href="{CASE}/files/{kept.id}" download>số liệu.csv</a> (1 KB)' in page
        assert "&lt;b&gt;.html" in page
        answer = await client.get(f"{CASE}/files/{kept.id}")
        assert (answer.status_code, answer.text) == (200, "a;b")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''s%E1%BB%91%20li%E1%BB%87u.csv"
        answer = await client.get(f"{CASE}/files/{page_like.id}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert (await client.get(f"{CASE}/files/{elsewhere.id}")).status_code == 404
        assert (await client.get(f"/staff/submissions/mau-2026/THCS/files/{kept.id}")).status_code == 404
