"""Several judges together: means, spread, and contradiction."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import TooFewAnswers
from analysis.judging import judge_scores

TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(1, 5), min_size=width, max_size=width), min_size=1, max_size=9
    )
)


@given(TABLES)
def test_it_agrees_with_the_standard_library(rows):
    judged = judge_scores(rows)
    own = [statistics.fmean(row) for row in rows]
    assert judged.mean == pytest.approx(statistics.fmean(own))
    assert (judged.low, judged.high) == (pytest.approx(min(own)), pytest.approx(max(own)))
    assert judged.n == len(rows)
    if len(rows) > 1:
        assert judged.spread == pytest.approx(statistics.stdev(own))
        columns = [statistics.stdev(column) for column in zip(*rows, strict=True)]
        assert [spread for _mean, spread in judged.by_criterion] == pytest.approx(columns)
    else:
        assert judged.spread is None


@given(TABLES)
def test_the_order_of_judges_does_not_matter(rows):
    assert judge_scores(rows).mean == pytest.approx(judge_scores(rows[::-1]).mean)
    assert judge_scores(rows).is_conflicting == judge_scores(rows[::-1]).is_conflicting


@pytest.mark.parametrize(
    ("rows", "is_conflicting"),
    [
        ([[1, 1], [5, 5]], True),
        ([[2, 3], [3, 4]], True),
        ([[2, 3], [3, 3]], False),
        ([[3, 3], [5, 5]], False),
        ([[1, 5]], False),
    ],
)
def test_a_conflict_needs_one_judge_against_and_one_for(rows, is_conflicting):
    assert judge_scores(rows).is_conflicting is is_conflicting


@pytest.mark.parametrize("rows", [[[0, 3]], [[6, 3]], [[np.nan, 3]]])
def test_scores_off_the_scale_are_refused(rows):
    with pytest.raises(ValueError, match="between 1 and 5"):
        judge_scores(rows)


def test_no_judge_is_no_zero():
    with pytest.raises(TooFewAnswers):
        judge_scores([])
