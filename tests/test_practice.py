"""practice.js in a real browser: what is kept of a reader's practice, what comes back when, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT

KEY = "opening-minds:practice:1:river"
SETUP = """async () => {
    Object.assign(window, await import("/js/practice.js"), await import("/js/store.js"));
    window.day = (n) => new Date(2026, 0, 1 + n, 18);
    window.today = 0;
    window.opened = (more = {}) => new PracticeStore("river", { now: () => day(today), ...more });
    window.store = opened();
    window.pair = (id, right, n = today) => store.answer({ id, drill: "pair", pair: "FO_AF-r" }, right, day(n));
    window.tea = { excerpt: "tea", use: "library", lens: "components", key_version: 1, round: 1, mode: "guided",
        answers: [["u1", "component", "FO", "AF", 0]] };
    window.read = (text) => {
        try { opened({ storage: null }).importJson(text); return "read"; }
        catch (error) { if (error instanceof CodingsError) return error.message; throw error; }
    };
}"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"


@pytest.fixture
def page(browser: Browser, serve: Callable[..., str]) -> Iterator[Page]:
    """A page of its own storage in which practice.js is loaded."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{serve(ROOT / 'widgets')}/theme.json")
        page.evaluate(SETUP)
        yield page


def document(**changes: Any) -> str:
    whole = {
        "format": "opening-minds-practice", "version": 1, "coder": "river", "started": "2026-01-01T10:00:00.000Z",
        "finished": [], "drills": {}, "produced": {}, "notes": {},
    }  # fmt: skip
    return json.dumps(whole | changes)


def sight(right: bool, at: str = "2026-01-01T10:00:00.000Z") -> dict[str, Any]:
    return {"at": at, "right": right}


def test_one_text_holds_everything_and_is_read_again(page: Page) -> None:
    page.evaluate("""() => {
        store.finish(tea); pair("a", true); store.answer({ id: "c", drill: "cloze", code: "FO" }, false);
        store.produce("t1", "Look.", [true, false]); store.setNote("drift", { weeks: 8 });
    }""")
    assert page.evaluate("Object.keys(localStorage)") == [KEY]
    text = page.evaluate(f"localStorage.getItem('{KEY}')")
    kept = json.loads(text)
    assert list(kept) == ["format", "version", "coder", "started", "finished", "drills", "produced", "notes"]
    assert kept["drills"]["a"] == {
        "drill": "pair", "pair": "FO_AF-r", "first": kept["drills"]["a"]["last"],
        "last": {"at": page.evaluate("day(0).toISOString()"), "right": True}, "step": 0, "due": None,
    }  # fmt: skip
    assert kept["drills"]["c"]["code"] == "FO"
    assert kept["drills"]["c"]["due"] == "2026-01-02"
    assert page.evaluate("opened().exportJson()").startswith('{"format":"opening-minds-practice"')
    assert page.evaluate("opened().note('drift')") == {"weeks": 8}
    assert page.evaluate("opened().note('none')") is None
    assert page.evaluate("opened().produced.t1.checks") == [True, False]


def test_an_excerpt_finished_again_says_so(page: Page) -> None:
    again = page.evaluate("""() => [store.finish(tea), store.finish({ ...tea, lens: "mixed" }), store.finish(tea)]
        .map((entry) => entry.again)""")
    assert again == [False, False, True]
    assert page.evaluate("store.finished.map(({ at, excerpt }) => [at, excerpt])")[0] == [
        page.evaluate("day(0).toISOString()"),
        "tea",
    ]


def test_a_miss_comes_back_after_1_3_7_and_21_days(page: Page) -> None:
    assert page.evaluate("pair('a', false).due") == "2026-01-02"
    assert page.evaluate("store.due()") == []
    dues = page.evaluate("""() => {
        const dues = [];
        for (let due = "2026-01-02"; due; ) {
            const [year, month, date] = due.split("-").map(Number);
            today = Math.round((new Date(year, month - 1, date) - new Date(2026, 0, 1)) / 864e5);
            if (store.due().join() !== "a" || store.due(day(today - 1)).length) throw new Error("not due on its day");
            ({ due } = pair("a", true));
            dues.push([today, due, store.drills.a.step]);
        }
        return dues;
    }""")
    assert dues == [[1, "2026-01-05", 1], [4, "2026-01-12", 2], [11, "2026-02-02", 3], [32, None, 4]]
    assert page.evaluate("store.drills.a.first.right") is False


def test_a_miss_on_the_way_begins_again_and_an_early_answer_moves_nothing(page: Page) -> None:
    page.evaluate("pair('a', false, 0); pair('a', true, 1)")
    assert page.evaluate("(({ step, due }) => [step, due])(pair('a', true, 2))") == [1, "2026-01-05"]
    assert page.evaluate("(({ step, due }) => [step, due])(pair('a', false, 4))") == [0, "2026-01-06"]
    assert page.evaluate("(({ step, due }) => [step, due])(pair('b', true, 4))") == [0, None]


def test_what_is_due_longest_comes_first(page: Page) -> None:
    page.evaluate("pair('late', false, 2); pair('early', false, 0); pair('never', true, 0)")
    assert page.evaluate("store.due(day(9))") == ["early", "late"]


def test_only_first_sights_count_for_mastery(page: Page) -> None:
    page.evaluate("for (let i = 0; i < 8; i++) pair(`i${i}`, i > 1, i)")
    assert page.evaluate("store.mastery('FO_AF-r')") == {"answered": 8, "right": 6, "reached": False}
    page.evaluate("pair('i0', true, 20); pair('i1', true, 20)")
    assert page.evaluate("store.mastery('FO_AF-r').reached") is False
    page.evaluate("pair('i8', true, 21)")
    assert page.evaluate("store.mastery('FO_AF-r')") == {"answered": 9, "right": 7, "reached": True}
    assert page.evaluate("store.mastery('AF_EX')") == {"answered": 0, "right": 0, "reached": False}


def test_what_another_tab_wrote_stays(page: Page) -> None:
    page.evaluate("window.other = opened(); pair('a', true); other.setNote('x', 1); store.finish(tea)")
    for one in ("store", "other", "opened()"):
        assert page.evaluate(f"[Object.keys({one}.drills), {one}.note('x'), {one}.finished.length]") == [["a"], 1, 1]


def test_a_listener_hears_this_tab_and_the_other(page: Page) -> None:
    page.evaluate("window.heard = 0; window.stop = store.subscribe(() => { heard += 1; }); pair('a', true)")
    assert page.evaluate("heard") == 1
    other = page.context.new_page()
    other.goto(page.url)
    other.evaluate(SETUP)
    other.evaluate("pair('b', true)")
    page.wait_for_function("heard === 2")
    assert page.evaluate("Object.keys(store.drills)") == ["a", "b"]
    page.evaluate("stop(); pair('c', true)")
    assert page.evaluate("heard") == 2


def test_an_instructor_s_copy_holds_no_written_text(page: Page) -> None:
    page.evaluate("store.produce('t1', 'My own words', [true]); pair('a', true)")
    assert "My own words" in page.evaluate("store.exportJson()")
    copy = page.evaluate("store.exportJson({ texts: false })")
    assert "produced" not in json.loads(copy)
    assert "My own words" not in copy
    assert page.evaluate("read(store.exportJson({ texts: false }))") == "read"


def test_an_emptied_text_is_gone(page: Page) -> None:
    page.evaluate("store.produce('t1', 'Words', [true]); store.produce('t1', '  ', [true])")
    assert page.evaluate("store.produced") == {}


def test_an_import_adds_and_keeps_the_first_sight_and_the_last(page: Page) -> None:
    page.evaluate("pair('a', false, 0); today = 1; store.finish(tea); window.file = store.exportJson(); store.erase()")
    assert page.evaluate("[localStorage.length, store.finished.length]") == [0, 0]
    page.evaluate("today = 3; pair('a', true); pair('b', true); store.finish(tea); store.setNote('x', 'new')")
    page.evaluate("store.importJson(file); store.importJson(file)")
    a = page.evaluate("store.drills.a")
    assert (a["first"]["right"], a["last"]["right"]) == (False, True)
    assert page.evaluate("Object.keys(store.drills).sort()") == ["a", "b"]
    assert page.evaluate("store.finished.map(({ again }) => again)") == [False, True]
    assert page.evaluate("store.note('x')") == "new"


def test_another_reader_s_file_is_refused(page: Page) -> None:
    words = page.evaluate("(text) => read(text)", document(coder="brook"))
    assert "brook" in words
    assert "river" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not readable as JSON"),
        ("null", "not an export of the practice"),
        ('{"format": "opening-minds-codings"}', "not an export of the practice"),
        (document(version=2), "version 2"),
        (document(coder=None), "no code word"),
        (document(started="long ago"), "when the practice was started"),
        (document(finished={}), "no list of excerpts finished"),
        (document(finished=[{"at": "2026-01-01T10:00:00Z"}]), "the entry “1”"),
        (document(drills=[]), "no list of drills"),
        (document(drills={"a": {"drill": "pair"}}), "the entry “a”"),
        (
            document(
                drills={
                    "a": {
                        "drill": "pair", "pair": "p", "first": sight(True), "last": sight(True), "step": 9, "due": None,
                    }
                }
            ),
            "the entry “a”",
        ),
        (document(produced={"t": {"at": "2026-01-01T10:00:00Z", "text": 1, "checks": []}}), "the entry “t”"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(text: str, words: str, page: Page) -> None:
    assert words in page.evaluate("(text) => read(text)", text)


def test_unreadable_practice_is_set_aside(page: Page) -> None:
    page.evaluate(f"localStorage.setItem('{KEY}', 'nonsense'); window.store = opened()")
    assert "kept aside" in page.evaluate("store.problem")
    assert page.evaluate(f"localStorage.getItem('{KEY}:unreadable')") == "nonsense"
    page.evaluate("pair('a', true)")
    assert page.evaluate("Object.keys(opened().drills)") == ["a"]
    page.evaluate("store.erase()")
    assert page.evaluate("localStorage.length") == 0


def test_names_from_a_file_change_nothing_else(page: Page) -> None:
    entry = {"drill": "pair", "pair": "p", "first": sight(True), "last": sight(True), "step": 0, "due": None}
    text = document().replace('"drills": {}', f'"drills": {{"__proto__": {json.dumps(entry)}}}')
    assert page.evaluate("(text) => { store.importJson(text); return Object.keys(store.drills); }", text) == [
        "__proto__"
    ]
    assert page.evaluate("({}).drill === undefined")
    assert page.evaluate("store.note('constructor')") is None


def test_without_storage_everything_works_from_memory(page: Page) -> None:
    page.evaluate("window.store = opened({ storage: null }); pair('a', false); store.setNote('x', 1)")
    assert "export" in page.evaluate("store.problem")
    assert page.evaluate("[store.due(day(1)), store.note('x'), localStorage.length]") == [["a"], 1, 0]
    page.evaluate("store.erase()")
    assert page.evaluate("store.due(day(1))") == []


def test_a_full_storage_is_said_and_nothing_is_lost(page: Page) -> None:
    page.evaluate("() => { pair('a', true); window.write = Storage.prototype.setItem; }")
    page.evaluate(f"() => {{ {FULL} }}")
    page.evaluate("pair('b', true); store.setNote('x', 1)")
    assert "full" in page.evaluate("store.problem")
    assert page.evaluate("Object.keys(store.drills)") == ["a", "b"]
    page.evaluate("Storage.prototype.setItem = write; opened().finish(tea)")  # another tab has room again
    page.evaluate("pair('c', true)")
    assert page.evaluate("[store.problem, Object.keys(opened().drills).sort(), opened().note('x')]") == [
        "", ["a", "b", "c"], 1,
    ]  # fmt: skip
    assert page.evaluate("opened().finished.length") == 1
