"""Orders of two rounds: equals stay equals, and what was not shown is not last."""

import pytest

from analysis.choice.positions import Unranked
from analysis.delphi.order import order_stability
from results.rounds.answers import _order
from results.rounds.comparing import _unranked, mean_positions
from results.rounds.feedback import _place
from surveys.questions.base import Measure, Shape

OPTIONS = {code: {"en": code} for code in "abcd"}
RANKING = Measure("rank", {}, Shape.ORDER, OPTIONS)
POINTS = Measure("points", {}, Shape.SCORES, OPTIONS)


def test_equals_are_one_entry_however_they_were_given():
    assert _order(["b", "a=d"], RANKING) == ["b", "a=d"]
    assert _order({"a": 10, "b": 80, "c": None, "d": 10}, POINTS) == ["b", "a=d"]
    assert _order(None, RANKING) is None


def test_equals_share_a_mean_place_whatever_the_order_of_the_list():
    ballots = [["a=b", "c=d"]] * 3 + [["d", "a=b=c"]]
    found = mean_positions(ballots, list("abcd"), Unranked.LAST)
    assert found == {"a": 1.875, "b": 1.875, "c": 3.375, "d": 2.875}
    turned = mean_positions(ballots, list("dcba"), Unranked.LAST)
    assert turned == found
    # Every ballot ties a and b in both rounds: that is no agreement on a before b.
    again = mean_positions([["a=b", "d", "c"]] * 4, list("abcd"), Unranked.LAST)
    assert order_stability(found, again).tau == pytest.approx(1.0)


def test_an_item_that_is_gone_leaves_its_equals():
    found = mean_positions([["a=b", "c"], ["b"], None, []], ["a", "c"], Unranked.LAST)
    assert found == {"a": 1.0, "c": 2.0}


def test_what_was_not_shown_is_not_last():
    assert _unranked(POINTS) is Unranked.MISSING
    assert _unranked(RANKING) is Unranked.LAST
    assert _unranked(Measure("r", {}, Shape.ORDER, OPTIONS, unranked_is_last=False)) is (
        Unranked.MISSING
    )
    found = mean_positions([["a", "b"], ["d", "a"]], list("abcd"), Unranked.MISSING)
    assert found == {"a": 1.5, "b": 2.0, "d": 1.0}


def test_equals_at_the_top_are_both_first_and_the_next_is_third():
    order = ["a=b", "c", "d"]
    assert [_place(order, code, 3) for code in "abcd"] == [0, 0, 2, 3]
    assert [_place(order, code, 2) for code in "abcd"] == [0, 0, 2, 2]
    assert _place(None, "a", 3) == 3
    assert _place(["b"], "a", 3) == 3
