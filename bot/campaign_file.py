"""Read a campaign file (TOML, drafted by `thidua campaign draft`, filled in by staff): Campaign, units, officers.

Rules of this file
1. All problems are found before anything is said: each is one Vietnamese line that names the key and how to put it
   right. What is wrong in itself comes first, what does not fit together when every part is right in itself.
2. A `due` that is a day means 17:00 of that day, or of the day before where the letter says "trước ngày" (`strict`).
   A moment without a zone is local time.
3. A deadline comes from the guidance (`quote` with `path`) or from somebody (`set_by`); never from nowhere.
4. Whom it addresses is `addressed` in [campaign], among the units that are known when it is opened; else the [[unit]]s.
5. The form itself (`[[section]]`, `[[check]]`) is in `bot.form_file`.

    CampaignFileError       the one error: .problems says what is wrong, a line each
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Len
from pydantic import StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.addressed import KEY, Addressed
from bot.campaigns import Campaign, Deadline, Section
from bot.dialog.form import NO, YES
from bot.form_file import CheckTable, SectionTable, Table, Text
from bot.form_problems import problems as problems_of_form
from bot.officers import Officer, Unit
from bot.reminders import ICT
from bot.values import fold

END_OF_DAY = time(17)
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|ngày \d{1,2} tháng \d{1,2} năm \d{4}", re.IGNORECASE)


class CampaignFileError(Exception):
    """The file cannot be used; `problems` says why, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """What a file holds; `addressed` is to be resolved into the campaign's units among those that are known."""

    campaign: Campaign
    units: tuple[Unit, ...]
    officers: tuple[Officer, ...]
    addressed: Addressed


def load(source: Path | str | bytes, *, zone: tzinfo = ICT) -> CampaignFile:
    """Read a campaign from a path or from a file's bytes. Raises CampaignFileError."""
    try:
        table = tomllib.loads((source if isinstance(source, bytes) else Path(source).read_bytes()).decode("utf-8-sig"))
    except OSError as error:
        raise CampaignFileError([f"Không mở được tệp {source!s}."]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CampaignFileError([f"Tệp không đúng cú pháp TOML (UTF-8): {error}. Xin kiểm tra lại dòng đó."]) from error
    try:
        model = _File.model_validate(table)
    except ValidationError as error:
        raise CampaignFileError(list(dict.fromkeys(_problem(details) for details in error.errors()))) from error
    if problems := list(_problems(model, zone)):
        raise CampaignFileError(problems)
    return _campaign_file(model, zone)


# --- the shape of the file -------------------------------------------------------------------------------------------


class _Which(Table):
    kind: tuple[Text, ...] = ()
    block: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def says_something(self) -> _Which:
        if not (self.kind or self.block):
            raise ValueError
        return self


class _Campaign(Table):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Text
    guidance: Text
    report_year: int
    version: int = 1
    issuer: str = ""
    issued: date | None = None
    not_stated: tuple[str, ...] = ()
    addressed: Literal["all"] | Annotated[tuple[Text, ...], Len(1)] | _Which | None = None
    approval: bool = False


class _Unit(Table):
    code: Text
    name: Text
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()
    block: str = ""


class _Officer(Table):
    code: Text
    name: Text
    unit: Text
    leader: bool = False


class _Deadline(Table):
    key: Text
    what: Text
    due: datetime | date
    strict: bool = False
    quote: str = ""
    path: str = ""
    set_by: str = ""
    set_on: date | None = None
    for_report: bool = True

    @property
    def who_set_it(self) -> str:
        """Who set it and when, in one line; "" if nobody did."""
        return f"{self.set_by}, {self.set_on:%d/%m/%Y}" if self.set_by and self.set_on else self.set_by

    def moment(self, zone: tzinfo) -> datetime:
        """The last moment allowed (rule 2)."""
        if isinstance(self.due, datetime):
            return self.due if self.due.tzinfo else self.due.replace(tzinfo=zone)
        return datetime.combine(self.due - timedelta(days=int(self.strict)), END_OF_DAY, zone)


class _File(Table):
    campaign: _Campaign
    unit: tuple[_Unit, ...] = ()
    officer: tuple[_Officer, ...] = ()
    deadline: tuple[_Deadline, ...] = ()
    section: tuple[SectionTable, ...] = ()
    check: tuple[CheckTable, ...] = ()


# --- from the file to the values --------------------------------------------------------------------------------------


def _campaign_file(model: _File, zone: tzinfo) -> CampaignFile:
    units = tuple(Unit(**unit.model_dump()) for unit in model.unit)
    officers = tuple(Officer(**officer.model_dump()) for officer in model.officer)
    campaign = Campaign(
        **model.campaign.model_dump(exclude={"issued", "addressed"}),
        sections=_sections(model),
        deadlines=tuple(
            Deadline(**(d.model_dump(exclude={"set_on"}) | {"due": d.moment(zone), "set_by": d.who_set_it}))
            for d in sorted(model.deadline, key=lambda d: d.moment(zone))
        ),
        units=tuple(unit.code for unit in units),
    )
    return CampaignFile(campaign, units, officers, _addressed(model.campaign.addressed, campaign.units))


def _addressed(given: Literal["all"] | tuple[str, ...] | _Which | None, units: tuple[str, ...]) -> Addressed:
    match given:
        case None:
            return Addressed(codes=units)
        case "all":
            return Addressed()
        case _Which():
            return Addressed(kinds=given.kind, blocks=given.block)
        case _:
            return Addressed(codes=given)


def _sections(model: _File) -> tuple[Section, ...]:
    return tuple(section.section(model.check) for section in model.section)


# --- what can be wrong ------------------------------------------------------------------------------------------------


def _problems(model: _File, zone: tzinfo) -> Iterator[str]:
    """Everything that holds between the parts of a file."""
    if not model.unit and model.campaign.addressed is None:
        yield "unit: chưa có đơn vị nào; thêm ít nhất một mục [[unit]] với code, name, kind."
    if not model.section:
        yield "section: chưa có mục báo cáo nào; thêm ít nhất một mục [[section]] với path, title."
    if not model.deadline:
        yield (
            "deadline: chưa có thời hạn nào; thêm một mục [[deadline]] với key, what, due "
            "(và set_by, set_on nếu văn bản không nêu)."
        )
    yield from _repeated("unit", "code", (unit.code for unit in model.unit))
    yield from _repeated("officer", "code", (officer.code for officer in model.officer))
    yield from _repeated("deadline", "key", (deadline.key for deadline in model.deadline))
    yield from _repeated("section", "path", (section.path for section in model.section))
    codes = {unit.code for unit in model.unit}
    for officer in model.officer:
        if officer.unit not in codes and model.campaign.addressed is None:
            yield (
                f"officer «{officer.code}»: đơn vị «{officer.unit}» không có trong các mục [[unit]]; "
                "sửa khóa unit hoặc thêm đơn vị."
            )
    for deadline in model.deadline:
        yield from _deadline_problems(deadline, model.campaign.issued, zone)
    yield from _form_problems(model)


def _form_problems(model: _File) -> Iterator[str]:
    """What the tables of the form say that values could not; then what does not fit together in the values."""
    sections = _sections(model)
    for table, section in zip(model.section, sections, strict=True):
        yield from _repeated(f"section «{section.path}», field", "key", (field.key for field in section.fields))
        for field in table.field:
            if field.reason and (field.kind != "yes_no" or fold(field.reason) not in {fold(YES), fold(NO)}):
                yield (
                    f'section «{section.path}», field «{field.key}»: reason chỉ dùng với kind = "yes_no" và là '
                    f'"{YES}" hoặc "{NO}".'
                )
    for n, check in enumerate(model.check, 1):
        if not any(check.stands_in(section.path) for section in sections):
            yield f'check thứ {n}: of phải là "*" hoặc "path:key" với path của một mục; đang ghi «{check.of}».'
    yield from problems_of_form(sections)


def _deadline_problems(deadline: _Deadline, issued: date | None, zone: tzinfo) -> Iterator[str]:
    name = f"deadline «{deadline.key}»"
    if deadline.quote and not deadline.path:
        yield f'{name}: có quote nhưng thiếu path; ghi đường dẫn của mục chứa câu trích, ví dụ path = "muc-IV/1".'
    if not deadline.quote and not deadline.set_by:
        yield f"{name}: không rõ căn cứ; ghi quote và path nếu văn bản nêu, hoặc set_by và set_on (ai, ngày nào)."
    if issued and deadline.moment(zone).date() < issued:
        yield (
            f"{name}: due {deadline.moment(zone):%d/%m/%Y} sớm hơn ngày ban hành {issued:%d/%m/%Y}; "
            "xin kiểm tra lại due hoặc campaign.issued."
        )


def _repeated(table: str, key: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{table}: {key} «{value}» lặp lại {times} lần; mỗi {key} chỉ dùng một lần."


def notices(campaign: Campaign, units: Sequence[Unit], officers: Sequence[Officer]) -> Iterator[str]:
    """Doubts that do not keep a campaign with these units, and these officers of theirs, from being opened."""
    for deadline in campaign.deadlines:
        if deadline.set_by and not _DAY.search(deadline.set_by):
            yield f"deadline «{deadline.key}»: set_by chưa cho biết ngày ấn định; xin thêm set_on, như 2026-11-12."
    kinds = {unit.kind for unit in units}
    for section in campaign.sections:
        if section.only_for and not kinds & set(section.only_for):
            wanted = ", ".join(section.only_for)
            yield (
                f"section «{section.path}»: chỉ dành cho «{wanted}» nhưng không đơn vị nào có kind như vậy; "
                "mục này sẽ không hiện."
            )
    served = {officer.unit for officer in officers}
    for unit in units:
        if unit.code not in served:
            yield f"unit «{unit.code}»: chưa có cán bộ nào, nên sẽ không ai của đơn vị được nhắc hạn."


_ADVICE = {
    "missing": "thiếu khóa này; xin bổ sung",
    "extra_forbidden": "không có khóa này; xin xóa hoặc sửa lại tên khóa",
    "string_too_short": "đang để trống; xin điền",
    "string_type": "phải là chữ trong dấu nháy",
    "string_pattern_mismatch": (
        'chỉ dùng chữ thường không dấu, số và dấu gạch nối, ví dụ "tong-ket-2026"; key của field và cột dùng dấu '
        'gạch dưới, ví dụ "so_cuoc"'
    ),
    "condition": 'không phải điều kiện; ví dụ "loại đơn vị = xã | phường", "co_kiem_tra = Không", "so_cuoc != 0"',
    "float_type": "phải là số, ví dụ 0.1",
    "float_parsing": "phải là số, ví dụ 0.1",
    "too_long": "dài quá số mục được phép, ví dụ length = [150, 300]",
    "int_type": "phải là số nguyên, ví dụ 2026",
    "int_parsing": "phải là số nguyên, ví dụ 2026",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "tuple_type": "phải là danh sách trong ngoặc vuông",
}
_ADDRESSED = 'viết "all", danh sách mã đơn vị, hoặc { kind = ["xã"], block = ["Cụm 1"] }'


def _problem(details: ErrorDetails) -> str:
    """One pydantic error as a line for staff."""
    kind = details["type"]
    if details["loc"][:2] == ("campaign", "addressed"):
        return f"{KEY}: {_ADDRESSED}."
    if kind == "literal_error":
        known = ", ".join(re.findall(r"'(\w+)'", details["ctx"]["expected"]))
        advice = f"loại «{details['input']}» không có; dùng một trong: {known}"
    elif kind.startswith(("date", "time")):
        example = "2026-11-20 hoặc 2026-11-20T16:30:00+07:00, không có dấu nháy"
        advice = f"«{details['input']}» không phải ngày giờ; viết {example}"
    else:
        advice = _ADVICE.get(kind, "giá trị không dùng được; xin xem tệp mẫu")
    return f"{_where(details['loc'])}: {advice}."


def _where(location: tuple[Any, ...]) -> str:
    """("deadline", 1, "due", "date") as `deadline thứ 2, due`: pydantic's own branch names are left out."""
    words = [f"thứ {part + 1}" if isinstance(part, int) else str(part) for part in location]
    keys = [word for word in words if not re.fullmatch(r"date(time)?", word)]
    return re.sub(r", (thứ \d+)", r" \1", ", ".join(keys))
