"""Invent coders, so that an instructor or a facilitator can rehearse before real people code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from widgets import codebook as codebooks
from widgets import excerpts, practice
from widgets.codebook import NONE, Codebook, Lens
from widgets.excerpts import Excerpt

_MONDAY = "2027-03-01T10:00:00.000Z"


def codes_of(excerpt: Excerpt, lens: Lens, book: Codebook, skill: float, rng: np.random.Generator) -> dict[str, Any]:
    """Return invented codes {unit: {column: value}}: the key's value with the chance `skill`, else a likely mistake.

    A likely mistake is a code that the key's why-nots or its split name; where there is none, any code of the column.
    """
    codes: dict[str, Any] = {}
    for unit, columns in excerpts.key_in_lens(excerpt, lens, book).items():
        for column, answer in columns.items():
            key = str(answer["value"])
            likely = sorted({*dict(answer["why_not"]), *dict(answer["split"])} - {key})  # type: ignore[call-overload]
            wrong = likely or sorted({*lens.columns[column], NONE} - {key})
            chosen = key if rng.random() < skill else wrong[rng.integers(len(wrong))]
            codes.setdefault(unit, {})[column] = chosen
    return codes


def write_class(folder: Path, ids: list[str], lens: str, *, coders: int = 8, seed: int = 0) -> None:
    """Write the practice exports of an invented class into a folder, one file a coder.

    ids: the excerpts that everybody has coded through the lens. Their skills lie between 0.55 and 0.9.
    """
    book = codebooks.load()
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, coders + 1):
        skill = rng.uniform(0.55, 0.9)
        finished = []
        for excerpt in (excerpts.load(id) for id in ids):
            key = excerpts.key_in_lens(excerpt, book.lens(lens), book)
            codes = codes_of(excerpt, book.lens(lens), book, skill, rng)
            answers = [
                [unit, column, value, key[unit][column]["value"], None]
                for unit, columns in codes.items()
                for column, value in columns.items()
            ]
            finished.append({
                "at": _MONDAY, "excerpt": excerpt.id, "use": excerpt.use, "lens": lens, "again": False,
                "key_version": excerpt.key_version, "round": 1, "mode": "blind", "answers": answers,
            })  # fmt: skip
        word = f"invented-{number:02}"
        export = {"format": practice.FORMAT, "version": 1, "coder": word, "started": _MONDAY, "finished": finished}
        text = json.dumps(export | {"drills": {}, "notes": {}})
        (folder / f"practice-{word}-for-instructor.json").write_text(text, encoding="utf8")
