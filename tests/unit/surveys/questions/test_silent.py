"""A note asks nothing; a calculated value is worked out and never on a page."""

import pytest
from pydantic import ValidationError

from surveys.forms import parse_page
from surveys.questions.base import Shape
from surveys.questions.silent import CalculatedSettings
from tests.support.asked import CODE, Asked

NOTE = Asked("note", {})


def calculated(source, *, is_number=True, gate=""):
    answers = {"gate": {"state": "answered", "value": gate}} if gate else None
    settings = {"calculation": source, "is_number": is_number}
    return Asked("calculated", settings, answers=answers)


pytestmark = pytest.mark.usefixtures("page")


def test_a_note_stands_on_its_page_and_takes_no_answer():
    assert NOTE.shown().code == CODE
    assert NOTE.page() == {}
    section = NOTE.route().page(2).section
    assert parse_page(section, None) == {}
    assert NOTE.type.measures(NOTE.stored) == ()
    assert NOTE.type.columns(NOTE.stored, "en") == []
    assert NOTE.type.cells(NOTE.stored, {"state": "skipped", "value": None}) == []


def test_a_calculated_value_is_on_no_page():
    route = calculated("1 + 1").route()
    assert [page.number for page in route.pages()] == [1]
    assert route.page(2).section.questions == ()


@pytest.mark.parametrize(
    ("source", "gate", "value", "number"),
    [
        ("1 + 1", "", "2", 2.0),
        ("7 div 2", "", "3.5", 3.5),
        ("${gate} * 2", "21", "42", 42.0),
        ("0 - 0.25", "", "-0.25", -0.25),
        # Kept as it was worked out; missing in analysis.
        ("${gate}", "1e400", "1e400", None),
        ("${gate}", "9" * 400, "9" * 400, None),
        ("${gate}", "\ud800", "\ud800", None),
    ],
)
def test_its_value_is_worked_out_and_read_as_a_number(source, gate, value, number):
    asked = calculated(source, gate=gate)
    answer = asked.route().calculated()[CODE]
    assert answer == {"state": "answered", "value": value}
    assert asked.back(answer) == answer
    reading = asked.readings(answer)[CODE]
    assert reading["value"] == number
    assert reading["state"] == ("skipped" if number is None else "answered")


@pytest.mark.parametrize("source", ["${gate}", "1 div 0", "0 - 1 div 0", "${gate} * 2"])
def test_nothing_worked_out_is_no_answer(source):
    asked = calculated(source)
    answer = asked.route().calculated()[CODE]
    assert answer == {"state": "skipped", "value": None}
    assert asked.readings(answer)[CODE]["value"] is None
    assert asked.back(answer) == answer


def test_only_numbers_are_measured():
    words = calculated("concat('a', 'b')", is_number=False)
    assert words.route().calculated()[CODE]["value"] == "ab"
    assert words.type.measures(words.stored) == ()
    (measure,) = calculated("1").type.measures(calculated("1").stored)
    assert measure.shape is Shape.NUMBER


def test_it_needs_a_calculation():
    for settings in ({}, {"calculation": ""}, {"calculation": "1", "other": 1}):
        with pytest.raises(ValidationError):
            CalculatedSettings.model_validate(settings)
