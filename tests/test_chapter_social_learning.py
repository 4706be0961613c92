"""The models of the chapter on social learning do what its text says of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "book" / "social-learning"
HONEST, MIXED = ((60, 0.85),), ((40, 0.85), (70, 0.20), (40, 0.85))


def models(page: str) -> dict[str, Any]:
    """Return the names that the model cells of a page define."""
    names: dict[str, Any] = {}
    for cell in json.loads((FOLDER / f"{page}.ipynb").read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


@pytest.fixture(scope="module")
def trust() -> dict[str, Any]:
    return models("whom-to-believe")


@pytest.fixture(scope="module")
def dyad() -> dict[str, Any]:
    return models("serve-and-return")


def right(trust: dict[str, Any], name: str, blocks: Any = None, **how: Any) -> np.ndarray:
    """Return the share of right decisions, one number a decision, over 400 runs."""
    world = trust["world"](blocks) if blocks else trust["world"]()
    return trust["learn"](trust["SETTINGS"][name], world, **how)[1].mean(axis=1)


@pytest.mark.parametrize(
    ("name", "good", "misled", "again", "all_"),
    [("Vigilant", 0.83, 0.59, 0.79, 0.76), ("Hypervigilant", 0.64, 0.65, 0.65, 0.65),
     ("Credulous", 0.85, 0.20, 0.85, 0.72), ("Harmed for long", 0.64, 0.65, 0.65, 0.65)],
)  # fmt: skip
def test_settings_decide_as_well_as_said(
    trust: dict[str, Any], name: str, good: float, misled: float, again: float, all_: float
) -> None:
    found = right(trust, name)
    blocks = [found[:60].mean(), found[60:90].mean(), found[90:].mean(), found.mean()]
    assert blocks == pytest.approx([good, misled, again, all_], abs=0.02)


def test_vigilance_is_best_where_an_adviser_changes(trust: dict[str, Any]) -> None:
    means = {name: right(trust, name).mean() for name in trust["SETTINGS"]}
    assert max(means, key=means.get) == "Vigilant"
    assert right(trust, "Credulous")[60:90].mean() < 0.35
    assert right(trust, "Hypervigilant", HONEST).mean() == pytest.approx(trust["OWN_EYE"], abs=0.03)
    averages = [trust["learn"](trust["SETTINGS"][name], trust["world"]())[0].mean() for name in trust["SETTINGS"]]
    vigilant, hypervigilant, credulous, _ = averages
    assert hypervigilant < vigilant < credulous


def test_the_counter_case_another_world_has_another_best_setting(trust: dict[str, Any]) -> None:
    assert right(trust, "Credulous", ((150, 0.85),)).mean() > right(trust, "Vigilant", ((150, 0.85),)).mean()
    assert right(trust, "Credulous", MIXED).mean() == pytest.approx(0.55, abs=0.02)
    assert right(trust, "Vigilant", MIXED).mean() == pytest.approx(0.71, abs=0.02)
    assert right(trust, "Hypervigilant", MIXED).mean() > right(trust, "Credulous", MIXED).mean()


def test_being_recognized_opens_and_has_its_price(trust: dict[str, Any]) -> None:
    def after_sixty(name: str, recognized: float) -> float:
        return trust["learn"](trust["SETTINGS"][name], trust["world"](), recognized)[0][60].mean()

    found = [after_sixty("Hypervigilant", recognized) for recognized in (0, 1, 3)]
    assert found == pytest.approx([0.30, 0.42, 0.57], abs=0.02)
    gain = right(trust, "Hypervigilant", recognized=3).mean() - right(trust, "Hypervigilant").mean()
    assert 0 <= gain < 0.03  # trust has nearly doubled, and next to nothing shows
    loss = right(trust, "Vigilant")[60:90].mean() - right(trust, "Vigilant", recognized=3)[60:90].mean()
    assert loss > 0.15


def test_mistrust_that_reverses_advice_does_worse_than_ones_own_eye(trust: dict[str, Any]) -> None:
    assert right(trust, "Hypervigilant", HONEST, contrary=True).mean() == pytest.approx(0.19, abs=0.02)


def test_unfair_weighing_and_a_long_record_look_alike(trust: dict[str, Any]) -> None:
    difference = right(trust, "Hypervigilant") - right(trust, "Harmed for long")
    assert np.abs(difference).max() < 0.01


def test_matching_rises_and_mending_is_quickest_in_the_middle(dyad: dict[str, Any]) -> None:
    found = np.array([dyad["agreement"](dyad["pair"](c, c)) for c in (0, 0.1, 0.2, 0.3, 0.5, 0.7)])
    assert found[:5, 0] == pytest.approx([0.34, 0.39, 0.43, 0.46, 0.51], abs=0.005)
    assert (np.diff(found[:, 0]) > 0).all()
    assert found[:, 1] == pytest.approx([3.42, 2.91, 2.66, 2.56, 2.74, 3.70], abs=0.01)
    assert found[:, 1].argmin() == 3


def test_the_counter_case_in_turns_there_is_no_middle(dyad: dict[str, Any]) -> None:
    found = np.array([dyad["agreement"](dyad["pair"](c, c, in_turns=True)) for c in np.arange(0, 0.91, 0.1)])
    assert (np.diff(found[:, 0]) > 0).all()
    assert (np.diff(found[:, 1]) < 0).all()


def test_what_is_watched_is_what_was_computed(dyad: dict[str, Any]) -> None:
    step = dyad["pair"](0.3, 0.3)
    assert step.sum(axis=1) == pytest.approx(np.ones(9))
    matched, _, mended = dyad["agreement"](step)
    runs = [dyad["watch"](step, 6000, seed=seed) for seed in range(6)]
    assert np.mean([(a == b).mean() for a, b in runs]) == pytest.approx(matched, abs=0.01)
    assert np.mean([100 * dyad["hope"](a, b) for a, b in runs]) == pytest.approx(mended, abs=1.5)


def test_hope_follows_repair_and_not_matching(dyad: dict[str, Any]) -> None:
    runs = {c: [dyad["watch"](dyad["pair"](c, c), seed=seed) for seed in range(10)] for c in (0.05, 0.3, 0.7)}
    hope = {c: np.mean([dyad["hope"](a, b) for a, b in pairs]) for c, pairs in runs.items()}
    apart = {c: np.mean([(a != b).mean() for a, b in pairs]) for c, pairs in runs.items()}
    assert apart == pytest.approx({0.05: 0.63, 0.3: 0.54, 0.7: 0.46}, abs=0.03)
    assert apart[0.7] < apart[0.3] < apart[0.05]
    assert hope[0.7] < hope[0.05] < hope[0.3]


def test_hope_counts_spells_mended_in_time(dyad: dict[str, Any]) -> None:
    a, b = np.array([0, 1, 1, 0, 0, 0, 0, 0, 2]), np.array([0, 0, 1, 1, 1, 1, 1, 0, 2])
    assert dyad["hope"](a, b) == pytest.approx((1 + 1) / (2 + 2))


@pytest.mark.parametrize("seed", range(5))
def test_who_follows_is_read_a_step_later(dyad: dict[str, Any], seed: int) -> None:
    a, b = dyad["watch"](dyad["pair"](0.1, 0.5), seed=seed)
    assert max(range(-5, 6), key=lambda lag: dyad["lagged"](a, b, lag)) == 1


def test_a_shifted_record_matches_less(dyad: dict[str, Any]) -> None:
    a, b = dyad["watch"](dyad["pair"](0.15, 0.15), 600, seed=0)
    shifted = [(a == np.roll(b, by)).mean() for by in range(20, 580)]
    assert np.mean(np.array(shifted) >= (a == b).mean()) < 0.05


def test_pendulums_lock_when_the_pull_is_strong_enough(dyad: dict[str, Any]) -> None:
    assert dyad["rhythm"](0.3) > 0.99
    assert dyad["rhythm"](0.1) < 0.6
