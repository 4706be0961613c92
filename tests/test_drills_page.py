"""The drills in a real browser: what is asked when, with which keys, what is said and kept, and how it looks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import ROOT
from widgets import frontend

HOSTILE = '<img src=x onerror="globalThis.hacked=1"> [<b>cue</b>] שלום'
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Drills</title>
<meta name="viewport" content="width=device-width"><style>{style}</style>
<style>html {{ background: #fff; }} html[data-theme=dark] {{ background: #121212; color: #ced6dd;
--pst-color-text-base: #ced6dd;
--pst-color-text-muted: #9ca4af; --pst-color-background: #121212; --pst-color-surface: #29313d;
--pst-color-border: #48566b; --pst-color-primary: #528fe4; --pst-color-primary-text: #14181e; }}</style>
<main><h1>Drills</h1><div id="here"></div></main></html>"""
SETUP = """async () => {
    const modules = ["practice", "pairdrill", "clozedrill", "produceturn", "drill"];
    for (const name of modules) Object.assign(window, await import(`/js/${name}.js`));
    window.minutes = 0;
    window.now = () => new Date(2026, 0, 1, 10, minutes++);
    window.store = new PracticeStore("river", { now });
    window.events = [];
    document.addEventListener("om-drill:answered", ({ detail }) => events.push(detail));
    window.show = (View, props) => {
        window.view?.destroy();
        window.view = new View({ place: document.getElementById("here"), store, level: 2, ...props });
    };
    window.sights = (pair, ids, right) => {
        for (const id of ids) store.answer({ id, drill: "pair", pair }, right);
    };
}"""


def code(id: str) -> dict[str, Any]:
    return {
        "id": id, "name": f"Name of {id}", "shortcut": id[0], "definition": f"What {id} does is this.",
        "colour": {"light": "#332288", "dark": "#a89cf0"},
    }  # fmt: skip


def pair(first: str, second: str, n: int = 12) -> dict[str, Any]:
    items = [
        {
            "id": f"{first}-{second}-{i:02}".lower(), "setting": "care" if i % 2 else "therapy",
            "before": "Rain." if i % 2 else None,
            "texts": {first: f"[looks] {first} text {i}.", second: f"[looks] {second} text {i}."},
            "reasons": {first: f"Because of {first} {i}.", second: f"Because of {second} {i}."},
        }
        for i in range(n)
    ]  # fmt: skip
    return {
        "id": f"{first}_{second}",
        "codes": [code(first), code(second)],
        "question": f"{first} or {second}?",
        "items": items,
    }


PAIRS = [pair("A", "B"), pair("C", "D"), pair("E", "F"), pair("G-r", "H"), pair("I", "J")]
CLOZE = [
    {"id": f"cloze:K{i}:this", "code": code(f"K{i}"), "gap": "this", "others": ["that", "nothing"], "reason": "So."}
    for i in range(3)
]
TASKS = [
    {
        "id": f"t{i}", "code": code("EX-r"), "setting": "therapy", "scene": "Two people.",
        "last": {"who": "Amal", "text": "Tea."},
        "task": f"Write turn {i}.", "answers": ["One?", "[waits] Two?", "Three?"],
        "checklist": ["Does it ask?", "Is it open?", "Is it short?"],
    }
    for i in range(2)
]  # fmt: skip
VIEWS = {
    "pairs": ("PairDrillView", {"pairs": PAIRS}),
    "cloze": ("ClozeDrillView", {"items": CLOZE}),
    "produce": ("ProduceTurnView", {"tasks": TASKS}),
}


@pytest.fixture
def page(browser: Browser, serve: Callable[..., str]) -> Iterator[Page]:
    """A page of its own storage in which the views can be shown."""
    with browser.new_context(viewport={"width": 900, "height": 900}) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{serve(ROOT / 'widgets')}/theme.json")
        fill(page)
        yield page
        assert errors == []


def fill(page: Page) -> None:
    page.set_content(PAGE.format(style=frontend.style("drills")))
    page.evaluate(SETUP)


def show(page: Page, name: str, **props: Any) -> Locator:
    view, all_props = VIEWS[name]
    page.evaluate(f"(props) => show({view}, props)", all_props | props)
    return page.locator(".om-drill")


def answer(page: Page, right: bool) -> None:
    """Press the key of the right or of a wrong choice, wherever it stands."""
    page.locator(".om-ask").focus()
    asked = page.evaluate("view.question.asked?.id")
    choices = page.locator("[data-action=choose]").all_inner_texts()
    wanted = next(
        i for i, text in enumerate(choices, 1) if (f"] {asked} " in text if asked else "this" in text) == right
    )
    page.keyboard.press(str(wanted))


# ---------------------------------------------------------------- which item
def order(page: Page, n: int, right: bool = True) -> list[str]:
    """Answer n questions and return the pairs that were asked."""
    return page.evaluate(
        """([pairs, n, right]) => Array.from({ length: n }, () => {
            const next = nextPairItem(pairs, store);
            if (!next) return "";
            store.answer({ id: next.item.id, drill: "pair", pair: next.pair.id }, right);
            return next.pair.id[0];
        })""",
        [PAIRS, n, right],
    )


def test_two_items_of_each_pair_come_in_a_block_then_the_pairs_are_mixed(page: Page) -> None:
    assert "".join(order(page, 15)) == "AACCEEACEACEACE"


def test_a_pair_that_is_told_apart_rests_and_another_opens(page: Page) -> None:
    page.evaluate("(items) => sights('A_B', items.map(({ id }) => id).slice(0, 8), true)", PAIRS[0]["items"])
    assert page.evaluate("(pairs) => openPairs(pairs, store).map(({ pair }) => pair.id[0]).join('')", PAIRS) == "ACEG"
    assert set(order(page, 9)) == {"C", "E", "G"}


def test_a_pair_without_items_left_does_not_bar_the_way(page: Page) -> None:
    page.evaluate("(items) => sights('A_B', items.map(({ id }) => id), false)", PAIRS[0]["items"])
    assert page.evaluate("(pairs) => openPairs(pairs, store).map(({ pair }) => pair.id[0]).join('')", PAIRS) == "ACEG"


def test_everything_is_seen_once_and_then_there_is_nothing(page: Page) -> None:
    met = order(page, 61)
    assert met[60] == ""
    assert {pair: met.count(pair) for pair in "ACEGI"} == dict.fromkeys("ACEGI", 12)


def test_what_is_due_comes_first(page: Page) -> None:
    order(page, 5, right=False)
    page.evaluate("minutes += 24 * 60")
    due = page.evaluate("(pairs) => nextPairItem(pairs, store).item.id", PAIRS)
    assert due == "a-b-00"
    assert order(page, 6)[:5] == ["A", "A", "C", "C", "E"]


def test_sides_and_question_are_drawn_evenly(page: Page) -> None:
    bits = page.evaluate(
        "Array.from({ length: 1000 }, (_, i) => numberFrom(`fo-afr-${i} `) & 3).reduce("
        "(counts, lot) => counts.with(lot, counts[lot] + 1), [0, 0, 0, 0])"
    )
    assert all(200 < count < 300 for count in bits)


# ---------------------------------------------------------------- pairs
def test_the_answer_gives_both_reasons_and_is_kept(page: Page) -> None:
    root = show(page, "pairs")
    expect(root.locator(".om-ask")).to_contain_text("Which of the two is")
    assert root.locator(".om-why").count() == 0
    answer(page, right=True)
    status = root.get_by_role("status")
    expect(status).to_contain_text("Right: text ")
    expect(status).to_contain_text("A or B?")
    for words in ("Because of A 0.", "Because of B 0.", "Name of A", "Name of B", "your answer"):
        expect(root.locator(".om-cards")).to_contain_text(words)
    assert page.evaluate("events") == [{"item": "a-b-00", "right": True}]
    assert page.evaluate("store.drills['a-b-00'].pair") == "A_B"
    expect(root.locator("[data-part=progress]")).to_contain_text("A or B: 1 of 1 right at first sight")


def test_a_second_answer_to_the_same_question_is_not_taken(page: Page) -> None:
    root = show(page, "pairs")
    answer(page, right=False)
    expect(root.get_by_role("status")).to_contain_text("Not this time: text ")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.locator("[data-action=choose]").first.dispatch_event("click")
    assert page.evaluate("events") == [{"item": "a-b-00", "right": False}]
    assert page.evaluate("store.due(new Date(2026, 0, 2))") == ["a-b-00"]


@pytest.mark.parametrize(("key", "index"), [("ArrowLeft", 0), ("ArrowRight", 1), ("1", 0), ("2", 1)])
def test_a_key_answers_and_enter_goes_on(key: str, index: int, page: Page) -> None:
    root = show(page, "pairs")
    page.keyboard.press(key)  # the focus is elsewhere: nothing happens
    assert page.evaluate("events") == []
    root.locator("[data-part=stage]").click(position={"x": 5, "y": 5})
    page.keyboard.press(key)
    pressed = root.locator("[data-action=choose][aria-pressed=true]")
    expect(pressed).to_have_attribute("data-index", str(index))
    expect(pressed).to_be_focused()
    page.keyboard.press("Enter")
    expect(root.locator(".om-ask")).to_be_focused()
    expect(root.locator("[aria-pressed]")).to_have_count(0)
    assert page.evaluate("view.question.item.id") == "a-b-01"


def test_keys_with_a_modifier_and_keys_held_down_do_nothing(page: Page) -> None:
    show(page, "pairs").locator(".om-ask").focus()
    for key in ("Control+1", "Alt+ArrowLeft", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.locator("summary").focus()
    page.keyboard.press("1")
    page.locator(".om-ask").evaluate(
        "(node) => node.dispatchEvent(new KeyboardEvent('keydown', { key: '1', repeat: true, bubbles: true }))"
    )
    assert page.evaluate("events") == []


def test_buttons_alone_suffice(page: Page) -> None:
    root = show(page, "pairs")
    root.locator("[data-action=choose]").nth(1).click()
    root.locator("[data-action=next]").click()
    root.locator("[data-action=choose]").first.focus()
    page.keyboard.press("Enter")
    assert len(page.evaluate("events")) == 2
    page.keyboard.press("Enter")
    assert page.evaluate("view.question.item.id") == "c-d-00"


def test_a_reload_shows_the_same_question_and_a_return_draws_anew(page: Page) -> None:
    def faces(due: str) -> list[str]:
        root = show(page, "pairs", pairs=[pair("A", "B", 1)])
        assert ("comes back" in root.locator(".om-eyebrow").inner_text()) == bool(due)
        return [root.locator(".om-ask").inner_text(), *root.locator("[data-action=choose]").all_inner_texts()]

    assert faces("") == faces("")
    kinds = set()
    for day in range(2, 12):
        page.evaluate("store.erase()")
        page.evaluate(
            f"minutes = {(day - 2) * 1440}; store.answer({{ id: 'a-b-00', drill: 'pair', pair: 'A_B' }}, false)"
        )
        page.evaluate("minutes += 1440")
        kinds.add(tuple(faces(f"2026-01-{day:02}")))
    assert len(kinds) > 1


def test_after_twelve_answers_there_is_a_pause_with_an_export(page: Page) -> None:
    root = show(page, "pairs")
    for _ in range(12):
        answer(page, right=True)
        page.keyboard.press("Enter")
    summary = root.locator("[data-part=summary]")
    expect(summary).to_contain_text("12 of 12 answers right in this run.")
    expect(summary).to_contain_text("Somebody who only guesses")
    expect(summary.get_by_role("heading")).to_be_focused()
    assert summary.locator("tbody tr").all_inner_texts()[0].split("\t") == ["A or B", "4", "4 of 4", "open"]
    with page.expect_download() as download:
        summary.locator("[data-action=export]").click()
    assert download.value.suggested_filename == "practice-river.json"
    kept = json.loads(Path(download.value.path()).read_text(encoding="utf8"))
    assert (kept["coder"], len(kept["drills"])) == ("river", 12)
    expect(root.get_by_role("status")).to_contain_text("exported")
    root.locator("[data-action=go-on]").click()
    expect(root.locator(".om-ask")).to_be_focused()


def test_a_pause_can_be_had_at_any_time_and_says_what_comes_back(page: Page) -> None:
    root = show(page, "pairs")
    answer(page, right=False)
    root.locator("[data-action=pause]").click()
    expect(root.locator("[data-part=summary]")).to_contain_text("One missed item comes back on January 2.")


def test_when_all_is_seen_that_is_said(page: Page) -> None:
    root = show(page, "pairs", pairs=[pair("A", "B", 1)])
    answer(page, right=True)
    page.keyboard.press("Enter")
    expect(root.locator("[data-part=summary]")).to_contain_text("all seen")
    assert root.locator("[data-action=go-on]").count() == 0
    root = show(page, "pairs", pairs=[pair("A", "B", 1)])
    expect(root.locator("[data-part=summary]")).to_contain_text("Nothing to do now")
    expect(show(page, "pairs", pairs=[])).to_contain_text("There is no item to answer.")


def test_text_is_shown_as_text_and_runs_its_own_way(page: Page) -> None:
    hostile = pair("A", "B", 1)
    hostile["items"][0]["texts"] = {"A": HOSTILE, "B": "שלום, מה שלומך?"}
    root = show(page, "pairs", pairs=[hostile])
    expect(root.locator(".om-cards")).to_contain_text("<img src=x")
    assert page.evaluate("globalThis.hacked") is None
    direction = "(nodes) => nodes.map((node) => getComputedStyle(node).direction)"
    assert set(root.locator(".om-text").evaluate_all(direction)) == {"ltr", "rtl"}


def test_a_full_storage_is_said(page: Page) -> None:
    root = show(page, "pairs")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    answer(page, right=True)
    expect(root.locator("[data-part=notice]")).to_contain_text("could not be kept")
    page.keyboard.press("Enter")
    assert page.evaluate("view.question.item.id") == "a-b-01"


# ---------------------------------------------------------------- cloze
def test_the_gap_is_filled_and_the_code_named_after_the_answer(page: Page) -> None:
    root = show(page, "cloze")
    assert "K0" not in root.locator("[data-part=stage]").inner_text().replace("What K0 does is", "")
    assert root.locator("[data-action=choose]").count() == 3
    answer(page, right=False)
    expect(root.locator(".om-definition-text")).to_contain_text("What K0 does is this.")
    expect(root.get_by_role("status")).to_contain_text("Not this time: “this”. This is K0 Name of K0. So.")
    assert page.evaluate("[events[0], store.drills['cloze:K0:this'].code]") == [
        {"item": "cloze:K0:this", "right": False}, "K0",
    ]  # fmt: skip
    page.keyboard.press("Enter")
    for _ in range(2):
        answer(page, right=True)
        page.keyboard.press("Enter")
    summary = root.locator("[data-part=summary]")
    expect(summary).to_contain_text("2 of 3 answers right in this run.")
    expect(summary).to_contain_text("2 of 3 right at first sight")
    page.evaluate("minutes += 1440")
    expect(show(page, "cloze").locator(".om-definition-text")).to_contain_text("What K0")


# ---------------------------------------------------------------- produce
def test_a_turn_is_written_compared_and_kept_but_never_scored(page: Page) -> None:
    root = show(page, "produce")
    expect(root).to_contain_text("Never paste client or family material here. What you write stays in this browser.")
    expect(root.get_by_text("One?")).to_have_count(0)
    root.locator("[data-action=compare]").click()
    expect(root.get_by_role("status")).to_contain_text("Write your turn first")
    box = root.get_by_label("Your turn")
    expect(box).to_be_focused()
    box.fill("And what is it like at home?")
    assert page.evaluate("store.produced") == {}
    root.locator("[data-action=compare]").click()
    for words in ("One?", "Two?", "Three?"):
        expect(root.locator("[data-part=models]")).to_contain_text(words)
    root.get_by_label("Is it open?").check()
    kept = page.evaluate("store.produced.t0")
    assert (kept["text"], kept["checks"]) == ("And what is it like at home?", [False, True, False])
    box.fill("Is it like that at home?")
    page.wait_for_function("store.produced.t0.text === 'Is it like that at home?'")
    assert page.evaluate("events") == []


def test_written_turns_are_there_again(page: Page) -> None:
    root = show(page, "produce")
    root.get_by_label("Your turn").fill("One of mine.")
    root.locator("[data-action=compare]").click()
    root.get_by_label("Your turn").fill("Changed at the last moment.")
    root.locator("[data-action=next]").click()
    expect(root.locator(".om-ask")).to_have_text("Write turn 1.")
    expect(root.locator(".om-ask")).to_be_focused()
    expect(root.get_by_label("Your turn")).to_have_value("")
    root.locator("[data-action=previous]").click()
    expect(root.get_by_label("Your turn")).to_have_value("Changed at the last moment.")
    expect(root.locator("[data-part=models]")).to_be_visible()
    root = show(page, "produce")  # a visit later begins with what is not written yet
    expect(root.locator(".om-ask")).to_have_text("Write turn 1.")


def test_digits_and_enter_belong_to_the_text(page: Page) -> None:
    root = show(page, "produce")
    root.get_by_label("Your turn").press_sequentially("1 2")
    page.keyboard.press("Enter")
    expect(root.get_by_label("Your turn")).to_have_value("1 2\n")


# ---------------------------------------------------------------- all three
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("name", VIEWS)
def test_it_fits_and_axe_finds_nothing(name: str, width: int, theme: str, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    root = show(page, name)

    def look() -> None:
        violations = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    look()
    if name == "produce":
        root.get_by_label("Your turn").fill("Words.")
        root.locator("[data-action=compare]").click()
        return look()
    answer(page, right=False)
    look()
    root.locator("[data-action=pause]").click()
    return look()


@pytest.mark.parametrize("name", VIEWS)
def test_a_destroyed_view_leaves_nothing(name: str, page: Page) -> None:
    root = show(page, name)
    assert root.get_attribute("data-lm-suppress-shortcuts") == "true"
    assert f"om-{name}" in (root.get_attribute("class") or "")
    page.evaluate("view.destroy()")
    assert page.locator("#here").inner_html() == ""


@pytest.mark.parametrize("name", VIEWS)
def test_the_widget_starts_from_its_bundle(name: str, page: Page) -> None:
    prop = {"pairs": "pairs", "cloze": "items", "produce": "tasks"}[name]
    module = frontend.bundle(name).replace("export default", "globalThis.widget =")
    page.add_script_tag(content=module, type="module")
    page.wait_for_function("globalThis.widget")
    state = {"coder": "brook", prop: VIEWS[name][1][prop]}
    page.evaluate(
        """(state) => {
            const model = { get: (name) => state[name] };
            window.end = widget.render({ model, el: document.getElementById("here") });
        }""",
        state,
    )
    expect(page.locator(f".om-{name} h2")).to_be_visible()
    page.evaluate("end()")
    assert page.locator(".om-drill").count() == 0
