"""progress.js and assignment.js in a real browser: what progress says, what is advised, what a link may set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from sklearn.metrics import cohen_kappa_score

from tests.conftest import ROOT

CATALOG = [
    {"id": "tea", "title": "Tea", "use": "library", "lenses": ["components", "mixed"]},
    {"id": "rain", "title": "Rain", "use": "library", "lenses": ["components"]},
    {"id": "hidden", "title": "Hidden", "use": "self-check", "lenses": ["components"]},
]


@pytest.fixture(scope="module")
def run(browser: Browser, serve: Callable[..., str]) -> Iterator[Callable[..., Any]]:
    """Evaluate an expression on a page where the two modules are `progress` and `assignment`."""
    page = browser.new_page()
    page.goto(f"{serve(ROOT / 'widgets')}/theme.json")
    page.evaluate("""async () => {
        globalThis.progress = await import("/js/progress.js");
        globalThis.assignment = await import("/js/assignment.js");
    }""")
    yield page.evaluate
    page.close()


def entry(excerpt: str, pairs: list[tuple[str | None, str]], **more: Any) -> dict[str, Any]:
    """A finished excerpt with these answers and keys of the components."""
    answers = [[f"u{i}", "component", mine, key, None] for i, (mine, key) in enumerate(pairs)]
    at = "2027-01-01T10:00:00.000Z"
    return {"at": at, "excerpt": excerpt, "use": "library", "lens": "components", "again": False} | more | {
        "answers": answers
    }  # fmt: skip


RNG = np.random.default_rng(1)
MANY = [
    entry(f"e{i}", [(str(RNG.choice(["FO", "AF", "EX"])) if RNG.random() < 0.4 else key, key) for key in
                    (str(k) for k in RNG.choice(["FO", "AF", "EX"], 12))])
    for i in range(6)
]  # fmt: skip


def test_kappa_over_all_excerpts_is_that_of_another_library(run: Callable[..., Any]) -> None:
    made = run("(f) => progress.agreementIn(progress.answersIn(f, 'component'))", MANY)
    mine, key = zip(*[(a[2], a[3]) for one in MANY for a in one["answers"]], strict=True)
    assert made["kappa"]["estimate"] == pytest.approx(cohen_kappa_score(mine, key), abs=1e-12)
    assert made["kappa"]["low"] < made["kappa"]["estimate"] < made["kappa"]["high"]
    assert made["percent"]["k"] == sum(m == k for m, k in zip(mine, key, strict=True))
    of_code = run("(f) => progress.agreementIn(progress.answersIn(f, 'component'), 'FO')", MANY)
    theirs = cohen_kappa_score([m == "FO" for m in mine], [k == "FO" for k in key])
    assert of_code["kappa"]["estimate"] == pytest.approx(theirs, abs=1e-12)


def test_whole_excerpts_are_drawn_once_there_are_five(run: Callable[..., Any]) -> None:
    resampled = "(f) => progress.agreementIn(progress.answersIn(f, 'component')).kappa.resampled"
    assert run(resampled, MANY[:4]) == "units"
    assert run(resampled, MANY[:5]) == "excerpts"


def test_finer_codes_count_as_the_code_that_they_fold_into(run: Callable[..., Any]) -> None:
    finished = [entry("tea", [("AF-p", "AF"), ("RW-n", "none")])]
    fold = {"AF-p": "AF", "RW-n": "none"}
    made = run("([f, fold]) => progress.agreementIn(progress.answersIn(f, 'component', fold))", [finished, fold])
    assert made["percent"]["k"] == 2


def test_what_was_not_coded_and_what_was_seen_before_does_not_count(run: Callable[..., Any]) -> None:
    finished = [entry("tea", [("FO", "FO"), (None, "AF")]), entry("tea", [("FO", "FO")], again=True)]
    assert run("(f) => progress.answersIn(progress.firstSights(f), 'component').length", finished) == 1


def test_the_curve_looks_back_on_a_window(run: Callable[..., Any]) -> None:
    points = run("(f) => progress.overTime(f, 'component')", MANY)
    assert [point["coded"] for point in points] == [12, 24, 36, 48, 60, 72]
    assert [point["n"] for point in points] == [12, 24, 36, 48, 60, 60]


def test_confused_pairs_come_with_how_often_they_met(run: Callable[..., Any]) -> None:
    finished = [entry("tea", [("FO", "AF"), ("AF", "FO"), ("FO", "FO"), ("EX", "AF"), ("RG", "RG")])]
    pairs = [{"codes": ["FO", "AF"]}, {"codes": ["AF", "EX"]}, {"codes": ["RG", "FO"]}]
    made = run("([f, pairs]) => progress.confusedPairs(progress.answersIn(f, 'component'), pairs)", [finished, pairs])
    assert made == [{"codes": ["FO", "AF"], "met": 3, "apart": 2}, {"codes": ["AF", "EX"], "met": 1, "apart": 1}]


NOTHING = {
    "finished": [], "due": 0, "mastered": 0, "pairs": 22, "confused": [], "produced": 0, "takes": [],
    "levels": [{"level": n, "finished": 0, "all": 9} for n in (1, 2, 3, 4)],
}  # fmt: skip
DONE = [{"level": n, "finished": 3, "all": 9} for n in (1, 2, 3, 4)]
SOME = {"finished": [entry("tea", [("FO", "FO")])], "mastered": 4}
CHECKED = {"purpose": "self-check", "set": "self-check", "done": "2027-01-10T10:00:00.000Z"}


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ({}, "begin"),
        ({"due": 2}, "pairs"),
        ({"takes": [{"purpose": "entry", "done": "2027-01-10T10:00:00.000Z"}], "finished": MANY[:1]}, "pairs"),
        (SOME | {"mastered": 1}, "pairs"),
        (SOME, "level-1"),
        (SOME | {"levels": DONE[:1] + NOTHING["levels"][1:]}, "level-2"),
        (SOME | {"levels": DONE}, "produce"),
        (SOME | {"levels": DONE, "produced": 1}, "check"),
        (SOME | {"takes": [CHECKED]}, "progress"),
        (SOME | {"takes": [CHECKED], "confused": [{"codes": ["AF", "EX"], "met": 9, "apart": 4}]}, "progress"),
        (SOME | {"confused": [{"codes": ["AF", "EX"], "met": 9, "apart": 4}]}, "pairs"),
        (SOME | {"confused": [{"codes": ["AF", "EX"], "met": 90, "apart": 4}]}, "level-1"),
    ],
)
def test_what_is_advised_next(run: Callable[..., Any], state: dict[str, Any], step: str) -> None:
    made = run("(s) => progress.nextStep({...s, now: new Date('2027-01-20T10:00:00Z')})", NOTHING | state)
    assert made["step"] == step
    assert made["why"]


def test_after_eight_weeks_a_drift_check_is_advised(run: Callable[..., Any]) -> None:
    state = NOTHING | SOME | {"takes": [CHECKED]}
    late = run("(s) => progress.nextStep({...s, now: new Date('2027-03-08T10:00:00Z')})", state)
    assert late["step"] == "check"
    assert "drift" in late["why"]
    early = run("(s) => progress.nextStep({...s, now: new Date('2027-03-06T10:00:00Z')})", state)
    assert early["step"] == "progress"


def test_a_link_says_what_was_set(run: Callable[..., Any]) -> None:
    given = {"excerpts": ["tea", "rain"], "lens": "components", "mode": "blind", "until": "2027-01-31"}
    both = "([g, c]) => assignment.readAssignment(assignment.assignmentLink(g), c)"
    assert run(both, [given, CATALOG]) == given
    assert run(both, [given | {"until": ""}, CATALOG]) == given | {"until": None}
    assert run("(c) => assignment.readAssignment('#step=pairs', c)", CATALOG) is None


@pytest.mark.parametrize(
    "hash",
    [
        "#set=&lens=components&mode=blind",
        "#set=nothing&lens=components&mode=blind",
        "#set=hidden&lens=components&mode=blind",
        "#set=rain&lens=mixed&mode=blind",
        "#set=rain&lens=components&mode=loud",
        "#set=rain&lens=components",
        "#set=rain&lens=components&mode=blind&until=2027-02-30",
        "#set=rain&lens=components&mode=blind&until=soon",
        "#set=rain&lens=components&mode=blind&say=Hello",
    ],
)
def test_a_link_that_is_not_right_is_refused_without_its_words(run: Callable[..., Any], hash: str) -> None:
    said = run(
        """([hash, c]) => { try { assignment.readAssignment(hash, c); return null; }
           catch (error) { if (error instanceof assignment.AssignmentError) return error.message; throw error; } }""",
        [hash, CATALOG],
    )
    assert said
    assert not any(word in said for word in ("nothing", "loud", "soon", "Hello"))
