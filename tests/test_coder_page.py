"""The coder with excerpts that the book does not have: huge ones, hostile ones, and ones that Python changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness import many_units, state_of, write_page
from widgets.coder import TranscriptCoder

HOSTILE = (
    '<img src=x onerror="globalThis.hacked=1"> [<b>cue</b>] </script><script>globalThis.hacked=1</script>',
    "שלום, מה שלומך? [מחייך]",
)


@pytest.fixture
def open_coder(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> Callable[[TranscriptCoder], Page]:
    def opened(coder: TranscriptCoder) -> Page:
        page = browser.new_page(viewport={"width": 900, "height": 900})
        page.goto(serve(write_page(tmp_path, coder)))
        page.locator(".om-coder").wait_for()
        return page

    return opened


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
    page.locator("[data-action=mode-blind]").click()
    page.locator("[data-action=reveal]").click()
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
    page.locator("[data-action=mode-blind]").click()
    page.locator("[data-action=reveal]").click()
    cell = page.locator("[data-part=results] tr[data-code=all] [data-statistic=kappa]")
    expect(cell).to_have_attribute("data-value", "1")
    expect(cell.locator("sup")).to_be_visible()
    expect(cell.locator(".om-range")).to_have_count(0)
    expect(page.locator("[data-part=results] .om-footnotes").first).to_contain_text("No interval")


def test_a_code_that_nobody_used_is_not_tested(open_coder: Callable[[TranscriptCoder], Page], tmp_path: Path) -> None:
    coder = many_units(tmp_path, 4)  # the key has FO and AF only
    coder.codes = {"u0": {"component": "FO"}, "u2": {"component": "FO"}}
    page = open_coder(coder)
    page.locator("[data-action=mode-blind]").click()
    page.locator("[data-action=reveal]").click()
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
