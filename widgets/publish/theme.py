"""Mend what the book theme does badly on every page: weight, accessible names, landmarks, the address of the root."""

from __future__ import annotations

from html import escape
from pathlib import Path

from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.writers.html5 import HTML5Translator

TEMPLATES = Path(__file__).parent / "templates"
# fontawesome.js: 1.5 MB on every page for icons that the theme's web font draws too, so our template does not load it.
# The others are for who writes or translates the theme, or for browsers without woff2.
_UNUSED = ("scripts/fontawesome.js*", "**/*.map", "vendor/**/*.ttf", "locales/**/*", "images/logo_*", "*.html")


def connect(app: Sphinx) -> None:
    """Put our templates before the theme's, and tidy what it wrote."""
    app.connect("config-inited", _templates)
    app.connect("build-finished", _tidy, priority=400)
    app.add_node(HideCodeCellNode, override=True, html=(_visit_hidden, depart_HideCellInput))


def _templates(_app: Sphinx, config: Config) -> None:
    config.templates_path.insert(0, str(TEMPLATES))


def _visit_hidden(self: HTML5Translator, node: HideCodeCellNode) -> None:
    # Without MyST-NB's aria-label, which hides the words that can be read on the summary.
    words = (("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"]))
    prompts = "".join(f'<p class="{state} admonition-title">{escape(text)}</p>' for state, text in words)
    classes = " ".join(["admonition", "hide", *node["classes"]])
    self.body.append(f'<details class="{classes}"><summary>{prompts}</summary>\n')


def _tidy(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for pattern in _UNUSED:
        for path in static.glob(pattern):
            if path.is_file():
                path.unlink()
    _write_root(app)


def _write_root(app: Sphinx) -> None:
    """Write the page that leads from the site's root to the first page of the book."""
    first = f"{app.config.root_doc}.html"
    if first == "index.html":
        return
    title = escape(app.config.html_title)
    Path(app.outdir, "index.html").write_text(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="refresh" content="0; url={first}"><link rel="canonical" href="{first}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f'<body><main><p><a href="{first}">{title}</a></p></main></body></html>\n',
        encoding="utf8",
    )
