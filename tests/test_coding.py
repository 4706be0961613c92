"""A reader codes an excerpt on the built page, without a kernel, in a real browser."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.test_site import CHAPTER, SITE, watch
from widgets import agreement, codebook, codings, excerpts
from widgets.codebook import NONE

BOOK = codebook.load()
LENS = BOOK.lens("components")
EXCERPT = excerpts.load("unread-message")
KEY = {unit: entry["component"] for unit, entry in excerpts.key_in_lens(EXCERPT, LENS, BOOK).items()}
VALUES = [*LENS.columns["component"], NONE]
# A reader who is right on most units, wrong on some in both directions, and who says none once too often.
ANSWERS = {unit: entry["value"] for unit, entry in KEY.items()}
for unit, wrong in zip(list(ANSWERS)[1:7:2], ["EX", NONE, "RG"], strict=True):
    ANSWERS[unit] = wrong if ANSWERS[unit] != wrong else "FO"


@pytest.fixture
def page(browser: Browser, serve: Callable[[Path], str]) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1100, "height": 900}, accept_downloads=True) as context:
        page = context.new_page()
        wrong = watch(page, serve(SITE))
        page.goto(f"{serve(SITE)}/{CHAPTER}")
        yield page
        assert wrong == []


def coder(page: Page) -> Locator:
    found = page.locator(".om-coder[data-excerpt=unread-message]").first
    found.wait_for()
    return found


def button(root: Locator, unit: str, value: str) -> Locator:
    return root.locator(f"button[data-unit='{unit}'][data-column='component'][data-value='{value}']")


def code_blind(root: Locator, answers: dict[str, str]) -> None:
    """Code without feedback, then ask for it."""
    root.locator("[data-action=mode-blind]").click()
    for unit, value in answers.items():
        button(root, unit, value).click()
    root.locator("[data-action=reveal]").click()


def exported(page: Page, root: Locator, kind: str = "json") -> Path:
    with page.expect_download() as download:
        root.locator(f"[data-action=export-{kind}]").click()
    path = Path(download.value.path())
    target = path.with_name(download.value.suggested_filename)
    path.rename(target)
    return target


def same(one: float | None, other: float) -> bool:
    return math.isnan(other) if one is None else math.isclose(one, other, abs_tol=1e-9)


def test_the_numbers_of_the_page_are_the_numbers_of_python(page: Page) -> None:
    root = coder(page)
    code_blind(root, ANSWERS)
    root.locator("[data-part=results] table").first.wait_for()
    path = exported(page, root)
    frame = codings.read(path)
    units = list(KEY)
    key_rows = codings.from_codes(
        {unit: {"component": entry["value"]} for unit, entry in KEY.items()},
        coder="key", excerpt=EXCERPT.id, key_version=EXCERPT.key_version, lens="components",
    )  # fmt: skip
    mine = codings.ratings(frame, "component", units=units, values=VALUES)[0]
    key = codings.ratings(key_rows, "component", units=units, values=VALUES)[0]
    (column,) = json.loads(path.read_text(encoding="utf8"))["results"]["columns"]
    both = np.array([mine, key])
    assert same(column["percent"]["estimate"], agreement.percent_agreement(both))
    assert same(column["kappa"]["estimate"], agreement.cohen_kappa(mine, key))
    assert same(column["alpha"]["estimate"], agreement.krippendorff_alpha(both))
    for row, expected in zip(column["codes"], agreement.per_code(mine, key, range(len(VALUES))), strict=True):
        assert [row[name] for name in ("both", "mine_only", "key_only", "neither", "tested")] == [
            expected.both, expected.mine_only, expected.key_only, expected.neither, expected.tested,
        ]  # fmt: skip
        assert same(row["precision"]["estimate"], expected.precision)
        assert same(row["recall"]["estimate"], expected.recall)
        if row["tested"]:
            assert same(row["kappa"]["estimate"], expected.kappa)
            assert same(row["alpha"]["estimate"], expected.alpha)
    shown = root.locator("[data-part=results] tr[data-code=all] [data-statistic=kappa] .om-estimate").inner_text()
    assert abs(float(shown) - agreement.cohen_kappa(mine, key)) <= 0.005 + 1e-9


def test_feedback_on_a_unit_gives_the_reason_for_right_and_wrong_alike(page: Page) -> None:
    root = coder(page)
    for unit in list(KEY)[:2]:
        button(root, unit, ANSWERS[unit]).click()
        box = root.locator(f"li.om-unit[data-unit='{unit}']")
        box.locator("[data-action=check]").click()
        feedback = box.locator("[data-part=feedback]")
        expect(feedback).to_contain_text(KEY[unit]["reason"][:60])
        expect(feedback).to_contain_text("rovisional key")
        if ANSWERS[unit] == KEY[unit]["value"]:
            expect(feedback).to_contain_text("ull match")
        else:
            expect(feedback).to_contain_text(KEY[unit]["why_not"].get(ANSWERS[unit], "ompare")[:40])


def test_the_whole_excerpt_can_be_coded_with_the_keyboard_alone(page: Page) -> None:
    root = coder(page)
    shortcuts = {code: BOOK.code(code).shortcut for code in LENS.columns["component"]} | {NONE: "0"}
    root.locator("button[data-column]").first.focus()
    for unit, value in ANSWERS.items():
        assert page.evaluate("document.activeElement.dataset.unit") == unit
        page.keyboard.press(shortcuts[value])
        expect(button(root, unit, value)).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Enter")
        expect(root.locator(f"li.om-unit[data-unit='{unit}'] [data-part=feedback]")).to_be_visible()
        page.keyboard.press("Enter" if unit != list(ANSWERS)[-1] else "Escape")
    expect(root.locator("[data-part=results]")).to_contain_text("kappa")
    assert codings.to_codes(codings.read(exported(page, root))) == {u: {"component": v} for u, v in ANSWERS.items()}


def test_one_tab_stop_a_unit_and_arrows_inside(page: Page) -> None:
    root = coder(page)
    first, second = list(KEY)[:2]
    root.locator("button[data-column]").first.focus()
    start = page.evaluate("document.activeElement.dataset.value")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.value") != start
    assert page.evaluate("document.activeElement.dataset.unit") == first
    stops = root.locator(f"li.om-unit[data-unit='{first}'] button[data-column][tabindex='0']")
    assert stops.count() == 1
    page.keyboard.press(".")
    assert page.evaluate("document.activeElement.dataset.unit") == second


def test_undo_and_redo_stay_inside_the_exercise(page: Page) -> None:
    root = coder(page)
    unit = next(iter(KEY))
    button(root, unit, "FO").click()
    button(root, unit, "AF").click()
    page.keyboard.press("Control+z")
    expect(button(root, unit, "FO")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    expect(button(root, unit, "FO")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Control+Shift+z")
    expect(button(root, unit, "FO")).to_have_attribute("aria-pressed", "true")


def test_shortcuts_sleep_when_the_focus_is_elsewhere(page: Page) -> None:
    root = coder(page)
    page.locator("article h1").click()
    for shortcut in "faewr0":
        page.keyboard.press(shortcut)
    assert root.locator("button[aria-pressed=true][data-column]").count() == 0


def test_the_help_panel_lists_every_shortcut_of_the_lens(page: Page) -> None:
    root = coder(page)
    root.locator("button[data-column]").first.focus()
    page.keyboard.press("?")
    text = root.inner_text()
    for code in LENS.columns["component"]:
        assert re.search(rf"{BOOK.code(code).shortcut}\b.*{BOOK.code(code).name}", text, re.DOTALL), code


def test_a_definition_is_at_hand_on_focus(page: Page) -> None:
    root = coder(page)
    unit = next(iter(KEY))
    button(root, unit, "EX").focus()
    expect(root).to_contain_text(BOOK.code("EX").definition.split(".")[0])


def test_a_definition_is_at_hand_on_hover_and_on_touch(page: Page, browser: Browser) -> None:
    definition = BOOK.code("EX").definition.split(".")[0]
    root = coder(page)
    button(root, next(iter(KEY)), "EX").hover()
    expect(root.get_by_text(definition).locator("visible=true").first).to_be_visible()
    with browser.new_context(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True) as phone:
        touched = phone.new_page()
        touched.goto(page.url)
        root = coder(touched)
        button(root, next(iter(KEY)), "EX").tap()
        root.locator("[data-action=define]").first.tap()
        expect(root.get_by_text(definition).locator("visible=true").first).to_be_visible()


def test_work_survives_a_reload_and_can_be_erased(page: Page) -> None:
    root = coder(page)
    code_blind(root, ANSWERS)
    page.reload()
    root = coder(page)
    for unit, value in ANSWERS.items():
        expect(button(root, unit, value)).to_have_attribute("aria-pressed", "true")
    expect(root.locator("[data-part=results]")).to_contain_text("kappa")
    root.locator("[data-action=erase]").first.click()
    root.locator("[data-action=confirm]").click()
    page.reload()
    root = coder(page)
    root.locator("button[data-column]").first.wait_for()
    assert root.locator("button[aria-pressed=true][data-column]").count() == 0


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_an_export_can_be_imported_again(page: Page, kind: str) -> None:
    root = coder(page)
    root.locator("[data-action=mode-blind]").click()
    for unit, value in ANSWERS.items():
        button(root, unit, value).click()
    path = exported(page, root, kind)
    page.evaluate("localStorage.clear()")
    page.reload()
    root = coder(page)
    root.locator("input[type=file]").set_input_files(path)
    for unit, value in ANSWERS.items():
        expect(button(root, unit, value)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("letter.json", '{"dear": "diary"}', "not an export"),
        ("broken.json", '{"format":', "not readable as JSON"),
        ("table.csv", "a,b\n1,2\n", "first line lacks"),
    ],
)
def test_somebody_elses_file_is_refused_in_words_and_nothing_changes(
    page: Page, tmp_path: Path, name: str, content: str, words: str
) -> None:
    root = coder(page)
    unit = next(iter(KEY))
    button(root, unit, "FO").click()
    path = tmp_path / name
    path.write_text(content, encoding="utf8")
    root.locator("input[type=file]").set_input_files(path)
    expect(root.locator("[data-part=status]")).to_contain_text(words)
    expect(button(root, unit, "FO")).to_have_attribute("aria-pressed", "true")


def storage_key(page: Page) -> str:
    found = page.wait_for_function("() => Object.keys(localStorage).find((key) => key.includes(':unread-message:'))")
    return found.json_value()


def test_corrupt_storage_is_said_kept_and_gone_on_with(page: Page) -> None:
    root = coder(page)
    unit = next(iter(KEY))
    button(root, unit, "FO").click()
    key = storage_key(page)
    page.evaluate("(key) => localStorage.setItem(key, '{oops')", key)
    page.reload()
    root = coder(page)
    expect(root.locator("[data-part=status]")).to_contain_text("read")
    assert page.evaluate("(key) => localStorage.getItem(`${key}:unreadable`)", key) == "{oops"
    button(root, unit, "AF").click()
    expect(button(root, unit, "AF")).to_have_attribute("aria-pressed", "true")


def test_a_new_version_of_the_key_never_rescores_old_work(page: Page) -> None:
    root = coder(page)
    unit = next(iter(KEY))
    button(root, unit, "FO").click()
    key = storage_key(page)
    parts = key.split(":")
    parts[5] = "0"
    page.evaluate(
        """([from, to]) => {
            localStorage.setItem(to, localStorage.getItem(from).replaceAll('"key_version":1', '"key_version":0'));
            localStorage.removeItem(from);
        }""",
        [key, ":".join(parts)],
    )
    page.reload()
    root = coder(page)
    expect(root).to_contain_text("version 0")
    expect(button(root, unit, "FO")).to_have_attribute("aria-pressed", "false")


def test_without_storage_the_coder_says_so_and_goes_on(browser: Browser, serve: Callable[[Path], str]) -> None:
    with browser.new_context() as context:
        context.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } });"
        )
        page = context.new_page()
        page.goto(f"{serve(SITE)}/{CHAPTER}")
        root = coder(page)
        expect(root).to_contain_text("does not let the page keep your answers")
        unit = next(iter(KEY))
        button(root, unit, "FO").click()
        expect(button(root, unit, "FO")).to_have_attribute("aria-pressed", "true")


def test_everything_works_with_the_network_gone_after_load(page: Page) -> None:
    root = coder(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    code_blind(root, ANSWERS)
    root.locator("[data-part=plots]").scroll_into_view_if_needed()
    expect(root.locator("[data-part=plots] .main-svg").first).to_be_visible(timeout=20_000)


def test_three_plots_with_caption_alternative_and_table(page: Page) -> None:
    root = coder(page)
    code_blind(root, ANSWERS)
    plots = root.locator("[data-part=plots] figure")
    plots.first.scroll_into_view_if_needed()
    expect(plots).to_have_count(3)
    for i in range(3):
        plots.nth(i).scroll_into_view_if_needed()
        expect(plots.nth(i).locator(".main-svg").first).to_be_visible(timeout=20_000)
        assert plots.nth(i).locator("figcaption").inner_text().strip()
        assert plots.nth(i).locator("[role=img]").first.get_attribute("aria-label")
        assert plots.nth(i).locator("table tr").count() > 1


def test_ambiguous_units_show_the_split_and_give_part_credit(page: Page) -> None:
    unit = next(unit for unit, entry in KEY.items() if entry["split"])
    second = min(KEY[unit]["split"], key=KEY[unit]["split"].get)
    root = coder(page)
    button(root, unit, second).click()
    box = root.locator(f"li.om-unit[data-unit='{unit}']")
    box.locator("[data-action=check]").click()
    expect(box.locator("[data-part=feedback]")).to_contain_text("art match")
    expect(box.locator("[data-part=feedback]")).to_contain_text(f"{KEY[unit]['split'][second]:.0%}".replace("%", ""))


def test_a_disagreement_can_be_copied(page: Page) -> None:
    root = coder(page)
    unit = next(iter(KEY))
    button(root, unit, "FO").click()
    box = root.locator(f"li.om-unit[data-unit='{unit}']")
    box.locator("[data-action=check]").click()
    box.locator("[data-action=disagree]").click()
    assert "unread-message" in root.locator("textarea").first.input_value()


def test_the_page_works_under_a_strict_policy(browser: Browser, serve: Callable[[Path], str]) -> None:
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
    )
    with browser.new_context() as context:
        page = context.new_page()
        wrong = watch(page, serve(SITE))

        def strict(route) -> None:
            response = route.fetch()
            route.fulfill(response=response, headers=response.headers | {"content-security-policy": policy})

        page.route("**/*.html", strict)
        page.goto(f"{serve(SITE)}/{CHAPTER}")
        root = coder(page)
        code_blind(root, ANSWERS)
        root.locator("[data-part=plots]").scroll_into_view_if_needed()
        expect(root.locator("[data-part=plots] .main-svg").first).to_be_visible(timeout=20_000)
        assert wrong == []


def test_a_page_without_scripts_says_what_is_missing(browser: Browser, serve: Callable[[Path], str]) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{serve(SITE)}/{CHAPTER}")
        assert "JavaScript" in page.locator("main").inner_text()
