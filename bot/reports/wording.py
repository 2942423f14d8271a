"""The fixed words of what is printed; everything else in it is the units' own text or the campaign's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from bot.reminders import Kind, Reminder, ReminderState
from bot.submissions import State

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

# The clerk gives the number after signing (Điều 15 Nghị định 30/2020/NĐ-CP), so it always stays open.
NUMBER = "Số: {number}/{code}-{symbol}"
NUMBER_ROOM = "       "
OPEN = "……"
UNKNOWN_AGENCY = "……………………………"

REPORT, REPORT_CODE = "BÁO CÁO", "BC"
MINUTES, MINUTES_CODE = "BIÊN BẢN", "BB"
PROPOSAL, PROPOSAL_CODE = "TỜ TRÌNH", "TTr"
TO = "Kính gửi: "
TO_MANY = "Kính gửi:"
UNKNOWN_ADDRESSEE = "…………………………"
OPENING = "Thực hiện {guidance}, {unit} báo cáo như sau:"
OPENING_WITHOUT_GUIDANCE = "{unit} báo cáo như sau:"
GUIDANCE = "văn bản số {number}"
GUIDANCE_OF = "văn bản số {number} của {issuer}"

NO_CONTENT = "Không có nội dung."
NOT_FILLED = "(Chưa có nội dung)"
POSITION = "STT"
IN_ANNEX = "{label} (chi tiết tại {appendix} kèm theo)."
ATTACHED = "Tài liệu kèm theo: {files}."
YEAR = "năm {year}"
PART = "Phần {number}"
PLACE = "Mục {number}"
END_MARK = "./."

RECIPIENTS = "Nơi nhận:"
AS_ABOVE = "- Như trên;"
FILED = "- Lưu: VT, TĐKT."
SIGNER_ROLE = "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ"
SIGNER_NAME = "Họ và tên"

APPENDIX = "Phụ lục"
APPENDIX_OF = "(Kèm theo {kind} số {number}/{code}-{symbol} ngày …… tháng …… năm ……… của {agency})"

MISSING_TITLE = "Nội dung cần rà soát"
MISSING_NOTE = "(Trang để rà soát, không thuộc {kind}; bỏ ra trước khi trình ký.)"
MISSING_LEAD = "Những phần sau đây đơn vị chưa điền hoặc chưa hoàn thành:"
MISSING_EMPTY = "chưa có nội dung"
MISSING_FIELDS = "còn thiếu: {fields}"
MISSING_DRAFT = "mới ở dạng nháp, chưa được xác nhận là đủ"
MISSING_RETURNED = "được yêu cầu bổ sung: {reason}"
MISSING_GENERAL = "- {title}: {why}."
MISSING_LINE = "- {place}. {title}: {why}."
REFERENCE = "Mã báo cáo: {reference}"

REMARKS_LEAD = "Những điểm sau đây xin xem lại:"
CHECKED = "“{section}”: {text}"
OTHER_NAME = "Tên đơn vị ghi là “{said}”, danh sách đơn vị ghi là “{known}”."
OTHER_YEAR_GIVEN = "Năm báo cáo ghi là {said}, đợt này báo cáo năm {year}."
OTHER_YEARS = "“{section}” nói đến năm {years}; báo cáo này của năm {year}."
SPELLING = "“{section}” viết “{wrong}”; tên danh hiệu viết là “{right}”."
OTHER_SUM = "Bảng “{table}”, cột “{column}”: hàng cộng ghi {said}, cộng các hàng là {sum}."
OUT_OF_FORCE = "Văn bản số {number} được nhắc đến, theo thư viện văn bản không có hiệu lực vào ngày {day}."
LENGTH = "Báo cáo dài khoảng {pages} trang (chưa kể phụ lục); thường từ {fewest} đến {most} trang."

OPEN_LEAD = "Những điểm sau đây để trống, văn thư và người ký ghi khi ban hành:"
OPEN_NUMBER = "số của văn bản (văn thư cấp sau khi ký)"
OPEN_SYMBOL = "ký hiệu của văn bản"
OPEN_PLACE = "địa danh"
OPEN_DAY = "ngày, tháng, năm ban hành"
OPEN_TO = "nơi nhận ở phần Kính gửi"
OPEN_ROLE = "quyền hạn, chức vụ của người ký"
OPEN_SIGNER = "họ và tên người ký"
OPEN_WHOM = "người được thay mặt, ký thay hoặc thừa lệnh"
OPEN_DAY_WRITTEN = "ngày …… tháng …… năm ………"
OPEN_AGENCY = "tên cơ quan ban hành"


def place_and_date(place: str, day: date | None) -> str:
    """Địa danh và thời gian ban hành: a leading 0 for days below 10 and for the months 1 and 2 alone."""
    where = place or "……………"
    if day is None:
        return f"{where}, {OPEN_DAY_WRITTEN}"
    return f"{where}, {written_day(day)}"


def written_day(day: date) -> str:
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def written_moment(at: datetime) -> str:
    return f"{at.hour:02} giờ {at.minute:02} phút, {written_day(at.date())}"


# --- the consolidated report ------------------------------------------------------------------------------------------

ALL_SUBJECT = "Tổng hợp báo cáo của các đơn vị: {subject}"
ALL_OPENING = "Thực hiện {guidance}, {agency} tổng hợp báo cáo của các đơn vị như sau:"
ALL_OPENING_WITHOUT_GUIDANCE = "{agency} tổng hợp báo cáo của các đơn vị như sau:"
ALL_PART_STATE = "TÌNH HÌNH NỘP BÁO CÁO"
ALL_PART_CONTENT = "NỘI DUNG BÁO CÁO CỦA CÁC ĐƠN VỊ"
ALL_COUNT = "Tính đến {at}, có {handed_in}/{all} đơn vị đã nộp báo cáo (chi tiết tại {appendix})."
ALL_MISSING = "Các đơn vị chưa nộp:"
ALL_MISSING_LINE = "- {unit}: {state};"
ALL_FIGURES = "Số liệu tổng hợp"
ALL_FIGURES_BY_UNIT = "Số liệu của từng đơn vị nêu tại {appendix}."
ALL_TOTAL = "{label}: {total} ({units}/{all} đơn vị đã nộp)."
ALL_NO_TOTAL = "{label}: không cộng vì có tỷ lệ phần trăm hoặc giá trị không phải là số."
ALL_NONE = "Không có nội dung: {units}."
ALL_EMPTY = "Chưa đơn vị nào có nội dung ở mục này."
ALL_UNREAD = "- {unit}, “{label}”: “{value}” không đọc được thành số nên không cộng."
ALL_UNREAD_LEAD = "Những số liệu sau đây cần hỏi lại đơn vị:"
TABLE_STATE = "Tình hình nộp báo cáo của các đơn vị"
TABLE_FIGURES = "Số liệu của từng đơn vị"
TABLE_CONTENT = "Nội dung báo cáo"
STATE_HEADER = ("STT", "Đơn vị", "Tình trạng", "Mã báo cáo", "Cập nhật lần cuối", "Mục chưa hoàn thành")
CONTENT_HEADER = ("Mục", "Đơn vị", "Câu hỏi", "Nội dung", "Tài liệu kèm theo")
SUM = "Cộng"
UNIT = "Đơn vị"
SHEET_SUMS, SHEET_ROWS = "Bảng {n}", "Bảng {n} - từng đơn vị"
ALL_TABLE = "{label}: chi tiết tại {appendix}."
ALL_TABLE_SUMMED = "{label}: tổng hợp của {units} đơn vị tại {appendix}."
NO_SUM = "không cộng"
STATES: Final[Mapping[State | None, str]] = {
    None: "chưa bắt đầu",
    State.DRAFT: "đang soạn, chưa nộp",
    State.PROPOSED: "đang chờ lãnh đạo đơn vị duyệt, chưa nộp",
    State.SUBMITTED: "đã nộp",
    State.RETURNED: "được trả lại để bổ sung, chưa nộp lại",
    State.ACCEPTED: "đã nộp, đã tiếp nhận",
}

# --- the ledger of reminders ------------------------------------------------------------------------------------------

LEDGER_SUBJECT = "Theo dõi nhắc hạn nộp báo cáo: {subject}"
LEDGER_MADE = "Thời điểm lập: {at}."
LEDGER_PLACE = "Địa điểm: …………………………………………"
LEDGER_PEOPLE = "Thành phần: …………………………………………"
LEDGER_COUNT = "Sổ theo dõi có {all} lời nhắc: {counts}. Từng lời nhắc nêu tại Phụ lục kèm theo."
LEDGER_EMPTY = "Đợt này chưa có lời nhắc nào được lập."
LEDGER_TABLE = "Danh sách lời nhắc"
LEDGER_HEADER = ("STT", "Giờ nhắc", "Đơn vị", "Cán bộ", "Thời hạn", "Loại, nhắc trước", "Kết quả", "Lúc", "Lý do")
SECRETARY, CHAIR = "THƯ KÝ", "CHỦ TỌA"
KINDS: Final[Mapping[Kind, str]] = {
    Kind.REMIND: "",
    Kind.SNOOZED: "cán bộ hẹn nhắc lại",
    Kind.MOVED: "báo dời hạn",
    Kind.LEADER: "báo lãnh đạo đơn vị, ",
    Kind.STAFF: "báo cơ quan thường trực, ",
}
UNDER_WAY = "đang chờ gửi"
OUTCOMES: Final[Mapping[ReminderState, str]] = {
    ReminderState.PLANNED: "đã lập, chưa gửi",
    ReminderState.SENT: "đã gửi",
    ReminderState.FAILED: "không gửi được",
    ReminderState.UNREACHABLE: "không liên lạc được",
    ReminderState.SNOOZED: "cán bộ hoãn",
    ReminderState.SKIPPED: "bỏ qua",
    ReminderState.VOIDED: "đã hủy",
}


def when_planned(reminder: Reminder) -> str:
    """What kind of reminder it is, and how long before the deadline (or after it) it was planned."""
    kind = KINDS[reminder.kind]
    match reminder.kind, reminder.offset:
        case ((Kind.SNOOZED | Kind.MOVED), _):
            return kind
        case _, 0:
            return f"{kind}sáng ngày cuối"
        case _, days if days > 0:
            return f"{kind}{days} ngày làm việc"
        case _, days:
            return f"{kind}sau hạn {-days} ngày làm việc"
