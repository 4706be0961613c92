"""What follows what in coded sessions: transitions, permutation tests, a model, and mediational chains.

Codes stand in the order in which they were said, one a unit, each with the label of its session;
nothing is counted from the end of one session to the beginning of the next.
The measures of lag-sequential analysis are described in Bakeman & Quera 2011, *Sequential Analysis and Observational
Methods for the Behavioral Sciences*. None of them says that what comes first brings about what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_estimating_equations import GEE

from widgets import codebook
from widgets.agreement import wilson

Array = NDArray[np.float64]

# ---------------------------------------------------------------- what follows what


def pairs(codes: Sequence[Any], sessions: Sequence[Any], *, lag: int = 1) -> pd.DataFrame:
    """Return one row for each unit with the one `lag` units later in its session: session, given, target.

    codes: one a unit, in order; None or nan where not coded. A pair with an uncoded unit is left out.
    """
    if lag < 1:
        raise ValueError(f"the lag is a number of units from 1 up, not {lag}")
    frame = pd.DataFrame({"session": list(sessions), "given": list(codes)})
    frame["target"] = frame.groupby("session", sort=False)["given"].shift(-lag)
    return frame.dropna().reset_index(drop=True)


def transition_counts(pairs: pd.DataFrame, given: Sequence[str], target: Sequence[str]) -> pd.DataFrame:
    """Return how often each code of `target` follows each code of `given`: one row a given code.

    Only pairs of these codes count. Where two people alternate, give the codes of one and of the other: transitions
    that cannot happen would otherwise lower what is expected of those that can.
    """
    return pd.DataFrame(_by_session(pairs, given, target).sum(axis=0), index=list(given), columns=list(target))


def _by_session(pairs: pd.DataFrame, given: Sequence[str], target: Sequence[str]) -> NDArray[np.int64]:
    """(sessions, given, target): the counts of each session."""
    session, names = pd.factorize(pairs["session"])
    row = pd.Index(given).get_indexer(pairs["given"])
    column = pd.Index(target).get_indexer(pairs["target"])
    counted = (row >= 0) & (column >= 0)
    counts = np.zeros((len(names), len(given), len(target)), dtype=np.int64)
    np.add.at(counts, (session[counted], row[counted], column[counted]), 1)
    return counts


def expected_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts expected if what comes first told nothing about what follows: row total x column total / n.

    Undefined (nan) in a table without counts. [Bakeman & Quera 2011]
    """
    table = counts.to_numpy(dtype=float)
    expected = _ratio(table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True), table.sum())
    return pd.DataFrame(expected, index=counts.index, columns=counts.columns)


def adjusted_residuals(counts: pd.DataFrame) -> pd.DataFrame:
    """Return how far each count lies from the expected one, in standard errors.

    z = (O - E) / sqrt(E (1 - p_row)(1 - p_col)), where p_row and p_col are the row's and column's shares of all.
    Without any sequence, and with independent pairs, z is about standard normal: beyond 2.58 in 1 of 100 tables.
    Undefined (nan) where a row or column holds nothing or everything. [Haberman 1973, Biometrics 29, 205-220]
    """
    table = counts.to_numpy(dtype=float)
    expected = expected_counts(counts).to_numpy()
    p_row, p_col = _ratio(table.sum(axis=1, keepdims=True), table.sum()), _ratio(table.sum(axis=0), table.sum())
    residuals = _ratio(table - expected, np.sqrt(expected * (1 - p_row) * (1 - p_col)))
    return pd.DataFrame(residuals, index=counts.index, columns=counts.columns)


def yules_q(counts: pd.DataFrame, given: str, target: str) -> float:
    """Return Yule's Q of one transition against all the others: (ad - bc) / (ad + bc), from -1 to 1, 0 for none.

    a: given then target; b: given then another; c: another then target; d: another then another.
    Undefined (nan) where ad + bc is 0. [Bakeman & Quera 2011]
    """
    a = counts.loc[given, target]
    b, c = counts.loc[given].sum() - a, counts[target].sum() - a
    d = counts.to_numpy().sum() - a - b - c
    return float(_ratio(a * d - b * c, a * d + b * c))


def transition_probabilities(
    pairs: pd.DataFrame, given: Sequence[str], target: Sequence[str], *, replicates: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Return the share of each target among what follows each given code, with a 95 % interval: one row a transition.

    Columns: given, target, count, n (how often the given code was followed by any target), probability, low, high,
    interval. The answers of one session are not independent, so whole sessions are resampled (percentile bootstrap);
    from a single session the interval is Wilson's, which is too narrow to the extent that its answers hang together.
    No interval (nan) is given where it would have no width or where more than 5 % of the replicates are undefined;
    the column `interval` says which it is.
    """
    by_session = _by_session(pairs, given, target).astype(float)
    counts = by_session.sum(axis=0)
    sessions = len(by_session)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(sessions, np.full(sessions, 1 / sessions), size=replicates) if sessions > 1 else None
    rows = []
    for (i, before), (j, after) in ((g, t) for g in enumerate(given) for t in enumerate(target)):
        n, count = counts[i].sum(), counts[i, j]
        if drawn is None:
            (low, high), made = wilson(count, n), "Wilson, one session"
        else:
            shares = _ratio(drawn @ by_session[:, i, j], drawn @ by_session[:, i].sum(axis=1))
            (low, high), made = _percentiles(shares), f"{sessions} sessions resampled"
        if np.isnan(low):
            made = "none: too little varies"
        rows.append((before, after, int(count), int(n), float(_ratio(count, n)), low, high, made))
    names = ["given", "target", "count", "n", "probability", "low", "high", "interval"]
    return pd.DataFrame(rows, columns=names)


def _percentiles(replicated: Array) -> tuple[float, float]:
    finite = replicated[np.isfinite(replicated)]
    if finite.size < 0.95 * replicated.size:
        return np.nan, np.nan
    low, high = np.quantile(finite, [0.025, 0.975])
    return (float(low), float(high)) if high - low > 1e-12 else (np.nan, np.nan)


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> Array:
    """numerator / denominator, nan where the denominator is 0."""
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    return np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)


# ---------------------------------------------------------------- is it more than chance?


@dataclass(frozen=True)
class Permutation:
    """A count beside those that shuffling gives."""

    observed: int
    expected: float  # the mean over all ways of shuffling
    shuffled: NDArray[np.int64]
    p: float  # two-sided


def permutation_test(
    given: ArrayLike, target: ArrayLike, within: Sequence[Any], *, permutations: int = 999, seed: int = 0
) -> Permutation:
    """Shuffle one speaker's codes within each session: how often is as much or as little followed by the target?

    given, target: booleans, one a pair. within: the label inside which codes change places, such as the session.
    Sessions may thus differ in how much of either they hold. But shuffling also cuts the tie between an act and what
    came *before* it: where the act answers the client's state and that state lasts, the test rejects without any
    effect. A label made of session and previous client state shuffles like with like.

    p = (1 + number of shuffles at least as far from the expected count) / (1 + permutations).
    Under shuffling the count of a session with n pairs, g given and t target is hypergeometric (n, g, t), so it is
    drawn from that distribution, which is the same and faster. [Phipson & Smyth 2010, Statistical Applications in
    Genetics and Molecular Biology 9, article 39, for the added 1]
    """
    given, target = np.asarray(given, dtype=bool), np.asarray(target, dtype=bool)
    group = pd.factorize(pd.Series(list(within)))[0]
    n, g, t = (np.bincount(group, weights=weights) for weights in (None, given, target))
    g, t = g.astype(np.int64), t.astype(np.int64)
    observed, expected = int((given & target).sum()), float((g * t / n).sum())
    rng = np.random.default_rng(seed)
    shuffled = rng.hypergeometric(g, n - g, t, size=(permutations, len(n))).sum(axis=1)
    as_far = np.abs(shuffled - expected) >= abs(observed - expected) - 1e-9
    return Permutation(observed, expected, shuffled, float((1 + as_far.sum()) / (1 + permutations)))


# ---------------------------------------------------------------- the model


def responses(codes: Sequence[Any], roles: Sequence[str], sessions: Sequence[Any]) -> pd.DataFrame:
    """Return one row for each unit of an adult: session, before, act, after.

    before and after are the client's last code before the unit and the first one after it, in the same session.
    A unit without one of them, or without a code of its own, is left out.
    roles: "adult" or "client", one a unit.
    """
    frame = pd.DataFrame({"session": list(sessions), "act": list(codes), "role": list(roles)})
    client = frame["act"].where(frame["role"] == "client").groupby(frame["session"], sort=False)
    frame["before"], frame["after"] = client.ffill(), client.bfill()
    return frame.loc[frame["role"] == "adult", ["session", "before", "act", "after"]].dropna().reset_index(drop=True)


@dataclass(frozen=True)
class LogOdds:
    """How the odds of an answer differ after one act and after any other, as a logarithm; 0 is no difference."""

    estimate: float
    low: float  # nan, like all of them, where the model cannot be fitted
    high: float
    p: float
    acts: int
    sessions: int
    why: str  # why there is no number; empty when there is one


def log_odds(responses: pd.DataFrame, act: str, answer: str, *, adjusted: bool = True) -> LogOdds:
    """Fit the log odds of `answer` after `act` against after any other act, with sessions as clusters.

    responses: as from `responses`. adjusted: for whether the client's previous state was already `answer`; False gives
    the naive number, which credits the act with whatever state it was answering.

    A logistic model, logit P(after = answer) = b0 + b1 [act] (+ b2 [before = answer]), by generalized estimating
    equations [Liang & Zeger 1986, Biometrika 73, 13-22]. The working correlation is independence: with an outcome that
    also stands on the right-hand side others are biased [Pepe & Anderson 1994, Communications in Statistics -
    Simulation and Computation 23, 939-951]. Standard errors are robust, with the correction for few clusters of
    Mancl & DeRouen 2001 (Biometrics 57, 126-134), and intervals use Student's t with sessions less coefficients
    degrees of freedom. It removes the state that was coded, not what was not seen.
    """
    after = responses["after"].eq(answer).to_numpy()
    columns = [np.ones(len(after)), responses["act"].eq(act)]
    if adjusted:
        columns.append(responses["before"].eq(answer))
    design = np.column_stack(columns).astype(float)
    sessions = int(responses["session"].nunique())
    why = _why_no_model(design, after, sessions)
    if why:
        return LogOdds(np.nan, np.nan, np.nan, np.nan, len(after), sessions, why)
    groups = pd.factorize(responses["session"])[0]
    model = GEE(after.astype(float), design, groups=groups, family=Binomial(), cov_struct=Independence())
    fit = model.fit(cov_type="bias_reduced")
    estimate, error, freedom = float(fit.params[1]), float(fit.bse[1]), sessions - design.shape[1]
    half = float(student.ppf(0.975, freedom)) * error
    p = 2 * float(student.sf(abs(estimate) / error, freedom))
    return LogOdds(estimate, estimate - half, estimate + half, p, len(after), sessions, "")


def _why_no_model(design: Array, after: NDArray[np.bool_], sessions: int) -> str:
    if sessions <= design.shape[1]:
        return f"{sessions} session(s) are too few: the model needs more than {design.shape[1]}."
    for column in design.T[1:]:
        if min(((column == a) & (after == b)).sum() for a in (0, 1) for b in (False, True)) == 0:
            return "One of the combinations to compare never happens."
    return ""


# ---------------------------------------------------------------- chains


@dataclass(frozen=True)
class Chain:
    """A run of an adult's mediational units on one topic, taken up in between."""

    units: tuple[int, ...]  # positions of the adult's units, from 0
    reaches_expanding: bool

    @property
    def length(self) -> int:
        """How many mediational units the chain holds."""
        return len(self.units)


@dataclass(frozen=True)
class Criteria:
    """The three criteria of a mediated learning experience, as far as codes show them."""

    intention: bool  # Focusing or meaning that is taken up
    meaning: bool
    transcendence: bool  # Expanding that is taken up

    @property
    def met(self) -> bool:
        """Whether all three are shown."""
        return self.intention and self.meaning and self.transcendence


@dataclass(frozen=True)
class _Turn:
    adult: bool
    units: list[int]
    taken_up: bool  # of a client's turn


def _mediational() -> list[str]:
    return codebook.load().lens("components").columns["component"]


def chains(
    roles: Sequence[str],
    components: Sequence[Any],
    uptakes: Sequence[Any],
    topics: Sequence[Any] | None = None,
) -> list[Chain]:
    """Return the mediational chains of an excerpt, each with its length and whether it reaches Expanding.

    One entry a unit: role ("adult" or "client"), an adult's component (of the lens *components*), a client's uptake,
    and the topic (without topics the whole excerpt is one). Units of one turn follow each other directly; from turn to
    turn the client's answer must take up, that is, hold a U+ and no U-. A unit of the adult without a component ends a
    chain, and so does an uncoded one. A run without any uptake inside is not a chain. These rules are the handbook's
    reading of its codebook, not those of an instrument.
    """
    components, mediational = _checked(components), _mediational()
    topics = [None] * len(components) if topics is None else list(topics)
    found: list[Chain] = []
    run: list[int] = []
    joined = False  # whether an uptake lies inside the run

    def close() -> None:
        nonlocal run, joined
        if joined:
            found.append(Chain(tuple(run), any(components[unit] == "EX" for unit in run)))
        run, joined = [], False

    taken_up = False
    for turn in _turns(roles, uptakes):
        if not turn.adult:
            taken_up = turn.taken_up
            continue
        for unit in turn.units:
            first = unit == turn.units[0]
            if run and ((first and not taken_up) or topics[unit] != topics[run[-1]]):
                close()
            if components[unit] not in mediational:
                close()
                continue
            joined = joined or (bool(run) and first)
            run.append(unit)
    close()
    return found


def mediated_learning(roles: Sequence[str], components: Sequence[Any], uptakes: Sequence[Any]) -> Criteria:
    """Return which criteria of a mediated learning experience the codes of an excerpt show.

    Intention with reciprocity: FO or AF that is taken up. Meaning: AF. Transcendence: EX that is taken up. A unit is
    taken up when the client's next turn is, that is, holds a U+ and no U-. The criteria are those of the literature;
    reading them off codes in this way is the handbook's own rule, and no test of an instrument.
    """
    components = _checked(components)
    turns = _turns(roles, uptakes)
    answered = {unit for turn, reply in pairwise(turns) if turn.adult and reply.taken_up for unit in turn.units}
    taken_up = {components[unit] for unit in answered}
    return Criteria(bool(taken_up & {"FO", "AF"}), "AF" in components, "EX" in taken_up)


def _checked(components: Sequence[Any]) -> list[Any]:
    unknown = sorted({c for c in components if isinstance(c, str)} - {*_mediational(), codebook.NONE})
    if unknown:
        raise ValueError(f"{', '.join(unknown)} must be folded to one of {', '.join(_mediational())} or none first")
    return list(components)


def _turns(roles: Sequence[str], uptakes: Sequence[Any]) -> list[_Turn]:
    roles, uptakes = list(roles), list(uptakes)
    turns = []
    for role, units in groupby(range(len(roles)), roles.__getitem__):
        places = list(units)
        codes = {uptakes[unit] for unit in places}
        turns.append(_Turn(role == "adult", places, role == "client" and "U+" in codes and "U-" not in codes))
    return turns
