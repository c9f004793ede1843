"""Bootstrap, group differences, reversals, order of showing, channels: each against a check."""

import itertools

import numpy as np
import pytest
from scipy import stats

from analysis.choice.ballots import ballots_from_positions
from analysis.choice.bootstrap import bootstrap_scores
from analysis.choice.channels import combine_channels
from analysis.choice.differences import group_differences, holm
from analysis.choice.order_effects import place_effect
from analysis.choice.rank import rank_items
from analysis.choice.reversals import leave_one_out, reversals
from analysis.choice.tally import tally
from analysis.errors import TooFewAnswers


def orders(generator, n, m, worth=None):
    noise = generator.gumbel(size=(n, m)) - (0 if worth is None else np.asarray(worth))
    return np.argsort(np.argsort(noise, axis=1), axis=1) + 1.0


def test_bootstrap_errors_meet_the_linearised_ones():
    generator = np.random.default_rng(1)
    positions = orders(generator, 300, 5, [2, 1, 0, 0, 0])
    weights = generator.uniform(0.5, 2, 300)
    found = bootstrap_scores(
        positions, k=2, seed=3, reweight=lambda counts: counts * weights, replicates=1500
    )
    straight = tally(ballots_from_positions(positions), weights).of()
    np.testing.assert_allclose(found.errors, np.sqrt(np.diag(straight.covariance())), rtol=0.08)
    assert np.all(found.low < straight.means())
    assert np.all(found.high > straight.means())
    assert found.in_top.sum() == pytest.approx(2)


def test_weighting_anew_in_each_replicate_shrinks_what_weights_explain():
    """Groups that differ only in their level: post-stratified means do not vary with the mix."""
    generator = np.random.default_rng(2)
    group = generator.integers(0, 2, 200)
    positions = np.where(group[:, None] == 0, [[1.0, 2.0]], [[2.0, 1.0]])
    fixed = bootstrap_scores(positions, k=1, seed=1, replicates=300)

    def anew(counts):
        sums = np.bincount(group, counts, 2)
        if np.any(sums == 0):
            raise TooFewAnswers(n=0, needed=1)
        return counts * (0.5 / sums)[group]

    again = bootstrap_scores(positions, k=1, seed=1, reweight=anew, replicates=300)
    assert np.all(fixed.errors > 0.02)
    assert np.all(again.errors < 1e-9)


def test_replicates_that_cannot_be_weighted_are_told_and_many_are_an_error():
    positions = [[1, 2]] * 6

    def refuse(counts):
        # The replicate of n - 1 draws misses the first respondent often.
        if counts[0] == 0:
            raise TooFewAnswers(n=0, needed=1)
        return counts

    with pytest.raises(TooFewAnswers):
        bootstrap_scores(positions, k=1, seed=1, reweight=refuse, replicates=200)
    with pytest.raises(TooFewAnswers):
        bootstrap_scores([[1, 2], [2, 1]], k=1, seed=1, clusters=[4, 4])


def test_bootstrap_intervals_cover_what_they_say():
    """A small run of `benchmarks.coverage`: 95 % within the noise of 250 samples."""
    generator = np.random.default_rng(5)
    worth = np.array([1.0, 0.8, 0.3, 0.0])
    truth = orders(generator, 200_000, 4, worth).mean(axis=0)
    inside = 0
    for run in range(250):
        found = bootstrap_scores(orders(generator, 100, 4, worth), k=1, seed=run, replicates=250)
        inside += int(((found.low <= truth) & (truth <= found.high)).sum())
    assert 0.925 <= inside / 1000 <= 0.975


def exact_p(positions, labels, strata):
    """Every exchange of labels within strata, for the first item of group 0."""
    centred = positions.copy()
    for stratum in set(strata):
        inside = strata == stratum
        centred[inside] -= positions[inside].mean(axis=0)
    observed = abs(centred[labels == 0, 0].sum())
    hits = total = 0
    rows = [np.flatnonzero(strata == s) for s in sorted(set(strata))]
    choices = [list(itertools.combinations(r.tolist(), int((labels[r] == 0).sum()))) for r in rows]
    for chosen in itertools.product(*choices):
        total += 1
        hits += abs(centred[list(itertools.chain(*chosen)), 0].sum()) >= observed - 1e-9
    return hits / total


def test_permutation_meets_all_exchanges_within_strata():
    generator = np.random.default_rng(7)
    positions = orders(generator, 14, 3)
    labels = generator.integers(0, 2, 14)
    strata = np.array([0] * 7 + [1] * 7)
    found = group_differences(positions, labels, strata, seed=1, permutations=6000)
    expected = exact_p(positions, labels, strata)
    assert found.groups[0].items[0].p == pytest.approx(expected, abs=0.03)
    assert found.method == "permutation"


def test_what_the_other_stratifier_explains_is_no_difference():
    """Sectors differ; regions have other mixes of sectors, and differ in nothing else."""
    generator = np.random.default_rng(8)
    sector = generator.integers(0, 2, 1200)
    region = (generator.random(1200) < np.where(sector == 0, 0.8, 0.2)).astype(int)
    positions = np.where(
        sector[:, None] == 0, orders(generator, 1200, 4, [2, 0, 0, 0]), orders(generator, 1200, 4)
    )
    crude = group_differences(positions, region, seed=1, permutations=499)
    within = group_differences(positions, region, sector, seed=1, permutations=499)
    assert crude.groups[0].p == pytest.approx(1 / 500)
    assert within.groups[0].p > 0.05
    assert (
        abs(within.groups[0].items[0].difference) < 0.2 < abs(crude.groups[0].items[0].difference)
    )


def test_no_difference_is_found_as_often_as_promised():
    generator = np.random.default_rng(9)
    found = [
        group_differences(
            orders(generator, 60, 4), generator.integers(0, 3, 60), seed=run, permutations=199
        )
        .groups[0]
        .p
        for run in range(150)
    ]
    assert 0.005 <= np.mean(np.array(found) <= 0.05) <= 0.12


def test_many_ballots_take_the_limit_and_meet_the_draws(monkeypatch):
    generator = np.random.default_rng(10)
    positions = orders(generator, 500, 4, [0.3, 0, 0, 0])
    positions[generator.random((500, 4)) < 0.2] = np.nan
    ranks = np.where(np.isnan(positions), np.nan, positions)
    ranks = np.apply_along_axis(
        lambda row: np.where(np.isnan(row), np.nan, stats.rankdata(row, nan_policy="omit")),
        1,
        ranks,
    )
    labels, strata = generator.integers(0, 3, 500), generator.integers(0, 2, 500)
    drawn = group_differences(ranks, labels, strata, seed=1, permutations=4000)
    monkeypatch.setattr("analysis.choice.differences.LARGE", 10)
    limit = group_differences(ranks, labels, strata, seed=1)
    assert (limit.method, limit.permutations) == ("limit", 0)
    for left, right in zip(drawn.groups, limit.groups, strict=True):
        assert left.p == pytest.approx(right.p, abs=0.03)
        for one, other in zip(left.items, right.items, strict=True):
            assert one.p == pytest.approx(other.p, abs=0.03)
            assert one.difference == other.difference


def test_organisations_are_exchanged_whole():
    generator = np.random.default_rng(11)
    firms = orders(generator, 20, 3)
    positions, clusters = np.repeat(firms, 15, axis=0), np.repeat(np.arange(20), 15)
    labels = np.repeat(generator.integers(0, 2, 20), 15)
    naive = group_differences(positions, labels, seed=1, permutations=299)
    whole = group_differences(positions, labels, clusters=clusters, seed=1, permutations=299)
    assert naive.groups[0].p < 0.01 < whole.groups[0].p


def test_the_chance_to_stand_higher_is_brunner_and_munzels():
    generator = np.random.default_rng(12)
    positions = orders(generator, 80, 3, [1, 0, 0])
    labels = generator.integers(0, 2, 80)
    found = group_differences(positions, labels, seed=1, permutations=99)
    own, other = positions[labels == 0, 0], positions[labels == 1, 0]
    pairs = (own[:, None] < other).mean() + 0.5 * (own[:, None] == other).mean()
    assert found.groups[0].items[0].above == pytest.approx(pairs)


def test_a_group_that_stands_alone_in_its_stratum_is_not_compared():
    found = group_differences([[1, 2], [2, 1]] * 10, [0, 1] * 10, [0, 1] * 10, seed=1)
    assert all(not group.items and group.p == 1.0 for group in found.groups)


def test_holm_meets_the_published_example():
    # Holm's steps by hand: 0.01 x 4, then 0.013 x 3 (kept at 0.04), 0.014 x 2, 0.19.
    assert holm([0.01, 0.013, 0.014, 0.19]) == pytest.approx([0.04, 0.04, 0.04, 0.19])
    assert holm([]) == []


def test_a_strict_reversal_needs_different_items_and_is_found():
    """Both groups put b first; most who place a stand in the group that ranks all highly."""
    nan = np.nan
    low = [[3.0, 2, 1]] + [[nan, 2, 1]] * 20
    high = [[1.5, 1.5, 3]] * 20 + [[2.0, 1, 3]]
    found = tally(ballots_from_positions(low + high), cells=[0] * 21 + [1] * 21, n_cells=2)
    both = reversals(found.of(), [found.of(0, [0]), found.of(0, [1])])
    assert [(r.above, r.below, r.against) for r in both if r.is_strict] == [(0, 1, (0, 1))]


def test_a_group_of_one_voice_makes_no_reversal_sure():
    positions = [[1, 2]] * 40 + [[2, 1]] * 22 + [[1, 2]] + [[2, 1]] * 6
    cells = [0] * 40 + [1] * 12 + [2] * 11 + [3] * 6
    ballots = ballots_from_positions(positions)
    own = np.arange(len(positions))
    # Group 3 is six ballots of one organisation; in group 1 all are of one mind.
    organisation = np.where(np.array(cells) == 3, 1_000, own)
    for clusters, is_known in ((own, True), (organisation, False)):
        found = tally(ballots, cells=cells, n_cells=4, clusters=clusters)
        whole = tally(ballots, clusters=clusters)
        pairs = reversals(whole.of(), [found.of(0, [g]) for g in range(4)])
        assert [(r.above, r.against) for r in pairs] == [(0, (1, 2, 3))]
        assert bool(np.isfinite(pairs[0].error)) is is_known


def test_the_largest_group_does_not_speak_for_the_others():
    big = [[1, 2, 3]] * 30
    small = [[2, 1, 3]] * 5
    found = tally(
        ballots_from_positions(big + small * 3), cells=[0] * 30 + [1] * 5 + [2] * 5 + [3] * 5,
        n_cells=4,
    )  # fmt: skip
    pairs = reversals(found.of(), [found.of(0, [g]) for g in range(4)])
    assert [(r.above, r.below, r.against, r.is_strict) for r in pairs] == [(0, 1, (1, 2, 3), False)]
    assert pairs[0].equal_voice == pytest.approx((-1 + 3) / 4)
    without = leave_one_out(found, [[0], [1]], 1)
    assert [(one.entering, one.leaving, one.changes_first) for one in without] == [
        ((1,), (0,), True),
        ((), (), False),
    ]
    assert without[0].share == pytest.approx(30 / 45)


def test_leaving_out_meets_the_ranking_of_the_rest():
    generator = np.random.default_rng(13)
    positions, cells = orders(generator, 120, 6), generator.integers(0, 4, 120)
    weights = generator.uniform(0.3, 3, 120)
    found = tally(ballots_from_positions(positions), weights, cells, n_cells=4)
    for one in leave_one_out(found, [[0], [1], [2, 3]], 3):
        rest = ~np.isin(cells, [[0], [1], [2, 3]][one.group])
        alone = rank_items(positions[rest], list("abcdef"), weights=weights[rest], seed=1, draws=50)
        assert tuple("abcdef".index(key) for key in alone.keys[:3]) == one.top


def test_the_shown_order_that_moves_ranks_is_found():
    generator = np.random.default_rng(14)
    shown = np.argsort(generator.random((300, 6)), axis=1) + 1.0
    free = orders(generator, 300, 6)
    lazy = np.argsort(np.argsort(generator.gumbel(size=(300, 6)) + 0.4 * shown, axis=1), axis=1) + 1
    assert place_effect(free, shown).p > 0.01
    found = place_effect(lazy, shown)
    assert found.p < 1e-6
    assert found.low > 0
    drift = [mean for _n, mean in found.by_place]
    assert drift[0] < 0 < drift[-1]
    assert sum(n for n, _mean in found.by_place) == 1800


def test_order_effects_need_respondents_and_shuffling():
    with pytest.raises(TooFewAnswers):
        place_effect([[1, 2]] * 9, [[1, 2]] * 9)
    with pytest.raises(TooFewAnswers):
        place_effect([[1, 2]] * 30, [[1, 2]] * 30)


def test_no_channel_swamps_another():
    survey = {"a": 5000.0, "b": 4000.0, "c": 1.0}
    texts = {"c": 3.0, "b": 2.0, "a": 1.0}
    for scale in (1.0, 1000.0):
        found = combine_channels(
            {"survey": survey, "texts": {k: v * scale for k, v in texts.items()}}
        )
        assert found.scores == (0.5, 0.5, 0.5)
    leaning = combine_channels({"survey": survey, "texts": texts}, {"survey": 3, "texts": 1})
    assert leaning.keys == ("a", "b", "c")
    assert leaning.shares == {"survey": 0.75, "texts": 0.25}


def test_a_silent_channel_is_no_vote_against():
    found = combine_channels(
        {"survey": {"a": 2, "b": 1, "c": 0}, "texts": {"b": 2, "c": 1}, "notes": {"a": 1, "c": 0}}
    )
    assert found.ranks["texts"] == {"a": None, "b": 1, "c": 2}
    assert found.keys[0] == "a"
    assert found.reach["a"][0] == 1
    assert found.reach["b"] == (2, 2)
    assert found.scores == pytest.approx((1.0, 0.75, 0.0))


def test_one_channel_is_nothing_to_combine():
    with pytest.raises(TooFewAnswers):
        combine_channels({"survey": {"a": 1, "b": 2}, "texts": {"a": 1}})
    with pytest.raises(ValueError, match="share"):
        combine_channels({"s": {"a": 1, "b": 2}, "t": {"a": 1, "b": 2}}, {"s": 1})
