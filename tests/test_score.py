"""The page's numbers, in a real browser: the same vectors as the Python side, and what only the page has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
VECTORS = json.loads((ROOT / "tests" / "vectors" / "agreement.json").read_text(encoding="utf-8"))

SCORES = """({ cases, values }) => cases.map(({ mine, key, draws }) => ({
    percent: score.percentAgreement(mine, key),
    kappa: score.cohenKappa(mine, key),
    alpha: score.krippendorffAlpha(mine, key),
    codes: score.perCode(mine, key, values),
    confusion: score.confusion(mine, key, values),
    intervals: draws && {
        percent: score.interval(score.percentAgreement, mine, key, draws),
        kappa: score.interval(score.cohenKappa, mine, key, draws),
        alpha: score.interval(score.alphaOf, mine, key, draws),
    },
    ofCode: values.map((code) => score.cohenKappa(score.isCode(mine, code), score.isCode(key, code))),
}))"""


@pytest.fixture(scope="module")
def run(browser: Browser, serve: Callable[[Path], str]) -> Iterator[Callable]:
    """Evaluate an expression on a page where `score` is the module."""
    page = browser.new_page()
    page.goto(f"{serve(ROOT / 'widgets' / 'js')}/score.js")
    page.evaluate("async () => { globalThis.score = await import('/score.js'); }")
    yield page.evaluate
    page.close()


@pytest.fixture(scope="module")
def scores(run: Callable) -> dict[str, dict]:
    made = run(SCORES, {"cases": VECTORS["cases"], "values": VECTORS["values"]})
    return {case["name"]: found for case, found in zip(VECTORS["cases"], made, strict=True)}


def same(expected: object) -> object:
    return pytest.approx(expected, rel=0, abs=1e-9) if isinstance(expected, float) else expected


each_case = pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])


@each_case
def test_coefficients(case: dict, scores: dict) -> None:
    for name in ("percent", "kappa", "alpha"):
        assert scores[case["name"]][name] == same(case[name])


@each_case
def test_per_code(case: dict, scores: dict) -> None:
    found = scores[case["name"]]
    assert found["codes"] == [{name: same(number) for name, number in code.items()} for code in case["codes"]]
    assert found["ofCode"] == [same(code["kappa"]) for code in case["codes"]]


@each_case
def test_confusion(case: dict, scores: dict) -> None:
    rows = VECTORS["values"]
    expected = {"rows": rows, "columns": [*rows, "not coded"], "counts": case["confusion"]}
    assert scores[case["name"]]["confusion"] == expected


@each_case
def test_intervals_from_given_draws(case: dict, scores: dict) -> None:
    for name, expected in case.get("intervals", {}).items():
        found = scores[case["name"]]["intervals"][name]
        assert bool(found.pop("why")) == (expected["low"] is None)
        assert found == {field: same(number) for field, number in expected.items()}


def test_the_interval_of_one_code_is_that_of_its_yes_and_no(run: Callable) -> None:
    case = next(case for case in VECTORS["cases"] if case["name"] == "two hundred units, some errors")
    of_table, of_codings = run(
        """({ mine, key, draws }) => [
            score.interval((table) => score.kappaOf(score.tableOfCode(table, "EX")), mine, key, draws),
            score.interval(score.cohenKappa, score.isCode(mine, "EX"), score.isCode(key, "EX"), draws),
        ]""",
        case,
    )
    assert of_table == of_codings
    assert of_table["low"] < of_table["estimate"] < of_table["high"]


def test_wilson(run: Callable) -> None:
    found = run("tallies => tallies.map(({ k, n }) => score.wilson(k, n))", VECTORS["wilson"])
    assert found == [[same(end) for end in tally["interval"]] for tally in VECTORS["wilson"]]


def test_quantile(run: Callable) -> None:
    found = run("wanted => wanted.map(({ sorted, p }) => score.quantile(sorted, p))", VECTORS["quantiles"])
    assert found == [same(float(wanted["value"])) for wanted in VECTORS["quantiles"]]
    assert run("() => score.quantile([], 0.5)") is None


def test_resample_draws_every_unit_about_as_often_and_the_same_again(run: Callable) -> None:
    draws = run("() => score.resample(20, 500, 7).map((draw) => [...draw])")
    assert draws == run("() => score.resample(20, 500, 7).map((draw) => [...draw])")
    assert draws != run("() => score.resample(20, 500, 8).map((draw) => [...draw])")
    flat = [unit for draw in draws for unit in draw]
    assert [len(draws), len(flat)] == [500, 10_000]
    assert all(400 < flat.count(unit) < 600 for unit in range(20))
    assert set(flat) == set(range(20))


def test_drawn_here_or_in_python_the_interval_is_about_the_same(run: Callable) -> None:
    """Each language draws its own: the ends differ only by chance."""
    from widgets.agreement import bootstrap, cohen_kappa

    case = next(case for case in VECTORS["cases"] if case["name"] == "two hundred units, some errors")
    here = run(
        "({ mine, key }) => score.interval(score.cohenKappa, mine, key, score.resample(200, 4000, 1))",
        {"mine": case["mine"], "key": case["key"]},
    )
    codings = [[VECTORS["values"].index(value) for value in case[who]] for who in ("mine", "key")]
    there = bootstrap(cohen_kappa, codings, replicates=4000)
    assert [here["low"], here["high"]] == pytest.approx([there.low, there.high], abs=0.01)


SPLIT = {"value": "FO", "split": {"FO": 0.6, "EX": 0.3, "none": 0.1}}


@pytest.mark.parametrize(
    ("chosen", "entry", "kind", "credit"),
    [
        ("FO", {"value": "FO"}, "full", 1),
        ("AF", {"value": "FO", "split": {}}, "no", 0),
        ("none", {"value": "none"}, "full", 1),
        ("none", {"value": "FO"}, "no", 0),
        (None, {"value": "FO"}, "none", None),
        ("FO", None, "none", None),
        ("FO", SPLIT, "full", 1),
        ("EX", SPLIT, "part", 0.5),
        ("none", SPLIT, "part", 0.1 / 0.6),
        ("AF", SPLIT, "no", 0),
    ],
)
def test_match(run: Callable, chosen: str | None, entry: dict | None, kind: str, credit: float | None) -> None:
    found = run("([chosen, entry]) => score.match(chosen, entry)", [chosen, entry])
    assert found == {"kind": kind, "credit": same(credit)}


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("score.cohenKappa(['FO'], ['FO', 'AF'])", "1 and 2 units"),
        ("score.tableOf(['FO'], ['XX'], ['FO', 'AF'])", "XX is not on the scale"),
        ("score.confusion(['XX'], ['FO'], ['FO', 'AF'])", "XX is not on the scale"),
    ],
)
def test_what_cannot_be_compared_is_refused(run: Callable, call: str, complaint: str) -> None:
    assert complaint in run(f"() => {{ try {{ return String({call}); }} catch (error) {{ return error.message; }} }}")
