"""The places at which a respondent saw the items are those that the pages drew."""

from datetime import UTC, datetime

import pytest

from surveys.documents import read_document
from surveys.routing import Route, Situation
from surveys.shown import shuffles

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ITEMS = [{"code": letter, "label": {"en": letter.upper()}} for letter in "abcdef"]
MOVED = {"randomise": True}


def question(code, kind, **settings):
    return {"code": code, "kind": kind, "label": {"en": code}, "settings": settings}


def document(*questions, **section):
    return read_document(
        {
            "title": {"en": "T"},
            "default_language": "en",
            "languages": ["en"],
            "sections": [
                {"code": "one", "title": {"en": "One"}, "questions": list(questions), **section}
            ],
        }
    )


def on_the_page(asked, seed):
    return Route(asked, Situation({}, {}, seed, "en", NOW)).page(1).section


@pytest.mark.parametrize(
    ("kind", "name", "settings"),
    [
        ("ranking", "items", {"items": ITEMS}),
        ("ranking", "items", {"items": [*ITEMS[:5], {**ITEMS[5], "is_anchored": True}]}),
        ("points", "items", {"items": ITEMS, "total": 10}),
        ("matrix", "rows", {"rows": ITEMS, "columns": ITEMS[:3]}),
    ],
)
def test_places_are_those_of_the_page(kind, name, settings):
    asked = document(question("q", kind, **settings, **MOVED))
    (found,) = shuffles(asked)
    seen = set()
    for seed in range(1, 9):
        entries = on_the_page(asked, seed).questions[0].settings[name]
        shown = [entry["code"] for entry in entries]
        keys = [key.removeprefix("q__") for key in found.keys]
        assert found.places(seed) == [shown.index(key) + 1 for key in keys]
        seen.add(tuple(shown))
    assert len(seen) > 5


def test_ratings_take_their_places_from_the_page():
    rated = [question(letter, "rating_scale", points=5) for letter in "abcd"]
    asked = document(rated[0], question("words", "note"), *rated[1:], randomise=True)
    (found,) = shuffles(asked)
    assert found.keys == ("a", "b", "c", "d")
    for seed in range(1, 6):
        shown = [each.code for each in on_the_page(asked, seed).questions]
        assert found.places(seed) == [shown.index(key) + 1 for key in found.keys]


def test_lists_that_nobody_drew_or_that_hang_on_answers_have_no_places():
    conditional = [*ITEMS[:3], {**ITEMS[3], "relevant": "${r0} = '1'"}]
    assert shuffles(document(question("q", "ranking", items=ITEMS))) == []
    assert (
        shuffles(
            document(
                question("r0", "rating_scale", points=5),
                question("q", "ranking", items=conditional, **MOVED),
            )
        )
        == []
    )


def test_only_what_our_own_pages_showed_is_known():
    (found,) = shuffles(document(question("q", "ranking", items=ITEMS, **MOVED)))
    given = {"q": {"state": "answered", "value": ["a"]}}
    assert found.seen(5, "open_link", given) == found.places(5)
    assert found.seen(5, "invitation", given) == found.places(5)
    for channel in ("import", "api", "keyed_in"):
        assert found.seen(5, channel, given) is None
    assert found.seen(0, "open_link", given) is None
    assert found.seen(5, "open_link", {}) is None
