"""Hold drafts of rounds against letters with gold: what was found, missed and invented, each with its words. Pure.

A letter's gold is `NN.gold.json`: `report_sections` by path, `deadlines` by path, quote and meaning; one that is
`optional` counts neither way, `alt_values` are as good as its value, `alt` are other paths at which it may be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.campaign import Draft, to_json

Gold = Mapping[str, Any]
_MEANING = ("kind", "value", "rule", "strict", "last_day")


@dataclass(frozen=True, slots=True)
class Compared:
    """One drafted letter against its gold; deadlines as "path: quote", sections by path."""

    name: str
    deadlines: Mapping[str, bool]  # wanted → found
    invented: tuple[str, ...]
    sections: Mapping[str, bool]
    sections_invented: tuple[str, ...]
    narrowed: tuple[str, ...]  # asked of every unit, but drafted for some


def compared(name: str, draft: Draft, gold: Gold) -> Compared:
    """What a draft has that the gold has not, and the other way round."""
    wanted = [d for d in gold["deadlines"] if not d.get("optional")]
    known = {_key(d, path) for d in gold["deadlines"] for path in (d["path"], *d.get("alt", ()))}
    got = {_key(d, str(d["path"])): d for d in _deadlines(draft)}
    sections, paths = {s.path for s in draft.sections}, [s["path"] for s in gold["report_sections"]]
    for_some = {s["path"] for s in gold["report_sections"] if s.get("only_for")}
    return Compared(
        name,
        {_key(d, d["path"]): _found(d, got) for d in wanted},
        tuple(sorted(got.keys() - known)),
        {path: path in sections for path in paths},
        tuple(sorted(sections - set(paths))),
        tuple(sorted({s.path for s in draft.sections if s.only_for} - for_some)),
    )


def lines(results: Sequence[Compared]) -> Iterable[str]:
    """The results as text: every deadline with its quote, what was missed or invented, the shares at the end."""
    for one in results:
        yield f"{one.name}: mục {_share(one.sections)}, thời hạn {_share(one.deadlines)}"
        yield from (f"  {'✓' if found else '✗ sót'} {deadline}" for deadline, found in one.deadlines.items())
        yield from (f"  ✗ tự đặt ra: {deadline}" for deadline in one.invented)
        yield from (f"  ✗ sót mục {path}" for path, found in one.sections.items() if not found)
        yield from (f"  ✗ thừa mục {path}" for path in one.sections_invented)
        yield from (f"  ✗ chỉ dành cho một số đơn vị, văn bản không nói vậy: {path}" for path in one.narrowed)
    all_deadlines = [found for one in results for found in one.deadlines.values()]
    all_sections = [found for one in results for found in one.sections.values()]
    invented = sum(len(one.invented) for one in results)
    yield f"Cả thảy: mục {_of(all_sections)}, thời hạn {_of(all_deadlines)}, thời hạn tự đặt ra {invented}."


def _deadlines(draft: Draft) -> list[dict[str, Any]]:
    found = to_json(draft)["deadlines"]
    assert isinstance(found, list)
    return found


def _key(deadline: Mapping[str, Any], path: str) -> str:
    return f"{path}: “{deadline['quote']}”"


def _found(wanted: Mapping[str, Any], got: Mapping[str, Mapping[str, Any]]) -> bool:
    paths = (wanted["path"], *wanted.get("alt", ()))
    found = next((d for path in paths if (d := got.get(_key(wanted, path))) is not None), None)
    if found is None:
        return False
    same = all((found.get(key) or None) == (wanted.get(key) or None) for key in _MEANING)
    return same or found.get("value") in wanted.get("alt_values", ())


def _share(found: Mapping[str, bool]) -> str:
    return _of(list(found.values()))


def _of(found: Sequence[bool]) -> str:
    return f"{sum(found)} trên {len(found)}"
