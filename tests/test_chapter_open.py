"""The design simulator of the chapter on open questions does what its text says of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "book" / "open-questions"
SEEDS = range(5)


def cells(page: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / f"{page}.ipynb").read_text(encoding="utf8"))["cells"]


@pytest.fixture(scope="module")
def design() -> dict[str, Any]:
    """Return the names that the model cells define."""
    names: dict[str, Any] = {}
    for cell in cells("what-would-falsify-it"):
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def power(design: dict[str, Any], own: bool = True, **how: Any) -> float:
    """Return the share of studies that find both steps, over 200 studies with each of five seeds."""
    return float(np.mean([design["mediates"](design["study"](seed=seed, **how), own) for seed in SEEDS]))


def test_one_step_of_nothing_is_found_as_often_as_the_threshold_says(design: dict[str, Any]) -> None:
    found = []
    for seed in SEEDS:
        acts, flexible, _ = design["study"](within=0, seed=seed)
        own = (values - values.mean(axis=2, keepdims=True) for values in (acts, flexible))
        found.append(design["slope"](*own)[1] < 0.05)
    assert np.mean(found) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"people": 30}, {"people": 120}),
        ({"waves": 4}, {"waves": 16}),
        ({"within": 0.1}, {"within": 0.2}),
        ({"reliability": 0.5}, {"reliability": 0.9}),
    ],
)
def test_power_rises_with_people_sessions_effect_and_reliability(
    design: dict[str, Any], worse: dict[str, Any], better: dict[str, Any]
) -> None:
    assert power(design, **better) > power(design, **worse) + 0.2


def test_with_two_sessions_even_many_people_see_little(design: dict[str, Any]) -> None:
    assert power(design, people=240, waves=2) < power(design, people=30, waves=16)


def test_differences_between_people_look_like_a_mediator_in_one_heap_only(design: dict[str, Any]) -> None:
    assert power(design, own=False, within=0, vary=0, between=0.5) > 0.6
    assert power(design, own=False, within=0, vary=0, between=1) > 0.99
    assert power(design, own=False, within=0, vary=0, between=0) < 0.02
    assert power(design, within=0, vary=0, between=1) < 0.02


def test_what_stays_the_same_in_a_person_does_not_reach_the_within_person_test(design: dict[str, Any]) -> None:
    assert power(design, between=0) == power(design, between=1)


def test_steps_can_rise_in_the_heap_and_fall_within_people(design: dict[str, Any]) -> None:
    seen = design["study"](within=-0.2, between=1)
    for cause, effect in (seen[:2], seen[1:]):
        heap, own = (
            design["slope"](*(v - v.mean(axis=axis, keepdims=True) for v in (cause, effect)))[0].mean()
            for axis in ((1, 2), 2)
        )
        assert own < -0.1 < 0.2 < heap


def test_the_form_of_the_plan_says_what_is_still_to_write() -> None:
    names: dict[str, Any] = {}
    for cell in cells("preregistration"):
        if cell["id"] in ("example", "mine"):
            source = "".join(cell["source"])
            exec("from IPython.display import HTML\n" + source, names)
    assert names["empty"](names["example"]) == []
    assert names["empty"](names["mine"]) == list(names["example"])
