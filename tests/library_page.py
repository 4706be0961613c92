"""Put the library or the ladder on a bare static page, with the host script and the parts that a built book has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from widgets import excerpts, frontend, library
from widgets.publish import library as publisher
from widgets.publish.renderer import script_json

SHOWN = ["before-the-bakery", "jack-of-clubs", "unread-message", "which-pencil", "yellow-lock"]
"""A few excerpts, so that a test does not depend on how many the book has."""

PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>Library</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="_static/widget.css">
<style>body {{ margin: 1rem; font-family: sans-serif }}
html[data-theme=dark] {{
  --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af; --pst-color-background: #14181e;
  --pst-color-surface: #222832; --pst-color-border: #48566b; --pst-color-primary: #6ecfd8;
  --pst-color-primary-text: #000; background: #14181e; color: #ced6dd }}
html[data-theme=dark] a {{ color: #6ecfd8 }}</style>
<main><h1>Practice</h1><p><a href="#later">Later</a></p><div class="om-mount" aria-busy="true">{content}</div>
<h2 id="later">Later</h2></main><script src="_static/static.js"></script></html>"""


def state_of(shown: library.PartsWidget) -> dict[str, Any]:
    """Return the traits that the front end reads."""
    names = [name for name in shown.traits(sync=True) if not name.startswith(("_", "layout", "tabbable", "tooltip"))]
    return {name: getattr(shown, name) for name in names}


def few_excerpts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the book have a few excerpts only."""
    monkeypatch.setattr(excerpts, "names", lambda: SHOWN)


def write_site(folder: Path, shown: library.PartsWidget, module: str) -> Path:
    """Write the page, the host, the widget (its module is js/<module>.js) and all parts into a folder."""
    static = folder / "_static"
    (static / "widgets").mkdir(parents=True)
    host = frontend.classic("static")
    (static / "static.js").write_text(f'globalThis.openingMinds={{"edition":"1"}};\n{host}', "utf8")
    source = frontend.bundle(module)
    name = f"{module}.js"
    (static / "widgets" / name).write_text(source, "utf8")
    classic = f"openingMinds.sources[{json.dumps(name)}]={json.dumps(source)};"
    (static / "widgets" / f"{name}.classic.js").write_text(classic, "utf8")
    (static / "widget.css").write_text(shown._css, "utf8")
    publisher.write(static / "parts")
    content = {"id": 0, "js": name, "state": state_of(shown), "buffers": []}
    page = folder / "index.html"
    page.write_text(PAGE.format(content=script_json(content)), "utf8")
    return page
