import pandas as pd
import pytest

from widgets import evidence
from widgets.documents import data_folder

OUTCOMES = {"cognition": "Thinking", "mediation": "Through the components"}


def test_the_board_marks_what_was_and_what_was_not_found() -> None:
    studies = pd.DataFrame(
        {"study": ["A et al. (2020), X", "B et al. (2021), Y"], "cognition": ["found", "not read"]}
        | {"mediation": ["not named", "not found"]}
    )
    figure = evidence.board(studies, OUTCOMES, "Two studies.")
    marked = {trace.name: list(zip(trace.x, trace.y, strict=True)) for trace in figure.data}
    assert marked == {
        "found": [("A<br>2020", "Thinking")],
        "in part": [],
        "not found": [("B<br>2021", "Through the components")],
    }
    assert "Through the components, B et al. (2021), Y: not found" in figure.layout.meta["alt"]
    assert len(figure.layout.meta["table"]["rows"]) == 2


def test_the_trial_that_speaks_against_the_paper_is_in_the_data() -> None:
    trials = evidence.load("misc_trials").set_index("key")
    assert trials.loc["sharp2022mediational", "mediation"] == "not found"
    assert set(trials["known_from"].str.extract(r"(abstract|table|full text)")[0].dropna()) <= {
        "abstract",
        "table",
        "full text",
    }


@pytest.mark.parametrize("path", sorted((data_folder() / "evidence").glob("*.csv")), ids=lambda p: p.stem)
def test_every_citation_key_is_in_the_references(path) -> None:
    known = (data_folder().parent / "book" / "references.bib").read_text(encoding="utf8")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in {"key", "cite"} & set(table.columns):
        for key in filter(None, table[column]):
            assert f"{{{key}," in known


def test_there_are_a_hundred_claims_and_each_id_once() -> None:
    claims = pd.read_csv(data_folder() / "claims.csv", dtype=str)
    assert len(claims) == 100
    assert claims["id"].is_unique
    assert claims.notna().all(axis=None)
    assert set(claims["status"]) <= {"planned", "taught"}
