"""A guidance letter becomes a campaign draft: sections by path, deadlines with their quotes, and what is not said."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from ingest.campaign import draft, to_json, to_toml
from ingest.draft_evaluation import compared, lines
from ingest.parse import parse
from knowledge.documents import Document, full_text

SHARED = Path(__file__).parents[2] / ".." / "shared"
SAMPLE = Path(__file__).parents[2] / "knowledge" / "samples" / "huong-dan-27-2026-suoi-ngan.txt"
SEED = SHARED / "corpus" / "huong-dan-02-2021-binh-luc.txt"

HEAD = """\
ỦY BAN NHÂN DÂN
XÃ AN LẠC
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 77/{kind}
An Lạc, ngày 02 tháng 11 năm 2026

{title}
Tổng kết công tác thi đua, khen thưởng năm 2026

Kính gửi: Các phòng, các thôn.

Thực hiện Công văn số 12/SNV-TĐKT ngày 20/10/2026 của Sở Nội vụ, Ủy ban nhân dân xã hướng dẫn như sau:
"""
TAIL = """
Nơi nhận:
- Như trên;
- Lưu: VT.
CHỦ TỊCH
Nguyễn Văn A
"""
PLAN = (
    HEAD.format(kind="KH-UBND", title="KẾ HOẠCH")
    + """\
I. MỤC ĐÍCH, YÊU CẦU
1. Đánh giá kết quả phong trào thi đua năm 2026; rút ra bài học.
II. NỘI DUNG
1. Tổng kết phong trào thi đua
- Công tác lãnh đạo, chỉ đạo: văn bản đã ban hành, hội nghị đã tổ chức.
- Phong trào xây dựng nông thôn mới (đối với các thôn).
- Chuyển đổi số: số hồ sơ trực tuyến (đối với các phòng), số hộ được hướng dẫn (đối với các thôn).
2. Bình xét khen thưởng
- Kết quả bình xét lập thành biên bản.
3. Phương hướng năm 2027
Nêu ít nhất 03 nhiệm vụ trọng tâm, chỉ tiêu cụ thể.
III. TIẾN ĐỘ THỰC HIỆN
STT	Nội dung	Thời hạn
1	Gửi báo cáo tổng kết	Trước ngày 25/11/2026
2	Gửi hồ sơ khen thưởng	30/11/2026
3	Họp Hội đồng	Tuần 1 tháng 12/2026
IV. TỔ CHỨC THỰC HIỆN
1. Phòng Văn hóa - Xã hội theo dõi, kịp thời báo cáo khi có yêu cầu./.
"""
    + TAIL
)
BY_OUTLINE = (
    HEAD.format(kind="UBND-VX", title="HƯỚNG DẪN")
    + """\
1. Xây dựng báo cáo tổng kết theo đề cương kèm theo, số liệu tính đến hết ngày 15/11/2026.
2. Gửi báo cáo về xã trước 17 giờ ngày 20/11/2026; đơn vị gửi sau ngày 20/11/2026 coi như không nộp./.
"""
    + TAIL
    + """
ĐỀ CƯƠNG BÁO CÁO
(Kèm theo Công văn số 77/UBND-VX ngày 02/11/2026)
I. ĐẶC ĐIỂM TÌNH HÌNH
Nêu khái quát tổ chức bộ máy.
II. KẾT QUẢ
1. Công tác chỉ đạo
2. Kết quả phong trào thi đua
III. TỒN TẠI, HẠN CHẾ
"""
)


def drafted(text: str, *, complete: bool = True):
    parsed = parse(text)
    h = parsed.header
    document = Document(h.number, h.kind, h.subject, h.issuer, h.issued, complete=complete)
    return draft(document, h, parsed.provisions), parsed.provisions


def test_a_plan_with_a_table_of_time_limits():
    found, _ = drafted(PLAN)
    assert [(s.path, s.only_for) for s in found.sections] == [
        ("muc-II/1/gach-1", ()),
        ("muc-II/1/gach-2", ("thôn",)),
        ("muc-II/1/gach-3", ()),
        ("muc-II/3/doan-1", ()),
    ]
    assert [(d.what, d.quote, d.value, d.strict) for d in found.deadlines] == [
        ("Gửi báo cáo tổng kết", "Trước ngày 25/11/2026", "2026-11-25", True),
        ("Gửi hồ sơ khen thưởng", "30/11/2026", "2026-11-30", False),
        ("Họp Hội đồng", "Tuần 1 tháng 12/2026", "2026-12-01/2026-12-06", False),
    ]


def test_where_the_body_asks_for_nothing_the_attached_outline_is_the_form():
    found, _ = drafted(BY_OUTLINE)
    assert [s.title for s in found.sections] == [
        "Đặc điểm tình hình",
        "Công tác chỉ đạo",
        "Kết quả phong trào thi đua",
        "Tồn tại, hạn chế",
    ]
    assert [d.value for d in found.deadlines] == ["2026-11-20T17:00:00+07:00"], "what only repeats it is left out"


def test_what_an_ordinary_letter_leaves_out_is_listed():
    found, _ = drafted(PLAN)
    assert "copies" in found.not_stated
    assert "contact" in found.not_stated
    assert "deadline" not in found.not_stated
    assert "rest" not in found.not_stated


def test_two_deadlines_for_one_thing_point_at_each_other():
    text = (
        HEAD.format(kind="UBND-VX", title="HƯỚNG DẪN")
        + "1. Báo cáo gửi trước 11h30 ngày 20/11.\n2. Báo cáo gửi chậm nhất ngày 23/11/2026./.\n"
        + TAIL
    )
    first, second = drafted(text)[0].deadlines
    assert first.year_inferred
    assert "chậm nhất ngày 23/11/2026" in first.notes[0]
    assert "trước 11h30 ngày 20/11" in second.notes[0]


def test_every_quote_of_the_sample_letter_is_in_the_provision_it_names():
    found, provisions = drafted(SAMPLE.read_text("utf-8"))
    assert len(found.sections) >= 8
    assert [(d.value, d.last_day) for d in found.deadlines if d.kind == "date"] == [
        ("2026-12-10", date(2026, 12, 10)),
        ("2027-01-22", date(2027, 1, 22)),
    ]
    check_quotes(found, provisions)


def test_the_campaign_file_says_who_fills_in_what_the_letter_does_not():
    found, _ = drafted(
        PLAN.replace("Trước ngày 25/11/2026", "").replace("30/11/2026", "").replace("Tuần 1 tháng 12/2026", "")
    )
    text = to_toml(found)
    table = tomllib.loads(text)
    assert "deadline" not in table
    assert "văn bản không nêu – cơ quan thường trực điền" in text
    assert "thời hạn nộp báo cáo" in table["campaign"]["not_stated"]
    assert [s["path"] for s in table["section"]] == [s.path for s in found.sections]


def test_the_campaign_file_fills_in_the_days_the_letter_gives():
    table = tomllib.loads(to_toml(drafted(PLAN)[0]))
    assert [(d["due"], d["strict"]) for d in table["deadline"]] == [
        (date(2026, 11, 25), True),
        (date(2026, 11, 30), False),
        (date(2026, 12, 6), False),
    ]
    assert len({d["key"] for d in table["deadline"]}) == 3
    assert table["campaign"]["guidance"] == "77/KH-UBND"


def check_quotes(found, provisions):
    for section in found.sections:
        assert section.hint in full_text(provisions, section.path), section.path
    for item in (*found.deadlines, *found.copies, *found.contacts):
        assert item.quote in full_text(provisions, item.path), item


@pytest.mark.shared
@pytest.mark.skipif(not SEED.exists(), reason="the real letter of ../shared is not here")
def test_the_real_letter_that_breaks_off():
    found, provisions = drafted(SEED.read_text("utf-8"), complete=False)
    assert [s.path for s in found.sections] == ["muc-I/1", "muc-I/1/doan-2", "muc-I/2"]
    assert found.deadlines == ()
    assert {"deadline", "copies", "ratio", "contact", "forms", "signer", "sections", "rest"} <= set(found.not_stated)
    assert found.not_stated["sections"].startswith("mục II, III (văn bản lưu không trọn vẹn)")
    check_quotes(found, provisions)


def letters():
    return sorted((SHARED / "letters").glob("*.gold.json"))


@pytest.mark.shared
@pytest.mark.skipif(not letters(), reason="the test letters of ../shared are not here")
def test_the_shared_letters_with_their_gold():
    for gold_file in letters():
        gold = json.loads(gold_file.read_text("utf-8"))
        found, provisions = drafted((gold_file.parent / f"{gold['id']}.txt").read_text("utf-8"))
        check_quotes(found, provisions)
        report = compared(gold["id"], found, gold)
        print("\n".join(lines([report])))
        assert all(report.deadlines.values())
        assert report.invented == ()
        assert sum(not found for found in report.sections.values()) <= 0.1 * len(report.sections)
        assert len(report.sections_invented) <= 0.1 * len(report.sections)
        assert report.narrowed == (), "a section asked of every unit is hidden from some"
        assert list(found.not_stated) == gold["not_stated"]


def test_the_headings_above_a_section_come_along_as_a_report_prints_them():
    letter = (
        HEAD.format(kind="HD-UBND", title="HƯỚNG DẪN")
        + """\
I. VỀ TỔNG KẾT PHONG TRÀO THI ĐUA
1. Công tác chỉ đạo
a) Việc phổ biến các văn bản cấp trên.
b) Việc ký giao ước thi đua.
2. Kết quả các phong trào:
- Chuyển đổi số: số hồ sơ trực tuyến.
- Vì người nghèo: số tiền, số suất quà.
3. Tồn tại, hạn chế
Nêu rõ nguyên nhân.
II. NỘI DUNG BÁO CÁO THỐNG KÊ
1. Số tập thể, cá nhân được khen.
"""
        + TAIL
    )
    found, _ = drafted(letter)
    whole = "Tổng kết phong trào thi đua"
    assert [(s.title, s.under) for s in found.sections] == [
        ("Việc phổ biến các văn bản cấp trên", (whole, "Công tác chỉ đạo")),
        ("Việc ký giao ước thi đua", (whole, "Công tác chỉ đạo")),
        ("Chuyển đổi số", (whole, "Kết quả các phong trào")),
        ("Vì người nghèo", (whole, "Kết quả các phong trào")),
        ("Tồn tại, hạn chế", (whole,)),
        ("Số tập thể, cá nhân được khen", ()),
    ]
    sections = tomllib.loads(to_toml(found))["section"]
    assert sections[0]["under"] == [whole, "Công tác chỉ đạo"]
    assert to_json(found)["sections"][0]["under"] == [whole, "Công tác chỉ đạo"]


def test_what_a_draft_misses_or_invents_is_told_with_its_words():
    found, _ = drafted(PLAN)
    (first, *rest) = to_json(found)["deadlines"]
    gold = {
        "deadlines": [first | {"quote": "trước ngày 01/01/2027"}, *rest],
        "report_sections": [{"path": s.path} for s in found.sections[1:]] + [{"path": "muc-IX"}],
    }
    said = "\n".join(lines([compared("a.docx", found, gold)]))
    assert f"  ✗ sót {first['path']}: “trước ngày 01/01/2027”" in said
    assert f"  ✗ tự đặt ra: {first['path']}: “{first['quote']}”" in said
    assert "  ✗ sót mục muc-IX" in said
    assert f"  ✗ thừa mục {found.sections[0].path}" in said
    assert f"thời hạn {len(rest)} trên {len(rest) + 1}, thời hạn tự đặt ra 1." in said


@pytest.mark.parametrize("change", [{"value": "2026-11-26"}, {"strict": False}, {"kind": "datetime"}])
def test_a_deadline_that_means_something_else_is_not_found(change):
    found, _ = drafted(PLAN)
    (first, *rest) = to_json(found)["deadlines"]
    report = compared("a", found, {"deadlines": [first | change, *rest], "report_sections": []})
    assert list(report.deadlines.values()) == [False, *([True] * len(rest))]
    assert report.invented == ()
