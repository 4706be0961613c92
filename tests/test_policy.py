"""The policy game: its model is the chapter's, and it can be played without a mouse, sight or a kernel."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.test_chapter_mbt import model_of_the_chapter
from widgets import frontend
from widgets.policy import PolicyGame, shocks

PAGE = """<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Game</title>
<style>{style}</style></head><body><main><h1>Game</h1><div id="host"></div></main><script type="module">{module}
globalThis.model = {{ step: policyStep, mentalizing: policyMentalizing, fit: policyFit }};
const state = {state};
widget.render({{ model: {{ get: (name) => state[name] }}, el: document.querySelector("#host") }});
</script></body></html>"""


@pytest.fixture(scope="module")
def chapter() -> dict[str, Any]:
    return model_of_the_chapter()


@pytest.fixture(scope="module")
def game(chapter: dict[str, Any]) -> PolicyGame:
    return PolicyGame(chapter["MOVES"])


def open_game(browser: Browser, game: PolicyGame, width: int = 1000, **state: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    module = frontend.bundle("policy").replace("export default", "const widget =")
    traits = {name: getattr(game, name) for name in ("moves", "settings", "shocks")} | state
    page.set_content(PAGE.format(style=frontend.style("policy"), module=module, state=json.dumps(traits)))
    page.wait_for_selector(".om-policy")
    return page


@pytest.fixture
def page(browser: Browser, game: PolicyGame) -> Iterator[Page]:
    page = open_game(browser, game)
    yield page
    assert page.errors == []
    page.close()


def press_on(page: Page, move: str, times: int = 30) -> None:
    page.evaluate(
        "([move, n]) => { while (n--) document.querySelector(`[data-move=${move}]`).click(); }", [move, times]
    )


def test_the_front_end_and_the_chapter_give_the_same_numbers(page: Page, chapter: dict[str, Any]) -> None:
    rng = np.random.default_rng(5)
    states = [
        [*rng.random(2).round(3), list(move), float(rng.normal(0, 0.2)), theta]
        for move, theta in itertools.product(chapter["MOVES"].values(), (0.45, 0.55, 0.75, 0.95))
        for _ in range(10)
    ]
    found = page.evaluate("(states) => states.map((state) => model.step(...state))", states)
    assert np.array(found) == pytest.approx(np.array([chapter["step"](*state) for state in states]), abs=1e-12)
    hills = page.evaluate("(states) => states.map(([a, s, , , theta]) => model.mentalizing(a, s, theta))", states)
    assert hills == pytest.approx([chapter["mentalizing"](a, s, theta) for a, s, _, _, theta in states], abs=1e-12)


def test_the_fitted_policy_is_the_chapter_s(page: Page, chapter: dict[str, Any]) -> None:
    rng, moves = np.random.default_rng(6), list(chapter["MOVES"])
    states = [
        [*rng.random(2).round(3), float(rng.choice([0.55, 0.75, 0.95])), rng.choice(moves, rng.integers(0, 6)).tolist()]
        for _ in range(400)
    ]
    found = page.evaluate("(states) => states.map((state) => model.fit(...state))", states)
    assert found == [chapter["mbt_like"](*state) for state in states]
    assert set(found) == set(moves)


def test_a_session_is_played_by_buttons_and_ends_with_a_comparison(
    page: Page, game: PolicyGame, chapter: dict[str, Any]
) -> None:
    arousal, skill = 0.35, 0.2
    for shock in game.shocks[0]:
        arousal, skill = chapter["step"](arousal, skill, chapter["MOVES"]["clarify"], shock, 0.75)
    expect(page.locator("[data-part=result]")).to_be_hidden()
    press_on(page, "clarify")
    rows = page.locator("[data-part=result] tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(0)).to_contain_text(f"{skill:.2f}")
    expect(rows.nth(3)).to_contain_text("0.20")
    expect(page.locator("[data-move=clarify]")).to_be_disabled()
    expect(page.locator(":focus")).to_have_text("How it went")
    expect(page.locator("[data-part=result]")).to_contain_text("clarify 30")


def test_who_plays_as_a_policy_does_ends_where_it_ends(page: Page) -> None:
    for move in ("challenge", "support"):
        press_on(page, move)
        rows = page.locator("[data-part=result] tbody tr")
        mine = rows.nth(0).locator("td").all_text_contents()
        row = page.locator("[data-part=result] tbody tr", has_text=f"Always {move}")
        assert row.locator("td").all_text_contents() == mine
        page.locator("[data-action=again]").click()
    expect(page.locator("[data-part=status]")).to_contain_text("Turn 1 of 30")


def test_the_keyboard_alone_will_do(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("3")  # in the list of settings a digit belongs to the list
    expect(page.locator("[data-part=status]")).to_contain_text("Turn 1 of 30")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=status]")).to_contain_text("You chose support. Turn 2 of 30")
    for key in "2345":
        page.keyboard.press(key)
    page.keyboard.press("9")
    expect(page.locator("[data-part=status]")).to_contain_text("You chose challenge. Turn 6 of 30")
    page.locator("summary").click()
    words = page.locator("[data-part=turns] tbody tr td:nth-child(4)").all_text_contents()
    assert words == ["support", "rewind", "explore", "clarify", "challenge"]


def test_the_drawing_says_in_words_where_the_session_is(page: Page) -> None:
    press_on(page, "challenge", 8)
    said = page.locator("[data-part=status]").text_content()
    assert "above the switch point" in said
    assert said in page.locator("svg[role=img]").get_attribute("aria-label")
    assert len(page.locator(".om-policy-arousal").get_attribute("points").split()) == 9


def test_another_session_and_another_setting_start_anew(page: Page) -> None:
    press_on(page, "explore", 3)
    page.locator("[data-action=another]").click()
    expect(page.locator("[data-part=status]")).to_contain_text("Turn 1 of 30")
    press_on(page, "explore", 3)
    page.locator("select").select_option("0.55")
    expect(page.locator("[data-part=status]")).to_contain_text("Turn 1 of 30")


def test_a_hard_blow_from_outside_is_said(browser: Browser, game: PolicyGame) -> None:
    page = open_game(browser, game, shocks=[[0.4, 0.0]])
    press_on(page, "support", 1)
    expect(page.locator("[data-part=status]")).to_contain_text("Something hit hard from outside.")
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 360])
def test_nothing_is_wider_than_the_page_and_axe_finds_nothing(
    browser: Browser, game: PolicyGame, width: int, theme: str
) -> None:
    page = open_game(browser, game, width)
    if theme == "dark":  # as the theme of the book does it
        page.add_style_tag(
            content=":root { background: #14181e; color: #ced6dd; --pst-color-background: #14181e;"
            "--pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af; --pst-color-surface: #29313d; }"
        )
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
    for times in (0, 30):
        press_on(page, "rewind", times)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_moves_do_not_move_while_one_plays(page: Page) -> None:
    before = page.locator("[data-move=explore]").bounding_box()
    press_on(page, "challenge", 12)
    assert page.locator("[data-move=explore]").bounding_box() == before


def test_the_shocks_are_the_same_at_every_build_and_differ_between_sessions(game: PolicyGame) -> None:
    assert shocks() == shocks() == game.shocks
    assert len({tuple(session) for session in game.shocks}) == len(game.shocks) == 6
    assert repr(game) == "PolicyGame()"
