"""Topics: right results, or a typed "too little", whatever the text."""

import json
from itertools import product

import numpy as np
import pytest

from analysis.errors import TooFewAnswers
from analysis.text.quality import TextKind, assess, kind_of
from analysis.text.tokens import words
from analysis.text.topics import NOT_READ, Rules, find_topics

ENERGY = (
    ("Data centres", "Large models", "Server farms", "Cooling plants"),
    ("drink the water of", "take the electricity of", "burn the energy of"),
    ("dry regions", "poor villages", "coastal towns"),
)
WORK = (
    ("Clerks", "Translators", "Drivers", "Nurses"),
    ("lose their jobs without", "need new skills and", "ask employers for"),
    ("retraining courses", "union contracts", "fair wages"),
)


def corpus():
    """Two themes that share no word, 36 answers each."""
    themes = [[" ".join(parts) for parts in product(*theme)] for theme in (ENERGY, WORK)]
    return [*themes[0], *themes[1]], [0] * 36 + [1] * 36


def test_two_plain_themes_are_told_apart():
    texts, groups = corpus()
    found = find_topics(texts, ["en"] * len(texts), seed=1, rules=Rules(k=2, fewest=4))
    by_theme = [
        {int(t) for t, g in zip(found.assignment, groups, strict=True) if g == n and t >= 0}
        for n in (0, 1)
    ]
    assert by_theme[0]
    assert by_theme[1]
    assert not by_theme[0] & by_theme[1]


def test_the_same_input_and_seed_give_the_same_topics():
    texts, _groups = corpus()
    first = find_topics(texts, ["en"] * len(texts), seed=3, rules=Rules(fewest=4))
    again = find_topics(texts, ["en"] * len(texts), seed=3, rules=Rules(fewest=4))
    assert first.topics == again.topics
    assert np.array_equal(first.assignment, again.assignment)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["one lonely answer about rules"],
        ["🙂🙂🙂"] * 40,
        ["\x00\x00"] * 40,
        ["\u202eabc"] * 3,
        ["the same words every time"] * 5000,
        ["x" * 1_000_000],
    ],
    ids=["none", "one", "emoji", "nulls", "override", "copies", "one long word"],
)
def test_hostile_texts_give_a_typed_too_little(texts):
    with pytest.raises(TooFewAnswers):
        find_topics(texts, ["en"] * len(texts), seed=1)


def test_a_language_with_few_texts_is_counted_and_left_to_people():
    texts, _groups = corpus()
    found = find_topics(
        [*texts, "مياه مراكز البيانات"], [*["en"] * len(texts), "ar"], seed=1, rules=Rules(fewest=8)
    )
    assert found.unread_languages == {"ar": 1}
    assert found.assignment[-1] == NOT_READ


def test_a_campaign_is_marked_and_not_dropped():
    texts, _groups = corpus()
    copies = [f"We call on the summit to pause the training of models now {n}" for n in range(12)]
    found = assess([*texts, *copies], ["en"] * (len(texts) + 12), seed=1)
    assert found.is_campaign(len(texts) + 3)
    assert not found.is_campaign(0)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n/a", TextKind.NO_COMMENT),
        ("See our position paper attached", TextKind.POINTER),
        ("Siehe Anhang der Stellungnahme", TextKind.POINTER),
        ("yes", TextKind.TOO_SHORT),
        ("Water rights of dry regions come first", TextKind.USABLE),
    ],
)
def test_texts_are_sorted_before_meaning_is_read_into_them(text, kind):
    assert kind_of(text, "en") is kind


def test_words_of_unspaced_scripts_are_pairs_of_characters():
    assert words("数据中心", "zh") == ["数据", "据中", "中心"]


def test_the_texts_of_a_real_consultation_are_read_in_their_languages(shared_data):
    path = shared_data / "data" / "consultations" / "eu_whitepaper_2020_texts.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    codes = {"English": "en", "German": "de", "French": "fr"}
    chosen = [row for row in rows if row["language"] in codes][::3]
    found = find_topics(
        [row["text"] for row in chosen], [codes[row["language"]] for row in chosen], seed=1
    )
    assert {topic.language for topic in found.topics} == {"en", "de", "fr"}
    assert (found.assignment >= 0).mean() > 0.6
    biometric = [
        topic
        for topic in found.topics
        if topic.language == "en" and any("biometric" in term for term in topic.terms)
    ]
    assert biometric
