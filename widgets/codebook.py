"""Load and validate `data/codebook.yaml`: the codes, their pairs, and the lenses that select them."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from widgets.documents import Document, Place, data_folder

NONE = "none"
"""The value of a column in which a coder found none of its codes. An uncoded unit has no value at all."""

Role = Literal["adult", "client"]
Setting = Literal["therapy", "care"]


class Strict(BaseModel):
    """A record of a data file: nothing is guessed, nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Shade(Strict):
    """One colour of the palette, on a light and on a dark ground."""

    light: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    dark: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")


class Column(Strict):
    """A question asked of every unit of one role; a unit holds one answer a column.

    Where `unmentioned` is given, a key may leave the column out: the answer is then `none`, for this reason.
    """

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    role: Role
    question: str = Field(min_length=1)
    none: str = Field(min_length=1)
    unmentioned: str | None = None


class Family(Strict):
    """Codes that belong together on a page of the book."""

    id: str
    name: str
    about: str = Field(min_length=1)


class NamedText(Strict):
    """A short text under a name: a rule, an aspect of a code, or what the codebook is not."""

    name: str = Field(min_length=1)
    about: str = Field(min_length=1)


class Rule(Strict):
    """A general rule of coding."""

    name: str = Field(min_length=1)
    rule: str = Field(min_length=1)


class Examples(Strict):
    """Example units of a code in both settings."""

    therapy: list[str] = Field(min_length=1)
    care: list[str] = Field(min_length=1)


class NearMiss(Strict):
    """A unit that looks like the code and is something else (a code, or none)."""

    text: str = Field(min_length=1)
    setting: Setting
    instead: str
    why: str = Field(min_length=1)


class Source(Strict):
    """Where a part of a code comes from: the paper, another source that was seen, or ourselves."""

    mark: Literal["paper", "source", "ours"]
    cite: str | None = None
    about: str = Field(min_length=1)


class Code(Strict):
    """One code: what it is, when to count it, what it is mistaken for, and where it comes from."""

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    column: str
    family: str
    parent: str | None = None
    definition: str = Field(min_length=1)
    count: list[str] = Field(min_length=1)
    do_not_count: list[str] = Field(min_length=1)
    examples: Examples
    near_misses: list[NearMiss] = Field(min_length=1)
    aspects: list[NamedText] = Field(default_factory=list)
    feeds: str | None = None
    shortcut: str = Field(pattern=r"^[A-Za-z1-9+=-]$")
    colour: str
    sources: list[Source] = Field(min_length=1)

    @property
    def ours(self) -> bool:
        """True when neither the paper nor another source that was seen defines this code."""
        return all(source.mark == "ours" for source in self.sources)


class Pair(Strict):
    """Two codes that are easily confused, and the one question that decides between them."""

    codes: tuple[str, str]
    question: str = Field(min_length=1)
    minimal: tuple[str, str]


class Lens(Strict):
    """A named selection of codes for an exercise: column id to the ids of its codes."""

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    about: str = Field(min_length=1)
    columns: dict[str, list[str]] = Field(min_length=1)


class Codebook(Strict):
    """The whole codebook. Made by `load`, which also checks that its parts fit together."""

    name: str
    title: str
    version: str
    statement: str = Field(min_length=1)
    not_: list[NamedText] = Field(alias="not", min_length=1)
    rules: list[Rule] = Field(min_length=1)
    palette: dict[str, Shade]
    roles: dict[Role, str]
    columns: list[Column]
    families: list[Family]
    codes: list[Code]
    pairs: list[Pair]
    lenses: list[Lens]

    @cached_property
    def _codes(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    def code(self, id: str) -> Code:
        """Return a code by its id; KeyError names the nearest thing to do."""
        if id not in self._codes:
            raise KeyError(f"{id!r} is not a code of {self.name}; the codes are {', '.join(self._codes)}")
        return self._codes[id]

    def column(self, id: str) -> Column:
        """Return a column by its id."""
        return next(column for column in self.columns if column.id == id)

    def lens(self, id: str) -> Lens:
        """Return a lens by its id; ValueError lists the lenses there are."""
        for lens in self.lenses:
            if lens.id == id:
                return lens
        raise ValueError(f"there is no lens {id!r}; the lenses are {', '.join(lens.id for lens in self.lenses)}")

    def fold(self, value: str, column: str, lens: Lens) -> str:
        """Return a value as a lens sees it: itself, else its parent, else `none`."""
        codes = lens.columns[column]
        if value in codes:
            return value
        parent = self.code(value).parent if value != NONE else None
        return parent if parent in codes else NONE

    def confused_with(self, id: str, lens: Lens | None = None) -> list[tuple[str, str]]:
        """Return (other code, deciding question) for every pair that holds this code or its parent.

        Through a lens, a code stands for the finer codes that fold into it, on both sides of a pair.
        """
        names = {id, self.code(id).parent}
        if lens:
            names |= {code.id for code in self.codes if self._seen(code.id, lens) == id}
        found = [
            (self._seen(pair.codes[1 - i], lens) if lens else pair.codes[1 - i], pair.question)
            for pair in self.pairs
            for i in (0, 1)
            if pair.codes[i] in names
        ]
        return [(other, question) for other, question in found if other != id]

    def _seen(self, id: str, lens: Lens) -> str:
        # A code of a column that the lens does not ask for, or that folds to none, keeps its own name.
        column = self.code(id).column
        folded = self.fold(id, column, lens) if column in lens.columns else NONE
        return id if folded == NONE else folded

    def frame(self) -> pd.DataFrame:
        """Return one row a code: id, name, family, column, role, parent, definition, shortcut, ours."""
        return pd.DataFrame(
            [
                {
                    "code": code.id,
                    "name": code.name,
                    "family": code.family,
                    "column": code.column,
                    "role": self.column(code.column).role,
                    "parent": code.parent,
                    "definition": code.definition,
                    "shortcut": code.shortcut,
                    "ours": code.ours,
                }
                for code in self.codes
            ]
        ).set_index("code")


def load(path: Path | None = None) -> Codebook:
    """Load a codebook (the book's own by default).

    Raises `DataError` with file, line and mend for anything that is missing, unknown, repeated or that does not fit.
    """
    return _load(path or data_folder() / "codebook.yaml")


@cache
def _load(path: Path) -> Codebook:
    document = Document(path)
    book = document.parse(Codebook)
    _check(document, book)
    return book


def _check(document: Document, book: Codebook) -> None:
    """Check what a single record cannot know: references between parts, and what must be unique."""
    columns = {column.id for column in book.columns}
    families = {family.id for family in book.families}
    codes = {code.id: code for code in book.codes}
    for name in ("columns", "families", "codes", "lenses"):
        seen: set[str] = set()
        for i, item in enumerate(getattr(book, name)):
            if item.id in seen:
                raise document.error((name, i, "id"), f"the id '{item.id}' is used twice. Rename one of them.")
            seen.add(item.id)

    def known(id: str, ids: set[str], what: str, place: Place) -> None:
        if id not in ids:
            raise document.error(place, f"'{id}' is not a known {what}. Use one of: {', '.join(sorted(ids))}.")

    for i, code in enumerate(book.codes):
        at: Place = ("codes", i)
        if code.id == NONE:
            raise document.error((*at, "id"), f"'{NONE}' is kept for 'none of these'. Choose another id.")
        known(code.column, columns, "column", (*at, "column"))
        known(code.family, families, "family", (*at, "family"))
        known(code.colour, set(book.palette), "colour of the palette", (*at, "colour"))
        if code.parent is not None:
            known(code.parent, set(codes), "code", (*at, "parent"))
            if codes[code.parent].column != code.column:
                raise document.error(
                    (*at, "parent"), f"'{code.parent}' is in another column than its child. Correct one."
                )
        for j, miss in enumerate(code.near_misses):
            known(miss.instead, {*codes, NONE}, "code", (*at, "near_misses", j, "instead"))
        for j, source in enumerate(code.sources):
            if (source.mark == "source") != (source.cite is not None):
                raise document.error(
                    (*at, "sources", j), "a 'source' needs 'cite' (a key of the reference list); the others have none."
                )
    for i, pair in enumerate(book.pairs):
        for j, id in enumerate(pair.codes):
            known(id, set(codes), "code", ("pairs", i, "codes", j))
    for i, lens in enumerate(book.lenses):
        _check_lens(document, book, i, lens, codes, columns)


def _check_lens(
    document: Document, book: Codebook, i: int, lens: Lens, codes: dict[str, Code], columns: set[str]
) -> None:
    shortcuts: dict[str, dict[str, str]] = {}  # a unit has one role, so two roles may share a shortcut
    for column, ids in lens.columns.items():
        at: Place = ("lenses", i, "columns", column)
        if column not in columns:
            raise document.error(at, f"'{column}' is not a column. Use one of: {', '.join(sorted(columns))}.")
        colours: dict[str, str] = {}
        pressed = shortcuts.setdefault(book.column(column).role, {})
        for j, id in enumerate(ids):
            if id not in codes or codes[id].column != column:
                raise document.error((*at, j), f"'{id}' is not a code of the column '{column}'. Correct or remove it.")
            code = codes[id]
            for taken, mark, what in ((pressed, code.shortcut, "shortcut"), (colours, code.colour, "colour")):
                if mark in taken:
                    raise document.error(
                        (*at, j),
                        f"'{id}' has the {what} '{mark}' of '{taken[mark]}' in this lens. Give one of them another.",
                    )
                taken[mark] = id
