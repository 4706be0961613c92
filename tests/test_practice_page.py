"""The built page Practice: what it loads, where it leads, and what the self-check and the sets hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT

SITE = ROOT / "_build" / "html"
PAGE = "book/practice/practice.html"


@pytest.fixture
def page(browser: Browser, serve: Callable[[Path], str]) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.parts = []
        page.on("request", lambda r: page.parts.append(r.url.split("/parts/")[1]) if "/parts/" in r.url else None)
        page.goto(f"{serve(SITE)}/{PAGE}")
        page.locator(".om-ladder").wait_for()
        yield page
        assert errors == []


def step(page: Page, id: str) -> None:
    page.locator(f"[data-action=step][data-step={id}]").click()


def test_only_what_is_open_is_loaded(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.parts == []
    step(page, "level-2")
    expect(page.locator(".om-card:visible").first).to_be_visible()
    assert page.parts == []
    page.locator("[data-excerpt=unread-message] [data-lens=components]").click()
    page.locator(".om-coder").wait_for()
    assert sorted(part.split("?")[0] for part in page.parts) == [
        "excerpt/unread-message.js", "lens/components.js", "published.js",
    ]  # fmt: skip


def test_its_links_lead_somewhere(page: Page) -> None:
    for id in ("orientation", "instructor"):
        step(page, id)
        links = page.locator("[data-part=panel] a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
        assert links
        for link in links:
            assert (SITE / PAGE).parent.joinpath(link).resolve().is_file(), link


def test_reserved_excerpts_are_in_the_self_check_and_nowhere_else(page: Page) -> None:
    for level in (1, 2, 3, 4):
        step(page, f"level-{level}")
        shown = page.locator(".om-card").evaluate_all("cards => cards.map((card) => card.dataset.excerpt)")
        assert shown
        assert "four-tones" not in shown
        assert "fourteen-red" not in shown
    step(page, "check")
    page.locator("[data-action=begin-check]").click()
    expect(page.locator(".om-take li")).to_have_count(10)


def test_the_entry_test_has_24_units_without_a_key(page: Page) -> None:
    page.locator("[data-action=begin-entry]").click()
    for i in range(2):
        page.locator(".om-take [data-action=open-excerpt]").nth(i).click()
        expect(page.locator(".om-unit.om-asked")).to_have_count(12)
        expect(page.locator("[data-key], [data-part=feedback]")).to_have_count(0)
        page.locator(".om-ladder [data-action=back]").first.click()
