from pathlib import Path

import pytest

from widgets import codebook
from widgets.codebook import NONE
from widgets.documents import DataError, data_folder

TEXT = (data_folder() / "codebook.yaml").read_text(encoding="utf8")
BOOK = codebook.load()


def broken(folder: Path, old: str, new: str) -> str:
    """Return the message for the codebook with one thing changed."""
    assert old in TEXT
    path = folder / "codebook.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf8")
    with pytest.raises(DataError) as caught:
        codebook.load(path)
    return str(caught.value)


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


def test_an_unknown_parent_is_an_error_with_its_line(tmp_path: Path) -> None:
    message = broken(tmp_path, "    parent: AF\n", "    parent: AG\n")
    assert f"codebook.yaml, line {line_of('    parent: AF')}" in message
    assert "'AG' is not a known code" in message


def test_a_repeated_entry_is_an_error(tmp_path: Path) -> None:
    assert "'column' stands here twice" in broken(tmp_path, "    column: component\n", "    column: component\n" * 2)


def test_a_missing_definition_is_an_error(tmp_path: Path) -> None:
    assert "'definition' is missing" in broken(tmp_path, "    definition:", "    explanation:")


def test_a_repeated_id_is_an_error(tmp_path: Path) -> None:
    assert "used twice" in broken(tmp_path, "id: AF\n", "id: FO\n")


def test_a_shortcut_is_unique_in_a_lens(tmp_path: Path) -> None:
    one, other = (f"    shortcut: {BOOK.code(id).shortcut}\n" for id in ("FO", "EX"))
    message = broken(tmp_path, one, other)
    assert "in this lens" in message
    assert "shortcut" in message


def test_a_lens_with_a_code_of_another_column_is_an_error(tmp_path: Path) -> None:
    assert "is not a code of the column" in broken(tmp_path, "component: [FO,", "component: [NK,")


def test_the_codebook_has_all_families() -> None:
    ids = {code.id for code in BOOK.codes}
    expected = ["V+", "V0", "V-", "U+", "U0", "U-", *(f"A{i}" for i in range(1, 6))]
    expected += ["FO", "AF", "AF-p", "AF-r", "EX", "EX-p", "EX-r", "RW", "RW-e", "RW-n", "RG"]
    expected += ["NK", "EXP", "CLA", "CH", "AFF", "EV", "CR", "SR", "MR", "SD", "RP", "PMI", "NEG"]
    expected += ["MZ", "PE", "TE", "PM", "HM", "NM", "EO", "EVG", "EH", "EC"]
    expected += ["PSY", "INT", "TI", "ADV", "SK", "REA"]
    expected += [f"EM{i}{opposite}" for i in range(1, 12) for opposite in ("", "-O")]
    assert ids == set(expected)


def test_the_lenses_hold_the_codes_that_exercises_rely_on() -> None:
    assert BOOK.lens("components").columns == {"component": ["FO", "AF", "EX", "RW", "RG"]}
    assert {lens.id for lens in BOOK.lenses} == {
        "components", "components-detail", "components-valence", "mbt-stance", "explicit-implicit", "client-mode",
        "epistemic-stance", "client-state", "mode-answer", "mixed", "mixed-states", "roots",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "lens", "folded"),
    [
        ("AF-r", "components", "AF"),
        ("RW-e", "components", "RW"),
        ("RW-n", "components", NONE),  # praise without explanation is tallied apart
        ("AF-r", "components-detail", "AF-r"),
        ("RW-n", "components-detail", "RW-n"),
        (NONE, "components", NONE),
    ],
)
def test_values_fold_to_what_a_lens_asks(value: str, lens: str, folded: str) -> None:
    assert BOOK.fold(value, "component", BOOK.lens(lens)) == folded


def test_an_unknown_lens_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="components-detail"):
        BOOK.lens("nonsense")


def test_confusable_codes_come_with_the_question_that_decides() -> None:
    assert any(other == "AF-r" and "?" in question for other, question in BOOK.confused_with("FO"))
    # Through a lens that has only the parent, its children's pairs are its own.
    components = BOOK.lens("components")
    assert any(other == "AF" for other, _ in BOOK.confused_with("FO", components))
    assert any(other == "FO" for other, _ in BOOK.confused_with("AF", components))
    assert any(other == "INT" for other, _ in BOOK.confused_with("AF", components))
    # A pair named for a parent counts for its children too.
    assert any(other == "EX" for other, _ in BOOK.confused_with("AF-p"))


def test_every_shade_stands_out_from_its_ground() -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    for name, shade in BOOK.palette.items():
        assert contrast(shade.light, "#ffffff") >= 3, name
        assert contrast(shade.dark, "#14181e") >= 3, name


def test_the_frame_has_a_row_a_code() -> None:
    frame = BOOK.frame()
    assert len(frame) == len(BOOK.codes)
    assert frame.loc["AF-r", "parent"] == "AF"
    assert frame.loc["EH", "role"] == "client"


def test_the_words_of_other_instruments_are_named_and_kept_apart() -> None:
    text = " ".join(item.name + item.about for item in BOOK.not_)
    for name in ("OMI", "MBT-ACS", "Motivational Interviewing Skill Code"):
        assert name in text
