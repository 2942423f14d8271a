"""Read a campaign file (TOML, drafted by `thidua campaign draft`, filled in by staff): Campaign, units, officers.

Rules of this file
1. All problems are found before anything is said: each is one Vietnamese line that names the key and how to put it
   right. What is wrong in itself comes first, what does not fit together when every part is right in itself.
2. A `due` that is a day means 17:00 of that day, or of the day before where the letter says "trước ngày" (`strict`).
   A moment without a zone is local time.
3. A deadline comes from the guidance (`quote` with `path`) or from somebody (`set_by`); never from nowhere.
4. A section without fields gets one text field, `noi_dung`.

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
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from bot.campaigns import Campaign, Deadline, Field, FieldKind, Section
from bot.officers import Officer, Unit
from bot.reminders import ICT

END_OF_DAY = time(17)
FIELD = Field("noi_dung", "Nội dung")

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class CampaignFileError(Exception):
    """The file cannot be used; `problems` says why, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """What a file holds; `notices` are doubts that do not keep a campaign from being opened."""

    campaign: Campaign
    units: tuple[Unit, ...]
    officers: tuple[Officer, ...]
    notices: tuple[str, ...] = ()


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
        raise CampaignFileError([_problem(details) for details in error.errors()]) from error
    if problems := list(_problems(model, zone)):
        raise CampaignFileError(problems)
    return _campaign_file(model, zone)


# --- the shape of the file -------------------------------------------------------------------------------------------


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Campaign(_Model):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: _Text
    guidance: _Text
    report_year: int
    version: int = 1
    issuer: str = ""
    issued: date | None = None
    not_stated: tuple[str, ...] = ()
    approval: bool = False


class _Unit(_Model):
    code: _Text
    name: _Text
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()


class _Officer(_Model):
    code: _Text
    name: _Text
    unit: _Text
    leader: bool = False


class _Deadline(_Model):
    key: _Text
    what: _Text
    due: datetime | date
    strict: bool = False
    quote: str = ""
    path: str = ""
    set_by: str = ""
    for_report: bool = True

    def moment(self, zone: tzinfo) -> datetime:
        """The last moment allowed (rule 2)."""
        if isinstance(self.due, datetime):
            return self.due if self.due.tzinfo else self.due.replace(tzinfo=zone)
        return datetime.combine(self.due - timedelta(days=int(self.strict)), END_OF_DAY, zone)


class _Field(_Model):
    key: _Text
    label: _Text
    kind: FieldKind = "text"
    required: bool = True
    help: str = ""
    options: tuple[str, ...] = ()


class _Section(_Model):
    path: _Text
    title: _Text
    hint: str = ""
    asks_for: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    field: tuple[_Field, ...] = ()


class _File(_Model):
    campaign: _Campaign
    unit: tuple[_Unit, ...] = ()
    officer: tuple[_Officer, ...] = ()
    deadline: tuple[_Deadline, ...] = ()
    section: tuple[_Section, ...] = ()


# --- from the file to the values --------------------------------------------------------------------------------------


def _campaign_file(model: _File, zone: tzinfo) -> CampaignFile:
    units = tuple(Unit(**unit.model_dump()) for unit in model.unit)
    officers = tuple(Officer(**officer.model_dump()) for officer in model.officer)
    campaign = Campaign(
        **model.campaign.model_dump(exclude={"issued"}),
        sections=tuple(_section(section) for section in model.section),
        deadlines=tuple(
            Deadline(**(d.model_dump() | {"due": d.moment(zone)}))
            for d in sorted(model.deadline, key=lambda d: d.moment(zone))
        ),
        units=tuple(unit.code for unit in units),
    )
    return CampaignFile(campaign, units, officers, tuple(_notices(model)))


def _section(section: _Section) -> Section:
    fields = tuple(Field(**field.model_dump()) for field in section.field) or (FIELD,)
    return Section(**(section.model_dump(exclude={"field"}) | {"fields": fields}))


# --- what can be wrong ------------------------------------------------------------------------------------------------


def _problems(model: _File, zone: tzinfo) -> Iterator[str]:
    """Everything that holds between the parts of a file."""
    if not model.unit:
        yield "unit: chưa có đơn vị nào; thêm ít nhất một mục [[unit]] với code, name, kind."
    if not model.section:
        yield "section: chưa có mục báo cáo nào; thêm ít nhất một mục [[section]] với path, title."
    if not model.deadline:
        yield (
            "deadline: chưa có thời hạn nào; thêm một mục [[deadline]] với key, what, due "
            "(và set_by nếu văn bản không nêu)."
        )
    yield from _repeated("unit", "code", (unit.code for unit in model.unit))
    yield from _repeated("officer", "code", (officer.code for officer in model.officer))
    yield from _repeated("deadline", "key", (deadline.key for deadline in model.deadline))
    yield from _repeated("section", "path", (section.path for section in model.section))
    codes = {unit.code for unit in model.unit}
    for officer in model.officer:
        if officer.unit not in codes:
            yield (
                f"officer «{officer.code}»: đơn vị «{officer.unit}» không có trong các mục [[unit]]; "
                "sửa khóa unit hoặc thêm đơn vị."
            )
    for deadline in model.deadline:
        yield from _deadline_problems(deadline, model.campaign.issued, zone)
    for section in model.section:
        yield from _repeated(f"section «{section.path}», field", "key", (field.key for field in section.field))
        for field in section.field:
            if (field.kind == "choice") != bool(field.options):
                yield (
                    f'section «{section.path}», field «{field.key}»: khóa options đi cùng kind = "choice"; '
                    "ghi cả hai hoặc bỏ cả hai."
                )


def _deadline_problems(deadline: _Deadline, issued: date | None, zone: tzinfo) -> Iterator[str]:
    name = f"deadline «{deadline.key}»"
    if deadline.quote and not deadline.path:
        yield f'{name}: có quote nhưng thiếu path; ghi đường dẫn của mục chứa câu trích, ví dụ path = "muc-IV/1".'
    if not deadline.quote and not deadline.set_by:
        yield f'{name}: không rõ căn cứ; ghi quote và path nếu văn bản nêu, hoặc set_by = "người ấn định, ngày".'
    if issued and deadline.moment(zone).date() < issued:
        yield (
            f"{name}: due {deadline.moment(zone):%d/%m/%Y} sớm hơn ngày ban hành {issued:%d/%m/%Y}; "
            "xin kiểm tra lại due hoặc campaign.issued."
        )


def _repeated(table: str, key: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{table}: {key} «{value}» lặp lại {times} lần; mỗi {key} chỉ dùng một lần."


def _notices(model: _File) -> Iterator[str]:
    kinds = {unit.kind for unit in model.unit}
    for section in model.section:
        if section.only_for and not kinds & set(section.only_for):
            wanted = ", ".join(section.only_for)
            yield (
                f"section «{section.path}»: chỉ dành cho «{wanted}» nhưng không đơn vị nào có kind như vậy; "
                "mục này sẽ không hiện."
            )
    served = {officer.unit for officer in model.officer}
    for unit in model.unit:
        if unit.code not in served:
            yield f"unit «{unit.code}»: chưa có cán bộ nào, nên sẽ không ai của đơn vị được nhắc hạn."


_ADVICE = {
    "missing": "thiếu khóa này; xin bổ sung",
    "extra_forbidden": "không có khóa này; xin xóa hoặc sửa lại tên khóa",
    "string_too_short": "đang để trống; xin điền",
    "string_type": "phải là chữ trong dấu nháy",
    "string_pattern_mismatch": 'chỉ dùng chữ thường không dấu, số và dấu gạch nối, ví dụ "tong-ket-2026"',
    "int_type": "phải là số nguyên, ví dụ 2026",
    "int_parsing": "phải là số nguyên, ví dụ 2026",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "tuple_type": "phải là danh sách trong ngoặc vuông",
}
_KINDS = "text, number, date, choice, yes_no"


def _problem(details: ErrorDetails) -> str:
    """One pydantic error as a line for staff."""
    kind = details["type"]
    if kind == "literal_error":
        advice = f"loại «{details['input']}» không có; dùng một trong: {_KINDS}"
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
