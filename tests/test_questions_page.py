"""Questions, predictions and sorting tasks in a real browser, on a static page with the host script of a built book."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import serving
from tests.library_page import state_of
from widgets import frontend, questions
from widgets.figures import finish, theme
from widgets.publish import assets
from widgets.publish.renderer import script_json

DATA = """\
questions:
  - id: one
    kind: one
    text: "What does *this* hold?"
    options:
      - {text: "Tea", right: true, why: "It was *poured*."}
      - {text: "<img src=x onerror='globalThis.hacked=1'> שלום", why: "It is no image."}
      - {text: "A long answer that has to break its line on a small telephone, and again", why: "It is wet."}
  - id: several
    kind: several
    text: "What can be drunk?"
    options:
      - {text: "Tea", right: true, why: "It can."}
      - {text: "Milk", right: true, why: "It can, too."}
      - {text: "Sand", why: "It cannot."}
  - id: cloze
    kind: cloze
    text: "The ___ is hot."
    options:
      - {text: "tea", right: true, why: "It steams."}
      - {text: "ice", why: "It melts."}
      - {text: "moon", why: "It is far."}
predictions:
  - id: number
    kind: number
    text: "How many cups?"
    unit: "cups a day"
    low: 0
    high: 10
    reveal: "It is *about* {answer}."
  - id: order
    kind: order
    text: "Which is hottest?"
    items: ["Tea", "Soup", "Snow"]
    reveal: "So it stands: {answer}."
  - id: choice
    kind: choice
    text: "Which is it?"
    items: ["Tea", "Soup"]
    reveal: "It is {answer}."
sorts:
  - id: sort
    text: "Hot or cold?"
    headings: ["Hot", "Cold"]
    cards:
      - {text: "Tea", heading: "Hot", why: "It steams."}
      - {text: "Ice", heading: "Cold", why: "It is frozen."}
      - {text: "Snow", heading: "Cold", why: "It has fallen."}
"""
PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>Tasks</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:">
<link rel="stylesheet" href="_static/tasks.css">
<style>body {{ margin: 1rem; font-family: sans-serif }}
html[data-theme=dark] {{
  --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af; --pst-color-background: #14181e;
  --pst-color-surface: #222832; --pst-color-border: #48566b; --pst-color-primary: #6ecfd8;
  --pst-color-primary-text: #000; background: #14181e; color: #ced6dd }}</style>
<main><h1>Tasks</h1>{mounts}</main><script src="_static/static.js"></script></html>"""
KINDS = ("one", "several", "cloze", "number", "order", "choice", "sort")
KEPT = "(id) => localStorage.getItem(`opening-minds:question:1:${id}`)"


def figure() -> go.Figure:
    """A figure in the theme's colours with a slider; every one of its texts holds the word HIDDEN."""
    colour = theme()["light"]["mine"]
    made = go.Figure(go.Scatter(x=np.arange(1, 4), y=np.arange(1, 4) ** 2, line_color=colour))  # packed as bytes
    made.frames = [go.Frame(name=str(k), data=[go.Scatter(x=np.arange(1, 4), y=np.array([k, 4, 9]))]) for k in range(3)]
    steps = [{"label": str(k), "method": "animate", "args": [[str(k)], {"mode": "immediate"}]} for k in range(3)]
    made.update_layout(
        height=300, sliders=[{"active": 1, "currentvalue": {"prefix": "HIDDEN slope: "}, "steps": steps}]
    )
    table = pd.DataFrame({"HIDDEN cup": [1, 2], "heat": [0.123456789, None]})
    return finish(made, caption="HIDDEN cups.", alt="HIDDEN: they are full.", table=table)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with one task of each kind."""
    folder = tmp_path_factory.mktemp("tasks")
    (folder / "questions").mkdir()
    (folder / "questions" / "tasks.yaml").write_text(DATA, encoding="utf8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "data_folder", lambda: folder)
        shown = [
            questions.Question("one"),
            questions.Question("several"),
            questions.Question("cloze"),
            questions.Predict("number", figure=figure(), answer=6.4),
            questions.Predict("order", figure=figure(), answer=["Soup", "Tea", "Snow"]),
            questions.Predict("choice", figure=figure(), answer="Soup"),
            questions.Sort("sort"),
        ]
    static = folder / "_static"
    (static / "widgets").mkdir(parents=True)
    mounts = []
    for i, (module, widget) in enumerate(zip(["question"] * 3 + ["predict"] * 3 + ["sort"], shown, strict=True)):
        (static / "widgets" / f"{module}.js").write_text(frontend.bundle(module), encoding="utf8")
        content = {"id": i, "js": f"{module}.js", "state": state_of(widget), "buffers": []}
        mounts.append(f'<div class="om-mount" aria-busy="true">{script_json(content)}</div>')
    host = frontend.classic("static")
    (static / "static.js").write_text(f'globalThis.openingMinds={{"edition":"1"}};\n{host}', encoding="utf8")
    (static / "tasks.css").write_text(frontend.style("questions") + frontend.style("page"), encoding="utf8")
    shutil.copy(assets._SMALL if assets._SMALL.is_file() else assets._WHOLE, static / assets.PLOTLY)
    (folder / "index.html").write_text(PAGE.format(mounts="\n".join(mounts)), encoding="utf8")
    with serving(folder) as address:
        yield address


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Opened]:
    """Return a function that opens the page with a storage of its own; an error on the page fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(script: str = "", width: int = 900, touch: bool = False, plotly: bool = True) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, has_touch=touch))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if script:
            page.add_init_script(script)
        if not plotly:
            page.route("**/plotly.min.js", lambda route: route.abort())
        page.goto(site)
        expect(page.locator(".om-task")).to_have_count(len(KINDS))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def task(page: Page, id: str) -> Locator:
    return page.locator(f"[data-task={id}]")


def status(root: Locator) -> Locator:
    return root.locator("[data-part=status][role=status]")


def answer_all(page: Page) -> None:
    """Answer every task, some wrongly."""
    task(page, "one").get_by_text("A long answer").click()
    several = task(page, "several")
    several.get_by_role("button", name="Tea").click()
    several.get_by_role("button", name="Check").click()
    task(page, "cloze").get_by_role("button", name="tea").click()
    task(page, "number").get_by_label("Your guess").fill("8")
    page.keyboard.press("Enter")
    task(page, "order").get_by_role("button", name="Commit").click()
    choice = task(page, "choice")
    choice.get_by_label("Tea").check()
    choice.get_by_role("button", name="Commit").click()
    sort = task(page, "sort")
    for card, head in (("Tea", "Hot"), ("Ice", "Cold"), ("Snow", "Hot")):
        sort.get_by_role("button", name=card, exact=True).click()
        sort.get_by_role("button", name=head).click()
    sort.get_by_role("button", name="Check").click()


# ---------------------------------------------------------------- questions
def test_an_answer_gives_a_reason_for_every_option(opened: Opened) -> None:
    page = opened()
    root = task(page, "one")
    expect(root.locator(".om-ask em")).to_have_text("this")
    expect(root).not_to_contain_text("poured")
    wrong = root.get_by_role("button", name="A long answer")
    wrong.focus()
    page.keyboard.press("Enter")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(status(root)).to_have_text("Not this time. Each answer has its reason.")
    assert sorted(root.locator(".om-why").all_inner_texts()) == [
        "Not right \u00b7 your answer. It is wet.", "Not right. It is no image.", "Right. It was poured.",
    ]  # fmt: skip
    root.locator("[data-action=choose]").first.dispatch_event("click")  # what is answered stays
    expect(root.locator("[aria-pressed=true]")).to_have_count(1)
    assert page.evaluate("globalThis.hacked") is None


def test_several_answers_are_checked_when_asked(opened: Opened) -> None:
    root = task(opened(), "several")
    check = root.get_by_role("button", name="Check")
    check.click()
    expect(status(root)).to_have_text("Choose at least one answer first.")
    tea, milk, sand = (root.get_by_role("button", name=name) for name in ("Tea", "Milk", "Sand"))
    for button in (tea, sand, milk, milk):
        button.click()
    expect(milk).to_have_attribute("aria-pressed", "false")
    expect(root.locator(".om-why")).to_have_count(0)
    check.click()
    expect(status(root)).to_contain_text("You found 1 of 2 right answers and chose 1 that is not.")
    expect(root.locator(".om-why")).to_have_count(3)
    again = root.get_by_role("button", name="Answer again")
    expect(again).to_be_focused()
    again.click()
    expect(root.locator(".om-ask")).to_be_focused()
    expect(root.locator(".om-why")).to_have_count(0)
    tea.click()
    milk.click()
    check.click()
    expect(status(root)).to_contain_text("Right.")


def test_a_gap_is_named_and_then_filled(opened: Opened) -> None:
    root = task(opened(), "cloze")
    expect(root.locator(".om-ask")).to_contain_text("[gap]")
    root.get_by_role("button", name="ice").click()
    expect(root.locator(".om-ask")).to_have_text("The tea is hot.")
    expect(status(root)).to_contain_text("Not this time.")


# ---------------------------------------------------------------- predictions
@pytest.mark.parametrize("id", ["number", "order", "choice"])
def test_the_figure_is_hidden_from_everybody_until_it_is_shown(id: str, opened: Opened) -> None:
    page = opened()
    root = task(page, id)
    assert "HIDDEN" not in root.inner_html()
    assert "HIDDEN" not in page.locator("main").aria_snapshot()
    assert not page.evaluate("'Plotly' in globalThis")
    root.get_by_role("button", name="Show me").click()
    expect(status(root)).to_contain_text("You did not guess. The result: ")
    expect(root.locator("[data-part=after]")).to_be_focused()
    expect(root.locator("figcaption")).to_have_text("HIDDEN cups.")
    expect(root.locator(".om-plot")).to_have_attribute("aria-label", "HIDDEN: they are full.")
    expect(root.locator(".main-svg").first).to_be_visible()
    slider = root.get_by_role("slider", name="HIDDEN slope")
    expect(slider).to_have_attribute("aria-valuetext", "1")
    slider.press("ArrowRight")
    page.wait_for_function(
        "(id) => document.querySelector(`[data-task=${id}] .om-plot`)._fullData[0].y[0] === 2", arg=id
    )
    root.locator("summary").click()
    assert [cell.split("\t") for cell in root.locator("tbody tr").all_inner_texts()] == [["1", "0.123457"], ["2", "–"]]


def test_a_number_stands_beside_the_result(opened: Opened) -> None:
    page = opened()
    root = task(page, "number")
    guess = root.get_by_label("Your guess, from 0 to 10")
    for wrong in ("", "11"):
        guess.fill(wrong)
        root.get_by_role("button", name="Commit").click()
        expect(status(root)).to_have_text("Write a number from 0 to 10 first.")
        expect(guess).to_be_focused()
    guess.fill("8")
    guess.press("Enter")
    expect(status(root)).to_have_text("Your guess: 8 cups a day. The result: 6 cups a day. You guessed 2 too high.")
    expect(root.locator(".om-reveal")).to_have_text("It is about 6 cups a day.")
    root.get_by_role("button", name="Guess again").click()
    expect(root.locator(".om-plotly")).to_have_count(0)
    root.get_by_label("Your guess").fill("6")
    root.get_by_role("button", name="Commit").click()
    expect(status(root)).to_contain_text("They are the same.")


def test_an_order_is_made_with_buttons_or_by_dragging(opened: Opened) -> None:
    page = opened()
    root = task(page, "order")
    words = root.locator(".om-item .om-text")
    before = words.all_inner_texts()
    up = root.get_by_role("button", name=f"Move up: {before[2]}")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    assert words.all_inner_texts() == [before[0], before[2], before[1]]
    expect(status(root)).to_have_text(f"“{before[2]}” stands at 2 of 3.")
    drag(page, root.locator(".om-item").nth(0), root.locator(".om-item").nth(2), at=0.8)
    assert words.all_inner_texts() == [before[2], before[1], before[0]]
    for place, name in enumerate(["Soup", "Tea", "Snow"]):
        while words.all_inner_texts().index(name) > place:
            root.get_by_role("button", name=f"Move up: {name}").click()
    root.get_by_role("button", name="Commit").click()
    expect(status(root)).to_have_text("Your order is that of the result.")
    expect(root.get_by_role("list", name="Your order")).to_contain_text("Soup")
    expect(root.locator(".om-reveal")).to_have_text("So it stands: Soup, then Tea, then Snow.")


def test_one_of_the_items_is_guessed(opened: Opened) -> None:
    root = task(opened(), "choice")
    root.get_by_role("button", name="Commit").click()
    expect(status(root)).to_have_text("Choose one first.")
    root.get_by_label("Tea").check()
    root.get_by_role("button", name="Commit").click()
    expect(status(root)).to_have_text("Your guess: Tea. The result: Soup. They differ.")


def test_a_figure_turns_dark_and_light_again_with_the_page(opened: Opened) -> None:
    page = opened()
    root = task(page, "number")
    root.get_by_role("button", name="Show me").click()
    plot = "document.querySelector('[data-task=number] .om-plot')"
    page.wait_for_function(f"{plot}?.data?.[0].line.color === {theme()['light']['mine']!r}")
    page.evaluate(
        """() => {
            globalThis.draws = 0;
            const { react } = Plotly;
            Plotly.react = (...all) => { draws += 1; return react(...all); };
        }"""
    )
    ranges = {tuple(page.evaluate(f"{plot}._fullLayout.xaxis.range"))}
    for scheme in ("dark", "light", "dark"):
        page.evaluate("(scheme) => { document.documentElement.dataset.theme = scheme; }", scheme)
        page.wait_for_function(f"{plot}.data[0].line.color === {theme()[scheme]['mine']!r}")
        page.evaluate("() => { document.body.classList.toggle('scrolled'); }")  # which is no reason to draw
        page.wait_for_timeout(200)
        ranges.add(tuple(page.evaluate(f"{plot}._fullLayout.xaxis.range")))
    assert len(ranges) == 1  # the numbers are still there
    assert page.evaluate("draws") == 3


def test_without_plotly_the_table_remains(opened: Opened) -> None:
    root = task(opened(plotly=False), "number")
    root.get_by_role("button", name="Show me").click()
    expect(root).to_contain_text("This figure could not be drawn")
    expect(root.locator("summary")).to_be_visible()


# ---------------------------------------------------------------- sorting
def drag(page: Page, what: Locator, to: Locator, at: float = 0.5) -> None:
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 12, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + end["height"] * at, steps=4)
    page.mouse.up()


def test_cards_are_dragged(opened: Opened) -> None:
    page = opened()
    root = task(page, "sort")
    bins = root.locator(".om-bin")
    drag(page, root.get_by_role("button", name="Ice"), bins.nth(1))
    expect(bins.nth(1)).to_contain_text("Ice")
    expect(status(root)).to_have_text("“Ice” is under Cold. 2 cards left.")
    expect(root.locator("[aria-pressed=true]")).to_have_count(0)
    drag(page, root.get_by_role("button", name="Ice"), bins.nth(0))
    expect(bins.nth(0)).to_contain_text("Ice")
    drag(page, root.get_by_role("button", name="Ice"), root.locator(".om-ask"))  # let go where there is no heading
    expect(bins.nth(0)).to_contain_text("Ice")
    drag(page, root.get_by_role("button", name="Ice"), root.locator(".om-tray"))
    expect(root.get_by_role("list", name="Cards to place")).to_contain_text("Ice")


def test_a_tap_on_a_card_and_on_a_heading(opened: Opened) -> None:
    root = task(opened(touch=True, width=360), "sort")
    root.get_by_role("button", name="Hot").tap()
    expect(status(root)).to_have_text("Choose a card first, then a heading.")
    root.get_by_role("button", name="Tea").tap()
    expect(status(root)).to_have_text("Now choose a heading.")
    root.get_by_role("button", name="Hot").tap()
    expect(root.get_by_role("list", name="Under Hot")).to_contain_text("Tea")


def test_the_keyboard_alone_suffices(opened: Opened) -> None:
    page = opened()
    root = task(page, "sort")
    card = root.locator(".om-tray button")
    first = card.first.inner_text()
    card.first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(root.locator("[aria-pressed=true]")).to_have_count(0)
    page.keyboard.press("9")
    page.keyboard.press("Control+1")
    expect(card).to_have_count(3)
    page.keyboard.press("1")
    expect(root.get_by_role("list", name="Under Hot")).to_contain_text(first)
    expect(card.first).to_be_focused()
    root.get_by_role("button", name="Check").press("Enter")
    expect(status(root)).to_have_text("2 cards are not placed yet.")
    card.first.press("Enter")
    root.get_by_role("button", name="Cold").press("Enter")
    page.keyboard.press("2")
    expect(root.get_by_role("button", name="Check")).to_be_focused()
    page.keyboard.press("Enter")
    expect(status(root)).to_contain_text("where they belong. Each card has its reason.")
    expect(root.locator(".om-why")).to_have_count(3)
    root.get_by_role("button", name="Sort again").click()
    expect(card).to_have_count(3)


# ---------------------------------------------------------------- all of them
def test_answers_come_back_after_a_reload_and_are_gone_when_erased(opened: Opened) -> None:
    page = opened()
    answer_all(page)
    before = [status(task(page, id)).inner_text() for id in KINDS]
    assert all(page.evaluate(KEPT, id) for id in KINDS)
    page.reload()
    for id, words in zip(KINDS, before, strict=True):
        expect(status(task(page, id))).to_have_text(words)
    expect(task(page, "number").locator("figcaption")).to_have_text("HIDDEN cups.")
    for id in KINDS:
        task(page, id).locator("[data-action=again]").click()
        assert page.evaluate(KEPT, id) is None
    page.reload()
    expect(page.locator(".om-task")).to_have_count(len(KINDS))
    assert [status(task(page, id)).inner_text() for id in KINDS] == [""] * len(KINDS)


def test_a_half_done_sorting_comes_back(opened: Opened) -> None:
    page = opened()
    task(page, "sort").get_by_role("button", name="Snow").focus()
    page.keyboard.press("2")
    page.reload()
    expect(task(page, "sort").get_by_role("list", name="Under Cold")).to_contain_text("Snow")
    expect(task(page, "sort").locator(".om-tray button")).to_have_count(2)


@pytest.mark.parametrize(
    "text", ["no json", "[]", '["Gone"]', '["Tea", "Gone"]', "7", '{"guess": "Gone"}', '{"placed": 3}']
)
def test_what_cannot_be_read_is_no_answer(text: str, opened: Opened) -> None:
    ids = ",".join(f"'{id}'" for id in KINDS)
    page = opened(f"for (const id of [{ids}]) localStorage.setItem(`opening-minds:question:1:${{id}}`, {text!r})")
    assert [status(task(page, id)).inner_text() for id in KINDS] == [""] * len(KINDS)


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
    ],
)
def test_without_storage_everything_works_and_says_so(script: str, opened: Opened) -> None:
    page = opened(script)
    answer_all(page)
    for id in KINDS:
        expect(status(task(page, id))).to_contain_text("This browser does not keep your answer")
    expect(task(page, "number").locator("figcaption")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_it_fits_and_axe_finds_nothing(width: int, scheme: str, opened: Opened) -> None:
    page = opened(width=width)
    page.evaluate("(scheme) => { document.documentElement.dataset.theme = scheme; }", scheme)

    def look() -> None:
        violations = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    look()
    task(page, "sort").get_by_role("button", name="Tea").click()
    look()
    page.reload()
    page.evaluate("(scheme) => { document.documentElement.dataset.theme = scheme; }", scheme)
    answer_all(page)
    for id in ("number", "order", "choice"):
        task(page, id).locator(".om-plot").scroll_into_view_if_needed()
        expect(task(page, id).locator(".main-svg").first).to_be_visible()
    look()


def test_a_destroyed_view_leaves_nothing(opened: Opened) -> None:
    page = opened()
    left = page.evaluate(
        """async () => {
            const script = document.querySelector("[data-task=number]").closest(".om-mount").querySelector("script");
            const { state } = JSON.parse(script.textContent);
            const el = document.body.appendChild(document.createElement("div"));
            const widget = (await import("/_static/widgets/predict.js")).default;
            const end = widget.render({ model: { get: (name) => state[name] }, el });
            el.querySelector("[data-action=show]").click();
            end();
            return el.innerHTML;
        }"""
    )
    assert left == ""
