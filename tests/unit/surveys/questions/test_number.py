"""Numbers as they are typed: digits of any script, thousands only where nothing else can be meant."""

import pytest
from pydantic import ValidationError

from core.i18n import speak
from surveys.questions.number import NumberSettings
from tests.support.asked import Asked

WHOLE = Asked("number", {"minimum": 0, "maximum": 2_000_000})
PARTED = Asked(
    "number",
    {"decimals": 3, "unit": {"en": "euros", "fr": "euros"}, "no_opinion": True, "refusal": True},
)
CENTS = Asked("number", {"decimals": 2})


pytestmark = pytest.mark.usefixtures("page")


def test_a_number_is_stored_as_text_and_keeps_its_precision():
    assert PARTED.send({"": "12,50"}).answer == {"state": "answered", "value": "12.50"}
    big = "123456789012345678901234567890.123"
    sent = PARTED.send({"": big})
    assert (sent.value, sent.problems) == (big, {})
    assert PARTED.back(sent.answer) == sent.answer


def test_the_french_page_writes_and_reads_a_comma():
    speak("fr")
    sent = PARTED.send({"": "1,234"})
    assert (sent.value, sent.problems) == ("1.234", {})
    assert PARTED.page(sent.answer)[""] == "1,234"
    assert PARTED.type.display(PARTED.stored, sent.answer, "fr") == ["1,234 euros"]
    assert PARTED.type.display(PARTED.stored, sent.answer, "en") == ["1.234 euros"]
    speak("en")
    assert PARTED.page(sent.answer)[""] == "1.234"
    assert PARTED.send({"": "1,234"}).problems == {
        "": "Write a number in digits, such as 12.5, without marks between thousands."
    }


def test_a_sign_stays_before_its_number_among_words_from_right_to_left():
    answer = {"state": "answered", "value": "-5"}
    assert PARTED.type.display(PARTED.stored, answer, "ar") == ["\u2066-5\u2069 euros"]
    assert PARTED.type.display(PARTED.stored, answer, "en") == ["-5 euros"]


def test_whole_numbers_may_have_their_thousands_apart():
    for typed in ("12,500", "12 500", "١٢٬٥٠٠", "12500"):
        assert WHOLE.send({"": typed}).answer == {"state": "answered", "value": "12500"}
    assert WHOLE.send({"": "12.500"}).problems == {
        "": "Write a whole number, without a comma or a point."
    }


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("0", None),
        ("2000000", None),
        ("-1", "Write a number of at least 0."),
        ("2000001", "Write a number of at most 2000000."),
        ("1.5", "Write a whole number, without a comma or a point."),
        ("1.0", "Write a whole number, without a comma or a point."),
    ],
)
def test_bounds_and_whole_numbers(typed, message):
    assert WHOLE.send({"": typed}).problems == ({} if message is None else {"": message})


def test_more_digits_behind_the_point_than_asked_for_are_named_not_rounded():
    sent = CENTS.send({"": "1.005"})
    assert sent.problems == {"": "Write at most 2 digits behind the point."}
    assert sent.value == "1.005"


def test_bounds_with_fractions_are_exact():
    asked = Asked("number", {"minimum": 0.1, "maximum": 0.3, "decimals": 20 // 2})
    assert asked.send({"": "0.1"}).problems == {}
    assert asked.send({"": "0.3"}).problems == {}
    assert asked.send({"": "0.3000000001"}).problems == {"": "Write a number of at most 0.3."}
    assert asked.send({"": "0.0999999999"}).problems == {"": "Write a number of at least 0.1."}


@pytest.mark.parametrize("hostile", ["9" * 1_000_000, "\ud800", "1e400", "NaN", "1\x002", "<b>"])
def test_hostile_input_is_refused_and_not_kept_at_length(hostile):
    sent = PARTED.send({"": hostile})
    assert set(sent.problems) == {""}
    assert len(sent.value) <= 100


@pytest.mark.parametrize("value", [12, 12.5, True, None, ["1"], {"a": 1}, "1e5", "١٢", "1,5", ""])
def test_an_answer_that_is_no_stored_number_is_refused(value):
    assert PARTED.imported({"state": "answered", "value": value}) != []


def test_no_opinion_refusal_and_nothing_are_told_apart():
    assert PARTED.send({"": ""}).answer == {"state": "skipped", "value": None}
    assert PARTED.send({"--instead": "no_opinion"}).answer == {"state": "dont_know", "value": None}
    refused = PARTED.send({"--instead": "refused"}).answer
    assert refused == {"state": "refused", "value": None}
    assert PARTED.back(refused) == refused
    assert PARTED.page(refused)["--instead"] == "refused"
    assert set(PARTED.send({"": "5", "--instead": "refused"}).problems) == {"--instead"}


def test_cells_of_other_tools_are_read_as_numbers():
    cells = PARTED.type.from_cells
    assert cells(PARTED.stored, [" 12.5 "]) == {"state": "answered", "value": "12.5"}
    assert cells(PARTED.stored, ["١٢٫٥"]) == {"state": "answered", "value": "12.5"}
    assert cells(PARTED.stored, ["  "]) == {"state": "skipped", "value": None}
    # A file with three digits behind each point must not become a thousand times as much.
    assert WHOLE.imported(cells(WHOLE.stored, ["12.000"])) != []


def test_analysis_reads_a_number():
    answer = {"state": "answered", "value": "12.50"}
    assert PARTED.readings(answer)["q"]["value"] == 12.5
    skipped = {"state": "skipped", "value": None}
    assert PARTED.readings(skipped)["q"] == skipped


def test_the_keyboard_has_a_minus_where_one_may_be_needed():
    field = Asked("number", {"minimum": 0}).send({"": "1"}).form["q_q"]
    assert field.render_kw["inputmode"] == "numeric"
    field = Asked("number", {"minimum": 0, "decimals": 1}).send({"": "1"}).form["q_q"]
    assert field.render_kw["inputmode"] == "decimal"
    assert "inputmode" not in Asked("number", {}).send({"": "1"}).form["q_q"].render_kw


@pytest.mark.parametrize(
    "told",
    [
        {"minimum": 2, "maximum": 1},
        {"minimum": float("nan")},
        {"maximum": float("inf")},
        {"decimals": -1},
        {"decimals": 11},
        {"unknown": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(told):
    with pytest.raises(ValidationError):
        NumberSettings.model_validate(told)
