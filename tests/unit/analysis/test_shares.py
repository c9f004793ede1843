"""Valid shares: coverage by simulation, and what must hold exactly."""

import numpy as np
import pytest

from analysis.text.comparisons import Correction, compare_groups
from analysis.text.selection import audit_sample, audit_size
from analysis.text.shares import FEWEST_AUDITED, Scope, theme_shares
from analysis.types import wilson

NAN = float("nan")


def consultation(seed, n, share, skill):
    """Codes that people would give, and a machine that is right more often than not."""
    generator = np.random.default_rng(seed)
    truth = np.zeros(n)
    truth[generator.permutation(n)[: round(share * n)]] = 1.0
    signal = generator.normal(size=n) + skill * truth
    # It takes the theme to be half as frequent again as it is: the bias an audit must find.
    odds = skill * signal - skill**2 / 2 + np.log(1.5 * share / (1 - share))
    return truth, 1 / (1 + np.exp(-odds))


def audits(truth, said, m, times, seed, **options):
    """The shares that many audits of the same answers give."""
    for number in range(times):
        rows = np.array(audit_sample(len(truth), m, seed=seed + number))
        yield theme_shares(said[:, None], rows, truth[rows, None], **options)


def measure(n, m, share, skill, times=400):
    covered = width = alone = 0.0
    truth, said = consultation(9, n, share, skill)
    for (found,) in audits(truth, said, m, times, 100):
        covered += found.estimate.low <= truth.mean() <= found.estimate.high
        width += found.estimate.high - found.estimate.low
        alone += found.audit_alone.high - found.audit_alone.low
    return covered / times, width / alone


CELLS = [
    (1000, m, share, skill)
    for m in (60, 120, 250)
    for share in (0.02, 0.06, 0.15, 0.4)
    for skill in (1.5, 2.5)
]


def test_nineteen_intervals_in_twenty_hold_the_truth_rare_themes_included():
    found = np.array([measure(*cell, times=250) for cell in CELLS])
    # Over cells of small and moderate audits, rare and common themes, poor and good machines.
    assert 0.93 <= found[:, 0].mean() <= 0.97
    assert found[:, 0].min() >= 0.90
    # Narrower than the audit alone in every cell, and clearly so with the better machine.
    assert found[:, 1].max() <= 1.0
    assert found[1::2, 1].mean() < 0.8


@pytest.mark.parametrize(("missed", "false_alarms"), [(0.05, 0.0), (0.0, 0.05), (0.02, 0.02)])
@pytest.mark.parametrize("m", [60, 100, 200])
def test_an_audit_that_sees_hardly_an_error_is_not_sure_that_there_is_none(missed, false_alarms, m):
    generator = np.random.default_rng(m)
    truth = np.repeat([1.0, 0.0], 500)
    said = truth.copy()
    said[: round(500 * missed)] = 0.0
    said[500 : 500 + round(500 * false_alarms)] = 1.0
    held = []
    for _ in range(400):
        rows = generator.choice(1000, m, replace=False)
        found = theme_shares(said[:, None], rows, truth[rows, None])[0]
        held.append(found.estimate.low <= 0.5 <= found.estimate.high)
        assert found.worth > m
    assert np.mean(held) >= 0.92


def test_the_naive_share_is_far_from_the_truth_where_the_interval_is_not():
    truth, said = consultation(3, 2000, 0.3, 1.2)
    naive = [found.naive for (found,) in audits(truth, said, 200, 20, 1)]
    held = [
        found.estimate.low <= naive[0] <= found.estimate.high
        for (found,) in audits(truth, said, 200, 20, 1)
    ]
    assert abs(naive[0] - truth.mean()) > 0.05
    assert np.mean(held) < 0.5


def test_weighted_shares_cover_the_weighted_truth():
    truth, said = consultation(5, 1200, 0.25, 2.0)
    weights = np.where(np.arange(1200) % 4 == 0, 4.0, 1.0)
    wanted = np.average(truth, weights=weights)
    found = [f for (f,) in audits(truth, said, 150, 400, 50, weights=weights)]
    covered = np.mean([f.estimate.low <= wanted <= f.estimate.high for f in found])
    assert 0.92 <= covered <= 0.98
    assert found[0].effective_n < 1000


def test_where_those_who_raise_a_theme_weigh_more_the_interval_allows_for_it():
    truth, said = consultation(8, 1200, 0.15, 1.5)
    weights = np.where(truth == 1, 4.0, 1.0)
    wanted = np.average(truth, weights=weights)
    found = [f for (f,) in audits(truth, said, 150, 400, 50, weights=weights)]
    covered = np.mean([f.estimate.low <= wanted <= f.estimate.high for f in found])
    alone = np.mean([f.audit_alone.low <= wanted <= f.audit_alone.high for f in found])
    assert covered >= 0.93
    assert alone >= 0.93


def test_shares_of_groups_cover_the_truth_of_groups():
    truth, said = consultation(6, 1500, 0.3, 2.0)
    groups = np.array(["a", "b", "c"])[np.arange(1500) % 3]
    covered = []
    for found in audits(truth, said, 240, 200, 80, groups=groups.tolist()):
        covered += [
            f.estimate.low <= truth[groups == f.group].mean() <= f.estimate.high for f in found[1:]
        ]
    assert 0.93 <= np.mean(covered) <= 0.97


def test_shares_of_a_population_cover_what_stands_behind_the_answers():
    covered, narrow = [], []
    for seed in range(300):
        generator = np.random.default_rng(seed)
        truth = (generator.random(400) < 0.3).astype(float)
        said = np.clip(0.6 * truth + 0.4 * generator.random(400), 0, 1)
        rows = np.array(audit_sample(400, 120, seed=seed))
        arguments = (said[:, None], rows, truth[rows, None])
        people = theme_shares(*arguments, scope=Scope.PEOPLE)[0].estimate
        answers = theme_shares(*arguments)[0].estimate
        covered.append(people.low <= 0.3 <= people.high)
        narrow.append(answers.low <= 0.3 <= answers.high)
    assert 0.93 <= np.mean(covered) <= 0.975
    assert np.mean(narrow) < 0.9


def test_a_full_audit_leaves_nothing_uncertain():
    truth, said = consultation(2, 100, 0.3, 1.0)
    found = theme_shares(said[:, None], np.arange(100), truth[:, None])[0]
    assert found.estimate.low == found.estimate.high == pytest.approx(truth.mean())


def test_a_machine_that_knows_nothing_gives_the_audit_alone():
    truth, _said = consultation(2, 500, 0.3, 1.0)
    rows = np.array(audit_sample(500, 60, seed=1))
    found = theme_shares(np.full((500, 1), 0.7), rows, truth[rows, None])[0]
    assert found.trust == 0
    assert found.estimate == found.audit_alone
    plain = wilson(truth[rows].sum(), 60, 60 / (1 - 60 / 500))
    assert found.estimate.low == pytest.approx(plain.low)


def test_the_estimate_is_the_formula_of_the_paper():
    truth, said = consultation(11, 500, 0.3, 2.0)
    rows = np.array(audit_sample(500, 80, seed=4))
    found = theme_shares(said[:, None], rows, truth[rows, None])[0]
    by_hand = found.trust * said.mean() + np.mean(truth[rows] - found.trust * said[rows])
    assert found.estimate.share == pytest.approx(by_hand)
    slope = np.cov(truth[rows], said[rows])[0, 1] / np.var(said[rows], ddof=1)
    raised = truth[rows].sum()
    assert found.trust == pytest.approx(min(1.0, slope) * raised / (raised + 1))


def test_a_machine_that_says_the_contrary_is_not_trusted():
    truth, said = consultation(2, 500, 0.3, 2.0)
    rows = np.array(audit_sample(500, 60, seed=1))
    assert theme_shares(1 - said[:, None], rows, truth[rows, None])[0].trust == 0


def test_a_theme_nobody_raised_in_the_audit_has_an_upper_bound_and_no_more():
    said = np.zeros((1000, 1))
    said[:5] = 1.0
    rows = np.arange(5, 105)
    found = theme_shares(said, rows, np.zeros((100, 1)))[0]
    assert found.estimate.low == 0
    assert 0.02 < found.estimate.high < 0.05


def test_too_small_an_audit_gives_no_interval_but_the_naive_share():
    said = np.full((50, 1), 0.5)
    found = theme_shares(said, np.arange(FEWEST_AUDITED - 1), np.ones((FEWEST_AUDITED - 1, 1)))[0]
    assert found.estimate is None
    assert found.audit_alone is None
    assert found.naive == 0.5


def test_codes_that_people_could_not_give_are_not_counted_as_no():
    truth, said = consultation(4, 400, 0.5, 2.0)
    rows = np.array(audit_sample(400, 100, seed=2))
    codes = truth[rows].copy()
    codes[:20] = NAN
    found = theme_shares(said[:, None], rows, codes[:, None])[0]
    assert found.audit_n == 80
    without = theme_shares(said[:, None], rows[20:], codes[20:, None])[0]
    assert found == without


def test_nothing_answered_gives_shares_without_estimates():
    found = theme_shares(np.zeros((0, 2)), [], np.zeros((0, 2)), groups=[])
    assert [f.estimate for f in found] == [None, None]
    assert found[0].n == 0


@pytest.mark.parametrize(
    ("said", "rows", "codes"),
    [
        ([[1.5]], [0], [[1]]),
        ([[0.5]], [1], [[1]]),
        ([[0.5], [0.5]], [0, 0], [[1], [1]]),
        ([[0.5]], [0], [[2]]),
        ([[0.5]], [0], [[1, 1]]),
    ],
)
def test_what_cannot_be_is_refused(said, rows, codes):
    with pytest.raises(ValueError, match=r"between|audited|0, 1|same themes"):
        theme_shares(said, rows, codes)


def test_weights_that_are_not_above_zero_are_refused():
    with pytest.raises(ValueError, match="weight"):
        theme_shares([[0.5]], [0], [[1]], weights=[0.0])


def test_the_scale_of_weights_changes_nothing():
    truth, said = consultation(7, 300, 0.3, 2.0)
    rows = np.array(audit_sample(300, 80, seed=3))
    weights = np.random.default_rng(1).uniform(0.5, 2.0, 300)
    one = theme_shares(said[:, None], rows, truth[rows, None], weights=weights)[0]
    ten = theme_shares(said[:, None], rows, truth[rows, None], weights=8 * weights)[0]
    assert one.estimate.low == pytest.approx(ten.estimate.low)
    assert one.naive == pytest.approx(ten.naive)


def test_the_advised_audit_gives_the_wished_width():
    truth, said = consultation(8, 2000, 0.4, 0.01)
    m = audit_size(0.06, 2000, share=0.4)
    widths = [f.audit_alone.high - f.audit_alone.low for (f,) in audits(truth, said, m, 30, 5)]
    assert np.mean(widths) / 2 == pytest.approx(0.06, rel=0.05)
    assert audit_size(0.05, 4) == 4
    assert audit_size(0.05, 0) == 0


def test_where_answers_of_one_person_are_alike_more_of_them_are_advised():
    assert audit_size(0.05, 100_000, design_effect=2.0) == pytest.approx(
        2 * audit_size(0.05, 100_000), rel=0.01
    )
    with pytest.raises(ValueError, match="one person"):
        audit_size(0.05, 100, design_effect=0.9)


def two_groups(seed, first, second, n=600, m=400):
    generator = np.random.default_rng(seed)
    truth = np.zeros(2 * n)
    truth[: round(first * n)] = 1.0
    truth[n : n + round(second * n)] = 1.0
    said = np.clip(0.5 * truth + 0.5 * generator.random(2 * n), 0, 1)
    rows = np.array(audit_sample(2 * n, m, seed=seed))
    groups = ["a"] * n + ["b"] * n
    return theme_shares(said[:, None], rows, truth[rows, None], groups=groups)


def test_a_difference_is_found_and_its_interval_covers_it():
    found = [compare_groups(two_groups(seed, 0.35, 0.2))[0] for seed in range(120)]
    assert 0.92 <= np.mean([d.low <= 0.15 <= d.high for d in found]) <= 0.99
    assert np.mean([d.p < 0.05 for d in found]) > 0.8
    assert all((d.p < 0.05) == (d.low > 0 or d.high < 0) for d in found)


def test_no_difference_alarms_once_in_twenty_at_most():
    found = [compare_groups(two_groups(seed, 0.1, 0.1))[0] for seed in range(200)]
    assert np.mean([d.p < 0.05 for d in found]) <= 0.08


def test_small_groups_are_flagged_and_groups_without_audit_have_no_difference():
    said = np.full((60, 1), 0.5)
    groups = ["big"] * 50 + ["few"] * 10
    found = theme_shares(said, np.arange(40), np.ones((40, 1)), groups=groups)
    only = compare_groups(found, correction=Correction.BENJAMINI_HOCHBERG)[0]
    assert only.is_small
    assert only.difference is None
    assert only.adjusted_p is None


def test_groups_that_have_no_share_cannot_be_compared():
    with pytest.raises(ValueError, match="compared"):
        compare_groups(two_groups(1, 0.3, 0.2), pairs=[("a", "z")])
