"""How far coders agree: coefficients from arrays of codings, with intervals.

``ratings`` is a float array (coders, units): the values are codes of a scale, nan is a missing value.
"None of these" is a value like any other; only what was not coded is missing.
A coefficient that is undefined is nan, never 0 or 1.

Every coefficient here depends on the ratings only through sums over units.
So each has a function that gives a unit's share in those sums and one that turns sums into the coefficient,
and a bootstrap replicate is a matrix product: how often each unit was drawn, times the shares.

The module needs numpy and the standard library only, so that it can be read, copied and run alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_LARGEST_BLOCK = 1_000_000  # positions drawn at a time; bounds the memory of a bootstrap


def percent_agreement(ratings: ArrayLike) -> float:
    """Share of pairs of coders that agree, averaged over units (0 to 1).

    Of units with two values or more; undefined where there is none.
    With two coders it is the share of units on which they agree.
    This is the observed agreement of Fleiss (1971), in the form that allows for missing values.
    """
    return float(_percent(_percent_shares(_as_ratings(ratings)).sum(axis=1)))


def cohen_kappa(a: ArrayLike, b: ArrayLike) -> float:
    """Cohen's kappa of two coders, unweighted: (p_o - p_e) / (1 - p_e).

    p_o is the share of units on which they agree;
    p_e is the share expected if each drew at random from the values they gave.
    Units that either left out do not count.
    Undefined where p_e is 1, which means that both gave one and the same value to every unit.
    [Cohen 1960, Educational and Psychological Measurement 20, 37-46]
    """
    return float(_kappa(_kappa_shares(_as_ratings([a, b])).sum(axis=1)))


def krippendorff_alpha(ratings: ArrayLike) -> float:
    """Krippendorff's alpha for nominal values, any number of coders and missing values: 1 - D_o / D_e.

    With n_uc the number of coders who gave unit u the value c, m_u = sum_c n_uc (units with m_u >= 2 only),
    n_c = sum_u n_uc and n = sum_c n_c:
    D_o = sum_u sum_c n_uc (m_u - n_uc) / (m_u - 1) / n and D_e = (n^2 - sum_c n_c^2) / (n (n - 1)).
    Undefined where all these values are the same.
    [Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C]
    """
    return float(_alpha(_alpha_shares(_as_ratings(ratings)).sum(axis=1)))


def one_versus_rest(ratings: ArrayLike, value: float) -> Array:
    """The ratings as 1 (this value) and 0 (any other); what is missing stays missing."""
    ratings = np.asarray(ratings, dtype=float)
    return np.where(np.isnan(ratings), np.nan, ratings == value)


@dataclass(frozen=True)
class CodeAgreement:
    """One code: how a reader's use of it compares with the key's, over the units that both coded."""

    code: float
    both: int
    mine_only: int
    key_only: int
    neither: int
    precision: float  # of the units that I gave the code, the share to which the key gives it
    recall: float  # of the units to which the key gives the code, the share that I gave it
    percent: float
    kappa: float
    alpha: float
    tested: bool  # False when the code is in neither coding: then every number above is nan


def per_code(mine: ArrayLike, key: ArrayLike, values: Iterable[float]) -> list[CodeAgreement]:
    """Each code against all the others; a code in neither coding is not tested rather than perfect."""
    ratings = _as_ratings([mine, key])
    ratings = ratings[:, ~np.isnan(ratings).any(axis=0)]
    return [_one_code(value, one_versus_rest(ratings, value)) for value in values]


def _one_code(value: float, ratings: Array) -> CodeAgreement:
    mine, key = ratings == 1
    both, mine_only, key_only = (int(np.sum(cell)) for cell in (mine & key, mine & ~key, ~mine & key))
    tested = both + mine_only + key_only > 0
    return CodeAgreement(
        code=value,
        both=both,
        mine_only=mine_only,
        key_only=key_only,
        neither=ratings.shape[1] - both - mine_only - key_only,
        precision=float(_ratio(both, both + mine_only)),
        recall=float(_ratio(both, both + key_only)),
        percent=percent_agreement(ratings) if tested else np.nan,
        kappa=cohen_kappa(*ratings),
        alpha=krippendorff_alpha(ratings),
        tested=tested,
    )


def wilson(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a proportion; (nan, nan) when n is 0.

    With p = successes / n and z the normal quantile:
    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).
    [Wilson 1927, Journal of the American Statistical Association 22, 209-212]
    """
    if n == 0:
        return np.nan, np.nan
    p, z = successes / n, NormalDist().inv_cdf((1 + level) / 2)
    centre = p + z**2 / (2 * n)
    half = z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    return max(0.0, (centre - half) / (1 + z**2 / n)), min(1.0, (centre + half) / (1 + z**2 / n))


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval, and how the interval was made."""

    estimate: float
    low: float  # nan, like high, where an interval would mislead
    high: float
    why: str  # why no interval is given, in words; empty when there is one
    resampled: str  # "units" or "clusters"
    replicates: int
    finite: int  # replicates in which the statistic was defined
    units: int  # units with two values or more
    coders: int


def bootstrap(
    statistic: Callable[..., float],
    ratings: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap of a coefficient, over units or over whole clusters of them.

    statistic: a coefficient of this module (fast), or any function of ratings.
    clusters: one label a unit, for example its excerpt. The units of one excerpt are not independent,
    so where there are several excerpts, resample those.
    Units with fewer than two values say nothing about agreement; they are left out before drawing.
    [Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3]
    """
    ratings = _as_ratings(ratings)
    pairable = _is_pairable(ratings)
    ratings = ratings[:, pairable]
    clusters = None if clusters is None else np.asarray(clusters)[pairable]
    size = ratings.shape[1] if clusters is None else len(np.unique(clusters))
    rng = np.random.default_rng(seed)
    at_once = max(1, _LARGEST_BLOCK // max(1, size))
    blocks = (
        rng.integers(size, size=(min(at_once, replicates - done), size)) if size else np.empty((0, 0), int)
        for done in range(0, replicates, at_once)
    )
    return interval(statistic, ratings, blocks, clusters=clusters)


def interval(
    statistic: Callable[..., float],
    ratings: ArrayLike,
    draws: Iterable[NDArray[np.integer]],
    *,
    clusters: ArrayLike | None = None,
) -> Interval:
    """The percentile interval from given draws, 2.5 % to 97.5 %, or the reason why there is none.

    draws: arrays (replicates, drawn) of positions of units, or of clusters in the order of their sorted labels.
    No interval is given where it would promise too much: from fewer than two units or clusters,
    where more than 5 % of the replicates are undefined, and where it would have no width.
    """
    ratings = _as_ratings(ratings)
    units = int(_is_pairable(ratings).sum())
    labels = np.arange(ratings.shape[1]) if clusters is None else np.asarray(clusters)
    names, groups = np.unique(labels, return_inverse=True)
    if statistic in _FROM_SHARES:
        shares_of, coefficient = _FROM_SHARES[statistic]
        shares = shares_of(ratings)
        estimate = float(coefficient(shares.sum(axis=1)))
        if clusters is not None:
            shares = np.stack([np.bincount(groups, weights=share, minlength=len(names)) for share in shares])
        values = [coefficient(shares @ _times_drawn(block, len(names)).T) for block in draws]
    else:
        estimate = float(statistic(ratings))
        members = [np.flatnonzero(groups == group) for group in range(len(names))]
        values = [
            [statistic(ratings[:, np.concatenate([members[group] for group in draw])]) for draw in block]
            for block in draws
        ]
    replicated = np.concatenate([np.empty(0), *values])
    finite = replicated[np.isfinite(replicated)]
    low, high = np.quantile(finite, [0.025, 0.975]) if finite.size else (np.nan, np.nan)
    resampled = "units" if clusters is None else "clusters"
    why = _why_no_interval(units, len(names), resampled, len(replicated), finite.size, high - low)
    return Interval(
        estimate=estimate,
        low=np.nan if why else float(low),
        high=np.nan if why else float(high),
        why=why,
        resampled=resampled,
        replicates=len(replicated),
        finite=finite.size,
        units=units,
        coders=ratings.shape[0],
    )


def _why_no_interval(units: int, drawn: int, resampled: str, replicates: int, finite: int, width: float) -> str:
    if units < 2:
        return "Fewer than two units were coded by two coders, so there is nothing to resample."
    if drawn < 2:
        return f"There are fewer than two {resampled} to resample."
    if finite < 0.95 * replicates:
        return f"The number is undefined in {replicates - finite} of {replicates} resamples, more than 5 %."
    if width < 1e-12:
        return f"All resamples give the same number: no width, and a certainty that {units} units cannot give."
    return ""


def _as_ratings(ratings: ArrayLike) -> Array:
    ratings = np.asarray(ratings, dtype=float)
    if ratings.ndim != 2:
        raise ValueError(f"ratings need the shape (coders, units); these have {ratings.ndim} dimension(s)")
    return ratings


def _is_pairable(ratings: Array) -> NDArray[np.bool_]:
    return (~np.isnan(ratings)).sum(axis=0) >= 2


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> Array:
    """numerator / denominator, nan where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    return np.divide(numerator, denominator, out=np.full(np.shape(numerator), np.nan), where=denominator != 0)


def _times_drawn(draws: NDArray[np.integer], size: int) -> Array:
    """(replicates, size): how often each position was drawn in each replicate."""
    rows = np.arange(len(draws))[:, None] * size
    return np.bincount((draws + rows).ravel(), minlength=len(draws) * size).reshape(len(draws), size).astype(float)


def _values(ratings: Array) -> Array:
    found = np.unique(ratings)  # nan, if there is any, is one of them and comes last
    return found[~np.isnan(found)]


def _counts(ratings: Array) -> tuple[Array, Array]:
    """n_uc as (values, units), and m_u; both 0 for a unit with fewer than two values."""
    values = _values(ratings)
    counts = np.empty((len(values), ratings.shape[1]))
    for row, value in zip(counts, values, strict=True):
        row[:] = np.sum(ratings == value, axis=0, dtype=np.int32)
    counts *= _is_pairable(ratings)
    return counts, counts.sum(axis=0)


# Shares are (sums, units); a coefficient takes sums of shape (sums,) or (sums, replicates).


def _percent_shares(ratings: Array) -> Array:
    counts, coded = _counts(ratings)
    agreeing = (counts * (counts - 1)).sum(axis=0)
    return np.stack([agreeing / np.maximum(coded * (coded - 1), 1), coded >= 2])


def _percent(sums: Array) -> Array:
    return _ratio(sums[0], sums[1])


def _kappa_shares(ratings: Array) -> Array:
    if len(ratings) != 2:
        raise ValueError(f"Cohen's kappa compares two coders; there are {len(ratings)}")
    paired = _is_pairable(ratings)
    given = (ratings == _values(ratings)[:, None, None]) & paired  # (values, coders, units)
    return np.concatenate([given[:, 0], given[:, 1], [(ratings[0] == ratings[1]) & paired]]).astype(float)


def _kappa(sums: Array) -> Array:
    scale = len(sums) // 2
    a, b, agreeing = sums[:scale], sums[scale:-1], sums[-1]
    n, by_chance = a.sum(axis=0), (a * b).sum(axis=0)
    return _ratio(n * agreeing - by_chance, n**2 - by_chance)


def _alpha_shares(ratings: Array) -> Array:
    counts, coded = _counts(ratings)
    disagreeing = (coded**2 - (counts**2).sum(axis=0)) / np.maximum(coded - 1, 1)
    return np.concatenate([counts, [disagreeing]])


def _alpha(sums: Array) -> Array:
    given, disagreeing = sums[:-1], sums[-1]
    n = given.sum(axis=0)
    return 1 - (n - 1) * _ratio(disagreeing, n**2 - (given**2).sum(axis=0))


_FROM_SHARES: dict[Callable[..., float], tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    percent_agreement: (_percent_shares, _percent),
    cohen_kappa: (_kappa_shares, _kappa),
    krippendorff_alpha: (_alpha_shares, _alpha),
}
