"""The `thidua` command. Thin: each command asks `bot.app` for what it needs, prints, and is done.

Every reading command has --json. What cannot be done is one clear line in Vietnamese on standard error and an exit
code: 1 = could not be done, 2 = the command was not understood.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot import operating, printed
from bot.config import SettingsError
from bot.terminal import AsJson, Refused, day, explain, keep_trace, moment, say_json, show_table, write_file

cli = typer.Typer(
    help="Trợ lý thi đua, khen thưởng: hỏi đáp có trích dẫn, nộp báo cáo từng phần, nhắc hạn.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
campaign_cli = typer.Typer(
    help="Đợt tổng kết: dự thảo từ hướng dẫn, mở đợt.", no_args_is_help=True, rich_markup_mode=None
)
eval_cli = typer.Typer(help="Đo chất lượng tra cứu và trả lời.", no_args_is_help=True, rich_markup_mode=None)
cli.add_typer(campaign_cli, name="campaign")
cli.add_typer(operating.officers, name="officer")
cli.add_typer(operating.commands)
cli.add_typer(printed.commands)
campaign_cli.add_typer(printed.of_campaign)
cli.add_typer(eval_cli, name="eval")

On = Annotated[str | None, typer.Option("--on", help="Trả lời theo quy định có hiệu lực ngày này (YYYY-MM-DD).")]


@cli.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Tệp, thư mục hoặc địa chỉ web của văn bản.")],
    as_json: AsJson = False,
) -> None:
    """Nạp văn bản: chỉ phần thay đổi được xử lý lại."""
    from bot.library_commands import take_in
    from bot.terminal import show_changes

    changes = take_in(paths)
    if as_json:
        say_json(changes.to_json())
    else:
        show_changes(changes)
    if changes.failed:
        raise typer.Exit(1)


@cli.command()
def documents(
    as_json: AsJson = False,
    outline: Annotated[
        str | None, typer.Option("--outline", metavar="NUMBER", help="In dàn mục của một văn bản.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Liệt kê chỗ danh mục và các văn bản mâu thuẫn với nhau.")
    ] = False,
    on: Annotated[
        str | None, typer.Option("--on", help="Với --check: ngày đối chiếu hiệu lực (YYYY-MM-DD); mặc định hôm nay.")
    ] = None,
) -> None:
    """Các văn bản trong thư viện, hiệu lực của chúng, dàn mục của một văn bản, hoặc chỗ mâu thuẫn giữa chúng."""
    from bot import terminal
    from bot.known import open_library

    if check:
        _check_documents(day(on), as_json=as_json)
        return
    with open_library() as library:
        if outline is None:
            rows = library.documents()
            say_json([terminal.document_json(d) for d in rows]) if as_json else terminal.show_documents(rows)
            return
        if library.document(outline) is None:
            raise Refused(f"Không có văn bản số “{outline}” trong thư viện. Xem danh sách bằng: thidua documents")
        provisions = library.provisions(outline)
    if as_json:
        say_json([{"path": p.path, "heading": p.heading, "text": p.text} for p in provisions])
    else:
        terminal.show_outline(provisions)


def _check_documents(on: date | None, *, as_json: bool) -> None:
    """A report, not a test: what does not agree is no failure of the command."""
    from bot.config import load
    from bot.known import open_library, system_clock
    from bot.terminal import show_contradictions
    from knowledge.contradictions import contradictions

    settings = load()
    with open_library(settings) as library:
        texts = library.documents()
        outlines = {d.number: library.provisions(d.number) for d in texts if d.held}
        found = contradictions(texts, outlines, library.amendments(), on or system_clock(settings)().date())
    say_json([asdict(c) for c in found]) if as_json else show_contradictions([c.sentence for c in found])


@cli.command()
def search(
    question: Annotated[str, typer.Argument(help="Câu cần tìm, có dấu hoặc không dấu.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Số kết quả.")] = 5,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Tìm các điều khoản gần nhất với một câu."""
    from bot.known import open_knowledge

    with open_knowledge() as known:
        found = known.retriever.search(question, k=k, on=day(on))
    rows = [
        {"document": f.passage.document, "path": f.passage.path, "score": round(f.score, 4), "text": f.passage.text}
        for f in found
    ]
    if as_json:
        say_json(rows)
    else:
        show_table(("Văn bản", "Vị trí", "Điểm", "Nội dung"), [[str(v) for v in row.values()] for row in rows])


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="Câu hỏi, có dấu hoặc không dấu.")],
    on: On = None,
    history: Annotated[list[str] | None, typer.Option("--history", help="Câu hỏi trước đó (cũ nhất trước).")] = None,
    as_json: AsJson = False,
) -> None:
    """Hỏi quy định: trả lời bằng trích dẫn nguyên văn, hoặc nói rõ văn bản không nêu."""
    from bot.dialog import answers
    from bot.known import open_knowledge
    from knowledge.answerer import to_json

    if not question.strip():
        raise Refused('Câu hỏi đang để trống. Ví dụ: thidua ask "Hồ sơ đề nghị khen thưởng gồm những gì?"')
    with open_knowledge() as known:
        answer = known.answerer.answer(question, on=day(on), history=tuple(history or ()))
    say_json(to_json(answer)) if as_json else typer.echo(answers.answer(answer))


@cli.command()
def chat(
    officer: Annotated[str | None, typer.Option("--officer", metavar="CODE", help="Mã cán bộ, ví dụ CB01.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Nạp dữ liệu mẫu trước khi trò chuyện.")] = False,
) -> None:
    """Trò chuyện ngay trong cửa sổ lệnh; nhận được cả dữ liệu qua đường ống."""
    from bot.commands import chat_in_terminal
    from bot.demo import demo_officer, prepare_demo

    if demo:
        prepare_demo()
        officer = officer or demo_officer()
    asyncio.run(chat_in_terminal(officer))


@campaign_cli.command("draft")
def campaign_draft(
    file: Annotated[Path, typer.Argument(help="Tệp hướng dẫn.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Ghi ra tệp thay vì in ra màn hình.")] = None,
    as_json: AsJson = False,
) -> None:
    """Dự thảo đợt tổng kết từ một văn bản hướng dẫn: mục cần báo cáo, thời hạn, điều văn bản không nêu."""
    from bot.library_commands import draft_campaign, drafted_file
    from ingest.campaign import to_json

    draft = draft_campaign(file)
    text = json.dumps(to_json(draft), ensure_ascii=False, indent=2) if as_json else drafted_file(draft)
    if output is None:
        typer.echo(text)
    else:
        write_file(output, (text + "\n").encode())
        typer.echo(f"Đã ghi dự thảo vào {output}. Hãy điền thời hạn và đơn vị rồi chạy: thidua campaign open {output}")


@campaign_cli.command("template")
def campaign_template(
    name: Annotated[str, typer.Argument(metavar="MẪU", help="bao-cao (báo cáo tổng kết) hoặc khen-thuong (hồ sơ).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Tệp TOML sẽ ghi.")],
) -> None:
    """Ghi ra một mẫu đợt đầy đủ các mục, để cơ quan thường trực sửa và điền tiếp."""
    from bot.commands import campaign_template as template

    write_file(output, template(name))
    typer.echo(f"Đã ghi mẫu vào {output}. Hãy điền những chỗ để trống rồi chạy: thidua campaign check {output}")


@campaign_cli.command("check")
def campaign_check(file: Annotated[Path, typer.Argument(help="Tệp đợt tổng kết (TOML).")]) -> None:
    """Kiểm tra tệp đợt tổng kết mà chưa mở: mọi chỗ sai được nêu một lần, mỗi chỗ một dòng."""
    from bot.campaign_file import notices
    from bot.commands import check_campaign

    given = check_campaign(file)
    typer.echo(f"Tệp {file} dùng được: {len(given.campaign.sections)} mục. Mở đợt bằng: thidua campaign open {file}")
    for notice in notices(given.campaign, given.units, given.officers):
        typer.echo(f"Lưu ý: {notice}")


@campaign_cli.command("open")
def campaign_open(
    file: Annotated[Path, typer.Argument(help="Tệp đợt tổng kết (TOML).")], as_json: AsJson = False
) -> None:
    """Kiểm tra tệp đợt tổng kết và mở đợt: đơn vị nộp được, lịch nhắc được lập."""
    from bot.commands import open_campaign

    opened = asyncio.run(open_campaign(file))
    if as_json:
        say_json(opened.to_json())
    else:
        typer.echo(opened.sentence)


@cli.command()
def remind(
    now: Annotated[
        str,
        typer.Option(
            "--now", metavar="TIME", help="Xem như bây giờ là thời điểm này (YYYY-MM-DD hoặc YYYY-MM-DDTHH:MM)."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Gửi những lời nhắc đến hạn tại một thời điểm: mỗi lời nhắc chỉ một lần."""
    from bot.commands import remind_at

    fired = asyncio.run(remind_at(lambda zone: moment(now, zone)))
    if as_json:
        say_json([f.to_json() for f in fired])
    else:
        show_table(
            ("Giờ nhắc", "Đơn vị", "Cán bộ", "Kết quả", "Nội dung"),
            [f.row() for f in fired],
            empty="Không có lời nhắc nào đến hạn.",
        )


@eval_cli.command("beir")
def eval_beir(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Thư mục theo bố cục BEIR.")],
    split: Annotated[str, typer.Option("--split", help="Tệp trong qrels/.")] = "dev",
    style: Annotated[str, typer.Option("--style", help="accented, unaccented, half hoặc chat.")] = "accented",
    corpus: Annotated[Path | None, typer.Option("--corpus", help="corpus.jsonl.gz ở nơi khác.")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Chỉ lấy chừng ấy điều, gồm mọi đáp án.")
    ] = None,
    baseline: Annotated[
        bool | None, typer.Option("--baseline/--no-baseline", help="Đo kèm cách dựng LangChain thông thường.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Đo tra cứu trên một bộ dữ liệu BEIR, qua đúng bộ tách, chỉ mục và bộ tìm của sản phẩm.

    Trên màn hình có thêm BM25, véc-tơ và RRF trên cùng chỉ mục để so sánh.
    """
    from bot.library_commands import evaluate_beir

    compare = not as_json if baseline is None else baseline
    rows = evaluate_beir(folder, split=split, style=style, corpus=corpus, sample=sample, baseline=compare)
    ours = next(iter(rows.values()))
    if as_json:
        say_json([ours, rows["LangChain"]] if "LangChain" in rows else ours)
    else:
        columns = ("mrr@10", "acc@1", "acc@10", "recall@5", "p50_ms", "p95_ms")
        cells = [[name, *(f"{row[c]:.4g}" if c in row else "" for c in columns)] for name, row in rows.items()]
        show_table(("", *columns), cells)
        typer.echo(f"{ours['questions']:.0f} câu hỏi, {ours['passages']:.0f} đoạn, lập chỉ mục {ours['index_s']} giây.")


@eval_cli.command("letters")
def eval_letters(folder: Annotated[Path, typer.Argument(help="Thư mục văn bản hướng dẫn có tệp .gold.json.")]) -> None:
    """Đo việc lập dự thảo đợt: từng thời hạn kèm câu trích, mục và thời hạn sót hay tự đặt ra, ở mọi định dạng."""
    from bot.library_commands import evaluate_letters

    typer.echo(evaluate_letters(folder))


@eval_cli.command("questions")
def eval_questions(
    file: Annotated[Path, typer.Argument(help="questions.toml")],
    answers: Annotated[Path | None, typer.Option("--answers", help="Ghi mọi câu trả lời vào tệp .jsonl này.")] = None,
) -> None:
    """Đo trả lời trên một bộ câu hỏi có đáp án."""
    from bot.library_commands import evaluate_questions

    typer.echo(evaluate_questions(file, answers))


def main() -> None:
    """Run the command; whatever stops it is one line in Vietnamese."""
    try:
        code = cli(standalone_mode=False)
    except typer.Abort:
        code = 130
    except (typer.TyperException, Refused, SettingsError) as error:
        typer.echo(explain(error), err=True)
        code = 2 if isinstance(error, typer.TyperException) else 1
    except KeyboardInterrupt:
        code = 130
    except Exception:  # noqa: BLE001  # a defect of ours: its trace goes to a file, the person gets one line
        typer.echo(f"Có lỗi ngoài dự kiến; chi tiết đã ghi vào {keep_trace()}.", err=True)
        code = 1
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
