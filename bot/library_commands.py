"""What those `thidua` commands do that need the texts alone: apart, so that they load nothing of the chat.

What cannot be done raises Refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import cast, get_args

from bot.calendar_file import load_calendar
from bot.config import load
from bot.known import open_knowledge, prepare
from bot.reckoning import reckoned
from bot.terminal import Refused, progress
from ingest import campaign as drafting
from ingest.catalogue import CatalogueError, document_for
from ingest.draft_evaluation import compared, lines
from ingest.read import Unreadable, read
from ingest.reading.fetch import fetch, is_address
from ingest.split import split_article
from ingest.sync import Changes, Failure, sync
from knowledge import evaluation, question_evaluation
from knowledge.backends.embeddings import from_setting
from knowledge.documents import digest
from knowledge.evaluation import Style


def take_in(given: Sequence[str | Path]) -> Changes:
    """Read, parse and index files, folders and web addresses; only what changed is read and embedded again."""
    settings = load()
    with open_knowledge(settings) as known, progress("Nạp văn bản") as advance:
        paths, failed = _fetched(given, settings.data_dir / "web")
        changes = sync(paths, known.library, known.retriever, on_progress=advance)
    return replace(changes, failed=(*failed, *changes.failed))


def _fetched(given: Sequence[str | Path], kept: Path) -> tuple[list[Path], list[Failure]]:
    """The paths, with what stands at web addresses stored under `kept`, and what could not be fetched."""
    paths: list[Path] = []
    failed: list[Failure] = []
    for one in map(str, given):
        try:
            paths.append(fetch(one, kept) if is_address(one) else Path(one))
        except Unreadable as error:
            failed.append(Failure(one, str(error)))
    return paths, failed


def draft_campaign(file: Path) -> drafting.Draft:
    """A draft campaign out of a guidance letter. Raises Refused."""
    try:
        document, parsed = document_for(file, read(file))
    except (Unreadable, CatalogueError) as error:
        raise Refused(str(error)) from None
    return drafting.draft(document, parsed.header, parsed.provisions)


def drafted_file(draft: drafting.Draft) -> str:
    """The draft as a campaign file, with the days that the letter's own counting comes to."""
    calendar = load_calendar()
    return drafting.to_toml(draft, lambda rule, issued: reckoned(rule, issued, calendar))


def evaluate_letters(folder: Path) -> str:
    """What `campaign draft` finds in every file of letters with gold (`NN.gold.json`), in text. Raises Refused."""
    results = []
    for gold_file in sorted(folder.glob("*.gold.json")):
        gold = json.loads(gold_file.read_text("utf-8"))
        for name in gold.get("files") or [f"{gold['id']}.txt"]:
            results.append(compared(name, draft_campaign(folder / name), gold))
    if not results:
        raise Refused(f"Không có tệp *.gold.json nào trong {folder}.")
    return "\n".join(lines(results))


def evaluate_beir(
    folder: Path, *, split: str, style: str, corpus: Path | None = None, sample: int | None = None, baseline: bool
) -> dict[str, evaluation.Report]:
    """The product's figures on a BEIR set and its rivals'; with `baseline` also a plain LangChain's.

    `sample`: so many of the articles. Raises Refused.
    """
    settings = load()
    prepare(settings)
    if style not in get_args(Style):
        raise Refused(f"Không có kiểu gõ “{style}”. Dùng một trong: {', '.join(get_args(Style))}.")
    try:
        beir = evaluation.load(folder, split, corpus)
    except (OSError, KeyError, ValueError) as error:
        raise Refused(f"Không đọc được bộ dữ liệu trong {folder}: {error}") from None
    if not beir.questions:
        raise Refused(f"Bộ dữ liệu trong {folder} không có câu hỏi nào thuộc phần “{split}”.")
    if sample is not None:
        beir = evaluation.sample(beir, sample)
    kept = settings.data_dir / "eval" / digest("\x1f".join(sorted(article.id for article in beir.articles)))
    embeddings = from_setting(settings.embeddings)
    with progress("Lập chỉ mục") as indexing:
        rows = evaluation.evaluate(
            beir,
            lambda a: split_article(a.title, a.text, document=a.id, path="dieu-1"),
            embeddings,
            kept,
            style=cast(Style, style),
            progress=lambda p: indexing(p.done, p.total, f"{p.rate:.0f} đoạn/giây"),
        )
    if baseline and find_spec("langchain_chroma"):
        from knowledge.backends.baseline import evaluate_baseline  # noqa: PLC0415 - an extra

        with progress("Dựng bản LangChain để so sánh"):
            rows["LangChain"] = evaluate_baseline(beir, embeddings, kept, style=cast(Style, style))
    return rows


def evaluate_questions(file: Path, answers: Path | None) -> str:
    """Ask every question of a file; the scored table as text, every result as a line of JSON in `answers`.

    Raises Refused.
    """
    try:
        cases = question_evaluation.read_cases(file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"Không đọc được bộ câu hỏi {file}: {type(error).__name__}.") from None
    with open_knowledge() as known, progress("Hỏi") as asking:
        return question_evaluation.evaluate_questions(cases, known.answerer, answers, progress=asking)
