"""A draft is shown only if it holds against its quotes: by example, and by properties over quotes of every kind."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from knowledge.documents import Citation
from knowledge.drafts import Checked, Fault, check, shown
from knowledge.facts import SPELLED, amounts, words

DOSSIER = Citation(
    "98/2023/NĐ-CP",
    "dieu-30/khoan-1",
    "khoản 1 Điều 30 Nghị định 98/2023/NĐ-CP",
    "Hồ sơ đề nghị gồm 03 bộ (bản chính): tờ trình, báo cáo thành tích, biên bản họp; "
    "cấp xã gửi trong thời hạn 15 ngày làm việc, cấp tỉnh gửi trong thời hạn 30 ngày làm việc.\n"
    "Báo cáo tổng kết gửi chậm nhất là ngày 10/12/2026.",
    in_force=True,
)
TITLE = Citation(
    "06/2022/QH15",
    "dieu-23",
    "Điều 23 Luật 06/2022/QH15",
    "Danh hiệu “Chiến sĩ thi đua cơ sở” được tặng cho cá nhân đạt tiêu chuẩn danh hiệu “Lao động tiên tiến” và có "
    "sáng kiến. Tỷ lệ không quá 15% do Bộ trưởng Bộ Nội vụ, Chủ tịch Ủy ban nhân dân xã Suối Ngàn quyết định, "
    "xét hai năm liên tục, mỗi năm hai lần.",
    in_force=True,
)
BOTH = (DOSSIER, TITLE)
QUESTION = "hồ sơ của xã Cầu Đá gồm mấy bộ, theo Nghị định 152/2025/NĐ-CP thì có phải 5 bộ không?"
TOLD = "Chỉ dùng nội dung trong các đoạn trích, trả lời thẳng vào câu hỏi bằng một đến năm câu."


def verdict(draft: str, question: str = QUESTION, citations: tuple[Citation, ...] = BOTH) -> str:
    found = check(draft, question, citations, TOLD)
    return "ok" if isinstance(found, Checked) else found.value


@pytest.mark.parametrize(
    "draft",
    [
        "Hồ sơ đề nghị gồm 03 bộ bản chính [1].",
        "Hồ sơ gồm 3 bộ: tờ trình, báo cáo thành tích và biên bản họp. [1]",
        "Anh/chị cần gửi ba bộ hồ sơ bản chính [1].",
        "Cấp xã gửi hồ sơ trong thời hạn 15 ngày làm việc; cấp tỉnh trong 30 ngày làm việc [1].",
        "Báo cáo tổng kết gửi chậm nhất ngày 10 tháng 12 năm 2026 [1].",
        "Báo cáo tổng kết gửi chậm nhất trong tháng 12/2026 [1].",
        "“Chiến sĩ thi đua cơ sở” được tặng cho cá nhân đạt danh hiệu “Lao động tiên tiến” và có sáng kiến [2].",
        "Tỷ lệ không quá 15 % [2], hồ sơ đề nghị gồm 03 bộ [1].",
        "Hồ sơ đề nghị gồm:\n- Tờ trình [1]\n- Báo cáo thành tích [1]\n- Biên bản họp [1]",
        "Theo khoản 1 Điều 30, hồ sơ đề nghị gồm 03 bộ [1].",
        "Cá nhân được xét 2 lần mỗi năm [2].",
        "Theo [1], hồ sơ đề nghị gồm 03 bộ.",
        "Cá nhân được xét 2 năm liên tục, do Chủ tịch Ủy ban nhân dân xã Suối Ngàn quyết định [2].",
        "Xã Cầu Đá gửi hồ sơ đề nghị gồm 03 bộ bản chính [1].",
    ],
)
def test_what_the_quotes_say_may_be_said_in_other_words(draft):
    assert verdict(draft) == "ok"


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        ("", "empty"),
        ("[1]", "empty"),
        ("Hồ sơ đề nghị gồm 03 bộ. " * 80 + "[1]", "too_long"),
        ("Hồ sơ đề nghị gồm 03 bộ [1] và tờ", "unfinished"),
        ("Hồ sơ đề nghị gồm 03 bộ bản chính.", "no_citation"),
        ("Hồ sơ đề nghị gồm 03 bộ [3].", "unknown_token"),
        ("Hồ sơ đề nghị gồm 03 bộ [0].", "unknown_token"),
        ("Hồ sơ đề nghị gồm 03 bộ [1] [a].", "unknown_token"),
        ("Hồ sơ đề nghị gồm 03 bộ [1] [Điều 30].", "unknown_token"),
        ("Hồ sơ đề nghị gồm 04 bộ [1].", "changed_number"),
        ("Hồ sơ đề nghị gồm bốn bộ [1].", "changed_number"),
        ("Đúng, hồ sơ đề nghị gồm 5 bộ [1].", "changed_number"),  # the question says so, not the quote
        ("Hồ sơ đề nghị gồm 03 bộ, mỗi bộ 7 tờ trình [1].", "changed_number"),
        ("Cấp xã gửi trong thời hạn 15 tháng làm việc [1].", "changed_number"),
        ("Cấp xã gửi trong thời hạn 30 ngày làm việc [1].", "changed_number"),  # that is the province's
        ("Tỷ lệ không quá 20% [2].", "changed_number"),
        ("Xét ba năm liên tục đối với cá nhân [2].", "changed_number"),
        ("Báo cáo tổng kết gửi chậm nhất là ngày 11/12/2026 [1].", "changed_number"),
        ("Báo cáo tổng kết gửi chậm nhất là ngày 10 tháng 11 năm 2026 [1].", "changed_number"),
        ("Báo cáo tổng kết gửi chậm nhất trong năm 2027 [1].", "changed_number"),
        ("Theo Nghị định 99/2023/NĐ-CP, hồ sơ đề nghị gồm 03 bộ [1].", "changed_number"),
        ("Theo khoản 2 Điều 30, hồ sơ đề nghị gồm 03 bộ [1].", "changed_number"),
        ("Theo điểm c khoản 1 Điều 30, hồ sơ đề nghị gồm 03 bộ [1].", "changed_number"),
        ("Hồ sơ đề nghị gồm 03 bộ [2].", "changed_number"),  # a quote that does not say it
        ("Hồ sơ đề nghị gửi Sở Tài chính [1].", "changed_name"),
        ("Do Chủ tịch Ủy ban nhân dân xã Suối Hai quyết định [2].", "changed_name"),
        ("Do Bộ trưởng Bộ Quốc phòng quyết định danh hiệu cá nhân [2].", "changed_name"),
        ("Hồ sơ đề nghị gửi ông Nguyễn Văn Bình, tờ trình bản chính [1].", "changed_name"),
        ("Hồ sơ đề nghị gửi UBND cấp xã [1].", "changed_name"),
        ("Danh hiệu “Chiến sĩ thi đua toàn quốc” được tặng cho cá nhân có sáng kiến [2].", "not_verbatim"),
        ("Danh hiệu “Lao động tiên tiến và có sáng kiến được tặng cho cá nhân [2].", "not_verbatim"),
        ("Quy định nêu “hồ sơ gồm 03 bộ, tờ trình” [1].", "not_verbatim"),
        ("Con mèo nằm phơi nắng ngoài hiên nhà và ngủ [1].", "unsupported"),
        ("Hồ sơ đề nghị gồm 03 bộ [1]. Con mèo nằm phơi nắng ngoài hiên nhà.", "unsupported"),
        ("Tôi xin lỗi, tôi không thể trả lời câu hỏi này [1].", "refused"),
        ("KHÔNG ĐỦ CĂN CỨ.", "refused"),
        ("I'm sorry, I cannot help with that [1].", "refused"),
        ("Các đoạn trích được cung cấp không đề cập nội dung này [1].", "refused"),
        (f"{TOLD} [1]", "leaked"),
        ("Chỉ dẫn: trả lời thẳng vào câu hỏi bằng một đến năm câu [1].", "leaked"),
        ("Xem https://vi.du/ho-so [1].", "leaked"),
        ("<script>alert(1)</script> Hồ sơ đề nghị gồm 03 bộ [1].", "leaked"),
        ('{"tra_loi": "03 bộ"} [1]', "leaked"),
    ],
)
def test_what_they_do_not_say_may_not(draft, fault):
    assert verdict(draft) == fault


def test_invisible_characters_hide_nothing():
    assert verdict("Hồ sơ đề nghị gồm 0\u200b4 bộ [1].") == "changed_number"
    assert verdict("Hồ sơ đề nghị gồm 03\u202e bộ [1\u200b].") == "ok"


def test_labels_stand_in_the_place_of_tokens():
    checked = check("Theo [1], hồ sơ gồm 03 bộ. Tỷ lệ không quá 15% [2][1].", QUESTION, BOTH)
    assert isinstance(checked, Checked)
    assert checked.cited == (0, 1)
    assert shown(checked, BOTH) == (
        f"Theo {DOSSIER.label}, hồ sơ gồm 03 bộ. Tỷ lệ không quá 15% ({DOSSIER.label}; {TITLE.label})."
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("trong 03 năm, mười lăm ngày và năm năm", {("3", "năm"), ("15", "ngày"), ("5", "năm")}),
        ("ngày 05 tháng 7 năm 2026", {("5/7/2026", "@")}),
        ("hai mươi mốt người, 1.000.000 đồng", {("21", "người"), ("1.000.000", "đồng")}),
        ("Điều 5 ngày nay, lần thứ hai", set()),
    ],
)
def test_amounts_are_read_from_digits_and_from_words(text, found):
    assert set(amounts(text)) == found


# Properties

SYLLABLES = [
    *(
        "hồ",
        "sơ",
        "đề",
        "nghị",
        "gồm",
        "tờ",
        "trình",
        "cấp",
        "xã",
        "tập",
        "thể",
        "Ủy",
        "ban",
        "Bộ",
        "Nội",
        "vụ",
        "danh",
    ),
    *("năm", "hai", "mười", "thứ", "hạng", "Nhất", "II", "a", "UBND", "không", "được"),
]
FIGURES = st.one_of(
    st.integers(1, 99).map(lambda n: f"{n:02} bộ"),
    st.integers(2, 400).map(lambda n: f"{n} ngày"),
    st.integers(1, 99).map(lambda n: f"{n}%"),
    st.integers(1, 150).map(lambda n: f"Điều {n}"),
    st.integers(1, 999).map(lambda n: f"{n}.000.000 đồng"),
    st.dates(date(1945, 9, 2)).map(lambda d: f"ngày {d.day:02}/{d.month}/{d.year}"),
    st.dates(date(1945, 9, 2)).map(lambda d: f"ngày {d.day} tháng {d.month} năm {d.year}"),
    st.tuples(st.integers(1, 300), st.integers(2000, 2030)).map(lambda n: f"{n[0]}/{n[1]}/NĐ-CP"),
)
PHRASE = st.lists(st.sampled_from(SYLLABLES), min_size=3, max_size=8).map(" ".join)
CLAUSE = st.one_of(PHRASE, st.tuples(PHRASE, FIGURES).map(" ".join), st.tuples(PHRASE, FIGURES, PHRASE).map(" ".join))
ENDED = st.tuples(CLAUSE, st.sampled_from([", ", "; ", ".\n", " "])).map("".join)
QUOTES = st.lists(ENDED, min_size=1, max_size=6).map("".join)


def cited(quote: str, n: int = 1) -> Citation:
    return Citation("1", f"dieu-{n}", f"Điều {n} Luật Thử", quote, in_force=True)


@given(QUOTES, QUOTES, st.data())
@example("hồ sơ gồm ngày 10 tháng 12 năm 2026", "x", None)
def test_a_draft_of_the_quotes_own_words_holds(quote, other, data):
    said = quote.split()
    start = data.draw(st.integers(0, len(said) - 1)) if data else 2
    end = data.draw(st.integers(start + 1, len(said))) if data else 6
    window = " ".join(said[start:end]).rstrip(".,;")
    assume(any(c.isalpha() for c in window))
    assume(start == 0 or said[start - 1] not in SPELLED)  # "hai năm" cut in two would be another number
    assert isinstance(check(f"{window} [2].", "hỏi gì", (cited(other), cited(quote, 2))), Checked)


@given(st.tuples(QUOTES, FIGURES, QUOTES).map(" ".join), st.data())
def test_a_changed_digit_never_holds(quote, data):
    digits = [m.start() for m in re.finditer(r"\d", quote)]
    at = data.draw(st.sampled_from(digits))
    changed = quote[:at] + data.draw(st.sampled_from([d for d in "123456789" if d != quote[at]])) + quote[at + 1 :]
    before, after = _figures(quote), _figures(changed)
    assume(not after <= before)  # else the changed figure stands elsewhere in the quote
    assume(not any(word.casefold() in SPELLED for word in quote.split()))  # or stands there in words: 10 is "mười"
    found = check(f"{changed.strip().rstrip('.,;')} [1].", "hỏi gì", (cited(quote, 999),))
    assert found is Fault.CHANGED_NUMBER


def _figures(text: str) -> set[tuple[str, str]]:
    """Every number with what it counts or what it is the number of."""
    said = words(text)
    return {
        (a, b)
        for a, b in zip(["", *said], [*said, ""], strict=True)
        if (a + b).strip() and any(c.isdigit() for c in a + b)
    }


@given(st.text(max_size=300), st.text(max_size=100), QUOTES)
def test_no_text_of_a_model_can_break_the_check(draft, question, quote):
    found = check(draft, question, (cited(quote),), TOLD)
    if isinstance(found, Checked):
        assert found.cited == (0,)
        assert "Điều 1 Luật Thử" in shown(found, (cited(quote),))
