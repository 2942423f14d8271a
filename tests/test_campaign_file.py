"""The campaign file staff fill in: what it means, and every problem told in one clear line."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.addressed import Addressed
from bot.calendar_file import load_years
from bot.campaign_file import CampaignFileError, load, notices
from bot.campaigns import UNIT_KIND, Condition, Field
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


FORM = """
[[section.field]]
key = "so"
label = "Số cuộc"
kind = "number"
unit = "cuộc"

[[section.field]]
key = "co"
label = "Có Quy chế không?"
kind = "yes_no"
reason = "Không"
when = "so != 0"

[[section.field]]
key = "bang"
label = "Từng cuộc"
kind = "block"
length = [80, 200]
rows = ["Xã", "Thôn"]

[[section.field.column]]
key = "ten"
label = "Nơi"

[[section.field.column]]
key = "ty_le"
label = "Tỷ lệ"
kind = "number"
unit = "%"

[[section.field]]
key = "ngay"
label = "Ngày"
kind = "date"

[[section.field]]
key = "loi"
label = "Lời"
kind = "choice"
options = ["Tốt", "Khá"]
when = "loại đơn vị = xã | phường"

[[section.check]]
kind = "at_most"
of = "so"
against = ["100"]
message = "Quá nhiều."
level = "error"
source = "Quy chế"
"""
OUTSIDE = """
[[check]]
kind = "in_force"
of = "*"
message = "Hết hiệu lực."

[[check]]
kind = "years"
of = "muc-I/1:ngay"
message = "Sai năm."
"""


def test_the_whole_form_is_read():
    (section,) = load((GOOD + FORM + OUTSIDE).encode()).campaign.sections
    so, co, reason, bang, _, loi = section.fields
    assert (so.unit, co.when) == ("cuộc", Condition("so", ("0",), negated=True))
    assert reason == Field("co_ly_do", "Lý do", when=Condition("co", ("Không",)))
    assert (bang.length, bang.rows, [c.key for c in bang.columns]) == ((80, 200), ("Xã", "Thôn"), ["ten", "ty_le"])
    assert loi.when == Condition(UNIT_KIND, ("xã", "phường"))
    assert [(c.kind, c.of, c.level, c.source) for c in section.checks] == [
        ("at_most", "so", "error", "Quy chế"),
        ("in_force", "*", "warning", ""),
        ("years", "muc-I/1:ngay", "warning", ""),
    ]


def test_a_section_for_kinds_of_unit_and_one_that_the_guidance_does_not_ask_for():
    more = 'when = "loại đơn vị = xã | phường"\nfrom_guidance = false\n'
    file = load((GOOD + more).encode())
    (section,) = file.campaign.sections
    assert (section.only_for, section.from_guidance) == (("xã", "phường"), False)
    told = notices(file.campaign, file.units, file.officers)
    assert [notice.split(":")[0] for notice in told] == ["section «muc-I/1»"]


def test_who_set_a_deadline_and_when():
    own = changed(
        ('quote = "trước ngày 20/11/2026"\npath = "muc-IV/1"', 'set_by = "Phòng Nội vụ"\nset_on = 2026-11-12')
    )
    assert load(own).campaign.deadlines[0].set_by == "Phòng Nội vụ, 12/11/2026"
    undated = load(own.replace(b"set_on = 2026-11-12", b""))
    (line,) = [each for each in notices(undated.campaign, (), ()) if "set_by" in each]
    assert "deadline «bao-cao»: set_by chưa cho biết ngày ấn định" in line


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('when = "so != 0"', 'when = "so > 0"', "section thứ 1, field thứ 2, when: không phải điều kiện; ví dụ"),
        ('when = "so != 0"', 'when = "so_cuoc = 0"', "field «co», when: section «muc-I/1» không có ô «so_cuoc»"),
        ('when = "so != 0"', 'when = "muc-9:so = 0"', "when: không có section nào có path «muc-9»"),
        ('when = "so != 0"', 'when = "bang = 0"', 'when: ô «bang» có kind = "block", không đặt điều kiện được'),
        ('when = "so != 0"', 'when = "loi = Tồi"', "when: ô «loi» không có giá trị «Tồi»; dùng một trong: Tốt, Khá"),
        ('when = "so != 0"', 'when = "co_ly_do = a"', "điều kiện của «muc-I/1:co», «muc-I/1:co_ly_do» chờ lẫn nhau"),
        ('when = "so != 0"', 'when = "co = Có"', "điều kiện của «muc-I/1:co» chờ lẫn nhau"),
        ('when = "so != 0"', 'when = "bang.ten = 0"', "«bang.ten» không phải khóa của một ô"),
        ('reason = "Không"', 'reason = "Tại sao?"', 'field «co»: reason chỉ dùng với kind = "yes_no"'),
        ('unit = "cuộc"', 'unit = "cuộc"\nlength = [1, 2]', 'field «so»: khóa length chỉ dùng với kind = "text"'),
        ("length = [80, 200]", "length = [200, 80]", "khóa length là số từ ít nhất và nhiều nhất"),
        ("length = [80, 200]", "length = [80]", "section thứ 1, field thứ 3, length thứ 2: thiếu khóa này"),
        ('kind = "block"', 'kind = "text"', 'các mục [[section.field.column]] đi cùng kind = "table"'),
        ('key = "ty_le"', 'key = "ten"', "field «bang»: cột «ten» lặp lại"),
        ('kind = "number"\nunit = "%"', 'kind = "choice"', "cột «ty_le»: khóa options đi cùng"),
        ('kind = "number"\nunit = "%"', 'unit = "%"', "cột «ty_le»: khóa unit chỉ dùng"),
        ('key = "ngay"', 'key = "ngày ký"', "field thứ 4, key: chỉ dùng chữ thường không dấu"),
        ('key = "ngay"', 'key = "co_ly_do"', "field: key «co_ly_do» lặp lại 2 lần"),
        ('of = "so"', 'of = "tong"', "check thứ 1: section «muc-I/1» không có ô «tong»"),
        ('of = "so"', 'of = "số"', "check thứ 1: of = «số» không phải một ô"),
        ('of = "so"', 'of = "bang.diem"', "check thứ 1: bảng «bang» không có cột «diem»"),
        ('of = "so"', 'of = "loi"', "«loi» không phải số hay ngày, không tính được"),
        ('of = "so"', 'of = "ngay"', "«ngay» và «100» phải cùng là số hoặc cùng là ngày"),
        ('of = "so"', 'of = "count(ngay)"', "ô «ngay» không phải bảng, không đếm hàng được"),
        ('of = "so"', 'of = "sum(bang.ten)"', "«sum(bang.ten)» không phải số"),
        ('against = ["100"]', 'against = ["bang.ty_le"]', "«bang.ty_le» là cột của bảng khác với «so»"),
        ('against = ["100"]', 'against = ["muc-9:so"]', "không có section nào có path «muc-9»"),
        ('against = ["100"]', 'against = ["a b"]', "«a b» không đọc được"),
        ('against = ["100"]', "", 'kind = "at_most" cần against có 1 mục'),
        ('kind = "at_most"', 'kind = "ratio"', 'kind = "ratio" cần against có 2 mục'),
        ('kind = "at_most"', 'kind = "share"', "phải có source"),
        ('kind = "at_most"', 'kind = "years"', 'kind = "years" không dùng against'),
        ('kind = "at_most"', 'kind = "unique"', 'kind = "unique" cần of và against là các cột'),
        ('kind = "at_most"', 'kind = "bang"', "check thứ 1, kind: loại «bang» không có; dùng một trong: at_most"),
        ('kind = "at_most"', 'kind = "total"', 'kind = "total" cần against có số của bảng'),
        (
            'kind = "at_most"\nof = "so"\nagainst = ["100"]',
            'kind = "total"\nof = "*"\nagainst = ["bang.ty_le", "cuộc"]',
            "«bang.ty_le» không phải một số của bảng",
        ),
        ('message = "Quá nhiều."', "", "check thứ 1, message: thiếu khóa này"),
        ('of = "muc-I/1:ngay"', 'of = "ngay"', 'check thứ 2: of phải là "*" hoặc "path:key"'),
        ('of = "muc-I/1:ngay"', 'of = "muc-I/1:nam"', "check thứ 3: section «muc-I/1» không có ô «nam»"),
    ],
)
def test_every_reference_that_leads_nowhere_is_one_line(old, new, told):
    form = FORM + OUTSIDE
    assert form.count(old) == 1
    found = problems((GOOD + form.replace(old, new)).encode())
    assert any(told in line for line in found), found
    assert all("\n" not in line and line.endswith(".") for line in found)


def test_ratios_over_texts_are_told():
    ratio = '[[section.check]]\nkind = "ratio"\nof = "bang.ty_le"\nagainst = ["bang.ten", "so"]\nmessage = "Sai."\n'
    (line,) = problems((GOOD + FORM + ratio).encode())
    assert line == "section «muc-I/1», check thứ 2: «bang.ten» không phải số, không tính được."


SECOND = """
[[section]]
path = "muc-I/2"
title = "Phong trào riêng"
when = "muc-I/1:co = Có"
[[section.field]]
key = "ten"
label = "Tên phong trào"
"""


def test_a_section_is_asked_under_the_conditions_of_a_field():
    first, second = load((GOOD + FORM + SECOND).encode()).campaign.sections
    assert (first.when, second.when) == (None, Condition("muc-I/1:co", ("Có",)))
    (own,) = load((GOOD + 'when = "loại đơn vị != xã"\n' + FORM).encode()).campaign.sections
    assert (own.only_for, own.when) == ((), Condition("loại đơn vị", ("xã",), negated=True))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("muc-I/1:co = Có", "co = Có", "section «muc-I/2», when: «co» thiếu path; ghi"),
        ("muc-I/1:co = Có", "muc-I/1:co = Rồi", "ô «muc-I/1:co» không có giá trị «Rồi»; dùng một trong: Có, Không"),
        ("muc-I/1:co = Có", "muc-I/9:co = Có", "section «muc-I/2», when: không có section nào có path «muc-I/9»"),
        ("muc-I/1:co = Có", "muc-I/1:bang = Có", "section «muc-I/2», when: ô «muc-I/1:bang» có kind"),
        ("muc-I/1:co = Có", "muc-I/2:ten = a", "điều kiện của section «muc-I/2», «muc-I/2:ten» chờ lẫn nhau"),
    ],
)
def test_a_condition_of_a_section_that_leads_nowhere_is_one_line(old, new, told):
    found = problems((GOOD + FORM + SECOND.replace(old, new)).encode())
    assert any(told in line for line in found), found


def test_sections_that_wait_for_one_another_are_told():
    both = FORM.replace("[[section.field]]", '[[section.field]]\nwhen = "muc-I/2:ten = a"', 1) + SECOND
    (line,) = problems((GOOD + both).encode())
    assert "điều kiện của «muc-I/1:so», «muc-I/2:ten», section «muc-I/2», «muc-I/1:co» chờ lẫn nhau" in line


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
