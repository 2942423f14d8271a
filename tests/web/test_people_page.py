"""The page of officers: staff add one with a code, give another code, unlink; nobody else does."""

from __future__ import annotations

import re

from web_world import NOW, linked

from bot.messages import Address

PAGE = "/staff/officers"
CODE = re.compile(r"mã liên kết ([2-9A-HJ-NP-Z]{8})")


async def test_an_officer_is_added_with_a_code_that_links(world, visit):
    async with visit(world.web(demo=True)) as browser:
        form = {"unit": "PKT", "name": "  Phạm   Thị G ", "leader": "on"}
        shown = await browser.post(PAGE, data=form)
        code = CODE.search(shown.text)[1]
        again = await browser.get(PAGE)
    added = await world.store.officer("CB03")
    assert (added.name, added.unit, added.leader, added.staff) == ("Phạm Thị G", "PKT", True, False)
    assert (await world.store.officer_for_code(code, Address("telegram", "7"), NOW)).code == "CB03"
    assert "Phạm Thị G" in again.text
    assert code not in again.text


async def test_a_second_code_makes_the_first_void(world, visit):
    async with visit(world.web(demo=True)) as browser:
        first, second = [CODE.search((await browser.post(f"{PAGE}/CB01/code")).text)[1] for _ in range(2)]
    somewhere = Address("zalo_bot", "z")
    assert await world.store.officer_for_code(first, somewhere, NOW) is None
    assert (await world.store.officer_for_code(second, somewhere, NOW)).code == "CB01"


async def test_who_leaves_is_unlinked_and_the_page_names_channels_not_ids(world, visit):
    await world.store.put_officer(linked("CB01", "bi-mat-cua-phien"))
    async with visit(world.web(demo=True)) as browser:
        shown = (await browser.get(PAGE)).text
        assert "trình duyệt" in shown
        assert "bi-mat-cua-phien" not in shown
        left = await browser.post(f"{PAGE}/CB01/leave")
    assert "Đã gỡ mọi liên kết của Lê Văn C" in left.text
    assert (await world.store.officer("CB01")).addresses == ()


async def test_what_cannot_be_done_is_said_and_changes_nothing(world, visit):
    before = await world.store.officers()
    async with visit(world.web(demo=True)) as browser:
        for path, form, said in (
            (PAGE, {"unit": "KHAC", "name": "A"}, "Không có đơn vị mã “KHAC”"),
            (PAGE, {"unit": "PKT", "name": "  "}, "Họ và tên cán bộ đang để trống"),
            (PAGE, {"unit": "PKT", "name": "x" * 201}, "dài quá 200 ký tự"),
            (f"{PAGE}/CB77/code", {}, "Không có cán bộ mã “CB77”"),
            (f"{PAGE}/CB77/leave", {}, "Không có cán bộ mã “CB77”"),
        ):
            answer = await browser.post(path, data=form)
            assert (answer.status_code, said in answer.text) == (422, True)
    assert await world.store.officers() == before


async def test_a_trouble_stands_on_the_desk_until_it_is_over(world, visit):
    await world.store.raise_alert("channel telegram", "Mã truy cập của bot Telegram không còn dùng được.", NOW)
    async with visit(world.web(demo=True)) as browser:
        assert "Mã truy cập của bot Telegram" in (await browser.get("/staff")).text
        await world.store.clear_alert("channel telegram", NOW)
        assert "Cần xử lý ngay" not in (await browser.get("/staff")).text
