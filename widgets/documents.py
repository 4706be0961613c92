"""Read the YAML files of `data/` so that every mistake can be named by file, line and mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d*)$")
_REAL = re.compile(r"[-+]?(0|[1-9]\d*)?\.\d+$")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class DataError(ValueError):
    """A mistake in a data file; the message names the file, the line and what to do."""


def data_folder() -> Path:
    """Return the folder with the codebook and the excerpts, in a checkout or an installed wheel."""
    here = Path(__file__).parent
    for folder in (here / "data", here.parent / "data"):
        if (folder / "codebook.yaml").is_file():
            return folder
    raise DataError(f"{here.parent / 'data'}: no codebook.yaml there. Install the package again or restore the folder.")


class Document:
    """A YAML file as plain values, with the line of every one of them.

    Only the keys and values that the file shows are read: `no`, `on` and `1.10` stay text, a repeated key is an
    error, and aliases are refused, because a clinician who edits the file should get what she sees.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Place, int] = {}
        try:
            text = path.read_text(encoding="utf8")
        except FileNotFoundError:
            raise DataError(f"{path.name}: there is no such file in {path.parent.name}/.") from None
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise DataError(f"{path.name}, line {line}: this is not UTF-8 text. Save the file as UTF-8.") from None
        try:
            root = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise DataError(
                f"{path.name}, line {line}: {error.problem}. Look at this line and the one above: indent with "
                "spaces, and put quotation marks around text that contains a colon followed by a space."
            ) from None
        except yaml.YAMLError as error:
            raise DataError(
                f"{path.name}: this cannot be read as YAML ({error}). Remove unprintable characters."
            ) from None
        if root is None:
            raise DataError(f"{path.name}, line 1: the file is empty. Start from a copy of another one.")
        self.value = self._plain(root, ())

    def line(self, place: Place) -> int:
        """Return the line (from 1) of a value, or of the nearest thing around it."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def error(self, place: Place, what: str) -> DataError:
        """Return an error that names this file, the line of `place` and its path."""
        where = ".".join(map(str, place))
        return DataError(f"{self.path.name}, line {self.line(place)}{f' ({where})' if where else ''}: {what}")

    def parse(self, model: type[Model]) -> Model:
        """Return the document as a validated object, or raise one DataError that lists every mistake."""
        try:
            return model.model_validate(self.value)
        except ValidationError as error:
            raise DataError("\n".join(self._mistakes(error.errors()))) from None

    def _mistakes(self, errors: Iterable[Any]) -> Iterable[str]:
        for error in errors:
            place: Place = error["loc"]
            if error["type"] == "missing":
                what = f"'{place[-1]}' is missing. Add a line '{place[-1]}:' here."
                place = place[:-1]
            elif error["type"] == "extra_forbidden":
                what = f"'{place[-1]}' is not a known entry. Correct its spelling or remove it."
            else:
                what = f"{error['msg'].removeprefix('Value error, ')} (found: {str(error['input'])[:60]!r})."
            yield str(self.error(place, what))

    def _plain(self, node: yaml.Node, place: Place) -> Any:
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(child, (*place, i)) for i, child in enumerate(node.value)]
        if node.style:  # quoted or block text
            return node.value
        if node.value in _WORDS:
            return _WORDS[node.value]
        if _INTEGER.match(node.value):
            return int(node.value)
        return float(node.value) if _REAL.match(node.value) else node.value

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(place, "a key must be a word. Put quotation marks around it.")
            key = key_node.value
            if key in result:
                self._lines[(*place, key)] = key_node.start_mark.line + 1
                raise self.error((*place, key), f"'{key}' stands here twice. Remove or rename one of them.")
            self._lines[(*place, key)] = key_node.start_mark.line + 1
            result[key] = self._plain(value_node, (*place, key))
        return result
