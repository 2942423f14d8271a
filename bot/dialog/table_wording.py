"""Every sentence an officer reads about tables and repeated blocks: rows, cells, what does not fit. Pure.

A part of `wording.py`, in the same manners. A row of a block is called "mục", as it stands for a thing with a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.campaigns import CellKind, Column, Field, Section
from bot.dialog.phrases import preview, quote, short
from bot.tables import NONE, Arranged, Line, Problem, Row, declared, laid_out

ADD_ROW, ADD_BLOCK, TEMPLATE = "Nhập từng ô", "Thêm một mục", "Tải mẫu bảng"
FINISH = "xong"  # typed, as opposed to "bỏ qua"
SHOWN, NAMED = 10, 6  # rows listed, problems named
EXAMPLE: Mapping[CellKind, str] = {"number": "1.234,5", "date": "30/11/2026"}

# --- the whole table --------------------------------------------------------------------------------------------------


def add_label(field: Field) -> str:
    return ADD_BLOCK if field.kind == "block" else ADD_ROW


def shape(field: Field) -> str:
    """The columns, with what each takes."""
    return f"Bảng có {len(field.columns)} cột: " + " | ".join(_titled(c) for c in field.columns) + "."


def _titled(column: Column) -> str:
    kinds: Mapping[CellKind, str] = {"text": "", "number": "số", "date": "ngày", "choice": "/".join(column.options)}
    told = [kinds[column.kind], column.unit, "" if column.required else "không bắt buộc"]
    noted = ", ".join(filter(None, told))
    return f"{column.label} ({noted})" if noted else column.label


def how(field: Field) -> str:
    if field.kind == "block":
        return "Chọn mục để làm; mục chưa có trong danh sách thì gửi tên của nó."
    example = " | ".join(example_of(c) for c in field.columns)
    return (
        f"Gửi mỗi dòng trên một hàng, các ô cách nhau bằng dấu | hoặc ; (dán từ Excel cũng được), ví dụ:\n"
        f"{quote(example)}\nHoặc chọn “{ADD_ROW}”; hoặc “{TEMPLATE}”, điền rồi gửi lại tệp Excel."
    )


def example_of(column: Column) -> str:
    """What a cell may hold: a text by its column's name, so that it is seen what goes where."""
    if column.kind == "text":
        return column.label[:1].lower() + column.label[1:]
    return column.options[0] if column.options else EXAMPLE[column.kind]


def rows(lines: Sequence[Line]) -> str:
    """The rows there are, shortened; those that were not touched are not listed."""
    there = [line for line in lines if line.kept]
    shown = [f"{line.number}) {_brief(line)}" for line in there[:SHOWN]]
    rest = [f"… và {len(there) - SHOWN} dòng nữa"] if len(there) > SHOWN else []
    return "\n".join([f"Đã có {len(there)} dòng:", *shown, *rest])


ONWARD = "Gửi tiếp dòng mới; đủ rồi thì gõ “xong”."


def correcting(row: int) -> str:
    """`row`: one there is."""
    return f"Gõ “sửa dòng {row}”, “xóa dòng {row}” khi cần."


def _brief(line: Line) -> str:
    reason = declared(line.cells)
    if reason is not None:
        return f"{short(line.cells[0], 40)}: không áp dụng ({short(reason, 60)})"
    return " | ".join(short(c, 30) or "…" for c in line.cells)


def state(line: Line) -> str:
    if declared(line.cells):
        return "không áp dụng"
    if not line.kept:
        return "chưa làm"
    return "còn thiếu" if line.problems else "đủ"


def row_label(line: Line, field: Field) -> str:
    name = short(line.cells[0], 40) or f"dòng {line.number}"
    return f"{name} – {state(line)}" if field.kind == "block" or line.given else f"Sửa dòng {line.number}: {name}"


def problems(lines: Iterable[Line]) -> str:
    """What does not fit in the saved rows, by row and column; "" if all fit."""
    wrong = [problem for line in lines if line.kept for problem in line.problems]
    if not wrong:
        return ""
    rest = [f"… và {len(wrong) - NAMED} chỗ nữa"] if len(wrong) > NAMED else []
    return "\n".join(["Cần sửa hoặc bổ sung:", *(f"• {_problem(p)}" for p in wrong[:NAMED]), *rest])


def _problem(problem: Problem) -> str:
    column = problem.column
    if column is None:
        return f"Dòng {problem.row} có {problem.found} ô, nhiều hơn số cột"
    where = f"Dòng {problem.row}, cột “{column.label}”"
    if not problem.found.strip():
        return f"{where}: còn trống"
    return f"{where}: “{short(problem.found, 40)}” chưa đúng; {_wanted(column)}"


def _wanted(column: Column) -> str:
    kinds: Mapping[CellKind, str] = {
        "text": "cần chữ",
        "number": f"cần một con số, ví dụ {EXAMPLE['number']}",
        "date": f"cần một ngày có thật, ví dụ {EXAMPLE['date']}",
        "choice": "chọn một trong: " + "; ".join(column.options),
    }
    return kinds[column.kind]


NOT_A_ROW = "Tôi chưa thấy dòng nào để ghi vào bảng."
TOO_LONG = "Bảng dài quá mức ghi được trong báo cáo nên tôi chưa ghi; những dòng đã có vẫn nguyên."
ROWS_REMAIN = "Bảng đang có dòng nên tôi chưa ghi là không có. Muốn bỏ dòng nào, anh/chị gõ “xóa dòng” kèm số của dòng."
ROW_CHANGED = "Dòng đang làm vừa được đồng nghiệp sửa hoặc xóa, anh/chị xem lại bảng giúp."
WHICH_ROW = "Anh/chị gõ kèm số của dòng giúp, ví dụ “sửa dòng 2” hoặc “xóa dòng 2”."


NOTHING = f"Đã ghi: {NONE.lower()}."
WHICH_CELL = "Anh/chị chọn ô cần sửa, hoặc gửi lại cả dòng với các ô cách nhau bằng dấu |."


def not_a_row(field: Field) -> str:
    return f"{NOT_A_ROW} Ví dụ: {' | '.join(example_of(c) for c in field.columns)}"


def no_such_row(count: int) -> str:
    return f"Bảng có {count} dòng. {WHICH_ROW}" if count else "Bảng chưa có dòng nào."


def added(count: int) -> str:
    return f"Đã ghi thêm {count} dòng."


def deleted(line: Line) -> str:
    return f"Đã xóa dòng {line.number}. Cần khôi phục thì gửi lại dòng này:\n{quote(preview(_pasteable(line), 1500))}"


def _pasteable(line: Line) -> str:
    return " | ".join(" ".join(c.split()) for c in line.cells)


# --- one row, cell by cell --------------------------------------------------------------------------------------------


def cell(field: Field, line: Line, at: int) -> str:
    """What is asked in one cell; what it holds now."""
    column = field.columns[at]
    noted = ", ".join(filter(None, (column.unit, "" if column.required else "không bắt buộc")))
    lines = [f"{_row_title(field, line)} – ô {at + 1}/{len(field.columns)}: **{column.label}**"]
    lines[0] += f" ({noted})" if noted else ""
    lines += [column.help] if column.help else []
    if column.kind in {"number", "date"}:
        lines.append(f"Ví dụ: {EXAMPLE[column.kind]}")
    if line.cells[at]:
        lines.append(f"Đang ghi:\n{quote(preview(line.cells[at], 1500))}\nGửi nội dung mới để thay, “bỏ qua” để giữ.")
    also = (["viết tiếp"] if line.cells[at] and column.kind == "text" else []) + (
        ["không áp dụng"] if line.given else []
    )
    lines.append("Gõ được: " + ", ".join(["bỏ qua", "quay lại", "xong", *also]) + ".")
    return "\n".join(lines)


def _row_title(field: Field, line: Line) -> str:
    what = "Mục" if field.kind == "block" else "Dòng"
    name = f" “{short(line.cells[0], 50)}”" if line.cells[0] else ""
    return f"{what} {line.number}{name}"


def cell_problem(column: Column) -> str:
    return f"Ô “{column.label}” {_wanted(column)}."


def cell_empty(column: Column) -> str:
    return f"Ô “{column.label}” để trống lúc này; dòng được ghi là còn thiếu."


def which_cell(field: Field, line: Line) -> str:
    return f"{_row_title(field, line)}: anh/chị sửa ô nào? Cũng có thể gửi lại cả dòng."


def cell_label(column: Column, value: str) -> str:
    return f"{short(column.label, 40)}: {short(value, 40) or '(trống)'}"


def more(value: str) -> str:
    return f"Ô này đang có {len(value)} ký tự. Anh/chị gửi tiếp, tôi ghi nối vào; đủ rồi thì gõ “xong”."


def reason(field: Field, line: Line) -> str:
    return (
        f"{_row_title(field, line)}: vì sao không áp dụng với đơn vị? Ví dụ: địa bàn không có doanh nghiệp.\n"
        "Gõ “quay lại” nếu vẫn áp dụng."
    )


ONLY_FOR_GIVEN = "Dòng này do đơn vị tự thêm nên chỉ cần xóa (gõ “xóa dòng” kèm số của dòng), không phải nêu lý do."
CHOOSE_FIRST = "Anh/chị chọn mục hoặc dòng không áp dụng trước, rồi cho biết lý do giúp."


def row_saved(field: Field, line: Line) -> str:
    told = {"không áp dụng": "đã ghi là không áp dụng", "còn thiếu": "đã lưu, còn ô chưa xong"}
    return f"{_row_title(field, line)} {told.get(state(line), 'đã đủ')}."


# --- by .xlsx ---------------------------------------------------------------------------------------------------------


def template(field: Field) -> str:
    return f"Mẫu bảng “{short(field.label)}”. Anh/chị điền rồi gửi lại tệp ngay ở câu này, giữ nguyên hàng tiêu đề."


def template_name(field: Field) -> str:
    return f"mau-bang-{field.key.replace('_', '-')}.xlsx"


TEMPLATE_FAILED = "Mẫu bảng chưa lập được. Anh/chị thử lại sau ít phút, hoặc gửi từng dòng ngay tại đây giúp."
SHEET_UNREADABLE = (
    "Tôi chưa đọc được dòng nào trong tệp này nên chưa ghi gì. Anh/chị dùng “Tải mẫu bảng”, điền vào trang đầu "
    "của tệp, lưu dạng .xlsx (không đặt mật khẩu) rồi gửi lại giúp."
)


DECIDE_FIRST = "Tệp Excel vừa gửi chưa được đọc vì còn một đoạn chờ anh/chị quyết định; xong rồi xin gửi lại tệp."


def sheet_read(count: int, sheet: Arranged) -> str:
    told = [f"Đã đọc {count} dòng từ tệp và ghi vào bảng."]
    if sheet.unknown:
        told.append(f"Hàng {sheet.row} có cột không thuộc bảng nên tôi bỏ qua: {_quoted(sheet.unknown)}.")
    if sheet.missing:
        told.append(f"Tệp không có cột không bắt buộc: {_quoted(c.label for c in sheet.missing)}.")
    return " ".join(told)


def wrong_heading(field: Field, sheet: Arranged) -> str:
    """Why a sheet was not taken: what its heading lacks, has too many of, or does not tell."""
    columns = " | ".join(c.label for c in field.columns)
    if not sheet.headed:
        return (
            f"Tôi chưa nhận ra hàng tiêu đề của tệp (hàng {sheet.row} không có tên cột nào của bảng) nên chưa ghi gì, "
            f"để khỏi nhầm cột. Anh/chị ghi hàng tiêu đề gồm: {columns}, rồi gửi lại tệp giúp."
        )
    wrong = [
        f"thiếu cột {_quoted(c.label for c in sheet.missing)}" if sheet.missing else "",
        f"có cột lạ {_quoted(sheet.unknown)}" if sheet.unknown else "",
        f"có hai lần cột {_quoted(c.label for c in sheet.repeated)}" if sheet.repeated else "",
    ]
    return (
        f"Hàng tiêu đề (hàng {sheet.row}) {'; '.join(filter(None, wrong))}. Tôi chưa ghi gì, để khỏi nhầm cột. "
        f"Anh/chị sửa hàng đó theo đúng tên cột ({columns}; thứ tự tùy ý) rồi gửi lại giúp."
    )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{short(name, 40)}”" for name in names)


# --- reviewed ---------------------------------------------------------------------------------------------------------


def in_review(field: Field, value: str) -> str:
    """A table in a few lines; a block with more of its texts."""
    if value == NONE:
        return NONE
    lines = tuple(line for line in laid_out(field, value) if line.kept)
    if field.kind == "table":
        return rows(lines)
    shown = [_in_review(field, line) for line in lines[:NAMED]]
    return "\n".join([*shown, *([f"… và {len(lines) - NAMED} mục nữa"] if len(lines) > NAMED else [])])


def _in_review(field: Field, line: Line) -> str:
    if declared(line.cells) is not None:
        return f"{line.number}) {_brief(line)}"
    told = zip(field.columns[1:], line.cells[1:], strict=False)
    rest = "; ".join(f"{column.label}: {short(text, 150)}" for column, text in told if text)
    return f"{line.number}) {short(line.cells[0], 60)}" + (f": {rest}" if rest else "")


def pending(given: Sequence[Row]) -> str:
    """Rows that wait for a decision."""
    return "\n".join(" | ".join(short(c, 30) for c in row) for row in given[:SHOWN])


def entry_deleted(section: Section) -> str:
    return f"Xóa một dòng trong bảng ở phần “{short(section.title)}”"
