"""Questions, predictions and sorting tasks: what is loaded, what is refused with file, line and mend, what is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from widgets import frontend, questions
from widgets.documents import DataError
from widgets.figures import finish
from widgets.questions import Predict, Question, Sort

GOOD = """\
questions:
  - id: tea-1
    kind: one
    text: "What is in the cup?"
    options:
      - {text: "Tea", right: true, why: "It was poured."}
      - {text: "Rain", why: "It is dry."}
      - {text: "Sand", why: "It is wet."}
  - id: tea-2
    kind: cloze
    text: "The ___ is hot."
    options:
      - {text: "tea", right: true, why: "It steams."}
      - {text: "ice", why: "It melts."}
      - {text: "moon", why: "It is far."}
  - id: tea-3
    kind: several
    text: "What can be drunk?"
    options:
      - {text: "Tea", right: true, why: "It can."}
      - {text: "Milk", right: true, why: "It can, too."}
      - {text: "Sand", why: "It cannot."}
predictions:
  - id: cups
    kind: number
    text: "How many cups?"
    unit: "cups a day"
    low: 0
    high: 10
    step: 0.5
    reveal: "It is {answer}."
  - id: order
    kind: order
    text: "Which is hottest?"
    items: ["Tea", "Soup", "Snow"]
    reveal: "So: {answer}."
  - id: choice
    kind: choice
    text: "Which is it?"
    items: ["Tea", "Soup"]
    reveal: "It is {answer}."
sorts:
  - id: drinks
    text: "Hot or cold?"
    headings: ["Hot", "Cold"]
    cards:
      - {text: "Tea", heading: "Hot", why: "It steams."}
      - {text: "Ice", heading: "Cold", why: "It is frozen."}
"""


def figure() -> go.Figure:
    table = pd.DataFrame({"cup": [1, 2], "heat": [0.5, None]})
    return finish(go.Figure(go.Bar(x=[1, 2], y=[3, 4])), caption="Two cups.", alt="Both are full.", table=table)


@pytest.fixture
def tea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data with one good file, which the widgets read."""
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "tea.yaml").write_text(GOOD, encoding="utf8")
    monkeypatch.setattr(questions, "data_folder", lambda: tmp_path)
    return folder


def test_everything_is_found_by_its_id(tea: Path) -> None:
    tasks = questions.load()
    assert [list(kind) for kind in tasks] == [["tea-1", "tea-2", "tea-3"], ["cups", "order", "choice"], ["drinks"]]
    assert tasks.questions["tea-1"].options[0].right
    assert questions.load(tea.parent / "none") == ({}, {}, {})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: tea-2", "id: tea-1", "line 9 (questions.1.id): 'tea-1' is used already, in tea.yaml, line 2"),
        ("id: drinks", "id: cups", "line 43 (sorts.0.id): 'cups' is used already, in tea.yaml, line 24"),
        ("id: tea-2", "id: Tea 2", "line 9 (questions.1.id)"),
        ("kind: one", "kind: two", "line 3 (questions.0.kind)"),
        ('      - {text: "Sand", why: "It is wet."}\n', "", "line 5 (questions.0.options): List should have at least"),
        ('right: true, why: "It was', 'why: "It was', "line 5 (questions.0.options): 0 options are right. Mark one"),
        ('"Rain", why', '"Rain", right: true, why', "line 5 (questions.0.options): 2 options are right. Mark one"),
        ('"Rain", why', '"Tea", why', "line 5 (questions.0.options): two of these are the same"),
        ('why: "It is dry."', 'reason: "It is dry."', "line 7 (questions.0.options.1): 'why' is missing"),
        ("in the cup?", "in ___?", "line 4 (questions.0.text): the text holds ___ 1 times. Use 'kind: cloze'"),
        ("The ___ is", "The tea is", "line 11 (questions.1.text): the text holds ___ 0 times. Write ___ once"),
        ("    low: 0\n", "", "line 24 (predictions.0): 'low' is missing, which a number needs"),
        ("high: 10", "high: 0", "line 29 (predictions.0.high): 'high' must be greater"),
        ("step: 0.5", "step: 0", "line 30 (predictions.0.step)"),
        ('items: ["Tea", "Soup"]', "low: 1", "'items' is missing, which a choice needs"),
        ('items: ["Tea", "Soup"]', 'items: ["Tea", "Tea"]', "line 40 (predictions.2.items): two of these"),
        ("kind: choice\n", "kind: choice\n    unit: cups\n", "line 39 (predictions.2.unit): a prediction of kind"),
        ("So: {answer}", "So: {result}", "line 36 (predictions.1.reveal): only {answer} stands for something"),
        ('heading: "Cold"', 'heading: "Warm"', "line 48 (sorts.0.cards.1.heading): 'Warm' is no heading. Use"),
        ("sorts:", "sort:", "line 42 (sort): 'sort' is not a known entry"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_file_line_and_mend(old: str, new: str, words: str, tea: Path) -> None:
    assert GOOD.count(old) == 1
    (tea / "tea.yaml").write_text(GOOD.replace(old, new), encoding="utf8")
    with pytest.raises(DataError) as error:
        questions.load()
    assert words in str(error.value)
    assert str(error.value).startswith("tea.yaml, line")


def test_an_id_is_unique_in_the_whole_folder(tea: Path) -> None:
    (tea / "zoo.yaml").write_text(GOOD[GOOD.index("sorts:") :], encoding="utf8")
    with pytest.raises(DataError, match=r"zoo\.yaml, line 2 .*'drinks' is used already, in tea\.yaml, line 43"):
        questions.load()


@pytest.mark.usefixtures("tea")
def test_the_widgets_hold_what_the_page_needs_and_no_address() -> None:
    widgets = [Question("tea-1"), Predict("cups", figure=figure(), answer=2.25), Sort("drinks")]
    assert [repr(widget) for widget in widgets] == ["Question('tea-1')", "Predict('cups')", "Sort('drinks')"]
    assert {option["text"] for option in widgets[0].task["options"]} == {"Tea", "Rain", "Sand"}
    assert widgets[1].task == {
        "id": "cups", "kind": "number", "text": "How many cups?", "unit": "cups a day", "low": 0.0, "high": 10.0,
        "step": 0.5, "reveal": "It is {answer}.",
    }  # fmt: skip
    shown = widgets[1].figure
    assert (shown["caption"], shown["alt"]) == ("Two cups.", "Both are full.")
    assert shown["table"] == {"columns": ["cup", "heat"], "rows": [[1, 0.5], [2, None]]}
    assert {"title", "template", "meta"} & set(shown["layout"]) == set()
    json.dumps([widget.get_state(["task"]) for widget in widgets])


@pytest.mark.usefixtures("tea")
def test_the_order_in_the_file_tells_nothing() -> None:
    assert Question("tea-1").task == Question("tea-1").task
    assert [card["text"] for card in Sort("drinks").task["cards"]] == questions._shuffled("drinks", ["Tea", "Ice"])
    for right in (["Tea", "Soup", "Snow"], ["Soup", "Tea", "Snow"], ["Snow", "Tea", "Soup"]):
        shown = Predict("order", figure=figure(), answer=right).task["items"]
        assert shown != right
        assert sorted(shown) == sorted(right)
    assert Predict("choice", figure=figure(), answer="Soup").task["items"] == ["Tea", "Soup"]


@pytest.mark.usefixtures("tea")
@pytest.mark.parametrize(
    ("id", "answer", "words"),
    [
        ("cups", 11, "a number from 0 to 10"),
        ("cups", "2", "a number from 0 to 10"),
        ("order", ["Tea", "Soup"], "a list of all items"),
        ("order", "Tea", "a list of all items"),
        ("choice", "Snow", "one of the items"),
        ("nobody", 1, "there is no prediction 'nobody' in data/questions; there are: cups, order, choice"),
    ],
)
def test_an_answer_that_nobody_could_guess_is_refused(id: str, answer: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Predict(id, figure=figure(), answer=answer)


@pytest.mark.usefixtures("tea")
def test_a_figure_that_is_not_finished_is_refused() -> None:
    with pytest.raises(ValueError, match="finish the figure"):
        Predict("cups", figure=go.Figure(), answer=1)


@pytest.mark.usefixtures("tea")
def test_the_kernel_hands_plotly_over(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = Predict("cups", figure=figure(), answer=1)
    sent: list[Any] = []
    monkeypatch.setattr(widget, "send", lambda content, buffers: sent.append((content, len(buffers[0]))))
    widget._on_message(widget, {"type": "other"}, [])
    widget._on_message(widget, {"type": "plotly.js"}, [])
    ((content, size),) = sent
    assert content == {"type": "plotly.js"}
    assert size > 1_000_000


def test_the_front_end_is_small() -> None:
    parts: dict[str, str] = {}
    for name in ("question", "predict", "sort"):
        frontend._collect(name, parts)
    shared = {"view", "plotting", "notebookfigure"}
    assert shared <= set(parts)
    assert sum(len(text) for name, text in parts.items() if name not in shared) < 30_000
    assert not {"score", "store", "figures", "practice"} & set(parts)


# ---------------------------------------------------------------- the book's own files
def test_the_book_s_own_files_are_good() -> None:
    tasks = questions.load()
    for item in tasks.questions.values():
        assert Question(item.id).task["text"] == item.text
    for item in tasks.sorts.values():
        used = {card.heading for card in item.cards}
        assert used == set(item.headings), f"{item.id}: a heading has no card"
