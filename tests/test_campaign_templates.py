"""The templates staff begin with: they load once staff filled them in; every condition and check in them can fail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from bot import tables
from bot.campaign_file import CampaignFileError, load
from bot.campaigns import Campaign, Field, Section
from bot.checks import Finding, Validity, asked, findings
from bot.submissions import Filled, SectionState, Submission

SAMPLES = files("knowledge") / "samples"
REPORT, DOSSIER = "bao-cao-tong-ket.toml", "ho-so-khen-thuong.toml"
STAFF = """
[[unit]]
code = "X1"
name = "Ủy ban nhân dân xã Mẫu"
kind = "xã"

[[deadline]]
key = "bao-cao"
what = "nộp"
due = 2026-12-10
set_by = "Phòng Văn hóa - Xã hội"
set_on = 2026-11-12
"""
EXPIRED = {"98/2023/ND-CP": Validity("98/2023/NĐ-CP", until=date(2025, 6, 30), replaced_by=("152/2025/NĐ-CP",))}
Said = dict[str, dict[str, str]]


def text_of(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def completed(name: str, *, more: str = "") -> Campaign:
    text = text_of(name).replace('guidance = ""', 'guidance = "15/HD-HĐTĐKT"') + more + STAFF
    return load(text.encode()).campaign


def table(*rows: tuple[str, ...]) -> str:
    return tables.joined(rows)


def found(sections: tuple[Section, ...], said: Said, unit_kind: str = "xã") -> tuple[Finding, ...]:
    given = {path: Filled(SectionState.DONE, values) for path, values in said.items()}
    submission = Submission("dot", 1, "X1", sections=given)
    return findings(sections, submission, unit_kind, year=2026, day=date(2026, 12, 1), cited=EXPIRED)


def plain(field: Field) -> str:
    """An answer without anything to object to."""
    if field.columns:
        cells = {"number": "", "date": "05/01/2026", "text": "mẫu 1"}
        row = [c.options[0] if c.options else cells[c.kind] for c in field.columns[1:]]
        return table(*((first, *row) for first in field.rows or ("mẫu",)))
    answers = {"number": "5", "date": "05/01/2026", "yes_no": "Có", "file": "", "text": "Nội dung mẫu."}
    return field.options[0] if field.options else answers[field.kind]


def good(campaign: Campaign, special: Said) -> Said:
    return {s.path: {f.key: plain(f) for f in s.fields} | special.get(s.path, {}) for s in campaign.sections}


DOC, ROMAN = "15/KH-UBND", "05/01/2026"
GOOD_REPORT: Said = {
    "muc-0": {"nam": "2026"},
    "muc-0b": {"tong_so_nguoi": "40", "nu": "20", "dang_vien": "30", "so_tap_the": "5"},
    "muc-I/1/diem-a": {"van_ban": table((DOC, ROMAN, "xã", "triển khai", "hội nghị", "120"))},
    "muc-I/1/diem-b": {"van_ban": table((DOC, ROMAN, "triển khai"))},
    "muc-I/1/diem-c": {"qd_quy_che": "Quyết định 12/QĐ-UBND"},
    "muc-I/2/diem-a": {"nhiem_vu": table(("Trồng rừng", "80", "100", "125", "Vượt"), ("Khác", "", "", "", "Đạt"))},
    "muc-I/2/diem-b": {"chi_tieu": table(("Thu ngân sách", "tỷ đồng", "3", "1", "33,3", "2", "50"))},
    "muc-I/3": {"sang_kien": table(("Sổ tay số", "Lê A", "7/QĐ-UBND", ROMAN))},
    "muc-II/2": {
        "ket_qua": table(("Đơn vị", "Giấy khen", "5", "2", "3", "", "5")), "tong_tap_the": "2", "tong_ca_nhan": "3",
    },
    "muc-II/3": {"trich": "10.000.000", "chi": "9.500.000", "du": "500.000"},
    "muc-II/4": {"de_nghi": table(("Lê A", "", "Cá nhân", "LĐTT"), ("Lê A", "", "Cá nhân", "Giấy khen")), "tong": "2"},
    "muc-IV": {"nhiem_vu": table(*((f"Việc {n}", "10 hộ", "30/06/2027", "Phòng") for n in range(3)))},
}  # fmt: skip
BAD_REPORT: list[tuple[str, str, str]] = [
    ("muc-0", "nam", "2025"),
    ("muc-0b", "tong_so_nguoi", "40,5"),
    ("muc-0b", "tong_so_nguoi", "4"),
    ("muc-0b", "nu", "-1"),
    ("muc-0b", "nu", "41"),
    ("muc-0b", "dang_vien", "41,5"),
    ("muc-0b", "so_tap_the", "2,5"),
    ("muc-I/1/diem-a", "noi_dung", "Quán triệt Nghị định 98/2023/NĐ-CP; bình xét Chiến sỹ thi đua."),
    ("muc-I/1/diem-a", "so_hoi_nghi", "2,5"),
    ("muc-I/1/diem-a", "van_ban", table(("Kế hoạch", "05/01/2027", "xã", "triển khai", "hội nghị", "1,5"))),
    ("muc-I/1/diem-b", "van_ban", table(("số 5", "05/01/2025", "triển khai"))),
    ("muc-I/1/diem-b", "noi_dung", "Trong năm 2025, cấp ủy đã chỉ đạo."),
    ("muc-I/1/diem-c", "ngay_ky", "05/01/2025"),
    ("muc-I/1/diem-c", "so_dk_ldtt", "41"),
    ("muc-I/1/diem-c", "so_dk_cstdcs", "6"),
    ("muc-I/1/diem-c", "so_dk_ttldtt", "6"),
    ("muc-I/1/diem-c", "so_dk_ttldxs", "6"),
    ("muc-I/1/diem-c", "qd_quy_che", "có quyết định"),
    ("muc-I/1/diem-d", "phong_trao", table(("Văn hóa công sở", "", "", "", "đến 31/12/2025"))),
    ("muc-I/1/diem-d", "phong_trao", table(("Nông thôn mới", "", "", "", "đạt kết quả tốt"))),
    ("muc-I/1/diem-d", "phong_trao", table(("Doanh nghiệp", "", "", "", "Không áp dụng"))),
    ("muc-I/1/diem-e", "so_cuoc", "1,5"),
    ("muc-I/1/diem-e", "so_don_vi", "-2"),
    ("muc-I/2/diem-a", "nhiem_vu", table(("Trồng rừng", "80", "100", "120", "Vượt"))),
    ("muc-I/2/diem-a", "noi_dung", "Kết quả năm 2025."),
    ("muc-I/2/diem-b", "chi_tieu", table(("Thu ngân sách", "tỷ đồng", "3", "1", "34", "2", "51"))),
    ("muc-I/2/diem-d", "han_che", "không có"),
    ("muc-I/3", "sang_kien", table(("Sổ tay số", "Lê A", "có", "05/01/2027"))),
    ("muc-I/3", "so_bai", "1,5"),
    ("muc-I/4", "xep_hang", "6"),
    ("muc-I/4", "xep_hang", "0"),
    ("muc-II/1", "so_phien", "1,5"),
    ("muc-II/1", "ty_le_truc_tiep", "-5"),
    ("muc-II/1", "ty_le_truc_tiep", "105"),
    ("muc-II/2", "ket_qua", table(*[("Đơn vị", "Giấy khen", "6", "2", "3", "", "5")] * 2)),
    ("muc-II/2", "tong_tap_the", "3"),
    ("muc-II/2", "tong_ca_nhan", "2"),
    ("muc-II/2", "so_nguoi", "41"),
    ("muc-II/3", "du", "400.000"),
    ("muc-II/4", "tong", "3"),
    ("muc-II/4", "de_nghi", table(*[("Lê A", "", "Cá nhân", "LĐTT")] * 2)),
    ("muc-III", "uu_diem", "Trong năm đã khen thưởng 9 tập thể, 12 cá nhân trong phong trào NTM."),
    ("muc-IV", "nhiem_vu", table(("Việc", "nhiều hộ", "30/06/2026", "Phòng"))),
    ("muc-IV", "chu_de", "Tăng tốc năm 2026"),
]  # fmt: skip
PERSON = ("Ông", "Lê A", "05/01/1980", "Chuyên viên", "Phòng", "LĐTT", "Khác", "")
AWARD = ("Lê A", "2025", "LĐTT", "7/QĐ-UBND", "05/01/2026", "UBND xã")
GOOD_DOSSIER: Said = {
    "muc-1": {
        "ngay": "20/11/2026", "can_cu": table(("Nghị định số 152/2025/NĐ-CP ngày 14/6/2025 của Chính phủ",)),
        "so_tap_the": "1", "so_ca_nhan": "1",
    },
    "muc-2": {
        "ngay": "19/11/2026", "tong_so": "9", "co_mat": "8", "ty_le": "88,9",
        "bo_phieu": table(("Lê A", "LĐTT", "7", "8", "87,5")),
    },
    "muc-3": {"ca_nhan": table(PERSON), "tap_the": table(("Thôn Một", "Tập thể", "Giấy khen", "Khác", ""))},
    "muc-4": {"da_khen": table(AWARD)},
    "muc-5": {
        "da_khen": table(AWARD),
        "so_sanh": table(("Thôn Một", "Thu", "2025", "5"), ("Thôn Một", "Thu", "2026", "6")),
    },
    "muc-6": {"sang_kien": table(("Sổ tay", "Lê A", "100", "số", "05/01/2026", "mô tả", "tốt", "xã", "7/QĐ-UBND"))},
}  # fmt: skip
BAD_DOSSIER: list[tuple[str, str, str]] = [
    ("muc-1", "ve_viec", "tặng danh hiệu Lao động tiến tiến"),
    ("muc-1", "can_cu", table(("Luật",))),
    ("muc-1", "can_cu", table(("Nghị định số 98/2023/NĐ-CP",))),
    ("muc-1", "so_tap_the", "2"),
    ("muc-1", "so_ca_nhan", "0"),
    ("muc-2", "ngay", "21/11/2026"),
    ("muc-2", "co_mat", "10"),
    ("muc-2", "bo_phieu", table(("Lê A", "LĐTT", "9", "8", "87,5"))),
    ("muc-2", "bo_phieu", table(*[("Lê A", "LĐTT", "9", "9", "100")] * 2)),
    ("muc-3", "ca_nhan", table(*[(*PERSON[:2], "05/01/2027", *PERSON[3:])] * 2)),
    ("muc-3", "tap_the", table(*[("Thôn Một", "Tập thể", "Giấy khen", "Khác", "")] * 2)),
    ("muc-4", "bao_cao", table(("Lê A", "", "", "", "", "", "", "", "làm tốt"))),
    ("muc-4", "da_khen", table((*AWARD[:3], "có", "05/01/2027", ""))),
    ("muc-5", "bao_cao", table(("Thôn Một", "", "", "làm tốt"))),
    ("muc-5", "so_sanh", table(*[("Thôn Một", "Thu", "2025", "5")] * 2)),
    ("muc-5", "da_khen", table((*AWARD[:3], "có", "05/01/2027", ""))),
    ("muc-6", "sang_kien", table(("Sổ tay", "Lê A", "101", "số", "05/01/2027", "mô tả", "tốt", "xã", "có"))),
]  # fmt: skip
TEMPLATES = [(REPORT, GOOD_REPORT, BAD_REPORT), (DOSSIER, GOOD_DOSSIER, BAD_DOSSIER)]


def changed(said: Said, path: str, key: str, value: str) -> Said:
    return {**said, path: {**said[path], key: value}}


@pytest.mark.parametrize("name", [REPORT, DOSSIER])
def test_a_template_waits_for_what_only_staff_know(name):
    with pytest.raises(CampaignFileError) as caught:
        load(text_of(name).encode())
    assert caught.value.problems == ("campaign, guidance: đang để trống; xin điền.",)
    with pytest.raises(CampaignFileError) as caught:
        load(text_of(name).replace('guidance = ""', 'guidance = "1/HD"').encode())
    assert [line.split(":")[0] for line in caught.value.problems] == ["unit", "deadline"]
    assert completed(name).deadlines[0].set_by == "Phòng Văn hóa - Xã hội, 12/11/2026"


@pytest.mark.parametrize(("name", "special", "bad"), TEMPLATES)
def test_a_sound_report_is_not_objected_to(name, special, bad):
    campaign = completed(name)
    assert found(campaign.sections, good(campaign, special)) == ()


@pytest.mark.parametrize(("name", "special", "bad"), TEMPLATES)
def test_every_check_finds_something_and_every_slip_is_found(name, special, bad):
    campaign = completed(name)
    said = good(campaign, special)
    for check in {check for section in campaign.sections for check in section.checks if check.of == "*"}:
        alone = tuple(replace(s, checks=(check,)) for s in campaign.sections)
        assert any(found(alone, changed(said, *slip)) for slip in bad), check
    for section in campaign.sections:
        for check in (c for c in section.checks if c.of != "*"):
            alone = tuple(replace(s, checks=(check,) if s is section else ()) for s in campaign.sections)
            assert any(found(alone, changed(said, *slip)) for slip in bad), (section.path, check)
    assert [slip for slip in bad if not found(campaign.sections, changed(said, *slip))] == []


@pytest.mark.parametrize(("name", "special", "bad"), TEMPLATES)
def test_every_condition_asks_and_does_not_ask(name, special, bad):
    campaign = completed(name)
    for section, field in ((s, f) for s in campaign.sections for f in s.fields if f.when):
        when = field.when
        told = set()
        for value in ("Có", "Không", "0", "2"):
            said = {**good(campaign, special)[section.path], when.of: value}
            submission = Submission("dot", 1, "X1", sections={section.path: Filled(values=said)})
            told |= {field in asked(section, submission, kind) for kind in ("xã", "phòng")}
        assert told == {True, False}, (section.path, field.key)


def test_the_report_has_the_whole_outline_and_only_communes_report_on_the_economy():
    campaign = completed(REPORT)
    assert len(campaign.sections) == 21
    communes, offices = (tuple(s.path for s in campaign.form_for(kind)) for kind in ("xã", "phòng"))
    assert set(communes) - set(offices) == {"muc-I/2/diem-b"}
    assert {s.path for s in campaign.sections if s.from_guidance} == {
        "muc-IV", *(f"muc-I/{n}/diem-{x}" for n, letters in ((1, "abcde"), (2, "abcd")) for x in letters)
    }  # fmt: skip
    (movements, _) = next(s for s in campaign.sections if s.path == "muc-I/1/diem-d").fields
    assert len(movements.rows) == 8


@pytest.mark.parametrize("name", [REPORT, DOSSIER])
def test_a_template_sets_no_ratio_no_form_number_and_quotes_nothing(name):
    campaign = completed(name)
    text = text_of(name)
    assert not re.search(r"[Mm]ẫu số \d", text)
    assert not any(section.hint for section in campaign.sections)
    assert not any(check.kind == "share" for section in campaign.sections for check in section.checks)


def test_a_ratio_that_staff_fill_in_needs_its_source():
    commented = r"^# \[\[section\.check\]\]\n# kind = \"share\"\n(?:# .*\n)*"
    block = re.search(commented, text_of(REPORT), re.MULTILINE)
    assert block
    opened = re.sub(r"^# ", "", block[0], flags=re.MULTILINE)
    text = text_of(REPORT).replace(block[0], opened).replace('guidance = ""', 'guidance = "1/HD"') + STAFF
    with pytest.raises(CampaignFileError, match="phải có source"):
        load(text.encode())
    filled = text.replace("tolerance = 0\n", "tolerance = 50\n").replace('source = ""', 'source = "9/QĐ-UBND, Điều 3"')
    campaign = load(filled.encode()).campaign
    said = changed(good(campaign, GOOD_REPORT), "muc-II/4", "so_cstdcs", "4")
    (finding,) = found(campaign.sections, said)
    assert (finding.text.partition(" (")[2], finding.source) == ("4 trên 5, không được quá 50 %)", "9/QĐ-UBND, Điều 3")
