"""The ladder as a widget: the whole practice on one page, from the first definition to a record of practice."""

from __future__ import annotations

from typing import Any

import traitlets

from widgets import codebook as codebooks
from widgets import drills, frontend, library
from widgets.codebook import Codebook

COLUMNS = ("component", "valence", "process", "uptake", "mode", "stance", "arousal")
"""The columns that progress and record report; emotional components are practiced, and not counted up."""


class Ladder(library.PartsWidget):
    """Practice step by step: entry test, orientation, pairs, four levels, written turns, self-check, progress.

    The front end keeps everything in the reader's browser. Excerpts, lenses and drills are loaded when they are
    opened: by the page from `_static/parts`, in a notebook from the kernel.
    """

    _esm = frontend.bundle("ladder")
    _css = "\n".join(frontend.style(name) for name in ("coder", "library", "drills", "ladder"))

    catalog = traitlets.List(traitlets.Dict()).tag(sync=True)
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    lenses = traitlets.List(traitlets.Dict()).tag(sync=True)
    pairs = traitlets.List(traitlets.Dict()).tag(sync=True)
    statement = traitlets.Unicode().tag(sync=True)
    coder = traitlets.Unicode("reader").tag(sync=True)

    def __init__(self) -> None:
        """Build the ladder from the book's own data."""
        book = codebooks.load()
        super().__init__(
            catalog=library.catalog(),
            columns=[column(id, book) for id in COLUMNS],
            lenses=library.lenses(),
            pairs=[{"id": pair["id"], "codes": [code["id"] for code in pair["codes"]]} for pair in drills.pairs()],
            statement=book.statement,
        )

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return "Ladder()"


def column(id: str, book: Codebook) -> dict[str, Any]:
    """Return a column with its codes, and `fold`: the code that stands for a finer one, so that lenses add up."""
    codes = [code for code in book.codes if code.column == id]
    coarse = book.lens("components")
    fold = {code.id: book.fold(code.id, id, coarse) for code in codes} if id in coarse.columns else {}
    kept = [code for code in codes if fold.get(code.id, code.id) == code.id]
    return {
        "id": id,
        "name": book.column(id).name,
        "none": book.column(id).none,
        "codes": [{"id": code.id, "name": code.name} for code in kept],
        "fold": {code: to for code, to in fold.items() if to != code},
    }
