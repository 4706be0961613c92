"""Load and validate `data/excerpts/*.yaml`: short transcripts with their provisional key."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from widgets import codebook as codebooks
from widgets.codebook import NONE, Codebook, Lens, Role, Strict
from widgets.documents import DataError, Document, Place, data_folder

SETTINGS = {
    "therapist-client": "therapist and client",
    "caregiver-child": "caregiver and child",
    "nurse-patient": "nurse and patient",
    "teacher-pupil": "teacher and pupil",
    "social-worker-client": "social worker and client",
    "group": "group",
    "family": "family",
    "quoted": "quotations",
}
"""Every setting of an excerpt, with its name in words."""

Use = Literal["library", "set-a", "set-b", "self-check"]
"""Where an excerpt is shown: to everybody, in one of the two matched sets, or in the self-check alone."""


class Speaker(Strict):
    """A person in an excerpt. `is` says in a word who they are there: therapist, grandfather, client."""

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    role: Role
    is_: str = Field(alias="is", min_length=1)


class Answer(Strict):
    """The key for one column of one unit, with the reason and why the likeliest wrong codes are wrong."""

    value: str
    reason: str = Field(min_length=1)
    why_not: dict[str, str] = Field(default_factory=dict)
    split: dict[str, float] = Field(default_factory=dict)


class Unit(Strict):
    """One thought unit. Cues that are shown rather than said stand in [brackets] in the text."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    speaker: str
    text: str = Field(min_length=1)
    key: dict[str, Answer] = Field(default_factory=dict)


class Excerpt(Strict):
    """A short transcript, pre-cut into units. Made by `load`, which checks it against the codebook."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    setting: str
    use: Use = "library"
    level: int = Field(ge=1, le=4)
    content_label: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    source: Literal["fictional", "quoted"]
    attribution: str | None = None
    author: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    key_status: Literal["provisional"]
    key_version: int = Field(ge=1)
    lenses: list[str] = Field(min_length=1)
    speakers: list[Speaker] = Field(min_length=1)
    units: list[Unit] = Field(min_length=1)

    def speaker(self, unit: Unit) -> Speaker:
        """Return who speaks in a unit."""
        return next(speaker for speaker in self.speakers if speaker.id == unit.speaker)

    def turns(self) -> list[int]:
        """Return the number of the turn (from 1) of every unit: consecutive units of one speaker are one turn."""
        return [turn for turn, (_, units) in enumerate(groupby(u.speaker for u in self.units), 1) for _ in units]

    def frame(self) -> pd.DataFrame:
        """Return one row a unit: excerpt, unit, turn, speaker, is, role, text, and one column a column of the key."""
        rows = []
        for unit, turn in zip(self.units, self.turns(), strict=True):
            who = self.speaker(unit)
            row: dict[str, object] = {
                "excerpt": self.id,
                "unit": unit.id,
                "turn": turn,
                "speaker": who.name,
                "is": who.is_,
                "role": who.role,
                "text": unit.text,
            }
            rows.append(row | {column: answer.value for column, answer in unit.key.items()})
        return pd.DataFrame(rows).set_index("unit")


def folder() -> Path:
    """Return the folder of the excerpts."""
    return data_folder() / "excerpts"


def names() -> list[str]:
    """Return the ids of all excerpts, in alphabetical order."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def load(id: str | Path) -> Excerpt:
    """Load an excerpt by its id, or by the path of a file of your own.

    Raises `DataError` with file, line and mend.
    """
    if isinstance(id, Path):
        return _load(id)
    if id not in names():
        raise DataError(f"there is no excerpt {id!r}; the excerpts are {', '.join(names())}")
    return _load(folder() / f"{id}.yaml")


def load_all() -> list[Excerpt]:
    """Load every excerpt of the book."""
    return [load(id) for id in names()]


def key_in_lens(excerpt: Excerpt, lens: Lens, book: Codebook) -> dict[str, dict[str, dict[str, object]]]:
    """Return the key as a lens sees it: {unit: {column: {value, reason, why_not, split, finest}}}.

    Values, splits and why-nots are folded to the codes of the lens; `finest` is the code as it was written.
    """
    result: dict[str, dict[str, dict[str, object]]] = {}
    for unit in excerpt.units:
        for column in lens.columns:
            if column not in unit.key:
                continue
            answer = unit.key[column]
            value = book.fold(answer.value, column, lens)
            why_not: dict[str, str] = {}
            for code, text in answer.why_not.items():
                folded = book.fold(code, column, lens)
                if folded != value:
                    why_not[folded] = f"{why_not[folded]} {text}" if folded in why_not else text
            split: dict[str, float] = {}
            for code, share in answer.split.items():
                folded = book.fold(code, column, lens)
                split[folded] = round(split.get(folded, 0) + share, 6)
            result.setdefault(unit.id, {})[column] = {
                "value": value,
                "reason": answer.reason,
                "why_not": why_not,
                "split": split if len(split) > 1 else {},
                "finest": answer.value,
            }
    return result


@cache
def _load(path: Path) -> Excerpt:
    document = Document(path)
    excerpt = document.parse(Excerpt)
    _check(document, excerpt, codebooks.load())
    return excerpt


def _check(document: Document, excerpt: Excerpt, book: Codebook) -> None:
    """Check the excerpt against its file name, its speakers and the codebook; add what its key may leave out."""
    if excerpt.id != document.path.stem:
        raise document.error(("id",), f"the id '{excerpt.id}' is not the name of the file. Make them equal.")
    if excerpt.setting not in SETTINGS:
        raise document.error(("setting",), f"'{excerpt.setting}' is no setting. Use one of: {', '.join(SETTINGS)}.")
    if (excerpt.source == "quoted") != (excerpt.attribution is not None):
        raise document.error(("source",), "a quoted excerpt needs an 'attribution', a fictional one has none.")
    speakers = {speaker.id: speaker for speaker in excerpt.speakers}
    lenses = []
    for i, id in enumerate(excerpt.lenses):
        try:
            lenses.append(book.lens(id))
        except ValueError as error:
            raise document.error(("lenses", i), f"{error}.") from None
    seen: set[str] = set()
    for i, unit in enumerate(excerpt.units):
        at: Place = ("units", i)
        if unit.id in seen:
            raise document.error((*at, "id"), f"the unit '{unit.id}' stands here twice. Give each unit its own id.")
        seen.add(unit.id)
        if unit.speaker not in speakers:
            raise document.error(
                (*at, "speaker"), f"'{unit.speaker}' is not one of the speakers ({', '.join(speakers)}). Correct it."
            )
        role = speakers[unit.speaker].role
        asked = {column for lens in lenses for column in lens.columns if book.column(column).role == role}
        for column in sorted(asked - set(unit.key)):
            silent = book.column(column).unmentioned
            if silent is None:
                raise document.error(
                    at, f"unit '{unit.id}' has no '{column}', which its lenses ask. Add it under 'key:'."
                )
            unit.key[column] = Answer(value=NONE, reason=silent)
        for column, answer in unit.key.items():
            _check_answer(document, (*at, "key", column), column, answer, role, book)


def _check_answer(document: Document, at: Place, column: str, answer: Answer, role: Role, book: Codebook) -> None:
    columns = {c.id for c in book.columns if c.role == role}
    if column not in columns:
        raise document.error(at, f"'{column}' is not asked of a {book.roles[role]}. Use: {', '.join(sorted(columns))}.")
    values = {code.id for code in book.codes if code.column == column} | {NONE}
    named = [("value", answer.value), *(("why_not", c) for c in answer.why_not), *(("split", c) for c in answer.split)]
    for where, value in named:
        if value not in values:
            raise document.error(
                (*at, where), f"'{value}' is not a value of '{column}'. Use one of: {', '.join(sorted(values))}."
            )
    if answer.value in answer.why_not:
        raise document.error((*at, "why_not"), f"'{answer.value}' is the key itself. Explain other codes here.")
    if answer.split:
        total = sum(answer.split.values())
        if abs(total - 1) > 1e-6:
            raise document.error((*at, "split"), f"the shares add up to {total:g}. Make them add up to 1.")
        if answer.split.get(answer.value, 0) < max(answer.split.values()):
            raise document.error((*at, "split"), f"the key '{answer.value}' must have the largest share.")
