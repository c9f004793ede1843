"""Sums in one pass against plain loops over ballots."""

import numpy as np
import pytest

from analysis.choice.ballots import (
    Ballots,
    Unranked,
    ballots_from_positions,
    ballots_from_ranks,
)
from analysis.choice.rank import rank_items, rank_tally
from analysis.choice.tally import tally
from analysis.errors import TooFewAnswers


def some_positions(seed, n=60, m=5, missing=0.3):
    generator = np.random.default_rng(seed)
    ranks = generator.integers(1, 4, (n, m)).astype(float)
    ranks[generator.random((n, m)) < missing] = np.nan
    return ballots_from_ranks(ranks, unranked=Unranked.MISSING).positions()


def slow(positions, weights):
    """Everything by loops."""
    m = positions.shape[1]
    wins, ties = np.zeros((m, m)), np.zeros((m, m))
    for row, weight in zip(positions, weights, strict=True):
        for a in range(m):
            for b in range(m):
                if a != b and not np.isnan(row[a]) and not np.isnan(row[b]):
                    wins[a, b] += weight * (row[a] < row[b])
                    ties[a, b] += weight * (row[a] == row[b])
    placed = ~np.isnan(positions)
    mass = (weights[:, None] * placed).sum(axis=0)
    means = np.nansum(weights[:, None] * np.where(placed, positions, 0), axis=0) / mass
    t = weights[:, None] * np.where(placed, positions - means, 0.0) / mass
    return wins, ties, mass, means, t


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_sums_meet_the_loops(missing):
    positions = some_positions(1, missing=missing)
    weights = np.random.default_rng(2).uniform(0.3, 3, len(positions))
    counted = tally(ballots_from_positions(positions), weights).of()
    wins, ties, mass, means, t = slow(positions, weights)
    np.testing.assert_allclose(counted.pairwise.wins, wins, atol=1e-9)
    np.testing.assert_allclose(counted.pairwise.ties, ties, atol=1e-9)
    np.testing.assert_allclose(counted.mass, mass)
    np.testing.assert_allclose(counted.means(), means)
    n = int((~np.isnan(positions).all(axis=1)).sum())
    placed = ~np.isnan(positions)
    c = (weights @ placed) ** 2 / (weights**2 @ placed)
    grown = np.sqrt(c / (c - 1))
    np.testing.assert_allclose(counted.covariance(), t.T @ t * np.outer(grown, grown), atol=1e-12)
    assert counted.placing.tolist() == placed.sum(axis=0).tolist()
    assert counted.degrees().tolist() == (c.astype(int) - 1).tolist()
    assert counted.n == n


def test_cells_add_up_and_are_the_groups_themselves():
    positions = some_positions(3)
    generator = np.random.default_rng(4)
    weights = generator.uniform(0.3, 3, (2, len(positions)))
    cells = generator.integers(0, 6, len(positions))
    ballots = ballots_from_positions(positions)
    found = tally(ballots, weights, cells, n_cells=6)
    together = tally(ballots, weights)
    for weighting in (0, 1):
        whole, parts = together.of(weighting), found.of(weighting)
        np.testing.assert_allclose(parts.pairwise.wins, whole.pairwise.wins, atol=1e-9)
        np.testing.assert_allclose(parts.covariance(), whole.covariance(), atol=1e-14)
        inside = np.isin(cells, [1, 4])
        alone = tally(ballots.take(inside), weights[:, inside]).of(weighting)
        some = found.of(weighting, [1, 4])
        np.testing.assert_allclose(some.means(), alone.means())
        np.testing.assert_allclose(some.covariance(), alone.covariance(), atol=1e-14)
        np.testing.assert_allclose(some.first, alone.first)
        assert some.n == alone.n


def test_clusters_count_once_in_the_uncertainty():
    positions = some_positions(5, n=20, missing=0.2)
    weights = np.random.default_rng(6).uniform(0.5, 2, 20)
    doubled = np.repeat(positions, 3, axis=0)
    clusters = np.repeat(np.arange(20), 3)
    once = tally(ballots_from_positions(positions), weights).of()
    again = tally(
        ballots_from_positions(doubled), np.repeat(weights, 3), clusters=clusters[::1]
    ).of()
    np.testing.assert_allclose(once.covariance(), again.covariance(), atol=1e-14)
    assert (again.units, again.n) == (once.units, 3 * once.n)
    naive = tally(ballots_from_positions(doubled), np.repeat(weights, 3)).of()
    assert np.all(np.diag(naive.covariance()) < np.diag(again.covariance()))


def test_clustered_cells_do_not_add_up_and_say_so():
    positions = some_positions(5, n=20)
    found = tally(
        ballots_from_positions(positions),
        cells=[0, 1] * 10,
        n_cells=2,
        clusters=[0] * 10 + [1] * 10,
    )
    assert found.of(0, [1]).n > 0
    with pytest.raises(ValueError, match="do not add up"):
        found.of()


def test_blocks_have_no_say(monkeypatch):
    positions = some_positions(7, n=300)
    whole = tally(ballots_from_positions(positions)).of()
    monkeypatch.setattr("analysis.choice.tally.BLOCK", 17)
    parts = tally(ballots_from_positions(positions)).of()
    np.testing.assert_allclose(whole.pairwise.wins, parts.pairwise.wins)
    np.testing.assert_allclose(whole.spread, parts.spread, atol=1e-9)


def test_ties_are_seen_where_positions_do_not_run_from_one_on():
    """What is left of a ballot when items are taken out."""
    positions = np.array([[3, 3, np.nan], [1, 3, 3], [2, 3, np.nan]])
    counted = tally(ballots_from_positions(positions)).of()
    wins, ties, *_rest = slow(positions, np.ones(3))
    np.testing.assert_allclose(counted.pairwise.wins, wins)
    np.testing.assert_allclose(counted.pairwise.ties, ties)


def test_first_and_last_are_of_what_each_ballot_places():
    found = tally(ballots_from_positions([[1, 2, np.nan], [1.5, 1.5, 3]])).of()
    assert found.first.tolist() == [2.0, 1.0, 0.0]
    assert found.last.tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    "positions", [[[0.5, 1]], [[1, 3]], [[1.25, 1.75]], [[-np.inf, 1]], [1.0, 2.0]]
)
def test_what_is_no_position_is_refused(positions):
    with pytest.raises(ValueError, match="osition"):
        ballots_from_positions(positions)


@pytest.mark.parametrize(
    ("weights", "cells", "words"),
    [
        ([1.0, -1.0], None, "at least 0"),
        ([1.0, np.nan], None, "finite"),
        ([1.0], None, "weight a ballot"),
        (None, [0, 2], "cell"),
        (None, [0], "cell"),
        (None, [-1, 0], "cell"),
    ],
)
def test_weights_and_cells_that_do_not_fit_are_refused(weights, cells, words):
    with pytest.raises(ValueError, match=words):
        tally(ballots_from_positions([[1, 2], [2, 1]]), weights, cells, n_cells=2)


def test_more_than_a_hundred_items_take_two_bytes():
    ballots = ballots_from_positions([list(range(1, 201))] * 3)
    assert ballots.codes.dtype == np.uint16
    assert tally(ballots).of().pairwise.wins[0, 199] == 3


def test_inputs_are_left_alone():
    positions = some_positions(8)
    weights = np.ones(len(positions))
    for array in (positions, weights):
        array.setflags(write=False)
    rank_items(positions, list("abcde"), weights=weights, seed=1, draws=200)
    codes = ballots_from_positions(positions).codes
    codes.setflags(write=False)
    tally(Ballots(codes), weights, np.zeros(len(positions), int))


def test_a_single_organisation_is_too_few():
    positions = some_positions(9, missing=0)
    with pytest.raises(TooFewAnswers) as caught:
        rank_items(positions, list("abcde"), seed=1, clusters=np.zeros(len(positions)))
    assert (caught.value.n, caught.value.needed) == (1, 2)


def test_ranking_of_a_part_is_the_ranking_of_the_part():
    positions = some_positions(10, missing=0.1)
    cells = np.arange(len(positions)) % 3
    found = tally(ballots_from_positions(positions), cells=cells, n_cells=3)
    part = rank_tally(found.of(0, [2]), list("abcde"), seed=4)
    alone = rank_items(positions[cells == 2], list("abcde"), seed=4)
    assert [(i.key, i.best_rank, i.worst_rank, i.n) for i in part.items] == [
        (i.key, i.best_rank, i.worst_rank, i.n) for i in alone.items
    ]
