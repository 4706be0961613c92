"""The worded diagnosis: each finding where it belongs, true numbers in it, and silence where nothing is wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from widgets.agreement import bootstrap, cohen_kappa, gwet_ac1, krippendorff_alpha
from widgets.diagnosis import WIDE, Diagnosis, diagnose

NAMES = ["FO", "AF", "EX", "RW", "RG", "none"]
_ = np.nan


def coded(units: int, error: float, codes: int = 6, coders: int = 2, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    key = rng.integers(codes, size=units)
    return np.where(rng.random((coders, units)) < error, rng.integers(codes, size=(coders, units)), key).astype(float)


def found(ratings: object, **options: object) -> dict[str, Diagnosis]:
    return {diagnosis.kind: diagnosis for diagnosis in diagnose(ratings, NAMES, **options)}


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d*\.\d+", text)]


@pytest.mark.parametrize("coders", [2, 5])
def test_many_units_and_good_agreement_need_no_words(coders: int) -> None:
    assert diagnose(coded(2000, 0.1, coders=coders), NAMES) == []


@pytest.mark.parametrize("ratings", [[[], []], [[0, _, 1], [_, 0, _]], [[1, 2, 3]]])
def test_nothing_to_compare(ratings: list) -> None:
    assert list(found(ratings)) == ["nothing to compare"]


def test_one_code_only_is_undefined_and_never_perfect() -> None:
    made = found([[5] * 12, [5] * 12])
    assert set(made) == {"one code only", "code absent"}
    assert made["one code only"].codes == ("none",)
    assert 'these 12 units chose "none"' in made["one code only"].text
    assert "undefined" in made["one code only"].text
    assert made["code absent"].codes == ("FO", "AF", "EX", "RW", "RG")


def test_a_code_that_nobody_used_was_not_tested() -> None:
    made = found(coded(2000, 0.1, codes=5))
    assert list(made) == ["code absent"]
    assert made["code absent"].codes == ("none",)
    assert made["code absent"].text.startswith("Not tested: none.")


def test_a_code_that_one_coder_alone_could_see_was_not_tested() -> None:
    ratings = np.hstack([coded(2000, 0.1, codes=5), [[5], [_]]])
    assert found(ratings)["code absent"].codes == ("none",)


@pytest.mark.parametrize("coders", [2, 4])
def test_prevalence_names_the_common_code_and_puts_ac1_beside(coders: int) -> None:
    ratings = np.full((coders, 1000), 5.0)
    for coder in range(coders):
        ratings[coder, coder * 30 : coder * 30 + 40] = 2
    made = found(ratings)["prevalence"]
    estimate = cohen_kappa(*ratings) if coders == 2 else krippendorff_alpha(ratings)
    assert made.codes == ("none",)
    assert numbers(made.text) == [pytest.approx(estimate, abs=0.005), pytest.approx(gwet_ac1(ratings), abs=0.005)]
    assert ("kappa is only" if coders == 2 else "alpha is only") in made.text


def test_low_agreement_is_not_excused_by_prevalence() -> None:
    assert "prevalence" not in found(coded(400, 0.9))


def test_few_units_says_how_wide_the_interval_is() -> None:
    ratings = coded(24, 0.3)
    made, interval = found(ratings)["too few units"], bootstrap(cohen_kappa, ratings)
    assert numbers(made.text)[:3] == [
        pytest.approx(value, abs=0.005) for value in (interval.estimate, interval.low, interval.high)
    ]
    assert "From 24 units" in made.text


def test_so_many_units_as_it_says_make_the_interval_that_narrow() -> None:
    needed = int(re.search(r"about (\d+) like these", found(coded(60, 0.3))["too few units"].text)[1])
    interval = bootstrap(cohen_kappa, coded(needed, 0.3, seed=8))
    assert interval.high - interval.low == pytest.approx(WIDE, rel=0.3)


def test_excerpts_are_what_is_counted_where_there_are_several() -> None:
    parts = [coded(20, 0.05 if excerpt < 4 else 0.8, seed=excerpt) for excerpt in range(8)]
    excerpts = np.repeat(np.arange(8), 20)
    assert "From 8 excerpts" in found(np.hstack(parts), excerpts=excerpts)["too few units"].text
    assert "From 20 units" in found(parts[5], excerpts=["a"] * 20)["too few units"].text


def test_a_perfect_match_on_few_units_is_not_certainty() -> None:
    text = found(coded(12, 0, codes=6))["too few units"].text
    assert "76%" in text
    assert "At least 16 units" in text
    assert "too few units" not in found(coded(16, 0))


def test_an_interval_that_cannot_be_given_says_why() -> None:
    text = found([[5] * 12, [5] * 11 + [2]])["too few units"].text
    assert "undefined in" in text


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(0, 12)), elements=st.sampled_from([0, 1, 5, np.nan])))
def test_any_ratings_get_sentences(ratings: np.ndarray) -> None:
    for diagnosis in diagnose(ratings, NAMES, replicates=40):
        assert diagnosis.text.endswith(".")
        assert "nan" not in diagnosis.text
        assert set(diagnosis.codes) <= set(NAMES)
