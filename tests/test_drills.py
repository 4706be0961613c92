"""The drills' data: what is loaded, what is refused with file, line and mend, and what the book's own files hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from widgets import codebook, drills
from widgets.documents import DataError, data_folder
from widgets.drills import DefinitionCloze, PairDrill, ProduceTurn

PAIR = """\
codes: [FO, AF-r]
items:
  - id: tea-01
    setting: therapy
    before: "He points at the kettle."
    texts: {FO: "Wait, the kettle.", AF-r: "What is in the kettle?"}
    reasons: {FO: "'Wait' gathers attention.", AF-r: "'What' asks for content."}
  - id: tea-02
    setting: care
    texts: {FO: "Look, a cup.", AF-r: "What is this, a cup?"}
    reasons: {FO: "'Look' gathers attention.", AF-r: "'What' asks for content."}
"""
CLOZE = """\
- {code: FO, gap: "attention", others: ["opinion", "effort"], reason: "Only attention is moved."}
"""
PRODUCE = """\
- id: tea
  code: EX-r
  setting: therapy
  scene: "Two people and a kettle."
  last: {who: "Amal", text: "Tea."}
  task: "Write Ruta's next turn so that it requests expanding."
  answers: ["One.", "Two.", "Three."]
  checklist: ["Does it ask?", "Is it open?", "Does it go beyond now?"]
"""


def write(folder: Path, **files: str) -> Path:
    texts = {"FO_AF-r": PAIR, "cloze": CLOZE, "produce": PRODUCE} | files
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf8")
    return folder


def test_a_pair_comes_with_its_codes_and_its_question(tmp_path: Path) -> None:
    (pair,) = drills.pairs(write(tmp_path))
    assert pair["id"] == "FO_AF-r"
    assert [code["id"] for code in pair["codes"]] == ["FO", "AF-r"]
    book = codebook.load()
    assert pair["codes"][0] == {
        "id": "FO", "name": book.code("FO").name, "shortcut": book.code("FO").shortcut,
        "definition": book.code("FO").definition, "colour": book.palette[book.code("FO").colour].model_dump(),
    }  # fmt: skip
    assert pair["question"] == book.pairs[0].question
    assert [item["before"] for item in pair["items"]] == ["He points at the kettle.", None]
    json.dumps(pair)


def test_pairs_stand_in_the_order_of_the_codebook(tmp_path: Path) -> None:
    last = PAIR.replace("FO", "AF").replace("AF-r", "EX").replace("tea", "cup")
    folder = write(tmp_path, AF_EX=last)
    assert [pair["id"] for pair in drills.pairs(folder)] == ["FO_AF-r", "AF_EX"]


def test_cloze_and_produce_carry_their_code(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (item,) = drills.cloze(folder)
    assert item["id"] == "cloze:FO:attention"
    assert item["code"]["definition"].count(item["gap"]) == 1
    (task,) = drills.produce(folder)
    assert task["code"]["id"] == "EX-r"
    assert task["last"] == {"who": "Amal", "text": "Tea."}


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("FO_AF-r", "codes: [FO, AF-r]", "codes: [AF-r, FO]", "FO_AF-r.yaml, line 1 (codes): the file is named for"),
        ("FO_AF-r", "texts: {FO: ", "texts: {EX: ", "line 6 (items.0.texts): there must be one for FO and one for"),
        ("FO_AF-r", "reasons: {FO: \"'Wait' gathers attention.\", ", "reasons: {", "line 7 (items.0.reasons)"),
        ("FO_AF-r", "What is in the kettle?", "Wait, the kettle.", "the two texts are the same"),
        ("FO_AF-r", "id: tea-02", "id: tea-01", "line 8 (items.1.id): 'tea-01' is used already, in FO_AF-r.yaml"),
        ("FO_AF-r", "setting: care", "setting: school", "line 9 (items.1.setting)"),
        ("FO_AF-r", "setting: care", "settings: care", "'settings' is not a known entry"),
        ("cloze", "code: FO", "code: FOO", "line 1 (0.code): 'FOO' is not a code"),
        ("cloze", '"attention"', '"attentions"', "must stand exactly once"),
        ("cloze", '"attention"', '"atten"', "must stand exactly once"),
        ("cloze", '"effort"', '"attention"', "two fillings are the same"),
        ("cloze", ', "effort"', "", "line 1 (0.others)"),
        ("produce", "code: EX-r", "code: EXR", "'EXR' is not a code"),
        ("produce", ', "Three."', "", "line 7 (0.answers)"),
        ("produce", "Is it open?", "It is open.", "line 8 (0.checklist.1): this is ticked"),
        ("produce", "  task:", "  tasks:", "'task' is missing"),
    ],
)
def test_mistakes_are_named_with_file_line_and_mend(name: str, old: str, new: str, words: str, tmp_path: Path) -> None:
    text = {"FO_AF-r": PAIR, "cloze": CLOZE, "produce": PRODUCE}[name]
    assert old in text
    folder = write(tmp_path, **{name: text.replace(old, new)})
    load = {"cloze": drills.cloze, "produce": drills.produce}.get(name, drills.pairs)
    with pytest.raises(DataError) as error:
        load(folder)
    assert words in str(error.value)
    assert str(error.value).startswith(f"{name}.yaml, line")


def test_a_file_of_no_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"FO_EX\.yaml.*is no pair of the codebook"):
        drills.pairs(write(tmp_path, FO_EX=PAIR))


def test_an_id_is_unique_in_the_whole_folder(tmp_path: Path) -> None:
    other = PAIR.replace("FO", "AF").replace("AF-r", "EX").replace("tea-02", "cup")
    with pytest.raises(DataError, match=r"'tea-01' is used already, in AF_EX\.yaml, line 3"):
        drills.pairs(write(tmp_path, AF_EX=other))


def test_the_widgets_show_all_or_what_is_named() -> None:
    assert [pair["id"] for pair in PairDrill(["AF_EX", "FO_AF-r"]).pairs] == ["FO_AF-r", "AF_EX"]
    assert {item["code"]["id"] for item in DefinitionCloze(codes=["FO"]).items} == {"FO"}
    tasks = drills.produce()
    assert ProduceTurn([tasks[1]["id"]], coder="river").tasks == [tasks[1]]
    assert PairDrill().pairs == drills.pairs()
    with pytest.raises(ValueError, match="there is no pair 'FO_EX' here; use some of: FO_AF-r"):
        PairDrill(["FO_EX"])
    assert [repr(PairDrill()), repr(DefinitionCloze()), repr(ProduceTurn())] == [
        "PairDrill()", "DefinitionCloze()", "ProduceTurn()",
    ]  # fmt: skip


# ---------------------------------------------------------------- the book's own files
def test_every_pair_has_twelve_items_in_both_settings() -> None:
    assert len(drills.pairs()) >= 22
    for pair in drills.pairs():
        assert len(pair["items"]) >= 12, pair["id"]
        settings = Counter(item["setting"] for item in pair["items"])
        assert min(settings["therapy"], settings["care"]) >= 3, pair["id"]


def test_no_text_stands_twice() -> None:
    texts = Counter(text for pair in drills.pairs() for item in pair["items"] for text in item["texts"].values())
    assert [text for text, count in texts.items() if count > 1] == []


def test_no_text_is_said_in_an_excerpt_of_the_library() -> None:
    said = "\n".join(path.read_text(encoding="utf8") for path in (data_folder() / "excerpts").glob("*.yaml"))
    long = [
        text for pair in drills.pairs() for item in pair["items"] for text in item["texts"].values() if len(text) > 30
    ]
    assert [text for text in long if text in said] == []


def test_the_longer_text_does_not_give_the_answer_away() -> None:
    for pair in drills.pairs():
        first, second = (code["id"] for code in pair["codes"])
        longer = sum(len(item["texts"][first]) > len(item["texts"][second]) for item in pair["items"])
        assert 0.2 <= longer / len(pair["items"]) <= 0.8, pair["id"]


def test_every_code_of_the_lens_of_components_has_a_gap_and_a_turn_to_write() -> None:
    components = set(codebook.load().lens("components").columns["component"])
    assert components <= {item["code"]["id"] for item in drills.cloze()}
    written = {task["code"]["id"].split("-")[0] for task in drills.produce()}
    assert components <= written
