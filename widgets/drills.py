"""The drills as widgets, and the loading and checking of `data/drills/*.yaml`, which they are made from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import anywidget
import traitlets
from pydantic import Field, RootModel, StringConstraints

from widgets import codebook as codebooks
from widgets import frontend
from widgets.codebook import Codebook, Setting, Strict
from widgets.documents import Document, Place, data_folder

Text = Annotated[str, StringConstraints(min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]


class PairItem(Strict):
    """A minimal pair: two texts as alike as possible, one for each code, with the reason for each."""

    id: Id
    setting: Setting
    before: Text | None = None
    texts: dict[str, Text]
    reasons: dict[str, Text]


class PairItems(Strict):
    """The items of one confusable pair: a file named by its codes."""

    codes: tuple[str, str]
    items: list[PairItem] = Field(min_length=1)


class ClozeItem(Strict):
    """A gap in the definition of a code, with wrong fillings that fit the grammar."""

    code: str
    gap: Text
    others: list[Text] = Field(min_length=2, max_length=3)
    reason: Text


class LastTurn(Strict):
    """What was said just before the turn to be written."""

    who: Text
    text: Text


class ProduceTask(Strict):
    """A turn to write, with three model answers and questions to look at the own one with."""

    id: Id
    code: str
    setting: Setting
    scene: Text
    last: LastTurn
    task: Text
    answers: list[Text] = Field(min_length=3, max_length=3)
    checklist: list[Text] = Field(min_length=3, max_length=4)


class _ClozeItems(RootModel[list[ClozeItem]]):
    """The file `cloze.yaml`."""


class _ProduceTasks(RootModel[list[ProduceTask]]):
    """The file `produce.yaml`."""


def pairs(folder: Path | None = None) -> list[dict[str, Any]]:
    """Return every pair that has items, in the codebook's order, as {id, codes, question, items}.

    Raises `DataError` with file, line and mend for anything that is missing, unknown, repeated or that does not fit.
    """
    return _pairs(folder or _folder())


def cloze(folder: Path | None = None) -> list[dict[str, Any]]:
    """Return the definitions with a gap, as {id, code, gap, others, reason}; raises `DataError` as `pairs` does."""
    return _cloze(folder or _folder())


def produce(folder: Path | None = None) -> list[dict[str, Any]]:
    """Return the turns to write, each with its code; raises `DataError` as `pairs` does."""
    return _produce(folder or _folder())


class PairDrill(anywidget.AnyWidget):
    """Tell two confusable codes apart in minimal pairs; each pair opens when an easier one is mastered."""

    _esm = frontend.bundle("pairs")
    _css = frontend.style("drills")

    pairs = traitlets.List(traitlets.Dict()).tag(sync=True)
    coder = traitlets.Unicode("reader").tag(sync=True)

    def __init__(self, pairs: Iterable[str] | None = None, *, coder: str = "reader") -> None:
        """Drill all pairs, or those named, such as "FO_AF-r". coder: a code word, never a name."""
        super().__init__(pairs=_chosen(_pairs(_folder()), pairs, lambda pair: pair["id"], "pair"), coder=coder)

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return "PairDrill()"


class DefinitionCloze(anywidget.AnyWidget):
    """Fill the gap in a definition of the codebook."""

    _esm = frontend.bundle("cloze")
    _css = frontend.style("drills")

    items = traitlets.List(traitlets.Dict()).tag(sync=True)
    coder = traitlets.Unicode("reader").tag(sync=True)

    def __init__(self, codes: Iterable[str] | None = None, *, coder: str = "reader") -> None:
        """Drill the definitions of all codes, or of those named. coder: a code word, never a name."""
        super().__init__(items=_chosen(cloze(), codes, lambda item: item["code"]["id"], "code"), coder=coder)

    def __repr__(self) -> str:
        return "DefinitionCloze()"


class ProduceTurn(anywidget.AnyWidget):
    """Write the next turn, and compare it with three model answers and a checklist. Nothing is scored."""

    _esm = frontend.bundle("produce")
    _css = frontend.style("drills")

    tasks = traitlets.List(traitlets.Dict()).tag(sync=True)
    coder = traitlets.Unicode("reader").tag(sync=True)

    def __init__(self, tasks: Iterable[str] | None = None, *, coder: str = "reader") -> None:
        """Show all tasks, or those whose ids are given. coder: a code word, never a name."""
        super().__init__(tasks=_chosen(produce(), tasks, lambda task: task["id"], "task"), coder=coder)

    def __repr__(self) -> str:
        return "ProduceTurn()"


def _chosen(items: list[dict[str, Any]], names: Iterable[str] | None, name_of: Any, what: str) -> list[dict[str, Any]]:
    if names is None:
        return items
    wanted = list(names)
    known = dict.fromkeys(map(name_of, items))
    for name in wanted:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r} here; use some of: {', '.join(known)}")
    return [item for item in items if name_of(item) in wanted]


def _folder() -> Path:
    return data_folder() / "drills"


def _code(id: str, book: Codebook) -> dict[str, Any]:
    code = book.code(id)
    fields = code.model_dump(include={"id", "name", "shortcut", "definition"})
    return fields | {"colour": book.palette[code.colour].model_dump()}


@cache
def _pairs(folder: Path) -> list[dict[str, Any]]:
    book = codebooks.load()
    order = {"_".join(pair.codes): pair for pair in book.pairs}
    taken: dict[str, str] = {}
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in ("cloze.yaml", "produce.yaml"):
            continue
        document = Document(path)
        parsed = document.parse(PairItems)
        if path.stem not in order:
            raise document.error((), f"'{path.stem}' is no pair of the codebook. Use one of: {', '.join(order)}.")
        _check_pair(document, parsed, order[path.stem].codes, taken)
        found[path.stem] = parsed
    return [
        {
            "id": id,
            "codes": [_code(code, book) for code in pair.codes],
            "question": pair.question,
            "items": [item.model_dump() for item in found[id].items],
        }
        for id, pair in order.items()
        if id in found
    ]


def _check_pair(document: Document, parsed: PairItems, codes: tuple[str, str], taken: dict[str, str]) -> None:
    if parsed.codes != codes:
        raise document.error(("codes",), f"the file is named for {' and '.join(codes)}. Write the codes as there.")
    for i, item in enumerate(parsed.items):
        at: Place = ("items", i)
        _unique(document, (*at, "id"), item.id, taken)
        for name in ("texts", "reasons"):
            if set(getattr(item, name)) != set(codes):
                raise document.error((*at, name), f"there must be one for {codes[0]} and one for {codes[1]}.")
        if len(set(item.texts.values())) == 1:
            raise document.error((*at, "texts"), "the two texts are the same. Put the deciding difference in.")


@cache
def _cloze(folder: Path) -> list[dict[str, Any]]:
    book = codebooks.load()
    document = Document(folder / "cloze.yaml")
    items = document.parse(_ClozeItems).root
    taken: dict[str, str] = {}
    made = []
    for i, item in enumerate(items):
        _known(document, (i, "code"), item.code, book)
        definition = book.code(item.code).definition
        whole = re.findall(rf"(?<!\w){re.escape(item.gap)}(?!\w)", definition)
        if len(whole) != 1 or definition.count(item.gap) != 1:
            raise document.error(
                (i, "gap"),
                f"'{item.gap}' must stand exactly once, as whole words, in the definition of {item.code}: {definition}",
            )
        if len({item.gap, *item.others}) != 1 + len(item.others):
            raise document.error((i, "others"), "two fillings are the same. Change or remove one.")
        id = f"cloze:{item.code}:{item.gap}"
        _unique(document, (i, "gap"), id, taken)
        made.append({"id": id, **item.model_dump(), "code": _code(item.code, book)})
    return made


@cache
def _produce(folder: Path) -> list[dict[str, Any]]:
    book = codebooks.load()
    document = Document(folder / "produce.yaml")
    tasks = document.parse(_ProduceTasks).root
    taken: dict[str, str] = {}
    for i, task in enumerate(tasks):
        _unique(document, (i, "id"), task.id, taken)
        _known(document, (i, "code"), task.code, book)
        for j, question in enumerate(task.checklist):
            if not question.endswith("?"):
                raise document.error((i, "checklist", j), "this is ticked as an answer: end it with a question mark.")
    return [task.model_dump() | {"code": _code(task.code, book)} for task in tasks]


def _unique(document: Document, place: Place, id: str, taken: dict[str, str]) -> None:
    if id in taken:
        raise document.error(place, f"'{id}' is used already, in {taken[id]}. Choose another.")
    taken[id] = f"{document.path.name}, line {document.line(place)}"


def _known(document: Document, place: Place, id: str, book: Codebook) -> None:
    ids: Collection[str] = [code.id for code in book.codes]
    if id not in ids:
        raise document.error(place, f"'{id}' is not a code. Use one of: {', '.join(ids)}.")
