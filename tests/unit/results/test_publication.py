"""What becomes public: small groups together, unknown apart, and no group's size by subtraction."""

from results.publishing.questions import SMALL_GROUPS, merge_small
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
