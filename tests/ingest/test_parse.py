"""Both grammars: gold outlines, counts verified by other means, and every character in exactly one provision."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse import body_lines, parse
from knowledge.documents import by_path, full_text

BLOCKS = {"dau-van-ban", "noi-nhan", "chu-ky"}

LETTER = """ỦY BAN NHÂN DÂN
XÃ ĐỒNG LÚA
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 15/UBND-VHXH
V/v báo cáo thi đua năm 2026
Đồng Lúa, ngày 5 tháng 11 năm 2026
Kính gửi: Các thôn; Trường Tiểu học Đồng Lúa.
Thực hiện Kế hoạch số 3/KH-UBND ngày 02/01/2026, Ủy ban nhân dân xã đề nghị:
I. BÁO CÁO
1. Kết quả phong trào
Nêu kết quả bằng số.
a) Phong trào của tỉnh;
- Số buổi ra quân;
+ có ảnh kèm theo.
b/ Phong trào của xã.
2. Hạn gửi: trước ngày 20/11/2026.
Gửi về Phòng Văn hóa - Xã hội.
Nơi nhận:
- Như trên;
- Lưu: VT.
CHỦ TỊCH
Nguyễn Văn A
Phụ lục I
MẪU DANH SÁCH
(Kèm theo Công văn số 15/UBND-VHXH)
STT\tHọ tên
1\t"""

LAW = """QUỐC HỘI
Luật số: 10/2020/QH14
Hà Nội, ngày 1 tháng 6 năm 2020
LUẬT
GIAO THÔNG LÀNG
Căn cứ Hiến pháp;
Quốc hội ban hành Luật Giao thông làng.
Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi
Luật này quy định theo
Điều 5 của Bộ luật Dân sự và việc nêu tại
Điều 2. Không phải là tên điều.
Điều 2. Giải thích
1. Đường làng là:
a) Đường đất;
đ) Không theo thứ tự nên là chữ trong câu;
b) Đường gạch.
5. Không liền số nên là đoạn văn.
2. Cầu.
Điều 2a
1. Được bổ sung.
Chương II
THI HÀNH
Điều 3: Luật này có hiệu lực từ ngày 01 tháng 01 năm 2021.
Luật này được Quốc hội thông qua ngày 1 tháng 6 năm 2020.
CHỦ TỊCH QUỐC HỘI Nguyễn Thị B"""

AMENDING = """Số: 11/2023/QH15
LUẬT
SỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU CỦA LUẬT GIAO THÔNG LÀNG
Điều 1. Sửa đổi, bổ sung một số điều của Luật Giao thông làng số 10/2020/QH14
1. Sửa đổi, bổ sung Điều 2 như sau:
“Điều 2. Giải thích
1. Đường làng gồm “đường đất” và “đường gạch”.
2. Cầu tre.”
2. Sửa đổi, bổ sung một số điểm của Điều 4 như sau:
a) Sửa đổi điểm a khoản 1 như sau:
“a) Xe “ba gác”;”
b) Bãi bỏ khoản 3.
Điều 2. Hiệu lực thi hành
Luật này có hiệu lực từ ngày 01/01/2024."""


def outline(text):
    return [p.path for p in parse(text, number="x").provisions]


def test_a_letter_comes_apart_as_a_reader_would_take_it():
    assert outline(LETTER) == [
        "dau-van-ban", "mo-dau/doan-1", "muc-I", "muc-I/1", "muc-I/1/doan-1", "muc-I/1/diem-a", "muc-I/1/diem-a/gach-1",
        "muc-I/1/diem-a/gach-1/cong-1", "muc-I/1/diem-b", "muc-I/2", "muc-I/2/doan-2", "noi-nhan", "chu-ky",
        "phu-luc-I", "phu-luc-I/bang-1",
    ]  # fmt: skip
    nodes = by_path(parse(LETTER).provisions)
    assert nodes["muc-I/1"].heading == "Kết quả phong trào"
    assert nodes["muc-I/2"].heading is None
    assert nodes["muc-I/1/diem-b"].marker == "b/"
    assert nodes["phu-luc-I"].heading == "MẪU DANH SÁCH"


def test_the_head_is_read_from_the_text():
    header = parse(LETTER).header
    assert (header.number, header.kind, header.place) == ("15/UBND-VHXH", "Công văn", "Đồng Lúa")
    assert header.subject == "báo cáo thi đua năm 2026"
    assert header.issuer == "Ủy ban nhân dân xã Đồng Lúa"
    assert header.issued == date(2026, 11, 5)
    assert header.addressees == ("Các thôn", "Trường Tiểu học Đồng Lúa")
    assert (header.signer_roles, header.signer) == (("CHỦ TỊCH",), "Nguyễn Văn A")


def test_the_own_number_is_not_a_cited_one():
    assert parse("Căn cứ Luật số 06/2022/QH15;\nSố: 3/BC\n1. Việc").header.number == ""


def test_a_cross_reference_never_becomes_a_heading():
    nodes = by_path(parse(LAW).provisions)
    assert [path for path in nodes if re.fullmatch(r"dieu-\w+", path)] == ["dieu-1", "dieu-2", "dieu-2a", "dieu-3"]
    assert nodes["dieu-1/doan-3"].text == "Điều 2. Không phải là tên điều."
    assert nodes["dieu-2"].heading == "Giải thích"


def test_numbers_that_do_not_follow_are_text():
    paths = [path for path in outline(LAW) if path.startswith("dieu-2/")]
    assert paths == [
        "dieu-2/khoan-1", "dieu-2/khoan-1/diem-a", "dieu-2/khoan-1/diem-a/doan-2", "dieu-2/khoan-1/diem-b",
        "dieu-2/khoan-1/diem-b/doan-2", "dieu-2/khoan-2",
    ]  # fmt: skip


def test_chapters_stand_beside_the_articles_not_above_them():
    paths = outline(LAW)
    assert paths.index("chuong-I") < paths.index("dieu-1") < paths.index("chuong-II") < paths.index("dieu-3")
    assert by_path(parse(LAW).provisions)["chuong-II"].heading == "THI HÀNH"
    assert paths[-1] == "chu-ky"
    assert parse(LAW).header.signer == "Nguyễn Thị B"


@pytest.mark.parametrize("written", ["Điều 1. Phạm vi", "Điều 1: Phạm vi", "Điều 1", "ĐIỀU 1. Phạm vi"])
def test_an_article_is_seen_however_it_is_punctuated(written):
    assert "dieu-1" in outline(f"{written}\nLuật này quy định.\nĐiều 2. Khác\nVăn bản.")


def test_what_an_amending_law_quotes_opens_nothing():
    parsed = parse(AMENDING)
    assert outline(AMENDING) == [
        "dau-van-ban", "dieu-1", "dieu-1/khoan-1", "dieu-1/khoan-2", "dieu-1/khoan-2/diem-a", "dieu-1/khoan-2/diem-b",
        "dieu-2", "dieu-2/doan-1",
    ]  # fmt: skip
    assert by_path(parsed.provisions)["dieu-1/khoan-1"].text.endswith("2. Cầu tre.”")
    assert by_path(parsed.provisions)["dieu-1/khoan-2/diem-a"].text.endswith("“a) Xe “ba gác”;”")


def test_a_quotation_never_closed_does_not_swallow_the_rest():
    text = AMENDING.replace("2. Cầu tre.”", "2. Cầu tre.").replace("“a) Xe “ba gác”;”", "“a) Xe “ba gác;")
    assert {"dieu-1/khoan-2", "dieu-2"} <= set(outline(text))


def test_an_attached_regulation_numbers_its_articles_anew():
    text = (
        "Số: 7/QĐ-UBND\nQUYẾT ĐỊNH\nBan hành Quy chế\nĐiều 1. Ban hành kèm theo Quyết định này Quy chế.\n"
        "Điều 2. Quyết định có hiệu lực.\nQUY CHẾ\nXÉT KHEN THƯỞNG\n(Ban hành kèm theo Quyết định số 7/QĐ-UBND)\n"
        "Điều 1. Phạm vi\nQuy chế này quy định.\nĐiều 2. Đối tượng\n1. Cá nhân."
    )
    assert [p for p in outline(text) if "dieu" in p] == [
        "dieu-1", "dieu-2", "quy-che/dieu-1", "quy-che/dieu-1/doan-1", "quy-che/dieu-2", "quy-che/dieu-2/khoan-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["1.000 hộ đã tham gia", "20/11/2026 là hạn cuối", "2-3 trang là đủ", "đ/c Trần Văn C phụ trách", "v.v... và khác"],
)
def test_numbers_and_abbreviations_are_no_markers(line):
    assert outline(f"I. MỤC\n1. Việc một\n{line}")[-1] == "muc-I/1/doan-1"


def test_a_number_printed_twice_is_told_apart():
    assert outline("I. MỤC\n1. Một.\n2. Hai.\n2. Hai nữa.\n4. Bốn.")[1:] == [
        "muc-I/1",
        "muc-I/2",
        "muc-I/2-lan-2",
        "muc-I/4",
    ]


_WORDS = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy ÁỦỞẬ“”,.;:-–+()/0123456789", min_size=0, max_size=40)
_STARTS = st.sampled_from(
    ["", "", "I. ", "II/ ", "1. ", "2) ", "12. ", "1.1. ", "a) ", "đ) ", "b. ", "- ", "+ ", "* ", "Điều 1. ", "Điều 2",
     "Chương I", "Mục 1. ", "Phụ lục I", "Nơi nhận:", "CHỦ TỊCH", "Căn cứ ", "Kính gửi: ", "Số: 1/KH-UBND", "KẾ HOẠCH",
     "QUY CHẾ", "“", '"', "1. Sửa đổi, bổ sung Điều 2 như sau:", "Điều 1. Sửa đổi, bổ sung", "ô\tbảng", "\t", " ",
     "Bình Lúa, ngày 1 tháng 2 năm 2026"]
)  # fmt: skip
_LINES = st.lists(st.builds(str.__add__, _STARTS, _WORDS), max_size=40)


@given(_LINES, st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_every_character_is_in_exactly_one_provision(lines, ending):
    text = ending.join(lines)
    provisions = parse(text, number="x").provisions
    assert "\n".join(p.text for p in provisions) == "\n".join(body_lines(text))
    assert len({p.path for p in provisions}) == len(provisions)
    assert all(p.path and p.document == "x" for p in provisions)


@pytest.mark.shared
@pytest.mark.parametrize("letter", ["01", "02", "03", "04"])
class TestLetters:
    def test_the_outline_is_the_gold(self, letter, shared):
        gold = json.loads((shared / "letters" / f"{letter}.gold.json").read_text(encoding="utf-8"))
        provisions = parse((shared / "letters" / f"{letter}.txt").read_text(encoding="utf-8")).provisions
        found = [(p.path, p.marker, p.heading) for p in provisions if p.path not in BLOCKS]
        assert found == [(g["path"], g["marker"], g["heading"]) for g in gold["outline"]]

    def test_the_head_is_the_gold(self, letter, shared):
        gold = json.loads((shared / "letters" / f"{letter}.gold.json").read_text(encoding="utf-8"))
        header = parse((shared / "letters" / f"{letter}.txt").read_text(encoding="utf-8")).header
        for key in ("number", "kind", "issuer", "place", "subject"):
            assert getattr(header, key) == gold[key]
        assert header.issued == date.fromisoformat(gold["issued"])
        assert (list(header.signer_roles), header.signer) == (gold["signer"]["role"], gold["signer"]["name"])
        if not gold.get("addressees_from"):  # else they stand in a sentence of the body
            assert list(header.addressees) == gold["addressees"]


# Lines that start so, counted with grep; one khoản of 06/2022 is printed without a space: "1.“Huân chương".
@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "counts"),
    [("luat-06-2022-qh15.txt", [96, 319, 328, 8]), ("luat-15-2003-qh11.txt", [103, 189, 180, 8]),
     ("luat-39-2013-qh13.txt", [2, 52, 0, 0]), ("luat-47-2005-qh11.txt", [2, 2, 0, 0])],
)  # fmt: skip
def test_the_laws_have_as_many_articles_clauses_and_points_as_they_print(shared, file, counts):
    text = (shared / "corpus" / file).read_text(encoding="utf-8")
    provisions = parse(text).provisions
    steps = [p.path.rpartition("/")[2] for p in provisions]
    assert [sum(s.startswith(kind) for s in steps) for kind in ("dieu-", "khoan-", "diem-", "chuong-")] == counts
    assert not [s for s in steps if "-lan-" in s]
    assert "\n".join(p.text for p in provisions) == "\n".join(body_lines(text))
    if counts[2]:  # the amending laws quote lines of another
        printed = (r"^Điều \d+", r"^\d+\. ?[^\d]", r"^[a-zđ]\) ")
        assert [len(re.findall(line, text, re.MULTILINE)) for line in printed] == counts[:3]


@pytest.mark.shared
def test_the_seed_letter_and_a_quoted_article(shared):
    seed = parse((shared / "corpus" / "huong-dan-02-2021-binh-luc.txt").read_text(encoding="utf-8"))
    assert [p.path for p in seed.provisions] == [
        "dau-van-ban", "mo-dau/doan-1", "mo-dau/doan-2",
        "muc-I", "muc-I/doan-1", "muc-I/1", "muc-I/1/doan-2", "muc-I/2",
    ]  # fmt: skip
    assert len(seed.header.addressees) == 2
    law = parse((shared / "corpus" / "luat-39-2013-qh13.txt").read_text(encoding="utf-8"))
    clause = full_text(law.provisions, "dieu-1/khoan-6")
    assert clause == by_path(law.provisions)["dieu-1/khoan-6"].text
    assert clause.count("\n") == 10
    assert "“Điều 24" in clause
