"""The transcript coder: a reader codes an excerpt through a lens and compares with its provisional key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from widgets import codebook as codebooks
from widgets import codings, excerpts, frontend
from widgets.codebook import NONE, Codebook, Lens
from widgets.documents import data_folder


class TranscriptCoder(anywidget.AnyWidget):
    """Code an excerpt unit by unit and compare with its key.

    The same front end runs with a kernel, on a page without one, and in a room. `codes` is what the reader has
    pressed, {unit: {column: value}}; setting it presses the buttons.
    """

    _esm = frontend.bundle("coder")
    _css = frontend.style("coder")

    excerpt = traitlets.Dict().tag(sync=True)
    lens = traitlets.Dict().tag(sync=True)
    key = traitlets.Dict().tag(sync=True)
    mode = traitlets.Enum(["guided", "blind"], "guided").tag(sync=True)
    codes = traitlets.Dict().tag(sync=True)
    seen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    coder = traitlets.Unicode("reader").tag(sync=True)
    round = traitlets.Int(1).tag(sync=True)
    published = traitlets.List(traitlets.Dict()).tag(sync=True)
    repository = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        excerpt: str | Path,
        lens: str = "components",
        *,
        mode: str = "guided",
        coder: str = "reader",
        round: int = 1,
        repository: str = "",
    ) -> None:
        """Show an excerpt (its id, or the path of a file of your own) through a lens.

        mode: "guided" shows feedback on each unit as it is checked, "blind" only after the whole excerpt; the reader
        can change it. coder: a code word under which the work is kept, never a name. repository: an https address;
        where it is given, a disagreement with the key opens a prefilled issue there.
        """
        book = codebooks.load()
        chosen = book.lens(lens)
        text = excerpts.load(excerpt)
        if lens not in text.lenses:
            raise ValueError(
                f"the excerpt '{text.id}' has no key for the lens '{lens}'; it has: {', '.join(text.lenses)}"
            )
        super().__init__(
            excerpt=excerpt_traits(text, book),
            lens=lens_traits(chosen, book),
            key=excerpts.key_in_lens(text, chosen, book),
            published=published(),
            mode=mode,
            coder=coder,
            round=round,
            repository=repository,
        )
        self.on_msg(self._answer)

    @traitlets.validate("codes")
    def _valid_codes(self, proposal: dict[str, Any]) -> dict[str, dict[str, str]]:
        codes = proposal["value"]
        units = {unit["id"]: unit["role"] for unit in self.excerpt.get("units", [])}
        columns = {column["id"]: column for column in self.lens.get("columns", [])}
        for unit, answers in codes.items():
            if unit not in units:
                raise traitlets.TraitError(f"'{unit}' is not a unit of this excerpt; they are {', '.join(units)}")
            for column, value in answers.items():
                if column not in columns or columns[column]["role"] != units[unit]:
                    raise traitlets.TraitError(f"'{column}' is not asked of unit '{unit}' in this lens")
                values = [code["id"] for code in columns[column]["codes"]] + [NONE]
                if value not in values:
                    raise traitlets.TraitError(f"'{value}' is not a value of '{column}' here; use {', '.join(values)}")
        return codes

    def to_frame(self) -> pd.DataFrame:
        """Return the reader's codes as tidy rows: coder, excerpt, key_version, lens, round, unit, column, value."""
        return codings.from_codes(
            self.codes,
            coder=self.coder,
            excerpt=self.excerpt["id"],
            key_version=self.excerpt["key_version"],
            lens=self.lens["id"],
            round=self.round,
        )

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return f"TranscriptCoder({self.excerpt['id']!r}, lens={self.lens['id']!r})"

    def _answer(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("type") == "plotly.js":
            send_plotly(self)


def send_plotly(widget: anywidget.AnyWidget) -> None:
    """Hand plotly.js over to a widget's front end: JupyterLab serves none that a widget could load."""
    from plotly.offline import get_plotlyjs

    widget.send({"type": "plotly.js"}, [get_plotlyjs().encode()])


def published() -> list[dict[str, str]]:
    """Return what coders of other instruments reach, from `data/evidence/reliability.csv`."""
    table = pd.read_csv(data_folder() / "evidence" / "reliability.csv", dtype=str, keep_default_na=False)
    return table.to_dict("records")


def excerpt_traits(text: excerpts.Excerpt, book: Codebook) -> dict[str, Any]:
    """Return an excerpt as the front end reads it, without its key."""
    fields = {
        "id", "title", "setting", "level", "summary", "content_label",
        "source", "attribution", "key_status", "key_version",
    }  # fmt: skip
    units = [
        {
            "id": unit.id,
            "turn": turn,
            "speaker": text.speaker(unit).name,
            "is": text.speaker(unit).is_,
            "role": text.speaker(unit).role,
            "text": unit.text,
        }
        for unit, turn in zip(text.units, text.turns(), strict=True)
    ]
    return text.model_dump(include=fields) | {"statement": book.statement, "units": units}


def lens_traits(lens: Lens, book: Codebook) -> dict[str, Any]:
    """Return a lens as the front end reads it, with all that its codes say."""
    return {
        "id": lens.id,
        "name": lens.name,
        "about": lens.about,
        "columns": [
            book.column(column).model_dump() | {"codes": [_code(id, lens, book) for id in ids]}
            for column, ids in lens.columns.items()
        ],
    }


def _code(id: str, lens: Lens, book: Codebook) -> dict[str, Any]:
    code = book.code(id)
    fields = {"id", "name", "shortcut", "definition", "count", "do_not_count", "examples", "near_misses"}
    return code.model_dump(include=fields) | {
        "colour": book.palette[code.colour].model_dump(),
        "confused_with": [{"code": other, "question": question} for other, question in book.confused_with(id, lens)],
    }
