"""Representation against targets."""

import pytest

from analysis.weighting.representation import Gap, represent


def test_the_missing_number_brings_the_group_to_its_target():
    row = represent({"a": 80, "b": 20}, {"b": 0.5})[0]
    assert row.missing == 60
    assert (20 + 60) / (100 + 60) == 0.5


@pytest.mark.parametrize(
    ("count", "known", "target", "missing"), [(8, 10, 0.9, 10), (7, 10, 0.8, 5), (4, 10, 0.7, 10)]
)
def test_the_missing_number_is_not_one_more_for_a_rounding_error(count, known, target, missing):
    assert represent({"a": count, "b": known - count}, {"a": target})[0].missing == missing


def test_four_fifths_of_the_target_are_four_fifths():
    # 0.32 / 0.4 comes out a rounding error below 0.8.
    row = represent({"a": 3_200, "b": 6_800}, {"a": 0.4})[0]
    assert row.parity == pytest.approx(0.8)
    assert row.gap is Gap.NONE
    assert represent({"a": 3_199, "b": 6_801}, {"a": 0.4})[0].gap is Gap.AMBER


def test_a_gap_that_chance_explains_is_not_flagged():
    rows = {row.key: row for row in represent({"a": 3, "b": 1}, {"a": 0.5, "b": 0.5})}
    assert rows["b"].gap is Gap.NONE


def test_unknown_is_apart_and_in_no_share():
    rows = {row.key: row for row in represent({"a": 50, "unknown": 50}, {"a": 1.0})}
    assert rows["a"].share == 1.0
    assert rows["unknown"].share is None


def test_targets_above_one_are_refused():
    with pytest.raises(ValueError, match="1 or less"):
        represent({"a": 1}, {"a": 0.7, "b": 0.7})
