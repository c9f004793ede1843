"""Stability, order, change and attrition between rounds, against published cases."""

import csv
import json
from itertools import product

import numpy as np
import pytest
from scipy.stats import rankdata

from analysis.delphi.attrition import attrition
from analysis.delphi.change import gap_change, paired_change
from analysis.delphi.order import order_stability, rank_biased_overlap
from analysis.delphi.reasons import Reason, draw_diverse
from analysis.delphi.stability import (
    coefficient_of_variation,
    item_stability,
    net_change,
    weighted_kappa,
)
from analysis.delphi.stopping import Criterion, StoppingRule, Verdict, advise
from analysis.diversity import diversity
from analysis.errors import TooFewAnswers
from analysis.multiplicity import holm

SCALE = [1, 2, 3, 4, 5]


@pytest.fixture(scope="module")
def case(shared_data):
    return json.loads((shared_data / "cases/delphi.json").read_text())


def _answers(histogram):
    return np.repeat(SCALE, np.array(histogram, dtype=int)).astype(float)


def test_stability_of_the_reference_case(case):
    first, second = case["hist_r1"], case["hist_r2"]
    assert net_change(first, second) == pytest.approx(case["net_change_scheibe"])
    assert coefficient_of_variation(SCALE, first) == pytest.approx(case["cv_r1"])
    assert coefficient_of_variation(SCALE, second) == pytest.approx(case["cv_r2"])
    found = item_stability(_answers(first), _answers(second), SCALE)
    assert found.is_stable
    assert found.quartiles_before == tuple(case["q_r1"])
    assert found.quartiles_after == tuple(case["q_r2"])
    example = case["kappa_example"]
    assert weighted_kappa(example["a"], example["b"]) == pytest.approx(example["kappa_w2"])


def test_orders_of_the_reference_case(case):
    first = {letter: float(place) for place, letter in enumerate("ABCDEFGH")}
    second = {letter: float(place) for place, letter in enumerate("BACDFEGH")}
    found = order_stability(first, second)
    assert found.tau == pytest.approx(case["rank_tau"])
    assert found.overlap == pytest.approx(case["rbo_ext_p0.9"], abs=1e-6)
    assert found.jaccard == pytest.approx(4 / 6)
    assert (found.entered, found.left) == (("F",), ("E",))
    assert order_stability(first, second, k=4).jaccard == 1
    assert rank_biased_overlap("ABC", "ABC") == pytest.approx(1)


def test_america_in_one_room(shared_data):
    """523 people before and after deliberation: 47 proposals and one item on democracy."""
    with (shared_data / "data/consultations/a1r_2019_two_waves.csv").open() as file:
        rows = list(csv.DictReader(file))

    def wave(item, number):
        return np.array([float(row[f"{item}_w{number}"] or "nan") for row in rows])

    items = [name.removesuffix("_w1") for name in rows[0] if name.endswith("_w1")]
    democrat = np.array([row["party"] == "Democrat" for row in rows])
    republican = np.array([row["party"] == "Republican" for row in rows])
    gaps = {
        item: gap_change(wave(item, 1), wave(item, 2), democrat, republican)
        for item in items
        if item != "Q1"
    }
    assert len(gaps) == 47
    fell = [item for item, gap in gaps.items() if gap.change < 0]
    assert len(fell) == 41
    assert sum(gaps[item].p < 0.05 for item in fell) == 22
    corrected = dict(zip(gaps, holm([gap.p for gap in gaps.values()]), strict=True))
    assert sum(corrected[item] < 0.05 for item in fell) == 13

    before, after = wave("Q1", 1), wave("Q1", 2)
    both = ~(np.isnan(before) | np.isnan(after))
    found = paired_change(before, after)
    assert found.n == both.sum() == 490
    assert round(float((before[both] >= 6).mean()), 3) == 0.306
    assert round(float((after[both] >= 6).mean()), 3) == 0.606
    assert found.p_t < 1e-20
    assert found.p_signed_rank < 1e-20
    assert found.low < found.change < found.high


def test_only_people_who_answered_twice_are_compared():
    first = np.array([1.0] * 12 + [5.0] * 5 + [np.nan] * 3)
    second = np.array([1.0] * 12 + [np.nan] * 5 + [5.0] * 3)
    assert item_stability(first, second, SCALE).net_change == 0
    apart = item_stability(first, second, SCALE, is_panel=False)
    assert apart.kappa is None
    assert apart.net_change > 0
    assert paired_change(first, second).change == 0
    assert paired_change(first, second).p_signed_rank is None
    assert paired_change(first, second).p_t is None


def test_two_camps_that_stand_firm_are_a_result():
    camps = np.array([1.0] * 10 + [5.0] * 10)
    found = item_stability(camps, camps, SCALE)
    assert found.is_stable_disagreement
    assert found.kappa == 1
    together = item_stability(np.full(20, 3.0), np.full(20, 3.0), SCALE)
    assert not together.is_stable_disagreement
    assert together.kappa is None


def test_too_little_and_nonsense_between_rounds():
    with pytest.raises(TooFewAnswers):
        item_stability([1.0] * 9, [1.0] * 9, SCALE)
    with pytest.raises(ValueError, match="same people"):
        item_stability([1.0] * 11, [1.0] * 12, SCALE)
    with pytest.raises(ValueError, match="point of the scale"):
        item_stability([1.5] * 11, [1.0] * 11, SCALE)
    with pytest.raises(TooFewAnswers):
        net_change([0, 0], [1, 2])
    with pytest.raises(ValueError, match="equal length"):
        net_change([1], [1, 2])
    with pytest.raises(TooFewAnswers):
        order_stability({"a": 1}, {"a": 1, "b": 2})
    with pytest.raises(ValueError, match="equal length"):
        rank_biased_overlap("AB", "ABC")
    with pytest.raises(ValueError, match="p must"):
        rank_biased_overlap("AB", "BA", p=1)
    with pytest.raises(TooFewAnswers):
        paired_change([1.0] * 5, [2.0] * 5)
    with pytest.raises(ValueError, match="in both groups"):
        gap_change([1.0], [1.0], [True], [True])
    with pytest.raises(TooFewAnswers):
        gap_change([1.0] * 4, [1.0] * 4, [True, True, False, False], [False, False, True, True])
    assert coefficient_of_variation([-1, 1], [5, 5]) is None
    assert order_stability({"a": 1, "b": 1}, {"a": 1, "b": 2}).tau is None


def test_a_group_that_left_raises_an_alarm_and_a_handful_does_not():
    before = {"africa": 40, "europe": 100, "oceania": 5, "unknown": 10}
    stayed = {"africa": 20, "europe": 90, "oceania": 1, "unknown": 9}
    found = attrition(before, stayed, order=["europe", "africa"])
    assert found.alarms == ("africa",)
    assert [group.key for group in found.groups] == ["europe", "africa", "oceania", "unknown"]
    assert found.p < 0.001
    # Everybody left alike: below the floor all the same.
    assert attrition({"a": 50, "b": 50}, {"a": 30, "b": 30}).alarms == ("a", "b")
    assert attrition({"a": 50}, {"a": 50}).p is None
    with pytest.raises(ValueError, match="At most all"):
        attrition({"a": 1}, {"a": 2})
    with pytest.raises(TooFewAnswers):
        attrition({}, {})


def _stable(moved=0.0):
    first = np.array([1.0] * 10 + [3.0] * 80 + [5.0] * 10)
    second = first.copy()
    second[10 : 10 + int(moved * 100)] = 5.0
    return item_stability(first, second, SCALE)


ORDER = {f"i{number}": float(number) for number in range(8)}


def test_the_rule_stops_on_stability_and_says_why():
    items = {f"i{number}": _stable() for number in range(5)}
    same = order_stability(ORDER, ORDER)
    panel = {"region": attrition({"a": 50, "b": 50}, {"a": 45, "b": 44})}
    advice = advise(StoppingRule(), 2, items, same, panel)
    assert advice.verdict is Verdict.STOP
    assert not advice.is_final
    assert [finding.criterion for finding in advice.findings] == list(Criterion)

    items |= {"i0": _stable(0.3), "i1": _stable(0.4)}
    advice = advise(StoppingRule(), 2, items, same, panel)
    assert advice.verdict is Verdict.GO_ON
    unmet = next(finding for finding in advice.findings if not finding.is_met)
    assert (unmet.criterion, unmet.keys) == (Criterion.ITEMS, ("i0", "i1"))
    assert unmet.value == pytest.approx(0.6)


def test_each_criterion_alone_keeps_the_rounds_going():
    items, same = {"i0": _stable()}, order_stability(ORDER, ORDER)
    panel = {"region": attrition({"a": 50}, {"a": 48})}
    assert advise(StoppingRule(), 2, items, same, panel).verdict is Verdict.STOP
    turned = order_stability(ORDER, {key: -value for key, value in ORDER.items()})
    gone = {"region": attrition({"a": 50}, {"a": 10})}
    for changed in (
        advise(StoppingRule(), 1, items, same, panel),
        advise(StoppingRule(), 2, {}, same, panel),
        advise(StoppingRule(), 2, items, turned, panel),
        advise(StoppingRule(), 2, items, same, gone),
    ):
        assert changed.verdict is Verdict.GO_ON
    # The last round allowed is the last one.
    final = advise(StoppingRule(), 3, {}, turned, gone)
    assert final.verdict is Verdict.STOP
    assert final.is_final


def test_what_is_exactly_at_a_threshold_does_not_hang_on_rounding():
    # One of ten pairs turned round: tau-b is exactly 0.8 and comes out as 0.7999999999999999.
    five = {key: float(place) for place, key in enumerate("abcde")}
    order = order_stability(five, five | {"d": 4.0, "e": 3.0})
    assert order.tau == pytest.approx(0.8)
    items = {"i0": _stable()}
    assert advise(StoppingRule(), 2, items, order, {}).verdict is Verdict.STOP
    # 15 of 100 moved is not less than 15 of 100, whichever way the sum rounds.
    for first, second in (([20, 30, 50], [35, 20, 45]), ([27, 41, 32], [36, 26, 38])):
        moved = item_stability(_three(first), _three(second), [1, 2, 3])
        assert moved.net_change == pytest.approx(0.15)
        assert not moved.is_stable
        assert advise(StoppingRule(), 2, {"i0": moved}, None, {}).verdict is Verdict.GO_ON
    # Four fifths of everybody's return are no alarm.
    assert attrition({"a": 100, "b": 900}, {"a": 72, "b": 828}, least=0).alarms == ()


def _three(histogram):
    return np.repeat([1.0, 2.0, 3.0], histogram)


def test_means_that_are_equal_up_to_rounding_are_a_tie_between_rounds():
    before = {"a": 0.1 + 0.2, "b": 0.3, "c": 0.7}
    found = order_stability(before, {"a": 1.0, "b": 2.0, "c": 3.0}, k=1)
    assert found.top_before == ("a",)
    # Two pairs agree and the third is a tie before.
    assert found.tau == pytest.approx(2 / np.sqrt(2 * 3))


def test_the_signed_rank_test_counts_out_a_handful_of_movers():
    # Five of twelve moved, all up and all by one: 2 of the 2^5 ways are as far.
    found = paired_change([3.0] * 12, [4.0] * 5 + [3.0] * 7)
    assert found.p_signed_rank == pytest.approx(2 / 32)
    assert paired_change([3.0] * 12, [4.0] + [3.0] * 11).p_signed_rank == 1.0
    rng = np.random.default_rng(5)
    for _ in range(20):
        moves = rng.integers(-2, 4, size=11)
        found = paired_change(np.zeros(11), moves)
        kept = moves[moves != 0]
        ranks = rankdata(np.abs(kept))
        signs = np.array(list(product([-1, 1], repeat=len(kept))))
        sums = np.abs(signs @ ranks)
        assert found.p_signed_rank == pytest.approx(
            np.mean(sums >= abs(np.sign(kept) @ ranks) - 1e-9)
        )


@pytest.mark.parametrize(
    "wrong",
    [{"fewest_rounds": 1}, {"most_rounds": 1}, {"tau": 1.5}, {"stable_share": -0.1}, {"top": -1}],
)
def test_a_rule_that_nobody_can_follow_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must|Thresholds"):
        StoppingRule(**wrong)


def test_diversity_in_closed_form(shared_data):
    case = json.loads((shared_data / "cases/agreement_diversity.json").read_text())["diversity"]
    found = diversity(case["p"])
    assert found.blau == pytest.approx(case["blau"])
    assert found.blau_normalised == pytest.approx(case["blau_normalised"])
    assert found.shannon == pytest.approx(case["shannon_nats"])
    assert (found.hill_1, found.hill_2) == pytest.approx((case["hill1"], case["hill2"]))
    alone = diversity([9])
    assert (alone.blau, alone.blau_normalised, alone.shannon, alone.hill_2) == (0, None, 0, 1)
    with pytest.raises(TooFewAnswers):
        diversity([0, 0])
    with pytest.raises(ValueError, match="0 or more"):
        diversity([-1, 2])


def test_a_short_line_of_chinese_is_a_reason_and_a_short_one_of_letters_is_none():
    said = [
        Reason("a", "水资源不足以冷却", ("asia",)),
        Reason("b", "yes, I agree", ("europe",)),
        Reason("c", "对", ("africa",)),
    ]
    assert draw_diverse(said, 3) == ("a",)


def test_reasons_in_any_script_are_compared_by_their_words():
    said = [
        Reason("a", "यात्रा का खर्च बहुत अधिक है", ("asia",)),
        Reason("b", "यात्रा का खर्च बहुत अधिक है!", ("asia",)),
        Reason("c", "गाँव में बिजली नहीं मिलती है", ("asia",)),
        Reason("d", "费用对小组织来说太高了", ("asia",)),
        Reason("e", "费用对小组织来说太高了。", ("asia",)),
    ]
    assert draw_diverse(said, 3) == ("a", "d", "c")
