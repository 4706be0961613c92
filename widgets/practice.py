"""Read the practice exports of a class, and say what the class and the key see differently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from widgets import agreement, excerpts
from widgets import codebook as codebooks
from widgets.codings import COLUMNS, CodingsError

FORMAT = "opening-minds-practice"
_SHARED = ("at", "excerpt", "use", "lens", "key_version", "round", "mode", "again")
ANSWERS = (*COLUMNS, "key", "at", "mode", "use")
FEW = 5
"""With fewer excerpts than this an interval resamples units, since drawing so few whole excerpts says nothing."""


def read(path: Path) -> pd.DataFrame:
    """Return the answers of one export as rows: those of a coding, and key, at, mode, use.

    Only what was met for the first time counts; an excerpt that was coded again is left out.
    Raises `CodingsError` when the file is not an export of the page Practice.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CodingsError(f"{path.name}: this is not readable JSON ({error}). Ask for a new export.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or content.get("version") != 1:
        raise CodingsError(
            f"{path.name}: this is not an export of the page Practice (no format '{FORMAT}', version 1)."
        )
    try:
        rows = [row for entry in content["finished"] if not entry["again"] for row in _rows(entry, content["coder"])]
    except (KeyError, TypeError, ValueError) as error:
        raise CodingsError(
            f"{path.name}: a finished excerpt is not as expected ({error!r}). Ask for a new export."
        ) from None
    return pd.DataFrame(rows, columns=list(ANSWERS))


def _rows(entry: Mapping[str, Any], coder: str) -> list[dict[str, Any]]:
    shared = {name: entry[name] for name in _SHARED} | {"coder": coder}
    return [
        shared | {"unit": unit, "column": column, "value": value, "key": key}
        for unit, column, value, key, _credit in entry["answers"]
        if value is not None
    ]


def read_folder(folder: Path) -> pd.DataFrame:
    """Return the answers of all exports (*.json) in a folder.

    Two exports under one code word are read as one coder's; an answer that stands in both counts once.
    Raises `CodingsError` when the folder holds none.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise CodingsError(f"{folder.name}/: there is no export (*.json) in this folder. Put the exports there.")
    return (
        pd.concat([read(path) for path in paths], ignore_index=True)
        .sort_values("at", kind="stable")
        .drop_duplicates(["coder", "excerpt", "lens", "unit", "column"])
        .reset_index(drop=True)
    )


def with_key(answers: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one row a coder: answers, excerpts, percent, kappa with its 95 % interval, and what was resampled."""
    rows = []
    for coder, mine in answers[answers["column"] == column].groupby("coder"):
        ratings = _two(mine)
        groups = mine["excerpt"].to_numpy() if mine["excerpt"].nunique() >= FEW else None
        made = agreement.bootstrap(agreement.cohen_kappa, ratings, clusters=groups)
        rows.append({
            "coder": coder, "answers": len(mine), "excerpts": mine["excerpt"].nunique(),
            "percent": agreement.percent_agreement(ratings), "kappa": made.estimate, "low": made.low,
            "high": made.high, "resampled": "units" if groups is None else "excerpts",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _two(answers: pd.DataFrame) -> list[list[float]]:
    values = sorted(set(answers["value"]) | set(answers["key"]))
    return [[float(values.index(value)) for value in answers[side]] for side in ("value", "key")]


def among_coders(answers: pd.DataFrame, column: str) -> agreement.Interval:
    """Return Krippendorff's alpha (nominal) among the coders, without the key, resampling excerpts."""
    rows = answers[answers["column"] == column]
    place = {value: float(i) for i, value in enumerate(sorted(set(rows["value"])))}
    wide = rows.assign(value=rows["value"].map(place)).pivot(
        index="coder", columns=["excerpt", "lens", "unit"], values="value"
    )
    return agreement.bootstrap(
        agreement.krippendorff_alpha, wide.to_numpy(), clusters=wide.columns.get_level_values("excerpt").to_numpy()
    )


def confusions(answers: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return how often each key value (rows) met each value that was given (columns)."""
    rows = answers[answers["column"] == column]
    order = [code.id for code in codebooks.load().codes if code.column == column] + [codebooks.NONE]
    table = pd.crosstab(rows["key"], rows["value"])
    kept = [value for value in order if value in table.index or value in table.columns]
    return table.reindex(index=kept, columns=kept, fill_value=0)


def hardest(answers: pd.DataFrame, column: str, *, at_least: int = 3) -> pd.DataFrame:
    """Return the units that fewest coders coded as the key does, the hardest first, with their text.

    at_least: how many coders must have coded a unit for it to be listed.
    """
    rows = answers[answers["column"] == column]
    listed = []
    for (excerpt, unit), group in rows.groupby(["excerpt", "unit"]):
        if group["coder"].nunique() < at_least:
            continue
        key = group["key"].iloc[0]
        others = group.loc[group["value"] != key, "value"]
        text = {unit.id: unit.text for unit in excerpts.load(str(excerpt)).units}
        listed.append({
            "excerpt": excerpt, "unit": unit, "coders": group["coder"].nunique(),
            "as the key": int((group["value"] == key).sum()), "key": key,
            "instead": others.mode().iloc[0] if len(others) else "", "text": text.get(str(unit), ""),
        })  # fmt: skip
    table = pd.DataFrame(listed)
    if table.empty:
        return table
    share = table["as the key"] / table["coders"]
    return (
        table.assign(share=share).sort_values(["share", "excerpt", "unit"]).drop(columns="share").reset_index(drop=True)
    )


def codes_of(answers: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return, for each code of the key, how often the class gave it (recall), with Wilson's 95 % interval."""
    rows = answers[answers["column"] == column]
    listed = []
    for code, group in rows.groupby("key"):
        found = int((group["value"] == code).sum())
        low, high = agreement.wilson(found, len(group))
        listed.append(
            {"code": code, "found": found, "of": len(group), "share": found / len(group), "low": low, "high": high}
        )
    return pd.DataFrame(listed)
