"""What changed between two versions, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from results.agenda.drafts.difference import MOST_WORDS, Change, difference, pieces

TEXTS = st.lists(st.sampled_from(["one", "two", "three", "water.", "\n", "水", "حق"]), max_size=20)


def item(key, **changes):
    return {
        "id": key,
        "state": "adopted",
        "title": {"en": f"Title {key}"},
        "reason": {"en": "Because."},
        "evidence": [],
        **changes,
    }


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_pieces(before, after):
    old, new = " ".join(before), " ".join(after)
    found = pieces(old, new)

    def words(kept):
        return "".join(p.text for p in found if p.change in kept).split()

    assert words({Change.SAME, Change.ADDED}) == new.split()
    # A blank that is the same on both sides stands once, so whole words may touch.
    assert "".join(words({Change.SAME, Change.REMOVED})) == "".join(old.split())


def test_only_the_words_that_changed_are_marked():
    found = pieces("Agree on a list of wells.", "Agree on a map of wells.")
    assert [(p.change, p.text.strip()) for p in found] == [
        (Change.SAME, "Agree on a"),
        (Change.REMOVED, "list"),
        (Change.ADDED, "map"),
        (Change.SAME, "of wells."),
    ]


def test_a_script_without_blanks_is_compared_by_character():
    found = pieces("水和工作", "水和权利")
    assert [(p.change, p.text) for p in found] == [
        (Change.SAME, "水和"),
        (Change.REMOVED, "工作"),
        (Change.ADDED, "权利"),
    ]


def test_a_very_long_text_stands_whole():
    old, new = "a " * (MOST_WORDS + 1), "b " * (MOST_WORDS + 1)
    assert [p.change for p in pieces(old, new)] == [Change.REMOVED, Change.ADDED]


def test_items_that_came_went_and_changed():
    before = {"items": [item("a"), item("b"), item("c")]}
    after = {"items": [item("a"), item("b", state="deferred"), item("d")]}
    found = difference(before, after, "en", "en")
    assert [(row.id, row.change) for row in found] == [
        ("b", Change.CHANGED),
        ("d", Change.ADDED),
        ("c", Change.REMOVED),
    ]
    assert found[0].facts == (("state", "adopted", "deferred"),)
    assert found[0].wordings == ()


def test_other_evidence_is_a_change_even_where_its_number_is_the_same():
    before = {"items": [item("a", evidence=[{"id": "x"}])]}
    after = {"items": [item("a", evidence=[{"id": "y"}])]}
    (row,) = difference(before, after, "en", "en")
    assert row.facts == (("evidence", 1, 1),)


def test_the_language_of_the_reader_is_compared():
    before = {"items": [item("a", reason={"en": "Because.", "fr": "Parce que."})]}
    after = {"items": [item("a", reason={"en": "Because.", "fr": "Car."})]}
    assert difference(before, after, "en", "en") == []
    assert difference(before, after, "fr", "en")[0].wordings[0][0] == "reason"
