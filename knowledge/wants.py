"""The kind of thing a question asks for, and whether a text has it: a number of that unit, a date, a deadline, an actor, a phone … Pure.

Rules of this file
1. Read from `plain` text (folded, no punctuation): both ways of typing ask for the same.
2. A *hard* want is checked word by word: "mấy bộ" is answered by a number of bộ and by nothing else. A text that speaks of the
   matter without it does not state it.
3. A soft want (who, which, how) only helps to choose between texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

NUMBER = r"(?:\d+(?: \d{3})*|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi(?: \w+)?)"
_HOW_MANY = r"(?:bao nhieu|may|bn|toi da bao nhieu|bao)"


class Kind(StrEnum):
    COUNT = "count"  # so many of a unit
    MONEY = "money"
    RATIO = "ratio"
    DATE = "date"
    DEADLINE = "deadline"
    DURATION = "duration"
    FREQUENCY = "frequency"
    SIGNER = "signer"
    CONTACT = "contact"
    FORM = "form"
    CONTINUATION = "continuation"  # what a broken-off text says further on
    WHO = "who"
    WHOM = "whom"
    DEFINITION = "definition"
    LIST = "list"
    WHICH = "which"  # of a kind that is named: "chỉ thị nào"
    BASIS = "basis"  # what a text is issued by virtue of
    PURPOSE = "purpose"
    ADDRESSEE = "addressee"  # whom a text is sent to
    ABOUT = "about"  # the text itself: number, date, place, subject, addressees
    CONDITIONS = "conditions"
    WHETHER = "whether"


HARD = frozenset({Kind.COUNT, Kind.MONEY, Kind.RATIO, Kind.DATE, Kind.DEADLINE, Kind.DURATION, Kind.FREQUENCY, Kind.SIGNER, Kind.CONTACT, Kind.FORM, Kind.CONTINUATION})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Want:
    """One kind of thing asked for; `unit` is what is counted ("bo", "nam", "thanh vien"), folded."""

    kind: Kind
    unit: str = ""

    @property
    def hard(self) -> bool:
        return self.kind in HARD


# How many of what: the unit as it is asked for → as it may stand in a text after the number.
_UNITS = {
    "bo": r"bo(?: ho so| ban| chinh)?", "nam": r"nam", "thang": "thang", "ngay": r"ngay(?: lam viec)?", "ngay lam viec": "ngay lam viec",
    "tuan": "tuan", "gio": "gio", "quy": "quy", "lan": "lan", "diem": "diem", "trang": "trang", "thanh vien": "thanh vien", "tv": "thanh vien",
    "nguoi": "(?:nguoi|ca nhan|thanh vien)", "ca nhan": "(?:nguoi|ca nhan)", "giai thuong": "giai thuong", "sang kien": "sang kien",
    "bang khen": "bang khen", "bk": "bang khen", "giay khen": "giay khen", "phieu": "phieu", "to": "to", "tap the": "tap the",
    "de tai": "de tai", "chi tieu": "chi tieu", "tuoi": "tuoi", "he so": r"he so", "thon": "thon", "ho": "ho", "danh hieu": "danh hieu",
    "ban": r"(?:ban|bo)", "cuoc": "cuoc", "hoi nghi": "hoi nghi", "cm": "cm",
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_COUNT = re.compile(
    rf"\b(?:(?:bao nhieu|bn) (?:lan )?|may |so luong )(?P<unit>{_UNIT})\b(?! xet)(?!(?: nam)? (?:20|19)\d\d)"
)
_NOUN = re.compile(
    r"\b(?:nhung|cac|may) (?P<noun>[a-z]+ [a-z]+)\b(?: \S+){0,6}? (?:nao|gi)\b|\b(?P<which>[a-z]+ [a-z]+) nao\b"
)
_NAMED = re.compile(
    r"\b(?:ke ten|liet ke|ten)(?: ra)?(?: giup \S+)? (?:cac|nhung)? ?(?:loai |hang )?(?P<noun>[a-z]+ [a-z]+)\b"
)
_NO_NOUN = re.compile(
    r"^(?:co quan|don vi|doi tuong|nguoi nao|truong hop|thoi gian|viec gi|noi dung|vao ngay|thu tuc)$|^(?:ra|cua|tu|o|vao|la|den|cho|ve|do|truoc|nam|tai|bang)\b|\b(?:ngay|thang|nam)$"
)
_LISTED = re.compile(
    r"\b(?:may|bao nhieu|bn) (?:loai|hinh thuc|nhiem vu|noi dung|nguyen tac|cap|muc|truong hop|buoc|nhom|hang|y|dieu|khoan|danh hieu|can cu)\b"
)

_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.CONTINUATION, re.compile(r"\b(?:viet tiep|ghi tiep|noi tiep|tiep theo la|tiep theo viet|tiep theo ghi|phan tiep theo|doan tiep theo|phan con lai|sau cho)\b")),
    (Kind.SIGNER, re.compile(r"\b(?:(?:ai|nguoi nao|lanh dao nao|chuc vu nao) (?:la nguoi )?(?:dung ten )?ki(?: ten)?(?: ban hanh)?(?! quyet dinh| ket| tang| qd)|nguoi ky|do ai ky|ai da ky|chu ky cua ai)\b")),
    (Kind.CONTACT, re.compile(r"\b(?:so dien thoai|sdt|dien thoai nao|lien he (?:voi )?(?:ai|dau|so|phong|can bo|theo|cho ai)|dau moi lien he|email|e mail|thu dien tu|hop thu|dia chi nhan|hotline|lien he)\b")),
    (Kind.FORM, re.compile(r"\b(?:mau so (?:may|bao nhieu|nao|bn)|mau nao|theo mau|kem mau|mau (?:bc|bao cao|bieu|to trinh|bien ban)|bieu mau|phu luc nao|bieu so may|de cuong)\b")),
    (Kind.MONEY, re.compile(r"\b(?:bao nhieu (?:tien|dong|trieu|nghin)|bn tien|may (?:trieu|dong)|thuong (?:bao nhieu|bn|may)(?! nam| lan lien)|muc (?:tien )?thuong|muc tien|so tien|may lan (?:muc )?luong|bao nhieu lan (?:muc )?luong|tien thuong (?:\S+ ){0,8}(?:bao nhieu|bn|may))\b")),
    (Kind.RATIO, re.compile(r"(?:\b(?:bao nhieu|may|bn) (?:%|phan tram|pt)|\bti le (?:\S+ ){0,8}?(?:bao nhieu|bn|may|toi da|la)|\bti le cao nhat|\b(?:bao nhieu|bn) phan tram|\b(?:bao nhieu|bn) %)")),
    (Kind.DEADLINE, re.compile(r"\b(?:han (?:nop|cuoi|chot|gui|cuoi cung|dang ki|bao cao|khi nao|la|den)|thoi han (?:nop|gui)|(?:nop|gui|xong|hoan thanh|trinh|dang ki)(?: \S+){0,8}? truoc (?:ngay|thang|khi|bao gio|ngay bao)(?: nao| may| bao nhieu| bn)?\b|truoc (?:ngay|thang) (?:nao|may|bao nhieu|bn)|cham nhat|muon nhat|han chot|deadline|khi nao (?:nop|gui|phai nop)|bao gio (?:nop|gui|phai nop)|(?:nop|gui)(?: \S+){0,5} (?:khi nao|ngay nao|ngay may|bao gio|luc nao|thang may))\b")),
    (Kind.FREQUENCY, re.compile(r"\b(?:bao lau|(?:may|bao nhieu|bn) (?:nam|thang))(?: \S+){0,4}? (?:mot|1) (?:lan|dot)\b")),
    (Kind.DURATION, re.compile(r"\b(?:bao lau(?!(?: \S+){0,4} (?:mot|1) (?:lan|dot))|thoi gian (?:la )?bao nhieu)\b")),
    (Kind.BASIS, re.compile(r"\b(?:can cu (?:vao )?(?:van ban|dau|gi)|(?:trien khai|thuc hien|ban hanh|tong ket(?: \S+){0,3}) (?:can cu )?theo (?:van ban|cong van|chi dao|huong dan)|theo (?:van ban|cong van) (?:nao|so may|gi)|dua tren van ban)\b")),
    (Kind.PURPOSE, re.compile(r"\b(?:muc dich|nham (?:muc dich|de|lam)|de lam gi)\b")),
    (Kind.DATE, re.compile(r"\b(?:ngay nao|ngay may|ngay thang nao|ngay bao nhieu|hom nao|khi nao|bao gio|luc nao|thang may|thang nao|nam nao|tu khi nao|vao dip nao|nam bao nhieu)\b")),
    (Kind.ADDRESSEE, re.compile(r"\b(?:gui(?: cho| den| toi)? (?:nhung )?(?:ai|co quan nao|don vi nao|nhung|doi tuong)|gui (?:cho|den|toi)(?: \S+){1,4} nao|kinh gui|noi nhan|nguoi nhan|nhung noi nao nhan|duoc gui)\b")),
    (Kind.ABOUT, re.compile(r"\b(?:mang so|so hieu|(?<!ho )so (?:may|bao nhieu)|trich yeu|v v gi|ve viec gi|ve van de gi|(?:ra|ban hanh|ki|de|phat hanh)(?: vao)? (?:ngay|hom|thang)(?: thang)?(?: nam)? (?:nao|may|bao|bn)|(?:ban hanh|ra) (?:khi nao|bao gio|o dau))\b")),
    (Kind.DEFINITION, re.compile(r"\b(?:hieu (?:la|the nao|nhu the nao|ra sao)|duoc hieu|nghia la gi|dinh nghia|khai niem|the nao la|(?:^|\s)la gi$|la nhu the nao)\b")),
    (Kind.CONDITIONS, re.compile(r"\b(?:tieu chuan|dieu kien|can gi|can nhung gi|can dat|dat gi|phai dat|yeu cau gi|muon dat|muon duoc|de duoc|doi hoi)\b")),
    (Kind.WHOM, re.compile(r"\bcho (?:nhung )?(?:ai|doi tuong nao|nguoi nao|tap the nao|ca nhan nao)\b")),
    (Kind.WHO, re.compile(r"\b(?:ai|co quan nao|cap nao|don vi nao|phong nao|so nao|bo nao|co quan gi|nguoi nao|cua ai|quy nao|nhung ai|doi tuong nao)\b")),
    (Kind.LIST, re.compile(r"\b(?:nhung \S+(?: \S+){0,4} (?:nao|gi)|gom (?:nhung )?(?:gi|nhung)|liet ke|ke ten|cac (?:loai|buoc|hanh vi|hinh thuc|danh hieu)|nhung gi|nhung (?:viec|giay to|noi dung|nguyen tac|truong hop))\b")),
    (Kind.WHETHER, re.compile(r"\b(?:(?:co|duoc|phai|bi)\b.*\b(?:khong|chua|hay khong)|dung khong|phai khong|duoc khong)\b")),
)  # fmt: skip

_DATE = r"(?:\d{1,2} \d{1,2} \d{4}|ngay \d{1,2}(?: thang)? \d{1,2}|thang \d{1,2} nam \d{4}|quy [iv]+|\d{1,2} \d{1,2} hang nam)"
_HAS: dict[Kind, re.Pattern[str]] = {
    Kind.MONEY: re.compile(rf"\b(?:{NUMBER} (?:trieu |nghin )?dong\b|{NUMBER}(?: \d)? lan (?:muc )?luong|luong co so)"),
    Kind.RATIO: re.compile(rf"(?:{NUMBER} ?%|{NUMBER} phan tram)"),
    Kind.DATE: re.compile(rf"\b(?:{_DATE}|nam \d{{4}}|ngay ki|hang nam|quoc khanh|vao dip|ngay luat nay)\b"),
    Kind.DEADLINE: re.compile(rf"\b(?:truoc|cham nhat|muon nhat|han cuoi|den het|trong thoi han|thoi han)(?: \S+){{0,4}} (?:{_DATE}|{NUMBER} ngay|thang \d+)"),
    Kind.DURATION: re.compile(rf"(?:\b{NUMBER} (?:nam|thang|ngay|tuan)\b|hang nam|tung nam)"),
    Kind.FREQUENCY: re.compile(rf"(?:\b{NUMBER} (?:nam|thang) (?:xet \S+ )?(?:mot|1|01) (?:lan|dot)\b|hang nam)"),
    Kind.BASIS: re.compile(r"^(?:can cu|thuc hien|theo|trien khai)\b"),
    Kind.PURPOSE: re.compile(r"(?:^(?:de|nham)\b|\bmuc tieu\b|=muc-tieu|\bnham\b)"),
    Kind.ABOUT: re.compile(r"\b(?:so \d|v v)\b"),
    Kind.ADDRESSEE: re.compile(r"\bkinh gui\b"),
    Kind.CONTACT: re.compile(r"\b(?:0\d{2,3} ?\d{3} ?\d{3,4}|dien thoai|email|hop thu|sdt|[a-z0-9]+ gov vn)\b"),
    Kind.FORM: re.compile(r"\b(?:mau so|theo mau|mau \d|bieu so|bieu mau|phu luc|de cuong)\b"),
    Kind.WHO: re.compile(r"\b(?:chu tich|thu tuong|chinh phu|bo truong|bo|uy ban|hoi dong|so noi vu|co quan|thu truong|nguoi dung dau|toa an|quoc hoi|cap co tham quyen|giam doc|huyen uy)\b"),
    Kind.WHOM: re.compile(r"\b(?:de tang|xet tang|tang cho|doi voi)\b"),
    Kind.DEFINITION: re.compile(r"\bla\b"),
}  # fmt: skip


def wants(asked: str) -> tuple[Want, ...]:
    """What a question (`plain`) asks for, hard wants first."""
    found: list[Want] = []
    counted = _COUNT.search(asked)
    kinds = [kind for kind, pattern in _ASKED if pattern.search(asked)]
    if counted and not {Kind.MONEY, Kind.RATIO, Kind.FREQUENCY} & set(kinds):
        found.append(Want(Kind.COUNT, counted["unit"]))
    if Kind.WHOM in kinds and Kind.WHO in kinds:
        kinds.remove(Kind.WHO)
    if Kind.DEADLINE in kinds and Kind.DATE in kinds:
        kinds.remove(Kind.DATE)
    found += [Want(kind) for kind in kinds]
    if _LISTED.search(asked):
        found.append(Want(Kind.LIST))
    if named := _NAMED.search(asked):
        found += [Want(Kind.LIST), Want(Kind.WHICH, named["noun"])]
    elif (noun := _NOUN.search(asked)) and not _NO_NOUN.search(name := noun["noun"] or noun["which"]):
        found.append(Want(Kind.WHICH, name))
    return tuple(dict.fromkeys(found))


def has(want: Want, text: str) -> bool:
    """Whether a `plain` text carries the thing wanted; True for wants that no pattern can check."""
    if want.kind is Kind.COUNT:
        return re.search(rf"\b{NUMBER}(?: \S+)? {_UNITS[want.unit]}\b", text) is not None or (
            want.unit == "nam" and "hang nam" in text
        )
    if want.kind in (Kind.SIGNER, Kind.CONTINUATION):
        return False
    if want.kind is Kind.WHICH:
        return f" {want.unit} " in f" {text} "
    pattern = _HAS.get(want.kind)
    return pattern is None or pattern.search(text) is not None
