"""The catalog of the library, its parts, and the files that the publisher makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.library_page import SHOWN, few_excerpts
from widgets import codebook, drills, excerpts, library
from widgets.coder import TranscriptCoder
from widgets.documents import DataError
from widgets.publish import library as publisher


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    few_excerpts(monkeypatch)


def test_the_catalog_says_what_the_excerpts_hold() -> None:
    entries = {entry["id"]: entry for entry in library.catalog()}
    assert set(entries) == set(SHOWN)
    for id, entry in entries.items():
        text = excerpts.load(id)
        assert (entry["title"], entry["level"], entry["use"]) == (text.title, text.level, text.use)
        assert entry["setting_name"] == excerpts.SETTINGS[text.setting]
        assert entry["units"] == len(text.units)
        assert set(entry["coded"]) == set(entry["lenses"]) == set(text.lenses)
    jack = entries["jack-of-clubs"]
    assert jack["coded"]["components"] == len(TranscriptCoder("jack-of-clubs").key)
    assert {"FO", "AF", "EX", "RW", "RG"} <= set(jack["codes"])  # also where the key has the finer code only


def test_the_catalog_goes_by_level_and_holds_no_text_of_an_excerpt() -> None:
    entries = library.catalog()
    assert [entry["level"] for entry in entries] == sorted(entry["level"] for entry in entries)
    said = json.dumps(entries)
    for id in SHOWN:
        for unit in excerpts.load(id).units:
            assert json.dumps(unit.text)[1:-1] not in said


def test_the_library_shows_what_is_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [{"id": "a", "use": "library"}, {"id": "b", "use": "self-check"}, {"id": "c", "use": "set-a"}]
    monkeypatch.setattr(library, "catalog", lambda: entries)
    assert [entry["id"] for entry in library.Library().catalog] == ["a"]


def test_a_part_holds_what_the_coder_would_get() -> None:
    for lens in excerpts.load("unread-message").lenses:
        coder = TranscriptCoder("unread-message", lens)
        part = library.part("excerpt/unread-message")
        assert part["excerpt"] == coder.excerpt
        assert part["keys"][lens] == coder.key
        assert library.part(f"lens/{lens}") == coder.lens
    assert library.part("published") == coder.published


def test_every_part_can_be_had_and_written_as_json() -> None:
    for name in library.names():
        assert json.dumps(library.part(name))
    assert {f"lens/{lens.id}" for lens in codebook.load().lenses} <= set(library.names())
    assert library.part("cloze") == drills.cloze()
    assert library.part("produce") == drills.produce()


@pytest.mark.parametrize("name", ["", "excerpt/", "excerpt/../codebook", "lens/none", "pair/a_b", "publish"])
def test_an_unknown_part_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="there is no"):
        library.part(name)


def test_the_kernel_answers_with_the_part_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = library.Library()
    sent: list[Any] = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append(content))
    widget._answer(widget, {"type": "part", "name": "lens/components"}, None)
    widget._answer(widget, {"type": "part", "name": "lens/nothing"}, None)
    widget._answer(widget, {"type": "other"}, None)
    widget._answer(widget, {"type": "plotly.js"}, None)

    def broken(_name: str) -> None:
        raise DataError("tea.yaml, line 3: a mistake.")

    monkeypatch.setattr(library, "part", broken)
    widget._answer(widget, {"type": "part", "name": "excerpt/tea"}, None)
    assert sent[0] == {"type": "part", "name": "lens/components", "value": sent[0]["value"]}
    assert sent[0]["value"]["name"] == "Components"
    assert "there is no lens 'nothing'" in sent[1]["error"]
    assert sent[2] == {"type": "plotly.js"}
    assert sent[3] == {"type": "part", "name": "excerpt/tea", "error": "tea.yaml, line 3: a mistake."}


def test_the_repr_is_the_same_at_every_run() -> None:
    assert repr(library.Library()) == "Library()"


# ------------------------------------------------------------------ the publisher
def test_every_part_becomes_a_classic_script(tmp_path: Path) -> None:
    publisher.write(tmp_path)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.js")}
    assert found == {f"{name}.js" for name in library.names()}
    text = (tmp_path / "excerpt" / "unread-message.js").read_text("utf8")
    start = 'openingMinds.parts["excerpt/unread-message"]='
    assert text.startswith(start)
    assert text.endswith(";\n")
    assert json.loads(text.removeprefix(start)[:-2]) == library.part("excerpt/unread-message")


def test_only_what_changed_is_written_and_what_is_gone_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.write(tmp_path)
    kept, changed, gone = (tmp_path / "excerpt" / f"{name}.js" for name in SHOWN[:3])
    before = kept.stat().st_mtime_ns
    right = changed.read_text("utf8")
    changed.write_text("old", "utf8")
    monkeypatch.setattr(excerpts, "names", lambda: SHOWN[:2])
    publisher.write(tmp_path)
    assert kept.stat().st_mtime_ns == before
    assert changed.read_text("utf8") == right
    assert not gone.exists()
