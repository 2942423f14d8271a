"""A small dossier and a report with tables, as units hand them in."""

from dataclasses import replace

from report_samples import DONE, UNIT

from bot.campaigns import Campaign, Column, Condition, Field, Section
from bot.messages import FileRef
from bot.submissions import Filled, State, Submission
from bot.tables import joined


def table(key, label, *columns, kind="table", **more):
    return Field(key, label, kind, columns=tuple(Column(k, text, c) for k, text, c in columns), **more)


def cols(*texts):
    """ "key:Label | key:Label:kind": the columns of a table."""
    return [(*each.split(":"), "text")[:3] for text in texts for each in text.split(" | ")]


def fields(*texts):
    return tuple(Field(key, label) for key, label, _ in cols(*texts))


GENERAL = Section(
    "muc-0",
    "Thông tin chung",
    (
        *fields("ten_don_vi:Tên đơn vị | cq_chu_quan:Cơ quan chủ quản | nam:Năm báo cáo | dia_danh:Địa danh"),
        *fields("so_ky_hieu:Số, ký hiệu | nguoi_ky:Người ký | chuc_vu:Chức vụ | quyen_han:Quyền hạn"),
        *fields("nguoi_soan:Người soạn"),
        table("kinh_gui", "Kính gửi", *cols("noi_nhan:Nơi nhận")),
    ),
)
SMALL = table("viec", "Từng nhiệm vụ", *cols("ten:Nhiệm vụ | kq:Kết quả:number"))
WIDE = table(
    "van_ban",
    "Danh mục văn bản",
    *cols("so:Số, ký hiệu | ngay:Ngày:date | cq:Cơ quan | ty:Trích yếu | ht:Hình thức", "luot:Số lượt người:number"),
)
WIDE_TOO = replace(WIDE, key="van_ban_2", label="Danh mục văn bản khác")
BLOCK = table(
    "phong_trao",
    "Từng phong trào",
    *cols("ten:Phong trào | cap:Cấp phát động | kq:Kết quả"),
    kind="block",
)
TABLES = Section("muc-1", "Triển khai văn bản", (Field("loi", "Kết quả chung"), SMALL, WIDE))
MOVES = Section("muc-2", "Các phong trào", (BLOCK,))
CHECKS = Section(
    "muc-3",
    "Kiểm tra",
    (
        Field("so", "Số cuộc", "number", unit="cuộc"),
        Field("ly_do", "Lý do chưa kiểm tra", when=Condition("so", ("0",))),
        Field("tep", "Biên bản kiểm tra", "file"),
    ),
)
FORM = (GENERAL, TABLES, MOVES, CHECKS)
CAMPAIGN = Campaign("tk", 1, "Tổng kết thi đua", "", 2026, FORM, (), ("P01",), issuer="Hội đồng xã")
GENERAL_SAID = {
    "ten_don_vi": UNIT.name,
    "cq_chu_quan": "Ủy ban nhân dân xã Suối Ngàn",
    "nam": "2026",
    "dia_danh": "Suối Ngàn",
    "so_ky_hieu": "/BC-PKT",
    "nguoi_ky": "ThS. Lê Văn C",
    "chuc_vu": "Phó Trưởng phòng",
    "quyen_han": "KT.",
    "nguoi_soan": "Trần Thị D",
    "kinh_gui": joined([("Sở Nội vụ",), ("Ủy ban nhân dân xã",)]),
}
ROWS = [("41-CT/TW", "26/12/2024", "Ban Bí thư", "Tăng cường sự lãnh đạo của Đảng", "Hội nghị", "1.250")] * 2
SAID = {
    "muc-0": Filled(DONE, GENERAL_SAID),
    "muc-1": Filled(
        DONE,
        {
            "loi": "Đoạn một.\nĐoạn hai.",
            "viec": joined([("Trồng cây", "1.200"), ("Làm đường", "3,5")]),
            "van_ban": joined(ROWS),
        },
    ),
    "muc-2": Filled(
        DONE,
        {
            "phong_trao": joined(
                [
                    ("Nông thôn mới", "Tỉnh", "Hiến 120 m2 đất.\nXong 2 tuyến."),
                    ("Bình dân học vụ số", "Không áp dụng: đã xong", ""),
                ]
            )
        },
    ),
    "muc-3": Filled(DONE, {"so": "4", "ly_do": "câu trả lời cũ"}, files=(FileRef("1", "biên bản.pdf", kept=True),)),
}
REPORT = Submission("tk", 1, UNIT.code, State.SUBMITTED, SAID, "2026-7K3M9P")

# --- a dossier --------------------------------------------------------------------------------------------------------

TO_TRINH = Section(
    "to-trinh",
    "Tờ trình",
    (
        Field("dia_danh", "Địa danh"),
        Field("ngay", "Ngày ký", "date"),
        Field("ve_viec", "Về việc"),
        table("kinh_gui", "Kính gửi", *cols("noi_nhan:Nơi nhận")),
        table("can_cu", "Căn cứ", *cols("van_ban:Văn bản")),
        Field("so_tap_the", "Tổng số tập thể", "number"),
        Field("so_ca_nhan", "Tổng số cá nhân", "number"),
        Field("nguoi_ky", "Người ký"),
        Field("chuc_vu", "Chức vụ"),
    ),
)
BIEN_BAN = Section(
    "muc-2",
    "Biên bản họp Hội đồng",
    (
        *fields(
            "ngay:Ngày họp | thoi_gian:Giờ | dia_diem:Địa điểm | co_mat:Có mặt | tong_so:Tổng số",
            "chu_tri:Người chủ trì | thu_ky:Thư ký | noi_dung:Nội dung | cach:Cách biểu quyết",
        ),
        table(
            "bo_phieu",
            "Kết quả",
            *cols(
                "ten:Tập thể, cá nhân | danh_hieu:Danh hiệu | dong_y:Đồng ý:number",
                "tong:Tổng số phiếu:number | ty_le:Tỷ lệ:number",
            ),
        ),
        Field("ket_luan", "Kết luận"),
    ),
)
DANH_SACH = Section(
    "danh-sach",
    "Danh sách đề nghị",
    (
        table(
            "ca_nhan",
            "Cá nhân",
            *cols(
                "xung_ho:Ông/Bà | ten:Họ và tên | ngay_sinh:Ngày sinh | chuc_vu:Chức vụ | don_vi:Đơn vị",
                "danh_hieu:Danh hiệu | doi_tuong:Đối tượng | linh_vuc:Lĩnh vực",
            ),
        ),
        table("tap_the", "Tập thể", *cols("ten:Tên | phan_loai:Phân loại | danh_hieu:Danh hiệu | doi_tuong:Đối tượng")),
    ),
)
AWARDS = table(
    "da_khen", "Đã được khen", *cols("ten:Tên | nam:Năm | danh_hieu:Danh hiệu | so_qd:Số | ngay:Ngày | co_quan:Cơ quan")
)
CA_NHAN = Section(
    "bao-cao-ca-nhan",
    "Báo cáo thành tích cá nhân",
    (
        table(
            "bao_cao",
            "Từng cá nhân",
            *cols(
                "ten:Họ và tên | ngay_sinh:Ngày sinh | que_quan:Quê quán",
                "nhiem_vu:Quyền hạn, nhiệm vụ được giao | thanh_tich:Thành tích theo tiêu chuẩn",
            ),
            kind="block",
        ),
        AWARDS,
    ),
)
TAP_THE = Section(
    "bao-cao-tap-the",
    "Báo cáo thành tích tập thể",
    (
        table(
            "bao_cao",
            "Từng tập thể",
            *cols("ten:Tên tập thể | dac_diem:Đặc điểm, tình hình | thanh_tich:Thành tích theo tiêu chuẩn"),
            kind="block",
        ),
        table("so_sanh", "So sánh", *cols("ten:Tập thể | chi_tieu:Chỉ tiêu | nam:Năm | ket_qua:Kết quả")),
        AWARDS,
    ),
)
PARTS = (TO_TRINH, BIEN_BAN, DANH_SACH, CA_NHAN, TAP_THE)
DOSSIER = Campaign(
    "kt", 1, "Hồ sơ khen thưởng", "", 2026, (TO_TRINH, BIEN_BAN, DANH_SACH, CA_NHAN, TAP_THE), (), ("P01",)
)
CSTD = "Chiến sĩ thi đua cơ sở"
GIVEN = {
    "to-trinh": {
        "dia_danh": "Suối Ngàn",
        "ngay": "05/01/2027",
        "ve_viec": "Về việc đề nghị khen thưởng năm 2026",
        "kinh_gui": "Sở Nội vụ",
        "can_cu": joined([("Căn cứ Luật Thi đua, khen thưởng",), ("Căn cứ Biên bản họp",)]),
        "so_tap_the": "1",
        "so_ca_nhan": "3",
        "nguoi_ky": "Lê Văn C",
        "chuc_vu": "Trưởng phòng",
    },
    "muc-2": {
        "ngay": "28/12/2026",
        "thoi_gian": "Từ 08 giờ 00 phút đến 10 giờ 30 phút",
        "dia_diem": "Phòng họp số 1",
        "co_mat": "7",
        "tong_so": "9",
        "chu_tri": "Ông Lê Văn C, Trưởng phòng",
        "thu_ky": "Bà Trần Thị D",
        "noi_dung": "Quán triệt tiêu chuẩn.\nThảo luận từng trường hợp.",
        "cach": "Bỏ phiếu kín",
        "bo_phieu": joined([("Nguyễn Văn A", CSTD, "7", "7", "100")]),
    },
    "danh-sach": {
        "ca_nhan": joined(
            [
                (
                    "Ông",
                    "Nguyễn Văn A",
                    "01/02/1980",
                    "Chuyên viên",
                    "Phòng Kinh tế",
                    CSTD,
                    "Người trực tiếp",
                    "Kinh tế",
                ),
                ("Bà", "Phạm Thị B", "", "Chuyên viên", "Phòng Kinh tế", "Lao động tiên tiến", "Người trực tiếp", ""),
            ]
        ),
        "tap_the": joined([("Phòng Kinh tế", "Tập thể", "Tập thể lao động xuất sắc", "Cơ quan hành chính")]),
    },
    "bao-cao-ca-nhan": {
        "bao_cao": joined(
            [("Nguyễn Văn A", "01/02/1980", "", "Theo dõi nông nghiệp", "Xử lý 312 hồ sơ.\nKhông quá hạn.")]
        ),
        "da_khen": joined(
            [
                ("Nguyễn Văn A", "2025", "Lao động tiên tiến", "12/QĐ-UBND", "05/01/2026", "Ủy ban nhân dân xã"),
                ("Người khác", "2025", "Giấy khen", "13/QĐ-UBND", "05/01/2026", "Ủy ban nhân dân xã"),
            ]
        ),
    },
    "bao-cao-tap-the": {
        "bao_cao": joined([("Phòng Kinh tế", "Có 8 công chức.", "Hoàn thành 12/12 nhiệm vụ.")]),
        "so_sanh": joined([("Phòng Kinh tế", "Số hồ sơ", "2026", "312"), ("Phòng Kinh tế", "Số hồ sơ", "2025", "290")]),
    },
}
HANDED_IN = Submission(
    "kt", 1, UNIT.code, State.SUBMITTED, {k: Filled(DONE, v) for k, v in GIVEN.items()}, "2026-AAAA22"
)
