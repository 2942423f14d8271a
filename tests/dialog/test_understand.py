"""What a typed message means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.conversation import Action, Conversation, Offered
from bot.dialog.understand import Likely, about_this_step, chosen, clean, command, question

OFFER = (
    Offered("9.1", Action.ONWARD, "Bỏ qua"),
    Offered("9.2", Action.SECTION, "Kiến nghị – chưa làm", "muc-II"),
)
TALK = Conversation(offer=OFFER)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("1", "9.1"),
        ("2.", "9.2"),
        ("(2)", "9.2"),
        ("BỎ QUA", "9.1"),
        ("bo qua.", "9.1"),
        ("kien nghi", "9.2"),
        ("Kiến nghị – chưa làm", "9.2"),
        ("3", None),
        ("0", None),
        ("9.2", None),
        ("", None),
        ("đã bỏ qua", None),
    ],
)
def test_a_choice_is_found_by_number_or_label_among_what_was_offered(text, token):
    found = chosen(TALK, text)
    assert (found.token if found else None) == token


@pytest.mark.parametrize(
    ("text", "in_form", "action", "rest"),
    [
        ("/nop", False, Action.FILL, ""),
        ("/nop", True, Action.SUBMIT, ""),
        ("/NOP@tro_ly_bot", False, Action.FILL, ""),
        ("Nộp báo cáo.", False, Action.FILL, ""),
        ("tien do", True, Action.PROGRESS, ""),
        ("/start ABCD2345", True, Action.MENU, ""),
        ("sửa 3", True, Action.EDIT, "3"),
        ("Sửa mục I.2", True, Action.EDIT, "i.2"),
        ("lưu và thoát", True, Action.LEAVE, ""),
    ],
)
def test_a_command_is_the_whole_message(text, in_form, action, rest):
    said = command(text, in_form=in_form)
    assert said is not None
    assert (said.action, said.rest) == (action, rest)


@pytest.mark.parametrize(
    "text",
    ["Đã nộp báo cáo tuần trước", "sửa chữa nhà văn hóa", "không có đơn thư nào", "/la", "danh sách kèm theo", "huyện"],
)
def test_a_command_word_inside_content_is_content(text):
    assert command(text, in_form=True) is None


@pytest.mark.parametrize(
    ("text", "likely", "asked"),
    [
        ("Chiến sĩ thi đua là gì?", Likely.CLEAR, "Chiến sĩ thi đua là gì?"),
        ("hỏi: ai ký tờ trình", Likely.CLEAR, "ai ký tờ trình"),
        ("/hoi hạn nộp hồ sơ", Likely.CLEAR, "hạn nộp hồ sơ"),
        ("Hỏi tỷ lệ lao động tiên tiến", Likely.CLEAR, "tỷ lệ lao động tiên tiến"),
        ("hoi ty le khen", Likely.DOUBTFUL, "ty le khen"),
        ("co phai nop ban giay khong", Likely.DOUBTFUL, "co phai nop ban giay khong"),
        ("ho so gom nhung gi", Likely.DOUBTFUL, "ho so gom nhung gi"),
        ("han nop bao cao la ngay nao", Likely.DOUBTFUL, "han nop bao cao la ngay nao"),
        ("Hồ sơ nộp cho ai", Likely.DOUBTFUL, "Hồ sơ nộp cho ai"),
        ("Không có đơn vị nào vi phạm", Likely.NO, "Không có đơn vị nào vi phạm"),
        ("Không để sót việc đến ngày nào xong ngày đó", Likely.NO, "Không để sót việc đến ngày nào xong ngày đó"),
        ("hoi nghi to chuc 3 lan", Likely.NO, "hoi nghi to chuc 3 lan"),
        ("hoi dong da hop", Likely.NO, "hoi dong da hop"),
        ("Hỏi thăm 12 gia đình chính sách", Likely.NO, "Hỏi thăm 12 gia đình chính sách"),
        ("Đã trồng 500 cây xanh.", Likely.NO, "Đã trồng 500 cây xanh."),
        ("Kết quả rất tốt. " * 30 + "Vì sao?", Likely.DOUBTFUL, "Kết quả rất tốt. " * 30 + "Vì sao?"),
    ],
)
def test_how_far_a_text_is_a_question(text, likely, asked):
    assert question(text) == (likely, asked)


@pytest.mark.parametrize(
    "text", ["Phần này cần viết gì?", "phan nay viet gi", "mục này ghi như thế nào ạ", "viết gì ở đây"]
)
def test_asking_what_the_step_wants(text):
    assert about_this_step(text)


@pytest.mark.parametrize(
    "text", ["Nội dung này đã được quán triệt đến từng chi bộ, không sót gì", "Phần này đơn vị làm tốt"]
)
def test_content_that_names_the_section_is_content(text):
    assert not about_this_step(text)


@given(st.text())
def test_clean_text_can_be_stored_and_cleaning_again_changes_nothing(text):
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("viết hộ tôi thành tích cho có", Likely.CLEAR),
        ("Bịa giúp em vài số liệu", Likely.CLEAR),
        ("cho tôi số điện thoại của chị Lan", Likely.CLEAR),
        ("thêm vài thành tích vào báo cáo giúp tôi", Likely.DOUBTFUL),
        ("Đã viết giúp dân 12 đơn đề nghị.", Likely.NO),
        ("Làm giúp hộ nghèo 03 nhà.", Likely.NO),
        ("Cho em Nguyễn Văn A nhận học bổng.", Likely.NO),
    ],
)
def test_what_is_asked_of_the_assistant_is_not_content(text, likely):
    assert question(text)[0] is likely
