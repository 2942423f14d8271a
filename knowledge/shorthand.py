"""Abbreviations of the trade and spellings of the chat, read out in full. Pure.

Rules of this file
1. What has one meaning is written out in the question; what has several stays as typed, every meaning is looked for.
2. Letters that could be a Vietnamese syllable ("tu", "hu", "du") count as an abbreviation only in capitals, never in a
   question that is all capitals.
3. After "điểm", "mục", "khoản" … a single letter is a number of the outline, not chat spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.vietnamese import fold

# Abbreviation → its one meaning in this domain.
MEANINGS = {
    "TĐKT": "thi đua, khen thưởng",
    "TĐ": "thi đua",
    "HĐTĐKT": "Hội đồng thi đua, khen thưởng",
    "BTĐKT": "Ban Thi đua - Khen thưởng",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "MTTQ": "Mặt trận Tổ quốc",
    "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "HU": "Huyện ủy",
    "TU": "Tỉnh ủy",
    "ĐU": "Đảng ủy",
    "SNV": "Sở Nội vụ",
    "BNV": "Bộ Nội vụ",
    "PNV": "Phòng Nội vụ",
    "SGDĐT": "Sở Giáo dục và Đào tạo",
    "GDĐT": "giáo dục và đào tạo",
    "CSTĐ": "chiến sĩ thi đua",
    "CSTĐCS": "chiến sĩ thi đua cơ sở",
    "CSTĐT": "chiến sĩ thi đua cấp tỉnh",
    "CSTĐTQ": "chiến sĩ thi đua toàn quốc",
    "LĐTT": "lao động tiên tiến",
    "TTLĐTT": "tập thể lao động tiên tiến",
    "TTLĐXS": "tập thể lao động xuất sắc",
    "ĐVQT": "đơn vị quyết thắng",
    "ĐVTT": "đơn vị tiên tiến",
    "CSTT": "chiến sĩ tiên tiến",
    "PTTĐ": "phong trào thi đua",
    "ĐHTT": "điển hình tiên tiến",
    "BK": "bằng khen",
    "GK": "giấy khen",
    "CTĐ": "cờ thi đua",
    "HCLĐ": "huân chương lao động",
    "KNC": "kỷ niệm chương",
    "AHLĐ": "anh hùng lao động",
    "CBCCVC": "cán bộ, công chức, viên chức",
    "CBCC": "cán bộ, công chức",
    "CCVC": "công chức, viên chức",
    "NLĐ": "người lao động",
    "HTXSNV": "hoàn thành xuất sắc nhiệm vụ",
    "HTTNV": "hoàn thành tốt nhiệm vụ",
    "HTNV": "hoàn thành nhiệm vụ",
    "KHTNV": "không hoàn thành nhiệm vụ",
    "NTM": "nông thôn mới",
    "NTMNC": "nông thôn mới nâng cao",
    "KTXH": "kinh tế - xã hội",
    "QPAN": "quốc phòng, an ninh",
    "CCHC": "cải cách hành chính",
    "CĐS": "chuyển đổi số",
    "ĐMST": "đổi mới sáng tạo",
    "ATTP": "an toàn thực phẩm",
    "GTVT": "giao thông vận tải",
    "SKKN": "sáng kiến kinh nghiệm",
    "NCKH": "nghiên cứu khoa học",
    "BC": "báo cáo",
    "TTr": "tờ trình",
    "QĐ": "quyết định",
    "CV": "công văn",
    "NQ": "nghị quyết",
    "NĐ": "nghị định",
    "VB": "văn bản",
    "VBHN": "văn bản hợp nhất",
    "QPPL": "quy phạm pháp luật",
    "TW": "trung ương",
    "TDP": "tổ dân phố",
    "GĐVH": "gia đình văn hóa",
    "BLDS": "Bộ luật Dân sự",
    "TAND": "Tòa án nhân dân",
    "TANDTC": "Tòa án nhân dân tối cao",
    "VKSND": "Viện kiểm sát nhân dân",
    "VKSNDTC": "Viện kiểm sát nhân dân tối cao",
    "KTNN": "Kiểm toán nhà nước",
    "BVMT": "bảo vệ môi trường",
    "HNGĐ": "hôn nhân và gia đình",
    "TTHC": "tố tụng hành chính",
    "QSDĐ": "quyền sử dụng đất",
    "BHXH": "bảo hiểm xã hội",
    "XD": "xây dựng",
    "CB": "cán bộ",
    "DN": "doanh nghiệp",
    "HTX": "hợp tác xã",
    "LLVT": "lực lượng vũ trang",
    "QĐND": "quân đội nhân dân",
    "CAND": "công an nhân dân",
    "QLNN": "quản lý nhà nước",
    "NSNN": "ngân sách nhà nước",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "CQTT": "cơ quan thường trực",
    "PL": "phụ lục",
    "VN": "Việt Nam",
    "TBLS": "thương binh, liệt sĩ",
}

# Abbreviation → its meanings, the likelier first.
AMBIGUOUS = {
    "KT": ("khen thưởng", "kinh tế", "kiểm tra"),
    "HS": ("hồ sơ", "học sinh"),
    "KH": ("kế hoạch", "khoa học"),
    "CT": ("chỉ thị", "chủ tịch"),
    "TT": ("thông tư", "tập thể", "trung tâm"),
    "HC": ("huân chương", "huy chương"),
    "HD": ("hướng dẫn",),
    "SK": ("sáng kiến", "sự kiện"),
    "ĐT": ("đề tài", "đối tượng"),
    "VP": ("văn phòng", "vi phạm"),
    "VT": ("văn thư",),
    "CC": ("công chức",),
    "VC": ("viên chức",),
    "BB": ("biên bản",),
    "DS": ("danh sách", "dân sự"),
    "QC": ("quy chế",),
    "ND": ("nội dung", "nhân dân", "nghị định"),
    "GĐ": ("gia đình", "giám đốc"),
    "TC": ("tiêu chuẩn", "tổ chức"),
    "CN": ("cá nhân", "công nhân"),
}

# Spelling of the chat → what it stands for. Typed in small letters only.
CHAT = {
    "ko": "không", "k": "không", "kg": "không", "hok": "không", "khum": "không", "hong": "không", "kh": "không",
    "dc": "được", "đc": "được", "đk": "được", "j": "gì", "vs": "với", "bn": "bao nhiêu", "z": "vậy", "v": "vậy",
    "fai": "phải", "ntn": "như thế nào", "mn": "mọi người", "r": "rồi", "bít": "biết", "bit": "biết", "nhe": "nhé",
    "e": "em", "ng": "người", "nc": "nước", "cx": "cũng", "nx": "nữa", "lm": "làm", "wa": "qua", "trc": "trước",
    "đv": "đơn vị", "dv": "đơn vị", "nv": "nhiệm vụ", "gđ": "gia đình", "cq": "cơ quan", "nn": "nhà nước",
    "bh": "bây giờ", "sỹ": "sĩ", "kheng": "khen",
}  # fmt: skip

_VOWEL = re.compile("[aeiouy]")
# Not inside a document's number: "02/HD-HĐTĐKT".
_WORD = re.compile(r"(?<![\w/-])[^\W_]+(?![\w/-])(?:(?<=CSTĐ)\s+CS\b|(?<=cstđ)\s+cs\b|(?<=cstd)\s+cs\b)?")
_CLAUSE = re.compile(r"\b(k|đ|d)\s?(?=\d)", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:điểm|diem|khoản|khoan|mục|muc|phần|phan|mẫu|mau|biểu|bieu|loại|loai|hạng|hang|nhóm|nhom)\s$"
)
_OUTLINE = {"k": "khoản ", "đ": "điều ", "d": "điều "}


@dataclass(frozen=True, slots=True)
class Reading:
    """A question read out.

    `text` has what is certain written in full; `also` is more to look for: several meanings, and the abbreviations as
    typed, because a letter may abbreviate as the officer does.
    """

    text: str
    also: str = ""


def _lookup() -> dict[str, tuple[str, ...]]:
    """By accented and by folded lower case; two abbreviations that fold alike share their meanings."""
    table: dict[str, tuple[str, ...]] = {}
    entries = [(short, (full,)) for short, full in MEANINGS.items()] + list(AMBIGUOUS.items())
    for short, meanings in entries:
        folded = fold(short).lower()
        table[folded] = tuple(dict.fromkeys((*table.get(folded, ()), *meanings)))
    for short, meanings in entries:
        if fold(short) != short:
            table[short.lower()] = meanings
    return table


_TABLE = _lookup()


def read_out(question: str) -> Reading:
    """A cleaned question with abbreviations and chat spelling written in full."""
    shouted = question.isupper()
    question = _CLAUSE.sub(lambda found: _OUTLINE[found[1].lower()], question)
    pieces: list[str] = []
    also: list[str] = []
    last = 0
    for found in _WORD.finditer(question):
        meanings = _meanings(found[0], shouted=shouted, after=question[: found.start()])
        pieces.append(question[last : found.start()])
        pieces.append(meanings[0] if len(meanings) == 1 else found[0])
        if meanings and found[0].lower() not in CHAT:
            also += [found[0], *(meanings if len(meanings) > 1 else ())]
        last = found.end()
    return Reading("".join([*pieces, question[last:]]), " ".join(dict.fromkeys(also)))


def _meanings(word: str, *, shouted: bool, after: str) -> tuple[str, ...]:
    small = "".join(word.lower().split())
    if word == word.lower() and small in CHAT:
        return () if len(small) == 1 and _COUNTED.search(after.lower()) else (CHAT[small],)
    if small not in _TABLE or len(small) < 2:
        return ()
    could_be_a_syllable = _VOWEL.search(fold(small)) is not None and len(small) < 4
    if could_be_a_syllable and (shouted or not word.isupper()):
        return ()
    return _TABLE[small]
