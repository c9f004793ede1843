"""Points to share out: whole numbers, in any digits, that add up."""

import pytest

from tests.support.asked import Asked, items

ITEMS = items(["water", "health", "work"])
SETTINGS = {"items": ITEMS, "total": 100, "no_opinion": True, "refusal": True}
POINTS = Asked("points", SETTINGS)
AT_MOST = Asked("points", {**SETTINGS, "spend_all": False})
ANSWER = {"state": "answered", "value": {"water": 60, "health": 40, "work": 0}}


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


def shares(*typed):
    return {f"-{item['code']}": text for item, text in zip(ITEMS, typed, strict=False)}


def test_what_is_left_open_beside_points_got_none():
    sent = POINTS.send(shares("60", "40"))
    assert sent.answer == ANSWER
    assert sent.problems == {}
    assert POINTS.page(ANSWER) == {**shares("60", "40", "0"), "--instead": ""}


@pytest.mark.parametrize(
    ("water", "health"),
    [
        ("٦٠", "٤٠"),
        ("۶۰", "۴۰"),
        ("६०", "४०"),
        (" 60 ", "040"),
        ("\u200f٦٠", "+40"),
        ("60.0", "40"),
    ],
)
def test_digits_of_any_script_are_taken(water, health):
    assert POINTS.send(shares(water, health)).answer == ANSWER


def test_thousands_may_stand_apart():
    asked = Asked("points", {**SETTINGS, "total": 10_000})
    sent = asked.send(shares("7,500", "2 500"))
    assert sent.problems == {}
    assert sent.value == {"water": 7500, "health": 2500, "work": 0}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("60", "30"), "10 points are still to be given."),
        (("60", "39"), "1 point is still to be given."),
        (("60", "60"), "You gave 20 points too many."),
        (("100", "1"), "You gave 1 point too many."),
        (("0", "0", "0"), "100 points are still to be given."),
        (("999999999999",) * 3, "You gave 2999999999897 points too many."),
    ],
)
def test_what_does_not_add_up_is_counted(typed, message):
    sent = POINTS.send(shares(*typed))
    assert sent.problems == {"-water": message}
    assert POINTS.imported(sent.answer) == [message]


@pytest.mark.parametrize(
    "typed",
    [
        *("1.5", "1,5", "-1", "−1", "½", "²", "1e2", "NaN", "inf", "ten", "0x10", "1_0"),
        *("9" * 13, "9" * 1_000_000, "\ud800", "<b>", "1 0", "100%"),
    ],
    ids=lambda text: ascii(text[:14]),
)
def test_what_is_no_whole_number_is_named_at_its_item(typed):
    sent = POINTS.send(shares("100", typed))
    assert sent.problems == {"-health": "Write a whole number from 0 to 100 for “Item health”."}
    assert len(str(sent.answer)) < 200


def test_what_was_typed_stands_in_the_page_that_names_it():
    sent = POINTS.send(shares("100", "a few"))
    assert sent.form["q_q-health"].data == "a few"


def test_fewer_points_may_be_given_where_that_is_allowed():
    assert AT_MOST.send(shares("60", "30")).problems == {}
    assert AT_MOST.send(shares("0")).value == {"water": 0, "health": 0, "work": 0}
    assert AT_MOST.send(shares("60", "41")).problems == {"-water": "You gave 1 point too many."}


def test_nothing_typed_is_no_answer_and_named_where_one_is_required():
    assert POINTS.send({}).answer == {"state": "skipped", "value": None}
    assert POINTS.send(shares("  ")).answer == {"state": "skipped", "value": None}
    required = Asked("points", SETTINGS, required=True)
    assert required.send({}).problems == {"-water": "Share out the points."}


@pytest.mark.parametrize(("said", "state"), [("no_opinion", "dont_know"), ("refused", "refused")])
def test_a_reason_for_no_answer_stands_alone(said, state):
    sent = POINTS.send({"--instead": said})
    assert (sent.answer, sent.problems) == ({"state": state, "value": None}, {})
    assert POINTS.back(sent.answer) == sent.answer
    both = POINTS.send({**shares("60", "40"), "--instead": said})
    assert both.answer == ANSWER
    assert set(both.problems) == {"--instead"}


def test_an_item_that_was_not_shown_has_no_points_rather_than_none():
    hidden = [*ITEMS[:2], {**ITEMS[2], "relevant": "${gate} = 'open'"}]
    asked = Asked("points", {**SETTINGS, "items": hidden})
    sent = asked.send(shares("60", "40", "7"))
    assert sent.problems == {}
    assert sent.value == {"water": 60, "health": 40}
    assert asked.readings(sent.answer)["q"]["value"] == {"water": 60, "health": 40, "work": None}
    assert asked.type.cells(asked.stored, sent.answer) == ["60", "40", ""]
    assert asked.back(sent.answer) == sent.answer
    assert asked.imported(ANSWER) != []


def test_without_any_item_left_nobody_is_stopped():
    gone = [{**item, "relevant": "${gate} = 'open'"} for item in ITEMS]
    asked = Asked("points", {**SETTINGS, "items": gone}, required=True)
    assert asked.send({}).problems == {}


def test_an_order_of_ones_own_changes_no_answer():
    asked = [Asked("points", {**SETTINGS, "randomise": True}, seed=seed) for seed in range(12)]
    assert len({tuple(a.page()) for a in asked}) > 2
    assert all(a.send(shares("60", "40")).value == ANSWER["value"] for a in asked)


def test_cells_expressions_and_words():
    kind = POINTS.type
    assert [c.name for c in kind.columns(POINTS.stored, "en")] == [
        "q__water",
        "q__health",
        "q__work",
    ]
    assert kind.cells(POINTS.stored, ANSWER) == ["60", "40", "0"]
    assert POINTS.back(ANSWER) == ANSWER
    assert kind.value(POINTS.stored, ANSWER) == "water:60 health:40 work:0"
    assert kind.display(POINTS.stored, ANSWER, "en")[0] == "Item water: 60"
    assert POINTS.readings(ANSWER)["q"] == ANSWER
    (measure,) = kind.measures(POINTS.stored)
    assert (measure.shape, list(measure.options)) == ("scores", ["water", "health", "work"])


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        60,
        {"water": 100, "air": 0},
        {"water": 100.0},
        {"water": True, "health": 99},
        {"water": "100"},
        {"water": 101, "health": -1},
        {"water": [100]},
        {"water": None, "health": 100},
        {"water": 50},
    ],
)
def test_an_import_that_does_not_add_up_is_refused(value):
    assert POINTS.imported({"state": "answered", "value": value}) != []
