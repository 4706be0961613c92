"""Put widgets, figures, the codebook and the claims on static pages: the book's Sphinx extension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect every part to the build."""
    # Imported here, since the package's commands (`serve`, `notebooks`) need none of them.
    from widgets.publish import (
        archive,
        assets,
        bibliography,
        cache,
        claims,
        codebook,
        excerpts,
        library,
        mathml,
        pages,
        theme,
    )

    for part in (cache, assets, mathml, codebook, excerpts, library, claims, bibliography, pages, theme, archive):
        part.connect(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False, "parallel_write_safe": True}
