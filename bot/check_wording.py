"""What the checks on words say was compared, for the officer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def total(said: str, table: str, elsewhere: str, worked_out: str) -> str:
    """`elsewhere`: the section that the table stands in, "" if it is the same; `worked_out`: what the table gives."""
    where = f"bảng “{table}” ở phần “{elsewhere}”" if elsewhere else f"bảng “{table}”"
    return f"lời văn ghi “{said}”, {where} là {worked_out}"


def abbreviations(found: Iterable[str], meanings: Mapping[str, str]) -> str:
    return ", ".join(f"“{short}”: {meanings[short]}" if short in meanings else f"“{short}”" for short in found)


def source(text: str) -> str:
    return f" Căn cứ: {text.rstrip('. ')}."
