"""The Sphinx extension: a tiny book is built once, and its pages are read and opened."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import plotly.graph_objects as go
import pytest
from jupyter_book.sphinx import build_sphinx
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page
from plotly.offline import get_plotlyjs_version

from tests.conftest import ROOT
from tests.harness import TEA
from widgets import codebook, figures
from widgets.publish import archive, bibliography, renderer
from widgets.publish.codebook import code_anchor

TRICKY = "</script><!-- <b>not bold</b> שלום"
ESM = """export default { render({ model, el }) {
  const button = document.createElement("button");
  const show = () => { button.textContent = `${model.get("text")} ${model.get("n")}`; };
  model.on("change:n", show);
  button.addEventListener("click", () => { model.set("n", model.get("n") + 1); model.save_changes(); });
  el.append(button);
  show();
} };"""
PASSAGE = "People learn from one another all day long, mostly without noticing it, " * 3
BIB = """
@article{seen2001, author = {One, Ann}, title = {Seen}, journal = {Journal A}, year = {2001}, verified = {seen}}
@article{memory2002, author = {Two, Ben}, title = {Recalled}, journal = {Journal B}, year = {2002}, verified = {memory}}
@article{uncertain2003, author = {Three, Cy and Four, Di}, title = {Hidden}, journal = {Journal C}, year = {2003},
  verified = {uncertain}, identification = {certain}}
@article{open2004, author = {Five, Ed}, title = {Hidden}, journal = {Journal D}, year = {2004}, verified = {memory},
  identification = {open}}
@article{probable2005, author = {Six, Flo}, title = {Likely}, journal = {Journal E}, year = {2005}, verified = {seen},
  identification = {probable}}
@article{twin2006x, author = {Seven, Gus}, title = {Beta}, journal = {Journal F}, year = {2006}, verified = {seen}}
@article{twin2006y, author = {Seven, Gus}, title = {Alpha}, journal = {Journal F}, year = {2006}, verified = {seen}}
"""


def figure() -> go.Figure:
    """A finished figure in the theme's colours with a slider of three steps."""
    colour = figures.theme()["light"]["series"][0]
    result = go.Figure(go.Bar(x=["a", "b"], y=[1, 2.5], marker_color=colour))
    result.frames = [go.Frame(name=str(k), data=[go.Bar(x=["a", "b"], y=[k, 3 - k])]) for k in range(3)]
    steps = [
        {"label": str(k), "method": "animate", "args": [[str(k)], {"mode": "immediate", "frame": {"duration": 0}}]}
        for k in range(3)
    ]
    result.update_layout(height=300, sliders=[{"active": 1, "currentvalue": {"prefix": "Trust: "}, "steps": steps}])
    table = pd.DataFrame({"bar": ["a", "b"], "height": [1, 2.5]})
    return figures.finish(result, caption="Two bars & a line.", alt="a is 1, b is 2.5", table=table)


def widget_notebook(*, stored: bool) -> nbformat.NotebookNode:
    """A notebook whose outputs are stored: a widget (with or without its state) and, far below, a figure."""
    cells = [
        new_markdown_cell(f"# A chapter\n\n```{{claim}} B1\n{PASSAGE}\n```\n\nSee [a code](#{code_anchor('AF-r')})."),
        _output("application/vnd.jupyter.widget-view+json", {"model_id": "abc"}),
        new_markdown_cell("\n\n".join(["Some text."] * 80)),
        _output("application/vnd.plotly.v1+json", json.loads(figure().to_json())),
        _output("text/html", pd.DataFrame({"height": [1, 2]}).to_html()),
    ]
    notebook = new_notebook(cells=cells, metadata=_KERNEL | {"mystnb": {"execution_mode": "off"}})
    model = {
        "model_name": "AnyModel",
        "model_module": "anywidget",
        "state": {"_esm": ESM, "_css": ".om-widget button { color: rgb(1, 2, 3) }", "text": TRICKY, "n": 0},
    }
    state = {"version_major": 2, "version_minor": 0, "state": {"abc": model} if stored else {}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    return notebook


_KERNEL = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def _output(kind: str, content: Any) -> nbformat.NotebookNode:
    output = new_output("display_data", {kind: content, "text/plain": "text"})
    return new_code_cell("show()", outputs=[output], execution_count=1)


def write_book(
    folder: Path, pages: dict[str, str], notebooks: dict[str, nbformat.NotebookNode], bib: str = BIB
) -> None:
    """Write the source of a book: the repository's configuration and codebook, and these pages."""
    (folder / "book" / "_static").mkdir(parents=True)
    (folder / "data" / "excerpts").mkdir(parents=True)
    for name in ("book/_static/favicon.svg", "data/codebook.yaml", "requirements.txt"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "book" / "references.bib").write_text((ROOT / "book" / "references.bib").read_text("utf8") + bib, "utf8")
    (folder / "data" / "claims.csv").write_text(
        "id,claim,line,chapter,status\nB1,People learn.,1,misc,taught\nB2,People forget.,2,misc,planned\n", "utf8"
    )
    for name, text in pages.items():
        (folder / "book" / f"{name}.md").write_text(text, "utf8")
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / "book" / f"{name}.ipynb")
    first, *rest = [*pages, *notebooks]
    chapters = "".join(f"\n  - file: book/{name}" for name in rest)
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/{first}\nchapters:{chapters}\n", "utf8")


def build(folder: Path) -> str:
    """Build the book as jupyter-book does, with the repository's configuration; return the warnings."""
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        result = build_sphinx(
            folder,
            folder / "_build" / "html",
            noconfig=True,
            path_config=ROOT / "_config.yml",
            confoverrides={
                "external_toc_path": str(folder / "_toc.yml"), "latex_individualpages": False, "nitpicky": True,
            },
        )  # fmt: skip
    warnings = re.sub(r"\x1b\[\d+m", "", said.getvalue())
    assert result == 0, warnings
    return warnings


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of a book without a mistake, built."""
    folder = tmp_path_factory.mktemp("book")
    families = "\n".join(f"```{{codebook-family}} {family.id}\n```\n" for family in codebook.load().families)
    pages = {
        "welcome": "# Welcome\n\nThis is a tiny handbook, and this sentence is long enough to describe it.\n\n"
        "{cite:t}`twin2006x` and {cite:p}`twin2006y,seen2001`, with $x^2$.\n\n"
        "```{offline-copy}\n```\n\n```{reviewed} 2026-11-03\n```\n",
        "codes": f"# Codes\n\n```{{codebook-about}}\n```\n```{{codebook-rules}}\n```\n```{{codebook-lenses}}\n```\n"
        f"{families}\n```{{codebook-pairs}}\n```\n",
        "references": "# References\n\n```{bibliography}\n:all:\n```\n",
        "claims": "# Claims\n\n```{claims-table}\n```\n",
    }
    reads = new_notebook(
        cells=[
            new_markdown_cell("# Reads data"),
            new_code_cell("print(open('../data/excerpts/one.yaml').read())"),
        ],
        metadata=_KERNEL,
    )
    write_book(folder, pages, {"chapter": widget_notebook(stored=True), "reads": reads})
    (folder / "data" / "excerpts" / "one.yaml").write_text("title: before", "utf8")
    assert re.findall(r".*(?:WARNING|ERROR):.*", build(folder)) == []
    return folder


@pytest.fixture(scope="module")
def site(source: Path) -> Path:
    return source / "_build" / "html"


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the build says about a book with one mistake of each kind."""
    folder = tmp_path_factory.mktemp("mistakes")
    pages = {
        "welcome": f"# Welcome\n\n```{{claim}} C9\n{PASSAGE}\n```\n\n```{{claim}} B2\nToo short.\n```\n\n"
        "```{reviewed} yesterday\n```\n\n```{codebook-family} trees\n```\n",
        "claims": "# Claims\n\n```{claims-table}\n```\n",
    }
    notebook = widget_notebook(stored=False)
    notebook.cells[0] = new_markdown_cell("# A chapter")
    bib = "@misc{odd, author = {A, B}, title = {T}, year = {2000}, verified = {perhaps}}"
    write_book(folder, pages, {"chapter": notebook}, bib)
    return build(folder)


def text(site: Path, name: str) -> str:
    return (site / "book" / f"{name}.html").read_text("utf8")


# ------------------------------------------------------------------ widgets and figures
def test_a_widget_is_published_with_its_state(site: Path) -> None:
    page = text(site, "chapter")
    (content,) = re.findall(r'<div class="om-mount"[^>]*><script type="application/json">(.*?)</script>', page)
    content = json.loads(content)
    assert content["state"] == {"text": TRICKY, "n": 0}
    module = site / "_static" / "widgets" / content["js"]
    assert module.read_text("utf8") == ESM
    assert json.dumps(ESM) in module.with_name(f"{module.name}.classic.js").read_text("utf8")
    assert re.search(r'<link rel="stylesheet"[^>]*_static/widgets/\w+\.css', page)
    assert "needs JavaScript" in page


def test_only_pages_that_need_it_load_the_host(site: Path) -> None:
    assert "_static/static.js" in text(site, "chapter")
    assert "_static/static.js" not in text(site, "welcome")


def test_a_figure_has_caption_alternative_and_table() -> None:
    html = renderer.figure_html(json.loads(figure().to_json()))
    assert "<figcaption>Two bars &amp; a line.</figcaption>" in html
    assert 'role="img" aria-label="a is 1, b is 2.5"' in html
    assert '<th scope="col">height</th>' in html
    assert "<td>2.5</td>" in html
    (content,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    assert {"title", "meta"}.isdisjoint(json.loads(content)["layout"])


def test_a_figure_without_texts_is_still_a_figure() -> None:
    html = renderer.figure_html({"data": [], "layout": {}})
    assert 'role="img" aria-label="Figure"' in html
    assert "<table>" not in html


@pytest.mark.parametrize("value", [TRICKY, "<!--<script>", "]]>", "\u2028", 1.5, None])
def test_json_cannot_end_its_script(value: Any) -> None:
    html = renderer.script_json({"value": value})
    assert json.loads(html.removeprefix('<script type="application/json">').removesuffix("</script>")) == {
        "value": value
    }
    assert html.count("<") == 2


def test_the_corner_of_a_pandas_table_is_no_empty_header(site: Path) -> None:
    page = (site / "book" / "chapter.html").read_text("utf8")
    assert "<th>height</th>" in page
    assert "<th></th>" not in page


def test_the_excerpts_are_listed_from_their_files(tmp_path: Path) -> None:
    write_book(tmp_path, {"first": "# First\n", "list": "# Excerpts\n\n```{excerpts-table}\n```\n"}, {})
    (tmp_path / "data" / "excerpts" / "tea.yaml").write_text(TEA, "utf8")
    build(tmp_path)
    page = (tmp_path / "_build" / "html" / "book" / "list.html").read_text("utf8")
    row = re.sub(r"<[^>]+>|\s+", " ", page[page.index("<tbody>") :])
    assert re.search(r"Tea \( *tea *\) +therapist and client +2 \(1\) +1 +Components", row)


def test_the_small_plotly_has_the_version_of_the_python_package() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf8"))
    assert package["dependencies"] == {"plotly.js-cartesian-dist-min": get_plotlyjs_version()}
    lock = (ROOT / "package-lock.json").read_text("utf8")
    assert "http" not in lock


# ------------------------------------------------------------------ codebook
def test_a_code_has_an_anchor_and_everything_about_it(site: Path) -> None:
    page = text(site, "codes")
    code = codebook.load().code("AF-r")
    start = page.index('<section id="code-af-r">')
    entry = page[start : page.index("<section id=", start + 1)]
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", entry))
    for part in (code.name, f"({code.id})", "Count", "Do not count", "Near misses", "Basis", "Easily confused with"):
        assert part in words
    assert f"<kbd>{code.shortcut}</kbd>" in entry
    assert "--om-light:#" in entry
    assert 'href="#pair-fo-af-r"' in entry


def test_anchors_of_all_codes_differ() -> None:
    codes = codebook.load().codes
    assert len({code_anchor(code.id) for code in codes}) == len(codes)
    assert code_anchor("V+") == "code-v-plus"
    assert code_anchor("V-") == "code-v-minus"


# ------------------------------------------------------------------ claims
def test_a_claim_and_its_passage_link_to_each_other(site: Path) -> None:
    chapter, table = text(site, "chapter"), text(site, "claims")
    assert 'id="claim-b1"' in chapter
    assert 'href="claims.html#row-b1"' in chapter
    assert 'id="row-b1"' in table
    assert 'href="chapter.html#claim-b1"' in table
    assert "People forget." in table


@pytest.mark.parametrize(
    "words",
    [
        "there is no claim 'C9' in claims.csv",
        "the passage has 2 words",
        "claim B1 is marked 'taught'",
        "'yesterday' is not a date",
        "there is no family 'trees'",
        "no state is stored for this widget",
        "reference 'odd': 'verified' must be one of seen, memory, uncertain",
    ],
)
def test_a_mistake_is_named(mistakes: str, words: str) -> None:
    assert words in mistakes


# ------------------------------------------------------------------ references
@pytest.mark.parametrize(
    ("entry", "printed", "hidden"),
    [
        ("One, 2001", ["Ann One", "Seen", "Journal A"], [bibliography.UNCHECKED, bibliography.AS_CITED]),
        ("Two, 2002", ["Recalled", "Journal B", bibliography.UNCHECKED], [bibliography.AS_CITED]),
        ("Three and Four, 2003", ["Three and Four (2003).", "Journal C", bibliography.AS_CITED], ["Hidden", "Cy"]),
        ("Five, 2004", ["Five (2004).", bibliography.AS_CITED], ["Hidden", "Journal D"]),
        ("Six, 2005", ["Likely", "Journal E", bibliography.PROBABLE], [bibliography.AS_CITED]),
        ("Seven, 2006a", ["Alpha"], ["Beta"]),
        ("Seven, 2006b", ["Beta"], ["Alpha"]),
    ],
)
def test_a_reference_says_no_more_than_is_known(site: Path, entry: str, printed: list[str], hidden: list[str]) -> None:
    plain = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text(site, "references")))
    item = plain[plain.index(f"[{entry}]") :].split("]", 1)[1].split("[", 1)[0]
    assert all(part in item for part in printed)
    assert not any(part in item for part in hidden)


def test_citations_in_the_text_carry_the_letter(site: Path) -> None:
    plain = re.sub("<[^>]+>", "", text(site, "welcome"))
    assert "Seven (2006b)" in plain
    assert "(Seven, 2006a, One, 2001)" in plain or "(One, 2001, Seven, 2006a)" in plain


# ------------------------------------------------------------------ pages and theme
def test_a_page_says_what_it_is_and_when_it_was_reviewed(site: Path) -> None:
    page = text(site, "welcome")
    assert '<meta name="description" content="This is a tiny handbook, and this sentence is long' in page
    assert '<time datetime="2026-11-03">3 November 2026</time>' in page
    assert 'href="../opening-minds.zip"' in page
    assert "<math" in page


def test_pages_load_nothing_heavy_and_name_no_third_party(site: Path) -> None:
    for page in site.rglob("*.html"):
        html = page.read_text("utf8")
        assert not re.search(r"fontawesome\.js|unpkg|jsdelivr|cdnjs|mathjax@|require\.min\.js", html), page
    assert not list(site.glob("_static/**/fontawesome.js"))
    assert 'url=book/welcome.html"' in (site / "index.html").read_text("utf8")


# ------------------------------------------------------------------ the offline copy
def test_the_zip_holds_the_site_but_not_itself(site: Path) -> None:
    with zipfile.ZipFile(site / archive.NAME) as copy:
        names = set(copy.namelist())
        welcome = copy.read("opening-minds/book/welcome.html").decode()
    files = {f"opening-minds/{path.relative_to(site)}" for path in site.rglob("*") if path.is_file()}
    assert names == {name for name in files if not name.endswith((archive.NAME, ".buildinfo"))}
    assert "You are reading the offline copy." in welcome
    assert archive.NAME not in welcome


def test_the_zip_is_written_only_when_something_changed(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("one", "utf8")
    assert archive.write(tmp_path)
    first = (tmp_path / archive.NAME).read_bytes()
    assert not archive.write(tmp_path)
    (tmp_path / archive.NAME).unlink()
    assert archive.write(tmp_path)
    assert (tmp_path / archive.NAME).read_bytes() == first
    (tmp_path / "a.html").write_text("two", "utf8")
    assert archive.write(tmp_path)


# ------------------------------------------------------------------ in a browser
@contextlib.contextmanager
def guarded(folder: Path) -> Iterator[str]:
    """Serve a folder under a content security policy without `unsafe-eval` and `blob:`."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

        def end_headers(self) -> None:
            own = "'self' 'unsafe-inline'"
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'self'; script-src {own}; style-src {own}; img-src 'self' data:",
            )
            super().end_headers()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 900, "height": 600}, color_scheme="light") as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        assert wrong == []


def use(page: Page) -> None:
    """Press the widget's button and see the figure drawn."""
    page.locator(".om-widget button").click()
    assert page.locator(".om-widget button").inner_text() == f"{TRICKY} 1"
    page.locator(".om-plotly").scroll_into_view_if_needed()
    page.locator(".om-plot .main-svg").first.wait_for()


def test_the_page_lives_under_a_strict_policy(site: Path, page: Page) -> None:
    with guarded(site) as address:
        page.goto(f"{address}/book/chapter.html")
        assert page.locator(".om-widget button").evaluate("b => getComputedStyle(b).color") == "rgb(1, 2, 3)"
        use(page)


def test_the_page_lives_from_disk(site: Path, page: Page) -> None:
    page.goto((site / "book" / "chapter.html").as_uri())
    use(page)


def test_figures_are_drawn_with_the_network_gone_after_load(
    site: Path, page: Page, serve: Callable[[Path], str]
) -> None:
    page.goto(f"{serve(site)}/book/chapter.html", wait_until="networkidle")
    assert not page.evaluate("'Plotly' in globalThis")
    page.context.set_offline(True)
    use(page)


def test_the_slider_is_a_range_input_and_colours_follow_the_theme(
    site: Path, page: Page, serve: Callable[[Path], str]
) -> None:
    page.goto(f"{serve(site)}/book/chapter.html")
    use(page)
    slider = page.get_by_role("slider", name="Trust")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "2"
    page.wait_for_function("() => document.querySelector('.om-plot').data[0].y[0] === 2")
    colours = figures.theme()
    bar = "document.querySelector('.om-plot').data[0].marker.color"
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"() => {bar} === '{colours['dark']['series'][0]}'")
    assert page.evaluate("document.querySelector('.om-plot').data[0].y[0]") == 2  # the step that was chosen stays
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(f"() => {bar} === '{colours['light']['series'][0]}'")


def test_a_widget_that_fails_says_so(site: Path, browser: Browser, serve: Callable[[Path], str]) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/_static/widgets/*.js", lambda route: route.abort())
        page.goto(f"{serve(site)}/book/chapter.html")
        assert "This exercise could not start" in page.locator(".om-failed").inner_text()


# ------------------------------------------------------------------ changes (last: they rebuild the book)
def test_changed_data_changes_the_pages(source: Path, site: Path) -> None:
    assert "before" in text(site, "reads")
    (source / "data" / "excerpts" / "one.yaml").write_text("title: after", "utf8")
    book = source / "data" / "codebook.yaml"
    definition = codebook.load().code("FO").definition
    book.write_text(book.read_text("utf8").replace("An act, spoken or shown,", "Any act, spoken or shown,", 1), "utf8")
    codebook._load.cache_clear()  # in a process of its own, each build reads the file anew
    assert definition.startswith("An act, spoken or shown,")
    assert not re.findall(r".*(?:WARNING|ERROR):.*", build(source))
    assert "after" in text(site, "reads")
    assert "Any act, spoken or shown," in text(site, "codes")
    assert len(list((source / "_build" / ".jupyter_cache").iterdir())) == 1
