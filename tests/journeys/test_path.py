"""One officer's whole path on the real guidance letter: ask, draft, open, fill in, submit, export, be reminded."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest

pytestmark = pytest.mark.shared

LETTER = "02/HD-HĐTĐKT"
MOVEMENTS = ("Cần báo cáo những phong trào thi đua nào?", "can bao cao nhung phong trao thi dua nao")


@pytest.fixture
def data(corpus_data, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(corpus_data, folder)
    monkeypatch.setenv("THIDUA_DATA_DIR", str(folder))
    return folder


def ask(thidua, *arguments):
    ran = thidua("ask", *arguments, "--json")
    assert ran.code == 0
    return json.loads(ran.out)


def cited(answer):
    return [(c["document"], c["path"]) for c in answer["citations"]]


def test_ingesting_again_changes_nothing(thidua, data, shared):
    changes = json.loads(thidua("ingest", shared / "corpus", "--json").out)
    assert not changes["added"] + changes["updated"] + changes["removed"] + changes["failed"]
    assert LETTER in changes["kept"]


def test_the_letter_is_known_to_be_cut_off_and_the_laws_to_their_dates(thidua, data):
    held = {d["number"]: d for d in json.loads(thidua("documents", "--json").out)}
    assert held[LETTER]["complete"] is False
    assert held[LETTER]["issued"] == "2021-10-12"
    assert held["15/2003/QH11"]["in_force_to"] == "2023-12-31"
    assert held["06/2022/QH15"]["in_force_from"] == "2024-01-01"
    outline = json.loads(thidua("documents", "--outline", LETTER, "--json").out)
    assert [row["path"] for row in outline][-3:] == ["muc-I/1", "muc-I/1/doan-2", "muc-I/2"]


@pytest.mark.parametrize("question", MOVEMENTS)
def test_the_movements_are_quoted_from_the_letter_as_history(thidua, data, question):
    answer = ask(thidua, question)
    assert (answer["status"], cited(answer)[0]) == ("answered", (LETTER, "muc-I/1/doan-2"))
    first = answer["citations"][0]
    assert first["label"] == "Hướng dẫn 02/HD-HĐTĐKT, mục I.1, đoạn 2"
    assert "Chung sức xây dựng nông thôn mới" in first["quote"]
    assert first["in_force"] is False
    assert "expired" in answer["caveats"]
    assert "12/10/2021" in answer["text"]


def test_in_its_season_the_letter_is_quoted_without_the_notice(thidua, data):
    answer = ask(thidua, MOVEMENTS[0], "--on", "2021-11-01")
    assert cited(answer)[0] == (LETTER, "muc-I/1/doan-2")
    assert "expired" not in answer["caveats"]
    assert answer["citations"][0]["in_force"] is True


def test_the_law_in_force_on_the_day_answers(thidua, data):
    question = "Tiêu chuẩn chiến sĩ thi đua cơ sở?"
    assert cited(ask(thidua, question))[0][0] == "06/2022/QH15"
    assert cited(ask(thidua, question))[0][1].startswith("dieu-23")
    then = cited(ask(thidua, question, "--on", "2021-10-12"))
    assert then
    assert {document for document, _ in then} <= {"15/2003/QH11", "39/2013/QH13"}


def test_what_is_not_said_is_not_invented(thidua, data):
    assert ask(thidua, "Hạn nộp báo cáo theo hướng dẫn 02 là ngày nào?")["status"] == "not_stated"
    assert ask(thidua, "Giá vàng hôm nay?")["status"] == "out_of_scope"


def test_every_quote_stands_in_what_it_cites(thidua, data):
    for question in (*MOVEMENTS, "Hồ sơ đề nghị xét tặng danh hiệu thi đua gồm những gì?"):
        for citation in ask(thidua, question)["citations"]:
            outline = json.loads(thidua("documents", "--outline", citation["document"], "--json").out)
            under = [r["text"] for r in outline if f"{r['path']}/".startswith(citation["path"] + "/")]
            assert citation["quote"] in "\n".join(under)


STAFF_FILLED = """
[[unit]]
code = "XA1"
name = "Ủy ban nhân dân xã Mẫu"
kind = "xã"

[[officer]]
code = "CB01"
name = "Nguyễn Văn Mẫu"
unit = "XA1"

[[deadline]]
key = "bao-cao"
what = "Báo cáo tổng kết"
due = 2026-12-10
set_by = "cơ quan thường trực, 22/11/2026"

"""
ANSWER = "Xã đã tổ chức 02 hội nghị quán triệt, 150 lượt người dự."


@pytest.fixture
def opened(thidua, data, shared, tmp_path):
    """The letter turned into a form, completed by staff, and opened."""
    draft = tmp_path / "dot.toml"
    assert thidua("campaign", "draft", shared / "corpus/huong-dan-02-2021-binh-luc.txt", "-o", draft).code == 0
    refused = thidua("campaign", "open", draft)
    assert refused.code == 1
    assert "unit:" in refused.err
    assert "deadline:" in refused.err
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace("\n[[section]]", STAFF_FILLED + "[[section]]", 1), encoding="utf-8")
    assert thidua("campaign", "open", draft).code == 0
    return data


def chat(data: Path, *lines: str) -> str:
    """The terminal, as a pipe; the process ends with the input, and the next one goes on."""
    command = [sys.executable, "-m", "bot", "chat", "--officer", "CB01"]
    given = "\n".join(lines) + "\n"
    ran = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=120)
    return re.sub(r"\s*\n\s*│?\s*", " ", ran.stdout)  # as said, before the terminal broke it into lines


def test_the_letters_sections_are_led_through_interrupted_and_submitted(thidua, opened, tmp_path):
    first = chat(opened, "nộp báo cáo", "1", ANSWER)
    assert "Việc quán triệt và triển khai" in first
    assert "mục I.1" in first
    second = chat(opened, "Cần báo cáo những phong trào thi đua nào?", "tiến độ")
    assert "Chung sức xây dựng nông thôn mới" in second
    assert "còn thiếu" in second.lower()
    third = chat(opened, "không có", "Xã hoàn thành 15/15 chỉ tiêu.", "nộp", "1")
    reference = re.search(r"\b2\d{3}-[2-9A-HJ-NP-Z]{6}\b", third)
    assert reference, third
    again = chat(opened, "nộp báo cáo")
    assert reference[0] in again
    report = tmp_path / "bao-cao.docx"
    assert thidua("export", reference[0], "-o", report).code == 0
    words = "\n".join(p.text for p in docx.Document(io.BytesIO(report.read_bytes())).paragraphs)
    assert ANSWER in words
    assert "15/15 chỉ tiêu" in words
    assert "2021" in words
    assert thidua("remind", "--now", "2026-12-09T08:00").out.count("đã nhắc") == 0


def test_reminders_go_out_once_until_submitted(thidua, opened):
    chat(opened, "nộp báo cáo", "1", ANSWER)
    early = json.loads(thidua("remind", "--now", "2026-11-27T09:00", "--json").out)
    assert early == []
    first = json.loads(thidua("remind", "--now", "2026-12-01T08:00", "--json").out)
    assert [r["state"] for r in first] == ["sent"]
    assert "Công tác lãnh đạo, chỉ đạo" in first[0]["text"]
    assert "Việc quán triệt" not in first[0]["text"]
    assert json.loads(thidua("remind", "--now", "2026-12-01T08:00", "--json").out) == []
    later = json.loads(thidua("remind", "--now", "2026-12-10T08:30", "--json").out)
    assert sorted(r["state"] for r in later) == ["sent", "skipped", "skipped"]
