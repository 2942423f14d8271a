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

import numpy as np
from numpy.typing import NDArray

from knowledge.evidence import Features

Numbers = NDArray[np.float64]
_LAYERS = ("mean", "scale", "hidden", "hidden_bias", "out", "improper_weights")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`rank`: weight by feature; `inputs`: what the network reads, by name; `mean`, `scale`: of each; its layers."""

    rank: Mapping[str, float]
    inputs: tuple[str, ...]
    mean: Numbers
    scale: Numbers
    hidden: Numbers
    hidden_bias: Numbers
    out: Numbers
    out_bias: float
    embedder: str
    improper_weights: Numbers
    improper_bias: float

    def score(self, features: Features) -> float:
        """How good a candidate is beside the others of the same question; no unit, comparable there alone."""
        return sum(weight * float(getattr(features, name)) for name, weight in self.rank.items())

    def chance(self, signals: Mapping[str, float]) -> float:
        """How likely the best candidate answers, between 0 and 1; a signal that is not given counts as 0."""
        values = (np.array([signals.get(name, 0.0) for name in self.inputs]) - self.mean) / self.scale
        layer = np.maximum(values @ self.hidden + self.hidden_bias, 0.0)
        return _share(float(layer @ self.out) + self.out_bias)

    def improper(self, vector: Sequence[float], embedder: str) -> float:
        """How likely a question asks for what must not be done (invented figures, others' data), between 0 and 1."""
        return (
            _share(float(np.dot(vector, self.improper_weights)) + self.improper_bias)
            if embedder == self.embedder
            else 0.0
        )


def _share(value: float) -> float:
    return float(1.0 / (1.0 + np.exp(-value)))


@cache
def judgement() -> Judgement:
    """The one that is shipped."""
    data = json.loads((files("knowledge") / "judgement.json").read_text(encoding="utf-8"))
    return read(data)


def read(data: Mapping[str, object]) -> Judgement:
    """From what `judgement.json` holds. Raises KeyError, TypeError or ValueError for anything else."""
    layers = {name: np.array(data[name], dtype=np.float64) for name in _LAYERS}
    rank, inputs = data["rank"], data["inputs"]
    if not isinstance(rank, dict) or not isinstance(inputs, list):
        raise TypeError("rank is a table, inputs a list")
    if layers["hidden"].shape != (len(inputs), len(layers["out"])):
        raise ValueError("the layers do not fit the inputs")
    unknown = set(rank) - set(Features.__slots__)
    if unknown:
        raise ValueError(f"no such feature: {', '.join(sorted(unknown))}")
    return Judgement(
        rank,
        tuple(inputs),
        **layers,
        out_bias=float(str(data["out_bias"])),
        embedder=str(data["embedder"]),
        improper_bias=float(str(data["improper_bias"])),
    )
