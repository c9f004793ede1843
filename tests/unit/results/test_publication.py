"""What becomes public: small groups together, unknown apart, and no group's size by subtraction."""

import numpy as np
import pytest

from analysis.types import wilson
from results.publishing.questions import SMALL_GROUPS, breakdown, merge_small, summary
from results.publishing.rankings import groups_in_public


def group(key, count, n):
    return {
        "key": key,
        "label": {"en": key},
        "n_answered": n,
        "n_dont_know": 0,
        "shares": {"a": {"count": count}, "b": {"count": n - count}},
    }


def test_small_groups_stand_together_and_keep_their_counts():
    groups = [group("x", 2, 5), group("y", 1, 9), group("z", 30, 60), group("unknown", 4, 8)]
    found = merge_small(groups, ["a", "b"], small=30)
    assert [row["key"] for row in found] == [SMALL_GROUPS, "unknown"]
    assert found[0]["n_answered"] == 74
    assert found[0]["shares"]["a"]["count"] == 33
    assert [label["en"] for label in found[0]["members"]] == ["x", "y", "z"]


def test_groups_that_are_large_enough_stay_as_they_are():
    groups = [group("x", 20, 40), group("y", 10, 50), group("unknown", 1, 3)]
    assert merge_small(groups, ["a", "b"], small=30) == groups


def test_an_order_by_group_does_not_give_a_small_groups_size_away():
    groups = [{"key": "x", "n": 100}, {"key": "y", "n": 40}, {"key": "z", "n": 4, "is_small": True}]
    assert [row["key"] for row in groups_in_public(groups, 10)] == ["x"]


def overlapping(counts, n):
    """The committee's summary of a multiple choice."""
    rows = [
        {"key": key, "label": {"en": key}, "count": count, "answered": share(count, n)}
        for key, count in counts.items()
    ]
    return {
        "title": {"en": "Which?"},
        "kind": "multiple_choice",
        "n_answered": n,
        "rows": rows,
        "states": {"dont_know": 0},
    }


def share(count, n):
    found = wilson(count, n)
    return {"count": count, "share": found.share, "low": found.low, "high": found.high}


def test_options_that_overlap_are_public_each_beside_those_who_answered():
    found = summary(overlapping({"a": 40, "b": 20, "c": 0, "d": 3}, 40), 10)
    assert found["n_answered"] == 40
    assert [row["count"] for row in found["rows"]] == [40, 20, 0, None]
    assert found["rows"][1]["share"] == 0.5
    assert found["loss"]["cells_hidden"] == 1


def test_of_few_answers_neither_options_nor_their_base_are_public():
    found = summary(overlapping({"a": 5, "b": 9}, 9), 10)
    assert found["n_answered"] is None
    assert all(row["count"] is None for row in found["rows"])


def test_an_option_that_is_hidden_alone_is_not_bounded_by_the_others():
    # Everybody chose something: 40 - 18 - 19 chose the third at least.
    found = summary(overlapping({"a": 18, "b": 19, "c": 3}, 40), 10)
    assert [row["count"] for row in found["rows"]] == [None, 19, None]


@pytest.mark.parametrize("n", [10, 11, 25, 40])
def test_no_published_option_and_base_give_a_small_number_away_by_subtraction(n):
    for count in range(n + 1):
        found = summary(overlapping({"a": count, "b": n}, n), 10)
        told = found["rows"][0]["count"]
        if told is not None:
            assert told == 0 or told >= 10
            assert n - told == 0 or n - told >= 10


def test_the_base_of_a_group_stands_only_where_every_option_lets_it():
    generator = np.random.default_rng(4)
    for _number in range(60):
        sizes = generator.integers(12, 90, 4)
        chosen = generator.binomial(sizes, [[0.05], [0.3], [0.95]])
        counts = dict(zip("abc", chosen.sum(axis=1).tolist(), strict=True))
        overall = overlapping(counts, int(sizes.sum()))
        groups = [
            {
                "key": f"g{place}",
                "label": {"en": "g"},
                "n_answered": int(size),
                "n_dont_know": 0,
                "shares": {
                    key: share(int(row[place]), int(size))
                    for key, row in zip("abc", chosen, strict=True)
                },
            }
            for place, size in enumerate(sizes)
        ]
        table = {
            **{key: overall[key] for key in ("title", "kind")},
            "options": [{"key": key, "label": {}} for key in "abc"],
            "groups": groups,
            "small": 10,
        }
        for row in breakdown(table, overall, 10)["groups"]:
            told = [one["count"] for one in row["shares"].values() if one["count"] is not None]
            if row["n_answered"] is None:
                assert told == []
            for count in told:
                assert count == 0 or count >= 10
                rest = row["n_answered"] - count
                assert rest == 0 or rest >= 10
