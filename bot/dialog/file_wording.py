"""Every sentence an officer reads about files: what is attached, the link to send one, the report, the library. Pure.

The second half of `wording.py`, in the same manners.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.campaigns import Campaign, Section
from bot.dialog.files import LARGEST, MOST
from bot.dialog.phrases import short, size
from bot.messages import FileRef
from bot.submissions import Submission

SHOWN = 60  # characters of a file's name

# --- attached to a section --------------------------------------------------------------------------------------------


def name(file: FileRef) -> str:
    return f"“{short(file.name, SHOWN) or 'không tên'}”"


def attached(file: FileRef, section: Section) -> str:
    return f"Đã nhận tệp {name(file)} ({size(file.size)}) kèm phần “{short(section.title)}”."


def attached_before(file: FileRef, section: Section) -> str:
    return f"Tệp {name(file)} đã kèm phần “{short(section.title)}” từ trước, tôi không ghi thêm lần nữa."


def too_many(file: FileRef, section: Section) -> str:
    return (
        f"Phần “{short(section.title)}” đã có {MOST} tệp, không kèm thêm được nên tôi chưa nhận {name(file)}. "
        "Anh/chị xóa bớt, hoặc gộp các tệp vào một tệp .zip giúp."
    )


def too_big(file: FileRef) -> str:
    return f"Tệp {name(file)} lớn quá {LARGEST // 1024**2} MB nên tôi chưa nhận được. Anh/chị nén hoặc chia nhỏ giúp."


def not_fetched(file: FileRef) -> str:
    return (
        f"Tệp {name(file)} chưa tải về được, hoặc nội dung không đúng với loại tệp. Anh/chị kiểm tra rồi gửi lại giúp."
    )


NOT_THIS_KIND = (
    "Xin lỗi anh/chị, tôi nhận chữ và các tệp pdf, doc, docx, xls, xlsx, ppt, pptx, odt, rtf, txt, csv, jpg, png, zip; "
    "chưa nhận được lời thoại, video, nhãn dán và loại tệp khác. Lời nói xin anh/chị gõ thành chữ giúp."
)
NEEDS_A_SECTION = (
    "Tôi chưa nhận tệp này vì chưa biết kèm vào phần nào. Anh/chị chọn “Nộp báo cáo”, vào phần cần kèm, "
    "rồi gửi lại tệp giúp."
)
GO_WITH_A_SECTION = (
    "Tệp được gửi kèm một phần của báo cáo: anh/chị chọn “Nộp báo cáo”, vào phần cần kèm, rồi gửi tệp ở đó giúp."
)
NEEDS_LINK = (
    "Tôi chỉ nhận tệp của cán bộ đã liên kết với đơn vị. Xin gửi mã liên kết trước; câu hỏi về quy định thì anh/chị "
    "cứ gõ."
)
NOT_NOW = "Tệp vừa gửi chưa được kèm vào phần nào."
WHICH_TO_DETACH = "Anh/chị vào phần có tệp, rồi gõ “xóa tệp” kèm số thứ tự của tệp giúp, ví dụ “xóa tệp 1”."
NOTHING_TO_DETACH = "Phần này chưa có tệp nào kèm theo."


def detached(file: FileRef) -> str:
    return f"Đã xóa tệp {name(file)} khỏi phần này."


def no_such_file(count: int) -> str:
    return f"Phần này có {count} tệp, đánh số từ 1 đến {count}. Anh/chị gõ lại giúp, ví dụ “xóa tệp 1”."


def listed(files: Sequence[FileRef]) -> str:
    """The files of a section, numbered as "xóa tệp N" counts them."""
    lines = [f"{n}) {short(file.name, SHOWN)} ({size(file.size)})" for n, file in enumerate(files, 1)]
    return "Tệp kèm theo: " + "; ".join(lines) + "."


def entry_attached(file: FileRef, section: Section) -> str:
    return f"Kèm tệp {name(file)} vào phần “{short(section.title)}”"


def entry_detached(file: FileRef, section: Section) -> str:
    return f"Xóa tệp {name(file)} khỏi phần “{short(section.title)}”"


# --- by a link --------------------------------------------------------------------------------------------------------

NO_UPLOAD = (
    "Ứng dụng này không chuyển được tệp cho tôi. Anh/chị gửi tệp qua Telegram hoặc trang trò chuyện trên trình duyệt, "
    "hoặc nộp trực tiếp tại cơ quan thường trực giúp."
)
SEND_HERE = (
    "Anh/chị gửi tệp ngay vào cuộc trò chuyện này, tôi kèm vào phần đang làm. Nếu ứng dụng không gửi được tệp, xin "
    "dùng Telegram, trang trò chuyện trên trình duyệt, hoặc nộp tại cơ quan thường trực."
)
OR_SEND_A_FILE = "Muốn gửi tệp kèm theo, gõ “gửi tệp”."


def upload_link(link: str, minutes: int) -> str:
    return (
        f"Ứng dụng này không chuyển được tệp cho tôi, nên anh/chị mở đường dẫn sau và chọn tệp ở đó:\n{link}\n"
        f"Đường dẫn dùng được trong {minutes} phút, chỉ cho phần này của đơn vị; xin đừng chuyển cho người khác."
    )


# --- the report -------------------------------------------------------------------------------------------------------

NO_REPORT = "Đơn vị chưa ghi nội dung nào nên chưa có bản báo cáo để tải. Anh/chị chọn “Nộp báo cáo” để bắt đầu."
WHICH_REPORT = "Anh/chị tải báo cáo của đợt nào?"
REPORT_FAILED = "Bản Word của báo cáo chưa lập được; nội dung đã lưu vẫn còn nguyên. Anh/chị thử lại sau ít phút giúp."
REPORT_ELSEWHERE = (
    "Tệp không gửi được qua ứng dụng này. Anh/chị tải ở trang trò chuyện trên trình duyệt, hoặc xin cơ quan thường "
    "trực một bản."
)


def report(campaign: Campaign, submission: Submission) -> str:
    which = f"mã số **{submission.reference}**" if submission.reference else "bản nháp, chưa nộp"
    return f"Bản Word của báo cáo “{campaign.title}” ({which})."


def report_link(link: str) -> str:
    return f"Anh/chị tải tệp ở đây:\n{link}"


def report_name(submission: Submission) -> str:
    return f"bao-cao-{submission.reference or 'ban-nhap'}.docx"


# --- the library ------------------------------------------------------------------------------------------------------

NOT_TAKEN_IN = "Văn bản chưa đưa vào thư viện được vì có trục trặc. Anh/chị thử lại sau, hoặc báo người quản trị giúp."
LEFT_OUT = "Tôi không đưa vào thư viện."


def ask_take_in(files: Sequence[FileRef]) -> str:
    names = "\n".join(f"• {short(file.name, SHOWN)} ({size(file.size)})" for file in files)
    return (
        f"Anh/chị muốn đưa văn bản này vào thư viện để tra cứu không?\n{names}\n"
        "Mọi cán bộ sẽ được trả lời từ văn bản này; việc đọc có thể mất vài phút."
    )
