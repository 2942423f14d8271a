"""Where an officer is reached: reminders by messenger, the next address when one is closed, and going on at another."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from drivers import PATIENCE
from messenger_world import SOON, Talk, at, plain, told_once
from serving import until

REASON = "Chưa nêu số lượt người dự"
UPPER, SIGNED = "Đã phổ biến 05 văn bản tại 03 hội nghị.", "15/01/2026"


def linked(world, name, round_):
    time.sleep(1 - time.time() % 1)  # Telegram counts in whole seconds: what came before is seen to come before
    talk = Talk(world, world.lines[name].person())
    assert "mã đã được nhận" in talk.says(round_.code())
    return talk


def begun(talk):
    """The first of the sections is filled in."""
    talk.says("nộp báo cáo")
    talk.chooses("Làm tiếp")
    talk.says(UPPER)
    talk.chooses("Bỏ qua")
    talk.says("lưu và thoát")
    talk.read = len(talk.person.heard)


def reached_at(round_):
    """The officer's addresses, the last used first."""
    return [str(address) for address in round_.world.ask(lambda s: s.officer(round_.officer)).addresses]


def used_last(talk, round_):
    """They write until their address is the last used: Telegram tells the time of a message in whole seconds."""
    while reached_at(round_)[0] != str(talk.person.address):
        talk.says("tiến độ")


def test_a_reminder_names_what_is_missing_at_each_messenger(polled):
    rounds = {name: polled.opens(days=SOON) for name in polled.lines}
    talks = {name: linked(polled, name, round_) for name, round_ in rounds.items()}
    for talk in talks.values():
        begun(talk)
    polled.reminds(rounds["telegram"])  # all that is due then
    for name, talk in talks.items():
        told = talk.hears("Nhắc hạn")
        missing = told.partition("Còn thiếu")[2]
        assert rounds[name].titles[1] in missing
        assert rounds[name].titles[0] not in missing
        assert "Phần 2/2" in (talk.chooses("Nộp báo cáo") and talk.chooses("Làm tiếp"))
        told_once(talk)


def test_who_blocked_telegram_is_reminded_on_zalo(polled):
    round_ = polled.opens(days=SOON)
    zalo = linked(polled, "zalo_bot", round_)
    telegram = linked(polled, "telegram", round_)
    begun(telegram)
    used_last(telegram, round_)
    telegram.person.blocks()
    assert until(lambda: reached_at(round_) == [str(zalo.person.address)], PATIENCE)
    zalo.read = len(zalo.person.heard)
    assert [fired["state"] for fired in polled.reminds(round_)] == ["sent"]
    assert round_.titles[1] in zalo.hears("Nhắc hạn")
    assert telegram.hears() == ""
    telegram.person.unblocks()
    assert until(lambda: len(reached_at(round_)) == 2, PATIENCE)


def test_who_is_gone_from_telegram_without_a_word_is_reminded_on_zalo(called):
    round_ = called.opens(days=SOON)
    zalo = linked(called, "zalo_oa", round_)
    telegram = linked(called, "telegram", round_)
    begun(telegram)
    used_last(telegram, round_)
    telegram.read = len(telegram.person.heard)
    called.lines["telegram"].server.deactivate(telegram.person.number)
    zalo.read = len(zalo.person.heard)
    called.reminds(round_)
    assert round_.titles[1] in zalo.hears("Nhắc hạn")
    assert telegram.hears() == ""
    assert len(called.decided(telegram.person, "passed")) == 1
    assert reached_at(round_) == [str(zalo.person.address)]


def long_ago(talk):
    """They wrote last eight days ago, as both sides know."""
    talk.person.user.interacted -= timedelta(days=8)
    channel, address = at(talk.person)
    talk.world.sql(
        "UPDATE inbox SET said_at = datetime(said_at, '-8 days') WHERE channel = ? AND address = ?", channel, address
    )


def test_after_seven_days_an_account_with_a_template_reminds_by_it(polled):
    round_ = polled.opens(days=SOON)
    talk = linked(polled, "zalo_oa", round_)
    begun(talk)
    talk.person.user.interacted -= timedelta(days=8)  # by Zalo's clock, we think it is open
    polled.reminds(round_)
    assert re.fullmatch(r"Báo cáo còn thiếu 1 phần, hạn .{5,60}\.", talk.hears("Báo cáo còn thiếu"))
    assert talk.person.user.received[-1].kind == "template"
    assert "Đã xong 1 trên 2" in talk.says("nộp báo cáo")


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("return", "Báo cáo được trả lại để bổ sung 1 phần. Anh/chị nhắn “nộp báo cáo” để xem lý do."),
        ("accept", "Cơ quan thường trực đã tiếp nhận báo cáo mã số {} của đơn vị."),
    ],
)
def test_after_seven_days_word_of_a_report_goes_by_the_template(polled, act, told):
    round_ = polled.opens(sections=1)
    talk = linked(polled, "zalo_oa", round_)
    talk.says("nộp báo cáo")
    talk.chooses("Làm tiếp")
    talk.says(UPPER)
    assert "Các phần đều đã xong" in talk.says("Kế hoạch số 15/KH-UBND.")
    assert "Anh/chị nộp chứ?" in talk.says("nộp")
    talk.chooses("Đồng ý nộp")
    long_ago(talk)
    talk.read = len(talk.person.heard)
    round_.staff(act, **{"reason:muc-I/1": REASON})
    assert talk.hears("báo cáo") == told.format(round_.submission.reference)
    assert talk.person.user.received[-1].kind == "template"
    assert (REASON in talk.says("nộp báo cáo") + talk.chooses("Làm tiếp")) if act == "return" else True
    assert polled.decided(talk.person, "failed", "passed") == []


def test_after_seven_days_an_account_without_one_gives_way_to_the_next_address(called):
    round_ = called.opens(days=SOON)
    telegram = linked(called, "telegram", round_)
    talk = linked(called, "zalo_oa", round_)
    begun(talk)
    long_ago(talk)
    before = len(called.lines["zalo_oa"].server.called("v3.0/oa/message/cs"))
    telegram.read = len(telegram.person.heard)
    called.reminds(round_)
    assert round_.titles[1] in telegram.hears("Nhắc hạn")
    assert len(called.lines["zalo_oa"].server.called("v3.0/oa/message/cs")) == before
    assert str(talk.person.address) in reached_at(round_), "silent is not gone"
    assert "Đã xong 1 trên 2" in talk.says("nộp báo cáo")


def test_one_officer_fills_in_here_and_goes_on_there(polled):
    round_ = polled.opens()
    telegram = linked(polled, "telegram", round_)
    telegram.says("nộp báo cáo")
    telegram.chooses("Làm tiếp")
    telegram.says(UPPER)
    zalo = linked(polled, "zalo_bot", round_)
    assert "Đã xong 1 trên 2" in zalo.says("nop bao cao")
    assert "Phần 2/2" in zalo.chooses("Làm tiếp")
    zalo.says(SIGNED)
    assert "Phần 2/2" in telegram.chooses("Bỏ qua"), "the optional field, where it was left open"
    telegram.says("12")  # not the day, which stands in the report by now
    zalo.says("12")
    zalo.says("Đạt 11 trên 12 danh hiệu.")
    answers = {"ngay_ky": SIGNED, "so_dang_ky": "12", "ket_qua": "Đạt 11 trên 12 danh hiệu."}
    assert round_.given == {"muc-I/1": {"cap_tren": UPPER}, "muc-I/2": answers}
    telegram.says("nộp")
    submitted = telegram.chooses("Đồng ý nộp")
    assert round_.submission.reference in submitted
    assert "đã nộp" in zalo.says("nộp báo cáo")
    assert round_.submission.reference in plain(zalo.text)
    told_once(telegram)
    told_once(zalo)


def test_an_officer_who_left_hears_nothing_more(polled):
    round_ = polled.opens(days=SOON)
    talk = linked(polled, "telegram", round_)
    begun(talk)
    polled.thidua("officer", "leave", round_.officer)
    polled.reminds(round_)
    assert "mã liên kết" in talk.says("nộp báo cáo")
    assert "Nhắc hạn" not in "\n".join(said.text for said in talk.person.heard)
    told_once(talk)
