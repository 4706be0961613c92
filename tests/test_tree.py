"""The MISC tree: its parts come from the codebook, and every part can be opened without a mouse."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from widgets import codebook, frontend
from widgets.tree import MiscTree, parts

PAGE = """<!doctype html><html lang="en"><head><title>Tree</title><style>{style}</style></head>
<body><main><div id="host"></div></main><script type="module">{module}
globalThis.stop = widget.render({{ model: {{ get: (name) => ({state})[name] }}, el: document.querySelector("#host") }});
</script></body></html>"""


def page_html(tree: dict) -> str:
    module = frontend.bundle("tree").replace("export default", "const widget =")
    state = json.dumps({"parts": tree}).replace("<", "\\u003c")
    return PAGE.format(style=frontend.style("tree"), module=module, state=state)


@pytest.fixture(params=[1000, 360])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.set_content(page_html(MiscTree().parts))
    page.wait_for_selector(".om-tree")
    yield page
    assert page.errors == []
    page.close()


def test_the_parts_are_the_codebook_s() -> None:
    book = codebook.load()
    tree = MiscTree().parts
    assert [part["id"] for part in tree["trunk"]] == book.lens("components").columns["component"]
    assert [part["id"] for part in tree["roots"]] == [f"EM{n}" for n in range(1, 12)]
    for part in tree["roots"] + tree["trunk"]:
        code = book.code(part["id"])
        assert (part["name"], part["definition"]) == (code.name, code.definition)
        assert (part["therapy"], part["care"]) == (code.examples.therapy[0], code.examples.care[0])


def test_every_strand_feeds_one_leaf() -> None:
    tree = parts(codebook.load())
    needs = {leaf["id"]: leaf["name"] for leaf in tree["leaves"]}
    assert [part["feeds"] for part in tree["trunk"]] == list(needs)
    assert all(name.startswith("Need ") for name in needs.values())


def test_the_repr_is_the_same_at_every_run() -> None:
    assert repr(MiscTree()) == repr(MiscTree()) == "MiscTree()"


def test_the_keyboard_reaches_and_opens_every_part(page: Page) -> None:
    tree = MiscTree().parts
    panel = page.locator("[data-part=panel]")
    page.keyboard.press("Tab")
    for i, tier in enumerate(("leaves", "trunk", "roots")):
        if i:
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Home")
        for part in tree[tier]:
            expect(page.locator(":focus")).to_have_attribute("data-part", part["id"])
            page.keyboard.press("Enter")
            expect(panel).to_contain_text(part["name"])
            expect(page.locator("[aria-expanded=true]")).to_have_attribute("data-part", part["id"])
            page.keyboard.press("Escape")
            expect(page.locator("[aria-expanded=true]")).to_have_count(0)
            page.keyboard.press("ArrowRight")


def test_the_tree_is_one_tab_stop(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("The tree as a list")


def test_up_and_down_follow_a_strand_to_its_leaf(page: Page) -> None:
    page.locator("button[data-part=RG]").click()
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_have_attribute("data-part", "leaf-RG")
    for _ in range(3):
        page.keyboard.press("ArrowDown")  # the last one leads nowhere
    expect(page.locator(":focus")).to_have_attribute("data-part", "EM11")


def test_an_open_component_lights_its_way_and_shows_both_settings(page: Page) -> None:
    code = codebook.load().code("EX")
    page.locator("button[data-part=EX]").click()
    lit = page.locator("button.om-tree-lit").evaluate_all("nodes => nodes.map((node) => node.dataset.part)")
    assert set(lit) == {"EX", "leaf-EX", *(f"EM{n}" for n in range(1, 12))}
    panel = page.locator("[data-part=panel]")
    for text in (code.definition, code.examples.therapy[0], code.examples.care[0]):
        expect(panel).to_contain_text(text)
    page.locator("button[data-part=EX]").click()
    expect(panel).not_to_contain_text(code.definition)


def test_the_list_says_the_same_and_stands_open_on_paper(page: Page) -> None:
    details = page.locator(".om-tree-list")
    tree = MiscTree().parts
    for part in tree["roots"] + tree["trunk"] + tree["leaves"]:
        assert part["name"] in details.text_content()
        assert part.get("definition", "") in details.text_content()
    page.emulate_media(media="print")
    expect(details).to_have_attribute("open", "")
    page.emulate_media(media="screen")
    expect(details).not_to_have_attribute("open", "")


def test_nothing_is_wider_than_the_page_and_no_buttons_overlap(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overlaps = page.evaluate("""() => {
        const nodes = [...document.querySelectorAll(".om-tree button")];
        const boxes = nodes.map((node) => [node, node.getBoundingClientRect()]);
        return boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
            .filter(([, q]) => p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom)
            .map(([b]) => `${a.dataset.part} and ${b.dataset.part}`));
    }""")
    assert overlaps == []


def test_text_is_shown_as_text(browser: Browser) -> None:
    page = browser.new_page()
    tree = MiscTree().parts
    tree["trunk"][0]["definition"] = "<img src=x onerror=alert(1)> שלום"
    page.set_content(page_html(tree))
    page.locator("button[data-part=FO]").click()
    expect(page.locator("[data-part=panel]")).to_contain_text("<img src=x onerror=alert(1)> שלום")
    assert page.locator(".om-tree img").count() == 0
    page.close()
