"""How an Answer of the library reads in the chat: every status has its own sentence, every caveat its notice. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialog.phrases import quote
from knowledge.documents import Answer, Caveat, Status

ANSWER: Mapping[Status, str] = {
    Status.ANSWERED: "Nội dung tìm được trong văn bản như sau.",
    Status.NOT_STATED: "Văn bản đang có không nêu nội dung này, nên tôi không suy đoán. Xin hỏi cơ quan thường trực.",
    Status.NOTHING_FOUND: (
        "Tôi không tìm thấy quy định nào trả lời câu này trong các văn bản đang có, nên không dám trả lời. "
        "Anh/chị thử hỏi cụ thể hơn, hoặc hỏi cơ quan thường trực."
    ),
    Status.AMBIGUOUS: "Câu hỏi có thể hiểu nhiều cách. Anh/chị nói rõ hơn giúp: văn bản nào, năm nào, danh hiệu nào?",
    Status.OUT_OF_SCOPE: "Câu này nằm ngoài lĩnh vực thi đua, khen thưởng nên tôi không trả lời được.",
    Status.DECLINED: "Yêu cầu này tôi không làm được vì không đúng quy định hoặc liên quan thông tin của người khác.",
    Status.UNAVAILABLE: "Phần tra cứu đang trục trặc nên tôi chưa trả lời được. Anh/chị hỏi lại sau ít phút giúp.",
}
CAVEAT: Mapping[Caveat, str] = {
    Caveat.EXPIRED: "Lưu ý: văn bản được trích nay đã hết hiệu lực; chỉ dùng để tham khảo.",
    Caveat.HISTORICAL: "Lưu ý: đây là quy định của thời điểm được hỏi, có thể khác quy định hiện nay.",
    Caveat.AMENDED_NOT_HELD: "Lưu ý: nội dung này đã được sửa đổi bởi văn bản mà tôi chưa có toàn văn.",
    Caveat.INCOMPLETE_DOCUMENT: "Lưu ý: văn bản tôi đang giữ không đầy đủ, có thể còn phần chưa đọc được.",
}
# How a composed text's own "Lưu ý" lines give away which notice they are.
_CAVEAT_SIGN: Mapping[Caveat, re.Pattern[str]] = {
    Caveat.EXPIRED: re.compile(r"hết hiệu lực|hết thời gian|để tham khảo", re.IGNORECASE),
    Caveat.HISTORICAL: re.compile(r"thời điểm|lịch sử|không còn áp dụng", re.IGNORECASE),
    Caveat.AMENDED_NOT_HELD: re.compile(r"(đã|được|bị) sửa đổi", re.IGNORECASE),
    Caveat.INCOMPLETE_DOCUMENT: re.compile(r"không đầy đủ|bị thiếu|không trọn|bị cắt", re.IGNORECASE),
}


def answer(found: Answer) -> str:
    """An Answer as the officer reads it: its text, its quotes set off, then what source or notice the text lacks."""
    text = found.text.strip() or ANSWER[found.status]
    for citation in found.citations:
        text = text.replace(f"“{citation.quote}”", quote(citation.quote))
    own = "\n".join(line for line in text.split("\n") if line.startswith("Lưu ý"))
    labels = dict.fromkeys(c.label for c in found.citations if c.label and c.label not in text)
    sources = ["Nguồn: " + "; ".join(labels) + "."] if labels else []
    notices = [CAVEAT[c] for c in found.caveats if not _CAVEAT_SIGN[c].search(own)]
    return "\n\n".join([text, *sources, *notices])
