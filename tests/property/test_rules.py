"""What every rule of order owes to items and people: neutrality, anonymity, no scale of weights."""

from itertools import pairwise as neighbours

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.choice.ballots import Unranked, ballots_from_ranks
from analysis.choice.kemeny import kemeny
from analysis.choice.pairwise import Pairwise, borda_shares
from analysis.choice.proportional import (
    equal_shares,
    profiles_from_approvals,
    sequential_phragmen,
)
from analysis.choice.rank_sets import simultaneous_rank_sets, tiers
from analysis.choice.rules import all_rules, schulze
from analysis.choice.tally import tally

CALM = settings(deadline=None, max_examples=60)
rows = st.integers(3, 6).flatmap(
    lambda m: st.lists(
        st.lists(st.integers(1, 5) | st.just(0), min_size=m, max_size=m), min_size=2, max_size=12
    )
)


def pairs(ranks, unranked=Unranked.LAST, weights=None):
    given_ranks = np.array(ranks, dtype=float)
    given_ranks[given_ranks == 0] = np.nan
    return tally(ballots_from_ranks(given_ranks, unranked=unranked), weights).of()


@CALM
@given(rows, st.randoms(use_true_random=False))
def test_names_of_items_have_no_say(ranks, random):
    m = len(ranks[0])
    order = random.sample(range(m), m)
    plain = pairs(ranks).pairwise
    moved = pairs(np.array(ranks)[:, order]).pairwise
    assert np.array_equal(schulze(plain).ranks[order], schulze(moved).ranks)
    assert np.array_equal(plain.copeland()[order], moved.copeland())
    assert np.allclose(borda_shares(plain)[order], borda_shares(moved), equal_nan=True)
    assert np.isclose(kemeny(plain).cost, kemeny(moved).cost)


@CALM
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_people_has_no_say(ranks, random):
    shuffled = list(ranks)
    random.shuffle(shuffled)
    assert np.array_equal(pairs(ranks).pairwise.wins, pairs(shuffled).pairwise.wins)


@CALM
@given(rows, st.floats(0.01, 1e6))
def test_weights_have_no_scale(ranks, scale):
    base = np.arange(1.0, len(ranks) + 1)
    light, heavy = pairs(ranks, weights=base), pairs(ranks, weights=base * scale)
    for rule, values in all_rules(light.pairwise).named().items():
        assert np.array_equal(values, all_rules(heavy.pairwise).named()[rule]), rule
    assert np.allclose(light.means(), heavy.means(), equal_nan=True)


@CALM
@given(rows)
def test_a_winner_of_every_duel_wins_by_every_rule_that_promises_it(ranks):
    pairwise = pairs(ranks).pairwise
    winner = pairwise.condorcet_winner()
    found = all_rules(pairwise)
    if winner is not None:
        for rule in ("copeland", "schulze", "schulze_margins", "kemeny"):
            assert found.named()[rule][winner] == 1
    order = found.kemeny.order
    cost = sum(pairwise.wins[b, a] for i, a in enumerate(order) for b in order[i + 1 :])
    assert np.isclose(cost, found.kemeny.cost)
    # No two neighbours are better the other way round.
    for above, below in neighbours(order):
        assert pairwise.wins[above, below] >= pairwise.wins[below, above]


@CALM
@given(rows, st.integers(0, 5))
def test_moving_up_hurts_nobody_under_schulze(ranks, which):
    raised = [list(row) for row in ranks]
    item = which % len(ranks[0])
    raised[0][item] = 0.5
    before, after = schulze(pairs(ranks).pairwise), schulze(pairs(raised).pairwise)
    assert after.ranks[item] <= before.ranks[item]


@CALM
@given(rows)
def test_every_comparison_is_a_win_a_loss_or_a_tie(ranks):
    for unranked in Unranked:
        counted = pairs(ranks, unranked)
        pairwise: Pairwise = counted.pairwise
        total = pairwise.wins + pairwise.wins.T + pairwise.ties
        placed = np.array([[cell != 0 for cell in row] for row in ranks])
        if unranked is Unranked.LAST:
            placed = np.repeat(placed.any(axis=1)[:, None], placed.shape[1], axis=1)
        both = placed.T.astype(float) @ placed
        np.fill_diagonal(both, 0)
        assert np.array_equal(total, both)


@CALM
@given(rows)
def test_a_rank_lies_within_its_set_and_tiers_follow_the_order(ranks):
    counted = pairs(ranks)
    if counted.n < 2:
        return
    means = counted.means()
    order = np.argsort(means, kind="stable")
    sets = simultaneous_rank_sets(
        -means[order], counted.covariance()[np.ix_(order, order)], seed=1, draws=200
    )
    assert np.all(sets.best <= np.arange(1, len(order) + 1))
    assert np.all(sets.worst >= np.arange(1, len(order) + 1))
    found = tiers(sets.better, range(len(order)))
    assert list(found) == sorted(found)


@CALM
@given(
    st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=15),
    st.integers(1, 4),
)
def test_places_in_proportion_leave_no_united_bloc_with_nothing(approved, k):
    """Justified representation: a k-th of all who agree on an item get one of them something."""
    profiles = profiles_from_approvals(approved)
    for rule in (sequential_phragmen, equal_shares):
        chosen = list(rule(profiles, k).items)
        assert len(set(chosen)) == len(chosen) <= k
        nothing = ~np.array(approved)[:, chosen].any(axis=1)
        for item in range(5):
            united = int((nothing & np.array(approved)[:, item]).sum())
            assert united * k < len(approved) or item in chosen
