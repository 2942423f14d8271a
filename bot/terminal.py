"""What the command line prints, and how it reads what is typed after a command."""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.logs import redact
from ingest.sync import Changes
from knowledge.documents import Document, Provision

AsJson = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")]


class Refused(Exception):
    """A command cannot be carried out; the message is the one line to print."""


def why(error: OSError) -> str:
    """Why a file could not be opened, in Vietnamese."""
    match error:
        case FileNotFoundError():
            return "không có tệp hoặc thư mục này"
        case PermissionError():
            return "không đủ quyền"
        case IsADirectoryError():
            return "đây là thư mục"
        case _:
            return "hệ thống báo lỗi khi mở tệp"


def keep_trace() -> Path:
    """Write down the exception being handled, for whoever mends it; where."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="thidua-", suffix=".log", delete=False) as file:
        file.write(redact(traceback.format_exc()))
    return Path(file.name)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that was asked for; raises Refused."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(f"Không ghi được tệp {path}: {why(error)}.") from None


def day(text: str | None) -> date | None:
    """A YYYY-MM-DD typed after --on; raises Refused."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"Ngày “{text}” không đúng. Hãy viết năm-tháng-ngày, ví dụ: --on 2026-11-30") from None


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A day (its 08:00) or a moment typed after --now, local time unless it names a zone; raises Refused."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"Thời điểm “{text}” không đúng. Ví dụ: --now 2026-12-08 hoặc --now 2026-12-08T08:00") from None
    if len(text) <= len("2026-12-08"):
        value = value.replace(hour=8)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def explain(error: Exception) -> str:
    """One line in Vietnamese for a command that could not be understood or done."""
    command = "Gõ `thidua --help` để xem các lệnh."
    detail = str(error).strip().split("\n")[0]
    match type(error).__name__:
        case "NoSuchOption":
            return f"Không có tùy chọn “{getattr(error, 'option_name', detail)}”. {command}"
        case "MissingParameter":
            parameter = getattr(error, "param", None)
            return f"Thiếu {_name(parameter)}. Gõ lệnh kèm --help để xem cách dùng."
        case "BadParameter" | "BadArgumentUsage" | "BadOptionUsage":
            name = _name(getattr(error, "param", None))
            return f"Giá trị cho {name} không dùng được. Gõ lệnh kèm --help để xem cách dùng."
        case "NoArgsIsHelpError":
            return str(error)
        case "UsageError" if isinstance(error, typer.TyperException):
            return (
                f"Không hiểu lệnh vừa gõ. {command}"
                if "command" in detail.lower()
                else f"Lệnh gõ thừa hoặc sai tham số. {command}"
            )
        case _:
            return str(error)


def _name(parameter: Any) -> str:
    options = getattr(parameter, "opts", None)
    return f"“{options[0]}”" if options else "tham số"


def show_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str = "Không có gì.") -> None:
    if not rows:
        typer.echo(empty)
        return
    table = Table(*header, show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console(highlight=False).print(table)


def document_json(document: Document) -> dict[str, Any]:
    """A document as JSON; days as YYYY-MM-DD."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value

    return {name: plain(getattr(document, name)) for name in document.__dataclass_fields__}


def show_documents(documents: Sequence[Document]) -> None:
    def span(document: Document) -> str:
        start, end = document.in_force_from or document.issued, document.in_force_to
        return f"{start:%d/%m/%Y}" * bool(start) + " → " + (f"{end:%d/%m/%Y}" if end else "nay")

    def state(document: Document) -> str:
        if not document.held:
            return "chưa có nội dung"
        return "đầy đủ" if document.complete else "không trọn vẹn"

    show_table(
        ("Số, ký hiệu", "Loại", "Cơ quan ban hành", "Hiệu lực", "Lưu"),
        [[d.number, d.kind, d.issuer, span(d), state(d)] for d in documents],
        empty="Thư viện chưa có văn bản nào. Nạp bằng: thidua ingest THƯ_MỤC",
    )


def show_contradictions(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        typer.echo(f"- {sentence}")
    typer.echo(f"Có {len(sentences)} chỗ cần xem lại." if sentences else "Không thấy chỗ nào mâu thuẫn.")


def show_outline(provisions: Sequence[Provision]) -> None:
    for provision in provisions:
        text = provision.text.replace("\n", " / ")
        typer.echo(f"{provision.path}\t{text if len(text) <= 160 else text[:157] + '...'}")


def show_changes(changes: Changes) -> None:
    rows = [[number, said] for said, numbers in changes.named().items() for number in numbers]
    show_table(("Văn bản", "Kết quả"), rows, empty="Không có văn bản nào được nạp.")
    counts = [f"{said} {len(numbers)}" for said, numbers in changes.named().items()]
    typer.echo(", ".join([*counts, f"không đọc được {len(changes.failed)}"]).capitalize() + ".")
    for failure in changes.failed:
        typer.echo(str(failure), err=True)


@contextmanager
def progress(title: str) -> Iterator[Any]:
    """A progress bar on standard error; yields a function (done, total, note)."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console, transient=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None, note="")

        def advance(done: int, total: int, note: str = "") -> None:
            bar.update(task, completed=done, total=total, note=note)

        yield advance


def say_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
