"""Put widgets, figures, the codebook and the claims on static pages: the book's Sphinx extension."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from widgets.publish import archive, assets, bibliography, cache, claims, codebook, mathml, pages, theme

PARTS = (cache, assets, mathml, codebook, claims, bibliography, pages, theme, archive)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect every part to the build."""
    for part in PARTS:
        part.connect(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False, "parallel_write_safe": True}
