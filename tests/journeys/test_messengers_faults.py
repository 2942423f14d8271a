"""The same journey while the network, the messengers and we ourselves fail: nothing lost, nothing doubled.

The one exception is the documented window: a message that left, while we did not learn that it did, is sent again.
"""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from drivers import PATIENCE
from loopback import Fault
from messenger_world import PASSWORD, SOON, Talk, told_once
from serving import until
from zalo_oa_server import failure

from bot.trouble_wording import NOWHERE

DOSSIER = "Hồ sơ đề nghị khen thưởng gồm những gì?"
UPPER, OWN = "Đã phổ biến 05 văn bản tại 03 hội nghị.", "Kế hoạch số 15/KH-UBND ngày 20/01/2026."
MENDED = "Đã phổ biến 05 văn bản tại 03 hội nghị, 120 lượt người dự."
REASON = "Chưa nêu số lượt người dự"
PDF = b"%PDF-1.4 danh sach " + b"x" * 2000
TWO_DAYS, SEVEN_DAYS = timedelta(days=2, minutes=1), timedelta(days=7, minutes=1)
EVERY = 4  # acts between two troubles; the fifth is spared, in which a bot's link is waited for without hurry


def begins(talk, round_):
    assert "mã đã được nhận" in talk.says(round_.code())
    assert "Đã xong 0 trên 1" in talk.says("nộp báo cáo")
    assert "Phần 1/1" in talk.chooses("Làm tiếp")


def fills_in(talk):
    assert "Văn bản đơn vị đã ban hành" in talk.says(UPPER)


def asks_and_attaches(talk):
    assert "27/HD-HĐTĐKT" in talk.says(DOSSIER)
    talk.sends_file("danh-sach.pdf", PDF)
    assert "Đã nhận tệp “danh-sach.pdf”" in talk.text


def submits(talk, round_):
    assert "Các phần đều đã xong" in talk.says(OWN)
    assert "Anh/chị nộp chứ?" in talk.says("nộp")
    done = talk.chooses("Đồng ý nộp")
    assert round_.submission.reference in done


def is_returned(talk, round_):
    talk.read = len(talk.person.heard)
    round_.staff("return", **{"reason:muc-I/1": REASON})
    assert REASON in talk.hears("được trả lại")


def mends(talk, round_):
    reference = round_.submission.reference
    talk.says("nộp báo cáo")
    assert UPPER in talk.chooses("Làm tiếp")
    talk.says(MENDED)
    talk.chooses("Thay thế")
    talk.says("nộp")
    assert reference in talk.chooses("Đồng ý nộp")


def all_is_well(round_, *talks, doubled=0):
    """The answers are those that were given; everything was handled, said and read, once."""
    assert round_.given == {"muc-I/1": {"cap_tren": MENDED, "don_vi": OWN}}
    [attached] = round_.submission.filled("muc-I/1").files
    assert round_.world.ask(lambda s: s.file(attached.id))[1] == PDF
    for talk in talks:
        assert talk.world.kept(talk.person) == ["handled"] * talk.person.acts
        assert talk.world.decided(talk.person, "queued", "sending", "failed") == []
        told_once(talk, doubled=doubled)


def whole(talk, *, fills=fills_in, doubled=()):
    """All of it; `doubled`: each time that something may have been read twice."""
    round_ = talk.world.opens(sections=1)
    begins(talk, round_)
    fills(talk)
    asks_and_attaches(talk)
    submits(talk, round_)
    is_returned(talk, round_)
    mends(talk, round_)
    all_is_well(round_, talk, doubled=len(doubled))


# --- the network ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["down", "slow", "drop before", "drop after"])
def test_calls_that_fail(talk, what):
    befallen = []

    def before(act):
        if act % EVERY == 2:
            befallen.append(act)
            talk.line.trouble(what)
            talk.line.deaf(what)

    talk.before, talk.hurry = before, True
    whole(talk, doubled=befallen if what == "drop after" else ())
    assert len(befallen) >= 3


@pytest.mark.parametrize("how", ["twice", "late"])
def test_news_that_comes_oddly(talk, how):
    if how == "late":
        talk.line.delays(0.3)
    else:
        talk.line.repeats(2)
    whole(talk)


def test_an_answer_that_overtakes_a_question(talk):
    def fills(talk):
        talk.read = len(talk.person.heard)
        with talk.line.together(newest_first=True):
            talk.person.says(DOSSIER)
            talk.person.says(UPPER)
        assert "Văn bản đơn vị đã ban hành" in talk.hears("27/HD-HĐTĐKT")

    whole(talk, fills=fills)


# --- the messengers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("talk", ["telegram polling", "telegram webhook", "zalo_oa webhook"], indirect=True)
def test_who_is_written_to_too_fast_waits_alone(talk):
    other = Talk(talk.world, talk.line.person())

    def fills(talk):
        talk.line.trouble("busy")
        talk.read = len(talk.person.heard)
        talk.person.says(UPPER)
        assert until(lambda: waits(talk), PATIENCE)
        assert "27/HD-HĐTĐKT" in other.says(DOSSIER)
        assert talk.new == []
        talk.hurry = True
        assert "Văn bản đơn vị đã ban hành" in talk.hears()

    whole(talk, fills=fills)
    told_once(other)


def waits(talk):
    """Whether a message to them is put off."""
    channel, address = talk.person.address.channel, talk.person.address.id
    put_off = "SELECT count(*) FROM outbox WHERE channel = ? AND address = ? AND state = 'queued' AND tries = 1"
    return talk.world.sql(put_off, channel, address)[0][0]


@pytest.mark.parametrize("talk", ["telegram webhook", "zalo_bot webhook", "zalo_oa webhook"], indirect=True)
def test_calls_without_the_secret_in_between(talk):
    def fills(talk):
        talk.read = len(talk.person.heard)
        with talk.line.together():
            talk.person.says(UPPER)
            assert set(talk.line.forge()) == {403}
            assert talk.world.kept(talk.person) == ["handled"] * (talk.person.acts - 1)
        assert "Văn bản đơn vị đã ban hành" in talk.hears()

    whole(talk, fills=fills)


@pytest.mark.parametrize("talk", ["zalo_oa webhook"], indirect=True)
def test_access_tokens_that_expire_are_renewed_once_each(talk):
    server, ended = talk.line.server, []

    def before(act):
        if act % EVERY == 2:
            server.tokens[-1].dead = True
            ended.append(act)

    talk.before = before
    granted = len(server.called("v4/oa/access_token"))
    whole(talk)
    assert len(server.called("v4/oa/access_token")) - granted == len(ended)


# --- people -----------------------------------------------------------------------------------------------------------


def submitted(world, first, second):
    """An officer with two addresses who has just submitted at the first."""
    round_ = world.opens(sections=1, days=SOON)
    here, there = (Talk(world, world.lines[name].person()) for name in (first, second))
    assert "mã đã được nhận" in there.says(round_.code())
    begins(here, round_)
    fills_in(here)
    asks_and_attaches(here)
    submits(here, round_)
    return round_, here, there


@pytest.mark.parametrize(("first", "second"), [("telegram", "zalo_bot"), ("zalo_oa", "telegram")])
def test_who_blocks_us_after_submitting_mends_at_the_next_address(called, first, second):
    round_, here, there = submitted(called, first, second)
    here.person.blocks()
    is_returned(there, round_)
    mends(there, round_)
    all_is_well(round_, here, there)
    assert [str(address) for address in called.ask(lambda s: s.officer(round_.officer)).addresses] == [
        str(there.person.address)
    ]


@pytest.fixture
def blocked(called):
    """What the Bot Platform says of who blocked the bot is as it was afterwards."""
    server = called.lines["zalo_bot"].server
    before = server.blocked_code, server.blocked_words
    yield server
    server.blocked_code, server.blocked_words = before


SAID = pytest.mark.parametrize(("code", "words"), [(400, ""), (403, "The bot was blocked by the user"), (404, "")])


@SAID
def test_who_blocks_the_bot_platform_mends_at_the_next_address(called, blocked, code, words):
    """Nobody has published what it says then, so whatever it is leads on."""
    blocked.blocked_code, blocked.blocked_words = code, words
    round_, here, there = submitted(called, "zalo_bot", "telegram")
    here.person.blocks()
    is_returned(there, round_)
    mends(there, round_)
    all_is_well(round_, here, there)


def presses_again(round_, row):
    """The button of the desk; the page's answer."""
    url = round_.world.running.url
    return httpx.post(
        f"{url}/staff/outbox/{row}/again", headers={"Origin": url}, auth=("Thường trực", PASSWORD), timeout=PATIENCE
    )


@SAID
def test_who_blocks_the_bot_platform_and_has_no_other_address_is_on_the_desk_until_back(called, blocked, code, words):
    blocked.blocked_code, blocked.blocked_words = code, words
    talk = Talk(called, called.lines["zalo_bot"].person())
    round_ = called.opens(sections=1)
    begins(talk, round_)
    fills_in(talk)
    asks_and_attaches(talk)
    submits(talk, round_)
    talk.person.blocks()
    round_.staff("return", **{"reason:muc-I/1": REASON})
    assert until(lambda: called.decided(talk.person, "failed"), PATIENCE)
    [lost] = [row for row in called.ask(lambda s: s.undelivered()) if row.address == talk.person.address]
    page = httpx.get(f"{called.running.url}/staff", auth=("Thường trực", PASSWORD)).text
    assert f"/staff/outbox/{lost.id}/again" in page
    if words:
        assert NOWHERE in presses_again(round_, lost.id).text
    talk.person.unblocks()
    talk.read = len(talk.person.heard)
    talk.person.says("tiến độ")
    talk.hears("trả lại")
    assert presses_again(round_, lost.id).status_code == 303
    assert REASON in talk.hears(REASON)
    assert presses_again(round_, lost.id).status_code == 409
    mends(talk, round_)
    all_is_well(round_, talk)


def test_what_an_account_has_not_paid_for_goes_to_the_next_address(called):
    round_, here, there = submitted(called, "zalo_oa", "telegram")
    server = called.lines["zalo_oa"].server
    server.faults["v3.0/oa/message/cs"].append(Fault(200, failure(-321, "ZCA")))
    is_returned(there, round_)
    assert any("ZCA" in alert.text for alert in called.ask(lambda s: s.alerts()))
    mends(here, round_)  # an answer costs nothing
    all_is_well(round_, here, there)


def test_after_two_days_an_account_pays_and_after_seven_it_gives_way(called):
    round_, here, there = submitted(called, "zalo_oa", "telegram")
    server, silent = called.lines["zalo_oa"].server, here.person.user
    silent.interacted -= TWO_DAYS
    billed = server.billed
    is_returned(here, round_)
    assert server.billed == billed + 1
    mends(here, round_)
    silent.interacted -= SEVEN_DAYS
    there.read = len(there.person.heard)
    round_.staff("accept")
    assert round_.submission.reference in there.hears("đã tiếp nhận báo cáo")
    all_is_well(round_, here, there)


def test_going_on_elsewhere_while_both_have_trouble(called):
    round_ = called.opens(sections=1)
    here, there = (Talk(called, called.lines[name].person(), hurry=True) for name in ("telegram", "zalo_oa"))
    here.line.trouble("drop after", 2)
    begins(here, round_)
    there.line.repeats(3)
    there.line.trouble("down", 2)
    assert "mã đã được nhận" in there.says(round_.code())
    there.says("nộp báo cáo")
    there.chooses("Làm tiếp")
    fills_in(there)
    asks_and_attaches(there)
    there.line.trouble("drop before")
    submits(there, round_)
    is_returned(there, round_)
    here.line.trouble("drop before")
    mends(here, round_)
    there.line.reset()
    all_is_well(round_, here, there, doubled=2)


# --- we ourselves -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["polled", "called"])
def test_killed_in_the_middle_and_told_all_again(how, request):
    """Telegram and the Official Account have a message on its way, the bot's is put off: it used up its quota."""
    world = request.getfixturevalue(how)
    talks = {name: Talk(world, line.person(), hurry=True) for name, line in world.lines.items()}
    rounds = {name: world.opens(sections=1) for name in talks}
    for name, talk in talks.items():
        begins(talk, rounds[name])
        talk.line.trouble("busy" if name == "zalo_bot" else "slow")
        talk.person.says(UPPER)
        assert until(lambda talk=talk: world.decided(talk.person, "queued", "sending"), PATIENCE)
    assert until(lambda: any("hạn mức" in alert.text for alert in world.ask(lambda s: s.alerts())), PATIENCE)
    with world.lines["zalo_bot"].together():  # what is read by a poll that dies is lost, as documented
        world.running.kill()
        for talk in talks.values():
            talk.read = len(talk.person.heard)
            talk.person.says(DOSSIER)
        world.start()
    for name, talk in talks.items():
        talk.line.replays()
        assert "Văn bản đơn vị đã ban hành" in talk.hears("27/HD-HĐTĐKT")
        asks_and_attaches(talk)
        submits(talk, rounds[name])
        is_returned(talk, rounds[name])
        mends(talk, rounds[name])
        all_is_well(rounds[name], talk, doubled=name != "zalo_bot")
    assert world.ask(lambda s: s.alerts()) == []
