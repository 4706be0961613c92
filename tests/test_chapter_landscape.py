"""The model of head-to-head trials does what the chapter on the landscape says of it, and its table says enough."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.conftest import ROOT
from widgets import evidence


@pytest.fixture(scope="module")
def chapter() -> dict[str, Any]:
    """Return the names that the model cells of the page define."""
    names: dict[str, Any] = {}
    page = ROOT / "book" / "landscape" / "three-developments.ipynb"
    for cell in json.loads(page.read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def power(difference: float, arm: int) -> float:
    """Return the exact power of a two-sided t test at .05, from the noncentral t distribution."""
    freedom, shift = 2 * arm - 2, difference * np.sqrt(arm / 2)
    edge = stats.t.ppf(0.975, freedom)
    return float(stats.nct.sf(edge, freedom, shift) + stats.nct.cdf(-edge, freedom, shift))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("difference", "arm"), [(0, 50), (0.1, 50), (0.2, 50), (0.24, 82), (0.2, 400), (0.5, 80)])
def test_trials_find_a_difference_as_often_as_theory_says(
    chapter: dict[str, Any], difference: float, arm: int, seed: int
) -> None:
    _, low, high = chapter["trials"](difference, arm, seed=seed)
    assert ((low > 0) | (high < 0)).mean() == pytest.approx(power(difference, arm), abs=0.035)


@pytest.mark.parametrize("seed", range(3))
def test_intervals_hold_the_true_difference(chapter: dict[str, Any], seed: int) -> None:
    estimate, low, high = chapter["trials"](0.2, 50, seed=seed)
    assert ((low < 0.2) & (high > 0.2)).mean() == pytest.approx(0.95, abs=0.02)
    assert estimate.mean() == pytest.approx(0.2, abs=0.02)


def test_verdicts_are_three_and_leave_nothing_out(chapter: dict[str, Any]) -> None:
    low, high = np.array([0.1, -0.1, -0.5, 0.05]), np.array([0.9, 0.1, 0.6, 0.15])
    # The last leaves out zero and still holds no difference that matters.
    assert chapter["verdicts"](low, high) == {"differ": 0.25, "alike": 0.5, "cannot tell": 0.25}


@pytest.mark.parametrize("seed", range(3))
def test_a_small_trial_is_silent_about_a_real_difference_and_about_none(chapter: dict[str, Any], seed: int) -> None:
    real = chapter["verdicts"](*chapter["trials"](0.1, 50, seed=seed)[1:])
    null = chapter["verdicts"](*chapter["trials"](0, 50, seed=seed)[1:])
    assert real["differ"] < 0.11
    assert null["alike"] < 0.02
    assert real["cannot tell"] > 0.87
    assert null["cannot tell"] > 0.91


@pytest.mark.parametrize("seed", range(3))
def test_the_worry_fails_when_trials_are_large(chapter: dict[str, Any], seed: int) -> None:
    assert chapter["verdicts"](*chapter["trials"](0, 800, seed=seed)[1:])["alike"] > 0.9
    assert chapter["verdicts"](*chapter["trials"](0.3, 800, seed=seed)[1:])["differ"] > 0.98


def test_five_treatments_keep_a_row_and_say_what_is_not_known() -> None:
    table = evidence.load("treatments")
    assert list(table["short"]) == ["MBT", "DBT", "TFP", "ST", "GPM"]
    for column in ("directiveness", "relationship", "turn", "sounds", "not_established", "known_from", "link"):
        assert table[column].str.strip().all()
    rows = table.set_index("short")
    assert {"TFP": rows.loc["TFP", "identity"], "DBT": rows.loc["DBT", "self_direction"]} == dict.fromkeys(
        ("TFP", "DBT"), "favored"
    )
    assert rows.loc["MBT", "empathy"] == "favored"
    assert set(rows.loc[["MBT", "DBT", "TFP", "ST"], "intimacy"]) == {"shared"}


def test_a_trial_that_speaks_against_a_tie_is_in_the_data() -> None:
    trials = evidence.load("head_to_head").set_index("study")
    assert "more people recovered with Schema Therapy" in trials.loc["Giesen-Bloo et al. (2006)", "found"]
