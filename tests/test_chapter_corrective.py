"""The model of the chapter on corrective emotional experience does what its text says of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT

PAGE = ROOT / "book" / "corrective-experience" / "difference-that-teaches.ipynb"
RUNS = 200


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    """Return the names that the model cells of the page define."""
    names: dict[str, Any] = {}
    for cell in json.loads(PAGE.read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def ends(model: dict[str, Any], setting: Any) -> np.ndarray:
    """Return what is expected of therapist and others, and the drawers, after 24 sessions, one row a run."""
    setting = model["SETTINGS"][setting] if isinstance(setting, str) else setting
    return np.array([model["therapy"](setting, seed=seed)[-1] for seed in range(RUNS)])


@pytest.mark.parametrize(
    ("name", "therapist", "others"),
    [("Within reach", 0.89, 0.89), ("Kind at once", 0.90, 0.20), ("Kind at once, linked", 0.90, 0.90),
     ("Mistrust", 0.17, 0.17), ("Explained away", 0.23, 0.23)],
)  # fmt: skip
def test_settings_end_where_the_table_says(model: dict[str, Any], name: str, therapist: float, others: float) -> None:
    found = ends(model, name).mean(axis=0)
    assert found[:2] == pytest.approx([therapist, others], abs=0.03)


def test_what_carries_over_and_what_does_not(model: dict[str, Any]) -> None:
    found = {name: ends(model, name).mean(axis=0) for name in model["SETTINGS"]}
    assert found["Within reach"][1] > 0.8
    assert found["Kind at once"][0] > 0.8
    assert found["Kind at once"][1] < 0.3
    assert found["Kind at once, linked"][1] > 0.8
    assert max(*found["Mistrust"][:2], *found["Explained away"][:2]) < 0.35


def test_the_mean_of_kind_at_once_is_nobodys_result(model: dict[str, Any]) -> None:
    found = ends(model, "Kind at once")
    stuck = found[:, 1] < 0.15
    assert (stuck | (found[:, 1] > 0.8)).all()
    assert 0.85 < stuck.mean() < 0.95
    assert (found[stuck, 2] > 1).all()


def test_too_small_a_step_lacks_time_and_too_large_a_one_a_drawer(model: dict[str, Any]) -> None:
    others = {step: ends(model, model["Setting"](step=step))[:, 1].mean() for step in (0.05, 0.22, 0.6, 0.8)}
    assert others[0.05] < 0.5
    assert min(others[0.22], others[0.6]) > 0.8
    assert others[0.8] < 0.3


def test_the_counter_case_a_little_wider_and_kindness_is_enough(model: dict[str, Any]) -> None:
    wide, narrow = (ends(model, model["Setting"](step=0.8, width=width))[:, 1].mean() for width in (0.28, 0.20))
    assert wide > 0.8
    assert narrow == pytest.approx(0.10, abs=0.01)


@pytest.mark.parametrize("gate", [0.05, 0.1, 0.2, 0.4, 1.0])
def test_the_counter_case_through_the_same_gate_telling_is_not_worse(model: dict[str, Any], gate: float) -> None:
    lived = ends(model, model["Setting"](gate=gate))[:, 1].mean()
    assert model["tell"](gate) > lived


def test_the_claim_needs_a_narrower_gate_for_what_is_told(model: dict[str, Any]) -> None:
    assert model["tell"](0.05) < ends(model, model["Setting"](gate=0.4))[:, 1].mean()
    assert model["tell"](0.05, times=1, pace=1) < ends(model, "Mistrust")[:, 1].mean()
    assert model["tell"](1, times=1, pace=1) == pytest.approx(model["KINDEST"])
