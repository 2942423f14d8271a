"""Tables, blocks, files and conditions, where a transcript would not show it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from unicodedata import normalize

from dialog_beginnings import values, world
from dialog_world import CAMPAIGN, TABLES, UNIT
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import tables
from bot.campaigns import Check, Column, Condition, Field
from bot.dialog.conversation import Mode
from bot.dialog.form import Form
from bot.dialog.rows import LONGEST
from bot.dialog.turn import LookUp, Say
from bot.submissions import SectionState, Submission

HEADING = ("Nhiệm vụ", "Kế hoạch", "Ngày xong", "Xếp loại")
BANG = (TABLES.id, "muc-I/1", "bang")
CELLS = st.text(st.characters(categories=("L", "N", "Zs")), max_size=6).map(str.strip).map(partial(normalize, "NFC"))


def at_table(*said):
    w = world("tables")
    for text in ("sửa 1", *said):
        w.says(text)
    return w


def told(turn):
    return "\n".join(effect.text for effect in turn.effects if isinstance(effect, Say))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS).filter(any), min_size=1, max_size=5))
def test_every_pasted_row_is_there_in_its_place_whether_it_fits_or_not(given_rows):
    w = at_table()
    w.says("|x|||\n" + "\n".join("|" + "|".join(row) + "|" for row in given_rows))
    there = tables.rows(values(w)[BANG])[1:]
    assert [row[0] for row in there] == [row[0] for row in given_rows]
    form = Form(TABLES, UNIT.kind, w.submissions[TABLES.id])
    assert (form.state(TABLES.sections[0]) is SectionState.DONE) is tables.whole(
        TABLES.sections[0].fields[0], values(w)[BANG]
    )


def test_a_row_that_a_colleague_took_away_is_not_written_into_another():
    w = at_table("a | 1 | | Tốt\nb | 2 | | Khá", "sửa dòng 2", "Kế hoạch")
    held = w.submissions[TABLES.id]
    form = Form(TABLES, UNIT.kind, held)
    w.submissions[TABLES.id] = form.saved(form.steps[0], "a\t1\t\tTốt")
    turn = w.says("77")
    assert "đồng nghiệp" in told(turn)
    assert values(w)[BANG] == "a\t1\t\tTốt"
    assert [p.text for p in w.conversation.pending] == ["77"]


def test_a_row_is_found_again_where_a_colleague_put_another_before_it():
    w = at_table("b | 2 | | Khá", "sửa dòng 1", "Kế hoạch")
    form = Form(TABLES, UNIT.kind, w.submissions[TABLES.id])
    w.submissions[TABLES.id] = form.saved(form.steps[0], "a\t1\t\tTốt\nb\t2\t\tKhá")
    w.says("77")
    assert values(w)[BANG] == "a\t1\t\tTốt\nb\t77\t\tKhá"


def test_a_question_at_a_table_is_answered_and_rows_with_a_question_mark_are_rows():
    w = at_table()
    assert any(isinstance(e, LookUp) for e in w.says("Chiến sĩ thi đua là gì?").effects)
    w.says("Trồng gì? | 1 | | Tốt")
    assert values(w)[BANG] == "Trồng gì?\t1\t\tTốt"


def test_a_table_without_rows_is_declared_and_one_with_rows_is_not():
    w = at_table("từng ô", "xong", "không có")
    assert w.submissions[TABLES.id].filled("muc-I/1").state is SectionState.NONE or values(w)[BANG] == tables.NONE
    w = at_table("a | 1 | | Tốt")
    assert "xóa dòng" in told(w.says("không có"))
    assert values(w)[BANG] == "a\t1\t\tTốt"


def test_a_sheet_is_the_table_only_where_one_is_filled_in():
    w = world("tables")
    w.says("sửa 3")
    w.says("", file="bang.xlsx", sheet=(("a", "1", "", "Tốt"),))
    assert w.submissions[TABLES.id].filled("muc-I/3").files
    w.says("sửa 1")
    w.says("", file="bang.xlsx", sheet=(("Xếp loại", "Nhiệm vụ", "Kế hoạch"), ("Tốt", "a", "1"), ("", "", "")))
    assert values(w)[BANG] == "a\t1\t\tTốt"
    assert not w.submissions[TABLES.id].filled("muc-I/1").files


def test_a_sheet_that_holds_nothing_or_too_much_changes_nothing():
    w = at_table("a | 1 | | Tốt")
    assert "chưa đọc được" in told(w.says("", file="bang.xlsx", sheet=()))
    long = (HEADING, ("x" * LONGEST, "1", "", "Tốt"))
    assert "quá mức" in told(w.says("", file="bang.xlsx", sheet=long))
    assert values(w)[BANG] == "a\t1\t\tTốt"


def test_a_sheet_that_is_headed_otherwise_is_refused_by_name_and_nothing_is_written():
    w = at_table("a | 1 | | Tốt")
    said = told(w.says("", file="bang.csv", sheet=((), ("Nhiệm vụ", "Chỉ tiêu", "Xếp loại"), ("b", "2", "Khá"))))
    assert "Hàng tiêu đề (hàng 2) thiếu cột “Kế hoạch”, “Ngày xong”; có cột lạ “Chỉ tiêu”." in said
    said = told(w.says("", file="bang.xlsx", sheet=(("b", "2", "", "Khá"),)))
    assert "hàng 1 không có tên cột nào của bảng" in said
    assert "Nhiệm vụ | Kế hoạch | Ngày xong | Xếp loại" in said
    assert values(w)[BANG] == "a\t1\t\tTốt"


def test_pasted_rows_follow_their_heading_too():
    w = at_table("Kế hoạch\tNhiệm vụ\tXếp loại\n2\tb\tKhá")
    assert values(w)[BANG] == "b\t2\t\tKhá"
    assert "thiếu cột “Kế hoạch”" in told(w.says("Nhiệm vụ\tXếp loại\nc\tTốt"))
    assert values(w)[BANG] == "b\t2\t\tKhá"


def test_what_a_sheet_has_too_much_or_not_at_all_is_told_when_it_is_taken():
    w = at_table()
    said = told(w.says("", file="bang.xlsx", sheet=((*HEADING, "Ghi chú"), ("b", "2", "", "Khá", "x"))))
    assert "Hàng 1 có cột không thuộc bảng nên tôi bỏ qua: “Ghi chú”." in said
    w = at_table()
    said = told(w.says("", file="bang.xlsx", sheet=(("Kế hoạch", "Nhiệm vụ", "Xếp loại"), ("2", "b", "Khá"))))
    assert "Tệp không có cột không bắt buộc: “Ngày xong”." in said
    assert values(w)[BANG] == "b\t2\t\tKhá"


def test_a_template_sent_back_untouched_saves_no_row_that_only_stands_there():
    block = TABLES.sections[1].fields[0]
    empty = tables.joined((first, "", "") for first in block.rows)
    assert tables.kept(block, tables.laid_out(block, empty)) == ""


def test_an_answer_that_changes_what_is_asked_restates_the_section_and_keeps_what_was_said():
    section = TABLES.sections[2]
    form = Form(TABLES, UNIT.kind, Submission(TABLES.id, 1, "van-hoa"))
    assert [f.key for f in form.fields(section)] == ["quy_che"]
    done = form.saved(form.at(section.path, "quy_che"), "Không")
    assert done.filled(section.path).state is SectionState.DONE
    form = Form(TABLES, UNIT.kind, done)
    more = form.saved(form.at(section.path, "quy_che"), "Có")
    assert more.filled(section.path).state is SectionState.DRAFT
    form = Form(TABLES, UNIT.kind, more)
    more = form.saved(form.at(section.path, "so"), "12/QĐ")
    form = Form(TABLES, UNIT.kind, more)
    back = form.saved(form.at(section.path, "quy_che"), "Không")
    assert back.filled(section.path).state is SectionState.DONE
    assert back.filled(section.path).values["so"] == "12/QĐ"


def test_what_another_section_asks_follows_an_answer_and_never_locks_a_returned_report():
    first, second = CAMPAIGN.sections[1], CAMPAIGN.sections[2]
    asked = Field("them", "Số Quy chế", when=Condition(f"{first.path}:quy_che", ("Có",)))
    campaign = _with(CAMPAIGN, second, (*second.fields, asked))
    w = world("full")
    w.campaigns = (campaign,)
    form = Form(campaign, UNIT.kind, w.submissions[CAMPAIGN.id])
    first = campaign.sections[1]
    changed = form.saved(form.at(first.path, "quy_che"), "Có")
    assert changed.filled(second.path).state is SectionState.DRAFT
    after = Form(campaign, UNIT.kind, changed)
    assert campaign.sections[2] in after.missing
    assert after.entry(second.path).field.key == "them"


def _with(campaign, section, fields):
    sections = tuple(replace(s, fields=fields) if s.path == section.path else s for s in campaign.sections)
    return replace(campaign, sections=sections)


def test_a_cell_is_asked_without_choices_so_that_a_bare_number_is_content():
    w = at_table("từng ô", "Trồng cây")
    assert w.conversation.offer == ()
    w.says("2")
    assert values(w)[BANG] == "Trồng cây\t2\t\t"


def test_a_text_that_the_messenger_cut_in_a_cell_goes_on_in_that_cell():
    w = world("tables")
    for text in ("sửa 2", "Xây dựng nông thôn mới", "Phần đầu. " * 200, "Phần cuối.", "xong"):
        w.says(text)
    (row,) = tables.rows(values(w)[TABLES.id, "muc-I/2", "phong_trao"])
    assert row[1].endswith("đầu.\nPhần cuối.")
    assert w.conversation.cell.column == 2


def test_the_third_wrong_answer_gets_help_and_a_right_one_ends_the_count():
    w = at_table("từng ô", "a", "x", "y")
    assert "Có lẽ cách tôi hỏi chưa rõ" in told(w.says("z"))
    w.says("5")
    assert w.conversation.failed == 0
    assert w.conversation.mode is Mode.FIELD


def test_what_may_stand_in_a_row_that_does_not_apply():
    columns = (Column("a", "A"), Column("b", "B", "number"))
    field = Field("k", "K", "block", columns=columns, rows=("x",))
    assert tables.whole(field, "x\tKhông áp dụng: không có")
    assert not tables.whole(field, "x\tKhông áp dụng")
    assert not tables.whole(field, "x\tKhông áp dụng được")


def test_an_error_that_a_check_finds_holds_submitting_back_and_a_warning_does_not():
    checks = tuple(
        Check("at_most", "so_nguoi", f"Không quá {most} người.", (str(most),), level=level)
        for most, level in ((100, "error"), (10, "warning"))
    )
    campaign = replace(CAMPAIGN, sections=tuple(replace(s, checks=checks) for s in CAMPAIGN.sections[1:2]))
    w = world("form")
    w.campaigns = (campaign,)
    for text in ("sửa 1", "15/01/2026", "500", "Có"):
        w.says(text)
    assert "Không quá 100 người." in told(w.says("nộp"))
    assert not w.submissions[CAMPAIGN.id].reference
    for text in ("sửa 1", "50", "Thay thế nội dung cũ"):  # at what must be put right
        w.says(text)
    assert "Không quá 10 người." in told(w.says("xem lại"))
    w.says("nộp")
    w.says("Đồng ý nộp")
    assert w.submissions[CAMPAIGN.id].reference
