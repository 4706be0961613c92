from widgets import codebook, excerpts, reading


def test_examples_are_the_codebooks_own() -> None:
    text = reading.examples("components", "component").data
    for code in map(codebook.load().code, ("FO", "AF", "EX", "RW", "RG")):
        assert code.examples.care[0] in text
        assert code.near_misses[0].why in text


def test_a_worked_excerpt_shows_key_and_reason_under_the_unit() -> None:
    text = reading.worked("unread-message", "components", units=4).data
    excerpt = excerpts.load("unread-message")
    assert text.index(excerpt.units[3].text) < text.index(excerpt.units[3].key["component"].reason)
    assert excerpt.units[4].text not in text
    assert "**None of these.**" in text
