"""The model of two people does what its page says of it, and stops where the page says that it stops."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT
from widgets import evidence, excerpts


def sources(path: str) -> dict[str, str]:
    """Return the cells of a page of the book by their ids; only those that define a model."""
    cells = json.loads((ROOT / "book" / path).read_text(encoding="utf8"))["cells"]
    chosen = [cell for cell in cells if cell["id"] == "setup" or "model" in cell["metadata"].get("tags", [])]
    return {cell["id"]: "".join(cell["source"]) for cell in chosen}


def names_of(path: str) -> dict[str, Any]:
    """Return the names that a page's model cells define."""
    names: dict[str, Any] = {}
    exec("import numpy as np\nimport pandas as pd\nfrom IPython.display import HTML", names)
    for source in sources(path).values():
        exec(source, names)
    return names


PAGE = (ROOT / "book" / "fusion" / "two-ways-meet.ipynb").read_text(encoding="utf8")
MODEL, ONE_PERSON = names_of("fusion/two-ways-meet.ipynb"), names_of("mbt/arousal-and-the-switch.ipynb")
ASK, SILENT, FOCUS = MODEL["HABITS"]


@cache
def ends(
    habit: str, coupling: float = 0.3, own: float = 0.5, theta: float = 0.55, **changed: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the mean share of turns without the thread and the mean skill at the end, over seeds 0 to 79."""
    runs = [MODEL["session"](habit, coupling, own, theta, seed, MODEL["MOVES"] | changed) for seed in range(80)]
    return float(np.mean([run["lost"].mean() for run in runs])), float(np.mean([run["skill"].iloc[-1] for run in runs]))


@pytest.mark.parametrize("theta", [0.55, 0.75])
def test_without_coupling_it_is_the_model_of_one_person(theta: float) -> None:
    for move, (arousal, demand) in ONE_PERSON["MOVES"].items():
        assert MODEL["MOVES"][move] == (arousal, demand, 0.0)
    for seed in range(5):
        two = MODEL["session"](ASK, 0.0, 0.9, theta, seed)
        one = ONE_PERSON["session"](ONE_PERSON["FIT"], theta, seed)
        assert list(two["move"]) == list(one["move"])
        assert np.allclose(two["client"], one["arousal"])
        assert two["skill"].iloc[-1] == pytest.approx(one["skill"].iloc[-1])


def test_focusing_finds_the_thread_and_asking_on_loses_it() -> None:
    lost = [ends(habit)[0] for habit in (ASK, SILENT, FOCUS)]
    skill = [ends(habit)[1] for habit in (ASK, SILENT, FOCUS)]
    assert lost == pytest.approx([0.72, 0.40, 0.13], abs=0.03)
    assert skill == sorted(skill)
    assert skill[2] - skill[0] > 0.1


def test_coupling_makes_the_circle() -> None:
    lost = [ends(ASK, coupling)[0] for coupling in (0.0, 0.1, 0.2, 0.3)]
    assert lost == sorted(lost)
    assert lost[0] < 0.03
    assert ends(ASK, 0.0)[1] == pytest.approx(ends(FOCUS, 0.0)[1], abs=0.01)


def test_structure_adds_nothing_for_a_therapist_who_is_not_easily_carried_away() -> None:
    assert ends(FOCUS, own=0.7)[1] == pytest.approx(ends(ASK, own=0.7)[1], abs=0.01)


def test_asking_on_costs_little_when_the_client_can_bear_it() -> None:
    assert 0 < ends(FOCUS, theta=0.75)[1] - ends(ASK, theta=0.75)[1] < 0.05


def test_focusing_that_calms_nobody_is_silence() -> None:
    assert ends(FOCUS, focus=(0.0, 0.0, 0.0)) == ends(SILENT)
    assert ends(SILENT)[1] < ends(FOCUS, focus=(-0.05, 0.0, 0.0))[1] < ends(FOCUS)[1]


def test_a_breath_in_silence_does_almost_as_well() -> None:
    assert ends(SILENT, silence=(0.0, 0.0, -0.12))[1] == pytest.approx(ends(FOCUS)[1], abs=0.03)


def test_the_crosswalk_goes_in_both_directions() -> None:
    rows = re.findall(r'\(\\"(MISC brings|MBT brings|both at once)\\", (MARCH|DOOR), \\"(u\d+)\\"\)', PAGE)
    assert len(rows) == 9
    files = {"MARCH": "in-march-we-sand", "DOOR": "the-door-or-the-floor"}
    expected = {"MISC brings": (False, True), "MBT brings": (True, False), "both at once": (True, True)}
    for direction, name, unit in rows:
        key = next(one.key for one in excerpts.load(files[name]).units if one.id == unit)
        assert (key["process"].value != "none", key["component"].value != "none") == expected[direction], unit


def test_what_speaks_against_it_is_in_the_data() -> None:
    trials, learners = evidence.load("misc_trials"), evidence.load("lay_learners")
    assert list(trials.query("mediation == 'not found'")["key"]) == ["sharp2022mediational"]
    assert (pd.concat([trials, learners])[["study", "not_found", "known_from", "link"]] != "").all(axis=None)
    assert "without training" in learners["not_found"].iloc[0]
