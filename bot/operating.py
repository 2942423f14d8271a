"""The commands of whoever runs it: officers, serving, examining. Thin, as `bot.__main__`, of which they are a part."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import AsJson, say_json, write_file

if TYPE_CHECKING:
    from bot.enrolling import Code

commands = typer.Typer()
officers = typer.Typer(
    help="Cán bộ: thêm, nhập danh sách, cấp mã, gỡ liên kết.", no_args_is_help=True, rich_markup_mode=None
)


def say_code(code: Code, *, as_json: bool) -> None:
    if as_json:
        say_json({"officer": code.officer, "code": code.code})
    else:
        typer.echo(code.sentence)


@officers.command("add")
def officer_add(
    unit: Annotated[str, typer.Option("--unit", help="Mã đơn vị.")],
    name: Annotated[str, typer.Option("--name", help="Họ và tên cán bộ.")],
    leader: Annotated[bool, typer.Option("--leader", help="Là lãnh đạo đơn vị.")] = False,
    staff: Annotated[bool, typer.Option("--staff", help="Là cán bộ thường trực.")] = False,
    as_json: AsJson = False,
) -> None:
    """Thêm cán bộ vào một đơn vị và cấp mã liên kết dùng một lần."""
    from bot.commands import add_officer

    code = asyncio.run(add_officer(unit=unit, name=name, leader=leader, staff=staff))
    say_code(code, as_json=as_json)


@officers.command("code")
def officer_code(officer: Annotated[str, typer.Argument(help="Mã cán bộ.")], as_json: AsJson = False) -> None:
    """Cấp mã liên kết mới để cán bộ dùng thêm một kênh."""
    from bot.commands import issue_code

    code = asyncio.run(issue_code(officer))
    say_code(code, as_json=as_json)


@officers.command("leave")
def officer_leave(officer: Annotated[str, typer.Argument(help="Mã cán bộ.")]) -> None:
    """Cán bộ không còn ở đơn vị: gỡ mọi liên kết, hủy lời nhắc và tin đang chờ gửi."""
    from bot.commands import leave

    typer.echo(asyncio.run(leave(officer)))


@officers.command("import")
def officer_import(
    file: Annotated[Path, typer.Argument(help="Danh sách đơn vị, cán bộ (.xlsx hoặc .csv).")], as_json: AsJson = False
) -> None:
    """Nhập danh sách đơn vị và cán bộ: kiểm tra hết rồi mới nhập, có chỗ sai thì chưa nhập gì."""
    from bot.commands import import_people

    imported = import_people(file)
    if as_json:
        say_json(imported.to_json())
    else:
        typer.echo(imported.sentence)


@officers.command("template")
def officer_template(
    output: Annotated[Path, typer.Option("-o", "--output", help="Tệp .xlsx ghi ra.")],
) -> None:
    """Ghi ra tệp mẫu để điền danh sách đơn vị và cán bộ."""
    from bot.people_template import template

    write_file(output, template())
    typer.echo(f"Đã ghi tệp mẫu vào {output}. Điền xong, chạy: thidua officer import {output}")


@commands.command()
def demo() -> None:
    """Dựng bản dùng thử: nạp văn bản mẫu, mở đợt mẫu, chạy trang web tại máy này."""
    from bot.app import run, serve_forever
    from bot.demo import TRIES, prepare_demo, welcome

    prepare_demo()
    run(serve_forever(demo=True, tries=TRIES, announce=welcome))


@commands.command()
def serve(
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Chỉ nhận tin, để tiến trình `thidua worker` xử lý.")
    ] = False,
) -> None:
    """Chạy trợ lý: trang web, các kênh và bộ xử lý trong một tiến trình."""
    from bot.app import run, serve_forever

    run(serve_forever(worker=not no_worker))


@commands.command()
def worker() -> None:
    """Chỉ chạy bộ xử lý: trả lời tin đã nhận, nhắc hạn, gửi tin."""
    from bot.app import run, work_forever

    run(work_forever())


@commands.command()
def retry() -> None:
    """Thử lại mọi tin chưa xử lý được và chưa gửi được; bộ xử lý đang chạy sẽ làm."""
    from bot.commands import try_again

    typer.echo(asyncio.run(try_again()))


@commands.command()
def doctor(as_json: AsJson = False) -> None:
    """Khám: mã truy cập, webhook, hạn mức, đồng hồ, đĩa, mô hình; mỗi việc một dòng, kèm cách xử lý."""
    from bot.commands import examine_all
    from bot.doctor import exit_code, lines

    findings = asyncio.run(examine_all())
    if as_json:
        say_json([asdict(finding) for finding in findings])
    else:
        for line in lines(findings):
            typer.echo(line)
    raise typer.Exit(exit_code(findings))


@commands.command()
def migrate() -> None:
    """Đưa cơ sở dữ liệu lên phiên bản hiện tại."""
    from bot.commands import migrate_database

    migrate_database()
    typer.echo("Cơ sở dữ liệu đã ở phiên bản hiện tại.")
