"""A pytest plugin for nbval: compare the figures of notebooks as numbers, to 6 digits.

nbval compares a figure's JSON exactly and as bytes where plotly packs arrays (base64 `bdata`), so that one unit in the
last place fails it. The template is left out: it changes with every release of plotly.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from nbval.plugin import IPyNbCell

_sanitize = IPyNbCell.sanitize


def rounded(value: Any) -> Any:
    """Return figure JSON with packed arrays unpacked and numbers rounded to 6 significant digits."""
    if isinstance(value, dict):
        if "bdata" in value:
            data = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
            return {"shape": value.get("shape"), "data": rounded(data)}
        return {key: rounded(item) for key, item in value.items() if key != "template"}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if value == value else "nan"  # which equals no other nan
    return value


def pytest_configure() -> None:
    IPyNbCell.sanitize = lambda cell, text: _sanitize(cell, text) if isinstance(text, str) else rounded(text)
