"""The agreement numbers against independent libraries, published examples, and what must hold of any codings."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.metrics import cohen_kappa_score

from widgets import agreement
from widgets.agreement import (
    bootstrap,
    cohen_kappa,
    interval,
    krippendorff_alpha,
    one_versus_rest,
    per_code,
    percent_agreement,
    wilson,
)

FOLDER = Path(__file__).parent / "vectors"
VECTORS = json.loads((FOLDER / "agreement.json").read_text(encoding="utf-8"))
COEFFICIENTS = {"percent": percent_agreement, "kappa": cohen_kappa, "alpha": krippendorff_alpha}
each_case = pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])


def same(number: float | None) -> object:
    """Equal to 1e-9; null in the vectors is nan here."""
    return pytest.approx(np.nan if number is None else number, rel=0, abs=1e-9, nan_ok=True)


def encoded(values: list[str | None]) -> list[float]:
    return [np.nan if value is None else float(VECTORS["values"].index(value)) for value in values]


def ratings_of(case: dict) -> np.ndarray:
    return np.array([encoded(case["mine"]), encoded(case["key"])])


def kappa_of(ratings: np.ndarray) -> float:
    return cohen_kappa(*ratings)


# --- the shared vectors ---


def test_vectors_are_what_the_oracles_give(tmp_path: Path) -> None:
    target = tmp_path / "agreement.json"
    subprocess.run([sys.executable, FOLDER / "make.py", target], check=True)

    def assert_same(made: object, stored: object) -> None:
        assert type(made) is type(stored)
        if isinstance(made, dict):
            assert made.keys() == stored.keys()
            made, stored = list(made.values()), list(stored.values())
        if isinstance(made, list):
            assert len(made) == len(stored)
            for one, other in zip(made, stored, strict=True):
                assert_same(one, other)
        else:
            assert made == (pytest.approx(stored, rel=0, abs=1e-9) if isinstance(stored, float) else stored)

    assert_same(json.loads(target.read_text(encoding="utf-8")), VECTORS)


@each_case
def test_coefficients(case: dict) -> None:
    mine, key = ratings = ratings_of(case)
    assert percent_agreement(ratings) == same(case["percent"])
    assert cohen_kappa(mine, key) == same(case["kappa"])
    assert krippendorff_alpha(ratings) == same(case["alpha"])


@each_case
def test_per_code(case: dict) -> None:
    made = per_code(*ratings_of(case), values=range(len(VECTORS["values"])))
    for code, expected in zip(made, case["codes"], strict=True):
        found = asdict(code)
        assert VECTORS["values"][found.pop("code")] == expected["code"]
        assert found == {name: same(expected[name]) for name in found}


@each_case
def test_intervals_from_given_draws(case: dict) -> None:
    for name, expected in case.get("intervals", {}).items():
        made = interval(COEFFICIENTS[name], ratings_of(case), [np.array(case["draws"])])
        assert {field: getattr(made, field) for field in expected} == {k: same(v) for k, v in expected.items()}
        assert bool(made.why) == (expected["low"] is None)
        assert made.units == case["units"]


@pytest.mark.parametrize("tally", VECTORS["wilson"], ids=str)
def test_wilson(tally: dict) -> None:
    assert wilson(tally["k"], tally["n"]) == tuple(same(end) for end in tally["interval"])


# --- published examples: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability ---

_ = np.nan
EXAMPLE_A = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
EXAMPLE_B = [[1, 1, 2, 2, 4, 3, 3, 3, 5, 4, 4, 1], [2, 1, 2, 2, 2, 3, 3, 3, 5, 4, 4, 4]]
EXAMPLE_C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


@pytest.mark.parametrize(
    ("ratings", "published", "exact"),
    [(EXAMPLE_A, 0.095, 2 / 21), (EXAMPLE_B, 0.692, 155 / 224), (EXAMPLE_C, 0.743, None)],
    ids=["A: binary, two observers", "B: nominal, two observers", "C: four observers, missing values"],
)
def test_krippendorff_2011(ratings: list, published: float, exact: float | None) -> None:
    assert round(krippendorff_alpha(ratings), 3) == published
    if exact:
        assert krippendorff_alpha(ratings) == pytest.approx(exact, abs=1e-12)


def test_percent_agreement_of_more_than_two_coders_averages_units() -> None:
    assert percent_agreement([[0, 1, 2], [0, 1, 2], [0, 2, _]]) == pytest.approx((1 + 1 / 3 + 1) / 3)


# --- what must hold of any codings ---

values = st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])
any_ratings = arrays(float, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=12), elements=values)
two_coders = arrays(float, st.tuples(st.just(2), st.integers(0, 30)), elements=values)


def coefficients(ratings: np.ndarray) -> list[float]:
    made = [percent_agreement(ratings), krippendorff_alpha(ratings)]
    return made + ([cohen_kappa(*ratings)] if len(ratings) == 2 else [])


def same_all(numbers: list[float]) -> object:
    return [same(number) for number in numbers]


@given(any_ratings)
def test_alpha_equals_krippendorff(ratings: np.ndarray) -> None:
    paired = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    several = len(np.unique(paired[~np.isnan(paired)])) > 1
    expected = krippendorff.alpha(ratings, level_of_measurement="nominal") if several else None
    assert krippendorff_alpha(ratings) == same(expected)


@given(two_coders)
def test_kappa_equals_scikit_learn(ratings: np.ndarray) -> None:
    paired = ratings[:, ~np.isnan(ratings).any(axis=0)]
    several = len(np.unique(paired)) > 1
    assert cohen_kappa(*ratings) == same(cohen_kappa_score(*paired) if several else None)


@given(st.one_of(any_ratings, two_coders), st.randoms(use_true_random=False))
def test_order_of_units_and_coders_changes_nothing(ratings: np.ndarray, random: object) -> None:
    units, coders = list(range(ratings.shape[1])), list(range(ratings.shape[0]))
    random.shuffle(units)
    random.shuffle(coders)
    assert coefficients(ratings[coders][:, units]) == same_all(coefficients(ratings))


@given(st.one_of(any_ratings, two_coders), st.permutations([0.0, 1.0, 2.0, 3.0]))
def test_other_names_for_the_values_change_nothing(ratings: np.ndarray, names: list[float]) -> None:
    renamed = ratings.copy()
    for value, name in enumerate(names):
        renamed[ratings == value] = name * 10 - 5
    assert coefficients(renamed) == same_all(coefficients(ratings))


@given(st.one_of(any_ratings, two_coders), st.integers(0, 4))
def test_a_unit_coded_by_one_coder_changes_nothing(ratings: np.ndarray, value: int) -> None:
    lonely = np.full((len(ratings), 1), np.nan)
    lonely[0] = value
    longer = np.hstack([ratings, lonely])
    assert coefficients(longer) == same_all(coefficients(ratings))
    made = bootstrap(krippendorff_alpha, ratings, replicates=20)
    assert asdict(bootstrap(krippendorff_alpha, longer, replicates=20)) == {
        name: same(value) if isinstance(value, float) else value for name, value in asdict(made).items()
    }


@given(arrays(float, st.integers(0, 20), elements=values), st.integers(2, 5))
def test_a_perfect_match_is_one_or_undefined(coding: np.ndarray, coders: int) -> None:
    for number in coefficients(np.tile(coding, (coders, 1))):
        assert number == 1 or np.isnan(number)


@given(two_coders)
def test_a_code_in_neither_coding_is_not_tested(ratings: np.ndarray) -> None:
    (absent,) = per_code(*ratings, values=[9.0])
    assert not absent.tested
    assert np.isnan([absent.precision, absent.recall, absent.percent, absent.kappa, absent.alpha]).all()


@given(two_coders)
def test_cells_of_a_code_add_up_to_the_units_coded_by_both(ratings: np.ndarray) -> None:
    paired = int((~np.isnan(ratings)).all(axis=0).sum())
    for code in per_code(*ratings, values=[0, 1, 2, 3]):
        assert code.both + code.mine_only + code.key_only + code.neither == paired


@given(st.integers(0, 300), st.integers(1, 300))
def test_wilson_holds_the_proportion_and_stays_within_0_and_1(k: int, n: int) -> None:
    k = min(k, n)
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


# --- intervals ---


def coded_twice(units: int, error: float, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    key = rng.integers(5, size=units)
    mine = np.where(rng.random(units) < error, rng.integers(5, size=units), key)
    return np.array([mine, key], dtype=float)


@pytest.mark.parametrize("name", COEFFICIENTS)
@pytest.mark.parametrize("clusters", [None, np.repeat(["a", "b", "c", "d"], 10)], ids=["units", "clusters"])
def test_fast_way_equals_the_loop(name: str, clusters: np.ndarray | None) -> None:
    ratings = coded_twice(40, 0.3)
    slow = {"percent": lambda r: percent_agreement(r), "kappa": kappa_of, "alpha": lambda r: krippendorff_alpha(r)}
    fast = asdict(bootstrap(COEFFICIENTS[name], ratings, clusters=clusters, replicates=100))
    loop = asdict(bootstrap(slow[name], ratings, clusters=clusters, replicates=100))
    assert fast == {field: same(value) if isinstance(value, float) else value for field, value in loop.items()}
    assert fast["low"] < fast["estimate"] < fast["high"]
    assert fast["resampled"] == ("units" if clusters is None else "clusters")


def test_an_interval_says_how_it_was_made() -> None:
    ratings = np.vstack([coded_twice(30, 0.2), np.full(30, np.nan)])
    ratings[0, :5] = np.nan
    made = bootstrap(krippendorff_alpha, ratings, replicates=200)
    assert (made.resampled, made.replicates, made.finite, made.units, made.coders) == ("units", 200, 200, 25, 3)
    assert made.estimate == krippendorff_alpha(ratings)
    assert made.why == ""


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    ratings = coded_twice(30, 0.4)
    assert bootstrap(cohen_kappa, ratings, seed=1) == bootstrap(cohen_kappa, ratings, seed=1)
    assert bootstrap(cohen_kappa, ratings, seed=1).low != bootstrap(cohen_kappa, ratings, seed=2).low


def test_drawing_in_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = coded_twice(30, 0.4)
    whole = bootstrap(cohen_kappa, ratings, replicates=100)
    monkeypatch.setattr(agreement, "_LARGEST_BLOCK", 30 * 7)
    assert bootstrap(cohen_kappa, ratings, replicates=100) == whole


def test_at_24_units_an_interval_is_wide() -> None:
    made = bootstrap(cohen_kappa, coded_twice(24, 0.3))
    assert made.high - made.low > 0.3


def test_whole_excerpts_give_a_wider_interval_when_excerpts_differ() -> None:
    """Five excerpts coded well and five coded badly: their units are not independent."""
    ratings = np.hstack([coded_twice(20, 0.05 if excerpt < 5 else 0.8, seed=excerpt) for excerpt in range(10)])
    excerpts = np.repeat(np.arange(10), 20)
    by_unit, by_excerpt = bootstrap(cohen_kappa, ratings), bootstrap(cohen_kappa, ratings, clusters=excerpts)
    assert by_excerpt.high - by_excerpt.low > 1.5 * (by_unit.high - by_unit.low)


@pytest.mark.parametrize(
    ("ratings", "clusters", "reason"),
    [
        ([[0, 1, 2] * 4, [0, 1, 2] * 4], None, "no width"),
        ([[0] * 12, [0] * 12], None, "undefined in 1000 of 1000"),
        ([[0] * 12, [0] * 11 + [1]], None, "undefined in"),
        ([[0, _], [1, 1]], None, "Fewer than two units"),
        ([[], []], None, "Fewer than two units"),
        ([[0, 1, 0, 1], [0, 1, 1, 1]], ["a"] * 4, "fewer than two clusters"),
    ],
    ids=["perfect", "one code", "one rare code", "one unit", "no unit", "one cluster"],
)
@pytest.mark.parametrize("coefficient", [cohen_kappa, krippendorff_alpha])
def test_no_interval_where_it_would_mislead(coefficient: object, ratings: list, clusters: list, reason: str) -> None:
    made = bootstrap(coefficient, ratings, clusters=clusters)
    assert np.isnan([made.low, made.high]).all()
    assert reason in made.why


# --- the edges of the module ---


def test_one_versus_rest_keeps_what_is_missing() -> None:
    np.testing.assert_array_equal(one_versus_rest([[1, 2, _]], 2), [[0, 1, _]])


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="coders, units"):
        krippendorff_alpha([1, 2, 3])
    with pytest.raises(ValueError, match="two coders; there are 3"):
        bootstrap(cohen_kappa, np.zeros((3, 4)))


def test_the_module_needs_numpy_and_the_standard_library_only() -> None:
    tree = ast.parse(Path(agreement.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"numpy"}
