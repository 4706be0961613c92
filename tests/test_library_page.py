"""The library in a real browser: what it loads and when, searching, opening, coming back, and what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.library_page import SHOWN, few_excerpts, state_of, write_site
from widgets import codebook, excerpts, frontend, library

BOOK = codebook.load()
OPEN = "[data-action=open]:visible"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page with the library of a few excerpts."""
    with pytest.MonkeyPatch.context() as patch:
        few_excerpts(patch)
        yield write_site(tmp_path_factory.mktemp("library"), library.Library(), "excerpts")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1000, "height": 800}) as context:
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.parts = []
        page.on("request", lambda r: page.parts.append(r.url.split("/parts/")[1]) if "/parts/" in r.url else None)
        yield page
        assert page.errors == []


@pytest.fixture
def opened(page: Page, site: Path, serve: Callable[[Path], str]) -> Page:
    page.goto(f"{serve(site.parent)}/")
    page.locator(".om-card").first.wait_for()
    return page


def link(page: Page, excerpt: str, lens: str = "components"):
    return page.locator(f"[data-excerpt={excerpt}] [data-lens={lens}]")


def key(excerpt: str, lens: str) -> dict[str, Any]:
    return excerpts.key_in_lens(excerpts.load(excerpt), BOOK.lens(lens), BOOK)


def code_all(page: Page, excerpt: str, lens: str = "components") -> None:
    """Code the open excerpt as its key does, blind, and ask for the feedback."""
    page.locator("[data-action=mode-blind]").click()
    for unit, columns in key(excerpt, lens).items():
        for column, answer in columns.items():
            page.locator(f"button[data-unit='{unit}'][data-column={column}][data-value='{answer['value']}']").click()
    page.locator("[data-action=reveal]").click()


def practice(page: Page) -> list[dict[str, Any]]:
    stored = page.evaluate("localStorage.getItem('opening-minds:practice:1:reader')")
    return json.loads(stored)["finished"] if stored else []


def shown(page: Page) -> list[str]:
    return page.locator(".om-card:visible").evaluate_all("cards => cards.map((card) => card.dataset.excerpt)")


# ------------------------------------------------------------------ loading
def test_the_page_loads_no_excerpt_and_an_open_one_loads_only_its_parts(opened: Page) -> None:
    opened.wait_for_load_state("networkidle")
    assert opened.parts == []
    link(opened, "jack-of-clubs").click()
    opened.locator(".om-coder").wait_for()
    assert sorted(opened.parts) == ["excerpt/jack-of-clubs.js?v=1", "lens/components.js?v=1", "published.js?v=1"]
    opened.locator("[data-action=back]").first.click()
    link(opened, "before-the-bakery").click()
    opened.locator(".om-coder[data-excerpt=before-the-bakery]").wait_for()
    assert opened.parts[3:] == ["excerpt/before-the-bakery.js?v=1"]  # the lens is there already
    opened.go_back()
    link(opened, "jack-of-clubs").click()
    opened.locator(".om-coder[data-excerpt=jack-of-clubs]").wait_for()
    assert len(opened.parts) == 4


def test_the_library_works_from_disk(page: Page, site: Path) -> None:
    page.goto(site.as_uri())
    link(page, "before-the-bakery").click()
    page.locator(".om-coder[data-excerpt=before-the-bakery]").wait_for()
    code_all(page, "before-the-bakery")
    expect(page.locator("[data-part=results]")).to_contain_text("6 of 6")
    page.go_back()
    expect(link(page, "before-the-bakery")).to_contain_text("coded")
    link(page, "unread-message").click()
    page.locator("[data-action=back]").first.click()
    expect(link(page, "unread-message")).to_be_focused()
    assert page.url == site.as_uri()


def test_a_failed_load_is_said_and_can_be_tried_again(opened: Page) -> None:
    fail = [True]

    def answer(route: Route) -> None:
        route.abort() if fail[0] else route.continue_()

    opened.route("**/parts/excerpt/*", answer)
    link(opened, "which-pencil", "epistemic-stance").click()
    expect(opened.get_by_role("alert")).to_have_text(
        "“Which pencil” could not be opened: it did not arrive; check the connection."
    )
    opened.locator("[data-action=retry]").click()
    expect(opened.get_by_role("alert")).to_be_visible()
    fail[0] = False
    opened.locator("[data-action=retry]").click()
    opened.locator(".om-coder[data-excerpt=which-pencil]").wait_for()
    assert opened.evaluate("document.activeElement.dataset.part") == "desk"


def test_something_else_than_a_part_is_said_and_can_be_tried_again(opened: Page) -> None:
    opened.route("**/parts/excerpt/*", lambda route: route.fulfill(content_type="text/javascript", body="0;"))
    link(opened, "which-pencil", "epistemic-stance").click()
    expect(opened.get_by_role("alert")).to_contain_text("what arrived is no part of this book")
    opened.unroute("**/parts/excerpt/*")
    opened.locator("[data-action=retry]").click()
    opened.locator(".om-coder").wait_for()


def test_an_excerpt_that_arrives_when_it_is_closed_again_stays_closed(opened: Page) -> None:
    waiting: list[Route] = []
    opened.route("**/parts/excerpt/*", lambda route: waiting.append(route))
    link(opened, "which-pencil", "epistemic-stance").click()
    expect(opened.locator("[data-part=message]")).to_have_text("Loading…")
    opened.locator("[data-action=back]").click()
    with opened.expect_response("**/parts/excerpt/*"):
        waiting[0].continue_()
    opened.wait_for_function("'excerpt/which-pencil' in openingMinds.parts")
    assert opened.locator(".om-coder").count() == 0
    assert len(shown(opened)) == len(SHOWN)


# ------------------------------------------------------------------ searching
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("KAROL nothing", []),
        ("trolleybus gdynia", ["jack-of-clubs"]),
        ("jozef", ["jack-of-clubs"]),  # Józef
        ("BOGOTÁ", ["yellow-lock"]),
        ("therapist dario", ["unread-message"]),
        ("foster", ["before-the-bakery"]),
    ],
)
def test_words_are_found_in_title_summary_setting_and_people(opened: Page, words: str, found: list[str]) -> None:
    opened.get_by_label("Search").fill(words)
    assert shown(opened) == found
    said = "No excerpt fits all of this." if not found else f"1 of {len(SHOWN)} excerpts"
    expect(opened.locator("[data-part=count]")).to_have_text(said)
    opened.locator("[data-action=clear]").click()
    assert len(shown(opened)) == len(SHOWN)


def test_filters_leave_the_exercises_that_fit_all_of_them(opened: Page) -> None:
    opened.get_by_label("Setting").select_option(label="caregiver and child")
    assert set(shown(opened)) == {"before-the-bakery", "jack-of-clubs"}
    opened.get_by_label("Level").select_option(label="2 of 4")
    assert shown(opened) == ["jack-of-clubs"]
    opened.locator("[data-action=clear]").click()
    opened.get_by_label("Lens").select_option(label="Client mode")
    assert shown(opened) == ["yellow-lock"]
    opened.locator("[data-action=clear]").click()
    opened.get_by_label("Code", exact=True).select_option(value="EX-p")
    lenses = opened.locator(OPEN).evaluate_all("links => links.map((link) => link.dataset.lens)")
    assert set(lenses) == {"components-detail"}  # the only lens here that asks for it
    opened.get_by_label("Code", exact=True).select_option(value="EX")
    assert {"components", "components-valence"} <= set(
        opened.locator(OPEN).evaluate_all("links => links.map((link) => link.dataset.lens)")
    )
    for id in shown(opened):
        held = {answer["value"] for unit in key(id, "components").values() for answer in unit.values()}
        assert "EX" in held


def test_what_is_coded_can_be_left_out(opened: Page) -> None:
    link(opened, "before-the-bakery").click()
    code_all(opened, "before-the-bakery")
    opened.go_back()
    expect(link(opened, "before-the-bakery")).to_contain_text("coded")
    opened.get_by_label("Not coded yet").check()
    expect(link(opened, "before-the-bakery")).to_be_hidden()
    expect(link(opened, "before-the-bakery", "components-detail")).to_be_visible()


# ------------------------------------------------------------------ opening and closing
def test_the_address_opens_an_excerpt_and_back_and_forward_work(
    page: Page, site: Path, serve: Callable[[Path], str]
) -> None:
    address = f"{serve(site.parent)}/"
    page.goto(f"{address}#excerpt=jack-of-clubs&lens=components-valence")
    page.locator(".om-coder[data-excerpt=jack-of-clubs][data-lens=components-valence]").wait_for()
    page.locator("[data-action=back]").last.click()
    expect(link(page, "jack-of-clubs", "components-valence")).to_be_focused()
    assert page.url == address
    page.go_back()
    page.locator(".om-coder[data-lens=components-valence]").wait_for()
    page.reload()
    page.locator(".om-coder[data-lens=components-valence]").wait_for()
    page.evaluate("location.hash = '#excerpt=which-pencil'")  # a link elsewhere on the page, without a lens
    page.locator(".om-coder[data-excerpt=which-pencil][data-lens=epistemic-stance]").wait_for()
    assert page.locator(".om-coder").count() == 1


def test_a_link_to_a_heading_closes_nothing_and_back_from_an_excerpt_finds_the_list(
    page: Page, site: Path, serve: Callable[[Path], str]
) -> None:
    page.goto(f"{serve(site.parent)}/#later")
    link(page, "which-pencil", "epistemic-stance").click()
    page.locator(".om-coder").wait_for()
    page.get_by_role("link", name="Later").click()
    assert page.url.endswith("#later")
    expect(page.locator(".om-coder")).to_be_visible()
    page.go_back()
    expect(page.locator(".om-coder")).to_be_visible()
    page.go_back()
    expect(page.locator(".om-coder")).to_have_count(0)
    assert len(shown(page)) == len(SHOWN)


@pytest.mark.parametrize("hash", ["#excerpt=nothing", "#excerpt=jack-of-clubs&lens=roots"])
def test_an_address_of_nothing_shows_the_list_and_says_so(
    hash: str, page: Page, site: Path, serve: Callable[[Path], str]
) -> None:
    page.goto(f"{serve(site.parent)}/{hash}")
    expect(page.locator("[data-part=count]")).to_contain_text("an excerpt that this book does not have")
    assert len(shown(page)) == len(SHOWN)


def test_an_excerpt_begins_at_the_top_of_the_screen_and_the_list_comes_back_where_it_was(opened: Page) -> None:
    link(opened, "which-pencil", "epistemic-stance").click()
    opened.locator(".om-coder").wait_for()
    top = "document.querySelector('[data-part=desk]').getBoundingClientRect().top"
    assert 0 <= opened.evaluate(top) <= 100
    opened.go_back()
    expect(link(opened, "which-pencil", "epistemic-stance")).to_be_in_viewport()


def test_everything_can_be_done_by_keyboard(opened: Page) -> None:
    opened.get_by_label("Search").focus()
    opened.keyboard.type("bakery")
    opened.keyboard.press("Enter")  # searches as one types; sends nothing
    assert "?" not in opened.url
    for _ in range(20):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement.dataset.lens"):
            break
    opened.keyboard.press("Enter")
    opened.locator(".om-coder").wait_for()
    assert opened.evaluate("document.activeElement.getAttribute('aria-label')") == "Before the bakery: Components"
    opened.keyboard.press("Tab")
    expect(opened.locator("[data-action=back]").first).to_be_focused()
    opened.keyboard.press("Enter")
    expect(link(opened, "before-the-bakery")).to_be_focused()
    assert shown(opened) == ["before-the-bakery"]  # the search is as it was


# ------------------------------------------------------------------ recording
def test_a_finished_excerpt_is_recorded_once_with_answers_and_key(opened: Page) -> None:
    link(opened, "before-the-bakery").click()
    opened.locator(".om-coder").wait_for()
    wanted = {unit: columns["component"]["value"] for unit, columns in key("before-the-bakery", "components").items()}
    for i, (unit, value) in enumerate(wanted.items()):
        assert practice(opened) == []
        opened.locator(f"button[data-unit='{unit}'][data-value='{'none' if i == 0 else value}']").click()
        opened.locator(f"li[data-unit='{unit}'] [data-action=check]").click()
    (entry,) = practice(opened)
    answers = entry.pop("answers")
    assert entry.pop("at").endswith("Z")
    assert entry == {
        "excerpt": "before-the-bakery", "use": "library", "lens": "components", "key_version": 1, "round": 1,
        "mode": "guided", "again": False,
    }  # fmt: skip
    first, *rest = [[unit, "component", value, value, 1] for unit, value in wanted.items()]
    assert answers == [[first[0], "component", "none", first[3], 0], *rest]
    opened.reload()
    opened.locator("[data-part=results] .om-headline").wait_for()
    assert len(practice(opened)) == 1
    opened.locator("[data-action=erase]").click()
    opened.locator("[data-action=confirm]").click()
    code_all(opened, "before-the-bakery")
    opened.wait_for_function("JSON.parse(localStorage['opening-minds:practice:1:reader']).finished.length === 2")
    assert practice(opened)[1]["again"] is True


def test_what_was_left_open_is_recorded_as_not_coded(opened: Page) -> None:
    link(opened, "before-the-bakery").click()
    opened.locator("[data-action=mode-blind]").click()
    opened.locator("[data-action=reveal]").click()
    opened.locator("[data-action=confirm]").click()
    (entry,) = practice(opened)
    assert {(value, credit) for _unit, _column, value, _key, credit in entry["answers"]} == {(None, None)}


def test_what_was_finished_on_another_page_is_recorded_when_it_is_opened(opened: Page) -> None:
    link(opened, "before-the-bakery").click()
    code_all(opened, "before-the-bakery")
    opened.locator("[data-part=results] .om-headline").wait_for()
    opened.evaluate("localStorage.removeItem('opening-minds:practice:1:reader')")
    opened.reload()
    opened.locator("[data-part=results] .om-headline").wait_for()
    (entry,) = practice(opened)
    assert entry["mode"] == "blind"
    assert len(entry["answers"]) == 6


def test_work_that_was_begun_is_marked_and_goes_on(opened: Page) -> None:
    link(opened, "jack-of-clubs").click()
    unit = next(iter(key("jack-of-clubs", "components")))
    opened.locator(f"button[data-unit={unit}][data-value=FO]").click()
    opened.go_back()
    expect(link(opened, "jack-of-clubs")).to_contain_text("begun")
    link(opened, "jack-of-clubs").click()
    expect(opened.locator(f"button[data-unit={unit}][data-value=FO]")).to_have_attribute("aria-pressed", "true")


# ------------------------------------------------------------------ other hosts and settings
BARE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Library</title>
<main><h1>Lab</h1><div id="here"></div></main>
<script type="module">
import { LibraryView } from "./js/library.js";
import { PracticeStore } from "./js/practice.js";
const { state, options } = await (await fetch("state.json")).json();
globalThis.sent = [];
const listeners = new Set();
globalThis.answer = (message) => [...listeners].forEach((f) => f(message));
const model = {
  send: (message) => sent.push(message),
  on: (name, f) => listeners.add(f),
  off: (name, f) => listeners.delete(f),
};
const place = document.getElementById("here");
const store = new PracticeStore("reader");
globalThis.listening = () => listeners.size;
globalThis.view = new LibraryView({ place, model, store, level: 2, ...state, ...options });
</script></html>"""


@pytest.fixture
def bare(
    page: Page, tmp_path: Path, serve: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Page]:
    """Open a LibraryView outside a static page: the test is the kernel."""
    few_excerpts(monkeypatch)

    def open_with(uses: dict[str, str] | None = None, **options: Any) -> Page:
        state = state_of(library.Library())
        for entry in state["catalog"]:
            entry["use"] = (uses or {}).get(entry["id"], entry["use"])
        (tmp_path / "js").symlink_to(Path(frontend.__file__).parent / "js")
        (tmp_path / "theme.json").write_bytes((Path(frontend.__file__).parent / "theme.json").read_bytes())
        (tmp_path / "index.html").write_text(BARE, "utf8")
        (tmp_path / "state.json").write_text(json.dumps({"state": state, "options": options}), "utf8")
        page.goto(f"{serve(tmp_path)}/")
        page.wait_for_function("globalThis.view")
        return page

    return open_with


def reply(page: Page, **errors: str) -> None:
    """Answer as the kernel does everything that was asked for."""
    for message in page.evaluate("sent.splice(0)"):
        name = message["name"]
        found = {"error": errors[name]} if name in errors else {"value": library.part(name)}
        page.evaluate("answer(null)")  # a message for somebody else
        page.evaluate("(message) => answer(message)", {"type": "part", "name": name, **found})


def test_with_a_kernel_the_parts_come_as_messages(bare: Callable[..., Page]) -> None:
    page = bare()
    link(page, "which-pencil", "epistemic-stance").click()
    assert "#" not in page.url  # the address is JupyterLab's
    assert sorted(message["name"] for message in page.evaluate("sent")) == [
        "excerpt/which-pencil", "lens/epistemic-stance", "published",
    ]  # fmt: skip
    reply(page, **{"excerpt/which-pencil": "which-pencil.yaml, line 3: a mistake"})
    expect(page.get_by_role("alert")).to_contain_text("could not be opened: which-pencil.yaml, line 3: a mistake.")
    page.locator("[data-action=retry]").click()
    assert [message["name"] for message in page.evaluate("sent")] == ["excerpt/which-pencil"]
    reply(page)
    page.locator(".om-coder").wait_for()
    assert page.evaluate("listening()") == 0
    page.locator("[data-action=back]").first.click()
    expect(link(page, "which-pencil", "epistemic-stance")).to_be_focused()
    page.evaluate("view.destroy()")
    assert page.locator("#here").inner_html() == ""


def test_an_assignment_shows_its_excerpts_in_its_order_and_mode(bare: Callable[..., Page]) -> None:
    wanted = ["unread-message", "before-the-bakery"]
    page = bare(assignment={"excerpts": wanted, "lens": "components-detail", "mode": "blind", "until": None})
    assert shown(page) == wanted
    assert page.locator(OPEN).count() == 2
    expect(page.locator("[role=search]")).to_be_hidden()
    page.locator(OPEN).first.click()
    reply(page)
    expect(page.locator(".om-coder")).to_have_attribute("data-mode", "blind")
    expect(page.locator("[data-action=mode-guided]")).to_be_hidden()


def test_reserved_excerpts_are_shown_only_when_asked_for(bare: Callable[..., Page]) -> None:
    page = bare({"yellow-lock": "self-check"}, filter={"level": 3})
    assert shown(page) == ["which-pencil"]


def test_a_use_can_be_asked_for(bare: Callable[..., Page]) -> None:
    page = bare({"yellow-lock": "self-check"}, filter={"use": "self-check"}, mode="blind")
    assert shown(page) == ["yellow-lock"]


# ------------------------------------------------------------------ looks
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    theme: str, width: int, site: Path, browser: Browser, serve: Callable[[Path], str]
) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{serve(site.parent)}/")
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        page.locator(".om-card").first.wait_for()
        assert Axe().run(page, context=".om-library").response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator(OPEN).first.click()
        page.locator(".om-coder").wait_for()
        assert Axe().run(page, context=".om-library").response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_wide_page_the_codes_of_a_unit_stand_side_by_side(
    site: Path, browser: Browser, serve: Callable[[Path], str]
) -> None:
    with browser.new_context(viewport={"width": 1400, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{serve(site.parent)}/#excerpt=unread-message&lens=components")
        codes = page.locator("[role=toolbar]").first.locator(".om-code")
        codes.first.wait_for()
        tops = codes.evaluate_all("codes => codes.map((code) => code.getBoundingClientRect().top)")
        assert len(set(tops)) == 1
