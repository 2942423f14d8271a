"""The campaign file staff fill in: what it means, and every problem told in one clear line."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.addressed import Addressed
from bot.calendar_file import load_years
from bot.campaign_file import CampaignFileError, load, notices
from bot.reminders import ICT
from ingest.campaign import draft, to_toml
from ingest.parse import parse
from knowledge.documents import Document

GOOD = """
[campaign]
id = "tong-ket-2026"
title = "Tổng kết năm 2026"
guidance = "77/KH-UBND"
report_year = 2026
issued = 2026-11-02

[[unit]]
code = "PVH"
name = "Phòng Văn hóa - Xã hội"
kind = "phòng"

[[officer]]
code = "CB01"
name = "Cán bộ một"
unit = "PVH"

[[deadline]]
key = "bao-cao"
what = "Báo cáo tổng kết"
due = 2026-11-20
strict = true
quote = "trước ngày 20/11/2026"
path = "muc-IV/1"

[[section]]
path = "muc-I/1"
title = "Công tác lãnh đạo"
"""
LETTER = """\
Số: 77/KH-UBND
An Lạc, ngày 02 tháng 11 năm 2026

KẾ HOẠCH
Tổng kết công tác thi đua, khen thưởng năm 2026

Thực hiện Công văn số 12/SNV-TĐKT ngày 20/10/2026 của Sở Nội vụ, Ủy ban nhân dân xã hướng dẫn như sau:
I. BÁO CÁO TỔNG KẾT
1. Công tác lãnh đạo, chỉ đạo: nêu các văn bản “tự ban hành”.
2. Các thôn: kết quả giảm nghèo.
II. THỜI HẠN
1. Báo cáo gửi trước ngày 20/11/2026.
2. Hồ sơ gửi trong tháng 12/2026.
3. Biểu thống kê gửi chậm nhất ngày 15/12 hằng năm./.
"""


def changed(*pairs: tuple[str, str]) -> bytes:
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def problems(source: bytes) -> tuple[str, ...]:
    with pytest.raises(CampaignFileError) as caught:
        load(source)
    return caught.value.problems


def due(line: str) -> datetime:
    return load(changed(("due = 2026-11-20\nstrict = true", line))).campaign.deadlines[0].due


def test_a_day_means_the_end_of_office_hours_and_strictly_before_it_the_day_before():
    assert due("due = 2026-11-20\nstrict = true") == datetime(2026, 11, 19, 17, tzinfo=ICT)
    assert due("due = 2026-11-20") == datetime(2026, 11, 20, 17, tzinfo=ICT)


def test_a_moment_is_kept_and_without_a_zone_it_is_local():
    assert due("due = 2026-11-20T16:30:00+07:00\nstrict = true") == datetime(2026, 11, 20, 16, 30, tzinfo=ICT)
    assert due("due = 2026-11-20T16:30:00") == datetime(2026, 11, 20, 16, 30, tzinfo=ICT)
    other = timezone(timedelta(hours=9))
    text = changed(("due = 2026-11-20\nstrict = true", "due = 2026-11-20T16:30:00"))
    assert load(text, zone=other).campaign.deadlines[0].due == datetime(2026, 11, 20, 16, 30, tzinfo=other)


def test_a_section_without_fields_gets_one():
    (section,) = load(GOOD.encode()).campaign.sections
    assert [(f.key, f.kind, f.required) for f in section.fields] == [("noi_dung", "text", True)]


def test_fields_are_read_in_order():
    more = '[[section.field]]\nkey = "so"\nlabel = "Số cuộc"\nkind = "number"\n'
    (section,) = load((GOOD + more).encode()).campaign.sections
    assert [(f.key, f.label, f.kind) for f in section.fields] == [("so", "Số cuộc", "number")]


def test_units_and_officers_come_with_the_campaign():
    file = load(GOOD.encode())
    assert file.campaign.units == ("PVH",)
    assert [(u.code, u.kind) for u in file.units] == [("PVH", "phòng")]
    assert [(o.code, o.unit) for o in file.officers] == [("CB01", "PVH")]
    assert file.addressed == Addressed(("PVH",))
    assert list(notices(file.campaign, file.units, file.officers)) == []


def test_doubts_are_notices_and_do_not_stop_the_campaign():
    nobody = GOOD[: GOOD.index("[[officer]]")] + GOOD[GOOD.index("[[deadline]]") :]
    file = load((nobody + 'only_for = ["trường"]\n').encode())
    doubts = notices(file.campaign, file.units, file.officers)
    assert [notice.split(":")[0] for notice in doubts] == ["section «muc-I/1»", "unit «PVH»"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ('addressed = "all"', Addressed()),
        ('addressed = ["PVH", "XA-1"]', Addressed(("PVH", "XA-1"))),
        ('addressed = { kind = ["xã", "phường"] }', Addressed(kinds=("xã", "phường"))),
        ('addressed = { kind = ["xã"], block = ["Cụm 1"] }', Addressed((), ("xã",), ("Cụm 1",))),
    ],
)
def test_whom_it_addresses_may_be_units_that_are_known_already(line, meant):
    no_units = GOOD[: GOOD.index("[[unit]]")] + GOOD[GOOD.index("[[officer]]") :]
    assert load(no_units.replace("report_year", f"{line}\nreport_year").encode()).addressed == meant


@pytest.mark.parametrize("value", ['"tất cả"', "[]", "{}", "3", '{ kinds = ["xã"] }', '[""]', '{ kind = "xã" }'])
def test_an_address_that_is_none_is_one_line(value):
    (line,) = problems(changed(("report_year", f"addressed = {value}\nreport_year")))
    assert line.startswith('campaign, addressed: viết "all", danh sách mã đơn vị, hoặc {')


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("due = 2026-11-20\n", "", "deadline thứ 1, due: thiếu"),
        ("due = 2026-11-20", 'due = "ngày mai"', "không phải ngày giờ"),
        ("due = 2026-11-20", "due = 2026-10-20", "sớm hơn ngày ban hành 02/11/2026"),
        ('path = "muc-IV/1"\n', "", "có quote nhưng thiếu path"),
        ('quote = "trước ngày 20/11/2026"\n', "", "không rõ căn cứ"),
        ('unit = "PVH"', 'unit = "PXX"', "đơn vị «PXX» không có"),
        ('id = "tong-ket-2026"', 'id = "Tổng kết"', "campaign, id: chỉ dùng chữ thường"),
        ("report_year = 2026", 'report_year = "năm nay"', "campaign, report_year: phải là số nguyên"),
        ('guidance = "77/KH-UBND"', 'guidence = "77/KH-UBND"', "campaign, guidence: không có khóa này"),
        ('name = "Cán bộ một"', 'name = "  "', "officer thứ 1, name: đang để trống"),
    ],
)
def test_each_problem_is_one_line_with_its_key(old, new, told):
    found = problems(changed((old, new)))
    assert any(told in line for line in found), found
    assert all("\n" not in line and line.endswith(".") for line in found)


def test_an_unknown_kind_of_field_is_named_with_the_known_ones():
    (line,) = problems((GOOD + '[[section.field]]\nkey = "a"\nlabel = "A"\nkind = "bảng"\n').encode())
    assert "section thứ 1, field thứ 1, kind: loại «bảng» không có; dùng một trong: text" in line


def test_choices_need_options():
    (line,) = problems((GOOD + '[[section.field]]\nkey = "a"\nlabel = "A"\nkind = "choice"\n').encode())
    assert "options" in line


def test_all_problems_are_told_at_once():
    twice = GOOD.replace(
        'title = "Công tác lãnh đạo"\n', 'title = "Công tác lãnh đạo"\n[[section]]\npath = "muc-I/1"\ntitle = "Lại"\n'
    )
    found = problems(
        twice.replace('unit = "PVH"', 'unit = "PXX"').replace("due = 2026-11-20", "due = 2026-10-20").encode()
    )
    assert len(found) == 3
    assert "section: path «muc-I/1» lặp lại 2 lần; mỗi path chỉ dùng một lần." in found


def test_an_empty_campaign_lacks_units_sections_and_deadlines():
    found = problems(GOOD[: GOOD.index("[[unit]]")].encode())
    assert [line.split(":")[0] for line in found] == ["unit", "section", "deadline"]


@pytest.mark.parametrize("source", [b"\xff\xfe", b"[campaign", "không phải toml".encode()])
def test_what_is_no_toml_is_one_line(source):
    (line,) = problems(source)
    assert "TOML" in line


def test_a_missing_file_is_told_by_name(tmp_path):
    with pytest.raises(CampaignFileError, match=r"khong-co\.toml"):
        load(tmp_path / "khong-co.toml")


def test_a_draft_filled_in_by_staff_opens():
    parsed = parse(LETTER)
    h = parsed.header
    text = to_toml(draft(Document(h.number, h.kind, h.subject, "UBND xã An Lạc", h.issued), h, parsed.provisions))
    assert problems(text.encode()) == ("unit: chưa có đơn vị nào; thêm ít nhất một mục [[unit]] với code, name, kind.",)
    staff = '\n[[unit]]\ncode = "T1"\nname = "Thôn Một"\nkind = "thôn"\n'
    campaign = load((text + staff).encode()).campaign
    assert [(d.key, d.due) for d in campaign.deadlines] == [
        ("bao-cao", datetime(2026, 11, 19, 17, tzinfo=ICT)),
        ("ho-so", datetime(2026, 12, 31, 17, tzinfo=ICT)),
    ]
    assert [(s.path, s.only_for) for s in campaign.sections] == [("muc-I/1", ()), ("muc-I/2", ("thôn",))]


def test_every_holiday_lies_in_its_year():
    for year in load_years():
        assert all(day.year == year.year for holiday in year.holidays for day in holiday.days)
