"""Of what a share of a theme speaks: of people where each gave one answer, else of answers."""

from dataclasses import replace

import pytest

from results import theme_tables
from results.publishing.themes import themes as gated
from results.workbench.population import givers
from tests.support.themes import theme_figures, theme_inputs
from tests.support.workbench import make_coded_place


@pytest.fixture
def inputs(database):
    with database.transaction() as session:
        place, book = make_coded_place(session, 240)
        return theme_inputs(session, place, book, 90)


def figures(inputs, people):
    return theme_figures(replace(inputs, people=people)).documents["themes"]


def keys_of(inputs):
    return inputs.frozen.contributions["id"].to_list()


def width(document):
    return sum(row["share"]["high"] - row["share"]["low"] for row in document["rows"])


def test_where_everybody_gave_one_answer_shares_are_of_people(inputs):
    one_each = {key: number for number, key in enumerate(keys_of(inputs))}
    found = figures(inputs, one_each)
    assert (found["unit"], found["people"]) == ("people", {"n": 240, "n_unknown": 0})
    assert gated(found, 10)["unit"] == "people"
    assert {row["unit"] for row in theme_tables.lines(found, "en", "en")} == {"people"}
    assert width(found) == width(figures(inputs, {}))


def test_where_people_gave_several_shares_are_of_answers_and_their_number_is_told(inputs):
    # Every person speaks of one theme: answers of a person stand three apart.
    several = {key: number % 3 + 3 * (number // 15) for number, key in enumerate(keys_of(inputs))}
    found = figures(inputs, several)
    assert (found["unit"], found["people"]) == ("answers", {"n": 48, "n_unknown": 0})
    assert width(found) > width(figures(inputs, {}))
    public = gated(found, 10)
    # How many gave several is nobody's business in public.
    assert public["unit"] == "answers"
    assert "people" not in public
    overall = [row for row in theme_tables.lines(found, "en", "en") if row["group_kind"] == "all"]
    assert {row["n_people"] for row in overall} == {48}


def test_answers_of_nobody_that_is_known_are_told_apart(inputs):
    some = {key: number for number, key in enumerate(keys_of(inputs)[:200])}
    found = figures(inputs, some)
    assert (found["unit"], found["people"]) == ("answers", {"n": 200, "n_unknown": 40})


def test_an_answer_of_nobody_known_is_nobody_else_s():
    found = givers(["a", "b", "c", "d"], {"a": 0, "c": 0, "x": 7})
    assert found.numbers.tolist() == [0, 9, 0, 11]
    assert (found.n_people, found.n_unknown, found.is_one_each) == (1, 2, False)
