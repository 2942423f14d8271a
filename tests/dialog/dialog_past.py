"""What the invented commune handed in a year before, and what its library knows of a decree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dialog_world import CAMPAIGN, TABLES, UNIT

from bot.campaigns import Check
from bot.checks import Validity
from bot.moving import Past
from bot.submissions import Filled, SectionState, State, Submission

DONE = SectionState.DONE
LAST_YEAR = replace(
    CAMPAIGN,
    id="tong-ket-2025",
    title="Tổng kết phong trào thi đua năm 2025",
    report_year=2025,
    sections=(
        *CAMPAIGN.sections[:2],
        replace(CAMPAIGN.sections[3], path="muc-I/3", title="Kiến nghị"),  # the paths were others then
        replace(CAMPAIGN.sections[2], path="muc-II"),
    ),
)
HANDED_IN = Submission(
    LAST_YEAR.id,
    1,
    UNIT.code,
    state=State.ACCEPTED,
    reference="2025-REF001",
    sections={
        "muc-I/1": Filled(DONE, {"noi_dung": "Đã phổ biến 03 văn bản tại hội nghị ngày 15/3/2025."}),
        "muc-I/2": Filled(
            DONE, {"ngay_ky": "15/01/2025", "so_nguoi": "11", "quy_che": "Có", "ghi_chu": "Ký tại hội nghị đầu năm."}
        ),
        "muc-I/3": Filled(SectionState.NONE),
        "muc-II": Filled(DONE, {"noi_dung": "Duy trì phong trào trồng cây ở 9 thôn."}),
    },
)
PAST = Past(LAST_YEAR, HANDED_IN, UNIT)
LAST_YEARS_TABLES = replace(TABLES, id="bang-bieu-2025", report_year=2025)
PAST_TABLES = Past(
    LAST_YEARS_TABLES,
    Submission(
        LAST_YEARS_TABLES.id,
        1,
        UNIT.code,
        state=State.SUBMITTED,
        sections={
            "muc-I/1": Filled(DONE, {"bang": "Trồng rừng\t95\t30/11/2025\tTốt\nLàm đường\t80\t\tKhá"}),
            "muc-I/2": Filled(
                DONE,
                {
                    "phong_trao": "Xây dựng nông thôn mới\tVận động hiến đất\t12\n"
                    "Doanh nghiệp hội nhập và phát triển\tKhông áp dụng: không có doanh nghiệp\t\n"
                    "Sạch từ nhà ra ngõ\tRa quân sáng thứ bảy\t"
                },
            ),
            "muc-I/3": Filled(DONE, {"quy_che": "Có", "so": "Quy chế số 05/QC-UBND ngày 03/02/2025"}),
            "muc-II": Filled(DONE, {"danh_gia": "Phong trào đi vào nền nếp.", "ty_le": "97,5"}),
        },
    ),
    UNIT,
)
CITING = replace(
    CAMPAIGN,
    sections=(
        replace(
            CAMPAIGN.sections[0],
            checks=(Check("in_force", "*", "Văn bản nêu ở đây không còn hiệu lực."),),
        ),
        *CAMPAIGN.sections[1:],
    ),
)
CITED = {
    "91/2017/ND-CP": Validity(
        "91/2017/NĐ-CP", "Nghị định", date(2017, 10, 1), date(2023, 12, 31), replaced_by=("98/2023/NĐ-CP",)
    )
}
