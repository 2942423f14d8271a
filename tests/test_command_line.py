"""The command: what is not understood or cannot be done is one clear line in Vietnamese, never a trace."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.config import load
from bot.messages import Address, Incoming
from bot.store import Store
from knowledge.documents import Document, Provision
from knowledge.library import Library

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    monkeypatch.setenv("THIDUA_DATA_DIR", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nope",), 2, "Không hiểu lệnh"),
        (("ask",), 2, "Thiếu"),
        (("ask", "gì", "--nope"), 2, "Không có tùy chọn"),
        (("search", "gì", "-k", "chín"), 2, "không dùng được"),
        (("search", "gì", "-k", "0"), 2, "không dùng được"),
        (("ask", "gì", "--on", "2026-13-01"), 1, "Ngày “2026-13-01” không đúng"),
        (("ask", "  "), 1, "để trống"),
        (("documents", "--outline", "99/QĐ"), 1, "Không có văn bản số “99/QĐ”"),
        (("remind", "--now", "hôm nay"), 1, "Thời điểm “hôm nay” không đúng"),
        (("export", "2026-ABCDEF", "-o", "x.docx"), 1, "Không có báo cáo nào mang mã"),
        (("chat", "--officer", "CB77"), 1, "Không có cán bộ mã “CB77”"),
        (("officer", "add", "--unit", "X", "--name", "A"), 1, "Không có đơn vị mã “X”"),
        (("officer", "code", "CB77"), 1, "Không có cán bộ mã “CB77”"),
        (("officer", "import", "không-có.xlsx"), 1, "Không mở được tệp không-có.xlsx: không có tệp"),
        (("officer", "import", __file__), 1, "- Không thấy hàng tiêu đề nào"),
        (("officer", "template", "-o", "không-có/x.xlsx"), 1, "Không ghi được tệp"),
        (("campaign", "open", "không-có.toml"), 1, "Không mở được tệp"),
        (("campaign", "draft", "không-có.txt"), 1, "không-có.txt"),
        (("campaign", "check", "không-có.toml"), 1, "Không mở được tệp"),
        (("campaign", "template", "mẫu-lạ", "-o", "đợt.toml"), 1, "Dùng một trong: bao-cao, khen-thuong"),
        (("eval", "beir", "không-có"), 1, "Không đọc được bộ dữ liệu"),
        (("eval", "questions", "không-có.toml"), 1, "không-có.toml"),
        (("ingest", "không-có"), 1, "không-có"),
    ],
)
def test_one_line_and_a_code(thidua, arguments, code, said):
    ran = thidua(*arguments)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err + ran.out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THIDUA_PORT", "tám nghìn"),
        ("THIDUA_TIMEZONE", "Sao/Hoa"),
        ("THIDUA_LOG_LEVEL", "LOUD"),
        ("THIDUA_DATABASE_URL", "mysql://x:bimat@y/z"),
        ("THIDUA_DATABASE_URL", "postgresql+psycopg://x:bimat@127.0.0.1:1/z"),
        ("THIDUA_DATA_DIR", "/proc/khong-duoc"),
    ],
)
def test_a_bad_setting_is_named_and_its_secret_is_not(thidua, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    ran = thidua("documents")
    assert ran.code == 1
    assert name in ran.err
    assert "bimat" not in ran.err


def test_an_embedder_that_is_none_is_refused(thidua, monkeypatch):
    monkeypatch.setenv("THIDUA_EMBEDDINGS", "nope")
    ran = thidua("search", "hồ sơ")
    assert (ran.code, "THIDUA_EMBEDDINGS" in ran.err) == (1, True)


def test_an_empty_library_says_how_to_fill_it(thidua):
    assert "thidua ingest" in thidua("documents").out
    assert json.loads(thidua("documents", "--json").out) == []
    answer = json.loads(thidua("ask", "Hồ sơ đề nghị khen thưởng gồm những gì?", "--json").out)
    assert answer["status"] == "nothing_found"
    assert answer["citations"] == []


def test_checking_documents_lists_what_does_not_agree_and_is_no_failure(thidua, tmp_path):
    assert "Không thấy chỗ nào mâu thuẫn" in thidua("documents", "--check").out
    library = Library(f"sqlite:///{tmp_path / 'data' / 'thidua.db'}")
    old = Document("1/2020/QĐ-UBND", "Quyết định", "Quy chế", "UBND", replaced_by=("2/2021/QĐ-UBND",))
    letter = Document("3/HD-UBND", "Hướng dẫn", "Hướng dẫn", "UBND", date(2021, 1, 1))
    due = Document("2/2022/QĐ-UBND", "Quyết định", "Quy chế", "UBND", date(2022, 1, 1), None, date(2023, 1, 1))
    library.put(old, [], [])
    library.put(due, [], [])
    library.put(letter, [Provision(letter.number, "muc-I", "I. Theo Quyết định số 2/2022/QĐ-UBND.")], [])
    library.close()
    ran = thidua("documents", "--check", "--on", "2022-05-01", "--json")
    assert (ran.code, [c["kind"] for c in json.loads(ran.out)]) == (0, ["unknown"])
    ran = thidua("documents", "--check", "--on", "2024-05-01")
    assert ran.code == 0
    assert "- Quyết định 1/2020/QĐ-UBND ghi bị thay thế bởi văn bản 2/2021/QĐ-UBND" in ran.out
    assert "Có 2 chỗ cần xem lại." in ran.out


@pytest.mark.parametrize("name", ["bao-cao", "khen-thuong"])
def test_a_template_is_written_and_checked_before_anything_is_opened(thidua, tmp_path, name):
    file = tmp_path / "đợt.toml"
    assert thidua("campaign", "template", name, "-o", file).code == 0
    refused = thidua("campaign", "check", file)
    assert (refused.code, "campaign, guidance: đang để trống" in refused.err) == (1, True)
    staff = '[[unit]]\ncode = "X1"\nname = "Xã"\n'
    staff += '[[deadline]]\nkey = "a"\nwhat = "b"\ndue = 2026-12-10\nset_by = "A, 12/11/2026"\n'
    text = file.read_text(encoding="utf-8").replace('guidance = ""', 'guidance = "1/HD"') + staff
    file.write_text(text, encoding="utf-8")
    checked = thidua("campaign", "check", file)
    assert (checked.code, "dùng được" in checked.out, "Lưu ý: unit «X1»" in checked.out) == (0, True, True)


def test_migrating_twice_is_harmless(thidua):
    assert thidua("migrate").code == 0
    assert thidua("migrate").code == 0


def test_what_could_not_be_handled_is_tried_again(thidua):
    async def parked():
        store = Store(load().database)
        try:
            await store.receive(Incoming("m1", Address("telegram", "1"), "hỏi", NOW))
            row = await store.claim_incoming(NOW, lease=timedelta(minutes=1))
            await store.park_incoming(row, "RuntimeError")
        finally:
            await store.close()

    thidua("migrate")
    asyncio.run(parked())
    assert "xử lý lại 1 tin nhận được và gửi lại 0 tin" in thidua("retry").out
    assert "Không có tin nào cần thử lại." in thidua("retry").out


def test_a_code_is_given_for_an_officer_of_a_known_unit(thidua, shared_campaign, tmp_path):
    assert thidua("campaign", "open", shared_campaign).code == 0
    staff = tmp_path / "can-bo.csv"
    staff.write_text("Mã,Họ tên,Mã đơn vị,Thường trực\nCB01,Lê Văn C,PKT,x\n", encoding="utf-8")
    assert json.loads(thidua("officer", "import", staff, "--json").out)["officers"]["changed"] == ["CB01"]
    assert thidua("campaign", "open", shared_campaign).code == 0  # says nothing of that
    assert json.loads(thidua("officer", "import", staff, "--json").out)["officers"]["kept"] == 1
    added = json.loads(thidua("officer", "add", "--unit", "PKT", "--name", "Vũ Thị G", "--json").out)
    assert added["officer"] == "CB04"
    again = json.loads(thidua("officer", "code", "CB04", "--json").out)
    assert again["officer"] == "CB04"
    assert again["code"] != added["code"]


def test_a_list_of_units_and_officers_is_imported(thidua, tmp_path):
    mau, units = tmp_path / "mau.xlsx", tmp_path / "don-vi.csv"
    assert str(mau) in thidua("officer", "template", "-o", mau).out
    assert "Đơn vị: thêm 0, sửa 0, giữ nguyên 0." in thidua("officer", "import", mau).out
    units.write_text("Mã;Tên\nPKT;Phòng Kinh tế\n", encoding="utf-8")
    assert json.loads(thidua("officer", "import", units, "--json").out)["units"]["added"] == ["PKT"]
    assert thidua("officer", "add", "--unit", "PKT", "--name", "Vũ Thị G").code == 0


def test_nobody_is_added_to_a_unit_that_has_ended(thidua, tmp_path):
    units = tmp_path / "don-vi.csv"
    units.write_text(
        "Mã;Tên;Hiệu lực từ;Hiệu lực đến;Đơn vị trước\nH-BL;Huyện Bình Lục;;30/06/2025;\n"
        "13504;Xã Bình Lục;01/07/2025;;H-BL\nMOI;Xã Mới;01/01/2999;;\n",
        encoding="utf-8",
    )
    assert thidua("officer", "import", units).code == 0
    ran = thidua("officer", "add", "--unit", "H-BL", "--name", "Vũ Thị G")
    assert ran.code == 1
    assert ran.err.strip() == (
        "Đơn vị Huyện Bình Lục (H-BL) hết hiệu lực sau ngày 30/06/2025; nối tiếp là Xã Bình Lục (13504); "
        "chưa thêm cán bộ nào."
    )
    for code in ("13504", "MOI"):
        assert thidua("officer", "add", "--unit", code, "--name", "Vũ Thị G").code == 0


ROUND = """
[campaign]
id = "mau-2026"
title = "Tổng kết năm 2026"
guidance = "77/KH-UBND"
report_year = 2026
addressed = WHOM

[[deadline]]
key = "bao-cao"
what = "Báo cáo tổng kết"
due = 2099-11-20
set_by = "Văn phòng, 01/11/2026"

[[section]]
path = "muc-I/1"
title = "Công tác lãnh đạo"
"""


def test_a_round_addresses_units_that_were_imported(thidua, tmp_path):
    units, people, of_round = tmp_path / "don-vi.csv", tmp_path / "can-bo.csv", tmp_path / "dot.toml"
    header = "Mã;Tên;Loại;Hiệu lực đến;Đơn vị trước;Cụm"
    rows = ("H;Huyện;huyện;30/6/2025;;", "X1;Xã Một;xã;;H;Cụm 1", "X2;Xã Hai;xã;;H;")
    units.write_text("\n".join((header, *rows)), encoding="utf-8")
    people.write_text("Họ tên;Mã đơn vị\nVũ G;X1\nLê H;X2\n", encoding="utf-8")
    assert thidua("officer", "import", units).code == 0
    assert thidua("officer", "import", people).code == 0

    def opened(whom, more=""):
        of_round.write_text(ROUND.replace("WHOM", whom) + more, encoding="utf-8")
        return thidua("campaign", "open", of_round, "--json")

    refused = opened('["X1", "H", "X9"]', '[[officer]]\ncode = "CB9"\nname = "A"\nunit = "X8"\n')
    assert refused.code == 1
    assert refused.err.count("\n- ") == 3
    assert "«H»: Huyện hết hiệu lực sau ngày 30/06/2025; nối tiếp là Xã Một (X1), Xã Hai (X2)." in refused.err
    assert "officer «CB9»: không có đơn vị mã «X8»" in refused.err
    assert "CB9" not in thidua("chat", "--officer", "CB9").err.partition("Các mã hiện có")[2]
    said = json.loads(opened('"all"').out)
    assert (said["units"], said["version"]) == (["X1", "X2"], 1)
    assert said["notices"] == ["Lịch nghỉ lễ năm 2027–2099 mới là tạm tính, ngày nhắc có thể đổi."]
    assert said["reminders"] == 8
    assert json.loads(opened('{ block = ["cụm 1"] }').out)["units"] == ["X1"]
    named = opened('["X1"]', '[[unit]]\ncode = "X1"\nname = "Xã Một (mới)"\n')
    assert json.loads(named.out)["units"] == ["X1"]
    assert json.loads(opened('{ block = ["cụm 1"] }').out)["units"] == ["X1"]  # what the round does not say stays


@pytest.fixture
def shared_campaign():
    from importlib.resources import files

    return files("knowledge") / "samples" / "campaign.toml"
