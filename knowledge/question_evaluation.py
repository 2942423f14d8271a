"""Questions with what must come back (`../shared/eval/README.md`) → answers, scores, a table.

Scored: status; the cited provision (equal, or one path begins with the other and both reach at least the điều or the
mục); `all`;
strings that must and must not be there (without case and dấu); the notice; and whether the same question typed
without dấu cites
the same. Must-abstain questions answered are counted by themselves: there may be none.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.answerer import Answerer, to_json
from knowledge.composer import ComposingAnswerer
from knowledge.documents import Answer, Caveat, Status
from knowledge.vietnamese import clean, fold

_SAME = {Caveat.EXPIRED.value: {"expired", "historical"}, Caveat.HISTORICAL.value: {"expired", "historical"}}


@dataclass(frozen=True, slots=True)
class Case:
    """One question of the file."""

    id: str
    text: str
    style: str
    on: date
    answerable: bool
    status: tuple[str, ...]
    history: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went; `wrong` names what failed, empty if nothing did. `same`: cites the same without dấu."""

    case: Case
    answer: Answer
    wrong: tuple[str, ...]
    same: bool


def read_cases(file: Path) -> list[Case]:
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["question"]
    return [_case(row) for row in rows]


def _case(row: dict[str, Any]) -> Case:
    return Case(
        id=row["id"],
        text=row["text"],
        style=row.get("style", ""),
        on=row["on"],
        answerable=row["answerable"],
        status=_tuple(row["status"]),
        history=_tuple(row.get("history", ())),
        cite=_tuple(row.get("cite", ())),
        all=_tuple(row.get("all", ())),
        must_contain=_tuple(row.get("must_contain", ())),
        must_not_contain=_tuple(row.get("must_not_contain", ())),
        caveat=row.get("caveat", ""),
    )


def _tuple(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def evaluate_questions(
    cases: Sequence[Case],
    answerer: Answerer | ComposingAnswerer,
    answers: Path | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """Ask every question; the table as text. `answers`: a file for one line of JSON {"id", …ask} per question."""
    outcomes = run(cases, answerer, progress)
    if answers is not None:
        lines = (json.dumps({"id": o.case.id, **to_json(o.answer)}, ensure_ascii=False) for o in outcomes)
        answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table(outcomes)


def run(
    cases: Sequence[Case], answerer: Answerer | ComposingAnswerer, progress: Callable[[int, int], None] | None = None
) -> list[Outcome]:
    outcomes = []
    for done, case in enumerate(cases, 1):
        answer = answerer.answer(case.text, on=case.on, history=case.history)
        bare = answerer.answer(_bare(case.text), on=case.on, history=[_bare(h) for h in case.history])
        outcomes.append(Outcome(case, answer, tuple(wrong(case, answer)), _places(bare) == _places(answer)))
        if progress:
            progress(done, len(cases))
    return outcomes


def _bare(text: str) -> str:
    return fold(clean(text))


def _places(answer: Answer) -> list[str]:
    return [f"{c.document}#{c.path}" for c in answer.citations]


def wrong(case: Case, answer: Answer) -> Iterable[str]:
    """What of an answer is not as it must be."""
    if answer.status.value not in case.status:
        yield f"status {answer.status.value}"
    places = _places(answer)
    if case.cite and not any(right(g, p) for g in case.cite for p in places):
        yield f"cite {', '.join(places) or '-'}"
    if missing := [g for g in case.all if not any(right(g, p) for p in places)]:
        yield f"all {', '.join(missing)}"
    said = _bare(answer.text).lower()
    if missing := [m for m in case.must_contain if _bare(m).lower() not in said]:
        yield f"must_contain {missing}"
    if present := [m for m in case.must_not_contain if _bare(m).lower() in said]:
        yield f"must_not_contain {present}"
    if case.caveat and not _SAME.get(case.caveat, {case.caveat}) & {c.value for c in answer.caveats}:
        yield f"caveat {case.caveat}"


def right(gold: str, given: str) -> bool:
    """Whether a cited place is a gold one: equal, or one within the other and both at least a điều or a mục."""
    if gold == given:
        return True
    (document, path), (other, cited) = gold.split("#", 1), given.split("#", 1)
    reach = all(p.startswith(("dieu-", "muc-", "dau-van-ban", "mo-dau/")) for p in (path, cited))
    return document == other and reach and (path.startswith(cited + "/") or cited.startswith(path + "/"))


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The figures by name: shares between 0 and 1, two counts, and milliseconds."""
    answerable = [o for o in outcomes if o.case.answerable]
    answered = [o for o in answerable if o.answer.status is Status.ANSWERED]
    abstain = [o for o in outcomes if not o.case.answerable]
    times = sorted(o.answer.milliseconds for o in outcomes)
    return {
        "questions": len(outcomes),
        "status right": _share(outcomes, "status"),
        "cited right, of the answered": _share(answered, "cite"),
        "all parts, of the answered": _share([o for o in answered if o.case.all], "all"),
        "must contain, of the answered": _share(answered, "must_contain"),
        "must not contain": _share(outcomes, "must_not_contain"),
        "notice right": _share([o for o in outcomes if o.case.caveat], "caveat"),
        "answer rate": len(answered) / max(1, len(answerable)),
        "must-abstain answered": sum(o.answer.status is Status.ANSWERED for o in abstain),
        "same citation without dấu": sum(o.same for o in answerable) / max(1, len(answerable)),
        "everything right": sum(not o.wrong for o in outcomes) / max(1, len(outcomes)),
        "p50 ms": times[len(times) // 2] if times else 0.0,
        "p95 ms": times[int(len(times) * 0.95)] if times else 0.0,
    }


def _share(outcomes: Sequence[Outcome], what: str) -> float:
    return sum(not any(w.startswith(what + " ") for w in o.wrong) for o in outcomes) / max(1, len(outcomes))


def table(outcomes: Sequence[Outcome]) -> str:
    """Figures, then by status and style, then every question that went wrong."""
    lines = [f"{name:<34}{value:8.3f}" for name, value in figures(outcomes).items()]
    for title, key in (("status", lambda o: "/".join(o.case.status)), ("style", lambda o: o.case.style)):
        total: Counter[str] = Counter(map(key, outcomes))
        fine: defaultdict[str, int] = defaultdict(int)
        for outcome in outcomes:
            fine[key(outcome)] += not outcome.wrong
        lines += ["", *(f"{title} {name:<34}{fine[name]:4d} / {count}" for name, count in sorted(total.items()))]
    lines.append("")
    lines += [f"{o.case.id}: {'; '.join(o.wrong)}" for o in outcomes if o.wrong]
    lines += [f"{o.case.id}: cites otherwise without dấu" for o in outcomes if o.case.answerable and not o.same]
    return "\n".join(lines)
