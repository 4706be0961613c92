"""How far coders agree: coefficients from arrays of codings, with intervals.

``ratings`` is a float array (coders, units): the values are codes of a scale, nan is a missing value.
"None of these" is a value like any other; only what was not coded is missing.
A coefficient that is undefined is nan, never 0 or 1.

Every coefficient here, except the intraclass correlations, depends on the ratings only through sums over units.
So each has a function that gives every unit's shares in those sums, and the formula that takes the sums:
a bootstrap replicate is a matrix product, how often each unit was drawn times the shares.

Notation: n_uc is the number of coders who gave unit u the value c, m_u = sum_c n_uc the number who coded it.

The module needs numpy and the standard library only, so that it can be read, copied and run alone.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Formula = Callable[[Array], Array]  # takes sums of shape (sums,) or (sums, replicates)
Parts = tuple[Array, Callable[[Array], Array], Formula]  # counts of units, their shares in the sums, the formula

_LARGEST_BLOCK = 2**16  # positions drawn at a time: in the cache, and not so many that BLAS starts threads
_BLOCK = 2**22  # comparisons of a rating with a value at a time; bounds the memory
_UNITS = 2**12  # units summed at a time: they stay in the processor's cache


def percent_agreement(ratings: ArrayLike) -> float:
    """Share of pairs of coders that agree, averaged over units (0 to 1).

    p_a = mean over units with m_u >= 2 of sum_c n_uc (n_uc - 1) / (m_u (m_u - 1)).
    With two coders it is the share of units on which they agree.
    Undefined where no unit has two values.
    [Fleiss 1971, Psychological Bulletin 76, 378-382, the mean of his P_i; here m_u may differ between units]
    """
    return _estimate(_percent(_as_ratings(ratings)))


def cohen_kappa(
    a: ArrayLike, b: ArrayLike, *, weights: str | ArrayLike | None = None, scale: ArrayLike | None = None
) -> float:
    """Cohen's kappa of two coders: (p_o - p_e) / (1 - p_e).

    p_o = sum_ij w_ij p_ij with p_ij the share of units to which a gives i and b gives j;
    p_e = sum_ij w_ij p_i. p_.j, as if each drew at random from the values they gave. Units that either left out do
    not count.
    weights: none (w is 1 on the diagonal, else 0), or "linear", "quadratic" or a matrix (see `scale_weights`).
    scale: the values that could have been given, in order. Weights need it: on the values that happen to occur,
    a point of the scale that nobody used would bring its neighbours closer together.
    Undefined where p_e is 1, which means that both gave one and the same value to every unit.
    [Cohen 1960, Educational and Psychological Measurement 20, 37-46;
    weighted: Cohen 1968, Psychological Bulletin 70, 213-220]
    """
    places, credit = _two_coders(_as_ratings([a, b]), weights, scale)
    return float(_formula_of_two(credit, pooled=False)(_sums_of_two(places, credit)))


def scott_pi(a: ArrayLike, b: ArrayLike) -> float:
    """Scott's pi of two coders: (p_o - p_e) / (1 - p_e), with one distribution of values for both.

    p_e = sum_c ((p_c. + p_.c) / 2)^2. Units that either left out do not count.
    Undefined where p_e is 1.
    [Scott 1955, Public Opinion Quarterly 19, 321-325]
    """
    places, credit = _two_coders(_as_ratings([a, b]))
    return float(_formula_of_two(credit, pooled=True)(_sums_of_two(places, credit)))


def fleiss_kappa(ratings: ArrayLike) -> float:
    """Fleiss' kappa for any number of coders, in Gwet's form for missing values: (p_a - p_e) / (1 - p_e).

    p_a as in `percent_agreement`; p_e = sum_c pi_c^2 with pi_c = mean over units with m_u >= 1 of n_uc / m_u.
    So a unit coded by one coder counts for how common the values are, though not for agreement.
    Undefined where no unit has two values, and where p_e is 1 (one value only).
    [Fleiss 1971, Psychological Bulletin 76, 378-382; missing values: Gwet 2014, Handbook of Inter-Rater Reliability,
    4th edition, chapter 2]
    """
    return _estimate(_fleiss(_as_ratings(ratings)))


def gwet_ac1(ratings: ArrayLike) -> float:
    """Gwet's AC1: (p_a - p_e) / (1 - p_e) with p_e = sum_c pi_c (1 - pi_c) / (q - 1).

    p_a and pi_c as in `fleiss_kappa`; q is the number of values that occur.
    Unlike kappa it stays high when nearly all units have one value and coders agree on them.
    Undefined where no unit has two values, and where one value only occurs.
    [Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29-48; missing values: Gwet 2014,
    Handbook of Inter-Rater Reliability, 4th edition, chapter 2]
    """
    return _estimate(_gwet(_as_ratings(ratings)))


def gwet_ac2(ratings: ArrayLike, *, weights: str | ArrayLike) -> float:
    """Gwet's AC2, which gives credit for values that are near: (p_a - p_e) / (1 - p_e).

    p_a = mean over units with m_u >= 2 of sum_c n_uc (n*_uc - 1) / (m_u (m_u - 1)) with n*_uc = sum_k w_ck n_uk;
    p_e = sum_ck w_ck / (q (q - 1)) * sum_c pi_c (1 - pi_c).
    weights: a matrix for the values 0 .. q - 1, which declares the scale (`scale_weights` makes it);
    or "linear" or "quadratic" on the values that occur.
    Undefined as AC1 is.
    [Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition, chapters 3 and 4]
    """
    return _estimate(_gwet(_as_ratings(ratings), weights))


def krippendorff_alpha(
    ratings: ArrayLike,
    *,
    level: str = "nominal",
    distance: ArrayLike | Callable[[float, float], float] | None = None,
) -> float:
    """Krippendorff's alpha, any number of coders and missing values: 1 - D_o / D_e.

    Over units with m_u >= 2, with n_c = sum_u n_uc and n = sum_c n_c:
    D_o = sum_u sum_ck n_uc n_uk d_ck / (m_u - 1) / n and D_e = sum_ck n_c n_k d_ck / (n (n - 1)).
    level, for the difference d_ck of the values c and k:
    nominal, 0 or 1; interval, (c - k)^2; ratio, ((c - k) / (c + k))^2;
    ordinal, (sum of n_g from c to k - (n_c + n_k) / 2)^2.
    distance: d itself, instead of a level: a matrix for the values 0, 1, ... or a function of two values.
    It enters as it is, so what should be squared has to be squared.
    Undefined where the values in these units do not differ (D_e is 0).
    [Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, sections C and D]
    """
    return _estimate(_alpha(_as_ratings(ratings), level, distance))


def icc_agreement(scores: ArrayLike) -> float:
    """ICC(A,1): how far single coders give the same numbers to whole sessions, their levels included.

    scores: (coders, sessions), for example how often each coder used a code in each session.
    With n sessions, k coders and the mean squares of sessions (R), coders (C) and the rest (E):
    (MS_R - MS_E) / (MS_R + (k - 1) MS_E + k (MS_C - MS_E) / n).
    Sessions that a coder left out do not count. Undefined with fewer than two sessions or coders, or where no score
    differs from another.
    [McGraw & Wong 1996, Psychological Methods 1, 30-46, table 4, case 2A]
    """
    sessions, coders, rest, k, n = _mean_squares(scores)
    return float(_ratio(sessions - rest, sessions + (k - 1) * rest + _ratio(k * (coders - rest), n)))


def icc_consistency(scores: ArrayLike) -> float:
    """ICC(C,1): how far single coders order whole sessions alike, whatever the level of each.

    (MS_R - MS_E) / (MS_R + (k - 1) MS_E), notation and undefined cases as in `icc_agreement`.
    [McGraw & Wong 1996, Psychological Methods 1, 30-46, table 4, case 3C]
    """
    sessions, _, rest, k, _ = _mean_squares(scores)
    return float(_ratio(sessions - rest, sessions + (k - 1) * rest))


def scale_weights(kind: str, scale: ArrayLike) -> Array:
    """Weights of agreement between the points of a scale: 1 - |x - y| / range, "linear", or its square, "quadratic".

    The range is that of the scale, whether or not its ends were used. [Cohen 1968, Psychological Bulletin 70, 213-220]
    """
    powers = {"linear": 1, "quadratic": 2}
    if kind not in powers:
        raise ValueError(f"weights are linear, quadratic or a matrix, not {kind!r}")
    scale = np.asarray(scale, dtype=float)
    apart = np.abs(np.subtract.outer(scale, scale))
    return 1 - (apart / max(np.ptp(scale), np.finfo(float).tiny)) ** powers[kind] if scale.size else apart


def jaccard(a: Collection[Any], b: Collection[Any]) -> float:
    """Jaccard's distance of two sets of codes, 1 - |a and b| / |a or b|; 0 for two empty sets, which agree.

    [Jaccard 1912, New Phytologist 11, 37-50]
    """
    a, b = frozenset(a), frozenset(b)
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi(a: Collection[Any], b: Collection[Any]) -> float:
    """The MASI distance of two sets of codes: 1 - J M, with J = |a and b| / |a or b|.

    M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where they share nothing.
    0 for two empty sets, which agree. [Passonneau 2006, Measuring Agreement on Set-valued Items, LREC, 831-836]
    """
    a, b = frozenset(a), frozenset(b)
    kinship = 1 if a == b else 2 / 3 if a < b or b < a else 1 / 3
    return 1 - (1 - jaccard(a, b)) * kinship


def distance_matrix(values: Sequence[Any], distance: Callable[[Any, Any], float]) -> Array:
    """The distance of every two values: what `krippendorff_alpha` takes where a rating is the place of its value."""
    return np.array([[distance(a, b) for b in values] for a in values], dtype=float).reshape(len(values), len(values))


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

    statistic: a coefficient of this module (fast), the same with its options in a `functools.partial` (fast),
    or any function of ratings (a loop).
    clusters: one label a unit, for example its excerpt. The units of one excerpt are not independent,
    so where there are several excerpts, resample those.
    Units that cannot bear on the coefficient are left out before drawing: those with fewer than two values,
    or, where a single value tells how common values are (Fleiss' kappa, AC1, AC2), those with none.
    A replicate keeps the scale of all the ratings, though it may lack some of its values.
    [Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3]
    """
    ratings = _as_ratings(ratings)
    needed = 2 if _function(statistic) in _FROM_PAIRS else 1
    kept = (~np.isnan(ratings)).sum(axis=0) >= needed
    ratings = ratings[:, kept]
    clusters = None if clusters is None else np.asarray(clusters)[kept]
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
    if _function(statistic) in _PARTS:
        counts, shares_of, formula = _PARTS[_function(statistic)](ratings, **getattr(statistic, "keywords", {}))
        shares = shares_of(counts)
        estimate = float(formula(shares.sum(axis=1)))
        if clusters is not None:
            shares = np.stack([np.bincount(groups, weights=share, minlength=len(names)) for share in shares])
        values = [formula(shares @ _times_drawn(block, len(names)).T) for block in draws]
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


def _function(statistic: Callable[..., float]) -> Callable[..., float]:
    return statistic.func if isinstance(statistic, partial) else statistic


def _estimate(parts: Parts) -> float:
    counts, shares, formula = parts
    starts = range(0, max(1, counts.shape[1]), _UNITS)
    return float(formula(sum(shares(counts[:, start : start + _UNITS]).sum(axis=1) for start in starts)))


# From ratings to counts and places. A nan equals no value, so it is never counted as one.


def _counts(ratings: Array) -> tuple[Array, NDArray[np.unsignedinteger]]:
    """The values that occur, and n_uc as (values, units)."""
    values = _distinct(ratings[:, :: ratings.shape[1] // 32 + 1])  # some units show most values, and sorting is slow
    counts, missed = _counts_of(ratings, values)
    if missed:
        values = _distinct(ratings)
        counts, _ = _counts_of(ratings, values)
    return values, counts


def _counts_of(ratings: Array, values: Array) -> tuple[NDArray[np.unsignedinteger], int]:
    """n_uc of these values, and how many ratings have another."""
    coders, units = ratings.shape
    kind = np.min_scalar_type(coders)
    counts = np.empty((len(values), units), kind)
    rated, at_once = 0, max(1, _BLOCK // max(1, coders * len(values)))
    for start in range(0, units, at_once):
        block = ratings[:, start : start + at_once]
        given = (block == values[:, None, None]).view(np.uint8)
        given.sum(axis=1, dtype=kind, out=counts[:, start : start + at_once])
        rated += block.size - np.count_nonzero(np.isnan(block))
    return counts, rated - int(counts.sum())


def _distinct(ratings: Array) -> Array:
    found = np.unique(ratings)  # nan, if there is any, is one of them and comes last
    return found[~np.isnan(found)]


def _places(ratings: Array, scale: ArrayLike | None) -> tuple[Array, NDArray[np.integer]]:
    """The scale, and the place of each rating on it, len(scale) where it is missing.

    Without a scale it is the values that occur, and for small whole numbers also those between them.
    """
    if scale is None:
        with np.errstate(invalid="ignore"):
            whole = ratings.astype(np.int8)
        if whole.size and (whole == ratings).all():  # so none is missing; this way is ten times faster
            low, high = int(whole.min()), int(whole.max())
            return np.arange(low, high + 1.0), np.subtract(whole, low, dtype=np.int16)
    scale = _distinct(ratings) if scale is None else np.asarray(scale, dtype=float)
    order = np.argsort(scale)
    places = np.append(order, len(scale))[np.searchsorted(scale, ratings, sorter=order)]
    places[np.isnan(ratings)] = len(scale)
    if not np.array_equal(np.append(scale, np.nan)[places], ratings, equal_nan=True):
        raise ValueError(f"a rating is not on the scale {scale.tolist()}")
    return scale, places


def _declared(matrix: ArrayLike, values: Array) -> tuple[Array, Array]:
    """A matrix for the values 0, 1, ..., and its part for the values that occur."""
    matrix = np.asarray(matrix, dtype=float)
    if matrix.ndim != 2 or not np.array_equal(matrix, matrix.T):
        raise ValueError("a matrix of weights or distances is square and symmetric")
    if not np.isin(values, np.arange(len(matrix))).all():
        raise ValueError(f"a matrix of {len(matrix)} rows is for the ratings 0 to {len(matrix) - 1}")
    places = values.astype(int)
    return matrix, matrix[np.ix_(places, places)]


# Shares are (sums, units); a formula takes their sums.


def _percent(ratings: Array) -> Parts:
    return _counts(ratings)[1], _agreeing, lambda sums: _ratio(sums[0], sums[1])


def _agreeing(counts: Array, weights: Array | None = None) -> Array:
    """The share of agreeing pairs of coders, and 1, in each unit that has a pair; elsewhere 0."""
    counts = counts.astype(float)
    coded = counts.sum(axis=0)
    pairs = coded * (coded - 1)
    credit = counts if weights is None else weights @ counts
    return np.stack([(counts * (credit - 1)).sum(axis=0) * (pairs > 0) / np.maximum(pairs, 1), pairs > 0])


def _fleiss(ratings: Array) -> Parts:
    return _against_prevalence(_counts(ratings)[1], None, lambda common: (common**2).sum(axis=0))


def _gwet(ratings: Array, weights: str | ArrayLike | None = None) -> Parts:
    values, counts = _counts(ratings)
    if weights is None:
        declared = used = np.eye(len(values))
    elif isinstance(weights, str):
        declared = used = scale_weights(weights, values)
    else:
        declared, used = _declared(weights, values)
    q = len(declared)
    spread = _ratio(declared.sum(), q * (q - 1))
    return _against_prevalence(counts, used, lambda common: spread * (common * (1 - common)).sum(axis=0))


def _against_prevalence(counts: Array, weights: Array | None, by_chance: Formula) -> Parts:
    def shares(counts: Array) -> Array:
        coded = counts.sum(axis=0)
        return np.concatenate([_agreeing(counts, weights), [coded > 0], counts / np.maximum(coded, 1)])

    def formula(sums: Array) -> Array:
        observed, expected = _ratio(sums[0], sums[1]), by_chance(_ratio(sums[3:], sums[2]))
        return _ratio(observed - expected, 1 - expected)

    return counts, shares, formula


def _alpha(
    ratings: Array, level: str = "nominal", distance: ArrayLike | Callable[[float, float], float] | None = None
) -> Parts:
    values, counts = _counts(ratings)
    if distance is None and level == "ordinal":
        return counts, *_ordinal_alpha(len(values))
    apart = _differences(values, level, distance)

    def shares(counts: Array) -> Array:
        counts, others = _pairable(counts)
        return np.concatenate([counts, [(counts * (apart @ counts)).sum(axis=0) / others]])

    def formula(sums: Array) -> Array:
        given, disagreeing = sums[:-1], sums[-1]
        return 1 - (given.sum(axis=0) - 1) * _ratio(disagreeing, (given * (apart @ given)).sum(axis=0))

    return counts, shares, formula


def _ordinal_alpha(size: int) -> tuple[Callable[[Array], Array], Formula]:
    """How far two values are apart depends on the n_c, so the sums are n_c and how often each two values met."""
    first, second = np.triu_indices(size, 1)

    def shares(counts: Array) -> Array:
        counts, others = _pairable(counts)
        return np.concatenate([counts, counts[first] * counts[second] / others])

    def formula(sums: Array) -> Array:
        given, met = sums[:size], sums[size:]
        middle = given.cumsum(axis=0) - given / 2
        apart = (middle[first] - middle[second]) ** 2
        expected = (given[first] * given[second] * apart).sum(axis=0)
        return 1 - (given.sum(axis=0) - 1) * _ratio((met * apart).sum(axis=0), expected)

    return shares, formula


def _pairable(counts: Array) -> tuple[Array, Array]:
    """n_uc, 0 where m_u < 2, and m_u - 1, at least 1."""
    counts = counts.astype(float)
    others = counts.sum(axis=0) - 1
    return counts * (others > 0), np.maximum(others, 1)


def _differences(values: Array, level: str, distance: ArrayLike | Callable[[float, float], float] | None) -> Array:
    if callable(distance):
        distance = distance_matrix(values.tolist(), distance)
        return _declared(distance, np.arange(len(values)))[0]
    if distance is not None:
        return _declared(distance, values)[1]
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "interval":
        return np.subtract.outer(values, values) ** 2
    if level == "ratio":
        if (values < 0).any():
            raise ValueError("the ratio level has no negative values")
        return np.nan_to_num(_ratio(np.subtract.outer(values, values), np.add.outer(values, values))) ** 2
    raise ValueError(f"the level is nominal, ordinal, interval or ratio, not {level!r}")


def _cohen(ratings: Array, weights: str | ArrayLike | None = None, scale: ArrayLike | None = None) -> Parts:
    places, credit = _two_coders(ratings, weights, scale)
    return places, partial(_shares_of_two, credit=credit), _formula_of_two(credit, pooled=False)


def _scott(ratings: Array) -> Parts:
    places, credit = _two_coders(ratings)
    return places, partial(_shares_of_two, credit=credit), _formula_of_two(credit, pooled=True)


def _two_coders(
    ratings: Array, weights: str | ArrayLike | None = None, scale: ArrayLike | None = None
) -> tuple[NDArray[np.integer], Array]:
    """The place of each rating on the scale, and the credit for every two places."""
    if len(ratings) != 2:
        raise ValueError(f"Cohen's kappa and Scott's pi compare two coders; there are {len(ratings)}")
    if weights is None:
        scale, places = _places(ratings, scale)
        return places, np.eye(len(scale))
    if scale is None:
        raise ValueError("weights need the scale: all values that could have been given, in order")
    scale, places = _places(ratings, scale)
    credit = scale_weights(weights, scale) if isinstance(weights, str) else _declared(weights, np.arange(len(scale)))[0]
    if len(credit) != len(scale):
        raise ValueError(f"the scale has {len(scale)} values, the weights have {len(credit)}")
    return places, credit


def _shares_of_two(places: NDArray[np.integer], credit: Array) -> Array:
    """Of each value: whether a gave it, then whether b did; last the credit. 0 where either is missing."""
    size = len(credit)
    given = (places == np.arange(size)[:, None, None]) & (places < size).all(axis=0)  # (values, coders, units)
    return np.concatenate([given[:, 0], given[:, 1], [np.pad(credit, (0, 1))[places[0], places[1]]]], dtype=float)


def _sums_of_two(places: NDArray[np.integer], credit: Array) -> Array:
    """The sums of `_shares_of_two`, from the table of both coders' values: faster, as nothing is kept for each unit."""
    size = len(credit)
    cells = places[0] * np.int32(size + 1) + places[1]
    table = np.bincount(cells, minlength=(size + 1) ** 2).reshape(size + 1, size + 1)[:size, :size]
    return np.concatenate([table.sum(axis=1), table.sum(axis=0), [(table * credit).sum()]])


def _formula_of_two(credit: Array, pooled: bool) -> Formula:
    """By chance each coder draws from the values that it gave; pooled: from those that both gave."""

    def formula(sums: Array) -> Array:
        a, b = sums[: len(credit)], sums[len(credit) : -1]
        n = a.sum(axis=0)
        if pooled:
            a = b = (a + b) / 2
        by_chance = (a * (credit @ b)).sum(axis=0)
        return _ratio(n * sums[-1] - by_chance, n**2 - by_chance)

    return formula


def _mean_squares(scores: ArrayLike) -> tuple[Array, Array, Array, int, int]:
    """Two-way mean squares of sessions, coders and the rest; the numbers of coders and of sessions scored by all."""
    scores = _as_ratings(scores)
    scores = scores[:, ~np.isnan(scores).any(axis=0)]
    k, n = scores.shape
    scores = scores - scores.mean() if scores.size else scores
    of_sessions, of_coders = scores.sum(axis=0) / max(k, 1), scores.sum(axis=1) / max(n, 1)
    rest = scores - of_sessions - of_coders[:, None]
    return (
        _ratio(k * (of_sessions**2).sum(), n - 1),
        _ratio(n * (of_coders**2).sum(), k - 1),
        _ratio((rest**2).sum(), (n - 1) * (k - 1)),
        k,
        n,
    )


_PARTS: dict[Callable[..., float], Callable[..., Parts]] = {
    percent_agreement: _percent,
    cohen_kappa: _cohen,
    scott_pi: _scott,
    fleiss_kappa: _fleiss,
    gwet_ac1: _gwet,
    gwet_ac2: _gwet,
    krippendorff_alpha: _alpha,
}
_FROM_PAIRS = {percent_agreement, cohen_kappa, scott_pi, krippendorff_alpha}
