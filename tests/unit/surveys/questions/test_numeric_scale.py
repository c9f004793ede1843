"""A scale of numbers between two ends."""

import pytest
from pydantic import ValidationError

from surveys.questions.numeric_scale import MOST_POINTS, NumericScaleSettings
from tests.support.asked import Asked

SETTINGS = {
    "low": -2,
    "high": 2,
    "low_label": {"en": "Never", "ar": "أبدا"},
    "high_label": {"en": "Always", "ar": "دائما"},
    "no_opinion": True,
    "refusal": True,
}
SCALE = Asked("numeric_scale", SETTINGS)
USUAL = Asked("numeric_scale", {})


pytestmark = pytest.mark.usefixtures("page")


@pytest.mark.parametrize("point", range(-2, 3))
def test_every_point_is_taken_and_comes_back(point):
    sent = SCALE.send({"": str(point)})
    assert (sent.answer, sent.problems) == ({"state": "answered", "value": point}, {})
    assert SCALE.back(sent.answer) == sent.answer
    assert SCALE.send(SCALE.page(sent.answer), sent.answer).answer == sent.answer
    assert SCALE.readings(sent.answer)["q"] == sent.answer


def test_it_goes_from_nothing_to_ten_unless_told_otherwise():
    assert USUAL.send({"": "0"}).problems == USUAL.send({"": "10"}).problems == {}
    assert USUAL.send({"": "11"}).problems == {"": "Choose a number from 0 to 10."}
    assert [value for value, _label, *_rest in USUAL.send({}).form["q_q"].iter_choices()] == [
        *map(str, range(11)),
        "",
    ]


@pytest.mark.parametrize(
    "hostile",
    ["3", "-3", "1.5", "--1", "1e400", "NaN", "²", "\ud800", "1\x00", "x" * 1_000_000, "no"],
)
def test_what_is_no_point_is_refused_and_not_kept_at_length(hostile):
    sent = SCALE.send({"": hostile})
    assert sent.problems == {"": "Choose a number from -2 to 2."}
    assert len(str(sent.value)) <= 100


@pytest.mark.parametrize("value", ["1", 1.0, True, None, [1], 10**400])
def test_an_answer_that_is_no_whole_number_is_refused(value):
    assert SCALE.imported({"state": "answered", "value": value}) != []


def test_digits_of_other_scripts_are_read_from_files():
    assert USUAL.type.from_cells(USUAL.stored, ["٧"]) == {"state": "answered", "value": 7}
    assert USUAL.type.from_cells(USUAL.stored, [" १० "]) == {"state": "answered", "value": 10}


def test_no_opinion_refusal_and_no_answer_are_told_apart():
    for value, state in (("no_opinion", "dont_know"), ("refused", "refused"), ("", "skipped")):
        sent = SCALE.send({"": value})
        assert (sent.answer, sent.problems) == ({"state": state, "value": None}, {})
        assert SCALE.back(sent.answer) == sent.answer
    assert USUAL.send({"": "no_opinion"}).problems != {}


def test_the_ends_carry_their_words_where_answers_are_read_back():
    def shown(value, language):
        return SCALE.type.display(SCALE.stored, {"state": "answered", "value": value}, language)

    assert shown(-2, "en") == ["-2 – Never"]
    assert shown(0, "en") == ["0"]
    assert shown(2, "ar") == ["2 – دائما"]
    # The sign stays before the number among words that run from right to left.
    assert shown(-2, "ar") == ["\u2066-2\u2069 – أبدا"]
    assert shown(-1, "ar") == ["\u2066-1\u2069"]


def test_a_required_scale_offers_no_way_out_that_it_was_not_given():
    asked = Asked("numeric_scale", {}, required=True)
    assert asked.send({}).problems == {"": "Choose an answer."}
    assert "" not in [value for value, *_rest in asked.send({}).form["q_q"].iter_choices()]


def test_analysis_gets_the_ends_and_their_words():
    (measure,) = SCALE.type.measures(SCALE.stored)
    assert (measure.low, measure.high) == (-2, 2)
    assert list(measure.options) == ["-2", "-1", "0", "1", "2"]
    assert measure.options["2"] == {"en": "2 – Always", "ar": "2 – دائما"}


@pytest.mark.parametrize(
    "told",
    [
        {"low": 1, "high": 1},
        {"low": 2, "high": 1},
        {"low": 0, "high": MOST_POINTS},
        {"high": 10**9},
    ],
)
def test_settings_that_make_no_scale_are_refused(told):
    with pytest.raises(ValidationError):
        NumericScaleSettings.model_validate(told)
    assert NumericScaleSettings(low=0, high=MOST_POINTS - 1).high == 20
