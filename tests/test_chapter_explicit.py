"""The model of the chapter on explicit and implicit learning does what its text says of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT

PAGE = ROOT / "book" / "explicit-implicit" / "rules-and-ways.ipynb"
SEEDS = range(3)


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    """Return the names that the model cells define."""
    names: dict[str, Any] = {}
    for cell in json.loads(PAGE.read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def second(model: dict[str, Any], arm: Any, **how: Any) -> np.ndarray:
    """Return the share of right second choices in each problem, over the seeds."""
    arm = model["ARMS"][arm] if isinstance(arm, str) else arm
    return np.mean([model["play"](arm, seed=seed, **how)[:, 1].mean(axis=1) for seed in SEEDS], axis=0)


def test_a_way_that_grows_ends_near_perfect_on_new_problems(model: dict[str, Any]) -> None:
    right = second(model, "How, picked up")
    assert right[:5].mean() < 0.8
    assert right[100:].mean() == pytest.approx(0.997, abs=0.003)
    assert right[60:65].mean() > 0.95


def test_habit_stays_slow(model: dict[str, Any]) -> None:
    assert second(model, "What, picked up").mean() == pytest.approx(0.57, abs=0.02)
    habit = model["play"](model["ARMS"]["What, picked up"]).mean(axis=(0, 2))
    assert habit[5] > habit[1]  # within a problem it does learn


def test_an_answer_that_was_told_holds_until_the_world_changes(model: dict[str, Any]) -> None:
    right = second(model, "What, told")
    assert right[:60].mean() > 0.95
    assert right[60:].mean() == pytest.approx(0.5, abs=0.03)


def test_a_way_that_was_told_carries_over_as_well(model: dict[str, Any]) -> None:
    right = second(model, "How, told")
    assert right[60:].mean() > 0.95
    assert right[60:].mean() == pytest.approx(right[:60].mean(), abs=0.02)


@pytest.mark.parametrize(("trust", "share"), [(0, 0.58), (0.1, 0.62), (0.3, 0.71), (0.6, 0.84), (0.95, 0.98)])
def test_what_is_told_is_used_as_far_as_it_is_trusted(model: dict[str, Any], trust: float, share: float) -> None:
    assert second(model, model["Arm"](way=trust)).mean() == pytest.approx(share, abs=0.02)


def test_told_and_tried_out_is_the_arm_that_was_called_picked_up(model: dict[str, Any]) -> None:
    tried = model["Arm"](way=0.1, grows=True)
    assert tried == model["ARMS"]["How, picked up"]
    assert second(model, tried)[100:].mean() > 0.95
    assert second(model, model["Arm"](way=0, grows=True))[100:].mean() < 0.65


def test_where_winning_moves_on_both_ways_fail_and_only_one_is_given_up(model: dict[str, Any]) -> None:
    told, grown, habit = (
        second(model, name, turned=True) for name in ("How, told", "How, picked up", "What, picked up")
    )
    assert max(told[60:62].mean(), grown[60:62].mean()) < 0.1
    assert told[100:].mean() < 0.1
    assert grown[100:].mean() == pytest.approx(habit[100:].mean(), abs=0.03)


def test_only_the_told_answer_sees_red(model: dict[str, Any]) -> None:
    # The others fare alike before and after the change, at their first choice.
    for name in ("How, told", "What, picked up"):
        first = model["play"](model["ARMS"][name])[:, 0].mean(axis=1)
        assert first[:60].mean() == pytest.approx(first[60:].mean(), abs=0.02)
