from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from widgets.documents import DataError, Document, data_folder


class Person(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    age: int


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "people.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: Ada\nage: 3\nname: Eve\n", 3, "'name' stands here twice"),
        ("name: Ada\n", 1, "'age' is missing"),
        ("name: Ada\nage: 3\nheight: 2\n", 3, "'height' is not a known entry"),
        ("name: Ada\nage: old\n", 2, "integer"),
        ("name: Ada\nage: 3: 4\n", 2, "quotation marks"),
        ("name: [Ada\nage: 3\n", 2, "indent"),
        ("", 1, "empty"),
        (b"name: Ada\nage: \xff\n", 2, "UTF-8"),
        ("? [a, b]\n: c\n", 1, "a key must be a word"),
    ],
)
def test_every_mistake_names_file_line_and_mend(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    with pytest.raises(DataError) as caught:
        Document(write(tmp_path, text)).parse(Person)
    assert f"people.yaml, line {line}" in str(caught.value)
    assert words in str(caught.value)


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        Document(write(tmp_path, "age: old\nheight: 2\n")).parse(Person)
    assert len(str(caught.value).splitlines()) == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nobody\.yaml"):
        Document(tmp_path / "nobody.yaml")


def test_words_that_yaml_reads_as_something_else_stay_words(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'answer: no\nswitch: on\nversion: 1.10\ntime: 12:30\nquoted: "3"\nzero: 007\ncount: 12\ndate: 2026-11-23\n',
    )
    assert Document(path).value == {
        "answer": "no",
        "switch": "on",
        "version": 1.10,
        "time": "12:30",
        "quoted": "3",
        "zero": "007",
        "count": 12,
        "date": "2026-11-23",
    }


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool))
def test_any_quoted_text_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    if "\ufeff" in text or any(c in text for c in "\u2028\u2029\x85"):
        return  # YAML folds these line breaks and the byte order mark
    path = write(tmp_path_factory.mktemp("yaml"), f'text: "{quoted}"\n')
    assert Document(path).value == {"text": text}


def test_the_data_are_found() -> None:
    assert (data_folder() / "codebook.yaml").is_file()
