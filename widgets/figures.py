"""Give a Plotly figure the book's look, and the caption, text alternative and table that every figure has."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go


@cache
def theme() -> dict[str, Any]:
    """Return the colours and sizes that Python's figures share with those of the front end."""
    return json.loads((Path(__file__).parent / "theme.json").read_text(encoding="utf8"))


def finish(figure: go.Figure, *, caption: str, alt: str, table: pd.DataFrame) -> go.Figure:
    """Return the figure with the book's look and its caption, text alternative and table.

    caption: what the figure shows, one or two sentences. alt: what a reader who cannot see it should know, with the
    main numbers. table: the numbers of the figure, one row a mark. On a page the three stand around the figure as
    text; in JupyterLab the caption is the figure's title.
    """
    figure.update_layout(
        template="none",
        title={"text": "<br>".join(_wrapped(caption)), "font": {"size": 14}, "x": 0, "xanchor": "left"},
        meta={
            "caption": caption,
            "alt": alt,
            "table": {
                "columns": [str(column) for column in table.columns],
                "rows": json.loads(table.to_json(orient="values", double_precision=6)),
            },
        },
        font={"family": theme()["font"]},
        margin={"l": 60, "r": 20, "t": 60, "b": 50},
    )
    return figure


def _wrapped(text: str, width: int = 84) -> list[str]:
    # Plotly does not wrap a title.
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
