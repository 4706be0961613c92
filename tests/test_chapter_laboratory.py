"""The models of the coding laboratory do what its text says of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT

CELLS = {
    cell["id"]: cell
    for cell in json.loads((ROOT / "book" / "laboratory" / "the-coding-laboratory.ipynb").read_text(encoding="utf8"))[
        "cells"
    ]
}


@pytest.fixture(scope="module")
def chapter() -> dict[str, Any]:
    """Return the names that the model cells define, with the coder whose excerpt the class codes."""
    names: dict[str, Any] = {}
    for id in ("code-blind", "two-coders", "turn-and-session", "kappas", "class"):
        assert id == "code-blind" or "model" in CELLS[id]["metadata"]["tags"]
        exec("".join(CELLS[id]["source"]), names)
    return names


def pairs(chapter: dict[str, Any], differ: int) -> pd.DataFrame:
    """Return the agreement of ten pairs of coders (seeds 0 to 9), one row a pair and code."""
    return pd.concat([chapter["two_coders"](differ, seed) for seed in range(10)])


def test_the_same_two_coders_are_mediocre_by_turn_and_excellent_by_session(chapter: dict[str, Any]) -> None:
    found = pairs(chapter, differ=16)
    means = found.groupby("code")[["kappa by turn", "ICC by session"]].mean()
    assert means["kappa by turn"].between(0.51, 0.67).all()
    assert means["ICC by session"].between(0.88, 0.97).all()
    assert found["kappa by turn"].between(0.51, 0.67).mean() > 0.9
    assert found["ICC by session"].between(0.85, 0.97).mean() > 0.9


def test_without_differences_between_sessions_counts_agree_no_better_than_turns(chapter: dict[str, Any]) -> None:
    # Turns are independent then, so counts correlate exactly as much as single turns do, which is kappa.
    found = pairs(chapter, differ=1)
    assert found["ICC by session"].mean() == pytest.approx(found["kappa by turn"].mean(), abs=0.05)


@pytest.mark.parametrize(
    ("units", "low", "high", "above"),
    [(12, 0.41, 1.0, None), (24, 0.52, 0.90, 0.27), (48, 0.60, 0.89, None), (96, 0.65, 0.84, None),
     (150, 0.67, 0.83, 0.10), (300, 0.69, 0.81, 0.04)],
)  # fmt: skip
def test_few_units_tell_little(
    chapter: dict[str, Any], units: int, low: float, high: float, above: float | None
) -> None:
    # The ranges are those of another simulation, with other shares of the codes; hence the tolerance.
    kappas = np.array(chapter["kappas"](units))
    assert kappas.mean() == pytest.approx(0.75, abs=0.02)
    assert np.quantile(kappas, [0.025, 0.975]) == pytest.approx([low, high], abs=0.05)
    if above is not None:
        assert (kappas >= 0.8).mean() == pytest.approx(above, abs=0.03)


def test_a_rare_code_lowers_kappa_and_leaves_agreement_alone(chapter: dict[str, Any]) -> None:
    source = "".join(CELLS["rare"]["source"]).split("coefficients =")[0]
    exec(source, chapter)
    rare, common = chapter["careful"](0.01), chapter["careful"](0.5)
    agreement = chapter["agreement"]
    assert agreement.percent_agreement(rare) == pytest.approx(agreement.percent_agreement(common), abs=1e-3)
    assert agreement.cohen_kappa(*common) == pytest.approx(0.81, abs=1e-3)
    assert agreement.cohen_kappa(*rare) < 0.2 < 0.8 < agreement.gwet_ac1(rare)


def test_the_class_is_made_as_its_error_model_says(chapter: dict[str, Any]) -> None:
    key, habit = chapter["key"], chapter["HABIT"]
    assert len(chapter["twelve"]) == 12
    assert len(chapter["rows"]) == 12 * len(key)
    sure = chapter["learner"](1.0, np.random.default_rng(0))
    for unit, answer in key.items():
        assert habit.get(unit, answer["value"]) in {*answer["split"], answer["value"], *answer["why_not"]}
        if unit not in habit and not answer["split"]:
            assert sure[unit]["component"] == answer["value"]
    votes = chapter["rows"].groupby("unit")["value"].agg(lambda values: values.mode()[0])
    assert [unit for unit in key if votes[unit] != key[unit]["value"]] == list(habit)
    assert {unit for unit, answer in key.items() if answer["split"]} == {"u9", "u15"}
