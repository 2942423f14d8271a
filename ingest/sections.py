"""Which provisions of a guidance letter say what the unit's report must contain. Pure.

Rules of this file
1. A part of the letter is *about the report* or not (award criteria, dossiers, time limits, organisation): the earliest
   telling word of its heading decides; a heading that tells nothing leaves it to its children and their words.
2. A section is a provision that asks for content: a leaf, or a numbered paragraph with children of its own. A heading,
   a lead ("… gồm các phần sau:"), a paragraph on length or sending is none; what it adds belongs to the one before.
3. Where the body asks for nothing itself, the outline in an appendix ("Đề cương báo cáo") is taken.
4. `hint` is verbatim: a contiguous piece of the provision's own text.
5. `under`: the headings above, the outermost first, that a report would print. One that only says that this is the
   report ("Nội dung báo cáo") is none; nor is one that the section's own title repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Provision, parent


@dataclass(frozen=True, slots=True)
class DraftSection:
    """What the report must hold at one place: where the letter asks for it, its words, the things asked, of whom,
    under which headings.
    """

    path: str
    title: str
    hint: str
    asks_for: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


_FRAME = re.compile(r"^(?:dau-van-ban|can-cu|mo-dau|noi-nhan|chu-ky|ket|phu-luc|de-cuong|mau|bieu|bang)\b|/bang-\d")
_APPENDIX = re.compile(r"^(?:phu-luc|de-cuong|mau|bieu)[^/]*$")
_OUTLINE = re.compile(r"đề cương|nội dung báo cáo|mẫu báo cáo|khung báo cáo", re.IGNORECASE)

_ABOUT_REPORT = (
    r"báo cáo(?! thành tích)|tổng kết|sơ kết|đánh giá|kết quả|rà soát|thống kê|sáng kiến|đề tài"
    r"|phương hướng|nhiệm vụ"
    r"|tình hình|phong trào|lãnh đạo|điển hình|tồn tại|hạn chế|đặc điểm|kiến nghị|cụm|khối thi đua"
)
_ABOUT_OTHER = (
    r"bình xét|bình bầu|xét|suy tôn|đề nghị|danh hiệu|hình thức|hồ sơ|thời (?:hạn|gian|điểm)|hạn (?:nộp"
    r"|gửi)|tiến độ|nơi nhận|nơi gửi"
    r"|cách|tổ chức(?! đảng)|nguyên tắc|tiêu (?:chuẩn|chí)|điều kiện|tỷ lệ|tỉ lệ|đăng ký|đăng kí|đối tượng"
    r"|mục đích|yêu cầu"
    r"|thủ tục|số lượng|quy trình|trách nhiệm|phân công|liên hệ|kinh phí|lưu ý|báo cáo thành tích"
    r"|thẩm quyền|mức thưởng"
)
_TELLING = re.compile(rf"\b(?:(?P<report>{_ABOUT_REPORT})|(?P<other>{_ABOUT_OTHER}))\b", re.IGNORECASE)
# Inside the part about the report only these turn away from its content ("Đăng ký thi đua" may be a thing to report).
_FORMAL = re.compile(
    r"^(?:về\s+)?(?:thời (?:hạn|gian (?:gửi|nộp))|hạn (?:nộp|gửi)|hồ sơ|nơi (?:nhận|gửi)|cách (?:gửi|nộp"
    r"|trình bày)|hình thức"
    r"|số lượng|thể thức|độ dài|dung lượng|mốc|thời điểm|yêu cầu|số liệu (?:lấy|tính|báo cáo|được"
    r"|tổng hợp)|lưu ý|ghi chú"
    r"|báo cáo (?:gửi|viết|không|trình bày|lập|dài|được|phải|in|làm|nộp|tổng kết (?:gửi|nộp|của))|đầu mối"
    r"|liên hệ|(?:gửi|nộp) (?:báo cáo|hồ sơ|về)|đơn vị nào|đơn vị gửi sau|(?:xây dựng|lập"
    r"|viết) báo cáo .*theo"
    r" (?:đề cương|mẫu|phụ lục))\b",
    re.IGNORECASE,
)
_REPORT_AGAIN = re.compile(r"^(?:về\s+)?(?:nội dung |đề cương )?báo cáo (?!thành tích)", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:nêu|đánh giá|việc|công tác|kết quả|tình hình|báo cáo (?:thêm|rõ|kết quả|về)|liệt kê|giới thiệu"
    r"|thống kê|số (?:lượng|tập thể"
    r"|cá nhân|cuộc|hội nghị|người)|tỷ lệ|ghi rõ|trình bày|gồm)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"^(?:mỗi|với|trường hợp|nơi|đơn vị|báo cáo|số liệu|phần này|các đơn vị|lưu ý|khi|nội dung nào"
    r"|phong trào nào|sau|quá|hình ảnh|ngoài ra,? (?:báo"
    r"|các đơn vị)|căn cứ|đề nghị|thủ trưởng|từng|riêng (?:báo cáo|năm)|các trường .*không gửi)\b",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\b(?:không quá|tối đa) .{0,20}\btrang\b|\bgửi (?:về|qua|riêng)|\bkhông gửi\b", re.IGNORECASE)

_UNIT = (
    r"(?:khối (?=các|xã|trường|phòng|cơ quan))?(?:các |những |mọi )?(?:phòng|ban (?!hành|đầu)|trung tâm"
    r"|trường (?!hợp)|nhà trường|trạm|thôn|tổ dân phố|khu phố|xã\b"
    r"|phường\b|đặc khu|thị trấn|đoàn thể|ủy ban|uỷ ban|ubnd|ubmttq|mttq|mặt trận|hội (?!nghị|đồng|thảo)"
    r"|liên đoàn|công đoàn|doanh nghiệp"
    r"|hợp tác xã|sở |cơ quan|giáo dục (?:mầm|thường|phổ|nghề)|mầm non|tiểu học|trung học|đơn vị sự nghiệp"
    r"|bệnh viện|công an|ban chỉ huy)"
)
_LABEL = re.compile(rf"^(?:(?:riêng|đối với|dành cho)\s+)*(?P<who>{_UNIT}[^:.;]{{0,110}}?)\s*:", re.IGNORECASE)
_DOES = r"(?:chỉ\b|thì\b|phải\b|còn\b|cần\b|nêu\b|báo cáo\b|đánh giá\b|ghi\b|bổ sung\b)"
_SUBJECT = re.compile(
    rf"^(?:ngoài (?:các |những )?nội dung (?:trên|chung)[^,]*,\s*)?(?:(?:riêng"
    rf"|đối với)\s+)*(?P<who>{_UNIT}[^:.;]{{0,80}}?),?\s+{_DOES}",
    re.IGNORECASE,
)
_MEANT_FOR = re.compile(
    rf"(?:\((?:(?:chỉ |riêng |áp dụng )?(?:đối với|dành cho|dùng cho|của)|chỉ|riêng)"
    rf"|^(?:phần|nội dung)\s+(?:riêng )?(?:của|dành cho|đối với)|^(?:riêng )?(?:đối với|dành cho))\s+"
    rf"(?P<who>{_UNIT}[^:.;()]{{0,110}})",
    re.IGNORECASE,
)


_ALONE_FOR = re.compile(
    rf"^[^;.:()]*\((?:(?:chỉ |riêng |áp dụng )?(?:đối với|dành cho)|chỉ|riêng) "
    rf"(?P<who>{_UNIT}[^()]{{0,110}})\)\s*[.;]?$",
    re.IGNORECASE,
)
_THE_REPORT = re.compile(
    r"^(?:phần |về )?(?:(?:những |các )?(?:nội dung|đề cương|bố cục|kết cấu|yêu cầu|khung|mẫu)(?: của| chính| chủ yếu)*"
    r"(?: viết| lập| xây dựng)? báo cáo|báo cáo tổng kết\b|nội dung(?: chính| tổng kết| thực hiện)?$)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^về (?:việc )?", re.IGNORECASE)
_CAC = re.compile(r"^Các ")


def report_sections(provisions: Sequence[Provision]) -> tuple[DraftSection, ...]:
    """The sections a report must have by this letter, in reading order."""
    body = [p for p in provisions if not _FRAME.search(p.path)]
    found = _Tree(body).sections()
    if len(found) >= 2:
        return found
    outlines = [p.path for p in provisions if _APPENDIX.match(p.path) and _OUTLINE.search(p.heading or p.text)]
    attached = [
        p for p in provisions if any(p.path.startswith(path + "/") for path in outlines) and "/bang-" not in p.path
    ]
    return _Tree(attached, scope=True).sections() or found


class _Tree:
    """The provisions as a tree, walked once."""

    def __init__(self, provisions: Sequence[Provision], *, scope: bool | None = None) -> None:
        self._all = {p.path: p for p in provisions}
        self._scope = scope
        self._sections: set[str] = set()
        self._children: dict[str | None, list[Provision]] = {}
        for p in provisions:
            above = parent(p.path)
            self._children.setdefault(above if above in self._all else None, []).append(p)

    def sections(self) -> tuple[DraftSection, ...]:
        found: list[DraftSection] = []
        for top in self._children.get(None, ()):
            for item in self._walk(top, scope=self._scope):
                if isinstance(item, DraftSection):
                    found.append(item)
                elif found:
                    found[-1] = replace(found[-1], asks_for=(*found[-1].asks_for, *_asks_for(item.text)))
        return tuple(found)

    def _walk(self, p: Provision, *, scope: bool | None) -> Iterator[DraftSection | Provision]:
        """Sections at and under a provision; a bare Provision is an addition to the section before it."""
        scope = _scope(p, above=scope)
        if scope is False:
            return
        children = self._children.get(p.path, [])
        if self._is_section(p, children, asked=scope is True):
            self._sections.add(p.path)
            yield self._section(p)
        numbered = [c for c in children if not _is_paragraph(c)]
        for child in children:
            if _is_paragraph(child):
                if numbered and p.heading and children.index(child) < children.index(numbered[0]):
                    continue  # the lead of the numbered ones
                yield from self._paragraph(p, child, asked=scope is True)
            else:
                yield from self._walk(child, scope=scope)

    def _paragraph(self, above: Provision, p: Provision, *, asked: bool) -> Iterator[DraftSection | Provision]:
        """An unnumbered paragraph: the first under a heading asks; a later one asks, adds, or is about other things."""
        words = _words(p)
        first = above.heading is not None and p.path.endswith("/doan-1")
        if _FORMAL.match(words) or (
            not first and _LENGTH.search(words) and not re.match(r"với|mỗi", words, re.IGNORECASE)
        ):
            return
        asks = bool(_ASKS.search(words))
        if (first and (asked or asks)) or (not first and asks and not _ADDS.match(words)):
            yield self._section(p)
        elif re.match(r"(?:với|mỗi|từng)\b", words, re.IGNORECASE):
            yield p

    def _is_section(self, p: Provision, children: Sequence[Provision], *, asked: bool) -> bool:
        words = _words(p)
        if _FORMAL.match(words):
            return False
        if p.heading is not None:
            return not children and asked
        if children and words.rstrip().endswith(":"):
            return False
        return asked or bool(_ASKS.search(words))

    def _section(self, p: Provision) -> DraftSection:
        hint = _words(p)
        only_for = self._only_for(p)
        things = () if p.heading is not None else _asks_for(hint)
        title = self._title(p, hint)
        return DraftSection(p.path, title, hint, things, only_for, self._under(p, title))

    def _under(self, p: Provision, title: str) -> tuple[str, ...]:
        above = [a for a in reversed([*self._above(p)]) if a.heading or a.path in self._sections or _is_lead(a)]
        titles = [_headline(a.heading) if a.heading else self._title(a, _words(a)) for a in above]
        part = p.path.startswith("phan-")  # whose headings are all printed: the levels are told by them
        printed = [each for n, each in enumerate(titles) if n or part or not _THE_REPORT.match(each)]
        return tuple(printed[:-1] if printed and title.startswith(printed[-1]) else printed)

    def _above(self, p: Provision) -> Iterator[Provision]:
        path = parent(p.path)
        while path is not None:
            if path in self._all:
                yield self._all[path]
            path = parent(path)

    def _title(self, p: Provision, words: str) -> str:
        heading = next((a.heading for a in self._above(p) if a.heading), "")
        if p.heading:
            return _plain(p.heading)
        if _is_paragraph(p) and p.path.endswith("/doan-1") and heading:
            return _plain(heading)
        title = _first_clause(words)
        return f"{_plain(heading)} – {_CAC.sub('các ', title)}" if heading and _LABEL.match(words) else title

    def _only_for(self, p: Provision) -> tuple[str, ...]:
        words = _words(p)
        for found in (
            _LABEL.match(words),
            _ALONE_FOR.search(words),
            _SUBJECT.match(words),
            *(_MEANT_FOR.search(a.heading or "") for a in (p, *self._above(p))),
        ):
            if found:
                return _units(found["who"])
        return ()


def _scope(p: Provision, *, above: bool | None) -> bool | None:
    """Whether a provision is about the report, given what stands over it."""
    words = p.heading or _first_clause(_words(p))
    if above is True:
        return not (_FORMAL.match(words) and p.heading is not None)
    if above is False:
        return bool(p.heading and _REPORT_AGAIN.match(words))
    told = _TELLING.search(words)
    return told["report"] is not None if told else None


def _is_paragraph(p: Provision) -> bool:
    return p.path.rpartition("/")[2].startswith("doan-")


def _is_lead(p: Provision) -> bool:
    """Whether a numbered provision only names what follows: "2. Kết quả các phong trào:"."""
    words = _words(p)
    return not _is_paragraph(p) and words.endswith(":") and _first_clause(words) == words.rstrip(": ")


def _headline(heading: str) -> str:
    """A heading as it stands in a report: "Về tổng kết …" is "Tổng kết …"."""
    text = _plain(heading)
    bare = _ABOUT.sub("", text)
    return bare[:1].upper() + bare[1:]


def _words(p: Provision) -> str:
    """A provision's own text without its printed marker."""
    text = p.text
    if p.marker and text.startswith(p.marker):
        text = text[len(p.marker) :]
    return text.strip()


def _plain(heading: str) -> str:
    """A heading as a title: capitals only where it starts, if it was all capitals."""
    text = heading.strip().rstrip(":").rstrip()
    return text.capitalize() if text.isupper() else text


def _first_clause(words: str, most: int = 14) -> str:
    """The words up to the first colon, semicolon, bracket or full stop, cut at `most`."""
    clause = re.split(r"\s*(?:[:;(]|\.(?=\s|$))", words, maxsplit=1)[0].strip().rstrip(",")
    parts = clause.split()
    return clause if len(parts) <= most else " ".join(parts[:most]).rstrip(",") + "…"


def _asks_for(words: str) -> tuple[str, ...]:
    """The single things a paragraph asks for: its clauses, and the items of an enumeration of three or more."""
    label = _LABEL.match(words)
    things: list[str] = []
    for clause in _split(words[label.end() :] if label else words, r";|\.(?=\s|$)"):
        _, colon, items = clause.partition(":")
        short = _split(items, ",") if colon else _split(clause, ",") if label else []
        things += short if len(short) >= 3 and all(len(item.split()) <= 9 for item in short) else [clause]
    return tuple(dict.fromkeys(things))


def _split(text: str, separator: str) -> list[str]:
    """Split outside brackets and quotation marks; empty pieces left out."""
    depth, pieces, last = 0, [], 0
    stops = {m.start() for m in re.finditer(separator, text)}
    for i, char in enumerate(text):
        depth += (char in "(“") - (char in ")”")
        if i in stops and depth <= 0:
            pieces.append(text[last:i])
            last = i + 1
    return [piece.strip() for piece in (*pieces, text[last:]) if piece.strip()]


_ARTICLE = re.compile(r"^(?:các|những|mọi)\s+", re.IGNORECASE)
_COMMON = re.compile(r"(?:Giáo dục|Mầm non|Tiểu học|Trung học|Trường|Thôn|Tổ dân phố|Phòng chuyên môn)\b")


def _units(who: str) -> tuple[str, ...]:
    """Single kinds of unit out of "Các phòng chuyên môn, Trung tâm …"; "Ủy ban nhân dân xã, phường" is one."""
    if re.match(r"(?:ủy ban|uỷ ban|ubnd)\b", who, re.IGNORECASE):
        return (who.strip(),)
    parts = (_ARTICLE.sub("", part.strip()) for part in re.split(r",\s*|\s+và\s+", who))
    return tuple(part[0].lower() + part[1:] if _COMMON.match(part) else part for part in parts if part)
