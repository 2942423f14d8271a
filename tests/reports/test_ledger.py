"""The ledger of reminders: every one of them, with its fate and the reason."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

from docx.enum.section import WD_ORIENTATION
from openpyxl import load_workbook
from report_samples import CAMPAIGN, UNIT, lines, whole

from bot.reminders import ICT, Kind, Reminder, ReminderState
from bot.reports import ledger, wording
from bot.reports.ledger import Entry, Ledger

DUE = datetime(2026, 12, 10, 17, tzinfo=ICT)
FATES = {
    ReminderState.PLANNED: ("đã lập, chưa gửi", ""),
    ReminderState.SENT: ("đã gửi", ""),
    ReminderState.FAILED: ("không gửi được", "Rejected: tin quá dài"),
    ReminderState.UNREACHABLE: ("không liên lạc được", "người nhận đã chặn"),
    ReminderState.SNOOZED: ("cán bộ hoãn", "hoãn đến 08:00 10/12/2026"),
    ReminderState.SKIPPED: ("bỏ qua", "đơn vị đã nộp"),
    ReminderState.VOIDED: ("đã hủy", "thời hạn đã thay đổi"),
}


def entry(state, offset=1):
    at = DUE.replace(hour=8) - timedelta(days=offset)
    reminder = Reminder(CAMPAIGN.id, "bao-cao", 1, UNIT.code, "CB01", offset, at, DUE)
    return Entry(reminder, state, FATES[state][1], None if state is ReminderState.PLANNED else at)


def kept(*states):
    entries = tuple(entry(state, offset) for offset, state in enumerate(states))
    return Ledger(CAMPAIGN, DUE, entries, {UNIT.code: UNIT}, {"CB01": "Lê Văn C"})


def test_every_state_stands_in_the_ledger_with_its_reason():
    rows = kept(*FATES).rows()
    assert [(row[6], row[8]) for row in rows] == list(FATES.values())
    assert rows[0][:6] == (
        "1",
        "08:00 10/12/2026",
        UNIT.name,
        "Lê Văn C",
        "bao-cao, 17:00 10/12/2026",
        "sáng ngày cuối",
    )
    assert rows[1][5] == "1 ngày làm việc"
    assert [bool(row[7]) for row in rows] == [False, *[True] * 6]
    assert set(FATES) == set(ReminderState)


def test_the_minutes_count_the_outcomes_and_append_the_list():
    document = whole(ledger.to_docx(kept(*FATES, ReminderState.SENT)))
    said = lines(document)
    assert said[said.index("BIÊN BẢN") + 1].startswith("Theo dõi nhắc hạn nộp báo cáo: Tổng kết")
    assert (
        "Sổ theo dõi có 8 lời nhắc: 1 đã lập, chưa gửi, 2 đã gửi, 1 không gửi được, 1 không liên lạc được, "
        "1 cán bộ hoãn, 1 bỏ qua, 1 đã hủy. "
        "Từng lời nhắc nêu tại Phụ lục kèm theo./."
    ) in said
    assert {"THƯ KÝ", "CHỦ TỌA", "Thời điểm lập: 17 giờ 00 phút, ngày 10 tháng 12 năm 2026."} <= set(said)
    assert next(line for line in said if line.startswith("Số:")) == "Số:        /BB-……"
    assert len(document.tables[-1].rows) == 9
    assert document.sections[-1].orientation == WD_ORIENTATION.LANDSCAPE


def test_a_ledger_without_reminders_says_so():
    assert "Đợt này chưa có lời nhắc nào được lập./." in lines(whole(ledger.to_docx(kept())))


def test_the_sheet_has_the_same_rows():
    sheet = load_workbook(BytesIO(ledger.to_xlsx(kept(*FATES))))["Sổ nhắc hạn"]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows == [[int(row[0]), *row[1:]] for row in kept(*FATES).rows()]


def test_what_waits_in_the_outbox_is_not_called_sent():
    waiting = replace(entry(ReminderState.SENT), under_way=True)
    of = Ledger(CAMPAIGN, DUE, (waiting, entry(ReminderState.SENT)), {}, {})
    assert of.counts == "1 đã gửi, 1 đang chờ gửi"
    assert [row[6] for row in of.rows()] == ["đang chờ gửi", "đã gửi"]


def test_every_kind_of_reminder_says_what_it_is():
    said = [
        wording.when_planned(replace(entry(ReminderState.SENT, offset).reminder, kind=kind))
        for kind, offset in ((Kind.REMIND, 3), (Kind.SNOOZED, 2), (Kind.MOVED, 4), (Kind.LEADER, 0), (Kind.STAFF, -1))
    ]
    assert said == [
        "3 ngày làm việc",
        "cán bộ hẹn nhắc lại",
        "báo dời hạn",
        "báo lãnh đạo đơn vị, sáng ngày cuối",
        "báo cơ quan thường trực, sau hạn 1 ngày làm việc",
    ]
