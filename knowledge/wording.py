"""What the answerer says around its quotes: every sentence an officer reads, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.documents import Caveat, Citation, Document

ASSUMED = "(Tôi hiểu văn bản được hỏi là {name}.)"
PART_MISSING = "Riêng phần hỏi “{part}”, tôi chưa tìm thấy quy định trả lời trong các văn bản đang lưu."
NOT_STATED = "{name} (bản đang lưu) không nêu nội dung anh/chị hỏi{what}."
NO_SUCH_PLACE = "{name} (bản đang lưu) không có {place}."
NOT_YET = "Lưu ý: tại ngày được hỏi, {name} chưa có hiệu lực thi hành."
NOT_HELD = (
    "{name} có trong danh mục nhưng toàn văn chưa có trong thư viện, nên tôi chưa thể trả lời theo văn bản này. "
    "Anh/chị vui lòng gửi văn bản cho cơ quan thường trực để bổ sung."
)
NO_LONGER = "Theo danh mục, {name} hết hiệu lực sau ngày {day}{by}."
REPLACED_BY = ", được thay thế bởi {names}"
UNKNOWN = (
    "Văn bản “{name}” chưa có trong thư viện nên tôi chưa thể trả lời theo văn bản này, "
    "và cũng không lấy văn bản khác thay thế."
)
NOTHING_FOUND = (
    "Tôi chưa tìm thấy quy định trả lời câu hỏi này trong các văn bản đang lưu{what}. "
    "Anh/chị có thể nêu rõ hơn, hoặc hỏi cơ quan thường trực thi đua, khen thưởng."
)
REORGANISED = (
    "Từ 01/7/2025 không còn cấp huyện; văn bản phân định lại thẩm quyền chưa có trong thư viện, nên tôi chưa thể "
    "khẳng định. Anh/chị vui lòng hỏi cơ quan thường trực thi đua, khen thưởng."
)
OUT_OF_SCOPE = (
    "Câu hỏi này nằm ngoài phạm vi thi đua, khen thưởng nên tôi xin phép không trả lời. "
    "Anh/chị cứ hỏi tôi về hướng dẫn, tiêu chuẩn, hồ sơ, thẩm quyền khen thưởng."
)
WHICH_TEXT = "Cách gọi này có thể là nhiều văn bản: {names}. Anh/chị đang hỏi văn bản nào?"
WHICH_PLACE = "Anh/chị đang hỏi {place} của văn bản nào?"
WHICH_MATTER = (
    "Anh/chị vui lòng cho biết cụ thể đang hỏi về việc gì (danh hiệu, hình thức khen thưởng hay văn bản nào) "
    "để tôi tra cứu."
)
WHICH_OF = "{family} có nhiều loại: {members}. Anh/chị đang hỏi loại nào?"
RANKED = "Huân chương, huy chương theo hạng"
THIS_PLACE = "mục, khoản này"
DECLINED = {
    "fabrication": (
        "Tôi không thể giúp tạo hoặc sửa số liệu, thành tích, hồ sơ không đúng sự thật. Kê khai gian dối để được khen "
        "thưởng là hành vi bị cấm; quyết định khen thưởng sẽ bị hủy, hiện vật và tiền thưởng bị thu hồi. "
        "Tôi sẵn sàng giúp anh/chị sắp xếp số liệu thật theo đúng các mục."
    ),
    "improper": (
        "Tôi không thể giúp việc này: hồ sơ, số liệu, thành tích phải đúng sự thật; thông tin của người khác, đơn vị "
        "khác không được cung cấp. Tôi sẵn sàng giúp anh/chị tra cứu quy định và làm đúng theo quy định."
    ),
    "privacy": (
        "Tôi không cung cấp thông tin cá nhân hoặc hồ sơ của người khác, đơn vị khác: thông tin cá nhân được bảo vệ "
        "theo Luật số 91/2025/QH15 (hiệu lực từ ngày 01/01/2026). "
        "Anh/chị vui lòng liên hệ cơ quan thường trực theo thẩm quyền."
    ),
    "injection": "Tôi chỉ trả lời theo văn bản đang lưu, có trích dẫn; tôi không thể làm theo yêu cầu này.",
    "impersonation": (
        "Tôi không thể thay mặt người có thẩm quyền để ký hoặc ra quyết định. "
        "Tôi có thể giúp tra cứu quy định và hồ sơ cần chuẩn bị."
    ),
}
# Why something is declined → what is asked of the library for the provision, and what that must speak of.
RULES = {
    "fabrication": (
        "Nghiêm cấm những hành vi kê khai gian dối, làm giả hồ sơ nào trong thi đua, khen thưởng?",
        "gian dối",
    ),
    "improper": (
        "Nghiêm cấm những hành vi kê khai gian dối, làm giả hồ sơ nào trong thi đua, khen thưởng?",
        "gian dối",
    ),
    "privacy": ("Bảo vệ thông tin, dữ liệu cá nhân của người khác được quy định như thế nào?", "cá nhân"),
}
WANTED = {
    "money": "mức tiền",
    "ratio": "tỷ lệ",
    "deadline": "thời hạn",
    "date": "thời điểm",
    "signer": "người ký",
    "contact": "thông tin liên hệ",
    "form": "mẫu, biểu",
    "count": "số lượng",
    "frequency": "bao lâu một lần",
    "duration": "khoảng thời gian",
    "continuation": "phần tiếp theo",
}
_EXPIRED = (
    "Lưu ý: {name} là văn bản năm {year}, đã hết thời gian áp dụng; thư viện chưa có văn bản mới hơn "
    "nên chỉ trích để tham khảo."
)
_HISTORICAL = "Lưu ý: {name} nay không còn áp dụng{by}; nội dung trích chỉ có giá trị tra cứu lịch sử."
_INCOMPLETE = (
    "Lưu ý: bản {name} đang lưu bị thiếu phần cuối (đứt giữa câu), nên có thể còn nội dung chưa thấy được; "
    "anh/chị nên xem bản đầy đủ."
)
_AMENDED = (
    "Lưu ý: {name} đã được sửa đổi bởi {names}; thư viện chưa có văn bản sửa đổi, cần đối chiếu trước khi áp dụng."
)
_TRANSITION = " Chuyển tiếp: {rules}."
RELATIONS = {
    "replaces": "thay thế",
    "replaced_by": "bị thay thế bởi",
    "amends": "sửa đổi, bổ sung",
    "amended_by": "được sửa đổi, bổ sung bởi",
    "implements": "thực hiện",
}
MORE_PLACES = " và {count} chỗ khác"
_CONTRADICTIONS = {
    "before_issued": "{a} ghi có hiệu lực từ {start}, trước cả ngày ban hành {issued}.",
    "ends_first": "{a} ghi hết hiệu lực sau ngày {end}, trước cả ngày có hiệu lực {start}.",
    "unknown": "{a} ghi {relation} văn bản {b}, nhưng danh mục không có văn bản này.",
    "replaced_newer_not_held": "{b} đã có văn bản thay thế là {a}, nhưng thư viện chưa có toàn văn của {a}.",
    "replaced_older_not_held": "{b} thay thế {a}, nhưng thư viện chưa có toàn văn của {a}.",
    "amended_newer_not_held": "{b} đã được sửa đổi bởi {a}, nhưng thư viện chưa có toàn văn của {a}.",
    "amended_older_not_held": "{b} sửa đổi {a}, nhưng thư viện chưa có toàn văn của {a}.",
    "replaces": "{a} ghi bị thay thế bởi {b}, nhưng mục {b} không ghi thay thế {a}.",
    "replaced_by": "{a} ghi thay thế {b}, nhưng mục {b} không ghi bị thay thế bởi {a}.",
    "amends": "{a} ghi được sửa đổi bởi {b}, nhưng mục {b} không ghi sửa đổi {a}.",
    "amended_by": "{a} ghi sửa đổi {b}, nhưng mục {b} không ghi được sửa đổi bởi {a}.",
    "gap": "{a} hết hiệu lực sau ngày {end}, nhưng văn bản thay thế là {b} đến {start} mới có hiệu lực.",
    "overlap": "{a} ghi còn hiệu lực đến hết ngày {end}, trong khi văn bản thay thế là {b} đã có hiệu lực từ {start}.",
    "no_end": "{a} không ghi ngày hết hiệu lực, trong khi văn bản thay thế là {b} có hiệu lực từ {start}.",
    "no_such_place": "{by} sửa đổi hoặc bãi bỏ {place}, nhưng bản đang lưu không có chỗ này.",
    "cites_ended": "{a} đang có hiệu lực nhưng dẫn chiếu {b} đã hết hiệu lực sau ngày {day}: {places}.",
    "cites_not_yet": "{a} đang có hiệu lực nhưng dẫn chiếu {b} đến {day} mới có hiệu lực: {places}.",
}


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def name(document: Document) -> str:
    return f"{document.kind} {document.number}".strip()


def quote(citation: Citation, document: Document) -> str:
    """A quote with its source and the validity of the text."""
    return f"“{citation.quote}”\n— {citation.label}, {validity(document)}"


def validity(document: Document) -> str:
    parts = [f"ban hành ngày {day(document.issued)}" if document.issued else ""]
    if document.in_force_from and document.in_force_from != document.issued:
        parts.append(f"có hiệu lực từ {day(document.in_force_from)}")
    if document.in_force_to:
        parts.append(f"đến {day(document.in_force_to)}")
    return ", ".join(p for p in parts if p) or "chưa rõ ngày ban hành"


def caveat(kind: Caveat, document: Document, others: Mapping[str, Document], *, dossier: bool) -> str:
    """The notice in a plain sentence. `others`: the catalogue by number; `dossier`: the question is about a dossier."""
    match kind:
        case Caveat.EXPIRED:
            return _EXPIRED.format(name=name(document), year=document.issued.year if document.issued else "trước")
        case Caveat.HISTORICAL:
            return _HISTORICAL.format(name=name(document), by=replaced_by(document, others))
        case Caveat.AMENDED_NOT_HELD:
            return _amended(document, others, dossier=dossier)
        case Caveat.INCOMPLETE_DOCUMENT:
            return _INCOMPLETE.format(name=name(document))


def replaced_by(document: Document, others: Mapping[str, Document]) -> str:
    names = [name(others[n]) for n in document.replaced_by if n in others]
    return REPLACED_BY.format(names=", ".join(names)) if names else ""


def _amended(document: Document, others: Mapping[str, Document], *, dossier: bool) -> str:
    amending = [others[n] for n in document.amended_by if n in others and not others[n].held]
    names = "; ".join(
        f"{name(d)} (hiệu lực từ {day(d.in_force_from)})" if d.in_force_from else name(d) for d in amending
    )
    rules = "; ".join(d.transition for d in amending if d.transition)
    text = _AMENDED.format(name=name(document), names=names)
    return text + _TRANSITION.format(rules=rules) if dossier and rules else text


def contradiction(key: str, *, a: Document, b: Document | str, **values: str) -> str:
    """What does not agree, in one sentence; a text that the catalogue does not know is its number."""
    other = b if isinstance(b, str) else name(b)
    return _CONTRADICTIONS[key].format(a=name(a), b=other, **values)
