"""Concordance, polarisation, consensus across groups and opinion groups against published values."""

import csv
import json

import numpy as np
import pytest
from scipy.stats import friedmanchisquare
from sklearn.metrics import silhouette_score

from analysis.agreement.bridging import bridge
from analysis.agreement.concordance import kendall_w
from analysis.agreement.consensus import (
    count_votes,
    group_consensus,
    one_proportion_z,
    representative,
    two_proportion_z,
)
from analysis.agreement.opinion_groups import find_opinion_groups, opinion_map, silhouette
from analysis.agreement.polarisation import bimodality, esteban_ray, van_der_eijk
from analysis.errors import TooFewAnswers


@pytest.fixture(scope="module")
def case(shared_data):
    return json.loads((shared_data / "cases/agreement_diversity.json").read_text())


@pytest.fixture(scope="module")
def polis(shared_data):
    return json.loads((shared_data / "cases/polis_below100.json").read_text())


def test_concordance_of_the_published_examples(case):
    assert kendall_w(case["kendall_w"]["proofwiki"]["ranks"]).w == pytest.approx(0.0625)
    tied = case["kendall_w"]["demsar_ties"]
    found = kendall_w(np.array(tied["data_items_by_rater"]).T)
    assert found.w == pytest.approx(tied["W"], abs=1e-12)
    assert found.statistic == pytest.approx(tied["chi2"], abs=1e-9)
    assert found.p == pytest.approx(tied["p"], abs=1e-12)
    bortz = case["kendall_w"]["bortz"]
    found = kendall_w(np.array(bortz["data"]).T)
    assert (found.w, found.statistic) == pytest.approx((bortz["W"], bortz["chi2"]))


def test_concordance_is_friedmans_test_with_ties():
    random = np.random.default_rng(5)
    scores = random.integers(1, 4, (40, 6)).astype(float)
    found = kendall_w(scores)
    expected = friedmanchisquare(*scores.T)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


def test_weighted_concordance_counts_a_weight_as_people():
    ranks = np.array([[1, 2, 3, 4], [2, 1, 3.5, 3.5], [4, 3, 2, 1]])
    weighted = kendall_w(ranks, [3, 2, 1])
    repeated = kendall_w(np.repeat(ranks, [3, 2, 1], axis=0))
    assert weighted.w == pytest.approx(repeated.w)
    assert weighted.p is None


def test_one_voice_alone_is_no_concordance():
    with pytest.raises(TooFewAnswers):
        kendall_w([[1, 2, 3], [3, 2, 1]], weights=[1, 0])
    assert kendall_w([[1, 2, 3], [3, 2, 1], [2, 1, 3]], weights=[1, 1, 0]).w == pytest.approx(0.0)


def test_concordance_leaves_partial_orders_out_and_says_so():
    found = kendall_w([[1, 2], [1, 2], [1, np.nan]])
    assert (found.w, found.n, found.n_left_out) == (1.0, 2, 1)
    assert kendall_w([[1, 1], [1, 1]]).w is None
    with pytest.raises(TooFewAnswers):
        kendall_w([[1, 2], [np.nan, 1]])
    with pytest.raises(TooFewAnswers):
        kendall_w([[1, 2], [1, 2]], [0, 0])
    with pytest.raises(ValueError, match="two items"):
        kendall_w([[1], [1]])
    with pytest.raises(ValueError, match="Weights"):
        kendall_w([[1, 2], [1, 2]], [1, -1])


def test_polarisation_of_the_published_examples(case):
    eijk = case["van_der_eijk"]
    polarisation = (1 - van_der_eijk(eijk["V"])) / 2
    assert polarisation == pytest.approx(eijk["published_polarization"], abs=5e-8)
    for name, published in zip(
        ("counts_a", "counts_b"), case["bimodality_coefficient"]["published"], strict=True
    ):
        counts = case["bimodality_coefficient"][name]
        assert bimodality(np.repeat(np.arange(11), counts)) == pytest.approx(published, abs=5e-8)
    ray = case["esteban_ray"]
    places = np.linspace(0, 1, 5)
    assert esteban_ray([0.2] * 5, places, alpha=ray["alpha"]) == pytest.approx(
        ray["uniform5_normalised"]
    )
    assert esteban_ray([5, 5], [0, 1]) == pytest.approx(1)


def test_agreement_at_its_marks():
    assert van_der_eijk([1, 1, 1, 1]) == 0
    assert van_der_eijk([0, 7, 0, 0]) == 1
    assert van_der_eijk([2, 0, 0, 0, 2]) == -1
    # Weights scale the counts and nothing else.
    assert van_der_eijk([0.3, 0.1, 0.7]) == pytest.approx(van_der_eijk([3, 1, 7]))
    with pytest.raises(ValueError, match="3 points"):
        van_der_eijk([1, 2])
    with pytest.raises(TooFewAnswers):
        van_der_eijk([0, 0, 0])


def test_polarisation_of_too_little_is_not_invented():
    with pytest.raises(TooFewAnswers):
        bimodality([1, 2, 3, np.nan])
    assert bimodality([4, 4, 4, 4]) is None
    with pytest.raises(TooFewAnswers):
        esteban_ray([0, 0], [0, 1])
    with pytest.raises(ValueError, match="alpha"):
        esteban_ray([1, 1], [0, 1], alpha=2)
    with pytest.raises(ValueError, match="Sizes"):
        esteban_ray([1, -1], [0, 1])


def _counts(polis):
    groups = [polis["group_votes"][name]["votes"] for name in sorted(polis["group_votes"])]
    statements = sorted(groups[0], key=int)
    tables = [
        np.array([[group[statement][letter] for statement in statements] for group in groups])
        for letter in "ADS"
    ]
    return statements, *tables


def test_group_informed_consensus_of_the_production_system(polis):
    statements, agrees, _disagrees, seen = _counts(polis)
    found = group_consensus(agrees, seen)
    for place, statement in enumerate(statements):
        expected = polis["group_aware_consensus"][statement]
        assert found.product[place] == pytest.approx(expected, abs=1e-15)
        assert found.geometric[place] == pytest.approx(expected ** (1 / 3), abs=1e-12)


def test_what_sets_groups_apart_in_the_production_system(polis):
    statements, agrees, disagrees, seen = _counts(polis)
    tables = {"agree": representative(agrees, seen), "disagree": representative(disagrees, seen)}
    checked = 0
    for group, rows in polis["repness"].items():
        for row in rows:
            place = (int(group), statements.index(str(row["tid"])))
            found = tables[row["repful-for"]]
            assert found.share[place] == pytest.approx(row["p-success"], abs=1e-12)
            assert found.share_z[place] == pytest.approx(row["p-test"], abs=1e-12)
            assert found.ratio[place] == pytest.approx(row["repness"], abs=1e-12)
            assert found.ratio_z[place] == pytest.approx(row["repness-test"], abs=1e-6)
            checked += 1
    assert checked == 11
    # Where nothing is a group's own, nothing is said to be: no row is shown for want of a better.
    assert not tables["agree"].is_significant.all()
    assert tables["agree"].is_significant.any()


def test_consensus_tests_of_the_production_system(polis):
    for rows in polis["consensus"].values():
        for row in rows:
            z = one_proportion_z(row["n-success"], row["n-trials"])
            assert float(z) == pytest.approx(row["p-test"], abs=1e-12)
    unit = polis["clojure_stats_tests"]["two_prop_test"]
    assert float(two_proportion_z(*unit["args"])) == pytest.approx(unit["own"], abs=1e-12)
    assert float(two_proportion_z(3, 3, 3, 3)) == 0.0


def test_silhouette_of_the_production_system_and_of_scikit_learn(polis):
    unit = polis["clojure_stats_tests"]["silhouette"]
    assert silhouette(unit["dist"], unit["labels"]) == pytest.approx(unit["overall"], abs=1e-4)
    random = np.random.default_rng(2)
    points, labels = random.normal(size=(12, 2)), np.array([0, 1, 2] * 4)
    sizes = random.integers(1, 5, 12)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    expanded = silhouette_score(np.repeat(points, sizes, axis=0), np.repeat(labels, sizes))
    assert silhouette(distances, labels, sizes) == pytest.approx(expanded)


def test_passes_are_seen_and_not_shown_is_not():
    counts = count_votes([[1, 0], [np.nan, -1], [1, 1]], [0, 0, 1], 2)
    assert counts.seen.tolist() == [[1, 2], [1, 1]]
    assert counts.agrees.tolist() == [[1, 0], [1, 1]]
    assert counts.disagrees.tolist() == [[0, 1], [0, 0]]
    with pytest.raises(ValueError, match="Between 0 and all"):
        group_consensus([[3]], [[2]])
    with pytest.raises(ValueError, match="at least one group"):
        group_consensus(np.zeros((0, 2)), np.zeros((0, 2)))


def _camps(random, sizes, m=20, noise=0.15):
    """People of camps that answer by their camp's line, with some noise and gaps."""
    lines = random.choice([-1.0, 1.0], (len(sizes), m))
    votes = np.repeat(lines, sizes, axis=0)
    flip = random.random(votes.shape) < noise
    votes[flip] = random.choice([-1.0, 0.0, 1.0], int(flip.sum()))
    votes[random.random(votes.shape) < 0.3] = np.nan
    return votes, np.repeat(np.arange(len(sizes)), sizes)


def test_planted_groups_are_found_and_shuffles_find_none_as_clear():
    votes, truth = _camps(np.random.default_rng(4), [60, 40, 25])
    found = find_opinion_groups(votes, seed=7, shuffles=9)
    assert found.sizes == (60, 40, 25)
    assert all(len(set(found.labels[truth == camp].tolist())) == 1 for camp in range(3))
    assert found.p == pytest.approx(1 / 10)
    assert found.silhouette > max(found.null)
    again = find_opinion_groups(votes, seed=7, shuffles=9)
    assert again.labels.tobytes() == found.labels.tobytes()
    assert again.null == found.null


def test_votes_without_groups_look_like_their_shuffles():
    random = np.random.default_rng(8)
    votes = random.choice([-1.0, 0.0, 1.0], (120, 15))
    assert find_opinion_groups(votes, seed=1, shuffles=9).p > 0.1


def test_a_handful_is_counted_and_not_described():
    votes, _truth = _camps(np.random.default_rng(1), [30, 4], noise=0.0)
    found = find_opinion_groups(votes, seed=1, shuffles=3)
    small = [size for size, hidden in zip(found.sizes, found.is_suppressed, strict=True) if hidden]
    assert small
    assert max(small) < 5


def test_people_with_few_votes_are_in_no_group():
    votes, _truth = _camps(np.random.default_rng(1), [30, 20])
    votes[3, 5:] = np.nan
    votes[3, :5] = 1
    found = find_opinion_groups(votes, seed=1, shuffles=1)
    assert found.labels[3] == -1
    assert sum(found.sizes) == 49


def test_the_map_is_the_principal_plane_of_the_filled_votes():
    votes, _truth = _camps(np.random.default_rng(9), [40, 30])
    plane = opinion_map(votes)
    filled = np.where(np.isnan(votes), np.nanmean(votes, axis=0), votes)
    _u, _s, vectors = np.linalg.svd(filled - filled.mean(axis=0))
    assert np.abs((plane.components * vectors[:2]).sum(axis=1)) == pytest.approx([1, 1])
    counts = (~np.isnan(votes)).sum(axis=1)
    expected = (filled - filled.mean(axis=0)) @ plane.components.T * np.sqrt(20 / counts)[:, None]
    assert plane.points == pytest.approx(expected)
    assert 0 < plane.explained[1] <= plane.explained[0] < 1


def test_nonsense_and_too_little_are_refused():
    with pytest.raises(TooFewAnswers):
        opinion_map(np.ones((9, 8)))
    with pytest.raises(ValueError, match="two statements"):
        opinion_map(np.ones((20, 1)))
    with pytest.raises(ValueError, match="A vote is"):
        opinion_map(np.full((20, 8), 2.0))
    with pytest.raises(TooFewAnswers):
        find_opinion_groups(np.ones((20, 8)), seed=1)


def test_a_real_conversation_splits_beyond_chance(shared_data):
    with (shared_data / "data/consultations/polis_brexit_2017_votes.csv").open() as file:
        rows = list(csv.DictReader(file))
    people = sorted({int(row["participant"]) for row in rows})
    statements = sorted({int(row["comment_id"]) for row in rows})
    votes = np.full((len(people), len(statements)), np.nan)
    for row in rows:
        place = people.index(int(row["participant"])), statements.index(int(row["comment_id"]))
        votes[place] = float(row["vote"])
    found = find_opinion_groups(votes, seed=20260101, shuffles=19)
    assert sum(found.sizes) == int((found.labels >= 0).sum())
    assert found.p <= 0.05
    counts = count_votes(votes, found.labels, len(found.sizes))
    consensus = group_consensus(counts.agrees, counts.seen).geometric
    assert ((consensus > 0) & (consensus < 1)).all()


def _camp_ballots():
    north = [[1, 2, 3, 4]] * 80
    south = [[4, 2, 3, 1]] * 20
    return np.array(north + south, dtype=float), ["north"] * 80 + ["south"] * 20


def test_bridging_prefers_what_all_groups_can_live_with():
    positions, groups = _camp_ballots()
    found = bridge(positions, list("abcd"), groups, k=2)
    assert found.items[0].key == "b"
    assert found.items[0].rank == 1
    scores = {item.key: item for item in found.items}
    assert scores["a"].score == 0
    assert scores["a"].lowest_group == "south"
    assert scores["a"].rank == scores["c"].rank == 2
    low = scores["b"].shares["south"].low
    assert scores["b"].lowest == low
    assert scores["b"].score == pytest.approx((low * scores["b"].shares["north"].low) ** 0.5)


def test_groups_too_small_to_speak_are_named_and_unknown_has_no_say():
    positions, groups = _camp_ballots()
    groups[0], groups[1:4] = None, ["east"] * 3
    found = bridge(positions, list("abcd"), groups, k=2)
    assert found.groups == ("north", "south")
    assert found.too_small == ("east",)
    assert found.n == 96
    with pytest.raises(TooFewAnswers):
        bridge(positions, list("abcd"), ["north"] * 100)
    with pytest.raises(ValueError, match="One row"):
        bridge(positions, list("abc"), groups)
    with pytest.raises(ValueError, match="k must"):
        bridge(positions, list("abcd"), groups, k=0)


def test_weighted_bridging_counts_a_weight_as_people():
    positions, groups = _camp_ballots()
    positions[90:] = [1, 2, 3, 4]
    weights = np.ones(100)
    weights[90:] = 0.5
    found = bridge(positions, list("abcd"), groups, k=1, weights=weights)
    share = {item.key: item for item in found.items}["a"].shares["south"]
    assert share.share == pytest.approx(5 / 15)
    assert share.n == pytest.approx(15**2 / 12.5)


def test_an_organisation_is_one_voice_to_the_bounds_of_bridging():
    positions = np.tile([[1.0, 2.0], [2.0, 1.0]], (30, 1))
    groups = ["north"] * 30 + ["south"] * 30
    plain = bridge(positions, ["a", "b"], groups, k=1)
    clusters = np.repeat(np.arange(30), 2)
    # Whole organisations vote alike: 15 voices a group instead of 30.
    alike = np.repeat(positions[:30], 2, axis=0)
    clustered = bridge(alike, ["a", "b"], groups, k=1, clusters=clusters)
    single = bridge(positions[:30], ["a", "b"], ["north"] * 15 + ["south"] * 15, k=1)
    assert clustered.items[0].shares["north"].n == pytest.approx(15)
    for one, other in zip(clustered.items, single.items, strict=True):
        assert one.shares["south"].low == pytest.approx(other.shares["south"].low)
    assert clustered.items[0].score < plain.items[0].score
    with pytest.raises(ValueError, match="one a person"):
        bridge(positions, ["a", "b"], groups, k=1, clusters=[1])


def test_bridging_scores_made_of_the_same_shares_are_equal():
    """Each item is first for another number in each of seven groups, in another order of groups."""
    sizes = [3, 5, 7, 8, 10, 13, 14]
    rows, groups = [], []
    for group in range(7):
        counts = [sizes[(group + item * 2) % 7] for item in range(3)]
        for place in range(60):
            item = next((i for i in range(3) if place < sum(counts[: i + 1])), None)
            rows.append([1.0 if i == item else 2.0 for i in range(3)])
            groups.append(f"g{group}")
    found = bridge(rows, ["a", "b", "c"], groups, k=1)
    assert [item.rank for item in found.items] == [1, 1, 1]
