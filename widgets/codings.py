"""The one tidy frame of codings: rows in and out of CSV and JSON, and the arrays that `agreement` takes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from widgets.codebook import NONE

COLUMNS = ("coder", "excerpt", "key_version", "lens", "round", "unit", "column", "value")
"""What a stored answer is, everywhere: in a frame, an export and a room."""

FORMAT = "opening-minds-codings"
Codes = Mapping[str, Mapping[str, str]]
"""Codes of one coder: {unit: {column: value}}. A missing entry means not coded."""


class CodingsError(ValueError):
    """A file of codings cannot be read; the message names the place and the mend."""


def from_codes(codes: Codes, *, coder: str, excerpt: str, key_version: int, lens: str, round: int = 1) -> pd.DataFrame:
    """Return the tidy rows of one coder's codes, in the order in which they stand in `codes`."""
    rows = [
        (coder, excerpt, key_version, lens, round, unit, column, value)
        for unit, columns in codes.items()
        for column, value in columns.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def to_codes(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return {unit: {column: value}} from the rows of one coder, excerpt, lens and round."""
    codes: dict[str, dict[str, str]] = {}
    for unit, column, value in frame[["unit", "column", "value"]].itertuples(index=False):
        codes.setdefault(unit, {})[column] = value
    return codes


def read(path: Path) -> pd.DataFrame:
    """Read an export of the coder (CSV or JSON) as the tidy frame.

    Raises `CodingsError` when the file is not such an export.
    """
    if path.suffix.lower() == ".json":
        return _read_json(path)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise CodingsError(f"{path.name}: this cannot be read as CSV ({error}). Export the codings again.") from None
    # The export guards a word that a spreadsheet would take for a formula with an apostrophe.
    frame = frame.apply(lambda cells: cells.str.replace(r"^'(?=[=+\-@\t\r])", "", regex=True))
    return _typed(frame, path)


def _read_json(path: Path) -> pd.DataFrame:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CodingsError(f"{path.name}: this is not readable JSON ({error}). Export the codings again.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("rows"), list):
        raise CodingsError(f"{path.name}: this JSON does not come from the coder (no format '{FORMAT}').")
    return _typed(pd.DataFrame(content["rows"], columns=list(COLUMNS)), path)


def _typed(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    missing = [column for column in COLUMNS if column not in frame]
    if missing:
        raise CodingsError(
            f"{path.name}, line 1: the columns {', '.join(missing)} are missing. Codings have {', '.join(COLUMNS)}."
        )
    frame = frame[list(COLUMNS)].copy()
    for column in ("key_version", "round"):
        numbers = pd.to_numeric(frame[column], errors="coerce")
        if numbers.isna().any():
            row = int(np.flatnonzero(numbers.isna())[0])
            raise CodingsError(
                f"{path.name}, line {row + 2}: {column} is '{frame[column].iloc[row]}'. It must be a whole number."
            )
        frame[column] = numbers.astype(int)
    return frame


def ratings(frame: pd.DataFrame, column: str, *, units: Sequence[str], values: Sequence[str]) -> NDArray[np.float64]:
    """Return one column as an array (coders, units): the place of each value in `values`, nan where not coded.

    Coders stand in the order in which they first occur in the frame. A value that is not in `values` is an error,
    because it would silently become a missing one.
    """
    rows = frame[frame["column"] == column]
    unknown = sorted(set(rows["value"]) - set(values))
    if unknown:
        raise CodingsError(f"the values {', '.join(unknown)} of '{column}' are not among {', '.join(values)}.")
    coders = list(dict.fromkeys(frame["coder"]))
    result = np.full((len(coders), len(units)), np.nan)
    place = {value: i for i, value in enumerate(values)}
    at = {unit: i for i, unit in enumerate(units)}
    for coder, unit, value in rows[["coder", "unit", "value"]].itertuples(index=False):
        if unit in at:
            result[coders.index(coder), at[unit]] = place[value]
    return result


def set_ratings(
    coders: Sequence[Sequence[Collection[str] | None]],
) -> tuple[NDArray[np.float64], list[frozenset[str]]]:
    """Return codings in which a unit can hold several codes as an array (coders, units), and the sets of codes.

    coders: for each coder, for each unit, the codes given, or None where the unit was not coded.
    A rating is the place of its set in the list of sets, nan where not coded.
    The empty set means that none of the codes fits. It is an answer, and two of them agree;
    `{"none"}` is the same answer, and "none" beside a code is an error.
    The sets are in a fixed order, by size and then by name, whatever the order of coders and units.

    `agreement.krippendorff_alpha(ratings, distance=agreement.distance_matrix(sets, agreement.masi))`
    """
    if len({len(units) for units in coders}) > 1:
        raise CodingsError("the coders have different numbers of units. Put None where a unit was not coded.")
    given = [[None if codes is None else _as_set(codes) for codes in units] for units in coders]
    sets = sorted({codes for units in given for codes in units if codes is not None}, key=lambda s: (len(s), sorted(s)))
    place = {codes: float(i) for i, codes in enumerate(sets)}
    made = np.array([[np.nan if codes is None else place[codes] for codes in units] for units in given], dtype=float)
    return made.reshape(len(coders), -1), sets


def _as_set(codes: Collection[str]) -> frozenset[str]:
    if isinstance(codes, str):
        raise CodingsError(f"'{codes}' is one word. A unit holds a set of codes, such as {{'{codes}'}}.")
    found = frozenset(codes)
    if NONE in found and len(found) > 1:
        raise CodingsError(f"a unit holds both {NONE} and {', '.join(sorted(found - {NONE}))}. It is one or the other.")
    return found - {NONE}
