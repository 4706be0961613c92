"""Write what widgets and figures load on a static page: their modules and style sheets, our host script, plotly.js."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import plotly
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from widgets import frontend
from widgets.publish import cache

LOGGER = logging.getLogger(__name__)
WIDGETS = Path(__file__).parents[1]
SCRIPT = "static.js"
PLOTLY = "plotly.min.js"
_SMALL = Path("node_modules", "plotly.js-cartesian-dist-min", "plotly-cartesian.min.js")
_WHOLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def keep(env: BuildEnvironment, text: str, suffix: str) -> str:
    """Keep a widget's code once for the whole book, however many pages show it; return its file name."""
    name = hashlib.sha256(text.encode()).hexdigest()[:12] + suffix
    _kept(env).setdefault(env.docname, {})[name] = text
    return name


def connect(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("builder-inited", _copy)
    app.connect("env-purge-doc", lambda app, env, docname: _kept(env).pop(docname, None))
    app.connect("html-page-context", _link_styles)
    app.connect("build-finished", _write_kept)


def _kept(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    # {page: {file: text}} in the pickled environment, so that a page which Sphinx does not read again still gets its
    # files in an empty output folder.
    if not hasattr(env, "widget_assets"):
        env.widget_assets = {}
    return env.widget_assets


def _copy(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    small = Path(app.srcdir, _SMALL)
    source = small if small.is_file() else _WHOLE
    LOGGER.info("plotly.js: %s, %.1f MB", "cartesian, from npm" if source is small else "whole, from the wheel",
                source.stat().st_size / 1e6)  # fmt: skip
    # Before the pages are written, so that Sphinx can add each file's checksum to its address.
    known = json.dumps({"edition": cache.inputs(Path(app.srcdir))})
    script = frontend.classic(Path(SCRIPT).stem)
    (static / SCRIPT).write_text(f"globalThis.openingMinds={known};\n{script}", encoding="utf8")
    for target, origin in (("page.css", WIDGETS / "css" / "page.css"), (PLOTLY, source)):
        (static / target).write_bytes(origin.read_bytes())
    app.add_css_file("page.css", priority=900)


def _link_styles(app: Sphinx, page: str, _template: str, _context: object, _doctree: object) -> None:
    for name in _kept(app.env).get(page, {}):
        if name.endswith(".css"):
            app.add_css_file(f"widgets/{name}")


def _write_kept(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", "widgets")
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: text for page in _kept(app.env).values() for name, text in page.items()}
    for name, text in list(files.items()):
        if name.endswith(".js"):
            # A page opened from disk may not import a module, but may run a classic script: this one hands over the
            # module's source.
            files[f"{name}.classic.js"] = f"openingMinds.sources[{json.dumps(name)}]={json.dumps(text)};"
    for old in folder.iterdir():
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf8")
