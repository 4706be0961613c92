"""Load the studies of `data/evidence/` and show what each found and did not find, as text and as a board."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
from IPython.display import Markdown

from widgets import figures
from widgets.documents import data_folder

MARKS = {"found": ("circle", "mine"), "in part": ("circle-open", "mine"), "not found": ("x", "key")}
"""Results that the board shows: their symbol, and their colour in the theme. Anything else leaves the place empty."""


def load(name: str) -> pd.DataFrame:
    """Return the table `data/evidence/<name>.csv`, one row a study, every cell as text."""
    return pd.read_csv(data_folder() / "evidence" / f"{name}.csv", dtype=str, keep_default_na=False)


def sentences(studies: pd.DataFrame) -> Markdown:
    """Return a list of the studies: design, comparison, what was found and what was not."""
    return Markdown(
        "\n".join(
            f"- [{row.study}]({row.link}). {row.design.capitalize()}, against {row.comparison}. "
            f"*Found:* {row.found}. *Not found:* {row.not_found}."
            for row in studies.itertuples()
        )
    )


def board(studies: pd.DataFrame, outcomes: Mapping[str, str], caption: str) -> go.Figure:
    """Return a figure with a mark for each study (across) and outcome (down): found, in part, not found.

    outcomes: the columns of `studies` that hold results, with the words to show for each.
    """
    results = studies.melt("study", list(outcomes), "outcome", "result").replace({"outcome": dict(outcomes)})
    results["label"] = results["study"].str.replace(r" et al. \((\w+)\).*", r"<br>\1", regex=True)
    said = results[results["result"].isin(MARKS)]
    figure = go.Figure(layout={"height": 420, "legend": {"orientation": "h", "y": -0.12}})
    for result, (symbol, role) in MARKS.items():
        hits = said[said["result"] == result]
        marker = {"symbol": symbol, "color": figures.theme()["light"][role], "size": 14}
        marker["line"] = {"width": 3 * symbol.endswith("open")}
        figure.add_scatter(x=hits["label"], y=hits["outcome"], mode="markers", name=result, marker=marker)
    figure.update_xaxes(categoryorder="array", categoryarray=list(results["label"].unique()))
    figure.update_yaxes(autorange="reversed", showticklabels=False)
    for name in outcomes.values():  # above each row: beside it a long name leaves no room on a phone
        place = {"x": 0, "xref": "paper", "xanchor": "left", "y": name, "yshift": 22, "showarrow": False}
        figure.add_annotation(text=name, **place)
    alt = ". ".join(said["outcome"] + ", " + said["study"] + ": " + said["result"])
    table = results.pivot(index="study", columns="outcome", values="result").reset_index()
    return figures.finish(figure, caption=caption, alt=alt, table=table).update_layout(margin_l=10)
