"""The library: every excerpt in a catalog, and each part of the data loaded only when it is opened."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from widgets import codebook as codebooks
from widgets import drills, excerpts, frontend
from widgets.codebook import NONE, Codebook
from widgets.coder import excerpt_traits, lens_traits, published, send_plotly
from widgets.excerpts import Excerpt

_WHOLE = {"cloze": drills.cloze, "produce": drills.produce, "published": published}


def catalog() -> list[dict[str, Any]]:
    """Return what can be said of every excerpt before it is opened, by level and title.

    coded: {lens: units that it asks about}. codes: what the key holds, with the codes that these fold into.
    """
    book = codebooks.load()
    return [_entry(text, book) for text in sorted(excerpts.load_all(), key=lambda one: (one.level, one.title))]


def lenses() -> list[dict[str, Any]]:
    """Return every lens as a list of excerpts needs it: id, name, and its codes by id and name."""
    book = codebooks.load()
    return [
        {
            "id": lens.id,
            "name": lens.name,
            "codes": [{"id": id, "name": book.code(id).name} for ids in lens.columns.values() for id in ids],
        }
        for lens in book.lenses
    ]


def names() -> list[str]:
    """Return the names of all parts."""
    return [
        *(f"excerpt/{name}" for name in excerpts.names()),
        *(f"lens/{lens.id}" for lens in codebooks.load().lenses),
        *(f"pair/{pair['id']}" for pair in drills.pairs()),
        "cloze",
        "produce",
        "published",
    ]


def part(name: str) -> Any:
    """Return a part of the data as JSON values.

    `excerpt/<id>`: {excerpt, keys: {lens: key}}. `lens/<id>`: the lens with its codes. `pair/<id>`, `cloze` and
    `produce`: the drills. `published`: what coders of other instruments reach. Raises ValueError for any other name.
    """
    book = codebooks.load()
    kind, _, id = name.partition("/")
    if kind == "excerpt" and id in excerpts.names():
        text = excerpts.load(id)
        keys = {lens: excerpts.key_in_lens(text, book.lens(lens), book) for lens in text.lenses}
        return {"excerpt": excerpt_traits(text, book), "keys": keys}
    if kind == "lens":
        return lens_traits(book.lens(id), book)
    if kind == "pair":
        for pair in drills.pairs():
            if pair["id"] == id:
                return pair
    if name in _WHOLE:
        return _WHOLE[name]()
    raise ValueError(f"there is no part {name!r}")


class PartsWidget(anywidget.AnyWidget):
    """A widget whose front end asks the kernel for parts, and for plotly.js, when it needs them."""

    def __init__(self, **traits: Any) -> None:
        """Set the traits and listen to the front end."""
        super().__init__(**traits)
        self.on_msg(self._answer)

    def _answer(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("type") == "plotly.js":
            send_plotly(self)
        elif content.get("type") == "part":
            name = str(content.get("name"))
            try:
                self.send({"type": "part", "name": name, "value": part(name)})
            except ValueError as error:  # among them every mistake in a data file
                self.send({"type": "part", "name": name, "error": str(error)})


class Library(PartsWidget):
    """Search all excerpts, and open one through a lens; what is finished is kept in the reader's own browser.

    A page loads the text and the key of an excerpt when it is opened, and nothing of the others.
    """

    _esm = frontend.bundle("excerpts")
    _css = frontend.style("coder") + frontend.style("library")

    catalog = traitlets.List(traitlets.Dict()).tag(sync=True)
    lenses = traitlets.List(traitlets.Dict()).tag(sync=True)
    coder = traitlets.Unicode("reader").tag(sync=True)
    repository = traitlets.Unicode("").tag(sync=True)

    def __init__(self, *, coder: str = "reader", repository: str = "") -> None:
        """Show the library.

        coder: a code word under which the work is kept, never a name. repository: an https address; where it is
        given, a disagreement with a key opens a prefilled issue there.
        """
        shown = [entry for entry in catalog() if entry["use"] == "library"]
        super().__init__(catalog=shown, lenses=lenses(), coder=coder, repository=repository)

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return "Library()"


def _entry(text: Excerpt, book: Codebook) -> dict[str, Any]:
    fields = {
        "id", "title", "setting", "level", "use", "lenses", "content_label", "summary", "key_version", "key_status",
    }  # fmt: skip
    held = {answer.value for unit in text.units for answer in unit.key.values()} - {NONE}
    held |= {parent for id in held if (parent := book.code(id).parent)}
    return text.model_dump(include=fields) | {
        "setting_name": excerpts.SETTINGS[text.setting],
        "who": [f"{speaker.name} ({speaker.is_})" for speaker in text.speakers],
        "units": len(text.units),
        "coded": {lens: _coded(text, lens, book) for lens in text.lenses},
        "ambiguous": sum(any(answer.split for answer in unit.key.values()) for unit in text.units),
        "codes": [code.id for code in book.codes if code.id in held],
    }


def _coded(text: Excerpt, lens: str, book: Codebook) -> int:
    roles = {book.column(column).role for column in book.lens(lens).columns}
    return sum(text.speaker(unit).role in roles for unit in text.units)
