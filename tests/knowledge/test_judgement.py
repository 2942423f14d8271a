"""The learned weights: what is shipped can be read and fits the features, what does not fit is refused."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.backends.embeddings import BundledE5
from knowledge.evidence import Features
from knowledge.judgement import judgement, read

ANY = {
    "inputs": ["cover", "named"],
    "mean": [0.5, 0.0],
    "scale": [0.5, 1.0],
    "hidden": [[1.0, -1.0], [0.0, 2.0]],
    "hidden_bias": [0.0, 0.0],
    "out": [2.0, 1.0],
    "out_bias": -1.0,
}
LETTERS = {"inputs": [], "mean": [], "scale": [], "hidden": [], "hidden_bias": [], "out": [], "out_bias": 0.0}
SMALL = {
    "rank": {"cover": 2.0, "long": -1.0},
    "any": ANY,
    "letters": LETTERS
    | {"inputs": ["cover"], "mean": [0.0], "scale": [1.0], "hidden": [[0.0]], "hidden_bias": [0.0], "out": [0.0]},
    "embedder": "one",
    "improper_weights": [1.0, 0.0],
    "improper_bias": 0.0,
}


def features(**given):
    return Features(**({f.name: 0.0 for f in fields(Features)} | given))


def test_the_score_is_the_weighted_sum():
    assert read(SMALL).score(features(cover=0.5, long=2.0)) == pytest.approx(-1.0)


def test_the_chance_worked_out_by_hand():
    # (1 - .5) / .5 = 1, named 0: the layer is (1, -1 → 0); 2 · 1 - 1 = 1
    assert read(SMALL).chance({"cover": 1.0}) == pytest.approx(0.7310586)
    # cover 0 → -1, named 1: the layer is (-1 → 0, 1 + 2 = 3); 3 - 1 = 2
    assert read(SMALL).chance({"named": 1.0, "cover": 0.0}) == pytest.approx(0.8807971)


def test_whole_letters_are_judged_by_their_own_network():
    assert read(SMALL).chance({"cover": 1.0, "letter": 1.0, "complete": 1.0}) == 0.5
    assert read(SMALL).chance({"cover": 1.0, "letter": 1.0, "complete": 0.0}) == pytest.approx(0.7310586)


def test_of_another_embedder_nothing_is_told():
    assert read(SMALL).improper([1.0, 0.0], "one") == pytest.approx(0.7310586)
    assert read(SMALL).improper([1.0, 0.0], "another") == 0.0


@pytest.mark.parametrize(
    "broken",
    [
        {"rank": {"no-such-feature": 1.0}},
        {"any": ANY | {"inputs": ["cover"]}},
        {"any": ANY | {"mean": "much"}},
        {"any": ANY | {"out": [1.0]}},
        {"rank": 3},
    ],
)
def test_what_does_not_fit_is_refused(broken):
    with pytest.raises((ValueError, TypeError)):
        read(SMALL | broken)


def test_what_is_shipped_fits_and_belongs_to_the_bundled_embedder():
    shipped = json.loads((files("knowledge") / "judgement.json").read_text(encoding="utf-8"))
    assert set(shipped["rank"]) == {f.name for f in fields(Features)}
    assert read(shipped).embedder == BundledE5.identity


@given(st.dictionaries(st.sampled_from(judgement().any.inputs), st.floats(-20, 20)))
def test_a_chance_is_a_chance_whatever_the_signals(signals):
    assert 0.0 <= judgement().chance(signals) <= 1.0
