"""Plans of sets are balanced, and pairs follow from what was answered."""

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questions.designs import balanced_design, next_pairs

RESULTS = ("left", "right", "tie")


def spread(counts, names):
    found = [counts[name] for name in names]
    return max(found) - min(found)


def meetings(design):
    return Counter(
        frozenset(pair) for version in design for task in version for pair in combinations(task, 2)
    )


def unevenness(design):
    return sum(count * count for count in meetings(design).values())


@st.composite
def plans(draw):
    count = draw(st.integers(3, 14))
    return {
        "codes": [f"i{number}" for number in range(count)],
        "per_task": draw(st.integers(3, min(5, count))),
        "tasks": draw(st.integers(1, 12)),
        "versions": draw(st.integers(1, 4)),
        "seed": draw(st.integers(0, 9)),
    }


@given(plans())
@settings(max_examples=80, deadline=None)
def test_items_are_shown_equally_often_within_a_version_and_over_all(plan):
    codes = plan.pop("codes")
    design = balanced_design(codes, **plan)
    assert len(design) == plan["versions"]
    for version in design:
        assert len(version) == plan["tasks"]
        assert all(len(set(task)) == len(task) == plan["per_task"] for task in version)
        assert all(set(task) <= set(codes) for task in version)
        assert spread(Counter(code for task in version for code in task), codes) <= 1
    every = Counter(code for version in design for task in version for code in task)
    assert spread(every, codes) <= 1


@given(plans())
@settings(max_examples=30, deadline=None)
def test_pairs_meet_at_least_as_evenly_as_in_random_plans(plan):
    codes = plan.pop("codes")
    made = unevenness(balanced_design(codes, **plan))
    dice = random.Random(1)
    drawn = [
        unevenness(
            [
                [dice.sample(codes, plan["per_task"]) for _task in range(plan["tasks"])]
                for _version in range(plan["versions"])
            ]
        )
        for _try in range(20)
    ]
    assert made <= min(drawn)


@pytest.mark.parametrize(
    ("items", "per_task", "tasks"),
    [(9, 3, 12), (13, 4, 13), (7, 3, 7), (7, 4, 7), (6, 3, 10), (4, 4, 5), (5, 4, 5)],
)
def test_where_every_pair_can_meet_equally_often_it_does(items, per_task, tasks):
    codes = [f"i{number}" for number in range(items)]
    met = meetings(balanced_design(codes, per_task=per_task, tasks=tasks, versions=1, seed=1))
    assert spread(met, [frozenset(pair) for pair in combinations(codes, 2)]) == 0


@pytest.mark.parametrize(("items", "tasks"), [(12, 9), (16, 12), (20, 15), (26, 20)])
def test_no_pair_is_left_out_over_four_versions(items, tasks):
    codes = [f"i{number}" for number in range(items)]
    design = balanced_design(codes, per_task=4, tasks=tasks, versions=4, seed=1)
    met = meetings(design)
    mean = 4 * tasks * 6 / (items * (items - 1) / 2)
    found = [met[frozenset(pair)] for pair in combinations(codes, 2)]
    assert min(found) >= 1
    assert abs(max(found) - mean) < 2
    assert abs(min(found) - mean) < 2


def test_a_plan_is_the_same_each_time_and_another_with_another_seed():
    codes = list("abcdefgh")
    first, again, other = (
        balanced_design(codes, per_task=4, tasks=6, versions=2, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_plan_never_changes_between_pythons():
    design = balanced_design(list("abcde"), per_task=3, tasks=4, versions=2, seed=1)
    found = [" ".join("".join(task) for task in version) for version in design]
    assert found == ["bcd eba dac edb", "cae abc cde dab"]


ITEMS = st.integers(2, 12).map(lambda count: [f"i{number}" for number in range(count)])


def journey(codes, seed, throws, batch):
    """All pairs asked of somebody who answers by the throws, page by page."""
    asked = []
    throws = iter(throws)
    while True:
        page = next_pairs(codes, asked, count=batch, seed=seed)
        assert page == next_pairs(list(codes), list(asked), count=batch, seed=seed)
        if not page:
            return asked
        asked += [(left, right, next(throws, "tie")) for left, right in page]


@given(
    ITEMS,
    st.integers(0, 2**31 - 1),
    st.lists(st.sampled_from(RESULTS), max_size=70),
    st.integers(1, 7),
)
@settings(max_examples=80, deadline=None)
def test_every_pair_comes_once_and_no_item_is_forgotten(codes, seed, throws, batch):
    asked = journey(codes, seed, throws, batch)
    met = Counter(frozenset(pair[:2]) for pair in asked)
    assert set(met.values()) <= {1}
    assert set(met) == {frozenset(pair) for pair in combinations(codes, 2)}
    for end in range(len(asked) + 1):
        often = Counter(code for pair in asked[:end] for code in pair[:2])
        # While each still has others to meet, nobody is far behind.
        if end <= len(codes):
            assert spread(often, codes) <= 2


def test_those_compared_least_come_first_and_then_those_who_stand_closest():
    codes = list("abcdef")
    asked = [("a", "b", "left"), ("c", "d", "left")]
    assert {frozenset(p) for p in next_pairs(codes, asked, count=1, seed=3)} == {frozenset("ef")}
    asked.append(("e", "f", "left"))
    # Winners meet winners, losers meet losers.
    for seed in range(10):
        (pair,) = next_pairs(codes, asked, count=1, seed=seed)
        assert set(pair) <= set("ace") or set(pair) <= set("bdf")


def test_sides_and_first_pairs_differ_between_respondents():
    codes = list("abcdef")
    first = [next_pairs(codes, [], count=1, seed=seed)[0] for seed in range(200)]
    assert len({frozenset(pair) for pair in first}) == 15
    left = Counter(left for left, _right in first)
    assert min(left[code] for code in codes) >= 15
