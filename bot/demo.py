"""The demo: sample knowledge and a sample campaign with two units, on this machine. Preparing twice changes nothing."""

from __future__ import annotations

import asyncio
from importlib.resources import as_file, files

import typer

from bot.campaign_file import load as load_campaign
from bot.commands import open_campaign
from bot.config import Settings
from bot.library_commands import take_in

TRIES = (
    "Hồ sơ đề nghị khen thưởng gồm những gì?",
    "han nop bao cao tong ket la ngay nao",
    "Nộp báo cáo",
)
SAMPLES = files("knowledge") / "samples"


def prepare_demo() -> None:
    """Index the samples and open the sample campaign; quick the second time."""
    with as_file(SAMPLES) as folder:
        take_in([folder])
        asyncio.run(open_campaign(folder / "campaign.toml"))


def demo_officer() -> str:
    """The code of the first sample officer."""
    with as_file(SAMPLES) as folder:
        return load_campaign(folder / "campaign.toml").officers[0].code


def welcome(settings: Settings) -> None:
    """Where to look and what to try."""
    tries = "\n".join(f"  {n}. {text}" for n, text in enumerate(TRIES, 1))
    typer.echo(
        f"\nTrợ lý đang chạy tại http://{settings.host}:{settings.port}\n"
        f"Mở trang đó, chọn một cán bộ mẫu rồi thử:\n{tries}\nDừng bằng Ctrl-C."
    )
