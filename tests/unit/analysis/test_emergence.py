"""The course of themes over periods."""

import numpy as np
import pytest
from scipy.stats import norm

from analysis.text.emergence import Course, counted_shares, trends
from analysis.text.selection import audit_sample
from analysis.text.shares import theme_shares


def rounds(shares, n=400, m=900, seed=1):
    """One theme with these shares in following rounds, audited by chance."""
    generator = np.random.default_rng(seed)
    truth = np.concatenate([(np.arange(n) < round(p * n)).astype(float) for p in shares])
    said = np.clip(0.6 * truth + 0.4 * generator.random(len(truth)), 0, 1)
    rows = np.array(audit_sample(len(truth), min(m, len(truth)), seed=seed))
    groups = [f"round {number}" for number in range(len(shares)) for _ in range(n)]
    names = list(dict.fromkeys(groups))
    return trends(theme_shares(said[:, None], rows, truth[rows, None], groups=groups), names)[0]


@pytest.mark.parametrize(
    ("shares", "course"),
    [
        ((0.1, 0.2, 0.35), Course.GROWING),
        ((0.0, 0.1, 0.3), Course.APPEARED),
        ((0.4, 0.3, 0.15), Course.FADING),
        ((0.3, 0.1, 0.0), Course.GONE),
        ((0.2, 0.21, 0.2), Course.STEADY),
    ],
)
def test_the_course_of_a_theme_is_named(shares, course):
    assert rounds(shares).course is course


def test_a_sure_change_too_small_to_matter_is_steady():
    found = rounds((0.40, 0.44), n=5000, m=9000)
    assert found.adjusted_p < 0.01
    assert found.course is Course.STEADY


def test_steady_themes_are_seldom_called_news():
    alarms = sum(rounds((0.1, 0.1, 0.1), m=300, seed=seed).adjusted_p < 0.05 for seed in range(150))
    assert alarms <= 14


def test_one_period_is_too_little():
    assert rounds((0.3,)).course is Course.TOO_LITTLE


def test_a_period_without_share_is_refused():
    found = theme_shares([[1.0]], [0], [[1.0]], groups=["a"])
    with pytest.raises(ValueError, match="each period"):
        trends(found, ["a", "b"])


def test_counted_shares_have_no_interval_where_a_period_has_few():
    found = counted_shares([[True]] * 5 + [[False]] * 15 + [[True]] * 9, ["1"] * 20 + ["2"] * 9)
    assert [(one.group, one.n, one.audit_raised) for one in found] == [("1", 20, 5), ("2", 9, 9)]
    assert found[0].estimate.low < 0.25 < found[0].estimate.high
    assert found[1].estimate is None
    assert trends(found, ["1", "2"])[0].course is Course.TOO_LITTLE


def test_answers_without_a_period_count_nowhere():
    found = counted_shares([[True]] * 30, ["1"] * 20 + [None] * 10)
    assert [one.n for one in found] == [20]


def test_a_gap_between_periods_makes_the_slope_gentler():
    found = counted_shares([[True]] * 10 + [[False]] * 30 + [[True]] * 30, ["1"] * 40 + ["2"] * 30)
    near, far = trends(found, ["1", "2"])[0], trends(found, ["1", "2"], at=[0, 4])[0]
    assert far.slope == pytest.approx(near.slope / 4)
    assert far.p == pytest.approx(near.p)
    with pytest.raises(ValueError, match="after the one before"):
        trends(found, ["1", "2"], at=[1, 1])


def test_the_slope_is_tested_as_cochran_and_armitage_do():
    counts, sizes, at = np.array([5, 9, 20]), np.array([50, 40, 60]), np.array([0.0, 1.0, 3.0])
    raised = np.concatenate([np.arange(n) < c for c, n in zip(counts, sizes, strict=True)])
    periods = np.repeat(["1", "2", "3"], sizes).tolist()
    found = trends(counted_shares(raised[:, None], periods), ["1", "2", "3"], at=at.tolist())[0]
    share = counts.sum() / sizes.sum()
    centre = sizes @ at / sizes.sum()
    z = (counts - sizes * share) @ (at - centre)
    z /= np.sqrt(share * (1 - share) * (sizes @ (at - centre) ** 2))
    assert found.p == pytest.approx(2 * norm.sf(abs(z)), rel=1e-6)
    assert found.slope == pytest.approx(
        counts @ (at - centre) / (sizes @ (at - centre) ** 2), rel=1e-6
    )


def test_courses_of_small_periods_are_found_as_often_as_promised():
    """One share in four periods of unlike size; half a percent of 4,000 is the noise."""
    generator = np.random.default_rng(6)
    sizes = [20, 60, 100, 300]
    periods = np.repeat(["1", "2", "3", "4"], sizes).tolist()
    raised = generator.random((sum(sizes), 4_000)) < 0.2
    p = np.array([one.p for one in trends(counted_shares(raised, periods), ["1", "2", "3", "4"])])
    assert 0.035 < np.mean(p < 0.05) < 0.062
    assert np.mean(p < 0.01) < 0.018


def test_a_theme_that_nobody_or_everybody_raises_has_no_course():
    for value in (0, 1):
        raised = np.full((60, 1), value)
        found = trends(counted_shares(raised, ["1"] * 20 + ["2"] * 40), ["1", "2"])[0]
        assert (found.slope, found.p) == (pytest.approx(0.0, abs=1e-12), pytest.approx(1.0))
