"""The models of developmental psychopathology do what the text says of them, and fail where it says they fail."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT
from widgets import evidence, questions


def models(page: str) -> dict[str, Any]:
    """Return the names that the model cells of a page define."""
    names: dict[str, Any] = {}
    for cell in json.loads((ROOT / "book" / "development" / f"{page}.ipynb").read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


@pytest.fixture(scope="module")
def factors() -> dict[str, Any]:
    return models("one-factor-or-many")


@pytest.fixture(scope="module")
def learners() -> dict[str, Any]:
    return models("flexible-minds")


def correlations(problems: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the matrix, its pairs, and its eigenvalues from the largest."""
    matrix = np.corrcoef(problems.T)
    return matrix, matrix[np.triu_indices(9, 1)], np.linalg.eigvalsh(matrix)[::-1]


def test_the_strength_that_is_built_in(factors: dict[str, Any]) -> None:
    assert factors["strength"](factors["GENERAL"], factors["SPECIFIC"]) == pytest.approx((0.771, 0.687), abs=5e-4)


@pytest.mark.parametrize("seed", range(3))
def test_a_common_cause_is_recovered_and_a_total_score_shows_it(factors: dict[str, Any], seed: int) -> None:
    problems, p = factors["common_cause"](seed=seed)
    omega, _ = factors["strength"](*factors["bifactor"](correlations(problems)[0]))
    assert omega == pytest.approx(0.771, abs=0.05)
    assert np.corrcoef(problems.sum(axis=1), p)[0, 1] > 0.85


@pytest.mark.parametrize("seed", range(3))
def test_problems_that_feed_one_another_look_like_a_common_cause(factors: dict[str, Any], seed: int) -> None:
    _, pairs, values = correlations(factors["mutualism"](0.06, near=0, seed=seed))
    assert pairs.min() > 0.1
    assert values[0] / values[1] > 2.5
    _, pairs, values = correlations(factors["mutualism"](0, near=0, seed=seed))
    assert np.abs(pairs).max() < 0.13  # the ceilings are independent
    assert values[0] / values[1] < 1.3


def test_nothing_changes_any_more_when_the_model_stops(factors: dict[str, Any]) -> None:
    ceilings = factors["mutualism"](0, near=0)
    feeds = (0.05 + 0.1 * (factors["GROUP"][:, None] == factors["GROUP"])) * (1 - np.eye(9))
    assert factors["mutualism"]() == pytest.approx(np.linalg.solve(np.eye(9) - feeds, ceilings.T).T, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_cannot_tell_the_twins_apart(factors: dict[str, Any], seed: int) -> None:
    cause, feeding = (
        correlations(one) for one in (factors["common_cause"](seed=seed)[0], factors["mutualism"](seed=seed))
    )
    assert cause[1].mean() == pytest.approx(feeding[1].mean(), abs=0.05)
    assert cause[2][0] == pytest.approx(feeding[2][0], abs=0.35)
    omegas = [factors["strength"](*factors["bifactor"](one[0]))[0] for one in (cause, feeding)]
    assert omegas[0] == pytest.approx(omegas[1], abs=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_an_impossible_loading_may_or_may_not_give_it_away(factors: dict[str, Any], seed: int) -> None:
    def largest(near: float, limit: float, coupling: float) -> float:
        matrix = correlations(factors["mutualism"](coupling, near=near, seed=seed))[0]
        return float(np.abs(np.concatenate(factors["bifactor"](matrix, limit=limit))).max())

    assert largest(near=0, limit=np.inf, coupling=0.06) > 10
    assert largest(near=0, limit=1, coupling=0.06) <= 1
    assert largest(near=0.1, limit=np.inf, coupling=0.05) < 1


def test_only_a_push_tells_the_twins_apart(factors: dict[str, Any]) -> None:
    alone, spread = factors["alone"], factors["spread"]
    assert alone == pytest.approx([-1, *[0] * 8])
    assert spread[0] == pytest.approx(-1)
    assert (spread[1:] < -0.1).all()
    assert spread[1:3].max() < spread[3:].min()


def test_too_slow_and_too_fast_both_cost(learners: dict[str, Any]) -> None:
    chance, came = learners["world"]()
    assert came.shape == (240, 60)
    minds = {name: learners["fixed"](came, rate) for name, rate in learners["SETTINGS"].items()}
    minds["adjusting"], speed = learners["adjusting"](came)
    errors = {name: learners["error"](one, chance) for name, one in minds.items()}
    assert errors == pytest.approx({"rigid": 0.058, "flexible": 0.045, "chaotic": 0.139, "adjusting": 0.042}, abs=0.003)
    waits = {name: learners["back_on_track"](one, chance) for name, one in minds.items()}
    assert (waits["rigid"], waits["adjusting"]) == pytest.approx((9.2, 4.5), abs=0.3)
    assert waits["rigid"] > 1.5 * waits["flexible"]
    assert (speed[120:].mean(axis=0) > speed[:120].mean(axis=0)).mean() >= 0.95
    # What the text grants: a good fixed rate nearly ties, and by this measure the chaotic learner is the quickest.
    assert errors["flexible"] - errors["adjusting"] < 0.005
    assert min(waits, key=waits.__getitem__) == "chaotic"


def test_the_best_rate_depends_on_the_world(learners: dict[str, Any]) -> None:
    chance, came = learners["world"]()
    rates = np.arange(0.01, 1, 0.01)
    wrong = np.array([((learners["fixed"](came, rate) - chance) ** 2).mean(axis=1) for rate in rates])
    calm, turning = (rates[wrong[:, part].mean(axis=1).argmin()] for part in (slice(120), slice(120, None)))
    assert turning == pytest.approx(0.29, abs=0.02)
    assert turning > 2 * calm


def test_each_setting_wins_in_a_world_of_its_own(learners: dict[str, Any]) -> None:
    names, rates = list(learners["SETTINGS"]), list(learners["SETTINGS"].values())
    errors = learners["landscape"](learners["WORLDS"], rates).set_axis(names)
    assert list(errors.idxmin()) == ["rigid", "flexible", "chaotic"]
    chance, came = learners["world"](turns=0, stable=240)
    settled = learners["fixed"](came, learners["SETTINGS"]["rigid"])[120:]
    assert learners["error"](settled, chance[120:]) == pytest.approx(0.005, abs=0.001)


def test_what_speaks_against_the_paper_is_in_the_data() -> None:
    studies = evidence.load("p_factor").set_index("key")
    assert "unstable" in studies.loc["watts2019riskier", "found"]
    assert "personality disorders" in studies.loc["sharp2015structure", "not_found"]
    studies = evidence.load("flexibility").set_index("study")
    assert "intact" in studies.loc["Doppelhofer et al.", "not_found"]
    for name in ("p_factor", "flexibility"):
        studies = evidence.load(name)
        assert (studies[["study", "design", "found", "not_found", "known_from", "link"]] != "").all(axis=None)


def test_each_task_of_the_chapter_stands_on_one_of_its_pages() -> None:
    pages = "".join(path.read_text(encoding="utf8") for path in (ROOT / "book" / "development").glob("*.ipynb"))
    tasks = questions.load()
    for id in (*tasks.predictions, *tasks.sorts):
        assert not id.startswith("dp-") or f'(\\"{id}\\"' in pages
    assert [id for id in tasks.questions if id.startswith("dp-")] == [f"dp-{number}" for number in range(1, 7)]
