"""The commands that print: a report, the consolidated report, the reminders' ledger. Thin, as `bot.__main__`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.terminal import write_file

commands = typer.Typer()
of_campaign = typer.Typer()

CampaignId = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Mã đợt tổng kết, ví dụ tong-ket-2026.")]
Tables = Annotated[Path, typer.Option("-o", "--output", help="Tệp .docx, .xlsx hoặc .pdf sẽ ghi.")]
OfficeFile = Annotated[
    Path | None,
    typer.Option("--office", metavar="FILE", help="Tệp TOML ghi địa danh, ký hiệu, nơi gửi, người ký của cơ quan."),
]


@commands.command()
def export(
    reference: Annotated[str, typer.Argument(metavar="REF", help="Mã báo cáo, ví dụ 2026-7K3M9P.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Tệp .docx hoặc .pdf sẽ ghi.")],
    office: OfficeFile = None,
    form: Annotated[
        str | None,
        typer.Option("--form", metavar="MẪU", help="Của hồ sơ: to-trinh, bien-ban, danh-sach, bao-cao-thanh-tich."),
    ] = None,
) -> None:
    """Xuất một báo cáo, hoặc một văn bản của hồ sơ khen thưởng, ra .docx hoặc .pdf."""
    from bot.printing import report_of

    write_file(output, asyncio.run(report_of(reference, output, office, form)))
    typer.echo(f"Đã ghi báo cáo {reference} vào {output}.")


@of_campaign.command("report")
def campaign_report(campaign: CampaignId, output: Tables, office: OfficeFile = None) -> None:
    """Xuất báo cáo tổng hợp của mọi đơn vị: ai chưa nộp, nội dung từng mục, số liệu cộng lại."""
    from bot.printing import consolidated_report

    write_file(output, asyncio.run(consolidated_report(campaign, output, office)))
    typer.echo(f"Đã ghi báo cáo tổng hợp của đợt {campaign} vào {output}.")


@of_campaign.command("ledger")
def campaign_ledger(campaign: CampaignId, output: Tables, office: OfficeFile = None) -> None:
    """Xuất sổ nhắc hạn: mọi lời nhắc đã lập, đã gửi, không gửi được, bỏ qua, đã hủy, kèm lý do."""
    from bot.printing import reminders_ledger

    write_file(output, asyncio.run(reminders_ledger(campaign, output, office)))
    typer.echo(f"Đã ghi sổ nhắc hạn của đợt {campaign} vào {output}.")
