"""Places that blocs share, against closed forms and published examples."""

import itertools
import json

import numpy as np
import pytest

from analysis.choice.ballots import Unranked, ballots_from_ranks
from analysis.choice.proportional import (
    bloc_shares,
    equal_shares,
    most_approved,
    pav_score,
    profiles_from_approvals,
    profiles_from_ballots,
    sequential_phragmen,
)


def profiles_of(approvals, m):
    rows = [[item in chosen for item in range(m)] for _count, chosen in approvals]
    return profiles_from_approvals(rows, [count for count, _chosen in approvals])


def test_two_blocs_share_five_places(shared_data):
    case = json.loads((shared_data / "cases" / "approval_committee.json").read_text("utf-8"))
    profiles = profiles_of(case["approvals"], 8)
    expected = case["expected_bloc2_seats"]

    def second(found):
        return sum(item >= 5 for item in found.items)

    assert second(most_approved(profiles, case["k"])) == expected["av"][0]
    assert second(sequential_phragmen(profiles, case["k"])) == expected["seqphragmen"][0]
    shares = equal_shares(profiles, case["k"])
    assert second(shares) == expected["equal-shares"][0]
    assert pav_score(profiles, shares.items) == pytest.approx(case["pav_score"])
    best = max(pav_score(profiles, items) for items in itertools.combinations(range(8), 5))
    assert best == pytest.approx(case["pav_score"])


def test_the_running_example_of_the_survey_of_rules():
    """Lackner & Skowron 2023: 12 ballots, 7 candidates, 4 places; abcvoting finds the same."""
    ballots = [
        (3, {0, 1}), (3, {0, 2}), (2, {0, 3}), (1, {1, 2, 5}), (1, {4}), (1, {5}), (1, {6}),
    ]  # fmt: skip
    profiles = profiles_of(ballots, 7)
    assert sequential_phragmen(profiles, 4).items == (0, 1, 2, 3)
    shares = equal_shares(profiles, 4)
    assert (shares.items, shares.completed) == ((0, 1, 2, 3), 3)
    best = max(itertools.combinations(range(7), 4), key=lambda items: pav_score(profiles, items))
    assert best == (0, 1, 2, 5)


@pytest.mark.parametrize("rule", [sequential_phragmen, equal_shares])
def test_every_large_united_bloc_gets_its_part(rule):
    """Justified representation: a k-th of all who agree on an item are not left without one."""
    generator = np.random.default_rng(3)
    for _run in range(30):
        approved = generator.random((12, 6)) < 0.35
        weights = generator.integers(1, 6, 12).astype(float)
        profiles = profiles_from_approvals(approved, weights)
        k = 3
        chosen = list(rule(profiles, k).items)
        without = ~profiles.approved[:, chosen].any(axis=1)
        for item in range(6):
            united = profiles.weights[without & profiles.approved[:, item]].sum()
            assert united < weights.sum() / k or len(chosen) < k


def test_weights_are_people_and_have_no_scale():
    generator = np.random.default_rng(9)
    approved = generator.random((9, 5)) < 0.5
    counts = generator.integers(1, 5, 9)
    many = profiles_from_approvals(np.repeat(approved, counts, axis=0))
    few = profiles_from_approvals(approved, counts * 7.5)
    for rule in (most_approved, sequential_phragmen, equal_shares):
        assert rule(many, 3).items == rule(few, 3).items


def test_what_nobody_wants_is_not_chosen():
    profiles = profiles_from_approvals([[1, 0, 0], [1, 0, 0]])
    for rule in (most_approved, sequential_phragmen, equal_shares):
        assert rule(profiles, 3).items == (0,)


def test_ballots_approve_what_fits_into_their_first_places():
    nan = np.nan
    ballots = ballots_from_ranks(
        [[1, 2, nan, nan], [1, 1, 1, 2], [nan, nan, nan, nan]], unranked=Unranked.LAST
    )
    found = profiles_from_ballots(ballots, 2, [1.0, 2.0, 5.0], [0, 1, 1], n_cells=2)
    chosen = {tuple(row.tolist()): w for row, w in zip(found.approved, found.weights, strict=True)}
    # Three share places 1 to 3: their mid-rank, 2, is among the first two.
    assert chosen[(True, True, False, False)] == 1.0
    assert chosen[(True, True, True, False)] == 2.0
    assert chosen[(False, False, False, False)] == 5.0
    assert found.by_group.sum(axis=1).tolist() == [1.0, 7.0]


def test_many_items_are_gathered_like_few():
    generator = np.random.default_rng(1)
    few = generator.random((50, 5)) < 0.4
    many = np.concatenate([few, np.zeros((50, 20), dtype=bool)], axis=1)
    left, right = profiles_from_approvals(few), profiles_from_approvals(many)
    as_counts = [
        sorted((tuple(row[:5].tolist()), w) for row, w in zip(p.approved, p.weights, strict=True))
        for p in (left, right)
    ]
    assert as_counts[0] == as_counts[1]


def test_what_each_bloc_gets():
    profiles = profiles_from_approvals(
        [[1, 1, 0], [1, 0, 0], [0, 0, 1]], cells=[0, 0, 2], n_cells=3
    )
    large, none, small = bloc_shares(profiles, [0, 1])
    assert (large.weight, large.mean, large.nothing) == (2.0, 1.5, 0.0)
    assert (none.weight, none.mean) == (0.0, None)
    assert (small.mean, small.nothing) == (0.0, 1.0)
