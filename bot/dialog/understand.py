"""What a typed message means: cleaned, compared without dấu, recognised as a choice, a command or a question. Pure.

Rules of this file
1. A choice is looked up only among what was last offered; a command only if it is the whole message. Everything else
   is content or a question: text is never searched for commands.
2. Whether content is a question is decided here alone: CLEAR ones are looked up, DOUBTFUL ones are asked back about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.dialog.conversation import Action, Conversation, Offered
from bot.officers import code_in
from bot.values import fold

COMMANDS: Mapping[Action, tuple[str, ...]] = {
    Action.MENU: ("/start", "menu", "bat dau", "trang chu"),
    Action.LEAVE: ("/huy", "huy", "thoat", "thoat ra", "luu va thoat", "dung", "dung lai"),
    Action.HELP: ("/trogiup", "/help", "tro giup", "trogiup", "giup", "help", "huong dan su dung"),
    Action.ASK: ("/hoi", "hoi", "hoi dap", "hoi quy dinh", "dat cau hoi"),
    Action.FILL: ("/nop", "nop", "nop bao cao", "nop bc"),
    Action.PROGRESS: ("/tiendo", "tien do", "tiendo"),
    Action.DEADLINES: ("/nhac", "nhac", "nhac han", "han nop", "lich nhac"),
    Action.DOWNLOAD: ("/taive", "tai ve", "tai bao cao", "tai ban bao cao", "xuat bao cao"),
    Action.HISTORY: ("/lichsu", "lich su", "xem lich su", "lich su bao cao"),
    Action.APPROVAL: ("/duyet", "duyet", "duyet bao cao"),
    Action.WITHDRAW: ("/rutlai", "rut lai", "rut lai bao cao"),
    Action.MUTE: ("/tatnhac", "tat nhac", "tat nhac han"),
    Action.UNMUTE: ("/batnhac", "bat nhac", "bat lai nhac", "bat nhac han"),
    Action.UPLOAD: ("/guitep", "gui tep", "gui tep kem theo", "kem tep", "gui file"),
}
FORM_COMMANDS: Mapping[Action, tuple[str, ...]] = {
    Action.BACK: ("quay lai", "lui lai", "tro lai", "/quaylai"),
    Action.ONWARD: ("bo qua", "tiep", "tiep tuc", "lam tiep", "xong", "giu nguyen", "/boqua"),
    Action.EDIT: ("sua", "sua lai", "/sua"),
    Action.NO_CONTENT: ("khong co", "khong co noi dung", "khong co gi"),
    Action.LIST: ("danh sach", "danh sach phan", "muc luc", "/danhsach"),
    Action.REVIEW: ("xem lai", "/xemlai"),
    Action.SUBMIT: COMMANDS[Action.FILL],
    Action.MORE: ("viet tiep", "viet them", "noi them"),
    Action.ASK_STAFF: ("hoi co quan thuong truc",),
    Action.TAKE_EARLIER: ("lay noi dung nam truoc", "lay noi dung nam truoc lam nhap", "/namtruoc"),
    Action.KEEP_EARLIER: ("giu nguyen noi dung nam truoc", "giu nguyen nam truoc"),
    Action.DETACH: ("/xoatep", "xoa tep", "xoa tep kem theo", "bo tep", "xoa file"),
}
TABLE_COMMANDS: Mapping[Action, tuple[str, ...]] = {
    Action.ADD_ROW: ("tung o", "nhap tung o", "them dong", "them mot dong", "them muc", "them mot muc"),
    Action.EDIT_ROW: ("sua dong", "sua hang"),
    Action.DELETE_ROW: ("xoa dong", "xoa hang", "bo dong"),
    Action.TEMPLATE: ("tai mau", "tai mau bang", "mau bang"),
}
_SALUTES = ("", "da ", "da em ", "da e ", "em ", "e ", "xin ")
_TO_WHOM = ("", " ad", " ban", " em", " anh", " chi", " anh chi", " tro ly", " nhe", " a", " nhieu")
GREETINGS = frozenset(f"{a}chao{b}" for a in _SALUTES for b in _TO_WHOM) | {"hello", "hi", "alo"}
THANKS = frozenset(f"{a}cam on{b}" for a in _SALUTES for b in _TO_WHOM) | {
    "thanks",
    "ok",
    "oke",
    "vang",
    "da",
    "da vang",
}
# "phần này cần viết gì?": asked about the step the officer stands at.
_EXPLAIN = re.compile(
    r"(.* )?((phan|muc|noi dung|cho|cau|o) nay )(can |phai |nen |thi )*(viet|ghi|neu|lam|tra loi|dien|hoi)\b"
    r".*\b(gi|the nao|ra sao|sao)( a| vay| nhi| the| day)?|(can )?viet (nhung )?gi( o day)?"
)
# Words that make a sentence without "?" look like a question.
_ASKING = re.compile(
    r"\b(la gi|bao nhieu|khi nao|bao gio|the nao|ra sao|o dau|tai sao|vi sao|la ai|nhu nao|may (ngay|bo|ban)"
    r"|gom nhung gi|can (viet|nop|lam|co|ghi) (nhung )?gi|(duoc|phai|dung|chua) khong|ha ad)\b"
    r"|\bco (phai|can|duoc) .*\bkhong\b"
    r"|\b(la|vao|den|truoc|tu) (ngay|hom|luc|gio|thang|nam|muc|dieu|khoan|van ban|mau|cap|co quan|don vi) nao( a)?$"
    r"|\b(gui|nop) (ve|cho|o|qua) (dau|ai)( a| vay)?$"
)
# Asked of the assistant and never the content of a report: "viết hộ tôi …", "cho em xin số điện thoại …".
_REQUEST = re.compile(
    r"((ban|ad|tro ly|hay|thoi) )*(viet|soan|lam|bia|che|nan|nghi|ke|them|sua|ghi|tao)( \w+)? "
    r"(ho|giup|gium) (toi|em|e|minh)\b.*"
    r"|cho (toi|em|e|minh) (xin |hoi |biet |xem )*"
    r"(so dien thoai|sdt|ngay sinh|dia chi|cccd|so can cuoc|bao cao|ho so) .*"
)
_MAY_REQUEST = re.compile(r".* (ho|giup|gium) (toi|em|e|minh)( voi| nhe| a| di)?")
_SHORT_QUESTION, _LONG_QUESTION = 200, 300  # characters
# "hỏi …" asks; typed without dấu it may as well be hội: those compounds are content.
_ASKS = re.compile(r"(/hoi(?:@\w+)?|hỏi(?!\s+thăm)|hoi\s*[:,])\s*[:,-]?\s*(?P<rest>\S.*)", re.DOTALL | re.IGNORECASE)
_MAY_ASK = re.compile(
    r"hoi (?!nghi|dong|thao|thi|vien|truong|chu|phu nu|nong dan|cuu|lien|van|khuyen|luat|nguoi|doan|dam|cho|tham).+"
)
_DETACH = re.compile(r"(?:/xoatep|(?:xoa|bo) (?:tep|file)) (?:so |thu )?([0-9]{1,2})")
_ROW = re.compile(r"(?P<what>sua|xoa|bo) (?:dong|hang) (?:so |thu )?(?P<row>[0-9]{1,4})")
_NUMBER = re.compile(r"\(?([0-9]{1,3})\s*[.)]?")


class Likely(Enum):
    """How far a text looks like a question."""

    NO = 0
    DOUBTFUL = 1
    CLEAR = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A command with what stood behind it."""

    action: Action
    rest: str = ""


def clean(text: str) -> str:
    """NFC without control, invisible and unpaired characters; line breaks and tabs stay; no blanks around."""
    kept = (
        c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or unicodedata.category(c)[0] != "C"
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def chosen(conversation: Conversation, text: str) -> Offered | None:
    """The offered choice that a text stands for: its number, or its label typed by hand."""
    offer = conversation.offer
    number = _NUMBER.fullmatch(text)
    if number and conversation.by_number:
        at = int(number[1])
        return offer[at - 1] if 1 <= at <= len(offer) else None
    typed = fold(text)
    return next((o for o in offer if typed and typed in {fold(o.label), fold(o.label.rpartition(" – ")[0])}), None)


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def command(text: str, *, in_form: bool, at_table: bool = False) -> Said | None:
    """The command that the whole message is, if it is one; "/sua 3" and "sửa dòng 3" carry a rest, so does "xong"."""
    typed = re.sub(r"^(/\w+)@\w+", r"\1", fold(text))
    for table in (*((TABLE_COMMANDS,) if at_table else ()), *((FORM_COMMANDS,) if in_form else ()), COMMANDS):
        for action, words in table.items():
            if typed in words:
                return Said(action, "xong" if typed == "xong" else "")
    if at_table and (found := _ROW.fullmatch(typed)):
        return Said(Action.EDIT_ROW if found["what"] == "sua" else Action.DELETE_ROW, found["row"])
    if in_form and (found := re.fullmatch(r"/?sua (?:phan |muc )?([0-9]{1,3}|[ivx]+(?:\.[0-9]+)*)", typed)):
        return Said(Action.EDIT, found[1])
    if in_form and (found := _DETACH.fullmatch(typed)):
        return Said(Action.DETACH, found[1])
    if typed.startswith("/start "):
        return Said(Action.MENU)
    return None


def question(text: str) -> tuple[Likely, str]:
    """How far a text is a question, and the question without a leading "hỏi"."""
    typed = fold(text)
    if (found := _ASKS.fullmatch(text)) and len(text) <= _LONG_QUESTION:
        return Likely.CLEAR, found["rest"]
    bare = len("hoi ") if _MAY_ASK.match(typed) and text[:3].casefold() == "hoi" else 0
    if text.rstrip(' !.)"”').endswith("?"):
        short = len(text) <= _LONG_QUESTION and "\n" not in text
        return (Likely.CLEAR if short else Likely.DOUBTFUL), text[bare:].lstrip()
    if len(text) <= _SHORT_QUESTION and _REQUEST.fullmatch(typed):
        return Likely.CLEAR, text
    if len(text) <= _SHORT_QUESTION and (bare or _ASKING.search(typed) or _MAY_REQUEST.fullmatch(typed)):
        return Likely.DOUBTFUL, text[bare:].lstrip()
    return Likely.NO, text


def about_this_step(text: str) -> bool:
    """Whether it asks what the present step wants."""
    return len(text) <= _SHORT_QUESTION and _EXPLAIN.fullmatch(fold(text)) is not None


def looks_like_code(text: str) -> bool:
    """Whether somebody meant it as a one-time code, and not as a word that happens to have its letters."""
    typed_as_code = text.startswith("/") or text.isupper() or any(c.isdigit() for c in text)
    return typed_as_code and code_in(text) is not None
