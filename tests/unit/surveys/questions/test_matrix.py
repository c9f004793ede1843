"""Rows on one scale: every row has a state of its own."""

import pytest
from pydantic import ValidationError

from surveys.questions.matrix import MatrixSettings
from tests.support.asked import Asked, items

ROWS = items(["water", "health", "work"])
COLUMNS = items(["low", "mid", "high"])
SETTINGS = {"rows": ROWS, "columns": COLUMNS, "no_opinion": True, "refusal": True}
MATRIX = Asked("matrix", SETTINGS)
GATED = [{**ROWS[0], "relevant": "${gate} = 'open'"}, *ROWS[1:]]
TYPED = {"-water": "high", "-health": "no_opinion"}
ANSWER = {
    "state": "answered",
    "value": {"water": "high", "health": "no_opinion", "work": None},
}


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


def test_each_row_keeps_its_own_state():
    sent = MATRIX.send(TYPED)
    assert sent.answer == ANSWER
    assert sent.problems == {}
    assert {code: (r["state"], r["value"]) for code, r in MATRIX.readings(sent.answer).items()} == {
        "q__water": ("answered", 3),
        "q__health": ("dont_know", None),
        "q__work": ("skipped", None),
    }


def test_nothing_chosen_is_no_answer():
    assert MATRIX.send({}).answer == {"state": "skipped", "value": None}
    assert MATRIX.send({"-water": ""}).answer == {"state": "skipped", "value": None}


def test_rows_that_all_say_the_same_instead_make_the_state_of_the_question():
    for said, state in (("no_opinion", "dont_know"), ("refused", "refused")):
        sent = MATRIX.send({f"-{row['code']}": said for row in ROWS})
        assert sent.answer == {"state": state, "value": None}
        assert MATRIX.page(sent.answer) == {f"-{row['code']}": said for row in ROWS}
        assert MATRIX.back(sent.answer) == sent.answer
        assert {r["state"] for r in MATRIX.readings(sent.answer).values()} == {state}


def test_states_are_taken_only_where_they_are_offered():
    plain = Asked("matrix", {"rows": ROWS, "columns": COLUMNS})
    sent = plain.send({f"-{row['code']}": "no_opinion" for row in ROWS})
    assert set(sent.problems) == {"-water", "-health", "-work"}


def test_a_column_that_is_not_there_is_named_at_its_row():
    sent = MATRIX.send({"-water": "high", "-work": "x" * 1_000_000})
    assert sent.problems == {"-work": "Choose one of the answers in the list."}


@pytest.mark.parametrize(
    ("posted", "wrong"),
    [
        ({}, {"-water"}),
        ({"-water": "low"}, {"-health", "-work"}),
        ({"-water": "low", "-health": "no_opinion"}, {"-work"}),
        ({"-water": "low", "-health": "no_opinion", "-work": "refused"}, set()),
    ],
)
def test_every_row_that_is_required_and_open_is_named(posted, wrong):
    asked = Asked("matrix", SETTINGS, required=True)
    sent = asked.send(posted)
    assert set(sent.problems) == wrong
    if "-work" in wrong:
        assert sent.problems["-work"] == "Choose an answer for “Item work”."
    assert bool(asked.imported(sent.answer)) == bool(wrong)


def test_where_any_row_will_do_one_is_enough():
    asked = Asked("matrix", {**SETTINGS, "required_rows": "any"}, required=True)
    assert asked.send({}).problems == {"-water": "Choose an answer in at least one row."}
    assert asked.send({"-work": "mid"}).problems == {}
    # A choice that may stay open needs a button that takes it back.
    assert asked.send({"-work": "mid", "-water": ""}).value["water"] is None


def test_a_row_that_was_not_shown_says_so_everywhere():
    asked = Asked("matrix", {**SETTINGS, "rows": GATED})
    sent = asked.send({"-water": "high", "-work": "low"})
    assert sent.answer["value"] == {"health": None, "work": "low"}
    assert asked.readings(sent.answer)["q__water"] == {"state": "not_shown", "value": None}
    assert asked.type.cells(asked.stored, sent.answer) == ["not_shown", "", "low"]
    assert asked.back(sent.answer) == sent.answer


def test_a_row_that_went_away_must_be_looked_at_again_and_heals_itself():
    gate = {"gate": {"state": "answered", "value": "open"}}
    known = Asked("matrix", {**SETTINGS, "rows": GATED}, answers=gate).send({"-water": "high"})
    closed = Asked("matrix", {**SETTINGS, "rows": GATED})
    assert closed.imported(known.answer) != []
    again = closed.send(closed.page(known.answer), known.answer)
    assert again.problems == {}
    assert again.answer == {"state": "skipped", "value": None}


def test_a_matrix_without_any_row_left_stops_nobody():
    rows = [{**row, "relevant": "${gate} = 'open'"} for row in ROWS]
    asked = Asked("matrix", {**SETTINGS, "rows": rows}, required=True)
    sent = asked.send({"-water": "high"})
    assert sent.answer == {"state": "skipped", "value": None}
    assert sent.problems == {}


def test_an_order_of_ones_own_changes_no_answer():
    asked = [Asked("matrix", {**SETTINGS, "randomise": True}, seed=seed) for seed in range(12)]
    orders = {tuple(a.page()) for a in asked}
    assert len(orders) > 2
    assert all(a.send(TYPED).answer == ANSWER for a in asked)
    assert all(list(a.readings(ANSWER)) == ["q__water", "q__health", "q__work"] for a in asked)


def test_cells_expressions_and_words():
    kind = MATRIX.type
    assert kind.cells(MATRIX.stored, ANSWER) == ["high", "no_opinion", ""]
    assert MATRIX.back(ANSWER) == ANSWER
    assert [c.name for c in kind.columns(MATRIX.stored, "en")] == [
        "q__water",
        "q__health",
        "q__work",
    ]
    assert kind.value(MATRIX.stored, ANSWER) == "water:high"
    assert kind.display(MATRIX.stored, ANSWER, "en") == [
        "Item water: Item high",
        "Item health: No opinion",
    ]
    assert kind.display(MATRIX.stored, ANSWER, "ar")[0] == "البند water: البند high"


def test_columns_are_points_of_a_scale_or_choices():
    measure = MATRIX.type.measures(MATRIX.stored)[0]
    assert (measure.shape, measure.low, measure.high) == ("scale", 1, 3)
    assert measure.label == {"en": "The question – Item water", "ar": "السؤال – البند water"}
    assert measure.options["3"]["en"] == "Item high"
    choice = Asked("matrix", {**SETTINGS, "is_scale": False})
    assert choice.type.measures(choice.stored)[0].shape == "choice"
    assert choice.readings(ANSWER)["q__water"]["value"] == "high"


@pytest.mark.parametrize(
    "value",
    [
        [],
        "high",
        {"water": ["high"]},
        {"water": 3},
        {"air": "high"},
        {"water": {"high": 1}},
    ],
)
def test_an_import_that_makes_no_sense_is_refused(value):
    assert MATRIX.imported({"state": "answered", "value": value}) != []


def test_the_points_of_a_scale_have_no_conditions():
    columns = [{**COLUMNS[0], "relevant": "${gate} = 'open'"}, *COLUMNS[1:]]
    with pytest.raises(ValidationError, match="shown to everybody"):
        MatrixSettings.model_validate({**SETTINGS, "columns": columns})
    MatrixSettings.model_validate({**SETTINGS, "columns": columns, "is_scale": False})


def test_codes_stand_once():
    with pytest.raises(ValidationError, match="used twice"):
        MatrixSettings.model_validate({**SETTINGS, "rows": [*ROWS, {**ROWS[0], "code": "WATER"}]})
