"""Pairs to compare: which are asked, what is taken, and what follows from it."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.asked import Asked, items

ITEMS = items(["a", "b", "c", "d", "e"])
SETTINGS = {"items": ITEMS, "pairs": 6, "per_page": 2, "refusal": True}
PAIRS = Asked("pairwise", SETTINGS)
#: Sent untouched from a page, what was left open is not sent at all.
SEEN = "--seen"


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


def current(asked, answer=None):
    return asked.type.current(asked.shown(answer))


def name(asked, pair):
    return asked.type.input(asked.shown(), *pair).removeprefix("q_q")


def answers(asked, *results, after=None):
    """What a browser sends for the pairs that are asked next; None leaves one open."""
    pairs = current(asked, after)
    chosen = {
        name(asked, pair): result for pair, result in zip(pairs, results, strict=False) if result
    }
    return {**chosen, SEEN: str(len(asked.type.earlier(asked.shown(after))))}


def go_on(asked, *pages):
    """The answer after several pages."""
    answer = None
    for results in pages:
        sent = asked.send(answers(asked, *results, after=answer), answer)
        assert sent.problems == {}
        answer = sent.answer
    return answer


def test_pages_follow_until_all_pairs_are_compared():
    answer = go_on(PAIRS, ["left", "tie"])
    assert answer["value"] == [
        [*pair, result] for pair, result in zip(current(PAIRS), ["left", "tie"], strict=True)
    ]
    assert PAIRS.wants_more(answer)
    answer = go_on(PAIRS, ["left", "tie"], ["right", "right"])
    assert PAIRS.wants_more(answer)
    answer = go_on(PAIRS, ["left", "tie"], ["right", "right"], ["tie", "left"])
    assert not PAIRS.wants_more(answer)
    assert current(PAIRS, answer) == []
    assert len({frozenset(pair[:2]) for pair in answer["value"]}) == 6


def test_a_page_that_is_shown_again_asks_the_same():
    answer = go_on(PAIRS, ["left", "tie"])
    assert current(PAIRS, answer) == current(PAIRS, answer)
    other = Asked("pairwise", SETTINGS, seed=8)
    assert current(other) != current(PAIRS)


def test_a_page_sent_twice_counts_once_and_goes_on_to_the_next():
    posted = answers(PAIRS, "left", "tie")
    first = PAIRS.send(posted)
    again = PAIRS.send(posted, first.answer)
    assert again.answer == first.answer
    assert again.problems == {}
    assert PAIRS.wants_more(again.answer)


def test_who_leaves_a_page_open_goes_on_and_may_come_back():
    answer = go_on(PAIRS, ["left", "tie"], [])
    shown = current(PAIRS, go_on(PAIRS, ["left", "tie"]))
    assert answer["value"][2:] == [[*pair, "open"] for pair in shown]
    assert not PAIRS.wants_more(answer)
    assert PAIRS.imported(answer) == []
    # Later the same pairs are asked again.
    assert current(PAIRS, answer) == shown
    answer = PAIRS.send(answers(PAIRS, "right", "right", after=answer), answer).answer
    assert answer == go_on(PAIRS, ["left", "tie"], ["right", "right"])


def test_a_first_page_left_open_is_no_answer():
    sent = PAIRS.send(answers(PAIRS))
    assert (sent.answer, sent.problems) == ({"state": "skipped", "value": None}, {})


def test_a_pair_left_open_among_others_is_asked_again_while_pages_follow():
    answer = go_on(PAIRS, [None, "left"])
    assert len(answer["value"]) == 1
    assert PAIRS.wants_more(answer)
    left_open = frozenset(current(PAIRS)[0])
    asked = []
    while PAIRS.wants_more(answer):
        asked += current(PAIRS, answer)
        results = ["left"] * len(current(PAIRS, answer))
        answer = PAIRS.send(answers(PAIRS, *results, after=answer), answer).answer
    assert left_open in {frozenset(pair) for pair in asked}
    assert len(answer["value"]) == 6


def test_pairs_compared_before_stand_in_the_page_and_may_be_changed():
    answer = go_on(PAIRS, ["left", "tie"])
    first, second = (name(PAIRS, pair[:2]) for pair in answer["value"])
    page = PAIRS.page(answer)
    assert (page[first], page[second], page[SEEN]) == ("left", "tie", "2")
    sent = PAIRS.send({**answers(PAIRS, "left", "left", after=answer), first: "right"}, answer)
    assert [result for *_pair, result in sent.value] == ["right", "tie", "left", "left"]
    # An old page in another window knows nothing of later pairs, and takes none of them away.
    old = PAIRS.send({first: "tie", second: "left", SEEN: "0"}, sent.answer)
    assert [result for *_pair, result in old.value] == ["tie", "left", "left", "left"]


def test_an_answer_can_be_taken_back():
    answer = go_on(PAIRS, ["left", "tie"])
    taken = name(PAIRS, answer["value"][0][:2])
    sent = PAIRS.send({taken: "", SEEN: "2"}, answer)
    assert answer["value"][1] in sent.value
    assert answer["value"][0][:2] not in [pair[:2] for pair in sent.value]


def test_a_pair_that_was_not_asked_is_not_taken():
    asked = {frozenset(pair) for pair in current(PAIRS)}
    others = [pair for pair in combinations("abcde", 2) if frozenset(pair) not in asked]
    forged = {name(PAIRS, pair): "left" for pair in others}
    turned = {name(PAIRS, (right, left)): "left" for left, right in current(PAIRS)}
    sent = PAIRS.send({**forged, **turned, SEEN: "0"})
    assert sent.answer == {"state": "skipped", "value": None}
    sent = PAIRS.send({**forged, **answers(PAIRS, "left", "left")})
    assert {frozenset(pair[:2]) for pair in sent.value} == asked


@pytest.mark.parametrize("forged", ["a", "LEFT", "open", "x" * 1_000_000, "\ud800", "left "])
def test_a_result_that_does_not_exist_is_refused(forged):
    sent = PAIRS.send(answers(PAIRS, forged, "left"))
    assert sent.problems != {}
    answer = go_on(PAIRS, ["left", "tie"])
    earlier = name(PAIRS, answer["value"][0][:2])
    assert PAIRS.send({earlier: forged, SEEN: "2"}, answer).problems != {}


@pytest.mark.parametrize("forged", ["", "-1", "١", "x" * 1_000_000, "2 "])
def test_a_forged_count_of_pairs_changes_nothing(forged):
    answer = go_on(PAIRS, ["left", "tie"])
    sent = PAIRS.send({SEEN: forged}, answer)
    assert (sent.answer, sent.problems) == (answer, {})


def test_hyphens_in_codes_do_not_make_two_pairs_one():
    asked = Asked("pairwise", {"items": items(["a", "b", "a-b", "b-c", "c"]), "per_page": 10})
    codes = ["a", "b", "a-b", "b-c", "c"]
    names = {name(asked, pair) for pair in [(x, y) for x in codes for y in codes if x != y]}
    assert len(names) == 20
    pairs = [pair for pair in asked.page() if pair not in {SEEN, "--instead"}]
    assert len(pairs) == 8


def test_a_required_question_wants_every_pair():
    asked = Asked("pairwise", SETTINGS, required=True)
    assert set(asked.send(answers(asked)).problems) == {name(asked, current(asked)[0])}
    answer = go_on(asked, ["left", "tie"])
    assert asked.wants_more(answer)
    assert len(asked.imported(answer)) == 1
    stopped = asked.send(answers(asked, after=answer), answer)
    (message,) = stopped.problems.values()
    assert message.startswith("4 more pairs are to be compared.")
    answer = go_on(asked, ["left", "tie"], ["right", None], ["tie", "left"], ["left"])
    assert asked.imported(answer) == []


def test_a_refusal_stands_alone():
    sent = PAIRS.send({"--instead": "refused", SEEN: "0"})
    assert (sent.answer, sent.problems) == ({"state": "refused", "value": None}, {})
    assert PAIRS.back(sent.answer) == sent.answer
    both = PAIRS.send({**answers(PAIRS, "left", "tie"), "--instead": "refused"})
    assert set(both.problems) == {"--instead"}
    # Who refuses after some pages takes the earlier answers back.
    answer = go_on(PAIRS, ["left", "tie"])
    later = PAIRS.send({"--instead": "refused", SEEN: "2"}, answer)
    assert (later.answer["state"], later.problems) == ("refused", {})


def test_scores_count_the_share_of_wins_with_ties_as_halves():
    answer = {
        "state": "answered",
        "value": [["a", "b", "left"], ["c", "a", "tie"], ["b", "c", "right"], ["d", "a", "open"]],
    }
    (reading,) = PAIRS.readings(answer).values()
    assert reading["value"] == {"a": 0.75, "b": 0.0, "c": 0.75, "d": None, "e": None}
    assert PAIRS.type.value(PAIRS.stored, answer) == "a c"


def test_cells_and_words():
    kind = PAIRS.type
    answer = {
        "state": "answered",
        "value": [["a", "b", "left"], ["c", "a", "tie"], ["b", "c", "right"], ["d", "a", "open"]],
    }
    assert kind.cells(PAIRS.stored, answer) == ["a>b", "c=a", "b<c", "d?a", "", ""]
    assert PAIRS.back(answer) == answer
    assert [column.name for column in kind.columns(PAIRS.stored, "en")] == [
        f"q__pair_{number}" for number in range(1, 7)
    ]
    assert kind.display(PAIRS.stored, answer, "en") == [
        "Item a – Item b: Item a",
        "Item c – Item a: I cannot decide",
        "Item b – Item c: Item c",
    ]


@pytest.mark.parametrize(
    "cells", [["a>zzz"], ["a>a"], ["a>b", "b<a"], ["nonsense"], [">"], ["a>b>c"], ["a>b"] * 7]
)
def test_cells_that_make_no_sense_are_left_to_the_checks(cells):
    answer = PAIRS.type.from_cells(PAIRS.stored, cells)
    assert PAIRS.imported(answer) != []


@pytest.mark.parametrize(
    "value",
    [
        [],
        "ab",
        {"a": "b"},
        [["a", "b"]],
        [["a", "b", "left", "x"]],
        [["a", ["b"], "left"]],
        [["a", "b", 1]],
        [["a", "b", "left"], ["b", "a", "left"]],
        [[*pair, "left"] for pair in combinations("abcde", 2)],
    ],
)
def test_an_import_that_makes_no_sense_is_refused(value):
    problems = PAIRS.type.problems(PAIRS.shown(), {"state": "answered", "value": value}, None)
    assert problems != []


def test_an_item_that_went_away_takes_its_pairs_with_it():
    gated = [*ITEMS[:4], {**ITEMS[4], "relevant": "${gate} = 'open'"}]
    gate = {"gate": {"state": "answered", "value": "open"}}
    opened = Asked("pairwise", {**SETTINGS, "items": gated}, answers=gate)
    answer = go_on(opened, ["left", "left"], ["left", "left"], ["left", "left"])
    closed = Asked("pairwise", {**SETTINGS, "items": gated})
    assert closed.imported(answer) != []
    again = closed.send(closed.page(answer), answer)
    assert again.problems == {}
    assert all("e" not in pair[:2] for pair in again.value)
    assert closed.imported(again.answer) == []


def test_more_pairs_than_are_asked_are_named_and_go_when_the_page_is_saved():
    many = [[*pair, "left"] for pair in combinations("abcde", 2)]
    answer = {"state": "answered", "value": many}
    assert PAIRS.imported(answer) == ["There are more pairs than were asked. Reload the page."]
    again = PAIRS.send(PAIRS.page(answer), answer)
    assert (again.value, again.problems) == (many[:6], {})


def test_two_items_make_one_pair_and_one_makes_none():
    two = Asked("pairwise", {"items": ITEMS[:2]})
    assert len(current(two)) == two.type.wanted(two.stored) == 1
    alone = [ITEMS[0], {**ITEMS[1], "relevant": "${gate} = 'open'"}]
    one = Asked("pairwise", {"items": alone}, required=True)
    sent = one.send({})
    assert (sent.answer["state"], sent.problems) == ("skipped", {})


def test_there_are_one_and_a_half_pairs_an_item_unless_said_otherwise():
    for count, pairs in ((2, 1), (3, 3), (4, 6), (5, 8), (8, 12), (20, 30)):
        asked = Asked("pairwise", {"items": items(f"i{number}" for number in range(count))})
        assert asked.type.wanted(asked.stored) == pairs


@given(st.integers(0, 2**31 - 1), st.lists(st.sampled_from(["left", "right", "tie", None])))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_answered_the_same_answers_lead_to_the_same_pairs(seed, throws):
    asked = Asked("pairwise", SETTINGS, seed=seed)
    twin = Asked("pairwise", SETTINGS, seed=seed)
    answer, results = None, iter(throws)
    for _page in range(8):
        assert current(asked, answer) == current(twin, answer)
        chosen = [next(results, "tie") for _pair in current(asked, answer)]
        sent = asked.send(answers(asked, *chosen, after=answer), answer)
        assert sent.problems == {}
        answer = sent.answer if sent.answer["state"] == "answered" else None
        if answer:
            assert asked.back(answer) == answer
            assert len(answer["value"]) <= 6
    assert answer is None or not asked.wants_more(answer) or None in throws
