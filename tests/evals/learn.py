"""Learn the weights that put answers in order and say how likely the first of them is right (`knowledge.judgement`).

    python tests/evals/learn.py learn DATA_DIR FILE…            write knowledge/judgement.json
    python tests/evals/learn.py check DATA_DIR FILE…            each file by what the others teach, at several bounds

DATA_DIR holds the ingested library (`thidua ingest ../shared/corpus` with THIDUA_DATA_DIR), FILE is questions.toml or
one of `tests/evals/questions/*.toml`; FILE@DIR asks another library (set h: `thidua ingest knowledge/samples`). A part
of a question teaches the order if its question is answerable and a right passage was found; every part teaches the
chance. `improper.txt` and `proper.txt`, and what every FILE says is declined, teach what asks for something that must
not be done.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from bot.config import load
from bot.known import open_knowledge
from knowledge.acceptance import able, signals
from knowledge.answerer import Answerer
from knowledge.backends.embeddings import BundledE5
from knowledge.candidates import Candidate
from knowledge.evidence import Features
from knowledge.judgement import read_network
from knowledge.question import read as understood
from knowledge.question_evaluation import Case, read_cases, right
from knowledge.vocabulary import vocabulary

FEATURES = [f.name for f in fields(Features)]
TARGET = Path(__file__).parents[2] / "knowledge" / "judgement.json"
RIDGE, HIDDEN, ALPHA, STARTS = 0.1, 16, 2.0, 7
LETTERS = "set-h"  # asks about whole letters: teaches their network alone
BOUNDS = (0.4, 0.5, 0.55, 0.6, 0.7)


@dataclass(frozen=True)
class Example:
    """A part of a question: its candidates' features and which are right; `told` gives the signals of an order."""

    file: str
    answerable: bool
    features: np.ndarray
    right: np.ndarray
    told: Callable[[np.ndarray], dict[str, float]]


def examples(data: Path, file: Path) -> Iterator[Example]:
    """Every part of every question of a file that has a candidate; each question is asked as of its own day."""
    settings = load().model_copy(update={"data_dir": data})
    seen: list[tuple] = []
    with open_knowledge(settings) as known:
        answerer = Answerer(known.library, known.retriever, date.today, lambda *weighed: seen.append(weighed))
        for case in read_cases(file):
            seen.clear()
            answerer.answer(case.text, on=case.on, history=case.history)
            for asked, candidates, shelf, named in seen:
                if fit := able(asked, candidates, shelf):
                    yield example(case, file.stem, fit, lambda c, a=asked, s=shelf, n=named: signals(a, c, s, n))


def example(case: Case, file: str, fit: list[Candidate], tell: Callable[[list[Candidate]], dict]) -> Example:
    rows = np.array([[float(getattr(c.features, n)) for n in FEATURES] for c in fit])
    gold = np.array([any(right(g, f"{c.document}#{c.path}") for g in (*case.cite, *case.all)) for c in fit])

    def told(scores: np.ndarray) -> dict[str, float]:
        return tell([replace(fit[i], score=float(scores[i])) for i in np.argsort(-scores, kind="stable")])

    return Example(file, case.answerable, rows, gold, told)


def learn_order(known: Sequence[Example]) -> np.ndarray:
    """Weights under which the right passages of a question have the most of a softmax over all (listwise)."""
    lists = [(e.features, e.right.astype(float)) for e in known if e.answerable and e.right.any()]
    everything = np.vstack([x for x, _ in lists])
    scale = everything.std(0) + 1e-9
    middle = everything.mean(0)
    lists = [((x - middle) / scale, y) for x, y in lists]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(w)
        for x, y in lists:
            e = np.exp(x @ w - (x @ w).max())
            p, q = e / e.sum(), e * y / (e * y).sum()
            total -= np.log((e * y).sum() / e.sum())
            slope -= x.T @ (q - p)
        n = len(lists)
        return total / n + RIDGE * w @ w, slope / n + 2 * RIDGE * w

    return minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x / scale


def learn_chance(known: Sequence[Example], order: np.ndarray) -> dict:
    """Several networks from different starts, their mean written as one: one alone depends on where it started."""
    rows = [e.told(e.features @ order) for e in known]
    names = sorted(rows[0])
    right_first = np.array([e.answerable and bool(e.right[np.argmax(e.features @ order)]) for e in known])
    scaler = StandardScaler()
    values = scaler.fit_transform([[row[n] for n in names] for row in rows])
    networks = [MLPClassifier((HIDDEN,), alpha=ALPHA, max_iter=1000, random_state=seed) for seed in range(STARTS)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        networks = [network.fit(values, right_first) for network in networks]
    return {
        "inputs": names,
        "mean": short(scaler.mean_),
        "scale": short(scaler.scale_),
        "hidden": short(np.hstack([n.coefs_[0] for n in networks])),
        "hidden_bias": short(np.hstack([n.intercepts_[0] for n in networks])),
        "out": short(np.hstack([n.coefs_[1][:, 0] for n in networks]) / STARTS),
        "out_bias": float(f"{np.mean([n.intercepts_[1][0] for n in networks]):.4g}"),
    }


def learn_improper(data: Path, files: Sequence[Path]) -> dict:
    """A plane between what must be declined and everything else, in the space of the bundled embedder."""
    asked = [(q, True) for q in lines("improper.txt")] + [(q, False) for q in lines("proper.txt")]
    asked += [(c.text, "declined" in c.status) for f in files for c in read_cases(f)]
    with open_knowledge(load().model_copy(update={"data_dir": data})) as known:
        vectors = np.array([known.retriever.vector(understood(q, vocabulary()))[0] for q, _ in asked])
    scaler = StandardScaler().fit(vectors)
    plane = LogisticRegression(C=0.03, max_iter=3000).fit(scaler.transform(vectors), [d for _, d in asked])
    weights = plane.coef_[0] / scaler.scale_
    return {
        "embedder": BundledE5.identity,
        "improper_weights": short(weights),
        "improper_bias": float(f"{plane.intercept_[0] - weights @ scaler.mean_:.4g}"),
    }


def lines(name: str) -> list[str]:
    return (Path(__file__).parent / "questions" / name).read_text(encoding="utf-8").split("\n")[:-1]


def short(values) -> list:
    return np.vectorize(lambda v: float(f"{v:.4g}"))(np.asarray(values)).tolist()


def check(known: Sequence[Example]) -> None:
    """Every file judged by what the others teach."""
    for file in sorted({e.file for e in known}):
        order = learn_order(others := [e for e in known if e.file != file])
        judge = read_network(learn_chance(others, order))
        here = [e for e in known if e.file == file]
        report(
            file,
            np.array([judge.chance(e.told(e.features @ order)) for e in here]),
            np.array([e.answerable for e in here]),
            np.array([bool(e.right[np.argmax(e.features @ order)]) for e in here]),
        )


def report(name: str, p: np.ndarray, a: np.ndarray, r: np.ndarray) -> None:
    print(
        f"{name}: {len(p)} parts, {int((~a).sum())} not to be answered; area under the curve {roc_auc_score(a, p):.4f}"
    )
    print(f"  right passage first, of the answerable: {r[a].mean():.3f}")
    for bound in BOUNDS:
        answered = p >= bound
        print(
            f"  bound {bound:.2f}: answered {answered[a].mean():.3f}, of those right {r[a & answered].mean():.3f}; "
            f"wrongly answered {int(answered[~a].sum())}"
        )


def main(what: str, data: str, *files: str) -> None:
    given = [(Path(file), Path(place or data)) for file, _, place in (f.partition("@") for f in files)]
    known = [e for file, place in given for e in examples(place, file)]
    if what == "check":
        check(known)
    else:
        laws = [e for e in known if e.file != LETTERS]
        order = learn_order(laws)
        rank = dict(zip(FEATURES, short(order), strict=True))
        weights = {"rank": rank, "any": learn_chance(laws, order), "letters": learn_chance(known, order)}
        weights |= learn_improper(Path(data), [file for file, _ in given])
        TARGET.write_text(json.dumps(weights) + "\n", encoding="utf-8")
        print(f"{TARGET.name}: {len(known)} parts of questions")


if __name__ == "__main__":
    main(*sys.argv[1:])
