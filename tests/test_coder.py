from pathlib import Path

import pandas as pd
import pytest
from traitlets import TraitError

from tests.harness import TEA
from widgets import codebook, codings
from widgets.coder import TranscriptCoder

COLUMNS = list(codings.COLUMNS)


@pytest.fixture
def coder() -> TranscriptCoder:
    return TranscriptCoder("unread-message", lens="components", coder="river")


def first_adult(coder: TranscriptCoder) -> str:
    return next(unit["id"] for unit in coder.excerpt["units"] if unit["role"] == "adult")


def test_the_codes_arrive_as_tidy_rows(coder: TranscriptCoder) -> None:
    unit = first_adult(coder)
    coder.codes = {unit: {"component": "FO"}}
    frame = coder.to_frame()
    assert list(frame.columns) == COLUMNS
    version = coder.excerpt["key_version"]
    assert frame.iloc[0].tolist() == ["river", "unread-message", version, "components", 1, unit, "component", "FO"]


def test_nothing_coded_is_an_empty_frame_with_the_same_columns(coder: TranscriptCoder) -> None:
    assert list(coder.to_frame().columns) == COLUMNS
    assert coder.to_frame().empty


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"u999": {"component": "FO"}}, "'u999' is not a unit"),
        ({"ADULT": {"mode": "MZ"}}, "'mode' is not asked"),
        ({"ADULT": {"component": "AF-r"}}, "'AF-r' is not a value"),
        ({"CLIENT": {"component": "FO"}}, "is not asked of unit"),
    ],
)
def test_codes_that_do_not_exist_are_refused(coder: TranscriptCoder, codes: dict, words: str) -> None:
    client = next(unit["id"] for unit in coder.excerpt["units"] if unit["role"] == "client")
    names = {"ADULT": first_adult(coder), "CLIENT": client}
    with pytest.raises(TraitError, match=words):
        coder.codes = {names.get(unit, unit): value for unit, value in codes.items()}


def test_every_unit_of_a_role_that_is_asked_has_a_key(coder: TranscriptCoder) -> None:
    asked = {unit["id"] for unit in coder.excerpt["units"] if unit["role"] == "adult"}
    assert set(coder.key) == asked
    values = {code["id"] for code in coder.lens["columns"][0]["codes"]} | {"none"}
    assert {entry["component"]["value"] for entry in coder.key.values()} <= values


def test_a_lens_without_a_key_lists_those_that_have_one() -> None:
    with pytest.raises(ValueError, match="components-detail"):
        TranscriptCoder("unread-message", lens="client-mode")


def test_the_name_is_the_same_at_every_run(coder: TranscriptCoder) -> None:
    assert repr(coder) == "TranscriptCoder('unread-message', lens='components')"


def test_plotly_is_handed_over_when_the_front_end_asks(coder: TranscriptCoder, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list = []
    monkeypatch.setattr(coder, "send", lambda content, buffers: sent.append((content, buffers)))
    coder._answer(coder, {"type": "plotly.js"}, None)
    assert sent[0][0] == {"type": "plotly.js"}
    assert b"plotly.js" in sent[0][1][0][:200]


def test_a_code_brings_what_the_reader_needs_to_decide(coder: TranscriptCoder) -> None:
    code = coder.lens["columns"][0]["codes"][0]
    book = codebook.load().code(code["id"])
    assert code["definition"] == book.definition
    assert code["examples"] == {"therapy": book.examples.therapy, "care": book.examples.care}
    assert code["confused_with"]


def test_an_excerpt_of_ones_own_can_be_coded(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(TEA, encoding="utf8")
    assert isinstance(TranscriptCoder(path).to_frame(), pd.DataFrame)
