"""Responses that look alike: what counts as alike, and what figures are with and without them."""

import pytest

from surveys.duplicates import (
    FEWEST_ANSWERS,
    DuplicateGroup,
    Likeness,
    Response,
    Share,
    Signal,
    counted_once,
    duplicate_groups,
    fold,
    signals,
    summarise,
    with_and_without,
)

TEN = {f"q{number}": "yes" for number in range(FEWEST_ANSWERS)}
LONG = "Rivers must not run dry for the sake of computers."


def test_equal_texts_of_one_question_are_alike_whatever_their_case_and_spaces():
    responses = [
        Response("a", {"why": LONG}),
        Response("b", {"why": f"  {LONG.upper()}\n"}),
        Response("c", {"why": "Something quite different that nobody else has written."}),
        Response("d", {"how": LONG}),
    ]
    assert duplicate_groups(responses) == [DuplicateGroup(Likeness.TEXTS, ("a", "b"))]


@pytest.mark.parametrize("text", ["No comment", "n/a", "Yes, I agree", "لا تعليق", "没有意见"])
def test_short_texts_are_alike_by_chance(text):
    assert duplicate_groups([Response("a", {"why": text}), Response("b", {"why": text})]) == []


def test_an_ideograph_says_more_than_a_letter_and_an_arabic_letter_does_not():
    chinese, arabic = "河流不能为了计算机而干涸", "الماء للناس أولا"
    assert len(fold(chinese)) < 20
    assert duplicate_groups([Response(key, {"why": chinese}) for key in "ab"])
    assert len(fold(arabic)) < 20
    assert not duplicate_groups([Response(key, {"why": arabic}) for key in "ab"])


def test_equal_closed_answers_count_from_ten_on():
    nine = dict(list(TEN.items())[:-1])
    assert duplicate_groups([Response("a", {}, nine), Response("b", {}, nine)]) == []
    assert duplicate_groups([Response("b", {}, TEN), Response("a", {}, TEN)]) == [
        DuplicateGroup(Likeness.ANSWERS, ("a", "b"))
    ]
    other = {**TEN, "q0": "no"}
    assert duplicate_groups([Response("a", {}, TEN), Response("b", {}, other)]) == []
    more = {**TEN, "q10": "yes"}
    assert duplicate_groups([Response("a", {}, TEN), Response("b", {}, more)]) == []


def test_a_ranking_in_another_order_is_another_answer():
    one, other = {**TEN, "order": ["a", "b"]}, {**TEN, "order": ["b", "a"]}
    assert duplicate_groups([Response("a", {}, one), Response("b", {}, other)]) == []


def test_each_response_is_told_how_many_others_it_looks_like():
    second = "Nurses should decide about machines in their wards."
    responses = [
        Response("a", {"why": LONG}),
        Response("b", {"why": LONG, "how": second}),
        Response("c", {"how": second}, TEN),
        Response("d", {}, TEN),
        Response("e"),
    ]
    found = signals(responses)
    assert found["a"] == Signal(same_texts=1)
    assert found["b"] == Signal(same_texts=2)
    assert found["c"] == Signal(same_texts=1, same_answers=1)
    assert not found["e"].is_raised


def test_chains_of_look_alikes_count_once():
    second = "Nurses should decide about machines in their wards."
    responses = [
        Response("c", {"how": second}),
        Response("b", {"why": LONG, "how": second}),
        Response("a", {"why": LONG}),
        Response("z"),
    ]
    assert [one.id for one in counted_once(responses)] == ["a", "z"]


def test_a_summary_counts_by_region_and_sector_and_unknown_is_a_group_of_its_own():
    responses = [
        Response("a", {"why": LONG}, region="africa", sector="academia"),
        Response("b", {"why": LONG}, region="africa"),
        Response("c", {}, TEN, region="asia", sector="academia"),
        Response("d", {}, TEN),
        Response("e", region="africa", sector="academia"),
    ]
    found = summarise(responses)
    assert (found.n, found.flagged, found.same_texts, found.same_answers) == (5, 4, 2, 2)
    assert found.counted_once == 3
    assert found.by_region == {"africa": Share(2, 3), "asia": Share(1, 1), None: Share(1, 1)}
    assert found.by_sector == {"academia": Share(2, 3), None: Share(2, 2)}


def test_a_figure_is_given_with_and_without():
    responses = [Response(str(number), {}, TEN) for number in range(6)]
    responses += [Response("x", {}, {**TEN, "q0": "no"})]

    def share_of_yes(those):
        return sum(one.closed["q0"] == "yes" for one in those) / len(those)

    assert with_and_without(responses, share_of_yes) == (6 / 7, 1 / 2)


def test_nobody_answered():
    found = summarise([])
    assert (found.n, found.flagged, found.counted_once, found.by_region) == (0, 0, 0, {})


def test_the_order_of_responses_changes_nothing_and_nothing_is_changed():
    responses = [Response(key, {"why": LONG}, TEN) for key in "cab"]
    before = list(responses)
    assert summarise(responses) == summarise(responses[::-1])
    assert duplicate_groups(responses) == duplicate_groups(responses[::-1])
    assert responses == before


def test_a_campaign_of_many_costs_little():
    responses = [Response(f"{number:06}", {"why": LONG}, TEN) for number in range(20_000)]
    found = summarise(responses)
    assert (found.flagged, found.counted_once) == (20_000, 1)
    assert signals(responses)["000000"] == Signal(19_999, 19_999)
