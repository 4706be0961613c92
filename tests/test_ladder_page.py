"""The ladder in a real browser: a test without feedback, a record, a curve, a link, and work that is kept or erased."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.harness import TEA
from tests.library_page import write_site
from widgets import excerpts
from widgets.ladder import Ladder

PRACTICE = "opening-minds:practice:1:reader"
SECOND = """\
  - id: u3
    speaker: t
    text: "[points] That cup."
    key:
      component: {value: FO, reason: It points.}
"""


def one(id: str, use: str, title: str) -> str:
    """A small excerpt under another name."""
    text = TEA.replace("id: tea", f"id: {id}").replace("title: Tea", f"title: {title}")
    return text.replace("level: 1", f"level: 1\nuse: {use}") + SECOND


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page with the ladder over a few small excerpts."""
    folder = tmp_path_factory.mktemp("excerpts")
    for id, use, title in [
        ("tea", "library", "Tea"), ("rain", "library", "Rain"), ("a-one", "set-a", "First of A"),
        ("a-two", "set-a", "Second of A"), ("b-one", "set-b", "One of B"), ("sealed", "self-check", "Sealed"),
    ]:  # fmt: skip
        (folder / f"{id}.yaml").write_text(one(id, use, title), encoding="utf8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excerpts, "folder", lambda: folder)
        yield write_site(tmp_path_factory.mktemp("ladder"), Ladder(), "ladder")


@pytest.fixture
def page(browser: Browser, site: Path, serve: Callable[[Path], str]) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1100, "height": 800}) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.parts = []
        page.on("request", lambda r: page.parts.append(r.url.split("/parts/")[1]) if "/parts/" in r.url else None)
        page.address = f"{serve(site.parent)}/"
        page.clock.install(time="2027-01-04T09:00:00Z")
        page.goto(page.address)
        page.locator(".om-steps button").first.wait_for()
        yield page
        assert errors == []


def step(page: Page, id: str) -> None:
    page.locator(f"[data-action=step][data-step={id}]").click()


def choose(page: Page, unit: str, value: str) -> None:
    page.locator(f"button[data-unit={unit}][data-value='{value}']").click()


def hand_in(page: Page, excerpt: str, first: str = "AF", second: str = "FO") -> None:
    page.locator(f"[data-action=open-excerpt][data-excerpt={excerpt}]").click()
    choose(page, "u1", first)
    choose(page, "u3", second)
    page.locator("[data-action=reveal]").click()
    page.locator(".om-coder [data-action=confirm]").click()


def code(page: Page, excerpt: str, first: str = "AF", second: str = "FO") -> None:
    """Code an excerpt of the library, blind."""
    page.locator(f"[data-excerpt={excerpt}] [data-action=open]").click()
    page.locator("[data-action=mode-blind]").click()
    choose(page, "u1", first)
    choose(page, "u3", second)
    page.locator("[data-action=reveal]").click()
    page.locator("[data-part=results]").wait_for()
    page.locator("[data-action=back]").first.click()


def kept(page: Page) -> dict[str, Any]:
    return json.loads(page.evaluate(f"localStorage.getItem('{PRACTICE}')"))


def test_the_page_loads_no_part_and_says_where_to_begin(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.parts == []
    expect(page.locator("[data-part=next]")).to_contain_text("Nothing is coded yet")
    expect(page.locator("[aria-current=step]")).to_have_text("Where to begin")


def test_no_key_is_shown_before_all_of_a_set_is_handed_in(page: Page) -> None:
    page.locator("[data-action=begin-entry]").click()
    page.locator("[data-action=open-excerpt][data-excerpt=a-one]").click()
    choose(page, "u1", "FO")
    expect(page.locator("[data-part=feedback]")).to_have_count(0)
    choose(page, "u3", "FO")
    page.locator("[data-action=reveal]").click()
    page.locator(".om-coder [data-action=confirm]").click()
    expect(page.locator("[data-part=panel]")).to_contain_text("1 of 2 excerpts handed in")
    expect(page.locator("[data-part=feedback], .om-table")).to_have_count(0)
    assert kept(page)["finished"] == []
    page.reload()
    step(page, "begin")
    hand_in(page, "a-two", "FO", "FO")
    panel = page.locator("[data-part=panel]")
    expect(panel).to_contain_text("All excerpts are handed in")
    expect(panel).to_contain_text("The same answer as the provisional key: 2 of 4")
    expect(panel).to_contain_text("AF")
    assert [entry["excerpt"] for entry in kept(page)["finished"]] == ["a-one", "a-two"]
    page.locator("[data-action=open-excerpt][data-excerpt=a-one]").click()  # now with the key
    page.locator("[data-action=reveal]").click()
    expect(page.locator("[data-part=feedback]")).to_have_count(2)
    assert len(kept(page)["finished"]) == 2


def test_what_is_begun_in_a_set_survives_a_reload(page: Page) -> None:
    page.locator("[data-action=begin-entry]").click()
    page.locator("[data-action=open-excerpt][data-excerpt=a-one]").click()
    choose(page, "u1", "FO")
    page.clock.run_for(1000)
    page.reload()
    step(page, "begin")
    page.locator("[data-action=open-excerpt][data-excerpt=a-one]").click()
    expect(page.locator("button[data-unit=u1][data-value=FO]")).to_have_attribute("aria-pressed", "true")


def test_the_self_check_ends_in_a_record_that_prints_alone(page: Page) -> None:
    step(page, "check")
    page.locator("[data-action=begin-check]").click()
    hand_in(page, "sealed")
    record = page.locator("[data-part=record]")
    for words in ("2 units in 1 excerpt", "Sealed (version 1)", "reader", "January 4, 2027", "certifies nothing",
                  "no threshold", "provisional"):  # fmt: skip
        expect(record).to_contain_text(words)
    page.evaluate("globalThis.print = () => { globalThis.printed = true; }")
    page.locator("[data-action=print-record]").click()
    assert page.evaluate("printed")
    page.emulate_media(media="print")
    expect(record).to_be_visible()
    expect(record.locator("table").first).to_be_visible()
    expect(page.locator(".om-steps")).to_be_hidden()
    expect(page.locator("h1")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".om-steps")).to_be_visible()
    page.reload()
    step(page, "check")
    expect(record).to_contain_text("2 units in 1 excerpt")


def test_after_eight_weeks_the_other_set_is_proposed_as_a_check_of_drift(page: Page) -> None:
    step(page, "check")
    page.locator("[data-action=begin-check]").click()
    hand_in(page, "sealed")
    expect(page.locator("[data-part=next]")).to_contain_text("You have a record")
    page.clock.set_system_time("2027-03-08T09:00:00Z")
    page.reload()
    expect(page.locator("[data-part=next]")).to_contain_text("drift")
    step(page, "check")
    page.locator("[data-action=begin-set]").click()
    hand_in(page, "a-one")
    hand_in(page, "a-two")
    step(page, "check")
    expect(page.locator(".om-drift")).to_contain_text("Drift check")
    page.locator("[data-action=begin-set]").click()
    expect(page.locator(".om-take")).to_contain_text("One of B")


def test_progress_counts_first_sights_and_draws_a_curve(page: Page) -> None:
    step(page, "progress")
    expect(page.locator("[data-part=panel]")).to_contain_text("Nothing to show yet")
    step(page, "level-1")
    code(page, "tea", "FO")
    code(page, "rain")
    step(page, "progress")
    panel = page.locator("[data-part=panel]")
    expect(panel).to_contain_text("4 units coded in 2 excerpts")
    expect(panel).to_contain_text("FO and AF: apart from the key 1 times of 4")
    curve = page.locator("[data-figure=curve]")
    expect(curve.locator("tbody tr")).to_have_count(2)
    page.locator("[data-action=curve-of]").select_option("component FO")
    expect(curve.locator("figcaption")).to_contain_text("FO Focusing")
    expect(page.locator("[data-step=level-1]")).to_contain_text("2 of 2")
    page.locator("[data-action=practice-pair]").first.click()
    expect(page.locator(".om-pairs")).to_be_visible()
    expect(panel).to_contain_text("Only FO and AF-r")


def test_an_instructor_sets_excerpts_and_gets_no_words_of_a_student(page: Page) -> None:
    step(page, "instructor")
    page.get_by_label("Mode").select_option("blind")
    page.get_by_label("Until").fill("2027-01-31")
    page.locator(".om-choices label", has_text="Tea").locator("input").check()
    link = page.get_by_label("Link for your students").input_value()
    page.goto("about:blank")
    page.goto(link)
    panel = page.locator("[data-part=panel]")
    expect(panel).to_contain_text("Your instructor set 1 excerpt, to be coded blind, until 2027-01-31")
    expect(page.locator(".om-card:visible")).to_have_count(1)
    page.locator("[data-excerpt=tea] [data-action=open]").click()
    expect(page.locator("[data-action=mode-guided]")).to_have_count(0)
    choose(page, "u1", "AF")
    choose(page, "u3", "RW")
    page.locator("[data-action=reveal]").click()
    page.locator("[data-part=results]").wait_for()
    expect(page.locator("[data-part=next]")).not_to_contain_text("Your instructor")
    page.evaluate(f"""() => {{
        const kept = JSON.parse(localStorage.getItem("{PRACTICE}"));
        kept.produced = {{ task: {{ at: "2027-01-04T09:00:00.000Z", text: "my own words", checks: [] }} }};
        localStorage.setItem("{PRACTICE}", JSON.stringify(kept));
    }}""")
    with page.expect_download() as download:
        page.locator("[data-action=export-instructor]").click()
    text = Path(download.value.path()).read_text(encoding="utf8")
    export = json.loads(text)
    assert export["coder"] == "reader"
    assert export["finished"][0]["answers"] == [["u1", "component", "AF", "AF", 1], ["u3", "component", "RW", "FO", 0]]
    assert "my own words" not in text
    with page.expect_download() as download:
        page.locator("[data-action=export-practice]").click()
    assert "my own words" in Path(download.value.path()).read_text(encoding="utf8")


def test_a_wrong_link_is_said_and_the_page_works(page: Page) -> None:
    page.goto("about:blank")
    page.goto(f"{page.address}#set=nothing&lens=components&mode=blind")
    expect(page.locator(".om-ladder > [data-part=status]")).to_contain_text("Ask for it again")
    step(page, "level-1")
    expect(page.locator(".om-card:visible")).to_have_count(2)


def test_each_code_word_has_its_own_work(page: Page) -> None:
    step(page, "level-1")
    code(page, "tea")
    page.get_by_label("Code word").fill("Not A Word!")
    page.locator("[data-action=set-word]").click()
    expect(page.locator(".om-ladder > [data-part=status]")).to_contain_text("2 to 24")
    page.get_by_label("Code word").fill("heron-7")
    page.locator("[data-action=set-word]").click()
    step(page, "progress")
    expect(page.locator("[data-part=panel]")).to_contain_text("Nothing to show yet")
    page.reload()
    expect(page.get_by_label("Code word")).to_have_value("heron-7")


def test_what_was_exported_comes_back_after_everything_was_erased(page: Page, tmp_path: Path) -> None:
    step(page, "level-1")
    code(page, "tea")
    with page.expect_download() as download:
        page.locator("[data-action=export-practice]").click()
    path = tmp_path / "practice.json"
    download.value.save_as(path)
    page.locator("[data-action=erase-practice]").click()
    page.locator(".om-foot [data-action=cancel]").last.click()
    assert kept(page)["finished"]
    page.locator("[data-action=erase-practice]").click()
    page.locator(".om-foot [data-action=confirm]").last.click()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('opening-minds'))") == []
    page.locator(".om-ladder > .om-foot [data-action=import]").set_input_files(path)
    expect(page.locator(".om-ladder > [data-part=status]")).to_contain_text("Imported")
    step(page, "progress")
    expect(page.locator("[data-part=panel]")).to_contain_text("2 units coded in 1 excerpt")


def test_steps_are_in_the_address_and_back_works(page: Page) -> None:
    step(page, "level-1")
    step(page, "produce")
    page.locator(".om-produce").wait_for()
    page.go_back()
    expect(page.locator("[aria-current=step]")).to_contain_text("Level 1")
    page.goto("about:blank")
    page.goto(f"{page.address}#step=pairs")
    page.locator(".om-pairs").wait_for()


def test_it_works_from_disk(browser: Browser, site: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.as_uri()}#step=pairs")
        page.locator(".om-pairs [data-action]").first.wait_for()
        step(page, "produce")
        page.locator(".om-produce").wait_for()


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_is_accessible(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("(scheme) => { document.documentElement.dataset.theme = scheme; }", scheme)
    step(page, "level-1")
    code(page, "tea", "FO")
    for id in ("begin", "orientation", "pairs", "level-1", "produce", "check", "progress", "instructor"):
        step(page, id)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, id
        found = Axe().run(page)
        assert found.violations_count == 0, f"{id}: {found.generate_report()}"
