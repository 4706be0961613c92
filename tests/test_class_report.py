"""Practice exports of a class: read, compared with the key, and refused when they are something else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from widgets import codebook, excerpts, practice, rehearsal
from widgets.codings import CodingsError

IDS = ["unread-message", "at-the-mill", "jack-of-clubs"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of an invented class of six."""
    folder = tmp_path_factory.mktemp("class")
    rehearsal.write_class(folder, IDS, "components-valence", coders=6, seed=3)
    return folder


def test_every_answer_is_read_beside_its_key(folder: Path) -> None:
    answers = practice.read_folder(folder)
    assert list(answers.columns) == list(practice.ANSWERS)
    book = codebook.load()
    for row in answers.sample(40, random_state=1).itertuples():
        key = excerpts.key_in_lens(excerpts.load(row.excerpt), book.lens(row.lens), book)
        assert key[row.unit][row.column]["value"] == row.key


def test_agreement_is_that_of_another_library(folder: Path) -> None:
    answers = practice.read_folder(folder)
    table = practice.with_key(answers, "component").set_index("coder")
    assert len(table) == 6
    for coder, mine in answers[answers["column"] == "component"].groupby("coder"):
        assert table.loc[coder, "kappa"] == pytest.approx(cohen_kappa_score(mine["value"], mine["key"]), abs=1e-12)
        assert table.loc[coder, "percent"] == pytest.approx((mine["value"] == mine["key"]).mean())
        assert table.loc[coder, "resampled"] == "units"


def test_confusions_count_every_answer_once(folder: Path) -> None:
    answers = practice.read_folder(folder)
    rows = answers[answers["column"] == "component"]
    table = practice.confusions(answers, "component")
    assert table.to_numpy().sum() == len(rows)
    assert np.trace(table.to_numpy()) == (rows["value"] == rows["key"]).sum()


def test_the_hardest_units_come_first_with_their_text(folder: Path) -> None:
    answers = practice.read_folder(folder)
    table = practice.hardest(answers, "component")
    share = table["as the key"] / table["coders"]
    assert share.is_monotonic_increasing
    assert (table["text"].str.len() > 0).all()
    assert practice.hardest(answers, "component", at_least=99).empty


def test_an_answer_that_stands_in_two_exports_counts_once(folder: Path, tmp_path: Path) -> None:
    [path, *_] = sorted(folder.glob("*.json"))
    for name in ("first.json", "second.json"):
        (tmp_path / name).write_text(path.read_text(encoding="utf8"), encoding="utf8")
    assert len(practice.read_folder(tmp_path)) == len(practice.read(path))


def test_what_was_coded_again_or_left_out_does_not_count(folder: Path, tmp_path: Path) -> None:
    content = json.loads(sorted(folder.glob("*.json"))[0].read_text(encoding="utf8"))
    content["finished"][0]["again"] = True
    content["finished"][1]["answers"][0][2] = None
    path = tmp_path / "one.json"
    path.write_text(json.dumps(content), encoding="utf8")
    answers = practice.read(path)
    assert set(answers["excerpt"]) == set(IDS[1:])
    assert len(answers) == sum(len(one["answers"]) for one in content["finished"][1:]) - 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not readable JSON"),
        ('{"format": "opening-minds-codings", "version": 1}', "not an export of the page Practice"),
        ('{"format": "opening-minds-practice", "version": 2}', "not an export of the page Practice"),
        ('{"format": "opening-minds-practice", "version": 1, "coder": "a", "finished": [{}]}', "not as expected"),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text, encoding="utf8")
    with pytest.raises(CodingsError, match=words) as caught:
        practice.read(path)
    assert "odd.json" in str(caught.value)


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CodingsError, match="no export"):
        practice.read_folder(tmp_path)
