"""One officer on each messenger: from a stranger's question to a report that staff return and get again."""

from __future__ import annotations

import re

import httpx
from drivers import PATIENCE
from messenger_world import plain, told_once

REFERENCE = re.compile(r"\b2\d{3}-[2-9A-HJ-NP-Z]{6}\b")
DEADLINE, DOSSIER = "han nop bao cao tong ket la ngay nao", "Hồ sơ đề nghị khen thưởng gồm những gì?"
UPPER, SIGNED, NUMBER = "Đã phổ biến 05 văn bản tại 03 hội nghị, 120 lượt người dự.", "15/01/2026", "12"
RESULT, MOVEMENTS = "Đạt 11 trên 12 danh hiệu đã đăng ký.", "Phong trào nông thôn mới: hoàn thành 15/15 chỉ tiêu."
MENDED = "Phong trào nông thôn mới: 15/15 chỉ tiêu; đã xóa 04 nhà tạm."
PDF = b"%PDF-1.4 danh sach " + b"x" * 2000


def is_served_as_a_stranger(talk):
    greeting = talk.says("/start")
    assert "mã liên kết" in greeting
    for question in (DEADLINE, "Hạn nộp báo cáo tổng kết là ngày nào?"):
        answer = talk.says(question)
        assert "chậm nhất là ngày 10/12/2026" in answer
        assert "Hướng dẫn 27/HD-HĐTĐKT, mục IV.1" in plain(answer)
    assert "cần biết anh/chị thuộc đơn vị nào" in talk.says("nộp báo cáo")


def is_linked(talk, round_):
    code = round_.code()
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert "Mã này không đúng" in talk.says(wrong)
    assert "mã đã được nhận" in talk.says(code.lower())
    assert [a.id for a in talk.world.ask(lambda s: s.officer(round_.officer)).addresses] == [talk.person.address.id]


def fills_in_asks_and_leaves(talk, round_):
    assert "Đã xong 0 trên 3" in talk.chooses("Nộp báo cáo")
    assert "Phần 1/3" in talk.chooses("Làm tiếp")
    second = talk.says(UPPER)
    assert "Văn bản đơn vị đã ban hành" in second
    middle = talk.says(DOSSIER)
    assert "27/HD-HĐTĐKT" in middle
    assert "Văn bản đơn vị đã ban hành" in middle.rpartition("27/HD-HĐTĐKT")[2], "back at the same step"
    talk.sends_file("danh-sach.pdf", PDF)
    assert "Đã nhận tệp “danh-sach.pdf”" in talk.text
    assert "Phần 2/3" in talk.chooses("Bỏ qua")
    assert "một ngày có thật" in talk.says("31/2/2026")
    talk.says(SIGNED)
    talk.says(NUMBER)
    assert "Phần 3/3" in talk.says(RESULT)
    assert "Nội dung đã lưu đầy đủ" in talk.says("lưu và thoát")
    assert round_.given == {
        "muc-I/1": {"cap_tren": UPPER},
        "muc-I/2": {"ngay_ky": SIGNED, "so_dang_ky": NUMBER, "ket_qua": RESULT},
    }


def comes_back_and_submits(talk, round_):
    assert "Đã xong 2 trên 3" in talk.says("nop bao cao")
    assert "Phần 3/3" in talk.chooses("Làm tiếp")
    assert "Các phần đều đã xong" in talk.says(MOVEMENTS)
    review = talk.chooses("Xem lại")
    for given in (UPPER, SIGNED, RESULT, MOVEMENTS, "danh-sach.pdf"):
        assert given in review
    assert "Anh/chị nộp chứ?" in talk.chooses("Nộp báo cáo")
    done = talk.chooses("Đồng ý nộp")
    assert REFERENCE.findall(done)[0] == round_.submission.reference
    assert report_of(talk).startswith(b"PK\x03\x04")
    [attached] = round_.submission.filled("muc-I/1").files
    assert talk.world.ask(lambda s: s.file(attached.id))[1] == PDF


def report_of(talk) -> bytes:
    """The report as it reached them: as a file, or by a link."""
    for said in talk.new:
        if said.file:
            return said.file
        if said.link:
            return httpx.get(said.link, timeout=PATIENCE).raise_for_status().content
    raise AssertionError(talk.new)


def mends_what_was_returned(talk, round_):
    reference = round_.submission.reference
    talk.read = len(talk.person.heard)
    round_.staff("return", **{"reason:muc-I/3": "Chưa nêu kết quả xóa nhà tạm"})
    assert "Chưa nêu kết quả xóa nhà tạm" in talk.hears("được trả lại")
    assert "Chỉ những phần sau được mở lại" in talk.says("nộp báo cáo")
    step = talk.chooses("Làm tiếp")
    assert "Lý do trả lại: Chưa nêu kết quả xóa nhà tạm" in step
    assert MOVEMENTS in step
    talk.says(MENDED)
    assert "Các phần đều đã xong" in talk.chooses("Thay thế")
    talk.chooses("Nộp báo cáo")
    assert f"vẫn giữ mã số {reference}" in plain(talk.chooses("Đồng ý nộp"))
    assert round_.given["muc-I/3"] == {"noi_dung": MENDED}
    assert round_.given["muc-I/1"] == {"cap_tren": UPPER}
    talk.read = len(talk.person.heard)
    round_.staff("accept")
    assert reference in talk.hears("đã tiếp nhận báo cáo")


def test_from_a_strangers_question_to_an_accepted_report(talk):
    round_ = talk.world.opens(sections=3)
    is_served_as_a_stranger(talk)
    is_linked(talk, round_)
    fills_in_asks_and_leaves(talk, round_)
    comes_back_and_submits(talk, round_)
    mends_what_was_returned(talk, round_)
    told_once(talk)
