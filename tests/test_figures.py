import pandas as pd
import plotly.graph_objects as go

from tests.figures_in_notebooks import rounded
from widgets import figures

TABLE = pd.DataFrame({"code": ["FO", "AF"], "share": [0.25, float("nan")]})


def test_a_figure_carries_its_caption_alternative_and_table() -> None:
    figure = figures.finish(go.Figure(go.Bar(x=[1, 2])), caption="Two bars.", alt="One is 1, one is 2.", table=TABLE)
    meta = figure.to_dict()["layout"]["meta"]
    assert meta["caption"] == "Two bars."
    assert meta["alt"] == "One is 1, one is 2."
    assert meta["table"] == {"columns": ["code", "share"], "rows": [["FO", 0.25], ["AF", None]]}


def test_a_long_caption_wraps_in_the_title() -> None:
    figure = figures.finish(go.Figure(), caption="word " * 40, alt="-", table=TABLE)
    assert all(len(line) <= 85 for line in figure.layout.title.text.split("<br>"))


def test_figures_of_a_notebook_are_compared_to_six_digits() -> None:
    one = go.Figure(go.Scatter(y=pd.Series([1.0, 2.0]).to_numpy())).to_plotly_json()
    for value, same in ((2.0 + 1e-12, True), (2.001, False)):
        other = go.Figure(go.Scatter(y=pd.Series([1.0, value]).to_numpy())).to_plotly_json()
        assert (rounded(one) == rounded(other)) is same
