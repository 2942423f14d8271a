"""The fixed words of the dossier's papers: tờ trình, biên bản, danh sách, báo cáo thành tích."""

from __future__ import annotations

DOTS = "…………………………"

ABOUT = "Về việc {what}"
GROUND = "Căn cứ " + DOTS
PROPOSAL = (
    "{agency} kính trình {to} xem xét, quyết định khen thưởng đối với {collectives} tập thể, {persons} cá nhân "
    "(danh sách tại Phụ lục kèm theo){more}"
)
TO_ALL = "các cơ quan nêu trên"
IN_DETAIL = ", cụ thể:"
COLLECTIVES, PERSONS, HOUSEHOLDS = "{n} tập thể", "{n} cá nhân", "{n} hộ gia đình"
OF_TITLE = "{n}. {title}: {counted}."
ANSWERS_FOR = "{agency} chịu trách nhiệm về tính chính xác của hồ sơ đề nghị khen thưởng."
CLOSING = "Kính trình {to} xem xét, quyết định."

TIME = "Thời gian: {time}, {day}."
PLACE = "Địa điểm: {place}."
PRESENT = "Thành phần: có mặt {present}/{all} thành viên{share}."
ABSENT = "Vắng mặt: {absent}."
ALL_PRESENT = "Vắng mặt: không."
CHAIR, SECRETARY = "Chủ trì: {name}.", "Thư ký: {name}."
CONTENT = "Nội dung"
VOTE = "Kết quả biểu quyết ({how})"
CONCLUSION = "Kết luận"
MEETING = "biên bản"

LIST_TITLE = "Danh sách đề nghị khen thưởng"
LIST_COLUMNS = (
    ("xung_ho", "Tên gọi"),
    ("ten", "Tên tập thể, cá nhân, hộ"),
    ("chuc_vu", "Chức vụ"),
    ("don_vi", "Đơn vị công tác"),
    ("phan_loai", "Phân loại"),
    ("danh_hieu", "Danh hiệu, hình thức"),
    ("doi_tuong", "Đối tượng"),
    ("linh_vuc", "Lĩnh vực"),
)
PERSON, COLLECTIVE = "Cá nhân", "Tập thể"

ACHIEVEMENTS = "BÁO CÁO THÀNH TÍCH"
PROPOSED = "Đề nghị tặng {title}"
OF_WHOM = "({who})"
LIFE, SITUATION, DONE, AWARDS = (
    "Sơ lược lý lịch",
    "Đặc điểm, tình hình",
    "Thành tích đạt được",
    "Các hình thức đã được khen thưởng",
)
COMPARED, INITIATIVES = "Số liệu so sánh qua các năm", "Sáng kiến"
FIGURE = "Chỉ tiêu"
AWARD_HEADER = ("Năm", "Danh hiệu, hình thức khen thưởng", "Số, ngày quyết định, cơ quan ban hành")
DECISION = "Số {number} ngày {day} của {by}"
REPORTER, HEAD, ABOVE = "NGƯỜI BÁO CÁO", "THỦ TRƯỞNG ĐƠN VỊ XÁC NHẬN", "CẤP TRÊN TRỰC TIẾP XÁC NHẬN"
LEADER = "THỦ TRƯỞNG ĐƠN VỊ"

OPEN_ABOUT, OPEN_GROUNDS, OPEN_LIST = "việc đề nghị", "các căn cứ", "danh sách đề nghị"
OPEN_OF = "{who}: {what}"
OPEN_TITLE = "danh hiệu, hình thức đề nghị"
OTHER_TOTAL = "“{label}” ghi {said}, danh sách có {listed}."
NO_PART = "Đợt này không có phần “{part}” nên chưa xuất được mẫu này."
NO_ACHIEVEMENTS = "Chưa có báo cáo thành tích nào trong hồ sơ này."
PARTS = {
    "to-trinh": "Tờ trình",
    "bien-ban": "Biên bản",
    "danh-sach": "Danh sách",
    "bao-cao-ca-nhan": "Báo cáo thành tích cá nhân",
    "bao-cao-tap-the": "Báo cáo thành tích tập thể",
    "sang-kien": "Sáng kiến",
}
