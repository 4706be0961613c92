"""The arousal model does what its page says of it, and stops where the page says that it stops."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT
from widgets.documents import data_folder

NOTEBOOK = ROOT / "book" / "mbt" / "arousal-and-the-switch.ipynb"
CELLS = {cell["id"]: cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf8"))["cells"]}


def model_of_the_chapter() -> dict[str, Any]:
    """Return the names that the page's cells tagged `model` define."""
    names: dict[str, Any] = {}
    for id, cell in CELLS.items():
        if id == "setup" or "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


MODEL = model_of_the_chapter()
FIT, RANDOM, CHALLENGE, SUPPORT = MODEL["POLICIES"]


@cache
def ends(policy: str, theta: float, **changed: tuple[float, float]) -> tuple[float, float]:
    """Return mean skill at the end and mean share of turns above the switch point, over seeds 0 to 79."""
    moves = MODEL["MOVES"] | changed
    runs = [MODEL["session"](policy, theta, seed, moves) for seed in range(80)]
    above = [(run["arousal"] > run["switch point"]).mean() for run in runs]
    return float(np.mean([run["skill"].iloc[-1] for run in runs])), float(np.mean(above))


@pytest.mark.parametrize(("theta", "expected"), [(0.75, [0.63, 0.52, 0.40, 0.20]), (0.55, [0.56, 0.42, 0.25, 0.20])])
def test_fitting_the_move_leaves_most_skill(theta: float, expected: list[float]) -> None:
    skills = [ends(policy, theta)[0] for policy in (FIT, RANDOM, CHALLENGE, SUPPORT)]
    assert skills == sorted(skills, reverse=True)
    assert skills == pytest.approx(expected, abs=0.02)
    assert skills[3] == pytest.approx(0.2)  # support asks nothing


@pytest.mark.parametrize(("theta", "peak"), [(0.75, 0.50), (0.55, 0.40)])
def test_the_best_arousal_lies_below_the_switch_point(theta: float, peak: float) -> None:
    arousal = np.linspace(0, 1, 1001)
    hill = [MODEL["mentalizing"](a, 0.0, theta) for a in arousal]
    assert arousal[np.argmax(hill)] == pytest.approx(peak, abs=0.001)
    assert MODEL["mentalizing"](0.0, 0.0, theta) < 0.1 > MODEL["mentalizing"](1.0, 0.0, theta)


def test_always_challenging_lives_above_the_switch_point() -> None:
    assert ends(CHALLENGE, 0.75)[1] == pytest.approx(0.94, abs=0.02)
    assert ends(FIT, 0.75)[1] == pytest.approx(0.12, abs=0.02)


def test_with_a_very_high_switch_point_always_challenging_wins() -> None:
    assert ends(CHALLENGE, 0.95)[0] == pytest.approx(0.78, abs=0.02)
    assert ends(FIT, 0.95)[0] == pytest.approx(0.70, abs=0.02)


def test_where_challenge_costs_little_fitting_pays_only_if_the_switch_point_is_low() -> None:
    mild = {"challenge": (0.05, 1.4)}
    assert ends(FIT, 0.75, **mild)[0] == pytest.approx(ends(CHALLENGE, 0.75, **mild)[0], abs=0.04)
    assert ends(FIT, 0.55, **mild)[0] == pytest.approx(0.60, abs=0.02)
    assert ends(CHALLENGE, 0.55, **mild)[0] == pytest.approx(0.41, abs=0.03)


def test_that_support_loses_hangs_on_both_numbers_written_for_it() -> None:
    teaching = {"support": (-0.12, 0.5)}
    assert ends(SUPPORT, 0.55, **teaching)[0] < 0.3 < ends(FIT, 0.55, **teaching)[0]
    awake = {"support": (-0.02, 1.0)}
    assert ends(SUPPORT, 0.55, **awake)[0] == pytest.approx(ends(FIT, 0.55, **awake)[0], abs=0.02)


def test_the_model_has_nothing_to_say_for_exploring_first() -> None:
    hasty = ends(FIT, 0.55, explore=MODEL["MOVES"]["clarify"])[0]
    assert hasty == pytest.approx(ends(FIT, 0.55)[0], abs=0.01)
    chosen = pd.concat(MODEL["session"](FIT, 0.55, seed)["move"] for seed in range(10))
    assert set(chosen) == set(MODEL["MOVES"])  # it is used, though


def test_policies_with_one_seed_meet_the_same_shocks() -> None:
    theta, runs = 0.75, {}
    for policy in (CHALLENGE, SUPPORT):
        run = MODEL["session"](policy, theta, 4)
        inside = run[(run["arousal"] > 0.001) & (run["arousal"].shift(-1).between(0.001, 0.999))].index
        change = run["move"].map(lambda move: MODEL["MOVES"][move][0])
        drift = run["arousal"] + 0.1 * (0.35 - run["arousal"]) + change
        runs[policy] = (run["arousal"].shift(-1) - drift).loc[inside]
    both = runs[CHALLENGE].index.intersection(runs[SUPPORT].index)
    assert len(both) > 3
    assert np.allclose(runs[CHALLENGE][both], runs[SUPPORT][both])


def test_the_studies_that_speak_against_the_pages_are_in_the_data() -> None:
    studies = pd.read_csv(data_folder() / "evidence" / "mbt.csv", dtype=str, keep_default_na=False)
    assert set(studies["page"]) == {"stance", "arousal"}
    assert (studies[["study", "n", "found", "not_found", "known_from", "link"]] != "").all(axis=None)
    assert studies["study"].str.contains("Høglend|Jørgensen|Deckers").sum() == 3
