"""Questions, predictions and sorting tasks as widgets, and the loading and checking of `data/questions/*.yaml`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import anywidget
import plotly.graph_objects as go
import traitlets
from pydantic import Field, StringConstraints

from widgets import frontend
from widgets.codebook import Strict
from widgets.coder import send_plotly
from widgets.documents import Document, Place, data_folder

Text = Annotated[str, StringConstraints(min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
GAP = "___"


class Option(Strict):
    """An answer to choose, with the reason why it is right or not."""

    text: Text
    right: bool = False
    why: Text


class QuestionItem(Strict):
    """A question with one right answer, with several, or with a gap that one of the options fills."""

    id: Id
    kind: Literal["one", "several", "cloze"]
    text: Text
    options: list[Option] = Field(min_length=3, max_length=5)


class PredictionItem(Strict):
    """What to guess before a figure is shown: a number, an order of items, or one of them."""

    id: Id
    kind: Literal["number", "order", "choice"]
    text: Text
    unit: Text | None = None
    low: float | None = None
    high: float | None = None
    step: float | None = Field(default=None, gt=0)
    items: list[Text] | None = Field(default=None, min_length=2, max_length=8)
    reveal: Text


class Card(Strict):
    """A card to put under a heading, with the reason why it belongs there."""

    text: Text
    heading: Text
    why: Text


class SortItem(Strict):
    """Cards to put under headings."""

    id: Id
    text: Text
    headings: list[Text] = Field(min_length=2, max_length=5)
    cards: list[Card] = Field(min_length=2, max_length=12)


class _File(Strict):
    """A file of the folder; a chapter has one."""

    questions: tuple[QuestionItem, ...] = ()
    predictions: tuple[PredictionItem, ...] = ()
    sorts: tuple[SortItem, ...] = ()


class Tasks(NamedTuple):
    """Everything in the folder by its id."""

    questions: dict[str, QuestionItem]
    predictions: dict[str, PredictionItem]
    sorts: dict[str, SortItem]


def load(folder: Path | None = None) -> Tasks:
    """Return what `data/questions` holds, or another folder.

    Raises `DataError` with file, line and mend for anything that is missing, unknown, repeated or that does not fit.
    """
    return _load(folder or data_folder() / "questions")


class Question(anywidget.AnyWidget):
    """Ask a question, and give a reason for every option once it is answered. Nothing is scored."""

    _esm = frontend.bundle("question")
    _css = frontend.style("questions")

    task = traitlets.Dict().tag(sync=True)

    def __init__(self, id: str) -> None:
        """Show the question with this id; its options stand in an order that the id decides, not the file."""
        task = _named(load().questions, id, "question").model_dump()
        super().__init__(task=task | {"options": _shuffled(id, task["options"])})

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return f"Question({self.task['id']!r})"


class Predict(anywidget.AnyWidget):
    """Ask for a guess, and show the figure with the result beside the guess once it is committed."""

    _esm = frontend.bundle("predict")
    _css = frontend.style("questions")

    task = traitlets.Dict().tag(sync=True)
    answer = traitlets.Any().tag(sync=True)
    figure = traitlets.Dict().tag(sync=True)

    def __init__(self, id: str, *, figure: go.Figure, answer: float | str | Sequence[str]) -> None:
        """Show the prediction with this id.

        figure: what is hidden until the guess, finished by `widgets.figures.finish`. answer: the number, the items in
        the right order, or the right item.
        """
        item = _named(load().predictions, id, "prediction")
        right = _answer(item, answer)
        task = item.model_dump(exclude_none=True)
        if item.kind == "order":
            task["items"] = _shuffled(id, task["items"])
            if task["items"] == right:
                task["items"] = [*right[1:], right[0]]
        super().__init__(task=task, answer=right, figure=_parts(figure))
        self.on_msg(self._on_message)

    def _on_message(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("type") == "plotly.js":
            send_plotly(self)

    def __repr__(self) -> str:
        return f"Predict({self.task['id']!r})"


class Sort(anywidget.AnyWidget):
    """Have cards put under headings, and give a reason for each once all are placed and checked."""

    _esm = frontend.bundle("sort")
    _css = frontend.style("questions")

    task = traitlets.Dict().tag(sync=True)

    def __init__(self, id: str) -> None:
        """Show the sorting task with this id; its cards stand in an order that the id decides, not the file."""
        task = _named(load().sorts, id, "sorting task").model_dump()
        super().__init__(task=task | {"cards": _shuffled(id, task["cards"])})

    def __repr__(self) -> str:
        return f"Sort({self.task['id']!r})"


Item = TypeVar("Item", QuestionItem, PredictionItem, SortItem)
Shown = TypeVar("Shown")


def _named(items: dict[str, Item], id: str, what: str) -> Item:
    if id not in items:
        known = ", ".join(items) or "none yet"
        raise ValueError(f"there is no {what} {id!r} in data/questions; there are: {known}")
    return items[id]


def _shuffled(id: str, items: list[Shown]) -> list[Shown]:
    # By a hash, so that the right answer's place in the file tells nothing and every build gives the same page.
    def lot(item: Any) -> str:
        return sha256(f"{id} {item if isinstance(item, str) else item['text']}".encode()).hexdigest()

    return sorted(items, key=lot)


def _answer(item: PredictionItem, answer: float | str | Sequence[str]) -> float | str | list[str]:
    """Return the answer as JSON, or raise ValueError when nobody could have guessed it."""
    if item.kind == "number":
        if isinstance(answer, str | Sequence) or not item.low <= float(answer) <= item.high:  # type: ignore[operator]
            raise ValueError(f"{item.id}: the answer must be a number from {item.low:g} to {item.high:g}: {answer!r}")
        return float(answer)
    items = item.items or []
    if item.kind == "choice":
        if answer not in items:
            raise ValueError(f"{item.id}: the answer must be one of the items {items}: {answer!r}")
        return str(answer)
    if isinstance(answer, str | float | int) or sorted(answer) != sorted(items):
        raise ValueError(f"{item.id}: the answer must be a list of all items {items} in their order: {answer!r}")
    return list(answer)


def _parts(figure: go.Figure) -> dict[str, Any]:
    made = json.loads(figure.to_json())
    layout = made["layout"]
    meta = layout.pop("meta", None) or {}
    if not {"caption", "alt", "table"} <= set(meta):
        raise ValueError("finish the figure before you pass it: widgets.figures.finish(figure, caption=, alt=, table=)")
    del layout["title"], layout["template"]  # the caption stands around the plot, and the template is empty
    return {"data": made["data"], "layout": layout, "frames": made.get("frames", []), **meta}


@cache
def _load(folder: Path) -> Tasks:
    tasks = Tasks({}, {}, {})
    taken: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = Document(path)
        parsed = document.parse(_File)
        for name, check in (("questions", _check_question), ("predictions", _check_prediction), ("sorts", _check_sort)):
            for i, item in enumerate(getattr(parsed, name)):
                if item.id in taken:
                    raise document.error(
                        (name, i, "id"), f"'{item.id}' is used already, in {taken[item.id]}. Choose another."
                    )
                taken[item.id] = f"{path.name}, line {document.line((name, i, 'id'))}"
                check(document, (name, i), item)
                getattr(tasks, name)[item.id] = item
    return tasks


def _check_question(document: Document, at: Place, item: QuestionItem) -> None:
    _distinct(document, (*at, "options"), [option.text for option in item.options])
    right = sum(option.right for option in item.options)
    if item.kind == "several" and not right:
        raise document.error((*at, "options"), "no option is right. Write 'right: true' in those that are.")
    if item.kind != "several" and right != 1:
        raise document.error(
            (*at, "options"), f"{right} options are right. Mark one with 'right: true', or use 'kind: several'."
        )
    gaps = item.text.count(GAP)
    if gaps != (item.kind == "cloze"):
        mend = f"Write {GAP} once where the gap is." if item.kind == "cloze" else "Use 'kind: cloze' or remove it."
        raise document.error((*at, "text"), f"the text holds {GAP} {gaps} times. {mend}")


def _check_prediction(document: Document, at: Place, item: PredictionItem) -> None:
    number = item.kind == "number"
    for name in ("low", "high", "items"):
        given = getattr(item, name) is not None
        if (name != "items") == number and not given:
            raise document.error(at, f"'{name}' is missing, which a {item.kind} needs. Add a line '{name}:' here.")
    for name in ("items",) if number else ("unit", "low", "high", "step"):
        if getattr(item, name) is not None:
            raise document.error((*at, name), f"a prediction of kind '{item.kind}' has no '{name}'. Remove it.")
    if number and item.low >= item.high:  # type: ignore[operator]
        raise document.error((*at, "high"), "'high' must be greater than 'low'. Correct one of them.")
    _distinct(document, (*at, "items"), item.items or [])
    if set("{}") & set(item.reveal.replace("{answer}", "")):
        raise document.error((*at, "reveal"), "only {answer} stands for something. Remove the other curly brackets.")


def _check_sort(document: Document, at: Place, item: SortItem) -> None:
    _distinct(document, (*at, "headings"), item.headings)
    _distinct(document, (*at, "cards"), [card.text for card in item.cards])
    for i, card in enumerate(item.cards):
        if card.heading not in item.headings:
            raise document.error(
                (*at, "cards", i, "heading"), f"'{card.heading}' is no heading. Use one of: {', '.join(item.headings)}."
            )


def _distinct(document: Document, at: Place, texts: list[str]) -> None:
    # Also because a kept answer names what was chosen by its text.
    if len(set(texts)) < len(texts):
        raise document.error(at, "two of these are the same. Change or remove one.")
