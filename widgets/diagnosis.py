"""What to know before believing an agreement figure, in words that a clinician understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from widgets.agreement import Interval, bootstrap, cohen_kappa, gwet_ac1, krippendorff_alpha, percent_agreement, wilson

Kind = Literal["nothing to compare", "one code only", "code absent", "prevalence", "too few units"]

WIDE = 0.2
"""An interval wider than this from end to end is called wide."""


@dataclass(frozen=True)
class Diagnosis:
    """One thing to know about a figure."""

    kind: Kind
    text: str
    codes: tuple[str, ...] = ()  # the codes that it is about, where it is about some


def diagnose(
    ratings: ArrayLike,
    names: Sequence[str],
    *,
    excerpts: ArrayLike | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> list[Diagnosis]:
    """Return what to know about the agreement in these ratings; nothing when nothing stands in the way.

    ratings: (coders, units), each the place of its code in `names`, nan where not coded.
    excerpts: the excerpt of each unit; where there are several, the interval comes from resampling them.
    replicates, seed: as for `agreement.bootstrap`.
    The figure is Cohen's kappa with two coders, and Krippendorff's alpha with more.
    """
    ratings = np.asarray(ratings, dtype=float)
    kept = (~np.isnan(ratings)).sum(axis=0) >= 2
    ratings = ratings[:, kept]
    excerpts = (
        None if excerpts is None or len(np.unique(np.asarray(excerpts)[kept])) < 2 else np.asarray(excerpts)[kept]
    )
    given = ratings[~np.isnan(ratings)]
    if not given.size:
        return [Diagnosis("nothing to compare", "No unit has been coded by two coders yet.")]
    found = [_absent(given, names), _one_code(given, names, ratings.shape[1])]
    if not found[-1]:
        figure, statistic = ("kappa", cohen_kappa) if len(ratings) == 2 else ("alpha", krippendorff_alpha)
        made = bootstrap(statistic, ratings, clusters=excerpts, replicates=replicates, seed=seed)
        found += [
            _prevalence(ratings, given, names, figure, made.estimate),
            _few_units(ratings, figure, made, excerpts),
        ]
    return [diagnosis for diagnosis in found if diagnosis]


def _absent(given: NDArray[np.float64], names: Sequence[str]) -> Diagnosis | None:
    absent = tuple(name for place, name in enumerate(names) if not (given == place).any())
    if not absent:
        return None
    it = "it" if len(absent) == 1 else "them"
    text = (
        f"Not tested: {_listed(absent)}. Nobody used {it} in these units. "
        f"That is not perfect agreement about {it}; to test {it}, take an excerpt in which something calls for {it}."
    )
    return Diagnosis("code absent", text, absent)


def _one_code(given: NDArray[np.float64], names: Sequence[str], units: int) -> Diagnosis | None:
    if (given != given[0]).any():
        return None
    name = names[int(given[0])]
    text = (
        f'Whoever coded {"the one unit" if units == 1 else f"these {units} units"} chose "{name}". '
        "Coders agree, but nothing here shows whether they can tell one code from another: "
        "kappa and alpha are undefined, which is neither 0 nor 1. Take an excerpt in which more than one code occurs."
    )
    return Diagnosis("one code only", text, (name,))


def _prevalence(
    ratings: NDArray[np.float64], given: NDArray[np.float64], names: Sequence[str], figure: str, estimate: float
) -> Diagnosis | None:
    agreement, ac1 = percent_agreement(ratings), gwet_ac1(ratings)
    if agreement < 0.8 or not estimate < 0.6 or ac1 - estimate < 0.2:
        return None
    places, counts = np.unique(given, return_counts=True)
    name = names[int(places[counts.argmax()])]
    text = (
        f"Coders agree on {agreement:.0%} of the units, and yet {figure} is only {_number(estimate)}. "
        f'The reason is that "{name}" makes up {counts.max() / counts.sum():.0%} of all answers: '
        "coders who gave it nearly always would agree nearly as often without looking, "
        f"and the few units with another code decide {figure}. "
        f"Gwet's AC1, which is less moved by a common code, is {_number(ac1)}. "
        "Report both, and look at the rare codes one by one."
    )
    return Diagnosis("prevalence", text, (name,))


def _few_units(ratings: NDArray[np.float64], figure: str, made: Interval, excerpts: NDArray | None) -> Diagnosis | None:
    if made.why and percent_agreement(ratings) == 1:
        return _few_units_all_agreed(made.units)
    if made.why:
        return Diagnosis("too few units", f"There is no interval for {figure}. {made.why} More units are needed.")
    width = made.high - made.low
    if width <= WIDE:
        return None
    what, number = ("units", made.units) if excerpts is None else ("excerpts", len(np.unique(excerpts)))
    text = (
        f"From {number} {what}, {figure} is {_number(made.estimate)}, "
        f"and anything from {_number(made.low)} to {_number(made.high)} is compatible with that (95 % interval). "
        f"The interval is {_number(width)} wide. It halves when there are four times as many {what}: "
        f"for a width of {_number(WIDE)}, about {_rounded(number * (width / WIDE) ** 2)} like these would be needed."
    )
    return Diagnosis("too few units", text)


def _few_units_all_agreed(units: int) -> Diagnosis | None:
    low = wilson(units, units)[0]
    needed = next(n for n in range(1, 1000) if wilson(n, n)[0] >= 1 - WIDE)
    if units >= needed:
        return None
    text = (
        f"Coders agree on every unit, but there are only {units}. "
        f"Coders who agree on {low:.0%} of units in the long run can agree on all of {units} (95 % interval, Wilson). "
        f"At least {needed} units in agreement would be needed to put that bound at {1 - WIDE:.0%}."
    )
    return Diagnosis("too few units", text)


def _number(value: float) -> str:
    """Two decimals without the zero in front, as coefficients are printed."""
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 0.995 else f"{value:.2f}"


def _rounded(number: float) -> int:
    """Up to two digits: the estimate is no better than that."""
    unit = 10 ** max(0, len(str(int(number))) - 2)
    return ceil(number / unit) * unit


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
