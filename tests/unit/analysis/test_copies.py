"""Copies, near-copies, campaigns and when they arrive; whatever the text."""

import random

import pytest

from analysis.text.copies import find_burst, find_families
from analysis.text.quality import TextKind, assess

LETTER = (
    "We call on the summit to pause the training of the largest models until an independent "
    "body has tested them and published what it found for the people who will live with them"
)


def variants(n, seed=1):
    """The same letter, each time with a word of the sender's own at two places."""
    generator = random.Random(seed)
    words = LETTER.split()
    found = []
    for number in range(n):
        own = list(words)
        for place in generator.sample(range(len(words)), 2):
            own[place] = f"{own[place]}{number}"
        found.append(" ".join(own))
    return found


def other_answers(n, seed=2):
    generator = random.Random(seed)
    words = [f"word{number}" for number in range(500)]
    return [" ".join(generator.choices(words, k=15)) for _ in range(n)]


def test_near_copies_are_one_family_and_other_answers_are_not_of_it():
    texts = [*other_answers(100), *variants(30)]
    found = find_families(texts, seed=1)
    assert len(set(found[100:])) == 1
    assert found[:100] == tuple(range(100))


def test_a_campaign_is_shown_and_ranks_can_be_had_without_its_weight():
    texts = [*other_answers(20), *variants(15)]
    found = assess(texts, ["en"] * 35, seed=1)
    assert len(found.campaigns) == 1
    assert all(found.is_campaign(index) for index in range(20, 35))
    assert found.firsts() == tuple(range(21))


def test_people_who_give_the_same_short_answer_are_no_campaign():
    found = assess(["Data privacy!"] * 40, ["en"] * 40, seed=1)
    assert found.family_sizes == {0: 40}
    assert not found.is_campaign(3)


def test_a_hundred_thousand_copies_are_one_family():
    found = assess([LETTER] * 100_000, ["en"] * 100_000, seed=1)
    assert found.family_sizes == {0: 100_000}
    assert found.is_campaign(99_999)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["one lonely answer about rules"],
        ["🙂🙂🙂"] * 40,
        ["\x00\x00"] * 40,
        ["\u202eabc def"] * 3,
        ["\ud800 lone surrogate here"] * 2,
        ["x" * 1_000_000, "y" * 1_000_000],
        ["word " * 200_000] * 2,
        ["Water مياه 水 вода for all"] * 2,
    ],
    ids=["none", "one", "emoji", "nulls", "override", "surrogate", "long", "longer", "scripts"],
)
def test_hostile_texts_are_sorted_and_grouped_without_failing(texts):
    found = assess(texts, ["en"] * len(texts), seed=1)
    assert len(found.kinds) == len(found.family) == len(texts)
    assert all(number <= index for index, number in enumerate(found.family))
    empty = [
        k for k, text in zip(found.kinds, texts, strict=True) if not any(map(str.isalnum, text))
    ]
    assert set(empty) <= {TextKind.EMPTY}


def test_the_same_texts_and_seed_give_the_same_families():
    texts = [*variants(20), *other_answers(20)]
    assert find_families(texts, seed=4) == find_families(texts, seed=4)


def test_a_burst_that_the_other_answers_do_not_share_is_found():
    others = [day for day in range(40) for _ in range(10)]
    found = find_burst([20] * 15 + [21] * 10 + [33, 35], others)
    assert (found.first_day, found.last_day, found.count) == (20, 21, 25)
    assert found.expected == pytest.approx(27 * 30 / 400, rel=0.1)


def test_everybody_writing_before_the_close_is_no_burst():
    everybody = [39] * 500 + list(range(39))
    assert find_burst([39] * 30 + [10], everybody) is None


def test_families_that_arrive_at_any_time_seldom_look_like_bursts():
    generator = random.Random(5)
    others = [generator.randrange(60) for _ in range(600)]
    alarms = sum(
        find_burst([generator.randrange(60) for _ in range(25)], others) is not None
        for _ in range(300)
    )
    assert alarms <= 1


def test_without_other_answers_there_is_no_pace_to_compare_with():
    assert find_burst([1, 1, 1], []) is None
    assert find_burst([1], [1, 2]) is None
    with pytest.raises(ValueError, match="day"):
        find_burst([1, 2], [1], days=0)
