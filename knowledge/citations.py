"""Citations: how officers name a provision ⇄ a path. Pure.

Rules of this file
1. Everything is read from *folded* text (no case, no dấu): both ways of typing name the same thing. Only điểm "đ"
   needs its dấu.
2. A named text resolves through the catalogue, by number, kind, year and issuer, as of a day. Where the day decides
   between several ("luật 06"), the one in force is assumed and `assumed` says so; where it does not, all remain and
   the asker is asked.
3. A text named that the catalogue does not know is kept as `unknown`: it must never be answered from another text.
4. A path is only *proposed* here; whether the document has it is `locate`'s question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.documents import Document
from knowledge.vietnamese import fold

KINDS = {
    "luat": "Luật", "bo luat": "Bộ luật", "nghi dinh": "Nghị định", "nd": "Nghị định", "thong tu": "Thông tư",
    "tt": "Thông tư", "chi thi": "Chỉ thị", "ct": "Chỉ thị", "quyet dinh": "Quyết định", "qd": "Quyết định",
    "nghi quyet": "Nghị quyết", "nq": "Nghị quyết", "huong dan": "Hướng dẫn", "hd": "Hướng dẫn", "ke hoach": "Kế hoạch",
    "cong van": "Công văn", "cv": "Công văn", "van ban": "", "vb": "",
}  # fmt: skip
_KIND = "|".join(sorted(KINDS, key=len, reverse=True))
_OURS = r"(?:tdkt|thi dua,? ?khen thuong|thi dua|khen thuong)"
_LAW = re.compile(
    rf"\bluat\b(?P<rest>(?: (?:cu|truoc day|hien hanh|hien nay|moi|ve|sua doi,? bo sung|sua doi"
    rf"|mot so dieu|cua|{_OURS}))*)"
    r"(?: nam)?(?: (?P<year>(?:19|20)\d\d)\b)?"
)
_AMENDED = re.compile(r"\bsua doi(?:,? bo sung)?(?: nam)? (?P<year>(?:19|20)\d\d)\b")
_NUMBERED = re.compile(
    rf"\b(?P<kind>{_KIND})\s*(?:so\s*:?\s*)?(?P<number>\d{{1,5}})(?![\d.,]*\d*\s*%)"
    r"(?:\s*/\s*(?P<year>(?:19|20)\d\d))?\b(?!/\d)"
)
_ISSUER = re.compile(r"\b(?P<kind>huong dan|hd|cong van|cv|van ban huong dan|ke hoach)\b(?P<rest>[^.;?]{0,60})")
_LEVEL = re.compile(r"\b(huyen|so (?=noi|giao|y te|tai|nong)|tinh|xa|phuong|snv|binh luc)\b")
_OTHER_LAW = re.compile(r"\b(?:bo )?luat (?P<name>[a-z]+(?: [a-z]+){0,2})")
_STEP = re.compile(
    r"\b(?:(?P<dieu>(?:dieu|d)\s?(?P<dn>\d{1,3}[a-z]?))|(?P<khoan>(?:khoan|k)\s?(?P<kn>\d{1,2}[a-z]?))"
    r"|(?P<diem>diem\s(?P<xn>[a-z]\d?)))\b(?!\s*%)"
)
_ROMAN = r"(?:x{0,2}(?:ix|iv|v?i{1,3}|v|x))"
_COUNT = {"mot": "1", "dau": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5"}
_ORDINAL = r"(?:so |thu )?(?P<{}>\d{{1,2}}|mot|hai|ba|bon|nam|dau)"
_MUC = re.compile(
    rf"\bmuc (?:so )?(?:(?P<roman>{_ROMAN})(?:\s?[.,/]?\s?(?P<under>\d{{1,2}}))?"
    r"|(?P<number>\d{1,2})(?:\.(?P<sub>\d{1,2}))?)\b"
)
_PHAN = re.compile(rf"\bphan (?:thu )?(?P<roman>{_ROMAN}|\d)\b(?!\s*%|\s*tram)")
_DOAN = re.compile(rf"\b(?:doan|y) (?:van )?{_ORDINAL.format('n')}\b")
_ANNEX = re.compile(rf"\bphu luc (?:so )?(?P<n>{_ROMAN}|\d{{1,2}})\b")
_TYPE = r"[A-Z]+\d{0,2}(?:[-&][A-Z]+\d{0,2})*"
# A whole number in capitals without dấu: 98/2023/ND-CP, 02/HD-HDTDKT, 06/2022/QH15, 34-CT/TW.
_WHOLE = re.compile(
    rf"(?<![\w/])0*(?P<n>\d{{1,5}}[A-Z]?)(?:(?P<year>/(?:19|20)\d\d)?/(?P<type>{_TYPE}(?:/[A-Z]{{1,6}})?)"
    r"|-(?P<party>[A-Z]+/[A-Z]+))(?!\w)"
)
_ROMANS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a question names. `documents`: numbers it may mean (one when resolved, several when ambiguous, none when
    only a path).

    `together`: the several are meant as one (a law with its amendments). `paths`: places named, in the order typed.
    `assumed`: what was
    chosen for the asker. `unknown`: a text named that the catalogue does not know, as typed. `typed`: the words that
    name the text, folded, one piece a line.
    """

    documents: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    together: bool = False
    assumed: str = ""
    unknown: str = ""
    typed: str = ""

    @property
    def ambiguous(self) -> bool:
        return len(self.documents) > 1 and not self.together


def recognise(text: str, catalogue: Sequence[Document], on: date) -> Reference:
    """The text and the places a question names, as of a day. Empty when it names none."""
    folded = _folded(text)
    paths = _law_paths(text, folded) or _letter_paths(folded)
    for find in (_by_number, _by_year, _by_issuer, _by_kind):
        found = find(folded, catalogue, on)
        if found is not None:
            return replace(found, paths=paths)
    return Reference(paths=paths)


def _folded(text: str) -> str:
    return fold(text).lower()


def numbers_in(text: str) -> tuple[str, ...]:
    """The whole document numbers that a text cites, as `number_key` writes them, each once, in order."""
    plain = re.sub(r" ?([/-]) ?", r"\1", _folded(text).upper().replace("–", "-"))
    found = (
        f"{m['n']}-{m['party']}" if m["party"] else f"{m['n']}{m['year'] or ''}/{m['type']}"
        for m in _WHOLE.finditer(plain)
    )
    return tuple(dict.fromkeys(found))


def number_key(number: str) -> str:
    """One spelling of a document number, for looking it up: "02/HD-HĐTĐKT" and "2/hd-hdtdkt" are "2/HD-HDTDKT"."""
    return next(iter(numbers_in(number)), _folded(number).upper().strip())


def _by_number(folded: str, catalogue: Sequence[Document], _on: date) -> Reference | None:
    """Full numbers, separators typed any way: "152/2025 ndcp", "02 hd hdtdkt", "34-ct/tw"."""
    hits = [(d, m[0]) for d in catalogue if (m := _number_pattern(d.number).search(folded))]
    short = _by_short_number(folded, catalogue, _on)
    if not hits or (
        short and any(d.held and d.number in short.documents for d in catalogue) and not any(d.held for d, _ in hits)
    ):
        return short
    chosen = [(d.number, t) for d, t in hits if d.held] or [(d.number, t) for d, t in hits]
    return Reference(tuple(n for n, _ in chosen), together=True, typed="\n".join(t for _, t in chosen))


def _number_pattern(number: str) -> re.Pattern[str]:
    parts = [p.lstrip("0") or "0" for p in re.split(r"[/\-\s]+", _folded(number))]
    between = r"[\s/.\-]{0,3}"
    return re.compile(rf"(?<![\d/])0*{between.join(map(re.escape, parts))}(?![a-z\d])")


def _by_short_number(folded: str, catalogue: Sequence[Document], on: date) -> Reference | None:
    """Kind and leading number, the year perhaps: "NĐ 98", "hd 02 của huyện", "luật 06", "TT 15/2025". A text that is
    held goes first:
    "Chỉ thị 34 trong hướng dẫn 02" is asked of the letter."""
    held = {d.number for d in catalogue if d.held}
    named = [r for m in _NUMBERED.finditer(folded) if (r := _numbered(m, catalogue, on))]
    return next((r for r in named if held & set(r.documents)), named[0] if named else None)


def _numbered(match: re.Match[str], catalogue: Sequence[Document], on: date) -> Reference | None:
    kind, number, year = KINDS[match["kind"]], int(match["number"]), match["year"]
    if kind == "Luật" and 1900 < number < 2100:
        return None
    same = [
        d for d in catalogue
        if (not kind or d.kind == kind) and _leading(d) == number and (not year or _year(d) == int(year))
    ]  # fmt: skip
    return _choose(same, on, match[0]) if same else Reference(unknown=match[0], typed=match[0])


def _choose(documents: Sequence[Document], on: date, typed: str) -> Reference:
    if len(documents) == 1:
        return Reference((documents[0].number,), typed=typed)
    current = [d for d in documents if d.in_force(on)]
    if len(current) == 1:
        return Reference((current[0].number,), assumed=f"{typed} = {current[0].number}", typed=typed)
    return Reference(tuple(d.number for d in current or documents), typed=typed)


def _by_year(folded: str, catalogue: Sequence[Document], on: date) -> Reference | None:
    """Laws of this field by year or by date: "Luật 2013", "luật TĐKT", "luật sửa đổi", "luật 2003 sửa đổi 2013"."""
    laws = [d for d in catalogue if d.kind == "Luật" and "thi dua" in _folded(d.title)]
    for match in _LAW.finditer(folded):
        years = [y for y in (match["year"], *(m["year"] for m in _AMENDED.finditer(folded, match.end("rest")))) if y]
        if years:
            hits = [d.number for y in years for d in laws if _year(d) == int(y)]
            typed = "\n".join((match[0], *years))
            return (
                Reference(tuple(dict.fromkeys(hits)), together=True, typed=typed)
                if hits
                else Reference(unknown=match[0])
            )
        if "sua doi" in match["rest"]:
            return _choose([d for d in laws if d.amends], on, match[0])
        if re.search(_OURS, match["rest"]):
            current = [d for d in laws if not d.amends and d.in_force(on)]
            if current:
                return Reference((current[0].number,), assumed=f"{match[0]} = {current[0].number}", typed=match[0])
    return None


def _by_issuer(folded: str, catalogue: Sequence[Document], _on: date) -> Reference | None:
    """A letter by its issuer: "hướng dẫn tổng kết của huyện"."""
    for match in _ISSUER.finditer(folded):
        levels = set(_LEVEL.findall(match["rest"]))
        kind = KINDS.get(match["kind"], "Hướng dẫn")
        same = [d for d in catalogue if d.held and d.kind == kind and levels & set(_LEVEL.findall(_folded(d.issuer)))]
        if levels and len(same) == 1:
            typed = match["kind"]
            return Reference((same[0].number,), assumed=f"{match['kind']} = {same[0].number}", typed=typed)
    return None


def _by_kind(folded: str, catalogue: Sequence[Document], on: date) -> Reference | None:
    """A kind alone, where only one such text is in force: "nghị định quy định chi tiết", "thông tư hướng dẫn"."""
    for name in ("nghi dinh", "thong tu"):
        if re.search(rf"\b{name}\b", folded):
            current = [d for d in catalogue if d.kind == KINDS[name] and d.in_force(on)]
            return Reference(tuple(d.number for d in current), assumed=name)
    return None


def other_law(text: str, names: Iterable[str]) -> str:
    """The name of a law of another field ("Luật Đất đai"), "" if none; `names` are folded."""
    known = tuple(names)
    for match in _OTHER_LAW.finditer(_folded(text)):
        for name in known:
            if match["name"].startswith(name):
                return match[0]
    return ""


def _leading(document: Document) -> int:
    match = re.match(r"\d+", document.number)
    return int(match[0]) if match else -1


def _year(document: Document) -> int | None:
    match = re.search(r"/((?:19|20)\d\d)/", document.number)
    if match:
        return int(match[1])
    return document.issued.year if document.issued else None


def _law_paths(text: str, folded: str) -> tuple[str, ...]:
    """ "điểm a khoản 1 Điều 24", "k1 đ24", "Điều 24 khoản 1 và khoản 3" → paths from the điều down; khoản alone stays
    `khoan-2`.
    """
    steps = list(_STEP.finditer(folded))
    dieu = [m["dn"] for m in steps if m["dieu"]]
    khoan = list(dict.fromkeys(m["kn"] for m in steps if m["khoan"]))
    diem = [_point(text, folded, m) for m in steps if m["diem"]]
    if not steps or (diem and not khoan and not dieu):
        return ()
    heads = [f"dieu-{n}" for n in dict.fromkeys(dieu)] or [""]
    if len(heads) > 1:
        return tuple(heads) if not khoan else _paired(steps)
    paths = [_join(heads[0], f"khoan-{k}") for k in khoan] or heads
    if diem and len(paths) == 1:
        paths = [_join(paths[0], f"diem-{x}") for x in diem]
    return tuple(p for p in paths if p)


def _paired(steps: Sequence[re.Match[str]]) -> tuple[str, ...]:
    """Several điều, each with the khoản typed before it: "khoản 1 Điều 23, khoản 2 Điều 24"."""
    paths, khoan = [], ""
    for step in steps:
        if step["khoan"]:
            khoan = step["kn"]
        elif step["dieu"]:
            paths.append(_join(f"dieu-{step['dn']}", f"khoan-{khoan}" if khoan else ""))
            khoan = ""
    return tuple(paths)


def _point(text: str, folded: str, match: re.Match[str]) -> str:
    at = match.start("xn")
    typed = text[at].lower() if len(text) == len(folded) else match["xn"][0]
    return ("đ" if typed == "đ" else match["xn"][0]) + match["xn"][1:]


def _join(head: str, tail: str) -> str:
    return "/".join(part for part in (head, tail) if part)


def _letter_paths(folded: str) -> tuple[str, ...]:
    """ "mục I.2", "mục 2 phần I", "đoạn 2 mục I.1", "phần II", "phụ lục 1" → `muc-I/2`, … ; "mục 1" alone stays `1`."""
    if annex := _ANNEX.search(folded):
        return (f"phu-luc-{annex['n'].upper()}",)
    part, item, paragraph = _PHAN.search(folded), _MUC.search(folded), _DOAN.search(folded)
    path = f"muc-{_roman(part['roman'])}" if part else ""
    if item and item["roman"]:
        path = _join(f"muc-{item['roman'].upper()}", item["under"] or "")
    elif item:
        path = _join(path, item["number"] if not item["sub"] else f"{item['number']}/{item['number']}.{item['sub']}")
    if path and paragraph:
        path = _join(path, f"doan-{_COUNT.get(paragraph['n'], paragraph['n'])}")
    return (path,) if path else ()


def _roman(text: str) -> str:
    return (_ROMANS[int(text)] if text.isdigit() and int(text) < len(_ROMANS) else text).upper()


def locate(path: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths of a document that a named path may mean: itself; a đoạn 1 means its node; `1` means every node
    numbered so.
    """
    known = tuple(paths)
    for candidate in (path, path.removesuffix("/doan-1"), path.replace("muc-", "phan-", 1)):
        if candidate in known:
            return (candidate,)
    return tuple(p for p in known if p.endswith("/" + path))


_WORDS = {
    "dieu": "Điều", "khoan": "khoản", "diem": "điểm", "doan": "đoạn", "phan": "Phần", "chuong": "Chương", "muc": "mục",
    "tieu-muc": "tiểu mục", "phu-luc": "Phụ lục", "mau": "Mẫu số", "bieu": "Biểu số", "bang": "bảng", "hang": "hàng",
    "gach": "gạch đầu dòng", "cong": "dấu cộng", "can-cu": "phần căn cứ", "mo-dau": "mở đầu",
    "dau-van-ban": "phần đầu văn bản", "ket": "phần kết", "noi-nhan": "nơi nhận", "chu-ky": "phần ký",
    "quy-che": "Quy chế", "quy-dinh": "Quy định", "dieu-le": "Điều lệ", "noi-quy": "Nội quy",
    "chuong-trinh": "Chương trình", "de-cuong": "Đề cương",
}  # fmt: skip
_SEGMENT = re.compile(
    rf"(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:-(?P<value>[^/]+?))?(?:-lan-(?P<again>\d+))?$"
)


def label(document: Document, path: str, *, first_paragraph: bool = False) -> str:
    """A citation as officers write it: "khoản 2 Điều 23 Luật 06/2022/QH15", "Hướng dẫn 02/HD-HĐTĐKT, mục I.1, đoạn 2".

    `first_paragraph`: only the numbered node's own running text is meant, and more paragraphs hang under it ("…, đoạn
    1").
    """
    name = f"{document.kind} {document.number}".strip()
    where = place(f"{path}/doan-1" if first_paragraph else path)
    return f"{where} {name}" if path.startswith("dieu-") else f"{name}, {where}"


def place(path: str) -> str:
    """Where in a text, as officers write it: "khoản 2 Điều 23", "mục I.1, đoạn 2"."""
    parts: list[str] = []
    for segment in path.split("/"):
        if segment[:1].isdigit():
            _number(parts, segment)
        else:
            parts.append(_word(segment))
    return " ".join(reversed(parts)) if path.startswith("dieu-") else ", ".join(parts)


def _number(parts: list[str], segment: str) -> None:
    """A bare number hangs on the mục before it: mục I + 1 → mục I.1; 1 + 1.1 → 1.1."""
    if not parts or not parts[-1].lower().startswith(("mục", "phần ")):
        parts.append(f"mục {segment}")
    elif segment.startswith(re.split(r"[ .]", parts[-1])[-1] + "."):
        parts[-1] += segment[segment.index(".") :]
    else:
        parts[-1] += f".{segment}"


def _word(segment: str) -> str:
    match = _SEGMENT.match(segment)
    if match is None:
        return segment
    value = f" {match['value']}" if match["value"] else ""
    return _WORDS[match["word"]] + value + (f" (lần {match['again']})" if match["again"] else "")
