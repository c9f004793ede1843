"""A topic speaks its reader's language wherever its words are shown."""

from core.i18n import force_locale
from results.dashboards import courses
from results.topic_levels import by_theme, firmness
from results.topic_words import topic_words, words_of
from results.workbench import maps

ROW = {
    "key": "0",
    "language": "mul",
    "languages": {"en": 30, "ar": 12},
    "terms_language": "en",
    "terms": ["water", "wells", "rain"],
    "terms_in": {"en": ["water", "wells", "rain"], "ar": ["مياه", "آبار", "مطر"]},
    "size": 42,
}


def test_the_readers_language_comes_before_that_of_most_texts():
    assert words_of(ROW, "ar").terms == ("مياه", "آبار", "مطر")
    assert words_of(ROW, "ar").language == "ar"
    assert words_of(ROW, "ar-EG").language == "ar"
    assert words_of(ROW, "fr").first(2) == "water · wells"
    assert words_of(ROW, "fr").language == "en"


def test_an_older_run_knows_one_language_or_none():
    assert words_of({"language": "de", "terms": ["wasser"]}, "ar").language == "de"
    assert words_of({"language": "mul", "terms": ["h2o"]}, "ar").language == ""
    assert words_of({}, "ar").terms == ()


def test_the_map_speaks_the_readers_language(app):
    with app.test_request_context(), force_locale("ar"):
        drawn = maps.draw([ROW], {"0": [0.1, 0.2]}, {}, right_to_left=True)
        named = maps.draw([ROW], {"0": [0.1, 0.2]}, {0: "Water for all"}, right_to_left=True)
    (bubbles,) = drawn["data"]
    assert bubbles["text"] == ["مياه, آبار"]
    assert bubbles["customdata"][0][1] == "مياه · آبار · مطر"
    assert named["data"][0]["text"] == ["Water for all"]


def test_over_time_names_topics_in_the_readers_language(app):
    row = {**ROW, "label": {}}
    with app.test_request_context(), force_locale("ar"):
        assert courses.name_of(row, {}, "en") == "مياه, آبار, مطر"


def test_a_topic_without_words_is_still_called_something(app):
    with app.test_request_context(), force_locale("en"):
        assert topic_words({"key": "7", "terms": [], "language": "mul"}).first(4) == "Topic 7"
        assert topic_words({"key": "2", "terms": [], "topics": ["7"]}).first(4) == "Found theme 2"
        assert topic_words(ROW).terms == ("water", "wells", "rain")


def test_a_topic_stands_wavers_or_falls():
    said = [firmness(value) for value in (None, 0.0, 0.49, 0.5, 0.74, 0.75, 1.0)]
    assert said == ["unknown", "falls", "falls", "wavers", "wavers", "stands", "stands"]


def test_topics_stand_under_their_theme():
    rows = [{"key": str(n), "theme": n % 2} for n in range(4)]
    themes = [{"key": "0"}, {"key": "1"}]
    groups = by_theme({"themes": themes}, rows)
    assert [(theme["key"], [row["key"] for row in own]) for theme, own in groups] == [
        ("0", ["0", "2"]),
        ("1", ["1", "3"]),
    ]
    # What a filter leaves out takes its empty theme along; one theme for all is none.
    assert [theme["key"] for theme, _own in by_theme({"themes": themes}, rows[1::2])] == ["1"]
    assert by_theme({"themes": themes[:1]}, rows[:2]) == [(None, rows[:2])]
    assert by_theme({}, rows[:2]) == [(None, rows[:2])]
    assert by_theme({}, []) == []
