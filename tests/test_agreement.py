"""The agreement numbers against independent libraries, published examples, and what must hold of any codings."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import jaccard_distance, masi_distance
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from widgets import agreement
from widgets.agreement import (
    bootstrap,
    cohen_kappa,
    distance_matrix,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    icc_agreement,
    icc_consistency,
    interval,
    jaccard,
    krippendorff_alpha,
    masi,
    one_versus_rest,
    per_code,
    percent_agreement,
    scale_weights,
    scott_pi,
    wilson,
)
from widgets.codings import set_ratings

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


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_2011_example_c_at_every_level(level: str, published: float) -> None:
    assert round(krippendorff_alpha(EXAMPLE_C, level=level), 3) == published


GWET_2014 = np.transpose(
    [
        [1, 1, _, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [_, 5, 5, 5],
        [_, _, 1, 1],
        [_, _, 3, _],
    ]
)
"""Four raters, twelve units, missing values: Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition."""


def test_gwet_2014() -> None:
    assert round(gwet_ac1(GWET_2014), 5) == 0.77544
    assert round(fleiss_kappa(GWET_2014), 5) == 0.76117
    assert round(krippendorff_alpha(GWET_2014), 5) == 0.74342
    brennan_prediger = (percent_agreement(GWET_2014) - 1 / 5) / (1 - 1 / 5)
    assert round(brennan_prediger, 5) == 0.77273


FLEISS_1971 = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""
"""The diagnoses that six psychiatrists gave to each of thirty patients: 1 depression, 2 personality disorder,
3 schizophrenia, 4 neurosis, 5 other."""


def test_fleiss_1971() -> None:
    diagnoses = np.transpose([[float(one) for one in patient] for patient in FLEISS_1971.split()])
    assert diagnoses.shape == (6, 30)
    assert round(fleiss_kappa(diagnoses), 3) == 0.430


def test_artstein_and_poesio() -> None:
    """Two coders, 100 utterances: statement, information request, check; a check is half way to either."""
    table = {(0, 0): 46, (1, 0): 6, (1, 1): 32, (1, 2): 6, (2, 2): 10}
    a, b = ratings = np.array([pair for pair, times in table.items() for _ in range(times)], dtype=float).T
    half = np.array([[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]])
    assert percent_agreement(ratings) == pytest.approx(0.88)
    assert round(scott_pi(a, b), 4) == 0.7995
    assert round(cohen_kappa(a, b), 4) == 0.8013
    assert round(krippendorff_alpha(ratings, distance=half), 4) == 0.8156
    assert round(cohen_kappa(a, b, weights=1 - half, scale=[0, 1, 2]), 4) == 0.8163


def test_percent_agreement_of_more_than_two_coders_averages_units() -> None:
    assert percent_agreement([[0, 1, 2], [0, 1, 2], [0, 2, _]]) == pytest.approx((1 + 1 / 3 + 1) / 3)


# --- what must hold of any codings ---

values = st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])
any_ratings = arrays(float, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=12), elements=values)
two_coders = arrays(float, st.tuples(st.just(2), st.integers(0, 30)), elements=values)


LEVELS = ["nominal", "ordinal", "interval", "ratio"]


def coefficients(ratings: np.ndarray) -> list[float]:
    """The nominal ones, to which the names of the values mean nothing."""
    made = [percent_agreement(ratings), krippendorff_alpha(ratings), fleiss_kappa(ratings), gwet_ac1(ratings)]
    return made + ([cohen_kappa(*ratings), scott_pi(*ratings)] if len(ratings) == 2 else [])


def all_coefficients(ratings: np.ndarray) -> list[float]:
    """With those to which the values are numbers."""
    made = [krippendorff_alpha(ratings, level=level) for level in LEVELS[1:]]
    made += [krippendorff_alpha(ratings, distance=lambda c, k: abs(c - k)), gwet_ac2(ratings, weights=FOUR)]
    made += [icc_agreement(ratings), icc_consistency(ratings)]
    weighted = [cohen_kappa(*ratings, weights=FOUR, scale=range(4))] if len(ratings) == 2 else []
    return coefficients(ratings) + made + weighted


FOUR = scale_weights("linear", range(4))


def same_all(numbers: list[float]) -> object:
    return [same(number) for number in numbers]


@given(any_ratings)
def test_alpha_equals_krippendorff(ratings: np.ndarray) -> None:
    paired = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    several = len(np.unique(paired[~np.isnan(paired)])) > 1
    expected = krippendorff.alpha(ratings, level_of_measurement="nominal") if several else None
    assert krippendorff_alpha(ratings) == same(expected)


@given(any_ratings, st.sampled_from(LEVELS))
def test_alpha_equals_krippendorff_at_every_level(ratings: np.ndarray, level: str) -> None:
    paired = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    several = len(np.unique(paired[~np.isnan(paired)])) > 1
    expected = krippendorff.alpha(paired, level_of_measurement=level) if several else None
    assert krippendorff_alpha(ratings, level=level) == same(expected)


complete = arrays(float, st.tuples(st.integers(2, 25), st.integers(1, 12)), elements=st.sampled_from([0.0, 1.0, 2.0]))


@given(complete)
def test_fleiss_equals_statsmodels(ratings: np.ndarray) -> None:
    several = len(np.unique(ratings)) > 1
    expected = inter_rater.fleiss_kappa(inter_rater.aggregate_raters(ratings.T)[0]) if several else None
    assert fleiss_kappa(ratings) == same(expected)


@given(arrays(int, st.tuples(st.just(2), st.integers(1, 20)), elements=st.integers(0, 3)))
def test_scott_and_alpha_equal_nltk(ratings: np.ndarray) -> None:
    assume(len(np.unique(ratings)) > 1)
    task = AnnotationTask([(str(coder), str(unit), value) for (coder, unit), value in np.ndenumerate(ratings)])
    assert scott_pi(*ratings) == same(task.pi())
    assert krippendorff_alpha(ratings) == same(task.alpha())


@given(arrays(int, st.tuples(st.just(2), st.integers(1, 20)), elements=st.integers(0, 4)))
@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weighted_kappa_equals_scikit_learn_and_statsmodels(weights: str, ratings: np.ndarray) -> None:
    table = np.zeros((5, 5))
    np.add.at(table, tuple(ratings), 1)
    made = cohen_kappa(*ratings, weights=weights, scale=range(5))
    assume(len(np.unique(ratings)) > 1)
    assert made == same(cohen_kappa_score(*ratings, weights=weights, labels=range(5)))
    assert made == same(inter_rater.cohens_kappa(table, wt=weights, return_results=False))


@given(any_ratings)
def test_ac1_from_its_definition(ratings: np.ndarray) -> None:
    units = [unit[~np.isnan(unit)] for unit in ratings.T if not np.isnan(unit).all()]
    scale = np.unique(ratings[~np.isnan(ratings)])
    common = np.array([np.mean([(unit == value).mean() for unit in units]) for value in scale])
    agreement_of = [
        np.mean([a == b for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j])
        for unit in units
        if len(unit) > 1
    ]
    expected = None
    if agreement_of and len(scale) > 1:
        chance = (common * (1 - common)).sum() / (len(scale) - 1)
        expected = (np.mean(agreement_of) - chance) / (1 - chance)
    assert gwet_ac1(ratings) == same(expected)
    if len(scale):
        identity = np.eye(len(scale))
        renamed = np.where(np.isnan(ratings), np.nan, np.searchsorted(scale, ratings))
        assert gwet_ac2(renamed, weights=identity) == same(expected)


scores = arrays(float, st.tuples(st.integers(2, 4), st.integers(5, 12)), elements=st.integers(0, 40).map(float))


@settings(deadline=None, max_examples=30)  # pingouin takes its time
@given(scores)
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # in pingouin
def test_icc_equals_pingouin(scores: np.ndarray) -> None:
    assume(np.ptp(scores, axis=1).min() > 0)
    coder, session = np.indices(scores.shape).reshape(2, -1)
    frame = pd.DataFrame({"coder": coder, "session": session, "score": scores.ravel()})
    assume(np.ptp(scores - scores.mean(axis=0) - scores.mean(axis=1)[:, None]) > 1e-6)
    table = pingouin.intraclass_corr(frame, targets="session", raters="coder", ratings="score").set_index("Type")["ICC"]
    assert icc_agreement(scores) == pytest.approx(table["ICC(A,1)"], abs=1e-6)
    assert icc_consistency(scores) == pytest.approx(table["ICC(C,1)"], abs=1e-6)


def test_consistency_forgives_a_coder_who_counts_more_and_agreement_does_not() -> None:
    scores = np.array([[2, 5, 9, 4], [5, 8, 12, 7]])
    assert icc_consistency(scores) == pytest.approx(1)
    assert icc_agreement(scores) < 0.8


@pytest.mark.parametrize("scores", [[[1, 2, 3]], [[1], [2]], [[3, 3], [3, 3]], [[], []], [[1, _], [_, 2]]])
def test_icc_is_undefined_without_two_coders_two_sessions_and_a_difference(scores: list) -> None:
    assert np.isnan([icc_agreement(scores), icc_consistency(scores)]).all()


# --- sets of codes ---

some_codes = st.frozensets(st.sampled_from("abcd"), max_size=3)
not_empty = some_codes.filter(bool)  # nltk divides by zero on two empty sets


@given(some_codes, some_codes)
def test_masi_and_jaccard_equal_nltk(a: frozenset, b: frozenset) -> None:
    assume(a or b)
    assert jaccard(a, b) == same(jaccard_distance(a, b))
    if (a and b and a & b) or not (a and b):
        assert masi(a, b) == pytest.approx(masi_distance(a, b), abs=0.004)  # nltk has 0.67 and 0.33 for 2/3 and 1/3


def test_two_empty_sets_agree() -> None:
    assert masi([], []) == jaccard([], []) == 0
    assert masi([], ["FO"]) == jaccard([], ["FO"]) == 1


@given(st.lists(st.tuples(not_empty, not_empty), min_size=1, max_size=12))
def test_alpha_of_sets_equals_nltk(units: list) -> None:
    assume(len({codes for unit in units for codes in unit}) > 1)
    ratings, sets = set_ratings(list(zip(*units, strict=True)))
    rows = [(str(coder), str(unit), codes) for unit, pair in enumerate(units) for coder, codes in enumerate(pair)]
    expected = AnnotationTask(rows, distance=jaccard_distance).alpha()
    assert krippendorff_alpha(ratings, distance=distance_matrix(sets, jaccard)) == same(expected)


def test_alpha_of_sets_where_none_of_the_codes_fits() -> None:
    """Six pairs: two agree on the empty set, which is an answer; one unit was not coded by the second coder."""
    mine = [{"FO"}, set(), {"FO", "AF"}, {"none"}, {"EX"}, {"RW"}]
    key = [{"FO"}, set(), {"FO"}, set(), {"EX"}, None]
    ratings, sets = set_ratings([mine, key])
    made = krippendorff_alpha(ratings, distance=distance_matrix(sets, masi))
    paired = [frozenset(codes) - {"none"} for unit in zip(mine[:5], key[:5], strict=True) for codes in unit]
    expected = sum(masi(a, b) for a in paired for b in paired) / (10 * 9)
    assert made == same(1 - (2 * masi({"FO", "AF"}, {"FO"}) / 10) / expected)


# --- the scale ---


def test_a_point_of_the_scale_that_nobody_used_still_counts() -> None:
    """On the scale 0 1 2 3, the values 0 and 1 are one step apart, 1 and 3 two; nobody used 2."""
    a, b = [0, 0, 0, 1, 1, 3], [0, 1, 0, 1, 3, 3]
    made = cohen_kappa(a, b, weights="linear", scale=[0, 1, 2, 3])
    assert made == same(cohen_kappa_score(a, b, weights="linear", labels=[0, 1, 2, 3]))
    assert abs(made - cohen_kappa_score(a, b, weights="linear")) > 0.01
    with pytest.raises(ValueError, match="weights need the scale"):
        cohen_kappa(a, b, weights="linear")
    wide, narrow = (gwet_ac2([a, b], weights=scale_weights("linear", range(size))) for size in (5, 4))
    assert wide > narrow


def test_a_rating_off_the_scale_is_refused() -> None:
    for call in (
        lambda: cohen_kappa([0, 1], [0, 4], weights="linear", scale=range(4)),
        lambda: cohen_kappa([0, 1], [0, 0.5], scale=range(4)),
        lambda: krippendorff_alpha([[0, 3], [0, 1]], distance=1 - np.eye(3)),
        lambda: gwet_ac2([[0, 1.5], [0, 1]], weights=np.eye(3)),
    ):
        with pytest.raises(ValueError, match=r"not on the scale|for the ratings 0 to"):
            call()


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="nominal, ordinal, interval or ratio"):
        krippendorff_alpha([[0, 1], [0, 1]], level="rank")
    with pytest.raises(ValueError, match="no negative values"):
        krippendorff_alpha([[-1, 1], [0, 1]], level="ratio")
    with pytest.raises(ValueError, match="linear, quadratic or a matrix"):
        cohen_kappa([0, 1], [0, 1], weights="cubic", scale=[0, 1])
    with pytest.raises(ValueError, match="square and symmetric"):
        krippendorff_alpha([[0, 1], [0, 1]], distance=[[0, 1], [0.5, 0]])
    with pytest.raises(ValueError, match="scale has 2 values, the weights have 3"):
        cohen_kappa([0, 1], [0, 1], weights=np.eye(3), scale=[0, 1])
    with pytest.raises(ValueError, match="a matrix of 2 rows"):
        cohen_kappa([0, 1], [0, 1], weights=np.eye(2), scale=[0, 1, 2])


def test_one_value_only_is_undefined_and_never_perfect() -> None:
    made = all_coefficients(np.full((2, 8), 2.0))
    assert made[0] == 1  # percent agreement
    ac2_on_a_declared_scale = made[len(coefficients(np.full((2, 8), 2.0))) + len(LEVELS)]
    assert ac2_on_a_declared_scale == 1
    assert np.isnan(made).sum() == len(made) - 2


@given(st.one_of(any_ratings, two_coders))
def test_nan_never_becomes_a_value(ratings: np.ndarray) -> None:
    """As if the missing ratings had never been there: a further coder who left everything out changes nothing."""
    more = np.vstack([ratings, np.full(ratings.shape[1], np.nan)])
    assert coefficients(more)[:4] == same_all(coefficients(ratings)[:4])
    assert [krippendorff_alpha(more, level=level) for level in LEVELS] == same_all(
        [krippendorff_alpha(ratings, level=level) for level in LEVELS]
    )


def test_a_rare_value_is_found_among_many_units() -> None:
    """Values are guessed from some units first; a value in none of those must not get lost."""
    ratings = np.zeros((3, 5000))
    ratings[:2, 77], ratings[0, 4002] = 1, 2.5
    assert krippendorff_alpha(ratings) == same(krippendorff.alpha(ratings, level_of_measurement="nominal"))


def test_more_coders_than_a_byte_can_count() -> None:
    ratings = np.random.default_rng(4).integers(3, size=(300, 6)).astype(float)
    assert fleiss_kappa(ratings) == same(inter_rater.fleiss_kappa(inter_rater.aggregate_raters(ratings.T)[0]))
    assert krippendorff_alpha(ratings) == same(krippendorff.alpha(ratings, level_of_measurement="nominal"))


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
    assert all_coefficients(ratings[coders][:, units]) == same_all(all_coefficients(ratings))


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

    def from_pairs(ratings: np.ndarray) -> list[float]:
        made = [percent_agreement(ratings), *(krippendorff_alpha(ratings, level=level) for level in LEVELS)]
        return made + ([cohen_kappa(*ratings), scott_pi(*ratings)] if len(ratings) == 2 else [])

    assert from_pairs(longer) == same_all(from_pairs(ratings))
    made = bootstrap(krippendorff_alpha, ratings, replicates=20)
    assert asdict(bootstrap(krippendorff_alpha, longer, replicates=20)) == {
        name: same(value) if isinstance(value, float) else value for name, value in asdict(made).items()
    }


@given(arrays(float, st.integers(0, 20), elements=values), st.integers(2, 5))
def test_a_perfect_match_is_one_or_undefined(coding: np.ndarray, coders: int) -> None:
    for number in all_coefficients(np.tile(coding, (coders, 1))):
        assert np.isnan(number) or number == pytest.approx(1, abs=1e-12)


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


@pytest.mark.parametrize(
    "statistic",
    [
        scott_pi,
        fleiss_kappa,
        gwet_ac1,
        partial(gwet_ac2, weights="quadratic"),
        *(partial(krippendorff_alpha, level=level) for level in LEVELS),
        partial(
            krippendorff_alpha, distance=scale_weights("linear", range(5)).max() - scale_weights("linear", range(5))
        ),
        partial(cohen_kappa, weights="linear", scale=range(5)),
    ],
)
def test_fast_way_equals_the_loop_for_every_coefficient(statistic: object) -> None:
    two = getattr(statistic, "func", statistic) in (cohen_kappa, scott_pi)
    ratings = coded_twice(40, 0.3) if two else np.vstack([coded_twice(40, 0.3), coded_twice(40, 0.4)])
    loop = bootstrap(lambda r: statistic(*r) if two else statistic(r), ratings, replicates=60)
    fast = bootstrap(statistic, ratings, replicates=60)
    assert asdict(fast) == {name: same(v) if isinstance(v, float) else v for name, v in asdict(loop).items()}


def test_sessions_are_what_an_icc_resamples() -> None:
    scores = np.random.default_rng(2).poisson([2, 4, 6, 9, 12, 15, 20, 25], size=(2, 8))
    made = bootstrap(icc_agreement, scores, replicates=200)
    assert made.low < made.estimate < made.high
    assert made.units == 8


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
