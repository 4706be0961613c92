from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table

from tests.conftest import ROOT
from widgets import agreement, excerpts, sequences

ACTS = ["EX", "FO", "AF", "RW", "RG", "none"]
STATES = ["MZ", "other"]
NOTEBOOK = ROOT / "book" / "laboratory" / "sequences.ipynb"
TRAP = {"effect": 0, "drawn": 1.5, "carry": 2}


def model() -> dict[str, object]:
    """Run the cells of the chapter that are tagged `model`: the generator has no second copy."""
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf8"))["cells"]:
        if "model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


sessions = model()["sessions"]


def answers(seed: int, **setting: float) -> pd.DataFrame:
    units = sessions(seed=seed, **setting)
    return sequences.responses(units["code"], units["role"], units["session"])


def shuffle(frame: pd.DataFrame, within: object, seed: int) -> float:
    return sequences.permutation_test(frame["act"] == "EX", frame["after"] == "MZ", within, seed=seed).p


def log_odds(frame: pd.DataFrame, adjusted: bool) -> sequences.LogOdds:
    return sequences.log_odds(frame, "EX", "MZ", adjusted=adjusted)


# ---------------------------------------------------------------- the chapter's generator: power, null and trap


def test_a_true_effect_is_found() -> None:
    units = sessions(effect=1, seed=1)
    counts = sequences.transition_counts(sequences.pairs(units["code"], units["session"]), ACTS, STATES)
    frame = answers(1, effect=1)
    assert sequences.adjusted_residuals(counts).loc["EX", "MZ"] > 2.58
    assert sequences.yules_q(counts, "EX", "MZ") > 0.2
    assert shuffle(frame, frame["session"], 1) < 0.01
    fit = log_odds(frame, adjusted=True)
    assert fit.p < 0.01
    assert fit.low < 1 < fit.high


def test_without_an_effect_one_in_twenty_runs_is_called_one() -> None:
    rejected = []
    for seed in range(200):
        frame = answers(seed, effect=0, drawn=0)
        rejected.append(shuffle(frame, frame["session"], seed) < 0.05)
    assert 0.02 <= np.mean(rejected) <= 0.09  # a rate of .05 falls in here in 97 of 100 such tests


def test_the_model_keeps_its_error_rate_and_its_coverage_with_ten_sessions() -> None:
    fits = [log_odds(answers(seed, effect=0.5, drawn=0), adjusted=True) for seed in range(60)]
    assert np.mean([fit.low < 0.5 < fit.high for fit in fits]) >= 0.88


def test_the_trap_catches_shuffling_and_the_naive_model_but_not_the_adjusted_one() -> None:
    frames = [answers(seed, **TRAP) for seed in range(30)]
    assert np.mean([shuffle(frame, frame["session"], 0) < 0.05 for frame in frames]) > 0.8
    naive, adjusted = ([log_odds(frame, adjusted=which) for frame in frames] for which in (False, True))
    assert np.mean([fit.estimate for fit in naive]) == pytest.approx(0.7, abs=0.12)
    assert np.mean([fit.estimate for fit in adjusted]) == pytest.approx(0, abs=0.12)
    assert np.mean([fit.p < 0.05 for fit in naive]) > 0.8
    assert np.mean([fit.p < 0.05 for fit in adjusted]) < 0.2


def test_shuffling_like_with_like_is_not_caught() -> None:
    frames = [answers(seed, **TRAP) for seed in range(100)]
    rejected = [shuffle(frame, list(zip(frame["session"], frame["before"], strict=True)), 0) < 0.05 for frame in frames]
    assert np.mean(rejected) <= 0.11


# ---------------------------------------------------------------- transitions, by hand and against statsmodels

# EX is followed by MZ 6 times in 10, other acts 4 times in 30.
TABLE = pd.DataFrame([[6, 4], [4, 26]], index=["EX", "FO"], columns=STATES)


def test_pairs_stay_within_a_session_and_leave_out_what_is_not_coded() -> None:
    found = sequences.pairs(["EX", "MZ", "FO", None, "AF", "MZ"], [1, 1, 1, 1, 2, 2])
    assert found.to_numpy().tolist() == [[1, "EX", "MZ"], [1, "MZ", "FO"], [2, "AF", "MZ"]]
    later = sequences.pairs(["EX", "MZ", "FO", None, "AF", "MZ"], [1, 1, 1, 1, 2, 2], lag=2)
    assert later.to_numpy().tolist() == [[1, "EX", "FO"]]
    with pytest.raises(ValueError, match="from 1 up, not 0"):
        sequences.pairs(["EX"], [1], lag=0)


def test_sessions_that_alternate_in_the_data_are_kept_apart() -> None:
    assert sequences.pairs(["a", "x", "b", "y"], [1, 2, 1, 2])[["given", "target"]].to_numpy().tolist() == [
        ["a", "b"],
        ["x", "y"],
    ]


def test_counts_hold_the_codes_asked_for_and_no_others() -> None:
    found = sequences.pairs(["EX", "MZ", "FO", "other", "EX", "MZ"], [1] * 6)
    counts = sequences.transition_counts(found, ["EX", "FO", "RW"], STATES)
    assert counts.to_numpy().tolist() == [[2, 0], [0, 1], [0, 0]]


def test_a_small_table_by_hand() -> None:
    assert sequences.expected_counts(TABLE).to_numpy() == pytest.approx(np.array([[2.5, 7.5], [7.5, 22.5]]))
    z = (6 - 2.5) / np.sqrt(2.5 * 0.75 * 0.75)
    assert sequences.adjusted_residuals(TABLE).to_numpy() == pytest.approx(np.array([[z, -z], [-z, z]]))
    assert sequences.yules_q(TABLE, "EX", "MZ") == pytest.approx((6 * 26 - 4 * 4) / (6 * 26 + 4 * 4))


def test_what_is_undefined_is_nan() -> None:
    empty = TABLE * 0
    assert sequences.expected_counts(empty).isna().all(axis=None)
    assert np.isnan(sequences.yules_q(empty, "EX", "MZ"))
    one_row = pd.DataFrame([[3, 4], [0, 0]], index=["EX", "FO"], columns=STATES)
    assert sequences.adjusted_residuals(one_row).isna().all(axis=None)


tables = st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=4).map(pd.DataFrame)


@settings(max_examples=50, deadline=None)
@given(tables)
def test_residuals_are_those_of_statsmodels(counts: pd.DataFrame) -> None:
    found = sequences.adjusted_residuals(counts).to_numpy()
    rows, columns = counts.sum(axis=1).to_numpy(), counts.sum(axis=0).to_numpy()
    if rows.min() == 0 or columns.min() == 0 or max(rows.max(), columns.max()) == counts.to_numpy().sum():
        return  # undefined; see above
    assert found == pytest.approx(np.asarray(Table(counts.to_numpy(), shift_zeros=False).standardized_resids))


@settings(max_examples=50, deadline=None)
@given(tables)
def test_residuals_cancel_out_and_do_not_depend_on_the_order_of_codes(counts: pd.DataFrame) -> None:
    expected = sequences.expected_counts(counts)
    if counts.to_numpy().sum():
        assert (counts - expected).to_numpy().sum(axis=0) == pytest.approx(0, abs=1e-9)
    turned = sequences.adjusted_residuals(counts.iloc[::-1]).iloc[::-1]
    pd.testing.assert_frame_equal(turned, sequences.adjusted_residuals(counts))


# ---------------------------------------------------------------- probabilities and their intervals


def test_probabilities_of_a_single_session_have_wilsons_interval() -> None:
    found = sequences.pairs(["EX", "MZ", "EX", "MZ", "EX", "other", "FO", "other"], [1] * 8)
    row = sequences.transition_probabilities(found, ["EX", "FO"], STATES).iloc[0]
    assert (row["count"], row["n"]) == (2, 3)
    assert (row["low"], row["high"]) == pytest.approx(agreement.wilson(2, 3))
    assert row["interval"] == "Wilson, one session"


def test_with_several_sessions_whole_sessions_are_resampled() -> None:
    # Within a session every answer is alike: eight sessions are eight pieces of evidence, not eighty.
    codes = [code for s in range(8) for code in ("EX", "MZ" if s % 2 else "other") * 10]
    found = sequences.pairs(codes, np.repeat(range(8), 20))
    row = sequences.transition_probabilities(found, ["EX"], STATES, seed=1).iloc[0]
    low, high = agreement.wilson(row["count"], row["n"])
    assert row["probability"] == 0.5
    assert row["high"] - row["low"] > 2 * (high - low)
    assert row["interval"] == "8 sessions resampled"


def test_no_interval_where_it_would_have_no_width_or_is_mostly_undefined() -> None:
    always = sequences.pairs(["EX", "MZ"] * 10, np.repeat(range(5), 4))
    assert sequences.transition_probabilities(always, ["EX"], STATES)[["low", "high"]].isna().all(axis=None)
    once = sequences.pairs(["RW", "MZ", "EX", "MZ", "EX", "other"], [1, 1, 2, 2, 3, 3])
    row = sequences.transition_probabilities(once, ["RW"], STATES).iloc[0]
    assert np.isnan(row["low"])
    assert row["interval"] == "none: too little varies"


# ---------------------------------------------------------------- permutation


def test_drawing_counts_is_the_same_as_shuffling_codes() -> None:
    rng = np.random.default_rng(0)
    session = np.repeat([0, 1, 2], [6, 10, 14])
    act, answer = rng.random(30) < 0.4, rng.random(30) < 0.5
    found = sequences.permutation_test(act, answer, session, permutations=20_000, seed=1)
    plain = []
    for _ in range(5_000):
        mixed = act.copy()
        for s in range(3):
            mixed[session == s] = rng.permutation(mixed[session == s])
        plain.append((mixed & answer).sum())
    assert found.observed == (act & answer).sum()
    assert found.expected == pytest.approx(found.shuffled.mean(), abs=0.05)
    for count in range(3, 10):
        assert np.mean(found.shuffled <= count) == pytest.approx(np.mean(np.array(plain) <= count), abs=0.025)


def test_a_p_value_is_never_zero_and_the_same_seed_gives_the_same_one() -> None:
    both = np.repeat([True, False], 50)
    found = sequences.permutation_test(both, both, [1] * 100, permutations=199, seed=3)
    assert found.p == 1 / 200
    again = sequences.permutation_test(both, both, [1] * 100, permutations=199, seed=3)
    assert (found.shuffled == again.shuffled).all()


def test_a_session_in_which_nothing_can_change_places_says_nothing() -> None:
    found = sequences.permutation_test([True, False], [True, False], [1, 2])
    assert found.observed == found.expected == 1
    assert found.p == 1


# ---------------------------------------------------------------- the model


def test_an_act_stands_between_the_state_before_and_the_answer_after() -> None:
    codes = ["MZ", "FO", "EX", "other", "AF", None, "RW", "none"]
    roles = ["client", "adult", "adult", "client", "adult", "adult", "client", "adult"]
    found = sequences.responses(codes, roles, [1] * 8)
    assert found.to_numpy().tolist() == [
        [1, "MZ", "FO", "other"],
        [1, "MZ", "EX", "other"],
        [1, "other", "AF", "RW"],
    ]
    assert sequences.responses(codes[:3] + codes[:3], roles[:3] * 2, [1] * 3 + [2] * 3).empty


def test_the_naive_model_gives_the_log_of_the_odds_ratio() -> None:
    rows = [
        (session, "other", act, after)
        for session in range(6)
        for (act, after), n in {("EX", "MZ"): 6, ("EX", "other"): 4, ("FO", "MZ"): 3, ("FO", "other"): 9}.items()
        for _ in range(n)
    ]
    fit = log_odds(pd.DataFrame(rows, columns=["session", "before", "act", "after"]), adjusted=False)
    assert fit.estimate == pytest.approx(np.log(6 * 9 / (4 * 3)))
    assert (fit.acts, fit.sessions, fit.why) == (132, 6, "")


def test_sessions_are_the_evidence_not_acts() -> None:
    frame = answers(2, effect=1)
    doubled = log_odds(pd.concat([frame, frame]), adjusted=True)  # the same sessions, every act twice
    once = log_odds(frame, adjusted=True)
    assert doubled.estimate == pytest.approx(once.estimate)
    assert doubled.high - doubled.low == pytest.approx(once.high - once.low, rel=0.05)


def test_where_no_model_can_be_fitted_it_says_why() -> None:
    frame = answers(0, effect=1)
    few = log_odds(frame[frame["session"] < 3], adjusted=True)
    assert np.isnan(few.estimate)
    assert few.why == "3 session(s) are too few: the model needs more than 3."
    never = log_odds(frame[(frame["act"] != "EX") | (frame["after"] == "MZ")], adjusted=True)
    assert never.why == "One of the combinations to compare never happens."


# ---------------------------------------------------------------- chains and criteria


def excerpt(text: str) -> tuple[list[str], list[str | None], list[str | None]]:
    """Read "FO AF U+ EX" as roles, components and uptakes, one a unit."""
    codes = text.split()
    roles = ["client" if code[0] == "U" else "adult" for code in codes]
    return (
        roles,
        [code if role == "adult" else None for code, role in zip(codes, roles, strict=True)],
        [code if role == "client" else None for code, role in zip(codes, roles, strict=True)],
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FO U+ AF U+ EX", [((0, 2, 4), True)]),
        ("FO AF U+ RW", [((0, 1, 3), False)]),  # two units of one turn are two links
        ("FO U- AF U+ EX U+ RG", [((2, 4, 6), True)]),  # a turn away ends it
        ("FO U0 AF", []),
        ("FO AF", []),  # nothing was taken up in between
        ("FO U+ none U+ AF", []),  # a unit without a component ends it
        ("FO U+ none AF U+ EX", [((3, 5), True)]),
        ("FO U+ AF U- EX U+ AF", [((0, 2), False), ((4, 6), True)]),
        ("FO U+ U- AF", []),  # taken up, then turned away from
        ("U+ FO U+", []),
        ("", []),
    ],
)
def test_chains_by_hand(text: str, found: list[tuple[tuple[int, ...], bool]]) -> None:
    chains = sequences.chains(*excerpt(text))
    assert [(chain.units, chain.reaches_expanding) for chain in chains] == found
    assert [chain.length for chain in chains] == [len(units) for units, _ in found]


def test_a_new_topic_ends_a_chain() -> None:
    codes = excerpt("FO U+ AF U+ EX U+ RG")
    assert [c.units for c in sequences.chains(*codes, topics=list("aaaabbb"))] == [(0, 2), (4, 6)]
    assert [c.units for c in sequences.chains(*excerpt("FO U+ AF EX U+ RG"), topics=list("aaabbb"))] == [(0, 2), (3, 5)]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("FO U+ AF U0 EX U+", (True, True, True)),
        ("AF U+ EX U+", (True, True, True)),  # meaning that is taken up shows intention too
        ("FO U+ EX U+", (True, False, True)),
        ("FO U+ AF U+ EX U0", (True, True, False)),
        ("FO U- AF U- EX U+", (False, True, True)),
        ("FO AF EX U+", (True, True, True)),  # one answer to three units of a turn
        ("RW U+ RG U+", (False, False, False)),
    ],
)
def test_criteria_by_hand(text: str, met: tuple[bool, bool, bool]) -> None:
    found = sequences.mediated_learning(*excerpt(text))
    assert (found.intention, found.meaning, found.transcendence) == met
    assert found.met is all(met)


def test_a_code_finer_than_the_components_must_be_folded_first() -> None:
    with pytest.raises(ValueError, match="AF-p must be folded"):
        sequences.chains(*excerpt("AF-p U+ EX"))


def test_columns_of_an_excerpts_frame_can_be_handed_over() -> None:
    frame = excerpts.load("unread-message").frame()
    frame["component"] = frame["component"].str.replace("-[a-z]$", "", regex=True)
    frame["uptake"] = frame["role"].map({"client": "U+"})
    columns = [frame[name].tolist() for name in ("role", "component", "uptake")]
    assert sequences.mediated_learning(*columns).met
    assert sequences.chains(*columns)
