"""Print CPU time and peak memory of the agreement numbers beside what other libraries take for the same.

Part of `make bench`. Each way runs in a process of its own, one after the other in one run; the ratios are to be
compared, since machines differ. CPU time is the median of several; peak memory is what numpy and Python allocate
beyond the ratings themselves. A rival gets its data in the form that it wants, made before the clock starts.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from widgets.agreement import bootstrap, cohen_kappa, fleiss_kappa, krippendorff_alpha, one_versus_rest

SLOW = 0.5  # seconds; what takes longer than this is run three times, anything else at least seven times
Made = Callable[[], object]


def ratings(coders: int, units: int, codes: int = 6, missing: float = 0.0) -> np.ndarray:
    """Codings in which a coder guesses in three units out of ten."""
    rng = np.random.default_rng(1)
    key = rng.integers(codes, size=units)
    made = np.where(rng.random((coders, units)) < 0.3, rng.integers(codes, size=(coders, units)), key).astype(float)
    made[rng.random(made.shape) < missing] = np.nan
    return made


def ours_alpha(data: np.ndarray) -> Made:
    return lambda: krippendorff_alpha(data)


def by_krippendorff(data: np.ndarray) -> Made:
    from krippendorff import alpha

    return lambda: alpha(data, level_of_measurement="nominal")


def by_nltk(data: np.ndarray) -> Made:
    from nltk.metrics.agreement import AnnotationTask

    rows = [(coder, unit, value) for (coder, unit), value in np.ndenumerate(data) if not np.isnan(value)]
    return lambda: AnnotationTask(rows).alpha()


def by_simpledorff(data: np.ndarray) -> Made:
    import pandas as pd
    from simpledorff import calculate_krippendorffs_alpha_for_df

    rows = [(coder, unit, value) for (coder, unit), value in np.ndenumerate(data) if not np.isnan(value)]
    frame = pd.DataFrame(rows, columns=["coder", "unit", "value"])
    return lambda: calculate_krippendorffs_alpha_for_df(frame, "unit", "coder", "value")


def ours_interval(data: np.ndarray) -> Made:
    return lambda: bootstrap(krippendorff_alpha, data).low


def loop_over_krippendorff(data: np.ndarray) -> Made:
    from krippendorff import alpha

    def interval() -> float:
        rng = np.random.default_rng(0)
        draws = rng.integers(data.shape[1], size=(1000, data.shape[1]))
        return np.quantile([alpha(data[:, draw], level_of_measurement="nominal") for draw in draws], 0.025)

    return interval


def ours_kappa(data: np.ndarray) -> Made:
    return lambda: cohen_kappa(*data)


def by_scikit_learn(data: np.ndarray) -> Made:
    from sklearn.metrics import cohen_kappa_score

    return lambda: cohen_kappa_score(*data)


def by_scikit_learn_from_integers(data: np.ndarray) -> Made:
    return by_scikit_learn(data.astype(int))


def ours_fleiss(data: np.ndarray) -> Made:
    return lambda: fleiss_kappa(data)


def by_statsmodels(data: np.ndarray) -> Made:
    from statsmodels.stats.inter_rater import aggregate_raters
    from statsmodels.stats.inter_rater import fleiss_kappa as fleiss

    return lambda: fleiss(aggregate_raters(data.T)[0])


def our_workshop(data: np.ndarray) -> Made:
    """Alpha and a 2,000-replicate interval for each code."""
    codes = range(6)
    return lambda: sum(
        bootstrap(krippendorff_alpha, one_versus_rest(data, code), replicates=2000).low for code in codes
    )


JOBS = [
    ("alpha, 2 x 1,000", (2, 1000), [ours_alpha, by_krippendorff, by_nltk, by_simpledorff]),
    ("alpha, 20 x 10,000", (20, 10_000), [ours_alpha, by_krippendorff, by_nltk, by_simpledorff]),
    ("alpha, 100 x 100,000, half missing", (100, 100_000, 6, 0.5), [ours_alpha, by_krippendorff]),
    ("Fleiss' kappa, 20 x 10,000", (20, 10_000), [ours_fleiss, by_statsmodels]),
    ("1,000 replicates, 20 x 1,000", (20, 1000), [ours_interval, loop_over_krippendorff]),
    ("kappa, 1,000,000 items", (2, 1_000_000), [ours_kappa, by_scikit_learn, by_scikit_learn_from_integers]),
    ("workshop, 12 x 40, 6 codes", (12, 40), [our_workshop]),
]


def measure(way: Callable[[np.ndarray], Made], shape: tuple) -> tuple[float, float, object]:
    """CPU milliseconds, megabytes at the peak, and the number itself."""
    run = way(ratings(*shape))
    result = run()
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    times: list[float] = []
    while len(times) < (3 if times and times[0] > SLOW else 7):
        calls, start = 0, time.process_time()
        while time.process_time() - start < 0.02:
            run()
            calls += 1
        times.append((time.process_time() - start) / calls)
    return statistics.median(times) * 1e3, peak / 1e6, result


def in_a_process(*job: object) -> tuple[float, float, object]:
    with contextlib.closing(multiprocessing.get_context("spawn").Pool(1)) as pool:
        return pool.apply(measure, job)


def main() -> None:
    """Print one line a way; the first of each group is ours."""
    print(f"{'':36}{'':32}{'CPU ms':>10}{'times ours':>12}{'peak MB':>10}")
    for name, shape, ways in JOBS:
        ours = None
        for way in ways:
            spent, peak, result = in_a_process(way, shape)
            first, ours = ours is None, ours or (spent, result)
            assert np.isclose(result, ours[1], atol=0.02 if "replicates" in name else 1e-9), (name, way, result)
            label = way.__name__.replace("_", " ")
            print(f"{name if first else '':36}{label:32}{spent:10.3f}{spent / ours[0]:12.1f}{peak:10.1f}", flush=True)


if __name__ == "__main__":
    main()
