"""Make agreement.json: codings with the numbers that independent libraries give for them.

Oracles: scikit-learn (percent, kappa, precision, recall, confusion), krippendorff (alpha), numpy (quantiles).
The code under test is not imported here. Run: python tests/vectors/make.py [file]
"""

import json
import sys
import warnings
from pathlib import Path
from statistics import NormalDist

import krippendorff
import numpy as np
from sklearn.metrics import accuracy_score, cohen_kappa_score, confusion_matrix, precision_score, recall_score

HERE = Path(__file__).parent
CODES = ["FO", "AF", "EX", "RW", "RG"]
VALUES = [*CODES, "none"]
REPLICATES = 40


def defined(number: float) -> float | None:
    """A number as JSON can hold it."""
    return None if np.isnan(number) else float(number)


def pairs(a: list, b: list) -> tuple[list, list]:
    kept = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    return [x for x, _ in kept], [y for _, y in kept]


def percent(a: list, b: list) -> float:
    return accuracy_score(a, b) if a else np.nan


def kappa(a: list, b: list) -> float:
    return cohen_kappa_score(a, b) if len({*a, *b}) > 1 else np.nan


def alpha(a: list, b: list) -> float:
    scale = sorted({*a, *b})
    if len(scale) < 2:
        return np.nan
    rows = [[scale.index(value) for value in coding] for coding in (a, b)]
    return krippendorff.alpha(rows, level_of_measurement="nominal")


STATISTICS = {"percent": percent, "kappa": kappa, "alpha": alpha}


def wilson(k: int, n: int) -> list[float | None]:
    """The two proportions that lie z standard errors of their own from k / n: roots of a quadratic."""
    if n == 0:
        return [None, None]
    z = NormalDist().inv_cdf(0.975)
    roots = np.roots([n + z**2, -(2 * k + z**2), k**2 / n])
    return sorted(float(root.real) for root in roots)


def one_code(mine: list, key: list, code: str) -> dict:
    mine, key = [value == code for value in mine], [value == code for value in key]
    cells = list(zip(mine, key, strict=True))
    tested = any(mine) or any(key)
    score = {
        "precision": precision_score(key, mine, zero_division=np.nan) if any(mine) else np.nan,
        "recall": recall_score(key, mine, zero_division=np.nan) if any(key) else np.nan,
        "percent": percent(mine, key) if tested else np.nan,
        "kappa": kappa(mine, key),
        "alpha": alpha(mine, key),
    }
    return {
        "code": code,
        "both": cells.count((True, True)),
        "mine_only": cells.count((True, False)),
        "key_only": cells.count((False, True)),
        "neither": cells.count((False, False)),
        **{name: defined(number) for name, number in score.items()},
        "tested": tested,
    }


def confusion(mine: list, key: list) -> list[list[int]]:
    """What I chose, in columns that end with "not coded", where the key has a value, in rows."""
    keyed = [(y, x or "not coded") for x, y in zip(mine, key, strict=True) if y is not None]
    if not keyed:
        return [[0] * (len(VALUES) + 1) for _ in VALUES]
    counts = confusion_matrix(*zip(*keyed, strict=True), labels=[*VALUES, "not coded"])
    return counts[:-1].tolist()


def interval(statistic: str, a: list, b: list, draws: list[list[int]]) -> dict:
    """Percentile interval by a plain loop; none where it would have no width or is too often undefined."""
    replicates = [STATISTICS[statistic](*pairs([a[i] for i in draw], [b[i] for i in draw])) for draw in draws]
    finite = [value for value in replicates if not np.isnan(value)]
    low, high = np.percentile(finite, [2.5, 97.5]) if finite else (np.nan, np.nan)
    refused = len(pairs(a, b)[0]) < 2 or len(finite) < 0.95 * len(draws) or high - low < 1e-12
    return {
        "estimate": defined(STATISTICS[statistic](*pairs(a, b))),
        "low": None if refused else float(low),
        "high": None if refused else float(high),
        "replicates": len(draws),
        "finite": len(finite),
    }


def case(name: str, mine: list, key: list, draws: list[list[int]] | None = None) -> dict:
    a, b = pairs(mine, key)
    made = {
        "name": name,
        "mine": mine,
        "key": key,
        "units": len(a),
        **{name: defined(statistic(a, b)) for name, statistic in STATISTICS.items()},
        "wilson": wilson(sum(x == y for x, y in zip(a, b, strict=True)), len(a)),
        "codes": [one_code(a, b, code) for code in VALUES],
        "confusion": confusion(mine, key),
    }
    if draws is not None:
        made["draws"] = draws
        made["intervals"] = {statistic: interval(statistic, mine, key, draws) for statistic in STATISTICS}
    return made


def coding(rng: np.random.Generator, units: int, values: list[str] = VALUES, shares: list[float] | None = None) -> list:
    return [str(value) for value in rng.choice(values, size=units, p=shares)]


def noisy(rng: np.random.Generator, key: list, error: float) -> list:
    return [str(rng.choice(VALUES)) if rng.random() < error else value for value in key]


def with_gaps(rng: np.random.Generator, values: list, share: float) -> list:
    return [None if rng.random() < share else value for value in values]


def cases() -> list[dict]:
    rng = np.random.default_rng(20241)

    def draws(units: int) -> list[list[int]]:
        return rng.integers(units, size=(REPLICATES, units)).tolist()

    made = [
        case("no units", [], []),
        case("one unit, the same code", ["FO"], ["FO"], draws(1)),
        case("one unit, different codes", ["FO"], ["AF"], draws(1)),
        case("one unit, none against a code", ["none"], ["AF"]),
        case("two units, half right", ["FO", "AF"], ["FO", "EX"], draws(2)),
        case("nothing in common because nothing is coded", [None] * 4, ["FO", "AF", "none", "RG"], draws(4)),
        case("no unit coded by both", ["FO", None, "AF", None], [None, "FO", None, "EX"]),
        case("one unit coded by both", ["FO", None, "AF"], ["FO", "AF", None], draws(3)),
        case("one code only", ["FO"] * 12, ["FO"] * 12, draws(12)),
        case("none only", ["none"] * 6, ["none"] * 6),
        case("each has one code, not the same", ["FO"] * 6, ["AF"] * 6, draws(6)),
        case("one coder has one code only", ["FO"] * 6, ["FO", "AF", "FO", "none", "FO", "EX"], draws(6)),
        case("none against codes everywhere", ["none"] * 5, CODES),
        case("systematic disagreement", ["FO", "AF"] * 6, ["AF", "FO"] * 6, draws(12)),
        case("two codes exchanged", ["AF", "EX", "FO", "AF", "EX", "FO"], ["EX", "AF", "FO", "EX", "AF", "FO"]),
        case("one rare code, missed", ["none"] * 12, ["none"] * 11 + ["EX"], draws(12)),
        case("one rare code, found once too often", ["none"] * 10 + ["EX"] * 2, ["none"] * 11 + ["EX"], draws(12)),
        case("a rare pair of codes", ["EX"] + ["none"] * 29, ["EX", "EX"] + ["none"] * 28, draws(30)),
    ]
    key = coding(rng, 12)
    made.append(case("twelve units, perfect", key, key, draws(12)))
    made.append(case("twelve units, some errors", noisy(rng, key, 0.4), key, draws(12)))
    made.append(case("twelve units, guessed", coding(rng, 12), key, draws(12)))
    key = coding(rng, 200)
    made.append(case("two hundred units, perfect", key, key))
    made.append(case("two hundred units, some errors", noisy(rng, key, 0.3), key, draws(200)))
    made.append(case("two hundred units, guessed", coding(rng, 200), key))
    key = coding(rng, 60, shares=[0.05, 0.05, 0.02, 0.03, 0.05, 0.8])
    made.append(case("mostly none", noisy(rng, key, 0.2), key, draws(60)))
    for share in (0.1, 0.5, 0.9):
        key = with_gaps(rng, coding(rng, 40), share / 2)
        mine = with_gaps(rng, [value or "none" for value in noisy(rng, key, 0.3)], share)
        made.append(case(f"gaps, {share:.0%} of mine", mine, key, draws(40)))
    for units in (3, 7, 16, 24, 33, 50):
        key = coding(rng, units, values=VALUES[: max(2, units % 7)])
        mine = with_gaps(rng, noisy(rng, key, 0.35), 0.1)
        made.append(case(f"random, {units} units", mine, key, draws(units)))
    return made


def quantiles() -> list[dict]:
    rng = np.random.default_rng(7)
    samples = [sorted(rng.normal(size=size).tolist()) for size in (1, 2, 3, 10, 41)]
    return [
        {"sorted": sample, "p": p, "value": float(np.quantile(sample, p))}
        for sample in samples
        for p in (0, 0.025, 0.5, 0.9, 0.975, 1)
    ]


def vectors() -> dict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of resamples with a single value
        made = cases()
    tallies = [(0, 0), (0, 1), (1, 1), (0, 12), (6, 12), (11, 12), (12, 12), (137, 200), (1999, 2000)]
    return {
        "about": "Made by make.py with scikit-learn, krippendorff and numpy. null is undefined, or not coded.",
        "values": VALUES,
        "cases": made,
        "wilson": [{"k": k, "n": n, "interval": wilson(k, n)} for k, n in tallies],
        "quantiles": quantiles(),
    }


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "agreement.json"
    lines = json.dumps(vectors(), separators=(",", ":")).replace('{"name"', '\n{"name"')
    target.write_text(lines + "\n", encoding="utf-8")
