"""What the library of excerpts promises, counted from its files: size, settings, codes, near misses, matched sets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from widgets import codebook, drills, excerpts
from widgets.codebook import NONE
from widgets.excerpts import Excerpt, Unit

BOOK = codebook.load()
ALL = excerpts.load_all()
FICTION = [text for text in ALL if text.source == "fictional"]
TOUCH = {"EM4", "EM4-O"}
"""Never practiced as a skill, so not counted up."""
COMPONENTS = BOOK.lens("components").columns["component"]
PARENTS = {code.parent for code in BOOK.codes if code.parent}
DRILLED = [pair["id"] for pair in drills.pairs()]


def values() -> Counter[str]:
    """How often each code is a key."""
    return Counter(answer.value for text in FICTION for unit in text.units for answer in unit.key.values())


def with_parents(codes: set[str]) -> set[str]:
    """Codes with those that they fold into."""
    return codes | {BOOK.code(code).parent or code for code in codes if code != NONE}


def component_of(unit: Unit) -> str | None:
    """The component of the key, folded as in the first lens."""
    if "component" not in unit.key:
        return None
    return BOOK.fold(unit.key["component"].value, "component", BOOK.lens("components"))


def test_there_are_enough_excerpts_and_units() -> None:
    assert len(FICTION) >= 36
    assert sum(len(text.units) for text in FICTION) >= 540


def test_half_is_therapy_and_a_third_is_care() -> None:
    share = {setting: n / len(FICTION) for setting, n in Counter(text.setting for text in FICTION).items()}
    assert 0.44 <= share["therapist-client"] <= 0.56
    assert 0.28 <= share["caregiver-child"] <= 0.39
    assert {"nurse-patient", "teacher-pupil", "social-worker-client", "group", "family"} <= set(share)


@pytest.mark.parametrize("code", [code.id for code in BOOK.codes if code.id not in PARENTS | TOUCH])
def test_every_code_is_a_key_eight_times_in_two_settings(code: str) -> None:
    settings = [
        text.setting for text in FICTION for unit in text.units for answer in unit.key.values() if answer.value == code
    ]
    assert len(settings) >= 8
    assert len(set(settings)) >= 2


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_is_there_forty_times_and_sometimes_negative(component: str) -> None:
    units = [unit for text in FICTION for unit in text.units if component_of(unit) == component]
    assert len(units) >= 40
    negative = [unit for unit in units if "valence" in unit.key and unit.key["valence"].value == "V-"]
    assert 6 <= len(negative) <= 14


def near_misses(text: Excerpt) -> set[frozenset[str]]:
    """The pairs that meet in a unit of the excerpt: one is the key, the other a code that it is not."""
    met = set()
    for unit in text.units:
        key = with_parents({answer.value for answer in unit.key.values()})
        misses = with_parents({code for answer in unit.key.values() for code in answer.why_not})
        met |= {frozenset((one, other)) for one in key for other in misses}
    return met


@pytest.mark.parametrize("pair", DRILLED)
def test_every_confusable_pair_meets_in_three_excerpts(pair: str) -> None:
    codes = frozenset(pair.split("_"))
    assert sum(codes in near_misses(text) for text in FICTION) >= 3


def test_an_excerpt_is_as_long_as_its_level_says() -> None:
    sizes = {1: (6, 12), 2: (12, 18), 3: (16, 30), 4: (18, 45)}
    for text in FICTION:
        low, high = sizes[text.level]
        assert low <= len(text.units) <= high, text.id


def test_about_one_keyed_unit_in_seven_is_ambiguous() -> None:
    keyed = [unit for text in FICTION for unit in text.units if unit.key]
    split = [unit for unit in keyed if any(answer.split for answer in unit.key.values())]
    assert 0.1 <= len(split) / len(keyed) <= 0.22


def counts(use: str) -> list[tuple[str, dict[str, int], int]]:
    """For each setting of a set: the counts of its key, and of its ambiguous units."""
    rows = []
    for text in sorted((text for text in FICTION if text.use == use), key=lambda one: one.setting):
        key = Counter(answer.value for unit in text.units for answer in unit.key.values())
        split = sum(any(answer.split for answer in unit.key.values()) for unit in text.units)
        rows.append((text.setting, dict(sorted(key.items())), split))
    return rows


def test_the_two_sets_are_matched_by_counts() -> None:
    assert counts("set-a") == counts("set-b")
    for use in ("set-a", "set-b"):
        assert sum(bool(unit.key) for text in FICTION if text.use == use for unit in text.units) == 24


def test_ten_excerpts_are_kept_for_the_self_check() -> None:
    kept = [text for text in FICTION if text.use == "self-check"]
    assert len(kept) == 10
    assert sum(len(text.units) for text in kept) >= 180


def spoken(unit: Unit) -> list[str]:
    """The words of a unit without its cues."""
    return re.findall(r"\w+", re.sub(r"\[[^\]]*\]", " ", unit.text).lower())


def test_no_phrase_comes_twice() -> None:
    size = 6
    where: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for text in FICTION:
        for unit in text.units:
            words = spoken(unit)
            for i in range(len(words) - size + 1):
                where[tuple(words[i : i + size])].add(text.id)
    repeated = {" ".join(words): ids for words, ids in where.items() if len(ids) > 1}
    assert not repeated


def test_nobody_is_in_two_excerpts() -> None:
    for one, other in combinations(FICTION, 2):
        shared = {speaker.name for speaker in one.speakers} & {speaker.name for speaker in other.speakers}
        assert not shared, (one.id, other.id)


def test_there_is_no_crisis_in_the_library() -> None:
    crisis = re.compile(r"suicid|self-harm|overdose|(kill|cut|cutting) (my|him|her)self|\brape|molest", re.I)
    for text in FICTION:
        for unit in text.units:
            assert not crisis.search(unit.text), (text.id, unit.id)


@pytest.mark.parametrize("pair", drills.pairs(), ids=lambda pair: pair["id"])
def test_every_pair_has_twelve_items_from_both_settings(pair: dict) -> None:
    assert len(pair["items"]) >= 12
    assert Counter(item["setting"] for item in pair["items"]).most_common()[-1][1] >= 4
    # The longer text must not give the answer away.
    first, second = (code["id"] for code in pair["codes"])
    longer = sum(len(item["texts"][first]) > len(item["texts"][second]) for item in pair["items"])
    assert 3 <= longer <= len(pair["items"]) - 3


def test_every_code_of_a_lens_has_a_definition_to_complete() -> None:
    asked = {code for lens in BOOK.lenses if lens.id != "roots" for ids in lens.columns.values() for code in ids}
    assert asked <= {item["code"]["id"] for item in drills.cloze()}


def test_turns_to_write_have_three_answers_and_a_checklist() -> None:
    tasks = drills.produce()
    assert {task["setting"] for task in tasks} == {"therapy", "care"}
    for task in tasks:
        assert len(task["answers"]) == 3
        assert 3 <= len(task["checklist"]) <= 4
