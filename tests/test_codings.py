import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets import codings

CODES = {"u1": {"component": "FO", "valence": "V+"}, "u3": {"component": "none"}}


def frame():
    return codings.from_codes(CODES, coder="river", excerpt="tea", key_version=2, lens="components")


def test_rows_are_what_a_stored_answer_is() -> None:
    assert list(frame().columns) == list(codings.COLUMNS)
    assert frame().iloc[0].tolist() == ["river", "tea", 2, "components", 1, "u1", "component", "FO"]


names = st.text("abcXYZ-", min_size=1, max_size=6)


@given(st.dictionaries(names, st.dictionaries(names, names, min_size=1), max_size=5))
def test_codes_survive_the_frame(codes: dict[str, dict[str, str]]) -> None:
    made = codings.from_codes(codes, coder="a", excerpt="b", key_version=1, lens="c")
    assert codings.to_codes(made) == codes


def test_csv_and_json_exports_are_read_alike(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "a.csv", index=False)
    content = {"format": codings.FORMAT, "version": 1, "rows": frame().to_dict("records")}
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf8")
    for name in ("a.csv", "a.json"):
        assert codings.read(tmp_path / name).equals(frame()), name


def test_a_code_word_that_was_guarded_against_spreadsheets_comes_back(tmp_path: Path) -> None:
    guarded = frame().assign(coder="'=1+1")
    guarded.to_csv(tmp_path / "a.csv", index=False)
    assert set(codings.read(tmp_path / "a.csv")["coder"]) == {"=1+1"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "not readable JSON"),
        ("a.json", '{"rows": []}', "does not come from the coder"),
        ("a.csv", "coder,excerpt\na,b\n", "line 1: the columns"),
        ("a.csv", "", "cannot be read as CSV"),
        ("a.csv", ",".join(codings.COLUMNS) + "\na,b,one,l,1,u1,component,FO\n", "line 2: key_version is 'one'"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf8")
    with pytest.raises(codings.CodingsError, match=words) as caught:
        codings.read(tmp_path / name)
    assert name in str(caught.value)


def test_uncoded_is_missing_and_none_is_a_value() -> None:
    made = codings.ratings(frame(), "component", units=["u1", "u2", "u3"], values=["FO", "AF", "none"])
    assert made.shape == (1, 3)
    np.testing.assert_array_equal(made[0], [0, np.nan, 2])


def test_a_value_that_is_not_on_the_scale_is_an_error() -> None:
    with pytest.raises(codings.CodingsError, match="FO"):
        codings.ratings(frame(), "component", units=["u1"], values=["AF", "none"])


def test_sets_of_codes_keep_the_empty_set_and_leave_out_what_is_missing() -> None:
    made, sets = codings.set_ratings([[{"FO"}, set(), None], [["AF", "FO"], {"none"}, {"FO"}]])
    assert sets == [frozenset(), frozenset({"FO"}), frozenset({"AF", "FO"})]
    np.testing.assert_array_equal(made, [[1, 0, np.nan], [2, 0, 1]])


def test_sets_are_in_the_same_order_whoever_comes_first() -> None:
    coders = [[{"FO"}, {"EX"}, None], [{"AF", "FO"}, set(), {"RW"}]]
    assert codings.set_ratings(coders)[1] == codings.set_ratings([units[::-1] for units in coders[::-1]])[1]


@pytest.mark.parametrize(
    ("coders", "words"),
    [
        ([[{"FO"}], [{"FO"}, None]], "different numbers of units"),
        ([["FO"]], "is one word"),
        ([[{"none", "FO"}]], "both none and FO"),
    ],
)
def test_sets_that_cannot_be_meant_are_refused(coders: list, words: str) -> None:
    with pytest.raises(codings.CodingsError, match=words):
        codings.set_ratings(coders)
