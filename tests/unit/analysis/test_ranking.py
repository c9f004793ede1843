"""Positions, pairs, orders and plausible ranks, against numbers that others published."""

import csv
import json

import numpy as np
import pytest

from analysis.choice.pairwise import compare_pairs
from analysis.choice.positions import (
    Unranked,
    positions_from_rankings,
    positions_from_ranks,
    positions_from_ratings,
)
from analysis.choice.rank import rank_items
from analysis.choice.rank_sets import simultaneous_rank_sets
from analysis.errors import TooFewAnswers


@pytest.fixture(scope="module")
def cases(shared_data):
    return json.loads((shared_data / "cases" / "rank_aggregation.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["schulze_wikipedia_45", "tennessee_capital"])
def test_borda_and_copeland_meet_the_reference(cases, name):
    case = cases[name]
    items = sorted(case["borda"])
    weights = np.array([count for count, _order in case["ballots"]], dtype=float)
    positions = positions_from_rankings(
        [list(order) for _count, order in case["ballots"]], items, unranked=Unranked.LAST
    )
    found = rank_items(positions, items, weights=weights, seed=1)
    m = len(items)
    for item in found.items:
        borda = (m - item.mean_position) * weights.sum()
        assert borda == pytest.approx(case["borda"][item.key])
    copeland = dict(
        zip([i.key for i in found.items], found.pairwise.copeland().tolist(), strict=True)
    )
    assert copeland == case["copeland"]


def test_the_pairwise_matrix_meets_the_published_one(cases):
    case = cases["schulze_wikipedia_45"]
    positions = positions_from_rankings(
        [list(order) for _count, order in case["ballots"]], list("ABCDE"), unranked=Unranked.LAST
    )
    weights = np.array([count for count, _order in case["ballots"]], dtype=float)
    assert compare_pairs(positions, weights).wins.tolist() == case["pairwise"]


@pytest.mark.parametrize(
    ("unranked", "winner"), [(Unranked.LAST, "towns"), (Unranked.MISSING, "mcintyre")]
)
def test_debian_2006_depends_on_what_unranked_means(shared_data, unranked, winner):
    path = shared_data / "data" / "consultations" / "debian_dpl_2006_ballots.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    ranks = [[float(cell) if cell.strip() else np.nan for cell in row] for row in rows[1:]]
    pairs = compare_pairs(positions_from_ranks(ranks, unranked=unranked), np.ones(len(ranks)))
    best = rows[0][int(np.argmax(pairs.copeland()))]
    assert winner in best.lower()


def test_plausible_ranks_meet_the_reference_implementation(shared_data):
    case = json.loads((shared_data / "cases" / "rank_ci_pisa2018.json").read_text("utf-8"))
    rows = case["own_simul_95"]
    scores = np.array([row["score"] for row in rows])
    errors = np.array([row["se"] for row in rows])
    found = simultaneous_rank_sets(scores, np.diag(errors**2), seed=7)
    # Simulation noise moves a bound by a rank at most; the reference itself says so.
    assert np.abs(found.best - [row["L"] for row in rows]).max() <= 1
    assert np.abs(found.worst - [row["U"] for row in rows]).max() <= 1


def test_plausible_ranks_cover_all_true_ranks_where_all_are_equal():
    generator = np.random.default_rng(5)
    covered = 0
    runs = 120
    for run in range(runs):
        orders = generator.permuted(np.tile(np.arange(1.0, 6.0), (150, 1)), axis=1)
        found = rank_items(orders, list("abcde"), seed=run, draws=1500)
        # Equal items share every rank: each set must reach from 1 to 5.
        covered += all((item.best_rank, item.worst_rank) == (1, 5) for item in found.items)
    assert covered / runs >= 0.90


def test_a_rank_always_lies_within_its_plausible_ranks():
    generator = np.random.default_rng(2)
    ratings = generator.integers(1, 6, (80, 6)).astype(float)
    found = rank_items(positions_from_ratings(ratings), list("abcdef"), seed=1)
    assert [item.rank for item in found.items] == [1, 2, 3, 4, 5, 6]
    assert all(item.best_rank <= item.rank <= item.worst_rank for item in found.items)


def test_the_order_of_ballots_and_of_items_does_not_matter():
    generator = np.random.default_rng(3)
    positions = positions_from_ratings(generator.integers(1, 6, (60, 4)).astype(float))
    first = rank_items(positions, list("abcd"), seed=1)
    again = rank_items(positions[::-1][:, ::-1], list("dcba"), seed=1)
    assert [i.key for i in first.items] == [i.key for i in again.items]
    assert [i.mean_position for i in first.items] == pytest.approx(
        [i.mean_position for i in again.items]
    )


def test_weights_are_free_of_scale():
    positions = [[1, 2], [2, 1], [1, 2]]
    light = rank_items(positions, ["a", "b"], seed=1, weights=[1, 2, 3])
    heavy = rank_items(positions, ["a", "b"], seed=1, weights=[10, 20, 30])
    assert light.items[0].low == pytest.approx(heavy.items[0].low)


def test_too_few_ballots_are_an_error_with_their_number():
    with pytest.raises(TooFewAnswers) as caught:
        rank_items([[1, 2]], ["a", "b"], seed=1)
    assert (caught.value.n, caught.value.needed) == (1, 2)


def test_an_item_ranked_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        positions_from_rankings([["a", "a"]], ["a"], unranked=Unranked.LAST)
