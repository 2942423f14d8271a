"""What the shell reads only once a form is open, whose it is, and whom it tells that a draft moved, on a real store."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

import pytest
from dialog_past import CITED, CITING, HANDED_IN, LAST_YEAR
from dialog_world import CAMPAIGN, COLLEAGUE, HERE, NEWER, NOW, OFFICER, OTHER, UNIT

from bot.assistant import Assistant
from bot.channels import Limits
from bot.dialog import carrying_wording as words
from bot.messages import Address, Incoming
from bot.officers import Unit
from bot.store import Store

LEASE = timedelta(minutes=2)
THERE = Address("telegram", "8")
DISTRICT = Unit("huyen-cu", "Phòng Nội vụ huyện Mẫu", "phòng", valid_to=date(2025, 6, 30))
NEIGHBOUR = Unit("xa-ben", "Văn phòng xã bên", "phòng")


class Nothing:
    """A library without a text."""

    def answer(self, question, *, on=None, history=(), within=None):
        raise AssertionError(f"not asked: {question}")


@dataclass
class Validity:
    """What is known of documents; counts how often it is read, or fails."""

    fails: bool = False
    read: int = 0

    def __call__(self):
        self.read += 1
        if self.fails:
            raise OSError("no library")
        return CITED


@dataclass
class Shell:
    store: Store
    assistant: Assistant
    validity: Validity
    ids: count = field(default_factory=lambda: count(1))

    async def row(self, text, at=HERE):
        await self.store.receive(Incoming(f"m{next(self.ids)}", at, text, NOW))
        return await self.store.claim_incoming(NOW, lease=LEASE)

    async def hears(self, *texts, at=HERE):
        """Receive and handle these; what was said to anybody after the last."""
        for text in texts:
            await self.said()
            await self.assistant.handle(await self.row(text, at))
        return await self.said()

    async def said(self):
        found = {}
        while (out := await self.store.claim_outgoing(NOW, ["telegram"], lease=LEASE)) is not None:
            found[out.address] = f"{found.get(out.address, '')}\n{out.message.text}".strip()
            await self.store.sent(out, NOW)
        return found


@pytest.fixture
async def shell(migrated, tmp_path):
    store = Store(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    await store.put_units([UNIT, DISTRICT, NEIGHBOUR])
    await store.put_officer(replace(OFFICER, addresses=(HERE,)))
    await store.put_campaign(LAST_YEAR)
    await store.close_campaign(LAST_YEAR.id)
    await store.put_campaign(CAMPAIGN)
    validity = Validity()
    assistant = Assistant(
        store, Nothing(), clock=lambda: NOW, limits={"telegram": Limits(text=4000, buttons=20)}, validity=validity
    )
    yield Shell(store, assistant, validity)
    await store.close()


async def handed_in(shell, unit):
    await shell.store.save_submission(replace(HANDED_IN, unit=unit.code, reference=f"2025-{unit.code}"))


async def test_the_units_own_report_of_a_closed_round_is_a_start_and_its_mark_survives(shell):
    await handed_in(shell, UNIT)
    assert words.TAKE in (await shell.hears("nộp"))[HERE]
    await shell.hears("lấy nội dung năm trước")
    kept = (await shell.store.submission(CAMPAIGN.id, UNIT.code)).filled("muc-I/1")
    assert kept.carried == kept.values == {"noi_dung": "Đã phổ biến 03 văn bản tại hội nghị ngày 15/3/2025."}
    assert kept.begun == {"noi_dung": 2025}
    assert "(còn nội dung năm trước)" in (await shell.hears("tiến độ"))[HERE]


async def test_a_unit_that_is_no_more_is_followed_by_name(shell):
    await shell.store.put_units([replace(UNIT, predecessors=(DISTRICT.code, NEIGHBOUR.code))])
    await handed_in(shell, DISTRICT)
    assert f"báo cáo năm 2025 của {DISTRICT.name}" in (await shell.hears("nộp"))[HERE]


@pytest.mark.parametrize("valid_to", [None, NOW.date()])
async def test_nothing_of_another_unit_is_shown_nor_of_a_predecessor_that_is_still_there(shell, valid_to):
    await shell.store.put_units([replace(UNIT, predecessors=(DISTRICT.code,)), replace(DISTRICT, valid_to=valid_to)])
    for unit in (DISTRICT, NEIGHBOUR):
        await handed_in(shell, unit)
    for text in ("nộp", "sửa 1", "lấy nội dung năm trước", "danh sách"):
        told = (await shell.hears(text))[HERE]
        assert "Đã phổ biến" not in told
        assert "2025" not in told
    assert await shell.store.submission(CAMPAIGN.id, UNIT.code) is None


async def test_the_validity_of_documents_is_read_only_in_a_form_that_checks_it(shell):
    await shell.hears("nộp", "sửa 1", "thoát")
    assert shell.validity.read == 0, "no check asks for it"
    await shell.store.put_campaign(CITING)
    await shell.hears("chào")
    assert shell.validity.read == 0, "no form is open"
    told = (await shell.hears("nộp", "sửa 1", "Theo Nghị định 91/2017/NĐ-CP.", "xem lại"))[HERE]
    assert "văn bản thay thế: 98/2023/NĐ-CP" in told
    assert shell.validity.read == 4


async def test_a_library_that_fails_keeps_nobody_from_the_form(shell):
    await shell.store.put_campaign(CITING)
    shell.validity.fails = True
    told = (await shell.hears("nộp", "sửa 1", "Theo Nghị định 91/2017/NĐ-CP.", "xem lại"))[HERE]
    assert "91/2017/NĐ-CP" in told
    assert "hiệu lực" not in told


async def test_a_colleague_is_told_of_a_newer_version_in_the_transaction_of_the_move_and_once(shell):
    await shell.store.put_officer(replace(COLLEAGUE, addresses=(THERE,)))
    await shell.store.put_campaign(OTHER)
    for campaign in (CAMPAIGN, OTHER):
        await shell.hears("nộp", campaign.title, "sửa 1", "Đã làm.", "thoát")
    await shell.store.put_campaign(NEWER)
    await shell.store.put_campaign(replace(OTHER, sections=OTHER.sections[:1]))
    mine, theirs = await shell.row("tiến độ"), await shell.row("tiến độ", THERE)
    late = await shell.assistant.decide(HERE, mine.incoming)
    await shell.assistant.handle(theirs)
    assert (await shell.said())[HERE].count("Hướng dẫn đã cập nhật") == 2, "two rounds moved by one message"
    done = await shell.assistant.carry_out(late, key=f"in-{mine.id}")
    assert [to for to, *_ in done.pushed] == [THERE, THERE], "decided on what was there before the other's move"
    await shell.assistant.handle(mine)
    told = await shell.said()
    assert THERE not in told
    assert "Hướng dẫn đã cập nhật" not in told[HERE]
