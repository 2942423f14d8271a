"""Which passage answers, how likely it does, and what must not be done: weights learned from questions with answers.

Three things. A linear score puts the candidates of a question in order (learned listwise, so that the right one comes
first). A network of one small hidden layer says how likely the first of them answers at all, from what speaks for it,
how far it leads, and what the question asks for. And a plane in the bundled embedder's space tells what asks for
something that must not be done from what only asks about it; with another embedder nothing is told. All are in
`judgement.json`, written by `tests/evals/learn.py` and measured on questions it has not seen; the README says what they
reach.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.evidence import Features

Numbers = NDArray[np.float64]
_LAYERS = ("mean", "scale", "hidden", "hidden_bias", "out")


@dataclass(frozen=True, slots=True)
class Network:
    """`inputs`: what it reads, by name; `mean`, `scale`: of each; then its layers."""

    inputs: tuple[str, ...]
    mean: Numbers
    scale: Numbers
    hidden: Numbers
    hidden_bias: Numbers
    out: Numbers
    out_bias: float

    def chance(self, signals: Mapping[str, float]) -> float:
        """How likely the best candidate answers, between 0 and 1; a signal that is not given counts as 0."""
        values = (np.array([signals.get(name, 0.0) for name in self.inputs]) - self.mean) / self.scale
        layer = np.maximum(values @ self.hidden + self.hidden_bias, 0.0)
        return _share(float(layer @ self.out) + self.out_bias)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`rank`: weight by feature. `letters` judges what whole letters and handbooks answer, `any` everything else."""

    rank: Mapping[str, float]
    any: Network
    letters: Network
    embedder: str
    improper_weights: Numbers
    improper_bias: float

    def score(self, features: Features) -> float:
        """How good a candidate is beside the others of the same question; no unit, comparable there alone."""
        return sum(weight * float(getattr(features, name)) for name, weight in self.rank.items())

    def chance(self, signals: Mapping[str, float]) -> float:
        """How likely the best candidate answers, between 0 and 1.

        Whole letters have a network of their own: the one whose texts taught most was cut off before its deadlines,
        so what was learned of it would refuse every deadline.
        """
        whole_letter = signals.get("letter") and signals.get("complete")
        return (self.letters if whole_letter else self.any).chance(signals)

    def improper(self, vector: Sequence[float], embedder: str) -> float:
        """How likely a question asks for what must not be done (invented figures, others' data), between 0 and 1."""
        if embedder != self.embedder:
            return 0.0
        return _share(float(np.dot(vector, self.improper_weights)) + self.improper_bias)


def _share(value: float) -> float:
    return float(1.0 / (1.0 + np.exp(-value)))


@cache
def judgement() -> Judgement:
    """The one that is shipped."""
    data = json.loads((files("knowledge") / "judgement.json").read_text(encoding="utf-8"))
    return read(data)


def read(data: Mapping[str, Any]) -> Judgement:
    """From what `judgement.json` holds. Raises KeyError, TypeError or ValueError for anything else."""
    unknown = set(data["rank"]) - set(Features.__slots__)
    if unknown:
        raise ValueError(f"no such feature: {', '.join(sorted(unknown))}")
    return Judgement(
        rank=dict(data["rank"]),
        any=read_network(data["any"]),
        letters=read_network(data["letters"]),
        embedder=str(data["embedder"]),
        improper_weights=np.array(data["improper_weights"], dtype=np.float64),
        improper_bias=float(data["improper_bias"]),
    )


def read_network(data: Mapping[str, Any]) -> Network:
    """One network of it. Raises KeyError, TypeError or ValueError."""
    layers = {name: np.array(data[name], dtype=np.float64) for name in _LAYERS}
    if layers["hidden"].shape != (len(data["inputs"]), len(layers["out"])):
        raise ValueError("the layers do not fit the inputs")
    return Network(tuple(data["inputs"]), **layers, out_bias=float(data["out_bias"]))
