"""The models of the chapter on mechanisms do what its text says of them, and fail where it says they fail."""

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
    page = ROOT / "book" / "mechanisms" / "what-changes-people.ipynb"
    for cell in json.loads(page.read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def effects(chapter: dict[str, Any], **setting: Any) -> np.ndarray:
    """Return the indirect effects of two hundred trials (seeds 0 to 199)."""
    return np.array([chapter["indirect"](*chapter["trial"](seed=seed, **setting)) for seed in range(200)])


def excluding_zero(chapter: dict[str, Any], **setting: Any) -> int:
    """Return how many of twenty trials have an interval without zero."""
    intervals = [chapter["bootstrap"](chapter["trial"](seed=seed, **setting)) for seed in range(20)]
    return sum(bool(low > 0 or high < 0) for low, high in intervals)


def test_the_indirect_effect_is_the_product_of_two_regressions(chapter: dict[str, Any]) -> None:
    treated, mediator, outcome = chapter["trial"]()
    first = np.linalg.lstsq(np.column_stack([np.ones(200), treated]), mediator)[0][1]
    second = np.linalg.lstsq(np.column_stack([np.ones(200), treated, mediator]), outcome)[0][2]
    assert chapter["indirect"](treated, mediator, outcome) == pytest.approx(first * second)


def test_without_a_hidden_cause_the_effect_is_found_and_the_interval_holds(chapter: dict[str, Any]) -> None:
    assert effects(chapter).mean() == pytest.approx(0.24, abs=0.02)
    intervals = np.array([chapter["bootstrap"](chapter["trial"](seed=seed), seed=seed) for seed in range(200)])
    covered = (intervals[:, 0] < 0.24) & (intervals[:, 1] > 0.24)
    assert 0.93 <= covered.mean() <= 0.98


@pytest.mark.parametrize("hidden", [0.5, 1.0, 1.5])
def test_a_hidden_cause_makes_an_effect_where_there_is_none(chapter: dict[str, Any], hidden: float) -> None:
    expected = 0.6 * hidden**2 / (1 + hidden**2)
    assert effects(chapter, b=0, hidden=hidden).mean() == pytest.approx(expected, abs=0.03)


def test_intervals_are_sure_of_the_false_effect(chapter: dict[str, Any]) -> None:
    assert excluding_zero(chapter, b=0, hidden=0) <= 2
    assert excluding_zero(chapter, b=0, hidden=1) >= 18


def test_an_experiment_on_the_mediator_removes_the_false_effect_and_keeps_the_true_one(chapter: dict[str, Any]) -> None:
    assert effects(chapter, b=0, hidden=1, assigned=True).mean() == pytest.approx(0, abs=0.03)
    assert effects(chapter, hidden=1, assigned=True).mean() == pytest.approx(0.24, abs=0.03)


def slopes(chapter: dict[str, Any], **setting: Any) -> tuple[float, float]:
    """Return the mean slopes of ten worlds: over everything, and within people."""
    found = []
    for seed in range(10):
        m, y = chapter["weeks"](seed=seed, **setting)
        own = m - m.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
        found.append((chapter["slope"](m, y), chapter["slope"](*own)))
    return tuple(np.mean(found, axis=0))


def test_the_heap_says_the_opposite_of_what_happens_within_people(chapter: dict[str, Any]) -> None:
    # Half of what varies lies between people and half within, so the heap shows the mean of the two slopes.
    assert slopes(chapter) == pytest.approx(((1.2 - 0.4) / 2, -0.4), abs=0.03)


def test_the_heap_tells_the_truth_where_the_two_agree(chapter: dict[str, Any]) -> None:
    assert slopes(chapter, between=-0.4) == pytest.approx((-0.4, -0.4), abs=0.03)


def test_mediators_are_found_where_none_is_at_work(chapter: dict[str, Any]) -> None:
    runs = [chapter["many"](seed=seed) for seed in range(20)]
    found = np.mean([(p < 0.05).sum() for p in runs])
    assert 8 <= found <= 13  # at most 0.05 times 252, which is 12.6; fewer where the first step fails
    assert sum(bool((stats.false_discovery_control(p) < 0.05).any()) for p in runs) <= 3


def test_many_tests_are_fine_where_many_effects_are_real(chapter: dict[str, Any]) -> None:
    for seed in range(5):
        found = chapter["many"](100, seed=seed) < 0.05
        assert found[:100].sum() > 75
        assert found[100:].sum() < 0.25 * found.sum()


def test_the_p_is_the_larger_of_the_two_steps(chapter: dict[str, Any]) -> None:
    # By way of ordinary regressions, for three trials of one literature made again.
    rng, x = np.random.default_rng(1), np.tile([-0.5, 0.5], 60)
    m = 0.6 * x + rng.normal(size=(252, 120))
    y = 0.1 * x + rng.normal(size=(252, 120))
    p = chapter["many"]()
    for row in (0, 100, 251):
        sides = np.column_stack([np.ones(120), x, m[row]])
        weights, rest, *_ = np.linalg.lstsq(sides, y[row])
        error = np.sqrt(rest[0] / 117 * np.linalg.inv(sides.T @ sides)[2, 2])
        second = 2 * stats.t.sf(abs(weights[2] / error), 117)
        first = stats.ttest_ind(m[row, x > 0], m[row, x < 0]).pvalue
        assert p[row] == pytest.approx(max(first, second))


def test_no_review_is_said_to_have_shown_more_than_it_says() -> None:
    reviews = evidence.load("mediators").set_index("study")
    marks = reviews.iloc[:, -6:]
    assert set(marks.to_numpy().ravel()) <= {"found", "in part", "not found", "not named"}
    assert marks.loc["Luyten et al. (2024)", "mentalizing"] == "in part"
    assert marks.loc["Keefe & DeRubeis (2019)", ["mentalizing", "attachment"]].eq("not found").all()
    assert (reviews["not_found"] != "").all()
