"""The coder with excerpts that the book does not have: huge ones, hostile ones, and ones that Python changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness import many_units, state_of, write_page
from widgets import codebook
from widgets.coder import TranscriptCoder

HOSTILE = (
    '<img src=x onerror="globalThis.hacked=1"> [<b>cue</b>] </script><script>globalThis.hacked=1</script>',
    "שלום, מה שלומך? [מחייך]",
)
CUES = """id: cues
title: Cues
setting: caregiver-child
level: 1
content_label: None needed.
summary: One unit.
source: fictional
author: A. Nonym
licence: CC BY 4.0
key_status: provisional
key_version: 1
lenses: [roots]
speakers:
  - {id: m, name: Mo, role: adult, is: caregiver}
units:
  - id: u0
    speaker: m
    text: "[looks up] Oh."
    key:
"""


@pytest.fixture
def open_coder(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> Callable[[TranscriptCoder], Page]:
    def opened(coder: TranscriptCoder) -> Page:
        page = browser.new_page(viewport={"width": 900, "height": 900})
        page.goto(serve(write_page(tmp_path, coder)))
        page.locator(".om-coder").wait_for()
        return page

    return opened


def show_feedback(page: Page) -> None:
    """Ask for the feedback on everything at once, as in blind coding."""
    page.locator("[data-action=mode-blind]").click()
    page.locator("[data-action=reveal]").click()


def test_text_is_shown_as_text_and_never_run(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    page = open_coder(many_units(tmp_path, 6, HOSTILE))
    assert page.evaluate("globalThis.hacked") is None
    assert '<img src=x onerror="globalThis.hacked=1">' in page.locator(".om-coder").inner_text()
    assert page.locator(".om-unit img, .om-unit b:has-text('cue')").count() == 0


def test_right_to_left_text_runs_right_to_left(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    page = open_coder(many_units(tmp_path, 6, HOSTILE))
    direction = page.evaluate(
        """() => {
            const texts = [...document.querySelectorAll('.om-unit [dir=auto]')];
            const text = texts.find((element) => element.textContent.includes('שלום'));
            return getComputedStyle(text).direction;
        }"""
    )
    assert direction == "rtl"


def test_a_huge_excerpt_can_be_coded_and_scored(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    coder = many_units(tmp_path, 2000)
    coder.codes = {unit: {"component": entry["component"]["value"]} for unit, entry in coder.key.items()}
    page = open_coder(coder)
    assert page.locator("li.om-unit").count() == 2000
    show_feedback(page)
    expect(page.locator("[data-part=results]")).to_contain_text("1000 of 1000", timeout=20_000)


def test_python_presses_the_buttons(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    page = open_coder(many_units(tmp_path, 6))
    page.evaluate("model.set('codes', { u2: { component: 'none' } })")
    expect(page.locator("button[data-unit=u2][data-value=none]")).to_have_attribute("aria-pressed", "true")


def test_no_interval_is_printed_for_a_perfect_score(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    coder = many_units(tmp_path, 28)
    coder.codes = {unit: {"component": entry["component"]["value"]} for unit, entry in coder.key.items()}
    page = open_coder(coder)
    show_feedback(page)
    cell = page.locator("[data-part=results] tr[data-code=all] [data-statistic=kappa]")
    expect(cell).to_have_attribute("data-value", "1")
    expect(cell.locator("sup")).to_be_visible()
    expect(cell.locator(".om-range")).to_have_count(0)
    expect(page.locator("[data-part=results] .om-footnotes").first).to_contain_text("No interval")


def test_a_code_that_nobody_used_is_not_tested(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    coder = many_units(tmp_path, 4)  # the key has FO and AF only
    coder.codes = {"u0": {"component": "FO"}, "u2": {"component": "FO"}}
    page = open_coder(coder)
    show_feedback(page)
    row = page.locator("[data-part=results] tr[data-code=RG]")
    expect(row).to_contain_text("not tested")


def test_a_repository_gets_a_prefilled_issue(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    coder = many_units(tmp_path, 4)
    coder.repository = "https://example.org/team/book"
    page = open_coder(coder)
    page.locator("button[data-unit=u0][data-value=FO]").click()
    page.locator("li[data-unit=u0] [data-action=check]").click()
    page.locator("li[data-unit=u0] [data-action=disagree]").click()
    address = page.get_by_role("link", name="Open it as an issue").get_attribute("href") or ""
    assert address.startswith("https://example.org/team/book/issues/new?title=")
    assert "u0" in address


def focused(page: Page) -> dict[str, str]:
    return page.evaluate("({ ...document.activeElement.dataset })")


def test_arrows_pass_over_the_button_that_blind_coding_hides(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 6))
    page.locator("[data-action=mode-blind]").click()
    page.locator("button[data-unit=u0][data-value=FO]").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == {"action": "define", "unit": "u0"}
    page.keyboard.press("ArrowDown")
    assert focused(page)["unit"] == "u2"


def test_a_unit_keeps_its_tab_stop_when_its_check_button_goes(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 4))
    page.locator("li[data-unit=u0] [data-action=check]").focus()
    page.locator("[data-action=mode-blind]").click()
    stops = page.locator("li[data-unit=u0] [role=toolbar] [tabindex='0']")
    expect(stops).to_have_count(1)
    expect(stops).to_be_visible()


def test_undo_and_redo_keep_the_focus_when_there_is_nothing_left(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 4))
    page.locator("button[data-unit=u0][data-value=FO]").click()
    page.locator("[data-action=undo]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("button[data-unit=u0][data-value=FO]")).to_have_attribute("aria-pressed", "false")
    assert focused(page) == {"action": "undo"}
    expect(page.locator("[data-action=undo]")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=status]")).to_have_text("There is nothing to undo.")


def test_the_last_check_says_that_the_comparison_follows(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 3))
    for unit in ("u0", "u2"):
        expect(page.locator("[data-part=status]")).not_to_contain_text("comparison")
        page.locator(f"button[data-unit={unit}][data-value=FO]").click()
        page.locator(f"li[data-unit={unit}] [data-action=check]").click()
    expect(page.locator("[data-part=status]")).to_contain_text("the comparison with the key follows")


def test_two_tabs_go_on_with_the_same_work(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    address = serve(write_page(tmp_path, many_units(tmp_path, 6)))
    with browser.new_context() as context:
        context.add_init_script("globalThis.openingMinds = {}")  # a page without a kernel
        one, two = context.new_page(), context.new_page()
        for page in (one, two):
            page.goto(address)
            page.locator(".om-coder").wait_for()
        one.locator("button[data-unit=u0][data-value=FO]").click()
        expect(two.locator("button[data-unit=u0][data-value=FO]")).to_have_attribute("aria-pressed", "true")
        two.locator("button[data-unit=u2][data-value=AF]").click()
        two.locator("li[data-unit=u2] [data-action=check]").click()
        expect(one.locator("li[data-unit=u2] [data-part=feedback]")).to_be_visible()
        one.reload()
        for unit, value in {"u0": "FO", "u2": "AF"}.items():
            expect(one.locator(f"button[data-unit={unit}][data-value={value}]")).to_have_attribute(
                "aria-pressed", "true"
            )
        one.locator("[data-action=erase]").click()
        one.locator("[data-action=confirm]").click()
        expect(two.locator("button[aria-pressed=true][data-value]")).to_have_count(0)
        expect(two.locator("[data-part=feedback]")).to_have_count(0)


def test_a_full_storage_is_said_once_and_the_answers_are_still_heard(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    address = serve(write_page(tmp_path, many_units(tmp_path, 6)))
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.locator("button[data-unit=u0][data-value=FO]").click()
        page.wait_for_function("Object.keys(localStorage).length > 0")
        page.evaluate(
            """() => {
                let text = "x".repeat(2 ** 20);
                for (let i = 0; text; i++) {
                    try { localStorage.setItem(`big${i}`, text); } catch { text = text.slice(1, text.length / 2); }
                }
            }"""
        )
        page.reload()
        expect(page.locator("button[data-unit=u0][data-value=FO]")).to_have_attribute("aria-pressed", "true")
        page.locator("button[data-unit=u2][data-value=AF]").click()
        expect(page.locator("[data-part=notices]")).to_contain_text("could not be kept")
        page.locator("button[data-unit=u4][data-value=EX]").click()
        expect(page.locator("[data-part=status]")).to_contain_text("Unit 5")
        expect(page.locator(".om-notice")).to_have_count(1)
        page.evaluate(
            "for (const key of Object.keys(localStorage)) if (key.startsWith('big')) delete localStorage[key]"
        )
        page.locator("button[data-unit=u4][data-value=RG]").click()
        expect(page.locator(".om-notice")).to_have_count(0)


def test_erasing_leaves_nothing_of_the_exercise_behind(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    address = serve(write_page(tmp_path, many_units(tmp_path, 6)))
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.locator(".om-coder").wait_for()
        for name in (
            "many:components:0:reader:1",
            "many:components:1:reader:1:unreadable",
            "other:components:1:reader:1",
        ):
            page.evaluate("(name) => localStorage.setItem(`opening-minds:codings:1:${name}`, '{}')", name)
        page.reload()
        page.locator("[data-action=erase]").click()
        expect(page.locator(".om-confirm")).to_contain_text("other versions of the key")
        page.locator("[data-action=confirm]").click()
        expect(page.locator("[data-part=status]")).to_contain_text("erased")
        assert page.evaluate("Object.keys(localStorage)") == ["opening-minds:codings:1:other:components:1:reader:1"]


def test_feedback_is_there_at_once_on_the_screen_and_soon_everywhere(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 40))
    show_feedback(page)
    page.locator("li[data-unit=u0]").scroll_into_view_if_needed()
    at_once = page.evaluate(
        """() => {
            document.querySelector("[data-action=confirm]").click();
            return new Promise((done) => queueMicrotask(() => queueMicrotask(() => done({
                shown: Boolean(document.querySelector("li[data-unit=u0] [data-part=feedback]")),
                results: !document.querySelector("[data-part=results]").hidden,
            }))));
        }"""
    )
    assert at_once == {"shown": True, "results": True}
    expect(page.locator("[data-part=feedback]")).to_have_count(20)
    assert page.evaluate("document.activeElement.className") == "om-results-title"


def test_a_definition_is_on_the_screen_and_escape_hides_it(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    columns = codebook.load().lens("roots").columns
    key = "".join(f"      {column}: {{value: none, reason: Nothing is shown.}}\n" for column in columns)
    path = tmp_path / "cues.yaml"
    path.write_text(CUES + key, encoding="utf8")
    page = open_coder(TranscriptCoder(path, lens="roots"))
    page.set_viewport_size({"width": 600, "height": 600})
    panel = page.locator(".om-floating")
    for column in columns:
        page.locator(f"button[data-column={column}]").first.focus()
        page.keyboard.press("ArrowRight")
        expect(panel).to_be_visible()
        page.wait_for_timeout(500)
        box = panel.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 600 - box["height"], column
    page.evaluate("document.activeElement.blur()")
    page.locator("button[data-column=em11]").first.hover()
    expect(panel).to_be_visible()
    page.wait_for_timeout(500)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_very_long_word_does_not_widen_the_page(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    coder = many_units(tmp_path, 4, ("Rindfleischetikettierung" * 5, "Oh."))
    coder.excerpt = coder.excerpt | {"title": "Donaudampfschifffahrt" * 5, "summary": "Beaufsichtigung" * 9}
    page = open_coder(coder)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_bar_leaves_the_room_to_the_units_when_the_page_is_magnified(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 6))
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    assert page.locator(".om-bar").evaluate("(bar) => getComputedStyle(bar).position") == "static"


def test_a_lens_that_asks_nothing_says_so(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    coder = many_units(tmp_path, 4)
    coder.excerpt = coder.excerpt | {"units": [unit | {"role": "client"} for unit in coder.excerpt["units"]]}
    coder.key = {}
    page = open_coder(coder)
    expect(page.locator(".om-bar")).to_contain_text("Nothing to code")


def test_a_code_of_an_uncoded_unit_is_not_called_unused_by_the_key(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 4))  # the key has FO and AF
    page.locator("button[data-unit=u0][data-value=FO]").click()
    show_feedback(page)
    page.locator("[data-action=confirm]").click()
    row = page.locator("[data-part=results] tr[data-code=AF]")
    expect(row).to_contain_text("not tested: neither you nor the key used it in the units you coded")


def test_printing_hides_the_controls_and_keeps_the_text(
    open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path
) -> None:
    page = open_coder(many_units(tmp_path, 4))
    page.emulate_media(media="print")
    assert not page.locator("[data-action=undo]").first.is_visible()
    assert page.get_by_text("Look there.").first.is_visible()


def test_the_state_of_the_page_is_plain_json(tmp_path: Path) -> None:
    coder = many_units(tmp_path, 4)
    assert json.loads(json.dumps(state_of(coder))) == state_of(coder)
