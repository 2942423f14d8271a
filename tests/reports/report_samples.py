"""A campaign, a unit and what it handed in, and ways to look into the document that is made of it."""

from datetime import date
from io import BytesIO

from docx import Document
from docx.table import Table

from bot.campaigns import Campaign, Field, Section
from bot.officers import Unit
from bot.reports import Office, render
from bot.submissions import Filled, SectionState, State, Submission

UNIT = Unit("P01", "Phòng Kinh tế xã Suối Ngàn", "phòng")
TEXT = Field("noi_dung", "Nội dung")
PLAN = Section(
    "muc-I/1", "Quán triệt văn bản", (Field("tren", "Văn bản cấp trên"), Field("so", "Số hội nghị", "number"))
)
MOVEMENTS = Section("muc-I/2", "Kết quả các phong trào thi đua", (TEXT,))
SCHOOL = Section("muc-I/3", "Dạy tốt, học tốt", (TEXT,), only_for=("trường",))
MODELS = Section("muc-I/4", "Điển hình tiên tiến", (TEXT,))
LIMITS = Section("muc-I/5", "Tồn tại, hạn chế", (TEXT,))
CAMPAIGN = Campaign(
    id="tong-ket-2026",
    version=1,
    title="Tổng kết công tác thi đua, khen thưởng",
    guidance="27/HD-HĐTĐKT",
    report_year=2026,
    sections=(PLAN, MOVEMENTS, SCHOOL, MODELS, LIMITS),
    deadlines=(),
    units=("P01",),
    issuer="Hội đồng Thi đua - Khen thưởng xã Suối Ngàn",
)
DONE = SectionState.DONE
FULL = Submission(
    CAMPAIGN.id,
    1,
    UNIT.code,
    State.SUBMITTED,
    reference="2026-7K3M9P",
    sections={
        PLAN.path: Filled(DONE, {"tren": "Đã phổ biến Chỉ thị số 41-CT/TW.\nĐăng 05 tin bài.", "so": "3"}),
        MOVEMENTS.path: Filled(DONE, {"noi_dung": "Vận động 120 hộ tham gia."}),
        MODELS.path: Filled(SectionState.NONE, {"noi_dung": "bản nháp cũ không dùng nữa"}),
        LIMITS.path: Filled(DONE, {"noi_dung": "Còn chậm gửi số liệu."}),
    },
)


OFFICE = Office(
    superior="Ủy ban nhân dân xã Suối Ngàn",
    symbol="PKT",
    place="Suối Ngàn",
    day=date(2027, 1, 5),
    signed_as=("KT. Trưởng phòng", "Phó Trưởng phòng"),
    signer="Lê Văn C",
)


def opened(submission=FULL, campaign=CAMPAIGN, **options):
    return Document(BytesIO(render(submission, campaign, UNIT, **options)))


def whole(content):
    return Document(BytesIO(content))


def lines(document):
    """Every line of the body in reading order, those of tables included."""
    return [p.text for p in paragraphs(document)]


def paragraphs(document):
    return [p for block in document.iter_inner_content() for p in _paragraphs(block)]


def _paragraphs(block):
    if isinstance(block, Table):
        return [p for row in block.rows for cell in row.cells for p in cell.paragraphs]
    return [block]


def runs(document):
    return [r for p in paragraphs(document) for r in p.runs if r.text]


def the_run(document, text):
    return next(r for r in runs(document) if r.text == text)


def the_paragraph(document, text):
    return next(p for p in paragraphs(document) if p.text == text)
