"""What Telegram can do besides: groups, edited questions, old buttons, the typing sign, commands, links, documents."""

from __future__ import annotations

import io

import docx
import pytest
from drivers import PATIENCE, TelegramPerson
from messenger_world import Talk, told_once
from serving import until
from telegram_server import USERNAME, Fault

from bot.channels.telegram_updates import COMMANDS

DOSSIER, DEADLINE = "Hồ sơ đề nghị khen thưởng gồm những gì?", "Hạn nộp báo cáo tổng kết là ngày nào?"
UPPER = "Đã phổ biến 05 văn bản tại 03 hội nghị."
BOTH = pytest.mark.parametrize("talk", ["telegram polling", "telegram webhook"], indirect=True)
ONE = pytest.mark.parametrize("talk", ["telegram polling"], indirect=True)
groups = iter(range(-501, -600, -1))


def linked(talk):
    round_ = talk.world.opens(sections=1)
    assert "mã đã được nhận" in talk.says(round_.code())
    return round_


@BOTH
def test_in_a_group_questions_are_answered_and_nothing_is_told(talk):
    round_, server = linked(talk), talk.line.server
    group = Talk(talk.world, TelegramPerson(talk.line, next(groups)))
    here = group.person.number
    server.privacy = False
    server.invite(here)
    talk.line.arrives()
    assert "27/HD-HĐTĐKT" in group.says(f"@{USERNAME} {DOSSIER}")
    asked, answer = server.chats[here].messages[-2:]
    assert answer.json["reply_to_message"]["message_id"] == asked.id
    for unheard in ("Chiều nay họp nhé", f"@someone_else {DEADLINE}"):
        server.say(here, unheard, sender=talk.person.number)
    talk.line.arrives()
    code = round_.code()
    assert "cấp mã mới" in group.says(f"@{USERNAME} {code}")
    assert "cuộc trò chuyện riêng" in group.says(f"/tiendo@{USERNAME}")
    assert [str(a) for a in talk.world.ask(lambda s: s.officer(round_.officer)).addresses] == [str(talk.person.address)]
    said = "\n".join(server.sent(here))
    assert not [word for word in (code, "Đơn vị số", "Cán bộ", "Tổng kết đợt") if word in said]
    told_once(group)
    assert "Đã xong 0 trên 1" in talk.says("tiến độ")


@BOTH
def test_an_edited_question_corrects_its_answer(talk):
    linked(talk)
    assert "10/12/2026" in talk.says(DEADLINE)
    before, corrected = len(talk.person.heard), talk.line.server.called("editMessageText")
    talk.person.edits(DOSSIER)
    talk.hears()
    assert len(talk.person.heard) == before
    assert "27/HD-HĐTĐKT" in talk.person.heard[-1].text
    assert "10/12/2026" not in talk.person.heard[-1].text
    assert len(talk.line.server.called("editMessageText")) == len(corrected) + 1


@BOTH
def test_an_old_button_is_recognised(talk):
    round_, server = linked(talk), talk.line.server
    talk.says("nộp báo cáo")
    old = server.chats[talk.person.number].sent[-1]
    assert "Phần 1/1" in talk.chooses("Làm tiếp")
    talk.read = len(talk.person.heard)
    press = server.press(talk.person.number, old, next(label for label in old.labels if label.startswith("Nộp")))
    talk.person.acts += 1
    talk.line.arrives()
    assert "phần 1/1" in talk.hears("Nút này đã cũ")
    assert until(lambda: press.answers == [""], PATIENCE)
    talk.says(UPPER)
    assert round_.given == {"muc-I/1": {"cap_tren": UPPER}}
    told_once(talk)


@ONE
def test_typing_is_shown_while_work_takes_long(talk):
    linked(talk)
    talk.says("nộp báo cáo")
    talk.chooses("Làm tiếp")
    chat = talk.line.server.chats[talk.person.number]
    before = len(chat.actions)
    talk.line.server.faults.append(Fault("getFile", silent=2.0))
    talk.sends_file("danh-sach.pdf", b"%PDF-1.4 x")
    assert chat.actions[before:]
    assert set(chat.actions) == {"typing"}


@BOTH
def test_the_menu_of_commands_is_set_and_a_link_with_a_code_links(talk):
    (commands,) = talk.line.server.commands.values()
    assert {one["command"]: one["description"] for one in commands} == dict(COMMANDS)
    round_ = talk.world.opens(sections=1)
    assert "mã đã được nhận" in talk.says(f"/start {round_.code()}")
    for command in COMMANDS:
        assert talk.says(f"/{command}")
    told_once(talk)


@ONE
def test_a_document_that_staff_send_answers_the_next_question(talk):
    round_ = linked(talk)
    staff = Talk(talk.world, talk.line.person())
    assert "mã đã được nhận" in staff.says(talk.world.adds("Thường trực", staff=True, unit=round_.unit).code)
    staff.sends_file("huong-dan-88.docx", guidance())
    assert "đưa văn bản này vào thư viện" in staff.text
    taken = staff.chooses("Đưa vào thư viện")
    assert "88/HD-HĐTĐKT" in talk.says("Danh hiệu Bông lúa vàng xét tặng cho ai?"), taken
    told_once(talk)
    told_once(staff)


def guidance() -> bytes:
    document = docx.Document()
    for line in GUIDANCE:
        document.add_paragraph(line)
    document.save(made := io.BytesIO())
    return made.getvalue()


GUIDANCE = (
    "HỘI ĐỒNG THI ĐUA - KHEN THƯỞNG XÃ SUỐI NGÀN",
    "Số: 88/HD-HĐTĐKT",
    "Suối Ngàn, ngày 20 tháng 11 năm 2026",
    "HƯỚNG DẪN",
    "Xét tặng danh hiệu “Bông lúa vàng”",
    "I. ĐỐI TƯỢNG",
    "1. Danh hiệu “Bông lúa vàng” xét tặng cho hộ nông dân có năng suất lúa cao nhất thôn trong năm.",
    "2. Mỗi thôn đề nghị không quá 02 hộ.",
    "II. THỜI GIAN",
    "Thôn gửi danh sách đề nghị trước ngày 05/12/2026.",
)


@ONE
def test_who_left_is_told_nothing_of_what_becomes_of_the_report(talk):
    round_ = linked(talk)
    talk.says("nộp báo cáo")
    talk.chooses("Làm tiếp")
    talk.says(UPPER)
    talk.says("nộp")
    done = talk.chooses("Đồng ý nộp")
    assert round_.submission.reference in done
    heard = len(talk.person.heard)
    talk.world.thidua("officer", "leave", round_.officer)
    round_.staff("return", **{"reason:muc-I/1": "Chưa nêu số lượt người dự"})
    assert "mã liên kết" in talk.says("nộp báo cáo")
    assert "trả lại" not in "\n".join(said.text for said in talk.person.heard[heard:])
    told_once(talk)
