"""The report opens and says everything the unit said and nothing else. How it looks: test_layout.py."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import CAMPAIGN, DONE, FULL, LIMITS, MODELS, MOVEMENTS, OFFICE, PLAN, UNIT, lines, opened

from bot.campaigns import Field, Section
from bot.messages import FileRef
from bot.officers import Unit
from bot.reminders import ICT
from bot.reports import Office, render
from bot.submissions import Entry, Filled, SectionState, Submission, sent_back

# --- what it says -----------------------------------------------------------------------------------------------------


def test_unit_year_addressee_and_guidance_are_named():
    said = lines(opened())
    assert "PHÒNG KINH TẾ XÃ SUỐI NGÀN" in said
    assert said.index("BÁO CÁO") + 1 == said.index("Tổng kết công tác thi đua, khen thưởng năm 2026")
    assert "Kính gửi: Hội đồng Thi đua - Khen thưởng xã Suối Ngàn" in said
    assert any("27/HD-HĐTĐKT" in line and UNIT.name in line for line in said)


def test_a_year_that_the_title_names_is_not_said_twice():
    titled = opened(campaign=replace(CAMPAIGN, title="Tổng kết năm 2026, đăng ký năm 2027"))
    assert "Tổng kết năm 2026, đăng ký năm 2027" in lines(titled)


def test_every_section_stands_in_the_guidances_order_with_every_line_of_its_answers():
    said = lines(opened())
    wanted = [
        "I. QUÁN TRIỆT VĂN BẢN",
        "1. Văn bản cấp trên",
        "Đã phổ biến Chỉ thị số 41-CT/TW.",
        "Đăng 05 tin bài.",
        "2. Số hội nghị: 3",
        "II. KẾT QUẢ CÁC PHONG TRÀO THI ĐUA",
        "Vận động 120 hộ tham gia.",
        "III. ĐIỂN HÌNH TIÊN TIẾN",
        "Không có nội dung.",
        "IV. TỒN TẠI, HẠN CHẾ",
        "Còn chậm gửi số liệu./.",
    ]
    assert [line for line in said if line in wanted] == wanted


def test_a_section_for_other_units_is_left_out_and_a_withdrawn_draft_is_not_printed():
    said = "\n".join(lines(opened()))
    assert "Dạy tốt, học tốt" not in said
    assert "bản nháp cũ" not in said


def test_number_place_date_and_signer_stay_open_for_the_clerk():
    said = lines(opened())
    number = next(line for line in said if line.startswith("Số:"))
    assert number.removeprefix("Số:").lstrip().startswith("/BC-")
    assert not any(ch.isdigit() for ch in number)
    assert any(line.startswith("…") and "ngày ……" in line for line in said)
    assert "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ" in said
    assert said[(at := said.index("Nơi nhận:")) : at + 3] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT, TĐKT."]


def test_what_stays_open_is_listed_on_a_page_of_its_own_with_the_reference():
    said = lines(opened())
    last_page = said[said.index("NỘI DUNG CẦN RÀ SOÁT") :]
    assert last_page[2] == "Mã báo cáo: 2026-7K3M9P"
    assert last_page[4:] == [
        "- số của văn bản (văn thư cấp sau khi ký);",
        "- ký hiệu của văn bản;",
        "- địa danh;",
        "- ngày, tháng, năm ban hành;",
        "- quyền hạn, chức vụ của người ký;",
        "- họ và tên người ký;",
    ]


def test_a_report_that_lacks_its_number_alone_has_no_page_of_missing_content():
    document = opened(office=OFFICE)
    assert len(document.sections) == 1
    assert "NỘI DUNG CẦN RÀ SOÁT" not in lines(document)


def test_what_is_missing_is_listed_on_a_last_page_of_its_own_and_never_filled():
    partly = {PLAN.path: Filled(SectionState.DRAFT, {"tren": "Đã phổ biến."}), LIMITS.path: FULL.sections[LIMITS.path]}
    document = opened(Submission(CAMPAIGN.id, 1, UNIT.code, sections=partly))
    said = lines(document)
    last_page = said[said.index("NỘI DUNG CẦN RÀ SOÁT") :]
    assert len(document.sections) == 2
    assert last_page[3:6] == [
        "- Mục I. Quán triệt văn bản: còn thiếu: Số hội nghị.",
        "- Mục II. Kết quả các phong trào thi đua: chưa có nội dung.",
        "- Mục III. Điển hình tiên tiến: chưa có nội dung.",
    ]
    assert said[said.index("III. ĐIỂN HÌNH TIÊN TIẾN") + 1] == "(Chưa có nội dung)"


def test_a_returned_section_tells_the_reason_on_the_last_page():
    returned = sent_back(FULL, {LIMITS.path: "Nêu rõ nguyên nhân"})
    assert (
        lines(opened(returned, office=OFFICE))[-1]
        == "- Mục IV. Tồn tại, hạn chế: được yêu cầu bổ sung: Nêu rõ nguyên nhân."
    )


def test_the_files_own_facts_are_the_reports_not_the_librarys():
    handed_in = Entry(datetime(2026, 12, 9, 16, tzinfo=ICT), "CB01", "Nộp báo cáo")
    facts = opened(replace(FULL, history=(handed_in,))).core_properties
    assert (facts.author, facts.identifier, facts.comments) == (UNIT.name, "2026-7K3M9P", "")
    assert facts.created == facts.modified == datetime(2026, 12, 9, 9, tzinfo=UTC)


# --- what it survives -------------------------------------------------------------------------------------------------


def test_characters_that_xml_refuses_are_left_out():
    hurt = "Kết\x00 quả\x0b tốt\ud800 <b>&amp; \ufffe\x1b[0m"
    section = Filled(DONE, {"noi_dung": hurt})
    document = opened(Submission(CAMPAIGN.id, 1, UNIT.code, sections={MOVEMENTS.path: section}))
    said = lines(document)
    assert "Kết quả" in said
    assert "tốt <b>&amp; [0m" in said


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters()), st.text(st.characters()))
def test_no_text_breaks_the_file(answer, name):
    filled = {s.path: Filled(DONE, {f.key: answer for f in s.fields}, returned=name) for s in CAMPAIGN.sections}
    campaign = replace(CAMPAIGN, title=name, issuer=answer, guidance=name)
    office = Office(answer, name, answer, None, (answer, name), (name,), (answer,), name, answer)
    content = render(Submission("x", 1, "P01", sections=filled), campaign, Unit("P01", name, "phòng"), office=office)
    assert ZipFile(BytesIO(content)).testzip() is None
    assert lines(Document(BytesIO(content)))


def test_attached_files_are_named_in_their_section_and_only_where_it_has_content():
    def with_files(path, *names):
        files = tuple(FileRef(name, name, kept=True) for name in names)
        return {path: replace(FULL.filled(path), files=files)}

    sections = {
        **FULL.sections,
        **with_files(MOVEMENTS.path, "danh sách.xlsx", "ảnh\x00 1.jpg"),
        **with_files(MODELS.path, "không dùng.pdf"),
        **with_files(LIMITS.path, "số liệu.csv"),
    }
    text = lines(opened(replace(FULL, sections=sections)))
    at = text.index("Vận động 120 hộ tham gia.")
    assert text[at + 1] == "Tài liệu kèm theo: danh sách.xlsx; ảnh 1.jpg."
    assert "Tài liệu kèm theo: số liệu.csv./." in text
    assert not any("không dùng" in line for line in text)


def test_a_section_that_may_stay_empty_and_does_is_left_out():
    title = "Phụ lục kèm theo"
    added = Section("phu-luc", title, (Field("tep", "Tệp", "file", required=False),))
    campaign = replace(CAMPAIGN, sections=(*CAMPAIGN.sections, added))
    attached = Filled(files=(FileRef("s", "bieu.xlsx", kept=True),))
    given = replace(FULL, sections={**FULL.sections, added.path: attached})
    returned = replace(FULL, sections={**FULL.sections, added.path: Filled(returned="Thiếu biểu.")})
    assert not [line for line in lines(opened(FULL, campaign)) if title.upper() in line.upper()]
    for submission in (given, returned):
        assert [line for line in lines(opened(submission, campaign)) if title.upper() in line.upper()]
