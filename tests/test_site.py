"""The built site in a real browser: what every page must do, wherever it is opened."""

from __future__ import annotations

import re
import urllib.parse
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT

SITE = ROOT / "_build" / "html"
if not (SITE / "index.html").is_file():
    pytest.fail("The site is not built: run `make book` first.", pytrace=False)

PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if "_static" not in path.parts and path.name not in ("genindex.html", "search.html", "index.html")
)
CHAPTER = "book/misc/the-misc-tree.html"


def watch(page: Page, origin: str) -> list[str]:
    """Collect what must not happen: a console error, an exception, or a request to anywhere else."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"exception: {error}"))
    page.on(
        "request",
        lambda r: None if r.url.startswith((origin, "data:", "blob:")) else wrong.append(f"request: {r.url}"),
    )
    page.on("response", lambda r: wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    return wrong


def scroll_through(page: Page) -> None:
    """Bring every figure of the page near the screen, so that what is drawn late is drawn."""
    page.evaluate(
        """async () => {
            if (!document.querySelector('.om-plotly')) return;
            for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
                scrollTo(0, y);
                await new Promise((done) => setTimeout(done, 30));
            }
        }"""
    )


def figures_drawn(page: Page) -> None:
    """Fail when a Plotly figure of the page is not drawn."""
    scroll_through(page)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.om-plotly')].every((box) => box.querySelector('.main-svg'))",
        timeout=20_000,
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_without_errors_or_third_parties(name: str, page: Page, serve: Callable[[Path], str]) -> None:
    origin = serve(SITE)
    wrong = watch(page, origin)
    page.goto(f"{origin}/{name}", wait_until="networkidle")
    figures_drawn(page)
    assert wrong == []


def test_a_slider_moves_its_figure_by_keyboard_without_a_kernel(page: Page, serve: Callable[[Path], str]) -> None:
    page.goto(f"{serve(SITE)}/book/laboratory/the-coding-laboratory.html")
    figures_drawn(page)
    figure = page.locator(".om-plotly:has(input[type=range])").first
    drawn = "(figure) => JSON.stringify(figure.querySelector('.om-plot').data.map((trace) => trace.x))"
    before = figure.evaluate(drawn)
    slider = figure.locator("input[type=range]")
    said = slider.get_attribute("aria-valuetext")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([figure, before]) => JSON.stringify(figure.querySelector('.om-plot').data.map((t) => t.x)) !== before",
        arg=[figure.element_handle(), before],
    )
    assert slider.get_attribute("aria-valuetext") != said


@pytest.mark.parametrize("name", [CHAPTER, "book/welcome.html"])
def test_a_page_works_from_disk(name: str, page: Page) -> None:
    wrong = watch(page, "file://")
    page.goto((SITE / name).as_uri(), wait_until="load")
    coders = page.locator(".om-mount").count()
    page.wait_for_function(f"() => document.querySelectorAll('.om-mount > .om-widget').length === {coders}")
    figures_drawn(page)
    assert wrong == []


def test_the_offline_copy_is_the_site(tmp_path: Path, page: Page) -> None:
    with zipfile.ZipFile(SITE / "opening-minds.zip") as archive:
        archive.extractall(tmp_path)
    wrong = watch(page, "file://")
    page.goto((tmp_path / "opening-minds" / CHAPTER).as_uri(), wait_until="load")
    page.locator(".om-coder").first.wait_for()
    assert wrong == []


class _Links(HTMLParser):
    """The links, anchors and images of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.unnamed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors.update(filter(None, (values.get("id"), values.get("name"))))
        if tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")
        if tag in ("img", "script", "link"):
            self.links.append(values.get("src") or values.get("href") or "")
        if tag == "img" and not (values.get("alt") or "").strip():
            self.unnamed.append(values.get("src") or "?")


def parsed(path: Path) -> _Links:
    parser = _Links()
    parser.feed(path.read_text(encoding="utf8"))
    return parser


@pytest.mark.parametrize("name", PAGES)
def test_every_internal_link_leads_somewhere(name: str) -> None:
    here = SITE / name
    content = parsed(here)
    for link in filter(None, content.links):
        target = urllib.parse.urlsplit(link)
        if target.scheme or target.netloc:
            continue
        file = (here.parent / urllib.parse.unquote(target.path)).resolve() if target.path else here
        assert file.is_file(), f"{name}: {link}"
        if target.fragment and file.suffix == ".html":
            fragment = urllib.parse.unquote(target.fragment)
            assert fragment in parsed(file).anchors, f"{name}: {link}"


@pytest.mark.parametrize("name", PAGES)
def test_every_image_has_a_text_alternative(name: str) -> None:
    assert parsed(SITE / name).unnamed == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_is_to_a_search_engine(name: str) -> None:
    text = (SITE / name).read_text(encoding="utf8")
    description = re.search(r'<meta[^>]+name="description"[^>]*>', text)
    assert description
    assert re.search(r'content="[^"]{40,}"', description[0])
    assert '<html lang="en"' in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_when_it_was_last_reviewed(name: str) -> None:
    assert re.search(r'Last reviewed on <time datetime="20\d\d-\d\d-\d\d">', (SITE / name).read_text(encoding="utf8"))


def accessible(page: Page) -> list[str]:
    """Return axe's violations with the nodes that hold them."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, browser: Browser, serve: Callable[[Path], str]) -> None:
    for theme in ("light", "dark"):
        with browser.new_context(viewport={"width": 375, "height": 900}, color_scheme=theme) as context:
            page = context.new_page()
            page.goto(f"{serve(SITE)}/{name}", wait_until="load")
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            scroll_through(page)
            for width in (375, 1280):  # the theme gives what scrolls a tab stop at load, and a while after a change
                page.set_viewport_size({"width": width, "height": 900})
                assert accessible(page) == [], f"{theme}, {width} px"
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{theme}, {width} px"


def test_the_page_names_no_third_party() -> None:
    hosts = re.compile(
        r"(?:src|href)=\"(?:https?:)?//[^\"]*\.(?:js|css|woff2?)\"|unpkg\.com|jsdelivr|cdnjs|fonts\.googleapis"
    )
    for name in PAGES:
        assert not hosts.search((SITE / name).read_text(encoding="utf8")), name
