"""store.js in a real browser: what is kept, written out and read in again, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT

KEY = "opening-minds:codings:1:tea:components:2:reader:1"
IDENTITY = {"excerpt": "tea", "lens": "components", "key_version": 2, "coder": "reader", "round": 1}
CODES = {"u1": {"component": "FO"}, "u3": {"component": "none"}}
ROW = IDENTITY | {"unit": "u1", "column": "component", "value": "FO"}
SETUP = """async ([codes, identity]) => {
    Object.assign(window, await import("/js/store.js"), { codes, identity });
    const values = { component: ["FO", "AF", "none"] };
    window.exercise = { ...identity, values: (unit, column) => (
        !["u1", "u3"].includes(unit) ? null : column === undefined ? [] : values[column] ?? null) };
    window.read = (text) => {
        try { return readCodings(text, exercise); }
        catch (error) { if (error instanceof CodingsError) return error.message; throw error; }
    };
}"""


@pytest.fixture
def page(browser: Browser, serve: Callable[..., str]) -> Iterator[Page]:
    """A page of its own storage in which store.js is loaded."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{serve(ROOT / 'widgets')}/theme.json")
        page.evaluate(SETUP, [CODES, IDENTITY])
        yield page


def document(**changes: Any) -> str:
    return json.dumps({"format": "opening-minds-codings", "version": 1, "rows": [ROW], "seen": []} | changes)


def test_the_storage_key_names_everything_that_makes_two_exercises_differ(page: Page) -> None:
    assert page.evaluate("storageKey(identity)") == KEY


def test_what_is_written_is_read_again(page: Page) -> None:
    rows = page.evaluate("toRows(codes, identity)")
    assert rows[0] == ROW
    assert page.evaluate("read(toCsv(toRows(codes, identity)))") == {
        "codes": CODES, "seen": [], "mode": None, "count": 2,
    }  # fmt: skip
    kept = "toJson({ rows: toRows(codes, identity), seen: ['u1'], mode: 'blind', results: { given: 2 } })"
    assert page.evaluate(f"read({kept})") == {"codes": CODES, "seen": ["u1"], "mode": "blind", "count": 2}
    assert set(page.evaluate(f"JSON.parse({kept})")) == {
        "format", "version", "made", "rows", "seen", "mode", "results",
    }  # fmt: skip


def test_a_spreadsheet_may_save_the_table_its_own_way(page: Page) -> None:
    table = page.evaluate("toCsv(toRows(codes, identity))")
    empty = f"{';' * 7}\n"  # below the last row, where something once stood
    for text in (table.replace(",", ";") + empty, "\ufeff" + table, table.replace("\r\n", "\n") + "\n\n"):
        assert page.evaluate("(text) => read(text).codes", text) == CODES


def test_a_code_word_is_never_a_formula(page: Page) -> None:
    for word in ('=HYPERLINK("x")', "+1", "-1", "@x", "\tx"):
        line = page.evaluate("(coder) => toCsv(toRows(codes, { ...identity, coder }))", word).splitlines()[1]
        assert line.startswith(("'", "\"'"))
    text = page.evaluate("toCsv(toRows(codes, { ...identity, coder: 'a \"b\", c;\\nd' }))")
    assert page.evaluate("(text) => read(text).codes", text) == CODES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{oops", "not readable as JSON"),
        ('{"answers": []}', "not an export of this handbook"),
        ("[1, 2]", "not an export of this handbook"),
        (document(version=2), "version 2"),
        (document(rows="none"), "no list of rows"),
        (document(seen="u1"), "not a list of units"),
        (document(rows=[None]), "Row 1 has no “coder”"),
        (document(rows=[ROW, {**ROW, "value": {}}]), "Row 2 has no “value”"),
        (document(rows=[{**ROW, "excerpt": "soup"}]), "another excerpt: “soup”"),
        (document(rows=[{**ROW, "lens": "roots"}]), "another lens: “roots”"),
        (document(rows=[{**ROW, "key_version": 1}]), "another key version: “1”"),
        (document(rows=[{**ROW, "unit": "u2"}]), "unit “u2”"),
        (document(rows=[{**ROW, "unit": "__proto__"}]), "unit “__proto__”"),
        (document(rows=[{**ROW, "column": "valence"}]), "column “valence”"),
        (document(rows=[{**ROW, "value": "ZZ"}]), "value “ZZ”"),
        (document(rows=[ROW, {**ROW, "value": "AF"}]), "a second time"),
        (document(rows=[ROW, {**ROW, "unit": "u3", "coder": "b"}]), "more than one coder (reader, b)"),
        (document(seen=["u9"]), "“u9”"),
        (document(mode="open"), "“open”"),
        ("name,age\nAda,36\n", "lacks coder, excerpt"),
        ("", "lacks coder"),
        (",".join(ROW) + "\nreader,tea\n", "Row 1 has no"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, words: str, page: Page) -> None:
    answer = page.evaluate("(text) => read(text)", text)
    assert isinstance(answer, str)
    assert words in answer


def test_the_storage_keeps_sets_aside_and_erases(page: Page) -> None:
    assert page.evaluate("(window.store = new CodingStore(identity)).problem") == ""
    assert page.evaluate("store.read()") is None
    assert page.evaluate("store.write('work')") == ""
    assert page.evaluate("new CodingStore(identity).read()") == "work"
    page.evaluate("store.setAside(store.read())")
    assert page.evaluate("store.read()") is None
    assert page.evaluate(f"localStorage.getItem('{KEY}:unreadable')") == "work"
    page.evaluate("store.write('more'); store.erase()")
    assert page.evaluate("Object.keys(localStorage)") == [f"{KEY}:unreadable"]


def test_work_under_another_version_of_the_key_is_found_and_left_alone(page: Page) -> None:
    keys = [KEY, KEY.replace(":2:", ":1:"), KEY.replace(":2:reader", ":1:somebody"), KEY.replace("tea", "soup")]
    page.evaluate("(keys) => keys.forEach((key) => localStorage.setItem(key, key))", keys)
    assert page.evaluate("new CodingStore(identity).otherVersions()") == [{"key_version": "1", "text": keys[1]}]
    assert sorted(page.evaluate("Object.keys(localStorage)")) == sorted(keys)


def test_a_code_word_may_hold_a_colon(page: Page) -> None:
    other = page.evaluate(
        "storageKey({ ...identity, coder: 'a:b', key_version: 1 })",
    )
    page.evaluate("(key) => localStorage.setItem(key, 'x')", other)
    found = page.evaluate("new CodingStore({ ...identity, coder: 'a:b' }).otherVersions()")
    assert found == [{"key_version": "1", "text": "x"}]


def test_without_storage_everything_goes_on(page: Page) -> None:
    assert "export" in page.evaluate("(window.store = new CodingStore(identity, null)).problem")
    assert page.evaluate("[store.read(), store.write('x'), store.otherVersions()]") == [None, "", []]
    page.evaluate("store.erase()")


def test_a_full_storage_is_said(page: Page) -> None:
    full = "{ getItem: () => null, setItem() { throw new DOMException('full', 'QuotaExceededError'); } }"
    assert "full" in page.evaluate(f"new CodingStore(identity, {full}).write('x')")


def test_a_storage_without_room_can_still_be_read(page: Page) -> None:
    page.evaluate(f"localStorage.setItem('{KEY}', 'work')")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    assert page.evaluate("new CodingStore(identity).problem") == ""
    assert page.evaluate("new CodingStore(identity).read()") == "work"


def test_everything_of_an_exercise_can_be_erased(page: Page) -> None:
    other = KEY.replace("tea", "soup")
    keys = [KEY, KEY.replace(":2:", ":1:"), f"{KEY}:unreadable", other]
    page.evaluate("(keys) => keys.forEach((key) => localStorage.setItem(key, key))", keys)
    assert page.evaluate("new CodingStore(identity).leftovers()") == keys[1:3]
    page.evaluate("new CodingStore(identity).eraseAll()")
    assert page.evaluate("Object.keys(localStorage)") == [other]
    page.evaluate("new CodingStore(identity, null).eraseAll()")
