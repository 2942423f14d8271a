"""The fixed words of a report; everything else in it is the unit's own text or the campaign's."""

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

# The clerk gives number and date after signing (Điều 15 Nghị định 30/2020/NĐ-CP), so both stay open.
NUMBER = "Số:        /BC-……"
PLACE_AND_DATE = "……………, ngày …… tháng …… năm ………"

KIND = "BÁO CÁO"
TO = "Kính gửi: "
UNKNOWN_ADDRESSEE = "…………………………"
OPENING = "Thực hiện {guidance}, {unit} báo cáo như sau:"
OPENING_WITHOUT_GUIDANCE = "{unit} báo cáo như sau:"
GUIDANCE = "văn bản số {number}"
GUIDANCE_OF = "văn bản số {number} của {issuer}"

NO_CONTENT = "Không có nội dung."
NOT_FILLED = "(Chưa có nội dung)"
ATTACHED = "Tài liệu kèm theo: {files}."
YEAR = "năm {year}"
END_MARK = "./."

RECIPIENTS = "Nơi nhận:"
RECIPIENT_LINES = ("- Như trên;", "- Lưu: VT.")
SIGNER_ROLE = "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ"
SIGNER_NAME = "Họ và tên"

MISSING_TITLE = "Nội dung chưa có"
MISSING_NOTE = "(Trang để rà soát, không thuộc báo cáo; bỏ ra trước khi trình ký.)"
MISSING_LEAD = "Những phần sau đây đơn vị chưa điền hoặc chưa hoàn thành:"
MISSING_EMPTY = "chưa có nội dung"
MISSING_FIELDS = "còn thiếu: {fields}"
MISSING_DRAFT = "mới ở dạng nháp, chưa được xác nhận là đủ"
MISSING_RETURNED = "được yêu cầu bổ sung: {reason}"
REFERENCE = "Mã báo cáo: {reference}"
