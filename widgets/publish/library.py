"""Write the parts of the data that a page loads when they are opened, each as a classic script of its own."""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx

from widgets import library


def connect(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("build-finished", _finish)


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if not exception and app.builder.format == "html":
        write(Path(app.outdir, "_static", "parts"))


def write(folder: Path) -> None:
    """Write every part into a folder as `<name>.js`, leave alone what is there already, remove what is no part."""
    # A page that is opened from disk may not fetch a file, but may run a classic script.
    files = {
        folder / f"{name}.js": f"openingMinds.parts[{json.dumps(name)}]={_json(library.part(name))};\n"
        for name in library.names()
    }
    for old in folder.rglob("*.js"):
        if old not in files:
            old.unlink()
    for path, text in files.items():
        if path.is_file() and path.read_text(encoding="utf8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
