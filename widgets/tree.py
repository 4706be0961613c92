"""The MISC tree as a widget: roots, trunk and leaves to walk through, made from the codebook."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from widgets import codebook as codebooks
from widgets import frontend
from widgets.codebook import Code, Codebook


class MiscTree(anywidget.AnyWidget):
    """Walk through the MISC tree: the roots carry the trunk, and each strand of the trunk feeds a leaf.

    `parts` holds what is drawn, {"roots": [...], "trunk": [...], "leaves": [...]}; a part of the trunk names the
    leaf that it feeds. Which part is open is the reader's business and stays on the page.
    """

    _esm = frontend.bundle("tree")
    _css = frontend.style("tree")

    parts = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        """Draw the tree of the book's own codebook."""
        super().__init__(parts=parts(codebooks.load()))

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return "MiscTree()"


def parts(book: Codebook) -> dict[str, list[dict[str, Any]]]:
    """Return the emotional components as roots, the mediational ones as trunk, and the needs that they feed."""
    # In the lens of the roots each component is followed by its opposite, which is no part of the tree.
    roots = [book.code(ids[0]) for ids in book.lens("roots").columns.values()]
    trunk = [book.code(id) for id in book.lens("components").columns["component"]]
    return {
        "roots": [_part(code) for code in roots],
        "trunk": [
            _part(code) | {"colour": book.palette[code.colour].model_dump(), "feeds": _leaf(code)} for code in trunk
        ],
        "leaves": [{"id": _leaf(code), "name": _need(code)} for code in trunk],
    }


def _leaf(code: Code) -> str:
    return f"leaf-{code.id}"


def _need(code: Code) -> str:
    need = (code.feeds or "").removeprefix("the ")
    return need[:1].upper() + need[1:]


def _part(code: Code) -> dict[str, str]:
    return {
        "id": code.id,
        "name": code.name,
        "definition": code.definition,
        "therapy": code.examples.therapy[0],
        "care": code.examples.care[0],
    }
