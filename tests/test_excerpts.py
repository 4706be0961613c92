import re
from pathlib import Path

import pytest

from tests.harness import TEA
from widgets import codebook, excerpts
from widgets.codebook import NONE
from widgets.documents import DataError, data_folder

BOOK = codebook.load()
ALL = excerpts.load_all()


def test_a_file_of_ones_own_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(TEA, encoding="utf8")
    excerpt = excerpts.load(path)
    key = excerpts.key_in_lens(excerpt, BOOK.lens("components"), BOOK)
    assert key["u1"]["component"]["value"] == "AF"
    assert key["u1"]["component"]["split"] == {"AF": 0.7, "FO": 0.3}
    assert excerpt.frame().loc["u2", "role"] == "client"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("value: AF-r", "value: AX", 22, "'AX' is not a value of 'component'"),
        ("      component:\n", "      mode: {value: MZ, reason: A.}\n      component:\n", 21, "is not asked of a"),
        ("why_not: {FO:", "why_not: {AF-r:", 24, "is the key itself"),
        ("FO: 0.3", "FO: 0.4", 25, "Make them add up to 1"),
        ("{AF-r: 0.7, FO: 0.3}", "{AF-r: 0.3, FO: 0.7}", 25, "must have the largest share"),
        ("speaker: c", "speaker: x", 27, "is not one of the speakers"),
        ("id: u2", "id: u1", 26, "stands here twice"),
        ("id: tea", "id: coffee", 1, "not the name of the file"),
        ("lenses: [components]", "lenses: [componants]", 12, "there is no lens"),
        ("source: fictional", "source: quoted", 7, "needs an 'attribution'"),
        ("key_status: provisional", "key_status: gold", 10, "provisional"),
        ("    key:\n", "    kex:\n", 20, "'kex' is not a known entry"),
        ("        reason: It asks what was there.\n", "", 21, "'reason' is missing"),
    ],
)
def test_every_mistake_names_file_line_and_mend(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = tmp_path / "tea.yaml"
    assert old in TEA
    path.write_text(TEA.replace(old, new), encoding="utf8")
    with pytest.raises(DataError) as caught:
        excerpts.load(path)
    assert words in str(caught.value)
    assert f"tea.yaml, line {line}" in str(caught.value)


def test_a_unit_without_the_key_that_its_lens_asks_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(TEA[: TEA.index("    key:")] + TEA[TEA.index("  - id: u2") :], encoding="utf8")
    with pytest.raises(DataError, match=r"line 17.*has no 'component'"):
        excerpts.load(path)


def test_an_unknown_excerpt_lists_the_known_ones() -> None:
    with pytest.raises(DataError, match="unread-message"):
        excerpts.load("unwritten")


@pytest.mark.parametrize("excerpt", ALL, ids=lambda e: e.id)
def test_every_key_says_why_and_why_not(excerpt: excerpts.Excerpt) -> None:
    for unit in excerpt.units:
        for column, answer in unit.key.items():
            assert len(answer.reason.split()) >= 5, (unit.id, column)
            if column in ("component", "process") and answer.value != NONE:
                assert answer.why_not, (unit.id, column)
            for other in answer.split:
                assert other in {answer.value, *answer.why_not}, f"{unit.id}: argue for {other} in why_not"


def words(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return re.findall(r"\w+", text.lower())


def stands_in(fragment: str, text: list[str]) -> bool:
    """Whether the words of a fragment follow one another in a text."""
    wanted = words(fragment)
    return any(text[i : i + len(wanted)] == wanted for i in range(len(text) - len(wanted) + 1))


@pytest.mark.parametrize("excerpt", ALL, ids=lambda e: e.id)
def test_what_a_reason_quotes_has_been_said_or_shown(excerpt: excerpts.Excerpt) -> None:
    quotation = re.compile(r"(?:^|[\s(:;,])'([^']*(?:'(?=\w)[^']*)*)'(?=[\s.,;:)?!]|$)")
    so_far: list[str] = []
    for unit in excerpt.units:
        so_far += words(unit.text)
        for column, answer in unit.key.items():
            for quoted in quotation.findall(answer.reason):
                for fragment in re.split(r"\.\.\.|…|\]", quoted):
                    assert len(words(fragment)) < 2 or stands_in(fragment, so_far), (unit.id, column, fragment)


@pytest.mark.parametrize("excerpt", [e for e in ALL if "components-valence" in e.lenses], ids=lambda e: e.id)
def test_valence_is_judged_where_there_is_a_component_and_nowhere_else(excerpt: excerpts.Excerpt) -> None:
    for unit, entry in excerpts.key_in_lens(excerpt, BOOK.lens("components-valence"), BOOK).items():
        assert (entry["component"]["value"] == NONE) == (entry["valence"]["value"] == NONE), unit


def test_the_paper_is_quoted_letter_by_letter() -> None:
    quoted = excerpts.load("words-of-the-paper")
    assert quoted.attribution
    assert "10.32872/cpe.12433" in quoted.attribution
    words = (Path(__file__).parent / "paper_examples.txt").read_text(encoding="utf8")
    for unit in quoted.units:
        assert unit.text in words, unit.id


def test_turns_are_consecutive_units_of_one_speaker() -> None:
    excerpt = excerpts.load("unread-message")
    turns = excerpt.turns()
    for i in range(1, len(turns)):
        same = excerpt.units[i].speaker == excerpt.units[i - 1].speaker
        assert turns[i] - turns[i - 1] == (0 if same else 1)


def test_excerpts_of_the_first_chapter_hold_all_components() -> None:
    for excerpt in ALL:
        if excerpt.source == "fictional" and "components" in excerpt.lenses:
            key = excerpts.key_in_lens(excerpt, BOOK.lens("components"), BOOK)
            assert {"FO", "AF", "EX", "RW", "RG", NONE} == {entry["component"]["value"] for entry in key.values()}


def test_no_two_files_share_an_id() -> None:
    assert len(ALL) == len({e.id for e in ALL}) == len(list((data_folder() / "excerpts").glob("*.yaml")))
